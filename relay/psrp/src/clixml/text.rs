//! Text in CLIXML: XML's entities, and PowerShell's own `_xHHHH_` for UTF-16 units that XML cannot carry
//! (MS-PSRP section 2.2.5.3.2).

use memchr::memchr2;
use postern_shared::value::PsStr;

use super::{ClixmlError, scan::RawText};

/// Reads raw text. `at` is where it stands, for errors.
pub(super) fn decode(raw: RawText<'_>, at: usize) -> Result<PsStr, ClixmlError> {
    let text = utf8(raw.bytes, at)?;
    if !raw.suspicious || is_plain(raw.bytes) { Ok(PsStr::from(text)) } else { unescape(text, at) }
}

/// Whether raw text stands for itself.
fn is_plain(raw: &[u8]) -> bool {
    let mut rest = raw;
    while let Some(found) = memchr2(b'&', b'_', rest) {
        let next = rest.get(found + 1);
        if rest.get(found) == Some(&b'&') || matches!(next, Some(b'x' | b'X')) {
            return false;
        }
        rest = rest.get(found + 1..).unwrap_or_default();
    }
    // XML turns a carriage return into a line feed, as every reader must.
    memchr::memchr(b'\r', raw).is_none()
}

/// Whether a name is written as it is: reading what looks the same gives it.
pub(super) fn stands_for_itself(name: &PsStr) -> bool {
    name.lone_surrogates().is_none() && is_plain(name.as_bytes())
}

/// Raw text without PowerShell's escapes, as numbers and identifiers have it.
pub(super) fn utf8(raw: &[u8], at: usize) -> Result<&str, ClixmlError> {
    std::str::from_utf8(raw).map_err(|_| ClixmlError::Syntax { what: "text that is not UTF-8", at })
}

fn unescape(text: &str, at: usize) -> Result<PsStr, ClixmlError> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let plain = xml_unescape(text, at)?;
    let mut rest = plain.as_str();
    while let Some(found) = rest.find('_') {
        let (before, from) = rest.split_at(found);
        units.extend(before.encode_utf16());
        if let Some(unit) = escaped_unit(from.as_bytes()) {
            units.push(unit);
            rest = from.get(7..).unwrap_or_default();
        } else {
            units.push(u16::from(b'_'));
            rest = from.get(1..).unwrap_or_default();
        }
    }
    units.extend(rest.encode_utf16());
    Ok(PsStr::from_utf16(&units))
}

