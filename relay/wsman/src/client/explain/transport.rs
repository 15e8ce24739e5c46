//! Where no answer of the server came: name, connection, proxy, TLS.

use super::{Row, When};
use crate::client::{Error, NotFollowed, TlsFailure};

pub(super) const ROWS: &[Row] = &[
    Row {
        when: When::Is(|error| matches!(error, Error::InvalidEndpoint(_))),
        what: "The connection URI cannot be used.",
        cause: "The connection URI is incomplete, or is not the address of a web server.",
        remedy: "Give the connection URI in full, such as https://mail.example.com/PowerShell/.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::InvalidUserName)),
        what: "The user name cannot be used.",
        cause: "The user name contains a colon or a control character, which Basic authentication cannot carry.",
        remedy: "Give the user name as user@domain or DOMAIN\\user.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::BasicOverHttp)),
        what: "The password was not sent to {server}.",
        cause: "The connection URI begins with http://, so that anyone on the way could read the password.",
        remedy: "Use a connection URI that begins with https://.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::NameNotResolved { .. })),
        what: "No address was found for the name {server}.",
        cause: "The name is misspelt, or the name server that the relay asks does not know it.",
        remedy: "Check the server's name in the connection URI, and the DNS settings of the machine that the relay runs \
                 on.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Refused { .. })),
        what: "The connection to {server} was refused.",
        cause: "Nothing listens at that port: the web service (IIS) on the server is stopped, or the port is wrong.",
        remedy: "Check the port in the connection URI, and that the web service on the server is running.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ConnectTimeout { .. })),
        what: "No connection to {server} came about in time.",
        cause: "The server is switched off, or a firewall between it and the relay drops the connection.",
        remedy: "Check that the server is running, and that the relay may reach its port.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Timeout { .. })),
        what: "No answer came from {server} in time.",
        cause: "The server or the network is slow, or the connection was cut on the way.",
        remedy: "{again}",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Unreachable { .. })),
        what: "No connection to {server} could be made.",
        cause: "The machine that the relay runs on has no route to the server.",
        remedy: "Check the network settings of that machine, and its proxy if it has one.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ProxyUnreachable { .. })),
        what: "The proxy on the way to {server} cannot be reached.",
        cause: "The proxy's address is wrong, or the proxy is out of order.",
        remedy: "Check the proxy's host and port in the relay's settings (or the variables HTTPS_PROXY and NO_PROXY of \
                 the relay's machine), or connect without a proxy.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ProxyAuthentication { .. })),
        what: "The proxy on the way to {server} asks for a user name and a password.",
        cause: "No credentials were given for the proxy, or the proxy refused those that were.",
        remedy: "Give user name and password for the proxy (in PowerShell New-PSSessionOption -ProxyCredential), or have \
                 the relay excepted from the proxy's authentication.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ProxyRefused { .. })),
        what: "The proxy does not let the relay connect to {server}.",
        cause: "The proxy's rules forbid the server or its port, or the proxy cannot reach the server.",
        remedy: "Have the server's name and port allowed in the proxy, or connect without a proxy (in PowerShell \
                 New-PSSessionOption -ProxyAccessType NoProxyServer).",
    },
    Row {
        when: When::Tls(&[TlsFailure::Expired]),
        what: "The certificate of {server} has expired.",
        cause: "The certificate was not renewed in time, or the clock of the relay's machine is wrong.",
        remedy: "Have the certificate renewed and assigned to IIS (Enable-ExchangeCertificate -Services IIS). Check the \
                 date and time of the relay's machine.",
    },
    Row {
        when: When::Tls(&[TlsFailure::NotYetValid]),
        what: "The certificate of {server} is not valid yet.",
        cause: "The clock of the relay's machine is behind, or the certificate was made for a later time.",
        remedy: "Check date, time and time zone of the relay's machine, and the certificate's period of validity.",
    },
    Row {
        when: When::Tls(&[TlsFailure::UnknownIssuer]),
        what: "The certificate of {server} is not trusted.",
        cause: "The certificate is self-signed, as the one is that Exchange's setup makes, or was issued by an authority \
                that the relay's machine does not know, or an intermediate certificate is missing.",
        remedy: "Have the authority's certificate installed on the machine that the relay runs on, or a certificate of \
                 a known authority assigned to the server.",
    },
    Row {
        when: When::Tls(&[TlsFailure::WrongName]),
        what: "The certificate of {server} is for another name.",
        cause: "The connection URI has a name or address for the server that its certificate does not list, or another \
                machine answers.",
        remedy: "Use one of the names that the certificate lists, or have a certificate with this name assigned to the \
                 server.",
    },
    Row {
        when: When::Tls(&[TlsFailure::Revoked]),
        what: "The certificate of {server} was revoked.",
        cause: "The authority has withdrawn the certificate, for example because its key became known.",
        remedy: "Have a new certificate assigned to the server. Do not send a password before that.",
    },
    Row {
        when: When::Tls(&[TlsFailure::RevocationUnknown]),
        what: "Whether the certificate of {server} was revoked could not be checked.",
        cause: "The authority's revocation list (CRL) is too old or cannot be reached from here; a proxy or firewall \
                often blocks it.",
        remedy: "Let the relay's machine reach the address of the revocation list, which the certificate names.",
    },
    Row {
        when: When::Tls(&[TlsFailure::UnfitCertificate]),
        what: "The certificate of {server} cannot be used.",
        cause: "The certificate is damaged, is of an old version or algorithm, or was not issued for a web server.",
        remedy: "Have a certificate for server authentication assigned to the server.",
    },
    Row {
        when: When::Tls(&[TlsFailure::NotTls]),
        what: "What answers at this port of {server} does not speak TLS.",
        cause: "The port is one for http, or for another service, while the connection URI begins with https://.",
        remedy: "Check the port in the connection URI: https is at 443 (WinRM at 5986), http at 80 (WinRM at 5985).",
    },
    Row {
        when: When::Tls(&[TlsFailure::Version]),
        what: "No version of TLS is common to the relay and {server}.",
        cause: "The server offers only versions older than TLS 1.2, which are broken.",
        remedy: "Have TLS 1.2 switched on at the server, in Windows and for .NET, or the server updated.",
    },
    Row {
        when: When::Tls(&[TlsFailure::Handshake, TlsFailure::Other]),
        what: "No secure connection to {server} came about.",
        cause: "The server broke off the TLS handshake: it has no algorithm in common with the relay, or no certificate \
                for this name.",
        remedy: "Check the name and the port in the connection URI, and that TLS 1.2 with its usual algorithms is \
                 switched on at the server.",
    },
    Row {
        when: When::Tls(&[TlsFailure::ClientCertificate]),
        what: "A certificate of the client is demanded by {server}.",
        cause: "Client certificates are set to be required for the virtual directory in IIS.",
        remedy: "Have client certificates set to ignored for the PowerShell virtual directory, or give the relay one.",
    },
    Row {
        when: When::Tls(&[TlsFailure::NoRoots]),
        what: "The relay cannot check the certificate of {server}.",
        cause: "No certificates of authorities are installed on the machine that the relay runs on.",
        remedy: "Have the operating system's package of authorities installed there (ca-certificates).",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::NotHttp { .. })),
        what: "What answers at this port of {server} does not speak HTTP.",
        cause: "The port is one for https while the connection URI begins with http://, or another service listens there.",
        remedy: "Check scheme and port of the connection URI: https is at 443 (WinRM at 5986), http at 80 (WinRM at \
                 5985).",
    },
    Row {
        when: When::Opening(|error| matches!(error, Error::ConnectionLost { .. })),
        what: "The connection to {server} was lost.",
        cause: "The network broke off, the server was restarted, or what listens there is not a web service.",
        remedy: "{again}",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ConnectionLost { .. })),
        what: "The connection to {server} was lost.",
        cause: "The network broke off, or the server was restarted.",
        remedy: "{again}",
    },
    Row {
        when: When::Opening(|error| matches!(error, Error::Closed)),
        what: "Signing in was given up.",
        cause: "The session was closed while it was opened.",
        remedy: "Sign in again.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Closed)),
        what: "The session is closed.",
        cause: "You signed out, or the relay closed the session.",
        remedy: "Sign in again.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::InvalidProxy(_))),
        what: "The proxy's address cannot be used.",
        cause: "The address of the proxy is incomplete, or holds more than a host and a port.",
        remedy: "Give the proxy as http://proxy.example.com:3128; its user name and password have fields of their own.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::ProxyOverHttp)),
        what: "No proxy is used for {server}.",
        cause: "The connection URI begins with http://, so that the proxy could read the password.",
        remedy: "Use a connection URI that begins with https://, or connect without a proxy.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::TooManyRedirects { .. })),
        what: "The session was redirected too often.",
        cause: "Each server redirected the session to another, perhaps in a circle.",
        remedy: "Have the external URLs of the PowerShell virtual directories checked (Get-PowerShellVirtualDirectory), \
                 or allow more redirects in the advanced settings.",
    },
    Row {
        when: When::Is(|error| refused(error, NotFollowed::Invalid)),
        what: "The session was redirected by {server} to an address that cannot be used.",
        cause: "The external URL of the server's PowerShell virtual directory is wrong.",
        remedy: "Have an administrator check it with Get-PowerShellVirtualDirectory.",
    },
    Row {
        when: When::Is(|error| refused(error, NotFollowed::Unprotected)),
        what: "The session was redirected by {server} to an address without https.",
        cause: "The external URL of the server's PowerShell virtual directory begins with http://, where anyone on the \
                way could read the password.",
        remedy: "Have an administrator correct it with Set-PowerShellVirtualDirectory -ExternalUrl.",
    },
    Row {
        when: When::Is(|error| refused(error, NotFollowed::HostNotListed)),
        what: "The session was redirected by {server} to a host that the relay may not connect to.",
        cause: "The relay gives credentials only to hosts that its configuration names.",
        remedy: "If the address among the details is right, ask the relay's administrator to add its host to \
                 redirect_hosts (postern check --redirect-host).",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Compressed { .. })),
        what: "The answer of {server} was not understood.",
        cause: "The answer is compressed in a way that was not asked for, or was damaged on the way.",
        remedy: "Have compression switched off for the PowerShell virtual directory in IIS, and a proxy on the way checked.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::OutcomeUnknown { .. })),
        what: "The connection broke while a command was sent.",
        cause: "Nobody knows whether the command reached the server. The relay does not send it again, as it could be \
                carried out twice.",
        remedy: "Check whether the command has done its work before you run it again.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::OutputLost)),
        what: "A part of the command's output was lost.",
        cause: "The connection broke in the middle of the output, and the server did not give that part again.",
        remedy: "Check what the command has done, and run it again only if it changes nothing.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Presence { connected: true })),
        what: "The session is connected.",
        cause: "Only a session that was disconnected can be reconnected.",
        remedy: "Go on working in the session.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::Presence { connected: false })),
        what: "The session is disconnected.",
        cause: "The session was disconnected before, or is being connected again.",
        remedy: "Reconnect the session first.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::NotSupported(_))),
        what: "The session cannot do what was asked for.",
        cause: "The PowerShell on the server is too old for it.",
        remedy: "Open a new session instead.",
    },
    Row {
        when: When::Is(|error| matches!(error, Error::PipelineEnded)),
        what: "The command takes no more input.",
        cause: "The command has ended already.",
        remedy: "Run the command again.",
    },
];

fn refused(error: &Error, reason: NotFollowed) -> bool {
    matches!(error, Error::RedirectRefused { why, .. } if *why == reason)
}

/// What no table has a row for.
pub(super) const OTHER: Row = Row {
    when: When::Is(|_| true),
    what: "The session on {server} failed.",
    cause: "The cause is not known.",
    remedy: "Sign in again.",
};
