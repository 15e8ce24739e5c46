//! Recursive descent over the text: the cursor, blanks, errors. Statements, commands, expressions and strings are in
//! the modules below. Functions that take part in the recursion are never inlined into one another: their frames would add
//! up to the largest of all ways through them, at every level. What is accepted, what is reported and where parsing goes on follows PowerShell's own parser.

mod block;
mod command;
mod control;
mod expression;
mod function;
mod literal;
mod member;
mod pipeline;
mod statement;
mod string;

use super::{
    MAX_ERRORS, MAX_NESTING, MAX_TEXT, Parse, SyntaxError,
    ast::{Expr, ExprKind, ScriptBlock, Statement, StatementKind},
    lexer::{Ask, Kind, Lexeme, Mode, lexeme},
    scan::{self, Flaw},
    token::{Span, Token, TokenKind},
};

/// The cursor and what came of the text before it.
pub(super) struct Parser<'a> {
    /// The text up to where the innermost string's expression ends.
    text: &'a str,
    position: usize,
    tokens: Vec<Token>,
    errors: Vec<SyntaxError>,
    /// Levels of nesting.
    depth: usize,
    mode: Mode,
    /// Whether a comma separates here and does not make a list.
    no_comma: bool,
    /// Whether `?` and `:` end a number.
    in_ternary: bool,
    /// How many expandable strings are around.
    level: u32,
    /// Where the innermost string's expression begins.
    nested_start: Option<usize>,
    /// Whether parsing was given up because too much is nested.
    too_deep: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            tokens: Vec::with_capacity(text.len().min(MAX_TEXT) / 4),
            errors: Vec::new(),
            depth: 0,
            mode: Mode::Command,
            no_comma: false,
            in_ternary: false,
            level: 0,
            nested_start: None,
            too_deep: false,
        }
    }

    /// Parses the whole text.
    pub(super) fn run(mut self) -> Parse {
        let mut tree = ScriptBlock::default();
        if self.text.len() > MAX_TEXT {
            let sentence = format!("The text is longer than {} MB.", MAX_TEXT >> 20);
            self.error("ScriptTooLong", Span::default(), sentence);
        } else {
            tree = self.script();
        }
        self.give_up();
        super::check::check(&tree, &mut self.errors);
        self.errors.truncate(MAX_ERRORS);
        Parse { tree, tokens: self.tokens, errors: self.errors }
    }

    /// What is left of the text.
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or("")
    }

    #[inline(never)]
    fn at(&self, signed: bool) -> Lexeme {
        let Self { mode, in_ternary, level, .. } = *self;
        lexeme(self.text, self.position, Ask { mode, signed, in_ternary, level })
    }

    /// The next lexeme, behind blanks.
    fn peek(&mut self) -> Lexeme {
        self.blanks();
        self.at(false)
    }

    fn peek_kind(&mut self) -> Kind {
        self.peek().kind
    }

    /// Takes the next lexeme as this kind of token.
    fn take(&mut self, lexeme: Lexeme, kind: TokenKind) -> Span {
        self.bump(lexeme.len, kind)
    }

    /// Takes the next lexeme, if it is this one.
    fn eat(&mut self, kind: Kind) -> Option<Span> {
        let next = self.peek();
        (next.kind == kind).then(|| self.take(next, TokenKind::Punctuation))
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

    /// From `start` to here.
    fn span_from(&self, start: u32) -> Span {
        Span { start, end: (self.position as u32).max(start) }
    }

    /// Runs with another mode.
    fn in_mode<T>(&mut self, mode: Mode, parse: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.mode, mode);
        let parsed = parse(self);
        self.mode = before;
        parsed
    }

    /// Runs where a comma makes a list, or where it only separates.
    fn with_comma<T>(&mut self, lists: bool, parse: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.no_comma, !lists);
        let parsed = parse(self);
        self.no_comma = before;
        parsed
    }

    /// Skips blanks, comments and continuations within a line.
    #[inline(never)]
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { return };
            if scan::is_blank(c) {
                self.bump(scan::run(rest, scan::is_blank), TokenKind::Whitespace);
            } else if c == '`' && scan::double_quote(self.text, self.position, self.level).is_none() {
                let behind = rest.get(1..).unwrap_or("");
                match behind.chars().next() {
                    Some(next) if scan::is_newline(next) => {
                        self.bump(1 + scan::newline(behind), TokenKind::Continuation);
                    }
                    Some(next) if next.is_whitespace() => {
                        self.bump(1 + scan::run(behind, scan::is_blank), TokenKind::Whitespace);
                    }
                    None => {
                        self.bump(1, TokenKind::Continuation);
                        let sentence = "The next line is missing.";
                        self.report("IncompleteString", self.end_span(), sentence.to_owned(), true);
                        return;
                    }
                    Some(_) => return,
                }
            } else if c == '#' || rest.starts_with("<#") {
                let (len, closed) = scan::comment(rest);
                let span = self.bump(len, TokenKind::Comment);
                if !closed {
                    let sentence = "The comment is not closed: #> is missing.";
                    self.report("MissingTerminatorMultiLineComment", span, sentence.to_owned(), true);
                }
            } else {
                return;
            }
        }
    }

    /// Skips blanks and line ends.
    fn newlines(&mut self) {
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
            self.newlines();
            if self.eat(Kind::Semicolon).is_none() {
                return;
            }
        }
    }

    /// The place before what comes next, where PowerShell misses a bracket.
    fn before_next(&mut self) -> Span {
        self.blanks();
        let mut at = self.position;
        if at < self.text.len() {
            at = at.saturating_sub(1);
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
        }
        Span::new(at, at)
    }

    /// Right behind a span.
    fn after(span: Span) -> Span {
        Span { start: span.end, end: span.end }
    }

    /// The end of the text.
    fn end_span(&self) -> Span {
        Span::new(self.text.len(), self.text.len())
    }

    /// Reports something that more text cannot mend.
    #[inline(never)]
    fn error(&mut self, id: &'static str, span: Span, message: impl Into<String>) {
        self.report(id, span, message.into(), false);
    }

    /// Reports something that more text may mend, if only blanks and comments follow.
    #[inline(never)]
    fn error_open(&mut self, id: &'static str, span: Span, message: impl Into<String>) {
        // What is wrong with the next lexeme itself is said first.
        if self.errors.len() < MAX_ERRORS {
            self.next_span();
        }
        let incomplete = self.only_blanks_behind(span.end as usize);
        self.report(id, span, message.into(), incomplete);
    }

    #[inline(never)]
    fn report(&mut self, id: &'static str, span: Span, message: String, incomplete: bool) {
        let again = self.errors.iter().any(|error| error.id == id && error.span == span);
        if !again && !self.too_deep && self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { id, span, message, incomplete });
        }
    }

    /// Reports what is wrong within a string, a word or a variable.
    #[inline(never)]
    fn flaws(&mut self, flaws: Vec<Flaw>) {
        for (id, range, sentence) in flaws {
            let end = range.end.min(self.text.len());
            let span = Span::new(range.start.min(end), end);
            let incomplete = end == self.text.len()
                && !matches!(
                    id,
                    "InvalidVariableReferenceWithDrive"
                        | "InvalidVariableReference"
                        | "InvalidBracedVariableReference"
                        | "EmptyVariableReference"
                        | "OpenBraceNeedsToBeBackTickedInVariableName"
                        | "UnexpectedCharactersAfterHereStringHeader"
                        | "InvalidUnicodeEscapeSequence"
                        | "InvalidUnicodeEscapeSequenceValue"
                        | "TooManyDigitsInUnicodeEscapeSequence"
                );
            self.report(id, span, sentence.to_owned(), incomplete);
        }
    }

    /// Whether nothing but blanks and comments follows on this line, and no other line.
    #[inline(never)]
    fn only_blanks_behind(&self, mut at: usize) -> bool {
        // PowerShell looks at the wrong place where the text is a string's expression; so does this, because a console
        // that goes on to a next line has to do so where PowerShell does.
        if let Some(start) = self.nested_start {
            if at >= self.text.len().saturating_sub(start) {
                return true;
            }
            at += start;
        }
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let blanks = scan::run(rest, scan::is_blank);
            let len = if blanks > 0 { blanks } else { scan::comment(rest).0 };
            if len == 0 {
                return false;
            }
            at += len;
        }
        true
    }

    /// Where the next lexeme stands; strings and words are not read, only measured.
    #[inline(never)]
    fn next_span(&mut self) -> Span {
        let next = self.peek();
        let mut flaws = Vec::new();
        let (text, at) = (self.text, self.position);
        let end = match next.kind {
            Kind::Verbatim => scan::verbatim_end(text, at, &mut flaws),
            Kind::Expandable => scan::expandable(text, at, self.level, &mut flaws).1,
            Kind::HereVerbatim | Kind::HereExpandable => scan::here_string(text, at, &mut flaws).end,
            Kind::Word => scan::word_end(text, at, self.level, &mut flaws),
            Kind::Unknown => {
                self.unknown_sign();
                at + next.len
            }
            Kind::Variable | Kind::Splat => at + scan::variable(text, at, false, &mut flaws).len,
            _ => at + next.len,
        };
        self.flaws(flaws);
        Span::new(at, end)
    }

    /// Reports the next lexeme as one that cannot stand here. It is not taken.
    #[inline(never)]
    fn unexpected(&mut self) -> Span {
        let span = self.next_span();
        let shown: String = span.text(self.text).chars().take(40).collect();
        self.error("UnexpectedToken", span, format!("'{shown}' is not expected here."));
        span
    }

    /// Makes what is left one token that means nothing.
    fn give_up(&mut self) {
        self.bump(self.text.len() - self.position.min(self.text.len()), TokenKind::Unknown);
    }

    /// Runs `parse` one level deeper, or gives up the rest of the text if that is too deep.
    fn nested<T>(&mut self, instead: T, parse: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_NESTING {
            self.error_too_deep();
            return instead;
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    #[inline(never)]
    fn error_too_deep(&mut self) {
        let span = Span::new(self.position, self.text.len());
        self.error("ScriptTooComplicated", span, "Too many levels are nested within each other.");
        // What is reported from here on only says that the brackets are not closed.
        self.too_deep = true;
        self.give_up();
    }

    fn missing(&self) -> Expr {
        Expr { kind: ExprKind::Missing, span: Span::new(self.position, self.position) }
    }

    fn missing_statement(&self) -> Statement {
        let span = Span::new(self.position, self.position);
        Statement { kind: StatementKind::Pipeline(Vec::new()), span }
    }
}
