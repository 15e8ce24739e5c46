//! The way to the relay: two HTTP requests to sign in, and the WebSocket of a session.

mod http;
mod link;

pub use self::{
    http::{offer, sign_in},
    link::{Answered, Link, LinkEvent},
};
