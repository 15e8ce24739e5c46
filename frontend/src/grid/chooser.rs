//! The choice of columns from all properties.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::text;

#[derive(PartialEq, Properties)]
pub(super) struct ChooserProps {
    /// Every property, and whether it is shown.
    pub properties: Vec<(String, bool)>,
    pub on_toggle: Callback<String>,
    pub on_all: Callback<()>,
    pub on_reset: Callback<()>,
    pub on_close: Callback<()>,
}

#[component]
pub(super) fn Chooser(props: &ChooserProps) -> Html {
    let search = use_state_eq(String::new);
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            if let Some(input) = place.cast::<HtmlInputElement>() {
                let _ = input.focus();
            }
        });
    }
    let oninput = {
        let search = search.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            search.set(input.value().to_lowercase());
        })
    };
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                on_close.emit(());
            }
        })
    };
    html! {
        <div class="chooser" role="dialog" aria-label={text::columns()} {onkeydown}>
            <input ref={place} type="search" placeholder={text::filter_properties()} aria-label={text::filter_properties()} {oninput} />
            <ul>
                for (name, shown) in props.properties.iter().filter(|(name, _)| name.to_lowercase().contains(&*search)) {
                    <li key={name.clone()}>
                        <label class="check">
                            <input type="checkbox" checked={*shown} onchange={props.on_toggle.reform({ let name = name.clone(); move |_: Event| name.clone() })} />
                            <span>{ name }</span>
                        </label>
                    </li>
                }
            </ul>
            <div class="row">
                <button class="quiet" onclick={props.on_all.reform(|_: MouseEvent| ())}>{ text::columns_all() }</button>
                <button class="quiet" onclick={props.on_reset.reform(|_: MouseEvent| ())}>{ text::columns_default() }</button>
                <button class="quiet" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ text::close() }</button>
            </div>
        </div>
    }
}
