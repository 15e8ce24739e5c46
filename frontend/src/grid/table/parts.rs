//! What the grid knows beside its rows: where the keyboard is, what is open, dragged and looked at.

use postern_shared::wire::RequestId;

use crate::grid::details::Looked;

/// Where the keyboard is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spot {
    Head,
    Row(u64),
}

/// What is to be done with a row; opening it is more than selecting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    Selected,
    Opened,
}

/// The object that the details show.
pub(super) struct Look {
    /// Its number in the result.
    pub(super) number: u64,
    /// The request that is not answered yet.
    pub(super) request: Option<RequestId>,
    pub(super) state: Looked,
}

pub(super) struct Drag {
    pub(super) column: usize,
    pub(super) from: f64,
    pub(super) width: f64,
}

/// A heading under the pointer that may be moved elsewhere.
pub(super) struct Move {
    pub(super) column: usize,
    pub(super) from: f64,
    /// Where it would go; `None` until the pointer has moved.
    pub(super) to: Option<usize>,
}

/// The one menu or dialog that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::grid) enum Open {
    Nothing,
    /// The choice of columns.
    Columns,
    Copy,
    Export,
    /// The menu of a column.
    Menu(usize),
}

/// What stands beside the grid.
pub(super) enum Pane {
    /// One object whole.
    Details,
    /// Two objects, by their numbers in the result.
    Compare(u64, u64),
    /// What a property holds.
    Summary(String),
}
