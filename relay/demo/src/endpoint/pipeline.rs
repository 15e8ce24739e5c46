//! A pipeline at work: a thread for each of its commands, with bounded channels between them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use postern_psrp::{message::MetadataQuery, pipeline::PipelineSpec};
use postern_shared::value::{PsValue, Uuid};

use super::{
    records::{Origin, error_record, host_request, write_record},
    shell::Shell,
};
use crate::{
    cmdlet::{
        Bound, Category, Cmdlet, CmdletError, Given, HostRequest, Input, Record, Sink, Stop, bind, run_stage,
    },
    cmdlets::discovery::{command_not_found, metadata},
};

/// Commands of a pipeline: each is a thread.
const MAX_COMMANDS: usize = 8;
/// Objects between two commands.
const BETWEEN: usize = 64;
/// How often a thread that waits looks whether its pipeline was stopped, beside being woken.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// How often a full channel to the next command is tried again.
const RETRY: Duration = Duration::from_millis(2);

/// What a pipeline is to do.
pub(super) enum Work {
    /// Run commands.
    Commands(Box<PipelineSpec>),
    /// Tell of cmdlets and their parameters.
    Metadata(Box<MetadataQuery>),
}

/// How a pipeline failed: the error, and the command that it is from.
struct Failure {
    error: Box<CmdletError>,
    origin: Origin,
}

/// One pipeline, for the threads of its commands.
struct Pipeline {
    shell: Arc<Shell>,
    id: Uuid,
    /// Whether a command has failed: the others end.
    failed: AtomicBool,
}

/// Starts a pipeline's thread.
pub(super) fn start(shell: Arc<Shell>, id: Uuid, work: Work) -> std::io::Result<()> {
    let pipeline = Pipeline { shell, id, failed: AtomicBool::new(false) };
    let thread = thread::Builder::new().name("pipeline".into());
    thread.spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| pipeline.perform(&work)));
        let outcome =
            outcome.unwrap_or_else(|_| Err(Failure::internal("The command failed within the server.")));
        let failure = outcome.err().map(|Failure { error, origin }| error_record(&error, &origin, id));
        pipeline.shell.finish(id, failure.as_ref());
    })?;
    Ok(())
}

impl Failure {
    fn internal(message: &str) -> Self {
        let error = CmdletError::plain(
            "InternalError",
            "System.InvalidOperationException",
            Category::NotSpecified,
            message,
        );
        Self { error: error.into(), origin: Origin::default() }
    }

    fn of(error: impl Into<Box<CmdletError>>, origin: Origin) -> Self {
        Self { error: error.into(), origin }
    }
}

impl Pipeline {
    fn perform(&self, work: &Work) -> Result<(), Failure> {
        match work {
            Work::Metadata(query) => {
                let caller = self.shell.caller();
                let sink = Stage { pipeline: self, next: None, origin: Origin::default() };
                for answer in metadata(&caller.registry, &query.names, Some(query.types.0.into())) {
                    if sink.write(Record::Output(answer)).is_err() {
                        break;
                    }
                }
                Ok(())
            }
            Work::Commands(spec) => {
                let mut rest = spec.commands.as_slice();
                while !rest.is_empty() {
                    let end = rest.iter().position(|command| command.end_of_statement);
                    let (statement, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                    self.run_statement(statement, spec.stream_options)?;
                    rest = after;
                }
                Ok(())
            }
        }
    }

    /// `options` says which records are to tell of the command that they are from.
    fn run_statement(
        &self,
        commands: &[postern_psrp::pipeline::Command],
        options: i32,
    ) -> Result<(), Failure> {
        if commands.len() > MAX_COMMANDS {
            let error = CmdletError::plain(
                "TooManyCommands",
                "System.Management.Automation.PSInvalidOperationException",
                Category::LimitsExceeded,
                format!(
                    "A pipeline may have {MAX_COMMANDS} commands in this session, and this one has more."
                ),
            );
            return Err(Failure { error: error.into(), origin: Origin::default() });
        }
        let stages =
            commands.iter().map(|command| self.bind(command, options)).collect::<Result<Vec<_>, _>>()?;
        thread::scope(|scope| {
            let mut input = Upstream::Client(self);
            let mut threads = Vec::new();
            let count = stages.len();
            for (at, (cmdlet, bound, origin)) in stages.into_iter().enumerate() {
                let (next, following) = if at + 1 < count {
                    let (sender, receiver) = sync_channel(BETWEEN);
                    (Some(sender), Some(Upstream::Stage(self, receiver)))
                } else {
                    (None, None)
                };
                let mut own_input = input;
                input = following.unwrap_or(Upstream::Client(self));
                threads.push((
                    origin.clone(),
                    thread::Builder::new().name(cmdlet.name.into()).spawn_scoped(scope, move || {
                        let sink = Stage { pipeline: self, next, origin };
                        let ended = run_stage(cmdlet, bound, self.shell.caller(), &sink, &mut own_input);
                        if matches!(ended, Err(Stop::Error(_))) {
                            self.failed.store(true, Ordering::Release);
                        }
                        ended
                    }),
                ));
            }
            let mut outcome = Ok(());
            for (origin, thread) in threads {
                let ended = match thread.map(thread::ScopedJoinHandle::join) {
                    Ok(Ok(ended)) => ended,
                    Ok(Err(_)) => {
                        Err(Failure::internal("The command failed within the server.").error.into())
                    }
                    Err(_) => {
                        Err(Failure::internal("The server has no room for another command.").error.into())
                    }
                };
                if let (Err(Stop::Error(error)), Ok(())) = (ended, &outcome) {
                    outcome = Err(Failure::of(error, origin));
                }
            }
            outcome
        })
    }

    /// Finds a command's cmdlet and binds its arguments.
    fn bind(
        &self,
        command: &postern_psrp::pipeline::Command,
        options: i32,
    ) -> Result<(&'static Cmdlet, Bound, Origin), Failure> {
        if command.is_script {
            let error = CmdletError::plain(
                "ScriptsNotAllowed",
                "System.Management.Automation.ParseException",
                Category::ParserError,
                "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
            )
            .about(command.name.clone());
            return Err(Failure { error: error.into(), origin: Origin::default() });
        }
        // A name may have its module in front.
        let name = command.name.rsplit_once('\\').map_or(&*command.name, |(_, name)| name);
        let Some(cmdlet) = self.shell.caller().registry.find(name) else {
            return Err(Failure {
                error: command_not_found(&command.name).into(),
                origin: Origin::default(),
            });
        };
        let given: Vec<Given> = command
            .parameters
            .iter()
            .map(|parameter| Given { name: parameter.name.clone(), value: parameter.value.clone() })
            .collect();
        let origin = Origin::cmdlet(cmdlet.name.into(), cmdlet.class.into());
        match bind(cmdlet, &given) {
            Ok(bound) => {
                let parameters = bound.iter().map(|(name, value)| (name.into(), value.clone())).collect();
                Ok((cmdlet, bound, origin.invoked(parameters, options)))
            }
            Err(error) => Err(Failure::of(error, origin.invoked(Vec::new(), options))),
        }
    }

    fn check(&self) -> Result<(), Stop> {
        let stopped = self.failed.load(Ordering::Acquire) || self.shell.lock().is_stopping(self.id);
        if stopped { Err(Stop::Cancelled) } else { Ok(()) }
    }
}

/// One command's way out: to the next command, or to the client.
struct Stage<'a> {
    pipeline: &'a Pipeline,
    next: Option<SyncSender<PsValue>>,
    /// What its records are from.
    origin: Origin,
}

