//! Faults: SOAP's code and subcode, and what Windows adds in the detail (MS-WSMV 2.2.4.43, DSP0226 14).

use super::{
    namespace,
    request::{element, push},
    xml::{Element, Ns, push_text},
};

/// WSManFault codes, as the unsigned numbers that stand on the wire. PowerShell shows them as signed ones.
pub mod code {
    /// No data within OperationTimeout: a Receive is asked again (`0x80338029`).
    pub const TIMED_OUT: u32 = 2_150_858_793;
    /// The shell or command is not there (any more) (`0x8033805B`).
    pub const SHELL_NOT_FOUND: u32 = 2_150_858_843;
    /// The shell is disconnected, and takes nothing but Reconnect, Connect and Delete (`0x803381C4`).
    pub const SHELL_DISCONNECTED: u32 = 2_150_859_204;
    /// The session configuration has no disconnected shells (`0x803381C5`).
    pub const DISCONNECT_NOT_SUPPORTED: u32 = 2_150_859_205;
    /// The request's `SessionId` is not the one that the shell belongs to (`0x803381C6`).
    pub const SESSION_ID_MISMATCH: u32 = 2_150_859_206;
    /// The shell is connected to a client, so that another cannot have it (`0x803381CD`).
    pub const CONNECTED_TO_DIFFERENT_CLIENT: u32 = 2_150_859_213;
    /// Disconnect of a shell that is not connected (`0x803381CF`).
    pub const DISCONNECT_NOT_VALID: u32 = 2_150_859_215;
    /// Reconnect of a shell that is not disconnected (`0x803381D0`).
    pub const RECONNECT_NOT_VALID: u32 = 2_150_859_216;
    /// A Receive was open when its shell was disconnected (`0x803381DE`).
    pub const STREAM_DISCONNECTED: u32 = 2_150_859_230;
    /// Windows: access denied.
    pub const ACCESS_DENIED: u32 = 5;
    /// Windows: a parameter is wrong.
    pub const INVALID_PARAMETER: u32 = 87;
    /// The action is not supported (`0x80338001`).
    pub const ACTION_NOT_SUPPORTED: u32 = 2_150_858_753;
    /// There is no such resource, which for PowerShell is a session configuration (`0x80338000`).
    pub const RESOURCE_NOT_FOUND: u32 = 2_150_858_752;
    /// The resource URI is missing or malformed (`0x80338002`).
    pub const INVALID_RESOURCE_URI: u32 = 2_150_858_754;
    /// The user has as many shells as the service allows (`0x803381A5`).
    pub const QUOTA_SHELLS: u32 = 2_150_859_173;
    /// More operations at once than a user is allowed (`0x803381A6`).
    pub const QUOTA_OPERATIONS: u32 = 2_150_859_174;
    /// Requests per time of a user (`0x803381A7`).
    pub const QUOTA_USER: u32 = 2_150_859_175;
    /// Operations of the whole system (`0x803381A8`).
    pub const QUOTA_SYSTEM: u32 = 2_150_859_176;
    /// More different users than may have shells (`0x803381AB`).
    pub const QUOTA_SHELL_USERS: u32 = 2_150_859_179;
    /// Sessions of one user in a plug-in, which is a session configuration (`0x803381E4`).
    pub const QUOTA_PLUGIN_SHELLS_PER_USER: u32 = 2_150_859_236;
    /// Users of a plug-in (`0x803381E5`).
    pub const QUOTA_PLUGIN_USERS: u32 = 2_150_859_237;
    /// Sessions of a plug-in (`0x803381E6`).
    pub const QUOTA_PLUGIN_SHELLS: u32 = 2_150_859_238;
    /// Operations of a plug-in (`0x803381E7`).
    pub const QUOTA_PLUGIN_OPERATIONS: u32 = 2_150_859_239;
    /// Operations of one user in a plug-in (`0x803381E8`).
    pub const QUOTA_PLUGIN_OPERATIONS_PER_USER: u32 = 2_150_859_240;
    /// Commands of a session (`0x803381E9`).
    pub const QUOTA_PLUGIN_COMMANDS: u32 = 2_150_859_241;
    /// The quotas are lower than the plug-in needs (`0x803381EA`).
    pub const QUOTA_PLUGIN_MINIMUM: u32 = 2_150_859_242;
    /// Basic is switched off in the configuration of a Windows client (`0x803380DF`).
    pub const BASIC_DISABLED: u32 = 2_150_858_975;
    /// Unencrypted traffic is switched off in the configuration of a Windows client (`0x803380DE`).
    pub const UNENCRYPTED_DISABLED: u32 = 2_150_858_974;
    /// The request must go to another machine; the detail says to which (`0x80338199`).
    pub const REDIRECT: u32 = 2_150_859_161;
    /// The redirect's location is no good (`0x803381B7`).
    pub const REDIRECT_INVALID: u32 = 2_150_859_191;
    /// What a Windows client reports when a sign-in failed (`0x80338043`).
    pub const CLIENT_ACCESS_DENIED: u32 = 2_150_858_819;
    /// What a Windows client reports when an operation took too long (`0x80338126`).
    pub const CLIENT_TIMED_OUT: u32 = 2_150_859_046;
    /// Windows: an operation failed within the server.
    pub const INTERNAL_ERROR: u32 = 1359;
    /// Windows: the credentials are wrong.
    pub const LOGON_FAILURE: u32 = 1326;
}

