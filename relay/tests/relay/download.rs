//! Downloads: who gets a file, how often, and what is refused.

use postern_demo::DemoOptions;
use postern_shared::wire::{Download, Extract, Format, ServerMessage, View};

use crate::client::{Page, Relay, Ticket, config, demo, http, sign_in};

const USER: &str = "admin@klinik-auer.example";

fn csv(result: u32) -> Extract {
    Extract {
        result,
        view: View::default(),
        shown: Vec::new(),
        columns: vec!["Alias".into(), "DisplayName".into()],
        whole: false,
        rows: Vec::new(),
        format: Format::Csv { separator: ',', mark: false, guard: true },
        name: "Some.Mailbox".into(),
    }
}

#[tokio::test]
async fn a_file_is_fetched_once_and_by_its_own_browser() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("Get-Mailbox -ResultSize Unlimited").await;
    let extract = csv(block.results[0].0);
    let Download::Ready { path, name } = page.download(&extract).await else { panic!() };
    assert!(name.starts_with("Mailbox-") && name.split('.').next_back() == Some("csv"), "{name}");
    // Without the cookie, with another browser's, and from a link on another site there is nothing.
    let stranger = Ticket::get(relay.address, &sign_in(USER, "demo")).await;
    let get = |cookie: String, site: &'static str| {
        let path = path.clone();
        async move {
            let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", site)];
            http(relay.address, "GET", &path, &headers, b"").await
        }
    };
    for (cookie, site) in [
        (String::new(), "same-origin"),
        (stranger.cookie.clone(), "same-origin"),
        (ticket.cookie.clone(), "cross-site"),
    ] {
        assert_eq!(get(cookie, site).await.status, 404);
    }
    let file = get(ticket.cookie.clone(), "same-origin").await;
    assert_eq!((file.status, file.headers["content-type"].as_str()), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.headers["content-disposition"], format!("attachment; filename=\"{name}\""));
    assert!(String::from_utf8_lossy(&file.body).contains("nora.fink,Nora Fink\r\n"));
    assert_eq!(get(ticket.cookie.clone(), "same-origin").await.status, 404, "once");
    // The page is told when it is whole.
    loop {
        match page.receive().await.expect("news of it") {
            ServerMessage::Download { download: Download::Done { rows, bytes }, .. } => {
                assert_eq!(rows, 300);
                assert!(bytes > 5000);
                break;
            }
            ServerMessage::Download { download: Download::Failed(failure), .. } => panic!("{failure:?}"),
            _ => {}
        }
    }
    let Download::Failed(failure) = page.download(&csv(99)).await else { panic!() };
    assert_eq!(failure.code, "NoResult");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn nothing_leaves_where_downloads_are_off() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.downloads = Some(false);
    let relay = Relay::start(config).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("Get-Mailbox lab").await;
    let Download::Failed(failure) = page.download(&csv(block.results[0].0)).await else { panic!() };
    assert_eq!(failure.code, "DownloadsOff");
    page.sign_out().await;
    relay.stop().await;
}
