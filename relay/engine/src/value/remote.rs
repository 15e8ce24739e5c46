//! Values to and from the wire's form. Remote objects pass through as they are.

use std::sync::Arc;

use postern_shared::value::{Content, PsObject, PsStr, PsValue, TypeNames};

use super::{Array, HashKind, Sent, Type, Value};

/// Levels of nested values that are converted; deeper ones become their text.
const MAX_DEPTH: usize = 32;

impl From<PsValue> for Value {
    fn from(value: PsValue) -> Self {
        match value {
            PsValue::Null => Self::Null,
            PsValue::Bool(b) => Self::Bool(b),
            PsValue::Char(n) => Self::Char(n),
            PsValue::I8(n) => Self::I8(n),
            PsValue::U8(n) => Self::U8(n),
            PsValue::I16(n) => Self::I16(n),
            PsValue::U16(n) => Self::U16(n),
            PsValue::I32(n) => Self::I32(n),
            PsValue::U32(n) => Self::U32(n),
            PsValue::I64(n) => Self::I64(n),
            PsValue::U64(n) => Self::U64(n),
            PsValue::Single(n) => Self::Single(n),
            PsValue::Double(n) => Self::Double(n),
            PsValue::Decimal(n) => Self::Decimal(n),
            PsValue::DateTime(n) => Self::DateTime(n),
            PsValue::TimeSpan(n) => Self::TimeSpan(n),
            PsValue::Guid(n) => Self::Guid(n),
            PsValue::Version(n) => Self::Version(n),
            PsValue::Str(text) => Self::Str(text),
            PsValue::Bytes(bytes) => {
                Self::Array(Array::new(Type::Byte, bytes.iter().map(|byte| Self::U8(*byte)).collect()))
            }
            PsValue::Object(object) => Self::Remote(Sent::new(object)),
            other => Self::Raw(other.into()),
        }
    }
}

impl Value {
    /// The wire's form of the value.
    pub fn to_ps(&self) -> PsValue {
        to_ps(self, 0)
    }
}

fn to_ps(value: &Value, depth: usize) -> PsValue {
    match value {
        Value::Null | Value::Empty => PsValue::Null,
        Value::Bool(b) => PsValue::Bool(*b),
        Value::Char(n) => PsValue::Char(*n),
        Value::I8(n) => PsValue::I8(*n),
        Value::U8(n) => PsValue::U8(*n),
        Value::I16(n) => PsValue::I16(*n),
        Value::U16(n) => PsValue::U16(*n),
        Value::I32(n) => PsValue::I32(*n),
        Value::U32(n) => PsValue::U32(*n),
        Value::I64(n) => PsValue::I64(*n),
        Value::U64(n) => PsValue::U64(*n),
        Value::Single(n) => PsValue::Single(*n),
        Value::Double(n) => PsValue::Double(*n),
        Value::Decimal(n) => PsValue::Decimal(*n),
        Value::DateTime(n) => PsValue::DateTime(*n),
        Value::TimeSpan(n) => PsValue::TimeSpan(*n),
        Value::Guid(n) => PsValue::Guid(*n),
        Value::Version(n) => PsValue::Version(*n),
        Value::Str(text) => PsValue::Str(text.clone()),
        Value::Remote(object) => PsValue::Object(object.merged(|value| to_ps(value, depth + 1))),
        Value::Raw(value) => (**value).clone(),
        Value::Block(block) => PsValue::ScriptBlock(Arc::new(block.text().into())),
        Value::Switch(b) => PsValue::Bool(*b),
        Value::Type(ty) => PsValue::Str(ty.full_name()),
        other if depth > MAX_DEPTH => PsValue::Str(other.text()),
        Value::Array(array) if array.elem == Type::Byte => PsValue::Bytes(
            array
                .items
                .borrow()
                .iter()
                .map(|item| if let Value::U8(byte) = item { *byte } else { 0 })
                .collect(),
        ),
        Value::Array(array) => list(value, &array.items.borrow(), depth),
        Value::List(array) => list(value, &array.items.borrow(), depth),
        Value::Hash(hash) => {
            let pairs = hash
                .entries()
                .iter()
                .map(|(key, value)| (to_ps(key, depth + 1), to_ps(value, depth + 1)))
                .collect();
            let type_names = if hash.kind == HashKind::Ordered {
                names(&["System.Collections.Specialized.OrderedDictionary", "System.Object"])
            } else {
                names(&["System.Collections.Hashtable", "System.Object"])
            };
            PsObject { type_names, content: Content::Dictionary(pairs), ..PsObject::default() }.into()
        }
        Value::Object(object) => {
            let extended = object
                .properties()
                .iter()
                .map(|(name, value)| (name.clone(), to_ps(value, depth + 1)))
                .collect();
            let type_names: TypeNames = value.type_names().into();
            PsObject { type_names, extended, ..PsObject::default() }.into()
        }
        Value::Enum(item) => PsObject {
            type_names: value.type_names().into(),
            to_string: Some(item.name().into()),
            content: Content::Value(PsValue::I32(item.number as i32)),
            ..PsObject::default()
        }
        .into(),
        Value::Wrapped(wrapped) => {
            let notes = wrapped.notes.properties();
            let base = to_ps(&wrapped.base, depth + 1);
            if notes.is_empty() {
                return base;
            }
            let extended =
                notes.iter().map(|(name, value)| (name.clone(), to_ps(value, depth + 1))).collect();
            match base {
                PsValue::Object(object) => {
                    let mut object = PsObject::clone(&object);
                    object.extended = extended;
                    object.into()
                }
                base => PsObject {
                    type_names: value.type_names().into(),
                    content: Content::Value(base),
                    extended,
                    ..PsObject::default()
                }
                .into(),
            }
        }
        Value::Error(record) => match &record.remote {
            Some(remote) => to_ps(remote, depth + 1),
            None => described(value, &crate::members::properties_of(value), depth),
        },
        Value::Exception(_) => described(value, &crate::members::properties_of(value), depth),
        Value::Net(object) => match object.items() {
            Some(items) => list(value, &items, depth),
            None => described(value, &crate::members::properties_of(value), depth),
        },
    }
}

fn described(value: &Value, properties: &[(PsStr, Value)], depth: usize) -> PsValue {
    let adapted = properties
        .iter()
        .map(|(name, value)| {
            (name.clone(), if depth > 3 { PsValue::Str(value.text()) } else { to_ps(value, depth + 1) })
        })
        .collect();
    PsObject { to_string: Some(value.text()), ..PsObject::bag(value.type_names().into(), adapted) }.into()
}

fn list(value: &Value, items: &[Value], depth: usize) -> PsValue {
    let items = items.iter().map(|item| to_ps(item, depth + 1)).collect();
    PsObject { type_names: value.type_names().into(), content: Content::List(items), ..PsObject::default() }
        .into()
}

fn names(names: &[&'static str]) -> TypeNames {
    names.iter().map(|name| PsStr::from_static(name)).collect()
}
