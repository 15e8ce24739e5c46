//! `GET /ws`: one page's WebSocket on a session.
//!
//! A socket is a reader of the session's log with a place of its own in it. It holds no queue of events, so a page
//! that does not read costs nothing but its place, and any number of tabs may show the same session.

use std::{sync::Arc, time::Duration};

use axum::{
    Error,
    body::Bytes,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{
    Sink, SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use postern_shared::wire::{
    self, Allowed, BUILD, ClientMessage, Download, EventKind, EventNumber, Extract, Failure, Kept, MAX_FRAME,
    RequestId, RowBatch, ServerMessage,
};
use serde::Deserialize;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};

use super::{Browser, Relay, wipe};
use crate::{
    session::{
        Found, Handle, Reply, Wish,
        download::{Source, no_result, not_allowed},
        session_gone, too_many_tabs,
    },
    store::{RowsRequest, Store},
    translate::Language,
};

/// How long a page has for its first frame.
const HELLO: Duration = Duration::from_secs(10);
/// A ping goes out so often; proxies cut connections that are silent for a minute.
const PING: Duration = Duration::from_secs(20);
/// A page that has not even answered pings for so long is gone.
const SILENCE: Duration = Duration::from_secs(65);
/// The last frame and the close have this long.
const FAREWELL: Duration = Duration::from_secs(5);
/// Events sent between two looks at what else there is to send.
const EVENTS: usize = 256;
/// Newest states are sent at most so often: ten times a second looks smooth.
const LIVE: Duration = Duration::from_millis(100);
/// Requests for rows of one page that are worked on at a time; further ones wait unread.
const REQUESTS: usize = 4;

/// The query of the address.
#[derive(Deserialize)]
pub(super) struct Address {
    session: String,
    /// The page's language.
    #[serde(default)]
    language: String,
}

/// Opens the WebSocket.
pub(super) async fn connect(
    State(relay): State<Relay>,
    Query(address): Query<Address>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !relay.origin.accepts(&headers) {
        return (StatusCode::FORBIDDEN, "The request does not come from this relay's page.\n")
            .into_response();
    }
    let found = Browser::of(&headers, relay.origin.is_secure())
        .map_or(Found::Nothing, |browser| relay.sessions.find(&address.session, &browser));
    let language = Language::of(&address.language);
    let upgrade = upgrade.max_message_size(MAX_FRAME).max_frame_size(MAX_FRAME);
    // A page cannot see why a WebSocket was refused, so what it must know is told on the WebSocket.
    let why = match found {
        Found::Open(handle) => {
            let most = relay.config.limits.sockets_per_session;
            if let Some(attached) = Attached::new(handle, most) {
                let tracked = relay.sessions.track();
                let allowed = relay.config.allowed();
                return upgrade.on_upgrade(move |socket| async move {
                    serve(socket, &attached.0, allowed, language).await;
                    drop((attached, tracked));
                });
            }
            too_many_tabs(most)
        }
        Found::Ended(why) => why,
        Found::Nothing => session_gone(),
    };
    upgrade.on_upgrade(move |mut socket| async move {
        let _ = timeout(FAREWELL, farewell(&mut socket, why, language)).await;
    })
}

/// Counts as one of the session's sockets while it lives.
struct Attached(Arc<Handle>);

impl Attached {
    fn new(handle: Arc<Handle>, most: usize) -> Option<Self> {
        let counted = handle.attached.send_if_modified(|count| {
            let room = *count < most;
            *count += usize::from(room);
            room
        });
        counted.then_some(Self(handle))
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.0.attached.send_modify(|count| *count = count.saturating_sub(1));
    }
}

async fn serve(mut socket: WebSocket, handle: &Arc<Handle>, allowed: Allowed, language: Language) {
    let Ok(Some(Ok(first))) = timeout(HELLO, socket.recv()).await else { return };
    let Some(ClientMessage::Hello { build, after }) = read_message(&first) else {
        let _ = timeout(FAREWELL, close(&mut socket, close_code::PROTOCOL)).await;
        return;
    };
    let hello = ServerMessage::Hello { build: BUILD.to_owned(), newest: handle.log.newest() };
    if send(&mut socket, &hello).await.is_err() {
        return;
    }
    if build != BUILD {
        // The page sees it by the greeting and reloads itself.
        let _ = timeout(FAREWELL, close(&mut socket, close_code::POLICY)).await;
        return;
    }
    if send(&mut socket, &ServerMessage::Allowed(allowed)).await.is_err() {
        return;
    }
    let (sink, stream) = socket.split();
    let (answer, answers) = mpsc::channel(REQUESTS);
    tokio::select! {
        () = read(stream, handle, answer, allowed) => {}
        _ = write(sink, handle, answers, after, language) => {}
    }
}

/// Reads what the page says, until it says no more.
async fn read(
    mut stream: SplitStream<WebSocket>,
    handle: &Arc<Handle>,
    answer: mpsc::Sender<ServerMessage>,
    allowed: Allowed,
) {
    let busy = Arc::new(Semaphore::new(REQUESTS));
    // Dropped with this function, and with it what nobody waits for any more.
    let mut requests = JoinSet::new();
    while let Ok(Some(Ok(frame))) = timeout(SILENCE, stream.next()).await {
        let message = match &frame {
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return,
            frame => read_message(frame),
        };
        let wish = match message {
            None | Some(ClientMessage::Hello { .. }) => {
                tracing::debug!(session = %handle.id, "A page sent what is not a message");
                return;
            }
            Some(ClientMessage::Run { line }) => Wish::Run(line),
            Some(ClientMessage::RunRemote { line }) => Wish::RunRemote(line),
            Some(ClientMessage::Stop { block }) => Wish::Stop(block),
            Some(ClientMessage::Answer { prompt, answer }) => {
                if let Message::Binary(bytes) = frame {
                    wipe(bytes);
                }
                Wish::Answer(prompt, Reply::new(answer))
            }
            Some(ClientMessage::Active) => Wish::Active,
            Some(ClientMessage::SignOut) => Wish::SignOut,
            Some(ClientMessage::Kept) => {
                if answer.send(kept(handle)).await.is_err() {
                    return;
                }
                continue;
            }
            Some(ClientMessage::Keep { name, text }) => {
                if let Some((person, _)) = handle.person.get() {
                    let person = Arc::clone(person);
                    // It may write a file.
                    let _ = tokio::task::spawn_blocking(move || person.set_snippet(&name, &text)).await;
                }
                if answer.send(kept(handle)).await.is_err() {
                    return;
                }
                Wish::Active
            }
            Some(ClientMessage::Arrange { result, columns }) => {
                let by_type = handle.log.arrange(result, columns);
                if let (Some((type_name, columns)), Some((person, _))) = (by_type, handle.person.get()) {
                    let person = Arc::clone(person);
                    // It may write a file.
                    let _ = tokio::task::spawn_blocking(move || person.arrange(type_name, columns)).await;
                }
                Wish::Active
            }
            Some(ClientMessage::Ping { request }) => {
                if answer.send(ServerMessage::Pong { request }).await.is_err() {
                    return;
                }
                continue;
            }
            Some(ClientMessage::Complete { request, text, cursor, asked }) => {
                let Ok(permit) = Arc::clone(&busy).acquire_owned().await else { return };
                let (nameable, answer) = (Arc::clone(&handle.nameable), answer.clone());
                while requests.try_join_next().is_some() {}
                requests.spawn(async move {
                    let completions = nameable.complete(&text, cursor, asked).await;
                    let _ = answer.send(ServerMessage::Completions { request, completions }).await;
                    drop(permit);
                });
                continue;
            }
            Some(ClientMessage::Download { request, extract }) => {
                requests.spawn(download(Arc::clone(handle), request, *extract, allowed, answer.clone()));
                Wish::Active
            }
            Some(ClientMessage::Transcript { request, json }) => {
                requests.spawn(transcript(Arc::clone(handle), request, json, allowed, answer.clone()));
                Wish::Active
            }
            Some(
                message @ (ClientMessage::Rows { .. }
                | ClientMessage::Summarise { .. }
                | ClientMessage::Copy { .. }
                | ClientMessage::Compare { .. }),
            ) => {
                let Ok(permit) = Arc::clone(&busy).acquire_owned().await else { return };
                let (store, answer) = (Arc::clone(&handle.store), answer.clone());
                while requests.try_join_next().is_some() {}
                requests.spawn(async move {
                    if let Some(message) = look_up(&store, message).await {
                        let _ = answer.send(message).await;
                    }
                    drop(permit);
                });
                continue;
            }
            Some(ClientMessage::Details { request, result, row }) => {
                let detail = handle.store.details(result, row);
                if answer.send(ServerMessage::Details { request, detail }).await.is_err() {
                    return;
                }
                Wish::Active
            }
        };
        if handle.wishes.send(wish).await.is_err() {
            // The session is about to end; the writer says so.
            std::future::pending::<()>().await;
        }
    }
}

/// What is kept of the user: the lines of earlier sessions, and the snippets as they are now.
fn kept(handle: &Handle) -> ServerMessage {
    ServerMessage::Kept(handle.person.get().map_or_else(Kept::default, |(person, before)| Kept {
        lines: before.lines.clone(),
        snippets: person.all().snippets,
    }))
}

/// Answers a question about results.
async fn look_up(store: &Arc<Store>, message: ClientMessage) -> Option<ServerMessage> {
    Some(match message {
        ClientMessage::Rows { request, result, view, columns, from, count } => {
            let request = RowsRequest { request, view, columns, from, count };
            let rows: RowBatch = store.rows(result, request).await;
            ServerMessage::Rows(rows)
        }
        ClientMessage::Summarise { request, result, view, shown, property, sums } => {
            let summary = store.summary(result, view, shown, property, sums).await;
            ServerMessage::Summary { request, summary }
        }
        ClientMessage::Copy { request, extract } => {
            ServerMessage::Copied { request, copied: store.copy(*extract).await }
        }
        ClientMessage::Compare { request, before, after } => {
            ServerMessage::Difference { request, difference: store.difference(before, after).await }
        }
        _ => return None,
    })
}

/// Makes a download of a part of a result, and tells how it stands.
async fn download(
    handle: Arc<Handle>,
    request: RequestId,
    extract: Extract,
    allowed: Allowed,
    answer: mpsc::Sender<ServerMessage>,
) {
    let name = extract.name.clone();
    let made = if allowed.downloads {
        match handle.store.extract(extract).await {
            Some(extraction) => handle.downloads.add(&handle.id, &name, Source::Extract(extraction)),
            None => Err(Box::new(no_result())),
        }
    } else {
        Err(Box::new(not_allowed()))
    };
    follow(made, request, &answer).await;
}

/// Makes a download of the session's events, and tells how it stands.
async fn transcript(
    handle: Arc<Handle>,
    request: RequestId,
    json: bool,
    allowed: Allowed,
    answer: mpsc::Sender<ServerMessage>,
) {
    let made = if allowed.downloads {
        let source = Source::Transcript(Arc::clone(&handle.log), json);
        handle.downloads.add(&handle.id, "Transcript", source)
    } else {
        Err(Box::new(not_allowed()))
    };
    follow(made, request, &answer).await;
}

async fn follow(
    made: Result<watch::Receiver<Download>, Box<Failure>>,
    request: RequestId,
    answer: &mpsc::Sender<ServerMessage>,
) {
    let mut told = match made {
        Ok(told) => told,
        Err(failure) => {
            let download = Download::Failed(*failure);
            let _ = answer.send(ServerMessage::Download { request, download }).await;
            return;
        }
    };
    loop {
        let download = told.borrow_and_update().clone();
        let over = matches!(download, Download::Done { .. } | Download::Failed(_));
        if answer.send(ServerMessage::Download { request, download }).await.is_err() || over {
            return;
        }
        // Without a sender it ran out before it was fetched.
        if told.changed().await.is_err() {
            return;
        }
    }
}

/// Sends what happens, until the session or the connection ends.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    handle: &Handle,
    mut answers: mpsc::Receiver<ServerMessage>,
    mut after: EventNumber,
    language: Language,
) -> Result<(), Error> {
    let (mut log, mut live, mut ended) = (handle.log.watch(), handle.live.watch(), handle.ended.clone());
    let (mut version, mut live_at) = (0, Instant::now());
    let (mut present, mut in_use) = (None::<watch::Receiver<u32>>, 0);
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Seen before they are read, so that nothing that comes meanwhile is missed.
        let why = ended.borrow_and_update().clone();
        log.mark_unchanged();
        while let Some(has_ended) = send_events(&mut sink, handle, &mut after, language).await? {
            if has_ended {
                // What a block came to is known with its end, and not some time later.
                live_at = Instant::now();
            }
            // Answers do not wait until a long log is sent.
            while let Ok(mut answer) = answers.try_recv() {
                language.message(&mut answer);
                feed(&mut sink, &answer).await?;
            }
        }
        if *live.borrow() > version && live_at <= Instant::now() {
            let (states, now) = handle.live.since(version);
            for state in &states {
                feed(&mut sink, state).await?;
            }
            (version, live_at) = (now, Instant::now() + LIVE);
        }
        if present.is_none() {
            present = handle.person.get().map(|(person, _)| person.present());
        }
        if let Some(now) =
            present.as_mut().map(|present| *present.borrow_and_update()).filter(|now| *now != in_use)
        {
            feed(&mut sink, &ServerMessage::InUse(now)).await?;
            in_use = now;
        }
        sink.flush().await?;
        handle.shown.send_if_modified(|shown| {
            let further = after > *shown;
            *shown = after.max(*shown);
            further
        });
        if let Some(why) = why {
            let _ = timeout(FAREWELL, farewell(&mut sink, why, language)).await;
            return Ok(());
        }
        tokio::select! {
            Some(mut answer) = answers.recv() => {
                language.message(&mut answer);
                feed(&mut sink, &answer).await?;
            }
            Ok(()) = log.changed() => {}
            Ok(()) = ended.changed() => {}
            true = changed(&mut present) => {}
            () = wait_for_live(&mut live, version, live_at) => {}
            _ = ping.tick() => sink.feed(Message::Ping(Bytes::new())).await?,
        }
    }
}

