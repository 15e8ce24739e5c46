//! A field and a list under it: what is typed finds, arrows choose, Enter takes.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Entries shown; more only hide the right one.
const SHOWN: usize = 50;

/// An entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pick {
    /// What is found and shown.
    pub(crate) text: String,
    /// Whether it is code.
    pub(crate) is_code: bool,
    /// Whether it is shown only when something was typed.
    pub(crate) is_hidden: bool,
}

#[derive(PartialEq, Properties)]
pub(crate) struct PickListProps {
    /// Id of the list.
    pub id: &'static str,
    /// What the field is for.
    pub label: &'static str,
    /// What is said where nothing is found.
    pub nothing: &'static str,
    pub entries: Rc<Vec<Pick>>,
    /// Takes the position of the one chosen.
    pub chosen: Callback<usize>,
}

/// A field and a list under it.
#[component]
pub(crate) fn PickList(props: &PickListProps) -> Html {
    let PickListProps { id, label, nothing, entries, chosen } = props;
    let search = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    let found = find(entries, &search);
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
        let (taken, chosen) = (found.get(here).copied(), chosen.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => at.set(if here >= last { 0 } else { here + 1 }),
                "ArrowUp" => at.set(if here == 0 { last } else { here - 1 }),
                "Enter" => {
                    if let Some(taken) = taken {
                        chosen.emit(taken);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    html! {
        <>
            <input autofocus=true type="text" role="combobox" aria-expanded="true" aria-controls={*id} aria-label={*label}
                aria-activedescendant={(!found.is_empty()).then(|| format!("{id}-{}", *at))} placeholder={*label} spellcheck="false" autocomplete="off"
                {oninput} {onkeydown} />
            <ul id={*id} role="listbox" aria-label={*label}>
                for (place, position) in found.iter().copied().enumerate() {
                    <li id={format!("{id}-{place}")} role="option" aria-selected={(place == *at).to_string()}
                        onclick={chosen.reform(move |_: MouseEvent| position)}>
                        if let Some(entry) = entries.get(position) {
                            if entry.is_code {
                                <code>{ &entry.text }</code>
                            } else {
                                { &entry.text }
                            }
                        }
                    </li>
                }
            </ul>
            if found.is_empty() {
                <p class="muted" role="status">{ *nothing }</p>
            }
        </>
    }
}

/// Positions of the entries with all the words in them, those that begin with the first one before the others.
fn find(entries: &[Pick], search: &str) -> Vec<usize> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(bool, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(position, entry)| {
            let text = entry.text.to_lowercase();
            let has_all = words.iter().all(|word| text.contains(word));
            let begins = words.first().is_none_or(|word| text.starts_with(word));
            (has_all && !(words.is_empty() && entry.is_hidden)).then_some((!begins, position))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().take(SHOWN).map(|(_, position)| position).collect()
}

#[cfg(test)]
mod tests {
    use super::{Pick, find};

    #[test]
    fn entries_are_found_by_all_their_words() {
        let entry = |text: &str, is_hidden| Pick { text: text.into(), is_code: false, is_hidden };
        let entries = [entry("Theme: dark", false), entry("Get-Mailbox", true), entry("Set-Mailbox", true)];
        assert_eq!(find(&entries, ""), [0]);
        assert_eq!(find(&entries, "dark the"), [0]);
        assert_eq!(find(&entries, "MAILBOX"), [1, 2]);
        assert_eq!(find(&entries, "set"), [2]);
        assert!(find(&entries, "zz").is_empty());
    }
}
