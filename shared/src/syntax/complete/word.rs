//! Words and variables that are being typed.

use super::{
    super::{
        ast::{Argument, ExprKind},
        token::{Span, Token, TokenKind},
    },
    Context, Finder, Target,
};

impl Finder<'_> {
    /// A bare word or a string that is being typed.
    pub(super) fn word(&self) -> Context {
        let cursor = self.text.len() as u32;
        // The whole word: a string may be cut into pieces, and so may a word with variables in it.
        let start = match self.innermost().and_then(|(command, _)| command.arguments.last()) {
            Some(Argument::Value(value) | Argument::Parameter { value: Some(value), .. }) => {
                let item = match &value.kind {
                    ExprKind::List(items) => items.last().unwrap_or(value),
                    _ => value,
                };
                if item.span.end == cursor { item.span.start } else { cursor }
            }
            _ => self.parsed.tokens.last().map_or(cursor, |last| last.span.start),
        };
        let span = Span { start, end: cursor };
        let raw = span.text(self.text);
        let typed = raw.strip_prefix(['\'', '"', '\u{2018}', '\u{201C}']).unwrap_or(raw);
        let closed = raw.len() > 1 && typed.len() < raw.len() && typed.ends_with(['\'', '"']);
        let target = if closed {
            Target::Nothing
        } else if typed.starts_with(".\\") || typed.starts_with("./") {
            Target::File
        } else {
            self.argument()
        };
        let target = match (target, self.redirects()) {
            (Target::Value { .. } | Target::Nothing, true) => Target::File,
            (target, _) => target,
        };
        Context { span, typed: typed.to_owned(), target }
    }

    /// Whether the word at the cursor is behind a redirection.
    fn redirects(&self) -> bool {
        let mut tokens = self.parsed.tokens.iter().rev().skip(1).filter(|token| !token.kind.is_blank());
        tokens.next().is_some_and(|token| token.kind == TokenKind::Redirection)
    }

    pub(super) fn variable(&self, last: &Token) -> Context {
        let text = last.span.text(self.text);
        let name = text.trim_start_matches(['$', '@', '{']).trim_end_matches('}');
        let (scope, name) = match name.split_once(':') {
            Some((scope, name)) => (Some(scope.to_owned()), name),
            None => (None, name),
        };
        let span = Span { start: last.span.start, end: self.text.len() as u32 };
        Context { span, typed: name.to_owned(), target: Target::Variable { scope, known: self.assigned() } }
    }
}
