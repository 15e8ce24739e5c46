//! The relay's face to browsers: routes, and the headers that every answer has.

mod assets;
mod check;
mod cookie;
mod download;
mod files;
pub(crate) mod origin;
mod rate;
mod sign_in;
mod socket;

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use postern_shared::wire::Failure;
use tokio::sync::Semaphore;
use zeroize::Zeroize as _;

pub(crate) use self::cookie::Browser;
use self::{origin::Origin, rate::RateLimit};
use crate::{config::Config, session::Sessions, translate::Language};

/// What the page may load and connect to: itself. `wasm-unsafe-eval` lets it compile WebAssembly and nothing else;
/// styles as attributes are the positions of rows.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// The headers of every answer.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// What every request may need.
#[derive(Clone)]
pub(crate) struct Relay {
    config: Arc<Config>,
    sessions: Arc<Sessions>,
    origin: Arc<Origin>,
    rate: Arc<RateLimit>,
    /// Room for checks of connections.
    checks: Arc<Semaphore>,
    /// Room for files on their way into workspaces.
    uploads: Arc<Semaphore>,
}

/// All routes.
pub(crate) fn router(config: Arc<Config>, sessions: Arc<Sessions>) -> Router {
    // Takes a moment.
    let relay = Relay {
        origin: Arc::new(Origin::new(config.public_origin.as_deref())),
        rate: Arc::new(RateLimit::new(&config.limits, Instant::now())),
        checks: Arc::new(Semaphore::new(check::MOST_CHECKS)),
        uploads: Arc::new(Semaphore::new(files::MOST_UPLOADS)),
        config,
        sessions,
    };
    Router::new()
        .route("/api/offer", get(sign_in::offer))
        .route("/api/sign-in", post(sign_in::sign_in))
        .route("/api/check", post(check::check))
        .route("/api/download/{session}/{secret}", get(download::download))
        .route("/api/files/{session}", get(files::list))
        .route("/api/files/{session}/{*name}", get(files::download).put(files::upload).delete(files::remove))
        .route("/api/preview/{session}/{*name}", get(files::preview))
        .route("/ws", get(socket::connect))
        .route("/health", get(|| async { "ok\n" }))
        .fallback(get(asset))
        .layer(middleware::from_fn_with_state(relay.clone(), guard))
        .with_state(relay)
}

/// Zeroes bytes in which a secret arrived, if nobody else holds them.
///
/// That covers a body or frame of several packets, which is put together in a buffer of its own. One that came in a
/// single packet is a part of the connection's read buffer, which hyper or tungstenite still holds: it is overwritten
/// by what comes next, or freed as it is. Nor can be reached what serde puts aside of a text with escapes or of a
/// request that ends halfway, and what the operating system and TLS before the relay hold.
fn wipe(bytes: Bytes) {
    if let Ok(mut bytes) = bytes.try_into_mut() {
        bytes.zeroize();
    }
}

async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    assets::serve(uri.path(), &headers)
}

/// The largest refusal that is read again.
const MOST_FAILURE: usize = 64 << 10;

/// A refusal in the page's language; anything else as it is.
async fn translated(response: Response, language: Language) -> Response {
    let json = |response: &Response| {
        let kind = response.headers().get(header::CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
    };
    if language.is_english() || response.status().is_success() || !json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_FAILURE).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(mut failure) = serde_json::from_slice::<Failure>(&body) else {
        return (parts, body).into_response();
    };
    language.failure(&mut failure);
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Json(failure)).into_response()
}

/// Refuses names that are not the relay's, and gives every answer its headers.
async fn guard(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    let language = Language::asked(request.headers());
    let mut response = if relay.origin.accepts_host(request.headers()) {
        translated(next.run(request).await, language).await
    } else {
        let text = "This relay answers only to its own address. Behind a reverse proxy, set public_origin.\n";
        (StatusCode::MISDIRECTED_REQUEST, text).into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
