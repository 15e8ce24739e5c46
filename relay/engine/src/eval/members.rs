//! Properties and methods: a fixed table, no reflection.

use std::time::{SystemTime, UNIX_EPOCH};

use postern_shared::{
    syntax::Span,
    value::{Content, DateTimeKind, PsDateTime, PsTimeSpan, PsValue},
};

use super::{
    check_text,
    compare::same,
    convert::{self, as_number, number_value, text, type_name},
    format::one,
    list::{items, list, unwrap},
    operators::add_ticks,
};
use crate::error::{Error, Result};

/// Ticks in a second.
const SECOND: i64 = 10_000_000;

/// `$value.name`; `$null` if there is no such member, as outside strict mode.
pub(crate) fn property(value: &PsValue, name: &str) -> PsValue {
    if let Some(found) = value.get(name) {
        return found.clone();
    }
    if let PsValue::Object(object) = value {
        if let Content::Dictionary(pairs) = &object.content {
            let key = PsValue::from(name);
            if let Some((_, found)) = pairs.iter().find(|(own, _)| same(own, &key, false)) {
                return found.clone();
            }
            return match name.to_ascii_lowercase().as_str() {
                "count" => (pairs.len() as i32).into(),
                "keys" => list(pairs.iter().map(|(key, _)| key.clone()).collect()),
                "values" => list(pairs.iter().map(|(_, value)| value.clone()).collect()),
                _ => PsValue::Null,
            };
        }
        if object.is_enum() && name.eq_ignore_ascii_case("value") {
            return text(value).into();
        }
    }
    if let Some(items) = items(value) {
        if ["count", "length"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return (items.len() as i32).into();
        }
        // The members of the items; items without it count for nothing, unless all are.
        let mut found = Vec::new();
        for item in items {
            if items_have(item, name) {
                match property(item, name) {
                    inner if inner.as_list().is_some() => {
                        found.extend_from_slice(inner.as_list().unwrap_or(&[]));
                    }
                    inner => found.push(inner),
                }
            }
        }
        return super::list::collapse(found);
    }
    let lower = name.to_ascii_lowercase();
    match unwrap(value) {
        PsValue::Str(text) if lower == "length" => (text.to_utf16().len() as i32).into(),
        PsValue::DateTime(at) => date_property(*at, &lower).unwrap_or_default(),
        PsValue::TimeSpan(span) => span_property(*span, &lower).unwrap_or_default(),
        PsValue::Version(version) => match lower.as_str() {
            "major" => version.major.into(),
            "minor" => version.minor.into(),
            "build" => version.build.into(),
            "revision" => version.revision.into(),
            _ => PsValue::Null,
        },
        PsValue::Null if lower == "count" || lower == "length" => 0.into(),
        _ if lower == "count" || lower == "length" => 1.into(),
        _ => PsValue::Null,
    }
}

/// Whether an item of a list takes part in the enumeration of a member.
fn items_have(item: &PsValue, name: &str) -> bool {
    match item {
        PsValue::Object(object) if matches!(object.content, Content::None) => object.get(name).is_some(),
        PsValue::Null => false,
        _ => true,
    }
}

fn date_property(at: PsDateTime, name: &str) -> Option<PsValue> {
    let fields = at.fields();
    Some(match name {
        "year" => fields.year().into(),
        "month" => i32::from(u8::from(fields.month())).into(),
        "day" => i32::from(fields.day()).into(),
        "hour" => i32::from(fields.hour()).into(),
        "minute" => i32::from(fields.minute()).into(),
        "second" => i32::from(fields.second()).into(),
        "millisecond" => ((at.subsecond_ticks() / 10_000) as i32).into(),
        "dayofyear" => i32::from(fields.ordinal()).into(),
        "dayofweek" => fields.weekday().to_string().into(),
        "ticks" => at.ticks.into(),
        "date" => PsDateTime { ticks: at.ticks - at.ticks.rem_euclid(86_400 * SECOND), kind: at.kind }.into(),
        "timeofday" => PsTimeSpan { ticks: at.ticks.rem_euclid(86_400 * SECOND) }.into(),
        _ => return None,
    })
}

fn span_property(span: PsTimeSpan, name: &str) -> Option<PsValue> {
    let ticks = span.ticks;
    let total = |unit: i64| PsValue::Double(ticks as f64 / unit as f64);
    let part = |unit: i64, of: i64| PsValue::I32((ticks / unit % of) as i32);
    Some(match name {
        "ticks" => ticks.into(),
        "days" => ((ticks / (86_400 * SECOND)) as i32).into(),
        "hours" => part(3600 * SECOND, 24),
        "minutes" => part(60 * SECOND, 60),
        "seconds" => part(SECOND, 60),
        "milliseconds" => part(SECOND / 1000, 1000),
        "totaldays" => total(86_400 * SECOND),
        "totalhours" => total(3600 * SECOND),
        "totalminutes" => total(60 * SECOND),
        "totalseconds" => total(SECOND),
        "totalmilliseconds" => total(SECOND / 1000),
        _ => return None,
    })
}

