//! The command palette: every action and every cmdlet, found by name.

use std::rc::Rc;

use postern_shared::wire::SessionFacts;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Modal, theme::THEMES};
use crate::{
    app::Intent,
    browser,
    composer::EDITOR,
    state::Block,
    text::{self, LANGUAGES},
};

/// Entries shown; more only hide the right one.
const SHOWN: usize = 50;
/// Newest blocks that can be gone to.
const BLOCKS: usize = 20;
/// Id of the list.
const LIST: &str = "palette-list";

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Want(Intent),
    Help,
    Tour,
    Editor,
    Grid,
    Block(u32),
    Transcript(bool),
    CollapseAll(bool),
}

/// An entry: its name, a word about its kind, and what it does.
struct Entry {
    name: String,
    action: Action,
    is_cmdlet: bool,
}

#[derive(PartialEq, Properties)]
pub(super) struct PaletteProps {
    pub facts: Rc<SessionFacts>,
    pub blocks: Vec<Rc<Block>>,
    pub downloads: bool,
    pub demo: bool,
    pub chosen: Callback<Action>,
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Palette(props: &PaletteProps) -> Html {
    let search = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    let entries = use_memo((props.facts.clone(), props.blocks.clone()), |_| entries(props));
    let found: Vec<&Entry> = find(&entries, &search);
    let last = found.len().saturating_sub(1);
    let oninput = {
        let (search, at) = (search.setter(), at.setter());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            search.set(input.value());
            at.set(0);
        })
    };
    let onkeydown = {
        let (here, at) = (*at, at.setter());
        let chosen = found.get(here).map(|entry| entry.action.clone());
        let emit = props.chosen.clone();
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => at.set(if here >= last { 0 } else { here + 1 }),
                "ArrowUp" => at.set(if here == 0 { last } else { here - 1 }),
                "Enter" => {
                    if let Some(chosen) = &chosen {
                        emit.emit(chosen.clone());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    html! {
        <Modal label={text::palette()} class="palette" on_close={props.on_close.clone()}>
            <input autofocus=true type="text" role="combobox" aria-expanded="true" aria-controls={LIST} aria-label={text::palette_find()}
                aria-activedescendant={format!("{LIST}-{}", *at)} placeholder={text::palette_find()} spellcheck="false" autocomplete="off"
                {oninput} {onkeydown} />
            <ul id={LIST} role="listbox" aria-label={text::palette()}>
                for (place, entry) in found.iter().enumerate() {
                    <li id={format!("{LIST}-{place}")} role="option" aria-selected={(place == *at).to_string()}
                        onclick={props.chosen.reform({ let action = entry.action.clone(); move |_: MouseEvent| action.clone() })}>
                        if entry.is_cmdlet {
                            <code>{ &entry.name }</code>
                        } else {
                            { &entry.name }
                        }
                    </li>
                }
            </ul>
            if found.is_empty() {
                <p class="muted" role="status">{ text::palette_nothing() }</p>
            }
        </Modal>
    }
}

/// Entries with all the words in their names, those that begin with the first one before the others.
fn find<'a>(entries: &'a [Entry], search: &str) -> Vec<&'a Entry> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(bool, &Entry)> = entries
        .iter()
        .filter_map(|entry| {
            let name = entry.name.to_lowercase();
            let has_all = words.iter().all(|word| name.contains(word));
            let begins = words.first().is_none_or(|word| name.starts_with(word));
            (has_all && (!words.is_empty() || !entry.is_cmdlet)).then_some((!begins, entry))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().take(SHOWN).map(|(_, entry)| entry).collect()
}

fn entries(props: &PaletteProps) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |name: String, action: Action| entries.push(Entry { name, action, is_cmdlet: false });
    add(text::action_editor().into(), Action::Editor);
    add(text::action_grid().into(), Action::Grid);
    if let Some(block) = props.blocks.last() {
        add(text::action_again().into(), Action::Want(Intent::Run(block.line.clone())));
        if !block.is_over() {
            add(text::action_stop().into(), Action::Want(Intent::StopAny));
        }
        add(text::collapse_all().into(), Action::CollapseAll(true));
        add(text::expand_all().into(), Action::CollapseAll(false));
    }
    add(text::help().into(), Action::Help);
    if props.demo {
        add(text::action_tour().into(), Action::Tour);
    }
    for theme in THEMES {
        add(text::action_theme(theme.said()), Action::Want(Intent::Theme(theme)));
    }
    for (language, _, name) in LANGUAGES {
        add(text::action_language(name), Action::Want(Intent::Language(language)));
    }
    if props.downloads {
        add(text::transcript_text().into(), Action::Transcript(false));
        add(text::transcript_json().into(), Action::Transcript(true));
    }
    for block in props.blocks.iter().rev().take(BLOCKS) {
        add(text::action_block(block.id, &block.line), Action::Block(block.id));
    }
    add(text::sign_out().into(), Action::Want(Intent::SignOut));
    entries.extend(props.facts.commands.iter().map(|name| Entry {
        name: name.clone(),
        action: Action::Want(Intent::Insert(format!("{name} ").into())),
        is_cmdlet: true,
    }));
    entries
}

/// Does what needs nothing but the browser.
pub(super) fn go(action: &Action) {
    match action {
        Action::Editor => browser::focus(EDITOR),
        Action::Grid => browser::focus_last(".block [role=grid]"),
        Action::Block(block) => {
            browser::reveal(&format!("block-{block}"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Entry, find};

    #[test]
    fn entries_are_found_by_all_their_words() {
        let entry = |name: &str, is_cmdlet| Entry { name: name.into(), action: Action::Help, is_cmdlet };
        let entries = [entry("Theme: dark", false), entry("Get-Mailbox", true), entry("Set-Mailbox", true)];
        let names =
            |search: &str| find(&entries, search).iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(""), ["Theme: dark"]);
        assert_eq!(names("dark the"), ["Theme: dark"]);
        assert_eq!(names("MAILBOX").len(), 2);
        assert_eq!(names("set"), ["Set-Mailbox"]);
        assert!(names("x").is_empty());
    }
}
