//! How the grid is drawn.

use std::rc::Rc;

use postern_shared::wire::CellKind;
use yew::prelude::*;

use super::{Did, Open, Spot, Table};
use crate::{
    grid::{cell, columns::Column, rows::Row, scroll::ROW},
    state::ResultInfo,
    text,
};

impl Table {
    pub(super) fn draw(&self, ctx: &Context<Self>) -> Html {
        let result = &ctx.props().result;
        html! {
            <div class="result">
                { self.tools(ctx, result) }
                <div class={classes!("split", self.pane.is_some().then_some("with-detail"))}>
                    <div class="place">
                        { self.grid(ctx, result) }
                        { self.column_menu(ctx) }
                    </div>
                    { self.pane(ctx) }
                </div>
            </div>
        }
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
            <div class={classes!("grid", self.drag.is_some().then_some("dragging"))} role={if self.group.is_some() { "treegrid" } else { "grid" }} tabindex="0" ref={&self.place} {style}
                aria-label={text::grid_label(&result.type_name)} aria-rowcount={(scroll.rows + 1).to_string()}
                aria-colcount={columns.len().to_string()} aria-multiselectable="true" aria-activedescendant={active}
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
                            { self.row_or_heading(ctx, result, at) }
                        }
                    </div>
                    if scroll.rows == 0 && !self.in_order() {
                        <p class="muted nothing">{ text::nothing_matches() }</p>
                    }
                </div>
            </div>
        }
    }

    fn heading(&self, ctx: &Context<Self>, result: &ResultInfo, at: usize, column: &Column) -> Html {
        let link = ctx.link();
        let (sort, mark) = match self.columns.sorted(&column.property) {
            None => ("none", String::new()),
            Some((key, keys, descending)) => {
                let arrow = if descending { "↓" } else { "↑" };
                let mark = if keys > 1 { format!("{}{arrow}", key + 1) } else { arrow.to_owned() };
                (if descending { "descending" } else { "ascending" }, mark)
            }
        };
        let active = self.cursor == Some((Spot::Head, at));
        let filtered = self.conditions.iter().any(|condition| condition.property == column.property);
        let moving = self.moving.as_ref().and_then(|moving| Some((moving.column, moving.to?)));
        let class = classes!(
            "th",
            cell::class(column.kind),
            active.then_some("active"),
            filtered.then_some("filtered"),
            moving.is_some_and(|(from, _)| from == at).then_some("moving"),
            moving.filter(|(from, to)| *to == at && from != to).map(|(from, _)| if from < at {
                "drop-after"
            } else {
                "drop-before"
            }),
            column.pinned.then_some("pin"),
        );
        html! {
            <div {class} role="columnheader" aria-sort={sort} style={self.pin_style(at, column)}
                aria-colindex={(at + 1).to_string()} id={cell_id(result, Spot::Head, at)} title={column.property.clone()}
                onclick={link.callback(move |event| Did::HeadClicked(at, event))}
                onpointerdown={link.callback(move |event| Did::HeadDown(at, event))}
                onpointermove={link.callback(Did::HeadMoved)} onpointerup={link.callback(|_| Did::HeadUp)}
                onpointercancel={link.callback(|_| Did::HeadUp)}>
                <span class="label">{ text::visible(&column.label).into_owned() }</span>
                <span class="mark" aria-hidden="true">{ mark }</span>
                <button class="more" tabindex="-1" aria-label={text::column_menu(&column.label)} aria-haspopup="dialog"
                    onpointerdown={|event: PointerEvent| event.stop_propagation()}
                    onclick={link.callback(move |event: MouseEvent| { event.stop_propagation(); Did::Toggled(Open::Menu(at)) })}>{ if filtered { "▼" } else { "⋮" } }</button>
                <span class="grip" aria-hidden="true" title={text::resize()}
                    onclick={|event: MouseEvent| event.stop_propagation()}
                    ondblclick={link.callback(move |_| Did::Fit(at))}
                    onpointerdown={link.callback(move |event: PointerEvent| { event.stop_propagation(); Did::GripDown(at, event) })}
                    onpointermove={link.callback(|event: PointerEvent| { event.stop_propagation(); Did::GripMoved(event) })} onpointerup={link.callback(|_| Did::GripUp)} />
            </div>
        }
    }

    pub(super) fn pin_style(&self, at: usize, column: &Column) -> Option<String> {
        column.pinned.then(|| format!("left:{:.0}px", self.columns.left(at)))
    }

    fn row_or_heading(&self, ctx: &Context<Self>, result: &ResultInfo, at: u64) -> Html {
        let row = self.rows.get(at);
        match row.and_then(|row| row.heading.as_ref()) {
            Some(heading) => self.heading_row(ctx, result, at, heading),
            None => self.row(ctx, result, at, row),
        }
    }

    fn row(&self, ctx: &Context<Self>, result: &ResultInfo, at: u64, row: Option<&Rc<Row>>) -> Html {
        let selected = self.selection.contains(at)
            || self.selection.count() == 0 && row.is_some_and(|row| self.selected == Some(row.number));
        let cursor = match self.cursor {
            Some((Spot::Row(row), column)) if row == at => Some(column),
            _ => None,
        };
        html! {
            <div class={classes!("tr", selected.then_some("selected"))} role="row" key={at.to_string()} aria-level={self.group.is_some().then_some("2")}
                aria-rowindex={(at + 2).to_string()} aria-selected={selected.to_string()} style={format!("height:{ROW}px")}>
                for (column, shown) in self.columns.shown.iter().enumerate() {
                    <div class={classes!("td", cell::class(shown.kind), (cursor == Some(column)).then_some("active"), shown.pinned.then_some("pin"))} role="gridcell"
                        aria-colindex={(column + 1).to_string()} id={cursor.map(|_| cell_id(result, Spot::Row(at), column))}
                        style={self.pin_style(column, shown)}
                        onclick={ctx.link().callback(move |event| Did::Clicked(at, column, event))}>
                        { content(row, column, shown.kind) }
                    </div>
                }
            </div>
        }
    }
}

fn content(row: Option<&Rc<Row>>, column: usize, kind: CellKind) -> Html {
    match row.map(|row| row.cells.get(column)) {
        None if kind == CellKind::Text => html! { <span class="no">{ text::loading() }</span> },
        None | Some(None) => Html::default(),
        Some(Some(shown)) => cell::content(shown),
    }
}

pub(super) fn cell_id(result: &ResultInfo, spot: Spot, column: usize) -> String {
    match spot {
        Spot::Head => format!("r{}-h-{column}", result.id),
        Spot::Row(row) => format!("r{}-{row}-{column}", result.id),
    }
}
