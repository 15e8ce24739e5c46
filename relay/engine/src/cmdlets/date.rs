//! Get-Date, New-TimeSpan and Start-Sleep.

use std::{rc::Rc, time::Duration};

use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsTimeSpan};

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    convert::{Number, integer, number},
    interp::{Flow, Validate, files::NEW_LINE},
    members::date::add_months,
    ops::date_format::{DAYS, MONTHS, date as format_date, weekday},
    value::{Category, Object, Type, Value, Wrapped},
};

const DAY: i64 = 864_000_000_000;

pub(super) fn declare(registry: &mut Registry) {
    let part = |name, help, low, high| {
        P::new(name, help).int().check(Validate::Range(Value::I32(low), Value::I32(high)))
    };
    registry.add(
        Declare::new("Get-Date", "Gives the current date and time, or a given one, as an object or a text.")
            .default_set("DateAndFormat")
            .param(
                P::new("Date", "The date; now.")
                    .ty(Type::DateTime)
                    .alias("LastWriteTime")
                    .at(0)
                    .by_value()
                    .by_name(),
            )
            .param(
                P::new("UnixTimeSeconds", "Seconds since 1970.").ty(Type::Int64).alias("UnixTime").by_name(),
            )
            .param(part("Year", "Another year.", 1, 9999))
            .param(part("Month", "Another month.", 1, 12))
            .param(part("Day", "Another day.", 1, 31))
            .param(part("Hour", "Another hour.", 0, 23))
            .param(part("Minute", "Another minute.", 0, 59))
            .param(part("Second", "Another second.", 0, 59))
            .param(part("Millisecond", "Another millisecond.", 0, 999))
            .param(
                P::new("DisplayHint", "Date, Time or DateTime.").text().one_of(&["Date", "Time", "DateTime"]),
            )
            .param(P::new("UFormat", "A text in a format of Unix: '%Y-%m-%d'.").text())
            .param(P::new("Format", "A text in a format of .NET: 'yyyy-MM-dd'.").text())
            .param(P::switch("AsUTC", "In universal time."))
            .example("(Get-Date).AddDays(-30)", "Thirty days ago.")
            .example("Get-Date -Format yyyyMMdd_HHmm", "For the name of a file.")
            .simple(get_date),
    );
    registry.add(
        Declare::new("New-TimeSpan", "Gives a span of time.")
            .default_set("Date")
            .param(
                P::new("Start", "When it begins; now.")
                    .ty(Type::DateTime)
                    .alias("LastWriteTime")
                    .set("Date")
                    .at(0)
                    .by_value()
                    .by_name(),
            )
            .param(P::new("End", "When it ends; now.").ty(Type::DateTime).set("Date").at(1).by_name())
            .param(P::new("Days", "Days.").int().set("Time"))
            .param(P::new("Hours", "Hours.").int().set("Time"))
            .param(P::new("Minutes", "Minutes.").int().set("Time"))
            .param(P::new("Seconds", "Seconds.").int().set("Time"))
            .param(P::new("Milliseconds", "Milliseconds.").int().set("Time"))
            .example("New-TimeSpan -Start $mailbox.WhenCreated", "How old a mailbox is.")
            .simple(new_time_span),
    );
    registry.add(
        Declare::new("Start-Sleep", "Waits. Stopping the command ends it at once.")
            .alias("sleep")
            .default_set("Seconds")
            .param(
                P::new("Seconds", "Seconds.")
                    .ty(Type::Double)
                    .set("Seconds")
                    .at(0)
                    .mandatory()
                    .by_value()
                    .by_name(),
            )
            .param(
                P::new("Milliseconds", "Milliseconds.")
                    .int()
                    .alias("ms")
                    .set("Milliseconds")
                    .mandatory()
                    .by_name(),
            )
            .param(
                P::new("Duration", "A span.")
                    .ty(Type::TimeSpan)
                    .set("FromTimeSpan")
                    .mandatory()
                    .by_name()
                    .alias("ts"),
            )
            .example("Start-Sleep -Seconds 2", "Waits two seconds.")
            .run(|| Box::new(Sleep)),
    );
}

