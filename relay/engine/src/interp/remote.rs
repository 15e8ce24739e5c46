//! Remote commands as stages.

use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Instant};

use postern_shared::value::{PsStr, PsValue};

use super::{Action, Args, Common, Engine, Flow, Given, Sink, Stop, bind::COMMON};
use crate::{
    code::{Source, Span},
    host::{Import, Imported, Invocation, RemoteError, RemoteEvent, RemoteRun},
    limits,
    value::{ErrorRecord, Value},
};

/// A remote command that runs, and what of its output was read before it was wanted.
pub(crate) struct Drained {
    run: Box<dyn RemoteRun>,
    events: VecDeque<RemoteEvent>,
    ended: bool,
}

/// A remote command of a pipeline.
pub(crate) struct RemoteStage {
    name: PsStr,
    parameters: Vec<(Option<PsStr>, PsValue)>,
    pub(crate) common: Common,
    expects_input: bool,
    /// Where it stands.
    at: Option<(Rc<Source>, Span)>,
    run: Option<Rc<RefCell<Drained>>>,
    pub(crate) failed: bool,
}

/// What a variable keeps has to be told, even where it is not shown.
fn tell_what_is_kept(common: &Common, parameters: &mut [(Option<PsStr>, PsValue)]) {
    let kept = [
        ("-ErrorAction:", common.error_action, common.error_list.is_some()),
        ("-WarningAction:", common.warning_action, common.warning_list.is_some()),
        ("-InformationAction:", common.information_action, common.information_list.is_some()),
    ];
    for (own, action, is_kept) in kept {
        if is_kept
            && action == Some(Action::SilentlyContinue)
            && let Some((_, value)) = parameters.iter_mut().find(|(name, _)| name.as_deref() == Some(own))
        {
            *value = PsValue::Str(PsStr::from_static("Continue"));
        }
    }
}

impl Engine {
    pub(crate) fn remote_stage(
        &mut self,
        name: PsStr,
        given: Vec<Given>,
        expects_input: bool,
        at: Option<(Rc<Source>, Span)>,
    ) -> Flow<RemoteStage> {
        let mut parameters = Vec::with_capacity(given.len());
        let mut args = Args::default();
        let mut given = given.into_iter().peekable();
        while let Some(next) = given.next() {
            match next {
                Given::Value(value) => parameters.push((None, value.to_ps())),
                Given::Named { name, value, .. } => {
                    let common = COMMON.iter().find(|(own, alias)| {
                        own.eq_ignore_ascii_case(&name)
                            || alias.eq_ignore_ascii_case(&name)
                            || name.len() > 3
                                && own
                                    .get(..name.len())
                                    .is_some_and(|start| start.eq_ignore_ascii_case(&name))
                    });
                    if let Some((own, _)) = common {
                        let is_switch = matches!(*own, "Verbose" | "Debug");
                        let value = match value {
                            Some(value) => value,
                            None if is_switch => Value::Bool(true),
                            None => match given.next_if(|next| matches!(next, Given::Value(_))) {
                                Some(Given::Value(value)) => value,
                                _ => Value::Null,
                            },
                        };
                        self.remote_common(&mut args.common, own, &value);
                        // Preferences go to both sides, what only concerns the local one stays.
                        if own.ends_with("Action") || is_switch {
                            // A preference by its name: the server takes none by its number.
                            let value = match Action::of(&value) {
                                _ if is_switch => Value::Bool(crate::convert::truth(&value)),
                                Some(action) => Value::Str(action.value().text()),
                                None => Value::Str(value.text()),
                            };
                            parameters.push((Some(format!("-{own}:").into()), value.to_ps()));
                        }
                        continue;
                    }
                    match value {
                        Some(value) => parameters.push((Some(format!("-{name}:").into()), value.to_ps())),
                        None => parameters.push((Some(format!("-{name}").into()), PsValue::Null)),
                    }
                }
            }
        }
        tell_what_is_kept(&args.common, &mut parameters);
        let written = |own: &str| {
            parameters.iter().any(|(name, _): &(Option<PsStr>, PsValue)| {
                name.as_ref().is_some_and(|name| {
                    let name = name.trim_start_matches('-').trim_end_matches(':');
                    own.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                })
            })
        };
        for (own, value) in self.remote_defaults(&name, written)? {
            parameters.push((Some(format!("-{own}:").into()), value.to_ps()));
        }
        Ok(RemoteStage { name, parameters, common: args.common, expects_input, at, run: None, failed: false })
    }