/// `$value.name(arguments)`.
pub(super) fn call(value: &PsValue, name: &str, arguments: &[PsValue], span: Span) -> Result<PsValue> {
    let lower = name.to_ascii_lowercase();
    if value.is_null() {
        return Err(Error::statement(
            span,
            "InvokeMethodOnNull",
            "You cannot call a method on a null-valued expression.",
        ));
    }
    match (lower.as_str(), arguments) {
        ("tostring", []) => return Ok(text(value).into()),
        ("tostring", [format]) => return one(value, &text(format), span).map(Into::into),
        ("equals", [other]) => return Ok(same(value, other, true).into()),
        _ => {}
    }
    let found = match unwrap(value) {
        PsValue::Str(own) => string_method(own, &lower, arguments, span)?,
        PsValue::DateTime(at) => date_method(*at, &lower, arguments, span)?,
        _ => None,
    };
    if let Some(found) = found {
        return Ok(found);
    }
    if let Some(items) = items(value) {
        if lower == "contains" && arguments.len() == 1 {
            return Ok(items.iter().any(|item| same(item, &arguments[0], true)).into());
        }
        if lower != "getenumerator" {
            return Ok(list(
                items.iter().map(|item| call(item, name, arguments, span)).collect::<Result<_>>()?,
            ));
        }
    }
    if let Some(Content::Dictionary(pairs)) = value.as_object().map(|object| &object.content)
        && matches!(lower.as_str(), "containskey" | "contains")
        && let [key] = arguments
    {
        return Ok(pairs.iter().any(|(own, _)| same(own, key, false)).into());
    }
    let from = type_name(value);
    let what = format!("Method invocation failed because [{from}] does not contain a method named '{name}'.");
    Err(Error::explained(
        span,
        "MethodNotFound",
        what,
        "Objects of the remote side have no methods here, and this console has the usual ones of strings and dates only.",
        "Use the object's text, for example \"$($_.Identity)\".",
    ))
}

