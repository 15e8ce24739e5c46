//! The sign-in page: a form, the steps of connecting as they happen, what went wrong, and a check of where.

mod check;
mod form;
mod settings;
mod steps;

use std::rc::Rc;

use postern_shared::wire::{Failure, Offer};
use yew::prelude::*;

use self::{form::Form, steps::steps_view};
use crate::{
    app::{Intent, Tab},
    console::{Theme, failure_card, mark, theme_switch},
    state::Connecting,
    text,
};

/// Where signing in stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// The form waits for the user.
    #[default]
    Form,
    /// The relay has been asked and has not answered.
    Asking,
    /// The relay connects and tells its steps.
    Connecting,
    /// The page came back to a session and does not know it yet.
    Resuming,
    /// It failed.
    Failed(Rc<Failure>),
}

impl Stage {
    /// Whether the form must wait.
    pub fn is_busy(&self) -> bool {
        !matches!(self, Self::Form | Self::Failed(_))
    }
}

/// What the sign-in page shows.
pub struct SignInProps {
    /// What the relay offers, once it is known.
    pub offer: Option<Rc<Offer>>,
    /// Why it is not known.
    pub offer_failure: Option<Rc<Failure>>,
    /// Where signing in stands.
    pub stage: Stage,
    /// Steps of connecting.
    pub connecting: Rc<Connecting>,
    /// Whether the connection to the relay broke on the way.
    pub lost: bool,
    /// Whether the user has just signed out.
    pub goodbye: bool,
    /// Sessions that are open beside.
    pub tabs: Rc<[Tab]>,
    /// The theme.
    pub theme: Theme,
    /// Takes what is asked for.
    pub wanted: Callback<Intent>,
}

/// The sign-in page.
pub fn sign_in_page(props: &SignInProps) -> Html {
    html! {
        <div class="signin">
            <header class="side">
                { mark(34) }
                <h1>{ text::product() }</h1>
                <p>{ text::claim() }</p>
                <p class="foot">{ text::password_promise() }</p>
            </header>
            <main class="card-place">
                <div class="corner">{ theme_switch(props.theme, &props.wanted) }</div>
                { back(props) }
                { card(props) }
            </main>
        </div>
    }
}

/// The way back to sessions that are open.
fn back(props: &SignInProps) -> Html {
    if props.tabs.is_empty() || props.stage.is_busy() {
        return Html::default();
    }
    html! {
        <nav class="back" aria-label={text::sessions()}>
            for tab in props.tabs.iter() {
                <button type="button" class="button" onclick={let session = tab.session.clone(); props.wanted.reform(move |_: MouseEvent| Intent::Switch(session.clone()))}>{ text::back_to(&tab.title) }</button>
            }
        </nav>
    }
}

fn card(props: &SignInProps) -> Html {
    let resuming = props.stage == Stage::Resuming;
    if resuming && props.connecting.steps.is_empty() {
        let give_up = props.wanted.reform(|_: MouseEvent| Intent::SignInAgain);
        return html! {
            <div class="card">
                <p class="muted" role="status">{ text::resuming() }</p>
                { lost(props) }
                <div class="buttons"><button type="button" class="button" onclick={give_up}>{ text::sign_in_again() }</button></div>
            </div>
        };
    }
    let offer_failure = props.offer_failure.as_ref().map(|failure| {
        let again = props.wanted.reform(|_: MouseEvent| Intent::AskOffer);
        html! {
            <div class="card">
                { failure_card(failure) }
                <button type="button" class="button primary" onclick={again}>{ text::try_again() }</button>
            </div>
        }
    });
    let Some(offer) = &props.offer else {
        return offer_failure.unwrap_or_else(|| {
            html! { <div class="card"><p class="muted" role="status">{ text::loading_offer() }</p></div> }
        });
    };
    let failure = match &props.stage {
        Stage::Failed(failure) => Some(failure),
        _ => props.offer_failure.as_ref(),
    };
    let failed = matches!(props.stage, Stage::Failed(_));
    // What went wrong stands above the fields that it is about.
    let news = html! {
        <>
            if props.goodbye {
                <p class="goodbye" role="status">{ text::signed_out() }</p>
            }
            if failed {
                { steps_view(&props.connecting) }
            }
            if let Some(failure) = failure {
                <div role="alert">{ failure_card(failure) }</div>
            }
        </>
    };
    html! {
        <Form offer={offer.clone()} stage={props.stage.clone()} wanted={props.wanted.clone()} {news}>
            if !failed {
                { steps_view(&props.connecting) }
            }
            { lost(props) }
        </Form>
    }
}

fn lost(props: &SignInProps) -> Html {
    if !props.lost {
        return Html::default();
    }
    let now = props.wanted.reform(|_: MouseEvent| Intent::Reconnect);
    html! {
        <p class="lost" role="status">
            { text::reconnecting() }{ " " }
            <button type="button" class="quiet" onclick={now}>{ text::reconnect_now() }</button>
        </p>
    }
}
