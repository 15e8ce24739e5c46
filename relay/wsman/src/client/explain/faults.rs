//! Faults of WS-Management, by their codes (wsmerror.h, MS-WSMV 2.2.4.43).

use super::{Row, When};
use crate::{client::Error, envelope::code};

/// The row of a quota: what there are too many of, whose limit it is, and which setting raises it.
macro_rules! quota {
    ($code:expr, $what:literal, $cause:literal, $remedy:literal) => {
        Row { when: When::Code(&[$code]), what: $what, cause: $cause, remedy: $remedy }
    };
}

pub(super) const ROWS: &[Row] = &[
    Row {
        when: When::Code(&[code::ACCESS_DENIED, code::CLIENT_ACCESS_DENIED, code::LOGON_FAILURE]),
        what: "Access was denied by {server}.",
        cause: "The user name or password is wrong, the user may not use remote PowerShell, or security defaults forbid \
                signing in with a password.",
        remedy: "Check the user name and the password, and have an administrator check that RemotePowerShellEnabled is \
                 True for the user (Get-User). The relay never repeats a sign-in by itself, as this could lock the \
                 account.",
    },
    SHELL_GONE,
    quota!(
        code::QUOTA_SHELLS,
        "Too many sessions are open on {server}.",
        "The server allows a user only a few sessions at once. A window that was closed without signing out keeps its \
         session for about 15 minutes.",
        "Sign out of other sessions, or wait 15 minutes and sign in again. An administrator can raise the limit \
         (MaxShellsPerUser of WinRM, PowerShellMaxConcurrency of Exchange's throttling policy)."
    ),
    quota!(
        code::QUOTA_OPERATIONS,
        "Too many operations are under way on {server}.",
        "The user runs as many commands at once as the service allows (MaxConcurrentOperationsPerUser).",
        "Wait until commands in other sessions have ended, or stop them. An administrator can raise the limit."
    ),
    quota!(
        code::QUOTA_USER,
        "The user has sent {server} too many requests.",
        "The service limits how many requests a user may send in a period of time.",
        "Wait some minutes and sign in again; fetch large results with fewer commands."
    ),
    quota!(
        code::QUOTA_SYSTEM,
        "The service of {server} has as much to do as it may.",
        "All users together have as many operations under way as the service allows.",
        "Wait some minutes and sign in again. If it stays, an administrator should look for sessions that nobody uses."
    ),
    quota!(
        code::QUOTA_SHELL_USERS,
        "Too many people have sessions on {server}.",
        "The service allows only so many different users at once (MaxConcurrentUsers).",
        "Wait until others have signed out. An administrator can raise the limit or remove unused sessions."
    ),
    quota!(
        code::QUOTA_PLUGIN_SHELLS_PER_USER,
        "Too many sessions of this configuration are open on {server}.",
        "The session configuration allows a user only a few sessions at once (MaxShellsPerUser). A window that was \
         closed without signing out keeps its session until its idle timeout.",
        "Sign out of other sessions, or wait 15 minutes and sign in again. An administrator can raise the limit."
    ),
    quota!(
        code::QUOTA_PLUGIN_USERS,
        "Too many people use this configuration on {server}.",
        "The session configuration allows only so many different users at once (MaxConcurrentUsers).",
        "Wait until others have signed out. An administrator can raise the limit or remove unused sessions."
    ),
    quota!(
        code::QUOTA_PLUGIN_SHELLS,
        "All sessions of this configuration are taken on {server}.",
        "All users together have as many sessions as the session configuration allows (MaxShells).",
        "Wait until others have signed out. An administrator can raise the limit or remove unused sessions."
    ),
    quota!(
        code::QUOTA_PLUGIN_OPERATIONS,
        "Too many operations of this configuration are under way on {server}.",
        "All users together run as many commands as the session configuration allows.",
        "Wait some minutes and try again. An administrator can raise the limit."
    ),
    quota!(
        code::QUOTA_PLUGIN_OPERATIONS_PER_USER,
        "The user has too many operations of this configuration under way on {server}.",
        "The user runs as many commands at once as the session configuration allows (MaxConcurrentOperationsPerUser).",
        "Wait until commands in other sessions have ended, or stop them. An administrator can raise the limit."
    ),
    quota!(
        code::QUOTA_PLUGIN_COMMANDS,
        "Too many commands run in this session on {server}.",
        "The session configuration allows a session only so many commands at once (MaxConcurrentCommandsPerShell).",
        "Wait until the running commands have ended, or stop them. An administrator can raise the limit."
    ),
    quota!(
        code::QUOTA_PLUGIN_MINIMUM,
        "The session configuration of {server} lacks what it needs.",
        "The quotas of the session configuration are lower than it needs to run at all.",
        "Have an administrator raise the quotas of the session configuration (Get-Item WSMan:\\localhost\\Plugin\\*\\Quotas)."
    ),
    Row {
        when: When::Code(&[code::REDIRECT]),
        what: "The session was redirected by {server} to another address.",
        cause: "The mailbox or the organisation is served by another server, whose address the fault does not name.",
        remedy: "Ask the server's administrator for the connection URI, and use that.",
    },
    Row {
        when: When::Code(&[code::REDIRECT_INVALID]),
        what: "The session was redirected by {server} to an address that cannot be used.",
        cause: "The external URL of the server's PowerShell virtual directory is wrong.",
        remedy: "Have an administrator check it with Get-PowerShellVirtualDirectory.",
    },
    NO_CONFIGURATION,
    Row {
        when: When::Code(&[code::TIMED_OUT, code::CLIENT_TIMED_OUT]),
        what: "The operation took {server} too long.",
        cause: "The server or the network is slow.",
        remedy: "{again}",
    },
    // What a Windows client tells itself; a server that is a client of another passes it on.
    Row {
        when: When::Code(&[code::BASIC_DISABLED]),
        what: "Basic authentication is switched off on the machine that connects to {server}.",
        cause: "The policy of Windows' WinRM client forbids Basic there. It does not bind the relay itself, which brings \
                its own client.",
        remedy: "Have AllowBasic set for the WinRM client of that machine: winrm set winrm/config/client/auth \
                 @{Basic=\"true\"}.",
    },
    Row {
        when: When::Code(&[code::UNENCRYPTED_DISABLED]),
        what: "Unencrypted traffic is switched off on the machine that connects to {server}.",
        cause: "The policy of Windows' WinRM client forbids http without encryption there. It does not bind the relay \
                itself, which brings its own client.",
        remedy: "Use a connection URI that begins with https://.",
    },
    Row {
        when: When::Subcode("QuotaLimit"),
        what: "Too many sessions or operations are open on {server}.",
        cause: "The server allows a user only a few at once. A window that was closed without signing out keeps its \
                session for about 15 minutes.",
        remedy: "Sign out of other sessions, or wait 15 minutes and sign in again. An administrator can raise the limit.",
    },
    Row {
        when: When::Subcode("AccessDenied"),
        what: "Access was denied by {server}.",
        cause: "The user may not use remote PowerShell.",
        remedy: "Have an administrator check the user's RemotePowerShellEnabled (Get-User) and management roles.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::PoolClosed { .. })),
        what: "The session was closed by {server}.",
        cause: "The session was idle for too long, or an administrator removed it.",
        remedy: "Sign in again.",
    },
];

pub(super) const SHELL_GONE: Row = Row {
    when: When::Code(&[code::SHELL_NOT_FOUND]),
    what: "The session is no longer known to {server}.",
    cause: "The session was idle for too long, or a load balancer sent the request to another server, as it may when \
            the relay's network has several addresses to the outside.",
    remedy: "{again}",
};

pub(super) const NO_CONFIGURATION: Row = Row {
    when: When::Code(&[code::RESOURCE_NOT_FOUND, code::INVALID_RESOURCE_URI]),
    what: "The session configuration does not exist on {server}.",
    cause: "The configuration name is misspelt, or the connection URI leads to a server without Exchange.",
    remedy: "Check the configuration name: that of Exchange is Microsoft.Exchange. Check the connection URI too.",
};

/// A fault without a row.
pub(super) const OTHER: Row = Row {
    when: When::Is(|error| matches!(error, Error::Fault(_))),
    what: "The request was refused by {server}.",
    cause: "The server gave a reason that the relay has no explanation for; its own text and code are among the details.",
    remedy: "Look the server's text or code up, or ask the server's administrator.",
};
