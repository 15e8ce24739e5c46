//! CLIXML documents, for Export-Clixml and Import-Clixml.

use postern_engine::host::Clixml;
use postern_psrp::clixml::{Decoder, Limits, encode_document};
use postern_shared::value::{PsStr, PsValue};

/// Writes and reads documents.
pub(super) struct Documents;

impl Clixml for Documents {
    fn encode(&self, values: &[PsValue]) -> Vec<u8> {
        let mut document = Vec::new();
        encode_document(values, &mut document);
        document
    }

    fn decode(&self, document: &[u8]) -> Result<Vec<PsValue>, PsStr> {
        let mut decoder = Decoder::new(Limits::default()).deserialized(true);
        decoder.decode_all(document).map_err(|error| PsStr::from(error.to_string()))
    }
}
