//! `-f` and `ToString(format)`.

use std::fmt::Write as _;

use postern_shared::{
    syntax::Span,
    value::{PsDateTime, PsValue},
};

use super::{
    convert::{Number, numeric, text},
    list::unwrap,
};
use crate::error::{Error, Result};

/// Most digits behind the point that a format may ask for.
const MAX_DIGITS: usize = 60;
/// Widest field.
const MAX_WIDTH: usize = 10_000;

fn invalid(span: Span) -> Error {
    let what = "Error formatting a string: Input string was not in a correct format.";
    Error::statement(span, "FormatError", what)
}

/// `pattern -f values`.
pub(super) fn format(pattern: &str, values: &[PsValue], span: Span) -> Result<String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let sign = &rest[at..=at];
        let behind = &rest[at + 1..];
        if let Some(behind) = behind.strip_prefix(sign) {
            out.push_str(sign);
            rest = behind;
            continue;
        }
        let (item, behind) = behind.split_once('}').filter(|_| sign == "{").ok_or_else(|| invalid(span))?;
        let (head, format) = item.split_once(':').unwrap_or((item, ""));
        let (index, width) = head.split_once(',').unwrap_or((head, "0"));
        let index: usize = index.trim().parse().map_err(|_| invalid(span))?;
        let width: i64 = width.trim().parse().map_err(|_| invalid(span))?;
        let value = values.get(index).ok_or_else(|| {
            let what = "Error formatting a string: Index (zero based) must be greater than or equal to zero and less than \
                        the size of the argument list.";
            Error::statement(span, "FormatError", what)
        })?;
        let shown = one(value, format, span)?;
        let columns = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        let fill = " ".repeat(columns.saturating_sub(shown.chars().count()));
        if width < 0 {
            out.push_str(&shown);
            out.push_str(&fill);
        } else {
            out.push_str(&fill);
            out.push_str(&shown);
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// A value in a standard or custom format.
pub(super) fn one(value: &PsValue, format: &str, span: Span) -> Result<String> {
    if format.is_empty() {
        return Ok(text(value));
    }
    match unwrap(value) {
        PsValue::DateTime(at) => date(*at, format, span),
        other => match numeric(other) {
            Some(number) => number_format(number, format, span),
            None => Ok(text(value)),
        },
    }
}

fn unavailable(format: &str, span: Span) -> Error {
    Error::unsupported(
        span,
        format!("The format '{format}' is not available."),
        "Available are N, F, D, X, P and G with digits, 0 and # patterns, and yyyy MM dd HH mm ss for dates.",
    )
}

fn number_format(number: Number, format: &str, span: Span) -> Result<String> {
    let letter = format.chars().next().unwrap_or(' ');
    let digits: Option<usize> = format.get(letter.len_utf8()..).and_then(|digits| digits.parse().ok());
    if letter.is_ascii_alphabetic()
        && (format.len() == 1 || digits.is_some_and(|digits| digits <= MAX_DIGITS))
    {
        let whole = match number {
            Number::Int(n) => Some(i64::from(n)),
            Number::Long(n) => Some(n),
            _ => None,
        };
        return Ok(match (letter.to_ascii_uppercase(), whole) {
            ('N', _) => grouped(&fixed(number, digits.unwrap_or(2))),
            ('F', _) => fixed(number, digits.unwrap_or(2)),
            ('P', _) => {
                let hundred = Number::Double(number.as_f64() * 100.0);
                format!("{}%", grouped(&fixed(hundred, digits.unwrap_or(2))))
            }
            ('G', _) if digits.is_none() => super::number_value(number).to_string(),
            ('D', Some(n)) => {
                let width = digits.unwrap_or(0);
                format!("{}{:0>width$}", if n < 0 { "-" } else { "" }, n.unsigned_abs())
            }
            ('X', Some(n)) => {
                let width = digits.unwrap_or(0);
                let shown = if let Number::Int(n) = number { format!("{n:X}") } else { format!("{n:X}") };
                let shown = format!("{shown:0>width$}");
                if letter == 'x' { shown.to_lowercase() } else { shown }
            }
            _ => return Err(unavailable(format, span)),
        });
    }
    // A pattern of digits: `0.00`, `#,##0.#`, `000`.
    if !format.chars().all(|c| matches!(c, '0' | '#' | ',' | '.')) {
        return Err(unavailable(format, span));
    }
    let (whole, fraction) = format.split_once('.').unwrap_or((format, ""));
    if fraction.contains(['.', ',']) || fraction.len() > MAX_DIGITS || whole.ends_with(',') {
        return Err(unavailable(format, span));
    }
    let shown = fixed(number, fraction.len());
    let (sign, shown) = shown.strip_prefix('-').map_or(("", shown.as_str()), |rest| ("-", rest));
    let (own_whole, own_fraction) = shown.split_once('.').unwrap_or((shown, ""));
    let least = whole.chars().filter(|c| *c == '0').count();
    let own_whole = if own_whole == "0" && least == 0 { "" } else { own_whole };
    let mut out = format!("{own_whole:0>least$}");
    if whole.contains(',') {
        out = grouped(&out);
    }
    let required = fraction.rfind('0').map_or(0, |at| at + 1);
    let kept = own_fraction.trim_end_matches('0').len().max(required);
    if kept > 0 {
        out.push('.');
        out.push_str(own_fraction.get(..kept).unwrap_or(own_fraction));
    }
    Ok(format!("{sign}{out}"))
}

/// The number with so many digits behind the point, rounded half away from zero as .NET rounds text.
fn fixed(number: Number, digits: usize) -> String {
    match number {
        Number::Int(n) => format!("{n}{}", zeros(digits)),
        Number::Long(n) => format!("{n}{}", zeros(digits)),
        Number::Decimal(n) => {
            let strategy = postern_shared::value::Decimal::round_dp_with_strategy;
            let rounded = strategy(&n, digits as u32, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            format!("{rounded:.digits$}")
        }
        Number::Double(n) => {
            let shown = format!("{n:.digits$}");
            // Minus zero is shown as zero in PowerShell 5.1, and no one wants to see it.
            if shown.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
                shown.trim_start_matches('-').to_owned()
            } else {
                shown
            }
        }
    }
}

fn zeros(digits: usize) -> String {
    if digits == 0 { String::new() } else { format!(".{:0<digits$}", "") }
}

fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) =
        number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn date(at: PsDateTime, format: &str, span: Span) -> Result<String> {
    let fields = at.fields();
    let format = match format {
        "d" => "MM/dd/yyyy",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        "t" => "HH:mm",
        "T" => "HH:mm:ss",
        "g" => "MM/dd/yyyy HH:mm",
        "G" => "MM/dd/yyyy HH:mm:ss",
        other if other.len() == 1 => return Err(unavailable(other, span)),
        other => other,
    };
    let mut out = String::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let run = rest.chars().take_while(|other| *other == c).count();
        if c == '\'' || c == '"' {
            let (quoted, behind) = rest[1..].split_once(c).ok_or_else(|| invalid(span))?;
            out.push_str(quoted);
            rest = behind;
            continue;
        }
        let (hour, month) = (fields.hour(), fields.month());
        match (c, run) {
            ('y', 4) => _ = write!(out, "{:04}", fields.year()),
            ('y', 2) => _ = write!(out, "{:02}", fields.year() % 100),
            ('M', 4) => out.push_str(&month.to_string()),
            ('M', 3) => out.push_str(month.to_string().get(..3).unwrap_or("")),
            ('M', 1 | 2) => _ = write!(out, "{:0run$}", u8::from(month)),
            ('d', 4) => out.push_str(&fields.weekday().to_string()),
            ('d', 3) => out.push_str(fields.weekday().to_string().get(..3).unwrap_or("")),
            ('d', 1 | 2) => _ = write!(out, "{:0run$}", fields.day()),
            ('H', 1 | 2) => _ = write!(out, "{hour:0run$}"),
            ('h', 1 | 2) => _ = write!(out, "{:0run$}", (hour + 11) % 12 + 1),
            ('m', 1 | 2) => _ = write!(out, "{:0run$}", fields.minute()),
            ('s', 1 | 2) => _ = write!(out, "{:0run$}", fields.second()),
            ('f', 1..=7) => {
                let ticks = format!("{:07}", at.subsecond_ticks());
                out.push_str(ticks.get(..run).unwrap_or(""));
            }
            ('t', 1 | 2) => out.push_str(if hour < 12 { "AM" } else { "PM" }.get(..run).unwrap_or("")),
            (c, _) if !c.is_ascii_alphabetic() || matches!(c, 'T' | 'Z') => {
                out.extend(std::iter::repeat_n(c, run));
            }
            _ => return Err(unavailable(format, span)),
        }
        rest = rest.get(run * c.len_utf8()..).unwrap_or("");
    }
    Ok(out)
}
