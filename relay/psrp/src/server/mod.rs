//! The server's side of a runspace pool and its pipelines (MS-PSRP section 3.2), without I/O.
//!
//! What the client sent goes into [`RunspacePool::handle_data`] and comes out as [`Event`]s; output is written with the
//! `write_…` methods straight into the fragments that [`RunspacePool::poll_transmit`] hands out. Who writes looks at
//! [`RunspacePool::queued`] and waits while much is queued: this crate holds what it is given.

mod event;
mod incoming;
mod keys;

use std::collections::{HashMap, VecDeque};

use postern_shared::value::{PsValue, PsVersion, Uuid};

pub use self::event::Event;
use self::keys::Keys;
use crate::{
    ProtocolError,
    client::Stream,
    clixml,
    fragment::{FragmentBuffer, Reassembler},
    host::{HostCall, HostRequest},
    members::{dictionary, notes, notes_object, primitive_dictionary},
    message::{Destination, Header, InitRunspacePool, MessageType, RunspacePoolState, SessionCapability},
    pipeline::PipelineState,
    records::{
        ErrorRecord, InformationRecord, InformationalKind, InformationalRecord, ProgressRecord, UserEvent,
    },
};

/// Protocol version that a server answers with unless told otherwise: that of Windows PowerShell 5.1.
pub const PROTOCOL_VERSION: PsVersion = PsVersion::new(2, 3);
/// Longest message of a client: what PowerShell's own servers take (`MaximumReceivedObjectSize`).
pub const MAX_MESSAGE_LEN: usize = 10 << 20;
/// Pipelines that a client may have at a time, finished ones included until they are removed.
pub const MAX_PIPELINES: usize = 64;
/// Bytes of the pool's own output that may wait before no more messages are taken: a client that asks and asks, and
/// never reads the answers. It is many thousand answers.
const MAX_POOL_OUTPUT: usize = 1 << 20;
/// Host calls that wait for an answer at a time: a pipeline asks one question after the other.
const MAX_OPEN_CALLS: usize = 1024;

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// Protocol version to answer with.
    pub protocol_version: PsVersion,
    /// Longest message that is accepted, in bytes.
    pub max_message_len: usize,
    /// Bounds of what a message may hold.
    pub clixml: clixml::Limits,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            protocol_version: PROTOCOL_VERSION,
            max_message_len: MAX_MESSAGE_LEN,
            clixml: clixml::Limits::default(),
        }
    }
}

/// A client's runspace pool, as the server sees it.
pub struct RunspacePool {
    options: PoolOptions,
    /// Null until the client's first message names it.
    id: Uuid,
    state: RunspacePoolState,
    client: Option<SessionCapability>,
    init: Option<InitRunspacePool>,
    /// What the client was told as `APPLICATION_PRIVATE_DATA`.
    private_data: PsValue,
    pipelines: HashMap<Uuid, Pipeline>,
    input: Reassembler,
    responses: Reassembler,
    decoder: clixml::Decoder,
    events: VecDeque<Event>,
    output: FragmentBuffer,
    keys: Keys,
    /// Host calls that wait for an answer.
    calls: HashMap<i64, Option<Uuid>>,
    next_call: i64,
    next_object: u64,
}

struct Pipeline {
    state: PipelineState,
    takes_input: bool,
    input: Reassembler,
    responses: Reassembler,
    output: FragmentBuffer,
}

impl RunspacePool {
    /// A pool that waits for its client's first messages.
    pub fn new(options: PoolOptions) -> Self {
        Self {
            id: Uuid::nil(),
            state: RunspacePoolState::BeforeOpen,
            client: None,
            init: None,
            private_data: PsValue::Null,
            pipelines: HashMap::new(),
            input: Reassembler::new(options.max_message_len),
            responses: Reassembler::new(options.max_message_len),
            decoder: clixml::Decoder::new(options.clixml),
            events: VecDeque::new(),
            output: FragmentBuffer::default(),
            keys: Keys::default(),
            calls: HashMap::new(),
            next_call: 1,
            next_object: 1,
            options,
        }
    }

