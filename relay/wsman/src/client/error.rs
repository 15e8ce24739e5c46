//! What can go wrong between this machine and a remote session.

use std::{error::Error as StdError, io, time::Duration};

use super::connection::NameNotResolved;
use crate::envelope::{EnvelopeError, Fault};

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
        /// What rustls or the platform's verifier said.
        text: String,
    },
    /// No connection for another reason.
    #[error("no connection: {text}")]
    Unreachable {
        /// What the operating system said.
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
    },
    /// HTTP 403.
    #[error("HTTP 403")]
    Forbidden,
    /// HTTP 404.
    #[error("HTTP 404")]
    NotFound,
    /// The server sends the client elsewhere. Nothing is followed by itself: the credentials would go with it.
    #[error("redirected to {location} ({via})")]
    Redirected {
        /// Where to, as the server wrote it.
        location: String,
        /// `HTTP 302`, or the fault's code.
        via: String,
    },
    /// HTTP 5xx without a fault in it.
    #[error("HTTP {status}: {text}")]
    ServerError {
        /// The status.
        status: u16,
        /// Start of the body.
        text: String,
    },
    /// Any other answer that is not WS-Management's.
    #[error("HTTP {status}: {text}")]
    Http {
        /// The status.
        status: u16,
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
    /// This side closed the session.
    #[error("the session is closed")]
    Closed,
}

fn offered_text(offered: &[String]) -> String {
    if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") }
}

impl Error {
    /// Sorts an error of the HTTP library.
    pub(super) fn from_http(error: reqwest::Error, connect: Duration, total: Duration) -> Self {
        // The address holds no credentials, but it is of no use in an error either.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source: Option<&(dyn StdError + 'static)> = error.source();
        while let Some(cause) = source {
            if let Some(name) = cause.downcast_ref::<NameNotResolved>() {
                return Self::NameNotResolved { text: name.text.clone() };
            }
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls { text: tls.to_string() };
            }
            if let Some(io) = cause.downcast_ref::<io::Error>() {
                if io.kind() == io::ErrorKind::ConnectionRefused {
                    return Self::Refused { text: io.to_string() };
                }
                if let Some(tls) = tls_cause(io) {
                    return Self::Tls { text: tls.to_string() };
                }
            }
            // The innermost cause says most; the outer ones only say that sending failed.
            text = cause.to_string();
            source = cause.source();
        }
        match (error.is_timeout(), error.is_connect()) {
            (true, true) => Self::ConnectTimeout { after: connect },
            (true, false) => Self::Timeout { after: total },
            (false, true) => Self::Unreachable { text },
            (false, false) => Self::ConnectionLost { text },
        }
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
