//! How sessions end, and that nothing of them stays on the server: the demo allows one session, so that a second
//! sign-in shows whether the first was removed.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use postern::config::Config;
use postern_demo::DemoOptions;
use postern_shared::wire::{ClientMessage, EventKind};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::client::{PATIENCE, Page, Relay, Ticket, config, demo, sign_in};

const USER: &str = "admin@klinik-auer.example";

/// An endpoint with room for one session, and a relay before it.
async fn one_session(change: impl FnOnce(&mut Config)) -> (Relay, SocketAddr) {
    let endpoint = demo(DemoOptions { sessions_per_user: 1, ..DemoOptions::default() }).await;
    let mut config = config(endpoint);
    change(&mut config);
    (Relay::start(config).await, endpoint)
}

/// Whether the endpoint has room for a session.
async fn has_room(endpoint: SocketAddr) -> bool {
    let relay = Relay::start(config(endpoint)).await;
    let mut page = Ticket::get(relay.address, &sign_in(USER, "demo")).await.page(0).await;
    let ready = page.ready().await.is_ok();
    relay.stop().await;
    ready
}

#[tokio::test]
async fn signing_out_removes_the_remote_session() {
    let (relay, endpoint) = one_session(|_| {}).await;
    let (page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    assert!(!has_room(endpoint).await);
    page.sign_out().await;
    assert!(has_room(endpoint).await);
    relay.stop().await;
}

#[tokio::test]
async fn signing_out_while_a_command_runs_removes_it_too() {
    let (relay, endpoint) = one_session(|_| {}).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    page.start("Start-Sleep -Seconds 600").await;
    let before = Instant::now();
    page.sign_out().await;
    assert!(before.elapsed() < PATIENCE, "{:?}", before.elapsed());
    assert!(has_room(endpoint).await);
    relay.stop().await;
}

#[tokio::test]
async fn a_tab_that_stays_away_ends_the_session() {
    let (relay, endpoint) = one_session(|config| config.grace_seconds = 1).await;
    let (page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    drop(page);
    // The relay tells a page that comes back too late.
    let failure = loop {
        sleep(Duration::from_millis(1500)).await;
        let mut page = ticket.page(u64::MAX).await;
        if !matches!(page.receive().await, Some(postern_shared::wire::ServerMessage::Hello { .. })) {
            break page.ended.expect("a reason");
        }
    };
    assert!(failure.cause.contains("No page showed the session"), "{failure:?}");
    assert!(has_room(endpoint).await);
    relay.stop().await;
}

#[tokio::test]
async fn an_idle_session_is_warned_and_signed_out() {
    let (relay, endpoint) = one_session(|config| config.idle_seconds = 2).await;
    let (mut page, facts, _) = Page::sign_in(relay.address, USER, "demo").await;
    assert_eq!(facts.idle_seconds, 2);
    let failure = page.end().await;
    assert!(failure.cause.contains("not used"), "{failure:?}");
    assert!(page.events.iter().any(|event| matches!(event.kind, EventKind::IdleWarning { .. })));
    assert!(has_room(endpoint).await);
    relay.stop().await;
}

#[tokio::test]
async fn a_tab_that_comes_back_resumes_where_it_was() {
    let (relay, _) = one_session(|_| {}).await;
    let (mut page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    assert_eq!(page.run("Get-Mailbox -ResultSize 3").await.objects, 3);
    let seen = page.events.last().unwrap().number;
    let block = page.start("Start-Sleep -Seconds 1").await;
    drop(page);
    let mut page = ticket.page(seen).await;
    let finished = page.finish(block).await;
    assert_eq!(page.events[0].number, seen + 1);
    assert_eq!(finished.state, postern_shared::wire::BlockState::Completed);
    // The rows are still there, and a new page sees everything.
    let mut all = ticket.page(0).await;
    let facts = all.ready().await.unwrap();
    assert!(!facts.commands.is_empty());
    all.finish(block).await;
    let numbers: Vec<_> = all.events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(page.rows(1, &["Alias"], postern_shared::wire::View::default(), 0, 10).await.total, 3);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn two_tabs_see_the_same() {
    let (relay, _) = one_session(|_| {}).await;
    let (mut one, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let mut two = ticket.page(0).await;
    two.ready().await.unwrap();
    let block = one.start("Get-Mailbox -ResultSize 2").await;
    assert_eq!(one.finish(block).await.objects, two.finish(block).await.objects);
    assert_eq!(one.events, two.events);
    let stopped = two.start("Start-Sleep -Seconds 600").await;
    one.send(&ClientMessage::Stop { block: stopped }).await;
    two.finish(stopped).await;
    one.send(&ClientMessage::SignOut).await;
    assert_eq!(one.end().await, two.end().await);
    relay.stop().await;
}

#[tokio::test]
async fn stopping_the_relay_removes_every_remote_session() {
    let (relay, endpoint) = one_session(|_| {}).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    page.start("Start-Sleep -Seconds 600").await;
    let stopping = tokio::spawn(relay.stop());
    assert_eq!(page.end().await.cause, "The relay was stopped.");
    stopping.await.unwrap();
    assert!(has_room(endpoint).await);
}

/// The program itself, in a process of its own.
async fn program(endpoint: SocketAddr) -> (Child, SocketAddr, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "listen = '127.0.0.1:0'\n[[endpoint]]\nname = 'test'\nuri = 'http://{endpoint}/PowerShell/'\nallow_http = true\n"
    );
    std::fs::write(file.path(), text).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["serve", "--config"])
        .arg(file.path())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let address = line.strip_prefix("listening on http://").unwrap().trim_end_matches('/').parse().unwrap();
    (child, address, file)
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_removes_the_remote_sessions() {
    let endpoint = demo(DemoOptions { sessions_per_user: 1, ..DemoOptions::default() }).await;
    let (mut relay, address, _file) = program(endpoint).await;
    let (mut page, ..) = Page::sign_in(address, USER, "demo").await;
    let id = relay.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    assert_eq!(page.end().await.cause, "The relay was stopped.");
    let status = tokio::time::timeout(PATIENCE, relay.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    assert!(has_room(endpoint).await);
}

#[tokio::test]
async fn a_killed_relay_leaves_a_session_that_the_server_removes_when_idle() {
    let idle = Duration::from_secs(2);
    let endpoint = demo(DemoOptions { sessions_per_user: 1, idle, ..DemoOptions::default() }).await;
    let (mut relay, address, _file) = program(endpoint).await;
    let (_page, ..) = Page::sign_in(address, USER, "demo").await;
    relay.kill().await.unwrap();
    let killed = Instant::now();
    while !has_room(endpoint).await {
        assert!(killed.elapsed() < PATIENCE, "the server never removed the session");
        sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn the_program_says_what_to_do_without_an_endpoint() {
    let output = Command::new(env!("CARGO_BIN_EXE_postern")).arg("serve").output().await.unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("postern serve --demo") && text.contains("[[endpoint]]"), "{text}");
}

#[tokio::test]
async fn the_demo_starts_with_one_option() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["serve", "--demo", "--demo-mailboxes", "20", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address: SocketAddr =
        line.strip_prefix("listening on http://").unwrap().trim_end_matches('/').parse().unwrap();
    let credentials = lines.next_line().await.unwrap().unwrap();
    assert!(credentials.contains(USER) && credentials.contains("demo"), "{credentials}");
    let answer = crate::client::http(address, "GET", "/api/offer", &[], b"").await;
    let offer: postern_shared::wire::Offer = serde_json::from_slice(&answer.body).unwrap();
    let (user, password) = offer.endpoints[0].demo.clone().unwrap();
    let mut request = sign_in(&user, &password);
    request.endpoint = offer.endpoints[0].name.clone();
    let mut page = Ticket::get(address, &request).await.page(0).await;
    page.ready().await.unwrap();
    page.sign_out().await;
}
