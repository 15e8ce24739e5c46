//! What a column holds: its values with their counts and sums, and how numbers and times are spread.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use postern_shared::{
    value::PsValue,
    view::{SortKey, cell_kind, cell_text},
    wire::{Amount, CellKind, Group, Spread, Summary, View},
};

use super::{cells, rows::StoredResult};

/// Values told, the most frequent ones.
const MOST_GROUPS: usize = 500;
/// Properties that are added up.
pub(super) const MOST_SUMS: usize = 16;
/// The longest value told.
pub(super) const LONGEST: usize = 400;
/// Steps of a histogram.
const STEPS: usize = 24;
/// Steps of a calendar; of a longer time larger steps are made.
const MOST_TIMES: usize = 60;

/// What is known of a value.
#[derive(Clone)]
struct Fact {
    text: Arc<str>,
    kind: CellKind,
    number: Option<f64>,
}

/// Looks at a column of the rows of a view.
pub(super) fn summary(
    stored: &StoredResult,
    view: &View,
    shown: &[String],
    property: &str,
    sums: &[String],
) -> Summary {
    let snapshot = stored.snapshot();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    let order = stored.order(&snapshot, view, &shown);
    let rows: Box<dyn Iterator<Item = usize> + '_> = match &order {
        Some(order) => Box::new(order.rows().iter().map(|row| *row as usize)),
        None => Box::new(0..snapshot.len()),
    };
    let facts = snapshot.map_property(property, 0, fact);
    let added: Vec<Vec<Option<Amount>>> =
        sums.iter().take(MOST_SUMS).map(|name| snapshot.map_property(name, 0, amount)).collect();

    let mut known = HashMap::<&str, usize>::new();
    let mut counts: Vec<(&str, u64)> = Vec::new();
    // The group of each row that was looked at.
    let mut grouped = Vec::with_capacity(snapshot.len());
    let (mut summary, mut numbers, mut times) = (Summary::default(), Numbers::default(), Vec::new());
    for row in rows {
        let Some(fact) = facts.get(row) else { continue };
        summary.rows += 1;
        summary.empty += u64::from(fact.text.is_empty());
        match (fact.kind, fact.number) {
            (CellKind::Number, Some(number)) => numbers.add(number, is_size(&fact.text)),
            (CellKind::Date, _) => times.push(&*fact.text),
            _ => {}
        }
        let group = *known.entry(&fact.text).or_insert_with(|| {
            counts.push((&fact.text, 0));
            counts.len() - 1
        });
        if let Some((_, count)) = counts.get_mut(group) {
            *count += 1;
        }
        grouped.push((row, group));
    }
    summary.distinct = counts.len() as u64;
    // The most frequent ones, and where among them each group is told.
    let mut told: Vec<usize> = (0..counts.len()).collect();
    let rank = |group: &usize| counts.get(*group).map(|(text, count)| (Reverse(*count), *text));
    if told.len() > MOST_GROUPS {
        told.select_nth_unstable_by_key(MOST_GROUPS, rank);
        told.truncate(MOST_GROUPS);
    }
    told.sort_unstable_by_key(rank);
    let mut places = vec![None; counts.len()];
    for (place, group) in told.into_iter().enumerate() {
        if let (Some(at), Some((text, count))) = (places.get_mut(group), counts.get(group)) {
            *at = Some(place);
            let text = cells::shorten((*text).to_owned(), LONGEST);
            summary.groups.push(Group { text, count: *count, sums: vec![None; added.len()] });
        }
    }
    for (row, group) in grouped.into_iter().filter(|_| !added.is_empty()) {
        let place = places.get(group).copied().flatten();
        let Some(group) = place.and_then(|place| summary.groups.get_mut(place)) else { continue };
        for (sum, values) in group.sums.iter_mut().zip(&added) {
            add(sum, values.get(row).copied().flatten());
        }
    }
    summary.spread = numbers.spread().or_else(|| calendar(&times));
    summary
}

fn fact(value: &PsValue) -> Fact {
    let number = match SortKey::of(value) {
        SortKey::Number(number) => Some(number),
        _ => None,
    };
    Fact { text: cell_text(value).into(), kind: cell_kind(value), number }
}

pub(super) fn amount(value: &PsValue) -> Option<Amount> {
    match SortKey::of(value) {
        SortKey::Number(number) if number.is_finite() && cell_kind(value) == CellKind::Number => {
            Some(Amount { number, is_size: is_size(&cell_text(value)) })
        }
        _ => None,
    }
}

/// Adds a number to a sum, if it is one.
pub(super) fn add(sum: &mut Option<Amount>, value: Option<Amount>) {
    if let Some(value) = value {
        sum.get_or_insert(Amount { number: 0.0, is_size: value.is_size }).number += value.number;
    }
}

fn is_size(text: &str) -> bool {
    text.ends_with(" bytes)")
}

