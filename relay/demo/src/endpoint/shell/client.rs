//! The client of a shell: how it leaves, comes back, or is followed by another one (MS-WSMV 3.1.4.13 to 3.1.4.15).

use std::{sync::Arc, time::Duration};

use postern_psrp::message::RunspacePoolState;
use postern_shared::value::Uuid;
use postern_wsman::envelope::{CommandState, Fault, InputStream};

use super::Shell;

impl Shell {
    /// The client leaves; what waits for output ends.
    pub(in crate::endpoint) fn disconnect(
        &self,
        session_id: Option<&str>,
        idle_timeout: Option<Duration>,
    ) -> Result<(), Fault> {
        let mut state = self.open_state()?;
        self.presence.disconnect(session_id, idle_timeout)?;
        state.pool.disconnect();
        drop(state);
        self.wake();
        Ok(())
    }

    /// The same client is back.
    pub(in crate::endpoint) fn reconnect(&self, session_id: Option<&str>) -> Result<(), Fault> {
        let mut state = self.open_state()?;
        self.presence.reconnect(session_id)?;
        state.pool.reconnect();
        Ok(())
    }

    /// Another client takes the shell over, with the fragments of its `connectXml`. Gives those that answer them:
    /// `SESSION_CAPABILITY` and `RUNSPACEPOOL_INIT_DATA`. What the pool tells beside these can be received.
    pub(in crate::endpoint) fn connect(
        self: &Arc<Self>,
        session_id: Option<&str>,
        fragments: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let mut state = self.open_state()?;
        self.presence.check_disconnected()?;
        state.pool.replace_client();
        self.feed(&mut state, None, InputStream::Stdin, fragments)?;
        if state.pool.state() != RunspacePoolState::Opened {
            return Err(Fault::invalid_parameter("connectXml does not connect to the runspace pool."));
        }
        // Both are of one fragment.
        let mut answer = state.pool.poll_transmit(None, 0).unwrap_or_default();
        answer.extend(state.pool.poll_transmit(None, 0).unwrap_or_default());
        self.presence.connect(session_id);
        Ok(answer)
    }

    /// The client that has taken the shell over takes over a pipeline.
    pub(in crate::endpoint) fn connect_pipeline(&self, id: Uuid) -> Result<(), Fault> {
        let state = self.open_state()?;
        if state.pool.pipeline_state(id).is_some() { Ok(()) } else { Err(self.not_found()) }
    }

    /// The pipelines that were not terminated, and whether each is done.
    pub(in crate::endpoint) fn pipelines(&self) -> Vec<(Uuid, CommandState)> {
        let state = self.lock();
        let all = state.pool.pipelines();
        all.map(|id| (id, if state.pool.is_done(id) { CommandState::Done } else { CommandState::Running }))
            .collect()
    }
}
