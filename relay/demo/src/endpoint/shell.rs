//! One shell: a runspace pool, its pipelines, and what their clients may Receive.

mod client;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use postern_psrp::{
    ProtocolError,
    client::Stream,
    host::{HostRequest, HostResponse},
    message::RunspacePoolState,
    pipeline::PipelineState,
    records::{ErrorCategory, ErrorRecord},
    server::{Event, PoolOptions, RunspacePool},
};
use postern_shared::value::{PsValue, Uuid};
use postern_wsman::envelope::{CommandState, Fault, InputStream, code};
use tokio::sync::Notify;

use super::{
    pipeline::{self, LOOK, Work},
    presence::{Presence, disconnected},
    private_data::private_data,
};
use crate::cmdlet::{Caller, Stop};

/// What can be received from: the pool (`None`) or a pipeline.
pub(super) type Target = Option<Uuid>;

/// Bytes of output that a pipeline may be ahead of its client.
pub(super) const MAX_AHEAD: usize = 4 << 20;
/// Objects of input that may wait for a pipeline; a Send beyond that waits.
const MAX_INPUT: usize = 10_000;
/// How long a Send waits for room before it fails.
const INPUT_WAIT: Duration = Duration::from_mins(1);
/// Pipelines of a shell, ended ones that were not yet terminated included. Clients run one or two.
const MAX_PIPELINES: usize = 32;
/// Bytes around a piece of output in an envelope: a Stream element with a CommandId.
const AROUND: usize = 128;

/// A shell.
pub(super) struct Shell {
    id: String,
    caller: Caller,
    presence: Presence,
    state: Mutex<State>,
    /// For the threads of pipelines: something has changed.
    changed: Condvar,
    /// For requests that wait: something has changed.
    woken: Notify,
}

pub(super) struct State {
    pool: RunspacePool,
    running: HashMap<Uuid, Running>,
    closed: bool,
    /// How many requests are at work.
    requests: usize,
    last_used: Instant,
}

/// A pipeline whose thread has not ended.
#[derive(Default)]
struct Running {
    stopping: bool,
    input: VecDeque<PsValue>,
    more_input: More,
    answers: HashMap<i64, HostResponse>,
}

/// Whether a pipeline gets more input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum More {
    /// The client has announced none.
    #[default]
    Never,
    /// More may come.
    Maybe,
    /// All has come.
    Ended,
}

/// What a Receive got.
pub(super) struct Received {
    /// The bytes of whole fragments; empty where there is only an end to tell.
    pub(super) data: Vec<u8>,
    pub(super) state: Option<CommandState>,
}

/// Keeps a shell from counting as unused.
pub(super) struct Used(Arc<Shell>);

impl Drop for Used {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.requests = state.requests.saturating_sub(1);
        state.last_used = Instant::now();
    }
}

impl Shell {
    /// Opens a runspace pool with what Create brought.
    pub(super) fn open(
        id: String,
        caller: Caller,
        presence: Presence,
        creation: &[u8],
    ) -> Result<Arc<Self>, Fault> {
        let shell = Arc::new(Self {
            id,
            caller,
            presence,
            state: Mutex::new(State {
                pool: RunspacePool::new(PoolOptions::default()),
                running: HashMap::new(),
                closed: false,
                requests: 0,
                last_used: Instant::now(),
            }),
            changed: Condvar::new(),
            woken: Notify::new(),
        });
        let mut state = shell.lock();
        shell.feed(&mut state, None, InputStream::Stdin, creation)?;
        if state.pool.state() != RunspacePoolState::Opened {
            return Err(Fault::invalid_parameter("creationXml does not open a runspace pool."));
        }
        drop(state);
        Ok(shell)
    }

    /// The shell's id, in upper case.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Who it belongs to.
    pub(super) fn owner(&self) -> &str {
        &self.caller.user
    }

