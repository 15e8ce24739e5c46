//! An engine whose doors lead nowhere, and what comes out of it, written down.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use postern_engine::{
    Engine,
    host::{Clixml, Colors, Environment, FileInfo, Host, Invocation, Progress, Remote, RemoteRun, Workspace},
    value::{ErrorRecord, Value},
};
use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsValue};

/// What a script gave.
#[derive(Default)]
#[allow(dead_code, reason = "each program reads its own part")]
pub(crate) struct Seen {
    pub(crate) output: Vec<(Option<String>, Option<String>)>,
    /// The objects themselves.
    pub(crate) values: Vec<Value>,
    /// Ids and messages.
    pub(crate) errors: Vec<(String, String)>,
    pub(crate) host: String,
    pub(crate) warnings: Vec<String>,
    pub(crate) verbose: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Recorder(pub(crate) Rc<RefCell<Seen>>);

impl Host for Recorder {
    fn output(&mut self, value: &Value) -> Result<(), PsStr> {
        let pair = if value.is_null() {
            (Some("null".to_owned()), None)
        } else {
            let name = value.type_name();
            let name = name.strip_prefix("System.").unwrap_or(&name);
            let name = name.strip_prefix("Management.Automation.").unwrap_or(name);
            (Some(name.to_owned()), Some(value.text().to_string()))
        };
        let mut seen = self.0.borrow_mut();
        seen.output.push(pair);
        seen.values.push(value.clone());
        Ok(())
    }
    fn error(&mut self, record: &ErrorRecord) {
        self.0.borrow_mut().errors.push((record.full_id().to_string(), record.message().to_string()));
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

#[allow(dead_code, reason = "some bring a remote side of their own")]
struct NoRemote;

impl Remote for NoRemote {
    fn has(&self, _: &str) -> bool {
        false
    }
    fn invoke(&mut self, invocation: Invocation) -> Box<dyn RemoteRun> {
        unreachable!("no remote command is known: {invocation:?}")
    }
}

/// A workspace in memory.
#[derive(Clone, Default)]
pub(crate) struct Files(pub(crate) Rc<RefCell<BTreeMap<String, Arc<[u8]>>>>);

impl Workspace for Files {
    fn read(&mut self, name: &str) -> Result<Arc<[u8]>, PsStr> {
        self.0.borrow().get(name).cloned().ok_or_else(|| "There is no such file.".into())
    }
    fn write(&mut self, name: &str, content: Vec<u8>) -> Result<(), PsStr> {
        self.0.borrow_mut().insert(name.to_owned(), content.into());
        Ok(())
    }
    fn remove(&mut self, name: &str) -> bool {
        self.0.borrow_mut().remove(name).is_some()
    }
    fn list(&mut self) -> Vec<FileInfo> {
        let written = PsDateTime { ticks: 0, kind: DateTimeKind::Utc };
        self.0
            .borrow()
            .iter()
            .map(|(name, content)| FileInfo {
                name: name.as_str().into(),
                length: content.len() as u64,
                written,
            })
            .collect()
    }
}

/// CLIXML as the relay offers it.
struct Psrp;

impl Clixml for Psrp {
    fn encode(&self, values: &[PsValue]) -> Vec<u8> {
        let mut out = Vec::new();
        postern_psrp::clixml::encode_document(values, &mut out);
        out
    }
    fn decode(&self, document: &[u8]) -> Result<Vec<PsValue>, PsStr> {
        postern_psrp::clixml::Decoder::new(postern_psrp::clixml::Limits::default())
            .deserialized(true)
            .decode_all(document)
            .map_err(|error| error.to_string().into())
    }
}

#[allow(dead_code, reason = "some bring a clock of their own")]
fn now() -> PsDateTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    PsDateTime::from_unix_seconds(since.as_secs() as i64)
        .unwrap_or(PsDateTime { ticks: 0, kind: DateTimeKind::Utc })
}

/// An engine, what it gives, and its files.
#[allow(dead_code, reason = "some make their own")]
pub(crate) fn engine(files: Files) -> (Engine, Recorder, Files) {
    let recorder = Recorder::default();
    let mut environment = Environment::fixed(now());
    environment.now = Box::new(now);
    let mut engine = Engine::new(
        Box::new(recorder.clone()),
        Box::new(NoRemote),
        Box::new(files.clone()),
        environment,
        Arc::new(AtomicBool::new(false)),
    );
    engine.set_clixml(Arc::new(Psrp));
    (engine, recorder, files)
}
