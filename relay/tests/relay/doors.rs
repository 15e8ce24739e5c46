//! What must not get in: other origins, garbage, floods, and those who never finish.

use futures_util::{SinkExt as _, StreamExt as _};
use postern::config::Limits;
use postern_demo::DemoOptions;
use postern_shared::wire::{self, BUILD, ClientMessage, Failure, MAX_FRAME, Offer, ServerMessage};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::client::{PATIENCE, Page, Relay, Ticket, config, config_for, demo, http, post_sign_in, sign_in};

const USER: &str = "admin@klinik-auer.example";

async fn relay() -> Relay {
    Relay::start(config(demo(DemoOptions::default()).await)).await
}

#[tokio::test]
async fn the_page_is_served_with_its_headers() {
    let relay = relay().await;
    let answer = http(relay.address, "GET", "/", &[("accept-encoding", "br")], b"").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-cache");
    let policy = &answer.headers["content-security-policy"];
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(http(relay.address, "GET", "/nothing", &[], b"").await.status, 404);
    assert_eq!(http(relay.address, "GET", "/health", &[], b"").await.body, b"ok\n");
    let offer: Offer =
        serde_json::from_slice(&http(relay.address, "GET", "/api/offer", &[], b"").await.body).unwrap();
    assert_eq!(
        (offer.build.as_str(), offer.endpoints[0].name.as_str(), offer.custom_uri),
        (BUILD, "test", false)
    );
    relay.stop().await;
}

