//! `CREATE_PIPELINE`'s body (MS-PSRP section 2.2.2.10).

use postern_shared::value::PsValue;

use super::{ADD_INVOCATION_INFO, Command, Merge, Parameter, PipelineSpec};
use crate::{
    ProtocolError,
    host::HostInfo,
    members::{Body, enum_member, int, list, notes, notes_object, plain_text, type_names},
    message::{MessageType, apartment_state},
};

type_names! {
    fn object_list() = [
        "System.Collections.Generic.List`1[[System.Management.Automation.PSObject, System.Management.Automation, Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
        "System.Object",
    ];
    fn result_types() = [
        "System.Management.Automation.Runspaces.PipelineResultTypes",
        "System.Enum",
        "System.ValueType",
        "System.Object",
    ];
    fn stream_options() =
        ["System.Management.Automation.RemoteStreamOptions", "System.Enum", "System.ValueType", "System.Object"];
}

/// Commands of a pipeline that a server reads; a longer one is refused before it is put together.
const MAX_COMMANDS: usize = 1000;

impl PipelineSpec {
    pub(crate) fn to_value(&self) -> PsValue {
        let mut statements: Vec<Vec<PsValue>> = vec![Vec::new()];
        for (at, command) in self.commands.iter().enumerate() {
            if let Some(statement) = statements.last_mut() {
                statement.push(command.to_value());
            }
            if command.end_of_statement && at + 1 < self.commands.len() {
                statements.push(Vec::new());
            }
        }
        let statements: Vec<PsValue> =
            statements.into_iter().map(|commands| list(object_list(), commands)).collect();
        let mut powershell = notes_object([]);
        if let Some(first) = statements.first() {
            powershell.extended.set("Cmds", first.clone());
        }
        powershell.extended.set("IsNested", self.is_nested);
        powershell.extended.set("History", self.history.clone());
        powershell.extended.set("RedirectShellErrorOutputPipe", self.redirect_errors);
        if statements.len() > 1 {
            let extra = statements.into_iter().map(|commands| notes([("Cmds", commands)])).collect();
            powershell.extended.set("ExtraCmds", list(object_list(), extra));
        }
        let options = if self.stream_options == ADD_INVOCATION_INFO { "AddInvocationInfo" } else { "" };
        notes([
            ("PowerShell", powershell.into()),
            ("NoInput", self.no_input.into()),
            ("ApartmentState", enum_member(apartment_state(), "Unknown", 2)),
            ("RemoteStreamOptions", enum_member(stream_options(), options, self.stream_options)),
            ("AddToHistory", self.add_to_history.into()),
            ("HostInfo", self.host.to_value()),
            ("IsNested", self.is_nested.into()),
        ])
    }

    pub(crate) fn read(value: &PsValue) -> Result<Self, ProtocolError> {
        let body = Body { message: MessageType::CreatePipeline, value };
        let flag = |value: &PsValue, name| value.get(name).and_then(PsValue::as_bool);
        let powershell = body.member("PowerShell")?;
        let commands_of = |holder: &PsValue| -> Result<Vec<Command>, ProtocolError> {
            let commands =
                holder.get("Cmds").and_then(PsValue::as_list).ok_or_else(|| body.malformed("Cmds"))?;
            commands.iter().map(|command| Command::read(Body { value: command, ..body })).collect()
        };
        let commands = match powershell.get("ExtraCmds").and_then(PsValue::as_list) {
            Some(statements) if !statements.is_empty() => {
                let mut all = Vec::new();
                for statement in statements {
                    let mut commands = commands_of(statement)?;
                    if let Some(last) = commands.last_mut() {
                        last.end_of_statement = true;
                    }
                    all.append(&mut commands);
                }
                all
            }
            _ => commands_of(powershell)?,
        };
        if commands.is_empty() || commands.len() > MAX_COMMANDS {
            return Err(body.malformed("Cmds"));
        }
        Ok(Self {
            commands,
            no_input: flag(value, "NoInput").ok_or_else(|| body.malformed("NoInput"))?,
            add_to_history: flag(value, "AddToHistory").unwrap_or(false),
            is_nested: flag(value, "IsNested").or_else(|| flag(powershell, "IsNested")).unwrap_or(false),
            history: powershell.get("History").and_then(plain_text),
            redirect_errors: flag(powershell, "RedirectShellErrorOutputPipe").unwrap_or(true),
            stream_options: value
                .get("RemoteStreamOptions")
                .and_then(PsValue::as_i64)
                .and_then(|options| i32::try_from(options).ok())
                .unwrap_or(0),
            host: value.get("HostInfo").map_or_else(HostInfo::runspace, HostInfo::from_value),
        })
    }
}

impl Command {
    fn to_value(&self) -> PsValue {
        let merge = |number: i32| {
            let text = match number {
                0 => "None",
                1 => "Output",
                2 => "Error",
                3 => "Warning",
                4 => "Verbose",
                5 => "Debug",
                6 => "Information",
                7 => "All",
                8 => "Null",
                _ => "",
            };
            enum_member(result_types(), text, number)
        };
        let arguments = self
            .parameters
            .iter()
            .map(|p| notes([("N", p.name.clone().into()), ("V", p.value.clone())]))
            .collect();
        notes([
            ("Cmd", PsValue::Str(self.name.clone())),
            ("IsScript", self.is_script.into()),
            ("UseLocalScope", self.use_local_scope.into()),
            ("MergeMyResult", merge(self.merge.my)),
            ("MergeToResult", merge(self.merge.to)),
            ("MergePreviousResults", merge(self.merge.previous)),
            ("MergeError", merge(self.merge.error)),
            ("MergeWarning", merge(self.merge.warning)),
            ("MergeVerbose", merge(self.merge.verbose)),
            ("MergeDebug", merge(self.merge.debug)),
            ("MergeInformation", merge(self.merge.information)),
            ("Args", list(object_list(), arguments)),
        ])
    }

    fn read(body: Body<'_>) -> Result<Self, ProtocolError> {
        let value = body.value;
        let merge = |name| int(value, name).unwrap_or(0);
        let arguments = match value.get("Args") {
            None | Some(PsValue::Null) => &[],
            Some(arguments) => arguments.as_list().ok_or_else(|| body.malformed("Args"))?,
        };
        Ok(Self {
            name: body.member("Cmd").ok().and_then(plain_text).ok_or_else(|| body.malformed("Cmd"))?,
            is_script: body.member("IsScript")?.as_bool().ok_or_else(|| body.malformed("IsScript"))?,
            use_local_scope: value.get("UseLocalScope").and_then(PsValue::as_bool),
            parameters: arguments
                .iter()
                .map(|argument| Parameter {
                    name: argument.get("N").and_then(plain_text),
                    value: argument.get("V").cloned().unwrap_or_default(),
                })
                .collect(),
            end_of_statement: false,
            merge: Merge {
                my: merge("MergeMyResult"),
                to: merge("MergeToResult"),
                previous: merge("MergePreviousResults"),
                error: merge("MergeError"),
                warning: merge("MergeWarning"),
                verbose: merge("MergeVerbose"),
                debug: merge("MergeDebug"),
                information: merge("MergeInformation"),
            },
        })
    }
}
