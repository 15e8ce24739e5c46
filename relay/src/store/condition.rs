//! What a filter asks of a value.

use postern_shared::{
    value::PsValue,
    view::SortKey,
    wire::{Condition, Test},
};

use super::cells;

/// Values of one condition that are looked for.
const MOST_VALUES: usize = 1000;

/// A condition made ready to be asked of many values.
pub(super) struct Matcher {
    pub(super) property: String,
    check: Check,
}

enum Check {
    Contains(String, bool),
    /// What was typed, and which orderings of the value to it are wanted.
    Compare(Typed, Wanted),
    Empty(bool),
    OneOf(Vec<String>),
}

/// What was typed, read as whatever the value may turn out to be.
struct Typed {
    /// In lower case.
    text: String,
    number: Option<f64>,
    ticks: Option<i64>,
}

/// Orderings of the value to what was typed.
#[derive(Clone, Copy)]
struct Wanted {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Matcher {
    pub(super) fn new(condition: &Condition) -> Self {
        let wanted = |less, equal, greater| Wanted { less, equal, greater };
        let check = match &condition.test {
            Test::Contains(text) => Check::Contains(text.to_lowercase(), true),
            Test::Lacks(text) => Check::Contains(text.to_lowercase(), false),
            Test::Is(text) => Check::Compare(Typed::new(text), wanted(false, true, false)),
            Test::IsNot(text) => Check::Compare(Typed::new(text), wanted(true, false, true)),
            Test::Below(text) => Check::Compare(Typed::new(text), wanted(true, false, false)),
            Test::AtMost(text) => Check::Compare(Typed::new(text), wanted(true, true, false)),
            Test::Above(text) => Check::Compare(Typed::new(text), wanted(false, false, true)),
            Test::AtLeast(text) => Check::Compare(Typed::new(text), wanted(false, true, true)),
            Test::Empty => Check::Empty(true),
            Test::NotEmpty => Check::Empty(false),
            Test::OneOf(texts) => {
                Check::OneOf(texts.iter().take(MOST_VALUES).map(|text| text.to_lowercase()).collect())
            }
        };
        Self { property: condition.property.clone(), check }
    }

    /// Whether a value is what is asked for.
    pub(super) fn matches(&self, value: &PsValue) -> bool {
        match &self.check {
            Check::Contains(text, wanted) => cells::contains(value, text) == *wanted,
            Check::Compare(typed, wanted) => {
                if is_empty(value) {
                    // Nothing is neither smaller nor larger than anything, and surely not the same.
                    return wanted.less && wanted.greater;
                }
                let ordering = typed.ordering(value);
                ordering.is_lt() && wanted.less
                    || ordering.is_eq() && wanted.equal
                    || ordering.is_gt() && wanted.greater
            }
            Check::Empty(wanted) => is_empty(value) == *wanted,
            Check::OneOf(texts) => {
                let text = cells::text(value).to_lowercase();
                texts.contains(&text)
            }
        }
    }
}

impl Typed {
    fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        Self { number: number(&text), ticks: ticks(&text), text }
    }

    /// How a value stands to what was typed.
    fn ordering(&self, value: &PsValue) -> std::cmp::Ordering {
        match (SortKey::of(value), self.number, self.ticks) {
            (SortKey::Number(value), Some(typed), _) => value.total_cmp(&typed),
            (SortKey::Span(value), _, Some(typed)) => value.cmp(&typed),
            (SortKey::Date(_), ..) => {
                // As far as it was typed: `2026-03` is the whole month.
                let shown = cells::text(value);
                let shown = shown.get(..self.text.len().min(shown.len())).unwrap_or(&shown);
                shown.cmp(self.text.replace('t', " ").as_str())
            }
            _ => cells::text(value).to_lowercase().as_str().cmp(self.text.as_str()),
        }
    }
}

fn is_empty(value: &PsValue) -> bool {
    match value {
        PsValue::Null => true,
        PsValue::Str(text) => text.as_str().is_empty(),
        value => value.as_list().is_some_and(<[PsValue]>::is_empty),
    }
}

