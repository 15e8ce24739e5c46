//! Get-Date and New-TimeSpan.

use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsTimeSpan};

use super::{Cx, Declare, P, Registry};
use crate::{
    interp::Flow,
    ops::date_format,
    value::{Category, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    let part = |name, what| P::new(name, what).int();
    registry.add(
        Declare::new("Get-Date", "Gives the current date and time, or the one that is described.")
            .default_set("DateAndFormat")
            .param(
                P::new("Date", "The date.")
                    .ty(Type::DateTime)
                    .alias("LastWriteTime")
                    .at(0)
                    .by_value()
                    .by_name(),
            )
            .param(
                P::new("UnixTimeSeconds", "Seconds since 1970-01-01 in UTC.")
                    .ty(Type::Int64)
                    .alias("UnixTime"),
            )
            .param(part("Year", "The year."))
            .param(part("Month", "The month."))
            .param(part("Day", "The day."))
            .param(part("Hour", "The hour."))
            .param(part("Minute", "The minute."))
            .param(part("Second", "The second."))
            .param(part("Millisecond", "The millisecond."))
            .param(P::new("DisplayHint", "Date, Time or DateTime.").text())
            .param(
                P::new("Format", "A .NET format, or FileDate and its relatives.").text().set("DateAndFormat"),
            )
            .param(P::new("UFormat", "A Unix format.").text().set("DateAndUFormat").mandatory())
            .param(P::switch("AsUTC", "In UTC."))
            .example("Get-Date -Format 'yyyy-MM-dd'", "Today's date as text.")
            .simple(get_date),
    );
    registry.add(
        Declare::new("New-TimeSpan", "Makes a span of time.")
            .default_set("Date")
            .param(
                P::new("Start", "Where the span begins.")
                    .ty(Type::DateTime)
                    .alias("LastWriteTime")
                    .set("Date")
                    .at(0)
                    .by_value()
                    .by_name(),
            )
            .param(
                P::new("End", "Where it ends; now, if nothing is given.")
                    .ty(Type::DateTime)
                    .set("Date")
                    .at(1)
                    .by_name(),
            )
            .param(part("Days", "Days.").set("Time"))
            .param(part("Hours", "Hours.").set("Time"))
            .param(part("Minutes", "Minutes.").set("Time"))
            .param(part("Seconds", "Seconds.").set("Time"))
            .param(part("Milliseconds", "Milliseconds.").set("Time"))
            .example("New-TimeSpan -Hours 36", "A day and a half.")
            .simple(new_time_span),
    );
}

fn get_date(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut at = match cx.arg("Date") {
        Some(Value::DateTime(at)) => at,
        _ => match cx.int("UnixTimeSeconds") {
            Some(seconds) => match PsDateTime::from_unix_seconds(seconds) {
                Some(at) => cx.engine.environment.local(at),
                None => return Err(out_of_range(cx)),
            },
            None => cx.engine.now(),
        },
    };
    let parts = ["Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond"].map(|name| cx.int(name));
    if parts.iter().any(Option::is_some) {
        let fields = at.fields();
        let byte = |part: Option<i64>, own: u8| part.map_or(own, |n| u8::try_from(n).unwrap_or(255));
        let ticks = match parts[6] {
            Some(n) => u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(10_000),
            None => at.subsecond_ticks(),
        };
        let made = PsDateTime::from_fields(
            (
                parts[0].map_or(fields.year(), |n| i32::try_from(n).unwrap_or(0)),
                byte(parts[1], fields.month().into()),
                byte(parts[2], fields.day()),
            ),
            (byte(parts[3], fields.hour()), byte(parts[4], fields.minute()), byte(parts[5], fields.second())),
            ticks,
            at.kind,
        );
        at = match made {
            Some(at) => at,
            None => return Err(out_of_range(cx)),
        };
    }
    if cx.flag("AsUTC") {
        at = cx.engine.to_universal(at);
    }
    if let Some(format) = cx.text("UFormat") {
        let text = unix_format(cx, at, &format);
        return cx.write(Value::str(text));
    }
    let Some(format) = cx.text("Format") else { return cx.write(at) };
    let format = match format.to_ascii_lowercase().as_str() {
        "filedate" => "yyyyMMdd".into(),
        "filedateuniversal" => {
            at = cx.engine.to_universal(at);
            "yyyyMMddZ".into()
        }
        "filedatetime" => "yyyyMMddTHHmmssffff".into(),
        "filedatetimeuniversal" => {
            at = cx.engine.to_universal(at);
            "yyyyMMddTHHmmssffffZ".into()
        }
        _ => format,
    };
    let text = cx.engine.to_string_with(&Value::DateTime(at), &format)?;
    cx.write(Value::Str(text))
}

fn out_of_range(cx: &mut Cx<'_>) -> crate::interp::Stop {
    cx.fail(
        "System.ArgumentOutOfRangeException",
        "ArgumentOutOfRange",
        Category::InvalidArgument,
        Value::Null,
        "Year, Month, and Day parameters describe an un-representable DateTime.",
    )
}

fn unix_format(cx: &Cx<'_>, at: PsDateTime, format: &str) -> PsStr {
    let net = |format: &str| date_format::date(at, format).unwrap_or_default();
    let format = format.strip_prefix('+').unwrap_or(format);
    let fields = at.fields();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let Some(letter) = chars.next() else { break };
        out.push_str(&match letter {
            'A' => net("dddd"),
            'a' => net("ddd"),
            'B' => net("MMMM"),
            'b' | 'h' => net("MMM"),
            'C' => format!("{:02}", fields.year() / 100),
            'c' => net("ddd dd MMM yyyy HH:mm:ss"),
            'D' | 'x' => net("MM/dd/yy"),
            'd' => net("dd"),
            'e' => format!("{:>2}", fields.day()),
            'F' => net("yyyy-MM-dd"),
            'G' | 'Y' => net("yyyy"),
            'g' | 'y' => net("yy"),
            'H' => net("HH"),
            'I' => net("hh"),
            'j' => format!("{:03}", fields.ordinal()),
            'k' => format!("{:>2}", fields.hour()),
            'l' => format!("{:>2}", if fields.hour().is_multiple_of(12) { 12 } else { fields.hour() % 12 }),
            'M' => net("mm"),
            'm' => net("MM"),
            'n' => "\n".into(),
            'p' => net("tt"),
            'R' => net("HH:mm"),
            'r' => net("hh:mm:ss tt"),
            'S' => net("ss"),
            's' => {
                let utc = cx.engine.to_universal(at);
                ((utc.ticks - 621_355_968_000_000_000) / 10_000_000).to_string()
            }
            'T' | 'X' => net("HH:mm:ss"),
            't' => "\t".into(),
            'U' | 'W' => (fields.ordinal() / 7).to_string(),
            'u' => match date_format::weekday(at) {
                0 => "7".into(),
                day => day.to_string(),
            },
            'V' => format!("{:02}", fields.iso_week()),
            'w' => date_format::weekday(at).to_string(),
            'Z' => match at.kind {
                DateTimeKind::Utc => "+00".into(),
                _ => net("zz"),
            },
            other => other.to_string(),
        });
    }
    out.into()
}

fn new_time_span(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let units: [(&str, i64); 5] = [
        ("Days", 864_000_000_000),
        ("Hours", 36_000_000_000),
        ("Minutes", 600_000_000),
        ("Seconds", 10_000_000),
        ("Milliseconds", 10_000),
    ];
    if units.iter().any(|(name, _)| cx.has(name)) {
        let ticks = units.iter().map(|(name, unit)| cx.int(name).unwrap_or(0).saturating_mul(*unit)).sum();
        return cx.write(PsTimeSpan { ticks });
    }
    let now = cx.engine.now();
    let date = |name: &str| match cx.arg(name) {
        Some(Value::DateTime(at)) => Some(at.ticks),
        _ => None,
    };
    let (start, end) = (date("Start"), date("End"));
    if start.is_none() && end.is_none() {
        return cx.write(PsTimeSpan { ticks: 0 });
    }
    let ticks = end.unwrap_or(now.ticks).saturating_sub(start.unwrap_or(now.ticks));
    cx.write(PsTimeSpan { ticks })
}
