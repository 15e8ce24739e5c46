//! Bars: of one activity, and of everything that a block is busy with.

use yew::prelude::*;

use crate::{browser, state::Progress, text};

/// A bar: what is measured, and 0 to 100; `None` while unknown.
pub(crate) fn meter(label: &str, percent: Option<f64>) -> Html {
    let now = percent.map(|percent| format!("{percent:.0}"));
    let style = percent.map(|percent| format!("width:{percent:.1}%"));
    html! {
        <div class={classes!("meter", style.is_none().then_some("unknown"))} role="progressbar" aria-label={label.to_owned()}
            aria-valuemin="0" aria-valuemax="100" aria-valuenow={now}>
            <i {style} />
        </div>
    }
}

/// The bars of a block.
pub(super) fn bars(activities: &[Progress]) -> Html {
    html! {
        for Progress { state, depth, at } in activities.iter() {
            <div class="task" style={format!("--depth:{depth}")}>
                <div>
                    <span>{ doing(&state.activity, &state.status, &state.operation) }</span>
                    <span class="num">{ left(state.percent, state.seconds_left, browser::now() - at) }</span>
                </div>
                { meter(&state.activity, u8::try_from(state.percent).ok().map(|it| f64::from(it.min(100)))) }
            </div>
        }
    }
}

fn doing(activity: &str, status: &str, operation: &str) -> String {
    let mut said = activity.to_owned();
    for more in [status, operation] {
        if !more.trim().is_empty() {
            said.push_str(if said.is_empty() { "" } else { ": " });
            said.push_str(more);
        }
    }
    said
}

fn left(percent: i32, seconds: i32, since: f64) -> String {
    let mut said = Vec::with_capacity(2);
    if percent >= 0 {
        said.push(format!("{} %", percent.min(100)));
    }
    if seconds >= 0 {
        said.push(text::seconds_left((i64::from(seconds) - (since / 1000.0) as i64).max(0)));
    }
    if said.is_empty() { text::time_left_unknown().to_owned() } else { said.join(", ") }
}
