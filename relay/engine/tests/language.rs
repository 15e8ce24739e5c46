//! The cases of `tests/conformance/language.jsonl`, as a real engine answered them.

mod support;

use std::path::Path;

use postern_engine::limits;
use serde_json::Value as Json;

#[test]
fn the_language_does_what_powershell_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let text =
        std::fs::read_to_string(folder.join("language.jsonl")).expect("the cases are in the repository");
    let run = move || {
        let (mut passed, mut failed) = (0, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Json = serde_json::from_str(line).expect("a case is an object");
            let script = case["script"].as_str().unwrap_or("");
            match support::cases::run(&case, &folder) {
                Ok(()) => passed += 1,
                Err(actual) => {
                    failed.push(format!("{}: {script}\n  {}\n  {actual}", case["id"], case["expect"]))
                }
            }
        }
        (passed, failed)
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    let (passed, failed) = thread.join().expect("no panic");
    assert!(failed.is_empty(), "{passed} passed, {} failed\n{}", failed.len(), failed.join("\n"));
    assert!(passed > 400, "only {passed} cases were run");
}
