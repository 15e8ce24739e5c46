//! The download of a result: which rows and columns, in which format, and how far it is.

use std::rc::Rc;

use postern_shared::wire::{Download, Extract, Format, View};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    browser,
    console::{Modal, failure_card, meter},
    net::{Answered, Link},
    text,
};

#[derive(PartialEq, Properties)]
pub(super) struct ExportProps {
    /// The rows selected, or none for all of the view; with the columns shown.
    pub base: Extract,
    /// Every property.
    pub properties: Rc<[String]>,
    /// Rows of the view.
    pub shown: u64,
    /// Rows of the whole result.
    pub all: u64,
    pub link: Option<Link>,
    pub on_close: Callback<()>,
}

pub(super) enum Did {
    Format(usize),
    Rows(Rows),
    Columns(bool),
    Separator(Event),
    Mark(Event),
    Guard(Event),
    Started,
    Answered(Answered),
}

/// Which rows are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    View,
    Selected,
    All,
}

pub(super) struct Export {
    format: usize,
    rows: Rows,
    every_column: bool,
    separator: usize,
    mark: bool,
    guard: bool,
    state: Option<Download>,
}

/// Formats by their place in the list.
const NAMES: [text::Message; 4] =
    [text::format_xlsx, text::format_csv, text::format_json, text::format_clixml];
const CSV: usize = 1;
const CLIXML: usize = 3;
const SEPARATORS: [(text::Message, char); 3] =
    [(text::separator_comma, ','), (text::separator_semicolon, ';'), (text::separator_tab, '\t')];

impl Component for Export {
    type Message = Did;
    type Properties = ExportProps;

