//! The list of what could stand at the cursor, as the relay proposes it.

use postern_shared::wire::{Completion, CompletionKind, Completions};
use web_sys::MouseEvent;
use yew::prelude::*;

use crate::text;

/// Id of the list.
pub(super) const POPUP: &str = "completions";

/// Proposals to choose from; there is at least one.
#[derive(Debug, PartialEq)]
pub(super) struct Choices {
    /// The proposals, and what they replace.
    pub(super) of: Completions,
    /// The one that Tab takes.
    pub(super) selected: usize,
    /// Whether the user moved in the list; only then Enter takes instead of running.
    pub(super) moved: bool,
}

impl Choices {
    pub(super) fn new(of: Completions) -> Option<Self> {
        (!of.items.is_empty()).then_some(Self { of, selected: 0, moved: false })
    }

    /// Goes to the next proposal, or the one before.
    pub(super) fn step(&mut self, down: bool) {
        let many = self.of.items.len().max(1);
        // The first step down from a list that was not touched goes to its second one: the first is already offered.
        self.selected = (self.selected + if down { 1 } else { many - 1 }) % many;
        self.moved = true;
    }

    /// The selected option's id.
    pub(super) fn active(&self) -> String {
        format!("{POPUP}-{}", self.selected)
    }

    /// The list, with help on the selected proposal beside it.
    pub(super) fn view(&self, picked: &Callback<usize>) -> Html {
        let about = self.of.items.get(self.selected);
        html! {
            <div class="popup">
                <ul id={POPUP} role="listbox" aria-label={text::completions()}>
                    for (at, item) in self.of.items.iter().enumerate() {
                        // A press would take the focus from the editor, and the list with it.
                        <li id={format!("{POPUP}-{at}")} role="option" aria-selected={(at == self.selected).to_string()}
                            onmousedown={picked.reform(move |event: MouseEvent| { event.prevent_default(); at })}>
                            <span class={classes!("kind", letter(item.kind).1)} aria-hidden="true">{ letter(item.kind).0 }</span>
                            <span class="what">{ marked(item) }</span>
                        </li>
                    }
                </ul>
                if let Some(item) = about {
                    <div class="about" role="status">
                        <strong>{ &item.label }</strong>
                        <span class="muted">{ kind(item.kind) }</span>
                        if !item.about.is_empty() {
                            <p>{ &item.about }</p>
                        }
                    </div>
                }
            </div>
        }
    }
}

/// The label, with the letters that were typed marked.
fn marked(item: &Completion) -> Html {
    let mut parts = Vec::new();
    let mut from = 0;
    for (start, end) in &item.marks {
        let (start, end) = (usize::from(*start), usize::from(*end));
        let (Some(before), Some(typed)) = (item.label.get(from..start), item.label.get(start..end)) else {
            break;
        };
        parts.push(html! { <>{ before }<b>{ typed }</b></> });
        from = end;
    }
    parts.push(html! { { item.label.get(from..).unwrap_or_default() } });
    parts.into_iter().collect()
}

/// A mark for what a proposal is, and its class.
fn letter(kind: CompletionKind) -> (&'static str, &'static str) {
    match kind {
        CompletionKind::Remote => ("R", "command"),
        CompletionKind::Cmdlet | CompletionKind::Function | CompletionKind::Alias => ("C", "command"),
        CompletionKind::Parameter => ("P", "parameter"),
        CompletionKind::Value | CompletionKind::Seen => ("=", "value"),
        CompletionKind::Property | CompletionKind::Key => (".", "property"),
        CompletionKind::Variable => ("$", "variable"),
        CompletionKind::Type => ("[]", "type"),
        CompletionKind::File => ("F", "file"),
        CompletionKind::Keyword => ("K", "keyword"),
    }
}

fn kind(kind: CompletionKind) -> &'static str {
    match kind {
        CompletionKind::Remote => text::kind_remote(),
        CompletionKind::Cmdlet => text::kind_cmdlet(),
        CompletionKind::Function => text::kind_function(),
        CompletionKind::Alias => text::kind_alias(),
        CompletionKind::Parameter => text::kind_parameter(),
        CompletionKind::Value => text::kind_value(),
        CompletionKind::Seen => text::kind_seen(),
        CompletionKind::Property => text::kind_property(),
        CompletionKind::Variable => text::kind_variable(),
        CompletionKind::Key => text::kind_key(),
        CompletionKind::Type => text::kind_type(),
        CompletionKind::File => text::kind_file(),
        CompletionKind::Keyword => text::kind_keyword(),
    }
}
