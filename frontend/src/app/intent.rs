//! What the parts of the page ask for, and how it is done.

use std::rc::Rc;

use postern_shared::wire::{Answer, Arranged, BlockId, ClientMessage, PromptId, ResultId, SignIn};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{App, Happened, ask_offer};
use crate::{
    browser::{self, Place},
    console::Theme,
    net,
    signin::Stage,
    state::Model,
    text::{self, Language},
};

/// Activity at the page is told at most this often, in milliseconds.
const ACTIVE_EVERY: f64 = 20_000.0;

/// What the page's parts ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Run what is in the editor, and empty it.
    Submit(Rc<str>),
    /// Run this command line.
    Run(Rc<str>),
    /// Run what is in the editor on the server, as a script in the server's own language, and empty the editor.
    SubmitOnServer(Rc<str>),
    /// Run this line on the server.
    RunOnServer(Rc<str>),
    /// Put this command line in the editor instead of what is there.
    Edit(Rc<str>),
    /// Put this text in the editor at the cursor.
    Insert(Rc<str>),
    /// Put what names some objects in the editor: at the cursor, or as the beginning of a pipeline.
    Use(Rc<str>),
    /// Stop a block.
    Stop(BlockId),
    /// Stop whatever runs.
    StopAny,
    /// Answer a question.
    Answer(PromptId, Answer),
    /// Keep the session from being signed out.
    Stay,
    /// Sign out, or give up connecting.
    SignOut,
    /// Leave what is left of an ended session for the sign-in page.
    SignInAgain,
    /// Sign in to a further session; this one stays.
    NewSession,
    /// Show the session of this id.
    Switch(Rc<str>),
    /// Keep what is in the editor of a session.
    Draft(Rc<str>, Rc<str>),
    /// Connect again now.
    Reconnect,
    /// Use this theme.
    Theme(Theme),
    /// Use this language.
    Language(Language),
    /// Copy the address of a block.
    Link(BlockId),
    /// Keep a snippet under a name; without text, drop it.
    Keep(Rc<str>, Rc<str>),
    /// Keep how a result's columns are arranged.
    Arrange(ResultId, Rc<[Arranged]>),
    /// Tell a screen reader.
    Say(&'static str),
    /// Sign in.
    SignIn(Box<SignIn>),
    /// Ask for the offer again.
    AskOffer,
}

impl App {
    pub(super) fn intent(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Submit(line) => self.submit(&line, false),
            Intent::SubmitOnServer(line) => self.submit(&line, true),
            Intent::Run(line) => self.rerun(&line, false),
            Intent::RunOnServer(line) => self.rerun(&line, true),
            Intent::Edit(line) => self.insertion = self.insertion.replaced(&line),
            Intent::Use(names) => self.insertion = self.insertion.used(&names),
            Intent::Insert(piece) => self.insertion = self.insertion.inserted(&piece),
            Intent::Stop(block) => self.stop(block),
            Intent::StopAny => {
                if let Some(block) = self.model.running() {
                    self.stop(block);
                }
            }
            Intent::Answer(prompt, answer) => {
                if self.send(&ClientMessage::Answer { prompt, answer }) {
                    self.used();
                }
            }
            Intent::Stay => {
                if self.send(&ClientMessage::Active) {
                    self.used();
                }
            }
            Intent::SignOut => {
                if self.send(&ClientMessage::SignOut) {
                    self.signing_out = true;
                } else if self.model.facts.is_none() {
                    return self.leave();
                }
            }
            Intent::SignInAgain => return self.leave(),
            Intent::NewSession => return self.switch(ctx, None),
            Intent::Switch(session) => return self.switch(ctx, Some(&session)),
            Intent::Draft(session, draft) => {
                self.drafted(&session, draft);
                return false;
            }
            Intent::Reconnect => return self.link.is_none() && self.opening.is_none() && self.open(ctx),
            Intent::Theme(theme) => {
                self.place.theme = theme;
                self.place.show();
                browser::set_theme(theme);
            }
            Intent::Language(language) => {
                self.place.language = Some(language);
                self.place.show();
                browser::reload();
            }
            Intent::Link(block) => {
                let place = Place {
                    session: self.place.session.clone(),
                    theme: self.place.theme,
                    language: self.place.language,
                    block: Some(block),
                    others: Vec::new(),
                };
                let (address, wanted) = (place.address(), self.wanted.clone());
                spawn_local(async move {
                    if browser::copy(address).await {
                        wanted.emit(Intent::Say(text::link_copied()));
                    }
                });
                return false;
            }
            Intent::Keep(name, text) => {
                self.send(&ClientMessage::Keep { name: name.to_string(), text: text.to_string() });
                return false;
            }
            Intent::Arrange(result, columns) => {
                self.send(&ClientMessage::Arrange { result, columns: columns.to_vec() });
                self.model.arrange(result, &columns);
            }
            Intent::Say(what) => self.model.announcement = what.into(),
            Intent::SignIn(form) => {
                self.stage = Stage::Asking;
                self.goodbye = false;
                self.model = Model::default();
                let answered = ctx.link().callback(Happened::SignIn);
                spawn_local(async move { answered.emit(net::sign_in(&form).await) });
            }
            Intent::AskOffer => {
                self.offer_failure = None;
                ask_offer(ctx);
            }
        }
        true
    }

    fn submit(&mut self, line: &Rc<str>, on_server: bool) {
        self.insertion = if self.run(line.clone(), on_server) {
            self.insertion.cleared()
        } else {
            self.insertion.kept(line, text::not_sent())
        };
    }

    fn rerun(&mut self, line: &Rc<str>, on_server: bool) {
        if !self.run(line.clone(), on_server) {
            self.insertion = self.insertion.kept(line, text::not_sent());
        }
    }

    pub(super) fn run(&mut self, line: Rc<str>, on_server: bool) -> bool {
        let text = line.to_string();
        let sent = self.send(&if on_server {
            ClientMessage::RunRemote { line: text }
        } else {
            ClientMessage::Run { line: text }
        });
        if sent {
            self.sent.push_back(line);
            self.used();
        }
        sent
    }

    pub(super) fn stop(&mut self, block: BlockId) {
        if self.send(&ClientMessage::Stop { block }) {
            self.model.stopping(block);
            self.used();
        }
    }

    pub(super) fn send(&self, message: &ClientMessage) -> bool {
        self.link.as_ref().is_some_and(|link| link.send(message))
    }

    /// Something was sent that keeps the session.
    pub(super) fn used(&mut self) {
        let now = browser::now();
        self.told_active = now;
        self.model.active(now);
    }

    pub(super) fn touched(&mut self) -> bool {
        let open = self.model.facts.is_some() && !self.model.idle_warning && !self.signing_out;
        if !open || browser::now() - self.told_active < ACTIVE_EVERY || !self.send(&ClientMessage::Active) {
            return false;
        }
        self.used();
        true
    }
}
