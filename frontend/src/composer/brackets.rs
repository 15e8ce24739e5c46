//! The bracket beside the caret and the one that belongs to it.

use postern_shared::{
    syntax::{Token, TokenClass},
    wire::Position,
};

/// A bracket within a text.
#[derive(Clone, Copy)]
struct Bracket {
    at: usize,
    shape: char,
    opens: bool,
}

/// The pair of which one stands before or behind the caret, which is given in bytes.
pub(super) fn pair(text: &str, tokens: &[Token], caret: usize) -> Option<[Position; 2]> {
    let brackets = brackets(text, tokens);
    let beside = |at: usize| brackets.iter().position(|bracket| bracket.at == at);
    let here = caret.checked_sub(1).and_then(beside).or_else(|| beside(caret))?;
    let one = *brackets.get(here)?;
    let mut depth = 0_i32;
    let mut other = None;
    let along: Box<dyn Iterator<Item = &Bracket>> = if one.opens {
        Box::new(brackets.iter().skip(here))
    } else {
        Box::new(brackets.iter().take(here + 1).rev())
    };
    for bracket in along {
        depth += if bracket.opens == one.opens { 1 } else { -1 };
        if depth == 0 {
            other = Some(*bracket);
            break;
        }
    }
    let other = other.filter(|other| other.shape == one.shape)?;
    let position = |at: usize| Position { start: at as u32, end: at as u32 + 1 };
    Some([position(one.at), position(other.at)])
}

/// The brackets outside of strings and comments.
fn brackets(text: &str, tokens: &[Token]) -> Vec<Bracket> {
    let mut found = Vec::new();
    for token in tokens {
        if matches!(token.kind.class(), Some(TokenClass::String | TokenClass::Comment) | None) {
            continue;
        }
        for (at, c) in token.span.text(text).char_indices() {
            let (shape, opens) = match c {
                '(' => ('(', true),
                ')' => ('(', false),
                '[' => ('[', true),
                ']' => ('[', false),
                '{' => ('{', true),
                '}' => ('{', false),
                _ => continue,
            };
            found.push(Bracket { at: token.span.start as usize + at, shape, opens });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use postern_shared::syntax::parse;

    use super::pair;

    fn found(text: &str, caret: usize) -> Option<(u32, u32)> {
        pair(text, &parse(text).tokens, caret).map(|[one, other]| (one.start, other.start))
    }

    #[test]
    fn the_bracket_that_belongs_to_it_is_found() {
        let text = "Get-X | Where-Object { $_.A -eq (1 + [int]'2)') }";
        assert_eq!(found(text, 22), Some((21, 48)));
        assert_eq!(found(text, 49), Some((48, 21)));
        assert_eq!(found(text, 32), Some((32, 46)));
        assert_eq!(found(text, 5), None);
        assert_eq!(found("(a", 1), None);
        assert_eq!(found("(a]", 1), None);
        assert_eq!(found("", 0), None);
    }
}
