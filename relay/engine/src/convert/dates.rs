//! Dates and spans from text.

use postern_shared::value::{DateTimeKind, PsDateTime, PsTimeSpan};

use crate::ops::date_format::{DAYS, MONTHS};

/// A date in the invariant culture (month first), in ISO 8601, or with a month's name. What has a zone becomes local
/// time: `offset` gives the minutes east of UTC at an instant.
pub(crate) fn parse(text: &str, offset: &dyn Fn(PsDateTime) -> i16, now: PsDateTime) -> Option<PsDateTime> {
    let mut words = Vec::new();
    for word in tokens(text)? {
        words.push(word);
    }
    let mut date: Vec<(Token, char)> = Vec::new();
    let mut time: Option<(u8, u8, u8, u32)> = None;
    let mut half: Option<u8> = None;
    let mut zone: Option<i32> = None;
    let mut at = 0;
    while at < words.len() {
        match &words[at] {
            Token::Clock(hour, minute, second, ticks) => {
                if time.replace((*hour, *minute, *second, *ticks)).is_some() {
                    return None;
                }
            }
            Token::Zone(minutes) => zone = Some(*minutes),
            Token::Half(hours) => half = Some(*hours),
            Token::Weekday => {}
            token @ (Token::Number(..) | Token::Month(_)) => {
                let separator = match words.get(at + 1) {
                    Some(Token::Separator(c)) => {
                        at += 1;
                        *c
                    }
                    _ => ' ',
                };
                date.push((token.clone(), separator));
            }
            Token::Separator(_) => return None,
        }
        at += 1;
    }
    // An hour alone, as in `5 PM`.
    if half.is_some() && time.is_none() {
        let (Token::Number(hour, _), _) = date.pop()? else { return None };
        time = Some((u8::try_from(hour).ok()?, 0, 0, 0));
    }
    let (year, month, day) = match date.as_slice() {
        [] if time.is_some() => {
            let today = now.fields();
            (today.year(), u8::from(today.month()), today.day())
        }
        parts => calendar(parts, now)?,
    };
    let (mut hour, minute, second, ticks) = time.unwrap_or_default();
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    let found = PsDateTime::from_fields(
        (year, month, day),
        (hour, minute, second),
        ticks,
        DateTimeKind::Unspecified,
    )?;
    Some(match zone {
        None => found,
        Some(minutes) => {
            let utc = PsDateTime {
                ticks: found.ticks.checked_sub(i64::from(minutes) * 600_000_000)?,
                kind: DateTimeKind::Utc,
            };
            let local = offset(utc);
            PsDateTime {
                ticks: utc.ticks.checked_add(i64::from(local) * 600_000_000)?,
                kind: DateTimeKind::Local(local),
            }
        }
    })
}

