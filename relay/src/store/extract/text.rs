//! Cells with tabs between them.

use postern_shared::value::PsValue;

use super::{Broken, Writer, flat};

pub(super) struct Text;

impl Writer for Text {
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken> {
        line(columns.iter().cloned(), out);
        Ok(())
    }

    fn row(&mut self, values: &[PsValue], _object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        line(values.iter().map(flat), out);
        Ok(())
    }

    fn end(
        &mut self,
        _out: &mut Vec<u8>,
        _give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        Ok(())
    }
}

/// A line; tabs and line ends within a cell become spaces, or it would be two.
fn line(cells: impl Iterator<Item = String>, out: &mut Vec<u8>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        out.extend_from_slice(cell.replace(['\t', '\r', '\n'], " ").as_bytes());
    }
    out.push(b'\n');
}
