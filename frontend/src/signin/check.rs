//! After a failed sign-in: the connection checked layer by layer, each as a step with what was found.

use postern_shared::wire::{CheckState, CheckStep, Failure, SignIn};
use yew::prelude::*;

use crate::{
    browser,
    console::{Elapsed, failure_card},
    net::{self, Checked, Checking},
    text,
};

/// A check, from the user's asking on.
#[derive(Default)]
pub(super) struct Check {
    under_way: Option<Checking>,
    steps: Vec<(CheckStep, f64)>,
    failure: Option<Failure>,
    /// Whether a password was typed, so that the sign-in is checked too.
    signs_in: bool,
    done: bool,
}

impl Check {
    /// Begins anew; one that is under way ends.
    pub(super) fn begin(&mut self, form: SignIn, told: Callback<Checked>) {
        let signs_in = !form.password.is_empty();
        *self = Self { signs_in, under_way: Some(net::check(form, told)), ..Self::default() };
    }

    /// Takes what is told of it.
    pub(super) fn told(&mut self, told: Checked) {
        match told {
            Checked::Step(step) => match self.steps.iter_mut().find(|(known, _)| known.step == step.step) {
                Some(known) => known.0 = *step,
                None => self.steps.push((*step, browser::now())),
            },
            Checked::Done => (self.under_way, self.done) = (None, true),
            Checked::Failed(failure) => (self.under_way, self.failure) = (None, Some(*failure)),
        }
    }

    /// The button, and the steps so far. What is explained above is not explained again.
    pub(super) fn view(&self, above: &Failure, onclick: Callback<MouseEvent>) -> Html {
        let busy = self.under_way.is_some();
        let stopped = self.steps.iter().any(|(step, _)| matches!(step.state, CheckState::Stopped { .. }));
        let verdict = match (self.done, stopped, self.signs_in) {
            (false, ..) | (true, true, _) => None,
            (true, false, true) => Some(text::check_well()),
            (true, false, false) => Some(text::check_well_so_far()),
        };
        html! {
            <section class="layers" aria-label={text::check()}>
                <div class="ask">
                    <button type="button" class="button" id="check" disabled={busy} {onclick}>
                        { if busy { text::checking() } else { text::check() } }
                    </button>
                    if self.steps.is_empty() && self.failure.is_none() {
                        <small class="muted">{ text::check_hint() }</small>
                    }
                </div>
                if !self.steps.is_empty() {
                    <ol class="steps" aria-live="polite">
                        for (step, since) in self.steps.iter() {
                            { one(step, *since, above) }
                        }
                    </ol>
                }
                if let Some(verdict) = verdict {
                    <p class="verdict" role="status">{ verdict }</p>
                }
                if let Some(failure) = &self.failure {
                    <div role="alert">{ failure_card(failure) }</div>
                }
            </section>
        }
    }
}

fn one(step: &CheckStep, since: f64, above: &Failure) -> Html {
    let title = &step.title;
    let took = |millis: u64| html! { { text::duration(millis as f64) } };
    let (class, mark, time, below) = match &step.state {
        CheckState::Running => {
            ("now", html! { <span class="spin" /> }, html! { <Elapsed {since} /> }, Html::default())
        }
        CheckState::Passed { millis, found, facts } => {
            let found = html! { <><small>{ found }</small>{ list(facts) }</> };
            ("done", html! { "✓" }, took(*millis), found)
        }
        CheckState::Stopped { millis, failure, facts } => {
            let same = (&failure.what, &failure.code) == (&above.what, &above.code);
            let said = if same {
                html! { <small>{ text::check_same() }</small> }
            } else {
                failure_card(failure)
            };
            let below = html! { <>{ said }{ list(facts) }</> };
            ("failed", html! { "✕" }, took(*millis), below)
        }
        CheckState::Skipped { why } => {
            ("skipped", html! { "–" }, Html::default(), html! { <small>{ why }</small> })
        }
    };
    html! {
        <li {class}>
            <span class="mark" aria-hidden="true">{ mark }</span>
            <span class="what">{ title }</span>
            <span class="time">{ time }</span>
            <div class="below">{ below }</div>
        </li>
    }
}

fn list(facts: &[(String, String)]) -> Html {
    if facts.is_empty() {
        return Html::default();
    }
    html! {
        <details>
            <summary>{ text::more_facts() }</summary>
            <dl>
                for (name, value) in facts.iter() {
                    <dt>{ name }</dt>
                    <dd class="mono">{ value }</dd>
                }
            </dl>
        </details>
    }
}
