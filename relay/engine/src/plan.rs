//! A command line as one remote command and the local stages behind it.

use postern_shared::{
    syntax::{
        self, Span,
        ast::{Argument, Command, ElementKind, Expr, ExprKind, Redirection, StatementKind},
    },
    value::{PsStr, PsValue},
    wire::{Failure, ViewKind},
};

use crate::{
    error::{Error, Result, position},
    eval,
    stages::Stages,
};

/// What runs for a command line: one remote command, and local stages that its objects stream through.
#[derive(Debug)]
pub struct Plan {
    /// The remote command.
    pub remote: RemoteCommand,
    stages: Stages,
}

/// A command for the remote side. It is structured, never text.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteCommand {
    /// Its name as it was written.
    pub name: PsStr,
    /// Parameters and arguments in the form that PowerShell itself sends them to a session without language, where
    /// the server binds them (MS-PSRP section 2.2.3.14):
    ///
    /// - `-Name:value` is (`-Name:`, value),
    /// - `-Name` is (`-Name`, `$null`): a switch, or a parameter whose value is the next entry,
    /// - a value is (nothing, value).
    pub parameters: Vec<(Option<PsStr>, PsValue)>,
    /// Where it stands in the line.
    pub span: std::ops::Range<usize>,
}

/// Whether more objects are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Nothing that could come would change the result (`Select-Object -First`): the remote command may be stopped.
    Done,
}

impl Plan {
    /// Compiles a line. `known` says whether the remote side has a command of that name.
    ///
    /// # Errors
    /// If the line is wrong, or holds what this console cannot do; nothing has run then.
    #[expect(clippy::result_large_err, reason = "once a line at most, and the caller sends it on as it is")]
    pub fn compile(line: &str, known: &dyn Fn(&str) -> bool) -> std::result::Result<Self, Failure> {
        compile(line, known).map_err(Error::into_failure)
    }

    /// Whether objects come out as they went in, so that a type's own view shows them.
    pub fn is_remote_only(&self) -> bool {
        self.stages.is_empty()
    }

    /// How the line asks to show what comes out: by `Format-Table` or `Format-List`, and with which properties (none
    /// for those of the view).
    pub fn format(&self) -> Option<(ViewKind, Vec<String>)> {
        self.stages.format()
    }

    /// Sends an object of the remote command through the stages. What comes out at once is added to `out`.
    ///
    /// # Errors
    /// If a stage cannot go on: a bound was exceeded, or it met what this console cannot do. Errors of one object are
    /// not among them, see [`Self::take_errors`].
    #[expect(clippy::result_large_err, reason = "once a line at most, and the caller sends it on as it is")]
    pub fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> std::result::Result<Flow, Failure> {
        self.stages.push(value, out).map_err(Error::into_failure)
    }

    /// Says that the remote command is done. What stages held back (`Sort-Object`) is added to `out`.
    ///
    /// # Errors
    /// As for [`Self::push`].
    #[expect(clippy::result_large_err, reason = "once a line at most, and the caller sends it on as it is")]
    pub fn finish(&mut self, out: &mut Vec<PsValue>) -> std::result::Result<(), Failure> {
        self.stages.finish(out).map_err(Error::into_failure)
    }

    /// Errors of single objects since this was last asked, as PowerShell's error stream has them; the objects are
    /// not in the result. Of very many only the first are kept, and the last says how many more there were.
    pub fn take_errors(&mut self) -> Vec<Failure> {
        self.stages.take_errors()
    }
}

const ONE_COMMAND: &str = "One remote command, with Where-Object, Select-Object, Sort-Object, ForEach-Object, \
                           Group-Object and Measure-Object behind it, is available.";

