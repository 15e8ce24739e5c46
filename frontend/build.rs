//! Makes a function of every message: `frontend/messages/en.toml` says which there are, and every other language has
//! the same ones with the same placeholders.

#[path = "src/text/file.rs"]
mod file;

use std::{env, fmt::Write as _, fs, path::PathBuf};

/// The languages, the one that is complete by definition first.
const LANGUAGES: [&str; 2] = ["en", "de"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/text/file.rs");
    println!("cargo::rerun-if-changed=messages");
    let languages = LANGUAGES.map(|name| {
        let path = format!("messages/{name}.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let messages = file::messages(&text).unwrap_or_else(|error| panic!("{path}, {error}"));
        (path, messages)
    });
    let [(first, english), others @ ..] = &languages;
    for (path, messages) in others {
        for (key, _) in messages {
            assert!(english.iter().any(|(known, _)| known == key), "{path}: {first} has no {key}");
        }
    }
    let mut code = String::new();
    for (at, (key, text)) in english.iter().enumerate() {
        let names = file::placeholders(text);
        if names.is_empty() {
            let _ = writeln!(code, "pub(crate) fn {key}() -> &'static str {{\n    say({at})\n}}");
        } else {
            let parameters: Vec<_> = names.iter().map(|name| format!("{name}: impl Display")).collect();
            let values: Vec<_> = names.iter().map(|name| format!("(\"{name}\", &{name})")).collect();
            let _ = writeln!(
                code,
                "pub(crate) fn {key}({}) -> String {{\n    fill({at}, &[{}])\n}}",
                parameters.join(", "),
                values.join(", ")
            );
        }
    }
    let _ = writeln!(code, "static TEXTS: [[&str; {}]; {}] = [", english.len(), LANGUAGES.len());
    for (path, messages) in &languages {
        code.push_str("    [\n");
        for (key, english) in english {
            let text = messages.iter().find(|(known, _)| known == key).map(|(_, text)| text);
            let text = text.unwrap_or_else(|| panic!("{path} has no {key}"));
            assert_eq!(sorted(text), sorted(english), "{path}: placeholders of {key}");
            let _ = writeln!(code, "        {text:?},");
        }
        code.push_str("    ],\n");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("messages.rs"), code).expect("OUT_DIR is writable");
}

fn sorted(text: &str) -> Vec<String> {
    let mut names = file::placeholders(text);
    names.sort();
    names
}
