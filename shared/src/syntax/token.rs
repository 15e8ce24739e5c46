//! Tokens: the smallest pieces of a text, which tile it without a gap.

use std::ops::Range;

/// A part of the text, in bytes. Texts are bounded far below 4 GB (see [`super::MAX_TEXT`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// As a range to index the text with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this one to the end of the other.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end.max(self.start) }
    }

    /// The part of `text` that it means; empty if it is not a part of it.
    pub fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is. The parser decides: the same letters are a command, an argument or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks, tabs and the like.
    Whitespace,
    /// A line's end.
    Newline,
    /// A backtick and the line's end behind it.
    Continuation,
    /// `# …` or `<# … #>`.
    Comment,
    /// A command's name.
    Command,
    /// A bare word as an argument.
    Argument,
    /// `-Name` or `-Name:`.
    Parameter,
    /// `$name`, `${name}`, `$scope:name`, `@name`.
    Variable,
    /// A number with its suffixes.
    Number,
    /// A string or a part of one, quotes included.
    String,
    /// A type's name between brackets.
    Type,
    /// A member's name behind a full stop or two colons.
    Member,
    /// A key in a hash literal.
    Key,
    /// `if`, `foreach`, …
    Keyword,
    /// `+`, `-eq`, `=`, `..`, `&`, …
    Operator,
    /// A redirection such as `2>&1`.
    Redirection,
    /// Brackets, commas, semicolons, full stops and pipe signs.
    Punctuation,
    /// A loop's label.
    Label,
    /// What no rule of the language allows here.
    Unknown,
}

/// How a token is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenClass {
    /// A command's name.
    Command,
    /// A parameter's name.
    Parameter,
    /// A bare word as an argument.
    Argument,
    /// A variable.
    Variable,
    /// A string.
    String,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// An operator or a redirection.
    Operator,
    /// A type's name.
    Type,
    /// A word of the language.
    Keyword,
    /// A member's name or a key.
    Member,
    /// Brackets, commas and the like.
    Punctuation,
    /// What the parser cannot make sense of.
    Error,
}

impl TokenKind {
    /// Whether it is nothing to the language but a gap.
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Whitespace | Self::Newline | Self::Comment | Self::Continuation)
    }

    /// How it is coloured; `None` for blanks and line ends.
    pub fn class(self) -> Option<TokenClass> {
        Some(match self {
            Self::Whitespace | Self::Newline => return None,
            Self::Continuation | Self::Punctuation => TokenClass::Punctuation,
            Self::Comment => TokenClass::Comment,
            Self::Command => TokenClass::Command,
            Self::Argument => TokenClass::Argument,
            Self::Parameter => TokenClass::Parameter,
            Self::Variable => TokenClass::Variable,
            Self::Number => TokenClass::Number,
            Self::String => TokenClass::String,
            Self::Type => TokenClass::Type,
            Self::Member | Self::Key => TokenClass::Member,
            Self::Keyword | Self::Label => TokenClass::Keyword,
            Self::Operator | Self::Redirection => TokenClass::Operator,
            Self::Unknown => TokenClass::Error,
        })
    }
}
