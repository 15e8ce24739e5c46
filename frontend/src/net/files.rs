//! The files of the session's workspace, see `postern_shared::wire::files`.

use gloo_net::http::{Request, RequestBuilder, Response};
use postern_shared::wire::{Failure, Preview, WorkspaceFiles};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::http::{asking, parsed, read, refused, unreachable};

/// Where a file is fetched.
pub fn file_address(session: &str, name: &str) -> String {
    address("files", session, name)
}

/// What the workspace holds.
///
/// # Errors
/// If the relay refuses, cannot be reached or answers something else.
pub async fn files(session: &str) -> Result<WorkspaceFiles, Failure> {
    let body = answer(Request::get(&format!("/api/files/{session}")), None).await?;
    parsed(200, &body).map_err(|failure| *failure)
}

/// The beginning of a file.
///
/// # Errors
/// As for [`files`].
pub async fn preview(session: &str, name: &str) -> Result<Preview, Failure> {
    let body = answer(Request::get(&address("preview", session, name)), None).await?;
    parsed(200, &body).map_err(|failure| *failure)
}

/// Writes a file of the user's machine under its own name.
///
/// # Errors
/// As for [`files`]; the relay refuses what is too large.
pub async fn upload(session: &str, file: File) -> Result<(), Failure> {
    answer(Request::put(&file_address(session, &file.name())), Some(file.into())).await.map(drop)
}

/// Removes a file.
///
/// # Errors
/// As for [`files`].
pub async fn remove(session: &str, name: &str) -> Result<(), Failure> {
    answer(Request::delete(&file_address(session, name)), None).await.map(drop)
}

async fn answer(request: RequestBuilder, body: Option<JsValue>) -> Result<String, Failure> {
    let request = asking(request);
    let response: Response = match body {
        Some(body) => request.body(body).map_err(|error| unreachable(&error))?.send().await,
        None => request.send().await,
    }
    .map_err(|error| unreachable(&error))?;
    let ok = response.ok();
    let (status, body) = read(response).await?;
    if ok { Ok(body) } else { Err(refused(status, &body)) }
}

/// Each part of the name is escaped; the strokes between folders stay.
fn address(what: &str, session: &str, name: &str) -> String {
    let mut address = format!("/api/{what}/{session}");
    for part in name.split('/') {
        address.push('/');
        address.push_str(&String::from(js_sys::encode_uri_component(part)));
    }
    address
}
