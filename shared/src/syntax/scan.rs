//! Lengths of what has an inside of its own: comments, words, strings, variables.
//!
//! PowerShell finds where a string or a bare word ends before it looks inside, by rules that know nothing of what is
//! in there: within `$( )` only parentheses are counted. So does this, in one pass and without recursion. Positions are
//! bytes of the text and at a character's boundary.

/// Whether the character is one of the four that PowerShell takes for a hyphen.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

/// Whether the character quotes verbatim text.
pub(super) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}')
}

/// Whether the character quotes expandable text.
pub(super) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// Whether the character is a blank within a line.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && !is_newline(c)
}

/// Whether the character begins a line's end.
pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

/// Whether a bare word ends before this character.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, '{' | '}' | '(' | ')' | ';' | ',' | '|' | '&' | '\0') || c.is_whitespace()
}

/// Whether the character may be in a name.
pub(super) fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Whether the character may begin a name.
pub(super) fn starts_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// Whether the character may follow the `$` of a variable without braces.
pub(super) fn starts_variable(c: char) -> bool {
    is_name(c) || matches!(c, '$' | ':' | '?' | '^')
}

/// Length of a line's end.
pub(super) fn newline(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with(['\n', '\r'])) }
}

/// Length of the characters that `accept` takes.
pub(super) fn run(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|c| !accept(c)).unwrap_or(text.len())
}

/// The character at a position.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Length of a comment, and whether it is closed. 0 if there is none.
pub(super) fn comment(text: &str) -> (usize, bool) {
    if text.starts_with("<#") {
        let end = text.get(2..).and_then(|rest| rest.find("#>"));
        return end.map_or((text.len(), false), |at| (at + 4, true));
    }
    if text.starts_with('#') { (run(text, |c| !is_newline(c)), true) } else { (0, true) }
}

/// What is wrong within a lexeme: PowerShell's name of the error, where, and a sentence.
pub(super) type Flaw = (&'static str, std::ops::Range<usize>, &'static str);

/// Length of the double quote at a position, `None` if there is none.
///
/// In an expression within a string, two quotes (or a backtick and a quote) stand for one, because the string around it
/// sees them first. `level` says how many strings are around.
pub(super) fn double_quote(text: &str, at: usize, level: u32) -> Option<usize> {
    let rest = text.get(at..)?;
    if level > 0
        && let Some(behind) = rest.strip_prefix('`')
    {
        return behind.chars().next().filter(|c| is_double_quote(*c)).map(|c| 1 + c.len_utf8());
    }
    let most = 1usize.checked_shl(level.min(20)).unwrap_or(1);
    let len: usize = rest.chars().take(most).take_while(|c| is_double_quote(*c)).map(char::len_utf8).sum();
    (len > 0).then_some(len)
}

/// Where the verbatim string ends whose opening quote is at `at`.
pub(super) fn verbatim_end(text: &str, at: usize, flaws: &mut Vec<Flaw>) -> usize {
    let quoted = text.get(at..).unwrap_or("");
    let mut chars = quoted.char_indices().skip(1).peekable();
    while let Some((found, c)) = chars.next() {
        if is_single_quote(c) && chars.next_if(|(_, next)| is_single_quote(*next)).is_none() {
            return at + found + c.len_utf8();
        }
    }
    flaws.push((UNTERMINATED, at..text.len(), "The string is not closed: ' is missing."));
    text.len()
}

/// Where the text of the expandable string ends whose opening quote is at `at`, and where the string ends.
pub(super) fn expandable(text: &str, at: usize, level: u32, flaws: &mut Vec<Flaw>) -> (usize, usize) {
    let mut position = at + double_quote(text, at, level).unwrap_or(1);
    while let Some(c) = char_at(text, position) {
        if let Some(len) = double_quote(text, position, level) {
            let behind = position + len;
            match double_quote(text, behind, level) {
                Some(len) => position = behind + len,
                None => return (position, behind),
            }
        } else if c == '$' {
            position = dollar_end(text, position, flaws);
        } else if c == '`' {
            position = escape_end(text, position, flaws);
        } else {
            position += c.len_utf8();
        }
    }
    flaws.push((UNTERMINATED, at..text.len(), "The string is not closed: \" is missing."));
    (text.len(), text.len())
}

