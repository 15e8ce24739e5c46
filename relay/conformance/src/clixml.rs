//! Values: as PowerShell's serializer wrote them (`clixml`), and what its deserializer made of them (`back`).
//!
//! `back` is null, or an object with the first type name (`type`) and one of `text` (the invariant text; bytes in base64),
//! `utf16` (the units of strings and characters), `items` or `entries`; dates have a `kind`, and where there are members,
//! `properties` has them as pairs. It goes four levels down.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postern_psrp::clixml::{Decoder, decode, encode_document};
use postern_shared::value::{
    Content, DateTimeKind, Properties, PsDateTime, PsObject, PsValue, round_trip_double,
};
use serde_json::{Value, json};

use crate::{Checked, Mismatch};

/// How many levels `back` shows.
const DEPTH: usize = 4;

/// Checks a case: the value is what `back` says, and still is when it has been written and read again.
pub fn check(case: &Value) -> Checked {
    let Some(xml) = case.get("clixml").and_then(Value::as_str) else {
        return Err(vec![Mismatch::new("clixml", "text", &case["clixml"])]);
    };
    let Some(back) = case.get("back") else {
        return Err(vec![Mismatch::new("back", "a description", "none")]);
    };
    let mut mismatches = Vec::new();
    let mut compare = |what: &str, xml: &[u8]| match describe_clixml(xml) {
        Ok(actual) => {
            if let Some((way, ours, theirs)) = difference(&actual, back) {
                mismatches.push(Mismatch::new(format!("{what}: value{way}"), theirs, ours));
            }
        }
        Err(error) => mismatches.push(Mismatch::new(what, back, error)),
    };
    compare("read", xml.as_bytes());
    if let Ok(live) = decode(xml.as_bytes()) {
        let mut written = Vec::new();
        encode_document([&live], &mut written);
        compare("written and read again", &written);
    }
    if mismatches.is_empty() { Ok(()) } else { Err(mismatches) }
}

/// Whether two descriptions are the same.
pub fn is_same(ours: &Value, theirs: &Value) -> bool {
    difference(ours, theirs).is_none()
}

/// Where two descriptions differ first: the way there, what ours is, what theirs. A hash table has no order: its entries may
/// come in any, those of an ordered dictionary in the one.
fn difference<'v>(ours: &'v Value, theirs: &'v Value) -> Option<(String, &'v Value, &'v Value)> {
    let deeper = |step: String, found: Option<(String, &'v Value, &'v Value)>| {
        found.map(|(way, ours, theirs)| (step + &way, ours, theirs))
    };
    match (ours, theirs) {
        (Value::Object(own), Value::Object(other)) if own.len() == other.len() => {
            let type_name = other.get("type").and_then(Value::as_str).unwrap_or_default();
            other.iter().find_map(|(key, theirs)| {
                let ours = own.get(key).unwrap_or(&Value::Null);
                let found = match (ours, theirs) {
                    (Value::Array(entries), Value::Array(others))
                        if key == "entries" && !type_name.contains("OrderedDictionary") =>
                    {
                        (!same_in_any_order(entries, others)).then_some((String::new(), ours, theirs))
                    }
                    _ => difference(ours, theirs),
                };
                deeper(format!(".{key}"), found)
            })
        }
        (Value::Array(own), Value::Array(other)) if own.len() == other.len() => {
            let mut pairs = own.iter().zip(other).enumerate();
            pairs.find_map(|(at, (ours, theirs))| deeper(format!("[{at}]"), difference(ours, theirs)))
        }
        (ours, theirs) => (ours != theirs).then_some((String::new(), ours, theirs)),
    }
}

fn same_in_any_order(ours: &[Value], theirs: &[Value]) -> bool {
    let mut left: Vec<&Value> = theirs.iter().collect();
    let found =
        ours.iter().all(|entry| match left.iter().position(|theirs| difference(entry, theirs).is_none()) {
            Some(at) => {
                left.swap_remove(at);
                true
            }
            None => false,
        });
    found && left.is_empty()
}

/// Describes what a client makes of a value.
///
/// # Errors
/// If it is not CLIXML.
pub fn describe_clixml(xml: &[u8]) -> Result<Value, postern_psrp::clixml::ClixmlError> {
    Ok(describe(&Decoder::default().deserialized(true).decode(xml)?))
}

/// Describes a value as `back` does.
pub fn describe(value: &PsValue) -> Value {
    describe_within(value, &mut Vec::new(), DEPTH)
}

