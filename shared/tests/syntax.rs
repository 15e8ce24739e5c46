//! The parser against PowerShell's own, and against everything that a user types on the way to a script.

use std::{fs, path::Path, thread};

use postern_shared::syntax::{Parse, complete, parse};
use serde_json::Value;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../relay/engine/tests").join(name)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("cases");
    text.lines().map(|line| serde_json::from_str(line).expect("a case a line")).collect()
}

/// Every script of the conformance cases.
fn scripts() -> Vec<String> {
    let mut scripts: Vec<String> = lines(&folder("conformance/language.jsonl"))
        .iter()
        .map(|case| case["script"].as_str().expect("script").to_owned())
        .collect();
    for name in ["conformance", "conformance/own", "scripts"] {
        for entry in fs::read_dir(folder(name)).expect("folder") {
            let path = entry.expect("entry").path();
            if path.extension().is_some_and(|extension| extension == "ps1") {
                scripts.push(
                    fs::read_to_string(&path).expect("script").trim_start_matches('\u{FEFF}').to_owned(),
                );
            }
        }
    }
    scripts
}

fn assert_tiles(text: &str, parse: &Parse) {
    let mut end = 0;
    for token in &parse.tokens {
        assert_eq!(token.span.start, end, "gap in {text:?}");
        assert!(token.span.end > token.span.start, "empty token in {text:?}");
        assert!(text.is_char_boundary(token.span.end as usize), "half a character in {text:?}");
        end = token.span.end;
    }
    assert_eq!(end as usize, text.len(), "rest lost of {text:?}");
    for error in &parse.errors {
        assert!(text.get(error.span.range()).is_some(), "{error:?} of {text:?}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn every_prefix_of_every_script_is_read_whole() {
    let scripts = scripts();
    assert!(scripts.len() > 540, "the cases are missing");
    for script in &scripts {
        // Of a long script, some hundred prefixes at odd places.
        let step = script.len() / 100;
        let mut next = 0;
        for (at, _) in script.char_indices() {
            if at < next {
                continue;
            }
            next = at + step.max(1);
            let prefix = &script[..at];
            assert_tiles(prefix, &parse(prefix));
            if at % 4 == 0 {
                let _ = complete::context(prefix, prefix.len());
            }
        }
        assert_tiles(script, &parse(script));
    }
}

#[test]
fn errors_of_the_conformance_cases_are_powershells() {
    let mut count = 0;
    for case in lines(&folder("conformance/language.jsonl")) {
        let script = case["script"].as_str().expect("script");
        let parse = parse(script);
        let ids: Vec<&str> = parse.errors.iter().map(|error| error.id).collect();
        if case["expect"]["kind"] == "parse-error" {
            let expected: Vec<&str> =
                case["expect"]["errors"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
            assert_eq!(ids, expected, "{script}");
            assert_eq!(Some(parse.is_incomplete()), case["expect"]["incomplete"].as_bool(), "{script}");
            count += 1;
        } else if case["expect"]["kind"] == "error" && !ids.is_empty() {
            assert_eq!(Some(ids[0]), case["expect"]["error"].as_str(), "{script}");
        } else {
            assert_eq!(ids, [""; 0], "{script}: {:?}", parse.errors);
        }
    }
    assert_eq!(count, 9);
}

/// `syntax_errors.jsonl` was recorded with the parser of PowerShell 7.6.9: lines that are right, wrong and unfinished,
/// half of them damaged by chance, with id, start, end (UTF-16 units) and `IncompleteInput` of each error. Texts with
/// constructs that this console refuses are not in it, nor are the few where positions differ.
#[test]
fn errors_of_damaged_lines_are_powershells() {
    let cases = lines(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax_errors.jsonl"));
    assert!(cases.len() > 1500);
    for case in cases {
        let text = case["text"].as_str().expect("text");
        let units = |at: u32| text[..at as usize].encode_utf16().count() as u64;
        let found: Vec<Value> = parse(text)
            .errors
            .iter()
            .map(|error| {
                serde_json::json!([
                    error.id,
                    units(error.span.start),
                    units(error.span.end),
                    error.incomplete
                ])
            })
            .collect();
        assert_eq!(Value::Array(found), case["errors"], "{text}");
    }
}

/// A number for the next choice; xorshift, so that a failure can be repeated.
fn next(state: &mut u64, below: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % below.max(1) as u64).expect("index")
}

/// Scripts cut up and put together again at random. `POSTERN_FUZZ_ROUNDS` says how many; the default takes seconds.
#[test]
fn damaged_scripts_are_read_whole() {
    const SIGNS: [&str; 34] = [
        "{", "}", "(", ")", "[", "]", "\"", "'", "`", "$", "@", "@\"\n", "\n\"@", "@'\n", "$(", "@{", ";",
        "|", "&&", ",", "::", "=", "-", "..", "\n", "<#", "#>", "2>&1", "?.", "\u{201C}", "\u{2013}", "é",
        "\0", "--%",
    ];
    let rounds = std::env::var("POSTERN_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(4_000);
    let scripts: Vec<Vec<char>> = scripts().iter().map(|script| script.chars().take(800).collect()).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..rounds {
        let script = &scripts[next(&mut state, scripts.len())];
        let from = next(&mut state, script.len());
        let to = from + next(&mut state, script.len() - from);
        let mut text: String = script[from..to].iter().collect();
        for _ in 0..next(&mut state, 4) {
            let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let Some(at) = boundaries.get(next(&mut state, boundaries.len())) else { break };
            text.insert_str(*at, SIGNS[next(&mut state, SIGNS.len())]);
        }
        assert_tiles(&text, &parse(&text));
        let middle =
            text.char_indices().map(|(at, _)| at).nth(next(&mut state, text.chars().count())).unwrap_or(0);
        let _ = complete::context(&text, middle);
    }
}

#[test]
fn nesting_fits_a_small_stack() {
    const PARTS: [&str; 30] = [
        "(",
        "{",
        "$(",
        "@(",
        "@{a=",
        "-",
        "[int]",
        "\"$(",
        "!",
        "1+(",
        "$a[",
        "a.b(",
        "if(1){",
        "$a=",
        "return (",
        "1?",
        "switch(1){1{",
        "try{",
        "function f{",
        "[x(",
        "[a[",
        "&{",
        "$a.b{",
        "param($a=",
        ",",
        "foreach($a in ",
        "for(",
        "$a.(",
        "a -b:(",
        "1?2:",
    ];
    // A debug build's frames are several times those of the page, which has 1 MB.
    let stack = if cfg!(debug_assertions) { 6 << 20 } else { 1 << 20 };
    let parsing = move || {
        for part in PARTS {
            let text = part.repeat(5_000);
            assert_tiles(&text, &parse(&text));
            let _ = complete::context(&text, text.len());
        }
        for text in [format!("1{}", "+1".repeat(100_000)), format!("$a{}", ".b".repeat(50_000))] {
            assert_tiles(&text, &parse(&text));
        }
    };
    thread::Builder::new().stack_size(stack).spawn(parsing).expect("thread").join().expect("no overflow");
}