fn compile(line: &str, known: &dyn Fn(&str) -> bool) -> Result<Plan> {
    let parse = syntax::parse(line);
    if let Some(error) = parse.errors.first() {
        let failure = Failure {
            what: error.message.clone(),
            cause: if error.incomplete { "The command line ends too early." } else { "" }.to_owned(),
            code: if error.incomplete { "IncompleteInput" } else { "ParserError" }.to_owned(),
            position: Some(position(error.span)),
            ..Failure::default()
        };
        return Err(Error::Statement(Box::new(failure)));
    }
    if let Some((word, block)) = parse.tree.named.first() {
        return Err(Error::unsupported(block.span, format!("A {word} block is not available."), ONE_COMMAND));
    }
    if let Some(parameter) = parse.tree.parameters.first() {
        return Err(Error::unsupported(
            parameter.span,
            "Parameters of a script are not available.",
            ONE_COMMAND,
        ));
    }
    let statement = match parse.tree.body.statements.as_slice() {
        [] => {
            return Err(Error::statement(
                Span::default(),
                "EmptyCommand",
                "There is no command in the line.",
            ));
        }
        [one] => one,
        [_, second, ..] => {
            let what = "Several statements in one line are not available.";
            return Err(Error::unsupported(second.span, what, "Run them one after the other."));
        }
    };
    let StatementKind::Pipeline(elements) = &statement.kind else {
        return Err(match &statement.kind {
            StatementKind::Assignment { .. } => Error::unsupported(
                statement.span,
                "Variables are not available.",
                "Run the command alone: its result stays in its block, where it can be sorted and filtered.",
            ),
            _ => Error::unsupported(
                statement.span,
                "Statements of the language are not available.",
                ONE_COMMAND,
            ),
        });
    };
    let Some((first, rest)) = elements.split_first() else {
        return Err(Error::statement(statement.span, "EmptyCommand", "There is no command in the line."));
    };
    let ElementKind::Command(command) = &first.kind else {
        return Err(Error::unsupported(first.span, "An expression alone is not available.", ONE_COMMAND));
    };
    for element in elements {
        if let Some(redirection) = element.redirections.first() {
            return Err(unsupported_redirection(redirection));
        }
    }
    let remote = remote_command(line, command, first.span, known)?;
    for element in rest {
        if let ElementKind::Command(command) = &element.kind
            && let Some(name) = command_name(command)
            && !Stages::has(name)
            && known(name)
        {
            let what = format!("A second remote command ({name}) in a pipeline is not available.");
            let instead = "Run the first command, then the second with the names that it gave.";
            return Err(Error::unsupported(element.span, what, instead));
        }
    }
    Ok(Plan { remote, stages: Stages::compile(line, rest)? })
}

pub(crate) fn unsupported_redirection(redirection: &Redirection) -> Error {
    let what = format!("The redirection {} is not available.", redirection.sign);
    Error::unsupported(redirection.span, what, "Leave it out: every stream is shown in the block.")
}

/// The command's name, if it is a plain word.
pub(crate) fn command_name(command: &Command) -> Option<&str> {
    match &command.name.kind {
        ExprKind::Text { text, .. } => Some(text.as_str()),
        _ => None,
    }
}

fn remote_command(
    line: &str,
    command: &Command,
    span: Span,
    known: &dyn Fn(&str) -> bool,
) -> Result<RemoteCommand> {
    if command.invocation == Some('.') {
        return Err(Error::unsupported(span, "Dot-sourcing is not available.", ONE_COMMAND));
    }
    let Some(name) = command_name(command) else {
        let what = "A command whose name is computed is not available.";
        return Err(Error::unsupported(command.name.span, what, "Write the command's name."));
    };
    if !known(name) {
        if Stages::has(name) {
            let what = format!("{name} needs objects from a command before it.");
            return Err(Error::unsupported(
                command.name.span,
                what,
                "Put a remote command and a | before it.",
            ));
        }
        let what = format!(
            "The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program."
        );
        return Err(Error::explained(
            command.name.span,
            "CommandNotFoundException",
            what,
            "The remote session has no command of this name that this user may run.",
            "Check the spelling. The completion lists the commands that there are.",
        ));
    }
    let mut parameters = Vec::with_capacity(command.arguments.len());
    for argument in &command.arguments {
        match argument {
            Argument::Parameter { name, value: None, .. } => {
                parameters.push((Some(PsStr::from(format!("-{name}"))), PsValue::Null));
            }
            Argument::Parameter { name, value: Some(value), .. } => {
                parameters.push((Some(PsStr::from(format!("-{name}:"))), argument_value(value, line)?));
            }
            Argument::Value(value) => parameters.push((None, argument_value(value, line)?)),
        }
    }
    Ok(RemoteCommand { name: name.into(), parameters, span: span.range() })
}

/// The value of an argument. A script block is its text, as a filter is sent.
fn argument_value(expr: &Expr, line: &str) -> Result<PsValue> {
    if let ExprKind::Paren(statement) = &expr.kind
        && let StatementKind::Pipeline(elements) = &statement.kind
        && let Some(element) = elements.first()
        && let ElementKind::Command(command) = &element.kind
        && command_name(command).is_none_or(|name| !name.eq_ignore_ascii_case("Get-Date"))
    {
        let what = "A command as an argument is not available.";
        return Err(Error::unsupported(
            element.span,
            what,
            "Run it first and write its result as the argument.",
        ));
    }
    eval::constant(expr, line)
}

#[cfg(test)]
mod tests;
