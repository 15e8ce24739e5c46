//! Lists: making, unrolling, indexing.

use postern_shared::{
    syntax::Span,
    value::{Content, PsObject, PsStr, PsValue, TypeNames},
};

use super::{compare::same, convert};
use crate::error::{Error, Result};

/// Type names of a new object.
pub(crate) fn object_type(names: &[&str]) -> TypeNames {
    names.iter().map(|name| PsStr::from(*name)).collect()
}

/// `System.Object[]`.
pub(crate) fn list(values: Vec<PsValue>) -> PsValue {
    let type_names = object_type(&["System.Object[]", "System.Array", "System.Object"]);
    PsObject { type_names, content: Content::List(values), ..PsObject::default() }.into()
}

/// What a pipeline's output is as a value: nothing, the one object, or a list.
pub(super) fn collapse(mut values: Vec<PsValue>) -> PsValue {
    match values.len() {
        0 => PsValue::Null,
        1 => values.pop().unwrap_or_default(),
        _ => list(values),
    }
}

/// The items that a value is enumerated into in a pipeline; `None` if it is one object.
pub(crate) fn items(value: &PsValue) -> Option<&[PsValue]> {
    value.as_list()
}

/// Adds the value, or the items that it is enumerated into.
pub(super) fn unroll(value: PsValue, out: &mut Vec<PsValue>) {
    match items(&value) {
        Some(items) => out.extend_from_slice(items),
        None => out.push(value),
    }
}

/// A primitive without the notes that it carries. An enum stays what it is.
pub(crate) fn unwrap(value: &PsValue) -> &PsValue {
    match value {
        PsValue::Object(object) if !object.is_enum() => match &object.content {
            Content::Value(inner) => unwrap(inner),
            _ => value,
        },
        _ => value,
    }
}

/// `target[index]`.
pub(super) fn index(target: &PsValue, index: &PsValue, span: Span) -> Result<PsValue> {
    if let Some(indexes) = items(index) {
        let found: Result<Vec<_>> = indexes.iter().map(|index| self::index(target, index, span)).collect();
        return Ok(list(found?.into_iter().filter(|value| !value.is_null()).collect()));
    }
    if let Some(Content::Dictionary(pairs)) = target.as_object().map(|object| &object.content) {
        return Ok(pairs
            .iter()
            .find(|(key, _)| same(key, index, false))
            .map(|(_, value)| value.clone())
            .unwrap_or_default());
    }
    if target.is_null() {
        return Err(Error::statement(span, "NullArray", "Cannot index into a null array."));
    }
    let at = convert::as_i64(index, span)?;
    let resolve = |len: usize| usize::try_from(if at < 0 { at + len as i64 } else { at }).ok();
    if let Some(items) = items(target) {
        return Ok(resolve(items.len()).and_then(|at| items.get(at)).cloned().unwrap_or_default());
    }
    if let PsValue::Str(text) = unwrap(target) {
        let units = text.to_utf16();
        return Ok(resolve(units.len())
            .and_then(|at| units.get(at))
            .map_or(PsValue::Null, |unit| PsValue::Char(*unit)));
    }
    if resolve(1) == Some(0) {
        return Ok(target.clone());
    }
    let name = convert::type_name(target);
    Err(Error::statement(span, "CannotIndex", format!("Unable to index into an object of type {name}.")))
}
