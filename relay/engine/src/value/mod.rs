//! The engine's values: PowerShell's, with identity where PowerShell has it.
//!
//! Scalars are stored in place and text is shared, so that a clone is cheap. Arrays, hashtables, objects and script
//! blocks are behind an `Rc`: two variables can hold the same one, and a change through one is seen through the other.
//! What came from the remote side stays as it came ([`Value::Remote`]); it is converted only where it leaves the
//! engine again (see [`remote`]).

pub(crate) mod array;
pub(crate) mod enums;
pub(crate) mod error;
pub(crate) mod hash;
pub(crate) mod net;
pub(crate) mod object;
pub(crate) mod remote;
mod sent;
pub(crate) mod text;
pub(crate) mod types;

use std::{rc::Rc, sync::Arc};

use postern_shared::value::{Decimal, PsDateTime, PsStr, PsTimeSpan, PsValue, PsVersion, Uuid};

pub use self::{
    array::{Array, List},
    enums::{EnumType, EnumValue},
    error::{Category, ErrorRecord, Exception, ExceptionType},
    hash::{Hash, HashKind},
    net::NetObject,
    object::{Member, Object},
    sent::Sent,
    types::Type,
};
use crate::code::ScriptBlock;

/// A value of the language.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the variants without a line are the .NET types of their names")]
pub enum Value {
    /// `$null`.
    #[default]
    Null,
    /// What a command without output gives: `$null` in an expression, nothing at all in a pipeline.
    Empty,
    Bool(bool),
    /// One UTF-16 unit.
    Char(u16),
    I8(i8),
    U8(u8),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    U64(u64),
    Single(f32),
    Double(f64),
    Decimal(Decimal),
    DateTime(PsDateTime),
    TimeSpan(PsTimeSpan),
    Guid(Uuid),
    Version(PsVersion),
    Str(PsStr),
    /// A member of an enumeration.
    Enum(EnumValue),
    /// `System.Management.Automation.SwitchParameter`.
    Switch(bool),
    /// A .NET array of fixed length.
    Array(Rc<Array>),
    /// `ArrayList`, `List<T>`, `Collection<T>`.
    List(Rc<List>),
    /// `Hashtable` or `OrderedDictionary`.
    Hash(Rc<Hash>),
    /// `PSCustomObject`, or an object of a cmdlet with a type name of its own.
    Object(Rc<Object>),
    /// An object as the remote side sent it.
    Remote(Rc<Sent>),
    /// A script block.
    Block(Rc<ScriptBlock>),
    /// A type.
    Type(Type),
    /// `System.Management.Automation.ErrorRecord`.
    Error(Rc<ErrorRecord>),
    Exception(Rc<Exception>),
    /// A value with notes or with a text of its own (`PSObject` around it).
    Wrapped(Rc<Wrapped>),
    /// A primitive of the wire that the language does little with: URI, XML, secure string.
    Raw(Rc<PsValue>),
    /// Anything else with members of its own.
    Net(Rc<dyn NetObject>),
}

/// A value with members that the value itself does not have.
#[derive(Debug)]
pub struct Wrapped {
    /// The value.
    pub base: Value,
    /// How it was written, where that differs from its text (`Write-Output 1kb`).
    pub text: Option<PsStr>,
    /// Notes.
    pub notes: Object,
}

impl Value {
    /// A string.
    pub fn str(text: impl Into<PsStr>) -> Self {
        Self::Str(text.into())
    }

    /// An `object[]`.
    pub fn array(items: Vec<Value>) -> Self {
        Self::Array(Array::new(Type::Object, items))
    }

    /// `$null` or nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::Empty)
    }

    /// The value without notes.
    pub fn base(&self) -> &Value {
        match self {
            Self::Wrapped(wrapped) => wrapped.base.base(),
            other => other,
        }
    }

    /// The text of a string and of nothing else.
    pub fn as_str(&self) -> Option<&str> {
        match self.base() {
            Self::Str(text) => Some(text.as_str()),
            Self::Remote(object) => match &object.content {
                postern_shared::value::Content::Value(PsValue::Str(text)) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a command's output is as one value: nothing, the only object, or an array.
    pub fn from_output(mut items: Vec<Value>) -> Self {
        match items.len() {
            0 => Self::Empty,
            1 => items.pop().unwrap_or_default(),
            _ => Self::array(items),
        }
    }

    /// Whether two values are the same object.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => Rc::ptr_eq(a, b),
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b),
            (Self::Hash(a), Self::Hash(b)) => Rc::ptr_eq(a, b),
            (Self::Object(a), Self::Object(b)) => Rc::ptr_eq(a, b),
            (Self::Remote(a), Self::Remote(b)) => Arc::ptr_eq(a.object(), b.object()),
            (Self::Block(a), Self::Block(b)) => Rc::ptr_eq(a, b),
            (Self::Error(a), Self::Error(b)) => Rc::ptr_eq(a, b),
            (Self::Exception(a), Self::Exception(b)) => Rc::ptr_eq(a, b),
            (Self::Raw(a), Self::Raw(b)) => Rc::ptr_eq(a, b) || a == b,
            (Self::Net(a), Self::Net(b)) => std::ptr::addr_eq(Rc::as_ptr(a), Rc::as_ptr(b)),
            (Self::Wrapped(a), Self::Wrapped(b)) => Rc::ptr_eq(a, b) || a.base.same(&b.base),
            (Self::Wrapped(a), b) => a.base.same(b),
            (a, Self::Wrapped(b)) => a.same(&b.base),
            _ => false,
        }
    }
}

macro_rules! from {
    ($($from:ty => $to:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$to(value.into())
            }
        }
    )*};
}
from! {
    bool => Bool, u8 => U8, i32 => I32, i64 => I64, u32 => U32, u64 => U64, f64 => Double, Decimal => Decimal, PsDateTime => DateTime,
    PsTimeSpan => TimeSpan, Uuid => Guid, PsVersion => Version, PsStr => Str, &str => Str, String => Str,
    Rc<Array> => Array, Rc<List> => List, Rc<Hash> => Hash, Rc<Object> => Object, Type => Type, EnumValue => Enum,
    Rc<ErrorRecord> => Error, Rc<Exception> => Exception, Rc<ScriptBlock> => Block, Rc<dyn NetObject> => Net,
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<super::Value>(), 24);
    }
}