/// Where the escape sequence ends whose backtick is at `at`.
fn escape_end(text: &str, at: usize, flaws: &mut Vec<Flaw>) -> usize {
    let Some(c) = char_at(text, at + 1) else { return at + 1 };
    let end = at + 1 + c.len_utf8();
    if c != 'u' {
        return end;
    }
    let mut flaw = |id, range| {
        flaws.push((
            id,
            range,
            "A character by its number is written as `u{ }, with one to six hexadecimal digits.",
        ));
    };
    if char_at(text, end) != Some('{') {
        flaw("InvalidUnicodeEscapeSequence", at..end);
        return end;
    }
    let digits = end + 1;
    let mut position = digits;
    while let Some(c) = char_at(text, position) {
        if c == '}' {
            let number = text.get(digits..position).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match number {
                None => flaw("InvalidUnicodeEscapeSequence", at..position + 1),
                Some(number) if number > 0x0010_FFFF => {
                    flaw("InvalidUnicodeEscapeSequenceValue", digits..position);
                }
                Some(_) => {}
            }
            return position + 1;
        }
        if !c.is_ascii_hexdigit() {
            flaw("InvalidUnicodeEscapeSequence", position..position + c.len_utf8());
            return position;
        }
        if position - digits == 6 {
            flaw("TooManyDigitsInUnicodeEscapeSequence", position..position + 1);
            return position;
        }
        position += 1;
    }
    flaw("MissingUnicodeEscapeSequenceTerminator", at..position);
    position
}

/// PowerShell's name for a string that is not closed.
pub(super) const UNTERMINATED: &str = "TerminatorExpectedAtEndOfString";

/// Where the variable or the subexpression ends whose `$` is at `at` in a string or a word; right behind the `$` if it
/// begins neither.
pub(super) fn dollar_end(text: &str, at: usize, flaws: &mut Vec<Flaw>) -> usize {
    match char_at(text, at + 1) {
        Some('(') => {
            let mut depth = 0usize;
            let inside = text.get(at + 1..).unwrap_or("");
            for (found, byte) in inside.bytes().enumerate() {
                match byte {
                    b'(' => depth += 1,
                    b')' if depth == 1 => return at + found + 2,
                    b')' => depth -= 1,
                    _ => {}
                }
            }
            let sentence = "The subexpression is not closed: ) is missing.";
            flaws.push(("IncompleteDollarSubexpressionReference", at..text.len(), sentence));
            text.len()
        }
        Some(c) if c == '{' || starts_variable(c) => at + variable(text, at, true, flaws).len,
        _ => at + 1,
    }
}

/// Where the bare word ends that begins at `at`. Its first character belongs to it in any case.
pub(super) fn word_end(text: &str, at: usize, level: u32, flaws: &mut Vec<Flaw>) -> usize {
    let mut position = at;
    while let Some(c) = char_at(text, position) {
        if position > at && ends_word(c) {
            break;
        }
        if let Some(len) = double_quote(text, position, level) {
            // At its start, it would be a string.
            position =
                if position > at { expandable(text, position, level, flaws).1 } else { position + len };
        } else if is_single_quote(c) && position > at {
            position = verbatim_end(text, position, flaws);
        } else if c == '$' {
            position = dollar_end(text, position, flaws);
        } else if c == '`' {
            position = escape_end(text, position, flaws);
        } else {
            position += c.len_utf8();
        }
    }
    position.min(text.len())
}

/// A here-string's parts. The sign before it (`@"`) is at the start.
pub(super) struct HereString {
    /// Where its text begins.
    pub(super) start: usize,
    /// Where its text ends, without the line end before the closing sign.
    pub(super) text_end: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// The here-string whose `@` is at `at`.
pub(super) fn here_string(text: &str, at: usize, flaws: &mut Vec<Flaw>) -> HereString {
    let quote = char_at(text, at + 1).unwrap_or('"');
    let expandable = is_double_quote(quote);
    let is_quote = if expandable { is_double_quote } else { is_single_quote };
    let header = at + 1 + quote.len_utf8();
    let rest = |from: usize| text.get(from..).unwrap_or("");
    let first = header + run(rest(header), is_blank);
    let line_end = newline(rest(first));
    let open: Flaw = if expandable {
        (
            UNTERMINATED,
            at..text.len(),
            "The here-string is not closed: \"@ at the start of a line is missing.",
        )
    } else {
        (UNTERMINATED, at..text.len(), "The here-string is not closed: '@ at the start of a line is missing.")
    };
    if line_end == 0 {
        let mut end = text.len();
        match char_at(text, first) {
            None => flaws.push(open),
            Some(c) => {
                let sentence = "The text of a here-string begins on the line below its opening sign.";
                flaws.push((
                    "UnexpectedCharactersAfterHereStringHeader",
                    first..first + c.len_utf8(),
                    sentence,
                ));
                let line = rest(first);
                let line = line.get(..run(line, |c| !is_newline(c))).unwrap_or("");
                let closing = line.find(if expandable { "\"@" } else { "'@" });
                end = first + closing.map_or(line.len(), |found| found + 2);
            }
        }
        return HereString { start: end, text_end: end, end };
    }
    let start = first + line_end;
    let footer = |from: usize| {
        let quote = char_at(text, from).filter(|c| is_quote(*c))?;
        rest(from + quote.len_utf8()).starts_with('@').then_some(from + quote.len_utf8() + 1)
    };
    let mut indented = None;
    let mut note_indented = |from: usize| {
        let blanks = run(rest(from), is_blank);
        if blanks > 0 && indented.is_none() && footer(from + blanks).is_some() {
            indented = Some(from + blanks);
        }
    };
    if let Some(end) = footer(start) {
        return HereString { start, text_end: start, end };
    }
    note_indented(start);
    let mut position = start;
    while let Some(c) = char_at(text, position) {
        let line_end = newline(rest(position));
        if line_end > 0 {
            if let Some(end) = footer(position + line_end) {
                return HereString { start, text_end: position, end };
            }
            position += line_end;
            note_indented(position);
        } else if expandable && c == '$' {
            position = dollar_end(text, position, flaws);
        } else if expandable && c == '`' {
            position = escape_end(text, position, flaws);
        } else {
            position += c.len_utf8();
        }
    }
    let len = text.len();
    flaws.push(match indented {
        Some(from) => {
            let sentence = "Blanks stand before the closing sign of the here-string; it must begin its line.";
            ("WhitespaceBeforeHereStringFooter", from..len, sentence)
        }
        None => open,
    });
    HereString { start, text_end: len, end: len }
}

/// A variable's sign, name and where its name is.
pub(super) struct VariableScan<'a> {
    /// Length in all.
    pub(super) len: usize,
    /// What is before the colon.
    pub(super) scope: Option<&'a str>,
    /// The name; with its escapes where it is in braces.
    pub(super) name: &'a str,
    /// Whether it was in braces.
    pub(super) braced: bool,
}

