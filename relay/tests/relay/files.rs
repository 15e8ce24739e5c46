//! The workspace over HTTP: what scripts write is fetched, what is uploaded is read, and by nobody else.

use std::net::SocketAddr;

use postern_demo::DemoOptions;
use postern_shared::wire::{BlockState, Failure, Preview, WorkspaceFiles};

use crate::client::{Answered, Page, Relay, Ticket, config, demo, http, sign_in};

const USER: &str = "admin@klinik-auer.example";

/// A request as the session's own page makes it.
async fn own(ticket: &Ticket, method: &str, path: &str, body: &[u8]) -> Answered {
    let origin = format!("http://{}", ticket.relay);
    let mut headers = vec![("cookie", ticket.cookie.as_str()), ("sec-fetch-site", "same-origin")];
    if method != "GET" {
        headers.push(("origin", origin.as_str()));
    }
    http(ticket.relay, method, path, &headers, body).await
}

async fn list(ticket: &Ticket) -> WorkspaceFiles {
    let answer = own(ticket, "GET", &format!("/api/files/{}", ticket.session), b"").await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

fn failure(answer: &Answered) -> Failure {
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn files_come_and_go() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let at = |name: &str| format!("/api/files/{}/{name}", ticket.session);
    assert_eq!(list(&ticket).await.files, []);

    // What is uploaded is read by a script, and what the script writes is fetched.
    let people = "Alias\nnora.fink\nlab\n";
    assert_eq!(own(&ticket, "PUT", &at("data/people.csv"), people.as_bytes()).await.status, 204);
    let line = "Import-Csv .\\data\\people.csv | ForEach-Object { Get-Mailbox $_.Alias } | Select-Object Alias, DisplayName | \
                Export-Csv 'Prüfung.csv' -NoTypeInformation -Encoding utf8BOM";
    let block = page.run(line).await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Completed, 0), "{:?}", block.errors);
    let found = list(&ticket).await;
    let names: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.bytes)).collect();
    assert_eq!((names.len(), names[1]), (2, ("data/people.csv", people.len() as u64)));
    assert_eq!(names[0].0, "Prüfung.csv");
    assert!(found.used > found.files[0].bytes && found.most > found.used);
    assert!(found.files[0].written.starts_with("20"), "{:?}", found.files);
    let file = own(&ticket, "GET", &at("Pr%C3%BCfung.csv"), b"").await;
    assert_eq!(file.status, 200);
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"Pr_fung.csv\"; filename*=UTF-8''Pr%C3%BCfung.csv"
    );
    let text = String::from_utf8(file.body).unwrap();
    assert!(
        text.starts_with("\u{feff}\"Alias\",\"DisplayName\"") && text.contains("\"Nora Fink\""),
        "{text}"
    );

    // A preview is text in whatever encoding it was written.
    page.run("Set-Content wide.txt 'Grüße' -Encoding unicode").await;
    let preview = |name: &'static str| own_preview(&ticket, name);
    assert_eq!(preview("wide.txt").await.text.as_deref().map(str::trim_end), Some("Grüße"));
    assert_eq!(own(&ticket, "PUT", &at("long.txt"), &b"x".repeat(100_000)).await.status, 204);
    let long = preview("long.txt").await;
    assert!(long.is_cut && long.text.is_some_and(|text| text.len() == 64 << 10));
    assert_eq!(own(&ticket, "PUT", &at("zip"), b"PK\x03\x04\0\0").await.status, 204);
    assert_eq!(preview("zip").await.text, None);

    // CLIXML, with types.
    let block = page
        .run("Get-Mailbox lab | Export-Clixml lab.xml; (Import-Clixml lab.xml).WhenCreated.GetType().Name")
        .await;
    assert_eq!((block.state, block.text.trim()), (BlockState::Completed, "DateTime"), "{:?}", block.errors);

    assert_eq!(own(&ticket, "DELETE", &at("lab.xml"), b"").await.status, 204);
    assert_eq!(own(&ticket, "DELETE", &at("lab.xml"), b"").await.status, 404);
    assert_eq!(own(&ticket, "GET", &at("lab.xml"), b"").await.status, 404);
    let block = page.run("Get-Content lab.xml").await;
    assert_eq!(block.errors.len(), 1, "it is gone for scripts, too");
    page.sign_out().await;
    relay.stop().await;
}

