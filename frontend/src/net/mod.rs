//! The way to the relay: two HTTP requests to sign in, one to check a connection, those for files, and the WebSocket of
//! a session.

mod check;
mod files;
mod http;
mod json;
mod link;

pub use self::{
    check::{Checked, Checking, check},
    files::{file_address, files, preview, remove, upload},
    http::{messages, offer, sign_in},
    link::{Answered, Link, LinkEvent},
};
