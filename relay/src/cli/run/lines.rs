//! What a terminal shows of objects and errors, as lines.

use std::fmt::Write as _;

use postern_shared::{
    value::{Content, PsValue},
    wire::Failure,
};

/// An error: what failed, the likely cause, what to do, and the raw code.
pub(super) fn failure(failure: &Failure) -> String {
    let mut lines = failure.what.clone();
    for (name, text) in
        [("Likely cause", &failure.cause), ("What to do", &failure.remedy), ("Code", &failure.code)]
    {
        if !text.is_empty() {
            let _ = write!(lines, "\n    {name}: {text}");
        }
    }
    for (name, text) in failure.facts.iter().filter(|(name, _)| name == "Position") {
        let _ = write!(lines, "\n    {name}: {text}");
    }
    lines
}

/// An object as a list of its properties; anything else as its text.
pub(super) fn object(value: &PsValue) -> String {
    let PsValue::Object(object) = value else { return value.to_string() };
    match &object.content {
        Content::Dictionary(pairs) => {
            list(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())))
        }
        Content::Value(_) => value.to_string(),
        _ if object.is_enum() || object.properties().next().is_none() => value.to_string(),
        _ => list(object.properties().map(|(name, value)| (name.to_string(), text(value)))),
    }
}

fn text(value: &PsValue) -> String {
    match value.as_list() {
        Some(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("{{{}}}", items.join(", "))
        }
        None => value.to_string(),
    }
}

fn list(properties: impl Iterator<Item = (String, String)>) -> String {
    let properties: Vec<(String, String)> = properties.collect();
    let width = properties.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut lines = String::new();
    for (name, text) in properties {
        let _ = writeln!(lines, "{name:width$} : {text}");
    }
    lines
}
