//! Small signs on buttons. What they mean is said by the buttons.

use yew::prelude::*;

/// A sign.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Copy,
    Link,
    Pin,
    Open,
    Closed,
    Difference,
    Download,
    Delete,
}

/// A sign in the colour of its text.
pub(crate) fn icon(icon: Icon) -> Html {
    let path = match icon {
        Icon::Copy => "M8 8h13v13H8zM16 8V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h3",
        Icon::Link => {
            "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1"
        }
        Icon::Pin => "M9 3h6l-1 6 4 4v2H6v-2l4-4zM12 15v6",
        Icon::Open => "M6 9l6 6 6-6",
        Icon::Closed => "M9 6l6 6-6 6",
        Icon::Difference => "M12 3v10M7 8h10M7 19h10",
        Icon::Download => "M12 3v12M7 10l5 5 5-5M5 21h14",
        Icon::Delete => "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
    };
    html! {
        <svg class="icon" width="14" height="14" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={path} /></svg>
    }
}
