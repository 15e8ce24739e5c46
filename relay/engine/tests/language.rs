//! The cases of `tests/conformance`, as a real engine answered them.

mod support;

use std::path::Path;

use postern_engine::limits;
use serde_json::Value as Json;

/// Runs all cases of a file but those whose ids are left out; gives how many passed.
fn run(file: &'static str, without: &'static [&'static str]) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let text = std::fs::read_to_string(folder.join(file)).expect("the cases are in the repository");
    let run = move || {
        let (mut passed, mut failed) = (0, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Json = serde_json::from_str(line).expect("a case is an object");
            if without.contains(&case["id"].as_str().unwrap_or("")) {
                continue;
            }
            match support::cases::run(&case, &folder) {
                Ok(()) => passed += 1,
                Err(actual) => failed.push(format!("{}: {}\n  {actual}", case["id"], case["script"])),
            }
        }
        (passed, failed)
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    let (passed, failed) = thread.join().expect("no panic");
    assert!(failed.is_empty(), "{passed} passed, {} failed\n{}", failed.len(), failed.join("\n"));
    passed
}

#[test]
fn the_language_does_what_powershell_does() {
    assert_eq!(run("language.jsonl", &[]), 494);
}

/// Export- and Import-Clixml need whoever knows how objects are written; the relay runs those scripts.
#[test]
fn whole_scripts_do_what_they_do_in_powershell() {
    assert_eq!(run("scripts.jsonl", &["48-clixml-backup"]), 35);
    assert_eq!(run("own.jsonl", &["o38-clixml-copy"]), 21);
}
