//! Errors of compiling and evaluating, each with what a user is shown.

use postern_shared::{
    syntax::Span,
    wire::{Failure, Position},
};

/// Why evaluation stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The language has it, this console has not (yet).
    #[error("{}", .0.what)]
    Unsupported(Box<Failure>),
    /// What PowerShell too reports as an error of the statement.
    #[error("{}", .0.what)]
    Statement(Box<Failure>),
    /// A bound was exceeded.
    #[error("{}", .0.what)]
    Limit(Box<Failure>),
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What a user is shown.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Unsupported(failure) | Self::Statement(failure) | Self::Limit(failure) => *failure,
        }
    }

    /// Something that is not built: `what` names it, `instead` says what works.
    pub(crate) fn unsupported(span: Span, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::Unsupported(Box::new(Failure {
            what: what.into(),
            cause: "This console's local session does not have it yet.".to_owned(),
            remedy: instead.into(),
            code: "NotAvailable".to_owned(),
            position: Some(position(span)),
            ..Failure::default()
        }))
    }

    /// An error of the statement with PowerShell's own text and FullyQualifiedErrorId.
    pub(crate) fn statement(span: Span, code: &str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self::Statement(Box::new(Failure {
            raw: what.clone(),
            what,
            code: code.to_owned(),
            position: Some(position(span)),
            ..Failure::default()
        }))
    }

    /// The same with a cause and something to do.
    pub(crate) fn explained(
        span: Span,
        code: &str,
        what: impl Into<String>,
        cause: &str,
        remedy: &str,
    ) -> Self {
        match Self::statement(span, code, what) {
            Self::Statement(mut failure) => {
                cause.clone_into(&mut failure.cause);
                remedy.clone_into(&mut failure.remedy);
                Self::Statement(failure)
            }
            other => other,
        }
    }

    /// A bound that was exceeded.
    pub(crate) fn limit(span: Span, what: impl Into<String>) -> Self {
        Self::Limit(Box::new(Failure {
            what: what.into(),
            cause: "The local session is bounded so that no command line can exhaust the server.".to_owned(),
            remedy: "Ask the remote side for less, for example with -Filter or -ResultSize.".to_owned(),
            code: "LimitExceeded".to_owned(),
            position: Some(position(span)),
            ..Failure::default()
        }))
    }
}

pub(crate) fn position(span: Span) -> Position {
    Position { start: span.start, end: span.end }
}
