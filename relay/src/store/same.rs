//! When two values are so alike that one may be kept for both.
//!
//! `PartialEq` is not enough: it takes 0.0 and -0.0, or 1.0 and 1.00, for the same.

use std::{
    hash::{Hash, Hasher},
    mem::discriminant,
    sync::Arc,
};

use postern_shared::value::{Content, Properties, PsObject, PsValue};

/// Objects within an object that a hash looks into, and values of each of them: enough to tell most apart.
const HASHED_DEPTH: u32 = 2;
const HASHED_VALUES: usize = 8;

/// A value as a key of a map.
pub(super) struct Exact<'a>(pub(super) &'a PsValue);

impl PartialEq for Exact<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.0, other.0)
    }
}

impl Eq for Exact<'_> {}

impl Hash for Exact<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, HASHED_DEPTH, state);
    }
}

/// Whether nothing tells two values apart.
pub(super) fn same(one: &PsValue, other: &PsValue) -> bool {
    match (one, other) {
        (PsValue::Single(one), PsValue::Single(other)) => one.to_bits() == other.to_bits(),
        (PsValue::Double(one), PsValue::Double(other)) => one.to_bits() == other.to_bits(),
        (PsValue::Decimal(one), PsValue::Decimal(other)) => one.serialize() == other.serialize(),
        (PsValue::Object(one), PsValue::Object(other)) => Arc::ptr_eq(one, other) || same_object(one, other),
        _ => one == other,
    }
}

fn same_object(one: &PsObject, other: &PsObject) -> bool {
    one.to_string == other.to_string
        && same_names(one, other)
        && all_same(one.adapted.values(), other.adapted.values())
        && all_same(one.extended.values(), other.extended.values())
        && same_content(&one.content, &other.content)
}

/// Whether two objects have the same type names and the same names of properties in the same order.
pub(super) fn same_names(one: &PsObject, other: &PsObject) -> bool {
    let same_shape = |one: &Properties, other: &Properties| {
        Arc::ptr_eq(one.shape(), other.shape()) || one.shape().names() == other.shape().names()
    };
    (Arc::ptr_eq(&one.type_names, &other.type_names) || one.type_names == other.type_names)
        && same_shape(&one.adapted, &other.adapted)
        && same_shape(&one.extended, &other.extended)
}

fn same_content(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::None, Content::None) => true,
        (Content::Value(one), Content::Value(other)) => same(one, other),
        (Content::List(one), Content::List(other))
        | (Content::Enumerable(one), Content::Enumerable(other))
        | (Content::Stack(one), Content::Stack(other))
        | (Content::Queue(one), Content::Queue(other)) => all_same(one, other),
        (Content::Dictionary(one), Content::Dictionary(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same(&one.0, &other.0) && same(&one.1, &other.1))
        }
        _ => false,
    }
}

fn all_same(one: &[PsValue], other: &[PsValue]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}

fn hash<H: Hasher>(value: &PsValue, depth: u32, state: &mut H) {
    discriminant(value).hash(state);
    match value {
        PsValue::Bool(value) => value.hash(state),
        PsValue::Single(value) => value.to_bits().hash(state),
        PsValue::Double(value) => value.to_bits().hash(state),
        PsValue::Decimal(value) => value.serialize().hash(state),
        PsValue::DateTime(value) => value.hash(state),
        PsValue::TimeSpan(value) => value.hash(state),
        PsValue::Guid(value) => value.hash(state),
        PsValue::Version(value) => value.hash(state),
        PsValue::Str(text) => text.hash(state),
        PsValue::Uri(text) | PsValue::Xml(text) | PsValue::ScriptBlock(text) => text.hash(state),
        PsValue::Bytes(bytes) => bytes.hash(state),
        PsValue::Ancestor(above) => above.hash(state),
        // Secrets are compared where they must be, and not hashed.
        PsValue::Null | PsValue::SecureString(_) => {}
        PsValue::Object(object) => {
            if let Some(depth) = depth.checked_sub(1) {
                hash_object(object, depth, state);
            }
        }
        number => number.as_i64().hash(state),
    }
}

fn hash_object<H: Hasher>(object: &PsObject, depth: u32, state: &mut H) {
    object.to_string.hash(state);
    discriminant(&object.content).hash(state);
    let mut some = |values: &[PsValue]| {
        values.len().hash(state);
        values.iter().take(HASHED_VALUES).for_each(|value| hash(value, depth, state));
    };
    match &object.content {
        Content::None | Content::Dictionary(_) => {}
        Content::Value(value) => some(std::slice::from_ref(value)),
        Content::List(items) | Content::Enumerable(items) | Content::Stack(items) | Content::Queue(items) => {
            some(items);
        }
    }
    some(object.adapted.values());
    some(object.extended.values());
}
