//! The session's task: connecting, importing, ready, closing. Only it changes what the session is.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use postern_engine::workspace::MemoryWorkspace;
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
    complete::Nameable,
    connect::connect,
    control::{Control, Leave, Wish},
    failure,
    import::import,
    known::{Imported, Known, Whom},
    live::Live,
    local::{self, Local},
    log::Log,
    prompt::console,
    registry::Handle,
};
use crate::{
    config::Config,
    kept::{Person, Presence, Shelf},
    store::Store,
};

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
    /// What scripts read and write; the page as well.
    files: MemoryWorkspace,
    pub(super) control: Control,
    pub(super) config: Arc<Config>,
    last_block: BlockId,
    queue: VecDeque<Line>,
    pub(super) views: Arc<RwLock<Arc<FormatViews>>>,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    /// What the editor's completion knows.
    pub(super) nameable: Arc<Nameable>,
    /// What sessions before have imported.
    known: Arc<Known>,
    /// For whom and from which host to import behind, since what there is comes from an earlier session.
    stale: Option<(Whom, String)>,
    /// Whether the server runs scripts for this user.
    has_language: bool,
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
    /// Counts it among the user's, from sign-in until the remote session is removed.
    presence: Option<Presence>,
}

/// A line that waits for its turn.
pub(super) struct Line {
    pub(super) block: BlockId,
    pub(super) text: String,
    /// Whether it runs on the server, as a script.
    pub(super) is_remote: bool,
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
        known: Arc<Known>,
    ) -> Self {
        Self {
            log: Arc::clone(&handle.log),
            live: Arc::clone(&handle.live),
            store: Arc::clone(&handle.store),
            files: handle.files.clone(),
            control,
            config,
            last_block: 0,
            queue: VecDeque::new(),
            views: Arc::default(),
            catalog: Arc::clone(&handle.nameable.catalog),
            nameable: Arc::clone(&handle.nameable),
            known,
            stale: None,
            has_language: false,
            given: Arc::default(),
            asked: Arc::default(),
            console: console(),
            shown: handle.shown.subscribe(),
            id: handle.id.clone(),
            handle: Arc::downgrade(handle),
            shelf,
            presence: None,
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
        let whom = Whom::of(opening);
        // The server has accepted the credentials by now.
        let known = self.known.find(&whom);
        let is_known = known.is_some();
        let imported = match known {
            Some(known) => known,
            None => match self.import(remote, opening).await {
                Ok(imported) => imported,
                Err(end) => return end,
            },
        };
        let count = imported.catalog.len();
        self.log.append(EventKind::Import { received: count, total: count });
        let mode = tokio::select! {
            mode = timeout(opening.open_timeout, language_mode(remote, opening)) => mode.unwrap_or_default(),
            leave = self.leave() => return leave.into(),
        };
        let facts = facts(remote, opening, &imported.catalog, mode, self.config.idle_seconds);
        self.has_language = !facts.language_mode.is_empty() && facts.language_mode != "NoLanguage";
        self.set(&imported);
        self.stale = is_known.then(|| (whom.clone(), opening.host()));
        self.known.keep(whom, imported);
        let local = Local::start(local::Setting {
            remote: Arc::clone(remote),
            catalog: Arc::clone(&self.catalog),
            views: Arc::clone(&self.views),
            facts: opening.facts(),
            console: self.console.clone(),
            store: Arc::clone(&self.store),
            workspace: Box::new(self.files.clone()),
            computer: facts.computer.clone(),
            nameable: Some(Arc::clone(&self.nameable)),
        });
        let local = match local {
            Ok(local) => local,
            Err(error) => {
                tracing::error!(session = %self.id, %error, "No thread for an engine");
                return End::SignIn(failure::relay_fault());
            }
        };
        tracing::info!(session = %self.id, commands = facts.commands.len(), is_known, "Session ready");
        if let Some(handle) = self.handle.upgrade() {
            // Known now: the endpoint has accepted the password.
            let person = self.shelf.person(&opening.uri, &opening.user);
            let kept = person.all();
            self.presence = Some(Arc::clone(&person).enter());
            let _ = handle.person.set((person, kept));
        }
        self.log.append(EventKind::Ready(facts));
        match self.serve(remote, &local).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    /// Imports what the user has not been given before.
    async fn import(&mut self, remote: &RemoteSession, opening: &Opening) -> Result<Imported, End> {
        let (log, host) = (Arc::clone(&self.log), opening.host());
        let report = |received, total| {
            log.append(EventKind::Import { received, total });
        };
        tokio::select! {
            imported = timeout(opening.open_timeout, import(remote, &host, report)) => match imported {
                Ok(imported) => imported.map_err(End::SignIn),
                Err(_) => Err(End::SignIn(failure::open_timeout(&host, opening.open_timeout))),
            },
            leave = self.leave() => Err(leave.into()),
        }
    }

    /// Takes over what was imported.
    fn set(&self, imported: &Imported) {
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&imported.catalog);
        *self.views.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&imported.views);
    }

    /// What is known from an earlier session is replaced by what the server has now.
    fn refreshed(&mut self, imported: Imported) {
        let Some((whom, _)) = self.stale.take() else { return };
        let before = Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner));
        let mut catalog = Catalog::clone(&before);
        catalog.refresh(&imported.catalog);
        self.known.keep(whom, imported.clone());
        if catalog == *before {
            *self.views.write().unwrap_or_else(PoisonError::into_inner) = imported.views;
        } else {
            let (commands, changing) = (names(&catalog), changing(&catalog));
            self.set(&Imported { catalog: Arc::new(catalog), views: imported.views });
            self.log.append(EventKind::Commands { commands, changing });
        }
    }

    /// Runs one block after the other, and refreshes what is known while there is none: the runspace runs one at a time.
    async fn serve(
        &mut self,
        remote: &RemoteSession,
        local: &Local,
    ) -> Result<std::convert::Infallible, End> {
        self.control.rest();
        let mut refreshing = None;
        loop {
            if let Some(line) = self.queue.pop_front() {
                // What it was doing is stopped, and begins anew when there is time again.
                refreshing = None;
                self.control.work();
                self.run_block(remote, local, line).await?;
                self.control.rest();
                continue;
            }
            if refreshing.is_none()
                && let Some((_, host)) = self.stale.clone()
            {
                refreshing = Some(Box::pin(async move { import(remote, &host, |_, _| {}).await }));
            }
            let refresh = async {
                match &mut refreshing {
                    Some(import) => import.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                wish = self.control.next(&self.log) => match wish? {
                    Wish::Run(line) => self.enqueue(line, false),
                    Wish::RunRemote(line) => self.enqueue(line, true),
                    // Nothing runs, and nothing is asked.
                    Wish::Stop(_) | Wish::Answer(..) | Wish::Active | Wish::SignOut => {}
                },
                imported = refresh => {
                    refreshing = None;
                    match imported {
                        Ok(imported) => self.refreshed(imported),
                        Err(failure) => {
                            tracing::info!(session = %self.id, what = %failure.what, "No refresh");
                            self.stale = None;
                        }
                    }
                }
                error = remote.gone() => return Err(End::Lost(error.to_failure())),
            }
        }
    }

    /// Waits until the session is to end, before it has begun.
    async fn leave(&mut self) -> Leave {
        loop {
            match self.control.next(&self.log).await {
                Ok(Wish::Run(line)) => self.enqueue(line, false),
                Ok(Wish::RunRemote(line)) => self.enqueue(line, true),
                Ok(Wish::Stop(block)) => self.unqueue(block),
                Ok(_) => {}
                Err(leave) => return leave,
            }
        }
    }

    /// Makes a block of a command line, to be run when its turn comes.
    pub(super) fn enqueue(&mut self, line: String, is_remote: bool) {
        self.last_block = self.last_block.saturating_add(1);
        let block = self.last_block;
        let most = self.config.limits.queue;
        let refused = if line.len() > LONGEST_LINE {
            Some(failure::line_too_long(LONGEST_LINE))
        } else if self.queue.len() >= most {
            Some(failure::queue_full(most))
        } else if is_remote && !self.has_language {
            Some(failure::no_language())
        } else {
            None
        };
        let shown = if line.len() > LONGEST_LINE { failure::shorten(&line) } else { line.clone() };
        if refused.is_none()
            && let Some(person) = self.person()
        {
            let line = line.clone();
            // It may write a file.
            tokio::task::spawn_blocking(move || person.add_line(&line));
        }
        self.log.append(EventKind::Block { block, line: shown, on_server: is_remote });
        match refused {
            Some(failure) => {
                self.log.append(EventKind::Error { block, failure });
                self.end_unrun(block, BlockState::Failed);
            }
            None => self.queue.push_back(Line { block, text: line, is_remote }),
        }
    }

    /// Who keeps things for the user, once the endpoint has accepted them.
    pub(super) fn person(&self) -> Option<Arc<Person>> {
        self.handle.upgrade()?.person.get().map(|(person, _)| Arc::clone(person))
    }

    /// Takes a waiting block back.
    pub(super) fn unqueue(&mut self, block: BlockId) {
        if let Some(at) = self.queue.iter().position(|waiting| waiting.block == block) {
            self.queue.remove(at);
            self.end_unrun(block, BlockState::Stopped);
        }
    }

    fn end_unrun(&self, block: BlockId, state: BlockState) {
        self.log.append(EventKind::Ended { block, state, objects: 0, elapsed: 0, remote: 0 });
    }
}

