//! A property's value in the details: text, list, or an object with properties of its own.

use postern_shared::wire::DetailValue;
use yew::prelude::*;

use crate::text;

/// Nesting deeper than this is not drawn; no object of a server is that deep, and drawing recurses.
const DEEPEST: usize = 12;

/// Draws a value.
pub(super) fn value(value: &DetailValue) -> Html {
    nested(value, 0)
}

/// Its text, for the clipboard: a list one item a line.
pub(super) fn plain(value: &DetailValue) -> String {
    match value {
        DetailValue::Null => String::new(),
        DetailValue::Bool(yes) => said(*yes).to_owned(),
        DetailValue::Text(text) | DetailValue::Object(text, _) => text.clone(),
        DetailValue::List(items) => items
            .iter()
            .map(|item| match item {
                DetailValue::List(_) => text::items(0),
                other => plain(other),
            })
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn nested(value: &DetailValue, depth: usize) -> Html {
    match value {
        DetailValue::Null => html! { <span class="no">{ text::NULL }</span> },
        DetailValue::Bool(yes) => html! { <span class={(!yes).then_some("no")}>{ said(*yes) }</span> },
        DetailValue::Text(text) => html! { { text } },
        DetailValue::List(items) if items.is_empty() => {
            html! { <span class="no">{ text::EMPTY_LIST }</span> }
        }
        _ if depth == DEEPEST => html! { { "…" } },
        DetailValue::List(items) => html! {
            <ul class="values">
                for item in items {
                    <li>{ nested(item, depth + 1) }</li>
                }
            </ul>
        },
        DetailValue::Object(title, properties) if properties.is_empty() => html! { { title } },
        DetailValue::Object(title, properties) => html! {
            <details class="object">
                <summary>{ if title.is_empty() { text::properties(properties.len()) } else { title.clone() } }</summary>
                <dl>
                    for (name, value) in properties {
                        <dt>{ name }</dt>
                        <dd>{ nested(value, depth + 1) }</dd>
                    }
                </dl>
            </details>
        },
    }
}

fn said(yes: bool) -> &'static str {
    if yes { text::YES } else { text::NO }
}
