//! The page's check of a connection: the same rules as for a sign-in, and steps as they happen.

use postern_demo::DemoOptions;
use postern_shared::wire::{CheckLayer, CheckState, CheckStep, Failure, SignIn};
use tokio::net::TcpListener;

use crate::client::{Answered, Page, Relay, config, config_for, demo, http, sign_in};

const USER: &str = "admin@klinik-auer.example";

async fn post(relay: &Relay, request: &SignIn) -> Answered {
    let origin = format!("http://{}", relay.address);
    let headers = [("origin", origin.as_str()), ("content-type", "application/json")];
    http(relay.address, "POST", "/api/check", &headers, &serde_json::to_vec(request).unwrap()).await
}

/// The steps as they stand at the end.
async fn steps(relay: &Relay, request: &SignIn) -> Vec<CheckStep> {
    let answer = post(relay, request).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let body = String::from_utf8(answer.body).unwrap();
    let mut steps: Vec<CheckStep> = Vec::new();
    // Between the lines stand the sizes of chunks.
    for line in body.lines().filter(|line| line.starts_with('{')) {
        let step: CheckStep = serde_json::from_str(line).unwrap();
        match steps.iter_mut().find(|known| known.step == step.step) {
            Some(known) => *known = step,
            None => steps.push(step),
        }
    }
    steps
}

fn stop(steps: &[CheckStep]) -> Option<(CheckLayer, &Failure)> {
    steps.iter().find_map(|step| match &step.state {
        CheckState::Stopped { failure, .. } => Some((step.layer, failure)),
        _ => None,
    })
}

fn passed(steps: &[CheckStep]) -> Vec<CheckLayer> {
    let passed = steps.iter().filter(|step| matches!(step.state, CheckState::Passed { .. }));
    passed.map(|step| step.layer).collect()
}

#[tokio::test]
async fn without_a_password_it_goes_as_far_as_none_is_needed() {
    let relay =
        Relay::start(config(demo(DemoOptions { sessions_per_user: 1, ..DemoOptions::default() }).await))
            .await;
    let found = steps(&relay, &sign_in("", "")).await;
    assert_eq!(passed(&found), [CheckLayer::Name, CheckLayer::Tcp, CheckLayer::Http]);
    assert_eq!(stop(&found), None);

    let found = steps(&relay, &sign_in(USER, "demo")).await;
    assert_eq!(passed(&found).last(), Some(&CheckLayer::Command), "{found:?}");
    assert_eq!(stop(&found), None);

    let found = steps(&relay, &sign_in(USER, "geheim-17")).await;
    let (layer, failure) = stop(&found).unwrap();
    assert_eq!((layer, failure.code.as_str()), (CheckLayer::Authentication, "HTTP 401"));
    assert!(!format!("{found:?}").contains("geheim-17"));

    // The one session that a user may have is free again.
    let (page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn it_says_where_the_connection_stops() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let relay = Relay::start(config(free)).await;
    let found = steps(&relay, &sign_in(USER, "")).await;
    let (layer, failure) = stop(&found).unwrap();
    assert_eq!(layer, CheckLayer::Tcp);
    assert!(failure.remedy.contains("Check the port"), "{failure:?}");
    let skipped = found.iter().filter(|step| matches!(step.state, CheckState::Skipped { .. }));
    assert_eq!(skipped.count(), 6, "{found:?}");
    relay.stop().await;
}

#[tokio::test]
async fn only_what_a_sign_in_may_reach_is_checked_and_as_seldom() {
    let mut config = config_for("https://mail.nowhere.invalid/PowerShell/");
    (config.limits.sign_ins_per_address, config.limits.sign_in_seconds) = (3, 1000);
    let relay = Relay::start(config).await;
    let elsewhere =
        SignIn { endpoint: String::new(), uri: Some("https://169.254.169.254/".into()), ..sign_in(USER, "") };
    let answer = post(&relay, &elsewhere).await;
    assert_eq!(answer.status, 400);
    let failure: Failure = serde_json::from_slice(&answer.body).unwrap();
    assert!(failure.what.contains("does not accept connection URIs"), "{failure:?}");
    // Not from another page.
    let body = serde_json::to_vec(&sign_in(USER, "")).unwrap();
    let headers = [("origin", "https://evil.example"), ("content-type", "application/json")];
    assert_eq!(http(relay.address, "POST", "/api/check", &headers, &body).await.status, 403);
    // A password without a user name is for nobody.
    assert_eq!(post(&relay, &sign_in("", "demo")).await.status, 400);
    let found = steps(&relay, &sign_in(USER, "")).await;
    assert_eq!(stop(&found).unwrap().0, CheckLayer::Name);
    // Checks and sign-ins are counted together.
    let answer = post(&relay, &sign_in(USER, "")).await;
    assert_eq!(answer.status, 429);
    let answer = crate::client::post_sign_in(relay.address, &sign_in(USER, "demo"), None).await;
    assert_eq!(answer.status, 429);
    relay.stop().await;
}
