//! Write-Output, Write-Host, Write-Error and their relatives, Out-Null, Out-Default.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Cx, Declare, P, Registry};
use crate::{
    convert::integer,
    host::{Colors, Progress},
    interp::{Action, Common, Engine, Flow, Keeps, Target},
    ops::list,
    value::{Category, ErrorRecord, Exception, Object, Type, Value, enums},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Write-Output", "Gives objects to the pipeline.")
            .alias("write")
            .alias("echo")
            .param(
                P::new("InputObject", "The objects.")
                    .ty(Type::PSObject)
                    .at(0)
                    .mandatory()
                    .by_value()
                    .remaining()
                    .nullable(),
            )
            .param(P::switch("NoEnumerate", "A collection is given as one object."))
            .example("Write-Output 1,2", "Gives two objects.")
            .simple(|cx, input| {
                let Some(value) = cx.arg("InputObject").or(Some(input)) else { return Ok(()) };
                if cx.flag("NoEnumerate") { cx.write(value) } else { cx.write_all(value) }
            }),
    );
    registry.add(
        Declare::new("Write-Host", "Writes text for the person at the console.")
            .param(
                P::new("Object", "What is written.")
                    .alias("Msg")
                    .alias("Message")
                    .at(0)
                    .by_value()
                    .remaining(),
            )
            .param(P::switch("NoNewline", "The line goes on."))
            .param(P::new("Separator", "What stands between several objects."))
            .param(
                P::new("ForegroundColor", "The colour of the text.").ty(Type::EnumOf(&enums::CONSOLE_COLOR)),
            )
            .param(
                P::new("BackgroundColor", "The colour behind the text.")
                    .ty(Type::EnumOf(&enums::CONSOLE_COLOR)),
            )
            .example("Write-Host Done -ForegroundColor Green", "A line in green.")
            .simple(write_host),
    );
    let message = |name, what| P::new(name, what).text().at(0).mandatory().by_value().nullable();
    registry.add(
        Declare::new("Write-Warning", "Writes a warning.")
            .param(message("Message", "The text.").alias("Msg"))
            .example("Write-Warning 'Not found'", "A warning.")
            .simple(|cx, _| {
                let text = cx.text("Message").unwrap_or_default();
                cx.warn(&text)
            }),
    );
    registry.add(
        Declare::new("Write-Verbose", "Writes a line that shows with -Verbose.")
            .param(message("Message", "The text.").alias("Msg"))
            .example("Write-Verbose 'Step 1' -Verbose", "A verbose line.")
            .simple(|cx, _| {
                let text = cx.text("Message").unwrap_or_default();
                cx.verbose(&text)
            }),
    );
    registry.add(
        Declare::new("Write-Debug", "Writes a line that shows with -Debug.")
            .param(message("Message", "The text.").alias("Msg"))
            .example("Write-Debug 'x = 1' -Debug", "A debug line.")
            .simple(|cx, _| {
                let text = cx.text("Message").unwrap_or_default();
                cx.engine.debug(&text, Some(&cx.args.common))
            }),
    );
    registry.add(
        Declare::new("Write-Information", "Writes to the information stream.")
            .param(
                P::new("MessageData", "What is written.")
                    .alias("Msg")
                    .alias("Message")
                    .at(0)
                    .mandatory()
                    .by_value()
                    .nullable(),
            )
            .param(P::new("Tags", "Words that the record carries.").texts().at(1))
            .example("Write-Information 'Step 1' -InformationAction Continue", "An information line.")
            .simple(|cx, _| {
                let value = cx.arg("MessageData").unwrap_or_default();
                let tags = cx.texts("Tags");
                let record = information_record(value, tags);
                let common = cx.args.common.clone();
                cx.engine.inform(record, &common)
            }),
    );
    registry.add(
        Declare::new("Write-Error", "Writes an error that does not end the command.")
            .default_set("NoException")
            .param(
                P::new("Exception", "The exception.")
                    .ty(Type::Exception(&crate::value::error::EXCEPTIONS[0]))
                    .set("WithException")
                    .mandatory(),
            )
            .param(
                P::new("Message", "The text.")
                    .text()
                    .alias("Msg")
                    .set("NoException")
                    .at(0)
                    .mandatory()
                    .by_value()
                    .nullable()
                    .set("WithException"),
            )
            .param(
                P::new("ErrorRecord", "An error record.")
                    .ty(Type::ErrorRecord)
                    .set("ErrorRecord")
                    .mandatory(),
            )
            .param(P::new("Category", "The category.").ty(Type::EnumOf(&enums::ERROR_CATEGORY)))
            .param(P::new("ErrorId", "The id.").text())
            .param(P::new("TargetObject", "What the error is about."))
            .param(P::new("RecommendedAction", "What to do.").text())
            .param(P::new("CategoryActivity", "The activity.").text().alias("Activity"))
            .param(P::new("CategoryReason", "The reason.").text().alias("Reason"))
            .param(P::new("CategoryTargetName", "The target's name.").text().alias("TargetName"))
            .param(P::new("CategoryTargetType", "The target's type.").text().alias("TargetType"))
            .example("Write-Error 'Not found'", "An error.")
            .simple(write_error),
    );
    registry.add(
        Declare::new("Write-Progress", "Shows how far something has come.")
            .param(P::new("Activity", "What is done.").text().at(0))
            .param(P::new("Status", "How it stands.").text().at(1))
            .param(P::new("Id", "Which activity.").int().at(2))
            .param(P::new("PercentComplete", "Per cent that are done.").int())
            .param(P::new("SecondsRemaining", "Seconds left.").int())
            .param(P::new("CurrentOperation", "What is done just now.").text())
            .param(P::new("ParentId", "The activity that it is a part of.").int())
            .param(P::switch("Completed", "It is over."))
            .param(P::new("SourceId", "Where it comes from.").int())
            .example("Write-Progress Mailboxes -PercentComplete 50", "A bar at its half.")
            .simple(|cx, _| {
                let number = |name: &str, otherwise: i32| cx.int(name).map_or(otherwise, |n| n as i32);
                let progress = Progress {
                    id: number("Id", 0),
                    parent: number("ParentId", -1),
                    activity: cx.text("Activity").unwrap_or_default(),
                    status: cx.text("Status").unwrap_or_else(|| "Processing".into()),
                    operation: cx.text("CurrentOperation").unwrap_or_default(),
                    percent: number("PercentComplete", -1),
                    seconds: number("SecondsRemaining", -1),
                    completed: cx.flag("Completed"),
                };
                if cx.args.common.progress_action.unwrap_or_else(|| {
                    cx.engine.preference(crate::code::known_names::PROGRESS_ACTION, Action::Continue)
                }) == Action::Continue
                {
                    cx.engine.host.progress(&progress);
                }
                Ok(())
            }),
    );
    registry.add(
        Declare::new("Out-Null", "Drops objects.")
            .module("Microsoft.PowerShell.Core")
            .param(P::input("InputObject", "The objects."))
            .example("$list.Add(1) | Out-Null", "Nothing shows.")
            .simple(|_, _| Ok(())),
    );
}

