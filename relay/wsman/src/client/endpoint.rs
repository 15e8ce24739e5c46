//! Where to connect, and how long to wait for what.

use std::time::Duration;

use reqwest::{Url, header::HeaderValue};

use super::{Error, NotFollowed, Proxy, Redirects, TlsOptions};

/// A WS-Management endpoint that serves PowerShell.
#[derive(Clone, Debug)]
pub struct Endpoint {
    url: Url,
    to: String,
    host_header: Option<HeaderValue>,
    /// Which session configuration, for example [`crate::envelope::EXCHANGE_RESOURCE`].
    pub resource_uri: String,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// Whether Basic may be used over `http` to another machine, where anyone on the way reads the password.
    /// Over `https`, and over `http` to the machine itself, it always may.
    pub basic_over_http: bool,
    /// How the server proves itself.
    pub tls: TlsOptions,
    /// The way to it.
    pub proxy: Proxy,
    /// Which redirects are followed; `None` for none.
    pub redirects: Option<Redirects>,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For name resolution, TCP and TLS together.
    pub connect: Duration,
    /// From the first request until the runspace pool is open.
    pub open: Duration,
    /// OperationTimeout: how long the server may take, and how long a Receive waits for output.
    pub operation: Duration,
    /// What an answer may take beyond OperationTimeout.
    pub grace: Duration,
    /// For closing all together.
    pub close: Duration,
    /// How long a connection that broke is tried again while a session is open.
    pub recovery: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            // A SYN that is dropped is sent again after 1, 3 and 7 seconds; a fourth try rarely helps.
            connect: Duration::from_secs(15),
            // New-PSSessionOption's default for OpenTimeout.
            open: Duration::from_mins(3),
            // Below the 4 minutes after which load balancers cut idle connections, and long enough to be cheap.
            operation: Duration::from_mins(1),
            grace: Duration::from_secs(30),
            // A user waits for it, and so does a service that is being stopped.
            close: Duration::from_secs(10),
            // PowerShell's own: "Attempting to reconnect for up to 4 minutes".
            recovery: Duration::from_mins(4),
        }
    }
}

/// What a client says its PowerShell is: Exchange's front end reads it from the query, and sends clients without it
/// elsewhere. It is Windows PowerShell's, whose protocol version this client speaks.
const PS_VERSION: &str = "PSVersion=5.1.20348.1";
/// By what Exchange Online's front end takes a password of the form `Bearer TOKEN`.
const OAUTH: &str = "BasicAuthToOAuthConversion=true";

/// A connection URI with an option in its query, unless it has one that begins so.
fn with_option(uri: &str, begins: &str, option: &str) -> String {
    match uri.split_once('?') {
        Some((_, query)) if query.contains(begins) => uri.to_owned(),
        // PowerShell's own client joins with a semicolon, and Exchange splits at it.
        Some(_) => format!("{uri};{option}"),
        None => format!("{uri}?{option}"),
    }
}

impl Endpoint {
    /// Takes a connection URI as the user gave it.
    ///
    /// # Errors
    /// If it is not an `http` or `https` URI with a host, or holds credentials or a fragment.
    pub fn new(uri: &str, resource_uri: impl Into<String>) -> Result<Self, Error> {
        let uri = uri.trim();
        let invalid = |why: &str| Error::InvalidEndpoint(why.to_owned());
        let given = Url::parse(uri).map_err(|error| Error::InvalidEndpoint(error.to_string()))?;
        if !matches!(given.scheme(), "http" | "https") {
            return Err(invalid("it must begin with https:// or http://"));
        }
        if given.host_str().is_none_or(str::is_empty) {
            return Err(invalid("it has no host name"));
        }
        if !given.username().is_empty() || given.password().is_some() {
            return Err(invalid("user name and password do not belong into it"));
        }
        if given.fragment().is_some() {
            return Err(invalid("it has a fragment (#…)"));
        }
        let to = with_option(uri, "PSVersion=", PS_VERSION);
        let url = Url::parse(&to).map_err(|error| Error::InvalidEndpoint(error.to_string()))?;
        Ok(Self {
            host_header: explicit_default_port(uri, &url),
            url,
            to,
            resource_uri: resource_uri.into(),
            timeouts: Timeouts::default(),
            basic_over_http: false,
            tls: TlsOptions::default(),
            proxy: Proxy::default(),
            redirects: None,
        })
    }

    /// The endpoint that takes an OAuth token in the place of a password (see [`super::Credentials::bearer`]).
    ///
    /// # Errors
    /// As [`Self::new`]; an address that has been taken once is taken again.
    pub fn with_oauth(self) -> Result<Self, Error> {
        let to = with_option(&self.to, "BasicAuthToOAuthConversion=", OAUTH);
        let url = Url::parse(&to).map_err(|error| Error::InvalidEndpoint(error.to_string()))?;
        Ok(Self { url, to, ..self })
    }

