//! The form: `New-PSSession` with its parameters. What is typed stays in the fields; only the password is cleared.

use std::rc::Rc;

use postern_shared::wire::{EndpointOffer, Offer, SignIn};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Stage, check::Check, settings::Settings};
use crate::{app::Intent, net::Checked, text};

/// The form, around what happened so far.
#[derive(PartialEq, Properties)]
pub(super) struct FormProps {
    /// What the relay offers.
    pub offer: Rc<Offer>,
    /// Where signing in stands.
    pub stage: Stage,
    /// Takes the filled form.
    pub wanted: Callback<Intent>,
    /// What came of the last time, above the fields.
    pub news: Html,
    /// The steps, above the button.
    pub children: Children,
}

/// What the user did.
pub(super) enum Did {
    Chose(Event),
    ToggledPassword,
    ChangedSettings,
    FilledIn,
    Submitted,
    AskedForCheck,
    Checked(Checked),
}

#[derive(Default)]
pub(super) struct Form {
    /// Position in the offer; beyond its end for a connection URI.
    endpoint: usize,
    password_shown: bool,
    check: Check,
    uri: NodeRef,
    user: NodeRef,
    password: NodeRef,
    settings: Settings,
}

impl Component for Form {
    type Message = Did;
    type Properties = FormProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Chose(event) => {
                let select: HtmlSelectElement = event.target_unchecked_into();
                self.endpoint = usize::try_from(select.selected_index()).unwrap_or(0);
            }
            Did::ToggledPassword => self.password_shown = !self.password_shown,
            Did::ChangedSettings => self.settings.chosen(),
            Did::FilledIn => {
                if let Some((user, password)) = self.chosen(ctx).and_then(|endpoint| endpoint.demo.as_ref()) {
                    set(&self.user, user);
                    set(&self.password, password);
                }
            }
            Did::Submitted => {
                if !ctx.props().stage.is_busy() {
                    self.password_shown = false;
                    self.check = Check::default();
                    ctx.props().wanted.emit(Intent::SignIn(Box::new(self.filled(ctx))));
                }
            }
            Did::AskedForCheck => self.check.begin(self.filled(ctx), ctx.link().callback(Did::Checked)),
            Did::Checked(told) => self.check.told(told),
        }
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &FormProps) -> bool {
        if matches!(ctx.props().stage, Stage::Failed(_)) && old.stage != ctx.props().stage {
            set(&self.password, "");
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let stage = &ctx.props().stage;
        if first && !stage.is_busy() {
            let empty = value(&self.user).is_empty();
            focus(if empty { &self.user } else { &self.password });
        } else if matches!(stage, Stage::Failed(_))
            && value(&self.password).is_empty()
            && !has_focus_in_form()
        {
            focus(&self.password);
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let FormProps { offer, stage, wanted, news, children } = ctx.props();
        let chosen = self.chosen(ctx);
        let busy = stage.is_busy();
        // At once: were it left to the update, the browser might send the form itself, password in the address.
        let onsubmit = ctx.link().callback(|event: SubmitEvent| {
            event.prevent_default();
            Did::Submitted
        });
        let cancel = wanted.reform(|_: MouseEvent| Intent::SignOut);
        let connecting = *stage == Stage::Connecting || *stage == Stage::Resuming;
        html! {
            <form class="card" {onsubmit} aria-busy={busy.to_string()}>
                <h2>{ text::connect() }</h2>
                { news.clone() }
                if let Stage::Failed(failure) = stage {
                    { self.check.view(failure, ctx.link().callback(|_| Did::AskedForCheck)) }
                }
                <fieldset disabled={busy}>
                    { self.endpoint_fields(ctx, offer, chosen) }
                    <label class="field">
                        <span>{ text::user_name() }</span>
                        <input ref={&self.user} id="user" name="username" autocomplete="username" autocapitalize="off"
                            spellcheck="false" required=true />
                    </label>
                    { self.password_field(ctx) }
                    if let Some((user, password)) = chosen.and_then(|endpoint| endpoint.demo.as_ref()) {
                        <p class="demo">
                            <span>
                                { text::demo_hint() }<br />
                                <span class="muted">{ text::demo_credentials(user, password) }</span>
                            </span>
                            <button type="button" class="button" id="fill-in" onclick={ctx.link().callback(|_| Did::FilledIn)}>
                                { text::fill_in() }
                            </button>
                        </p>
                    }
                    { self.settings.view(offer, chosen, &ctx.link().callback(|_| Did::ChangedSettings)) }
                </fieldset>
                { children.clone() }
                <div class="buttons">
                    <button class="button primary" id="connect" disabled={busy}>
                        { if busy { text::connecting() } else { text::connect() } }
                    </button>
                    if connecting {
                        <button type="button" class="button" id="cancel" onclick={cancel}>{ text::cancel() }</button>
                    }
                </div>
            </form>
        }
    }
}

impl Form {
    fn chosen<'a>(&self, ctx: &'a Context<Self>) -> Option<&'a EndpointOffer> {
        ctx.props().offer.endpoints.get(self.endpoint)
    }

    fn endpoint_fields(&self, ctx: &Context<Self>, offer: &Offer, chosen: Option<&EndpointOffer>) -> Html {
        let custom = chosen.is_none() && offer.custom_uri;
        html! {
            <>
                <label class="field">
                    <span>{ text::endpoint() }</span>
                    <select id="endpoint" onchange={ctx.link().callback(Did::Chose)}>
                        for (at, endpoint) in offer.endpoints.iter().enumerate() {
                            <option selected={at == self.endpoint}>{ &endpoint.title }</option>
                        }
                        if offer.custom_uri {
                            <option selected={custom}>{ text::custom_uri() }</option>
                        }
                    </select>
                    if let Some(endpoint) = chosen {
                        <small class="muted">{ &endpoint.uri }</small>
                        if let Some(note) = &endpoint.note {
                            <small class="note">{ note }</small>
                        }
                    }
                </label>
                if custom {
                    <label class="field">
                        <span>{ text::connection_uri() }</span>
                        <input ref={&self.uri} id="uri" type="url" placeholder={text::connection_uri_example()}
                            required=true spellcheck="false" />
                    </label>
                }
            </>
        }
    }

    fn password_field(&self, ctx: &Context<Self>) -> Html {
        let (kind, label, hint) = if self.password_shown {
            ("text", text::hide(), text::hide_password())
        } else {
            ("password", text::show(), text::show_password())
        };
        html! {
            <div class="field">
                <label for="password">{ if self.settings.oauth { text::token() } else { text::password() } }</label>
                <div class="with-button">
                    <input ref={&self.password} id="password" name="password" type={kind} autocomplete="current-password"
                        autocapitalize="off" spellcheck="false" required=true />
                    <button type="button" class="quiet" id="show-password" aria-label={hint}
                        aria-pressed={self.password_shown.to_string()}
                        onclick={ctx.link().callback(|_| Did::ToggledPassword)}>{ label }</button>
                </div>
            </div>
        }
    }

    fn filled(&self, ctx: &Context<Self>) -> SignIn {
        let chosen = self.chosen(ctx);
        let name = chosen.map_or_else(String::new, |endpoint| endpoint.name.clone());
        let mut request = SignIn::new(name, value(&self.user).trim(), value(&self.password));
        request.uri = chosen.is_none().then(|| value(&self.uri).trim().to_owned());
        self.settings.fill(&mut request);
        request
    }
}

pub(super) fn value(input: &NodeRef) -> String {
    input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

fn set(input: &NodeRef, value: &str) {
    if let Some(input) = input.cast::<HtmlInputElement>() {
        input.set_value(value);
    }
}

fn focus(input: &NodeRef) {
    if let Some(input) = input.cast::<HtmlInputElement>() {
        let _ = input.focus();
    }
}

/// Whether the user is already somewhere in the form; the focus is not taken away from there.
fn has_focus_in_form() -> bool {
    gloo::utils::document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "SUMMARY")
            || element.id() == "show-password"
    })
}
