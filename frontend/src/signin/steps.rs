//! The steps of connecting as they happen, and how far the import is.

use postern_shared::wire::StepState;
use yew::prelude::*;

use crate::{
    console::{Elapsed, meter},
    state::{Connecting, Step},
    text,
};

/// The steps so far, and the import's bar.
pub(super) fn steps_view(connecting: &Connecting) -> Html {
    let Connecting { steps, import, failure } = connecting;
    if steps.is_empty() {
        return Html::default();
    }
    let importing = import.filter(|(received, total)| failure.is_none() && (*total == 0 || received < total));
    html! {
        <div class="progress">
            <ol class="steps" aria-label={text::steps()}>
                for step in steps.iter() {
                    { one(step) }
                }
            </ol>
            if let Some((received, total)) = importing {
                <p class="importing" role="status">{ text::importing(received, total) }</p>
                { meter(text::import(), percent(received, total)) }
            }
        </div>
    }
}

fn one(step: &Step) -> Html {
    let (class, mark, time) = match step.state {
        StepState::Running => {
            ("now", html! { <span class="spin" /> }, html! { <Elapsed since={step.since} /> })
        }
        StepState::Done(millis) => ("done", html! { "✓" }, html! { { text::duration(millis as f64) } }),
        StepState::Failed => ("failed", html! { "✕" }, Html::default()),
    };
    html! {
        <li {class}>
            <span class="mark" aria-hidden="true">{ mark }</span>
            <span class="what">{ &step.text }</span>
            <span class="time">{ time }</span>
        </li>
    }
}

fn percent(received: u32, total: u32) -> Option<f64> {
    (total > 0).then(|| f64::from(received.min(total)) / f64::from(total) * 100.0)
}
