//! What a server tells its client.

use postern_shared::value::{PsValue, Uuid};

use crate::{
    host::HostCall,
    message::{Availability, RunspacePoolState},
    pipeline::PipelineState,
    records::{ErrorRecord, InformationRecord, InformationalRecord, ProgressRecord, UserEvent},
};

/// What happened on the server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The pool's state changed.
    PoolState {
        /// The new state.
        state: RunspacePoolState,
        /// Why it broke.
        error: Option<Box<ErrorRecord>>,
    },
    /// What the server's layer above says about itself: a dictionary, or null. Usually comes before the pool is open,
    /// but must not be waited for.
    ApplicationPrivateData(PsValue),
    /// The answer to a call of the pool.
    Availability {
        /// The call's number.
        call: i64,
        /// The answer.
        answer: Availability,
    },
    /// The pool's size, after connecting to it: it is open now.
    InitData {
        /// Fewest runspaces that the server keeps.
        min_runspaces: Option<i32>,
        /// Most runspaces at a time.
        max_runspaces: Option<i32>,
    },
    /// An event of the remote runspace.
    UserEvent(Box<UserEvent>),
    /// An output object.
    Output {
        /// Whose.
        pipeline: Uuid,
        /// The object.
        value: PsValue,
    },
    /// An error that does not end the pipeline.
    Error {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: Box<ErrorRecord>,
    },
    /// A warning.
    Warning {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: InformationalRecord,
    },
    /// A verbose record.
    Verbose {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: InformationalRecord,
    },
    /// A debug record.
    Debug {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: InformationalRecord,
    },
    /// An information record.
    Information {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: InformationRecord,
    },
    /// A progress record.
    Progress {
        /// Whose.
        pipeline: Uuid,
        /// The record.
        record: ProgressRecord,
    },
    /// The server calls the host.
    HostCall(HostCall),
    /// A pipeline's state changed.
    PipelineState {
        /// Whose.
        pipeline: Uuid,
        /// The new state.
        state: PipelineState,
        /// The terminating error that ended it.
        error: Option<Box<ErrorRecord>>,
    },
}
