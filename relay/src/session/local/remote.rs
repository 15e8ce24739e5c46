//! The engine's door to the remote side: commands on the session's runspace, and the questions that they ask.

use std::{
    collections::VecDeque,
    rc::Rc,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use futures_util::FutureExt as _;
use postern_engine::host::{
    Import, Imported, Invocation, Progress, Remote, RemoteError, RemoteEvent, RemoteParameter, RemoteRun,
    SessionFacts,
};
use postern_engine::value::Value;
use postern_psrp::{
    host::{ConsoleColor, Handled, HostCall, HostRequest},
    pipeline::{Command, Parameter, PipelineSpec},
    records::{ErrorCategory, ErrorRecord, InformationRecord, ProgressKind, ProgressRecord},
};
use postern_shared::{
    value::{PsStr, PsValue},
    view::FormatViews,
    wire::{NoteStream, ProgressState},
};
use postern_wsman::client::{Ended, Pipeline, PipelineEvent, PipelineInput};

use super::{
    super::{
        catalog::Catalog,
        failure::{of_record, shorten},
        import::{commands, views},
        prompt,
    },
    desk::Desk,
    screen::Colors,
};

/// How long a stopped pipeline has for ending before it is left to itself. Exchange may take some seconds.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// Events that are taken in while something else is waited for.
const MOST_PENDING: usize = 1024;
/// `ConsoleColor.Red`.
const RED: i8 = 12;

/// The commands of the remote side.
pub(super) struct Door {
    pub(super) desk: Rc<Desk>,
    pub(super) catalog: Arc<RwLock<Arc<Catalog>>>,
    pub(super) views: Arc<RwLock<Arc<FormatViews>>>,
    pub(super) facts: SessionFacts,
}

/// `Import-PSSession`'s own number of its progress.
const IMPORT_ACTIVITY: i32 = 1_905_347_799;

fn importing(status: String, completed: bool) -> Progress {
    Progress {
        id: IMPORT_ACTIVITY,
        parent: -1,
        activity: PsStr::from_static("Creating implicit remoting module ..."),
        status: status.into(),
        percent: -1,
        seconds: -1,
        completed,
        ..Progress::default()
    }
}

impl Door {
    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Remote for Door {
    fn has(&self, name: &str) -> bool {
        self.catalog().find(name).is_some()
    }

    fn spelling(&self, name: &str) -> PsStr {
        self.catalog().find(name).map_or_else(|| name.into(), |command| command.remote.clone())
    }

    fn covers(&self, name: &str) -> bool {
        self.catalog().find(name).is_some_and(|command| command.covers)
    }

    fn parameters(&self, name: &str) -> Vec<RemoteParameter> {
        self.catalog().find(name).map(|command| command.parameters.clone()).unwrap_or_default()
    }

    fn views(&self) -> Rc<FormatViews> {
        Rc::new(FormatViews::clone(&self.views.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn facts(&self) -> SessionFacts {
        self.facts.clone()
    }

    fn import(
        &mut self,
        import: &Import,
        local: &[PsStr],
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<Imported, PsStr> {
        const STOPPED: PsStr = PsStr::from_static("The import was stopped.");
        let all = import.names.is_empty();
        let names: Vec<&str> = if all { vec!["*"] } else { import.names.iter().map(PsStr::as_str).collect() };
        let report = |received: u32, _| {
            let what = "Getting command information from remote session";
            progress(&importing(format!("{what} ... {received} commands received"), false));
        };
        let lost = |error: postern_wsman::client::Error| error.to_failure();
        let fetched = self.desk.wait_remote(commands(&self.desk.remote, &names, lost, report));
        let new = fetched.ok_or(STOPPED)?.map_err(|failure| PsStr::from(failure.what))?;
        let types = import.views.clone().or_else(|| all.then(|| vec![PsStr::from_static("*")]));
        if let Some(types) = types
            && !types.is_empty()
            && self.catalog().find("Get-FormatData").is_some()
        {
            let fetched = self.desk.wait_remote(views(&self.desk.remote, &types));
            let new = fetched.ok_or(STOPPED)?.map_err(|error| PsStr::from(error.to_failure().what))?;
            let what = "Getting formatting and output information from remote session";
            progress(&importing(format!("{what} ... {} objects received", new.len()), false));
            // Views of some types alone must not take away those of all others.
            if all && import.views.is_none() {
                let views = Arc::new(FormatViews::from_format_data(&new));
                *self.views.write().unwrap_or_else(PoisonError::into_inner) = views;
            }
        }
        let mut catalog = Catalog::clone(&self.catalog());
        let imported = catalog.merge(new, import, local);
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
        progress(&importing("Completed.".to_owned(), true));
        Ok(imported)
    }

    fn names(&self) -> Vec<PsStr> {
        self.catalog().names().collect()
    }

    fn invoke(&mut self, invocation: Invocation) -> Box<dyn RemoteRun> {
        if self.desk.is_stopped() {
            return Box::new(Run::over(Rc::clone(&self.desk)));
        }
        let mut command = Command::new(invocation.name);
        command.parameters =
            invocation.parameters.into_iter().map(|(name, value)| Parameter { name, value }).collect();
        let mut spec = PipelineSpec::new(vec![command]);
        if invocation.input {
            spec = spec.with_input();
        }
        Box::new(Run::new(Rc::clone(&self.desk), self.desk.remote.invoke(spec)))
    }
}

/// Runs a text on the server, as a script. Nothing of it runs here.
pub(super) fn run_script(desk: &Rc<Desk>, text: &str) -> postern_engine::Ended {
    let told = "This runs on the server, in the server's own language.";
    desk.show(|screen| screen.note(NoteStream::Information, told));
    let mut run = Run::new(Rc::clone(desk), desk.remote.invoke(PipelineSpec::script(text)));
    let shown = |error: &RemoteError| of_record(&ErrorRecord::from_value(&error.record), None);
    while let Some(event) = run.next() {
        match event {
            RemoteEvent::Output(value) => {
                let value = Value::from(value);
                if let Value::Remote(object) = &value {
                    desk.release(object.object());
                }
                if matches!(desk.show(|screen| screen.output(&value)), Some(Err(_))) {
                    run.stop();
                    return postern_engine::Ended::Broken;
                }
            }
            RemoteEvent::Error(error) => desk.error(shown(&error)),
            RemoteEvent::Failed(error) => {
                if !desk.full.get() {
                    desk.error(shown(&error));
                }
                return postern_engine::Ended::Broken;
            }
            RemoteEvent::Warning(text) => note(desk, NoteStream::Warning, &text),
            RemoteEvent::Verbose(text) => note(desk, NoteStream::Verbose, &text),
            RemoteEvent::Debug(text) => note(desk, NoteStream::Debug, &text),
            RemoteEvent::Information(record) => {
                let record = InformationRecord::from_value(&record);
                note(desk, NoteStream::Information, &record.message.to_string());
            }
            RemoteEvent::Progress(progress) => super::host::show_progress(desk, &progress),
        }
    }
    if desk.is_stopped() { postern_engine::Ended::Stopped } else { postern_engine::Ended::Completed(0) }
}

fn note(desk: &Desk, stream: NoteStream, text: &str) {
    desk.show(|screen| screen.note(stream, text));
}

/// A remote command that runs.
struct Run {
    desk: Rc<Desk>,
    /// Until it has ended.
    pipeline: Option<Pipeline>,
    input: Option<PipelineInput>,
    /// What came while something else was waited for.
    pending: VecDeque<PipelineEvent>,
}

impl Run {
    fn new(desk: Rc<Desk>, pipeline: Pipeline) -> Self {
        let input = Some(pipeline.input());
        Self { desk, pipeline: Some(pipeline), input, pending: VecDeque::new() }
    }

    fn over(desk: Rc<Desk>) -> Self {
        Self { desk, pipeline: None, input: None, pending: VecDeque::new() }
    }

    /// What has arrived, without waiting.
    fn arrived(&mut self) -> Option<PipelineEvent> {
        if let Some(event) = self.pending.pop_front() {
            return Some(event);
        }
        self.pipeline.as_mut()?.next().now_or_never()?
    }

    /// What the engine hears of an event, if anything.
    fn take(&mut self, event: PipelineEvent) -> Option<RemoteEvent> {
        match event {
            PipelineEvent::Output(value) => Some(match self.desk.hold(&value) {
                Ok(()) => RemoteEvent::Output(value),
                Err(full) => {
                    let text = self.desk.is_full(full);
                    self.stop();
                    RemoteEvent::Failed(Box::new(limit(text)))
                }
            }),
            PipelineEvent::Error(record) => Some(RemoteEvent::Error(Box::new(error(&record)))),
            PipelineEvent::Warning(record) => Some(RemoteEvent::Warning(record.message)),
            PipelineEvent::Verbose(record) => Some(RemoteEvent::Verbose(record.message)),
            PipelineEvent::Debug(record) => Some(RemoteEvent::Debug(record.message)),
            PipelineEvent::Information(record) => information(&record),
            PipelineEvent::Progress(record) => Some(RemoteEvent::Progress(progress(&record))),
            PipelineEvent::HostCall(call) => {
                self.host_call(&call);
                None
            }
            PipelineEvent::Ended(ended) => {
                self.pipeline = None;
                match ended {
                    Ended::Completed => None,
                    Ended::Stopped => {
                        // The server did it: what would come next in the line must not run as if all was well.
                        self.desk.halt();
                        None
                    }
                    Ended::Failed(record) => Some(RemoteEvent::Failed(Box::new(error(&record)))),
                    Ended::Lost(error) => {
                        self.desk.lose(error.to_failure());
                        None
                    }
                }
            }
        }
    }

    /// Waits for something while events are taken in. Nothing if the job is to stop, or the pipeline ended first.
    fn meanwhile<T>(&mut self, future: impl Future<Output = T>, is_remote: bool) -> Option<T> {
        let (Some(pipeline), pending) = (&mut self.pipeline, &mut self.pending) else { return None };
        let waiting = async {
            let mut future = std::pin::pin!(future);
            let mut has_ended = pending.iter().any(|event| matches!(event, PipelineEvent::Ended(_)));
            loop {
                if has_ended {
                    return None;
                }
                tokio::select! {
                    biased;
                    value = future.as_mut() => return Some(value),
                    event = pipeline.next(), if pending.len() < MOST_PENDING => match event {
                        Some(event) => {
                            has_ended = matches!(event, PipelineEvent::Ended(_));
                            pending.push_back(event);
                        }
                        None => return None,
                    },
                }
            }
        };
        if is_remote { self.desk.wait_remote(waiting) } else { self.desk.wait(waiting) }.flatten()
    }

    fn host_call(&mut self, call: &HostCall) {
        let request = match call.request() {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(%error, "A host call was not understood");
                self.answer(call.answer_unsupported());
                return;
            }
        };
        match request {
            HostRequest::Write { text, colors, end_line } => {
                let number = |color: Option<ConsoleColor>| {
                    color.and_then(|color| i8::try_from(color.number()).ok()).unwrap_or(-1)
                };
                let colors = Colors {
                    foreground: number(colors.map(|colors| colors.0)),
                    background: number(colors.map(|colors| colors.1)),
                };
                self.desk.show(|screen| screen.write(&text, colors, end_line));
            }
            HostRequest::WriteErrorLine(text) => {
                let stream = NoteStream::Host { foreground: RED, background: -1 };
                self.desk.show(|screen| screen.note(stream, &text));
            }
            HostRequest::WriteProgress { record, .. } => {
                let (state, completed) = progress_state(&record);
                self.desk.show(|screen| screen.progress(state, completed));
            }
            // The same text comes as a record.
            HostRequest::WriteDebugLine(_)
            | HostRequest::WriteVerboseLine(_)
            | HostRequest::WriteWarningLine(_) => {}
            request => self.question(call, &request),
        }
    }

    fn question(&mut self, call: &HostCall, request: &HostRequest) {
        let Some((caption, message, kind)) = prompt::question(request) else {
            // What needs nobody, a console answers by itself.
            let response = match self.desk.console.borrow_mut().handle(call) {
                Handled::Done(response) => response,
                Handled::Open => call.answer_unsupported(),
            };
            self.answer(response);
            return;
        };
        let desk = Rc::clone(&self.desk);
        let Some((prompt, mut reply)) = desk.show(|screen| screen.ask(caption, message, kind)) else {
            return;
        };
        let response = loop {
            match self.meanwhile(&mut reply, false) {
                Some(Ok(given)) if given.is_cancel() => {
                    desk.halt();
                    break None;
                }
                Some(Ok(mut given)) => match prompt::respond(call, request, given.answer()) {
                    Some(response) => break Some(response),
                    None => match desk.show(|screen| screen.ask_again(prompt)) {
                        Some(again) => reply = again,
                        None => break None,
                    },
                },
                // Nobody can be asked.
                Some(Err(_)) => break call.answer_unsupported(),
                None => break None,
            }
        };
        desk.show(|screen| screen.asked(prompt));
        self.answer(response);
    }

    fn answer(&self, response: Option<postern_psrp::host::HostResponse>) {
        if let (Some(pipeline), Some(response)) = (&self.pipeline, response) {
            pipeline.answer(response);
        }
    }
}

impl RemoteRun for Run {
    fn input(&mut self, value: PsValue) {
        let Some(input) = self.input.clone() else { return };
        // An error means that the pipeline ended, which its events tell.
        let _ = self.meanwhile(async move { input.send(value).await }, true);
    }

    fn end_input(&mut self) {
        let Some(input) = self.input.take() else { return };
        let _ = self.meanwhile(async move { input.end().await }, true);
    }

    fn next(&mut self) -> Option<RemoteEvent> {
        loop {
            let event = if let Some(event) = self.arrived() {
                event
            } else {
                let pipeline = self.pipeline.as_mut()?;
                let Some(event) = self.desk.wait_remote(pipeline.next()) else {
                    self.stop();
                    return None;
                };
                event?
            };
            if let Some(event) = self.take(event) {
                return Some(event);
            }
        }
    }

    fn ready(&mut self) -> Option<RemoteEvent> {
        loop {
            let event = self.arrived()?;
            if let Some(event) = self.take(event) {
                return Some(event);
            }
        }
    }

    fn stop(&mut self) {
        self.pending.clear();
        let Some(mut pipeline) = self.pipeline.take() else { return };
        pipeline.stop();
        let ending = async {
            while let Some(event) = pipeline.next().await {
                if let PipelineEvent::Ended(ended) = event {
                    return Some(ended);
                }
            }
            None
        };
        match self.desk.wait_at_most(STOP_PATIENCE, ending) {
            Some(Some(Ended::Lost(error))) => self.desk.lose(error.to_failure()),
            Some(_) => {}
            None => {
                let text = "The server has not stopped the command yet.";
                self.desk.show(|screen| screen.note(NoteStream::Warning, text));
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop();
    }
}

fn error(record: &ErrorRecord) -> RemoteError {
    let category = &record.category;
    RemoteError {
        message: record.message(),
        id: record.fully_qualified_error_id.clone(),
        category: category.category as i64,
        activity: category.activity.clone(),
        reason: category.reason.clone(),
        target_name: category.target_name.clone(),
        target_type: category.target_type.clone(),
        exception_type: record.exception_type().into(),
        target: record.target.clone(),
        record: record.to_value(),
    }
}

fn limit(message: PsStr) -> RemoteError {
    RemoteError {
        message,
        id: "LimitExceeded".into(),
        category: ErrorCategory::LimitsExceeded as i64,
        ..RemoteError::default()
    }
}

fn information(record: &InformationRecord) -> Option<RemoteEvent> {
    // Write-Host calls the host as well, and the tag says so.
    let is_shown =
        record.host_message().is_some() && record.tags.iter().any(|tag| tag.eq_ignore_ascii_case("PSHOST"));
    (!is_shown).then(|| RemoteEvent::Information(record.to_value()))
}

fn progress(record: &ProgressRecord) -> Progress {
    Progress {
        id: record.activity_id,
        parent: record.parent_activity_id,
        activity: record.activity.clone(),
        status: record.status.clone(),
        operation: record.current_operation.clone().unwrap_or_default(),
        percent: record.percent_complete,
        seconds: record.seconds_remaining,
        completed: record.kind == ProgressKind::Completed,
    }
}

fn progress_state(record: &ProgressRecord) -> (ProgressState, bool) {
    let state = ProgressState {
        id: record.activity_id,
        parent: record.parent_activity_id,
        activity: shorten(&record.activity),
        status: shorten(&record.status),
        operation: record.current_operation.as_deref().map(shorten).unwrap_or_default(),
        percent: record.percent_complete.clamp(-1, 100),
        seconds_left: record.seconds_remaining.max(-1),
    };
    (state, record.kind == ProgressKind::Completed)
}
