//! An engine whose remote side has nothing, and what comes out of it, written down.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::{SystemTime, UNIX_EPOCH},
};

use postern_engine::{
    Engine,
    host::{Clixml, Colors, Environment, Host, Invocation, Progress, Remote, RemoteRun},
    value::{ErrorRecord, Value},
    workspace::{Bounds, MemoryWorkspace},
};
use postern_psrp::clixml;
use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsValue};

/// What a script gave.
#[derive(Default)]
pub(crate) struct Seen {
    /// The objects of the output.
    pub(crate) output: Vec<Value>,
    /// `FullyQualifiedErrorId` of each error, the one that ended the script last.
    pub(crate) errors: Vec<String>,
    /// What was written to the host, with its line ends.
    pub(crate) host: String,
    /// Warnings.
    pub(crate) warnings: Vec<String>,
    /// Verbose lines.
    pub(crate) verbose: Vec<String>,
}

/// Writes down what an engine gives.
#[derive(Clone, Default)]
pub(crate) struct Recorder(pub(crate) Rc<RefCell<Seen>>);

impl Host for Recorder {
    fn output(&mut self, value: &Value) -> Result<(), PsStr> {
        self.0.borrow_mut().output.push(value.clone());
        Ok(())
    }

    fn error(&mut self, record: &ErrorRecord) {
        self.0.borrow_mut().errors.push(record.full_id().to_string());
    }

    fn warning(&mut self, text: &str) {
        self.0.borrow_mut().warnings.push(text.to_owned());
    }

    fn verbose(&mut self, text: &str) {
        self.0.borrow_mut().verbose.push(text.to_owned());
    }

    fn debug(&mut self, _: &str) {}

    fn write(&mut self, text: &str, _: Colors, end_line: bool) {
        let mut seen = self.0.borrow_mut();
        seen.host.push_str(text);
        if end_line {
            seen.host.push('\n');
        }
    }

    fn information(&mut self, _: &str) {}

    fn progress(&mut self, _: &Progress) {}

    fn read_line(&mut self, _: &str, _: bool) -> Option<PsStr> {
        None
    }

    fn choose(&mut self, _: &str, _: &str, _: &[(PsStr, PsStr)], _: usize) -> Option<usize> {
        None
    }

    fn credential(&mut self, _: &str, _: &str, _: &str) -> Option<(PsStr, PsStr)> {
        None
    }
}

struct NoRemote;

impl Remote for NoRemote {
    fn has(&self, _: &str) -> bool {
        false
    }

    fn invoke(&mut self, invocation: Invocation) -> Box<dyn RemoteRun> {
        unreachable!("no remote command is known: {invocation:?}")
    }
}

/// Documents of Export-Clixml by the protocol's own codec.
struct Codec;

impl Clixml for Codec {
    fn encode(&self, values: &[PsValue]) -> Vec<u8> {
        let mut document = Vec::new();
        clixml::encode_document(values, &mut document);
        document
    }

    fn decode(&self, document: &[u8]) -> Result<Vec<PsValue>, PsStr> {
        let decoded = clixml::Decoder::default().deserialized(true).decode_all(document);
        decoded.map_err(|error| error.to_string().into())
    }
}

/// The time, UTC.
fn now() -> PsDateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    PsDateTime::from_unix_seconds(since.as_secs() as i64)
        .unwrap_or(PsDateTime { ticks: 0, kind: DateTimeKind::Utc })
}

/// An engine in UTC and en-US, what it gives, and its files.
pub(crate) fn engine() -> (Engine, Recorder, MemoryWorkspace) {
    let (recorder, files) = (Recorder::default(), MemoryWorkspace::new(Bounds::default(), now));
    let mut environment = Environment::fixed(now());
    environment.now = Box::new(now);
    let cancel = Arc::new(AtomicBool::new(false));
    let mut engine = Engine::new(
        Box::new(recorder.clone()),
        Box::new(NoRemote),
        Box::new(files.clone()),
        environment,
        cancel,
    );
    engine.set_clixml(Arc::new(Codec));
    (engine, recorder, files)
}
