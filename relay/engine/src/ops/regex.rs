//! Regular expressions: .NET's, as far as they can be had.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use fancy_regex::{Captures, Regex, RegexBuilder};
use postern_shared::value::PsStr;

use super::list;
use crate::{
    code::known_names,
    convert,
    interp::{Engine, Flow, Stop},
    limits::{MAX_BACKTRACKS, MAX_PATTERN, MAX_PATTERN_MEMORY},
    value::{Category, Hash, HashKind, Value},
};

/// `RegexOptions.IgnoreCase`.
pub(crate) const IGNORE_CASE: i64 = 1;
/// `RegexOptions.Multiline`.
pub(crate) const MULTILINE: i64 = 2;
/// `RegexOptions.ExplicitCapture`.
pub(crate) const EXPLICIT: i64 = 4;
/// `RegexOptions.Singleline`.
pub(crate) const SINGLE_LINE: i64 = 16;
/// `RegexOptions.IgnorePatternWhitespace`.
pub(crate) const EXTENDED: i64 = 32;

/// Compiled patterns that are kept.
const MAX_COMPILED: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<(PsStr, i64), Rc<Regex>>> = RefCell::default();
}

/// Type and id of the error of a pattern that is none.
const INVALID: &str = "System.Text.RegularExpressions.RegexParseException";

/// What is said of a pattern that is none.
pub(crate) fn invalid(pattern: &str) -> String {
    format!("Invalid pattern '{pattern}'.")
}

impl Engine {
    /// A regular expression, compiled.
    pub(crate) fn regex(&self, pattern: &str, options: i64) -> Flow<Rc<Regex>> {
        let key = (PsStr::from(pattern), options);
        if let Some(found) = COMPILED.with_borrow(|compiled| compiled.get(&key).cloned()) {
            return Ok(found);
        }
        if pattern.len() > MAX_PATTERN {
            return Err(self.limit(format!("The regular expression is longer than {MAX_PATTERN} bytes.")));
        }
        let mut source = String::from("(?");
        for (flag, letter) in [(IGNORE_CASE, 'i'), (MULTILINE, 'm'), (SINGLE_LINE, 's'), (EXTENDED, 'x')] {
            if options & flag != 0 {
                source.push(letter);
            }
        }
        if source.len() == 2 {
            source.clear();
        } else {
            source.push(')');
        }
        source.push_str(&translate(pattern, options));
        let regex = RegexBuilder::new(&source)
            .backtrack_limit(MAX_BACKTRACKS)
            .delegate_size_limit(MAX_PATTERN_MEMORY)
            .delegate_dfa_size_limit(MAX_PATTERN_MEMORY)
            .build()
            .map_err(|error| {
                self.throw(
                    INVALID,
                    INVALID,
                    Category::NotSpecified,
                    Value::Null,
                    format!("{} ({error})", invalid(pattern)),
                )
            })?;
        let regex = Rc::new(regex);
        COMPILED.with_borrow_mut(|compiled| {
            if compiled.len() >= MAX_COMPILED {
                compiled.clear();
            }
            compiled.insert(key, Rc::clone(&regex));
        });
        Ok(regex)
    }

    /// What a failure at matching means: the bound on backtracking was exceeded.
    pub(crate) fn regex_failed(&self, error: &fancy_regex::Error) -> Stop {
        self.limit(format!("The regular expression takes too long on this text ({error})."))
    }

