//! Conversions, as PowerShell's `LanguagePrimitives` makes them.

pub(crate) mod dates;
mod number;
mod to;

pub(crate) use self::number::{Number, number, numeric, parse_number};
use postern_shared::value::{Content, PsStr, PsValue};

use crate::{
    ops::list,
    value::{Type, Value},
};

/// Why a conversion failed.
#[derive(Debug)]
pub(crate) struct ConvertError {
    pub(crate) id: &'static str,
    pub(crate) message: String,
    /// The exception inside.
    pub(crate) inner: Option<(&'static str, String)>,
}

/// Whether a value counts as true.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Null | Value::Empty => false,
        Value::Bool(b) | Value::Switch(b) => *b,
        Value::Str(text) => !text.is_empty(),
        Value::I32(n) => *n != 0,
        Value::Char(n) => *n != 0,
        Value::I64(n) => *n != 0,
        Value::Double(n) => *n != 0.0,
        Value::Enum(n) => n.number != 0,
        Value::Array(array) => list_truth(&array.items.borrow()),
        Value::List(list) => list_truth(&list.items.borrow()),
        Value::Wrapped(wrapped) => truth(&wrapped.base),
        Value::Remote(object) => match &object.content {
            Content::Value(_) if object.is_enum() => true,
            Content::Value(inner) => truth(&Value::from(inner.clone())),
            Content::List(items) | Content::Enumerable(items) => match items.as_slice() {
                [] => false,
                [one] => truth(&Value::from(one.clone())),
                _ => true,
            },
            _ => true,
        },
        Value::Net(object) if object.type_of() == Type::Enumerator => true,
        Value::Net(_) => match list::items(value) {
            Some(items) => list_truth(&items),
            None => true,
        },
        Value::Raw(_)
        | Value::Hash(_)
        | Value::Object(_)
        | Value::Block(_)
        | Value::Type(_)
        | Value::Error(_) => true,
        other => numeric(other).is_none_or(|number| number.as_f64() != 0.0),
    }
}

fn list_truth(items: &[Value]) -> bool {
    match items {
        [] => false,
        [one] => match one {
            Value::Array(array) => !array.is_empty(),
            one => truth(one),
        },
        _ => true,
    }
}

/// The value as a whole number, rounded to even; `None` if it is none.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match number(value)? {
        Number::Int(n) => Some(n.into()),
        Number::UInt(n) => Some(n.into()),
        Number::Long(n) => Some(n),
        Number::ULong(n) => i64::try_from(n).ok(),
        other => {
            let n = other.as_f64().round_ties_even();
            (n >= i64::MIN as f64 && n < i64::MAX as f64).then_some(n as i64)
        }
    }
}

/// An end of a range as an Int32.
pub(crate) fn range_end(value: &Value) -> Option<i32> {
    match value.base() {
        Value::I32(n) => Some(*n),
        Value::Char(_) => None,
        Value::Str(text) if parse_number(text).is_none() => None,
        Value::Bool(_) => None,
        other => i32::try_from(integer(other)?).ok(),
    }
}

/// The texts of a value or of a collection's items.
pub(crate) fn text_list(value: &Value) -> Vec<PsStr> {
    match list::items(value) {
        Some(items) => items.iter().map(Value::text).collect(),
        None if value.is_null() => Vec::new(),
        None => vec![value.text()],
    }
}

/// What a variable or parameter of a type is before it is set.
pub(crate) fn default_of(ty: Type, typed: bool) -> Value {
    if !typed {
        return Value::Null;
    }
    match ty {
        Type::String => Value::str(""),
        Type::Bool => Value::Bool(false),
        Type::Switch => Value::Switch(false),
        Type::Char => Value::Char(0),
        Type::SByte => Value::I8(0),
        Type::Byte => Value::U8(0),
        Type::Int16 => Value::I16(0),
        Type::UInt16 => Value::U16(0),
        Type::Int32 => Value::I32(0),
        Type::UInt32 => Value::U32(0),
        Type::Int64 => Value::I64(0),
        Type::UInt64 => Value::U64(0),
        Type::Single => Value::Single(0.0),
        Type::Double => Value::Double(0.0),
        Type::Decimal => Value::Decimal(0.into()),
        _ => Value::Null,
    }
}

/// The number of an enum's member as the wire has it.
pub(crate) fn enum_number(object: &postern_shared::value::PsObject) -> Option<i64> {
    match &object.content {
        Content::Value(value) if object.is_enum() => PsValue::as_i64(value),
        _ => None,
    }
}
