//! The SOAP envelopes of WS-Management, without I/O.
//!
//! A client writes a [`Request`] and parses what comes back with [`Response`]; both borrow, because output of a
//! server is megabytes of base64 that only one place needs to decode. The other direction is [`crate::server`].
//!
//! Sections: MS-WSMV 2.2.4 and 3.1.4.5 (shells), DSP0226 5 and 6 (headers), MS-PSRP 3.1.5.3 (what PowerShell puts
//! into them).

mod base64_text;
mod duration;
mod fault;
mod operation;
mod request;
mod response;
mod shells;
pub(crate) mod xml;

pub use self::{
    duration::{format_duration, parse_duration},
    fault::{Fault, ProviderFault, SoapCode, code},
    operation::{BufferMode, CreateShell, InputStream, Operation, SignalCode},
    request::{Header, Request},
    response::{Body, CommandState, CreatedShell, Received, ReceivedStream, Response},
    shells::{Identity, ListedCommand, ListedShell, Listing},
    xml::{EnvelopeError, Limits},
};

pub(crate) use self::{
    base64_text::{decode as decode_base64, encode as encode_base64},
    response::{command_id, parse_id},
};

/// Writing pieces of envelopes, for both sides.
pub(crate) mod text {
    pub(crate) use super::request::{element, push, upper, uri_of, write_command_id};
}

/// Addresses that WS-Management gives its namespaces.
pub mod namespace {
    /// SOAP 1.2.
    pub const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
    /// WS-Addressing.
    pub const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    /// WS-Transfer.
    pub const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    /// WS-Management (DSP0226).
    pub const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    /// Microsoft's headers (MS-WSMV).
    pub const WSMV: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
    /// Remote shells (MS-WSMV).
    pub const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";
    /// Details of a fault (MS-WSMV).
    pub const FAULT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    /// PowerShell's `creationXml` (MS-PSRP), and the start of every PowerShell resource URI.
    pub const POWERSHELL: &str = "http://schemas.microsoft.com/powershell";
    /// WS-Enumeration.
    pub const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    /// Identify (DSP0226 11).
    pub const IDENTITY: &str = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    /// `xml:lang`.
    pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
}

/// The resource URI of Exchange's session configuration.
pub const EXCHANGE_RESOURCE: &str = "http://schemas.microsoft.com/powershell/Microsoft.Exchange";

/// Action URIs; a response's action is the request's with `Response` behind it.
pub mod action {
    /// Creates a shell.
    pub const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
    /// Deletes a shell.
    pub const DELETE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
    /// Reads a shell's state.
    pub const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    /// Starts a command: a pipeline.
    pub const COMMAND: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command";
    /// Sends input.
    pub const SEND: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send";
    /// Asks for output.
    pub const RECEIVE: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive";
    /// Stops or ends a command.
    pub const SIGNAL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Signal";
    /// Leaves a shell running without a client.
    pub const DISCONNECT: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Disconnect";
    /// Comes back to a shell from the same client.
    pub const RECONNECT: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Reconnect";
    /// Takes over a disconnected shell from another client.
    pub const CONNECT: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Connect";
    /// Lists shells.
    pub const ENUMERATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    /// Goes on with a list.
    pub const PULL: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    /// Every fault that WS-Management itself defines.
    pub const FAULT: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
    /// Faults of WS-Addressing, `ActionNotSupported` for one.
    pub const ADDRESSING_FAULT: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
}

/// `To` and `ReplyTo` of whoever has no address.
pub const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

/// MaxEnvelopeSize of a request, until the server has said its protocol version.
pub const INITIAL_ENVELOPE_SIZE: u32 = 153_600;
/// MaxEnvelopeSize from PSRP protocol version 2.2 on, as PowerShell asks for it.
pub const MAX_ENVELOPE_SIZE: u32 = 512_000;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_shells;
