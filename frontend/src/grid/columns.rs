//! The columns of a grid: which, how wide, and which way they are sorted. No browser in here.

use postern_shared::wire::{Arranged, CellKind, ColumnMeta, SortKey};

use super::{
    rows::{Row, Shown},
    widths::{Need, spread},
};

/// From so many rows on, what a column needs is known well enough; wider cells that come later do not move it.
const ENOUGH_ROWS: usize = 60;
/// Longer texts are cut before they are measured; no column becomes as wide.
const MEASURED: usize = 160;
/// Room for the sort mark and the menu's sign in a heading, in pixels.
const SORT_MARK: f64 = 34.0;
/// Width of the mark for yes or no, in pixels.
const YES_NO: f64 = 12.0;

/// Measures texts as the grid draws them.
pub(super) trait Ruler {
    /// Width of a cell's text in pixels.
    fn cell(&self, text: &str) -> f64;
    /// Width of a heading in pixels.
    fn heading(&self, text: &str) -> f64;
}

/// A column as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// The property.
    pub(super) property: String,
    /// Its heading.
    pub(super) label: String,
    /// What is in it; found out from the rows where the relay did not say.
    pub(super) kind: CellKind,
    /// Its width in pixels, as laid out.
    pub(super) width: f64,
    /// Whether it stays in view when the others are scrolled; such columns stand first.
    pub(super) pinned: bool,
    need: Need,
    /// Whether what it needs still follows the rows that come.
    fits: bool,
    /// Width in characters that the type's view asks for; 0 for none.
    asked: u16,
    /// Whether the relay said what is in it.
    kind_known: bool,
}

impl Column {
    fn from_meta(meta: &ColumnMeta) -> Self {
        Self {
            property: meta.property.clone(),
            label: meta.label.clone(),
            kind: meta.kind,
            width: 0.0,
            pinned: false,
            need: Need::default(),
            fits: true,
            asked: meta.width,
            kind_known: true,
        }
    }

    fn of_property(property: &str) -> Self {
        Self {
            property: property.to_owned(),
            label: property.to_owned(),
            kind: CellKind::Text,
            width: 0.0,
            pinned: false,
            need: Need::default(),
            fits: true,
            asked: 0,
            kind_known: false,
        }
    }

    fn fit<'a>(&mut self, cells: impl Iterator<Item = &'a Shown>, ruler: &dyn Ruler) {
        let heading = ruler.heading(&self.label) + SORT_MARK;
        let asked = ruler.cell("0") * f64::from(self.asked);
        let cells = cells.map(|cell| match cell {
            Shown::Empty | Shown::Bool(_) => YES_NO,
            Shown::Text(text) => {
                ruler.cell(text.char_indices().nth(MEASURED).map_or(text, |(end, _)| &text[..end]))
            }
        });
        self.need.grow(cells.fold(heading, f64::max), asked);
    }
}

/// The columns and the order of rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// The columns, left to right.
    pub(super) shown: Vec<Column>,
    /// The columns that rows are sorted by, the most significant first.
    pub(super) sort: Vec<SortKey>,
    defaults: Vec<ColumnMeta>,
    /// What the user did that is not kept yet.
    change: Option<Change>,
}

/// What the user did to the columns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Arranged,
    Reset,
}

impl Columns {
    /// The columns of a result as they came, `defaults` or where there are none all properties, or as the user has
    /// arranged them.
    pub(super) fn new(defaults: &[ColumnMeta], properties: &[String], arranged: &[Arranged]) -> Self {
        let mut columns =
            Self { shown: Vec::new(), sort: Vec::new(), defaults: defaults.to_vec(), change: None };
        columns.reset(properties);
        if !arranged.is_empty() {
            columns.shown = arranged.iter().map(|arranged| columns.arranged_as(arranged)).collect();
        }
        columns.change = None;
        columns
    }

    fn arranged_as(&self, arranged: &Arranged) -> Column {
        let mut column = self.column(&arranged.property);
        column.pinned = arranged.pinned;
        if arranged.width > 0 {
            column.need.fix(arranged.width.into());
        }
        column
    }

    /// A column for a property.
    fn column(&self, property: &str) -> Column {
        let meta = self.defaults.iter().find(|meta| meta.property == property);
        meta.map_or_else(|| Column::of_property(property), Column::from_meta)
    }

    /// How the columns are arranged, if that has changed since it was asked last; none if they are as they came.
    pub(super) fn arranged(&mut self) -> Option<Vec<Arranged>> {
        let arranged = |column: &Column| Arranged {
            property: column.property.clone(),
            width: column.need.fixed().round() as u16,
            pinned: column.pinned,
        };
        match self.change.take()? {
            Change::Reset => Some(Vec::new()),
            Change::Arranged => Some(self.shown.iter().map(arranged).collect()),
        }
    }

    /// Names of the shown properties, to ask for.
    pub(super) fn properties(&self) -> Vec<String> {
        self.shown.iter().map(|column| column.property.clone()).collect()
    }

