//! The way to an endpoint: proxies, tokens, and questions outside of a session.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postern_wsman::{
    client::{
        ConnectOptions, Credentials, Endpoint, Error, Proxy, ProxyServer, RemoteSession, identify,
        list_commands, list_shells,
    },
    envelope::EXCHANGE_RESOURCE,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::scripted::{Scripted, Then, connect};

/// A proxy that gives each request the same answer, and keeps what it was asked.
async fn proxy(answer: &'static str) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(String::new()));
    let kept = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16_384];
            let read = stream.read(&mut request).await.unwrap_or(0);
            kept.lock().unwrap().push_str(&String::from_utf8_lossy(&request[..read]));
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (uri, asked)
}

fn endpoint(uri: &str, proxy: Proxy) -> Endpoint {
    let mut endpoint = Endpoint::new(uri, EXCHANGE_RESOURCE).unwrap();
    endpoint.proxy = proxy;
    endpoint.timeouts.connect = Duration::from_secs(20);
    endpoint
}

#[tokio::test]
async fn wire_29_a_proxy_gets_its_own_credentials_and_not_the_endpoints() {
    let (uri, asked) = proxy("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    let own = Credentials::new("relay", "through".to_owned());
    let proxy = Proxy::Explicit(ProxyServer::new(&uri, Some(own)).unwrap());
    let error = connect(endpoint("https://mail.example/powershell/", proxy), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::ProxyAuthentication { .. }), "{error:?}");
    let asked = asked.lock().unwrap().clone();
    assert!(asked.starts_with("CONNECT mail.example:443 "), "{asked}");
    let basic = |plain: &str| format!("Basic {}", STANDARD.encode(plain));
    assert!(asked.to_lowercase().contains("proxy-authorization: "), "{asked}");
    assert!(asked.contains(&basic("relay:through")), "{asked}");
    assert!(!asked.contains(&basic("admin:secret")) && !asked.contains("\nauthorization"), "{asked}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_apart() {
    let (uri, _) = proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    let proxy = Proxy::Explicit(ProxyServer::new(&uri, None).unwrap());
    let error = connect(endpoint("https://mail.example/powershell/", proxy), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::ProxyRefused { .. }), "{error:?}");
    assert!(error.to_failure().what.starts_with("The proxy does not let"));
}

#[tokio::test]
async fn a_proxy_is_not_used_over_http() {
    let (uri, asked) = proxy("HTTP/1.1 200 OK\r\n\r\n").await;
    let proxy = Proxy::Explicit(ProxyServer::new(&uri, None).unwrap());
    let error = connect(endpoint("http://127.0.0.1:9/powershell/", proxy), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::ProxyOverHttp), "{error:?}");
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_goes_in_the_basic_header_to_an_address_that_says_so() {
    let server = Scripted::start(true, |_| Then::Answer).await;
    let endpoint = server.endpoint().with_oauth().unwrap();
    let credentials = Credentials::bearer("nora.fink@klinik-auer.example", "eyJhbGciOi.J9.sig");
    let session =
        RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| ()).await.unwrap();
    session.close().await;
    for seen in server.seen() {
        assert!(
            seen.head.lines().next().unwrap().contains("BasicAuthToOAuthConversion=true"),
            "{}",
            seen.head
        );
        assert!(seen.request.to.ends_with(";BasicAuthToOAuthConversion=true"), "{}", seen.request.to);
        let encoded = seen.header("authorization").unwrap().strip_prefix("Basic ").unwrap();
        let plain = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
        assert_eq!(plain, "nora.fink@klinik-auer.example:Bearer eyJhbGciOi.J9.sig");
    }
}

const IDENTITY: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>\
    <wsmid:IdentifyResponse xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
    <wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>\
    <wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>\
    <wsmid:ProductVersion>OS: 10.0.20348 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>\
    </wsmid:IdentifyResponse></s:Body></s:Envelope>";

#[tokio::test]
async fn a_service_identifies_itself_to_strangers() {
    let server = Scripted::start(true, |_| Then::Instead("200 OK", String::new(), IDENTITY.to_owned())).await;
    let identity = identify(server.endpoint(), None).await.unwrap();
    assert_eq!(identity.product_vendor, "Microsoft Corporation");
    assert!(identity.product_version.starts_with("OS: 10.0.20348"));
    let seen = &server.seen()[0];
    assert_eq!(seen.request.operation, postern_wsman::server::Operation::Identify);
    assert_eq!(seen.header("wsmanidentify"), Some("unauthenticated"));
    assert_eq!(seen.header("authorization"), None);
    identify(server.endpoint(), Some(Credentials::new("admin", "secret".to_owned()))).await.unwrap();
    assert!(server.seen()[1].header("authorization").is_some());
}

fn listing(kind: &str, items: &str, rest: &str) -> Then {
    Then::Instead(
        "200 OK",
        String::new(),
        format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
             xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
             xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\"><s:Header/><s:Body>\
             <n:{kind}Response>{rest}<w:Items>{items}</w:Items></n:{kind}Response></s:Body></s:Envelope>"
        ),
    )
}

#[tokio::test]
async fn shells_are_listed_to_the_end() {
    let server = Scripted::start(true, |seen| {
        let shell = |n: usize, state| {
            format!(
                "<rsp:Shell><rsp:ShellId>S{n}</rsp:ShellId><rsp:Name>Runspace{n}</rsp:Name>\
                 <rsp:State>{state}</rsp:State><rsp:ShellInactivity>P0DT0H1M2S</rsp:ShellInactivity></rsp:Shell>"
            )
        };
        match seen.what.as_str() {
            "Enumerate" => listing(
                "Enumerate",
                &shell(1, "Connected"),
                "<n:EnumerationContext>uuid:1</n:EnumerationContext>",
            ),
            _ => listing("Pull", &shell(2, "Disconnected"), "<n:EnumerationContext/><w:EndOfSequence/>"),
        }
    })
    .await;
    let credentials = || Credentials::new("admin", "secret".to_owned());
    let shells = list_shells(server.endpoint(), credentials()).await.unwrap();
    let listed: Vec<_> =
        shells.iter().map(|shell| (shell.shell_id.as_str(), shell.state.as_deref().unwrap())).collect();
    assert_eq!(listed, [("S1", "Connected"), ("S2", "Disconnected")]);
    assert_eq!(shells[0].inactivity, Some(Duration::from_secs(62)));
    let seen = server.seen();
    assert_eq!(seen[0].request.resource_uri, "http://schemas.microsoft.com/wbem/wsman/1/windows/shell");

    let endless =
        Scripted::start(true, |_| listing("Pull", "", "<n:EnumerationContext>again</n:EnumerationContext>"))
            .await;
    let error = list_commands(endless.endpoint(), credentials(), "S1").await.unwrap_err();
    assert!(matches!(error, Error::Protocol(_)), "{error:?}");
}