async fn own_preview(ticket: &Ticket, name: &str) -> Preview {
    let answer = own(ticket, "GET", &format!("/api/preview/{}/{name}", ticket.session), b"").await;
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn files_are_refused_to_others_and_beyond_bounds() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let stranger = Ticket::get(relay.address, &sign_in(USER, "demo")).await;
    let path = format!("/api/files/{}/a.txt", ticket.session);
    assert_eq!(own(&ticket, "PUT", &path, b"mine").await.status, 204);
    let origin = format!("http://{}", relay.address);
    let ask = |method: &'static str, headers: Vec<(&'static str, String)>| {
        ask(relay.address, method, path.clone(), headers)
    };
    for method in ["GET", "PUT", "DELETE"] {
        // Without the cookie, and with another browser's.
        for cookie in ["", stranger.cookie.as_str()] {
            let headers = vec![("cookie", cookie.to_owned()), ("origin", origin.clone())];
            assert_eq!(ask(method, headers).await, 404, "{method} {cookie}");
        }
        // From another site, should the browser send the cookie.
        let headers = vec![("cookie", ticket.cookie.clone()), ("origin", "http://evil.example".into())];
        assert_eq!(ask(method, headers).await, 403, "{method}");
    }
    for method in ["PUT", "DELETE"] {
        assert_eq!(
            ask(method, vec![("cookie", ticket.cookie.clone())]).await,
            403,
            "{method} without origin"
        );
    }
    let linked = vec![("cookie", ticket.cookie.clone()), ("sec-fetch-site", "cross-site".into())];
    assert_eq!(ask("GET", linked).await, 403);
    assert_eq!(own(&ticket, "GET", &path, b"").await.body, b"mine");

    // Names that lead elsewhere, and more than there is room for.
    for name in ["..%2Fa", "a%5Cb", "c%3Aa", "a%0Ab", "%2Fetc%2Fpasswd", "a%2F..%2Fb"] {
        let answer = own(&ticket, "PUT", &format!("/api/files/{}/{name}", ticket.session), b"x").await;
        assert_eq!((answer.status, failure(&answer).code.as_str()), (422, "WorkspaceRefused"), "{name}");
    }
    let large = vec![b'x'; (32 << 20) + 1];
    let answer = own(&ticket, "PUT", &path, &large).await;
    assert_eq!(answer.status, 413);
    for number in 0..3 {
        let path = format!("/api/files/{}/{number}", ticket.session);
        assert_eq!(own(&ticket, "PUT", &path, &large[1..]).await.status, 204);
    }
    let answer = own(&ticket, "PUT", &format!("/api/files/{}/3", ticket.session), &large[1..]).await;
    assert_eq!(answer.status, 422);
    assert!(failure(&answer).cause.contains("full"), "{answer:?}");
    assert_eq!(list(&ticket).await.files.len(), 4);
    page.sign_out().await;
    let answer = own(&ticket, "GET", &path, b"").await;
    assert_eq!(answer.status, 404, "it is gone with the session");
    relay.stop().await;
}

async fn ask(relay: SocketAddr, method: &str, path: String, headers: Vec<(&str, String)>) -> u16 {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    http(relay, method, &path, &headers, b"x").await.status
}

#[tokio::test]
async fn files_stay_where_downloads_are_off() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.downloads = Some(false);
    let relay = Relay::start(config).await;
    let (mut page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    page.run("Set-Content a.txt secret").await;
    assert_eq!(list(&ticket).await.files.len(), 1);
    let answer = own(&ticket, "GET", &format!("/api/files/{}/a.txt", ticket.session), b"").await;
    assert_eq!((answer.status, failure(&answer).code.as_str()), (403, "DownloadsOff"));
    page.sign_out().await;
    relay.stop().await;
}
