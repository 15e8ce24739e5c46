//! A command line and all that it gave.

use std::rc::Rc;

use postern_shared::wire::{
    Arranged, BlockId, BlockState, Changed, ColumnMeta, Failure, NoteStream, ProgressState, ResultId,
    ViewKind,
};

use super::Millis;

/// Text output is gathered into parts of about this many bytes: one text node a line would slow the page down, and
/// one for everything would be copied whole with every line that is added.
const TEXT_PART: usize = 16 << 10;

/// A command line and all that it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its number.
    pub id: BlockId,
    /// The command line.
    pub line: Rc<str>,
    /// Whether it runs on the server, in the server's own language.
    pub on_server: bool,
    /// How it stands.
    pub run: Run,
    /// Whether the user asked to stop it.
    pub stopping: bool,
    /// What it gave, in the order of arrival.
    pub parts: Vec<Part>,
    /// What it is busy with.
    pub progress: Vec<Progress>,
}

/// How a block stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Run {
    /// It waits for the one before it.
    Waiting,
    /// It runs.
    Running {
        /// Since when, on the page's clock.
        since: Millis,
    },
    /// It ended.
    Ended {
        /// How.
        state: BlockState,
        /// Objects it gave.
        objects: u64,
        /// Milliseconds from start to end.
        elapsed: u64,
        /// Milliseconds of these that were spent waiting for the remote side.
        remote: u64,
    },
}

/// Something that a block gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A line of a text stream.
    Note {
        /// Which stream.
        stream: NoteStream,
        /// The text.
        text: Rc<str>,
    },
    /// An error.
    Error(Rc<Failure>),
    /// Objects of one kind.
    Result(Rc<ResultInfo>),
    /// Text output.
    Text(Rc<str>),
    /// What it changed.
    Changed(Rc<Changed>),
}

/// What the page knows of a result without asking for its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultInfo {
    /// Its number.
    pub id: ResultId,
    /// Type name of its objects.
    pub type_name: Rc<str>,
    /// How it is shown.
    pub kind: ViewKind,
    /// Columns shown first.
    pub columns: Rc<[ColumnMeta]>,
    /// Every property.
    pub properties: Rc<[String]>,
    /// The columns as the user arranged them, where they are not as they came.
    pub arranged: Rc<[Arranged]>,
    /// Objects so far.
    pub rows: u64,
}

/// One activity under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What the relay reported.
    pub state: ProgressState,
    /// How deep it is nested.
    pub depth: u8,
    /// When it was reported, on the page's clock; the time left is counted down from there.
    pub at: Millis,
}

impl Progress {
    /// Deeper nesting is drawn at this depth: a hostile chain of parents must not push bars off the screen.
    const DEEPEST: u8 = 4;

    pub(super) fn tree(activities: Vec<ProgressState>, at: Millis) -> Vec<Self> {
        let mut tree: Vec<Self> = Vec::with_capacity(activities.len());
        for state in activities {
            // Outer activities come first, so a parent is already there.
            let parent = tree.iter().find(|parent| state.parent >= 0 && parent.state.id == state.parent);
            let depth = parent.map_or(0, |parent| (parent.depth + 1).min(Self::DEEPEST));
            tree.push(Self { state, depth, at });
        }
        tree
    }
}

/// Times are never NaN. With this, two pointers to the same block are compared by address and not by content.
impl Eq for Block {}

impl Block {
    pub(super) fn new(id: BlockId, line: Rc<str>, on_server: bool) -> Self {
        Self {
            id,
            line,
            on_server,
            run: Run::Waiting,
            stopping: false,
            parts: Vec::new(),
            progress: Vec::new(),
        }
    }

    /// Whether it ended.
    pub fn is_over(&self) -> bool {
        matches!(self.run, Run::Ended { .. })
    }

    /// Objects so far, in all its results; at the end, as many as the relay counted.
    pub fn objects(&self) -> u64 {
        match self.run {
            Run::Ended { objects, .. } => objects,
            _ => self.results().map(|result| result.rows).fold(0, u64::saturating_add),
        }
    }

    /// How many errors it reported.
    pub fn errors(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Error(_))).count()
    }

    /// Its results.
    pub fn results(&self) -> impl Iterator<Item = &Rc<ResultInfo>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Result(result) => Some(result),
            _ => None,
        })
    }

    /// Changes what is known of one of its results.
    pub(super) fn result(&mut self, id: ResultId, change: impl FnOnce(&mut ResultInfo)) {
        let results = self.parts.iter_mut().rev().filter_map(|part| match part {
            Part::Result(result) => Some(result),
            _ => None,
        });
        if let Some(result) = results.into_iter().find(|result| result.id == id) {
            change(Rc::make_mut(result));
        }
    }

    pub(super) fn text(&mut self, more: String) {
        match self.parts.last_mut() {
            Some(Part::Text(text)) if text.len() + more.len() < TEXT_PART => {
                *text = format!("{text}\n{more}").into();
            }
            _ => self.parts.push(Part::Text(more.into())),
        }
    }

    /// The session ended before the block did.
    pub(super) fn cut_off(&mut self, now: Millis) {
        let elapsed = match self.run {
            Run::Running { since } => (now - since).max(0.0) as u64,
            _ => 0,
        };
        self.end(Run::Ended {
            state: BlockState::Stopped,
            objects: self.objects(),
            elapsed,
            remote: elapsed,
        });
    }

    pub(super) fn end(&mut self, run: Run) {
        self.run = run;
        self.stopping = false;
        self.progress.clear();
    }
}
