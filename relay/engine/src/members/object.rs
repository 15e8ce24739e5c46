//! What every object has (`PSObject`, type names), types as values, script blocks.

use std::{any::Any, rc::Rc};

use postern_shared::value::{Content, PsStr};

use crate::{
    code::ScriptBlock,
    interp::{Collect, Engine, Flow, Scope},
    value::{List, Member, NetObject, Object, Type, Value},
};

/// `value.psobject` and its relatives.
pub(super) fn intrinsic(value: &Value, name: &str) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "psobject" => Value::Net(Rc::new(PsObjectView(value.clone()))),
        "pstypenames" => Value::Net(Rc::new(TypeNames(value.clone()))),
        "psbase" | "psextended" | "psadapted" => value.clone(),
        _ => return None,
    })
}

/// Properties and their values, as Select-Object `*` sees them.
pub(crate) fn properties_of(value: &Value) -> Vec<(PsStr, Value)> {
    all_properties(value).into_iter().map(|property| (property.name, property.value)).collect()
}

/// A property as `psobject.Properties` and Get-Member show it.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: PsStr,
    pub(crate) value: Value,
    /// Its kind in `PSMemberTypes`.
    pub(crate) kind: &'static str,
}

/// All properties of a value.
pub(crate) fn all_properties(value: &Value) -> Vec<Property> {
    let property = |name: PsStr, value: Value, kind: &'static str| Property { name, value, kind };
    let fixed = |names: &[&'static str], get: &dyn Fn(&str) -> Option<Value>| -> Vec<Property> {
        names
            .iter()
            .map(|name| property(PsStr::from_static(name), get(name).unwrap_or_default(), "Property"))
            .collect()
    };
    match value {
        Value::Object(object) => {
            let kind = if object.is_plain() { "NoteProperty" } else { "Property" };
            let mut all: Vec<Property> =
                object.properties().into_iter().map(|(name, value)| property(name, value, kind)).collect();
            all.extend(other_properties(object, |target| object.get(target)));
            all
        }
        Value::Remote(object) => {
            if let Content::Dictionary(pairs) = &object.content {
                return pairs
                    .iter()
                    .map(|(key, value)| {
                        property(Value::from(key.clone()).text(), value.clone().into(), "NoteProperty")
                    })
                    .collect();
            }
            let adapted = object
                .adapted
                .iter()
                .map(|(name, value)| property(name.clone(), value.clone().into(), "Property"));
            let notes = object
                .extended
                .iter()
                .map(|(name, value)| property(name.clone(), value.clone().into(), "NoteProperty"));
            let sent = adapted.chain(notes);
            let Some(own) = object.notes() else { return sent.collect() };
            let mut all: Vec<Property> = sent
                .map(|mut property| {
                    property.value = own.get(&property.name).unwrap_or(property.value);
                    property
                })
                .collect();
            let is_new = |name: &PsStr| object.get(name).is_none();
            let added = own.properties().into_iter().filter(|(name, _)| is_new(name));
            all.extend(added.map(|(name, value)| property(name, value, "NoteProperty")));
            let target =
                |name: &str| own.get(name).or_else(|| object.get(name).map(|value| value.clone().into()));
            all.extend(other_properties(&own, target));
            all
        }
        Value::Hash(hash) => fixed(
            &["IsReadOnly", "IsFixedSize", "IsSynchronized", "Keys", "Values", "SyncRoot", "Count"],
            &|name| match name {
                "Count" => Some(Value::I32(hash.len() as i32)),
                "Keys" => Some(Value::array(hash.keys())),
                "Values" => Some(Value::array(hash.values())),
                "SyncRoot" => Some(Object::typed("System.Object", Vec::<(PsStr, Value)>::new()).into()),
                _ => Some(Value::Bool(false)),
            },
        ),
        Value::Str(text) => fixed(&["Length"], &|name| super::string::property(text, name)),
        Value::Array(array) => fixed(
            &[
                "Length",
                "LongLength",
                "Rank",
                "SyncRoot",
                "IsReadOnly",
                "IsFixedSize",
                "IsSynchronized",
                "Count",
            ],
            &|name| super::array::property(array, name),
        ),
        Value::List(list) => fixed(&["Capacity", "Count", "IsFixedSize", "IsReadOnly"], &|name| {
            super::array::list_property(list, name)
        }),
        Value::DateTime(at) => fixed(
            &[
                "DateTime",
                "Date",
                "Day",
                "DayOfWeek",
                "DayOfYear",
                "Hour",
                "Kind",
                "Millisecond",
                "Microsecond",
                "Nanosecond",
                "Minute",
                "Month",
                "Second",
                "Ticks",
                "TimeOfDay",
                "Year",
            ],
            &|name| super::date::property(*at, name),
        ),
        Value::Guid(_) => {
            vec![property(PsStr::from_static("Guid"), Value::Str(value.text()), "ScriptProperty")]
        }
        Value::TimeSpan(span) => fixed(
            &[
                "Ticks",
                "Days",
                "Hours",
                "Milliseconds",
                "Microseconds",
                "Nanoseconds",
                "Minutes",
                "Seconds",
                "TotalDays",
                "TotalHours",
                "TotalMilliseconds",
                "TotalMicroseconds",
                "TotalNanoseconds",
                "TotalMinutes",
                "TotalSeconds",
            ],
            &|name| super::date::span_property(*span, name),
        ),
        Value::Version(version) => {
            fixed(&["Major", "Minor", "Build", "Revision", "MajorRevision", "MinorRevision"], &|name| {
                super::number::version_property(*version, name)
            })
        }
        Value::Type(ty) => fixed(&["Name", "FullName"], &|name| type_property(*ty, name)),
        Value::Error(record) => {
            fixed(super::error::RECORD, &|name| super::error::record_property(record, name))
        }
        Value::Exception(exception) => {
            fixed(super::error::EXCEPTION, &|name| super::error::exception_property(exception, name))
        }
        Value::Enum(found) => fixed(&["value__"], &|_| Some(Value::I32(found.number as i32))),
        Value::Switch(b) => fixed(&["IsPresent"], &|_| Some(Value::Bool(*b))),
        Value::Wrapped(wrapped) => {
            let mut all = all_properties(&wrapped.base);
            all.extend(
                wrapped
                    .notes
                    .properties()
                    .into_iter()
                    .map(|(name, value)| property(name, value, "NoteProperty")),
            );
            all
        }
        Value::Net(object) => fixed(object.properties(), &|name| object.get(name)),
        _ => Vec::new(),
    }
}

