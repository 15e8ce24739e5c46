//! The text forms of primitives (XML Schema part 2): dates, durations, numbers.

use std::fmt::Write as _;

use postern_shared::value::{DateTimeKind, Decimal, PsDateTime, PsTimeSpan};

/// Ticks (100 ns) in a second.
const SECOND: u64 = 10_000_000;

/// Reads `2021-10-06T15:24:05.1234567-04:00`.
pub(super) fn date_time(text: &str) -> Option<PsDateTime> {
    let (date, time) = text.trim().split_once('T')?;
    let mut fields = date.splitn(3, '-');
    let date = (number(fields.next()?)? as i32, number(fields.next()?)?, number(fields.next()?)?);
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut fields = time.splitn(3, ':');
    let time = (number(fields.next()?)?, number(fields.next()?)?, number(fields.next()?)?);
    let kind = match zone {
        "" => DateTimeKind::Unspecified,
        "Z" => DateTimeKind::Utc,
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = i16::try_from(number(hours)? * 60 + number(minutes)?).ok()?;
            DateTimeKind::Local(if zone.starts_with('-') { -minutes } else { minutes })
        }
    };
    let small = |n: u64| u8::try_from(n).ok();
    PsDateTime::from_fields(
        (date.0, small(date.1)?, small(date.2)?),
        (small(time.0)?, small(time.1)?, small(time.2)?),
        u32::try_from(ticks(fraction)?).ok()?,
        kind,
    )
}

/// Writes a date as PowerShell does: without trailing zeros of the fraction.
pub(super) fn write_date_time(at: PsDateTime, out: &mut String) {
    let fields = at.fields();
    let (month, day) = (u8::from(fields.month()), fields.day());
    // Writing to a String cannot fail.
    let _ = write!(out, "{:04}-{month:02}-{day:02}T", fields.year());
    let _ = write!(out, "{:02}:{:02}:{:02}", fields.hour(), fields.minute(), fields.second());
    write_fraction(u64::from(at.subsecond_ticks()), out);
    match at.kind {
        DateTimeKind::Unspecified => {}
        DateTimeKind::Utc => out.push('Z'),
        DateTimeKind::Local(minutes) => {
            let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
            let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
    }
}

/// Reads `-P1DT2H3M4.005S`. A year has 365 days and a month 30, as for .NET, which never writes them.
pub(super) fn time_span(text: &str) -> Option<PsTimeSpan> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let mut total: u64 = 0;
    let mut add = |part: &str, unit: u64| -> Option<()> {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
        let fraction = if unit == SECOND { ticks(fraction)? } else { 0 };
        total = total.checked_add(number(whole)?.checked_mul(unit)?)?.checked_add(fraction)?;
        Some(())
    };
    let mut rest = days;
    for (mark, length) in [('Y', 365), ('M', 30), ('D', 1)] {
        if let Some((part, after)) = rest.split_once(mark) {
            add(part, length * 86_400 * SECOND)?;
            rest = after;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let mut rest = time;
    for (mark, unit) in [('H', 3600 * SECOND), ('M', 60 * SECOND), ('S', SECOND)] {
        if let Some((part, after)) = rest.split_once(mark) {
            add(part, unit)?;
            rest = after;
        }
    }
    if !rest.is_empty() || (days.is_empty() && time.is_empty()) {
        return None;
    }
    let ticks = if negative { 0_i64.checked_sub_unsigned(total)? } else { i64::try_from(total).ok()? };
    Some(PsTimeSpan { ticks })
}

/// Writes a span as an XML Schema duration.
pub(super) fn write_time_span(span: PsTimeSpan, out: &mut String) {
    let ticks = span.ticks.unsigned_abs();
    let (seconds, fraction) = (ticks / SECOND, ticks % SECOND);
    let (days, hours, minutes, seconds) =
        (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    out.push_str(if span.ticks < 0 { "-P" } else { "P" });
    if days > 0 {
        let _ = write!(out, "{days}D");
    }
    if ticks.is_multiple_of(86_400 * SECOND) && days > 0 {
        return;
    }
    out.push('T');
    if hours > 0 {
        let _ = write!(out, "{hours}H");
    }
    if minutes > 0 {
        let _ = write!(out, "{minutes}M");
    }
    if seconds > 0 || fraction > 0 || (hours == 0 && minutes == 0) {
        let _ = write!(out, "{seconds}");
        write_fraction(fraction, out);
        out.push('S');
    }
}

/// Reads a double or a single: XML Schema's `INF`, `-INF`, `NaN`, else .NET's form.
pub(super) fn double(text: &str) -> Option<f64> {
    match text.trim() {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        // Rust would also read `inf` and `nan`.
        text if text.contains(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E')) => None,
        text => text.parse().ok(),
    }
}

/// A double as PowerShell writes it: the shortest digits that read back, an exponent from 1E+17 on.
pub(super) fn double_text(number: f64) -> String {
    float_text(number, &format!("{number:e}"), 17)
}

/// A single as PowerShell writes it: the shortest digits that read back, an exponent from 1E+09 on.
pub(super) fn single_text(number: f32) -> String {
    float_text(f64::from(number), &format!("{number:e}"), 9)
}

/// `scientific` is the shortest form as Rust's `{:e}` gives it, `digits` how many the type may need.
fn float_text(number: f64, scientific: &str, digits: usize) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "INF" } else { "-INF" }.into();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let places = exponent.unsigned_abs() as usize;
    if exponent < -4 || (exponent > 0 && places >= digits) {
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}E{exponent_sign}{places:02}");
    }
    if exponent < 0 {
        return format!("{sign}0.{:0<1$}{first}{rest}", "", places - 1);
    }
    match rest.split_at_checked(places) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{first}{whole}.{fraction}"),
        _ => format!("{sign}{first}{rest:0<places$}"),
    }
}