#[tokio::test]
async fn other_origins_and_names_are_refused() {
    let relay = relay().await;
    let address = relay.address;
    let body = serde_json::to_vec(&sign_in(USER, "demo")).unwrap();
    let own = format!("http://{address}");
    for origin in ["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1"] {
        let headers = [("origin", origin), ("content-type", "application/json")];
        assert_eq!(http(address, "POST", "/api/sign-in", &headers, &body).await.status, 403, "{origin}");
    }
    let headers = [("content-type", "application/json")];
    assert_eq!(http(address, "POST", "/api/sign-in", &headers, &body).await.status, 403);
    let headers = [("host", "evil.example"), ("origin", "http://evil.example")];
    assert_eq!(http(address, "GET", "/", &headers, b"").await.status, 421);

    let ticket = Ticket::get(address, &sign_in(USER, "demo")).await;
    let mut page = ticket.page(0).await;
    page.ready().await.unwrap();
    for origin in ["http://evil.example", "null", &format!("{own}0")] {
        let Err(tungstenite::Error::Http(answer)) = ticket.socket(origin).await else { panic!("{origin}") };
        assert_eq!(answer.status(), 403, "{origin}");
    }
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_session_belongs_to_its_cookie() {
    let relay = relay().await;
    let (page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let forged = format!("postern={}", "A".repeat(43));
    for cookie in [forged.as_str(), "postern=", "other=1"] {
        let other = Ticket { cookie: cookie.into(), ..ticket.clone() };
        let mut socket = other.socket(&format!("http://{}", relay.address)).await.unwrap();
        let frame = timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        let ServerMessage::Ended(failure) = wire::decode(&frame.into_data()).unwrap() else { panic!() };
        assert_eq!(failure.what, "This session is gone.");
    }
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn garbage_closes_the_socket_and_nothing_else() {
    let relay = relay().await;
    let (page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let hello = wire::encode(&ClientMessage::Hello { build: BUILD.into(), after: 0 }).unwrap();
    let frames = [
        vec![Message::Binary(vec![0xff; 100].into())],
        vec![Message::Text("hello".into())],
        vec![Message::Binary(hello.clone().into()), Message::Binary(vec![0xff; 9].into())],
        vec![Message::Binary(hello.clone().into()), Message::Binary(hello.clone().into())],
        vec![Message::Binary(hello.clone().into()), Message::Binary(vec![0; MAX_FRAME + 1].into())],
    ];
    for frames in frames {
        let mut socket = ticket.socket(&format!("http://{}", relay.address)).await.unwrap();
        for frame in frames {
            // The relay may close before all is sent.
            let _ = socket.send(frame).await;
        }
        let closed = timeout(PATIENCE, async {
            while let Some(Ok(frame)) = socket.next().await {
                if matches!(frame, Message::Close(_)) {
                    return;
                }
            }
        });
        closed.await.expect("the socket is closed");
    }
    drop(page);
    let mut page = ticket.page(0).await;
    assert!(page.ready().await.is_ok());
    assert_eq!(page.run("Get-Mailbox -ResultSize 1").await.objects, 1);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_page_of_another_build_is_told() {
    let relay = relay().await;
    let (page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let mut socket = ticket.socket(&format!("http://{}", relay.address)).await.unwrap();
    let hello = wire::encode(&ClientMessage::Hello { build: "old".into(), after: 0 }).unwrap();
    socket.send(Message::Binary(hello.into())).await.unwrap();
    let frame = timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
    assert!(
        matches!(wire::decode(&frame.into_data()).unwrap(), ServerMessage::Hello { build, .. } if build == BUILD)
    );
    assert!(matches!(timeout(PATIENCE, socket.next()).await.unwrap(), Some(Ok(Message::Close(_)))));
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn requests_that_are_no_sign_in_are_refused() {
    let relay = relay().await;
    let address = relay.address;
    let origin = format!("http://{address}");
    let json = [("origin", origin.as_str()), ("content-type", "application/json")];
    let status = async |body: &[u8]| http(address, "POST", "/api/sign-in", &json, body).await.status;
    assert_eq!(status(b"").await, 400);
    assert_eq!(status(b"{\"password\":\"secret\"}").await, 400);
    assert_eq!(status(&vec![b' '; 1 << 20]).await, 413);
    let text = [("origin", origin.as_str()), ("content-type", "text/plain")];
    assert_eq!(http(address, "POST", "/api/sign-in", &text, b"{}").await.status, 415);
    let mut old = sign_in(USER, "demo");
    old.build = "old".into();
    let answer = post_sign_in(address, &old, None).await;
    let failure: Failure = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, failure.remedy.as_str()), (400, "Reload the page."));
    let mut other = sign_in(USER, "demo");
    (other.endpoint, other.uri) = (String::new(), Some("http://169.254.169.254/".into()));
    assert_eq!(post_sign_in(address, &other, None).await.status, 400);
    relay.stop().await;
}

#[tokio::test]
async fn sign_ins_are_limited() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.limits = Limits { sign_ins_per_address: 3, sign_in_seconds: 600, ..Limits::default() };
    let relay = Relay::start(config).await;
    for _ in 0..3 {
        assert_eq!(post_sign_in(relay.address, &sign_in(USER, ""), None).await.status, 400);
    }
    let answer = post_sign_in(relay.address, &sign_in(USER, "demo"), None).await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers["retry-after"].parse::<u32>().unwrap() <= 601);
    relay.stop().await;
}

#[tokio::test]
async fn one_browser_has_so_many_sessions() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.limits = Limits { sessions_per_browser: 2, sessions: 3, ..Limits::default() };
    let relay = Relay::start(config).await;
    let request = sign_in(USER, "demo");
    let first = Ticket::get(relay.address, &request).await;
    let again = post_sign_in(relay.address, &request, Some(&first.cookie)).await;
    assert_eq!(again.status, 200);
    assert!(!again.headers.contains_key("set-cookie"), "a known browser keeps its cookie");
    assert_eq!(post_sign_in(relay.address, &request, Some(&first.cookie)).await.status, 409);
    let other = Ticket::get(relay.address, &request).await;
    assert_ne!(other.cookie, first.cookie);
    assert_eq!(post_sign_in(relay.address, &request, None).await.status, 503);
    relay.stop().await;
}

#[tokio::test]
async fn a_cookie_that_somebody_else_planted_is_not_taken() {
    let relay = relay().await;
    let planted = format!("postern={}", "A".repeat(43));
    let answer = post_sign_in(relay.address, &sign_in(USER, "demo"), Some(&planted)).await;
    assert!(!answer.headers["set-cookie"].starts_with(&planted));
    relay.stop().await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    // Accepts, reads and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/PowerShell/", silent.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            held.push(stream);
        }
    });
    let mut config = config_for(&uri);
    config.limits.open_seconds = 1;
    let relay = Relay::start(config).await;
    let before = Instant::now();
    let mut page = Ticket::get(relay.address, &sign_in(USER, "demo")).await.page(0).await;
    let failure = page.ready().await.unwrap_err();
    assert!(before.elapsed() < PATIENCE && !failure.what.is_empty(), "{failure:?}");
    page.end().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_request_that_never_ends_holds_up_nobody() {
    let mut config = config(demo(DemoOptions::default()).await);
    (config.limits.connections, config.limits.request_seconds) = (8, 1);
    let relay = Relay::start(config).await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        let head = format!(
            "POST /api/sign-in HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncontent-type: application/json\r\n\
             content-length: 9000\r\n\r\n{{",
            relay.address
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let (page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    page.sign_out().await;
    // They are answered with 408 in the end.
    let mut answer = [0; 64];
    let length = timeout(PATIENCE, slow[0].read(&mut answer)).await.unwrap().unwrap();
    assert!(
        answer[..length].starts_with(b"HTTP/1.1 408"),
        "{:?}",
        String::from_utf8_lossy(&answer[..length])
    );
    relay.stop().await;
}

#[tokio::test]
async fn connections_without_a_request_are_closed_and_make_room() {
    let mut config = config(demo(DemoOptions::default()).await);
    (config.limits.connections, config.limits.header_seconds) = (4, 1);
    let relay = Relay::start(config).await;
    let mut held = Vec::new();
    for head in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: x\r\n", "G"] {
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        held.push(stream);
    }
    // All places are taken: this one is served only because they are given up.
    assert_eq!(http(relay.address, "GET", "/health", &[], b"").await.status, 200);
    for mut stream in held {
        let _ = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await.expect("it is closed");
    }
    relay.stop().await;
}
