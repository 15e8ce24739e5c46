//! From an error to what a user is told: what failed, why, what to do, and what the server said.
//!
//! What is known of errors is in tables, one row for each: [`exchange`] by the words of Exchange and its sign-in
//! services, [`faults`] by the codes of WS-Management, [`http`] by status, [`transport`] for what happens before a
//! server answers. The first row that fits counts, and the tables are asked in this order: what a server says in words is
//! more than its code, and a code more than the status that it came with.
//!
//! Each of the four parts is read by itself, so none refers to another, and what failed names the server.

mod exchange;
mod faults;
mod http;
#[cfg(test)]
mod tests;
mod transport;

use postern_shared::wire::Failure;

pub use self::exchange::split_prefix;
use super::{ConnectError, Error, NotFollowed, TlsFailure};
use crate::envelope::code;

/// A row of a table: how an error is recognised, and what is told of it.
///
/// In the texts `{server}` is the server's name, and `{again}` what to do when it is not known how far the server came.
struct Row {
    when: When,
    what: &'static str,
    cause: &'static str,
    remedy: &'static str,
}

/// How an error is recognised.
enum When {
    /// One of these is in what the server says, in whatever it is wrapped.
    Says(&'static [&'static str]),
    /// All of these are in what the server says.
    SaysAll(&'static [&'static str]),
    /// The code of a fault.
    Code(&'static [u32]),
    /// The subcode of a fault.
    Subcode(&'static str),
    /// The status of an answer that is not WS-Management's.
    Status(&'static [u16]),
    /// The kind of a TLS failure.
    Tls(&'static [TlsFailure]),
    /// The kind of the error.
    Is(fn(&Error) -> bool),
    /// The kind of the error, before a session was open.
    Opening(fn(&Error) -> bool),
}

/// All tables, in the order in which they are asked.
const TABLES: [&[Row]; 5] =
    [exchange::ROWS, faults::ROWS, http::ROWS, transport::ROWS, &[faults::OTHER, transport::OTHER]];

/// All rows in that order, numbered.
fn rows() -> impl Iterator<Item = (usize, &'static Row)> {
    TABLES.into_iter().flatten().enumerate()
}

/// When the error came, and of which server.
#[derive(Clone, Copy)]
struct Context<'a> {
    /// Its name, or `the server`.
    server: &'a str,
    /// Whether no session was open yet: nothing can have been carried out.
    opening: bool,
}

impl Context<'_> {
    /// What to do when it is not known how far the server came.
    fn after_a_break(self) -> &'static str {
        if self.opening {
            "Sign in again. If it happens every time, have the server and the network between it and the relay checked."
        } else {
            "Sign in again. A command that was running may have been carried out: check before you run it again."
        }
    }

    fn fill(self, text: &str) -> String {
        text.replace("{server}", self.server).replace("{again}", self.after_a_break())
    }
}

impl When {
    /// `said` is what the server says, in lower case.
    fn fits(&self, error: &Error, said: &str, context: Context<'_>) -> bool {
        let says = |needle: &&str| said.contains(&needle.to_ascii_lowercase());
        match self {
            Self::Says(any) => any.iter().any(says),
            Self::SaysAll(all) => all.iter().all(says),
            Self::Code(codes) => {
                matches!(error, Error::Fault(fault) if fault.code.is_some_and(|code| codes.contains(&code)))
            }
            Self::Subcode(name) => matches!(error, Error::Fault(fault) if fault.subcode == *name),
            Self::Status(all) => error.status().is_some_and(|status| all.contains(&status)),
            Self::Tls(kinds) => matches!(error, Error::Tls { failure, .. } if kinds.contains(failure)),
            Self::Is(is) => is(error),
            Self::Opening(is) => context.opening && is(error),
        }
    }
}

impl ConnectError {
    /// Explains it to a user.
    pub fn to_failure(&self) -> Failure {
        self.error.failure(Context { server: &self.host, opening: true })
    }
}

impl Error {
    /// Explains an error of a session that was open.
    pub fn to_failure(&self) -> Failure {
        self.failure(Context { server: "the server", opening: false })
    }

    fn failure(&self, context: Context<'_>) -> Failure {
        let said = bounded(self.said()).to_ascii_lowercase();
        let row = rows().find(|(_, row)| row.when.fits(self, &said, context));
        let row = row.map_or(&transport::OTHER, |(_, row)| row);
        Failure {
            what: context.fill(row.what),
            cause: context.fill(row.cause),
            remedy: context.fill(row.remedy),
            raw: bounded(&self.to_string()),
            code: bounded(&self.raw_code()),
            position: None,
            facts: self.facts(),
        }
    }

    /// What the server says in words; empty where it says nothing.
    fn said(&self) -> &str {
        match self {
            Self::Fault(fault) => fault.text(),
            Self::Http { text, .. }
            | Self::ServerError { text, .. }
            | Self::ContentType { text, .. }
            | Self::Unauthorized { text, .. }
            | Self::PoolClosed { text, .. } => text,
            _ => "",
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Http { status, .. } | Self::ServerError { status, .. } => Some(*status),
            _ => None,
        }
    }

    fn raw_code(&self) -> String {
        match self {
            Self::Fault(fault) => {
                fault.signed_code().map_or_else(|| fault.subcode.clone(), |code| code.to_string())
            }
            Self::Unauthorized { .. } => "HTTP 401".into(),
            Self::ServerError { status, .. } | Self::Http { status, .. } => format!("HTTP {status}"),
            Self::RedirectRefused { why: NotFollowed::Invalid, .. } => {
                code::REDIRECT_INVALID.cast_signed().to_string()
            }
            Self::Redirected { via, .. } | Self::RedirectRefused { via, .. } => via.clone(),
            Self::PoolClosed { id, .. } => id.clone(),
            _ => String::new(),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: &str| {
            if !value.is_empty() {
                facts.push((name.to_owned(), bounded(value)));
            }
        };
        match self {
            Self::Fault(fault) => {
                if let Some(code) = fault.code {
                    fact("Code", &format!("0x{code:08X}"));
                }
                fact("Subcode", &fault.subcode);
                fact("Machine", fault.machine.as_deref().unwrap_or_default());
            }
            Self::Redirected { location, .. } | Self::RedirectRefused { location, .. } => {
                fact("Location", location);
            }
            Self::Unauthorized { offered, .. } => fact("Offered", &offered.join(", ")),
            _ => {}
        }
        facts.extend(split_prefix(self.said()).1.into_iter().map(|(name, value)| (name, bounded(&value))));
        facts
    }
}

/// Longest text of a server that is passed on: a fault may be as large as an envelope, and would take the place of
/// everything else in a session's log.
const MOST_TEXT: usize = 32 << 10;

fn bounded(text: &str) -> String {
    text.get(..text.floor_char_boundary(MOST_TEXT)).unwrap_or_default().to_owned()
}
