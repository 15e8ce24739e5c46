//! Commands: name, parameters, arguments, redirections.

use super::{
    super::{
        ast::{Argument, Command, Expr, ExprKind, Redirection},
        number::number,
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

impl Parser<'_> {
    /// A command; its name, `&` or `.` is next.
    pub(super) fn command(&mut self) -> Command {
        let mut invocation = None;
        if let Some(sign @ ('&' | '.')) = self.peek()
            && (sign == '&' || self.peek_second().is_none_or(|c| c.is_whitespace() || "$({\"'".contains(c)))
        {
            invocation = Some(sign);
            self.bump(1, TokenKind::Operator);
            self.blanks();
        }
        let name = match self.peek() {
            Some(c) if invocation.is_some() && !scan::ends_word(c) | "({".contains(c) => {
                self.argument_item(TokenKind::Command)
            }
            Some(c) if !scan::ends_word(c) => self.word(TokenKind::Command),
            _ => {
                self.error_here("A command's name is missing here.");
                self.missing()
            }
        };
        let mut arguments = Vec::new();
        self.blanks();
        while let Some(c) = self.peek() {
            if scan::is_newline(c) || matches!(c, '|' | ';' | ')' | '}' | '&') || self.at_redirection() {
                break;
            }
            let before = self.position;
            if self.rest().starts_with("--%") {
                let len = scan::run(self.rest(), |c| !scan::is_newline(c) && c != '|');
                let span = self.bump(len, TokenKind::Argument);
                let text = span.text(self.text).into();
                arguments.push(Argument::Value(Expr { kind: ExprKind::Text { text, bare: true }, span }));
            } else if let Some(parameter) = self.parameter() {
                arguments.push(parameter);
            } else {
                let value = self.argument();
                arguments.push(Argument::Value(value));
            }
            if self.position == before {
                break;
            }
            self.blanks();
        }
        Command { invocation, name, arguments }
    }

    fn parameter(&mut self) -> Option<Argument> {
        let (len, colon) = scan::parameter(self.rest())?;
        let name_start = self.peek().map_or(0, char::len_utf8);
        let name = self.rest().get(name_start..len)?.to_owned();
        let span = self.bump(len + usize::from(colon), TokenKind::Parameter);
        if !colon {
            return Some(Argument::Parameter { name, value: None, span });
        }
        self.blanks();
        let ends = self.peek().is_none_or(|c| scan::ends_word(c) && !matches!(c, '(' | '{'));
        let value = if ends {
            self.error_here(format!("A value is missing behind -{name}:"));
            self.missing()
        } else {
            self.argument()
        };
        let span = span.to(value.span);
        Some(Argument::Parameter { name, value: Some(value), span })
    }

    /// An argument: one value, or several with commas between them.
    fn argument(&mut self) -> Expr {
        let start = self.position;
        let leading = self.peek() == Some(',');
        let mut items = Vec::new();
        if !leading {
            items.push(self.argument_item(TokenKind::Argument));
        }
        loop {
            let mark = (self.position, self.tokens.len());
            self.blanks();
            if self.peek() != Some(',') {
                // Blanks behind the last item belong to whoever comes next.
                (self.position, _) = mark;
                self.tokens.truncate(mark.1);
                break;
            }
            self.bump(1, TokenKind::Punctuation);
            self.blank_lines();
            if self.peek().is_none_or(|c| scan::ends_word(c) && !matches!(c, '(' | '{')) {
                self.error_here("A value is missing behind the comma.");
                items.push(self.missing());
                break;
            }
            items.push(self.argument_item(TokenKind::Argument));
        }
        match items.pop() {
            Some(item) if items.is_empty() && !leading => item,
            Some(item) => {
                items.push(item);
                Expr { kind: ExprKind::List(items), span: Span::new(start, self.position) }
            }
            None => self.missing(),
        }
    }

    /// One value as an argument; `word` is what a bare word is taken for.
    fn argument_item(&mut self, word: TokenKind) -> Expr {
        let rest = self.rest();
        let Some(c) = self.peek() else {
            self.error_here("A value is missing here.");
            return self.missing();
        };
        let primary = match c {
            '$' if rest.starts_with("$(") => self.subexpression(),
            '$' => {
                let behind = scan::variable(rest).and_then(|found| rest.get(found.len..));
                // A variable that more letters follow is the beginning of a word, such as $home\file.
                match behind {
                    Some(behind)
                        if behind.is_empty()
                            || behind.starts_with(|c| scan::ends_word(c) || c == '.' || c == '[')
                            || behind.starts_with("::") =>
                    {
                        self.variable()
                    }
                    _ => return self.word(word),
                }
            }
            '(' => self.paren(),
            '{' => self.script_block_literal(),
            '@' => match self.at_sign() {
                Some(expr) => expr,
                None => return self.word(word),
            },
            c if scan::is_single_quote(c) => self.verbatim_string(),
            c if scan::is_double_quote(c) => self.expandable_string(),
            c if c.is_ascii_digit() || c == '.' => match number(rest) {
                Some((len, value))
                    if rest
                        .get(len..)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(scan::ends_word)) =>
                {
                    return self.number_literal(len, value);
                }
                _ => return self.word(word),
            },
            c if scan::ends_word(c) => {
                self.error_here(format!("A value is missing before '{c}'."));
                return self.missing();
            }
            _ => return self.word(word),
        };
        self.postfix(primary)
    }

    /// Whether a redirection is next.
    pub(super) fn at_redirection(&self) -> bool {
        scan::redirection(self.rest()) > 0
    }

    /// Redirections behind an element of a pipeline.
    pub(super) fn redirections(&mut self) -> Vec<Redirection> {
        let mut found = Vec::new();
        loop {
            self.blanks();
            let len = scan::redirection(self.rest());
            if len == 0 {
                return found;
            }
            let span = self.bump(len, TokenKind::Redirection);
            let sign = span.text(self.text).to_owned();
            if sign.starts_with('<') {
                self.error(span, "The '<' operator is reserved for future use.", false);
                continue;
            }
            if sign.contains('&') {
                found.push(Redirection { sign, target: None, span });
                continue;
            }
            self.blanks();
            let ends = self.peek().is_none_or(|c| scan::ends_word(c) && c != '(');
            let target = if ends {
                self.error_here(format!("The name of a file is missing behind {sign}."));
                self.missing()
            } else {
                self.argument_item(TokenKind::Argument)
            };
            found.push(Redirection { sign, span: span.to(target.span), target: Some(target) });
        }
    }
}
