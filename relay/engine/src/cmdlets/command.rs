//! Commands as objects: Get-Command, Invoke-Command, aliases, Set-StrictMode.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    code::Sym,
    convert,
    interp::{Flow, Gathered, Given, Resolved},
    members::command::CommandInfo,
    ops::pattern::Wildcard,
    value::{Category, Type, Value, enums},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Command", "Gives the commands that there are.")
            .module("Microsoft.PowerShell.Core")
            .alias("gcm")
            .param(P::new("Name", "Names, with wildcards.").texts().at(0).by_value().by_name())
            .param(P::new("Verb", "Only commands with these verbs.").texts())
            .param(P::new("Noun", "Only commands with these nouns.").texts())
            .param(P::new("Module", "Only commands of these modules.").texts().alias("PSSnapin"))
            .param(
                P::new("CommandType", "Only these kinds.")
                    .ty(Type::EnumOf(&enums::COMMAND_TYPES))
                    .alias("Type"),
            )
            .param(P::new("TotalCount", "How many at most.").int())
            .param(P::switch("Syntax", "Gives the ways to call them."))
            .param(P::switch("All", "Also those that others cover."))
            .param(P::switch("ListImported", "Only those that are there already."))
            .param(P::new("ParameterName", "Only commands with these parameters.").texts())
            .example("Get-Command *-Mailbox", "All commands for mailboxes.")
            .simple(get_command),
    );
    registry.add(
        Declare::new("Invoke-Command", "Runs a script block.")
            .module("Microsoft.PowerShell.Core")
            .alias("icm")
            .param(
                P::new("ScriptBlock", "What runs.").ty(Type::ScriptBlock).at(0).mandatory().alias("Command"),
            )
            .param(P::new("ArgumentList", "Arguments for it.").many().alias("Args").nullable())
            .param(P::input("InputObject", "Objects for $input."))
            .param(P::switch("NoNewScope", "Runs in the scope of the caller."))
            .param(P::new("Session", "The remote session, which is this console's own."))
            .param(P::new("ComputerName", "Not available here.").texts().alias("Cn"))
            .example("Invoke-Command { param($n) $n * 2 } -ArgumentList 4", "Gives 8.")
            .run(|| Box::<Invoke>::default()),
    );
    for (name, verb) in [("Set-Alias", true), ("New-Alias", false)] {
        let declare = Declare::new(name, "Gives a command another name.")
            .alias(if verb { "sal" } else { "nal" })
            .param(P::new("Name", "The other name.").text().at(0).mandatory().by_name())
            .param(P::new("Value", "The command.").text().at(1).mandatory().by_name())
            .param(P::new("Description", "What it is for.").text())
            .param(P::new("Option", "ReadOnly and so on.").ty(Type::EnumOf(&enums::SCOPED_ITEM_OPTIONS)))
            .param(P::new("Scope", "Where it holds.").text())
            .param(P::switch("Force", "Replaces one that is there."))
            .param(P::switch("PassThru", "Gives the alias."))
            .should_process()
            .example("Set-Alias mbx Get-Mailbox", "mbx is Get-Mailbox.");
        registry.add(if verb {
            declare.simple(|cx, _| set_alias(cx, true))
        } else {
            declare.simple(|cx, _| set_alias(cx, false))
        });
    }
    registry.add(
        Declare::new("Get-Alias", "Gives aliases.")
            .alias("gal")
            .param(P::new("Name", "Names, with wildcards.").texts().at(0).by_value().by_name())
            .param(P::new("Definition", "Only those of these commands.").texts())
            .param(P::new("Exclude", "Not these.").texts())
            .param(P::new("Scope", "Where they hold.").text())
            .example("Get-Alias gmb", "What gmb means.")
            .simple(get_alias),
    );
    registry.add(
        Declare::new("Remove-Alias", "Removes aliases.")
            .param(P::new("Name", "Names.").texts().at(0).mandatory().by_value().by_name())
            .param(P::new("Scope", "Where they hold.").text())
            .param(P::switch("Force", "Also those that are read-only."))
            .example("Remove-Alias mbx", "mbx means nothing any more.")
            .simple(|cx, _| {
                for name in cx.texts("Name") {
                    cx.engine.aliases.remove(&Sym::new(&name));
                }
                Ok(())
            }),
    );
    registry.add(
        Declare::new("Set-StrictMode", "Makes more mistakes errors.")
            .module("Microsoft.PowerShell.Core")
            .default_set("Version")
            .param(P::new("Version", "1.0, 2.0, 3.0 or Latest.").text().alias("v").set("Version").mandatory())
            .param(P::switch("Off", "Ends it.").set("Off").mandatory())
            .example("Set-StrictMode -Version Latest", "Variables that are not set are errors.")
            .simple(|cx, _| {
                let version = cx.text("Version").unwrap_or_default();
                cx.engine.strict = match version.chars().next() {
                    _ if cx.flag("Off") => 0,
                    Some('1') => 1,
                    Some('2') => 2,
                    _ => 3,
                };
                Ok(())
            }),
    );
}

