//! Conversion of a value to a type.

use std::rc::Rc;

use postern_shared::value::{Content, DateTimeKind, Decimal, PsDateTime, PsTimeSpan, PsVersion, Uuid};

use super::{ConvertError, Number, dates, number, numeric, parse_number, truth};
use crate::{
    interp::{Engine, Flow, Stop},
    members::{self, net},
    ops::list,
    value::{Array, Category, EnumType, ErrorRecord, Exception, Hash, HashKind, List, Type, Value},
};

type Converted = Result<Value, ConvertError>;

impl Engine {
    /// `[type]value`.
    pub(crate) fn cast(&mut self, value: Value, ty: Type) -> Flow<Value> {
        self.convert(value, ty).map_err(|error| self.convert_error(error))
    }

    /// The error of a conversion.
    pub(crate) fn convert_error(&self, error: ConvertError) -> Stop {
        let mut inner =
            Exception::new("System.Management.Automation.PSInvalidCastException", error.message.as_str());
        if let Some((ty, message)) = error.inner {
            inner = inner.caused_by(Rc::new(Exception::new(ty, message)));
        }
        let exception = Exception::new("System.Management.Automation.RuntimeException", error.message)
            .caused_by(Rc::new(inner));
        Stop::Throw(
            Rc::new(ErrorRecord::of(Rc::new(exception), error.id, Category::InvalidArgument, Value::Null)),
            false,
        )
    }

    /// The value as a parameter of the type takes it.
    pub(crate) fn convert_argument(&mut self, value: Value, ty: Type) -> Converted {
        match ty {
            Type::Object | Type::PSObject => Ok(value),
            Type::Switch => match value.base() {
                Value::Bool(b) | Value::Switch(b) => Ok(Value::Switch(*b)),
                Value::Null | Value::Empty => Ok(Value::Switch(false)),
                other if numeric(other).is_some() => Ok(Value::Switch(truth(other))),
                _ => Err(plain(&value, ty)),
            },
            // A parameter of type Boolean takes numbers, but no text.
            Type::Bool if value.as_str().is_some() => Err(ConvertError {
                id: "InvalidCastFromStringToBoolean",
                message: format!(
                    "Cannot convert value \"{}\" to type \"System.Boolean\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
                    value.text()
                ),
                inner: None,
            }),
            Type::Hashtable if value.is_null() => Ok(Value::Null),
            _ => self.convert(value, ty),
        }
    }

