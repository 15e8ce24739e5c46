//! The steps of a check as lines for a terminal.

use std::fmt::Write as _;

use postern_shared::wire::{CheckLayer, CheckState, CheckStep, Failure};

/// Columns of a step's title.
const TITLE: usize = 32;
/// Columns of a line of explanation.
const WIDTH: usize = 100;
/// What stands before a line under a step.
const INDENT: &str = "       ";

/// What is checked.
pub(super) fn heading(uri: &str, configuration: &str, user: Option<&str>) -> String {
    match user {
        Some(user) => format!("Checking {uri} ({configuration}) as {user}"),
        None => format!("Checking {uri} ({configuration}) without signing in"),
    }
}

/// The lines of a step that has ended; nothing for one that begins.
pub(super) fn lines(step: &CheckStep) -> String {
    let mut out = String::new();
    match &step.state {
        CheckState::Running => {}
        CheckState::Passed { millis, found, facts } => {
            head(&mut out, "ok", &step.title, &time(*millis), found);
            list(&mut out, facts);
        }
        CheckState::Stopped { millis, failure, facts } => {
            head(&mut out, "STOP", &step.title, &time(*millis), &failure.what);
            explain(&mut out, failure);
            list(&mut out, facts);
        }
        CheckState::Skipped { why } => head(&mut out, "-", &step.title, "", why),
    }
    out
}

/// The last line.
pub(super) fn verdict(well: bool, reached: Option<CheckLayer>) -> &'static str {
    match (well, reached) {
        (true, Some(CheckLayer::Command)) => {
            "All is well: a session was opened, a cmdlet ran, and the session was removed."
        }
        (true, _) => "All is well as far as it was checked. Give --user to check the sign-in too.",
        (false, _) => "The connection stops here.",
    }
}

fn head(out: &mut String, mark: &str, title: &str, time: &str, text: &str) {
    let line = format!("{mark:<4}   {title:<TITLE$} {time:>8}  {}", printable(text));
    out.push_str(line.trim_end());
}

fn explain(out: &mut String, failure: &Failure) {
    let said = match (failure.code.as_str(), failure.raw.as_str()) {
        ("", raw) => raw.to_owned(),
        (code, raw) if raw.starts_with(code) => raw.to_owned(),
        (code, raw) => format!("{code} {raw}"),
    };
    for (name, text) in
        [("Likely cause", &failure.cause), ("What to do", &failure.remedy), ("As reported", &said)]
    {
        if !text.is_empty() {
            paragraph(out, name, text);
        }
    }
    list(out, &failure.facts);
}

fn list(out: &mut String, facts: &[(String, String)]) {
    for (name, value) in facts {
        paragraph(out, name, value);
    }
}

/// A name and its text, broken into lines between words.
fn paragraph(out: &mut String, name: &str, text: &str) {
    const NAME: usize = 18;
    let _ = write!(out, "\n{INDENT}{name:<NAME$}");
    let room = WIDTH - INDENT.len() - NAME;
    let mut used = 0;
    for word in printable(text).split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            let _ = write!(out, "\n{INDENT}{:NAME$}", "");
            used = 0;
        }
        if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
}

fn time(millis: u64) -> String {
    match millis {
        0..10_000 => format!("{millis} ms"),
        _ => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

/// What servers say is shown in a terminal: no control characters of theirs.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(state: CheckState) -> CheckStep {
        CheckStep { step: 1, layer: CheckLayer::Tcp, title: "Connection (TCP)".into(), state }
    }

    #[test]
    fn each_state_has_its_lines() {
        assert_eq!(lines(&step(CheckState::Running)), "");
        let facts = vec![("Issuer".to_owned(), "CN=x\x1b[31m".to_owned())];
        let passed = lines(&step(CheckState::Passed { millis: 12, found: "it answers".into(), facts }));
        assert_eq!(
            passed,
            "ok     Connection (TCP)                    12 ms  it answers\n       Issuer            CN=x [31m"
        );
        let failure = Failure {
            what: "It failed.".into(),
            cause: "word ".repeat(40).trim().into(),
            raw: "refused".into(),
            code: "HTTP 401".into(),
            ..Failure::default()
        };
        let stopped = lines(&step(CheckState::Stopped { millis: 12_345, failure, facts: Vec::new() }));
        assert!(
            stopped.starts_with("STOP   Connection (TCP)                   12.3 s  It failed.\n"),
            "{stopped}"
        );
        assert!(stopped.lines().all(|line| line.len() <= WIDTH), "{stopped}");
        assert!(stopped.ends_with("As reported       HTTP 401 refused"), "{stopped}");
        let skipped = lines(&step(CheckState::Skipped { why: "Not reached.".into() }));
        assert_eq!(skipped, format!("-      {:<32} {:>8}  Not reached.", "Connection (TCP)", ""));
    }
}
