//! .NET's formats of numbers, in the culture en-US.

use postern_shared::value::{Decimal, round_trip_double};
use rust_decimal::RoundingStrategy;

use crate::convert::Number;

/// Most digits that a format may ask for.
const MAX_DIGITS: usize = 99;

/// A number in a standard or a custom format; `None` if there is no such format.
pub(crate) fn number(number: Number, format: &str, single: bool) -> Option<String> {
    if format.is_empty() {
        return Some(general(number, single));
    }
    let letter = format.chars().next()?;
    let rest = &format[letter.len_utf8()..];
    let digits = if rest.is_empty() { None } else { rest.parse::<usize>().ok() };
    if letter.is_ascii_alphabetic()
        && (rest.is_empty() || digits.is_some_and(|digits| digits <= MAX_DIGITS) && rest.len() <= 2)
    {
        return standard(number, letter, digits, single);
    }
    Some(custom(number, format))
}

/// The number as `ToString()` writes it.
pub(crate) fn general(number: Number, single: bool) -> String {
    match number {
        Number::Int(n) => n.to_string(),
        Number::UInt(n) => n.to_string(),
        Number::Long(n) => n.to_string(),
        Number::ULong(n) => n.to_string(),
        Number::Double(n) if single => super::format::shortest_single(n as f32),
        Number::Double(n) => round_trip_double(n),
        Number::Decimal(n) => n.to_string(),
    }
}

fn standard(number: Number, letter: char, digits: Option<usize>, single: bool) -> Option<String> {
    if let Number::Double(n) = number
        && !n.is_finite()
    {
        return Some(general(number, single));
    }
    Some(match letter.to_ascii_uppercase() {
        'N' => grouped(&fixed(number, digits.unwrap_or(2))),
        'F' => fixed(number, digits.unwrap_or(2)),
        'P' => {
            let digits = digits.unwrap_or(3);
            let text = match number {
                Number::Double(n) => fixed_double(n, digits, 2, false),
                other => fixed(times_hundred(other), digits),
            };
            format!("{}%", grouped(&text))
        }
        'C' => {
            let text = grouped(&fixed(number, digits.unwrap_or(2)));
            match text.strip_prefix('-') {
                Some(text) => format!("-${text}"),
                None => format!("${text}"),
            }
        }
        'G' => match digits {
            None | Some(0) => general(number, single),
            Some(digits) => significant(number, digits, letter == 'g'),
        },
        'R' => general(number, single),
        'E' => exponent(number, digits.unwrap_or(6), letter, 3),
        'D' => {
            let n = number.as_whole()?;
            let width = digits.unwrap_or(0);
            format!("{}{:0>width$}", if n < 0 { "-" } else { "" }, n.unsigned_abs())
        }
        'X' => {
            let width = digits.unwrap_or(0);
            let text = match number {
                Number::Int(n) => format!("{n:X}"),
                Number::UInt(n) => format!("{n:X}"),
                Number::Long(n) => format!("{n:X}"),
                Number::ULong(n) => format!("{n:X}"),
                _ => return None,
            };
            let text = format!("{text:0>width$}");
            if letter == 'x' { text.to_lowercase() } else { text }
        }
        'B' => {
            let width = digits.unwrap_or(0);
            let text = match number {
                Number::Int(n) => format!("{n:b}"),
                Number::UInt(n) => format!("{n:b}"),
                Number::Long(n) => format!("{n:b}"),
                Number::ULong(n) => format!("{n:b}"),
                _ => return None,
            };
            format!("{text:0>width$}")
        }
        _ => return None,
    })
}

fn times_hundred(number: Number) -> Number {
    match number {
        Number::Decimal(n) => n
            .checked_mul(Decimal::ONE_HUNDRED)
            .map_or(Number::Double(number.as_f64() * 100.0), Number::Decimal),
        Number::Double(n) => Number::Double(n * 100.0),
        other => Number::Decimal(Decimal::from_i128_with_scale(other.as_whole().unwrap_or(0) * 100, 0)),
    }
}

/// With so many digits behind the point, halves away from zero.
pub(crate) fn fixed(number: Number, digits: usize) -> String {
    match number {
        Number::Decimal(n) => {
            let places = u32::try_from(digits).unwrap_or(28).min(28);
            let rounded = n.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            sign_of_zero(format!("{rounded:.digits$}"))
        }
        Number::Double(n) => fixed_double(n, digits, 0, false),
        other => {
            let n = other.as_whole().unwrap_or(0);
            if digits == 0 { n.to_string() } else { format!("{n}.{:0<digits$}", "") }
        }
    }
}

