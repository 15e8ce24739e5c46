//! Strings, here-strings and bare words, with the variables and expressions in them.

use super::{
    super::{
        ast::{Expr, ExprKind, Part, Variable},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};

/// Where expandable text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// At a double quote.
    Quote,
    /// At a line that begins with a double quote and `@`.
    HereEnd,
}

impl Parser<'_> {
    /// A string with single quotes; the quote is next.
    pub(super) fn verbatim_string(&mut self) -> Expr {
        let (text, span) = self.verbatim_text();
        Expr { kind: ExprKind::Text { text: text.into(), bare: false }, span }
    }

    fn verbatim_text(&mut self) -> (String, Span) {
        let rest = self.rest();
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        let mut end = None;
        while let Some((at, c)) = chars.next() {
            if !scan::is_single_quote(c) {
                text.push(c);
            } else if let Some((_, doubled)) = chars.next_if(|(_, next)| scan::is_single_quote(*next)) {
                text.push(doubled);
            } else {
                end = Some(at + c.len_utf8());
                break;
            }
        }
        let span = self.bump(end.unwrap_or(rest.len()), TokenKind::String);
        if end.is_none() {
            self.error(span, "The string is not closed: ' is missing.", true);
        }
        (text, span)
    }

    /// A string with double quotes; the quote is next.
    pub(super) fn expandable_string(&mut self) -> Expr {
        let start = self.position;
        let mut parts = Vec::new();
        self.quoted_parts(&mut parts);
        self.string_from(parts, start, false)
    }

    fn quoted_parts(&mut self, parts: &mut Vec<Part>) {
        let opened = self.bump_char(TokenKind::String);
        if !self.expandable_parts(Until::Quote, parts) {
            self.error(opened, "The string is not closed: \" is missing.", true);
        }
    }

    /// A here-string; `@` and a quote are next. `None` if no line end follows, so that it is none.
    pub(super) fn here_string(&mut self) -> Option<Expr> {
        let start = self.position;
        let quote = self.peek_second()?;
        let head = 1 + quote.len_utf8();
        let rest = self.rest();
        let blanks = scan::run(rest.get(head..)?, scan::is_blank);
        let line_end = scan::newline(rest.get(head + blanks..)?);
        if line_end == 0 {
            return None;
        }
        let content = head + blanks + line_end;
        if scan::is_double_quote(quote) {
            let opened = self.bump(content, TokenKind::String);
            let mut parts = Vec::new();
            if !self.expandable_parts(Until::HereEnd, &mut parts) {
                self.error(
                    opened,
                    "The here-string is not closed: \"@ at the start of a line is missing.",
                    true,
                );
            }
            // The line end before the last line does not belong to the text.
            if let Some(Part::Text(text)) = parts.last_mut() {
                let len = text.len();
                let cut = if text.ends_with("\r\n") { 2 } else { usize::from(text.ends_with(['\n', '\r'])) };
                text.truncate(len - cut);
            }
            return Some(self.string_from(parts, start, false));
        }
        let text = rest.get(content..)?;
        // The end may stand right at the start of the first line.
        let end = here_end(text, scan::is_single_quote);
        let len = end.map_or(rest.len(), |(_, close)| content + close);
        let span = self.bump(len, TokenKind::String);
        if end.is_none() {
            self.error(span, "The here-string is not closed: '@ at the start of a line is missing.", true);
        }
        let text = text.get(..end.map_or(text.len(), |(end, _)| end)).unwrap_or("");
        Some(Expr { kind: ExprKind::Text { text: text.into(), bare: false }, span })
    }

    /// Text, variables and subexpressions up to the end of a string, and the end itself, if there is one.
    fn expandable_parts(&mut self, until: Until, parts: &mut Vec<Part>) -> bool {
        let mut closed = true;
        let mut text = String::new();
        let mut len = 0;
        loop {
            let rest = self.rest();
            let Some(c) = rest.get(len..).and_then(|rest| rest.chars().next()) else {
                self.bump(len, TokenKind::String);
                closed = false;
                break;
            };
            let behind = rest.get(len + c.len_utf8()..).unwrap_or("");
            if scan::is_double_quote(c) {
                match until {
                    Until::Quote if behind.starts_with(scan::is_double_quote) => {
                        text.push(c);
                        len += c.len_utf8() + behind.chars().next().map_or(0, char::len_utf8);
                        continue;
                    }
                    Until::Quote => {
                        self.bump(len + c.len_utf8(), TokenKind::String);
                        break;
                    }
                    Until::HereEnd => {
                        let before = self.text.get(..self.position + len).unwrap_or("");
                        if behind.starts_with('@') && before.ends_with(['\n', '\r']) {
                            self.bump(len + c.len_utf8() + 1, TokenKind::String);
                            break;
                        }
                    }
                }
            }
            if c == '`' {
                len += 1 + escape(behind, &mut text);
                continue;
            }
            if c == '$' && self.expands(len) {
                self.bump(len, TokenKind::String);
                len = 0;
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                let expr = self.expansion(true);
                parts.push(Part::Expr(expr));
                continue;
            }
            text.push(c);
            len += c.len_utf8();
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        closed
    }

    /// Whether the `$` at this distance begins a variable or a subexpression.
    fn expands(&self, at: usize) -> bool {
        let Some(rest) = self.rest().get(at..) else { return false };
        let mut behind = rest.chars().skip(1);
        match behind.next() {
            Some('(' | '{' | '?' | '^' | '$') => true,
            Some(c) => scan::is_name(c),
            None => false,
        }
    }

    /// A variable or a subexpression; `$` is next.
    fn expansion(&mut self, in_string: bool) -> Expr {
        if self.rest().starts_with("$(") {
            return self.subexpression();
        }
        let expr = self.variable();
        // "$x:" is not "$x" and a colon to PowerShell, but an unfinished scope.
        if in_string && self.rest().starts_with(':') && !self.rest().starts_with("::") {
            let braced = self.text.get(..self.position).is_some_and(|text| text.ends_with('}'));
            if !braced {
                let name = expr.span.text(self.text).to_owned();
                let message = format!(
                    "No name follows the colon of {name}: in a string. If the colon is text, write ${{{}}}:",
                    name.trim_start_matches('$')
                );
                self.error(expr.span, message, false);
            }
        }
        expr
    }

    /// A variable; `$` or `@` is next.
    pub(super) fn variable(&mut self) -> Expr {
        let rest = self.rest();
        let splat = rest.starts_with('@');
        let Some(found) = scan::variable(rest) else {
            let span = self.bump_char(TokenKind::Unknown);
            self.error(span, "A variable's name is missing behind $.", span.end as usize == self.text.len());
            return Expr { kind: ExprKind::Missing, span };
        };
        let mut name = String::with_capacity(found.name.len());
        let mut escaped = false;
        for c in found.name.chars() {
            if found.braced && c == '`' && !escaped {
                escaped = true;
            } else {
                name.push(c);
                escaped = false;
            }
        }
        let scope = found.scope.map(str::to_owned);
        let span = self.bump(found.len, TokenKind::Variable);
        if found.open {
            self.error(span, "The variable's name is not closed: } is missing.", true);
        }
        Expr { kind: ExprKind::Variable(Variable { scope, name, splat }), span }
    }

    /// A bare word, with the quoted parts, variables and subexpressions in it.
    pub(super) fn word(&mut self, kind: TokenKind) -> Expr {
        let start = self.position;
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut len = 0;
        loop {
            let rest = self.rest();
            let Some(c) = rest.get(len..).and_then(|rest| rest.chars().next()) else { break };
            let behind = rest.get(len + c.len_utf8()..).unwrap_or("");
            if c == '`' && scan::newline(behind) == 0 && !behind.is_empty() {
                len += 1 + escape(behind, &mut text);
                continue;
            }
            if c == '`'
                || (c == '$' && self.expands(len))
                || scan::is_single_quote(c)
                || scan::is_double_quote(c)
            {
                if c == '`' && scan::newline(behind) > 0 {
                    break;
                }
                if c != '`' {
                    self.bump(len, kind);
                    len = 0;
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    if c == '$' {
                        parts.push(Part::Expr(self.expansion(false)));
                    } else if scan::is_single_quote(c) {
                        parts.push(Part::Text(self.verbatim_text().0));
                    } else {
                        self.quoted_parts(&mut parts);
                    }
                    continue;
                }
            }
            if scan::ends_word(c) {
                break;
            }
            text.push(c);
            len += c.len_utf8();
        }
        self.bump(len, kind);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        self.string_from(parts, start, true)
    }

    fn string_from(&self, parts: Vec<Part>, start: usize, bare: bool) -> Expr {
        let span = Span::new(start, self.position);
        if parts.iter().any(|part| matches!(part, Part::Expr(_))) {
            return Expr { kind: ExprKind::Expandable { parts, bare }, span };
        }
        let text: String =
            parts.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" }).collect();
        Expr { kind: ExprKind::Text { text: text.into(), bare }, span }
    }
}

