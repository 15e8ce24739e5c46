//! PowerShell's wildcards: `*`, `?`, `[a-z]`, with a backtick to escape.

/// A wildcard pattern, compared without case.
#[derive(Clone, Debug)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Any,
    One,
    Char(char),
    Set(Vec<(char, char)>),
}

impl Pattern {
    /// Reads a pattern; a `[` that is never closed stands for itself.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '*' if matches!(parts.last(), Some(Part::Any)) => {}
                '*' => parts.push(Part::Any),
                '?' => parts.push(Part::One),
                '`' => {
                    let next = rest.chars().next();
                    rest = &rest[next.map_or(0, char::len_utf8)..];
                    parts.push(Part::Char(fold(next.unwrap_or('`'))));
                }
                '[' if rest.contains(']') => {
                    let (set, after) = rest.split_once(']').unwrap_or((rest, ""));
                    parts.push(Part::Set(ranges(set)));
                    rest = after;
                }
                c => parts.push(Part::Char(fold(c))),
            }
        }
        Self { parts }
    }

    /// Whether a text has wildcards at all.
    pub fn is_in(text: &str) -> bool {
        text.contains(['*', '?', '['])
    }

    /// Whether the whole text matches. Linear in the pattern's and the text's lengths multiplied at worst.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().map(fold).collect();
        let (mut at, mut part) = (0, 0);
        // Where to go on after the last `*`: one character further than it took before.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match (self.parts.get(part), text.get(at)) {
                (None, None) => return true,
                (Some(Part::Any), _) => {
                    retry = Some((part + 1, at));
                    part += 1;
                    continue;
                }
                (Some(wanted), Some(c)) if wanted.takes(*c) => {
                    part += 1;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            match retry {
                Some((after, from)) if from < text.len() => {
                    retry = Some((after, from + 1));
                    part = after;
                    at = from + 1;
                }
                _ => return false,
            }
        }
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Char(own) => *own == c,
            Self::Set(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
        }
    }
}

fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn ranges(set: &str) -> Vec<(char, char)> {
    let chars: Vec<char> = set.chars().map(fold).collect();
    let mut ranges = Vec::new();
    let mut rest = chars.as_slice();
    while let [from, after @ ..] = rest {
        if let ['-', to, after @ ..] = after {
            ranges.push((*from, *to));
            rest = after;
        } else {
            ranges.push((*from, *from));
            rest = after;
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_powershell() {
        for (pattern, text, expected) in [
            ("*-Mailbox", "Get-Mailbox", true),
            ("*-Mailbox", "Get-MailboxStatistics", false),
            ("get-*box*", "Get-MailboxStatistics", true),
            ("room-2[0-2]?", "ROOM-211", true),
            ("room-2[0-2]?", "room-231", false),
            ("a`*b", "a*b", true),
            ("a`*b", "axb", false),
            ("*", "", true),
            ("", "a", false),
            ("a[b", "a[b", true),
            ("*ä", "Ä", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }
}
