//! The editor of command lines: a real text area, and a coloured copy of its text behind it.

mod brackets;
mod completion;
mod history;
mod insertion;
mod over;

use std::rc::Rc;

use postern_shared::{
    syntax::{Parse, parse, what_if::with_what_if},
    wire::{Kept, Position, RequestId, SessionFacts},
};
use web_sys::{HtmlTextAreaElement, InputEvent, KeyboardEvent};
use yew::prelude::*;

pub use self::insertion::Insertion;
use self::insertion::What;
use self::{
    completion::{Choices, POPUP},
    history::History,
    over::{Pasted, Save, Search},
};
use crate::{
    app::Intent,
    browser,
    console::Line,
    net::{Answered, Link},
    state::Block,
    text,
};

/// Id of the text area, for who wants to put the focus there.
pub const EDITOR: &str = "editor";

/// What the editor knows.
#[derive(PartialEq, Properties)]
pub struct ComposerProps {
    /// The session's id.
    pub session: Rc<str>,
    /// Facts of the session: the prompt.
    pub facts: Rc<SessionFacts>,
    /// The connection, which knows what could stand at the cursor.
    pub link: Option<Link>,
    /// The blocks: their command lines are the history.
    pub blocks: Vec<Rc<Block>>,
    /// Command lines of earlier sessions, and snippets.
    pub kept: Rc<Kept>,
    /// Whether a command can be sent.
    pub open: bool,
    /// Whether a command runs.
    pub busy: bool,
    /// What the editor is to take.
    pub insertion: Insertion,
    /// Takes what is asked for.
    pub wanted: Callback<Intent>,
}

/// What the user did.
#[derive(Debug)]
pub enum Did {
    /// Typed or pasted.
    Typed,
    /// Pressed a key.
    Key(KeyboardEvent),
    /// Clicked Run.
    Run,
    /// Wants to see what the line would do.
    Ask,
    /// Chose where lines run.
    Place {
        /// Whether on the server.
        on_server: bool,
    },
    /// Clicked a completion.
    Picked(usize),
    /// Was told what could stand at the cursor.
    Answered(Answered),
    /// Left the editor.
    Left,
    /// Moved the caret.
    Moved,
    /// Pasted something.
    Pasted(Event),
    /// Opened something over the page, or closed it.
    Over(Over),
    /// Chose a text to be in the editor.
    Chose(String),
    /// Takes the pasted script into the editor, or runs it.
    Take {
        /// Whether to run it.
        run: bool,
    },
}

/// What the editor has opened over the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Over {
    /// Nothing.
    #[default]
    Nothing,
    /// The history.
    Search,
    /// A script that was pasted.
    Pasted(Rc<str>),
    /// The name of a snippet.
    Save,
}

/// The editor.
pub struct Composer {
    area: NodeRef,
    text: Rc<str>,
    /// What the parser makes of it: once a key, for everything but its colours.
    parsed: Parse,
    /// What the language does not allow in it.
    wrong: Vec<Position>,
    /// Why.
    complaint: Option<String>,
    history: History,
    completion: Option<Choices>,
    /// The question that an answer is waited for; earlier ones no longer matter.
    asked: Option<RequestId>,
    notice: Option<&'static str>,
    inserted: u32,
    /// The line with `-WhatIf`, where it changes something.
    what_if: Option<Rc<str>>,
    /// Whether lines run on the server, as scripts; only where it has a language.
    on_server: bool,
    /// The brackets that are marked.
    pair: Option<[Position; 2]>,
    over: Over,
}

impl Component for Composer {
    type Message = Did;
    type Properties = ComposerProps;

