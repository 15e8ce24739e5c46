//! The PowerShell Remoting Protocol (MS-PSRP), client and server side, without I/O.
//!
//! Bytes go in and bytes come out: what carries them (WS-Management, a test's loop) is the caller's business. This
//! crate opens no connection, reads no clock and spawns nothing, and nothing that a peer sends may make it panic or
//! grow without bound.
//!
//! From the bottom up: [`fragment`] cuts messages and puts them together again, [`clixml`] is how objects are
//! written, [`message`] names the messages and their bodies, [`records`], [`host`] and [`pipeline`] are what these
//! bodies hold, [`secure`] protects secrets, and [`client`] and [`server`] are the two state machines of a runspace pool.

pub mod client;
pub mod clixml;
mod error;
pub mod fragment;
pub mod host;
mod members;
pub mod message;
pub mod pipeline;
pub mod records;
pub mod secure;
pub mod server;

pub use self::error::ProtocolError;
