//! The events of a session's log, and the questions and answers in it.

use serde::{Deserialize, Serialize};

use super::{Arranged, BlockId, ColumnMeta, PromptId, ResultId, ViewKind};

/// An event's place in the log, from 1.
pub type EventNumber = u64;

/// Something that happened in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number; the log has no gaps.
    pub number: EventNumber,
    /// Milliseconds since the session began.
    pub at: u64,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EventKind {
    /// A step of connecting began, ended or failed. The same step comes again with its new state.
    Step {
        /// Its number, from 0.
        step: u32,
        /// What is done, for example `Secure connection to mail.example`.
        text: String,
        /// How it stands.
        state: StepState,
    },
    /// Import of the remote cmdlets: how many of how many.
    Import {
        /// Commands received.
        received: u32,
        /// Commands to come in all; 0 while unknown.
        total: u32,
    },
    /// The session is open and takes commands.
    Ready(SessionFacts),
    /// The sign-in failed; the session ends.
    SignInFailed(Failure),
    /// A command line became a block. It runs now, or waits for the one before it.
    Block {
        /// The block.
        block: BlockId,
        /// The command line.
        line: String,
        /// Whether it runs on the server, as a script in the server's own language.
        on_server: bool,
    },
    /// A block began to run.
    Started {
        /// The block.
        block: BlockId,
    },
    /// A line of one of the text streams.
    Note {
        /// The block; 0 for the session itself.
        block: BlockId,
        /// Which stream.
        stream: NoteStream,
        /// The text; may have several lines.
        text: String,
    },
    /// An error; the block goes on, or ends in [`BlockState::Failed`].
    Error {
        /// The block.
        block: BlockId,
        /// What to show.
        failure: Failure,
    },
    /// Objects of a new kind began to arrive: a grid or a list of its own.
    Result {
        /// The block.
        block: BlockId,
        /// The result.
        result: ResultId,
        /// Type name of its objects, without `Deserialized.`.
        type_name: String,
        /// How it is shown.
        kind: ViewKind,
        /// The columns shown first.
        columns: Vec<ColumnMeta>,
        /// Every property's name, for the choice of columns.
        properties: Vec<String>,
        /// Whether the command line chose the columns, and not the type.
        chosen: bool,
        /// The columns as the user arranged them; none where they are as they came.
        arranged: Vec<Arranged>,
    },
    /// Text output: strings and whatever has no properties.
    Text {
        /// The block.
        block: BlockId,
        /// The text; may have several lines.
        text: String,
    },
    /// The remote side asks the user.
    Prompt(Prompt),
    /// A question was answered, or is no longer asked.
    PromptClosed {
        /// Which one.
        prompt: PromptId,
    },
    /// A block ended.
    Ended {
        /// The block.
        block: BlockId,
        /// How.
        state: BlockState,
        /// Objects it gave.
        objects: u64,
        /// Milliseconds from start to end.
        elapsed: u64,
        /// Milliseconds of these that were spent waiting for the remote side.
        remote: u64,
    },
    /// The session will be signed out for lack of use.
    IdleWarning {
        /// Seconds left.
        seconds: u32,
    },
    /// The imported commands have changed since [`EventKind::Ready`].
    Commands {
        /// Their names, sorted.
        commands: Vec<String>,
        /// As [`SessionFacts::changing`].
        changing: Vec<String>,
    },
    /// What a block changed.
    Changed {
        /// The block.
        block: BlockId,
        /// The object, before and after.
        changed: Changed,
    },
}

/// What a command did to an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// What the object is called.
    pub object: String,
    /// Whether it is gone.
    pub is_gone: bool,
    /// Properties that differ: name, value before, value after.
    pub properties: Vec<(String, String, String)>,
}

/// How a step of connecting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// Under way.
    Running,
    /// Done, in so many milliseconds.
    Done(u64),
    /// Failed; [`EventKind::SignInFailed`] follows.
    Failed,
}

