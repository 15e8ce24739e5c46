//! The tables, row by row as far as an error alone can show it; `relay/tests/diagnosis` provokes each through a connection.

use std::{collections::BTreeSet, time::Duration};

use super::*;
use crate::envelope::{EnvelopeError, Fault, code};

fn words(error: &Error) -> (String, String) {
    let failure = ConnectError { host: "mail.example".into(), error: error.clone() }.to_failure();
    for part in [&failure.what, &failure.cause, &failure.remedy] {
        assert!(part.ends_with('.'), "{failure:?}");
    }
    assert!(!failure.raw.is_empty(), "{failure:?}");
    (failure.what, failure.code)
}

#[test]
fn what_was_carried_out_is_a_question_only_of_an_open_session() {
    let error = Error::ConnectionLost { text: "reset".into() };
    assert!(error.to_failure().remedy.contains("may have been carried out"));
    assert!(error.to_failure().what.contains("the server"));
    let opening = ConnectError { host: "mail.example".into(), error }.to_failure();
    assert!(!opening.remedy.contains("carried out"), "{opening:?}");
}

#[test]
fn a_bare_bad_request_points_at_remote_powershell() {
    let error = Error::Http { status: 400, text: "Bad Request".into() };
    let failure = ConnectError { host: "mail.example".into(), error }.to_failure();
    assert!(failure.remedy.contains("-RemotePowerShellEnabled $true"), "{failure:?}");
    assert_eq!(failure.code, "HTTP 400");
}

#[test]
fn a_wrong_password_is_told_from_a_server_without_basic() {
    let error = |schemes: &[&str]| Error::Unauthorized {
        offered: schemes.iter().map(|s| (*s).into()).collect(),
        text: String::new(),
    };
    for schemes in [&["Basic"][..], &["Negotiate", "basic"], &[]] {
        let (what, code) = words(&error(schemes));
        assert_eq!(what, "The user name or password was refused by mail.example.");
        assert_eq!(code, "HTTP 401");
    }
    assert_eq!(
        words(&error(&["Negotiate"])).0,
        "No sign-in with user name and password is possible at mail.example."
    );
}

#[test]
fn faults_are_told_by_code_and_by_text() {
    let text = "[Server=EX1] [FailureCategory=AuthZ-CmdletAccessDeniedException] The user \"x\" isn't assigned \
                to any management roles.";
    for (fault, what, code) in [
        (Fault::access_denied(), "Access was denied by mail.example.", "5"),
        (Fault::access_denied_with(text), "The user may not run any command on mail.example.", "5"),
        (Fault::shell_not_found("X"), "The session is no longer known to mail.example.", "-2144108453"),
        (Fault::quota(code::QUOTA_SHELLS, "x"), "Too many sessions are open on mail.example.", "-2144108123"),
        (
            Fault::access_denied_with(
                "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have \
                 exceeded the maximum number of connections allowed : 3",
            ),
            "Too many sessions are open on mail.example.",
            "5",
        ),
        (
            Fault::invalid_resource_uri("urn:x"),
            "The session configuration does not exist on mail.example.",
            "-2144108544",
        ),
    ] {
        assert_eq!(words(&Error::Fault(Box::new(fault))), (what.to_owned(), code.to_owned()));
    }
    let failure = Error::Fault(Box::new(Fault::access_denied_with(text))).to_failure();
    assert!(failure.facts.contains(&("FailureCategory".into(), "AuthZ-CmdletAccessDeniedException".into())));
    assert_eq!(failure.raw, text);
}

#[test]
fn every_row_can_be_read_by_itself() {
    for (_, row) in rows() {
        for text in [row.what, row.cause, row.remedy] {
            let filled = text.replace("{server}", "x").replace("{again}", "x.");
            assert!(filled.ends_with('.') && !filled.contains("  "), "{text}");
            for word in ["It ", "They ", "Both ", "There it"] {
                assert!(!filled.starts_with(word), "{text}");
            }
        }
    }
}

#[test]
fn what_no_server_here_provokes_is_explained_too() {
    let tls = |failure| Error::Tls { failure, text: "x".into() };
    let status = |status| Error::Http { status, text: String::new() };
    let closed = |text: &str| Error::PoolClosed { text: text.into(), id: "Id".into() };
    for (error, what, remedy) in [
        (Error::InvalidEndpoint("x".into()), "connection URI cannot be used", "in full"),
        (Error::InvalidUserName, "user name cannot be used", "DOMAIN\\user"),
        (tls(TlsFailure::WrongName), "is for another name", "names that the certificate lists"),
        (tls(TlsFailure::RevocationUnknown), "revoked could not be checked", "revocation list"),
        (
            tls(TlsFailure::UnfitCertificate),
            "certificate of the server cannot be used",
            "server authentication",
        ),
        (tls(TlsFailure::NoRoots), "cannot check the certificate", "ca-certificates"),
        (Error::ProxyUnreachable { text: "x".into() }, "cannot be reached", "NO_PROXY"),
        (Error::ProxyAuthentication { text: "x".into() }, "asks for a user name", "ProxyCredential"),
        (Error::ProxyRefused { text: "x".into() }, "does not let the relay connect", "NoProxyServer"),
        (
            Error::Unauthorized { offered: vec!["Basic".into()], text: String::new() },
            "no longer accepted",
            "may have been carried out",
        ),
        (status(400), "request was refused by the server (Bad Request)", "may have been carried out"),
        (Error::ConnectionLost { text: "x".into() }, "was lost", "may have been carried out"),
        (Error::ResponseTooLarge { limit: 1 }, "not understood", "host, port and path"),
        (Error::Protocol("x".into()), "not understood", "report it"),
        (closed("bye"), "session was closed", "Sign in again"),
        (closed("isn't assigned to any management roles"), "may not run any command", "role group"),
        (Error::Closed, "session is closed", "Sign in again"),
        (Error::PipelineEnded, "no more input", "Run the command again"),
        (Error::NotSupported("RESET_RUNSPACE_STATE"), "cannot do", "new session"),
    ] {
        let failure = error.to_failure();
        assert!(failure.what.contains(what) && failure.remedy.contains(remedy), "{failure:#?}");
    }
}

