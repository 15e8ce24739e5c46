//! What `Export-Clixml` writes: the objects with all their types, or objects of the chosen properties.

use std::sync::Arc;

use postern_psrp::clixml::Encoder;
use postern_shared::value::{Properties, PsObject, PsStr, PsValue, Shape, TypeNames};

use super::{Broken, Writer};

pub(super) struct Clixml {
    whole: bool,
    encoder: Encoder,
    shape: Arc<Shape>,
    type_names: Option<TypeNames>,
}

impl Clixml {
    pub(super) fn new(whole: bool) -> Self {
        Self { whole, encoder: Encoder::default(), shape: Shape::new(Vec::new()), type_names: None }
    }
}

impl Writer for Clixml {
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.shape = Shape::new(columns.iter().map(|name| PsStr::from(name.as_str())).collect::<Vec<_>>());
        out.extend_from_slice(
            b"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n",
        );
        Ok(())
    }

    fn row(&mut self, values: &[PsValue], object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.whole {
            self.encoder.encode(object, out);
        } else {
            let of = object.as_object().map_or("", PsObject::type_name);
            let of = of.strip_prefix("Deserialized.").unwrap_or(of);
            let names = self.type_names.get_or_insert_with(|| {
                let selected = format!("Selected.{of}");
                Arc::from([
                    PsStr::from(selected),
                    PsStr::from("System.Management.Automation.PSCustomObject"),
                    PsStr::from("System.Object"),
                ])
            });
            let extended = Properties::new(Arc::clone(&self.shape), values.to_vec());
            let row = PsObject { type_names: Arc::clone(names), extended, ..PsObject::default() };
            self.encoder.encode(&row.into(), out);
        }
        out.push(b'\n');
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut Vec<u8>,
        _give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        out.extend_from_slice(b"</Objs>\n");
        Ok(())
    }
}
