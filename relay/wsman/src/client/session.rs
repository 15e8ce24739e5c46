//! A remote session, from the outside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use postern_psrp::{client::PoolOptions, host::HostInfo, message::MetadataQuery, pipeline::PipelineSpec};
use postern_shared::value::PsValue;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use uuid::Uuid;

use super::{
    ConnectError, Credentials, Endpoint, Error, Pipeline,
    driver::{Control, Driver, Invocation, Opening},
    pipeline::{Ended, PipelineEvent},
    queue::EventQueue,
    transport::Transport,
};

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
    /// The connection stands.
    Connected,
    /// The credentials are being checked and a shell created, which are one request.
    SigningIn {
        /// As whom.
        user: String,
    },
    /// The credentials were accepted, and there is a shell.
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

/// A remote session. Dropping it closes it in the background.
#[derive(Debug)]
pub struct RemoteSession {
    control: mpsc::UnboundedSender<Control>,
    room: Arc<Notify>,
    next_key: AtomicU64,
    details: watch::Receiver<SessionDetails>,
    gone: watch::Receiver<Option<Error>>,
}

impl RemoteSession {
    /// Signs in and opens a runspace pool. `on_step` is told of each step as it begins and ends.
    ///
    /// Dropping the future gives up: a shell that has been created by then is deleted in the background.
    ///
    /// # Errors
    /// With what went wrong. Nothing is tried twice, as a second wrong password could lock the account.
    pub async fn connect(
        endpoint: Endpoint,
        credentials: Credentials,
        mut options: ConnectOptions,
        mut on_step: impl FnMut(ConnectStep),
    ) -> Result<Self, ConnectError> {
        options.pool.id = Uuid::new_v4();
        let host = endpoint.host().to_owned();
        let failed = |error| ConnectError { host: host.clone(), error };
        let user = credentials.user().to_owned();
        let secure = endpoint.is_https();
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
            Transport::new(endpoint, credentials, cultures, Arc::new(on_connected)).map_err(failed)?;
        on_step(ConnectStep::Connecting { host: host.clone(), secure });

        let (control, requests) = mpsc::unbounded_channel();
        let (opened, mut result) = oneshot::channel();
        let (details_sender, details) = watch::channel(SessionDetails::default());
        let (gone_sender, gone) = watch::channel(None);
        let room = Arc::new(Notify::new());
        let opening = Opening { steps, opened };
        let driver = Driver::new(transport, options, room.clone(), details_sender, gone_sender);
        tokio::spawn(driver.run(opening, requests));
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
        result.unwrap_or(Err(Error::Closed)).map_err(failed)?;
        Ok(Self { control, room, next_key: AtomicU64::new(0), details, gone })
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
