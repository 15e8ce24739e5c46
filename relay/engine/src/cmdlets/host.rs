//! The console itself: Get-Host, Measure-Command, and commands that have no meaning in it.

use std::time::{Duration, Instant};

use postern_shared::value::PsTimeSpan;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    code::known_names,
    interp::{Discard, Flow},
    value::{Type, Value},
};

const TRANSCRIPT: &str = "Has no meaning here: every session has a transcript.";
const HELP: &str = "Has no meaning here: help is a part of the console.";
const MODULES: &str = "Has no meaning here: this console installs nothing.";
/// Ticks of 100 ns in a second.
const TICKS_PER_SECOND: u128 = 10_000_000;

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Measure-Command", "Measures how long a script block takes; its output is dropped.")
            .param(P::new("Expression", "What runs.").ty(Type::ScriptBlock).at(0).mandatory())
            .param(P::input("InputObject", "Objects, each of which it runs for as $_."))
            .example("Measure-Command { Get-Mailbox -ResultSize Unlimited }", "How long all mailboxes take.")
            .run(|| Box::<MeasureCommand>::default()),
    );
    registry.add(
        Declare::new("Get-Host", "Gives this console as an object.")
            .example("(Get-Host).Version", "The version of the language.")
            .simple(|cx, _| {
                let host = cx.engine.scope.find(known_names::HOST).unwrap_or_default();
                cx.write(host)
            }),
    );
    for (name, synopsis, told, parameters, switches) in NOT_NEEDED {
        let mut declared = Declare::new(name, synopsis).should_process();
        for (at, parameter) in (0..).zip(*parameters) {
            let parameter = P::new(parameter, "Has no effect here.").many();
            declared = declared.param(if at == 0 { parameter.at(0) } else { parameter });
        }
        for switch in *switches {
            declared = declared.param(P::switch(switch, "Has no effect here."));
        }
        registry.add(declared.run(move || Box::new(NotNeeded(told))));
    }
}

/// Name, synopsis, what is said, parameters and switches of a command that has no meaning here.
type Needless = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const NOT_NEEDED: &[Needless] = &[
    (
        "Start-Transcript",
        TRANSCRIPT,
        "Start-Transcript is not needed: the console keeps a transcript of the session, to be downloaded.",
        &["Path", "LiteralPath", "OutputDirectory"],
        &["Append", "Force", "NoClobber", "IncludeInvocationHeader", "UseMinimalHeader"],
    ),
    ("Stop-Transcript", TRANSCRIPT, "", &[], &[]),
    (
        "Unblock-File",
        "Has no meaning here: files of the workspace are not blocked.",
        "Unblock-File is not needed: files of the workspace are not blocked.",
        &["Path", "LiteralPath"],
        &[],
    ),
    (
        "Set-PSDebug",
        "Has no meaning here: lines are not traced.",
        "Set-PSDebug has no effect here; Set-StrictMode has.",
        &["Trace"],
        &["Off", "Step", "Strict"],
    ),
    (
        "Update-Help",
        HELP,
        "Update-Help is not needed: help is a part of the console.",
        &["Module", "SourcePath", "UICulture", "Scope"],
        &["Force", "Recurse"],
    ),
    (
        "Save-Help",
        HELP,
        "Save-Help is not needed: help is a part of the console.",
        &["DestinationPath", "Module", "UICulture"],
        &["Force"],
    ),
    (
        "Install-PackageProvider",
        MODULES,
        "Install-PackageProvider is not needed: this console installs nothing.",
        &["Name", "MinimumVersion", "MaximumVersion", "RequiredVersion", "Scope", "Source"],
        &["Force", "ForceBootstrap", "AllVersions"],
    ),
    (
        "Set-PSRepository",
        MODULES,
        "Set-PSRepository is not needed: this console installs nothing.",
        &["Name", "SourceLocation", "InstallationPolicy", "PublishLocation"],
        &[],
    ),
    (
        "Register-PSRepository",
        MODULES,
        "Register-PSRepository is not needed: this console installs nothing.",
        &["Name", "SourceLocation", "InstallationPolicy", "PublishLocation"],
        &["Default"],
    ),
    (
        "Enable-PSRemoting",
        "Has no meaning here: nobody connects to this console.",
        "Enable-PSRemoting is not needed here.",
        &[],
        &["Force", "SkipNetworkProfileCheck"],
    ),
    (
        "Register-ArgumentCompleter",
        "Has no meaning here: the console proposes arguments itself.",
        "Register-ArgumentCompleter has no effect here: the console proposes arguments itself.",
        &["CommandName", "ParameterName", "ScriptBlock"],
        &["Native"],
    ),
];

/// A command that has no meaning here, and what is said of it.
struct NotNeeded(&'static str);

impl Cmdlet for NotNeeded {
    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if !self.0.is_empty() {
            cx.engine.host.information(self.0);
        }
        Ok(())
    }
}

#[derive(Default)]
struct MeasureCommand {
    took: Duration,
}

impl Cmdlet for MeasureCommand {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Some(Value::Block(block)) = cx.arg("Expression") else { return Ok(()) };
        let began = Instant::now();
        let under = (!matches!(input, Value::Empty)).then_some(input);
        let ran = cx.engine.run_here(&block, under, &mut Discard);
        self.took += began.elapsed();
        ran
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let ticks = self.took.as_nanos() * TICKS_PER_SECOND / 1_000_000_000;
        cx.write(Value::TimeSpan(PsTimeSpan { ticks: i64::try_from(ticks).unwrap_or(i64::MAX) }))
    }
}
