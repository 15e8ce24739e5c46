//! The warning before the session is signed out for lack of use.

use yew::prelude::*;

use super::{Countdown, Modal};
use crate::{app::Intent, state::Millis, text};

/// Says how long the session has, and asks for a sign of life.
pub(super) fn idle_warning(until: Millis, wanted: &Callback<Intent>) -> Html {
    let stay = wanted.reform(|()| Intent::Stay);
    html! {
        <Modal label={text::idle()} on_close={stay.clone()}>
            <h3>{ text::idle() }</h3>
            <p><Countdown {until} at_length=true /></p>
            <div class="row">
                <button class="button" onclick={wanted.reform(|_: MouseEvent| Intent::SignOut)}>{ text::sign_out() }</button>
                <button class="button primary" id="stay" autofocus=true onclick={stay.reform(|_: MouseEvent| ())}>{ text::stay() }</button>
            </div>
        </Modal>
    }
}
