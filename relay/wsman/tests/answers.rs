//! What a client makes of servers that answer with something else than a session, or not at all.

use std::time::{Duration, Instant};

use postern_wsman::{
    client::{ConnectOptions, Credentials, Endpoint, Error, RemoteSession},
    envelope::{EXCHANGE_RESOURCE, Fault, code},
    server,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// Connects to a server that gives each request this answer, again and again if `endless`.
async fn connect_to(answer: String, endless: bool) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 16_384];
                while let Ok(1..) = stream.read(&mut request).await {
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                    while endless && stream.write_all(b"4000\r\n").await.is_ok() {
                        let chunk = [b'x'; 0x4000];
                        if stream.write_all(&chunk).await.is_err() || stream.write_all(b"\r\n").await.is_err()
                        {
                            break;
                        }
                    }
                }
            });
        }
    });
    let mut endpoint =
        Endpoint::new(&format!("http://127.0.0.1:{port}/powershell/"), EXCHANGE_RESOURCE).unwrap();
    endpoint.timeouts.operation = Duration::from_millis(200);
    endpoint.timeouts.grace = Duration::from_millis(200);
    let credentials = Credentials::new("admin", "secret".to_owned());
    let result = RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ()).await;
    server.abort();
    let error = result.expect_err("no session").error;
    let failure = error.to_failure();
    assert!(!failure.what.is_empty() && !failure.raw.contains("secret"), "{failure:?}");
    error
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

#[tokio::test]
async fn each_status_has_its_error() {
    let connect = |status, headers, body| connect_to(answer(status, headers, body), false);
    assert!(matches!(connect("403 Forbidden", "", "").await, Error::Http { status: 403, .. }));
    assert!(matches!(connect("404 Not Found", "", "").await, Error::Http { status: 404, .. }));
    let negotiate = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Kerberos\r\n";
    let error = connect("401 Unauthorized", negotiate, "").await;
    assert!(
        matches!(&error, Error::Unauthorized { offered, .. } if offered == &["Negotiate", "Kerberos"]),
        "{error:?}"
    );
    assert!(error.to_failure().remedy.contains("BasicAuthentication"));
    let error = connect("302 Found", "Location: https://elsewhere.example/?a=1\r\n", "").await;
    assert!(
        matches!(&error, Error::Redirected { location, .. } if location == "https://elsewhere.example/?a=1"),
        "{error:?}"
    );
    let error = connect("503 Service Unavailable", "", "<h1>try later</h1>").await;
    assert!(
        matches!(&error, Error::ServerError { status: 503, text } if text == "<h1>try later</h1>"),
        "{error:?}"
    );
    let error = connect("200 OK", "", "<html><body>Sign in to the network</body></html>").await;
    assert!(matches!(error, Error::Envelope(_)), "{error:?}");
}

#[tokio::test]
async fn a_fault_is_read_whatever_the_status() {
    let quota = server::fault(None, &Fault::quota(code::QUOTA_SHELLS, "too many"));
    for status in ["500 Internal Server Error", "503 Service Unavailable", "200 OK"] {
        let error = connect_to(answer(status, "", &quota), false).await;
        assert!(matches!(&error, Error::Fault(fault) if fault.code == Some(code::QUOTA_SHELLS)), "{error:?}");
    }
    let redirect = server::fault(None, &Fault::redirect("https://pod51.outlook.example/powershell"));
    let error = connect_to(answer("500 Internal Server Error", "", &redirect), false).await;
    assert!(
        matches!(&error, Error::Redirected { location, via }
            if location == "https://pod51.outlook.example/powershell" && via == "-2144108135"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_not_kept() {
    let error = connect_to("HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n".into(), false).await;
    assert!(matches!(error, Error::ResponseTooLarge { .. }), "{error:?}");
    let error = connect_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".into(), true).await;
    assert!(matches!(error, Error::ResponseTooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn silence_has_an_end() {
    let began = Instant::now();
    let error = connect_to(String::new(), false).await;
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_password_is_not_sent_in_the_clear() {
    let endpoint = Endpoint::new("http://mail.klinik-auer.example/powershell/", EXCHANGE_RESOURCE).unwrap();
    let credentials = Credentials::new("admin", "secret".to_owned());
    let error =
        RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::BasicOverHttp), "{error:?}");
}
