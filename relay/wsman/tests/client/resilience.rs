//! A session outlives what the protocol lets it outlive, never runs a command twice, and says where it cannot know.

use std::time::{Duration, Instant};

use postern_psrp::pipeline::PipelineSpec;
use postern_shared::value::PsValue;
use postern_wsman::{
    client::{Error, RemoteSession},
    envelope::{Fault, code},
};

use crate::scripted::{Scripted, Seen, Then, connect, read};

const INTERRUPTED: &str = "The network connection to 127.0.0.1 has been interrupted. Attempting to reconnect for up to 1 \
                           minutes...";
const RESTORED: &str = "The network connection to 127.0.0.1 has been restored.";

async fn numbers(session: &RemoteSession) -> (Vec<String>, Vec<String>, String) {
    read(session.invoke(PipelineSpec::command("Get-Numbers"))).await
}

fn assert_all_numbers(output: &[String]) {
    let numbers: Vec<usize> =
        output.iter().map(|text| text.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (0..200).collect::<Vec<usize>>());
}

fn nth(seen: &Seen, what: &str, nth: usize) -> bool {
    seen.what == what && seen.nth == nth
}

#[tokio::test]
async fn wire_27_a_receive_that_broke_is_posted_again_as_it_was() {
    let server = Scripted::start(true, |seen| match seen {
        seen if nth(seen, "Receive", 0) => Then::CutBefore,
        // In the middle of the second answer's output.
        seen if nth(seen, "Receive", 2) => Then::CutWithin(20_000),
        seen if nth(seen, "Receive", 4) => Then::CutAfter,
        seen if nth(seen, "Receive", 5) => Then::Instead("503 Busy", String::new(), "later".into()),
        _ => Then::Answer,
    })
    .await;
    let session = server.connect().await;
    let (output, warnings, ended) = numbers(&session).await;
    assert_eq!(ended, "Completed");
    assert_all_numbers(&output);
    assert_eq!(warnings.first().map(String::as_str), Some(INTERRUPTED));
    assert!(warnings.iter().any(|warning| warning == RESTORED), "{warnings:?}");
    let receives: Vec<_> = server.seen().into_iter().filter(|seen| seen.what == "Receive").collect();
    assert_eq!(receives[0].request, receives[1].request, "the same request, message id included");
    assert_eq!(server.executed(), ["Get-Numbers"]);
    session.close().await;
    assert_eq!(server.count("Delete"), 1);
}

#[tokio::test]
async fn output_that_is_lost_is_said_to_be() {
    let server =
        Scripted::start(
            false,
            |seen| {
                if nth(seen, "Receive", 1) { Then::CutWithin(20_000) } else { Then::Answer }
            },
        )
        .await;
    let session = server.connect().await;
    let (output, _, ended) = numbers(&session).await;
    assert!(output.len() < 200);
    assert_eq!(ended, "Lost(OutputLost)");
    // The session itself goes on.
    let (output, _, ended) = numbers(&session).await;
    assert_eq!(ended, "Completed");
    assert_all_numbers(&output);
    session.close().await;
}

#[tokio::test]
async fn a_command_whose_answer_is_lost_is_not_sent_again() {
    let server =
        Scripted::start(true, |seen| if nth(seen, "Command", 0) { Then::CutAfter } else { Then::Answer })
            .await;
    let session = server.connect().await;
    let (output, _, ended) = numbers(&session).await;
    assert_eq!(ended, "Completed", "the server knows the command");
    assert_all_numbers(&output);
    assert_eq!((server.count("Command"), server.executed().len()), (1, 1));
    session.close().await;
}

#[tokio::test]
async fn a_command_that_may_have_arrived_is_not_sent_again_either() {
    for cut in [|| Then::CutBefore, || Then::Instead("502 Bad Gateway", String::new(), String::new())] {
        let server =
            Scripted::start(true, move |seen| if nth(seen, "Command", 0) { cut() } else { Then::Answer })
                .await;
        let session = server.connect().await;
        let (output, _, ended) = numbers(&session).await;
        assert!(output.is_empty() && ended.starts_with("Lost(OutcomeUnknown"), "{ended}");
        assert_eq!((server.count("Command"), server.executed().len()), (1, 0));
        let (output, _, _) = numbers(&session).await;
        assert_all_numbers(&output);
        session.close().await;
    }
}

