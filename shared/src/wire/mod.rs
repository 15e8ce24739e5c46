//! The messages on the WebSocket between page and relay.
//!
//! Two enums, [`ClientMessage`] and [`ServerMessage`], each sent as one binary frame in postcard. Postcard does not
//! describe itself, so page and relay must come from the same build: the first frame of each side carries
//! [`BUILD`], and a page that finds another one reloads itself. Add enum variants at the end only.
//!
//! Signing in is an HTTP request ([`SignIn`] as JSON to `POST /api/sign-in`), because it sets a cookie. What the
//! relay offers is `GET /api/offer` ([`Offer`] as JSON). Both are described in [`sign_in`]. A
//! connection is checked over HTTP as well (`POST /api/check`, [`CheckStep`]), and files come and go that way ([`files`]).
//!
//! Everything that happens in a session is an [`Event`] with a number, and the page shows nothing else: a tab that
//! comes back says which event it saw last and is sent the rest. Numbers are given without gaps, but a log is bounded:
//! of a very long one old lines are missing, and a note in the place of the last of them says how many. Results are not in the log. An event says that a
//! result grew; the page asks for the rows and columns that it shows ([`ClientMessage::Rows`]).

pub mod check;
mod complete;
mod event;
pub mod files;
mod grid;
pub mod sign_in;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use self::{
    check::{CheckLayer, CheckState, CheckStep},
    complete::{Completion, CompletionKind, Completions},
    event::{
        Answer, BlockState, Changed, Choice, Event, EventKind, EventNumber, Failure, Field, NoteStream,
        Position, ProgressState, Prompt, PromptKind, SessionFacts, StepState,
    },
    files::{Preview, WorkspaceFile, WorkspaceFiles},
    grid::{
        Amount, Arranged, Cell, CellKind, Column, ColumnMeta, Condition, Copied, Detail, DetailValue,
        Difference, Different, Download, Extract, Format, Group, Grouping, HEADING, Heading, RowBatch,
        SortKey, Spread, Summary, Test, View, ViewKind,
    },
    sign_in::{EndpointOffer, Offer, ProxyChoice, SignIn, SignedIn},
};

/// Names the build of page and relay; they talk only if it is the same. `build.rs` of this crate hashes its sources
/// for it, so the page and the relay get the same text from the same check-out, also under `trunk serve`.
pub const BUILD: &str = env!("POSTERN_BUILD");

/// The largest frame that either side accepts, in bytes.
pub const MAX_FRAME: usize = 4 << 20;

/// A command line and all that it gave: numbered from 1 in a session.
pub type BlockId = u32;
/// A result: numbered from 1 in a session.
pub type ResultId = u32;
/// A question to the user: numbered from 1 in a session.
pub type PromptId = u32;
/// The page's own number for a request; the answer carries it.
pub type RequestId = u32;

/// What the page says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// First frame.
    Hello {
        /// The page's [`BUILD`].
        build: String,
        /// Number of the last event that the page has shown; 0 for none. Later ones are sent.
        after: EventNumber,
    },
    /// Runs a command line; it becomes a block, or waits until the running one ends.
    Run {
        /// What the user typed.
        line: String,
    },
    /// Stops a running or waiting block.
    Stop {
        /// Which one.
        block: BlockId,
    },
    /// Answers a question.
    Answer {
        /// Which question.
        prompt: PromptId,
        /// What the user said.
        answer: Answer,
    },
    /// Asks for the part of a result that the page shows; answered by [`ServerMessage::Rows`].
    Rows {
        /// Comes back in the answer.
        request: RequestId,
        /// Which result.
        result: ResultId,
        /// In which order and how filtered.
        view: View,
        /// Names of the properties to send, in this order.
        columns: Vec<String>,
        /// First row of the view, from 0.
        from: u64,
        /// How many rows; the relay may send fewer.
        count: u32,
    },
    /// Asks for one object whole; answered by [`ServerMessage::Details`].
    Details {
        /// Comes back in the answer.
        request: RequestId,
        /// Which result.
        result: ResultId,
        /// The row's number in the result itself ([`RowBatch::rows`]), whatever the view.
        row: u64,
    },
    /// Something was done at the page that no other message tells: the idle time starts anew.
    Active,
    /// Removes the remote session and ends this one.
    SignOut,
    /// As [`ClientMessage::Run`], but the line runs on the server, as a script in the server's own language. Only where
    /// [`SessionFacts::language_mode`] says that there is one; the block begins with a note that says so.
    RunRemote {
        /// What the user typed.
        line: String,
    },
    /// Asks what a column holds; answered by [`ServerMessage::Summary`].
    Summarise {
        /// Comes back in the answer.
        request: RequestId,
        /// Which result.
        result: ResultId,
        /// Of which rows.
        view: View,
        /// The columns that [`View::filter`] looks at.
        shown: Vec<String>,
        /// The column's property.
        property: String,
        /// Properties that are added up for each of its values.
        sums: Vec<String>,
    },
    /// Asks for text for the clipboard; answered by [`ServerMessage::Copied`].
    Copy {
        /// Comes back in the answer.
        request: RequestId,
        /// Of what.
        extract: Box<Extract>,
    },
    /// Asks for a download; answered by [`ServerMessage::Download`], more than once.
    Download {
        /// Comes back in the answers.
        request: RequestId,
        /// Of what.
        extract: Box<Extract>,
    },
    /// Asks for what happened in the session as a file; answered by [`ServerMessage::Download`], more than once.
    Transcript {
        /// Comes back in the answers.
        request: RequestId,
        /// Whether as lines of JSON, and not as text.
        json: bool,
    },
    /// Asks what differs between two results; answered by [`ServerMessage::Difference`].
    Compare {
        /// Comes back in the answer.
        request: RequestId,
        /// The earlier result.
        before: ResultId,
        /// The later one.
        after: ResultId,
    },
    /// Asks what the relay keeps for the user; answered by [`ServerMessage::Kept`].
    Kept,
    /// Keeps a snippet under a name, or drops it where the text is empty; answered by [`ServerMessage::Kept`].
    Keep {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
    /// Keeps how the user arranged a result's columns: for a page that comes back to it, and, where the type chose the
    /// columns, for the user's next results of that type. None: as they came.
    Arrange {
        /// Which result.
        result: ResultId,
        /// Its columns.
        columns: Vec<Arranged>,
    },
    /// Asks for an answer at once ([`ServerMessage::Pong`]), to see how long it takes. Keeps nothing awake.
    Ping {
        /// Comes back in the answer.
        request: RequestId,
    },
    /// Asks what could stand at a cursor; answered by [`ServerMessage::Completions`]. It costs the remote side nothing.
    Complete {
        /// Comes back in the answer.
        request: RequestId,
        /// The text in the editor.
        text: String,
        /// The cursor, in bytes.
        cursor: u32,
        /// Whether the user asked for it; otherwise little is proposed before something was typed.
        asked: bool,
    },
}

