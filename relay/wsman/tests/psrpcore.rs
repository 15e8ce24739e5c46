//! The client against a server that shares no code with it: psrpcore behind an HTTP front in Python.

mod peer;

use std::{
    path::Path,
    process::Command,
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use peer::{Peer, USER, free_port, read, run};
use postern_psrp::{
    host::{HostCall, HostRequest, HostResponse},
    pipeline::PipelineSpec,
};
use postern_shared::value::{PsValue, SecureString};
use postern_wsman::client::{
    ConnectOptions, ConnectStep, Credentials, Ended, Endpoint, Error, PipelineEvent, RemoteSession,
};
use postern_wsman::envelope::EXCHANGE_RESOURCE;

/// The peer that the tests share, which ends with the last of them; `None` where there is no Python for it.
fn shared() -> Option<Arc<Peer>> {
    static SHARED: Mutex<Weak<Peer>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    if let Some(peer) = shared.upgrade() {
        return Some(peer);
    }
    let peer = Arc::new(peer(&[])?);
    *shared = Arc::downgrade(&peer);
    Some(peer)
}

/// Starts a peer of the test's own; `None` where there is no Python for it.
fn peer(arguments: &[&str]) -> Option<Peer> {
    let Some(python) = std::env::var_os("POSTERN_PEERS_PYTHON") else {
        eprintln!("skipped: POSTERN_PEERS_PYTHON names no Python that has psrpcore");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers/psrpcore_wsman.py");
    let port = free_port();
    let mut command = Command::new(python);
    command.arg(script).args(["--port", &port.to_string()]).args(arguments);
    Some(Peer::start(&mut command, port))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_tells_its_steps() {
    let Some(peer) = shared() else { return };
    let mut steps = Vec::new();
    let session = peer.connect_with(peer::PASSWORD, |step| steps.push(step)).await.unwrap();
    let details = session.details();
    assert_eq!(
        steps,
        [
            ConnectStep::Connecting { host: "127.0.0.1".into(), secure: false },
            ConnectStep::Connected,
            ConnectStep::SigningIn { user: USER.into() },
            ConnectStep::ShellCreated { shell_id: details.shell_id.clone() },
            ConnectStep::OpeningRunspace,
            ConnectStep::RunspaceOpened,
        ]
    );
    assert_eq!(details.owner.as_deref(), Some(USER));
    assert_eq!(details.idle_timeout.map(|time| time.as_secs()), Some(900));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mailbox_and_every_stream_arrives() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let spec = PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "2000");
    let outcome = run(&session, spec).await;
    assert!(outcome.completed(), "{:?}", outcome.ended);
    assert_eq!(outcome.output.len(), 2000);
    assert_eq!((outcome.warnings.len(), outcome.verbose.len(), outcome.progress), (1, 1, 2));
    assert!(outcome.warnings[0].starts_with("There are more results available"), "{:?}", outcome.warnings);
    let mut names: Vec<_> =
        outcome.output.iter().map(|mailbox| mailbox.get("Name").unwrap().to_string()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 2000, "a mailbox came twice");
    let mailbox = outcome.output[0].as_object().unwrap();
    assert_eq!(mailbox.type_name(), "Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_record_does_not_end_a_pipeline_and_an_unknown_cmdlet_does() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let missing = PipelineSpec::command("Get-Mailbox").parameter("Identity", "missing-nobody");
    let outcome = run(&session, missing).await;
    assert!(outcome.completed() && outcome.output.is_empty(), "{outcome:?}");
    assert_eq!(outcome.errors.len(), 1);
    assert!(outcome.errors[0].message().contains("missing-nobody"), "{:?}", outcome.errors);

    let outcome = run(&session, PipelineSpec::command("Get-NoSuchThing")).await;
    let Some(Ended::Failed(error)) = &outcome.ended else { panic!("{outcome:?}") };
    assert!(error.message().contains("Get-NoSuchThing"), "{error:?}");

    let outcome = run(&session, PipelineSpec::script("1 + 1")).await;
    assert!(matches!(outcome.ended, Some(Ended::Failed(_))), "{outcome:?}");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_is_answered() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    for (choice, output) in [(0, vec!["removed nora.fink"]), (2, vec![])] {
        let pipeline =
            session.invoke(PipelineSpec::command("Remove-Mailbox").parameter("Identity", "nora.fink"));
        let outcome = read(pipeline, |call| call.answer_choice(choice)).await;
        assert!(outcome.completed(), "{outcome:?}");
        assert_eq!(outcome.host_calls.len(), 1);
        let texts: Vec<_> = outcome.output.iter().map(ToString::to_string).collect();
        assert_eq!(texts, output);
    }
    // A void call gets no response, and the pipeline goes on.
    let pipeline = session.invoke(PipelineSpec::command("Write-Host").parameter("Object", "hello"));
    let outcome = read(pipeline, |call| call.answer(PsValue::Null)).await;
    assert!(outcome.completed() && outcome.host_calls.len() == 1, "{outcome:?}");
    session.close().await;
}

/// What a person types, whatever is asked.
fn typed(call: &HostCall) -> Option<HostResponse> {
    let secret = || SecureString::Clear(SECRET.to_owned().into());
    match call.request() {
        Ok(HostRequest::ReadLine) => call.answer_line("a line"),
        Ok(HostRequest::ReadLineAsSecureString) => call.answer_secure_line(secret()),
        Ok(HostRequest::PromptForCredential { user, .. }) => {
            let user = if user.is_empty() { "nora".into() } else { user };
            call.answer_credential(user, secret())
        }
        _ if call.method.is_void() => None,
        _ => call.answer_unsupported(),
    }
}

const SECRET: &str = "s\u{e9}cret \u{1f511}";

/// WIRE 25: the peer makes the session key, and what it read under it comes back under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_25_lines_and_secrets_are_asked_for() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    assert_eq!(session.details().protocol_version.as_deref(), Some("2.3"));
    let read_host = || PipelineSpec::command("Read-Host").parameter("Prompt", "Name");
    let outcome = read(session.invoke(read_host()), typed).await;
    assert!(outcome.completed(), "{outcome:?}");
    assert_eq!(outcome.output, ["a line".into()]);
    assert!(
        matches!(outcome.host_calls[0].request(), Ok(HostRequest::Write { text, .. }) if text == "Name: "),
        "{outcome:?}"
    );
    let secret = PsValue::SecureString(SecureString::Clear(SECRET.to_owned().into()).into());
    for _ in 0..2 {
        let outcome = read(session.invoke(read_host().switch("AsSecureString")), typed).await;
        assert!(outcome.completed(), "{outcome:?}");
        assert_eq!(outcome.output, std::slice::from_ref(&secret));
    }
    let credential = PipelineSpec::command("Get-Credential").parameter("UserName", "pia");
    let outcome = read(session.invoke(credential), typed).await;
    assert!(outcome.completed(), "{outcome:?}");
    assert_eq!(outcome.output[0].get("UserName"), Some(&"pia".into()), "{outcome:?}");
    assert_eq!(outcome.output[0].get("Password"), Some(&secret));
    session.close().await;
}

/// The first secret of a session may be an argument, or an input object.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_25_secrets_are_sent_unasked() {
    let Some(peer) = shared() else { return };
    let secret = || PsValue::SecureString(SecureString::Clear(SECRET.to_owned().into()).into());
    let session = peer.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Measure-Object").with_input());
    for value in [1.into(), secret(), 2.into()] {
        pipeline.send_input(value).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let outcome = read(pipeline, typed).await;
    assert!(outcome.completed(), "{outcome:?}");
    assert_eq!(outcome.output, [3.into()]);
    session.close().await;

    let session = peer.connect().await;
    let argument = PipelineSpec::command("Write-Host").parameter("Object", secret());
    let outcome = read(session.invoke(argument), typed).await;
    assert!(outcome.completed(), "{outcome:?}");
    session.close().await;
}

/// WIRE 10: the stop signal stops, and the end can still be received; terminating closes the command.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_10_stopping_while_a_question_is_open() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let mut pipeline = session.invoke(PipelineSpec::command("Read-Host").switch("AsSecureString"));
    while !matches!(pipeline.next().await, Some(PipelineEvent::HostCall(_))) {}
    pipeline.stop();
    let outcome = read(pipeline, |_| None).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    // The key exchange of the next one is not disturbed by that.
    let outcome = read(session.invoke(PipelineSpec::command("Get-Credential")), typed).await;
    assert!(outcome.completed() && outcome.output.len() == 1, "{outcome:?}");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn input_arrives() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Measure-Object").with_input());
    for n in 0..500 {
        pipeline.send_input(PsValue::I32(n)).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let outcome = read(pipeline, |_| None).await;
    assert!(outcome.completed(), "{outcome:?}");
    assert_eq!(outcome.output[0].as_i64(), Some(500));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_is_counted_and_listed() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let outcome = read(session.command_metadata(&["*-Mailbox"]), |_| None).await;
    assert!(outcome.completed(), "{outcome:?}");
    // psrpcore writes this property twice, null first.
    let count = outcome.output[0].as_object().unwrap().properties().last().unwrap();
    assert_eq!((&**count.0, count.1.as_i64()), ("Count", Some(2)));
    let names: Vec<_> =
        outcome.output[1..].iter().map(|command| command.get("Name").unwrap().to_string()).collect();
    assert_eq!(names, ["Get-Mailbox", "Remove-Mailbox"]);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_pipeline_leaves_the_session_open() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let sleep = || session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 600));
    let started = Instant::now();
    let pipeline = sleep();
    pipeline.stop();
    let outcome = read(pipeline, |_| None).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    // Dropping it stops it as well; otherwise the one runspace would stay occupied.
    drop(sleep());
    let outcome = run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "3")).await;
    assert_eq!(outcome.output.len(), 3, "{outcome:?}");
    assert!(started.elapsed() < peer::PATIENCE);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_waits_loses_nothing() {
    let Some(peer) = shared() else { return };
    let session = peer.connect().await;
    let mut slow = session.invoke(PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "3000"));
    // While nobody reads the one, the other comes to its end.
    let other = run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "1000")).await;
    assert_eq!(other.output.len(), 1000);
    let mut count = 0;
    while let Some(event) = slow.next().await {
        count += usize::from(matches!(event, PipelineEvent::Output(_)));
    }
    assert_eq!(count, 3000);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_told_apart() {
    let Some(peer) = shared() else { return };
    let error = peer.connect_with("wrong", |_| ()).await.unwrap_err();
    assert!(
        matches!(&error.error, Error::Unauthorized { offered, .. } if offered == &["Basic"]),
        "{error:?}"
    );
    assert_eq!(error.to_failure().what, "The user name or password was refused by 127.0.0.1.");

    let redirected = peer.uri.replace("/powershell-liveid/", "/redirect/x");
    for (uri, expected) in [
        (redirected, "redirected to http://127.0.0.1"),
        (format!("http://127.0.0.1:{}/", free_port()), "connection refused"),
        (format!("https://127.0.0.1:{}/", peer.port), "no secure connection"),
    ] {
        let endpoint = Endpoint::new(&uri, EXCHANGE_RESOURCE).unwrap();
        let credentials = Credentials::new(USER, peer::PASSWORD.to_owned());
        let error = RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ())
            .await
            .unwrap_err();
        assert!(error.to_string().starts_with(expected), "{uri}: {error:?}");
        let failure = error.to_failure();
        assert!(!failure.cause.is_empty() && !failure.remedy.is_empty(), "{failure:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_shell_is_left() {
    let Some(peer) = shared() else { return };
    // Closed while a pipeline runs; closed twice; dropped.
    let session = peer.connect().await;
    let shell_id = session.details().shell_id;
    let mut running = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 60));
    session.close().await;
    session.close().await;
    assert!(matches!(session.gone().await, Error::Closed));
    assert!(matches!(running.next().await, Some(PipelineEvent::Ended(Ended::Lost(Error::Closed)))));
    assert!(running.next().await.is_none());
    let mut late = session.invoke(PipelineSpec::command("Get-Mailbox"));
    assert!(matches!(late.next().await, Some(PipelineEvent::Ended(Ended::Lost(Error::Closed)))));
    assert_is_gone(&peer, &shell_id);

    let session = peer.connect().await;
    let shell_id = session.details().shell_id;
    let pipeline = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 60));
    drop(session);
    let outcome = read(pipeline, |_| None).await;
    assert!(matches!(outcome.ended, Some(Ended::Lost(Error::Closed))), "{outcome:?}");
    wait_until_gone(&peer, &shell_id).await;

    // Given up while the session is being opened.
    let mut shell_id = None;
    let connecting = peer.connect_with(peer::PASSWORD, |step| {
        if let ConnectStep::ShellCreated { shell_id: id } = step {
            shell_id = Some(id);
        }
    });
    let _ = tokio::time::timeout(Duration::from_millis(30), connecting).await;
    if let Some(shell_id) = shell_id {
        wait_until_gone(&peer, &shell_id).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shell_that_vanishes_ends_the_session() {
    let Some(peer) = peer(&["--idle", "1"]) else { return };
    let mut endpoint = peer.endpoint();
    // Longer than the server keeps an unused shell: a Receive counts as use when it is asked.
    endpoint.timeouts.operation = Duration::from_secs(20);
    let credentials = Credentials::new(USER, peer::PASSWORD.to_owned());
    let session =
        RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ()).await.unwrap();
    let error = tokio::time::timeout(peer::PATIENCE, session.gone()).await.expect("it is noticed");
    let Error::Fault(fault) = &error else { panic!("{error:?}") };
    assert!(fault.is_not_found(), "{fault:?}");
    assert_eq!(error.to_failure().what, "The session is no longer known to the server.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_ends_even_if_the_server_hangs() {
    let Some(peer) = peer(&[]) else { return };
    let mut endpoint = peer.endpoint();
    endpoint.timeouts.close = Duration::from_millis(300);
    let credentials = Credentials::new(USER, peer::PASSWORD.to_owned());
    let session =
        RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ()).await.unwrap();
    let mut pipeline = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 60));
    peer.hang();
    let began = Instant::now();
    session.close().await;
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
    assert!(matches!(pipeline.next().await, Some(PipelineEvent::Ended(Ended::Lost(Error::Closed)))));
}

fn assert_is_gone(peer: &Peer, shell_id: &str) {
    let (status, body) = peer.receive(shell_id);
    assert_eq!(status, 500, "{body}");
    assert!(body.contains("Code=\"2150858843\""), "{body}");
}

/// Deleting goes on in the background.
async fn wait_until_gone(peer: &Peer, shell_id: &str) {
    let gone = async {
        while !peer.receive(shell_id).1.contains("Code=\"2150858843\"") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(peer::PATIENCE, gone).await.expect("the shell is deleted");
}