fn info(cx: &Cx<'_>, name: PsStr, resolved: Resolved, alias_of: Option<PsStr>) -> Value {
    let parameters = match &resolved {
        Resolved::Remote(name) => cx.engine.remote.parameters(name),
        _ => Vec::new(),
    };
    Value::Net(Rc::new(CommandInfo { name, resolved, alias_of, parameters }))
}

fn get_command(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let names = cx.texts("Name");
    let patterns = |names: Vec<PsStr>| -> Vec<Wildcard> {
        names.iter().map(|name| Wildcard::new(name, false)).collect()
    };
    let (verbs, nouns, modules) =
        (patterns(cx.texts("Verb")), patterns(cx.texts("Noun")), patterns(cx.texts("Module")));
    let kind = cx.arg("CommandType").as_ref().and_then(convert::integer);
    let most = cx.int("TotalCount").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let wild: Vec<Wildcard> = names
        .iter()
        .filter(|name| crate::ops::pattern::has_wildcard(name))
        .map(|name| Wildcard::new(name, false))
        .collect();
    for name in names.iter().filter(|name| !crate::ops::pattern::has_wildcard(name)) {
        let sym = Sym::new(name);
        let alias = cx.engine.aliases.get(&sym).cloned().or_else(|| super::alias(name));
        match cx.engine.resolve(sym, name) {
            Some(resolved) => {
                let own = match (&resolved, &alias) {
                    (_, Some(_)) => name.clone(),
                    (Resolved::Cmdlet(info), _) => info.name.clone(),
                    (Resolved::Function(function), _) => function.name.clone(),
                    (Resolved::Remote(name), _) => name.clone(),
                    _ => name.clone(),
                };
                found.push(info(cx, own, resolved, alias));
            }
            None => {
                cx.error(
                    "System.Management.Automation.CommandNotFoundException",
                    "CommandNotFoundException",
                    Category::ObjectNotFound,
                    Value::Str(name.clone()),
                    format!("The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."),
                )?;
            }
        }
    }
    if names.is_empty() || !wild.is_empty() {
        let fits = |name: &str| wild.is_empty() || wild.iter().any(|pattern| pattern.matches(name));
        let mut all: Vec<(PsStr, Resolved)> = Vec::new();
        let mut scope = Some(Rc::clone(&cx.engine.scope));
        while let Some(own) = scope.take() {
            if let Some(functions) = &*own.functions.borrow() {
                all.extend(
                    functions
                        .values()
                        .map(|function| (function.name.clone(), Resolved::Function(Rc::clone(function)))),
                );
            }
            scope.clone_from(&own.parent);
        }
        all.extend(super::all().into_iter().map(|info| (info.name.clone(), Resolved::Cmdlet(info))));
        all.extend(cx.engine.remote.names().into_iter().map(|name| (name.clone(), Resolved::Remote(name))));
        all.retain(|(name, _)| fits(name));
        all.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        all.dedup_by(|a, b| a.0.eq_ignore_ascii_case(&b.0));
        cx.engine.steps(all.len())?;
        found.extend(all.into_iter().map(|(name, resolved)| info(cx, name, resolved, None)));
    }
    let text = |value: &Value, name: &str| match value {
        Value::Net(object) => object.get(name).map(|value| value.text()).unwrap_or_default(),
        _ => PsStr::EMPTY,
    };
    let any = |patterns: &[Wildcard], text: &str| {
        patterns.is_empty() || patterns.iter().any(|own| own.matches(text))
    };
    let mut count = 0;
    for value in found {
        let fits = any(&verbs, &text(&value, "Verb"))
            && any(&nouns, &text(&value, "Noun"))
            && any(&modules, &text(&value, "Source"))
            && kind.is_none_or(|kind| match &value {
                Value::Net(object) => object
                    .get("CommandType")
                    .as_ref()
                    .and_then(convert::integer)
                    .is_some_and(|own| own & kind != 0),
                _ => false,
            });
        if fits && count < most {
            count += 1;
            let syntax = |value: &Value| match value {
                Value::Net(object) => Some(object.as_any().downcast_ref::<CommandInfo>()?.syntax()),
                _ => None,
            };
            match syntax(&value).filter(|_| cx.flag("Syntax")) {
                Some(syntax) => cx.write(Value::str(format!("\n{syntax}\n")))?,
                None => cx.write(value)?,
            }
        }
    }
    Ok(())
}

