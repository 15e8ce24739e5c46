//! From an error to what a user is told: what failed, why, what to do, and what the server said.
//!
//! Each of the four parts is read by itself, so none refers to another, and what failed names the server.

use postern_shared::wire::Failure;

use super::{ConnectError, Error};
use crate::envelope::{Fault, code};

/// What failed, the likely cause, what to do.
struct Words {
    what: String,
    cause: &'static str,
    remedy: &'static str,
}

fn words(what: impl Into<String>, cause: &'static str, remedy: &'static str) -> Words {
    Words { what: what.into(), cause, remedy }
}

/// When the error came, and of which server.
#[derive(Clone, Copy)]
struct Context<'a> {
    /// Its name, or `the server`.
    server: &'a str,
    /// Whether no session was open yet: nothing can have been carried out.
    opening: bool,
}

impl Context<'_> {
    /// What to do when it is not known how far the server came.
    fn after_a_break(self) -> &'static str {
        if self.opening {
            "Sign in again. If it happens every time, have the server and the network between it and the relay checked."
        } else {
            "Sign in again. A command that was running may have been carried out: check before you run it again."
        }
    }
}

impl ConnectError {
    /// Explains it to a user.
    pub fn to_failure(&self) -> Failure {
        self.error.failure(Context { server: &self.host, opening: true })
    }
}

impl Error {
    /// Explains an error of a session that was open.
    pub fn to_failure(&self) -> Failure {
        self.failure(Context { server: "the server", opening: false })
    }

