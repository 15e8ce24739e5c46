//! Variables as objects: New-, Set-, Get-, Clear- and Remove-Variable.

use std::rc::Rc;

use super::{Cx, Declare, P, Registry};
use crate::{
    code::Sym,
    interp::{Flow, Options, Scope},
    ops::pattern::Wildcard,
    value::{Category, Object, Type, Value, enums},
};

pub(super) fn declare(registry: &mut Registry) {
    let scope = || P::new("Scope", "Global, Script, Local, or how many scopes up.").text();
    registry.add(
        Declare::new("New-Variable", "Makes a variable.")
            .alias("nv")
            .param(P::new("Name", "Its name.").text().at(0).mandatory().by_name())
            .param(P::new("Value", "Its value.").at(1).by_value().by_name())
            .param(P::new("Description", "What it is for.").text())
            .param(
                P::new("Option", "ReadOnly, Constant, Private.")
                    .ty(Type::EnumOf(&enums::SCOPED_ITEM_OPTIONS)),
            )
            .param(P::new("Visibility", "Public or Private.").text())
            .param(P::switch("Force", "Replaces one that is read-only."))
            .param(P::switch("PassThru", "Gives the variable."))
            .param(scope())
            .should_process()
            .example("New-Variable limit 10 -Option ReadOnly", "A variable that cannot be changed.")
            .simple(|cx, _| set(cx, true)),
    );
    registry.add(
        Declare::new("Set-Variable", "Sets a variable.")
            .alias("sv")
            .alias("set")
            .param(P::new("Name", "Its name.").texts().at(0).mandatory().by_name())
            .param(P::new("Value", "Its value.").at(1).by_value().by_name())
            .param(P::new("Description", "What it is for.").text())
            .param(
                P::new("Option", "ReadOnly, Constant, Private.")
                    .ty(Type::EnumOf(&enums::SCOPED_ITEM_OPTIONS)),
            )
            .param(P::new("Visibility", "Public or Private.").text())
            .param(P::switch("Force", "Replaces one that is read-only."))
            .param(P::switch("PassThru", "Gives the variable."))
            .param(scope())
            .should_process()
            .example("Set-Variable limit 10", "As $limit = 10.")
            .simple(|cx, _| set(cx, false)),
    );
    registry.add(
        Declare::new("Get-Variable", "Gives variables.")
            .alias("gv")
            .param(P::new("Name", "Names, with wildcards.").texts().at(0).by_value().by_name())
            .param(P::switch("ValueOnly", "Gives the values."))
            .param(P::new("Include", "Only these.").texts())
            .param(P::new("Exclude", "Not these.").texts())
            .param(scope())
            .example("Get-Variable limit -ValueOnly", "The value of $limit.")
            .simple(get),
    );
    registry.add(
        Declare::new("Remove-Variable", "Removes variables.")
            .alias("rv")
            .param(P::new("Name", "Names, with wildcards.").texts().at(0).mandatory().by_name())
            .param(P::switch("Force", "Also those that are read-only."))
            .param(scope())
            .should_process()
            .example("Remove-Variable limit", "$limit is gone.")
            .simple(remove),
    );
    registry.add(
        Declare::new("Clear-Variable", "Empties variables.")
            .alias("clv")
            .param(P::new("Name", "Names, with wildcards.").texts().at(0).mandatory().by_name())
            .param(P::switch("Force", "Also those that are read-only."))
            .param(scope())
            .should_process()
            .example("Clear-Variable limit", "$limit is null.")
            .simple(|cx, _| {
                let scope = scope_of(cx)?;
                for name in cx.texts("Name") {
                    cx.engine.set_in(&scope, Sym::new(&name), Value::Null)?;
                }
                Ok(())
            }),
    );
}

fn scope_of(cx: &mut Cx<'_>) -> Flow<Rc<Scope>> {
    let Some(name) = cx.text("Scope") else { return Ok(Rc::clone(&cx.engine.scope)) };
    Ok(match name.to_ascii_lowercase().as_str() {
        "global" => Rc::clone(&cx.engine.global),
        "script" => Rc::clone(&cx.engine.script),
        "local" | "private" => Rc::clone(&cx.engine.scope),
        number => {
            let mut scope = Rc::clone(&cx.engine.scope);
            let Ok(up) = number.parse::<u32>() else {
                return Err(cx.fail(
                    "System.Management.Automation.PSArgumentException",
                    "Argument",
                    Category::InvalidArgument,
                    Value::Null,
                    format!("The scope '{name}' is not valid."),
                ));
            };
            for _ in 0..up {
                scope = match &scope.parent {
                    Some(parent) => Rc::clone(parent),
                    None => {
                        return Err(cx.fail(
                            "System.Management.Automation.PSArgumentOutOfRangeException",
                            "ArgumentOutOfRange",
                            Category::InvalidArgument,
                            Value::Null,
                            format!("The scope number '{up}' exceeds the number of active scopes."),
                        ));
                    }
                };
            }
            scope
        }
    })
}

