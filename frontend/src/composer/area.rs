//! The text area, which keeps its own text, caret and undo.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::browser;

/// The text area, once it is there.
#[derive(Default)]
pub(super) struct Area(pub(super) NodeRef);

impl Area {
    pub(super) fn value(&self) -> String {
        self.element().map(|area| area.value()).unwrap_or_default()
    }

    /// Puts a text where the caret is, as if it had been typed.
    pub(super) fn insert(&self, text: &str) {
        if let Some(area) = self.element() {
            browser::insert_text(&area, text);
        }
    }

    /// Puts a text in the place of `replaced`, which begins behind `before`.
    pub(super) fn insert_over(&self, before: &str, replaced: &str, text: &str) {
        let units = |text: &str| text.encode_utf16().count() as u32;
        if let Some(area) = self.element() {
            let start = units(before);
            let _ = area.set_selection_range(start, start + units(replaced));
            browser::insert_text(&area, text);
        }
    }

    /// Puts a text in the place of all that is there.
    pub(super) fn replace(&self, text: &str) {
        if let Some(area) = self.element() {
            area.select();
            browser::insert_text(&area, text);
            if area.value() != text {
                // Chromium leaves a line end behind where all of the text is replaced.
                area.set_value(text);
            }
        }
    }

    /// Whether something is selected, here or on the page.
    pub(super) fn has_selection(&self) -> bool {
        let area = self.element();
        let in_area =
            area.and_then(|area| Some(area.selection_start().ok()?? != area.selection_end().ok()??));
        in_area.unwrap_or(false) || browser::has_selection()
    }

    pub(super) fn before_caret(&self) -> Option<String> {
        let area = self.element()?;
        let caret = area.selection_start().ok().flatten()? as usize;
        Some(String::from_utf16_lossy(&area.value().encode_utf16().take(caret).collect::<Vec<_>>()))
    }

    pub(super) fn after_caret(&self) -> Option<String> {
        let area = self.element()?;
        let caret = area.selection_end().ok().flatten()? as usize;
        Some(String::from_utf16_lossy(&area.value().encode_utf16().skip(caret).collect::<Vec<_>>()))
    }

    fn element(&self) -> Option<HtmlTextAreaElement> {
        self.0.cast()
    }
}
