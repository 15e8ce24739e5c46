//! The language: every text is parsed to its end, and the tokens tile it.

use postern_shared::syntax;

/// Words and marks of the language.
pub const WORDS: &[&str] = &[
    "if",
    "else",
    "elseif",
    "foreach",
    "for",
    "while",
    "do",
    "until",
    "switch",
    "function",
    "param",
    "begin",
    "process",
    "end",
    "try",
    "catch",
    "finally",
    "throw",
    "return",
    "break",
    "continue",
    "class",
    "enum",
    "filter",
    "$_",
    "$x",
    "${a b}",
    "$(",
    "@(",
    "@{",
    "@'\n",
    "\n'@",
    "@\"\n",
    "\n\"@",
    "-eq",
    "-not",
    "-match",
    "-f ",
    "..",
    "::",
    "[int]",
    "[CmdletBinding()]",
    "&&",
    "||",
    "|",
    "2>&1",
    ">>",
    "<#",
    "#>",
    "#",
    "`\n",
    "`",
    "\"",
    "'",
    "--%",
    "@args",
    "1kb",
    "0x1F",
    "1.5e3",
    "-Name",
    "-Name:",
    "$env:",
    "$script:",
    "++",
    "+=",
    "?",
    "%",
    "~",
];

/// A text; what is not UTF-8 in it is replaced.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let parse = syntax::parse(&text);
    let mut at = 0;
    for token in &parse.tokens {
        assert_eq!(token.span.start, at, "tokens tile the text");
        at = token.span.end;
        assert!(text.is_char_boundary(at as usize));
    }
    assert_eq!(at as usize, text.len());
    for error in &parse.errors {
        assert!(error.span.start <= error.span.end && error.span.end as usize <= text.len());
        assert!(!error.message.is_empty());
    }
}

/// Lines and small scripts.
pub fn seeds() -> Vec<Vec<u8>> {
    include_str!("../seeds/language.txt").split("\n----\n").map(|text| text.as_bytes().to_vec()).collect()
}
