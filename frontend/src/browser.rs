//! What the page asks of the browser: clock, address, clipboard, focus.

use std::cell::OnceCell;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, DataTransfer, HtmlCanvasElement, HtmlDocument, HtmlElement, HtmlInputElement,
    HtmlTextAreaElement, Window,
};

use postern_shared::wire::BlockId;

use crate::{console::Theme, state::Millis, text::Language};

/// Longest session id taken from the address; the relay's are far shorter.
const MAX_SESSION_ID: usize = 128;
/// What `history.state` says after the page has reloaded itself to get the relay's build.
const RELOADED: &str = "reloaded for another build";

/// Milliseconds on the monotonic clock.
pub fn now() -> Millis {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Further sessions that an address may name; a relay allows a browser fewer.
const MOST_SESSIONS: usize = 32;

/// What the address says: `#/s/ID/+ID/dark/de/block-7`, each part of it optional.
#[derive(Debug, Default, PartialEq)]
pub struct Place {
    /// The session.
    pub session: Option<String>,
    /// The theme chosen by hand.
    pub theme: Theme,
    /// The language chosen by hand.
    pub language: Option<Language>,
    /// The block to show.
    pub block: Option<BlockId>,
    /// Further sessions of this page.
    pub others: Vec<String>,
}

impl Place {
    /// Reads the part of an address behind `#`. What is not understood is left out.
    pub fn parse(hash: &str) -> Self {
        let mut parts = hash.trim_start_matches('#').split('/').filter(|part| !part.is_empty()).peekable();
        let mut place = Self::default();
        if parts.peek() == Some(&"s") {
            parts.next();
            place.session = parts.next().filter(|id| is_session_id(id)).map(ToOwned::to_owned);
        }
        for part in parts {
            if let Some(id) = part.strip_prefix('+').filter(|id| is_session_id(id)) {
                place.others.push(id.to_owned());
                place.others.truncate(MOST_SESSIONS);
            } else if let Some(theme) = Theme::from_name(part) {
                place.theme = theme;
            } else if let Some(block) = part.strip_prefix("block-").and_then(|number| number.parse().ok()) {
                place.block = Some(block);
            } else if let Some(language) = Language::from_code(part) {
                place.language = Some(language);
            }
        }
        place
    }

    /// The part of an address from `#` on.
    pub fn hash(&self) -> String {
        let mut parts = Vec::new();
        if let Some(session) = &self.session {
            parts.push(format!("s/{session}"));
        }
        parts.extend(self.others.iter().map(|session| format!("+{session}")));
        if self.theme != Theme::System {
            parts.push(self.theme.name().to_owned());
        }
        parts.extend(self.language.map(|language| language.code().to_owned()));
        parts.extend(self.block.map(|block| format!("block-{block}")));
        format!("#/{}", parts.join("/"))
    }

    /// The whole address of it.
    pub fn address(&self) -> String {
        let here = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
        format!("{}{}", here.split('#').next().unwrap_or_default(), self.hash())
    }

    /// Reads the page's address.
    pub fn current() -> Self {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        Self::parse(&hash.unwrap_or_default())
    }

    /// Writes it to the page's address, without an entry in the history: a way back to an ended session leads nowhere.
    pub fn show(&self) {
        let Some(window) = web_sys::window() else { return };
        let Ok(history) = window.history() else { return };
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&self.hash()));
    }
}

fn is_session_id(id: &str) -> bool {
    id.len() <= MAX_SESSION_ID
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The WebSocket's address for a session.
pub fn socket_url(session: &str, language: Language) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws?session={session}&language={}", location.host().ok()?, language.code()))
}

/// Reloads the page to get the relay's build; `false` if it has been tried already.
pub fn reload_for_build() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let Ok(history) = window.history() else { return false };
    if history.state().ok().and_then(|state| state.as_string()).as_deref() == Some(RELOADED) {
        return false;
    }
    let _ = history.replace_state(&JsValue::from_str(RELOADED), "");
    window.location().reload().is_ok()
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    gloo::utils::document().set_title(title);
}

/// Sets the theme; the style sheet knows the rest.
pub fn set_theme(theme: Theme) {
    let root = gloo::utils::document_element();
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark | Theme::Contrast => root.set_attribute("data-theme", theme.name()),
    };
}

/// Says in which language the page is, for screen readers and hyphenation.
pub fn set_language(language: Language) {
    let _ = gloo::utils::document_element().set_attribute("lang", language.code());
}

/// The language that the browser asks for.
pub fn language() -> Option<Language> {
    web_sys::window()
        .and_then(|window| window.navigator().language())
        .and_then(|code| Language::from_code(&code))
}

/// What the page's head says under a name.
pub fn meta(name: &str) -> Option<String> {
    let found = gloo::utils::document().query_selector(&format!("meta[name={name:?}]")).ok()??;
    found.get_attribute("content")
}

/// Brings the element with this id into view; `false` if there is none.
pub fn reveal(id: &str) -> bool {
    let element = gloo::utils::document().get_element_by_id(id);
    if let Some(element) = &element {
        element.scroll_into_view();
    }
    element.is_some()
}

/// Scrolls the list that the element with this id is in, as little as shows it; the page itself stays.
pub fn show_option(id: &str) {
    let Some(option) = gloo::utils::document().get_element_by_id(id) else { return };
    let Some(list) = option.parent_element() else { return };
    let (own, around) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
    let beyond = (own.bottom() - around.bottom()).max(0.0) + (own.top() - around.top()).min(0.0);
    list.set_scroll_top(list.scroll_top() + beyond as i32);
}

