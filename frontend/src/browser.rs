//! What the page asks of the browser: clock, address, clipboard, focus.

use std::cell::OnceCell;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlDocument, HtmlElement, HtmlTextAreaElement, Window,
};

use crate::{console::Theme, state::Millis};

/// Longest session id taken from the address; the relay's are far shorter.
const MAX_SESSION_ID: usize = 128;
/// What `history.state` says after the page has reloaded itself to get the relay's build.
const RELOADED: &str = "reloaded for another build";

/// Milliseconds on the monotonic clock.
pub fn now() -> Millis {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// What the address says: `#/s/ID`, `#/s/ID/dark`, `#/dark` or nothing.
#[derive(Debug, Default, PartialEq)]
pub struct Place {
    /// The session.
    pub session: Option<String>,
    /// The theme chosen by hand.
    pub theme: Theme,
}

impl Place {
    /// Reads the part of an address behind `#`. What is not understood is left out.
    pub fn parse(hash: &str) -> Self {
        let mut parts = hash.trim_start_matches('#').split('/').filter(|part| !part.is_empty()).peekable();
        let mut session = None;
        if parts.peek() == Some(&"s") {
            parts.next();
            session = parts.next().filter(|id| is_session_id(id)).map(ToOwned::to_owned);
        }
        Self { session, theme: parts.next().map_or(Theme::System, Theme::from_name) }
    }

    /// The part of an address from `#` on.
    pub fn hash(&self) -> String {
        let mut hash = String::from("#/");
        if let Some(session) = &self.session {
            hash.push_str("s/");
            hash.push_str(session);
        }
        if self.theme != Theme::System {
            if self.session.is_some() {
                hash.push('/');
            }
            hash.push_str(self.theme.name());
        }
        hash
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
pub fn socket_url(session: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws?session={session}", location.host().ok()?))
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
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.name()),
    };
}

/// Puts the keyboard focus on the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Puts text in a text area in place of its selection, on its own undo stack.
pub fn insert_text(area: &HtmlTextAreaElement, text: &str) {
    let _ = area.focus();
    let document: HtmlDocument = gloo::utils::document().unchecked_into();
    // Deprecated, and still the only way that keeps undo; where it fails the text is set and undo is lost.
    let command = if text.is_empty() { "delete" } else { "insertText" };
    if !document.exec_command_with_show_ui_and_value(command, false, text).unwrap_or(false)
        && !text.is_empty()
    {
        let _ = area.set_range_text(text);
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
    use super::{Place, Theme};

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for session in [None, Some("Ab-9_".to_owned())] {
            for theme in [Theme::System, Theme::Light, Theme::Dark] {
                let place = Place { session: session.clone(), theme };
                assert_eq!(Place::parse(&place.hash()), place);
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