/// What the page shows of an open session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// The endpoint's title.
    pub endpoint: String,
    /// Short name for the prompt, for example `klinik-auer`.
    pub prompt: String,
    /// The user name given.
    pub user: String,
    /// The remote machine's name, if it said one.
    pub computer: String,
    /// The session's language mode, for example `NoLanguage`.
    pub language_mode: String,
    /// Names of the imported commands, sorted.
    pub commands: Vec<String>,
    /// How long the session may be idle, in seconds.
    pub idle_seconds: u32,
    /// Names of those that take `-WhatIf`, sorted.
    pub changing: Vec<String>,
    /// Remote sessions that a user may have at the endpoint at once, as far as is known of its kind.
    pub sessions_allowed: u32,
}

/// A text stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteStream {
    /// Warning stream (3).
    Warning,
    /// Verbose stream (4).
    Verbose,
    /// Debug stream (5).
    Debug,
    /// Information stream (6).
    Information,
    /// Written to the host, with .NET's `ConsoleColor` numbers for text and background, -1 for the default.
    Host {
        /// Text colour.
        foreground: i8,
        /// Background colour.
        background: i8,
    },
}

/// How a block ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockState {
    /// To its end; errors on the way are possible.
    Completed,
    /// By a terminating error, which is the last error of the block.
    Failed,
    /// Stopped by the user.
    Stopped,
}

/// One activity's progress record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgressState {
    /// `ActivityId`.
    pub id: i32,
    /// `ParentActivityId`; -1 for none.
    pub parent: i32,
    /// What is done.
    pub activity: String,
    /// How it stands.
    pub status: String,
    /// What is being worked on.
    pub operation: String,
    /// 0 to 100; -1 while unknown.
    pub percent: i32,
    /// Seconds left; -1 while unknown.
    pub seconds_left: i32,
}

/// An error as it is shown: what failed, likely cause, what to do, and what the server said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What failed, in one sentence.
    pub what: String,
    /// The likely cause; empty if unknown.
    pub cause: String,
    /// What to do; empty if there is nothing.
    pub remedy: String,
    /// The raw text as it was received.
    pub raw: String,
    /// The raw code: FullyQualifiedErrorId, fault code or HTTP status.
    pub code: String,
    /// Where in the command line.
    pub position: Option<Position>,
    /// Further facts by name, for example `Category` or `Target`.
    pub facts: Vec<(String, String)>,
}

/// A part of a command line, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A question of the remote side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its number.
    pub prompt: PromptId,
    /// The block that waits for the answer.
    pub block: BlockId,
    /// Heading; may be empty.
    pub caption: String,
    /// The question; may be empty.
    pub message: String,
    /// What is asked for.
    pub kind: PromptKind,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PromptKind {
    /// One of several choices, or any number of them.
    Choice {
        /// The choices.
        choices: Vec<Choice>,
        /// Positions of those chosen by default; empty for none.
        defaults: Vec<u32>,
        /// Whether more than one may be chosen.
        multiple: bool,
    },
    /// A line of text.
    Line {
        /// Whether it must not be shown.
        secret: bool,
    },
    /// User name and password.
    Credential {
        /// User name to propose.
        user: String,
    },
    /// Several values.
    Fields(Vec<Field>),
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its label without the ampersand.
    pub label: String,
    /// The key that the ampersand stood before, if any.
    pub key: Option<char>,
    /// What it does; may be empty.
    pub help: String,
}

/// One value of several asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its label; the name where there is none.
    pub label: String,
    /// What it is for; may be empty.
    pub help: String,
    /// The .NET type's name.
    pub type_name: String,
    /// Whether it must not be shown.
    pub secret: bool,
    /// Whether it must be given.
    pub mandatory: bool,
    /// Value to propose.
    pub default: String,
}

/// An answer to a question.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Positions of the choices.
    Choice(Vec<u32>),
    /// A line, secret or not.
    Line(String),
    /// User name and password.
    Credential {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// The fields' values in order.
    Fields(Vec<String>),
    /// The user does not answer: the command is stopped.
    Cancel,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Any answer but a choice may be a secret.
        match self {
            Self::Choice(chosen) => f.debug_tuple("Choice").field(chosen).finish(),
            Self::Line(_) => f.write_str("Line(…)"),
            Self::Credential { .. } => f.write_str("Credential(…)"),
            Self::Fields(_) => f.write_str("Fields(…)"),
            Self::Cancel => f.write_str("Cancel"),
        }
    }
}
