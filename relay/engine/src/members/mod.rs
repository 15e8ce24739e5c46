//! Members of values: properties, methods and static members of the closed world, each from a fixed table.

mod array;
pub(crate) mod command;
pub(crate) mod date;
mod encoding;
pub(crate) mod enumerator;
mod error;
mod hash;
pub(crate) mod index;
pub(crate) mod invocation;
pub(crate) mod net;
mod number;
mod object;
mod path;
pub(crate) mod regex;
pub(crate) mod secret;
pub(crate) mod set;
pub(crate) mod statics;
mod string;
pub(crate) mod xml;

use std::rc::Rc;

use postern_shared::value::{Content, PsValue};

pub(crate) use self::object::{Property, all_properties, properties_of, type_value};
use crate::{
    code::{ScriptBlock, known_names},
    interp::{Engine, Flow, Stop},
    ops::list,
    value::{Category, Member, Type, Value},
};

/// `value -is [type]`.
pub(crate) fn is_a(value: &Value, ty: Type) -> bool {
    match value {
        Value::Null | Value::Empty => false,
        Value::Object(object) => match ty {
            Type::Object | Type::PSObject => true,
            Type::PSCustomObject => object.is_plain(),
            ty => object
                .type_names
                .borrow()
                .as_ref()
                .is_some_and(|names| names.iter().any(|name| *name == ty.full_name())),
        },
        Value::Remote(object) => match &object.content {
            Content::Value(inner) if !object.is_enum() => is_a(&Value::from(inner.clone()), ty),
            Content::None | Content::Value(_) => {
                matches!(ty, Type::Object | Type::PSObject | Type::PSCustomObject)
            }
            _ => value.type_of().is_a(ty),
        },
        // A value that came through a pipeline is in a PSObject, which counts as none here.
        value => {
            ty != Type::PSObject && value.type_of().is_a(ty)
                || matches!(value, Value::Wrapped(_)) && ty == Type::PSObject
        }
    }
}

