//! The client's side of a runspace pool and its pipelines (MS-PSRP section 3.1), without I/O.
//!
//! What the server sent goes into [`RunspacePool::handle_data`] and comes out as [`Event`]s; what is to be sent comes out
//! of [`RunspacePool::poll_transmit`]. Stopping a pipeline and closing the pool are the transport's messages.

mod event;
mod incoming;
mod keys;
mod outbox;
mod reconnect;

use std::collections::{HashMap, VecDeque};

use postern_shared::value::{PsValue, PsVersion, Uuid};

pub use self::{
    event::Event,
    outbox::{Stream, Transmit},
};
use self::{
    keys::{Held, Keys},
    outbox::Outbox,
};
use crate::{
    ProtocolError, clixml,
    fragment::{MAX_MESSAGE_LEN, Reassembler},
    host::{HostInfo, HostResponse},
    members::notes,
    message::{
        Destination, Header, InitRunspacePool, MessageType, MetadataQuery, RunspacePoolState,
        SessionCapability,
    },
    pipeline::{PipelineSpec, PipelineState},
};

/// Protocol version that a client announces: that of Windows PowerShell 5.1, so that its rules for secure strings
/// hold (from 2.4 on there is no key exchange).
pub const PROTOCOL_VERSION: PsVersion = PsVersion::new(2, 3);

/// How a pool is opened.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// The pool's id: random, and on WS-Management the shell's id too.
    pub id: Uuid,
    /// Fewest runspaces that the server keeps.
    pub min_runspaces: i32,
    /// Most runspaces at a time: pipelines that run at once.
    pub max_runspaces: i32,
    /// The client's host.
    pub host: HostInfo,
    /// `ApplicationArguments`: a dictionary with what the client says about itself, or null.
    pub application_arguments: PsValue,
    /// Protocol version to announce.
    pub protocol_version: PsVersion,
    /// Longest message that is accepted, in bytes.
    pub max_message_len: usize,
    /// Bounds of what a message may hold.
    pub clixml: clixml::Limits,
}

impl PoolOptions {
    /// A pool of one runspace without a host.
    pub fn new(id: Uuid) -> Self {
        Self {
            id,
            min_runspaces: 1,
            max_runspaces: 1,
            host: HostInfo::none(),
            application_arguments: PsValue::Null,
            protocol_version: PROTOCOL_VERSION,
            max_message_len: MAX_MESSAGE_LEN,
            clixml: clixml::Limits::default(),
        }
    }
}

/// A runspace pool on a server, as its client sees it.
pub struct RunspacePool {
    options: PoolOptions,
    state: RunspacePoolState,
    server: Option<SessionCapability>,
    pipelines: HashMap<Uuid, Pipeline>,
    reassembler: Reassembler,
    /// Keeps type names and shapes of what pipelines write, and marks it as deserialised.
    objects: clixml::Decoder,
    /// For everything else, whose types are the protocol's own.
    messages: clixml::Decoder,
    events: VecDeque<Event>,
    outbox: Outbox,
    keys: Keys,
    next_call: i64,
    next_pipeline: u64,
}

struct Pipeline {
    state: PipelineState,
    takes_input: bool,
    reassembler: Reassembler,
}

impl RunspacePool {
    /// A pool that is not open yet: send [`Self::creation_data`] to the server.
    pub fn new(options: PoolOptions) -> Self {
        let decoder = || clixml::Decoder::new(options.clixml);
        Self {
            state: RunspacePoolState::BeforeOpen,
            server: None,
            pipelines: HashMap::new(),
            reassembler: Reassembler::new(options.max_message_len),
            objects: decoder().deserialized(true),
            messages: decoder().deserialized(false),
            events: VecDeque::new(),
            outbox: Outbox::default(),
            keys: Keys::default(),
            next_call: 1,
            next_pipeline: 1,
            options,
        }
    }

    /// The pool's id.
    pub fn id(&self) -> Uuid {
        self.options.id
    }

    /// The pool's state, as far as the server told.
    pub fn state(&self) -> RunspacePoolState {
        self.state
    }

    /// The server's versions, once it told them.
    pub fn server_capability(&self) -> Option<&SessionCapability> {
        self.server.as_ref()
    }

    /// A pipeline's state; `None` if there is no such pipeline.
    pub fn pipeline_state(&self, pipeline: Uuid) -> Option<PipelineState> {
        self.pipelines.get(&pipeline).map(|pipeline| pipeline.state)
    }

