//! Where the rows of a view stand: its objects in their order and, where they are grouped, the headings above them.

use std::{collections::HashSet, sync::Arc};

use postern_shared::{
    view::cell_text,
    wire::{Amount, Group, Grouping},
};

use super::{
    cells,
    order::Order,
    rows::Snapshot,
    summary::{self, LONGEST, MOST_SUMS},
};

/// The rows of a view.
pub(super) struct Layout {
    /// The objects' order; `None` for that of their arrival.
    order: Option<Arc<Order>>,
    objects: usize,
    grouped: Option<Grouped>,
}

struct Grouped {
    groups: Arc<Groups>,
    folded: Vec<bool>,
    /// Where each heading stands.
    places: Vec<usize>,
    total: usize,
}

/// What stands at a place of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The heading of a group.
    Heading(usize),
    /// A row of the result.
    Row(usize),
}

/// The groups of an order, for sums that were asked for.
#[derive(Default)]
pub(super) struct Groups {
    /// What was added up.
    sums: Vec<String>,
    /// Rows of the result that were looked at.
    seen: usize,
    spans: Vec<Span>,
}

/// Rows of an order that have the same value.
struct Span {
    from: usize,
    to: usize,
    text: String,
    sums: Vec<Option<Amount>>,
}

impl Groups {
    /// Finds the groups of an order that is sorted by their property first.
    pub(super) fn new(snapshot: &Snapshot, order: &Order, grouping: &Grouping) -> Self {
        let sums: Vec<String> = grouping.sums.iter().take(MOST_SUMS).cloned().collect();
        let amounts: Vec<Vec<Option<Amount>>> =
            sums.iter().map(|name| snapshot.map_property(name, 0, summary::amount)).collect();
        let mut spans: Vec<Span> = Vec::new();
        let rows = order.rows();
        for (at, row) in rows.iter().enumerate() {
            let row = *row as usize;
            let before = at.checked_sub(1).and_then(|before| rows.get(before));
            if before.is_none_or(|before| !order.same_first(*before as usize, row)) {
                let value = snapshot.value(row, &grouping.property);
                let text = cells::shorten(cell_text(&value), LONGEST);
                spans.push(Span { from: at, to: at, text, sums: vec![None; amounts.len()] });
            }
            let Some(span) = spans.last_mut() else { continue };
            span.to = at + 1;
            for (sum, values) in span.sums.iter_mut().zip(&amounts) {
                summary::add(sum, values.get(row).copied().flatten());
            }
        }
        Self { sums, seen: snapshot.len(), spans }
    }

    /// Whether these are the groups for so many rows and these sums.
    pub(super) fn are_of(&self, snapshot: &Snapshot, grouping: &Grouping) -> bool {
        let wanted = grouping.sums.get(..MOST_SUMS).unwrap_or(&grouping.sums);
        self.seen == snapshot.len() && self.sums == wanted
    }
}

impl Layout {
    pub(super) fn new(
        objects: usize,
        order: Option<Arc<Order>>,
        grouped: Option<(Arc<Groups>, &Grouping)>,
    ) -> Self {
        let objects = order.as_ref().map_or(objects, |order| order.rows().len());
        Self { order, objects, grouped: grouped.map(|(groups, grouping)| Grouped::new(groups, grouping)) }
    }

    /// Objects in it, whether their groups are folded or not.
    pub(super) fn objects(&self) -> usize {
        self.objects
    }

    /// Groups in it.
    pub(super) fn groups(&self) -> usize {
        self.grouped.as_ref().map_or(0, |grouped| grouped.places.len())
    }

    /// Rows in it: headings, and objects that are not folded away.
    pub(super) fn total(&self) -> usize {
        self.grouped.as_ref().map_or(self.objects, |grouped| grouped.total)
    }

    /// What stands at a place; `None` behind the end.
    pub(super) fn at(&self, place: usize) -> Option<Place> {
        let object = match &self.grouped {
            None => place,
            Some(grouped) => match grouped.at(place)? {
                Place::Heading(group) => return Some(Place::Heading(group)),
                Place::Row(object) => object,
            },
        };
        match &self.order {
            Some(order) => order.rows().get(object).map(|row| Place::Row(*row as usize)),
            None => (object < self.objects).then_some(Place::Row(object)),
        }
    }

    /// A group, and whether it is folded.
    pub(super) fn heading(&self, group: usize) -> Option<(Group, bool)> {
        let grouped = self.grouped.as_ref()?;
        let span = grouped.groups.spans.get(group)?;
        let count = (span.to - span.from) as u64;
        let folded = grouped.folded.get(group).copied().unwrap_or_default();
        Some((Group { text: span.text.clone(), count, sums: span.sums.clone() }, folded))
    }
}

