//! The local session: an engine on a thread of its own, which lives as long as the session.
//!
//! Its values are not `Send`, and it waits for the remote side by blocking, so the session's task gives it one job
//! after the other and hears when each is done. What a job gives goes straight to its [`Screen`] (for a page: event
//! log, live state and result store, which are made for use from any thread).

mod desk;
mod documents;
mod failure;
mod files;
mod host;
mod ledger;
mod page;
mod remote;
mod screen;

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use postern_engine::{
    Ended, Engine, RunOptions,
    host::{Environment, SessionFacts, Workspace},
    limits,
    workspace::{Bounds, MemoryWorkspace},
};
use postern_psrp::host::Console;
use postern_shared::{
    value::{DateTimeKind, PsDateTime, PsStr},
    view::FormatViews,
    wire::{BlockState, Failure},
};
use postern_wsman::client::RemoteSession;
use tokio::{runtime::Handle, sync::oneshot};
use tokio_util::sync::CancellationToken;

use self::desk::Desk;
pub(crate) use self::{
    files::Folder,
    page::{Asked, Numbers, PageScreen},
    screen::{Colors, Screen, Stopped},
};
use super::{catalog::Catalog, complete::Nameable};
use crate::store::Store;

/// What an engine is made with.
pub(crate) struct Setting {
    pub(crate) remote: Arc<RemoteSession>,
    pub(crate) catalog: Arc<RwLock<Arc<Catalog>>>,
    pub(crate) views: Arc<RwLock<Arc<FormatViews>>>,
    /// What session commands tell of the session.
    pub(crate) facts: SessionFacts,
    /// The host that the remote side sees, as far as it needs no user.
    pub(crate) console: Console,
    /// Where the memory of what variables hold is counted.
    pub(crate) store: Arc<Store>,
    /// The session's files.
    pub(crate) workspace: Box<dyn Workspace + Send>,
    /// `$env:COMPUTERNAME`.
    pub(crate) computer: String,
    /// What an editor is told of names; nothing without an editor.
    pub(crate) nameable: Option<Arc<Nameable>>,
}

/// The engine's thread, from the session's side. Dropping it stops what runs and ends the thread.
pub(crate) struct Local {
    jobs: mpsc::Sender<Job>,
    cancel: Arc<AtomicBool>,
    /// Stops the job that was given last.
    current: Mutex<CancellationToken>,
}

/// A text to run.
struct Job {
    text: String,
    /// How it runs; nothing for on the server, as a script.
    options: Option<RunOptions>,
    screen: Box<dyn Screen + Send>,
    stop: CancellationToken,
    done: oneshot::Sender<Done>,
}

/// How a job ended.
pub(crate) struct Done {
    pub(crate) state: BlockState,
    /// Time that was spent waiting for the remote side.
    pub(crate) waited: Duration,
    /// Why the remote session is gone, if it went meanwhile; the screen has shown it.
    pub(crate) lost: Option<Failure>,
    /// What `exit` gave.
    pub(crate) code: i32,
}

impl Local {
    /// Starts the thread of an engine.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn start(setting: Setting) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancel);
        let runtime = Handle::current();
        // The stack is reserved, and takes memory only as far as calls within calls go.
        thread::Builder::new()
            .name("engine".to_owned())
            .stack_size(limits::STACK)
            .spawn(move || work(setting, &runtime, &flag, &queue))?;
        Ok(Self { jobs, cancel, current: Mutex::default() })
    }

    /// Runs a text; what is received is how it ended, and nothing if the engine is gone.
    pub(crate) fn run(
        &self,
        text: String,
        options: RunOptions,
        screen: Box<dyn Screen + Send>,
    ) -> oneshot::Receiver<Done> {
        self.send(text, Some(options), screen)
    }

    /// Runs a text on the server, as a script in the server's own language.
    pub(crate) fn run_remote(&self, text: String, screen: Box<dyn Screen + Send>) -> oneshot::Receiver<Done> {
        self.send(text, None, screen)
    }

    fn send(
        &self,
        text: String,
        options: Option<RunOptions>,
        screen: Box<dyn Screen + Send>,
    ) -> oneshot::Receiver<Done> {
        let (done, ended) = oneshot::channel();
        let stop = CancellationToken::new();
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = stop.clone();
        // An error drops the sender, which tells the receiver.
        let _ = self.jobs.send(Job { text, options, screen, stop, done });
        ended
    }

    /// Stops what runs.
    pub(crate) fn stop(&self) {
        // The token first: a job that is about to begin takes the flag back and then looks at the token.
        self.current.lock().unwrap_or_else(PoisonError::into_inner).cancel();
        self.cancel.store(true, Ordering::SeqCst);
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.stop();
    }
}

