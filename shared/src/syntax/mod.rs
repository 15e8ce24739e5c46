//! The PowerShell language: tokens, tree and errors of a text.
//!
//! One hand-written parser serves highlighting and completion in the page and evaluation in the relay. PowerShell's
//! lexing depends on where the parser is (`1+1` is a sum at the start of a statement and a word behind a command),
//! so the parser itself cuts the tokens. It always gets to the end of the text: what it cannot make sense of becomes
//! a token of kind [`TokenKind::Unknown`] and an error, and parsing goes on behind it.
//!
//! Nothing of the text is lost: the tokens tile it, blanks and comments included. The tree is plain enums with
//! positions into the text, as an evaluator wants it. There is no second, generic tree beside it: nothing here edits
//! trees, and a line is parsed again whole in microseconds.
//!
//! PowerShell's own tokenizer and parser are the model where the specification of the language says otherwise.

pub mod ast;
mod brackets;
mod check;
pub mod complete;
mod lexer;
mod number;
mod parser;
mod scan;
mod token;
pub mod what_if;

use std::ops::Range;

pub use self::brackets::bracket_pairs;
pub use self::token::{Span, Token, TokenClass, TokenKind};
use crate::value::PsValue;

/// Longest text that is parsed, in bytes. The tree of a text takes some 50 times its size; scripts that
/// administrators paste are under 1 MB.
pub const MAX_TEXT: usize = 4 << 20;

/// Levels of brackets within brackets. A level takes up to 5 KB of stack in a release build (script blocks within
/// calls), the page's stack is 1 MB, and evaluation has to fit as well: no script that people write nests 20 deep.
pub const MAX_NESTING: usize = 128;

/// Most errors that are kept; a text that is no PowerShell at all has one at every word.
const MAX_ERRORS: usize = 100;

/// What came of a text.
#[derive(Clone, Debug, Default)]
pub struct Parse {
    /// The tree; where there are errors, with parts missing.
    pub tree: ast::ScriptBlock,
    /// The tokens, which tile the text.
    pub tokens: Vec<Token>,
    /// The errors in the order in which PowerShell's parser finds them.
    pub errors: Vec<SyntaxError>,
}

impl Parse {
    /// Whether the text is right as far as it goes, and only something more is missing at its end.
    pub fn is_incomplete(&self) -> bool {
        !self.errors.is_empty() && self.errors.iter().all(|error| error.incomplete)
    }
}

/// Something that the language does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// PowerShell's own name for it, the first part of a `FullyQualifiedErrorId`. `NotAvailableHere` for what the
    /// language has and this console has not; `ScriptTooComplicated` and `ScriptTooLong` for what is beyond its bounds.
    pub id: &'static str,
    /// Where.
    pub span: Span,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Whether the text merely ends too early.
    pub incomplete: bool,
}

/// Parses a text.
pub fn parse(text: &str) -> Parse {
    parser::Parser::new(text).run()
}

/// The coloured parts of a text in order. Blanks have none, and neighbours of the same class that touch are one.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenClass)> {
    highlighted(&parse(text).tokens)
}

/// As [`highlight`], of a text that is parsed already.
pub fn highlighted(tokens: &[Token]) -> Vec<(Range<usize>, TokenClass)> {
    let mut parts: Vec<(Range<usize>, TokenClass)> = Vec::new();
    for token in tokens {
        let Some(class) = token.kind.class() else { continue };
        let range = token.span.range();
        match parts.last_mut() {
            Some((before, same)) if *same == class && before.end == range.start => before.end = range.end,
            _ => parts.push((range, class)),
        }
    }
    parts
}

/// Reads a number as it would be written in a script, with suffix and multiplier; blanks around it are allowed.
pub fn parse_number(text: &str) -> Option<PsValue> {
    let text = text.trim();
    let (len, value) = number::number(text, lexer::Mode::Expression, false)?;
    value.filter(|_| len == text.len())
}

#[cfg(test)]
mod tests;
