//! Strings, here-strings, bare words and variables, with the variables and expressions in them.

use super::{
    super::{
        ast::{Expr, ExprKind, Part, Variable},
        scan,
        token::{Span, TokenKind},
    },
    Parser,
};
use crate::value::PsStr;

/// What the text being read is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Between double quotes.
    Quotes,
    /// In a here-string: quotes are text.
    HereString,
    /// In a bare word.
    Word,
}

impl Parser<'_> {
    /// A string with single quotes; the quote is next.
    #[inline(never)]
    pub(super) fn verbatim_string(&mut self) -> Expr {
        let start = self.position as u32;
        let mut text = String::new();
        self.verbatim_text(&mut text, TokenKind::String);
        Expr { kind: ExprKind::Text { text: text.into(), bare: false }, span: self.span_from(start) }
    }

    #[inline(never)]
    fn verbatim_text(&mut self, text: &mut String, kind: TokenKind) {
        let mut flaws = Vec::new();
        let end = scan::verbatim_end(self.text, self.position, &mut flaws);
        let closed = flaws.is_empty();
        self.flaws(flaws);
        let span = self.bump(end - self.position, kind);
        let mut chars = span.text(self.text).chars().peekable();
        chars.next();
        while let Some(c) = chars.next() {
            if scan::is_single_quote(c) {
                match chars.next_if(|next| scan::is_single_quote(*next)) {
                    Some(doubled) => text.push(doubled),
                    None if closed => break,
                    None => {}
                }
            } else {
                text.push(c);
            }
        }
    }

    /// A string with double quotes; the quote is next.
    #[inline(never)]
    pub(super) fn expandable_string(&mut self) -> Expr {
        let start = self.position as u32;
        let mut pieces = Pieces::default();
        self.quoted_pieces(&mut pieces);
        let span = self.span_from(start);
        Expr { kind: pieces.into_kind(false), span }
    }

    #[inline(never)]
    fn quoted_pieces(&mut self, pieces: &mut Pieces) {
        let mut flaws = Vec::new();
        let (text, at, level) = (self.text, self.position, self.level);
        let (content_end, end) = scan::expandable(text, at, level, &mut flaws);
        self.flaws(flaws);
        let open = scan::double_quote(text, at, level).unwrap_or(1);
        self.bump(open, TokenKind::String);
        self.pieces(content_end, Inside::Quotes, TokenKind::String, pieces);
        self.bump(end.saturating_sub(self.position), TokenKind::String);
    }

    /// A here-string; `@` and a quote are next.
    #[inline(never)]
    pub(super) fn here_string(&mut self) -> Expr {
        let start = self.position as u32;
        let mut flaws = Vec::new();
        let found = scan::here_string(self.text, self.position, &mut flaws);
        self.flaws(flaws);
        let expandable = scan::char_at(self.text, self.position + 1).is_some_and(scan::is_double_quote);
        let kind = if expandable {
            self.bump(found.start - self.position, TokenKind::String);
            let mut pieces = Pieces::default();
            self.pieces(found.text_end, Inside::HereString, TokenKind::String, &mut pieces);
            pieces.into_kind(false)
        } else {
            let text = self.text.get(found.start..found.text_end).unwrap_or("");
            ExprKind::Text { text: text.into(), bare: false }
        };
        self.bump(found.end.saturating_sub(self.position), TokenKind::String);
        Expr { kind, span: self.span_from(start) }
    }

    /// Text, variables and subexpressions up to `end`.
    #[inline(never)]
    fn pieces(&mut self, end: usize, inside: Inside, kind: TokenKind, pieces: &mut Pieces) {
        let text = self.text;
        let mut at = self.position;
        while at < end {
            let Some(c) = scan::char_at(text, at) else { break };
            let quote = scan::double_quote(text, at, self.level);
            if let Some(len) = quote.filter(|_| inside == Inside::Quotes) {
                // Of two quotes the second one is the text.
                let second = at + len;
                let len = scan::double_quote(text, second, self.level).unwrap_or(0);
                pieces
                    .text
                    .extend(text.get(second..second + len).and_then(|quotes| quotes.chars().next_back()));
                at = second + len.max(usize::from(len == 0));
                continue;
            }
            if quote.is_some() && inside == Inside::Word {
                self.bump(at - self.position, kind);
                self.quoted_pieces(pieces);
                at = self.position;
            } else if scan::is_single_quote(c) && inside == Inside::Word {
                self.bump(at - self.position, kind);
                self.verbatim_text(&mut pieces.text, TokenKind::String);
                at = self.position;
            } else if c == '`' {
                at += 1 + escape(text.get(at + 1..).unwrap_or(""), &mut pieces.text);
            } else if c == '$' {
                let behind = scan::dollar_end(text, at, &mut Vec::new());
                if behind == at + 1 {
                    pieces.text.push('$');
                    at += 1;
                    continue;
                }
                self.bump(at - self.position, kind);
                pieces.flush();
                let expr = self.expansion(behind, inside == Inside::HereString);
                pieces.parts.push(Part::Expr(expr));
                at = self.position;
            } else {
                pieces.text.push(c);
                at += c.len_utf8();
            }
        }
        self.bump(at.saturating_sub(self.position), kind);
    }

    /// A variable or a subexpression in a string; `$` is next.
    #[inline(never)]
    fn expansion(&mut self, end: usize, here: bool) -> Expr {
        if !self.rest().starts_with("$(") {
            return self.variable_in(true);
        }
        // The expression knows nothing of what is behind its end.
        let text = self.text;
        self.text = text.get(..end).unwrap_or(text);
        self.level += u32::from(!here);
        let around = self.nested_start.replace(self.position);
        let in_ternary = std::mem::replace(&mut self.in_ternary, false);
        let expr = self.subexpression(false);
        self.in_ternary = in_ternary;
        self.nested_start = around;
        self.level -= u32::from(!here);
        self.bump(end.saturating_sub(self.position), TokenKind::Unknown);
        self.text = text;
        expr
    }

    /// A variable; `$` or `@` is next.
    pub(super) fn variable(&mut self) -> Expr {
        self.variable_in(false)
    }

    #[inline(never)]
    fn variable_in(&mut self, string: bool) -> Expr {
        let splat = self.rest().starts_with('@');
        let mut flaws = Vec::new();
        let found = scan::variable(self.text, self.position, string, &mut flaws);
        let unescape = |part: &str| {
            let mut name = String::with_capacity(part.len());
            let mut rest = part;
            while let Some(c) = rest.chars().next() {
                rest = rest.get(c.len_utf8()..).unwrap_or("");
                if c == '`' && found.braced {
                    let len = escape(rest, &mut name);
                    rest = rest.get(len..).unwrap_or("");
                    continue;
                }
                name.push(c);
                if string
                    && found.braced
                    && scan::is_double_quote(c)
                    && rest.starts_with(scan::is_double_quote)
                {
                    rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
                }
            }
            name
        };
        let variable = Variable { scope: found.scope.map(unescape), name: unescape(found.name), splat };
        let len = found.len;
        self.flaws(flaws);
        let span = self.bump(len, TokenKind::Variable);
        Expr { kind: ExprKind::Variable(variable), span }
    }

    /// A bare word, with the quoted parts, variables and subexpressions in it. Where nothing is expanded, as in a
    /// command's name, they are text.
    #[inline(never)]
    pub(super) fn word(&mut self, kind: TokenKind, expand: bool) -> Expr {
        let start = self.position as u32;
        let mut flaws = Vec::new();
        let end = scan::word_end(self.text, self.position, self.level, &mut flaws);
        self.flaws(flaws);
        let mut pieces = Pieces::default();
        if scan::char_at(self.text, self.position).is_some_and(scan::ends_word) {
            // Only a zero character begins a word that it would end.
            self.bump(1, kind);
            pieces.text.push('\0');
        }
        self.pieces(end, Inside::Word, kind, &mut pieces);
        let span = Span { start, end: self.position as u32 };
        let kind = match pieces.into_kind(true) {
            ExprKind::Expandable { parts, .. } if !expand => {
                let text: String = parts
                    .iter()
                    .map(|part| match part {
                        Part::Text(text) => text.as_str(),
                        Part::Expr(expr) => expr.span.text(self.text),
                    })
                    .collect();
                ExprKind::Text { text: text.into(), bare: true }
            }
            kind => kind,
        };
        Expr { kind, span }
    }
}

/// What was read of a text so far.
#[derive(Default)]
struct Pieces {
    parts: Vec<Part>,
    text: String,
}

impl Pieces {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }

    fn into_kind(mut self, bare: bool) -> ExprKind {
        if self.parts.is_empty() {
            return ExprKind::Text { text: PsStr::from(self.text), bare };
        }
        self.flush();
        ExprKind::Expandable { parts: self.parts, bare }
    }
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
        && let Some((digits, _)) = code.get(..7.min(code.len())).unwrap_or(code).split_once('}')
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
