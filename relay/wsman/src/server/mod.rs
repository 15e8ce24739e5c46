//! The server's half of WS-Management, without I/O: a request parsed whole, and the envelopes that answer it.
//!
//! ```
//! use postern_wsman::{envelope::{Fault, Limits}, server::{Operation, Request, fault}};
//!
//! fn answer(body: &[u8]) -> (u16, String) {
//!     let request = match Request::parse(body, &Limits::default()) {
//!         Ok(request) => request,
//!         Err(error) => return (500, fault(None, &Fault::invalid_parameter(error.to_string()))),
//!     };
//!     match &request.operation {
//!         Operation::Delete => (200, request.done()),
//!         _ => (500, request.fault(&Fault::action_not_supported(&request.action))),
//!     }
//! }
//! # assert_eq!(answer(b"<x/>").0, 500);
//! ```

mod reply;

use std::time::Duration;

use uuid::Uuid;

pub use self::reply::{CommandEntry, NewShell, Output, OutputStream, ShellState, fault};
use crate::envelope::{
    BufferMode, EnvelopeError, InputStream, Limits, SignalCode, action, command_id, decode_base64,
    parse_duration, parse_id,
    xml::{self, Element, Ns},
};

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The action's URI.
    pub action: String,
    /// The client's address for the endpoint.
    pub to: String,
    /// Which session configuration; empty if it is missing.
    pub resource_uri: String,
    /// The client's number for the request, to be given back.
    pub message_id: String,
    /// The same for all requests of one client session.
    pub session_id: Option<String>,
    /// The shell, from the selectors.
    pub shell_id: Option<String>,
    /// How long the client waits.
    pub operation_timeout: Option<Duration>,
    /// Largest envelope that the client takes.
    pub max_envelope_size: Option<usize>,
    /// UI culture.
    pub locale: Option<String>,
    /// Culture of data.
    pub data_locale: Option<String>,
    /// Options by name.
    pub options: Vec<WsmanOption>,
    /// What is asked for.
    pub operation: Operation,
}

/// An option of a request (DSP0226 6.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WsmanOption {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the request must fail if the server cannot comply.
    pub must_comply: bool,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// A new shell.
    Create(CreateShell),
    /// A new command: a pipeline.
    Command {
        /// Its id as the client wishes; newer clients always say one.
        command_id: Option<Uuid>,
        /// The first command's name.
        command_line: String,
        /// The first fragments.
        arguments: Vec<u8>,
    },
    /// Input, in order.
    Send(Vec<SentStream>),
    /// Output is wanted.
    Receive {
        /// Of which command; `None` for the pool.
        command_id: Option<Uuid>,
    },
    /// A command is to be stopped or ended.
    Signal {
        /// Which command; `None` if the request does not say.
        command_id: Option<Uuid>,
        /// [`SignalCode::Stop`] for exactly `powershell/signal/crtl_c`; any other code ends the command.
        code: SignalCode,
    },
    /// The shell is to be deleted.
    Delete,
    /// The shell's state is wanted.
    Get,
    /// The client leaves for a while.
    Disconnect {
        /// How long the shell may stay without a client; `None` for its own idle timeout.
        idle_timeout: Option<Duration>,
        /// What becomes of output meanwhile; `None` for the shell's own way.
        buffer_mode: Option<BufferMode>,
    },
    /// The same client is back.
    Reconnect,
    /// Another client takes over.
    Connect {
        /// Which command; `None` for the shell.
        command_id: Option<Uuid>,
        /// PSRP version of the client, from the options.
        protocol_version: Option<String>,
        /// Fragments of `SESSION_CAPABILITY` and `CONNECT_RUNSPACEPOOL`; empty for a command.
        connect_xml: Vec<u8>,
    },
    /// A list is wanted.
    Enumerate {
        /// Of the commands of this shell; `None` for the shells.
        commands_of: Option<String>,
    },
    /// What kind of service is this? Has no header, and so no action either.
    Identify,
    /// An action that is none of these.
    Other,
}

/// What a new shell is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateShell {
    /// The id that the client wishes: its runspace pool's.
    pub shell_id: Option<Uuid>,
    /// Its name.
    pub name: Option<String>,
    /// How long it may be unused.
    pub idle_timeout: Option<Duration>,
    /// PSRP version of the client, from the options.
    pub protocol_version: Option<String>,
    /// Names of its input streams.
    pub input_streams: String,
    /// Names of its output streams.
    pub output_streams: String,
    /// Fragments of `SESSION_CAPABILITY` and `INIT_RUNSPACEPOOL`.
    pub creation_xml: Vec<u8>,
}

