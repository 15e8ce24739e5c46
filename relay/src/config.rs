//! The configuration: one TOML file, every key optional, unknown keys an error.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

mod presets;
mod way;

use postern_shared::wire::Allowed;
use postern_wsman::client::{Proxy, TlsOptions};
use serde::Deserialize;
use url::Url;

pub use self::{
    presets::note_of,
    way::{ProxyConfig, TlsConfig},
};
use crate::http::origin;

/// The address when none is given: loopback, since the relay itself speaks plain HTTP.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8180";

/// What `postern serve` is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that browsers use, for example `https://console.example`, where a reverse proxy stands before the
    /// relay. Without it the relay answers only to loopback names.
    pub public_origin: Option<String>,
    /// The network address from which the reverse proxy connects, for example `127.0.0.1`. From it, and from nobody
    /// else, the last entry of `X-Forwarded-For` is taken as the client's address, by which sign-ins are limited. The
    /// proxy must set or append to that header. Without this all who come through a proxy share one address, and
    /// [`Limits::sign_ins_per_address`] is for all of them together.
    pub trusted_proxy: Option<IpAddr>,
    /// Seconds without use after which a session is signed out.
    pub idle_seconds: u32,
    /// Seconds that a session outlives its last tab.
    pub grace_seconds: u32,
    /// Whether results may be downloaded as files. In a kiosk they may not, unless this is set.
    pub downloads: Option<bool>,
    /// Whether the browsers are ones that strangers use too: the page keeps nothing in them, offers no downloads
    /// unless [`Self::downloads`] is set, and clears itself when a session ends.
    pub kiosk: bool,
    /// Whether a line that changes one object is followed by what it changed: the object is read before and after it.
    pub before_and_after: bool,
    /// A folder in which command lines and snippets of users are kept, one file a user; only the relay's own user can
    /// read them. Without it they are kept in memory until the relay stops.
    pub history_folder: Option<PathBuf>,
    /// The endpoints offered, the default one first.
    pub endpoint: Vec<EndpointConfig>,
    /// Connection URIs that a user may type. Without this none: the relay would open connections to any machine that
    /// it can reach, for anyone who can reach it.
    pub custom_uri: Option<HostRules>,
    /// Proxies on the way to endpoints.
    pub proxy: ProxyConfig,
    /// Upper limits.
    pub limits: Limits,
    /// What [`Self::proxy`] says, its password read.
    #[serde(skip)]
    pub loaded_proxy: Proxy,
}

/// An endpoint that the sign-in page offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndpointConfig {
    /// Its name, unique.
    pub name: String,
    /// A cloud of Microsoft's, whose address, title and redirects are known; what else is given counts more.
    pub preset: Option<String>,
    /// What the page shows; the name if empty.
    pub title: String,
    /// Its connection URI, kept as it is written: a default port that is given there stays.
    pub uri: String,
    /// Its configuration name.
    pub configuration: String,
    /// Whether `http` is accepted, which sends the password unprotected.
    pub allow_http: bool,
    /// Hosts to which the endpoint may redirect, as in [`HostRules::hosts`]. Its own address is always accepted.
    pub redirect_hosts: Vec<String>,
    /// Remote sessions that it allows a user at once, where that is not what its kind usually does; shown to the user.
    pub sessions: Option<u32>,
    /// Certificates.
    pub tls: TlsConfig,
    /// What [`Self::tls`] says, its files read.
    #[serde(skip)]
    pub loaded_tls: TlsOptions,
    /// User name and password to propose; set by `--demo` alone.
    #[serde(skip)]
    pub demo: Option<(String, String)>,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            preset: None,
            title: String::new(),
            uri: String::new(),
            configuration: "Microsoft.Exchange".to_owned(),
            allow_http: false,
            redirect_hosts: Vec::new(),
            sessions: None,
            tls: TlsConfig::default(),
            loaded_tls: TlsOptions::default(),
            demo: None,
        }
    }
}

/// Which hosts may be connected to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRules {
    /// Names of hosts, or `*.example.com` for all below a domain.
    pub hosts: Vec<String>,
    /// Whether `http` is accepted, which sends the password unprotected.
    #[serde(default)]
    pub allow_http: bool,
    /// Certificates of these hosts.
    #[serde(default)]
    pub tls: TlsConfig,
    /// What [`Self::tls`] says, its files read.
    #[serde(skip)]
    pub loaded_tls: TlsOptions,
}