fn get_date(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut at = match cx.arg("Date").as_ref().map(Value::base) {
        Some(Value::DateTime(at)) => *at,
        _ => match cx.int("UnixTimeSeconds") {
            Some(seconds) => match PsDateTime::from_unix_seconds(seconds) {
                Some(at) => cx.engine.environment.local(at),
                None => return Err(unrepresentable(cx)),
            },
            None => cx.engine.now(),
        },
    };
    let fields = at.fields();
    let now = [
        ("Year", i64::from(fields.year())),
        ("Month", i64::from(u8::from(fields.month()))),
        ("Day", i64::from(fields.day())),
        ("Hour", i64::from(fields.hour())),
        ("Minute", i64::from(fields.minute())),
        ("Second", i64::from(fields.second())),
        ("Millisecond", i64::from(at.subsecond_ticks() / 10_000)),
    ];
    for (name, own) in now {
        let Some(wanted) = cx.int(name) else { continue };
        let moved = match name {
            "Year" => add_months(at, (wanted - own) * 12),
            "Month" => add_months(at, wanted - own),
            _ => {
                let unit = match name {
                    // The day counts from what year and month have made of it.
                    "Day" => DAY,
                    "Hour" => 36_000_000_000,
                    "Minute" => 600_000_000,
                    "Second" => 10_000_000,
                    _ => 10_000,
                };
                let own = if name == "Day" { i64::from(at.fields().day()) } else { own };
                at.ticks.checked_add((wanted - own) * unit).map(|ticks| PsDateTime { ticks, kind: at.kind })
            }
        };
        at = match moved.filter(|at| (0..=3_155_378_975_999_999_999).contains(&at.ticks)) {
            Some(at) => at,
            None => return Err(unrepresentable(cx)),
        };
    }
    if cx.flag("AsUTC") {
        at = cx.engine.to_universal(at);
    }
    if let Some(format) = cx.text("UFormat") {
        let text = unix_format(cx, at, &format);
        return cx.write(text);
    }
    if let Some(format) = cx.text("Format") {
        let lower = format.to_ascii_lowercase();
        let format: PsStr = match lower.as_str() {
            "filedate" => "yyyyMMdd".into(),
            "filedatetime" => "yyyyMMddTHHmmssffff".into(),
            "filedateuniversal" => {
                at = cx.engine.to_universal(at);
                "yyyyMMddZ".into()
            }
            "filedatetimeuniversal" => {
                at = cx.engine.to_universal(at);
                "yyyyMMddTHHmmssffffZ".into()
            }
            _ => format,
        };
        let text = cx.engine.to_string_with(&Value::DateTime(at), &format)?;
        return cx.write(text);
    }
    match cx.text("DisplayHint") {
        Some(hint) => {
            let notes = Object::default();
            notes.set("DisplayHint", hint);
            cx.write(Value::Wrapped(Rc::new(Wrapped { base: Value::DateTime(at), text: None, notes })))
        }
        None => cx.write(at),
    }
}

fn unrepresentable(cx: &mut Cx<'_>) -> crate::interp::Stop {
    cx.fail(
        "System.ArgumentOutOfRangeException",
        "System.ArgumentOutOfRangeException",
        Category::NotSpecified,
        Value::Null,
        "The added or subtracted value results in an un-representable DateTime.",
    )
}

/// The number of the week by ISO 8601, and the year that it belongs to.
fn iso_week(at: PsDateTime) -> (i32, i64) {
    let fields = at.fields();
    let year = fields.year();
    // Monday is 1, Sunday 7.
    let day = (weekday(at) as i64 + 6) % 7 + 1;
    let week = (i64::from(fields.ordinal()) - day + 10) / 7;
    let weeks_of = |year: i32| {
        let first = |year: i32| {
            (year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)).rem_euclid(7)
        };
        if first(year) == 4 || first(year - 1) == 3 { 53 } else { 52 }
    };
    if week < 1 {
        (year - 1, weeks_of(year - 1))
    } else if week > weeks_of(year) {
        (year + 1, 1)
    } else {
        (year, week)
    }
}

