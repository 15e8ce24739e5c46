//! Connecting: from a sign-in to an open remote session, step by step in the log.

use std::time::{Duration, Instant};

use postern_shared::wire::{EventKind, Failure, StepState};
use postern_wsman::client::{
    ConnectError, ConnectOptions, ConnectStep, Credentials, Endpoint, Error, RemoteSession, Timeouts,
};
use url::Url;
use zeroize::Zeroizing;

use super::{failure, log::Log};
use crate::config::HostRules;

/// Redirects that are followed; PowerShell's `MaximumRedirection` is as many.
const MOST_REDIRECTS: usize = 5;

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
    /// Password.
    pub(crate) password: Zeroizing<String>,
    /// Whether http is accepted for another machine.
    pub(crate) allow_http: bool,
    /// Where a redirect may lead besides the same host; `None` to follow none.
    pub(crate) redirects: Option<HostRules>,
    /// How long opening may take.
    pub(crate) open_timeout: Duration,
    /// Culture; `None` for the default.
    pub(crate) culture: Option<String>,
}

impl Opening {
    /// The host's name.
    pub(super) fn host(&self) -> String {
        host(&self.uri)
    }

    /// The endpoint at an address: its own, or one that it was redirected to.
    pub(super) fn endpoint(&self, uri: &str) -> Result<Endpoint, Error> {
        let resource = if self.configuration.contains("://") {
            self.configuration.clone()
        } else {
            format!("http://schemas.microsoft.com/powershell/{}", self.configuration)
        };
        let mut endpoint = Endpoint::new(uri, resource)?;
        endpoint.basic_over_http = self.allow_http;
        endpoint.timeouts = Timeouts { open: self.open_timeout, ..Timeouts::default() };
        Ok(endpoint)
    }

    /// As whom to sign in.
    pub(super) fn credentials(&self) -> Credentials {
        Credentials::new(self.user.as_str(), self.password.clone())
    }

    /// What the session is to be.
    pub(super) fn options(&self) -> ConnectOptions {
        let mut options = ConnectOptions::default();
        if let Some(culture) = &self.culture {
            (options.culture, options.ui_culture) = (culture.clone(), culture.clone());
        }
        options
    }

    /// Where a redirect from one address leads, if credentials may go there.
    pub(super) fn follow(&self, from: &str, location: &str) -> Option<String> {
        redirect(from, location, self.redirects.as_ref()?)
    }
}

fn host(uri: &str) -> String {
    Url::parse(uri).ok().and_then(|uri| Some(uri.host_str()?.to_owned())).unwrap_or_default()
}

/// Opens the remote session. Dropping the future gives up, and removes what was opened.
pub(super) async fn connect(opening: &Opening, log: &Log) -> Result<RemoteSession, Failure> {
    let mut steps = Steps::new(log);
    let opened = tokio::time::timeout(opening.open_timeout, follow(opening, &mut steps)).await;
    let failure = match opened {
        Ok(Ok(remote)) => return Ok(remote),
        Ok(Err(failure)) => failure,
        Err(_) => failure::open_timeout(&opening.host(), opening.open_timeout),
    };
    steps.failed();
    Err(failure)
}

async fn follow(opening: &Opening, steps: &mut Steps<'_>) -> Result<RemoteSession, Failure> {
    let mut uri = opening.uri.clone();
    for _ in 0..=MOST_REDIRECTS {
        let error = match once(opening, &uri, steps).await {
            Ok(remote) => return Ok(remote),
            Err(error) => error,
        };
        let Error::Redirected { location, .. } = &error.error else { return Err(error.to_failure()) };
        let Some(next) = opening.follow(&uri, location) else { return Err(error.to_failure()) };
        steps.text(&format!("Redirected to {}", host(&next)));
        uri = next;
    }
    Err(failure::too_many_redirects(MOST_REDIRECTS))
}

async fn once(opening: &Opening, uri: &str, steps: &mut Steps<'_>) -> Result<RemoteSession, ConnectError> {
    let endpoint = opening.endpoint(uri).map_err(|error| ConnectError { host: host(uri), error })?;
    let (credentials, options) = (opening.credentials(), opening.options());
    RemoteSession::connect(endpoint, credentials, options, |step| steps.take(&step)).await
}

/// Where a redirect leads, if credentials may go there: over https, and to the same host or one of the rules.
fn redirect(from: &str, location: &str, rules: &HostRules) -> Option<String> {
    let from = Url::parse(from).ok()?;
    let to = from.join(location.trim()).ok()?;
    let host = to.host_str()?;
    let same = to.origin() == from.origin();
    let safe = to.scheme() == "https" && (from.host_str() == Some(host) || rules.allow(host));
    let plain = to.username().is_empty() && to.password().is_none();
    // As it is written, if it is whole: a default port stays.
    let whole = location.contains("://");
    ((same || safe) && plain).then(|| if whole { location.trim().to_owned() } else { to.to_string() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_follow_a_redirect_only_over_https_to_known_hosts() {
        let rules = HostRules { hosts: vec!["*.outlook.example".into()], allow_http: false };
        let allowed = |from: &str, to: &str| redirect(from, to, &rules).is_some();
        let from = "https://mail.example/PowerShell/";
        for to in ["https://pod1.outlook.example/powershell/", "https://mail.example/other/", "/other/"] {
            assert!(allowed(from, to), "{to}");
        }
        for to in [
            "https://evil.example/",
            "http://mail.example/PowerShell/",
            "http://pod1.outlook.example/",
            "//evil.example/",
            "https://a:b@pod1.outlook.example/",
            "file:///etc/passwd",
            "",
        ] {
            let same = to.is_empty();
            assert_eq!(allowed(from, to), same, "{to}");
        }
        assert!(allowed("http://127.0.0.1:1/redirect/", "/powershell/"));
        assert!(!allowed("http://127.0.0.1:1/redirect/", "http://127.0.0.1:2/powershell/"));
    }
}
