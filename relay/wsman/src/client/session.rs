//! A remote session, from the outside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use postern_psrp::{
    client::PoolOptions, host::HostInfo, message::MetadataQuery, pipeline::PipelineSpec, records::UserEvent,
};
use postern_shared::value::PsValue;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use uuid::Uuid;

use super::{
    ConnectError, Credentials, Endpoint, Error, Pipeline,
    driver::{Control, Done, Driver, Invocation, Opening, Taken, Target},
    pipeline::{Ended, PipelineEvent},
    queue::EventQueue,
    routes::Routes,
    transport::Transport,
};
use crate::envelope::{BufferMode, ListedShell};

/// Events of the runspace that wait for who reads them.
const MOST_USER_EVENTS: usize = 64;

/// What a session is to be.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// The runspace pool's settings: host, runspaces. Its id is made anew for each session.
    pub pool: PoolOptions,
    /// UI culture: the language of messages, for example `de-DE`.
    pub ui_culture: String,
    /// Culture: how values are formatted, for example `de-DE`.
    pub culture: String,
    /// How long the server keeps the shell without a client; `None` for the server's own value.
    pub idle_timeout: Option<Duration>,
    /// Name of the shell in the administrator's list.
    pub shell_name: Option<String>,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            pool: PoolOptions {
                host: HostInfo::console("Postern", 120, 50),
                ..PoolOptions::new(Uuid::nil())
            },
            ui_culture: "en-US".to_owned(),
            culture: "en-US".to_owned(),
            idle_timeout: None,
            shell_name: None,
        }
    }
}

/// How connecting stands. Each pair is the beginning and the end of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectStep {
    /// The name is being resolved and a connection made, with TLS if it is secure.
    Connecting {
        /// To whom.
        host: String,
        /// Whether with TLS.
        secure: bool,
    },
    /// The server sends the client on, and the client follows.
    Redirected {
        /// Where to.
        location: String,
    },
    /// The connection stands.
    Connected,
    /// The credentials are being checked and a shell created, which are one request.
    SigningIn {
        /// As whom.
        user: String,
    },
    /// The credentials were accepted, and there is a shell: a new one, or the one that is taken over.
    ShellCreated {
        /// Its id.
        shell_id: String,
    },
    /// The runspace pool is being opened.
    OpeningRunspace,
    /// The session takes commands.
    RunspaceOpened,
}

/// What the server said of the session.
#[derive(Clone, Debug, Default)]
pub struct SessionDetails {
    /// The shell's id.
    pub shell_id: String,
    /// Whom the shell belongs to.
    pub owner: Option<String>,
    /// How long the server keeps an unused shell.
    pub idle_timeout: Option<Duration>,
    /// The server's version of the remoting protocol, for example `2.3`.
    pub protocol_version: Option<String>,
    /// `APPLICATION_PRIVATE_DATA`: `PSVersionTable` and what the configuration adds. Null if it has not come.
    pub application_private_data: PsValue,
}

/// Which shell is wanted.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    New,
    Existing {
        /// The shell's id, which is its runspace pool's.
        id: Uuid,
        shell: Box<ListedShell>,
    },
}

/// A remote session. Dropping it closes it in the background.
#[derive(Debug)]
pub struct RemoteSession {
    pub(super) control: mpsc::UnboundedSender<Control>,
    pub(super) user_events: broadcast::Sender<Arc<UserEvent>>,
    room: Arc<Notify>,
    next_key: AtomicU64,
    details: watch::Receiver<SessionDetails>,
    gone: watch::Receiver<Option<Error>>,
}

impl RemoteSession {
    /// Signs in and opens a runspace pool. `on_step` is told of each step as it begins and ends.
    ///
    /// Redirects are followed as the endpoint allows; each hop is a step.
    ///
    /// Dropping the future gives up: a shell that has been created by then is deleted in the background.
    ///
    /// # Errors
    /// With what went wrong. Nothing is tried twice, as a second wrong password could lock the account.
    pub async fn connect(
        endpoint: Endpoint,
        credentials: Credentials,
        options: ConnectOptions,
        on_step: impl FnMut(ConnectStep),
    ) -> Result<Self, ConnectError> {
        let (session, _) = Self::reach(endpoint, credentials, options, Wanted::New, on_step).await?;
        Ok(session)
    }

