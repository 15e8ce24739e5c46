//! What a running cmdlet hands out: records of the streams, and questions to the user.

use postern_shared::value::{PsStr, PsValue};

use super::CmdletError;

/// One record of a pipeline's streams.
#[derive(Clone, Debug)]
pub enum Record {
    /// An object of the success stream.
    Output(PsValue),
    /// A non-terminating error.
    Error {
        /// What it says.
        error: Box<CmdletError>,
        /// The cmdlet that wrote it, and its class.
        cmdlet: (PsStr, PsStr),
    },
    /// A warning.
    Warning(String),
    /// A line of the verbose stream.
    Verbose(String),
    /// A line of the debug stream.
    Debug(String),
    /// An information record: what it says, who wrote it, its tags.
    Information(PsValue, PsStr, Vec<PsStr>),
    /// How far a cmdlet has come.
    Progress(Progress),
}

/// How far a cmdlet has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Number of the bar.
    pub id: i32,
    /// What is being done.
    pub activity: String,
    /// How it stands.
    pub status: String,
    /// 0 to 100, or -1 where that is not known.
    pub percent: i32,
    /// Seconds still to go, or -1 where that is not known.
    pub seconds: i32,
    /// Whether the bar is to go away.
    pub completed: bool,
}

/// A question to the user, or a line for the screen.
#[derive(Clone, Debug)]
pub enum HostRequest {
    /// Shows text; not waited for.
    Write(String),
    /// Shows a line; not waited for.
    WriteLine(String),
    /// Clears the screen; not waited for.
    Clear,
    /// Ends the session on the client's side; not waited for.
    Exit(i32),
    /// Asks for a line: a string.
    ReadLine,
    /// Asks for a line that is not shown: a secure string.
    ReadSecret,
    /// Asks for one of several choices: its number.
    Choose {
        /// Above the question.
        caption: String,
        /// The question.
        message: String,
        /// What can be answered.
        choices: Vec<Choice>,
        /// The number of the choice that Enter takes.
        default: i32,
    },
    /// Asks for a user name and a password: a credential.
    Credential {
        /// Above the question.
        caption: String,
        /// The question.
        message: String,
        /// The name to begin with; may be empty.
        user: String,
    },
}

impl HostRequest {
    /// Whether the client answers it.
    pub fn is_answered(&self) -> bool {
        !matches!(self, Self::Write(_) | Self::WriteLine(_) | Self::Clear | Self::Exit(_))
    }
}

/// One choice of a question.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Its text, with `&` before the key.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
}
