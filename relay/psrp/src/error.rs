//! What can be wrong with a peer's bytes.

use postern_shared::value::{PsVersion, Uuid};
use thiserror::Error;

use crate::{clixml::ClixmlError, fragment::FragmentError, message::MessageType, secure::KeyError};

/// What a peer did wrong, or what the caller asked for that cannot be.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The peer's fragments do not make up messages; nothing more can be read from that stream.
    #[error("the peer's fragments are out of order: {0}")]
    Fragment(#[from] FragmentError),
    /// A message ends within its header of 40 bytes (MS-PSRP section 2.2.1).
    #[error("a message of {0} bytes is shorter than its header")]
    ShortMessage(usize),
    /// A message with an id that is not in MS-PSRP section 2.2.1. The message is skipped.
    #[error("unknown message id 0x{0:08X}")]
    UnknownMessage(u32),
    /// A message's body is not the CLIXML that it should be.
    #[error("the body of {message} cannot be read: {source}")]
    Clixml {
        /// The message.
        message: MessageType,
        /// What is wrong with the body.
        source: ClixmlError,
    },
    /// A member of a message's body is missing or has the wrong type.
    #[error("{message} without a proper {member}")]
    Malformed {
        /// The message.
        message: MessageType,
        /// Name of the member.
        member: &'static str,
    },
    /// A message that the peer may not send, or not yet, or not any more.
    #[error("{message} is out of place")]
    Unexpected {
        /// The message.
        message: MessageType,
    },
    /// A message for another runspace pool, or in another pipeline's stream.
    #[error("{message} went astray")]
    Astray {
        /// The message.
        message: MessageType,
    },
    /// Data for a pipeline that does not exist, or that was removed; normal for a while after a pipeline was stopped.
    #[error("there is no pipeline {0}")]
    UnknownPipeline(Uuid),
    /// The keys for secure strings could not be exchanged, so that secrets can be neither sent nor read.
    #[error("the key exchange for secure strings failed: {0}")]
    KeyExchange(#[from] KeyError),
    /// The operating system gives no random numbers.
    #[error("there are no random numbers: {0}")]
    NoRandomness(String),
    /// The peer's version of the protocol, of PowerShell remoting or of the serialisation does not fit.
    #[error("the peer's {what} is {version}, which is not supported")]
    Version {
        /// Which version.
        what: &'static str,
        /// What the peer has.
        version: PsVersion,
    },
}

impl ProtocolError {
    /// Whether nothing sensible can come from the peer after this. After any other error the rest of the data was
    /// handled, and the session may go on.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Fragment(_) | Self::Version { .. } | Self::KeyExchange(_))
    }
}
