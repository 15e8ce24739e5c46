//! The top bar: where one is, how long still, and the way out.

use std::rc::Rc;

use postern_shared::wire::SessionFacts;
use yew::prelude::*;

use super::{Connection, Countdown, Theme, mark, quality::Quality, theme_switch};
use crate::{
    app::{Intent, Tab},
    net::Link,
    state::Millis,
    text,
};

pub(super) struct TopProps {
    pub facts: Rc<SessionFacts>,
    pub connection: Connection,
    pub link: Option<Link>,
    pub idle_until: Option<Millis>,
    pub theme: Theme,
    pub wanted: Callback<Intent>,
    pub on_help: Callback<()>,
    pub on_palette: Callback<()>,
    pub on_rail: Callback<()>,
    pub rail_open: bool,
    pub tabs: Rc<[Tab]>,
    /// Remote sessions of the user at the endpoint.
    pub in_use: u32,
    /// Whether a further session may be opened.
    pub may_open: bool,
}

pub(super) fn top(props: &TopProps) -> Html {
    let TopProps { facts, connection, idle_until, theme, wanted, .. } = props;
    let click = |intent: Intent| wanted.reform(move |_: MouseEvent| intent.clone());
    let (dot, state) = match connection {
        Connection::Open => ("dot", text::connected()),
        Connection::Lost { .. } => ("dot lost", text::reconnecting()),
        Connection::SigningOut => ("dot lost", text::signing_out()),
        Connection::Ended => ("dot ended", text::session_ended()),
    };
    html! {
        <header class="top">
            <button class="quiet menu" aria-label={text::commands()} aria-expanded={props.rail_open.to_string()}
                onclick={props.on_rail.reform(|_: MouseEvent| ())}>{ "☰" }</button>
            <span class="brand">{ mark(20) }<span>{ text::product() }</span></span>
            <nav class="tabs" aria-label={text::sessions()}>
                <span class="tab" title={facts.computer.clone()} aria-current="page">
                    <span class={dot} role="img" aria-label={state} />
                    <span class="name">{ &facts.endpoint }</span>
                </span>
                for tab in props.tabs.iter() {
                    <button class="tab other" title={tab.user.to_string()} onclick={click(Intent::Switch(tab.session.clone()))}>
                        if tab.news {
                            <span class="dot news" role="img" aria-label={text::tab_news()} />
                        }
                        <span class="name">{ tab.title.to_string() }</span>
                    </button>
                }
                if props.may_open {
                    <button class="quiet" id="new-session" aria-label={text::new_session()} title={text::new_session()} onclick={click(Intent::NewSession)}>{ "+" }</button>
                }
            </nav>
            if let Connection::Lost { retry_in } = connection {
                <span class="lost" role="status">
                    { text::reconnecting() }
                    if let Some(seconds) = retry_in {
                        <span class="wide">{ " " }{ text::retry_in(*seconds) }</span>
                    }
                    <button class="quiet" onclick={click(Intent::Reconnect)}>{ text::reconnect_now() }</button>
                </span>
            }
            <div class="meters">
                <Quality link={props.link.clone()} />
                if props.in_use > 0 {
                    <span class={classes!("quality", "wide", "num", (props.in_use >= facts.sessions_allowed).then_some("slow"))} id="in-use"
                        title={text::in_use_about()}>{ text::in_use(props.in_use, facts.sessions_allowed) }</span>
                }
                if let Some(until) = *idle_until {
                    <span class="wide num"><Countdown {until} /></span>
                }
                { theme_switch(*theme, wanted) }
                <button class="quiet" id="palette" aria-label={text::palette()} title={text::palette()} aria-keyshortcuts="Control+K"
                    onclick={props.on_palette.reform(|_: MouseEvent| ())}><span class="wide"><kbd>{ "Ctrl K" }</kbd></span><span class="narrow">{ "⌘" }</span></button>
                <button class="quiet" id="help" onclick={props.on_help.reform(|_: MouseEvent| ())}>{ text::help() }</button>
                <span class="user">{ &facts.user }</span>
                if *connection == Connection::Ended {
                    <button class="button primary" onclick={click(Intent::SignInAgain)}>{ text::sign_in_again() }</button>
                } else {
                    <button class="button" id="sign-out" disabled={*connection != Connection::Open}
                        onclick={click(Intent::SignOut)}>
                        { if *connection == Connection::SigningOut { text::signing_out() } else { text::sign_out() } }
                    </button>
                }
            </div>
        </header>
    }
}