    pub(crate) fn captures<'t>(&self, regex: &Regex, text: &'t str) -> Flow<Option<Captures<'t>>> {
        regex.captures(text).map_err(|error| self.regex_failed(&error))
    }

    fn is_match(&self, regex: &Regex, text: &str) -> Flow<bool> {
        regex.is_match(text).map_err(|error| self.regex_failed(&error))
    }

    /// The regular expression of the right side: text, or a `[regex]` with options of its own.
    pub(crate) fn pattern_of(&mut self, value: &Value, case_sensitive: bool) -> Flow<Rc<Regex>> {
        if let Value::Net(object) = value.base()
            && let Some(regex) = object.as_any().downcast_ref::<crate::members::regex::RegexObject>()
        {
            return Ok(Rc::clone(&regex.regex));
        }
        let text = self.text_of(value)?;
        self.regex(&text, if case_sensitive { 0 } else { IGNORE_CASE })
    }

    /// `-match` and `-notmatch`.
    pub(crate) fn matches(
        &mut self,
        not: bool,
        case_sensitive: bool,
        left: &Value,
        right: &Value,
    ) -> Flow<Value> {
        let regex = self.pattern_of(right, case_sensitive)?;
        if let Some(items) = list::items(left) {
            let mut kept = Vec::new();
            for item in items {
                let text = self.text_of(&item)?;
                if self.is_match(&regex, &text)? != not {
                    kept.push(item);
                }
            }
            return Ok(Value::array(kept));
        }
        let text = self.text_of(left)?;
        let found = self.note_matches(&regex, &text)?;
        Ok(Value::Bool(found != not))
    }

    /// Whether the text matches; if so `$Matches` says how.
    pub(crate) fn match_text(&mut self, text: &str, pattern: &Value, case_sensitive: bool) -> Flow<bool> {
        let regex = self.pattern_of(pattern, case_sensitive)?;
        self.note_matches(&regex, text)
    }

    fn note_matches(&mut self, regex: &Regex, text: &str) -> Flow<bool> {
        let Some(found) = self.captures(regex, text)? else { return Ok(false) };
        let matches = Hash::with_case(HashKind::Hashtable, false);
        let names: Vec<Option<&str>> = regex.capture_names().collect();
        // Numbered groups come before named ones, which .NET numbers behind them.
        let mut number = 0;
        let mut named = Vec::new();
        for (at, name) in names.iter().enumerate() {
            if let Some(name) = name {
                if let Some(group) = found.get(at) {
                    named.push((Value::str(*name), Value::str(group.as_str())));
                }
            } else {
                if let Some(group) = found.get(at) {
                    matches.set(Value::I32(number), Value::str(group.as_str()));
                }
                number += 1;
            }
        }
        for (name, value) in named {
            matches.set(name, value);
        }
        self.scope.set(known_names::MATCHES, Value::Hash(matches));
        Ok(true)
    }

    /// `-replace`.
    pub(crate) fn replace(&mut self, left: &Value, right: &Value, case_sensitive: bool) -> Flow<Value> {
        let arguments = list::items(right).unwrap_or_else(|| vec![right.clone()]);
        if arguments.len() > 2 {
            return Err(self.runtime_error(
                "BadReplaceArgument",
                format!(
                    "The -replace operator allows only two elements to follow it, not {}.",
                    arguments.len()
                ),
            ));
        }
        let pattern = arguments.first().cloned().unwrap_or_default();
        let regex = self.pattern_of(&pattern, case_sensitive).map_err(|stop| match stop {
            // This operator has an error of its own for it.
            Stop::Throw(record, _) if record.id.as_str() == INVALID => self.throw(
                "System.Management.Automation.RuntimeException",
                "InvalidRegularExpression",
                Category::InvalidOperation,
                pattern.clone(),
                format!("The regular expression pattern {} is not valid.", pattern.text()),
            ),
            other => other,
        })?;
        let replacement = arguments.get(1).cloned().unwrap_or_default();
        if let Some(items) = list::items(left) {
            let mut replaced = Vec::with_capacity(items.len());
            for item in items {
                let text = self.text_of(&item)?;
                replaced.push(Value::Str(self.replace_in(&regex, &text, &replacement, usize::MAX)?));
            }
            return Ok(Value::array(replaced));
        }
        let text = self.text_of(left)?;
        Ok(Value::Str(self.replace_in(&regex, &text, &replacement, usize::MAX)?))
    }

    /// Replaces all matches by a text with `$1` and the like, or by what a block gives for each.
    /// The text with the first so many matches replaced.
    pub(crate) fn replace_in(
        &mut self,
        regex: &Rc<Regex>,
        text: &PsStr,
        replacement: &Value,
        most: usize,
    ) -> Flow<PsStr> {
        let with = match replacement.base() {
            Value::Block(_) => PsStr::EMPTY,
            other => self.text_of(other)?,
        };
        let mut out = String::new();
        let mut end = 0;
        let mut any = false;
        let mut from = 0;
        let mut left = most;
        while from <= text.len() && left > 0 {
            left -= 1;
            let found = match regex.captures_from_pos(text, from) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(self.regex_failed(&error)),
            };
            let Some(whole) = found.get(0) else { break };
            any = true;
            out.push_str(text.get(end..whole.start()).unwrap_or(""));
            match replacement.base() {
                Value::Block(block) => {
                    let object = crate::members::regex::match_object(regex, &found, text);
                    let given = self.call_block(block, Some(object.clone()), vec![object])?;
                    let given = self.text_of(&given)?;
                    out.push_str(&given);
                }
                _ => expand(&with, &found, regex, text, &mut out),
            }
            self.check_text(out.len())?;
            self.step()?;
            end = whole.end();
            from = if whole.end() == whole.start() {
                // Behind an empty match the next character is kept.
                let next = text.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                end + next
            } else {
                end
            };
        }
        if !any {
            return Ok(text.clone());
        }
        out.push_str(text.get(end..).unwrap_or(""));
        Ok(out.into())
    }

    /// `-split`.
    pub(crate) fn split(&mut self, left: &Value, right: &Value, case_sensitive: bool) -> Flow<Value> {
        let arguments = list::items(right).unwrap_or_else(|| vec![right.clone()]);
        let limit = arguments.get(1).and_then(convert::integer).unwrap_or(0);
        let options = arguments.get(2).map(|value| self.text_of(value)).transpose()?.unwrap_or_default();
        let options = options.to_ascii_lowercase();
        let texts = list::items(left).unwrap_or_else(|| vec![left.clone()]);
        let mut parts = Vec::new();
        if let Some(Value::Block(block)) = arguments.first().map(Value::base) {
            let block = Rc::clone(block);
            for text in texts {
                let text = self.text_of(&text)?;
                self.split_by_block(&text, &block, limit, &mut parts)?;
            }
            return Ok(Value::array(parts));
        }
        let regex = if options.contains("simplematch") {
            let text = self.text_of(arguments.first().unwrap_or(&Value::Null))?;
            self.regex(&escape(&text), if case_sensitive { 0 } else { IGNORE_CASE })?
        } else {
            let mut flags = if case_sensitive && !options.contains("ignorecase") { 0 } else { IGNORE_CASE };
            for (word, flag) in [
                ("multiline", MULTILINE),
                ("singleline", SINGLE_LINE),
                ("explicitcapture", EXPLICIT),
                ("ignorepatternwhitespace", EXTENDED),
            ] {
                if options.contains(word) {
                    flags |= flag;
                }
            }
            match arguments.first() {
                Some(pattern) if flags <= IGNORE_CASE => self.pattern_of(pattern, flags == 0)?,
                pattern => {
                    let text = self.text_of(pattern.unwrap_or(&Value::Null))?;
                    self.regex(&text, flags)?
                }
            }
        };
        for text in texts {
            let text = self.text_of(&text)?;
            for part in self.split_text(&regex, &text, limit)? {
                parts.push(Value::Str(part));
            }
            self.check_items(parts.len())?;
        }
        Ok(Value::array(parts))
    }

    /// A text's parts between matches, with the groups' texts among them; a negative limit counts from the end.
    pub(crate) fn split_text(&mut self, regex: &Regex, text: &str, limit: i64) -> Flow<Vec<PsStr>> {
        let mut cuts: Vec<(usize, usize, Vec<PsStr>)> = Vec::new();
        let mut from = 0;
        while from <= text.len() {
            if limit > 0 && cuts.len() as i64 >= limit - 1 {
                break;
            }
            let found = match regex.captures_from_pos(text, from) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(self.regex_failed(&error)),
            };
            let Some(whole) = found.get(0) else { break };
            let groups =
                (1..found.len()).filter_map(|at| found.get(at)).map(|group| group.as_str().into()).collect();
            cuts.push((whole.start(), whole.end(), groups));
            from = if whole.end() == whole.start() {
                whole.end()
                    + text.get(whole.end()..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
            } else {
                whole.end()
            };
            self.step()?;
        }
        if limit < 0 {
            let keep = limit.unsigned_abs() as usize - 1;
            let drop = cuts.len().saturating_sub(keep);
            cuts.drain(..drop);
        }
        let mut parts = Vec::with_capacity(cuts.len() + 1);
        let mut end = 0;
        for (start, stop, groups) in cuts {
            parts.push(text.get(end..start).unwrap_or("").into());
            parts.extend(groups);
            end = stop;
        }
        parts.push(text.get(end..).unwrap_or("").into());
        Ok(parts)
    }
}

