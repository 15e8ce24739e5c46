//! The session's task: connecting, importing, ready, closing. Only it changes what the session is.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use postern_psrp::host::Console;
use postern_shared::{
    value::PsStr,
    view::FormatViews,
    wire::{BlockId, BlockState, EventKind, EventNumber, Failure, SessionFacts},
};
use postern_wsman::client::RemoteSession;
use tokio::{sync::watch, time::timeout};

pub(crate) use super::connect::Opening;
use super::{
    catalog::Catalog,
    connect::connect,
    control::{Control, Leave, Wish},
    failure,
    import::import,
    live::Live,
    local::{self, Local},
    log::Log,
    prompt::console,
    registry::Handle,
};
use crate::{config::Config, kept::Shelf, store::Store};

/// The longest command line: scripts are pasted, books are not.
const LONGEST_LINE: usize = 64 << 10;
/// How long a session that ends while it connects waits to learn what there is to remove.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// How long a session that never began waits for a page to read why. A page opens its WebSocket right after the answer
/// to its sign-in; one that takes longer still gets the reason, but not the steps that led there.
const SIGN_IN_FAILURE_SHOWN: Duration = Duration::from_secs(10);

/// A session, as its task holds it.
pub(crate) struct Session {
    pub(super) log: Arc<Log>,
    pub(super) live: Arc<Live>,
    pub(super) store: Arc<Store>,
    pub(super) control: Control,
    pub(super) config: Arc<Config>,
    last_block: BlockId,
    pub(super) queue: VecDeque<(BlockId, String)>,
    pub(super) views: Arc<RwLock<Arc<FormatViews>>>,
    /// The last numbers of results and questions.
    pub(super) given: Arc<local::Numbers>,
    /// The question that is open.
    pub(super) asked: Arc<local::Asked>,
    /// The host that the remote side sees, as far as it needs no user.
    console: Console,
    shown: watch::Receiver<EventNumber>,
    id: String,
    handle: Weak<Handle>,
    shelf: Arc<Shelf>,
}

/// How a session ends.
pub(super) enum End {
    /// Somebody or something ended it.
    Left(Leave),
    /// It never began.
    SignIn(Failure),
    /// The remote session is gone.
    Lost(Failure),
}

impl From<Leave> for End {
    fn from(leave: Leave) -> Self {
        Self::Left(leave)
    }
}

impl Session {
    pub(crate) fn new(
        handle: &Arc<Handle>,
        control: Control,
        config: Arc<Config>,
        shelf: Arc<Shelf>,
    ) -> Self {
        Self {
            log: Arc::clone(&handle.log),
            live: Arc::clone(&handle.live),
            store: Arc::clone(&handle.store),
            control,
            config,
            last_block: 0,
            queue: VecDeque::new(),
            views: Arc::default(),
            given: Arc::default(),
            asked: Arc::default(),
            console: console(),
            shown: handle.shown.subscribe(),
            id: handle.id.clone(),
            handle: Arc::downgrade(handle),
            shelf,
        }
    }

    /// Runs the session to its end; gives the reason.
    pub(crate) async fn run(mut self, opening: Opening) -> Failure {
        let (user, endpoint) = (opening.user.clone(), opening.title.clone());
        tracing::info!(session = %self.id, %user, %endpoint, "Signing in");
        let end = self.whole(opening).await;
        match end {
            End::Left(leave) => {
                tracing::info!(session = %self.id, %user, ?leave, "Session ended");
                failure::of_leave(leave)
            }
            End::SignIn(failure) => {
                tracing::info!(session = %self.id, %user, code = %failure.code, "Sign-in failed");
                let last = self.log.append(EventKind::SignInFailed(failure.clone()));
                self.until_shown(last).await;
                failure
            }
            End::Lost(failure) => {
                tracing::warn!(session = %self.id, %user, code = %failure.code, "Session lost");
                failure
            }
        }
    }

    /// Waits until a page has got an event, but not for long, nor when the session is to end anyway.
    async fn until_shown(&mut self, event: EventNumber) {
        let mut shown = self.shown.clone();
        let shown = timeout(SIGN_IN_FAILURE_SHOWN, shown.wait_for(|shown| *shown >= event));
        tokio::select! {
            _ = shown => {}
            _ = self.leave() => {}
        }
    }

    async fn whole(&mut self, opening: Opening) -> End {
        if let Some(culture) = &opening.culture {
            let culture = PsStr::from(culture.as_str());
            (self.console.culture, self.console.ui_culture) = (culture.clone(), culture);
        }
        let log = Arc::clone(&self.log);
        let mut connecting = std::pin::pin!(connect(&opening, &log));
        let connected = tokio::select! {
            connected = connecting.as_mut() => connected,
            leave = self.leave() => {
                // A shell that is being made can be removed only once it is known.
                if let Ok(Ok(remote)) = timeout(CONNECT_PATIENCE, connecting).await {
                    remote.close().await;
                }
                return leave.into();
            }
        };
        let remote = match connected {
            Ok(remote) => remote,
            Err(failure) => return End::SignIn(failure),
        };
        let remote = Arc::new(remote);
        let end = self.with_remote(&remote, &opening).await;
        // Bounded in time, whatever the server does.
        remote.close().await;
        end
    }

