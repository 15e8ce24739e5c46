//! A page without a screen: signs in over HTTP and speaks the messages of `postern_shared::wire` on a WebSocket.

use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use postern::config::{Config, EndpointConfig};
use postern_shared::wire::{
    self, Answer, BUILD, BlockId, BlockState, Cell, ClientMessage, Detail, Download, Event, EventKind,
    Extract, Failure, NoteStream, ProgressState, Prompt, ResultId, RowBatch, ServerMessage, SessionFacts,
    SignIn, SignedIn, View,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, client::IntoClientRequest as _, protocol::Message},
};

/// Longer than anything here takes, on a busy machine too; a test that waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// A relay in this process.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), postern::config::ConfigError>>,
}

impl Relay {
    pub(crate) async fn start(config: Config) -> Self {
        let listener = TcpListener::bind(config.listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(postern::serve(listener, config, async {
            let _ = stopped.await;
        }));
        Self { address, stop, served }
    }

    /// Stops the relay and waits until it has.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        timeout(PATIENCE, self.served).await.unwrap().unwrap().unwrap();
    }
}

/// A configuration with one endpoint, named `test`.
pub(crate) fn config(endpoint: SocketAddr) -> Config {
    config_for(&format!("http://{endpoint}/PowerShell/"))
}

/// The same for an address.
pub(crate) fn config_for(uri: &str) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        endpoint: vec![EndpointConfig {
            name: "test".into(),
            title: "Test".into(),
            uri: uri.into(),
            allow_http: true,
            ..EndpointConfig::default()
        }],
        ..Config::default()
    }
}

/// A demo endpoint in this process that ends with the test.
pub(crate) async fn demo(options: postern_demo::DemoOptions) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(postern_demo::serve(listener, options, std::future::pending()));
    address
}

