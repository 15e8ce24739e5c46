//! Members of strings. Positions count UTF-16 units, as in .NET.

use postern_shared::value::PsStr;

use crate::{
    convert::{integer, truth},
    interp::{Engine, Flow},
    ops::list,
    value::{Array, Type, Value, enums},
};

pub(super) fn property(text: &PsStr, name: &str) -> Option<Value> {
    name.eq_ignore_ascii_case("Length").then(|| Value::I32(length(text) as i32))
}

/// Length in UTF-16 units.
pub(crate) fn length(text: &PsStr) -> usize {
    if text.is_ascii() { text.len() } else { text.to_utf16().len() }
}

/// A part of a text by UTF-16 positions.
pub(crate) fn slice(text: &PsStr, start: usize, len: usize) -> PsStr {
    if text.is_ascii() {
        return text.get(start..start + len).unwrap_or("").into();
    }
    let units = text.to_utf16();
    PsStr::from_utf16(units.get(start..start + len).unwrap_or(&[]))
}

fn comparison(value: Option<&Value>) -> bool {
    // Whether case is ignored.
    match value.map(Value::base) {
        Some(Value::Enum(found)) if found.ty == &enums::STRING_COMPARISON => found.number % 2 == 1,
        Some(Value::Str(text)) => text.to_ascii_lowercase().ends_with("ignorecase"),
        Some(Value::Bool(ignore)) => *ignore,
        Some(Value::I32(n)) => n % 2 == 1,
        _ => false,
    }
}

fn fold(text: &str, ignore_case: bool) -> String {
    if ignore_case { text.to_lowercase() } else { text.to_owned() }
}

/// The UTF-16 position of a byte position.
fn units_before(text: &str, byte: usize) -> i32 {
    text.get(..byte).map_or(0, |text| text.encode_utf16().count()) as i32
}

/// The byte position of a UTF-16 position.
fn byte_at(text: &str, unit: usize) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The characters of arguments such as those of `Trim` and `Split`.
fn chars(values: &[Value]) -> Vec<char> {
    values
        .iter()
        .flat_map(|value| list::items(value).unwrap_or_else(|| vec![value.clone()]))
        .flat_map(|value| value.text().chars().collect::<Vec<_>>())
        .collect()
}