/// The pattern in this crate's syntax.
fn translate(pattern: &str, options: i64) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let mut in_class = 0usize;
    while at < chars.len() {
        let c = chars[at];
        let next = chars.get(at + 1).copied();
        match c {
            '\\' => {
                match next {
                    Some('Z') => out.push_str("(?=\\n?\\z)"),
                    Some('c') => {
                        // `\cC` is a control character.
                        let letter = chars.get(at + 2).copied().unwrap_or('@').to_ascii_uppercase();
                        out.push_str(&format!("\\x{:02X}", (letter as u32) & 0x1F));
                        at += 3;
                        continue;
                    }
                    Some('e') => out.push_str("\\x1B"),
                    Some('h') => out.push('h'),
                    Some('<' | '>') => {
                        out.extend(next);
                    }
                    Some(letter) if letter.is_alphanumeric() || in_class > 0 => {
                        out.push('\\');
                        out.push(letter);
                    }
                    Some(other) => {
                        // Any other character stands for itself.
                        if other.is_ascii() && other != ' ' && other != '"' && other != '\'' {
                            out.push('\\');
                        }
                        out.push(other);
                    }
                    None => out.push('\\'),
                }
                at += 2;
                continue;
            }
            '[' if in_class > 0 => {
                if next == Some(':') {
                    out.push('[');
                } else if at > 0 && chars[at - 1] == '-' && in_class == 1 && out.ends_with('-') {
                    // Class subtraction: `[a-z-[aeiou]]`.
                    out.push_str("-[");
                    in_class += 1;
                } else {
                    out.push_str("\\[");
                }
            }
            '[' => {
                in_class = 1;
                out.push('[');
                if next == Some('^') {
                    out.push('^');
                    at += 1;
                }
                if chars.get(at + 1) == Some(&']') {
                    out.push_str("\\]");
                    at += 1;
                }
            }
            ']' if in_class > 0 => {
                in_class -= 1;
                out.push(']');
            }
            '&' | '~' if in_class > 0 => {
                out.push('\\');
                out.push(c);
            }
            '$' if in_class == 0 && options & MULTILINE == 0 => out.push_str("(?=\\n?\\z)"),
            '{' if in_class == 0 && !is_quantifier(&chars[at..]) => out.push_str("\\{"),
            '}' if in_class == 0 && !closes_quantifier(&out) => out.push_str("\\}"),
            '(' if in_class == 0 && next == Some('?') && chars.get(at + 2) == Some(&'\'') => {
                // `(?'name'…)` is `(?<name>…)`.
                out.push_str("(?<");
                at += 3;
                while let Some(c) = chars.get(at).filter(|c| **c != '\'') {
                    out.push(*c);
                    at += 1;
                }
                out.push('>');
            }
            '(' if in_class == 0 && options & EXPLICIT != 0 && next != Some('?') => out.push_str("(?:"),
            c => out.push(c),
        }
        at += 1;
    }
    out
}

