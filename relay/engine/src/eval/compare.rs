//! Equality and order. The left operand decides what the right one is converted to.

use std::cmp::Ordering;

use postern_shared::{
    syntax::Span,
    value::{Content, PsObject, PsValue},
};

use super::{
    convert::{self, Number, as_number, date, guid, not_a_date, numeric, span_of, text, type_name},
    list::unwrap,
};
use crate::error::{Error, Result};

/// The text of an object that is compared by it: an enum's name, a size, a quota, an address.
fn own_text(value: &PsValue) -> Option<&str> {
    let object = value.as_object()?;
    let textual = object.is_enum() || matches!(object.content, Content::None);
    object.to_string.as_deref().filter(|_| textual)
}

/// `left -eq right` of two single values.
pub(crate) fn same(left: &PsValue, right: &PsValue, case_sensitive: bool) -> bool {
    if let Some(own) = own_text(left) {
        // An enum equals its name and its number; any other object equals its text.
        return match (numeric(left), numeric(right)) {
            (Some(left), Some(right)) => order_numbers(left, right) == Some(Ordering::Equal),
            _ => !right.is_null() && order_text(own, &text(right), case_sensitive).is_eq(),
        };
    }
    let (left, right) = (unwrap(left), unwrap(right));
    match (left, right) {
        (PsValue::Null, _) | (_, PsValue::Null) => left.is_null() && right.is_null(),
        (PsValue::Str(left), _) => order_text(left, &text(right), case_sensitive).is_eq(),
        (PsValue::Bool(left), _) => *left == convert::as_bool(right),
        (PsValue::Char(unit), PsValue::Str(other)) => {
            order_text(&String::from_utf16_lossy(&[*unit]), other, case_sensitive).is_eq()
        }
        (PsValue::DateTime(left), PsValue::DateTime(right)) => left.utc_ticks() == right.utc_ticks(),
        (PsValue::DateTime(left), PsValue::Str(right)) => {
            date(right).is_some_and(|right| right.utc_ticks() == left.utc_ticks())
        }
        (PsValue::TimeSpan(left), PsValue::Str(right)) => span_of(right) == Some(*left),
        (PsValue::Guid(left), PsValue::Str(right)) => guid(right) == Some(*left),
        (PsValue::Object(left), PsValue::Object(right)) => same_objects(left, right),
        _ => match (numeric(left), as_number(right)) {
            (Some(left), Some(right)) => order_numbers(left, right) == Some(Ordering::Equal),
            (None, _) => {
                left == right
                    || (matches!(right, PsValue::Str(_)) && text(left).eq_ignore_ascii_case(&text(right)))
            }
            _ => false,
        },
    }
}

fn same_objects(left: &PsObject, right: &PsObject) -> bool {
    std::ptr::eq(left, right)
}

/// Order of texts as PowerShell sorts them: letters without case first, case only to break a tie.
pub(crate) fn order_text(left: &str, right: &str, case_sensitive: bool) -> Ordering {
    let folded = left.chars().flat_map(char::to_lowercase).cmp(right.chars().flat_map(char::to_lowercase));
    // The lower-case letter comes first in the culture's order.
    if case_sensitive { folded.then_with(|| right.cmp(left)) } else { folded }
}

fn order_numbers(left: Number, right: Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
        (Number::Decimal(left), Number::Decimal(right)) => Some(left.cmp(&right)),
        (Number::Int(_) | Number::Long(_), Number::Int(_) | Number::Long(_)) => {
            let whole = |number| {
                if let Number::Int(n) = number {
                    i64::from(n)
                } else if let Number::Long(n) = number {
                    n
                } else {
                    0
                }
            };
            Some(whole(left).cmp(&whole(right)))
        }
        _ => left.as_f64().partial_cmp(&right.as_f64()),
    }
}

/// The order of two single values, as `-lt` and its relatives take it.
pub(crate) fn order(left: &PsValue, right: &PsValue, case_sensitive: bool, span: Span) -> Result<Ordering> {
    let failed = |left: &PsValue, right: &PsValue| {
        let (left_text, right_text) = (text(left), text(right));
        let from = type_name(right);
        let to = type_name(unwrap(left));
        let what = format!(
            "Could not compare \"{left_text}\" to \"{right_text}\". Error: \"Cannot convert the \"{right_text}\" value of type \
             \"{from}\" to type \"{to}\".\""
        );
        Error::statement(span, "ComparisonFailure", what)
    };
    if let Some(order) = order_null(left, right) {
        return Ok(order);
    }
    if let Some(own) = own_text(left) {
        let is_enum = left.as_object().is_some_and(PsObject::is_enum);
        if is_enum && let (Some(left), Some(right)) = (numeric(left), numeric(right)) {
            return order_numbers(left, right)
                .ok_or_else(|| Error::statement(span, "ComparisonFailure", "NaN"));
        }
        let right_text = text(right);
        let what = format!(
            "Cannot compare \"{own}\" to \"{right_text}\" because the objects are not the same type or the object \"{own}\" does \
             not implement \"IComparable\"."
        );
        return Err(Error::explained(
            span,
            "PSObjectCompareTo",
            what,
            "Sizes, quotas and the like arrive from the remote side as objects whose text alone is left.",
            "Filter on the remote side, or compare a number cut from the text: \
             [long]($_.TotalItemSize -replace '.*\\(([\\d,]+) bytes\\).*', '$1' -replace ',') -gt 1GB",
        ));
    }
    let (left, right) = (unwrap(left), unwrap(right));
    match left {
        PsValue::Str(left) => Ok(order_text(left, &text(right), case_sensitive)),
        PsValue::Bool(left) => Ok(left.cmp(&convert::as_bool(right))),
        PsValue::Char(_) => Ok(order_text(&text(left), &text(right), case_sensitive)),
        PsValue::DateTime(at) => match right {
            PsValue::DateTime(other) => Ok(at.utc_ticks().cmp(&other.utc_ticks())),
            PsValue::Str(text) => {
                let other = date(text).ok_or_else(|| not_a_date(text, span))?;
                Ok(at.utc_ticks().cmp(&other.utc_ticks()))
            }
            other => match numeric(other) {
                Some(Number::Int(n)) => Ok(at.ticks.cmp(&n.into())),
                Some(Number::Long(n)) => Ok(at.ticks.cmp(&n)),
                _ => Err(failed(left, right)),
            },
        },
        PsValue::TimeSpan(own) => match right {
            PsValue::TimeSpan(other) => Ok(own.cmp(other)),
            other => span_of(&text(other)).map(|other| own.cmp(&other)).ok_or_else(|| failed(left, right)),
        },
        PsValue::Guid(own) => {
            guid(&text(right)).map(|other| own.cmp(&other)).ok_or_else(|| failed(left, right))
        }
        PsValue::Version(own) => postern_shared::value::PsVersion::parse(&text(right))
            .map(|other| own.cmp(&other))
            .ok_or_else(|| failed(left, right)),
        _ => match (numeric(left), as_number(right)) {
            (Some(own), Some(other)) => order_numbers(own, other).ok_or_else(|| failed(left, right)),
            _ => Err(failed(left, right)),
        },
    }
}

/// `$null` comes before all but negative numbers.
fn order_null(left: &PsValue, right: &PsValue) -> Option<Ordering> {
    let negative = |value: &PsValue| numeric(value).is_some_and(|number| number.as_f64() < 0.0);
    match (left.is_null(), right.is_null()) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(if negative(right) { Ordering::Greater } else { Ordering::Less }),
        (false, true) => Some(if negative(left) { Ordering::Less } else { Ordering::Greater }),
        (false, false) => None,
    }
}
