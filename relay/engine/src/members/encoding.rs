//! `[Text.Encoding]`: text to bytes and back.

use std::any::Any;

use postern_shared::value::PsStr;

use crate::{
    convert::integer,
    interp::{Engine, Flow},
    ops::list,
    value::{Array, NetObject, Type, Value},
};

#[derive(Debug)]
pub(crate) struct Encoding {
    name: &'static str,
}

impl Encoding {
    /// The encoding of that name; UTF-8 for one that there is not.
    pub(crate) fn named(name: &str) -> Self {
        let name = match name.to_ascii_lowercase().as_str() {
            "utf-16" | "unicode" => "utf-16",
            "utf-16be" | "bigendianunicode" => "utf-16BE",
            "us-ascii" | "ascii" => "us-ascii",
            "utf-32" | "utf32" => "utf-32",
            "iso-8859-1" | "latin1" | "windows-1252" => "iso-8859-1",
            _ => "utf-8",
        };
        Self { name }
    }

    fn bytes(&self, text: &PsStr) -> Vec<u8> {
        match self.name {
            "utf-16" => text.to_utf16().into_iter().flat_map(u16::to_le_bytes).collect(),
            "utf-16BE" => text.to_utf16().into_iter().flat_map(u16::to_be_bytes).collect(),
            "utf-32" => text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
            "us-ascii" => text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
            "iso-8859-1" => text.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'?')).collect(),
            _ => text.as_bytes().to_vec(),
        }
    }

    fn decode(&self, bytes: &[u8]) -> PsStr {
        let units = |from: fn([u8; 2]) -> u16| -> PsStr {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
            PsStr::from_utf16(&units)
        };
        match self.name {
            "utf-16" => units(u16::from_le_bytes),
            "utf-16BE" => units(u16::from_be_bytes),
            "utf-32" => bytes
                .chunks_exact(4)
                .map(|c| char::from_u32(u32::from_le_bytes([c[0], c[1], c[2], c[3]])).unwrap_or('\u{fffd}'))
                .collect::<String>()
                .into(),
            "us-ascii" => bytes
                .iter()
                .map(|byte| if byte.is_ascii() { *byte as char } else { '?' })
                .collect::<String>()
                .into(),
            "iso-8859-1" => bytes.iter().map(|byte| *byte as char).collect::<String>().into(),
            _ => String::from_utf8_lossy(bytes).into_owned().into(),
        }
    }
}

impl NetObject for Encoding {
    fn type_of(&self) -> Type {
        Type::Encoding
    }

    fn type_name(&self) -> PsStr {
        match self.name {
            "utf-16" | "utf-16BE" => "System.Text.UnicodeEncoding",
            "utf-32" => "System.Text.UTF32Encoding",
            "us-ascii" => "System.Text.ASCIIEncoding",
            "iso-8859-1" => "System.Text.Latin1Encoding",
            _ => "System.Text.UTF8Encoding",
        }
        .into()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["BodyName", "EncodingName", "WebName"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "bodyname" | "webname" | "headername" => Some(Value::str(self.name)),
            "encodingname" => Some(Value::str(self.name)),
            _ => None,
        }
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let first = arguments.first()?;
        match name.to_ascii_lowercase().as_str() {
            "getbytes" => {
                let bytes = self.bytes(&first.text());
                if let Err(stop) = engine.check_items(bytes.len()) {
                    return Some(Err(stop));
                }
                Some(Ok(Value::Array(Array::new(Type::Byte, bytes.into_iter().map(Value::U8).collect()))))
            }
            "getstring" => {
                let bytes: Vec<u8> =
                    list::items(first)?.iter().filter_map(integer).map(|n| n as u8).collect();
                Some(Ok(Value::Str(self.decode(&bytes))))
            }
            "getbytecount" => Some(Ok(Value::I32(self.bytes(&first.text()).len() as i32))),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
