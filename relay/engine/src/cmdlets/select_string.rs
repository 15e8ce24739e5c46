//! Select-String and Join-String.

use std::{fmt::Write as _, rc::Rc};

use fancy_regex::Regex;
use postern_shared::value::PsStr;

use super::{
    Cmdlet, Cx, Declare, P, Registry, content,
    out_file::{encoding_arg, encoding_param},
    selector::Selector,
};
use crate::{
    interp::{Flow, Validate},
    members::regex::match_object,
    ops::regex::{self, IGNORE_CASE},
    value::{Array, Object, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Select-String", "Finds text in texts and files.")
            .alias("sls")
            .default_set("File")
            .param(P::new("Pattern", "What is looked for: regular expressions.").texts().at(0).mandatory())
            .param(P::new("Path", "The files.").texts().set("File").at(1).by_name())
            .param(
                P::new("LiteralPath", "The files; wildcards mean themselves.")
                    .texts()
                    .alias("PSPath")
                    .alias("LP")
                    .set("LiteralFile")
                    .by_name(),
            )
            .param(P::new("InputObject", "The texts.").ty(Type::PSObject).set("Object").by_value())
            .param(P::switch("SimpleMatch", "The patterns are plain texts."))
            .param(P::switch("CaseSensitive", "Case counts."))
            .param(P::switch("Quiet", "Says only whether there is a match."))
            .param(P::switch("List", "Only the first match of each file."))
            .param(P::switch("NoEmphasis", "Has no effect here."))
            .param(P::switch("Raw", "Gives the lines as texts."))
            .param(P::new("Include", "Only files that match.").texts())
            .param(P::new("Exclude", "No files that match.").texts())
            .param(P::switch("NotMatch", "The lines that do not match."))
            .param(P::switch("AllMatches", "All matches of a line, not only the first."))
            .param(encoding_param())
            .param(
                P::new("Context", "How many lines before and after come with it.")
                    .many()
                    .check(Validate::Count(1, 2)),
            )
            .param(P::new("Culture", "Has no effect here.").text())
            .example("Select-String -Path *.log -Pattern 'error'", "The lines with `error` of all logs.")
            .run(|| Box::<Search>::default()),
    );
    registry.add(
        Declare::new("Join-String", "Joins the texts of objects.")
            .param(P::new("Property", "The property whose texts are joined; a script block.").at(0))
            .param(P::new("Separator", "What stands between them.").at(1))
            .param(P::new("OutputPrefix", "What stands before all.").text().alias("op"))
            .param(P::new("OutputSuffix", "What stands behind all.").text().alias("os"))
            .param(P::switch("SingleQuote", "Each in single quotes.").set("SingleQuote"))
            .param(P::switch("DoubleQuote", "Each in double quotes.").set("DoubleQuote"))
            .param(P::new("FormatString", "A format with {0} for each.").text().set("Format"))
            .param(P::switch("UseCulture", "The culture's list separator stands between them."))
            .param(P::new("InputObject", "The objects.").ty(Type::ArrayOf(&Type::PSObject)).by_value())
            .default_set("default")
            .example("Get-Mailbox | Join-String Alias -Separator ';'", "All aliases in one text.")
            .run(|| Box::<Joining>::default()),
    );
}

#[derive(Default)]
struct Search {
    patterns: Vec<(PsStr, Rc<Regex>)>,
    line: usize,
    context: Option<(usize, usize)>,
    /// Lines of the pipeline, where a match's surroundings are wanted.
    held: Vec<PsStr>,
    found: bool,
}

/// The file that an object of Get-ChildItem is.
fn file_of(value: &Value) -> Option<PsStr> {
    match value {
        Value::Object(object) if object.type_name() == "System.IO.FileInfo" => {
            object.get("PSPath").map(|path| path.text())
        }
        _ => None,
    }
}

