//! The editor of command lines: a real text area, and a coloured copy of its text behind it.

mod area;
mod brackets;
mod completion;
mod draft;
mod hints;
mod history;
mod insertion;
mod keys;
mod over;
mod place;

use std::rc::Rc;

use postern_shared::wire::{Kept, Position, RequestId, SessionFacts};
use web_sys::{InputEvent, KeyboardEvent};
use yew::prelude::*;

pub use self::insertion::Insertion;
use self::insertion::What;
use self::{
    area::Area,
    completion::{Choices, POPUP},
    draft::Draft,
    history::History,
    over::{pasted, save, search},
};
use crate::{
    app::Intent,
    browser,
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
    area: Area,
    draft: Draft,
    history: History,
    completion: Option<Choices>,
    /// The question that an answer is waited for; earlier ones no longer matter.
    asked: Option<RequestId>,
    notice: Option<&'static str>,
    inserted: u32,
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
            area: Area::default(),
            draft: Draft::default(),
            history: History::default(),
            completion: None,
            asked: None,
            notice: None,
            // What waits for an editor is taken by the first one.
            inserted: 0,
            on_server: false,
            pair: None,
            over: Over::Nothing,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Typed => {
                self.read(ctx);
                self.notice = None;
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
                self.accept(ctx, at);
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
                self.replace(ctx, &text);
                true
            }
            Did::Take { run } => {
                if let Over::Pasted(script) = std::mem::take(&mut self.over) {
                    if run {
                        let there = self.on_server;
                        let intent = if there { Intent::RunOnServer(script) } else { Intent::Run(script) };
                        ctx.props().wanted.emit(intent);
                    } else {
                        self.area.insert(&script);
                        self.read(ctx);
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
            self.take(ctx, insertion);
            ctx.link().send_message(Did::Typed);
            self.notice = insertion.notice();
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        // The page may come back to this session.
        if !self.draft.is_blank() {
            let ComposerProps { session, wanted, .. } = ctx.props();
            wanted.emit(Intent::Draft(session.clone(), self.draft.text.clone()));
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
                        <pre aria-hidden="true">{ self.draft.coloured(self.pair) }{ "\n" }</pre>
                        <textarea id={EDITOR} ref={&self.area.0} rows="1" aria-label={text::command()} spellcheck="false"
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
                let lines = lines.into_iter().map(str::to_owned).collect();
                search(lines, kept, wanted, link.callback(Did::Chose), on_close)
            }
            Over::Pasted(script) => pasted(script, &link.callback(|run| Did::Take { run }), &on_close),
            Over::Save => save(self.draft.text.clone(), wanted.clone(), &on_close),
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

    fn run(&mut self, ctx: &Context<Self>) -> bool {
        self.read(ctx);
        (self.completion, self.asked) = (None, None);
        if !self.draft.is_blank() {
            self.history.forget();
            // A line end behind the last line means nothing; a blank before the first one keeps it out of the history.
            ctx.props().wanted.emit(self.submit(self.draft.text.trim_end().into()));
        }
        browser::focus(EDITOR);
        true
    }

    fn submit(&self, line: Rc<str>) -> Intent {
        if self.on_server { Intent::SubmitOnServer(line) } else { Intent::Submit(line) }
    }

    /// Runs the line with `-WhatIf`; its block offers to run it for real.
    fn ask(&mut self, ctx: &Context<Self>) -> bool {
        (self.completion, self.asked) = (None, None);
        if let Some(line) = &self.draft.what_if {
            self.history.forget();
            ctx.props().wanted.emit(self.submit(line.clone()));
        }
        browser::focus(EDITOR);
        true
    }

    fn recall(&mut self, ctx: &Context<Self>, event: &KeyboardEvent, back: bool) -> bool {
        let lines = lines(ctx.props());
        let recalled =
            if back { self.history.back(&lines, &self.draft.text) } else { self.history.forward(&lines) };
        let Some(line) = recalled else { return false };
        event.prevent_default();
        self.replace(ctx, &line);
        (self.completion, self.asked) = (None, None);
        true
    }

    /// Asks what could stand at the cursor. What is shown stays until the answer comes, unless it does not fit any more.
    fn complete(&mut self, ctx: &Context<Self>, asked: bool) {
        let before = self.area.before_caret().unwrap_or_default();
        let answer = ctx.link().callback(Did::Answered);
        let link = ctx.props().link.as_ref().filter(|_| !before.is_empty() || asked);
        self.asked =
            link.and_then(|link| link.complete(&self.draft.text, before.len() as u32, asked, answer));
        if self.asked.is_none() {
            self.completion = None;
        }
    }

    fn accept(&mut self, ctx: &Context<Self>, at: usize) {
        self.asked = None;
        let Some(completion) = self.completion.take() else { return };
        let Some(item) = completion.of.items.get(at) else { return };
        // Of a text that was changed meanwhile nothing is replaced.
        let (from, to) = (completion.of.from as usize, completion.of.to as usize);
        let text = &self.draft.text;
        let (Some(before), Some(replaced)) = (text.get(..from), text.get(from..to)) else { return };
        self.area.insert_over(before, replaced, &item.insert);
        self.read(ctx);
        self.completion = None;
    }

    fn take(&mut self, ctx: &Context<Self>, insertion: &Insertion) {
        let is_blank = || self.area.value().trim().is_empty();
        match insertion.what() {
            What::Clear => self.replace(ctx, ""),
            What::Replace => self.replace(ctx, insertion.text()),
            What::Names if is_blank() => self.area.insert(&format!("{} | ", insertion.text())),
            What::AtCursor | What::Names => self.area.insert(insertion.text()),
            What::IfEmpty if is_blank() => self.replace(ctx, insertion.text()),
            What::IfEmpty | What::Nothing => {}
        }
    }

    fn replace(&mut self, ctx: &Context<Self>, text: &str) {
        self.area.replace(text);
        self.read(ctx);
    }

    /// Reads the text area again; what has not changed is not parsed again.
    fn read(&mut self, ctx: &Context<Self>) {
        let text = self.area.value();
        if *text != *self.draft.text {
            self.draft = Draft::new(text, &ctx.props().facts.changing);
        }
        self.pair = self.pair_at_caret();
    }

    fn pair_at_caret(&self) -> Option<[Position; 2]> {
        self.draft.pair(self.area.before_caret()?.len())
    }
}

/// Command lines of earlier sessions and of this one, oldest first. A blank at the beginning keeps a line out.
fn lines(props: &ComposerProps) -> Vec<&str> {
    let before = props.kept.lines.iter().map(String::as_str);
    let own = props.blocks.iter().map(|block| &*block.line);
    before.chain(own).filter(|line| !line.starts_with(char::is_whitespace)).collect()
}
