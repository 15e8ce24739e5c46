//! The background task of a session: the only owner of the state machine and of what is under way on HTTP.

use std::{collections::HashMap, sync::Arc, time::Duration};

use postern_psrp::{
    ProtocolError,
    client::{Event, RunspacePool, Stream},
    host::{HostCall, HostResponse},
    message::{MetadataQuery, RunspacePoolState},
    pipeline::{PipelineSpec, PipelineState},
    records::ErrorRecord,
};
use postern_shared::value::PsValue;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::{JoinError, JoinSet},
    time::timeout,
};
use uuid::Uuid;

use super::{
    ConnectOptions, Error,
    pipeline::{Ended, PipelineEvent},
    queue::EventQueue,
    session::{ConnectStep, SessionDetails},
    transport::{Transport, with_response},
};
use crate::envelope::{Body, CommandState, CreateShell, CreatedShell, InputStream, Operation, SignalCode};

/// What the handles ask of the task.
pub(super) enum Control {
    Invoke {
        key: u64,
        what: Invocation,
        events: Arc<EventQueue<PipelineEvent>>,
    },
    Answer(Box<HostResponse>),
    /// A value, or the end of the input.
    Input {
        key: u64,
        value: Option<PsValue>,
        sent: oneshot::Sender<Result<(), Error>>,
    },
    Stop {
        key: u64,
    },
    Close {
        done: Option<oneshot::Sender<()>>,
    },
}

pub(super) enum Invocation {
    Pipeline(Box<PipelineSpec>),
    Metadata(MetadataQuery),
}

/// Whom to tell while the session is being opened.
pub(super) struct Opening {
    pub(super) steps: mpsc::UnboundedSender<ConnectStep>,
    pub(super) opened: oneshot::Sender<Result<(), Error>>,
}

/// A request that was answered, or failed.
enum Answered {
    Created(Result<CreatedShell, Error>),
    CommandStarted(Uuid, Result<(), Error>),
    Sent(Option<Uuid>, Result<(), Error>),
    Received(Option<Uuid>, Result<Vec<u8>, Error>),
    Stopped(Uuid, Result<(), Error>),
    Terminated(Uuid),
}

/// A pipeline on the server.
struct Running {
    key: u64,
    /// The first command's name, for the server's eyes.
    command_line: String,
    events: Arc<EventQueue<PipelineEvent>>,
    /// The server has answered the Command.
    started: bool,
    /// A Receive is under way.
    receiving: bool,
    /// The command has nothing more to give.
    done: bool,
    /// The last event was given.
    ended: bool,
    /// A stop is wanted; the signal goes out once the server knows the command.
    stop: Stop,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    No,
    Wanted,
    Signalled,
}

pub(super) struct Driver {
    transport: Arc<Transport>,
    options: ConnectOptions,
    pool: RunspacePool,
    pool_opened: bool,
    pool_receiving: bool,
    /// Create is under way or was answered: there may be a shell to delete.
    shell_may_exist: bool,
    shell_created: bool,
    pipelines: HashMap<Uuid, Running>,
    ids: HashMap<u64, Uuid>,
    under_way: JoinSet<Answered>,
    /// A Command or Send is under way: they go one after the other, as fragments must arrive in order.
    sending: bool,
    /// Who waits until everything queued has been sent.
    waiting_for_sent: Vec<oneshot::Sender<Result<(), Error>>>,
    /// Any pipeline's queue has room again.
    room: Arc<Notify>,
    details: watch::Sender<SessionDetails>,
    gone: watch::Sender<Option<Error>>,
    /// Decoded fragments of a piece of output; kept, as the next piece is as large.
    buffer: Vec<u8>,
}

impl Driver {
    pub(super) fn new(
        transport: Transport,
        options: ConnectOptions,
        room: Arc<Notify>,
        details: watch::Sender<SessionDetails>,
        gone: watch::Sender<Option<Error>>,
    ) -> Self {
        Self {
            transport: Arc::new(transport),
            pool: RunspacePool::new(options.pool.clone()),
            options,
            pool_opened: false,
            pool_receiving: false,
            shell_may_exist: false,
            shell_created: false,
            pipelines: HashMap::new(),
            ids: HashMap::new(),
            under_way: JoinSet::new(),
            sending: false,
            waiting_for_sent: Vec::new(),
            room,
            details,
            gone,
            buffer: Vec::new(),
        }
    }