/// The unit that `_xHHHH_` at the start stands for.
fn escaped_unit(from: &[u8]) -> Option<u16> {
    let [b'_', b'x' | b'X', digits @ .., b'_'] = from.get(..7)? else { return None };
    digits.iter().try_fold(0_u16, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

/// Replaces entities and character references, and unifies line ends.
fn xml_unescape(text: &str, at: usize) -> Result<String, ClixmlError> {
    let wrong = ClixmlError::Syntax { what: "an unknown entity", at };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = memchr2(b'&', b'\r', rest.as_bytes()) {
        let (before, from) = rest.split_at(found);
        out.push_str(before);
        if let Some(after) = from.strip_prefix('\r') {
            out.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        let (entity, after) = from.split_once(';').ok_or_else(|| wrong.clone())?;
        out.push(match entity {
            "&amp" => '&',
            "&lt" => '<',
            "&gt" => '>',
            "&quot" => '"',
            "&apos" => '\'',
            _ => {
                let number = entity.strip_prefix("&#").ok_or_else(|| wrong.clone())?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32).ok_or_else(|| wrong.clone())?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Where text stands; decides which marks are written as entities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between tags.
    Element,
    /// In double quotes.
    Attribute,
}

/// Writes text with everything escaped that PowerShell escapes.
pub(super) fn encode(text: &PsStr, place: Place, out: &mut Vec<u8>) {
    if let Some(units) = text.lone_surrogates() {
        let mut units = units.iter().copied().peekable();
        while let Some(unit) = units.next() {
            let next = units.peek().and_then(|next| u8::try_from(*next).ok());
            match char::from_u32(u32::from(unit)) {
                Some(c) => encode_char(c, next, place, out),
                None => escape(unit, out),
            }
        }
        return;
    }
    encode_str(text, place, out);
}

/// Bytes that may begin something to escape: controls, DEL and C1 (0x7F, 0xC2), above U+FFFF (0xF0…), marks.
static MAY_NEED_ESCAPE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte < 0x20
            || byte >= 0xF0
            || matches!(byte as u8, b'&' | b'<' | b'>' | b'"' | b'_' | 0x7F | 0xC2);
        byte += 1;
    }
    table
};

/// Bytes at the start that stand for themselves.
fn plain_len(bytes: &[u8]) -> usize {
    let needs_escape = |byte: &u8| MAY_NEED_ESCAPE[usize::from(*byte)];
    let (chunks, rest) = bytes.as_chunks::<8>();
    // Eight look-ups without a branch between them.
    let whole =
        chunks.iter().take_while(|chunk| !chunk.iter().fold(false, |any, b| any | needs_escape(b))).count();
    let rest = chunks.get(whole).map_or(rest, |chunk| chunk.as_slice());
    whole * 8 + rest.iter().position(needs_escape).unwrap_or(rest.len())
}

/// Writes text that has no lone surrogates.
pub(super) fn encode_str(text: &str, place: Place, out: &mut Vec<u8>) {
    let mut rest = text;
    loop {
        let (before, from) = rest.split_at(plain_len(rest.as_bytes()));
        out.extend_from_slice(before.as_bytes());
        let mut chars = from.chars();
        let Some(c) = chars.next() else { return };
        rest = chars.as_str();
        encode_char(c, rest.bytes().next(), place, out);
    }
}

fn encode_char(c: char, next: Option<u8>, place: Place, out: &mut Vec<u8>) {
    match c {
        '&' => out.extend_from_slice(b"&amp;"),
        '<' => out.extend_from_slice(b"&lt;"),
        '>' => out.extend_from_slice(b"&gt;"),
        '"' if place == Place::Attribute => out.extend_from_slice(b"&quot;"),
        '_' if matches!(next, Some(b'x' | b'X')) => escape(u16::from(b'_'), out),
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{10000}'.. => {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escape(*unit, out));
        }
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

fn escape(unit: u16, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |shift: u16| DIGITS[usize::from(unit >> shift & 0xF)];
    out.extend_from_slice(&[b'_', b'x', digit(12), digit(8), digit(4), digit(0), b'_']);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(text: &PsStr, raw: &str) {
        let mut out = Vec::new();
        encode(text, Place::Element, &mut out);
        assert_eq!(std::str::from_utf8(&out), Ok(raw));
        assert_eq!(decode(RawText::of(raw.as_bytes()), 0).as_ref(), Ok(text));
    }

    /// WIRE: every control and every surrogate becomes `_xHHHH_`, an underscore before `x` or `X` `_x005F_`.
    #[test]
    fn powershells_escapes_go_both_ways() {
        both_ways(&"a\tb\r\n\u{7F}\u{85}ä".into(), "a_x0009_b_x000D__x000A__x007F__x0085_ä");
        both_ways(&"_x _ _X0041_".into(), "_x005F_x _ _x005F_X0041_");
        both_ways(&"😀<&>\"".into(), "_xD83D__xDE00_&lt;&amp;&gt;\"");
        both_ways(&PsStr::from_utf16(&[0x61, 0xD83D, 0x62]), "a_xD83D_b");
    }

    #[test]
    fn entities_are_the_five_and_references() {
        assert_eq!(decode(RawText::of(b"&#65;&#x42;&apos;&quot;"), 0).as_deref(), Ok("AB'\""));
        for wrong in ["&nbsp;", "&amp", "&#xD800;", "&;"] {
            assert!(decode(RawText::of(wrong.as_bytes()), 0).is_err(), "{wrong}");
        }
        assert_eq!(decode(RawText::of(b"a\r\nb\rc"), 0).as_deref(), Ok("a\nb\nc"));
    }
}
