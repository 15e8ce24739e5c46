//! What objects cost in memory, about: one by one, and in columns.

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue, SecureString, Uuid};

use super::column::{Column, Contents, Members, Objects, Text};

/// Beyond this depth nothing is counted; the decoder accepts no deeper objects anyway.
const DEPTH: u32 = 64;
/// An allocation's own cost: size, reference counts, rounding.
const ALLOCATION: usize = 32;
/// Text up to this length is inside the value.
const INLINE: usize = 23;

/// Bytes that a value takes, without the shapes and type names that it shares with others of its kind.
pub(crate) fn weight(value: &PsValue) -> usize {
    size_of::<PsValue>().saturating_add(behind(value, DEPTH))
}

fn behind(value: &PsValue, depth: u32) -> usize {
    match value {
        PsValue::Str(text) => string(text),
        PsValue::Uri(text) | PsValue::Xml(text) | PsValue::ScriptBlock(text) => {
            ALLOCATION + size_of::<PsStr>() + string(text)
        }
        PsValue::SecureString(secret) => {
            ALLOCATION
                + match &**secret {
                    SecureString::Encrypted(bytes) => bytes.len(),
                    SecureString::Clear(text) => text.len(),
                }
        }
        PsValue::Bytes(bytes) => ALLOCATION + bytes.len(),
        PsValue::Object(object) => depth.checked_sub(1).map_or(0, |depth| whole(object, depth)),
        _ => 0,
    }
}

fn string(text: &PsStr) -> usize {
    let length = text.as_str().len();
    if length <= INLINE { 0 } else { length + ALLOCATION }
}

fn whole(object: &PsObject, depth: u32) -> usize {
    let content = match &object.content {
        Content::None => 0,
        Content::Value(value) => behind(value, depth),
        Content::List(items) | Content::Enumerable(items) | Content::Stack(items) | Content::Queue(items) => {
            values(items.iter(), depth)
        }
        Content::Dictionary(pairs) => values(pairs.iter().flat_map(|(key, value)| [key, value]), depth),
    };
    let properties = |properties: &Properties| values(properties.values().iter(), depth);
    [
        ALLOCATION + size_of::<PsObject>(),
        object.to_string.as_ref().map_or(0, string),
        content,
        properties(&object.adapted),
        properties(&object.extended),
    ]
    .into_iter()
    .fold(0, usize::saturating_add)
}

fn values<'a>(values: impl Iterator<Item = &'a PsValue>, depth: u32) -> usize {
    values.fold(0, |sum, value| sum.saturating_add(size_of::<PsValue>()).saturating_add(behind(value, depth)))
}

/// Bytes that a column takes, without the strings and GUIDs that columns share ([`text`], [`guids`]).
pub(super) fn column(column: &Column) -> usize {
    size_of::<Column>().saturating_add(match column {
        Column::Same(value) => behind(value, DEPTH),
        Column::Few { values: known, indexes } => {
            2 * ALLOCATION + indexes.len() + values(known.iter(), DEPTH)
        }
        Column::Text(_) | Column::Guids(_) => 0,
        Column::Objects(object) => objects(object),
        Column::Kinds { columns, kinds, places } => {
            3 * ALLOCATION + kinds.len() + size_of_val(&**places) + sum(columns)
        }
        Column::Each(each) => ALLOCATION + values(each.iter(), DEPTH),
    })
}

/// Bytes of a column's strings.
pub(super) fn text(text: &Text) -> usize {
    3 * ALLOCATION + text.text.len() + size_of_val(&*text.ends)
}

/// Bytes of a column's GUIDs.
pub(super) fn guids(guids: &[Uuid]) -> usize {
    ALLOCATION + size_of_val(guids)
}

fn objects(objects: &Objects) -> usize {
    let members = |members: &Members| ALLOCATION.saturating_add(sum(&members.columns));
    let content = match &objects.content {
        Contents::None => 0,
        Contents::Value(value) => column(value),
        Contents::Items { items, ends, .. } => {
            (ALLOCATION + size_of_val(&**ends)).saturating_add(column(items))
        }
    };
    [
        ALLOCATION + size_of::<Objects>(),
        column(&objects.to_string),
        content,
        members(&objects.adapted),
        members(&objects.extended),
    ]
    .into_iter()
    .fold(0, usize::saturating_add)
}

fn sum(columns: &[Column]) -> usize {
    columns.iter().fold(0, |sum, one| sum.saturating_add(column(one)))
}