#[tokio::test]
async fn input_that_may_have_arrived_is_not_sent_again() {
    for lost in [|| Then::CutBefore, || Then::CutAfter] {
        let server =
            Scripted::start(true, move |seen| if nth(seen, "Send", 0) { lost() } else { Then::Answer }).await;
        let session = server.connect().await;
        let pipeline = session.invoke(PipelineSpec::command("Measure").with_input());
        // Small input is taken at once; who ends it waits until it was sent.
        let _ = pipeline.send_input(PsValue::from(1)).await;
        let error = pipeline.end_input().await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown { .. } | Error::PipelineEnded), "{error:?}");
        let (_, _, ended) = read(pipeline).await;
        assert!(ended.starts_with("Lost(OutcomeUnknown"), "{ended}");
        assert!(server.inputs() <= 1 && server.count("Send") == 1);
        let (output, _, _) = numbers(&session).await;
        assert_all_numbers(&output);
        session.close().await;
    }
}

#[tokio::test]
async fn slow_answers_are_waited_for_and_stalled_ones_asked_again() {
    let server = Scripted::start(true, |seen| {
        if nth(seen, "Receive", 0) { Then::Stall(Duration::from_mins(5)) } else { Then::Answer }
    })
    .await;
    let mut endpoint = server.endpoint();
    endpoint.timeouts.grace = Duration::from_millis(1500);
    let session = connect(endpoint, |_| ()).await.unwrap();
    let (output, warnings, ended) = numbers(&session).await;
    assert_eq!((ended.as_str(), warnings.first().map(String::as_str)), ("Completed", Some(INTERRUPTED)));
    assert_all_numbers(&output);
    session.close().await;
}

#[tokio::test]
async fn wire_14_the_way_back_to_the_shell_is_found_by_the_former_cookies() {
    let cookie = |name: &str| format!("Set-Cookie: MS-WSMAN={name}; Path=/\r\n");
    let server = Scripted::start(true, move |seen| {
        let from = seen.header("cookie").unwrap_or_default().to_owned();
        match seen.what.as_str() {
            "Create" => Then::AnswerWith(cookie("a")),
            // A balancer that forgot sends one request to a back end without the shell.
            "Command" if seen.nth == 0 => {
                Then::Instead("500 Error", cookie("b"), seen.request.fault(&Fault::shell_not_found("x")))
            }
            _ if from != "MS-WSMAN=a" => Then::Fault(Fault::shell_not_found("x")),
            _ => Then::Answer,
        }
    })
    .await;
    let session = server.connect().await;
    let (output, _, ended) = numbers(&session).await;
    assert_eq!(ended, "Completed");
    assert_all_numbers(&output);
    // Refused by the other back end, so that it ran once.
    assert_eq!((server.count("Command"), server.executed().len()), (2, 1));
    session.close().await;
}

#[tokio::test]
async fn a_shell_that_is_gone_ends_the_session_and_says_so() {
    let server = Scripted::start(true, |seen| match seen.what.as_str() {
        "Create" | "Command" => Then::Answer,
        "Receive-pool" if seen.nth == 0 => Then::Answer,
        _ => Then::Fault(Fault::shell_not_found("B5C1")),
    })
    .await;
    let session = server.connect().await;
    let (_, _, ended) = numbers(&session).await;
    assert!(ended.starts_with("Lost(Fault("), "{ended}");
    let error = session.gone().await;
    assert_eq!(error.to_failure().code, "-2144108453");
    assert_eq!(server.count("Create"), 1, "no second shell behind the user's back");
}

#[tokio::test]
async fn a_fault_in_the_middle_of_a_pipeline_ends_that_pipeline_alone() {
    let server = Scripted::start(true, |seen| {
        if nth(seen, "Receive", 1) {
            Then::Fault(Fault::internal_error("out of order"))
        } else {
            Then::Answer
        }
    })
    .await;
    let session = server.connect().await;
    let (output, _, ended) = numbers(&session).await;
    assert!(!output.is_empty() && ended.starts_with("Lost(Fault("), "{ended}");
    let (output, _, _) = numbers(&session).await;
    assert_all_numbers(&output);
    session.close().await;
}

