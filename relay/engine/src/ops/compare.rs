//! Equality and order.

use std::{cmp::Ordering, rc::Rc};

use postern_shared::value::{Content, DateTimeKind, PsDateTime, PsValue};

use super::list;
use crate::{
    convert::{self, Number, dates, number, numeric},
    value::{Type, Value},
};

/// Whether two texts are the same.
pub(crate) fn same_text(a: &str, b: &str, case_sensitive: bool) -> bool {
    if case_sensitive || a == b {
        return a == b;
    }
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// Order of two texts as a culture has it: letters before case, punctuation before digits before letters, hyphens and
/// apostrophes last of all.
pub(crate) fn order_text(a: &str, b: &str, case_sensitive: bool) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_ascii() && b.is_ascii() {
        return order_ascii(a.as_bytes(), b.as_bytes(), case_sensitive);
    }
    let key = |text: &str| -> Vec<(u8, char, char)> {
        text.chars()
            .map(|c| {
                let base = base_letter(c);
                (class(base), base.to_lowercase().next().unwrap_or(base), c)
            })
            .collect()
    };
    let (ka, kb) = (key(a), key(b));
    let primary =
        |key: &[(u8, char, char)]| key.iter().map(|(class, base, _)| (*class, *base)).collect::<Vec<_>>();
    let first = primary(&ka).cmp(&primary(&kb));
    if first != Ordering::Equal {
        return first;
    }
    let marks = |key: &[(u8, char, char)]| {
        key.iter().map(|(_, _, c)| c.to_lowercase().next().unwrap_or(*c)).collect::<Vec<_>>()
    };
    let second = marks(&ka).cmp(&marks(&kb));
    if second != Ordering::Equal || !case_sensitive {
        return second;
    }
    for ((_, _, x), (_, _, y)) in ka.iter().zip(&kb) {
        if x != y {
            return if x.is_lowercase() { Ordering::Less } else { Ordering::Greater };
        }
    }
    Ordering::Equal
}

fn order_ascii(a: &[u8], b: &[u8], case_sensitive: bool) -> Ordering {
    let key = |byte: u8| (class(byte as char), weight(byte.to_ascii_lowercase()));
    for (x, y) in a.iter().zip(b) {
        let order = key(*x).cmp(&key(*y));
        if order != Ordering::Equal {
            return order;
        }
    }
    let length = a.len().cmp(&b.len());
    if length != Ordering::Equal || !case_sensitive {
        return length;
    }
    for (x, y) in a.iter().zip(b) {
        if x != y {
            // Small letters go before capitals.
            return if x.is_ascii_lowercase() { Ordering::Less } else { Ordering::Greater };
        }
    }
    Ordering::Equal
}

/// Blanks and punctuation, symbols, digits, letters.
fn class(c: char) -> u8 {
    if c.is_alphabetic() {
        4
    } else if c.is_numeric() {
        3
    } else if "`^¨~¢£¤¥+<=>|$€±×÷".contains(c) {
        2
    } else {
        u8::from(!c.is_whitespace() && !c.is_control())
    }
}

/// Where punctuation stands among its kind.
fn weight(byte: u8) -> u8 {
    const ORDER: &[u8] = b"_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    match ORDER.iter().position(|own| *own == byte) {
        Some(at) => at as u8,
        None => byte,
    }
}

/// A letter without its marks.
fn base_letter(c: char) -> char {
    match c {
        'à'..='å' | 'ā' => 'a',
        'À'..='Å' => 'A',
        'ç' => 'c',
        'Ç' => 'C',
        'è'..='ë' => 'e',
        'È'..='Ë' => 'E',
        'ì'..='ï' => 'i',
        'Ì'..='Ï' => 'I',
        'ñ' => 'n',
        'Ñ' => 'N',
        'ò'..='ö' => 'o',
        'Ò'..='Ö' => 'O',
        'ù'..='ü' => 'u',
        'Ù'..='Ü' => 'U',
        'ý' | 'ÿ' => 'y',
        'ß' => 's',
        c => c,
    }
}

/// What a remote value is compared as: an enum's name, a size's text, a scalar that carries notes.
fn comparable(value: &Value) -> Option<Value> {
    match value {
        Value::Remote(object) => match &object.content {
            Content::Value(inner) if !object.is_enum() => Some(inner.clone().into()),
            Content::List(_) | Content::Enumerable(_) | Content::Dictionary(_) => None,
            _ => object.to_string.clone().map(Value::Str),
        },
        Value::Wrapped(wrapped) => Some(wrapped.base.clone()),
        Value::Raw(raw) => match &**raw {
            PsValue::Uri(text) | PsValue::ScriptBlock(text) => Some(Value::str(text.as_str())),
            _ => None,
        },
        _ => None,
    }
}

