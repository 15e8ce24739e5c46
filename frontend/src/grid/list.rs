//! Objects as names and values under each other.

use std::rc::Rc;

use postern_shared::wire::{RequestId, View};
use yew::prelude::*;

use super::{
    cell,
    details::{Details, Looked},
    rows::Rows,
    value::breakable,
};
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
    /// Shows the result as a grid instead.
    pub on_grid: Callback<()>,
}

pub(super) enum Did {
    Answered(Answered),
    More,
    Opened(u64),
    Closed,
}

pub(super) struct List {
    rows: Rows,
    wanted: u64,
    /// The object shown whole: its number, the request that is not answered yet, and what is known.
    look: Option<(u64, Option<RequestId>, Looked)>,
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
        let mut list = Self { rows: Rows::default(), wanted: PAGE, look: None, labels, properties };
        list.rows.grew(result.rows, true);
        list.ask(ctx);
        list
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &ListProps) -> bool {
        if old.link != ctx.props().link {
            self.rows.reconnected();
            if let Some((_, request, _)) = &mut self.look {
                *request = None;
            }
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
            Did::Answered(Answered::Details(answered, detail)) => {
                if let Some((_, request, looked)) = self.look.as_mut().filter(|look| look.1 == Some(answered))
                {
                    *request = None;
                    *looked = detail.map_or(Looked::Gone, |detail| Looked::Here(Rc::new(detail)));
                }
            }
            Did::Answered(_) => return false,
            Did::More => self.wanted = self.wanted.saturating_add(PAGE),
            Did::Opened(number) => self.look = Some((number, None, Looked::Loading)),
            Did::Closed => self.look = None,
        }
        self.ask(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let shown = (0..self.wanted).map_while(|row| self.rows.get(row));
        let more = ctx.link().callback(|_: MouseEvent| Did::More);
        let open = |number: u64| ctx.link().callback(move |_: MouseEvent| Did::Opened(number));
        let list = html! {
            <div class="list" tabindex="0">
                for row in shown {
                    <div key={row.number}>
                        <dl>
                            for (label, content) in self.labels.iter().zip(&row.cells) {
                                <dt>{ breakable(label) }</dt>
                                <dd>{ cell::content(content) }</dd>
                            }
                        </dl>
                        if self.labels.len() < ctx.props().result.properties.len() {
                            <button class="quiet" onclick={open(row.number)}>{ text::all_properties() }</button>
                        }
                    </div>
                }
                if self.rows.total() > self.wanted {
                    <p class="hidden-parts">
                        { text::rows_of(self.wanted, self.rows.total()) }
                        <button class="quiet" onclick={more}>{ text::show_more() }</button>
                    </p>
                }
            </div>
        };
        let close = ctx.link().callback(|()| Did::Closed);
        let grid = ctx.props().on_grid.reform(|_: MouseEvent| ());
        html! {
            <>
            <div class="tools">
                <span class="count" role="status">{ text::objects(self.rows.total()) }</span>
                <span class="type-name">{ ctx.props().result.type_name.rsplit('.').next().unwrap_or_default().to_owned() }</span>
                <div class="right"><button class="quiet as-grid" onclick={grid}>{ text::as_grid() }</button></div>
            </div>
            <div class={classes!("split", self.look.is_some().then_some("with-detail"))}>
                { list }
                if let Some((.., looked)) = &self.look {
                    <Details looked={looked.clone()} on_close={close} />
                }
            </div>
            </>
        }
    }
}

impl List {
    fn ask(&mut self, ctx: &Context<Self>) {
        let ListProps { result, link, .. } = ctx.props();
        if let (Some(link), Some((number, request @ None, Looked::Loading))) = (link, &mut self.look) {
            *request = link.details(result.id, *number, ctx.link().callback(Did::Answered));
        }
        let (Some(link), Some(range)) = (link, self.rows.missing(0..self.wanted)) else { return };
        let answer = ctx.link().callback(Did::Answered);
        if let Some(request) = link.rows(result.id, View::default(), self.properties.clone(), range, answer) {
            self.rows.asked(request);
        }
    }
}
