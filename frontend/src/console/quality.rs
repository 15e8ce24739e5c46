//! How good the connection to the relay is: the time that an answer takes.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::{browser, net::Link, state::Millis, text};

/// How often it is measured, in milliseconds.
const EVERY: u32 = 10_000;
/// From here on an answer is slow, in milliseconds: keys and clicks are felt to lag.
const SLOW: Millis = 300.0;

#[derive(PartialEq, Properties)]
pub(super) struct QualityProps {
    pub link: Option<Link>,
}

pub(super) enum Did {
    Due,
    Answered,
}

pub(super) struct Quality {
    asked: Option<Millis>,
    took: Option<Millis>,
    _timer: Interval,
}

impl Component for Quality {
    type Message = Did;
    type Properties = QualityProps;

    fn create(ctx: &Context<Self>) -> Self {
        let due = ctx.link().callback(|()| Did::Due);
        ctx.link().send_message(Did::Due);
        Self { asked: None, took: None, _timer: Interval::new(EVERY, move || due.emit(())) }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &QualityProps) -> bool {
        if ctx.props().link != old.link {
            (self.asked, self.took) = (None, None);
            ctx.link().send_message(Did::Due);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        let now = browser::now();
        match did {
            // One that is not answered yet is shown as it grows.
            Did::Due if self.asked.is_some() => self.took = self.asked.map(|asked| now - asked),
            Did::Due => {
                let answered = ctx.link().callback(|_| Did::Answered);
                let sent = ctx.props().link.as_ref().is_some_and(|link| link.ping(answered));
                self.asked = sent.then_some(now);
                return false;
            }
            Did::Answered => self.took = self.asked.take().map(|asked| now - asked),
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let Some(took) = self.took else { return Html::default() };
        let time = text::duration(took);
        let (class, said) = if took < SLOW {
            ("quality", text::ping(&time))
        } else {
            ("quality slow", text::ping_slow(&time))
        };
        html! { <span class={classes!(class, "wide", "num")} role="img" title={said.clone()} aria-label={said}>{ time }</span> }
    }
}
