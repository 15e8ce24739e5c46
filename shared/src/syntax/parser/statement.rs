//! Statements: what begins with a word of the language, and which construct it is.

use super::{
    super::{
        ast::{Expr, ExprKind, Statement, StatementKind},
        lexer::{Kind, Mode},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

/// Words that begin a construct which this console refuses.
const REFUSED: [&str; 8] =
    ["class", "enum", "using", "configuration", "data", "parallel", "sequence", "workflow"];

impl Parser<'_> {
    /// A statement; `None`, and nothing read, if there is nothing that could be one.
    #[inline(never)]
    pub(super) fn statement(&mut self) -> Option<Statement> {
        self.in_mode(Mode::Command, |parser| {
            let next = parser.peek();
            let start = parser.position as u32;
            let kind = match next.kind {
                Kind::Identifier => parser.word_statement(None, next.len),
                Kind::Label => {
                    let behind = parser.position + next.len;
                    if parser.loop_behind(behind) {
                        let span = parser.take(next, TokenKind::Label);
                        let label = span.text(parser.text).get(1..).map(str::to_owned);
                        parser.newlines();
                        let word = parser.peek();
                        parser.word_statement(label, word.len)
                    } else {
                        parser.pipeline_chain()
                    }
                }
                _ => parser.pipeline_chain(),
            }?;
            let span = parser.trimmed(start);
            Some(Statement { kind, span })
        })
    }

    /// From `start` to the end of the last token that is not blank.
    pub(super) fn trimmed(&self, start: u32) -> Span {
        let last = self.tokens.iter().rev().find(|token| !token.kind.is_blank());
        Span { start, end: last.map_or(start, |token| token.span.end.max(start)) }
    }

    /// Whether a statement that can have a label follows.
    fn loop_behind(&self, mut at: usize) -> bool {
        while let Some(rest) = self.text.get(at..) {
            let blanks = scan::run(rest, char::is_whitespace);
            let skip = if blanks > 0 { blanks } else { scan::comment(rest).0 };
            if skip == 0 {
                let len = scan::run(rest, scan::is_name);
                let word = rest.get(..len).unwrap_or("");
                let ends =
                    rest.get(len..).is_some_and(|rest| rest.is_empty() || rest.starts_with(scan::ends_word));
                return ends
                    && ["switch", "foreach", "for", "while", "do"]
                        .iter()
                        .any(|known| word.eq_ignore_ascii_case(known));
            }
            at += skip;
        }
        false
    }

    #[inline(never)]
    fn word_statement(&mut self, label: Option<String>, len: usize) -> Option<StatementKind> {
        let word = self.rest().get(..len).unwrap_or("").to_ascii_lowercase();
        let keyword = |parser: &mut Self| parser.bump(len, TokenKind::Keyword);
        Some(match word.as_str() {
            "if" => {
                let word = keyword(self);
                self.nested(StatementKind::Pipeline(Vec::new()), |parser| parser.if_statement(word))
            }
            "foreach" => {
                let word = keyword(self);
                self.foreach_statement(label, word)
            }
            "for" => {
                let word = keyword(self);
                self.for_statement(label, word)
            }
            "while" => {
                let word = keyword(self);
                self.while_statement(label, word)
            }
            "do" => {
                let word = keyword(self);
                self.do_statement(label, word)
            }
            "switch" => {
                let word = keyword(self);
                self.switch_statement(label, word)
            }
            "try" => {
                let word = keyword(self);
                self.try_statement(word)
            }
            "trap" => {
                let word = keyword(self);
                self.trap_statement(word)
            }
            "function" | "filter" => {
                let span = keyword(self);
                self.function_statement(word == "filter", span)
            }
            "return" | "throw" | "exit" => {
                keyword(self);
                let value = self.nested(None, |parser| {
                    parser.blanks();
                    let start = parser.position as u32;
                    let kind = parser.pipeline_chain()?;
                    Some(Box::new(Statement { kind, span: parser.trimmed(start) }))
                });
                let keyword = match word.as_str() {
                    "return" => "return",
                    "throw" => "throw",
                    _ => "exit",
                };
                StatementKind::Leave { keyword, value }
            }
            "break" | "continue" => {
                keyword(self);
                let keyword = if word == "break" { "break" } else { "continue" };
                let label = self.label_or_key(TokenKind::Label);
                StatementKind::Leave { keyword, value: label.map(|label| Box::new(Statement::from(label))) }
            }
            "from" | "define" | "var" => {
                let span = keyword(self);
                let sentence = format!("'{word}' is reserved by the language for future use.");
                self.error("ReservedKeywordNotAllowed", span, sentence);
                StatementKind::Refused(word)
            }
            "else" | "elseif" | "catch" | "until" if !self.errors.is_empty() => {
                // Behind an error they belong to what could not be read.
                keyword(self);
                self.newlines();
                return self.statement().map(|statement| statement.kind);
            }
            _ if REFUSED.contains(&word.as_str()) => self.refused(word, len),
            _ => return self.pipeline_chain(),
        })
    }

    /// A construct that is refused, with its body.
    #[inline(never)]
    fn refused(&mut self, word: String, len: usize) -> StatementKind {
        let span = self.bump(len, TokenKind::Keyword);
        self.refuse(span, &word);
        self.blanks();
        let head = scan::run(self.rest(), |c| !scan::is_newline(c) && !matches!(c, '{' | ';'));
        self.bump(head, TokenKind::Unknown);
        if self.rest().starts_with('{') {
            // The inside of a class is none of the language that is spoken here.
            let mut depth = 0usize;
            let len = self.rest().find(|c| {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            let len = len.map_or(self.rest().len(), |at| at + 1);
            self.bump(len, TokenKind::Unknown);
        }
        StatementKind::Refused(word)
    }

    /// A name, or an expression without commas; `None`, and nothing read, if there is neither.
    #[inline(never)]
    pub(super) fn label_or_key(&mut self, kind: TokenKind) -> Option<Expr> {
        self.blanks();
        if let Some(name) = self.simple_name(kind) {
            return Some(name);
        }
        if matches!(self.peek_kind(), Kind::Newline | Kind::Semicolon) {
            return None;
        }
        self.in_mode(Mode::Command, |parser| parser.with_comma(false, Self::unary))
    }

    /// Letters, digits and underscores, whatever follows.
    #[inline(never)]
    pub(super) fn simple_name(&mut self, kind: TokenKind) -> Option<Expr> {
        self.blanks();
        if !self.rest().starts_with(scan::starts_name) {
            return None;
        }
        let span = self.bump(scan::run(self.rest(), scan::is_name), kind);
        let text = span.text(self.text).into();
        Some(Expr { kind: ExprKind::Text { text, bare: true }, span })
    }
}
