//! What a command changed: the properties of the object that it named, before and after.

use postern_shared::wire::Changed;
use yew::prelude::*;

use crate::text;

/// A small table, or a sentence where there is nothing to compare.
pub(super) fn changed_view(changed: &Changed) -> Html {
    let shown = |value: &str| match value {
        "" => html! { <span class="muted">{ text::changed_empty() }</span> },
        value => html! { { text::visible(value).into_owned() } },
    };
    let object = text::visible(&changed.object);
    html! {
        <section class="changed">
            if changed.is_gone {
                <p>{ text::changed_gone(&object) }</p>
            } else if changed.properties.is_empty() {
                <p class="muted">{ text::changed_nothing(&object) }</p>
            } else {
                <table>
                    <caption>{ text::changed_what(&object) }</caption>
                    <thead><tr><th scope="col">{ text::property() }</th><th scope="col">{ text::before() }</th><th scope="col">{ text::after() }</th></tr></thead>
                    <tbody>
                        for (name, before, after) in &changed.properties {
                            <tr><th scope="row">{ name }</th><td><del>{ shown(before) }</del></td><td><ins>{ shown(after) }</ins></td></tr>
                        }
                    </tbody>
                </table>
            }
        </section>
    }
}
