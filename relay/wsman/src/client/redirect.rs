//! Redirects: whether one may be followed, and where it leads.
//!
//! A redirect gets the password, so it is followed only where the user allows it and the policy lists the host. The
//! request is sent anew to the new address, as a POST with a rebuilt `To`; an HTTP library would make a GET of it.

use std::{fmt, sync::Arc};

use reqwest::Url;

use super::endpoint::is_loopback;

/// New-PSSessionOption's `-MaximumRedirection`.
pub const DEFAULT_MAXIMUM_REDIRECTION: u32 = 5;

/// Which redirects are followed.
#[derive(Clone)]
pub struct Redirects {
    /// How many, one after the other.
    pub maximum: u32,
    /// Whether a host may have the credentials. An address of the endpoint's own origin always may.
    pub allowed: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Whether an `http` endpoint may lead to another `http` address that `allowed` lists; otherwise only to its own
    /// origin.
    pub allow_http: bool,
}

impl fmt::Debug for Redirects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirects").field("maximum", &self.maximum).finish_non_exhaustive()
    }
}

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFollowed {
    /// The user allows none.
    NotAllowed,
    /// It is no address to connect to.
    Invalid,
    /// It would send the password in the clear.
    Unprotected,
    /// The policy does not list the host.
    HostNotListed,
}

impl Redirects {
    /// The address to go to, as it is written where it is whole: a default port in it stays.
    pub(super) fn follow(&self, from: &Url, location: &str) -> Result<String, NotFollowed> {
        let location = location.trim();
        if location.is_empty() {
            return Err(NotFollowed::Invalid);
        }
        let to = from.join(location).map_err(|_| NotFollowed::Invalid)?;
        let Some(host) = to.host_str().filter(|host| !host.is_empty()) else {
            return Err(NotFollowed::Invalid);
        };
        let plain = to.username().is_empty() && to.password().is_none() && to.fragment().is_none();
        if !plain || !matches!(to.scheme(), "http" | "https") {
            return Err(NotFollowed::Invalid);
        }
        // The usual step from http to https on a machine's default port is a change of origin, but not of machine.
        let upgraded = to.scheme() == "https"
            && from.scheme() == "http"
            && from.host_str() == Some(host)
            && to.port_or_known_default() == Some(443)
            && !is_loopback(from);
        if to.origin() != from.origin() && !upgraded {
            if to.scheme() == "http" && !(from.scheme() == "http" && self.allow_http) {
                return Err(NotFollowed::Unprotected);
            }
            if !(self.allowed)(host) {
                return Err(NotFollowed::HostNotListed);
            }
        }
        let whole = location.contains("://");
        Ok(if whole { location.to_owned() } else { to.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(from: &str, to: &str, allow_http: bool) -> Result<String, NotFollowed> {
        let allowed = Arc::new(|host: &str| host == "pod1.outlook.example" || host == "127.0.0.1");
        Redirects { maximum: 5, allowed, allow_http }.follow(&Url::parse(from).unwrap(), to)
    }

    #[test]
    fn wire_15_credentials_follow_only_over_https_to_hosts_that_the_policy_lists() {
        let from = "https://mail.example/PowerShell/";
        for (to, expected) in [
            (
                "https://pod1.outlook.example:443/powershell/ ",
                Ok("https://pod1.outlook.example:443/powershell/"),
            ),
            ("https://mail.example/other/", Ok("https://mail.example/other/")),
            ("/other/", Ok("https://mail.example/other/")),
            ("https://mail.example:444/other/", Err(NotFollowed::HostNotListed)),
            ("https://evil.example/", Err(NotFollowed::HostNotListed)),
            ("//evil.example/", Err(NotFollowed::HostNotListed)),
            ("https://mail.example.evil.example/", Err(NotFollowed::HostNotListed)),
            ("http://mail.example/PowerShell/", Err(NotFollowed::Unprotected)),
            ("http://pod1.outlook.example/", Err(NotFollowed::Unprotected)),
            ("https://a:b@pod1.outlook.example/", Err(NotFollowed::Invalid)),
            ("https://pod1.outlook.example/#x", Err(NotFollowed::Invalid)),
            ("file:///etc/passwd", Err(NotFollowed::Invalid)),
            ("https://", Err(NotFollowed::Invalid)),
            ("", Err(NotFollowed::Invalid)),
        ] {
            assert_eq!(follow(from, to, true), expected.map(str::to_owned), "{to}");
        }
        let lab = "http://ex.lab.example/PowerShell/";
        assert!(follow(lab, "https://ex.lab.example/PowerShell/", false).is_ok());
        assert_eq!(follow(lab, "https://ex.lab.example:9/", false), Err(NotFollowed::HostNotListed));
        let loopback = "http://127.0.0.1:1/redirect/";
        assert!(follow(loopback, "/powershell/", false).is_ok());
        assert_eq!(follow(loopback, "http://127.0.0.1:2/", false), Err(NotFollowed::Unprotected));
        assert!(follow(loopback, "http://127.0.0.1:2/", true).is_ok());
    }
}
