//! The console: top bar, rail, blocks, and the editor under them.

mod block;
mod blocks;
mod changed;
mod clock;
mod failure;
mod files;
mod help;
mod icon;
mod idle;
mod line;
mod mark;
mod modal;
mod palette;
mod pick;
mod progress;
mod quality;
mod rail;
mod theme;
mod top;
mod tour;

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use postern_shared::wire::{Allowed, BlockId, Download, Failure, Kept, Prompt, SessionFacts};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use self::{
    blocks::Blocks,
    help::Help,
    idle::idle_warning,
    palette::{Action, PaletteProps, palette},
    rail::Rail,
    top::{TopProps, top},
    tour::Tour,
};
pub use self::{
    clock::{Countdown, Elapsed},
    line::{Line, coloured},
    modal::Modal,
    theme::Theme,
};
pub(crate) use self::{
    failure::failure_card,
    icon::{Icon, icon},
    mark::mark,
    pick::{Pick, PickList},
    progress::meter,
    theme::theme_switch,
};
use crate::{
    app::{Intent, Tab},
    browser,
    composer::{Composer, EDITOR, Insertion},
    dialogs::Question,
    grid,
    net::{Answered, Link},
    state::{Block, Millis, Part},
    text,
};

/// How the connection to the relay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Open.
    Open,
    /// Broken; it is tried again.
    Lost {
        /// Seconds until then; `None` while it is being tried.
        retry_in: Option<u32>,
    },
    /// The user signs out.
    SigningOut,
    /// The session is gone.
    Ended,
}

/// What the console shows.
#[derive(PartialEq, Properties)]
pub struct ConsoleProps {
    /// The session's id.
    pub session: Rc<str>,
    /// Facts of the session.
    pub facts: Rc<SessionFacts>,
    /// How the connection stands.
    pub connection: Connection,
    /// The connection, while it is open.
    pub link: Option<Link>,
    /// The blocks, oldest first.
    pub blocks: Vec<Rc<Block>>,
    /// What was said outside of any block.
    pub notes: Rc<Vec<Part>>,
    /// The question to answer.
    pub prompt: Option<Rc<Prompt>>,
    /// When the session is signed out for lack of use.
    pub idle_until: Option<Millis>,
    /// Whether to warn of that.
    pub idle_warning: bool,
    /// Why the session is gone.
    pub ended: Option<Rc<Failure>>,
    /// What a screen reader is told next.
    pub announcement: Rc<str>,
    /// What the editor is to take.
    pub insertion: Insertion,
    /// What the relay keeps for the user.
    pub kept: Rc<Kept>,
    /// What the administrator allows.
    pub allowed: Option<Allowed>,
    /// Remote sessions of the user at the endpoint.
    pub in_use: u32,
    /// The block that the address names.
    pub target: Option<BlockId>,
    /// Whether this is a demo.
    pub demo: bool,
    /// Sessions beside this one.
    pub tabs: Rc<[Tab]>,
    /// The theme.
    pub theme: Theme,
    /// Takes what is asked for.
    pub wanted: Callback<Intent>,
}

/// What lies over the console, opened by the user.
#[derive(Clone, Debug, Default, PartialEq)]
enum Over {
    #[default]
    Nothing,
    Help,
    Palette,
    Tour,
    Transcript(Option<Download>),
}