/// Input for a pipeline or the pool.
#[derive(Clone, Debug, PartialEq)]
pub struct SentStream {
    /// The pipeline; `None` for the pool.
    pub command_id: Option<Uuid>,
    /// Which stream. Each is a sequence of its own.
    pub stream: InputStream,
    /// The fragments; may begin and end anywhere.
    pub data: Vec<u8>,
    /// Whether nothing more comes on this stream.
    pub end: bool,
}

impl Request {
    /// Reads an envelope.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, EnvelopeError> {
        let root = xml::parse(bytes, limits)?;
        if !root.is(Ns::Soap, "Envelope") {
            return Err(EnvelopeError::Missing("s:Envelope"));
        }
        let header = root.child(Ns::Soap, "Header").ok_or(EnvelopeError::Missing("s:Header"))?;
        let body = root.child(Ns::Soap, "Body").ok_or(EnvelopeError::Missing("s:Body"))?;
        let text = |ns, name| header.child(ns, name).and_then(Element::trimmed);
        let owned = |ns, name| text(ns, name).map(str::to_owned);
        let language = |ns, name| {
            header.child(ns, name).and_then(|element| element.attribute(Ns::Xml, "lang")).map(str::to_owned)
        };
        let options = options(header);
        let identify = body.child(Ns::Identity, "Identify").is_some();
        let action = match owned(Ns::Addressing, "Action") {
            Some(action) => action,
            None if identify => String::new(),
            None => return Err(EnvelopeError::Missing("a:Action")),
        };
        let operation = if identify { Operation::Identify } else { operation(&action, body, &options)? };
        Ok(Self {
            to: owned(Ns::Addressing, "To").unwrap_or_default(),
            resource_uri: owned(Ns::Wsman, "ResourceURI").unwrap_or_default(),
            message_id: owned(Ns::Addressing, "MessageID").unwrap_or_default(),
            session_id: owned(Ns::Wsmv, "SessionId"),
            shell_id: header.child(Ns::Wsman, "SelectorSet").and_then(shell_id).map(str::to_owned),
            operation_timeout: text(Ns::Wsman, "OperationTimeout").and_then(parse_duration),
            max_envelope_size: text(Ns::Wsman, "MaxEnvelopeSize").and_then(|size| size.parse().ok()),
            locale: language(Ns::Wsman, "Locale"),
            data_locale: language(Ns::Wsmv, "DataLocale"),
            action,
            options,
            operation,
        })
    }

    /// An option's value.
    pub fn option(&self, name: &str) -> Option<&str> {
        find_option(&self.options, name)
    }
}

fn find_option<'o>(options: &'o [WsmanOption], name: &str) -> Option<&'o str> {
    options.iter().find(|option| option.name.eq_ignore_ascii_case(name)).map(|option| option.value.as_str())
}

fn options(header: &Element<'_>) -> Vec<WsmanOption> {
    let set = header.child(Ns::Wsman, "OptionSet").map_or(&[][..], Element::children);
    set.iter()
        .filter(|option| option.is(Ns::Wsman, "Option"))
        .filter_map(|option| {
            Some(WsmanOption {
                name: option.attribute(Ns::None, "Name")?.to_owned(),
                value: option.trimmed().unwrap_or_default().to_owned(),
                must_comply: option.attribute(Ns::None, "MustComply").is_some_and(is_true),
            })
        })
        .collect()
}

fn shell_id<'e>(set: &'e Element<'_>) -> Option<&'e str> {
    set.children()
        .iter()
        .find(|selector| {
            selector.is(Ns::Wsman, "Selector")
                && selector
                    .attribute(Ns::None, "Name")
                    .is_some_and(|name| name.eq_ignore_ascii_case("ShellId"))
        })
        .and_then(Element::trimmed)
}

fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text == "1"
}

