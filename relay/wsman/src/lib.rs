//! WS-Management for remote PowerShell: the envelopes of MS-WSMV and DSP0226, and the HTTP transport of a session.
//!
//! - [`envelope`]: requests, responses and faults, written and parsed.
//! - [`server`]: what a server needs of them: a request parsed whole, and its responses.
//! - [`client`]: a remote session over HTTP: connect, invoke pipelines, receive, stop, close; what an error means, and where
//!   a connection stops.
//!
//! `envelope` and `server` must do no I/O, read no clock and make no ids: bytes go in, bytes come out. `client` must
//! not know of pages, users or policies; it never retries a sign-in and follows no redirect by itself.

pub mod client;
pub mod envelope;
pub mod server;
