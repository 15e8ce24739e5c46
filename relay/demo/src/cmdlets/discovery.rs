//! What a session says about itself: its cmdlets, their parameters and their help.

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue, TypeNames};

use super::objects::{count_value, selected};
use crate::cmdlet::{Call, Category, Cmdlet, CmdletError, Kind, Parameter, Pattern, Registry, Stop};

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-Command", "Lists the cmdlets of the session.", get_command)
        .class("Microsoft.PowerShell.Commands.GetCommandCommand")
        .output("System.Management.Automation.CmdletInfo")
        .takes(&[
            Parameter::new("Name", Kind::TextList).at(0).piped().help("Names or wildcards."),
            Parameter::new("Verb", Kind::TextList).by_property().help("Verbs or wildcards."),
            Parameter::new("Noun", Kind::TextList).by_property().help("Nouns or wildcards."),
            Parameter::new("Module", Kind::TextList).alias(&["PSSnapin"]).by_property(),
            Parameter::new("CommandType", Kind::Text)
                .alias(&["Type"])
                .typed("System.Management.Automation.CommandTypes")
                .help("Kinds of command, with commas between them."),
            Parameter::new("TotalCount", Kind::Int).help("How many at most."),
            Parameter::new("ArgumentList", Kind::Any).alias(&["Args"]),
            Parameter::switch("ListImported"),
            Parameter::switch("Syntax").help("Gives the syntax as text."),
        ]),
    Cmdlet::new("Get-Help", "Says what a cmdlet does and what its parameters are.", get_help)
        .class("Microsoft.PowerShell.Commands.GetHelpCommand")
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).by_property().help("A cmdlet's name, or a wildcard."),
            Parameter::new("Parameter", Kind::TextList).help("Only these parameters."),
            Parameter::new("Category", Kind::TextList),
            Parameter::switch("Full"),
            Parameter::switch("Detailed"),
            Parameter::switch("Examples"),
        ]),
];

/// The answer to a question for command metadata (MS-PSRP section 2.2.2.14): how many cmdlets there are, then each.
pub fn metadata(registry: &Registry, names: &[PsStr], command_types: Option<i64>) -> Vec<PsValue> {
    /// `CommandTypes.Cmdlet`.
    const CMDLET: i64 = 8;
    let patterns: Vec<Pattern> = names.iter().map(|name| Pattern::new(name)).collect();
    let wanted = command_types.is_none_or(|types| types & CMDLET != 0);
    let found = if wanted { registry.matching(&patterns) } else { Vec::new() };
    let count = selected(
        &super::objects::measured(0).into(),
        [("Count", count_value(found.len()))].into_iter().collect(),
    );
    std::iter::once(count.into()).chain(found.into_iter().map(|cmdlet| described(cmdlet).into())).collect()
}

/// A cmdlet as Import-PSSession reads it.
fn described(cmdlet: &Cmdlet) -> PsObject {
    let command_type = PsObject {
        type_names: [
            "System.Management.Automation.CommandTypes",
            "System.Enum",
            "System.ValueType",
            "System.Object",
        ]
        .map(PsStr::from_static)
        .into(),
        to_string: Some("Cmdlet".into()),
        content: Content::Value(PsValue::I32(8)),
        ..PsObject::default()
    };
    let outputs = if cmdlet.output.is_empty() { Vec::new() } else { vec![PsValue::from(cmdlet.output)] };
    let properties: Properties = [
        ("Name", PsValue::from(cmdlet.name)),
        ("Namespace", module(cmdlet).into()),
        ("HelpUri", "".into()),
        ("CommandType", command_type.into()),
        ("ResolvedCommandName", PsValue::Null),
        ("OutputType", list("System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Management.Automation.PSTypeName]]", outputs)),
        ("Parameters", parameters(cmdlet, |parameter| parameter_metadata(parameter).into())),
    ]
    .into_iter()
    .collect();
    let info = PsObject { type_names: command_info_types(), ..PsObject::default() };
    selected(&info.into(), properties)
}

fn command_info_types() -> TypeNames {
    ["System.Management.Automation.CmdletInfo", "System.Management.Automation.CommandInfo", "System.Object"]
        .map(PsStr::from_static)
        .into()
}

/// The snap-in or module that a cmdlet comes from.
fn module(cmdlet: &Cmdlet) -> &'static str {
    if cmdlet.class.starts_with("Microsoft.Exchange.") {
        "Microsoft.Exchange.Management.PowerShell.E2010"
    } else if ["GetCommand", "GetHelp", "PSSession"].iter().any(|part| cmdlet.class.contains(part)) {
        "Microsoft.PowerShell.Core"
    } else {
        "Microsoft.PowerShell.Utility"
    }
}

