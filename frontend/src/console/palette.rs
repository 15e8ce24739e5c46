//! The command palette: every action and every cmdlet, found by name.

use std::rc::Rc;

use postern_shared::wire::{Kept, SessionFacts};
use yew::prelude::*;

use super::{
    Modal,
    pick::{Pick, PickList},
    theme::THEMES,
};
use crate::{
    app::{Intent, Tab},
    browser,
    composer::EDITOR,
    state::Block,
    text::{self, LANGUAGES},
};

/// Newest blocks that can be gone to.
const BLOCKS: usize = 20;

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

/// What the palette offers.
pub(super) struct PaletteProps {
    pub facts: Rc<SessionFacts>,
    pub blocks: Vec<Rc<Block>>,
    pub kept: Rc<Kept>,
    pub tabs: Rc<[Tab]>,
    pub downloads: bool,
    pub demo: bool,
}

/// The palette; `chosen` takes what the user wants of it.
pub(super) fn palette(props: &PaletteProps, chosen: Callback<Action>, on_close: Callback<()>) -> Html {
    let (names, actions): (Vec<Pick>, Vec<Action>) = entries(props).into_iter().unzip();
    let chosen = Callback::from(move |at: usize| {
        if let Some(action) = actions.get(at) {
            chosen.emit(action.clone());
        }
    });
    html! {
        <Modal label={text::palette()} class="palette" {on_close}>
            <PickList id="palette-list" label={text::palette_find()} nothing={text::palette_nothing()} entries={Rc::new(names)} {chosen} />
        </Modal>
    }
}

fn entries(props: &PaletteProps) -> Vec<(Pick, Action)> {
    let mut entries = Vec::new();
    let mut add = |text: String, action: Action| entries.push((Pick { text, ..Pick::default() }, action));
    add(text::action_editor().into(), Action::Editor);
    add(text::action_grid().into(), Action::Grid);
    if let Some(block) = props.blocks.last() {
        add(
            text::action_again().into(),
            Action::Want(if block.on_server {
                Intent::RunOnServer(block.line.clone())
            } else {
                Intent::Run(block.line.clone())
            }),
        );
        if !block.is_over() {
            add(text::action_stop().into(), Action::Want(Intent::StopAny));
        }
        add(text::collapse_all().into(), Action::CollapseAll(true));
        add(text::expand_all().into(), Action::CollapseAll(false));
    }
    for (name, text) in &props.kept.snippets {
        add(text::snippet(name), Action::Want(Intent::Edit(text.as_str().into())));
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
    for tab in props.tabs.iter() {
        add(text::switch_to(&tab.title), Action::Want(Intent::Switch(tab.session.clone())));
    }
    add(text::sign_out().into(), Action::Want(Intent::SignOut));
    entries.extend(props.facts.commands.iter().map(|name| {
        let pick = Pick { text: name.clone(), is_code: true, is_hidden: true };
        (pick, Action::Want(Intent::Insert(format!("{name} ").into())))
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
