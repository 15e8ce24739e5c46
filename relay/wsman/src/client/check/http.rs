//! The web service: asked with Identify (DSP0226 11), which Windows answers without a sign-in, and others with what they
//! want before they answer anything.

use std::sync::Arc;

use postern_shared::wire::{CheckLayer, CheckStep};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, USER_AGENT};

use super::{Way, ladder::Ladder};
use crate::client::{
    Endpoint, Error, body,
    transport::{Head, http_client, with_response},
};
use crate::envelope::{Body, Identity, Limits};

const IDENTIFY: &str = concat!(
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" ",
    "xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">",
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
);

/// Headers by which servers name themselves: IIS, and the front and back ends of Exchange.
const TELLING: [(&str, &str); 6] = [
    ("server", "Server"),
    ("x-feserver", "Front end"),
    ("x-beserver", "Back end"),
    ("x-calculatedbetarget", "Back end target"),
    ("x-diaginfo", "Diagnostic server"),
    ("request-id", "Request id"),
];
/// Characters of such a header that are kept.
const MOST_OF_HEADER: usize = 300;

/// Asks, and says who answers.
pub(super) async fn ask(endpoint: &Endpoint, ladder: &mut Ladder<impl FnMut(CheckStep)>) -> Way {
    ladder.layer(CheckLayer::Http);
    let mut facts = Vec::new();
    match request(endpoint, &mut facts).await {
        Ok(identity) => {
            let product = Some(identity.product_vendor).filter(|product| !product.is_empty());
            let found = match product {
                Some(product) => format!("answers as a WS-Management service of {product}"),
                None => "answers as a WS-Management service".to_owned(),
            };
            if !identity.product_version.is_empty() {
                facts.push(("Version".to_owned(), identity.product_version));
            }
            ladder.pass(found, facts);
            Way::On
        }
        Err(Error::Unauthorized { offered, .. }) if takes_basic(&offered) => {
            if offered.is_empty() {
                ladder.pass("asks for a sign-in", facts);
            } else {
                facts.push(("Sign-in offered".to_owned(), offered.join(", ")));
                ladder.pass("asks for a sign-in and takes a user name and password", facts);
            }
            Way::On
        }
        Err(error @ Error::Redirected { .. }) => {
            ladder.pass("answers with a redirect", facts);
            Way::Redirected(error)
        }
        // A server that does not know Identify is one of WS-Management all the same.
        Err(Error::Fault(fault)) => {
            ladder.pass(format!("answers with a fault: {}", fault.text()), facts);
            Way::On
        }
        Err(error) => {
            ladder.stop(&error, endpoint.host(), facts);
            Way::Stopped
        }
    }
}

/// One that offers nothing at all says nothing against it.
fn takes_basic(offered: &[String]) -> bool {
    offered.is_empty() || offered.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic"))
}

async fn request(endpoint: &Endpoint, facts: &mut Vec<(String, String)>) -> Result<Identity, Error> {
    let http = http_client(endpoint, Arc::default(), Arc::new(|| ()))?;
    let timeouts = &endpoint.timeouts;
    let total = timeouts.connect + timeouts.grace;
    let failed = |error| Error::from_http(error, timeouts.connect, total);
    let mut builder = http
        .post(endpoint.url().clone())
        .header(CONTENT_TYPE, "application/soap+xml;charset=UTF-8")
        .header(USER_AGENT, "Microsoft WinRM Client")
        .header(HeaderName::from_static("wsmanidentify"), "unauthenticated")
        .timeout(total)
        .body(IDENTIFY);
    if let Some(host) = endpoint.host_header() {
        builder = builder.header(reqwest::header::HOST, host);
    }
    let response = builder.send().await.map_err(failed)?;
    facts.push(("Status".to_owned(), response.status().to_string()));
    facts.extend(telling(response.headers()));
    let head = Head::of(&response);
    let limits = Limits::default();
    let mut body = Vec::new();
    body::read(response, limits.bytes, &mut body, failed).await?;
    let body = head.check(body, &limits)?;
    with_response(&body, &limits, |answer| match answer {
        Body::Identified(identity) => Ok(identity),
        // Something of WS-Management, or nothing at all.
        _ => Ok(Identity::default()),
    })
}

fn telling(headers: &HeaderMap) -> Vec<(String, String)> {
    let fact = |(header, name): (&str, &str)| {
        let value = String::from_utf8_lossy(headers.get(header)?.as_bytes()).into_owned();
        let value = value.chars().filter(|character| !character.is_control()).take(MOST_OF_HEADER).collect();
        Some((name.to_owned(), value))
    };
    TELLING.into_iter().filter_map(fact).collect()
}
