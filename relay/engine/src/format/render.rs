//! Lines from entries: where a view begins and ends, groups, and widths from the first rows.

use std::rc::Rc;

use super::{
    entry::{Entry, Row, Spec},
    list,
    table::Table,
};

/// Rows that are looked at before the columns of a table get their widths.
const SIZED_BY: usize = 2_000;

/// Lays entries out.
#[derive(Debug)]
pub(super) struct Renderer {
    line: usize,
    out: Vec<String>,
    size: usize,
    spec: Option<Rc<Spec>>,
    group: Option<String>,
    /// Rows whose table has no widths yet.
    held: Vec<Row>,
    /// Rows behind those, one by one, and the first rows that the widths are from.
    sized: Option<Vec<Vec<String>>>,
}

impl Renderer {
    pub(super) fn new(line: usize) -> Self {
        Self { line, out: Vec::new(), size: 0, spec: None, group: None, held: Vec::new(), sized: None }
    }

    /// Bytes that are held.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The lines that are ready.
    pub(super) fn take(&mut self) -> Vec<String> {
        self.size = 0;
        std::mem::take(&mut self.out)
    }

    pub(super) fn push(&mut self, entry: &Entry) {
        let same = self.spec.as_ref().is_some_and(|spec| Rc::ptr_eq(spec, &entry.spec));
        if same && self.group == entry.group {
            self.row(&entry.row);
            return;
        }
        if same && matches!(entry.row, Row::Text(_) | Row::Block(_)) && !matches!(*entry.spec, Spec::Lines) {
            self.row(&entry.row);
            return;
        }
        if same {
            self.rows();
        } else {
            self.close();
        }
        self.spec = Some(Rc::clone(&entry.spec));
        self.group.clone_from(&entry.group);
        if !matches!(*entry.spec, Spec::Text) {
            self.out.push(String::new());
        }
        if let Some(group) = &entry.group {
            self.out.push(format!("   {group}"));
            self.out.push(String::new());
        }
        self.row(&entry.row);
    }

    fn row(&mut self, row: &Row) {
        let Some(spec) = self.spec.clone() else { return };
        match (&*spec, row) {
            (Spec::Table { .. } | Spec::Wide(_), row) => {
                self.size += match row {
                    Row::Cells(cells) => cells.iter().map(String::len).sum(),
                    Row::Text(text) => text.len(),
                    Row::Fields(fields) | Row::Block(fields) => {
                        fields.iter().map(|(_, text)| text.len()).sum()
                    }
                };
                if let Some(first) = &self.sized {
                    let lines = table_rows(&spec, self.line, first, std::slice::from_ref(row));
                    self.lines(lines);
                    return;
                }
                self.held.push(row.clone());
                if self.held.len() >= SIZED_BY && matches!(*spec, Spec::Table { .. }) {
                    let first = self.rows();
                    self.sized = Some(first);
                }
            }
            (_, Row::Fields(fields)) => {
                let mut lines = list::record(fields, self.line);
                lines.push(String::new());
                self.lines(lines);
            }
            (_, Row::Text(text)) => {
                self.lines(super::cells::lines(text).into_iter().map(str::to_owned).collect());
            }
            (_, Row::Block(fields)) => {
                let lines = block(fields, self.line);
                self.lines(lines);
            }
            (_, Row::Cells(_)) => {}
        }
    }

    fn lines(&mut self, lines: Vec<String>) {
        self.size += lines.iter().map(String::len).sum::<usize>();
        self.out.extend(lines);
    }

    /// Lays out the rows that are held. The cells that the widths are from.
    fn rows(&mut self) -> Vec<Vec<String>> {
        let held = std::mem::take(&mut self.held);
        let Some(spec) = self.spec.clone() else { return Vec::new() };
        match &*spec {
            Spec::Table { columns, layout } if self.sized.is_none() => {
                let first: Vec<Vec<String>> = held
                    .iter()
                    .filter_map(|row| if let Row::Cells(cells) = row { Some(cells.clone()) } else { None })
                    .collect();
                // Where only text came, there is no table.
                if !first.is_empty() {
                    let table = Table::new(columns, *layout, self.line, first.iter().map(Vec::as_slice));
                    self.lines(table.header());
                }
                let lines = table_rows(&spec, self.line, &first, &held);
                self.lines(lines);
                return first;
            }
            Spec::Wide(columns) => {
                let texts: Vec<String> = held
                    .into_iter()
                    .filter_map(|row| if let Row::Text(text) = row { Some(text) } else { None })
                    .collect();
                let columns = columns.unwrap_or_else(|| list::fitting(&texts, self.line));
                self.lines(list::wide(&texts, columns, self.line));
            }
            _ => {}
        }
        self.sized = None;
        Vec::new()
    }

    /// Ends the view.
    pub(super) fn close(&mut self) {
        self.rows();
        self.sized = None;
        self.group = None;
        if let Some(spec) = self.spec.take()
            && matches!(*spec, Spec::Table { .. } | Spec::Wide(_) | Spec::Lines)
        {
            self.out.push(String::new());
        }
    }
}

fn table_rows(spec: &Spec, line: usize, first: &[Vec<String>], rows: &[Row]) -> Vec<String> {
    let Spec::Table { columns, layout } = spec else { return Vec::new() };
    let table = Table::new(columns, *layout, line, first.iter().map(Vec::as_slice));
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Row::Cells(cells) => lines.extend(table.row(cells)),
            Row::Text(text) => lines.extend(super::cells::lines(text).into_iter().map(str::to_owned)),
            Row::Block(fields) => lines.extend(block(fields, line)),
            Row::Fields(_) => {}
        }
    }
    lines
}

/// An object among those of a view that is not for it.
fn block(fields: &[(String, String)], line: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(list::record(fields, line));
    lines.push(String::new());
    lines
}
