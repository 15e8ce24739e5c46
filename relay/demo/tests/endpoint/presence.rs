//! Shells without a client: disconnecting, coming back, listing; and what the service says of itself.

use std::time::{Duration, Instant};

use postern_demo::DemoOptions;
use postern_psrp::pipeline::PipelineSpec;
use postern_shared::value::PsValue;
use postern_wsman::{
    client::{Credentials, Endpoint, Error, PipelineEvent, identify, list_commands, list_shells},
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
        (Some("admin"), Some("127.0.0.1"))
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

#[tokio::test]
async fn commands_of_a_shell_are_listed_to_its_owner() {
    let demo = Demo::start(DemoOptions::default()).await;
    let session = demo.session().await;
    let sleep = session.invoke(PipelineSpec::command("Start-Sleep").parameter("Seconds", 600));
    let id = session.details().shell_id;
    let deadline = Instant::now() + Duration::from_secs(30);
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
    let demo = Demo::start(DemoOptions { idle: Duration::from_secs(4), ..DemoOptions::default() }).await;
    let session = demo.session().await;
    session.disconnect(Some(Duration::from_millis(500)), None).await.unwrap();
    session.leave().await.unwrap();
    assert_eq!(shells(&demo).await.len(), 1);
    let deadline = Instant::now() + Duration::from_secs(30);
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