    /// Opens the session, serves it until it is closed or lost, and deletes the shell.
    pub(super) async fn run(mut self, opening: Opening, mut requests: mpsc::UnboundedReceiver<Control>) {
        let Opening { steps, mut opened } = opening;
        let limit = self.transport.endpoint().timeouts.open;
        let result = tokio::select! {
            result = timeout(limit, self.open(&steps)) => {
                result.unwrap_or(Err(Error::Timeout { after: limit }))
            }
            // Nobody waits for the session any more.
            () = opened.closed() => Err(Error::Closed),
        };
        drop(steps);
        let mut closers = Vec::new();
        let error = match result {
            Err(error) => {
                self.shut_down().await;
                let _ = opened.send(Err(error));
                return;
            }
            Ok(()) if opened.send(Ok(())).is_err() => Error::Closed,
            Ok(()) => self.serve(&mut requests, &mut closers).await,
        };
        if !matches!(error, Error::Closed) {
            tracing::warn!(%error, "The remote session was lost");
        }
        requests.close();
        for (_, pipeline) in self.pipelines.iter().filter(|(_, pipeline)| !pipeline.ended) {
            pipeline.events.finish(PipelineEvent::Ended(Ended::Lost(error.clone())));
        }
        for sent in self.waiting_for_sent.drain(..) {
            let _ = sent.send(Err(error.clone()));
        }
        self.gone.send_replace(Some(error.clone()));
        while let Some(request) = requests.recv().await {
            match request {
                Control::Invoke { events, .. } => {
                    events.finish(PipelineEvent::Ended(Ended::Lost(error.clone())))
                }
                Control::Input { sent, .. } => drop(sent.send(Err(error.clone()))),
                Control::Close { done } => closers.extend(done),
                Control::Answer(_) | Control::Stop { .. } => {}
            }
        }
        self.shut_down().await;
        for done in closers {
            let _ = done.send(());
        }
    }

    /// Creates the shell and waits until the runspace pool is open. Cancel safe: requests go on by themselves.
    async fn open(&mut self, steps: &mpsc::UnboundedSender<ConnectStep>) -> Result<(), Error> {
        self.create();
        while !self.pool_opened {
            self.pump();
            match self.under_way.join_next().await {
                Some(Ok(Answered::Created(result))) => {
                    self.created(result)?;
                    let shell_id = self.details.borrow().shell_id.clone();
                    let _ = steps.send(ConnectStep::ShellCreated { shell_id });
                    let _ = steps.send(ConnectStep::OpeningRunspace);
                }
                Some(answered) => self.answered(answered)?,
                None => return Err(Error::Closed),
            }
        }
        let _ = steps.send(ConnectStep::RunspaceOpened);
        Ok(())
    }

    /// Serves the session; the error says why it ended.
    async fn serve(
        &mut self,
        requests: &mut mpsc::UnboundedReceiver<Control>,
        closers: &mut Vec<oneshot::Sender<()>>,
    ) -> Error {
        let room = self.room.clone();
        loop {
            self.pump();
            let result = tokio::select! {
                request = requests.recv() => match request {
                    None => return Error::Closed,
                    Some(Control::Close { done }) => {
                        closers.extend(done);
                        return Error::Closed;
                    }
                    Some(request) => {
                        self.requested(request);
                        Ok(())
                    }
                },
                Some(answered) = self.under_way.join_next() => self.answered(answered),
                () = room.notified() => Ok(()),
            };
            if let Err(error) = result {
                return error;
            }
        }
    }

