//! The envelopes that answer a request.

use std::time::Duration;

use uuid::Uuid;

use super::Request;
use crate::envelope::{
    ANONYMOUS, CommandState, Fault, action, encode_base64, format_duration, namespace,
    text::{element, push, upper, uri_of, write_command_id},
};

/// A new shell, as its creator is told of it.
#[derive(Clone, Debug)]
pub struct NewShell<'a> {
    /// The endpoint's address.
    pub address: &'a str,
    /// The shell's id; the client selects the shell by it.
    pub shell_id: &'a str,
    /// Name of the user it belongs to.
    pub owner: &'a str,
    /// The client's address.
    pub client_ip: Option<&'a str>,
    /// How long it may be unused.
    pub idle_timeout: Duration,
}

/// What Get says of a shell.
#[derive(Clone, Debug)]
pub struct ShellState<'a> {
    /// Its id.
    pub shell_id: &'a str,
    /// Name of the user it belongs to.
    pub owner: &'a str,
    /// How long it may be unused.
    pub idle_timeout: Duration,
}

/// Output for a Receive.
#[derive(Clone, Debug, Default)]
pub struct Output<'a> {
    /// Pieces in order.
    pub streams: Vec<OutputStream<'a>>,
    /// State of the command that was asked for; `None` for the pool.
    pub state: Option<CommandState>,
}

/// A piece of output.
#[derive(Clone, Copy, Debug)]
pub struct OutputStream<'a> {
    /// The bytes.
    pub data: &'a [u8],
}

impl OutputStream<'_> {
    /// Bytes that the piece takes in an envelope, at most: for filling up to MaxEnvelopeSize.
    pub fn encoded_len(&self) -> usize {
        // Base64, and a Stream element with a CommandId around it, which is 98 bytes long.
        self.data.len().div_ceil(3).saturating_mul(4).saturating_add(128)
    }
}

impl Output<'_> {
    /// Bytes that an envelope takes without its streams, at most.
    ///
    /// Header and state are about 1,300 bytes long; the rest is room for what a client's message id adds.
    pub const ENVELOPE_OVERHEAD: usize = 2048;
}

/// Ids of responses are made from the request's, as this module makes no random ones.
const RESPONSE_NAMESPACE: u128 = 0x9d0b_7f6e_3c5a_4b2f_8a51_6e0d_43c9_1f27;

impl Request {
    /// Answer to Create.
    pub fn created(&self, shell: &NewShell<'_>) -> String {
        self.respond(|out| {
            out.push_str("<x:ResourceCreated>");
            element(out, "a:Address", "", shell.address);
            out.push_str("<a:ReferenceParameters>");
            element(out, "w:ResourceURI", "", &self.resource_uri);
            out.push_str("<w:SelectorSet>");
            element(out, "w:Selector", " Name=\"ShellId\"", shell.shell_id);
            out.push_str("</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>");
            write_shell(out, &self.resource_uri, shell);
        })
    }

    /// Answer to Command.
    pub fn command_started(&self, command_id: Uuid) -> String {
        self.respond(|out| {
            push(
                out,
                format_args!(
                    "<rsp:CommandResponse><rsp:CommandId>{}</rsp:CommandId></rsp:CommandResponse>",
                    upper(command_id)
                ),
            );
        })
    }

    /// Answer to Receive.
    pub fn received(&self, output: &Output<'_>) -> String {
        let command_id = match self.operation {
            super::Operation::Receive { command_id } => command_id,
            _ => None,
        };
        let length: usize = output.streams.iter().map(OutputStream::encoded_len).sum();
        self.respond_with(length, |out| {
            out.push_str("<rsp:ReceiveResponse>");
            for stream in &output.streams {
                out.push_str("<rsp:Stream Name=\"stdout\"");
                write_command_id(out, command_id);
                out.push('>');
                encode_base64(stream.data, out);
                out.push_str("</rsp:Stream>");
            }
            if let Some(state) = output.state {
                out.push_str("<rsp:CommandState");
                write_command_id(out, command_id);
                push(out, format_args!(" State=\"{}/CommandState/{}\">", namespace::SHELL, state.name()));
                if state == CommandState::Done {
                    out.push_str("<rsp:ExitCode>0</rsp:ExitCode>");
                }
                out.push_str("</rsp:CommandState>");
            }
            out.push_str("</rsp:ReceiveResponse>");
        })
    }

