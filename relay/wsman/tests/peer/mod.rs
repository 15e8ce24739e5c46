//! A peer in a process of its own, and a pipeline read to its end.

// Each test program uses a part of it.
#![allow(dead_code)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use postern_psrp::{
    host::{HostCall, HostResponse},
    pipeline::PipelineSpec,
    records::ErrorRecord,
};
use postern_shared::value::PsValue;
use postern_wsman::{
    client::{
        ConnectError, ConnectOptions, ConnectStep, Credentials, Ended, Endpoint, Pipeline, PipelineEvent,
        RemoteSession,
    },
    envelope::{EXCHANGE_RESOURCE, Header, MAX_ENVELOPE_SIZE, Operation, Request},
};
use uuid::Uuid;

pub(crate) const USER: &str = "admin";
pub(crate) const PASSWORD: &str = "secret";
/// Long enough for a loaded machine; no test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// A server that was started for a test; it ends with it.
pub(crate) struct Peer {
    process: Child,
    pub(crate) port: u16,
    pub(crate) uri: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens at, as far as one can know.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Peer {
    /// Starts a server and waits for its line `listening on URI`.
    pub(crate) fn start(command: &mut Command, port: u16) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the peer starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let uri = line.trim().strip_prefix("listening on ").expect("the peer listens").to_owned();
        Self { process, port, uri }
    }

    /// Lets the server hang: connections stay, and nothing is answered any more.
    pub(crate) fn hang(&self) {
        let stopped = Command::new("kill").args(["-STOP", &self.process.id().to_string()]).status();
        assert!(stopped.is_ok_and(|status| status.success()));
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        let mut endpoint = Endpoint::new(&self.uri, EXCHANGE_RESOURCE).unwrap();
        // Short, so that a test sees a Receive end without output and be asked again.
        endpoint.timeouts.operation = Duration::from_secs(2);
        endpoint
    }

    pub(crate) async fn connect(&self) -> RemoteSession {
        self.connect_with(PASSWORD, |_| ()).await.expect("a session")
    }

    pub(crate) async fn connect_with(
        &self,
        password: &str,
        on_step: impl FnMut(ConnectStep),
    ) -> Result<RemoteSession, ConnectError> {
        let credentials = Credentials::new(USER, password.to_owned());
        RemoteSession::connect(self.endpoint(), credentials, ConnectOptions::default(), on_step).await
    }

    /// Sends a Receive for a shell without the client under test; gives HTTP's status and the body.
    pub(crate) fn receive(&self, shell_id: &str) -> (u16, String) {
        let header = Header {
            to: &self.uri,
            resource_uri: EXCHANGE_RESOURCE,
            message_id: Uuid::from_u128(1),
            session_id: Uuid::from_u128(2),
            operation_id: Uuid::from_u128(3),
            sequence: 1,
            max_envelope_size: MAX_ENVELOPE_SIZE,
            operation_timeout: Duration::from_secs(1),
            locale: "en-US",
            data_locale: "en-US",
            shell_id: Some(shell_id),
        };
        let body = Request { header, operation: Operation::Receive { command_id: None } }.to_xml();
        let path = self.uri.splitn(4, '/').nth(3).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "POST /{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n\
             Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }
}

/// All that a pipeline gave.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) output: Vec<PsValue>,
    pub(crate) errors: Vec<ErrorRecord>,
    pub(crate) warnings: Vec<String>,
    pub(crate) verbose: Vec<String>,
    pub(crate) debug: Vec<String>,
    pub(crate) information: usize,
    pub(crate) progress: usize,
    pub(crate) host_calls: Vec<HostCall>,
    pub(crate) ended: Option<Ended>,
}

impl Outcome {
    pub(crate) fn completed(&self) -> bool {
        matches!(self.ended, Some(Ended::Completed))
    }
}

/// Reads a pipeline to its end, and answers its questions.
pub(crate) async fn read(
    mut pipeline: Pipeline,
    answer: impl Fn(&HostCall) -> Option<HostResponse>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let read = async {
        while let Some(event) = pipeline.next().await {
            match event {
                PipelineEvent::Output(value) => outcome.output.push(value),
                PipelineEvent::Error(record) => outcome.errors.push(*record),
                PipelineEvent::Warning(record) => outcome.warnings.push(record.message.to_string()),
                PipelineEvent::Verbose(record) => outcome.verbose.push(record.message.to_string()),
                PipelineEvent::Debug(record) => outcome.debug.push(record.message.to_string()),
                PipelineEvent::Information(_) => outcome.information += 1,
                PipelineEvent::Progress(_) => outcome.progress += 1,
                PipelineEvent::HostCall(call) => {
                    if let Some(response) = answer(&call) {
                        pipeline.answer(response);
                    }
                    outcome.host_calls.push(*call);
                }
                PipelineEvent::Ended(ended) => {
                    assert!(outcome.ended.is_none(), "it ended twice");
                    outcome.ended = Some(ended);
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the pipeline ends");
    outcome
}

/// Invokes a pipeline that asks nothing.
pub(crate) async fn run(session: &RemoteSession, spec: PipelineSpec) -> Outcome {
    // Progress and warnings may come as calls of the host as well, which want no answer.
    read(session.invoke(spec), |call| {
        assert!(call.method.is_void(), "an unexpected question: {call:?}");
        None
    })
    .await
}
