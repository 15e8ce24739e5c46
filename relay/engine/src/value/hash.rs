//! Hashtables and ordered dictionaries: keys of any type, strings without regard to case.

use std::{cell::RefCell, rc::Rc};

use indexmap::IndexMap;
use postern_shared::value::PsStr;

use super::{Type, Value};

/// Which dictionary it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// `System.Collections.Hashtable`.
    Hashtable,
    /// `System.Collections.Specialized.OrderedDictionary`.
    Ordered,
    /// `Dictionary<string, object>` and the like, with case.
    Dictionary,
}

/// A dictionary.
#[derive(Debug)]
pub struct Hash {
    /// Which one.
    pub kind: HashKind,
    /// Whether strings of different case are different keys.
    pub case_sensitive: bool,
    map: RefCell<IndexMap<Key, (Value, Value)>>,
}

/// A key as it is compared.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Text(Box<str>),
    Number(u8, i64),
    Other(&'static str, Box<str>),
    Same(usize),
}

impl Hash {
    /// An empty dictionary.
    pub fn new(kind: HashKind) -> Rc<Self> {
        Self::with_case(kind, kind == HashKind::Dictionary)
    }

    /// An empty dictionary that heeds case or not.
    pub fn with_case(kind: HashKind, case_sensitive: bool) -> Rc<Self> {
        Rc::new(Self { kind, case_sensitive, map: RefCell::default() })
    }

    fn key(&self, value: &Value) -> Key {
        let number = |tag, n: i64| Key::Number(tag, n);
        match value.base() {
            Value::Str(text) => self.text_key(text),
            Value::Null | Value::Empty => Key::Other("", "".into()),
            Value::Bool(b) => number(0, (*b).into()),
            Value::Char(n) => number(1, (*n).into()),
            Value::I8(n) => number(2, (*n).into()),
            Value::U8(n) => number(3, (*n).into()),
            Value::I16(n) => number(4, (*n).into()),
            Value::U16(n) => number(5, (*n).into()),
            Value::I32(n) => number(6, (*n).into()),
            Value::U32(n) => number(7, (*n).into()),
            Value::I64(n) => number(8, *n),
            Value::U64(n) => number(9, *n as i64),
            Value::Enum(n) => Key::Other(n.ty.name, n.number.to_string().into()),
            Value::Double(n) => number(10, n.to_bits() as i64),
            Value::Single(n) => number(11, n.to_bits().into()),
            Value::DateTime(at) => number(12, at.ticks),
            Value::TimeSpan(span) => number(13, span.ticks),
            Value::Switch(b) => number(14, (*b).into()),
            Value::Array(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::List(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Hash(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Object(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Block(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Error(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Exception(a) => Key::Same(Rc::as_ptr(a).addr()),
            Value::Remote(a) => match value.as_str() {
                Some(text) => self.text_key(text),
                None => Key::Same(std::sync::Arc::as_ptr(a.object()).addr()),
            },
            other => Key::Other("other", other.text().as_str().into()),
        }
    }

    fn text_key(&self, text: &str) -> Key {
        if self.case_sensitive {
            Key::Text(text.into())
        } else if text.is_ascii() {
            Key::Text(text.to_ascii_lowercase().into())
        } else {
            Key::Text(text.to_lowercase().into())
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.map.borrow().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &Value) -> Option<Value> {
        self.map.borrow().get(&self.key(key)).map(|(_, value)| value.clone())
    }

    /// The value of a key that is text.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        self.map.borrow().get(&self.text_key(key)).map(|(_, value)| value.clone())
    }

    /// Sets a value; a key that is there keeps its place and its spelling.
    pub fn set(&self, key: Value, value: Value) {
        let own = self.key(&key);
        let mut map = self.map.borrow_mut();
        match map.get_mut(&own) {
            Some(entry) => entry.1 = value,
            None => {
                map.insert(own, (key, value));
            }
        }
    }

    /// Adds an entry; `false` if the key is there already.
    pub fn add(&self, key: Value, value: Value) -> bool {
        let own = self.key(&key);
        let mut map = self.map.borrow_mut();
        let free = !map.contains_key(&own);
        if free {
            map.insert(own, (key, value));
        }
        free
    }

    /// Adds an entry at a place (ordered dictionaries); `false` if the key is there or the place is not.
    pub fn insert_at(&self, at: usize, key: Value, value: Value) -> bool {
        let own = self.key(&key);
        let mut map = self.map.borrow_mut();
        let free = at <= map.len() && !map.contains_key(&own);
        if free {
            map.shift_insert(at, own, (key, value));
        }
        free
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &Value) -> bool {
        self.map.borrow().contains_key(&self.key(key))
    }

    /// Removes an entry.
    pub fn remove(&self, key: &Value) -> Option<Value> {
        let own = self.key(key);
        let mut map = self.map.borrow_mut();
        map.shift_remove(&own).map(|(_, value)| value)
    }

    /// Removes the entry at a place.
    pub fn remove_at(&self, at: usize) -> bool {
        self.map.borrow_mut().shift_remove_index(at).is_some()
    }

    /// Removes all entries.
    pub fn clear(&self) {
        self.map.borrow_mut().clear();
    }

    /// Key and value at a place.
    pub fn at(&self, at: usize) -> Option<(Value, Value)> {
        self.map.borrow().get_index(at).map(|(_, entry)| entry.clone())
    }

    /// Sets the value at a place.
    pub fn set_at(&self, at: usize, value: Value) -> bool {
        self.map.borrow_mut().get_index_mut(at).map(|(_, entry)| entry.1 = value).is_some()
    }

    /// The keys in order.
    pub fn keys(&self) -> Vec<Value> {
        self.map.borrow().values().map(|(key, _)| key.clone()).collect()
    }

    /// The values in order.
    pub fn values(&self) -> Vec<Value> {
        self.map.borrow().values().map(|(_, value)| value.clone()).collect()
    }

    /// Keys and values in order.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        self.map.borrow().values().cloned().collect()
    }

    /// A shallow copy.
    pub fn copy(&self) -> Rc<Self> {
        let copy = Self::with_case(self.kind, self.case_sensitive);
        for (key, value) in self.entries() {
            copy.set(key, value);
        }
        copy
    }

    /// Its type.
    pub fn type_of(&self) -> Type {
        match self.kind {
            HashKind::Hashtable => Type::Hashtable,
            HashKind::Ordered => Type::Ordered,
            HashKind::Dictionary => Type::Dictionary,
        }
    }

    /// Sets an entry whose key is text.
    pub fn set_str(&self, key: impl Into<PsStr>, value: impl Into<Value>) {
        self.set(Value::Str(key.into()), value.into());
    }
}
