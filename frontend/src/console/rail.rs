//! The rail: find a cmdlet, recent commands, the session's files, all commands by noun.

use std::{collections::BTreeMap, rc::Rc};

use postern_shared::wire::SessionFacts;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::files::Files;
use crate::{app::Intent, browser, composer::EDITOR, state::Block, text};

/// Id of the search field.
const FIND: &str = "find";
/// So many recent commands are offered.
const RECENT: usize = 6;
/// So many commands are shown for a search; more of them only hide the right one.
const FOUND: usize = 60;

#[derive(PartialEq, Properties)]
pub(super) struct RailProps {
    pub session: Rc<str>,
    pub facts: Rc<SessionFacts>,
    pub blocks: Vec<Rc<Block>>,
    /// Whether the connection is open.
    pub open: bool,
    /// Whether downloads are allowed.
    pub downloads: bool,
    pub wanted: Callback<Intent>,
    /// Something was picked: where the rail lies over the page, it makes room.
    pub on_done: Callback<()>,
}

#[component]
pub(super) fn Rail(props: &RailProps) -> Html {
    let RailProps { session, facts, blocks, open, downloads, wanted, on_done } = props;
    let search = use_state_eq(String::new);
    let oninput = {
        let search = search.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            search.set(input.value());
        })
    };
    let field = use_node_ref();
    // What was looked for is found: the next search begins empty.
    let found_it = {
        let (search, field, on_done) = (search.setter(), field.clone(), on_done.clone());
        Callback::from(move |()| {
            search.set(String::new());
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.set_value("");
            }
            on_done.emit(());
        })
    };
    let pick = |intent: Intent| {
        let (wanted, found_it) = (wanted.clone(), found_it.clone());
        Callback::from(move |_: MouseEvent| {
            found_it.emit(());
            wanted.emit(intent.clone());
        })
    };
    let command = |name: &str| {
        let onclick = pick(Intent::Insert(format!("{name} ").into()));
        html! { <li key={name}><button {onclick}>{ name.to_owned() }</button></li> }
    };
    let nouns = use_memo(facts.clone(), |facts| by_noun(&facts.commands));
    let wanted_name = search.trim().to_lowercase();
    let found = if wanted_name.is_empty() {
        None
    } else {
        let found: Vec<_> = facts
            .commands
            .iter()
            .filter(|name| name.to_lowercase().contains(&wanted_name))
            .take(FOUND)
            .collect();
        Some(found)
    };
    let onkeydown = {
        let first = found.as_ref().and_then(|found| found.first()).map(|name| format!("{name} "));
        let (wanted, found_it) = (wanted.clone(), found_it.clone());
        Callback::from(move |event: KeyboardEvent| match (event.key().as_str(), &first) {
            ("Enter", Some(first)) => {
                event.prevent_default();
                found_it.emit(());
                wanted.emit(Intent::Insert(first.as_str().into()));
            }
            ("Escape", _) => {
                found_it.emit(());
                browser::focus(EDITOR);
            }
            _ => {}
        })
    };
    let over = blocks.iter().filter(|block| block.is_over()).count();
    html! {
        <nav class="rail" aria-label={text::commands()}>
            <input ref={field} class="search" id={FIND} type="search" placeholder={text::find()} aria-label={text::find()} {oninput} {onkeydown} spellcheck="false"
                autocomplete="off" />
            if let Some(found) = found {
                if found.is_empty() {
                    <p class="muted">{ text::no_match() }</p>
                }
                <ul>{ for found.into_iter().map(|name| command(name)) }</ul>
            } else {
                if !blocks.is_empty() {
                    <h2>{ text::recent() }</h2>
                    <ul>
                        for line in recent(blocks) {
                            <li><button title={line.to_string()} onclick={pick(Intent::Edit(line.clone()))}>{ line.to_string() }</button></li>
                        }
                    </ul>
                }
                <Files session={session.clone()} over={over} open={*open} downloads={*downloads} wanted={wanted.clone()} on_done={found_it.clone()} />
                <h2>{ text::nouns() }</h2>
                for (noun, names) in nouns.iter() {
                    <details key={noun.clone()}>
                        <summary><span>{ noun.clone() }</span><small>{ names.len() }</small></summary>
                        <ul>{ for names.iter().map(|name| command(name)) }</ul>
                    </details>
                }
            }
        </nav>
    }
}

fn recent(blocks: &[Rc<Block>]) -> Vec<Rc<str>> {
    let mut recent: Vec<Rc<str>> = Vec::with_capacity(RECENT);
    for block in blocks.iter().rev() {
        if recent.len() == RECENT {
            break;
        }
        if !recent.contains(&block.line) {
            recent.push(block.line.clone());
        }
    }
    recent
}

fn by_noun(commands: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut nouns = BTreeMap::<String, Vec<String>>::new();
    for name in commands {
        let noun = name.split_once('-').map_or(name.as_str(), |(_, noun)| noun);
        nouns.entry(noun.to_owned()).or_default().push(name.clone());
    }
    nouns
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{by_noun, recent};
    use crate::state::Model;

    #[test]
    fn commands_are_grouped_by_noun() {
        let names = ["Get-Mailbox", "Help", "Set-Mailbox"].map(String::from);
        let nouns = by_noun(&names);
        assert_eq!(nouns["Mailbox"], ["Get-Mailbox", "Set-Mailbox"]);
        assert_eq!(nouns["Help"], ["Help"]);
    }

    #[test]
    fn recent_commands_are_the_newest_that_differ() {
        use postern_shared::wire::{Event, EventKind, ServerMessage};
        let mut model = Model::default();
        for (number, line) in (1..).zip(["a", "b", "a", "c", "c"]) {
            let kind = EventKind::Block { block: number as u32, line: line.into(), on_server: false };
            model.apply(ServerMessage::Event(Event { number, at: 0, kind }), 0.0);
        }
        assert_eq!(recent(&model.blocks), ["c", "a", "b"].map(Rc::from));
    }
}
