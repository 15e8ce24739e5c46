//! What the task sends: each request runs by itself and comes back as [`Answered`].

use std::time::Duration;

use postern_psrp::client::Stream;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::{Answered, Done, Driver, Presence, Shell};
use crate::{
    client::{
        Error,
        recovery::{Link, Repeat},
        transport::{Transport, with_response},
    },
    envelope::{Body, BufferMode, CreateShell, EnvelopeError, InputStream, Operation, SignalCode},
};

/// How long closing waits for the end of single commands, before it deletes the shell with all of them.
const SIGNAL_LIMIT: Duration = Duration::from_secs(3);

/// Pause after a Receive that brought no output although there was time left.
const EARLY: Duration = Duration::from_millis(100);

impl Driver {
    pub(super) fn create(&mut self) {
        self.shell = Shell::Requested;
        let creation_xml = self.pool.creation_data();
        let shell_id = self.pool.id();
        let protocol_version = self.options.pool.protocol_version.to_string();
        let (name, idle_timeout) = (self.options.shell_name.clone(), self.options.idle_timeout);
        let transport = self.transport.clone();
        self.under_way.spawn(async move {
            let create = CreateShell {
                name: name.as_deref(),
                shell_id,
                protocol_version: &protocol_version,
                idle_timeout,
                creation_xml: &creation_xml,
            };
            let result = transport.send(Operation::Create(create)).await.and_then(|answer| {
                with_response(&answer, transport.limits(), |body| match body {
                    Body::Created(shell) => Ok(shell),
                    _ => Err(EnvelopeError::Missing("rsp:Shell").into()),
                })
            });
            Answered::Created(result)
        });
    }

    pub(super) fn send_next(&mut self) {
        let Some(transmit) = self.pool.poll_transmit(self.transport.max_data()) else {
            for (_, sent) in self.waiting_for_sent.drain(..) {
                let _ = sent.send(Ok(()));
            }
            return;
        };
        self.sending = true;
        let (transport, link) = (self.transport.clone(), self.link.clone());
        let pipeline = transmit.pipeline;
        let command_line = match pipeline.and_then(|id| self.pipelines.get(&id)) {
            Some(pipeline) if transmit.first => pipeline.command_line.clone(),
            _ => String::new(),
        };
        self.under_way.spawn(async move {
            match pipeline {
                Some(command_id) if transmit.first => {
                    let command = Operation::Command {
                        command_id,
                        command_line: &command_line,
                        arguments: &transmit.data,
                    };
                    let result = check_linked(&link, &transport, command, Repeat::IfNotSent).await;
                    Answered::CommandStarted(command_id, result)
                }
                command_id => {
                    let stream = match transmit.stream {
                        Stream::Stdin => InputStream::Stdin,
                        Stream::PromptResponse => InputStream::PromptResponse,
                    };
                    let send = Operation::Send { command_id, stream, data: &transmit.data };
                    Answered::Sent(pipeline, check_linked(&link, &transport, send, Repeat::IfNotSent).await)
                }
            }
        });
    }

    pub(super) fn receive(&mut self, command_id: Option<Uuid>) {
        self.receive_after(command_id, Duration::ZERO);
    }

    /// Asks again after a Receive that brought nothing, and not at once.
    pub(super) fn receive_later(&mut self, command_id: Option<Uuid>) {
        self.receive_after(command_id, EARLY);
    }

