//! `value[index]`.

use postern_shared::value::Content;

use crate::{
    convert::integer,
    interp::{Engine, Flow},
    ops::list,
    value::{Category, HashKind, Value},
};

/// The place that an index means; negative ones count from the end.
fn place(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

impl Engine {
    /// `value[index]`.
    pub(crate) fn index(&mut self, value: &Value, index: &Value) -> Flow<Value> {
        match value {
            Value::Null | Value::Empty => {
                return Err(self.throw(
                    "System.Management.Automation.RuntimeException",
                    "NullArray",
                    Category::InvalidOperation,
                    Value::Null,
                    "Cannot index into a null array.",
                ));
            }
            Value::Array(array) => {
                if let Value::I32(at) = index {
                    return Ok(place((*at).into(), array.len())
                        .and_then(|at| array.get(at))
                        .unwrap_or_default());
                }
            }
            Value::Hash(hash) => {
                // An ordered dictionary takes a number for a place.
                if hash.kind == HashKind::Ordered
                    && let Value::I32(at) = index.base()
                {
                    if let Some(at) = place((*at).into(), hash.len()) {
                        return Ok(hash.at(at).map(|(_, value)| value).unwrap_or_default());
                    }
                    return Ok(Value::Null);
                }
                if let Some(keys) = list::items(index) {
                    let found = keys.iter().map(|key| hash.get(key).unwrap_or_default()).collect();
                    return Ok(Value::array(found));
                }
                if index.is_null() {
                    return Err(self.throw(
                        "System.Management.Automation.RuntimeException",
                        "NullArrayIndex",
                        Category::InvalidOperation,
                        Value::Null,
                        "Index operation failed; the array index evaluated to null.",
                    ));
                }
                return Ok(hash.get(index).unwrap_or_default());
            }
            Value::Remote(object) => {
                if let Content::Dictionary(pairs) = &object.content {
                    let found = pairs
                        .iter()
                        .find(|(key, _)| crate::ops::compare::equal(&key.clone().into(), index, false));
                    return Ok(found.map(|(_, value)| value.clone().into()).unwrap_or_default());
                }
            }
            Value::Net(object) => {
                if let Some(found) = object.index(index) {
                    return Ok(found);
                }
            }
            Value::Wrapped(wrapped) => {
                let base = wrapped.base.clone();
                return self.index(&base, index);
            }
            _ => {}
        }
        // Several indexes give several items.
        if let Some(indexes) = list::items(index) {
            let mut found = Vec::with_capacity(indexes.len());
            for index in indexes {
                let item = self.index_one(value, &index)?;
                if !item.is_null()
                    || integer(&index).is_some_and(|at| place(at, self.length_of(value)).is_some())
                {
                    found.push(item);
                }
            }
            return Ok(Value::array(found));
        }
        self.index_one(value, index)
    }

    fn length_of(&self, value: &Value) -> usize {
        match value {
            Value::Str(text) => super::string::length(text),
            value => list::items(value).map_or(1, |items| items.len()),
        }
    }

    fn index_one(&mut self, value: &Value, index: &Value) -> Flow<Value> {
        if index.is_null() {
            return Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "NullArrayIndex",
                Category::InvalidOperation,
                Value::Null,
                "Index operation failed; the array index evaluated to null.",
            ));
        }
        let at = match integer(index) {
            Some(at) => at,
            None => match self.cast(index.clone(), crate::value::Type::Int32) {
                Ok(value) => integer(&value).unwrap_or(0),
                // What is no number is at no place.
                Err(_) => return Ok(Value::Null),
            },
        };
        match value {
            Value::Str(text) => {
                let units = text.to_utf16();
                Ok(place(at, units.len()).map_or(Value::Null, |at| Value::Char(units[at])))
            }
            Value::List(found) => {
                let items = found.items.borrow();
                match place(at, items.len()).and_then(|at| items.get(at)) {
                    Some(item) => Ok(item.clone()),
                    None => Ok(Value::Null),
                }
            }
            value => match list::items(value) {
                Some(items) => {
                    Ok(place(at, items.len()).and_then(|at| items.get(at).cloned()).unwrap_or_default())
                }
                // A single value is its own only item.
                None if matches!(at, 0 | -1) => match value {
                    Value::Object(_) | Value::Remote(_) | Value::Error(_) | Value::Exception(_) => {
                        Ok(value.clone())
                    }
                    _ => Ok(value.clone()),
                },
                None => Ok(Value::Null),
            },
        }
    }

    /// `value[index] = …`.
    pub(crate) fn set_index(&mut self, object: &Value, index: &Value, value: Value) -> Flow<()> {
        let out_of_range = |engine: &Self| {
            engine.throw(
                "System.IndexOutOfRangeException",
                "System.IndexOutOfRangeException",
                Category::OperationStopped,
                Value::Null,
                "Index was outside the bounds of the array.",
            )
        };
        match object {
            Value::Null | Value::Empty => Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "NullArray",
                Category::InvalidOperation,
                Value::Null,
                "Cannot index into a null array.",
            )),
            Value::Array(array) => {
                let Some(at) = integer(index).and_then(|at| place(at, array.len())) else {
                    return Err(out_of_range(self));
                };
                let value = if array.elem == crate::value::Type::Object {
                    value
                } else {
                    self.cast(value, array.elem)?
                };
                array.items.borrow_mut()[at] = value;
                Ok(())
            }
            Value::List(found) => {
                let len = found.items.borrow().len();
                let Some(at) = integer(index).and_then(|at| place(at, len)) else {
                    return Err(self.throw(
                        "System.ArgumentOutOfRangeException",
                        "System.ArgumentOutOfRangeException",
                        Category::OperationStopped,
                        Value::Null,
                        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
                    ));
                };
                let value = if found.elem() == crate::value::Type::Object {
                    value
                } else {
                    self.cast(value, found.elem())?
                };
                found.items.borrow_mut()[at] = value;
                Ok(())
            }
            Value::Hash(hash) => {
                if hash.kind == HashKind::Ordered
                    && let Value::I32(at) = index.base()
                {
                    return match place((*at).into(), hash.len()) {
                        Some(at) => {
                            hash.set_at(at, value);
                            Ok(())
                        }
                        None => Err(out_of_range(self)),
                    };
                }
                if index.is_null() {
                    return Err(self.throw(
                        "System.Management.Automation.RuntimeException",
                        "NullArrayIndex",
                        Category::InvalidOperation,
                        Value::Null,
                        "Index operation failed; the array index evaluated to null.",
                    ));
                }
                self.check_items(hash.len())?;
                hash.set(index.clone(), value);
                Ok(())
            }
            Value::Wrapped(wrapped) => {
                let base = wrapped.base.clone();
                self.set_index(&base, index, value)
            }
            _ => Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "CannotIndex",
                Category::InvalidOperation,
                Value::Null,
                format!("Unable to index into an object of type \"{}\".", object.type_name()),
            )),
        }
    }
}
