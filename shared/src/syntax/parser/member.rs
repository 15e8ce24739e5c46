//! Members, calls and indexes behind an operand.

use super::{
    super::{
        ast::{Expr, ExprKind},
        lexer::{Kind, Mode},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
    command::Role,
};

/// Members, indexes and calls behind one another; no one writes 20.
const MAX_CHAIN: usize = 200;

/// How a member is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Member,
    Static,
    Index,
}

impl Parser<'_> {
    /// Whether a member follows at once.
    pub(super) fn at_member(&self, index: bool) -> bool {
        self.access(index).is_some()
    }

    /// How the next member is asked for, the length of the sign, and whether `?` is a part of it.
    fn access(&self, index: bool) -> Option<(Access, usize, bool)> {
        let rest = self.rest();
        let blank = |c: Option<char>| self.mode == Mode::Command && c.is_none_or(char::is_whitespace);
        let behind = |at: usize| scan::char_at(rest, at);
        match behind(0)? {
            '.' if behind(1) != Some('.') && !blank(behind(1)) => Some((Access::Member, 1, false)),
            ':' if behind(1) == Some(':') && !blank(behind(2)) => Some((Access::Static, 2, false)),
            '[' if index => Some((Access::Index, 1, false)),
            '?' if behind(1) == Some('.') => Some((Access::Member, 2, true)),
            '?' if behind(1) == Some('[') && index => Some((Access::Index, 2, true)),
            _ => None,
        }
    }

    /// Members, calls and indexes behind an expression.
    #[inline(never)]
    pub(super) fn postfix(&mut self, mut target: Expr) -> Expr {
        let mut links = 0usize;
        while let Some((access, len, null_conditional)) = self.access(true) {
            links += 1;
            // A chain nests as deeply as it is long when it is evaluated and dropped.
            if links > MAX_CHAIN {
                self.error_too_deep();
                break;
            }
            let sign = self.bump(len, TokenKind::Punctuation);
            self.newlines();
            let whole;
            (target, whole) = match access {
                Access::Index => self.index(target, sign, null_conditional),
                Access::Member | Access::Static => {
                    self.member(target, sign, access == Access::Static, null_conditional)
                }
            };
            // Where a closing sign is missing, what follows belongs to something else.
            if !whole {
                break;
            }
        }
        target
    }

    #[inline(never)]
    fn index(&mut self, target: Expr, opened: Span, null_conditional: bool) -> (Expr, bool) {
        let index = self.nested(None, |parser| parser.with_comma(true, Self::expression));
        let missing = index.as_ref().is_none_or(|index| matches!(index.kind, ExprKind::Missing));
        let index = index.unwrap_or_else(|| {
            let sentence = "An index is missing between the brackets.";
            self.error_open("MissingArrayIndexExpression", Self::after(opened), sentence);
            self.missing()
        });
        self.newlines();
        let whole = self.in_mode(Mode::Expression, |parser| parser.eat(Kind::CloseBracket)).is_some();
        if !whole && !missing {
            let sentence = "The closing ] behind the index is missing.";
            self.error_open("MissingEndSquareBracket", Self::after(index.span), sentence);
        }
        let span = target.span.to(self.trimmed(target.span.start));
        let (target, index) = (Box::new(target), Box::new(index));
        (Expr { kind: ExprKind::Index { target, index, null_conditional }, span }, whole)
    }

    #[inline(never)]
    fn member(&mut self, target: Expr, sign: Span, is_static: bool, null_conditional: bool) -> (Expr, bool) {
        let name = self.member_name();
        let mut arguments = None;
        let mut whole = true;
        let name = if let Some(name) = name {
            if self.rest().starts_with('(') {
                let called;
                (called, whole) = self.nested((Vec::new(), false), Self::call_arguments);
                arguments = Some(called);
            } else if self.rest().starts_with('{') {
                arguments = Some(vec![self.nested_literal()]);
            }
            name
        } else {
            let text = sign.text(self.text).to_owned();
            let sentence = format!("A property's or method's name is missing behind '{text}'.");
            self.error_open("MissingPropertyName", Self::after(sign), sentence);
            let instead = self.in_mode(Mode::Command, |parser| parser.argument(Role::Argument));
            whole = instead.is_some();
            instead.unwrap_or_else(|| self.missing())
        };
        let span = target.span.to(self.trimmed(target.span.start));
        let (target, name) = (Box::new(target), Box::new(name));
        (
            Expr { kind: ExprKind::Member { target, name, arguments, is_static, null_conditional }, span },
            whole,
        )
    }

    #[inline(never)]
    fn nested_literal(&mut self) -> Expr {
        let missing = self.missing();
        self.nested(missing, Self::script_block_literal)
    }

    #[inline(never)]
    fn member_name(&mut self) -> Option<Expr> {
        if let Some(name) = self.simple_name(TokenKind::Member) {
            return Some(name);
        }
        let kind = self.peek_kind();
        if kind.unary().is_some() || kind == Kind::OpenBracket {
            return self.nested(None, Self::unary);
        }
        self.primary(false)
    }

    /// Arguments of a call; the parenthesis is next.
    #[inline(never)]
    fn call_arguments(&mut self) -> (Vec<Expr>, bool) {
        let opened = self.bump(1, TokenKind::Punctuation);
        let mut arguments: Vec<Expr> = Vec::new();
        let said = self.with_comma(false, |parser| {
            let mut comma = None;
            loop {
                parser.newlines();
                let Some(argument) = parser.expression() else {
                    if let Some(comma) = comma {
                        let sentence = "An argument is missing behind the comma.";
                        parser.error_open("MissingExpressionAfterToken", Self::after(comma), sentence);
                        return true;
                    }
                    return false;
                };
                arguments.push(argument);
                parser.newlines();
                comma = parser.eat(Kind::Comma);
                if comma.is_none() {
                    return false;
                }
            }
        });
        self.newlines();
        let whole = self.eat(Kind::CloseParen).is_some();
        if !whole && !said {
            let end = Self::after(arguments.last().map_or(opened, |last| last.span));
            let sentence = "The closing ) behind the arguments is missing.";
            self.error_open("MissingEndParenthesisInMethodCall", end, sentence);
        }
        (arguments, whole)
    }
}