#[tokio::test]
async fn wire_12_and_13_a_session_is_disconnected_and_reconnected_without_a_handshake() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Wait"));
    server.until("the command runs", |server| server.executed() == ["Wait"]).await;
    session.disconnect(Some(Duration::from_mins(5)), None).await.unwrap();
    assert!(matches!(session.disconnect(None, None).await, Err(Error::Presence { connected: false })));
    // What is invoked now waits, and what the command gives waits at the server.
    let later = session.invoke(PipelineSpec::command("Get-Numbers"));
    server.finish_all();
    let before = server.seen().len();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(server.seen().len(), before, "nothing is asked while disconnected");
    session.reconnect().await.unwrap();
    assert!(matches!(session.reconnect().await, Err(Error::Presence { connected: true })));
    assert_eq!(read(pipeline).await, (vec!["late".to_owned()], vec![], "Completed".to_owned()));
    assert_all_numbers(&read(later).await.0);
    session.close().await;
    let seen = server.seen();
    assert_eq!((server.count("Create"), server.count("Connect")), (1, 0));
    let sends = seen.iter().filter(|seen| seen.what == "Send").count();
    assert_eq!(sends, 0, "no handshake");
    let ids: std::collections::HashSet<_> = seen.iter().map(|seen| seen.request.session_id.clone()).collect();
    assert_eq!(ids.len(), 1, "one SessionId");
    let gone = session.disconnect(None, None).await;
    assert!(matches!(gone, Err(Error::Closed)), "{gone:?}");
}

#[tokio::test]
async fn a_shell_that_is_left_stays() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    session.disconnect(None, None).await.unwrap();
    session.leave().await.unwrap();
    assert_eq!((server.count("Disconnect"), server.count("Delete")), (1, 0));
}

#[tokio::test]
async fn a_shell_that_the_server_disconnected_is_reconnected() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Wait"));
    server.until("the command runs", |server| server.executed() == ["Wait"]).await;
    server.disconnect();
    server.until("the client comes back", |server| server.count("Reconnect") >= 1).await;
    server.finish_all();
    assert_eq!(read(pipeline).await.2, "Completed");
    session.close().await;
}

#[tokio::test]
async fn a_shell_of_a_create_without_answer_is_deleted() {
    let server =
        Scripted::start(true, |seen| if seen.what == "Create" { Then::CutAfter } else { Then::Answer }).await;
    let error = connect(server.endpoint(), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::ConnectionLost { .. }), "{error:?}");
    server.until("the shell is deleted", |server| server.count("Delete") == 1).await;
    assert_eq!(server.count("Create"), 1, "a sign-in is never repeated");
    let seen = server.seen();
    let created = match &seen[0].request.operation {
        postern_wsman::server::Operation::Create(create) => create.shell_id.unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(seen[1].request.shell_id.as_deref(), Some(created.to_string().to_uppercase().as_str()));
}

#[tokio::test]
async fn a_connection_that_stays_away_ends_the_session_after_the_time_for_it() {
    let server = Scripted::start(true, |seen| match seen.what.as_str() {
        "Receive" | "Receive-pool" if seen.nth > 0 => Then::CutBefore,
        _ => Then::Answer,
    })
    .await;
    let mut endpoint = server.endpoint();
    endpoint.timeouts.recovery = Duration::from_secs(1);
    let session = connect(endpoint, |_| ()).await.unwrap();
    let began = Instant::now();
    let pipeline = session.invoke(PipelineSpec::command("Wait"));
    let (_, warnings, ended) = read(pipeline).await;
    assert!(ended.starts_with("Lost(ConnectionLost"), "{ended}");
    assert_eq!(warnings.last().map(String::as_str), Some(INTERRUPTED));
    assert!(began.elapsed() >= Duration::from_secs(1));
    let error = session.gone().await;
    assert!(error.to_failure().remedy.contains("may have been carried out"), "{error:?}");
}

#[tokio::test]
async fn wire_8_a_receive_without_output_is_asked_again() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Wait"));
    // Each ends with w:TimedOut, code 2150858793, in HTTP 500.
    server.until("it is asked again", |server| server.count("Receive") >= 3).await;
    assert_eq!(code::TIMED_OUT, 2_150_858_793);
    server.finish_all();
    assert_eq!(read(pipeline).await, (vec!["late".to_owned()], vec![], "Completed".to_owned()));
    session.close().await;
}
