//! The engine's front door: running a text.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use postern_shared::{syntax, value::PsStr};

use super::{Common, Engine, Flow, Frame, Scope, Sink, Stop};
use crate::{
    code::{self, Source},
    format::Formatter,
    host::{Colors, RemoteError},
    value::{Category, ErrorRecord, Exception, ExceptionType, Value},
};

/// How a text ended.
#[derive(Debug)]
pub enum Ended {
    /// To its end, or by `return` or `exit` (with its code).
    Completed(i32),
    /// To its end, but the last statement that ran was ended by an error, which has been given to the host.
    Broken,
    /// By an error, which has been given to the host.
    Failed(Rc<ErrorRecord>),
    /// It was stopped.
    Stopped,
    /// It is no PowerShell; nothing has run.
    Invalid(Vec<syntax::SyntaxError>),
}

/// How a text is run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The file's name, for positions; empty for what was typed.
    pub name: PsStr,
    /// Whether it is a script with a scope of its own, and not lines of the session.
    pub own_scope: bool,
    /// Cells of a line, where objects are not given to the host but written to it as a console shows them.
    pub width: Option<usize>,
}

/// Gives to the host.
#[derive(Default)]
pub(crate) struct ToHost {
    /// What makes lines of objects, where lines are wanted.
    formatter: Option<Formatter>,
}

impl ToHost {
    /// As the text that runs gives its output.
    pub(crate) fn new(engine: &Engine) -> Self {
        Self { formatter: engine.width.map(Formatter::new) }
    }

    fn write(engine: &mut Engine, lines: Vec<String>) {
        for line in lines {
            engine.host.write(&line, Colors::default(), true);
        }
    }

    /// Shows what waits for its end.
    pub(crate) fn finish(&mut self, engine: &mut Engine) {
        if let Some(formatter) = &mut self.formatter {
            let lines = formatter.finish();
            Self::write(engine, lines);
        }
    }
}

impl Sink for ToHost {
    fn put(&mut self, engine: &mut Engine, value: Value) -> Flow<()> {
        if let Value::Empty = value {
            return Ok(());
        }
        if let Some(formatter) = &mut self.formatter {
            formatter.push(engine, &value)?;
            let lines = formatter.take();
            Self::write(engine, lines);
            return Ok(());
        }
        engine.host.output(&value).map_err(|message| engine.limit(message))
    }
}

impl Engine {
    /// Runs a text as lines of the session: variables and functions stay.
    pub fn run(&mut self, text: &str) -> Ended {
        self.run_with(text, &RunOptions::default())
    }

    /// Runs a text.
    pub fn run_with(&mut self, text: &str, options: &RunOptions) -> Ended {
        let parse = syntax::parse(text);
        if !parse.errors.is_empty() {
            return Ended::Invalid(parse.errors);
        }
        self.begin_run();
        let source = Source::new(options.name.clone(), text);
        let code = code::lower(&source, &parse.tree);
        let scope = if options.own_scope { Scope::child(&self.global) } else { Rc::clone(&self.global) };
        let script = std::mem::replace(&mut self.script, Rc::clone(&scope));
        self.scope = scope;
        self.frames.push(Frame {
            name: PsStr::EMPTY,
            source: Rc::clone(&source),
            span: code.span,
            invoked: options.name.clone(),
            bound: None,
            set: PsStr::EMPTY,
            advanced: false,
            rest: Vec::new(),
            code: Some(Rc::clone(&code)),
            expecting_input: false,
            common: Common::default(),
        });
        self.width = options.width;
        let mut out = ToHost::new(self);
        let entry = options.name.is_empty().then(|| self.history.begin(text, self.now()));
        let result = self.run_text(&code, &mut out);
        out.finish(self);
        if let Some(entry) = entry {
            self.history.end(entry, self.now(), result.as_ref().err());
        }
        self.frames.clear();
        self.script = script;
        self.scope = Rc::clone(&self.global);
        self.open.clear();
        self.ended(result)
    }

    /// Begins with fresh bounds.
    pub(crate) fn begin_run(&mut self) {
        self.broken = false;
        self.steps = 0;
        self.depth = 0;
        self.trying = 0;
        self.started = Instant::now();
        self.waited = Duration::ZERO;
        self.streams = Rc::default();
        self.under = Value::Null;
    }

    fn run_text(&mut self, code: &Rc<code::Code>, out: &mut ToHost) -> Flow<()> {
        let signature = self.signature(code, &PsStr::EMPTY)?;
        for param in &code.params {
            let mut value = if let Some(default) = &param.default {
                self.eval(default)?
            } else {
                let ty = param.types.first().and_then(|ty| ty.ty);
                crate::convert::default_of(ty.unwrap_or(crate::value::Type::Object), ty.is_some())
            };
            for ty in param.types.iter().rev() {
                let ty = self.type_ref(ty)?;
                value = self.cast(value, ty)?;
            }
            self.scope.set(param.sym, value);
        }
        if let Some(param) = signature.params.iter().find(|param| param.sets.iter().any(|set| set.mandatory))
            && code.params.iter().any(|own| own.name == param.name && own.default.is_none())
        {
            return Err(self.binding(
                "MissingMandatoryParameter",
                "",
                format!(
                    "Cannot process command because of one or more missing mandatory parameters: {}.",
                    param.name
                ),
            ));
        }
        for block in [&code.begin, &code.process, &code.end].into_iter().flatten() {
            self.run_block(block, out)?;
        }
        Ok(())
    }

    fn ended(&mut self, result: Flow<()>) -> Ended {
        match result {
            // `break` and `continue` outside of a loop end the text.
            Ok(()) | Err(Stop::Return | Stop::Break(_) | Stop::Continue(_) | Stop::Upstream(_)) => {
                if self.broken { Ended::Broken } else { Ended::Completed(0) }
            }
            Err(Stop::Exit(code)) => Ended::Completed(code),
            Err(Stop::Throw(record, _)) => {
                self.success = false;
                self.note_error(&record);
                self.host.error(&record);
                Ended::Failed(record)
            }
            Err(Stop::Halt(None)) => Ended::Stopped,
            Err(Stop::Halt(Some(record))) => {
                self.host.error(&record);
                Ended::Failed(record)
            }
        }
    }
}

impl ErrorRecord {
    /// The record of a remote error.
    pub(crate) fn from_remote(error: RemoteError, command: &str) -> Self {
        let own = ExceptionType::named(&error.exception_type);
        let known = own.name.eq_ignore_ascii_case(&error.exception_type);
        let exception = Exception {
            ty: if known {
                own
            } else {
                ExceptionType::named("System.Management.Automation.RemoteException")
            },
            remote_type: (!known && !error.exception_type.is_empty()).then(|| error.exception_type.clone()),
            ..Exception::new("System.Management.Automation.RemoteException", error.message.clone())
        };
        let mut record =
            Self::of(Rc::new(exception), error.id.clone(), Category::NotSpecified, Value::from(error.target));
        record.remote = Some(error.record.into());
        record.category.set(error.category);
        *record.activity.borrow_mut() = error.activity;
        *record.reason.borrow_mut() = Some(error.reason);
        *record.target_name.borrow_mut() = Some(error.target_name);
        *record.target_type.borrow_mut() = Some(error.target_type);
        *record.command.borrow_mut() = Some(command.into());
        record
    }
}
