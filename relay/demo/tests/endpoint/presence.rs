//! Shells without a client: disconnecting, coming back, listing; and what the service says of itself.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use postern_demo::DemoOptions;
use postern_psrp::pipeline::PipelineSpec;
use postern_shared::value::PsValue;
use postern_wsman::{
    client::{
        ConnectError, ConnectOptions, Credentials, Ended, Endpoint, Error, Found, Pipeline, PipelineEvent,
        RemoteSession, identify, list_commands, list_shells,
    },
    envelope::{EXCHANGE_RESOURCE, ListedShell},
};

use crate::Demo;

fn endpoint(demo: &Demo) -> Endpoint {
    Endpoint::new(&format!("http://{}/powershell/", demo.address), EXCHANGE_RESOURCE).unwrap()
}

fn admin() -> Credentials {
    Credentials::new("admin", "demo".to_owned())
}

async fn shells(demo: &Demo) -> Vec<ListedShell> {
    list_shells(endpoint(demo), admin()).await.unwrap()
}

#[tokio::test]
async fn a_session_is_left_and_found_again() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let mut pipeline = session.invoke(PipelineSpec::command("Get-Mailbox").parameter("ResultSize", 200));
    let id = session.details().shell_id;
    session.disconnect(Some(Duration::from_mins(5)), None).await.unwrap();
    let listed = shells(&demo).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].shell_id.as_str(), listed[0].state.as_deref()),
        (id.as_str(), Some("Disconnected"))
    );
    assert_eq!(
        (listed[0].owner.as_deref(), listed[0].client_ip.as_deref()),
        (Some("admin@klinik-auer.example"), Some("127.0.0.1"))
    );
    assert_eq!(listed[0].resource_uri.as_deref(), Some(EXCHANGE_RESOURCE));
    assert_eq!(listed[0].idle_timeout, Some(Duration::from_mins(5)));
    session.reconnect().await.unwrap();
    assert_eq!(shells(&demo).await[0].state.as_deref(), Some("Connected"));
    let mut mailboxes = 0;
    while let Some(event) = pipeline.next().await {
        mailboxes += usize::from(matches!(event, PipelineEvent::Output(_)));
    }
    assert_eq!(mailboxes, 200);
    session.close().await;
    assert!(shells(&demo).await.is_empty());
    demo.stop().await;
}

async fn attach(demo: &Demo, shell: &ListedShell) -> Result<(RemoteSession, Vec<Found>), ConnectError> {
    RemoteSession::attach(endpoint(demo), admin(), ConnectOptions::default(), shell, |_| {}).await
}

/// Reads a pipeline to its end, and collects the identities of what it gives.
async fn read(pipeline: &mut Pipeline, seen: &mut Vec<String>) -> Ended {
    loop {
        match pipeline.next().await.unwrap() {
            PipelineEvent::Output(value) => {
                seen.push(format!("{:?}", value.get("PrimarySmtpAddress").unwrap()));
            }
            PipelineEvent::Ended(ended) => return ended,
            other => panic!("{other:?}"),
        }
    }
}

fn all_mailboxes() -> PipelineSpec {
    PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "Unlimited")
}

/// WIRE 3: a client leaves while a pipeline runs, and another one, as of another process, reads the rest of it.
#[tokio::test]
async fn wire_3_another_client_takes_over_a_pipeline_under_way() {
    let demo = Demo::start(DemoOptions { mailboxes: 1_200, ..DemoOptions::default() }).await;
    let first = demo.session().await;
    let mut pipeline = first.invoke(all_mailboxes());
    assert!(matches!(pipeline.next().await, Some(PipelineEvent::Output(_))));
    first.disconnect(None, None).await.unwrap();
    first.leave().await.unwrap();
    let mut seen = Vec::new();
    assert!(matches!(read(&mut pipeline, &mut seen).await, Ended::Lost(Error::Closed)));
    assert!(seen.len() < 1_199, "all had arrived before");

    let shell = shells(&demo).await.remove(0);
    let (second, mut found) = attach(&demo, &shell).await.unwrap();
    let details = second.details();
    assert_eq!((details.shell_id, details.protocol_version.as_deref()), (shell.shell_id, Some("2.3")));
    assert_eq!(shells(&demo).await[0].state.as_deref(), Some("Connected"));
    assert_eq!(found.len(), 1);
    assert!(matches!(read(&mut found[0].pipeline, &mut seen).await, Ended::Completed));
    assert_eq!(seen.len(), 1_199, "some are missing, or came to both");
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 1_199);

    // The pool is the second client's: it invokes, asks, and closes.
    let mut again = Vec::new();
    assert!(matches!(read(&mut second.invoke(all_mailboxes()), &mut again).await, Ended::Completed));
    assert_eq!(again.len(), 1_200);
    second.close().await;
    assert!(shells(&demo).await.is_empty());
    demo.stop().await;
}