fn write_host(cx: &mut Cx<'_>, input: Value) -> Flow<()> {
    let value = cx.arg("Object").unwrap_or(input);
    let separator = match cx.arg("Separator") {
        Some(separator) => cx.engine.text_of(&separator)?,
        None => " ".into(),
    };
    let mut text = String::new();
    join(cx.engine, &value, &separator, &mut text)?;
    let color = |name: &str| cx.arg(name).as_ref().and_then(integer).and_then(|n| u8::try_from(n).ok());
    let colors = Colors { foreground: color("ForegroundColor"), background: color("BackgroundColor") };
    let end_line = !cx.flag("NoNewline");
    let common = cx.args.common.clone();
    cx.engine.write_host(&text, colors, end_line, &common)
}

/// The text of an object or of the items of a collection.
fn join(engine: &mut Engine, value: &Value, separator: &str, out: &mut String) -> Flow<()> {
    if let Some(items) = list::items(value) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(separator);
            }
            join(engine, item, separator, out)?;
        }
        Ok(())
    } else {
        // As a string's inside, but dates and numbers in the culture's form.
        let text = match value.base() {
            Value::DateTime(_) | Value::Double(_) | Value::Single(_) => engine.to_string_with(value, "")?,
            _ => engine.text_of(value)?,
        };
        out.push_str(&text);
        engine.check_text(out.len())
    }
}

fn information_record(value: Value, tags: Vec<PsStr>) -> Rc<Object> {
    let label = value.text();
    Object::typed(
        "System.Management.Automation.InformationRecord",
        [
            ("MessageData", value),
            ("Source", Value::str("")),
            ("Tags", Value::array(tags.into_iter().map(Value::Str).collect())),
        ],
    )
    .labelled(label)
}

