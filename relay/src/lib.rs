//! Postern's relay: serves the page, opens remote PowerShell sessions for those who sign in, and holds them.
//!
//! - [`config`]: what the relay is told; [`cli`]: the command line.
//! - [`serve`]: the whole relay on a listener, which a test can own.
//! - `http`: sign-in, the page's files, the WebSocket: everything that faces browsers.
//! - `session`: one task for each session, with its event log.
//! - `store`: the results, of which the page is a viewport.
//!
//! The relay must not speak WSMan or PSRP itself, which is `postern_wsman`'s, nor evaluate PowerShell, which is
//! `postern_engine`'s. It must not write a password, cookie or token anywhere.

pub mod cli;
pub mod config;
mod http;
mod kept;
mod server;
mod session;
mod store;
mod translate;

pub use self::server::serve;
