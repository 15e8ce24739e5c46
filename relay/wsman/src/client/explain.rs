//! From an error to what a user is told: what failed, why, what to do, and what the server said.

use postern_shared::wire::Failure;

use super::Error;
use crate::envelope::{Fault, code};

impl Error {
    /// Explains an error of a session that was open.
    pub fn to_failure(&self) -> Failure {
        let (what, cause, remedy) = self.words();
        let mut facts = Vec::new();
        if let Self::Fault(fault) = self {
            facts.extend(
                fault.machine.clone().filter(|name| !name.is_empty()).map(|name| ("Machine".into(), name)),
            );
            if !fault.subcode.is_empty() {
                facts.push(("Subcode".into(), fault.subcode.clone()));
            }
            facts.extend(
                failure_category(fault.text()).map(|category| ("Category".into(), category.to_owned())),
            );
        }
        Failure {
            what: what.into(),
            cause: cause.into(),
            remedy: remedy.into(),
            raw: self.to_string(),
            code: self.raw_code(),
            position: None,
            facts,
        }
    }

    fn raw_code(&self) -> String {
        match self {
            Self::Fault(fault) => {
                fault.signed_code().map_or_else(|| fault.subcode.clone(), |code| code.to_string())
            }
            Self::Unauthorized { .. } => "HTTP 401".into(),
            Self::Forbidden => "HTTP 403".into(),
            Self::NotFound => "HTTP 404".into(),
            Self::ServerError { status, .. } | Self::Http { status, .. } => format!("HTTP {status}"),
            Self::Redirected { via, .. } => via.clone(),
            Self::PoolClosed { id, .. } => id.clone(),
            _ => String::new(),
        }
    }

    /// What failed, the likely cause, what to do.
    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InvalidEndpoint(_) => (
                "The connection URI cannot be used",
                "It is not complete, or not an address of a web server.",
                "Give it as https://server/PowerShell/.",
            ),
            Self::InvalidUserName => (
                "The user name cannot be used",
                "Basic authentication cannot carry a colon or a control character in it.",
                "Give it as user@domain or DOMAIN\\user.",
            ),
            Self::BasicOverHttp => (
                "The password was not sent",
                "The connection URI begins with http://, so that anyone on the way could read it.",
                "Use https://.",
            ),
            Self::NameNotResolved { .. } => (
                "The server's name has no address",
                "The name is misspelt, or this machine's name server does not know it.",
                "Check the name in the connection URI, and the name server of the machine that the relay runs on.",
            ),
            Self::Refused { .. } => (
                "The server refused the connection",
                "Nothing listens at this port: the web service is stopped, or the port is another one.",
                "Check the port, and that the web service on the server is running.",
            ),
            Self::ConnectTimeout { .. } => (
                "The server could not be reached in time",
                "The server is off, or a firewall on the way drops the connection.",
                "Check that the server is running and that the relay may reach it.",
            ),
            Self::Timeout { .. } => (
                "The server did not answer in time",
                "The server or the network is slow, or the connection was cut on the way.",
                "Sign in again. What was running may have been carried out: check before running it again.",
            ),
            Self::Tls { text } if text.to_ascii_lowercase().contains("certificate") => (
                "The server's certificate is not trusted",
                "It is issued by an authority that this machine does not know, has expired, or is for another name.",
                "Have the certificate's authority added on the machine that the relay runs on, or use the name that \
                 the certificate is for.",
            ),
            Self::Tls { .. } => (
                "No secure connection came about",
                "The server offers no TLS 1.2 or 1.3, or no TLS at all at this port.",
                "Switch TLS 1.2 on at the server, or check the port.",
            ),
            Self::Unreachable { .. } => (
                "The server could not be reached",
                "There is no way to it from the machine that the relay runs on.",
                "Check the network and the proxy of that machine.",
            ),
            Self::ConnectionLost { .. } => (
                "The connection to the server was lost",
                "The network broke off, or the server was restarted.",
                "Sign in again. What was running may have been carried out: check before running it again.",
            ),
            Self::Unauthorized { offered } if accepts_basic(offered) => (
                "The user name or password was not accepted",
                "One of them is wrong, the account is locked or disabled, or its password has expired.",
                "Check both and try again. Nothing is tried again by itself, as this could lock the account.",
            ),
            Self::Unauthorized { .. } => (
                "The server takes no user name and password here",
                "Basic authentication is switched off for this virtual directory.",
                "Have it switched on: Set-PowerShellVirtualDirectory -BasicAuthentication $true.",
            ),
            Self::Forbidden => (
                "The server refuses this address",
                "The virtual directory demands SSL, or the address of the relay is not allowed.",
                "Use https://, or have the virtual directory's settings checked.",
            ),
            Self::NotFound => (
                "There is no PowerShell at this address",
                "The path of the connection URI is another one.",
                "Exchange's is https://server/PowerShell/.",
            ),
            Self::Redirected { .. } => (
                "The server sends the session elsewhere",
                "The mailbox or the organisation is served by another server.",
                "Sign in with the address that it names, if you trust it.",
            ),
            Self::ServerError { .. } => (
                "The server failed",
                "Its web service is out of order or overloaded.",
                "Try later; if it stays, the server's event log tells why.",
            ),
            Self::Http { .. } | Self::Envelope(_) | Self::ResponseTooLarge { .. } => (
                "The server's answer was not understood",
                "There is another service at this address, or a proxy on the way answered instead.",
                "Check the connection URI.",
            ),
            Self::Protocol(_) => (
                "The server's answer was not understood",
                "It does not follow the PowerShell remoting protocol.",
                "Sign in again; if it stays, report it with the text below.",
            ),
            Self::Fault(fault) => fault_words(fault),
            Self::PoolClosed { text, .. } => text_words(text).unwrap_or((
                "The server closed the session",
                "The server ended it: it was idle too long, or an administrator removed it.",
                "Sign in again.",
            )),
            Self::PipelineEnded => ("The command takes no more input", "It has ended.", "Run it again."),
            Self::Closed => ("The session is closed", "", "Sign in again."),
        }
    }
}

