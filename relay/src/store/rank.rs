//! Where a value stands among all values of its property: what the rows of a result are sorted by.
//!
//! Sorting means comparing, and comparing texts is what takes the time. It is done once a property; from then on a
//! row's value is a number, and rows are put in any order, by any properties, up or down, by counting.

use std::{cmp::Ordering, sync::Arc, thread};

use postern_shared::view::SortKey;

use super::{parallel, rows::Snapshot};

/// The rank of each row's value of a property.
#[derive(Default)]
pub(super) struct Ranking {
    keys: Vec<SortKey>,
    /// Rows by their keys, equal ones in order of arrival.
    sorted: Vec<u32>,
    ranks: Arc<Ranks>,
}

/// For each row a number: equal values have equal numbers, and the numbers have the values' order.
#[derive(Default)]
pub(super) struct Ranks {
    of: Vec<u32>,
    /// Numbers there are.
    count: usize,
}

impl Ranking {
    /// The ranks of all rows of a result, which may have grown.
    pub(super) fn ranks(&mut self, snapshot: &Snapshot, property: &str) -> Arc<Ranks> {
        if self.keys.len() < snapshot.len() {
            self.extend(snapshot, property);
        }
        Arc::clone(&self.ranks)
    }

    /// Takes in the rows that came since: they are sorted, and put between the others.
    fn extend(&mut self, snapshot: &Snapshot, property: &str) {
        let seen = self.keys.len();
        self.keys.extend(snapshot.map_property(property, seen, SortKey::of));
        let all = &self.keys;
        let common = common(all);
        let entry = |row: u32| Entry { head: all.get(row as usize).map_or(0, |key| key.head(common)), row };
        let mut entries: Vec<Entry> = self.sorted.iter().map(|row| entry(*row)).collect();
        entries.extend((seen..all.len()).filter_map(|row| u32::try_from(row).ok()).map(entry));
        let (_, new) = entries.split_at_mut(seen.min(self.sorted.len()));
        let compare = |one: &Entry, other: &Entry| {
            let whole = || all.get(one.row as usize).cmp(&all.get(other.row as usize));
            one.head.cmp(&other.head).then_with(whole).then(one.row.cmp(&other.row))
        };
        sort_parts(new, compare);
        // Sorted parts: this only merges them.
        entries.sort_by(compare);

        let mut ranks = Ranks { of: vec![0; all.len()], count: 0 };
        let mut before: Option<&Entry> = None;
        for entry in &entries {
            let same = |before: &Entry| {
                before.head == entry.head && all.get(before.row as usize) == all.get(entry.row as usize)
            };
            if !before.is_some_and(same) {
                ranks.count += 1;
            }
            if let Some(rank) = ranks.of.get_mut(entry.row as usize) {
                *rank = ranks.count as u32 - 1;
            }
            before = Some(entry);
        }
        self.sorted = entries.into_iter().map(|entry| entry.row).collect();
        self.ranks = Arc::new(ranks);
    }
}

impl Ranks {
    /// Whether two rows have the same value.
    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        self.of.get(one) == self.of.get(other)
    }

    /// Puts rows in the order of their values; equal ones stay as they are.
    pub(super) fn sort(&self, rows: &[u32], descending: bool) -> Vec<u32> {
        let rank = |row: &u32| {
            let rank = self.of.get(*row as usize).map_or(0, |rank| *rank as usize);
            if descending { self.count.saturating_sub(rank + 1) } else { rank }
        };
        // How many have each rank, then where each rank begins.
        let mut places = vec![0_u32; self.count];
        for row in rows {
            if let Some(count) = places.get_mut(rank(row)) {
                *count += 1;
            }
        }
        let mut begin = 0;
        for place in &mut places {
            begin += std::mem::replace(place, begin);
        }
        let mut sorted = vec![0; rows.len()];
        for row in rows {
            let Some(place) = places.get_mut(rank(row)) else { continue };
            if let Some(there) = sorted.get_mut(*place as usize) {
                *there = *row;
            }
            *place += 1;
        }
        sorted
    }
}

/// A row, and as much of its key as a number holds.
#[derive(Clone, Copy)]
struct Entry {
    head: u128,
    row: u32,
}

/// Sorts in as many parts as there is work for threads.
fn sort_parts(entries: &mut [Entry], compare: impl Fn(&Entry, &Entry) -> Ordering + Copy + Sync + Send) {
    let part = entries.len().div_ceil(parallel::threads(entries.len())).max(1);
    thread::scope(|scope| {
        let mut parts = entries.chunks_mut(part);
        let own = parts.next();
        for part in parts {
            scope.spawn(move || part.sort_unstable_by(compare));
        }
        own.unwrap_or_default().sort_unstable_by(compare);
    });
}

/// Bytes with which all texts begin: names of objects often begin with their organisation's.
fn common(keys: &[SortKey]) -> usize {
    let mut texts = keys.iter().filter_map(|key| match key {
        SortKey::Text(text) => Some(text.as_bytes()),
        _ => None,
    });
    let Some(first) = texts.next() else { return 0 };
    let same = |one: &[u8], other: &[u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let mut common = first;
    for text in texts {
        common = common.get(..same(common, text)).unwrap_or_default();
        if common.is_empty() {
            break;
        }
    }
    common.len()
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{PsObject, PsValue, TypeNames};

    use super::{super::rows::StoredResult, *};

    fn push(result: &StoredResult, value: PsValue) {
        let properties = [("P", value)];
        result.push(PsObject::bag(TypeNames::default(), properties.into_iter().collect()).into(), 1);
    }

    /// Values of all kinds, many of them twice, with long beginnings in common and without.
    fn values(count: usize, prefix: &str) -> Vec<PsValue> {
        let mut seed = 5_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 16
        };
        let of = |n: u32| match n % 7 {
            0 => PsValue::Null,
            1 => PsValue::I32((n / 7) as i32 % 100 - 50),
            2 => PsValue::Bool(n.is_multiple_of(2)),
            3 => PsValue::Double(f64::from(n) / 3.0 - 9999.0),
            _ => {
                format!("{prefix}{}\0{}", n % 300, if n.is_multiple_of(2) { "" } else { "ä" }).as_str().into()
            }
        };
        (0..count).map(|_| of(next())).collect()
    }

    #[test]
    fn ranks_have_the_order_of_the_keys() {
        for prefix in ["", "klinik-auer.example/Users/", "a text of more than sixteen bytes, "] {
            let values = values(20_000, prefix);
            let keys: Vec<SortKey> = values.iter().map(SortKey::of).collect();
            let result = StoredResult::new(1);
            let mut ranking = Ranking::default();
            let mut ranks = Arc::default();
            for (at, value) in values.iter().enumerate() {
                push(&result, value.clone());
                // Also while it grows, by much and by little.
                if [10, 9_000, 9_001, 19_999].contains(&at) {
                    ranks = ranking.ranks(&result.snapshot(), "p");
                }
            }
            assert_eq!(ranks.of.len(), keys.len());
            let mut distinct = keys.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(ranks.count, distinct.len());
            for (key, rank) in keys.iter().zip(&ranks.of) {
                assert_eq!(distinct.get(*rank as usize), Some(key));
            }
            let rows: Vec<u32> = (0..keys.len() as u32).step_by(3).collect();
            let mut expected = rows.clone();
            expected.sort_by_key(|row| &keys[*row as usize]);
            assert_eq!(ranks.sort(&rows, false), expected);
            expected = rows.clone();
            expected.sort_by_key(|row| std::cmp::Reverse(&keys[*row as usize]));
            assert_eq!(ranks.sort(&rows, true), expected);
        }
    }
}
