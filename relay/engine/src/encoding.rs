//! Encodings of files: what `-Encoding` names, byte order marks, text to bytes and back.

/// An encoding of a file of the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8 without a byte order mark: what PowerShell 7 writes.
    #[default]
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    Ascii,
    Latin1,
    /// Windows-1252.
    Ansi,
    /// Code page 437.
    Oem,
}

/// Windows-1252 from 0x80 to 0x9F; the five free places are the controls of their numbers.
const ANSI: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Code page 437 from 0x80.
const OEM: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

impl Encoding {
    /// The names that PowerShell 7 lists.
    pub(crate) const NAMES: &'static [&'static str] = &[
        "ascii",
        "ansi",
        "bigendianunicode",
        "bigendianutf32",
        "oem",
        "unicode",
        "utf8",
        "utf8BOM",
        "utf8NoBOM",
        "utf32",
    ];

    /// The encoding of a name that `-Encoding` takes, of a web name, or of the number of a code page.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            // `Default` and `String` are Windows PowerShell's; in PowerShell 7 they mean UTF-8 without a mark.
            "utf8" | "utf8nobom" | "default" | "string" => Self::Utf8,
            "utf8bom" | "utf-8" | "65001" => Self::Utf8Bom,
            "unicode" | "utf-16" | "utf-16le" | "1200" => Self::Utf16Le,
            "bigendianunicode" | "utf-16be" | "1201" => Self::Utf16Be,
            "utf32" | "utf-32" | "12000" => Self::Utf32Le,
            "bigendianutf32" | "utf-32be" | "12001" => Self::Utf32Be,
            "ascii" | "us-ascii" | "20127" => Self::Ascii,
            "latin1" | "iso-8859-1" | "28591" => Self::Latin1,
            "ansi" | "windows-1252" | "1252" => Self::Ansi,
            "oem" | "ibm437" | "437" => Self::Oem,
            _ => return None,
        })
    }

    /// The byte order mark.
    pub(crate) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8Bom => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
            Self::Utf32Le => &[0xFF, 0xFE, 0, 0],
            Self::Utf32Be => &[0, 0, 0xFE, 0xFF],
            _ => &[],
        }
    }

    /// The encoding that a byte order mark says.
    pub(crate) fn detect(bytes: &[u8]) -> Option<Self> {
        // UTF-32's mark begins as UTF-16's does.
        [Self::Utf8Bom, Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|encoding| bytes.starts_with(encoding.mark()))
    }

    /// Appends a text; what the encoding does not have becomes `?`.
    pub(crate) fn encode(self, text: &str, out: &mut Vec<u8>) {
        // The place of a character among those from 0x80.
        let high = |at: Option<usize>| at.map_or(b'?', |at| (0x80 + at) as u8);
        match self {
            Self::Utf8 | Self::Utf8Bom => out.extend_from_slice(text.as_bytes()),
            Self::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Self::Utf32Le => out.extend(text.chars().flat_map(|c| (c as u32).to_le_bytes())),
            Self::Utf32Be => out.extend(text.chars().flat_map(|c| (c as u32).to_be_bytes())),
            // A character beyond the first plane is two characters to .NET, so two question marks.
            Self::Ascii => {
                for c in text.chars() {
                    let known = if c.is_ascii() { c as u8 } else { b'?' };
                    out.extend(std::iter::repeat_n(known, c.len_utf16()));
                }
            }
            Self::Latin1 => {
                for c in text.chars() {
                    let known = u8::try_from(c as u32).unwrap_or(b'?');
                    out.extend(std::iter::repeat_n(known, c.len_utf16()));
                }
            }
            Self::Ansi => {
                for c in text.chars() {
                    let known = match c as u32 {
                        low @ (0..=0x7F | 0xA0..=0xFF) => low as u8,
                        _ => high(ANSI.iter().position(|own| *own == c)),
                    };
                    out.extend(std::iter::repeat_n(known, c.len_utf16()));
                }
            }
            Self::Oem => {
                for c in text.chars() {
                    let known =
                        if c.is_ascii() { c as u8 } else { high(OEM.chars().position(|own| own == c)) };
                    out.extend(std::iter::repeat_n(known, c.len_utf16()));
                }
            }
        }
    }

    /// The text of a file: a byte order mark says the encoding, otherwise `self` is it.
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        let encoding = Self::detect(bytes).unwrap_or(self);
        let bytes = bytes.strip_prefix(encoding.mark()).unwrap_or(bytes);
        let wide = |unit: fn([u8; 2]) -> u16| -> String {
            let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
            let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
            if bytes.len() % 2 == 1 {
                text.push('\u{fffd}');
            }
            text
        };
        let wider = |unit: fn([u8; 4]) -> u32| -> String {
            let units = bytes.chunks_exact(4).map(|four| unit([four[0], four[1], four[2], four[3]]));
            units.map(|unit| char::from_u32(unit).unwrap_or('\u{fffd}')).collect()
        };
        match encoding {
            Self::Utf8 | Self::Utf8Bom => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Le => wide(u16::from_le_bytes),
            Self::Utf16Be => wide(u16::from_be_bytes),
            Self::Utf32Le => wider(u32::from_le_bytes),
            Self::Utf32Be => wider(u32::from_be_bytes),
            Self::Ascii => bytes
                .iter()
                .map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' })
                .collect(),
            Self::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Self::Ansi => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0x9F => ANSI[usize::from(byte - 0x80)],
                    byte => char::from(*byte),
                })
                .collect(),
            Self::Oem => {
                let table: Vec<char> = OEM.chars().collect();
                bytes
                    .iter()
                    .map(|byte| match byte.checked_sub(0x80) {
                        Some(at) => table.get(usize::from(at)).copied().unwrap_or('?'),
                        None => char::from(*byte),
                    })
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, OEM};

    #[test]
    fn every_encoding_gives_back_what_it_has() {
        assert_eq!(OEM.chars().count(), 128);
        for encoding in [
            Encoding::Utf8,
            Encoding::Utf8Bom,
            Encoding::Utf16Le,
            Encoding::Utf16Be,
            Encoding::Utf32Le,
            Encoding::Utf32Be,
            Encoding::Ansi,
            Encoding::Oem,
            Encoding::Latin1,
        ] {
            let text = "Müller ÄÖß é";
            let mut bytes = encoding.mark().to_vec();
            encoding.encode(text, &mut bytes);
            assert_eq!(encoding.decode(&bytes), text, "{encoding:?}");
        }
        let bytes = |encoding: Encoding, text: &str| {
            let mut out = Vec::new();
            encoding.encode(text, &mut out);
            out
        };
        assert_eq!(bytes(Encoding::Ascii, "ü€😀x"), b"????x");
        assert_eq!(bytes(Encoding::Ansi, "€–ü漢"), [0x80, 0x96, 0xFC, b'?']);
        assert_eq!(bytes(Encoding::Latin1, "€ü"), [b'?', 0xFC]);
        assert_eq!(bytes(Encoding::Oem, "ü€"), [0x81, b'?']);
    }

    #[test]
    fn a_mark_wins_over_what_was_asked_for() {
        assert_eq!(Encoding::Ansi.decode(b"\xEF\xBB\xBF\xC3\xBC"), "ü");
        assert_eq!(Encoding::Utf8.decode(b"\xFF\xFEa\0"), "a");
        assert_eq!(Encoding::Utf8.decode(b"\xFF\xFE\0\0a\0\0\0"), "a");
        assert_eq!(Encoding::Utf8.decode(b"\xFC"), "\u{fffd}");
        assert_eq!(Encoding::Utf16Le.decode(b"a\0b"), "a\u{fffd}");
    }
}
