//! `GET /api/offer` and `POST /api/sign-in`.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use postern_shared::wire::{BUILD, EndpointOffer, Failure, Offer, ProxyChoice, SignIn, SignedIn};
use postern_wsman::client::{
    Credentials, DEFAULT_MAXIMUM_REDIRECTION, Proxy, ProxyServer, Redirects, TlsOptions,
};
use url::Url;
use zeroize::Zeroizing;

use super::{Browser, Relay};
use crate::{
    config::{Config, EndpointConfig, HostRules, note_of},
    session::{Opening, Refused},
    translate::Language,
};

/// The largest request; names and a password need a few hundred bytes.
const MOST_BYTES: usize = 16 << 10;
/// The longest that a user may set for opening a session.
const LONGEST_OPEN: u32 = 600;
/// The longest that a user may set for an operation: Exchange's `MaxOperationTimeoutSeconds`.
const LONGEST_OPERATION: u32 = 900;
/// The shortest and the longest that a shell may be idle: PowerShell's own limits, a minute and twelve hours.
const IDLE: std::ops::RangeInclusive<u32> = 60..=43_200;
/// The most redirects that a user may allow.
const MOST_REDIRECTS: u32 = 10;

/// What the relay offers to someone who has not signed in.
pub(super) async fn offer(State(relay): State<Relay>, headers: HeaderMap) -> Json<Offer> {
    let language = Language::asked(&headers);
    let offer = |endpoint: &EndpointConfig| EndpointOffer {
        name: endpoint.name.clone(),
        title: title(endpoint).to_owned(),
        uri: endpoint.uri.clone(),
        configuration: endpoint.configuration.clone(),
        note: note_of(&endpoint.uri).map(|note| {
            let mut note = note.to_owned();
            language.text(&mut note);
            note
        }),
        skip_checks: endpoint.tls.allow_skip_checks,
        demo: endpoint.demo.clone(),
    };
    Json(Offer {
        build: BUILD.to_owned(),
        endpoints: relay.config.endpoint.iter().map(offer).collect(),
        custom_uri: relay.config.custom_uri.is_some(),
        custom_skip_checks: relay.config.custom_uri.as_ref().is_some_and(|rules| rules.tls.allow_skip_checks),
        proxies: relay.config.proxy.is_choice(),
        idle_seconds: relay.config.idle_seconds,
    })
}

/// Begins a session.
pub(super) async fn sign_in(
    State(relay): State<Relay>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let request = match received(&relay, peer, &headers, body).await {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    match opening(&relay.config, request, Password::Needed) {
        Ok(opening) => begin(&relay, &headers, opening),
        Err(failure) => (StatusCode::BAD_REQUEST, Json(*failure)).into_response(),
    }
}

/// What a sign-in or a check asks for, if it comes from the page, is not one too many, and can be read.
pub(super) async fn received(
    relay: &Relay,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
) -> Result<SignIn, Box<Response>> {
    if !relay.origin.accepts(headers) {
        return Err(Box::new(refuse(
            StatusCode::FORBIDDEN,
            "The request does not come from this relay's page.",
            "The page was opened at another address than the one that the relay knows as its own.",
            "Open the page at the relay's own address. Behind a reverse proxy, have public_origin set to the address \
             that browsers use.",
        )));
    }
    if let Err(wait) = relay.rate.take(client(headers, peer.ip(), relay.config.trusted_proxy), Instant::now())
    {
        let seconds = wait.as_secs() + 1;
        let mut response = refuse(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many sign-ins were tried.",
            "The relay limits them, so that nobody can guess passwords through it or lock accounts out.",
            &format!("Wait {seconds} seconds and try again."),
        );
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Err(Box::new(response));
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return Err(Box::new(refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The request is not JSON.",
            "A program other than this relay's page sent the request.",
            "Reload the page.",
        )));
    }
    let arrival = Duration::from_secs(relay.config.limits.request_seconds.max(1).into());
    let body = match tokio::time::timeout(arrival, axum::body::to_bytes(body, MOST_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return Err(Box::new(refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The sign-in did not arrive.",
                "The request is too large, or the connection broke off.",
                "Reload the page and sign in again.",
            )));
        }
        Err(_) => {
            return Err(Box::new(refuse(
                StatusCode::REQUEST_TIMEOUT,
                "The sign-in took too long to arrive.",
                "The connection between the browser and the relay is slow.",
                "Sign in again.",
            )));
        }
    };
    let request = serde_json::from_slice::<SignIn>(&body);
    super::wipe(body);
    request.map_err(|_| {
        // Not the parser's message: it may quote the password.
        Box::new(refuse(
            StatusCode::BAD_REQUEST,
            "The request is not a sign-in of this build.",
            "The relay was updated while the page was open.",
            "Reload the page.",
        ))
    })
}

