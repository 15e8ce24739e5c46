//! Members of arrays and lists, and what every collection has: `ForEach` and `Where`.

use std::rc::Rc;

use crate::{
    convert::{integer, truth},
    interp::{Engine, Flow},
    ops::{compare, list},
    value::{Array, Category, List, Type, Value},
};

pub(super) fn property(array: &Array, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "length" | "count" => Value::I32(array.len() as i32),
        "longlength" => Value::I64(array.len() as i64),
        "rank" => Value::I32(1),
        "isfixedsize" => Value::Bool(true),
        "isreadonly" | "issynchronized" => Value::Bool(false),
        _ => return None,
    })
}

pub(super) fn list_property(found: &List, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "count" => Value::I32(found.items.borrow().len() as i32),
        "length" if found.kind == Type::ArrayList => Value::I32(found.items.borrow().len() as i32),
        "capacity" => Value::I32(found.items.borrow().capacity() as i32),
        "isfixedsize" | "isreadonly" => Value::Bool(false),
        _ => return None,
    })
}

pub(super) fn call(
    engine: &mut Engine,
    array: &Rc<Array>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let position =
        |value: &Value| array.items.borrow().iter().position(|item| compare::equal(item, value, true));
    Some(Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
        ("getenumerator", []) => Value::Net(super::enumerator::Enumerator::new(array.items.borrow().clone())),
        ("contains", [value]) => Value::Bool(position(value).is_some()),
        ("indexof", [value, ..]) => Value::I32(position(value).map_or(-1, |at| at as i32)),
        ("clone", []) => Value::Array(Array::new(array.elem, array.items.borrow().clone())),
        ("getlength" | "getlonglength", [_]) => Value::I32(array.len() as i32),
        ("getupperbound", [_]) => Value::I32(array.len() as i32 - 1),
        ("getlowerbound", [_]) => Value::I32(0),
        ("getvalue" | "get", [at]) => return Some(engine.index(&Value::Array(Rc::clone(array)), at)),
        ("setvalue", [value, at]) => {
            return Some(
                engine.set_index(&Value::Array(Rc::clone(array)), at, value.clone()).map(|()| Value::Empty),
            );
        }
        ("set", [at, value]) => {
            return Some(
                engine.set_index(&Value::Array(Rc::clone(array)), at, value.clone()).map(|()| Value::Empty),
            );
        }
        ("add" | "remove" | "removeat" | "insert" | "clear" | "addrange", _) => {
            let message = if name.eq_ignore_ascii_case("clear") {
                array.items.borrow_mut().fill(Value::Null);
                return Some(Ok(Value::Empty));
            } else {
                "Collection was of a fixed size."
            };
            return Some(Err(engine.method_error(
                "System.NotSupportedException",
                name,
                arguments.len(),
                message,
            )));
        }
        ("copyto", [Value::Array(target), at]) => {
            let start = integer(at).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
            let items = array.items.borrow().clone();
            for (at, item) in items.into_iter().enumerate() {
                if let Some(slot) = target.items.borrow_mut().get_mut(start + at) {
                    *slot = item;
                }
            }
            Value::Empty
        }
        _ => return None,
    }))
}

