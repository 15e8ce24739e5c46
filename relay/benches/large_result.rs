//! A result of 100,000 mailboxes in a real browser: `cargo xtask bench`, or `cargo bench --bench large_result -- 20000`.
//!
//! Says when the first row was on the screen, when all were received, how long a jump to the end and a sort take,
//! and how much memory relay (with the demo in it) and page need. Linux only: memory is read from `/proc`.

#[path = "../tests/browser/mod.rs"]
mod browser;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use browser::{Browser, memory};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

/// Keeps hold of the page's memory, which it has no reason to publish itself.
const KEEP_MEMORY: &str = "const start = WebAssembly.instantiateStreaming; \
    WebAssembly.instantiateStreaming = async (...given) => { const made = await start(...given); \
    window.wasmMemory = made.instance.exports.memory; return made };";
const ROWS: &str = "document.querySelectorAll('.block:last-child .rows [role=gridcell]').length > 0";
const SORTED: &str = "(texts => texts.length > 5 && texts.every((text, at) => text && (at == 0 || texts[at - 1] <= text)))\
    ([...document.querySelectorAll('.rows [aria-rowindex]')]\
    .sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)\
    .map(row => row.querySelectorAll('[role=gridcell]')[1]?.textContent.toLowerCase()))";

#[tokio::main]
async fn main() {
    let mailboxes =
        std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok()).unwrap_or(100_000);
    let mut relay = Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--demo-mailboxes", &mailboxes.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the relay starts");
    let mut lines = BufReader::new(relay.stdout.take().expect("piped")).lines();
    let url = loop {
        let line = lines.next_line().await.expect("readable").expect("an address");
        if let Some(url) = line.strip_prefix("listening on ") {
            break url.trim().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let relay_id = relay.id().expect("it runs");

    let mut page = Browser::open("about:blank").await;
    page.patience(Duration::from_mins(5));
    page.call("Page.enable", serde_json::json!({})).await;
    page.call("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": KEEP_MEMORY })).await;
    page.go(&url).await;
    browser::job::sign_in(&mut page).await;
    println!("relay before, RSS: {} MB", memory(relay_id, "VmRSS"));
    // Tasks that keep the page from answering; 50 ms is what a person begins to notice.
    page.eval(
        "window.longest = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) \
         window.longest = Math.max(window.longest, e.duration) }).observe({ type: 'longtask' })",
    )
    .await;

    page.click("#editor").await;
    page.type_text("Get-Mailbox -ResultSize Unlimited").await;
    let began = Instant::now();
    page.press("Enter", 0).await;
    page.until(ROWS).await;
    println!("first row on the screen: {} ms", began.elapsed().as_millis());
    page.until("document.querySelector('.block:last-child .state.done')").await;
    println!("all of {mailboxes} received: {:.1} s", began.elapsed().as_secs_f64());
    println!("longest task of the page meanwhile: {} ms", page.eval("window.longest").await);

    // The grid grows a moment after the command ends, so that the end is looked for until it is the last row.
    let began = Instant::now();
    let last = format!(
        "(g => (g.scrollTop = g.scrollHeight, g.querySelector('.rows [aria-rowindex=\"{}\"] [role=gridcell]')?.textContent))\
         (document.querySelector('[role=grid]'))",
        mailboxes + 1
    );
    page.until(&last).await;
    println!("scrolled to the last row: {} ms", began.elapsed().as_millis());

    let began = Instant::now();
    page.eval("document.querySelectorAll('[role=columnheader]')[1].click()").await;
    page.eval("document.querySelector('[role=grid]').scrollTop = 0").await;
    page.until("document.querySelector('[role=columnheader][aria-sort=ascending]')").await;
    // The rows that are shown must be in order: those from before the sort stand there for a moment.
    page.until(SORTED).await;
    println!("sorted by the second column: {} ms", began.elapsed().as_millis());

    println!(
        "relay with demo and result, RSS: {} MB, peak {} MB",
        memory(relay_id, "VmRSS"),
        memory(relay_id, "VmHWM")
    );
    let heap = page.call("Runtime.getHeapUsage", serde_json::json!({})).await;
    let wasm = page.eval("window.wasmMemory.buffer.byteLength").await;
    println!("page, memory of its WebAssembly: {:.1} MB", wasm.as_f64().unwrap_or(f64::NAN) / 1e6);
    println!("page, JavaScript heap: {:.1} MB", heap["usedSize"].as_f64().unwrap_or(f64::NAN) / 1e6);
    println!("page, whole renderer process, RSS: {} MB", page.renderer_memory());
}