/// An error of each kind that is recognised by its kind, where no server's words, code or status say more.
fn kinds() -> Vec<Error> {
    let text = || "x".to_owned();
    let after = Duration::from_secs(1);
    let redirected = |why| Error::RedirectRefused { location: text(), via: text(), why };
    let fault = Fault { code: None, subcode: "Other".to_owned(), ..Fault::invalid_parameter("x") };
    vec![
        Error::InvalidEndpoint(text()),
        Error::InvalidUserName,
        Error::BasicOverHttp,
        Error::NameNotResolved { text: text() },
        Error::Refused { text: text() },
        Error::ConnectTimeout { after },
        Error::Timeout { after },
        Error::Unreachable { text: text() },
        Error::ProxyUnreachable { text: text() },
        Error::ProxyAuthentication { text: text() },
        Error::ProxyRefused { text: text() },
        Error::NotHttp { text: text() },
        Error::ConnectionLost { text: text() },
        Error::Unauthorized { offered: vec!["Basic".to_owned()], text: text() },
        Error::Unauthorized { offered: vec!["Negotiate".to_owned()], text: text() },
        Error::Redirected { location: text(), via: text() },
        redirected(NotFollowed::Invalid),
        redirected(NotFollowed::Unprotected),
        redirected(NotFollowed::HostNotListed),
        Error::TooManyRedirects { most: 5 },
        Error::InvalidProxy(text()),
        Error::ProxyOverHttp,
        Error::ServerError { status: 599, text: text() },
        Error::Http { status: 400, text: text() },
        Error::Http { status: 499, text: text() },
        Error::ContentType { content_type: text(), text: text() },
        Error::Fault(Box::new(fault)),
        Error::Envelope(EnvelopeError::Empty),
        Error::ResponseTooLarge { limit: 1 },
        Error::Compressed { text: text() },
        Error::OutcomeUnknown { text: text() },
        Error::OutputLost,
        Error::Protocol(text()),
        Error::PoolClosed { text: text(), id: text() },
        Error::PipelineEnded,
        Error::Presence { connected: true },
        Error::Presence { connected: false },
        Error::NotSupported("x"),
        Error::Closed,
    ]
}

/// The errors that a row is for, as it says itself.
fn meant_by(row: &Row) -> Vec<Error> {
    let fault = |code, text: &str| Error::Fault(Box::new(Fault::with_code(code, text)));
    match &row.when {
        When::Says(any) => {
            any.iter().map(|words| fault(0x8033_FFFF, &format!("It says: {words}."))).collect()
        }
        When::SaysAll(all) => vec![fault(0x8033_FFFF, &all.join(" this "))],
        When::Code(codes) => codes.iter().map(|code| fault(*code, "x")).collect(),
        When::Subcode(name) => {
            let fault = Fault { code: None, subcode: (*name).to_owned(), ..Fault::invalid_parameter("x") };
            vec![Error::Fault(Box::new(fault))]
        }
        When::Status(all) => {
            let http = |status: &u16| match *status {
                500.. => Error::ServerError { status: *status, text: String::new() },
                _ => Error::Http { status: *status, text: String::new() },
            };
            all.iter().map(http).collect()
        }
        When::Tls(kinds) => {
            kinds.iter().map(|kind| Error::Tls { failure: *kind, text: "x".to_owned() }).collect()
        }
        When::Is(_) | When::Opening(_) => Vec::new(),
    }
}

fn first_row(error: &Error, opening: bool) -> Option<usize> {
    let said = error.said().to_ascii_lowercase();
    let context = Context { server: "x", opening };
    rows().find(|(_, row)| row.when.fits(error, &said, context)).map(|(number, _)| number)
}

/// Each row is the first that fits what it is for, by each of its words, codes and kinds: none is hidden by another.
#[test]
fn every_row_is_reached_by_each_of_its_ways() {
    let mut reached = BTreeSet::new();
    for (number, row) in rows() {
        for error in meant_by(row) {
            // Some rows are for an open session, behind one for the time before.
            let first = [false, true].map(|opening| first_row(&error, opening));
            assert!(first.contains(&Some(number)), "{error:?} is not explained by {:?}", row.what);
            reached.insert(number);
        }
    }
    for error in kinds() {
        reached.extend([false, true].into_iter().filter_map(|opening| first_row(&error, opening)));
    }
    // The last row is for errors that are new, and there are none.
    let missed: Vec<_> =
        rows().filter(|(number, _)| !reached.contains(number)).map(|(_, row)| row.what).collect();
    assert_eq!(missed, [transport::OTHER.what]);
}

#[test]
fn brackets_without_end_are_not_collected() {
    let text = format!("[{}] x", vec!["Server=a"; 100_000].join(","));
    assert_eq!(split_prefix(&text), (text.as_str(), Vec::new()));
    let text = "[Server=a] ".repeat(100_000);
    assert!(split_prefix(&text).1.len() < MOST_PAIRS_SEEN);
    assert_eq!(split_prefix("[Server=a,RequestId=b] [FailureCategory=c] x").0, "x");
}

/// More than are ever taken.
const MOST_PAIRS_SEEN: usize = 64;
