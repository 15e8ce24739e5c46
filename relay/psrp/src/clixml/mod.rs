//! CLIXML (MS-PSRP section 2.2.5). Only the names that the rest of the crate uses: reading and writing follow.

use postern_shared::value::PsValue;
use thiserror::Error;

/// Bounds of what a document may hold.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Limits {}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClixmlError {
    /// Reading is not there yet.
    #[error("CLIXML cannot be read yet")]
    Unread,
}

/// Reads documents, and shares type names and names of members between them.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    deserialized: bool,
}

impl Decoder {
    /// A decoder with these bounds.
    pub fn new(limits: Limits) -> Self {
        Self { limits, deserialized: false }
    }

    /// Whether `Deserialized.` is put before type names, as a client does.
    #[must_use]
    pub fn deserialized(self, on: bool) -> Self {
        Self { deserialized: on, ..self }
    }

    /// Reads one value.
    pub fn decode(&mut self, xml: &[u8]) -> Result<PsValue, ClixmlError> {
        let _ = (&self.limits, self.deserialized);
        if xml.is_empty() { Ok(PsValue::Null) } else { Err(ClixmlError::Unread) }
    }
}

/// Writes a value.
pub fn encode(_value: &PsValue, _out: &mut Vec<u8>) {}
