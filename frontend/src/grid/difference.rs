//! What differs between two runs of a command.

use postern_shared::wire::{Difference, Different, ResultId};
use yew::prelude::*;

use super::value::breakable;
use crate::{
    net::{Answered, Link},
    text,
};

/// What is compared.
#[derive(PartialEq, Properties)]
pub struct DifferenceProps {
    /// The earlier result.
    pub before: ResultId,
    /// The later one.
    pub after: ResultId,
    /// The way to the relay.
    pub link: Option<Link>,
}

/// What differs between two results.
pub struct DifferenceView(State);

enum State {
    Asked,
    Gone,
    Here(Difference),
}

impl Component for DifferenceView {
    type Message = Answered;
    type Properties = DifferenceProps;

    fn create(ctx: &Context<Self>) -> Self {
        let DifferenceProps { before, after, link } = ctx.props();
        if let Some(link) = link {
            link.difference(*before, *after, ctx.link().callback(|answered| answered));
        }
        Self(State::Asked)
    }

    fn update(&mut self, _ctx: &Context<Self>, answered: Answered) -> bool {
        if let Answered::Difference(difference) = answered {
            self.0 = difference.map_or(State::Gone, State::Here);
            return true;
        }
        false
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        match &self.0 {
            State::Asked => {
                html! { <div class="difference"><p class="muted" role="status">{ text::details_loading() }</p></div> }
            }
            State::Gone => {
                html! { <div class="difference"><p class="muted" role="status">{ text::difference_gone() }</p></div> }
            }
            State::Here(difference) => shown(difference),
        }
    }
}

fn shown(difference: &Difference) -> Html {
    let Difference { key, added, removed, changed, same, objects } = difference;
    let [added_text, removed_text, changed_text, same_text] =
        [added, removed, changed, same].map(|number| text::count(*number));
    let told = objects.len() as u64;
    let all = added + removed + changed;
    html! {
        <div class="difference">
            <p role="status">
                if all == 0 {
                    { text::difference_none() }{ " " }
                }
                { text::difference_counts(added_text, removed_text, changed_text, same_text) }{ ". " }
                <span class="muted">{ if key.is_empty() { text::difference_whole().to_owned() } else { text::difference_by(key) } }</span>
            </p>
            if all > 0 {
                <table class="groups">
                    <thead><tr>
                        <th scope="col">{ text::object() }</th>
                        <th scope="col">{ text::property() }</th>
                        <th scope="col">{ text::before() }</th>
                        <th scope="col">{ text::after() }</th>
                    </tr></thead>
                    <tbody>{ for objects.iter().map(object) }</tbody>
                </table>
            }
            if all > told {
                <p class="muted">{ text::difference_more(text::count(all - told)) }</p>
            }
        </div>
    }
}

fn object(object: &Different) -> Html {
    let Different { title, before, after, changes } = object;
    let (class, mark, word) = match (before, after) {
        (false, _) => ("added", "+", text::was_added()),
        (true, false) => ("removed", "−", text::was_removed()),
        (true, true) => ("changed", "~", text::was_changed()),
    };
    let name = html! { <th scope="row" class={class} rowspan={changes.len().max(1).to_string()}><b aria-hidden="true">{ mark }</b>{ " " }{ text::visible(title).into_owned() }<span class="visually-hidden">{ " " }{ word }</span></th> };
    if changes.is_empty() {
        return html! { <tr {class}>{ name }<td colspan="3">{ word }</td></tr> };
    }
    html! {
        for (at, (property, old, new)) in changes.iter().enumerate() {
            <tr {class}>
                if at == 0 {
                    { name.clone() }
                }
                <td>{ breakable(property) }</td>
                <td class="old">{ text::visible(old).into_owned() }</td>
                <td class="new">{ text::visible(new).into_owned() }</td>
            </tr>
        }
    }
}