pub(super) fn type_property(ty: Type, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "name" => Value::Str(ty.name()),
        "fullname" => Value::Str(ty.full_name()),
        "namespace" => {
            let full = ty.full_name();
            Value::str(full.rsplit_once('.').map_or("", |(space, _)| space))
        }
        "isarray" => Value::Bool(matches!(ty, Type::ArrayOf(_))),
        "isenum" => Value::Bool(matches!(ty, Type::EnumOf(_))),
        "isvaluetype" => Value::Bool(ty.is_a(Type::ValueType)),
        "isclass" => Value::Bool(!ty.is_a(Type::ValueType)),
        "basetype" => ty.base().map_or(Value::Null, Value::Type),
        _ => return None,
    })
}

pub(super) fn call_type(
    engine: &mut Engine,
    ty: Type,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let _ = engine;
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("isassignablefrom", [Value::Type(other)]) => Some(Ok(Value::Bool(other.is_a(ty)))),
        ("issubclassof", [Value::Type(other)]) => Some(Ok(Value::Bool(ty != *other && ty.is_a(*other)))),
        ("isinstanceoftype", [value]) => Some(Ok(Value::Bool(super::is_a(value, ty)))),
        ("getenumnames", []) => match ty {
            Type::EnumOf(found) => {
                Some(Ok(Value::array(found.members.iter().map(|(name, _)| Value::str(*name)).collect())))
            }
            _ => None,
        },
        _ => None,
    }
}

