//! What comes back to the task: answers, output, and the events in it.

use std::sync::Arc;

use postern_psrp::{
    ProtocolError, client::Event, host::HostCall, message::RunspacePoolState, pipeline::PipelineState,
    records::ErrorRecord,
};
use tokio::task::JoinError;
use uuid::Uuid;

use super::{Answered, Driver, Keys, Presence, Running, Shell};
use crate::{
    client::{
        Error,
        pipeline::{Ended, PipelineEvent},
        transport::with_response,
    },
    envelope::{Body, CommandState, CreatedShell, EnvelopeError},
};

/// Protocol version from which a server may send envelopes of 512,000 bytes.
const LARGE_ENVELOPES_SINCE: (i32, i32) = (2, 2);

impl Driver {
    pub(super) fn answered(&mut self, answered: Result<Answered, JoinError>) -> Result<(), Error> {
        match answered.map_err(|error| Error::Protocol(error.to_string()))? {
            Answered::Created(result) => self.created(result),
            Answered::CommandStarted(id, result) => {
                self.sending = false;
                match result {
                    Ok(()) => {
                        if let Some(pipeline) = self.pipelines.get_mut(&id) {
                            pipeline.started = true;
                        }
                        self.stop_if_wanted(id);
                        Ok(())
                    }
                    Err(error) if error.may_have_arrived() => {
                        // Whether the server knows the command, a Receive for it tells.
                        if let Some(pipeline) = self.pipelines.get_mut(&id) {
                            pipeline.started = true;
                            pipeline.doubt = Some(error.to_string());
                        }
                        self.stop_if_wanted(id);
                        Ok(())
                    }
                    Err(error) => self.pipeline_failed(id, error),
                }
            }
            Answered::Sent(pipeline, result) => {
                self.sending = false;
                match (pipeline, result) {
                    (_, Ok(())) => Ok(()),
                    (pipeline, Err(error)) if error.may_have_arrived() => {
                        self.input_in_doubt(pipeline, &error);
                        Ok(())
                    }
                    (Some(id), Err(error)) => self.pipeline_failed(id, error),
                    (None, Err(error)) => Err(error),
                }
            }
            Answered::Received(target, result) => self.received(target, result),
            Answered::Stopped(id, result) => match result {
                Ok(()) => Ok(()),
                Err(error) => self.pipeline_failed(id, error),
            },
            Answered::KeyPair(pair) => {
                self.keys = Keys::Idle;
                let pair = pair.map_err(|error| Error::Protocol(error.to_string()))?;
                self.pool.exchange_keys(pair);
                Ok(())
            }
            Answered::Terminated(id) => {
                self.pool.remove_pipeline(id);
                if let Some(pipeline) = self.pipelines.remove(&id) {
                    self.ids.remove(&pipeline.key);
                }
                Ok(())
            }
            Answered::Disconnected(result, done) => {
                self.presence = if result.is_ok() { Presence::Away } else { Presence::Here };
                let _ = done.send(result);
                Ok(())
            }
            Answered::Reconnected(Ok(()), done) => {
                self.presence = Presence::Here;
                done.map(|done| done.send(Ok(())));
                Ok(())
            }
            Answered::Reconnected(Err(error), Some(done)) => {
                if error.is_taken_over() {
                    // It is another client's to delete.
                    self.shell = Shell::None;
                }
                self.presence = Presence::Away;
                let _ = done.send(Err(error));
                Ok(())
            }
            // Another Receive had told of the same disconnection before.
            Answered::Reconnected(Err(error), None) if error.is_connected_already() => {
                self.presence = Presence::Here;
                Ok(())
            }
            Answered::Reconnected(Err(error), None) => Err(error),
        }
    }

    /// Input, or an answer to a question, was lost on the way or not. It is not sent again: the server could have both.
    /// Where it is not known whose it was, all that run are concerned.
    fn input_in_doubt(&mut self, pipeline: Option<Uuid>, error: &Error) {
        let unknown = Error::OutcomeUnknown { text: error.to_string() };
        let concerned: Vec<Uuid> = match pipeline {
            Some(id) => vec![id],
            None => self.pipelines.iter().filter(|(_, running)| !running.ended).map(|(id, _)| *id).collect(),
        };
        for id in concerned {
            for (_, sent) in self.waiting_for_sent.extract_if(.., |(of, _)| *of == id) {
                let _ = sent.send(Err(unknown.clone()));
            }
            self.end(id, Ended::Lost(unknown.clone()));
        }
    }

