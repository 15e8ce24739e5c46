//! The warning before the session is signed out for lack of use.

use yew::prelude::*;

use super::{Countdown, Modal};
use crate::{app::Intent, state::Millis, text};

#[derive(PartialEq, Properties)]
pub(super) struct IdleWarningProps {
    pub until: Millis,
    pub wanted: Callback<Intent>,
}

#[component]
pub(super) fn IdleWarning(props: &IdleWarningProps) -> Html {
    let say = use_memo((), |()| Callback::from(|time: String| text::idle_message(&time)));
    let stay = props.wanted.reform(|()| Intent::Stay);
    html! {
        <Modal label={text::idle()} on_close={stay.clone()}>
            <h3>{ text::idle() }</h3>
            <p><Countdown until={props.until} say={(*say).clone()} /></p>
            <div class="row">
                <button class="button" onclick={props.wanted.reform(|_: MouseEvent| Intent::SignOut)}>{ text::sign_out() }</button>
                <button class="button primary" id="stay" autofocus=true onclick={stay.reform(|_: MouseEvent| ())}>{ text::stay() }</button>
            </div>
        </Modal>
    }
}
