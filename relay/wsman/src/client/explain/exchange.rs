//! What Exchange, its sign-in services and Windows' client say in words, whatever it is wrapped in; and the brackets that
//! Exchange puts before its texts.

use super::{
    Row, When,
    faults::{NO_CONFIGURATION, SHELL_GONE},
    http::{NO_REMOTE_POWERSHELL, WEB_PAGE},
};

pub(super) const ROWS: &[Row] = &[
    Row {
        when: When::Says(&["AuthZ-CmdletAccessDeniedException", "assigned to any management roles"]),
        what: "The user may not run any command on {server}.",
        cause: "No management role is assigned to the user.",
        remedy: "Have an administrator add the user to a role group, such as Recipient Management, and sign in again.",
    },
    Row {
        when: When::Says(&["exceeded the maximum number of connections", "concurrent shells"]),
        what: "Too many sessions are open on {server}.",
        cause: "Exchange allows a user only a few sessions at once: 3 in the cloud, 18 on premises. A window that was \
                closed without signing out keeps its session for about 15 minutes.",
        remedy: "Sign out of other sessions, or wait 15 minutes and sign in again. An administrator can raise the limit \
                 (Set-ThrottlingPolicy -PowerShellMaxConcurrency).",
    },
    Row {
        when: When::Says(&["AADSTS50076", "AADSTS50079"]),
        what: "The account must confirm a sign-in at {server} by a second factor.",
        cause: "Multi-factor authentication is demanded of the account, which a user name and a password alone cannot \
                give.",
        remedy: "Sign in with a token from an interactive sign-in instead of the password, or with an account that is \
                 excepted from multi-factor authentication for this purpose.",
    },
    Row {
        when: When::Says(&[
            "AADSTS50107",
            "AADSTS51004",
            "FederatedUserLogon",
            "federated identity provider",
        ]),
        what: "The account's identity provider could not be asked by {server}.",
        cause: "The account is federated, and its identity provider (AD FS) cannot be reached from the internet or does \
                not know the account.",
        remedy: "Sign in with an account of the cloud itself, such as one of the onmicrosoft.com domain, or have the \
                 identity provider's endpoint published.",
    },
    Row {
        when: When::Says(&["AuthZ-AuthorizationException"]),
        what: "The user may not open a session on {server}.",
        cause: "The server's authorization refused the user.",
        remedy: "Have an administrator check the user's RemotePowerShellEnabled (Get-User) and management roles.",
    },
    Row { when: When::Says(&["WSMan-InvalidShellID", "Windows Remote Shell with ShellId"]), ..SHELL_GONE },
    Row { when: When::Says(&["WS-Management catalog"]), ..NO_CONFIGURATION },
    Row { when: When::SaysAll(&["cannot find the", "session configuration"]), ..NO_CONFIGURATION },
    // KB2027064.
    Row {
        when: When::Says(&["connection to the specified remote host was refused"]),
        what: "The session was refused by {server}.",
        ..NO_REMOTE_POWERSHELL
    },
    Row { when: When::Says(&["cannot determine the content type"]), ..WEB_PAGE },
    // KB3067680.
    Row {
        when: When::Says(&["Proxy is not supported under HTTP transport"]),
        what: "No proxy can be used on the way to {server}.",
        cause: "The connection URI begins with http://, and a proxy would see the password of such a request.",
        remedy: "Use a connection URI that begins with https://, or connect without a proxy (in PowerShell \
                 New-PSSessionOption -ProxyAccessType NoProxyServer).",
    },
    Row {
        when: When::Says(&["server name cannot be resolved"]),
        what: "A name behind {server} cannot be resolved.",
        cause: "The server passes the session on to another one, whose name is not known to the name server that it asks.",
        remedy: "Have the server's DNS settings and the internal URLs of its virtual directories checked.",
    },
    Row {
        when: When::Says(&[
            "internal error in the SSL library",
            "error occurred in the Secure Channel support",
        ]),
        what: "No secure connection came about behind {server}.",
        cause: "Server and client have no version of TLS in common, because TLS 1.2 is switched off on one of the sides.",
        remedy: "Have TLS 1.2 switched on there, in Windows and for .NET.",
    },
    Row {
        when: When::Says(&["could not be checked for revocation"]),
        what: "Whether a certificate was revoked could not be checked behind {server}.",
        cause: "The revocation list (CRL) of the certificate's authority cannot be reached; a proxy or firewall often \
                blocks it.",
        remedy: "Let the machine reach the address of the revocation list, which the certificate names.",
    },
    // Other failure categories of the authorization and the sign-in.
    Row {
        when: When::Says(&["[FailureCategory=AuthN-", "[FailureCategory=LiveID-"]),
        what: "The sign-in was refused by {server}.",
        cause: "The user name or the password is wrong, or a policy forbids this kind of sign-in for the account.",
        remedy: "Check the user name and the password, and have an administrator check the account's authentication \
                 policy. The relay never repeats a sign-in by itself, as this could lock the account.",
    },
    Row {
        when: When::Says(&["[FailureCategory=AuthZ-"]),
        what: "The user may not do this on {server}.",
        cause: "The server's authorization refused the user; the category among the details says for what reason.",
        remedy: "Have an administrator check the user's RemotePowerShellEnabled (Get-User) and management roles.",
    },
    Row {
        when: When::Says(&["[FailureCategory=WSMan-"]),
        what: "The remote session on {server} failed.",
        cause: "The remoting layer of the server failed; the category among the details says at what.",
        remedy: "{again}",
    },
];

/// Pairs in Exchange's brackets that are taken for such.
const MOST_PAIRS: usize = 32;

/// Takes off what Exchange puts in brackets before its texts, `[Server=E15,RequestId=…] [FailureCategory=…] `, and
/// gives it as facts. Brackets that are anything else stay.
pub fn split_prefix(text: &str) -> (&str, Vec<(String, String)>) {
    const NAMES: [&str; 7] = [
        "Server",
        "ClientAccessServer",
        "BackEndServer",
        "RequestId",
        "TimeStamp",
        "AuthZRequestId",
        "FailureCategory",
    ];
    let (mut rest, mut facts) = (text.trim_start(), Vec::new());
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|text| text.split_once(']')) {
        // Exchange puts five or six there; a server that puts millions means something else.
        if facts.len() + inside.split(',').take(MOST_PAIRS).count() >= MOST_PAIRS {
            break;
        }
        let pairs: Option<Vec<_>> = inside.split(',').map(|pair| pair.split_once('=')).collect();
        let Some(pairs) = pairs.filter(|pairs| pairs.iter().all(|(name, _)| NAMES.contains(&name.trim())))
        else {
            break;
        };
        facts.extend(pairs.iter().map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())));
        rest = after.trim_start();
    }
    (rest, facts)
}
