//! What PowerShell reads as a value: objects as `[pscustomobject]`, and what names them as quoted texts.

use postern_shared::value::{Content, PsValue};

use super::{Broken, Writer, iso};
use crate::store::cells;

/// Properties that name an object for the next command, the best first: an address or account name is readable and
/// belongs to one object only.
const NAMING: [&str; 12] = [
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "WindowsEmailAddress",
    "Alias",
    "SamAccountName",
    "Identity",
    "Id",
    "Guid",
    "Name",
    "DisplayName",
    "FullName",
    "Key",
];
/// Items of one list.
const MOST_ITEMS: usize = 10_000;

/// Objects, one a line.
#[derive(Default)]
pub(super) struct Literals {
    columns: Vec<String>,
    rows: u64,
}

impl Writer for Literals {
    fn begin(&mut self, columns: &[String], out: &mut Vec<u8>) -> Result<(), Broken> {
        self.columns = columns.iter().map(|name| key(name)).collect();
        out.extend_from_slice(b"@(\n");
        Ok(())
    }

    fn row(&mut self, values: &[PsValue], _object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        self.rows += 1;
        let pairs: Vec<String> = self
            .columns
            .iter()
            .zip(values)
            .map(|(name, value)| format!("{name} = {}", literal(value)))
            .collect();
        out.extend_from_slice(format!("    [pscustomobject]@{{ {} }}\n", pairs.join("; ")).as_bytes());
        Ok(())
    }

    fn end(
        &mut self,
        out: &mut Vec<u8>,
        _give: &mut dyn FnMut(Vec<u8>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        out.extend_from_slice(b")\n");
        Ok(())
    }
}

/// What names the objects, as a list.
#[derive(Default)]
pub(super) struct Identities {
    any: bool,
}

impl Writer for Identities {
    fn begin(&mut self, _columns: &[String], _out: &mut Vec<u8>) -> Result<(), Broken> {
        Ok(())
    }

    fn row(&mut self, _values: &[PsValue], object: &PsValue, out: &mut Vec<u8>) -> Result<(), Broken> {
        let named = NAMING.iter().filter_map(|name| object.get(name));
        let text = named.map(cells::text).find(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| cells::text(object));
        if std::mem::replace(&mut self.any, true) {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(quoted(&text).as_bytes());
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

/// In single quotes, which PowerShell takes as they are. It knows four characters as such a quote besides `'`.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { quoted(name) }
}

fn literal(value: &PsValue) -> String {
    if let Some(items) = value.as_list() {
        let items: Vec<String> = items.iter().take(MOST_ITEMS).map(literal).collect();
        return match items.as_slice() {
            [] => "@()".to_owned(),
            [only] => format!("@({only})"),
            _ => items.join(", "),
        };
    }
    match value {
        PsValue::Null => "$null".to_owned(),
        PsValue::Bool(yes) => if *yes { "$true" } else { "$false" }.to_owned(),
        PsValue::DateTime(at) => format!("[datetime]'{}'", iso(*at)),
        PsValue::TimeSpan(_) => format!("[timespan]{}", quoted(&value.to_string())),
        PsValue::Guid(_) => format!("[guid]{}", quoted(&value.to_string())),
        PsValue::Single(number) if number.is_finite() => value.to_string(),
        PsValue::Double(number) if number.is_finite() => value.to_string(),
        PsValue::Decimal(_) => format!("{value}d"),
        PsValue::Char(_) => quoted(&value.to_string()),
        PsValue::Object(object) => match &object.content {
            Content::Value(inner) if !object.is_enum() => literal(inner),
            Content::Dictionary(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(name, value)| format!("{} = {}", key(&cells::text(name)), literal(value)))
                    .collect();
                format!("@{{ {} }}", pairs.join("; "))
            }
            _ => quoted(&cells::text(value)),
        },
        other => match other.as_i64() {
            Some(number) => number.to_string(),
            None => quoted(&cells::text(other)),
        },
    }
}
