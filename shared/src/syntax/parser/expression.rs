//! Expressions: operators by precedence, lists, casts, operands.

use super::{
    super::{
        ast::{BinaryOp, Expr, ExprKind, UnaryOp},
        lexer::{Kind, Mode},
        number::number,
        token::{Span, TokenKind},
    },
    Parser,
};

/// Operators behind one another in one expression. A chain is as deep a tree as it is long when it is evaluated.
const MAX_OPERATORS: usize = 500;

impl Parser<'_> {
    /// An expression with all operators; `None`, and nothing read, if none begins here.
    #[inline(never)]
    pub(super) fn expression(&mut self) -> Option<Expr> {
        self.in_mode(Mode::Expression, |parser| {
            let condition = parser.binary()?;
            let next = parser.peek();
            if next.kind != Kind::Question {
                return Some(condition);
            }
            let in_ternary = std::mem::replace(&mut parser.in_ternary, true);
            let found = parser.ternary(condition, next.len);
            parser.in_ternary = in_ternary;
            Some(found)
        })
    }

    #[inline(never)]
    fn ternary(&mut self, condition: Expr, len: usize) -> Expr {
        let sign = self.bump(len, TokenKind::Operator);
        self.newlines();
        let Some(yes) = self.nested(None, Self::expression) else {
            let sentence = "A value is missing behind '?'.";
            self.error_open("ExpectedValueExpression", Self::after(sign), sentence);
            return condition;
        };
        self.newlines();
        let next = self.peek();
        if next.kind != Kind::Colon {
            let span = self.next_span();
            let sentence = "The : of the ternary operator is missing.";
            self.error_open("MissingColonInTernaryExpression", span, sentence);
            return condition;
        }
        let colon = self.take(next, TokenKind::Operator);
        self.newlines();
        let no = self.nested(None, Self::expression).unwrap_or_else(|| {
            let sentence = "A value is missing behind ':'.";
            self.error_open("ExpectedValueExpression", Self::after(colon), sentence);
            self.missing()
        });
        let span = condition.span.to(no.span);
        Expr { kind: ExprKind::Ternary(Box::new((condition, yes, no))), span }
    }

    /// Operands with binary operators between them.
    #[inline(never)]
    fn binary(&mut self) -> Option<Expr> {
        let mut operands = vec![self.list()?];
        let mut operators: Vec<(BinaryOp, bool)> = Vec::new();
        let mut count = 0usize;
        loop {
            let mark = (self.position, self.tokens.len());
            let next = self.peek();
            let Some(operator) = next.kind.binary() else {
                if let Kind::Parameter { .. } = next.kind {
                    // Most likely an operator that is not written to its end.
                    let span = self.unexpected();
                    self.bump(span.end as usize - self.position, TokenKind::Unknown);
                    if let Some(last) = operands.last_mut() {
                        let span = last.span.to(span);
                        *last = Expr { kind: ExprKind::Missing, span };
                    }
                } else {
                    self.position = mark.0;
                    self.tokens.truncate(mark.1);
                }
                break;
            };
            count += 1;
            if count > MAX_OPERATORS {
                self.error_too_deep();
                break;
            }
            let sign = self.take(next, TokenKind::Operator);
            self.newlines();
            let operand = self.behind_operator(Self::list).unwrap_or_else(|| {
                let text = sign.text(self.text).to_owned();
                let sentence = format!("A value is missing behind '{text}'.");
                self.error_open("ExpectedValueExpression", Self::after(sign), sentence);
                self.missing()
            });
            while operators.last().is_some_and(|(op, _)| op.precedence() >= operator.0.precedence()) {
                reduce(&mut operands, &mut operators);
            }
            operands.push(operand);
            operators.push(operator);
        }
        while !operators.is_empty() {
            reduce(&mut operands, &mut operators);
        }
        operands.pop()
    }

    /// Behind an operator, `?` and `:` end a number.
    fn behind_operator<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> T {
        let in_ternary = std::mem::replace(&mut self.in_ternary, true);
        let parsed = parse(self);
        self.in_ternary = in_ternary;
        parsed
    }

    /// Operands with commas between them.
    #[inline(never)]
    fn list(&mut self) -> Option<Expr> {
        let first = self.unary()?;
        if self.no_comma {
            return Some(first);
        }
        let mut items = vec![first];
        loop {
            let mark = (self.position, self.tokens.len());
            let Some(comma) = self.eat(Kind::Comma) else {
                self.position = mark.0;
                self.tokens.truncate(mark.1);
                break;
            };
            self.newlines();
            let Some(item) = self.behind_operator(Self::unary) else {
                let sentence = "A value is missing behind the comma.";
                self.error_open("MissingExpressionAfterToken", Self::after(comma), sentence);
                items.push(Expr { kind: ExprKind::Missing, span: comma });
                break;
            };
            items.push(item);
        }
        let last = items.pop()?;
        let Some(first) = items.first() else { return Some(last) };
        let span = first.span.to(last.span);
        items.push(last);
        Some(Expr { kind: ExprKind::List(items), span })
    }

    /// An operand with the operators before and behind it.
    #[inline(never)]
    pub(super) fn unary(&mut self) -> Option<Expr> {
        self.blanks();
        let next = self.at(true);
        let expr = if let Some(op) = next.kind.unary() {
            if op == UnaryOp::Comma && self.no_comma {
                return None;
            }
            let sign = self.take(next, TokenKind::Operator);
            self.newlines();
            let operand = self.behind_operator(|parser| parser.nested(None, Self::unary));
            let Some(operand) = operand else {
                let text = sign.text(self.text).to_owned();
                let sentence = format!("A value is missing behind '{text}'.");
                self.error_open("MissingExpressionAfterOperator", Self::after(sign), sentence);
                return Some(Expr { kind: ExprKind::Missing, span: sign });
            };
            let span = sign.to(operand.span);
            Expr { kind: ExprKind::Unary(op, Box::new(operand)), span }
        } else if next.kind == Kind::OpenBracket {
            self.nested(None, Self::typed)?
        } else if next.kind == Kind::Number {
            let number = self.number_literal();
            self.postfix(number)
        } else {
            self.primary(true)?
        };
        let mark = (self.position, self.tokens.len());
        let next = self.peek();
        let op = match next.kind {
            Kind::Increment => UnaryOp::PostIncrement,
            Kind::Decrement => UnaryOp::PostDecrement,
            _ => {
                self.position = mark.0;
                self.tokens.truncate(mark.1);
                return Some(expr);
            }
        };
        let span = expr.span.to(self.take(next, TokenKind::Operator));
        Some(Expr { kind: ExprKind::Unary(op, Box::new(expr)), span })
    }

    /// A type, a cast, or attributes before an expression; `[` is next.
    #[inline(never)]
    fn typed(&mut self) -> Option<Expr> {
        let mut attributes = Vec::new();
        while let Some((attribute, span)) = self.attribute() {
            if attribute.arguments.is_some() {
                self.newlines();
            }
            attributes.push((attribute, span));
            if attributes.len() > MAX_OPERATORS {
                self.error_too_deep();
                break;
            }
            // A type's member, not another type.
            if !self.rest().trim_start_matches(super::super::scan::is_blank).starts_with('[') {
                break;
            }
        }
        let (last, last_span) = attributes.pop()?;
        // Where the bracket is missing, what follows belongs to something else.
        let closed = self.text.get(..self.position).is_some_and(|read| read.ends_with(']'));
        let mut expr = if last.arguments.is_some() {
            if let Some(operand) = self.nested(None, Self::unary) {
                let span = last_span.to(operand.span);
                Expr { kind: ExprKind::Attributed(last, Box::new(operand)), span }
            } else {
                let sentence = format!("Nothing follows that the attribute [{}] could belong to.", last.name);
                self.error_open("UnexpectedAttribute", last_span, sentence);
                Expr { kind: ExprKind::Missing, span: last_span }
            }
        } else if closed && self.at_member(false) {
            let target = Expr { kind: ExprKind::Type(last.name), span: last_span };
            self.postfix(target)
        } else {
            let mark = (self.position, self.tokens.len());
            let operand = match self.peek_kind() {
                Kind::Newline | Kind::Comma => None,
                _ => self.nested(None, Self::unary),
            };
            if let Some(operand) = operand {
                let span = last_span.to(operand.span);
                Expr { kind: ExprKind::Cast(last.name, Box::new(operand)), span }
            } else {
                if self
                    .tokens
                    .get(mark.1..)
                    .is_some_and(|read| read.iter().all(|token| token.kind.is_blank()))
                {
                    self.position = mark.0;
                    self.tokens.truncate(mark.1);
                }
                Expr { kind: ExprKind::Type(last.name), span: last_span }
            }
        };
        while let Some((attribute, span)) = attributes.pop() {
            let span = span.to(expr.span);
            let operand = Box::new(expr);
            let kind = if attribute.arguments.is_none() {
                ExprKind::Cast(attribute.name, operand)
            } else {
                ExprKind::Attributed(attribute, operand)
            };
            expr = Expr { kind, span };
        }
        Some(expr)
    }

    /// An operand without operators; `None`, and nothing read, if none begins here.
    #[inline(never)]
    pub(super) fn primary(&mut self, members: bool) -> Option<Expr> {
        let next = self.peek();
        let expr = match next.kind {
            Kind::Variable | Kind::Splat => self.variable(),
            Kind::Number => self.number_literal(),
            Kind::Verbatim => self.verbatim_string(),
            Kind::Expandable => self.expandable_string(),
            Kind::HereVerbatim | Kind::HereExpandable => self.here_string(),
            Kind::OpenParen => self.paren(),
            Kind::DollarParen | Kind::ArrayParen => self.subexpression(next.kind == Kind::ArrayParen),
            Kind::HashBrace => self.hash(),
            Kind::OpenBrace => self.script_block_literal(),
            Kind::Unknown if self.mode == Mode::Expression => {
                self.unknown_sign();
                return None;
            }
            _ => return None,
        };
        // Where a closing sign is missing, what follows belongs to something else.
        let closing = match next.kind {
            Kind::OpenParen | Kind::DollarParen | Kind::ArrayParen => Some(')'),
            Kind::HashBrace | Kind::OpenBrace => Some('}'),
            _ => None,
        };
        let closed = closing
            .is_none_or(|sign| self.text.get(..self.position).is_some_and(|read| read.ends_with(sign)));
        Some(if members && closed { self.postfix(expr) } else { expr })
    }

    #[inline(never)]
    fn number_literal(&mut self) -> Expr {
        let Some((len, value)) = number(self.rest(), self.mode, self.in_ternary) else {
            return self.missing();
        };
        let span = self.bump(len, TokenKind::Number);
        if value.is_none() {
            let text = span.text(self.text).to_owned();
            self.error("BadNumericConstant", span, format!("The number {text} does not fit its type."));
        }
        Expr { kind: value.map_or(ExprKind::Missing, ExprKind::Number), span }
    }
}

/// Makes the last two operands one.
fn reduce(operands: &mut Vec<Expr>, operators: &mut Vec<(BinaryOp, bool)>) {
    let (Some(right), Some(left), Some((op, case_sensitive))) =
        (operands.pop(), operands.pop(), operators.pop())
    else {
        return;
    };
    let span: Span = left.span.to(right.span);
    operands.push(Expr {
        kind: ExprKind::Binary { op, case_sensitive, operands: Box::new((left, right)) },
        span,
    });
}
