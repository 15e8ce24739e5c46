//! Bodies of the messages that concern the runspace pool (MS-PSRP sections 2.2.2.1 to 2.2.2.13).

use postern_shared::value::{PsValue, PsVersion};

use super::MessageType;
use crate::{
    ProtocolError,
    host::HostInfo,
    members::{Body, enum_member, int, notes, type_names},
};

type_names! {
    fn thread_options() = [
        "System.Management.Automation.Runspaces.PSThreadOptions", "System.Enum", "System.ValueType", "System.Object",
    ];
    pub(crate) fn apartment_state() =
        ["System.Threading.ApartmentState", "System.Enum", "System.ValueType", "System.Object"];
}

/// `SESSION_CAPABILITY` (section 2.2.2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct SessionCapability {
    /// Version of the remoting protocol.
    pub protocol: PsVersion,
    /// Version of PowerShell remoting: always 2.0.
    pub powershell: PsVersion,
    /// Version of the serialisation: always 1.1.0.1.
    pub serialization: PsVersion,
}

impl SessionCapability {
    /// The capability of that protocol version.
    pub const fn new(protocol: PsVersion) -> Self {
        let serialization = PsVersion { major: 1, minor: 1, build: 0, revision: 1 };
        Self { protocol, powershell: PsVersion::new(2, 0), serialization }
    }

    /// Whether this peer can be spoken to: protocol 2.0 to 2.4, and the one version there is of the others.
    pub fn check(&self) -> Result<(), ProtocolError> {
        let own = Self::new(self.protocol);
        if self.protocol.major != 2 || !(0..=4).contains(&self.protocol.minor) {
            return Err(ProtocolError::Version { what: "protocol version", version: self.protocol });
        }
        if self.powershell != own.powershell {
            return Err(ProtocolError::Version { what: "PSVersion", version: self.powershell });
        }
        if self.serialization != own.serialization {
            return Err(ProtocolError::Version {
                what: "serialization version",
                version: self.serialization,
            });
        }
        Ok(())
    }

    pub(crate) fn to_value(&self) -> PsValue {
        notes([
            ("protocolversion", self.protocol.into()),
            ("PSVersion", self.powershell.into()),
            ("SerializationVersion", self.serialization.into()),
        ])
    }

    pub(crate) fn read(value: &PsValue) -> Result<Self, ProtocolError> {
        let body = Body { message: MessageType::SessionCapability, value };
        let version = |name| match body.member(name)? {
            PsValue::Version(version) => Ok(*version),
            _ => Err(body.malformed(name)),
        };
        Ok(Self {
            protocol: version("protocolversion")?,
            powershell: version("PSVersion")?,
            serialization: version("SerializationVersion")?,
        })
    }
}

/// `INIT_RUNSPACEPOOL` (section 2.2.2.2).
#[derive(Clone, Debug, PartialEq)]
pub struct InitRunspacePool {
    /// Fewest runspaces that the pool keeps.
    pub min_runspaces: i32,
    /// Most runspaces at a time.
    pub max_runspaces: i32,
    /// The client's host.
    pub host: HostInfo,
    /// `ApplicationArguments`: a dictionary with what the client says about itself, or null.
    pub application_arguments: PsValue,
}

impl InitRunspacePool {
    pub(crate) fn to_value(&self) -> PsValue {
        notes([
            ("MinRunspaces", self.min_runspaces.into()),
            ("MaxRunspaces", self.max_runspaces.into()),
            ("PSThreadOptions", enum_member(thread_options(), "Default", 0)),
            ("ApartmentState", enum_member(apartment_state(), "Unknown", 2)),
            ("ApplicationArguments", self.application_arguments.clone()),
            ("HostInfo", self.host.to_value()),
        ])
    }

    pub(crate) fn read(value: &PsValue) -> Result<Self, ProtocolError> {
        let body = Body { message: MessageType::InitRunspacePool, value };
        Ok(Self {
            min_runspaces: body.int("MinRunspaces")?,
            max_runspaces: body.int("MaxRunspaces")?,
            host: HostInfo::from_value(body.member("HostInfo")?),
            application_arguments: value.get("ApplicationArguments").cloned().unwrap_or_default(),
        })
    }
}

/// State of a runspace pool (section 2.2.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum RunspacePoolState {
    /// Nothing was sent.
    BeforeOpen = 0,
    /// The client waits for the server.
    Opening = 1,
    /// Pipelines can run.
    Opened = 2,
    /// It is closed.
    Closed = 3,
    /// It is being closed.
    Closing = 4,
    /// It cannot be used any more.
    Broken = 5,
    /// Capabilities were sent.
    NegotiationSent = 6,
    /// The peer's capabilities fit.
    NegotiationSucceeded = 7,
    /// The client connects to a disconnected pool.
    Connecting = 8,
    /// No client is connected.
    Disconnected = 9,
}

impl RunspacePoolState {
    /// The state with that number.
    pub const fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::BeforeOpen,
            1 => Self::Opening,
            2 => Self::Opened,
            3 => Self::Closed,
            4 => Self::Closing,
            5 => Self::Broken,
            6 => Self::NegotiationSent,
            7 => Self::NegotiationSucceeded,
            8 => Self::Connecting,
            9 => Self::Disconnected,
            _ => return None,
        })
    }
}

/// `RUNSPACE_AVAILABILITY` (section 2.2.2.8): the answer to a call of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Whether the pool's size was set, or its state reset.
    Done(bool),
    /// So many runspaces are free.
    Free(i64),
}

impl Availability {
    pub(crate) fn to_value(self, call: i64) -> PsValue {
        let answer = match self {
            Self::Done(done) => PsValue::Bool(done),
            // PowerShell writes an Int32 where section 2.2.2.8 has a long.
            Self::Free(free) => PsValue::I32(i32::try_from(free).unwrap_or(i32::MAX)),
        };
        notes([("SetMinMaxRunspacesResponse", answer), ("ci", call.into())])
    }

    pub(crate) fn read(value: &PsValue) -> Result<(i64, Self), ProtocolError> {
        let body = Body { message: MessageType::RunspaceAvailability, value };
        let member = "SetMinMaxRunspacesResponse";
        let answer = body.member(member)?;
        let answer = match answer.as_bool() {
            Some(done) => Self::Done(done),
            None => Self::Free(answer.as_i64().ok_or_else(|| body.malformed(member))?),
        };
        Ok((body.long("ci")?, answer))
    }
}

/// The size in a `RUNSPACEPOOL_INIT_DATA` or `CONNECT_RUNSPACEPOOL`, where it says one.
pub(crate) fn pool_size(value: &PsValue) -> (Option<i32>, Option<i32>) {
    (int(value, "MinRunspaces"), int(value, "MaxRunspaces"))
}