/// Puts the keyboard focus on the last element that a selector finds.
pub fn focus_last(selector: &str) {
    let Ok(found) = gloo::utils::document().query_selector_all(selector) else { return };
    if let Some(last) = found.length().checked_sub(1).and_then(|last| found.item(last)) {
        let _ = last.unchecked_into::<HtmlElement>().focus();
    }
}

/// Puts the keyboard focus on the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// What is in a field.
pub fn value_of(id: &str) -> String {
    let element = gloo::utils::document().get_element_by_id(id);
    element
        .and_then(|element| element.dyn_into::<HtmlInputElement>().ok())
        .map_or_else(String::new, |it| it.value())
}

/// Puts text in a text area in place of its selection, on its own undo stack.
pub fn insert_text(area: &HtmlTextAreaElement, text: &str) {
    let _ = area.focus();
    let document: HtmlDocument = gloo::utils::document().unchecked_into();
    // What is behind a dialog that is still open cannot have the focus, and the command acts on what has it.
    let is_focused = document.active_element().is_some_and(|active| active == ***area);
    // Deprecated, and still the only way that keeps undo; where it fails the text is set and undo is lost.
    let command = if text.is_empty() { "delete" } else { "insertText" };
    let done =
        is_focused && document.exec_command_with_show_ui_and_value(command, false, text).unwrap_or(false);
    if !done && !text.is_empty() {
        let start = area.selection_start().ok().flatten().unwrap_or_default();
        let _ = area.set_range_text(text);
        let end = start + text.encode_utf16().count() as u32;
        let _ = area.set_selection_range(end, end);
    }
}

/// Width of a text in the grid's font, in pixels.
pub fn text_width(text: &str, bold: bool) -> f64 {
    /// Where the browser does not tell.
    const CHARACTER: f64 = 8.0;
    thread_local! {
        static RULERS: [OnceCell<Option<CanvasRenderingContext2d>>; 2] = const { [OnceCell::new(), OnceCell::new()] };
    }
    let measured = RULERS.with(|rulers| {
        let ruler = rulers[usize::from(bold)].get_or_init(|| ruler(bold)).as_ref()?;
        Some(ruler.measure_text(text).ok()?.width())
    });
    measured.unwrap_or_else(|| text.chars().count() as f64 * CHARACTER)
}

/// A canvas that is never shown, with the font of the style sheet's `.grid`.
fn ruler(bold: bool) -> Option<CanvasRenderingContext2d> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let family =
        window.get_computed_style(&*document.body()?).ok()??.get_property_value("font-family").ok()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_font(&format!("{} 13px {family}", if bold { "600" } else { "400" }));
    Some(context)
}

/// Whether some text on the page is selected.
pub fn has_selection() -> bool {
    web_sys::window()
        .and_then(|window| window.get_selection().ok().flatten())
        .is_some_and(|selection| !selection.is_collapsed())
}

/// The text that a paste event brings.
pub fn pasted_text(event: &web_sys::Event) -> Option<String> {
    let data = Reflect::get(event, &JsValue::from_str("clipboardData")).ok()?;
    data.dyn_into::<DataTransfer>().ok()?.get_data("text/plain").ok()
}

/// Takes back what text is selected on the page: a click with Shift selects rows, not their text.
pub fn clear_selection() {
    if let Some(selection) = web_sys::window().and_then(|window| window.get_selection().ok().flatten()) {
        let _ = selection.remove_all_ranges();
    }
}

/// Has the browser fetch a file of the relay and keep it under this name.
pub fn download(path: &str, name: &str) {
    let document = gloo::utils::document();
    let Ok(anchor) = document.create_element("a") else { return };
    let _ = anchor.set_attribute("href", path);
    let _ = anchor.set_attribute("download", name);
    let anchor: HtmlElement = anchor.unchecked_into();
    if let Some(body) = document.body() {
        let _ = body.append_child(&anchor);
        anchor.click();
        anchor.remove();
    }
}

/// Puts text on the clipboard; `false` if the browser does not allow it.
pub async fn copy(text: String) -> bool {
    let Some(window) = web_sys::window() else { return false };
    if !has_clipboard(&window) {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(&text)).await.is_ok()
}

/// `navigator.clipboard` is missing where the page did not come over a secure connection.
fn has_clipboard(window: &Window) -> bool {
    Reflect::get(&window.navigator(), &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| clipboard.is_object())
}

#[cfg(test)]
mod tests {
    use super::{Language, Place, Theme};

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for session in [None, Some("Ab-9_".to_owned())] {
            for theme in [Theme::System, Theme::Light, Theme::Dark, Theme::Contrast] {
                for (language, block) in [(None, None), (Some(Language::German), Some(7))] {
                    let place = Place {
                        session: session.clone(),
                        theme,
                        language,
                        block,
                        others: vec!["b".into(), "c".into()],
                    };
                    assert_eq!(Place::parse(&place.hash()), place);
                }
            }
        }
    }

    #[test]
    fn what_is_no_session_id_is_not_sent_to_the_relay() {
        for hash in
            ["", "#", "#/s/", "#/s/a&b=c", "#/s/%2e", "#nonsense", &format!("#/s/{}", "a".repeat(200))]
        {
            assert_eq!(Place::parse(hash).session, None, "{hash}");
        }
    }
}
