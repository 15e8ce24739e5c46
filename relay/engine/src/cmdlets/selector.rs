//! Properties as Select-, Sort- and Group-Object and the Format cmdlets take them: names with wildcards, script
//! blocks, and hashtables that calculate.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::Cx;
use crate::{
    code::ScriptBlock,
    interp::{Flow, Stop},
    members,
    ops::pattern::{Wildcard, has_wildcard},
    value::{Category, Hash, Value},
};

/// One property that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    /// Where the value comes from.
    pub(crate) source: Source,
    /// The name that it gets, where one was given.
    pub(crate) label: Option<PsStr>,
    /// The hashtable's further entries.
    pub(crate) options: Option<Rc<Hash>>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A property of that name.
    Name(PsStr),
    /// All properties whose names match.
    Pattern(Rc<Wildcard>),
    /// What a block gives.
    Block(Rc<ScriptBlock>),
}

impl Selector {
    /// What a value of `-Property` asks for. `keys` are the hashtable's keys that there are, beside `Expression`.
    pub(crate) fn parse(cx: &mut Cx<'_>, value: &Value, keys: &[&str]) -> Flow<Self> {
        match value.base() {
            Value::Block(block) => {
                Ok(Self { source: Source::Block(Rc::clone(block)), label: None, options: None })
            }
            Value::Hash(hash) => {
                let mut source = None;
                let mut label = None;
                for (key, value) in hash.entries() {
                    let key = key.text().to_ascii_lowercase();
                    let is = |name: &str| !key.is_empty() && name.starts_with(key.as_str());
                    if is("expression") {
                        source = Some(match value.base() {
                            Value::Block(block) => Source::Block(Rc::clone(block)),
                            other => Source::of_name(&other.text()),
                        });
                    } else if (is("name") || is("label")) && keys.contains(&"name") {
                        label = Some(value.text());
                    } else if !keys.iter().any(|own| is(own)) {
                        return Err(cx.fail(
                            "System.NotSupportedException",
                            "DictionaryKeyUnknown",
                            Category::InvalidArgument,
                            Value::Null,
                            format!("The {key} key is not valid."),
                        ));
                    }
                }
                let Some(source) = source else {
                    return Err(cx.fail(
                        "System.NotSupportedException",
                        "DictionaryKeyMissing",
                        Category::InvalidArgument,
                        Value::Null,
                        "The Expression key is missing.",
                    ));
                };
                Ok(Self { source, label, options: Some(Rc::clone(hash)) })
            }
            other => Ok(Self { source: Source::of_name(&other.text()), label: None, options: None }),
        }
    }

    /// An entry of the hashtable, by its name or the beginning of it.
    pub(crate) fn option(&self, name: &str) -> Option<Value> {
        self.options.as_ref()?.entries().into_iter().find_map(|(key, value)| {
            let key = key.text().to_ascii_lowercase();
            (!key.is_empty() && name.starts_with(key.as_str())).then_some(value)
        })
    }

    /// The value for an object, null if there is no such property or the block fails.
    pub(crate) fn value(&self, cx: &mut Cx<'_>, object: &Value) -> Flow<Option<Value>> {
        match &self.source {
            Source::Name(name) => cx.engine.property(object, name),
            Source::Pattern(pattern) => Ok(members::properties_of(object)
                .into_iter()
                .find(|(name, _)| pattern.matches(name))
                .map(|(_, value)| value)),
            // An error in it is none of the command: the property has no value.
            Source::Block(block) => match cx.call_trying(block, object) {
                Ok(value) => Ok(Some(if let Value::Empty = value { Value::Null } else { value })),
                Err(Stop::Throw(record, _)) => {
                    cx.engine.note_error(&record);
                    Ok(Some(Value::Null))
                }
                Err(stop) => Err(stop),
            },
        }
    }

    /// The name that the value gets.
    pub(crate) fn name(&self) -> PsStr {
        if let Some(label) = &self.label {
            return label.clone();
        }
        match &self.source {
            Source::Name(name) => name.clone(),
            Source::Pattern(_) => "*".into(),
            Source::Block(block) => block.text().into(),
        }
    }
}

impl Source {
    fn of_name(name: &str) -> Self {
        if has_wildcard(name) {
            Self::Pattern(Rc::new(Wildcard::new(name, false)))
        } else {
            Self::Name(name.into())
        }
    }
}
