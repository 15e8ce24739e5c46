//! What a column holds: a picture, figures, and its values with their counts and sums. A value shows only its rows.

use postern_shared::wire::{Group, RequestId, ResultId, Spread, Summary, View};
use yew::prelude::*;

use super::{chart::chart, value::breakable};
use crate::{
    net::{Answered, Link},
    text,
};

/// Values shown at first, and with every "show more".
const PAGE: usize = 50;

#[derive(PartialEq, Properties)]
pub(super) struct SummaryProps {
    pub result: ResultId,
    /// Rows of the result: when it grows, the column is looked at again.
    pub rows: u64,
    pub view: View,
    pub shown: Vec<String>,
    pub property: String,
    /// Properties added up for each value.
    pub sums: Vec<String>,
    pub link: Option<Link>,
    /// Shows only rows with this value.
    pub only: Callback<String>,
    pub on_close: Callback<()>,
}

pub(super) enum Did {
    Answered(Answered),
    More,
}

pub(super) struct ColumnSummary {
    request: Option<RequestId>,
    /// What was asked for is out of date.
    stale: bool,
    summary: Option<Summary>,
    most: usize,
}

impl Component for ColumnSummary {
    type Message = Did;
    type Properties = SummaryProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut summary = Self { request: None, stale: false, summary: None, most: PAGE };
        summary.ask(ctx);
        summary
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &SummaryProps) -> bool {
        let props = ctx.props();
        if props.link != old.link {
            self.request = None;
        }
        if props.rows != old.rows
            || props.view != old.view
            || props.sums != old.sums
            || props.link != old.link
        {
            self.ask(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Answered(Answered::Summary(request, summary)) if self.request == Some(request) => {
                self.request = None;
                self.summary = Some(summary);
                if std::mem::take(&mut self.stale) {
                    self.ask(ctx);
                }
            }
            Did::Answered(_) => return false,
            Did::More => self.most += PAGE,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let SummaryProps { property, on_close, .. } = ctx.props();
        let close = on_close.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close.emit(());
            }
        });
        html! {
            <aside class="detail summary" aria-label={text::group_by()} {onkeydown} tabindex="-1">
                <button class="quiet close" aria-label={text::close()} title={text::close()} onclick={on_close.reform(|_: MouseEvent| ())}>{ "✕" }</button>
                <h2>{ breakable(property) }</h2>
                { match &self.summary {
                    None => html! { <p class="muted" role="status">{ text::details_loading() }</p> },
                    Some(summary) => self.summary(ctx, summary),
                } }
            </aside>
        }
    }
}

impl ColumnSummary {
    fn ask(&mut self, ctx: &Context<Self>) {
        if self.request.is_some() {
            self.stale = true;
            return;
        }
        let SummaryProps { result, view, shown, property, sums, link, .. } = ctx.props();
        let Some(link) = link else { return };
        let view = (view.clone(), shown.clone());
        self.request =
            link.summary(*result, view, property.clone(), sums.clone(), ctx.link().callback(Did::Answered));
    }

    fn summary(&self, ctx: &Context<Self>, summary: &Summary) -> Html {
        let SummaryProps { property, sums, only, .. } = ctx.props();
        let mut facts = vec![text::distinct_values(text::count(summary.distinct))];
        if summary.empty > 0 {
            facts.push(text::without_value(text::count(summary.empty)));
        }
        if let Some(Spread::Numbers { lowest, highest, sum, mean, unlimited, .. }) = &summary.spread {
            let [lowest, highest, mean, sum] =
                [lowest, highest, mean, sum].map(|amount| text::amount(*amount));
            facts.push(text::statistics(lowest, highest, mean, sum));
            if *unlimited > 0 {
                facts.push(text::unlimited_values(text::count(*unlimited)));
            }
        }
        let more = summary.groups.len() > self.most;
        let row = |group: &Group| {
            let name = if group.text.is_empty() {
                text::no_value().to_owned()
            } else {
                text::visible(&group.text).into_owned()
            };
            let value = group.text.clone();
            html! {
                <tr key={value.clone()}>
                    <td><button class="quiet value" title={text::show_only(&name)} onclick={only.reform(move |_: MouseEvent| value.clone())}>{ name }</button></td>
                    <td class="num">{ text::count(group.count) }</td>
                    for sum in &group.sums {
                        <td class="num">{ sum.map(text::amount).unwrap_or_default() }</td>
                    }
                </tr>
            }
        };
        html! {
            <>
                <p class="type">{ facts.join(" · ") }</p>
                { chart(property, summary.spread.as_ref(), &summary.groups) }
                <table class="groups">
                    <thead><tr>
                        <th scope="col">{ text::column_value() }</th>
                        <th scope="col" class="num">{ text::column_count() }</th>
                        for sum in sums {
                            <th scope="col" class="num" title={text::sum_of(sum)}>{ "Σ " }{ breakable(sum) }</th>
                        }
                    </tr></thead>
                    <tbody>{ for summary.groups.iter().take(self.most).map(row) }</tbody>
                </table>
                if more {
                    <button class="quiet" onclick={ctx.link().callback(|_| Did::More)}>{ text::show_more() }</button>
                } else if summary.distinct > summary.groups.len() as u64 {
                    <p class="muted">{ text::values_more(text::count(summary.distinct - summary.groups.len() as u64)) }</p>
                }
            </>
        }
    }
}
