//! How the grid is drawn.

use std::rc::Rc;

use postern_shared::wire::CellKind;
use yew::prelude::*;

use super::{Did, Spot, Table};
use crate::{
    grid::{cell, chooser::Chooser, columns::Column, details::Details, rows::Row, scroll::ROW},
    state::ResultInfo,
    text,
};

impl Table {
    pub(super) fn draw(&self, ctx: &Context<Self>) -> Html {
        let result = &ctx.props().result;
        let link = ctx.link();
        html! {
            <div class="result">
                { self.tools(ctx, result) }
                <div class={classes!("split", self.look.is_some().then_some("with-detail"))}>
                    { self.grid(ctx, result) }
                    if let Some(look) = &self.look {
                        <Details looked={look.state.clone()} on_close={link.callback(|()| Did::ClosedDetails)} />
                    }
                </div>
            </div>
        }
    }

    fn tools(&self, ctx: &Context<Self>, result: &ResultInfo) -> Html {
        let link = ctx.link();
        let total = self.rows.total();
        let count = if self.filter.is_empty() {
            text::objects(result.rows.max(total))
        } else {
            text::rows_of(total, result.rows)
        };
        let short = result.type_name.rsplit('.').next().unwrap_or_default().to_owned();
        let all = result.properties.len().max(self.columns.shown.len());
        html! {
            <div class="tools">
                <input ref={&self.filter_input} type="search" class="filter" placeholder={text::FILTER} aria-label={text::FILTER}
                    spellcheck="false" autocomplete="off" oninput={link.callback(Did::Typed)} />
                <span class="count" role="status">{ count }</span>
                <span class="type-name" title={result.type_name.to_string()}>{ short }</span>
                <div class="right">
                    <button class="quiet" aria-expanded={self.choosing.to_string()} onclick={link.callback(|_| Did::ToggledChooser)}>
                        { text::columns_of(self.columns.shown.len(), all) }
                    </button>
                    if self.choosing {
                        <Chooser properties={self.choices(result)} on_toggle={link.callback(Did::ToggledColumn)}
                            on_all={link.callback(|()| Did::AllColumns)} on_reset={link.callback(|()| Did::DefaultColumns)}
                            on_close={link.callback(|()| Did::ToggledChooser)} />
                    }
                </div>
            </div>
        }
    }

    fn choices(&self, result: &ResultInfo) -> Vec<(String, bool)> {
        let more = self.columns.shown.iter().map(|column| &column.property);
        let more = more.filter(|property| !result.properties.contains(property));
        result.properties.iter().chain(more).map(|name| (name.clone(), self.columns.shows(name))).collect()
    }

    fn grid(&self, ctx: &Context<Self>, result: &ResultInfo) -> Html {
        let link = ctx.link();
        let scroll = self.current();
        let columns = self.columns.shown.as_slice();
        let widths = columns.iter().map(|column| column.width);
        let width: f64 = widths.clone().sum();
        // Room that no column needs stays empty at the end.
        let cols: Vec<_> = widths.map(|width| format!("{width:.0}px")).collect();
        let style = format!("--cols:{} 1fr;--width:{width:.0}px", cols.join(" "));
        let active = self.cursor.map(|(spot, column)| cell_id(result, spot, column));
        let drawn = scroll.drawn();
        html! {
            <div class={classes!("grid", self.drag.is_some().then_some("dragging"))} role="grid" tabindex="0" ref={&self.place} {style}
                aria-label={text::grid_label(&result.type_name)} aria-rowcount={(scroll.rows + 1).to_string()}
                aria-colcount={columns.len().to_string()} aria-activedescendant={active}
                onscroll={link.callback(|_: Event| Did::Scrolled)} onkeydown={link.callback(Did::Key)}
                onfocus={link.callback(|_: FocusEvent| Did::Focused)}>
                <div class="head" role="row" aria-rowindex="1">
                    for (at, column) in columns.iter().enumerate() {
                        { self.heading(ctx, result, at, column) }
                    }
                </div>
                <div class="body" role="rowgroup" style={format!("height:{:.0}px", scroll.height())}>
                    <div class="rows" role="presentation" style={format!("transform:translateY({:.1}px)", scroll.offset())}>
                        for at in drawn {
                            { self.row(ctx, result, at) }
                        }
                    </div>
                    if scroll.rows == 0 && !self.filter.is_empty() {
                        <p class="muted nothing">{ text::NOTHING_MATCHES }</p>
                    }
                </div>
            </div>
        }
    }

    fn heading(&self, ctx: &Context<Self>, result: &ResultInfo, at: usize, column: &Column) -> Html {
        let link = ctx.link();
        let sorted = self.columns.sort.as_ref().filter(|key| key.property == column.property);
        let (sort, mark) = match sorted {
            None => ("none", ""),
            Some(key) if key.descending => ("descending", "↓"),
            Some(_) => ("ascending", "↑"),
        };
        let active = self.cursor == Some((Spot::Head, at));
        html! {
            <div class={classes!("th", cell::class(column.kind), active.then_some("active"))} role="columnheader" aria-sort={sort}
                aria-colindex={(at + 1).to_string()} id={cell_id(result, Spot::Head, at)} title={column.property.clone()}
                onclick={link.callback(move |_| Did::SortClicked(at))}>
                <span class="label">{ &column.label }</span>
                <span class="mark" aria-hidden="true">{ mark }</span>
                <span class="grip" aria-hidden="true" title={text::RESIZE}
                    onclick={|event: MouseEvent| event.stop_propagation()}
                    ondblclick={link.callback(move |_| Did::Fit(at))}
                    onpointerdown={link.callback(move |event| Did::GripDown(at, event))}
                    onpointermove={link.callback(Did::GripMoved)} onpointerup={link.callback(|_| Did::GripUp)} />
            </div>
        }
    }

    fn row(&self, ctx: &Context<Self>, result: &ResultInfo, at: u64) -> Html {
        let row = self.rows.get(at);
        let selected = row.is_some_and(|row| self.selected == Some(row.number));
        let cursor = match self.cursor {
            Some((Spot::Row(row), column)) if row == at => Some(column),
            _ => None,
        };
        html! {
            <div class={classes!("tr", selected.then_some("selected"))} role="row" key={at.to_string()}
                aria-rowindex={(at + 2).to_string()} aria-selected={selected.to_string()} style={format!("height:{ROW}px")}>
                for (column, shown) in self.columns.shown.iter().enumerate() {
                    <div class={classes!("td", cell::class(shown.kind), (cursor == Some(column)).then_some("active"))} role="gridcell"
                        aria-colindex={(column + 1).to_string()} id={cursor.map(|_| cell_id(result, Spot::Row(at), column))}
                        onclick={ctx.link().callback(move |_| Did::Clicked(at, column))}>
                        { content(row, column, shown.kind) }
                    </div>
                }
            </div>
        }
    }
}

fn content(row: Option<&Rc<Row>>, column: usize, kind: CellKind) -> Html {
    match row.map(|row| row.cells.get(column)) {
        None if kind == CellKind::Text => html! { <span class="no">{ text::LOADING }</span> },
        None | Some(None) => Html::default(),
        Some(Some(shown)) => cell::content(shown),
    }
}

fn cell_id(result: &ResultInfo, spot: Spot, column: usize) -> String {
    match spot {
        Spot::Head => format!("r{}-h-{column}", result.id),
        Spot::Row(row) => format!("r{}-{row}-{column}", result.id),
    }
}
