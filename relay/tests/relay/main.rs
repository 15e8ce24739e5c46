//! The relay through its front door: HTTP and WebSocket, with real endpoints behind it.

mod check;
#[path = "../client/mod.rs"]
mod client;
mod doors;
mod download;
mod failures;
mod files;
mod job;
mod lifecycle;
mod local;
mod network;
mod peer;
