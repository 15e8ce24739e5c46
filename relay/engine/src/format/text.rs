//! What a value shows in a cell.

use postern_shared::value::Content;

use crate::{
    code::known_names as known,
    convert::integer,
    interp::{Engine, Flow},
    ops::{date_format, list},
    value::{ErrorRecord, Value},
};

use super::Align;

/// Items of a collection that are shown, unless `$FormatEnumerationLimit` says otherwise.
const ITEMS: usize = 4;
/// The most that it may say.
const MAX_ITEMS: i64 = 100_000;

/// Whether an object shows as its text and has no view.
pub(crate) fn is_scalar(value: &Value) -> bool {
    match value.base() {
        Value::Bool(_)
        | Value::Char(_)
        | Value::I8(_)
        | Value::U8(_)
        | Value::I16(_)
        | Value::U16(_)
        | Value::I32(_)
        | Value::U32(_)
        | Value::I64(_)
        | Value::U64(_)
        | Value::Single(_)
        | Value::Double(_)
        | Value::Decimal(_)
        | Value::Str(_)
        | Value::Enum(_)
        | Value::Block(_)
        | Value::Error(_) => true,
        Value::Remote(object) => match &object.content {
            Content::Value(_) if object.is_enum() => true,
            Content::Value(inner) => is_scalar(&Value::from(inner.clone())),
            _ => false,
        },
        _ => false,
    }
}

/// Where a value stands in a column: what counts stands right.
pub(crate) fn aligned(value: &Value) -> Align {
    let right = match value.base() {
        Value::Str(_) | Value::Block(_) | Value::Error(_) => false,
        Value::Remote(object) => match &object.content {
            Content::Value(_) if object.is_enum() => true,
            Content::Value(inner) => return aligned(&Value::from(inner.clone())),
            _ => false,
        },
        base => is_scalar(base),
    };
    if right { Align::Right } else { Align::Left }
}

/// What a value shows, with a format string or without.
pub(crate) fn shown(engine: &mut Engine, value: &Value, format: Option<&str>) -> Flow<String> {
    if let Some(format) = format {
        if let Some(items) = list::items(value) {
            let mut texts = Vec::with_capacity(items.len());
            for item in &items {
                texts.push(shown(engine, item, Some(format))?);
            }
            return Ok(texts.join(" "));
        }
        if format.contains("{0") {
            return engine.format(format, std::slice::from_ref(value));
        }
        if let Ok(text) = engine.formatted(value, format)? {
            return Ok(text.as_str().to_owned());
        }
    }
    let limit = engine.format_limit();
    if let Some(items) = collection(value) {
        let mut out = String::from("{");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            if at == limit {
                // The sign stands for all that is left.
                out.truncate(out.len() - 2);
                out.push('…');
                break;
            }
            if item.is_null() {
                out.push_str("$null");
            } else {
                out.push_str(&plain(item));
            }
        }
        out.push('}');
        return Ok(out);
    }
    Ok(plain(value))
}

impl Engine {
    /// How many items of a collection are shown.
    fn format_limit(&self) -> usize {
        let asked = self.scope.find(known::FORMAT_LIMIT).as_ref().and_then(integer);
        match asked {
            // Everything.
            Some(-1) => MAX_ITEMS as usize,
            Some(items) => usize::try_from(items.min(MAX_ITEMS)).unwrap_or(ITEMS),
            None => ITEMS,
        }
    }
}

/// The items of a value that shows as a collection.
fn collection(value: &Value) -> Option<Vec<Value>> {
    match value.base() {
        Value::Hash(hash) => Some(hash.keys()),
        Value::Remote(object) => match &object.content {
            Content::Dictionary(pairs) => {
                Some(pairs.iter().map(|(key, _)| Value::from(key.clone())).collect())
            }
            _ => list::items(value),
        },
        _ => list::items(value),
    }
}

/// The text of one object, in the session's culture.
fn plain(value: &Value) -> String {
    match value.base() {
        Value::DateTime(at) => date_format::date(*at, "G").unwrap_or_default(),
        Value::Type(ty) => ty.full_name().as_str().to_owned(),
        Value::Error(record) => error(record),
        _ => value.text().as_str().to_owned(),
    }
}

/// An error as a console shows one: what it is from, and its message.
fn error(record: &ErrorRecord) -> String {
    let message = record.message();
    let name = record.exception.type_name();
    let short = name.rsplit('.').next().unwrap_or("Exception");
    let from = match record.id.as_str() {
        // What was thrown as a text has the text for its id.
        id if id == message.as_str() => "Exception".to_owned(),
        "CommandNotFoundException" => record.target.text().as_str().to_owned(),
        _ => short.to_owned(),
    };
    format!("{from}: {message}")
}
