//! What the editor opens over the page: the history, a pasted script, the name of a snippet.

use std::rc::Rc;

use postern_shared::wire::Kept;
use yew::prelude::*;

use crate::{
    app::Intent,
    browser,
    console::{Line, Modal, Pick, PickList},
    text,
};

/// Id of the field for a snippet's name.
const NAME: &str = "snippet-name";

/// Command lines, newest first, and snippets, found by what is in them.
pub(super) fn search(
    lines: Vec<String>,
    kept: &Rc<Kept>,
    wanted: &Callback<Intent>,
    chosen: Callback<String>,
    on_close: Callback<()>,
) -> Html {
    let shown = lines.iter().map(|line| Pick { text: line.clone(), is_code: true, ..Pick::default() });
    let snippets = kept.snippets.iter();
    let snippets = snippets.map(|(name, _)| Pick { text: text::snippet(name), ..Pick::default() });
    let entries: Rc<Vec<Pick>> = Rc::new(shown.chain(snippets).collect());
    let chosen = {
        let kept = kept.clone();
        Callback::from(move |at: usize| {
            let snippet = || kept.snippets.get(at.checked_sub(lines.len())?).map(|(_, text)| text.clone());
            if let Some(text) = lines.get(at).cloned().or_else(snippet) {
                chosen.emit(text);
            }
        })
    };
    html! {
        <Modal label={text::history()} class="palette" {on_close}>
            <PickList id="history-list" label={text::history_find()} nothing={text::history_empty()} {entries} {chosen} />
            if !kept.snippets.is_empty() {
                <div class="snippets">
                    for (name, _) in &kept.snippets {
                        <span class="chip" key={name.clone()}>
                            { name }
                            <button class="quiet" aria-label={text::snippet_drop(name)} title={text::snippet_drop(name)}
                                onclick={wanted.reform({ let name = name.clone(); move |_: MouseEvent| Intent::Keep(name.as_str().into(), "".into()) })}>{ "✕" }</button>
                        </span>
                    }
                </div>
            }
            <p class="muted">{ text::history_hint() }</p>
        </Modal>
    }
}

/// A script that was pasted, to be read before it is taken; `take` is told whether to run it.
pub(super) fn pasted(script: &Rc<str>, take: &Callback<bool>, on_close: &Callback<()>) -> Html {
    let click = |run: bool| take.reform(move |_: MouseEvent| run);
    html! {
        <Modal label={text::history()} class="pasted" on_close={on_close.clone()}>
            <h3>{ text::paste_title(script.lines().count()) }</h3>
            <p class="muted">{ text::paste_message() }</p>
            <pre tabindex="0"><Line text={script.clone()} /></pre>
            <div class="row">
                <button class="button" onclick={on_close.reform(|_: MouseEvent| ())}>{ text::cancel() }</button>
                <button class="button" id="paste-run" onclick={click(true)}>{ text::paste_run() }</button>
                <button class="button primary" id="paste-insert" autofocus=true onclick={click(false)}>{ text::paste_insert() }</button>
            </div>
        </Modal>
    }
}

/// The name of a snippet.
pub(super) fn save(script: Rc<str>, wanted: Callback<Intent>, on_close: &Callback<()>) -> Html {
    let onsubmit = {
        let on_close = on_close.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = browser::value_of(NAME);
            if !name.trim().is_empty() {
                wanted.emit(Intent::Keep(name.trim().into(), script.clone()));
                on_close.emit(());
            }
        })
    };
    html! {
        <Modal label={text::snippet_save()} on_close={on_close.clone()}>
            <h3>{ text::snippet_save() }</h3>
            <form {onsubmit}>
                <label class="field"><span>{ text::snippet_name() }</span>
                    <input id={NAME} autofocus=true required=true maxlength="100" autocomplete="off" spellcheck="false" />
                </label>
                <div class="row">
                    <button type="button" class="button" onclick={on_close.reform(|_: MouseEvent| ())}>{ text::cancel() }</button>
                    <button class="button primary">{ text::save() }</button>
                </div>
            </form>
        </Modal>
    }
}
