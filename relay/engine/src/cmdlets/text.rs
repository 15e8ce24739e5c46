//! Text: Select-String and Join-String.

use std::rc::Rc;

use fancy_regex::Regex;
use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry, selector::Selector};
use crate::{
    interp::Flow,
    members,
    ops::regex::{IGNORE_CASE, escape},
    value::{Array, Object, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Select-String", "Finds text in strings and files.")
            .alias("sls")
            .default_set("File")
            .param(P::input("InputObject", "Texts.").set("Object").mandatory().nullable())
            .param(P::new("Pattern", "Regular expressions.").texts().at(0).mandatory())
            .param(P::new("Path", "Files of the workspace.").texts().set("File").at(1).by_name())
            .param(
                P::new("LiteralPath", "Files of the workspace.")
                    .texts()
                    .alias("PSPath")
                    .alias("LP")
                    .set("LiteralFile")
                    .by_name(),
            )
            .param(P::switch("SimpleMatch", "The pattern is plain text."))
            .param(P::switch("CaseSensitive", "Case counts."))
            .param(P::switch("Quiet", "Gives whether there is a match."))
            .param(P::switch("List", "Only the first match of each file."))
            .param(P::switch("NotMatch", "What does not match."))
            .param(P::switch("AllMatches", "All matches of a line."))
            .param(P::switch("Raw", "Gives the lines themselves."))
            .param(P::switch("NoEmphasis", "Without colours."))
            .param(P::new("Encoding", "The files' encoding.").text())
            .param(P::new("Context", "Lines before and behind.").ty(Type::ArrayOf(&Type::Int32)))
            .param(P::new("Include", "Only these files.").texts())
            .param(P::new("Exclude", "Not these files.").texts())
            .example("Get-Content log.txt | Select-String 'error'", "Lines with errors.")
            .run(|| Box::<SelectString>::default()),
    );
    registry.add(
        Declare::new("Join-String", "Joins the texts of objects.")
            .default_set("default")
            .param(P::new("Property", "The property, or a block.").at(0))
            .param(P::new("Separator", "What stands between.").text().at(1).nullable())
            .param(P::new("OutputPrefix", "What stands before all.").text().alias("op").nullable())
            .param(P::new("OutputSuffix", "What stands behind all.").text().alias("os").nullable())
            .param(P::switch("SingleQuote", "Each in single quotes.").set("SingleQuote"))
            .param(P::switch("DoubleQuote", "Each in double quotes.").set("DoubleQuote"))
            .param(P::new("FormatString", "A format for each.").text().set("Format"))
            .param(P::switch("UseCulture", "The separator of lists of the culture."))
            .param(P::input("InputObject", "The objects."))
            .example("'a','b' | Join-String -Separator ';'", "Gives a;b.")
            .run(|| Box::<JoinString>::default()),
    );
}

#[derive(Default)]
struct SelectString {
    patterns: Vec<(PsStr, Rc<Regex>)>,
    line: i32,
    found: bool,
}

impl Cmdlet for SelectString {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let options = if cx.flag("CaseSensitive") { 0 } else { IGNORE_CASE };
        for pattern in cx.texts("Pattern") {
            let source: PsStr =
                if cx.flag("SimpleMatch") { escape(&pattern).into() } else { pattern.clone() };
            let regex = cx.engine.regex(&source, options)?;
            self.patterns.push((pattern, regex));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let mut paths = cx.texts("Path");
        paths.extend(cx.texts("LiteralPath"));
        if !paths.is_empty() {
            for path in paths {
                let mut any = false;
                for (at, line) in cx.engine.file_lines(&path)?.into_iter().enumerate() {
                    if any && cx.flag("List") {
                        break;
                    }
                    any |= self.line(cx, &line.text(), at as i32 + 1, &path)?;
                }
            }
            return Ok(());
        }
        if input.is_null() {
            return Ok(());
        }
        self.line += 1;
        let text = cx.engine.text_of(&input)?;
        self.line(cx, &text, self.line, "InputStream").map(drop)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if cx.flag("Quiet") { cx.write(Value::Bool(self.found)) } else { Ok(()) }
    }
}

impl SelectString {
    fn line(&mut self, cx: &mut Cx<'_>, text: &PsStr, number: i32, path: &str) -> Flow<bool> {
        cx.engine.step()?;
        let not = cx.flag("NotMatch");
        let mut hit = None;
        for (pattern, regex) in &self.patterns {
            if let Some(captures) = cx.engine.captures(regex, text)? {
                let mut matches = vec![members::regex::match_object(regex, &captures, text)];
                if cx.flag("AllMatches") {
                    matches = match members::regex::all(cx.engine, regex, text)? {
                        Value::Net(all) => all.items().unwrap_or_default(),
                        _ => matches,
                    };
                }
                hit = Some((pattern.clone(), matches));
                break;
            }
        }
        if hit.is_some() == not {
            return Ok(false);
        }
        self.found = true;
        if cx.flag("Quiet") {
            return Ok(true);
        }
        if cx.flag("Raw") {
            cx.write(Value::Str(text.clone()))?;
            return Ok(true);
        }
        let (pattern, matches) = hit.unwrap_or_else(|| {
            (self.patterns.first().map(|(own, _)| own.clone()).unwrap_or_default(), Vec::new())
        });
        let label: PsStr =
            if path == "InputStream" { text.clone() } else { format!("{path}:{number}:{text}").into() };
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let info = Object::typed(
            "Microsoft.PowerShell.Commands.MatchInfo",
            [
                ("IgnoreCase", Value::Bool(!cx.flag("CaseSensitive"))),
                ("LineNumber", Value::I32(number)),
                ("Line", Value::Str(text.clone())),
                ("Filename", Value::str(name)),
                ("Path", Value::str(path)),
                ("Pattern", Value::Str(pattern)),
                ("Context", Value::Null),
                ("Matches", Value::Array(Array::new(Type::Object, matches))),
            ],
        );
        cx.write(info.labelled(label))?;
        Ok(true)
    }
}

#[derive(Default)]
struct JoinString {
    selector: Option<Selector>,
    out: String,
    any: bool,
}

impl Cmdlet for JoinString {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(property) = cx.arg("Property") {
            self.selector = Some(Selector::parse(cx, &property, &["name"])?);
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        let value = match self.selector.clone() {
            Some(selector) => selector.value(cx, &input)?.unwrap_or_default(),
            None => input,
        };
        let mut text = cx.engine.text_of(&value)?;
        if cx.flag("SingleQuote") {
            text = format!("'{}'", text.replace('\'', "''")).into();
        } else if cx.flag("DoubleQuote") {
            text = format!("\"{text}\"").into();
        } else if let Some(format) = cx.text("FormatString") {
            text = cx.engine.format(&format, &[value])?.into();
        }
        if std::mem::replace(&mut self.any, true) {
            let separator = cx.text("Separator").or_else(|| {
                cx.engine
                    .scope
                    .find(crate::code::known_names::OFS)
                    .filter(|ofs| !ofs.is_null())
                    .map(|ofs| ofs.text())
            });
            let separator = if cx.flag("UseCulture") { Some(",".into()) } else { separator };
            self.out.push_str(&separator.unwrap_or_default());
        }
        self.out.push_str(&text);
        cx.engine.check_text(self.out.len())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let part = |name: &str| cx.text(name).unwrap_or_default();
        let text = format!("{}{}{}", part("OutputPrefix"), self.out, part("OutputSuffix"));
        cx.write(Value::str(text))
    }
}
