//! Two objects side by side, with what differs marked.

use postern_shared::wire::{Detail, DetailValue, RequestId, ResultId};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::value::{self, breakable};
use crate::{
    net::{Answered, Link},
    text,
};

#[derive(PartialEq, Properties)]
pub(super) struct CompareProps {
    pub result: ResultId,
    /// The objects' numbers in the result.
    pub rows: (u64, u64),
    pub link: Option<Link>,
    pub on_close: Callback<()>,
}

pub(super) enum Did {
    Answered(Answered),
    Only(Event),
}

pub(super) struct Compare {
    requests: [Option<RequestId>; 2],
    objects: [Option<Detail>; 2],
    only: bool,
}

impl Component for Compare {
    type Message = Did;
    type Properties = CompareProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut compare = Self { requests: [None, None], objects: [None, None], only: true };
        compare.ask(ctx);
        compare
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &CompareProps) -> bool {
        if ctx.props().rows != old.rows || ctx.props().link != old.link {
            self.ask(ctx);
        }
        true
    }

    fn update(&mut self, _ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Answered(Answered::Details(request, detail)) => {
                if let Some(at) = self.requests.iter().position(|known| *known == Some(request))
                    && let Some(place) = self.objects.get_mut(at)
                {
                    *place = detail;
                }
            }
            Did::Answered(_) => return false,
            Did::Only(event) => {
                let input: HtmlInputElement = event.target_unchecked_into();
                self.only = input.checked();
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let on_close = ctx.props().on_close.clone();
        let close = on_close.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close.emit(());
            }
        });
        html! {
            <aside class="detail pair" aria-label={text::compare_title()} {onkeydown} tabindex="-1">
                <button class="quiet close" aria-label={text::close()} title={text::close()} onclick={on_close.reform(|_: MouseEvent| ())}>{ "✕" }</button>
                { match &self.objects {
                    [Some(one), Some(other)] => self.pair(ctx, one, other),
                    _ => html! { <p class="muted" role="status">{ text::details_loading() }</p> },
                } }
            </aside>
        }
    }
}

impl Compare {
    fn ask(&mut self, ctx: &Context<Self>) {
        let CompareProps { result, rows, link, .. } = ctx.props();
        let Some(link) = link else { return };
        self.objects = [None, None];
        self.requests =
            [rows.0, rows.1].map(|row| link.details(*result, row, ctx.link().callback(Did::Answered)));
    }

    fn pair(&self, ctx: &Context<Self>, one: &Detail, other: &Detail) -> Html {
        let rows = rows(one, other);
        let shown: Vec<_> = rows.iter().filter(|(_, one, other)| !self.only || one != other).collect();
        let cell = |found: Option<&DetailValue>| {
            found.map_or_else(|| html! { <span class="no">{ "–" }</span> }, value::value)
        };
        html! {
            <>
                <h2>{ text::compare_title() }</h2>
                <label class="check">
                    <input type="checkbox" checked={self.only} onchange={ctx.link().callback(Did::Only)} />
                    <span>{ text::only_differences() }</span>
                </label>
                if shown.is_empty() {
                    <p class="muted">{ text::nothing_differs() }</p>
                } else {
                    <table class="groups">
                        <thead><tr>
                            <th scope="col">{ text::property() }</th>
                            <th scope="col">{ one.title.clone() }</th>
                            <th scope="col">{ other.title.clone() }</th>
                        </tr></thead>
                        <tbody>
                            for (name, left, right) in shown {
                                <tr key={*name} class={(left != right).then_some("differs")}>
                                    <th scope="row">{ breakable(name) }</th>
                                    <td>{ cell(*left) }</td>
                                    <td>{ cell(*right) }</td>
                                </tr>
                            }
                        </tbody>
                    </table>
                }
            </>
        }
    }
}

/// Every property of two objects, in the order of the first, with both values.
fn rows<'a>(
    one: &'a Detail,
    other: &'a Detail,
) -> Vec<(&'a str, Option<&'a DetailValue>, Option<&'a DetailValue>)> {
    let find = |detail: &'a Detail, name: &str| {
        detail.properties.iter().find(|(known, ..)| known == name).map(|(.., value)| value)
    };
    let first = one.properties.iter().map(|(name, _, value)| (name.as_str(), Some(value), find(other, name)));
    let rest = other.properties.iter().filter(|(name, ..)| find(one, name).is_none());
    first.chain(rest.map(|(name, _, value)| (name.as_str(), None, Some(value)))).collect()
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::{Detail, DetailValue};

    use super::rows;

    #[test]
    fn properties_of_both_are_shown_once() {
        let detail = |names: &[&str]| Detail {
            title: String::new(),
            type_names: Vec::new(),
            properties: names
                .iter()
                .map(|name| ((*name).to_owned(), String::new(), DetailValue::Text((*name).to_owned())))
                .collect(),
        };
        let (one, other) = (detail(&["A", "B"]), detail(&["C", "B"]));
        let rows = rows(&one, &other);
        let shape: Vec<_> =
            rows.iter().map(|(name, one, other)| (*name, one.is_some(), other.is_some())).collect();
        assert_eq!(shape, [("A", true, false), ("B", true, true), ("C", false, true)]);
    }
}
