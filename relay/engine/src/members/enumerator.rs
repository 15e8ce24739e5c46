//! Enumerators: `$foreach`, `$switch`, `GetEnumerator()`.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::{
    interp::{Engine, Flow},
    value::{NetObject, Type, Value},
};

/// Items one after the other.
#[derive(Debug)]
pub(crate) struct Enumerator {
    items: RefCell<Vec<Value>>,
    /// The place of the next item.
    next: Cell<usize>,
    dictionary: bool,
}

impl Enumerator {
    pub(crate) fn new(items: Vec<Value>) -> Rc<Self> {
        Rc::new(Self { items: RefCell::new(items), next: Cell::new(0), dictionary: false })
    }

    /// Of a dictionary's entries.
    pub(crate) fn of_dictionary(items: Vec<Value>) -> Rc<Self> {
        Rc::new(Self { items: RefCell::new(items), next: Cell::new(0), dictionary: true })
    }

    /// Goes to the next item; whether there is one.
    pub(crate) fn advance(&self) -> bool {
        let next = self.next.get();
        self.next.set(next + 1);
        next < self.items.borrow().len()
    }

    /// The item that it stands at.
    pub(crate) fn current(&self) -> Value {
        let at = self.next.get().wrapping_sub(1);
        self.items.borrow().get(at).cloned().unwrap_or_default()
    }
}

impl NetObject for Enumerator {
    fn type_of(&self) -> Type {
        Type::Enumerator
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "current" => Some(self.current()),
            // Before its first entry it is a collection like any other.
            "key" | "name" | "value" if self.dictionary && self.next.get() > 0 => match self.current() {
                Value::Net(entry) => entry.get(name),
                _ => Some(Value::Null),
            },
            _ => None,
        }
    }

    fn call(&self, _: &mut Engine, name: &str, _: &[Value]) -> Option<Flow<Value>> {
        match name.to_ascii_lowercase().as_str() {
            "movenext" => Some(Ok(Value::Bool(self.advance()))),
            "reset" => {
                self.next.set(0);
                Some(Ok(Value::Empty))
            }
            "dispose" => Some(Ok(Value::Empty)),
            _ => None,
        }
    }

    fn items(&self) -> Option<Vec<Value>> {
        let items = self.items.borrow();
        let rest = items.get(self.next.get()..).unwrap_or(&[]).to_vec();
        // What has been read is gone.
        self.next.set(items.len());
        Some(rest)
    }

    fn is_collection(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
