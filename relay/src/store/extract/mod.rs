//! A part of a result written in a format: for the clipboard, or piece by piece for a download.
//!
//! Rows are read one after the other and written at once, so that a result of any size takes a piece's memory. A
//! workbook is put together in a file of the system's own, which is gone as soon as it was read.

mod clixml;
mod csv;
mod json;
mod literal;
mod text;
mod xlsx;

use std::{fmt::Write as _, io};

use postern_shared::{
    value::{DateTimeKind, PsDateTime, PsValue},
    wire::{Copied, Extract, Format},
};

use super::{
    cells,
    layout::{Layout, Place},
    rows::{Snapshot, StoredResult},
};

/// Text for the clipboard is cut beyond this; a frame holds twice as much.
const MOST_COPIED: usize = 2 << 20;
/// A piece of a download.
const PIECE: usize = 64 << 10;
/// Columns of one extract.
const MOST_COLUMNS: usize = 2000;
/// Ranges of rows of one extract.
const MOST_RANGES: usize = 10_000;

/// A part of a result, as it stood when it was asked for.
pub(crate) struct Extraction {
    snapshot: Snapshot,
    layout: Layout,
    /// Rows of the view.
    ranges: Vec<(usize, usize)>,
    columns: Vec<String>,
    whole: bool,
    format: Format,
}

