//! Postern's page: sign-in and console, compiled to WebAssembly.
//!
//! The page shows what the relay says and nothing else. [`state`] folds the relay's messages into a model, the
//! components draw that model, and [`net`] carries messages both ways. Results stay in the relay; [`grid`] asks for
//! the rows that are visible.
//!
//! This crate must not keep anything in the browser's storage, must show values from the network as text nodes only,
//! and must not panic on anything that came over the network.

pub mod app;
pub mod browser;
pub mod composer;
pub mod console;
pub mod dialogs;
pub mod grid;
pub mod net;
pub mod signin;
pub mod state;
pub mod text;
