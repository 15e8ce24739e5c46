//! What the Format cmdlets give: an object ready to be shown.

use std::{any::Any, rc::Rc};

use postern_shared::{value::PsStr, wire::ViewKind};

use super::{Column, Layout};
use crate::value::{NetObject, Type, Value};

/// A view. Entries with the same one belong together.
#[derive(Debug)]
pub(crate) enum Spec {
    /// A table.
    Table { columns: Vec<Column>, layout: Layout },
    /// A list.
    List,
    /// Texts side by side: in so many columns, or in as many as fit.
    Wide(Option<usize>),
    /// Lines, with a blank line before and behind them.
    Lines,
    /// Lines.
    Text,
}

/// An object in a view.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// A table's row.
    Cells(Vec<String>),
    /// Labels and values of a list.
    Fields(Vec<(String, String)>),
    /// A text.
    Text(String),
    /// An object that the view is not for: a list of its own within the view.
    Block(Vec<(String, String)>),
}

/// An object ready to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The view.
    pub(crate) spec: Rc<Spec>,
    /// The line above the group that it belongs to.
    pub(crate) group: Option<String>,
    /// What is shown.
    pub(crate) row: Row,
    /// The same for a grid, if it is an object.
    pub(crate) grid: Option<Grid>,
}

/// What a Format cmdlet asked for of an object, for whoever shows objects and not their text.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Table or list.
    pub kind: ViewKind,
    /// The properties in order, and what stands above each. All objects of a table share them.
    pub columns: Rc<[(PsStr, PsStr)]>,
    /// The object, or what was calculated of it.
    pub object: Value,
}

/// What a Format cmdlet asked for, if the value came from one and is an object.
pub fn grid(value: &Value) -> Option<&Grid> {
    Entry::of(value)?.grid.as_ref()
}

impl Entry {
    /// The entry that a value is.
    pub(crate) fn of(value: &Value) -> Option<&Self> {
        match value.base() {
            Value::Net(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// As a value for the pipeline.
    pub(crate) fn into_value(self) -> Value {
        let object: Rc<dyn NetObject> = Rc::new(self);
        Value::Net(object)
    }
}

impl NetObject for Entry {
    fn type_of(&self) -> Type {
        Type::Object
    }

    fn type_name(&self) -> PsStr {
        PsStr::from_static("Microsoft.PowerShell.Commands.Internal.Format.FormatEntryData")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