impl Cmdlet for Search {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let options = if cx.flag("CaseSensitive") { 0 } else { IGNORE_CASE };
        for pattern in cx.texts("Pattern") {
            let source = if cx.flag("SimpleMatch") { regex::escape(&pattern) } else { pattern.to_string() };
            let regex = cx.engine.regex(&source, options)?;
            self.patterns.push((pattern, regex));
        }
        let context: Vec<usize> = cx
            .list("Context")
            .iter()
            .filter_map(crate::convert::integer)
            .map(|n| usize::try_from(n).unwrap_or(0))
            .collect();
        self.context = match context.as_slice() {
            [] => None,
            [both] => Some((*both, *both)),
            [before, after, ..] => Some((*before, *after)),
        };
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        let input = cx.arg("InputObject");
        let files = match (input.as_ref().and_then(file_of), &input) {
            (Some(path), _) => vec![path],
            (None, None) => content::files(cx)?,
            (None, Some(value)) => {
                let text = cx.engine.text_of(value)?;
                if self.context.is_some() {
                    self.held.push(text);
                    return cx.engine.check_items(self.held.len());
                }
                self.line += 1;
                return self.test(cx, &[text], 0, self.line, "InputStream").map(drop);
            }
        };
        let encoding = encoding_arg(cx)?.unwrap_or_default();
        for name in files {
            let content = cx.engine.read_file(&name)?;
            let text = encoding.decode(&content);
            let lines: Vec<PsStr> = content::lines(&text).map(PsStr::from).collect();
            for at in 0..lines.len() {
                if self.test(cx, &lines, at, at + 1, &name)? && cx.flag("List") {
                    break;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let lines = std::mem::take(&mut self.held);
        for at in 0..lines.len() {
            self.test(cx, &lines, at, at + 1, "InputStream")?;
        }
        if cx.flag("Quiet") && !self.found { cx.write(false) } else { Ok(()) }
    }
}

impl Search {
    /// Tests a line and gives its match; whether there is one.
    fn test(&mut self, cx: &mut Cx<'_>, lines: &[PsStr], at: usize, number: usize, path: &str) -> Flow<bool> {
        cx.engine.step()?;
        let Some(line) = lines.get(at) else { return Ok(false) };
        let mut matches = Vec::new();
        let mut which = None;
        for (pattern, regex) in &self.patterns {
            if cx.flag("AllMatches") {
                for found in regex.captures_iter(line) {
                    let found = found.map_err(|error| cx.engine.regex_failed(&error))?;
                    matches.push(match_object(regex, &found, line));
                    cx.engine.check_items(matches.len())?;
                }
            } else if let Some(found) = cx.engine.captures(regex, line)? {
                matches.push(match_object(regex, &found, line));
            }
            if !matches.is_empty() {
                which = Some(pattern.clone());
                break;
            }
        }
        let not = cx.flag("NotMatch");
        if which.is_some() == not {
            return Ok(false);
        }
        if not {
            matches = Vec::new();
            which = self.patterns.first().map(|(pattern, _)| pattern.clone());
        }
        self.found = true;
        if cx.flag("Quiet") {
            cx.write(true)?;
            return Err(cx.done());
        }
        if cx.flag("Raw") {
            cx.write(line.clone())?;
            return Ok(true);
        }
        let texts = |lines: &[PsStr]| {
            Value::Array(Array::new(Type::String, lines.iter().cloned().map(Value::Str).collect()))
        };
        let mut label = String::new();
        let is_file = path != "InputStream";
        let mut shown = |mark: &str, number: usize, text: &str| {
            if !label.is_empty() {
                label.push_str(crate::interp::files::NEW_LINE);
            }
            label.push_str(mark);
            if is_file {
                let _ = write!(label, "{path}:{number}:");
            }
            label.push_str(text);
        };
        let context = match self.context {
            None => {
                shown("", number, line);
                Value::Null
            }
            Some((before, after)) => {
                let pre = &lines[at.saturating_sub(before)..at];
                let post = &lines[at + 1..lines.len().min((at + 1).saturating_add(after))];
                for (offset, text) in pre.iter().enumerate() {
                    shown("  ", number - pre.len() + offset, text);
                }
                shown("> ", number, line);
                for (offset, text) in post.iter().enumerate() {
                    shown("  ", number + 1 + offset, text);
                }
                Value::Object(Object::typed(
                    "Microsoft.PowerShell.Commands.MatchInfoContext",
                    [
                        ("PreContext", texts(pre)),
                        ("PostContext", texts(post)),
                        ("DisplayPreContext", texts(pre)),
                        ("DisplayPostContext", texts(post)),
                    ],
                ))
            }
        };
        let file = path.rsplit('/').next().unwrap_or(path);
        cx.write(
            Object::typed(
                "Microsoft.PowerShell.Commands.MatchInfo",
                [
                    ("IgnoreCase", Value::Bool(!cx.flag("CaseSensitive"))),
                    ("LineNumber", Value::U64(number as u64)),
                    ("Line", Value::Str(line.clone())),
                    ("Filename", Value::str(file)),
                    ("Path", Value::str(path)),
                    ("Pattern", which.map_or(Value::Null, Value::Str)),
                    ("Context", context),
                    ("Matches", Value::array(matches)),
                ],
            )
            .labelled(label),
        )?;
        Ok(true)
    }
}

#[derive(Default)]
struct Joining {
    selector: Option<Selector>,
    separator: Option<PsStr>,
    out: String,
    any: bool,
}

impl Cmdlet for Joining {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(value) = cx.arg("Property") {
            self.selector = Some(Selector::parse(cx, &value, &[])?);
        }
        self.separator = match cx.text("Separator") {
            Some(separator) => Some(separator),
            None if cx.flag("UseCulture") => Some(",".into()),
            // `$OFS`, where it is set.
            None => cx.engine.scope.find(crate::code::known_names::OFS).map(|value| value.text()),
        };
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        for item in cx.list("InputObject") {
            let value = match &self.selector {
                Some(selector) => selector.clone().value(cx, &item)?.unwrap_or_default(),
                None => item,
            };
            if value.is_null() {
                continue;
            }
            let text = cx.engine.text_of(&value)?;
            let text: PsStr = if cx.flag("SingleQuote") {
                format!("'{}'", text.replace('\'', "''")).into()
            } else if cx.flag("DoubleQuote") {
                format!("\"{}\"", text.replace('"', "\"\"")).into()
            } else if let Some(format) = cx.text("FormatString") {
                cx.engine.format(&format, &[value])?.into()
            } else {
                text
            };
            if std::mem::replace(&mut self.any, true)
                && let Some(separator) = &self.separator
            {
                self.out.push_str(separator);
            }
            self.out.push_str(&text);
            cx.engine.check_text(self.out.len())?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let prefix = cx.text("OutputPrefix").unwrap_or_default();
        let suffix = cx.text("OutputSuffix").unwrap_or_default();
        cx.write(format!("{prefix}{}{suffix}", self.out))
    }
}
