//! The client's side of the key exchange (MS-PSRP sections 3.1.5.4.3 to 3.1.5.4.5), and what waits for its end.

use std::{collections::VecDeque, sync::Arc};

use postern_shared::value::{PsValue, Uuid};

use super::RunspacePool;
use crate::{
    ProtocolError,
    host::HostResponse,
    members::notes,
    message::MessageType,
    secure::{KeyError, KeyPair, Secrets},
};

/// What [`RunspacePool::queued`] counts for a message that waits for the key.
const HELD: usize = 1024;

/// How the key exchange stands.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// How secure strings travel now.
    pub(super) secrets: Secrets,
    /// A pair is wanted: the server asked, or something with a secret is to be sent.
    wanted: bool,
    /// The pair whose public key was sent.
    sent: Option<Box<KeyPair>>,
    /// Messages with secrets, and those that must not overtake them.
    held: VecDeque<Held>,
}

/// A message that waits for the key.
#[derive(Debug)]
pub(super) enum Held {
    /// A pipeline's first message.
    Command { pipeline: Uuid, message: MessageType, body: PsValue },
    /// Another message of a pipeline, or of the pool.
    Message { pipeline: Option<Uuid>, message: MessageType, body: Option<PsValue> },
    /// An answer to a host call.
    Response(Box<HostResponse>),
}

impl Held {
    fn pipeline(&self) -> Option<Uuid> {
        match self {
            Self::Command { pipeline, .. } => Some(*pipeline),
            Self::Message { pipeline, .. } => *pipeline,
            Self::Response(_) => None,
        }
    }
}

impl Keys {
    /// Keeps a message with a secret until there is a key for it.
    pub(super) fn hold(&mut self, held: Held) {
        self.wanted |= self.sent.is_none();
        self.held.push_back(held);
    }

    /// Whether a message of that pipeline waits, which later ones must not overtake.
    pub(super) fn holds(&self, pipeline: Uuid) -> bool {
        // Nearly always empty.
        self.held.iter().any(|held| held.pipeline() == Some(pipeline))
    }

    pub(super) fn forget(&mut self, pipeline: Uuid) {
        self.held.retain(|held| held.pipeline() != Some(pipeline));
    }

    pub(super) fn queued(&self, pipeline: Option<Uuid>) -> usize {
        self.held.iter().filter(|held| held.pipeline() == pipeline).count().saturating_mul(HELD)
    }

    /// The server asks for the public key. One pair is made for a session: a server that asks again has the key, and
    /// one that needs none has no use for it.
    pub(super) fn requested(&mut self) {
        self.wanted |= self.sent.is_none() && matches!(self.secrets, Secrets::Withheld);
    }
}

impl RunspacePool {
    /// Whether [`Self::exchange_keys`] is to be called: the server asked for a public key, or something with a secret
    /// waits to be sent. Making a pair takes time, so that it is the caller's to choose where.
    pub fn wants_key_pair(&self) -> bool {
        self.keys.wanted
    }

    /// Sends the public key of a pair. What waits for the session key goes out once the server has sent that.
    pub fn exchange_keys(&mut self, pair: KeyPair) {
        self.keys.wanted = false;
        let body = notes([("PublicKey", pair.public_key().into())]);
        self.keys.sent = Some(Box::new(pair));
        self.send(None, MessageType::PublicKey, Some(&body));
    }

    /// The server's session key has come.
    pub(super) fn take_session_key(&mut self, encrypted: &str) -> Result<(), ProtocolError> {
        let pair = self.keys.sent.take().ok_or(KeyError::Unasked)?;
        let key = Arc::new(pair.open(encrypted)?);
        self.set_secrets(&Secrets::Encrypted(key));
        for held in std::mem::take(&mut self.keys.held) {
            match held {
                Held::Command { pipeline, message, body } => self.send_command(pipeline, message, &body),
                Held::Message { pipeline, message, body } => self.send(pipeline, message, body.as_ref()),
                Held::Response(response) => self.answer_host_call(&response),
            }
        }
        Ok(())
    }

    /// From now on secure strings travel so, in both directions.
    pub(super) fn set_secrets(&mut self, secrets: &Secrets) {
        self.objects.set_secrets(secrets.clone());
        self.messages.set_secrets(secrets.clone());
        self.keys.secrets = secrets.clone();
    }
}