    fn create(ctx: &Context<Self>) -> Self {
        let selected = ctx.props().base.rows.iter().map(|(from, to)| to.saturating_sub(*from)).sum::<u64>();
        Self {
            format: 0,
            rows: if selected > 1 { Rows::Selected } else { Rows::View },
            every_column: false,
            // Excel in German takes no comma.
            separator: usize::from(text::Language::current() == text::Language::German),
            mark: true,
            guard: true,
            state: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        let checked = |event: Event| event.target_unchecked_into::<HtmlInputElement>().checked();
        match did {
            Did::Format(format) => self.format = format,
            Did::Rows(rows) => self.rows = rows,
            Did::Columns(every) => self.every_column = every,
            Did::Separator(event) => {
                let select: HtmlSelectElement = event.target_unchecked_into();
                self.separator = usize::try_from(select.selected_index()).unwrap_or(0);
            }
            Did::Mark(event) => self.mark = checked(event),
            Did::Guard(event) => self.guard = checked(event),
            Did::Started => {
                let extract = self.extract(ctx.props());
                if let Some(link) = &ctx.props().link
                    && link.download(extract, ctx.link().callback(Did::Answered))
                {
                    self.state = Some(Download::Running { rows: 0, of: 0, bytes: 0 });
                }
            }
            Did::Answered(Answered::Download(download)) => {
                if let Download::Ready { path, name } = &download {
                    browser::download(path, name);
                    return false;
                }
                self.state = Some(download);
            }
            Did::Answered(_) => return false,
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let on_close = ctx.props().on_close.clone();
        html! {
            <Modal label={text::export_title()} class="export" on_close={on_close.clone()}>
                <h3>{ text::export_title() }</h3>
                { match &self.state {
                    None => self.form(ctx),
                    Some(state) => html! {
                        <>
                            { progress(state) }
                            <div class="row">
                                <button class="button" autofocus=true onclick={on_close.reform(|_: MouseEvent| ())}>{ text::close() }</button>
                            </div>
                        </>
                    },
                } }
            </Modal>
        }
    }
}

impl Export {
    fn extract(&self, props: &ExportProps) -> Extract {
        let mut extract = props.base.clone();
        if self.rows != Rows::Selected {
            extract.rows.clear();
        }
        if self.rows == Rows::All {
            extract.view = View::default();
        }
        if self.every_column {
            extract.columns = props.properties.to_vec();
        }
        extract.whole = self.every_column && self.format == CLIXML;
        extract.format = match self.format {
            CSV => Format::Csv {
                separator: SEPARATORS.get(self.separator).map_or(',', |(_, separator)| *separator),
                mark: self.mark,
                guard: self.guard,
            },
            2 => Format::Json,
            CLIXML => Format::Clixml,
            _ => Format::Xlsx,
        };
        extract
    }

    fn form(&self, ctx: &Context<Self>) -> Html {
        let (props, link) = (ctx.props(), ctx.link());
        let selected = props.base.rows.iter().map(|(from, to)| to.saturating_sub(*from)).sum::<u64>();
        let radio = |group: &'static str, label: String, on: bool, did: Callback<Event>| {
            html! { <label class="check"><input type="radio" name={group} checked={on} onchange={did} /><span>{ label }</span></label> }
        };
        let rows = |rows: Rows, label: String| {
            radio("rows", label, self.rows == rows, link.callback(move |_: Event| Did::Rows(rows)))
        };
        let columns = |every: bool, label: String| {
            radio(
                "columns",
                label,
                self.every_column == every,
                link.callback(move |_: Event| Did::Columns(every)),
            )
        };
        let onsubmit = link.callback(|event: SubmitEvent| {
            event.prevent_default();
            Did::Started
        });
        html! {
            <form {onsubmit}>
                <fieldset><legend>{ text::export_format() }</legend>
                    for (at, name) in NAMES.into_iter().enumerate() {
                        { radio("format", name().to_owned(), self.format == at, link.callback(move |_: Event| Did::Format(at))) }
                    }
                </fieldset>
                <fieldset><legend>{ text::export_rows() }</legend>
                    if selected > 0 {
                        { rows(Rows::Selected, text::export_rows_selected(text::count(selected))) }
                    }
                    { rows(Rows::View, text::export_rows_view(text::count(props.shown))) }
                    if props.all != props.shown || props.base.view != View::default() {
                        { rows(Rows::All, text::export_rows_all(text::count(props.all))) }
                    }
                </fieldset>
                <fieldset><legend>{ text::export_columns() }</legend>
                    { columns(false, text::export_columns_shown(props.base.columns.len())) }
                    { columns(true, text::export_columns_all(props.properties.len())) }
                </fieldset>
                if self.format == CSV {
                    <fieldset>
                        <label class="field"><span>{ text::export_separator() }</span>
                            <select onchange={link.callback(Did::Separator)}>
                                for (at, (name, _)) in SEPARATORS.into_iter().enumerate() {
                                    <option selected={at == self.separator}>{ name() }</option>
                                }
                            </select>
                        </label>
                        <label class="check"><input type="checkbox" checked={self.mark} onchange={link.callback(Did::Mark)} /><span>{ text::export_mark() }</span></label>
                        <label class="check"><input type="checkbox" checked={self.guard} onchange={link.callback(Did::Guard)} /><span>{ text::export_guard() }</span></label>
                    </fieldset>
                }
                <div class="row">
                    <button type="button" class="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ text::cancel() }</button>
                    <button class="button primary" id="download" disabled={props.link.is_none()}>{ text::export_start() }</button>
                </div>
            </form>
        }
    }
}

/// How a download stands, in words and as a bar.
pub(crate) fn progress(state: &Download) -> Html {
    match state {
        Download::Ready { .. } => Html::default(),
        Download::Running { rows, of, bytes } => {
            let percent = (*of > 0).then(|| *rows as f64 / *of as f64 * 100.0);
            let said = if *of == 0 {
                text::export_preparing().to_owned()
            } else {
                text::export_running(text::count(*rows), text::count(*of), text::bytes(*bytes))
            };
            html! { <><p role="status">{ said }</p>{ meter(text::export(), percent) }</> }
        }
        Download::Done { rows, bytes } => html! {
            <><p role="status" class="done">{ text::export_done(text::count(*rows), text::bytes(*bytes)) }</p>{ meter(text::export(), Some(100.0)) }</>
        },
        Download::Failed(failure) => failure_card(failure),
    }
}