    pub(super) fn created(&mut self, result: Result<CreatedShell, Error>) -> Result<(), Error> {
        match result {
            Ok(shell) => {
                self.shell = Shell::Created;
                self.transport.set_shell(shell.shell_id.clone(), shell.resource_uri);
                self.details.send_modify(|details| {
                    details.shell_id = shell.shell_id;
                    details.owner = shell.owner;
                    details.idle_timeout = shell.idle_timeout;
                });
                Ok(())
            }
            Err(error) => {
                self.shell = Shell::None;
                if error.may_have_arrived() {
                    // There may be a shell by the id that was asked for: it is deleted, or it would count as one of
                    // the user's few until it is idle for too long.
                    self.transport.set_shell(format!("{:X}", self.pool.id()), None);
                    self.shell = Shell::Created;
                }
                Err(error)
            }
        }
    }

    /// A request about a pipeline failed. A fault concerns that pipeline; anything else, the connection.
    fn pipeline_failed(&mut self, id: Uuid, error: Error) -> Result<(), Error> {
        if !matches!(error, Error::Fault(_) | Error::OutputLost) {
            return Err(error);
        }
        // What it still had under way when it ended finds nothing any more.
        if let Some(pipeline) = self.pipelines.get_mut(&id).filter(|pipeline| !pipeline.ended) {
            let error = match pipeline.doubt.take() {
                Some(text) => Error::OutcomeUnknown { text },
                None => error,
            };
            self.end(id, Ended::Lost(error));
        }
        Ok(())
    }

