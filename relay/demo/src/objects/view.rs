//! Tables of properties, and the objects made of them.

use std::sync::Arc;

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue, Shape, TypeNames};

use super::Row;

/// How a property's value is made of a recipient.
pub type Derive = fn(&Row<'_>) -> PsValue;

/// Where a property's value comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// The same for all objects: made once for each property, so that two properties of an object never share an
    /// object (which would be a reference on the wire).
    Same(fn() -> PsValue),
    /// Of the recipient.
    Of(Derive),
}

/// A property: its name and where its value comes from.
#[derive(Clone, Copy, Debug)]
pub struct Property(pub &'static str, pub Source);

/// A property that is the same for all objects.
pub const fn same(name: &'static str, value: fn() -> PsValue) -> Property {
    Property(name, Source::Same(value))
}

/// A property of the recipient.
pub const fn of(name: &'static str, value: Derive) -> Property {
    Property(name, Source::Of(value))
}

/// A type of object that is made of a recipient.
#[derive(Debug)]
pub struct View {
    kind: ObjectType,
    /// The values of the constant properties; null for the others.
    template: Vec<PsValue>,
    derived: Vec<(usize, Derive)>,
}

impl View {
    /// A type with these names (most derived first) and properties, in wire order.
    pub fn new(type_names: &[&'static str], groups: &[&[Property]]) -> Self {
        let properties: Vec<&Property> = groups.iter().flat_map(|group| group.iter()).collect();
        let names: Vec<&'static str> = properties.iter().map(|property| property.0).collect();
        let mut derived = Vec::new();
        let template = properties.iter().enumerate().map(|(at, property)| match property.1 {
            Source::Same(value) => value(),
            Source::Of(value) => {
                derived.push((at, value));
                PsValue::Null
            }
        });
        let template = template.collect();
        Self { kind: ObjectType::new(type_names, &names), template, derived }
    }

    /// The full name of the type.
    pub fn type_name(&self) -> &str {
        self.kind.type_names.first().map_or("", PsStr::as_str)
    }

    /// The names of the properties, in wire order.
    pub fn names(&self) -> &[PsStr] {
        self.kind.shape.names()
    }

    /// The whole object.
    pub fn object(&self, row: &Row<'_>) -> PsValue {
        let mut values = self.template.clone();
        for (at, value) in &self.derived {
            if let Some(slot) = values.get_mut(*at) {
                *slot = value(row);
            }
        }
        if let Some(changes) = &row.recipient.changes {
            for (name, value) in changes.values() {
                if let Some(slot) = self.position(name).and_then(|at| values.get_mut(at)) {
                    *slot = value.clone();
                }
            }
        }
        self.kind.object(Some(row.name().clone()), values)
    }

    /// Where a property stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.kind.shape.position(name)
    }

    /// One property's value.
    pub fn value(&self, row: &Row<'_>, at: usize) -> PsValue {
        if let Some(changes) = &row.recipient.changes
            && let Some(value) = self.names().get(at).and_then(|name| changes.value(name))
        {
            return value.clone();
        }
        match self.derived.binary_search_by_key(&at, |(at, _)| *at) {
            Ok(found) => self.derived.get(found).map_or(PsValue::Null, |(_, value)| value(row)),
            Err(_) => self.template.get(at).cloned().unwrap_or_default(),
        }
    }
}

/// Type names and property names of a kind of object.
#[derive(Clone, Debug)]
pub struct ObjectType {
    type_names: TypeNames,
    shape: Arc<Shape>,
}

impl ObjectType {
    /// A type with these names (most derived first; `System.Object` is added) and properties.
    pub fn new(type_names: &[&'static str], properties: &[&'static str]) -> Self {
        let names = type_names.iter().chain(&["System.Object"]);
        Self {
            type_names: names.map(|name| PsStr::from_static(name)).collect(),
            shape: Shape::new(properties.iter().map(|name| PsStr::from_static(name)).collect::<Vec<_>>()),
        }
    }

    /// An object with these values, in the order of the properties.
    pub fn object(&self, text: Option<PsStr>, values: Vec<PsValue>) -> PsValue {
        debug_assert_eq!(values.len(), self.shape.names().len(), "{:?}", self.type_names);
        PsValue::Object(Arc::new(PsObject {
            type_names: Arc::clone(&self.type_names),
            to_string: text,
            content: Content::None,
            adapted: Properties::new(Arc::clone(&self.shape), values),
            extended: Properties::default(),
        }))
    }

    /// Where a property stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.shape.position(name)
    }

    /// A collection of this type.
    pub fn list(&self, items: Vec<PsValue>) -> PsValue {
        PsValue::Object(Arc::new(PsObject {
            type_names: Arc::clone(&self.type_names),
            content: Content::List(items),
            ..PsObject::default()
        }))
    }

    /// A value of this type that is a primitive to the wire: an enum's number.
    pub fn primitive(&self, text: PsStr, value: PsValue) -> PsValue {
        PsValue::Object(Arc::new(PsObject {
            type_names: Arc::clone(&self.type_names),
            to_string: Some(text),
            content: Content::Value(value),
            ..PsObject::default()
        }))
    }
}
