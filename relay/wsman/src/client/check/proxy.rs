//! The proxy on the way: which one there is, and the tunnel through it (RFC 9110 section 9.3.6).

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::HeaderValue;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{network::Stream, tls::connector};
use crate::client::{Endpoint, Error, Proxy};

/// The longest answer to CONNECT that is read.
const MOST_HEAD: usize = 8 << 10;

/// A proxy that tunnels. Over `http` none is ever used, as it would read the password.
pub(super) struct Tunnel {
    host: String,
    port: u16,
    /// Whether the proxy itself speaks TLS.
    secure: bool,
    authorization: Option<HeaderValue>,
}

impl Tunnel {
    /// The proxy for an endpoint, as the client chooses it.
    pub(super) fn of(endpoint: &Endpoint) -> Option<Self> {
        if !endpoint.is_https() {
            return None;
        }
        match &endpoint.proxy {
            Proxy::None => return None,
            Proxy::System => {}
            Proxy::Explicit(server) => {
                let (host, port, secure) = server.address()?;
                return Some(Self {
                    host: host.to_owned(),
                    port,
                    secure,
                    authorization: server.authorization().ok()?,
                });
            }
        }
        let proxy = Matcher::from_system().intercept(&endpoint.url().as_str().parse().ok()?)?;
        let uri = proxy.uri();
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return None,
        };
        Some(Self {
            host: uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            secure,
            authorization: proxy.basic_auth().cloned(),
        })
    }

    pub(super) fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Whether the proxy itself speaks TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Makes the connection to the proxy secure, with the settings that the client has for the server.
    pub(super) async fn secure(&self, stream: TcpStream, endpoint: &Endpoint) -> Result<Stream, Error> {
        let (connector, name) = connector(endpoint, &self.host)?;
        let secured = connector.connect(name, stream).await.map_err(|error| Error::from_io(&error));
        match secured {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(Error::ProxyUnreachable { text: error.to_string() }),
        }
    }

    /// Asks the proxy for a connection to the server. The server's credentials are not for it.
    pub(super) async fn open(&self, stream: &mut Stream, endpoint: &Endpoint) -> Result<(), Error> {
        let broken = |error: std::io::Error| Error::ProxyUnreachable { text: error.to_string() };
        let to = format!("{}:{}", endpoint.host(), endpoint.host_and_port().1);
        let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
        if let Some(authorization) = &self.authorization {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(authorization.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await.map_err(broken)?;
        let mut head = Vec::new();
        // A byte at a time: what follows the head belongs to TLS.
        while !head.ends_with(b"\r\n\r\n") && head.len() < MOST_HEAD {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if head.is_empty() => return Err(broken(error)),
                Err(_) => break,
            }
        }
        judge(&head)
    }
}

/// Whether the proxy has made the connection.
fn judge(head: &[u8]) -> Result<(), Error> {
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let text = String::from_utf8_lossy(line).into_owned();
    let status = text.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse::<u16>().ok());
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => Err(Error::ProxyAuthentication { text }),
        _ => Err(Error::ProxyRefused { text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_proxies_are_told_apart() {
        assert!(judge(b"HTTP/1.1 200 Connection established\r\n\r\n").is_ok());
        assert!(judge(b"HTTP/1.0 200\r\n\r\n").is_ok());
        let authentication = judge(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        assert!(matches!(authentication, Err(Error::ProxyAuthentication { .. })));
        for head in
            [&b"HTTP/1.1 403 Forbidden\r\n\r\n"[..], b"", b"SSH-2.0-x\r\n", b"HTTP/1.1", b"HTTP/1.1 \xFF"]
        {
            assert!(matches!(judge(head), Err(Error::ProxyRefused { .. })), "{head:?}");
        }
    }
}
