//! The cmdlets, a file a family. A family is listed here and nowhere else.

pub mod discovery;
pub mod objects;
pub mod streams;

use crate::cmdlet::Registry;

/// All cmdlets of the demo endpoint.
pub const ALL: Registry = Registry::new(&[discovery::CMDLETS, objects::CMDLETS, streams::CMDLETS]);