pub(super) fn call(
    engine: &mut Engine,
    text: &PsStr,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let lower = name.to_ascii_lowercase();
    let first = arguments.first();
    let int = |at: usize| arguments.get(at).and_then(integer);
    let string = |at: usize| arguments.get(at).map(Value::text).unwrap_or_default();
    let out_of_range = |engine: &Engine, message: &str| {
        Some(Err(engine.method_error("System.ArgumentOutOfRangeException", name, arguments.len(), message)))
    };
    Some(Ok(match (lower.as_str(), arguments.len()) {
        ("toupper" | "toupperinvariant", _) => Value::str(upper(text)),
        ("tolower" | "tolowerinvariant", _) => Value::str(text.to_lowercase()),
        ("trim", 0) => Value::str(text.trim()),
        ("trimstart", 0) => Value::str(text.trim_start()),
        ("trimend", 0) => Value::str(text.trim_end()),
        ("trim", _) => Value::str(text.trim_matches(chars(arguments).as_slice())),
        ("trimstart", _) => Value::str(text.trim_start_matches(chars(arguments).as_slice())),
        ("trimend", _) => Value::str(text.trim_end_matches(chars(arguments).as_slice())),
        ("substring", 1 | 2) => {
            let len = length(text) as i64;
            let (Some(start), Some(count)) =
                (int(0), if arguments.len() == 2 { int(1) } else { Some(len - int(0)?) })
            else {
                return Some(Err(engine.no_overload(name, arguments.len())));
            };
            if start < 0 || start > len {
                return out_of_range(
                    engine,
                    if start < 0 {
                        "StartIndex cannot be less than zero. (Parameter 'startIndex')"
                    } else {
                        "startIndex cannot be larger than length of string. (Parameter 'startIndex')"
                    },
                );
            }
            if count < 0 || start + count > len {
                return out_of_range(
                    engine,
                    if count < 0 {
                        "Length cannot be less than zero. (Parameter 'length')"
                    } else {
                        "Index and length must refer to a location within the string. (Parameter 'length')"
                    },
                );
            }
            Value::Str(slice(text, start as usize, count as usize))
        }
        ("replace", 2..) => {
            let (from, to) = (string(0), string(1));
            if from.is_empty() {
                return Some(Err(engine.method_error(
                    "System.ArgumentException",
                    name,
                    arguments.len(),
                    "String cannot be of zero length. (Parameter 'oldValue')",
                )));
            }
            let count = text.matches(from.as_str()).count();
            if let Err(stop) = engine.check_text(text.len() + count.saturating_mul(to.len())) {
                return Some(Err(stop));
            }
            if comparison(arguments.get(2)) {
                let regex =
                    match engine.regex(&crate::ops::regex::escape(&from), crate::ops::regex::IGNORE_CASE) {
                        Ok(regex) => regex,
                        Err(stop) => return Some(Err(stop)),
                    };
                Value::str(regex.replace_all(text, fancy_regex::NoExpand(&to)).into_owned())
            } else {
                Value::str(text.replace(from.as_str(), &to))
            }
        }
        ("contains", 1 | 2) => {
            let ignore = comparison(arguments.get(1));
            Value::Bool(fold(text, ignore).contains(&fold(&string(0), ignore)))
        }
        ("startswith", 1..) => {
            let ignore = comparison(arguments.get(1));
            Value::Bool(fold(text, ignore).starts_with(&fold(&string(0), ignore)))
        }
        ("endswith", 1..) => {
            let ignore = comparison(arguments.get(1));
            Value::Bool(fold(text, ignore).ends_with(&fold(&string(0), ignore)))
        }
        ("equals", 1 | 2) => {
            let ignore = comparison(arguments.get(1));
            Value::Bool(
                matches!(first, Some(Value::Str(_))) && fold(text, ignore) == fold(&string(0), ignore),
            )
        }
        ("compareto", 1) => Value::I32(crate::ops::compare::order_text(text, &string(0), true) as i32),
        ("indexof", 1..) => {
            let option =
                arguments.iter().skip(1).find(|value| matches!(value, Value::Enum(_) | Value::Str(_)));
            let ignore = comparison(option);
            let start = match arguments.get(1) {
                Some(Value::I32(n)) => byte_at(text, usize::try_from(*n).unwrap_or(0)),
                _ => 0,
            };
            let rest = text.get(start..).unwrap_or("");
            let found = fold(rest, ignore).find(&fold(&string(0), ignore));
            Value::I32(found.map_or(-1, |at| units_before(text, start + at)))
        }
        ("lastindexof", 1..) => {
            let ignore = comparison(
                arguments.iter().skip(1).find(|value| matches!(value, Value::Enum(_) | Value::Str(_))),
            );
            let found = fold(text, ignore).rfind(&fold(&string(0), ignore));
            Value::I32(found.map_or(-1, |at| units_before(text, at)))
        }
        ("indexofany", 1) => {
            let found = text.find(chars(arguments).as_slice());
            Value::I32(found.map_or(-1, |at| units_before(text, at)))
        }
        ("lastindexofany", 1) => {
            let found = text.rfind(chars(arguments).as_slice());
            Value::I32(found.map_or(-1, |at| units_before(text, at)))
        }
        ("padleft" | "padright", 1 | 2) => {
            let width = usize::try_from(int(0).unwrap_or(0)).unwrap_or(0);
            if let Err(stop) = engine.check_text(width) {
                return Some(Err(stop));
            }
            let fill = arguments.get(1).map_or(" ".into(), Value::text);
            let fill = fill.repeat(width.saturating_sub(length(text)));
            Value::str(if lower == "padleft" { format!("{fill}{text}") } else { format!("{text}{fill}") })
        }
        ("insert", 2) => {
            let at = int(0).unwrap_or(-1);
            if at < 0 || at > length(text) as i64 {
                return out_of_range(
                    engine,
                    "Specified argument was out of the range of valid values. (Parameter 'startIndex')",
                );
            }
            let (head, tail) = text.split_at(byte_at(text, at as usize));
            Value::str(format!("{head}{}{tail}", string(1)))
        }
        ("remove", 1 | 2) => {
            let len = length(text) as i64;
            let start = int(0).unwrap_or(-1);
            let count = if arguments.len() == 2 { int(1).unwrap_or(0) } else { len - start };
            if start < 0 || count < 0 || start + count > len {
                return out_of_range(
                    engine,
                    "Index and count must refer to a location within the string. (Parameter 'count')",
                );
            }
            let head = slice(text, 0, start as usize);
            let tail = slice(text, (start + count) as usize, (len - start - count) as usize);
            Value::str(format!("{head}{tail}"))
        }
        ("split", 0..) => split(text, arguments),
        ("tochararray", 0) => {
            Value::Array(Array::new(Type::Char, text.to_utf16().into_iter().map(Value::Char).collect()))
        }
        ("tostring" | "clone" | "normalize", 0 | 1) => Value::Str(text.clone()),
        ("getenumerator", 0) => Value::Net(super::enumerator::Enumerator::new(
            text.to_utf16().into_iter().map(Value::Char).collect(),
        )),
        ("get_chars" | "chars", 1) => return Some(engine.index(&Value::Str(text.clone()), &arguments[0])),
        ("isnullorempty", _) => return None,
        ("toint32", _) => return Some(engine.cast(Value::Str(text.clone()), Type::Int32)),
        ("toboolean", _) => Value::Bool(truth(&Value::Str(text.clone()))),
        _ => return None,
    }))
}

