//! `[IO.Path]`: what it makes of texts. Nothing here looks at a disk.

use crate::{interp::Flow, value::Value};

/// What stands between the parts of a path.
const SEPARATORS: [char; 2] = ['/', '\\'];

/// A static method by its name in lower case; `None` for those that would look at the machine.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    let path = arguments.first()?.text();
    let file = path.rsplit(SEPARATORS).next().unwrap_or_default();
    let (stem, extension) = match file.rfind('.') {
        Some(at) if at + 1 < file.len() => file.split_at(at),
        Some(at) => (&file[..at], ""),
        None => (file, ""),
    };
    Some(Ok(match name {
        "getfilename" => Value::str(file),
        "getfilenamewithoutextension" => Value::str(stem),
        "getextension" => Value::str(extension),
        "hasextension" => Value::Bool(!extension.is_empty()),
        "getdirectoryname" => {
            Value::str(path.strip_suffix(file).unwrap_or_default().trim_end_matches(SEPARATORS))
        }
        "changeextension" => {
            let wanted = arguments.get(1).map(Value::text).unwrap_or_default();
            let before = path.strip_suffix(file).unwrap_or_default();
            let dot = if wanted.is_empty() || wanted.starts_with('.') { "" } else { "." };
            Value::str(format!("{before}{stem}{dot}{wanted}"))
        }
        "combine" | "join" => {
            let mut whole = String::new();
            for part in arguments.iter().map(Value::text).filter(|part| !part.is_empty()) {
                if name == "combine" && part.starts_with(SEPARATORS) {
                    whole.clear();
                } else if !whole.is_empty() && !whole.ends_with(SEPARATORS) {
                    whole.push('/');
                }
                whole.push_str(&part);
            }
            Value::str(whole)
        }
        _ => return None,
    }))
}
