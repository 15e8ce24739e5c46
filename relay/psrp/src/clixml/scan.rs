//! The scanner: tags, attributes and raw text of the part of XML that CLIXML uses.

use memchr::{memchr, memchr2};

use super::ClixmlError;

/// Longest name of an element of CLIXML, `ToString`, is shorter.
const MAX_ELEMENT_NAME: usize = 12;
/// From here on a text is long enough for a search that takes time to begin.
const LONG_TEXT: usize = 256;

/// A tag.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tag<'a> {
    /// `<name attributes>` or, if `empty`, `<name attributes/>`.
    Open { name: &'a [u8], attributes: &'a [u8], empty: bool },
    /// `</name>`.
    Close(&'a [u8]),
}

/// An element's text as it was written.
#[derive(Clone, Copy, Default)]
pub(super) struct RawText<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether there is something in it that may stand for something else: `&`, `_` or a carriage return.
    pub(super) suspicious: bool,
}

impl<'a> RawText<'a> {
    /// Text that nobody has looked at.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, suspicious: true }
    }
}

/// Where reading stands.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Starts behind a byte order mark, if there is one.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { bytes, at }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes on by so many bytes, which were read elsewhere.
    pub(super) fn skip(&mut self, length: usize) {
        self.at += length;
    }

    /// What was read since a position.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    fn truncated(&self) -> ClixmlError {
        ClixmlError::Truncated(self.bytes.len())
    }

    /// Whether nothing but white space and comments is left.
    pub(super) fn at_end(&mut self) -> Result<bool, ClixmlError> {
        self.skip_gap()?;
        Ok(self.rest().is_empty())
    }

    /// Skips white space, comments and processing instructions between elements.
    fn skip_gap(&mut self) -> Result<(), ClixmlError> {
        loop {
            let rest = self.rest();
            let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
            self.at += blank;
            let rest = self.rest();
            let end: &[u8] = if rest.starts_with(b"<!--") {
                b"-->"
            } else if rest.starts_with(b"<?") {
                b"?>"
            } else {
                return Ok(());
            };
            let length = memchr::memmem::find(rest, end).ok_or_else(|| self.truncated())?;
            self.at += length + end.len();
        }
    }

    /// The next tag. Anything but white space before it is an error.
    pub(super) fn tag(&mut self) -> Result<Tag<'a>, ClixmlError> {
        if self.rest().first() != Some(&b'<') || matches!(self.rest().get(1), Some(b'!' | b'?')) {
            self.skip_gap()?;
        }
        let start = self.at;
        let rest = self.rest();
        match rest {
            [] => return Err(self.truncated()),
            [b'<', b'!', ..] => return Err(ClixmlError::Syntax { what: "a declaration", at: start }),
            [b'<', ..] => {}
            _ => return Err(ClixmlError::Syntax { what: "text between elements", at: start }),
        }
        let end = tag_end(rest).ok_or_else(|| self.truncated())?;
        self.at = start + end + 1;
        let inside = rest.get(1..end).unwrap_or_default();
        if let Some(name) = inside.strip_prefix(b"/") {
            return Ok(Tag::Close(name.trim_ascii_end()));
        }
        let (inside, empty) = inside.strip_suffix(b"/").map_or((inside, false), |inside| (inside, true));
        let name_length = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_length);
        if name.is_empty() {
            return Err(ClixmlError::Syntax { what: "a tag without a name", at: start });
        }
        Ok(Tag::Open { name, attributes, empty })
    }

    /// The opening tag of a member of exactly this name, as PowerShell writes it; `None`, and nothing read, if
    /// something else comes. Comparing is quicker than looking for where the name ends.
    pub(super) fn member(&mut self, name: &[u8]) -> Option<(&'a [u8], &'a [u8], bool)> {
        let tag = self.rest().strip_prefix(b"<")?;
        let length = tag.iter().take(MAX_ELEMENT_NAME).position(|b| *b == b' ')?;
        let (element, after) = tag.split_at_checked(length)?;
        let after = after.strip_prefix(b" N=\"")?.strip_prefix(name)?.strip_prefix(b"\"")?;
        let (attributes, empty, after) = match after {
            [b'>', after @ ..] => (&[][..], false, after),
            [b' ', b'/', b'>', after @ ..] => (&[][..], true, after),
            _ => {
                let end = tag_end(after)?;
                let (attributes, after) = after.split_at_checked(end)?;
                let (attributes, empty) = attributes
                    .strip_suffix(b"/")
                    .map_or((attributes, false), |attributes| (attributes, true));
                (attributes, empty, after.get(1..)?)
            }
        };
        self.at = self.bytes.len() - after.len();
        Some((element, attributes, empty))
    }

    /// The raw text up to the closing tag of `name`, which is read too.
    pub(super) fn text(&mut self, name: &[u8]) -> Result<RawText<'a>, ClixmlError> {
        let rest = self.rest();
        let (length, suspicious) = text_end(rest).ok_or_else(|| self.truncated())?;
        let text = RawText { bytes: rest.get(..length).unwrap_or_default(), suspicious };
        self.at += length;
        // Nearly always the closing tag is exactly `</name>`.
        let closing = rest.get(length..).unwrap_or_default();
        if let Some(after) = closing.strip_prefix(b"</").and_then(|after| after.strip_prefix(name))
            && after.first() == Some(&b'>')
        {
            self.at += name.len() + 3;
            return Ok(text);
        }
        match self.tag()? {
            Tag::Close(closed) if closed == name => Ok(text),
            _ => Err(ClixmlError::Syntax { what: "an element inside a text", at: self.at }),
        }
    }

    /// The bytes up to the first closing tag of `name`, which is read too: for an element that is compared whole.
    pub(super) fn until_close(&mut self, close: &[u8]) -> Result<&'a [u8], ClixmlError> {
        let rest = self.rest();
        let length = memchr::memmem::find(rest, close).ok_or_else(|| self.truncated())?;
        self.at += length + close.len();
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Skips the rest of an element whose opening tag was read.
    pub(super) fn skip_element(&mut self) -> Result<(), ClixmlError> {
        let mut open = 1_usize;
        while open > 0 {
            let length = memchr(b'<', self.rest()).ok_or_else(|| self.truncated())?;
            self.at += length;
            match self.tag()? {
                Tag::Open { empty: true, .. } => {}
                Tag::Open { .. } => open += 1,
                Tag::Close(_) => open -= 1,
            }
        }
        Ok(())
    }
}

