//! Every way in which a connection is known to fail, provoked through the real client, and the words that it is explained
//! with; and the check that goes through the layers one by one.

mod check;
mod faults;
mod scripted;
mod statuses;
mod tls;

use postern_shared::wire::Failure;
use postern_wsman::{
    client::{ConnectOptions, Credentials, Endpoint, RemoteSession},
    envelope::EXCHANGE_RESOURCE,
};
use std::time::Duration;

const USER: &str = "admin@klinik-auer.example";

/// Signs in at an address, which must fail, and gives the explanation.
async fn refused(uri: &str) -> Failure {
    let mut endpoint = Endpoint::new(uri, EXCHANGE_RESOURCE).unwrap();
    endpoint.timeouts.connect = Duration::from_secs(20);
    refused_at(endpoint).await
}

async fn refused_at(endpoint: Endpoint) -> Failure {
    let credentials = Credentials::new(USER, "demo".to_owned());
    let opened = RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| {}).await;
    let failure = opened.expect_err("no session").to_failure();
    for part in [&failure.what, &failure.cause, &failure.remedy] {
        assert!(
            part.ends_with('.') && part.len() > 10 && !part.contains("{server}") && !part.contains("{again}"),
            "{failure:?}"
        );
    }
    assert!(!failure.raw.is_empty(), "{failure:?}");
    failure
}

/// Words of what failed, of the cause and of the remedy, and the code.
type Words = (&'static str, &'static str, &'static str, &'static str);

/// Says where the explanation is not the one that is meant.
fn mismatch(failure: &Failure, words: Words) -> Option<String> {
    let (what, cause, remedy, code) = words;
    let fits = failure.what.contains(what)
        && failure.cause.contains(cause)
        && failure.remedy.contains(remedy)
        && failure.code == code;
    (!fits).then(|| format!("expected {words:?}, got {failure:#?}\n"))
}

fn explains(failure: &Failure, words: Words) {
    assert_eq!(mismatch(failure, words), None);
}
