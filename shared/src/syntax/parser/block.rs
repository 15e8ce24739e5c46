//! Script blocks and lists of statements.

use super::{
    super::{
        ast::{Attribute, Block, Expr, ExprKind, ScriptBlock, Statement},
        lexer::{Kind, Mode},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

/// How far is looked for the `param` behind attributes.
const ATTRIBUTES: usize = 4096;

impl Parser<'_> {
    /// A whole text.
    pub(super) fn script(&mut self) -> ScriptBlock {
        let mut block = ScriptBlock::default();
        self.head(&mut block);
        loop {
            self.body(&mut block);
            if self.peek_kind() == Kind::End {
                break;
            }
            let named = !block.named.is_empty();
            let span =
                if named && block.body.statements.is_empty() { self.not_named() } else { self.unexpected() };
            self.bump(span.end as usize - self.position, TokenKind::Unknown);
            if self.peek_kind() == Kind::End {
                break;
            }
        }
        block.span = Span::new(0, self.position);
        block
    }

    /// Behind named blocks come only more of them.
    #[inline(never)]
    fn not_named(&mut self) -> Span {
        let span = self.next_span();
        let sentence = "Behind begin, process or end only such blocks can follow.";
        self.error("MissingNamedBlocks", span, sentence);
        span
    }

    /// A script block's inside up to its closing brace; the opening one is read.
    #[inline(never)]
    pub(super) fn script_block(&mut self, opened: Span) -> ScriptBlock {
        let mut block = ScriptBlock::default();
        let start = self.position as u32;
        let (mode, lists) = (Mode::Command, true);
        self.in_mode(mode, |parser| {
            parser.with_comma(lists, |parser| {
                parser.nested((), |parser| {
                    parser.head(&mut block);
                    parser.body(&mut block);
                });
                block.span = parser.span_from(start);
                let next = parser.peek_kind();
                if !block.named.is_empty() && !matches!(next, Kind::CloseBrace | Kind::End) {
                    parser.not_named();
                    return;
                }
                parser.close_brace(opened, opened);
            });
        });
        block
    }

    /// The closing brace of a block.
    #[inline(never)]
    pub(super) fn close_brace(&mut self, opened: Span, error: Span) {
        if self.eat(Kind::CloseBrace).is_some() {
            return;
        }
        let next = self.next_span();
        let incomplete = self.only_blanks_behind(next.end as usize);
        let opener = opened.text(self.text).to_owned();
        self.report(
            "MissingEndCurlyBrace",
            error,
            format!("The closing }} for {opener} is missing."),
            incomplete,
        );
    }

    /// The declaration of parameters at a script block's start, with the attributes before it.
    #[inline(never)]
    fn head(&mut self, block: &mut ScriptBlock) {
        self.newlines();
        if self.param_behind_attributes() {
            while let Some((attribute, span)) = self.attribute() {
                if attribute.arguments.is_none() {
                    let sentence = format!("The type [{}] cannot stand before param.", attribute.name);
                    self.error("TypeNotAllowedBeforeParam", span, sentence);
                }
                block.attributes.push(attribute);
                self.newlines();
            }
        }
        if self.at_param(self.position) {
            self.bump("param".len(), TokenKind::Keyword);
            self.newlines();
            let opened = self.bump(1, TokenKind::Punctuation);
            block.parameters = self.parameters();
            block.has_param = true;
            self.close_parameters(opened, block.parameters.last().map(|last| last.span));
        }
        self.separators();
    }

    /// Whether `param` and a parenthesis stand here.
    fn at_param(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("param"))
            && rest.get(5..).is_some_and(|rest| {
                rest.starts_with(scan::ends_word)
                    && rest.get(skip_blanks(rest)..).unwrap_or("").starts_with('(')
            })
    }

    /// Whether attributes stand here and `param` behind them. This only counts brackets: what the attributes say is read
    /// when they are known to be some.
    fn param_behind_attributes(&self) -> bool {
        let mut at = self.position;
        let limit = self.position.saturating_add(ATTRIBUTES);
        loop {
            let rest = self.text.get(at..).unwrap_or("");
            if !rest.starts_with('[') {
                return at > self.position && self.at_param(at);
            }
            let mut depth = 0usize;
            let mut position = at;
            loop {
                let Some(c) = scan::char_at(self.text, position).filter(|_| position < limit) else {
                    return false;
                };
                let mut flaws = Vec::new();
                position = match c {
                    '[' => {
                        depth += 1;
                        position + 1
                    }
                    ']' => {
                        depth -= 1;
                        position + 1
                    }
                    c if scan::is_single_quote(c) => scan::verbatim_end(self.text, position, &mut flaws),
                    c if scan::is_double_quote(c) => scan::expandable(self.text, position, 0, &mut flaws).1,
                    c => position + c.len_utf8(),
                };
                if depth == 0 {
                    break;
                }
            }
            at = position + skip_blanks(self.text.get(position..).unwrap_or(""));
        }
    }

    /// Named blocks, or statements.
    #[inline(never)]
    fn body(&mut self, block: &mut ScriptBlock) {
        if block.body.statements.is_empty() && block.named.is_empty() {
            while let Some(word) = self.block_name() {
                let name = self.bump(word.len(), TokenKind::Keyword);
                if word == "dynamicparam" {
                    self.refuse(name, word);
                }
                let Some(inside) = self.braced_block() else {
                    let sentence = format!("The block of {word} in braces {{ }} is missing.");
                    self.error_open("MissingNamedStatementBlock", Self::after(name), sentence);
                    block.named.push((word.to_owned(), Block::default()));
                    self.separators();
                    continue;
                };
                if block.named.iter().any(|(name, _)| name == word) {
                    let span = Span { start: name.start, end: self.position as u32 };
                    self.error(
                        "DuplicateScriptCommandClause",
                        span,
                        format!("There is a block {word} already."),
                    );
                } else {
                    block.named.push((word.to_owned(), inside));
                }
                self.separators();
            }
            if !block.named.is_empty() {
                return;
            }
        }
        let more = self.statements();
        if block.body.statements.is_empty() {
            block.body = more;
        } else {
            block.body.span = block.body.span.to(more.span);
            block.body.statements.extend(more.statements);
        }
    }

    /// The name of a named block that is next.
    fn block_name(&mut self) -> Option<&'static str> {
        self.blanks();
        ["begin", "process", "end", "clean", "dynamicparam"].into_iter().find(|word| self.at_word(word))
    }

    /// Whether this word is next, without regard to case, and ends there.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && rest.get(word.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(scan::ends_word))
    }

    /// `{ … }` as a value; the brace is next.
    #[inline(never)]
    pub(super) fn script_block_literal(&mut self) -> Expr {
        let opened = self.bump(1, TokenKind::Punctuation);
        let block = self.script_block(opened);
        Expr { kind: ExprKind::ScriptBlock(block), span: self.trimmed(opened.start) }
    }

    /// `{ … }` as a part of a statement, perhaps on a later line; `None`, and only line ends read, if there is none.
    #[inline(never)]
    pub(super) fn braced_block(&mut self) -> Option<Block> {
        self.newlines();
        if self.peek_kind() != Kind::OpenBrace {
            return None;
        }
        let opened = self.bump(1, TokenKind::Punctuation);
        let block = self.in_mode(Mode::Command, |parser| parser.nested(Block::default(), Self::statements));
        self.close_brace(opened, opened);
        Some(block)
    }

    /// Statements up to something that is none.
    #[inline(never)]
    pub(super) fn statements(&mut self) -> Block {
        self.separators();
        let start = self.position as u32;
        let mut end = start;
        let mut statements: Vec<Statement> = Vec::new();
        while let Some(statement) = self.statement() {
            end = end.max(statement.span.end);
            statements.push(statement);
            self.separators();
            if matches!(self.peek_kind(), Kind::CloseParen | Kind::CloseBrace) {
                break;
            }
        }
        Block { statements, span: Span { start, end } }
    }

    /// Reports a construct that the language has and this console has not.
    pub(super) fn refuse(&mut self, span: Span, word: &str) {
        self.error("NotAvailableHere", span, format!("'{word}' is not available in this console."));
    }

    /// An attribute before an expression or a parameter, with where it stands.
    #[inline(never)]
    pub(super) fn attribute(&mut self) -> Option<(Attribute, Span)> {
        self.blanks();
        if !self.rest().starts_with('[') {
            return None;
        }
        let start = self.position as u32;
        let attribute = self.attribute_here()?;
        Some((attribute, self.span_from(start)))
    }
}

/// Length of the blanks, line ends and comments at the start.
fn skip_blanks(text: &str) -> usize {
    let mut len = 0;
    while let Some(rest) = text.get(len..) {
        let blanks = scan::run(rest, char::is_whitespace);
        let more = if blanks > 0 { blanks } else { scan::comment(rest).0 };
        if more == 0 {
            break;
        }
        len += more;
    }
    len
}