    /// The pool's id; null until the client named it.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The pool's state.
    pub fn state(&self) -> RunspacePoolState {
        self.state
    }

    /// The client's versions, once it told them.
    pub fn client_capability(&self) -> Option<&SessionCapability> {
        self.client.as_ref()
    }

    /// What the client opened the pool with.
    pub fn init(&self) -> Option<&InitRunspacePool> {
        self.init.as_ref()
    }

    /// A pipeline's state; `None` if there is no such pipeline.
    pub fn pipeline_state(&self, pipeline: Uuid) -> Option<PipelineState> {
        self.pipelines.get(&pipeline).map(|pipeline| pipeline.state)
    }

    /// The pipelines that there are, ended ones that were not removed included.
    pub fn pipelines(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.pipelines.keys().copied()
    }

    /// Whether a pipeline ended and all of its output was taken: WS-Management's command is done.
    pub fn is_done(&self, pipeline: Uuid) -> bool {
        self.pipelines
            .get(&pipeline)
            .is_none_or(|own| own.state.is_final() && own.output.is_empty() && !self.keys.holds(pipeline))
    }

    /// Makes room for a pipeline's data: call it with WS-Management's command id before the command's arguments
    /// are given to [`Self::handle_data`].
    pub fn add_pipeline(&mut self, pipeline: Uuid) -> Result<(), ProtocolError> {
        let message = MessageType::CreatePipeline;
        if self.pipelines.len() >= MAX_PIPELINES || self.pipelines.contains_key(&pipeline) {
            return Err(ProtocolError::Unexpected { message });
        }
        let reassembler = || Reassembler::new(self.options.max_message_len);
        let new = Pipeline {
            state: PipelineState::NotStarted,
            takes_input: false,
            input: reassembler(),
            responses: reassembler(),
            output: FragmentBuffer::default(),
        };
        self.pipelines.insert(pipeline, new);
        Ok(())
    }

    /// Takes what a Create, Command or Send brought. The data may be cut anywhere.
    ///
    /// All of it is handled even if a message in it is bad; the first error is given. See
    /// [`ProtocolError::is_fatal`].
    pub fn handle_data(
        &mut self,
        pipeline: Option<Uuid>,
        stream: Stream,
        data: &[u8],
    ) -> Result<(), ProtocolError> {
        let mut reassembler = std::mem::take(self.reassembler(pipeline, stream)?);
        let mut result = Ok(());
        let fed = reassembler.feed(data, |message| {
            let handled = self.handle_message(pipeline, message);
            if result.is_ok() {
                result = handled;
            }
        });
        if let Ok(slot) = self.reassembler(pipeline, stream) {
            *slot = reassembler;
        }
        fed?;
        result
    }

    /// What the client wants next. Everything that a call of [`Self::handle_data`] caused should be taken before the
    /// next call, so that no more than one request's data is kept.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Opens the pool. `private_data` are the entries of the dictionary that the client gets as
    /// `APPLICATION_PRIVATE_DATA`; it comes before the state, since clients do not wait for it.
    pub fn open(&mut self, private_data: Vec<(PsValue, PsValue)>) {
        self.private_data = dictionary(primitive_dictionary(), private_data);
        self.write_private_data();
        self.set_state(RunspacePoolState::Opened, None);
    }

    /// Tells the client that the pool cannot be opened, or not be used any more.
    pub fn refuse(&mut self, error: &ErrorRecord) {
        self.set_state(RunspacePoolState::Broken, Some(error));
    }

    /// Tells the client that the pool is closed.
    pub fn close(&mut self) {
        self.set_state(RunspacePoolState::Closed, None);
    }

    /// The transport has disconnected the client. What pipelines write waits, within what [`Self::queued`] allows them;
    /// nothing is taken from the client until it has reconnected or another one has connected.
    pub fn disconnect(&mut self) {
        if self.state == RunspacePoolState::Opened {
            self.state = RunspacePoolState::Disconnected;
        }
    }

    /// The transport has reconnected the same client, which goes on where it was.
    pub fn reconnect(&mut self) {
        if self.state == RunspacePoolState::Disconnected {
            self.state = RunspacePoolState::Opened;
        }
    }