fn string_method(own: &str, name: &str, arguments: &[PsValue], span: Span) -> Result<Option<PsValue>> {
    let set = |value: &PsValue| -> Vec<char> {
        match items(value) {
            Some(items) => items.iter().flat_map(|item| text(item).chars().collect::<Vec<_>>()).collect(),
            None => text(value).chars().collect(),
        }
    };
    // Positions count UTF-16 units.
    let units = || own.encode_utf16().collect::<Vec<u16>>();
    let position = |at: Option<usize>| {
        PsValue::I32(at.map_or(-1, |at| own.get(..at).map_or(0, |text| text.encode_utf16().count()) as i32))
    };
    let at = |value: &PsValue| -> Result<usize> {
        usize::try_from(convert::as_i64(value, span)?).map_err(|_| out_of_range(span))
    };
    let value: PsValue = match (name, arguments) {
        ("toupper" | "toupperinvariant", []) => own.to_uppercase().into(),
        ("tolower" | "tolowerinvariant", []) => own.to_lowercase().into(),
        ("trim", []) => own.trim().into(),
        ("trimstart", []) => own.trim_start().into(),
        ("trimend", []) => own.trim_end().into(),
        ("trim", [chars]) => own.trim_matches(set(chars).as_slice()).into(),
        ("trimstart", [chars]) => own.trim_start_matches(set(chars).as_slice()).into(),
        ("trimend", [chars]) => own.trim_end_matches(set(chars).as_slice()).into(),
        ("replace", [from, to]) => {
            let (from, to) = (text(from), text(to));
            if from.is_empty() {
                return Err(Error::statement(span, "ArgumentException", "String cannot be of zero length."));
            }
            check_text(own.len().saturating_mul(to.len().max(1)), span)?;
            own.replace(&from, &to).into()
        }
        ("contains", [part]) => own.contains(&text(part)).into(),
        ("startswith", [part]) => own.starts_with(&text(part)).into(),
        ("endswith", [part]) => own.ends_with(&text(part)).into(),
        ("indexof", [part]) => position(own.find(&text(part))),
        ("lastindexof", [part]) => position(own.rfind(&text(part))),
        ("substring", [start]) => {
            let units = units();
            let part = units.get(at(start)?..).ok_or_else(|| out_of_range(span))?;
            PsValue::Str(postern_shared::value::PsStr::from_utf16(part))
        }
        ("substring", [start, len]) => {
            let (units, start) = (units(), at(start)?);
            let end = start.checked_add(at(len)?).ok_or_else(|| out_of_range(span))?;
            PsValue::Str(postern_shared::value::PsStr::from_utf16(
                units.get(start..end).ok_or_else(|| out_of_range(span))?,
            ))
        }
        ("padleft" | "padright", [width, rest @ ..]) if rest.len() < 2 => {
            let width = at(width)?;
            check_text(width, span)?;
            let fill = rest.first().map_or(' ', |fill| text(fill).chars().next().unwrap_or(' '));
            let missing = width.saturating_sub(own.encode_utf16().count());
            let fill: String = std::iter::repeat_n(fill, missing).collect();
            if name == "padleft" { format!("{fill}{own}").into() } else { format!("{own}{fill}").into() }
        }
        // .NET of PowerShell 7 takes one string as it is; several characters are each a separator.
        ("split", []) => list(own.split(char::is_whitespace).map(PsValue::from).collect()),
        ("split", [separator]) => {
            let parts: Vec<PsValue> = match items(separator) {
                Some(_) => own.split(set(separator).as_slice()).map(PsValue::from).collect(),
                None if text(separator).is_empty() => vec![own.into()],
                None => own.split(&text(separator)).map(PsValue::from).collect(),
            };
            list(parts)
        }
        ("tochararray", []) => list(units().into_iter().map(PsValue::Char).collect()),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn out_of_range(span: Span) -> Error {
    Error::statement(
        span,
        "ArgumentOutOfRangeException",
        "Index and length must refer to a location within the string.",
    )
}

fn date_method(at: PsDateTime, name: &str, arguments: &[PsValue], span: Span) -> Result<Option<PsValue>> {
    let unit = match name {
        "adddays" => 86_400 * SECOND,
        "addhours" => 3600 * SECOND,
        "addminutes" => 60 * SECOND,
        "addseconds" => SECOND,
        "addmilliseconds" => SECOND / 1000,
        _ => 0,
    };
    Ok(Some(match (name, arguments) {
        (_, [count]) if unit > 0 => {
            let ticks = convert::to_number(count, span)?.as_f64() * unit as f64;
            add_ticks(at, ticks as i64, span)?
        }
        ("addmonths", [count]) => add_months(at, convert::as_i64(count, span)?, span)?,
        ("addyears", [count]) => add_months(at, convert::as_i64(count, span)?.saturating_mul(12), span)?,
        ("touniversaltime", []) => at.to_utc().into(),
        ("tolocaltime", []) => PsDateTime { ticks: at.utc_ticks(), kind: DateTimeKind::Local(0) }.into(),
        ("toshortdatestring", []) => one(&at.into(), "MM/dd/yyyy", span)?.into(),
        _ => return Ok(None),
    }))
}

/// The same day of another month, or the month's last day if it has no such day.
fn add_months(at: PsDateTime, months: i64, span: Span) -> Result<PsValue> {
    let none = || {
        Error::statement(span, "ArgumentOutOfRangeException", "The result is no date of the years 1 to 9999.")
    };
    let fields = at.fields();
    let month =
        i64::from(fields.year()).saturating_mul(12).saturating_add(i64::from(u8::from(fields.month())) - 1);
    let month = month.checked_add(months).ok_or_else(none)?;
    let year = i32::try_from(month.div_euclid(12)).map_err(|_| none())?;
    let month = month.rem_euclid(12) as u8 + 1;
    let clock = (fields.hour(), fields.minute(), fields.second());
    (28..=fields.day().max(28))
        .rev()
        .map(|last| fields.day().min(last))
        .find_map(|day| PsDateTime::from_fields((year, month, day), clock, at.subsecond_ticks(), at.kind))
        .map(PsValue::DateTime)
        .ok_or_else(none)
}

/// The current time.
pub(super) fn now() -> PsValue {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let at = PsDateTime::from_unix_seconds(since as i64)
        .map(|at| PsDateTime { kind: DateTimeKind::Local(0), ..at });
    at.into()
}

/// `[type]::name`, and `[type]::name(arguments)` if it is called.
pub(super) fn static_member(
    type_name: &str,
    name: &str,
    called: bool,
    arguments: &[PsValue],
    span: Span,
) -> Result<PsValue> {
    let full = type_name.to_ascii_lowercase();
    let own = full.strip_prefix("system.").unwrap_or(&full);
    let lower = name.to_ascii_lowercase();
    let number = |value: &PsValue| convert::to_number(value, span);
    Ok(match (own, lower.as_str(), arguments) {
        ("math", "pi", []) if !called => std::f64::consts::PI.into(),
        ("math", "round", [value, rest @ ..]) => round(value, rest, span)?,
        ("math", "floor", [value]) => number(value)?.as_f64().floor().into(),
        ("math", "ceiling", [value]) => number(value)?.as_f64().ceil().into(),
        ("math", "truncate", [value]) => number(value)?.as_f64().trunc().into(),
        ("math", "sqrt", [value]) => number(value)?.as_f64().sqrt().into(),
        ("math", "pow", [base, power]) => number(base)?.as_f64().powf(number(power)?.as_f64()).into(),
        ("math", "abs", [value]) => match number_value(number(value)?) {
            PsValue::I32(n) => n.checked_abs().map_or(PsValue::Double(f64::from(n).abs()), PsValue::I32),
            PsValue::I64(n) => n.checked_abs().map_or(PsValue::Double((n as f64).abs()), PsValue::I64),
            PsValue::Decimal(n) => n.abs().into(),
            other => as_number(&other).map_or(0.0, |n| n.as_f64().abs()).into(),
        },
        ("math", "min" | "max", [a, b]) => {
            let (a, b) = (number_value(number(a)?), number_value(number(b)?));
            let first = super::compare::order(&a, &b, false, span)?.is_lt();
            if first == (lower == "min") { a } else { b }
        }
        ("string", "isnullorempty", [value]) => text(value).is_empty().into(),
        ("string", "isnullorwhitespace", [value]) => text(value).trim().is_empty().into(),
        ("string", "empty", []) if !called => "".into(),
        ("string", "join", [separator, values]) => {
            let values =
                items(values).map_or_else(|| vec![text(values)], |items| items.iter().map(text).collect());
            values.join(&text(separator)).into()
        }
        ("datetime", "now", []) if !called => now(),
        ("datetime", "utcnow", []) if !called => match now() {
            PsValue::DateTime(at) => at.to_utc().into(),
            other => other,
        },
        ("datetime", "today", []) if !called => property(&now(), "Date"),
        ("datetime", "parse", [value]) => convert::cast("datetime", value.clone(), span)?,
        ("int" | "int32" | "long" | "int64" | "double" | "guid" | "timespan", "parse", [value]) => {
            convert::cast(own, value.clone(), span)?
        }
        ("timespan", "fromdays" | "fromhours" | "fromminutes" | "fromseconds", [value]) => {
            let unit = match lower.as_str() {
                "fromdays" => 86_400,
                "fromhours" => 3600,
                "fromminutes" => 60,
                _ => 1,
            };
            PsTimeSpan { ticks: (number(value)?.as_f64() * (unit * SECOND) as f64) as i64 }.into()
        }
        ("guid", "empty", []) if !called => postern_shared::value::Uuid::nil().into(),
        ("int" | "int32", "maxvalue", []) if !called => i32::MAX.into(),
        ("long" | "int64", "maxvalue", []) if !called => i64::MAX.into(),
        _ => {
            return Err(Error::unsupported(
                span,
                format!("[{type_name}]::{name} is not available."),
                "Available are [math]'s functions, [string]::IsNullOrEmpty and Join, [datetime]::Now, Today and Parse, \
                 [timespan]::FromDays and the like.",
            ));
        }
    })
}

/// `[math]::Round`: to even, or away from zero if so asked.
fn round(value: &PsValue, rest: &[PsValue], span: Span) -> Result<PsValue> {
    let mut digits = 0;
    let mut away = false;
    for argument in rest {
        match argument.as_str() {
            Some(mode) if mode.eq_ignore_ascii_case("AwayFromZero") => away = true,
            Some(mode) if mode.eq_ignore_ascii_case("ToEven") => {}
            _ => digits = convert::as_i64(argument, span)?,
        }
    }
    let digits = u32::try_from(digits).ok().filter(|digits| *digits <= 15);
    let Some(digits) = digits else {
        let what = "Rounding digits must be between 0 and 15, inclusive.";
        return Err(Error::statement(span, "ArgumentOutOfRangeException", what));
    };
    if let convert::Number::Decimal(n) = convert::to_number(value, span)? {
        return Ok(n.round_dp(digits).into());
    }
    let factor = 10f64.powi(digits as i32);
    let scaled = convert::to_number(value, span)?.as_f64() * factor;
    let rounded = if away { scaled.round() } else { scaled.round_ties_even() };
    // A number too large to scale has no digits behind the point to lose.
    Ok(PsValue::Double(if scaled.is_finite() { rounded / factor } else { scaled / factor }))
}
