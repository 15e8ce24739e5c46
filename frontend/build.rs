//! Makes a function of every message: `frontend/messages/en.toml` says which there are, and every other language has
//! the same ones in the same order with the same placeholders. English is in the page, others are fetched.

#[path = "src/text/file.rs"]
mod file;
#[path = "src/text/placeholders.rs"]
mod placeholders;

use std::{env, fmt::Write as _, fs, path::PathBuf};

/// The languages, the one that is complete by definition first.
const LANGUAGES: [&str; 2] = ["en", "de"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/text/file.rs");
    println!("cargo::rerun-if-changed=src/text/placeholders.rs");
    println!("cargo::rerun-if-changed=messages");
    let languages = LANGUAGES.map(|name| {
        let path = format!("messages/{name}.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let messages = file::messages(&text).unwrap_or_else(|error| panic!("{path}, {error}"));
        (path, messages)
    });
    let [(first, english), others @ ..] = &languages;
    for (path, messages) in others {
        // The page takes them by their places.
        for ((key, english), (other, text)) in english.iter().zip(messages) {
            assert_eq!(key, other, "{path}: the messages of {first}, in its order");
            assert_eq!(sorted(text), sorted(english), "{path}: placeholders of {key}");
        }
        assert_eq!(english.len(), messages.len(), "{path}: has the messages of {first}");
    }
    let mut code = String::new();
    for (at, (key, text)) in english.iter().enumerate() {
        let names = placeholders::placeholders(text);
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
    let _ = writeln!(code, "static TEXTS: [&str; {}] = [", english.len());
    for (_, text) in english {
        let _ = writeln!(code, "    {text:?},");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("messages.rs"), code).expect("OUT_DIR is writable");
}

fn sorted(text: &str) -> Vec<String> {
    let mut names = placeholders::placeholders(text);
    names.sort();
    names
}