    /// The value as one of the type.
    pub(crate) fn convert(&mut self, value: Value, ty: Type) -> Converted {
        let value = match value {
            // Wrappers are kept where nothing has to change.
            Value::Wrapped(ref wrapped)
                if !matches!(ty, Type::Object | Type::PSObject | Type::PSCustomObject) =>
            {
                wrapped.base.clone()
            }
            value => value,
        };
        if value.type_of() == ty && !matches!(value, Value::Null | Value::Empty | Value::Remote(_)) {
            return Ok(value);
        }
        match ty {
            Type::Object | Type::PSObject => Ok(if let Value::Empty = value { Value::Null } else { value }),
            Type::Void => Ok(Value::Empty),
            Type::String => match self.text_of(&value) {
                Ok(text) => Ok(Value::Str(text)),
                Err(_) => Ok(Value::Str(value.text())),
            },
            Type::Bool => Ok(Value::Bool(truth(&value))),
            Type::Switch => Ok(Value::Switch(truth(&value))),
            Type::Char => to_char(&value),
            Type::SByte
            | Type::Byte
            | Type::Int16
            | Type::UInt16
            | Type::Int32
            | Type::UInt32
            | Type::Int64
            | Type::UInt64 => to_integer(&value, ty),
            Type::Single | Type::Double => to_float(&value, ty),
            Type::Decimal => to_decimal(&value),
            Type::DateTime => self.to_date(&value),
            Type::TimeSpan => to_span(&value),
            Type::Guid => to_guid(&value),
            Type::Version => match value.as_str() {
                Some(text) => match PsVersion::parse(text) {
                    Some(version) => Ok(Value::Version(version)),
                    None => Err(parse_failure(
                        &value,
                        ty,
                        "System.FormatException",
                        "Version string portion was too short or too long.",
                        "InvalidCastParseTargetInvocation",
                    )),
                },
                None => match numeric(&value) {
                    Some(Number::Double(n)) => PsVersion::parse(&Value::Double(n).text())
                        .map(Value::Version)
                        .ok_or_else(|| plain(&value, ty)),
                    _ => match &value {
                        Value::Remote(object) => PsVersion::parse(&object.to_string())
                            .map(Value::Version)
                            .ok_or_else(|| plain(&value, ty)),
                        _ => Err(plain(&value, ty)),
                    },
                },
            },
            Type::EnumOf(found) => to_enum(&value, found),
            Type::Array | Type::ArrayOf(&Type::Object) => Ok(match &value {
                Value::Array(array) if array.elem == Type::Object || ty == Type::Array => value,
                Value::Null | Value::Empty => Value::Null,
                _ => match list::items(&value) {
                    Some(items) => Value::array(items),
                    None => Value::array(vec![value]),
                },
            }),
            Type::ArrayOf(elem) => self.to_array(&value, *elem),
            Type::ArrayList => Ok(Value::List(List::new(
                Type::ArrayList,
                list::items(&value).unwrap_or_else(|| single(&value)),
            ))),
            Type::ListOf(elem) | Type::CollectionOf(elem) => {
                let mut items = Vec::new();
                for item in list::items(&value).unwrap_or_else(|| single(&value)) {
                    items.push(self.convert(item, *elem)?);
                }
                Ok(Value::List(List::new(ty, items)))
            }
            Type::Hashtable | Type::Ordered | Type::Dictionary | Type::IDictionary => to_hash(&value, ty),
            Type::PSCustomObject => Ok(match &value {
                Value::Hash(hash) => Value::Object(crate::interp::object_of(hash)),
                Value::Remote(object) => match &object.content {
                    Content::Dictionary(pairs) => {
                        Value::Object(crate::value::Object::of(pairs.iter().map(|(key, value)| {
                            (Value::from(key.clone()).text(), Value::from(value.clone()))
                        })))
                    }
                    _ => value,
                },
                _ => value,
            }),
            Type::ScriptBlock => match &value {
                Value::Null | Value::Empty => Ok(Value::Null),
                Value::Block(_) => Ok(value),
                _ => Err(plain(&value, ty)),
            },
            Type::SystemType => match &value {
                Value::Type(_) => Ok(value),
                other => {
                    let name = other.text();
                    Type::parse(&name).map(Value::Type).ok_or_else(|| plain(&value, ty))
                }
            },
            Type::IEnumerable | Type::ICollection | Type::IList => match list::items(&value) {
                Some(_) => Ok(value),
                None => Ok(Value::array(single(&value))),
            },
            Type::Exception(found) => match &value {
                Value::Error(record) => Ok(Value::Exception(Rc::clone(&record.exception))),
                Value::Exception(exception) if exception.ty.is_a(found) => Ok(value),
                Value::Str(text) => Ok(Value::Exception(Rc::new(Exception::new(found.name, text.clone())))),
                Value::Null | Value::Empty => Ok(Value::Null),
                _ => Err(plain(&value, ty)),
            },
            _ => match net::convert(self, &value, ty) {
                Some(converted) => converted,
                None if value.is_null() => Ok(Value::Null),
                None if members::is_a(&value, ty) => Ok(value),
                None => Err(plain(&value, ty)),
            },
        }
    }

    #[expect(clippy::wrong_self_convention, reason = "converts its argument")]
    fn to_array(&mut self, value: &Value, elem: Type) -> Converted {
        if value.is_null() {
            return Ok(Value::Null);
        }
        let items = match value {
            Value::Str(text) if elem == Type::Char => text.to_utf16().into_iter().map(Value::Char).collect(),
            value => list::items(value).unwrap_or_else(|| vec![value.clone()]),
        };
        let mut converted = Vec::with_capacity(items.len());
        for item in items {
            converted.push(self.convert(item, elem)?);
        }
        Ok(Value::Array(Array::new(elem, converted)))
    }

