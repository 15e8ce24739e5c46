//! How keys are written: the forms of the Windows `CryptoAPI`, little-endian (MS-PSRP sections 2.2.2.3 and 2.2.2.4).

/// `PUBLICKEYBLOB`, version 2, reserved, `CALG_RSA_KEYX`, `RSA1`.
const PUBLIC: [u8; 12] = [6, 2, 0, 0, 0, 0xA4, 0, 0, b'R', b'S', b'A', b'1'];
/// `SIMPLEBLOB`, version 2, reserved, `CALG_AES_256`, `CALG_RSA_KEYX`. PowerShell writes version 2, the specification's
/// own example and psrpcore write type 1 alone: the bytes after the type are not compared.
const SIMPLE: [u8; 12] = [1, 2, 0, 0, 0x10, 0x66, 0, 0, 0, 0xA4, 0, 0];

/// A public key: exponent and modulus, big-endian.
pub(super) struct PublicKey {
    pub(super) exponent: [u8; 4],
    pub(super) modulus: Vec<u8>,
}

impl PublicKey {
    pub(super) fn write(&self) -> Vec<u8> {
        let bits = u32::try_from(self.modulus.len().saturating_mul(8)).unwrap_or(u32::MAX);
        let mut bytes = PUBLIC.to_vec();
        bytes.extend_from_slice(&bits.to_le_bytes());
        bytes.extend(self.exponent.iter().rev());
        bytes.extend(self.modulus.iter().rev());
        bytes
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&PUBLIC)?;
        let (bits, rest) = rest.split_first_chunk()?;
        let (exponent, modulus) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*bits)).ok()?.div_ceil(8);
        if modulus.len() != length {
            return None;
        }
        let mut exponent = *exponent;
        exponent.reverse();
        Some(Self { exponent, modulus: modulus.iter().rev().copied().collect() })
    }
}

/// A session key, encrypted; big-endian outside, little-endian in the blob.
pub(super) fn write_session_key(encrypted: &[u8]) -> Vec<u8> {
    let mut bytes = SIMPLE.to_vec();
    bytes.extend(encrypted.iter().rev());
    bytes
}

/// Reads what [`write_session_key`] wrote.
pub(super) fn read_session_key(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, encrypted) = bytes.split_first_chunk::<12>()?;
    let is_simple = header[0] == SIMPLE[0] && header[4..] == SIMPLE[4..];
    (is_simple && !encrypted.is_empty()).then(|| encrypted.iter().rev().copied().collect())
}
