//! Where HTTP answers, and not WS-Management: a front end, IIS itself, a proxy, or another service.

use super::{Row, When};
use crate::client::Error;

/// A server that takes Basic offers it with 401; one that offers nothing at all says nothing against it.
fn basic_refused(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { offered, .. }
        if offered.is_empty() || offered.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic")))
}

pub(super) const ROWS: &[Row] = &[
    Row {
        when: When::Opening(basic_refused),
        what: "The user name or password was refused by {server}.",
        cause: "The user name or the password is wrong, the account is locked or disabled, or its password has expired.",
        remedy: "Check the user name and the password and sign in again. The relay never repeats a sign-in by itself, \
                 as this could lock the account.",
    },
    Row {
        when: When::Is(basic_refused),
        what: "The user name or password is no longer accepted by {server}.",
        cause: "The password was changed, or the account was locked or disabled, while the session was open.",
        remedy: "{again}",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Unauthorized { .. })),
        what: "No sign-in with user name and password is possible at {server}.",
        cause: "Basic authentication is switched off for the server's PowerShell virtual directory.",
        remedy: "Have an administrator switch it on: Set-PowerShellVirtualDirectory -BasicAuthentication $true.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Redirected { .. })),
        what: "The session was redirected by {server} to another address.",
        cause: "The mailbox or the organisation is served by another server, and the relay may not follow to it.",
        remedy: "Set Redirection to Follow in the connection settings when you sign in (New-PSSession \
                 -AllowRedirection, postern check --allow-redirection), or use the address that the server names if \
                 you trust it. The relay follows only over https and to hosts that its configuration names.",
    },
    NO_REMOTE_POWERSHELL,
    Row {
        when: When::Status(&[400]),
        what: "The request was refused by {server} (Bad Request).",
        cause: "The user may no longer use remote PowerShell, or a proxy on the way does not understand the request.",
        remedy: "{again}",
    },
    // KB2276957.
    Row {
        when: When::Status(&[403]),
        what: "Access to this address was forbidden by {server}.",
        cause: "The virtual directory requires SSL, or does not admit the relay's network address.",
        remedy: "Use a connection URI that begins with https://, or have the virtual directory's settings in IIS checked.",
    },
    Row {
        when: When::Status(&[404]),
        what: "There is no PowerShell at this address of {server}.",
        cause: "The path of the connection URI is wrong.",
        remedy: "Check the path: that of Exchange is /PowerShell/, as in https://mail.example.com/PowerShell/.",
    },
    Row {
        when: When::Status(&[405, 501]),
        what: "This address of {server} does not take remote PowerShell.",
        cause: "Another service answers at this address, and takes no POST.",
        remedy: "Check the path: that of Exchange is /PowerShell/, as in https://mail.example.com/PowerShell/.",
    },
    Row {
        when: When::Status(&[407]),
        what: "The proxy on the way to {server} asks for a user name and a password.",
        cause: "No credentials were given for the proxy, or the proxy refused those that were.",
        remedy: "Give user name and password for the proxy (in PowerShell New-PSSessionOption -ProxyCredential), or have \
                 the relay excepted from the proxy's authentication.",
    },
    Row {
        when: When::Status(&[408]),
        what: "The request reached {server} too slowly.",
        cause: "The network between the relay and the server is slow.",
        remedy: "{again}",
    },
    Row {
        when: When::Status(&[411, 413, 414, 431]),
        what: "The request is too large for {server}.",
        cause: "The server, or a proxy or firewall before it, accepts only smaller requests than PowerShell sends.",
        remedy: "Have the limit raised: in IIS uploadReadAheadSize and maxAllowedContentLength, in a proxy its limit on \
                 bodies, at least 512 KB.",
    },
    Row {
        when: When::Status(&[429]),
        what: "Too many requests were sent to {server}.",
        cause: "The server or a proxy before it limits the requests of a user or an address.",
        remedy: "Wait some minutes and sign in again.",
    },
    Row {
        when: When::Status(&[500]),
        what: "The web service of {server} failed.",
        cause: "Exchange's modules in IIS cannot be loaded (Kerbauth, WSMan), or its application pool fails.",
        remedy: "Have the server's event log and the IIS modules of the PowerShell virtual directory checked: Kerbauth \
                 belongs there as a native module, and not at the Default Web Site.",
    },
    Row {
        when: When::Status(&[502, 504]),
        what: "The server behind {server} did not answer.",
        cause: "A proxy or load balancer answers at this address, and cannot reach the server behind it.",
        remedy: "Try again later. If it stays, have the servers behind the proxy or load balancer checked.",
    },
    Row {
        when: When::Status(&[503]),
        what: "The web service of {server} is not available.",
        cause: "The application pool (MSExchangePowerShellAppPool) is stopped, or the server is overloaded or in \
                maintenance.",
        remedy: "Try again later. If it stays, have the application pool in IIS checked.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ServerError { .. })),
        what: "The web service of {server} failed.",
        cause: "The web service (IIS), or Exchange behind it, is out of order or overloaded.",
        remedy: "Try again later. If it stays, have the event log of the server checked.",
    },
    WEB_PAGE,
    Row {
        when: When::Is(|error| {
            matches!(error, Error::Http { .. } | Error::Envelope(_) | Error::ResponseTooLarge { .. })
        }),
        what: "The answer of {server} was not understood.",
        cause: "Another service answers at this address, or a proxy between it and the relay.",
        remedy: "Check host, port and path of the connection URI: Exchange's is such as \
                 https://mail.example.com/PowerShell/.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Protocol(_))),
        what: "The answer of {server} was not understood.",
        cause: "The answer does not follow the PowerShell remoting protocol.",
        remedy: "Sign in again. If it happens every time, report it to those who look after the relay.",
    },
];

/// Exchange's front end says so, and no more, to a user without remote PowerShell (KB2027064, KB4482720).
pub(super) const NO_REMOTE_POWERSHELL: Row = Row {
    when: When::Opening(|error| error.status() == Some(400)),
    what: "The session was refused by {server} (Bad Request).",
    cause: "Most likely the user may not use remote PowerShell: RemotePowerShellEnabled is False. A wrong path or \
            port gives the same answer.",
    remedy: "Have an administrator run Set-User NAME -RemotePowerShellEnabled $true, wait 15 to 20 minutes and sign \
             in again. Otherwise check the connection URI.",
};

/// Windows' client says "cannot determine the content type" (KB2028305).
pub(super) const WEB_PAGE: Row = Row {
    when: When::Is(|error| matches!(error, Error::ContentType { .. })),
    what: "A web page came from {server} instead of PowerShell's answer.",
    cause: "A page to sign in at answers (of a proxy, a firewall or Outlook on the web), or the path is that of \
            another service. Exchange also answers so to a user without remote PowerShell.",
    remedy: "Check the path of the connection URI, have the relay excepted from sign-in pages on the way, and have \
             an administrator check that RemotePowerShellEnabled is True for the user (Get-User).",
};
