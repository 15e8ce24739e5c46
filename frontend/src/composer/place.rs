//! Where lines run, where there is a choice.

use yew::prelude::*;

use super::{Composer, Did};
use crate::text;

impl Composer {
    /// Where lines run: visible wherever there is a choice.
    pub(super) fn place(&self, ctx: &Context<Self>) -> Html {
        let mode = &ctx.props().facts.language_mode;
        if mode.is_empty() || mode == "NoLanguage" {
            return Html::default();
        }
        let choice = |on_server: bool, name: &'static str, about: &'static str| {
            let chosen = self.on_server == on_server;
            html! {
                <button type="button" class="quiet" aria-pressed={chosen.to_string()} title={about}
                    onclick={ctx.link().callback(move |_: MouseEvent| Did::Place { on_server })}>{ name }</button>
            }
        };
        html! {
            <span class="runs-where" role="group" aria-label={text::place()}>
                { choice(false, text::here(), text::here_about()) }
                { choice(true, text::on_server(), text::on_server_about()) }
            </span>
        }
    }
}
