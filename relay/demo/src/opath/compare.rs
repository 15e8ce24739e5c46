//! Comparing a property's value with the text of a filter.

use std::cmp::Ordering;

use postern_shared::value::{Content, DateTimeKind, PsDateTime, PsValue};

use super::{Literal, Operator};

/// A pattern in which `*` stands for any text, compared without case.
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// The texts between the asterisks, in lower case; the first and the last are bound to the ends.
    parts: Vec<String>,
}

impl Like {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Self {
        Self { parts: pattern.to_lowercase().split('*').map(String::from).collect() }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else { return false };
        if self.parts.len() == 1 {
            return text == *first;
        }
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in self.parts.iter().skip(1).take(self.parts.len().saturating_sub(2)) {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        rest.ends_with(last.as_str())
    }
}

pub(super) fn compare(value: &PsValue, operator: Operator, literal: &Literal) -> bool {
    match operator {
        Operator::NotEqual => return !compare(value, Operator::Equal, literal),
        Operator::NotLike => return !compare(value, Operator::Like, literal),
        _ => {}
    }
    let Literal::Text { text, like } = literal else {
        return operator == Operator::Equal && is_empty(value);
    };
    if let Some(items) = value.as_list() {
        return items.iter().any(|item| one(item, operator, text, like));
    }
    one(value, operator, text, like)
}

/// The directory knows no difference between empty and absent.
fn is_empty(value: &PsValue) -> bool {
    match value {
        PsValue::Null => true,
        PsValue::Object(object) => match &object.content {
            Content::List(items) => items.is_empty(),
            _ => false,
        },
        _ => value.as_str().is_some_and(str::is_empty),
    }
}

fn one(value: &PsValue, operator: Operator, text: &str, like: &Like) -> bool {
    if operator == Operator::Like {
        let own = value.to_string();
        return like.matches(&own) || without_prefix(&own).is_some_and(|address| like.matches(address));
    }
    let Some(order) = order(value, text) else { return false };
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
        Operator::Like | Operator::NotEqual | Operator::NotLike => false,
    }
}

/// How the value stands to what the text means for a value of its type.
fn order(value: &PsValue, text: &str) -> Option<Ordering> {
    match value {
        PsValue::Null => None,
        PsValue::Bool(own) => {
            let wanted = match text.to_ascii_lowercase().as_str() {
                "true" | "1" => true,
                "false" | "0" => false,
                _ => return None,
            };
            Some(own.cmp(&wanted))
        }
        PsValue::DateTime(at) => date(text).map(|wanted| at.utc_ticks().cmp(&wanted.utc_ticks())),
        PsValue::Object(object) => {
            let own = object.to_string();
            if let (Some(own), Some(wanted)) = (bytes(&own), bytes(text)) {
                return Some(own.cmp(&wanted));
            }
            if own.eq_ignore_ascii_case("Unlimited") && bytes(text).is_some() {
                return Some(Ordering::Greater);
            }
            if let (Some(number), Ok(wanted)) = (value.as_i64(), text.parse::<i64>()) {
                return Some(number.cmp(&wanted));
            }
            // Objects of the directory are also named by their distinguished name.
            let other_names = [object.get("DistinguishedName"), object.get("Name")];
            if other_names.iter().flatten().filter_map(|name| name.as_str()).any(|name| same(name, text)) {
                return Some(Ordering::Equal);
            }
            if without_prefix(&own).is_some_and(|address| same(address, text)) {
                return Some(Ordering::Equal);
            }
            Some(own.to_lowercase().cmp(&text.to_lowercase()))
        }
        other => {
            if let (Some(number), Ok(wanted)) = (other.as_i64(), text.parse::<i64>()) {
                return Some(number.cmp(&wanted));
            }
            let own = other.to_string();
            if without_prefix(&own).is_some_and(|address| same(address, text)) {
                return Some(Ordering::Equal);
            }
            Some(own.to_lowercase().cmp(&text.to_lowercase()))
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// The address of a proxy address.
fn without_prefix(text: &str) -> Option<&str> {
    text.split_once(':').filter(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp")).map(|(_, address)| address)
}

/// Bytes of `49.5 GB (53,150,220,288 bytes)`, `50GB` or `1024`.
pub(super) fn bytes(text: &str) -> Option<u64> {
    if let Some((_, rest)) = text.split_once('(')
        && let Some((number, _)) = rest.split_once(" bytes")
    {
        return number.replace(',', "").parse().ok();
    }
    let upper = text.trim().to_ascii_uppercase();
    let units = [("TB", 1_u64 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];
    let unit = units.iter().find_map(|(unit, factor)| Some((upper.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((&upper, 1));
    let number: f64 = number.trim().parse().ok()?;
    (number >= 0.0).then_some((number * factor as f64) as u64)
}

/// A date as filters have it: `2026-03-02`, `3/2/2026`, either with a time of day.
fn date(text: &str) -> Option<PsDateTime> {
    let text = text.trim().trim_end_matches('Z');
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let numbers = |text: &str, by: char| -> Option<Vec<i32>> {
        text.split(by).map(|part| part.trim().parse().ok()).collect()
    };
    let (year, month, day) = match (numbers(day, '-'), numbers(day, '/')) {
        (Some(parts), _) if parts.len() == 3 => (parts[0], parts[1], parts[2]),
        (_, Some(parts)) if parts.len() == 3 => (parts[2], parts[0], parts[1]),
        _ => return None,
    };
    let upper = time.to_ascii_uppercase();
    let (clock, afternoon) = match (upper.strip_suffix("PM"), upper.strip_suffix("AM")) {
        (Some(clock), _) => (clock, Some(true)),
        (_, Some(clock)) => (clock, Some(false)),
        _ => (upper.as_str(), None),
    };
    let parts = if clock.trim().is_empty() {
        Vec::new()
    } else {
        // Fractions of a second do not matter for what a filter asks.
        numbers(clock.split('.').next()?, ':')?
    };
    let mut hour = parts.first().copied().unwrap_or(0);
    hour = match afternoon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let small = |number: i32| u8::try_from(number).ok();
    PsDateTime::from_fields(
        (year, small(month)?, small(day)?),
        (
            small(hour)?,
            small(parts.get(1).copied().unwrap_or(0))?,
            small(parts.get(2).copied().unwrap_or(0))?,
        ),
        0,
        DateTimeKind::Utc,
    )
}
