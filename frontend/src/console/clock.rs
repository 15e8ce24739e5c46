//! Times that run by themselves, so that nothing around them is drawn anew.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::{browser, state::Millis, text};

/// How often a running time is drawn, in milliseconds.
const ELAPSED_EVERY: u32 = 100;
/// How often a countdown is drawn.
const COUNTDOWN_EVERY: u32 = 1000;

/// Since when.
#[derive(PartialEq, Properties)]
pub struct ElapsedProps {
    /// On the page's clock.
    pub since: Millis,
}

/// Time since an instant.
pub struct Elapsed(#[allow(dead_code, reason = "runs while it is held")] Interval);

impl Component for Elapsed {
    type Message = ();
    type Properties = ElapsedProps;

    fn create(ctx: &Context<Self>) -> Self {
        let tick = ctx.link().callback(|()| ());
        Self(Interval::new(ELAPSED_EVERY, move || tick.emit(())))
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! { { text::elapsed(browser::now() - ctx.props().since) } }
    }
}

/// When the session is signed out, and how it is said.
#[derive(PartialEq, Properties)]
pub struct CountdownProps {
    /// On the page's clock.
    pub until: Millis,
    /// Whether in a whole sentence.
    #[prop_or_default]
    pub at_length: bool,
}

/// Time until the session is signed out.
pub struct Countdown(#[allow(dead_code, reason = "runs while it is held")] Interval);

impl Component for Countdown {
    type Message = ();
    type Properties = CountdownProps;

    fn create(ctx: &Context<Self>) -> Self {
        let tick = ctx.link().callback(|()| ());
        Self(Interval::new(COUNTDOWN_EVERY, move || tick.emit(())))
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let CountdownProps { until, at_length } = ctx.props();
        let left = text::countdown(until - browser::now());
        html! { { if *at_length { text::idle_message(&left) } else { text::idle_in(&left) } } }
    }
}
