//! How evaluation leaves its way: `break`, `return`, errors; and how errors are made and reported.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Action, Common, Engine, Keeps, Target};
use crate::{
    code::{Source, Span, Sym, known_names},
    value::{Category, ErrorRecord, Exception, Value},
};

/// What evaluation gives: a value, or why it left its way.
pub type Flow<T> = Result<T, Stop>;

/// Why evaluation left its way.
#[derive(Debug)]
pub enum Stop {
    /// `break`, perhaps with a label.
    #[doc(hidden)]
    Break(Option<u32>),
    /// `continue`, perhaps with a label.
    #[doc(hidden)]
    Continue(Option<u32>),
    /// `return`; its value has been output.
    Return,
    /// `exit`.
    Exit(i32),
    /// An error; whether it ends the whole script and not only a statement.
    Throw(Rc<ErrorRecord>, bool),
    /// The stage of this number wants no more input.
    #[doc(hidden)]
    Upstream(u32),
    /// Nothing catches this: cancelled, or a bound was exceeded.
    Halt(Option<Rc<ErrorRecord>>),
}

impl Stop {
    pub(crate) fn leave(word: fn(Option<u32>) -> Stop, label: Option<Sym>) -> Self {
        word(label.map(|label| label.0))
    }
}

impl Engine {
    /// An error that ends the statement.
    pub(crate) fn throw(
        &self,
        exception: &str,
        id: impl Into<PsStr>,
        category: Category,
        target: Value,
        message: impl Into<PsStr>,
    ) -> Stop {
        Stop::Throw(Rc::new(ErrorRecord::new(exception, id, category, target, message)), false)
    }

    /// An error that ends the statement, of the type that most errors of the language have.
    pub(crate) fn runtime_error(&self, id: impl Into<PsStr>, message: impl Into<PsStr>) -> Stop {
        self.throw(
            "System.Management.Automation.RuntimeException",
            id,
            Category::InvalidOperation,
            Value::Null,
            message,
        )
    }

    /// Something that this console does not have.
    pub(crate) fn refused(&self, message: impl Into<PsStr>) -> Stop {
        self.throw(
            "System.Management.Automation.PSNotSupportedException",
            "NotAvailableInThisConsole",
            Category::PermissionDenied,
            Value::Null,
            message,
        )
    }

    /// An error inside a .NET method: the method's own exception, and around it PowerShell's.
    pub(crate) fn method_error(
        &self,
        exception: &str,
        method: &str,
        arguments: usize,
        message: &str,
    ) -> Stop {
        let inner = Rc::new(Exception::new(exception, message));
        let outer = Exception::new(
            "System.Management.Automation.MethodInvocationException",
            format!("Exception calling \"{method}\" with \"{arguments}\" argument(s): \"{message}\""),
        );
        let id = exception.rsplit('.').next().unwrap_or(exception).to_owned();
        Stop::Throw(
            Rc::new(ErrorRecord::of(
                Rc::new(outer.caused_by(inner)),
                id,
                Category::NotSpecified,
                Value::Null,
            )),
            false,
        )
    }

    /// Says where an error happened, if nothing nearer has said it.
    pub(crate) fn locate(&self, stop: Stop, source: &Rc<Source>, span: Span) -> Stop {
        if let Stop::Throw(record, _) = &stop {
            let mut position = record.position.borrow_mut();
            if position.is_none() {
                *position = Some((Rc::clone(source), span));
            }
            drop(position);
            if record.stack.borrow().is_empty() {
                *record.stack.borrow_mut() = self.stack_trace(source, span).into();
            }
        }
        stop
    }

    fn stack_trace(&self, source: &Rc<Source>, span: Span) -> String {
        let mut at = (Rc::clone(source), span);
        let mut lines = Vec::new();
        for frame in self.frames.iter().rev().take(20) {
            let (line, _) = at.0.line_and_column(at.1.start);
            let name = if frame.name.is_empty() { "<ScriptBlock>" } else { frame.name.as_str() };
            lines.push(format!("at {name}, {}: line {line}", file_name(&at.0)));
            at = (Rc::clone(&frame.source), frame.span);
        }
        let (line, _) = at.0.line_and_column(at.1.start);
        lines.push(format!("at <ScriptBlock>, {}: line {line}", file_name(&at.0)));
        lines.join("\n")
    }

    /// Notes an error in `$Error`.
    pub(crate) fn note_error(&mut self, record: &Rc<ErrorRecord>) {
        if record.noted.replace(true) {
            return;
        }
        let mut errors = self.errors.items.borrow_mut();
        errors.insert(0, Value::Error(Rc::clone(record)));
        errors.truncate(MAX_ERRORS);
    }

    /// What is to be done with an error by `$ErrorActionPreference`.
    pub(crate) fn error_action(&self) -> Action {
        self.preference(known_names::ERROR_ACTION, Action::Continue)
    }

    /// A preference variable's value.
    pub(crate) fn preference(&self, name: Sym, otherwise: Action) -> Action {
        match self.scope.find(name) {
            Some(value) => Action::of(&value).unwrap_or(otherwise),
            None => otherwise,
        }
    }

    /// An error that ended a statement: it is reported, and the next statement runs; or it goes on up.
    pub(crate) fn statement_failed(&mut self, stop: Stop) -> Flow<()> {
        let Stop::Throw(record, terminates) = &stop else { return Err(stop) };
        if self.trying > 0 {
            return Err(stop);
        }
        let action = self.error_action();
        match action {
            Action::Continue | Action::Inquire if *terminates => return Err(stop),
            Action::Stop => {
                let Stop::Throw(record, _) = stop else { return Err(stop) };
                return Err(Stop::Throw(record, true));
            }
            _ => {}
        }
        let record = Rc::clone(record);
        self.success = false;
        self.broken = true;
        if action != Action::Ignore {
            self.note_error(&record);
            self.note_variable(&record, None);
        }
        if action == Action::Continue || action == Action::Inquire {
            self.emit_error(&record)?;
        }
        Ok(())
    }

    /// An error that ends nothing (`Write-Error`, an error of one object in a cmdlet), by what `-ErrorAction` and the
    /// preference say.
    pub(crate) fn write_error(&mut self, record: Rc<ErrorRecord>, common: Option<&Common>) -> Flow<()> {
        let action = common.and_then(|common| common.error_action).unwrap_or_else(|| self.error_action());
        self.success = false;
        if action == Action::Stop {
            self.note_variable(&record, common);
            return Err(Stop::Throw(record, true));
        }
        if action == Action::Ignore {
            return Ok(());
        }
        self.note_error(&record);
        self.note_variable(&record, common);
        if action == Action::SilentlyContinue {
            return Ok(());
        }
        self.emit_error(&record)
    }

    fn note_variable(&mut self, record: &Rc<ErrorRecord>, common: Option<&Common>) {
        self.keep(Keeps::Errors, &Value::Error(Rc::clone(record)), common);
    }

    /// Sends an error to where the error stream goes.
    pub(crate) fn emit_error(&mut self, record: &Rc<ErrorRecord>) -> Flow<()> {
        match self.streams.error.clone() {
            Target::Host => {
                self.host.error(record);
                Ok(())
            }
            target => self.redirect(&target, Value::Error(Rc::clone(record))),
        }
    }
}

/// Errors that `$Error` keeps.
const MAX_ERRORS: usize = 256;

fn file_name(source: &Source) -> &str {
    if source.name.is_empty() { "<No file>" } else { source.name.as_str() }
}
