//! What typing costs in a real browser: `cargo xtask bench editor`.
//!
//! A key is timed in the page, from the moment at which it changes the text until the coloured copy of the text has
//! changed; a list of completions until it is in the page, with the question to the relay and its answer on loopback.

#[path = "../tests/browser/mod.rs"]
mod browser;

use std::time::Duration;

use browser::{
    Browser,
    job::{Relay, finish, sign_in},
};

/// Keys that are timed.
const KEYS: usize = 101;

/// Types a letter and waits for a change of an element; gives the milliseconds. `execCommand` is what a key does.
const TYPE: &str = "window.typed = (letter, where) => new Promise(done => { \
    const began = performance.now(); let told = began; \
    document.addEventListener('input', () => { told = performance.now() }, { capture: true, once: true }); \
    const watch = new MutationObserver(() => { if (!where()) return; watch.disconnect(); window.own = performance.now() - told; done(performance.now() - began) }); \
    watch.observe(document.querySelector('.composer'), { childList: true, subtree: true, characterData: true }); \
    document.execCommand('insertText', false, letter) })";

#[tokio::main]
async fn main() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    page.patience(Duration::from_mins(1));
    sign_in(&mut page).await;
    finish(&mut page, "Get-Mailbox -ResultSize Unlimited", "done").await;
    page.eval(TYPE).await;

    // A script of 2 KB with a bit of everything; the keys go behind its end.
    let part = "$all = Get-Mailbox -ResultSize 500 | Where-Object { $_.ProhibitSendQuota -ne 'Unlimited' -and $_.Alias -like \"a*\" }\n\
                foreach ($one in $all) { if ($one.Office) { Write-Host \"$($one.Name): $($one.Office)\" -ForegroundColor Green } }\n";
    let script = part.repeat(2048 / part.len() + 1);
    page.click("#editor").await;
    page.type_text(&script).await;
    page.type_text("# ").await;
    page.settled().await;
    let (mut keys, mut own) = (Vec::new(), Vec::new());
    for key in 0..KEYS {
        let letter = ["a", "b", " "][key % 3];
        let time = page.eval(&format!("typed('{letter}', () => true)")).await;
        keys.push(time.as_f64().expect("milliseconds"));
        own.push(page.eval("own").await.as_f64().expect("milliseconds"));
    }
    println!("a key in a script of {} bytes, until it is coloured: {}", script.len(), spread(&mut keys));
    println!("of that the page's own, from the browser's `input` event on: {}", spread(&mut own));

    let mut lists = Vec::new();
    for text in [
        "Get-Mailbo",
        "Get-Mailbox -",
        "Set-Mailbox nor",
        "Get-Mailbox | Sort-Object Pro",
        "Get-Content -Enc",
    ] {
        for _ in 0..9 {
            page.press("Escape", 0).await;
            page.press("Escape", 0).await;
            page.until(
                "document.querySelector('#editor').value === '' && !document.querySelector('#completions')",
            )
            .await;
            let (before, last) = text.split_at(text.len() - 1);
            page.type_text(before).await;
            page.settled().await;
            page.press("Escape", 0).await;
            // Escape empties an editor whose list is closed.
            if page.eval("document.querySelector('#editor').value").await == "" {
                page.type_text(before).await;
                page.until("true").await;
            }
            page.until("!document.querySelector('#completions') || document.querySelector('#editor').value")
                .await;
            let time =
                page.eval(&format!("typed('{last}', () => document.querySelector('#completions li'))")).await;
            lists.push(time.as_f64().expect("milliseconds"));
        }
    }
    println!("a list of completions, from the key until it is in the page: {}", spread(&mut lists));
}

fn spread(times: &mut [f64]) -> String {
    times.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    format!("median {:.1} ms, 95th percentile {:.1} ms, slowest {:.1} ms", at(0.5), at(0.95), at(1.0))
}
