//! Objects with notes: `PSCustomObject`, and what cmdlets make.

use std::{
    cell::{Ref, RefCell},
    rc::Rc,
    sync::Arc,
};

use postern_shared::value::{PsStr, Shape};

use super::Value;

/// An object whose properties are notes. The names are shared by all objects of the same shape.
#[derive(Debug, Default)]
pub struct Object {
    /// Type names, most derived first; empty for a plain `PSCustomObject`.
    pub type_names: RefCell<Option<Rc<[PsStr]>>>,
    /// What `ToString()` gives, where that is not what follows from type and properties.
    pub label: RefCell<Option<PsStr>>,
    shape: RefCell<Option<Arc<Shape>>>,
    values: RefCell<Vec<Value>>,
    /// Members that are no notes.
    members: RefCell<Vec<(PsStr, Member)>>,
}

/// A member that is no note.
#[derive(Clone, Debug)]
pub enum Member {
    /// Another name of a property.
    Alias(PsStr),
    /// A script that gives the value, and one that sets it.
    ScriptProperty(Value, Value),
    /// A script that is called.
    ScriptMethod(Value),
    /// Names of properties, such as `DefaultDisplayPropertySet`.
    PropertySet(Vec<PsStr>),
}

impl Object {
    /// A plain object without properties.
    pub fn new() -> Rc<Self> {
        Rc::default()
    }

    /// An object of these names and values, in order. Surplus values are dropped, missing ones are null.
    pub fn shaped(shape: Arc<Shape>, mut values: Vec<Value>) -> Rc<Self> {
        values.resize(shape.names().len(), Value::Null);
        Rc::new(Self { shape: RefCell::new(Some(shape)), values: RefCell::new(values), ..Self::default() })
    }

    /// A plain object of these properties.
    pub fn of<N: Into<PsStr>, V: Into<Value>>(properties: impl IntoIterator<Item = (N, V)>) -> Rc<Self> {
        let (names, values): (Vec<PsStr>, Vec<Value>) =
            properties.into_iter().map(|(name, value)| (name.into(), value.into())).unzip();
        Self::shaped(Shape::new(names), values)
    }

    /// An object with a type name of its own.
    pub fn typed<N: Into<PsStr>, V: Into<Value>>(
        type_name: &'static str,
        properties: impl IntoIterator<Item = (N, V)>,
    ) -> Rc<Self> {
        let object = Self::of(properties);
        *object.type_names.borrow_mut() =
            Some([PsStr::from_static(type_name), PsStr::from_static("System.Object")].into());
        object
    }

    /// The same with a text of its own (`ToString()`).
    #[must_use]
    pub fn labelled(self: Rc<Self>, label: impl Into<PsStr>) -> Rc<Self> {
        *self.label.borrow_mut() = Some(label.into());
        self
    }

    /// The most derived type name.
    pub fn type_name(&self) -> PsStr {
        match &*self.type_names.borrow() {
            Some(names) if !names.is_empty() => names[0].clone(),
            _ => PsStr::from_static("System.Management.Automation.PSCustomObject"),
        }
    }

    /// Whether the object is of that type by its type names; a plain one is a `PSCustomObject`.
    pub fn is_plain(&self) -> bool {
        self.type_names.borrow().as_ref().is_none_or(|names| {
            names.iter().any(|name| name.as_str() == "System.Management.Automation.PSCustomObject")
        })
    }

    /// The note of that name.
    pub fn get(&self, name: &str) -> Option<Value> {
        let at = self.shape.borrow().as_ref()?.position(name)?;
        self.values.borrow().get(at).cloned()
    }

    /// The member of that name that is no note.
    pub fn member(&self, name: &str) -> Option<Member> {
        let members = self.members.borrow();
        members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, member)| member.clone())
    }

    /// Sets a note that is there; `false` if it is not.
    pub fn replace(&self, name: &str, value: Value) -> bool {
        let Some(at) = self.shape.borrow().as_ref().and_then(|shape| shape.position(name)) else {
            return false;
        };
        if let Some(slot) = self.values.borrow_mut().get_mut(at) {
            *slot = value;
        }
        true
    }

    /// Sets a note, which is added if it is not there.
    pub fn set(&self, name: impl Into<PsStr>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        if self.replace(&name, value.clone()) {
            return;
        }
        let mut shape = self.shape.borrow_mut();
        let mut names = shape.as_ref().map_or_else(Vec::new, |shape| shape.names().to_vec());
        names.push(name);
        *shape = Some(Shape::new(names));
        self.values.borrow_mut().push(value);
    }

    /// Removes a note or another member.
    pub fn remove(&self, name: &str) -> bool {
        let mut shape = self.shape.borrow_mut();
        if let Some(at) = shape.as_ref().and_then(|shape| shape.position(name)) {
            let mut names = shape.as_ref().map_or_else(Vec::new, |shape| shape.names().to_vec());
            names.remove(at);
            *shape = Some(Shape::new(names));
            self.values.borrow_mut().remove(at);
            return true;
        }
        let mut members = self.members.borrow_mut();
        let before = members.len();
        members.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        members.len() < before
    }

    /// Adds a member that is no note.
    pub fn add_member(&self, name: impl Into<PsStr>, member: Member) {
        let name = name.into();
        let mut members = self.members.borrow_mut();
        members.retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
        members.push((name, member));
    }

    /// Whether there is a member of that name.
    pub fn has(&self, name: &str) -> bool {
        self.shape.borrow().as_ref().is_some_and(|shape| shape.position(name).is_some())
            || self.member(name).is_some()
    }

    /// The notes' names in order.
    pub fn names(&self) -> Vec<PsStr> {
        self.shape.borrow().as_ref().map_or_else(Vec::new, |shape| shape.names().to_vec())
    }

    /// The shape, if there is a note.
    pub fn shape(&self) -> Option<Arc<Shape>> {
        self.shape.borrow().clone()
    }

    /// The notes' values in order.
    pub fn values(&self) -> Ref<'_, Vec<Value>> {
        self.values.borrow()
    }

    /// The members that are no notes.
    pub fn other_members(&self) -> Vec<(PsStr, Member)> {
        self.members.borrow().clone()
    }

    /// Names and values of the notes in order.
    pub fn properties(&self) -> Vec<(PsStr, Value)> {
        self.names().into_iter().zip(self.values.borrow().iter().cloned()).collect()
    }

    /// A copy with properties of its own.
    pub fn copy(&self) -> Rc<Self> {
        Rc::new(Self {
            type_names: self.type_names.clone(),
            label: self.label.clone(),
            shape: self.shape.clone(),
            values: self.values.clone(),
            members: self.members.clone(),
        })
    }
}
