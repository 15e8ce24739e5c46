//! Functions: their heads, parameters, attributes and the names of types.

use super::{
    super::{
        ast::{Attribute, Expr, ExprKind, ParameterDeclaration, ScriptBlock, StatementKind},
        lexer::{Kind, Mode},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

impl Parser<'_> {
    #[inline(never)]
    pub(super) fn function_statement(&mut self, filter: bool, keyword: Span) -> StatementKind {
        self.newlines();
        let next = self.peek();
        if matches!(
            next.kind,
            Kind::Pipe
                | Kind::OpenParen
                | Kind::OpenBrace
                | Kind::ArrayParen
                | Kind::HashBrace
                | Kind::CloseBrace
                | Kind::CloseParen
                | Kind::End
                | Kind::Semicolon
                | Kind::Redirection
                | Kind::Merge
                | Kind::InputRedirection
                | Kind::AndAnd
                | Kind::OrOr
                | Kind::Ampersand
                | Kind::Variable
                | Kind::Splat
                | Kind::HereExpandable
                | Kind::HereVerbatim
                | Kind::Verbatim
                | Kind::Expandable
        ) {
            let word = keyword.text(self.text).to_ascii_lowercase();
            let sentence = format!("The name behind {word} is missing.");
            self.error_open("MissingNameAfterKeyword", Self::after(keyword), sentence);
            return StatementKind::Pipeline(Vec::new());
        }
        let name = if next.kind == Kind::Word {
            self.word(TokenKind::Command, false)
        } else {
            let span = self.take(next, TokenKind::Command);
            Expr { kind: ExprKind::Text { text: span.text(self.text).into(), bare: true }, span }
        };
        let mut end = name.span;
        let ExprKind::Text { text: name, .. } = name.kind else { return StatementKind::Pipeline(Vec::new()) };
        let mut parameters = None;
        let mut failed = false;
        self.newlines();
        if let Some(opened) = self.eat(Kind::OpenParen) {
            let found = self.parameters();
            let last = found.last().map(|last| last.span);
            failed = !self.close_parameters(opened, last);
            end = self.trimmed(end.start);
            parameters = Some(found);
            self.newlines();
        }
        let mut body = ScriptBlock::default();
        if let Some(opened) = self.eat(Kind::OpenBrace) {
            body = self.script_block(opened);
        } else if !failed {
            let sentence = "The function's body in braces { } is missing.";
            self.error_open("MissingFunctionBody", Self::after(end), sentence);
        }
        if let Some(parameters) = parameters {
            if body.has_param {
                let span = body.parameters.first().map_or(body.span, |first| first.span);
                let sentence =
                    "A function has its parameters either behind its name or in param(…), not in both.";
                self.error("OnlyOneParameterListAllowed", span, sentence);
            }
            body.parameters = parameters;
        }
        StatementKind::Function { filter, name: name.as_str().to_owned(), body }
    }

    /// The parenthesis behind declarations; whether it is there.
    #[inline(never)]
    pub(super) fn close_parameters(&mut self, opened: Span, last: Option<Span>) -> bool {
        self.newlines();
        if self.eat(Kind::CloseParen).is_some() {
            return true;
        }
        let sentence = "The closing ) behind the parameters is missing.";
        let end = Self::after(last.unwrap_or(opened));
        self.error_open("MissingEndParenthesisInFunctionParameterList", end, sentence);
        false
    }

    /// Declarations behind an opening parenthesis.
    #[inline(never)]
    pub(super) fn parameters(&mut self) -> Vec<ParameterDeclaration> {
        let mut declared = Vec::new();
        let mut comma: Option<Span> = None;
        loop {
            let found = self.in_mode(Mode::Expression, |parser| parser.with_comma(false, Self::declaration));
            let Some(parameter) = found else {
                if let Some(comma) = comma {
                    let sentence = "A parameter is missing behind the comma.";
                    self.error_open("MissingExpressionAfterToken", Self::after(comma), sentence);
                }
                return declared;
            };
            declared.push(parameter);
            self.newlines();
            comma = self.eat(Kind::Comma);
            if comma.is_none() {
                return declared;
            }
        }
    }

    #[inline(never)]
    fn declaration(&mut self) -> Option<ParameterDeclaration> {
        self.newlines();
        let start = self.position as u32;
        let mut attributes = Vec::new();
        let mut last = None;
        while let Some((attribute, span)) = self.attribute() {
            attributes.push(attribute);
            last = Some(span);
            self.newlines();
        }
        if !matches!(self.peek_kind(), Kind::Variable | Kind::Splat) {
            if let Some(last) = last {
                let sentence = "A parameter's name, such as $Name, is missing.";
                self.error_open("InvalidFunctionParameter", Self::after(last), sentence);
                self.skip_past_paren();
                let span = Span { start, end: last.end };
                return Some(ParameterDeclaration { name: String::new(), attributes, default: None, span });
            }
            return None;
        }
        let variable = self.variable();
        let mut end = variable.span;
        let mark = (self.position, self.tokens.len());
        self.newlines();
        let next = self.peek();
        let mut default = None;
        if next.kind == Kind::Assign(None) {
            let sign = self.take(next, TokenKind::Operator);
            self.newlines();
            default = self.expression();
            if let Some(value) = &default {
                end = value.span;
            } else {
                let sentence = "A value is missing behind '='.";
                self.error_open("MissingExpressionAfterToken", Self::after(sign), sentence);
            }
        } else {
            self.position = mark.0;
            self.tokens.truncate(mark.1);
        }
        let ExprKind::Variable(variable) = variable.kind else { return None };
        let span = Span { start, end: end.end };
        Some(ParameterDeclaration { name: variable.name, attributes, default, span })
    }

    /// Skips to behind the parenthesis that closes, or to the end.
    #[inline(never)]
    fn skip_past_paren(&mut self) {
        let mut depth = 0usize;
        loop {
            let kind = self.peek_kind();
            let span = self.next_span();
            match kind {
                Kind::End => return,
                Kind::OpenParen | Kind::ArrayParen | Kind::DollarParen => depth += 1,
                Kind::CloseParen if depth == 0 => {
                    self.bump(1, TokenKind::Unknown);
                    return;
                }
                Kind::CloseParen => depth -= 1,
                _ => {}
            }
            let len = (span.end as usize).saturating_sub(self.position).max(1);
            self.bump(len, TokenKind::Unknown);
        }
    }

    /// `[type]` or `[Attribute(…)]`; `[` is next. `None`, and nothing read, if no name follows.
    #[inline(never)]
    pub(super) fn attribute_here(&mut self) -> Option<Attribute> {
        let mark = (self.position, self.tokens.len());
        let opened = self.bump(1, TokenKind::Punctuation);
        self.newlines();
        let Some(name) = self.nested(None, |parser| parser.type_name(true)) else {
            self.position = mark.0;
            self.tokens.truncate(mark.1);
            self.error_open("MissingTypename", Self::after(opened), "A type's name is missing behind [.");
            return None;
        };
        self.blanks();
        if self.rest().starts_with('(') {
            let open = self.bump(1, TokenKind::Punctuation);
            let (arguments, last) = self.in_mode(Mode::Expression, |parser| {
                parser.nested((Vec::new(), open), |parser| {
                    parser.with_comma(false, |parser| parser.attribute_arguments(open))
                })
            });
            self.newlines();
            let close = self.eat(Kind::CloseParen);
            if close.is_none() {
                let sentence = "The closing ) behind the attribute's arguments is missing.";
                self.error_open("MissingEndParenthesisInExpression", Self::after(last), sentence);
            }
            self.newlines();
            if self.rest().starts_with(']') {
                self.bump(1, TokenKind::Punctuation);
            } else if let Some(close) = close {
                let sentence = "The closing ] behind the attribute is missing.";
                self.error_open("EndSquareBracketExpectedAtEndOfAttribute", Self::after(close), sentence);
            }
            return Some(Attribute { name, arguments: Some(arguments) });
        }
        self.close_bracket();
        Some(Attribute { name, arguments: None })
    }

    #[inline(never)]
    fn close_bracket(&mut self) {
        self.blanks();
        if self.rest().starts_with(']') {
            self.bump(1, TokenKind::Punctuation);
        } else {
            let before = self.before_next();
            self.next_span();
            let sentence = "The closing ] behind the type's name is missing.";
            self.error("EndSquareBracketExpectedAtEndOfAttribute", before, sentence);
        }
    }

    /// Arguments up to what ends them, and where the last one stands.
    #[inline(never)]
    fn attribute_arguments(&mut self, open: Span) -> (Vec<(Option<String>, Expr)>, Span) {
        let mut arguments: Vec<(Option<String>, Expr)> = Vec::new();
        let mut last = open;
        let mut comma: Option<Span> = None;
        loop {
            self.newlines();
            if let Some(name) = self.simple_name(TokenKind::Member) {
                let text = name.span.text(self.text).to_owned();
                let next = self.peek();
                // A name alone means that it is on; the value is nothing that was written.
                let mut value = self.missing();
                if next.kind == Kind::Assign(None) {
                    let sign = self.take(next, TokenKind::Operator);
                    self.newlines();
                    if let Some(found) = self.expression() {
                        value = found;
                    } else {
                        let sentence = "A value is missing behind '='.";
                        self.error_open("MissingExpressionInNamedArgument", Self::after(sign), sentence);
                    }
                    last = if value.span.start < value.span.end { value.span } else { sign };
                }
                let again = arguments.iter().any(|(before, _)| {
                    before.as_ref().is_some_and(|before| before.eq_ignore_ascii_case(&text))
                });
                if again {
                    let sentence = format!("The argument {text} is there already.");
                    self.error("DuplicateNamedArgument", name.span, sentence);
                }
                arguments.push((Some(text), value));
            } else if let Some(value) = self.expression() {
                last = value.span;
                arguments.push((None, value));
            } else if let Some(comma) = comma {
                let sentence = "An argument is missing behind the comma.";
                self.error_open("MissingExpressionAfterToken", Self::after(comma), sentence);
                last = Self::after(comma);
            }
            self.newlines();
            comma = self.eat(Kind::Comma);
            match comma {
                Some(comma) => last = comma,
                None => return (arguments, last),
            }
        }
    }

    /// A type's name with its arguments and dimensions, without blanks; `None`, and nothing read, if there is none.
    #[inline(never)]
    fn type_name(&mut self, with_assembly: bool) -> Option<String> {
        self.blanks();
        if !self.rest().starts_with(scan::starts_name) {
            return None;
        }
        let len = scan::run(self.rest(), |c| c.is_alphanumeric() || "._`+#\\".contains(c));
        let mut name = self.bump(len, TokenKind::Type).text(self.text).to_owned();
        let mut generic = false;
        loop {
            let mark = (self.position, self.tokens.len());
            self.blanks();
            if !self.rest().starts_with('[') {
                if with_assembly && self.rest().starts_with(',') {
                    self.assembly();
                } else {
                    self.position = mark.0;
                    self.tokens.truncate(mark.1);
                }
                return Some(name);
            }
            let opened = self.bump(1, TokenKind::Punctuation);
            self.newlines();
            name.push('[');
            match self.rest().chars().next() {
                Some(']') => {
                    self.bump(1, TokenKind::Punctuation);
                }
                Some(',') => {
                    while self.rest().starts_with(',') {
                        self.bump(1, TokenKind::Punctuation);
                        self.blanks();
                        name.push(',');
                    }
                    self.close_bracket();
                }
                Some(c) if !generic && name.len() < 4096 && (c == '[' || scan::starts_name(c)) => {
                    generic = true;
                    self.type_arguments(&mut name);
                }
                None => {
                    let sentence = "A type's name is missing behind [.";
                    self.error_open("MissingTypename", Self::after(opened), sentence);
                    return Some(name);
                }
                Some(_) => {
                    self.unexpected();
                    let len =
                        self.rest().find(|c| c == ']' || scan::is_newline(c)).unwrap_or(self.rest().len());
                    self.bump(len, TokenKind::Unknown);
                    if self.rest().starts_with(']') {
                        self.bump(1, TokenKind::Punctuation);
                    }
                }
            }
            name.push(']');
        }
    }

    /// The arguments of a generic type up to their bracket.
    #[inline(never)]
    fn type_arguments(&mut self, name: &mut String) {
        loop {
            let bracketed = self.rest().starts_with('[');
            if bracketed {
                self.bump(1, TokenKind::Punctuation);
            }
            let here = Span::new(self.position, self.position);
            match self.nested(None, |parser| parser.type_name(bracketed)) {
                Some(argument) => name.push_str(&argument),
                None => self.error_open("MissingTypename", here, "A type's name is missing here."),
            }
            if bracketed {
                self.blanks();
                if self.rest().starts_with(']') {
                    self.bump(1, TokenKind::Punctuation);
                } else {
                    let before = self.before_next();
                    let sentence = "The closing ] behind the type's name is missing.";
                    self.error_open("EndSquareBracketExpectedAtEndOfType", before, sentence);
                }
            }
            self.newlines();
            if !self.rest().starts_with(',') {
                break;
            }
            self.bump(1, TokenKind::Punctuation);
            self.newlines();
            name.push(',');
        }
        if self.rest().starts_with(']') {
            self.bump(1, TokenKind::Punctuation);
        } else {
            let before = self.before_next();
            let sentence = "The closing ] behind the type's arguments is missing.";
            self.error_open("EndSquareBracketExpectedAtEndOfAttribute", before, sentence);
        }
    }

    /// The name of an assembly behind a type's, which says nothing here.
    #[inline(never)]
    fn assembly(&mut self) {
        let comma = self.bump(1, TokenKind::Punctuation);
        let len = scan::run(self.rest(), |c| c != ']' && !scan::is_newline(c));
        let empty = self.rest().get(..len).is_none_or(|text| text.trim().is_empty());
        self.bump(len, TokenKind::Type);
        if empty {
            let sentence = "The name of an assembly is missing behind the comma.";
            self.error("MissingAssemblyNameSpecification", Self::after(comma), sentence);
        }
    }
}
