//! What a client sends: a header and one operation of a shell.

use std::{fmt::Write as _, time::Duration};

use uuid::Uuid;

use super::{
    ANONYMOUS, action, base64_text,
    duration::format_duration,
    namespace,
    operation::{CreateShell, Operation},
    xml::push_text,
};

/// What a request says besides its operation (DSP0226 5 and 6, MS-WSMV 2.2.4).
#[derive(Clone, Debug)]
pub struct Header<'a> {
    /// The endpoint's address as the user gave it, default port included.
    pub to: &'a str,
    /// The shell's resource URI: which session configuration.
    pub resource_uri: &'a str,
    /// New for each request.
    pub message_id: Uuid,
    /// The same for all requests of a shell; a Disconnect fails otherwise.
    pub session_id: Uuid,
    /// New for each request; servers write it into their logs.
    pub operation_id: Uuid,
    /// Counts the session's requests from 1.
    pub sequence: u64,
    /// Largest response that the client takes, in bytes.
    pub max_envelope_size: u32,
    /// How long the server may take.
    pub operation_timeout: Duration,
    /// UI culture: the language of fault texts, for example `en-US`.
    pub locale: &'a str,
    /// Culture: how data is formatted.
    pub data_locale: &'a str,
    /// The shell, once there is one.
    pub shell_id: Option<&'a str>,
}

/// A request to be written.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Its header.
    pub header: Header<'a>,
    /// Its operation.
    pub operation: Operation<'a>,
}

