//! What a client's messages do to its pool (MS-PSRP section 3.2.5).

use postern_shared::value::{PsValue, Uuid};

use super::{Event, MAX_POOL_OUTPUT, RunspacePool};
use crate::{
    ProtocolError,
    host::HostResponse,
    members::{Body, notes, text},
    message::{
        Availability, Destination, Header, InitRunspacePool, MessageType, MetadataQuery, RunspacePoolState,
        SessionCapability, pool_size,
    },
    pipeline::{PipelineSpec, PipelineState},
    secure::Secrets,
};

impl RunspacePool {
    pub(super) fn handle_message(
        &mut self,
        target: Option<Uuid>,
        message: &[u8],
    ) -> Result<(), ProtocolError> {
        let (header, body) = Header::read(message)?;
        let message = header.message;
        let misdirected = header.destination != Destination::Server
            || (header.pipeline.is_some() && target.is_some() && header.pipeline != target);
        if self.output.len() > MAX_POOL_OUTPUT {
            return Err(ProtocolError::Unexpected { message });
        }
        // The first message names the pool.
        if misdirected || (self.client.is_some() && header.pool != self.id) {
            return Err(ProtocolError::Astray { message });
        }
        let value = self.decoder.decode(body).map_err(|source| ProtocolError::Clixml { message, source })?;
        match (message, header.pipeline.or(target)) {
            (MessageType::SessionCapability, _) => self.handle_capability(header.pool, &value),
            (_, _) if self.client.is_none() => Err(ProtocolError::Unexpected { message }),
            (MessageType::InitRunspacePool, _) => self.handle_init(&value),
            (MessageType::ConnectRunspacePool, _) => self.handle_connect(&value),
            (MessageType::PublicKey, _) => {
                let key = text(&value, "PublicKey")
                    .ok_or(ProtocolError::Malformed { message, member: "PublicKey" })?;
                self.take_public_key(&key)
            }
            (_, _) if self.state != RunspacePoolState::Opened => Err(ProtocolError::Unexpected { message }),
            (
                MessageType::SetMinRunspaces
                | MessageType::SetMaxRunspaces
                | MessageType::GetAvailableRunspaces
                | MessageType::ResetRunspaceState,
                _,
            ) => self.handle_pool_call(message, &value),
            (MessageType::RunspacePoolHostResponse, _) => self.handle_response(message, &value, None),
            (MessageType::PipelineHostResponse, Some(pipeline)) => {
                self.handle_response(message, &value, Some(pipeline))
            }
            (MessageType::CreatePipeline, Some(pipeline)) => {
                let spec = PipelineSpec::read(&value)?;
                self.start(pipeline, message, !spec.no_input)?;
                self.events.push_back(Event::CreatePipeline { pipeline, spec: Box::new(spec) });
                Ok(())
            }
            (MessageType::GetCommandMetadata, Some(pipeline)) => {
                let query = Box::new(MetadataQuery::read(&value)?);
                self.start(pipeline, message, false)?;
                self.events.push_back(Event::CommandMetadata { pipeline, query });
                Ok(())
            }
            (MessageType::PipelineInput | MessageType::EndOfPipelineInput, Some(pipeline)) => {
                self.handle_input(pipeline, message, value)
            }
            _ => Err(ProtocolError::Unexpected { message }),
        }
    }

    fn handle_capability(&mut self, pool: Uuid, value: &PsValue) -> Result<(), ProtocolError> {
        let capability = SessionCapability::read(value)?;
        if self.client.is_none() {
            self.id = pool;
        }
        let own = SessionCapability::new(self.options.protocol_version);
        self.write(None, MessageType::SessionCapability, Some(&own.to_value()));
        if let Err(error) = capability.check() {
            self.state = RunspacePoolState::Broken;
            return Err(error);
        }
        self.set_secrets(&Secrets::between(self.options.protocol_version, capability.protocol));
        self.client = Some(capability);
        if self.state == RunspacePoolState::BeforeOpen {
            self.state = RunspacePoolState::NegotiationSucceeded;
        }
        Ok(())
    }

    fn handle_init(&mut self, value: &PsValue) -> Result<(), ProtocolError> {
        if self.state != RunspacePoolState::NegotiationSucceeded || self.init.is_some() {
            return Err(ProtocolError::Unexpected { message: MessageType::InitRunspacePool });
        }
        let init = InitRunspacePool::read(value)?;
        self.init = Some(init.clone());
        self.events.push_back(Event::Open(Box::new(init)));
        Ok(())
    }

