//! A column's menu: sort, filter by comparison or by its values, group, pin, move, hide.

use postern_shared::wire::{CellKind, Group, RequestId, ResultId, Test, View};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    net::{Answered, Link},
    text,
};

/// Values shown to choose from; the field above them finds the others.
const SHOWN: usize = 60;

/// What is chosen in the menu.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Chosen {
    /// Sort by the column, largest first or not.
    Sort(bool),
    /// Sort by it after what rows are sorted by already.
    SortAlso,
    Filter(Test),
    Unfilter,
    /// Rows with the same value stand together.
    Group,
    /// Show what the column holds.
    Summary,
    Pin,
    Left,
    Right,
    Fit,
    Hide,
}

#[derive(PartialEq, Properties)]
pub(super) struct MenuProps {
    /// Where it stands, in pixels from the left.
    pub left: f64,
    pub property: String,
    pub label: String,
    pub kind: CellKind,
    pub pinned: bool,
    /// Whether rows are sorted by anything.
    pub sorted: bool,
    /// Whether it is the only column.
    pub last: bool,
    /// What the column is filtered by.
    pub test: Option<Test>,
    pub result: ResultId,
    /// The rows that its values are of.
    pub view: View,
    pub shown: Vec<String>,
    pub link: Option<Link>,
    pub chosen: Callback<Chosen>,
    pub on_close: Callback<()>,
}

pub(super) enum Did {
    Answered(Answered),
    Operator(Event),
    Searched(InputEvent),
    Ticked(String),
    Applied,
    Key(KeyboardEvent),
}

pub(super) struct Menu {
    request: Option<RequestId>,
    values: Option<(Vec<Group>, u64)>,
    operator: usize,
    value: NodeRef,
    search: String,
    ticked: Vec<String>,
    first: NodeRef,
}

/// Makes a test of what is typed.
type Make = fn(String) -> Test;
/// The comparisons: what each is called, and the test that it makes of a value.
const OPERATORS: [(text::Message, Make); 10] = [
    (text::test_contains, Test::Contains),
    (text::test_lacks, Test::Lacks),
    (text::test_is, Test::Is),
    (text::test_is_not, Test::IsNot),
    (text::test_above, Test::Above),
    (text::test_at_least, Test::AtLeast),
    (text::test_below, Test::Below),
    (text::test_at_most, Test::AtMost),
    (text::test_empty, |_| Test::Empty),
    (text::test_not_empty, |_| Test::NotEmpty),
];
/// From here on no value is needed.
const WITHOUT_VALUE: usize = 8;
/// The comparison proposed for numbers and times.
const ABOVE: usize = 4;

impl Component for Menu {
    type Message = Did;
    type Properties = MenuProps;

