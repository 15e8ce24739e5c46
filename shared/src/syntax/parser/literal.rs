//! Parentheses, subexpressions and hash tables.

use super::{
    super::{
        ast::{Block, Expr, ExprKind, Statement, StatementKind},
        lexer::{Kind, Mode},
        token::{Span, TokenKind},
    },
    Parser,
};

impl Parser<'_> {
    /// `$( … )` or `@( … )`.
    #[inline(never)]
    pub(super) fn subexpression(&mut self, array: bool) -> Expr {
        let opened = self.bump(2, TokenKind::Punctuation);
        self.in_mode(Mode::Command, |parser| {
            let block: Block = parser.with_comma(true, |parser| {
                parser.nested(Block::default(), |parser| {
                    parser.newlines();
                    parser.statements()
                })
            });
            parser.newlines();
            if parser.eat(Kind::CloseParen).is_none() {
                let next = parser.next_span();
                let opener = opened.text(parser.text).to_owned();
                let sentence = format!("The closing ) for {opener} is missing.");
                parser.error_open("MissingEndParenthesisInSubexpression", next, sentence);
            }
            let kind = if array { ExprKind::Array(block) } else { ExprKind::Subexpression(block) };
            Expr { kind, span: parser.trimmed(opened.start) }
        })
    }

    /// `( … )`.
    #[inline(never)]
    pub(super) fn paren(&mut self) -> Expr {
        let opened = self.bump(1, TokenKind::Punctuation);
        self.in_mode(Mode::Command, |parser| {
            let inner = parser.with_comma(true, |parser| {
                parser.nested(None, |parser| {
                    parser.newlines();
                    let start = parser.position as u32;
                    let kind = parser.pipeline_chain()?;
                    Some(Statement { kind, span: parser.trimmed(start) })
                })
            });
            if inner.is_none() {
                let sentence = "An expression is missing between the parentheses.";
                parser.error_open("ExpectedExpression", Self::after(opened), sentence);
            }
            parser.newlines();
            if parser.eat(Kind::CloseParen).is_none() {
                let end = Self::after(inner.as_ref().map_or(opened, end_of));
                parser.error_open("MissingEndParenthesisInExpression", end, "The closing ) is missing.");
            }
            let span = parser.trimmed(opened.start);
            let kind = inner.map_or(ExprKind::Missing, |statement| ExprKind::Paren(Box::new(statement)));
            Expr { kind, span }
        })
    }

    /// `@{ … }`.
    #[inline(never)]
    pub(super) fn hash(&mut self) -> Expr {
        let opened = self.bump(2, TokenKind::Punctuation);
        let entries = self.nested(Vec::new(), |parser| {
            let mut entries: Vec<(Expr, Statement)> = Vec::new();
            parser.newlines();
            while let Some(entry) = parser.hash_entry() {
                entries.push(entry);
                if !matches!(parser.peek_kind(), Kind::Newline | Kind::Semicolon) {
                    break;
                }
                parser.separators();
            }
            entries
        });
        self.close_brace(opened, Self::after(opened));
        Expr { kind: ExprKind::Hash(entries), span: self.trimmed(opened.start) }
    }

    #[inline(never)]
    fn hash_entry(&mut self) -> Option<(Expr, Statement)> {
        let (key, sign) = self.in_mode(Mode::Expression, |parser| {
            let key = parser.hash_key()?;
            let next = parser.peek();
            let sign = (next.kind == Kind::Assign(None)).then(|| parser.take(next, TokenKind::Operator));
            Some((key, sign))
        })?;
        let Some(sign) = sign else {
            self.next_span();
            let sentence = "The '=' behind a key of the hash table is missing.";
            self.error("MissingEqualsInHashLiteral", Self::after(key.span), sentence);
            self.skip_entry();
            return Some((key, self.missing_statement()));
        };
        self.newlines();
        let value = self.statement().unwrap_or_else(|| {
            let sentence = "A value is missing behind '=' in the hash table.";
            self.error_open("MissingStatementInHashLiteral", Self::after(sign), sentence);
            self.missing_statement()
        });
        Some((key, value))
    }

    #[inline(never)]
    fn hash_key(&mut self) -> Option<Expr> {
        self.blanks();
        if let Some(name) = self.simple_name(TokenKind::Key) {
            return Some(name);
        }
        if matches!(self.peek_kind(), Kind::Newline | Kind::Semicolon) {
            return None;
        }
        self.with_comma(false, Self::unary)
    }

    /// Skips to the closing brace behind an entry that is none.
    #[inline(never)]
    fn skip_entry(&mut self) {
        let mut depth = 0usize;
        self.in_mode(Mode::Expression, |parser| {
            loop {
                match parser.peek_kind() {
                    Kind::CloseBrace if depth == 0 => return,
                    Kind::End => return,
                    Kind::CloseBrace => depth -= 1,
                    Kind::OpenBrace => depth += 1,
                    _ => {}
                }
                let span = parser.next_span();
                let len = (span.end as usize).saturating_sub(parser.position).max(1);
                parser.bump(len, TokenKind::Unknown);
            }
        });
    }
}

/// Where a pipeline's last element stands.
fn end_of(statement: &Statement) -> Span {
    match &statement.kind {
        StatementKind::Pipeline(elements) => elements.last().map_or(statement.span, |last| last.span),
        _ => statement.span,
    }
}
