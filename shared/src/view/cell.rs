//! What a cell shows.

use std::fmt::Write as _;

use crate::{
    value::{Content, PsDateTime, PsValue},
    wire::CellKind,
};

/// Items of a list that a cell shows, as PowerShell's `$FormatEnumerationLimit` has it.
const SHOWN_ITEMS: usize = 4;

/// The text of a value in a cell: `{a, b, c, d…}` for a list, `2026-03-02 09:14:05` for a time, nothing for null,
/// and otherwise the value's own text.
pub fn cell_text(value: &PsValue) -> String {
    if let Some(items) = value.as_list() {
        let mut text = String::from("{");
        for (at, item) in items.iter().take(SHOWN_ITEMS).enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            // A list within a list is not opened: its own text would be of any length.
            match item {
                PsValue::Object(object) if item.as_list().is_some() => text.push_str(object.type_name()),
                item => text.push_str(&cell_text(item)),
            }
        }
        text.push_str(if items.len() > SHOWN_ITEMS { "…}" } else { "}" });
        return text;
    }
    match value {
        PsValue::DateTime(at) => date_text(*at),
        PsValue::Object(object) => match &object.content {
            Content::Value(PsValue::DateTime(at)) => date_text(*at),
            Content::Dictionary(pairs) => {
                let keys: Vec<String> =
                    pairs.iter().take(SHOWN_ITEMS).map(|(key, _)| key.to_string()).collect();
                let more = if pairs.len() > SHOWN_ITEMS { "…" } else { "" };
                format!("{{{}{more}}}", keys.join(", "))
            }
            _ => value.to_string(),
        },
        _ => value.to_string(),
    }
}

/// The clock of the value's own zone; a column of times sorts and reads alike everywhere.
fn date_text(at: PsDateTime) -> String {
    let fields = at.fields();
    let mut text = String::with_capacity(19);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        fields.year(),
        u8::from(fields.month()),
        fields.day(),
        fields.hour(),
        fields.minute(),
        fields.second()
    );
    text
}

/// What kind of cell a value makes.
pub fn cell_kind(value: &PsValue) -> CellKind {
    match value {
        PsValue::Bool(_) => CellKind::Bool,
        PsValue::DateTime(_) => CellKind::Date,
        PsValue::I8(_)
        | PsValue::U8(_)
        | PsValue::I16(_)
        | PsValue::U16(_)
        | PsValue::I32(_)
        | PsValue::U32(_)
        | PsValue::I64(_)
        | PsValue::U64(_)
        | PsValue::Single(_)
        | PsValue::Double(_)
        | PsValue::Decimal(_) => CellKind::Number,
        PsValue::Object(object) => match &object.content {
            Content::Value(inner) if !object.is_enum() => cell_kind(inner),
            // A quota of no limit stands among sizes and belongs on the same side.
            Content::None
                if is_unlimited(value)
                    || object.to_string.as_deref().is_some_and(|text| size(text).is_some()) =>
            {
                CellKind::Number
            }
            _ => CellKind::Text,
        },
        _ => CellKind::Text,
    }
}

/// Whether the value is an `Unlimited` without a limit.
pub(super) fn is_unlimited(value: &PsValue) -> bool {
    value.get("IsUnlimited").and_then(PsValue::as_bool) == Some(true)
}

/// The bytes that a size's text names: `1.2 GB (1,288,490,188 bytes)`.
pub(super) fn size(text: &str) -> Option<u64> {
    let number = text.strip_suffix(" bytes)")?.rsplit_once('(')?.1;
    let mut bytes = 0u64;
    for c in number.chars().filter(|c| *c != ',') {
        bytes = bytes.checked_mul(10)?.checked_add(c.to_digit(10)?.into())?;
    }
    (!number.is_empty()).then_some(bytes)
}

/// The full name of a value's type, without `Deserialized.`; empty for null.
pub fn type_name(value: &PsValue) -> &str {
    match value {
        PsValue::Null | PsValue::Ancestor(_) => "",
        PsValue::Bool(_) => "System.Boolean",
        PsValue::Char(_) => "System.Char",
        PsValue::I8(_) => "System.SByte",
        PsValue::U8(_) => "System.Byte",
        PsValue::I16(_) => "System.Int16",
        PsValue::U16(_) => "System.UInt16",
        PsValue::I32(_) => "System.Int32",
        PsValue::U32(_) => "System.UInt32",
        PsValue::I64(_) => "System.Int64",
        PsValue::U64(_) => "System.UInt64",
        PsValue::Single(_) => "System.Single",
        PsValue::Double(_) => "System.Double",
        PsValue::Decimal(_) => "System.Decimal",
        PsValue::DateTime(_) => "System.DateTime",
        PsValue::TimeSpan(_) => "System.TimeSpan",
        PsValue::Guid(_) => "System.Guid",
        PsValue::Version(_) => "System.Version",
        PsValue::Uri(_) => "System.Uri",
        PsValue::Xml(_) => "System.Xml.XmlDocument",
        PsValue::ScriptBlock(_) => "System.Management.Automation.ScriptBlock",
        PsValue::SecureString(_) => "System.Security.SecureString",
        PsValue::Bytes(_) => "System.Byte[]",
        PsValue::Str(_) => "System.String",
        PsValue::Object(object) => {
            let name = object.type_name();
            match &object.content {
                Content::Value(inner) if name.is_empty() => type_name(inner),
                _ => name.strip_prefix("Deserialized.").unwrap_or(name),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{DateTimeKind, PsObject};

    #[test]
    fn cells_show_what_powershell_shows() {
        let list = |count: i32| {
            let content = Content::List((0..count).map(PsValue::I32).collect());
            PsValue::from(PsObject { content, ..PsObject::default() })
        };
        assert_eq!(cell_text(&list(5)), "{0, 1, 2, 3…}");
        assert_eq!(cell_text(&list(0)), "{}");
        let at = PsDateTime::from_fields((2026, 3, 2), (9, 14, 5), 7, DateTimeKind::Local(60)).unwrap();
        assert_eq!(cell_text(&at.into()), "2026-03-02 09:14:05");
        assert_eq!(cell_text(&PsValue::Null), "");
        assert_eq!(size("1.2 GB (1,288,490,188 bytes)"), Some(1_288_490_188));
        assert_eq!(size("1.2 GB ( bytes)"), None);
        assert_eq!(size(&format!("({} bytes)", "9".repeat(30))), None);
    }
}
