//! In which order the rows of a result are shown, and which of them: sorted and filtered over the whole result.
//!
//! The last few orders are kept, and the ranks that they are made of. When a result has grown, only what is new is
//! filtered and compared.

use std::{borrow::Cow, sync::Arc};

use postern_shared::wire::{self, Condition, Grouping, View};

use super::{
    cells,
    condition::Matcher,
    layout::{Groups, Layout},
    rank::{Ranking, Ranks},
    rows::Snapshot,
};

/// Orders kept of one result: two tabs, each with the order before and the one now.
const KEPT: usize = 4;
/// Sort keys that are looked at, a click adds one; and rankings that are kept.
const MOST_KEYS: usize = 8;
/// Conditions that are looked at.
const MOST_CONDITIONS: usize = 32;

/// The orders of one result that were asked for last, the newest at the end, and what they are sorted by.
#[derive(Default)]
pub(super) struct Orders {
    known: Vec<Known>,
    rankings: Vec<(String, Ranking)>,
}

struct Known {
    key: Key,
    order: Arc<Order>,
    /// The groups by the first sort key, where they were asked for.
    groups: Option<Arc<Groups>>,
}

/// What an order depends on. A filter looks at the columns that are shown; a sort does not care.
#[derive(PartialEq, Eq)]
struct Key {
    /// By what rows stand together, and then the view's own keys.
    sort: Vec<wire::SortKey>,
    filter: String,
    conditions: Vec<Condition>,
    columns: Vec<String>,
}

impl Key {
    fn new(view: &View, columns: &[&str]) -> Self {
        let mut sort = view.sort.clone();
        if let Some(Grouping { property, .. }) = &view.group {
            let by = |key: &wire::SortKey| key.property.eq_ignore_ascii_case(property);
            let descending = sort.iter().find(|key| by(key)).is_some_and(|key| key.descending);
            sort.retain(|key| !by(key));
            sort.insert(0, wire::SortKey { property: property.clone(), descending });
        }
        sort.truncate(MOST_KEYS);
        let columns = if view.filter.is_empty() { &[] } else { columns };
        Self {
            sort,
            filter: view.filter.clone(),
            conditions: view.conditions.iter().take(MOST_CONDITIONS).cloned().collect(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

/// Row numbers in the order of a view.
#[derive(Clone, Default)]
pub(super) struct Order {
    rows: Vec<u32>,
    /// Rows of the result that were looked at.
    seen: usize,
    /// Those of them that the filter lets through, in order of arrival.
    shown: Vec<u32>,
    /// How the rows stand by the first sort key.
    first: Option<Arc<Ranks>>,
}

impl Orders {
    /// The order of a view for a result as it stands.
    pub(super) fn order(&mut self, snapshot: &Snapshot, view: &View, columns: &[&str]) -> Arc<Order> {
        Arc::clone(&self.known(snapshot, view, columns).order)
    }

    /// The order of a view, and the groups in it.
    pub(super) fn layout(&mut self, snapshot: &Snapshot, view: &View, columns: &[&str]) -> Layout {
        let known = self.known(snapshot, view, columns);
        let grouped = view.group.as_ref().map(|grouping| {
            if known.groups.as_ref().is_none_or(|groups| !groups.are_of(snapshot, grouping)) {
                known.groups = Some(Arc::new(Groups::new(snapshot, &known.order, grouping)));
            }
            (known.groups.clone().unwrap_or_default(), grouping)
        });
        Layout::new(snapshot.len(), Some(Arc::clone(&known.order)), grouped)
    }

    fn known(&mut self, snapshot: &Snapshot, view: &View, columns: &[&str]) -> &mut Known {
        let key = Key::new(view, columns);
        let mut known = match self.known.iter().position(|known| known.key == key) {
            Some(at) => self.known.remove(at),
            None => Known { key, order: Arc::default(), groups: None },
        };
        if known.order.seen < snapshot.len() {
            let ranks = known.key.sort.iter().map(|key| self.ranks(snapshot, &key.property)).collect();
            // Unshared unless another answer is being made from it at this moment.
            Arc::make_mut(&mut known.order).extend(snapshot, &known.key, ranks);
        }
        if self.known.len() >= KEPT {
            self.known.remove(0);
        }
        self.known.push(known);
        let last = self.known.len() - 1;
        &mut self.known[last]
    }

    /// How the rows stand by a property.
    fn ranks(&mut self, snapshot: &Snapshot, property: &str) -> Arc<Ranks> {
        let at = self.rankings.iter().position(|(name, _)| name.eq_ignore_ascii_case(property));
        let (name, mut ranking) = match at {
            Some(at) => self.rankings.remove(at),
            None => (property.to_owned(), Ranking::default()),
        };
        let ranks = ranking.ranks(snapshot, property);
        if self.rankings.len() >= MOST_KEYS {
            self.rankings.remove(0);
        }
        self.rankings.push((name, ranking));
        ranks
    }
}

impl Order {
    /// The rows' numbers.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Whether two rows of the result have the same first sort key.
    pub(super) fn same_first(&self, one: usize, other: usize) -> bool {
        self.first.as_ref().is_none_or(|ranks| ranks.same(one, other))
    }

    /// Takes in the rows that came since; `ranks` are those of the sort keys.
    fn extend(&mut self, snapshot: &Snapshot, key: &Key, ranks: Vec<Arc<Ranks>>) {
        let filter = key.filter.to_lowercase();
        let conditions: Vec<Matcher> = key.conditions.iter().map(Matcher::new).collect();
        self.shown.extend(snapshot.per_chunk(self.seen, |chunk, skip, start| {
            let mut shown = vec![filter.is_empty(); chunk.len()];
            if !filter.is_empty() {
                for column in &key.columns {
                    let matches = chunk.map_property(column, |value| cells::contains(value, &filter));
                    shown.iter_mut().zip(matches).for_each(|(shown, matches)| *shown |= matches);
                }
            }
            for condition in &conditions {
                let matches = chunk.map_property(&condition.property, |value| condition.matches(value));
                shown.iter_mut().zip(matches).for_each(|(shown, matches)| *shown &= matches);
            }
            let rows = (start as u32..).zip(shown.into_iter().skip(skip));
            rows.filter_map(|(row, shown)| shown.then_some(row)).collect()
        }));
        self.seen = snapshot.len();
        // By the last key first: each sort leaves equal rows as they are, in the end in order of arrival.
        let mut rows = Cow::Borrowed(&*self.shown);
        for (key, ranks) in key.sort.iter().zip(&ranks).rev() {
            rows = Cow::Owned(ranks.sort(&rows, key.descending));
        }
        self.rows = rows.into_owned();
        self.first = ranks.into_iter().next();
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
        View { sort: keys.iter().map(key).collect(), filter: filter.to_owned(), ..View::default() }
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