/// A date in a format of Unix's `date`.
fn unix_format(cx: &Cx<'_>, at: PsDateTime, format: &str) -> String {
    use std::fmt::Write as _;
    let net = |format: &str| format_date(at, format).unwrap_or_default();
    let fields = at.fields();
    let day = weekday(at);
    let mut out = String::new();
    let mut chars = format.strip_prefix('+').unwrap_or(format).chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let Some(code) = chars.next() else {
            out.push('%');
            break;
        };
        let _ = match code {
            'A' => write!(out, "{}", DAYS[day % 7]),
            'a' => write!(out, "{}", net("ddd")),
            'B' => write!(out, "{}", MONTHS[usize::from(u8::from(fields.month()) - 1)]),
            'b' | 'h' => write!(out, "{}", net("MMM")),
            'C' => write!(out, "{}", fields.year() / 100),
            'c' => write!(out, "{}", net("ddd dd MMM yyyy HH:mm:ss")),
            'D' | 'x' => write!(out, "{}", net("MM/dd/yy")),
            'd' => write!(out, "{:02}", fields.day()),
            'e' => write!(out, "{:>2}", fields.day()),
            'F' => write!(out, "{}", net("yyyy-MM-dd")),
            'G' => write!(out, "{:04}", iso_week(at).0),
            'g' => write!(out, "{:02}", iso_week(at).0.rem_euclid(100)),
            'H' => write!(out, "{:02}", fields.hour()),
            'I' => write!(out, "{}", net("hh")),
            'j' => write!(out, "{:03}", fields.ordinal()),
            'k' => write!(out, "{:>2}", fields.hour()),
            'l' => write!(out, "{:>2}", (fields.hour() + 11) % 12 + 1),
            'M' => write!(out, "{:02}", fields.minute()),
            'm' => write!(out, "{:02}", u8::from(fields.month())),
            'n' => write!(out, "{NEW_LINE}"),
            'p' => write!(out, "{}", net("tt")),
            'R' => write!(out, "{}", net("HH:mm")),
            'r' => write!(out, "{}", net("hh:mm:ss tt")),
            'S' => write!(out, "{:02}", fields.second()),
            's' => {
                let ticks = cx.engine.to_universal(at).ticks - 621_355_968_000_000_000;
                write!(out, "{}", ticks.div_euclid(10_000_000))
            }
            'T' | 'X' => write!(out, "{}", net("HH:mm:ss")),
            't' => write!(out, "\t"),
            'U' | 'W' => write!(out, "{}", fields.ordinal() / 7),
            'u' => write!(out, "{}", if day == 0 { 7 } else { day }),
            'V' => write!(out, "{:02}", iso_week(at).1),
            'w' => write!(out, "{day}"),
            'Y' => write!(out, "{}", net("yyyy")),
            'y' => write!(out, "{}", net("yy")),
            'Z' => {
                let minutes = match at.kind {
                    DateTimeKind::Utc => 0,
                    DateTimeKind::Local(minutes) => minutes,
                    DateTimeKind::Unspecified => (cx.engine.environment.offset)(at),
                };
                write!(out, "{}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60)
            }
            '%' => write!(out, "%"),
            other => write!(out, "{other}"),
        };
    }
    out
}

fn new_time_span(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let units = [
        ("Days", DAY),
        ("Hours", 36_000_000_000),
        ("Minutes", 600_000_000),
        ("Seconds", 10_000_000),
        ("Milliseconds", 10_000),
    ];
    if units.iter().any(|(name, _)| cx.has(name)) {
        let mut ticks = 0i64;
        for (name, unit) in units {
            let part = cx.int(name).unwrap_or(0).checked_mul(unit);
            ticks = match part.and_then(|part| ticks.checked_add(part)) {
                Some(ticks) => ticks,
                None => {
                    return Err(cx.fail(
                        "System.ArgumentOutOfRangeException",
                        "System.ArgumentOutOfRangeException",
                        Category::NotSpecified,
                        Value::Null,
                        "TimeSpan overflowed because the duration is too long.",
                    ));
                }
            };
        }
        return cx.write(PsTimeSpan { ticks });
    }
    let now = cx.engine.now();
    let at = |cx: &Cx<'_>, name: &str| match cx.arg(name).as_ref().map(Value::base) {
        Some(Value::DateTime(at)) => *at,
        _ => now,
    };
    // As .NET subtracts: without regard to the zone.
    let ticks = at(cx, "End").ticks - at(cx, "Start").ticks;
    cx.write(PsTimeSpan { ticks })
}

struct Sleep;

impl Cmdlet for Sleep {
    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        let seconds = match (cx.arg("Seconds"), cx.arg("Milliseconds"), cx.arg("Duration")) {
            (Some(seconds), ..) => number(&seconds).map_or(0.0, Number::as_f64),
            (_, Some(millis), _) => integer(&millis).unwrap_or(0) as f64 / 1e3,
            (.., Some(span)) => match span.base() {
                Value::TimeSpan(span) => span.ticks as f64 / 1e7,
                _ => 0.0,
            },
            _ => 0.0,
        };
        match Duration::try_from_secs_f64(seconds) {
            Ok(time) => cx.engine.sleep(time),
            Err(_) => Err(cx.fail(
                "System.Management.Automation.ParameterBindingValidationException",
                "ParameterArgumentValidationError",
                Category::InvalidData,
                Value::Double(seconds),
                format!("Cannot validate argument on parameter. {seconds} is no time to wait."),
            )),
        }
    }
}
