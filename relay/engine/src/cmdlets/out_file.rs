//! Out-File, and how cmdlets write text into files of the workspace.

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    encoding::Encoding,
    format::Formatter,
    interp::{Engine, Flow, files::NEW_LINE},
    value::{Category, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Out-File", "Writes what the console would show into a file.")
            .default_set("ByPath")
            .should_process()
            .param(P::new("FilePath", "The file.").text().alias("Path").set("ByPath").at(0).mandatory())
            .param(literal_path("ByLiteralPath"))
            .param(encoding_param().at(1))
            .param(P::switch("Append", "Behind what the file has."))
            .param(P::switch("Force", "Also a file that is write-protected."))
            .param(P::switch("NoClobber", "Not if the file is there already.").alias("NoOverwrite"))
            .param(P::new("Width", "Characters of a line.").int())
            .param(P::switch("NoNewline", "Nothing stands between the texts."))
            .param(P::input("InputObject", "The objects."))
            .example("Get-Mailbox | Format-Table Name,Database | Out-File .\\boxes.txt", "A table as a file.")
            .run(|| Box::<OutFile>::default()),
    );
}

/// `-LiteralPath` of a cmdlet that writes one file.
pub(super) fn literal_path(set: &'static str) -> P {
    P::new("LiteralPath", "The file; wildcards mean themselves.")
        .text()
        .alias("PSPath")
        .alias("LP")
        .set(set)
        .mandatory()
        .by_name()
}

/// `-Encoding`.
pub(super) fn encoding_param() -> P {
    let mut param = P::new(
        "Encoding",
        "utf8 (the default), utf8BOM, unicode, bigendianunicode, utf32, ascii, ansi, oem, or a code page's number.",
    );
    param.0.values = Encoding::NAMES.iter().map(|name| PsStr::from_static(name)).collect();
    param
}

/// What `-Encoding` says.
pub(super) fn encoding_arg(cx: &mut Cx<'_>) -> Flow<Option<Encoding>> {
    let Some(value) = cx.arg("Encoding").filter(|value| !value.is_null()) else { return Ok(None) };
    let name = match value.base() {
        Value::Net(object) => object.get("WebName").unwrap_or_default().text(),
        other => other.text(),
    };
    match Encoding::named(&name) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(cx.fail(
            "System.Management.Automation.ParameterBindingArgumentTransformationException",
            "ParameterArgumentTransformationError",
            Category::InvalidData,
            value,
            format!(
                "Cannot process argument transformation on parameter 'Encoding'. '{name}' is not a supported encoding name. Known are {}.",
                Encoding::NAMES.join(", ")
            ),
        )),
    }
}

/// Cells of a line where nothing else is said.
const WIDTH: usize = 120;
/// Widest line that is asked for.
const MAX_WIDTH: usize = 100_000;

/// The lines that the console would show for objects.
pub(crate) fn lines_of(engine: &mut Engine, values: Vec<Value>) -> Flow<Vec<String>> {
    let mut shown = Shown::new(None);
    let mut lines = Vec::with_capacity(values.len());
    for value in values {
        shown.push(engine, &value, &mut lines)?;
    }
    lines.extend(shown.formatter.finish());
    Ok(lines)
}

/// What the console would show, for a file: a text is a line however long it is.
#[derive(Debug)]
struct Shown {
    formatter: Formatter,
    width: usize,
}

impl Shown {
    fn new(width: Option<usize>) -> Self {
        let width = width.unwrap_or(WIDTH).clamp(2, MAX_WIDTH);
        Self { formatter: Formatter::new(width), width }
    }

    fn push(&mut self, engine: &mut Engine, value: &Value, lines: &mut Vec<String>) -> Flow<()> {
        engine.step()?;
        match value.base() {
            Value::Str(text) if text.len() > self.width => {
                lines.extend(self.formatter.finish());
                lines.extend(text.split('\n').map(|line| line.trim_end_matches('\r').to_owned()));
            }
            _ => {
                self.formatter.push(engine, value)?;
                lines.extend(self.formatter.take());
            }
        }
        Ok(())
    }
}

/// A file that is being written: gathered, and written at the end.
#[derive(Debug)]
pub(super) struct FileText {
    path: PsStr,
    encoding: Encoding,
    bytes: Vec<u8>,
}

impl FileText {
    /// Begins a file, or goes on behind what it has.
    pub(super) fn open(cx: &mut Cx<'_>, path: &str, append: bool, no_clobber: bool) -> Flow<Self> {
        let asked = encoding_arg(cx)?;
        let exists = cx.engine.has_file(path)?;
        if exists && no_clobber && !append {
            return Err(cx.fail(
                "System.IO.IOException",
                "NoClobber",
                Category::ResourceExists,
                Value::str(path),
                format!("The file '{path}' already exists."),
            ));
        }
        let (encoding, bytes) = if append && exists {
            let found = cx.engine.read_file(path)?.to_vec();
            // One file has one encoding: its mark says which.
            (Encoding::detect(&found).or(asked).unwrap_or_default(), found)
        } else {
            let encoding = asked.unwrap_or_default();
            (encoding, encoding.mark().to_vec())
        };
        Ok(Self { path: path.into(), encoding, bytes })
    }

    /// Appends text.
    pub(super) fn text(&mut self, cx: &mut Cx<'_>, text: &str) -> Flow<()> {
        self.encoding.encode(text, &mut self.bytes);
        cx.engine.check_file(self.bytes.len())
    }

    /// Appends a line.
    pub(super) fn line(&mut self, cx: &mut Cx<'_>, text: &str) -> Flow<()> {
        self.encoding.encode(text, &mut self.bytes);
        self.encoding.encode(NEW_LINE, &mut self.bytes);
        cx.engine.check_file(self.bytes.len())
    }

    /// Appends bytes as they are.
    pub(super) fn raw(&mut self, cx: &mut Cx<'_>, bytes: &[u8]) -> Flow<()> {
        self.bytes.extend_from_slice(bytes);
        cx.engine.check_file(self.bytes.len())
    }

    /// Writes the file.
    pub(super) fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let bytes = std::mem::take(&mut self.bytes);
        cx.engine.write_file(&self.path, bytes)
    }
}

#[derive(Default)]
struct OutFile {
    file: Option<FileText>,
    shown: Option<Shown>,
    lines: Vec<String>,
}

impl OutFile {
    fn write(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let bare = cx.flag("NoNewline");
        for line in self.lines.drain(..) {
            if bare {
                file.text(cx, &line)?;
            } else {
                file.line(cx, &line)?;
            }
        }
        Ok(())
    }
}

impl Cmdlet for OutFile {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let Some(path) = cx.text("FilePath").or_else(|| cx.text("LiteralPath")) else { return Ok(()) };
        if !cx.should_process(&path, "Output to File")? {
            return Ok(());
        }
        self.shown = Some(Shown::new(cx.int("Width").and_then(|width| usize::try_from(width).ok())));
        self.file = Some(FileText::open(cx, &path, cx.flag("Append"), cx.flag("NoClobber"))?);
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Some(shown) = &mut self.shown else { return Ok(()) };
        if !matches!(input, Value::Empty) {
            shown.push(cx.engine, &input, &mut self.lines)?;
        }
        self.write(cx)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(shown) = &mut self.shown {
            self.lines.extend(shown.formatter.finish());
        }
        self.write(cx)?;
        match &mut self.file {
            Some(file) => file.close(cx),
            None => Ok(()),
        }
    }

    fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.end(cx)
    }
}