/// Who is to blame, as SOAP says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SoapCode {
    /// The request.
    #[default]
    Sender,
    /// The server.
    Receiver,
    /// A header with `mustUnderstand` that the server does not know.
    MustUnderstand,
    /// Another SOAP version.
    VersionMismatch,
    /// Encoding.
    DataEncodingUnknown,
}

const SOAP_CODES: [(SoapCode, &str); 5] = [
    (SoapCode::Sender, "Sender"),
    (SoapCode::Receiver, "Receiver"),
    (SoapCode::MustUnderstand, "MustUnderstand"),
    (SoapCode::VersionMismatch, "VersionMismatch"),
    (SoapCode::DataEncodingUnknown, "DataEncodingUnknown"),
];

/// A fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct Fault {
    /// Who is to blame.
    pub soap_code: SoapCode,
    /// Local name of the subcode, for example `TimedOut`; empty if there is none.
    pub subcode: String,
    /// WSManFault's code (see [`code`]).
    pub code: Option<u32>,
    /// The reason in words.
    pub reason: String,
    /// WSManFault's message in words; often the same as the reason, and often longer.
    pub message: String,
    /// Machine that the fault comes from.
    pub machine: Option<String>,
    /// What the provider behind the service (PowerShell's plug-in, Exchange) says.
    pub provider: Option<ProviderFault>,
    /// URI of DSP0226's `FaultDetail`.
    pub detail: Option<String>,
    /// Where the request is to go instead, for a redirect.
    pub location: Option<String>,
}

/// What a provider says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderFault {
    /// Its name.
    pub provider: String,
    /// Its file.
    pub path: String,
    /// Its text; elements within are left out.
    pub text: String,
}

