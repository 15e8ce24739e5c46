//! The configuration: domains, rules, policies, servers, connectors and roles, as plain values by property name.

use std::collections::BTreeMap;

use postern_shared::value::{Content, PsObject, PsStr, PsValue, Uuid};

use super::{Moment, configured, random::Random};

/// All objects of the configuration, by class (`AcceptedDomain`).
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    classes: BTreeMap<&'static str, Vec<Item>>,
}

/// One object of the configuration.
#[derive(Clone, Debug)]
pub struct Item {
    /// The directory's GUID.
    pub guid: Uuid,
    /// `Name`.
    pub name: PsStr,
    /// The text of `Identity`: the name, for most.
    pub identity: PsStr,
    /// When it was made.
    pub created: Moment,
    /// When it was last changed.
    pub changed: Moment,
    /// Plain values that are not the default, by property.
    values: Vec<(PsStr, PsValue)>,
}

impl Item {
    /// A new object.
    pub fn new(guid: Uuid, name: PsStr, now: Moment) -> Self {
        Self { guid, identity: name.clone(), name, created: now, changed: now, values: Vec::new() }
    }

    /// A value that is not the default.
    pub fn value(&self, property: &str) -> Option<&PsValue> {
        self.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(property)).map(|(_, value)| value)
    }

    /// The text of a value; empty where it is the default.
    pub fn text(&self, property: &str) -> &str {
        self.value(property).and_then(PsValue::as_str).unwrap_or_default()
    }

    /// Whether a value is true.
    pub fn flag(&self, property: &str) -> bool {
        self.value(property).and_then(PsValue::as_bool).unwrap_or(false)
    }

    /// All values that are not the default.
    pub fn values(&self) -> &[(PsStr, PsValue)] {
        &self.values
    }

    /// Sets a plain value.
    pub fn set(&mut self, property: impl Into<PsStr>, value: impl Into<PsValue>) {
        let (property, value) = (property.into(), value.into());
        match self.values.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&property)) {
            Some(slot) => slot.1 = value,
            None => self.values.push((property, value)),
        }
    }

    /// Whether that is one of its names.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.identity.eq_ignore_ascii_case(name)
            || Uuid::try_parse(name).is_ok_and(|guid| guid == self.guid)
    }
}

impl Configuration {
    /// All objects of a class.
    pub fn all(&self, class: &str) -> &[Item] {
        self.classes.get(class).map_or(&[], Vec::as_slice)
    }

    /// All objects of a class, to be changed.
    pub fn all_mut(&mut self, class: &'static str) -> &mut Vec<Item> {
        self.classes.entry(class).or_default()
    }

    /// The object of that class and name.
    pub fn find(&self, class: &str, name: &str) -> Option<&Item> {
        self.all(class).iter().find(|item| item.is_called(name))
    }

    /// The configuration that every organisation of the demo begins with.
    pub(super) fn made(now: Moment) -> Self {
        let mut made = Self::default();
        for (class, items) in configured::CONFIGURED {
            for (at, (name, values)) in items.iter().enumerate() {
                let mut draw = Random::new(text_hash(class) ^ text_hash(name));
                let guid = draw.guid();
                let changed = now.days_before(5 + at as u32 * 17 + draw.below(40) as u32);
                let mut item = Item::new(guid, PsStr::from_static(name), changed.days_before(400));
                item.changed = changed;
                for (property, value) in *values {
                    match (*property, value) {
                        ("Identity", Plain::Text(text)) => item.identity = PsStr::from_static(text),
                        _ => item.set(PsStr::from_static(property), value.value()),
                    }
                }
                made.all_mut(class).push(item);
            }
        }
        made
    }
}

/// A value of an object that is there from the beginning.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plain {
    /// Boolean.
    Flag(bool),
    /// Text, or a member of an enumeration.
    Text(&'static str),
    /// A number, bytes or seconds.
    Number(i64),
    /// Texts.
    Texts(&'static [&'static str]),
}

impl Plain {
    fn value(self) -> PsValue {
        match self {
            Self::Flag(flag) => flag.into(),
            Self::Text(text) => PsStr::from_static(text).into(),
            Self::Number(number) => i32::try_from(number).map_or(PsValue::I64(number), PsValue::I32),
            Self::Texts(items) => {
                let items = items.iter().map(|item| PsStr::from_static(item).into()).collect();
                PsObject { content: Content::List(items), ..PsObject::default() }.into()
            }
        }
    }
}

/// A number for a text: the same for the same text (FNV-1a).
pub fn text_hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