impl Grouped {
    fn new(groups: Arc<Groups>, grouping: &Grouping) -> Self {
        let except: HashSet<String> = grouping.except.iter().map(|text| text.to_lowercase()).collect();
        let is_folded = |span: &Span| {
            grouping.folded != (!except.is_empty() && except.contains(&span.text.to_lowercase()))
        };
        let folded: Vec<bool> = groups.spans.iter().map(is_folded).collect();
        let mut total = 0;
        let mut places = Vec::with_capacity(folded.len());
        for (span, folded) in groups.spans.iter().zip(&folded) {
            places.push(total);
            total += 1 + if *folded { 0 } else { span.to - span.from };
        }
        Self { groups, folded, places, total }
    }

    /// What stands at a place; a row is one of the order.
    fn at(&self, place: usize) -> Option<Place> {
        if place >= self.total {
            return None;
        }
        let group = self.places.partition_point(|heading| *heading <= place).checked_sub(1)?;
        match (place - self.places.get(group)?).checked_sub(1) {
            None => Some(Place::Heading(group)),
            Some(within) => Some(Place::Row(self.groups.spans.get(group)?.from + within)),
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::{
        value::{PsObject, PsValue, TypeNames},
        wire::{Amount, Cell, Grouping, HEADING, SortKey, View},
    };

    use super::super::{RowsRequest, rows::StoredResult};

    fn result() -> StoredResult {
        let result = StoredResult::new(1);
        for (name, office, items) in
            [("b", "Graz", 1), ("A", "Wien", 2), ("c", "graz", 3), ("d", "", 4), ("e", "Wien", 5)]
        {
            let office = if office.is_empty() { PsValue::Null } else { office.into() };
            let properties =
                [("Name", PsValue::from(name)), ("Office", office), ("Items", PsValue::I32(items))];
            result.push(PsObject::bag(TypeNames::default(), properties.into_iter().collect()).into(), 1);
        }
        result
    }

    /// Names of objects and, in brackets, headings with their counts and sums.
    fn lines(result: &StoredResult, view: &View, from: u64, count: u32) -> Vec<String> {
        let columns = vec!["Name".to_owned()];
        let batch = result.rows(&RowsRequest { request: 1, view: view.clone(), columns, from, count });
        let line = |(at, number): (usize, &u64)| {
            if *number != HEADING {
                return match batch.columns[0].cell(at) {
                    Cell::Text(text) => text,
                    other => format!("{other:?}"),
                };
            }
            let heading = batch.headings.iter().find(|heading| heading.at as usize == at).unwrap();
            let sums = heading.group.sums.iter().flatten().map(|sum| sum.number);
            let mark = if heading.folded { "+" } else { "" };
            format!("[{mark}{} {} {}]", heading.group.text, heading.group.count, sums.sum::<f64>())
        };
        batch.rows.iter().enumerate().map(line).collect()
    }

    fn by_office() -> View {
        let group = Grouping { property: "Office".into(), sums: vec!["Items".into()], ..Grouping::default() };
        View { group: Some(group), ..View::default() }
    }

    #[test]
    fn rows_with_the_same_value_stand_under_a_heading() {
        let result = result();
        let mut view = by_office();
        let all = ["[ 1 4]", "d", "[Graz 2 4]", "b", "c", "[Wien 2 7]", "A", "e"];
        assert_eq!(lines(&result, &view, 0, 100), all);
        assert_eq!(lines(&result, &view, 3, 3), all[3..6]);
        assert!(lines(&result, &view, 8, 3).is_empty());
        view.sort = vec![
            SortKey { property: "Name".into(), descending: true },
            SortKey { property: "Office".into(), descending: true },
        ];
        let turned = ["[Wien 2 7]", "e", "A", "[graz 2 4]", "c", "b", "[ 1 4]", "d"];
        assert_eq!(lines(&result, &view, 0, 100), turned);
        view.filter = "a".into();
        let columns = vec!["Name".to_owned()];
        let batch = result.rows(&RowsRequest { request: 1, view, columns, from: 0, count: 9 });
        assert_eq!((batch.total, batch.objects, batch.groups), (2, 1, 1));
        assert_eq!(batch.headings[0].group.sums, [Some(Amount { number: 2.0, is_size: false })]);
    }

    #[test]
    fn folded_groups_are_their_headings() {
        let result = result();
        let mut view = by_office();
        let fold = |view: &mut View, folded, except: &[&str]| {
            let group = view.group.as_mut().unwrap();
            group.folded = folded;
            group.except = except.iter().map(|text| (*text).to_owned()).collect();
        };
        fold(&mut view, false, &["GRAZ", "none such"]);
        assert_eq!(lines(&result, &view, 0, 9), ["[ 1 4]", "d", "[+Graz 2 4]", "[Wien 2 7]", "A", "e"]);
        fold(&mut view, true, &[""]);
        assert_eq!(lines(&result, &view, 0, 9), ["[ 1 4]", "d", "[+Graz 2 4]", "[+Wien 2 7]"]);
        assert_eq!(lines(&result, &view, 2, 1), ["[+Graz 2 4]"]);
    }
}
