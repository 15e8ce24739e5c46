//! What can go wrong between this machine and a remote session.

use std::{error::Error as StdError, io, time::Duration};

use super::{TlsFailure, connection::NameNotResolved, redirect::NotFollowed};
use crate::envelope::{EnvelopeError, Fault, code};

/// What went wrong. Each variant keeps what the other side said; [`Error::to_failure`] explains it to a user.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection URI cannot be used.
    #[error("not a connection URI: {0}")]
    InvalidEndpoint(String),
    /// The user name holds a colon or a control character, which Basic cannot carry.
    #[error("the user name holds a character that Basic authentication cannot carry")]
    InvalidUserName,
    /// Basic over `http` to another machine, which the endpoint does not allow.
    #[error("basic authentication over http would show the password to the network")]
    BasicOverHttp,
    /// The host name has no address.
    #[error("name not resolved: {text}")]
    NameNotResolved {
        /// What the resolver said.
        text: String,
    },
    /// Nobody listens at the port.
    #[error("connection refused: {text}")]
    Refused {
        /// What the operating system said.
        text: String,
    },
    /// No connection within the time for it.
    #[error("no connection within {} s", .after.as_secs())]
    ConnectTimeout {
        /// The time for it.
        after: Duration,
    },
    /// The server did not answer a request in time.
    #[error("no answer within {} s", .after.as_secs())]
    Timeout {
        /// The time for it.
        after: Duration,
    },
    /// No secure connection: certificate, version, algorithms.
    #[error("no secure connection: {text}")]
    Tls {
        /// Which of these.
        failure: TlsFailure,
        /// What rustls or the platform's verifier said.
        text: String,
    },
    /// No connection for another reason.
    #[error("no connection: {text}")]
    Unreachable {
        /// What the operating system said.
        text: String,
    },
    /// The proxy that is to be used cannot be reached.
    #[error("no connection to the proxy: {text}")]
    ProxyUnreachable {
        /// What was seen.
        text: String,
    },
    /// The proxy asks for credentials, or refuses those that it was given.
    #[error("the proxy asks for credentials: {text}")]
    ProxyAuthentication {
        /// What was seen.
        text: String,
    },
    /// The proxy does not connect to the server.
    #[error("the proxy refuses the connection: {text}")]
    ProxyRefused {
        /// What was seen.
        text: String,
    },
    /// What answers does not speak HTTP.
    #[error("the answer is not HTTP: {text}")]
    NotHttp {
        /// What the HTTP library said.
        text: String,
    },
    /// The connection broke during a request.
    #[error("connection lost: {text}")]
    ConnectionLost {
        /// What was seen.
        text: String,
    },
    /// HTTP 401: the credentials are wrong, or the server does not take Basic.
    #[error("HTTP 401, the server offers {}", offered_text(.offered))]
    Unauthorized {
        /// Names of the authentication schemes that the server offers.
        offered: Vec<String>,
        /// Start of the body; some authentication services say more in it.
        text: String,
    },
    /// The server sends the client elsewhere. Nothing is followed by itself: the credentials would go with it.
    #[error("redirected to {location} ({via})")]
    Redirected {
        /// Where to, as the server wrote it.
        location: String,
        /// `HTTP 302`, or the fault's code.
        via: String,
    },
    /// The server sends the client elsewhere, and the user would follow, but the address must not have the credentials.
    #[error("redirected to {location} ({via}), which is not followed: {why:?}")]
    RedirectRefused {
        /// Where to, as the server wrote it.
        location: String,
        /// `HTTP 302`, or the fault's code.
        via: String,
        /// Why not.
        why: NotFollowed,
    },
    /// One redirect led to another, and so on.
    #[error("redirected more than {most} times")]
    TooManyRedirects {
        /// How many are followed.
        most: u32,
    },
    /// The proxy's address cannot be used.
    #[error("not the address of a proxy: {0}")]
    InvalidProxy(String),
    /// A proxy was named for an endpoint without TLS.
    #[error("a proxy is not used over http, as it would read the password")]
    ProxyOverHttp,
    /// HTTP 5xx without a fault in it.
    #[error("{}", status_text(*.status, .text))]
    ServerError {
        /// The status.
        status: u16,
        /// Start of the body.
        text: String,
    },
    /// Any other answer that is not WS-Management's.
    #[error("{}", status_text(*.status, .text))]
    Http {
        /// The status.
        status: u16,
        /// Start of the body.
        text: String,
    },
    /// A success whose content is something else than an envelope: a page to sign in at, mostly.
    #[error("the answer is of the type {content_type}: {text}")]
    ContentType {
        /// The content type.
        content_type: String,
        /// Start of the body.
        text: String,
    },
    /// A fault of WS-Management.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// The answer is no envelope, or misses what it must have.
    #[error("the answer was not understood: {0}")]
    Envelope(#[from] EnvelopeError),
    /// The answer is larger than what is accepted.
    #[error("the answer is larger than {limit} bytes")]
    ResponseTooLarge {
        /// What is accepted.
        limit: usize,
    },
    /// The answer is compressed in a way that is not known, or not as it says.
    #[error("the answer cannot be unpacked: {text}")]
    Compressed {
        /// What is wrong with it.
        text: String,
    },
    /// The connection broke while a command or its input was sent. It is not sent again: it may have arrived.
    #[error("it is not known whether the command was carried out: {text}")]
    OutcomeUnknown {
        /// How the connection broke.
        text: String,
    },
    /// The connection broke in the middle of an answer, and the server did not give that answer again.
    #[error("a part of the output was lost when the connection broke")]
    OutputLost,
    /// The other side broke the remoting protocol.
    #[error("the remoting protocol was broken: {0}")]
    Protocol(String),
    /// The server closed the runspace pool.
    #[error("the server closed the session: {text}")]
    PoolClosed {
        /// The error's message, if the server gave one.
        text: String,
        /// Its FullyQualifiedErrorId.
        id: String,
    },
    /// The pipeline has ended and takes no more input.
    #[error("the pipeline has ended")]
    PipelineEnded,
    /// Disconnecting a session that is not connected, or reconnecting one that is.
    #[error("the session is {}connected", if *.connected { "" } else { "not " })]
    Presence {
        /// Whether it is connected.
        connected: bool,
    },
    /// The server speaks a version of the protocol that has no such request.
    #[error("the server's version of the remoting protocol has no {0}")]
    NotSupported(&'static str),
    /// This side closed the session.
    #[error("the session is closed")]
    Closed,
}

fn offered_text(offered: &[String]) -> String {
    if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") }
}

fn status_text(status: u16, text: &str) -> String {
    if text.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {text}") }
}

impl From<rustls::Error> for Error {
    fn from(error: rustls::Error) -> Self {
        Self::Tls { failure: TlsFailure::of(&error), text: error.to_string() }
    }
}

impl Error {
    /// Sorts an error of the HTTP library.
    pub(super) fn from_http(error: reqwest::Error, connect: Duration, total: Duration) -> Self {
        // The address holds no credentials, but it is of no use in an error either.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source: Option<&(dyn StdError + 'static)> = error.source();
        let mut through_proxy = false;
        while let Some(cause) = source {
            // The innermost cause says most; the outer ones only say that sending failed.
            text = cause.to_string();
            source = cause.source();
            // The type of a tunnel's error is not public.
            through_proxy |= text.starts_with("tunnel error: ");
            match text.strip_prefix("tunnel error: ") {
                Some("proxy authorization required") => return Self::ProxyAuthentication { text },
                Some("unsuccessful" | "unexpected end of file") => return Self::ProxyRefused { text },
                _ => {}
            }
            if let Some(kind) = Self::from_cause(cause) {
                return if through_proxy { Self::ProxyUnreachable { text: kind.to_string() } } else { kind };
            }
        }
        if through_proxy {
            return Self::ProxyUnreachable { text };
        }
        match (error.is_timeout(), error.is_connect()) {
            (true, true) => Self::ConnectTimeout { after: connect },
            (true, false) => Self::Timeout { after: total },
            (false, true) => Self::Unreachable { text },
            (false, false) => Self::ConnectionLost { text },
        }
    }

    /// Sorts an error of a connection that was made without the HTTP library.
    pub(super) fn from_io(error: &io::Error) -> Self {
        Self::from_cause(error).unwrap_or_else(|| Self::ConnectionLost { text: error.to_string() })
    }

    fn from_cause(cause: &(dyn StdError + 'static)) -> Option<Self> {
        if let Some(name) = cause.downcast_ref::<NameNotResolved>() {
            return Some(Self::NameNotResolved { text: name.text.clone() });
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls.clone().into());
        }
        if let Some(http) = cause.downcast_ref::<hyper::Error>() {
            // A server that begins with anything else than a status line.
            return http.is_parse().then(|| Self::NotHttp { text: http.to_string() });
        }
        let io = cause.downcast_ref::<io::Error>()?;
        if io.kind() == io::ErrorKind::ConnectionRefused {
            return Some(Self::Refused { text: io.to_string() });
        }
        tls_cause(io).cloned().map(Self::from)
    }

    /// A fault as an error: Windows' redirect is one, and is reported as HTTP's is.
    pub(super) fn from_fault(fault: Box<Fault>) -> Self {
        match fault.location.clone() {
            Some(location) => {
                let via = fault.signed_code().map_or_else(|| fault.subcode.clone(), |code| code.to_string());
                Self::Redirected { location, via }
            }
            None => Self::Fault(fault),
        }
    }

    /// Whether it is the fault that ends a Receive without output.
    pub(super) fn is_poll_timeout(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_timeout())
    }

    /// Whether the connection, and not the request, is to blame: the same request may succeed later.
    pub(super) fn is_interruption(&self) -> bool {
        match self {
            Self::ServerError { status, .. } => matches!(status, 502..=504),
            Self::Timeout { .. } | Self::ConnectionLost { .. } => true,
            _ => self.was_not_sent(),
        }
    }

    /// Whether no connection came about, so that the server cannot have seen the request.
    pub(super) fn was_not_sent(&self) -> bool {
        matches!(
            self,
            Self::NameNotResolved { .. }
                | Self::Refused { .. }
                | Self::ConnectTimeout { .. }
                | Self::Unreachable { .. }
                | Self::ProxyUnreachable { .. }
        )
    }

    /// Whether the request may have been carried out although no answer came.
    pub(super) fn may_have_arrived(&self) -> bool {
        self.is_interruption() && !self.was_not_sent()
    }

    /// Whether a Reconnect came to a shell that is connected.
    pub(super) fn is_connected_already(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.code == Some(code::RECONNECT_NOT_VALID))
    }

    /// Whether another client has the shell by now.
    pub(super) fn is_taken_over(&self) -> bool {
        let codes = [code::SESSION_ID_MISMATCH, code::CONNECTED_TO_DIFFERENT_CLIENT];
        matches!(self, Self::Fault(fault) if fault.code.is_some_and(|code| codes.contains(&code)))
    }

    /// Whether the shell is there but disconnected.
    pub(super) fn is_disconnected(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_disconnected())
    }

    /// Whether the server still has the request under way whose message id was repeated.
    pub(super) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_duplicate())
    }

    /// Whether the server does not know the shell or command (any more).
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_not_found())
    }
}