/// The exact value of a double, moved `shift` places to the left of the point, rounded to so many digits. Halves go to
/// the even digit in standard formats and away from zero in custom ones.
fn fixed_double(n: f64, digits: usize, shift: usize, away: bool) -> String {
    let exact = format!("{n:.*}", (digits + shift + 40).min(400));
    let (sign, text) = exact.strip_prefix('-').map_or(("", exact.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (moved, fraction) = fraction.split_at(shift.min(fraction.len()));
    let whole = format!("{whole}{moved}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    };
    let kept = fraction.get(..digits).unwrap_or(fraction);
    let behind = fraction.get(digits..).unwrap_or("");
    let tie = behind.starts_with('5') && behind[1..].bytes().all(|digit| digit == b'0');
    let last = kept.bytes().last().or_else(|| whole.bytes().last()).unwrap_or(b'0');
    let up = if tie {
        away || last % 2 == 1
    } else {
        behind.as_bytes().first().is_some_and(|digit| *digit >= b'5')
    };
    let mut all: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if up {
        let mut at = all.len();
        loop {
            if at == 0 {
                all.insert(0, b'1');
                break;
            }
            at -= 1;
            if all[at] == b'9' {
                all[at] = b'0';
            } else {
                all[at] += 1;
                break;
            }
        }
    }
    let text = String::from_utf8(all).unwrap_or_default();
    let (whole, fraction) = text.split_at(text.len() - kept.len());
    let text = if digits == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") };
    sign_of_zero(format!("{sign}{text}"))
}

fn sign_of_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => {
            // .NET Core writes -0 with its sign, and so does not lose that it was negative.
            text
        }
        _ => text,
    }
}

/// With a comma before each three digits of the whole part.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) =
        text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
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

fn exponent(number: Number, digits: usize, letter: char, width: usize) -> String {
    let n = number.as_f64();
    let text = format!("{n:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{letter}{sign}{:0>width$}", exponent.unsigned_abs())
}

fn significant(number: Number, digits: usize, small: bool) -> String {
    let n = number.as_f64();
    if n == 0.0 {
        return "0".into();
    }
    let text = format!("{n:.*e}", digits - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let trimmed = all.trim_end_matches('0');
    let trimmed = if trimmed.is_empty() { "0" } else { trimmed };
    if exponent < -5 || exponent >= digits as i32 {
        let (first, rest) = trimmed.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let letter = if small { 'e' } else { 'E' };
        let mark = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{point}{rest}{letter}{mark}{:02}", exponent.unsigned_abs());
    }
    if exponent < 0 {
        return format!("{sign}0.{}{trimmed}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if trimmed.len() <= whole {
        return format!("{sign}{trimmed}{}", "0".repeat(whole - trimmed.len()));
    }
    let (head, tail) = trimmed.split_at(whole);
    format!("{sign}{head}.{tail}")
}

/// A format of `0`, `#`, `.`, `,`, `%`, `E` and literals, with up to three sections.
fn custom(number: Number, format: &str) -> String {
    let sections = sections(format);
    let n = number.as_f64();
    let (section, number) = match sections.as_slice() {
        [_, negative, ..] if n < 0.0 && !negative.is_empty() => (negative.as_str(), negated(number)),
        [_, _, zero, ..] if n == 0.0 && !zero.is_empty() => (zero.as_str(), number),
        [first, ..] => (first.as_str(), number),
        [] => ("", number),
    };
    custom_section(number, section)
}

fn negated(number: Number) -> Number {
    match number {
        Number::Decimal(n) => Number::Decimal(-n),
        Number::Double(n) => Number::Double(-n),
        other => Number::Decimal(Decimal::from_i128_with_scale(-other.as_whole().unwrap_or(0), 0)),
    }
}

fn sections(format: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quote = None;
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        let last = all.len() - 1;
        match c {
            '\\' => {
                all[last].push(c);
                all[last].extend(chars.next());
                continue;
            }
            '\'' | '"' if quote == Some(c) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(c),
            ';' if quote.is_none() => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all[last].push(c);
    }
    all
}

enum Piece {
    Digit,
    Point,
    Literal(String),
    Exponent(String),
}

fn custom_section(number: Number, format: &str) -> String {
    let mut pieces = Vec::new();
    let mut chars = format.chars().peekable();
    let (mut before, mut after, mut seen_point) = (Vec::new(), Vec::new(), false);
    let (mut percent, mut group, mut scale) = (0u32, false, 0u32);
    let mut has_exponent = false;
    let mut commas = 0;
    while let Some(c) = chars.next() {
        match c {
            '0' | '#' => {
                if commas > 0 && !seen_point {
                    group = true;
                }
                commas = 0;
                if seen_point {
                    after.push(c);
                } else {
                    before.push(c);
                }
                pieces.push(Piece::Digit);
            }
            '.' => {
                if !seen_point {
                    scale += commas;
                    commas = 0;
                    seen_point = true;
                    pieces.push(Piece::Point);
                }
            }
            ',' => {
                if !seen_point && !before.is_empty() {
                    commas += 1;
                }
            }
            '%' => {
                percent += 1;
                pieces.push(Piece::Literal("%".into()));
            }
            '‰' => {
                percent += 2;
                pieces.push(Piece::Literal("‰".into()));
            }
            '\\' => pieces.push(Piece::Literal(chars.next().map(String::from).unwrap_or_default())),
            '\'' | '"' => {
                let mut text = String::new();
                for inner in chars.by_ref() {
                    if inner == c {
                        break;
                    }
                    text.push(inner);
                }
                pieces.push(Piece::Literal(text));
            }
            'E' | 'e'
                if chars.peek().is_some_and(|next| matches!(next, '0' | '+' | '-')) && !has_exponent =>
            {
                has_exponent = true;
                let mut text = String::from(c);
                while let Some(next) = chars.next_if(|next| matches!(next, '0' | '+' | '-')) {
                    text.push(next);
                }
                pieces.push(Piece::Exponent(text));
            }
            c => pieces.push(Piece::Literal(c.to_string())),
        }
    }
    scale += if seen_point { 0 } else { commas };
    let mut value = number;
    if percent > 0 {
        value = match value {
            Number::Double(n) => Number::Double(n * if percent == 1 { 100.0 } else { 1000.0 }),
            other => times_hundred(other),
        };
    }
    for _ in 0..scale {
        value = Number::Double(value.as_f64() / 1000.0);
    }
    let mut shown_exponent = 0i32;
    if has_exponent && value.as_f64() != 0.0 {
        let n = value.as_f64();
        let digits = before.len().max(1) as i32;
        shown_exponent = n.abs().log10().floor() as i32 - (digits - 1);
        value = Number::Double(n / 10f64.powi(shown_exponent));
    }
    let text = match value {
        Number::Double(n) => fixed_double(n, after.len(), 0, true),
        other => fixed(other, after.len()),
    };
    let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('0');
    let minimum = before.iter().position(|c| *c == '0').map_or(0, |at| before.len() - at);
    let whole = format!("{whole:0>minimum$}");
    let keep = after.iter().rposition(|c| *c == '0').map_or(0, |at| at + 1);
    let fraction = {
        let trimmed = fraction.trim_end_matches('0');
        if trimmed.len() >= keep { trimmed } else { &fraction[..keep.min(fraction.len())] }
    };
    let is_zero = whole.chars().all(|c| c == '0') && fraction.chars().all(|c| c == '0');
    let mut out = String::new();
    if negative && !is_zero {
        out.push('-');
    }
    let mut digits = whole.chars();
    let mut place = 0usize;
    let total = whole.len();
    let mut fraction_digits = fraction.chars();
    let (mut in_fraction, mut written_point) = (false, false);
    let mut written = 0usize;
    let put_whole =
        |out: &mut String, digits: &mut std::str::Chars<'_>, count: usize, written: &mut usize| {
            for _ in 0..count {
                if let Some(digit) = digits.next() {
                    if group && *written > 0 && (total - *written).is_multiple_of(3) {
                        out.push(',');
                    }
                    out.push(digit);
                    *written += 1;
                }
            }
        };
    for piece in pieces {
        match piece {
            Piece::Literal(text) => out.push_str(&text),
            Piece::Digit if !in_fraction => {
                // The first place takes the digits that have no place of their own.
                let left_places = before.len() - place;
                let left_digits = total - written;
                if place == 0 && left_digits > left_places {
                    put_whole(&mut out, &mut digits, left_digits - left_places + 1, &mut written);
                } else if left_digits >= left_places {
                    put_whole(&mut out, &mut digits, 1, &mut written);
                }
                place += 1;
            }
            Piece::Digit => {
                if let Some(digit) = fraction_digits.next() {
                    if !written_point {
                        out.push('.');
                        written_point = true;
                    }
                    out.push(digit);
                }
            }
            Piece::Point => {
                if before.is_empty() {
                    put_whole(&mut out, &mut digits, total, &mut written);
                }
                in_fraction = true;
            }
            Piece::Exponent(text) => {
                let letter = text.chars().next().unwrap_or('E');
                let width = text.chars().filter(|c| *c == '0').count();
                out.push(letter);
                if shown_exponent < 0 {
                    out.push('-');
                } else if text.contains('+') {
                    out.push('+');
                }
                out.push_str(&format!("{:0>width$}", shown_exponent.unsigned_abs()));
            }
        }
    }
    out
}