    /// The fragments that open the pool (`SESSION_CAPABILITY` and `INIT_RUNSPACEPOOL)`: WS-Management's `creationXml`.
    pub fn creation_data(&mut self) -> Vec<u8> {
        self.state = RunspacePoolState::Opening;
        let capability = SessionCapability::new(self.options.protocol_version).to_value();
        let init = InitRunspacePool {
            min_runspaces: self.options.min_runspaces,
            max_runspaces: self.options.max_runspaces,
            host: self.options.host.clone(),
            application_arguments: self.options.application_arguments.clone(),
        };
        self.opening_data([
            (MessageType::SessionCapability, capability),
            (MessageType::InitRunspacePool, init.to_value()),
        ])
    }

    /// Takes what a Receive brought, of the pool's own stream or of a pipeline's. The data may be cut anywhere.
    ///
    /// All of it is handled even if a message in it is bad; the first error is given. See
    /// [`ProtocolError::is_fatal`].
    pub fn handle_data(&mut self, pipeline: Option<Uuid>, data: &[u8]) -> Result<(), ProtocolError> {
        let mut reassembler = std::mem::take(self.reassembler(pipeline)?);
        let mut result = Ok(());
        let fed = reassembler.feed(data, |message| {
            let handled = self.handle_message(pipeline, message);
            if result.is_ok() {
                result = handled;
            }
        });
        if let Ok(slot) = self.reassembler(pipeline) {
            *slot = reassembler;
        }
        fed?;
        result
    }

    /// What happened next. Everything that a call of [`Self::handle_data`] caused should be taken before the next
    /// call, so that no more than one Receive's data is kept.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Invokes a pipeline. Its id is also that of the WS-Management command.
    pub fn create_pipeline(&mut self, spec: &PipelineSpec) -> Uuid {
        self.start(MessageType::CreatePipeline, &spec.to_value(), !spec.no_input)
    }

    /// Asks for commands and their parameters. The answer is the output of a pipeline; see
    /// [`crate::message::MetadataAnswer`].
    pub fn get_command_metadata(&mut self, query: &MetadataQuery) -> Uuid {
        self.start(MessageType::GetCommandMetadata, &query.to_value(), false)
    }

    /// Gives a pipeline an input object. Gives the bytes that now wait to be sent to it.
    pub fn send_input(&mut self, pipeline: Uuid, value: &PsValue) -> Result<usize, ProtocolError> {
        self.check_input(pipeline, MessageType::PipelineInput)?;
        // Null has no body: PowerShell's server gives up the session over a `<Nil />`.
        let body = Some(value).filter(|value| !value.is_null());
        self.send(Some(pipeline), MessageType::PipelineInput, body);
        Ok(self.queued(Some(pipeline)))
    }

    /// Ends a pipeline's input.
    pub fn end_input(&mut self, pipeline: Uuid) -> Result<(), ProtocolError> {
        self.check_input(pipeline, MessageType::EndOfPipelineInput)?;
        self.send(Some(pipeline), MessageType::EndOfPipelineInput, None);
        if let Some(pipeline) = self.pipelines.get_mut(&pipeline) {
            pipeline.takes_input = false;
        }
        Ok(())
    }

    /// Answers a host call. An answer with a secret waits for the session key, if one is needed and there is none; see
    /// [`Self::wants_key_pair`].
    pub fn answer_host_call(&mut self, response: &HostResponse) {
        let (message, body) = response.to_message();
        let header = self.header(response.pipeline, message);
        let sent = self.outbox.push_response(|out| {
            header.write(out);
            clixml::encode_with(&body, &self.keys.secrets, out)
        });
        if !sent {
            self.keys.hold(Held::Response(Box::new(response.clone())));
        }
    }

    /// Asks how many runspaces are free. Gives the call's number, which [`Event::Availability`] repeats.
    pub fn get_available_runspaces(&mut self) -> i64 {
        self.call(MessageType::GetAvailableRunspaces, None)
    }

    /// Sets the fewest runspaces that the server keeps. Gives the call's number.
    pub fn set_min_runspaces(&mut self, min: i32) -> i64 {
        self.call(MessageType::SetMinRunspaces, Some(("MinRunspaces", min)))
    }

