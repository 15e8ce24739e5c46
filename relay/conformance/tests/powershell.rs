//! The recorded cases of the language, and of whole scripts, all of them.

use std::{fs, path::Path};

use postern_conformance::Counts;

#[track_caller]
fn all_pass(name: &str, cases: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/conformance").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut counts = Counts::default();
    let mut failed = Vec::new();
    counts.add(&text, path.parent().expect("a folder"), |id, mismatches| {
        failed.extend(mismatches.iter().map(|mismatch| format!("{id}: {mismatch}")));
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(counts.passed, cases);
}

#[test]
fn the_language() {
    all_pass("language.jsonl", 494);
}

/// Recorded from PowerShell 7.6's own engine, in the invariant culture.
#[test]
fn more_of_the_language() {
    all_pass("more.jsonl", 773);
}

#[test]
fn scripts_that_administrators_write() {
    all_pass("scripts.jsonl", 36);
}

#[test]
fn shorter_scripts() {
    all_pass("own.jsonl", 22);
}
