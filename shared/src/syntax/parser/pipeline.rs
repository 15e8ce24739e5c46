//! Pipelines: their elements, chains of them, and assignments.

use super::{
    super::{
        ast::{BinaryOp, Element, ElementKind, Expr, ExprKind, Statement, StatementKind, UnaryOp},
        number::number,
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

impl Parser<'_> {
    pub(super) fn pipeline_statement(&mut self) -> Option<StatementKind> {
        let start = self.position;
        let first = self.pipeline()?;
        self.blanks();
        if !self.at_chain() {
            return Some(first);
        }
        let mut chain = vec![(true, Statement { kind: first, span: self.span_from(start) })];
        while self.at_chain() {
            let and = self.rest().starts_with("&&");
            self.bump(2, TokenKind::Operator);
            self.blank_lines();
            let start = self.position;
            let Some(kind) = self.pipeline() else {
                self.error_here(format!("A pipeline is missing behind {}.", if and { "&&" } else { "||" }));
                break;
            };
            chain.push((and, Statement { kind, span: self.span_from(start) }));
            self.blanks();
        }
        Some(StatementKind::Chain(chain))
    }

    pub(super) fn at_chain(&self) -> bool {
        self.rest().starts_with("&&") || self.rest().starts_with("||")
    }

    pub(super) fn pipeline(&mut self) -> Option<StatementKind> {
        let mut elements = Vec::new();
        loop {
            let start = self.position;
            let c = self.peek()?;
            if matches!(c, ')' | '}' | ';' | '|') || scan::is_newline(c) {
                return None;
            }
            let first = elements.is_empty();
            let kind = if self.at_expression() {
                let expr = self.expression();
                self.blanks();
                if first && let Some(assignment) = self.assignment_to(&expr) {
                    let value = self.statement().map(Box::new);
                    if value.is_none() {
                        self.error_here("A value is missing behind the assignment.");
                    }
                    let none =
                        || Statement { kind: StatementKind::Pipeline(Vec::new()), span: Span::default() };
                    return Some(StatementKind::Assignment {
                        target: expr,
                        operator: assignment,
                        value: value.unwrap_or_else(|| Box::new(none())),
                    });
                }
                if !first {
                    let message = "Expressions are only allowed as the first element of a pipeline.";
                    self.error(expr.span, message, false);
                }
                ElementKind::Expr(expr)
            } else {
                ElementKind::Command(self.command())
            };
            let redirections = self.redirections();
            elements.push(Element { kind, redirections, span: self.span_from(start) });
            self.blanks();
            if self.rest().starts_with('&') && !self.rest().starts_with("&&") {
                let span = self.bump(1, TokenKind::Operator);
                self.error(span, "Background jobs (&) are not available in this console.", false);
            }
            if self.at_chain() || !self.pipe_follows() {
                return Some(StatementKind::Pipeline(elements));
            }
            let pipe = self.bump(1, TokenKind::Punctuation);
            self.blank_lines();
            if self.peek().is_none_or(|c| matches!(c, ')' | '}' | ';' | '|')) {
                let message = if self.peek() == Some('|') {
                    "An empty pipe element is not allowed."
                } else {
                    "A command is missing behind the pipe."
                };
                let incomplete = self.at_end();
                self.error(pipe, message, incomplete);
                return Some(StatementKind::Pipeline(elements));
            }
        }
    }

    /// Whether a pipe sign is next, perhaps at the start of the next line.
    pub(super) fn pipe_follows(&mut self) -> bool {
        let mark = (self.position, self.tokens.len(), self.errors.len());
        self.blank_lines();
        if self.rest().starts_with('|') && !self.rest().starts_with("||") {
            return true;
        }
        self.position = mark.0;
        self.tokens.truncate(mark.1);
        self.errors.truncate(mark.2);
        false
    }

    /// The assignment's sign, if one is next: `Some(None)` for `=`.
    #[expect(clippy::option_option, reason = "no sign, the plain sign, a sign with an operator")]
    pub(super) fn assignment_to(&mut self, target: &Expr) -> Option<Option<BinaryOp>> {
        let len = scan::assignment(self.rest());
        if len == 0 {
            return None;
        }
        let operator = match self.peek() {
            Some('=') => None,
            Some('+') => Some(BinaryOp::Add),
            Some('*') => Some(BinaryOp::Multiply),
            Some('/') => Some(BinaryOp::Divide),
            Some('%') => Some(BinaryOp::Remainder),
            Some('?') => Some(BinaryOp::Coalesce),
            _ => Some(BinaryOp::Subtract),
        };
        self.bump(len, TokenKind::Operator);
        self.blank_lines();
        if !is_assignable(target) {
            self.error(target.span, "Only variables, properties and items can be assigned to.", false);
        }
        Some(operator)
    }

    /// Whether the next element of a pipeline is an expression and not a command.
    pub(super) fn at_expression(&self) -> bool {
        let rest = self.rest();
        let Some(c) = self.peek() else { return false };
        if c.is_ascii_digit() || c == '.' {
            // `7zip` and `. script` are commands; a sign may follow a number at once, as in `1+1`.
            return number(rest).is_some();
        }
        if scan::is_dash(c) {
            let word = rest.get(c.len_utf8()..).unwrap_or("");
            let len = scan::run(word, |c| c.is_ascii_alphabetic());
            let unary = ["not", "bnot", "join", "split", "isplit", "csplit"];
            return len == 0
                || unary.iter().any(|unary| word.get(..len).is_some_and(|w| w.eq_ignore_ascii_case(unary)));
        }
        matches!(c, '$' | '@' | '(' | '{' | '[' | '!' | '+' | ',')
            || scan::is_single_quote(c)
            || scan::is_double_quote(c)
    }

    pub(super) fn unary_operand(&mut self) -> Expr {
        let in_arguments = std::mem::replace(&mut self.in_arguments, true);
        let expr = self.expression();
        self.in_arguments = in_arguments;
        expr
    }
}

fn is_assignable(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) | ExprKind::Index { .. } | ExprKind::Missing => true,
        ExprKind::Member { arguments, .. } => arguments.is_none(),
        ExprKind::List(items) => items.iter().all(is_assignable),
        ExprKind::Cast(_, operand) | ExprKind::Unary(UnaryOp::Comma, operand) => is_assignable(operand),
        ExprKind::Paren(statement) => match &statement.kind {
            StatementKind::Pipeline(elements) => {
                matches!(elements.as_slice(), [Element { kind: ElementKind::Expr(expr), .. }] if is_assignable(expr))
            }
            _ => false,
        },
        _ => false,
    }
}
