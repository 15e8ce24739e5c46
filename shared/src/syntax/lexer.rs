//! What begins at a position. PowerShell has no lexer without a parser: the same characters are an operator where an
//! expression stands and a bare word behind a command, so the parser says in which mode it asks.

use super::{
    ast::{BinaryOp, UnaryOp, dash_operator},
    number, scan,
};

/// How the parser looks at the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// At the start of a statement and behind a command: words are bare text.
    Command,
    /// Within an expression: signs are operators.
    Expression,
}

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Newline,
    Semicolon,
    Pipe,
    AndAnd,
    OrOr,
    Ampersand,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    /// `@(`.
    ArrayParen,
    /// `@{`.
    HashBrace,
    /// `$(`.
    DollarParen,
    Comma,
    Variable,
    Splat,
    /// A number, with its sign if signs were allowed.
    Number,
    Verbatim,
    Expandable,
    HereVerbatim,
    HereExpandable,
    /// A bare word; its length is not known before it is read.
    Word,
    /// Letters, digits and underscores that nothing follows which would make it a longer word.
    Identifier,
    /// A hyphen and a name, with a colon behind it or not (the colon is counted).
    Parameter {
        colon: bool,
    },
    /// A colon and a name.
    Label,
    /// An operator that is a hyphen and a word, or `*`, `/`, `%`, `..`, `??`.
    Binary {
        op: BinaryOp,
        case_sensitive: bool,
    },
    /// `-not` or `-bnot`.
    Unary(UnaryOp),
    Plus,
    Minus,
    Exclaim,
    Increment,
    Decrement,
    Assign(Option<BinaryOp>),
    /// A redirection to a file.
    Redirection,
    /// A redirection to another stream.
    Merge,
    InputRedirection,
    Dot,
    DoubleColon,
    Colon,
    Question,
    /// An `@` that begins nothing.
    Unknown,
}

impl Kind {
    /// The operator that it is between two operands, and whether it heeds case.
    pub(super) fn binary(self) -> Option<(BinaryOp, bool)> {
        match self {
            Self::Binary { op, case_sensitive } => Some((op, case_sensitive)),
            Self::Plus => Some((BinaryOp::Add, false)),
            Self::Minus => Some((BinaryOp::Subtract, false)),
            _ => None,
        }
    }

    /// The operator that it is before an operand.
    pub(super) fn unary(self) -> Option<UnaryOp> {
        Some(match self {
            Self::Unary(op) => op,
            Self::Plus => UnaryOp::Plus,
            Self::Minus => UnaryOp::Negate,
            Self::Exclaim => UnaryOp::Not,
            Self::Increment => UnaryOp::PreIncrement,
            Self::Decrement => UnaryOp::PreDecrement,
            Self::Comma => UnaryOp::Comma,
            Self::Binary { op: BinaryOp::Join, .. } => UnaryOp::Join,
            Self::Binary { op: BinaryOp::Split, .. } => UnaryOp::Split,
            _ => return None,
        })
    }
}

/// A lexeme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    /// Its length; of strings and words that of the first sign only.
    pub(super) len: usize,
}

/// How the parser asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub(super) mode: Mode,
    /// Whether a sign belongs to a number behind it.
    pub(super) signed: bool,
    /// Whether `?` and `:` end a number.
    pub(super) in_ternary: bool,
    /// How many expandable strings are around.
    pub(super) level: u32,
}