/// Why a download broke off.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Nobody takes it any more.
    Left,
    /// It could not be written.
    Failed(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Writes rows in a format.
trait Writer {
    /// What stands before the rows.
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken>;
    /// A row: what is in its columns, and the object that it is.
    fn row(&mut self, values: &[PsValue], object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken>;
    /// What stands behind the rows; may give it piece by piece.
    fn end(
        &mut self,
        out: &mut Vec<u8>,
        give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken>;
}

impl Extraction {
    pub(super) fn new(stored: &StoredResult, extract: Extract) -> Self {
        let snapshot = stored.snapshot();
        let shown: Vec<&str> = extract.shown.iter().map(String::as_str).collect();
        // What is folded away is not left out, unless rows were chosen of what is shown.
        let mut view = extract.view;
        if let Some(group) = view.group.as_mut().filter(|_| extract.rows.is_empty()) {
            (group.folded, group.except) = (false, Vec::new());
        }
        let layout = stored.layout(&snapshot, &view, &shown);
        let total = layout.total();
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX).min(total);
        let mut ranges: Vec<_> =
            extract.rows.iter().take(MOST_RANGES).map(|(from, to)| (place(*from), place(*to))).collect();
        if ranges.is_empty() {
            ranges.push((0, total));
        }
        let mut columns = extract.columns;
        columns.truncate(MOST_COLUMNS);
        Self { snapshot, layout, ranges, columns, whole: extract.whole, format: extract.format }
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> u64 {
        if self.layout.groups() == 0 {
            return self.ranges.iter().map(|(from, to)| to.saturating_sub(*from) as u64).sum();
        }
        self.rows().count() as u64
    }

    /// Ending of the file's name, and its content type.
    pub(crate) fn kind(&self) -> (&'static str, &'static str) {
        match self.format {
            Format::Text | Format::Identities => ("txt", "text/plain; charset=utf-8"),
            Format::Literals => ("ps1", "text/plain; charset=utf-8"),
            Format::Csv { .. } => ("csv", "text/csv; charset=utf-8"),
            Format::Json => ("json", "application/json"),
            Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            Format::Clixml => ("clixml", "application/xml"),
        }
    }

    /// Writes everything; `give` takes each piece, and how many rows are done by then.
    pub(crate) fn write(
        &self,
        mut give: impl FnMut(Vec<u8>, u64) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        let mut writer = self.writer()?;
        let mut out = Vec::with_capacity(PIECE + PIECE / 4);
        let mut done = 0;
        writer.begin(&self.columns, &mut out)?;
        for row in self.rows() {
            self.one(&mut *writer, row, &mut out)?;
            done += 1;
            if out.len() >= PIECE || done % 4096 == 0 {
                give(std::mem::replace(&mut out, Vec::with_capacity(PIECE + PIECE / 4)), done)?;
            }
        }
        writer.end(&mut out, &mut |piece| give(piece, done))?;
        give(out, done)
    }

    /// Text for the clipboard, as much as it holds.
    pub(super) fn copy(&self) -> Copied {
        let mut copied = Copied::default();
        let Ok(mut writer) = self.writer() else { return copied };
        let mut out = Vec::new();
        if writer.begin(&self.columns, &mut out).is_err() {
            return copied;
        }
        for row in self.rows() {
            let before = out.len();
            if self.one(&mut *writer, row, &mut out).is_err() || out.len() > MOST_COPIED {
                out.truncate(before);
                break;
            }
            copied.rows += 1;
        }
        copied.left_out = self.len() - copied.rows;
        // A workbook cannot be on the clipboard; everything else has its end in `out`.
        let _ = writer.end(&mut out, &mut |_| Ok(()));
        copied.text = String::from_utf8(out).unwrap_or_default();
        copied
    }

    fn one(&self, writer: &mut dyn Writer, row: usize, out: &mut Vec<u8>) -> Result<(), Broken> {
        let object = if matches!(self.format, Format::Clixml | Format::Identities) {
            self.snapshot.object(row)
        } else {
            PsValue::Null
        };
        let values: Vec<PsValue> = match self.format {
            Format::Identities => Vec::new(),
            Format::Clixml if self.whole => Vec::new(),
            _ => self.columns.iter().map(|name| self.snapshot.value(row, name)).collect(),
        };
        writer.row(&values, &object, out)
    }

    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let places = self.ranges.iter().flat_map(|(from, to)| *from..*to);
        // Headings are for reading.
        places.filter_map(|place| match self.layout.at(place)? {
            Place::Row(row) => Some(row),
            Place::Heading(_) => None,
        })
    }

    fn writer(&self) -> Result<Box<dyn Writer>, Broken> {
        Ok(match self.format {
            Format::Text => Box::new(text::Text),
            Format::Csv { separator, mark, guard } => Box::new(csv::Csv::new(separator, mark, guard)),
            Format::Json => Box::new(json::Json::default()),
            Format::Literals => Box::new(literal::Literals::default()),
            Format::Identities => Box::new(literal::Identities::default()),
            Format::Xlsx => Box::new(xlsx::Xlsx::new()?),
            Format::Clixml => Box::new(clixml::Clixml::new(self.whole)),
        })
    }
}

/// A cell as one line of text, with every item of a list.
fn flat(value: &PsValue) -> String {
    match value.as_list() {
        Some(items) => items.iter().map(cells::text).collect::<Vec<_>>().join("; "),
        None => cells::text(value),
    }
}

/// A time as ISO 8601, with the offset that it has.
fn iso(at: PsDateTime) -> String {
    let mut text = cells::text(&at.into()).replace(' ', "T");
    let ticks = at.subsecond_ticks();
    if ticks > 0 {
        text.push_str(format!(".{ticks:07}").trim_end_matches('0'));
    }
    match at.kind {
        DateTimeKind::Unspecified => {}
        DateTimeKind::Utc => text.push('Z'),
        DateTimeKind::Local(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            // Writing to a string cannot fail.
            let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_shared::{
        value::{Content, PsObject, TypeNames},
        wire::{Grouping, View},
    };

    use super::*;

    pub(super) fn result() -> StoredResult {
        let result = StoredResult::new(1);
        let list = PsObject { content: Content::List(vec!["x".into(), "y".into()]), ..PsObject::default() };
        let at = PsDateTime::from_fields((2026, 3, 2), (9, 14, 5), 0, DateTimeKind::Utc).unwrap();
        let rows = [("=1+1", 1), ("O'Neil, \"Jo\"", -2), ("Zo\u{eb}\nB", 3)];
        for (name, size) in rows {
            let properties = [
                ("Name", PsValue::from(name)),
                ("Size", size.into()),
                ("On", PsValue::Bool(size > 0)),
                ("At", at.into()),
                ("All", PsValue::from(list.clone())),
                ("None", PsValue::Null),
            ];
            let names: TypeNames = Arc::from(["Deserialized.Mailbox".into()]);
            result.push(PsObject::bag(names, properties.into_iter().collect()).into(), 1);
        }
        result
    }

    pub(super) fn extract(format: Format) -> Extract {
        let columns = ["Name", "Size", "On", "At", "All", "None"].map(String::from).to_vec();
        Extract {
            result: 1,
            view: View::default(),
            shown: Vec::new(),
            columns,
            whole: false,
            rows: Vec::new(),
            format,
            name: String::new(),
        }
    }

    fn text(format: Format) -> String {
        Extraction::new(&result(), extract(format)).copy().text
    }

    #[test]
    fn text_has_a_line_for_each_row() {
        let text = text(Format::Text);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Name\tSize\tOn\tAt\tAll\tNone");
        assert_eq!(lines[3], "Zo\u{eb} B\t3\tTrue\t2026-03-02 09:14:05\tx; y\t");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn csv_guards_formulas_where_it_is_to() {
        let guarded = text(Format::Csv { separator: ';', mark: true, guard: true });
        let lines: Vec<&str> = guarded.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}Name;Size;On;At;All;None");
        assert_eq!(lines[1], "'=1+1;1;True;2026-03-02 09:14:05;\"x; y\";");
        assert_eq!(lines[2], "\"O'Neil, \"\"Jo\"\"\";-2;False;2026-03-02 09:14:05;\"x; y\";");
        let plain = text(Format::Csv { separator: ',', mark: false, guard: false });
        assert!(plain.starts_with("Name,Size,") && plain.contains("\r\n=1+1,1,"));
    }

    #[test]
    fn json_keeps_numbers_truth_and_lists() {
        let parsed: serde_json::Value = serde_json::from_str(&text(Format::Json)).unwrap();
        assert_eq!(parsed.as_array().unwrap().len(), 3);
        assert_eq!(
            parsed[1],
            serde_json::json!({ "Name": "O'Neil, \"Jo\"", "Size": -2, "On": false, "At": "2026-03-02T09:14:05Z",
                "All": ["x", "y"], "None": null })
        );
    }

    #[test]
    fn literals_are_what_powershell_reads() {
        let text = text(Format::Literals);
        assert_eq!(
            text.lines().nth(2).unwrap().trim(),
            "[pscustomobject]@{ Name = 'O''Neil, \"Jo\"'; Size = -2; On = $false; At = [datetime]'2026-03-02T09:14:05Z'; \
             All = 'x', 'y'; None = $null }"
        );
        assert!(self::text(Format::Identities).starts_with("'=1+1', 'O''Neil, \"Jo\"', "));
    }

    #[test]
    fn a_workbook_holds_all_rows() {
        let extraction = Extraction::new(&result(), extract(Format::Xlsx));
        let mut file = Vec::new();
        extraction
            .write(|piece, _| {
                file.extend(piece);
                Ok(())
            })
            .unwrap();
        assert!(file.starts_with(b"PK") && file.len() > 2000);
    }

    #[test]
    fn clixml_comes_back_as_it_was() {
        let mut whole = extract(Format::Clixml);
        whole.whole = true;
        whole.rows = vec![(1, 2)];
        let extraction = Extraction::new(&result(), whole);
        assert_eq!(extraction.len(), 1);
        let mut file = Vec::new();
        extraction
            .write(|piece, _| {
                file.extend(piece);
                Ok(())
            })
            .unwrap();
        let values = postern_psrp::clixml::Decoder::default().decode_all(&file).unwrap();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].get("Size"), Some(&PsValue::I32(-2)));
        assert_eq!(values[0].get("All").and_then(PsValue::as_list).map(<[_]>::len), Some(2));
        // Only some columns: an object with those.
        let mut some = extract(Format::Clixml);
        some.columns = vec!["Size".into()];
        let text = Extraction::new(&result(), some).copy().text;
        assert!(text.contains("Selected.Mailbox") && !text.contains("Neil"), "{text}");
    }

    #[test]
    fn headings_are_not_extracted_and_folded_objects_are() {
        let mut grouped = extract(Format::Text);
        grouped.columns.truncate(1);
        let group = Grouping { property: "On".into(), folded: true, ..Grouping::default() };
        grouped.view.group = Some(group);
        let copied = Extraction::new(&result(), grouped.clone()).copy();
        assert_eq!((copied.rows, copied.left_out), (3, 0));
        assert_eq!(copied.text.lines().nth(1), Some("O'Neil, \"Jo\""));
        grouped.rows = vec![(0, 2)];
        assert_eq!(Extraction::new(&result(), grouped.clone()).copy().rows, 0);
        grouped.view.group = Some(Grouping { property: "On".into(), ..Grouping::default() });
        assert_eq!(Extraction::new(&result(), grouped).copy().rows, 1);
    }

    #[test]
    fn rows_that_do_not_exist_are_none() {
        let mut beyond = extract(Format::Text);
        beyond.rows = vec![(2, u64::MAX), (9, 3), (7, 8)];
        let copied = Extraction::new(&result(), beyond).copy();
        assert_eq!((copied.rows, copied.left_out), (1, 0));
    }
}