impl Sink for Stage<'_> {
    fn write(&self, record: Record) -> Result<(), Stop> {
        match (record, &self.next) {
            (Record::Output(value), Some(next)) => {
                let mut value = value;
                loop {
                    self.pipeline.check()?;
                    value = match next.try_send(value) {
                        Ok(()) => return Ok(()),
                        Err(TrySendError::Full(value)) => value,
                        // The next command wants no more.
                        Err(TrySendError::Disconnected(_)) => return Err(Stop::Cancelled),
                    };
                    thread::sleep(RETRY);
                }
            }
            (record, _) => {
                if self.pipeline.failed.load(Ordering::Acquire) {
                    return Err(Stop::Cancelled);
                }
                let id = self.pipeline.id;
                self.pipeline.shell.write(id, |pool| write_record(pool, id, record, &self.origin))
            }
        }
    }

    fn ask(&self, request: HostRequest) -> Result<PsValue, Stop> {
        self.check()?;
        let Some(answer) = self.pipeline.shell.ask(self.pipeline.id, &host_request(request))? else {
            return Ok(PsValue::Null);
        };
        answer.outcome.map_err(|error| {
            CmdletError::plain(
                "HostCallFailed",
                "System.Management.Automation.Host.HostException",
                Category::InvalidResult,
                error.message().to_string(),
            )
            .into()
        })
    }

    fn sleep(&self, time: Duration) -> Result<(), Stop> {
        let shell = &self.pipeline.shell;
        let end = Instant::now() + time;
        let mut state = shell.lock();
        loop {
            if self.pipeline.failed.load(Ordering::Acquire) || state.is_stopping(self.pipeline.id) {
                return Err(Stop::Cancelled);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            state = shell.wait(state, left.min(LOOK));
        }
    }

    fn check(&self) -> Result<(), Stop> {
        self.pipeline.check()
    }
}

/// Where a command's input comes from.
enum Upstream<'a> {
    /// What the client sends.
    Client(&'a Pipeline),
    /// The command in front.
    Stage(&'a Pipeline, Receiver<PsValue>),
}

impl Input for Upstream<'_> {
    fn expected(&self) -> bool {
        match self {
            Self::Client(pipeline) => pipeline.shell.expects_input(pipeline.id),
            Self::Stage(..) => true,
        }
    }

    fn next(&mut self) -> Result<Option<PsValue>, Stop> {
        match self {
            Self::Client(pipeline) => pipeline.shell.next_input(pipeline.id),
            Self::Stage(pipeline, receiver) => match receiver.recv() {
                Ok(value) => Ok(Some(value)),
                // The command in front has ended: because there is no more, or because all is over.
                Err(_) => pipeline.check().map(|()| None),
            },
        }
    }
}
