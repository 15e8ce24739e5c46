//! The client's pair of keys.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rsa::{Generate as _, PrivateKey, traits::PublicKeyParts as _};
use zeroize::Zeroizing;

use super::{KeyError, SessionKey, blob};

/// What errors call the key that the server sends.
const SESSION_KEY: &str = "session key";

/// A pair of RSA keys of 2048 bits, made for one session. The private one is zeroed when it is dropped.
pub struct KeyPair(PrivateKey);

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

impl KeyPair {
    /// Makes a pair. That keeps a processor busy for some tenths of a second: not in a thread that others wait for.
    ///
    /// # Errors
    /// If the operating system gives no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        PrivateKey::try_generate().map(Self).map_err(|why| KeyError::NotMade(why.to_string()))
    }

    /// The public key as it travels in `PUBLIC_KEY` (MS-PSRP section 2.2.2.3), in base64.
    pub fn public_key(&self) -> String {
        let mut exponent = [0; 4];
        let bytes = self.0.e_bytes();
        for (to, from) in exponent.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        STANDARD.encode(blob::PublicKey { exponent, modulus: self.0.n_bytes().into_vec() }.write())
    }

    /// Reads what came in `ENCRYPTED_SESSION_KEY` (section 2.2.2.4).
    ///
    /// # Errors
    /// If it is no such key, or not one for this pair.
    pub fn open(&self, encrypted: &str) -> Result<SessionKey, KeyError> {
        let bytes = STANDARD.decode(encrypted.trim()).map_err(|_| KeyError::Malformed(SESSION_KEY))?;
        let encrypted = blob::read_session_key(&bytes).ok_or(KeyError::Malformed(SESSION_KEY))?;
        let unusable = |why: String| KeyError::Unusable { what: SESSION_KEY, why };
        // One answer for each pair is decrypted, so that nobody can learn from how long it takes.
        let key = self.0.pkcs1v15_decrypt(&encrypted).map_err(|why| unusable(why.to_string()))?;
        let key = Zeroizing::new(key);
        SessionKey::from_bytes(&key).ok_or_else(|| unusable(format!("it has {} bytes, not 32", key.len())))
    }
}