    /// Opens a session, and follows redirects.
    pub(super) async fn reach(
        endpoint: Endpoint,
        credentials: Credentials,
        options: ConnectOptions,
        wanted: Wanted,
        mut on_step: impl FnMut(ConnectStep),
    ) -> Result<(Self, Vec<Taken>), ConnectError> {
        let routes = Arc::new(Routes::default());
        let mut at = endpoint.clone();
        let mut hops = 0;
        loop {
            let host = at.host().to_owned();
            let failed = |error| ConnectError { host: host.clone(), error };
            let result = Self::open(
                at.clone(),
                credentials.clone(),
                options.clone(),
                &wanted,
                routes.clone(),
                &mut on_step,
            )
            .await;
            let (location, via) = match result {
                Err(Error::Redirected { location, via }) => (location, via),
                result => return result.map_err(failed),
            };
            let Some(redirects) = &endpoint.redirects else {
                return Err(failed(Error::Redirected { location, via }));
            };
            if hops >= redirects.maximum {
                return Err(failed(Error::TooManyRedirects { most: redirects.maximum }));
            }
            hops += 1;
            let refused =
                |why| failed(Error::RedirectRefused { location: location.clone(), via: via.clone(), why });
            let next = at.redirected(&location).map_err(refused)?;
            on_step(ConnectStep::Redirected { location: location.trim().to_owned() });
            at = next;
        }
    }

    async fn open(
        endpoint: Endpoint,
        credentials: Credentials,
        mut options: ConnectOptions,
        wanted: &Wanted,
        routes: Arc<Routes>,
        on_step: &mut impl FnMut(ConnectStep),
    ) -> Result<(Self, Vec<Taken>), Error> {
        let target = match wanted {
            Wanted::New => {
                options.pool.id = Uuid::new_v4();
                Target::New
            }
            Wanted::Existing { id, shell } => {
                options.pool.id = *id;
                Target::Existing {
                    shell_id: shell.shell_id.clone(),
                    resource_uri: shell.resource_uri.clone(),
                }
            }
        };
        let user = credentials.user().to_owned();
        let connecting =
            ConnectStep::Connecting { host: endpoint.host().to_owned(), secure: endpoint.is_https() };
        let (steps, mut step) = mpsc::unbounded_channel();
        let on_connected = {
            let steps = steps.clone();
            let told = AtomicBool::new(false);
            // Later connections are no step of connecting.
            move || {
                if !told.swap(true, Ordering::Relaxed) {
                    let _ = steps.send(ConnectStep::Connected);
                    let _ = steps.send(ConnectStep::SigningIn { user: user.clone() });
                }
            }
        };
        let cultures = (options.ui_culture.clone(), options.culture.clone());
        let transport =
            Transport::new(endpoint, Some(credentials), routes, cultures, Arc::new(on_connected))?;
        on_step(connecting);

        let (control, requests) = mpsc::unbounded_channel();
        let (opened, mut result) = oneshot::channel();
        let (details_sender, details) = watch::channel(SessionDetails::default());
        let (gone_sender, gone) = watch::channel(None);
        let room = Arc::new(Notify::new());
        let opening = Opening { steps, opened };
        let (user_events, _) = broadcast::channel(MOST_USER_EVENTS);
        let driver =
            Driver::new(transport, options, room.clone(), details_sender, gone_sender, user_events.clone());
        tokio::spawn(driver.run(target, opening, requests));
        let result = loop {
            tokio::select! {
                biased;
                Some(step) = step.recv() => on_step(step),
                result = &mut result => break result,
            }
        };
        while let Ok(step) = step.try_recv() {
            on_step(step);
        }
        let taken = result.unwrap_or(Err(Error::Closed))?;
        // Pipelines that were found have the first keys.
        let next_key = AtomicU64::new(taken.iter().map(|taken| taken.key + 1).max().unwrap_or(0));
        Ok((Self { control, user_events, room, next_key, details, gone }, taken))
    }