fn set(cx: &mut Cx<'_>, new: bool) -> Flow<()> {
    let scope = scope_of(cx)?;
    let value = cx.arg("Value").unwrap_or_default();
    let option = cx.arg("Option").as_ref().and_then(crate::convert::integer).unwrap_or(0);
    for name in cx.texts("Name") {
        let sym = Sym::new(&name);
        if let Some(options) = scope.options(sym) {
            let fixed = options
                .as_ref()
                .is_some_and(|options| options.constant || options.read_only && !cx.flag("Force"));
            if fixed {
                return cx.error(
                    "System.Management.Automation.SessionStateUnauthorizedAccessException",
                    "VariableNotWritable",
                    Category::WriteError,
                    Value::Str(name.clone()),
                    format!("Cannot overwrite variable {name} because it is read-only or constant."),
                );
            }
            if new && !cx.flag("Force") {
                return cx.error(
                    "System.Management.Automation.SessionStateException",
                    "NewVariableAlreadyExists",
                    Category::ResourceExists,
                    Value::Str(name.clone()),
                    format!("A variable with name '{name}' already exists."),
                );
            }
        }
        if option != 0 {
            let options = Options {
                read_only: option & 1 != 0,
                constant: option & 2 != 0,
                private: option & 4 != 0,
                ..Options::default()
            };
            scope.set_with(sym, value.clone(), Rc::new(options));
        } else {
            cx.engine.set_in(&scope, sym, value.clone())?;
        }
        if cx.flag("PassThru") {
            cx.write(variable(&name, value.clone()))?;
        }
    }
    Ok(())
}

fn variable(name: &str, value: Value) -> Rc<Object> {
    Object::typed("System.Management.Automation.PSVariable", [("Name", Value::str(name)), ("Value", value)])
}

fn get(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut names = cx.texts("Name");
    if names.is_empty() {
        names.push("*".into());
    }
    let scope = scope_of(cx)?;
    let only = cx.has("Scope");
    for name in names {
        if crate::ops::pattern::has_wildcard(&name) {
            let pattern = Wildcard::new(&name, false);
            let mut all: Vec<(postern_shared::value::PsStr, Value)> = Vec::new();
            let mut at = Some(Rc::clone(&scope));
            while let Some(found) = at {
                for (sym, value) in found.all() {
                    let name = sym.name();
                    if pattern.matches(&name) && !all.iter().any(|(own, _)| own.eq_ignore_ascii_case(&name)) {
                        all.push((name, value));
                    }
                }
                at = if only { None } else { found.parent.clone() };
            }
            all.sort_by_key(|a| a.0.to_ascii_lowercase());
            for (name, value) in all {
                if cx.flag("ValueOnly") { cx.write(value)? } else { cx.write(variable(&name, value))? }
            }
            continue;
        }
        let sym = Sym::new(&name);
        let found = if only { scope.own(sym) } else { scope.find(sym) };
        match found {
            Some(value) if cx.flag("ValueOnly") => cx.write(value)?,
            Some(value) => cx.write(variable(&name, value))?,
            None => cx.error(
                "System.Management.Automation.ItemNotFoundException",
                "VariableNotFound",
                Category::ObjectNotFound,
                Value::Str(name.clone()),
                format!("Cannot find a variable with the name '{name}'."),
            )?,
        }
    }
    Ok(())
}

fn remove(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let scope = scope_of(cx)?;
    for name in cx.texts("Name") {
        let names: Vec<Sym> = if crate::ops::pattern::has_wildcard(&name) {
            let pattern = Wildcard::new(&name, false);
            scope.all().into_iter().map(|(sym, _)| sym).filter(|sym| pattern.matches(&sym.name())).collect()
        } else {
            vec![Sym::new(&name)]
        };
        for sym in names {
            if let Some(Some(options)) = scope.options(sym)
                && (options.constant || options.read_only && !cx.flag("Force"))
            {
                cx.error(
                    "System.Management.Automation.SessionStateUnauthorizedAccessException",
                    "VariableNotRemovable",
                    Category::WriteError,
                    Value::Str(name.clone()),
                    format!("Cannot remove variable {name} because it is constant or read-only. If the variable is read-only, try the operation again specifying the Force option."),
                )?;
                continue;
            }
            if !scope.remove(sym) {
                cx.error(
                    "System.Management.Automation.ItemNotFoundException",
                    "VariableNotFound",
                    Category::ObjectNotFound,
                    Value::Str(name.clone()),
                    format!("Cannot find a variable with the name '{name}'."),
                )?;
            }
        }
    }
    Ok(())
}
