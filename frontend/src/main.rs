//! Starts the page.

use yew::{Html, function_component, html};

/// The page, until it has one of its own.
#[function_component]
fn Page() -> Html {
    html! { <h1>{ "Postern" }</h1> }
}

fn main() {
    yew::Renderer::<Page>::new().render();
}
