//! Bare requests: what no proper client sends, and shells that are forgotten.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use postern_demo::DemoOptions;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Demo;

/// `admin:demo`.
const CREDENTIALS: &str = "Authorization: Basic YWRtaW46ZGVtbw==\r\n";

/// Sends a request on a connection of its own; gives status and body.
async fn send(demo: &Demo, method: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut connection = TcpStream::connect(demo.address).await.unwrap();
    let head = format!(
        "{method} /powershell/ HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The endpoint may answer and close before it has read all.
    let _ = connection.write_all(body).await;
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, body.to_owned())
}

async fn post(demo: &Demo, body: &str) -> (u16, String) {
    send(demo, "POST", CREDENTIALS, body.as_bytes()).await
}

fn envelope(action: &str, shell: &str, body: &str) -> String {
    // Each request has its own: the same one again would get the same answer again.
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let message = NEXT.fetch_add(1, Ordering::Relaxed);
    let selectors = if shell.is_empty() {
        String::new()
    } else {
        format!("<w:SelectorSet><w:Selector Name=\"ShellId\">{shell}</w:Selector></w:SelectorSet>")
    };
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\"><s:Header>\
         <a:Action>{action}</a:Action><a:MessageID>uuid:4F1A2B3C-0000-4000-8000-{message:012}</a:MessageID>\
         <w:ResourceURI>http://schemas.microsoft.com/powershell/Microsoft.Exchange</w:ResourceURI>\
         <w:OperationTimeout>PT0.2S</w:OperationTimeout>{selectors}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
const RECEIVE: &str = "<rsp:Receive><rsp:DesiredStream>stdout</rsp:DesiredStream></rsp:Receive>";

/// A Create whose creationXml opens a pool.
fn create() -> String {
    use base64::Engine as _;
    let mut pool = postern_psrp::client::RunspacePool::new(postern_psrp::client::PoolOptions::new(
        postern_shared::value::Uuid::from_u128(7),
    ));
    let data = base64::engine::general_purpose::STANDARD.encode(pool.creation_data());
    create_with(&data)
}

fn create_with(creation: &str) -> String {
    envelope(
        CREATE,
        "",
        &format!(
            "<rsp:Shell><rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>\
             <creationXml xmlns=\"http://schemas.microsoft.com/powershell\">{creation}</creationXml></rsp:Shell>"
        ),
    )
}

#[tokio::test]
async fn nonsense_is_answered_and_the_endpoint_goes_on() {
    let demo = Demo::start(DemoOptions::default()).await;
    assert_eq!(send(&demo, "GET", CREDENTIALS, b"").await.0, 405);
    assert_eq!(send(&demo, "POST", "", b"").await.0, 401);
    assert_eq!(send(&demo, "POST", "Authorization: Basic !!!\r\n", b"").await.0, 401);
    assert_eq!(send(&demo, "POST", CREDENTIALS, &vec![b'x'; 3 << 20]).await.0, 413);
    for body in ["", "<x/>", "<s:Envelope", "\u{0}\u{1}", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"] {
        let (status, answer) = post(&demo, body).await;
        assert_eq!(status, 500, "{body}");
        assert!(answer.contains("<s:Fault>"), "{body}: {answer}");
    }
    // Fragments that are none, too short, or lie about their length; and a Create without any.
    for creation in ["", "AAAA", "AAAAAAAAAAEAAAAAAAAAAAP/////", "AAAAAAAAAAEAAAAAAAAAAAMAAAAEAQIDBA=="] {
        let (status, answer) = post(&demo, &create_with(creation)).await;
        assert_eq!(status, 500, "{creation}: {answer}");
    }
    for (action, shell) in [("Receive", "nobody's"), ("Signal", ""), ("Nonsense", "x")] {
        let (status, answer) = post(&demo, &envelope(&format!("{SHELL}/{action}"), shell, RECEIVE)).await;
        assert_eq!(status, 500, "{action}: {answer}");
    }
    let session = demo.session().await;
    session.close().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_forgotten_shell_is_deleted_and_makes_room() {
    let idle = Duration::from_secs(4);
    let demo = Demo::start(DemoOptions { idle, sessions_per_user: 1, ..DemoOptions::default() }).await;
    let (status, answer) = post(&demo, &create()).await;
    assert_eq!(status, 200, "{answer}");
    let shell =
        answer.split("<rsp:ShellId>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let (status, answer) = post(&demo, &envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE)).await;
    assert_eq!(status, 200, "{answer}");
    // There is nothing more to receive: a Receive that waits keeps the shell in use, and ends with its time.
    let (status, answer) = post(&demo, &envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE)).await;
    assert_eq!(status, 500);
    assert!(answer.contains("2150858793"), "{answer}");
    assert_eq!(post(&demo, &create()).await.0, 500);

    let deadline = Instant::now() + Duration::from_mins(2);
    while post(&demo, &create()).await.0 != 200 {
        assert!(Instant::now() < deadline, "the shell was not deleted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (status, answer) = post(&demo, &envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE)).await;
    assert_eq!(status, 500);
    assert!(answer.contains("2150858843"), "{answer}");
    demo.stop().await;
}

#[tokio::test]
async fn the_same_receive_again_gets_the_same_answer() {
    let demo = Demo::start(DemoOptions::default()).await;
    let (_, answer) = post(&demo, &create()).await;
    let shell =
        answer.split("<rsp:ShellId>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let receive = envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE);
    let first = post(&demo, &receive).await;
    assert_eq!(first.0, 200);
    assert_eq!(post(&demo, &receive).await, first, "a client whose connection broke asks so");
    let (status, answer) = post(&demo, &envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE)).await;
    assert_eq!((status, answer.contains("2150858793")), (500, true), "nothing more: {answer}");
    demo.stop().await;
}

#[tokio::test]
async fn a_shell_is_its_owners_alone() {
    let demo = Demo::start(DemoOptions::default()).await;
    let (_, answer) = post(&demo, &create()).await;
    let shell =
        answer.split("<rsp:ShellId>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let receive = envelope(&format!("{SHELL}/Receive"), &shell, RECEIVE);
    // `eva.lang:demo`.
    let other = "Authorization: Basic ZXZhLmxhbmc6ZGVtbw==\r\n";
    let (status, answer) = send(&demo, "POST", other, receive.as_bytes()).await;
    assert_eq!(status, 500);
    assert!(answer.contains("2150858843"), "{answer}");
    assert_eq!(post(&demo, &receive).await.0, 200);
    demo.stop().await;
}
