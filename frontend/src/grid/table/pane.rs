//! What stands beside the grid: an object, two objects, or what a column holds.

use postern_shared::wire::{CellKind, Condition, Test};
use yew::prelude::*;

use super::{Did, Open, Pane, Table};
use crate::grid::{compare::Compare, details::Details, menu::Menu, summary::ColumnSummary};

/// Width of a column's menu in pixels; the style sheet's `.column-menu`.
const MENU: f64 = 288.0;
/// Properties added up beside a column's values.
const SUMS: usize = 3;

impl Table {
    pub(super) fn pane(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let on_close = link.callback(|()| Did::ClosedPane);
        let props = ctx.props();
        match &self.pane {
            None => Html::default(),
            Some(Pane::Details) => self
                .look
                .as_ref()
                .map(|look| html! { <Details looked={look.state.clone()} {on_close} /> })
                .unwrap_or_default(),
            Some(Pane::Compare(one, other)) => html! {
                <Compare result={props.result.id} rows={(*one, *other)} link={props.link.clone()} {on_close} />
            },
            Some(Pane::Summary(property)) => {
                let only = {
                    let property = property.clone();
                    link.callback(move |value: String| {
                        Did::Only(Condition { property: property.clone(), test: Test::OneOf(vec![value]) })
                    })
                };
                html! {
                    <ColumnSummary key={property.clone()} result={props.result.id} rows={props.result.rows}
                        view={self.without(property)} shown={self.columns.properties()} property={property.clone()}
                        sums={self.sums(property)} link={props.link.clone()} {only} {on_close} />
                }
            }
        }
    }

    /// Columns of numbers, but for this one.
    fn sums(&self, property: &str) -> Vec<String> {
        let columns = self.columns.shown.iter();
        let numbers = columns.filter(|column| column.kind == CellKind::Number && column.property != property);
        numbers.take(SUMS).map(|column| column.property.clone()).collect()
    }

    /// The open menu of a column, under its heading.
    pub(super) fn column_menu(&self, ctx: &Context<Self>) -> Html {
        let Open::Menu(at) = self.open else { return Html::default() };
        let Some(column) = self.columns.shown.get(at) else { return Html::default() };
        let link = ctx.link();
        let scrolled = if column.pinned {
            0.0
        } else {
            self.place.cast::<web_sys::Element>().map_or(0.0, |place| f64::from(place.scroll_left()))
        };
        let left = (self.columns.left(at) - scrolled).clamp(0.0, (self.width - MENU).max(0.0));
        let property = &column.property;
        let condition = self.conditions.iter().find(|condition| condition.property == *property);
        html! {
            <Menu key={property.clone()} {left} property={property.clone()} label={column.label.clone()} kind={column.kind}
                pinned={column.pinned} sorted={!self.columns.sort.is_empty()} last={self.columns.shown.len() == 1}
                test={condition.map(|condition| condition.test.clone())} result={ctx.props().result.id} view={self.without(property)}
                shown={self.columns.properties()} link={ctx.props().link.clone()}
                chosen={link.callback(move |chosen| Did::Chose(at, chosen))} on_close={link.callback(move |()| Did::Toggled(Open::Menu(at)))} />
        }
    }
}
