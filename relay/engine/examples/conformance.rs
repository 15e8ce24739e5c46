//! Runs cases of the format of `tests/conformance` and prints those that fail.
//!
//! `cargo run -p postern-engine --example conformance -- FILE.jsonl... [--only PART-OF-AN-ID]`

#[path = "../tests/support/mod.rs"]
mod support;

use std::{path::Path, process::ExitCode};

use postern_engine::limits;
use serde_json::Value as Json;

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
            let folder = Path::new(file).parent().unwrap_or(Path::new("."));
            match support::cases::run(&case, folder) {
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
