//! Out-String.

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{format::Formatter, interp::Flow, value::Value};

/// Cells of a line where nothing else is said.
const WIDTH: i64 = 120;
/// Widest line that is asked for.
const MAX_WIDTH: i64 = 100_000;

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Out-String", "Converts objects to text, as a console shows them.")
            .alias("oss")
            .param(P::switch("Stream", "Gives a string a line."))
            .param(P::new("Width", "Cells of a line.").int())
            .param(P::switch("NoNewline", "Without the lines' ends."))
            .param(P::input("InputObject", "The objects."))
            .example("Get-Mailbox | Out-String -Width 200", "The table as one string.")
            .run(|| Box::<OutString>::default()),
    );
}

struct OutString {
    formatter: Formatter,
    stream: bool,
    text: String,
}

impl Default for OutString {
    fn default() -> Self {
        Self { formatter: Formatter::new(120), stream: false, text: String::new() }
    }
}

impl OutString {
    fn lines(&mut self, cx: &mut Cx<'_>, lines: Vec<String>) -> Flow<()> {
        for line in lines {
            if self.stream {
                cx.write(line)?;
            } else {
                self.text.push_str(&line);
                if !cx.flag("NoNewline") {
                    self.text.push('\n');
                }
            }
        }
        cx.engine.check_text(self.text.len())
    }
}

impl Cmdlet for OutString {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let width = cx.int("Width").unwrap_or(WIDTH).clamp(2, MAX_WIDTH);
        self.formatter = Formatter::new(usize::try_from(width).unwrap_or(120));
        self.stream = cx.flag("Stream");
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        self.formatter.push(cx.engine, &input)?;
        let lines = self.formatter.take();
        self.lines(cx, lines)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let lines = self.formatter.finish();
        self.lines(cx, lines)?;
        if !self.stream {
            let text = std::mem::take(&mut self.text);
            cx.write(text)?;
        }
        Ok(())
    }
}
