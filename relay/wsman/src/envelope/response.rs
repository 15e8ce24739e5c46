//! What a client gets back.

use std::time::Duration;

use uuid::Uuid;

use super::{
    base64_text,
    duration::parse_duration,
    fault::Fault,
    shells::{Identity, Listing},
    xml::{self, Element, EnvelopeError, Limits, Ns},
};

/// A response, borrowing from the bytes it was parsed from.
#[derive(Debug)]
pub struct Response<'a> {
    root: Element<'a>,
}

/// What a response holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<'r> {
    /// The request failed.
    Fault(Box<Fault>),
    /// Answer to Create.
    Created(CreatedShell),
    /// Answer to Command.
    CommandStarted {
        /// The command's id, if the server said it.
        command_id: Option<Uuid>,
    },
    /// Answer to Receive.
    Received(Received<'r>),
    /// Answer to Connect.
    Connected {
        /// Fragments of `SESSION_CAPABILITY` and `RUNSPACEPOOL_INIT_DATA`; empty for a command.
        response_xml: Vec<u8>,
    },
    /// Answer to Enumerate and Pull.
    Listed(Listing),
    /// Answer to Identify.
    Identified(Identity),
    /// Answer to Send, Signal, Delete, Disconnect, Reconnect and whatever needs no answer.
    Done,
}

/// A new shell, as the server describes it (MS-WSMV 2.2.4.37).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatedShell {
    /// The id to use from now on.
    pub shell_id: String,
    /// The resource URI to use from now on, where the server says one.
    pub resource_uri: Option<String>,
    /// Whom it belongs to.
    pub owner: Option<String>,
    /// How long it may be unused.
    pub idle_timeout: Option<Duration>,
}

/// Output (MS-WSMV 2.2.4.27).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received<'r> {
    /// Pieces in order.
    pub streams: Vec<ReceivedStream<'r>>,
    /// The command's state; `None` for the pool.
    pub state: Option<CommandState>,
}

/// A piece of output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReceivedStream<'r> {
    /// The pipeline; `None` for the pool.
    pub command_id: Option<Uuid>,
    /// The stream's name, `stdout`.
    pub name: &'r str,
    data: &'r str,
}

impl ReceivedStream<'_> {
    /// Appends the piece's bytes to `out`.
    pub fn decode(&self, out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
        base64_text::decode(self.data, out)
    }

    /// Length of the piece's base64 text.
    pub fn encoded_len(&self) -> usize {
        self.data.len()
    }
}

/// A command's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandState {
    /// Not begun.
    Pending,
    /// More may come.
    Running,
    /// Nothing more comes.
    Done,
}

impl CommandState {
    /// Last part of its URI.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Done => "Done",
        }
    }

    /// The state that a URI, or its last part alone, names.
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.rsplit('/').next()?;
        [Self::Pending, Self::Running, Self::Done].into_iter().find(|state| state.name() == name)
    }
}