    fn receive_after(&mut self, command_id: Option<Uuid>, pause: Duration) {
        match command_id {
            None => self.pool_receiving = true,
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => pipeline.receiving = true,
                None => return,
            },
        }
        let (transport, link) = (self.transport.clone(), self.link.clone());
        self.under_way.spawn(async move {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            let asked = Instant::now();
            let receive = transport.prepare(Operation::Receive { command_id });
            let result = link.post(&transport, &receive, Repeat::Always).await;
            // A server keeps a Receive until there is output or the operation's time is over. One that says at once that
            // there is none would be asked again as fast as both can.
            if matches!(&result, Err(error) if error.is_poll_timeout()) && asked.elapsed() < EARLY {
                sleep(EARLY).await;
            }
            Answered::Received(command_id, result)
        });
    }

    pub(super) fn signal(&mut self, command_id: Uuid, code: SignalCode) {
        let (transport, link) = (self.transport.clone(), self.link.clone());
        self.under_way.spawn(async move {
            let signal = Operation::Signal { command_id, code };
            let result = check_linked(&link, &transport, signal, Repeat::Always).await;
            match code {
                SignalCode::Stop => Answered::Stopped(command_id, result),
                SignalCode::Terminate => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "A finished command could not be terminated");
                    }
                    Answered::Terminated(command_id)
                }
            }
        });
    }

    pub(super) fn disconnect(
        &mut self,
        idle_timeout: Option<Duration>,
        buffer_mode: Option<BufferMode>,
        done: Done,
    ) {
        self.presence = Presence::Leaving;
        let transport = self.transport.clone();
        self.under_way.spawn(async move {
            let disconnect = Operation::Disconnect { idle_timeout, buffer_mode };
            Answered::Disconnected(check(&transport, disconnect).await, done)
        });
    }

    /// Comes back to the shell. No handshake follows: the pool and its pipelines are as they were (MS-PSRP 3.1.5.3.12).
    pub(super) fn reconnect(&mut self, done: Option<Done>) {
        self.presence = Presence::Returning;
        let (transport, link) = (self.transport.clone(), self.link.clone());
        self.under_way.spawn(async move {
            let result = check_linked(&link, &transport, Operation::Reconnect, Repeat::Always).await;
            Answered::Reconnected(result, done)
        });
    }

    /// Ends what runs and deletes the shell, within the time for closing; a server that does not answer keeps the
    /// shell until its own idle timeout.
    pub(super) async fn shut_down(mut self) {
        self.link.set_open(false);
        if self.shell == Shell::None {
            return;
        }
        let limit = self.transport.endpoint().timeouts.close;
        if timeout(limit, self.delete()).await.is_err() {
            tracing::warn!(?limit, "The server did not confirm in time that the shell is deleted");
        }
    }

    async fn delete(&mut self) {
        // Create may still be on its way: without its answer nobody knows whether there is a shell.
        while self.shell != Shell::Created {
            match self.under_way.join_next().await {
                Some(Ok(Answered::Created(result))) => {
                    if self.created(result).is_err() {
                        return;
                    }
                }
                Some(_) => {}
                None => return,
            }
        }
        let running = self.pipelines.iter().filter(|(_, pipeline)| pipeline.started && !pipeline.ended);
        let transport = &self.transport;
        let code = SignalCode::Terminate;
        let signals = running.map(|(id, _)| check(transport, Operation::Signal { command_id: *id, code }));
        // Delete ends them as well; the signals only spare a server that is slow to.
        let _ = timeout(SIGNAL_LIMIT, futures_util::future::join_all(signals)).await;
        match check(&self.transport, Operation::Delete).await {
            Ok(()) => tracing::debug!("The shell was deleted"),
            Err(error) if error.is_not_found() => {}
            Err(error) => tracing::warn!(%error, "The shell could not be deleted"),
        }
    }
}

/// Sends a request whose answer says nothing but that it succeeded.
async fn check(transport: &Transport, operation: Operation<'_>) -> Result<(), Error> {
    let answer = transport.send(operation).await?;
    with_response(&answer, transport.limits(), |_| Ok(()))
}

/// The same, and again while the connection is broken.
async fn check_linked(
    link: &Link,
    transport: &Transport,
    operation: Operation<'_>,
    repeat: Repeat,
) -> Result<(), Error> {
    let answer = link.post(transport, &transport.prepare(operation), repeat).await?;
    with_response(&answer, transport.limits(), |_| Ok(()))
}
