//! The settings folded away below the form: `New-PSSessionOption` and what of New-PSSession few need.

use postern_shared::wire::{EndpointOffer, Offer, ProxyChoice, SignIn};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::form::value;
use crate::text;

/// The fields. What is typed stays in them; what decides which fields there are is kept here.
#[derive(Default)]
pub(super) struct Settings {
    /// Whether a token stands in the place of the password.
    pub(super) oauth: bool,
    /// Which proxy, as a position in [`PROXIES`].
    proxy: usize,
    authentication: NodeRef,
    proxy_access: NodeRef,
    proxy_uri: NodeRef,
    proxy_user: NodeRef,
    proxy_password: NodeRef,
    configuration: NodeRef,
    redirection: NodeRef,
    maximum_redirection: NodeRef,
    skip_ca: NodeRef,
    skip_cn: NodeRef,
    open_timeout: NodeRef,
    operation_timeout: NodeRef,
    idle_timeout: NodeRef,
    culture: NodeRef,
    ui_culture: NodeRef,
}

/// What a user may choose as proxy. PowerShell's `IEConfig`, `WinHttpConfig` and `AutoDetect` are all the system's settings.
const PROXIES: [text::Message; 4] =
    [text::proxy_relay, text::proxy_system, text::proxy_none, text::proxy_explicit];
const EXPLICIT: usize = 3;

impl Settings {
    /// Takes over what the two choices say that decide about other fields.
    pub(super) fn chosen(&mut self) {
        self.oauth = selected(&self.authentication) == 1;
        self.proxy = selected(&self.proxy_access);
    }

    /// The fields that this offer allows.
    pub(super) fn view(
        &self,
        offer: &Offer,
        chosen: Option<&EndpointOffer>,
        changed: &Callback<Event>,
    ) -> Html {
        let skip = chosen.map_or(offer.custom_skip_checks, |endpoint| endpoint.skip_checks);
        let configuration =
            chosen.map_or("Microsoft.Exchange", |endpoint| &endpoint.configuration).to_owned();
        html! {
            <details class="advanced">
                <summary>{ text::settings() }</summary>
                <div>
                    <label class="field">
                        <span>{ text::configuration() }</span>
                        <input ref={&self.configuration} id="configuration" placeholder={configuration} spellcheck="false" />
                    </label>
                    <label class="field">
                        <span>{ text::authentication() }</span>
                        <select ref={&self.authentication} id="authentication" onchange={changed.clone()}>
                            <option selected={!self.oauth}>{ text::basic() }</option>
                            <option selected={self.oauth}>{ text::oauth() }</option>
                        </select>
                    </label>
                    <label class="field">
                        <span>{ text::redirection() }</span>
                        <select ref={&self.redirection} id="redirection">
                            <option selected=true>{ text::redirection_deny() }</option>
                            <option>{ text::redirection_allow() }</option>
                        </select>
                    </label>
                    { number(&self.maximum_redirection, "maximum-redirection", text::maximum_redirection(), (0, 10), "5") }
                    { self.proxy_fields(offer, changed) }
                    if skip {
                        <fieldset class="checks">
                            <legend>{ text::certificate() }</legend>
                            <label><input ref={&self.skip_ca} id="skip-ca" type="checkbox" />{ text::skip_ca() }</label>
                            <label><input ref={&self.skip_cn} id="skip-cn" type="checkbox" />{ text::skip_cn() }</label>
                        </fieldset>
                    }
                    { number(&self.open_timeout, "timeout", text::open_timeout(), (1, 600), text::default_timeout()) }
                    { number(&self.operation_timeout, "operation-timeout", text::operation_timeout(), (1, 900),
                        text::default_timeout()) }
                    { number(&self.idle_timeout, "idle-timeout", text::idle_timeout(), (60, 43_200),
                        text::default_timeout()) }
                    { culture(&self.culture, "culture", text::culture()) }
                    { culture(&self.ui_culture, "ui-culture", text::ui_culture()) }
                </div>
            </details>
        }
    }

    fn proxy_fields(&self, offer: &Offer, changed: &Callback<Event>) -> Html {
        if !offer.proxies {
            return Html::default();
        }
        html! {
            <>
                <label class="field">
                    <span>{ text::proxy() }</span>
                    <select ref={&self.proxy_access} id="proxy" onchange={changed.clone()}>
                        for (at, name) in PROXIES.iter().enumerate() {
                            <option selected={at == self.proxy}>{ name() }</option>
                        }
                    </select>
                </label>
                if self.proxy == EXPLICIT {
                    <label class="field">
                        <span>{ text::proxy_uri() }</span>
                        <input ref={&self.proxy_uri} id="proxy-uri" type="url" required=true spellcheck="false"
                            placeholder={text::proxy_example()} />
                    </label>
                    <label class="field">
                        <span>{ text::proxy_user() }</span>
                        <input ref={&self.proxy_user} id="proxy-user" autocomplete="off" autocapitalize="off"
                            spellcheck="false" />
                    </label>
                    <label class="field">
                        <span>{ text::proxy_password() }</span>
                        <input ref={&self.proxy_password} id="proxy-password" type="password" autocomplete="off" />
                    </label>
                }
            </>
        }
    }

    /// Writes the settings into a sign-in.
    pub(super) fn fill(&self, request: &mut SignIn) {
        let some = |input: &NodeRef| Some(value(input).trim().to_owned()).filter(|text| !text.is_empty());
        let number = |input: &NodeRef| value(input).trim().parse().ok();
        request.configuration = some(&self.configuration);
        request.oauth = self.oauth;
        request.allow_redirection = selected(&self.redirection) == 1;
        request.maximum_redirection = number(&self.maximum_redirection);
        request.proxy = match self.proxy {
            0 => ProxyChoice::Relay,
            1 => ProxyChoice::System,
            2 => ProxyChoice::None,
            _ => ProxyChoice::Explicit {
                uri: value(&self.proxy_uri).trim().to_owned(),
                user: value(&self.proxy_user).trim().to_owned(),
                password: value(&self.proxy_password),
            },
        };
        request.skip_ca_check = checked(&self.skip_ca);
        request.skip_cn_check = checked(&self.skip_cn);
        request.open_timeout = number(&self.open_timeout);
        request.operation_timeout = number(&self.operation_timeout);
        request.idle_timeout = number(&self.idle_timeout);
        request.culture = some(&self.culture);
        request.ui_culture = some(&self.ui_culture);
    }
}

fn number(
    input: &NodeRef,
    id: &'static str,
    label: &'static str,
    (least, most): (u32, u32),
    placeholder: &'static str,
) -> Html {
    html! {
        <label class="field">
            <span>{ label }</span>
            <input ref={input} {id} type="number" min={least.to_string()} max={most.to_string()} inputmode="numeric"
                {placeholder} />
        </label>
    }
}

fn culture(input: &NodeRef, id: &'static str, label: &'static str) -> Html {
    html! {
        <label class="field">
            <span>{ label }</span>
            <input ref={input} {id} placeholder={text::culture_example()} spellcheck="false"
                pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*" />
        </label>
    }
}

fn selected(select: &NodeRef) -> usize {
    let index = select.cast::<HtmlSelectElement>().map_or(0, |select| select.selected_index());
    usize::try_from(index).unwrap_or(0)
}

fn checked(input: &NodeRef) -> bool {
    input.cast::<HtmlInputElement>().is_some_and(|input| input.checked())
}