fn is_quantifier(rest: &[char]) -> bool {
    let inner: String = rest.iter().skip(1).take_while(|c| **c != '}').collect();
    if rest.len() < inner.chars().count() + 2 {
        return false;
    }
    let (low, high) = inner.split_once(',').unwrap_or((&inner, ""));
    !low.is_empty() && low.chars().all(|c| c.is_ascii_digit()) && high.chars().all(|c| c.is_ascii_digit())
}

fn closes_quantifier(out: &str) -> bool {
    match out.rfind('{') {
        Some(open) => {
            !out[..open].ends_with('\\')
                && out[open + 1..].chars().all(|c| c.is_ascii_digit() || c == ',')
                && out[open + 1..].starts_with(|c: char| c.is_ascii_digit())
                || out[..open].ends_with("\\p")
                || out[..open].ends_with("\\P")
                || out[..open].ends_with("\\x")
        }
        None => false,
    }
}

/// `[regex]::Escape`.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '+' | '?' | '|' | '{' | '[' | '(' | ')' | '^' | '$' | '.' | '#' | ' ' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            c => out.push(c),
        }
    }
    out
}

/// `[regex]::Unescape`.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('f') => out.push('\u{c}'),
            Some(c) => out.push(c),
            None => out.push('\\'),
        }
    }
    out
}