fn facts(
    remote: &RemoteSession,
    opening: &Opening,
    catalog: &Catalog,
    language_mode: String,
    idle_seconds: u32,
) -> SessionFacts {
    let details = remote.details();
    let data = details.application_private_data;
    let text = |name: &str| data.get(name).map(ToString::to_string).unwrap_or_default();
    let prompt = prompt(opening);
    SessionFacts {
        endpoint: opening.title.clone(),
        prompt,
        user: opening.user.clone(),
        computer: text("ComputerName"),
        language_mode,
        commands: names(catalog),
        idle_seconds,
        changing: changing(catalog),
        sessions_allowed: opening.sessions_allowed(),
    }
}

fn names(catalog: &Catalog) -> Vec<String> {
    catalog.names().map(|name| name.to_string()).collect()
}

/// Names of commands that take `-WhatIf`.
fn changing(catalog: &Catalog) -> Vec<String> {
    let takes =
        |parameter: &postern_engine::host::RemoteParameter| parameter.name.eq_ignore_ascii_case("WhatIf");
    let commands = catalog.commands().filter(|command| command.parameters.iter().any(takes));
    commands.map(|command| command.name.to_string()).collect()
}

/// The session's language mode: what the server says of it, what is known of Exchange, or what a script says.
async fn language_mode(remote: &RemoteSession, opening: &Opening) -> String {
    let data = remote.details().application_private_data;
    match data.get("LanguageMode") {
        Some(mode) => mode.to_string(),
        // It would put the refusal of a script into the server's log at every sign-in.
        None if opening.configuration.ends_with("Microsoft.Exchange") => "NoLanguage".to_owned(),
        None => super::import::language_mode(remote).await,
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
