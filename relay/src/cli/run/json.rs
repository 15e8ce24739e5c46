//! What a script gives as lines of JSON, one for each thing that happens.

use std::io::Write as _;

use postern_shared::{
    value::{Content, PsValue},
    wire::BlockState,
};
use serde_json::{Map, Value as Json, json};

use crate::session::Done;

/// Levels of objects within objects that are written out; deeper ones are their text.
const DEPTH: usize = 6;

/// Prints a line.
pub(super) fn print(line: &Json) {
    let mut out = std::io::stdout().lock();
    // A pipe that nobody reads any more must not end a script halfway.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Prints how the script ended.
pub(super) fn ended(done: &Done) {
    let state = match done.state {
        BlockState::Completed => "completed",
        BlockState::Failed => "failed",
        BlockState::Stopped => "stopped",
    };
    print(&json!({ "type": "ended", "state": state, "code": done.code }));
}

/// A value: objects by their properties, numbers and texts as they are, anything else as its text.
pub(super) fn value(value: &PsValue) -> Json {
    at(value, 0)
}

fn at(value: &PsValue, depth: usize) -> Json {
    match value {
        PsValue::Null => Json::Null,
        PsValue::Bool(b) => Json::Bool(*b),
        PsValue::I8(n) => (*n).into(),
        PsValue::U8(n) => (*n).into(),
        PsValue::I16(n) => (*n).into(),
        PsValue::U16(n) => (*n).into(),
        PsValue::I32(n) => (*n).into(),
        PsValue::U32(n) => (*n).into(),
        PsValue::I64(n) => (*n).into(),
        PsValue::U64(n) => (*n).into(),
        PsValue::Single(n) => (*n).into(),
        PsValue::Double(n) => (*n).into(),
        // Never in clear text.
        PsValue::SecureString(_) => Json::String("System.Security.SecureString".to_owned()),
        PsValue::Object(object) => match &object.content {
            _ if depth >= DEPTH => Json::String(value.to_string()),
            _ if object.is_enum() => Json::String(value.to_string()),
            Content::Value(inner) => at(inner, depth),
            Content::List(items)
            | Content::Enumerable(items)
            | Content::Stack(items)
            | Content::Queue(items) => items.iter().map(|item| at(item, depth + 1)).collect(),
            Content::Dictionary(pairs) => Json::Object(
                pairs.iter().map(|(key, value)| (key.to_string(), at(value, depth + 1))).collect(),
            ),
            Content::None => {
                let properties: Map<String, Json> = object
                    .properties()
                    .map(|(name, value)| (name.to_string(), at(value, depth + 1)))
                    .collect();
                if properties.is_empty() { Json::String(value.to_string()) } else { Json::Object(properties) }
            }
        },
        other => Json::String(other.to_string()),
    }
}