/// The lexeme at a position, where no blank is.
pub(super) fn lexeme(text: &str, at: usize, ask: Ask) -> Lexeme {
    let rest = text.get(at..).unwrap_or("");
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return Lexeme { kind: Kind::End, len: 0 } };
    let next = chars.next();
    let command = ask.mode == Mode::Command;
    let is = |kind, len| Lexeme { kind, len };
    let ends = |len: usize| scan::char_at(rest, len).is_none_or(scan::ends_word);
    // In command mode an operator stands alone, or it begins a word.
    let operator = |kind, len| if command && !ends(len) { is(Kind::Word, 1) } else { is(kind, len) };
    let binary = |op| Kind::Binary { op, case_sensitive: false };
    if let Some(len) = scan::double_quote(text, at, ask.level) {
        return is(Kind::Expandable, len);
    }
    let arithmetic = |op, len| {
        if next == Some('=') { operator(Kind::Assign(Some(op)), len + 1) } else { operator(binary(op), len) }
    };
    match c {
        '\n' | '\r' => is(Kind::Newline, scan::newline(rest)),
        c if scan::is_single_quote(c) => is(Kind::Verbatim, c.len_utf8()),
        '@' => match next {
            Some('{') => is(Kind::HashBrace, 2),
            Some('(') => is(Kind::ArrayParen, 2),
            Some(c) if scan::is_single_quote(c) => is(Kind::HereVerbatim, 1 + c.len_utf8()),
            Some(c) if scan::is_double_quote(c) => is(Kind::HereExpandable, 1 + c.len_utf8()),
            Some(c) if scan::starts_variable(c) => variable(text, at, command, Kind::Splat),
            _ => is(Kind::Unknown, 1),
        },
        '$' if next == Some('(') => is(Kind::DollarParen, 2),
        '$' if next.is_some_and(|c| c == '{' || scan::starts_variable(c)) => {
            variable(text, at, command, Kind::Variable)
        }
        ';' => is(Kind::Semicolon, 1),
        ',' => is(Kind::Comma, 1),
        '(' => is(Kind::OpenParen, 1),
        ')' => is(Kind::CloseParen, 1),
        '{' => is(Kind::OpenBrace, 1),
        '}' => is(Kind::CloseBrace, 1),
        '[' => operator(Kind::OpenBracket, 1),
        ']' => is(Kind::CloseBracket, 1),
        '|' if next == Some('|') => is(Kind::OrOr, 2),
        '|' => is(Kind::Pipe, 1),
        '&' if next == Some('&') => is(Kind::AndAnd, 2),
        '&' => is(Kind::Ampersand, 1),
        '=' => operator(Kind::Assign(None), 1),
        '+' if next == Some('+') => operator(Kind::Increment, 2),
        '+' if next == Some('=') => operator(Kind::Assign(Some(BinaryOp::Add)), 2),
        '+' if ask.signed && next.is_some_and(|c| c.is_ascii_digit() || c == '.') => numeric(text, at, ask),
        '+' => operator(Kind::Plus, 1),
        c if scan::is_dash(c) => dash(text, at, ask),
        '/' => arithmetic(BinaryOp::Divide, 1),
        '%' => arithmetic(BinaryOp::Remainder, 1),
        '<' => is(Kind::InputRedirection, 1),
        '>' => redirection(rest),
        '*' if next == Some('>') => redirection(rest),
        // In an expression it is a number, and what is redirected is the output.
        '1'..='6' if next == Some('>') && (command || redirection(rest).kind == Kind::Merge) => {
            redirection(rest)
        }
        '*' => arithmetic(BinaryOp::Multiply, 1),
        '0'..='9' => numeric(text, at, ask),
        '.' if next == Some('.') => operator(binary(BinaryOp::Range), 2),
        '.' if next.is_some_and(|c| c.is_ascii_digit()) => numeric(text, at, ask),
        '.' if command && !ends(1) && !matches!(next, Some('$' | '"' | '\'')) => is(Kind::Word, 1),
        '.' => is(Kind::Dot, 1),
        '!' if command && !ends(1) => is(Kind::Word, 1),
        '!' if !command && next.is_some_and(scan::starts_name) => is(Kind::Word, 1),
        '!' if !command
            && next.is_some_and(|c| c.is_ascii_digit() || c == '.')
            && numeric(text, at + 1, ask).kind == Kind::Word =>
        {
            is(Kind::Word, 1)
        }
        '!' => is(Kind::Exclaim, 1),
        ':' if next == Some(':') => operator(Kind::DoubleColon, 2),
        ':' if command => {
            let len = 1 + scan::run(rest.get(1..).unwrap_or(""), scan::is_name);
            let named = next.is_some_and(scan::starts_name) && ends(len);
            is(if named { Kind::Label } else { Kind::Word }, if named { len } else { 1 })
        }
        ':' => is(Kind::Colon, 1),
        '?' if !command && rest.starts_with("??=") => is(Kind::Assign(Some(BinaryOp::Coalesce)), 3),
        '?' if !command && next == Some('?') => is(binary(BinaryOp::Coalesce), 2),
        '?' if !command => is(Kind::Question, 1),
        c if scan::starts_name(c) => {
            let len = scan::run(rest, scan::is_name);
            is(if command && !ends(len) { Kind::Word } else { Kind::Identifier }, len)
        }
        c => is(Kind::Word, c.len_utf8()),
    }
}

