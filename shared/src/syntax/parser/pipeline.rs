//! Pipelines: their elements, chains of them, and assignments.

use super::{
    super::{
        ast::{Element, ElementKind, Expr, Statement, StatementKind},
        lexer::{Kind, Mode},
        scan,
        token::TokenKind,
    },
    Parser,
};

impl Parser<'_> {
    /// Pipelines with `&&` and `||` between them, or an assignment; `None`, and nothing read, if there is neither.
    #[inline(never)]
    pub(super) fn pipeline_chain(&mut self) -> Option<StatementKind> {
        self.blanks();
        let start = self.position as u32;
        let expr = self.expression();
        if let Some(target) = expr {
            let next = self.in_mode(Mode::Expression, Self::peek);
            if let Kind::Assign(operator) = next.kind {
                return Some(self.assignment(target, operator, next.len));
            }
            return self.chain_from(start, Some(target));
        }
        self.chain_from(start, None)
    }

    #[inline(never)]
    fn assignment(
        &mut self,
        target: Expr,
        operator: Option<super::super::ast::BinaryOp>,
        len: usize,
    ) -> StatementKind {
        let sign = self.bump(len, TokenKind::Operator);
        self.newlines();
        let value = self.nested(None, Self::statement);
        let value = value.unwrap_or_else(|| {
            let text = sign.text(self.text).to_owned();
            let sentence = format!("A value is missing behind '{text}'.");
            self.error_open("ExpectedValueExpression", Self::after(sign), sentence);
            self.missing_statement()
        });
        StatementKind::Assignment { target, operator, value: Box::new(value) }
    }

    #[inline(never)]
    fn chain_from(&mut self, start: u32, expr: Option<Expr>) -> Option<StatementKind> {
        let first = self.in_mode(Mode::Command, |parser| parser.pipeline(expr))?;
        let at_chain = |parser: &mut Self| match parser.in_mode(Mode::Command, Self::peek_kind) {
            Kind::AndAnd => Some(true),
            Kind::OrOr => Some(false),
            _ => None,
        };
        if at_chain(self).is_none() {
            return Some(first);
        }
        let mut chain = vec![(true, Statement { kind: first, span: self.trimmed(start) })];
        while let Some(and) = at_chain(self) {
            let sign = self.bump(2, TokenKind::Operator);
            self.newlines();
            let start = self.position as u32;
            let sentence = format!("A pipeline is missing behind {}.", if and { "&&" } else { "||" });
            if self.peek_kind() == Kind::End {
                self.error_open("EmptyPipelineChainElement", Self::after(sign), sentence);
                break;
            }
            let expr = self.expression();
            let Some(kind) = self.in_mode(Mode::Command, |parser| parser.pipeline(expr)) else {
                let span = sign.to(self.next_span());
                self.error("EmptyPipelineChainElement", span, sentence);
                break;
            };
            chain.push((and, Statement { kind, span: self.trimmed(start) }));
        }
        Some(StatementKind::Chain(chain))
    }

    /// Elements with `|` between them; the first expression is read already, if there is one.
    #[inline(never)]
    fn pipeline(&mut self, mut first: Option<Expr>) -> Option<StatementKind> {
        let mut elements: Vec<Element> = Vec::new();
        let mut pipe = None;
        loop {
            self.blanks();
            let start = first.as_ref().map_or(self.position as u32, |expr| expr.span.start);
            let expr = first.take().or_else(|| if pipe.is_some() { self.expression() } else { None });
            let is_expr = expr.is_some();
            let kind = match expr {
                Some(expr) => {
                    if !elements.is_empty() {
                        let sentence = "An expression can only be the first element of a pipeline.";
                        self.error("ExpressionsMustBeFirstInPipeline", expr.span, sentence);
                    }
                    Some((ElementKind::Expr(expr), Vec::new()))
                }
                None => {
                    self.command().map(|(command, redirected)| (ElementKind::Command(command), redirected))
                }
            };
            if let Some((kind, mut redirections)) = kind {
                if is_expr {
                    while matches!(self.peek_kind(), Kind::Redirection | Kind::Merge | Kind::InputRedirection)
                    {
                        self.redirection(&mut redirections);
                    }
                }
                elements.push(Element { kind, redirections, span: self.trimmed(start) });
            } else {
                let span = match pipe {
                    Some(pipe) if !elements.is_empty() => Some(Self::after(pipe)),
                    _ if self.peek_kind() == Kind::Pipe => Some(self.next_span()),
                    _ => None,
                };
                if let Some(span) = span {
                    let sentence = "A command is missing: an element of the pipeline is empty.";
                    self.error_open("EmptyPipeElement", span, sentence);
                }
            }
            if self.peek_kind() == Kind::Newline && self.pipe_below() {
                self.newlines();
            }
            let next = self.peek();
            match next.kind {
                Kind::Pipe => {
                    let sign = self.take(next, TokenKind::Punctuation);
                    self.newlines();
                    if self.peek_kind() == Kind::End {
                        let sentence = "A command is missing behind the pipe sign.";
                        self.error_open("EmptyPipeElement", Self::after(sign), sentence);
                        break;
                    }
                    pipe = Some(sign);
                    continue;
                }
                Kind::Ampersand if !elements.is_empty() => {
                    let span = self.take(next, TokenKind::Operator);
                    self.error(
                        "NotAvailableHere",
                        span,
                        "Background jobs (&) are not available in this console.",
                    );
                }
                Kind::Semicolon
                | Kind::Newline
                | Kind::CloseParen
                | Kind::CloseBrace
                | Kind::End
                | Kind::AndAnd
                | Kind::OrOr => {}
                _ if elements.is_empty() => {}
                _ => {
                    self.unexpected();
                }
            }
            break;
        }
        (!elements.is_empty() || pipe.is_some()).then_some(StatementKind::Pipeline(elements))
    }

    /// Whether the next line begins with a pipe sign. Lines of comments may be between.
    fn pipe_below(&self) -> bool {
        let mut at = self.position + scan::newline(self.rest());
        loop {
            let rest = self.text.get(at..).unwrap_or("");
            let blanks = scan::run(rest, scan::is_blank);
            let rest = rest.get(blanks..).unwrap_or("");
            if rest.starts_with('|') {
                return !rest.starts_with("||");
            }
            let comment = scan::comment(rest).0;
            if comment == 0 {
                return false;
            }
            at += blanks + comment;
            at += scan::newline(self.text.get(at..).unwrap_or(""));
        }
    }
}
