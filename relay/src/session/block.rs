//! One block: a command line that runs, from its text to its end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use postern_engine::{Flow, Plan};
use postern_psrp::{
    host::{Handled, HostCall, HostRequest},
    pipeline::{Command, Parameter, PipelineSpec},
    records::{InformationRecord, ProgressKind, ProgressRecord},
};
use postern_shared::{
    value::PsValue,
    wire::{BlockId, BlockState, EventKind, Failure, NoteStream, Position, ProgressState, PromptId},
};
use postern_wsman::client::{Ended, Pipeline, PipelineEvent, RemoteSession};
use tokio::time::sleep_until;

use super::{
    control::Wish,
    failure::{self, shorten},
    output::Output,
    prompt::{Prompts, Reply},
    task::{End, Session},
};
use crate::store::Full;

/// How long a stopped pipeline has for ending before it is left to itself. Exchange may take some seconds.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// A block that runs.
struct Running {
    block: BlockId,
    position: Option<Position>,
    plan: Option<Box<Plan>>,
    output: Output,
    prompts: Prompts,
    /// Text written to the host whose line has not ended.
    partial: String,
    /// How the block is to end although the pipeline goes on, and until when it may.
    stopping: Option<(BlockState, tokio::time::Instant)>,
}

impl Session {
    /// Runs a command line and logs all that it gives.
    pub(super) async fn run_block(
        &mut self,
        remote: &RemoteSession,
        block: BlockId,
        line: &str,
    ) -> Result<(), End> {
        self.log.append(EventKind::Started { block });
        let started = Instant::now();
        let mut waited = Duration::ZERO;
        let output = Output::new(
            block,
            Arc::clone(&self.log),
            Arc::clone(&self.live),
            Arc::clone(&self.store),
            Arc::clone(&self.views),
        );
        let known = |name: &str| self.commands.contains(&name.to_ascii_lowercase());
        let outcome = match Plan::compile(line, &known) {
            Ok(plan) => {
                let (position, format) = (Some(position(&plan)), plan.format());
                let pipeline = remote.invoke(spec(&plan));
                let mut running = Running {
                    block,
                    position,
                    plan: Some(Box::new(plan)),
                    output: output.formatted(format),
                    prompts: Prompts::default(),
                    partial: String::new(),
                    stopping: None,
                };
                let outcome = self.follow(&mut running, pipeline, &mut waited).await;
                self.close(&mut running);
                outcome.map(|state| (state, running.output.objects()))
            }
            Err(failure) => {
                self.log.append(EventKind::Error { block, failure });
                Ok((BlockState::Failed, 0))
            }
        };
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let (elapsed, remote) = (milliseconds(started.elapsed()), milliseconds(waited));
        let (state, objects) = match &outcome {
            Ok(ended) => *ended,
            Err(End::Left(_)) => (BlockState::Stopped, 0),
            Err(_) => (BlockState::Failed, 0),
        };
        self.log.append(EventKind::Ended { block, state, objects, elapsed, remote });
        outcome.map(|_| ())
    }

    /// Reads what the pipeline gives, and does what the user wants meanwhile, until it has ended.
    async fn follow(
        &mut self,
        running: &mut Running,
        mut pipeline: Pipeline,
        waited: &mut Duration,
    ) -> Result<BlockState, End> {
        loop {
            let waiting = Instant::now();
            let due = running.output.due();
            let patience = running.stopping.as_ref().map(|(_, until)| *until);
            tokio::select! {
                wish = self.control.next(&self.log) => self.grant(wish?, running, &pipeline),
                event = pipeline.next() => {
                    *waited += waiting.elapsed();
                    match event {
                        Some(PipelineEvent::Ended(ended)) => return self.ended(running, ended).await,
                        Some(event) => self.take(event, running, &pipeline),
                        // Never without an end before; should it be, the block must not wait for ever.
                        None => return Ok(BlockState::Failed),
                    }
                }
                () = until(due) => running.output.flush(),
                () = until(patience) => {
                    running.note(self, NoteStream::Warning, "The server has not stopped the command yet.");
                    return Ok(running.stopping.take().map_or(BlockState::Stopped, |(state, _)| state));
                }
            }
        }
    }

    fn grant(&mut self, wish: Wish, running: &mut Running, pipeline: &Pipeline) {
        match wish {
            Wish::Run(line) => self.enqueue(line),
            Wish::Stop(block) if block == running.block => running.stop(pipeline, BlockState::Stopped),
            Wish::Stop(block) => self.unqueue(block),
            Wish::Answer(prompt, reply) => self.answer(prompt, reply, running, pipeline),
            Wish::Active | Wish::SignOut => {}
        }
    }