    fn create(_: &Context<Self>) -> Self {
        Self {
            area: NodeRef::default(),
            text: "".into(),
            parsed: Parse::default(),
            wrong: Vec::new(),
            complaint: None,
            history: History::default(),
            completion: None,
            asked: None,
            notice: None,
            // What waits for an editor is taken by the first one.
            inserted: 0,
            what_if: None,
            on_server: false,
            pair: None,
            over: Over::Nothing,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Typed => {
                self.set_text();
                self.notice = None;
                self.what_if = with_what_if(&self.text, &self.parsed, |name| {
                    ctx.props().facts.changing.iter().any(|known| known.eq_ignore_ascii_case(name))
                })
                .map(Into::into);
                self.complete(ctx, false);
                true
            }
            Did::Key(event) => self.key(ctx, &event),
            Did::Run => self.run(ctx),
            Did::Ask => self.ask(ctx),
            Did::Place { on_server } => {
                self.on_server = on_server;
                browser::focus(EDITOR);
                true
            }
            Did::Picked(at) => {
                self.accept(at);
                true
            }
            Did::Answered(Answered::Completions(request, completions)) => {
                if self.asked != Some(request) {
                    return false;
                }
                self.asked = None;
                let had = self.completion.is_some();
                self.completion = Choices::new(completions);
                had || self.completion.is_some()
            }
            Did::Answered(_) => false,
            Did::Left => {
                self.asked = None;
                self.completion.take().is_some()
            }
            Did::Moved => {
                let pair = self.pair_at_caret();
                let changed = pair != self.pair;
                self.pair = pair;
                changed
            }
            Did::Pasted(event) => self.pasted(&event),
            Did::Over(over) => {
                self.over = over;
                true
            }
            Did::Chose(text) => {
                self.over = Over::Nothing;
                self.replace(&text);
                true
            }
            Did::Take { run } => {
                if let Over::Pasted(script) = std::mem::take(&mut self.over) {
                    if run {
                        let there = self.on_server;
                        let intent = if there { Intent::RunOnServer(script) } else { Intent::Run(script) };
                        ctx.props().wanted.emit(intent);
                    } else if let Some(area) = self.area() {
                        browser::insert_text(&area, &script);
                        self.set_text();
                    }
                }
                true
            }
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            browser::focus(EDITOR);
        }
        // The text area exists from here on, and takes what came meanwhile.
        let insertion = &ctx.props().insertion;
        if insertion.serial() != self.inserted {
            self.inserted = insertion.serial();
            self.take(insertion);
            ctx.link().send_message(Did::Typed);
            self.notice = insertion.notice();
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        // The page may come back to this session.
        if !self.text.trim().is_empty() {
            let ComposerProps { session, wanted, .. } = ctx.props();
            wanted.emit(Intent::Draft(session.clone(), self.text.clone()));
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let ComposerProps { facts, open, busy, wanted, .. } = ctx.props();
        let link = ctx.link();
        let active = self.completion.as_ref().map(Choices::active);
        let prompt = if facts.prompt.is_empty() { "PS>".to_owned() } else { format!("PS {}>", facts.prompt) };
        let stop = wanted.reform(|_: MouseEvent| Intent::StopAny);
        html! {
            <div class="composer">
                if let Some(choices) = &self.completion {
                    { choices.view(&link.callback(Did::Picked)) }
                }
                <div class="line">
                    <span class="prompt mono" aria-hidden="true">{ prompt }</span>
                    <div class="editor">
                        <pre aria-hidden="true"><Line text={self.text.clone()} wrong={self.wrong.clone()} pair={self.pair} exact=true />{ "\n" }</pre>
                        <textarea id={EDITOR} ref={&self.area} rows="1" aria-label={text::command()} spellcheck="false"
                            autocomplete="off" autocapitalize="off" autocorrect="off" aria-autocomplete="list"
                            aria-controls={active.is_some().then_some(POPUP)} aria-activedescendant={active}
                            oninput={link.callback(|_: InputEvent| Did::Typed)} onkeydown={link.callback(Did::Key)}
                            onkeyup={link.callback(|_: KeyboardEvent| Did::Moved)} onclick={link.callback(|_: MouseEvent| Did::Moved)}
                            onpaste={link.callback(Did::Pasted)}
                            onblur={link.callback(|_| Did::Left)} />
                    </div>
                    { self.place(ctx) }
                    if *busy {
                        <button class="button danger" disabled={!open} onclick={stop}>{ text::stop() }</button>
                    }
                    <button class="button primary" id="run" onclick={link.callback(|_| Did::Run)}>{ text::run() }</button>
                </div>
                { self.hints(ctx) }
                { self.over(ctx) }
            </div>
        }
    }
}

impl Composer {
    fn hints(&self, ctx: &Context<Self>) -> Html {
        if let Some(notice) = self.notice {
            return html! { <p class="hints notice" role="alert">{ notice }</p> };
        }
        if let Some(complaint) = &self.complaint {
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
                if self.what_if.is_some() {
                    <button class="quiet what-if" aria-keyshortcuts="Alt+Enter" title={text::what_if_about()} disabled={!ctx.props().open}
                        onclick={ctx.link().callback(|_: MouseEvent| Did::Ask)}><kbd>{ "Alt Enter" }</kbd>{ " " }{ text::what_if() }</button>
                }
                if !self.text.trim().is_empty() {
                    <button class="quiet save" onclick={ctx.link().callback(|_: MouseEvent| Did::Over(Over::Save))}>{ text::snippet_save() }</button>
                }
            </div>
        }
    }

    fn over(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let on_close = link.callback(|()| Did::Over(Over::Nothing));
        let ComposerProps { kept, wanted, .. } = ctx.props();
        match &self.over {
            Over::Nothing => Html::default(),
            Over::Search => {
                let mut lines = lines(ctx.props());
                lines.reverse();
                let mut seen = std::collections::HashSet::new();
                lines.retain(|line| seen.insert(*line));
                let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
                html! {
                    <Search lines={Rc::new(lines)} kept={kept.clone()} wanted={wanted.clone()} chosen={link.callback(Did::Chose)} {on_close} />
                }
            }
            Over::Pasted(script) => html! {
                <Pasted script={script.clone()} insert={link.callback(|()| Did::Take { run: false })}
                    run={link.callback(|()| Did::Take { run: true })} {on_close} />
            },
            Over::Save => html! { <Save script={self.text.clone()} wanted={wanted.clone()} {on_close} /> },
        }
    }

    /// A script is shown before it is taken; a single line is not worth a question.
    fn pasted(&mut self, event: &Event) -> bool {
        let Some(text) = browser::pasted_text(event) else { return false };
        let script = text.replace("\r\n", "\n");
        if script.trim().lines().count() < 2 {
            return false;
        }
        event.prevent_default();
        self.over = Over::Pasted(script.into());
        true
    }

    fn pair_at_caret(&self) -> Option<[Position; 2]> {
        let caret = self.before_caret()?.len();
        brackets::pair(&self.text, &self.parsed.tokens, caret)
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
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
                    self.accept(selected);
                    return true;
                }
                "Enter" if plain && completion.moved => {
                    event.prevent_default();
                    let selected = completion.selected;
                    self.accept(selected);
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
            "Enter" if event.alt_key() && self.what_if.is_some() => {
                event.prevent_default();
                self.ask(ctx)
            }
            // What is not finished yet goes on in the next line.
            "Enter" if plain && !self.parsed.is_incomplete() => {
                event.prevent_default();
                self.run(ctx)
            }
            "ArrowUp" if plain && self.before_caret().is_some_and(|before| !before.contains('\n')) => {
                self.recall(ctx, event, true)
            }
            "ArrowDown" if plain && self.after_caret().is_some_and(|after| !after.contains('\n')) => {
                self.recall(ctx, event, false)
            }
            "Escape" if !self.text.is_empty() => {
                event.prevent_default();
                self.history.forget();
                self.replace("");
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
            "c" if event.ctrl_key() && !event.shift_key() && ctx.props().busy && !self.has_selection() => {
                event.prevent_default();
                ctx.props().wanted.emit(Intent::StopAny);
                false
            }
            _ => false,
        }
    }

    fn run(&mut self, ctx: &Context<Self>) -> bool {
        self.set_text();
        (self.completion, self.asked) = (None, None);
        if !self.text.trim().is_empty() {
            self.history.forget();
            // A line end behind the last line means nothing; a blank before the first one keeps it out of the history.
            ctx.props().wanted.emit(self.submit(self.text.trim_end().into()));
        }
        browser::focus(EDITOR);
        true
    }

    fn submit(&self, line: Rc<str>) -> Intent {
        if self.on_server { Intent::SubmitOnServer(line) } else { Intent::Submit(line) }
    }

    /// Where lines run: visible wherever there is a choice.
    fn place(&self, ctx: &Context<Self>) -> Html {
        let mode = &ctx.props().facts.language_mode;
        if mode.is_empty() || mode == "NoLanguage" {
            return Html::default();
        }
        let choice = |on_server: bool, name: &'static str, about: &'static str| {
            let chosen = self.on_server == on_server;
            html! {
                <button type="button" class="quiet" aria-pressed={chosen.to_string()} title={about}
                    onclick={ctx.link().callback(move |_: MouseEvent| Did::Place { on_server })}>{ name }</button>
            }
        };
        html! {
            <span class="place" role="group" aria-label={text::place()}>
                { choice(false, text::here(), text::here_about()) }
                { choice(true, text::on_server(), text::on_server_about()) }
            </span>
        }
    }

    /// Runs the line with `-WhatIf`; its block offers to run it for real.
    fn ask(&mut self, ctx: &Context<Self>) -> bool {
        (self.completion, self.asked) = (None, None);
        if let Some(line) = &self.what_if {
            self.history.forget();
            ctx.props().wanted.emit(self.submit(line.clone()));
        }
        browser::focus(EDITOR);
        true
    }

    fn recall(&mut self, ctx: &Context<Self>, event: &KeyboardEvent, back: bool) -> bool {
        let lines = lines(ctx.props());
        let recalled =
            if back { self.history.back(&lines, &self.text) } else { self.history.forward(&lines) };
        let Some(line) = recalled else { return false };
        event.prevent_default();
        self.replace(&line);
        (self.completion, self.asked) = (None, None);
        true
    }

    /// Asks what could stand at the cursor. What is shown stays until the answer comes, unless it does not fit any more.
    fn complete(&mut self, ctx: &Context<Self>, asked: bool) {
        let before = self.before_caret().unwrap_or_default();
        let answer = ctx.link().callback(Did::Answered);
        let link = ctx.props().link.as_ref().filter(|_| !before.is_empty() || asked);
        self.asked = link.and_then(|link| link.complete(&self.text, before.len() as u32, asked, answer));
        if self.asked.is_none() {
            self.completion = None;
        }
    }

    fn accept(&mut self, at: usize) {
        self.asked = None;
        let Some(completion) = self.completion.take() else { return };
        let (Some(item), Some(area)) = (completion.of.items.get(at), self.area()) else { return };
        // Of a text that was changed meanwhile nothing is replaced.
        let (from, to) = (completion.of.from as usize, completion.of.to as usize);
        let (Some(before), Some(replaced)) = (self.text.get(..from), self.text.get(from..to)) else { return };
        let units = |text: &str| text.encode_utf16().count() as u32;
        let start = units(before);
        let _ = area.set_selection_range(start, start + units(replaced));
        browser::insert_text(&area, &item.insert);
        self.set_text();
        self.completion = None;
    }

    fn take(&mut self, insertion: &Insertion) {
        let Some(area) = self.area() else { return };
        match insertion.what() {
            What::Nothing => {}
            What::Clear => self.replace(""),
            What::Replace => self.replace(insertion.text()),
            What::Names if self.value().trim().is_empty() => {
                browser::insert_text(&area, &format!("{} | ", insertion.text()));
            }
            What::AtCursor | What::Names => browser::insert_text(&area, insertion.text()),
            What::IfEmpty => {
                if self.value().trim().is_empty() {
                    self.replace(insertion.text());
                }
            }
        }
    }

    fn replace(&mut self, text: &str) {
        if let Some(area) = self.area() {
            area.select();
            browser::insert_text(&area, text);
            if area.value() != text {
                // Chromium leaves a line end behind where all of the text is replaced.
                area.set_value(text);
            }
            self.set_text();
        }
    }

    fn area(&self) -> Option<HtmlTextAreaElement> {
        self.area.cast()
    }

    fn value(&self) -> String {
        self.area().map(|area| area.value()).unwrap_or_default()
    }

    fn set_text(&mut self) {
        self.text = self.value().into();
        self.parsed = parse(&self.text);
        // What is merely not finished is not wrong.
        let mut errors = self.parsed.errors.iter().filter(|error| !error.incomplete).peekable();
        let hidden = text::hidden_names(&self.text);
        self.complaint = if hidden.is_empty() {
            errors.peek().map(|error| error.message.clone())
        } else {
            Some(text::hidden_characters(hidden))
        };
        self.what_if = None;
        self.wrong = errors.map(|error| Position { start: error.span.start, end: error.span.end }).collect();
        self.pair = self.pair_at_caret();
    }

    fn has_selection(&self) -> bool {
        let area = self.area();
        let in_area =
            area.and_then(|area| Some(area.selection_start().ok()?? != area.selection_end().ok()??));
        in_area.unwrap_or(false) || browser::has_selection()
    }

    fn before_caret(&self) -> Option<String> {
        let area = self.area()?;
        let caret = area.selection_start().ok().flatten()? as usize;
        Some(String::from_utf16_lossy(&area.value().encode_utf16().take(caret).collect::<Vec<_>>()))
    }

    fn after_caret(&self) -> Option<String> {
        let area = self.area()?;
        let caret = area.selection_end().ok().flatten()? as usize;
        Some(String::from_utf16_lossy(&area.value().encode_utf16().skip(caret).collect::<Vec<_>>()))
    }
}

/// Command lines of earlier sessions and of this one, oldest first. A blank at the beginning keeps a line out.
fn lines(props: &ComposerProps) -> Vec<&str> {
    let before = props.kept.lines.iter().map(String::as_str);
    let own = props.blocks.iter().map(|block| &*block.line);
    before.chain(own).filter(|line| !line.starts_with(char::is_whitespace)).collect()
}
