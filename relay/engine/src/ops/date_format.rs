//! .NET's formats of dates and spans, in the culture en-US of Windows PowerShell (`h:mm:ss tt` with a plain space).

use postern_shared::value::{DateTimeKind, PsDateTime, PsTimeSpan};

/// Names of the days.
pub(crate) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// Names of the months.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date in a standard or custom format; `None` if there is no such format.
pub(crate) fn date(at: PsDateTime, format: &str) -> Option<String> {
    let mut chars = format.chars();
    if let (Some(letter), None) = (chars.next(), chars.next()) {
        let (at, pattern) = match letter {
            'd' => (at, "M/d/yyyy"),
            'D' => (at, "dddd, MMMM d, yyyy"),
            'f' => (at, "dddd, MMMM d, yyyy h:mm tt"),
            'F' => (at, "dddd, MMMM d, yyyy h:mm:ss tt"),
            'g' => (at, "M/d/yyyy h:mm tt"),
            'G' => (at, "M/d/yyyy h:mm:ss tt"),
            'm' | 'M' => (at, "MMMM d"),
            'o' | 'O' => (at, "yyyy-MM-ddTHH:mm:ss.fffffffK"),
            'r' | 'R' => (at, "ddd, dd MMM yyyy HH:mm:ss 'GMT'"),
            's' => (at, "yyyy-MM-ddTHH:mm:ss"),
            't' => (at, "h:mm tt"),
            'T' => (at, "h:mm:ss tt"),
            'u' => (at, "yyyy-MM-dd HH:mm:ss'Z'"),
            'U' => (at.to_utc(), "dddd, MMMM d, yyyy h:mm:ss tt"),
            'y' | 'Y' => (at, "MMMM yyyy"),
            _ => return None,
        };
        return custom(at, pattern);
    }
    custom(at, format)
}

/// Day of the week, Sunday being 0.
pub(crate) fn weekday(at: PsDateTime) -> usize {
    (at.ticks.div_euclid(864_000_000_000) + 1).rem_euclid(7) as usize
}

fn custom(at: PsDateTime, format: &str) -> Option<String> {
    let fields = at.fields();
    let (year, month, day) = (fields.year(), u8::from(fields.month()), fields.day());
    let (hour, minute, second) = (fields.hour(), fields.minute(), fields.second());
    let subsecond = at.subsecond_ticks();
    let mut out = String::with_capacity(format.len() + 8);
    let chars: Vec<char> = format.chars().collect();
    let mut at_char = 0;
    // `%d` is the custom format of one letter.
    while at_char < chars.len() {
        let c = chars[at_char];
        let run = chars[at_char..].iter().take_while(|own| **own == c).count();
        let number = |out: &mut String, n: u32, width: usize| out.push_str(&format!("{n:0width$}"));
        let mut used = run;
        match c {
            'd' => match run {
                1 | 2 => number(&mut out, day.into(), run),
                3 => out.push_str(&DAYS[weekday(at)][..3]),
                _ => out.push_str(DAYS[weekday(at)]),
            },
            'M' => match run {
                1 | 2 => number(&mut out, month.into(), run),
                3 => out.push_str(&MONTHS[usize::from(month) - 1][..3]),
                _ => out.push_str(MONTHS[usize::from(month) - 1]),
            },
            'y' => match run {
                1 => number(&mut out, (year % 100) as u32, 1),
                2 => number(&mut out, (year % 100) as u32, 2),
                _ => number(&mut out, year as u32, run),
            },
            'H' => number(&mut out, hour.into(), run.min(2)),
            'h' => number(&mut out, if hour % 12 == 0 { 12 } else { (hour % 12).into() }, run.min(2)),
            'm' => number(&mut out, minute.into(), run.min(2)),
            's' => number(&mut out, second.into(), run.min(2)),
            't' => {
                let half = if hour < 12 { "AM" } else { "PM" };
                out.push_str(if run == 1 { &half[..1] } else { half });
            }
            'f' | 'F' => {
                if run > 7 {
                    return None;
                }
                let digits = format!("{subsecond:07}");
                let digits = &digits[..run];
                if c == 'f' {
                    out.push_str(digits);
                } else {
                    let digits = digits.trim_end_matches('0');
                    if digits.is_empty() && out.ends_with('.') {
                        out.pop();
                    }
                    out.push_str(digits);
                }
            }
            'g' => out.push_str("A.D."),
            'K' => {
                used = 1;
                match at.kind {
                    DateTimeKind::Utc => out.push('Z'),
                    DateTimeKind::Local(minutes) => out.push_str(&offset(minutes, 3)),
                    DateTimeKind::Unspecified => {}
                }
            }
            'z' => {
                let minutes = if let DateTimeKind::Local(minutes) = at.kind { minutes } else { 0 };
                out.push_str(&offset(minutes, run.min(3)));
            }
            '\'' | '"' => {
                let close = chars[at_char + 1..].iter().position(|own| *own == c)?;
                out.extend(&chars[at_char + 1..at_char + 1 + close]);
                used = close + 2;
            }
            '\\' => {
                out.push(*chars.get(at_char + 1)?);
                used = 2;
            }
            '%' => used = 1,
            c => {
                out.push(c);
                used = 1;
            }
        }
        at_char += used;
    }
    Some(out)
}

fn offset(minutes: i16, width: usize) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    match width {
        1 => format!("{sign}{hours}"),
        2 => format!("{sign}{hours:02}"),
        _ => format!("{sign}{hours:02}:{rest:02}"),
    }
}

/// A span in a standard or custom format; `None` if there is no such format.
pub(crate) fn span(span: PsTimeSpan, format: &str) -> Option<String> {
    let ticks = span.ticks.unsigned_abs();
    let (seconds, fraction) = (ticks / 10_000_000, ticks % 10_000_000);
    let (days, hours, minutes, second) =
        (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let sign = if span.ticks < 0 { "-" } else { "" };
    match format {
        "" | "c" | "t" | "T" => return Some(span.to_string()),
        "g" => {
            let days = if days > 0 { format!("{days}:") } else { String::new() };
            let fraction = if fraction > 0 {
                format!(".{fraction:07}").trim_end_matches('0').to_owned()
            } else {
                String::new()
            };
            return Some(format!("{sign}{days}{hours}:{minutes:02}:{second:02}{fraction}"));
        }
        "G" => return Some(format!("{sign}{days}:{hours:02}:{minutes:02}:{second:02}.{fraction:07}")),
        _ => {}
    }
    let mut out = String::new();
    let chars: Vec<char> = format.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let run = chars[at..].iter().take_while(|own| **own == c).count();
        let mut used = run;
        let mut put = |n: u64, most: usize| -> Option<()> {
            if run > most {
                return None;
            }
            out.push_str(&format!("{n:0run$}"));
            Some(())
        };
        match c {
            'd' => put(days, 8)?,
            'h' => put(hours, 2)?,
            'm' => put(minutes, 2)?,
            's' => put(second, 2)?,
            'f' if run <= 7 => out.push_str(&format!("{fraction:07}")[..run]),
            'F' if run <= 7 => out.push_str(format!("{fraction:07}")[..run].trim_end_matches('0')),
            '\'' | '"' => {
                let close = chars[at + 1..].iter().position(|own| *own == c)?;
                out.extend(&chars[at + 1..at + 1 + close]);
                used = close + 2;
            }
            '\\' => {
                out.push(*chars.get(at + 1)?);
                used = 2;
            }
            '%' => used = 1,
            // Anything else has to be quoted.
            _ => return None,
        }
        at += used;
    }
    Some(out)
}