    fn create(ctx: &Context<Self>) -> Self {
        let props = ctx.props();
        let ask = |link: &Link| {
            let view = (props.view.clone(), props.shown.clone());
            link.summary(
                props.result,
                view,
                props.property.clone(),
                Vec::new(),
                ctx.link().callback(Did::Answered),
            )
        };
        let operator = match (&props.test, props.kind) {
            (Some(Test::Lacks(_)), _) => 1,
            (Some(Test::Is(_)), _) => 2,
            (Some(Test::IsNot(_)), _) => 3,
            (Some(Test::AtLeast(_)), _) => 5,
            (Some(Test::Below(_)), _) => 6,
            (Some(Test::AtMost(_)), _) => 7,
            (Some(Test::Empty), _) => 8,
            (Some(Test::NotEmpty), _) => 9,
            (Some(Test::Above(_)), _) | (None, CellKind::Number | CellKind::Date) => ABOVE,
            _ => 0,
        };
        let ticked = match &props.test {
            Some(Test::OneOf(values)) => values.clone(),
            _ => Vec::new(),
        };
        Self {
            request: props.link.as_ref().and_then(ask),
            values: None,
            operator,
            value: NodeRef::default(),
            search: String::new(),
            ticked,
            first: NodeRef::default(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, did: Did) -> bool {
        match did {
            Did::Answered(Answered::Summary(request, summary)) if self.request == Some(request) => {
                self.values = Some((summary.groups, summary.distinct));
            }
            Did::Answered(_) => return false,
            Did::Operator(event) => {
                let select: HtmlSelectElement = event.target_unchecked_into();
                self.operator = usize::try_from(select.selected_index()).unwrap_or(0);
            }
            Did::Searched(event) => {
                let input: HtmlInputElement = event.target_unchecked_into();
                self.search = input.value().to_lowercase();
            }
            Did::Ticked(value) => match self.ticked.iter().position(|known| *known == value) {
                Some(at) => drop(self.ticked.remove(at)),
                None => self.ticked.push(value),
            },
            Did::Applied => {
                let typed =
                    self.value.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
                let typed = typed.trim().to_owned();
                let chosen = if !self.ticked.is_empty() && typed.is_empty() && self.operator < WITHOUT_VALUE {
                    Chosen::Filter(Test::OneOf(self.ticked.clone()))
                } else if typed.is_empty() && self.operator < WITHOUT_VALUE {
                    Chosen::Unfilter
                } else {
                    let make = OPERATORS.get(self.operator).map_or(Test::Contains as Make, |(_, make)| *make);
                    Chosen::Filter(make(typed))
                };
                ctx.props().chosen.emit(chosen);
                return false;
            }
            Did::Key(event) => {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    ctx.props().on_close.emit(());
                }
                return false;
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if !first {
            return;
        }
        if let Some(input) = self.value.cast::<HtmlInputElement>()
            && let Some(
                Test::Contains(value)
                | Test::Lacks(value)
                | Test::Is(value)
                | Test::IsNot(value)
                | Test::Below(value)
                | Test::AtMost(value)
                | Test::Above(value)
                | Test::AtLeast(value),
            ) = &ctx.props().test
        {
            input.set_value(value);
        }
        if let Some(button) = self.first.cast::<web_sys::HtmlElement>() {
            let _ = button.focus();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let link = ctx.link();
        let pick = |name: &'static str, chosen: Chosen, disabled: bool| {
            let onclick = props.chosen.reform(move |_: MouseEvent| chosen.clone());
            html! { <button class="quiet" {disabled} {onclick}>{ name }</button> }
        };
        let onsubmit = link.callback(|event: SubmitEvent| {
            event.prevent_default();
            Did::Applied
        });
        let example = match props.kind {
            CellKind::Number => "2 GB",
            CellKind::Date => "2026-03",
            _ => "",
        };
        html! {
            <div class="column-menu" role="dialog" aria-label={text::column_menu(&props.label)} style={format!("left:{:.0}px", props.left)}
                onkeydown={link.callback(Did::Key)}>
                <div class="choose">
                    <button ref={&self.first} class="quiet" onclick={props.chosen.reform(|_: MouseEvent| Chosen::Sort(false))}>{ "↑ " }{ text::sort_up() }</button>
                    <button class="quiet" onclick={props.chosen.reform(|_: MouseEvent| Chosen::Sort(true))}>{ "↓ " }{ text::sort_down() }</button>
                    if props.sorted {
                        { pick(text::sort_add(), Chosen::SortAlso, false) }
                    }
                    { pick(text::group_rows(), Chosen::Group, false) }
                    { pick(text::group_by(), Chosen::Summary, false) }
                </div>
                <form {onsubmit} aria-label={text::column_filter(&props.label)}>
                    <div class="compare">
                        <select aria-label={text::column_filter(&props.label)} onchange={link.callback(Did::Operator)}>
                            for (at, (name, _)) in OPERATORS.into_iter().enumerate() {
                                <option selected={at == self.operator}>{ name() }</option>
                            }
                        </select>
                        <input ref={&self.value} class="value" hidden={self.operator >= WITHOUT_VALUE} aria-label={text::filter_value()} placeholder={example}
                            spellcheck="false" autocomplete="off" />
                    </div>
                    { self.values(ctx) }
                    <div class="row">
                        if props.test.is_some() {
                            <button type="button" class="quiet" onclick={props.chosen.reform(|_: MouseEvent| Chosen::Unfilter)}>{ text::filter_clear() }</button>
                        }
                        <button class="button primary apply">{ text::filter_apply() }</button>
                    </div>
                </form>
                <div class="choose across">
                    { pick(if props.pinned { text::unpin() } else { text::pin() }, Chosen::Pin, false) }
                    { pick(text::move_left(), Chosen::Left, false) }
                    { pick(text::move_right(), Chosen::Right, false) }
                    { pick(text::fit_width(), Chosen::Fit, false) }
                    { pick(text::hide_column(), Chosen::Hide, props.last) }
                </div>
            </div>
        }
    }
}

impl Menu {
    fn values(&self, ctx: &Context<Self>) -> Html {
        let Some((values, distinct)) = &self.values else {
            return html! { <p class="muted" role="status">{ text::details_loading() }</p> };
        };
        let found: Vec<&Group> =
            values.iter().filter(|group| group.text.to_lowercase().contains(&self.search)).collect();
        let more = (found.len().saturating_sub(SHOWN) as u64).max(if self.search.is_empty() {
            distinct.saturating_sub(SHOWN as u64)
        } else {
            0
        });
        html! {
            <>
                if values.len() > 8 {
                    <input type="search" placeholder={text::values_find()} aria-label={text::values_find()} oninput={ctx.link().callback(Did::Searched)} />
                }
                <ul class="value-list">
                    for group in found.into_iter().take(SHOWN) {
                        <li key={group.text.clone()}>
                            <label class="check">
                                <input type="checkbox" checked={self.ticked.contains(&group.text)}
                                    onchange={ctx.link().callback({ let value = group.text.clone(); move |_: Event| Did::Ticked(value.clone()) })} />
                                <span class="name">{ if group.text.is_empty() { text::no_value().to_owned() } else { text::visible(&group.text).into_owned() } }</span>
                                <span class="num">{ text::count(group.count) }</span>
                            </label>
                        </li>
                    }
                </ul>
                if more > 0 {
                    <p class="muted">{ text::values_more(text::count(more)) }</p>
                }
            </>
        }
    }
}
