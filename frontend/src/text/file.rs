//! A file of messages: lines of `key = "text"`, `# comments` and empty lines, which is TOML. A text may have
//! `{placeholders}`.

/// The messages of a file in its order: key and text.
///
/// # Errors
/// Names the first line that is not a message.
pub(crate) fn messages(file: &str) -> Result<Vec<(String, String)>, String> {
    let lines = file.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| message(line).ok_or_else(|| format!("line {}: {line}", at + 1))).collect()
}

fn message(line: &str) -> Option<(String, String)> {
    let (key, text) = line.split_once(" = ")?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    (is_key && !text.contains(['"', '\\'])).then(|| (key.to_owned(), text.to_owned()))
}
