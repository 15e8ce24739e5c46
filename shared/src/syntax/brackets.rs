//! Which bracket belongs to which.

use super::token::{Span, Token, TokenKind};

/// The pairs of brackets of a text, by where each stands, in the order of the opening ones. `@(`, `@{` and `$(` are
/// opening brackets of two characters. A bracket without its other half is in no pair.
pub fn bracket_pairs(text: &str, tokens: &[Token]) -> Vec<(Span, Span)> {
    let mut open: Vec<(Span, char)> = Vec::new();
    let mut pairs = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Punctuation) {
        match token.span.text(text).chars().next_back() {
            Some('(') => open.push((token.span, ')')),
            Some('{') => open.push((token.span, '}')),
            Some('[') => open.push((token.span, ']')),
            Some(c @ (')' | '}' | ']')) => {
                // What was opened within and never closed has no other half.
                if let Some(at) = open.iter().rposition(|(_, closer)| *closer == c) {
                    pairs.push((open[at].0, token.span));
                    open.truncate(at);
                }
            }
            _ => {}
        }
    }
    pairs.sort_by_key(|(open, _)| open.start);
    pairs
}