    /// Whether it has a client, and what a list tells of it.
    pub(super) fn presence(&self) -> &Presence {
        &self.presence
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, at most that long. For threads of pipelines.
    pub(super) fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    fn wake(&self) {
        self.changed.notify_all();
        self.woken.notify_waiters();
    }

    /// Counts a request as use of the shell for as long as it is at work.
    pub(super) fn used(self: &Arc<Self>) -> Used {
        let mut state = self.lock();
        state.requests += 1;
        state.last_used = Instant::now();
        drop(state);
        Used(Arc::clone(self))
    }

    /// How long no request has used the shell; `None` while one does.
    pub(super) fn idle_at(&self, now: Instant) -> Option<Duration> {
        let state = self.lock();
        (state.requests == 0).then(|| now.saturating_duration_since(state.last_used))
    }

    /// Ends everything; what waits for the shell fails.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake();
    }

    /// Starts a pipeline with the first fragments of its message.
    pub(super) fn command(self: &Arc<Self>, id: Uuid, fragments: &[u8]) -> Result<(), Fault> {
        let mut state = self.open_state()?;
        if state.pool.pipelines().count() >= MAX_PIPELINES {
            return Err(Fault::quota(
                code::QUOTA_OPERATIONS,
                format!("The shell has {MAX_PIPELINES} commands already. Wait until one has ended."),
            ));
        }
        state.pool.add_pipeline(id).map_err(|error| Fault::invalid_parameter(error.to_string()))?;
        let fed = self.feed(&mut state, Some(id), InputStream::Stdin, fragments);
        if fed.is_err() {
            state.pool.remove_pipeline(id);
        }
        fed
    }

    /// Takes input, or answers to host calls. Waits while the pipeline has much input that it has not read.
    pub(super) async fn send(
        self: &Arc<Self>,
        target: Target,
        stream: InputStream,
        data: &[u8],
    ) -> Result<(), Fault> {
        {
            let mut state = self.open_state()?;
            self.feed(&mut state, target, stream, data)?;
        }
        let Some(pipeline) = target else { return Ok(()) };
        let deadline = tokio::time::Instant::now() + INPUT_WAIT;
        loop {
            let woken = self.woken.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let waiting = self.lock().running.get(&pipeline).map_or(0, |running| running.input.len());
            if waiting < MAX_INPUT {
                return Ok(());
            }
            if tokio::time::timeout_at(deadline, woken).await.is_err() {
                return Err(Fault::quota(
                    code::QUOTA_OPERATIONS,
                    format!("The pipeline does not read its input; {waiting} objects are waiting."),
                ));
            }
        }
    }

    /// Waits for output; takes as much as fits into `room` bytes of an envelope.
    pub(super) async fn receive(
        &self,
        target: Target,
        wait: Duration,
        room: usize,
    ) -> Result<Received, Fault> {
        let deadline = tokio::time::Instant::now() + wait;
        let departures = self.presence.departures();
        loop {
            let woken = self.woken.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Some(received) = self.take(target, room, departures)? {
                return Ok(received);
            }
            if tokio::time::timeout_at(deadline, woken).await.is_err() {
                return Err(Fault::timed_out());
            }
        }
    }

    fn take(&self, target: Target, room: usize, departures: u64) -> Result<Option<Received>, Fault> {
        let mut state = self.open_state()?;
        // Another client may have the shell by now.
        if !self.presence.is_connected() || self.presence.departures() != departures {
            return Err(disconnected(code::STREAM_DISCONNECTED));
        }
        if target.is_some_and(|pipeline| state.pool.pipeline_state(pipeline).is_none()) {
            return Err(self.not_found());
        }
        // Three bytes are four in base64.
        let data = state.pool.poll_transmit(target, room.saturating_sub(AROUND) / 4 * 3);
        let done = target.is_some_and(|pipeline| state.pool.is_done(pipeline));
        if data.is_none() && !done {
            return Ok(None);
        }
        drop(state);
        self.wake();
        let command_state = if done { CommandState::Done } else { CommandState::Running };
        Ok(Some(Received { data: data.unwrap_or_default(), state: target.map(|_| command_state) }))
    }

