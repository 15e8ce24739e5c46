//! Where a job's output goes: a page, or a terminal.

use postern_engine::value::Value;
use postern_shared::wire::{Failure, NoteStream, ProgressState, PromptId, PromptKind};
use tokio::sync::oneshot;

use super::super::prompt::Reply;

/// Colours of text by their numbers in `System.ConsoleColor`, -1 for the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colors {
    pub(crate) foreground: i8,
    pub(crate) background: i8,
}

/// What shows a job. It is used on the engine's thread.
pub(crate) trait Screen {
    /// Takes an object of the output.
    ///
    /// # Errors
    /// If nothing more can be taken; the screen has said why.
    fn output(&mut self, value: &Value) -> Result<(), Stopped>;
    /// Forgets something that it keeps; whether there was anything.
    fn make_room(&mut self) -> bool {
        false
    }
    /// An error.
    fn error(&mut self, failure: Failure);
    /// A line of a text stream.
    fn note(&mut self, stream: NoteStream, text: &str);
    /// Text written to the host.
    fn write(&mut self, text: &str, colors: Colors, end_line: bool);
    /// How an activity stands, or that it is over.
    fn progress(&mut self, state: ProgressState, completed: bool);
    /// Asks. Without a reply nobody can be asked.
    fn ask(&mut self, caption: &str, message: &str, kind: PromptKind)
    -> (PromptId, oneshot::Receiver<Reply>);
    /// A reply did not fit its question, which is asked again.
    fn ask_again(&mut self, prompt: PromptId) -> oneshot::Receiver<Reply>;
    /// A question is no longer asked.
    fn asked(&mut self, prompt: PromptId);
    /// Removes what was shown.
    fn clear(&mut self) {}
    /// Nothing more comes.
    fn end(&mut self);
}

/// Nothing more can be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;
