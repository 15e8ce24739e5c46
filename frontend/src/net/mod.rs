//! The way to the relay: two HTTP requests to sign in, one to check a connection, and the WebSocket of a session.

mod check;
mod http;
mod link;

pub use self::{
    check::{Checked, Checking, check},
    http::{offer, sign_in},
    link::{Answered, Link, LinkEvent},
};
