//! Members of dictionaries.

use std::rc::Rc;

use super::net::Reference;
use crate::{
    convert::integer,
    interp::{Engine, Flow},
    value::{Hash, HashKind, Value},
};

pub(super) fn property(hash: &Rc<Hash>, name: &str) -> Option<Value> {
    // An entry goes before the dictionary's own properties.
    if let Some(found) = hash.get_str(name) {
        return Some(found);
    }
    let collection = |values: bool| Value::Net(Rc::new(super::net::Keys { hash: Rc::clone(hash), values }));
    Some(match name.to_ascii_lowercase().as_str() {
        "count" => Value::I32(hash.len() as i32),
        "keys" => collection(false),
        "values" => collection(true),
        "isreadonly" | "isfixedsize" | "issynchronized" => Value::Bool(false),
        _ => return None,
    })
}

pub(super) fn call(
    engine: &mut Engine,
    hash: &Rc<Hash>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let ordered = hash.kind == HashKind::Ordered;
    Some(Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
        ("containskey" | "contains", [key]) => Value::Bool(hash.contains(key)),
        ("trygetvalue", [key, Value::Net(reference)]) if hash.kind == HashKind::Dictionary => {
            let found = hash.get(key);
            let is_there = found.is_some();
            reference.as_any().downcast_ref::<Reference>()?.set(found.unwrap_or_default());
            Value::Bool(is_there)
        }
        ("containsvalue", [value]) => {
            Value::Bool(hash.values().iter().any(|own| crate::ops::compare::equal(own, value, true)))
        }
        ("add", [key, value]) => {
            if key.is_null() {
                return Some(Err(engine.method_error(
                    "System.ArgumentNullException",
                    name,
                    2,
                    "Value cannot be null. (Parameter 'key')",
                )));
            }
            if let Err(stop) = engine.check_items(hash.len() + 1) {
                return Some(Err(stop));
            }
            if !hash.add(key.clone(), value.clone()) {
                let text = key.text();
                return Some(Err(engine.method_error(
                    "System.ArgumentException",
                    name,
                    2,
                    &if hash.kind == HashKind::Dictionary {
                        format!("An item with the same key has already been added. Key: {text}")
                    } else {
                        format!("Item has already been added. Key in dictionary: '{text}'  Key being added: '{text}'")
                    },
                )));
            }
            Value::Empty
        }
        ("remove", [key]) => {
            let removed = hash.remove(key).is_some();
            if hash.kind == HashKind::Dictionary { Value::Bool(removed) } else { Value::Empty }
        }
        ("removeat", [at]) if ordered => {
            let at = integer(at).and_then(|at| usize::try_from(at).ok());
            if !at.is_some_and(|at| hash.remove_at(at)) {
                return Some(Err(engine.method_error("System.ArgumentOutOfRangeException", name, 1, "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')")));
            }
            Value::Empty
        }
        ("insert", [at, key, value]) if ordered => {
            let at = integer(at).and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
            if !hash.insert_at(at, key.clone(), value.clone()) {
                return Some(Err(engine.method_error(
                    "System.ArgumentException",
                    name,
                    3,
                    "Item has already been added.",
                )));
            }
            Value::Empty
        }
        ("clear", []) => {
            hash.clear();
            Value::Empty
        }
        ("clone", []) if !ordered => Value::Hash(hash.copy()),
        ("getenumerator", []) => {
            let entries =
                hash.entries().into_iter().map(|(key, value)| super::net::entry(key, value)).collect();
            Value::Net(super::enumerator::Enumerator::of_dictionary(entries))
        }
        ("get_item" | "item", [key]) => hash.get(key).unwrap_or_default(),
        ("set_item", [key, value]) => {
            hash.set(key.clone(), value.clone());
            Value::Empty
        }
        _ => return None,
    }))
}
