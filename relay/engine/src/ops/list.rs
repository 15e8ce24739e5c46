//! What is a collection, and its items.

use postern_shared::value::{Content, PsValue};

use crate::value::Value;

/// The items of what a pipeline and most operators take one by one; `None` for a single value. Dictionaries and
/// strings are single values.
pub(crate) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(array) => Some(array.items.borrow().clone()),
        Value::List(list) => Some(list.items.borrow().clone()),
        Value::Remote(object) => match &object.content {
            Content::List(items)
            | Content::Enumerable(items)
            | Content::Stack(items)
            | Content::Queue(items) => Some(items.iter().cloned().map(Value::from).collect()),
            Content::Value(PsValue::Bytes(bytes)) => {
                Some(bytes.iter().map(|byte| Value::U8(*byte)).collect())
            }
            _ => None,
        },
        Value::Wrapped(wrapped) => items(&wrapped.base),
        Value::Net(object) => object.items(),
        _ => None,
    }
}

/// Whether it is such a collection.
pub(crate) fn is_list(value: &Value) -> bool {
    match value {
        Value::Array(_) | Value::List(_) => true,
        Value::Remote(_) => items(value).is_some(),
        Value::Net(object) => object.is_collection(),
        Value::Wrapped(wrapped) => is_list(&wrapped.base),
        _ => false,
    }
}
