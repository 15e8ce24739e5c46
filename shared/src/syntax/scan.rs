//! Lengths of lexemes. PowerShell has no lexer without a parser: which of these applies at a place is decided by the
//! mode that the parser is in there (expression, argument, string).
//!
//! Every function looks at the start of the text it is given and answers a length in bytes that ends at a
//! character's boundary.

/// Whether the character is one of the four that PowerShell takes for a hyphen.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// Whether the character quotes verbatim text.
pub(super) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

/// Whether the character quotes expandable text.
pub(super) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// Whether the character is a blank within a line.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && !is_newline(c)
}

/// Whether the character begins a line's end.
pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// Whether a bare word ends before this character.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, '{' | '}' | '(' | ')' | ';' | ',' | '|' | '&' | '<' | '>' | '\0') || c.is_whitespace()
}

/// Whether the character may be in a name.
pub(super) fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Length of a line's end.
pub(super) fn newline(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with(['\n', '\r'])) }
}

/// Length of the characters that `accept` takes.
pub(super) fn run(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|c| !accept(c)).unwrap_or(text.len())
}

/// Length of a comment, and whether it is closed. 0 if there is none.
pub(super) fn comment(text: &str) -> (usize, bool) {
    if text.starts_with("<#") {
        return text
            .get(2..)
            .and_then(|rest| rest.find("#>"))
            .map_or((text.len(), false), |at| (at + 4, true));
    }
    if text.starts_with('#') { (run(text, |c| !is_newline(c)), true) } else { (0, true) }
}

/// A variable's sign, name and where its name is.
pub(super) struct VariableScan<'a> {
    /// Length in all.
    pub(super) len: usize,
    /// What is before the colon.
    pub(super) scope: Option<&'a str>,
    /// The name; with its escapes where it is in braces.
    pub(super) name: &'a str,
    /// Whether it was in braces.
    pub(super) braced: bool,
    /// Whether the closing brace is missing.
    pub(super) open: bool,
}

/// A variable behind `$` or `@`; `None` if no name follows.
pub(super) fn variable(text: &str) -> Option<VariableScan<'_>> {
    let rest = text.get(1..)?;
    let first = rest.chars().next()?;
    if first == '{' {
        let inner = rest.get(1..)?;
        let mut escaped = false;
        let end = inner.find(|c| {
            let end = c == '}' && !escaped;
            escaped = c == '`' && !escaped;
            end
        });
        let name = inner.get(..end.unwrap_or(inner.len()))?;
        let len = name.len() + 2 + usize::from(end.is_some());
        let (scope, name) = name.split_once(':').map_or((None, name), |(scope, name)| (Some(scope), name));
        return Some(VariableScan { len, scope, name, braced: true, open: end.is_none() });
    }
    if matches!(first, '$' | '^') {
        return Some(VariableScan { len: 2, scope: None, name: rest.get(..1)?, braced: false, open: false });
    }
    let in_name = |c| is_name(c) || c == '?';
    let len = run(rest, in_name);
    if len == 0 {
        return None;
    }
    let name = rest.get(..len)?;
    let behind = rest.get(len..)?;
    let scoped = behind.strip_prefix(':').map_or(0, |behind| run(behind, in_name));
    if scoped > 0 {
        return Some(VariableScan {
            len: len + scoped + 2,
            scope: Some(name),
            name: behind.get(1..=scoped)?,
            braced: false,
            open: false,
        });
    }
    Some(VariableScan { len: len + 1, scope: None, name, braced: false, open: false })
}

/// Length of a parameter's name with its hyphen, and whether a colon follows (not counted); `None` if this is no
/// parameter.
pub(super) fn parameter(text: &str) -> Option<(usize, bool)> {
    let dash = text.chars().next().filter(|c| is_dash(*c))?;
    let rest = text.get(dash.len_utf8()..)?;
    if !rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '?')) {
        return None;
    }
    let len = run(rest, |c| !ends_word(c) && !matches!(c, '.' | '[' | ':'));
    let name = rest.get(..len)?;
    // A quote in it makes it a bare word that only looks like one.
    if name.contains(|c| is_single_quote(c) || is_double_quote(c) || c == '`' || c == '$') {
        return None;
    }
    Some((dash.len_utf8() + len, rest.get(len..)?.starts_with(':')))
}

/// Length of a redirection: `>`, `>>`, `2>`, `2>&1`, `*>`, `<`. 0 if there is none.
pub(super) fn redirection(text: &str) -> usize {
    if text.starts_with('<') {
        return usize::from(!text.starts_with("<#"));
    }
    let stream = usize::from(text.starts_with(|c: char| matches!(c, '1'..='6' | '*')));
    let Some(rest) = text.get(stream..).filter(|rest| rest.starts_with('>')) else { return 0 };
    if rest.starts_with(">>") {
        return stream + 2;
    }
    let merge = rest.get(1..).unwrap_or("");
    if merge.starts_with("&1") || merge.starts_with("&2") { stream + 3 } else { stream + 1 }
}

/// Length of an assignment's sign; 0 if there is none.
pub(super) fn assignment(text: &str) -> usize {
    if text.starts_with("??=") {
        return 3;
    }
    if text.starts_with(['+', '*', '/', '%']) || text.starts_with(is_dash) {
        let first = text.chars().next().map_or(0, char::len_utf8);
        return if text.get(first..).is_some_and(|rest| rest.starts_with('=')) { first + 1 } else { 0 };
    }
    usize::from(text.starts_with('='))
}

/// Length of a type's name (`System.Collections.Generic.List[string]`, `int[]`), 0 if none begins here.
pub(super) fn type_name(text: &str) -> usize {
    let mut depth = 0usize;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => break,
            ']' => depth -= 1,
            ',' | ' ' if depth > 0 => {}
            c if is_name(c) || matches!(c, '.' | '+' | '`' | '/') => {}
            _ => break,
        }
        end = at + c.len_utf8();
    }
    if text.starts_with(|c: char| c == '_' || c.is_alphabetic()) { end } else { 0 }
}
