//! The rows of a result that the page has, and which to ask for next. No browser in here.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use postern_shared::wire::{Cell, Heading, RequestId, RowBatch};

/// Rows asked for at least, so that a slow scroll does not ask row by row.
const AT_LEAST: u64 = 100;
/// Rows asked for at most: a screen of very small rows still comes at once.
const AT_MOST: u64 = 400;
/// Rows kept. A screen shows some dozens; the rest makes scrolling back quick. The relay has them all.
const KEPT: usize = 4000;

/// A cell, cheap to draw again.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    /// Null, or no such property.
    Empty,
    /// Yes or no.
    Bool(bool),
    /// Anything else.
    Text(Rc<str>),
}

impl From<Cell> for Shown {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Bool(yes) => Self::Bool(yes),
            Cell::Text(text) => Self::Text(text.into()),
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its number in the result itself.
    pub(super) number: u64,
    /// What it says where it is no object but stands above the rows of a group.
    pub(super) heading: Option<Heading>,
    /// Its cells, in the order of the asked columns.
    pub(super) cells: Vec<Shown>,
    /// The age of the view that it belongs to.
    age: u32,
}

/// Rows of one view of a result.
#[derive(Debug, Default)]
pub(super) struct Rows {
    here: BTreeMap<u64, Rc<Row>>,
    total: u64,
    /// Objects of the view in all, those of folded groups among them.
    objects: u64,
    /// Headings of the view in all.
    groups: u64,
    /// Grows when rows that are here may stand elsewhere by now; older rows are shown until newer ones come.
    age: u32,
    in_flight: Option<InFlight>,
    /// A view that was given up before its answer came: what it brings is dropped.
    stale: bool,
    /// What is here belongs to the view before: it is shown until the first rows of the new one come.
    outdated: bool,
}

#[derive(Debug)]
struct InFlight {
    request: RequestId,
    age: u32,
}

/// What became of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The rows are here.
    Rows,
    /// It belonged to a view that is not shown any more.
    Stale,
}

impl Rows {
    /// Rows of the view in all, as far as known.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Objects of the view in all, as far as known.
    pub(super) fn objects(&self) -> u64 {
        self.objects
    }

    /// Headings among the rows from the one to the one before the other, as far as they are here.
    pub(super) fn headings(&self, from: u64, to: u64) -> u64 {
        if (from, to) == (0, self.total) {
            return self.groups;
        }
        if self.groups == 0 {
            return 0;
        }
        self.here.range(from..to).filter(|(_, row)| row.heading.is_some()).count() as u64
    }

    /// A row, if it is here.
    pub(super) fn get(&self, row: u64) -> Option<&Rc<Row>> {
        self.here.get(&row)
    }

