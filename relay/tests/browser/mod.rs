//! A real browser for tests: the little of the Chrome `DevTools` Protocol that they need.
//!
//! The browser is `$CHROME`, or `chromium`. Every wait is for a condition in the page, with an end.

// Each program that shares this module uses a part of it.
#![allow(dead_code)]

pub(crate) mod job;

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use base64::Engine as _;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// How long a page may take to show what a test waits for; long, because test machines are busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// Keeps what keys, clicks and dialogs the page has seen, for when a test fails.
const SEEN: &str = "window.seen = []; for (const kind of ['keydown', 'mousedown', 'cancel', 'close', 'focusin']) \
    addEventListener(kind, e => window.seen.push([kind, e.key ?? e.target?.id ?? '', Math.round(performance.now())].join(' ')), true);";

/// A headless Chromium with one page.
pub(crate) struct Browser {
    child: tokio::process::Child,
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    calls: u64,
    session: Option<String>,
    profile: tempfile::TempDir,
    patience: Duration,
    /// Exceptions and errors that the page reported.
    pub(crate) errors: Vec<String>,
}

impl Browser {
    /// Starts a browser with a fresh profile and opens `url`.
    pub(crate) async fn open(url: &str) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let program = std::env::var("CHROME").unwrap_or_else(|_| "chromium".into());
        let mut child = tokio::process::Command::new(&program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
            .args([
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--disable-dev-shm-usage",
            ])
            .args(["--remote-debugging-port=0", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|why| panic!("cannot start {program}: {why}; name a Chromium in CHROME"));
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("readable").expect("the browser says where it listens");
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = connect_async(address).await.expect("the browser answers");
        let mut browser =
            Self { child, socket, calls: 0, session: None, profile, patience: PATIENCE, errors: Vec::new() };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach).await;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser.call("Runtime.enable", json!({})).await;
        browser.call("Log.enable", json!({})).await;
        browser.call("Page.enable", json!({})).await;
        browser.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SEEN })).await;
        browser.size(1440, 900).await;
        browser.go(url).await;
        browser
    }

    /// Waits longer, or less long, from now on.
    pub(crate) fn patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Memory of the process that draws the page, in MB (Linux).
    pub(crate) fn renderer_memory(&self) -> u64 {
        let profile = self.profile.path().to_string_lossy().into_owned();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let renderers = processes.filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse::<u32>().ok()?;
            let line = std::fs::read(entry.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).into_owned();
            (line.contains("--type=renderer") && line.contains(&profile)).then_some(id)
        });
        renderers.map(|id| memory(id, "VmRSS")).max().unwrap_or(0)
    }

    /// Opens another address in the page.
    pub(crate) async fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
    }

    /// Loads the page again.
    pub(crate) async fn reload(&mut self) {
        self.eval("window.isOld = true").await;
        self.call("Page.reload", json!({})).await;
        self.until("!window.isOld && document.readyState === 'complete'").await;
        self.painted().await;
    }

    /// Waits until the page has been painted once: Chromium drops keys and clicks that come before.
    pub(crate) async fn painted(&mut self) {
        self.until("performance.getEntriesByType('paint').length > 0").await;
    }

    /// Sets the window's size in CSS pixels.
    pub(crate) async fn size(&mut self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Makes the system's colour scheme `light` or `dark`.
    pub(crate) async fn scheme(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features).await;
    }

    /// Calls a protocol method.
    pub(crate) async fn call(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.ask(method, parameters).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Calls a protocol method; gives the whole answer, which may be an error.
    async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string())).await.expect("the browser lives");
        loop {
            let frame = self.socket.next().await.expect("the browser lives").expect("a frame");
            let Message::Text(text) = frame else { continue };
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            if answer["id"] == self.calls {
                return answer;
            }
            let entry = &answer["params"]["entry"];
            if answer["method"] == "Runtime.exceptionThrown" || entry["level"] == "error" {
                self.errors.push(answer["params"].to_string());
            }
        }
    }

    /// The value of an expression in the page.
    pub(crate) async fn eval(&mut self, script: &str) -> Value {
        let parameters = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", parameters).await;
        assert!(result.get("exceptionDetails").is_none(), "{script}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true. What is drawn may still have something to do: a dialog takes keys once it is
    /// `[open]`.
    pub(crate) async fn until(&mut self, condition: &str) {
        let end = Instant::now() + self.patience;
        // Of a promise, what it comes to counts.
        let expression = format!("Promise.resolve({condition}).then(value => !!value)");
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        loop {
            let answer = self.ask("Runtime.evaluate", parameters.clone()).await;
            // A page that is being left, or is not there yet, answers with an error or throws: it is asked again.
            if answer["result"]["result"]["value"] == true {
                return;
            }
            if Instant::now() >= end {
                let text = self.eval("document.body?.innerText").await;
                let seen = self.eval("JSON.stringify([window.seen?.slice(-12), document.hasFocus(), document.activeElement?.outerHTML.slice(0, 120)])").await;
                let thrown = &answer["result"]["exceptionDetails"];
                panic!(
                    "waited for {condition} ({thrown}); the page shows:\n{text}\nit has seen: {seen}\nerrors: {:?}",
                    self.errors
                );
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn until_text(&mut self, text: &str) {
        self.until(&format!("document.body.innerText.includes({text:?})")).await;
    }

    /// Clicks the middle of the first element that matches, scrolled into view, once it has stayed where it is for
    /// a frame: a page that is still laid out would be clicked beside it.
    pub(crate) async fn click(&mut self, selector: &str) {
        let middle = format!(
            "(async () => {{ const at = () => {{ const e = document.querySelector({selector:?}); if (!e) return null; \
             e.scrollIntoView({{ block: 'nearest' }}); const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2] }}; const first = at(); \
             await new Promise(requestAnimationFrame); const then = at(); \
             return first && `${{first}}` === `${{then}}` ? then : null }})()"
        );
        self.until(&middle).await;
        let at = self.eval(&middle).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types text into what has the focus.
    pub(crate) async fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses and releases a key; `modifiers`: 1 Alt, 2 Ctrl, 8 Shift.
    pub(crate) async fn press(&mut self, key: &str, modifiers: u8) {
        let (code, number, text) = match key {
            "Enter" => ("Enter".to_owned(), 13, "\r"),
            "Escape" => ("Escape".to_owned(), 27, ""),
            "Tab" => ("Tab".to_owned(), 9, ""),
            "ArrowDown" => ("ArrowDown".to_owned(), 40, ""),
            "ArrowUp" => ("ArrowUp".to_owned(), 38, ""),
            "ArrowLeft" => ("ArrowLeft".to_owned(), 37, ""),
            "ArrowRight" => ("ArrowRight".to_owned(), 39, ""),
            "F1" => ("F1".to_owned(), 112, ""),
            " " => ("Space".to_owned(), 32, " "),
            "Home" => ("Home".to_owned(), 36, ""),
            "End" => ("End".to_owned(), 35, ""),
            letter => {
                (format!("Key{}", letter.to_uppercase()), u32::from(letter.to_uppercase().as_bytes()[0]), "")
            }
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Clicks an element that an expression gives, with keys held; `keys` is an object such as `{shiftKey: true}`.
    pub(crate) async fn click_with(&mut self, element: &str, keys: &str) {
        self.until(element).await;
        let click = format!(
            "{element}.dispatchEvent(new MouseEvent('click', Object.assign({{ bubbles: true, cancelable: true }}, {keys})))"
        );
        self.eval(&click).await;
    }

    /// Lets the page use the clipboard, and gives a folder for its downloads.
    pub(crate) async fn allow_files(&mut self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder for downloads");
        let path = folder.path().display().to_string();
        let session = self.session.take();
        let downloads = json!({ "behavior": "allow", "downloadPath": path });
        self.call("Browser.setDownloadBehavior", downloads).await;
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.call("Browser.grantPermissions", permissions).await;
        self.session = session;
        folder
    }

    /// Waits until a file of this ending is whole in a folder, and reads it.
    pub(crate) async fn file(&mut self, folder: &std::path::Path, ending: &str) -> Vec<u8> {
        let end = Instant::now() + self.patience;
        loop {
            let files = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
            let found = files.into_iter().find(|path| path.extension().is_some_and(|found| found == ending));
            if let Some(path) = found {
                return std::fs::read(path).expect("a file");
            }
            assert!(Instant::now() < end, "no {ending} file was downloaded");
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// A picture of what the page shows, as PNG.
    pub(crate) async fn picture(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", json!({})).await;
        let data = picture["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("base64")
    }

    /// Waits until two frames are drawn: what was asked for is on the screen then.
    pub(crate) async fn settled(&mut self) {
        self.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))").await;
    }

    /// Saves a picture as `target/screenshots/NAME.png`.
    pub(crate) async fn screenshot(&mut self, name: &str) {
        let png = self.picture().await;
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("a screenshot is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
    }
}

/// A figure of `/proc/ID/status`, in MB (Linux); 0 where there is none.
pub(crate) fn memory(process: u32, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