/// The error of TLS in one of I/O, which wraps it once or twice; `source` passes over what is wrapped.
fn tls_cause(error: &io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref::<rustls::Error>().or_else(|| tls_cause(inner.downcast_ref::<io::Error>()?))
}

/// Connecting failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct ConnectError {
    /// Name of the host that was to be reached.
    pub host: String,
    /// What went wrong.
    #[source]
    pub error: Error,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// What comes of a request through a proxy that gives this answer to CONNECT; `None` for one that is not there.
    async fn through(answer: Option<&'static str>) -> Error {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        match answer {
            None => drop(listener),
            Some(answer) => {
                tokio::spawn(async move {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let _ = stream.read(&mut [0; 4096]).await;
                    stream.write_all(answer.as_bytes()).await.unwrap();
                });
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .proxy(reqwest::Proxy::all(format!("http://{address}")).unwrap())
            .build()
            .unwrap();
        let error = client.post("https://mail.example/PowerShell/").send().await.unwrap_err();
        Error::from_http(error, Duration::from_secs(1), Duration::from_secs(1))
    }

    #[tokio::test]
    async fn what_a_proxy_does_is_not_blamed_on_the_server() {
        let error = through(Some("HTTP/1.1 403 Forbidden\r\n\r\n")).await;
        assert!(matches!(error, Error::ProxyRefused { .. }), "{error:?}");
        let error = through(Some("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")).await;
        assert!(matches!(error, Error::ProxyAuthentication { .. }), "{error:?}");
        let error = through(None).await;
        assert!(matches!(error, Error::ProxyUnreachable { .. }), "{error:?}");
    }
}
