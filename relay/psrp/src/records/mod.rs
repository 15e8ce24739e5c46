//! Records of the streams (MS-PSRP sections 2.2.2.12, 2.2.2.20 and 2.2.2.22 to 2.2.2.26, 2.2.3.15, 2.2.3.16).
//!
//! Each reads what it can from an object and never fails: a record without a message is still a record. Members
//! that it does not know are kept and written again.

mod error;
mod information;
mod informational;
mod invocation;
mod progress;
mod user_event;

use postern_shared::value::{Properties, PsValue};

pub use self::{
    error::{ErrorCategory, ErrorCategoryInfo, ErrorDetails, ErrorRecord, InnerException},
    information::{HostMessage, InformationRecord},
    informational::{InformationalKind, InformationalRecord},
    invocation::InvocationInfo,
    progress::{ProgressKind, ProgressRecord},
    user_event::UserEvent,
};

/// The extended members whose names `is_known` does not know.
fn others(value: &PsValue, is_known: impl Fn(&str) -> bool) -> Properties {
    let Some(object) = value.as_object() else { return Properties::default() };
    object
        .extended
        .iter()
        .filter(|(name, _)| !is_known(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