/// Waits until a number changes, if there is one; `false` if it never will.
async fn changed(number: &mut Option<watch::Receiver<u32>>) -> bool {
    match number {
        Some(number) => number.changed().await.is_ok(),
        None => false,
    }
}

/// Waits until there is a state newer than a version and it may be sent. Cancel safe.
async fn wait_for_live(live: &mut watch::Receiver<u64>, version: u64, at: Instant) {
    while *live.borrow_and_update() <= version {
        if live.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
    sleep_until(at).await;
}

/// Sends events that the page has not seen; whether a block ended with them, `None` if there are none.
async fn send_events(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    handle: &Handle,
    after: &mut EventNumber,
    language: Language,
) -> Result<Option<bool>, Error> {
    let events = handle.log.after(*after, EVENTS);
    let Some(last) = events.last().map(|last| last.number) else { return Ok(None) };
    let mut has_ended = false;
    for event in events {
        has_ended |= matches!(event.kind, EventKind::Ended { .. });
        let mut message = ServerMessage::Event(Arc::unwrap_or_clone(event));
        language.message(&mut message);
        feed(sink, &message).await?;
    }
    *after = last;
    Ok(Some(has_ended))
}

async fn farewell(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    mut why: Failure,
    language: Language,
) -> Result<(), Error> {
    language.failure(&mut why);
    send(sink, &ServerMessage::Ended(why)).await?;
    close(sink, close_code::NORMAL).await
}

async fn close(sink: &mut (impl Sink<Message, Error = Error> + Unpin), code: u16) -> Result<(), Error> {
    sink.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await
}

async fn send(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    message: &ServerMessage,
) -> Result<(), Error> {
    feed(sink, message).await?;
    sink.flush().await
}

async fn feed(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    message: &ServerMessage,
) -> Result<(), Error> {
    let frame = wire::encode(message).map_err(Error::new)?;
    if frame.len() > MAX_FRAME {
        // What goes into messages is bounded far below; a page would drop the connection over it.
        tracing::error!(bytes = frame.len(), "A message is too large and was left out");
        return Ok(());
    }
    sink.feed(Message::Binary(frame.into())).await
}

fn read_message(frame: &Message) -> Option<ClientMessage> {
    match frame {
        Message::Binary(bytes) => wire::decode(bytes).ok(),
        _ => None,
    }
}