/// The address that a sign-in counts for: the connection's, or what a trusted proxy says.
///
/// Only the last entry of the last header: those before it came from the client, who can write what it likes.
fn client(headers: &HeaderMap, peer: IpAddr, trusted: Option<IpAddr>) -> IpAddr {
    if trusted.is_none_or(|trusted| trusted.to_canonical() != peer.to_canonical()) {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let entry = last.and_then(|value| value.to_str().ok()?.rsplit(',').next()).map(str::trim);
    let address = |text: &str| -> Option<IpAddr> {
        // Some proxies add the port.
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
    };
    entry.and_then(address).unwrap_or(peer)
}

fn begin(relay: &Relay, headers: &HeaderMap, opening: Opening) -> Response {
    let secure = relay.origin.is_secure();
    // Only a cookie that was given out here is kept: one that somebody else planted would be theirs as well.
    let known = Browser::of(headers, secure).filter(|browser| relay.sessions.knows(browser));
    let named = known.map_or_else(
        || Browser::new(secure).map(|(browser, cookie)| (browser, Some(cookie))),
        |browser| Ok((browser, None)),
    );
    let Ok((browser, cookie)) = named else {
        return refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The relay has no random numbers.",
            "The operating system gave none.",
            "Have the relay's machine checked.",
        );
    };
    match relay.sessions.begin(browser, opening) {
        Ok(session) => {
            let mut response = Json(SignedIn { session }).into_response();
            if let Some(cookie) = cookie {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(Refused::Browser(most)) => refuse(
            StatusCode::CONFLICT,
            "This browser has too many sessions.",
            &format!("The relay allows a browser {most} sessions at a time."),
            "Sign out of another session and sign in again.",
        ),
        Err(Refused::Relay) => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "The relay has too many sessions.",
            "As many people as its configuration allows are signed in.",
            "Try again later, or ask the relay's administrator to raise limits.sessions.",
        ),
        Err(Refused::Stopping) => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "The relay is stopping.",
            "The relay is being restarted or updated.",
            "Sign in again in a minute.",
        ),
        Err(Refused::NoRandomness) => refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The relay has no random numbers.",
            "The operating system gave none.",
            "Have the relay's machine checked.",
        ),
    }
}

/// Whether something can be done without a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Password {
    /// No.
    Needed,
    /// Yes.
    Optional,
}