    #[expect(clippy::wrong_self_convention, reason = "converts its argument")]
    fn to_date(&mut self, value: &Value) -> Converted {
        match value {
            Value::DateTime(_) => Ok(value.clone()),
            Value::Str(text) => {
                let offset = |at: PsDateTime| (self.environment.offset)(at);
                match dates::parse(text, &offset, self.now()) {
                    Some(at) => Ok(Value::DateTime(at)),
                    None => Err(parse_failure(
                        value,
                        Type::DateTime,
                        "System.FormatException",
                        &format!("The string '{text}' was not recognized as a valid DateTime."),
                        "InvalidCastParseTargetInvocationWithFormatProvider",
                    )),
                }
            }
            Value::I32(_) | Value::I64(_) | Value::U32(_) | Value::U8(_) | Value::I16(_) => {
                match super::integer(value) {
                    Some(ticks) if (0..3_155_378_976_000_000_000).contains(&ticks) => {
                        Ok(Value::DateTime(PsDateTime { ticks, kind: DateTimeKind::Unspecified }))
                    }
                    _ => Err(plain(value, Type::DateTime)),
                }
            }
            Value::Remote(object) => match &object.content {
                Content::Value(inner) => {
                    let inner = Value::from(inner.clone());
                    self.to_date(&inner)
                }
                _ => Err(plain(value, Type::DateTime)),
            },
            Value::Net(object) => match object.get("DateTime") {
                Some(at @ Value::DateTime(_)) => Ok(at),
                _ => Err(plain(value, Type::DateTime)),
            },
            Value::Null | Value::Empty => Err(null_to_value(Type::DateTime)),
            _ => Err(plain(value, Type::DateTime)),
        }
    }
}

fn single(value: &Value) -> Vec<Value> {
    if value.is_null() { Vec::new() } else { vec![value.clone()] }
}

/// The error of a conversion that there is not.
pub(super) fn plain(value: &Value, ty: Type) -> ConvertError {
    let from = value.type_name();
    ConvertError {
        id: "ConvertToFinalInvalidCastException",
        message: if value.is_null() {
            format!("Cannot convert null to type \"{}\".", ty.full_name())
        } else {
            format!(
                "Cannot convert the \"{}\" value of type \"{from}\" to type \"{}\".",
                value.text(),
                ty.full_name()
            )
        },
        inner: None,
    }
}

fn null_to_value(ty: Type) -> ConvertError {
    ConvertError {
        id: "nullToObjectInvalidCast",
        message: format!("Cannot convert null to type \"{}\".", ty.full_name()),
        inner: None,
    }
}

pub(crate) fn parse_failure(
    value: &Value,
    ty: Type,
    exception: &'static str,
    message: &str,
    id: &'static str,
) -> ConvertError {
    ConvertError {
        id,
        message: format!(
            "Cannot convert value \"{}\" to type \"{}\". Error: \"{message}\"",
            value.text(),
            ty.full_name()
        ),
        inner: Some((exception, message.to_owned())),
    }
}

fn to_char(value: &Value) -> Converted {
    match value {
        Value::Str(text) => match text.to_utf16().as_slice() {
            [unit] => Ok(Value::Char(*unit)),
            _ => Err(ConvertError {
                id: "InvalidCastParseTargetInvocation",
                message: format!(
                    "Cannot convert value \"{text}\" to type \"System.Char\". Error: \"String must be exactly one character long.\""
                ),
                inner: Some(("System.FormatException", "String must be exactly one character long.".into())),
            }),
        },
        value => match numeric(value).and_then(Number::as_whole).and_then(|n| u16::try_from(n).ok()) {
            Some(n) => Ok(Value::Char(n)),
            None if value.is_null() => Ok(Value::Char(0)),
            None => Err(plain(value, Type::Char)),
        },
    }
}

fn bounds(ty: Type) -> (i128, i128) {
    match ty {
        Type::SByte => (i8::MIN.into(), i8::MAX.into()),
        Type::Byte => (0, u8::MAX.into()),
        Type::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Type::UInt16 => (0, u16::MAX.into()),
        Type::UInt32 => (0, u32::MAX.into()),
        Type::Int64 => (i64::MIN.into(), i64::MAX.into()),
        Type::UInt64 => (0, u64::MAX.into()),
        _ => (i32::MIN.into(), i32::MAX.into()),
    }
}

/// A whole number as a value of an integer type, if it fits.
pub(crate) fn integer_value(n: i128, ty: Type) -> Option<Value> {
    let (low, high) = bounds(ty);
    if !(low..=high).contains(&n) {
        return None;
    }
    Some(match ty {
        Type::SByte => Value::I8(n as i8),
        Type::Byte => Value::U8(n as u8),
        Type::Int16 => Value::I16(n as i16),
        Type::UInt16 => Value::U16(n as u16),
        Type::UInt32 => Value::U32(n as u32),
        Type::Int64 => Value::I64(n as i64),
        Type::UInt64 => Value::U64(n as u64),
        _ => Value::I32(n as i32),
    })
}

