//! The files of the session's workspace: what scripts read and write by a relative name.

use std::{collections::VecDeque, rc::Rc};

use postern_shared::wire::{Failure, Preview, WorkspaceFile, WorkspaceFiles};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::{Icon, Line, Modal, failure_card, icon};
use crate::{app::Intent, browser, net, text};

#[derive(PartialEq, Properties)]
pub(super) struct FilesProps {
    pub session: Rc<str>,
    /// Commands that have ended: each may have written files.
    pub over: usize,
    /// Whether the connection is open.
    pub open: bool,
    /// Whether downloads are allowed.
    pub downloads: bool,
    pub wanted: Callback<Intent>,
    /// Something was picked: where the rail lies over the page, it makes room.
    pub on_done: Callback<()>,
}

pub(super) enum Did {
    Listed(u32, Result<WorkspaceFiles, Failure>),
    /// The button that opens the browser's own dialog.
    Choose,
    Chosen,
    Over(DragEvent, bool),
    Dropped(DragEvent),
    /// The file in question replaces the one of its name, or does not.
    Replace(bool),
    Uploaded(String, Result<(), Failure>),
    Show(String),
    Previewed(String, Result<Preview, Failure>),
    Use(String),
    AskRemove(String),
    Remove(String),
    Removed(String, Result<(), Failure>),
    Close,
}

/// What lies over the page.
enum Shown {
    Nothing,
    Preview(String, Preview),
    Remove(String),
    Failure(Failure),
}

pub(super) struct Files {
    listing: Option<WorkspaceFiles>,
    /// Lists asked for; an answer that was overtaken counts no more.
    asked: u32,
    /// Files that wait for their upload; the first is being asked about or on its way.
    waiting: VecDeque<File>,
    is_sending: bool,
    shown: Shown,
    /// What a screen reader is told, and what is seen of an upload.
    said: String,
    is_over: bool,
    input: NodeRef,
}

