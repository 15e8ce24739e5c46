//! Help: the keys, what works and what does not yet.

use yew::prelude::*;

use super::Modal;
use crate::text;

#[derive(PartialEq, Properties)]
pub(super) struct HelpProps {
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Help(props: &HelpProps) -> Html {
    let list = |items: &'static [&'static str]| {
        html! {
            <ul>
                for item in items.iter().copied() {
                    <li>{ item }</li>
                }
            </ul>
        }
    };
    html! {
        <Modal label={text::HELP} class="help" on_close={props.on_close.clone()}>
            <button class="quiet close" aria-label={text::CLOSE} autofocus=true onclick={props.on_close.reform(|_: MouseEvent| ())}>{ "✕" }</button>
            <h3>{ text::HELP }</h3>
            <h4>{ text::HELP_KEYS }</h4>
            <dl class="keys">
                for (keys, does) in text::KEYS.iter().copied() {
                    <dt><kbd>{ keys }</kbd></dt>
                    <dd>{ does }</dd>
                }
            </dl>
            <h4>{ text::HELP_WORKS }</h4>
            { list(text::WORKS) }
            <h4>{ text::HELP_LATER }</h4>
            { list(text::LATER) }
        </Modal>
    }
}
