//! What every test of the page does: starts a relay with the demo, signs in, runs commands, takes pictures.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::Browser;

/// A relay with the demo organisation, on a port of its own.
pub(crate) struct Relay {
    _process: Child,
    pub(crate) url: String,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With further arguments.
    pub(crate) async fn start_with(more: &[&str]) -> Self {
        let mut arguments = vec!["--demo"];
        arguments.extend(more);
        Self::serve(&arguments).await
    }

    /// With these arguments and no demo.
    pub(crate) async fn serve(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_postern"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the relay starts");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("readable").expect("the relay says where it listens");
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.trim().to_owned();
            }
        };
        // What else it says must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { _process: process, url }
    }
}

/// Pictures of what the page shows, in both colour schemes: `NAME-light.png`, `NAME-dark.png`.
pub(crate) async fn pictures(page: &mut Browser, name: &str) {
    page.scheme("dark").await;
    page.screenshot(&format!("{name}-dark")).await;
    page.scheme("light").await;
    page.screenshot(&format!("{name}-light")).await;
}

/// The newest block.
pub(crate) const NEWEST: &str = "[...document.querySelectorAll('.block')].at(-1)";

pub(crate) async fn sign_in(page: &mut Browser) {
    page.until("document.querySelector('#fill-in')").await;
    // Not by the place of the button: on a busy machine the page may still be laid out.
    page.eval("document.querySelector('#fill-in').click()").await;
    page.until("document.querySelector('#password').value").await;
    page.eval("document.querySelector('#connect').click()").await;
    page.until("document.querySelector('#editor')").await;
    page.painted().await;
}

/// Types a command line and runs it.
pub(crate) async fn run(page: &mut Browser, line: &str) {
    let blocks = page.eval("document.querySelectorAll('.block').length").await.as_u64().unwrap_or(0);
    page.click("#editor").await;
    page.type_text(line).await;
    page.press("Enter", 0).await;
    page.until(&format!("document.querySelectorAll('.block').length === {}", blocks + 1)).await;
}

/// Runs a command line to its end, in a state: `done`, `failed` or `stopped`.
pub(crate) async fn finish(page: &mut Browser, line: &str, state: &str) {
    run(page, line).await;
    page.until(&format!("{NEWEST}.querySelector('.state.{state}')")).await;
}

/// Waits until the newest block's grid has rows, and gives the cells of the first.
pub(crate) async fn first_row(page: &mut Browser) -> Vec<String> {
    // Rows that the relay has not sent yet are drawn as an ellipsis.
    page.until(&format!(
        "![undefined, '', '…'].includes({NEWEST}.querySelector('.rows [role=row] [role=gridcell]')?.textContent)"
    ))
    .await;
    let cells =
        format!("[...{NEWEST}.querySelectorAll('.rows [role=row]')[0].querySelectorAll('[role=gridcell]')]");
    let texts = page.eval(&format!("{cells}.map(cell => cell.textContent)")).await;
    serde_json::from_value(texts).expect("texts")
}
