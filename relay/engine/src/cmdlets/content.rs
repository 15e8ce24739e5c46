//! Get-, Set-, Add- and Clear-Content.

use std::collections::VecDeque;

use postern_shared::value::PsStr;

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    out_file::{FileText, encoding_arg, encoding_param},
};
use crate::{
    convert::integer,
    interp::Flow,
    ops::list,
    value::{Array, Category, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Content", "Reads a file of the workspace line by line.")
            .module("Microsoft.PowerShell.Management")
            .alias("gc")
            .alias("cat")
            .alias("type")
            .default_set("Path")
            .param(paths("Path").at(0).mandatory().by_name())
            .param(literal_paths())
            .param(
                P::new("ReadCount", "How many lines come as one array; 0 for all.").ty(Type::Int64).by_name(),
            )
            .param(
                P::new("TotalCount", "How many lines from the start.")
                    .ty(Type::Int64)
                    .alias("First")
                    .alias("Head")
                    .by_name(),
            )
            .param(P::new("Tail", "How many lines from the end.").int().alias("Last").by_name())
            .param(P::new("Filter", "Files that match.").text())
            .param(P::new("Include", "Only files that match.").texts())
            .param(P::new("Exclude", "No files that match.").texts())
            .param(P::switch("Force", "Has no effect here."))
            .param(P::new("Delimiter", "What ends a part, instead of a line's end.").text())
            .param(P::switch("Raw", "The whole file as one text."))
            .param(encoding_param())
            .param(P::switch("AsByteStream", "Bytes instead of text."))
            .example(
                "Get-Content .\\names.txt | ForEach-Object { Get-Mailbox $_ }",
                "A mailbox for each line.",
            )
            .simple(get_content),
    );
    let write = |name, help| {
        Declare::new(name, help)
            .module("Microsoft.PowerShell.Management")
            .default_set("Path")
            .should_process()
            .param(paths("Path").at(0).mandatory().by_name())
            .param(literal_paths())
            .param(
                P::new("Value", "What is written.").many().at(1).mandatory().nullable().by_value().by_name(),
            )
            .param(P::switch("PassThru", "Gives what was written."))
            .param(P::new("Filter", "Files that match.").text())
            .param(P::new("Include", "Only files that match.").texts())
            .param(P::new("Exclude", "No files that match.").texts())
            .param(P::switch("Force", "Also a file that is write-protected."))
            .param(P::switch("NoNewline", "Nothing stands between the texts."))
            .param(encoding_param())
            .param(P::switch("AsByteStream", "The values are bytes."))
    };
    registry.add(
        write("Set-Content", "Writes a file of the workspace anew.")
            .example(
                "Get-Mailbox | ForEach-Object Alias | Set-Content .\\aliases.txt",
                "A line for each alias.",
            )
            .run(|| Box::new(Writing { append: false, ..Writing::default() })),
    );
    registry.add(
        write("Add-Content", "Writes behind what a file of the workspace has.")
            .alias("ac")
            .example("Add-Content .\\log.txt \"$(Get-Date) done\"", "A line more.")
            .run(|| Box::new(Writing { append: true, ..Writing::default() })),
    );
    registry.add(
        Declare::new("Clear-Content", "Empties a file of the workspace.")
            .module("Microsoft.PowerShell.Management")
            .alias("clc")
            .default_set("Path")
            .should_process()
            .param(paths("Path").at(0).mandatory().by_name())
            .param(literal_paths())
            .param(P::switch("Force", "Also a file that is write-protected."))
            .example("Clear-Content .\\log.txt", "The file is there, and empty.")
            .simple(|cx, _| {
                for name in files(cx)? {
                    if cx.should_process(&name, "Clear Content")? {
                        cx.engine.write_file(&name, Vec::new())?;
                    }
                }
                Ok(())
            }),
    );
}

/// `-Path` of a cmdlet that takes several.
pub(super) fn paths(set: &'static str) -> P {
    P::new("Path", "Names of files, with wildcards or without.").texts().set(set)
}

/// `-LiteralPath` of a cmdlet that takes several.
pub(super) fn literal_paths() -> P {
    P::new("LiteralPath", "Names of files; wildcards mean themselves.")
        .texts()
        .alias("PSPath")
        .alias("LP")
        .set("LiteralPath")
        .mandatory()
        .by_name()
}

/// What `-Path` or `-LiteralPath` were given, with whether wildcards mean themselves. An object of Get-ChildItem has
/// both a text and a `PSPath`; the latter counts, as it does in PowerShell's binder.
pub(super) fn given(cx: &Cx<'_>) -> Vec<(PsStr, bool)> {
    let literal = cx.texts("LiteralPath");
    if literal.is_empty() {
        return cx.texts("Path").into_iter().map(|path| (path, false)).collect();
    }
    literal.into_iter().map(|path| (path, true)).collect()
}

/// The files that `-Path` and `-LiteralPath` mean; an error for each that there is not.
pub(super) fn files(cx: &mut Cx<'_>) -> Flow<Vec<PsStr>> {
    let mut names = Vec::new();
    for (path, literal) in given(cx) {
        let found = cx.engine.entries_at(&path, literal)?;
        if found.is_empty() && (literal || !crate::ops::pattern::has_wildcard(&path)) {
            cx.error(
                "System.Management.Automation.ItemNotFoundException",
                "PathNotFound",
                Category::ObjectNotFound,
                Value::Str(path.clone()),
                format!("Cannot find path '{path}' because it does not exist."),
            )?;
        }
        for entry in found {
            if entry.folder {
                cx.error(
                    "System.UnauthorizedAccessException",
                    "GetContentReaderUnauthorizedAccessError",
                    Category::PermissionDenied,
                    Value::Str(path.clone()),
                    format!("Unable to get content because it is a directory: '{path}'. Please use 'Get-ChildItem' instead."),
                )?;
            } else if super::item::passes(cx, entry.leaf()) {
                names.push(entry.name);
            }
        }
    }
    Ok(names)
}

