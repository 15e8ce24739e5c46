//! The connection to the relay: opened, lost, tried again, and over.

use std::rc::Rc;

use gloo::timers::callback::Interval;
use postern_shared::wire::{ClientMessage, EventKind, Failure, ServerMessage};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{App, Happened, other_build};
use crate::{
    browser,
    composer::Insertion,
    console::Connection,
    net::{self, Link, LinkEvent},
    signin::Stage,
    state::Model,
    text,
};

/// Waits between tries to reconnect, in seconds; the last one repeats.
const BACK_OFF: [u32; 5] = [1, 2, 4, 8, 15];
/// After so many connections that end before the relay says a word, while it does answer otherwise, the session is
/// taken to be gone: a browser does not tell why it could not open a WebSocket.
pub(super) const REFUSALS: usize = 2;
impl App {
    pub(super) fn open(&mut self, ctx: &Context<Self>) -> bool {
        self.timer = None;
        self.retry_in = None;
        let Some(session) = self.place.session.as_deref().filter(|_| self.model.ended.is_none()) else {
            return false;
        };
        self.links += 1;
        let number = self.links;
        let events = ctx.link().callback(move |event| Happened::Link(number, event));
        self.opening = Some(Link::open(session, self.model.last(), events));
        true
    }

    pub(super) fn link_event(&mut self, ctx: &Context<Self>, event: LinkEvent) -> bool {
        match event {
            LinkEvent::Opened(link) => {
                self.refused = 0;
                self.attempts = 0;
                self.opening = None;
                self.link = Some(link);
                self.reconnect_beside(ctx);
                self.stage = match std::mem::take(&mut self.stage) {
                    Stage::Asking => Stage::Connecting,
                    other => other,
                };
                true
            }
            LinkEvent::Messages(messages) => self.messages(ctx, messages),
            LinkEvent::OtherBuild => {
                if !browser::reload_for_build() {
                    self.model.apply(ServerMessage::Ended(other_build()), browser::now());
                    return self.over(ctx);
                }
                false
            }
            LinkEvent::Closed => {
                if self.opening.take().is_some() {
                    self.refused += 1;
                }
                self.link = None;
                self.resent = !self.sent.is_empty();
                if self.signing_out || self.model.ended.is_some() {
                    return self.over(ctx);
                }
                if self.refused >= REFUSALS {
                    let probed = ctx.link().callback(Happened::Probed);
                    spawn_local(async move { probed.emit(net::offer().await.is_ok()) });
                }
                let wait = BACK_OFF.get(self.attempts).or(BACK_OFF.last()).copied().unwrap_or(1);
                self.attempts += 1;
                self.retry_in = Some(wait);
                let tick = ctx.link().callback(|()| Happened::Tick);
                self.timer = Some(Interval::new(1000, move || tick.emit(())));
                true
            }
        }
    }

    pub(super) fn messages(&mut self, ctx: &Context<Self>, messages: Vec<ServerMessage>) -> bool {
        let now = browser::now();
        for message in messages {
            if let ServerMessage::Event(event) = &message
                && event.number > self.model.last()
                && let EventKind::Block { line, .. } = &event.kind
                && self.sent.front().is_some_and(|sent| **sent == **line)
            {
                self.sent.pop_front();
            }
            self.model.apply(message, now);
        }
        if self.model.caught_up() {
            self.caught_up();
        }
        if self.model.ended.is_some() || self.model.connecting.failure.is_some() {
            return self.over(ctx);
        }
        if self.model.facts.is_some() && self.kept_asked != self.links && self.send(&ClientMessage::Kept) {
            self.kept_asked = self.links;
        }
        if let Some(facts) = &self.model.facts {
            browser::set_title(&format!("{} - {}", facts.endpoint, text::product()));
        }
        true
    }

    /// All that happened while this page was away is known.
    pub(super) fn caught_up(&mut self) {
        if self.stage == Stage::Resuming && self.model.facts.is_some() {
            // A reload is something a user does; a connection that comes back by itself is not.
            self.stage = Stage::Form;
            if self.send(&ClientMessage::Active) {
                self.used();
            }
        }
        if std::mem::take(&mut self.resent)
            && let Some(line) = self.sent.pop_front()
        {
            self.sent.clear();
            self.insertion = self.insertion.kept(&line, text::maybe_lost());
        }
    }

    /// The session is gone: shows why, or the sign-in page where there is nothing to look back at.
    pub(super) fn over(&mut self, ctx: &Context<Self>) -> bool {
        self.disconnect();
        if let Some(failure) = self.model.connecting.failure.clone() {
            return self.back_to_form(Stage::Failed(Rc::new(failure)));
        }
        if self.signing_out {
            // Whoever leaves one of several sessions goes on in the one beside it.
            if let Some(tab) = self.tabs().last() {
                self.model = Model::default();
                return self.switch(ctx, Some(&tab.session));
            }
            self.goodbye = true;
            return self.leave();
        }
        let kiosk = self.model.allowed.is_some_and(|allowed| allowed.kiosk);
        if self.model.facts.is_none() || kiosk {
            // In a kiosk whoever comes next must not read what the last one did.
            let failure = self.model.ended.take().unwrap_or_else(|| Rc::new(session_gone()));
            self.model = Model::default();
            return self.back_to_form(Stage::Failed(failure));
        }
        true
    }

    pub(super) fn leave(&mut self) -> bool {
        self.disconnect();
        let goodbye = self.goodbye && self.model.facts.is_some();
        self.model = Model::default();
        self.goodbye = goodbye;
        self.back_to_form(Stage::Form)
    }

    pub(super) fn back_to_form(&mut self, stage: Stage) -> bool {
        self.stage = stage;
        self.signing_out = false;
        self.sent.clear();
        self.insertion = Insertion::default();
        self.place.session = None;
        self.show_place();
        browser::set_title(text::product());
        true
    }

    pub(super) fn disconnect(&mut self) {
        // The number goes on, so that nothing more is heard of the old connection.
        self.links += 1;
        self.timer = None;
        self.retry_in = None;
        for link in [self.link.take(), self.opening.take()].into_iter().flatten() {
            link.close();
        }
    }

    pub(super) fn connection(&self) -> Connection {
        if self.model.ended.is_some() {
            Connection::Ended
        } else if self.signing_out {
            Connection::SigningOut
        } else if self.link.is_some() {
            Connection::Open
        } else {
            Connection::Lost { retry_in: self.retry_in }
        }
    }
}

pub(super) fn session_gone() -> Failure {
    Failure {
        what: text::session_gone().into(),
        cause: text::session_gone_cause().into(),
        remedy: text::session_gone_remedy().into(),
        ..Failure::default()
    }
}
