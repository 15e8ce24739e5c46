//! Arrays and lists.

use std::{cell::RefCell, rc::Rc};

use super::{Type, Value};

/// A .NET array: its length is fixed, its items are not.
#[derive(Debug)]
pub struct Array {
    /// The items' type.
    pub elem: Type,
    /// The items.
    pub items: RefCell<Vec<Value>>,
}

impl Array {
    /// An array of items that have the type already.
    pub fn new(elem: Type, items: Vec<Value>) -> Rc<Self> {
        Rc::new(Self { elem, items: RefCell::new(items) })
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at that place.
    pub fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }
}

/// A list that grows.
#[derive(Debug)]
pub struct List {
    /// `ArrayList`, `ListOf` or `CollectionOf`.
    pub kind: Type,
    /// The items.
    pub items: RefCell<Vec<Value>>,
}

impl List {
    /// A list of items that have the type already.
    pub fn new(kind: Type, items: Vec<Value>) -> Rc<Self> {
        Rc::new(Self { kind, items: RefCell::new(items) })
    }

    /// The items' type.
    pub fn elem(&self) -> Type {
        match self.kind {
            Type::ListOf(elem) | Type::CollectionOf(elem) => *elem,
            _ => Type::Object,
        }
    }
}
