//! Whole scripts: what they show, write, warn of and fail with, and which of the stand-in commands they called.

use std::{fs, path::Path};

use postern_engine::{Ended, Engine, RunOptions, host::Workspace, workspace::MemoryWorkspace};
use serde_json::Value as Json;

use crate::{
    Checked, Mismatch,
    language::{segment, text},
    recorder::{self, Recorder},
};

/// Whether a case is a whole script: its `script` is the name of a file.
pub(crate) fn is_one(case: &Json) -> bool {
    case["script"].as_str().is_some_and(|script| script.ends_with(".ps1") && !script.contains('\n'))
}

/// Checks one case. Its files are named relative to `folder`.
pub(crate) fn check(case: &Json, folder: &Path) -> Checked {
    run(case, folder).map_err(|why| vec![Mismatch::new("the case", "files that can be read", why)])?
}

fn run(case: &Json, folder: &Path) -> Result<Checked, String> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let script = text(&case["script"]);
    let source = read(&script)?;
    let (mut engine, recorder, mut files) = recorder::engine();
    let data = folder.join(text(&case["data"]));
    if case["data"].is_string() {
        copy(&data, "data", &mut files)?;
    }
    let before = contents(&mut files);
    if let Some(prelude) = case["prelude"].as_str() {
        let ended = engine.run(&read(prelude)?);
        if !matches!(ended, Ended::Completed(_)) {
            return Err(format!("the prelude {prelude} ended with {ended:?}"));
        }
    }
    let options = RunOptions { name: script.as_str().into(), own_scope: true };
    let ended = engine.run_with(&source, &options);
    let seen = std::mem::take(&mut *recorder.0.borrow_mut());

    let expect = &case["expect"];
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: String, actual: String| {
        if expected != actual {
            wrong.push(Mismatch::new(what, expected, actual));
        }
    };
    let shown = engine.show(&seen.output, 120).unwrap_or_else(|error| error.to_string());
    compare("text", tidy(&text(&expect["text"])), tidy(&shown));
    if expect["host"].is_array() {
        let lines: Vec<String> = seen.host.lines().map(str::to_owned).collect();
        compare("host", lines_of(&expect["host"]), format!("{lines:#?}"));
    }
    if expect["warnings"].is_array() {
        compare("warnings", lines_of(&expect["warnings"]), format!("{:#?}", seen.warnings));
    }
    if expect["verbose"].is_array() {
        compare("verbose", lines_of(&expect["verbose"]), format!("{:#?}", seen.verbose));
    }
    if let Some(errors) = expect["errors"].as_array() {
        let expected: Vec<&str> = errors.iter().filter_map(Json::as_str).map(segment).collect();
        let actual: Vec<&str> = match &ended {
            Ended::Invalid(errors) => errors.iter().map(|error| error.id).collect(),
            _ => seen.errors.iter().map(|id| segment(id)).collect(),
        };
        compare("errors", format!("{expected:#?}"), format!("{actual:#?}"));
    }
    if let Some(terminated) = expect["terminated"].as_bool() {
        let actual = matches!(ended, Ended::Failed(_) | Ended::Invalid(_));
        compare("terminated", terminated.to_string(), actual.to_string());
    }
    let noted = noted(&mut engine, &recorder);
    for (what, word) in [("calls", "CALL "), ("reads", "READ ")] {
        if expect[what].is_array() {
            let lines: Vec<&String> = noted.iter().filter(|line| line.starts_with(word)).collect();
            compare(what, lines_of(&expect[what]), format!("{lines:#?}"));
        }
    }
    if let Some(expected) = expect["files"].as_object() {
        let mut written = contents(&mut files);
        written.retain(|file| !before.contains(file));
        let names: Vec<&str> = written.iter().map(|(name, _)| name.as_str()).collect();
        let mut wanted: Vec<&str> = expected.keys().map(String::as_str).collect();
        wanted.sort_unstable();
        compare("names of files", format!("{wanted:?}"), format!("{names:?}"));
        for (name, content) in &written {
            let alternatives = case["files_alt"].as_array().into_iter().flatten();
            let mut right =
                expected.get(name).into_iter().chain(alternatives.filter_map(|other| other.get(name)));
            if !right.any(|right| is(content, right)) && expected.contains_key(name) {
                compare(name, describe(&expected[name]), content.clone());
            }
        }
    }
    Ok(if wrong.is_empty() { Ok(()) } else { Err(wrong) })
}

/// Whether a file's content is what a case has: the text, or of a long one the number of lines, the first and the last.
fn is(content: &str, right: &Json) -> bool {
    let Some(parts) = right.as_object() else { return right.as_str() == Some(content) };
    let lines: Vec<&str> = content.split_inclusive('\n').collect();
    let part = |name: &str| parts.get(name).and_then(Json::as_str).unwrap_or_default().trim_end();
    let first = lines.iter().take(5).copied().collect::<String>();
    let last = lines.iter().skip(lines.len().saturating_sub(5)).copied().collect::<String>();
    parts.get("lines").and_then(Json::as_u64) == Some(lines.len() as u64)
        && part("head") == first.trim_end()
        && part("tail") == last.trim_end()
}

fn describe(right: &Json) -> String {
    right.as_str().map_or_else(|| right.to_string(), str::to_owned)
}

/// What the stand-in commands noted in `$MockCalls`.
fn noted(engine: &mut Engine, recorder: &Recorder) -> Vec<String> {
    engine.run("$MockCalls");
    recorder.0.borrow().output.iter().map(|value| value.text().to_string()).collect()
}

fn lines_of(json: &Json) -> String {
    let lines: Vec<&str> = json.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    format!("{lines:#?}")
}

/// Names and texts of all files, by name.
fn contents(files: &mut MemoryWorkspace) -> Vec<(String, String)> {
    let names = files.list().into_iter().map(|file| file.name.to_string()).collect::<Vec<_>>();
    let mut contents: Vec<(String, String)> = names
        .into_iter()
        .filter_map(|name| {
            let content = files.read(&name).ok()?;
            let text = String::from_utf8_lossy(&content).into_owned();
            Some((name, text))
        })
        .collect();
    contents.sort_unstable();
    contents
}

fn copy(from: &Path, to: &str, files: &mut MemoryWorkspace) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = format!("{to}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy(&entry.path(), &name, files)?;
        } else {
            let content = fs::read(entry.path()).map_err(failed)?;
            files.write(&name, content).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Without blanks at the ends of lines, and with one empty line at most between others.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|next, before| next.is_empty() && before.is_empty());
    lines.join("\n").trim_matches('\n').to_owned()
}
