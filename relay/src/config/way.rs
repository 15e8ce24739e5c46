//! How the relay reaches an endpoint: whom it trusts, what it shows of itself, and through which proxy.

use std::path::{Path, PathBuf};

use postern_wsman::client::{
    ClientIdentity, Credentials, Proxy, ProxyServer, TlsOptions, certificates_from_pem, parse_fingerprint,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{ConfigError, HostRules};

/// Certificates of an endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// A file with authorities, in PEM, that are trusted besides those of the operating system.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the only certificate that is accepted, in hexadecimal digits.
    pub pinned_sha256: Option<String>,
    /// Files with the certificate that the relay shows where the server asks for one, and its key, in PEM. It admits the
    /// relay to the server; who signs in is still told by user name and password.
    pub client_certificate: Option<PathBuf>,
    /// See [`Self::client_certificate`].
    pub client_key: Option<PathBuf>,
    /// Whether users may set `-SkipCACheck` and `-SkipCNCheck`, and so send their passwords to whoever stands in
    /// between.
    pub allow_skip_checks: bool,
}

/// Proxies.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyConfig {
    /// What is used unless the user chooses: `system` (the default), `none`, or the proxy's address.
    pub server: Option<String>,
    /// User name at that proxy.
    pub user: Option<String>,
    /// A file with the password for it.
    pub password_file: Option<PathBuf>,
    /// Hosts of proxies that a user may choose, as in [`HostRules::hosts`]. Without any, users choose nothing: the relay
    /// would open connections to any machine that it can reach, for anyone who can reach it.
    pub user_hosts: Vec<String>,
}

impl TlsConfig {
    /// Reads the files.
    pub(super) fn load(&self) -> Result<TlsOptions, ConfigError> {
        let mut tls = TlsOptions::default();
        if let Some(file) = &self.ca_file {
            let wrong = |why| ConfigError::File { path: file.display().to_string(), why };
            tls.extra_roots = certificates_from_pem(&read(file)?).map_err(wrong)?;
        }
        if let Some(text) = &self.pinned_sha256 {
            tls.pinned = Some(parse_fingerprint(text).ok_or_else(|| ConfigError::Fingerprint(text.clone()))?);
        }
        tls.identity = match (&self.client_certificate, &self.client_key) {
            (Some(certificate), Some(key)) => {
                let wrong = |why| ConfigError::File { path: certificate.display().to_string(), why };
                Some(ClientIdentity::from_pem(&read(certificate)?, &read(key)?).map_err(wrong)?)
            }
            (None, None) => None,
            _ => return Err(ConfigError::HalfIdentity),
        };
        Ok(tls)
    }
}

impl ProxyConfig {
    /// The default way, with its password read.
    pub(super) fn load(&self) -> Result<Proxy, ConfigError> {
        match self.server.as_deref().map(str::trim) {
            None | Some("system") => Ok(Proxy::System),
            Some("none") => Ok(Proxy::None),
            Some(uri) => {
                let credentials = match (&self.user, &self.password_file) {
                    (Some(user), Some(file)) => {
                        let password =
                            String::from_utf8(read(file)?.to_vec()).map(Zeroizing::new).map_err(|_| {
                                ConfigError::File {
                                    path: file.display().to_string(),
                                    why: "it is not UTF-8".into(),
                                }
                            })?;
                        Some(Credentials::new(
                            user.as_str(),
                            password.trim_end_matches(['\r', '\n']).to_owned(),
                        ))
                    }
                    (Some(user), None) => Some(Credentials::new(user.as_str(), String::new())),
                    _ => None,
                };
                let server = ProxyServer::new(uri, credentials)
                    .map_err(|error| ConfigError::Proxy { uri: uri.to_owned(), why: error.to_string() })?;
                Ok(Proxy::Explicit(server))
            }
        }
    }

    /// Whether users may choose at all.
    pub(crate) fn is_choice(&self) -> bool {
        !self.user_hosts.is_empty()
    }

    /// Whether a user may choose the proxy on that host.
    pub(crate) fn allows(&self, host: &str) -> bool {
        HostRules { hosts: self.user_hosts.clone(), ..HostRules::default() }.allow(host)
    }
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    std::fs::read(file)
        .map(Zeroizing::new)
        .map_err(|error| ConfigError::Unreadable { path: file.display().to_string(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_read_with_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let proxy = ProxyConfig {
            server: Some("http://proxy.example:3128".into()),
            user: Some("relay".into()),
            password_file: Some(file("password", "geheim\n")),
            user_hosts: vec!["*.proxies.example".into()],
        };
        assert!(!format!("{:?}", proxy.load().unwrap()).contains("geheim"));
        assert!(proxy.is_choice() && proxy.allows("a.proxies.example") && !proxy.allows("proxy.example"));
        for (server, expected) in [(None, true), (Some("system"), true), (Some("none"), false)] {
            let proxy = ProxyConfig { server: server.map(str::to_owned), ..ProxyConfig::default() };
            assert_eq!(matches!(proxy.load().unwrap(), Proxy::System), expected);
            assert!(!proxy.is_choice());
        }
        let wrong = ProxyConfig { server: Some("proxy:3128".into()), ..ProxyConfig::default() };
        assert!(wrong.load().unwrap_err().to_string().contains("proxy:3128"));

        let tls = TlsConfig { pinned_sha256: Some("ab".repeat(32)), ..TlsConfig::default() };
        assert_eq!(tls.load().unwrap().pinned, Some([0xab; 32]));
        for tls in [
            TlsConfig { pinned_sha256: Some("ab".into()), ..TlsConfig::default() },
            TlsConfig { ca_file: Some(file("empty.pem", "")), ..TlsConfig::default() },
            TlsConfig { ca_file: Some(folder.path().join("missing.pem")), ..TlsConfig::default() },
            TlsConfig { client_certificate: Some(file("cert.pem", "")), ..TlsConfig::default() },
        ] {
            assert!(tls.load().is_err(), "{tls:?}");
        }
    }
}