/// Reads a decimal with its scale.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text.trim()).ok()
}

/// Digits only: no sign, at most nineteen.
fn number(digits: &str) -> Option<u64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

/// The ticks that the digits behind a decimal point stand for.
fn ticks(fraction: &str) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let digits = fraction.get(..fraction.len().min(7))?;
    Some(number(digits)? * 10_u64.pow(7 - digits.len() as u32))
}

fn write_fraction(ticks: u64, out: &mut String) {
    if ticks > 0 {
        let digits = format!("{ticks:07}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        for text in [
            "2021-10-06T15:24:05-04:00",
            "2024-02-29T23:59:59.9999999Z",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59.9999999",
            "2024-07-01T01:02:03.005+05:30",
        ] {
            let mut out = String::new();
            write_date_time(date_time(text).unwrap_or_else(|| panic!("{text}")), &mut out);
            assert_eq!(out, text);
        }
        for wrong in
            ["2024-02-30T00:00:00", "2024-02-29", "10000-01-01T00:00:00", "2024-01-01T24:00:00", "T", ""]
        {
            assert_eq!(date_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn spans_go_both_ways() {
        for text in [
            "P1DT2H3M4.005S",
            "-PT0.0000001S",
            "P10675199DT2H48M5.4775807S",
            "PT0S",
            "P30D",
            "PT6H",
            "PT1M1S",
        ] {
            let mut out = String::new();
            write_time_span(time_span(text).unwrap_or_else(|| panic!("{text}")), &mut out);
            assert_eq!(out, text);
        }
        assert_eq!(time_span("P1Y2M"), Some(PsTimeSpan::from_seconds(425 * 86_400)));
        assert_eq!(time_span("-P10675199DT2H48M5.4775808S"), Some(PsTimeSpan { ticks: i64::MIN }));
        for wrong in ["", "P", "PT", "1D", "P1D2M", "PT1S2M", "P99999999999999D"] {
            assert_eq!(time_span(wrong), None, "{wrong}");
        }
    }

    /// What PowerShell 7.6 wrote for these numbers.
    #[test]
    fn floats_are_written_as_powershell_does() {
        for (number, text) in [
            (1e15, "1000000000000000"),
            (1e16, "10000000000000000"),
            (1e17, "1E+17"),
            (12_345_678_901_234_568.0, "12345678901234568"),
            (123_456_789_012_345_680_000.0, "1.2345678901234568E+20"),
            (0.0001, "0.0001"),
            (1.5e-5, "1.5E-05"),
            (-0.0, "-0"),
            (5e-324, "5E-324"),
        ] {
            assert_eq!(double_text(number), text);
        }
        for (number, text) in [
            (1e8, "100000000"),
            (1e9, "1E+09"),
            (16_777_216.0, "16777216"),
            (3.14e10, "3.14E+10"),
            (f32::MAX, "3.4028235E+38"),
            (1.1, "1.1"),
        ] {
            assert_eq!(single_text(number), text);
        }
    }
}
