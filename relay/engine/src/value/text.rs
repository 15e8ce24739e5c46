//! The text of a value: what `"$value"` gives, in the invariant culture.

use postern_shared::value::{Content, PsStr, PsValue};

use super::{Hash, Object, Value};

/// Levels of nested collections whose text is made.
const MAX_DEPTH: usize = 8;

impl Value {
    /// The text as a string that is shared where it can be.
    pub fn text(&self) -> PsStr {
        match self {
            Self::Str(text) => text.clone(),
            Self::Null | Self::Empty => PsStr::EMPTY,
            Self::I32(n) => {
                let mut buffer = String::with_capacity(11);
                push_i64((*n).into(), &mut buffer);
                buffer.into()
            }
            other => {
                let mut out = String::new();
                other.write_text(&mut out);
                out.into()
            }
        }
    }

    /// Appends the text.
    pub fn write_text(&self, out: &mut String) {
        self.write(out, 0);
    }

    fn write(&self, out: &mut String, depth: usize) {
        use std::fmt::Write as _;
        let scalar = |value: PsValue, out: &mut String| {
            let _ = write!(out, "{value}");
        };
        match self {
            Self::Null | Self::Empty => {}
            Self::Bool(b) | Self::Switch(b) => out.push_str(if *b { "True" } else { "False" }),
            Self::I32(n) => push_i64((*n).into(), out),
            Self::I64(n) => push_i64(*n, out),
            Self::Char(n) => scalar(PsValue::Char(*n), out),
            Self::I8(n) => push_i64((*n).into(), out),
            Self::U8(n) => push_i64((*n).into(), out),
            Self::I16(n) => push_i64((*n).into(), out),
            Self::U16(n) => push_i64((*n).into(), out),
            Self::U32(n) => push_i64((*n).into(), out),
            Self::U64(n) => scalar(PsValue::U64(*n), out),
            Self::Single(n) => scalar(PsValue::Single(*n), out),
            Self::Double(n) => scalar(PsValue::Double(*n), out),
            Self::Decimal(n) => scalar(PsValue::Decimal(*n), out),
            Self::DateTime(n) => scalar(PsValue::DateTime(*n), out),
            Self::TimeSpan(n) => scalar(PsValue::TimeSpan(*n), out),
            Self::Guid(n) => scalar(PsValue::Guid(*n), out),
            Self::Version(n) => scalar(PsValue::Version(*n), out),
            Self::Str(text) => out.push_str(text),
            Self::Enum(value) => out.push_str(&value.name()),
            Self::Array(array) => joined(&array.items.borrow(), out, depth),
            Self::List(list) => joined(&list.items.borrow(), out, depth),
            Self::Hash(hash) => out.push_str(&Hash::type_of(hash).full_name()),
            Self::Object(object) => object.write(out, depth),
            Self::Remote(object) => match &object.content {
                Content::Value(value) if object.to_string.is_none() => {
                    Self::from(value.clone()).write(out, depth);
                }
                _ => {
                    let _ = write!(out, "{}", object.object());
                }
            },
            Self::Block(block) => out.push_str(block.text()),
            Self::Type(ty) => out.push_str(&ty.short_text()),
            Self::Error(record) => out.push_str(&record.message()),
            Self::Exception(exception) => {
                let _ = write!(out, "{}: {}", exception.type_name(), exception.message);
            }
            Self::Wrapped(wrapped) => match &wrapped.text {
                Some(text) => out.push_str(text),
                None => wrapped.base.write(out, depth),
            },
            Self::Raw(value) => {
                let _ = write!(out, "{value}");
            }
            Self::Net(object) => match object.items() {
                Some(items) if depth < MAX_DEPTH => joined(&items, out, depth),
                _ => out.push_str(&object.text()),
            },
        }
    }
}

fn joined(items: &[Value], out: &mut String, depth: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        match item {
            // The text of a collection in a collection is its type's name.
            Value::Array(_) | Value::List(_) => out.push_str(&item.type_name()),
            item if depth < MAX_DEPTH => item.write(out, depth + 1),
            item => out.push_str(&item.type_name()),
        }
    }
}

impl Object {
    fn write(&self, out: &mut String, depth: usize) {
        if let Some(label) = &*self.label.borrow() {
            out.push_str(label);
            return;
        }
        if !self.is_plain() {
            out.push_str(&self.type_name());
            return;
        }
        let properties = self.properties();
        if properties.is_empty() {
            return;
        }
        out.push_str("@{");
        for (at, (name, value)) in properties.iter().enumerate() {
            if at > 0 {
                out.push_str("; ");
            }
            out.push_str(name);
            out.push('=');
            match value {
                // PowerShell does not go into objects there.
                Value::Object(inner) if inner.is_plain() => {}
                Value::Array(_) | Value::List(_) => out.push_str(&value.type_name()),
                value if depth < MAX_DEPTH => value.write(out, depth + 1),
                value => out.push_str(&value.type_name()),
            }
        }
        out.push('}');
    }
}

/// Appends an integer without going through the formatter.
fn push_i64(n: i64, out: &mut String) {
    let mut buffer = [0u8; 20];
    let mut at = buffer.len();
    let mut rest = n.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&buffer[at..]).unwrap_or(""));
}
