//! Recursive descent over the text: the cursor, blanks, errors and recovery. Statements, commands, expressions and
//! strings are in the modules below.

mod command;
mod control;
mod expression;
mod function;
mod pipeline;
mod statement;
mod string;

use super::{
    MAX_ERRORS, MAX_NESTING, MAX_TEXT, Parse, SyntaxError,
    ast::{Block, Expr, ExprKind, ScriptBlock, StatementKind},
    scan,
    token::{Span, Token, TokenKind},
};
use crate::value::PsValue;

/// The cursor and what came of the text before it.
pub(super) struct Parser<'a> {
    text: &'a str,
    position: usize,
    tokens: Vec<Token>,
    errors: Vec<SyntaxError>,
    /// Closing brackets that the surrounding constructs wait for, the innermost last.
    open: Vec<char>,
    /// Levels of nesting.
    depth: usize,
    /// Whether a comma separates arguments here and does not make a list.
    in_arguments: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            tokens: Vec::with_capacity(text.len().min(MAX_TEXT) / 4),
            errors: Vec::new(),
            open: Vec::new(),
            depth: 0,
            in_arguments: false,
        }
    }

    /// Parses the whole text.
    pub(super) fn run(mut self) -> Parse {
        let mut tree = ScriptBlock::default();
        if self.text.len() > MAX_TEXT {
            self.error(Span::default(), format!("The text is longer than {} MB.", MAX_TEXT >> 20), false);
            self.give_up();
        } else {
            tree = self.script_block(0);
        }
        self.give_up();
        self.errors.sort_by_key(|error| error.span.start);
        Parse { tree, tokens: self.tokens, errors: self.errors }
    }

    /// What is left of the text.
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    /// Makes the next `len` bytes a token.
    fn bump(&mut self, len: usize, kind: TokenKind) -> Span {
        let span = Span::new(self.position, self.position.saturating_add(len).min(self.text.len()));
        if span.start < span.end {
            self.tokens.push(Token { kind, span });
            self.position = span.end as usize;
        }
        span
    }

    /// Makes the next character a token.
    fn bump_char(&mut self, kind: TokenKind) -> Span {
        self.bump(self.peek().map_or(0, char::len_utf8), kind)
    }

    /// Takes this text, if it is next.
    fn eat(&mut self, expected: &str, kind: TokenKind) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.bump(expected.len(), kind);
        }
        found
    }

    /// From `start` to the end of the last token that is not blank.
    fn span_from(&self, start: usize) -> Span {
        let blank = |token: &&Token| {
            !matches!(
                token.kind,
                TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment | TokenKind::Continuation
            )
        };
        let end = self.tokens.iter().rev().find(blank).map_or(start, |token| token.span.end as usize);
        Span::new(start, end.max(start))
    }

    /// Skips blanks, comments and continuations within a line.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { return };
            if scan::is_blank(c) {
                self.bump(scan::run(rest, scan::is_blank), TokenKind::Whitespace);
            } else if c == '`' && rest.get(1..).is_some_and(|rest| scan::newline(rest) > 0) {
                self.bump(1 + scan::newline(&rest[1..]), TokenKind::Continuation);
            } else if c == '#' || rest.starts_with("<#") {
                let (len, closed) = scan::comment(rest);
                let span = self.bump(len, TokenKind::Comment);
                if !closed {
                    self.error(span, "The comment is not closed: #> is missing.", true);
                }
            } else {
                return;
            }
        }
    }

    /// Skips blanks and line ends.
    fn blank_lines(&mut self) {
        loop {
            self.blanks();
            match scan::newline(self.rest()) {
                0 => return,
                len => self.bump(len, TokenKind::Newline),
            };
        }
    }

    /// Skips blanks, line ends and semicolons.
    fn separators(&mut self) {
        loop {
            self.blank_lines();
            if !self.eat(";", TokenKind::Punctuation) {
                return;
            }
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, incomplete: bool) {
        let again = self.errors.last().is_some_and(|last| last.span == span);
        if !again && self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { span, message: message.into(), incomplete });
        }
    }

    /// An error at the next character; an unfinished text, if there is none.
    fn error_here(&mut self, message: impl Into<String>) {
        let end = self.position + self.peek().map_or(0, char::len_utf8);
        let end_of_text = self.at_end();
        self.error(Span::new(self.position, end), message, end_of_text);
    }

    /// Makes what is left one token that means nothing.
    fn give_up(&mut self) {
        self.bump(self.text.len() - self.position.min(self.text.len()), TokenKind::Unknown);
    }

    /// Skips what cannot stand here: a word, or one character.
    fn skip_unknown(&mut self) {
        let rest = self.rest();
        let word = scan::run(rest, |c| !scan::ends_word(c));
        let shown: String =
            if word > 0 { &rest[..word] } else { rest }.chars().take(if word > 0 { 40 } else { 1 }).collect();
        let len = if word > 0 { word } else { self.peek().map_or(0, char::len_utf8) };
        let span = self.bump(len, TokenKind::Unknown);
        self.error(span, format!("Unexpected '{shown}' here."), false);
    }

    /// Runs `parse` one level deeper, or gives up the rest of the text if that is too deep.
    fn nested<T: Default>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_NESTING {
            self.error_too_deep();
            return T::default();
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn error_too_deep(&mut self) {
        let span = Span::new(self.position, self.text.len());
        self.error(span, format!("More than {MAX_NESTING} levels are nested within each other."), false);
        self.give_up();
    }

    /// What is between an opening bracket, which was read already, and its closing one.
    fn bracketed<T: Default>(&mut self, opened: Span, closer: char, parse: impl FnOnce(&mut Self) -> T) -> T {
        let in_arguments = std::mem::replace(&mut self.in_arguments, false);
        self.open.push(closer);
        let parsed = self.nested(parse);
        self.open.pop();
        self.in_arguments = in_arguments;
        self.blank_lines();
        if self.peek() == Some(closer) {
            self.bump_char(TokenKind::Punctuation);
        } else {
            let opener = opened.text(self.text);
            let message = format!("The closing {closer} for {opener} is missing.");
            let incomplete = self.at_end();
            self.error(opened, message, incomplete);
        }
        parsed
    }

    /// Statements up to a closing bracket that someone waits for, or the end.
    fn block(&mut self) -> Block {
        let start = self.position;
        let mut statements = Vec::new();
        loop {
            self.separators();
            match self.peek() {
                None => break,
                Some(c @ (')' | '}')) if self.open.contains(&c) => break,
                Some(')' | '}') => {
                    self.skip_unknown();
                    continue;
                }
                Some(_) => {}
            }
            let before = self.position;
            let mut closed = false;
            if let Some(statement) = self.statement() {
                // What ends with a block needs nothing between it and the next statement.
                closed = matches!(
                    statement.kind,
                    StatementKind::If { .. }
                        | StatementKind::ForEach { .. }
                        | StatementKind::For { .. }
                        | StatementKind::While { body_first: false, .. }
                        | StatementKind::Switch { .. }
                        | StatementKind::Try { .. }
                        | StatementKind::Function { .. }
                        | StatementKind::Trap(..)
                );
                statements.push(statement);
            }
            self.blanks();
            let ended = match self.peek() {
                None | Some(';' | ')' | '}') => true,
                Some(c) => scan::is_newline(c),
            };
            if self.position == before || !(ended || closed) {
                self.skip_unknown();
            }
        }
        Block { statements, span: Span::new(start, self.position) }
    }

    fn missing(&self) -> Expr {
        Expr { kind: ExprKind::Missing, span: Span::new(self.position, self.position) }
    }
}

/// The number with the other sign; `None` if it is no number.
pub(super) fn negate(value: &PsValue) -> Option<PsValue> {
    Some(match *value {
        PsValue::I32(n) => n.checked_neg().map_or(PsValue::I64(-i64::from(n)), PsValue::I32),
        // The smallest Int32 is written with a number that alone is an Int64.
        PsValue::I64(n) => match i32::try_from(-i128::from(n)) {
            Ok(n) => PsValue::I32(n),
            Err(_) => n.checked_neg().map_or(PsValue::Double(-(n as f64)), PsValue::I64),
        },
        PsValue::Double(n) => PsValue::Double(-n),
        PsValue::Decimal(n) => PsValue::Decimal(-n),
        PsValue::I8(n) => PsValue::I32(-i32::from(n)),
        PsValue::U8(n) => PsValue::I32(-i32::from(n)),
        PsValue::I16(n) => PsValue::I32(-i32::from(n)),
        PsValue::U16(n) => PsValue::I32(-i32::from(n)),
        PsValue::U32(n) => PsValue::I64(-i64::from(n)),
        _ => return None,
    })
}
