//! The console itself: Get-Host, Measure-Command, and commands that have no meaning in it.

use std::time::{Duration, Instant};

use postern_shared::value::PsTimeSpan;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    code::known_names,
    interp::{Discard, Flow},
    value::{Type, Value},
};

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
    let not_needed: [(&'static str, &'static str, &'static str); 11] = [
        (
            "Start-Transcript",
            "Has no meaning here: every session has a transcript.",
            "Start-Transcript is not needed: the console keeps a transcript of the session, to be downloaded.",
        ),
        ("Stop-Transcript", "Has no meaning here: every session has a transcript.", ""),
        (
            "Unblock-File",
            "Has no meaning here: files of the workspace are not blocked.",
            "Unblock-File is not needed: files of the workspace are not blocked.",
        ),
        (
            "Set-PSDebug",
            "Has no meaning here: lines are not traced.",
            "Set-PSDebug has no effect here; Set-StrictMode has.",
        ),
        ("Update-Help", HELP, "Update-Help is not needed: help is a part of the console."),
        ("Save-Help", HELP, "Save-Help is not needed: help is a part of the console."),
        (
            "Install-PackageProvider",
            MODULES,
            "Install-PackageProvider is not needed: this console installs nothing.",
        ),
        ("Set-PSRepository", MODULES, "Set-PSRepository is not needed: this console installs nothing."),
        (
            "Register-PSRepository",
            MODULES,
            "Register-PSRepository is not needed: this console installs nothing.",
        ),
        (
            "Enable-PSRemoting",
            "Has no meaning here: nobody connects to this console.",
            "Enable-PSRemoting is not needed here.",
        ),
        (
            "Register-ArgumentCompleter",
            "Has no meaning here: the console proposes arguments itself.",
            "Register-ArgumentCompleter has no effect here: the console proposes arguments itself.",
        ),
    ];
    for (name, synopsis, told) in not_needed {
        registry.add(
            Declare::new(name, synopsis)
                .param(P::new("Path", "A file.").texts().at(0).alias("LiteralPath"))
                .param(P::new("OutputDirectory", "A folder."))
                .param(P::new("Name", "A name.").texts())
                .param(P::new("MinimumVersion", "A version."))
                .param(P::new("RequiredVersion", "A version."))
                .param(P::new("Scope", "For whom."))
                .param(P::new("InstallationPolicy", "Whether it is trusted."))
                .param(P::new("SourceLocation", "An address.").alias("SourcePath"))
                .param(P::new("Module", "Modules.").texts())
                .param(P::new("Trace", "How much is traced."))
                .param(P::new("CommandName", "Commands.").texts())
                .param(P::new("ParameterName", "A parameter."))
                .param(P::new("ScriptBlock", "What would run."))
                .param(P::switch("SkipNetworkProfileCheck", "Also in a public network."))
                .param(P::switch("Off", "No tracing."))
                .param(P::switch("Strict", "Strictly."))
                .param(P::switch("Default", "The usual one."))
                .param(P::switch("ForceBootstrap", "At once."))
                .param(P::switch("Append", "Adds to the file."))
                .param(P::switch("Force", "Also where it cannot be written."))
                .param(P::switch("NoClobber", "Not where there is such a file."))
                .param(P::switch("IncludeInvocationHeader", "With times."))
                .should_process()
                .run(move || Box::new(NotNeeded(told))),
        );
    }
}

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
