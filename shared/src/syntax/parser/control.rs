//! Statements that choose, repeat and catch: `if`, `foreach`, `for`, `switch`, `try`.

use super::{
    super::{
        ast::{Element, ElementKind, Expr, ExprKind, Statement, StatementKind},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

impl Parser<'_> {
    /// A pipeline in parentheses, as conditions are.
    pub(super) fn condition(&mut self) -> Statement {
        self.blank_lines();
        let start = self.position;
        if self.peek() != Some('(') {
            self.error_here("A condition in parentheses is missing here.");
            return Statement { kind: StatementKind::Pipeline(Vec::new()), span: Span::new(start, start) };
        }
        let paren = self.paren();
        let span = paren.span;
        match paren.kind {
            ExprKind::Paren(statement) => *statement,
            kind => {
                let element =
                    Element { kind: ElementKind::Expr(Expr { kind, span }), redirections: Vec::new(), span };
                Statement { kind: StatementKind::Pipeline(vec![element]), span }
            }
        }
    }

    pub(super) fn if_statement(&mut self) -> StatementKind {
        let mut branches = vec![(self.condition(), self.braced_block())];
        let mut otherwise = None;
        loop {
            if self.eat_word_below("elseif") {
                branches.push((self.condition(), self.braced_block()));
            } else if self.eat_word_below("else") {
                otherwise = Some(self.braced_block());
                break;
            } else {
                break;
            }
        }
        StatementKind::If { branches, otherwise }
    }

    pub(super) fn foreach_statement(&mut self, label: Option<String>) -> StatementKind {
        self.blank_lines();
        let missing = || Statement { kind: StatementKind::Pipeline(Vec::new()), span: Span::default() };
        let mut variable = self.missing();
        let mut values = missing();
        if self.peek() == Some('(') {
            let opened = self.bump(1, TokenKind::Punctuation);
            self.bracketed(opened, ')', |parser| {
                parser.blank_lines();
                if parser.peek() == Some('$') {
                    variable = parser.variable();
                } else {
                    parser.error_here("A variable is expected behind foreach (.");
                }
                parser.blank_lines();
                if !parser.eat_word("in") {
                    parser.error_here("'in' is missing behind the variable of foreach.");
                }
                parser.blank_lines();
                if let Some(statement) = parser.statement() {
                    values = statement;
                } else {
                    parser.error_here("The values of foreach are missing behind 'in'.");
                }
            });
        } else {
            self.error_here("Parentheses with a variable, 'in' and values are missing behind foreach.");
        }
        let body = self.braced_block();
        StatementKind::ForEach { label, variable, values: Box::new(values), body }
    }

    pub(super) fn for_statement(&mut self, label: Option<String>) -> StatementKind {
        self.blank_lines();
        let mut parts: [Option<Box<Statement>>; 3] = [None, None, None];
        if self.peek() == Some('(') {
            let opened = self.bump(1, TokenKind::Punctuation);
            self.bracketed(opened, ')', |parser| {
                for (at, part) in parts.iter_mut().enumerate() {
                    parser.blank_lines();
                    if parser.peek().is_some_and(|c| c != ';' && c != ')') {
                        *part = parser.statement().map(Box::new);
                    }
                    parser.blank_lines();
                    if at < 2 && !parser.eat(";", TokenKind::Punctuation) {
                        break;
                    }
                }
            });
        } else {
            self.error_here("Parentheses with start, condition and step are missing behind for.");
        }
        let [start, condition, step] = parts;
        StatementKind::For { label, start, condition, step, body: self.braced_block() }
    }

    pub(super) fn switch_statement(&mut self, label: Option<String>) -> StatementKind {
        let mut flags = Vec::new();
        let mut file = None;
        self.blank_lines();
        while let Some((len, _)) = scan::parameter(self.rest()) {
            let span = self.bump(len, TokenKind::Parameter);
            let flag = span.text(self.text).chars().skip(1).collect::<String>().to_ascii_lowercase();
            self.blank_lines();
            if flag == "file" {
                let start = self.position;
                let name = self.word(TokenKind::Argument);
                let span = Span::new(start, self.position);
                let element = Element { kind: ElementKind::Expr(name), redirections: Vec::new(), span };
                file = Some(Statement { kind: StatementKind::Pipeline(vec![element]), span });
                self.blank_lines();
            }
            flags.push(flag);
        }
        let values = file.unwrap_or_else(|| self.condition());
        self.blank_lines();
        let mut cases = Vec::new();
        if self.peek() == Some('{') {
            let opened = self.bump(1, TokenKind::Punctuation);
            self.bracketed(opened, '}', |parser| {
                loop {
                    parser.separators();
                    match parser.peek() {
                        None => return,
                        Some(c) if parser.open.contains(&c) => return,
                        Some(_) => {}
                    }
                    let before = parser.position;
                    let condition = if parser.at_block_word("default") {
                        parser.eat_word("default");
                        None
                    } else if parser.at_operand() {
                        Some(parser.unary_operand())
                    } else {
                        Some(parser.word(TokenKind::Argument))
                    };
                    let body = parser.braced_block();
                    cases.push((condition, body));
                    if parser.position == before {
                        parser.skip_unknown();
                    }
                }
            });
        } else {
            self.error_here("The cases of switch in braces { } are missing.");
        }
        StatementKind::Switch { label, flags, values: Box::new(values), cases }
    }

    pub(super) fn try_statement(&mut self) -> StatementKind {
        let body = self.braced_block();
        let mut catches = Vec::new();
        while self.eat_word_below("catch") {
            let mut names = Vec::new();
            self.blank_lines();
            while self.peek() == Some('[') {
                let Some(name) = self.type_literal() else { break };
                names.push(name);
                self.blank_lines();
                self.eat(",", TokenKind::Punctuation);
                self.blank_lines();
            }
            catches.push((names, self.braced_block()));
        }
        let finally = self.eat_word_below("finally").then(|| self.braced_block());
        if catches.is_empty() && finally.is_none() {
            self.error_here("catch or finally is missing behind the block of try.");
        }
        StatementKind::Try { body, catches, finally }
    }
}
