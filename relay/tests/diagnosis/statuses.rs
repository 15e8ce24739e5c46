//! Failures before WS-Management answers: of the network, and of HTTP by status.

use std::time::Duration;

use postern_wsman::{client::Endpoint, envelope::EXCHANGE_RESOURCE};
use tokio::net::TcpListener;

use crate::{
    Words, explains, mismatch, refused, refused_at,
    scripted::{Scripted, http},
};

/// Status line, headers, body; what failed, cause, remedy, code.
type Row = (&'static str, &'static str, &'static str, Words);

const PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Outlook</body></html>";

const ROWS: &[Row] = &[
    (
        "301 Moved Permanently",
        "Location: https://pod51034psh.outlook.example/powershell/\r\n",
        "",
        ("redirected by 127.0.0.1", "served by another server", "Set Redirection to Follow", "HTTP 301"),
    ),
    (
        "302 Found",
        "Location: /owa/\r\n",
        "",
        ("redirected by 127.0.0.1", "served by another server", "Set Redirection to Follow", "HTTP 302"),
    ),
    (
        "303 See Other",
        "Location: /x\r\n",
        "",
        ("redirected", "another server", "Set Redirection to Follow", "HTTP 303"),
    ),
    (
        "307 Temporary Redirect",
        "Location: /x\r\n",
        "",
        ("redirected", "another server", "Set Redirection to Follow", "HTTP 307"),
    ),
    (
        "308 Permanent Redirect",
        "Location: /x\r\n",
        "",
        ("redirected", "another server", "Set Redirection to Follow", "HTTP 308"),
    ),
    (
        "400 Bad Request",
        "",
        "Bad Request",
        (
            "Bad Request",
            "RemotePowerShellEnabled is False",
            "Set-User NAME -RemotePowerShellEnabled $true",
            "HTTP 400",
        ),
    ),
    (
        "401 Unauthorized",
        "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Negotiate\r\n",
        "",
        ("user name or password was refused", "password is wrong", "never repeats a sign-in", "HTTP 401"),
    ),
    (
        "401 Unauthorized",
        "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Kerberos\r\n",
        "",
        (
            "No sign-in with user name and password",
            "Basic authentication is switched off",
            "Set-PowerShellVirtualDirectory -BasicAuthentication $true",
            "HTTP 401",
        ),
    ),
    ("403 Forbidden", "", "", ("forbidden by 127.0.0.1", "requires SSL", "https://", "HTTP 403")),
    ("404 Not Found", "", "", ("There is no PowerShell at this address", "path", "/PowerShell/", "HTTP 404")),
    ("405 Method Not Allowed", "", "", ("does not take remote PowerShell", "no POST", "path", "HTTP 405")),
    (
        "407 Proxy Authentication Required",
        "Proxy-Authenticate: Basic\r\n",
        "",
        ("proxy on the way to 127.0.0.1 asks", "No credentials", "ProxyCredential", "HTTP 407"),
    ),
    ("408 Request Timeout", "", "", ("too slowly", "slow", "Sign in again", "HTTP 408")),
    ("411 Length Required", "", "", ("too large", "smaller requests", "limit raised", "HTTP 411")),
    ("413 Payload Too Large", "", "", ("too large", "smaller requests", "uploadReadAheadSize", "HTTP 413")),
    (
        "429 Too Many Requests",
        "",
        "",
        ("Too many requests", "limits the requests", "Wait some minutes", "HTTP 429"),
    ),
    (
        "500 Internal Server Error",
        "Content-Type: text/html\r\n",
        PAGE,
        ("web service of 127.0.0.1 failed", "Kerbauth", "event log", "HTTP 500"),
    ),
    ("501 Not Implemented", "", "", ("does not take remote PowerShell", "no POST", "path", "HTTP 501")),
    (
        "502 Bad Gateway",
        "",
        "",
        ("server behind 127.0.0.1 did not answer", "load balancer", "Try again", "HTTP 502"),
    ),
    (
        "503 Service Unavailable",
        "",
        "",
        ("not available", "MSExchangePowerShellAppPool", "application pool", "HTTP 503"),
    ),
    (
        "504 Gateway Timeout",
        "",
        "",
        ("server behind 127.0.0.1 did not answer", "load balancer", "Try again", "HTTP 504"),
    ),
    (
        "507 Insufficient Storage",
        "",
        "",
        ("web service of 127.0.0.1 failed", "out of order", "event log", "HTTP 507"),
    ),
    (
        "418 I'm a teapot",
        "",
        "short and stout",
        ("not understood", "Another service", "connection URI", "HTTP 418"),
    ),
    (
        "200 OK",
        "Content-Type: text/html; charset=utf-8\r\n",
        PAGE,
        (
            "A web page came from 127.0.0.1",
            "path is that of another service",
            "RemotePowerShellEnabled is True",
            "",
        ),
    ),
    (
        "200 OK",
        "Content-Type: application/soap+xml\r\n",
        "<not-an-envelope/>",
        ("not understood", "Another service", "connection URI", ""),
    ),
    // What an authentication service says reaches the client in the body, whatever the status.
    (
        "400 Bad Request",
        "Content-Type: text/plain\r\n",
        "AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.",
        ("second factor", "Multi-factor authentication", "token", "HTTP 400"),
    ),
    (
        "401 Unauthorized",
        "WWW-Authenticate: Basic\r\n",
        "AADSTS50079: The user is required to use multi-factor authentication.",
        ("second factor", "Multi-factor authentication", "token", "HTTP 401"),
    ),
    (
        "403 Forbidden",
        "",
        "AADSTS50079: The user is required to use multi-factor authentication.",
        ("second factor", "Multi-factor authentication", "token", "HTTP 403"),
    ),
    (
        "403 Forbidden",
        "",
        "AADSTS50107: The requested federation realm object 'urn:x' does not exist.",
        ("identity provider could not be asked", "federated", "onmicrosoft.com", "HTTP 403"),
    ),
];

#[tokio::test]
async fn each_status_is_explained() {
    let mut wrong = Vec::new();
    for (status, headers, body, expected) in ROWS {
        let server = Scripted::plain(http(status, headers, body)).await;
        let failure = refused(&server.uri("http")).await;
        wrong.extend(mismatch(&failure, *expected));
        assert!(!failure.raw.contains('<') || body.starts_with("<not"), "{failure:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[tokio::test]
async fn each_failure_of_the_network_is_explained() {
    // A name that is reserved for never being resolved (RFC 6761).
    let failure = refused("https://mail.nowhere.invalid/PowerShell/").await;
    explains(&failure, ("No address was found for the name mail.nowhere.invalid", "misspelt", "DNS", ""));

    // Free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = refused(&format!("http://{free}/PowerShell/")).await;
    explains(&failure, ("The connection to 127.0.0.1 was refused", "Nothing listens", "port", ""));

    // The network's own address takes no TCP connection: no route, or none allowed.
    let failure = refused("https://255.255.255.255/PowerShell/").await;
    explains(
        &failure,
        ("No connection to 255.255.255.255 could be made", "no route", "network settings", ""),
    );

    // A server that never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut endpoint =
        Endpoint::new(&format!("http://{}/PowerShell/", silent.local_addr().unwrap()), EXCHANGE_RESOURCE)
            .unwrap();
    (endpoint.timeouts.operation, endpoint.timeouts.grace) =
        (Duration::from_millis(200), Duration::from_millis(100));
    explains(&refused_at(endpoint).await, ("No answer came from 127.0.0.1", "slow", "Sign in again", ""));

    // No TLS handshake within the time for a connection.
    let mut endpoint =
        Endpoint::new(&format!("https://{}/PowerShell/", silent.local_addr().unwrap()), EXCHANGE_RESOURCE)
            .unwrap();
    endpoint.timeouts.connect = Duration::from_millis(300);
    explains(
        &refused_at(endpoint).await,
        ("No connection to 127.0.0.1 came about", "firewall", "running", ""),
    );

    let closing = Scripted::plain("").await;
    explains(
        &refused(&closing.uri("http")).await,
        ("connection to 127.0.0.1 was lost", "not a web service", "", ""),
    );
    let other = Scripted::plain("220 mail.example ESMTP\r\n").await;
    explains(
        &refused(&other.uri("http")).await,
        ("does not speak HTTP", "another service", "scheme and port", ""),
    );

    for (uri, expected) in
        [("http://mail.example/PowerShell/", ("password was not sent", "http://", "https://", ""))]
    {
        explains(&refused(uri).await, expected);
    }
}