/// A sign-in at the endpoint `test`.
pub(crate) fn sign_in(user: &str, password: &str) -> SignIn {
    SignIn::new("test", user, password)
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// One HTTP request on a connection of its own.
pub(crate) async fn http(
    relay: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answered {
    let mut stream = TcpStream::connect(relay).await.unwrap();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "host") {
        write!(request, "host: {relay}\r\n").unwrap();
    }
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("the end of the headers");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Answered { status, headers, body: answer[end + 4..].to_vec() }
}

/// Posts a sign-in as the relay's own page does.
pub(crate) async fn post_sign_in(relay: SocketAddr, request: &SignIn, cookie: Option<&str>) -> Answered {
    let origin = format!("http://{relay}");
    let mut headers = vec![("origin", origin.as_str()), ("content-type", "application/json")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    http(relay, "POST", "/api/sign-in", &headers, &serde_json::to_vec(request).unwrap()).await
}

/// A session, as a browser knows it.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) relay: SocketAddr,
    pub(crate) session: String,
    pub(crate) cookie: String,
}

impl Ticket {
    /// Signs in.
    pub(crate) async fn get(relay: SocketAddr, request: &SignIn) -> Self {
        let answer = post_sign_in(relay, request, None).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let cookie = answer.headers["set-cookie"].split(';').next().unwrap().to_owned();
        let SignedIn { session } = serde_json::from_slice(&answer.body).unwrap();
        Self { relay, session, cookie }
    }

    /// Opens the WebSocket as a page of `origin`.
    pub(crate) async fn socket(&self, origin: &str) -> Result<Socket, tungstenite::Error> {
        let address = format!("ws://{}/ws?session={}", self.relay, self.session);
        let mut request = address.into_client_request()?;
        request.headers_mut().insert("origin", origin.parse().unwrap());
        request.headers_mut().insert("cookie", self.cookie.parse().unwrap());
        Ok(tokio_tungstenite::connect_async(request).await?.0)
    }

    /// Opens a page that has seen the events up to `after`.
    pub(crate) async fn page(&self, after: u64) -> Page {
        let mut socket = self.socket(&format!("http://{}", self.relay)).await.unwrap();
        let hello = ClientMessage::Hello { build: BUILD.into(), after };
        socket.send(Message::Binary(wire::encode(&hello).unwrap().into())).await.unwrap();
        Page {
            socket,
            events: Vec::new(),
            progress: Vec::new(),
            grew: BTreeMap::new(),
            requests: 0,
            ended: None,
        }
    }
}

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A page on a session.
pub(crate) struct Page {
    socket: Socket,
    pub(crate) events: Vec<Event>,
    pub(crate) progress: Vec<(BlockId, Vec<ProgressState>)>,
    pub(crate) grew: BTreeMap<ResultId, u64>,
    requests: u32,
    pub(crate) ended: Option<Failure>,
}

impl Page {
    /// Signs in and waits until the session is ready.
    pub(crate) async fn sign_in(
        relay: SocketAddr,
        user: &str,
        password: &str,
    ) -> (Self, SessionFacts, Ticket) {
        let ticket = Ticket::get(relay, &sign_in(user, password)).await;
        let mut page = ticket.page(0).await;
        let facts = page.ready().await.unwrap_or_else(|failure| panic!("{failure:?}"));
        (page, facts, ticket)
    }

    /// Waits until the session is ready, or the sign-in has failed.
    pub(crate) async fn ready(&mut self) -> Result<SessionFacts, Failure> {
        self.event(|kind| match kind {
            EventKind::Ready(facts) => Some(Ok(facts.clone())),
            EventKind::SignInFailed(failure) => Some(Err(failure.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_frame(Message::Binary(wire::encode(message).unwrap().into())).await;
    }

    pub(crate) async fn send_frame(&mut self, frame: Message) {
        self.socket.send(frame).await.unwrap();
    }

    /// The next message; `None` when the connection is closed.
    pub(crate) async fn receive(&mut self) -> Option<ServerMessage> {
        loop {
            let frame = timeout(PATIENCE, self.socket.next()).await.expect("a message in time")?.ok()?;
            let message = match frame {
                Message::Binary(bytes) => wire::decode::<ServerMessage>(&bytes).unwrap(),
                Message::Close(_) => return None,
                _ => continue,
            };
            match &message {
                ServerMessage::Event(event) => {
                    if let Some(last) = self.events.last() {
                        assert!(event.number > last.number, "{event:?} after {last:?}");
                    }
                    self.events.push(event.clone());
                }
                ServerMessage::Progress { block, activities } => {
                    self.progress.push((*block, activities.clone()));
                }
                ServerMessage::Grew { result, rows } => {
                    self.grew.insert(*result, *rows);
                }
                ServerMessage::Ended(failure) => self.ended = Some(failure.clone()),
                _ => {}
            }
            return Some(message);
        }
    }

    /// Waits for an event, from now on.
    pub(crate) async fn event<T>(&mut self, mut wanted: impl FnMut(&EventKind) -> Option<T>) -> T {
        loop {
            let message = self.receive().await;
            match message {
                Some(ServerMessage::Event(event)) => {
                    if let Some(found) = wanted(&event.kind) {
                        return found;
                    }
                }
                Some(_) => {}
                None => panic!("the connection was closed: {:?}", self.ended),
            }
        }
    }

    /// Waits for the end of the session.
    pub(crate) async fn end(&mut self) -> Failure {
        while self.receive().await.is_some() {}
        self.ended.clone().expect("a reason")
    }

    /// Sends a command line; gives its block.
    pub(crate) async fn start(&mut self, line: &str) -> BlockId {
        self.send(&ClientMessage::Run { line: line.into() }).await;
        self.event(|kind| match kind {
            EventKind::Started { block } => Some(*block),
            _ => None,
        })
        .await
    }

    /// Waits for the end of a block.
    pub(crate) async fn finish(&mut self, block: BlockId) -> Block {
        let state = self
            .event(|kind| match kind {
                EventKind::Ended { block: ended, state, objects, .. } if *ended == block => {
                    Some((*state, *objects))
                }
                _ => None,
            })
            .await;
        let mut done = Block { state: state.0, objects: state.1, ..Block::default() };
        for event in &self.events {
            match &event.kind {
                EventKind::Note { block: of, stream, text } if *of == block => {
                    done.notes.push((*stream, text.clone()));
                }
                EventKind::Error { block: of, failure } if *of == block => done.errors.push(failure.clone()),
                EventKind::Text { block: of, text } if *of == block => done.text.push_str(text),
                EventKind::Result { block: of, result, type_name, columns, .. } if *of == block => {
                    done.results.push((*result, type_name.clone()));
                    done.columns = columns.iter().map(|column| column.property.clone()).collect();
                }
                _ => {}
            }
        }
        done
    }

    /// Runs a command line to its end.
    pub(crate) async fn run(&mut self, line: &str) -> Block {
        let block = self.start(line).await;
        self.finish(block).await
    }

    /// Waits for a question.
    pub(crate) async fn prompt(&mut self) -> Prompt {
        self.event(|kind| match kind {
            EventKind::Prompt(prompt) => Some(prompt.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn answer(&mut self, prompt: &Prompt, answer: Answer) {
        self.send(&ClientMessage::Answer { prompt: prompt.prompt, answer }).await;
    }

    /// Asks for rows.
    pub(crate) async fn rows(
        &mut self,
        result: ResultId,
        columns: &[&str],
        view: View,
        from: u64,
        count: u32,
    ) -> RowBatch {
        self.requests += 1;
        let request = self.requests;
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        self.send(&ClientMessage::Rows { request, result, view, columns, from, count }).await;
        loop {
            match self.receive().await.expect("an answer") {
                ServerMessage::Rows(batch) if batch.request == request => return batch,
                _ => {}
            }
        }
    }

    /// Asks for one object whole.
    pub(crate) async fn details(&mut self, result: ResultId, row: u64) -> Option<Detail> {
        self.requests += 1;
        let request = self.requests;
        self.send(&ClientMessage::Details { request, result, row }).await;
        loop {
            match self.receive().await.expect("an answer") {
                ServerMessage::Details { request: of, detail } if of == request => return detail,
                _ => {}
            }
        }
    }

    /// Asks a question that has a number, and waits for what `wanted` takes for its answer.
    pub(crate) async fn ask<T>(
        &mut self,
        question: impl FnOnce(u32) -> ClientMessage,
        mut wanted: impl FnMut(u32, ServerMessage) -> Option<T>,
    ) -> T {
        self.requests += 1;
        let request = self.requests;
        self.send(&question(request)).await;
        loop {
            let message = self.receive().await.expect("an answer");
            if let Some(answer) = wanted(request, message) {
                return answer;
            }
        }
    }

    /// Asks for a download; gives how it stands first: ready, or failed.
    pub(crate) async fn download(&mut self, extract: &Extract) -> Download {
        let extract = Box::new(extract.clone());
        self.ask(
            |request| ClientMessage::Download { request, extract },
            |asked, message| match message {
                ServerMessage::Download { request, download } if request == asked => Some(download),
                _ => None,
            },
        )
        .await
    }

    /// Signs out and waits for the end.
    pub(crate) async fn sign_out(mut self) -> Failure {
        self.send(&ClientMessage::SignOut).await;
        self.end().await
    }
}

/// What a block gave.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) state: BlockState,
    pub(crate) objects: u64,
    pub(crate) notes: Vec<(NoteStream, String)>,
    pub(crate) errors: Vec<Failure>,
    pub(crate) text: String,
    pub(crate) results: Vec<(ResultId, String)>,
    /// Of the last result.
    pub(crate) columns: Vec<String>,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            state: BlockState::Completed,
            objects: 0,
            notes: Vec::new(),
            errors: Vec::new(),
            text: String::new(),
            results: Vec::new(),
            columns: Vec::new(),
        }
    }
}

impl Block {
    /// Texts of one stream.
    pub(crate) fn notes_of(&self, stream: NoteStream) -> Vec<&str> {
        self.notes.iter().filter(|(of, _)| *of == stream).map(|(_, text)| text.as_str()).collect()
    }
}

/// A column's cells as text.
pub(crate) fn texts(batch: &RowBatch, column: usize) -> Vec<String> {
    let cell = |row| match batch.columns[column].cell(row) {
        Cell::Empty => String::new(),
        Cell::Bool(value) => value.to_string(),
        Cell::Text(text) => text,
    };
    (0..batch.rows.len()).map(cell).collect()
}
