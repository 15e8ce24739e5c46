//! Starts the page.

use postern_frontend::{app::App, browser, net, text::Language};

fn main() {
    let language = browser::Place::current().language.or_else(browser::language).unwrap_or_default();
    wasm_bindgen_futures::spawn_local(async move {
        if language != Language::English
            && let Some(file) = net::messages(language).await
        {
            language.set(&file);
        }
        yew::Renderer::<App>::new().render();
    });
}
