//! `GET /api/download/SESSION/SECRET`: a file, once, for the browser whose page asked for it.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{Browser, Relay};
use crate::session::Found;

/// Sends the file of a ticket.
pub(super) async fn download(
    State(relay): State<Relay>,
    Path((session, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // A link on another site leads here without the cookie; where the browser says where it was clicked, that counts
    // too.
    let foreign = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let found = Browser::of(&headers, relay.origin.is_secure())
        .filter(|_| !foreign)
        .map_or(Found::Nothing, |browser| relay.sessions.find(&session, &browser));
    let Found::Open(handle) = found else { return gone() };
    let Some(ticket) = handle.downloads.take(&secret) else { return gone() };
    let (name, kind) = ticket.file();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let kind = HeaderValue::from_static(kind);
    let pieces = stream::unfold(ticket.write(), |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece.map(Bytes::from), pieces))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, "There is no such download, or it was fetched already.\n").into_response()
}
