//! Expressions: operators by precedence, literals, members, indexes, casts.

use super::{
    super::{
        ast::{BinaryOp, Block, Expr, ExprKind, Statement, UnaryOp, dash_operator},
        number::number,
        scan,
        token::{Span, TokenKind},
    },
    Parser, negate,
};
use crate::value::PsValue;

impl Parser<'_> {
    /// An expression with all operators.
    pub(super) fn expression(&mut self) -> Expr {
        let condition = self.binary(0);
        self.blanks();
        if !self.rest().starts_with('?') || self.rest().starts_with("?.") || self.rest().starts_with("?[") {
            return condition;
        }
        self.bump(1, TokenKind::Operator);
        self.blank_lines();
        let yes = self.binary(0);
        self.blank_lines();
        if !self.eat(":", TokenKind::Operator) {
            self.error_here("The : of the ternary operator is missing.");
            return condition;
        }
        self.blank_lines();
        let no = self.expression();
        let span = condition.span.to(no.span);
        Expr { kind: ExprKind::Ternary(Box::new((condition, yes, no))), span }
    }

    /// Operators of at least this precedence.
    fn binary(&mut self, lowest: u8) -> Expr {
        let mut left = self.list();
        loop {
            let mark = (self.position, self.tokens.len());
            self.blanks();
            let Some((len, op, case_sensitive)) =
                self.at_binary().filter(|(_, op, _)| op.precedence() >= lowest)
            else {
                self.position = mark.0;
                self.tokens.truncate(mark.1);
                return left;
            };
            let sign = self.bump(len, TokenKind::Operator);
            self.blank_lines();
            let right = if self.at_operand() {
                self.nested_expr(|parser| parser.binary(op.precedence() + 1))
            } else {
                let sign = sign.text(self.text).to_owned();
                self.error_here(format!("A value is missing behind '{sign}'."));
                self.missing()
            };
            let span = left.span.to(right.span);
            let operands = Box::new((left, right));
            left = Expr { kind: ExprKind::Binary { op, case_sensitive, operands }, span };
        }
    }

    fn nested_expr(&mut self, parse: impl FnOnce(&mut Self) -> Expr) -> Expr {
        self.nested(|parser| Some(parse(parser))).unwrap_or_else(|| self.missing())
    }

    /// The operator that is next: its length, what it is, whether it heeds case.
    fn at_binary(&self) -> Option<(usize, BinaryOp, bool)> {
        let rest = self.rest();
        let c = rest.chars().next()?;
        if scan::is_dash(c) {
            if let Some((len, op, case)) = self.at_dash_word() {
                return Some((len, op, case));
            }
            if scan::assignment(rest) > 0 || rest.get(c.len_utf8()..)?.starts_with(scan::is_dash) {
                return None;
            }
            return Some((c.len_utf8(), BinaryOp::Subtract, false));
        }
        if rest.starts_with("??") && scan::assignment(rest) == 0 {
            return Some((2, BinaryOp::Coalesce, false));
        }
        if rest.starts_with("..") {
            return Some((2, BinaryOp::Range, false));
        }
        if scan::assignment(rest) > 0 || rest.starts_with("++") {
            return None;
        }
        let op = match c {
            '+' => BinaryOp::Add,
            '*' => BinaryOp::Multiply,
            '/' => BinaryOp::Divide,
            '%' => BinaryOp::Remainder,
            _ => return None,
        };
        Some((1, op, false))
    }

    /// A hyphen and an operator's name.
    fn at_dash_word(&self) -> Option<(usize, BinaryOp, bool)> {
        let rest = self.rest();
        let dash = rest.chars().next().filter(|c| scan::is_dash(*c))?.len_utf8();
        let word = rest.get(dash..)?;
        let len = scan::run(word, |c| c.is_ascii_alphabetic());
        if len == 0 || word.get(len..)?.starts_with(scan::is_name) {
            return None;
        }
        let (op, case_sensitive) = dash_operator(word.get(..len)?)?;
        Some((dash + len, op, case_sensitive))
    }

    /// The unary operator that is next: its length and what it is.
    fn at_unary(&self) -> Option<(usize, UnaryOp)> {
        let rest = self.rest();
        let c = rest.chars().next()?;
        if scan::is_dash(c) {
            let word = rest.get(c.len_utf8()..)?;
            if word.starts_with(scan::is_dash) {
                let second = word.chars().next().map_or(0, char::len_utf8);
                return Some((c.len_utf8() + second, UnaryOp::PreDecrement));
            }
            let len = scan::run(word, scan::is_name);
            let op = match word.get(..len)?.to_ascii_lowercase().as_str() {
                "not" => UnaryOp::Not,
                "bnot" => UnaryOp::BitNot,
                "join" => UnaryOp::Join,
                "split" | "isplit" | "csplit" => UnaryOp::Split,
                word if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => return None,
                _ => return Some((c.len_utf8(), UnaryOp::Negate)),
            };
            return Some((c.len_utf8() + len, op));
        }
        Some(match c {
            '!' => (1, UnaryOp::Not),
            '+' if rest.starts_with("++") => (2, UnaryOp::PreIncrement),
            '+' => (1, UnaryOp::Plus),
            ',' if !self.in_arguments => (1, UnaryOp::Comma),
            _ => return None,
        })
    }

    /// Whether an operand can begin here.
    pub(super) fn at_operand(&self) -> bool {
        let Some(c) = self.peek() else { return false };
        self.at_unary().is_some()
            || matches!(c, '$' | '@' | '(' | '{' | '[')
            || c.is_ascii_digit()
            || scan::is_single_quote(c)
            || scan::is_double_quote(c)
            || (c == '.' && self.peek_second().is_some_and(|c| c.is_ascii_digit()))
    }

    /// Operands with commas between them.
    fn list(&mut self) -> Expr {
        let first = self.unary();
        if self.in_arguments {
            return first;
        }
        let mut items = vec![first];
        loop {
            let mark = (self.position, self.tokens.len());
            self.blanks();
            if self.peek() != Some(',') {
                self.position = mark.0;
                self.tokens.truncate(mark.1);
                break;
            }
            self.bump(1, TokenKind::Punctuation);
            self.blank_lines();
            if !self.at_operand() {
                self.error_here("A value is missing behind the comma.");
                break;
            }
            items.push(self.unary());
        }
        match (items.pop(), items.first()) {
            (Some(only), None) => only,
            (Some(last), Some(first)) => {
                let span = first.span.to(last.span);
                items.push(last);
                Expr { kind: ExprKind::List(items), span }
            }
            (None, _) => self.missing(),
        }
    }

    fn unary(&mut self) -> Expr {
        let Some((len, op)) = self.at_unary() else {
            let primary = self.primary();
            return self.postfix(primary);
        };
        let sign = self.bump(len, TokenKind::Operator);
        self.blank_lines();
        if !self.at_operand() {
            let text = sign.text(self.text).to_owned();
            self.error_here(format!("A value is missing behind '{text}'."));
            let missing = self.missing();
            return Expr { kind: ExprKind::Unary(op, Box::new(missing)), span: sign };
        }
        let operand = self.nested_expr(Self::unary);
        let span = sign.to(operand.span);
        // A sign belongs to the number: the smallest Int32 is one.
        if op == UnaryOp::Negate
            && let ExprKind::Number(value) = &operand.kind
            && sign.end == operand.span.start
            && let Some(value) = negate(value)
        {
            return Expr { kind: ExprKind::Number(value), span };
        }
        Expr { kind: ExprKind::Unary(op, Box::new(operand)), span }
    }

    fn primary(&mut self) -> Expr {
        let rest = self.rest();
        match self.peek() {
            Some('$') if rest.starts_with("$(") => self.subexpression(),
            Some('$') => self.variable(),
            Some('@') => self.at_sign().unwrap_or_else(|| {
                self.error_here("Behind @ comes ( for an array, { for a hash table or a variable's name.");
                self.bump_char(TokenKind::Unknown);
                self.missing()
            }),
            Some('(') => self.paren(),
            Some('{') => self.script_block_literal(),
            Some('[') => self.type_or_cast(),
            Some(c) if scan::is_single_quote(c) => self.verbatim_string(),
            Some(c) if scan::is_double_quote(c) => self.expandable_string(),
            Some(c) if c.is_ascii_digit() || c == '.' => match number(rest) {
                Some((len, value)) => self.number_literal(len, value),
                None => self.no_operand(),
            },
            _ => self.no_operand(),
        }
    }

    fn no_operand(&mut self) -> Expr {
        self.error_here("An expression is expected here.");
        self.missing()
    }

    pub(super) fn number_literal(&mut self, len: usize, value: Option<PsValue>) -> Expr {
        let span = self.bump(len, TokenKind::Number);
        if value.is_none() {
            let text = span.text(self.text).to_owned();
            self.error(span, format!("The number {text} is too large for its type."), false);
        }
        Expr { kind: value.map_or(ExprKind::Missing, ExprKind::Number), span }
    }

    /// `@( … )`, `@{ … }`, a here-string or a splatted variable; `None` if none of them.
    pub(super) fn at_sign(&mut self) -> Option<Expr> {
        let start = self.position;
        match self.peek_second()? {
            '(' => {
                let opened = self.bump(2, TokenKind::Punctuation);
                let block = self.bracketed(opened, ')', Self::block);
                Some(Expr { kind: ExprKind::Array(block), span: Span::new(start, self.position) })
            }
            '{' => Some(self.hash()),
            c if scan::is_single_quote(c) || scan::is_double_quote(c) => self.here_string(),
            c if scan::is_name(c) => Some(self.variable()),
            _ => None,
        }
    }

    /// `$( … )`.
    pub(super) fn subexpression(&mut self) -> Expr {
        let opened = self.bump(2, TokenKind::Punctuation);
        let block: Block = self.bracketed(opened, ')', Self::block);
        Expr { kind: ExprKind::Subexpression(block), span: opened.to(Span::new(0, self.position)) }
    }

    /// `( … )`.
    pub(super) fn paren(&mut self) -> Expr {
        let opened = self.bump(1, TokenKind::Punctuation);
        let inner = self.bracketed(opened, ')', |parser| {
            parser.blank_lines();
            if matches!(parser.peek(), None | Some(')')) {
                parser.error_here("An expression is expected between the parentheses.");
                return None;
            }
            let statement = parser.statement();
            parser.blank_lines();
            while parser.peek().is_some_and(|c| !parser.open.contains(&c)) {
                parser.skip_unknown();
                parser.blank_lines();
            }
            statement
        });
        let span = opened.to(Span::new(0, self.position));
        let kind = inner.map_or(ExprKind::Missing, |statement| ExprKind::Paren(Box::new(statement)));
        Expr { kind, span }
    }

    fn hash(&mut self) -> Expr {
        let opened = self.bump(2, TokenKind::Punctuation);
        let entries = self.bracketed(opened, '}', |parser| {
            let mut entries: Vec<(Expr, Statement)> = Vec::new();
            loop {
                parser.separators();
                match parser.peek() {
                    None | Some('}') => return entries,
                    Some(c) if parser.open.contains(&c) => return entries,
                    Some(_) => {}
                }
                let before = parser.position;
                let key = parser.hash_key();
                parser.blanks();
                if parser.rest().starts_with('=') {
                    parser.bump(1, TokenKind::Operator);
                    parser.blank_lines();
                    let next = parser.peek();
                    if next.is_none_or(|c| parser.open.contains(&c) || c == ';') {
                        parser.error_here("A value is missing behind '=' in the hash table.");
                    } else if let Some(value) = parser.statement() {
                        entries.push((key, value));
                    }
                } else {
                    parser.error_here("The '=' behind a key of the hash table is missing.");
                }
                if parser.position == before {
                    parser.skip_unknown();
                }
                parser.blanks();
                let ended = parser.peek().is_none_or(|c| c == ';' || c == '}' || scan::is_newline(c));
                if !ended && parser.peek().is_some_and(|c| !parser.open.contains(&c)) {
                    parser.skip_unknown();
                }
            }
        });
        Expr { kind: ExprKind::Hash(entries), span: opened.to(Span::new(0, self.position)) }
    }

    fn hash_key(&mut self) -> Expr {
        let len = scan::run(self.rest(), |c| scan::is_name(c) || c == '-');
        let is_word = self.peek().is_some_and(|c| c == '_' || c.is_alphabetic());
        if is_word {
            let span = self.bump(len, TokenKind::Key);
            let text = span.text(self.text).into();
            return Expr { kind: ExprKind::Text { text, bare: true }, span };
        }
        if self.at_operand() {
            return self.unary();
        }
        self.error_here("A key of the hash table is expected here.");
        self.missing()
    }

    fn type_or_cast(&mut self) -> Expr {
        let start = self.position;
        let Some(name) = self.type_literal() else {
            self.error_here("A type's name is expected behind [.");
            self.bump_char(TokenKind::Unknown);
            return self.missing();
        };
        let span = Span::new(start, self.position);
        if self.rest().starts_with("::") {
            return Expr { kind: ExprKind::Type(name), span };
        }
        let mark = (self.position, self.tokens.len());
        self.blanks();
        let comma = self.peek() == Some(',');
        if self.at_operand() && self.at_binary_word().is_none() && !comma {
            let operand = self.nested_expr(Self::unary);
            let span = span.to(operand.span);
            return Expr { kind: ExprKind::Cast(name, Box::new(operand)), span };
        }
        self.position = mark.0;
        self.tokens.truncate(mark.1);
        Expr { kind: ExprKind::Type(name), span }
    }

    /// An operator that is a word and cannot begin an operand.
    fn at_binary_word(&self) -> Option<BinaryOp> {
        self.at_dash_word().map(|(_, op, _)| op).filter(|op| !matches!(op, BinaryOp::Join | BinaryOp::Split))
    }

    /// `[name]`; `None`, and nothing read, if it is none.
    pub(super) fn type_literal(&mut self) -> Option<String> {
        let rest = self.rest();
        let blanks = scan::run(rest.get(1..)?, scan::is_blank);
        let len = scan::type_name(rest.get(1 + blanks..)?);
        let behind = rest.get(1 + blanks + len..)?;
        let closing = scan::run(behind, scan::is_blank);
        if len == 0 || !behind.get(closing..)?.starts_with(']') {
            return None;
        }
        self.bump(1, TokenKind::Punctuation);
        self.bump(blanks, TokenKind::Whitespace);
        let name = self.bump(len, TokenKind::Type).text(self.text).to_owned();
        self.bump(closing, TokenKind::Whitespace);
        self.bump(1, TokenKind::Punctuation);
        Some(name)
    }

    /// Members, calls, indexes and `++` behind an expression.
    pub(super) fn postfix(&mut self, mut target: Expr) -> Expr {
        let mut links = 0usize;
        loop {
            let rest = self.rest();
            let null_conditional = rest.starts_with("?.") || rest.starts_with("?[");
            let skip = usize::from(null_conditional);
            let behind = rest.get(skip..).unwrap_or("");
            links += 1;
            // A chain nests as deeply as it is long when it is evaluated and dropped.
            if links > MAX_CHAIN {
                self.error_too_deep();
                return target;
            }
            if behind.starts_with("::") || (behind.starts_with('.') && !behind.starts_with("..")) {
                let is_static = behind.starts_with("::");
                let sign = self.bump(skip + if is_static { 2 } else { 1 }, TokenKind::Punctuation);
                let name = self.member_name();
                if matches!(name.kind, ExprKind::Missing) {
                    let text = sign.text(self.text).to_owned();
                    self.error_here(format!("A property's or method's name is missing behind '{text}'."));
                }
                let arguments = (self.peek() == Some('(')).then(|| self.call_arguments());
                let span = target.span.to(Span::new(0, self.position));
                target = Expr {
                    kind: ExprKind::Member {
                        target: Box::new(target),
                        name: Box::new(name),
                        arguments,
                        is_static,
                        null_conditional,
                    },
                    span,
                };
            } else if behind.starts_with('[') {
                let opened = self.bump(skip + 1, TokenKind::Punctuation);
                let index = self.bracketed(opened, ']', |parser| {
                    parser.blank_lines();
                    Some(parser.expression())
                });
                let index = index.unwrap_or_else(|| self.missing());
                let span = target.span.to(Span::new(0, self.position));
                target = Expr {
                    kind: ExprKind::Index {
                        target: Box::new(target),
                        index: Box::new(index),
                        null_conditional,
                    },
                    span,
                };
            } else if rest.starts_with("++") || rest.starts_with("--") {
                let op = if rest.starts_with('+') { UnaryOp::PostIncrement } else { UnaryOp::PostDecrement };
                let sign = self.bump(2, TokenKind::Operator);
                let span = target.span.to(sign);
                return Expr { kind: ExprKind::Unary(op, Box::new(target)), span };
            } else {
                return target;
            }
        }
    }

    fn member_name(&mut self) -> Expr {
        match self.peek() {
            Some('$') if self.rest().starts_with("$(") => self.subexpression(),
            Some('$') => self.variable(),
            Some('(') => self.paren(),
            Some(c) if scan::is_single_quote(c) => self.verbatim_string(),
            Some(c) if scan::is_double_quote(c) => self.expandable_string(),
            Some(c) if scan::is_name(c) => {
                let span = self.bump(scan::run(self.rest(), scan::is_name), TokenKind::Member);
                let text = span.text(self.text).into();
                Expr { kind: ExprKind::Text { text, bare: true }, span }
            }
            _ => self.missing(),
        }
    }

    fn call_arguments(&mut self) -> Vec<Expr> {
        let opened = self.bump(1, TokenKind::Punctuation);
        self.bracketed(opened, ')', |parser| {
            parser.in_arguments = true;
            let mut arguments = Vec::new();
            loop {
                parser.blank_lines();
                if parser.peek().is_none_or(|c| parser.open.contains(&c)) {
                    return arguments;
                }
                let before = parser.position;
                if parser.at_operand() {
                    arguments.push(parser.expression());
                }
                parser.blank_lines();
                let comma = parser.eat(",", TokenKind::Punctuation);
                if !comma && parser.peek().is_some_and(|c| !parser.open.contains(&c))
                    || parser.position == before
                {
                    parser.skip_unknown();
                }
            }
        })
    }
}

/// Members, indexes and calls behind one another; no one writes 20.
const MAX_CHAIN: usize = 200;
