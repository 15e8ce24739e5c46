//! Runs one case of the files in `tests/conformance`.

use std::path::Path;

use postern_engine::{Ended, RunOptions};
use serde_json::Value as Json;

use super::recorder::{self, Files};

/// Runs a case; an error says what it gave.
pub(crate) fn run(case: &Json, folder: &Path) -> Result<(), String> {
    // Both formats have a `script`: a text, or a file's name beside the case file.
    if case["expect"]["kind"].is_string() { run_case(case) } else { run_script(case, folder) }
}

fn run_case(case: &Json) -> Result<(), String> {
    let script = case["script"].as_str().unwrap_or_default();
    let expect = &case["expect"];
    let kind = expect["kind"].as_str().unwrap_or_default();
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    let ended = engine.run_with(script, &RunOptions::default());
    let seen = recorder.0.borrow();
    let shown = || format!("output {:?}, errors {:?}, ended {ended:?}", seen.output, seen.errors);
    let pairs = |json: &Json| -> Vec<(Option<String>, Option<String>)> {
        json.as_array()
            .map(|values| {
                values
                    .iter()
                    .map(|pair| {
                        let part = |at: usize| pair[at].as_str().map(str::to_owned);
                        let name = part(0);
                        let name = name.map(|name| {
                            name.strip_prefix("Management.Automation.").map(str::to_owned).unwrap_or(name)
                        });
                        (name, part(1))
                    })
                    .collect()
            })
            .unwrap_or_default()
    };
    match kind {
        "values" => {
            if seen.output != pairs(&expect["values"]) || !seen.errors.is_empty() {
                return Err(shown());
            }
        }
        "error" => {
            let wanted = expect["error"].as_str().unwrap_or_default();
            let found = seen.errors.first().map(|(id, _)| id.split(',').next().unwrap_or_default());
            let invalid = match &ended {
                Ended::Invalid(errors) => errors.first().map(|error| error.id),
                _ => None,
            };
            if found.or(invalid) != Some(wanted) {
                return Err(shown());
            }
            if let Json::Array(_) = &expect["values"]
                && seen.output != pairs(&expect["values"])
            {
                return Err(shown());
            }
        }
        "parse-error" => match &ended {
            Ended::Invalid(errors) => {
                let incomplete = errors.iter().all(|error| error.incomplete);
                let found: Vec<Json> = errors.iter().map(|error| error.id.into()).collect();
                if Json::Array(found) != expect["errors"]
                    || incomplete != expect["incomplete"].as_bool().unwrap_or(false)
                {
                    return Err(shown());
                }
            }
            _ => return Err(shown()),
        },
        "text" => {
            let width = expect["width"].as_u64().map_or(120, |width| width as usize);
            let text = engine.show(&seen.values, width).map_err(|error| error.to_string())?;
            let tidy = |text: &str| {
                text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
            };
            if tidy(&text) != tidy(expect["text"].as_str().unwrap_or_default()) {
                return Err(format!("{}\n{text}", shown()));
            }
        }
        kind => return Err(format!("unknown kind {kind}")),
    }
    Ok(())
}

fn texts(json: &Json) -> Vec<String> {
    json.as_array()
        .map(|items| {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
        })
        .unwrap_or_default()
}

fn run_script(case: &Json, folder: &Path) -> Result<(), String> {
    let read =
        |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
    let files = Files::default();
    if let Some(data) = case["data"].as_str() {
        for entry in std::fs::read_dir(folder.join(data)).map_err(|error| error.to_string())?.flatten() {
            let content = std::fs::read(entry.path()).map_err(|error| error.to_string())?;
            files.0.borrow_mut().insert(format!("data/{}", entry.file_name().to_string_lossy()), content.into());
        }
    }
    let given: Vec<String> = files.0.borrow().keys().cloned().collect();
    let (mut engine, recorder, files) = recorder::engine(files);
    if let Some(prelude) = case["prelude"].as_str() {
        engine.run(&read(prelude)?);
        *recorder.0.borrow_mut() = recorder::Seen::default();
    }
    let name = case["script"].as_str().unwrap_or_default();
    let ended = engine.run_with(&read(name)?, &RunOptions { name: name.into(), own_scope: false });
    let expect = &case["expect"];
    let seen = std::mem::take(&mut *recorder.0.borrow_mut());
    let mut wrong = Vec::new();
    let mut compare = |what: &str, actual: Vec<String>, wanted: Vec<String>| {
        if actual != wanted {
            wrong.push(format!("{what}: {actual:?} instead of {wanted:?}"));
        }
    };
    let lines: Vec<String> = seen.host.lines().map(str::to_owned).collect();
    compare("host", lines, texts(&expect["host"]));
    compare("warnings", seen.warnings, texts(&expect["warnings"]));
    compare("verbose", seen.verbose, texts(&expect["verbose"]));
    let first = |id: &String| id.split(',').next().unwrap_or_default().to_owned();
    let wanted = texts(&expect["errors"]).iter().map(first).collect();
    compare("errors", seen.errors.iter().map(|(id, _)| first(id)).collect(), wanted);
    let terminated = matches!(ended, Ended::Failed(_) | Ended::Invalid(_));
    compare(
        "terminated",
        vec![terminated.to_string()],
        vec![expect["terminated"].as_bool().unwrap_or(false).to_string()],
    );
    if let Ended::Invalid(errors) = &ended {
        compare(
            "syntax",
            errors.iter().map(|error| format!("{}: {}", error.id, error.message)).collect(),
            Vec::new(),
        );
    }
    if case["prelude"].is_string() {
        engine.run("$MockCalls");
        let calls = std::mem::take(&mut *recorder.0.borrow_mut());
        let calls: Vec<String> = calls.output.into_iter().filter_map(|(_, text)| text).collect();
        let of = |kind: &str| calls.iter().filter(|call| call.starts_with(kind)).cloned().collect::<Vec<_>>();
        compare("calls", of("CALL"), texts(&expect["calls"]));
        compare("reads", of("READ"), texts(&expect["reads"]));
    }
    let made = files.0.borrow();
    let wanted = expect["files"].as_object().cloned().unwrap_or_default();
    for (name, content) in made.iter().filter(|(name, _)| !given.contains(name)) {
        let actual = String::from_utf8_lossy(content).into_owned();
        match wanted.get(name) {
            Some(Json::String(wanted)) => {
                let others = case["files_alt"].as_array().cloned().unwrap_or_default();
                let fits = actual == *wanted
                    || others.iter().any(|other| other[name].as_str() == Some(actual.as_str()));
                if !fits {
                    compare(name, vec![actual], vec![wanted.clone()]);
                }
            }
            Some(_) => {}
            None => compare("file", vec![name.clone()], Vec::new()),
        }
    }
    for name in wanted.keys().filter(|name| !made.contains_key(*name)) {
        compare("file", Vec::new(), vec![name.clone()]);
    }
    // Several empty lines count as one, and those at the ends for nothing.
    let tidy = |text: &str| {
        let lines = text.lines().map(str::trim_end);
        let mut kept: Vec<String> = Vec::new();
        for line in lines {
            if !line.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
                kept.push(line.to_owned());
            }
        }
        while kept.last().is_some_and(String::is_empty) {
            kept.pop();
        }
        kept
    };
    let text = engine.show(&seen.values, 120).map_err(|error| error.to_string())?;
    compare("text", tidy(&text), tidy(expect["text"].as_str().unwrap_or_default()));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n           ")) }
}