    /// Every row that is here.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> + Clone {
        self.here.values().map(|row| &**row)
    }

    /// Another order or filter: what is here is shown only until the first rows of the new view come.
    pub(super) fn new_view(&mut self) {
        self.outdated = true;
        self.stale = self.in_flight.is_some();
    }

    /// Other columns: nothing that is here can be shown.
    pub(super) fn new_columns(&mut self) {
        self.here.clear();
        self.new_view();
    }

    /// The result grew to so many rows. `in_order`: the view shows all of them in the order of arrival.
    pub(super) fn grew(&mut self, rows: u64, in_order: bool) {
        if in_order {
            self.total = self.total.max(rows);
            self.objects = self.total;
        } else {
            self.age = self.age.wrapping_add(1);
        }
    }

    /// Another connection: no answer will come to what was asked on the old one.
    pub(super) fn reconnected(&mut self) {
        self.in_flight = None;
        self.stale = false;
    }

    /// What to ask for so that `wanted` can be shown; nothing while an answer is awaited.
    pub(super) fn missing(&self, wanted: Range<u64>) -> Option<(u64, u32)> {
        if self.in_flight.is_some() {
            return None;
        }
        if self.outdated {
            // Not even the number of rows is known.
            return Some((wanted.start, (wanted.end - wanted.start).clamp(AT_LEAST, AT_MOST) as u32));
        }
        let end = wanted.end.min(self.total);
        let lacks = |row: &u64| self.here.get(row).is_none_or(|row| row.age != self.age);
        let first = (wanted.start..end).find(lacks)?;
        let last = (first..end).rev().find(lacks)?;
        let count = (last - first + 1).clamp(AT_LEAST, AT_MOST).min(self.total - first);
        Some((first, count as u32))
    }

    /// A request was sent.
    pub(super) fn asked(&mut self, request: RequestId) {
        self.in_flight = Some(InFlight { request, age: self.age });
        self.stale = false;
    }

    /// An answer came.
    pub(super) fn take(&mut self, batch: &RowBatch, near: u64) -> Taken {
        let Some(InFlight { age, .. }) = self.in_flight.take_if(|known| known.request == batch.request)
        else {
            return Taken::Stale;
        };
        if std::mem::take(&mut self.stale) {
            return Taken::Stale;
        }
        if std::mem::take(&mut self.outdated) {
            self.here.clear();
        }
        (self.total, self.objects, self.groups) = (batch.total, batch.objects, batch.groups);
        let mut headings = batch.headings.iter().peekable();
        self.here.split_off(&batch.total);
        for (at, number) in batch.rows.iter().enumerate() {
            let cells = batch.columns.iter().map(|column| column.cell(at).into()).collect();
            let heading = headings.next_if(|heading| heading.at as usize == at).cloned();
            let row = Row { number: *number, heading, cells, age };
            self.here.insert(batch.from.saturating_add(at as u64), Rc::new(row));
        }
        if batch.rows.is_empty() && batch.from < batch.total {
            // The relay has none of them now; without a mark they would be asked for again and again.
            self.total = batch.from;
        }
        self.forget_far_from(near);
        Taken::Rows
    }

    fn forget_far_from(&mut self, near: u64) {
        while self.here.len() > KEPT {
            let (Some((first, _)), Some((last, _))) =
                (self.here.first_key_value(), self.here.last_key_value())
            else {
                return;
            };
            if near.abs_diff(*first) > near.abs_diff(*last) {
                self.here.pop_first()
            } else {
                self.here.pop_last()
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::{Cell, Column, Group, Heading, RowBatch};

    use super::{KEPT, Rows, Shown, Taken};

    fn batch(request: u32, from: u64, count: u64, total: u64) -> RowBatch {
        let columns =
            vec![Column::Mixed((0..count).map(|row| Cell::Text((from + row).to_string())).collect())];
        let rows = (from..from + count).collect();
        RowBatch { request, from, total, objects: total, rows, columns, ..RowBatch::default() }
    }

    fn filled(total: u64, count: u64) -> Rows {
        let mut rows = Rows::default();
        rows.asked(1);
        assert_eq!(rows.take(&batch(1, 0, count, total), 0), Taken::Rows);
        rows
    }

    #[test]
    fn one_request_at_a_time_and_only_for_what_is_missing() {
        let mut rows = Rows::default();
        assert_eq!(rows.missing(0..30), None);
        rows.grew(5000, true);
        assert_eq!(rows.missing(0..30), Some((0, 100)));
        rows.asked(1);
        assert_eq!(rows.missing(0..30), None);
        rows.take(&batch(1, 0, 100, 5000), 0);
        assert_eq!(rows.missing(0..90), None);
        assert_eq!(rows.missing(90..150), Some((100, 100)));
        assert_eq!(rows.missing(4990..5100), Some((4990, 10)));
        assert_eq!(rows.get(7).map(|row| row.cells.clone()), Some(vec![Shown::Text("7".into())]));
    }

    #[test]
    fn headings_are_known_where_they_stand() {
        let mut rows = Rows::default();
        rows.asked(1);
        let heading =
            |at| Heading { at, group: Group { text: at.to_string(), count: 1, sums: vec![] }, folded: false };
        let mut grouped = batch(1, 10, 6, 90);
        (grouped.objects, grouped.groups, grouped.headings) = (70, 20, vec![heading(1), heading(4)]);
        rows.take(&grouped, 0);
        let at = |row| {
            rows.get(row).and_then(|row| row.heading.as_ref()).map(|heading| heading.group.text.as_str())
        };
        assert_eq!([at(10), at(11), at(14), at(15)], [None, Some("1"), Some("4"), None]);
        assert_eq!((rows.headings(10, 14), rows.headings(0, 90), rows.objects()), (1, 20, 70));
    }

    #[test]
    fn fewer_rows_than_asked_lead_to_another_request() {
        let rows = filled(300, 40);
        assert_eq!(rows.missing(0..60), Some((40, 100)));
    }

    #[test]
    fn an_answer_for_a_view_given_up_is_dropped() {
        let mut rows = filled(300, 100);
        rows.asked(2);
        rows.new_view();
        assert_eq!(rows.take(&batch(2, 100, 100, 300), 0), Taken::Stale);
        assert!(rows.get(0).is_some() && rows.get(100).is_none());
        assert_eq!(rows.missing(0..30), Some((0, 100)));
        rows.asked(3);
        assert_eq!(rows.take(&batch(77, 0, 50, 300), 0), Taken::Stale);
        assert_eq!(rows.take(&batch(3, 0, 50, 200), 0), Taken::Rows);
        assert!(rows.get(49).is_some() && rows.get(50).is_none(), "rows of the old view are gone");
        rows.new_columns();
        assert!(rows.get(0).is_none());
    }

    #[test]
    fn a_sorted_view_that_grew_is_asked_for_again_and_shown_meanwhile() {
        let mut rows = filled(100, 100);
        rows.grew(200, false);
        assert!(rows.get(5).is_some());
        assert_eq!(rows.missing(0..30), Some((0, 100)));
        rows.grew(300, true);
        assert_eq!(rows.total(), 300);
    }

    #[test]
    fn rows_gone_from_the_view_are_forgotten() {
        let mut rows = filled(100, 100);
        rows.asked(2);
        rows.take(&batch(2, 0, 10, 10), 0);
        assert!((rows.total(), rows.get(9).is_some(), rows.get(10).is_some()) == (10, true, false));
    }

    #[test]
    fn an_empty_answer_does_not_repeat_the_request() {
        let mut rows = filled(100, 50);
        rows.asked(2);
        rows.take(&batch(2, 50, 0, 100), 0);
        assert_eq!(rows.missing(40..90), None);
    }

    #[test]
    fn memory_is_bounded_and_what_is_near_stays() {
        let mut rows = Rows::default();
        let total = 100_000;
        for (request, from) in (1..).zip((0..20_000).step_by(400)) {
            rows.asked(request);
            rows.take(&batch(request, from, 400, total), from);
        }
        assert_eq!(rows.iter().count(), KEPT);
        assert!(rows.get(19_999).is_some() && rows.get(0).is_none());
    }
}
