//! ConvertTo-Html.

use postern_shared::value::PsStr;

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    selector::{Selector, Source},
};
use crate::{
    interp::Flow,
    members,
    value::{Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("ConvertTo-Html", "Gives objects as a page of HTML.")
            .default_set("Page")
            .param(P::input("InputObject", "The objects."))
            .param(P::new("Property", "The properties that are shown.").many().at(0))
            .param(P::new("Body", "What stands before the table.").texts().set("Page").at(3))
            .param(P::new("Head", "The page's head; a title.").texts().set("Page").at(1))
            .param(P::new("Title", "The page's title.").text().set("Page").at(2))
            .param(P::new("As", "Table (the default) or List.").text().one_of(&["Table", "List"]))
            .param(
                P::new("CssUri", "The address of a style sheet.").text().alias("cu").alias("uri").set("Page"),
            )
            .param(P::new("PostContent", "What stands behind the table.").texts())
            .param(P::new("PreContent", "What stands before the table.").texts())
            .param(P::new("Meta", "Names and contents of meta elements.").ty(Type::Hashtable).set("Page"))
            .param(P::new("Charset", "The page's character set.").text().set("Page"))
            .param(P::switch("Transitional", "Another document type.").set("Page"))
            .param(P::switch("Fragment", "Only the table.").set("Fragment"))
            .example(
                "Get-Mailbox | ConvertTo-Html Name,Database | Set-Content .\\boxes.html",
                "A page with a table.",
            )
            .run(|| Box::<Html>::default()),
    );
}

#[derive(Default)]
struct Html {
    properties: Vec<Selector>,
    columns: Option<Vec<(PsStr, Selector)>>,
    list: bool,
    any: bool,
}

impl Cmdlet for Html {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            self.properties.push(Selector::parse(cx, &value, &["name", "label", "width", "alignment"])?);
        }
        self.list = cx.text("As").is_some_and(|kind| kind.eq_ignore_ascii_case("List"));
        if !cx.flag("Fragment") {
            let kind =
                if cx.flag("Transitional") { ("Transitional", "transitional") } else { ("Strict", "strict") };
            cx.write(format!(
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 {}//EN\"  \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-{}.dtd\">",
                kind.0, kind.1
            ))?;
            cx.write("<html xmlns=\"http://www.w3.org/1999/xhtml\">")?;
            cx.write("<head>")?;
            if let Some(charset) = cx.text("Charset") {
                cx.write(format!("<meta charset=\"{charset}\">"))?;
            }
            if let Some(Value::Hash(meta)) = cx.arg("Meta").as_ref().map(Value::base) {
                for (name, content) in meta.entries() {
                    let name = name.text();
                    let attribute = match name.to_ascii_lowercase().as_str() {
                        "content-type" | "default-style" | "x-ua-compatible" => "http-equiv",
                        _ => "name",
                    };
                    cx.write(format!("<meta {attribute}=\"{name}\" content=\"{}\">", content.text()))?;
                }
            }
            let head = cx.texts("Head");
            if head.is_empty() {
                let title = cx.text("Title").unwrap_or_else(|| "HTML TABLE".into());
                cx.write(format!("<title>{title}</title>"))?;
            }
            for line in head {
                cx.write(line)?;
            }
            if let Some(address) = cx.text("CssUri") {
                cx.write(format!("<link rel=\"stylesheet\" type=\"text/css\" href=\"{address}\" />"))?;
            }
            cx.write("</head><body>")?;
            for line in cx.texts("Body") {
                cx.write(line)?;
            }
        }
        for line in cx.texts("PreContent") {
            cx.write(line)?;
        }
        cx.write("<table>")
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if input.is_null() {
            return Ok(());
        }
        let known = self.columns.take();
        let is_first = known.is_none();
        let columns = known.unwrap_or_else(|| self.choose(&input));
        if is_first && !self.list {
            cx.write(group(&columns))?;
            let mut line = String::from("<tr>");
            for (name, _) in &columns {
                line.push_str("<th>");
                encode(name, &mut line);
                line.push_str("</th>");
            }
            line.push_str("</tr>");
            cx.write(line)?;
        }
        if self.list && std::mem::replace(&mut self.any, true) {
            cx.write("<tr><td><hr></td></tr>")?;
        }
        let mut line = String::from("<tr>");
        for (name, selector) in &columns {
            let value = selector.value(cx, &input)?.unwrap_or_default();
            let text = match value.base() {
                Value::Null | Value::Empty => PsStr::EMPTY,
                Value::Object(_) | Value::Remote(_) => cx.engine.text_of(&value)?,
                _ => cx.engine.to_string_with(&value, "")?,
            };
            if self.list {
                let mut row = String::from("<tr><td>");
                encode(name, &mut row);
                row.push_str(":</td><td>");
                encode(&text, &mut row);
                row.push_str("</td></tr>");
                cx.write(row)?;
            } else {
                line.push_str("<td>");
                encode(&text, &mut line);
                line.push_str("</td>");
            }
            cx.engine.check_text(line.len())?;
        }
        self.columns = Some(columns);
        if self.list {
            return Ok(());
        }
        line.push_str("</tr>");
        cx.write(line)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        cx.write("</table>")?;
        for line in cx.texts("PostContent") {
            cx.write(line)?;
        }
        if cx.flag("Fragment") { Ok(()) } else { cx.write("</body></html>") }
    }
}

impl Html {
    /// The columns, by the first object.
    fn choose(&self, input: &Value) -> Vec<(PsStr, Selector)> {
        let named =
            |name: PsStr| (name.clone(), Selector { source: Source::Name(name), label: None, options: None });
        let all = || members::properties_of(input).into_iter().map(|(name, _)| name);
        if self.properties.is_empty() {
            return all().map(named).collect();
        }
        let mut columns = Vec::new();
        for selector in &self.properties {
            match &selector.source {
                Source::Pattern(pattern) if selector.label.is_none() => {
                    columns.extend(all().filter(|name| pattern.matches(name)).map(named));
                }
                _ => columns.push((selector.name(), selector.clone())),
            }
        }
        columns
    }
}

fn group(columns: &[(PsStr, Selector)]) -> String {
    let mut line = String::from("<colgroup>");
    for (_, selector) in columns {
        line.push_str("<col");
        for (option, attribute) in [("width", "width"), ("alignment", "align")] {
            if let Some(value) = selector.option(option) {
                line.push(' ');
                line.push_str(attribute);
                line.push_str("=\"");
                encode(&value.text(), &mut line);
                line.push('"');
            }
        }
        line.push_str("/>");
    }
    line.push_str("</colgroup>");
    line
}

/// As .NET's `WebUtility.HtmlEncode`.
fn encode(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{a0}'..='\u{ff}' | '\u{10000}'..='\u{10ffff}' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            c => out.push(c),
        }
    }
}
