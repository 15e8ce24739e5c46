//! Functions: their heads, parameters and attributes.

use super::{
    super::{
        ast::{Attribute, ExprKind, ParameterDeclaration, ScriptBlock, StatementKind},
        scan,
        token::TokenKind,
    },
    Parser,
};

impl Parser<'_> {
    pub(super) fn function_statement(&mut self, filter: bool) -> StatementKind {
        self.blank_lines();
        let len = scan::run(self.rest(), |c| !scan::ends_word(c));
        let name = self.bump(len, TokenKind::Command).text(self.text).to_owned();
        if name.is_empty() {
            self.error_here("The function's name is missing.");
        }
        self.blank_lines();
        let parameters = if self.peek() == Some('(') { self.parameters() } else { Vec::new() };
        self.blank_lines();
        let mut body = ScriptBlock::default();
        if self.peek() == Some('{') {
            if let ExprKind::ScriptBlock(block) = self.script_block_literal().kind {
                body = block;
            }
        } else {
            self.error_here("The function's body in braces { } is missing.");
        }
        if !parameters.is_empty() {
            body.parameters = parameters;
        }
        StatementKind::Function { filter, name, body }
    }

    /// Declarations in parentheses; the parenthesis is next.
    pub(super) fn parameters(&mut self) -> Vec<ParameterDeclaration> {
        let opened = self.bump(1, TokenKind::Punctuation);
        self.bracketed(opened, ')', |parser| {
            let mut declared = Vec::new();
            loop {
                parser.blank_lines();
                match parser.peek() {
                    None => return declared,
                    Some(c) if parser.open.contains(&c) => return declared,
                    Some(_) => {}
                }
                let start = parser.position;
                let mut attributes = Vec::new();
                while parser.peek() == Some('[') {
                    let Some(attribute) = parser.attribute() else { break };
                    attributes.push(attribute);
                    parser.blank_lines();
                }
                if parser.peek() == Some('$')
                    && let ExprKind::Variable(variable) = parser.variable().kind
                {
                    parser.blank_lines();
                    let default = parser.rest().starts_with('=').then(|| {
                        parser.bump(1, TokenKind::Operator);
                        parser.blank_lines();
                        // A comma ends the default value; it makes no list.
                        parser.in_arguments = true;
                        let default = parser.expression();
                        parser.in_arguments = false;
                        default
                    });
                    let span = parser.span_from(start);
                    declared.push(ParameterDeclaration { name: variable.name, attributes, default, span });
                } else {
                    parser.error_here("A parameter's name, such as $Name, is expected here.");
                }
                parser.blank_lines();
                let comma = parser.eat(",", TokenKind::Punctuation);
                if !comma && parser.peek().is_some_and(|c| !parser.open.contains(&c))
                    || parser.position == start
                {
                    parser.skip_unknown();
                }
            }
        })
    }

    /// `[type]` or `[Attribute(…)]`.
    pub(super) fn attribute(&mut self) -> Option<Attribute> {
        if let Some(name) = self.type_literal() {
            return Some(Attribute { name, arguments: None });
        }
        let rest = self.rest();
        let len = scan::type_name(rest.get(1..)?);
        if len == 0 || !rest.get(1 + len..)?.starts_with('(') {
            self.error_here("A type's or an attribute's name is expected behind [.");
            self.bump_char(TokenKind::Unknown);
            return None;
        }
        let opened = self.bump(1, TokenKind::Punctuation);
        let name = self.bump(len, TokenKind::Type).text(self.text).to_owned();
        let arguments = self.bracketed(opened, ']', |parser| {
            let opened = parser.bump(1, TokenKind::Punctuation);
            parser.bracketed(opened, ')', |parser| {
                parser.in_arguments = true;
                let mut arguments = Vec::new();
                loop {
                    parser.blank_lines();
                    if parser.peek().is_none_or(|c| parser.open.contains(&c)) {
                        return arguments;
                    }
                    let before = parser.position;
                    let len = scan::run(parser.rest(), scan::is_name);
                    let is_word = parser.peek().is_some_and(|c| c == '_' || c.is_alphabetic());
                    if is_word {
                        let name = parser.bump(len, TokenKind::Member).text(parser.text).to_owned();
                        parser.blanks();
                        let value = if parser.eat("=", TokenKind::Operator) {
                            parser.blanks();
                            parser.expression()
                        } else {
                            // A name alone means that it is on; the value is nothing that was written.
                            parser.missing()
                        };
                        arguments.push((Some(name), value));
                    } else if parser.at_operand() {
                        let value = parser.expression();
                        arguments.push((None, value));
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
        });
        Some(Attribute { name, arguments: Some(arguments) })
    }
}