/// The console.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let over = use_state_eq(Over::default);
    let rail = use_state_eq(|| false);
    let kept = use_state_eq(|| false);
    let collapse = use_state_eq(|| (0_u32, false));
    let ConsoleProps { facts, connection, link, blocks, wanted, .. } = props;
    let open = *connection == Connection::Open;
    let downloads = props.allowed.is_some_and(|allowed| allowed.downloads);
    let set = |state: &UseStateHandle<bool>, to: bool| {
        let setter = state.setter();
        Callback::from(move |()| setter.set(to))
    };
    let show = |what: Over| {
        let setter = over.setter();
        Callback::from(move |()| setter.set(what.clone()))
    };
    {
        let setter = over.setter();
        use_effect_with((), move |()| {
            let window = gloo::utils::window();
            let options = EventListenerOptions::enable_prevent_default();
            let listener = EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let control = event.ctrl_key() && !event.shift_key() && !event.alt_key();
                let what = match event.key().as_str() {
                    "k" if control => Over::Palette,
                    "F1" => Over::Help,
                    _ => return,
                };
                event.prevent_default();
                setter.set(what);
            });
            move || drop(listener)
        });
    }
    let chosen = {
        let (over, collapse, counted) = (over.setter(), collapse.setter(), collapse.0);
        let (wanted, link) = (wanted.clone(), link.clone());
        Callback::from(move |action: Action| {
            over.set(match &action {
                Action::Help => Over::Help,
                Action::Tour => Over::Tour,
                Action::Transcript(_) => Over::Transcript(None),
                _ => Over::Nothing,
            });
            match action {
                Action::Want(intent) => wanted.emit(intent),
                Action::CollapseAll(all) => collapse.set((counted + 1, all)),
                Action::Transcript(json) => {
                    if let Some(link) = &link {
                        let over = over.clone();
                        link.transcript(
                            json,
                            Callback::from(move |answered| match answered {
                                Answered::Download(Download::Ready { path, name }) => {
                                    browser::download(&path, &name);
                                }
                                Answered::Download(download) => over.set(Over::Transcript(Some(download))),
                                _ => {}
                            }),
                        );
                    }
                }
                action => {
                    // When the palette is closed it gives the focus back; this comes after.
                    gloo::timers::callback::Timeout::new(0, move || palette::go(&action)).forget();
                }
            }
        })
    };
    let toggle_rail = set(&rail, !*rail);
    let top = top(&TopProps {
        facts: facts.clone(),
        connection: *connection,
        link: link.clone(),
        idle_until: props.idle_until,
        theme: props.theme,
        wanted: wanted.clone(),
        on_help: show(Over::Help),
        on_palette: show(Over::Palette),
        on_rail: toggle_rail,
        rail_open: *rail,
        tabs: props.tabs.clone(),
        may_open: props.allowed.is_some_and(|allowed| !allowed.kiosk),
        in_use: props.in_use,
    });
    let busy = blocks.last().is_some_and(|block| !block.is_over());
    html! {
        <div class={classes!("console", rail.then_some("rail-open"))}>
            <button class="skip" onclick={|_: MouseEvent| browser::focus(EDITOR)}>{ text::skip() }</button>
            { top }
            <Rail session={props.session.clone()} facts={facts.clone()} blocks={blocks.clone()} {open} {downloads} wanted={wanted.clone()} on_done={set(&rail, false)} />
            <main class="main">
                <h1 class="visually-hidden">{ text::product() }{ ": " }{ &facts.endpoint }</h1>
                <Blocks blocks={blocks.clone()} notes={props.notes.clone()} link={link.clone()} live={open} {downloads} target={props.target}
                    demo={props.demo} collapse={*collapse} wanted={wanted.clone()} on_tour={show(Over::Tour)} />
                <Composer session={props.session.clone()} facts={facts.clone()} link={link.clone()} blocks={blocks.clone()} kept={props.kept.clone()} {open} {busy} insertion={props.insertion.clone()}
                    wanted={wanted.clone()} />
            </main>
            <div class="visually-hidden" role="status" aria-live="polite">{ props.announcement.to_string() }</div>
            { match &*over {
                Over::Nothing => Html::default(),
                Over::Help => html! { <Help on_close={show(Over::Nothing)} /> },
                Over::Tour => html! { <Tour wanted={wanted.clone()} on_close={show(Over::Nothing)} /> },
                Over::Palette => {
                    let offered = PaletteProps { facts: facts.clone(), blocks: blocks.clone(), kept: props.kept.clone(), tabs: props.tabs.clone(), downloads, demo: props.demo };
                    palette(&offered, chosen, show(Over::Nothing))
                }
                Over::Transcript(state) => transcript(state.as_ref(), &show(Over::Nothing)),
            } }
            if let Some(failure) = props.ended.clone().filter(|_| !*kept) {
                <Modal label={text::session_ended()} on_close={set(&kept, true)}>
                    <h3>{ text::session_ended() }</h3>
                    { failure_card(&failure) }
                    <div class="row">
                        <button class="button" onclick={set(&kept, true).reform(|_: MouseEvent| ())}>{ text::keep_reading() }</button>
                        <button class="button primary" autofocus=true
                            onclick={wanted.reform(|_: MouseEvent| Intent::SignInAgain)}>{ text::sign_in_again() }</button>
                    </div>
                </Modal>
            } else if let Some(prompt) = props.prompt.clone() {
                <Question key={prompt.prompt} prompt={prompt.clone()} {open} wanted={wanted.clone()} />
            } else if let Some(until) = props.idle_until.filter(|_| props.idle_warning) {
                { idle_warning(until, wanted) }
            }
        </div>
    }
}

/// How the download of the transcript stands.
fn transcript(state: Option<&Download>, on_close: &Callback<()>) -> Html {
    let running = Download::Running { rows: 0, of: 0, bytes: 0 };
    html! {
        <Modal label={text::transcript()} class="export" on_close={on_close.clone()}>
            <h3>{ text::transcript() }</h3>
            { grid::progress(state.unwrap_or(&running)) }
            <div class="row">
                <button class="button" autofocus=true onclick={on_close.reform(|_: MouseEvent| ())}>{ text::close() }</button>
            </div>
        </Modal>
    }
}