    /// Leaves the shell running on the server without this client, for at most `idle_timeout` (`None` for the shell's
    /// own). Pipelines go on there, as far as `buffer_mode` lets their output wait, and here until [`Self::reconnect`]
    /// nothing of them arrives; what is invoked meanwhile waits.
    ///
    /// # Errors
    /// If the server has no disconnected shells, or the session is gone or not connected.
    pub async fn disconnect(
        &self,
        idle_timeout: Option<Duration>,
        buffer_mode: Option<BufferMode>,
    ) -> Result<(), Error> {
        self.ask(|done| Control::Disconnect { idle_timeout, buffer_mode, done }).await
    }

    /// Comes back to the shell after [`Self::disconnect`].
    ///
    /// # Errors
    /// If the shell is gone or another client has it, or the session is gone or connected.
    pub async fn reconnect(&self) -> Result<(), Error> {
        self.ask(|done| Control::Reconnect { done }).await
    }

    /// Ends the session here after [`Self::disconnect`], and leaves the shell on the server, where another client may
    /// take it over until its idle timeout.
    ///
    /// # Errors
    /// If the session is gone or connected.
    pub async fn leave(self) -> Result<(), Error> {
        self.ask(|done| Control::Leave { done }).await
    }

    async fn ask(&self, request: impl FnOnce(Done) -> Control) -> Result<(), Error> {
        let (done, result) = oneshot::channel();
        self.control.send(request(done)).map_err(|_| self.why_gone())?;
        result.await.unwrap_or_else(|_| Err(self.why_gone()))
    }

    /// Why a request of this session could not be answered.
    pub(super) fn why_gone(&self) -> Error {
        self.gone.borrow().clone().unwrap_or(Error::Closed)
    }

    /// Invokes a pipeline.
    ///
    /// Where the session is gone, the pipeline's only event is [`Ended::Lost`].
    pub fn invoke(&self, spec: PipelineSpec) -> Pipeline {
        self.start(Invocation::Pipeline(Box::new(spec)))
    }

    /// Asks for commands and their parameters, as Import-PSSession does (`GET_COMMAND_METADATA`). The names may have
    /// wildcards. The first object says how many commands there are, and then comes one for each.
    pub fn command_metadata(&self, names: &[&str]) -> Pipeline {
        self.start(Invocation::Metadata(MetadataQuery::named(names.iter().copied())))
    }

    fn start(&self, what: Invocation) -> Pipeline {
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let events = Arc::new(EventQueue::new(self.room.clone()));
        let invoke = Control::Invoke { key, what, events: events.clone() };
        if self.control.send(invoke).is_err() {
            let error = self.gone.borrow().clone().unwrap_or(Error::Closed);
            events.finish(PipelineEvent::Ended(Ended::Lost(error)));
        }
        Pipeline::new(key, events, self.control.clone())
    }

    /// What the server said of the session.
    pub fn details(&self) -> SessionDetails {
        self.details.borrow().clone()
    }

    /// Waits until the session is gone, and says why: lost, or closed.
    pub async fn gone(&self) -> Error {
        let mut gone = self.gone.clone();
        match gone.wait_for(Option::is_some).await {
            Ok(error) => error.clone().unwrap_or(Error::Closed),
            Err(_) => Error::Closed,
        }
    }

    /// Stops what runs and deletes the shell. Comes back within [`super::Timeouts::close`], whatever the server does;
    /// closing twice is no error.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.control.send(Control::Close { done: Some(done) }).is_ok() {
            // An error means that the session was closing already; `gone` below waits for its end.
            let _ = closed.await;
        }
        // The sender is dropped when the shell has been deleted.
        let mut gone = self.gone.clone();
        while gone.changed().await.is_ok() {}
    }
}

impl Drop for RemoteSession {
    fn drop(&mut self) {
        // Pipelines may live on and hold the channel open.
        let _ = self.control.send(Control::Close { done: None });
    }
}