fn operation(action: &str, body: &Element<'_>, options: &[WsmanOption]) -> Result<Operation, EnvelopeError> {
    let child = |name, missing| body.child(Ns::Shell, name).ok_or(EnvelopeError::Missing(missing));
    Ok(match action {
        action::CREATE => Operation::Create(create(child("Shell", "rsp:Shell")?, options)?),
        action::COMMAND => {
            let line = child("CommandLine", "rsp:CommandLine")?;
            let mut encoded = String::new();
            for arguments in line.children().iter().filter(|child| child.is(Ns::Shell, "Arguments")) {
                encoded.push_str(arguments.text().trim());
            }
            let mut arguments = Vec::new();
            decode_base64(&encoded, &mut arguments)?;
            Operation::Command {
                command_id: command_id(line)?,
                command_line: line
                    .child(Ns::Shell, "Command")
                    .map(Element::text)
                    .unwrap_or_default()
                    .to_owned(),
                arguments,
            }
        }
        action::SEND => Operation::Send(
            child("Send", "rsp:Send")?
                .children()
                .iter()
                .filter(|stream| stream.is(Ns::Shell, "Stream"))
                .map(sent_stream)
                .collect::<Result<_, _>>()?,
        ),
        action::RECEIVE => {
            let desired = child("Receive", "rsp:Receive")?
                .child(Ns::Shell, "DesiredStream")
                .ok_or(EnvelopeError::Missing("rsp:DesiredStream"))?;
            Operation::Receive { command_id: command_id(desired)? }
        }
        action::SIGNAL => {
            let signal = child("Signal", "rsp:Signal")?;
            let stop =
                signal.child(Ns::Shell, "Code").and_then(Element::trimmed) == Some(SignalCode::Stop.uri());
            Operation::Signal {
                command_id: command_id(signal)?,
                code: if stop { SignalCode::Stop } else { SignalCode::Terminate },
            }
        }
        action::DELETE => Operation::Delete,
        action::GET => Operation::Get,
        action::DISCONNECT => {
            let disconnect = child("Disconnect", "rsp:Disconnect")?;
            let text = |name| disconnect.child(Ns::Shell, name).and_then(Element::trimmed);
            Operation::Disconnect {
                idle_timeout: text("IdleTimeOut").and_then(parse_duration),
                buffer_mode: text("BufferMode").and_then(BufferMode::from_name),
            }
        }
        action::RECONNECT => Operation::Reconnect,
        action::CONNECT => {
            let connect = child("Connect", "rsp:Connect")?;
            let mut connect_xml = Vec::new();
            if let Some(data) = connect.child(Ns::PowerShell, "connectXml") {
                decode_base64(data.text(), &mut connect_xml)?;
            }
            Operation::Connect {
                command_id: command_id(connect)?,
                protocol_version: find_option(options, "protocolversion").map(str::to_owned),
                connect_xml,
            }
        }
        action::ENUMERATE => {
            let enumerate =
                body.child(Ns::Enumeration, "Enumerate").ok_or(EnvelopeError::Missing("n:Enumerate"))?;
            let commands_of = enumerate
                .child(Ns::Wsman, "Filter")
                .and_then(|filter| filter.child(Ns::Wsman, "SelectorSet"))
                .and_then(shell_id)
                .map(str::to_owned);
            Operation::Enumerate { commands_of }
        }
        _ => Operation::Other,
    })
}

fn create(shell: &Element<'_>, options: &[WsmanOption]) -> Result<CreateShell, EnvelopeError> {
    let text = |name| shell.child(Ns::Shell, name).and_then(Element::trimmed);
    let creation = shell.child(Ns::PowerShell, "creationXml").ok_or(EnvelopeError::Missing("creationXml"))?;
    let mut creation_xml = Vec::new();
    decode_base64(creation.text(), &mut creation_xml)?;
    Ok(CreateShell {
        shell_id: shell.attribute(Ns::None, "ShellId").map(|id| parse_id(id, "ShellId")).transpose()?,
        name: shell.attribute(Ns::None, "Name").or_else(|| text("Name")).map(str::to_owned),
        idle_timeout: text("IdleTimeOut").and_then(parse_duration),
        protocol_version: find_option(options, "protocolversion").map(str::to_owned),
        input_streams: text("InputStreams").unwrap_or_default().to_owned(),
        output_streams: text("OutputStreams").unwrap_or_default().to_owned(),
        creation_xml,
    })
}

fn sent_stream(stream: &Element<'_>) -> Result<SentStream, EnvelopeError> {
    let name = stream.attribute(Ns::None, "Name").unwrap_or("stdin");
    let mut data = Vec::new();
    decode_base64(stream.text(), &mut data)?;
    Ok(SentStream {
        command_id: command_id(stream)?,
        stream: InputStream::from_name(name).ok_or(EnvelopeError::Invalid("rsp:Stream"))?,
        data,
        end: stream.attribute(Ns::None, "End").is_some_and(is_true),
    })
}
