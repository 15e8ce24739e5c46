//! One WebSocket connection of a session. It ends once and is then replaced by a new one.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::{AbortHandle, abortable, poll_fn},
    stream::{SplitSink, SplitStream},
};
use gloo_net::websocket::{Message, State, futures::WebSocket};
use postern_shared::wire::{
    BUILD, ClientMessage, Completions, Copied, Detail, Difference, Download, EventNumber, Extract, RequestId,
    ResultId, RowBatch, ServerMessage, Summary, View, decode, encode,
};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use crate::{browser, text::Language};

/// Frames that are waiting are taken together, so that the page draws once for all of them; no more than this many,
/// so that it draws at all while they keep coming.
const FRAMES_AT_ONCE: usize = 256;

/// What happens to a connection.
#[derive(Debug)]
pub enum LinkEvent {
    /// The relay said hello; messages can be sent.
    Opened(Link),
    /// Messages in order, without answers to [`Link::rows`] and [`Link::details`].
    Messages(Vec<ServerMessage>),
    /// The relay is of another build.
    OtherBuild,
    /// The connection is gone.
    Closed,
}

/// An answer to a request.
#[derive(Debug)]
pub enum Answered {
    /// To [`Link::rows`].
    Rows(RowBatch),
    /// To [`Link::details`].
    Details(RequestId, Option<Detail>),
    /// To [`Link::summary`].
    Summary(RequestId, Summary),
    /// To [`Link::copy`].
    Copied(Copied),
    /// To [`Link::download`] and [`Link::transcript`], more than once.
    Download(Download),
    /// To [`Link::difference`].
    Difference(Option<Difference>),
    /// To [`Link::ping`].
    Pong,
    /// To [`Link::complete`].
    Completions(RequestId, Completions),
}

/// A connection. Clones are the same connection.
#[derive(Clone)]
pub struct Link(Rc<Inner>);

struct Inner {
    sink: RefCell<Option<SplitSink<WebSocket, Message>>>,
    next: Cell<RequestId>,
    asked: RefCell<HashMap<RequestId, Callback<Answered>>>,
    events: Callback<LinkEvent>,
    task: RefCell<Option<AbortHandle>>,
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("open", &self.0.sink.borrow().is_some()).finish_non_exhaustive()
    }
}

impl Link {
    /// Opens a connection; what comes of it is told to `events`.
    pub fn open(session: &str, after: EventNumber, events: Callback<LinkEvent>) -> Self {
        let link = Self(Rc::new(Inner {
            sink: RefCell::new(None),
            next: Cell::new(1),
            asked: RefCell::new(HashMap::new()),
            events,
            task: RefCell::new(None),
        }));
        let url = browser::socket_url(session, Language::current()).unwrap_or_default();
        let (run, handle) = abortable(link.clone().run(url, after));
        *link.0.task.borrow_mut() = Some(handle);
        spawn_local(run.map(drop));
        link
    }

    /// Closes the connection; nothing is told after this.
    pub fn close(&self) {
        if let Some(task) = self.0.task.take() {
            task.abort();
        }
        self.0.sink.take();
        self.0.asked.take();
    }

    /// Sends a message; `false` if the connection is not open. Nothing is queued for later.
    pub fn send(&self, message: &ClientMessage) -> bool {
        let Ok(frame) = encode(message) else { return false };
        let mut sink = self.0.sink.borrow_mut();
        let Some(sink) = sink.as_mut() else { return false };
        // A browser's WebSocket takes a message at once, or has failed.
        matches!(sink.send(Message::Bytes(frame)).now_or_never(), Some(Ok(())))
    }

    /// Asks for rows; the request's number, if it was sent.
    pub fn rows(
        &self,
        result: ResultId,
        view: View,
        columns: Vec<String>,
        (from, count): (u64, u32),
        answer: Callback<Answered>,
    ) -> Option<RequestId> {
        self.ask(answer, |request| ClientMessage::Rows { request, result, view, columns, from, count })
    }

    /// Asks for one object whole; the request's number, if it was sent.
    pub fn details(&self, result: ResultId, row: u64, answer: Callback<Answered>) -> Option<RequestId> {
        self.ask(answer, |request| ClientMessage::Details { request, result, row })
    }

    /// Asks what a column holds; the request's number, if it was sent.
    pub fn summary(
        &self,
        result: ResultId,
        (view, shown): (View, Vec<String>),
        property: String,
        sums: Vec<String>,
        answer: Callback<Answered>,
    ) -> Option<RequestId> {
        self.ask(answer, |request| ClientMessage::Summarise { request, result, view, shown, property, sums })
    }

    /// Asks for text for the clipboard; whether it was sent.
    pub fn copy(&self, extract: Extract, answer: Callback<Answered>) -> bool {
        self.ask(answer, |request| ClientMessage::Copy { request, extract: Box::new(extract) }).is_some()
    }

    /// Asks for a download; whether it was sent.
    pub fn download(&self, extract: Extract, answer: Callback<Answered>) -> bool {
        self.ask(answer, |request| ClientMessage::Download { request, extract: Box::new(extract) }).is_some()
    }

