//! What the keys do.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::{Composer, Over};
use crate::{app::Intent, browser};

impl Composer {
    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        // While an input method composes, its keys are its own.
        if event.is_composing() {
            return false;
        }
        let plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key() && !event.shift_key();
        let key = event.key();
        if let Some(completion) = &mut self.completion {
            match key.as_str() {
                "Tab" if plain => {
                    event.prevent_default();
                    let selected = completion.selected;
                    self.accept(ctx, selected);
                    return true;
                }
                "Enter" if plain && completion.moved => {
                    event.prevent_default();
                    let selected = completion.selected;
                    self.accept(ctx, selected);
                    return true;
                }
                "ArrowDown" | "ArrowUp" if plain => {
                    event.prevent_default();
                    completion.step(key == "ArrowDown");
                    browser::show_option(&completion.active());
                    return true;
                }
                "Escape" => {
                    event.prevent_default();
                    (self.completion, self.asked) = (None, None);
                    return true;
                }
                _ => {}
            }
        }
        match key.as_str() {
            "Enter" if event.alt_key() && self.draft.what_if.is_some() => {
                event.prevent_default();
                self.ask(ctx)
            }
            // What is not finished yet goes on in the next line.
            "Enter" if plain && !self.draft.parsed.is_incomplete() => {
                event.prevent_default();
                self.run(ctx)
            }
            "ArrowUp" if plain && self.area.before_caret().is_some_and(|before| !before.contains('\n')) => {
                self.recall(ctx, event, true)
            }
            "ArrowDown" if plain && self.area.after_caret().is_some_and(|after| !after.contains('\n')) => {
                self.recall(ctx, event, false)
            }
            "Escape" if !self.draft.text.is_empty() => {
                event.prevent_default();
                self.history.forget();
                self.replace(ctx, "");
                true
            }
            "r" if event.ctrl_key() && !event.shift_key() => {
                event.prevent_default();
                self.over = Over::Search;
                true
            }
            " " if event.ctrl_key() => {
                event.prevent_default();
                self.complete(ctx, true);
                true
            }
            "c" if event.ctrl_key()
                && !event.shift_key()
                && ctx.props().busy
                && !self.area.has_selection() =>
            {
                event.prevent_default();
                ctx.props().wanted.emit(Intent::StopAny);
                false
            }
            _ => false,
        }
    }
}
