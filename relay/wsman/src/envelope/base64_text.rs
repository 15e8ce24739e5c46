//! Base64 as it stands in an envelope: perhaps with white space around it or in it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::xml::EnvelopeError;

/// Appends the bytes that `text` stands for to `out`.
pub(crate) fn decode(text: &str, out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
    let text = text.trim_ascii();
    let start = out.len();
    if STANDARD.decode_vec(text, out).is_ok() {
        return Ok(());
    }
    // Some servers break lines; the common case above must not pay for it.
    out.truncate(start);
    let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode_vec(joined, out).map_err(|_| EnvelopeError::Base64)
}

/// Appends `bytes` in base64 to `out`.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    STANDARD.encode_string(bytes, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_no_data() {
        let mut out = b"before ".to_vec();
        decode("\n aGVs\r\n bG8= \n", &mut out).unwrap();
        assert_eq!(out, b"before hello");
        assert!(decode("aGVs!", &mut out).is_err());
    }
}