/// A server that takes Basic offers it with 401; one that offers nothing at all says nothing against it.
fn accepts_basic(offered: &[String]) -> bool {
    offered.is_empty() || offered.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic"))
}

fn fault_words(fault: &Fault) -> (&'static str, &'static str, &'static str) {
    if let Some(words) = text_words(fault.text()) {
        return words;
    }
    match fault.code {
        Some(code::ACCESS_DENIED | code::CLIENT_ACCESS_DENIED | code::LOGON_FAILURE) => (
            "Access is denied",
            "The user name or password is wrong, or the user may not use remote PowerShell.",
            "Check both, and the user's RemotePowerShellEnabled. Nothing is tried again by itself, as this could \
             lock the account.",
        ),
        Some(code::SHELL_NOT_FOUND) => (
            "The server does not know the session any more",
            "It was idle too long, or a load balancer sent the request to another server.",
            "Sign in again. What was running may have been carried out: check before running it again.",
        ),
        Some(
            code::QUOTA_SHELLS
            | code::QUOTA_OPERATIONS
            | code::QUOTA_USER
            | code::QUOTA_SYSTEM
            | code::QUOTA_SHELL_USERS,
        ) => QUOTA_WORDS,
        Some(code) if code::QUOTA_PLUGIN.contains(&code) => QUOTA_WORDS,
        Some(code::REDIRECT) => (
            "The server sends the session elsewhere",
            "The mailbox or the organisation is served by another server.",
            "Sign in with the address that it names, if you trust it.",
        ),
        Some(code::REDIRECT_INVALID) => (
            "The server sends the session to an address that cannot be used",
            "The server's configuration is wrong.",
            "Have the server's external URL checked.",
        ),
        Some(code::RESOURCE_NOT_FOUND | code::INVALID_RESOURCE_URI) => CONFIGURATION_WORDS,
        Some(code::TIMED_OUT | code::CLIENT_TIMED_OUT) => (
            "The operation took too long",
            "The network or the server is slow.",
            "Try again; check first whether it has been carried out.",
        ),
        _ if fault.subcode == "QuotaLimit" => QUOTA_WORDS,
        _ if fault.subcode == "AccessDenied" => (
            "Access is denied",
            "The user may not use remote PowerShell here.",
            "Check the user's RemotePowerShellEnabled and roles.",
        ),
        _ => ("The server refused the request", "", "The text below is what it said."),
    }
}