impl Engine {
    /// Text for the person, unless the information stream goes elsewhere.
    pub(crate) fn write_host(
        &mut self,
        text: &str,
        colors: Colors,
        end_line: bool,
        common: &Common,
    ) -> Flow<()> {
        if self.keeps(common) {
            let record = Value::Object(information_record(Value::str(text), vec!["PSHOST".into()]));
            self.keep(Keeps::Informations, &record, Some(common));
        }
        if common.information_action == Some(Action::Ignore) {
            return Ok(());
        }
        match self.streams.information.clone() {
            Target::Host => {
                self.host.write(text, colors, end_line);
                Ok(())
            }
            target => {
                let record = information_record(Value::str(text), vec!["PSHOST".into()]);
                self.redirect(&target, Value::Object(record))
            }
        }
    }

    /// A record of the information stream.
    pub(crate) fn inform(&mut self, record: Rc<Object>, common: &Common) -> Flow<()> {
        if self.keeps(common) {
            self.keep(Keeps::Informations, &Value::Object(Rc::clone(&record)), Some(common));
        }
        let action = common.information_action.unwrap_or_else(|| {
            self.preference(crate::code::known_names::INFORMATION_ACTION, Action::SilentlyContinue)
        });
        match self.streams.information.clone() {
            Target::Host if action == Action::Continue => {
                let text = record.get("MessageData").unwrap_or_default();
                let text = self.text_of(&text)?;
                self.host.information(&text);
                Ok(())
            }
            Target::Host => Ok(()),
            target => self.redirect(&target, Value::Object(record)),
        }
    }

    /// A record of the remote side's information stream.
    pub(crate) fn inform_remote(&mut self, value: Value, common: &Common) -> Flow<()> {
        let data = self.property(&value, "MessageData")?.unwrap_or(value);
        self.inform(information_record(data, Vec::new()), common)
    }
}

fn write_error(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let record = if let Some(Value::Error(record)) = cx.arg("ErrorRecord").as_ref().map(Value::base) {
        let mut copy = ErrorRecord::of(
            Rc::clone(&record.exception),
            record.id.clone(),
            Category::NotSpecified,
            record.target.clone(),
        );
        copy.category.set(record.category.get());
        copy.origin.clone_from(&record.origin);
        copy.details.clone_from(&record.details);
        copy.activity.clone_from(&record.activity);
        copy.position.clone_from(&record.position);
        copy
    } else {
        let exception = match cx.arg("Exception").as_ref().map(Value::base) {
            Some(Value::Exception(exception)) => Rc::clone(exception),
            _ => Rc::new(Exception::new(
                "Microsoft.PowerShell.Commands.WriteErrorException",
                cx.text("Message").unwrap_or_default(),
            )),
        };
        let id = cx.text("ErrorId").unwrap_or_else(|| exception.type_name());
        let target = cx.arg("TargetObject").unwrap_or_default();
        let record = ErrorRecord::of(exception, id, Category::NotSpecified, target);
        if cx.has("Exception")
            && let Some(message) = cx.text("Message")
        {
            *record.details.borrow_mut() = Some(message);
        }
        record
    };
    if let Some(category) = cx.arg("Category").as_ref().and_then(integer) {
        record.category.set(category);
    }
    if let Some(text) = cx.text("CategoryActivity") {
        *record.activity.borrow_mut() = text;
    } else if record.activity.borrow().is_empty() {
        *record.activity.borrow_mut() = "Write-Error".into();
    }
    *record.reason.borrow_mut() = cx.text("CategoryReason");
    *record.target_name.borrow_mut() = cx.text("CategoryTargetName");
    *record.target_type.borrow_mut() = cx.text("CategoryTargetType");
    *record.advice.borrow_mut() = cx.text("RecommendedAction");
    let command = cx.engine.frames.last().map(|frame| frame.name.clone()).filter(|name| !name.is_empty());
    // Inside a function the error is the function's.
    if let Some(name) = &command
        && record.origin.borrow().is_empty()
    {
        (*record.origin.borrow_mut()).clone_from(name);
    }
    *record.command.borrow_mut() = Some(command.unwrap_or_else(|| "Write-Error".into()));
    cx.write_error(Rc::new(record))
}
