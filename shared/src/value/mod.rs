//! PowerShell values and objects, as CLIXML carries them (MS-PSRP section 2.2.5).
//!
//! A [`PsValue`] takes 24 bytes and is cheap to clone: text of up to 23 bytes is inline, everything larger is
//! shared. The rarer kinds of text are behind a pointer, since only one variant can hold a [`PsStr`] in 24 bytes.

mod object;
mod string;
mod text;
mod time;

use std::sync::Arc;

pub use rust_decimal::Decimal;
pub use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::{
    object::{Content, Properties, PsObject, Shape, TypeNames},
    string::PsStr,
    text::round_trip_double,
    time::{DateTimeKind, PsDateTime, PsTimeSpan},
};

/// One PowerShell value: a primitive, or a shared [`PsObject`].
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PsValue {
    /// `$null`, `<Nil/>`.
    #[default]
    Null,
    /// `System.Boolean`, `<B>`.
    Bool(bool),
    /// `System.Char`, `<C>`: one UTF-16 unit, which may be half of a surrogate pair.
    Char(u16),
    /// `System.SByte`, `<SB>`.
    I8(i8),
    /// `System.Byte`, `<By>`.
    U8(u8),
    /// `System.Int16`, `<I16>`.
    I16(i16),
    /// `System.UInt16`, `<U16>`.
    U16(u16),
    /// `System.Int32`, `<I32>`.
    I32(i32),
    /// `System.UInt32`, `<U32>`.
    U32(u32),
    /// `System.Int64`, `<I64>`.
    I64(i64),
    /// `System.UInt64`, `<U64>`.
    U64(u64),
    /// `System.Single`, `<Sg>`.
    Single(f32),
    /// `System.Double`, `<Db>`.
    Double(f64),
    /// `System.Decimal`, `<D>`: 96 bits and a scale of 0 to 28, as .NET has it.
    Decimal(Decimal),
    /// `System.DateTime`, `<DT>`.
    DateTime(PsDateTime),
    /// `System.TimeSpan`, `<TS>`.
    TimeSpan(PsTimeSpan),
    /// `System.Guid`, `<G>`.
    Guid(Uuid),
    /// `System.Version`, `<Version>`.
    Version(PsVersion),
    /// `System.Uri`, `<URI>`: the text as it was written.
    Uri(Arc<PsStr>),
    /// `System.Xml.XmlDocument`, `<XD>`: the document's text.
    Xml(Arc<PsStr>),
    /// `System.Management.Automation.ScriptBlock`, `<SBK>`: the text between the braces.
    ScriptBlock(Arc<PsStr>),
    /// `System.Security.SecureString`, `<SS>`.
    SecureString(Arc<SecureString>),
    /// `System.Byte[]`, `<BA>`.
    Bytes(Arc<[u8]>),
    /// `System.String`, `<S>`.
    Str(PsStr),
    /// Anything with type names, members or items, `<Obj>`.
    Object(Arc<PsObject>),
    /// Closes a cycle: the object that encloses this value at that many levels above; 0 is the object that holds
    /// this value as a member or an item. On the wire it is a `<Ref>` to an object that is still open.
    Ancestor(u32),
}

impl PsValue {
    /// The object, if the value is one.
    pub fn as_object(&self) -> Option<&PsObject> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text of a string (also of one that carries notes), and of nothing else.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text.as_str()),
            Self::Object(object) => match &object.content {
                Content::Value(Self::Str(text)) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number of an integer of any width or of an enum, if it fits.
    pub fn as_i64(&self) -> Option<i64> {
        Some(match *self {
            Self::I8(n) => n.into(),
            Self::U8(n) => n.into(),
            Self::I16(n) => n.into(),
            Self::U16(n) | Self::Char(n) => n.into(),
            Self::I32(n) => n.into(),
            Self::U32(n) => n.into(),
            Self::I64(n) => n,
            Self::U64(n) => i64::try_from(n).ok()?,
            Self::Object(ref object) => match &object.content {
                Content::Value(value) => return value.as_i64(),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// A Boolean, also one that carries notes.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            Self::Object(object) => match &object.content {
                Content::Value(Self::Bool(b)) => Some(*b),
                _ => None,
            },
            _ => None,
        }
    }

    /// The items of a list, an enumerable, a stack or a queue, in the order in which they are enumerated.
    pub fn as_list(&self) -> Option<&[PsValue]> {
        match &self.as_object()?.content {
            Content::List(items)
            | Content::Enumerable(items)
            | Content::Stack(items)
            | Content::Queue(items) => Some(items),
            _ => None,
        }
    }

    /// The member of that name (compared without case), extended members before adapted ones.
    pub fn get(&self, name: &str) -> Option<&PsValue> {
        self.as_object()?.get(name)
    }

    /// Whether this is `$null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

macro_rules! from {
    ($($from:ty => $to:ident),* $(,)?) => {$(
        impl From<$from> for PsValue {
            fn from(value: $from) -> Self {
                Self::$to(value.into())
            }
        }
    )*};
}
from! {
    bool => Bool, i8 => I8, u8 => U8, i16 => I16, u16 => U16, i32 => I32, u32 => U32, i64 => I64, u64 => U64,
    f32 => Single, f64 => Double, Decimal => Decimal, PsDateTime => DateTime, PsTimeSpan => TimeSpan, Uuid => Guid,
    PsVersion => Version, PsStr => Str, &str => Str, String => Str, PsObject => Object, Arc<PsObject> => Object,
}

impl<T: Into<PsValue>> From<Option<T>> for PsValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `System.Version`: two to four numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PsVersion {
    /// First number.
    pub major: i32,
    /// Second number.
    pub minor: i32,
    /// Third number; -1 where the version has two.
    pub build: i32,
    /// Fourth number; -1 where the version has two or three.
    pub revision: i32,
}

impl PsVersion {
    /// A version of two numbers.
    pub const fn new(major: i32, minor: i32) -> Self {
        Self { major, minor, build: -1, revision: -1 }
    }

    /// Reads two to four numbers with full stops between them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.').map(|part| part.parse::<i32>().ok().filter(|n| *n >= 0));
        let mut version = Self::new(parts.next()??, parts.next()??);
        for slot in [&mut version.build, &mut version.revision] {
            if let Some(part) = parts.next() {
                *slot = part?;
            }
        }
        parts.next().is_none().then_some(version)
    }
}

/// `System.Security.SecureString`. Neither form is ever printed.
#[derive(Clone, PartialEq, Eq)]
pub enum SecureString {
    /// As it travelled: encrypted under the session key (MS-PSRP section 2.2.5.1.24).
    Encrypted(Vec<u8>),
    /// Readable; zeroed when it is dropped.
    Clear(Zeroizing<String>),
}

impl std::fmt::Debug for SecureString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecureString(…)")
    }
}
