//! The way to an endpoint: straight, by the system's proxy, or by one that was named.

use std::fmt;

use reqwest::{ClientBuilder, Url, header::HeaderValue};

use super::{Credentials, Error};

/// New-PSSessionOption's `-ProxyAccessType`. Over `http` no proxy is ever used, as it would read the password.
#[derive(Clone, Debug, Default)]
pub enum Proxy {
    /// `NoProxyServer`: straight to the endpoint.
    None,
    /// `IEConfig`, `WinHttpConfig` and `AutoDetect`: what the system's settings say; on Unix the variables
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    #[default]
    System,
    /// This one.
    Explicit(ProxyServer),
}

/// A proxy that was named.
#[derive(Clone)]
pub struct ProxyServer {
    url: Url,
    /// As whom to sign in at the proxy. The endpoint's credentials are never sent to it.
    credentials: Option<Credentials>,
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyServer").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl ProxyServer {
    /// Takes a proxy's address, `http://host:port` or `https://host:port`.
    ///
    /// # Errors
    /// If it is none, or holds credentials, which would be shown with it.
    pub fn new(uri: &str, credentials: Option<Credentials>) -> Result<Self, Error> {
        let invalid = |why: &str| Error::InvalidProxy(why.to_owned());
        let url = Url::parse(uri.trim()).map_err(|error| Error::InvalidProxy(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("it must begin with http:// or https://"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(invalid("it has no host name"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("user name and password do not belong into it"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it ends with the port"));
        }
        Ok(Self { url, credentials })
    }

    /// Its host and port, and whether it speaks TLS itself.
    pub(super) fn address(&self) -> Option<(&str, u16, bool)> {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        Some((host, self.url.port_or_known_default()?, self.url.scheme() == "https"))
    }

    /// What it is to be given to sign in.
    pub(super) fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        self.credentials.as_ref().map(Credentials::basic).transpose()
    }

    /// Its host, for people to read and for rules.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl Proxy {
    /// Sets a client up.
    pub(super) fn apply(&self, builder: ClientBuilder, encrypted: bool) -> Result<ClientBuilder, Error> {
        match self {
            // A proxy would see the credentials of a request that it passes on in the clear.
            Self::System if !encrypted => Ok(builder.no_proxy()),
            Self::Explicit(_) if !encrypted => Err(Error::ProxyOverHttp),
            Self::None => Ok(builder.no_proxy()),
            Self::System => Ok(builder),
            Self::Explicit(server) => {
                let proxy = reqwest::Proxy::all(server.url.clone())
                    .map_err(|error| Error::InvalidProxy(error.without_url().to_string()))?;
                let proxy = match server.authorization()? {
                    Some(value) => proxy.custom_http_auth(value),
                    None => proxy,
                };
                Ok(builder.no_proxy().proxy(proxy))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_proxies() {
        assert_eq!(ProxyServer::new("http://proxy.example:3128", None).unwrap().host(), "proxy.example");
        for uri in [
            "",
            "proxy.example:3128",
            "socks5://proxy.example",
            "http://",
            "http://a:b@proxy.example/",
            "http://proxy.example/path",
            "http://proxy.example/?q",
        ] {
            assert!(matches!(ProxyServer::new(uri, None), Err(Error::InvalidProxy(_))), "{uri}");
        }
    }

    #[test]
    fn a_proxy_over_http_is_refused() {
        let proxy = Proxy::Explicit(ProxyServer::new("http://proxy.example:3128", None).unwrap());
        assert!(matches!(proxy.apply(reqwest::Client::builder(), false), Err(Error::ProxyOverHttp)));
    }
}
