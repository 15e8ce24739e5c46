//! The columns of a grid: which, how wide, and which way they are sorted. No browser in here.

use postern_shared::wire::{CellKind, ColumnMeta, SortKey};

use super::rows::{Row, Shown};

/// Narrowest and widest that a column becomes by itself, in pixels.
const FITTED: (f64, f64) = (64.0, 300.0);
/// Narrowest and widest that the user can make it.
const RESIZED: (f64, f64) = (40.0, 1600.0);
/// What a cell adds on both sides.
const PADDING: f64 = 27.0;
/// Headings are bold, and so a little wider.
const BOLD: f64 = 1.1;
/// From so many rows on, what a column needs is known well enough; wider cells that come later do not move it.
const ENOUGH_ROWS: usize = 60;
/// Room for the sort mark in a heading.
const SORT_MARK: usize = 2;

/// A column as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// The property.
    pub(super) property: String,
    /// Its heading.
    pub(super) label: String,
    /// What is in it; found out from the rows where the relay did not say.
    pub(super) kind: CellKind,
    /// Its width in pixels.
    pub(super) width: f64,
    /// Whether the width still follows the rows that come.
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
            width: FITTED.0,
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
            width: FITTED.0,
            fits: true,
            asked: 0,
            kind_known: false,
        }
    }

    /// Sets the width by hand.
    pub(super) fn resize(&mut self, width: f64) {
        self.width = width.clamp(RESIZED.0, RESIZED.1);
        self.fits = false;
    }
}

/// The columns and the order of rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// The columns, left to right.
    pub(super) shown: Vec<Column>,
    /// The column that rows are sorted by.
    pub(super) sort: Option<SortKey>,
    defaults: Vec<ColumnMeta>,
}

impl Columns {
    pub(super) fn new(defaults: &[ColumnMeta], properties: &[String]) -> Self {
        let mut columns = Self {
            shown: defaults.iter().map(Column::from_meta).collect(),
            sort: None,
            defaults: defaults.to_vec(),
        };
        if columns.shown.is_empty() {
            columns.shown = properties.iter().map(|property| Column::of_property(property)).collect();
        }
        columns
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
        if !self.shows(property) {
            let meta = self.defaults.iter().find(|meta| meta.property == property);
            self.shown.push(meta.map_or_else(|| Column::of_property(property), Column::from_meta));
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
        self.shown = Self::new(&self.defaults, properties).shown;
    }

    /// Sorts by a column: up, down, not at all.
    pub(super) fn sort_by(&mut self, at: usize) {
        let Some(column) = self.shown.get(at) else { return };
        self.sort = match self.sort.take() {
            Some(key) if key.property == column.property && key.descending => None,
            Some(key) if key.property == column.property => Some(SortKey { descending: true, ..key }),
            _ => Some(SortKey { property: column.property.clone(), descending: false }),
        };
    }

    /// Gives columns the width that these rows need, and finds out what is in those of unknown kind. `character` is
    /// the mean width of a character.
    pub(super) fn fit<'a>(&mut self, rows: &(impl Iterator<Item = &'a Row> + Clone), character: f64) {
        let enough = rows.clone().nth(ENOUGH_ROWS).is_some();
        for (at, column) in self.shown.iter_mut().enumerate() {
            let cells = || rows.clone().filter_map(|row| row.cells.get(at));
            if !column.kind_known && cells().next().is_some() {
                column.kind = kind_of(cells());
                column.kind_known = true;
            }
            if column.fits {
                let cells = cells().map(characters).max().unwrap_or(0).max(usize::from(column.asked)) as f64;
                let label = (column.label.chars().count() + SORT_MARK) as f64 * BOLD;
                let needed = (cells.max(label) * character + PADDING).clamp(FITTED.0, FITTED.1);
                column.width = column.width.max(needed);
                column.fits = !enough;
            }
        }
    }

    /// Makes a column as wide as these rows need.
    pub(super) fn refit<'a>(
        &mut self,
        at: usize,
        rows: &(impl Iterator<Item = &'a Row> + Clone),
        character: f64,
    ) {
        if let Some(column) = self.shown.get_mut(at) {
            column.width = FITTED.0;
            column.fits = true;
            self.fit(rows, character);
        }
    }
}

fn characters(cell: &Shown) -> usize {
    match cell {
        Shown::Empty | Shown::Bool(_) => 1,
        Shown::Text(text) => text.chars().take(100).count(),
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
        Columns::new(&[meta("A"), meta("B")], &[])
    }

    #[test]
    fn a_click_sorts_up_then_down_then_not_at_all() {
        let mut columns = columns();
        let seen: Vec<_> = (0..4)
            .map(|_| {
                columns.sort_by(0);
                columns.sort.clone().map(|key| key.descending)
            })
            .collect();
        assert_eq!(seen, [Some(false), Some(true), None, Some(false)]);
        columns.sort_by(1);
        assert_eq!(
            columns.sort.as_ref().map(|key| (key.property.as_str(), key.descending)),
            Some(("B", false))
        );
        columns.sort_by(99);
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
        assert_eq!(Columns::new(&[], &["X".into(), "Y".into()]).properties(), ["X", "Y"]);
    }
}
