//! An Excel workbook: one sheet, headings that stay and filter, and numbers, truth values and times as such.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use postern_shared::{
    value::{Content, PsDateTime, PsValue},
    view::SortKey,
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{Broken, PIECE, Writer, flat};
use crate::store::cells;

/// Rows of a sheet, its heading included.
const MOST_ROWS: u32 = 1_048_576;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// Characters of a cell.
const MOST_CHARACTERS: usize = 32_767;
/// Digits that Excel keeps of a number.
const EXACT: u64 = 1_000_000_000_000_000;

pub(super) struct Xlsx {
    book: Workbook,
    heading: Format,
    time: Format,
    row: u32,
    columns: usize,
}

impl From<XlsxError> for Broken {
    fn from(error: XlsxError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Xlsx {
    pub(super) fn new() -> Result<Self, Broken> {
        let mut book = Workbook::new();
        // Rows are written to a file as they come.
        book.add_worksheet_with_constant_memory()?.set_name("Objects")?;
        Ok(Self {
            book,
            heading: Format::new().set_bold(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            row: 0,
            columns: 0,
        })
    }
}

impl Writer for Xlsx {
    fn begin(&mut self, columns: &[String], _out: &mut Vec<u8>) -> Result<(), Broken> {
        self.columns = columns.len().min(MOST_COLUMNS);
        let sheet = self.book.worksheet_from_index(0)?;
        for (at, name) in (0u16..).zip(columns.iter().take(MOST_COLUMNS)) {
            sheet.set_column_width(at, width(name))?;
            sheet.write_string_with_format(0, at, cut(name.clone()), &self.heading)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        self.row = 1;
        Ok(())
    }

    fn row(&mut self, values: &[PsValue], _object: &PsValue, _out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.row >= MOST_ROWS {
            return Err(Broken::Failed(format!("a sheet of Excel has no more than {MOST_ROWS} rows")));
        }
        let sheet = self.book.worksheet_from_index(0)?;
        for (at, value) in (0u16..).zip(values.iter().take(MOST_COLUMNS)) {
            match cell(value) {
                Cell::Empty => {}
                Cell::Bool(yes) => drop(sheet.write_boolean(self.row, at, yes)?),
                Cell::Number(number) => drop(sheet.write_number(self.row, at, number)?),
                Cell::Time(day) => drop(sheet.write_number_with_format(self.row, at, day, &self.time)?),
                Cell::Text(text) => drop(sheet.write_string(self.row, at, cut(text))?),
            }
        }
        self.row += 1;
        Ok(())
    }

    fn end(
        &mut self,
        _out: &mut Vec<u8>,
        give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        if let Some(last) = u16::try_from(self.columns).ok().and_then(|columns| columns.checked_sub(1)) {
            self.book.worksheet_from_index(0)?.autofilter(0, 0, self.row.saturating_sub(1), last)?;
        }
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file)?;
        file.flush()?;
        file.seek(SeekFrom::Start(0))?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            if piece.is_empty() {
                return Ok(());
            }
            give(piece)?;
        }
    }
}

enum Cell {
    Empty,
    Bool(bool),
    Number(f64),
    /// Days since Excel's day 0, with the time of day behind the point.
    Time(f64),
    Text(String),
}

fn cell(value: &PsValue) -> Cell {
    let inner = match value {
        PsValue::Object(object) if !object.is_enum() => match &object.content {
            Content::Value(inner) => inner,
            _ => value,
        },
        _ => value,
    };
    match inner {
        PsValue::Null => return Cell::Empty,
        PsValue::Bool(yes) => return Cell::Bool(*yes),
        PsValue::DateTime(at) => return day(*at).map_or_else(|| Cell::Text(cells::text(value)), Cell::Time),
        PsValue::Str(_) | PsValue::Char(_) | PsValue::Object(_) => {}
        other => {
            let exact = other.as_i64().is_none_or(|number| number.unsigned_abs() < EXACT);
            if let (true, SortKey::Number(number)) = (exact, SortKey::of(other))
                && number.is_finite()
            {
                return Cell::Number(number);
            }
        }
    }
    Cell::Text(flat(value))
}

/// Excel counts days from 1899-12-30, and has none before 1900-03-01 that everyone agrees on.
fn day(at: PsDateTime) -> Option<f64> {
    const TICKS_PER_DAY: i64 = 864_000_000_000;
    const DAY_ZERO: i64 = 693_593;
    let days = at.ticks / TICKS_PER_DAY - DAY_ZERO;
    let part = (at.ticks % TICKS_PER_DAY) as f64 / TICKS_PER_DAY as f64;
    (61..2_958_466).contains(&days).then_some(days as f64 + part)
}

fn cut(text: String) -> String {
    match text.char_indices().nth(MOST_CHARACTERS / 2) {
        // Excel counts UTF-16 units.
        Some(_) if text.encode_utf16().count() > MOST_CHARACTERS => {
            text.chars().take(MOST_CHARACTERS / 2 - 1).chain(['…']).collect()
        }
        _ => text,
    }
}

fn width(heading: &str) -> f64 {
    (heading.chars().count() as f64 + 6.0).clamp(12.0, 48.0)
}

#[cfg(test)]
mod tests {
    use postern_shared::value::DateTimeKind;

    use super::*;

    #[test]
    fn a_day_has_excels_number() {
        let at = PsDateTime::from_fields((2026, 3, 2), (12, 0, 0), 0, DateTimeKind::Utc).unwrap();
        assert_eq!(day(at), Some(46_083.5));
        assert_eq!(day(PsDateTime { ticks: 0, kind: DateTimeKind::Utc }), None);
    }

    #[test]
    fn what_excel_would_change_stays_text() {
        assert!(matches!(cell(&PsValue::I64(1_234_567_890_123_456_789)), Cell::Text(_)));
        assert!(matches!(cell(&"007".into()), Cell::Text(_)));
        assert!(matches!(cell(&PsValue::I32(7)), Cell::Number(_)));
        assert_eq!(cut("ä".repeat(40_000)).encode_utf16().count(), MOST_CHARACTERS / 2);
    }
}
