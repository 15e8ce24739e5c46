//! Leaving a pool and coming back to it (MS-PSRP sections 3.1.4.9 to 3.1.4.12).
//!
//! The transport's messages do the work: a client that disconnects and reconnects in the same process says nothing in PSRP
//! and goes on where it was. A pool of an earlier process is connected to with [`RunspacePool::connection_data`], and each of
//! its pipelines that the transport still knows is taken over with [`RunspacePool::attach_pipeline`].

use postern_shared::value::{PsValue, Uuid};

use super::{Pipeline, RunspacePool};
use crate::{
    ProtocolError, clixml,
    fragment::{FragmentBuffer, Reassembler},
    members::notes_object,
    message::{Destination, Header, MessageType, RunspacePoolState, SessionCapability},
    pipeline::PipelineState,
};

impl RunspacePool {
    /// The transport has disconnected. Nothing is sent until [`Self::reconnected`]; what is asked for meanwhile waits.
    pub fn disconnected(&mut self) {
        if self.state == RunspacePoolState::Opened {
            self.state = RunspacePoolState::Disconnected;
            self.move_pipelines(PipelineState::Disconnected);
        }
    }

    /// The transport has reconnected. Output goes on where it stopped, also within a fragment.
    pub fn reconnected(&mut self) {
        if self.state == RunspacePoolState::Disconnected {
            self.state = RunspacePoolState::Opened;
            self.move_pipelines(PipelineState::Running);
        }
    }

    /// The fragments that connect to a pool of an earlier process (`SESSION_CAPABILITY` and `CONNECT_RUNSPACEPOOL`):
    /// WS-Management's `connectXml`. The pool's id is the one in the options. It is open once its
    /// [`super::Event::InitData`] has come.
    ///
    /// # Errors
    /// If the operating system gives no random numbers, which keep the ids of new pipelines apart from those there are.
    pub fn connection_data(&mut self) -> Result<Vec<u8>, ProtocolError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|why| ProtocolError::NoRandomness(why.to_string()))?;
        self.next_pipeline = u64::from_le_bytes(random) >> 1;
        self.state = RunspacePoolState::Connecting;
        let capability = SessionCapability::new(self.options.protocol_version).to_value();
        let mut size = notes_object([]);
        size.extended.set("MinRunspaces", self.options.min_runspaces);
        size.extended.set("MaxRunspaces", self.options.max_runspaces);
        Ok(self.opening_data([
            (MessageType::SessionCapability, capability),
            (MessageType::ConnectRunspacePool, size.into()),
        ]))
    }

    /// Takes over a pipeline that an earlier process invoked. Its output can be received from now on, beginning with the next
    /// whole message; its input is over.
    ///
    /// # Errors
    /// If this pool has the pipeline already.
    pub fn attach_pipeline(&mut self, pipeline: Uuid) -> Result<(), ProtocolError> {
        if self.pipelines.contains_key(&pipeline) {
            return Err(ProtocolError::Unexpected { message: MessageType::CreatePipeline });
        }
        let attached = Pipeline {
            state: PipelineState::Running,
            takes_input: false,
            reassembler: Reassembler::joining(self.options.max_message_len),
        };
        self.pipelines.insert(pipeline, attached);
        Ok(())
    }

    /// Two messages of the pool itself that go with the transport's own.
    pub(super) fn opening_data(&mut self, messages: [(MessageType, PsValue); 2]) -> Vec<u8> {
        let mut fragments = FragmentBuffer::default();
        let pool = self.options.id;
        for (message, body) in messages {
            let header = Header { destination: Destination::Server, message, pool, pipeline: None };
            fragments.write(self.outbox.next_object(), |out| {
                header.write(out);
                clixml::encode(&body, out);
            });
        }
        fragments.take(usize::MAX).unwrap_or_default()
    }

    /// Puts the pipelines that have not ended into another state.
    fn move_pipelines(&mut self, to: PipelineState) {
        for pipeline in self.pipelines.values_mut().filter(|pipeline| !pipeline.state.is_final()) {
            pipeline.state = to;
        }
    }
}
