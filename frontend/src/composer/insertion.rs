//! What is put in the editor from elsewhere. The text area keeps its own text; this is told once, by its number.

use std::rc::Rc;

/// What is to be done with the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum What {
    #[default]
    Nothing,
    Clear,
    Replace,
    AtCursor,
    /// At the cursor; where nothing is there yet, as the beginning of a pipeline.
    Names,
    IfEmpty,
}

/// Something for the editor to take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insertion {
    serial: u32,
    what: What,
    text: Rc<str>,
    notice: Option<&'static str>,
}

impl Insertion {
    /// The next one: the editor is emptied.
    #[must_use]
    pub fn cleared(&self) -> Self {
        self.next(What::Clear, "", None)
    }

    /// The next one: this text instead of what is there.
    #[must_use]
    pub fn replaced(&self, text: &str) -> Self {
        self.next(What::Replace, text, None)
    }

    /// The next one: this text at the cursor.
    #[must_use]
    pub fn inserted(&self, text: &str) -> Self {
        self.next(What::AtCursor, text, None)
    }

    /// The next one: the names of objects, at the cursor or as the beginning of a pipeline.
    #[must_use]
    pub fn used(&self, names: &str) -> Self {
        self.next(What::Names, names, None)
    }

    /// The next one: this text, unless something else was typed meanwhile, and a word about why.
    #[must_use]
    pub fn kept(&self, text: &str, notice: &'static str) -> Self {
        self.next(What::IfEmpty, text, Some(notice))
    }

    pub(super) fn serial(&self) -> u32 {
        self.serial
    }

    pub(super) fn what(&self) -> What {
        self.what
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn notice(&self) -> Option<&'static str> {
        self.notice
    }

    fn next(&self, what: What, text: &str, notice: Option<&'static str>) -> Self {
        Self { serial: self.serial.wrapping_add(1), what, text: text.into(), notice }
    }
}
