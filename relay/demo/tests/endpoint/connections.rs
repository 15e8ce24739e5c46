//! Clients that are slow or say nothing hold nobody up.

use std::time::Duration;

use postern_demo::DemoOptions;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::Demo;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads until the endpoint closes the connection.
async fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the connection is closed");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn connections_that_say_nothing_are_closed_and_make_room() {
    let arrival = Duration::from_secs(2);
    let demo = Demo::start(DemoOptions { connections: 4, arrival, ..DemoOptions::default() }).await;
    let mut held = Vec::new();
    for head in ["", "POST / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\n", "P"] {
        let mut stream = TcpStream::connect(demo.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        held.push(stream);
    }
    // All places are taken: this one is served only because they are given up.
    let mut fifth = TcpStream::connect(demo.address).await.unwrap();
    fifth.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(read_to_end(fifth).await.starts_with("HTTP/1.1 405"));
    for stream in held {
        read_to_end(stream).await;
    }
    demo.stop().await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let arrival = Duration::from_secs(2);
    let demo = Demo::start(DemoOptions { arrival, ..DemoOptions::default() }).await;
    let mut stream = TcpStream::connect(demo.address).await.unwrap();
    // admin:demo
    let head = "POST /PowerShell/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46ZGVtbw==\r\n\
                Content-Length: 1000\r\n\r\n<s:Envelope";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(read_to_end(stream).await.starts_with("HTTP/1.1 408"));
    demo.stop().await;
}