/// What to open, from what the page asks for and what the configuration allows.
pub(super) fn opening(config: &Config, request: SignIn, needs: Password) -> Result<Opening, Box<Failure>> {
    // Moved, not copied, and before anything can be refused.
    let password = Zeroizing::new(request.password);
    if request.build != BUILD {
        return Err(failure(
            "The page is not of the relay's build.",
            "The relay was updated.",
            "Reload the page.",
        ));
    }
    let lacking = request.user.trim().is_empty() || password.is_empty();
    if lacking && (needs == Password::Needed || !password.is_empty()) {
        return Err(failure(
            "User name and password are needed.",
            "One of the two fields is empty.",
            "Enter the user name and the password.",
        ));
    }
    let open_seconds = request.open_timeout.unwrap_or(config.limits.open_seconds).clamp(1, LONGEST_OPEN);
    let own;
    let endpoint = if let Some(endpoint) = config.endpoint.iter().find(|known| known.name == request.endpoint)
    {
        endpoint
    } else if request.endpoint.is_empty() {
        own = custom(config, request.uri.as_deref().unwrap_or_default())?;
        &own
    } else {
        return Err(failure(
            "There is no such endpoint.",
            "The relay's configuration has changed.",
            "Reload the page and choose another endpoint.",
        ));
    };
    let proxy = proxy(config, request.proxy)?;
    let tls = tls(endpoint, request.skip_ca_check, request.skip_cn_check)?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Ok(Opening {
        title: title(endpoint).to_owned(),
        uri: endpoint.uri.clone(),
        configuration: some(request.configuration).unwrap_or(endpoint.configuration.clone()),
        user: request.user.trim().to_owned(),
        password,
        oauth: request.oauth,
        allow_http: endpoint.allow_http,
        sessions: endpoint.sessions,
        redirects: request
            .allow_redirection
            .then(|| redirects(endpoint, request.maximum_redirection.unwrap_or(DEFAULT_MAXIMUM_REDIRECTION))),
        tls,
        proxy,
        open_timeout: seconds(open_seconds),
        operation_timeout: request.operation_timeout.map(|time| seconds(time.clamp(1, LONGEST_OPERATION))),
        idle_timeout: request.idle_timeout.map(|time| seconds(time.clamp(*IDLE.start(), *IDLE.end()))),
        culture: some(request.culture),
        ui_culture: some(request.ui_culture),
    })
}

fn redirects(endpoint: &EndpointConfig, maximum: u32) -> Redirects {
    let rules = HostRules { hosts: endpoint.redirect_hosts.clone(), ..HostRules::default() };
    Redirects {
        maximum: maximum.min(MOST_REDIRECTS),
        allowed: Arc::new(move |host| rules.allow(host)),
        allow_http: endpoint.allow_http,
    }
}

/// The way that the user chose, if users may choose.
fn proxy(config: &Config, choice: ProxyChoice) -> Result<Proxy, Box<Failure>> {
    if choice == ProxyChoice::Relay {
        return Ok(config.loaded_proxy.clone());
    }
    if !config.proxy.is_choice() {
        return Err(failure(
            "This relay does not let users choose a proxy.",
            "Its configuration names no host under proxy.user_hosts.",
            "Leave the proxy as the relay has it, or ask the relay's administrator.",
        ));
    }
    let (uri, user, password) = match choice {
        ProxyChoice::Relay | ProxyChoice::System => return Ok(Proxy::System),
        ProxyChoice::None => return Ok(Proxy::None),
        ProxyChoice::Explicit { uri, user, password } => (uri, user, Zeroizing::new(password)),
    };
    let credentials = (!user.is_empty()).then(|| Credentials::new(user, password));
    let server = ProxyServer::new(&uri, credentials).map_err(|error| Box::new(error.to_failure()))?;
    if !config.proxy.allows(server.host()) {
        return Err(failure(
            &format!("This relay may not use the proxy {}.", server.host()),
            "Its configuration does not name that host under proxy.user_hosts.",
            "Check the spelling, or ask the relay's administrator to allow the host.",
        ));
    }
    Ok(Proxy::Explicit(server))
}

/// How the server proves itself, with what the user would skip if the endpoint lets users.
fn tls(endpoint: &EndpointConfig, skip_ca: bool, skip_cn: bool) -> Result<TlsOptions, Box<Failure>> {
    if (skip_ca || skip_cn) && !endpoint.tls.allow_skip_checks {
        return Err(failure(
            "This relay does not skip the checks of certificates.",
            "Its configuration does not allow it for this endpoint, as the password would go to whoever stands in \
             between.",
            "Sign in without skipping them, or ask the relay's administrator to trust the server's authority.",
        ));
    }
    Ok(TlsOptions { skip_ca_check: skip_ca, skip_cn_check: skip_cn, ..endpoint.loaded_tls.clone() })
}