fn work(setting: Setting, runtime: &Handle, cancel: &Arc<AtomicBool>, jobs: &mpsc::Receiver<Job>) {
    // The store packs what it holds on the runtime's threads.
    let _entered = runtime.enter();
    let environment = environment(&setting.computer, &setting.facts.user);
    let desk = Desk::new(runtime.clone(), Arc::clone(cancel), setting.remote, setting.console, setting.store);
    let mut engine = Engine::new(
        Box::new(host::Door(desk.clone())),
        Box::new(remote::Door {
            desk: desk.clone(),
            catalog: setting.catalog,
            views: setting.views,
            facts: setting.facts,
        }),
        setting.workspace,
        environment,
        Arc::clone(cancel),
    );
    engine.set_clixml(Arc::new(documents::Documents));
    let nameable = setting.nameable;
    if let Some(nameable) = &nameable {
        nameable.set(engine.names());
    }
    while let Ok(job) = jobs.recv() {
        cancel.store(false, Ordering::SeqCst);
        if job.stop.is_cancelled() {
            cancel.store(true, Ordering::SeqCst);
        }
        desk.begin(job.screen, job.stop);
        let ended = if cancel.load(Ordering::SeqCst) {
            Ended::Stopped
        } else if let Some(options) = &job.options {
            engine.run_with(&job.text, options)
        } else {
            remote::run_script(&desk, &job.text)
        };
        let (state, code) = match ended {
            Ended::Completed(code) => (BlockState::Completed, code),
            Ended::Broken => (BlockState::Failed, 0),
            Ended::Failed(_) => (BlockState::Failed, 1),
            Ended::Stopped => (BlockState::Stopped, 1),
            Ended::Invalid(errors) => {
                if let Some(error) = errors.first() {
                    desk.error(failure::of_syntax(error));
                }
                (BlockState::Failed, 1)
            }
        };
        if let Some(nameable) = &nameable {
            nameable.set(engine.names());
        }
        let (waited, lost) = desk.end();
        let state = if lost.is_some() { BlockState::Failed } else { state };
        let _ = job.done.send(Done { state, waited, lost, code });
    }
}

fn environment(computer: &str, user: &str) -> Environment {
    let mut seed = [0; 8];
    // Get-Random promises nothing; without random numbers it begins where it always does.
    let _ = getrandom::fill(&mut seed);
    let mut environment = Environment::fixed(now());
    environment.now = Box::new(now);
    environment.seed = u64::from_le_bytes(seed);
    for (name, value) in &mut environment.variables {
        match name.as_str() {
            "COMPUTERNAME" if !computer.is_empty() => *value = PsStr::from(computer),
            "USERNAME" if !user.is_empty() => *value = PsStr::from(user),
            _ => {}
        }
    }
    environment
}

/// A workspace in memory.
pub(crate) fn in_memory() -> MemoryWorkspace {
    MemoryWorkspace::new(Bounds::default(), now)
}

/// The clock: UTC.
fn now() -> PsDateTime {
    /// 1 January 1970 in ticks.
    const EPOCH: i64 = 621_355_968_000_000_000;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ticks = i64::try_from(since.as_nanos() / 100).unwrap_or(i64::MAX);
    PsDateTime { ticks: EPOCH.saturating_add(ticks), kind: DateTimeKind::Utc }
}