    fn remote_common(&mut self, common: &mut Common, name: &str, value: &Value) {
        let list = |engine: &mut Self| Some(engine.list_variable(&value.text()));
        match name {
            "ErrorAction" => common.error_action = Action::of(value),
            "WarningAction" => common.warning_action = Action::of(value),
            "InformationAction" => common.information_action = Action::of(value),
            "ProgressAction" => common.progress_action = Action::of(value),
            "Verbose" => common.verbose = Some(crate::convert::truth(value)),
            "Debug" => common.debug = Some(crate::convert::truth(value)),
            "ErrorVariable" => common.error_list = list(self),
            "WarningVariable" => common.warning_list = list(self),
            "InformationVariable" => common.information_list = list(self),
            "OutVariable" => common.out_list = list(self),
            "PipelineVariable" => common.pipeline_variable = Some(value.text()),
            _ => {}
        }
    }

    /// Imports the remote side's commands anew; commands under way are read to their end before.
    pub(crate) fn import_remote(
        &mut self,
        import: &Import,
        local: &[PsStr],
    ) -> Flow<std::result::Result<Imported, PsStr>> {
        self.drain_open()?;
        self.go_on()?;
        let started = Instant::now();
        let Self { remote, host, .. } = self;
        let imported = remote.import(import, local, &mut |progress| host.progress(progress));
        self.waited += started.elapsed();
        self.go_on()?;
        Ok(imported)
    }

    /// Asks for a credential; the time does not count as work.
    pub(crate) fn ask_credential(
        &mut self,
        title: &str,
        message: &str,
        user: &str,
    ) -> Option<(PsStr, PsStr)> {
        let started = Instant::now();
        let answer = self.host.credential(title, message, user);
        self.waited += started.elapsed();
        answer
    }

    /// A runspace runs one command: those under way are read to their end first.
    fn drain_open(&mut self) -> Flow<()> {
        let open = std::mem::take(&mut self.open);
        for weak in &open {
            let Some(run) = weak.upgrade() else { continue };
            loop {
                let mut run = run.borrow_mut();
                if run.ended {
                    break;
                }
                if run.events.len() >= limits::MAX_ITEMS {
                    return Err(self.limit(
                        "The output of a remote command is too large to be held while another one runs.",
                    ));
                }
                let started = Instant::now();
                let event = run.run.next();
                self.waited += started.elapsed();
                self.go_on()?;
                match event {
                    Some(event) => run.events.push_back(event),
                    None => run.ended = true,
                }
            }
        }
        Ok(())
    }
}

impl RemoteStage {
    fn start(&mut self, engine: &mut Engine) -> Flow<()> {
        engine.drain_open()?;
        engine.go_on()?;
        let invocation = Invocation {
            name: self.name.clone(),
            parameters: std::mem::take(&mut self.parameters),
            input: self.expects_input,
        };
        let run = engine.remote.invoke(invocation);
        let run = Rc::new(RefCell::new(Drained { run, events: VecDeque::new(), ended: false }));
        engine.open.retain(|weak| weak.strong_count() > 0);
        engine.open.push(Rc::downgrade(&run));
        self.run = Some(run);
        Ok(())
    }

    pub(crate) fn process(
        &mut self,
        engine: &mut Engine,
        input: Option<Value>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        if self.run.is_none() {
            self.start(engine)?;
        }
        let Some(run) = self.run.clone() else { return Ok(()) };
        match input {
            Some(input) => {
                let input = input.to_ps();
                run.borrow_mut().run.input(input);
                engine.go_on()?;
                self.read_ready(engine, &run, out)
            }
            None => self.read_all(engine, &run, out),
        }
    }

