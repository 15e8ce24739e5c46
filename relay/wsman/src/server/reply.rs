//! The envelopes that answer a request.

use std::time::Duration;

use uuid::Uuid;

use super::Request;
use crate::envelope::{
    ANONYMOUS, CommandState, Fault, Identity, action, encode_base64, format_duration, namespace,
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

/// What Get and Enumerate say of a shell.
#[derive(Clone, Debug)]
pub struct ShellState<'a> {
    /// Its id.
    pub shell_id: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its session configuration.
    pub resource_uri: &'a str,
    /// Name of the user it belongs to.
    pub owner: &'a str,
    /// The client's address.
    pub client_ip: Option<&'a str>,
    /// How long it may be unused.
    pub idle_timeout: Duration,
    /// Whether a client has it.
    pub connected: bool,
    /// How long it has been there, where that is told.
    pub run_time: Option<Duration>,
    /// How long nobody has used it, where that is told.
    pub inactivity: Option<Duration>,
}

/// What Enumerate says of a command.
#[derive(Clone, Copy, Debug)]
pub struct CommandEntry {
    /// Its id.
    pub command_id: Uuid,
    /// How far it is.
    pub state: CommandState,
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
            write_shell(out, &ShellState::of_new(shell, &self.resource_uri));
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
        self.respond(|out| write_shell(out, shell))
    }

    /// Answer to Connect: fragments of `SESSION_CAPABILITY` and `RUNSPACEPOOL_INIT_DATA`, or nothing for a command.
    pub fn connected(&self, response_xml: Option<&[u8]>) -> String {
        self.respond(|out| {
            out.push_str("<rsp:ConnectResponse>");
            if let Some(data) = response_xml {
                push(out, format_args!("<connectResponseXml xmlns=\"{}\">", namespace::POWERSHELL));
                encode_base64(data, out);
                out.push_str("</connectResponseXml>");
            }
            out.push_str("</rsp:ConnectResponse>");
        })
    }

    /// Answer to Enumerate: all shells.
    pub fn listed_shells<'s>(&self, shells: impl IntoIterator<Item = ShellState<'s>>) -> String {
        self.listed(|out| shells.into_iter().for_each(|shell| write_shell(out, &shell)))
    }

    /// Answer to Enumerate: all commands of a shell.
    pub fn listed_commands(
        &self,
        shell_id: &str,
        commands: impl IntoIterator<Item = CommandEntry>,
    ) -> String {
        self.listed(|out| {
            for command in commands {
                out.push_str("<rsp:Command>");
                element(out, "rsp:ShellId", "", shell_id);
                element(out, "rsp:CommandId", "", &upper(command.command_id));
                let state = format!("{}/CommandState/{}", namespace::SHELL, command.state.name());
                element(out, "rsp:State", "", &state);
                out.push_str("</rsp:Command>");
            }
        })
    }

    fn listed(&self, items: impl FnOnce(&mut String)) -> String {
        self.respond(|out| {
            push(out, format_args!("<n:EnumerateResponse xmlns:n=\"{}\"><w:Items>", namespace::ENUMERATION));
            items(out);
            out.push_str("</w:Items><w:EndOfSequence/><n:EnumerationContext/></n:EnumerateResponse>");
        })
    }

    /// Answer to Identify.
    pub fn identified(&self, identity: &Identity) -> String {
        self.respond(|out| {
            push(out, format_args!("<i:IdentifyResponse xmlns:i=\"{}\">", namespace::IDENTITY));
            element(out, "i:ProtocolVersion", "", &identity.protocol_version);
            element(out, "i:ProductVendor", "", &identity.product_vendor);
            element(out, "i:ProductVersion", "", &identity.product_version);
            out.push_str("</i:IdentifyResponse>");
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
        // Identify has no action, and its answer none either.
        let action = if self.action.is_empty() { String::new() } else { format!("{}Response", self.action) };
        envelope(&action, Some(self), length, body)
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
    if action.is_empty() {
        out.push_str("</s:Header><s:Body>");
        body(&mut out);
        out.push_str("</s:Body></s:Envelope>");
        return out;
    }
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

impl<'a> ShellState<'a> {
    fn of_new(shell: &NewShell<'a>, resource_uri: &'a str) -> Self {
        Self {
            shell_id: shell.shell_id,
            name: None,
            resource_uri,
            owner: shell.owner,
            client_ip: shell.client_ip,
            idle_timeout: shell.idle_timeout,
            connected: true,
            run_time: None,
            inactivity: None,
        }
    }
}

fn write_shell(out: &mut String, shell: &ShellState<'_>) {
    out.push_str("<rsp:Shell>");
    element(out, "rsp:ShellId", "", shell.shell_id);
    if let Some(name) = shell.name {
        element(out, "rsp:Name", "", name);
    }
    element(out, "rsp:ResourceUri", "", shell.resource_uri);
    element(out, "rsp:Owner", "", shell.owner);
    if let Some(client_ip) = shell.client_ip {
        element(out, "rsp:ClientIP", "", client_ip);
    }
    element(out, "rsp:IdleTimeOut", "", &format_duration(shell.idle_timeout));
    out.push_str(
        "<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>",
    );
    element(out, "rsp:State", "", if shell.connected { "Connected" } else { "Disconnected" });
    for (name, time) in [("rsp:ShellRunTime", shell.run_time), ("rsp:ShellInactivity", shell.inactivity)] {
        if let Some(time) = time {
            // As Windows counts them, in whole seconds.
            element(out, name, "", &format!("P0DT0H0M{}S", time.as_secs()));
        }
    }
    out.push_str("</rsp:Shell>");
}
