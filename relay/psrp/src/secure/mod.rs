//! Secure strings (MS-PSRP sections 2.2.5.1.24 and 3.1.5.4.3 to 3.1.5.4.5): the session key, and how both sides come
//! to have it.
//!
//! Up to protocol 2.3 the client makes a pair of RSA keys and sends the public one, and the server answers with a key for
//! AES that it made and encrypted with that. From 2.4 on there is none of this, and only the transport protects secrets.

mod blob;
mod key_pair;
mod session_key;

use std::sync::Arc;

use postern_shared::value::{PsVersion, SecureString};
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

pub use self::{key_pair::KeyPair, session_key::SessionKey};

/// The first protocol version without a key exchange.
const WITHOUT_KEYS_SINCE: (i32, i32) = (2, 4);

/// How secure strings travel.
#[derive(Clone, Debug, Default)]
pub enum Secrets {
    /// Not at all: there is no key yet. Their clear text is not written, and what arrives stays encrypted.
    #[default]
    Withheld,
    /// As UTF-16, protected by the transport alone.
    Clear,
    /// Under the session key.
    Encrypted(Arc<SessionKey>),
}

/// Why a key exchange failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The peer's key is not in the form of MS-PSRP section 2.2.2.3 or 2.2.2.4.
    #[error("the peer's {0} is malformed")]
    Malformed(&'static str),
    /// The peer's key is in the right form, and none that can be used.
    #[error("the peer's {what} cannot be used: {why}")]
    Unusable {
        /// Which key.
        what: &'static str,
        /// What the cryptography said.
        why: String,
    },
    /// The peer sent a key that nobody asked for.
    #[error("the peer sent a session key that was not asked for")]
    Unasked,
    /// The operating system gave no random numbers, or no primes were found with them.
    #[error("no key could be made: {0}")]
    NotMade(String),
}

impl Secrets {
    /// What two peers of these protocol versions begin with.
    pub(crate) fn between(own: PsVersion, peer: PsVersion) -> Self {
        let without_keys = |version: PsVersion| (version.major, version.minor) >= WITHOUT_KEYS_SINCE;
        if without_keys(own) && without_keys(peer) { Self::Clear } else { Self::Withheld }
    }

    /// The bytes of a secret on the wire; `None` if it has to wait for a key.
    pub(crate) fn protect(&self, secret: &SecureString) -> Option<Vec<u8>> {
        match (secret, self) {
            (SecureString::Encrypted(bytes), _) => Some(bytes.clone()),
            (SecureString::Clear(_), Self::Withheld) => None,
            (SecureString::Clear(text), Self::Clear) => Some(utf16(text).to_vec()),
            (SecureString::Clear(text), Self::Encrypted(key)) => Some(key.encrypt(&utf16(text))),
        }
    }

    /// The secret in bytes from the wire. What cannot be read, with this key or as text, stays as it came.
    pub(crate) fn reveal(&self, bytes: Vec<u8>) -> SecureString {
        let text = match self {
            Self::Withheld => None,
            Self::Clear => from_utf16(&bytes),
            Self::Encrypted(key) => key.decrypt(&bytes).and_then(|clear| from_utf16(&clear)),
        };
        match (text, self) {
            (Some(text), Self::Clear) => {
                let mut bytes = bytes;
                bytes.zeroize();
                SecureString::Clear(text)
            }
            (Some(text), _) => SecureString::Clear(text),
            (None, _) => SecureString::Encrypted(bytes),
        }
    }
}

/// UTF-16, little-endian, in a buffer that never moved and is zeroed.
fn utf16(text: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(2)));
    for unit in text.encode_utf16() {
        bytes.extend_from_slice(&unit.to_le_bytes());
    }
    bytes
}

fn from_utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    // A UTF-16 unit becomes three bytes at most, so that the text never moves.
    let mut text = Zeroizing::new(String::with_capacity(pairs.len().saturating_mul(3)));
    for character in char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))) {
        text.push(character.ok()?);
    }
    rest.is_empty().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "s\u{e9}cret \u{1f511}";

    fn clear(text: &str) -> SecureString {
        SecureString::Clear(Zeroizing::new(text.to_owned()))
    }

    /// WIRE 33: with 2.4 on both sides the transport alone protects secrets; with 2.3 on either, a key does.
    #[test]
    fn wire_33_secrets_by_version() {
        let (old, new) = (PsVersion::new(2, 3), PsVersion::new(2, 4));
        assert!(matches!(Secrets::between(new, new), Secrets::Clear));
        for (own, peer) in [(old, new), (new, old), (old, old)] {
            assert!(matches!(Secrets::between(own, peer), Secrets::Withheld));
        }
        // As PowerShell 7.6 writes it to its like.
        assert_eq!(
            Secrets::Clear.protect(&clear("s\u{e9}cret")).unwrap(),
            [0x73, 0, 0xE9, 0, 0x63, 0, 0x72, 0, 0x65, 0, 0x74, 0]
        );
    }

    #[test]
    fn secrets_come_back() {
        let key = Arc::new(SessionKey::generate().unwrap());
        for secrets in [Secrets::Clear, Secrets::Encrypted(key)] {
            for text in ["", TEXT, &"x".repeat(5000)] {
                let bytes = secrets.protect(&clear(text)).unwrap();
                assert_eq!(secrets.reveal(bytes), clear(text));
            }
        }
        assert_eq!(Secrets::Withheld.protect(&clear(TEXT)), None);
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_came() {
        let other = Secrets::Encrypted(Arc::new(SessionKey::generate().unwrap()));
        let lone_surrogate = vec![0x00, 0xD8];
        for (secrets, bytes) in [
            (Secrets::Withheld, vec![1, 2, 3]),
            (Secrets::Clear, vec![1, 2, 3]),
            (Secrets::Clear, lone_surrogate),
            (other.clone(), vec![7; 15]),
            (other, Vec::new()),
        ] {
            assert_eq!(secrets.reveal(bytes.clone()), SecureString::Encrypted(bytes));
        }
    }

    /// WIRE 25: base64, RSAES-PKCS1-v1_5 over a little-endian SIMPLEBLOB, then AES-256-CBC with a zero IV, UTF-16LE.
    #[test]
    fn wire_25_a_key_goes_from_server_to_client() {
        let pair = KeyPair::generate().unwrap();
        let key = SessionKey::generate().unwrap();
        let sealed = key.seal(&pair.public_key()).unwrap();
        let opened = pair.open(&sealed).unwrap();
        let secrets = |key| Secrets::Encrypted(Arc::new(key));
        let bytes = secrets(key).protect(&clear(TEXT)).unwrap();
        assert_eq!(bytes.len() % 16, 0);
        assert_eq!(secrets(opened).reveal(bytes), clear(TEXT));
        assert!(!format!("{pair:?}").contains(char::is_numeric));

        for wrong in ["", "%", "AAAA", &sealed[..sealed.len() - 4], &pair.public_key()] {
            assert!(pair.open(wrong).is_err(), "{wrong}");
            assert!(SessionKey::generate().unwrap().seal(&wrong[..wrong.len() / 2]).is_err(), "{wrong}");
        }
        let stranger = KeyPair::generate().unwrap();
        // What decrypts to nothing sensible is a key of the wrong length, or a key that reads nothing.
        if let Ok(key) = stranger.open(&sealed) {
            let bytes = Secrets::Clear.protect(&clear(TEXT)).unwrap();
            assert!(matches!(secrets(key).reveal(bytes), SecureString::Encrypted(_)));
        }
    }
}