    fn create(&mut self) {
        self.shell_may_exist = true;
        let creation_xml = self.pool.creation_data();
        let shell_id = self.pool.id();
        let protocol_version = self.options.pool.protocol_version.to_string();
        let (name, idle_timeout) = (self.options.shell_name.clone(), self.options.idle_timeout);
        let transport = self.transport.clone();
        self.under_way.spawn(async move {
            let create = CreateShell {
                name: name.as_deref(),
                shell_id,
                protocol_version: &protocol_version,
                idle_timeout,
                creation_xml: &creation_xml,
            };
            let result = transport.send(Operation::Create(create)).await.and_then(|answer| {
                with_response(&answer, transport.limits(), |body| match body {
                    Body::Created(shell) => Ok(shell),
                    _ => Err(crate::envelope::EnvelopeError::Missing("rsp:Shell").into()),
                })
            });
            Answered::Created(result)
        });
    }

    fn created(&mut self, result: Result<CreatedShell, Error>) -> Result<(), Error> {
        match result {
            Ok(shell) => {
                self.shell_created = true;
                self.transport.set_shell(shell.shell_id.clone(), shell.resource_uri);
                self.details.send_modify(|details| {
                    details.shell_id = shell.shell_id;
                    details.owner = shell.owner;
                    details.idle_timeout = shell.idle_timeout;
                });
                Ok(())
            }
            Err(error) => {
                self.shell_may_exist = false;
                Err(error)
            }
        }
    }

    /// Starts whatever can be started: the next piece to send, and a Receive for whoever has room.
    fn pump(&mut self) {
        if !self.shell_created {
            return;
        }
        if !self.sending {
            self.send_next();
        }
        if !self.pool_receiving {
            self.receive(None);
        }
        let wanting: Vec<Uuid> = self
            .pipelines
            .iter()
            .filter(|(_, pipeline)| pipeline.wants_output())
            .map(|(id, _)| *id)
            .collect();
        for id in wanting {
            self.receive(Some(id));
        }
    }

    fn send_next(&mut self) {
        let Some(transmit) = self.pool.poll_transmit(self.transport.max_data()) else {
            for sent in self.waiting_for_sent.drain(..) {
                let _ = sent.send(Ok(()));
            }
            return;
        };
        self.sending = true;
        let transport = self.transport.clone();
        let pipeline = transmit.pipeline;
        let command_line = match pipeline.and_then(|id| self.pipelines.get(&id)) {
            Some(pipeline) if transmit.first => pipeline.command_line.clone(),
            _ => String::new(),
        };
        self.under_way.spawn(async move {
            match pipeline {
                Some(command_id) if transmit.first => {
                    let command = Operation::Command {
                        command_id,
                        command_line: &command_line,
                        arguments: &transmit.data,
                    };
                    Answered::CommandStarted(command_id, check(&transport, command).await)
                }
                command_id => {
                    let stream = match transmit.stream {
                        Stream::Stdin => InputStream::Stdin,
                        Stream::PromptResponse => InputStream::PromptResponse,
                    };
                    let send = Operation::Send { command_id, stream, data: &transmit.data };
                    Answered::Sent(pipeline, check(&transport, send).await)
                }
            }
        });
    }

