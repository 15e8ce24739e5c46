//! Redirects: opt-in, re-POSTed, and never with credentials to a host that nobody listed.

use std::sync::Arc;

use postern_wsman::{
    client::{ConnectStep, Endpoint, Error, NotFollowed, Redirects},
    envelope::Fault,
};

use crate::scripted::{Scripted, Then, connect};

fn to_loopback(maximum: u32, allow_http: bool) -> Redirects {
    Redirects { maximum, allowed: Arc::new(|host| host == "127.0.0.1"), allow_http }
}

fn redirected(endpoint: Endpoint, redirects: Redirects) -> Endpoint {
    let mut endpoint = endpoint;
    endpoint.redirects = Some(redirects);
    endpoint
}

/// A server that sends everyone elsewhere, in either way.
async fn sending_to(location: String, by_fault: bool) -> Scripted {
    Scripted::start(true, move |_| {
        if by_fault {
            Then::Fault(Fault::redirect(&location))
        } else {
            Then::Instead("302 Found", format!("Location: {location}\r\n"), String::new())
        }
    })
    .await
}

#[tokio::test]
async fn wire_15_a_redirect_is_posted_anew_with_its_own_address() {
    for by_fault in [false, true] {
        let target = Scripted::start(true, |_| Then::Answer).await;
        let location = format!("{}?PSVersion=4.0", target.uri());
        let door = sending_to(location.clone(), by_fault).await;
        let mut steps = Vec::new();
        let endpoint = redirected(door.endpoint(), to_loopback(5, true));
        let session = connect(endpoint, |step| steps.push(step)).await.unwrap();
        assert!(steps.contains(&ConnectStep::Redirected { location: location.clone() }), "{steps:?}");
        assert_eq!(door.seen().len(), 1);
        let first = &target.seen()[0];
        assert!(first.head.starts_with("POST /powershell/?PSVersion=4.0 "), "{}", first.head);
        assert_eq!((first.what.as_str(), first.request.to.as_str()), ("Create", location.as_str()));
        session.close().await;
        // The whole session lives there.
        assert_eq!((target.count("Delete"), door.seen().len()), (1, 1));
    }
}

#[tokio::test]
async fn wire_15_a_redirect_is_followed_only_if_it_was_allowed() {
    let target = Scripted::start(true, |_| Then::Answer).await;
    for by_fault in [false, true] {
        let door = sending_to(target.uri(), by_fault).await;
        let error = connect(door.endpoint(), |_| ()).await.unwrap_err();
        assert!(
            matches!(&error.error, Error::Redirected { location, .. } if *location == target.uri()),
            "{error:?}"
        );
        let code = error.to_failure().code;
        assert_eq!(code, if by_fault { "-2144108135" } else { "HTTP 302" });
        // Over http only where that is allowed, and never to a host that is not listed.
        let unlisted = Redirects { maximum: 5, allowed: Arc::new(|_| false), allow_http: true };
        for (redirects, expected) in
            [(to_loopback(5, false), NotFollowed::Unprotected), (unlisted, NotFollowed::HostNotListed)]
        {
            let error = connect(redirected(door.endpoint(), redirects), |_| ()).await.unwrap_err();
            assert!(
                matches!(&error.error, Error::RedirectRefused { why, .. } if *why == expected),
                "{error:?}"
            );
        }
    }
    assert!(target.seen().is_empty(), "no credentials went there");
}

#[tokio::test]
async fn wire_15_at_most_so_many_are_followed() {
    let door = sending_to("/powershell/again".into(), false).await;
    let error = connect(redirected(door.endpoint(), to_loopback(5, false)), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::TooManyRedirects { most: 5 }), "{error:?}");
    assert_eq!(door.seen().len(), 6);
    let error = connect(redirected(door.endpoint(), to_loopback(0, false)), |_| ()).await.unwrap_err();
    assert!(matches!(error.error, Error::TooManyRedirects { most: 0 }), "{error:?}");
}

#[tokio::test]
async fn wire_15_a_bad_location_has_its_code() {
    for location in ["https://", "ftp://127.0.0.1/", "https://a:b@127.0.0.1/"] {
        let door = sending_to(location.into(), false).await;
        let error = connect(redirected(door.endpoint(), to_loopback(5, true)), |_| ()).await.unwrap_err();
        assert_eq!(error.to_failure().code, "-2144108105", "{location}: {error:?}");
    }
}

#[tokio::test]
async fn cookies_of_one_host_do_not_go_to_another() {
    let target = Scripted::start(true, |_| Then::Answer).await;
    let location = target.uri().replace("127.0.0.1", "localhost");
    let door = Scripted::start(true, move |_| {
        let headers = format!("Location: {location}\r\nSet-Cookie: door=1; Path=/\r\n");
        Then::Instead("302 Found", headers, String::new())
    })
    .await;
    let redirects = Redirects { maximum: 5, allowed: Arc::new(|host| host == "localhost"), allow_http: true };
    let session = connect(redirected(door.endpoint(), redirects), |_| ()).await.unwrap();
    session.close().await;
    assert!(target.seen().iter().all(|seen| seen.header("cookie").is_none()));
}
