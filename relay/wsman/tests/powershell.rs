//! The client against PowerShell's own server.

mod peer;

use std::process::Command;

use peer::{Peer, free_port, read, run};
use postern_psrp::{
    host::{HostCall, HostRequest, HostResponse},
    pipeline::PipelineSpec,
};
use postern_shared::value::PsValue;
use postern_wsman::client::{Ended, Error};

/// Starts the peer; `None` where it is not built.
fn peer(arguments: &[&str]) -> Option<Peer> {
    let Some(program) = std::env::var_os("POSTERN_POWERSHELL_PEER") else {
        eprintln!("skipped: POSTERN_POWERSHELL_PEER names no program with PowerShell's own server");
        return None;
    };
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["server", "--listen", &format!("127.0.0.1:{port}")]).args(arguments);
    Some(Peer::start(&mut command, port))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_and_streams_arrive() {
    let Some(peer) = peer(&["--mailboxes", "1200"]) else { return };
    let session = peer.connect().await;
    let outcome =
        run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "Unlimited")).await;
    assert!(outcome.completed(), "{:?}", outcome.ended);
    assert_eq!(outcome.output.len(), 1200);
    let mailbox = outcome.output[0].as_object().unwrap();
    assert_eq!(mailbox.type_name(), "Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox");

    let streams = run(&session, PipelineSpec::command("Test-Streams")).await;
    assert!(streams.completed(), "{streams:?}");
    assert_eq!(streams.errors.len(), 1);
    // Real PowerShell sends warnings and progress twice: as records, and as void calls of the host.
    let called = |name| streams.host_calls.iter().filter(|call| call.method.name() == name).count();
    assert_eq!(
        (called("WriteWarningLine"), called("WriteProgress")),
        (streams.warnings.len(), streams.progress)
    );
    for (stream, count) in [
        ("output", streams.output.len()),
        ("warning", streams.warnings.len()),
        ("information", streams.information),
        ("progress", streams.progress),
    ] {
        assert!(count > 0, "nothing on the {stream} stream: {streams:?}");
    }
    let terminated = run(&session, PipelineSpec::command("Test-Streams").switch("Terminating")).await;
    assert!(matches!(terminated.ended, Some(Ended::Failed(_))), "{terminated:?}");

    let values = run(&session, PipelineSpec::command("Test-Values")).await;
    assert!(
        values.completed() && values.output.len() > 50,
        "{} values, {:?}",
        values.output.len(),
        values.ended
    );
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_are_answered() {
    let Some(peer) = peer(&[]) else { return };
    let session = peer.connect().await;
    let answer = |call: &HostCall| -> Option<HostResponse> {
        match call.request() {
            Ok(HostRequest::ReadLine) => call.answer_line("grün & <blau>"),
            Ok(HostRequest::PromptForChoice { .. }) => call.answer_choice(2),
            Ok(HostRequest::PromptForChoiceMultipleSelection { .. }) => call.answer_choices(&[0, 2]),
            _ if call.method.is_void() => None,
            _ => call.answer_unsupported(),
        }
    };
    for (kind, output) in
        [("Choice", vec!["2"]), ("Choices", vec!["0", "2"]), ("Line", vec!["grün & <blau>"])]
    {
        let pipeline = session.invoke(PipelineSpec::command("Test-Prompts").argument(kind));
        let outcome = read(pipeline, answer).await;
        assert!(outcome.completed() && !outcome.host_calls.is_empty(), "{kind}: {outcome:?}");
        let texts: Vec<_> = outcome.output.iter().map(ToString::to_string).collect();
        assert_eq!(texts, output, "{kind}");
    }
    let pipeline = session.invoke(PipelineSpec::command("Test-Prompts").argument("Write"));
    let outcome = read(pipeline, answer).await;
    assert!(
        outcome.completed() && outcome.host_calls.iter().all(|call| call.method.is_void()),
        "{outcome:?}"
    );
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_input_and_stopping_work() {
    let Some(peer) = peer(&[]) else { return };
    let session = peer.connect().await;
    let metadata = read(session.command_metadata(&["*-Mailbox"]), |_| None).await;
    assert!(metadata.completed(), "{metadata:?}");
    let count = metadata.output[0].get("Count").and_then(PsValue::as_i64).unwrap();
    assert_eq!(usize::try_from(count).unwrap(), metadata.output.len() - 1);

    let pipeline = session.invoke(PipelineSpec::command("Measure-Object").with_input());
    for text in ["a", "b", "c"] {
        pipeline.send_input(PsValue::Str(text.into())).await.unwrap();
    }
    pipeline.end_input().await.unwrap();
    let outcome = read(pipeline, |_| None).await;
    assert_eq!(outcome.output[0].get("Count").and_then(PsValue::as_i64), Some(3), "{outcome:?}");

    let pipeline = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 60));
    pipeline.stop();
    let outcome = read(pipeline, |_| None).await;
    assert!(matches!(outcome.ended, Some(Ended::Stopped)), "{outcome:?}");
    let outcome = run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "3")).await;
    assert_eq!(outcome.output.len(), 3);
    let script = run(&session, PipelineSpec::script("1 + 1")).await;
    let Some(Ended::Failed(error)) = &script.ended else { panic!("{script:?}") };
    assert_eq!(&*error.fully_qualified_error_id, "ScriptsNotAllowed");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_session_frees_its_place() {
    let Some(peer) = peer(&["--max-shells", "1"]) else { return };
    let session = peer.connect().await;
    let error = peer.connect_with(peer::PASSWORD, |_| ()).await.unwrap_err();
    assert!(matches!(&error.error, Error::Fault(fault) if fault.subcode == "QuotaLimit"), "{error:?}");
    assert!(error.to_failure().cause.contains("only a few at once"), "{:?}", error.to_failure());
    session.close().await;
    peer.connect().await.close().await;
}