/// A connection URI that the user typed, if the configuration allows its host.
fn custom(config: &Config, uri: &str) -> Result<EndpointConfig, Box<Failure>> {
    let Some(rules) = &config.custom_uri else {
        return Err(failure(
            "This relay does not accept connection URIs.",
            "Its configuration names the endpoints that may be used.",
            "Choose one of the endpoints offered, or ask the relay's administrator to allow the host under custom_uri.",
        ));
    };
    let uri = uri.trim();
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
        return Err(failure(
            "The connection URI is not an address.",
            "The connection URI does not begin with https:// or http://, or has no host name.",
            "Enter one such as https://mail.example.com/PowerShell/.",
        ));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(failure(
            "The connection URI contains a user name or a password.",
            "A connection URI is shown and kept, and must not hold them.",
            "Enter user name and password in their own fields.",
        ));
    }
    if !rules.allow(host) {
        return Err(failure(
            &format!("This relay may not connect to {host}."),
            "Its configuration does not name that host under custom_uri.",
            "Check the spelling, or ask the relay's administrator to allow the host.",
        ));
    }
    if url.scheme() == "http" && !rules.allow_http {
        return Err(failure(
            "The connection URI may not begin with http://.",
            "The password would travel unprotected.",
            "Use a connection URI that begins with https://.",
        ));
    }
    Ok(EndpointConfig {
        name: String::new(),
        title: host.to_owned(),
        uri: uri.to_owned(),
        allow_http: rules.allow_http,
        redirect_hosts: rules.hosts.clone(),
        tls: rules.tls.clone(),
        loaded_tls: rules.loaded_tls.clone(),
        ..EndpointConfig::default()
    })
}

fn title(endpoint: &EndpointConfig) -> &str {
    if endpoint.title.is_empty() { &endpoint.name } else { &endpoint.title }
}

fn failure(what: &str, cause: &str, remedy: &str) -> Box<Failure> {
    Box::new(Failure { what: what.into(), cause: cause.into(), remedy: remedy.into(), ..Failure::default() })
}

