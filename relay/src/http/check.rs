//! `POST /api/check`: a connection checked layer by layer, its steps streamed as they happen.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use postern_shared::wire::CheckStep;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{
    Relay,
    sign_in::{Password, opening, received, refuse},
};
use crate::{session, translate::Language};

/// Checks at a time of everyone together: each is a connection or two, and takes as long as the server lets it.
pub(super) const MOST_CHECKS: usize = 16;

/// Checks a connection that a sign-in would be allowed to make. A reader that goes away ends the check.
pub(super) async fn check(
    State(relay): State<Relay>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let request = match received(&relay, peer, &headers, body).await {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    let opening = match opening(&relay.config, request, Password::Optional) {
        Ok(opening) => opening,
        Err(failure) => return (StatusCode::BAD_REQUEST, Json(*failure)).into_response(),
    };
    let Ok(permit) = Arc::clone(&relay.checks).try_acquire_owned() else {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "The relay has too many connections to check.",
            "Others check connections at this moment.",
            "Try again in a minute.",
        );
    };
    // A check has a few dozen steps at most: nothing piles up.
    let (steps, told) = mpsc::unbounded_channel();
    let checked = session::check(&opening, move |step| {
        let _ = steps.send(step);
    });
    let checked = match checked {
        Ok(checked) => checked,
        Err(failure) => return (StatusCode::BAD_REQUEST, Json(*failure)).into_response(),
    };
    let task = tokio::spawn(async move {
        let _permit = permit;
        checked.await;
    });
    let task = AbortOnDropHandle::new(task);
    let language = Language::asked(&headers);
    let lines = stream::unfold((told, task), move |(mut told, task)| async move {
        let mut step = told.recv().await?;
        language.step(&mut step);
        Some((line(&step), (told, task)))
    });
    let mut response = Body::from_stream(lines).into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn line(step: &CheckStep) -> Result<Bytes, serde_json::Error> {
    let mut line = serde_json::to_vec(step)?;
    line.push(b'\n');
    Ok(line.into())
}
