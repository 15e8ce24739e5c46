//! Commands as objects (`Get-Command`).

use std::any::Any;

use postern_shared::value::PsStr;

use crate::{
    host::RemoteParameter,
    interp::Resolved,
    value::{NetObject, Type, Value, enums},
};

/// What Get-Command gives.
pub(crate) struct CommandInfo {
    pub(crate) name: PsStr,
    pub(crate) resolved: Resolved,
    /// The alias's target, where it is one.
    pub(crate) alias_of: Option<PsStr>,
    /// The parameters of a remote command.
    pub(crate) parameters: Vec<RemoteParameter>,
}

impl std::fmt::Debug for CommandInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CommandInfo({})", self.name)
    }
}

impl CommandInfo {
    fn kind(&self) -> i64 {
        match self.resolved {
            _ if self.alias_of.is_some() => 1,
            Resolved::Function(ref function) if function.filter => 4,
            Resolved::Cmdlet(_) => 8,
            _ => 2,
        }
    }
}

impl CommandInfo {
    /// The ways to call it, as `Get-Command -Syntax` shows them.
    pub(crate) fn syntax(&self) -> String {
        let parameters: Vec<String> = match &self.resolved {
            Resolved::Cmdlet(info) => return crate::cmdlets::help::syntax(info).join("\n\n"),
            Resolved::Remote(_) => self
                .parameters
                .iter()
                .map(|parameter| match (parameter.is_switch, parameter.type_name.as_str()) {
                    (true, _) => format!("[-{}]", parameter.name),
                    (false, "") => format!("[-{} <Object>]", parameter.name),
                    (false, ty) => {
                        format!("[-{} <{}>]", parameter.name, ty.rsplit(['.', '+']).next().unwrap_or(ty))
                    }
                })
                .collect(),
            Resolved::Function(function) => {
                let named = |param: &crate::code::ParamCode| format!("[[-{}] <Object>]", param.name);
                function.code.params.iter().map(named).collect()
            }
            Resolved::Block(_) => Vec::new(),
        };
        format!("{} {}", self.name, parameters.join(" ")).trim_end().to_owned()
    }
}

impl NetObject for CommandInfo {
    fn type_of(&self) -> Type {
        match self.kind() {
            1 => Type::AliasInfo,
            8 => Type::CommandInfo,
            _ => Type::FunctionInfo,
        }
    }

    fn text(&self) -> PsStr {
        self.name.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["CommandType", "Name", "Version", "Source"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "name" => Value::Str(self.name.clone()),
            "commandtype" => Value::Enum(enums::COMMAND_TYPES.value(self.kind())),
            "version" => Value::Null,
            "source" | "modulename" => Value::str(match &self.resolved {
                Resolved::Cmdlet(info) => info.module,
                Resolved::Remote(_) => "remote",
                _ => "",
            }),
            "definition" | "scriptblock" => match &self.resolved {
                Resolved::Function(function) => {
                    let block = crate::code::ScriptBlock::new(std::rc::Rc::clone(&function.code));
                    if name.eq_ignore_ascii_case("definition") {
                        Value::str(block.text())
                    } else {
                        Value::Block(block)
                    }
                }
                _ => self.alias_of.clone().map_or(Value::Null, Value::Str),
            },
            "resolvedcommandname" | "referencedcommand" => {
                self.alias_of.clone().map_or(Value::Null, Value::Str)
            }
            "displayname" => Value::str(match &self.alias_of {
                Some(target) => format!("{} -> {target}", self.name),
                None => self.name.to_string(),
            }),
            "verb" => Value::str(self.name.split_once('-').map_or("", |(verb, _)| verb)),
            "noun" => Value::str(self.name.split_once('-').map_or("", |(_, noun)| noun)),
            "parameters" => {
                let table = crate::value::Hash::with_case(crate::value::HashKind::Dictionary, false);
                if let Resolved::Cmdlet(info) = &self.resolved {
                    for param in &info.signature.params {
                        table.set_str(param.name.clone(), Value::Type(param.ty()));
                    }
                }
                for parameter in &self.parameters {
                    let ty = if parameter.is_switch { Type::Switch } else { Type::Object };
                    table.set_str(parameter.name.clone(), Value::Type(ty));
                }
                if let Resolved::Function(function) = &self.resolved {
                    for param in &function.code.params {
                        table.set_str(
                            param.name.clone(),
                            param
                                .types
                                .last()
                                .and_then(|ty| ty.ty)
                                .map_or(Value::Type(Type::Object), Value::Type),
                        );
                    }
                }
                Value::Hash(table)
            }
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