#[derive(Clone, Debug)]
enum Token {
    /// A number and how many digits it has.
    Number(u32, usize),
    Month(u8),
    Weekday,
    Clock(u8, u8, u8, u32),
    Half(u8),
    Zone(i32),
    Separator(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.trim().chars().collect();
    if chars.is_empty() || chars.len() > 100 {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number =
        |from: usize, len: usize| chars[from..from + len].iter().collect::<String>().parse::<u32>().ok();
    while at < chars.len() {
        let c = chars[at];
        if c.is_ascii_digit() {
            let len = digits(at);
            if chars.get(at + len) == Some(&':') {
                let (clock, end) = clock(&chars, at)?;
                found.push(clock);
                at = end;
                continue;
            }
            found.push(Token::Number(number(at, len)?, len));
            at += len;
        } else if c.is_alphabetic() {
            let word: String = chars[at..].iter().take_while(|c| c.is_alphabetic()).collect();
            let len = word.chars().count();
            let lower = word.to_ascii_lowercase();
            let begins = |names: &[&str]| {
                names.iter().position(|name| {
                    lower == name.to_ascii_lowercase()
                        || lower.len() == 3 && name.to_ascii_lowercase().starts_with(&lower)
                })
            };
            match lower.as_str() {
                "t" if !found.is_empty() => {}
                "z" => found.push(Token::Zone(0)),
                "gmt" | "utc" => found.push(Token::Zone(0)),
                "am" | "a" => found.push(Token::Half(0)),
                "pm" | "p" => found.push(Token::Half(12)),
                _ => {
                    if let Some(month) = begins(&MONTHS) {
                        found.push(Token::Month(month as u8 + 1));
                    } else {
                        begins(&DAYS)?;
                        found.push(Token::Weekday);
                    }
                }
            }
            at += len;
        } else if matches!(c, '+' | '-') && matches!(found.last(), Some(Token::Clock(..) | Token::Half(_)))
            || c == '+'
        {
            let len = digits(at + 1);
            let (hours, minutes, end) = if chars.get(at + 1 + len) == Some(&':') {
                let more = digits(at + 2 + len);
                (number(at + 1, len)?, number(at + 2 + len, more)?, at + 2 + len + more)
            } else if len == 4 {
                (number(at + 1, 2)?, number(at + 3, 2)?, at + 5)
            } else {
                (number(at + 1, len)?, 0, at + 1 + len)
            };
            if hours > 14 || minutes > 59 {
                return None;
            }
            let total = (hours * 60 + minutes) as i32;
            found.push(Token::Zone(if c == '-' { -total } else { total }));
            at = end;
        } else if matches!(c, '-' | '/' | '.') {
            found.push(Token::Separator(c));
            at += 1;
        } else if c == ',' || c.is_whitespace() || c == '\u{202f}' {
            at += 1;
        } else {
            return None;
        }
    }
    Some(found)
}

/// `hh:mm[:ss[.fffffff]]` at a place, and where it ends.
fn clock(chars: &[char], mut at: usize) -> Option<(Token, usize)> {
    let mut parts = [0u8; 3];
    let mut ticks = 0;
    for (index, part) in parts.iter_mut().enumerate() {
        let text: String = chars[at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        if text.is_empty() || text.len() > 2 {
            return None;
        }
        *part = text.parse().ok()?;
        at += text.len();
        if index == 2 {
            if chars.get(at) == Some(&'.') {
                let text: String = chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).collect();
                if text.is_empty() {
                    return None;
                }
                at += 1 + text.len();
                let digits: String = text.chars().chain("0000000".chars()).take(7).collect();
                ticks = digits.parse().ok()?;
            }
        } else if chars.get(at) == Some(&':') {
            at += 1;
        } else {
            break;
        }
    }
    Some((Token::Clock(parts[0], parts[1], parts[2], ticks), at))
}

/// Year, month and day.
fn calendar(parts: &[(Token, char)], now: PsDateTime) -> Option<(i32, u8, u8)> {
    let year_of = |n: u32, len: usize| -> i32 {
        match n as i32 {
            n if len <= 2 => n + if n < 50 { 2000 } else { 1900 },
            n => n,
        }
    };
    let byte = |n: u32| u8::try_from(n).ok();
    Some(match parts {
        [(Token::Number(year, 4), _), (Token::Number(month, _), _), (Token::Number(day, _), _)] => {
            (*year as i32, byte(*month)?, byte(*day)?)
        }
        [(Token::Number(month, 1..=2), _), (Token::Number(day, 1..=2), _), (Token::Number(year, len), _)] => {
            (year_of(*year, *len), byte(*month)?, byte(*day)?)
        }
        [(Token::Number(year, 4), _), (Token::Number(month, 1..=2), _)] => (*year as i32, byte(*month)?, 1),
        [(Token::Number(month, 1..=2), _), (Token::Number(year, 4), _)] => (*year as i32, byte(*month)?, 1),
        [(Token::Number(month, 1..=2), separator), (Token::Number(day, 1..=2), _)] if *separator != ' ' => {
            (now.fields().year(), byte(*month)?, byte(*day)?)
        }
        [(Token::Month(month), _), (Token::Number(day, 1..=2), _), (Token::Number(year, len), _)]
        | [(Token::Number(day, 1..=2), _), (Token::Month(month), _), (Token::Number(year, len), _)] => {
            (year_of(*year, *len), *month, byte(*day)?)
        }
        [(Token::Number(year, 4), _), (Token::Month(month), _), (Token::Number(day, _), _)] => {
            (*year as i32, *month, byte(*day)?)
        }
        [(Token::Month(month), _), (Token::Number(year, 4), _)]
        | [(Token::Number(year, 4), _), (Token::Month(month), _)] => (*year as i32, *month, 1),
        [(Token::Month(month), _), (Token::Number(day, _), _)]
        | [(Token::Number(day, _), _), (Token::Month(month), _)] => {
            (now.fields().year(), *month, byte(*day)?)
        }
        _ => return None,
    })
}

/// `[-][d.]hh:mm[:ss[.fffffff]]`, or a number of days.
pub(crate) fn parse_span(text: &str) -> Option<PsTimeSpan> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut ticks = 0i64;
    let seconds: i64;
    if text.contains(':') {
        let parts: Vec<&str> = text.split(':').collect();
        let (days, hours, minutes, rest) = match parts.as_slice() {
            [head, minutes] => {
                let (days, hours) = head.split_once('.').unwrap_or(("0", head));
                (days, hours, *minutes, "0")
            }
            [head, minutes, seconds] => {
                let (days, hours) = head.split_once('.').unwrap_or(("0", head));
                (days, hours, *minutes, *seconds)
            }
            [days, hours, minutes, seconds] => (*days, *hours, *minutes, *seconds),
            _ => return None,
        };
        let (secs, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let whole = |text: &str| text.parse::<i64>().ok().filter(|n| *n >= 0);
        let (days, hours, minutes, secs) = (whole(days)?, whole(hours)?, whole(minutes)?, whole(secs)?);
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
    let ticks = seconds.checked_mul(10_000_000)?.checked_add(ticks)?;
    Some(PsTimeSpan { ticks: if negative { -ticks } else { ticks } })
}

/// A date in exactly a custom or standard format.
pub(crate) fn parse_exact(text: &str, format: &str) -> Option<PsDateTime> {
    let format = match format {
        "d" => "M/d/yyyy",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ss'Z'",
        "o" | "O" => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        "g" => "M/d/yyyy h:mm tt",
        "G" => "M/d/yyyy h:mm:ss tt",
        other => other,
    };
    let pattern: Vec<char> = format.chars().collect();
    let mut rest = text;
    let (mut year, mut month, mut day) = (1i32, 1u8, 1u8);
    let (mut hour, mut minute, mut second, mut ticks) = (0u8, 0u8, 0u8, 0u32);
    let mut half = None;
    let mut kind = DateTimeKind::Unspecified;
    let mut at = 0;
    while at < pattern.len() {
        let c = pattern[at];
        let run = pattern[at..].iter().take_while(|own| **own == c).count();
        at += run;
        let number = |rest: &mut &str, most: usize, exact: bool| -> Option<u32> {
            let len = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            if len == 0 || exact && len < most {
                return None;
            }
            let (head, tail) = rest.split_at(len);
            *rest = tail;
            head.parse().ok()
        };
        match c {
            'y' => {
                let n = number(&mut rest, run.max(2), run > 1)? as i32;
                year = if run <= 2 { n + if n < 50 { 2000 } else { 1900 } } else { n };
            }
            'M' if run >= 3 => {
                let (index, name) = MONTHS.iter().enumerate().find_map(|(index, name)| {
                    let name = if run == 3 { &name[..3] } else { name };
                    rest.get(..name.len())
                        .filter(|head| head.eq_ignore_ascii_case(name))
                        .map(|_| (index, name))
                })?;
                rest = &rest[name.len()..];
                month = index as u8 + 1;
            }
            'd' if run >= 3 => {
                let name = DAYS.iter().find_map(|name| {
                    let name = if run == 3 { &name[..3] } else { name };
                    rest.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name)).map(|_| name)
                })?;
                rest = &rest[name.len()..];
            }
            'M' => month = number(&mut rest, 2, run == 2)? as u8,
            'd' => day = number(&mut rest, 2, run == 2)? as u8,
            'H' | 'h' => hour = number(&mut rest, 2, run == 2)? as u8,
            'm' => minute = number(&mut rest, 2, run == 2)? as u8,
            's' => second = number(&mut rest, 2, run == 2)? as u8,
            'f' | 'F' => {
                let len = rest.bytes().take(run).take_while(u8::is_ascii_digit).count();
                if len < run && c == 'f' {
                    return None;
                }
                let (head, tail) = rest.split_at(len);
                rest = tail;
                ticks = format!("{head:0<7}").parse().ok()?;
            }
            't' => {
                let word = rest.get(..run.min(2))?;
                half = Some(if word.starts_with(['P', 'p']) { 12 } else { 0 });
                rest = &rest[word.len()..];
            }
            'K' | 'z' => {
                if let Some(tail) = rest.strip_prefix('Z') {
                    kind = DateTimeKind::Utc;
                    rest = tail;
                } else if rest.starts_with(['+', '-']) {
                    let sign = if rest.starts_with('-') { -1 } else { 1 };
                    let digits: String =
                        rest[1..].chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
                    let (hours, minutes) = digits.split_once(':').unwrap_or((&digits, "0"));
                    kind = DateTimeKind::Local(
                        sign * (hours.parse::<i16>().ok()? * 60 + minutes.parse::<i16>().ok()?),
                    );
                    rest = &rest[1 + digits.len()..];
                }
            }
            '\'' | '"' => {
                at -= run - 1;
                let close = pattern[at..].iter().position(|own| *own == c)?;
                let literal: String = pattern[at..at + close].iter().collect();
                rest = rest.strip_prefix(literal.as_str())?;
                at += close + 1;
            }
            '\\' => {
                at -= run - 1;
                rest = rest.strip_prefix(*pattern.get(at)?)?;
                at += 1;
            }
            '%' => {}
            c => {
                at -= run - 1;
                rest = rest.strip_prefix(c)?;
            }
        }
    }
    if !rest.is_empty() {
        return None;
    }
    if let Some(half) = half {
        hour = hour % 12 + half;
    }
    PsDateTime::from_fields((year, month, day), (hour, minute, second), ticks, kind)
}