#[derive(Default)]
struct Invoke {
    input: Vec<Value>,
    held: Gathered,
    any: bool,
}

impl Cmdlet for Invoke {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        self.any = true;
        cx.engine.check_items(self.input.len())?;
        self.held.add(&input);
        self.input.push(input);
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if cx.has("ComputerName") {
            return Err(cx.engine.refused("Invoke-Command -ComputerName is not available in this console: it has the session that it was opened with."));
        }
        let Some(block) = cx.block("ScriptBlock") else { return Ok(()) };
        let given = cx.list("ArgumentList").into_iter().map(Given::Value).collect();
        let dot = cx.flag("NoNewScope");
        let stage = cx.engine.stage_of(Resolved::Block(block), &PsStr::EMPTY, given, self.any, dot, None)?;
        if self.any {
            let input = std::mem::take(&mut self.input);
            cx.engine.run_stage_on(stage, input, cx.out)
        } else {
            cx.engine.run_stage(stage, cx.out)
        }
    }
}

fn set_alias(cx: &mut Cx<'_>, replace: bool) -> Flow<()> {
    let (name, value) = (cx.text("Name").unwrap_or_default(), cx.text("Value").unwrap_or_default());
    let sym = Sym::new(&name);
    if !replace
        && !cx.flag("Force")
        && (cx.engine.aliases.contains_key(&sym) || super::alias(&name).is_some())
    {
        return cx.error(
            "System.Management.Automation.SessionStateException",
            "AliasAlreadyExists",
            Category::ResourceExists,
            Value::Str(name.clone()),
            format!("The alias is not allowed, because an alias with the name '{name}' already exists."),
        );
    }
    if cx.engine.aliases.len() >= MAX_ALIASES {
        return Err(cx.engine.limit(format!("There are more than {MAX_ALIASES} aliases.")));
    }
    cx.engine.aliases.insert(sym, value.clone());
    if cx.flag("PassThru")
        && let Some(resolved) = cx.engine.resolve(sym, &name)
    {
        return cx.write(info(cx, name, resolved, Some(value)));
    }
    Ok(())
}

/// Aliases that a session may define.
const MAX_ALIASES: usize = 10_000;

fn get_alias(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut all: Vec<(PsStr, PsStr)> =
        super::aliases().into_iter().map(|(alias, name)| (alias.into(), name)).collect();
    for (sym, name) in &cx.engine.aliases {
        all.retain(|(own, _)| !own.eq_ignore_ascii_case(&sym.name()));
        all.push((sym.name(), name.clone()));
    }
    all.sort_by_key(|(alias, _)| alias.to_ascii_lowercase());
    let definitions: Vec<Wildcard> =
        cx.texts("Definition").iter().map(|name| Wildcard::new(name, false)).collect();
    let mut names = cx.texts("Name");
    if names.is_empty() {
        names.push("*".into());
    }
    for name in names {
        let pattern = Wildcard::new(&name, false);
        let mut any = false;
        for (alias, target) in &all {
            if pattern.matches(alias)
                && (definitions.is_empty() || definitions.iter().any(|own| own.matches(target)))
            {
                any = true;
                if let Some(resolved) = cx.engine.resolve(Sym::new(target), target) {
                    cx.write(info(cx, alias.clone(), resolved, Some(target.clone())))?;
                }
            }
        }
        if !any && !crate::ops::pattern::has_wildcard(&name) {
            cx.error(
                "System.Management.Automation.ItemNotFoundException",
                "ItemNotFoundException",
                Category::ObjectNotFound,
                Value::Str(name.clone()),
                format!("This command cannot find a matching alias because an alias with the name '{name}' does not exist."),
            )?;
        }
    }
    Ok(())
}
