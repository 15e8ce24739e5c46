//! An error in its four parts: what failed, likely cause, what to do, and what the server said.

use postern_shared::wire::Failure;
use yew::prelude::*;

use crate::text;

/// An error in its four parts.
pub(crate) fn failure_card(failure: &Failure) -> Html {
    let Failure { what, cause, remedy, raw, code, facts, .. } = failure;
    let part = |name: &'static str, value: &str, class: &'static str| {
        (!value.is_empty())
            .then(|| html! { <><dt>{ name }</dt><dd {class}>{ text::visible(value).into_owned() }</dd></> })
    };
    // What failed is often the server's own sentence; it is not said twice.
    let said = match (raw.trim(), code.trim()) {
        (raw, code) if raw == what.trim() || raw.is_empty() => code.to_owned(),
        (raw, code) if raw.starts_with(code) => raw.to_owned(),
        (raw, code) => format!("{code}\n{raw}"),
    };
    html! {
        <div class="failure">
            <p class="what">{ text::visible(what).into_owned() }</p>
            <dl>
                { part(text::cause(), cause, "") }
                { part(text::remedy(), remedy, "") }
                { part(text::raw(), &said, "mono raw") }
            </dl>
            if !facts.is_empty() {
                <details>
                    <summary>{ text::more_facts() }</summary>
                    <dl>
                        for (name, value) in facts.iter() {
                            <dt>{ name }</dt>
                            <dd class="mono">{ value }</dd>
                        }
                    </dl>
                </details>
            }
        </div>
    }
}