pub(super) fn call_list(
    engine: &mut Engine,
    found: &Rc<List>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let len = found.items.borrow().len();
    let position =
        |value: &Value| found.items.borrow().iter().position(|item| compare::equal(item, value, true));
    let place = |value: &Value, most: usize| {
        integer(value).and_then(|at| usize::try_from(at).ok()).filter(|at| *at <= most)
    };
    let range = |engine: &Engine| {
        Err(engine.method_error(
            "System.ArgumentOutOfRangeException",
            name,
            arguments.len(),
            "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
        ))
    };
    let item = |engine: &mut Engine, value: &Value| -> Flow<Value> {
        match found.elem() {
            Type::Object => Ok(value.clone()),
            elem => engine.convert(value.clone(), elem).map_err(|_| {
                engine.throw(
                    "System.Management.Automation.MethodException",
                    "MethodArgumentConversionInvalidCastArgument",
                    Category::NotSpecified,
                    Value::Null,
                    format!("Cannot convert argument \"item\", with value: \"{}\", for \"{name}\" to type \"{}\".", value.text(), elem.full_name()),
                )
            }),
        }
    };
    let result = (|| {
        Ok(Some(match (name.to_ascii_lowercase().as_str(), arguments) {
            ("add", [value]) => {
                engine.check_items(len + 1)?;
                let value = item(engine, value)?;
                found.items.borrow_mut().push(value);
                if found.kind == Type::ArrayList { Value::I32(len as i32) } else { Value::Empty }
            }
            ("addrange", [values]) => {
                let values = list::items(values).unwrap_or_else(|| vec![values.clone()]);
                engine.check_items(len + values.len())?;
                for value in values {
                    let value = item(engine, &value)?;
                    found.items.borrow_mut().push(value);
                }
                Value::Empty
            }
            ("insert", [at, value]) => {
                let Some(at) = place(at, len) else { return range(engine).map(Some) };
                let value = item(engine, value)?;
                found.items.borrow_mut().insert(at, value);
                Value::Empty
            }
            ("remove", [value]) => {
                let at = position(value);
                if let Some(at) = at {
                    found.items.borrow_mut().remove(at);
                }
                if found.kind == Type::ArrayList { Value::Empty } else { Value::Bool(at.is_some()) }
            }
            ("removeat", [at]) => {
                let Some(at) = place(at, len).filter(|at| *at < len) else { return range(engine).map(Some) };
                found.items.borrow_mut().remove(at);
                Value::Empty
            }
            ("removerange", [at, count]) => {
                let (Some(at), Some(count)) = (place(at, len), place(count, len)) else {
                    return range(engine).map(Some);
                };
                if at + count > len {
                    return range(engine).map(Some);
                }
                found.items.borrow_mut().drain(at..at + count);
                Value::Empty
            }
            ("clear", []) => {
                found.items.borrow_mut().clear();
                Value::Empty
            }
            ("contains", [value]) => Value::Bool(position(value).is_some()),
            ("indexof", [value, ..]) => Value::I32(position(value).map_or(-1, |at| at as i32)),
            ("lastindexof", [value, ..]) => Value::I32(
                found
                    .items
                    .borrow()
                    .iter()
                    .rposition(|item| compare::equal(item, value, true))
                    .map_or(-1, |at| at as i32),
            ),
            ("reverse", []) => {
                found.items.borrow_mut().reverse();
                Value::Empty
            }
            ("sort", []) => {
                let mut items = found.items.borrow().clone();
                engine.steps(items.len())?;
                items.sort_by(|a, b| compare::order(a, b, true).unwrap_or(std::cmp::Ordering::Equal));
                *found.items.borrow_mut() = items;
                Value::Empty
            }
            ("toarray", []) => Value::Array(Array::new(found.elem(), found.items.borrow().clone())),
            ("getrange", [at, count]) => {
                let (Some(at), Some(count)) = (place(at, len), place(count, len)) else {
                    return range(engine).map(Some);
                };
                match found.items.borrow().get(at..at + count) {
                    Some(items) => Value::List(List::new(found.kind, items.to_vec())),
                    None => return range(engine).map(Some),
                }
            }
            ("clone", []) => Value::List(List::new(found.kind, found.items.borrow().clone())),
            ("getenumerator", []) => {
                Value::Net(super::enumerator::Enumerator::new(found.items.borrow().clone()))
            }
            ("item" | "get_item", [at]) => engine.index(&Value::List(Rc::clone(found)), at)?,
            // A generic list has a method of this name, which gives nothing.
            ("foreach", [Value::Block(block)]) if matches!(found.kind, Type::ListOf(_)) => {
                for item in found.items.borrow().clone() {
                    engine.step()?;
                    engine.call_block(block, None, vec![item])?;
                }
                Value::Empty
            }
            ("exists" | "find" | "findall" | "removeall" | "trueforall", [Value::Block(block)]) => {
                let items = found.items.borrow().clone();
                let mut kept = Vec::new();
                let mut rest = Vec::new();
                for item in items {
                    // A delegate has arguments, and no `$_`.
                    let fits = truth(&engine.call_block(block, None, vec![item.clone()])?);
                    if fits { kept.push(item) } else { rest.push(item) }
                }
                match name.to_ascii_lowercase().as_str() {
                    "exists" => Value::Bool(!kept.is_empty()),
                    "find" => kept.into_iter().next().unwrap_or_else(|| match found.kind {
                        Type::ListOf(elem) => crate::convert::default_of(*elem, true),
                        _ => Value::Null,
                    }),
                    "trueforall" => Value::Bool(rest.is_empty()),
                    "removeall" => {
                        let count = kept.len() as i32;
                        *found.items.borrow_mut() = rest;
                        Value::I32(count)
                    }
                    _ => Value::List(List::new(found.kind, kept)),
                }
            }
            _ => return Ok(None),
        }))
    })();
    match result {
        Ok(None) => None,
        Ok(Some(value)) => Some(Ok(value)),
        Err(stop) => Some(Err(stop)),
    }
}