fn list(type_name: &str, items: Vec<PsValue>) -> PsValue {
    PsObject {
        type_names: [PsStr::from(type_name), "System.Object".into()].into(),
        content: Content::List(items),
        ..PsObject::default()
    }
    .into()
}

fn parameters(cmdlet: &Cmdlet, value: impl Fn(&Parameter) -> PsValue) -> PsValue {
    let entries =
        cmdlet.all_parameters().map(|parameter| (parameter.name.into(), value(parameter))).collect();
    PsObject {
        type_names: [
            "System.Collections.Generic.Dictionary`2[[System.String],[System.Management.Automation.ParameterMetadata]]",
            "System.Object",
        ]
        .map(PsStr::from_static)
        .into(),
        content: Content::Dictionary(entries),
        ..PsObject::default()
    }
    .into()
}

fn parameter_metadata(parameter: &Parameter) -> PsObject {
    let aliases = parameter.aliases.iter().map(|alias| PsValue::from(*alias)).collect();
    let mut attributes = vec![PsValue::from("System.Management.Automation.ParameterAttribute")];
    if !parameter.aliases.is_empty() {
        attributes.push("System.Management.Automation.AliasAttribute".into());
    }
    PsObject {
        type_names: ["System.Management.Automation.ParameterMetadata", "System.Object"]
            .map(PsStr::from_static)
            .into(),
        to_string: Some(PsStr::from_static("System.Management.Automation.ParameterMetadata")),
        adapted: [
            ("Name", PsValue::from(parameter.name)),
            ("ParameterType", parameter.type_name().into()),
            ("IsDynamic", false.into()),
            ("Aliases", list("System.Collections.ObjectModel.Collection`1[[System.String]]", aliases)),
            (
                "Attributes",
                list("System.Collections.ObjectModel.Collection`1[[System.Attribute]]", attributes),
            ),
            ("SwitchParameter", (parameter.kind == Kind::Switch).into()),
        ]
        .into_iter()
        .collect(),
        ..PsObject::default()
    }
}

fn get_command(call: &mut Call<'_>) -> Result<(), Stop> {
    let names = call.texts("Name");
    let patterns =
        |texts: Vec<PsStr>| -> Vec<Pattern> { texts.iter().map(|text| Pattern::new(text)).collect() };
    let (verbs, nouns, modules) =
        (patterns(call.texts("Verb")), patterns(call.texts("Noun")), patterns(call.texts("Module")));
    let fits = |patterns: &[Pattern], text: &str| {
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
    };
    let registry = call.caller().registry;
    let syntax_only = call.switch("Syntax");
    let limit = call.int("TotalCount").map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(0));
    let is_cmdlet = call.text("CommandType").is_none_or(|types| {
        types
            .split(',')
            .any(|kind| ["cmdlet", "all"].iter().any(|word| kind.trim().eq_ignore_ascii_case(word)))
    });
    let found: Vec<&'static Cmdlet> = registry
        .matching(&patterns(names.clone()))
        .into_iter()
        .filter(|cmdlet| {
            let (verb, noun) = cmdlet.verb_and_noun();
            is_cmdlet && fits(&verbs, verb) && fits(&nouns, noun) && fits(&modules, module(cmdlet))
        })
        .take(limit)
        .collect();
    for name in names.iter().filter(|name| !Pattern::is_in(name)) {
        if !found.iter().any(|cmdlet| cmdlet.name.eq_ignore_ascii_case(name)) {
            call.error(command_not_found(name))?;
        }
    }
    for cmdlet in found {
        if syntax_only {
            call.write(syntax(cmdlet))?;
        } else {
            call.write(command_info(cmdlet))?;
        }
    }
    Ok(())
}