    /// Whether a property is shown.
    pub(super) fn shows(&self, property: &str) -> bool {
        self.shown.iter().any(|column| column.property == property)
    }

    /// Shows or hides a property; the last one stays.
    pub(super) fn toggle(&mut self, property: &str) {
        self.change = Some(Change::Arranged);
        if !self.shows(property) {
            self.shown.push(self.column(property));
        } else if self.shown.len() > 1 {
            self.shown.retain(|column| column.property != property);
        }
    }

    /// Shows these properties, in this order.
    pub(super) fn show_all(&mut self, properties: &[String]) {
        for property in properties {
            if !self.shows(property) {
                self.toggle(property);
            }
        }
    }

    /// Shows what was shown at first.
    pub(super) fn reset(&mut self, properties: &[String]) {
        self.change = Some(Change::Reset);
        self.shown = self.defaults.iter().map(Column::from_meta).collect();
        if self.shown.is_empty() {
            self.shown = properties.iter().map(|property| Column::of_property(property)).collect();
        }
    }

    /// Sorts by a column: up, down, not at all. `add`: after those that rows are sorted by already.
    pub(super) fn sort_by(&mut self, at: usize, add: bool) {
        let Some(property) = self.shown.get(at).map(|column| column.property.clone()) else { return };
        let known = self.sort.iter().position(|key| key.property == property);
        let next = match known.and_then(|at| self.sort.get(at)) {
            Some(key) if key.descending => None,
            Some(_) => Some(true),
            None => Some(false),
        };
        let next = next.map(|descending| SortKey { property, descending });
        match (add, known, next) {
            (true, Some(at), Some(key)) => self.sort.splice(at..=at, [key]).for_each(drop),
            (true, Some(at), None) => drop(self.sort.remove(at)),
            (true, None, key) => self.sort.extend(key),
            (false, _, key) => self.sort = key.into_iter().collect(),
        }
    }

    /// Sorts by a column this way, and by nothing else.
    pub(super) fn sort_only(&mut self, at: usize, descending: bool) {
        if let Some(column) = self.shown.get(at) {
            self.sort = vec![SortKey { property: column.property.clone(), descending }];
        }
    }

    /// How rows are sorted by a property: which key it is, of how many, and which way.
    pub(super) fn sorted(&self, property: &str) -> Option<(usize, usize, bool)> {
        let at = self.sort.iter().position(|key| key.property == property)?;
        Some((at, self.sort.len(), self.sort.get(at)?.descending))
    }

    /// Moves a column to where another one stands, as far as pinned columns stay first; gives its place.
    pub(super) fn move_to(&mut self, from: usize, to: usize) -> usize {
        if from >= self.shown.len() {
            return from;
        }
        self.change = Some(Change::Arranged);
        let column = self.shown.remove(from);
        let pinned = self.pinned();
        let to = if column.pinned { to.min(pinned) } else { to.max(pinned) }.min(self.shown.len());
        self.shown.insert(to, column);
        to
    }

    /// Pins a column, or lets it go; it goes to the border between pinned and others.
    pub(super) fn toggle_pin(&mut self, at: usize) {
        if at < self.shown.len() {
            self.change = Some(Change::Arranged);
            let mut column = self.shown.remove(at);
            column.pinned = !column.pinned;
            let border = self.pinned();
            self.shown.insert(border, column);
        }
    }

    /// How many columns are pinned.
    pub(super) fn pinned(&self) -> usize {
        self.shown.iter().filter(|column| column.pinned).count()
    }

    /// Where a column begins, in pixels.
    pub(super) fn left(&self, at: usize) -> f64 {
        self.shown.iter().take(at).map(|column| column.width).sum()
    }

    /// The column at so many pixels from the left.
    pub(super) fn at(&self, left: f64) -> usize {
        let mut end = 0.0;
        let passed = self.shown.iter().take_while(|column| {
            end += column.width;
            end <= left
        });
        passed.count().min(self.shown.len().saturating_sub(1))
    }

    /// Finds out what columns need from the first of these rows, and what is in those of unknown kind.
    pub(super) fn fit<'a>(&mut self, rows: &(impl Iterator<Item = &'a Row> + Clone), ruler: &dyn Ruler) {
        let enough = rows.clone().nth(ENOUGH_ROWS).is_some();
        for (at, column) in self.shown.iter_mut().enumerate() {
            let cells = || rows.clone().take(ENOUGH_ROWS).filter_map(|row| row.cells.get(at));
            if !column.kind_known && cells().next().is_some() {
                column.kind = kind_of(cells());
                column.kind_known = true;
            }
            if column.fits {
                column.fit(cells(), ruler);
                column.fits = !enough;
            }
        }
    }

    /// Makes a column as wide as these rows need, all of them.
    pub(super) fn refit<'a>(&mut self, at: usize, rows: impl Iterator<Item = &'a Row>, ruler: &dyn Ruler) {
        if let Some(column) = self.shown.get_mut(at) {
            self.change = Some(Change::Arranged);
            column.need = Need::default();
            column.fit(rows.filter_map(|row| row.cells.get(at)), ruler);
        }
    }

    /// Sets a column's width by hand. The others stay as they are: none may move under the pointer.
    pub(super) fn resize(&mut self, at: usize, width: f64) {
        self.change = Some(Change::Arranged);
        for (other, column) in self.shown.iter_mut().enumerate() {
            column.need.fix(if other == at { width } else { column.width });
            column.fits = false;
        }
        self.lay_out(0.0);
    }

    /// Lays the columns out in a grid of this width in pixels, 0 while it is unknown.
    pub(super) fn lay_out(&mut self, room: f64) {
        let needs: Vec<Need> = self.shown.iter().map(|column| column.need).collect();
        for (column, width) in self.shown.iter_mut().zip(spread(&needs, room)) {
            column.width = width;
        }
    }
}

