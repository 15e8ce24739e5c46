//! Streams beside the output, where they go, and the common parameters that decide about them.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use postern_shared::value::PsStr;

use super::{Engine, Flow, Scope};
use crate::{
    code::known_names,
    value::{EnumValue, List, Object, Value, enums},
};

/// What is done with an error, a warning and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    SilentlyContinue = 0,
    Stop = 1,
    Continue = 2,
    Inquire = 3,
    Ignore = 4,
}

impl Action {
    /// What a value says.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let number = match value.base() {
            Value::Enum(value) => value.number,
            Value::I32(n) => (*n).into(),
            Value::Bool(true) => 2,
            Value::Bool(false) => 0,
            other => enums::ACTION_PREFERENCE.parse(other.text().trim())?.number,
        };
        Some(match number {
            0 => Self::SilentlyContinue,
            1 => Self::Stop,
            2 => Self::Continue,
            3 => Self::Inquire,
            4 => Self::Ignore,
            _ => return None,
        })
    }

    /// As a value of a preference variable.
    pub(crate) fn value(self) -> Value {
        Value::Enum(EnumValue { ty: &enums::ACTION_PREFERENCE, number: self as i64 })
    }
}

/// Where a stream goes.
#[derive(Clone, Debug, Default)]
pub(crate) enum Target {
    /// To the person.
    #[default]
    Host,
    Null,
    /// Into the output of the command that merges it.
    Merge(Rc<RefCell<VecDeque<Value>>>),
    /// Into a file of the workspace; its text is written when the command ends.
    File(Rc<RefCell<Vec<Value>>>),
}

/// Where the streams beside the output go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams {
    pub(crate) error: Target,
    pub(crate) warning: Target,
    pub(crate) verbose: Target,
    pub(crate) debug: Target,
    pub(crate) information: Target,
    /// What keeps what comes on the way: the variables of the commands around.
    pub(crate) kept: Option<Rc<Kept>>,
}

/// The lists behind `-ErrorVariable` and its relatives of a command, and those of the commands around it.
#[derive(Debug)]
pub(crate) struct Kept {
    own: [Option<Rc<List>>; 3],
    outer: Option<Rc<Kept>>,
}

/// A stream that variables keep.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keeps {
    Errors = 0,
    Warnings = 1,
    Informations = 2,
}

impl Streams {
    /// The streams within a command to which this was given.
    pub(crate) fn within(self: &Rc<Self>, common: &Common) -> Rc<Self> {
        let own = common.lists();
        if own.iter().all(Option::is_none) {
            return Rc::clone(self);
        }
        let mut streams = Self::clone(self);
        streams.kept = Some(Rc::new(Kept { own, outer: streams.kept.take() }));
        Rc::new(streams)
    }
}

/// The common parameters that were given to a command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Common {
    pub(crate) error_action: Option<Action>,
    pub(crate) warning_action: Option<Action>,
    pub(crate) information_action: Option<Action>,
    pub(crate) progress_action: Option<Action>,
    pub(crate) verbose: Option<bool>,
    pub(crate) debug: Option<bool>,
    pub(crate) what_if: Option<bool>,
    pub(crate) confirm: Option<bool>,
    pub(crate) error_list: Option<Rc<List>>,
    pub(crate) warning_list: Option<Rc<List>>,
    pub(crate) information_list: Option<Rc<List>>,
    pub(crate) out_list: Option<Rc<List>>,
    pub(crate) pipeline_variable: Option<PsStr>,
}

impl Common {
    fn lists(&self) -> [Option<Rc<List>>; 3] {
        [self.error_list.clone(), self.warning_list.clone(), self.information_list.clone()]
    }

    /// Names and values of those that were given.
    pub(crate) fn given(&self) -> Vec<(&'static str, Value)> {
        let actions = [
            ("ErrorAction", self.error_action),
            ("WarningAction", self.warning_action),
            ("InformationAction", self.information_action),
            ("ProgressAction", self.progress_action),
        ];
        let switches = [
            ("Verbose", self.verbose),
            ("Debug", self.debug),
            ("WhatIf", self.what_if),
            ("Confirm", self.confirm),
        ];
        let actions = actions.into_iter().filter_map(|(name, action)| Some((name, action?.value())));
        actions
            .chain(switches.into_iter().filter_map(|(name, on)| Some((name, Value::Switch(on?)))))
            .collect()
    }

    /// Sets the preference variables of a function's scope by what was given to it.
    pub(crate) fn set_preferences(&self, scope: &Scope) {
        let set = |name, action: Option<Action>| {
            if let Some(action) = action {
                scope.set(name, action.value());
            }
        };
        set(known_names::ERROR_ACTION, self.error_action);
        set(known_names::WARNING_ACTION, self.warning_action);
        set(known_names::INFORMATION_ACTION, self.information_action);
        set(known_names::PROGRESS_ACTION, self.progress_action);
        let switch = |on: bool| if on { Action::Continue } else { Action::SilentlyContinue };
        set(known_names::VERBOSE_ACTION, self.verbose.map(switch));
        set(known_names::DEBUG_ACTION, self.debug.map(switch));
        if let Some(on) = self.what_if {
            scope.set(known_names::WHAT_IF, Value::Bool(on));
        }
        if let Some(on) = self.confirm {
            let level = i64::from(on);
            scope.set(known_names::CONFIRM, Value::Enum(enums::CONFIRM_IMPACT.value(level)));
        }
    }
}

