//! One pipeline, from the outside: its events, answers to its questions, its input.

use std::sync::Arc;

use postern_psrp::{
    host::{HostCall, HostResponse},
    records::{ErrorRecord, InformationRecord, InformationalRecord, ProgressRecord},
};
use postern_shared::value::PsValue;
use tokio::sync::{mpsc, oneshot};

use super::{Error, driver::Control, queue::EventQueue};

/// Something that a pipeline gave.
#[derive(Debug)]
pub enum PipelineEvent {
    /// An object on the output stream.
    Output(PsValue),
    /// A record on the error stream; the pipeline goes on.
    Error(Box<ErrorRecord>),
    /// A record on the warning stream.
    Warning(Box<InformationalRecord>),
    /// A record on the verbose stream.
    Verbose(Box<InformationalRecord>),
    /// A record on the debug stream.
    Debug(Box<InformationalRecord>),
    /// A record on the information stream.
    Information(Box<InformationRecord>),
    /// How an activity stands.
    Progress(Box<ProgressRecord>),
    /// The server wants something of the host. Unless its method is void, the pipeline waits for an answer.
    ///
    /// PowerShell sends warnings and progress, and with `-Verbose` and `-Debug` those too, as records *and* as void
    /// calls (`WriteWarningLine`, `WriteProgress`…): who shows the records passes over these calls.
    HostCall(Box<HostCall>),
    /// The last event.
    Ended(Ended),
}

/// How a pipeline ended.
#[derive(Debug)]
pub enum Ended {
    /// To its end; errors on the way are possible.
    Completed,
    /// By a terminating error.
    Failed(Box<ErrorRecord>),
    /// It was stopped.
    Stopped,
    /// Nobody knows: the session was lost or closed, or the server refused the command.
    Lost(Error),
}

/// A pipeline that was invoked. Dropping it stops the pipeline, if it still runs.
#[derive(Debug)]
pub struct Pipeline {
    /// The session's own number for it.
    key: u64,
    events: Arc<EventQueue<PipelineEvent>>,
    control: mpsc::UnboundedSender<Control>,
}

impl Pipeline {
    pub(super) fn new(
        key: u64,
        events: Arc<EventQueue<PipelineEvent>>,
        control: mpsc::UnboundedSender<Control>,
    ) -> Self {
        Self { key, events, control }
    }

    /// The next event; `None` after [`PipelineEvent::Ended`]. Cancel safe.
    ///
    /// Not reading holds the server back, and only this pipeline.
    pub async fn next(&mut self) -> Option<PipelineEvent> {
        self.events.pop().await
    }

    /// Answers a [`PipelineEvent::HostCall`]. A void call has no answer, and none may be given.
    pub fn answer(&self, response: HostResponse) {
        // A session that is gone needs no answer; `next` says that it is.
        let _ = self.control.send(Control::Answer(Box::new(response)));
    }

    /// The way in, to be used while [`Self::next`] is waited for: a pipeline writes while it reads, and one whose output
    /// nobody takes reads no further.
    pub fn input(&self) -> PipelineInput {
        PipelineInput { key: self.key, control: self.control.clone() }
    }

    /// As [`PipelineInput::send`], for little input.
    ///
    /// # Errors
    /// If the pipeline has ended or the session is gone.
    pub async fn send_input(&self, value: PsValue) -> Result<(), Error> {
        self.input().send(value).await
    }

    /// As [`PipelineInput::end`].
    ///
    /// # Errors
    /// If the pipeline has ended or the session is gone.
    pub async fn end_input(&self) -> Result<(), Error> {
        self.input().end().await
    }

    /// Stops the pipeline. What it has given until then still arrives, and then [`Ended::Stopped`].
    pub fn stop(&self) {
        let _ = self.control.send(Control::Stop { key: self.key });
    }
}

/// A pipeline's input.
#[derive(Clone, Debug)]
pub struct PipelineInput {
    key: u64,
    control: mpsc::UnboundedSender<Control>,
}

impl PipelineInput {
    /// Sends an object. Comes back when there is room for a next one: what is sent waits in a bounded queue, and many
    /// objects travel together.
    ///
    /// # Errors
    /// If the pipeline has ended or the session is gone.
    pub async fn send(&self, value: PsValue) -> Result<(), Error> {
        self.queue(Some(value)).await
    }

    /// Ends the input. Comes back once the server has all of it.
    ///
    /// # Errors
    /// If the pipeline has ended or the session is gone.
    pub async fn end(&self) -> Result<(), Error> {
        self.queue(None).await
    }

    async fn queue(&self, value: Option<PsValue>) -> Result<(), Error> {
        let (sent, result) = oneshot::channel();
        let _ = self.control.send(Control::Input { key: self.key, value, sent });
        result.await.unwrap_or(Err(Error::Closed))
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.events.abandon();
        let _ = self.control.send(Control::Stop { key: self.key });
    }
}