impl Engine {
    /// `value.name`.
    pub(crate) fn member(&mut self, value: &Value, name: &str) -> Flow<Value> {
        if let Some(found) = self.property(value, name)? {
            return Ok(found);
        }
        if value.is_null() {
            if name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length") {
                return Ok(Value::I32(0));
            }
            if self.strict > 1 {
                return Err(self.no_property(name));
            }
            return Ok(Value::Null);
        }
        // Of a collection: the member of each item.
        if let Some(items) = list::items(value) {
            let mut found = Vec::new();
            let mut any = false;
            for item in &items {
                self.step()?;
                match self.property(item, name)? {
                    Some(value) => {
                        any = true;
                        match list::items(&value) {
                            Some(inner) => found.extend(inner),
                            None => found.push(value),
                        }
                    }
                    None if list::is_list(item) => {
                        let inner = self.member(item, name)?;
                        if !inner.is_null() {
                            any = true;
                            match list::items(&inner) {
                                Some(inner) => found.extend(inner),
                                None => found.push(inner),
                            }
                        }
                    }
                    // A dictionary and a property bag without the member give null, anything else nothing.
                    // Every single value counts as one.
                    None if name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length") => {
                        any = true;
                        found.push(Value::I32(1));
                    }
                    None if matches!(item.base(), Value::Hash(_) | Value::Object(_)) => {
                        found.push(Value::Null);
                    }
                    None => {}
                }
            }
            if !any && self.strict > 1 {
                return Err(self.no_property(name));
            }
            return Ok(if any || !found.is_empty() { flatten(found) } else { Value::Null });
        }
        if (name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length")) && self.strict < 3 {
            return Ok(Value::I32(1));
        }
        if self.strict > 1 {
            return Err(self.no_property(name));
        }
        Ok(Value::Null)
    }

    fn no_property(&self, name: &str) -> Stop {
        self.throw(
            "System.Management.Automation.PropertyNotFoundException",
            "PropertyNotFoundStrict",
            Category::NotSpecified,
            Value::Null,
            format!("The property '{name}' cannot be found on this object. Verify that the property exists."),
        )
    }

    /// The value's own property of that name.
    pub(crate) fn property(&mut self, value: &Value, name: &str) -> Flow<Option<Value>> {
        let own = match value {
            Value::Object(object) => match object.get(name) {
                Some(found) => return Ok(Some(found)),
                None => match object.member(name) {
                    Some(member) => return self.extended(value, &member).map(Some),
                    None => None,
                },
            },
            Value::Remote(remote) if remote.notes().is_some_and(|notes| notes.has(name)) => {
                let notes = remote.own_notes();
                match notes.get(name) {
                    Some(found) => return Ok(Some(found)),
                    None => match notes.member(name) {
                        Some(member) => return self.extended(value, &member).map(Some),
                        None => None,
                    },
                }
            }
            Value::Remote(remote) => match remote.get(name) {
                Some(found) => Some(found.clone().into()),
                None => match &remote.object().content {
                    Content::Value(inner) if !remote.is_enum() => {
                        return self.property(&Value::from(inner.clone()), name);
                    }
                    Content::Value(inner) if name.eq_ignore_ascii_case("value__") => {
                        Some(inner.clone().into())
                    }
                    Content::Value(_) if name.eq_ignore_ascii_case("Value") && remote.is_enum() => {
                        remote.to_string.clone().map(Value::Str)
                    }
                    Content::List(items)
                    | Content::Enumerable(items)
                    | Content::Stack(items)
                    | Content::Queue(items)
                        if name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length") =>
                    {
                        Some(Value::I32(items.len() as i32))
                    }
                    Content::Dictionary(pairs) => remote_entry(pairs, name),
                    _ => None,
                },
            },
            Value::Hash(hash) => hash::property(hash, name),
            Value::Str(text) => string::property(text, name),
            Value::Array(array) => array::property(array, name),
            Value::List(list) => array::list_property(list, name),
            Value::DateTime(at) => date::property(*at, name),
            Value::TimeSpan(span) => date::span_property(*span, name),
            Value::Version(version) => number::version_property(*version, name),
            Value::Enum(found) => {
                name.eq_ignore_ascii_case("value__").then_some(Value::I32(found.number as i32))
            }
            Value::Guid(_) => name.eq_ignore_ascii_case("Guid").then(|| Value::Str(value.text())),
            Value::Switch(b) => name.eq_ignore_ascii_case("IsPresent").then_some(Value::Bool(*b)),
            Value::Type(ty) => object::type_property(*ty, name),
            Value::Error(record) => error::record_property(record, name),
            Value::Exception(exception) => error::exception_property(exception, name),
            Value::Block(block) => match name.to_ascii_lowercase().as_str() {
                "ast" => Some(Value::str(format!("{{{}}}", block.text()))),
                "ismodule" | "isfilter" => Some(Value::Bool(false)),
                _ => None,
            },
            Value::Wrapped(wrapped) => match wrapped.notes.get(name) {
                Some(found) => Some(found),
                None => match wrapped.notes.member(name) {
                    Some(member) => return self.extended(value, &member).map(Some),
                    None => return self.property(&wrapped.base, name),
                },
            },
            Value::Net(object) => object.get(name),
            Value::Raw(raw) => match &**raw {
                PsValue::Uri(_) => match net::uri(&value.text()) {
                    Some(uri) => return self.property(&uri, name),
                    None => None,
                },
                PsValue::SecureString(secret) => secret::secure_property(secret, name),
                _ => None,
            },
            _ => None,
        };
        Ok(own.or_else(|| object::intrinsic(value, name)))
    }

    fn extended(&mut self, value: &Value, member: &Member) -> Flow<Value> {
        match member {
            Member::Alias(name) => self.member(value, name),
            Member::ScriptProperty(Value::Block(get), _) => self.call_script_member(get, value, Vec::new()),
            Member::ScriptMethod(block) => Ok(block.clone()),
            Member::PropertySet(names) => Ok(Value::array(names.iter().cloned().map(Value::Str).collect())),
            Member::ScriptProperty(..) => Ok(Value::Null),
        }
    }

    /// Calls a script that is a member: `$this` is the object.
    pub(crate) fn call_script_member(
        &mut self,
        block: &Rc<ScriptBlock>,
        this: &Value,
        arguments: Vec<Value>,
    ) -> Flow<Value> {
        let outer = self.scope.own(known_names::THIS);
        let scope = crate::interp::Scope::child(&self.scope);
        scope.set(known_names::THIS, this.clone());
        let before = std::mem::replace(&mut self.scope, scope);
        let result = self.call_block(block, None, arguments);
        self.scope = before;
        let _ = outer;
        result
    }

    /// `value.name = …`.
    pub(crate) fn set_property(&mut self, object: &Value, name: &str, value: Value) -> Flow<()> {
        match object {
            Value::Null | Value::Empty => Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "PropertyNotFound",
                Category::InvalidOperation,
                Value::Null,
                format!("The property '{name}' cannot be found on this object. Verify that the property exists and can be set."),
            )),
            Value::Hash(hash) => {
                hash.set(Value::str(name), value);
                Ok(())
            }
            Value::Object(found) => {
                if found.replace(name, value.clone()) {
                    return Ok(());
                }
                self.set_member(object, found.member(name), name, value)
            }
            Value::Remote(sent) => {
                let notes = sent.notes();
                if notes.as_ref().is_some_and(|notes| notes.replace(name, value.clone()))
                    || sent.replace(name, value.clone())
                {
                    return Ok(());
                }
                self.set_member(object, notes.and_then(|notes| notes.member(name)), name, value)
            }
            Value::Wrapped(wrapped) => {
                if wrapped.notes.replace(name, value.clone()) {
                    return Ok(());
                }
                self.set_property(&wrapped.base, name, value)
            }
            Value::Net(net) => match net.set(name, &value) {
                Some(()) => Ok(()),
                None => Err(self.cannot_set(name)),
            },
            Value::Error(record) if name.eq_ignore_ascii_case("ErrorDetails") => {
                *record.details.borrow_mut() = Some(value.text());
                Ok(())
            }
            Value::Array(_) | Value::List(_) => {
                for item in list::items(object).unwrap_or_default() {
                    self.set_property(&item, name, value.clone())?;
                }
                Ok(())
            }
            _ => Err(self.cannot_set(name)),
        }
    }

    /// Sets through a member that is no note.
    fn set_member(&mut self, object: &Value, member: Option<Member>, name: &str, value: Value) -> Flow<()> {
        match member {
            Some(Member::Alias(target)) => self.set_property(object, &target, value),
            Some(Member::ScriptProperty(_, Value::Block(set))) => {
                self.call_script_member(&set, object, vec![value]).map(drop)
            }
            _ => Err(self.cannot_set(name)),
        }
    }

    fn cannot_set(&self, name: &str) -> Stop {
        self.throw(
            "System.Management.Automation.SetValueInvocationException",
            "ExceptionWhenSetting",
            Category::NotSpecified,
            Value::Null,
            format!("Exception setting \"{name}\": \"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.\""),
        )
    }

    /// `value.name(arguments)`.
    pub(crate) fn call_method(&mut self, value: &Value, name: &str, arguments: Vec<Value>) -> Flow<Value> {
        match value {
            Value::Null | Value::Empty => {
                return Err(self.throw(
                    "System.Management.Automation.RuntimeException",
                    "InvokeMethodOnNull",
                    Category::InvalidOperation,
                    Value::Null,
                    "You cannot call a method on a null-valued expression.",
                ));
            }
            Value::Object(object) => {
                if let Some(Member::ScriptMethod(Value::Block(block))) = object.member(name) {
                    return self.call_script_member(&block, value, arguments);
                }
            }
            Value::Wrapped(wrapped) => {
                if let Some(Member::ScriptMethod(Value::Block(block))) = wrapped.notes.member(name) {
                    return self.call_script_member(&block, value, arguments);
                }
                if !is_common(name) {
                    let base = wrapped.base.clone();
                    return self.call_method(&base, name, arguments);
                }
            }
            _ => {}
        }
        if let Some(result) = self.own_method(value, name, &arguments) {
            return result;
        }
        if let Some(result) = self.common_method(value, name, &arguments) {
            return result;
        }
        // Of a collection: the method of each item.
        if let Some(items) = list::items(value) {
            if items.is_empty() {
                return Err(self.no_method(value, name));
            }
            let mut results = Vec::new();
            for item in items {
                self.step()?;
                let result = self.call_method(&item, name, arguments.clone())?;
                if let Value::Empty = result {
                    continue;
                }
                match list::items(&result) {
                    Some(inner) => results.extend(inner),
                    None => results.push(result),
                }
            }
            return Ok(Value::from_output(results));
        }
        Err(self.no_method(value, name))
    }

    pub(crate) fn no_method(&self, value: &Value, name: &str) -> Stop {
        self.throw(
            "System.Management.Automation.RuntimeException",
            "MethodNotFound",
            Category::InvalidOperation,
            Value::str(name),
            format!(
                "Method invocation failed because [{}] does not contain a method named '{name}'.",
                value.type_name()
            ),
        )
    }

    /// No overload takes so many arguments.
    pub(crate) fn no_overload(&self, name: &str, arguments: usize) -> Stop {
        self.throw(
            "System.Management.Automation.MethodException",
            "MethodCountCouldNotFindBest",
            Category::NotSpecified,
            Value::Null,
            format!("Cannot find an overload for \"{name}\" and the argument count: \"{arguments}\"."),
        )
    }

    fn own_method(&mut self, value: &Value, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        match value {
            Value::Str(text) => string::call(self, text, name, arguments),
            Value::Array(array) => array::call(self, array, name, arguments),
            Value::List(list) => array::call_list(self, list, name, arguments),
            Value::Hash(hash) => hash::call(self, hash, name, arguments),
            Value::DateTime(at) => date::call(self, *at, name, arguments),
            Value::TimeSpan(span) => date::call_span(self, *span, name, arguments),
            Value::Block(block) => object::call_block_method(self, block, name, arguments),
            Value::Type(ty) => object::call_type(self, *ty, name, arguments),
            Value::Exception(exception) => error::call_exception(self, exception, name, arguments),
            Value::Net(object) => match object.call(self, name, arguments) {
                Some(Ok(Value::Empty)) if object.gives_itself() => Some(Ok(value.clone())),
                result => result,
            },
            Value::Remote(object) => match &object.content {
                Content::Value(inner) if !object.is_enum() => {
                    let inner = Value::from(inner.clone());
                    self.own_method(&inner, name, arguments)
                }
                Content::Dictionary(_) => match self.convert(value.clone(), Type::Hashtable) {
                    Ok(Value::Hash(hash)) => hash::call(self, &hash, name, arguments),
                    _ => None,
                },
                _ => None,
            },
            Value::Raw(raw) => match &**raw {
                PsValue::SecureString(secret) => secret::call_secure(secret, name, arguments),
                _ => None,
            },
            value => number::call(self, value, name, arguments),
        }
    }

    /// Methods that every object has.
    fn common_method(&mut self, value: &Value, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        match (name.to_ascii_lowercase().as_str(), arguments) {
            ("tostring", []) => Some(Ok(Value::Str(match value {
                Value::Array(_) | Value::List(_) => value.type_name(),
                // The culture's own form.
                Value::DateTime(_)
                | Value::Double(_)
                | Value::Single(_)
                | Value::Decimal(_)
                | Value::TimeSpan(_) => match self.to_string_with(value, "") {
                    Ok(text) => text,
                    Err(stop) => return Some(Err(stop)),
                },
                Value::Object(_) if matches!(value, Value::Object(object) if object.is_plain()) => {
                    match self.text_of(value) {
                        Ok(text) => text,
                        Err(stop) => return Some(Err(stop)),
                    }
                }
                Value::Type(ty) => ty.full_name(),
                Value::Net(object) => object.text(),
                value => value.text(),
            }))),
            ("tostring", [format]) => {
                let format = format.text();
                Some(self.to_string_with(value, &format).map(Value::Str))
            }
            ("tostring", [format, _]) => {
                let format = format.text();
                Some(self.to_string_with(value, &format).map(Value::Str))
            }
            ("gettype", []) => Some(Ok(type_value(value))),
            ("equals", [other]) => Some(Ok(Value::Bool(
                value.same(other)
                    || value.type_of() == other.type_of() && crate::ops::compare::equal(value, other, true),
            ))),
            ("gethashcode", []) => {
                use std::hash::{DefaultHasher, Hash as _, Hasher as _};
                let mut hasher = DefaultHasher::new();
                value.text().hash(&mut hasher);
                Some(Ok(Value::I32(hasher.finish() as i32)))
            }
            ("foreach", [first, rest @ ..]) => Some(array::for_each(self, value, first, rest)),
            ("where", [first, rest @ ..]) => Some(array::filter(self, value, first, rest)),
            _ => None,
        }
    }
}

fn is_common(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "gettype" | "where" | "foreach")
}

fn flatten(items: Vec<Value>) -> Value {
    match items.len() {
        1 => items.into_iter().next().unwrap_or_default(),
        _ => Value::array(items),
    }
}

fn remote_entry(pairs: &[(PsValue, PsValue)], name: &str) -> Option<Value> {
    if let Some((_, value)) =
        pairs.iter().find(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
    {
        return Some(value.clone().into());
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "count" => Value::I32(pairs.len() as i32),
        "keys" => Value::array(pairs.iter().map(|(key, _)| key.clone().into()).collect()),
        "values" => Value::array(pairs.iter().map(|(_, value)| value.clone().into()).collect()),
        _ => return None,
    })
}
