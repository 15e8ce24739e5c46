//! Taking over a shell that another client has left, with the pipelines in it (MS-WSMV 3.1.4.15, MS-PSRP 3.1.4.12).

use std::sync::Arc;

use postern_psrp::message::Availability;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{Driver, PoolCall, Running, Shell, Taken};
use crate::{
    client::{
        Error,
        queue::EventQueue,
        session::ConnectStep,
        shells::list,
        transport::{Transport, with_response},
    },
    envelope::{Body, EnvelopeError, Operation},
};

/// Protocol version from which a server resets a runspace (MS-PSRP 2.2.2.31).
const RESET_SINCE: (i32, i32) = (2, 3);

impl Driver {
    /// Connects to the shell, to its pool, and to what runs there.
    pub(super) async fn attach(
        &mut self,
        shell_id: String,
        resource_uri: Option<String>,
        steps: &mpsc::UnboundedSender<ConnectStep>,
    ) -> Result<Vec<Taken>, Error> {
        let transport = self.transport.clone();
        transport.set_shell(shell_id.clone(), resource_uri);
        let connect_xml = self.pool.connection_data().map_err(|error| Error::Protocol(error.to_string()))?;
        let protocol_version = self.options.pool.protocol_version.to_string();
        let connect = Operation::Connect {
            command_id: None,
            protocol_version: &protocol_version,
            connect_xml: &connect_xml,
        };
        let answer = connect_to(&transport, connect).await?;
        self.details.send_modify(|details| details.shell_id.clone_from(&shell_id));
        let _ = steps.send(ConnectStep::ShellCreated { shell_id: shell_id.clone() });
        let _ = steps.send(ConnectStep::OpeningRunspace);
        Self::skip_what_is_not_fatal(self.pool.handle_data(None, &answer))?;
        self.route_events(None)?;
        if !self.pool_opened {
            return Err(Error::Protocol("the answer to Connect opens no runspace pool".to_owned()));
        }
        let mut commands = Vec::new();
        list(&transport, Some(&shell_id), |part| commands.extend(part.commands)).await?;
        let mut taken = Vec::new();
        for (key, command) in (0..).zip(commands) {
            let id = command.command_id;
            let connect = Operation::Connect {
                command_id: Some(id),
                protocol_version: &protocol_version,
                connect_xml: &[],
            };
            match connect_to(&transport, connect).await {
                Ok(_) => {}
                // It has gone since it was listed.
                Err(error) if error.is_not_found() => continue,
                Err(error) => return Err(error),
            }
            self.pool.attach_pipeline(id).map_err(|error| Error::Protocol(error.to_string()))?;
            let events = Arc::new(EventQueue::new(self.room.clone()));
            let running = Running { started: true, ..Running::new(key, String::new(), events.clone()) };
            self.ids.insert(key, id);
            self.pipelines.insert(id, running);
            taken.push(Taken { id, key, events });
        }
        self.shell = Shell::Created;
        let _ = steps.send(ConnectStep::RunspaceOpened);
        Ok(taken)
    }

    /// Waits for the answers to Receives that Disconnect has ended: what they bring, nobody gets a second time.
    pub(super) async fn take_last(&mut self) {
        let limit = self.transport.endpoint().timeouts.close;
        let rest = async {
            while self.pool_receiving || self.pipelines.values().any(|pipeline| pipeline.receiving) {
                let Some(answered) = self.under_way.join_next().await else { return };
                if self.answered(answered).is_err() {
                    return;
                }
            }
        };
        if timeout(limit, rest).await.is_err() {
            tracing::warn!(?limit, "The server did not end every Receive in time");
        }
    }

    /// Leaves the shell as it was found: whoever left it there has not said that it may be deleted.
    pub(super) async fn give_back(self) {
        let disconnect = Operation::Disconnect { idle_timeout: None, buffer_mode: None };
        let limit = self.transport.endpoint().timeouts.close;
        match timeout(limit, self.transport.send(disconnect)).await {
            Ok(Ok(_)) => tracing::debug!("A shell was left as it was found"),
            // It was not connected, mostly.
            Ok(Err(error)) => tracing::debug!(%error, "A shell could not be disconnected"),
            Err(_) => {
                tracing::warn!(?limit, "The server did not confirm in time that the shell is disconnected");
            }
        }
    }

    /// Sends a call of the pool.
    pub(super) fn call(&mut self, call: PoolCall, done: oneshot::Sender<Result<Availability, Error>>) {
        let number = match call {
            PoolCall::Available => self.pool.get_available_runspaces(),
            PoolCall::SetMin(min) => self.pool.set_min_runspaces(min),
            PoolCall::SetMax(max) => self.pool.set_max_runspaces(max),
            PoolCall::Reset => {
                let protocol = self.pool.server_capability().map(|server| server.protocol);
                // An older server breaks the session off.
                if protocol.is_none_or(|version| (version.major, version.minor) < RESET_SINCE) {
                    let _ = done.send(Err(Error::NotSupported("RESET_RUNSPACE_STATE")));
                    return;
                }
                self.pool.reset_runspace_state()
            }
        };
        self.calls.insert(number, done);
    }
}

/// Connects to the shell or to a command. Gives the fragments in the answer; a command's has none.
async fn connect_to(transport: &Transport, connect: Operation<'_>) -> Result<Vec<u8>, Error> {
    let of_shell = matches!(connect, Operation::Connect { command_id: None, .. });
    let answer = transport.send(connect).await?;
    with_response(&answer, transport.limits(), |body| match body {
        Body::Connected { response_xml } => Ok(response_xml),
        _ if of_shell => Err(EnvelopeError::Missing("rsp:ConnectResponse").into()),
        _ => Ok(Vec::new()),
    })
}
