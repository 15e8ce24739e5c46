//! The files of a session's workspace, see [`postern_shared::wire::files`].

use std::{fmt::Write as _, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use postern_engine::{
    host::Workspace as _,
    limits::{MAX_FILE, MAX_WORKSPACE},
    workspace::text_of,
};
use postern_shared::{
    view::cell_text,
    wire::{Failure, Preview, WorkspaceFile, WorkspaceFiles},
};

use super::{Browser, Relay, sign_in::refuse};
use crate::session::{Found, Handle, download::not_allowed, session_gone};

/// Uploads at a time of everyone together; each may take as much memory as a file may.
pub(super) const MOST_UPLOADS: usize = 8;
/// How long an upload may take.
const ARRIVAL: Duration = Duration::from_mins(5);
/// Bytes of a preview.
const MOST_PREVIEW: usize = 64 << 10;

/// The answer to what is refused.
pub(super) struct Refused(Box<Response>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

fn refused(response: Response) -> Refused {
    Refused(Box::new(response))
}

/// What the workspace holds.
pub(super) async fn list(
    State(relay): State<Relay>,
    Path(session): Path<String>,
    headers: HeaderMap,
) -> Result<Json<WorkspaceFiles>, Refused> {
    let mut files = reading(&relay, &session, &headers)?.files.clone();
    let used = files.used() as u64;
    let file = |info: postern_engine::host::FileInfo| WorkspaceFile {
        name: info.name.to_string(),
        bytes: info.length,
        written: cell_text(&info.written.into()),
    };
    let files = files.list().into_iter().map(file).collect();
    Ok(Json(WorkspaceFiles { files, used, most: MAX_WORKSPACE as u64 }))
}

/// A file as an attachment: a browser must never open in this origin what somebody has uploaded.
pub(super) async fn download(
    State(relay): State<Relay>,
    Path((session, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let handle = reading(&relay, &session, &headers)?;
    if !relay.config.allowed().downloads {
        return Err(refused((StatusCode::FORBIDDEN, Json(not_allowed())).into_response()));
    }
    let content = handle.files.clone().read(&name).map_err(|_| no_file(&name))?;
    let mut response = Body::from(Bytes::from_owner(content)).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    let disposition = HeaderValue::from_str(&disposition(&name));
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    Ok(response)
}

/// The beginning of a text, to be shown: what `Get-Content` would show as well.
pub(super) async fn preview(
    State(relay): State<Relay>,
    Path((session, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Preview>, Refused> {
    let handle = reading(&relay, &session, &headers)?;
    let content = handle.files.clone().read(&name).map_err(|_| no_file(&name))?;
    Ok(Json(Preview { text: text_of(&content, MOST_PREVIEW), is_cut: content.len() > MOST_PREVIEW }))
}

/// Writes a file.
pub(super) async fn upload(
    State(relay): State<Relay>,
    Path((session, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refused> {
    let handle = changing(&relay, &session, &headers)?;
    let Ok(_room) = relay.uploads.try_acquire() else {
        return Err(refused(refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "The relay receives too many files.",
            "Others upload at this moment.",
            "Try again in a minute.",
        )));
    };
    let content = match tokio::time::timeout(ARRIVAL, axum::body::to_bytes(body, MAX_FILE)).await {
        Ok(Ok(content)) => content,
        Ok(Err(_)) => {
            return Err(refused(refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The file was not received.",
                &format!("It is larger than {} MB, or the connection broke.", MAX_FILE >> 20),
                "Upload a smaller file, or parts of it.",
            )));
        }
        Err(_) => {
            return Err(refused(refuse(
                StatusCode::REQUEST_TIMEOUT,
                "The file did not arrive in time.",
                "The connection is slow.",
                "Upload a smaller file, or parts of it.",
            )));
        }
    };
    handle.files.clone().write(&name, content.into()).map_err(|why| {
        let failure = Failure {
            what: "The file was not taken into the workspace.".into(),
            cause: why.to_string(),
            remedy: "Choose another name, or remove files that are no longer needed.".into(),
            code: "WorkspaceRefused".into(),
            ..Failure::default()
        };
        refused((StatusCode::UNPROCESSABLE_ENTITY, Json(failure)).into_response())
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a file.
pub(super) async fn remove(
    State(relay): State<Relay>,
    Path((session, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    let handle = changing(&relay, &session, &headers)?;
    if handle.files.clone().remove(&name) { Ok(StatusCode::NO_CONTENT) } else { Err(no_file(&name)) }
}

/// The session of a request that changes nothing. Browsers send no `Origin` with it; where they say from where it was
/// made, that counts.
fn reading(relay: &Relay, session: &str, headers: &HeaderMap) -> Result<Arc<Handle>, Refused> {
    let foreign = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if foreign || (headers.contains_key(header::ORIGIN) && !relay.origin.accepts(headers)) {
        return Err(not_the_page());
    }
    found(relay, session, headers)
}

/// The session of a request that changes something: from the relay's own page only.
fn changing(relay: &Relay, session: &str, headers: &HeaderMap) -> Result<Arc<Handle>, Refused> {
    if relay.origin.accepts(headers) { found(relay, session, headers) } else { Err(not_the_page()) }
}

fn found(relay: &Relay, session: &str, headers: &HeaderMap) -> Result<Arc<Handle>, Refused> {
    let found = Browser::of(headers, relay.origin.is_secure())
        .map_or(Found::Nothing, |browser| relay.sessions.find(session, &browser));
    let why = match found {
        Found::Open(handle) => return Ok(handle),
        Found::Ended(why) => why,
        Found::Nothing => session_gone(),
    };
    Err(refused((StatusCode::NOT_FOUND, Json(why)).into_response()))
}

fn not_the_page() -> Refused {
    refused(refuse(
        StatusCode::FORBIDDEN,
        "The request does not come from this relay's page.",
        "Another site or program sent it, or the page was opened at another address than the relay's own.",
        "Open the page at the relay's own address.",
    ))
}

fn no_file(name: &str) -> Refused {
    refused(refuse(
        StatusCode::NOT_FOUND,
        &format!("The workspace has no file '{name}'."),
        "It was removed or renamed meanwhile.",
        "Look at the list of files again.",
    ))
}

/// `attachment; filename="grants.csv"; filename*=UTF-8''grants.csv`: the first for programs that do not know the second
/// (RFC 6266, RFC 8187).
fn disposition(name: &str) -> String {
    let leaf = name.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') { c } else { '_' };
    let mut text = format!(
        "attachment; filename=\"{}\"; filename*=UTF-8''",
        leaf.chars().map(plain).collect::<String>()
    );
    for byte in leaf.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn any_name_is_one_header() {
        assert_eq!(
            disposition("data/grants.csv"),
            "attachment; filename=\"grants.csv\"; filename*=UTF-8''grants.csv"
        );
        assert_eq!(
            disposition("a \"ä\".csv"),
            "attachment; filename=\"a____.csv\"; filename*=UTF-8''a%20%22%C3%A4%22.csv"
        );
    }
}
