//! What a server's messages do to the client's pool (MS-PSRP section 3.1.5).

use postern_shared::value::{PsValue, Uuid};

use super::{Event, RunspacePool};
use crate::{
    ProtocolError, clixml,
    host::HostCall,
    members::{Body, text},
    message::{
        Availability, Destination, Header, MessageType, RunspacePoolState, SessionCapability, pool_size,
    },
    pipeline::PipelineState,
    records::{ErrorRecord, InformationRecord, InformationalRecord, ProgressRecord, UserEvent},
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
        if header.destination != Destination::Client
            || (header.pipeline.is_some() && target.is_some() && header.pipeline != target)
            || (header.pool != self.options.id && !header.pool.is_nil())
        {
            return Err(ProtocolError::Astray { message });
        }
        if self.server.is_none() && message != MessageType::SessionCapability {
            return Err(ProtocolError::Unexpected { message });
        }
        match header.pipeline.or(target) {
            None => self.handle_pool_message(message, body),
            Some(pipeline) if self.pipelines.contains_key(&pipeline) => {
                self.handle_pipeline_message(pipeline, message, body)
            }
            Some(pipeline) => Err(ProtocolError::UnknownPipeline(pipeline)),
        }
    }

    fn handle_pool_message(&mut self, message: MessageType, body: &[u8]) -> Result<(), ProtocolError> {
        let value = decode(&mut self.messages, message, body)?;
        let event = match message {
            MessageType::SessionCapability => {
                let capability = SessionCapability::read(&value)?;
                if let Err(error) = capability.check() {
                    self.state = RunspacePoolState::Broken;
                    return Err(error);
                }
                if self.state == RunspacePoolState::Opening {
                    self.state = RunspacePoolState::NegotiationSucceeded;
                }
                self.set_secrets(&Secrets::between(self.options.protocol_version, capability.protocol));
                self.server = Some(capability);
                return Ok(());
            }
            MessageType::RunspacePoolState => {
                let body = Body { message, value: &value };
                let state = RunspacePoolState::from_number(body.int("RunspaceState")?)
                    .ok_or_else(|| body.malformed("RunspaceState"))?;
                self.state = state;
                Event::PoolState { state, error: error_of_state(&value) }
            }
            MessageType::ApplicationPrivateData => Event::ApplicationPrivateData(
                value.get("ApplicationPrivateData").cloned().unwrap_or_default(),
            ),
            MessageType::RunspaceAvailability => {
                let (call, answer) = Availability::read(&value)?;
                Event::Availability { call, answer }
            }
            MessageType::RunspacePoolInitData => {
                // It answers a connect and nothing else (section 3.1.5.4.28).
                if self.state != RunspacePoolState::Connecting {
                    return Err(ProtocolError::Unexpected { message });
                }
                self.state = RunspacePoolState::Opened;
                let (min, max) = pool_size(&value);
                Event::InitData { min_runspaces: min, max_runspaces: max }
            }
            MessageType::RunspacePoolHostCall => {
                Event::HostCall(HostCall::read(Body { message, value: &value }, None)?)
            }
            MessageType::UserEvent => Event::UserEvent(Box::new(UserEvent::from_value(&value))),
            MessageType::PublicKeyRequest => {
                self.keys.requested();
                return Ok(());
            }
            MessageType::EncryptedSessionKey => {
                let key = text(&value, "EncryptedSessionKey")
                    .ok_or(ProtocolError::Malformed { message, member: "EncryptedSessionKey" })?;
                return self.take_session_key(&key);
            }
            _ => return Err(ProtocolError::Unexpected { message }),
        };
        self.events.push_back(event);
        Ok(())
    }

    fn handle_pipeline_message(
        &mut self,
        pipeline: Uuid,
        message: MessageType,
        body: &[u8],
    ) -> Result<(), ProtocolError> {
        let event = match message {
            MessageType::PipelineOutput => {
                Event::Output { pipeline, value: decode(&mut self.objects, message, body)? }
            }
            MessageType::ErrorRecord => {
                let value = decode(&mut self.objects, message, body)?;
                Event::Error { pipeline, record: Box::new(ErrorRecord::from_value(&value)) }
            }
            MessageType::WarningRecord | MessageType::VerboseRecord | MessageType::DebugRecord => {
                let value = decode(&mut self.messages, message, body)?;
                let record = InformationalRecord::from_value(&value);
                match message {
                    MessageType::WarningRecord => Event::Warning { pipeline, record },
                    MessageType::VerboseRecord => Event::Verbose { pipeline, record },
                    _ => Event::Debug { pipeline, record },
                }
            }
            MessageType::ProgressRecord => {
                let value = decode(&mut self.messages, message, body)?;
                Event::Progress { pipeline, record: ProgressRecord::from_value(&value) }
            }
            MessageType::InformationRecord => {
                let value = decode(&mut self.objects, message, body)?;
                Event::Information { pipeline, record: InformationRecord::from_value(&value) }
            }
            MessageType::PipelineState => {
                let value = decode(&mut self.messages, message, body)?;
                let body = Body { message, value: &value };
                let state = PipelineState::from_number(body.int("PipelineState")?)
                    .ok_or_else(|| body.malformed("PipelineState"))?;
                if let Some(own) = self.pipelines.get_mut(&pipeline) {
                    own.state = state;
                    own.takes_input &= !state.is_final();
                }
                Event::PipelineState { pipeline, state, error: error_of_state(&value) }
            }
            MessageType::PipelineHostCall | MessageType::RunspacePoolHostCall => {
                let value = decode(&mut self.messages, message, body)?;
                let target = (message == MessageType::PipelineHostCall).then_some(pipeline);
                Event::HostCall(HostCall::read(Body { message, value: &value }, target)?)
            }
            _ => return self.handle_pool_message(message, body),
        };
        self.events.push_back(event);
        Ok(())
    }
}

fn decode(
    decoder: &mut clixml::Decoder,
    message: MessageType,
    body: &[u8],
) -> Result<PsValue, ProtocolError> {
    decoder.decode(body).map_err(|source| ProtocolError::Clixml { message, source })
}

fn error_of_state(value: &PsValue) -> Option<Box<ErrorRecord>> {
    let error = value.get("ExceptionAsErrorRecord").filter(|error| !error.is_null())?;
    Some(Box::new(ErrorRecord::from_value(error)))
}
