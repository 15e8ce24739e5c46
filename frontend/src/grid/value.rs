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

/// A name that may break between its words: `PrimarySmtpAddress` at `Smtp`, a type's name after its dots.
pub(super) fn breakable(name: &str) -> Html {
    let name = &*text::visible(name);
    let mut start = 0;
    let mut words = Vec::new();
    for (at, pair) in name
        .char_indices()
        .zip(name.chars().skip(1))
        .map(|((at, one), two)| (at + one.len_utf8(), (one, two)))
    {
        if pair.0 == '.' || pair.0.is_lowercase() && pair.1.is_uppercase() {
            words.push(name.get(start..at).unwrap_or_default().to_owned());
            start = at;
        }
    }
    let last = name.get(start..).unwrap_or_default().to_owned();
    html! {
        <>
            for word in words {
                { word }<wbr />
            }
            { last }
        </>
    }
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
        DetailValue::Null => html! { <span class="no">{ text::null() }</span> },
        DetailValue::Bool(yes) => html! { <span class={(!yes).then_some("no")}>{ said(*yes) }</span> },
        DetailValue::Text(text) => html! { { text::visible(text).into_owned() } },
        DetailValue::List(items) if items.is_empty() => {
            html! { <span class="no">{ text::empty_list() }</span> }
        }
        _ if depth == DEEPEST => html! { { "…" } },
        DetailValue::List(items) => html! {
            <ul class="values">
                for item in items {
                    <li>{ nested(item, depth + 1) }</li>
                }
            </ul>
        },
        DetailValue::Object(title, properties) if properties.is_empty() => {
            html! { { text::visible(title).into_owned() } }
        }
        DetailValue::Object(title, properties) => html! {
            <details class="object">
                <summary>{ if title.is_empty() { text::properties(properties.len()) } else { text::visible(title).into_owned() } }</summary>
                <dl>
                    for (name, value) in properties {
                        <dt>{ breakable(name) }</dt>
                        <dd>{ nested(value, depth + 1) }</dd>
                    }
                </dl>
            </details>
        },
    }
}

fn said(yes: bool) -> &'static str {
    if yes { text::yes() } else { text::no() }
}
