//! Tables of fields: the properties of a type with their defaults. Objects are made of them, and the parameters that
//! set them.
//!
//! The organisation keeps plain values (a word, a number of bytes, a list of texts); a field's [`Form`] gives them
//! the type that Exchange shows.

use postern_shared::value::{Content, PsObject, PsStr, PsValue, Uuid};

use super::{ObjectType, enums::OBJECT_STATE, values};
use crate::organisation::{
    DIRECTORY_DN, DOMAIN_CONTROLLER,
    configuration::{Item, text_hash},
};

/// An enumeration whose members count from 0.
#[derive(Debug)]
pub struct Words {
    /// The full name of the type.
    pub type_name: &'static str,
    /// The members in the order of their numbers.
    pub names: &'static [&'static str],
}

impl Words {
    /// An enumeration of these members.
    pub const fn new(type_name: &'static str, names: &'static [&'static str]) -> Self {
        Self { type_name, names }
    }

    /// The member of that name; null if there is none.
    pub fn value(&self, name: &str) -> PsValue {
        let Some(at) = self.names.iter().position(|own| own.eq_ignore_ascii_case(name)) else {
            return PsValue::Null;
        };
        let text = self.names.get(at).copied().unwrap_or_default();
        let kind = ObjectType::new(&[self.type_name, "System.Enum", "System.ValueType"], &[]);
        kind.primitive(PsStr::from_static(text), PsValue::I32(at as i32))
    }
}

/// Of what type a field is, and its default.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Boolean.
    Flag(bool),
    /// Boolean, null until it is set.
    NoFlag,
    /// Text.
    Text(&'static str),
    /// Text, null until it is set.
    NoText,
    /// `Int32`.
    Number(i32),
    /// `Int32`, null until it is set.
    NoNumber,
    /// A member of an enumeration; null where the default is empty.
    Word(&'static Words, &'static str),
    /// `MultiValuedProperty<String>`.
    Texts(&'static [&'static str]),
    /// The same, null until it is set.
    NoTexts,
    /// `EnhancedTimeSpan` in seconds.
    Span(i64),
    /// `Unlimited<ByteQuantifiedSize>` in bytes.
    Size(Option<u64>),
    /// `ByteQuantifiedSize` in bytes.
    PlainSize(u64),
    /// `Unlimited<Int32>`.
    Limit(Option<i32>),
    /// `DateTime`, null until it is set.
    NoDate,
    /// `SmtpAddress`.
    Address(&'static str),
    /// An object of the configuration by its name; null where that is empty.
    Id(&'static str),
    /// Several of them.
    Ids(&'static [&'static str]),
    /// Made by a function, and never set.
    Made(fn() -> PsValue),
}

impl Form {
    /// The default, with its type.
    pub fn default(&self) -> PsValue {
        match *self {
            Self::Flag(flag) => flag.into(),
            Self::Text(text) => PsStr::from_static(text).into(),
            Self::Number(number) => number.into(),
            Self::Word(words, name) => words.value(name),
            Self::Texts(items) => values::strings(items.iter().map(|item| PsStr::from_static(item))),
            Self::Span(seconds) => values::span(seconds),
            Self::Size(bytes) => values::limit_size(bytes),
            Self::PlainSize(bytes) => values::size(bytes),
            Self::Limit(number) => values::limit_number(number),
            Self::Address(address) => values::smtp_address(PsStr::from_static(address)),
            Self::Id(name) => configured_id(name),
            Self::Ids(names) => values::ids(names.iter().map(|name| configured_id(name)).collect()),
            Self::Made(make) => make(),
            Self::NoFlag | Self::NoText | Self::NoNumber | Self::NoTexts | Self::NoDate => PsValue::Null,
        }
    }