    fn received(&mut self, target: Option<Uuid>, result: Result<Vec<u8>, Error>) -> Result<(), Error> {
        match target {
            None => self.pool_receiving = false,
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => pipeline.receiving = false,
                // It was asked for ahead, and the pipeline ended meanwhile.
                None => return Ok(()),
            },
        }
        // A server that answers, if only that there is no output, knows the command.
        let known = match &result {
            Ok(_) => true,
            Err(error) => error.is_poll_timeout(),
        };
        if known && let Some(pipeline) = target.and_then(|id| self.pipelines.get_mut(&id)) {
            pipeline.doubt = None;
        }
        let bytes = match result {
            Ok(bytes) => bytes,
            Err(error) if error.is_poll_timeout() => return Ok(()),
            Err(error) if error.is_disconnected() => {
                // Disconnect ends every Receive so. Where nobody here asked for it, the server has disconnected the
                // shell by itself when it missed its client.
                if self.presence == Presence::Here {
                    self.reconnect(None);
                }
                return Ok(());
            }
            Err(error) if error.is_taken_over() => {
                self.shell = Shell::None;
                return Err(error);
            }
            Err(error) => {
                return match target {
                    Some(id) => self.pipeline_failed(id, error),
                    None => Err(error),
                };
            }
        };
        let transport = self.transport.clone();
        let (done, empty) = with_response(&bytes, transport.limits(), |body| {
            let Body::Received(received) = body else {
                return Err(EnvelopeError::Missing("rsp:ReceiveResponse").into());
            };
            let done = received.state == Some(CommandState::Done);
            let empty = received.streams.is_empty();
            // The next batch travels while this one is decoded; that is one ahead at most.
            if !done
                && !empty
                && self.presence == Presence::Here
                && self.keeps_up()
                && let Some(id) = target
                && self.pipelines.get(&id).is_some_and(Running::wants_output)
            {
                self.receive(target);
            }
            for stream in &received.streams {
                let mut buffer = std::mem::take(&mut self.buffer);
                buffer.clear();
                let decoded = stream.decode(&mut buffer);
                let receiver = stream.command_id.or(target);
                if let Some(pipeline) = receiver.and_then(|id| self.pipelines.get_mut(&id)) {
                    pipeline.unweighed = pipeline.unweighed.saturating_add(buffer.len());
                }
                let handled = self.pool.handle_data(receiver, &buffer);
                self.buffer = buffer;
                decoded?;
                Self::skip_what_is_not_fatal(handled)?;
                self.route_events(target)?;
            }
            Ok((done, empty))
        })?;
        let wanted = match target {
            None => !self.pool_receiving,
            Some(id) => self.pipelines.get(&id).is_some_and(Running::wants_output),
        };
        if empty && !done && wanted && self.presence == Presence::Here {
            self.receive_later(target);
        }
        if let Some(id) = target
            && done
        {
            // Does nothing to a pipeline that has ended as it should.
            let text = "the command is done, but its pipeline has no final state";
            self.end(id, Ended::Lost(Error::Protocol(text.to_owned())));
        }
        Ok(())
    }

    pub(super) fn skip_what_is_not_fatal(result: Result<(), ProtocolError>) -> Result<(), Error> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.is_fatal() => Err(Error::Protocol(error.to_string())),
            Err(error) => {
                tracing::warn!(%error, "A message of the server was skipped");
                Ok(())
            }
        }
    }

    /// Gives each event to its pipeline. `target` is whose stream they came in.
    pub(super) fn route_events(&mut self, target: Option<Uuid>) -> Result<(), Error> {
        while let Some(event) = self.pool.poll_event() {
            match event {
                Event::Output { pipeline, value } => self.push(pipeline, PipelineEvent::Output(value)),
                Event::Error { pipeline, record } => self.push(pipeline, PipelineEvent::Error(record)),
                Event::Warning { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Warning(Box::new(record)));
                }
                Event::Verbose { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Verbose(Box::new(record)));
                }
                Event::Debug { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Debug(Box::new(record)));
                }
                Event::Information { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Information(Box::new(record)));
                }
                Event::Progress { pipeline, record } => {
                    self.push(pipeline, PipelineEvent::Progress(Box::new(record)));
                }
                Event::HostCall(call) => self.host_call(call, target),
                Event::PipelineState { pipeline, state, error } => {
                    let ended = match (state, error) {
                        (PipelineState::Completed, _) => Ended::Completed,
                        (PipelineState::Stopped, _) => Ended::Stopped,
                        (PipelineState::Failed, Some(error)) => Ended::Failed(error),
                        (PipelineState::Failed, None) => {
                            let text = "the pipeline failed, but the server does not say why";
                            Ended::Lost(Error::Protocol(text.to_owned()))
                        }
                        _ => continue,
                    };
                    self.end(pipeline, ended);
                }
                Event::PoolState { state, error } => self.pool_state(state, error.as_deref())?,
                Event::ApplicationPrivateData(data) => {
                    self.details.send_modify(|details| details.application_private_data = data);
                }
                Event::InitData { .. } => self.opened(),
                Event::Availability { call, answer } => {
                    if let Some(done) = self.calls.remove(&call) {
                        let _ = done.send(Ok(answer));
                    }
                }
                // An error says that nobody listens.
                Event::UserEvent(event) => drop(self.user_events.send(Arc::from(event))),
                other => tracing::debug!(?other, "An event of the runspace pool is of no use here"),
            }
        }
        Ok(())
    }

    fn push(&mut self, id: Uuid, event: PipelineEvent) {
        if let Some(pipeline) = self.pipelines.get_mut(&id) {
            let bytes = std::mem::take(&mut pipeline.unweighed);
            pipeline.events.push(event, bytes);
        }
    }

    /// A call that the server makes in the name of the pool goes to the pipeline in whose stream it came, and
    /// otherwise to the newest: a user can only be asked where something runs.
    fn host_call(&mut self, call: HostCall, target: Option<Uuid>) {
        let newest = || {
            self.pipelines
                .iter()
                .filter(|(_, pipeline)| !pipeline.ended)
                .max_by_key(|(_, pipeline)| pipeline.key)
                .map(|(id, _)| *id)
        };
        if let Some(id) = call.pipeline.or(target).or_else(newest) {
            self.push(id, PipelineEvent::HostCall(Box::new(call)));
            return;
        }
        tracing::debug!(method = call.method.name(), "A host call came before any pipeline");
        if let Some(response) = call.answer_unsupported() {
            self.pool.answer_host_call(&response);
        }
    }

    fn opened(&mut self) {
        self.pool_opened = true;
        if let Some(server) = self.pool.server_capability() {
            let protocol = server.protocol;
            self.details.send_modify(|details| details.protocol_version = Some(protocol.to_string()));
            if (protocol.major, protocol.minor) >= LARGE_ENVELOPES_SINCE {
                self.transport.allow_large_envelopes();
            }
        }
    }

    fn pool_state(&mut self, state: RunspacePoolState, error: Option<&ErrorRecord>) -> Result<(), Error> {
        match state {
            RunspacePoolState::Opened => {
                self.opened();
                Ok(())
            }
            RunspacePoolState::Broken | RunspacePoolState::Closed => Err(Error::PoolClosed {
                text: error.map(|error| error.message().to_string()).unwrap_or_default(),
                id: error.map(|error| error.fully_qualified_error_id.to_string()).unwrap_or_default(),
            }),
            _ => Ok(()),
        }
    }
}