    fn failure(&self, context: Context<'_>) -> Failure {
        let Words { what, cause, remedy } = self.words(context);
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: &str| {
            if !value.is_empty() {
                facts.push((name.to_owned(), bounded(value)));
            }
        };
        match self {
            Self::Fault(fault) => {
                fact("Machine", fault.machine.as_deref().unwrap_or_default());
                fact("Subcode", &fault.subcode);
                fact("Category", failure_category(fault.text()).unwrap_or_default());
            }
            Self::Redirected { location, .. } => fact("Location", location),
            _ => {}
        }
        Failure {
            what,
            cause: cause.into(),
            remedy: remedy.into(),
            raw: bounded(&self.to_string()),
            code: bounded(&self.raw_code()),
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

    fn words(&self, context: Context<'_>) -> Words {
        self.words_of_connection(context).unwrap_or_else(|| self.words_of_answer(context))
    }

    /// Where no answer of the server came.
    fn words_of_connection(&self, context: Context<'_>) -> Option<Words> {
        let server = context.server;
        Some(match self {
            Self::InvalidEndpoint(_) => words(
                "The connection URI cannot be used.",
                "The connection URI is incomplete, or is not the address of a web server.",
                "Give the connection URI in full, such as https://mail.example.com/PowerShell/.",
            ),
            Self::InvalidUserName => words(
                "The user name cannot be used.",
                "The user name contains a colon or a control character, which Basic authentication cannot carry.",
                "Give the user name as user@domain or DOMAIN\\user.",
            ),
            Self::BasicOverHttp => words(
                format!("The password was not sent to {server}."),
                "The connection URI begins with http://, so that anyone on the way could read the password.",
                "Use a connection URI that begins with https://.",
            ),
            Self::NameNotResolved { .. } => words(
                format!("No address was found for the name {server}."),
                "The name is misspelt, or the name server that the relay asks does not know it.",
                "Check the server's name in the connection URI, and the DNS settings of the machine that the relay \
                 runs on.",
            ),
            Self::Refused { .. } => words(
                format!("The connection to {server} was refused."),
                "Nothing listens at that port: the web service (IIS) on the server is stopped, or the port is wrong.",
                "Check the port in the connection URI, and that the web service on the server is running.",
            ),
            Self::ConnectTimeout { .. } => words(
                format!("No connection to {server} came about in time."),
                "The server is switched off, or a firewall between it and the relay drops the connection.",
                "Check that the server is running, and that the relay may reach its port.",
            ),
            Self::Timeout { .. } => words(
                format!("No answer came from {server} in time."),
                "The server or the network is slow, or the connection was cut on the way.",
                context.after_a_break(),
            ),
            Self::Tls { text } if text.to_ascii_lowercase().contains("certificate") => words(
                format!("The certificate of {server} is not trusted."),
                "The certificate has expired, is for another name, or was issued by an authority that the relay's \
                 machine does not know.",
                "Use the name that the certificate is for, or have its authority installed on the machine that the \
                 relay runs on.",
            ),
            Self::Tls { .. } => words(
                format!("No secure connection to {server} came about."),
                "The server does not offer TLS 1.2 or 1.3, or does not speak TLS at that port.",
                "Check the port in the connection URI, and that TLS 1.2 is switched on at the server.",
            ),
            Self::Unreachable { .. } => words(
                format!("No connection to {server} could be made."),
                "The machine that the relay runs on has no route to the server.",
                "Check the network settings of that machine, and its proxy if it has one.",
            ),
            Self::ConnectionLost { .. } => words(
                format!("The connection to {server} was lost."),
                "The network broke off, the server was restarted, or what listens there is not a web service.",
                context.after_a_break(),
            ),
            Self::Closed if context.opening => words(
                "Signing in was given up.",
                "The session was closed while it was opened.",
                "Sign in again.",
            ),
            Self::Closed => words(
                "The session is closed.",
                "You signed out, or the relay closed the session.",
                "Sign in again.",
            ),
            Self::PipelineEnded => words(
                "The command takes no more input.",
                "The command has ended already.",
                "Run the command again.",
            ),
            _ => return None,
        })
    }

    /// Where the server answered.
    fn words_of_answer(&self, context: Context<'_>) -> Words {
        let server = context.server;
        match self {
            Self::Unauthorized { offered } if accepts_basic(offered) && context.opening => words(
                format!("The user name or password was refused by {server}."),
                "The user name or the password is wrong, the account is locked or disabled, or its password has expired.",
                "Check the user name and the password and sign in again. The relay never repeats a sign-in by itself, \
                 as this could lock the account.",
            ),
            Self::Unauthorized { offered } if accepts_basic(offered) => words(
                format!("The user name or password is no longer accepted by {server}."),
                "The password was changed, or the account was locked or disabled, while the session was open.",
                context.after_a_break(),
            ),
            Self::Unauthorized { .. } => words(
                format!("No sign-in with user name and password is possible at {server}."),
                "Basic authentication is switched off for the server's PowerShell virtual directory.",
                "Have an administrator switch it on: Set-PowerShellVirtualDirectory -BasicAuthentication $true.",
            ),
            Self::Forbidden => words(
                format!("Access to this address was forbidden by {server}."),
                "The virtual directory requires SSL, or does not admit the relay's network address.",
                "Use a connection URI that begins with https://, or have the virtual directory's settings in IIS \
                 checked.",
            ),
            Self::NotFound => words(
                format!("There is no PowerShell at this address of {server}."),
                "The path of the connection URI is wrong.",
                "Check the path: that of Exchange is /PowerShell/, as in https://mail.example.com/PowerShell/.",
            ),
            Self::Redirected { .. } => redirect_words(server),
            // Exchange's front end says so, and no more, to a user without remote PowerShell (KB2027064, KB4482720).
            Self::Http { status: 400, .. } if context.opening => words(
                format!("The session was refused by {server} (Bad Request)."),
                "Most likely the user may not use remote PowerShell: RemotePowerShellEnabled is False. A wrong path or \
                 port gives the same answer.",
                "Have an administrator run Set-User NAME -RemotePowerShellEnabled $true, wait 15 to 20 minutes and \
                 sign in again. Otherwise check the connection URI.",
            ),
            Self::ServerError { .. } => words(
                format!("The web service of {server} failed."),
                "The web service (IIS), or Exchange behind it, is out of order or overloaded.",
                "Try again later. If it stays, have the event log of the server checked.",
            ),
            Self::Http { .. } | Self::Envelope(_) | Self::ResponseTooLarge { .. } => words(
                format!("The answer of {server} was not understood."),
                "Another service answers at this address, or a proxy between it and the relay.",
                "Check host, port and path of the connection URI: Exchange's is such as \
                 https://mail.example.com/PowerShell/.",
            ),
            Self::Protocol(_) => words(
                format!("The answer of {server} was not understood."),
                "The answer does not follow the PowerShell remoting protocol.",
                "Sign in again. If it happens every time, report it to those who look after the relay.",
            ),
            Self::Fault(fault) => fault_words(fault, context),
            Self::PoolClosed { text, .. } => text_words(text, context).unwrap_or_else(|| {
                words(
                    format!("The session was closed by {server}."),
                    "The session was idle for too long, or an administrator removed it.",
                    "Sign in again.",
                )
            }),
            // The rest has been explained before.
            _ => {
                words(format!("The session on {server} failed."), "The cause is not known.", "Sign in again.")
            }
        }
    }
}

/// A server that takes Basic offers it with 401; one that offers nothing at all says nothing against it.
fn accepts_basic(offered: &[String]) -> bool {
    offered.is_empty() || offered.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic"))
}

fn fault_words(fault: &Fault, context: Context<'_>) -> Words {
    let server = context.server;
    if let Some(words) = text_words(fault.text(), context) {
        return words;
    }
    match fault.code {
        Some(code::ACCESS_DENIED | code::CLIENT_ACCESS_DENIED | code::LOGON_FAILURE) => words(
            format!("Access was denied by {server}."),
            "The user name or password is wrong, or the user may not use remote PowerShell.",
            "Check the user name and the password, and have an administrator check that RemotePowerShellEnabled is \
             True for the user (Get-User). The relay never repeats a sign-in by itself, as this could lock the account.",
        ),
        Some(code::SHELL_NOT_FOUND) => shell_gone_words(context),
        Some(
            code::QUOTA_SHELLS
            | code::QUOTA_OPERATIONS
            | code::QUOTA_USER
            | code::QUOTA_SYSTEM
            | code::QUOTA_SHELL_USERS,
        ) => quota_words(server),
        Some(code) if code::QUOTA_PLUGIN.contains(&code) => quota_words(server),
        Some(code::REDIRECT) => redirect_words(server),
        Some(code::REDIRECT_INVALID) => words(
            format!("The session was redirected by {server} to an address that cannot be used."),
            "The external URL of the server's PowerShell virtual directory is wrong.",
            "Have an administrator check it with Get-PowerShellVirtualDirectory.",
        ),
        Some(code::RESOURCE_NOT_FOUND | code::INVALID_RESOURCE_URI) => configuration_words(server),
        Some(code::TIMED_OUT | code::CLIENT_TIMED_OUT) => words(
            format!("The operation took {server} too long."),
            "The server or the network is slow.",
            context.after_a_break(),
        ),
        _ if fault.subcode == "QuotaLimit" => quota_words(server),
        _ if fault.subcode == "AccessDenied" => words(
            format!("Access was denied by {server}."),
            "The user may not use remote PowerShell.",
            "Have an administrator check the user's RemotePowerShellEnabled (Get-User) and management roles.",
        ),
        _ => words(
            format!("The request was refused by {server}."),
            "The server gave a reason that the relay has no explanation for; its own text and code are among the \
             details.",
            "Look the server's text or code up, or ask the server's administrator.",
        ),
    }
}

fn redirect_words(server: &str) -> Words {
    words(
        format!("The session was redirected by {server} to another address."),
        "The mailbox or the organisation is served by another server, and the relay may not follow to it.",
        "Allow redirection when you sign in, or use the address that the server names if you trust it. The relay \
         follows only over https and to hosts that its configuration names.",
    )
}

fn quota_words(server: &str) -> Words {
    words(
        format!("Too many sessions or operations are open on {server}."),
        "The server allows a user only a few at once. A window that was closed without signing out keeps its session \
         for about 15 minutes.",
        "Sign out of other sessions, or wait 15 minutes and sign in again. An administrator can raise the limit.",
    )
}

fn configuration_words(server: &str) -> Words {
    words(
        format!("The session configuration does not exist on {server}."),
        "The configuration name is misspelt, or the connection URI leads to a server without Exchange.",
        "Check the configuration name: that of Exchange is Microsoft.Exchange. Check the connection URI too.",
    )
}

fn shell_gone_words(context: Context<'_>) -> Words {
    words(
        format!("The session is no longer known to {}.", context.server),
        "The session was idle for too long, or a load balancer sent the request to another server.",
        context.after_a_break(),
    )
}

/// What Exchange says in words only (see the failure categories of its authorization module).
fn text_words(text: &str, context: Context<'_>) -> Option<Words> {
    let server = context.server;
    let has = |needle: &str| text.contains(needle);
    if has("AuthZ-CmdletAccessDeniedException") || has("assigned to any management roles") {
        Some(words(
            format!("The user may not run any command on {server}."),
            "No management role is assigned to the user.",
            "Have an administrator add the user to a role group, such as Recipient Management, and sign in again.",
        ))
    } else if has("exceeded the maximum number of connections") || has("concurrent shells") {
        Some(quota_words(server))
    } else if has("AuthZ-AuthorizationException") {
        Some(words(
            format!("The user may not open a session on {server}."),
            "The server's authorization refused the user.",
            "Have an administrator check the user's RemotePowerShellEnabled (Get-User) and management roles.",
        ))
    } else if has("WSMan-InvalidShellID") {
        Some(shell_gone_words(context))
    } else if has("WS-Management catalog") || has("Cannot find the") && has("session configuration") {
        Some(configuration_words(server))
    } else {
        None
    }
}

/// Longest text of a server that is passed on: a fault may be as large as an envelope, and would take the place of
/// everything else in a session's log.
const MOST_TEXT: usize = 32 << 10;

fn bounded(text: &str) -> String {
    text.get(..text.floor_char_boundary(MOST_TEXT)).unwrap_or_default().to_owned()
}

/// `AuthZ-AuthorizationException` of `[FailureCategory=AuthZ-AuthorizationException]`.
fn failure_category(text: &str) -> Option<&str> {
    Some(text.split_once("[FailureCategory=")?.1.split_once(']')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(error: &Error) -> (String, String) {
        let failure = ConnectError { host: "mail.example".into(), error: error.clone() }.to_failure();
        for part in [&failure.what, &failure.cause, &failure.remedy] {
            assert!(part.ends_with('.'), "{failure:?}");
        }
        assert!(!failure.raw.is_empty(), "{failure:?}");
        (failure.what, failure.code)
    }

    #[test]
    fn what_was_carried_out_is_a_question_only_of_an_open_session() {
        let error = Error::ConnectionLost { text: "reset".into() };
        assert!(error.to_failure().remedy.contains("may have been carried out"));
        assert!(error.to_failure().what.contains("the server"));
        let opening = ConnectError { host: "mail.example".into(), error }.to_failure();
        assert!(!opening.remedy.contains("carried out"), "{opening:?}");
    }

    #[test]
    fn a_bare_bad_request_points_at_remote_powershell() {
        let error = Error::Http { status: 400, text: "Bad Request".into() };
        let failure = ConnectError { host: "mail.example".into(), error }.to_failure();
        assert!(failure.remedy.contains("-RemotePowerShellEnabled $true"), "{failure:?}");
        assert_eq!(failure.code, "HTTP 400");
    }

    #[test]
    fn a_wrong_password_is_told_from_a_server_without_basic() {
        let error =
            |schemes: &[&str]| Error::Unauthorized { offered: schemes.iter().map(|s| (*s).into()).collect() };
        for schemes in [&["Basic"][..], &["Negotiate", "basic"], &[]] {
            let (what, code) = words(&error(schemes));
            assert_eq!(what, "The user name or password was refused by mail.example.");
            assert_eq!(code, "HTTP 401");
        }
        assert_eq!(
            words(&error(&["Negotiate"])).0,
            "No sign-in with user name and password is possible at mail.example."
        );
    }

    #[test]
    fn faults_are_told_by_code_and_by_text() {
        let text = "[Server=EX1] [FailureCategory=AuthZ-CmdletAccessDeniedException] The user \"x\" isn't assigned \
                    to any management roles.";
        for (fault, what, code) in [
            (Fault::access_denied(), "Access was denied by mail.example.", "5"),
            (Fault::access_denied_with(text), "The user may not run any command on mail.example.", "5"),
            (Fault::shell_not_found("X"), "The session is no longer known to mail.example.", "-2144108453"),
            (
                Fault::quota(code::QUOTA_SHELLS, "x"),
                "Too many sessions or operations are open on mail.example.",
                "-2144108123",
            ),
            (
                Fault::access_denied_with(
                    "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have \
                     exceeded the maximum number of connections allowed : 3",
                ),
                "Too many sessions or operations are open on mail.example.",
                "5",
            ),
            (
                Fault::invalid_resource_uri("urn:x"),
                "The session configuration does not exist on mail.example.",
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
