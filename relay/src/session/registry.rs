//! All sessions of the relay: who may begin one, where they are found, and how all end.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use postern_engine::workspace::MemoryWorkspace;
use postern_shared::wire::{EventNumber, Failure, Kept};
use tokio::sync::{mpsc, watch};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use super::{
    complete::Nameable,
    control::{Control, Wish},
    download::Downloads,
    known::Known,
    live::Live,
    local::in_memory,
    log::{Log, LogLimits},
    task::{Opening, Session},
};
use crate::{
    config::Config,
    http::Browser,
    kept::{Person, Shelf},
    store::{Budget, Store},
};

/// Wishes that may wait for a session's task; a socket that finds them full waits, and so does its page.
const WISHES: usize = 32;
/// Ended sessions remembered, so that a tab that comes back too late learns why.
const ENDED: usize = 1000;
/// For how long they are.
const ENDED_FOR: Duration = Duration::from_hours(1);
/// How long all sessions together have for removing their remote sessions when the relay stops.
const SHUTDOWN: Duration = Duration::from_secs(15);

/// A session's public id: it stands in the page's address and is worth nothing without the cookie.
pub(crate) type SessionId = String;

/// What the sockets of a session know of it.
pub(crate) struct Handle {
    pub(crate) id: SessionId,
    pub(crate) owner: Browser,
    pub(crate) log: Arc<Log>,
    pub(crate) live: Arc<Live>,
    pub(crate) store: Arc<Store>,
    /// What scripts read and write.
    pub(crate) files: MemoryWorkspace,
    /// What the editor's completion knows.
    pub(crate) nameable: Arc<Nameable>,
    /// What is kept of the user from earlier sessions, and where it is kept; once the endpoint has accepted the user.
    pub(crate) person: OnceLock<(Arc<Person>, Kept)>,
    /// Downloads asked for.
    pub(crate) downloads: Downloads,
    pub(crate) wishes: mpsc::Sender<Wish>,
    /// Sockets that show the session.
    pub(crate) attached: watch::Sender<usize>,
    /// The newest event that a socket has sent to its page.
    pub(crate) shown: watch::Sender<EventNumber>,
    /// Why it ended, once it has.
    pub(crate) ended: watch::Receiver<Option<Failure>>,
}

/// All sessions.
pub(crate) struct Sessions {
    config: Arc<Config>,
    budget: Arc<Budget>,
    shelf: Arc<Shelf>,
    known: Arc<Known>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    open: HashMap<SessionId, Arc<Handle>>,
    ended: VecDeque<Ended>,
}

struct Ended {
    id: SessionId,
    owner: Browser,
    why: Failure,
    at: Instant,
}

/// Why a session was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// This browser has as many as it may.
    Browser(usize),
    /// The relay has as many as it may.
    Relay,
    /// The relay is about to stop.
    Stopping,
    /// The system gave no random numbers.
    NoRandomness,
}

/// What there is under a session's id.
pub(crate) enum Found {
    /// The session.
    Open(Arc<Handle>),
    /// It has ended, for this reason.
    Ended(Failure),
    /// Nothing, or nothing for this browser.
    Nothing,
}

