//! Script blocks and statements: what begins with a word of the language, and which construct it is.

use super::{
    super::{
        ast::{Block, Expr, ExprKind, ScriptBlock, Statement, StatementKind},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

/// Words that begin a construct which this console refuses.
const REFUSED: [&str; 11] = [
    "class",
    "enum",
    "using",
    "configuration",
    "dynamicparam",
    "workflow",
    "parallel",
    "sequence",
    "inlinescript",
    "data",
    "define",
];

impl Parser<'_> {
    /// A script block's inside, or a whole text.
    pub(super) fn script_block(&mut self, start: usize) -> ScriptBlock {
        let mut parameters = Vec::new();
        self.separators();
        let mark = (self.position, self.tokens.len(), self.errors.len());
        while self.peek() == Some('[') && self.attribute().is_some() {
            self.blank_lines();
        }
        if self.at_word("param") && self.keyword_then_paren() {
            parameters = self.parameters();
        } else {
            self.position = mark.0;
            self.tokens.truncate(mark.1);
            self.errors.truncate(mark.2);
        }
        self.separators();
        let mut named = Vec::new();
        while let Some(word) =
            ["begin", "process", "end", "clean"].into_iter().find(|word| self.at_block_word(word))
        {
            self.bump(word.len(), TokenKind::Keyword);
            self.blank_lines();
            named.push((word.to_owned(), self.braced_block()));
            self.separators();
        }
        let body = self.block();
        ScriptBlock { parameters, named, body, span: Span::new(start, self.position) }
    }

    /// `{ … }` as a value.
    pub(super) fn script_block_literal(&mut self) -> Expr {
        let opened = self.bump(1, TokenKind::Punctuation);
        let start = self.position;
        let mut inner = start;
        let block = self.bracketed(opened, '}', |parser| {
            let block = parser.script_block(start);
            inner = parser.position;
            block
        });
        let block = ScriptBlock { span: Span::new(start, inner), ..block };
        Expr { kind: ExprKind::ScriptBlock(block), span: opened.to(Span::new(0, self.position)) }
    }

    /// `{ … }` as a part of a statement.
    pub(super) fn braced_block(&mut self) -> Block {
        self.blank_lines();
        if self.peek() != Some('{') {
            self.error_here("A block in braces { } is missing here.");
            return Block { statements: Vec::new(), span: Span::new(self.position, self.position) };
        }
        let opened = self.bump(1, TokenKind::Punctuation);
        self.bracketed(opened, '}', Self::block)
    }

    /// Whether this word is next, without regard to case, and ends there.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .is_some_and(|rest| rest.starts_with(|c| scan::is_name(c) || "-.\\/:`'\"$".contains(c)))
    }

    /// Whether this word and an opening brace are next.
    pub(super) fn at_block_word(&self, word: &str) -> bool {
        self.at_word(word)
            && self.rest().get(word.len()..).is_some_and(|rest| rest.trim_start().starts_with('{'))
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump(word.len(), TokenKind::Keyword);
        }
        found
    }

    /// A word that may stand on a later line, such as `else`; nothing is read if it does not follow.
    pub(super) fn eat_word_below(&mut self, word: &str) -> bool {
        let mark = (self.position, self.tokens.len(), self.errors.len());
        self.blank_lines();
        if self.eat_word(word) {
            return true;
        }
        self.position = mark.0;
        self.tokens.truncate(mark.1);
        self.errors.truncate(mark.2);
        false
    }

    /// The `param` that is next, if a parenthesis follows it.
    pub(super) fn keyword_then_paren(&mut self) -> bool {
        let found = self.rest().get(5..).is_some_and(|rest| rest.trim_start().starts_with('('));
        if found {
            self.bump(5, TokenKind::Keyword);
            self.blank_lines();
        }
        found
    }

    /// A statement; `None` if there is nothing that could be one.
    pub(super) fn statement(&mut self) -> Option<Statement> {
        self.nested(|parser| {
            let start = parser.position;
            let kind = parser.statement_kind()?;
            Some(Statement { kind, span: parser.span_from(start) })
        })
    }

    pub(super) fn statement_kind(&mut self) -> Option<StatementKind> {
        let rest = self.rest();
        let label = if rest.starts_with(':') { self.label() } else { None };
        let word_len = scan::run(self.rest(), scan::is_name);
        let word = self.rest().get(..word_len).unwrap_or("").to_ascii_lowercase();
        if word.is_empty() || !self.at_word(&word) {
            return self.pipeline_statement();
        }
        let take = |parser: &mut Self| {
            parser.bump(word_len, TokenKind::Keyword);
            parser.blanks();
        };
        Some(match word.as_str() {
            "if" => {
                take(self);
                self.if_statement()
            }
            "foreach" => {
                take(self);
                self.foreach_statement(label)
            }
            "for" => {
                take(self);
                self.for_statement(label)
            }
            "while" => {
                take(self);
                let condition = Box::new(self.condition());
                let body = self.braced_block();
                StatementKind::While { label, condition, body_first: false, until: false, body }
            }
            "do" => {
                take(self);
                let body = self.braced_block();
                let until = self.eat_word_below("until");
                if !until && !self.eat_word_below("while") {
                    self.error_here("while or until is missing behind the block of do.");
                }
                let condition = Box::new(self.condition());
                StatementKind::While { label, condition, body_first: true, until, body }
            }
            "switch" => {
                take(self);
                self.switch_statement(label)
            }
            "try" => {
                take(self);
                self.try_statement()
            }
            "function" | "filter" => {
                take(self);
                self.function_statement(word == "filter")
            }
            "return" | "throw" | "exit" | "break" | "continue" => {
                take(self);
                let keyword = match word.as_str() {
                    "return" => "return",
                    "throw" => "throw",
                    "exit" => "exit",
                    "break" => "break",
                    _ => "continue",
                };
                let ends = self.peek().is_none_or(|c| scan::is_newline(c) || matches!(c, ';' | '}' | ')'));
                let value = if ends { None } else { self.statement().map(Box::new) };
                StatementKind::Leave { keyword, value }
            }
            "trap" => {
                take(self);
                let name = if self.peek() == Some('[') { self.type_literal() } else { None };
                StatementKind::Trap(name, self.braced_block())
            }
            "param" if self.rest().get(word_len..).is_some_and(|rest| rest.trim_start().starts_with('(')) => {
                self.error_here(
                    "param(…) must be the first thing in a script, a function or a script block.",
                );
                take(self);
                self.parameters();
                StatementKind::Refused(word)
            }
            "else" | "elseif" | "catch" | "finally" | "until" => {
                self.skip_unknown();
                return None;
            }
            _ if REFUSED.contains(&word.as_str()) && self.at_refused(word_len) => {
                let start = self.position;
                take(self);
                let span = Span::new(start, start + word_len);
                self.error(span, format!("'{word}' is not available in this console."), false);
                self.blanks();
                let head = scan::run(self.rest(), |c| !scan::is_newline(c) && !matches!(c, '{' | ';'));
                self.bump(head, TokenKind::Unknown);
                if self.peek() == Some('{') {
                    let opened = self.bump(1, TokenKind::Punctuation);
                    self.bracketed(opened, '}', Self::block);
                }
                StatementKind::Refused(word)
            }
            _ => return self.pipeline_statement(),
        })
    }

    /// Whether a refused word stands here as a word of the language and not as a command's name.
    pub(super) fn at_refused(&self, word_len: usize) -> bool {
        let behind = self.rest().get(word_len..).unwrap_or("").trim_start();
        behind.starts_with(|c: char| scan::is_name(c) || c == '{')
    }

    pub(super) fn label(&mut self) -> Option<String> {
        let len = scan::run(self.rest().get(1..)?, scan::is_name);
        if len == 0 {
            return None;
        }
        let span = self.bump(len + 1, TokenKind::Label);
        self.blank_lines();
        span.text(self.text).get(1..).map(str::to_owned)
    }
}
