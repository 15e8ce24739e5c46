//! What the page and the relay both speak.
//!
//! - [`value`]: PowerShell objects as they come out of the remote session, and stay, to the grid.
//! - [`syntax`]: the lexer and parser of the PowerShell language: highlighting in the page, evaluation in the relay.
//! - [`view`]: how objects become a table or a list.
//! - [`wire`]: the messages on the WebSocket between page and relay.
//!
//! This crate must not do I/O, read a clock or spawn anything, and it must build for `wasm32-unknown-unknown`.

pub mod syntax;
pub mod value;
pub mod view;
pub mod wire;
