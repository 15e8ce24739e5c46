//! Members of dates and spans.

use postern_shared::value::{DateTimeKind, PsDateTime, PsTimeSpan};

use crate::{
    convert::{integer, number},
    interp::{Engine, Flow},
    ops::{arith::shifted, date_format},
    value::{Value, enums},
};

/// Ticks of a day.
const DAY: i64 = 864_000_000_000;

pub(super) fn property(at: PsDateTime, name: &str) -> Option<Value> {
    let fields = at.fields();
    Some(match name.to_ascii_lowercase().as_str() {
        "year" => Value::I32(fields.year()),
        "month" => Value::I32(u8::from(fields.month()).into()),
        "day" => Value::I32(fields.day().into()),
        "hour" => Value::I32(fields.hour().into()),
        "minute" => Value::I32(fields.minute().into()),
        "second" => Value::I32(fields.second().into()),
        "millisecond" => Value::I32((at.subsecond_ticks() / 10_000) as i32),
        "microsecond" => Value::I32((at.subsecond_ticks() / 10 % 1000) as i32),
        "nanosecond" => Value::I32((at.subsecond_ticks() % 10 * 100) as i32),
        "ticks" => Value::I64(at.ticks),
        "dayofweek" => Value::Enum(enums::DAY_OF_WEEK.value(date_format::weekday(at) as i64)),
        "dayofyear" => Value::I32(fields.ordinal().into()),
        "date" => Value::DateTime(PsDateTime { ticks: at.ticks - at.ticks.rem_euclid(DAY), kind: at.kind }),
        "timeofday" => Value::TimeSpan(PsTimeSpan { ticks: at.ticks.rem_euclid(DAY) }),
        "kind" => Value::Enum(enums::DATE_TIME_KIND.value(match at.kind {
            DateTimeKind::Unspecified => 0,
            DateTimeKind::Utc => 1,
            DateTimeKind::Local(_) => 2,
        })),
        "datetime" => Value::str(date_format::date(at, "F")?),
        _ => return None,
    })
}

/// A date moved by months, the day cut to the month's length.
pub(crate) fn add_months(at: PsDateTime, months: i64) -> Option<PsDateTime> {
    let fields = at.fields();
    let total = i64::from(fields.year()) * 12 + i64::from(u8::from(fields.month())) - 1 + months;
    let (year, month) = (i32::try_from(total.div_euclid(12)).ok()?, total.rem_euclid(12) as u8 + 1);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let day = fields.day().min(days_in_month(year, month));
    let moved = PsDateTime::from_fields((year, month, day), (0, 0, 0), 0, at.kind)?;
    Some(PsDateTime { ticks: moved.ticks + at.ticks.rem_euclid(DAY), kind: at.kind })
}

pub(crate) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(super) fn call(
    engine: &mut Engine,
    at: PsDateTime,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let amount = |ticks: f64| arguments.first().and_then(number).map(|n| (n.as_f64() * ticks).round() as i64);
    let unrepresentable = |engine: &Engine| {
        engine.method_error(
            "System.ArgumentOutOfRangeException",
            name,
            arguments.len(),
            "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')",
        )
    };
    let moved = |engine: &Engine, ticks: Option<i64>| match ticks {
        Some(ticks) => shifted(engine, at, ticks).map_err(|_| unrepresentable(engine)),
        None => Err(engine.no_overload(name, arguments.len())),
    };
    let lower = name.to_ascii_lowercase();
    Some(match (lower.as_str(), arguments) {
        ("adddays", [_]) => moved(engine, amount(DAY as f64)),
        ("addhours", [_]) => moved(engine, amount(36e9)),
        ("addminutes", [_]) => moved(engine, amount(6e8)),
        ("addseconds", [_]) => moved(engine, amount(1e7)),
        ("addmilliseconds", [_]) => moved(engine, amount(1e4)),
        ("addticks", [_]) => moved(engine, amount(1.0)),
        ("add", [span]) => match engine.cast(span.clone(), crate::value::Type::TimeSpan) {
            Ok(Value::TimeSpan(span)) => moved(engine, Some(span.ticks)),
            Ok(_) => return None,
            Err(stop) => Err(stop),
        },
        ("addmonths" | "addyears", [count]) => {
            let factor = if lower == "addyears" { 12 } else { 1 };
            match integer(count).and_then(|count| add_months(at, count.checked_mul(factor)?)) {
                Some(at) => Ok(Value::DateTime(at)),
                None => Err(unrepresentable(engine)),
            }
        }
        ("subtract", [other]) => {
            engine.binary(postern_shared::syntax::ast::BinaryOp::Subtract, false, &Value::DateTime(at), other)
        }
        ("touniversaltime", []) => Ok(Value::DateTime(engine.to_universal(at))),
        ("tolocaltime", []) => Ok(Value::DateTime(match at.kind {
            DateTimeKind::Local(_) => at,
            _ => engine.environment.local(PsDateTime { kind: DateTimeKind::Utc, ..at }),
        })),
        ("toshortdatestring", []) => Ok(Value::str(date_format::date(at, "d").unwrap_or_default())),
        ("tolongdatestring", []) => Ok(Value::str(date_format::date(at, "D").unwrap_or_default())),
        ("toshorttimestring", []) => Ok(Value::str(date_format::date(at, "t").unwrap_or_default())),
        ("tolongtimestring", []) => Ok(Value::str(date_format::date(at, "T").unwrap_or_default())),
        ("compareto", [Value::DateTime(other)]) => Ok(Value::I32(at.ticks.cmp(&other.ticks) as i32)),
        ("isdaylightsavingtime", []) => Ok(Value::Bool(false)),
        ("tofiletime" | "tofiletimeutc", []) => {
            Ok(Value::I64(engine.to_universal(at).ticks - 504_911_232_000_000_000))
        }
        ("tooadate", []) => Ok(Value::Double((at.ticks - 599_264_352_000_000_000) as f64 / DAY as f64)),
        ("getdatetimeformats", _) => return None,
        _ => return None,
    })
}