/// `above` are the objects around the value, outermost first.
fn describe_within<'v>(value: &'v PsValue, above: &mut Vec<&'v PsValue>, depth: usize) -> Value {
    let plain = |name: &str, text: String| json!({ "type": format!("System.{name}"), "text": text });
    match value {
        PsValue::Null => Value::Null,
        PsValue::Bool(_) => plain("Boolean", value.to_string()),
        PsValue::Char(unit) => json!({ "type": "System.Char", "utf16": hex(&[*unit]) }),
        PsValue::I8(_) => plain("SByte", value.to_string()),
        PsValue::U8(_) => plain("Byte", value.to_string()),
        PsValue::I16(_) => plain("Int16", value.to_string()),
        PsValue::U16(_) => plain("UInt16", value.to_string()),
        PsValue::I32(_) => plain("Int32", value.to_string()),
        PsValue::U32(_) => plain("UInt32", value.to_string()),
        PsValue::I64(_) => plain("Int64", value.to_string()),
        PsValue::U64(_) => plain("UInt64", value.to_string()),
        PsValue::Single(_) => plain("Single", value.to_string()),
        PsValue::Double(n) => plain("Double", round_trip_double(*n)),
        PsValue::Decimal(n) => plain("Decimal", n.to_string()),
        PsValue::DateTime(at) => describe_date(*at),
        PsValue::TimeSpan(_) => plain("TimeSpan", value.to_string()),
        PsValue::Guid(_) => plain("Guid", value.to_string()),
        PsValue::Version(_) => plain("Version", value.to_string()),
        PsValue::Uri(_) => plain("Uri", value.to_string()),
        PsValue::Xml(_) => plain("Xml.XmlDocument", value.to_string()),
        PsValue::ScriptBlock(_) => plain("Management.Automation.ScriptBlock", value.to_string()),
        PsValue::SecureString(_) => plain("Security.SecureString", value.to_string()),
        PsValue::Bytes(bytes) => plain("Byte[]", STANDARD.encode(bytes)),
        PsValue::Str(text) => json!({ "type": "System.String", "utf16": hex(&text.to_utf16()) }),
        PsValue::Ancestor(levels) => {
            // Below an ancestor, ancestors are counted from its place.
            let at = above.len().checked_sub(1 + *levels as usize);
            let Some(at) = at.filter(|at| *at < above.len()) else { return Value::Null };
            let below = above.split_off(at);
            let shown = below.first().map_or(Value::Null, |object| describe_within(object, above, depth));
            above.truncate(at);
            above.extend(below);
            shown
        }
        PsValue::Object(object) => {
            above.push(value);
            let shown = describe_object(object, above, depth);
            above.pop();
            shown
        }
    }
}

fn describe_object<'v>(object: &'v PsObject, above: &mut Vec<&'v PsValue>, depth: usize) -> Value {
    let below = depth.saturating_sub(1);
    let mut shown = match &object.content {
        Content::Value(value) => {
            let mut shown = describe_within(value, above, depth);
            if !object.type_names.is_empty() {
                shown["type"] = json!(object.type_name());
            }
            shown
        }
        Content::None => json!({ "type": object.type_name(), "text": text(object) }),
        // Deeper collections are shown as what PowerShell made them into.
        content if depth == 0 => {
            let made = match content {
                Content::Stack(_) => "Stack",
                Content::Queue(_) => "Queue",
                Content::Dictionary(_) => "Hashtable",
                _ => "ArrayList",
            };
            json!({ "type": object.type_name(), "text": format!("System.Collections.{made}") })
        }
        Content::Dictionary(entries) => {
            let mut part = |value| describe_within(value, above, below);
            let entries: Vec<Value> =
                entries.iter().map(|(key, value)| json!([part(key), part(value)])).collect();
            json!({ "type": object.type_name(), "entries": entries })
        }
        Content::List(items) | Content::Enumerable(items) | Content::Stack(items) | Content::Queue(items) => {
            let items: Vec<Value> = items.iter().map(|item| describe_within(item, above, below)).collect();
            json!({ "type": object.type_name(), "items": items })
        }
    };
    // Of what is more than a bag of members, only the notes: PowerShell keeps no others on a list that it made anew.
    let adapted = matches!(object.content, Content::None).then_some(&object.adapted);
    let mut members = adapted.into_iter().chain([&object.extended]).flat_map(Properties::iter).peekable();
    if depth > 0 && members.peek().is_some() {
        let members: Vec<Value> = members
            .map(|(name, value)| json!([name.as_str(), describe_within(value, above, below)]))
            .collect();
        shown["properties"] = json!(members);
    }
    shown
}

/// A property bag without members and text prints nothing.
fn text(object: &PsObject) -> String {
    let bare = object.to_string.is_none() && object.properties().next().is_none();
    if bare { String::new() } else { object.to_string() }
}

fn describe_date(at: PsDateTime) -> Value {
    let kind = match at.kind {
        DateTimeKind::Unspecified => "Unspecified",
        DateTimeKind::Utc => "Utc",
        DateTimeKind::Local(_) => "Local",
    };
    let zone = if kind == "Unspecified" { "" } else { "Z" };
    let utc = at.to_utc();
    let (fields, ticks) = (utc.fields(), utc.subsecond_ticks());
    let date = format!("{:04}-{:02}-{:02}", fields.year(), u8::from(fields.month()), fields.day());
    let time = format!("{:02}:{:02}:{:02}.{ticks:07}", fields.hour(), fields.minute(), fields.second());
    json!({ "type": "System.DateTime", "text": format!("{date}T{time}{zone}"), "kind": kind })
}

fn hex(units: &[u16]) -> String {
    units.iter().fold(String::new(), |text, unit| text + &format!("{unit:04x}"))
}