#[derive(Default)]
struct Numbers {
    values: Vec<f64>,
    unlimited: u64,
    is_size: bool,
}

impl Numbers {
    fn add(&mut self, number: f64, is_size: bool) {
        self.is_size |= is_size;
        if number.is_finite() {
            self.values.push(number);
        } else {
            self.unlimited += 1;
        }
    }

    fn spread(&self) -> Option<Spread> {
        let lowest = self.values.iter().copied().reduce(f64::min)?;
        let highest = self.values.iter().copied().reduce(f64::max)?;
        let sum: f64 = self.values.iter().sum();
        let width = (highest - lowest) / STEPS as f64;
        let mut steps = vec![0; if width > 0.0 { STEPS } else { 1 }];
        let last = steps.len() - 1;
        for value in &self.values {
            let at = if width > 0.0 { ((value - lowest) / width) as usize } else { 0 };
            if let Some(step) = steps.get_mut(at.min(last)) {
                *step += 1;
            }
        }
        let amount = |number| Amount { number, is_size: self.is_size };
        Some(Spread::Numbers {
            lowest: amount(lowest),
            highest: amount(highest),
            sum: amount(sum),
            mean: amount(sum / self.values.len() as f64),
            unlimited: self.unlimited,
            steps,
        })
    }
}

/// Rows in each year, month, day or hour: the smallest step that makes few enough of them.
fn calendar(times: &[&str]) -> Option<Spread> {
    // `2026-03-02 09:14:05` up to its hour, day, month, year.
    for length in [13, 10, 7, 4] {
        let mut steps = BTreeMap::<&str, u64>::new();
        for time in times {
            *steps.entry(time.get(..length)?).or_default() += 1;
        }
        if steps.len() <= MOST_TIMES && steps.len() > 1 || length == 4 && !steps.is_empty() {
            let steps = steps.into_iter().take(MOST_TIMES).map(|(text, count)| (text.to_owned(), count));
            return Some(Spread::Times { steps: steps.collect() });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{DateTimeKind, PsDateTime, PsObject, TypeNames};

    use super::*;

    fn result(rows: Vec<Vec<(&str, PsValue)>>) -> StoredResult {
        let result = StoredResult::new(1);
        for row in rows {
            result.push(PsObject::bag(TypeNames::default(), row.into_iter().collect()).into(), 1);
        }
        result
    }

    fn of(result: &StoredResult, property: &str, sums: &[&str]) -> Summary {
        let sums: Vec<String> = sums.iter().map(|name| (*name).to_owned()).collect();
        summary(result, &View::default(), &[], property, &sums)
    }

    #[test]
    fn values_are_counted_and_their_rows_added_up() {
        let row = |office: PsValue, items: i32| vec![("Office", office), ("Items", items.into())];
        let result =
            result(vec![row("A".into(), 1), row("B".into(), 2), row("A".into(), 3), row(PsValue::Null, 9)]);
        let summary = of(&result, "office", &["Items", "Office"]);
        assert_eq!((summary.rows, summary.empty, summary.distinct), (4, 1, 3));
        let first = &summary.groups[0];
        assert_eq!((first.text.as_str(), first.count), ("A", 2));
        assert_eq!(first.sums, [Some(Amount { number: 4.0, is_size: false }), None]);
        assert!(summary.spread.is_none());
    }

    #[test]
    fn numbers_are_spread_over_equal_steps() {
        let result = result((0..240).map(|n| vec![("N", PsValue::I32(n))]).collect());
        let Some(Spread::Numbers { lowest, highest, sum, mean, unlimited, steps }) =
            of(&result, "N", &[]).spread
        else {
            panic!()
        };
        assert_eq!((lowest.number, highest.number, sum.number, unlimited), (0.0, 239.0, 28_680.0, 0));
        assert!((mean.number - 119.5).abs() < 1e-9);
        assert_eq!(steps.iter().sum::<u64>(), 240);
        assert!(steps.len() == STEPS && steps.iter().all(|step| (9..=11).contains(step)), "{steps:?}");
    }

    #[test]
    fn times_are_counted_in_steps_of_the_calendar() {
        let day = |month, day| {
            PsDateTime::from_fields((2026, month, day), (1, 2, 3), 0, DateTimeKind::Utc).unwrap()
        };
        let rows = |count: u8| (0..count).map(|n| vec![("T", day(n % 12 + 1, n % 28 + 1).into())]).collect();
        let Some(Spread::Times { steps }) = of(&result(rows(84)), "T", &[]).spread else { panic!() };
        assert_eq!((steps.len(), steps[2].0.as_str(), steps[2].1), (12, "2026-03", 7));
        let Some(Spread::Times { steps }) = of(&result(rows(1)), "T", &[]).spread else { panic!() };
        assert_eq!(steps, [("2026".to_owned(), 1)]);
    }
}
