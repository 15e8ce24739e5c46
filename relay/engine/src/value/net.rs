//! Objects of .NET types that the closed world has, apart from those with a variant of their own.

use std::{any::Any, fmt::Debug};

use postern_shared::value::PsStr;

use super::{Type, Value};
use crate::interp::{Engine, Flow};

/// An object of a .NET type: its members are a fixed table.
pub trait NetObject: Debug {
    /// The type.
    fn type_of(&self) -> Type;

    /// Full .NET name of the type.
    fn type_name(&self) -> PsStr {
        self.type_of().full_name()
    }

    /// `ToString()`.
    fn text(&self) -> PsStr {
        self.type_name()
    }

    /// Names of the properties, in order.
    fn properties(&self) -> &'static [&'static str] {
        &[]
    }

    /// A property; `None` if there is none of that name (compared without case).
    fn get(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// Sets a property; `None` if there is none that can be set.
    fn set(&self, name: &str, value: &Value) -> Option<()> {
        let _ = (name, value);
        None
    }

    /// Calls a method; `None` if there is none of that name.
    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let _ = (engine, name, arguments);
        None
    }

    /// Whether a method that gives nothing gives the object itself.
    fn gives_itself(&self) -> bool {
        false
    }

    /// The item at an index; `None` if it has no indexer.
    fn index(&self, index: &Value) -> Option<Value> {
        let _ = index;
        None
    }

    /// The items, if a pipeline enumerates it.
    fn items(&self) -> Option<Vec<Value>> {
        None
    }

    /// Whether a pipeline enumerates it. Asking takes nothing from it.
    fn is_collection(&self) -> bool {
        self.items().is_some()
    }

    /// For those that know the type.
    fn as_any(&self) -> &dyn Any;
}
