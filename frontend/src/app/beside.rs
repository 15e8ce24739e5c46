//! Sessions beside the one that is shown.
//!
//! Each keeps a connection, so that the relay knows that its page is there and does not end it. It shows nothing: when
//! its turn comes, it is drawn anew from the relay's log, as after a reload.

use std::rc::Rc;

use postern_shared::wire::{EventKind, EventNumber, ServerMessage};
use yew::prelude::*;

use super::{App, Happened};
use crate::{
    browser,
    composer::Insertion,
    net::{Link, LinkEvent},
    signin::Stage,
    state::Model,
    text,
};

/// A session beside the one that is shown, as its tab says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// Its id.
    pub session: Rc<str>,
    /// The endpoint's title; empty until it is known.
    pub title: Rc<str>,
    /// Whose session it is.
    pub user: Rc<str>,
    /// Whether a command has ended there since it was looked at.
    pub news: bool,
}

/// A session beside the one that is shown.
pub(super) struct Beside {
    tab: Tab,
    /// Nothing while the connection is lost.
    link: Option<Link>,
    /// The last event that is no news.
    last: EventNumber,
    /// What was in the editor.
    draft: Rc<str>,
}

impl App {
    /// The tabs beside the one that is shown.
    pub(super) fn tabs(&self) -> Rc<[Tab]> {
        self.beside.iter().map(|beside| beside.tab.clone()).collect()
    }

    /// Keeps a session that is not shown. From `last` on, what ends there is news.
    pub(super) fn keep_beside(&mut self, ctx: &Context<Self>, mut tab: Tab, last: EventNumber) {
        tab.news = false;
        let link = Some(keep(ctx, &tab.session, last));
        self.beside.push(Beside { tab, link, last, draft: "".into() });
    }

    /// Connections that broke are made again, once the one that is shown came back.
    pub(super) fn reconnect_beside(&mut self, ctx: &Context<Self>) {
        for beside in &mut self.beside {
            if beside.link.is_none() {
                beside.link = Some(keep(ctx, &beside.tab.session, beside.last));
            }
        }
    }

    pub(super) fn beside_event(&mut self, session: &str, event: LinkEvent) -> bool {
        let Some(at) = self.beside.iter().position(|beside| *beside.tab.session == *session) else {
            return false;
        };
        let Some(beside) = self.beside.get_mut(at) else { return false };
        match event {
            LinkEvent::Messages(messages) => {
                let before = beside.tab.clone();
                for message in messages {
                    match message {
                        // Of a session that the page came back to, everything so far is known to its user.
                        ServerMessage::Hello { newest, .. } if beside.last == 0 => beside.last = newest,
                        ServerMessage::Event(event) => match event.kind {
                            EventKind::Ready(facts) => {
                                beside.tab.title = facts.endpoint.into();
                                beside.tab.user = facts.user.into();
                            }
                            EventKind::Ended { .. } | EventKind::Prompt(_) if event.number > beside.last => {
                                beside.tab.news = true;
                            }
                            _ => {}
                        },
                        ServerMessage::Ended(_) => {
                            self.beside.remove(at);
                            self.show_place();
                            return true;
                        }
                        _ => {}
                    }
                }
                before != beside.tab
            }
            LinkEvent::Closed => {
                beside.link = None;
                false
            }
            LinkEvent::Opened(_) | LinkEvent::OtherBuild => false,
        }
    }

    /// Shows another session, or the sign-in page for a new one; the one that was shown goes beside.
    pub(super) fn switch(&mut self, ctx: &Context<Self>, to: Option<&str>) -> bool {
        self.disconnect();
        if let (Some(facts), Some(session), None) =
            (&self.model.facts, &self.place.session, &self.model.ended)
        {
            let tab = Tab {
                session: session.as_str().into(),
                title: facts.endpoint.as_str().into(),
                user: facts.user.as_str().into(),
                news: false,
            };
            self.keep_beside(ctx, tab, self.model.last());
        }
        self.model = Model::default();
        self.sent.clear();
        (self.signing_out, self.goodbye) = (false, false);
        self.insertion = Insertion::default();
        self.place.block = None;
        self.place.session = None;
        self.stage = Stage::Form;
        browser::set_title(text::product());
        if let Some(at) = to.and_then(|to| self.beside.iter().position(|beside| *beside.tab.session == *to)) {
            let beside = self.beside.remove(at);
            if let Some(link) = beside.link {
                link.close();
            }
            if !beside.draft.is_empty() {
                self.insertion = self.insertion.replaced(&beside.draft);
            }
            self.place.session = Some(beside.tab.session.to_string());
            self.stage = Stage::Resuming;
        }
        self.show_place();
        self.open(ctx);
        true
    }

    /// What is in the editor of a session that is shown no longer.
    pub(super) fn drafted(&mut self, session: &str, draft: Rc<str>) {
        if let Some(beside) = self.beside.iter_mut().find(|beside| *beside.tab.session == *session) {
            beside.draft = draft;
        }
    }

    /// Writes to the address which sessions there are, so that a reload brings all of them back.
    pub(super) fn show_place(&mut self) {
        self.place.others = self.beside.iter().map(|beside| beside.tab.session.to_string()).collect();
        self.place.show();
    }
}

fn keep(ctx: &Context<App>, session: &Rc<str>, last: EventNumber) -> Link {
    let id = session.clone();
    let events = ctx.link().callback(move |event| Happened::Beside(id.clone(), event));
    Link::open(session, last, events)
}
