//! How objects become tables: which columns a type has, what is in a cell, and how cells compare.
//!
//! - [`FormatViews`] holds the tables that the remote side's `Get-FormatData` describes and chooses one for an object.
//! - [`cell_text`] and [`cell_kind`] say how a value is shown.
//! - [`SortKey`] compares values as a person expects: sizes by their bytes, dates by time, text without case.
//!
//! It only reads objects and must not change or keep them.

mod cell;
mod formats;
mod sort_key;

pub use self::{
    cell::{cell_kind, cell_text, type_name},
    formats::FormatViews,
    sort_key::{SortKey, compare},
};