/// A number as it is typed: `1,234.5`, `2 GB`, `unlimited`.
fn number(text: &str) -> Option<f64> {
    if text == "unlimited" {
        return Some(f64::INFINITY);
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let factor = match text.get(digits.len()..)?.trim() {
        "" | "b" | "bytes" => 1.0,
        "k" | "kb" => 1024.0,
        "m" | "mb" => 1024.0 * 1024.0,
        "g" | "gb" => 1024.0 * 1024.0 * 1024.0,
        "t" | "tb" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let number = digits.replace([',', ' ', '_'], "").parse::<f64>().ok()?;
    number.is_finite().then_some(number * factor)
}

/// A span as it is typed: days, `hh:mm`, or `d.hh:mm:ss`.
fn ticks(text: &str) -> Option<i64> {
    const SECOND: i64 = 10_000_000;
    let (days, clock) = match (text.split_once('.'), text.contains(':')) {
        (Some((days, clock)), true) => (days, clock),
        (None, true) => ("0", text),
        _ => (text, "0:0"),
    };
    let mut seconds = days.trim().parse::<i64>().ok()?.checked_mul(86_400)?;
    for (part, unit) in clock.split(':').zip([3600, 60, 1]) {
        seconds = seconds.checked_add(part.trim().parse::<i64>().ok()?.checked_mul(unit)?)?;
    }
    seconds.checked_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{Content, DateTimeKind, PsDateTime, PsObject, PsTimeSpan};

    use super::*;

    fn is(test: Test, value: &PsValue) -> bool {
        Matcher::new(&Condition { property: "P".into(), test }).matches(value)
    }

    #[test]
    fn numbers_and_sizes_are_compared_by_their_amount() {
        let size = PsValue::from(PsObject {
            to_string: Some("10 GB (10,737,418,240 bytes)".into()),
            ..PsObject::default()
        });
        assert!(is(Test::Above("2 GB".into()), &size));
        assert!(is(Test::AtMost("10gb".into()), &size));
        assert!(!is(Test::Below("10 GB".into()), &size));
        assert!(is(Test::Is("7".into()), &PsValue::I32(7)));
        assert!(is(Test::Above("9".into()), &PsValue::I32(10)), "not by text");
        assert!(is(Test::AtLeast("1,000.5".into()), &PsValue::Double(1000.5)));
    }

    #[test]
    fn times_are_compared_as_far_as_they_are_typed() {
        let at = PsDateTime::from_fields((2026, 3, 2), (9, 14, 5), 0, DateTimeKind::Local(60)).unwrap();
        let at = PsValue::from(at);
        for (test, expected) in [
            (Test::Is("2026-03".into()), true),
            (Test::AtMost("2026-03-02".into()), true),
            (Test::Above("2026-03-02".into()), false),
            (Test::Above("2026-03-02 09:14".into()), false),
            (Test::Above("2026-03-02 09:13".into()), true),
            (Test::Below("2027".into()), true),
            (Test::AtLeast("2026-03-02T09:14:05".into()), true),
        ] {
            assert_eq!(is(test.clone(), &at), expected, "{test:?}");
        }
        let span = PsValue::TimeSpan(PsTimeSpan { ticks: 36 * 3600 * 10_000_000 });
        assert!(is(Test::Above("1".into()), &span) && is(Test::Is("1.12:00:00".into()), &span));
        assert!(is(Test::Below("37:00".into()), &span));
    }

    #[test]
    fn empty_is_null_an_empty_text_and_an_empty_list() {
        let list = |items| PsValue::from(PsObject { content: Content::List(items), ..PsObject::default() });
        for empty in [PsValue::Null, "".into(), list(vec![])] {
            assert!(is(Test::Empty, &empty) && !is(Test::NotEmpty, &empty));
            assert!(is(Test::IsNot("x".into()), &empty) && !is(Test::Below("x".into()), &empty));
        }
        assert!(is(Test::NotEmpty, &list(vec![1.into()])) && is(Test::NotEmpty, &PsValue::Bool(false)));
    }

    #[test]
    fn texts_are_compared_without_case() {
        let value = PsValue::from("Jürgen Ärmlich");
        assert!(is(Test::Contains("ÄRM".into()), &value) && is(Test::Lacks("x".into()), &value));
        assert!(is(Test::Is("jürgen ärmlich".into()), &value) && !is(Test::Is("jürgen".into()), &value));
        assert!(is(Test::OneOf(vec!["x".into(), "JÜRGEN ÄRMLICH".into()]), &value));
        assert!(is(Test::OneOf(vec![String::new()]), &PsValue::Null));
        assert!(is(Test::Is("true".into()), &PsValue::Bool(true)));
    }
}
