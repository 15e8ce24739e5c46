//! In which order the rows of a result are shown, and which of them: sorted and filtered over the whole result.
//!
//! The last few orders are kept. When a result has grown, the new rows are put in their places and the old ones are
//! not sorted again.

use std::{cmp::Ordering, sync::Arc};

use postern_shared::{view::SortKey, wire::View};

use super::{cells, condition::Matcher, rows::Snapshot};

/// Orders kept of one result: two tabs, each with the order before and the one now.
const KEPT: usize = 4;
/// Sort keys that are looked at; a click adds one.
const MOST_KEYS: usize = 8;
/// Conditions that are looked at.
const MOST_CONDITIONS: usize = 32;

/// The orders of one result that were asked for last, the newest at the end.
#[derive(Default)]
pub(super) struct Orders(Vec<(Key, Arc<Order>)>);

/// What an order depends on. A filter looks at the columns that are shown; a sort does not care.
#[derive(PartialEq, Eq)]
struct Key {
    view: View,
    columns: Vec<String>,
}

/// Row numbers in the order of a view.
#[derive(Clone, Default)]
pub(super) struct Order {
    rows: Vec<u32>,
    /// Rows of the result that were looked at.
    seen: usize,
    /// The sort keys' values of every row looked at, each key a column.
    keys: Vec<Vec<SortKey>>,
}

impl Orders {
    /// The order of a view for a result as it stands.
    pub(super) fn order(&mut self, snapshot: &Snapshot, view: &View, columns: &[&str]) -> Arc<Order> {
        let columns = if view.filter.is_empty() { &[] } else { columns };
        let key =
            Key { view: view.clone(), columns: columns.iter().map(|name| (*name).to_owned()).collect() };
        let mut order = match self.0.iter().position(|(known, _)| *known == key) {
            Some(at) => self.0.remove(at).1,
            None => Arc::default(),
        };
        if order.seen < snapshot.len() {
            // Unshared unless another answer is being made from it at this moment.
            Arc::make_mut(&mut order).extend(snapshot, view, columns);
        }
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push((key, Arc::clone(&order)));
        order
    }
}

impl Order {
    /// The rows' numbers.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Takes in the rows that came since.
    fn extend(&mut self, snapshot: &Snapshot, view: &View, columns: &[&str]) {
        let sort = view.sort.get(..MOST_KEYS).unwrap_or(&view.sort);
        self.keys.resize(sort.len(), Vec::new());
        let filter = view.filter.to_lowercase();
        let conditions: Vec<Matcher> =
            view.conditions.iter().take(MOST_CONDITIONS).map(Matcher::new).collect();
        for (start, chunk) in snapshot.chunks_from(self.seen) {
            let known = self.seen.saturating_sub(start);
            for (key, values) in sort.iter().zip(&mut self.keys) {
                values.extend(chunk.map_property(&key.property, SortKey::of).into_iter().skip(known));
            }
            let mut shown = vec![filter.is_empty(); chunk.len()];
            if !filter.is_empty() {
                for column in columns {
                    let matches = chunk.map_property(column, |value| cells::contains(value, &filter));
                    shown.iter_mut().zip(matches).for_each(|(shown, matches)| *shown |= matches);
                }
            }
            for condition in &conditions {
                let matches = chunk.map_property(&condition.property, |value| condition.matches(value));
                shown.iter_mut().zip(matches).for_each(|(shown, matches)| *shown &= matches);
            }
            for (row, shown) in (start..).zip(shown).skip(known) {
                if shown && let Ok(row) = u32::try_from(row) {
                    self.rows.push(row);
                }
            }
        }
        self.seen = snapshot.len();
        let keys = &self.keys;
        // Stable, so equal rows stay in order of arrival; and fast on what is sorted but for its end.
        self.rows.sort_by(|one, other| {
            let orderings = sort.iter().zip(keys).map(|(key, values)| {
                let ordering = values.get(*one as usize).cmp(&values.get(*other as usize));
                if key.descending { ordering.reverse() } else { ordering }
            });
            orderings.fold(Ordering::Equal, Ordering::then)
        });
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::{
        value::{PsObject, PsValue, TypeNames},
        wire,
    };

    use super::{
        super::{RowsRequest, rows::StoredResult},
        *,
    };

    fn push(result: &StoredResult, name: &str, size: i32) {
        let properties = [("Name", PsValue::from(name)), ("Size", PsValue::I32(size))];
        result.push(PsObject::bag(TypeNames::default(), properties.into_iter().collect()).into(), 1);
    }

    fn view(keys: &[(&str, bool)], filter: &str) -> View {
        let key = |(property, descending): &(&str, bool)| wire::SortKey {
            property: (*property).to_owned(),
            descending: *descending,
        };
        View { sort: keys.iter().map(key).collect(), filter: filter.to_owned(), conditions: Vec::new() }
    }

    fn rows(result: &StoredResult, view: View) -> (u64, Vec<u64>) {
        let columns = vec!["Name".to_owned()];
        let batch = result.rows(&RowsRequest { request: 1, view, columns, from: 0, count: 100 });
        (batch.total, batch.rows)
    }

    #[test]
    fn the_whole_result_is_sorted_and_filtered_also_while_it_grows() {
        let result = StoredResult::new(1);
        for (name, size) in [("b", 2), ("A", 10), ("c", 2)] {
            push(&result, name, size);
        }
        assert_eq!(rows(&result, view(&[("name", false)], "")), (3, vec![1, 0, 2]));
        assert_eq!(rows(&result, view(&[("Size", true), ("Name", true)], "")), (3, vec![1, 2, 0]));
        assert_eq!(rows(&result, view(&[], "C")), (1, vec![2]));
        // The size is not shown.
        assert_eq!(rows(&result, view(&[], "10")), (0, vec![]));
        for (name, size) in [("aa", 9), ("C", 1)] {
            push(&result, name, size);
        }
        assert_eq!(rows(&result, view(&[("name", false)], "")), (5, vec![1, 3, 0, 2, 4]));
        assert_eq!(rows(&result, view(&[("Size", false)], "c")), (2, vec![4, 2]));
        assert_eq!(rows(&result, view(&[("None", false)], "")), (5, vec![0, 1, 2, 3, 4]));
    }

    #[test]
    fn rows_must_meet_every_condition() {
        let result = StoredResult::new(1);
        for (name, size) in [("b", 2), ("A", 10), ("c", 2), ("ab", 11)] {
            push(&result, name, size);
        }
        let condition = |property: &str, test| wire::Condition { property: property.into(), test };
        let conditions = vec![
            condition("Name", wire::Test::Contains("a".into())),
            condition("size", wire::Test::Above("10".into())),
        ];
        assert_eq!(rows(&result, View { conditions, ..View::default() }), (1, vec![3]));
    }

    #[test]
    fn growing_step_by_step_gives_the_order_of_the_whole() {
        let (whole, growing) = (StoredResult::new(1), StoredResult::new(1));
        let by = || view(&[("Size", false), ("Name", true)], "");
        let mut seed = 7_u32;
        for n in 0..3000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for result in [&whole, &growing] {
                push(result, &format!("n{}", seed >> 24), (seed >> 16) as i32 % 50);
            }
            if n % 500 == 0 {
                rows(&growing, by());
            }
        }
        assert_eq!(rows(&whole, by()), rows(&growing, by()));
    }
}
