//! What a server tells of its shells and of itself: answers to Enumerate, Pull and Identify.

use std::time::Duration;

use uuid::Uuid;

use super::{
    duration::parse_duration,
    response::{CommandState, command_id, parse_id},
    xml::{Element, EnvelopeError, Ns},
};

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Shells, where these were asked for.
    pub shells: Vec<ListedShell>,
    /// Commands, where these were asked for.
    pub commands: Vec<ListedCommand>,
    /// By which name the list goes on; `None` at its end.
    pub context: Option<String>,
}

/// A shell in a list (MS-WSMV 2.2.4.37). What the server leaves out is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedShell {
    /// Its id.
    pub shell_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its session configuration.
    pub resource_uri: Option<String>,
    /// Whom it belongs to.
    pub owner: Option<String>,
    /// Address of the client that created it.
    pub client_ip: Option<String>,
    /// `Connected`, or `Disconnected` if it can be taken over.
    pub state: Option<String>,
    /// How long it may be unused.
    pub idle_timeout: Option<Duration>,
    /// How long it has been there.
    pub run_time: Option<Duration>,
    /// How long nobody has used it.
    pub inactivity: Option<Duration>,
}

/// A command in a list (MS-WSMV 2.2.4.11).
#[derive(Clone, Debug, PartialEq)]
pub struct ListedCommand {
    /// Its id, which is its pipeline's.
    pub command_id: Uuid,
    /// How far it is, where the server says so.
    pub state: Option<CommandState>,
}

/// What kind of service answers (DSP0226 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The protocol, [`super::namespace::WSMAN`].
    pub protocol_version: String,
    /// `Microsoft Corporation` for Windows.
    pub product_vendor: String,
    /// For Windows its version and that of the stack: `OS: 10.0.20348 SP: 0.0 Stack: 3.0`.
    pub product_version: String,
}

impl Listing {
    pub(super) fn from_element(response: &Element<'_>) -> Result<Self, EnvelopeError> {
        let mut listing = Self::default();
        // With the optimisation of DSP0226 the items come at once; a Pull has them under WS-Enumeration's name.
        let items = [Ns::Wsman, Ns::Enumeration].into_iter().filter_map(|ns| response.child(ns, "Items"));
        for item in items.flat_map(Element::children) {
            if item.is(Ns::Shell, "Shell") {
                listing.shells.push(shell(item)?);
            } else if item.is(Ns::Shell, "Command") {
                listing.commands.push(command(item)?);
            }
        }
        let ended =
            [Ns::Wsman, Ns::Enumeration].into_iter().any(|ns| response.child(ns, "EndOfSequence").is_some());
        listing.context = response
            .child(Ns::Enumeration, "EnumerationContext")
            .and_then(Element::trimmed)
            .filter(|_| !ended)
            .map(str::to_owned);
        Ok(listing)
    }
}

fn shell(item: &Element<'_>) -> Result<ListedShell, EnvelopeError> {
    let text = |name| item.child(Ns::Shell, name).and_then(Element::trimmed).map(str::to_owned);
    let duration = |name| item.child(Ns::Shell, name).and_then(Element::trimmed).and_then(parse_duration);
    Ok(ListedShell {
        shell_id: text("ShellId").ok_or(EnvelopeError::Missing("rsp:ShellId"))?,
        name: text("Name"),
        resource_uri: text("ResourceUri"),
        owner: text("Owner"),
        client_ip: text("ClientIP"),
        state: text("State"),
        idle_timeout: duration("IdleTimeOut"),
        run_time: duration("ShellRunTime"),
        inactivity: duration("ShellInactivity"),
    })
}

fn command(item: &Element<'_>) -> Result<ListedCommand, EnvelopeError> {
    let id = match item.child(Ns::Shell, "CommandId").and_then(Element::trimmed) {
        Some(text) => Some(parse_id(text, "rsp:CommandId")?),
        None => command_id(item)?,
    };
    let state = item.child(Ns::Shell, "State").and_then(Element::trimmed);
    Ok(ListedCommand {
        command_id: id.ok_or(EnvelopeError::Missing("rsp:CommandId"))?,
        state: state.and_then(CommandState::from_uri),
    })
}

impl Identity {
    pub(super) fn from_element(response: &Element<'_>) -> Self {
        let text = |name| {
            response.child(Ns::Identity, name).and_then(Element::trimmed).unwrap_or_default().to_owned()
        };
        Self {
            protocol_version: text("ProtocolVersion"),
            product_vendor: text("ProductVendor"),
            product_version: text("ProductVersion"),
        }
    }
}
