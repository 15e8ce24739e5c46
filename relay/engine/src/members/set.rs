//! `HashSet`.

use std::{any::Any, rc::Rc};

use crate::{
    interp::{Engine, Flow},
    ops::list,
    value::{Hash, HashKind, NetObject, Type, Value},
};

/// `HashSet`: the keys of a dictionary that has nothing else.
#[derive(Debug)]
pub(crate) struct Set(Rc<Hash>);

impl Set {
    /// Of these items; texts are the same whatever their case if that is said.
    pub(crate) fn of(items: Vec<Value>, ignore_case: bool) -> Self {
        let set = Self(Hash::with_case(HashKind::Dictionary, !ignore_case));
        for item in items {
            set.add(item);
        }
        set
    }

    fn add(&self, item: Value) -> bool {
        self.0.add(item, Value::Null)
    }

    /// Another collection as a set that compares as this one does.
    fn like(&self, other: &Value) -> Option<Self> {
        let set = Self(Hash::with_case(HashKind::Dictionary, self.0.case_sensitive));
        for item in list::items(other)? {
            set.add(item);
        }
        Some(set)
    }

    fn has_all(&self, of: &Self) -> bool {
        of.0.keys().iter().all(|item| self.0.contains(item))
    }
}

impl NetObject for Set {
    fn type_of(&self) -> Type {
        Type::HashSet
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.0.len() as i32))
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        if let Err(stop) = engine.check_items(self.0.len() + 1) {
            return Some(Err(stop));
        }
        Some(Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
            ("add", [item]) => Value::Bool(self.add(item.clone())),
            ("contains", [item]) => Value::Bool(self.0.contains(item)),
            ("remove", [item]) => Value::Bool(self.0.remove(item).is_some()),
            ("clear", []) => {
                self.0.clear();
                Value::Empty
            }
            ("toarray", []) => Value::array(self.0.keys()),
            ("getenumerator", []) => Value::Net(super::enumerator::Enumerator::new(self.0.keys())),
            ("unionwith", [other]) => {
                let other = self.like(other)?;
                if let Err(stop) = engine.check_items(self.0.len() + other.0.len()) {
                    return Some(Err(stop));
                }
                for item in other.0.keys() {
                    self.add(item);
                }
                Value::Empty
            }
            (how @ ("intersectwith" | "exceptwith"), [other]) => {
                let other = self.like(other)?;
                for item in self.0.keys() {
                    if other.0.contains(&item) != (how == "intersectwith") {
                        self.0.remove(&item);
                    }
                }
                Value::Empty
            }
            ("symmetricexceptwith", [other]) => {
                for item in self.like(other)?.0.keys() {
                    if self.0.remove(&item).is_none() {
                        self.add(item);
                    }
                }
                Value::Empty
            }
            ("issubsetof", [other]) => Value::Bool(self.like(other)?.has_all(self)),
            ("issupersetof", [other]) => Value::Bool(self.has_all(&self.like(other)?)),
            ("setequals", [other]) => {
                let other = self.like(other)?;
                Value::Bool(self.has_all(&other) && other.0.len() == self.0.len())
            }
            ("overlaps", [other]) => {
                Value::Bool(self.like(other)?.0.keys().iter().any(|item| self.0.contains(item)))
            }
            _ => return None,
        }))
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.0.keys())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
