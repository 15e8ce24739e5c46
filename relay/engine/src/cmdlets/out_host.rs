//! Out-Host and Out-Default.

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    interp::{Flow, Sink, ToHost},
    value::Value,
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Out-Host", "Shows objects as a line's output is shown, and gives them to nobody else.")
            .module("Microsoft.PowerShell.Core")
            .alias("oh")
            .param(P::input("InputObject", "The objects."))
            .param(P::switch("Paging", "Has no effect here."))
            .example(
                "$count = (Get-Mailbox | Tee-Object -Variable all | Out-Host)",
                "Shown, and not kept in $count.",
            )
            .run(|| Box::<OutHost>::default()),
    );
    registry.add(
        Declare::new("Out-Default", "Shows objects as a line's output is shown.")
            .module("Microsoft.PowerShell.Core")
            .param(P::input("InputObject", "The objects."))
            .param(P::switch("Transcript", "Only into the transcript."))
            .example("Get-Mailbox | Out-Default", "Shows the mailboxes.")
            .run(|| Box::<OutHost>::default()),
    );
}

/// Gives to the host past whatever takes the pipeline's output.
#[derive(Default)]
struct OutHost(Option<ToHost>);

impl Cmdlet for OutHost {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let engine = &mut *cx.engine;
        self.0.get_or_insert_with(|| ToHost::new(engine)).put(engine, input)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(out) = &mut self.0 {
            out.finish(cx.engine);
        }
        Ok(())
    }
}