    /// Another client is about to connect to a disconnected pool. What the former one had sent in part, and what of the
    /// pool's own output waited for it, is dropped; the output of pipelines stays.
    pub fn replace_client(&mut self) {
        let limit = self.options.max_message_len;
        (self.input, self.responses) = (Reassembler::new(limit), Reassembler::new(limit));
        self.output = FragmentBuffer::default();
        for pipeline in self.pipelines.values_mut() {
            (pipeline.input, pipeline.responses) = (Reassembler::new(limit), Reassembler::new(limit));
        }
    }

    /// Writes an event of the runspace.
    pub fn write_user_event(&mut self, event: &UserEvent) {
        self.write(None, MessageType::UserEvent, Some(&event.to_value()));
    }

    /// Writes an output object. Gives the bytes that now wait to be sent to the client.
    pub fn write_output(&mut self, pipeline: Uuid, value: &PsValue) -> Result<usize, ProtocolError> {
        self.write_record(pipeline, MessageType::PipelineOutput, value)
    }

    /// Writes an error that does not end the pipeline; as [`Self::write_output`].
    pub fn write_error(&mut self, pipeline: Uuid, record: &ErrorRecord) -> Result<usize, ProtocolError> {
        self.write_record(pipeline, MessageType::ErrorRecord, &record.to_value())
    }

    /// Writes a warning, verbose or debug record; as [`Self::write_output`].
    pub fn write_informational(
        &mut self,
        pipeline: Uuid,
        kind: InformationalKind,
        record: &InformationalRecord,
    ) -> Result<usize, ProtocolError> {
        let message = match kind {
            InformationalKind::Warning => MessageType::WarningRecord,
            InformationalKind::Verbose => MessageType::VerboseRecord,
            InformationalKind::Debug => MessageType::DebugRecord,
        };
        self.write_record(pipeline, message, &record.to_value(kind))
    }

    /// Writes an information record; as [`Self::write_output`].
    pub fn write_information(
        &mut self,
        pipeline: Uuid,
        record: &InformationRecord,
    ) -> Result<usize, ProtocolError> {
        self.write_record(pipeline, MessageType::InformationRecord, &record.to_value())
    }

    /// Writes a progress record; as [`Self::write_output`].
    pub fn write_progress(
        &mut self,
        pipeline: Uuid,
        record: &ProgressRecord,
    ) -> Result<usize, ProtocolError> {
        self.write_record(pipeline, MessageType::ProgressRecord, &record.to_value())
    }

    /// Calls the client's host: a pipeline's, or the pool's. Gives the call with its number, which the
    /// [`Event::HostResponse`] repeats; a void method gets no response.
    pub fn call_host(
        &mut self,
        pipeline: Option<Uuid>,
        request: &HostRequest,
    ) -> Result<HostCall, ProtocolError> {
        let call = HostCall::new(self.next_call, pipeline, request);
        let (message, body) = call.to_message();
        if self.calls.len() >= MAX_OPEN_CALLS {
            return Err(ProtocolError::Unexpected { message });
        }
        if let Some(pipeline) = pipeline {
            self.running(pipeline, message)?;
        }
        if !call.method.is_void() {
            self.next_call += 1;
            self.calls.insert(call.id, pipeline);
        }
        self.write(pipeline, message, Some(&body));
        Ok(call)
    }

    /// Ends a pipeline: completed, failed by that error, or stopped.
    pub fn finish(
        &mut self,
        pipeline: Uuid,
        state: PipelineState,
        error: Option<&ErrorRecord>,
    ) -> Result<(), ProtocolError> {
        let message = MessageType::PipelineState;
        self.running(pipeline, message)?;
        let mut body = notes_object([("PipelineState", (state as i32).into())]);
        if let Some(error) = error {
            body.extended.set("ExceptionAsErrorRecord", error.to_value());
        }
        self.write(Some(pipeline), message, Some(&body.into()));
        if let Some(own) = self.pipelines.get_mut(&pipeline) {
            own.state = state;
        }
        if state.is_final() {
            self.calls.retain(|_, of| *of != Some(pipeline));
        }
        Ok(())
    }

