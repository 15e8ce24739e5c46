//! Commands: name, parameters, arguments, redirections.

use super::{
    super::{
        ast::{Argument, Command, Expr, ExprKind, Redirection},
        lexer::{Kind, Mode},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

/// What an argument is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A command's name; nothing in it is expanded.
    Name,
    /// A command's name behind `&` or `.`.
    Invoked,
    /// An argument, perhaps with commas.
    Argument,
    /// A single value: a file's name, a case of `switch`.
    Single,
}

/// The word behind which nothing is read as the language.
const VERBATIM: &str = "--%";

impl Parser<'_> {
    /// A command and its redirections; `None` if there is no name.
    pub(super) fn command(&mut self) -> Option<(Command, Vec<Redirection>)> {
        self.in_mode(Mode::Command, Self::command_here)
    }

    #[inline(never)]
    fn command_here(&mut self) -> Option<(Command, Vec<Redirection>)> {
        let mut role = Role::Name;
        let next = self.peek();
        let mut invocation = None;
        if let Kind::Dot | Kind::Ampersand = next.kind {
            let sign = self.take(next, TokenKind::Operator);
            invocation = Some((if next.kind == Kind::Dot { '.' } else { '&' }, sign));
            role = Role::Invoked;
        }
        let mut name = None;
        let mut arguments = Vec::new();
        let mut redirections = Vec::new();
        let mut dashes = false;
        loop {
            let next = self.peek();
            let naming = role != Role::Argument;
            match next.kind {
                Kind::Pipe
                | Kind::CloseBrace
                | Kind::CloseParen
                | Kind::End
                | Kind::Newline
                | Kind::Semicolon
                | Kind::AndAnd
                | Kind::OrOr
                | Kind::Ampersand => break,
                // The first one only says that what begins with a hyphen behind it is no parameter.
                Kind::Decrement if !naming && !dashes => {
                    self.take(next, TokenKind::Operator);
                    dashes = true;
                }
                Kind::Comma => {
                    let comma = self.take(next, TokenKind::Punctuation);
                    self.error("MissingArgument", comma, "An argument is missing before the comma.");
                    self.newlines();
                }
                Kind::Parameter { colon } if !naming && !dashes => {
                    let parameter = self.parameter(next.len, colon);
                    arguments.push(parameter);
                }
                Kind::Redirection | Kind::Merge | Kind::InputRedirection if !naming => {
                    self.redirection(&mut redirections);
                }
                _ => {
                    let before = self.position;
                    let argument = self.argument(role).unwrap_or_else(|| self.missing());
                    let verbatim = argument.is_bare_word(VERBATIM);
                    if naming {
                        name = Some(argument);
                    } else {
                        arguments.push(Argument::Value(argument));
                    }
                    if verbatim && self.verbatim_rest(&mut arguments) {
                        break;
                    }
                    if self.position == before {
                        break;
                    }
                }
            }
            role = Role::Argument;
        }
        let Some(name) = name else {
            if let Some((sign, span)) = invocation {
                let sentence = format!("A command is missing behind {sign}.");
                self.error("MissingExpression", span, sentence);
            }
            return None;
        };
        let invocation = invocation.map(|(sign, _)| sign);
        Some((Command { invocation, name, arguments }, redirections))
    }

    /// What is behind `--%`, as it stands; whether there is anything.
    #[inline(never)]
    fn verbatim_rest(&mut self, arguments: &mut Vec<Argument>) -> bool {
        let blanks = scan::run(self.rest(), scan::is_blank);
        self.bump(blanks, TokenKind::Whitespace);
        let rest = self.rest();
        let mut quoted = false;
        let len = rest.char_indices().find_map(|(at, c)| {
            quoted ^= scan::is_double_quote(c);
            let ends = !quoted && (c == '|' || rest.get(at..).is_some_and(|rest| rest.starts_with("&&")));
            (scan::is_newline(c) || ends).then_some(at)
        });
        let span = self.bump(len.unwrap_or(rest.len()), TokenKind::Argument);
        let text = span.text(self.text);
        if !text.is_empty() {
            let kind = ExprKind::Text { text: text.into(), bare: true };
            arguments.push(Argument::Value(Expr { kind, span }));
        }
        true
    }

    #[inline(never)]
    fn parameter(&mut self, len: usize, colon: bool) -> Argument {
        let span = self.bump(len, TokenKind::Parameter);
        let text = span.text(self.text);
        let name: String = text.chars().skip(1).collect();
        if !colon {
            return Argument::Parameter { name, value: None, span };
        }
        let name = name.trim_end_matches(':').to_owned();
        // The error about the comma is the one that helps.
        let value = if self.peek_kind() == Kind::Comma {
            None
        } else {
            let value = self.argument(Role::Argument);
            if value.is_none() {
                let sentence = format!("A value is missing behind -{name}:");
                let end = Self::after(span);
                self.error("ParameterRequiresArgument", end, sentence);
            }
            value
        };
        let span = value.as_ref().map_or(span, |value| span.to(value.span));
        let value = value.unwrap_or_else(|| self.missing());
        Argument::Parameter { name, value: Some(value), span }
    }

    /// One value, whatever the mode around it is; `None`, and nothing read, if there is none.
    #[inline(never)]
    pub(super) fn single_argument(&mut self) -> Option<Expr> {
        self.in_mode(Mode::Command, |parser| parser.argument(Role::Single))
    }

    /// One value, or as an argument several with commas between them; `None`, and nothing read, if there is none.
    #[inline(never)]
    pub(super) fn argument(&mut self, role: Role) -> Option<Expr> {
        let mut items: Vec<Expr> = Vec::new();
        let mut comma = None;
        loop {
            let item = self.argument_item(role);
            let Some(item) = item else {
                let comma = comma?;
                self.error_open(
                    "MissingExpression",
                    Self::after(comma),
                    "A value is missing behind the comma.",
                );
                items.push(self.missing());
                break;
            };
            items.push(item);
            if role != Role::Argument || items.last().is_some_and(|item| item.is_bare_word(VERBATIM)) {
                break;
            }
            let mark = (self.position, self.tokens.len());
            comma = self.eat(Kind::Comma);
            if comma.is_none() {
                // Blanks behind the last item belong to whoever comes next.
                (self.position, _) = mark;
                self.tokens.truncate(mark.1);
                break;
            }
            self.newlines();
        }
        let last = items.pop()?;
        let Some(first) = items.first() else { return Some(last) };
        let span = first.span.to(last.span);
        items.push(last);
        Some(Expr { kind: ExprKind::List(items), span })
    }

    #[inline(never)]
    fn argument_item(&mut self, role: Role) -> Option<Expr> {
        let next = self.peek();
        let kind =
            if matches!(role, Role::Name | Role::Invoked) { TokenKind::Command } else { TokenKind::Argument };
        match next.kind {
            Kind::Pipe
            | Kind::CloseBrace
            | Kind::CloseParen
            | Kind::End
            | Kind::Newline
            | Kind::Semicolon
            | Kind::AndAnd
            | Kind::OrOr
            | Kind::Ampersand
            | Kind::Comma => None,
            Kind::Redirection | Kind::Merge | Kind::InputRedirection | Kind::Decrement
                if !matches!(role, Role::Name | Role::Invoked | Role::Argument) =>
            {
                None
            }
            Kind::Variable
            | Kind::Splat
            | Kind::Number
            | Kind::Verbatim
            | Kind::Expandable
            | Kind::HereVerbatim
            | Kind::HereExpandable
            | Kind::OpenParen
            | Kind::DollarParen
            | Kind::ArrayParen
            | Kind::HashBrace
            | Kind::OpenBrace => self.primary(true),
            Kind::Word => Some(self.word(kind, role != Role::Name)),
            _ => {
                if next.kind == Kind::Unknown {
                    self.unknown_sign();
                }
                let span = self.take(next, kind);
                let text = span.text(self.text).into();
                Some(Expr { kind: ExprKind::Text { text, bare: true }, span })
            }
        }
    }

    /// Reports an `@` that begins nothing.
    #[inline(never)]
    pub(super) fn unknown_sign(&mut self) {
        let span = Span::new(self.position, self.position + 1);
        let sentence = "Behind @ comes ( for an array, { for a hash table, a quote or a variable's name.";
        self.error("UnrecognizedToken", span, sentence);
    }

    /// A redirection, which is next.
    #[inline(never)]
    pub(super) fn redirection(&mut self, found: &mut Vec<Redirection>) {
        let next = self.peek();
        let span = self.take(next, TokenKind::Redirection);
        let sign = span.text(self.text).to_owned();
        let redirection = if next.kind == Kind::Merge {
            let from = sign.chars().next();
            if sign.ends_with('2') || from == Some('1') {
                let sentence = "Only the streams 2 to 6 and * can be merged, and only into stream 1.";
                self.error("RedirectionNotSupported", span, sentence);
            }
            Redirection { sign, target: None, span }
        } else {
            let target = self.single_argument().unwrap_or_else(|| {
                let sentence = format!("The name of a file is missing behind {sign}");
                self.error("MissingFileSpecification", Self::after(span), sentence);
                self.missing()
            });
            if next.kind == Kind::InputRedirection {
                let sentence = "The '<' operator is reserved by the language for future use.";
                self.error("RedirectionNotSupported", span, sentence);
                return;
            }
            Redirection { sign, span: span.to(target.span), target: Some(target) }
        };
        let stream = |sign: &str| sign.chars().next().filter(|c| *c != '>').unwrap_or('1');
        if found.iter().any(|before| stream(&before.sign) == stream(&redirection.sign)) {
            let sentence = "This stream is redirected already.";
            self.error("StreamAlreadyRedirected", redirection.span, sentence);
            return;
        }
        found.push(redirection);
    }
}