    fn answer(&mut self, prompt: PromptId, reply: Reply, running: &mut Running, pipeline: &Pipeline) {
        if !running.prompts.is_open(prompt) {
            // Another tab was faster.
            return;
        }
        if reply.is_cancel() {
            running.stop(pipeline, BlockState::Stopped);
            return;
        }
        match running.prompts.answer(prompt, reply) {
            Some(response) => {
                pipeline.answer(response);
                self.log.append(EventKind::PromptClosed { prompt });
            }
            None => running.note(self, NoteStream::Warning, "The answer does not fit the question."),
        }
    }

    fn take(&mut self, event: PipelineEvent, running: &mut Running, pipeline: &Pipeline) {
        match event {
            PipelineEvent::Output(value) => self.object(value, running, pipeline),
            PipelineEvent::Error(record) => {
                let failure = failure::of_record(&record, running.position);
                running.error(self, failure);
            }
            PipelineEvent::Warning(record) => running.note(self, NoteStream::Warning, &record.message),
            PipelineEvent::Verbose(record) => running.note(self, NoteStream::Verbose, &record.message),
            PipelineEvent::Debug(record) => running.note(self, NoteStream::Debug, &record.message),
            PipelineEvent::Information(record) => information(self, &record, running),
            PipelineEvent::Progress(record) => self.progress(&record, running),
            PipelineEvent::HostCall(call) => self.host_call(*call, running, pipeline),
            PipelineEvent::Ended(_) => {}
        }
    }

    fn object(&mut self, value: PsValue, running: &mut Running, pipeline: &Pipeline) {
        if running.stopping.is_some() {
            return;
        }
        let Some(plan) = &mut running.plan else { return };
        let mut given = Vec::new();
        let flow = plan.push(value, &mut given);
        let errors = plan.take_errors();
        self.give(given, running, pipeline);
        for failure in errors {
            running.error(self, failure);
        }
        match flow {
            Ok(Flow::Continue) => {}
            Ok(Flow::Done) => running.stop(pipeline, BlockState::Completed),
            Err(failure) => {
                running.error(self, failure);
                running.stop(pipeline, BlockState::Failed);
            }
        }
    }

    fn give(&mut self, values: Vec<PsValue>, running: &mut Running, pipeline: &Pipeline) {
        for value in values {
            if let Err(full) = running.output.push(&value, &mut self.numbers.result) {
                self.full(full, running, pipeline);
                return;
            }
        }
    }

    fn full(&mut self, full: Full, running: &mut Running, pipeline: &Pipeline) {
        running.error(self, failure::full(full));
        running.stop(pipeline, BlockState::Failed);
    }

    fn progress(&self, record: &ProgressRecord, running: &Running) {
        let state = ProgressState {
            id: record.activity_id,
            parent: record.parent_activity_id,
            activity: shorten(&record.activity),
            status: shorten(&record.status),
            operation: record.current_operation.as_deref().map(shorten).unwrap_or_default(),
            percent: record.percent_complete.clamp(-1, 100),
            seconds_left: record.seconds_remaining.max(-1),
        };
        self.live.progress(running.block, state, record.kind == ProgressKind::Completed);
    }

