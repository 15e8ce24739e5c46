//! Get-Help: what a cmdlet's declaration says.

use std::fmt::Write as _;

use postern_shared::value::PsStr;

use super::{CmdletInfo, Cx, Declare, P, Registry};
use crate::{
    interp::{Flow, Param, Resolved},
    ops::pattern::{Wildcard, has_wildcard},
    value::{Category, Object, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Help", "Shows help about commands.")
            .module("Microsoft.PowerShell.Core")
            .alias("help")
            .alias("man")
            .describe("Shows what a local cmdlet does, its parameters and examples. Help of remote commands is asked of the server.")
            .param(P::new("Name", "The command, or a pattern.").text().at(0).by_name())
            .param(P::switch("Full", "All that there is."))
            .param(P::switch("Detailed", "With the parameters."))
            .param(P::switch("Examples", "The examples."))
            .param(P::new("Parameter", "One parameter, or a pattern.").text())
            .param(P::switch("Online", "Not available here."))
            .param(P::new("Category", "The kind of help.").texts())
            .example("Get-Help Sort-Object", "What Sort-Object does.")
            .simple(get_help),
    );
}

fn get_help(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let name = cx.text("Name").unwrap_or_else(|| "Get-Help".into());
    if has_wildcard(&name) {
        let pattern = Wildcard::new(&name, false);
        for info in super::all().into_iter().filter(|info| pattern.matches(&info.name)) {
            cx.write(summary(&info))?;
        }
        return Ok(());
    }
    match cx.engine.resolve(crate::code::Sym::new(&name), &name) {
        Some(Resolved::Cmdlet(info)) => {
            if let Some(wanted) = cx.text("Parameter") {
                let pattern = Wildcard::new(&wanted, false);
                for param in info.signature.params.iter().filter(|param| pattern.matches(&param.name)) {
                    let mut text = String::new();
                    describe_param(param, &mut text);
                    cx.write(Value::str(text.trim_end()))?;
                }
                return Ok(());
            }
            let detailed = cx.flag("Full") || cx.flag("Detailed");
            let text = help_text(&info, detailed, detailed || cx.flag("Examples"));
            let help = summary(&info).labelled(text);
            *help.type_names.borrow_mut() =
                Some(["MamlCommandHelpInfo".into(), "System.Object".into()].into());
            cx.write(help)
        }
        Some(Resolved::Function(function)) => {
            let text = format!("NAME\n    {}\n\nSYNTAX\n    {}\n", function.name, function.name);
            cx.write(Value::str(text))
        }
        Some(Resolved::Remote(name)) if !name.eq_ignore_ascii_case("Get-Help") => {
            let given = vec![crate::interp::Given::Value(Value::Str(name))];
            let stage = cx.engine.stage_of(
                Resolved::Remote("Get-Help".into()),
                &"Get-Help".into(),
                given,
                false,
                false,
                None,
            )?;
            cx.engine.run_stage(stage, cx.out)
        }
        _ => cx.error(
            "Microsoft.PowerShell.Commands.HelpNotFoundException",
            "HelpNotFound",
            Category::ResourceUnavailable,
            Value::Str(name.clone()),
            format!("Get-Help could not find {name} in a help file in this session."),
        ),
    }
}

fn summary(info: &CmdletInfo) -> std::rc::Rc<Object> {
    Object::typed(
        "HelpInfoShort",
        [
            ("Name", Value::Str(info.name.clone())),
            ("Category", Value::str("Cmdlet")),
            ("ModuleName", Value::str(info.module)),
            ("Synopsis", Value::str(info.synopsis)),
        ],
    )
}

fn help_text(info: &CmdletInfo, parameters: bool, examples: bool) -> String {
    let mut out = format!("\nNAME\n    {}\n\nSYNOPSIS\n    {}\n\nSYNTAX\n", info.name, info.synopsis);
    for line in syntax(info) {
        let _ = writeln!(out, "    {line}\n");
    }
    if !info.description.is_empty() {
        let _ = write!(out, "DESCRIPTION\n    {}\n\n", info.description);
    }
    if parameters {
        out.push_str("PARAMETERS\n");
        for param in info.signature.params.iter().filter(|param| !param.hidden) {
            describe_param(param, &mut out);
        }
    }
    if examples {
        for (at, (line, what)) in info.examples.iter().enumerate() {
            let _ = write!(out, "    Example {}: {what}\n\n    {line}\n\n", at + 1);
        }
    }
    if !info.aliases.is_empty() {
        let _ = write!(out, "ALIASES\n    {}\n", info.aliases.join("\n    "));
    }
    out
}

fn describe_param(param: &Param, out: &mut String) {
    let _ = write!(out, "    -{}", param.name);
    if !param.is_switch() {
        let _ = write!(out, " <{}>", type_name(param));
    }
    let _ = writeln!(out, "\n        {}\n", param.help);
    let set = param.sets.first().cloned().unwrap_or_default();
    let position = set.position.map_or_else(|| "named".to_owned(), |position| position.to_string());
    let _ =
        writeln!(out, "        Required?                    {}", param.sets.iter().any(|set| set.mandatory));
    let _ = writeln!(out, "        Position?                    {position}");
    let input = match (set.by_value, set.by_name) {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        _ => "false",
    };
    let _ = writeln!(out, "        Accept pipeline input?       {input}");
    let aliases: Vec<&str> = param.aliases.iter().map(PsStr::as_str).collect();
    let aliases = if aliases.is_empty() { "none".to_owned() } else { aliases.join(", ") };
    let _ = writeln!(out, "        Aliases                      {aliases}\n");
}

fn type_name(param: &Param) -> PsStr {
    match param.ty() {
        Type::PSObject => "psobject".into(),
        ty => ty.short_name(),
    }
}

/// The ways to call a cmdlet, one a parameter set.
pub(crate) fn syntax(info: &CmdletInfo) -> Vec<String> {
    let signature = &info.signature;
    let sets = signature.sets.len().max(1);
    (0..sets)
        .map(|at| {
            let bit = 1u32 << at;
            let mut parts = Vec::new();
            for param in signature.params.iter().filter(|param| !param.hidden) {
                let Some(set) = param.in_sets(bit).next() else { continue };
                let name = if set.position.is_some() {
                    format!("[-{}]", param.name)
                } else {
                    format!("-{}", param.name)
                };
                let text = if param.is_switch() { name } else { format!("{name} <{}>", type_name(param)) };
                parts.push((
                    set.position.unwrap_or(i32::MAX),
                    if set.mandatory { text } else { format!("[{text}]") },
                ));
            }
            parts.sort_by_key(|(position, _)| *position);
            let parts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
            format!("{} {} [<CommonParameters>]", info.name, parts.join(" "))
        })
        .collect()
}