/// The variable whose `$` or `@` is at `at`.
pub(super) fn variable<'a>(
    text: &'a str,
    at: usize,
    in_string: bool,
    flaws: &mut Vec<Flaw>,
) -> VariableScan<'a> {
    let rest = text.get(at + 1..).unwrap_or("");
    let split = |name: &'a str| match name.split_once(':') {
        Some((scope, name)) if !scope.is_empty() => (Some(scope), name),
        _ => (None, name),
    };
    if rest.starts_with('{') {
        let start = at + 2;
        let mut position = start;
        let mut closed = false;
        while let Some(c) = char_at(text, position) {
            if c == '}' {
                closed = true;
                break;
            }
            if c == '{' {
                let sentence = "An opening brace in a variable's name needs a backtick before it.";
                let id = "OpenBraceNeedsToBeBackTickedInVariableName";
                flaws.push((id, position + 1..(position + 2).min(text.len()), sentence));
            }
            position += c.len_utf8();
            let doubled = in_string && is_double_quote(c);
            if c == '`' {
                position = escape_end(text, position - 1, flaws);
            } else if doubled && char_at(text, position).is_some_and(is_double_quote) {
                position += char_at(text, position).map_or(0, char::len_utf8);
            }
        }
        let name = text.get(start..position).unwrap_or("");
        let end = position + usize::from(closed);
        if !closed {
            let sentence = "The variable's name is not closed: } is missing.";
            flaws.push(("IncompleteDollarVariableReference", at + 1..end, sentence));
        } else if name.is_empty() {
            flaws.push((
                "EmptyVariableReference",
                at + 2..end,
                "A variable's name is missing between the braces.",
            ));
        }
        let (scope, name) = split(name);
        if name.is_empty() && scope.is_some() {
            let sentence = "No name follows the colon of the variable.";
            flaws.push(("InvalidBracedVariableReference", at..end, sentence));
        }
        return VariableScan { len: end - at, scope, name, braced: true };
    }
    if rest.starts_with(['$', '?', '^']) {
        return VariableScan { len: 2, scope: None, name: rest.get(..1).unwrap_or(""), braced: false };
    }
    let mut len = 0;
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        // Two colons are the sign before a static member.
        if !(is_name(c) || c == '?' || (c == ':' && chars.peek() != Some(&':'))) {
            break;
        }
        len += c.len_utf8();
    }
    let whole = rest.get(..len).unwrap_or("");
    let (scope, name) = split(whole);
    let known = |scope: &str| {
        ["global", "local", "script", "private"].iter().any(|known| scope.eq_ignore_ascii_case(known))
    };
    if name.is_empty() && scope.is_some_and(known) {
        let sentence = "A variable's name is missing behind the colon.";
        flaws.push(("InvalidVariableReference", at..at + 1 + len, sentence));
    } else if name.is_empty() && scope.is_some() {
        let sentence = "No name follows the colon of the variable. If the colon is text, put the name in braces: ${name}:";
        flaws.push(("InvalidVariableReferenceWithDrive", at..at + 1 + len, sentence));
    } else if whole == ":" {
        let sentence = "A variable's name is missing. If the dollar sign is text, put a backtick before it.";
        flaws.push(("InvalidVariableReference", at..at + 1 + len, sentence));
    }
    VariableScan { len: len + 1, scope, name, braced: false }
}
