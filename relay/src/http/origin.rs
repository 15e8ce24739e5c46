//! Who may talk to the relay: the origin that its own page has, and no other.
//!
//! A page of another site can send requests here with this site's cookie. `SameSite=Strict` keeps the cookie from it,
//! the exact comparison of `Origin` refuses it, and the check of `Host` keeps out a name of another site that was
//! made to point at this address (DNS rebinding).

use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// The origin that the relay is served at.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// From the configuration; without it, loopback names under http.
    public: Option<String>,
}

impl Origin {
    pub(crate) fn new(public: Option<&str>) -> Self {
        Self { public: public.map(|public| public.trim_end_matches('/').to_ascii_lowercase()) }
    }

    /// Whether cookies can be marked `Secure`.
    pub(crate) fn is_secure(&self) -> bool {
        self.public.as_ref().is_some_and(|public| public.starts_with("https://"))
    }

    /// Whether the request was sent to a name that the relay answers to.
    pub(crate) fn accepts_host(&self, headers: &HeaderMap) -> bool {
        // Behind a proxy the host may be rewritten; there `Origin` decides alone.
        self.public.is_some() || single(headers, &header::HOST).is_some_and(is_loopback_authority)
    }

    /// Whether the request comes from the relay's own page.
    pub(crate) fn accepts(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = single(headers, &header::ORIGIN) else { return false };
        match (&self.public, single(headers, &header::HOST)) {
            (Some(public), _) => origin.eq_ignore_ascii_case(public),
            (None, Some(host)) => {
                is_loopback_authority(host)
                    && origin.strip_prefix("http://").is_some_and(|own| own.eq_ignore_ascii_case(host))
            }
            (None, None) => false,
        }
    }
}

/// Whether a text is an origin under which cookies and passwords are safe.
pub(crate) fn is_safe_public(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_origin = url.origin().ascii_serialization() == text.trim_end_matches('/').to_ascii_lowercase();
    match url.scheme() {
        "https" => is_origin,
        "http" => is_origin && url.host().is_some_and(|host| is_loopback(&host)),
        _ => false,
    }
}

/// A header that is there exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_loopback_authority(authority: &str) -> bool {
    // Only what cannot smuggle a user name, a path or a query into the URL.
    authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        && Url::parse(&format!("http://{authority}/"))
            .is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)))
}

fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        for origin in origin {
            headers.append(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn on_loopback_only_the_very_same_origin_is_accepted() {
        let own = Origin::new(None);
        for host in ["127.0.0.1:8180", "localhost:8180", "[::1]:8180", "localhost"] {
            assert!(own.accepts(&headers(host, &[&format!("http://{host}")])), "{host}");
        }
        let host = "127.0.0.1:8180";
        for origin in [
            "http://127.0.0.1:8181",
            "https://127.0.0.1:8180",
            "http://localhost:8180",
            "http://127.0.0.1:8180.evil.example",
            "http://evil.example",
            "null",
            "",
        ] {
            assert!(!own.accepts(&headers(host, &[origin])), "{origin}");
        }
        assert!(!own.accepts(&headers(host, &[])));
        assert!(!own.accepts(&headers(host, &["http://127.0.0.1:8180", "http://127.0.0.1:8180"])));
    }

    #[test]
    fn a_foreign_name_that_points_here_is_refused() {
        let own = Origin::new(None);
        for host in
            ["evil.example:8180", "localhost@evil.example", "localhost.evil.example", "192.168.1.2:8180"]
        {
            assert!(!own.accepts_host(&headers(host, &[])), "{host}");
            assert!(!own.accepts(&headers(host, &[&format!("http://{host}")])), "{host}");
        }
    }

    #[test]
    fn a_configured_origin_is_the_only_one() {
        let public = Origin::new(Some("https://console.example"));
        assert!(public.is_secure());
        assert!(public.accepts(&headers("127.0.0.1:8180", &["https://console.example"])));
        assert!(!public.accepts(&headers("127.0.0.1:8180", &["http://127.0.0.1:8180"])));
        assert!(!public.accepts(&headers("console.example", &["https://console.example:444"])));
    }
}
