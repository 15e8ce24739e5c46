//! The interpreter: one [`Engine`] is a local session whose variables and functions live from line to line.

mod assign;
mod bind;
mod command;
mod defaults;
mod errors;
mod exo;
mod expr;
pub(crate) mod files;
mod history;
mod invoke;
mod memory;
mod pipeline;
mod remote;
mod run;
mod scope;
mod signature;
mod statement;
mod streams;
mod variables;

use std::{
    collections::HashMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use postern_shared::value::{PsDateTime, PsStr};

pub(crate) use self::expr::object_of;
pub(crate) use self::{
    bind::{Args, Given},
    command::{Function, Resolved},
    history::History,
    memory::Gathered,
    pipeline::{Collect, Discard, Sink, Stage},
    remote::Drained,
    run::ToHost,
    scope::{Options, Scope},
    signature::{Param, ParamSet, Signature, Validate},
    streams::{Action, Common, Keeps, Streams, Target},
};
pub use self::{
    errors::{Flow, Stop},
    run::{Ended, RunOptions},
};
use crate::{
    code::Sym,
    host::{Clixml, Environment, Host, Remote, Workspace},
    limits,
    value::{Category, ErrorRecord, List, Type, Value},
};

/// A local session.
pub struct Engine {
    pub(crate) host: Box<dyn Host>,
    pub(crate) remote: Box<dyn Remote>,
    pub(crate) workspace: Box<dyn Workspace>,
    pub(crate) environment: Environment,
    /// How objects are written as CLIXML, where the session has it.
    pub(crate) clixml: Option<Arc<dyn Clixml>>,
    /// The scope of the session.
    pub(crate) global: Rc<Scope>,
    /// The scope of the script that runs, what `$script:` means.
    pub(crate) script: Rc<Scope>,
    /// The scope that runs.
    pub(crate) scope: Rc<Scope>,
    /// `$_`.
    pub(crate) under: Value,
    /// `$?`.
    pub(crate) success: bool,
    /// Whether an error ended the last statement that ran.
    pub(crate) broken: bool,
    /// `$Error`, the latest first.
    pub(crate) errors: Rc<List>,
    pub(crate) aliases: HashMap<Sym, PsStr>,
    pub(crate) streams: Rc<Streams>,
    /// Calls under way, the innermost last.
    pub(crate) frames: Vec<Frame>,
    /// `try` statements under way: an error leaves the statement that it happened in.
    pub(crate) trying: u32,
    /// Calls within calls.
    depth: u32,
    steps: u64,
    next_stage: u32,
    /// Bytes of text made since memory was last measured.
    made: std::cell::Cell<usize>,
    cancel: Arc<AtomicBool>,
    started: Instant,
    /// Time that was waited for the remote side or a person.
    pub(crate) waited: Duration,
    /// Remote commands whose output has not been read to its end.
    pub(crate) open: Vec<std::rc::Weak<std::cell::RefCell<Drained>>>,
    /// The session's own table of `$env:`.
    pub(crate) env: Vec<(PsStr, PsStr)>,
    /// State of `Get-Random`.
    pub(crate) random: u64,
    /// Folders that were made in the workspace, with the time.
    pub(crate) folders: std::collections::BTreeMap<String, PsDateTime>,
    /// Strict mode's version; 0 for off.
    pub(crate) strict: u8,
    /// Cells of a line, where output is written as lines.
    pub(crate) width: Option<usize>,
    /// Lines that the session has run.
    pub(crate) history: History,
}

/// A call of a function, a script block or a cmdlet.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) name: PsStr,
    pub(crate) source: Rc<crate::code::Source>,
    pub(crate) span: crate::code::Span,
    /// The name as the call wrote it.
    pub(crate) invoked: PsStr,
    /// Parameters that were given, where the code asks for them.
    pub(crate) bound: Option<Value>,
    /// Parameter set.
    pub(crate) set: PsStr,
    pub(crate) advanced: bool,
    /// What was given beside the parameters.
    pub(crate) rest: Vec<Value>,
    pub(crate) code: Option<Rc<crate::code::Code>>,
    pub(crate) expecting_input: bool,
    /// What `-Confirm` and `-WhatIf` said.
    pub(crate) common: Common,
}