/// `left -eq right` for values that are no collections.
pub(crate) fn equal(left: &Value, right: &Value, case_sensitive: bool) -> bool {
    match (left, right) {
        (Value::I32(a), Value::I32(b)) => return a == b,
        (Value::Str(a), Value::Str(b)) => return same_text(a, b, case_sensitive),
        (Value::Null | Value::Empty, Value::Null | Value::Empty) => return true,
        (Value::Null | Value::Empty, _) | (_, Value::Null | Value::Empty) => return false,
        _ => {}
    }
    if left.same(right) {
        return true;
    }
    if let Some(left) = comparable(left) {
        return equal(&left, right, case_sensitive);
    }
    if let Some(right) = comparable(right)
        && !matches!(left, Value::Remote(_))
    {
        return equal(left, &right, case_sensitive);
    }
    match left {
        // Text decides: the right side becomes text.
        Value::Str(a) => same_text(a, &right.text(), case_sensitive),
        Value::Char(a) => match right {
            Value::Char(b) => a == b || !case_sensitive && same_text(&left.text(), &right.text(), false),
            Value::Str(_) => same_text(&left.text(), &right.text(), case_sensitive),
            other => number(other).is_some_and(|n| n.as_whole() == Some((*a).into())),
        },
        Value::Bool(a) | Value::Switch(a) => *a == convert::truth(right),
        Value::Enum(a) => match right {
            Value::Enum(b) => a.ty == b.ty && a.number == b.number,
            Value::Str(text) => a.ty.parse(text).is_some_and(|b| a.number == b.number),
            other => number(other).is_some_and(|n| n.as_whole() == Some(a.number.into())),
        },
        Value::Type(a) => match right {
            Value::Type(b) => a == b,
            other => Type::parse(&other.text()).is_some_and(|b| *a == b),
        },
        Value::Block(_) => false,
        _ => order_same(left, right, case_sensitive) == Some(Ordering::Equal),
    }
}

/// Order of two values; `None` if they cannot be compared.
pub(crate) fn order(left: &Value, right: &Value, case_sensitive: bool) -> Option<Ordering> {
    match (left, right) {
        (Value::I32(a), Value::I32(b)) => return Some(a.cmp(b)),
        (Value::Str(a), Value::Str(b)) => return Some(order_text(a, b, case_sensitive)),
        (Value::Null | Value::Empty, Value::Null | Value::Empty) => return Some(Ordering::Equal),
        (Value::Null | Value::Empty, right) => {
            return Some(match numeric(right) {
                Some(n) if n.as_f64() < 0.0 => Ordering::Greater,
                _ => Ordering::Less,
            });
        }
        (left, Value::Null | Value::Empty) => {
            return Some(match numeric(left) {
                Some(n) if n.as_f64() < 0.0 => Ordering::Less,
                _ => Ordering::Greater,
            });
        }
        _ => {}
    }
    if let Some(left) = comparable(left) {
        return order(&left, right, case_sensitive);
    }
    if let Some(right) = comparable(right)
        && !matches!(left, Value::Remote(_))
    {
        return order(left, &right, case_sensitive);
    }
    match left {
        Value::Str(a) => Some(order_text(a, &right.text(), case_sensitive)),
        Value::Bool(a) | Value::Switch(a) => match right {
            Value::Bool(b) | Value::Switch(b) => Some(a.cmp(b)),
            other => Some(a.cmp(&convert::truth(other))),
        },
        _ => order_same(left, right, case_sensitive),
    }
}

/// Order by the type of the left value.
fn order_same(left: &Value, right: &Value, case_sensitive: bool) -> Option<Ordering> {
    if let Some(a) = numeric(left) {
        return order_numbers(a, number(right)?);
    }
    match (left, right) {
        (Value::DateTime(a), right) => Some(a.ticks.cmp(&as_date(right)?.ticks)),
        (Value::TimeSpan(a), right) => Some(a.ticks.cmp(&match right {
            Value::TimeSpan(b) => b.ticks,
            Value::Str(text) => dates::parse_span(text)?.ticks,
            other => convert::integer(other)?,
        })),
        (Value::Version(a), Value::Version(b)) => Some(a.cmp(b)),
        (Value::Version(a), right) => Some(a.cmp(&postern_shared::value::PsVersion::parse(&right.text())?)),
        (Value::Guid(a), Value::Guid(b)) => Some(a.cmp(b)),
        (Value::Guid(a), right) => {
            let text = right.text();
            let text = text.trim().trim_start_matches('{').trim_end_matches('}');
            Some(a.cmp(&postern_shared::value::Uuid::parse_str(text).ok()?))
        }
        (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
        (Value::Char(_), Value::Str(text)) => Some(order_text(&left.text(), text, case_sensitive)),
        // A pattern is equal to itself alone, as every object without an equality of its own.
        (Value::Net(a), _) if a.type_of() == crate::value::Type::Regex => match right {
            Value::Net(b) => std::ptr::eq(Rc::as_ptr(a).cast::<()>(), Rc::as_ptr(b).cast::<()>())
                .then_some(Ordering::Equal),
            _ => None,
        },
        (Value::Net(a), _) if !list::is_list(left) => match right {
            Value::Net(b) if a.type_name() == b.type_name() => {
                (a.text() == b.text()).then_some(Ordering::Equal)
            }
            Value::Str(text) => same_text(&a.text(), text, case_sensitive).then_some(Ordering::Equal),
            _ => None,
        },
        (Value::Raw(_), _) => (left.text() == right.text()).then_some(Ordering::Equal),
        _ => None,
    }
}

fn as_date(value: &Value) -> Option<PsDateTime> {
    match value {
        Value::DateTime(at) => Some(*at),
        Value::Str(text) => {
            dates::parse(text, &|_| 0, PsDateTime { ticks: 0, kind: DateTimeKind::Unspecified })
        }
        _ => None,
    }
}

fn order_numbers(a: Number, b: Number) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_whole(), b.as_whole()) {
        return Some(a.cmp(&b));
    }
    if let (Number::Decimal(_), _) | (_, Number::Decimal(_)) = (a, b)
        && let (Some(a), Some(b)) = (a.as_decimal(), b.as_decimal())
    {
        return Some(a.cmp(&b));
    }
    a.as_f64().partial_cmp(&b.as_f64())
}
