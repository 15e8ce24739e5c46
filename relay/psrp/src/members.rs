//! Reading and building the objects that messages are made of.

use std::sync::Arc;

use postern_shared::value::{Content, PsObject, PsStr, PsValue, TypeNames};

use crate::{ProtocolError, message::MessageType};

/// Makes a function for each type that gives its type names, shared.
macro_rules! type_names {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident() = [$($type_name:literal),* $(,)?];)*) => {$(
        $(#[$doc])*
        $vis fn $name() -> postern_shared::value::TypeNames {
            static NAMES: std::sync::LazyLock<postern_shared::value::TypeNames> = std::sync::LazyLock::new(|| {
                std::sync::Arc::from([$(postern_shared::value::PsStr::from_static($type_name)),*])
            });
            std::sync::Arc::clone(&NAMES)
        }
    )*};
}
pub(crate) use type_names;

type_names! {
    pub(crate) fn array_list() = ["System.Collections.ArrayList", "System.Object"];
    pub(crate) fn hashtable() = ["System.Collections.Hashtable", "System.Object"];
    pub(crate) fn string_array() = ["System.String[]", "System.Array", "System.Object"];
    pub(crate) fn primitive_dictionary() =
        ["System.Management.Automation.PSPrimitiveDictionary", "System.Collections.Hashtable", "System.Object"];
}

/// An object without type names, with these notes: what most messages are.
pub(crate) fn notes<const N: usize>(notes: [(&'static str, PsValue); N]) -> PsValue {
    notes_object(notes).into()
}

/// As [`notes`], not yet shared.
pub(crate) fn notes_object<const N: usize>(notes: [(&'static str, PsValue); N]) -> PsObject {
    PsObject {
        extended: notes.into_iter().map(|(name, value)| (PsStr::from_static(name), value)).collect(),
        ..PsObject::default()
    }
}

/// An enum's member.
pub(crate) fn enum_member(type_names: TypeNames, text: impl Into<PsStr>, number: i32) -> PsValue {
    PsObject {
        type_names,
        to_string: Some(text.into()),
        content: Content::Value(PsValue::I32(number)),
        ..PsObject::default()
    }
    .into()
}

/// A list of that type.
pub(crate) fn list(type_names: TypeNames, items: Vec<PsValue>) -> PsValue {
    PsObject { type_names, content: Content::List(items), ..PsObject::default() }.into()
}

/// A dictionary of that type.
pub(crate) fn dictionary(type_names: TypeNames, entries: Vec<(PsValue, PsValue)>) -> PsValue {
    PsObject { type_names, content: Content::Dictionary(entries), ..PsObject::default() }.into()
}

/// The entries of a dictionary.
pub(crate) fn entries(value: &PsValue) -> Option<&[(PsValue, PsValue)]> {
    match &value.as_object()?.content {
        Content::Dictionary(entries) => Some(entries),
        _ => None,
    }
}

/// The text of a member, if it has one.
pub(crate) fn text(value: &PsValue, name: &str) -> Option<PsStr> {
    value.get(name).and_then(plain_text)
}

/// The text of a string, also of one that carries notes.
pub(crate) fn plain_text(value: &PsValue) -> Option<PsStr> {
    match value {
        PsValue::Str(text) => Some(text.clone()),
        PsValue::Uri(text) | PsValue::Xml(text) | PsValue::ScriptBlock(text) => Some(PsStr::clone(text)),
        PsValue::Object(object) => match &object.content {
            Content::Value(PsValue::Str(text)) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The texts of a list, or of a single string.
pub(crate) fn texts(value: &PsValue) -> Vec<PsStr> {
    match value.as_list() {
        Some(items) => items.iter().filter_map(plain_text).collect(),
        None => plain_text(value).into_iter().collect(),
    }
}

/// A member's number as an `Int32`.
pub(crate) fn int(value: &PsValue, name: &str) -> Option<i32> {
    i32::try_from(value.get(name)?.as_i64()?).ok()
}

/// Reads members of one message and says which is missing.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) message: MessageType,
    pub(crate) value: &'a PsValue,
}

impl<'a> Body<'a> {
    pub(crate) fn malformed(self, member: &'static str) -> ProtocolError {
        ProtocolError::Malformed { message: self.message, member }
    }

    pub(crate) fn member(self, name: &'static str) -> Result<&'a PsValue, ProtocolError> {
        self.value.get(name).ok_or_else(|| self.malformed(name))
    }

    pub(crate) fn int(self, name: &'static str) -> Result<i32, ProtocolError> {
        int(self.value, name).ok_or_else(|| self.malformed(name))
    }

    pub(crate) fn long(self, name: &'static str) -> Result<i64, ProtocolError> {
        self.member(name)?.as_i64().ok_or_else(|| self.malformed(name))
    }
}

/// The object, shared or newly made from a primitive.
pub(crate) fn to_object(value: &PsValue) -> Arc<PsObject> {
    match value {
        PsValue::Object(object) => Arc::clone(object),
        PsValue::Null => Arc::default(),
        other => Arc::new(PsObject { content: Content::Value(other.clone()), ..PsObject::default() }),
    }
}
