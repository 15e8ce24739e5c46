//! What the editor opens over the page: the history, a pasted script, the name of a snippet.

use std::rc::Rc;

use postern_shared::wire::Kept;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    app::Intent,
    console::{Line, Modal, Pick, PickList},
    text,
};

#[derive(PartialEq, Properties)]
pub(super) struct SearchProps {
    /// Command lines, newest first.
    pub lines: Rc<Vec<String>>,
    pub kept: Rc<Kept>,
    pub chosen: Callback<String>,
    pub wanted: Callback<Intent>,
    pub on_close: Callback<()>,
}

/// Command lines and snippets, found by what is in them.
#[component]
pub(super) fn Search(props: &SearchProps) -> Html {
    let entries = use_memo((props.lines.clone(), props.kept.clone()), |(lines, kept)| {
        let lines = lines.iter().map(|line| Pick { text: line.clone(), is_code: true, ..Pick::default() });
        let snippets =
            kept.snippets.iter().map(|(name, _)| Pick { text: text::snippet(name), ..Pick::default() });
        lines.chain(snippets).collect::<Vec<_>>()
    });
    let chosen = {
        let (lines, kept, chosen) = (props.lines.clone(), props.kept.clone(), props.chosen.clone());
        Callback::from(move |at: usize| {
            let line = lines.get(at).cloned();
            let snippet = || {
                at.checked_sub(lines.len()).and_then(|at| kept.snippets.get(at)).map(|(_, text)| text.clone())
            };
            if let Some(text) = line.or_else(snippet) {
                chosen.emit(text);
            }
        })
    };
    html! {
        <Modal label={text::history()} class="palette" on_close={props.on_close.clone()}>
            <PickList id="history-list" label={text::history_find()} nothing={text::history_empty()} {entries} {chosen} />
            if !props.kept.snippets.is_empty() {
                <div class="snippets">
                    for (name, _) in &props.kept.snippets {
                        <span class="chip" key={name.clone()}>
                            { name }
                            <button class="quiet" aria-label={text::snippet_drop(name)} title={text::snippet_drop(name)}
                                onclick={props.wanted.reform({ let name = name.clone(); move |_: MouseEvent| Intent::Keep(name.as_str().into(), "".into()) })}>{ "✕" }</button>
                        </span>
                    }
                </div>
            }
            <p class="muted">{ text::history_hint() }</p>
        </Modal>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct PastedProps {
    pub script: Rc<str>,
    pub insert: Callback<()>,
    pub run: Callback<()>,
    pub on_close: Callback<()>,
}

/// A script that was pasted, to be read before it runs.
#[component]
pub(super) fn Pasted(props: &PastedProps) -> Html {
    let click = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    html! {
        <Modal label={text::history()} class="pasted" on_close={props.on_close.clone()}>
            <h3>{ text::paste_title(props.script.lines().count()) }</h3>
            <p class="muted">{ text::paste_message() }</p>
            <pre tabindex="0"><Line text={props.script.clone()} /></pre>
            <div class="row">
                <button class="button" onclick={click(&props.on_close)}>{ text::cancel() }</button>
                <button class="button" id="paste-run" onclick={click(&props.run)}>{ text::paste_run() }</button>
                <button class="button primary" id="paste-insert" autofocus=true onclick={click(&props.insert)}>{ text::paste_insert() }</button>
            </div>
        </Modal>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct SaveProps {
    pub script: Rc<str>,
    pub wanted: Callback<Intent>,
    pub on_close: Callback<()>,
}

/// The name of a snippet.
#[component]
pub(super) fn Save(props: &SaveProps) -> Html {
    let name = use_node_ref();
    let onsubmit = {
        let (name, script) = (name.clone(), props.script.clone());
        let (wanted, on_close) = (props.wanted.clone(), props.on_close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = name.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            if !name.trim().is_empty() {
                wanted.emit(Intent::Keep(name.trim().into(), script.clone()));
                on_close.emit(());
            }
        })
    };
    html! {
        <Modal label={text::snippet_save()} on_close={props.on_close.clone()}>
            <h3>{ text::snippet_save() }</h3>
            <form {onsubmit}>
                <label class="field"><span>{ text::snippet_name() }</span>
                    <input ref={name} id="snippet-name" autofocus=true required=true maxlength="100" autocomplete="off" spellcheck="false" />
                </label>
                <div class="row">
                    <button type="button" class="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ text::cancel() }</button>
                    <button class="button primary">{ text::save() }</button>
                </div>
            </form>
        </Modal>
    }
}
