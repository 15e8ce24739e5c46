//! The bracket beside the caret and the one that belongs to it.

use postern_shared::{
    syntax::{Span, Token, bracket_pairs},
    wire::Position,
};

/// The pair of which one stands before or behind the caret, which is given in bytes.
pub(super) fn pair(text: &str, tokens: &[Token], caret: usize) -> Option<[Position; 2]> {
    let caret = u32::try_from(caret).ok()?;
    let pairs = bracket_pairs(text, tokens);
    let find =
        |beside: &dyn Fn(&Span) -> bool| pairs.iter().find(|(one, other)| beside(one) || beside(other));
    let (one, other) = find(&|span| span.end == caret).or_else(|| find(&|span| span.start == caret))?;
    Some([one, other].map(|span| Position { start: span.start, end: span.end }))
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
        assert_eq!(found(text, 49), Some((21, 48)));
        assert_eq!(found(text, 32), Some((32, 46)));
        assert_eq!(found(text, 5), None);
        assert_eq!(found("(a", 1), None);
        assert_eq!(found("", 0), None);
    }
}
