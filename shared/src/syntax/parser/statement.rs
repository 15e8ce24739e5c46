//! Statements: pipelines, assignments, and what begins with a word of the language.

use super::{
    super::{
        ast::{
            Attribute, BinaryOp, Block, Element, ElementKind, Expr, ExprKind, ParameterDeclaration,
            ScriptBlock, Statement, StatementKind, UnaryOp,
        },
        number::number,
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
    fn braced_block(&mut self) -> Block {
        self.blank_lines();
        if self.peek() != Some('{') {
            self.error_here("A block in braces { } is missing here.");
            return Block { statements: Vec::new(), span: Span::new(self.position, self.position) };
        }
        let opened = self.bump(1, TokenKind::Punctuation);
        self.bracketed(opened, '}', Self::block)
    }

    /// Whether this word is next, without regard to case, and ends there.
    fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .is_some_and(|rest| rest.starts_with(|c| scan::is_name(c) || "-.\\/:`'\"$".contains(c)))
    }

    /// Whether this word and an opening brace are next.
    fn at_block_word(&self, word: &str) -> bool {
        self.at_word(word)
            && self.rest().get(word.len()..).is_some_and(|rest| rest.trim_start().starts_with('{'))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump(word.len(), TokenKind::Keyword);
        }
        found
    }

    /// A word that may stand on a later line, such as `else`; nothing is read if it does not follow.
    fn eat_word_below(&mut self, word: &str) -> bool {
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
    fn keyword_then_paren(&mut self) -> bool {
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

    fn statement_kind(&mut self) -> Option<StatementKind> {
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
    fn at_refused(&self, word_len: usize) -> bool {
        let behind = self.rest().get(word_len..).unwrap_or("").trim_start();
        behind.starts_with(|c: char| scan::is_name(c) || c == '{')
    }

    fn label(&mut self) -> Option<String> {
        let len = scan::run(self.rest().get(1..)?, scan::is_name);
        if len == 0 {
            return None;
        }
        let span = self.bump(len + 1, TokenKind::Label);
        self.blank_lines();
        span.text(self.text).get(1..).map(str::to_owned)
    }

    /// A pipeline in parentheses, as conditions are.
    fn condition(&mut self) -> Statement {
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

    fn if_statement(&mut self) -> StatementKind {
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

    fn foreach_statement(&mut self, label: Option<String>) -> StatementKind {
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

    fn for_statement(&mut self, label: Option<String>) -> StatementKind {
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

    fn switch_statement(&mut self, label: Option<String>) -> StatementKind {
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

    fn try_statement(&mut self) -> StatementKind {
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

    fn function_statement(&mut self, filter: bool) -> StatementKind {
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
    fn parameters(&mut self) -> Vec<ParameterDeclaration> {
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
    fn attribute(&mut self) -> Option<Attribute> {
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

    fn pipeline_statement(&mut self) -> Option<StatementKind> {
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

    fn at_chain(&self) -> bool {
        self.rest().starts_with("&&") || self.rest().starts_with("||")
    }

    fn pipeline(&mut self) -> Option<StatementKind> {
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
    fn pipe_follows(&mut self) -> bool {
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
    fn assignment_to(&mut self, target: &Expr) -> Option<Option<BinaryOp>> {
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
    fn at_expression(&self) -> bool {
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

    fn unary_operand(&mut self) -> Expr {
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
