//! The whole page: sign-in or console, the connection between them and the relay, and the one model that both draw.

mod beside;
mod connection;
mod intent;

use std::{collections::VecDeque, rc::Rc};

use gloo::{events::EventListener, timers::callback::Interval};
use postern_shared::wire::{BUILD, Failure, Offer, ServerMessage, SignedIn};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

pub use self::beside::Tab;
pub use self::intent::Intent;
use self::{
    beside::Beside,
    connection::{REFUSALS, session_gone},
};
use crate::{
    browser::{self, Place},
    composer::Insertion,
    console::Console,
    net::{self, Link, LinkEvent},
    signin::{SignInProps, Stage, sign_in_page},
    state::Model,
    text::{self, Language},
};

/// What happens to the page.
#[derive(Debug)]
pub enum Happened {
    /// A part of the page asks for something.
    Wanted(Intent),
    /// The relay's offer came.
    Offer(Result<Offer, Failure>),
    /// The relay answered the sign-in.
    SignIn(Result<SignedIn, Failure>),
    /// Something happened to the connection with this number.
    Link(u32, LinkEvent),
    /// Something happened to the connection of a session that is not shown.
    Beside(Rc<str>, LinkEvent),
    /// A second of waiting to reconnect is over.
    Tick,
    /// The relay answers, or does not, while the WebSocket cannot be opened.
    Probed(bool),
    /// The user touched something.
    Touched,
    /// The address was changed by hand.
    Moved,
}

/// The page.
pub struct App {
    place: Place,
    offer: Option<Rc<Offer>>,
    offer_failure: Option<Rc<Failure>>,
    stage: Stage,
    model: Model,
    link: Option<Link>,
    opening: Option<Link>,
    links: u32,
    /// The connection on which was asked what the relay keeps.
    kept_asked: u32,
    refused: usize,
    attempts: usize,
    retry_in: Option<u32>,
    timer: Option<Interval>,
    signing_out: bool,
    goodbye: bool,
    told_active: f64,
    /// Command lines sent and not yet seen as a block.
    sent: VecDeque<Rc<str>>,
    /// Whether the connection broke since those were sent.
    resent: bool,
    insertion: Insertion,
    wanted: Callback<Intent>,
    /// Sessions that are not shown.
    beside: Vec<Beside>,
    _listeners: [EventListener; 4],
}

