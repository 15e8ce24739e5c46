//! Signing in: what the relay offers and what the page asks for, as JSON over HTTP.
//!
//! | request | body | answer |
//! | --- | --- | --- |
//! | `GET /api/offer` | | 200 [`Offer`] |
//! | `POST /api/sign-in` | [`SignIn`] | 200 [`SignedIn`] and the session cookie; 4xx [`Failure`](super::Failure) |
//! | `POST /api/check` | [`SignIn`] | 200 lines of [`CheckStep`](super::CheckStep); 4xx [`Failure`](super::Failure) |
//! | `GET /ws?session=ID` | WebSocket, cookie | the messages of [`super`] |
//!
//! A WebSocket of the relay's own page is always accepted: of a session that is gone, or is not this browser's, it
//! carries nothing but [`super::ServerMessage::Ended`], since a page cannot see why a WebSocket was refused.
//!
//! `POST` and the WebSocket need an `Origin` that is the relay's own. The answer to a sign-in comes at once; its steps, and how it
//! ends, are events of the new session.

use serde::{Deserialize, Serialize};

/// What a relay offers to someone who has not signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The relay's build ([`super::BUILD`]).
    pub build: String,
    /// Endpoints to choose from; the first is the default.
    pub endpoints: Vec<EndpointOffer>,
    /// Whether a connection URI may be given instead of one of them.
    pub custom_uri: bool,
    /// Whether certificate checks may be skipped at a connection URI.
    pub custom_skip_checks: bool,
    /// Whether a proxy may be chosen.
    pub proxies: bool,
    /// How long a session may be idle, in seconds.
    pub idle_seconds: u32,
}

/// An endpoint from the relay's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointOffer {
    /// Its name in the configuration, which [`SignIn::endpoint`] gives back.
    pub name: String,
    /// What to show, for example `Demo: Klinik Auer`.
    pub title: String,
    /// Its connection URI.
    pub uri: String,
    /// Configuration name, for example `Microsoft.Exchange`.
    pub configuration: String,
    /// What to know of it before signing in, for example that its operator ended the service.
    pub note: Option<String>,
    /// Whether certificate checks may be skipped.
    pub skip_checks: bool,
    /// User name and password to propose; only for the demo.
    pub demo: Option<(String, String)>,
}

/// `New-PSSession`, as the sign-in page asks for it.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of New-PSSession's own")]
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SignIn {
    /// The page's build.
    pub build: String,
    /// Name of an endpoint from the offer; empty if a URI is given.
    pub endpoint: String,
    /// Connection URI, where no endpoint is chosen.
    pub uri: Option<String>,
    /// User name.
    pub user: String,
    /// Password. Kept nowhere but in the remote session's credentials.
    pub password: String,
    /// `-ConfigurationName`; `None` for the endpoint's own.
    pub configuration: Option<String>,
    /// Whether [`Self::password`] is an OAuth access token.
    pub oauth: bool,
    /// `-AllowRedirection`.
    pub allow_redirection: bool,
    /// `-MaximumRedirection`; `None` for 5.
    pub maximum_redirection: Option<u32>,
    /// `-ProxyAccessType` and what belongs to it.
    pub proxy: ProxyChoice,
    /// `-SkipCACheck`.
    pub skip_ca_check: bool,
    /// `-SkipCNCheck`.
    pub skip_cn_check: bool,
    /// `-OpenTimeout` in seconds; `None` for the relay's default.
    pub open_timeout: Option<u32>,
    /// `-OperationTimeout` in seconds; `None` for the relay's default.
    pub operation_timeout: Option<u32>,
    /// `-IdleTimeout` in seconds; `None` for the server's own.
    pub idle_timeout: Option<u32>,
    /// `-Culture`, for example `de-DE`; `None` for the relay's default.
    pub culture: Option<String>,
    /// `-UICulture`; `None` for the same as the culture.
    pub ui_culture: Option<String>,
}

impl SignIn {
    /// A sign-in with everything at its default.
    pub fn new(endpoint: impl Into<String>, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            build: super::BUILD.to_owned(),
            endpoint: endpoint.into(),
            uri: None,
            user: user.into(),
            password: password.into(),
            configuration: None,
            oauth: false,
            allow_redirection: false,
            maximum_redirection: None,
            proxy: ProxyChoice::Relay,
            skip_ca_check: false,
            skip_cn_check: false,
            open_timeout: None,
            operation_timeout: None,
            idle_timeout: None,
            culture: None,
            ui_culture: None,
        }
    }
}

/// `-ProxyAccessType`, as far as it differs for a relay.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub enum ProxyChoice {
    /// What the relay's configuration says.
    Relay,
    /// `IEConfig`, `WinHttpConfig`, `AutoDetect`: the settings of the system that the relay runs on.
    System,
    /// `NoProxyServer`.
    None,
    /// This one.
    Explicit {
        /// `http://host:port`.
        uri: String,
        /// User name at the proxy; empty for none.
        user: String,
        /// Password at the proxy.
        password: String,
    },
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password is left out.
        f.debug_struct("SignIn")
            .field("endpoint", &self.endpoint)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A sign-in was accepted and is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The session's public id, for the WebSocket's address; worth nothing without the cookie.
    pub session: String,
}
