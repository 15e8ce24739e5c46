//! What a runspace pool is asked and tells by itself, against PowerShell's own server.

mod peer;

use std::process::Command;

use peer::{PATIENCE, Peer, free_port, run};
use postern_psrp::pipeline::PipelineSpec;
use postern_shared::value::PsValue;
use tokio::time::timeout;

/// A server of full language, as a Windows Server's; `None` where it is not built.
fn windows() -> Option<Peer> {
    let Some(program) = std::env::var_os("POSTERN_POWERSHELL_PEER") else {
        eprintln!("skipped: POSTERN_POWERSHELL_PEER names no program with PowerShell's own server");
        return None;
    };
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["server", "--profile", "windows", "--listen", &format!("127.0.0.1:{port}")]);
    Some(Peer::start(&mut command, port))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn powershell_answers_the_calls_of_its_pool() {
    let Some(peer) = windows() else { return };
    let session = peer.connect().await;
    assert_eq!(session.available_runspaces().await.unwrap(), 1);
    assert!(session.set_max_runspaces(3).await.unwrap());
    assert!(session.set_min_runspaces(2).await.unwrap());
    assert!(!session.set_min_runspaces(4).await.unwrap(), "more than the most");
    assert_eq!(session.available_runspaces().await.unwrap(), 3);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn powershell_resets_its_runspace() {
    let Some(peer) = windows() else { return };
    let session = peer.connect().await;
    let outcome = run(&session, PipelineSpec::script("$kept = 42; $kept")).await;
    assert_eq!(outcome.output, [PsValue::I32(42)], "{outcome:?}");
    assert!(session.reset_runspace().await.unwrap());
    let outcome = run(&session, PipelineSpec::script("$null -eq $kept")).await;
    assert_eq!(outcome.output, [PsValue::Bool(true)], "{outcome:?}");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_powershells_runspace_arrive() {
    let Some(peer) = windows() else { return };
    let session = peer.connect().await;
    let mut events = session.user_events();
    // What Register-EngineEvent -Forward and New-Event do, which are not in this server.
    let script = "$null = $ExecutionContext.Events.SubscribeEvent(\
                  $null, $null, 'Postern.Test', $null, [scriptblock]$null, $false, $true); \
                  $null = $ExecutionContext.Events.GenerateEvent('Postern.Test', $null, @(1), 'said')";
    let outcome = run(&session, PipelineSpec::script(script)).await;
    assert!(outcome.completed() && outcome.errors.is_empty(), "{outcome:?}");
    let event = timeout(PATIENCE, events.recv()).await.expect("an event").unwrap();
    assert_eq!(event.source, "Postern.Test");
    assert_eq!(event.message, PsValue::from("said"));
    assert!(event.runspace.is_some() && event.time.is_some(), "{event:?}");
    session.close().await;
}