const QUOTA_WORDS: (&str, &str, &str) = (
    "Too many sessions or operations are open",
    "The server allows only a few at once; a window that was just closed keeps its place for about 15 minutes.",
    "Sign out of other sessions or wait 15 minutes; an administrator can raise the quota.",
);

const CONFIGURATION_WORDS: (&str, &str, &str) = (
    "The session configuration does not exist on this server",
    "The configuration name or the connection URI is wrong.",
    "Exchange's configuration name is Microsoft.Exchange.",
);

/// What Exchange says in words only (see the failure categories of its authorization module).
fn text_words(text: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let has = |needle: &str| text.contains(needle);
    if has("AuthZ-CmdletAccessDeniedException") || has("assigned to any management roles") {
        Some((
            "The user may not run any cmdlet",
            "No management role is assigned to the user.",
            "Have an administrator add the user to a role group.",
        ))
    } else if has("exceeded the maximum number of connections") || has("concurrent shells") {
        Some(QUOTA_WORDS)
    } else if has("AuthZ-AuthorizationException") {
        Some((
            "The user is not allowed to open a session",
            "The server's authorization refused it.",
            "Check the user's RemotePowerShellEnabled and roles.",
        ))
    } else if has("WSMan-InvalidShellID") {
        Some((
            "The server does not know the session any more",
            "It was idle too long, or requests reach the server by several ways.",
            "Sign in again. What was running may have been carried out: check before running it again.",
        ))
    } else if has("WS-Management catalog") || has("Cannot find the") && has("session configuration") {
        Some(CONFIGURATION_WORDS)
    } else {
        None
    }
}

/// `AuthZ-AuthorizationException` of `[FailureCategory=AuthZ-AuthorizationException]`.
fn failure_category(text: &str) -> Option<&str> {
    Some(text.split_once("[FailureCategory=")?.1.split_once(']')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(error: &Error) -> (String, String) {
        let failure = error.to_failure();
        assert!(
            !failure.what.is_empty() && !failure.remedy.is_empty() && !failure.raw.is_empty(),
            "{failure:?}"
        );
        (failure.what, failure.code)
    }

    #[test]
    fn a_wrong_password_is_told_from_a_server_without_basic() {
        let error =
            |schemes: &[&str]| Error::Unauthorized { offered: schemes.iter().map(|s| (*s).into()).collect() };
        for schemes in [&["Basic"][..], &["Negotiate", "basic"], &[]] {
            let (what, code) = words(&error(schemes));
            assert_eq!(what, "The user name or password was not accepted");
            assert_eq!(code, "HTTP 401");
        }
        assert_eq!(words(&error(&["Negotiate"])).0, "The server takes no user name and password here");
    }

    #[test]
    fn faults_are_told_by_code_and_by_text() {
        let text = "[Server=EX1] [FailureCategory=AuthZ-CmdletAccessDeniedException] The user \"x\" isn't assigned \
                    to any management roles.";
        for (fault, what, code) in [
            (Fault::access_denied(), "Access is denied", "5"),
            (Fault::access_denied_with(text), "The user may not run any cmdlet", "5"),
            (Fault::shell_not_found("X"), "The server does not know the session any more", "-2144108453"),
            (
                Fault::quota(code::QUOTA_SHELLS, "x"),
                "Too many sessions or operations are open",
                "-2144108123",
            ),
            (
                Fault::access_denied_with(
                    "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have \
                     exceeded the maximum number of connections allowed : 3",
                ),
                "Too many sessions or operations are open",
                "5",
            ),
            (
                Fault::invalid_resource_uri("urn:x"),
                "The session configuration does not exist on this server",
                "-2144108544",
            ),
        ] {
            assert_eq!(words(&Error::Fault(Box::new(fault))), (what.to_owned(), code.to_owned()));
        }
        let failure = Error::Fault(Box::new(Fault::access_denied_with(text))).to_failure();
        assert!(failure.facts.contains(&("Category".into(), "AuthZ-CmdletAccessDeniedException".into())));
        assert_eq!(failure.raw, text);
    }
}
