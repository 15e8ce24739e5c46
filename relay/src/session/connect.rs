//! Connecting: from a sign-in to an open remote session, step by step in the log.

use std::time::{Duration, Instant};

use postern_engine::host::SessionFacts;
use postern_shared::wire::{EventKind, Failure, StepState};
use postern_wsman::client::{
    ConnectError, ConnectOptions, ConnectStep, Credentials, Endpoint, Error, Proxy, Redirects, RemoteSession,
    Timeouts, TlsOptions,
};
use url::Url;
use zeroize::Zeroizing;

use super::{failure, log::Log};

/// What to open, and as whom.
pub(crate) struct Opening {
    /// The endpoint's title.
    pub(crate) title: String,
    /// Connection URI as it was given, which is known to be one.
    pub(crate) uri: String,
    /// Configuration name, or a whole resource URI.
    pub(crate) configuration: String,
    /// User name.
    pub(crate) user: String,
    /// Password, or token.
    pub(crate) password: Zeroizing<String>,
    /// Whether [`Self::password`] is an OAuth token.
    pub(crate) oauth: bool,
    /// Whether http is accepted for another machine.
    pub(crate) allow_http: bool,
    /// Remote sessions that it allows a user, if that is known.
    pub(crate) sessions: Option<u32>,
    /// Which redirects are followed; `None` for none.
    pub(crate) redirects: Option<Redirects>,
    /// How the server proves itself.
    pub(crate) tls: TlsOptions,
    /// The way to it.
    pub(crate) proxy: Proxy,
    /// How long opening may take.
    pub(crate) open_timeout: Duration,
    /// How long an operation may take; `None` for the default.
    pub(crate) operation_timeout: Option<Duration>,
    /// How long the server keeps an unused shell; `None` for the server's own value.
    pub(crate) idle_timeout: Option<Duration>,
    /// Culture; `None` for the default.
    pub(crate) culture: Option<String>,
    /// UI culture; `None` for the same.
    pub(crate) ui_culture: Option<String>,
}

impl Opening {
    /// The host's name.
    pub(super) fn host(&self) -> String {
        host(&self.uri)
    }

    /// Remote sessions that a user may have at once: what Exchange Online allows, the default of Exchange's throttling
    /// policy (`PowerShellMaxConcurrency`), or that of WinRM (`MaxShellsPerUser`).
    pub(super) fn sessions_allowed(&self) -> u32 {
        let host = self.host().to_lowercase();
        if let Some(sessions) = self.sessions {
            sessions
        } else if [".office365.com", ".office365.us", ".outlook.com"]
            .iter()
            .any(|domain| host.ends_with(domain))
        {
            3
        } else if self.configuration.ends_with("Microsoft.Exchange") {
            18
        } else {
            30
        }
    }

    /// What the session's own commands tell of it.
    pub(super) fn facts(&self) -> SessionFacts {
        SessionFacts {
            host: self.host().into(),
            uri: self.uri.as_str().into(),
            configuration: self.configuration.as_str().into(),
            user: self.user.as_str().into(),
        }
    }

    /// The endpoint.
    pub(super) fn endpoint(&self) -> Result<Endpoint, Error> {
        let resource = if self.configuration.contains("://") {
            self.configuration.clone()
        } else {
            format!("http://schemas.microsoft.com/powershell/{}", self.configuration)
        };
        let mut endpoint = Endpoint::new(&self.uri, resource)?;
        endpoint.basic_over_http = self.allow_http;
        let default = Timeouts::default();
        endpoint.timeouts = Timeouts {
            open: self.open_timeout,
            operation: self.operation_timeout.unwrap_or(default.operation),
            ..default
        };
        endpoint.tls = self.tls.clone();
        endpoint.proxy = self.proxy.clone();
        endpoint.redirects.clone_from(&self.redirects);
        if self.oauth { endpoint.with_oauth() } else { Ok(endpoint) }
    }

    /// As whom to sign in.
    pub(super) fn credentials(&self) -> Credentials {
        let user = self.user.as_str();
        if self.oauth {
            Credentials::bearer(user, &self.password)
        } else {
            Credentials::new(user, self.password.clone())
        }
    }

    /// What the session is to be.
    pub(super) fn options(&self) -> ConnectOptions {
        let mut options = ConnectOptions { idle_timeout: self.idle_timeout, ..ConnectOptions::default() };
        if let Some(culture) = &self.culture {
            (options.culture, options.ui_culture) = (culture.clone(), culture.clone());
        }
        if let Some(ui_culture) = &self.ui_culture {
            options.ui_culture.clone_from(ui_culture);
        }
        options
    }
}

fn host(uri: &str) -> String {
    Url::parse(uri).ok().and_then(|uri| Some(uri.host_str()?.to_owned())).unwrap_or_default()
}

/// Opens the remote session. Dropping the future gives up, and removes what was opened.
pub(super) async fn connect(opening: &Opening, log: &Log) -> Result<RemoteSession, Failure> {
    let mut steps = Steps::new(log);
    let opened = tokio::time::timeout(opening.open_timeout, open(opening, &mut steps)).await;
    let failure = match opened {
        Ok(Ok(remote)) => return Ok(remote),
        Ok(Err(error)) => error.to_failure(),
        Err(_) => failure::open_timeout(&opening.host(), opening.open_timeout),
    };
    steps.failed();
    Err(failure)
}

async fn open(opening: &Opening, steps: &mut Steps<'_>) -> Result<RemoteSession, ConnectError> {
    let failed = |error| ConnectError { host: opening.host(), error };
    let endpoint = opening.endpoint().map_err(failed)?;
    let (credentials, options) = (opening.credentials(), opening.options());
    RemoteSession::connect(endpoint, credentials, options, |step| steps.take(&step)).await
}

/// The steps in the log: each begins and ends under its number.
struct Steps<'a> {
    log: &'a Log,
    next: u32,
    current: Option<(u32, String, Instant)>,
}

impl<'a> Steps<'a> {
    fn new(log: &'a Log) -> Self {
        Self { log, next: 0, current: None }
    }

    fn take(&mut self, step: &ConnectStep) {
        match step {
            ConnectStep::Connecting { host, secure: true } => {
                self.begin(&format!("Secure connection to {host}"));
            }
            ConnectStep::Connecting { host, .. } => self.begin(&format!("Connection to {host}")),
            ConnectStep::SigningIn { user } => self.begin(&format!("Signing in as {user}")),
            ConnectStep::OpeningRunspace => self.begin("Opening the runspace"),
            ConnectStep::Redirected { location } => {
                // PowerShell's own words.
                self.text(&format!(
                    "Your connection has been redirected to the following URI: \"{location}\""
                ));
            }
            ConnectStep::Connected | ConnectStep::ShellCreated { .. } | ConnectStep::RunspaceOpened => {
                self.done();
            }
        }
    }

    fn begin(&mut self, text: &str) {
        self.done();
        self.current = Some((self.next, text.to_owned(), Instant::now()));
        self.report(self.next, text, StepState::Running);
        self.next += 1;
    }

    fn done(&mut self) {
        if let Some((step, text, began)) = self.current.take() {
            let elapsed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.report(step, &text, StepState::Done(elapsed));
        }
    }

    fn failed(&mut self) {
        if let Some((step, text, _)) = self.current.take() {
            self.report(step, &text, StepState::Failed);
        }
    }

    /// A step that is over as soon as it is known.
    fn text(&mut self, text: &str) {
        self.begin(text);
        self.done();
    }

    fn report(&self, step: u32, text: &str, state: StepState) {
        self.log.append(EventKind::Step { step, text: text.to_owned(), state });
    }
}
