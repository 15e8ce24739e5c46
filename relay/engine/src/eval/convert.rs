//! PowerShell's conversions between values.

use postern_shared::{
    syntax::{Span, parse_number},
    value::{Content, DateTimeKind, Decimal, PsDateTime, PsObject, PsTimeSpan, PsValue, PsVersion, Uuid},
};

use super::list::{items, list, object_type, unwrap};
use crate::error::{Error, Result};

/// A number in one of the four widths that arithmetic uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Int(i32),
    Long(i64),
    Decimal(Decimal),
    Double(f64),
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(n) => n.into(),
            Self::Long(n) => n as f64,
            Self::Decimal(n) => n.try_into().unwrap_or(f64::NAN),
            Self::Double(n) => n,
        }
    }
}

/// The number as a value.
pub(crate) fn number_value(number: Number) -> PsValue {
    match number {
        Number::Int(n) => n.into(),
        Number::Long(n) => n.into(),
        Number::Decimal(n) => n.into(),
        Number::Double(n) => n.into(),
    }
}

/// The value as text, as in a string.
pub(crate) fn text(value: &PsValue) -> String {
    value.to_string()
}

/// The value as truth.
pub(crate) fn as_bool(value: &PsValue) -> bool {
    if let Some(items) = items(value) {
        return match items {
            [] => false,
            [one] => as_bool(one),
            _ => true,
        };
    }
    match unwrap(value) {
        PsValue::Null => false,
        PsValue::Bool(b) => *b,
        PsValue::Str(text) => !text.is_empty(),
        PsValue::Char(unit) => *unit != 0,
        PsValue::Object(object) => match &object.content {
            Content::Value(number) => as_bool(number),
            _ => true,
        },
        other => numeric(other).is_none_or(|number| number.as_f64() != 0.0),
    }
}

/// The number that the value is, without any conversion of text.
pub(crate) fn numeric(value: &PsValue) -> Option<Number> {
    Some(match *unwrap(value) {
        PsValue::I32(n) => Number::Int(n),
        PsValue::I64(n) => Number::Long(n),
        PsValue::Double(n) => Number::Double(n),
        PsValue::Single(n) => Number::Double(n.into()),
        PsValue::Decimal(n) => Number::Decimal(n),
        PsValue::I8(n) => Number::Int(n.into()),
        PsValue::U8(n) => Number::Int(n.into()),
        PsValue::I16(n) => Number::Int(n.into()),
        PsValue::U16(n) => Number::Int(n.into()),
        PsValue::U32(n) => i32::try_from(n).map_or(Number::Long(n.into()), Number::Int),
        PsValue::U64(n) => i64::try_from(n).map_or(Number::Decimal(n.into()), Number::Long),
        PsValue::Object(ref object) if object.is_enum() => match &object.content {
            Content::Value(number) => return numeric(number),
            _ => return None,
        },
        _ => return None,
    })
}

/// The number that the value is or can be read as; `None` if it is no number.
pub(crate) fn as_number(value: &PsValue) -> Option<Number> {
    if let Some(number) = numeric(value) {
        return Some(number);
    }
    match unwrap(value) {
        PsValue::Null => Some(Number::Int(0)),
        PsValue::Bool(b) => Some(Number::Int((*b).into())),
        PsValue::Char(unit) => Some(Number::Int((*unit).into())),
        PsValue::Str(text) if text.trim().is_empty() => Some(Number::Int(0)),
        PsValue::Str(text) => parse_number(text).as_ref().and_then(numeric),
        _ => None,
    }
}

/// The number, or PowerShell's error about it.
pub(super) fn to_number(value: &PsValue, span: Span) -> Result<Number> {
    as_number(value).ok_or_else(|| invalid_cast(value, "System.Int32", span))
}

/// The value as an Int64, rounded to even as PowerShell rounds.
pub(super) fn as_i64(value: &PsValue, span: Span) -> Result<i64> {
    match to_number(value, span)? {
        Number::Int(n) => Ok(n.into()),
        Number::Long(n) => Ok(n),
        other => {
            let n = other.as_f64().round_ties_even();
            // 2^63 itself is out of range, and NaN fails both comparisons.
            if n >= i64::MIN as f64 && n < i64::MAX as f64 {
                Ok(n as i64)
            } else {
                Err(invalid_cast(value, "System.Int64", span))
            }
        }
    }
}

