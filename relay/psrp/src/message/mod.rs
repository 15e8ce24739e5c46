//! Messages (MS-PSRP sections 2.2.1 and 2.2.2): the header, the ids, and the bodies that have no module of their own.

mod metadata;
mod pool;

use std::fmt;

use postern_shared::value::Uuid;

pub(crate) use self::pool::{apartment_state, pool_size};
pub use self::{
    metadata::{CommandInfo, CommandTypes, MetadataAnswer, MetadataQuery, ParameterInfo},
    pool::{Availability, InitRunspacePool, RunspacePoolState, SessionCapability},
};
use crate::ProtocolError;

/// Bytes of a message's header: destination 4, id 4, runspace pool 16, pipeline 16.
pub const HEADER_LEN: usize = 40;

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// The header of a message (MS-PSRP section 2.2.1). Its numbers are little-endian, its GUIDs in .NET's byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Whom it is for.
    pub destination: Destination,
    /// What it is.
    pub message: MessageType,
    /// The runspace pool; null in a client's first messages to an Exchange server is tolerated.
    pub pool: Uuid,
    /// The pipeline; `None` for a message of the pool itself.
    pub pipeline: Option<Uuid>,
}

impl Header {
    /// Reads a message's header and gives its body.
    pub fn read(message: &[u8]) -> Result<(Self, &[u8]), ProtocolError> {
        let short = || ProtocolError::ShortMessage(message.len());
        let (destination, rest) = message.split_first_chunk().ok_or_else(short)?;
        let (id, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (pool, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (pipeline, body) = rest.split_first_chunk().ok_or_else(short)?;
        let id = u32::from_le_bytes(*id);
        let message = MessageType::from_id(id).ok_or(ProtocolError::UnknownMessage(id))?;
        let destination = match u32::from_le_bytes(*destination) {
            1 => Destination::Client,
            2 => Destination::Server,
            _ => return Err(ProtocolError::Malformed { message, member: "Destination" }),
        };
        let pipeline = Uuid::from_bytes_le(*pipeline);
        let pipeline = (!pipeline.is_nil()).then_some(pipeline);
        Ok((Self { destination, message, pool: Uuid::from_bytes_le(*pool), pipeline }, body))
    }

    /// Appends the header.
    pub fn write(&self, out: &mut Vec<u8>) {
        let destination: u32 = match self.destination {
            Destination::Client => 1,
            Destination::Server => 2,
        };
        out.extend_from_slice(&destination.to_le_bytes());
        out.extend_from_slice(&self.message.id().to_le_bytes());
        out.extend_from_slice(&self.pool.to_bytes_le());
        out.extend_from_slice(&self.pipeline.unwrap_or_default().to_bytes_le());
    }
}

macro_rules! message_types {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $text:literal;)*) => {
        /// What a message is (MS-PSRP section 2.2.1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum MessageType {
            $($(#[$doc])* $name = $id,)*
        }

        impl MessageType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The message with that id.
            pub const fn from_id(id: u32) -> Option<Self> {
                match id {
                    $($id => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The name in MS-PSRP.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

message_types! {
    /// Both ways: versions (section 2.2.2.1).
    SessionCapability = 0x0001_0002, "SESSION_CAPABILITY";
    /// To the server: opens a pool (section 2.2.2.2).
    InitRunspacePool = 0x0001_0004, "INIT_RUNSPACEPOOL";
    /// To the server: the client's half of the key exchange (section 2.2.2.3).
    PublicKey = 0x0001_0005, "PUBLIC_KEY";
    /// To the client: the server's half of the key exchange (section 2.2.2.4).
    EncryptedSessionKey = 0x0001_0006, "ENCRYPTED_SESSION_KEY";
    /// To the client: asks for its public key (section 2.2.2.5).
    PublicKeyRequest = 0x0001_0007, "PUBLIC_KEY_REQUEST";
    /// To the server: connects to a pool that was disconnected (section 2.2.2.28).
    ConnectRunspacePool = 0x0001_0008, "CONNECT_RUNSPACEPOOL";
    /// To the server: most runspaces at a time (section 2.2.2.6).
    SetMaxRunspaces = 0x0002_1002, "SET_MAX_RUNSPACES";
    /// To the server: fewest runspaces kept (section 2.2.2.7).
    SetMinRunspaces = 0x0002_1003, "SET_MIN_RUNSPACES";
    /// To the client: answers the calls of the pool (section 2.2.2.8).
    RunspaceAvailability = 0x0002_1004, "RUNSPACE_AVAILABILITY";
    /// To the client: the pool's state (section 2.2.2.9).
    RunspacePoolState = 0x0002_1005, "RUNSPACEPOOL_STATE";
    /// To the server: invokes a pipeline (section 2.2.2.10).
    CreatePipeline = 0x0002_1006, "CREATE_PIPELINE";
    /// To the server: how many runspaces are free (section 2.2.2.11).
    GetAvailableRunspaces = 0x0002_1007, "GET_AVAILABLE_RUNSPACES";
    /// To the client: an event of the remote runspace (section 2.2.2.12).
    UserEvent = 0x0002_1008, "USER_EVENT";
    /// To the client: what the server's layer above says about itself (section 2.2.2.13).
    ApplicationPrivateData = 0x0002_1009, "APPLICATION_PRIVATE_DATA";
    /// To the server: asks for commands and their parameters (section 2.2.2.14).
    GetCommandMetadata = 0x0002_100A, "GET_COMMAND_METADATA";
    /// To the client: the pool's size, after a connect (section 2.2.2.29).
    RunspacePoolInitData = 0x0002_100B, "RUNSPACEPOOL_INIT_DATA";
    /// To the server: resets the runspace's variables (section 2.2.2.30).
    ResetRunspaceState = 0x0002_100C, "RESET_RUNSPACE_STATE";
    /// To the client: a call of the pool's host (section 2.2.2.15).
    RunspacePoolHostCall = 0x0002_1100, "RUNSPACEPOOL_HOST_CALL";
    /// To the server: answers a call of the pool's host (section 2.2.2.16).
    RunspacePoolHostResponse = 0x0002_1101, "RUNSPACEPOOL_HOST_RESPONSE";
    /// To the server: an input object (section 2.2.2.17).
    PipelineInput = 0x0004_1002, "PIPELINE_INPUT";
    /// To the server: the input ends; the body may be empty (section 2.2.2.18).
    EndOfPipelineInput = 0x0004_1003, "END_OF_PIPELINE_INPUT";
    /// To the client: an output object; an empty body is null (section 2.2.2.19).
    PipelineOutput = 0x0004_1004, "PIPELINE_OUTPUT";
    /// To the client: an error that does not end the pipeline (section 2.2.2.20).
    ErrorRecord = 0x0004_1005, "ERROR_RECORD";
    /// To the client: the pipeline's state, with the error that ended it (section 2.2.2.21).
    PipelineState = 0x0004_1006, "PIPELINE_STATE";
    /// To the client: a debug record (section 2.2.2.22).
    DebugRecord = 0x0004_1007, "DEBUG_RECORD";
    /// To the client: a verbose record (section 2.2.2.23).
    VerboseRecord = 0x0004_1008, "VERBOSE_RECORD";
    /// To the client: a warning record (section 2.2.2.24).
    WarningRecord = 0x0004_1009, "WARNING_RECORD";
    /// To the client: a progress record (section 2.2.2.25).
    ProgressRecord = 0x0004_1010, "PROGRESS_RECORD";
    /// To the client: an information record (section 2.2.2.26).
    InformationRecord = 0x0004_1011, "INFORMATION_RECORD";
    /// To the client: a call of the pipeline's host (section 2.2.2.27).
    PipelineHostCall = 0x0004_1100, "PIPELINE_HOST_CALL";
    /// To the server: answers a call of the pipeline's host (section 2.2.2.28).
    PipelineHostResponse = 0x0004_1101, "PIPELINE_HOST_RESPONSE";
}

impl MessageType {
    /// The id on the wire.
    pub const fn id(self) -> u32 {
        self as u32
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WIRE 1: numbers are little-endian, GUIDs in .NET's byte order.
    #[test]
    fn wire_1_a_message_header_is_little_endian() {
        let header = Header {
            destination: Destination::Server,
            message: MessageType::CreatePipeline,
            pool: Uuid::from_u128(0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF),
            pipeline: None,
        };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let mut expected = vec![2, 0, 0, 0, 0x06, 0x10, 0x02, 0];
        expected.extend([
            0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
        ]);
        expected.extend([0; 16]);
        assert_eq!(bytes, expected);
        bytes.extend(b"body");
        let (read, body) = Header::read(&bytes).unwrap();
        assert_eq!((read, body), (header, &b"body"[..]));
    }

    /// WIRE 3: these ids are wrong in several implementations.
    #[test]
    fn wire_3_message_ids() {
        for (message, id) in [
            (MessageType::ConnectRunspacePool, 0x0001_0008),
            (MessageType::RunspacePoolInitData, 0x0002_100B),
            (MessageType::ResetRunspaceState, 0x0002_100C),
            (MessageType::GetCommandMetadata, 0x0002_100A),
        ] {
            assert_eq!(message.id(), id);
        }
        for message in MessageType::ALL {
            assert_eq!(MessageType::from_id(message.id()), Some(*message));
        }
    }

    #[test]
    fn a_header_that_is_none_is_an_error() {
        let mut bytes = Vec::new();
        let header = Header {
            destination: Destination::Client,
            message: MessageType::PipelineOutput,
            pool: Uuid::nil(),
            pipeline: Some(Uuid::max()),
        };
        header.write(&mut bytes);
        for length in 0..HEADER_LEN {
            assert!(matches!(Header::read(&bytes[..length]), Err(ProtocolError::ShortMessage(_))));
        }
        bytes[0] = 3;
        assert!(matches!(Header::read(&bytes), Err(ProtocolError::Malformed { member: "Destination", .. })));
        bytes[5] = 0xFF;
        assert!(matches!(Header::read(&bytes), Err(ProtocolError::UnknownMessage(0x0004_FF04))));
    }
}
