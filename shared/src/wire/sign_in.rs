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
    /// User name and password to propose; only for the demo.
    pub demo: Option<(String, String)>,
}

/// `New-PSSession`, as the sign-in page asks for it.
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
    /// `-AllowRedirection`.
    pub allow_redirection: bool,
    /// `-OpenTimeout` in seconds; `None` for the relay's default.
    pub open_timeout: Option<u32>,
    /// `-Culture` and `-UICulture`, for example `de-DE`; `None` for the relay's default.
    pub culture: Option<String>,
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