fn invalid_cast(value: &PsValue, to: &str, span: Span) -> Error {
    let shown = text(value);
    if matches!(unwrap(value), PsValue::Str(_)) {
        let what = format!(
            "Cannot convert value \"{shown}\" to type \"{to}\". Error: \"The input string '{shown}' was not in a correct format.\""
        );
        return Error::statement(span, "InvalidCastFromStringToInteger", what);
    }
    let from = type_name(value);
    let what = format!("Cannot convert the \"{shown}\" value of type \"{from}\" to type \"{to}\".");
    Error::statement(span, "ConvertToFinalInvalidCastException", what)
}

/// The .NET name of the value's type.
pub(crate) fn type_name(value: &PsValue) -> String {
    match value {
        PsValue::Null => "null",
        PsValue::Bool(_) => "System.Boolean",
        PsValue::Char(_) => "System.Char",
        PsValue::I8(_) => "System.SByte",
        PsValue::U8(_) => "System.Byte",
        PsValue::I16(_) => "System.Int16",
        PsValue::U16(_) => "System.UInt16",
        PsValue::I32(_) => "System.Int32",
        PsValue::U32(_) => "System.UInt32",
        PsValue::I64(_) => "System.Int64",
        PsValue::U64(_) => "System.UInt64",
        PsValue::Single(_) => "System.Single",
        PsValue::Double(_) => "System.Double",
        PsValue::Decimal(_) => "System.Decimal",
        PsValue::DateTime(_) => "System.DateTime",
        PsValue::TimeSpan(_) => "System.TimeSpan",
        PsValue::Guid(_) => "System.Guid",
        PsValue::Version(_) => "System.Version",
        PsValue::Uri(_) => "System.Uri",
        PsValue::Xml(_) => "System.Xml.XmlDocument",
        PsValue::ScriptBlock(_) => "System.Management.Automation.ScriptBlock",
        PsValue::SecureString(_) => "System.Security.SecureString",
        PsValue::Bytes(_) => "System.Byte[]",
        PsValue::Str(_) => "System.String",
        PsValue::Object(object) if !object.type_name().is_empty() => object.type_name(),
        PsValue::Object(_) | PsValue::Ancestor(_) => "System.Object",
    }
    .to_owned()
}

/// The full name of a type that may be named in a script; `None` if the console does not have it.
fn canonical(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    Some(match name.strip_prefix("system.").unwrap_or(&name) {
        "string" => "System.String",
        "char" => "System.Char",
        "bool" | "boolean" => "System.Boolean",
        "byte" => "System.Byte",
        "int" | "int32" => "System.Int32",
        "long" | "int64" => "System.Int64",
        "double" => "System.Double",
        "decimal" => "System.Decimal",
        "datetime" => "System.DateTime",
        "timespan" => "System.TimeSpan",
        "guid" => "System.Guid",
        "version" => "System.Version",
        "array" | "object[]" => "System.Object[]",
        "string[]" => "System.String[]",
        "int[]" | "int32[]" => "System.Int32[]",
        "pscustomobject" | "psobject" => "System.Management.Automation.PSCustomObject",
        "hashtable" | "collections.hashtable" => "System.Collections.Hashtable",
        "object" => "System.Object",
        _ => return None,
    })
}

/// Refuses a type that the console does not have.
pub(super) fn check_type(name: &str, span: Span) -> Result<&'static str> {
    canonical(name).ok_or_else(|| {
        Error::unsupported(
            span,
            format!("The type [{name}] is not available."),
            "Available are string, char, bool, byte, int, long, double, decimal, datetime, timespan, guid, version, \
             array, string[], int[], hashtable and pscustomobject.",
        )
    })
}

/// `$value -is [name]`.
pub(super) fn is_type(value: &PsValue, name: &str, span: Span) -> Result<bool> {
    let full = check_type(name, span)?;
    if value.is_null() {
        return Ok(false);
    }
    let own = type_name(unwrap(value));
    Ok(full == "System.Object"
        || own == full
        || matches!(value, PsValue::Object(object) if object.is_a(full))
        || (full == "System.Management.Automation.PSCustomObject"
            && matches!(value, PsValue::Object(object) if matches!(object.content, Content::None))))
}

