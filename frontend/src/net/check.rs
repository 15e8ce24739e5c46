//! Checking a connection: the steps come as lines of one answer, see `postern_shared::wire::check`.

use futures_util::future::{AbortHandle, abortable};
use gloo_net::http::Request;
use js_sys::{Reflect, Uint8Array};
use postern_shared::wire::{CheckStep, Failure, SignIn};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStreamDefaultReader;
use yew::Callback;

use super::{
    http::{asking, parsed, refused, unreachable},
    json,
};

/// The longest line that is taken: a step with what a server says.
const MOST_LINE: usize = 1 << 20;

/// What is told of a check.
#[derive(Debug)]
pub enum Checked {
    /// A step begins or has ended.
    Step(Box<CheckStep>),
    /// That was all.
    Done,
    /// It was refused, or broke off.
    Failed(Box<Failure>),
}

/// A check under way; it ends with this value.
#[derive(Debug)]
pub struct Checking(AbortHandle);

impl Drop for Checking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Has the relay check the connection that this form is for.
pub fn check(form: SignIn, told: Callback<Checked>) -> Checking {
    let (run, handle) = abortable(async move {
        told.emit(match steps(&form, &told).await {
            Ok(()) => Checked::Done,
            Err(failure) => Checked::Failed(Box::new(failure)),
        });
    });
    spawn_local(async move {
        let _ = run.await;
    });
    Checking(handle)
}

async fn steps(form: &SignIn, told: &Callback<Checked>) -> Result<(), Failure> {
    let request = asking(Request::post("/api/check"))
        .header("content-type", "application/json")
        .body(json::sign_in(form));
    let response = request.map_err(|error| unreachable(&error))?;
    let response = response.send().await.map_err(|error| unreachable(&error))?;
    if !response.ok() {
        let status = response.status();
        let body = response.text().await.map_err(|error| unreachable(&error))?;
        return Err(refused(status, &body));
    }
    let Some(stream) = response.body() else { return Ok(()) };
    let reader = Reader(stream.get_reader().unchecked_into());
    let mut rest = Vec::new();
    while let Some(chunk) = reader.read().await? {
        rest.extend(chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = rest.drain(..=end).collect::<Vec<u8>>();
            let step =
                parsed::<CheckStep>(200, &String::from_utf8_lossy(&line)).map_err(|failure| *failure)?;
            told.emit(Checked::Step(Box::new(step)));
        }
        if rest.len() > MOST_LINE {
            break;
        }
    }
    Ok(())
}

/// Reads the body of an answer; given up, it tells the browser, and the browser the relay.
struct Reader(ReadableStreamDefaultReader);

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.0.cancel();
    }
}

impl Reader {
    /// The next bytes; `None` at the end.
    async fn read(&self) -> Result<Option<Vec<u8>>, Failure> {
        let part = JsFuture::from(self.0.read()).await.map_err(|error| broken(&error))?;
        let get = |name: &str| Reflect::get(&part, &JsValue::from_str(name)).unwrap_or_default();
        if get("done").is_truthy() {
            return Ok(None);
        }
        Ok(get("value").dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec()))
    }
}

fn broken(error: &JsValue) -> Failure {
    unreachable(&gloo_net::Error::GlooError(format!("{error:?}")))
}