    /// Sets the most runspaces at a time. Gives the call's number.
    pub fn set_max_runspaces(&mut self, max: i32) -> i64 {
        self.call(MessageType::SetMaxRunspaces, Some(("MaxRunspaces", max)))
    }

    /// Resets the variables of the runspace. Gives the call's number.
    pub fn reset_runspace_state(&mut self) -> i64 {
        self.call(MessageType::ResetRunspaceState, None)
    }

    /// Forgets a pipeline and what waits to be sent to it: after its command was terminated.
    pub fn remove_pipeline(&mut self, pipeline: Uuid) {
        self.pipelines.remove(&pipeline);
        self.outbox.remove(pipeline);
        self.keys.forget(pipeline);
    }

    /// The next piece to send, of up to `max_bytes` but at least one fragment. A pipeline's first fragment comes
    /// alone, since it goes into WS-Management's Command; the others must wait until that is answered.
    pub fn poll_transmit(&mut self, max_bytes: usize) -> Option<Transmit> {
        if self.state == RunspacePoolState::Disconnected {
            return None;
        }
        self.outbox.poll(max_bytes)
    }

    /// Bytes that wait to be sent to a pipeline, or to the pool itself.
    pub fn queued(&self, pipeline: Option<Uuid>) -> usize {
        self.outbox.queued(pipeline).saturating_add(self.keys.queued(pipeline))
    }

    fn reassembler(&mut self, pipeline: Option<Uuid>) -> Result<&mut Reassembler, ProtocolError> {
        match pipeline {
            None => Ok(&mut self.reassembler),
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => Ok(&mut pipeline.reassembler),
                None => Err(ProtocolError::UnknownPipeline(id)),
            },
        }
    }

    fn check_input(&self, pipeline: Uuid, message: MessageType) -> Result<(), ProtocolError> {
        let state = self.pipelines.get(&pipeline).ok_or(ProtocolError::UnknownPipeline(pipeline))?;
        if state.takes_input { Ok(()) } else { Err(ProtocolError::Unexpected { message }) }
    }

    fn start(&mut self, message: MessageType, body: &PsValue, takes_input: bool) -> Uuid {
        let id = self.new_pipeline_id();
        let pipeline = Pipeline {
            state: PipelineState::NotStarted,
            takes_input,
            reassembler: Reassembler::new(self.options.max_message_len),
        };
        self.pipelines.insert(id, pipeline);
        self.send_command(id, message, body);
        id
    }

    /// Sends a pipeline's first message, as soon as its secrets can be protected.
    fn send_command(&mut self, pipeline: Uuid, message: MessageType, body: &PsValue) {
        let header = self.header(Some(pipeline), message);
        let sent = self.outbox.push_command(pipeline, |out| {
            header.write(out);
            clixml::encode_with(body, &self.keys.secrets, out)
        });
        if !sent {
            self.keys.hold(Held::Command { pipeline, message, body: body.clone() });
        }
    }

    /// Ids need only be unique within the pool: they are the pool's random id plus a number.
    fn new_pipeline_id(&mut self) -> Uuid {
        let (high, low) = self.options.id.as_u64_pair();
        let id = Uuid::from_u64_pair(high, low.wrapping_add(self.next_pipeline));
        self.next_pipeline += 1;
        id
    }

    fn call(&mut self, message: MessageType, member: Option<(&'static str, i32)>) -> i64 {
        let call = self.next_call;
        self.next_call += 1;
        let body = match member {
            Some((name, value)) => notes([(name, value.into()), ("ci", call.into())]),
            None => notes([("ci", call.into())]),
        };
        self.send(None, message, Some(&body));
        call
    }

    /// Sends a message, as soon as its secrets can be protected, and behind what waits for that.
    fn send(&mut self, pipeline: Option<Uuid>, message: MessageType, body: Option<&PsValue>) {
        let header = self.header(pipeline, message);
        let sent = !pipeline.is_some_and(|pipeline| self.keys.holds(pipeline))
            && self.outbox.push(pipeline, |out| {
                header.write(out);
                body.is_none_or(|body| clixml::encode_with(body, &self.keys.secrets, out))
            });
        if !sent {
            self.keys.hold(Held::Message { pipeline, message, body: body.cloned() });
        }
    }

    fn header(&self, pipeline: Option<Uuid>, message: MessageType) -> Header {
        Header { destination: Destination::Server, message, pool: self.options.id, pipeline }
    }
}