/// `[name] value`.
pub(super) fn cast(name: &str, value: PsValue, span: Span) -> Result<PsValue> {
    let full = check_type(name, span)?;
    let fail = |value: &PsValue| Err(invalid_cast(value, full, span));
    let inner = unwrap(&value);
    Ok(match full {
        "System.String" => text(&value).into(),
        "System.Boolean" => as_bool(&value).into(),
        "System.Int32" => match as_i64(&value, span).ok().and_then(|n| i32::try_from(n).ok()) {
            Some(n) => n.into(),
            None => return fail(&value),
        },
        "System.Byte" => match as_i64(&value, span).ok().and_then(|n| u8::try_from(n).ok()) {
            Some(n) => n.into(),
            None => return fail(&value),
        },
        "System.Int64" => as_i64(&value, span)?.into(),
        "System.Double" => match as_number(&value) {
            Some(n) => n.as_f64().into(),
            None => return fail(&value),
        },
        "System.Decimal" => match as_number(&value) {
            Some(Number::Int(n)) => Decimal::from(n).into(),
            Some(Number::Long(n)) => Decimal::from(n).into(),
            Some(Number::Decimal(n)) => n.into(),
            Some(Number::Double(n)) => match Decimal::try_from(n) {
                Ok(n) => n.into(),
                Err(_) => return fail(&value),
            },
            None => return fail(&value),
        },
        "System.DateTime" => match inner {
            PsValue::DateTime(at) => (*at).into(),
            PsValue::Str(text) => match date(text) {
                Some(at) => at.into(),
                None => return Err(not_a_date(text, span)),
            },
            PsValue::I32(_) | PsValue::I64(_) => {
                PsDateTime { ticks: as_i64(&value, span)?, kind: DateTimeKind::Unspecified }.into()
            }
            _ => return fail(&value),
        },
        "System.TimeSpan" => match inner {
            PsValue::TimeSpan(_) => inner.clone(),
            PsValue::Str(text) => match span_of(text) {
                Some(found) => found.into(),
                None => return fail(&value),
            },
            PsValue::I32(_) | PsValue::I64(_) => PsTimeSpan { ticks: as_i64(&value, span)? }.into(),
            _ => return fail(&value),
        },
        "System.Guid" => match inner {
            PsValue::Guid(_) => inner.clone(),
            PsValue::Str(text) => match guid(text) {
                Some(guid) => guid.into(),
                None => return fail(&value),
            },
            _ => return fail(&value),
        },
        "System.Version" => match inner {
            PsValue::Version(_) => inner.clone(),
            other => match PsVersion::parse(&text(other)) {
                Some(version) => version.into(),
                None => return fail(&value),
            },
        },
        "System.Char" => {
            let units = text(&value).encode_utf16().collect::<Vec<_>>();
            match (numeric(&value), units.as_slice()) {
                (Some(Number::Int(n)), _) if u16::try_from(n).is_ok() => PsValue::Char(n as u16),
                (None, [unit]) => PsValue::Char(*unit),
                _ => return fail(&value),
            }
        }
        "System.Object[]" => match items(&value) {
            Some(_) => value,
            None => list(vec![value]),
        },
        "System.String[]" | "System.Int32[]" => {
            let element = full.trim_end_matches("[]");
            let values = items(&value).map_or_else(|| vec![value.clone()], <[_]>::to_vec);
            let cast: Result<Vec<_>> =
                values.into_iter().map(|value| self::cast(element, value, span)).collect();
            let type_names = object_type(&[full, "System.Array", "System.Object"]);
            PsObject { type_names, content: Content::List(cast?), ..PsObject::default() }.into()
        }
        "System.Management.Automation.PSCustomObject" => {
            match value.as_object().map(|object| &object.content) {
                Some(Content::Dictionary(pairs)) => {
                    let type_names = object_type(&[full, "System.Object"]);
                    let extended = pairs.iter().map(|(key, value)| (text(key), value.clone())).collect();
                    PsObject { type_names, extended, ..PsObject::default() }.into()
                }
                _ => value,
            }
        }
        "System.Object" => value,
        _ if is_type(&value, name, span)? => value,
        _ => return fail(&value),
    })
}