/// Upper limits. Each keeps one user, or one stranger, from using up the relay.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sessions at a time.
    pub sessions: usize,
    /// Sessions at a time of one browser. Exchange allows 3 to 18 for a user.
    pub sessions_per_browser: usize,
    /// Sockets of one session: its tabs.
    pub sockets_per_session: usize,
    /// TCP connections at a time.
    pub connections: usize,
    /// Sign-ins that one address may make at once; one more every [`Self::sign_in_seconds`].
    pub sign_ins_per_address: u32,
    /// Sign-ins that all addresses together may make at once.
    pub sign_ins: u32,
    /// Seconds until another sign-in is allowed after too many; a tenth of it for all addresses together.
    pub sign_in_seconds: u32,
    /// Seconds for the headers of a request to arrive, the wait for it on an open connection included.
    pub header_seconds: u32,
    /// Seconds for a request to arrive whole.
    pub request_seconds: u32,
    /// Seconds for opening a session, import included, where the user sets none.
    pub open_seconds: u32,
    /// Megabytes that the results of one session may take.
    pub session_megabytes: usize,
    /// Megabytes that the results of all sessions may take.
    pub megabytes: usize,
    /// Events that a session's log keeps.
    pub log_events: usize,
    /// Megabytes that a session's log may take.
    pub log_megabytes: usize,
    /// Command lines that may wait in a session.
    pub queue: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8180)),
            public_origin: None,
            trusted_proxy: None,
            // What Exchange itself allows a shell.
            idle_seconds: 900,
            grace_seconds: 120,
            downloads: None,
            kiosk: false,
            before_and_after: true,
            history_folder: None,
            endpoint: Vec::new(),
            custom_uri: None,
            proxy: ProxyConfig::default(),
            loaded_proxy: Proxy::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sessions: 200,
            sessions_per_browser: 8,
            sockets_per_session: 8,
            connections: 2000,
            sign_ins_per_address: 10,
            sign_ins: 100,
            sign_in_seconds: 10,
            header_seconds: 15,
            request_seconds: 10,
            open_seconds: 120,
            // 100,000 mailboxes with all their properties take about 80.
            session_megabytes: 512,
            megabytes: 2048,
            log_events: 20_000,
            log_megabytes: 16,
            queue: 50,
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path} is not a valid configuration: {error}")]
    Invalid {
        /// Which file.
        path: String,
        /// Why.
        error: Box<toml::de::Error>,
    },
    /// A file that the configuration names is not what it should be.
    #[error("{path} cannot be used: {why}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A fingerprint is none.
    #[error("pinned_sha256 `{0}` is not a SHA-256: 64 hexadecimal digits, colons allowed")]
    Fingerprint(String),
    /// A client certificate without its key, or a key alone.
    #[error("client_certificate and client_key belong together; give both files or neither")]
    HalfIdentity,
    /// The proxy's address cannot be used.
    #[error("proxy server `{uri}` cannot be used: {why}")]
    Proxy {
        /// The address.
        uri: String,
        /// Why not.
        why: String,
    },
    /// There is no such preset.
    #[error("endpoint `{name}`: there is no preset `{preset}`; there are {}", preset_names())]
    Preset {
        /// The endpoint.
        name: String,
        /// Its preset.
        preset: String,
    },
    /// There is nothing to connect to.
    #[error(
        "no endpoint to connect to\n\nTo try Postern with a demo organisation:\n\n    postern serve --demo\n\n\
         To use your own server, name it in a file and start `postern serve --config FILE`:\n\n    \
         [[endpoint]]\n    name = \"exchange\"\n    title = \"Exchange\"\n    \
         uri = \"https://mail.example.com/PowerShell/\"\n    configuration = \"Microsoft.Exchange\""
    )]
    NoEndpoint,
    /// Two endpoints have the same name.
    #[error("two endpoints are named `{0}`; sign-ins could not tell them apart")]
    SameName(String),
    /// An endpoint without a name.
    #[error("an endpoint needs a name")]
    NoName,
    /// An endpoint's URI is not one for HTTP.
    #[error("endpoint `{name}`: `{uri}` is not an http or https address with a host")]
    NotHttp {
        /// The endpoint.
        name: String,
        /// Its URI.
        uri: String,
    },
    /// An endpoint without transport security that nobody asked for.
    #[error(
        "endpoint `{0}` uses http, which sends passwords unprotected; use https, or set `allow_http = true` for it"
    )]
    Unprotected(String),
    /// The public origin is not an origin, or not a safe one.
    #[error(
        "public_origin `{0}` must be an https origin such as `https://console.example` (http only for a loopback name)"
    )]
    PublicOrigin(String),
    /// Other machines could reach the relay, and send it passwords unprotected.
    #[error(
        "listening on {0} lets other machines in, and the relay itself speaks plain http; put a reverse proxy with \
         https before it and set `public_origin` to the address that browsers use"
    )]
    OpenListen(SocketAddr),
}