/// A pipeline that ended while nobody was there still has its output.
#[tokio::test]
async fn what_ended_meanwhile_is_received_by_who_comes() {
    let demo = Demo::start(DemoOptions::default()).await;
    let first = demo.session().await;
    let mut pipeline = first.invoke(PipelineSpec::command("Start-Sleep").parameter("Milliseconds", 300));
    let id = first.details().shell_id;
    let commands = async || list_commands(endpoint(&demo), admin(), &id).await.unwrap();
    while commands().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    first.disconnect(None, None).await.unwrap();
    // The end waits to be received, so that the command is there.
    assert_eq!(commands().await.len(), 1);
    let shell = shells(&demo).await.remove(0);
    let (second, mut found) = attach(&demo, &shell).await.unwrap();
    assert!(matches!(read(&mut found[0].pipeline, &mut Vec::new()).await, Ended::Completed));
    // Who had left is told that the shell is another's, and does not delete it.
    let error = first.reconnect().await.unwrap_err().to_failure();
    assert_eq!(error.code, "-2144108090", "{error:?}");
    first.close().await;
    assert!(matches!(pipeline.next().await, Some(PipelineEvent::Ended(Ended::Lost(_)))));
    assert_eq!(second.available_runspaces().await.unwrap(), 1);
    second.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_shell_with_a_client_is_not_taken_over() {
    let demo = Demo::start(DemoOptions::default()).await;
    let first = demo.session().await;
    let shell = shells(&demo).await.remove(0);
    let failure = attach(&demo, &shell).await.unwrap_err().to_failure();
    assert!(failure.cause.ends_with('.') && !failure.raw.is_empty(), "{failure:?}");
    assert_eq!(first.available_runspaces().await.unwrap(), 1);
    let unknown = ListedShell { shell_id: uuid::Uuid::from_u128(7).to_string(), ..shell };
    let failure = attach(&demo, &unknown).await.unwrap_err().to_failure();
    assert_eq!(failure.code, "-2144108453", "{failure:?}");
    first.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_pool_answers_for_itself() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    assert_eq!(session.available_runspaces().await.unwrap(), 1);
    assert!(session.set_max_runspaces(3).await.unwrap());
    assert!(session.set_min_runspaces(2).await.unwrap());
    assert!(!session.set_min_runspaces(4).await.unwrap(), "more than the most");
    assert!(!session.set_max_runspaces(1).await.unwrap(), "fewer than the fewest");
    assert_eq!(session.available_runspaces().await.unwrap(), 3);
    assert!(session.reset_runspace().await.unwrap());
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn commands_of_a_shell_are_listed_to_its_owner() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let sleep = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 600));
    let id = session.details().shell_id;
    let deadline = Instant::now() + Duration::from_mins(2);
    while list_commands(endpoint(&demo), admin(), &id).await.unwrap().len() != 1 {
        assert!(Instant::now() < deadline, "the command is not listed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let other = Credentials::new("eva.lang", "demo".to_owned());
    let error = list_commands(endpoint(&demo), other.clone(), &id).await.unwrap_err();
    assert_eq!(error.to_failure().code, "-2144108453");
    assert!(list_shells(endpoint(&demo), other).await.unwrap().is_empty());
    drop(sleep);
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_shell_that_was_left_goes_when_its_time_is_over() {
    let demo = Demo::start(DemoOptions { idle: Duration::from_secs(12), ..DemoOptions::default() }).await;
    let session = demo.session().await;
    let (left, idle) = (Instant::now(), Duration::from_secs(2));
    session.disconnect(Some(idle), None).await.unwrap();
    session.leave().await.unwrap();
    let there = shells(&demo).await.len();
    assert!(there == 1 || left.elapsed() > idle, "it went too early");
    let deadline = Instant::now() + Duration::from_mins(2);
    while !shells(&demo).await.is_empty() {
        assert!(Instant::now() < deadline, "the shell is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    demo.stop().await;
}

#[tokio::test]
async fn the_service_says_what_it_is_and_refuses_the_wrong() {
    let demo = Demo::start(DemoOptions::default()).await;
    for credentials in [None, Some(admin())] {
        let identity = identify(endpoint(&demo), credentials).await.unwrap();
        assert_eq!(identity.protocol_version, "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd");
        assert_eq!(identity.product_vendor, "Postern");
    }
    let wrong = Credentials::new("admin", "wrong".to_owned());
    assert!(matches!(list_shells(endpoint(&demo), wrong).await, Err(Error::Unauthorized { .. })));
    let session = demo.session().await;
    let counted = session.invoke(PipelineSpec::command("Get-Command")).next().await;
    assert!(matches!(counted, Some(PipelineEvent::Output(PsValue::Object(_)))), "{counted:?}");
    session.close().await;
    demo.stop().await;
}