/// The lines of a text, without what ends them. A line's end at the very end begins no further line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        match rest.find(['\n', '\r']) {
            Some(at) => {
                let line = &rest[..at];
                let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
                rest = &rest[at + end..];
                Some(line)
            }
            None => Some(std::mem::take(&mut rest)),
        }
    })
}

fn get_content(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let encoding = encoding_arg(cx)?.unwrap_or_default();
    let total = cx.int("TotalCount").filter(|count| *count >= 0);
    let tail = cx.int("Tail").filter(|count| *count >= 0);
    if total.is_some() && tail.is_some() {
        return Err(cx.fail(
            "System.InvalidOperationException",
            "TailAndHeadCannotCoexist",
            Category::InvalidOperation,
            Value::Null,
            "The parameters TotalCount and Tail cannot be used together. Please specify only one parameter.",
        ));
    }
    let batch = cx.int("ReadCount").unwrap_or(1);
    let (raw, bytes) = (cx.flag("Raw"), cx.flag("AsByteStream"));
    let delimiter = cx.text("Delimiter").filter(|text| !text.is_empty());
    for name in files(cx)? {
        let content = cx.engine.read_file(&name)?;
        if bytes {
            cx.engine.check_items(content.len())?;
            let all = content.iter().map(|byte| Value::U8(*byte));
            if raw {
                cx.write(Array::new(Type::Byte, all.collect()))?;
            } else {
                give(cx, all, total, tail, batch)?;
            }
            continue;
        }
        let text = encoding.decode(&content);
        if raw {
            cx.engine.check_text(text.len())?;
            if !text.is_empty() {
                cx.write(text)?;
            }
            continue;
        }
        match &delimiter {
            Some(delimiter) => {
                let text = text.strip_suffix(delimiter.as_str()).unwrap_or(&text);
                let parts = text.split(delimiter.as_str()).map(Value::str);
                if !text.is_empty() {
                    give(cx, parts, total, tail, batch)?;
                }
            }
            None => give(cx, lines(&text).map(Value::str), total, tail, batch)?,
        }
    }
    Ok(())
}

fn give(
    cx: &mut Cx<'_>,
    parts: impl Iterator<Item = Value>,
    total: Option<i64>,
    tail: Option<i64>,
    batch: i64,
) -> Flow<()> {
    let count = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let mut last = VecDeque::new();
    let mut together = Vec::new();
    for part in parts.take(total.map_or(usize::MAX, count)) {
        cx.engine.step()?;
        if let Some(tail) = tail {
            last.push_back(part);
            if last.len() > count(tail) {
                last.pop_front();
            }
        } else if batch == 1 {
            cx.write(part)?;
        } else {
            together.push(part);
            cx.engine.check_items(together.len())?;
            if batch > 1 && together.len() >= count(batch) {
                cx.write(Value::array(std::mem::take(&mut together)))?;
            }
        }
    }
    for part in last {
        cx.write(part)?;
    }
    if together.is_empty() { Ok(()) } else { cx.write(Value::array(together)) }
}

#[derive(Default)]
struct Writing {
    append: bool,
    files: Vec<FileText>,
}

impl Cmdlet for Writing {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let action = if self.append { "Add Content" } else { "Set Content" };
        for (path, literal) in given(cx) {
            let mut names: Vec<PsStr> = Vec::new();
            if !literal && crate::ops::pattern::has_wildcard(&path) {
                for entry in cx.engine.entries_at(&path, false)? {
                    if !entry.folder && super::item::passes(cx, entry.leaf()) {
                        names.push(entry.name);
                    }
                }
            } else {
                names.push(path);
            }
            for name in names {
                if cx.should_process(&name, action)? {
                    self.files.push(FileText::open(cx, &name, self.append, false)?);
                }
            }
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        let Some(value) = cx.arg("Value") else { return Ok(()) };
        let items = list::items(&value).unwrap_or_else(|| vec![value.clone()]);
        let (bare, bytes) = (cx.flag("NoNewline"), cx.flag("AsByteStream"));
        for item in &items {
            if bytes {
                let Some(byte) = integer(item).and_then(|n| u8::try_from(n).ok()) else {
                    return Err(cx.fail(
                        "System.Management.Automation.PSArgumentException",
                        "ByteEncodingStreamOnly",
                        Category::InvalidArgument,
                        item.clone(),
                        "Cannot proceed with byte encoding. When using byte encoding the content must be of type byte.",
                    ));
                };
                for file in &mut self.files {
                    file.raw(cx, &[byte])?;
                }
                continue;
            }
            let text = match item.base() {
                Value::Null | Value::Empty => PsStr::EMPTY,
                Value::Hash(_) => item.type_name(),
                _ => cx.engine.to_string_with(item, "")?,
            };
            for file in &mut self.files {
                if bare {
                    file.text(cx, &text)?;
                } else {
                    file.line(cx, &text)?;
                }
            }
        }
        if cx.flag("PassThru") {
            for item in items {
                cx.write(item)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for mut file in std::mem::take(&mut self.files) {
            file.close(cx)?;
        }
        Ok(())
    }

    fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.end(cx)
    }
}
