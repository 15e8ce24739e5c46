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

/// A column as a user arranged it, in a list of those shown, left to right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arranged {
    /// The property that it shows.
    pub property: String,
    /// Its width in pixels; 0 where it follows what is in it.
    pub width: u16,
    /// Whether it stays in view when the others are scrolled.
    pub pinned: bool,
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
    /// Only rows that meet all of these.
    pub conditions: Vec<Condition>,
    /// Whether rows with the same value stand together, under a heading.
    pub group: Option<Grouping>,
}

/// Rows with the same value stand together, in the order of these values; a heading above each group is a row of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grouping {
    /// The property.
    pub property: String,
    /// Properties added up in each heading.
    pub sums: Vec<String>,
    /// Whether groups are folded: only their headings are rows of the view.
    pub folded: bool,
    /// The groups of which the opposite holds, by their texts.
    pub except: Vec<String>,
}

/// What a row's property must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Condition {
    /// The property.
    pub property: String,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a property. Texts are compared without case. Numbers, sizes (`2 GB`), spans (`1.12:00`) and times
/// (`2026-03`, as far as it is typed) are compared as such where the property is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Test {
    /// Its text has this in it.
    Contains(String),
    /// Its text has not.
    Lacks(String),
    /// It is this.
    Is(String),
    /// It is not.
    IsNot(String),
    /// It is smaller, or earlier.
    Below(String),
    /// It is not larger, or later.
    AtMost(String),
    /// It is larger, or later.
    Above(String),
    /// It is not smaller, or earlier.
    AtLeast(String),
    /// It is null, an empty text or an empty list.
    Empty,
    /// It is not.
    NotEmpty,
    /// Its text is one of these.
    OneOf(Vec<String>),
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowBatch {
    /// The request's number.
    pub request: RequestId,
    /// First row in the view, from 0.
    pub from: u64,
    /// Rows of the view in all, by now, headings among them.
    pub total: u64,
    /// Objects that meet the view's filters, folded away or not.
    pub objects: u64,
    /// Groups of the view in all.
    pub groups: u64,
    /// Each row's number in the result itself, for [`super::ClientMessage::Details`]; of a heading [`HEADING`].
    pub rows: Vec<u64>,
    /// The headings among these rows.
    pub headings: Vec<Heading>,
    /// The asked columns, each with as many cells as there are rows.
    pub columns: Vec<Column>,
}

/// A row's number where the row is a heading.
pub const HEADING: u64 = u64::MAX;

/// What stands above the rows of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// Which of the batch's rows it is.
    pub at: u32,
    /// The group.
    pub group: Group,
    /// Whether it is folded.
    pub folded: bool,
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

/// What a column holds, over all rows of a view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows looked at.
    pub rows: u64,
    /// Rows without a value.
    pub empty: u64,
    /// Different values.
    pub distinct: u64,
    /// The most frequent values, the most frequent first; the relay may leave out rare ones.
    pub groups: Vec<Group>,
    /// How the values are spread, where they are numbers, sizes or times.
    pub spread: Option<Spread>,
}

/// Rows with the same value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The value's text, as [`Test::OneOf`] takes it; empty for none.
    pub text: String,
    /// How many rows.
    pub count: u64,
    /// Sums of the asked properties; `None` where none of the rows has a number.
    pub sums: Vec<Option<Amount>>,
}

/// A number that is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// The number.
    pub number: f64,
    /// Whether it is a size in bytes.
    pub is_size: bool,
}

/// How numbers, sizes or times are spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Spread {
    /// Numbers or sizes.
    Numbers {
        /// The smallest.
        lowest: Amount,
        /// The largest.
        highest: Amount,
        /// All together.
        sum: Amount,
        /// The mean.
        mean: Amount,
        /// Values without a limit, which are in none of the others.
        unlimited: u64,
        /// Rows in equal steps from the lowest to the highest.
        steps: Vec<u64>,
    },
    /// Times.
    Times {
        /// Rows in each step of the calendar, from the first to the last; the text is its beginning (`2026-03`).
        steps: Vec<(String, u64)>,
    },
}

/// A part of a result in some format, to be copied or downloaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extract {
    /// Of which result.
    pub result: super::ResultId,
    /// In which order and how filtered.
    pub view: View,
    /// The columns that [`View::filter`] looks at.
    pub shown: Vec<String>,
    /// The properties to take, in this order.
    pub columns: Vec<String>,
    /// Whether the objects are taken whole where the format can hold them ([`Format::Clixml`]).
    pub whole: bool,
    /// Rows of the view, each from and one past the last; empty for all.
    pub rows: Vec<(u64, u64)>,
    /// How it is written.
    pub format: Format,
    /// What a file of it is called: the objects' type.
    pub name: String,
}

/// How a part of a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Cells with tabs between them and headings above, as spreadsheets take them from the clipboard.
    Text,
    /// Comma-separated values.
    Csv {
        /// What stands between cells.
        separator: char,
        /// Whether a byte order mark stands first, by which Excel knows UTF-8.
        mark: bool,
        /// Whether text that a spreadsheet would run as a formula gets an apostrophe before it.
        guard: bool,
    },
    /// An array of objects, with numbers, truth values and lists kept.
    Json,
    /// `[pscustomobject]@{…}` for each row.
    Literals,
    /// What names each object, as a list of quoted texts.
    Identities,
    /// An Excel workbook, with numbers, truth values and times kept.
    Xlsx,
    /// What `Export-Clixml` writes, with all types kept.
    Clixml,
}

/// Text for the clipboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// Rows in it.
    pub rows: u64,
    /// Rows that had no room in it.
    pub left_out: u64,
}

/// How a download stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Download {
    /// It can be fetched, once, with `GET` at this path of the relay.
    Ready {
        /// The path.
        path: String,
        /// The file's name.
        name: String,
    },
    /// It is being written and fetched.
    Running {
        /// Rows so far.
        rows: u64,
        /// Rows in all.
        of: u64,
        /// Bytes sent so far.
        bytes: u64,
    },
    /// It is whole.
    Done {
        /// Rows.
        rows: u64,
        /// Bytes.
        bytes: u64,
    },
    /// There is none, or it broke off.
    Failed(super::Failure),
}

/// What differs between two results, by object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The property by which objects of one are found in the other.
    pub key: String,
    /// Objects only in the later one.
    pub added: u64,
    /// Objects only in the earlier one.
    pub removed: u64,
    /// Objects in both, with other values.
    pub changed: u64,
    /// Objects in both, with the same values.
    pub same: u64,
    /// What differs; the relay may leave out the rest of very much.
    pub objects: Vec<Different>,
}

/// An object that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Different {
    /// What to call it.
    pub title: String,
    /// Whether it is in the earlier one.
    pub before: bool,
    /// Whether it is in the later one.
    pub after: bool,
    /// Of an object in both, what has changed: property, earlier and later text.
    pub changes: Vec<(String, String, String)>,
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
