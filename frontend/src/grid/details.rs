//! One object whole, beside the grid.

use std::rc::Rc;

use postern_shared::wire::Detail;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::value;
use crate::{
    browser,
    console::{Icon, icon},
    text,
};

/// With more properties than this there is a field to find one.
const MANY: usize = 12;

/// How the details stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Looked {
    /// Asked for.
    Loading,
    /// Here.
    Here(Rc<Detail>),
    /// Another one is asked for; this one stays until it comes.
    Stale(Rc<Detail>),
    /// There is no such object any more.
    Gone,
}

#[derive(PartialEq, Properties)]
pub(super) struct DetailsProps {
    pub looked: Looked,
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Details(props: &DetailsProps) -> Html {
    let on_close = &props.on_close;
    let copied = use_state_eq(|| None::<(String, bool)>);
    let search = use_state_eq(String::new);
    let oninput = {
        let search = search.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            search.set(input.value().trim().to_lowercase());
        })
    };
    let is_sought = |name: &str| search.is_empty() || name.to_lowercase().contains(&**search);
    let onkeydown = {
        let on_close = on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                on_close.emit(());
            }
        })
    };
    let copy = |name: &str, text: String| {
        let (name, copied) = (name.to_owned(), copied.setter());
        Callback::from(move |_: MouseEvent| {
            let (name, text, copied) = (name.clone(), text.clone(), copied.clone());
            spawn_local(async move { copied.set(Some((name, browser::copy(text).await))) });
        })
    };
    let body = match &props.looked {
        Looked::Loading => html! { <p class="muted" role="status">{ text::details_loading() }</p> },
        Looked::Gone => html! { <p class="muted" role="status">{ text::details_gone() }</p> },
        Looked::Here(detail) | Looked::Stale(detail) => html! {
            <>
                <h2>{ &detail.title }</h2>
                if let Some(name) = detail.type_names.first() {
                    <div class="type" title={detail.type_names.join("\n")}>{ value::breakable(name) }</div>
                }
                if detail.properties.len() > MANY {
                    <input type="search" placeholder={text::filter_properties()} aria-label={text::filter_properties()} {oninput} />
                }
                <dl>
                    for (name, type_name, content) in detail.properties.iter().filter(|(name, ..)| is_sought(name)) {
                        <dt title={type_name.clone()}>{ value::breakable(name) }</dt>
                        <dd>
                            { value::value(content) }
                            <button class="quiet copy" aria-label={text::copy_value(name)} title={text::copy_value(name)}
                                onclick={copy(name, value::plain(content))}>
                                { match copied.as_ref() {
                                    Some((copied, true)) if copied == name => html! { { "✓" } },
                                    Some((copied, false)) if copied == name => html! { { "✕" } },
                                    _ => icon(Icon::Copy),
                                } }
                            </button>
                        </dd>
                    }
                </dl>
            </>
        },
    };
    let said = copied.as_ref().map(|(_, done)| if *done { text::copied() } else { text::copy_refused() });
    html! {
        <aside class="detail" aria-label={text::details()} {onkeydown} tabindex="-1">
            <button class="quiet close" aria-label={text::close()} title={text::close()} onclick={on_close.reform(|_: MouseEvent| ())}>{ "✕" }</button>
            { body }
            <span class="visually-hidden" role="status">{ said }</span>
        </aside>
    }
}