impl Config {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { path: name.clone(), error })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| ConfigError::Invalid { path: name, error: Box::new(error) })?;
        config.load()?;
        Ok(config)
    }

    /// Fills presets in, and reads the files that are named.
    fn load(&mut self) -> Result<(), ConfigError> {
        for endpoint in &mut self.endpoint {
            if let Some(preset) = endpoint.preset.clone() {
                let known = presets::named(&preset)
                    .ok_or_else(|| ConfigError::Preset { name: endpoint.name.clone(), preset })?;
                known.fill(endpoint);
            }
            endpoint.loaded_tls = endpoint.tls.load()?;
        }
        if let Some(rules) = &mut self.custom_uri {
            rules.loaded_tls = rules.tls.load()?;
        }
        self.loaded_proxy = self.proxy.load()?;
        Ok(())
    }

    /// Refuses what cannot work or is unsafe without having been asked for.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.endpoint.is_empty() && self.custom_uri.is_none() {
            return Err(ConfigError::NoEndpoint);
        }
        for (at, endpoint) in self.endpoint.iter().enumerate() {
            if endpoint.name.is_empty() {
                return Err(ConfigError::NoName);
            }
            if self.endpoint.iter().take(at).any(|other| other.name == endpoint.name) {
                return Err(ConfigError::SameName(endpoint.name.clone()));
            }
            let uri = Url::parse(&endpoint.uri)
                .ok()
                .filter(|uri| uri.host_str().is_some_and(|host| !host.is_empty()));
            match uri.as_ref().map(Url::scheme) {
                Some("https") => {}
                Some("http") if endpoint.allow_http => {}
                Some("http") => return Err(ConfigError::Unprotected(endpoint.name.clone())),
                _ => {
                    return Err(ConfigError::NotHttp {
                        name: endpoint.name.clone(),
                        uri: endpoint.uri.clone(),
                    });
                }
            }
        }
        match &self.public_origin {
            Some(public) if !origin::is_safe_public(public) => Err(ConfigError::PublicOrigin(public.clone())),
            None if !self.listen.ip().is_loopback() => Err(ConfigError::OpenListen(self.listen)),
            _ => Ok(()),
        }
    }

    /// What a page may do.
    pub(crate) fn allowed(&self) -> Allowed {
        Allowed { downloads: self.downloads.unwrap_or(!self.kiosk), kiosk: self.kiosk }
    }

    /// How long a session may be idle.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.max(1).into())
    }

    /// How long a session outlives its last tab.
    pub(crate) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace_seconds.into())
    }
}

impl HostRules {
    /// Whether a host's name is among the rules'.
    pub fn allow(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.iter().any(|rule| {
            let rule = rule.to_ascii_lowercase();
            match rule.strip_prefix("*.") {
                Some(domain) => {
                    host.strip_suffix(domain).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
                }
                None => host == rule,
            }
        })
    }
}