/// What `GetType()` gives: the type, or for objects of other types one that only knows its name.
pub(crate) fn type_value(value: &Value) -> Value {
    match value {
        Value::Object(object) if !object.is_plain() => Value::Net(Rc::new(NamedType(object.type_name()))),
        Value::Remote(object) => match &object.content {
            Content::Value(_) if !object.is_enum() => Value::Type(value.type_of()),
            Content::None | Content::Value(_) => Value::Type(Type::PSObject),
            _ => Value::Type(value.type_of()),
        },
        Value::Exception(exception) if exception.remote_type.is_some() => {
            Value::Net(Rc::new(NamedType(exception.type_name())))
        }
        Value::Net(object) => {
            if object.type_name() == object.type_of().full_name() {
                Value::Type(object.type_of())
            } else {
                Value::Net(Rc::new(NamedType(object.type_name())))
            }
        }
        Value::Wrapped(wrapped) => type_value(&wrapped.base),
        value => Value::Type(value.type_of()),
    }
}

/// A type that scripts cannot name.
#[derive(Debug)]
struct NamedType(PsStr);

impl NetObject for NamedType {
    fn type_of(&self) -> Type {
        Type::SystemType
    }

    fn text(&self) -> PsStr {
        self.0.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Name", "FullName"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "name" => Some(Value::str(self.0.rsplit(['.', '+']).next().unwrap_or(&self.0))),
            "fullname" => Some(Value::Str(self.0.clone())),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What holds the properties that a value can be given.
fn notes_of(value: &Value) -> Option<Rc<Object>> {
    match value {
        Value::Object(object) => Some(Rc::clone(object)),
        Value::Remote(object) => Some(object.own_notes()),
        _ => None,
    }
}

/// Properties that are no notes; `target` gives what an alias stands for.
fn other_properties(object: &Object, target: impl Fn(&str) -> Option<Value>) -> Vec<Property> {
    let of = |(name, member): (PsStr, Member)| match member {
        Member::Alias(other) => {
            Some(Property { name, value: target(&other).unwrap_or_default(), kind: "AliasProperty" })
        }
        Member::ScriptProperty(get, _) => Some(Property { name, value: get, kind: "ScriptProperty" }),
        _ => None,
    };
    object.other_members().into_iter().filter_map(of).collect()
}

/// `value.psobject`.
#[derive(Debug)]
struct PsObjectView(Value);

impl NetObject for PsObjectView {
    fn type_of(&self) -> Type {
        Type::PSMemberSet
    }

    fn type_name(&self) -> PsStr {
        "System.Management.Automation.PSObject".into()
    }

    fn text(&self) -> PsStr {
        self.0.text()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Members", "Properties", "Methods", "ImmediateBaseObject", "BaseObject", "TypeNames"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "properties" | "members" => Value::Net(Rc::new(PropertiesView(self.0.clone()))),
            "methods" => Value::array(Vec::new()),
            "baseobject" | "immediatebaseobject" => self.0.base().clone(),
            "typenames" => intrinsic(&self.0, "pstypenames")?,
            _ => return None,
        })
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        match (name.to_ascii_lowercase().as_str(), arguments) {
            ("copy", []) => Some(Ok(match &self.0 {
                Value::Object(object) => Value::Object(object.copy()),
                Value::Remote(object) => Value::Remote(object.copy()),
                other => other.clone(),
            })),
            ("tostring", []) => Some(engine.text_of(&self.0).map(Value::Str)),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `value.psobject.TypeNames`: those of an object can be changed.
#[derive(Debug)]
struct TypeNames(Value);

impl TypeNames {
    fn set(&self, names: Vec<PsStr>) {
        if let Some(object) = notes_of(&self.0) {
            *object.type_names.borrow_mut() = Some(names.into());
        }
    }
}

impl NetObject for TypeNames {
    fn type_of(&self) -> Type {
        Type::CollectionOf(&Type::String)
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.0.type_names().len() as i32))
    }

    fn call(&self, _: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let mut names = self.0.type_names();
        let first = arguments.first().map(Value::text).unwrap_or_default();
        let at = || first.parse::<usize>().ok().filter(|at| *at <= names.len());
        match (name.to_ascii_lowercase().as_str(), arguments) {
            ("add", [_]) => names.push(first),
            ("insert", [_, name]) => {
                let at = at()?;
                names.insert(at, name.text());
            }
            ("clear", []) => names.clear(),
            ("removeat", [_]) => {
                let at = at().filter(|at| *at < names.len())?;
                names.remove(at);
            }
            ("remove", [_]) => {
                let before = names.len();
                names.retain(|name| *name != first);
                let removed = names.len() < before;
                self.set(names);
                return Some(Ok(Value::Bool(removed)));
            }
            ("contains", [_]) => return Some(Ok(Value::Bool(names.contains(&first)))),
            ("indexof", [_]) => {
                let at = names.iter().position(|name| *name == first);
                return Some(Ok(Value::I32(at.map_or(-1, |at| at as i32))));
            }
            _ => return None,
        }
        self.set(names);
        Some(Ok(Value::Empty))
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.0.type_names().into_iter().map(Value::Str).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A property that belongs to no object yet (`[psnoteproperty]::new(name, value)`).
pub(super) fn note_property(name: PsStr, value: Value) -> Value {
    let owner = Value::Object(Object::of([(name.clone(), value)]));
    Value::Net(Rc::new(PropertyView { owner, name, kind: "NoteProperty" }))
}

/// `value.psobject.Properties`.
#[derive(Debug)]
struct PropertiesView(Value);

impl PropertiesView {
    fn all(&self) -> Vec<Value> {
        // A dictionary's entries are its properties here.
        all_properties(&self.0)
            .into_iter()
            .map(|property| {
                Value::Net(Rc::new(PropertyView {
                    owner: self.0.clone(),
                    name: property.name,
                    kind: property.kind,
                }))
            })
            .collect()
    }
}

impl NetObject for PropertiesView {
    fn type_of(&self) -> Type {
        Type::Properties
    }

    fn get(&self, name: &str) -> Option<Value> {
        // `.Properties.Name` is the name of each, `.Properties.Match` a method; a property is found by its name only
        // through an index.
        match name.to_ascii_lowercase().as_str() {
            "count" => None,
            _ => None,
        }
    }

    fn call(&self, _: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = arguments.first().map(Value::text).unwrap_or_default();
        match (name.to_ascii_lowercase().as_str(), arguments.len()) {
            ("match", 1..) => {
                let pattern = crate::ops::pattern::Wildcard::new(&text, false);
                Some(Ok(Value::array(
                    self.all()
                        .into_iter()
                        .filter(|item| matches!(item, Value::Net(item) if item.get("Name").is_some_and(|name| pattern.matches(&name.text()))))
                        .collect(),
                )))
            }
            ("remove", 1) => {
                if let Some(object) = notes_of(&self.0) {
                    object.remove(&text);
                }
                Some(Ok(Value::Empty))
            }
            ("add", 1) => {
                if let (Some(object), Some(Value::Net(note))) = (notes_of(&self.0), arguments.first()) {
                    let name = note.get("Name").map(|name| name.text()).unwrap_or_default();
                    object.set(name, note.get("Value").unwrap_or_default());
                }
                Some(Ok(Value::Empty))
            }
            ("item", 1) => Some(Ok(self.index(&arguments[0]).unwrap_or_default())),
            _ => None,
        }
    }

    fn index(&self, index: &Value) -> Option<Value> {
        let name = index.text();
        let found =
            all_properties(&self.0).into_iter().find(|property| property.name.eq_ignore_ascii_case(&name));
        Some(found.map_or(Value::Null, |property| {
            Value::Net(Rc::new(PropertyView {
                owner: self.0.clone(),
                name: property.name,
                kind: property.kind,
            }))
        }))
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.all())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A property as an object.
#[derive(Debug)]
struct PropertyView {
    owner: Value,
    name: PsStr,
    kind: &'static str,
}

impl PropertyView {
    fn value(&self) -> Value {
        all_properties(&self.owner)
            .into_iter()
            .find(|property| property.name == self.name)
            .map(|property| property.value)
            .unwrap_or_default()
    }
}

impl NetObject for PropertyView {
    fn type_of(&self) -> Type {
        Type::PropertyInfo
    }

    fn type_name(&self) -> PsStr {
        match self.kind {
            "NoteProperty" => "System.Management.Automation.PSNoteProperty",
            "AliasProperty" => "System.Management.Automation.PSAliasProperty",
            "ScriptProperty" => "System.Management.Automation.PSScriptProperty",
            _ => "System.Management.Automation.PSProperty",
        }
        .into()
    }

    fn text(&self) -> PsStr {
        let value = self.value();
        format!("{} {}={}", value.type_of().short_name(), self.name, value.text()).into()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["MemberType", "IsSettable", "IsGettable", "Value", "TypeNameOfValue", "Name", "IsInstance"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "name" => Value::Str(self.name.clone()),
            "value" => self.value(),
            "membertype" => Value::Enum(crate::value::enums::MEMBER_TYPES.parse(self.kind)?),
            "typenameofvalue" => Value::Str(self.value().type_name()),
            "isgettable" => Value::Bool(true),
            "issettable" => Value::Bool(matches!(self.owner, Value::Object(_) | Value::Remote(_))),
            "isinstance" => Value::Bool(self.kind == "NoteProperty"),
            _ => return None,
        })
    }

    fn set(&self, name: &str, value: &Value) -> Option<()> {
        if !name.eq_ignore_ascii_case("Value") {
            return None;
        }
        match &self.owner {
            Value::Object(object) => object.replace(&self.name, value.clone()).then_some(()),
            Value::Remote(object) => {
                let is_own = object.notes().is_some_and(|notes| notes.replace(&self.name, value.clone()));
                (is_own || object.replace(&self.name, value.clone())).then_some(())
            }
            Value::Wrapped(wrapped) => wrapped.notes.replace(&self.name, value.clone()).then_some(()),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Methods of script blocks.
pub(super) fn call_block_method(
    engine: &mut Engine,
    block: &Rc<ScriptBlock>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    Some(match (name.to_ascii_lowercase().as_str(), arguments) {
        ("invoke" | "invokereturnasis", _) => {
            let mut out = Collect::default();
            let arguments = match arguments {
                [Value::Array(items)] => items.items.borrow().clone(),
                arguments => arguments.to_vec(),
            };
            let as_is = name.eq_ignore_ascii_case("invokereturnasis");
            match engine.run_block_value(block, None, arguments, false, &mut out) {
                Ok(()) if as_is => Ok(Value::from_output(out.0)),
                Ok(()) => Ok(Value::List(List::new(Type::CollectionOf(&Type::PSObject), out.0))),
                Err(stop) => Err(stop),
            }
        }
        ("getnewclosure", []) => {
            // The variables of the scope that runs, as they are now; not those of the scopes above.
            let captured = Scope::child(&engine.global);
            for (sym, value) in engine.scope.all() {
                captured.set(sym, value);
            }
            Ok(Value::Block(Rc::new(ScriptBlock { code: Rc::clone(&block.code), captured: Some(captured) })))
        }
        ("tostring", []) => Ok(Value::str(block.text())),
        _ => return None,
    })
}
