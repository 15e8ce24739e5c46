//! The console: top bar, rail, blocks, and the editor under them.

mod block;
mod blocks;
mod clock;
mod failure;
mod help;
mod idle;
mod line;
mod mark;
mod modal;
mod progress;
mod rail;
mod theme;
mod top;

use std::rc::Rc;

use postern_shared::wire::{Failure, Prompt, SessionFacts};
use yew::prelude::*;

use self::{
    blocks::Blocks,
    help::Help,
    idle::IdleWarning,
    rail::Rail,
    top::{Top, TopProps},
};
pub use self::{
    clock::{Countdown, Elapsed},
    line::Line,
    modal::Modal,
    theme::Theme,
};
pub(crate) use self::{failure::failure_card, mark::mark, progress::meter, theme::theme_switch};
use crate::{
    app::Intent,
    browser,
    composer::{Composer, EDITOR, Insertion},
    dialogs::Question,
    net::Link,
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
    /// The theme.
    pub theme: Theme,
    /// Takes what is asked for.
    pub wanted: Callback<Intent>,
}

/// The console.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let help = use_state_eq(|| false);
    let rail = use_state_eq(|| false);
    let kept = use_state_eq(|| false);
    let ConsoleProps { facts, connection, link, blocks, wanted, .. } = props;
    let open = *connection == Connection::Open;
    let set = |state: &UseStateHandle<bool>, to: bool| {
        let setter = state.setter();
        Callback::from(move |()| setter.set(to))
    };
    let toggle_rail = set(&rail, !*rail);
    let top = yew::props! { TopProps {
        facts: facts.clone(), connection: *connection, idle_until: props.idle_until, theme: props.theme,
        wanted: wanted.clone(), on_help: set(&help, true), on_rail: toggle_rail, rail_open: *rail,
    } };
    let busy = blocks.last().is_some_and(|block| !block.is_over());
    html! {
        <div class={classes!("console", rail.then_some("rail-open"))}>
            <button class="skip" onclick={|_: MouseEvent| browser::focus(EDITOR)}>{ text::SKIP }</button>
            <Top ..top />
            <Rail facts={facts.clone()} blocks={blocks.clone()} wanted={wanted.clone()} on_done={set(&rail, false)} />
            <main class="main">
                <h1 class="visually-hidden">{ text::PRODUCT }{ ": " }{ &facts.endpoint }</h1>
                <Blocks blocks={blocks.clone()} notes={props.notes.clone()} link={link.clone()} live={open}
                    wanted={wanted.clone()} />
                <Composer facts={facts.clone()} blocks={blocks.clone()} {open} {busy} insertion={props.insertion.clone()}
                    wanted={wanted.clone()} />
            </main>
            <div class="visually-hidden" role="status" aria-live="polite">{ props.announcement.to_string() }</div>
            if *help {
                <Help on_close={set(&help, false)} />
            }
            if let Some(failure) = props.ended.clone().filter(|_| !*kept) {
                <Modal label={text::SESSION_ENDED} on_close={set(&kept, true)}>
                    <h3>{ text::SESSION_ENDED }</h3>
                    { failure_card(&failure) }
                    <div class="row">
                        <button class="button" onclick={set(&kept, true).reform(|_: MouseEvent| ())}>{ text::KEEP_READING }</button>
                        <button class="button primary" autofocus=true
                            onclick={wanted.reform(|_: MouseEvent| Intent::SignInAgain)}>{ text::SIGN_IN_AGAIN }</button>
                    </div>
                </Modal>
            } else if let Some(prompt) = props.prompt.clone() {
                <Question key={prompt.prompt} prompt={prompt.clone()} {open} wanted={wanted.clone()} />
            } else if let Some(until) = props.idle_until.filter(|_| props.idle_warning) {
                <IdleWarning {until} wanted={wanted.clone()} />
            }
        </div>
    }
}
