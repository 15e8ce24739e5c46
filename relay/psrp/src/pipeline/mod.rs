//! What is invoked: commands with parameters (MS-PSRP sections 2.2.2.10 and 2.2.3.11 to 2.2.3.14).

mod wire;

use postern_shared::value::{PsStr, PsValue};

use crate::host::HostInfo;

/// `RemoteStreamOptions.AddInvocationInfo`: error, warning, verbose and debug records say what command they are from.
const ADD_INVOCATION_INFO: i32 = 15;

/// A pipeline to invoke.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "these flags are the message's")]
pub struct PipelineSpec {
    /// The commands; each takes the output of the one before it, unless that one ends a statement.
    pub commands: Vec<Command>,
    /// Whether no input will be sent. If it is false the server waits for the end of the input.
    pub no_input: bool,
    /// Whether the server's history gets it.
    pub add_to_history: bool,
    /// Whether it runs within a running pipeline.
    pub is_nested: bool,
    /// Text for the history.
    pub history: Option<PsStr>,
    /// Whether the error stream of the pipeline goes to the shell's (`RedirectShellErrorOutputPipe`).
    pub redirect_errors: bool,
    /// `RemoteStreamOptions`; bits 1, 2, 4 and 8 ask for invocation info in error, warning, verbose, debug records.
    pub stream_options: i32,
    /// The pipeline's own host; normally it uses the pool's.
    pub host: HostInfo,
}

/// A command of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The name, or the script's text.
    pub name: PsStr,
    /// Whether `name` is script text; a no-language session refuses that.
    pub is_script: bool,
    /// Whether it runs in a scope of its own; `None` leaves it to the server.
    pub use_local_scope: Option<bool>,
    /// Parameters and positional arguments in order.
    pub parameters: Vec<Parameter>,
    /// Whether the statement ends here: the next command begins another.
    pub end_of_statement: bool,
    /// Where the other streams go.
    pub merge: Merge,
}

/// Where a command's streams go, as `PipelineResultTypes` numbers: 0 where they always go, 1 to the output, 8 nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merge {
    /// Which stream `to` is about (2 for errors, 7 for all); for servers of protocol 2.1 and below.
    pub my: i32,
    /// Where that stream goes.
    pub to: i32,
    /// 3 where the results of earlier commands in the statement are merged here.
    pub previous: i32,
    /// Where errors go.
    pub error: i32,
    /// Where warnings go.
    pub warning: i32,
    /// Where verbose records go.
    pub verbose: i32,
    /// Where debug records go.
    pub debug: i32,
    /// Where information records go.
    pub information: i32,
}

/// A parameter as it stands in the message.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name; `None` for a positional argument.
    pub name: Option<PsStr>,
    /// Its value.
    pub value: PsValue,
}

/// A parameter or argument after the three forms of the wire are told apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A parameter and its value.
    Named(PsStr, PsValue),
    /// A switch that is set.
    Switch(PsStr),
    /// A parameter whose value is missing.
    Missing(PsStr),
    /// A positional argument.
    Positional(PsValue),
}

impl PipelineSpec {
    /// A pipeline of these commands, without input.
    pub fn new(commands: Vec<Command>) -> Self {
        Self {
            commands,
            no_input: true,
            add_to_history: false,
            is_nested: false,
            history: None,
            redirect_errors: true,
            stream_options: ADD_INVOCATION_INFO,
            host: HostInfo::runspace(),
        }
    }

    /// A pipeline of one command without parameters.
    pub fn command(name: impl Into<PsStr>) -> Self {
        Self::new(vec![Command::new(name)])
    }

    /// A pipeline of one script text.
    pub fn script(text: impl Into<PsStr>) -> Self {
        Self::new(vec![Command { is_script: true, ..Command::new(text) }])
    }

    /// Adds a parameter to the last command.
    #[must_use]
    pub fn parameter(self, name: impl Into<PsStr>, value: impl Into<PsValue>) -> Self {
        self.push(Some(name.into()), value.into())
    }

    /// Adds a switch that is set to the last command.
    #[must_use]
    pub fn switch(self, name: impl Into<PsStr>) -> Self {
        self.push(Some(name.into()), PsValue::Bool(true))
    }

    /// Adds a positional argument to the last command.
    #[must_use]
    pub fn argument(self, value: impl Into<PsValue>) -> Self {
        self.push(None, value.into())
    }

