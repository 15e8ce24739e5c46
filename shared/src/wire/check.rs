//! Checking a connection layer by layer, as JSON.
//!
//! `POST /api/check` takes a [`SignIn`](super::SignIn), whose password may be empty: then the check ends where a password
//! would be needed. The answer is a stream of [`CheckStep`]s, one a line, as they happen; each step comes once as
//! [`CheckState::Running`] and once with what came of it, and those that were not reached come at the end. What is
//! refused before it begins is a 4xx with a [`Failure`], as for a sign-in. `postern check --json` writes the same lines.

use serde::{Deserialize, Serialize};

use super::Failure;

/// A layer of a connection, from the ground up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckLayer {
    /// The host's name is resolved.
    Name,
    /// A TCP connection is made, to the server or to the proxy.
    Tcp,
    /// The proxy connects to the server.
    Proxy,
    /// A secure connection is made, and the certificate checked.
    Tls,
    /// A web service answers; without credentials.
    Http,
    /// The server sends the client elsewhere, and the layers begin anew there.
    Redirect,
    /// The credentials are accepted.
    Authentication,
    /// A shell is created.
    Shell,
    /// The runspace pool is opened.
    Runspace,
    /// A cmdlet runs.
    Command,
}

/// One step of a check, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckStep {
    /// Its number, from 0; the same step comes again with its new state.
    pub step: u32,
    /// The layer.
    pub layer: CheckLayer,
    /// What is done, for example `Secure connection (TLS)`.
    pub title: String,
    /// How it stands.
    #[serde(flatten)]
    pub state: CheckState,
}

/// How a step of a check stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum CheckState {
    /// Under way.
    Running,
    /// All is well.
    Passed {
        /// Milliseconds that it took.
        millis: u64,
        /// What was found, in a line.
        found: String,
        /// What was found, by name, for example `Issuer`.
        facts: Vec<(String, String)>,
    },
    /// The connection stops here.
    Stopped {
        /// Milliseconds that it took.
        millis: u64,
        /// Why, and what to do.
        failure: Failure,
        /// What was found by then, by name.
        facts: Vec<(String, String)>,
    },
    /// Not tried.
    Skipped {
        /// Why not.
        why: String,
    },
}
