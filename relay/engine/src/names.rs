//! What a session has by name, as plain data that any thread may read: what completion proposes.
//!
//! The cmdlets' part is read from the declarations that the binder and Get-Help use as well.

use std::rc::Rc;

use postern_shared::value::PsStr;

use crate::{
    cmdlets,
    code::Code,
    interp::{Engine, Param, Signature, Validate},
    members::properties_of,
    value::{Type, Value},
};

/// Variables that are told of.
const MOST_VARIABLES: usize = 1_000;
/// Properties of one value that are told of.
const MOST_PROPERTIES: usize = 500;

/// What a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// A cmdlet of this console.
    Cmdlet,
    /// A function of the session.
    Function,
    /// Another name for a command.
    Alias,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: PsStr,
    /// What it is.
    pub kind: CommandKind,
    /// A line of help; of an alias, the command that it means.
    pub about: PsStr,
    /// Its parameters, in the order of their declaration; none for an alias.
    pub parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: PsStr,
    /// Other names.
    pub aliases: Vec<PsStr>,
    /// Its type's short name.
    pub type_name: PsStr,
    /// A line of help.
    pub about: PsStr,
    /// Whether it has to be given.
    pub is_mandatory: bool,
    /// Its place among values without a name.
    pub position: Option<i32>,
    /// Whether it takes no value.
    pub is_switch: bool,
    /// The values that it takes, where these can be listed.
    pub values: Vec<PsStr>,
}

/// Names of types that scripts write in brackets.
pub fn types() -> impl Iterator<Item = &'static str> {
    Type::names()
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, without the dollar sign.
    pub name: PsStr,
    /// Its value's type.
    pub type_name: PsStr,
    /// Names of the properties of its value, or of the first item where that is a list.
    pub properties: Vec<PsStr>,
}

/// What a session has beside the cmdlets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Functions and aliases of the session.
    pub commands: Vec<Command>,
    /// Variables.
    pub variables: Vec<Variable>,
}

/// The cmdlets and their aliases, which are the same in every session.
pub fn cmdlets() -> Vec<Command> {
    let mut all: Vec<Command> = cmdlets::all()
        .into_iter()
        .map(|info| Command {
            name: info.name.clone(),
            kind: CommandKind::Cmdlet,
            about: PsStr::from_static(info.synopsis),
            parameters: parameters(&info.signature),
        })
        .collect();
    all.extend(cmdlets::aliases().into_iter().map(|(alias, name)| command(alias.into(), name)));
    all
}

impl Engine {
    /// What the session has by name now.
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        if let Some(functions) = &*self.global.functions.borrow() {
            names.commands.extend(functions.values().map(|function| Command {
                name: function.name.clone(),
                kind: CommandKind::Function,
                about: PsStr::EMPTY,
                parameters: of_code(&function.code),
            }));
        }
        names
            .commands
            .extend(self.aliases.iter().map(|(alias, target)| command(alias.name(), target.clone())));
        names.variables.extend(self.global.all().into_iter().take(MOST_VARIABLES).map(|(name, value)| {
            Variable { name: name.name(), type_name: value.type_name(), properties: properties(&value) }
        }));
        names
    }
}

fn command(alias: PsStr, target: PsStr) -> Command {
    Command { name: alias, kind: CommandKind::Alias, about: target, parameters: Vec::new() }
}

/// The parameters of a script function: all of them once it was called, and their names before.
fn of_code(code: &Code) -> Vec<Parameter> {
    match code.signature.get() {
        Some(signature) => parameters(signature),
        None => code
            .params
            .iter()
            .map(|param| Parameter { name: param.name.clone(), ..Parameter::default() })
            .collect(),
    }
}

fn parameters(signature: &Rc<Signature>) -> Vec<Parameter> {
    signature.params.iter().filter(|param| !param.hidden).map(parameter).collect()
}

fn parameter(param: &Param) -> Parameter {
    let mut values = param.values.clone();
    for check in &param.validate {
        if let Validate::Set(allowed, _) = check
            && values.is_empty()
        {
            values.clone_from(allowed);
        }
    }
    match param.ty() {
        Type::EnumOf(of) if values.is_empty() => {
            values = of.members.iter().map(|(name, _)| PsStr::from_static(name)).collect();
        }
        Type::Bool if values.is_empty() => {
            values = ["$true", "$false"].map(PsStr::from_static).into();
        }
        _ => {}
    }
    Parameter {
        name: param.name.clone(),
        aliases: param.aliases.clone(),
        type_name: param.ty().short_name(),
        about: param.help.clone(),
        is_mandatory: param.sets.iter().any(|set| set.mandatory),
        position: param.sets.iter().find_map(|set| set.position),
        is_switch: param.is_switch(),
        values,
    }
}

fn properties(value: &Value) -> Vec<PsStr> {
    let first;
    let value = match value {
        Value::Array(array) => {
            first = array.get(0);
            first.as_ref()
        }
        Value::List(list) => {
            first = list.items.borrow().first().cloned();
            first.as_ref()
        }
        Value::Hash(hash) => return hash.keys().iter().take(MOST_PROPERTIES).map(Value::text).collect(),
        value => Some(value),
    };
    let of = |value| properties_of(value).into_iter().take(MOST_PROPERTIES).map(|(name, _)| name).collect();
    value.map(of).unwrap_or_default()
}