impl Engine {
    /// A time in UTC; one of no zone counts as local.
    pub(crate) fn to_universal(&self, at: PsDateTime) -> PsDateTime {
        match at.kind {
            DateTimeKind::Utc => at,
            DateTimeKind::Local(_) => at.to_utc(),
            DateTimeKind::Unspecified => {
                let minutes = (self.environment.offset)(at);
                PsDateTime { ticks: at.ticks - i64::from(minutes) * 600_000_000, kind: DateTimeKind::Utc }
            }
        }
    }
}

pub(super) fn span_property(span: PsTimeSpan, name: &str) -> Option<Value> {
    let ticks = span.ticks;
    let total = |unit: f64| Value::Double(ticks as f64 / unit);
    let part = |unit: i64, most: i64| Value::I32((ticks / unit % most) as i32);
    Some(match name.to_ascii_lowercase().as_str() {
        "days" => Value::I32((ticks / DAY) as i32),
        "hours" => part(36_000_000_000, 24),
        "minutes" => part(600_000_000, 60),
        "seconds" => part(10_000_000, 60),
        "milliseconds" => part(10_000, 1000),
        "microseconds" => part(10, 1000),
        "nanoseconds" => Value::I32((ticks % 10 * 100) as i32),
        "ticks" => Value::I64(ticks),
        "totaldays" => total(DAY as f64),
        "totalhours" => total(36e9),
        "totalminutes" => total(6e8),
        "totalseconds" => total(1e7),
        "totalmilliseconds" => total(1e4),
        "totalmicroseconds" => total(10.0),
        "totalnanoseconds" => Value::Double(ticks as f64 * 100.0),
        _ => return None,
    })
}

pub(super) fn call_span(
    engine: &mut Engine,
    span: PsTimeSpan,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    use postern_shared::syntax::ast::BinaryOp;
    let mut operate = |op| engine.binary(op, false, &Value::TimeSpan(span), &arguments[0]);
    Some(match (name.to_ascii_lowercase().as_str(), arguments.len()) {
        ("add", 1) => operate(BinaryOp::Add),
        ("subtract", 1) => operate(BinaryOp::Subtract),
        ("multiply", 1) => operate(BinaryOp::Multiply),
        ("divide", 1) => operate(BinaryOp::Divide),
        ("negate", 0) => Ok(Value::TimeSpan(PsTimeSpan { ticks: span.ticks.saturating_neg() })),
        ("duration", 0) => Ok(Value::TimeSpan(PsTimeSpan { ticks: span.ticks.saturating_abs() })),
        ("compareto", 1) => match &arguments[0] {
            Value::TimeSpan(other) => Ok(Value::I32(span.cmp(other) as i32)),
            _ => return None,
        },
        _ => return None,
    })
}
