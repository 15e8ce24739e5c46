//! Whether a shell has a client: disconnecting it, coming back, and what is told of it in a list (MS-WSMV 3.1.4.13 to
//! 3.1.4.15). Also the last answers to Receive, which a client whose connection broke asks for again.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use postern_wsman::envelope::{Fault, code};

/// Answers that are kept: each may be an envelope of half a megabyte. A client has one Receive under way for the pool and
/// one for each pipeline that runs, which is one or two.
const KEPT_ANSWERS: usize = 4;

/// What is known of a shell beside its runspace pool.
pub(super) struct Presence {
    pub(super) resource_uri: String,
    pub(super) name: Option<String>,
    pub(super) client_ip: String,
    pub(super) created: Instant,
    state: Mutex<State>,
}

struct State {
    connected: bool,
    /// Whether that client is another one than the shell was created by.
    taken_over: bool,
    /// How often a client has left.
    departures: u64,
    /// `SessionId` of the client that has the shell.
    session_id: Option<String>,
    /// How long the shell may be without a client, as that client said.
    idle_timeout: Option<Duration>,
    /// Answers to Receive by the request's message id, the newest last.
    answers: VecDeque<(String, String)>,
}

impl Presence {
    pub(super) fn new(
        resource_uri: &str,
        name: Option<&str>,
        client_ip: &str,
        session_id: Option<&str>,
    ) -> Self {
        Self {
            resource_uri: resource_uri.to_owned(),
            name: name.map(str::to_owned),
            client_ip: client_ip.to_owned(),
            created: Instant::now(),
            state: Mutex::new(State {
                connected: true,
                taken_over: false,
                departures: 0,
                session_id: session_id.map(str::to_owned),
                idle_timeout: None,
                answers: VecDeque::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_connected(&self) -> bool {
        self.lock().connected
    }

    /// How often a client has left: what it had under way ends, whoever has the shell then.
    pub(super) fn departures(&self) -> u64 {
        self.lock().departures
    }

    /// How long the shell may be unused now, if not as long as any.
    pub(super) fn idle_timeout(&self) -> Option<Duration> {
        let state = self.lock();
        state.idle_timeout.filter(|_| !state.connected)
    }

    /// Whether the shell takes more than Reconnect, Connect and Delete, and from this client.
    pub(super) fn check_connected(&self, session_id: Option<&str>) -> Result<(), Fault> {
        let state = self.lock();
        match (state.connected, state.taken_over) {
            (false, _) => Err(disconnected(code::SHELL_DISCONNECTED)),
            (true, true) => state.check_session(session_id),
            (true, false) => Ok(()),
        }
    }

    /// The client leaves, for at most that long.
    pub(super) fn disconnect(
        &self,
        session_id: Option<&str>,
        idle_timeout: Option<Duration>,
    ) -> Result<(), Fault> {
        let mut state = self.lock();
        state.check_session(session_id)?;
        if !state.connected {
            return Err(Fault::shell_state(
                code::DISCONNECT_NOT_VALID,
                "The disconnect operation is not valid. The shell is disconnected already.",
            ));
        }
        state.connected = false;
        state.departures += 1;
        state.idle_timeout = idle_timeout;
        Ok(())
    }

    /// The same client is back.
    pub(super) fn reconnect(&self, session_id: Option<&str>) -> Result<(), Fault> {
        let mut state = self.lock();
        state.check_session(session_id)?;
        if state.connected {
            return Err(Fault::shell_state(
                code::RECONNECT_NOT_VALID,
                "The reconnect operation is not valid. The shell is connected already.",
            ));
        }
        state.connected = true;
        Ok(())
    }

    /// Another client has taken over.
    pub(super) fn connect(&self, session_id: Option<&str>) {
        let mut state = self.lock();
        (state.connected, state.taken_over) = (true, true);
        state.session_id = session_id.map(str::to_owned);
        state.idle_timeout = None;
        state.answers.clear();
    }

    /// Whether another client may take over.
    pub(super) fn check_disconnected(&self) -> Result<(), Fault> {
        if !self.is_connected() {
            return Ok(());
        }
        Err(Fault::shell_state(
            code::CONNECTED_TO_DIFFERENT_CLIENT,
            "The shell cannot be connected to because another client is connected to it.",
        ))
    }

    /// The answer that this very request was given before.
    pub(super) fn answer_to(&self, message_id: &str) -> Option<String> {
        let state = self.lock();
        state.answers.iter().find(|(id, _)| id == message_id).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer for the case that it does not arrive.
    pub(super) fn keep_answer(&self, message_id: &str, answer: &str) {
        if message_id.is_empty() {
            return;
        }
        let mut state = self.lock();
        if state.answers.len() >= KEPT_ANSWERS {
            state.answers.pop_front();
        }
        state.answers.push_back((message_id.to_owned(), answer.to_owned()));
    }
}

impl State {
    fn check_session(&self, session_id: Option<&str>) -> Result<(), Fault> {
        if self.session_id.as_deref() == session_id {
            return Ok(());
        }
        Err(Fault::shell_state(
            code::SESSION_ID_MISMATCH,
            "The request's SessionId is not the one of the client that the shell belongs to.",
        ))
    }
}

/// The shell has no client.
pub(super) fn disconnected(code: u32) -> Fault {
    Fault::shell_state(code, "The operation cannot be carried out because the shell is disconnected.")
}