/// Where the next `<` is, and whether there is a `&`, `_` or carriage return before it.
///
/// Most texts are of ten to forty bytes. Eight at a time are looked at for all of these at once; a search for each of
/// them would take longer to begin than to run.
fn text_end(rest: &[u8]) -> Option<(usize, bool)> {
    let mut suspicious = false;
    let mut at = 0;
    while let Some(word) = rest.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        let end = marks(word, b'<');
        let others = marks(word, b'&') | marks(word, b'_') | marks(word, b'\r');
        if end != 0 {
            let before = end.trailing_zeros();
            suspicious |= others & ((1 << before) - 1) != 0;
            return Some((at + (before / 8) as usize, suspicious));
        }
        suspicious |= others != 0;
        at += 8;
        if at == LONG_TEXT {
            let length = memchr(b'<', rest.get(at..)?)?;
            return Some((at + length, true));
        }
    }
    let length = rest.get(at..)?.iter().position(|b| *b == b'<')?;
    Some((at + length, true))
}

/// The high bit of each byte of `word` that is `mark`. Above the lowest one there may be some too many.
const fn marks(word: u64, mark: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differs = word ^ (ONES * mark as u64);
    differs.wrapping_sub(ONES) & !differs & (ONES << 7)
}

/// Where the tag that `rest` begins with ends: the `>` outside of quotes.
fn tag_end(rest: &[u8]) -> Option<usize> {
    // Few attribute values hold a `>`: PowerShell escapes it. So look for it, and check the quotes before it.
    let end = memchr(b'>', rest)?;
    let mut from = 0;
    let mut end_of_tag = end;
    loop {
        let Some(quote) = rest.get(from..end_of_tag).and_then(|tag| memchr2(b'"', b'\'', tag)) else {
            return Some(end_of_tag);
        };
        let opening = from + quote;
        let mark = *rest.get(opening)?;
        let closing = opening + 1 + memchr(mark, rest.get(opening + 1..)?)?;
        from = closing + 1;
        if from > end_of_tag {
            end_of_tag = from + memchr(b'>', rest.get(from..)?)?;
        }
    }
}

/// The raw value of an attribute.
pub(super) fn attribute<'a>(attributes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = attributes.trim_ascii_start();
    while !rest.is_empty() {
        let equals = memchr(b'=', rest)?;
        let (own, after) = rest.split_at_checked(equals)?;
        let after = after.get(1..)?.trim_ascii_start();
        let quote = *after.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let after = after.get(1..)?;
        let length = memchr(quote, after)?;
        if own.trim_ascii_end() == name {
            return after.get(..length);
        }
        rest = after.get(length + 1..)?.trim_ascii_start();
    }
    None
}
