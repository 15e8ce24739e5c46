//! The key of a session.

use std::fmt;

use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rsa::{BoxedUint, PublicKey};
use zeroize::Zeroizing;

use super::{KeyError, blob};

const KEY_LEN: usize = 32;
/// The protocol has none (MS-PSRP section 3.1.5.4.4); equal secrets look equal.
const NO_IV: [u8; 16] = [0; 16];
/// What errors call the key that the client sends.
const PUBLIC_KEY: &str = "public key";

/// An AES-256 key, under which the secure strings of one session travel. Zeroed when it is dropped.
pub struct SessionKey(Zeroizing<[u8; KEY_LEN]>);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

impl SessionKey {
    /// Makes a key.
    ///
    /// # Errors
    /// If the operating system gives no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        getrandom::fill(key.as_mut_slice()).map_err(|why| KeyError::NotMade(why.to_string()))?;
        Ok(Self(key))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Encrypts the key with what a client sent in `PUBLIC_KEY`, for `ENCRYPTED_SESSION_KEY` (section 2.2.2.4), in base64.
    ///
    /// # Errors
    /// If it is no public key of 1024 to 4096 bits.
    pub fn seal(&self, public_key: &str) -> Result<String, KeyError> {
        let bytes = STANDARD.decode(public_key.trim()).map_err(|_| KeyError::Malformed(PUBLIC_KEY))?;
        let key = blob::PublicKey::read(&bytes).ok_or(KeyError::Malformed(PUBLIC_KEY))?;
        let unusable = |why: rsa::Error| KeyError::Unusable { what: PUBLIC_KEY, why: why.to_string() };
        let number = BoxedUint::from_be_slice_vartime;
        let key = PublicKey::new(number(&key.modulus), number(&key.exponent)).map_err(unusable)?;
        let encrypted = key.pkcs1v15_encrypt(self.0.as_slice()).map_err(unusable)?;
        Ok(STANDARD.encode(blob::write_session_key(&encrypted)))
    }

    pub(super) fn encrypt(&self, clear: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<aes::Aes256>::new(&(*self.0).into(), &NO_IV.into())
            .encrypt_padded_vec::<Pkcs7>(clear)
    }

    pub(super) fn decrypt(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let cipher = cbc::Decryptor::<aes::Aes256>::new(&(*self.0).into(), &NO_IV.into());
        cipher.decrypt_padded_vec::<Pkcs7>(encrypted).ok().map(Zeroizing::new)
    }
}
