//! Statements of docs/WIRE.md about WS-Management, each as a test that names it.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use postern_psrp::{message::MessageType, pipeline::PipelineSpec};
use postern_wsman::{
    client::Error,
    envelope::{EnvelopeError, Fault, SignalCode, code},
    server::{self, Operation},
};

use crate::scripted::{Scripted, Then, connect, read};

/// Message type of the first message in a piece (MS-PSRP 2.2.4 and 2.2.1: 21 bytes of fragment, then destination, type).
fn message_type(fragments: &[u8]) -> u32 {
    u32::from_le_bytes(fragments[25..29].try_into().unwrap())
}

#[tokio::test]
async fn wire_5_the_first_fragment_goes_into_the_command_and_the_rest_by_send() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    let long = "x".repeat(1_000_000);
    let spec = PipelineSpec::command("Get-Numbers").parameter("Text", long.as_str());
    let (_, _, ended) = read(session.invoke(spec)).await;
    assert_eq!(ended, "Completed");
    session.close().await;
    let seen = server.seen();
    let command = seen.iter().find(|seen| seen.what == "Command").unwrap();
    let Operation::Command { command_id, arguments, .. } = &command.request.operation else { panic!() };
    assert_eq!(message_type(arguments), MessageType::CreatePipeline as u32);
    // The pipeline's id stands at byte 45, in .NET's order.
    let pipeline = uuid::Uuid::from_bytes_le(arguments[45..61].try_into().unwrap());
    assert_eq!(Some(pipeline), *command_id);
    let sends: Vec<_> = seen.iter().filter(|seen| seen.what == "Send").collect();
    assert!(sends.len() >= 2, "{}", sends.len());
    for send in sends {
        let Operation::Send(streams) = &send.request.operation else { panic!() };
        assert!(streams.iter().all(|stream| stream.command_id == *command_id));
    }
}

#[tokio::test]
async fn wire_9_a_fault_is_read_before_its_status_counts() {
    for status in ["500 Internal Server Error", "400 Bad Request", "503 Busy", "200 OK"] {
        let fault = server::fault(None, &Fault::quota(code::QUOTA_SHELLS, "too many"));
        let server =
            Scripted::start(true, move |_| Then::Instead(status, String::new(), fault.clone())).await;
        let error = connect(server.endpoint(), |_| ()).await.unwrap_err().error;
        assert!(matches!(&error, Error::Fault(fault) if fault.code == Some(code::QUOTA_SHELLS)), "{error:?}");
    }
}

#[tokio::test]
async fn wire_10_a_stop_has_exactly_its_code() {
    assert_eq!(SignalCode::Stop.uri(), "powershell/signal/crtl_c");
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    let pipeline = session.invoke(PipelineSpec::command("Wait"));
    server.until("the command runs", |server| server.executed() == ["Wait"]).await;
    pipeline.stop();
    assert_eq!(read(pipeline).await.2, "Stopped");
    session.close().await;
    let signals: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|seen| seen.what == "Signal")
        .map(|seen| seen.request.operation)
        .collect();
    let codes: Vec<_> = signals
        .iter()
        .map(|signal| match signal {
            Operation::Signal { code, .. } => *code,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, [SignalCode::Stop, SignalCode::Terminate]);
}

#[tokio::test]
async fn wire_11_commands_are_terminated_and_the_shell_is_deleted_under_its_own_resource_uri() {
    const ELSEWHERE: &str = "http://schemas.microsoft.com/powershell/Microsoft.Exchange.Other";
    let server = Scripted::start(true, |_| Then::Answer).await;
    let mut endpoint = server.endpoint();
    endpoint.resource_uri = ELSEWHERE.to_owned();
    let session = connect(endpoint, |_| ()).await.unwrap();
    for _ in 0..2 {
        read(session.invoke(PipelineSpec::command("Get-Numbers"))).await;
    }
    session.close().await;
    let seen = server.seen();
    let terminated = seen.iter().filter(|seen| {
        matches!(seen.request.operation, Operation::Signal { code: SignalCode::Terminate, .. })
    });
    assert_eq!(terminated.count(), 2);
    let last = seen.last().unwrap();
    assert_eq!((last.what.as_str(), last.request.resource_uri.as_str()), ("Delete", ELSEWHERE));
}

#[tokio::test]
async fn wire_12_one_session_id_for_a_shell() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    server.connect().await.close().await;
    let ids: Vec<_> = server.seen().iter().map(|seen| seen.request.session_id.clone().unwrap()).collect();
    assert!(ids.len() > 2 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    server.connect().await.close().await;
    assert_ne!(server.seen().last().unwrap().request.session_id.as_ref(), Some(&ids[0]));
}