/// `Split`: separators as characters, or as texts where an array of strings is given.
fn split(text: &PsStr, arguments: &[Value]) -> Value {
    let mut count = i64::MAX;
    let (mut remove_empty, mut trim) = (false, false);
    let mut separators: Vec<String> = Vec::new();
    let mut any = false;
    for (at, argument) in arguments.iter().enumerate() {
        match argument.base() {
            Value::Enum(found) if found.ty == &enums::STRING_SPLIT_OPTIONS => {
                remove_empty |= found.number & 1 != 0;
                trim |= found.number & 2 != 0;
            }
            Value::I32(n) if at > 0 => count = (*n).into(),
            Value::Str(digits) if at > 0 && digits.parse::<i32>().is_ok() => {
                count = digits.parse().unwrap_or(count);
            }
            Value::Str(word)
                if at > 0 && enums::STRING_SPLIT_OPTIONS.parse(word).is_some() && word.len() > 2 =>
            {
                let found = enums::STRING_SPLIT_OPTIONS.parse(word).map_or(0, |found| found.number);
                remove_empty |= found & 1 != 0;
                trim |= found & 2 != 0;
            }
            other => {
                any = true;
                match list::items(other) {
                    Some(items) => separators.extend(items.iter().map(|item| item.text().to_string())),
                    None => separators.push(other.text().to_string()),
                }
            }
        }
    }
    separators.retain(|separator| !separator.is_empty());
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text.as_str();
    loop {
        if parts.len() as i64 >= count.saturating_sub(1) {
            break;
        }
        let found = if separators.is_empty() {
            let _ = any;
            rest.char_indices().find(|(_, c)| c.is_whitespace()).map(|(at, c)| (at, c.len_utf8()))
        } else {
            separators
                .iter()
                .filter_map(|separator| rest.find(separator.as_str()).map(|at| (at, separator.len())))
                .min_by_key(|(at, _)| *at)
        };
        let Some((at, len)) = found else { break };
        let part = if trim { rest[..at].trim() } else { &rest[..at] };
        if !(remove_empty && part.is_empty()) {
            parts.push(part);
        }
        rest = &rest[at + len..];
    }
    let part = if trim { rest.trim() } else { rest };
    if !(remove_empty && part.is_empty()) {
        parts.push(part);
    }
    Value::Array(Array::new(Type::String, parts.into_iter().map(Value::str).collect()))
}

/// In capitals, a letter for a letter: `ß` stays.
fn upper(text: &str) -> String {
    let one = |c: char| {
        let mut upper = c.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
    };
    text.chars().map(one).collect()
}
