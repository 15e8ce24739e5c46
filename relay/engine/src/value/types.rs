//! The types that a script may name: a fixed set.

use postern_shared::value::PsStr;

use super::{EnumType, ExceptionType, Value, enums, error};

/// A type of the closed world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the .NET type of its name")]
pub enum Type {
    Object,
    String,
    Bool,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    BigInt,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    TimeZone,
    Guid,
    Version,
    SemanticVersion,
    Regex,
    Match,
    MatchCollection,
    Group,
    GroupCollection,
    CaptureCollection,
    Hashtable,
    Ordered,
    Dictionary,
    KeyCollection,
    ValueCollection,
    OrderedKeys,
    DictionaryEntry,
    PSCustomObject,
    PSObject,
    PSReference,
    ScriptBlock,
    Switch,
    Void,
    Uri,
    MailAddress,
    IPAddress,
    Xml,
    Array,
    ArrayList,
    Queue,
    Stack,
    StringBuilder,
    HashSet,
    Enumerator,
    SystemType,
    Math,
    Convert,
    BitConverter,
    Encoding,
    Environment,
    CultureInfo,
    Path,
    ErrorRecord,
    CategoryInfo,
    InvocationInfo,
    CommandInfo,
    FunctionInfo,
    AliasInfo,
    PSVariable,
    Credential,
    NetworkCredential,
    SecureString,
    Properties,
    Members,
    Methods,
    PropertyInfo,
    PSMemberSet,
    VersionTable,
    HostInfo,
    CmdletBindingProxy,
    InformationRecord,
    WarningRecord,
    VerboseRecord,
    DebugRecord,
    ValueType,
    Enum,
    IDictionary,
    IEnumerable,
    ICollection,
    IList,
    StringComparer,
    /// An array of these.
    ArrayOf(&'static Type),
    /// `List<T>`.
    ListOf(&'static Type),
    /// `Collection<T>`.
    CollectionOf(&'static Type),
    /// An enumeration.
    EnumOf(&'static EnumType),
    /// An exception.
    Exception(&'static ExceptionType),
}

use Type as T;

/// Names in scripts (lower case, without `system.`) that mean types. The first is the accelerator or short name.
static NAMES: &[(&str, Type)] = &[
    ("object", T::Object),
    ("string", T::String),
    ("bool", T::Bool),
    ("boolean", T::Bool),
    ("char", T::Char),
    ("sbyte", T::SByte),
    ("byte", T::Byte),
    ("short", T::Int16),
    ("int16", T::Int16),
    ("ushort", T::UInt16),
    ("uint16", T::UInt16),
    ("int", T::Int32),
    ("int32", T::Int32),
    ("uint", T::UInt32),
    ("uint32", T::UInt32),
    ("long", T::Int64),
    ("int64", T::Int64),
    ("ulong", T::UInt64),
    ("uint64", T::UInt64),
    ("float", T::Single),
    ("single", T::Single),
    ("double", T::Double),
    ("decimal", T::Decimal),
    ("bigint", T::BigInt),
    ("numerics.biginteger", T::BigInt),
    ("datetime", T::DateTime),
    ("datetimeoffset", T::DateTimeOffset),
    ("timespan", T::TimeSpan),
    ("timezoneinfo", T::TimeZone),
    ("guid", T::Guid),
    ("version", T::Version),
    ("semver", T::SemanticVersion),
    ("regex", T::Regex),
    ("text.regularexpressions.regex", T::Regex),
    ("text.regularexpressions.match", T::Match),
    ("hashtable", T::Hashtable),
    ("collections.hashtable", T::Hashtable),
    ("ordered", T::Ordered),
    ("collections.specialized.ordereddictionary", T::Ordered),
    ("collections.dictionaryentry", T::DictionaryEntry),
    ("pscustomobject", T::PSCustomObject),
    ("management.automation.pscustomobject", T::PSCustomObject),
    ("psnoteproperty", T::PropertyInfo),
    ("management.automation.psnoteproperty", T::PropertyInfo),
    ("psobject", T::PSObject),
    ("management.automation.psobject", T::PSObject),
    ("ref", T::PSReference),
    ("management.automation.psreference", T::PSReference),
    ("scriptblock", T::ScriptBlock),
    ("management.automation.scriptblock", T::ScriptBlock),
    ("switch", T::Switch),
    ("switchparameter", T::Switch),
    ("management.automation.switchparameter", T::Switch),
    ("void", T::Void),
    ("uri", T::Uri),
    ("mailaddress", T::MailAddress),
    ("net.mail.mailaddress", T::MailAddress),
    ("ipaddress", T::IPAddress),
    ("net.ipaddress", T::IPAddress),
    ("xml", T::Xml),
    ("xml.xmldocument", T::Xml),
    ("array", T::Array),
    ("collections.arraylist", T::ArrayList),
    ("collections.queue", T::Queue),
    ("collections.stack", T::Stack),
    ("text.stringbuilder", T::StringBuilder),
    ("type", T::SystemType),
    ("math", T::Math),
    ("convert", T::Convert),
    ("bitconverter", T::BitConverter),
    ("text.encoding", T::Encoding),
    ("environment", T::Environment),
    ("cultureinfo", T::CultureInfo),
    ("globalization.cultureinfo", T::CultureInfo),
    ("io.path", T::Path),
    ("management.automation.errorrecord", T::ErrorRecord),
    ("pscredential", T::Credential),
    ("management.automation.pscredential", T::Credential),
    ("securestring", T::SecureString),
    ("security.securestring", T::SecureString),
    ("net.networkcredential", T::NetworkCredential),
    ("valuetype", T::ValueType),
    ("enum", T::Enum),
    ("collections.idictionary", T::IDictionary),
    ("collections.ienumerable", T::IEnumerable),
    ("collections.icollection", T::ICollection),
    ("collections.ilist", T::IList),
    ("stringcomparer", T::StringComparer),
    ("text.regularexpressions.matchcollection", T::MatchCollection),
    ("management.automation.psvariable", T::PSVariable),
    ("psvariable", T::PSVariable),
    ("management.automation.commandinfo", T::CommandInfo),
    ("management.automation.functioninfo", T::FunctionInfo),
    ("management.automation.informationrecord", T::InformationRecord),
    ("management.automation.warningrecord", T::WarningRecord),
    ("management.automation.verboserecord", T::VerboseRecord),
    ("management.automation.debugrecord", T::DebugRecord),
];

impl Type {
    /// All names that scripts may write, in lower case.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The type of that name as a script writes it; `None` if this console does not have it.
    pub fn parse(name: &str) -> Option<Self> {
        let name: String =
            name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let name = name.strip_prefix("system.").unwrap_or(&name);
        if let Some(elem) = name.strip_suffix("[]") {
            return Self::parse(elem)?.shared().map(Self::ArrayOf);
        }
        if let Some((generic, arguments)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            let generic = generic.split('`').next().unwrap_or(generic);
            return match generic {
                "collections.generic.list" => Self::parse(arguments)?.shared().map(Self::ListOf),
                "collections.objectmodel.collection" => {
                    Self::parse(arguments)?.shared().map(Self::CollectionOf)
                }
                "collections.generic.hashset" => Some(Self::HashSet),
                "collections.generic.queue" => Some(Self::Queue),
                "collections.generic.stack" => Some(Self::Stack),
                "collections.generic.dictionary" => {
                    let (key, value) = arguments.split_once(',')?;
                    (Self::parse(key).is_some() && Self::parse(value).is_some()).then_some(Self::Dictionary)
                }
                "nullable" => Self::parse(arguments),
                _ => None,
            };
        }
        if let Some((_, found)) = NAMES.iter().find(|(own, _)| *own == name) {
            return Some(*found);
        }
        let matches = |full: &str| {
            let full = full.strip_prefix("System.").unwrap_or(full);
            full.eq_ignore_ascii_case(name)
        };
        if let Some(found) = enums::ALL.iter().find(|ty| matches(ty.name)) {
            return Some(Self::EnumOf(found));
        }
        error::EXCEPTIONS.iter().find(|ty| matches(ty.name)).map(Self::Exception)
    }

    /// The type as the item of an array's or a list's type.
    pub fn shared(self) -> Option<&'static Self> {
        if let Some((_, found)) = NAMES.iter().find(|(_, own)| *own == self) {
            return Some(found);
        }
        Some(match self {
            Self::EnumOf(_) | Self::Exception(_) => &Self::Object,
            Self::ArrayOf(Self::Object) => &Self::ArrayOf(&Self::Object),
            Self::ArrayOf(Self::String) => &Self::ArrayOf(&Self::String),
            Self::ArrayOf(Self::Int32) => &Self::ArrayOf(&Self::Int32),
            _ => &Self::Object,
        })
    }

    /// The full .NET name.
    pub fn full_name(self) -> PsStr {
        let name: &'static str = match self {
            Self::Object => "System.Object",
            Self::String => "System.String",
            Self::Bool => "System.Boolean",
            Self::Char => "System.Char",
            Self::SByte => "System.SByte",
            Self::Byte => "System.Byte",
            Self::Int16 => "System.Int16",
            Self::UInt16 => "System.UInt16",
            Self::Int32 => "System.Int32",
            Self::UInt32 => "System.UInt32",
            Self::Int64 => "System.Int64",
            Self::UInt64 => "System.UInt64",
            Self::Single => "System.Single",
            Self::Double => "System.Double",
            Self::Decimal => "System.Decimal",
            Self::BigInt => "System.Numerics.BigInteger",
            Self::DateTime => "System.DateTime",
            Self::DateTimeOffset => "System.DateTimeOffset",
            Self::TimeSpan => "System.TimeSpan",
            Self::TimeZone => "System.TimeZoneInfo",
            Self::Guid => "System.Guid",
            Self::Version => "System.Version",
            Self::SemanticVersion => "System.Management.Automation.SemanticVersion",
            Self::Regex => "System.Text.RegularExpressions.Regex",
            Self::Match => "System.Text.RegularExpressions.Match",
            Self::MatchCollection => "System.Text.RegularExpressions.MatchCollection",
            Self::Group => "System.Text.RegularExpressions.Group",
            Self::GroupCollection => "System.Text.RegularExpressions.GroupCollection",
            Self::CaptureCollection => "System.Text.RegularExpressions.CaptureCollection",
            Self::Hashtable => "System.Collections.Hashtable",
            Self::Ordered => "System.Collections.Specialized.OrderedDictionary",
            Self::Dictionary => "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
            Self::KeyCollection => "System.Collections.Hashtable+KeyCollection",
            Self::ValueCollection => "System.Collections.Hashtable+ValueCollection",
            Self::OrderedKeys => {
                "System.Collections.Specialized.OrderedDictionary+OrderedDictionaryKeyValueCollection"
            }
            Self::DictionaryEntry => "System.Collections.DictionaryEntry",
            Self::PSCustomObject => "System.Management.Automation.PSCustomObject",
            Self::PSObject => "System.Management.Automation.PSObject",
            Self::PSReference => "System.Management.Automation.PSReference",
            Self::ScriptBlock => "System.Management.Automation.ScriptBlock",
            Self::Switch => "System.Management.Automation.SwitchParameter",
            Self::Void => "System.Void",
            Self::Uri => "System.Uri",
            Self::MailAddress => "System.Net.Mail.MailAddress",
            Self::IPAddress => "System.Net.IPAddress",
            Self::Xml => "System.Xml.XmlDocument",
            Self::Array => "System.Array",
            Self::ArrayList => "System.Collections.ArrayList",
            Self::Queue => "System.Collections.Queue",
            Self::Stack => "System.Collections.Stack",
            Self::StringBuilder => "System.Text.StringBuilder",
            Self::HashSet => "System.Collections.Generic.HashSet`1[System.String]",
            Self::Enumerator => "System.Collections.IEnumerator",
            Self::SystemType => "System.RuntimeType",
            Self::Math => "System.Math",
            Self::Convert => "System.Convert",
            Self::BitConverter => "System.BitConverter",
            Self::Encoding => "System.Text.UTF8Encoding",
            Self::Environment => "System.Environment",
            Self::CultureInfo => "System.Globalization.CultureInfo",
            Self::Path => "System.IO.Path",
            Self::ErrorRecord => "System.Management.Automation.ErrorRecord",
            Self::CategoryInfo => "System.Management.Automation.ErrorCategoryInfo",
            Self::InvocationInfo => "System.Management.Automation.InvocationInfo",
            Self::CommandInfo => "System.Management.Automation.CmdletInfo",
            Self::FunctionInfo => "System.Management.Automation.FunctionInfo",
            Self::AliasInfo => "System.Management.Automation.AliasInfo",
            Self::PSVariable => "System.Management.Automation.PSVariable",
            Self::Credential => "System.Management.Automation.PSCredential",
            Self::NetworkCredential => "System.Net.NetworkCredential",
            Self::SecureString => "System.Security.SecureString",
            Self::Properties => {
                "System.Management.Automation.PSMemberInfoIntegratingCollection`1[System.Management.Automation.PSPropertyInfo]"
            }
            Self::Members => {
                "System.Management.Automation.PSMemberInfoIntegratingCollection`1[System.Management.Automation.PSMemberInfo]"
            }
            Self::Methods => {
                "System.Management.Automation.PSMemberInfoIntegratingCollection`1[System.Management.Automation.PSMethodInfo]"
            }
            Self::PropertyInfo => "System.Management.Automation.PSNoteProperty",
            Self::PSMemberSet => "System.Management.Automation.PSMemberSet",
            Self::VersionTable => "System.Management.Automation.PSVersionHashTable",
            Self::HostInfo => "System.Management.Automation.Internal.Host.InternalHost",
            Self::CmdletBindingProxy => "System.Management.Automation.PSScriptCmdlet",
            Self::InformationRecord => "System.Management.Automation.InformationRecord",
            Self::WarningRecord => "System.Management.Automation.WarningRecord",
            Self::VerboseRecord => "System.Management.Automation.VerboseRecord",
            Self::DebugRecord => "System.Management.Automation.DebugRecord",
            Self::ValueType => "System.ValueType",
            Self::Enum => "System.Enum",
            Self::IDictionary => "System.Collections.IDictionary",
            Self::IEnumerable => "System.Collections.IEnumerable",
            Self::ICollection => "System.Collections.ICollection",
            Self::IList => "System.Collections.IList",
            Self::StringComparer => "System.StringComparer",
            Self::ArrayOf(elem) => return format!("{}[]", elem.full_name()).into(),
            Self::ListOf(elem) => {
                return format!("System.Collections.Generic.List`1[{}]", elem.full_name()).into();
            }
            Self::CollectionOf(elem) => {
                return format!("System.Collections.ObjectModel.Collection`1[{}]", elem.full_name()).into();
            }
            Self::EnumOf(ty) => ty.name,
            Self::Exception(ty) => ty.name,
        };
        PsStr::from_static(name)
    }

    /// The name without the namespace, as `GetType().Name` gives it.
    pub fn name(self) -> PsStr {
        match self {
            Self::ArrayOf(elem) => format!("{}[]", elem.name()).into(),
            Self::ListOf(_) => "List`1".into(),
            Self::CollectionOf(_) => "Collection`1".into(),
            Self::Dictionary => "Dictionary`2".into(),
            Self::HashSet => "HashSet`1".into(),
            Self::Properties | Self::Members | Self::Methods => "PSMemberInfoIntegratingCollection`1".into(),
            _ => {
                let full = self.full_name();
                full.rsplit(['.', '+']).next().unwrap_or(&full).into()
            }
        }
    }

    /// How a type prints: its accelerator where it has one (`int`), as in messages about parameters.
    pub fn short_name(self) -> PsStr {
        match self {
            Self::ArrayOf(elem) => format!("{}[]", elem.short_name()).into(),
            _ => NAMES
                .iter()
                .find(|(_, own)| *own == self)
                .map_or_else(|| self.full_name(), |(name, _)| (*name).into()),
        }
    }

    /// The text of a type (`"$([int])"`): its accelerator where it has one.
    pub fn short_text(self) -> PsStr {
        match self {
            Self::ArrayOf(elem) => format!("{}[]", elem.short_text()).into(),
            Self::Array | Self::PSCustomObject | Self::Ordered | Self::Object | Self::PSObject => {
                self.full_name_or_short()
            }
            _ => self.short_name(),
        }
    }

    fn full_name_or_short(self) -> PsStr {
        match self {
            Self::Array => "array".into(),
            Self::Object => "System.Object".into(),
            Self::PSObject => "psobject".into(),
            _ => self.full_name(),
        }
    }

    /// The type above.
    pub fn base(self) -> Option<Self> {
        Some(match self {
            Self::Object | Self::IDictionary | Self::IEnumerable | Self::ICollection | Self::IList => {
                return None;
            }
            Self::ArrayOf(_) => Self::Array,
            Self::EnumOf(_) => Self::Enum,
            Self::Enum => Self::ValueType,
            Self::Exception(ty) => return ty.base().map(Self::Exception).or(Some(Self::Object)),
            ty if ty.is_value_type() => Self::ValueType,
            _ => Self::Object,
        })
    }

    fn is_value_type(self) -> bool {
        matches!(
            self,
            Self::Bool
                | Self::Char
                | Self::SByte
                | Self::Byte
                | Self::Int16
                | Self::UInt16
                | Self::Int32
                | Self::UInt32
                | Self::Int64
                | Self::UInt64
                | Self::Single
                | Self::Double
                | Self::Decimal
                | Self::BigInt
                | Self::DateTime
                | Self::DateTimeOffset
                | Self::TimeSpan
                | Self::Guid
                | Self::Switch
                | Self::DictionaryEntry
                | Self::Void
                | Self::Enum
                | Self::EnumOf(_)
        )
    }

    /// Whether a value of this type is one of the other type.
    pub fn is_a(self, other: Self) -> bool {
        if self == other || other == Self::Object {
            return true;
        }
        let list = matches!(
            self,
            Self::ArrayOf(_) | Self::Array | Self::ArrayList | Self::ListOf(_) | Self::CollectionOf(_)
        );
        let dictionary = matches!(self, Self::Hashtable | Self::Ordered | Self::Dictionary);
        let collection = list
            || dictionary
            || matches!(
                self,
                Self::Queue
                    | Self::Stack
                    | Self::HashSet
                    | Self::KeyCollection
                    | Self::ValueCollection
                    | Self::OrderedKeys
                    | Self::MatchCollection
            );
        match other {
            Self::IDictionary => dictionary,
            Self::IList => list,
            Self::ICollection => collection,
            Self::IEnumerable => collection || self == Self::String,
            Self::PSObject => self == Self::PSCustomObject,
            // An array of a reference type is an array of objects too.
            Self::ArrayOf(Self::Object) => matches!(self, Self::ArrayOf(elem) if !elem.is_value_type()),
            _ => self.base().is_some_and(|base| base.is_a(other)),
        }
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::SByte
                | Self::Byte
                | Self::Int16
                | Self::UInt16
                | Self::Int32
                | Self::UInt32
                | Self::Int64
                | Self::UInt64
                | Self::Single
                | Self::Double
                | Self::Decimal
                | Self::BigInt
        )
    }
}

impl Value {
    /// The value's type, where it is one of the closed world.
    pub fn type_of(&self) -> Type {
        use postern_shared::value::{Content, PsValue};
        match self {
            Self::Null | Self::Empty => Type::Object,
            Self::Bool(_) => Type::Bool,
            Self::Char(_) => Type::Char,
            Self::I8(_) => Type::SByte,
            Self::U8(_) => Type::Byte,
            Self::I16(_) => Type::Int16,
            Self::U16(_) => Type::UInt16,
            Self::I32(_) => Type::Int32,
            Self::U32(_) => Type::UInt32,
            Self::I64(_) => Type::Int64,
            Self::U64(_) => Type::UInt64,
            Self::Single(_) => Type::Single,
            Self::Double(_) => Type::Double,
            Self::Decimal(_) => Type::Decimal,
            Self::DateTime(_) => Type::DateTime,
            Self::TimeSpan(_) => Type::TimeSpan,
            Self::Guid(_) => Type::Guid,
            Self::Version(_) => Type::Version,
            Self::Str(_) => Type::String,
            Self::Enum(value) => Type::EnumOf(value.ty),
            Self::Switch(_) => Type::Switch,
            Self::Array(array) => array.elem.shared().map_or(Type::Array, Type::ArrayOf),
            Self::List(list) => list.kind,
            Self::Hash(hash) => hash.type_of(),
            Self::Object(_) => Type::PSCustomObject,
            Self::Remote(object) => match &object.content {
                Content::Value(value) if !object.is_enum() => Self::from(value.clone()).type_of(),
                Content::List(_) | Content::Enumerable(_) => Type::ArrayList,
                Content::Stack(_) => Type::Stack,
                Content::Queue(_) => Type::Queue,
                Content::Dictionary(_) => Type::Hashtable,
                _ => Type::PSObject,
            },
            Self::Block(_) => Type::ScriptBlock,
            Self::Type(_) => Type::SystemType,
            Self::Error(_) => Type::ErrorRecord,
            Self::Exception(exception) => Type::Exception(exception.ty),
            Self::Wrapped(wrapped) => wrapped.base.type_of(),
            Self::Raw(value) => match &**value {
                PsValue::Uri(_) => Type::Uri,
                PsValue::Xml(_) => Type::Xml,
                PsValue::ScriptBlock(_) => Type::ScriptBlock,
                PsValue::SecureString(_) => Type::SecureString,
                _ => Type::Object,
            },
            Self::Net(object) => object.type_of(),
        }
    }

    /// The full name of the value's type, also of one that the closed world does not have; empty for `$null`.
    pub fn type_name(&self) -> PsStr {
        match self {
            Self::Null | Self::Empty => PsStr::EMPTY,
            Self::Object(object) => object.type_name(),
            Self::Remote(object) => match &object.content {
                postern_shared::value::Content::Value(value) if !object.is_enum() => {
                    Self::from(value.clone()).type_name()
                }
                // What was deserialized is a property bag in PowerShell's eyes.
                postern_shared::value::Content::None => {
                    PsStr::from_static("System.Management.Automation.PSObject")
                }
                _ => object.type_names.first().cloned().unwrap_or_default(),
            },
            Self::Wrapped(wrapped) => wrapped.base.type_name(),
            Self::Net(object) => object.type_name(),
            other => other.type_of().full_name(),
        }
    }

    /// The type names of an object, most derived first (`PSTypeNames`).
    pub fn type_names(&self) -> Vec<PsStr> {
        match self {
            Self::Null | Self::Empty => Vec::new(),
            Self::Object(object) => match &*object.type_names.borrow() {
                Some(names) => names.to_vec(),
                None => vec![object.type_name(), PsStr::from_static("System.Object")],
            },
            Self::Remote(object) => object.type_names(),
            Self::Wrapped(wrapped) => wrapped.base.type_names(),
            Self::Net(object) => vec![object.type_name(), PsStr::from_static("System.Object")],
            other => {
                let mut names = Vec::new();
                let mut ty = Some(other.type_of());
                while let Some(found) = ty {
                    names.push(found.full_name());
                    ty = found.base();
                }
                names
            }
        }
    }
}
