//! `ConvertTo-Json`, `ConvertFrom-Json` and `Test-Json`.

mod read;
mod write;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    interp::{Flow, files::NEW_LINE},
    limits,
    value::{Category, Value},
};

use self::{
    read::{ReadError, Reader},
    write::{Escape, Reducer},
};

pub(super) fn declare(registry: &mut Registry) {
    let depth = |most: i32| crate::interp::Validate::Range(Value::I32(0), Value::I32(most));
    registry.add(
        Declare::new("ConvertTo-Json", "Gives objects as JSON.")
            .param(
                P::new("InputObject", "The objects; several become an array.")
                    .at(0)
                    .mandatory()
                    .nullable()
                    .by_value(),
            )
            .param(
                P::new("Depth", "How deep objects are followed; deeper ones become texts. 2.")
                    .int()
                    .check(depth(100)),
            )
            .param(P::switch("Compress", "Without line breaks and blanks."))
            .param(P::switch("EnumsAsStrings", "Enumerations by their names."))
            .param(P::switch("AsArray", "An array even of one object."))
            .param(P::new("EscapeHandling", "Default, EscapeNonAscii or EscapeHtml.").text().one_of(&[
                "Default",
                "EscapeNonAscii",
                "EscapeHtml",
            ]))
            .example(
                "Get-Mailbox nora.fink | Select-Object Name,Database | ConvertTo-Json",
                "An object as JSON.",
            )
            .run(|| Box::<ToJson>::default()),
    );
    let input = || {
        P::new("InputObject", "The JSON; several lines are one text.")
            .text()
            .at(0)
            .mandatory()
            .nullable()
            .by_value()
    };
    registry.add(
        Declare::new("ConvertFrom-Json", "Makes objects of JSON.")
            .param(input())
            .param(P::switch("AsHashtable", "Hashtables instead of objects."))
            .param(P::new("Depth", "How deep the JSON may be.").int().check(depth(i32::MAX)))
            .param(P::switch("NoEnumerate", "An array comes as one object."))
            .param(
                P::new("DateKind", "What texts that look like dates become: Default, Local, Utc or String.")
                    .text()
                    .one_of(&["Default", "Local", "Utc", "Offset", "String"]),
            )
            .example("Get-Content .\\settings.json -Raw | ConvertFrom-Json", "The file's objects.")
            .run(|| Box::<FromJson>::default()),
    );
    registry.add(
        Declare::new("Test-Json", "Says whether a text is JSON.")
            .param(P::new("Json", "The text.").text().at(0).mandatory().nullable().by_value())
            .example("'{\"a\":1}' | Test-Json", "Gives True.")
            .simple(|cx, _| {
                let text = cx.text("Json").unwrap_or_default();
                let mut reader = Reader::new(&text, false, limits::MAX_JSON_DEPTH, "string");
                match reader.document(cx.engine) {
                    Ok(_) if !text.trim().is_empty() => cx.write(true),
                    Err(ReadError::Stop(stop)) => Err(stop),
                    result => {
                        cx.error(
                            "System.Exception",
                            "InvalidJson",
                            Category::InvalidData,
                            Value::Str(text),
                            match result {
                                Err(ReadError::Wrong(_, message)) => {
                                    format!("Cannot parse the JSON. {message}")
                                }
                                _ => "Cannot parse the JSON. The input does not contain any JSON.".to_owned(),
                            },
                        )?;
                        cx.write(false)
                    }
                }
            }),
    );
}

#[derive(Default)]
struct ToJson {
    items: Vec<Value>,
    any: bool,
}

impl Cmdlet for ToJson {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let value = cx.arg("InputObject").unwrap_or(input);
        if !matches!(value, Value::Empty) {
            self.any = true;
            self.items.push(value);
            cx.engine.check_items(self.items.len())?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if !self.any {
            return Ok(());
        }
        let mut items = std::mem::take(&mut self.items);
        let value = if items.len() > 1 || cx.flag("AsArray") {
            Value::array(items)
        } else {
            items.pop().unwrap_or_default()
        };
        let depth = cx.int("Depth").and_then(|depth| usize::try_from(depth).ok()).unwrap_or(2);
        let mut reducer = Reducer::new(depth, cx.flag("EnumsAsStrings"));
        let json = reducer.reduce(cx, &value, 0)?;
        if reducer.cut {
            cx.warn(&format!(
                "Resulting JSON is truncated as serialization has exceeded the set depth of {depth}."
            ))?;
        }
        let escape = match cx.text("EscapeHandling").map(|text| text.to_ascii_lowercase()).as_deref() {
            Some("escapenonascii") => Escape::NonAscii,
            Some("escapehtml") => Escape::Html,
            _ => Escape::Default,
        };
        let mut out = String::new();
        write::write(&json, escape, (!cx.flag("Compress")).then_some(0), &mut out);
        cx.engine.check_text(out.len())?;
        cx.write(out)
    }
}

#[derive(Default)]
struct FromJson(Vec<String>, usize);

impl Cmdlet for FromJson {
    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        let text = cx.text("InputObject").unwrap_or_default();
        self.1 += text.len() + 1;
        cx.engine.check_file(self.1)?;
        self.0.push(text.to_string());
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let texts = std::mem::take(&mut self.0);
        let [first, rest @ ..] = texts.as_slice() else { return Ok(()) };
        if rest.is_empty() {
            return convert(cx, first, false).map(drop);
        }
        // A first line that is JSON by itself: each is. Otherwise they are one text.
        if convert(cx, first, true)? {
            for text in rest {
                convert(cx, text, false)?;
            }
            return Ok(());
        }
        convert(cx, &texts.join(NEW_LINE), false).map(drop)
    }
}

/// Reads a text and gives what it says; whether it could be read, where that is only a try.
fn convert(cx: &mut Cx<'_>, text: &str, is_try: bool) -> Flow<bool> {
    let depth = cx
        .int("Depth")
        .and_then(|depth| usize::try_from(depth).ok())
        .unwrap_or(limits::MAX_JSON_DEPTH)
        .min(limits::MAX_JSON_DEPTH);
    let kind = cx.text("DateKind").map_or_else(|| "default".to_owned(), |kind| kind.to_ascii_lowercase());
    let mut reader = Reader::new(text, cx.flag("AsHashtable"), depth, &kind);
    match reader.document(cx.engine) {
        Ok(None) => Ok(false),
        Ok(Some(value)) => {
            if cx.flag("NoEnumerate") {
                cx.write(value)?;
            } else {
                cx.write_all(value)?;
            }
            Ok(true)
        }
        Err(ReadError::Stop(stop)) => Err(stop),
        Err(ReadError::Wrong("System.ArgumentException", _)) if is_try => Ok(false),
        Err(ReadError::Wrong(id, message)) => {
            let (exception, category) = if id == "System.ArgumentException" {
                ("System.ArgumentException", Category::NotSpecified)
            } else {
                ("System.InvalidOperationException", Category::InvalidOperation)
            };
            Err(cx.fail(exception, id, category, Value::Null, message))
        }
    }
}