impl Request<'_> {
    /// The action's URI; Identify has none.
    pub fn action(&self) -> &'static str {
        match self.operation {
            Operation::Create(_) => action::CREATE,
            Operation::Command { .. } => action::COMMAND,
            Operation::Send { .. } => action::SEND,
            Operation::Receive { .. } => action::RECEIVE,
            Operation::Signal { .. } => action::SIGNAL,
            Operation::Delete => action::DELETE,
            Operation::Disconnect { .. } => action::DISCONNECT,
            Operation::Reconnect => action::RECONNECT,
            Operation::Connect { .. } => action::CONNECT,
            Operation::Enumerate { .. } => action::ENUMERATE,
            Operation::Pull { .. } => action::PULL,
            Operation::Identify => "",
        }
    }

    /// The envelope.
    pub fn to_xml(&self) -> String {
        let mut out = String::with_capacity(2048 + self.data_len().div_ceil(3) * 4);
        out.push_str(concat!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" ",
            "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" ",
            "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" ",
            "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header>",
        ));
        if !matches!(self.operation, Operation::Identify) {
            self.write_header(&mut out);
        }
        out.push_str("</s:Header><s:Body>");
        self.write_body(&mut out);
        out.push_str("</s:Body></s:Envelope>");
        out
    }

    fn data_len(&self) -> usize {
        match &self.operation {
            Operation::Create(create) => create.creation_xml.len(),
            Operation::Command { arguments: data, .. } | Operation::Send { data, .. } => data.len(),
            Operation::Connect { connect_xml, .. } => connect_xml.len(),
            _ => 0,
        }
    }

    fn write_header(&self, out: &mut String) {
        let header = &self.header;
        element(out, "a:To", "", header.to);
        element(out, "w:ResourceURI", MUST_UNDERSTAND, header.resource_uri);
        out.push_str("<a:ReplyTo>");
        element(out, "a:Address", MUST_UNDERSTAND, ANONYMOUS);
        out.push_str("</a:ReplyTo>");
        element(out, "a:Action", MUST_UNDERSTAND, self.action());
        element(out, "w:MaxEnvelopeSize", MUST_UNDERSTAND, &header.max_envelope_size.to_string());
        element(out, "a:MessageID", "", &uri_of(header.message_id));
        for (name, language) in [("w:Locale", header.locale), ("p:DataLocale", header.data_locale)] {
            push(out, format_args!("<{name} xml:lang=\""));
            push_text(language, out);
            out.push_str("\" s:mustUnderstand=\"false\"/>");
        }
        element(out, "p:SessionId", NEED_NOT_UNDERSTAND, &uri_of(header.session_id));
        element(out, "p:OperationID", NEED_NOT_UNDERSTAND, &uri_of(header.operation_id));
        element(out, "p:SequenceId", NEED_NOT_UNDERSTAND, &header.sequence.to_string());
        if let Some(shell_id) = header.shell_id {
            out.push_str("<w:SelectorSet>");
            element(out, "w:Selector", " Name=\"ShellId\"", shell_id);
            out.push_str("</w:SelectorSet>");
        }
        match &self.operation {
            Operation::Create(CreateShell { protocol_version, .. })
            | Operation::Connect { command_id: None, protocol_version, .. } => {
                out.push_str("<w:OptionSet s:mustUnderstand=\"true\">");
                element(out, "w:Option", " Name=\"protocolversion\" MustComply=\"true\"", protocol_version);
                out.push_str("</w:OptionSet>");
            }
            Operation::Receive { .. } => {
                out.push_str("<w:OptionSet s:mustUnderstand=\"true\">");
                element(out, "w:Option", " Name=\"WSMAN_CMDSHELL_OPTION_KEEPALIVE\"", "TRUE");
                out.push_str("</w:OptionSet>");
            }
            _ => {}
        }
        element(out, "w:OperationTimeout", "", &format_duration(header.operation_timeout));
    }

    fn write_body(&self, out: &mut String) {
        match &self.operation {
            Operation::Create(create) => {
                push(out, format_args!("<rsp:Shell xmlns:rsp=\"{}\"", namespace::SHELL));
                if let Some(name) = create.name {
                    out.push_str(" Name=\"");
                    push_text(name, out);
                    out.push('"');
                }
                push(out, format_args!(" ShellId=\"{}\">", upper(create.shell_id)));
                if let Some(idle_timeout) = create.idle_timeout {
                    element(out, "rsp:IdleTimeOut", "", &format_duration(idle_timeout));
                }
                out.push_str("<rsp:InputStreams>stdin pr</rsp:InputStreams>");
                out.push_str("<rsp:OutputStreams>stdout</rsp:OutputStreams>");
                push(out, format_args!("<creationXml xmlns=\"{}\">", namespace::POWERSHELL));
                base64_text::encode(create.creation_xml, out);
                out.push_str("</creationXml></rsp:Shell>");
            }
            Operation::Command { command_id, command_line, arguments } => {
                push(
                    out,
                    format_args!(
                        "<rsp:CommandLine xmlns:rsp=\"{}\" CommandId=\"{}\">",
                        namespace::SHELL,
                        upper(*command_id)
                    ),
                );
                element(out, "rsp:Command", "", &command_text(command_line));
                out.push_str("<rsp:Arguments>");
                base64_text::encode(arguments, out);
                out.push_str("</rsp:Arguments></rsp:CommandLine>");
            }
            Operation::Send { command_id, stream, data } => {
                push(
                    out,
                    format_args!(
                        "<rsp:Send xmlns:rsp=\"{}\"><rsp:Stream Name=\"{}\"",
                        namespace::SHELL,
                        stream.name()
                    ),
                );
                write_command_id(out, *command_id);
                out.push('>');
                base64_text::encode(data, out);
                out.push_str("</rsp:Stream></rsp:Send>");
            }
            Operation::Receive { command_id } => {
                push(
                    out,
                    format_args!(
                        "<rsp:Receive xmlns:rsp=\"{}\" SequenceId=\"0\"><rsp:DesiredStream",
                        namespace::SHELL
                    ),
                );
                write_command_id(out, *command_id);
                out.push_str(">stdout</rsp:DesiredStream></rsp:Receive>");
            }
            Operation::Signal { command_id, code } => {
                push(out, format_args!("<rsp:Signal xmlns:rsp=\"{}\"", namespace::SHELL));
                write_command_id(out, Some(*command_id));
                out.push('>');
                element(out, "rsp:Code", "", code.uri());
                out.push_str("</rsp:Signal>");
            }
            Operation::Disconnect { idle_timeout, buffer_mode } => {
                push(out, format_args!("<rsp:Disconnect xmlns:rsp=\"{}\">", namespace::SHELL));
                if let Some(idle_timeout) = idle_timeout {
                    element(out, "rsp:IdleTimeOut", "", &format_duration(*idle_timeout));
                }
                if let Some(mode) = buffer_mode {
                    element(out, "rsp:BufferMode", "", mode.name());
                }
                out.push_str("</rsp:Disconnect>");
            }
            Operation::Reconnect => {
                push(out, format_args!("<rsp:Reconnect xmlns:rsp=\"{}\"/>", namespace::SHELL));
            }
            Operation::Connect { command_id, connect_xml, .. } => {
                push(out, format_args!("<rsp:Connect xmlns:rsp=\"{}\"", namespace::SHELL));
                write_command_id(out, *command_id);
                out.push('>');
                if command_id.is_none() {
                    push(out, format_args!("<connectXml xmlns=\"{}\">", namespace::POWERSHELL));
                    base64_text::encode(connect_xml, out);
                    out.push_str("</connectXml>");
                }
                out.push_str("</rsp:Connect>");
            }
            Operation::Enumerate { commands_of } => {
                push(out, format_args!("<n:Enumerate xmlns:n=\"{}\">", namespace::ENUMERATION));
                out.push_str(MANY_ITEMS);
                if let Some(shell_id) = commands_of {
                    push(out, format_args!("<w:Filter Dialect=\"{SELECTOR_FILTER}\"><w:SelectorSet>"));
                    element(out, "w:Selector", " Name=\"ShellId\"", shell_id);
                    out.push_str("</w:SelectorSet></w:Filter>");
                }
                out.push_str("</n:Enumerate>");
            }
            Operation::Pull { context } => {
                push(out, format_args!("<n:Pull xmlns:n=\"{}\">", namespace::ENUMERATION));
                element(out, "n:EnumerationContext", "", context);
                out.push_str(MANY_ITEMS);
                out.push_str("</n:Pull>");
            }
            Operation::Identify => {
                push(out, format_args!("<i:Identify xmlns:i=\"{}\"/>", namespace::IDENTITY));
            }
            Operation::Delete => {}
        }
    }
}