impl Sessions {
    pub(crate) fn new(config: Arc<Config>) -> Arc<Self> {
        let budget = Budget::new(config.limits.megabytes.saturating_mul(1 << 20));
        let shelf = Arc::new(Shelf::new(config.history_folder.clone()));
        Arc::new(Self {
            shelf,
            config,
            budget,
            known: Arc::default(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            inner: Mutex::default(),
        })
    }

    /// Begins a session for a browser: its task connects, and reports in the session's log.
    pub(crate) fn begin(self: &Arc<Self>, owner: Browser, opening: Opening) -> Result<SessionId, Refused> {
        let limits = &self.config.limits;
        let mut inner = self.inner();
        if self.shutdown.is_cancelled() {
            return Err(Refused::Stopping);
        }
        if inner.open.len() >= limits.sessions {
            return Err(Refused::Relay);
        }
        if inner.open.values().filter(|open| open.owner.is(&owner)).count() >= limits.sessions_per_browser {
            return Err(Refused::Browser(limits.sessions_per_browser));
        }
        let id = new_id().ok_or(Refused::NoRandomness)?;
        let (wishes, wished) = mpsc::channel(WISHES);
        let (attached, count) = watch::channel(0);
        let (ended, has_ended) = watch::channel(None);
        let log_limits =
            LogLimits { events: limits.log_events, bytes: limits.log_megabytes.saturating_mul(1 << 20) };
        let store = Store::new(limits.session_megabytes.saturating_mul(1 << 20), Arc::clone(&self.budget));
        let files = in_memory();
        let handle = Arc::new(Handle {
            id: id.clone(),
            owner,
            log: Arc::new(Log::new(log_limits)),
            live: Arc::new(Live::new()),
            nameable: Arc::new(Nameable::new(Arc::clone(&store), files.clone())),
            store,
            files,
            person: OnceLock::new(),
            downloads: Downloads::default(),
            wishes,
            attached,
            shown: watch::Sender::new(0),
            ended: has_ended,
        });
        inner.open.insert(id.clone(), Arc::clone(&handle));
        drop(inner);

        let (idle, grace) = (self.config.idle(), self.config.grace());
        let control = Control::new(wished, count, self.shutdown.clone(), idle, grace);
        let session = Session::new(
            &handle,
            control,
            Arc::clone(&self.config),
            Arc::clone(&self.shelf),
            Arc::clone(&self.known),
        );
        let sessions = Arc::clone(self);
        self.tasks.spawn(async move {
            // A task of its own: should it panic, the session is still taken off the list.
            let task = tokio::spawn(session.run(opening));
            let why = task.await.unwrap_or_else(|_| super::failure::relay_fault());
            ended.send_replace(Some(why.clone()));
            sessions.end(&handle, why);
        });
        Ok(id)
    }

    /// The session of an id, if it is this browser's.
    pub(crate) fn find(&self, id: &str, browser: &Browser) -> Found {
        let inner = self.inner();
        if let Some(handle) = inner.open.get(id) {
            return if handle.owner.is(browser) { Found::Open(Arc::clone(handle)) } else { Found::Nothing };
        }
        let ended = inner.ended.iter().rev().find(|ended| ended.id == id && ended.owner.is(browser));
        ended.map_or(Found::Nothing, |ended| Found::Ended(ended.why.clone()))
    }

    /// Whether a browser has a session, open or ended: whether its cookie is one that the relay gave it.
    pub(crate) fn knows(&self, browser: &Browser) -> bool {
        let inner = self.inner();
        inner.open.values().any(|open| open.owner.is(browser))
            || inner.ended.iter().any(|ended| ended.owner.is(browser))
    }

    /// Something that the end of the relay waits for.
    pub(crate) fn track(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    /// How many sessions are open.
    pub(crate) fn count(&self) -> usize {
        self.inner().open.len()
    }

    /// Ends all sessions and waits until their remote sessions are removed, but not for ever.
    pub(crate) async fn shut_down(&self) {
        let open = self.count();
        self.shutdown.cancel();
        self.tasks.close();
        if open > 0 {
            tracing::info!(open, "Removing the remote sessions");
        }
        if tokio::time::timeout(SHUTDOWN, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                "Some remote sessions were not removed in time; the server removes them when idle"
            );
        }
    }

    fn end(&self, handle: &Handle, why: Failure) {
        let mut inner = self.inner();
        inner.open.remove(&handle.id);
        let now = Instant::now();
        while inner.ended.len() >= ENDED
            || inner.ended.front().is_some_and(|oldest| now.duration_since(oldest.at) > ENDED_FOR)
        {
            inner.ended.pop_front();
        }
        inner.ended.push_back(Ended { id: handle.id.clone(), owner: handle.owner, why, at: now });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 random bits.
fn new_id() -> Option<SessionId> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    let mut id = String::with_capacity(32);
    for byte in bytes {
        write!(id, "{byte:02x}").ok()?;
    }
    Some(id)
}
