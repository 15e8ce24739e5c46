//! Runs cases of the format of `tests/conformance` and prints those that fail.
//!
//! `cargo run -p postern-engine --example conformance -- FILE.jsonl... [--only PART-OF-AN-ID]`

use std::{
    cell::RefCell,
    collections::BTreeMap,
    process::ExitCode,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use postern_engine::{
    Ended, Engine, RunOptions,
    host::{Colors, Environment, FileInfo, Host, Invocation, Progress, Remote, RemoteRun, Workspace},
    limits,
    value::{ErrorRecord, Value},
};
use postern_shared::value::{DateTimeKind, PsDateTime, PsStr};
use serde_json::Value as Json;

/// What a script gave.
#[derive(Default)]
struct Seen {
    output: Vec<(Option<String>, Option<String>)>,
    errors: Vec<String>,
    host: String,
    warnings: Vec<String>,
    verbose: Vec<String>,
}

#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Seen>>);

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
        self.0.borrow_mut().output.push(pair);
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

#[derive(Default)]
struct Files(BTreeMap<String, Arc<[u8]>>);

impl Workspace for Files {
    fn read(&mut self, name: &str) -> Result<Arc<[u8]>, PsStr> {
        self.0.get(name).cloned().ok_or_else(|| "There is no such file.".into())
    }
    fn write(&mut self, name: &str, content: Vec<u8>) -> Result<(), PsStr> {
        self.0.insert(name.to_owned(), content.into());
        Ok(())
    }
    fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }
    fn list(&mut self) -> Vec<FileInfo> {
        let written = PsDateTime { ticks: 0, kind: DateTimeKind::Utc };
        self.0
            .iter()
            .map(|(name, content)| FileInfo {
                name: name.as_str().into(),
                length: content.len() as u64,
                written,
            })
            .collect()
    }
}

fn now() -> PsDateTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    PsDateTime::from_unix_seconds(since.as_secs() as i64)
        .unwrap_or(PsDateTime { ticks: 0, kind: DateTimeKind::Utc })
}

fn run_case(case: &Json) -> Result<(), String> {
    let script = case["script"].as_str().unwrap_or_default();
    let expect = &case["expect"];
    let kind = expect["kind"].as_str().unwrap_or_default();
    let recorder = Recorder::default();
    let mut environment = Environment::fixed(now());
    environment.now = Box::new(now);
    let mut engine = Engine::new(
        Box::new(recorder.clone()),
        Box::new(NoRemote),
        Box::<Files>::default(),
        environment,
        Arc::new(AtomicBool::new(false)),
    );
    let ended = engine.run_with(script, &RunOptions::default());
    let seen = recorder.0.borrow();
    let shown = || format!("output {:?}, errors {:?}, ended {ended:?}", seen.output, seen.errors);
    let pairs = |json: &Json| -> Vec<(Option<String>, Option<String>)> {
        json.as_array()
            .map(|values| {
                values
                    .iter()
                    .map(|pair| {
                        let part = |at: usize| pair[at].as_str().map(str::to_owned);
                        let name = part(0);
                        let name = name.map(|name| {
                            name.strip_prefix("Management.Automation.").map(str::to_owned).unwrap_or(name)
                        });
                        (name, part(1))
                    })
                    .collect()
            })
            .unwrap_or_default()
    };
    match kind {
        "values" => {
            if seen.output != pairs(&expect["values"]) || !seen.errors.is_empty() {
                return Err(shown());
            }
        }
        "error" => {
            let wanted = expect["error"].as_str().unwrap_or_default();
            let found = seen.errors.first().map(|id| id.split(',').next().unwrap_or_default());
            let invalid = match &ended {
                Ended::Invalid(errors) => errors.first().map(|error| error.id),
                _ => None,
            };
            if found.or(invalid) != Some(wanted) {
                return Err(shown());
            }
            if let Json::Array(_) = &expect["values"]
                && seen.output != pairs(&expect["values"])
            {
                return Err(shown());
            }
        }
        "parse-error" => match &ended {
            Ended::Invalid(errors) => {
                let incomplete = errors.iter().all(|error| error.incomplete);
                let found: Vec<Json> = errors.iter().map(|error| error.id.into()).collect();
                if Json::Array(found) != expect["errors"] || incomplete != expect["incomplete"].as_bool().unwrap_or(false) {
                    return Err(shown());
                }
            }
            _ => return Err(shown()),
        },
        "text" => return Err("text: the formatter is not here yet".to_owned()),
        kind => return Err(format!("unknown kind {kind}")),
    }
    Ok(())
}

fn run(files: &[String], only: &str) -> bool {
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                println!("{file}: {error}");
                failed += 1;
                continue;
            }
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Json = match serde_json::from_str(line) {
                Ok(case) => case,
                Err(error) => {
                    println!("{file}: {error}");
                    failed += 1;
                    continue;
                }
            };
            let id = case["id"].as_str().unwrap_or_default().to_owned();
            if !id.contains(only) {
                continue;
            }
            match run_case(&case) {
                Ok(()) => passed += 1,
                Err(actual) => {
                    failed += 1;
                    println!("{id}: {}\n  expected {}\n  actual   {actual}", case["script"], case["expect"]);
                }
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    failed == 0
}

fn main() -> ExitCode {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let mut only = String::new();
    if let Some(at) = files.iter().position(|argument| argument == "--only") {
        files.remove(at);
        if at < files.len() {
            only = files.remove(at);
        }
    }
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(move || run(&files, &only));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