/// Where a here-string's text ends, and where its closing sign ends.
fn here_end(text: &str, is_quote: fn(char) -> bool) -> Option<(usize, usize)> {
    let closes = |at: usize| {
        let rest = text.get(at..)?;
        let quote = rest.chars().next().filter(|c| is_quote(*c))?;
        rest.get(quote.len_utf8()..)?.starts_with('@').then_some(at + quote.len_utf8() + 1)
    };
    if let Some(close) = closes(0) {
        return Some((0, close));
    }
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(['\n', '\r']) {
        let end = from + found;
        from = end + scan::newline(text.get(end..)?).max(1);
        if let Some(close) = closes(from) {
            return Some((end, close));
        }
    }
    None
}

/// Adds what an escape sequence means; the length of it without the backtick.
fn escape(behind: &str, text: &mut String) -> usize {
    let Some(c) = behind.chars().next() else {
        text.push('`');
        return 0;
    };
    let line_end = scan::newline(behind);
    if line_end > 0 {
        text.push_str(&behind[..line_end]);
        return line_end;
    }
    if let Some(code) = behind.strip_prefix("u{")
        && let Some((digits, _)) = code.split_once('}')
        && digits.len() <= 6
        && let Some(c) = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
    {
        text.push(c);
        return digits.len() + 3;
    }
    text.push(match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' => '\u{1B}',
        'f' => '\u{C}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{B}',
        c => c,
    });
    c.len_utf8()
}
