//! Runs cases of the format of `tests/conformance` and prints those that fail.
//!
//! `cargo run -p postern-engine --example conformance -- FILE.jsonl... [--only PART-OF-AN-ID]`

mod recorder;

use std::process::ExitCode;

use postern_engine::{Ended, RunOptions, limits};
use serde_json::Value as Json;

fn run_case(case: &Json) -> Result<(), String> {
    let script = case["script"].as_str().unwrap_or_default();
    let expect = &case["expect"];
    let kind = expect["kind"].as_str().unwrap_or_default();
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
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
            let found = seen.errors.first().map(|(id, _)| id.split(',').next().unwrap_or_default());
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
                if Json::Array(found) != expect["errors"]
                    || incomplete != expect["incomplete"].as_bool().unwrap_or(false)
                {
                    return Err(shown());
                }
            }
            _ => return Err(shown()),
        },
        "text" => {
            let width = expect["width"].as_u64().map_or(120, |width| width as usize);
            let text = engine.show(&seen.values, width).map_err(|error| error.to_string())?;
            let tidy = |text: &str| {
                text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
            };
            if tidy(&text) != tidy(expect["text"].as_str().unwrap_or_default()) {
                return Err(format!("{}\n{text}", shown()));
            }
        }
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
