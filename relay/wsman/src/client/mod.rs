//! A remote PowerShell session over HTTP.
//!
//! [`RemoteSession::connect`] signs in and opens a runspace pool; [`RemoteSession::invoke`] runs a pipeline and gives
//! a [`Pipeline`] to read its events from. One background task per session owns the state machine of
//! [`postern_psrp::client`] and everything that is under way on HTTP.
//!
//! Back-pressure: output is pulled. While a pipeline's reader is more than a few hundred events behind, the server is
//! not asked for more, and a server stops producing when nobody asks.
//!
//! A connection that breaks is tried again while a session is open: a Receive is posted again as it was, and what could
//! be carried out twice is not. [`RemoteSession::disconnect`] leaves the shell without a client for a while, and
//! [`RemoteSession::attach`] takes over a shell that another client has left.
//!
//! [`RemoteSession::close`] stops what runs and deletes the shell on the server; dropping the session does the same
//! in the background, as long as the runtime lives.

mod body;
mod check;
mod connection;
mod credentials;
mod driver;
mod endpoint;
mod error;
mod explain;
mod pipeline;
mod pool;
mod proxy;
mod queue;
mod recovery;
mod redirect;
mod routes;
mod session;
mod shells;
mod shown_body;
mod tls;
mod tls_failure;
mod transport;

pub use self::{
    check::{Certificate, Check},
    credentials::Credentials,
    endpoint::{Endpoint, Timeouts},
    error::{ConnectError, Error},
    explain::split_prefix,
    pipeline::{Ended, Pipeline, PipelineEvent, PipelineInput},
    pool::Found,
    proxy::{Proxy, ProxyServer},
    redirect::{DEFAULT_MAXIMUM_REDIRECTION, NotFollowed, Redirects},
    session::{ConnectOptions, ConnectStep, RemoteSession, SessionDetails},
    shells::{identify, list_commands, list_shells},
    tls::{ClientIdentity, TlsOptions, certificates_from_pem, parse_fingerprint},
    tls_failure::TlsFailure,
};