impl<'a> Response<'a> {
    /// Reads an envelope.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, EnvelopeError> {
        let root = xml::parse(bytes, limits)?;
        if !root.is(Ns::Soap, "Envelope") {
            return Err(EnvelopeError::Missing("s:Envelope"));
        }
        Ok(Self { root })
    }

    /// The action, for example `…/CreateResponse`.
    pub fn action(&self) -> Option<&str> {
        self.header("Action")
    }

    /// Message id of the request.
    pub fn relates_to(&self) -> Option<&str> {
        self.header("RelatesTo")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.root.child(Ns::Soap, "Header")?.child(Ns::Addressing, name)?.trimmed()
    }

    /// What it holds.
    pub fn body(&self) -> Result<Body<'_>, EnvelopeError> {
        let body = self.root.child(Ns::Soap, "Body").ok_or(EnvelopeError::Missing("s:Body"))?;
        let Some(first) = body.children().first() else {
            return Ok(Body::Done);
        };
        if first.is(Ns::Soap, "Fault") {
            return Ok(Body::Fault(Box::new(Fault::from_element(first))));
        }
        if first.is(Ns::Shell, "ReceiveResponse") {
            return received(first).map(Body::Received);
        }
        if first.is(Ns::Shell, "CommandResponse") {
            let command_id = first
                .child(Ns::Shell, "CommandId")
                .and_then(Element::trimmed)
                .map(|text| parse_id(text, "rsp:CommandId"))
                .transpose()?;
            return Ok(Body::CommandStarted { command_id });
        }
        if first.is(Ns::Shell, "ConnectResponse") {
            let mut response_xml = Vec::new();
            if let Some(data) = first.child(Ns::PowerShell, "connectResponseXml") {
                base64_text::decode(data.text(), &mut response_xml)?;
            }
            return Ok(Body::Connected { response_xml });
        }
        if first.is(Ns::Enumeration, "EnumerateResponse") || first.is(Ns::Enumeration, "PullResponse") {
            return Ok(Body::Listed(Listing::from_element(first)?));
        }
        if first.is(Ns::Identity, "IdentifyResponse") {
            return Ok(Body::Identified(Identity::from_element(first)));
        }
        if first.is(Ns::Transfer, "ResourceCreated") || first.is(Ns::Shell, "Shell") {
            return created(body).map(Body::Created);
        }
        Ok(Body::Done)
    }
}

fn created(body: &Element<'_>) -> Result<CreatedShell, EnvelopeError> {
    let reference = body
        .child(Ns::Transfer, "ResourceCreated")
        .and_then(|element| element.child(Ns::Addressing, "ReferenceParameters"));
    let shell = body.child(Ns::Shell, "Shell");
    let of_shell =
        |name: &str| shell.and_then(|shell| shell.child(Ns::Shell, name)).and_then(Element::trimmed);
    let selector = reference
        .and_then(|reference| reference.child(Ns::Wsman, "SelectorSet"))
        .and_then(|set| {
            set.children().iter().find(|selector| {
                selector.is(Ns::Wsman, "Selector") && selector.attribute(Ns::None, "Name") == Some("ShellId")
            })
        })
        .and_then(Element::trimmed);
    let shell_id = selector.or_else(|| of_shell("ShellId")).ok_or(EnvelopeError::Missing("ShellId"))?;
    let resource_uri = reference
        .and_then(|reference| reference.child(Ns::Wsman, "ResourceURI"))
        .and_then(Element::trimmed)
        .or_else(|| of_shell("ResourceUri"));
    Ok(CreatedShell {
        shell_id: shell_id.to_owned(),
        resource_uri: resource_uri.map(str::to_owned),
        owner: of_shell("Owner").map(str::to_owned),
        idle_timeout: of_shell("IdleTimeOut").and_then(parse_duration),
    })
}

fn received<'r>(response: &'r Element<'_>) -> Result<Received<'r>, EnvelopeError> {
    let mut received = Received::default();
    for child in response.children() {
        if child.is(Ns::Shell, "Stream") {
            received.streams.push(ReceivedStream {
                command_id: command_id(child)?,
                name: child.attribute(Ns::None, "Name").unwrap_or("stdout"),
                data: child.text(),
            });
        } else if child.is(Ns::Shell, "CommandState") {
            let state = child.attribute(Ns::None, "State").unwrap_or_default();
            let state = CommandState::from_uri(state).ok_or(EnvelopeError::Invalid("rsp:CommandState"))?;
            received.state = Some(state);
        }
    }
    Ok(received)
}

/// An element's CommandId; `None` if there is none or it is empty.
pub(crate) fn command_id(element: &Element<'_>) -> Result<Option<Uuid>, EnvelopeError> {
    match element.attribute(Ns::None, "CommandId").map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => parse_id(text, "CommandId").map(Some),
    }
}

/// Reads an id with or without `uuid:`.
pub(crate) fn parse_id(text: &str, what: &'static str) -> Result<Uuid, EnvelopeError> {
    let text = text.trim();
    let bare = text.strip_prefix("uuid:").or_else(|| text.strip_prefix("urn:uuid:")).unwrap_or(text);
    Uuid::parse_str(bare).map_err(|_| EnvelopeError::Invalid(what))
}