impl Engine {
    /// A session with these doors. `cancel` stops what runs, within some 1,000 steps; who sets it takes it back before
    /// the next run.
    pub fn new(
        host: Box<dyn Host>,
        remote: Box<dyn Remote>,
        workspace: Box<dyn Workspace>,
        environment: Environment,
        cancel: Arc<AtomicBool>,
    ) -> Self {
        let global = Scope::root();
        let random = environment.seed | 1;
        let env = environment.variables.clone();
        let mut engine = Self {
            host,
            remote,
            workspace,
            environment,
            clixml: None,
            script: Rc::clone(&global),
            scope: Rc::clone(&global),
            global,
            under: Value::Null,
            success: true,
            broken: false,
            errors: List::new(Type::ArrayList, Vec::new()),
            aliases: HashMap::new(),
            streams: Rc::default(),
            frames: Vec::new(),
            trying: 0,
            depth: 0,
            steps: 0,
            next_stage: 0,
            made: std::cell::Cell::new(0),
            cancel,
            started: Instant::now(),
            waited: Duration::ZERO,
            open: Vec::new(),
            env,
            random,
            folders: std::collections::BTreeMap::new(),
            strict: 0,
            width: None,
            history: History::default(),
        };
        engine.set_up();
        engine
    }

    /// Gives the session Export- and Import-Clixml.
    pub fn set_clixml(&mut self, clixml: Arc<dyn Clixml>) {
        self.clixml = Some(clixml);
    }

    /// One step of evaluation: every 1,024th looks whether it was to stop and how long it has taken.
    #[inline]
    pub(crate) fn step(&mut self) -> Flow<()> {
        self.steps += 1;
        if self.steps.is_multiple_of(1024) { self.check() } else { Ok(()) }
    }

    /// Whether what runs is to stop: asked before something begins that reaches the remote side, and behind each wait.
    pub(crate) fn go_on(&self) -> Flow<()> {
        if self.cancel.load(Ordering::Relaxed) { Err(Stop::Halt(None)) } else { Ok(()) }
    }

    #[cold]
    fn check(&mut self) -> Flow<()> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Stop::Halt(None));
        }
        if self.steps.is_multiple_of(1 << 20) {
            self.measure()?;
        }
        if self.steps > limits::MAX_TOTAL_STEPS {
            return Err(self.limit(format!("The command took more than {} steps.", limits::MAX_TOTAL_STEPS)));
        }
        let spent = self.started.elapsed().saturating_sub(self.waited);
        if spent > limits::MAX_TIME {
            let seconds = limits::MAX_TIME.as_secs();
            return Err(self.limit(format!("The command took more than {seconds} s of local work.")));
        }
        Ok(())
    }

    /// Waits; ends at once when the command is stopped. It does not count as work.
    pub(crate) fn sleep(&mut self, time: Duration) -> Flow<()> {
        let begun = Instant::now();
        loop {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(Stop::Halt(None));
            }
            let left = time.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
        self.waited += begun.elapsed();
        Ok(())
    }

    /// Counts steps of work that is not evaluation, such as items that are copied.
    pub(crate) fn steps(&mut self, count: usize) -> Flow<()> {
        let before = self.steps >> 10;
        self.steps = self.steps.saturating_add(count as u64);
        if self.steps >> 10 == before { Ok(()) } else { self.check() }
    }

    /// A bound was exceeded: nothing catches it.
    pub(crate) fn limit(&self, message: impl Into<PsStr>) -> Stop {
        Stop::Halt(Some(Rc::new(ErrorRecord::new(
            "System.Management.Automation.RuntimeException",
            "LimitExceeded",
            Category::LimitsExceeded,
            Value::Null,
            message,
        ))))
    }

    /// Refuses a string of that many bytes, if it is too long.
    pub(crate) fn check_text(&self, bytes: usize) -> Flow<()> {
        if bytes > limits::MAX_TEXT {
            return Err(self
                .limit(format!("A string of {bytes} bytes is longer than {} MB.", limits::MAX_TEXT >> 20)));
        }
        self.text_made(bytes)
    }

    /// Refuses a collection of that many items, if it is too long.
    pub(crate) fn check_items(&mut self, items: usize) -> Flow<()> {
        if items > limits::MAX_ITEMS {
            return Err(
                self.limit(format!("A collection of {items} items is longer than {}.", limits::MAX_ITEMS))
            );
        }
        Ok(())
    }

    /// Runs something one call deeper.
    pub(crate) fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Flow<T>) -> Flow<T> {
        if self.depth >= limits::MAX_CALLS {
            return Err(self.throw(
                "System.Management.Automation.ScriptCallDepthException",
                "CallDepthOverflow",
                Category::InvalidOperation,
                Value::Null,
                "The script failed due to call depth overflow.",
            ));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// The local time.
    pub(crate) fn now(&self) -> PsDateTime {
        self.environment.local((self.environment.now)())
    }
}
