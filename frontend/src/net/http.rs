//! Signing in over HTTP, see `postern_shared::wire::sign_in`.

use gloo_net::http::{Request, RequestBuilder, Response};
use postern_shared::wire::{Failure, Offer, SignIn, SignedIn};

use super::json::{self, FromJson, Wrong};
use crate::{
    browser,
    text::{self, Language},
};

/// Asks what the relay offers.
///
/// # Errors
/// If the relay cannot be reached or answers something else.
pub async fn offer() -> Result<Offer, Failure> {
    let response = asking(Request::get("/api/offer")).send().await.map_err(|error| unreachable(&error))?;
    let (status, body) = read(response).await?;
    parsed(status, &body).map_err(|failure| *failure)
}

/// Fetches the texts of a language; `None` if that fails: the page is English then.
pub async fn messages(language: Language) -> Option<String> {
    let code = language.code();
    let path = browser::meta(&format!("messages-{code}")).unwrap_or_else(|| format!("/{code}.toml"));
    let response = Request::get(&path).send().await.ok().filter(Response::ok)?;
    response.text().await.ok()
}

/// Signs in.
///
/// # Errors
/// If the relay refuses, cannot be reached or answers something else.
pub async fn sign_in(form: &SignIn) -> Result<SignedIn, Failure> {
    let request = asking(Request::post("/api/sign-in"))
        .header("content-type", "application/json")
        .body(json::sign_in(form))
        .map_err(|error| unreachable(&error))?;
    let response = request.send().await.map_err(|error| unreachable(&error))?;
    let ok = response.ok();
    let (status, body) = read(response).await?;
    if ok { parsed(status, &body).map_err(|failure| *failure) } else { Err(refused(status, &body)) }
}

/// A request that asks for answers in the page's language.
pub(super) fn asking(request: RequestBuilder) -> RequestBuilder {
    request.header("accept-language", Language::current().code())
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

/// The body of an answer.
pub(super) fn parsed<T: FromJson>(status: u16, body: &str) -> Result<T, Box<Failure>> {
    T::parse(body).map_err(|wrong| Box::new(unexpected(status, body, wrong)))
}

/// Why the relay refuses, from the body of its answer.
pub(super) fn refused(status: u16, body: &str) -> Failure {
    parsed(status, body).unwrap_or_else(|failure| *failure)
}

fn unexpected(status: u16, body: &str, wrong: Wrong) -> Failure {
    Failure {
        what: text::relay_unexpected().into(),
        cause: text::relay_unexpected_cause().into(),
        remedy: text::relay_unexpected_remedy().into(),
        // A proxy's page may be long, and its beginning says what it is.
        raw: format!("{wrong}: {}", body.chars().take(300).collect::<String>()),
        code: format!("HTTP {status}"),
        ..Failure::default()
    }
}
