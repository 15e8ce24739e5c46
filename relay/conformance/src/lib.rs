//! Conformance: cases of what PowerShell does, one JSON object a line, run against this project's own code.
//!
//! What a line is for shows in its fields: one with `clixml` is a value ([`clixml`]),
//! one whose `script` names a file is a whole script, and one with another `script` a case of the language. Each kind has a module that checks one
//! case; files, counting and printing are the same for all of them.

pub mod clixml;
mod language;
mod recorder;
mod script;

use std::{fmt, path::Path};

use serde_json::Value;

/// What came of one case.
pub type Checked = Result<(), Vec<Mismatch>>;

/// A difference between what PowerShell does and what is done here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was compared.
    pub what: String,
    /// What PowerShell has.
    pub expected: String,
    /// What there is instead.
    pub actual: String,
}

impl Mismatch {
    /// A difference, told by two values that can be shown.
    pub fn new(what: impl Into<String>, expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        Self { what: what.into(), expected: expected.to_string(), actual: actual.to_string() }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, actual } = self;
        write!(f, "{what}\n    expected {expected}\n    actual   {actual}")
    }
}

/// Checks one case. `folder` is where its file is: names of files in a case are relative to it.
pub fn check(case: &Value, folder: &Path) -> Checked {
    let has = |field: &str| case.get(field).is_some();
    if has("clixml") {
        clixml::check(case)
    } else if has("script") && has("expect") {
        let case = case.clone();
        let folder = folder.to_owned();
        // An engine needs a deep stack.
        let run = move || {
            if script::is_one(&case) { script::check(&case, &folder) } else { language::check(&case) }
        };
        let thread = std::thread::Builder::new().stack_size(postern_engine::limits::STACK).spawn(run);
        let checked = thread.map(std::thread::JoinHandle::join);
        let Ok(Ok(checked)) = checked else {
            return Err(vec![Mismatch::new("running the script", "an end", "a panic")]);
        };
        checked
    } else {
        let kinds = "a line with `clixml` and `back`, or `script` and `expect`";
        Err(vec![Mismatch::new("kind of case", kinds, case)])
    }
}

/// How a file's cases went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that failed.
    pub failed: usize,
}

impl Counts {
    /// Checks every line of a file's text and tells `failure` of each case that fails, by its id.
    pub fn add(&mut self, text: &str, folder: &Path, mut failure: impl FnMut(&str, &[Mismatch])) {
        // A JSON string may hold U+2028 or U+0085: only a line feed ends a line.
        for (number, line) in (1_usize..).zip(text.split('\n')).filter(|(_, line)| !line.trim().is_empty()) {
            let nameless = || format!("line {number}");
            let (id, checked) = match serde_json::from_str::<Value>(line) {
                Ok(case) => {
                    let id = case.get("id").and_then(Value::as_str).map_or_else(nameless, ToOwned::to_owned);
                    (id, check(&case, folder))
                }
                Err(error) => (nameless(), Err(vec![Mismatch::new("the line", "JSON", error)])),
            };
            match checked {
                Ok(()) => self.passed += 1,
                Err(mismatches) => {
                    self.failed += 1;
                    failure(&id, &mismatches);
                }
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_hash_table_come_in_any_order() {
        let table = |type_name: &str, entries: &str| {
            let xml: String = entries
                .chars()
                .map(|key| format!("<En><S N='Key'>{key}</S><I32 N='Value'>1</I32></En>").replace('\'', "\""))
                .collect();
            format!("<Obj RefId=\"0\"><TN RefId=\"0\"><T>{type_name}</T></TN><DCT>{xml}</DCT></Obj>")
        };
        for (type_name, order, passes) in [
            ("System.Collections.Hashtable", "ba", true),
            ("System.Collections.Hashtable", "aa", false),
            ("System.Collections.Hashtable", "a", false),
            ("System.Collections.Hashtable", "abc", false),
            ("System.Collections.Specialized.OrderedDictionary", "ab", true),
            ("System.Collections.Specialized.OrderedDictionary", "ba", false),
        ] {
            let back = clixml::describe_clixml(table(type_name, "ab").as_bytes()).unwrap();
            let case = serde_json::json!({ "clixml": table(type_name, order), "back": back });
            assert_eq!(check(&case, Path::new(".")).is_ok(), passes, "{type_name} {order}");
        }
    }

    #[test]
    fn what_fails_is_counted_and_told() {
        let text = concat!(
            r#"{"id":"good","clixml":"<I32>1</I32>","back":{"type":"System.Int32","text":"1"}}"#,
            "\n\n",
            r#"{"id":"wrong","clixml":"<I32>1</I32>","back":{"type":"System.Int32","text":"2"}}"#,
            "\n",
            r#"{"id":"more","clixml":"<I32>1</I32>","back":{"type":"System.Int32","text":"1","items":[]}}"#,
            "\n",
            r#"{"id":"less","clixml":"<I32>1</I32>","back":{"type":"System.Int32"}}"#,
            "\n",
            r#"{"id":"no xml","clixml":"<I32>","back":null}"#,
            "\n",
            r#"{"id":"no back","clixml":"<Nil />"}"#,
            "\nnonsense\n{}\n",
        );
        let mut counts = Counts::default();
        let mut failed = Vec::new();
        counts.add(text, Path::new("."), |id, mismatches| failed.push((id.to_owned(), mismatches.len())));
        assert_eq!(counts.to_string(), "1 passed, 7 failed");
        let ids: Vec<&str> = failed.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["wrong", "more", "less", "no xml", "no back", "line 8", "line 9"]);
        assert!(failed.iter().all(|(_, mismatches)| *mismatches > 0));
    }
}
