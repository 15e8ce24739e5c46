//! `[regex]` objects and matches.

use std::{any::Any, rc::Rc};

use fancy_regex::{Captures, Regex};
use postern_shared::value::PsStr;

use crate::{
    convert::integer,
    interp::{Engine, Flow},
    value::{NetObject, Type, Value, enums},
};

/// A regular expression.
#[derive(Debug)]
pub(crate) struct RegexObject {
    pub(crate) pattern: PsStr,
    pub(crate) options: i64,
    pub(crate) regex: Rc<Regex>,
}

impl NetObject for RegexObject {
    fn type_of(&self) -> Type {
        Type::Regex
    }

    fn text(&self) -> PsStr {
        self.pattern.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Options", "RightToLeft", "MatchTimeout"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "options" => Some(Value::Enum(enums::REGEX_OPTIONS.value(self.options))),
            "righttoleft" => Some(Value::Bool(false)),
            _ => None,
        }
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = arguments.first().map(Value::text).unwrap_or_default();
        Some(match (name.to_ascii_lowercase().as_str(), arguments) {
            ("ismatch", [_, ..]) => {
                self.regex.is_match(&text).map(Value::Bool).map_err(|error| engine.regex_failed(&error))
            }
            ("match", [_, ..]) => first(engine, &self.regex, &text),
            ("matches", [_, ..]) => all(engine, &self.regex, &text),
            ("replace", [_, replacement]) => {
                engine.replace_in(&self.regex, &text, replacement, usize::MAX).map(Value::Str)
            }
            ("replace", [_, replacement, most]) => {
                let most = integer(most).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
                engine.replace_in(&self.regex, &text, replacement, most).map(Value::Str)
            }
            ("split", [_]) => engine.split_text(&self.regex, &text, 0).map(texts),
            ("split", [_, count, ..]) => {
                engine.split_text(&self.regex, &text, integer(count).unwrap_or(0)).map(texts)
            }
            ("getgroupnames", []) => {
                let names = self.regex.capture_names().enumerate();
                Ok(texts(
                    names.map(|(at, name)| name.map_or_else(|| at.to_string().into(), PsStr::from)).collect(),
                ))
            }
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An array of strings.
pub(crate) fn texts(parts: Vec<PsStr>) -> Value {
    Value::Array(crate::value::Array::new(Type::String, parts.into_iter().map(Value::Str).collect()))
}

/// The first match of a text.
pub(crate) fn first(engine: &Engine, regex: &Rc<Regex>, text: &PsStr) -> Flow<Value> {
    Ok(match engine.captures(regex, text)? {
        Some(found) => match_object(regex, &found, text),
        None => Value::Net(Rc::new(Match {
            groups: Rc::from([Group::default()]),
            names: Rc::from([PsStr::from("0")]),
            success: false,
        })),
    })
}

/// All matches of a text.
pub(crate) fn all(engine: &mut Engine, regex: &Rc<Regex>, text: &PsStr) -> Flow<Value> {
    let mut found = Vec::new();
    for captures in regex.captures_iter(text) {
        let captures = captures.map_err(|error| engine.regex_failed(&error))?;
        found.push(match_object(regex, &captures, text));
        engine.check_items(found.len())?;
    }
    Ok(Value::Net(Rc::new(Matches { items: found, ty: Type::MatchCollection })))
}

/// A match as an object.
pub(crate) fn match_object(regex: &Regex, found: &Captures<'_>, text: &str) -> Value {
    let mut groups = Vec::with_capacity(found.len());
    let mut names = Vec::with_capacity(found.len());
    let all: Vec<Option<&str>> = regex.capture_names().collect();
    let order =
        (0..all.len()).filter(|at| all[*at].is_none()).chain((0..all.len()).filter(|at| all[*at].is_some()));
    for (number, at) in order.enumerate() {
        names.push(all[at].map_or_else(|| PsStr::from(number.to_string()), PsStr::from));
        groups.push(match found.get(at) {
            Some(group) => Group {
                value: group.as_str().into(),
                index: text.get(..group.start()).map_or(0, |text| text.encode_utf16().count()),
                success: true,
            },
            None => Group::default(),
        });
    }
    Value::Net(Rc::new(Match { groups: groups.into(), names: names.into(), success: true }))
}

#[derive(Clone, Debug, Default)]
struct Group {
    value: PsStr,
    index: usize,
    success: bool,
}

fn group_property(group: &Group, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "value" => Value::Str(group.value.clone()),
        "index" => Value::I32(group.index as i32),
        "length" => Value::I32(super::string::length(&group.value) as i32),
        "success" => Value::Bool(group.success),
        _ => return None,
    })
}

#[derive(Debug)]
struct Match {
    groups: Rc<[Group]>,
    names: Rc<[PsStr]>,
    success: bool,
}

impl NetObject for Match {
    fn type_of(&self) -> Type {
        Type::Match
    }

    fn text(&self) -> PsStr {
        self.groups[0].value.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Groups", "Success", "Name", "Captures", "Index", "Length", "Value", "ValueSpan"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "groups" => Some(Value::Net(Rc::new(Groups {
                groups: Rc::clone(&self.groups),
                names: Rc::clone(&self.names),
            }))),
            "captures" => Some(Value::array(vec![])),
            "name" => Some(Value::str("0")),
            "success" => Some(Value::Bool(self.success)),
            _ => group_property(&self.groups[0], name),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Groups {
    groups: Rc<[Group]>,
    names: Rc<[PsStr]>,
}

impl Groups {
    fn item(&self, at: usize) -> Value {
        match self.groups.get(at) {
            Some(group) => {
                Value::Net(Rc::new(GroupObject { group: group.clone(), name: self.names[at].clone() }))
            }
            None => Value::Net(Rc::new(GroupObject { group: Group::default(), name: PsStr::EMPTY })),
        }
    }
}

impl NetObject for Groups {
    fn type_of(&self) -> Type {
        Type::GroupCollection
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.groups.len() as i32))
    }

    fn index(&self, index: &Value) -> Option<Value> {
        if let Value::Str(name) = index.base() {
            let at = self.names.iter().position(|own| own == name);
            return Some(self.item(at.unwrap_or(usize::MAX)));
        }
        Some(self.item(usize::try_from(integer(index)?).unwrap_or(usize::MAX)))
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some((0..self.groups.len()).map(|at| self.item(at)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct GroupObject {
    group: Group,
    name: PsStr,
}

impl NetObject for GroupObject {
    fn type_of(&self) -> Type {
        Type::Group
    }

    fn text(&self) -> PsStr {
        self.group.value.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Success", "Name", "Captures", "Index", "Length", "Value", "ValueSpan"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "name" => Some(Value::Str(self.name.clone())),
            _ => group_property(&self.group, name),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A collection of matches.
#[derive(Debug)]
struct Matches {
    items: Vec<Value>,
    ty: Type,
}

impl NetObject for Matches {
    fn type_of(&self) -> Type {
        self.ty
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.items.len() as i32))
    }

    fn index(&self, index: &Value) -> Option<Value> {
        let at = integer(index)?;
        let at = if at < 0 { at + self.items.len() as i64 } else { at };
        Some(usize::try_from(at).ok().and_then(|at| self.items.get(at).cloned()).unwrap_or_default())
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.items.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