/// .NET's replacement text with the groups of a match in it.
pub(crate) fn expand(replacement: &str, found: &Captures<'_>, regex: &Regex, text: &str, out: &mut String) {
    if !replacement.contains('$') {
        out.push_str(replacement);
        return;
    }
    // .NET numbers named groups behind the others.
    let names: Vec<Option<&str>> = regex.capture_names().collect();
    let order: Vec<usize> = (0..names.len())
        .filter(|at| names[*at].is_none())
        .chain((0..names.len()).filter(|at| names[*at].is_some()))
        .collect();
    let group =
        |index: usize| order.get(index).and_then(|at| found.get(*at)).map_or("", |group| group.as_str());
    let whole = found.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
    let mut rest = replacement;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let digits = behind.chars().take_while(char::is_ascii_digit).count();
        // As many digits as name a group that exists.
        let number = (1..=digits.min(3)).rev().find_map(|len| {
            behind[..len].parse::<usize>().ok().filter(|n| *n < order.len()).map(|n| (len, n))
        });
        let named = behind.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        let used = match (behind.chars().next(), number, named) {
            (Some('$'), ..) => {
                out.push('$');
                1
            }
            (Some('&'), ..) => {
                out.push_str(group(0));
                1
            }
            (Some('`'), ..) => {
                out.push_str(text.get(..whole.0).unwrap_or(""));
                1
            }
            (Some('\''), ..) => {
                out.push_str(text.get(whole.1..).unwrap_or(""));
                1
            }
            (Some('+'), ..) => {
                out.push_str(group(order.len().saturating_sub(1)));
                1
            }
            (Some('_'), ..) => {
                out.push_str(text);
                1
            }
            (_, Some((len, index)), _) => {
                out.push_str(group(index));
                len
            }
            (_, _, Some(name)) => match name.parse::<usize>() {
                Ok(index) if index < order.len() => {
                    out.push_str(group(index));
                    name.len() + 2
                }
                _ if names.iter().flatten().any(|own| *own == name) => {
                    out.push_str(found.name(name).map_or("", |group| group.as_str()));
                    name.len() + 2
                }
                _ => {
                    out.push('$');
                    0
                }
            },
            _ => {
                out.push('$');
                0
            }
        };
        rest = &behind[used..];
    }
    out.push_str(rest);
}