    /// A plain value with its type.
    pub fn shape(&self, plain: &PsValue) -> PsValue {
        let number = plain.as_i64();
        match self {
            Self::Word(words, _) => words.value(plain.as_str().unwrap_or_default()),
            Self::NoTexts if plain.is_null() => PsValue::Null,
            Self::Texts(_) | Self::NoTexts => values::strings(texts(plain)),
            Self::Span(_) => values::span(number.unwrap_or(0)),
            Self::Size(_) => values::limit_size(number.and_then(|bytes| u64::try_from(bytes).ok())),
            Self::PlainSize(_) => {
                values::size(number.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
            }
            Self::Limit(_) => values::limit_number(number.and_then(|number| i32::try_from(number).ok())),
            Self::Address(_) => values::smtp_address(plain.as_str().unwrap_or_default().into()),
            Self::Id(_) => configured_id(plain.as_str().unwrap_or_default()),
            Self::Ids(_) => values::ids(texts(plain).iter().map(|name| configured_id(name)).collect()),
            _ => plain.clone(),
        }
    }

    /// The texts of the default, of a list.
    pub fn default_texts(&self) -> Vec<PsStr> {
        match self {
            Self::Texts(items) | Self::Ids(items) => {
                items.iter().map(|item| PsStr::from_static(item)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The texts of a plain list, or the one text.
pub fn texts(plain: &PsValue) -> Vec<PsStr> {
    match plain.as_list() {
        Some(items) => items.iter().map(|item| item.to_string().into()).collect(),
        None if plain.is_null() => Vec::new(),
        None => vec![plain.to_string().into()],
    }
}

/// A plain list.
pub fn plain_list(items: impl IntoIterator<Item = PsStr>) -> PsValue {
    let items = items.into_iter().map(PsValue::from).collect();
    PsObject { content: Content::List(items), ..PsObject::default() }.into()
}

fn configured_id(name: &str) -> PsValue {
    if name.is_empty() {
        return PsValue::Null;
    }
    let dn =
        format!("CN={name},CN=KlinikAuer,CN=Microsoft Exchange,CN=Services,CN=Configuration,{DIRECTORY_DN}");
    values::ad_object_id(name.into(), &dn.into(), Uuid::from_u128(u128::from(text_hash(name))))
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name, and that of its parameter.
    pub name: &'static str,
    /// Its type and default.
    pub form: Form,
    /// What it says, for Get-Help.
    pub help: &'static str,
    /// Whether a parameter sets it.
    pub settable: bool,
}

impl Field {
    /// A property that a parameter sets.
    pub const fn set(name: &'static str, form: Form, help: &'static str) -> Self {
        Self { name, form, help, settable: true }
    }

    /// A property that no parameter sets.
    pub const fn fixed(name: &'static str, form: Form) -> Self {
        Self { name, form, help: "", settable: false }
    }
}

/// A type of object that is made of fields, and of some values at its end.
#[derive(Debug)]
pub struct Table {
    kind: ObjectType,
    fields: Vec<&'static Field>,
    template: Vec<PsValue>,
}

impl Table {
    /// A type of these names (most derived first), with these fields, and these names at the end.
    pub fn new(type_names: &[&'static str], fields: &[&'static [Field]], tail: &[&'static str]) -> Self {
        let fields: Vec<&'static Field> = fields.iter().flat_map(|group| group.iter()).collect();
        let names: Vec<&'static str> =
            fields.iter().map(|field| field.name).chain(tail.iter().copied()).collect();
        let template = fields.iter().map(|field| field.form.default()).collect();
        Self { kind: ObjectType::new(type_names, &names), fields, template }
    }

    /// Its fields, the end not included.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + '_ {
        self.fields.iter().copied()
    }

    /// An object of plain values (the last of a name counts), of values that have their type already, and of those
    /// at the end.
    pub fn object<'p>(
        &self,
        text: PsStr,
        plain: impl IntoIterator<Item = (&'p str, PsValue)>,
        typed: Vec<(&'static str, PsValue)>,
        tail: Vec<PsValue>,
    ) -> PsValue {
        let mut all = self.template.clone();
        let position = |name: &str| self.kind.position(name).filter(|at| *at < self.fields.len());
        for (name, value) in plain {
            let Some(at) = position(name) else { continue };
            if let (Some(slot), Some(field)) = (all.get_mut(at), self.fields.get(at)) {
                *slot = field.form.shape(&value);
            }
        }
        for (name, value) in typed {
            if let Some(slot) = position(name).and_then(|at| all.get_mut(at)) {
                *slot = value;
            }
        }
        all.extend(tail);
        self.kind.object(Some(text), all)
    }
}

/// What the objects of a type end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// What every object of the directory has.
    Directory,
    /// What a transport rule has.
    Rule,
}

const DIRECTORY_TAIL: &[&str] = &[
    "AdminDisplayName",
    "ExchangeVersion",
    "Name",
    "DistinguishedName",
    "Identity",
    "Guid",
    "ObjectCategory",
    "ObjectClass",
    "WhenChanged",
    "WhenCreated",
    "WhenChangedUTC",
    "WhenCreatedUTC",
    "OrganizationId",
    "Id",
    "OriginatingServer",
    "IsValid",
    "ObjectState",
];
const RULE_TAIL: &[&str] = &[
    "Identity",
    "DistinguishedName",
    "Guid",
    "ImmutableId",
    "OrganizationId",
    "Name",
    "IsValid",
    "WhenChanged",
    "ExchangeVersion",
    "ObjectState",
];

/// A type of object that is kept in the configuration.
#[derive(Debug)]
pub struct ItemType {
    /// Under which name the configuration keeps such objects: the last part of the type's name.
    pub class: &'static str,
    /// Where they are, the outermost container first.
    pub container: &'static [&'static str],
    /// Their class in the directory.
    pub object_class: &'static str,
    table: Table,
    tail: Tail,
}

impl ItemType {
    /// A type of these names (most derived first), with these fields.
    pub fn new(
        type_names: &[&'static str],
        fields: &[&'static [Field]],
        (container, object_class): (&'static [&'static str], &'static str),
        tail: Tail,
    ) -> Self {
        let class = type_names.first().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        let tail_names = if tail == Tail::Directory { DIRECTORY_TAIL } else { RULE_TAIL };
        Self { class, container, object_class, table: Table::new(type_names, fields, tail_names), tail }
    }

    /// Its fields, the common end not included.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + '_ {
        self.table.fields()
    }

    /// The distinguished name of an object.
    pub fn distinguished_name(&self, item: &Item) -> PsStr {
        let mut dn = format!("CN={}", item.name);
        for part in self.container.iter().rev() {
            dn.push_str(",CN=");
            dn.push_str(part);
        }
        format!("{dn},CN=KlinikAuer,CN=Microsoft Exchange,CN=Services,CN=Configuration,{DIRECTORY_DN}").into()
    }

    /// The object.
    pub fn object(&self, item: &Item) -> PsValue {
        self.object_with(item, Vec::new())
    }

    /// The object, with values that are not kept but follow from others.
    pub fn object_with(&self, item: &Item, derived: Vec<(&'static str, PsValue)>) -> PsValue {
        let plain = item.values().iter().map(|(name, value)| (name.as_str(), value.clone()));
        self.table.object(item.identity.clone(), plain, derived, self.tail(item))
    }

    fn tail(&self, item: &Item) -> Vec<PsValue> {
        let dn = self.distinguished_name(item);
        let static_text = |text: &'static str| PsValue::from(PsStr::from_static(text));
        let unchanged = OBJECT_STATE.fresh(&["Unchanged"]);
        match self.tail {
            Tail::Directory => {
                let identity = values::ad_object_id(item.identity.clone(), &dn, item.guid);
                vec![
                    values::empty(),
                    values::exchange_version(),
                    item.name.clone().into(),
                    dn.into(),
                    identity.clone(),
                    item.guid.into(),
                    values::configuration_id(
                        &["Schema"],
                        self.object_class,
                        u128::from(text_hash(self.object_class)),
                    ),
                    values::strings([PsStr::from_static("top"), PsStr::from_static(self.object_class)]),
                    item.changed.local_value(),
                    item.created.local_value(),
                    item.changed.utc_value(),
                    item.created.utc_value(),
                    values::organization_id(),
                    identity,
                    static_text(DOMAIN_CONTROLLER),
                    true.into(),
                    unchanged,
                ]
            }
            Tail::Rule => vec![
                item.identity.clone().into(),
                dn.into(),
                item.guid.into(),
                item.guid.into(),
                values::organization_id(),
                item.name.clone().into(),
                true.into(),
                item.changed.local_value(),
                values::exchange_version(),
                unchanged,
            ],
        }
    }
}
