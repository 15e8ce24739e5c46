//! Questions about a result of 100,000 mailboxes, as the page asks them: `cargo xtask bench grid`, or
//! `cargo bench --bench grid -- 20000`.
//!
//! Says how long answers to sorts, filters and groups take, from request to answer on the WebSocket, each of a view
//! that was not asked for before, and how long downloads take in each format.

// Each program that shares this module uses a part of it.
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/client/mod.rs"]
mod client;

use std::time::{Duration, Instant};

use client::{Page, Relay, config, demo, http};
use postern_demo::DemoOptions;
use postern_shared::wire::{
    ClientMessage, Condition, Download, Extract, Format, ServerMessage, SortKey, Test, View,
};

const USER: &str = "admin@klinik-auer.example";
/// What the page shows.
const SHOWN: [&str; 4] = ["Name", "Alias", "ServerName", "ProhibitSendQuota"];

#[tokio::main]
async fn main() {
    let mailboxes =
        std::env::args().skip(1).find_map(|argument| argument.parse::<u32>().ok()).unwrap_or(100_000);
    let mut config = config(demo(DemoOptions { mailboxes, ..DemoOptions::default() }).await);
    config.limits.session_megabytes = 4096;
    config.limits.megabytes = 4096;
    let relay = Relay::start(config).await;
    let (mut page, _, ticket) = Page::sign_in(relay.address, USER, "demo").await;
    let began = Instant::now();
    let block = page.run("Get-Mailbox -ResultSize Unlimited").await;
    println!("{} objects received: {:.1} s", block.objects, began.elapsed().as_secs_f64());
    let result = block.results[0].0;
    // Chunks are packed behind the last row.
    tokio::time::sleep(Duration::from_secs(2)).await;

    let properties = [
        "Name",
        "Alias",
        "DisplayName",
        "WhenCreated",
        "ProhibitSendQuota",
        "PrimarySmtpAddress",
        "Office",
        "Guid",
    ];
    let sorts =
        properties.iter().flat_map(|property| [false, true].map(|descending| (*property, descending)));
    let sorts = sorts.map(|(property, descending)| View {
        sort: vec![SortKey { property: property.to_owned(), descending }],
        ..View::default()
    });
    ask(&mut page, result, "sort by a column", sorts).await;
    let two = properties.iter().map(|property| View {
        sort: ["ServerName", property]
            .map(|name| SortKey { property: name.into(), descending: false })
            .to_vec(),
        ..View::default()
    });
    ask(&mut page, result, "sort by two columns", two).await;
    let texts = ["nora", "room", "er", "a", "müller", "50 gb", "unlimited", "zz", "ex01", "yv", "peter", "5"];
    let filters = texts.iter().map(|text| View { filter: (*text).to_owned(), ..View::default() });
    ask(&mut page, result, "filter over four columns", filters).await;
    let conditions = texts.iter().map(|text| View {
        conditions: vec![Condition {
            property: "DisplayName".into(),
            test: Test::Contains((*text).to_owned()),
        }],
        ..View::default()
    });
    ask(&mut page, result, "filter by a column", conditions).await;
    let sizes = (1..12).map(|size| View {
        conditions: vec![Condition {
            property: "ProhibitSendQuota".into(),
            test: Test::Above(format!("{size} GB")),
        }],
        ..View::default()
    });
    ask(&mut page, result, "filter by a size", sizes).await;

    let mut times = Vec::new();
    for property in properties {
        let began = Instant::now();
        page.ask(
            |request| ClientMessage::Summarise {
                request,
                result,
                view: View::default(),
                shown: Vec::new(),
                property: property.into(),
                sums: vec!["ProhibitSendQuota".into()],
            },
            |asked, message| {
                matches!(message, ServerMessage::Summary { request, .. } if request == asked).then_some(())
            },
        )
        .await;
        times.push(began.elapsed());
    }
    tell("group by a column", times);

    let columns: Vec<String> = [
        "Name",
        "Alias",
        "DisplayName",
        "PrimarySmtpAddress",
        "WhenCreated",
        "ProhibitSendQuota",
        "Office",
        "Database",
    ]
    .map(String::from)
    .to_vec();
    for (name, format) in [
        ("xlsx", Format::Xlsx),
        ("csv", Format::Csv { separator: ',', mark: true, guard: true }),
        ("json", Format::Json),
        ("clixml", Format::Clixml),
    ] {
        let extract = Extract {
            result,
            view: View::default(),
            shown: Vec::new(),
            columns: columns.clone(),
            whole: format == Format::Clixml,
            rows: Vec::new(),
            format,
            name: "Mailbox".into(),
        };
        let before = memory("VmHWM");
        let began = Instant::now();
        let Download::Ready { path, .. } = page.download(&extract).await else { panic!("{name} is refused") };
        let file = http(relay.address, "GET", &path, &[("cookie", &ticket.cookie)], b"").await;
        println!(
            "download as {name}: {:.1} s, {:.1} MB; the process's peak grew by {} MB, the file in this client included",
            began.elapsed().as_secs_f64(),
            file.body.len() as f64 / 1e6,
            memory("VmHWM").saturating_sub(before)
        );
    }
    page.sign_out().await;
    relay.stop().await;
}

async fn ask(page: &mut Page, result: u32, what: &str, views: impl Iterator<Item = View>) {
    let mut times = Vec::new();
    for view in views {
        let began = Instant::now();
        page.rows(result, &SHOWN, view, 0, 100).await;
        times.push(began.elapsed());
    }
    tell(what, times);
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| {
        times.get((times.len() * part / 100).min(times.len() - 1)).copied().unwrap_or_default().as_millis()
    };
    println!("{what}: median {} ms, 95th percentile {} ms, of {}", at(50), at(95), times.len());
}

/// A figure of this process, in MB (Linux).
fn memory(figure: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