/// What the relay keeps for a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Command lines, oldest first.
    pub lines: Vec<String>,
    /// Saved texts by name.
    pub snippets: Vec<(String, String)>,
}

/// What the administrator allows of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Whether results may be downloaded.
    pub downloads: bool,
    /// Whether the browser is one that strangers use: the page leaves nothing in it, and clears itself at the end.
    pub kiosk: bool,
}

/// What the relay says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerMessage {
    /// First frame.
    Hello {
        /// The relay's [`BUILD`].
        build: String,
        /// Number of the newest event; those after the page's own follow.
        newest: EventNumber,
    },
    /// Something happened.
    Event(Event),
    /// Answer to [`ClientMessage::Rows`].
    Rows(RowBatch),
    /// Answer to [`ClientMessage::Details`].
    Details {
        /// The request's number.
        request: RequestId,
        /// The object; `None` if there is no such row (any more).
        detail: Option<Detail>,
    },
    /// How a block's progress stands. It is not in the log: only the newest state counts.
    Progress {
        /// The block.
        block: BlockId,
        /// Every activity that is under way, outer ones first.
        activities: Vec<ProgressState>,
    },
    /// How much a result holds by now. It is not in the log: only the newest state counts.
    Grew {
        /// The result.
        result: ResultId,
        /// Objects so far.
        rows: u64,
    },
    /// The session is gone; the page shows why and offers to sign in again. Last frame.
    Ended(Failure),
    /// Answer to [`ClientMessage::Summarise`].
    Summary {
        /// The request's number.
        request: RequestId,
        /// What the column holds.
        summary: Summary,
    },
    /// Answer to [`ClientMessage::Copy`].
    Copied {
        /// The request's number.
        request: RequestId,
        /// The text.
        copied: Copied,
    },
    /// Answer to [`ClientMessage::Download`]: how it stands.
    Download {
        /// The request's number.
        request: RequestId,
        /// How it stands.
        download: Download,
    },
    /// Answer to [`ClientMessage::Compare`].
    Difference {
        /// The request's number.
        request: RequestId,
        /// What differs; `None` if one of the results is no longer there.
        difference: Option<Difference>,
    },
    /// Answer to [`ClientMessage::Ping`].
    Pong {
        /// The request's number.
        request: RequestId,
    },
    /// What the administrator allows. Second frame.
    Allowed(Allowed),
    /// What the relay keeps for the user from one session to the next. The lines are those of earlier sessions: the
    /// session's own are its blocks.
    Kept(Kept),
    /// How many remote sessions the relay holds for this user at this endpoint. It is not in the log: only the newest
    /// number counts.
    InUse(u32),
    /// Answer to [`ClientMessage::Complete`].
    Completions {
        /// The request's number.
        request: RequestId,
        /// What could stand there.
        completions: Completions,
    },
}

/// A frame that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("not a message of this build: {0}")]
pub struct FrameError(#[from] postcard::Error);

/// Writes a message as a frame.
///
/// # Errors
/// Never for the messages of this module; the type says so for callers with messages of their own.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    Ok(postcard::to_allocvec(message)?)
}

/// Reads a frame.
///
/// # Errors
/// If the bytes are not a message of this build.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, FrameError> {
    Ok(postcard::from_bytes(frame)?)
}
