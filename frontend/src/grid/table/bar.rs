//! What stands above the grid: the filter, counts, what can be done with the rows, and the filters in use.

use postern_shared::wire::Format;
use yew::prelude::*;

use super::{Did, Open, Table, changes::said};
use crate::{
    grid::{chooser::Chooser, export::Export},
    state::ResultInfo,
    text,
};

/// What rows can be copied as; downloads have the same CSV.
const FORMATS: [(text::Message, Format); 4] = [
    (text::copy_text, Format::Text),
    (text::copy_csv, Format::Csv { separator: ',', mark: false, guard: true }),
    (text::copy_json, Format::Json),
    (text::copy_literals, Format::Literals),
];

impl Table {
    pub(super) fn tools(&self, ctx: &Context<Self>, result: &ResultInfo) -> Html {
        let link = ctx.link();
        let total = self.rows.objects();
        let count = if self.filter.is_empty() && self.conditions.is_empty() {
            text::objects(result.rows.max(total))
        } else {
            text::rows_of(total, result.rows)
        };
        let short = result.type_name.rsplit('.').next().unwrap_or_default().to_owned();
        let all = result.properties.len().max(self.columns.shown.len());
        let selected = self.selected_objects();
        html! {
            <>
            <div class="tools">
                <input ref={&self.filter_input} type="search" class="filter" placeholder={text::filter()} aria-label={text::filter()}
                    spellcheck="false" autocomplete="off" oninput={link.callback(Did::Typed)} />
                <span class="count" role="status">{ count }</span>
                if selected > 1 {
                    <span class="chip">
                        { text::selected_rows(text::count(selected)) }
                        <button class="quiet" aria-label={text::select_none()} title={text::select_none()} onclick={link.callback(|_| Did::SelectNone)}>{ "✕" }</button>
                    </span>
                    if selected == 2 {
                        <button class="quiet compare" onclick={link.callback(|_| Did::Compare)}>{ text::compare() }</button>
                    }
                } else {
                    <span class="type-name" title={result.type_name.to_string()}>{ short }</span>
                }
                <div class="right">
                    <span class="notice" role="status">{ &self.notice }</span>
                    if selected > 0 {
                        <button class="quiet use" onclick={link.callback(|_| Did::Use)}>{ text::use_selection() }</button>
                    }
                    <button class="quiet copying" aria-expanded={(self.open == Open::Copy).to_string()} aria-haspopup="menu"
                        onclick={link.callback(|_| Did::Toggled(Open::Copy))}>{ text::copy() }</button>
                    if self.open == Open::Copy {
                        { copy_menu(ctx) }
                    }
                    if ctx.props().downloads {
                        <button class="quiet export" onclick={link.callback(|_| Did::Toggled(Open::Export))}>{ text::export() }</button>
                    }
                    <button class="quiet as-list" onclick={ctx.props().on_list.reform(|_: MouseEvent| ())}>{ text::as_list() }</button>
                    <button class="quiet columns" aria-expanded={(self.open == Open::Columns).to_string()} onclick={link.callback(|_| Did::Toggled(Open::Columns))}>
                        { text::columns_of(self.columns.shown.len(), all) }
                    </button>
                    if self.open == Open::Columns {
                        <Chooser properties={self.choices(result)} on_toggle={link.callback(Did::ToggledColumn)}
                            on_all={link.callback(|()| Did::AllColumns)} on_reset={link.callback(|()| Did::DefaultColumns)}
                            on_close={link.callback(|()| Did::Toggled(Open::Columns))} />
                    }
                </div>
            </div>
            { self.filters(ctx) }
            if self.open == Open::Export {
                <Export base={self.extract(ctx, Format::Xlsx)} properties={result.properties.clone()} shown={total} all={result.rows}
                    link={ctx.props().link.clone()} on_close={link.callback(|()| Did::Toggled(Open::Export))} />
            }
            </>
        }
    }

    /// The filters in use, each with a way out.
    fn filters(&self, ctx: &Context<Self>) -> Html {
        if self.conditions.is_empty() && self.group.is_none() {
            return Html::default();
        }
        let link = ctx.link();
        html! {
            <div class="filters">
                { self.group_chip(ctx) }
                for condition in &self.conditions {
                    <span class="chip" key={condition.property.clone()}>
                        <b>{ condition.property.clone() }</b>{ " " }{ said(&condition.test).0 }{ " " }<span class="what">{ said(&condition.test).1 }</span>
                        <button class="quiet" aria-label={text::filter_clear()} title={text::filter_clear()}
                            onclick={link.callback({ let property = condition.property.clone(); move |_| Did::Unfiltered(Some(property.clone())) })}>{ "✕" }</button>
                    </span>
                }
                if !self.conditions.is_empty() {
                    <button class="quiet" onclick={link.callback(|_| Did::Unfiltered(None))}>{ text::filters_clear() }</button>
                }
            </div>
        }
    }

    fn choices(&self, result: &ResultInfo) -> Vec<(String, bool)> {
        let more = self.columns.shown.iter().map(|column| &column.property);
        let more = more.filter(|property| !result.properties.contains(property));
        result.properties.iter().chain(more).map(|name| (name.clone(), self.columns.shows(name))).collect()
    }
}

fn copy_menu(ctx: &Context<Table>) -> Html {
    let link = ctx.link();
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        (event.key() == "Escape").then(|| {
            event.stop_propagation();
            Did::Toggled(Open::Copy)
        })
    });
    html! {
        <div class="drop" role="menu" aria-label={text::copy()} {onkeydown}>
            for (at, (name, format)) in FORMATS.into_iter().enumerate() {
                <button class="quiet" role="menuitem" autofocus={at == 0} onclick={link.callback(move |_| Did::Copy(format))}>{ name() }</button>
            }
        </div>
    }
}
