//! The line under the editor: keys, what is wrong, and what can be done with the text.

use yew::prelude::*;

use super::{Composer, Did, Over};
use crate::text;

impl Composer {
    pub(super) fn hints(&self, ctx: &Context<Self>) -> Html {
        if let Some(notice) = self.notice {
            return html! { <p class="hints notice" role="alert">{ notice }</p> };
        }
        if let Some(complaint) = &self.draft.complaint {
            return html! { <p class="hints complaint" role="status">{ complaint.clone() }</p> };
        }
        let hint = |keys: &'static str, does: &'static str| {
            html! { <span><kbd>{ keys }</kbd>{ " " }{ does }</span> }
        };
        html! {
            <div class="hints">
                { hint("Enter", text::hint_run()) }
                { hint("Shift Enter", text::hint_line()) }
                if self.completion.is_some() {
                    { hint("Tab", text::hint_complete()) }
                } else {
                    { hint("↑ ↓", text::hint_history()) }
                }
                if ctx.props().busy {
                    { hint("Ctrl C", text::hint_stop()) }
                }
                { hint("Ctrl R", text::hint_search()) }
                if self.draft.what_if.is_some() {
                    <button class="quiet what-if" aria-keyshortcuts="Alt+Enter" title={text::what_if_about()} disabled={!ctx.props().open}
                        onclick={ctx.link().callback(|_: MouseEvent| Did::Ask)}><kbd>{ "Alt Enter" }</kbd>{ " " }{ text::what_if() }</button>
                }
                if !self.draft.is_blank() {
                    <button class="quiet save" onclick={ctx.link().callback(|_: MouseEvent| Did::Over(Over::Save))}>{ text::snippet_save() }</button>
                }
            </div>
        }
    }
}
