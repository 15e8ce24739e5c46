//! Postern's sign: a small gate.

use yew::prelude::*;

/// Postern's sign, so many pixels wide and high.
pub(crate) fn mark(size: u16) -> Html {
    let size = size.to_string();
    html! {
        <svg width={size.clone()} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9"
            aria-hidden="true">
            <path d="M4 21V10a8 8 0 0 1 16 0v11" />
            <path d="M8.5 21V11a3.5 3.5 0 0 1 7 0v10" />
            <path d="M2.5 21h19" />
        </svg>
    }
}
