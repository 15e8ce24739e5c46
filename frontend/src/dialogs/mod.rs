//! Questions of the remote side. What is typed here goes to the relay and is kept nowhere.

mod choice;
mod fields;

use std::rc::Rc;

use postern_shared::wire::{Answer, Prompt, PromptKind};
use yew::prelude::*;

use self::{
    choice::{Choices, Several},
    fields::{Asked, Fields},
};
use crate::{app::Intent, console::Modal, text};

/// A question.
#[derive(PartialEq, Properties)]
pub struct QuestionProps {
    /// The question.
    pub prompt: Rc<Prompt>,
    /// Whether an answer can be sent.
    pub open: bool,
    /// Takes the answer.
    pub wanted: Callback<Intent>,
}

/// A question in a dialog, until the relay says that it is closed.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let QuestionProps { prompt, open, wanted } = props;
    let sent = use_state_eq(|| false);
    {
        // An answer that went down with the connection is asked for again.
        let sent = sent.setter();
        use_effect_with(*open, move |open| {
            if !open {
                sent.set(false);
            }
        });
    }
    let answer = {
        let (wanted, number, sent, ready) = (wanted.clone(), prompt.prompt, sent.setter(), *open && !*sent);
        Callback::from(move |answer: Answer| {
            if ready {
                sent.set(true);
                wanted.emit(Intent::Answer(number, answer));
            }
        })
    };
    let cancel = answer.reform(|()| Answer::Cancel);
    let ready = *open && !*sent;
    let caption = if prompt.caption.is_empty() { text::question() } else { &prompt.caption };
    html! {
        <Modal label={caption.to_owned()} class="question" on_close={cancel}>
            <h3>{ caption.to_owned() }</h3>
            if !prompt.message.is_empty() {
                <p class="message">{ &prompt.message }</p>
            }
            { body(&prompt.kind, ready, &answer) }
            if !*open {
                <p class="muted" role="status">{ text::answer_offline() }</p>
            }
        </Modal>
    }
}

fn body(kind: &PromptKind, ready: bool, answer: &Callback<Answer>) -> Html {
    let answer = answer.clone();
    match kind {
        PromptKind::Choice { choices, defaults, multiple: false } => {
            html! { <Choices choices={choices.clone()} default={defaults.first().copied()} {ready} {answer} /> }
        }
        PromptKind::Choice { choices, defaults, multiple: true } => {
            html! { <Several choices={choices.clone()} defaults={defaults.clone()} {ready} {answer} /> }
        }
        PromptKind::Line { secret } => {
            html! { <Fields asked={Asked::Line { secret: *secret }} {ready} {answer} /> }
        }
        PromptKind::Credential { user } => {
            html! { <Fields asked={Asked::Credential { user: user.clone() }} {ready} {answer} /> }
        }
        PromptKind::Fields(fields) => {
            html! { <Fields asked={Asked::Fields(fields.clone())} {ready} {answer} /> }
        }
    }
}
