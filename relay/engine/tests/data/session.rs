//! A session with a bounded workspace, and what a script gives in it.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use postern_engine::{
    Engine, RunOptions,
    host::{Clixml, Colors, Environment, Host, Invocation, Progress, Remote, RemoteRun, Workspace},
    limits,
    value::{ErrorRecord, Value},
    workspace::{Bounds, MemoryWorkspace},
};
use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsValue};

/// What a script gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The objects' texts; `$null` as `<null>`.
    pub(crate) output: Vec<String>,
    /// Ids of errors.
    pub(crate) errors: Vec<String>,
    /// Their messages.
    pub(crate) messages: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Seen>>);

impl Host for Recorder {
    fn output(&mut self, value: &Value) -> Result<(), PsStr> {
        let text = if value.is_null() { "<null>".to_owned() } else { value.text().to_string() };
        self.0.borrow_mut().output.push(text);
        Ok(())
    }
    fn error(&mut self, record: &ErrorRecord) {
        let mut seen = self.0.borrow_mut();
        seen.errors.push(record.full_id().split(',').next().unwrap_or_default().to_owned());
        seen.messages.push(record.message().to_string());
    }
    fn warning(&mut self, text: &str) {
        self.0.borrow_mut().warnings.push(text.to_owned());
    }
    fn verbose(&mut self, _: &str) {}
    fn debug(&mut self, _: &str) {}
    fn write(&mut self, _: &str, _: Colors, _: bool) {}
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

fn now() -> PsDateTime {
    PsDateTime::from_fields((2026, 1, 5), (14, 3, 9), 0, DateTimeKind::Utc).expect("a date")
}

/// An empty workspace of the usual bounds.
pub(crate) fn workspace() -> MemoryWorkspace {
    MemoryWorkspace::new(Bounds::default(), now)
}

/// Runs a script on a workspace.
pub(crate) fn run_in(workspace: &MemoryWorkspace, script: &str) -> Seen {
    let (workspace, script) = (workspace.clone(), script.to_owned());
    let run = move || {
        let recorder = Recorder::default();
        let mut engine = Engine::new(
            Box::new(recorder.clone()),
            Box::new(NoRemote),
            Box::new(workspace),
            Environment::fixed(now()),
            Arc::new(AtomicBool::new(false)),
        );
        engine.set_clixml(Arc::new(Psrp));
        engine.run_with(&script, &RunOptions::default());
        let seen = recorder.0.borrow();
        seen.clone()
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    thread.join().expect("no panic")
}

/// Runs a script on an empty workspace.
pub(crate) fn run(script: &str) -> Seen {
    run_in(&workspace(), script)
}

/// What a script gives, which has no errors.
pub(crate) fn output(script: &str) -> Vec<String> {
    let seen = run(script);
    assert_eq!(seen.errors, Vec::<String>::new(), "{script}: {:?}", seen.messages);
    seen.output
}

/// The id of a script's only error.
pub(crate) fn error(script: &str) -> String {
    let seen = run(script);
    assert_eq!(seen.errors.len(), 1, "{script}: {seen:?}");
    seen.errors[0].clone()
}

/// A file's bytes.
pub(crate) fn bytes(workspace: &MemoryWorkspace, name: &str) -> Vec<u8> {
    workspace.clone().read(name).expect("a file").to_vec()
}