fn overflow(value: &Value, ty: Type) -> ConvertError {
    let name = ty.name();
    let article = match ty {
        Type::Byte => "an unsigned byte".to_owned(),
        Type::SByte => "a signed byte".to_owned(),
        Type::Int16 | Type::Int32 | Type::Int64 => format!("an {name}"),
        _ => format!("a {name}"),
    };
    ConvertError {
        id: if value.as_str().is_some() {
            "InvalidCastFromStringToInteger"
        } else {
            "InvalidCastIConvertible"
        },
        message: format!(
            "Cannot convert value \"{}\" to type \"{}\". Error: \"Value was either too large or too small for {article}.\"",
            value.text(),
            ty.full_name()
        ),
        inner: Some((
            "System.OverflowException",
            format!("Value was either too large or too small for {article}."),
        )),
    }
}

fn to_integer(value: &Value, ty: Type) -> Converted {
    let number = match value {
        Value::Str(text) => match parse_number(text) {
            Some(number) => number,
            None => match text.trim().replace(',', "").parse::<i64>() {
                Ok(n) if text.contains(',') => Number::Long(n),
                _ => {
                    return Err(parse_failure(
                        value,
                        ty,
                        "System.FormatException",
                        &format!("The input string '{text}' was not in a correct format."),
                        "InvalidCastFromStringToInteger",
                    ));
                }
            },
        },
        value => match number(value) {
            Some(number) => number,
            None => return Err(plain(value, ty)),
        },
    };
    let whole = match number {
        Number::Double(n) => {
            let n = n.round_ties_even();
            if n.is_finite() && n.abs() < 1e30 { n as i128 } else { return Err(overflow(value, ty)) }
        }
        Number::Decimal(n) => {
            let n = n.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointNearestEven);
            rust_decimal::prelude::ToPrimitive::to_i128(&n).unwrap_or(i128::MAX)
        }
        other => other.as_whole().unwrap_or(0),
    };
    integer_value(whole, ty).ok_or_else(|| overflow(value, ty))
}

fn to_float(value: &Value, ty: Type) -> Converted {
    let number = match value {
        Value::Str(text) => {
            let plain = text.trim().replace(',', "");
            let parsed = match plain.to_ascii_lowercase().as_str() {
                "nan" => Some(f64::NAN),
                "infinity" | "∞" => Some(f64::INFINITY),
                "-infinity" | "-∞" => Some(f64::NEG_INFINITY),
                _ if plain.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                    plain.parse::<f64>().ok()
                }
                _ => None,
            };
            match parsed.or_else(|| parse_number(&plain).map(Number::as_f64)) {
                Some(n) => n,
                None => {
                    return Err(parse_failure(
                        value,
                        ty,
                        "System.FormatException",
                        &format!("The input string '{text}' was not in a correct format."),
                        "InvalidCastFromStringToDoubleOrSingle",
                    ));
                }
            }
        }
        Value::Single(n) => {
            return Ok(if ty == Type::Double { Value::Double((*n).into()) } else { value.clone() });
        }
        value => match number(value) {
            Some(number) => number.as_f64(),
            None => return Err(plain(value, ty)),
        },
    };
    Ok(if ty == Type::Single { Value::Single(number as f32) } else { Value::Double(number) })
}

fn to_decimal(value: &Value) -> Converted {
    match value {
        Value::Str(text) => {
            let plain = text.trim().replace(',', "");
            let parsed = plain
                .parse::<Decimal>()
                .ok()
                .map(|n| n.normalize())
                .or_else(|| parse_number(&plain).and_then(Number::as_decimal));
            parsed.map(Value::Decimal).ok_or_else(|| {
                parse_failure(
                    value,
                    Type::Decimal,
                    "System.FormatException",
                    &format!("The input string '{text}' was not in a correct format."),
                    "InvalidCastFromStringToDecimal",
                )
            })
        }
        value => number(value).and_then(Number::as_decimal).map(Value::Decimal).ok_or_else(|| {
            if numeric(value).is_some() {
                overflow(value, Type::Decimal)
            } else {
                plain(value, Type::Decimal)
            }
        }),
    }
}

fn to_span(value: &Value) -> Converted {
    match value {
        Value::TimeSpan(_) => Ok(value.clone()),
        Value::Str(text) => dates::parse_span(text).map(Value::TimeSpan).ok_or_else(|| {
            parse_failure(
                value,
                Type::TimeSpan,
                "System.FormatException",
                &format!("String '{text}' was not recognized as a valid TimeSpan."),
                "InvalidCastParseTargetInvocationWithFormatProvider",
            )
        }),
        Value::I32(_) | Value::I64(_) | Value::U8(_) | Value::I16(_) | Value::U32(_) => {
            Ok(Value::TimeSpan(PsTimeSpan { ticks: super::integer(value).unwrap_or(0) }))
        }
        Value::Null | Value::Empty => Err(null_to_value(Type::TimeSpan)),
        Value::Remote(object) => match &object.content {
            Content::Value(inner) => to_span(&Value::from(inner.clone())),
            _ => Err(plain(value, Type::TimeSpan)),
        },
        _ => Err(plain(value, Type::TimeSpan)),
    }
}

