//! Objects: type names, text, content and members.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::{PsStr, PsValue};

/// An object's type names, most derived first; shared by all objects of the type.
pub type TypeNames = Arc<[PsStr]>;

/// An object with type names, members or items (`<Obj>`, MS-PSRP section 2.2.5.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PsObject {
    /// Type names, most derived first; empty for none (`<TN>`).
    pub type_names: TypeNames,
    /// What `ToString()` gave on the sender's side (`<ToString>`).
    pub to_string: Option<PsStr>,
    /// What the object is, apart from its members.
    pub content: Content,
    /// Adapted properties in wire order (`<Props>`).
    pub adapted: Properties,
    /// Extended properties (notes) in wire order (`<MS>`).
    pub extended: Properties,
}

/// What an object is, apart from its members.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Content {
    /// A property bag.
    #[default]
    None,
    /// A primitive that carries type names or notes; an enum's number.
    Value(PsValue),
    /// `<LST>`.
    List(Vec<PsValue>),
    /// `<IE>`.
    Enumerable(Vec<PsValue>),
    /// `<STK>`, the top first, as it is enumerated.
    Stack(Vec<PsValue>),
    /// `<QUE>`, the head first.
    Queue(Vec<PsValue>),
    /// `<DCT>`: keys of any type, in wire order.
    Dictionary(Vec<(PsValue, PsValue)>),
}

impl PsObject {
    /// A property bag with these type names and adapted properties.
    pub fn bag(type_names: TypeNames, adapted: Properties) -> Self {
        Self { type_names, adapted, ..Self::default() }
    }

    /// The most derived type name, empty if there is none.
    pub fn type_name(&self) -> &str {
        self.type_names.first().map_or("", PsStr::as_str)
    }

    /// Whether the type, or one of its bases, has this name; a `Deserialized.` before it does not matter.
    pub fn is_a(&self, type_name: &str) -> bool {
        self.type_names.iter().any(|name| {
            let name = name.as_str();
            name.strip_prefix("Deserialized.").unwrap_or(name).eq_ignore_ascii_case(type_name)
        })
    }

    /// Whether the object is an enum's member: its text is `to_string`, its number the content.
    pub fn is_enum(&self) -> bool {
        self.is_a("System.Enum")
    }

    /// The member of that name, compared without case; extended members before adapted ones.
    pub fn get(&self, name: &str) -> Option<&PsValue> {
        self.extended.get(name).or_else(|| self.adapted.get(name))
    }

    /// All members: adapted ones in wire order, then extended ones.
    pub fn properties(&self) -> impl Iterator<Item = (&PsStr, &PsValue)> {
        self.adapted.iter().chain(self.extended.iter())
    }
}

/// Named values in wire order. The names are a [`Shape`] that all objects with the same names share, so that a
/// result of 100,000 objects holds them once.
#[derive(Clone, Debug)]
pub struct Properties {
    shape: Arc<Shape>,
    values: Vec<PsValue>,
}

impl Properties {
    /// Puts values under the names of a shape, in order. Surplus values are dropped, missing ones are null.
    pub fn new(shape: Arc<Shape>, mut values: Vec<PsValue>) -> Self {
        values.resize(shape.names.len(), PsValue::Null);
        Self { shape, values }
    }

    /// The names and their order.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The values in wire order.
    pub fn values(&self) -> &[PsValue] {
        &self.values
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of that name, compared without case.
    pub fn get(&self, name: &str) -> Option<&PsValue> {
        self.values.get(self.shape.position(name)?)
    }

    /// Names and values in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (&PsStr, &PsValue)> {
        self.shape.names.iter().zip(&self.values)
    }

    /// Adds a value, or replaces the one of that name. Makes a shape of its own: for hand-built objects, not for
    /// the hot path.
    pub fn set(&mut self, name: impl Into<PsStr>, value: impl Into<PsValue>) {
        let (name, value) = (name.into(), value.into());
        if let Some(at) = self.shape.position(&name) {
            self.values[at] = value;
            return;
        }
        let mut names = self.shape.names.to_vec();
        names.push(name);
        self.shape = Shape::new(names);
        self.values.push(value);
    }
}

impl Default for Properties {
    fn default() -> Self {
        static EMPTY: OnceLock<Arc<Shape>> = OnceLock::new();
        Self { shape: Arc::clone(EMPTY.get_or_init(|| Shape::new(Vec::new()))), values: Vec::new() }
    }
}

impl PartialEq for Properties {
    fn eq(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.shape, &other.shape) || self.shape.names == other.shape.names)
            && self.values == other.values
    }
}

impl<N: Into<PsStr>, V: Into<PsValue>> FromIterator<(N, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(items: I) -> Self {
        let (names, values): (Vec<PsStr>, Vec<PsValue>) =
            items.into_iter().map(|(name, value)| (name.into(), value.into())).unzip();
        Self { shape: Shape::new(names), values }
    }
}

/// The names of an object's properties, in order.
#[derive(Debug)]
pub struct Shape {
    names: Box<[PsStr]>,
    /// Lower-case name to position, made when a name is first looked up in a large shape.
    index: OnceLock<HashMap<Box<str>, usize>>,
}

/// Up to this many names are compared one by one, which is faster than hashing.
const SMALL_SHAPE: usize = 8;

impl Shape {
    /// A shape of these names.
    pub fn new(names: impl Into<Box<[PsStr]>>) -> Arc<Self> {
        Arc::new(Self { names: names.into(), index: OnceLock::new() })
    }

    /// The names in order.
    pub fn names(&self) -> &[PsStr] {
        &self.names
    }

    /// Where the name stands, compared without case.
    pub fn position(&self, name: &str) -> Option<usize> {
        if self.names.len() <= SMALL_SHAPE {
            return self.names.iter().position(|own| own.eq_ignore_ascii_case(name));
        }
        let index = self.index.get_or_init(|| {
            let mut index = HashMap::with_capacity(self.names.len());
            for (at, name) in self.names.iter().enumerate() {
                index.entry(name.to_ascii_lowercase().into()).or_insert(at);
            }
            index
        });
        index.get(name).or_else(|| index.get(name.to_ascii_lowercase().as_str())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case_and_extended_first() {
        let mut object = PsObject::bag(
            TypeNames::default(),
            (0..20).map(|n| (format!("Name{n}"), PsValue::I32(n))).collect(),
        );
        assert_eq!(object.get("name19"), Some(&PsValue::I32(19)));
        object.extended.set("Name19", "note");
        assert_eq!(object.get("NAME19").and_then(PsValue::as_str), Some("note"));
        assert_eq!(object.get("Name20"), None);
    }
}
