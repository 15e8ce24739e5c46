//! Out-GridView: objects as a grid of their own, and a choice of some of them.
//!
//! In PowerShell it is a window. Here the grid stands among what the line shows; where objects are to be chosen, the
//! person is asked, and what is chosen goes on through the pipeline.

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    host::Colors,
    interp::{Flow, Gathered},
    members::properties_of,
    value::{Category, Value},
};

/// Objects that are offered for choice; with more of them nobody finds anything.
const MOST: usize = 1_000;
/// Properties that tell one object from another.
const SHOWN: usize = 4;

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Out-GridView", "Shows objects in a grid; with -PassThru, lets the person choose some.")
            .alias("ogv")
            .default_set("PassThru")
            .param(P::input("InputObject", "The objects."))
            .param(P::new("Title", "What stands above them.").text())
            .param(
                P::new("Wait", "Means nothing here: a line shows all that it has.")
                    .ty(crate::value::Type::Switch)
                    .set("Wait"),
            )
            .param(P::switch("PassThru", "Those that are chosen go on through the pipeline.").set("PassThru"))
            .param(
                P::new("OutputMode", "How many may be chosen: None, Single or Multiple.")
                    .text()
                    .one_of(&["None", "Single", "Multiple"])
                    .set("OutputMode"),
            )
            .example(
                "Get-Mailbox | Out-GridView -PassThru | Set-Mailbox -Office Ulm",
                "Changes those that are chosen.",
            )
            .run(|| Box::<OutGridView>::default()),
    );
}

#[derive(Default)]
struct OutGridView {
    values: Vec<Value>,
    held: Gathered,
}

impl Cmdlet for OutGridView {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if matches!(input, Value::Empty) {
            return Ok(());
        }
        cx.engine.check_items(self.values.len())?;
        self.held.add(&input);
        self.values.push(input);
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let title = cx.text("Title").unwrap_or_default();
        let mode = cx.text("OutputMode").unwrap_or_default();
        let many = cx.flag("PassThru") || mode.eq_ignore_ascii_case("Multiple");
        if !many && !mode.eq_ignore_ascii_case("Single") {
            if !title.is_empty() {
                cx.engine.host.write(&title, Colors::default(), true);
            }
            for value in std::mem::take(&mut self.values) {
                cx.engine.host.output(&value).map_err(|message| cx.engine.limit(message))?;
            }
            return Ok(());
        }
        if self.values.is_empty() {
            return Ok(());
        }
        if self.values.len() > MOST {
            return Err(cx.fail(
                "System.InvalidOperationException",
                "TooManyObjects",
                Category::LimitsExceeded,
                Value::Null,
                format!(
                    "There are {} objects to choose from; at most {MOST} are offered. Filter them before Out-GridView, for \
                     example with Where-Object.",
                    self.values.len()
                ),
            ));
        }
        let choices: Vec<(PsStr, PsStr)> = self.values.iter().map(line).collect();
        let title = if title.is_empty() { "Out-GridView" } else { title.as_str() };
        let chosen = if many {
            cx.engine.host.choose_many(title, "", &choices)
        } else {
            cx.engine.host.choose(title, "", &choices, 0).map(|chosen| vec![chosen])
        };
        // A window that is closed gives nothing.
        let mut chosen = chosen.unwrap_or_default();
        chosen.sort_unstable();
        for at in chosen {
            if let Some(value) = self.values.get(at) {
                cx.write(value.clone())?;
            }
        }
        Ok(())
    }
}

/// An object in a line: its first property, and some more. Ampersands are doubled, as one marks a key.
fn line(value: &Value) -> (PsStr, PsStr) {
    let mut texts =
        properties_of(value).into_iter().map(|(_, value)| value.text()).filter(|text| !text.is_empty());
    let first = texts.next().unwrap_or_else(|| value.text());
    let more: Vec<PsStr> = texts.take(SHOWN - 1).collect();
    let more: Vec<&str> = more.iter().map(PsStr::as_str).collect();
    (first.replace('&', "&&").into(), more.join(" \u{b7} ").into())
}
