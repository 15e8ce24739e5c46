//! Wildcards, as `-like` compares.

/// A pattern with `*`, `?`, `[a-z]` and backticks, ready to match.
#[derive(Debug)]
pub(crate) struct Wildcard {
    parts: Vec<Wild>,
    case_sensitive: bool,
}

#[derive(Debug)]
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

fn fold(text: &str, case_sensitive: bool) -> Vec<char> {
    if case_sensitive { text.chars().collect() } else { text.chars().flat_map(char::to_lowercase).collect() }
}

/// Whether the text matches the pattern.
pub(crate) fn wildcard(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    Wildcard::new(pattern, case_sensitive).matches(text)
}

/// Whether a text has a character that a pattern gives a meaning.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Whether every bracket of a pattern that opens also closes.
pub(crate) fn is_complete(pattern: &str) -> bool {
    let mut open = false;
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '`' => drop(characters.next()),
            '[' => open = true,
            ']' => open = false,
            _ => {}
        }
    }
    !open
}

impl Wildcard {
    /// Reads a pattern.
    pub(crate) fn new(pattern: &str, case_sensitive: bool) -> Self {
        let parts = parts(&fold(pattern, case_sensitive));
        Self { parts, case_sensitive }
    }

    /// Whether the text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let [Wild::Any] = self.parts.as_slice() {
            return true;
        }
        let text = fold(text, self.case_sensitive);
        // Greedy with one point to go back to: a later star never needs an earlier one's choice again.
        let (mut at, mut part) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.parts.get(part) {
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
        self.parts.get(part..).unwrap_or(&[]).iter().all(|wild| matches!(wild, Wild::Any))
    }
}

fn parts(pattern: &[char]) -> Vec<Wild> {
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
