//! Postern's sign: a small gate.

use yew::prelude::*;

/// How large it is.
#[derive(PartialEq, Properties)]
pub struct MarkProps {
    /// Width and height in pixels.
    pub size: u16,
}

/// Postern's sign.
#[component]
pub fn Mark(props: &MarkProps) -> Html {
    let size = props.size.to_string();
    html! {
        <svg width={size.clone()} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9"
            aria-hidden="true">
            <path d="M4 21V10a8 8 0 0 1 16 0v11" />
            <path d="M8.5 21V11a3.5 3.5 0 0 1 7 0v10" />
            <path d="M2.5 21h19" />
        </svg>
    }
}