pub(super) fn not_a_date(text: &str, span: Span) -> Error {
    let what = format!(
        "Cannot convert value \"{text}\" to type \"System.DateTime\". Error: \"The string '{text}' was not recognized as a \
         valid DateTime.\""
    );
    Error::explained(
        span,
        "InvalidCastParseTargetInvocationWithFormatProvider",
        what,
        "This console reads dates as 2026-01-31, 01/31/2026 (month first) or 2026-01-31T08:30:00Z.",
        "Write the date as year-month-day.",
    )
}

/// A date in the invariant culture (month first) or ISO 8601, with or without a time.
pub(super) fn date(text: &str) -> Option<PsDateTime> {
    let text = text.trim();
    let (day, time) = text.split_once(['T', ' ']).map_or((text, ""), |(day, time)| (day, time.trim()));
    let separator = ['-', '/', '.'].into_iter().find(|separator| day.contains(*separator))?;
    let parts: Vec<&str> = day.split(separator).collect();
    let &[a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, a, b) };
    let mut year: i32 = year.parse().ok()?;
    if year < 100 {
        year += if year < 50 { 2000 } else { 1900 };
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);

    let upper = time.to_ascii_uppercase();
    let (clock, half) = match upper
        .strip_suffix("AM")
        .map(|rest| (rest, 0))
        .or(upper.strip_suffix("PM").map(|rest| (rest, 12)))
    {
        Some((rest, half)) => (rest.trim(), Some(half)),
        None => (upper.as_str(), None),
    };
    let (clock, kind) = if let Some(rest) = clock.strip_suffix('Z') {
        (rest, DateTimeKind::Utc)
    } else if let Some(at) = clock.rfind(['+', '-']).filter(|at| *at > 0) {
        let (hours, minutes) = clock.get(at + 1..)?.split_once(':')?;
        let minutes = hours.parse::<i16>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
        let minutes = if clock.get(at..=at)? == "-" { -minutes } else { minutes };
        (clock.get(..at)?, DateTimeKind::Local(minutes))
    } else {
        (clock, DateTimeKind::Unspecified)
    };
    if clock.is_empty() {
        return if half.is_none() {
            PsDateTime::from_fields((year, month, day), (0, 0, 0), 0, kind)
        } else {
            None
        };
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut fields = clock.split(':').map(str::parse::<u8>);
    let mut hour = fields.next()?.ok()?;
    let minute = fields.next().unwrap_or(Ok(0)).ok()?;
    let second = fields.next().unwrap_or(Ok(0)).ok()?;
    if fields.next().is_some() || fraction.len() > 7 {
        return None;
    }
    if let Some(half) = half {
        hour = hour.checked_rem(12)?.checked_add(half)?;
    }
    let ticks = if fraction.is_empty() { 0 } else { format!("{fraction:0<7}").parse().ok()? };
    PsDateTime::from_fields((year, month, day), (hour, minute, second), ticks, kind)
}

/// `[-][d.]hh:mm[:ss[.fffffff]]`, or a number of days.
pub(super) fn span_of(text: &str) -> Option<PsTimeSpan> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut seconds: i64;
    let mut ticks = 0i64;
    if let Some((head, rest)) = text.split_once(':') {
        let (days, hours) = head.split_once('.').unwrap_or(("0", head));
        let (minutes, rest) = rest.split_once(':').unwrap_or((rest, "0"));
        let (secs, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let (days, hours, minutes, secs): (i64, i64, i64, i64) =
            (days.parse().ok()?, hours.parse().ok()?, minutes.parse().ok()?, secs.parse().ok()?);
        if hours > 23 || minutes > 59 || secs > 59 || fraction.len() > 7 {
            return None;
        }
        if !fraction.is_empty() {
            ticks = format!("{fraction:0<7}").parse().ok()?;
        }
        seconds = days.checked_mul(86_400)?.checked_add(hours * 3600 + minutes * 60 + secs)?;
    } else {
        seconds = text.parse::<i64>().ok()?.checked_mul(86_400)?;
    }
    if negative {
        seconds = -seconds;
        ticks = -ticks;
    }
    Some(PsTimeSpan { ticks: seconds.checked_mul(10_000_000)?.checked_add(ticks)? })
}

/// A GUID with or without braces and hyphens.
pub(super) fn guid(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text.trim().trim_start_matches('{').trim_end_matches('}')).ok()
}
