//! A small server of PowerShell whose connections do as a script says: answer, drop, stall, answer by half.

#![expect(
    clippy::result_large_err,
    reason = "a request fails with one fault at most, and that is written at once"
)]

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use postern_psrp::{
    client::Stream,
    pipeline::PipelineState,
    server::{Event, PoolOptions, RunspacePool},
};
use postern_shared::value::PsValue;
use postern_wsman::{
    client::{
        ConnectError, ConnectOptions, ConnectStep, Credentials, Endpoint, Pipeline, PipelineEvent,
        RemoteSession,
    },
    envelope::{CommandState, EXCHANGE_RESOURCE, Fault, InputStream, Limits, SignalCode, code},
    server::{NewShell, Operation, Output, OutputStream, Request},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

/// Long enough for a loaded machine; no test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Last part of the action, such as `Receive`; `Receive-pool` for one of the pool.
    pub(crate) what: String,
    /// How many of that kind came before.
    pub(crate) nth: usize,
    /// First line and headers.
    pub(crate) head: String,
    pub(crate) request: Request,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// What becomes of a request.
pub(crate) enum Then {
    /// It is answered.
    Answer,
    /// It is answered with these headers as well.
    AnswerWith(String),
    /// The connection is cut before the request reaches the service.
    CutBefore,
    /// The service takes it, and the connection is cut before the answer.
    CutAfter,
    /// The service takes it, and the connection is cut after so many bytes of the answer's body.
    CutWithin(usize),
    /// Nothing comes for so long, and then the connection is cut; the service never sees the request.
    Stall(Duration),
    /// Another answer than the service's: status, headers, body.
    Instead(&'static str, String, String),
    /// A fault instead.
    Fault(Fault),
}

type Script = Box<dyn FnMut(&Seen) -> Then + Send>;

struct Service {
    script: Script,
    seen: Vec<Seen>,
    shell: Option<RunspacePool>,
    shell_id: Option<String>,
    connected: bool,
    /// Whether a Receive that is repeated gets the answer again.
    replays: bool,
    answers: HashMap<String, String>,
    /// Commands that were carried out, by name.
    executed: Vec<String>,
    inputs: usize,
    waiting: VecDeque<Uuid>,
}

/// A server that ends with the test.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    service: Arc<Mutex<Service>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    pub(crate) async fn start(replays: bool, script: impl FnMut(&Seen) -> Then + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = Arc::new(Mutex::new(Service {
            script: Box::new(script),
            seen: Vec::new(),
            shell: None,
            shell_id: None,
            connected: true,
            replays,
            answers: HashMap::new(),
            executed: Vec::new(),
            inputs: 0,
            waiting: VecDeque::new(),
        }));
        let task = tokio::spawn({
            let service = service.clone();
            async move {
                // Connections end with the listener's task.
                let mut connections = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let service = service.clone();
                    connections.spawn(async move { drop(Box::pin(serve(stream, address, &service)).await) });
                }
            }
        });
        Self { address, service, task }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}/powershell/", self.address)
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        let mut endpoint = Endpoint::new(&self.uri(), EXCHANGE_RESOURCE).unwrap();
        endpoint.timeouts.operation = Duration::from_millis(300);
        endpoint.timeouts.grace = Duration::from_secs(20);
        endpoint.timeouts.recovery = Duration::from_secs(30);
        endpoint
    }

    pub(crate) async fn connect(&self) -> RemoteSession {
        connect(self.endpoint(), |_| ()).await.expect("a session")
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.service.lock().unwrap().seen.clone()
    }

    pub(crate) fn count(&self, what: &str) -> usize {
        self.seen().iter().filter(|seen| seen.what == what).count()
    }

    pub(crate) fn executed(&self) -> Vec<String> {
        self.service.lock().unwrap().executed.clone()
    }

    pub(crate) fn inputs(&self) -> usize {
        self.service.lock().unwrap().inputs
    }

    /// The service disconnects the shell by itself, as Windows does when it misses its client.
    pub(crate) fn disconnect(&self) {
        self.service.lock().unwrap().connected = false;
    }

    /// Ends every command that still runs.
    pub(crate) fn finish_all(&self) {
        let mut service = self.service.lock().unwrap();
        while let Some(id) = service.waiting.pop_front() {
            let pool = service.shell.as_mut().unwrap();
            pool.write_output(id, &PsValue::from("late")).unwrap();
            pool.finish(id, PipelineState::Completed, None).unwrap();
        }
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let wait = async {
            while !condition(self) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect(what);
    }
}

