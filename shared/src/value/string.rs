//! Text that can hold whatever .NET strings can.

use std::{borrow::Borrow, fmt, hash, ops::Deref, sync::Arc};

use smol_str::SmolStr;

/// A .NET string. It dereferences to `str`.
///
/// Up to 23 bytes of UTF-8 are inline, longer text is shared, so that a clone never copies. The rare string with a
/// lone surrogate keeps its UTF-16 units beside the text, in which U+FFFD stands for each lone surrogate.
#[derive(Clone)]
pub struct PsStr(Repr);

#[derive(Clone)]
enum Repr {
    Utf8(SmolStr),
    Wide(Arc<Wide>),
}

struct Wide {
    units: Box<[u16]>,
    lossy: Box<str>,
}

impl PsStr {
    /// The empty string.
    pub const EMPTY: Self = Self(Repr::Utf8(SmolStr::new_static("")));

    /// Text known at compile time; copies nothing.
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::Utf8(SmolStr::new_static(text)))
    }

    /// Text from UTF-16 units, lone surrogates included.
    pub fn from_utf16(units: &[u16]) -> Self {
        match String::from_utf16(units) {
            Ok(text) => text.into(),
            Err(_) => Self(Repr::Wide(Arc::new(Wide {
                units: units.into(),
                lossy: String::from_utf16_lossy(units).into(),
            }))),
        }
    }

    /// The text, with U+FFFD in place of each lone surrogate.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Utf8(text) => text.as_str(),
            Repr::Wide(wide) => &wide.lossy,
        }
    }

    /// The UTF-16 units, where the text has lone surrogates and so cannot be given as `str` without loss.
    pub fn lone_surrogates(&self) -> Option<&[u16]> {
        match &self.0 {
            Repr::Utf8(_) => None,
            Repr::Wide(wide) => Some(&wide.units),
        }
    }

    /// The text's UTF-16 units, exactly.
    pub fn to_utf16(&self) -> Vec<u16> {
        self.lone_surrogates().map_or_else(|| self.as_str().encode_utf16().collect(), <[u16]>::to_vec)
    }
}

impl Default for PsStr {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Deref for PsStr {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for PsStr {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for PsStr {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for PsStr {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() && self.lone_surrogates() == other.lone_surrogates()
    }
}

impl Eq for PsStr {}

impl hash::Hash for PsStr {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        // As `str` hashes, so that a map with `PsStr` keys can be asked with a `&str`.
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for PsStr {
    fn eq(&self, other: &str) -> bool {
        matches!(&self.0, Repr::Utf8(text) if text == other)
    }
}

impl PartialEq<&str> for PsStr {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl From<&str> for PsStr {
    fn from(text: &str) -> Self {
        Self(Repr::Utf8(text.into()))
    }
}

impl From<String> for PsStr {
    fn from(text: String) -> Self {
        Self(Repr::Utf8(text.into()))
    }
}

impl fmt::Display for PsStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PsStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_survive() {
        let units = [0x61, 0xD83D, 0x62, 0xDE00, 0x63];
        let text = PsStr::from_utf16(&units);
        assert_eq!(text.as_str(), "a\u{FFFD}b\u{FFFD}c");
        assert_eq!(text.to_utf16(), units);
        assert_ne!(text, PsStr::from("a\u{FFFD}b\u{FFFD}c"));
        assert!(PsStr::from_utf16(&[0xD83D, 0xDE00]).lone_surrogates().is_none());
    }

    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<PsStr>(), 24);
        assert_eq!(size_of::<crate::value::PsValue>(), 24);
    }
}