/// `.ForEach(…)`: a block, a property, a method with arguments, or a type.
pub(super) fn for_each(engine: &mut Engine, value: &Value, first: &Value, rest: &[Value]) -> Flow<Value> {
    let items = list::items(value).unwrap_or_else(|| vec![value.clone()]);
    let mut results = crate::interp::Collect::default();
    for item in items {
        engine.step()?;
        match first.base() {
            Value::Block(block) => {
                engine.run_block_value(block, Some(item), rest.to_vec(), false, &mut results)?;
            }
            Value::Type(ty) => {
                let converted = engine.cast(item, *ty)?;
                results.0.push(converted);
            }
            name => {
                let name = name.text();
                let result = match engine.property(&item, &name)? {
                    Some(_) if !rest.is_empty() => {
                        engine.set_property(&item, &name, rest[0].clone())?;
                        Value::Empty
                    }
                    Some(found) => found,
                    None => match engine.call_method(&item, &name, rest.to_vec()) {
                        Ok(found) => found,
                        Err(crate::interp::Stop::Throw(..)) if rest.is_empty() => Value::Null,
                        Err(stop) => return Err(stop),
                    },
                };
                engine.emit(result, &mut results)?;
            }
        }
    }
    Ok(Value::List(List::new(Type::CollectionOf(&Type::PSObject), results.0)))
}

/// `.Where({…}, mode, count)`.
pub(super) fn filter(engine: &mut Engine, value: &Value, first: &Value, rest: &[Value]) -> Flow<Value> {
    let items = list::items(value).unwrap_or_else(|| vec![value.clone()]);
    let Value::Block(block) = first.base() else {
        return Err(engine.no_overload("Where", 1 + rest.len()));
    };
    let block = Rc::clone(block);
    let mode = rest.first().map(|mode| mode.text().to_ascii_lowercase()).unwrap_or_default();
    let count = rest.get(1).and_then(integer).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let mut kept = Vec::new();
    let mut others = Vec::new();
    let mut found = false;
    let total = items.len();
    for (at, item) in items.into_iter().enumerate() {
        let _ = (at, total);
        if mode == "skipuntil" && found {
            kept.push(item);
            continue;
        }
        if mode == "until" && found {
            continue;
        }
        let fits = truth(&engine.call_block(&block, Some(item.clone()), Vec::new())?);
        match mode.as_str() {
            "first" if fits => {
                kept.push(item);
                if kept.len() >= count.max(1) {
                    break;
                }
            }
            "last" if fits => kept.push(item),
            "skipuntil" if fits => {
                found = true;
                kept.push(item);
            }
            "until" => {
                if fits {
                    found = true;
                } else {
                    kept.push(item);
                    if count > 0 && kept.len() >= count {
                        break;
                    }
                }
            }
            "split" => {
                if fits && (count == 0 || kept.len() < count) {
                    kept.push(item);
                } else {
                    others.push(item);
                }
            }
            "first" | "last" | "skipuntil" => {}
            _ if fits => kept.push(item),
            _ => {}
        }
    }
    if mode == "last" {
        let drop = kept.len().saturating_sub(count.max(1));
        kept.drain(..drop);
    }
    let collection = |items| Value::List(List::new(Type::CollectionOf(&Type::PSObject), items));
    if mode == "split" {
        return Ok(Value::array(vec![collection(kept), collection(others)]));
    }
    if mode == "skipuntil" && count > 0 {
        kept.truncate(count);
    }
    Ok(collection(kept))
}
