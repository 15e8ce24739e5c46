//! Wildcards and regular expressions.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use fancy_regex::{Regex, RegexBuilder};
use postern_shared::syntax::Span;

use crate::{
    error::{Error, Result},
    limits::{MAX_BACKTRACKS, MAX_PATTERN, MAX_PATTERN_MEMORY},
};

/// Whether the text matches a pattern with `*`, `?`, `[a-z]` and backticks, as `-like` compares.
pub(crate) fn wildcard(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    let fold = |text: &str| -> Vec<char> {
        if case_sensitive {
            text.chars().collect()
        } else {
            text.chars().flat_map(char::to_lowercase).collect()
        }
    };
    let parts = wildcard_parts(&fold(pattern));
    let text = fold(text);
    // Greedy with one point to go back to: a later star never needs an earlier one's choice again.
    let (mut at, mut part) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match parts.get(part) {
            Some(Wild::Any) => {
                star = Some((part, at));
                part += 1;
                continue;
            }
            Some(wild) if wild.accepts(text[at]) => {
                at += 1;
                part += 1;
                continue;
            }
            _ => {}
        }
        let Some((star_part, star_at)) = &mut star else { return false };
        *star_at += 1;
        at = *star_at;
        part = *star_part + 1;
    }
    parts.get(part..).unwrap_or(&[]).iter().all(|wild| matches!(wild, Wild::Any))
}

enum Wild {
    Any,
    One,
    Char(char),
    Set(Vec<(char, char)>),
}

impl Wild {
    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Char(own) => *own == c,
            Self::Set(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
        }
    }
}

fn wildcard_parts(pattern: &[char]) -> Vec<Wild> {
    let mut parts = Vec::with_capacity(pattern.len());
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        at += 1;
        parts.push(match c {
            '*' => Wild::Any,
            '?' => Wild::One,
            '`' => match pattern.get(at) {
                Some(c) => {
                    at += 1;
                    Wild::Char(*c)
                }
                None => Wild::Char('`'),
            },
            '[' => {
                let Some(end) = pattern.iter().skip(at).position(|c| *c == ']').map(|end| at + end) else {
                    parts.push(Wild::Char('['));
                    continue;
                };
                let mut ranges = Vec::new();
                while at < end {
                    if at + 2 < end && pattern[at + 1] == '-' {
                        ranges.push((pattern[at], pattern[at + 2]));
                        at += 3;
                    } else {
                        ranges.push((pattern[at], pattern[at]));
                        at += 1;
                    }
                }
                at = end + 1;
                Wild::Set(ranges)
            }
            c => Wild::Char(*c),
        });
    }
    parts
}

thread_local! {
    /// Compiled patterns of late: a filter compiles its own once and not for every object.
    static COMPILED: RefCell<HashMap<(String, bool), Rc<Regex>>> = RefCell::default();
}

/// Compiled patterns that are kept; a filter has few, and one made of data may have any number.
const MAX_COMPILED: usize = 32;

/// A regular expression, compiled.
pub(super) fn regex(pattern: &str, case_sensitive: bool, span: Span) -> Result<Rc<Regex>> {
    if pattern.len() > MAX_PATTERN {
        return Err(Error::limit(
            span,
            format!("The regular expression is longer than {MAX_PATTERN} bytes."),
        ));
    }
    let key = (pattern.to_owned(), case_sensitive);
    if let Some(regex) = COMPILED.with_borrow(|compiled| compiled.get(&key).cloned()) {
        return Ok(regex);
    }
    // .NET takes `$` for the end also before a final line end; here it is the end itself.
    let source = if case_sensitive { pattern.to_owned() } else { format!("(?i){pattern}") };
    let regex = RegexBuilder::new(&source)
        .backtrack_limit(MAX_BACKTRACKS)
        .delegate_size_limit(MAX_PATTERN_MEMORY)
        .delegate_dfa_size_limit(MAX_PATTERN_MEMORY)
        .build()
        .map_err(|error| {
            let text = format!("The regular expression pattern {pattern} is not valid.");
            Error::explained(
                span,
                "InvalidRegularExpression",
                text,
                &error.to_string(),
                "Correct the pattern.",
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
pub(super) fn failed(span: Span) -> impl Fn(fancy_regex::Error) -> Error {
    move |error| Error::limit(span, format!("The regular expression takes too long on this text ({error})."))
}

/// .NET's replacement text with the groups of a match in it.
pub(super) fn expand(replacement: &str, found: &fancy_regex::Captures<'_>, text: &str, out: &mut String) {
    let group = |index: usize| found.get(index).map_or("", |group| group.as_str());
    let mut rest = replacement;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let digits = behind.chars().take_while(char::is_ascii_digit).count();
        // As many digits as name a group that exists.
        let number = (1..=digits.min(3)).rev().find_map(|len| {
            behind[..len].parse::<usize>().ok().filter(|n| *n < found.len()).map(|n| (len, n))
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
            (Some('_'), ..) => {
                out.push_str(text);
                1
            }
            (_, Some((len, index)), _) => {
                out.push_str(group(index));
                len
            }
            (_, _, Some(name)) => match name.parse::<usize>() {
                Ok(index) if index < found.len() => {
                    out.push_str(group(index));
                    name.len() + 2
                }
                _ => {
                    if let Some(group) = found.name(name) {
                        out.push_str(group.as_str());
                        name.len() + 2
                    } else {
                        out.push('$');
                        0
                    }
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

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn wildcards_match_as_like_does() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "ABC", true),
            ("a?c", "ac", false),
            ("[a-c]x", "Bx", true),
            ("a[1]", "a[1]", false),
            ("a`[1`]", "a[1]", true),
            ("*@contoso.example", "nora@contoso.example", true),
            ("*a*b*c", "xxaxxbxxd", false),
        ] {
            assert_eq!(wildcard(pattern, text, false), expected, "{pattern} {text}");
        }
        assert!(!wildcard("A", "a", true));
        assert!(!wildcard(&"*a".repeat(2000), &"a".repeat(1999), false));
    }
}
