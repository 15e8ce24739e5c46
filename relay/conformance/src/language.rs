//! Cases of the language: a small script, and the values, the text or the error that PowerShell gives for it.

use postern_engine::{Ended, value::Value};
use serde_json::Value as Json;

use crate::{Checked, Mismatch, recorder};

/// Checks one case: `script` and `expect`, whose `kind` says what is compared.
pub(crate) fn check(case: &Json) -> Checked {
    let script = case["script"].as_str().unwrap_or_default();
    let expect = &case["expect"];
    let (mut engine, recorder, _) = recorder::engine();
    let ended = engine.run(script);
    let seen = std::mem::take(&mut *recorder.0.borrow_mut());
    let output: Vec<Pair> = seen.output.iter().map(pair).collect();
    let invalid = match &ended {
        Ended::Invalid(errors) => errors.as_slice(),
        _ => &[],
    };
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: String, actual: String| {
        if expected != actual {
            wrong.push(Mismatch::new(format!("{what} of {script}"), expected, actual));
        }
    };
    let of_values = |json: &Json| format!("{:?}", pairs(json));
    match expect["kind"].as_str().unwrap_or_default() {
        "values" => {
            compare("values", of_values(&expect["values"]), format!("{output:?}"));
            let no_errors =
                invalid.iter().map(|error| error.id.to_owned()).chain(seen.errors).collect::<Vec<_>>();
            compare("errors", "[]".into(), format!("{no_errors:?}"));
        }
        "error" => {
            let first = seen.errors.first().map(|id| segment(id)).or(invalid.first().map(|error| error.id));
            compare("the error", text(&expect["error"]), first.unwrap_or("none").to_owned());
            if expect["values"].is_array() {
                compare("values", of_values(&expect["values"]), format!("{output:?}"));
            }
        }
        "parse-error" => {
            let ids: Vec<Json> = invalid.iter().map(|error| error.id.into()).collect();
            compare("the parser's errors", expect["errors"].to_string(), Json::Array(ids).to_string());
            let incomplete = !invalid.is_empty() && invalid.iter().all(|error| error.incomplete);
            let expected = expect["incomplete"].as_bool().unwrap_or(false);
            compare("whether it ends early", expected.to_string(), incomplete.to_string());
        }
        "text" => {
            let width = expect["width"].as_u64().map_or(120, |width| width as usize);
            let shown = engine.show(&seen.output, width).unwrap_or_else(|error| error.to_string());
            compare("the text", tidy(&text(&expect["text"])), tidy(&shown));
        }
        kind => compare("the kind of case", "values, error, parse-error or text".into(), kind.to_owned()),
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Type and text; null has neither, or `null` as its type.
type Pair = (Option<String>, Option<String>);

fn pair(value: &Value) -> Pair {
    if value.is_null() {
        return (None, None);
    }
    (Some(short(&value.type_name())), Some(value.text().to_string()))
}

fn pairs(json: &Json) -> Vec<Pair> {
    let part = |pair: &Json, at: usize| pair[at].as_str().map(str::to_owned);
    let values = json.as_array().into_iter().flatten();
    let pairs = values
        .map(|pair| (part(pair, 0).filter(|name| name != "null").map(|name| short(&name)), part(pair, 1)));
    pairs.collect()
}

/// A type's name without the namespaces that the cases leave out.
fn short(name: &str) -> String {
    let name = name.strip_prefix("System.").unwrap_or(name);
    name.strip_prefix("Management.Automation.").unwrap_or(name).to_owned()
}

/// The first segment of a `FullyQualifiedErrorId`.
pub(crate) fn segment(id: &str) -> &str {
    id.split(',').next().unwrap_or_default()
}

pub(crate) fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

/// Without blanks at the ends of lines and empty lines at the ends of the text.
fn tidy(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}
