//! What a user is told when something fails: each part of it for itself, in words that an administrator can act on.

use std::{net::SocketAddr, time::Duration};

use postern_demo::DemoOptions;
use postern_shared::wire::{EventKind, Failure, StepState};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};

use crate::client::{PATIENCE, Page, Relay, Ticket, config, config_for, demo, http, sign_in};

const USER: &str = "admin@klinik-auer.example";

/// Whether the parts can be read without each other.
fn is_whole(failure: &Failure) {
    for part in [&failure.cause, &failure.remedy] {
        assert!(part.ends_with('.') && part.len() > 10, "{failure:?}");
        for word in ["them", "both", "It ", "there "] {
            assert!(!part.starts_with(word), "{word}: {failure:?}");
        }
    }
    assert!(!failure.cause.contains("One of them"), "{failure:?}");
    assert!(!failure.raw.is_empty(), "{failure:?}");
}

async fn refused(uri: &str, user: &str, password: &str) -> Failure {
    let relay = Relay::start(config_for(uri)).await;
    let mut page = Ticket::get(relay.address, &sign_in(user, password)).await.page(0).await;
    let failure = page.ready().await.unwrap_err();
    is_whole(&failure);
    assert!(failure.what.contains("127.0.0.1") && failure.what.ends_with('.'), "{failure:?}");
    assert_eq!(page.end().await, failure);
    relay.stop().await;
    failure
}

fn uri(endpoint: SocketAddr) -> String {
    format!("http://{endpoint}/PowerShell/")
}

#[tokio::test]
async fn a_refused_sign_in_says_what_to_do() {
    let endpoint = demo(DemoOptions { sessions_per_user: 0, ..DemoOptions::default() }).await;
    for (user, password, what, remedy) in [
        (USER, "wrong", "user name or password was refused by 127.0.0.1", "Check the user name"),
        ("noremote", "demo", "refused by 127.0.0.1 (Bad Request)", "-RemotePowerShellEnabled $true"),
        (USER, "demo", "Too many sessions", "wait 15 minutes"),
    ] {
        let failure = refused(&uri(endpoint), user, password).await;
        assert!(failure.what.contains(what) && failure.remedy.contains(remedy), "{failure:?}");
    }
    let endpoint = demo(DemoOptions::default()).await;
    let failure = refused(&uri(endpoint), "noroles", "demo").await;
    assert!(failure.cause.contains("management role"), "{failure:?}");
}

#[tokio::test]
async fn a_wrong_address_says_what_to_check() {
    // Free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = refused(&uri(free), USER, "demo").await;
    assert!(failure.remedy.contains("Check the port"), "{failure:?}");
    // Another web server: a relay.
    let other = Relay::start(config(free)).await;
    let failure = refused(&uri(other.address), USER, "demo").await;
    assert!(failure.remedy.contains("connection URI") || failure.remedy.contains("path"), "{failure:?}");
    other.stop().await;
}

#[tokio::test]
async fn a_failed_command_says_what_to_do() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    for (line, cause) in [
        ("Get-Nonsense", "has a command of this name"),
        ("Get-Mailbox -Nonsense 1", "no such parameter"),
        ("New-Mailbox", "mandatory parameter"),
        ("Get-Mailbox -Identity nobody-of-that-name", "No object has that name"),
        ("Get-Mailbox -ResultSize many", "value"),
    ] {
        let block = page.run(line).await;
        let [failure] = &block.errors[..] else { panic!("{line}: {block:?}") };
        is_whole(failure);
        assert!(failure.cause.contains(cause), "{line}: {failure:?}");
    }
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_page_that_comes_late_still_sees_the_steps_of_a_failed_sign_in() {
    let endpoint = demo(DemoOptions::default()).await;
    let mut config = config(endpoint);
    config.limits.sessions = 1;
    let relay = Relay::start(config).await;
    let ticket = Ticket::get(relay.address, &sign_in(USER, "wrong")).await;
    // Far longer than the sign-in takes to fail: the page is the later one.
    sleep(Duration::from_millis(500)).await;
    let mut page = ticket.page(0).await;
    page.ready().await.unwrap_err();
    page.end().await;
    let failed = |event: &postern_shared::wire::Event| matches!(&event.kind, EventKind::Step { state: StepState::Failed, text, .. } if text.contains("Signing in"));
    assert!(page.events.iter().any(failed), "{:?}", page.events);
    // Once shown, it takes no place any more.
    let deadline = Instant::now() + PATIENCE;
    while crate::client::post_sign_in(relay.address, &sign_in(USER, "demo"), None).await.status != 200 {
        assert!(Instant::now() < deadline, "the failed session still takes a place");
        sleep(Duration::from_millis(20)).await;
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_failed_sign_in_that_nobody_reads_goes_by_itself() {
    let mut config = config(demo(DemoOptions::default()).await);
    (config.limits.sessions, config.limits.sign_ins_per_address) = (1, 1000);
    let relay = Relay::start(config).await;
    let ticket = Ticket::get(relay.address, &sign_in(USER, "wrong")).await;
    let deadline = Instant::now() + PATIENCE;
    while crate::client::post_sign_in(relay.address, &sign_in(USER, "demo"), None).await.status != 200 {
        assert!(Instant::now() < deadline, "the failed session stays for ever");
        sleep(Duration::from_millis(250)).await;
    }
    let failure = ticket.page(0).await.end().await;
    assert!(failure.what.contains("refused"), "{failure:?}");
    assert_eq!(http(relay.address, "GET", "/health", &[], b"").await.status, 200);
    relay.stop().await;
}