fn preset_names() -> String {
    presets::PRESETS.map(|preset| preset.name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_example_is_a_valid_configuration() {
        let text = include_str!("../../postern.example.toml");
        let mut config = parse(text);
        config.load().unwrap();
        config.check().unwrap();
        assert_eq!(config.endpoint.len(), 3);
        // The defaults that it names in comments are the defaults.
        let lines = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(setting)
                if setting.contains(" = ") && setting.starts_with(|c: char| c.is_ascii_lowercase()) =>
            {
                setting
            }
            _ => line,
        });
        let (named, default) = (parse(&lines.collect::<Vec<_>>().join("\n")), Config::default());
        assert_eq!(
            (named.listen, named.idle_seconds, named.grace_seconds),
            (default.listen, default.idle_seconds, default.grace_seconds)
        );
        assert_eq!(format!("{:?}", named.limits), format!("{:?}", default.limits));
        assert!(named.custom_uri.is_some_and(|rules| !rules.allow_http));
        assert!(!named.endpoint[0].tls.allow_skip_checks && named.proxy.user_hosts.is_empty());
        assert_eq!(named.proxy.server.as_deref(), Some("system"));
    }

    #[test]
    fn a_whole_file_is_read() {
        let config = parse(
            "listen = '127.0.0.1:1'\nidle_seconds = 60\n[[endpoint]]\nname = 'a'\nuri = 'https://a.example/PowerShell/'\n\
             [custom_uri]\nhosts = ['*.example.com']\n[limits]\nsessions = 3\n",
        );
        config.check().unwrap();
        assert_eq!(config.endpoint[0].configuration, "Microsoft.Exchange");
        assert_eq!((config.idle_seconds, config.grace_seconds, config.limits.sessions), (60, 120, 3));
    }

    #[test]
    fn a_preset_fills_what_is_left_out() {
        let mut config = parse(
            "[[endpoint]]\npreset = 'exchange-online-china'\n[[endpoint]]\nname = 'gov'\ntitle = 'Ours'\n\
             preset = 'exchange-online-gcc-high'\n",
        );
        config.load().unwrap();
        config.check().unwrap();
        assert_eq!(config.endpoint[0].name, "exchange-online-china");
        assert_eq!(config.endpoint[0].uri, "https://partner.outlook.cn/PowerShell");
        assert_eq!((config.endpoint[1].name.as_str(), config.endpoint[1].title.as_str()), ("gov", "Ours"));
        let unknown = parse("[[endpoint]]\nname = 'a'\npreset = 'exchange'").load().unwrap_err().to_string();
        assert!(unknown.contains("exchange-online-dod"), "{unknown}");
    }

    #[test]
    fn unknown_keys_are_errors() {
        for text in
            ["idel_seconds = 1", "[limits]\nsession = 1", "[[endpoint]]\nname='a'\nuri='https://a'\nport=1"]
        {
            assert!(toml::from_str::<Config>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unsafe_or_useless_configurations_are_refused() {
        let endpoint = "[[endpoint]]\nname='a'\nuri='https://a.example/'\n";
        let refused = |text: &str| parse(text).check().unwrap_err().to_string();
        assert!(refused("").contains("--demo"));
        assert!(refused("[[endpoint]]\nname='a'\nuri='http://a.example/'").contains("allow_http"));
        assert!(refused("[[endpoint]]\nname='a'\nuri='file:///etc/passwd'").contains("not an http"));
        assert!(refused(&format!("{endpoint}{endpoint}")).contains("two endpoints"));
        assert!(refused(&format!("listen='0.0.0.0:80'\n{endpoint}")).contains("reverse proxy"));
        for origin in ["http://console.example", "https://console.example/path", "console.example"] {
            assert!(
                refused(&format!("public_origin='{origin}'\n{endpoint}")).contains("public_origin"),
                "{origin}"
            );
        }
        parse(&format!("listen='0.0.0.0:80'\npublic_origin='https://console.example'\n{endpoint}"))
            .check()
            .unwrap();
    }

    #[test]
    fn host_rules_match_whole_labels() {
        let rules =
            HostRules { hosts: vec!["mail.example".into(), "*.corp.example".into()], ..HostRules::default() };
        for host in ["mail.example", "MAIL.example.", "a.corp.example", "a.b.corp.example"] {
            assert!(rules.allow(host), "{host}");
        }
        for host in
            ["x.mail.example", "corp.example", ".corp.example", "evilcorp.example", "mail.example.evil", ""]
        {
            assert!(!rules.allow(host), "{host}");
        }
    }
}
