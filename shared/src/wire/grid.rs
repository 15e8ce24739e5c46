//! Parts of results: columns, rows and one object whole.

use serde::{Deserialize, Serialize};

use super::RequestId;

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewKind {
    /// A grid, one row an object.
    Table,
    /// Name and value under each other, one object after the other.
    List,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMeta {
    /// The property that it shows.
    pub property: String,
    /// Its heading.
    pub label: String,
    /// What is in it.
    pub kind: CellKind,
    /// Width in characters that the type's view asks for; 0 for none.
    pub width: u16,
}

/// What a column holds; decides alignment and how a cell is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellKind {
    /// Text, left.
    #[default]
    Text,
    /// Numbers and sizes, right.
    Number,
    /// Yes or no, as a mark.
    Bool,
    /// Points in time, in one format.
    Date,
}

/// Which rows, in which order. Both are applied to the whole result in the relay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct View {
    /// By what to sort, most significant first; empty for the order of arrival.
    pub sort: Vec<SortKey>,
    /// Only rows with this text in one of the asked columns, without case; empty for all.
    pub filter: String,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SortKey {
    /// The property.
    pub property: String,
    /// Whether large values come first.
    pub descending: bool,
}

/// Rows of a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowBatch {
    /// The request's number.
    pub request: RequestId,
    /// First row in the view, from 0.
    pub from: u64,
    /// Rows of the view in all, by now.
    pub total: u64,
    /// Each row's number in the result itself, for [`super::ClientMessage::Details`].
    pub rows: Vec<u64>,
    /// The asked columns, each with as many cells as there are rows.
    pub columns: Vec<Column>,
}

/// The cells of one column. Text is one buffer, so that a column costs two allocations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Booleans only.
    Bool(Vec<bool>),
    /// Text only: cell `n` is `text[ends[n - 1]..ends[n]]`.
    Text {
        /// All cells' text.
        text: String,
        /// Where each ends.
        ends: Vec<u32>,
    },
    /// Anything.
    Mixed(Vec<Cell>),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Null, or no such property.
    Empty,
    /// Yes or no.
    Bool(bool),
    /// Anything else, as it is to be shown.
    Text(String),
}

impl Column {
    /// A cell; `Empty` beyond the end.
    pub fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Bool(cells) => cells.get(row).map_or(Cell::Empty, |b| Cell::Bool(*b)),
            Self::Text { text, ends } => {
                let start =
                    row.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
                let cell = ends.get(row).and_then(|end| text.get(start..*end as usize));
                cell.map_or(Cell::Empty, |cell| Cell::Text(cell.to_owned()))
            }
            Self::Mixed(cells) => cells.get(row).cloned().unwrap_or(Cell::Empty),
        }
    }
}

/// One object whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// What to call it: its text, or its name.
    pub title: String,
    /// Its type names, most derived first.
    pub type_names: Vec<String>,
    /// Its properties in wire order: name, type name, value.
    pub properties: Vec<(String, String, DetailValue)>,
}

/// A property's value in the details of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DetailValue {
    /// Null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// Text, number, date: as it is to be shown, whole.
    Text(String),
    /// Items of a list; the relay may cut very long ones and says so in the last.
    List(Vec<DetailValue>),
    /// An object: its text and its own properties.
    Object(String, Vec<(String, DetailValue)>),
}
