//! The whole page: sign-in or console, the connection between them and the relay, and the one model that both draw.

use std::{collections::VecDeque, rc::Rc};

use gloo::{events::EventListener, timers::callback::Interval};
use postern_shared::wire::{
    Answer, BUILD, BlockId, ClientMessage, EventKind, Failure, Offer, PromptId, ServerMessage, SignIn,
    SignedIn,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    browser::{self, Place},
    composer::Insertion,
    console::{Connection, Console, Theme},
    net::{self, Link, LinkEvent},
    signin::{SignInPage, Stage},
    state::Model,
    text,
};

/// Waits between tries to reconnect, in seconds; the last one repeats.
const BACK_OFF: [u32; 5] = [1, 2, 4, 8, 15];
/// After so many connections that end before the relay says a word, while it does answer otherwise, the session is
/// taken to be gone: a browser does not tell why it could not open a WebSocket.
const REFUSALS: usize = 2;
/// Activity at the page is told at most this often, in milliseconds.
const ACTIVE_EVERY: f64 = 20_000.0;

/// What the page's parts ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Run what is in the editor, and empty it.
    Submit(Rc<str>),
    /// Run this command line.
    Run(Rc<str>),
    /// Put this command line in the editor instead of what is there.
    Edit(Rc<str>),
    /// Put this text in the editor at the cursor.
    Insert(Rc<str>),
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
    /// Connect again now.
    Reconnect,
    /// Use this theme.
    Theme(Theme),
    /// Sign in.
    SignIn(Box<SignIn>),
    /// Ask for the offer again.
    AskOffer,
}

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
    _listeners: [EventListener; 4],
}

impl Component for App {
    type Message = Happened;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let place = Place::current();
        browser::set_theme(place.theme);
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
            _listeners: [
                touched("keydown"),
                touched("pointerdown"),
                EventListener::new(&window, "hashchange", move |_| moved.emit(())),
                EventListener::new(&window, "online", move |_| online.emit(())),
            ],
        };
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
                self.place.show();
                self.open(ctx);
                true
            }
            Happened::SignIn(Err(failure)) => {
                self.stage = Stage::Failed(Rc::new(failure));
                true
            }
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
                if place.session != self.place.session {
                    browser::reload();
                }
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
            return html! {
                <SignInPage offer={self.offer.clone()} offer_failure={self.offer_failure.clone()} stage={self.stage.clone()}
                    connecting={self.model.connecting.clone()} lost={self.retry_in.is_some()} goodbye={self.goodbye} {theme} {wanted} />
            };
        };
        html! {
            <Console {facts} {theme} {wanted} connection={self.connection()} link={self.link.clone()}
                blocks={self.model.blocks.clone()} notes={self.model.notes.clone()}
                prompt={self.model.prompts.first().cloned()} idle_until={self.model.idle_until}
                idle_warning={self.model.idle_warning} ended={self.model.ended.clone()}
                announcement={self.model.announcement.clone()} insertion={self.insertion.clone()} />
        }
    }
}

impl App {
    fn intent(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Submit(line) => {
                self.insertion = if self.run(line.clone()) {
                    self.insertion.cleared()
                } else {
                    self.insertion.kept(&line, text::NOT_SENT)
                };
            }
            Intent::Run(line) => {
                if !self.run(line.clone()) {
                    self.insertion = self.insertion.kept(&line, text::NOT_SENT);
                }
            }
            Intent::Edit(line) => self.insertion = self.insertion.replaced(&line),
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
            Intent::Reconnect => return self.link.is_none() && self.opening.is_none() && self.open(ctx),
            Intent::Theme(theme) => {
                self.place.theme = theme;
                self.place.show();
                browser::set_theme(theme);
            }
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

    fn run(&mut self, line: Rc<str>) -> bool {
        let sent = self.send(&ClientMessage::Run { line: line.to_string() });
        if sent {
            self.sent.push_back(line);
            self.used();
        }
        sent
    }

    fn stop(&mut self, block: BlockId) {
        if self.send(&ClientMessage::Stop { block }) {
            self.model.stopping(block);
            self.used();
        }
    }

    fn send(&self, message: &ClientMessage) -> bool {
        self.link.as_ref().is_some_and(|link| link.send(message))
    }

    /// Something was sent that keeps the session.
    fn used(&mut self) {
        let now = browser::now();
        self.told_active = now;
        self.model.active(now);
    }

    fn touched(&mut self) -> bool {
        let open = self.model.facts.is_some() && !self.model.idle_warning && !self.signing_out;
        if !open || browser::now() - self.told_active < ACTIVE_EVERY || !self.send(&ClientMessage::Active) {
            return false;
        }
        self.used();
        true
    }

    fn open(&mut self, ctx: &Context<Self>) -> bool {
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

    fn link_event(&mut self, ctx: &Context<Self>, event: LinkEvent) -> bool {
        match event {
            LinkEvent::Opened(link) => {
                self.refused = 0;
                self.attempts = 0;
                self.opening = None;
                self.link = Some(link);
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

    fn messages(&mut self, ctx: &Context<Self>, messages: Vec<ServerMessage>) -> bool {
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
        if let Some(facts) = &self.model.facts {
            browser::set_title(&format!("{} - {}", facts.endpoint, text::PRODUCT));
        }
        true
    }

    /// All that happened while this page was away is known.
    fn caught_up(&mut self) {
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
            self.insertion = self.insertion.kept(&line, text::MAYBE_LOST);
        }
    }

    /// The session is gone: shows why, or the sign-in page where there is nothing to look back at.
    fn over(&mut self, _ctx: &Context<Self>) -> bool {
        self.disconnect();
        if let Some(failure) = self.model.connecting.failure.clone() {
            return self.back_to_form(Stage::Failed(Rc::new(failure)));
        }
        if self.signing_out {
            self.goodbye = true;
            return self.leave();
        }
        if self.model.facts.is_none() {
            let failure = self.model.ended.take().unwrap_or_else(|| Rc::new(session_gone()));
            return self.back_to_form(Stage::Failed(failure));
        }
        true
    }

    fn leave(&mut self) -> bool {
        self.disconnect();
        let goodbye = self.goodbye && self.model.facts.is_some();
        self.model = Model::default();
        self.goodbye = goodbye;
        self.back_to_form(Stage::Form)
    }

    fn back_to_form(&mut self, stage: Stage) -> bool {
        self.stage = stage;
        self.signing_out = false;
        self.sent.clear();
        self.insertion = Insertion::default();
        self.place.session = None;
        self.place.show();
        browser::set_title(text::PRODUCT);
        true
    }

    fn disconnect(&mut self) {
        // The number goes on, so that nothing more is heard of the old connection.
        self.links += 1;
        self.timer = None;
        self.retry_in = None;
        for link in [self.link.take(), self.opening.take()].into_iter().flatten() {
            link.close();
        }
    }

    fn connection(&self) -> Connection {
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

fn ask_offer(ctx: &Context<App>) {
    let answered = ctx.link().callback(Happened::Offer);
    spawn_local(async move { answered.emit(net::offer().await) });
}

fn other_build() -> Failure {
    Failure {
        what: text::OTHER_BUILD.into(),
        cause: text::OTHER_BUILD_CAUSE.into(),
        remedy: text::OTHER_BUILD_REMEDY.into(),
        raw: format!("page {BUILD}"),
        ..Failure::default()
    }
}

fn session_gone() -> Failure {
    Failure {
        what: text::SESSION_GONE.into(),
        cause: text::SESSION_GONE_CAUSE.into(),
        remedy: text::SESSION_GONE_REMEDY.into(),
        ..Failure::default()
    }
}
