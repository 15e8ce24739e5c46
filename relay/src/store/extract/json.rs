//! An array of objects. Numbers, truth values and lists stay what they are, times are ISO 8601, and an object that has
//! a text of its own is that text.

use postern_shared::value::{Content, PsValue};
use serde_json::{Map, Number, Value};

use super::{Broken, Writer, iso};
use crate::store::cells;

/// Objects within objects; deeper ones are their text.
const DEPTH: u32 = 6;

#[derive(Default)]
pub(super) struct Json {
    columns: Vec<String>,
    rows: u64,
}

impl Writer for Json {
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.columns = columns.to_vec();
        out.push(b'[');
        Ok(())
    }

    fn row(&mut self, values: &[PsValue], _object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        out.extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
        self.rows += 1;
        out.push(b'{');
        for (at, (name, value)) in self.columns.iter().zip(values).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            let text = |error: serde_json::Error| Broken::Failed(error.to_string());
            serde_json::to_writer(&mut *out, name).map_err(text)?;
            out.push(b':');
            serde_json::to_writer(&mut *out, &json(value, DEPTH)).map_err(text)?;
        }
        out.push(b'}');
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut Vec<u8>,
        _give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        out.extend_from_slice(b"\n]\n");
        Ok(())
    }
}

fn json(value: &PsValue, depth: u32) -> Value {
    if let Some(items) = value.as_list() {
        return match depth.checked_sub(1) {
            Some(depth) => Value::Array(items.iter().map(|item| json(item, depth)).collect()),
            None => Value::String(cells::text(value)),
        };
    }
    match value {
        PsValue::Null => Value::Null,
        PsValue::Bool(yes) => Value::Bool(*yes),
        PsValue::Single(number) => float((*number).into(), value),
        PsValue::Double(number) => float(*number, value),
        PsValue::U64(number) => Value::Number((*number).into()),
        PsValue::Char(_) => Value::String(value.to_string()),
        PsValue::DateTime(at) => Value::String(iso(*at)),
        PsValue::Decimal(_) => {
            // Only where no digit is lost.
            let text = value.to_string();
            match text.parse::<f64>() {
                Ok(number) if number.to_string() == text => float(number, value),
                _ => Value::String(text),
            }
        }
        PsValue::Object(object) => match (&object.content, depth.checked_sub(1)) {
            (Content::Value(inner), _) if !object.is_enum() => json(inner, depth),
            (Content::Dictionary(pairs), Some(depth)) => {
                let pairs = pairs.iter().map(|(key, value)| (cells::text(key), json(value, depth)));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            (Content::None, Some(depth)) if object.to_string.is_none() => {
                let properties =
                    object.properties().map(|(name, value)| (name.to_string(), json(value, depth)));
                Value::Object(properties.collect::<Map<_, _>>())
            }
            _ => Value::String(cells::text(value)),
        },
        other => match other.as_i64() {
            Some(number) => Value::Number(number.into()),
            None => Value::String(cells::text(other)),
        },
    }
}

fn float(number: f64, value: &PsValue) -> Value {
    Number::from_f64(number).map_or_else(|| Value::String(value.to_string()), Value::Number)
}
