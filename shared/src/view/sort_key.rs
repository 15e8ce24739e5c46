//! The order of a column.

use std::cmp::Ordering;

use super::cell::{cell_text, is_unlimited, size};
use crate::value::{Content, Decimal, PsValue};

/// What a value is sorted by. Made once a value; the order is total, whatever a column mixes.
#[derive(Clone, Debug)]
pub enum SortKey {
    /// Null comes first.
    Empty,
    /// No before yes.
    Bool(bool),
    /// A number, or a size in bytes. `Unlimited` is infinite.
    Number(f64),
    /// A point in time, in ticks of UTC.
    Date(i64),
    /// A span, in ticks.
    Span(i64),
    /// Anything else: its text in lower case.
    Text(Box<str>),
}

impl SortKey {
    /// The key of a value.
    pub fn of(value: &PsValue) -> Self {
        match value {
            PsValue::Null => Self::Empty,
            PsValue::Bool(b) => Self::Bool(*b),
            PsValue::DateTime(at) => Self::Date(at.utc_ticks()),
            PsValue::TimeSpan(span) => Self::Span(span.ticks),
            PsValue::Single(n) => Self::Number((*n).into()),
            PsValue::Double(n) => Self::Number(*n),
            PsValue::Decimal(n) => Self::Number(f64_of(*n)),
            PsValue::Str(text) => Self::of_text(text),
            PsValue::Char(_) => Self::of_text(&value.to_string()),
            PsValue::Object(object) => match (&object.content, &object.to_string) {
                _ if is_unlimited(value) => Self::Number(f64::INFINITY),
                // An enum is read by its name, so it is sorted by it.
                (Content::Value(inner), _) if !object.is_enum() => Self::of(inner),
                (Content::None, Some(text)) => Self::of_text(text),
                // Limits such as `Unlimited[Int32]` show their value.
                (Content::None, None) if object.get("Value").is_some() => object
                    .get("Value")
                    .filter(|value| value.as_object().is_none())
                    .map_or(Self::Empty, Self::of),
                _ => Self::of_text(&cell_text(value)),
            },
            other => match other.as_i64() {
                Some(n) => Self::Number(n as f64),
                None => Self::of_text(&other.to_string()),
            },
        }
    }

    fn of_text(text: &str) -> Self {
        match size(text) {
            Some(bytes) => Self::Number(bytes as f64),
            None => Self::Text(text.to_lowercase().into()),
        }
    }

    /// As much of the key as a number holds: of keys whose heads differ, the one with the smaller head comes first.
    /// `skip` is a number of bytes with which all texts begin that are compared.
    pub fn head(&self, skip: usize) -> u128 {
        let signed = |n: i64| u128::from((n as u64) ^ (1 << 63));
        let rest = match self {
            Self::Empty => 0,
            Self::Bool(yes) => u128::from(*yes),
            Self::Number(n) => {
                // As `f64::total_cmp` orders them: below zero the bits count the other way round.
                let bits = n.to_bits() as i64;
                signed(bits ^ (((bits >> 63) as u64) >> 1) as i64)
            }
            Self::Date(ticks) | Self::Span(ticks) => signed(*ticks),
            Self::Text(text) => {
                let text = text.as_bytes().get(skip..).unwrap_or_default();
                let mut head = [0; 16];
                head.iter_mut().skip(1).zip(text).for_each(|(to, from)| *to = *from);
                u128::from_be_bytes(head)
            }
        };
        u128::from(self.rank()) << 120 | rest
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::Date(_) => 3,
            Self::Span(_) => 4,
            Self::Text(_) => 5,
        }
    }
}

fn f64_of(number: Decimal) -> f64 {
    number.try_into().unwrap_or(f64::NAN)
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Date(one), Self::Date(other)) | (Self::Span(one), Self::Span(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortKey {}

/// The order of two values. For many values make a [`SortKey`] of each once.
pub fn compare(one: &PsValue, other: &PsValue) -> Ordering {
    SortKey::of(one).cmp(&SortKey::of(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::PsObject;

    #[test]
    fn sizes_sort_by_bytes_and_text_without_case() {
        let object =
            |text: &str| PsValue::from(PsObject { to_string: Some(text.into()), ..PsObject::default() });
        let mut unlimited = PsObject { to_string: Some("Unlimited".into()), ..PsObject::default() };
        unlimited.adapted.set("IsUnlimited", true);
        let values = [
            PsValue::Null,
            object("9 GB (9,663,676,416 bytes)"),
            object("10 GB (10,737,418,240 bytes)"),
            unlimited.into(),
            "Anna".into(),
            "bernd".into(),
            "Carl".into(),
        ];
        let mut sorted: Vec<_> = values.iter().rev().cloned().collect();
        sorted.sort_by(compare);
        assert_eq!(sorted, values);
        assert_eq!(compare(&PsValue::I32(10), &PsValue::Double(9.5)), Ordering::Greater);
    }

    #[test]
    fn heads_have_the_order_of_the_keys() {
        let numbers = [f64::NEG_INFINITY, -2.5, -1.0, -0.0, 0.0, 1e-9, 7.0, 1e300, f64::INFINITY, f64::NAN];
        let mut keys = vec![SortKey::Empty, SortKey::Bool(false), SortKey::Bool(true)];
        keys.extend(numbers.map(SortKey::Number));
        keys.extend([i64::MIN, -1, 0, 5].map(SortKey::Date));
        keys.extend([-7, 7, i64::MAX].map(SortKey::Span));
        let texts = ["", "a", "a\0", "ab", "abcdefghijklmno", "abcdefghijklmnop", "b", "ä"];
        keys.extend(texts.map(|text| SortKey::Text(text.into())));
        for (at, one) in keys.iter().enumerate() {
            for other in keys.iter().skip(at + 1) {
                assert!(one < other, "{one:?} {other:?}");
                assert!(one.head(0) <= other.head(0), "{one:?} {other:?}");
            }
        }
        let [one, other] = ["the same: b", "the same: c"].map(|text| SortKey::Text(text.into()));
        assert!(one.head(10) < other.head(10));
    }
}
