//! One of several choices, each a button with its key; or any number of them.

use postern_shared::wire::{Answer, Choice};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::text;

#[derive(PartialEq, Properties)]
pub(super) struct ChoicesProps {
    pub choices: Vec<Choice>,
    pub default: Option<u32>,
    pub ready: bool,
    pub answer: Callback<Answer>,
}

#[component]
pub(super) fn Choices(props: &ChoicesProps) -> Html {
    let ChoicesProps { choices, default, ready, answer } = props;
    let preset = use_node_ref();
    {
        let preset = preset.clone();
        use_effect_with((), move |()| {
            if let Some(button) = preset.cast::<HtmlElement>() {
                let _ = button.focus();
            }
        });
    }
    let onkeydown = {
        let (answer, keys) = (answer.clone(), choices.iter().map(|choice| choice.key).collect::<Vec<_>>());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let mut pressed = event.key().chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
            if let (Some(key), true) = (pressed.pop(), pressed.is_empty())
                && let Some(at) =
                    keys.iter().position(|known| known.is_some_and(|known| known.to_lowercase().eq([key])))
            {
                event.prevent_default();
                answer.emit(Answer::Choice(vec![at as u32]));
            }
        })
    };
    html! {
        <div class="choices" {onkeydown}>
            for (at, choice) in (0u32..).zip(choices) {
                <button type="button" class={classes!("choice", (*default == Some(at)).then_some("preset"))} disabled={!ready}
                    ref={if default.unwrap_or(0) == at { preset.clone() } else { NodeRef::default() }}
                    aria-keyshortcuts={choice.key.map(String::from)}
                    onclick={answer.reform(move |_: MouseEvent| Answer::Choice(vec![at]))}>
                    <span class="label">{ &choice.label }</span>
                    if let Some(key) = choice.key {
                        <kbd>{ key.to_uppercase().collect::<String>() }</kbd>
                    }
                    if !choice.help.is_empty() {
                        <small>{ &choice.help }</small>
                    }
                </button>
            }
        </div>
    }
}

/// From here on choices are searched.
const MANY: usize = 12;

#[derive(PartialEq, Properties)]
pub(super) struct SeveralProps {
    pub choices: Vec<Choice>,
    pub defaults: Vec<u32>,
    pub ready: bool,
    pub answer: Callback<Answer>,
}

#[component]
pub(super) fn Several(props: &SeveralProps) -> Html {
    let SeveralProps { choices, defaults, ready, answer } = props;
    let boxes = use_memo(choices.len(), |many| (0..*many).map(|_| NodeRef::default()).collect::<Vec<_>>());
    {
        let (boxes, defaults) = (boxes.clone(), defaults.clone());
        use_effect_with((), move |()| {
            // Proposed once: an attribute would come back over what was chosen with every drawing.
            for (at, node) in (0u32..).zip(boxes.iter()) {
                if let Some(input) = node.cast::<HtmlInputElement>() {
                    input.set_checked(defaults.contains(&at));
                }
            }
        });
    }
    let onsubmit = {
        let (boxes, answer) = (boxes.clone(), answer.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let chosen = (0u32..).zip(boxes.iter());
            let chosen =
                chosen.filter(|(_, node)| node.cast::<HtmlInputElement>().is_some_and(|it| it.checked()));
            answer.emit(Answer::Choice(chosen.map(|(at, _)| at).collect()));
        })
    };
    let sought = use_state(String::new);
    let oninput = {
        let sought = sought.setter();
        Callback::from(move |event: InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value().to_lowercase());
        })
    };
    let hidden = |choice: &Choice| {
        !sought.is_empty()
            && !choice.label.to_lowercase().contains(&**sought)
            && !choice.help.to_lowercase().contains(&**sought)
    };
    html! {
        <form {onsubmit}>
            <p class="muted">{ text::choose_any() }</p>
            if choices.len() > MANY {
                <input type="search" placeholder={text::find_choice()} aria-label={text::find_choice()} autofocus=true {oninput} />
            }
            <div class="several">
            for ((at, choice), node) in (0u32..).zip(choices).zip(boxes.iter()) {
                // Hidden and not gone: what was chosen stays chosen.
                <label class="check" hidden={hidden(choice)}>
                    <input type="checkbox" ref={node.clone()} autofocus={at == 0 && choices.len() <= MANY} />
                    <span>{ &choice.label }
                        if !choice.help.is_empty() {
                            <small>{ &choice.help }</small>
                        }
                    </span>
                </label>
            }
            </div>
            <div class="row">
                <button type="button" class="button" disabled={!ready} onclick={answer.reform(|_: MouseEvent| Answer::Cancel)}>{ text::cancel() }</button>
                <button class="button primary" disabled={!ready}>{ text::ok() }</button>
            </div>
        </form>
    }
}
