//! What is in a cell: a property's value as it is shown and searched.

use postern_shared::{
    value::PsValue,
    view::{cell_text, type_name as plain_type_name},
    wire::Cell,
};

/// The longest text in a cell; the details show the rest.
const LONGEST: usize = 2000;

/// The cell of a property's value.
pub(super) fn cell(value: &PsValue) -> Cell {
    match value {
        PsValue::Null => Cell::Empty,
        value => match value.as_bool() {
            Some(value) => Cell::Bool(value),
            None => Cell::Text(shorten(text(value), LONGEST)),
        },
    }
}

/// Whether a cell's text contains a text that is in lower case.
pub(super) fn contains(value: &PsValue, lower: &str) -> bool {
    match value {
        PsValue::Null => false,
        value => text(value).to_lowercase().contains(lower),
    }
}

/// A value's text.
pub(super) fn text(value: &PsValue) -> String {
    cell_text(value)
}

/// A type's short name for people: without what marks a copy of a remote object, and without `System.`.
pub(super) fn type_name(value: &PsValue) -> String {
    let name = plain_type_name(value);
    name.strip_prefix("System.").filter(|rest| !rest.contains('.')).unwrap_or(name).to_owned()
}

/// A type's name without what marks a copy of a remote object.
pub(super) fn plain_type(name: &str) -> &str {
    name.strip_prefix("Deserialized.").unwrap_or(name)
}

/// A text cut to so many bytes.
pub(super) fn shorten(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}
