//! Help: the keys, what works and what does not yet.

use yew::prelude::*;

use super::Modal;
use crate::text::{self, Message};

/// Keys by where they work, and what they do.
const KEYS: [(Message, &[(&str, Message)]); 3] = [
    (
        text::keys_editor,
        &[
            ("Enter", text::key_run),
            ("Shift Enter", text::key_line),
            ("↑ ↓", text::key_history),
            ("Ctrl R", text::key_search),
            ("Tab", text::key_complete),
            ("Alt Enter", text::key_what_if),
            ("Ctrl Space", text::key_list),
            ("Ctrl C", text::key_stop),
        ],
    ),
    (text::keys_page, &[("Ctrl K", text::key_palette), ("F1", text::key_help), ("Esc", text::key_close)]),
    (
        text::keys_grid,
        &[
            ("↑ ↓ ← →, Page Up, Page Down, Home, End", text::key_move),
            ("Enter", text::key_open),
            ("Alt ↓", text::key_menu),
            ("Shift ↑ ↓", text::key_extend),
            ("Ctrl Space", text::key_toggle),
            ("Ctrl A", text::key_all),
            ("Ctrl C", text::key_copy),
            ("Shift ← →", text::key_width),
            ("Ctrl ← →", text::key_order),
            ("← →", text::key_fold),
        ],
    ),
];
const WORKS: [Message; 4] = [text::works_a, text::works_b, text::works_c, text::works_d];
const LATER: [Message; 3] = [text::later_a, text::later_b, text::later_c];

#[derive(PartialEq, Properties)]
pub(super) struct HelpProps {
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Help(props: &HelpProps) -> Html {
    let list = |items: &[Message]| {
        html! {
            <ul>
                for item in items.iter().copied() {
                    <li>{ item() }</li>
                }
            </ul>
        }
    };
    html! {
        <Modal label={text::help()} class="help" on_close={props.on_close.clone()}>
            <button class="quiet close" aria-label={text::close()} autofocus=true onclick={props.on_close.reform(|_: MouseEvent| ())}>{ "✕" }</button>
            <h3>{ text::help() }</h3>
            for (place, keys) in KEYS {
                <h4>{ text::help_keys() }{ ": " }{ place() }</h4>
                <dl class="keys">
                    for (keys, does) in keys.iter().copied() {
                        <dt><kbd>{ keys }</kbd></dt>
                        <dd>{ does() }</dd>
                    }
                </dl>
            }
            <h4>{ text::help_works() }</h4>
            { list(&WORKS) }
            <h4>{ text::help_later() }</h4>
            { list(&LATER) }
        </Modal>
    }
}