fn kind_of<'a>(cells: impl Iterator<Item = &'a Shown> + Clone) -> CellKind {
    let mut given = cells.filter(|cell| **cell != Shown::Empty).peekable();
    if given.peek().is_none() {
        CellKind::Text
    } else if given.clone().all(|cell| matches!(cell, Shown::Bool(_))) {
        CellKind::Bool
    } else if given
        .all(|cell| matches!(cell, Shown::Text(text) if text.parse::<f64>().is_ok_and(f64::is_finite)))
    {
        CellKind::Number
    } else {
        CellKind::Text
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::{CellKind, ColumnMeta};

    use super::Columns;

    fn columns() -> Columns {
        let meta = |name: &str| ColumnMeta {
            property: name.into(),
            label: name.into(),
            kind: CellKind::Date,
            width: 0,
        };
        Columns::new(&[meta("A"), meta("B")], &[], &[])
    }

    #[test]
    fn an_arrangement_is_told_once_and_comes_back() {
        let mut columns = columns();
        assert_eq!(columns.arranged(), None, "as they came");
        columns.toggle("C");
        columns.toggle_pin(2);
        columns.lay_out(600.0);
        columns.resize(1, 77.4);
        let kept = columns.arranged().unwrap();
        assert_eq!(columns.arranged(), None);
        let again = Columns::new(&columns.defaults, &[], &kept);
        assert_eq!(again.properties(), ["C", "A", "B"]);
        let of = |columns: &Columns| {
            columns.shown.iter().map(|it| (it.kind, it.pinned, it.need.fixed().round())).collect::<Vec<_>>()
        };
        assert_eq!(of(&again), of(&columns));
        assert_eq!((again.pinned(), kept[1].width), (1, 77));
        columns.reset(&[]);
        assert_eq!(columns.arranged(), Some(Vec::new()));
    }

    #[test]
    fn a_click_sorts_up_then_down_then_not_at_all() {
        let mut columns = columns();
        let seen: Vec<_> = (0..4)
            .map(|_| {
                columns.sort_by(0, false);
                columns.sorted("A").map(|(.., descending)| descending)
            })
            .collect();
        assert_eq!(seen, [Some(false), Some(true), None, Some(false)]);
        columns.sort_by(1, false);
        assert_eq!((columns.sorted("A"), columns.sorted("B")), (None, Some((0, 1, false))));
        columns.sort_by(99, false);
        columns.sort_by(0, true);
        assert_eq!((columns.sorted("A"), columns.sorted("B")), (Some((1, 2, false)), Some((0, 2, false))));
        columns.sort_by(1, true);
        columns.sort_by(1, true);
        assert_eq!((columns.sorted("A"), columns.sorted("B")), (Some((0, 1, false)), None));
    }

    #[test]
    fn pinned_columns_stand_first_whatever_is_moved() {
        let mut columns = Columns::new(&[], &["A", "B", "C", "D"].map(String::from), &[]);
        columns.toggle_pin(2);
        assert_eq!(columns.properties(), ["C", "A", "B", "D"]);
        assert_eq!(columns.move_to(3, 0), 1, "not before a pinned one");
        assert_eq!(columns.move_to(0, 3), 0, "a pinned one does not leave");
        assert_eq!(columns.properties(), ["C", "D", "A", "B"]);
        columns.toggle_pin(0);
        assert_eq!((columns.pinned(), columns.move_to(1, 3)), (0, 3));
        assert_eq!(columns.properties(), ["C", "A", "B", "D"]);
        assert_eq!(columns.move_to(9, 0), 9);
    }

    #[test]
    fn a_column_comes_back_as_it_was_and_the_last_one_stays() {
        let mut columns = columns();
        columns.toggle("A");
        columns.toggle("B");
        assert_eq!(columns.properties(), ["B"]);
        columns.toggle("A");
        assert_eq!(columns.shown[1].kind, CellKind::Date);
        columns.reset(&[]);
        assert_eq!(columns.properties(), ["A", "B"]);
    }

    #[test]
    fn without_a_view_every_property_is_a_column() {
        assert_eq!(Columns::new(&[], &["X".into(), "Y".into()], &[]).properties(), ["X", "Y"]);
    }
}