    /// Asks for the session's events as a file; whether it was sent.
    pub fn transcript(&self, json: bool, answer: Callback<Answered>) -> bool {
        self.ask(answer, |request| ClientMessage::Transcript { request, json }).is_some()
    }

    /// Asks what differs between two results; whether it was sent.
    pub fn difference(&self, before: ResultId, after: ResultId, answer: Callback<Answered>) -> bool {
        self.ask(answer, |request| ClientMessage::Compare { request, before, after }).is_some()
    }

    /// Asks for an answer, to see how long it takes; whether it was sent.
    pub fn ping(&self, answer: Callback<Answered>) -> bool {
        self.ask(answer, |request| ClientMessage::Ping { request }).is_some()
    }

    /// Asks what could stand at a cursor, in bytes; the request's number, if it was sent.
    pub fn complete(
        &self,
        text: &str,
        cursor: u32,
        asked: bool,
        answer: Callback<Answered>,
    ) -> Option<RequestId> {
        self.ask(answer, |request| ClientMessage::Complete { request, text: text.to_owned(), cursor, asked })
    }

    fn ask(
        &self,
        answer: Callback<Answered>,
        ask: impl FnOnce(RequestId) -> ClientMessage,
    ) -> Option<RequestId> {
        let request = self.0.next.get();
        self.0.next.set(request.wrapping_add(1));
        self.send(&ask(request)).then(|| {
            self.0.asked.borrow_mut().insert(request, answer);
            request
        })
    }

    async fn run(self, url: String, after: EventNumber) {
        if let Some(frames) = self.hello(&url, after).await {
            self.read(frames).await;
        }
        self.0.sink.take();
        self.0.asked.take();
        self.0.events.emit(LinkEvent::Closed);
    }

    async fn hello(&self, url: &str, after: EventNumber) -> Option<SplitStream<WebSocket>> {
        let mut socket = WebSocket::open(url).ok()?;
        poll_fn(|cx| socket.poll_ready_unpin(cx)).await.ok()?;
        if !matches!(socket.state(), State::Open) {
            return None;
        }
        let (mut sink, frames) = socket.split();
        let hello = encode(&ClientMessage::Hello { build: BUILD.to_owned(), after }).ok()?;
        sink.send(Message::Bytes(hello)).await.ok()?;
        *self.0.sink.borrow_mut() = Some(sink);
        Some(frames)
    }

    async fn read(&self, frames: SplitStream<WebSocket>) {
        let mut frames = frames.ready_chunks(FRAMES_AT_ONCE);
        let mut greeted = false;
        while let Some(chunk) = frames.next().await {
            let mut messages = Vec::with_capacity(chunk.len());
            let mut lost = false;
            for frame in chunk {
                let Ok(Message::Bytes(frame)) = frame else {
                    lost = true;
                    break;
                };
                match decode(&frame) {
                    Ok(message) if greeted => self.sort_out(message, &mut messages),
                    Ok(ServerMessage::Hello { build, newest }) if build == BUILD => {
                        greeted = true;
                        self.0.events.emit(LinkEvent::Opened(self.clone()));
                        messages.push(ServerMessage::Hello { build, newest });
                    }
                    // The relay tells on the socket why there is no such session; nothing else follows.
                    Ok(message @ ServerMessage::Ended(_)) => messages.push(message),
                    // Frames of another build cannot be told from garbage; either way this page is of no use here.
                    _ => {
                        self.0.events.emit(LinkEvent::OtherBuild);
                        return;
                    }
                }
            }
            if !messages.is_empty() {
                self.0.events.emit(LinkEvent::Messages(messages));
            }
            if lost {
                return;
            }
        }
    }

    fn sort_out(&self, message: ServerMessage, messages: &mut Vec<ServerMessage>) {
        let (request, answered) = match message {
            ServerMessage::Rows(batch) => (batch.request, Answered::Rows(batch)),
            ServerMessage::Details { request, detail } => (request, Answered::Details(request, detail)),
            ServerMessage::Summary { request, summary } => (request, Answered::Summary(request, summary)),
            ServerMessage::Copied { request, copied } => (request, Answered::Copied(copied)),
            ServerMessage::Difference { request, difference } => (request, Answered::Difference(difference)),
            ServerMessage::Pong { request } => (request, Answered::Pong),
            ServerMessage::Completions { request, completions } => {
                (request, Answered::Completions(request, completions))
            }
            ServerMessage::Download { request, download } => {
                if matches!(download, Download::Ready { .. } | Download::Running { .. }) {
                    // More will come.
                    let asked = self.0.asked.borrow().get(&request).cloned();
                    if let Some(asked) = asked {
                        asked.emit(Answered::Download(download));
                    }
                    return;
                }
                (request, Answered::Download(download))
            }
            other => return messages.push(other),
        };
        let asked = self.0.asked.borrow_mut().remove(&request);
        if let Some(asked) = asked {
            asked.emit(answered);
        }
    }
}