    /// Forgets a pipeline and its output: its command was terminated.
    pub fn remove_pipeline(&mut self, pipeline: Uuid) {
        self.pipelines.remove(&pipeline);
        self.keys.forget(pipeline);
        self.calls.retain(|_, of| *of != Some(pipeline));
    }

    /// Bytes that wait to be sent to the client, of a pipeline or of the pool itself.
    pub fn queued(&self, pipeline: Option<Uuid>) -> usize {
        match pipeline {
            None => self.output.len(),
            Some(id) => {
                let written = self.pipelines.get(&id).map_or(0, |pipeline| pipeline.output.len());
                written.saturating_add(self.keys.queued(id))
            }
        }
    }

    /// Whole fragments of a pipeline or of the pool itself, of up to `max_bytes` but one at least if any waits: the
    /// answer to a Receive.
    pub fn poll_transmit(&mut self, pipeline: Option<Uuid>, max_bytes: usize) -> Option<Vec<u8>> {
        match pipeline {
            None => self.output.take(max_bytes),
            Some(id) => self.pipelines.get_mut(&id)?.output.take(max_bytes),
        }
    }

    fn reassembler(
        &mut self,
        pipeline: Option<Uuid>,
        stream: Stream,
    ) -> Result<&mut Reassembler, ProtocolError> {
        let (input, responses) = match pipeline {
            None => (&mut self.input, &mut self.responses),
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => (&mut pipeline.input, &mut pipeline.responses),
                None => return Err(ProtocolError::UnknownPipeline(id)),
            },
        };
        Ok(match stream {
            Stream::Stdin => input,
            Stream::PromptResponse => responses,
        })
    }

    /// The pipeline, if it did not end.
    fn running(&mut self, id: Uuid, message: MessageType) -> Result<&mut Pipeline, ProtocolError> {
        let pipeline = self.pipelines.get_mut(&id).ok_or(ProtocolError::UnknownPipeline(id))?;
        if pipeline.state.is_final() { Err(ProtocolError::Unexpected { message }) } else { Ok(pipeline) }
    }

    fn write_record(
        &mut self,
        pipeline: Uuid,
        message: MessageType,
        value: &PsValue,
    ) -> Result<usize, ProtocolError> {
        self.running(pipeline, message)?;
        // Null has no body, as PowerShell's server has it.
        self.write(Some(pipeline), message, Some(value).filter(|value| !value.is_null()));
        Ok(self.queued(Some(pipeline)))
    }

    /// Writes a message, as soon as its secrets can be protected, and behind what waits for that.
    fn write(&mut self, pipeline: Option<Uuid>, message: MessageType, body: Option<&PsValue>) {
        if let Some(id) = pipeline
            && self.keys.holds(id)
        {
            self.keys.hold(id, message, body);
            return;
        }
        let header = Header { destination: Destination::Client, message, pool: self.id, pipeline };
        let output = match pipeline {
            None => &mut self.output,
            Some(id) => match self.pipelines.get_mut(&id) {
                Some(pipeline) => &mut pipeline.output,
                None => return,
            },
        };
        let written = output.try_write(self.next_object, |out| {
            header.write(out);
            body.is_none_or(|body| clixml::encode_with(body, &self.keys.secrets, out) || pipeline.is_none())
        });
        self.next_object += 1;
        if let (false, Some(id)) = (written, pipeline) {
            self.keys.hold(id, message, body);
            self.request_public_key();
        }
    }

    fn write_private_data(&mut self) {
        let body = notes([("ApplicationPrivateData", self.private_data.clone())]);
        self.write(None, MessageType::ApplicationPrivateData, Some(&body));
    }

    fn set_state(&mut self, state: RunspacePoolState, error: Option<&ErrorRecord>) {
        self.state = state;
        let mut body = notes_object([("RunspaceState", (state as i32).into())]);
        if let Some(error) = error {
            body.extended.set("ExceptionAsErrorRecord", error.to_value());
        }
        self.write(None, MessageType::RunspacePoolState, Some(&body.into()));
    }
}
