//! Numbers of every width, as arithmetic and comparison take them.

use postern_shared::value::{Content, Decimal};
use rust_decimal::prelude::ToPrimitive;

use crate::value::Value;

/// A number in the width that arithmetic uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i32),
    UInt(u32),
    Long(i64),
    ULong(u64),
    Double(f64),
    Decimal(Decimal),
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(n) => n.into(),
            Self::UInt(n) => n.into(),
            Self::Long(n) => n as f64,
            Self::ULong(n) => n as f64,
            Self::Double(n) => n,
            Self::Decimal(n) => n.to_f64().unwrap_or(f64::NAN),
        }
    }

    /// As a decimal, if it fits.
    pub(crate) fn as_decimal(self) -> Option<Decimal> {
        Some(match self {
            Self::Int(n) => n.into(),
            Self::UInt(n) => n.into(),
            Self::Long(n) => n.into(),
            Self::ULong(n) => n.into(),
            Self::Double(n) => {
                // .NET keeps 15 significant digits.
                let text = format!("{n:.14e}");
                Decimal::from_scientific(&text).ok()?.normalize()
            }
            Self::Decimal(n) => n,
        })
    }

    /// As a whole number, if it is an integer of some width.
    pub(crate) fn as_whole(self) -> Option<i128> {
        match self {
            Self::Int(n) => Some(n.into()),
            Self::UInt(n) => Some(n.into()),
            Self::Long(n) => Some(n.into()),
            Self::ULong(n) => Some(n.into()),
            _ => None,
        }
    }

    /// Rank of the width: the higher of two decides.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Int(_) => 0,
            Self::UInt(_) => 1,
            Self::Long(_) => 2,
            Self::ULong(_) => 3,
            Self::Double(_) => 4,
            Self::Decimal(_) => 5,
        }
    }

    pub(crate) fn value(self) -> Value {
        match self {
            Self::Int(n) => Value::I32(n),
            Self::UInt(n) => Value::U32(n),
            Self::Long(n) => Value::I64(n),
            Self::ULong(n) => Value::U64(n),
            Self::Double(n) => Value::Double(n),
            Self::Decimal(n) => Value::Decimal(n),
        }
    }
}

/// The number that a value of a numeric type is.
pub(crate) fn numeric(value: &Value) -> Option<Number> {
    Some(match value {
        Value::I32(n) => Number::Int(*n),
        Value::I64(n) => Number::Long(*n),
        Value::Double(n) => Number::Double(*n),
        Value::I8(n) => Number::Int((*n).into()),
        Value::U8(n) => Number::Int((*n).into()),
        Value::I16(n) => Number::Int((*n).into()),
        Value::U16(n) => Number::Int((*n).into()),
        Value::U32(n) => Number::UInt(*n),
        Value::U64(n) => Number::ULong(*n),
        Value::Single(n) => Number::Double((*n).into()),
        Value::Decimal(n) => Number::Decimal(*n),
        Value::Enum(value) => i32::try_from(value.number).map_or(Number::Long(value.number), Number::Int),
        Value::Wrapped(wrapped) => return numeric(&wrapped.base),
        Value::Remote(object) => match &object.content {
            Content::Value(inner) => return numeric(&Value::from(inner.clone())),
            _ => return None,
        },
        _ => return None,
    })
}

/// The number that a value is or can be read as.
pub(crate) fn number(value: &Value) -> Option<Number> {
    if let Some(number) = numeric(value) {
        return Some(number);
    }
    match value.base() {
        Value::Null | Value::Empty => Some(Number::Int(0)),
        Value::Bool(b) | Value::Switch(b) => Some(Number::Int((*b).into())),
        Value::Char(n) => Some(Number::Int((*n).into())),
        other => parse_number(other.as_str()?),
    }
}

/// Reads a number as PowerShell reads a string in arithmetic: as a literal of the language, blanks and sign allowed.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Number::Int(0));
    }
    postern_shared::syntax::parse_number(text).as_ref().and_then(|value| numeric(&Value::from(value.clone())))
}