    /// Answer to Send, Signal, Delete, Disconnect and Reconnect, which have nothing to tell.
    pub fn done(&self) -> String {
        self.respond(|out| {
            if let Some(name) =
                self.action.strip_prefix(namespace::SHELL).and_then(|name| name.strip_prefix('/'))
                && ["Send", "Signal", "Disconnect", "Reconnect"].contains(&name)
            {
                push(out, format_args!("<rsp:{name}Response/>"));
            }
        })
    }

    /// Answer to Get.
    pub fn shell_state(&self, shell: &ShellState<'_>) -> String {
        self.respond(|out| {
            let new = NewShell {
                address: "",
                shell_id: shell.shell_id,
                owner: shell.owner,
                client_ip: None,
                idle_timeout: shell.idle_timeout,
            };
            write_shell(out, &self.resource_uri, &new);
        })
    }

    /// A fault; it goes out with HTTP status 500.
    pub fn fault(&self, fault: &Fault) -> String {
        self::fault(Some(self), fault)
    }

    fn respond(&self, body: impl FnOnce(&mut String)) -> String {
        self.respond_with(0, body)
    }

    fn respond_with(&self, length: usize, body: impl FnOnce(&mut String)) -> String {
        envelope(&format!("{}Response", self.action), Some(self), length, body)
    }
}

/// A fault; it goes out with HTTP status 500. Without a request where that could not be parsed.
pub fn fault(request: Option<&Request>, fault: &Fault) -> String {
    let action = match fault.subcode_prefix() {
        "a" => action::ADDRESSING_FAULT,
        _ => action::FAULT,
    };
    envelope(action, request, 0, |out| fault.write(out))
}

fn envelope(
    action: &str,
    request: Option<&Request>,
    length: usize,
    body: impl FnOnce(&mut String),
) -> String {
    let relates_to = request.map_or("", |request| &request.message_id);
    let mut out = String::with_capacity(length + Output::ENVELOPE_OVERHEAD);
    out.push_str(concat!(
        "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" ",
        "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" ",
        "xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" ",
        "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" ",
        "xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\" ",
        "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header>",
    ));
    element(&mut out, "a:Action", "", action);
    let message_id = crate::envelope::parse_id(relates_to, "a:MessageID").unwrap_or_default();
    let message_id = Uuid::from_u128(message_id.as_u128() ^ RESPONSE_NAMESPACE);
    element(&mut out, "a:MessageID", "", &uri_of(message_id));
    element(&mut out, "a:To", "", ANONYMOUS);
    if !relates_to.is_empty() {
        element(&mut out, "a:RelatesTo", "", relates_to);
    }
    out.push_str("</s:Header><s:Body>");
    body(&mut out);
    out.push_str("</s:Body></s:Envelope>");
    out
}

fn write_shell(out: &mut String, resource_uri: &str, shell: &NewShell<'_>) {
    out.push_str("<rsp:Shell>");
    element(out, "rsp:ShellId", "", shell.shell_id);
    element(out, "rsp:ResourceUri", "", resource_uri);
    element(out, "rsp:Owner", "", shell.owner);
    if let Some(client_ip) = shell.client_ip {
        element(out, "rsp:ClientIP", "", client_ip);
    }
    element(out, "rsp:IdleTimeOut", "", &format_duration(shell.idle_timeout));
    out.push_str(
        "<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>",
    );
    out.push_str("<rsp:State>Connected</rsp:State>");
    out.push_str("</rsp:Shell>");
}
