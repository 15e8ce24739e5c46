//! Comma-separated values (RFC 4180), as spreadsheets read them.

use postern_shared::{value::PsValue, view::SortKey};

use super::{Broken, Writer, flat};

pub(super) struct Csv {
    separator: u8,
    mark: bool,
    guard: bool,
}

impl Csv {
    /// With this separator; a comma for anything that cannot be one.
    pub(super) fn new(separator: char, mark: bool, guard: bool) -> Self {
        let separator = u8::try_from(separator).ok().filter(|byte| b",;\t|".contains(byte)).unwrap_or(b',');
        Self { separator, mark, guard }
    }

    fn line(&self, cells: impl Iterator<Item = String>, out: &mut Vec<u8>) -> Result<(), Broken> {
        let mut line = csv::WriterBuilder::new()
            .delimiter(self.separator)
            .terminator(csv::Terminator::CRLF)
            .from_writer(&mut *out);
        line.write_record(cells).map_err(|error| Broken::Failed(error.to_string()))?;
        line.flush()?;
        Ok(())
    }

    /// A cell. Excel and its like run text that begins like a formula, also out of a file: what comes from a server
    /// must not.
    fn cell(&self, text: String, value: &PsValue) -> String {
        let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        // A negative number is one, and text that is one does no harm.
        let is_number = matches!(SortKey::of(value), SortKey::Number(_)) || text.parse::<f64>().is_ok();
        if self.guard && runs && !is_number { format!("'{text}") } else { text }
    }
}

impl Writer for Csv {
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        self.line(columns.iter().map(|name| self.cell(name.clone(), &PsValue::Null)), out)
    }

    fn row(&mut self, values: &[PsValue], _object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        self.line(values.iter().map(|value| self.cell(flat(value), value)), out)
    }

    fn end(
        &mut self,
        _out: &mut Vec<u8>,
        _give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        Ok(())
    }
}
