//! Sessions: each is one task, the only one that changes what the session is, from connecting to closing. What it
//! writes (log, live state, results) the sockets read.

mod before_after;
mod block;
mod catalog;
mod check;
mod complete;
mod connect;
mod control;
pub(crate) mod download;
mod failure;
mod import;
mod known;
mod live;
mod local;
mod log;
mod output;
mod prompt;
mod registry;
mod script;
mod task;
mod transcript;

#[cfg(test)]
pub(crate) use self::failure::explanations;
pub(crate) use self::{
    check::check,
    control::Wish,
    failure::{session_gone, too_many_tabs},
    local::{Colors, Done, Folder, Screen, Stopped, in_memory},
    prompt::Reply,
    registry::{Found, Handle, Refused, Sessions},
    script::{Script, run_script},
    task::Opening,
};
