//! Starts the page.

fn main() {
    yew::Renderer::<postern_frontend::app::App>::new().render();
}
