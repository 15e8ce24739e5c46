//! Objects as names and values under each other.

use std::rc::Rc;

use postern_shared::wire::View;
use yew::prelude::*;

use super::{cell, rows::Rows};
use crate::{
    net::{Answered, Link},
    state::ResultInfo,
    text,
};

/// So many objects are shown at first, and with every "show more".
const PAGE: u64 = 20;

#[derive(PartialEq, Properties)]
pub(super) struct ListProps {
    pub result: Rc<ResultInfo>,
    pub link: Option<Link>,
}

pub(super) enum Did {
    Answered(Answered),
    More,
}

pub(super) struct List {
    rows: Rows,
    wanted: u64,
    labels: Vec<String>,
    properties: Vec<String>,
}

impl Component for List {
    type Message = Did;
    type Properties = ListProps;

    fn create(ctx: &Context<Self>) -> Self {
        let result = &ctx.props().result;
        let (labels, properties) = if result.columns.is_empty() {
            (result.properties.to_vec(), result.properties.to_vec())
        } else {
            result.columns.iter().map(|column| (column.label.clone(), column.property.clone())).unzip()
        };
        let mut list = Self { rows: Rows::default(), wanted: PAGE, labels, properties };
        list.rows.grew(result.rows, true);
        list.ask(ctx);
        list
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &ListProps) -> bool {
        if old.link != ctx.props().link {
            self.rows.reconnected();
        }
        self.rows.grew(ctx.props().result.rows, true);
        self.ask(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Answered(Answered::Rows(batch)) => {
                self.rows.take(&batch, 0);
            }
            Did::Answered(Answered::Details(..)) => {}
            Did::More => self.wanted = self.wanted.saturating_add(PAGE),
        }
        self.ask(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let shown = (0..self.wanted).map_while(|row| self.rows.get(row));
        let more = ctx.link().callback(|_: MouseEvent| Did::More);
        html! {
            <div class="list">
                for row in shown {
                    <dl key={row.number}>
                        for (label, content) in self.labels.iter().zip(&row.cells) {
                            <dt>{ label }</dt>
                            <dd>{ cell::content(content) }</dd>
                        }
                    </dl>
                }
                if self.rows.total() > self.wanted {
                    <p class="hidden-parts">
                        { text::rows_of(self.wanted, self.rows.total()) }
                        <button class="quiet" onclick={more}>{ text::SHOW_MORE }</button>
                    </p>
                }
            </div>
        }
    }
}

impl List {
    fn ask(&mut self, ctx: &Context<Self>) {
        let ListProps { result, link } = ctx.props();
        let (Some(link), Some(range)) = (link, self.rows.missing(0..self.wanted)) else { return };
        let answer = ctx.link().callback(Did::Answered);
        if let Some(request) = link.rows(result.id, View::default(), self.properties.clone(), range, answer) {
            self.rows.asked(request);
        }
    }
}