impl Component for Files {
    type Message = Did;
    type Properties = FilesProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut files = Self {
            listing: None,
            asked: 0,
            waiting: VecDeque::new(),
            is_sending: false,
            shown: Shown::Nothing,
            said: String::new(),
            is_over: false,
            input: NodeRef::default(),
        };
        files.list(ctx);
        files
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Self::Properties) -> bool {
        let props = ctx.props();
        if props.over != old.over || props.session != old.session || (props.open && !old.open) {
            self.list(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Listed(asked, Ok(listing)) if asked == self.asked => self.listing = Some(listing),
            // What was listed before stays; a connection that is gone is told elsewhere.
            Did::Listed(..) => return false,
            Did::Choose => {
                if let Some(input) = self.input.cast::<HtmlElement>() {
                    input.click();
                }
                return false;
            }
            Did::Chosen => {
                let Some(input) = self.input.cast::<HtmlInputElement>() else { return false };
                self.take(input.files());
                // The same file can be chosen again.
                input.set_value("");
                self.send_next(ctx, false);
            }
            Did::Over(event, is_over) => {
                event.prevent_default();
                if self.is_over == is_over {
                    return false;
                }
                self.is_over = is_over;
            }
            Did::Dropped(event) => {
                event.prevent_default();
                self.is_over = false;
                if ctx.props().open {
                    self.take(event.data_transfer().and_then(|data| data.files()));
                    self.send_next(ctx, false);
                }
            }
            Did::Replace(true) => self.send_next(ctx, true),
            Did::Replace(false) => {
                self.waiting.pop_front();
                self.send_next(ctx, false);
            }
            Did::Uploaded(name, result) => {
                self.is_sending = false;
                self.waiting.pop_front();
                self.done(text::files_uploaded(name), result);
                self.list(ctx);
                self.send_next(ctx, false);
            }
            Did::Show(name) => {
                let (session, answered) = (ctx.props().session.clone(), ctx.link().callback(|did| did));
                spawn_local(async move {
                    let result = net::preview(&session, &name).await;
                    answered.emit(Did::Previewed(name, result));
                });
                return false;
            }
            Did::Previewed(name, Ok(preview)) => self.shown = Shown::Preview(name, preview),
            Did::Previewed(_, Err(failure)) => {
                self.shown = Shown::Failure(failure);
                self.list(ctx);
            }
            Did::Use(name) => {
                self.shown = Shown::Nothing;
                let FilesProps { wanted, on_done, .. } = ctx.props();
                on_done.emit(());
                wanted.emit(Intent::Insert(format!("{} ", quoted(&name)).into()));
            }
            Did::AskRemove(name) => self.shown = Shown::Remove(name),
            Did::Remove(name) => {
                self.shown = Shown::Nothing;
                let (session, answered) = (ctx.props().session.clone(), ctx.link().callback(|did| did));
                spawn_local(async move {
                    let result = net::remove(&session, &name).await;
                    answered.emit(Did::Removed(name, result));
                });
            }
            Did::Removed(name, result) => {
                self.done(text::files_removed(name), result);
                self.list(ctx);
            }
            Did::Close => self.shown = Shown::Nothing,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (link, FilesProps { open, .. }) = (ctx.link(), ctx.props());
        let (files, used) = match &self.listing {
            Some(listing) => (listing.files.as_slice(), Some(listing)),
            None => (&[] as &[_], None),
        };
        html! {
            <section class={classes!("files", self.is_over.then_some("over"))} aria-label={text::files()}
                ondragover={link.callback(|event| Did::Over(event, true))} ondragleave={link.callback(|event| Did::Over(event, false))}
                ondrop={link.callback(Did::Dropped)}>
                <h2>
                    { text::files() }
                    if let Some(listing) = used.filter(|listing| !listing.files.is_empty()) {
                        <small>{ text::files_used(text::bytes(listing.used), text::bytes(listing.most)) }</small>
                    }
                </h2>
                if files.is_empty() {
                    <p class="muted">{ text::files_empty() }</p>
                } else {
                    <ul>{ for files.iter().map(|file| Self::file(ctx, file)) }</ul>
                }
                <input ref={&self.input} type="file" multiple=true hidden=true onchange={link.callback(|_: Event| Did::Chosen)} />
                <button class="upload" disabled={!open} onclick={link.callback(|_: MouseEvent| Did::Choose)}>{ text::files_upload() }</button>
                <p class={if self.is_sending { "muted" } else { "visually-hidden" }} role="status">{ self.said.clone() }</p>
                // Not within the rail, which has looks of its own and may be put away.
                { create_portal(self.over(ctx), gloo::utils::body().into()) }
            </section>
        }
    }
}

impl Files {
    fn file(ctx: &Context<Self>, file: &WorkspaceFile) -> Html {
        let (link, FilesProps { open, downloads, session, .. }) = (ctx.link(), ctx.props());
        let name = &file.name;
        let (shown, removed) = (name.clone(), name.clone());
        let seen = text::visible(name).into_owned();
        html! {
            <li key={name.clone()}>
                <button class="name" title={format!("{seen}\n{}", file.written)} aria-label={text::file_open(&seen)} disabled={!open}
                    onclick={link.callback(move |_: MouseEvent| Did::Show(shown.clone()))}>{ seen.clone() }</button>
                <small>{ text::bytes(file.bytes) }</small>
                if *downloads {
                    <button class="download" title={text::download()} aria-label={text::file_download(&seen)} disabled={!open}
                        onclick={download(session, name)}>{ icon(Icon::Download) }</button>
                }
                <button class="delete" title={text::delete()} aria-label={text::file_delete(&seen)} disabled={!open}
                    onclick={link.callback(move |_: MouseEvent| Did::AskRemove(removed.clone()))}>{ icon(Icon::Delete) }</button>
            </li>
        }
    }

    /// What lies over the page.
    fn over(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let close = link.callback(|()| Did::Close);
        let closing = link.callback(|_: MouseEvent| Did::Close);
        match &self.shown {
            Shown::Nothing => self.question(ctx),
            Shown::Preview(name, preview) => {
                let (used, removed) = (name.clone(), name.clone());
                html! {
                    <Modal label={text::file_open(name)} class="preview" on_close={close}>
                        <h3>{ text::visible(name).into_owned() }</h3>
                        { content(name, preview) }
                        <div class="row">
                            <button class="button danger" onclick={link.callback(move |_: MouseEvent| Did::AskRemove(removed.clone()))}>{ text::delete() }</button>
                            <button class="button" onclick={link.callback(move |_: MouseEvent| Did::Use(used.clone()))}>{ text::file_use() }</button>
                            if ctx.props().downloads {
                                <button class="button" onclick={download(&ctx.props().session, name)}>{ text::download() }</button>
                            }
                            <button class="button primary" autofocus=true onclick={closing}>{ text::close() }</button>
                        </div>
                    </Modal>
                }
            }
            Shown::Remove(name) => {
                let removed = name.clone();
                html! {
                    <Modal label={text::file_delete_title()} on_close={close}>
                        <h3>{ text::file_delete_title() }</h3>
                        <p class="message">{ text::file_delete_message(text::visible(name)) }</p>
                        <div class="row">
                            <button class="button" autofocus=true onclick={closing}>{ text::cancel() }</button>
                            <button class="button danger" id="file-delete"
                                onclick={link.callback(move |_: MouseEvent| Did::Remove(removed.clone()))}>{ text::delete() }</button>
                        </div>
                    </Modal>
                }
            }
            Shown::Failure(failure) => html! {
                <Modal label={text::files()} on_close={close}>
                    <h3>{ text::files() }</h3>
                    { failure_card(failure) }
                    <div class="row"><button class="button primary" autofocus=true onclick={closing}>{ text::close() }</button></div>
                </Modal>
            },
        }
    }

    /// Whether a file that waits is to replace one.
    fn question(&self, ctx: &Context<Self>) -> Html {
        let Some(file) = self.waiting.front().filter(|_| !self.is_sending) else { return Html::default() };
        let answer = |replace: bool| ctx.link().callback(move |_: MouseEvent| Did::Replace(replace));
        html! {
            <Modal label={text::file_replace_title()} on_close={ctx.link().callback(|()| Did::Replace(false))}>
                <h3>{ text::file_replace_title() }</h3>
                <p class="message">{ text::file_replace_message(text::visible(&file.name())) }</p>
                <div class="row">
                    <button class="button" autofocus=true onclick={answer(false)}>{ text::cancel() }</button>
                    <button class="button primary" id="file-replace" onclick={answer(true)}>{ text::replace() }</button>
                </div>
            </Modal>
        }
    }

    fn list(&mut self, ctx: &Context<Self>) {
        self.asked = self.asked.wrapping_add(1);
        let (asked, session) = (self.asked, ctx.props().session.clone());
        let answered = ctx.link().callback(|did| did);
        spawn_local(async move { answered.emit(Did::Listed(asked, net::files(&session).await)) });
    }

    fn take(&mut self, chosen: Option<web_sys::FileList>) {
        let Some(chosen) = chosen else { return };
        self.waiting.extend((0..chosen.length()).filter_map(|at| chosen.item(at)));
    }

    /// Sends the next file that waits, unless it would replace one unasked.
    fn send_next(&mut self, ctx: &Context<Self>, replace: bool) {
        let Some(file) = self.waiting.front().filter(|_| !self.is_sending).cloned() else { return };
        let name = file.name();
        let known = self.listing.iter().flat_map(|listing| &listing.files).any(|file| file.name == name);
        if known && !replace {
            return;
        }
        self.is_sending = true;
        self.said = text::files_uploading(text::visible(&name));
        let (session, answered) = (ctx.props().session.clone(), ctx.link().callback(|did| did));
        spawn_local(async move {
            let result = net::upload(&session, file).await;
            answered.emit(Did::Uploaded(name, result));
        });
    }

    fn done(&mut self, said: String, result: Result<(), Failure>) {
        match result {
            Ok(()) => self.said = said,
            Err(failure) => {
                self.said = String::new();
                self.shown = Shown::Failure(failure);
            }
        }
    }
}

fn content(name: &str, preview: &Preview) -> Html {
    let Some(content) = &preview.text else {
        return html! { <p class="muted">{ text::file_no_text() }</p> };
    };
    html! {
        <>
            <pre tabindex="0">
                if name.to_ascii_lowercase().ends_with(".ps1") {
                    <Line text={Rc::from(content.as_str())} />
                } else {
                    { text::visible(content).into_owned() }
                }
            </pre>
            if preview.is_cut {
                <p class="muted">{ text::file_cut() }</p>
            }
        </>
    }
}

fn download(session: &Rc<str>, name: &str) -> Callback<MouseEvent> {
    let (address, name) =
        (net::file_address(session, name), name.rsplit('/').next().unwrap_or(name).to_owned());
    Callback::from(move |_: MouseEvent| browser::download(&address, &name))
}

/// A name as an argument: between quotes where it is no single word.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '/');
    if name.chars().all(is_plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_are_arguments() {
        assert_eq!(quoted("data/grants.csv"), "data/grants.csv");
        assert_eq!(quoted("it's $all.csv"), "'it''s $all.csv'");
    }
}
