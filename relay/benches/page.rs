//! What the page weighs and how soon it can be used: `cargo xtask bench page`.
//!
//! Sizes are those of the bodies on the wire, as the browser counts them. The times are from the start of the
//! navigation, on loopback and with an empty cache: until the sign-in form can be typed in, and until it is painted.

#[path = "../tests/browser/mod.rs"]
mod browser;

use std::time::Duration;

use browser::{Browser, job::Relay};
use serde_json::json;

/// Loads of the page; the median counts.
const LOADS: usize = 9;

/// Notes when the form can be typed in; before any script of the page.
const WATCH: &str = "new MutationObserver((_, watch) => { \
    const field = document.querySelector('form input:not([disabled])'); \
    if (!field || window.ready) return; \
    window.ready = performance.now(); watch.disconnect(); \
    requestAnimationFrame(() => setTimeout(() => window.painted = performance.now())); \
    }).observe(document, { childList: true, subtree: true });";

#[tokio::main]
async fn main() {
    let relay = Relay::start().await;
    let mut page = Browser::open("about:blank").await;
    page.patience(Duration::from_mins(1));
    page.call("Network.enable", json!({})).await;
    page.call("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
    page.call("Page.enable", json!({})).await;
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;

    let (mut ready, mut painted) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        page.go(&relay.url).await;
        page.until("window.painted").await;
        ready.push(page.eval("window.ready").await.as_f64().expect("a number"));
        painted.push(page.eval("window.painted").await.as_f64().expect("a number"));
    }
    let sizes = page
        .eval(
            "performance.getEntries().filter(entry => entry.encodedBodySize && !entry.name.includes('/api/'))\
             .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize, entry.decodedBodySize])",
        )
        .await;
    let mut total = 0;
    for file in sizes.as_array().expect("a list") {
        let (name, sent, plain) = (file[0].as_str().unwrap_or_default(), &file[1], &file[2]);
        let sent = sent.as_u64().unwrap_or_default();
        total += sent;
        println!("{:>9} bytes sent of {:>9}  {name}", sent, plain.as_u64().unwrap_or_default());
    }
    println!(
        "page, compressed: {:.1} KB in {} files",
        total as f64 / 1e3,
        sizes.as_array().map_or(0, Vec::len)
    );
    println!("sign-in form can be typed in: {:.0} ms (median of {LOADS} loads)", median(&mut ready));
    println!("sign-in form painted: {:.0} ms", median(&mut painted));
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