/// The error for a name that is no cmdlet of the session.
pub fn command_not_found(name: &str) -> CmdletError {
    let mut error = CmdletError::plain(
        "CommandNotFoundException",
        "System.Management.Automation.CommandNotFoundException",
        Category::ObjectNotFound,
        format!(
            "The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. \
             Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        ),
    )
    .about(name);
    error.detail = Some(("CommandName", name.into()));
    error
}

fn command_info(cmdlet: &Cmdlet) -> PsObject {
    let (verb, noun) = cmdlet.verb_and_noun();
    let module = module(cmdlet);
    let text = |text: &str| PsValue::from(text);
    PsObject {
        type_names: command_info_types(),
        to_string: Some(cmdlet.name.into()),
        adapted: [
            ("Verb", text(verb)),
            ("Noun", text(noun)),
            ("HelpFile", PsValue::Null),
            ("PSSnapIn", text(module)),
            ("Version", PsValue::Null),
            ("ImplementingType", text(cmdlet.class)),
            ("Definition", PsValue::from(format!("\n{}\n", syntax(cmdlet)))),
            ("DefaultParameterSet", PsValue::Null),
            (
                "OutputType",
                list(
                    "System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Management.Automation.PSTypeName]]",
                    if cmdlet.output.is_empty() { Vec::new() } else { vec![text(cmdlet.output)] },
                ),
            ),
            ("Options", text("ReadOnly")),
            ("Name", text(cmdlet.name)),
            ("CommandType", text("Cmdlet")),
            ("Source", text(module)),
            ("Visibility", text("Public")),
            ("ModuleName", text(module)),
            ("Module", PsValue::Null),
            ("RemotingCapability", text("PowerShell")),
            ("Parameters", parameters(cmdlet, |_| "System.Management.Automation.ParameterMetadata".into())),
        ]
        .into_iter()
        .collect(),
        ..PsObject::default()
    }
}

/// A cmdlet's syntax in one line.
fn syntax(cmdlet: &Cmdlet) -> String {
    let mut text = String::from(cmdlet.name);
    let confirm = if cmdlet.impact.is_some() { crate::cmdlet::CONFIRM_PARAMETERS } else { &[] };
    for parameter in cmdlet.parameters.iter().chain(confirm) {
        let type_name = parameter.type_name().rsplit('.').next().unwrap_or_default().trim_end_matches(']');
        let name = match (parameter.position.is_some(), parameter.kind == Kind::Switch) {
            (_, true) => format!("-{}", parameter.name),
            (true, _) => format!("[-{}] <{type_name}>", parameter.name),
            (false, _) => format!("-{} <{type_name}>", parameter.name),
        };
        text.push(' ');
        let (before, after) = if parameter.mandatory { ("", "") } else { ("[", "]") };
        text.extend([before, &name, after]);
    }
    text.push_str(" [<CommonParameters>]");
    text
}

fn get_help(call: &mut Call<'_>) -> Result<(), Stop> {
    let name = call.text("Name").unwrap_or("*").to_owned();
    let registry = call.caller().registry;
    let found = registry.matching(&[Pattern::new(&name)]);
    if found.is_empty() {
        let error = CmdletError::plain(
            "HelpNotFound",
            "Microsoft.PowerShell.Commands.HelpNotFoundException",
            Category::ObjectNotFound,
            format!("Get-Help could not find {name} in a help file in this session."),
        )
        .about(name.as_str());
        return call.error(error);
    }
    let wanted = call.texts("Parameter");
    let patterns: Vec<Pattern> = wanted.iter().map(|name| Pattern::new(name)).collect();
    let single = found.len() == 1;
    for cmdlet in found {
        if !patterns.is_empty() {
            for parameter in cmdlet.all_parameters() {
                if patterns.iter().any(|pattern| pattern.matches(parameter.name)) {
                    call.write(parameter_help(parameter))?;
                }
            }
            continue;
        }
        let mut properties: Properties = [
            ("Name", PsValue::from(cmdlet.name)),
            ("Category", "Cmdlet".into()),
            ("Synopsis", cmdlet.synopsis.into()),
            ("ModuleName", module(cmdlet).into()),
        ]
        .into_iter()
        .collect();
        if single {
            properties.set("Syntax", syntax(cmdlet));
            properties.set("returnValues", cmdlet.output);
            let parameters =
                cmdlet.all_parameters().map(|parameter| parameter_help(parameter).into()).collect();
            properties.set("parameters", list("System.Object[]", parameters));
        }
        let kind = if single { "ExtendedCmdletHelpInfo" } else { "HelpInfoShort" };
        call.write(PsObject {
            type_names: [kind, "System.Management.Automation.PSCustomObject", "System.Object"]
                .map(PsStr::from_static)
                .into(),
            extended: properties,
            ..PsObject::default()
        })?;
    }
    Ok(())
}

fn parameter_help(parameter: &Parameter) -> PsObject {
    let position = parameter.position.map_or_else(|| "named".to_owned(), |position| position.to_string());
    let input = match (parameter.by_value, parameter.by_name) {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        (false, false) => "false",
    };
    PsObject {
        type_names: [
            "MamlCommandHelpInfo#parameter",
            "System.Management.Automation.PSCustomObject",
            "System.Object",
        ]
        .map(PsStr::from_static)
        .into(),
        extended: [
            ("name", PsValue::from(parameter.name)),
            ("description", parameter.help.into()),
            ("type", parameter.type_name().into()),
            ("required", if parameter.mandatory { "true".into() } else { "false".into() }),
            ("position", position.into()),
            ("pipelineInput", input.into()),
            ("aliases", parameter.aliases.join(", ").into()),
        ]
        .into_iter()
        .collect(),
        ..PsObject::default()
    }
}