    /// A client connects to the pool of an earlier one (section 3.2.5.4.28). Its capabilities came just before, so that it
    /// has no session key.
    fn handle_connect(&mut self, value: &PsValue) -> Result<(), ProtocolError> {
        let message = MessageType::ConnectRunspacePool;
        let is_open = matches!(self.state, RunspacePoolState::Opened | RunspacePoolState::Disconnected);
        let init = self.init.as_mut().filter(|_| is_open);
        let init = init.ok_or(ProtocolError::Unexpected { message })?;
        let (min, max) = pool_size(value);
        init.min_runspaces = min.unwrap_or(init.min_runspaces);
        init.max_runspaces = max.unwrap_or(init.max_runspaces);
        let body =
            notes([("MinRunspaces", init.min_runspaces.into()), ("MaxRunspaces", init.max_runspaces.into())]);
        self.state = RunspacePoolState::Opened;
        self.write(None, MessageType::RunspacePoolInitData, Some(&body));
        self.write_private_data();
        self.ask_for_held_secrets();
        self.events.push_back(Event::Connected);
        Ok(())
    }

    fn handle_pool_call(&mut self, message: MessageType, value: &PsValue) -> Result<(), ProtocolError> {
        let body = Body { message, value };
        let call = body.long("ci")?;
        let Some(init) = self.init.as_mut() else { return Err(ProtocolError::Unexpected { message }) };
        let answer = match message {
            MessageType::SetMinRunspaces => {
                let min = body.int("MinRunspaces")?;
                let is_valid = (1..=init.max_runspaces).contains(&min);
                if is_valid {
                    init.min_runspaces = min;
                }
                Availability::Done(is_valid)
            }
            MessageType::SetMaxRunspaces => {
                let max = body.int("MaxRunspaces")?;
                let is_valid = max >= init.min_runspaces;
                if is_valid {
                    init.max_runspaces = max;
                }
                Availability::Done(is_valid)
            }
            MessageType::ResetRunspaceState => {
                self.events.push_back(Event::ResetRunspaceState);
                Availability::Done(true)
            }
            _ => {
                let busy = self.pipelines.values().filter(|pipeline| !pipeline.state.is_final()).count();
                Availability::Free(i64::from(init.max_runspaces).saturating_sub(busy as i64).max(0))
            }
        };
        self.write(None, MessageType::RunspaceAvailability, Some(&answer.to_value(call)));
        Ok(())
    }

    fn handle_response(
        &mut self,
        message: MessageType,
        value: &PsValue,
        pipeline: Option<Uuid>,
    ) -> Result<(), ProtocolError> {
        let response = HostResponse::read(Body { message, value }, pipeline)?;
        // An answer that nobody waits for: its pipeline ended meanwhile, or it was never asked.
        if self.calls.get(&response.id) != Some(&pipeline) {
            return Err(ProtocolError::Unexpected { message });
        }
        self.calls.remove(&response.id);
        self.events.push_back(Event::HostResponse(response));
        Ok(())
    }

    fn start(&mut self, id: Uuid, message: MessageType, takes_input: bool) -> Result<(), ProtocolError> {
        let pipeline = self.pipelines.get_mut(&id).ok_or(ProtocolError::UnknownPipeline(id))?;
        if pipeline.state != PipelineState::NotStarted {
            return Err(ProtocolError::Unexpected { message });
        }
        pipeline.state = PipelineState::Running;
        pipeline.takes_input = takes_input;
        Ok(())
    }

    fn handle_input(&mut self, id: Uuid, message: MessageType, value: PsValue) -> Result<(), ProtocolError> {
        let pipeline = self.pipelines.get_mut(&id).ok_or(ProtocolError::UnknownPipeline(id))?;
        // PowerShell's client ends the input also of a pipeline that ended by itself: nobody takes it then.
        if pipeline.state.is_final() {
            return Ok(());
        }
        if !pipeline.takes_input {
            // A client may end an input that it did not announce.
            let is_end = message == MessageType::EndOfPipelineInput;
            return if is_end { Ok(()) } else { Err(ProtocolError::Unexpected { message }) };
        }
        self.events.push_back(if message == MessageType::PipelineInput {
            Event::Input { pipeline: id, value }
        } else {
            pipeline.takes_input = false;
            Event::EndOfInput { pipeline: id }
        });
        Ok(())
    }
}