pub(crate) async fn connect(
    endpoint: Endpoint,
    on_step: impl FnMut(ConnectStep),
) -> Result<RemoteSession, ConnectError> {
    let credentials = Credentials::new("admin", "secret".to_owned());
    let connect = RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), on_step);
    tokio::time::timeout(PATIENCE, connect).await.expect("connecting ends")
}

/// Output, warnings and the end of a pipeline.
pub(crate) async fn read(mut pipeline: Pipeline) -> (Vec<String>, Vec<String>, String) {
    let (mut output, mut warnings, mut ended) = (Vec::new(), Vec::new(), String::new());
    let read = async {
        while let Some(event) = pipeline.next().await {
            match event {
                PipelineEvent::Output(value) => output.push(value.to_string()),
                PipelineEvent::Warning(record) => warnings.push(record.message.to_string()),
                PipelineEvent::Ended(how) => ended = format!("{how:?}"),
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the pipeline ends");
    (output, warnings, ended)
}

async fn serve(mut stream: TcpStream, address: SocketAddr, service: &Mutex<Service>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let (head, body) = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
                let length: usize = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                    .unwrap_or(0);
                if buffer.len() >= end + 4 + length {
                    let body = buffer[end + 4..end + 4 + length].to_vec();
                    buffer.drain(..end + 4 + length);
                    break (head, body);
                }
            }
            let mut piece = [0; 8192];
            match stream.read(&mut piece).await? {
                0 => return Ok(()),
                read => buffer.extend_from_slice(&piece[..read]),
            }
        };
        let request = Request::parse(&body, &Limits::default()).expect("the client writes envelopes");
        let mut what = request.action.rsplit('/').next().unwrap().to_owned();
        if request.operation == (Operation::Receive { command_id: None }) {
            what.push_str("-pool");
        }
        let (seen, then) = {
            let mut service = service.lock().unwrap();
            let nth = service.seen.iter().filter(|seen| seen.what == what).count();
            let seen = Seen { what, nth, head, request };
            service.seen.push(seen.clone());
            let then = (service.script)(&seen);
            (seen, then)
        };
        let mut cut = None;
        let mut headers = String::new();
        let (status, body) = match then {
            Then::CutBefore => return Ok(()),
            Then::Stall(time) => {
                tokio::time::sleep(time).await;
                return Ok(());
            }
            Then::Instead(status, more, body) => {
                headers = more;
                (status.to_owned(), body)
            }
            Then::Fault(fault) => ("500 Error".to_owned(), seen.request.fault(&fault)),
            Then::CutAfter => {
                let _ = answer(&seen.request, address, service).await;
                return Ok(());
            }
            other => {
                if let Then::CutWithin(bytes) = other {
                    cut = Some(bytes);
                }
                if let Then::AnswerWith(more) = other {
                    headers = more;
                }
                match answer(&seen.request, address, service).await {
                    Ok(body) => ("200 OK".to_owned(), body),
                    Err(fault) => ("500 Error".to_owned(), seen.request.fault(&fault)),
                }
            }
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        stream.write_all(head.as_bytes()).await?;
        match cut {
            Some(bytes) => {
                stream.write_all(&body.as_bytes()[..bytes.min(body.len())]).await?;
                return stream.shutdown().await;
            }
            None => stream.write_all(body.as_bytes()).await?,
        }
    }
}

/// What the service itself says.
async fn answer(request: &Request, address: SocketAddr, service: &Mutex<Service>) -> Result<String, Fault> {
    let Operation::Receive { command_id } = request.operation else {
        return service.lock().unwrap().answer(request, address);
    };
    let wait = request.operation_timeout.unwrap();
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        if let Some(answer) = service.lock().unwrap().receive(request, command_id)? {
            return Ok(answer);
        }
        if tokio::time::Instant::now() >= deadline {
            return Err(Fault::timed_out());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

impl Service {
    fn answer(&mut self, request: &Request, address: SocketAddr) -> Result<String, Fault> {
        if let Operation::Create(create) = &request.operation {
            let mut pool = RunspacePool::new(PoolOptions::default());
            pool.handle_data(None, Stream::Stdin, &create.creation_xml).unwrap();
            self.shell = Some(pool);
            self.shell_id = create.shell_id.map(|id| id.to_string().to_uppercase());
            self.follow();
            return Ok(request.created(&NewShell {
                address: &format!("http://{address}/"),
                shell_id: &create.shell_id.unwrap().to_string().to_uppercase(),
                owner: "admin",
                client_ip: None,
                idle_timeout: Duration::from_mins(15),
            }));
        }
        if self.shell.is_none() || self.shell_id != request.shell_id {
            return Err(Fault::shell_not_found("none"));
        }
        match &request.operation {
            Operation::Command { command_id, arguments, .. } => {
                let id = command_id.unwrap();
                let pool = self.shell.as_mut().unwrap();
                pool.add_pipeline(id).unwrap();
                pool.handle_data(Some(id), Stream::Stdin, arguments).unwrap();
                self.follow();
                Ok(request.command_started(id))
            }
            Operation::Send(streams) => {
                for sent in streams {
                    let stream = match sent.stream {
                        InputStream::Stdin => Stream::Stdin,
                        InputStream::PromptResponse => Stream::PromptResponse,
                    };
                    let pool = self.shell.as_mut().unwrap();
                    pool.handle_data(sent.command_id, stream, &sent.data)
                        .map_err(|error| Fault::invalid_parameter(error.to_string()))?;
                    self.follow();
                }
                Ok(request.done())
            }
            Operation::Signal { command_id, code } => {
                let id = command_id.unwrap();
                let pool = self.shell.as_mut().unwrap();
                if pool.pipeline_state(id).is_none() {
                    return Err(Fault::shell_not_found("command"));
                }
                match code {
                    SignalCode::Stop => drop(pool.finish(id, PipelineState::Stopped, None)),
                    SignalCode::Terminate => pool.remove_pipeline(id),
                }
                Ok(request.done())
            }
            Operation::Delete => {
                self.shell = None;
                Ok(request.done())
            }
            // Real servers have been seen to answer both with nothing at all (WIRE 13).
            Operation::Disconnect { .. } => {
                self.connected = false;
                Ok(String::new())
            }
            Operation::Reconnect if self.connected => {
                Err(Fault::shell_state(code::RECONNECT_NOT_VALID, "connected already"))
            }
            Operation::Reconnect => {
                self.connected = true;
                Ok(String::new())
            }
            _ => Err(Fault::action_not_supported(&request.action)),
        }
    }

    fn receive(&mut self, request: &Request, target: Option<Uuid>) -> Result<Option<String>, Fault> {
        if let Some(answer) = self.answers.get(&request.message_id) {
            return Ok(Some(answer.clone()));
        }
        if !self.connected {
            return Err(Fault::shell_state(code::SHELL_DISCONNECTED, "disconnected"));
        }
        // A Receive of a former session may still wait.
        let shell = self.shell.as_mut().filter(|_| self.shell_id == request.shell_id);
        let Some(pool) = shell else { return Err(Fault::shell_not_found("none")) };
        if target.is_some_and(|id| pool.pipeline_state(id).is_none()) {
            return Err(Fault::shell_not_found("command"));
        }
        let data = pool.poll_transmit(target, 60_000);
        let done = target.is_some_and(|id| pool.is_done(id));
        if data.is_none() && !done {
            return Ok(None);
        }
        let state = target.map(|_| if done { CommandState::Done } else { CommandState::Running });
        let streams = data.iter().map(|data| OutputStream { data }).collect();
        let answer = request.received(&Output { streams, state });
        if self.replays {
            self.answers.insert(request.message_id.clone(), answer.clone());
        }
        Ok(Some(answer))
    }

    /// `Get-Numbers` writes 200 numbers, `Wait` waits for `finish_all`, `Measure` counts its input.
    fn follow(&mut self) {
        let Some(pool) = &mut self.shell else { return };
        while let Some(event) = pool.poll_event() {
            match event {
                Event::Open(_) => pool.open(Vec::new()),
                Event::CreatePipeline { pipeline, spec } => {
                    let name = spec.commands[0].name.to_string();
                    self.executed.push(name.clone());
                    match name.as_str() {
                        "Wait" => self.waiting.push_back(pipeline),
                        "Measure" => {}
                        _ => {
                            for n in 0..200 {
                                let text = format!("{n} {}", "x".repeat(1000));
                                pool.write_output(pipeline, &PsValue::from(text.as_str())).unwrap();
                            }
                            pool.finish(pipeline, PipelineState::Completed, None).unwrap();
                        }
                    }
                }
                Event::Input { .. } => self.inputs += 1,
                Event::EndOfInput { pipeline } => {
                    pool.write_output(pipeline, &PsValue::from(self.inputs.to_string().as_str())).unwrap();
                    pool.finish(pipeline, PipelineState::Completed, None).unwrap();
                }
                _ => {}
            }
        }
    }
}
