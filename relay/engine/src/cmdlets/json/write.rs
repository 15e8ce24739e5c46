//! Values as JSON: first reduced to what JSON has, then written as Newtonsoft's serialiser writes.

use std::fmt::Write as _;

use postern_shared::value::{Content, PsDateTime, PsStr, PsValue};

use super::super::Cx;
use crate::{
    interp::{Flow, files::NEW_LINE},
    members,
    ops::{date_format, list},
    value::{Category, Value},
};

/// What JSON has.
#[derive(Debug)]
pub(super) enum Json {
    /// `null`, `true`, `false` and numbers, as they are written.
    Plain(PsStr),
    Text(PsStr),
    List(Vec<Json>),
    Object(Vec<(PsStr, Json)>),
}

/// Which characters are written as `\uXXXX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Default,
    NonAscii,
    Html,
}

/// Reduces values to what JSON has.
pub(super) struct Reducer {
    depth: usize,
    enum_names: bool,
    made: usize,
    /// Whether something was too deep and became a text.
    pub(super) cut: bool,
}

impl Reducer {
    pub(super) fn new(depth: usize, enum_names: bool) -> Self {
        Self { depth, enum_names, made: 0, cut: false }
    }

    pub(super) fn reduce(&mut self, cx: &mut Cx<'_>, value: &Value, depth: usize) -> Flow<Json> {
        self.made += 1;
        cx.engine.step()?;
        cx.engine.check_items(self.made)?;
        let plain = |text: &str| Ok(Json::Plain(text.into()));
        match value {
            Value::Null | Value::Empty => plain("null"),
            Value::Bool(b) => plain(if *b { "true" } else { "false" }),
            Value::Str(text) => Ok(Json::Text(text.clone())),
            Value::Char(_) | Value::Guid(_) => Ok(Json::Text(value.text())),
            Value::DateTime(at) => Ok(Json::Text(date(*at).into())),
            Value::Double(n) => Ok(double(*n, &n.to_string_round_trip())),
            Value::Single(n) => Ok(double((*n).into(), &crate::ops::format::shortest_single(*n))),
            Value::Decimal(n) => {
                let text = n.to_string();
                Ok(Json::Plain(if text.contains('.') { text } else { format!("{text}.0") }.into()))
            }
            Value::I8(_)
            | Value::U8(_)
            | Value::I16(_)
            | Value::U16(_)
            | Value::I32(_)
            | Value::U32(_)
            | Value::I64(_)
            | Value::U64(_) => Ok(Json::Plain(value.text())),
            Value::Enum(member) => Ok(if self.enum_names {
                Json::Text(member.name().into())
            } else {
                Json::Plain(member.number.to_string().into())
            }),
            Value::Raw(raw) => match &**raw {
                PsValue::SecureString(_) if depth <= self.depth => Ok(Json::Object(Vec::new())),
                PsValue::SecureString(_) => Ok(Json::Text("System.Security.SecureString".into())),
                _ => Ok(Json::Text(value.text())),
            },
            Value::Remote(object) if object.is_enum() => match &object.content {
                Content::Value(number) if !self.enum_names => Ok(Json::Plain(number.to_string().into())),
                _ => Ok(Json::Text(value.text())),
            },
            Value::Wrapped(wrapped) => {
                let json = self.reduce(cx, &wrapped.base, depth)?;
                let notes = wrapped.notes.properties();
                let bare = matches!(wrapped.base.base(), Value::Str(_) | Value::DateTime(_));
                if notes.is_empty() || bare || depth > self.depth {
                    return Ok(json);
                }
                let mut entries = match json {
                    Json::Object(entries) => entries,
                    json => vec![("value".into(), json)],
                };
                for (name, value) in notes {
                    let json = self.reduce(cx, &value, depth + 1)?;
                    set(&mut entries, name, json);
                }
                Ok(Json::Object(entries))
            }
            Value::Remote(object) if matches!(&object.content, Content::Value(_)) => {
                let Content::Value(inner) = &object.content else { return plain("null") };
                let inner = Value::from(inner.clone());
                let json = self.reduce(cx, &inner, depth)?;
                let notes = &object.extended;
                if notes.is_empty()
                    || depth > self.depth
                    || matches!(inner, Value::Str(_) | Value::DateTime(_))
                {
                    return Ok(json);
                }
                let mut entries = vec![("value".into(), json)];
                for (name, value) in notes.iter() {
                    let json = self.reduce(cx, &Value::from(value.clone()), depth + 1)?;
                    set(&mut entries, name.clone(), json);
                }
                Ok(Json::Object(entries))
            }
            Value::Net(object) if is_text(object.type_of()) => Ok(Json::Text(value.text())),
            value if depth > self.depth => {
                self.cut = true;
                Ok(Json::Text(cx.engine.text_of(value)?))
            }
            value => self.structure(cx, value, depth),
        }
    }

