//! What a client asks of its server.

use postern_shared::value::{PsValue, Uuid};

use crate::{
    host::HostResponse,
    message::{InitRunspacePool, MetadataQuery},
    pipeline::PipelineSpec,
};

/// What the client wants.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// To open the pool: answer with `open` or `refuse`.
    Open(Box<InitRunspacePool>),
    /// To invoke a pipeline: write its output, then `finish` it.
    CreatePipeline {
        /// Its id.
        pipeline: Uuid,
        /// What to invoke.
        spec: Box<PipelineSpec>,
    },
    /// To know commands and their parameters: write a [`crate::message::MetadataAnswer`] count, then one object a
    /// command, then `finish` it.
    CommandMetadata {
        /// The id of the pipeline that answers.
        pipeline: Uuid,
        /// What is asked for.
        query: Box<MetadataQuery>,
    },
    /// An input object.
    Input {
        /// Whose.
        pipeline: Uuid,
        /// The object.
        value: PsValue,
    },
    /// The end of the input.
    EndOfInput {
        /// Whose.
        pipeline: Uuid,
    },
    /// The answer to a host call.
    HostResponse(HostResponse),
    /// A client has connected to the pool, which an earlier one left. Already answered.
    Connected,
    /// To have the variables of the runspace reset. Already answered.
    ResetRunspaceState,
}