    /// The endpoint that a redirect to this location leads to, if one may be followed there with credentials.
    ///
    /// # Errors
    /// With why not.
    pub fn redirected(&self, location: &str) -> Result<Self, NotFollowed> {
        let redirects = self.redirects.as_ref().ok_or(NotFollowed::NotAllowed)?;
        let to = redirects.follow(&self.url, location)?;
        self.at(&to).map_err(|_| NotFollowed::Invalid)
    }

    /// The same endpoint at another address.
    fn at(&self, uri: &str) -> Result<Self, Error> {
        let moved = Self::new(uri, self.resource_uri.clone())?;
        let moved = if self.to.contains(OAUTH) { moved.with_oauth()? } else { moved };
        let Self { url, to, host_header, .. } = moved;
        Ok(Self { url, to, host_header, ..self.clone() })
    }

    /// Host name or address, for people to read.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Host without the brackets of an IPv6 address, and port, as they are connected to.
    pub(super) fn host_and_port(&self) -> (&str, u16) {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        (host, self.url.port_or_known_default().unwrap_or(443))
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address for the `To` header: as given, default port included, PowerShell's version behind it.
    pub fn to(&self) -> &str {
        &self.to
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The Host header where an HTTP library would leave out the port that was given.
    pub(super) fn host_header(&self) -> Option<&HeaderValue> {
        self.host_header.as_ref()
    }

    /// Whether Basic may be used here.
    pub(super) fn allows_basic(&self) -> bool {
        self.is_https() || self.basic_over_http || is_loopback(&self.url)
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// `Url` drops a default port. Where the user gave one, it stays: front ends choose by it.
fn explicit_default_port(uri: &str, url: &Url) -> Option<HeaderValue> {
    let authority = uri.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let port: u16 = authority.rsplit_once(':')?.1.parse().ok()?;
    if url.port().is_some() || url.port_or_known_default() != Some(port) {
        return None;
    }
    HeaderValue::from_str(&format!("{}:{port}", url.host_str()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(uri: &str) -> Endpoint {
        Endpoint::new(uri, "urn:x").unwrap()
    }

    #[test]
    fn wire_16_ports_and_queries_survive() {
        for (uri, to, host_header) in [
            ("https://ex.example/powershell/", "https://ex.example/powershell/?PSVersion", None),
            (
                "https://ex.example:443/powershell/",
                "https://ex.example:443/powershell/?PSVersion",
                Some("ex.example:443"),
            ),
            ("http://ex.example:80/p?a=b", "http://ex.example:80/p?a=b;PSVersion", Some("ex.example:80")),
            ("https://ex.example:444/p", "https://ex.example:444/p?PSVersion", None),
            (
                "https://[2001:db8::1]:443/p",
                "https://[2001:db8::1]:443/p?PSVersion",
                Some("[2001:db8::1]:443"),
            ),
        ] {
            let endpoint = endpoint(uri);
            assert!(endpoint.to().starts_with(to), "{}", endpoint.to());
            assert_eq!(endpoint.host_header().map(|value| value.to_str().unwrap()), host_header, "{uri}");
        }
        assert_eq!(endpoint("https://x/?PSVersion=7").to(), "https://x/?PSVersion=7");
    }

    #[test]
    fn a_redirect_keeps_what_the_endpoint_was_set_to() {
        let mut endpoint = endpoint("https://x/p").with_oauth().unwrap();
        assert_eq!(endpoint.to(), "https://x/p?PSVersion=5.1.20348.1;BasicAuthToOAuthConversion=true");
        endpoint.timeouts.connect = Duration::from_secs(1);
        let moved = endpoint.at("https://pod.example:443/p?PSVersion=4.0").unwrap();
        assert_eq!(moved.to(), "https://pod.example:443/p?PSVersion=4.0;BasicAuthToOAuthConversion=true");
        assert_eq!(
            moved.url().as_str(),
            "https://pod.example/p?PSVersion=4.0;BasicAuthToOAuthConversion=true"
        );
        assert_eq!(moved.host_header().unwrap(), "pod.example:443");
        assert_eq!(moved.timeouts.connect, Duration::from_secs(1));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for uri in [
            "",
            "mail.example",
            "ftp://mail.example/",
            "https://",
            "https://u:p@mail.example/",
            "https://x/#y",
        ] {
            assert!(matches!(Endpoint::new(uri, "urn:x"), Err(Error::InvalidEndpoint(_))), "{uri}");
        }
    }

    #[test]
    fn basic_over_http_stays_on_the_machine() {
        for (uri, allowed) in [
            ("https://mail.example/", true),
            ("http://127.0.0.1:5985/", true),
            ("http://[::1]:5985/", true),
            ("http://localhost/", true),
            ("http://mail.example/", false),
            ("http://localhost.example/", false),
            ("http://127.0.0.1.example/", false),
        ] {
            assert_eq!(endpoint(uri).allows_basic(), allowed, "{uri}");
        }
    }
}