impl Fault {
    fn new(subcode: &str, code: u32, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            subcode: subcode.to_owned(),
            code: Some(code),
            reason: text.clone(),
            message: text,
            ..Self::default()
        }
    }

    /// No output came within OperationTimeout; not an error for a Receive.
    pub fn timed_out() -> Self {
        Self {
            soap_code: SoapCode::Receiver,
            detail: Some(fault_detail("OperationTimeout")),
            ..Self::new(
                "TimedOut",
                code::TIMED_OUT,
                "The WS-Management service cannot complete the operation within the time specified in \
                 OperationTimeout.  ",
            )
        }
    }

    /// There is no such shell or command.
    pub fn shell_not_found(shell_id: &str) -> Self {
        Self {
            detail: Some(fault_detail("UnexpectedSelectors")),
            ..Self::new(
                "InvalidSelectors",
                code::SHELL_NOT_FOUND,
                format!(
                    "The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was \
                     not found on the server. Possible causes are: the specified ShellId is incorrect or the shell \
                     no longer exists on the server. Provide the correct ShellId or create a new shell and retry \
                     the operation."
                ),
            )
        }
    }

    /// The user may not.
    pub fn access_denied() -> Self {
        Self::new("AccessDenied", code::ACCESS_DENIED, "Access is denied. ")
    }

    /// Access denied with a text of the provider's, as Exchange's authorization gives it.
    pub fn access_denied_with(text: impl Into<String>) -> Self {
        Self::new("AccessDenied", code::ACCESS_DENIED, text)
    }

    /// The server knows no such action.
    pub fn action_not_supported(action: &str) -> Self {
        Self::new(
            "ActionNotSupported",
            code::ACTION_NOT_SUPPORTED,
            format!(
                "The WS-Management service cannot process the request because the action {action} is not supported."
            ),
        )
    }

    /// There is no such session configuration.
    pub fn invalid_resource_uri(resource_uri: &str) -> Self {
        Self {
            detail: Some(fault_detail("InvalidResourceURI")),
            ..Self::new(
                "DestinationUnreachable",
                code::RESOURCE_NOT_FOUND,
                format!(
                    "The WS-Management service cannot process the request. The service cannot find the resource \
                     identified by the resource URI and selectors. Resource URI: {resource_uri}"
                ),
            )
        }
    }

    /// Any other fault, by its code (see [`code`]).
    pub fn with_code(code: u32, text: impl Into<String>) -> Self {
        Self::new("InternalError", code, text)
    }

    /// The user has as many of something as is allowed; see the `QUOTA_` codes of [`code`].
    pub fn quota(code: u32, text: impl Into<String>) -> Self {
        Self::new("QuotaLimit", code, text)
    }

    /// The request must go to `location`.
    pub fn redirect(location: &str) -> Self {
        Self {
            location: Some(location.to_owned()),
            ..Self::new(
                "EndpointUnavailable",
                code::REDIRECT,
                format!(
                    "The WS-Management service cannot process the request. The request needs to be sent to a \
                     different machine. Use the redirect information to send the request to a new machine. \
                     Redirect location reported: {location}. "
                ),
            )
        }
    }

    /// The operation is not possible in the shell's state; see the codes of disconnected shells in [`code`].
    pub fn shell_state(code: u32, text: impl Into<String>) -> Self {
        Self::new("InvalidOperation", code, text)
    }

    /// Something in the request is wrong.
    pub fn invalid_parameter(text: impl Into<String>) -> Self {
        Self::new("InvalidParameter", code::INVALID_PARAMETER, text)
    }

    /// The server failed.
    pub fn internal_error(text: impl Into<String>) -> Self {
        Self { soap_code: SoapCode::Receiver, ..Self::new("InternalError", code::INTERNAL_ERROR, text) }
    }

    /// The longest thing it says in words: provider's text, message or reason.
    pub fn text(&self) -> &str {
        [
            self.provider.as_ref().map_or("", |provider| &provider.text),
            &self.message,
            &self.reason,
            &self.subcode,
        ]
        .into_iter()
        .map(str::trim)
        .find(|text| !text.is_empty())
        .unwrap_or("the server gave a fault without a text")
    }

    /// The code as PowerShell shows it: a signed number.
    pub fn signed_code(&self) -> Option<i32> {
        self.code.map(u32::cast_signed)
    }

    /// Whether it ends a long poll without data.
    pub fn is_timeout(&self) -> bool {
        self.code == Some(code::TIMED_OUT) || (self.code.is_none() && self.subcode == "TimedOut")
    }

    /// Whether the shell or command is not there (any more).
    pub fn is_not_found(&self) -> bool {
        self.code == Some(code::SHELL_NOT_FOUND)
            || (self.code.is_none() && self.subcode == "InvalidSelectors")
    }

    /// Whether it says that the shell is disconnected.
    pub fn is_disconnected(&self) -> bool {
        matches!(self.code, Some(code::SHELL_DISCONNECTED | code::STREAM_DISCONNECTED))
    }

    /// Whether the server still has the request under way whose message id was repeated.
    pub(crate) fn is_duplicate(&self) -> bool {
        self.code == Some(code::INTERNAL_ERROR)
    }

    pub(crate) fn from_element(fault: &Element<'_>) -> Self {
        let soap = |path: &[&str]| fault.descend(Ns::Soap, path);
        let soap_code = soap(&["Code", "Value"]).map(|value| value.qname().1);
        let mut parsed = Self {
            soap_code: SOAP_CODES
                .iter()
                .find(|(_, name)| Some(*name) == soap_code)
                .map_or(SoapCode::Receiver, |(code, _)| *code),
            subcode: soap(&["Code", "Subcode", "Value"])
                .map(|value| value.qname().1.to_owned())
                .unwrap_or_default(),
            reason: soap(&["Reason", "Text"]).and_then(Element::trimmed).unwrap_or_default().to_owned(),
            ..Self::default()
        };
        let Some(detail) = soap(&["Detail"]) else {
            return parsed;
        };
        parsed.detail = detail.child(Ns::Wsman, "FaultDetail").and_then(Element::trimmed).map(str::to_owned);
        if let Some(wsman) = detail.child(Ns::Fault, "WSManFault") {
            parsed.code = wsman.attribute(Ns::None, "Code").and_then(parse_code);
            parsed.machine = wsman.attribute(Ns::None, "Machine").map(str::to_owned);
            if let Some(message) = wsman.child(Ns::Fault, "Message") {
                message.trimmed().unwrap_or_default().clone_into(&mut parsed.message);
                parsed.provider = message.child(Ns::Fault, "ProviderFault").map(provider_fault);
            }
        }
        if parsed.code == Some(code::REDIRECT) {
            let mut all = parsed.reason.clone();
            detail.deep_text(&mut all);
            parsed.location = find_location(&all);
        }
        parsed
    }

    /// Writes `<s:Fault>` whole; the prefixes `s`, `a` and `w` are bound outside.
    pub(crate) fn write(&self, out: &mut String) {
        let soap_code =
            SOAP_CODES.iter().find(|(code, _)| *code == self.soap_code).map_or("Receiver", |(_, name)| name);
        push(out, format_args!("<s:Fault><s:Code><s:Value>s:{soap_code}</s:Value>"));
        if !self.subcode.is_empty() {
            out.push_str("<s:Subcode>");
            element(out, "s:Value", "", &format!("{}:{}", self.subcode_prefix(), self.subcode));
            out.push_str("</s:Subcode>");
        }
        out.push_str("</s:Code><s:Reason>");
        element(out, "s:Text", " xml:lang=\"en-US\"", &self.reason);
        out.push_str("</s:Reason>");
        if self.code.is_some() || self.detail.is_some() {
            out.push_str("<s:Detail>");
            if let Some(detail) = &self.detail {
                element(out, "w:FaultDetail", "", detail);
            }
            if let Some(code) = self.code {
                push(
                    out,
                    format_args!("<f:WSManFault xmlns:f=\"{}\" Code=\"{code}\" Machine=\"", namespace::FAULT),
                );
                push_text(self.machine.as_deref().unwrap_or_default(), out);
                out.push_str("\"><f:Message>");
                push_text(&self.message, out);
                if let Some(provider) = &self.provider {
                    out.push_str("<f:ProviderFault provider=\"");
                    push_text(&provider.provider, out);
                    out.push_str("\" path=\"");
                    push_text(&provider.path, out);
                    out.push_str("\">");
                    push_text(&provider.text, out);
                    out.push_str("</f:ProviderFault>");
                }
                out.push_str("</f:Message></f:WSManFault>");
            }
            out.push_str("</s:Detail>");
        }
        out.push_str("</s:Fault>");
    }

    /// Some faults are WS-Addressing's, the rest is WS-Management's.
    pub(crate) fn subcode_prefix(&self) -> &'static str {
        match self.subcode.as_str() {
            "ActionNotSupported"
            | "DestinationUnreachable"
            | "EndpointUnavailable"
            | "InvalidMessageInformationHeader"
            | "MessageInformationHeaderRequired" => "a",
            _ => "w",
        }
    }
}

fn fault_detail(name: &str) -> String {
    format!("http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{name}")
}

fn provider_fault(element: &Element<'_>) -> ProviderFault {
    let attribute = |name| element.attribute(Ns::None, name).unwrap_or_default().to_owned();
    let mut text = String::new();
    element.deep_text(&mut text);
    ProviderFault { provider: attribute("provider"), path: attribute("path"), text }
}

/// Windows writes the code as an unsigned number, Exchange's front ends have been seen with the signed one.
fn parse_code(text: &str) -> Option<u32> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

/// The first web address in a text, up to white space or a quote; a full stop at its end is not part of it.
fn find_location(text: &str) -> Option<String> {
    let start = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()?;
    let rest = text.get(start..)?;
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')).unwrap_or(rest.len());
    Some(rest.get(..end)?.trim_end_matches(['.', ',']).to_owned())
}