    fn host_call(&mut self, call: HostCall, running: &mut Running, pipeline: &Pipeline) {
        let request = match call.request() {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(%error, "A host call was not understood");
                if let Some(response) = call.answer_unsupported() {
                    pipeline.answer(response);
                }
                return;
            }
        };
        match request {
            HostRequest::Write { text, colors, end_line } => {
                running.partial.push_str(&shorten(&text));
                if end_line || running.partial.len() > MOST_PARTIAL {
                    let text = std::mem::take(&mut running.partial);
                    let color = |color: Option<postern_psrp::host::ConsoleColor>| {
                        color.map_or(-1, |color| color.number() as i8)
                    };
                    let (foreground, background) = (color(colors.map(|c| c.0)), color(colors.map(|c| c.1)));
                    running.note(self, NoteStream::Host { foreground, background }, &text);
                }
            }
            HostRequest::WriteErrorLine(text) => {
                running.note(self, NoteStream::Host { foreground: RED, background: -1 }, &text);
            }
            HostRequest::WriteProgress { record, .. } => self.progress(&record, running),
            // The same text comes as a record.
            HostRequest::WriteDebugLine(_)
            | HostRequest::WriteVerboseLine(_)
            | HostRequest::WriteWarningLine(_) => {}
            request => {
                running.output.flush();
                self.numbers.prompt = self.numbers.prompt.saturating_add(1);
                match running.prompts.ask(call, request, running.block, self.numbers.prompt) {
                    Ok(mut prompt) => {
                        // What was written without an end of line is what is asked.
                        if prompt.message.is_empty() {
                            prompt.message = std::mem::take(&mut running.partial);
                        }
                        self.log.append(EventKind::Prompt(prompt));
                    }
                    // What needs nobody, a console answers by itself.
                    Err(call) => {
                        let response = match self.console.handle(&call) {
                            Handled::Done(response) => response,
                            Handled::Open => call.answer_unsupported(),
                        };
                        if let Some(response) = response {
                            pipeline.answer(response);
                        }
                    }
                }
            }
        }
    }

    /// The pipeline has ended: what the local stages still hold comes out.
    async fn ended(&mut self, running: &mut Running, ended: Ended) -> Result<BlockState, End> {
        let state = match ended {
            Ended::Completed => BlockState::Completed,
            Ended::Stopped => BlockState::Stopped,
            Ended::Failed(record) => {
                if running.stopping.is_none() {
                    running.error(self, failure::of_record(&record, running.position));
                }
                BlockState::Failed
            }
            Ended::Lost(error) => {
                let failure = error.to_failure();
                running.error(self, failure.clone());
                return Err(End::Lost(failure));
            }
        };
        let state = running.stopping.as_ref().map_or(state, |(state, _)| *state);
        if state == BlockState::Completed
            && let Some(mut plan) = running.plan.take()
        {
            // A sort of 100,000 objects must not hold up other sessions.
            let finishing = tokio::task::spawn_blocking(move || {
                let mut given = Vec::new();
                let finished = plan.finish(&mut given);
                (given, plan.take_errors(), finished.err())
            });
            let Ok((given, errors, failed)) = finishing.await else {
                running.error(self, failure::relay_fault());
                return Ok(BlockState::Failed);
            };
            for value in given {
                if let Err(full) = running.output.push(&value, &mut self.numbers.result) {
                    running.error(self, failure::full(full));
                    return Ok(BlockState::Failed);
                }
            }
            for failure in errors {
                running.error(self, failure);
            }
            if let Some(failure) = failed {
                running.error(self, failure);
                return Ok(BlockState::Failed);
            }
        }
        Ok(state)
    }

    /// Nothing more comes of a block: nothing is asked any more, and nothing under way.
    fn close(&self, running: &mut Running) {
        let partial = std::mem::take(&mut running.partial);
        if !partial.is_empty() {
            running.note(self, NoteStream::Host { foreground: -1, background: -1 }, &partial);
        }
        running.output.flush();
        for prompt in running.prompts.close() {
            self.log.append(EventKind::PromptClosed { prompt });
        }
        self.live.end_progress(running.block);
    }
}

/// `ConsoleColor.Red`.
const RED: i8 = 12;
/// Text without an end of line is shown when it is this long.
const MOST_PARTIAL: usize = 4 << 10;

impl Running {
    fn note(&mut self, session: &Session, stream: NoteStream, text: &str) {
        self.output.flush();
        session.log.append(EventKind::Note { block: self.block, stream, text: shorten(text) });
    }

    fn error(&mut self, session: &Session, failure: Failure) {
        self.output.flush();
        session.log.append(EventKind::Error { block: self.block, failure });
    }

    /// Stops the pipeline; the block ends in `state` when it has.
    fn stop(&mut self, pipeline: &Pipeline, state: BlockState) {
        if self.stopping.is_none() {
            self.stopping = Some((state, tokio::time::Instant::now() + STOP_PATIENCE));
            pipeline.stop();
        }
    }
}

fn information(session: &Session, record: &InformationRecord, running: &mut Running) {
    if let Some(message) = record.host_message() {
        // Write-Host calls the host as well, and the tag says so.
        if !record.tags.iter().any(|tag| tag.eq_ignore_ascii_case("PSHOST")) {
            running.note(session, NoteStream::Information, &message.text);
        }
        return;
    }
    running.note(session, NoteStream::Information, &record.message.to_string());
}

fn spec(plan: &Plan) -> PipelineSpec {
    let remote = &plan.remote;
    let mut command = Command::new(remote.name.clone());
    command.parameters = remote
        .parameters
        .iter()
        .map(|(name, value)| Parameter { name: name.clone(), value: value.clone() })
        .collect();
    PipelineSpec::new(vec![command])
}

/// Where the remote command stands in the line.
fn position(plan: &Plan) -> Position {
    let span = &plan.remote.span;
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Position { start: byte(span.start), end: byte(span.end) }
}

async fn until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