/// A variable, unless it is only the beginning of a bare word, such as `$home\file`.
fn variable(text: &str, at: usize, command: bool, kind: Kind) -> Lexeme {
    let found = scan::variable(text, at, false, &mut Vec::new());
    let single = !found.braced && matches!(found.name, "$" | "?" | "^");
    let behind = scan::char_at(text, at + found.len);
    let ends = behind.is_none_or(|c| match c {
        '.' | '[' => !single,
        // Of colons two are left, the sign before a static member.
        '=' | ':' => !single && !found.braced,
        c => scan::ends_word(c),
    });
    Lexeme { kind: if command && !ends { Kind::Word } else { kind }, len: found.len }
}

/// What begins with a hyphen.
fn dash(text: &str, at: usize, ask: Ask) -> Lexeme {
    let rest = text.get(at..).unwrap_or("");
    let dash = rest.chars().next().map_or(0, char::len_utf8);
    let behind = rest.get(dash..).unwrap_or("");
    let command = ask.mode == Mode::Command;
    let is = |kind, len| Lexeme { kind, len };
    let operator = |kind, len: usize| {
        let ends = rest.get(len..).and_then(|rest| rest.chars().next()).is_none_or(scan::ends_word);
        if command && !ends { is(Kind::Word, dash) } else { is(kind, len) }
    };
    let Some(next) = behind.chars().next() else { return is(Kind::Minus, dash) };
    if scan::is_dash(next) {
        return operator(Kind::Decrement, dash + next.len_utf8());
    }
    if next == '=' {
        return operator(Kind::Assign(Some(BinaryOp::Subtract)), dash + 1);
    }
    if next.is_alphabetic() || matches!(next, '_' | '?') {
        return parameter(behind, dash, command);
    }
    if ask.signed && (next.is_ascii_digit() || next == '.') {
        return numeric(text, at, ask);
    }
    operator(Kind::Minus, dash)
}

/// A parameter's name or an operator's; the hyphen is read.
fn parameter(name: &str, dash: usize, command: bool) -> Lexeme {
    if !command {
        let len = scan::run(name, |c| c.is_ascii_alphabetic());
        let word = name.get(..len).unwrap_or("");
        let kind = match dash_operator(word) {
            Some((op, case_sensitive)) => Kind::Binary { op, case_sensitive },
            None if word.eq_ignore_ascii_case("not") => Kind::Unary(UnaryOp::Not),
            None if word.eq_ignore_ascii_case("bnot") => Kind::Unary(UnaryOp::BitNot),
            None if len == 0 => Kind::Minus,
            None => Kind::Parameter { colon: false },
        };
        return Lexeme { kind, len: dash + len };
    }
    let quote = |c| scan::is_single_quote(c) || scan::is_double_quote(c);
    let len = scan::run(name, |c| !scan::ends_word(c) && !matches!(c, '.' | '[' | ':') && !quote(c));
    let behind = scan::char_at(name, len);
    // A quote makes it a bare word that only looks like a parameter.
    if behind.is_some_and(quote) {
        return Lexeme { kind: Kind::Word, len: dash };
    }
    let colon = behind == Some(':');
    Lexeme { kind: Kind::Parameter { colon }, len: dash + len + usize::from(colon) }
}

fn numeric(text: &str, at: usize, ask: Ask) -> Lexeme {
    let rest = text.get(at..).unwrap_or("");
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match number::number(rest, ask.mode, ask.in_ternary) {
        // In command mode, what no type can hold is text.
        Some((_, None)) if ask.mode == Mode::Command => Lexeme { kind: Kind::Word, len: first },
        Some((len, _)) => Lexeme { kind: Kind::Number, len },
        None => Lexeme { kind: Kind::Word, len: first },
    }
}

/// A redirection; what it redirects from, if that is said, is one character.
fn redirection(rest: &str) -> Lexeme {
    let from = usize::from(!rest.starts_with('>'));
    let behind = rest.get(from + 1..).unwrap_or("");
    if behind.starts_with('>') {
        return Lexeme { kind: Kind::Redirection, len: from + 2 };
    }
    let to_error = !rest.starts_with('*') && behind.starts_with("&2");
    if from > 0 && (behind.starts_with("&1") || to_error) {
        return Lexeme { kind: Kind::Merge, len: from + 3 };
    }
    Lexeme { kind: Kind::Redirection, len: from + 1 }
}