fn to_guid(value: &Value) -> Converted {
    match value {
        Value::Str(text) => {
            let plain = text.trim();
            let inner = plain.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let inner = inner
                .or_else(|| plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')))
                .unwrap_or(plain);
            Uuid::parse_str(inner).map(Value::Guid).map_err(|_| {
                parse_failure(
                    value,
                    Type::Guid,
                    "System.FormatException",
                    "Unrecognized Guid format.",
                    "InvalidCastParseTargetInvocation",
                )
            })
        }
        Value::Array(bytes) if bytes.elem == Type::Byte && bytes.len() == 16 => {
            let raw: Vec<u8> = bytes
                .items
                .borrow()
                .iter()
                .map(|item| if let Value::U8(byte) = item { *byte } else { 0 })
                .collect();
            Ok(<[u8; 16]>::try_from(raw).map_or(Value::Null, |raw| Value::Guid(Uuid::from_bytes_le(raw))))
        }
        Value::Remote(object) => match &object.content {
            Content::Value(inner) => to_guid(&Value::from(inner.clone())),
            _ => to_guid(&Value::str(object.to_string())),
        },
        Value::Null | Value::Empty => Err(null_to_value(Type::Guid)),
        _ => Err(plain(value, Type::Guid)),
    }
}

/// A value as a member of an enumeration.
pub(crate) fn to_enum(value: &Value, ty: &'static EnumType) -> Converted {
    let names = || ty.members.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match value {
        Value::Enum(found) => Ok(Value::Enum(ty.value(found.number))),
        Value::Str(text) => ty.parse(text).map(Value::Enum).ok_or_else(|| ConvertError {
            id: "SubstringDisambiguationEnumParseThrewAnException",
            message: format!(
                "Cannot convert value \"{text}\" to type \"{}\". Error: \"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names and try again: {}\"",
                ty.name,
                names()
            ),
            inner: None,
        }),
        Value::Null | Value::Empty => Err(ConvertError {
            id: "nullToEnumInvalidCast",
            message: format!("Cannot convert null to type \"{}\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"{}\".", ty.name, names()),
            inner: None,
        }),
        Value::Remote(object) => match super::enum_number(object) {
            Some(number) => Ok(Value::Enum(ty.value(number))),
            None => to_enum(&Value::str(object.to_string()), ty),
        },
        value => match numeric(value).and_then(Number::as_whole).and_then(|n| i64::try_from(n).ok()) {
            Some(number) if ty.flags || ty.members.iter().any(|(_, own)| *own == number) => Ok(Value::Enum(ty.value(number))),
            Some(number) => Err(ConvertError {
                id: "UndefinedIntegerToEnum",
                message: format!("Cannot convert value \"{number}\" to type \"{}\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"{}\".", ty.name, names().replace(", ", ",")),
                inner: None,
            }),
            None => Err(plain(value, Type::EnumOf(ty))),
        },
    }
}

fn to_hash(value: &Value, ty: Type) -> Converted {
    let kind = match ty {
        Type::Ordered => HashKind::Ordered,
        Type::Dictionary => HashKind::Dictionary,
        _ => HashKind::Hashtable,
    };
    match value {
        Value::Hash(_) if ty == Type::IDictionary => Ok(value.clone()),
        Value::Hash(hash) => {
            if hash.kind == kind {
                return Ok(value.clone());
            }
            let copy = Hash::with_case(kind, false);
            for (key, value) in hash.entries() {
                copy.set(key, value);
            }
            Ok(Value::Hash(copy))
        }
        Value::Remote(object) => match &object.content {
            Content::Dictionary(pairs) => {
                let copy = Hash::with_case(kind, false);
                for (key, value) in pairs {
                    copy.set(key.clone().into(), value.clone().into());
                }
                Ok(Value::Hash(copy))
            }
            _ => Err(plain(value, ty)),
        },
        Value::Null | Value::Empty => Ok(Value::Null),
        _ => Err(plain(value, ty)),
    }
}
