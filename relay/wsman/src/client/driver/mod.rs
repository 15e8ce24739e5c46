//! The background task of a session: the only owner of the state machine and of what is under way on HTTP.

mod answers;
mod attach;
mod requests;

use std::{collections::HashMap, sync::Arc, time::Duration};

use postern_psrp::{
    client::RunspacePool,
    host::HostResponse,
    message::{Availability, MetadataQuery},
    pipeline::PipelineSpec,
    records::{InformationalRecord, UserEvent},
    secure::{KeyError, KeyPair},
};
use postern_shared::value::PsValue;
use tokio::{
    sync::{Notify, broadcast, mpsc, oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use uuid::Uuid;

use super::{
    ConnectOptions, Error,
    pipeline::{Ended, PipelineEvent},
    queue::EventQueue,
    recovery::{Link, Notice},
    session::{ConnectStep, SessionDetails},
    transport::Transport,
};
use crate::envelope::{BufferMode, CreatedShell, SignalCode};

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
    /// The shell is to go on without this client.
    Disconnect {
        idle_timeout: Option<Duration>,
        buffer_mode: Option<BufferMode>,
        done: Done,
    },
    /// This client is back.
    Reconnect {
        done: Done,
    },
    /// The task ends, and the disconnected shell stays.
    Leave {
        done: Done,
    },
    /// A call of the pool.
    Call {
        call: PoolCall,
        done: oneshot::Sender<Result<Availability, Error>>,
    },
    Close {
        done: Option<oneshot::Sender<()>>,
    },
}

/// What is asked of the pool itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum PoolCall {
    Available,
    SetMin(i32),
    SetMax(i32),
    Reset,
}

/// Which shell a session is to have.
pub(super) enum Target {
    /// One of its own.
    New,
    /// One that another client has left.
    Existing { shell_id: String, resource_uri: Option<String> },
}

/// A pipeline that was found in a shell.
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) key: u64,
    pub(super) events: Arc<EventQueue<PipelineEvent>>,
}

/// Whom to tell how it went.
pub(super) type Done = oneshot::Sender<Result<(), Error>>;

pub(super) enum Invocation {
    Pipeline(Box<PipelineSpec>),
    Metadata(MetadataQuery),
}

/// Whom to tell while the session is being opened.
pub(super) struct Opening {
    pub(super) steps: mpsc::UnboundedSender<ConnectStep>,
    pub(super) opened: oneshot::Sender<Result<Vec<Taken>, Error>>,
}

/// A request that was answered, or failed.
enum Answered {
    Created(Result<CreatedShell, Error>),
    CommandStarted(Uuid, Result<(), Error>),
    Sent(Option<Uuid>, Result<(), Error>),
    Received(Option<Uuid>, Result<Vec<u8>, Error>),
    Stopped(Uuid, Result<(), Error>),
    Terminated(Uuid),
    KeyPair(Result<KeyPair, KeyError>),
    Disconnected(Result<(), Error>, Done),
    /// `None` where it was the task's own idea.
    Reconnected(Result<(), Error>, Option<Done>),
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
    /// The connection broke while the Command was sent, so that the server may not know it: how it broke. The first
    /// answer to a Receive tells.
    doubt: Option<String>,
    /// Bytes that have arrived since the last event.
    unweighed: usize,
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

/// What is known of the shell on the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shell {
    /// There is none.
    None,
    /// Create is under way, so that there may be one.
    Requested,
    /// There is one.
    Created,
}

/// Whether a pair of keys is being made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Idle,
    BeingMade,
}

/// Whether the shell has this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Here,
    Leaving,
    Away,
    Returning,
}

/// Bytes of responses to host calls that may wait to be sent: thousands of refusals, or one long answer of a user.
const MOST_QUEUED: usize = 1 << 20;

/// Bytes of a pipeline's input that may wait to be sent before who sends has to wait: about what a Send takes.
const MOST_INPUT: usize = 256 << 10;

