//! In which order the rows of a result are shown, and which of them: sorted and filtered over the whole result.
//!
//! The last few orders are kept. When a result has grown, the new rows are put in their places and the old ones are
//! not sorted again.

use std::{cmp::Ordering, sync::Arc};

use postern_shared::{value::PsValue, wire::View};

use super::{cells, rows::Snapshot};

/// Orders kept of one result: two tabs, each with the order before and the one now.
const KEPT: usize = 4;
/// Sort keys that are looked at; a click adds one.
const MOST_KEYS: usize = 8;

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
    keys: Vec<Vec<PsValue>>,
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
        for row in self.seen..snapshot.len() {
            let value = snapshot.get(row).unwrap_or(&PsValue::Null);
            for (key, values) in sort.iter().zip(&mut self.keys) {
                values.push(value.get(&key.property).cloned().unwrap_or_default());
            }
            if (filter.is_empty() || columns.iter().any(|column| cells::contains(value, column, &filter)))
                && let Ok(row) = u32::try_from(row)
            {
                self.rows.push(row);
            }
        }
        self.seen = snapshot.len();
        let keys = &self.keys;
        // Stable, so equal rows stay in order of arrival; and fast on what is sorted but for its end.
        self.rows.sort_by(|one, other| {
            let orderings = sort.iter().zip(keys).map(|(key, values)| {
                let (one, other) = (values.get(*one as usize), values.get(*other as usize));
                let ordering = match (one, other) {
                    (Some(one), Some(other)) => cells::compare(one, other),
                    _ => Ordering::Equal,
                };
                if key.descending { ordering.reverse() } else { ordering }
            });
            orderings.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
        });
    }
}