    /// Everything between an open remote session and its removal.
    async fn with_remote(&mut self, remote: &Arc<RemoteSession>, opening: &Opening) -> End {
        let (log, host) = (Arc::clone(&self.log), opening.host());
        let imported = tokio::select! {
            imported = timeout(opening.open_timeout, import(remote, &log, &host)) => imported,
            leave = self.leave() => return leave.into(),
        };
        let imported = match imported {
            Ok(Ok(imported)) => imported,
            Ok(Err(failure)) => return End::SignIn(failure),
            Err(_) => {
                return End::SignIn(failure::open_timeout(&opening.host(), opening.open_timeout));
            }
        };
        let count = imported.views.len();
        *self.views.write().unwrap_or_else(PoisonError::into_inner) = imported.views;
        let facts = facts(remote, opening, &imported.catalog, self.config.idle_seconds);
        let local = Local::start(local::Setting {
            remote: Arc::clone(remote),
            catalog: Arc::new(RwLock::new(Arc::new(imported.catalog))),
            views: Arc::clone(&self.views),
            facts: opening.facts(),
            console: self.console.clone(),
            store: Arc::clone(&self.store),
            workspace: Box::<local::InMemory>::default(),
            computer: facts.computer.clone(),
        });
        let local = match local {
            Ok(local) => local,
            Err(error) => {
                tracing::error!(session = %self.id, %error, "No thread for an engine");
                return End::SignIn(failure::relay_fault());
            }
        };
        tracing::info!(session = %self.id, commands = facts.commands.len(), views = count, "Session ready");
        if let Some(handle) = self.handle.upgrade() {
            // Known now: the endpoint has accepted the password.
            let person = self.shelf.person(&opening.uri, &opening.user);
            let kept = person.all();
            let _ = handle.person.set((person, kept));
        }
        self.log.append(EventKind::Ready(facts));
        match self.serve(remote, &local).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    /// Runs one block after the other.
    async fn serve(
        &mut self,
        remote: &RemoteSession,
        local: &Local,
    ) -> Result<std::convert::Infallible, End> {
        self.control.rest();
        loop {
            if let Some((block, line)) = self.queue.pop_front() {
                self.control.work();
                self.run_block(local, block, line).await?;
                self.control.rest();
                continue;
            }
            tokio::select! {
                wish = self.control.next(&self.log) => match wish? {
                    Wish::Run(line) => self.enqueue(line),
                    // Nothing runs, and nothing is asked.
                    Wish::Stop(_) | Wish::Answer(..) | Wish::Active | Wish::SignOut => {}
                },
                error = remote.gone() => return Err(End::Lost(error.to_failure())),
            }
        }
    }

    /// Waits until the session is to end, before it has begun.
    async fn leave(&mut self) -> Leave {
        loop {
            match self.control.next(&self.log).await {
                Ok(Wish::Run(line)) => self.enqueue(line),
                Ok(Wish::Stop(block)) => self.unqueue(block),
                Ok(_) => {}
                Err(leave) => return leave,
            }
        }
    }

    /// Makes a block of a command line, to be run when its turn comes.
    pub(super) fn enqueue(&mut self, line: String) {
        self.last_block = self.last_block.saturating_add(1);
        let block = self.last_block;
        let most = self.config.limits.queue;
        let refused = if line.len() > LONGEST_LINE {
            Some(failure::line_too_long(LONGEST_LINE))
        } else if self.queue.len() >= most {
            Some(failure::queue_full(most))
        } else {
            None
        };
        let shown = if line.len() > LONGEST_LINE { failure::shorten(&line) } else { line.clone() };
        if refused.is_none()
            && let Some((person, _)) = self.handle.upgrade().as_ref().and_then(|handle| handle.person.get())
        {
            let (person, line) = (Arc::clone(person), line.clone());
            // It may write a file.
            tokio::task::spawn_blocking(move || person.add_line(&line));
        }
        self.log.append(EventKind::Block { block, line: shown });
        match refused {
            Some(failure) => {
                self.log.append(EventKind::Error { block, failure });
                self.end_unrun(block, BlockState::Failed);
            }
            None => self.queue.push_back((block, line)),
        }
    }

    /// Takes a waiting block back.
    pub(super) fn unqueue(&mut self, block: BlockId) {
        if let Some(at) = self.queue.iter().position(|(waiting, _)| *waiting == block) {
            self.queue.remove(at);
            self.end_unrun(block, BlockState::Stopped);
        }
    }

    fn end_unrun(&self, block: BlockId, state: BlockState) {
        self.log.append(EventKind::Ended { block, state, objects: 0, elapsed: 0, remote: 0 });
    }
}

fn facts(remote: &RemoteSession, opening: &Opening, catalog: &Catalog, idle_seconds: u32) -> SessionFacts {
    let details = remote.details();
    let data = details.application_private_data;
    let text = |name: &str| data.get(name).map(ToString::to_string).unwrap_or_default();
    let prompt = prompt(opening);
    SessionFacts {
        endpoint: opening.title.clone(),
        prompt,
        user: opening.user.clone(),
        computer: text("ComputerName"),
        // Where the server does not say it stays empty: to ask would itself take the language.
        language_mode: text("LanguageMode"),
        commands: catalog.names().map(|name| name.to_string()).collect(),
        idle_seconds,
    }
}

/// A short name for the prompt: the organisation of `user@organisation.example`, else the server's own name.
fn prompt(opening: &Opening) -> String {
    let domain = opening.user.rsplit_once('@').map(|(_, domain)| domain);
    let host = opening.host();
    let name = domain.unwrap_or(&host);
    if name.parse::<std::net::IpAddr>().is_ok() {
        return name.to_owned();
    }
    name.split('.').next().unwrap_or_default().to_owned()
}
