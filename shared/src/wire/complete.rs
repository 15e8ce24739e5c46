//! What could stand at the cursor of the editor.

use serde::{Deserialize, Serialize};

/// What could stand at a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completions {
    /// First byte of the text that is replaced.
    pub from: u32,
    /// One past its last byte.
    pub to: u32,
    /// The proposals, the best first.
    pub items: Vec<Completion>,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// What is put into the text.
    pub insert: String,
    /// What is shown.
    pub label: String,
    /// Parts of the label that were typed, in bytes: first, and one past the last.
    pub marks: Vec<(u16, u16)>,
    /// What it is.
    pub kind: CompletionKind,
    /// A line of help; may be empty.
    pub about: String,
}

/// What a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompletionKind {
    /// A command of the remote side.
    Remote,
    /// A cmdlet of the local session.
    Cmdlet,
    /// A function.
    Function,
    /// Another name for a command.
    Alias,
    /// A parameter.
    Parameter,
    /// A value that a parameter takes.
    Value,
    /// An object that was seen in a result.
    Seen,
    /// A property.
    Property,
    /// A variable.
    Variable,
    /// A key of a table.
    Key,
    /// A type.
    Type,
    /// A file of the workspace.
    File,
    /// A word of the language.
    Keyword,
}
