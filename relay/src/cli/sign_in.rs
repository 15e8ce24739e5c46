//! Signing in from the command line: which endpoint, as whom, and where the password comes from.

use std::{
    fs::File,
    io::{IsTerminal as _, Read as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use postern_wsman::client::{DEFAULT_MAXIMUM_REDIRECTION, Proxy, Redirects};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    config::{Config, ConfigError, EndpointConfig, HostRules},
    session::Opening,
};

/// The environment variable that a password is taken from unless another is named.
const PASSWORD_VARIABLE: &str = "POSTERN_PASSWORD";
/// Bytes of a password that are read.
const MOST_PASSWORD: u64 = 4096;

/// How to sign in, beside the endpoint and the user.
#[derive(Debug, clap::Args)]
pub(super) struct SignInArgs {
    /// Configuration in TOML that names the endpoint.
    #[arg(long, value_name = "FILE", env = "POSTERN_CONFIG")]
    config: Option<PathBuf>,
    /// Session configuration; by default the endpoint's own, or Microsoft.Exchange.
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// Reads the password from this file descriptor, up to its first line's end.
    #[arg(long, value_name = "N", requires = "user")]
    password_fd: Option<u32>,
    /// Reads the password from this environment variable.
    #[arg(long, value_name = "VARIABLE", requires = "user", default_value = PASSWORD_VARIABLE)]
    password_env: String,
    /// Sends the password over http to another machine too, where anyone on the way reads it.
    #[arg(long)]
    allow_http: bool,
    /// Follows redirects: to the same host and port, and over https to the hosts that the endpoint's configuration lists.
    #[arg(long)]
    allow_redirection: bool,
    /// Hosts that a redirect may lead to besides, such as `*.example.com`.
    #[arg(long, value_name = "HOST", requires = "allow_redirection")]
    redirect_host: Vec<String>,
    /// Seconds for opening the session.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    open_timeout: u32,
}

/// Why nobody can sign in.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignInError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "there is no endpoint `{0}` in the configuration, and it is no connection URI such as https://mail.example.com/PowerShell/"
    )]
    NoEndpoint(String),
    #[error("cannot read the password: {0}")]
    Password(std::io::Error),
    #[error("no password: give it in {0}, by --password-fd, or at a terminal")]
    NoPassword(String),
}

impl SignInArgs {
    /// What to open: an endpoint by its name in the configuration or a connection URI, as a user, or as nobody.
    pub(super) fn opening(&self, endpoint: &str, user: Option<String>) -> Result<Opening, SignInError> {
        let (endpoint, proxy) = self.endpoint(endpoint)?;
        let password = match &user {
            Some(user) => self.password(user, &endpoint.uri)?,
            None => Zeroizing::default(),
        };
        Ok(self.opening_of(endpoint, proxy, user.unwrap_or_default(), password))
    }

    /// What to open at an endpoint whose password is known.
    pub(super) fn opening_of(
        &self,
        endpoint: EndpointConfig,
        proxy: Proxy,
        user: String,
        password: Zeroizing<String>,
    ) -> Opening {
        let hosts = endpoint.redirect_hosts.iter().chain(&self.redirect_host).cloned().collect();
        let rules = HostRules { hosts, ..HostRules::default() };
        Opening {
            title: endpoint.title,
            uri: endpoint.uri,
            configuration: endpoint.configuration,
            user,
            password,
            allow_http: endpoint.allow_http,
            sessions: endpoint.sessions,
            redirects: self.allow_redirection.then(|| Redirects {
                maximum: DEFAULT_MAXIMUM_REDIRECTION,
                allowed: Arc::new(move |host| rules.allow(host)),
                allow_http: endpoint.allow_http,
            }),
            oauth: false,
            tls: endpoint.loaded_tls,
            proxy,
            operation_timeout: None,
            idle_timeout: None,
            ui_culture: None,
            open_timeout: Duration::from_secs(self.open_timeout.max(1).into()),
            culture: None,
        }
    }

    /// The endpoint that is meant, and the proxy on the way to it.
    fn endpoint(&self, named: &str) -> Result<(EndpointConfig, Proxy), SignInError> {
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        let known = config.endpoint.into_iter().find(|endpoint| endpoint.name == named);
        let mut endpoint = match known {
            Some(known) => known,
            None if Url::parse(named).is_ok_and(|url| url.has_host()) => {
                EndpointConfig { uri: named.to_owned(), ..EndpointConfig::default() }
            }
            None => return Err(SignInError::NoEndpoint(named.to_owned())),
        };
        endpoint.allow_http |= self.allow_http;
        if let Some(configuration) = &self.configuration {
            endpoint.configuration.clone_from(configuration);
        }
        Ok((endpoint, config.loaded_proxy))
    }

    fn password(&self, user: &str, uri: &str) -> Result<Zeroizing<String>, SignInError> {
        let given = if let Some(descriptor) = self.password_fd {
            let mut text = Zeroizing::new(String::new());
            let file = File::open(format!("/dev/fd/{descriptor}")).map_err(SignInError::Password)?;
            file.take(MOST_PASSWORD).read_to_string(&mut text).map_err(SignInError::Password)?;
            Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())
        } else if let Ok(text) = std::env::var(&self.password_env) {
            Zeroizing::new(text)
        } else if std::io::stdin().is_terminal() {
            let question = format!("Password of {user} for {uri}: ");
            Zeroizing::new(rpassword::prompt_password(question).map_err(SignInError::Password)?)
        } else {
            Zeroizing::default()
        };
        if given.is_empty() { Err(SignInError::NoPassword(self.password_env.clone())) } else { Ok(given) }
    }
}