#[tokio::test]
async fn wire_14_cookies_are_kept() {
    let server = Scripted::start(true, |seen| match seen.what.as_str() {
        "Create" => Then::AnswerWith("Set-Cookie: MS-WSMAN=10.0.0.7; Path=/\r\nSet-Cookie: b=2\r\n".into()),
        _ => Then::Answer,
    })
    .await;
    server.connect().await.close().await;
    for seen in server.seen().iter().skip(1) {
        let cookies = seen.header("cookie").unwrap_or_default();
        assert!(cookies.contains("MS-WSMAN=10.0.0.7") && cookies.contains("b=2"), "{}: {cookies}", seen.what);
    }
}

#[tokio::test]
async fn wire_16_a_default_port_that_was_given_stays() {
    let endpoint = postern_wsman::client::Endpoint::new("https://mail.example:443/PowerShell/", "x").unwrap();
    assert!(endpoint.to().starts_with("https://mail.example:443/PowerShell/"), "{}", endpoint.to());
}

#[tokio::test]
async fn wire_17_identity_is_asked_for_and_what_is_compressed_is_decoded() {
    let fault = server::fault(None, &Fault::access_denied());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(fault.as_bytes()).unwrap();
    let body = gzip.finish().unwrap();
    // The script's bodies are text; a server of its own sends these bytes.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 65_536];
        let read = stream.read(&mut request).await.unwrap();
        let head =
            format!("HTTP/1.1 500 Error\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body).await.unwrap();
        String::from_utf8_lossy(&request[..read]).to_lowercase()
    });
    let uri = format!("http://{address}/powershell/");
    let endpoint = postern_wsman::client::Endpoint::new(&uri, "x").unwrap();
    let error = connect(endpoint, |_| ()).await.unwrap_err().error;
    assert!(matches!(&error, Error::Fault(fault) if fault.code == Some(code::ACCESS_DENIED)), "{error:?}");
    assert!(asked.await.unwrap().contains("accept-encoding: identity"));
}

#[tokio::test]
async fn wire_18_envelopes_grow_once_the_protocol_version_is_known() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let session = server.connect().await;
    read(session.invoke(PipelineSpec::command("Get-Numbers"))).await;
    session.close().await;
    let seen = server.seen();
    assert_eq!(seen[0].request.max_envelope_size, Some(153_600));
    // The server of this test speaks 2.3.
    let command = seen.iter().find(|seen| seen.what == "Command").unwrap();
    assert_eq!(command.request.max_envelope_size, Some(512_000));
}

#[tokio::test]
async fn wire_28_an_encrypted_answer_is_recognised_by_either_boundary() {
    for boundary in ["--Encrypted Boundary", "-- Encrypted Boundary"] {
        let body = format!(
            "{boundary}\r\nContent-Type: application/HTTP-SPNEGO-session-encrypted\r\nOriginalContent: \
             type=application/soap+xml;charset=UTF-8;Length=1234\r\n{boundary}\r\nContent-Type: \
             application/octet-stream\r\n\u{1}\u{2}{boundary}--\r\n"
        );
        let server =
            Scripted::start(true, move |_| Then::Instead("200 OK", String::new(), body.clone())).await;
        let error = connect(server.endpoint(), |_| ()).await.unwrap_err().error;
        assert!(matches!(error, Error::Envelope(EnvelopeError::Encrypted)), "{error:?}");
    }
}

#[tokio::test]
async fn limits_headers_without_end_are_not_kept() {
    let server = Scripted::start(true, |_| {
        let filler = |n| format!("X-Filler-{n}: {}\r\n", "y".repeat(100));
        let many = (0..20_000).map(filler).collect::<Vec<_>>().concat();
        Then::Instead("200 OK", many, String::new())
    })
    .await;
    let error = connect(server.endpoint(), |_| ()).await.unwrap_err().error;
    assert!(matches!(error, Error::NotHttp { .. } | Error::ConnectionLost { .. }), "{error:?}");
}

#[tokio::test]
async fn limits_deep_wide_and_typed_documents_are_refused() {
    for (body, expected) in [
        (format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000)), EnvelopeError::TooComplex),
        (format!("<a>{}</a>", "<b/>".repeat(100_000)), EnvelopeError::TooComplex),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".to_owned(), EnvelopeError::DocumentType),
    ] {
        let server =
            Scripted::start(true, move |_| Then::Instead("200 OK", String::new(), body.clone())).await;
        let error = connect(server.endpoint(), |_| ()).await.unwrap_err().error;
        assert!(matches!(&error, Error::Envelope(found) if *found == expected), "{error:?}");
    }
}
