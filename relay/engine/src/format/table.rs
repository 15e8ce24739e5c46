//! The layout of tables: widths of columns, headers, rows.

use super::cells::{Align, cut, lines, pad, width, wrap};

/// A column before its width is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// What stands above it.
    pub(crate) label: String,
    /// Where text stands in it.
    pub(crate) align: Align,
    /// The width that was asked for; 0 for none.
    pub(crate) width: usize,
}

/// How a table is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    /// Columns as wide as what is in them.
    pub(crate) auto_size: bool,
    /// Text that does not fit goes on below instead of being cut.
    pub(crate) wrap: bool,
    /// No headers.
    pub(crate) hide_headers: bool,
}

/// A table whose columns have widths.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    columns: &'a [Column],
    /// Widths of the columns that are shown; those behind have no room.
    widths: Vec<usize>,
    layout: Layout,
}

impl<'a> Table<'a> {
    /// Gives the columns widths for a line of so many cells. `rows` are what is known of the content.
    pub(crate) fn new<'r>(
        columns: &'a [Column],
        layout: Layout,
        line: usize,
        rows: impl Iterator<Item = &'r [String]>,
    ) -> Self {
        let mut widths: Vec<usize> = columns.iter().map(|column| column.width).collect();
        if layout.auto_size {
            widths = columns.iter().map(|column| width(&column.label)).collect();
            for row in rows {
                for (own, text) in widths.iter_mut().zip(row) {
                    *own = (*own).max(width(text));
                }
            }
            for own in &mut widths {
                *own = (*own).max(1);
            }
        } else {
            share(&mut widths, line);
        }
        fit(&mut widths, line);
        Self { columns, widths, layout }
    }

    /// The headers and the line below them.
    pub(crate) fn header(&self) -> Vec<String> {
        if self.layout.hide_headers {
            return Vec::new();
        }
        let labels: Vec<Vec<String>> =
            self.columns.iter().zip(&self.widths).map(|(column, own)| wrap(&column.label, *own)).collect();
        let mut out = self.stack(&labels);
        let rules: Vec<Vec<String>> = self
            .columns
            .iter()
            .zip(&self.widths)
            .map(|(column, own)| vec!["-".repeat(width(&column.label).min(*own))])
            .collect();
        out.extend(self.stack(&rules));
        out
    }

    /// A row's lines.
    pub(crate) fn row(&self, texts: &[String]) -> Vec<String> {
        let cells: Vec<Vec<String>> = self
            .widths
            .iter()
            .enumerate()
            .map(|(at, own)| {
                let text = texts.get(at).map_or("", String::as_str);
                if self.layout.wrap {
                    return wrap(text, *own);
                }
                let align = self.columns.get(at).map_or(Align::Left, |column| column.align);
                let lines = lines(text);
                let first = lines.first().copied().unwrap_or("");
                // More lines are as good as more text.
                let shown = if lines.len() > 1 {
                    cut(&format!("{first}…"), *own, align)
                } else {
                    cut(first, *own, align)
                };
                vec![shown]
            })
            .collect();
        self.stack(&cells)
    }

    /// Lines of cells that have several lines each.
    fn stack(&self, cells: &[Vec<String>]) -> Vec<String> {
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let mut out = Vec::with_capacity(height);
        for line in 0..height {
            let mut text = String::new();
            for (at, (cell, own)) in cells.iter().zip(&self.widths).enumerate() {
                if at > 0 {
                    text.push(' ');
                }
                let piece = cell.get(line).map_or("", String::as_str);
                let align = self.columns.get(at).map_or(Align::Left, |column| column.align);
                pad(&mut text, piece, *own, align, at + 1 == self.widths.len());
            }
            out.push(text);
        }
        out
    }
}

/// Shares what the columns with widths leave among those without.
fn share(widths: &mut [usize], line: usize) {
    let open = widths.iter().filter(|own| **own == 0).count();
    if open == 0 {
        return;
    }
    let taken: usize = widths.iter().sum::<usize>() + widths.len() - 1;
    let each = (line.saturating_sub(taken) / open).max(1);
    for own in widths.iter_mut().filter(|own| **own == 0) {
        *own = each;
    }
}

/// Cuts the last column to what is left of the line, or leaves it out.
fn fit(widths: &mut Vec<usize>, line: usize) {
    while let Some(last) = widths.last().copied() {
        let total = widths.iter().sum::<usize>() + widths.len() - 1;
        let over = total.saturating_sub(line);
        if over == 0 {
            return;
        }
        if last > over || widths.len() == 1 {
            let at = widths.len() - 1;
            widths[at] = last.saturating_sub(over).max(1);
            return;
        }
        widths.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, Align, usize)], layout: Layout, line: usize, rows: &[&[&str]]) -> Vec<String> {
        let columns: Vec<Column> = columns
            .iter()
            .map(|(label, align, width)| Column { label: (*label).to_owned(), align: *align, width: *width })
            .collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect();
        let table = Table::new(&columns, layout, line, rows.iter().map(Vec::as_slice));
        let mut out = table.header();
        out.extend(rows.iter().flat_map(|row| table.row(row)));
        out
    }

    #[test]
    fn the_last_column_gives_way() {
        let auto = Layout { auto_size: true, ..Layout::default() };
        let (a, b) = ("a".repeat(8), "b".repeat(8));
        let columns = [("A", Align::Left, 0), ("B", Align::Left, 0), ("C", Align::Right, 0)];
        assert_eq!(
            table(&columns, auto, 14, &[&[&a, &b, "1"]]),
            ["A        B", "-        -", "aaaaaaaa bbbb…"]
        );
        assert_eq!(table(&columns, auto, 9, &[&[&a, &b, "1"]]), ["A", "-", "aaaaaaaa"]);
        assert_eq!(table(&columns[..1], auto, 4, &[&[&a]]), ["A", "-", "aaa…"]);
    }

    #[test]
    fn columns_without_a_width_share_the_rest() {
        let columns = [("N", Align::Left, 4), ("Count", Align::Right, 0)];
        assert_eq!(
            table(&columns, Layout::default(), 14, &[&["Bernard", "120"]]),
            ["N        Count", "-        -----", "Ber…       120"]
        );
    }

    #[test]
    fn long_headers_and_wrapped_cells_go_on_below() {
        let columns = [("Aaaaaaaaa", Align::Left, 5), ("Bbbbbb", Align::Right, 4)];
        let wrapped = Layout { wrap: true, ..Layout::default() };
        assert_eq!(
            table(&columns, wrapped, 20, &[&["onetwothree", "1"]]),
            ["Aaaaa Bbbb", "aaaa    bb", "----- ----", "onetw    1", "othre     ", "e         "]
        );
    }
}