    /// Adds a command that takes the last one's output.
    #[must_use]
    pub fn then(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Announces input, which `send_input` and `end_input` of the client give.
    #[must_use]
    pub fn with_input(mut self) -> Self {
        self.no_input = false;
        self
    }

    fn push(mut self, name: Option<PsStr>, value: PsValue) -> Self {
        if let Some(command) = self.commands.last_mut() {
            command.parameters.push(Parameter { name, value });
        }
        self
    }
}

impl Command {
    /// A command without parameters.
    pub fn new(name: impl Into<PsStr>) -> Self {
        Self {
            name: name.into(),
            is_script: false,
            use_local_scope: None,
            parameters: Vec::new(),
            end_of_statement: false,
            merge: Merge::default(),
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<PsStr>, value: impl Into<PsValue>) -> Self {
        self.parameters.push(Parameter { name: Some(name.into()), value: value.into() });
        self
    }

    /// Adds a positional argument.
    #[must_use]
    pub fn argument(mut self, value: impl Into<PsValue>) -> Self {
        self.parameters.push(Parameter { name: None, value: value.into() });
        self
    }

    /// Tells the three forms apart in which a parameter arrives: `Identity` with its value (`AddParameter`),
    /// `-Identity` followed by a nameless value (script text of Invoke-Command), and `-Identity:` with its value
    /// (splatting, as Import-PSSession's proxies do).
    ///
    /// `is_switch` says which parameters take no value: in the second form only the command knows that.
    pub fn arguments(&self, is_switch: impl Fn(&str) -> bool) -> Vec<Argument> {
        let mut arguments = Vec::with_capacity(self.parameters.len());
        let mut rest = self.parameters.iter().peekable();
        while let Some(Parameter { name, value }) = rest.next() {
            let Some(name) = name else {
                arguments.push(Argument::Positional(value.clone()));
                continue;
            };
            let Some(dashed) = name.strip_prefix('-') else {
                arguments.push(Argument::Named(name.clone(), value.clone()));
                continue;
            };
            let dashed = dashed.trim_end();
            let bare = PsStr::from(dashed.strip_suffix(':').unwrap_or(dashed));
            arguments.push(if dashed.ends_with(':') || !value.is_null() {
                Argument::Named(bare, value.clone())
            } else if is_switch(&bare) {
                Argument::Switch(bare)
            } else if let Some(next) = rest.next_if(|next| next.name.is_none()) {
                Argument::Named(bare, next.value.clone())
            } else {
                Argument::Missing(bare)
            });
        }
        arguments
    }
}

/// State of a pipeline (section 2.2.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum PipelineState {
    /// It has not begun.
    NotStarted = 0,
    /// It runs.
    Running = 1,
    /// It is being stopped.
    Stopping = 2,
    /// It was stopped.
    Stopped = 3,
    /// It ran to its end; errors on the way are possible.
    Completed = 4,
    /// A terminating error ended it.
    Failed = 5,
    /// No client is connected.
    Disconnected = 6,
}

impl PipelineState {
    /// The state with that number.
    pub const fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::NotStarted,
            1 => Self::Running,
            2 => Self::Stopping,
            3 => Self::Stopped,
            4 => Self::Completed,
            5 => Self::Failed,
            6 => Self::Disconnected,
            _ => return None,
        })
    }

    /// Whether nothing comes after it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Stopped | Self::Completed | Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WIRE 32: a parameter comes in three forms.
    #[test]
    fn wire_32_three_forms_of_a_parameter() {
        let is_switch = |name: &str| name.eq_ignore_ascii_case("WhatIf");
        let named = |name: &str, value: &str| Argument::Named(name.into(), value.into());
        let null = PsValue::Null;

        let plain = Command::new("Get-Mailbox").parameter("Identity", "x").argument("y");
        assert_eq!(plain.arguments(is_switch), [named("Identity", "x"), Argument::Positional("y".into())]);

        let text = Command::new("Get-Mailbox")
            .parameter("-WhatIf", null.clone())
            .argument("y")
            .parameter("-Identity", null.clone())
            .argument("x")
            .parameter("-Filter", null.clone());
        assert_eq!(
            text.arguments(is_switch),
            [
                Argument::Switch("WhatIf".into()),
                Argument::Positional("y".into()),
                named("Identity", "x"),
                Argument::Missing("Filter".into()),
            ]
        );

        let splatted = Command::new("Get-Mailbox")
            .parameter("-Identity:", "x")
            .parameter("-Filter:", null.clone())
            .parameter("-WhatIf:", true);
        assert_eq!(
            splatted.arguments(is_switch),
            [
                named("Identity", "x"),
                Argument::Named("Filter".into(), null),
                Argument::Named("WhatIf".into(), true.into()),
            ]
        );
    }

    #[test]
    fn a_pipeline_survives_its_message() {
        let mut merged = Command::new("Out-Default").argument(7);
        merged.merge = Merge { my: 2, to: 1, previous: 3, error: 1, ..Merge::default() };
        let mut spec = PipelineSpec::command("Get-Mailbox")
            .parameter("Identity", "x")
            .switch("WhatIf")
            .argument(PsValue::Null)
            .then(merged)
            .with_input();
        spec.host = HostInfo::console("title", 80, 25);
        spec.history = Some("Get-Mailbox x".into());
        spec.add_to_history = true;
        assert_eq!(PipelineSpec::read(&spec.to_value()).unwrap(), spec);

        let mut statements = PipelineSpec::new(["a", "b", "c"].map(Command::new).into());
        statements.commands[1].end_of_statement = true;
        statements.commands[2].end_of_statement = true;
        assert_eq!(PipelineSpec::read(&statements.to_value()).unwrap(), statements);
    }

    #[test]
    fn a_pipeline_without_commands_is_refused() {
        let spec = PipelineSpec::new(Vec::new());
        assert!(PipelineSpec::read(&spec.to_value()).is_err());
        assert!(PipelineSpec::read(&PsValue::Null).is_err());
    }
}
