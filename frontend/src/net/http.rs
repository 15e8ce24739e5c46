//! Signing in over HTTP, see `postern_shared::wire::sign_in`.

use gloo_net::http::{Request, Response};
use postern_shared::wire::{Failure, Offer, SignIn, SignedIn};
use serde_json::from_str;

use crate::text;

/// Asks what the relay offers.
///
/// # Errors
/// If the relay cannot be reached or answers something else.
pub async fn offer() -> Result<Offer, Failure> {
    let response = Request::get("/api/offer").send().await.map_err(|error| unreachable(&error))?;
    let (status, body) = read(response).await?;
    from_str(&body).map_err(|error| unexpected(status, &body, &error))
}

/// Signs in.
///
/// # Errors
/// If the relay refuses, cannot be reached or answers something else.
pub async fn sign_in(form: &SignIn) -> Result<SignedIn, Failure> {
    let body = serde_json::to_string(form).map_err(|error| unexpected(0, "", &error))?;
    let request = Request::post("/api/sign-in")
        .header("content-type", "application/json")
        .body(body)
        .map_err(|error| unreachable(&error))?;
    let response = request.send().await.map_err(|error| unreachable(&error))?;
    let ok = response.ok();
    let (status, body) = read(response).await?;
    if ok {
        from_str(&body).map_err(|error| unexpected(status, &body, &error))
    } else {
        Err(from_str(&body).unwrap_or_else(|error| unexpected(status, &body, &error)))
    }
}

pub(super) async fn read(response: Response) -> Result<(u16, String), Failure> {
    let status = response.status();
    Ok((status, response.text().await.map_err(|error| unreachable(&error))?))
}

pub(super) fn unreachable(error: &gloo_net::Error) -> Failure {
    Failure {
        what: text::relay_unreachable().into(),
        cause: text::relay_unreachable_cause().into(),
        remedy: text::relay_unreachable_remedy().into(),
        raw: error.to_string(),
        ..Failure::default()
    }
}

pub(super) fn unexpected(status: u16, body: &str, error: &serde_json::Error) -> Failure {
    Failure {
        what: text::relay_unexpected().into(),
        cause: text::relay_unexpected_cause().into(),
        remedy: text::relay_unexpected_remedy().into(),
        // A proxy's page may be long, and its beginning says what it is.
        raw: format!("{error}: {}", body.chars().take(300).collect::<String>()),
        code: format!("HTTP {status}"),
        ..Failure::default()
    }
}