    pub(crate) fn end(&mut self, engine: &mut Engine, out: &mut dyn Sink) -> Flow<()> {
        if !self.expects_input {
            return Ok(());
        }
        if self.run.is_none() {
            self.start(engine)?;
        }
        let Some(run) = self.run.clone() else { return Ok(()) };
        run.borrow_mut().run.end_input();
        self.read_all(engine, &run, out)
    }

    /// What has arrived already.
    fn read_ready(
        &mut self,
        engine: &mut Engine,
        run: &Rc<RefCell<Drained>>,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        loop {
            let event = {
                let mut run = run.borrow_mut();
                match run.events.pop_front() {
                    Some(event) => Some(event),
                    None => run.run.ready(),
                }
            };
            match event {
                Some(event) => self.take(engine, run, event, out)?,
                None => return Ok(()),
            }
        }
    }

    fn read_all(&mut self, engine: &mut Engine, run: &Rc<RefCell<Drained>>, out: &mut dyn Sink) -> Flow<()> {
        loop {
            engine.step()?;
            let event = {
                let mut run = run.borrow_mut();
                match run.events.pop_front() {
                    Some(event) => Some(event),
                    None if run.ended => None,
                    None => {
                        let started = Instant::now();
                        let event = run.run.next();
                        engine.waited += started.elapsed();
                        engine.go_on()?;
                        event
                    }
                }
            };
            if let Some(event) = event {
                self.take(engine, run, event, out)?;
            } else {
                run.borrow_mut().ended = true;
                return Ok(());
            }
        }
    }

    fn record(&self, error: RemoteError) -> Rc<ErrorRecord> {
        let record = ErrorRecord::from_remote(error, &self.name);
        record.position.borrow_mut().clone_from(&self.at);
        Rc::new(record)
    }

    fn take(
        &mut self,
        engine: &mut Engine,
        run: &Rc<RefCell<Drained>>,
        event: RemoteEvent,
        out: &mut dyn Sink,
    ) -> Flow<()> {
        match event {
            RemoteEvent::Output(value) => match out.put(engine, value.into()) {
                Ok(()) => Ok(()),
                Err(stop) => {
                    let mut run = run.borrow_mut();
                    if !run.ended {
                        run.run.stop();
                        run.ended = true;
                        run.events.clear();
                    }
                    Err(stop)
                }
            },
            RemoteEvent::Error(error) => {
                self.failed = true;
                let record = self.record(*error);
                engine.write_error(record, Some(&self.common))
            }
            RemoteEvent::Warning(text) => engine.warn(&text, Some(&self.common)),
            RemoteEvent::Verbose(text) => {
                // The server sends it only if it was asked to.
                let common = Common { verbose: Some(true), ..Common::default() };
                engine.verbose(&text, Some(&common))
            }
            RemoteEvent::Debug(text) => {
                let common = Common { debug: Some(true), ..Common::default() };
                engine.debug(&text, Some(&common))
            }
            RemoteEvent::Information(value) => {
                // The server sends it, so that it is shown unless the call says something else.
                let action = self.common.information_action.or(Some(Action::Continue));
                let common = Common { information_action: action, ..self.common.clone() };
                engine.inform_remote(value.into(), &common)
            }
            RemoteEvent::Progress(progress) => {
                engine.host.progress(&progress);
                Ok(())
            }
            RemoteEvent::Failed(error) => {
                self.failed = true;
                run.borrow_mut().ended = true;
                let record = self.record(*error);
                Err(Stop::Throw(record, self.common.error_action == Some(Action::Stop)))
            }
        }
    }
}

impl Drop for RemoteStage {
    fn drop(&mut self) {
        if let Some(run) = &self.run
            && let Ok(mut run) = run.try_borrow_mut()
            && !run.ended
        {
            run.run.stop();
            run.ended = true;
        }
    }
}