    /// Stops a pipeline; its end can still be received.
    pub(super) fn stop(&self, id: Uuid) -> Result<(), Fault> {
        let mut state = self.open_state()?;
        match state.pool.pipeline_state(id) {
            None => return Err(self.not_found()),
            // Its message has not come whole.
            Some(PipelineState::NotStarted) => {
                state.finish(id, PipelineState::Stopped, Some(&ErrorRecord::pipeline_stopped()));
            }
            Some(_) => {}
        }
        if let Some(running) = state.running.get_mut(&id) {
            running.stopping = true;
        }
        drop(state);
        self.wake();
        Ok(())
    }

    /// Ends a pipeline; nothing more of it can be received.
    pub(super) fn end(&self, id: Uuid) -> Result<(), Fault> {
        let mut state = self.open_state()?;
        if state.pool.pipeline_state(id).is_none() {
            return Err(self.not_found());
        }
        state.pool.remove_pipeline(id);
        if let Some(running) = state.running.get_mut(&id) {
            running.stopping = true;
        }
        drop(state);
        self.wake();
        Ok(())
    }

    /// Writes for a pipeline; waits while it is too far ahead of its client.
    pub(super) fn write(&self, id: Uuid, write: impl FnOnce(&mut RunspacePool)) -> Result<(), Stop> {
        let mut state = self.lock();
        while !state.is_stopping(id) {
            if state.pool.queued(Some(id)) < MAX_AHEAD {
                write(&mut state.pool);
                drop(state);
                self.wake();
                return Ok(());
            }
            state = self.wait(state, LOOK);
        }
        Err(Stop::Cancelled)
    }

    /// Calls the client's host. Waits for the answer, if the method has one.
    pub(super) fn ask(&self, id: Uuid, request: &HostRequest) -> Result<Option<HostResponse>, Stop> {
        let mut call = None;
        self.write(id, |pool| call = pool.call_host(Some(id), request).ok())?;
        let Some(call) = call.filter(|call| !call.method.is_void()) else { return Ok(None) };
        let mut state = self.lock();
        while !state.is_stopping(id) {
            let Some(running) = state.running.get_mut(&id) else { break };
            if let Some(answer) = running.answers.remove(&call.id) {
                return Ok(Some(answer));
            }
            state = self.wait(state, LOOK);
        }
        Err(Stop::Cancelled)
    }

    /// The next object of a pipeline's input; waits for it. `None` at the end.
    pub(super) fn next_input(&self, id: Uuid) -> Result<Option<PsValue>, Stop> {
        let mut state = self.lock();
        while !state.is_stopping(id) {
            let Some(running) = state.running.get_mut(&id) else { break };
            if let Some(value) = running.input.pop_front() {
                let was_full = running.input.len() + 1 == MAX_INPUT;
                drop(state);
                if was_full {
                    // A Send waits for room.
                    self.wake();
                }
                return Ok(Some(value));
            }
            if running.more_input != More::Maybe {
                return Ok(None);
            }
            state = self.wait(state, LOOK);
        }
        Err(Stop::Cancelled)
    }

    /// Whether the client has announced input for a pipeline.
    pub(super) fn expects_input(&self, id: Uuid) -> bool {
        self.lock().running.get(&id).is_some_and(|running| running.more_input != More::Never)
    }

    /// A pipeline's thread is at its end; an error means that it failed.
    pub(super) fn finish(&self, id: Uuid, failure: Option<&ErrorRecord>) {
        let mut state = self.lock();
        if state.is_stopping(id) {
            state.finish(id, PipelineState::Stopped, Some(&ErrorRecord::pipeline_stopped()));
        } else if failure.is_some() {
            state.finish(id, PipelineState::Failed, failure);
        } else {
            state.finish(id, PipelineState::Completed, None);
        }
        state.running.remove(&id);
        drop(state);
        self.wake();
    }

    fn open_state(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.lock();
        if state.closed { Err(self.not_found()) } else { Ok(state) }
    }

    fn not_found(&self) -> Fault {
        Fault::shell_not_found(&self.id)
    }

