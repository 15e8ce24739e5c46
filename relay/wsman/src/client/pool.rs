//! What a session's runspace pool can be asked, and shells that are taken over with theirs.

use std::sync::Arc;

use postern_psrp::{message::Availability, records::UserEvent};
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

use super::{
    ConnectError, ConnectOptions, ConnectStep, Credentials, Endpoint, Error, Pipeline, RemoteSession,
    driver::{Control, PoolCall},
    session::Wanted,
};
use crate::envelope::ListedShell;

/// A pipeline that was found in a shell.
#[derive(Debug)]
pub struct Found {
    /// Its command's id.
    pub command_id: Uuid,
    /// Its output, from the next whole object on. Its input is over. Dropping it stops the pipeline.
    pub pipeline: Pipeline,
}

impl RemoteSession {
    /// Takes over a shell that another client has left, with what still runs there or waits to be received; see
    /// [`super::list_shells`]. What that client had received is not sent again.
    ///
    /// From then on the session is as one of [`Self::connect`]: closing it deletes the shell. If it cannot be opened, the
    /// shell is left as it was.
    ///
    /// # Errors
    /// With what went wrong: the shell is gone, or has a client.
    pub async fn attach(
        endpoint: Endpoint,
        credentials: Credentials,
        options: ConnectOptions,
        shell: &ListedShell,
        on_step: impl FnMut(ConnectStep),
    ) -> Result<(Self, Vec<Found>), ConnectError> {
        let id = Uuid::parse_str(&shell.shell_id).map_err(|_| ConnectError {
            host: endpoint.host().to_owned(),
            error: Error::Protocol(format!(
                "{:?} is not the id of a shell with a runspace pool",
                shell.shell_id
            )),
        })?;
        let wanted = Wanted::Existing { id, shell: Box::new(shell.clone()) };
        let (session, taken) = Self::reach(endpoint, credentials, options, wanted, on_step).await?;
        let found = taken.into_iter().map(|taken| Found {
            command_id: taken.id,
            pipeline: Pipeline::new(taken.key, taken.events, session.control.clone()),
        });
        let found = found.collect();
        Ok((session, found))
    }

    /// How many runspaces are free: so many more pipelines can run at once.
    ///
    /// # Errors
    /// If the session is gone.
    pub async fn available_runspaces(&self) -> Result<i64, Error> {
        match self.call(PoolCall::Available).await? {
            Availability::Free(free) => Ok(free),
            Availability::Done(_) => {
                Err(Error::Protocol("the server does not say how many runspaces".to_owned()))
            }
        }
    }

    /// Sets the fewest runspaces that the server keeps. Gives whether it does.
    ///
    /// # Errors
    /// If the session is gone.
    pub async fn set_min_runspaces(&self, min: i32) -> Result<bool, Error> {
        self.call(PoolCall::SetMin(min)).await.map(is_done)
    }

    /// Sets the most runspaces at a time. Gives whether the server does.
    ///
    /// # Errors
    /// If the session is gone.
    pub async fn set_max_runspaces(&self, max: i32) -> Result<bool, Error> {
        self.call(PoolCall::SetMax(max)).await.map(is_done)
    }

    /// Resets the variables of the runspace. Gives whether the server does.
    ///
    /// # Errors
    /// If the server is too old for it (protocol version 2.3), or the session is gone.
    pub async fn reset_runspace(&self) -> Result<bool, Error> {
        self.call(PoolCall::Reset).await.map(is_done)
    }

    /// The events of the remote runspace that it forwards (`Register-EngineEvent -Forward`), from now on. Who reads too
    /// slowly misses some.
    pub fn user_events(&self) -> broadcast::Receiver<Arc<UserEvent>> {
        self.user_events.subscribe()
    }

    async fn call(&self, call: PoolCall) -> Result<Availability, Error> {
        let (done, answer) = oneshot::channel();
        self.control.send(Control::Call { call, done }).map_err(|_| self.why_gone())?;
        answer.await.unwrap_or_else(|_| Err(self.why_gone()))
    }
}

fn is_done(answer: Availability) -> bool {
    match answer {
        Availability::Done(done) => done,
        Availability::Free(_) => false,
    }
}
