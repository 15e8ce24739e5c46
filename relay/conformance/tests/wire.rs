//! docs/WIRE.md against the tests: each of its statements has tests that are named after it, and each name that it gives
//! is one.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Names of functions in the Rust files below a folder that begin with `wire_`.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(text.split("fn wire_").skip(1).map(|rest| {
                let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
                let end = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
                format!("wire_{}", &rest[..end])
            }));
        }
    }
}

/// The statements that a test is named after: `wire_12_and_13_a_session…`.
fn statements_of(name: &str) -> impl Iterator<Item = u32> {
    let words = name.split('_').skip(1);
    words.map_while(|word| if word == "and" { Some(None) } else { word.parse().ok().map(Some) }).flatten()
}

#[test]
fn each_statement_of_the_document_has_a_test() {
    let mut tests = BTreeSet::new();
    tests_below(&project().join("relay"), &mut tests);
    let document = fs::read_to_string(project().join("docs/WIRE.md")).unwrap();
    let numbers = |line: &str| line.split_once(". ").and_then(|(number, _)| number.parse::<u32>().ok());
    let statements: Vec<u32> = document.lines().filter_map(numbers).collect();
    assert_eq!(statements, (1..=40).collect::<Vec<_>>());
    let tested: BTreeSet<u32> = tests.iter().flat_map(|name| statements_of(name)).collect();
    let missing: Vec<u32> = statements.into_iter().filter(|number| !tested.contains(number)).collect();
    assert!(missing.is_empty(), "without a test: {missing:?}");

    // `wire_20_…` stands for all that begin so.
    let named = document.split('`').filter(|code| code.starts_with("wire_") && !code.contains('.'));
    let unknown: Vec<&str> = named
        .filter(|name| match name.strip_suffix('…') {
            Some(begin) => !tests.iter().any(|test| test.starts_with(begin)),
            None => !tests.contains(*name),
        })
        .collect();
    assert!(unknown.is_empty(), "no such test: {unknown:?}");
}