/// Asks for items in the answer itself; as many as Windows' own client asks for.
const MANY_ITEMS: &str = "<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>";
/// How a list is narrowed down to one shell's commands.
const SELECTOR_FILTER: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";

const MUST_UNDERSTAND: &str = " s:mustUnderstand=\"true\"";
const NEED_NOT_UNDERSTAND: &str = " s:mustUnderstand=\"false\"";

/// Longest text of a Command that Windows sends; a blank stands for none.
const MAX_COMMAND_TEXT: usize = 255;

fn command_text(command_line: &str) -> String {
    let text: String = command_line.chars().take(MAX_COMMAND_TEXT).collect();
    if text.is_empty() { " ".to_owned() } else { text }
}

/// An id as Windows writes it.
pub(crate) fn upper(id: Uuid) -> String {
    format!("{id:X}")
}

pub(crate) fn uri_of(id: Uuid) -> String {
    format!("uuid:{id:X}")
}

pub(crate) fn write_command_id(out: &mut String, command_id: Option<Uuid>) {
    if let Some(id) = command_id {
        push(out, format_args!(" CommandId=\"{id:X}\""));
    }
}

/// Writes a whole element; `attributes` stand as they are, with a blank before them.
pub(crate) fn element(out: &mut String, name: &str, attributes: &str, text: &str) {
    push(out, format_args!("<{name}{attributes}>"));
    push_text(text, out);
    push(out, format_args!("</{name}>"));
}

pub(crate) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}
