//! A remote PowerShell session over HTTP.
//!
//! [`RemoteSession::connect`] signs in and opens a runspace pool; [`RemoteSession::invoke`] runs a pipeline and gives
//! a [`Pipeline`] to read its events from. One background task per session owns the state machine of
//! [`postern_psrp::client`] and everything that is under way on HTTP.
//!
//! Back-pressure: output is pulled. While a pipeline's reader is more than a few hundred events behind, the server is
//! not asked for more, and a server stops producing when nobody asks.
//!
//! [`RemoteSession::close`] stops what runs and deletes the shell on the server; dropping the session does the same
//! in the background, as long as the runtime lives.

mod check;
mod connection;
mod credentials;
mod driver;
mod endpoint;
mod error;
mod explain;
mod pipeline;
mod queue;
mod session;
mod shown_body;
mod tls_failure;
mod transport;

pub use self::{
    check::{Certificate, Check},
    credentials::Credentials,
    endpoint::{Endpoint, Timeouts},
    error::{ConnectError, Error},
    explain::split_prefix,
    pipeline::{Ended, Pipeline, PipelineEvent, PipelineInput},
    session::{ConnectOptions, ConnectStep, RemoteSession, SessionDetails},
    tls_failure::TlsFailure,
};
