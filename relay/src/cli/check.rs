//! `postern check`: a connection checked layer by layer.

use std::{
    fs::File,
    io::{IsTerminal as _, Read as _, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use postern_shared::wire::{CheckState, CheckStep};
use postern_wsman::client::{DEFAULT_MAXIMUM_REDIRECTION, Proxy, Redirects};
use url::Url;
use zeroize::Zeroizing;

use super::report;
use crate::{
    config::{Config, ConfigError, EndpointConfig, HostRules},
    session::{self, Opening},
};

/// The environment variable that a password is taken from unless another is named.
const PASSWORD_VARIABLE: &str = "POSTERN_PASSWORD";
/// Bytes of a password that are read.
const MOST_PASSWORD: u64 = 4096;

/// What `postern check` is told.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without a user name the check ends with the web service; no password is needed for that. A password \
    is read from --password-fd, from the environment variable, or asked for, in this order; never give it as an argument. \
    The exit code is 0 if all is well, and 1 where the connection stops."
)]
pub(super) struct CheckArgs {
    /// Connection URI, or the name of an endpoint in the configuration.
    #[arg(long, value_name = "URI|NAME")]
    endpoint: String,
    /// Configuration in TOML that names the endpoint.
    #[arg(long, value_name = "FILE", env = "POSTERN_CONFIG")]
    config: Option<PathBuf>,
    /// Session configuration; by default the endpoint's own, or Microsoft.Exchange.
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// User name to sign in with.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Reads the password from this file descriptor, up to its first line's end.
    #[arg(long, value_name = "N", requires = "user")]
    password_fd: Option<u32>,
    /// Reads the password from this environment variable.
    #[arg(long, value_name = "VARIABLE", requires = "user", default_value = PASSWORD_VARIABLE)]
    password_env: String,
    /// Sends the password over http to another machine too, where anyone on the way reads it.
    #[arg(long)]
    allow_http: bool,
    /// Follows redirects to the same host over https, and to the hosts that the endpoint's configuration lists.
    #[arg(long)]
    allow_redirection: bool,
    /// Hosts that a redirect may lead to besides, such as `*.example.com`.
    #[arg(long, value_name = "HOST", requires = "allow_redirection")]
    redirect_host: Vec<String>,
    /// Seconds for opening the session.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    open_timeout: u32,
    /// Prints each step as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "there is no endpoint `{0}` in the configuration, and it is no connection URI such as https://mail.example.com/PowerShell/"
    )]
    NoEndpoint(String),
    #[error("{what} {remedy}")]
    Invalid { what: String, remedy: String },
    #[error("cannot read the password: {0}")]
    Password(std::io::Error),
    #[error("no password: give it in {0}, by --password-fd, or at a terminal; without --user none is needed")]
    NoPassword(String),
}

/// Runs the check; whether all is well.
pub(super) async fn check(args: CheckArgs) -> Result<bool, CheckError> {
    let (json, (endpoint, proxy)) = (args.json, endpoint(&args)?);
    let password = match &args.user {
        Some(user) => password(&args, user, &endpoint.uri)?,
        None => Zeroizing::default(),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !json {
        println!("{}\n", report::heading(&endpoint.uri, &endpoint.configuration, args.user.as_deref()));
    }
    let hosts = endpoint.redirect_hosts.iter().chain(&args.redirect_host).cloned().collect();
    let rules = HostRules { hosts, ..HostRules::default() };
    let opening = Opening {
        title: endpoint.title,
        uri: endpoint.uri,
        configuration: endpoint.configuration,
        user: args.user.unwrap_or_default(),
        password,
        allow_http: endpoint.allow_http,
        redirects: args.allow_redirection.then(|| Redirects {
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
        open_timeout: Duration::from_secs(args.open_timeout.max(1).into()),
        culture: None,
    };
    let mut reached = None;
    let print = |step: CheckStep| {
        if !json && matches!(step.state, CheckState::Passed { .. }) {
            reached = Some(step.layer);
        }
        let text = if json { serde_json::to_string(&step).unwrap_or_default() } else { report::lines(&step) };
        if !text.is_empty() {
            println!("{text}");
            // Each line is to be seen as it happens, in a pipe too.
            let _ = std::io::stdout().flush();
        }
    };
    let checked = session::check(opening, print)
        .map_err(|failure| CheckError::Invalid { what: failure.what, remedy: failure.remedy })?;
    let well = checked.await;
    if !json {
        println!("\n{}", report::verdict(well, reached));
    }
    Ok(well)
}

/// The endpoint that is meant, by its name in the configuration or a connection URI, and the proxy on the way to it.
fn endpoint(args: &CheckArgs) -> Result<(EndpointConfig, Proxy), CheckError> {
    let config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let known = config.endpoint.into_iter().find(|endpoint| endpoint.name == args.endpoint);
    let mut endpoint = match known {
        Some(known) => known,
        None if Url::parse(&args.endpoint).is_ok_and(|url| url.has_host()) => {
            EndpointConfig { uri: args.endpoint.clone(), ..EndpointConfig::default() }
        }
        None => return Err(CheckError::NoEndpoint(args.endpoint.clone())),
    };
    endpoint.allow_http |= args.allow_http;
    if let Some(configuration) = &args.configuration {
        endpoint.configuration.clone_from(configuration);
    }
    Ok((endpoint, config.loaded_proxy))
}

fn password(args: &CheckArgs, user: &str, uri: &str) -> Result<Zeroizing<String>, CheckError> {
    let given = if let Some(descriptor) = args.password_fd {
        let mut text = Zeroizing::new(String::new());
        let file = File::open(format!("/dev/fd/{descriptor}")).map_err(CheckError::Password)?;
        file.take(MOST_PASSWORD).read_to_string(&mut text).map_err(CheckError::Password)?;
        Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())
    } else if let Ok(text) = std::env::var(&args.password_env) {
        Zeroizing::new(text)
    } else if std::io::stdin().is_terminal() {
        let question = format!("Password of {user} for {uri}: ");
        Zeroizing::new(rpassword::prompt_password(question).map_err(CheckError::Password)?)
    } else {
        Zeroizing::default()
    };
    if given.is_empty() { Err(CheckError::NoPassword(args.password_env.clone())) } else { Ok(given) }
}