pub(super) fn refuse(status: StatusCode, what: &str, cause: &str, remedy: &str) -> Response {
    let failure = Failure { code: format!("HTTP {}", status.as_u16()), ..*failure(what, cause, remedy) };
    (status, Json(failure)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: Option<&str>, endpoint: &str) -> SignIn {
        SignIn { uri: uri.map(str::to_owned), ..SignIn::new(endpoint, "admin", "secret") }
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let of = |peer: [u8; 4], trusted, values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            client(&headers, peer.into(), trusted).to_string()
        };
        let behind = |values: &[&str]| of([127, 0, 0, 1], Some(proxy), values);
        assert_eq!(behind(&["10.0.0.7"]), "10.0.0.7");
        assert_eq!(behind(&["6.6.6.6, 10.0.0.7"]), "10.0.0.7");
        assert_eq!(behind(&["6.6.6.6", "7.7.7.7,10.0.0.7:51000"]), "10.0.0.7");
        assert_eq!(behind(&["[2001:db8::7]:443"]), "2001:db8::7");
        assert_eq!(behind(&["2001:db8::7"]), "2001:db8::7");
        for values in [&[][..], &[""], &["unknown"], &["10.0.0.7, "]] {
            assert_eq!(behind(values), "127.0.0.1", "{values:?}");
        }
        assert_eq!(of([10, 0, 0, 9], Some(proxy), &["10.0.0.7"]), "10.0.0.9");
        assert_eq!(of([127, 0, 0, 1], None, &["10.0.0.7"]), "127.0.0.1");
    }

    #[test]
    fn connection_uris_are_refused_unless_their_host_is_allowed() {
        let mut config = Config::default();
        let refused = |config: &Config, uri| {
            opening(config, request(Some(uri), ""), Password::Needed).err().map(|failure| failure.what)
        };
        assert!(refused(&config, "https://mail.example/").unwrap().contains("does not accept"));
        config.custom_uri = Some(HostRules { hosts: vec!["mail.example".into()], ..HostRules::default() });
        assert_eq!(refused(&config, "https://mail.example/PowerShell/"), None);
        for uri in [
            "https://169.254.169.254/",
            "https://localhost/",
            "http://mail.example/",
            "https://mail.example@evil.example/",
            "https://a:b@mail.example/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(refused(&config, uri).is_some(), "{uri}");
        }
        assert!(opening(&config, request(None, "other"), Password::Optional).is_err());
    }

    fn wanted(config: &Config, request: SignIn) -> Result<Opening, Box<Failure>> {
        opening(config, request, Password::Needed)
    }

    #[test]
    fn proxies_and_skipped_checks_are_the_administrators_to_allow() {
        let endpoint = EndpointConfig {
            name: "mail".into(),
            uri: "https://mail.example/PowerShell/".into(),
            ..EndpointConfig::default()
        };
        let mut config = Config { endpoint: vec![endpoint], ..Config::default() };
        let with_proxy = |proxy| SignIn { proxy, ..request(None, "mail") };
        let explicit = |uri: &str| ProxyChoice::Explicit {
            uri: uri.into(),
            user: "p".into(),
            password: "geheim".into(),
        };
        let skipping = SignIn { skip_ca_check: true, ..request(None, "mail") };
        assert!(wanted(&config, with_proxy(ProxyChoice::Relay)).is_ok());
        for refused in [ProxyChoice::System, ProxyChoice::None, explicit("http://proxy.example:3128")] {
            assert!(wanted(&config, with_proxy(refused)).is_err());
        }
        assert!(wanted(&config, skipping.clone()).is_err());

        config.proxy.user_hosts = vec!["proxy.example".into()];
        config.endpoint[0].tls.allow_skip_checks = true;
        assert!(wanted(&config, with_proxy(ProxyChoice::None)).is_ok());
        let opened = wanted(&config, with_proxy(explicit("http://proxy.example:3128"))).ok().unwrap();
        assert!(matches!(&opened.proxy, Proxy::Explicit(server) if server.host() == "proxy.example"));
        for uri in
            ["http://169.254.169.254/", "http://localhost:22", "http://x@proxy.example", "proxy.example"]
        {
            assert!(wanted(&config, with_proxy(explicit(uri))).is_err(), "{uri}");
        }
        let opened = wanted(&config, skipping).ok().unwrap();
        assert!(opened.tls.skip_ca_check && !opened.tls.skip_cn_check);
    }

    #[test]
    fn what_a_user_sets_is_kept_within_bounds() {
        let endpoint = EndpointConfig {
            name: "mail".into(),
            uri: "https://mail.example/PowerShell/".into(),
            redirect_hosts: vec!["*.mail.example".into()],
            ..EndpointConfig::default()
        };
        let config = Config { endpoint: vec![endpoint], ..Config::default() };
        let all = SignIn {
            allow_redirection: true,
            maximum_redirection: Some(u32::MAX),
            open_timeout: Some(u32::MAX),
            operation_timeout: Some(u32::MAX),
            idle_timeout: Some(1),
            culture: Some("de-DE".into()),
            ui_culture: Some("en-GB".into()),
            ..request(None, "mail")
        };
        let opening = wanted(&config, all).ok().unwrap();
        let redirects = opening.redirects.unwrap();
        assert_eq!(redirects.maximum, MOST_REDIRECTS);
        assert!((redirects.allowed)("a.mail.example") && !(redirects.allowed)("mail.example.evil.example"));
        assert_eq!(opening.open_timeout, Duration::from_mins(10));
        assert_eq!(opening.operation_timeout, Some(Duration::from_mins(15)));
        assert_eq!(opening.idle_timeout, Some(Duration::from_mins(1)));
        assert_eq!((opening.culture.unwrap(), opening.ui_culture.unwrap()), ("de-DE".into(), "en-GB".into()));
    }
}