impl Component for App {
    type Message = Happened;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let place = Place::current();
        browser::set_theme(place.theme);
        browser::set_language(Language::current());
        ask_offer(ctx);
        let window = gloo::utils::window();
        let touched = |event: &'static str| {
            let touched = ctx.link().callback(|()| Happened::Touched);
            EventListener::new(&window, event, move |_| touched.emit(()))
        };
        let moved = ctx.link().callback(|()| Happened::Moved);
        let online = ctx.link().callback(|()| Happened::Wanted(Intent::Reconnect));
        let mut app = Self {
            stage: if place.session.is_some() { Stage::Resuming } else { Stage::Form },
            place,
            offer: None,
            offer_failure: None,
            model: Model::default(),
            link: None,
            opening: None,
            links: 0,
            kept_asked: 0,
            refused: 0,
            attempts: 0,
            retry_in: None,
            timer: None,
            signing_out: false,
            goodbye: false,
            told_active: f64::MIN,
            sent: VecDeque::new(),
            resent: false,
            insertion: Insertion::default(),
            wanted: ctx.link().callback(Happened::Wanted),
            beside: Vec::new(),
            _listeners: [
                touched("keydown"),
                touched("pointerdown"),
                EventListener::new(&window, "hashchange", move |_| moved.emit(())),
                EventListener::new(&window, "online", move |_| online.emit(())),
            ],
        };
        for session in std::mem::take(&mut app.place.others) {
            let empty: Rc<str> = "".into();
            let tab = Tab { session: session.into(), title: empty.clone(), user: empty, news: false };
            app.keep_beside(ctx, tab, 0);
        }
        app.show_place();
        app.open(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, happened: Happened) -> bool {
        match happened {
            Happened::Wanted(intent) => self.intent(ctx, intent),
            Happened::Offer(Ok(offer)) => {
                if offer.build == BUILD || !browser::reload_for_build() {
                    self.offer_failure = (offer.build != BUILD).then(|| Rc::new(other_build()));
                    self.offer = Some(Rc::new(offer));
                }
                true
            }
            Happened::Offer(Err(failure)) => {
                self.offer_failure = Some(Rc::new(failure));
                true
            }
            Happened::SignIn(Ok(SignedIn { session })) => {
                self.place.session = Some(session);
                self.show_place();
                self.open(ctx);
                true
            }
            Happened::SignIn(Err(failure)) => {
                self.stage = Stage::Failed(Rc::new(failure));
                true
            }
            Happened::Beside(session, event) => self.beside_event(&session, event),
            Happened::Link(number, event) => number == self.links && self.link_event(ctx, event),
            Happened::Tick => match self.retry_in {
                Some(seconds) if seconds > 1 => {
                    self.retry_in = Some(seconds - 1);
                    true
                }
                _ => self.open(ctx),
            },
            Happened::Probed(answers) => {
                if answers && self.link.is_none() && self.refused >= REFUSALS {
                    self.model.apply(ServerMessage::Ended(session_gone()), browser::now());
                    return self.over(ctx);
                }
                false
            }
            Happened::Touched => self.touched(),
            Happened::Moved => {
                let place = Place::current();
                if place.session != self.place.session || place.language != self.place.language {
                    browser::reload();
                }
                self.place.block = place.block;
                self.place.theme = place.theme;
                browser::set_theme(place.theme);
                true
            }
        }
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let wanted = self.wanted.clone();
        let theme = self.place.theme;
        let Some(facts) = self.model.facts.clone() else {
            return sign_in_page(&SignInProps {
                offer: self.offer.clone(),
                offer_failure: self.offer_failure.clone(),
                stage: self.stage.clone(),
                connecting: self.model.connecting.clone(),
                lost: self.retry_in.is_some(),
                goodbye: self.goodbye,
                tabs: self.tabs(),
                theme,
                wanted,
            });
        };
        html! {
            // One console a session: nothing of one is seen in another.
            <Console key={self.place.session.clone().unwrap_or_default()} tabs={self.tabs()} session={Rc::<str>::from(self.place.session.as_deref().unwrap_or_default())} facts={facts.clone()} {theme} {wanted} connection={self.connection()} link={self.link.clone()}
                blocks={self.model.blocks.clone()} notes={self.model.notes.clone()}
                prompt={self.model.prompts.first().cloned()} idle_until={self.model.idle_until}
                idle_warning={self.model.idle_warning} ended={self.model.ended.clone()}
                announcement={self.model.announcement.clone()} insertion={self.insertion.clone()}
                kept={self.model.kept.clone()} allowed={self.model.allowed} in_use={self.model.in_use} target={self.place.block} demo={self.is_demo(&facts.endpoint)} />
        }
    }
}

impl App {
    /// Whether an endpoint's title is that of a demo.
    fn is_demo(&self, title: &str) -> bool {
        let offered = self.offer.iter().flat_map(|offer| &offer.endpoints);
        offered.into_iter().any(|endpoint| endpoint.demo.is_some() && endpoint.title == title)
    }
}

fn ask_offer(ctx: &Context<App>) {
    let answered = ctx.link().callback(Happened::Offer);
    spawn_local(async move { answered.emit(net::offer().await) });
}

fn other_build() -> Failure {
    Failure {
        what: text::other_build().into(),
        cause: text::other_build_cause().into(),
        remedy: text::other_build_remedy().into(),
        raw: format!("page {BUILD}"),
        ..Failure::default()
    }
}
