//! The server's side of the key exchange (MS-PSRP sections 3.2.5.4.3 to 3.2.5.4.5), and what waits for its end.

use std::{collections::HashMap, sync::Arc};

use postern_shared::value::{PsValue, Uuid};

use super::RunspacePool;
use crate::{
    ProtocolError,
    members::notes,
    message::MessageType,
    secure::{Secrets, SessionKey},
};

/// What [`RunspacePool::queued`] counts for a message that waits for the key.
const HELD: usize = 4096;

/// How the key exchange stands.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// How secure strings travel now.
    pub(super) secrets: Secrets,
    /// The client was asked for its public key.
    requested: bool,
    /// Messages with secrets by their pipeline, and those that must not overtake them.
    held: HashMap<Uuid, Vec<(MessageType, Option<PsValue>)>>,
}

impl Keys {
    /// Whether a message of that pipeline waits, which later ones must not overtake.
    pub(super) fn holds(&self, pipeline: Uuid) -> bool {
        self.held.contains_key(&pipeline)
    }

    /// Keeps a message until there is a key for it.
    pub(super) fn hold(&mut self, pipeline: Uuid, message: MessageType, body: Option<&PsValue>) {
        self.held.entry(pipeline).or_default().push((message, body.cloned()));
    }

    pub(super) fn forget(&mut self, pipeline: Uuid) {
        self.held.remove(&pipeline);
    }

    pub(super) fn queued(&self, pipeline: Uuid) -> usize {
        self.held.get(&pipeline).map_or(0, Vec::len).saturating_mul(HELD)
    }
}

impl RunspacePool {
    /// Asks the client for its public key (`PUBLIC_KEY_REQUEST`), unless that is not needed. Something with a secret that
    /// is written before there is a key asks by itself, and waits with all that its pipeline writes after it.
    pub fn request_public_key(&mut self) {
        if matches!(self.keys.secrets, Secrets::Withheld) && !self.keys.requested {
            self.keys.requested = true;
            // The body is an empty string (section 2.2.2.5).
            self.write(None, MessageType::PublicKeyRequest, Some(&PsValue::Str("".into())));
        }
    }

    /// A client has taken the place of another: what waited for the other's key waits for this one's.
    pub(super) fn ask_for_held_secrets(&mut self) {
        if !self.keys.held.is_empty() {
            self.request_public_key();
        }
    }

    /// The client's public key has come: a session key is made and sent, and what waited for it is written.
    pub(super) fn take_public_key(&mut self, public_key: &str) -> Result<(), ProtocolError> {
        let key = SessionKey::generate()?;
        let sealed = key.seal(public_key)?;
        let body = notes([("EncryptedSessionKey", sealed.into())]);
        self.write(None, MessageType::EncryptedSessionKey, Some(&body));
        self.set_secrets(&Secrets::Encrypted(Arc::new(key)));
        for (pipeline, messages) in std::mem::take(&mut self.keys.held) {
            for (message, body) in messages {
                self.write(Some(pipeline), message, body.as_ref());
            }
        }
        Ok(())
    }

    /// From now on secure strings travel so, in both directions.
    pub(super) fn set_secrets(&mut self, secrets: &Secrets) {
        self.decoder.set_secrets(secrets.clone());
        self.keys.secrets = secrets.clone();
        self.keys.requested = false;
    }
}
