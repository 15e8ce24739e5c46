//! A tour of the demo: a card beside what it is about, which is outlined meanwhile.

use yew::prelude::*;

use crate::{app::Intent, text};

/// A stop: what is said, what is outlined, and a command to try there.
struct Stop {
    text: text::Message,
    /// The style sheet outlines what `data-tour` names.
    place: &'static str,
    line: Option<&'static str>,
}

const STOPS: [Stop; 6] = [
    Stop { text: text::tour_a, place: "editor", line: Some("Get-Mailbox -ResultSize Unlimited") },
    Stop { text: text::tour_b, place: "block", line: None },
    Stop { text: text::tour_c, place: "heading", line: None },
    Stop { text: text::tour_d, place: "row", line: None },
    Stop { text: text::tour_e, place: "editor", line: Some("Remove-Mailbox lab") },
    Stop { text: text::tour_f, place: "top", line: None },
];

#[derive(PartialEq, Properties)]
pub(super) struct TourProps {
    pub wanted: Callback<Intent>,
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Tour(props: &TourProps) -> Html {
    let at = use_state_eq(|| 0_usize);
    let next = use_node_ref();
    let stop = STOPS.get(*at).unwrap_or(&STOPS[0]);
    {
        let (place, next) = (stop.place, next.clone());
        use_effect_with(place, move |place| {
            let root = gloo::utils::document_element();
            let _ = root.set_attribute("data-tour", place);
            if let Some(button) = next.cast::<web_sys::HtmlElement>() {
                let _ = button.focus();
            }
            move || drop(root.remove_attribute("data-tour"))
        });
    }
    let go = |to: usize| {
        let at = at.setter();
        Callback::from(move |_: MouseEvent| at.set(to))
    };
    let close = props.on_close.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close.emit(());
        }
    });
    let end = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <section class="tour" role="dialog" aria-label={text::tour()} {onkeydown}>
            <p class="muted">{ text::tour_step(*at + 1, STOPS.len()) }</p>
            <p role="status">{ (stop.text)() }</p>
            if let Some(line) = stop.line {
                <div class="try"><code>{ line }</code>
                    <button class="button" onclick={props.wanted.reform(move |_: MouseEvent| Intent::Run(line.into()))}>{ text::tour_try() }</button>
                </div>
            }
            <div class="row">
                <button class="quiet" onclick={end.clone()}>{ text::tour_end() }</button>
                if *at > 0 {
                    <button class="button" onclick={go(*at - 1)}>{ text::tour_back() }</button>
                }
                if *at + 1 < STOPS.len() {
                    <button ref={next} class="button primary" onclick={go(*at + 1)}>{ text::tour_next() }</button>
                } else {
                    <button ref={next} class="button primary" onclick={end}>{ text::tour_end() }</button>
                }
            </div>
        </section>
    }
}
