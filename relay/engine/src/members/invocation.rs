//! `$MyInvocation`, `$PSCmdlet`, `InvocationInfo`.

use std::{any::Any, rc::Rc};

use postern_shared::value::PsStr;

use crate::{
    code::{Source, Span},
    convert::truth,
    interp::{Common, Engine, Flow, Stop},
    value::{Category, ErrorRecord, NetObject, Object, Type, Value},
};

fn position(source: &Source, span: Span, name: PsStr) -> Rc<Object> {
    let (line, column) = source.line_and_column(span.start);
    let text = source.line(line);
    let message = format!(
        "At {}:{line} char:{column}\n+ {text}\n+ {}{}",
        if source.name.is_empty() { "line" } else { source.name.as_str() },
        " ".repeat(column - 1),
        "~".repeat(span.text(&source.text).lines().next().map_or(1, |line| line.chars().count()).max(1)),
    );
    Object::typed(
        "System.Management.Automation.InvocationInfo",
        [
            ("MyCommand", Value::Str(name.clone())),
            ("BoundParameters", Value::Null),
            ("UnboundArguments", Value::array(Vec::new())),
            ("ScriptLineNumber", Value::I32(line as i32)),
            ("OffsetInLine", Value::I32(column as i32)),
            ("HistoryId", Value::I64(1)),
            ("ScriptName", Value::Str(source.name.clone())),
            ("Line", Value::str(text)),
            ("Statement", Value::str(span.text(&source.text))),
            ("PositionMessage", Value::str(message)),
            ("PSScriptRoot", Value::str("")),
            ("PSCommandPath", Value::Str(source.name.clone())),
            ("InvocationName", Value::Str(name)),
            ("PipelineLength", Value::I32(0)),
            ("PipelinePosition", Value::I32(0)),
            ("ExpectingInput", Value::Bool(false)),
            ("CommandOrigin", Value::str("Internal")),
            ("DisplayScriptPosition", Value::Null),
        ],
    )
}

/// Where an error happened.
pub(crate) fn of_record(record: &ErrorRecord) -> Rc<Object> {
    let name = record.command.borrow().clone().unwrap_or_default();
    match &*record.position.borrow() {
        Some((source, span)) => position(source, *span, name),
        None => position(&Source::default(), Span::default(), name),
    }
}

/// `$MyInvocation`.
pub(crate) fn my_invocation(engine: &Engine) -> Value {
    let Some(frame) = engine.frames.last() else { return Value::Null };
    let info = position(&frame.source, frame.span, frame.invoked.clone());
    info.set(
        "MyCommand",
        Value::Object(Object::typed(
            "System.Management.Automation.FunctionInfo",
            [
                ("Name", Value::Str(frame.name.clone())),
                ("Path", Value::Str(frame.source.name.clone())),
                (
                    "Definition",
                    Value::str(frame.code.as_ref().map_or("", |code| code.span.text(&code.source.text))),
                ),
            ],
        )),
    );
    info.set("BoundParameters", frame.bound.clone().unwrap_or_default());
    info.set("UnboundArguments", Value::array(frame.rest.clone()));
    info.set("ExpectingInput", Value::Bool(frame.expecting_input));
    Value::Object(info)
}

/// `$PSCmdlet`.
pub(crate) fn cmdlet(engine: &Engine) -> Value {
    let Some(frame) = engine.frames.iter().rev().find(|frame| frame.advanced) else { return Value::Null };
    Value::Net(Rc::new(Proxy {
        name: frame.name.clone(),
        set: frame.set.clone(),
        common: frame.common.clone(),
        invocation: my_invocation(engine),
    }))
}

#[derive(Debug)]
struct Proxy {
    name: PsStr,
    set: PsStr,
    common: Common,
    invocation: Value,
}

impl Proxy {
    /// Makes an error the function's, if it is no one's yet.
    fn own(&self, record: &ErrorRecord) {
        let mut origin = record.origin.borrow_mut();
        if origin.is_empty() {
            origin.clone_from(&self.name);
        }
    }
}

impl NetObject for Proxy {
    fn type_of(&self) -> Type {
        Type::CmdletBindingProxy
    }

    fn properties(&self) -> &'static [&'static str] {
        &["ParameterSetName", "MyInvocation", "CommandRuntime"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "parametersetname" => Some(Value::Str(self.set.clone())),
            "myinvocation" => Some(self.invocation.clone()),
            _ => None,
        }
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = |at: usize| arguments.get(at).map(Value::text).unwrap_or_default();
        Some(match (name.to_ascii_lowercase().as_str(), arguments.len()) {
            ("shouldprocess", 1..=3) => {
                let (target, action) =
                    if arguments.len() == 1 { (text(0), self.name.clone()) } else { (text(0), text(1)) };
                engine.should_process(&target, &action, &self.common).map(Value::Bool)
            }
            ("shouldcontinue", 2..) => engine.confirm(&text(1), &text(0)).map(Value::Bool),
            ("writeerror", 1) => match arguments[0].base() {
                Value::Error(record) => {
                    self.own(record);
                    engine.write_error(Rc::clone(record), Some(&self.common)).map(|()| Value::Empty)
                }
                _ => return None,
            },
            ("throwterminatingerror", 1) => match arguments[0].base() {
                Value::Error(record) => {
                    self.own(record);
                    Err(Stop::Throw(Rc::clone(record), false))
                }
                _ => return None,
            },
            ("writewarning", 1) => engine.warn(&text(0), Some(&self.common)).map(|()| Value::Empty),
            ("writeverbose", 1) => engine.verbose(&text(0), Some(&self.common)).map(|()| Value::Empty),
            ("writedebug", 1) => engine.debug(&text(0), Some(&self.common)).map(|()| Value::Empty),
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Engine {
    /// Whether a change is to be made: `-WhatIf` says only what would be, `-Confirm` asks.
    pub(crate) fn should_process(&mut self, target: &str, action: &str, common: &Common) -> Flow<bool> {
        use crate::code::known_names as known;
        let what_if = common
            .what_if
            .unwrap_or_else(|| self.scope.find(known::WHAT_IF).is_some_and(|value| truth(&value)));
        if what_if {
            let text = format!("What if: Performing the operation \"{action}\" on target \"{target}\".");
            self.host.write(&text, crate::host::Colors::default(), true);
            return Ok(false);
        }
        if common.confirm == Some(true) {
            let message = format!("Performing the operation \"{action}\" on target \"{target}\".");
            return self.confirm("Confirm\nAre you sure you want to perform this action?", &message);
        }
        Ok(true)
    }

    /// Asks yes or no.
    pub(crate) fn confirm(&mut self, title: &str, message: &str) -> Flow<bool> {
        let choices = [("&Yes".into(), PsStr::EMPTY), ("&No".into(), PsStr::EMPTY)];
        match self.host.choose(title, message, &choices, 0) {
            Some(choice) => Ok(choice == 0),
            None => Err(self.throw(
                "System.Management.Automation.Host.HostException",
                "HostFunctionNotImplemented",
                Category::InvalidOperation,
                Value::Null,
                "A question cannot be asked here: the session is not interactive.",
            )),
        }
    }
}