pub(super) struct Driver {
    transport: Arc<Transport>,
    link: Arc<Link>,
    notices: mpsc::UnboundedReceiver<Notice>,
    presence: Presence,
    options: ConnectOptions,
    pool: RunspacePool,
    pool_opened: bool,
    pool_receiving: bool,
    shell: Shell,
    pipelines: HashMap<Uuid, Running>,
    ids: HashMap<u64, Uuid>,
    under_way: JoinSet<Answered>,
    /// A Command or Send is under way: they go one after the other, as fragments must arrive in order.
    sending: bool,
    keys: Keys,
    /// Who waits until everything queued has been sent, and of which pipeline.
    waiting_for_sent: Vec<(Uuid, Done)>,
    /// Who waits for the answer to a call of the pool.
    calls: HashMap<i64, oneshot::Sender<Result<Availability, Error>>>,
    user_events: broadcast::Sender<Arc<UserEvent>>,
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
        user_events: broadcast::Sender<Arc<UserEvent>>,
    ) -> Self {
        let (told, notices) = mpsc::unbounded_channel();
        Self {
            transport: Arc::new(transport),
            link: Arc::new(Link::new(told)),
            notices,
            presence: Presence::Here,
            pool: RunspacePool::new(options.pool.clone()),
            options,
            pool_opened: false,
            pool_receiving: false,
            shell: Shell::None,
            pipelines: HashMap::new(),
            ids: HashMap::new(),
            under_way: JoinSet::new(),
            sending: false,
            keys: Keys::Idle,
            waiting_for_sent: Vec::new(),
            calls: HashMap::new(),
            user_events,
            room,
            details,
            gone,
            buffer: Vec::new(),
        }
    }

    /// Opens the session, serves it until it is closed or lost, and deletes the shell.
    pub(super) async fn run(
        mut self,
        target: Target,
        opening: Opening,
        mut requests: mpsc::UnboundedReceiver<Control>,
    ) {
        let Opening { steps, mut opened } = opening;
        let limit = self.transport.endpoint().timeouts.open;
        let is_new = matches!(target, Target::New);
        let result = tokio::select! {
            result = timeout(limit, self.open(target, &steps)) => {
                result.unwrap_or(Err(Error::Timeout { after: limit }))
            }
            // Nobody waits for the session any more.
            () = opened.closed() => Err(Error::Closed),
        };
        drop(steps);
        let mut closers = Vec::new();
        let error = match result {
            Err(error) => {
                // Whoever waits is told at once; a shell that exists by now is deleted behind it.
                let _ = opened.send(Err(error));
                if is_new {
                    self.shut_down().await;
                } else {
                    self.give_back().await;
                }
                return;
            }
            Ok(taken) => match opened.send(Ok(taken)) {
                Err(_) if !is_new => {
                    self.give_back().await;
                    return;
                }
                Err(_) => Error::Closed,
                Ok(()) => self.serve(&mut requests, &mut closers).await,
            },
        };
        if !matches!(error, Error::Closed) {
            tracing::warn!(%error, "The remote session was lost");
        }
        requests.close();
        for (_, pipeline) in self.pipelines.iter().filter(|(_, pipeline)| !pipeline.ended) {
            pipeline.events.finish(PipelineEvent::Ended(Ended::Lost(error.clone())));
        }
        for (_, sent) in self.waiting_for_sent.drain(..) {
            let _ = sent.send(Err(error.clone()));
        }
        for (_, done) in self.calls.drain() {
            let _ = done.send(Err(error.clone()));
        }
        self.gone.send_replace(Some(error.clone()));
        while let Some(request) = requests.recv().await {
            match request {
                Control::Invoke { events, .. } => {
                    events.finish(PipelineEvent::Ended(Ended::Lost(error.clone())));
                }
                Control::Input { sent: done, .. }
                | Control::Disconnect { done, .. }
                | Control::Reconnect { done }
                | Control::Leave { done } => drop(done.send(Err(error.clone()))),
                Control::Call { done, .. } => drop(done.send(Err(error.clone()))),
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
    async fn open(
        &mut self,
        target: Target,
        steps: &mpsc::UnboundedSender<ConnectStep>,
    ) -> Result<Vec<Taken>, Error> {
        if let Target::Existing { shell_id, resource_uri } = target {
            return self.attach(shell_id, resource_uri, steps).await;
        }
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
        Ok(Vec::new())
    }

    /// Serves the session; the error says why it ended.
    async fn serve(
        &mut self,
        requests: &mut mpsc::UnboundedReceiver<Control>,
        closers: &mut Vec<oneshot::Sender<()>>,
    ) -> Error {
        let room = self.room.clone();
        self.link.set_open(true);
        loop {
            self.pump();
            let result = tokio::select! {
                request = requests.recv() => match request {
                    None => return Error::Closed,
                    Some(Control::Close { done }) => {
                        closers.extend(done);
                        return Error::Closed;
                    }
                    Some(Control::Leave { done }) if self.presence == Presence::Away => {
                        self.take_last().await;
                        // The shell is no longer this client's to delete.
                        self.shell = Shell::None;
                        let _ = done.send(Ok(()));
                        return Error::Closed;
                    }
                    Some(request) => {
                        self.requested(request);
                        Ok(())
                    }
                },
                Some(answered) = self.under_way.join_next() => {
                    // What was noticed on the way to the answer comes before what the answer says.
                    while let Ok(notice) = self.notices.try_recv() {
                        self.tell(notice);
                    }
                    self.answered(answered)
                }
                Some(notice) = self.notices.recv() => {
                    self.tell(notice);
                    Ok(())
                }
                () = room.notified() => Ok(()),
            };
            if let Err(error) = result {
                return error;
            }
        }
    }

    /// Starts whatever can be started: the next piece to send, and a Receive for whoever has room.
    fn pump(&mut self) {
        if self.shell != Shell::Created || self.presence != Presence::Here {
            return;
        }
        if self.pool.wants_key_pair() && self.keys == Keys::Idle {
            self.keys = Keys::BeingMade;
            // It takes some tenths of a second.
            self.under_way.spawn_blocking(|| Answered::KeyPair(KeyPair::generate()));
        }
        if !self.sending {
            self.send_next();
        }
        if !self.keeps_up() {
            return;
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

    /// Whether the server takes what it is sent. One that goes on calling the host without taking the responses is asked
    /// for nothing more until it has: they would pile up.
    fn keeps_up(&self) -> bool {
        self.pool.queued(None) < MOST_QUEUED
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
                self.pipelines.insert(id, Running::new(key, command_line, events));
            }
            Control::Answer(response) => self.pool.answer_host_call(&response),
            Control::Input { key, value, sent } => {
                let id = self.ids.get(&key).copied();
                match id.filter(|id| self.pipelines.get(id).is_some_and(|pipeline| !pipeline.ended)) {
                    None => drop(sent.send(Err(Error::PipelineEnded))),
                    Some(id) => {
                        // The end has no number: who ends the input waits until all of it was sent.
                        let queued = match value {
                            Some(value) => self.pool.send_input(id, &value),
                            None => self.pool.end_input(id).map(|()| usize::MAX),
                        };
                        match queued {
                            Ok(queued) if queued < MOST_INPUT => drop(sent.send(Ok(()))),
                            Ok(_) => self.waiting_for_sent.push((id, sent)),
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
            Control::Call { call, done } => self.call(call, done),
            Control::Disconnect { idle_timeout, buffer_mode, done } => {
                if self.presence == Presence::Here {
                    self.disconnect(idle_timeout, buffer_mode, done);
                } else {
                    let _ = done.send(Err(Error::Presence { connected: false }));
                }
            }
            Control::Reconnect { done } => {
                if self.presence == Presence::Away {
                    self.reconnect(Some(done));
                } else {
                    let _ = done.send(Err(Error::Presence { connected: true }));
                }
            }
            Control::Leave { done } => drop(done.send(Err(Error::Presence { connected: true }))),
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

    /// Says in each running pipeline what PowerShell says there.
    fn tell(&self, notice: Notice) {
        let host = self.transport.endpoint().host();
        let text = match notice {
            Notice::Interrupted => {
                let minutes = self.transport.endpoint().timeouts.recovery.as_secs().div_ceil(60);
                format!(
                    "The network connection to {host} has been interrupted. Attempting to reconnect for up to {minutes} \
                     minutes..."
                )
            }
            Notice::Restored => format!("The network connection to {host} has been restored."),
        };
        tracing::info!("{text}");
        for pipeline in self.pipelines.values().filter(|pipeline| !pipeline.ended) {
            let record = InformationalRecord::new(text.as_str());
            pipeline.events.push(PipelineEvent::Warning(Box::new(record)), 0);
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
}

impl Running {
    fn new(key: u64, command_line: String, events: Arc<EventQueue<PipelineEvent>>) -> Self {
        Self {
            key,
            command_line,
            events,
            started: false,
            receiving: false,
            doubt: None,
            unweighed: 0,
            ended: false,
            stop: Stop::No,
        }
    }

    fn wants_output(&self) -> bool {
        self.started && !self.receiving && !self.ended && self.events.has_room()
    }
}