    fn structure(&mut self, cx: &mut Cx<'_>, value: &Value, depth: usize) -> Flow<Json> {
        let pairs: Option<Vec<(Value, Value)>> = match value {
            Value::Hash(hash) => Some(hash.entries()),
            Value::Remote(object) => match &object.content {
                Content::Dictionary(pairs) => Some(
                    pairs.iter().map(|(key, value)| (key.clone().into(), value.clone().into())).collect(),
                ),
                _ => None,
            },
            _ => None,
        };
        let mut entries: Vec<(PsStr, Json)> = Vec::new();
        if let Some(pairs) = pairs {
            for (key, own) in pairs {
                let Some(name) = key.as_str() else {
                    return Err(cx.fail(
                        "System.InvalidOperationException",
                        "NonStringKeyInDictionary",
                        Category::InvalidOperation,
                        value.clone(),
                        format!(
                            "The type '{}' is not supported for serialization or deserialization of a dictionary. Keys must be strings.",
                            value.type_name()
                        ),
                    ));
                };
                let json = self.reduce(cx, &own, depth + 1)?;
                entries.push((name.into(), json));
            }
            return Ok(Json::Object(entries));
        }
        if let Some(items) = list::items(value) {
            let mut all = Vec::with_capacity(items.len());
            for item in &items {
                all.push(self.reduce(cx, item, depth + 1)?);
            }
            return Ok(Json::List(all));
        }
        let properties = match value {
            Value::TimeSpan(_) => SPAN.iter().map(|name| PsStr::from_static(name)).collect(),
            Value::Version(_) => VERSION.iter().map(|name| PsStr::from_static(name)).collect(),
            Value::Switch(_) => vec![PsStr::from_static("IsPresent")],
            Value::Type(_) | Value::Block(_) => return Ok(Json::Text(value.text())),
            _ => members::properties_of(value).into_iter().map(|(name, _)| name).collect::<Vec<_>>(),
        };
        for name in properties {
            let own = cx.engine.property(value, &name)?.unwrap_or_default();
            let json = self.reduce(cx, &own, depth + 1)?;
            set(&mut entries, name, json);
        }
        Ok(Json::Object(entries))
    }
}

/// A span's properties in the order of .NET.
const SPAN: [&str; 15] = [
    "Ticks",
    "Days",
    "Hours",
    "Milliseconds",
    "Microseconds",
    "Nanoseconds",
    "Minutes",
    "Seconds",
    "TotalDays",
    "TotalHours",
    "TotalMilliseconds",
    "TotalMicroseconds",
    "TotalNanoseconds",
    "TotalMinutes",
    "TotalSeconds",
];

/// A version's properties in the order of .NET.
const VERSION: [&str; 6] = ["Major", "Minor", "Build", "Revision", "MajorRevision", "MinorRevision"];

fn is_text(ty: crate::value::Type) -> bool {
    use crate::value::Type;
    matches!(ty, Type::Uri | Type::DateTimeOffset | Type::CultureInfo)
}

fn set(entries: &mut Vec<(PsStr, Json)>, name: PsStr, json: Json) {
    match entries.iter_mut().find(|(own, _)| *own == name) {
        Some(entry) => entry.1 = json,
        None => entries.push((name, json)),
    }
}

trait RoundTrip {
    fn to_string_round_trip(&self) -> String;
}

impl RoundTrip for f64 {
    fn to_string_round_trip(&self) -> String {
        crate::ops::number_format::general(crate::convert::Number::Double(*self), false)
    }
}

fn double(n: f64, text: &str) -> Json {
    if !n.is_finite() {
        // Newtonsoft writes the names as texts.
        return Json::Text(
            if n.is_nan() {
                "NaN"
            } else if n > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            }
            .into(),
        );
    }
    Json::Plain(if text.contains(['.', 'E', 'e']) { text.into() } else { format!("{text}.0").into() })
}

/// ISO 8601 with no more digits of the second than there are.
fn date(at: PsDateTime) -> String {
    let text = date_format::date(at, "yyyy-MM-ddTHH:mm:ss.fffffff").unwrap_or_default();
    let zone = date_format::date(at, "%K").unwrap_or_default();
    format!("{}{zone}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Writes JSON; `indent` is the level where it is laid out in lines.
pub(super) fn write(json: &Json, escape: Escape, indent: Option<usize>, out: &mut String) {
    let new_line = |level: usize, out: &mut String| {
        out.push_str(NEW_LINE);
        out.extend(std::iter::repeat_n("  ", level));
    };
    match json {
        Json::Plain(text) => out.push_str(text),
        Json::Text(text) => quoted(text, escape, out),
        Json::List(items) if items.is_empty() => out.push_str("[]"),
        Json::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                if let Some(level) = indent {
                    new_line(level + 1, out);
                }
                write(item, escape, indent.map(|level| level + 1), out);
            }
            if let Some(level) = indent {
                new_line(level, out);
            }
            out.push(']');
        }
        Json::Object(entries) => {
            out.push('{');
            for (at, (name, value)) in entries.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                if let Some(level) = indent {
                    new_line(level + 1, out);
                }
                quoted(name, escape, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(value, escape, indent.map(|level| level + 1), out);
            }
            if let Some(level) = indent {
                new_line(level, out);
            }
            out.push('}');
        }
    }
}

fn quoted(text: &str, escape: Escape, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let coded = match c {
            '"' if escape != Escape::Html => {
                out.push_str("\\\"");
                continue;
            }
            '\\' => {
                out.push_str("\\\\");
                continue;
            }
            '\n' => {
                out.push_str("\\n");
                continue;
            }
            '\r' => {
                out.push_str("\\r");
                continue;
            }
            '\t' => {
                out.push_str("\\t");
                continue;
            }
            '\u{8}' => {
                out.push_str("\\b");
                continue;
            }
            '\u{c}' => {
                out.push_str("\\f");
                continue;
            }
            '\u{0}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
            '<' | '>' | '&' | '\'' | '"' => escape == Escape::Html,
            c => escape == Escape::NonAscii && c >= '\u{7f}',
        };
        if coded {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
}