    /// Gives the state machine what arrived, and does what follows from it.
    fn feed(
        self: &Arc<Self>,
        state: &mut State,
        target: Target,
        stream: InputStream,
        data: &[u8],
    ) -> Result<(), Fault> {
        let stream = match stream {
            InputStream::PromptResponse => Stream::PromptResponse,
            InputStream::Stdin => Stream::Stdin,
        };
        let outcome = state.pool.handle_data(target, stream, data);
        while let Some(event) = state.pool.poll_event() {
            self.follow(state, event);
        }
        if let (Err(error), Some(pipeline)) = (&outcome, target)
            && state.pool.pipeline_state(pipeline) == Some(PipelineState::NotStarted)
        {
            // What was to be invoked cannot be read: it will not run.
            let record = ErrorRecord::new(
                "System.Management.Automation.Remoting.PSRemotingDataStructureException",
                error.to_string(),
                "PSRemotingDataStructureException",
                ErrorCategory::InvalidData,
            );
            state.finish(pipeline, PipelineState::Failed, Some(&record));
        }
        self.wake();
        match outcome {
            Err(ProtocolError::UnknownPipeline(_)) => Err(self.not_found()),
            Err(error) if error.is_fatal() => Err(Fault::invalid_parameter(error.to_string())),
            Err(error) => {
                tracing::debug!(shell = %self.id, %error, "Skipped a message");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn follow(self: &Arc<Self>, state: &mut State, event: Event) {
        match event {
            Event::Open(_) => state.pool.open(private_data()),
            Event::CreatePipeline { pipeline, spec } => {
                let more_input = if spec.no_input { More::Never } else { More::Maybe };
                let running = Running { more_input, ..Running::default() };
                self.start(state, pipeline, running, Work::Commands(spec));
            }
            Event::CommandMetadata { pipeline, query } => {
                self.start(state, pipeline, Running::default(), Work::Metadata(query));
            }
            Event::Input { pipeline, value } => {
                if let Some(running) = state.running.get_mut(&pipeline) {
                    running.input.push_back(value);
                }
            }
            Event::EndOfInput { pipeline } => {
                if let Some(running) = state.running.get_mut(&pipeline) {
                    running.more_input = More::Ended;
                }
            }
            Event::HostResponse(response) => {
                if let Some(running) = response.pipeline.and_then(|pipeline| state.running.get_mut(&pipeline))
                {
                    running.answers.insert(response.id, response);
                }
            }
            other => tracing::debug!(shell = %self.id, event = ?other, "Nothing follows from an event"),
        }
    }

    fn start(self: &Arc<Self>, state: &mut State, pipeline: Uuid, running: Running, work: Work) {
        state.running.insert(pipeline, running);
        if let Err(error) = pipeline::start(Arc::clone(self), pipeline, work) {
            tracing::error!(%error, "Cannot start a thread for a pipeline");
            state.running.remove(&pipeline);
            let record = ErrorRecord::new(
                "System.InvalidOperationException",
                "The server has no room for another command.",
                "OutOfThreads",
                ErrorCategory::ResourceUnavailable,
            );
            state.finish(pipeline, PipelineState::Failed, Some(&record));
        }
    }
}

impl State {
    /// Whether a pipeline is to end.
    pub(super) fn is_stopping(&self, pipeline: Uuid) -> bool {
        self.closed || self.running.get(&pipeline).is_none_or(|running| running.stopping)
    }

    /// Bytes that wait for a Receive.
    #[cfg(test)]
    pub(super) fn queued(&self, pipeline: Uuid) -> usize {
        self.pool.queued(Some(pipeline))
    }

    /// Tells the client of a pipeline's end. No one is there to be told where it was terminated.
    fn finish(&mut self, pipeline: Uuid, end: PipelineState, error: Option<&ErrorRecord>) {
        if let Err(error) = self.pool.finish(pipeline, end, error) {
            tracing::debug!(%error, "A pipeline ended that was terminated");
        }
    }
}