impl Engine {
    /// Keeps a record in the variables that keep this stream: a command's own, and those of the commands around it.
    pub(crate) fn keep(&mut self, stream: Keeps, value: &Value, common: Option<&Common>) {
        let at = stream as usize;
        let mut seen = Vec::new();
        let mut add = |list: &Option<Rc<List>>| {
            if let Some(list) = list
                && !seen.iter().any(|seen| Rc::ptr_eq(seen, list))
            {
                list.items.borrow_mut().push(value.clone());
                seen.push(Rc::clone(list));
            }
        };
        if let Some(common) = common {
            add(&common.lists()[at]);
        }
        let mut kept = self.streams.kept.as_ref();
        while let Some(Kept { own, outer }) = kept.map(|kept| &**kept) {
            add(&own[at]);
            kept = outer.as_ref();
        }
    }

    /// Whether any variable keeps what this command says.
    pub(crate) fn keeps(&self, common: &Common) -> bool {
        self.streams.kept.is_some() || common.lists().iter().any(Option::is_some)
    }

    /// Sends a value to where a stream was redirected.
    pub(crate) fn redirect(&mut self, target: &Target, value: Value) -> Flow<()> {
        match target {
            Target::Host | Target::Null => {}
            Target::Merge(queue) => queue.borrow_mut().push_back(value),
            Target::File(lines) => lines.borrow_mut().push(value),
        }
        Ok(())
    }

    /// A warning.
    pub(crate) fn warn(&mut self, text: &str, common: Option<&Common>) -> Flow<()> {
        let action = common
            .and_then(|common| common.warning_action)
            .unwrap_or_else(|| self.preference(known_names::WARNING_ACTION, Action::Continue));
        let record = || Value::Object(record("System.Management.Automation.WarningRecord", text));
        if common.map_or(self.streams.kept.is_some(), |common| self.keeps(common)) {
            self.keep(Keeps::Warnings, &record(), common);
        }
        match action {
            Action::SilentlyContinue | Action::Ignore => return Ok(()),
            Action::Stop => return Err(self.stopped("WarningPreference", text)),
            Action::Continue | Action::Inquire => {}
        }
        match self.streams.warning.clone() {
            Target::Host => {
                self.host.warning(text);
                Ok(())
            }
            target => self.redirect(&target, record()),
        }
    }

    /// A verbose line.
    pub(crate) fn verbose(&mut self, text: &str, common: Option<&Common>) -> Flow<()> {
        let action = match common.and_then(|common| common.verbose) {
            Some(true) => Action::Continue,
            Some(false) => Action::SilentlyContinue,
            None => self.preference(known_names::VERBOSE_ACTION, Action::SilentlyContinue),
        };
        match action {
            Action::SilentlyContinue | Action::Ignore => return Ok(()),
            Action::Stop => return Err(self.stopped("VerbosePreference", text)),
            Action::Continue | Action::Inquire => {}
        }
        match self.streams.verbose.clone() {
            Target::Host => {
                self.host.verbose(text);
                Ok(())
            }
            target => self
                .redirect(&target, Value::Object(record("System.Management.Automation.VerboseRecord", text))),
        }
    }

    /// A debug line.
    pub(crate) fn debug(&mut self, text: &str, common: Option<&Common>) -> Flow<()> {
        let action = match common.and_then(|common| common.debug) {
            Some(true) => Action::Continue,
            Some(false) => Action::SilentlyContinue,
            None => self.preference(known_names::DEBUG_ACTION, Action::SilentlyContinue),
        };
        match action {
            Action::SilentlyContinue | Action::Ignore => return Ok(()),
            Action::Stop => return Err(self.stopped("DebugPreference", text)),
            Action::Continue | Action::Inquire => {}
        }
        match self.streams.debug.clone() {
            Target::Host => {
                self.host.debug(text);
                Ok(())
            }
            target => self
                .redirect(&target, Value::Object(record("System.Management.Automation.DebugRecord", text))),
        }
    }

    fn stopped(&self, variable: &str, text: &str) -> super::Stop {
        let message = format!(
            "The running command stopped because the preference variable \"{variable}\" or common parameter is set to Stop: {text}"
        );
        let super::Stop::Throw(record, _) = self.throw(
            "System.Management.Automation.ActionPreferenceStopException",
            "ActionPreferenceStop",
            crate::value::Category::OperationStopped,
            Value::Null,
            message,
        ) else {
            return super::Stop::Return;
        };
        super::Stop::Throw(record, true)
    }
}

/// A record of the warning, verbose or debug stream.
fn record(type_name: &'static str, text: &str) -> Rc<Object> {
    Object::typed(type_name, [("Message", Value::str(text))]).labelled(text)
}