    fn receive(&mut self, command_id: Option<Uuid>) {
        match command_id {
            None => self.pool_receiving = true,
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => pipeline.receiving = true,
                None => return,
            },
        }
        let transport = self.transport.clone();
        self.under_way.spawn(async move {
            Answered::Received(command_id, transport.send(Operation::Receive { command_id }).await)
        });
    }

    fn signal(&mut self, command_id: Uuid, code: SignalCode) {
        let transport = self.transport.clone();
        self.under_way.spawn(async move {
            let result = check(&transport, Operation::Signal { command_id, code }).await;
            match code {
                SignalCode::Stop => Answered::Stopped(command_id, result),
                SignalCode::Terminate => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "A finished command could not be terminated");
                    }
                    Answered::Terminated(command_id)
                }
            }
        });
    }

    fn requested(&mut self, request: Control) {
        match request {
            Control::Invoke { key, what, events } => {
                let (id, command_line) = match what {
                    Invocation::Pipeline(spec) => {
                        let name = spec.commands.first().filter(|command| !command.is_script);
                        let name = name.map(|command| command.name.to_string()).unwrap_or_default();
                        (self.pool.create_pipeline(&spec), name)
                    }
                    Invocation::Metadata(query) => (self.pool.get_command_metadata(&query), String::new()),
                };
                self.ids.insert(key, id);
                self.pipelines.insert(
                    id,
                    Running {
                        key,
                        command_line,
                        events,
                        started: false,
                        receiving: false,
                        done: false,
                        ended: false,
                        stop: Stop::No,
                    },
                );
            }
            Control::Answer(response) => self.pool.answer_host_call(&response),
            Control::Input { key, value, sent } => {
                let id = self.ids.get(&key).copied();
                match id.filter(|id| self.pipelines.get(id).is_some_and(|pipeline| !pipeline.ended)) {
                    None => drop(sent.send(Err(Error::PipelineEnded))),
                    Some(id) => {
                        let queued = match value {
                            Some(value) => self.pool.send_input(id, &value).map(|_| ()),
                            None => self.pool.end_input(id),
                        };
                        match queued {
                            Ok(()) => self.waiting_for_sent.push(sent),
                            Err(error) => drop(sent.send(Err(Error::Protocol(error.to_string())))),
                        }
                    }
                }
            }
            Control::Stop { key } => {
                if let Some(id) = self.ids.get(&key).copied()
                    && let Some(pipeline) = self.pipelines.get_mut(&id)
                    && pipeline.stop == Stop::No
                {
                    pipeline.stop = Stop::Wanted;
                    self.stop_if_wanted(id);
                }
            }
            // Handled by the caller, who also has to know.
            Control::Close { .. } => {}
        }
    }

    fn stop_if_wanted(&mut self, id: Uuid) {
        if let Some(pipeline) = self.pipelines.get_mut(&id)
            && pipeline.stop == Stop::Wanted
            && pipeline.started
            && !pipeline.ended
        {
            pipeline.stop = Stop::Signalled;
            self.signal(id, SignalCode::Stop);
        }
    }

    fn answered(&mut self, answered: Result<Answered, JoinError>) -> Result<(), Error> {
        match answered.map_err(|error| Error::Protocol(error.to_string()))? {
            Answered::Created(result) => self.created(result),
            Answered::CommandStarted(id, result) => {
                self.sending = false;
                match result {
                    Ok(()) => {
                        if let Some(pipeline) = self.pipelines.get_mut(&id) {
                            pipeline.started = true;
                        }
                        self.stop_if_wanted(id);
                        Ok(())
                    }
                    Err(error) => self.pipeline_failed(id, error),
                }
            }
            Answered::Sent(pipeline, result) => {
                self.sending = false;
                match (pipeline, result) {
                    (_, Ok(())) => Ok(()),
                    (Some(id), Err(error)) => self.pipeline_failed(id, error),
                    (None, Err(error)) => Err(error),
                }
            }
            Answered::Received(target, result) => self.received(target, result),
            Answered::Stopped(id, result) => match result {
                Ok(()) => Ok(()),
                Err(error) => self.pipeline_failed(id, error),
            },
            Answered::Terminated(id) => {
                self.pool.remove_pipeline(id);
                if let Some(pipeline) = self.pipelines.remove(&id) {
                    self.ids.remove(&pipeline.key);
                }
                Ok(())
            }
        }
    }

    /// A request about a pipeline failed. A fault concerns that pipeline; anything else, the connection.
    fn pipeline_failed(&mut self, id: Uuid, error: Error) -> Result<(), Error> {
        if !matches!(error, Error::Fault(_)) {
            return Err(error);
        }
        match self.pipelines.get_mut(&id) {
            // What it still had under way when it ended finds nothing any more.
            Some(pipeline) if !pipeline.ended => self.end(id, Ended::Lost(error)),
            _ => {}
        }
        Ok(())
    }

    fn received(&mut self, target: Option<Uuid>, result: Result<Vec<u8>, Error>) -> Result<(), Error> {
        match target {
            None => self.pool_receiving = false,
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => pipeline.receiving = false,
                // It was asked for ahead, and the pipeline ended meanwhile.
                None => return Ok(()),
            },
        }
        let bytes = match result {
            Ok(bytes) => bytes,
            Err(error) if error.is_poll_timeout() => return Ok(()),
            Err(error) => {
                return match target {
                    Some(id) => self.pipeline_failed(id, error),
                    None => Err(error),
                };
            }
        };
        let transport = self.transport.clone();
        with_response(&bytes, transport.limits(), |body| {
            let Body::Received(received) = body else {
                return Err(crate::envelope::EnvelopeError::Missing("rsp:ReceiveResponse").into());
            };
            // The next batch travels while this one is decoded; that is one ahead at most.
            if let Some(id) = target
                && let Some(pipeline) = self.pipelines.get_mut(&id)
            {
                pipeline.done = received.state == Some(CommandState::Done);
                if pipeline.wants_output() {
                    self.receive(target);
                }
            }
            for stream in &received.streams {
                let mut buffer = std::mem::take(&mut self.buffer);
                buffer.clear();
                let decoded = stream.decode(&mut buffer);
                let handled = self.pool.handle_data(stream.command_id.or(target), &buffer);
                self.buffer = buffer;
                decoded?;
                Self::skip_what_is_not_fatal(handled)?;
                self.route_events(target)?;
            }
            Ok(())
        })?;
        if let Some(id) = target
            && self.pipelines.get(&id).is_some_and(|pipeline| pipeline.done && !pipeline.ended)
        {
            let text = "the command is done, but its pipeline has no final state";
            self.end(id, Ended::Lost(Error::Protocol(text.to_owned())));
        }
        Ok(())
    }

    fn skip_what_is_not_fatal(result: Result<(), ProtocolError>) -> Result<(), Error> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.is_fatal() => Err(Error::Protocol(error.to_string())),
            Err(error) => {
                tracing::warn!(%error, "A message of the server was skipped");
                Ok(())
            }
        }
    }

    /// Gives each event to its pipeline. `target` is whose stream they came in.
    fn route_events(&mut self, target: Option<Uuid>) -> Result<(), Error> {
        while let Some(event) = self.pool.poll_event() {
            match event {
                Event::Output { pipeline, value } => self.push(pipeline, PipelineEvent::Output(value)),
                Event::Error { pipeline, record } => self.push(pipeline, PipelineEvent::Error(record)),
                Event::Warning { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Warning(Box::new(record)));
                }
                Event::Verbose { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Verbose(Box::new(record)));
                }
                Event::Debug { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Debug(Box::new(record)));
                }
                Event::Information { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Information(Box::new(record)));
                }
                Event::Progress { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Progress(Box::new(record)));
                }
                Event::HostCall(call) => self.host_call(call, target),
                Event::PipelineState { pipeline, state, error } => {
                    let ended = match (state, error) {
                        (PipelineState::Completed, _) => Ended::Completed,
                        (PipelineState::Stopped, _) => Ended::Stopped,
                        (PipelineState::Failed, Some(error)) => Ended::Failed(error),
                        (PipelineState::Failed, None) => {
                            let text = "the pipeline failed, but the server does not say why";
                            Ended::Lost(Error::Protocol(text.to_owned()))
                        }
                        _ => continue,
                    };
                    self.end(pipeline, ended);
                }
                Event::PoolState { state, error } => self.pool_state(state, error.as_deref())?,
                Event::ApplicationPrivateData(data) => {
                    self.details.send_modify(|details| details.application_private_data = data);
                }
                other => tracing::debug!(?other, "An event of the runspace pool is of no use here"),
            }
        }
        Ok(())
    }

    fn push(&mut self, id: Uuid, event: PipelineEvent) {
        if let Some(pipeline) = self.pipelines.get(&id) {
            pipeline.events.push(event);
        }
    }

    /// A call that the server makes in the name of the pool goes to the pipeline in whose stream it came, and
    /// otherwise to the newest: a user can only be asked where something runs.
    fn host_call(&mut self, call: HostCall, target: Option<Uuid>) {
        let newest = || {
            self.pipelines
                .iter()
                .filter(|(_, pipeline)| !pipeline.ended)
                .max_by_key(|(_, pipeline)| pipeline.key)
                .map(|(id, _)| *id)
        };
        match call.pipeline.or(target).or_else(newest) {
            Some(id) => self.push(id, PipelineEvent::HostCall(Box::new(call))),
            None => {
                tracing::debug!(method = call.method.name(), "A host call came before any pipeline");
                if let Some(response) = call.answer_unsupported() {
                    self.pool.answer_host_call(&response);
                }
            }
        }
    }

    fn pool_state(&mut self, state: RunspacePoolState, error: Option<&ErrorRecord>) -> Result<(), Error> {
        match state {
            RunspacePoolState::Opened => {
                self.pool_opened = true;
                if let Some(server) = self.pool.server_capability() {
                    let protocol = server.protocol;
                    self.details.send_modify(|details| details.protocol_version = Some(protocol.to_string()));
                    if (protocol.major, protocol.minor) >= LARGE_ENVELOPES_SINCE {
                        self.transport.allow_large_envelopes();
                    }
                }
                Ok(())
            }
            RunspacePoolState::Broken | RunspacePoolState::Closed => Err(Error::PoolClosed {
                text: error.map(|error| error.message().to_string()).unwrap_or_default(),
                id: error.map(|error| error.fully_qualified_error_id.to_string()).unwrap_or_default(),
            }),
            _ => Ok(()),
        }
    }

    fn end(&mut self, id: Uuid, ended: Ended) {
        let Some(pipeline) = self.pipelines.get_mut(&id) else {
            return;
        };
        if pipeline.ended {
            return;
        }
        pipeline.ended = true;
        pipeline.events.finish(PipelineEvent::Ended(ended));
        // It holds memory on the server until it is terminated.
        self.signal(id, SignalCode::Terminate);
    }

    /// Ends what runs and deletes the shell, within the time for closing; a server that does not answer keeps the
    /// shell until its own idle timeout.
    async fn shut_down(mut self) {
        if !self.shell_may_exist {
            return;
        }
        let limit = self.transport.endpoint().timeouts.close;
        if timeout(limit, self.delete()).await.is_err() {
            tracing::warn!(?limit, "The server did not confirm in time that the shell is deleted");
        }
    }

    async fn delete(&mut self) {
        // Create may still be on its way: without its answer nobody knows whether there is a shell.
        while !self.shell_created {
            match self.under_way.join_next().await {
                Some(Ok(Answered::Created(result))) => {
                    if self.created(result).is_err() {
                        return;
                    }
                }
                Some(_) => {}
                None => return,
            }
        }
        let running = self.pipelines.iter().filter(|(_, pipeline)| pipeline.started && !pipeline.ended);
        let transport = &self.transport;
        let code = SignalCode::Terminate;
        let signals = running.map(|(id, _)| check(transport, Operation::Signal { command_id: *id, code }));
        // Delete ends them as well; the signals only spare a server that is slow to.
        let _ = timeout(SIGNAL_LIMIT, futures_util::future::join_all(signals)).await;
        match check(&self.transport, Operation::Delete).await {
            Ok(()) => tracing::debug!("The shell was deleted"),
            Err(error) if error.is_not_found() => {}
            Err(error) => tracing::warn!(%error, "The shell could not be deleted"),
        }
    }
}

/// Protocol version from which a server may send envelopes of 512,000 bytes.
const LARGE_ENVELOPES_SINCE: (i32, i32) = (2, 2);

/// How long closing waits for the end of single commands, before it deletes the shell with all of them.
const SIGNAL_LIMIT: Duration = Duration::from_secs(3);

impl Running {
    fn wants_output(&self) -> bool {
        self.started && !self.receiving && !self.done && !self.ended && self.events.has_room()
    }
}

/// Sends a request whose answer says nothing but that it succeeded.
async fn check(transport: &Transport, operation: Operation<'_>) -> Result<(), Error> {
    let answer = transport.send(operation).await?;
    with_response(&answer, transport.limits(), |_| Ok(()))
}
