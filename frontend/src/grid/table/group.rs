//! Rows that stand together under headings: which, what is folded, and how a heading is drawn.

use postern_shared::wire::{CellKind, Group, Grouping, Heading};
use yew::prelude::*;

use super::{Did, Spot, Table, draw::cell_id};
use crate::{grid::scroll::ROW, state::ResultInfo, text};

/// Properties added up in headings.
const SUMS: usize = 16;

impl Table {
    /// Rows with the same value of a property stand together from now on, or no longer.
    pub(super) fn group_by(&mut self, property: Option<String>) {
        self.group = property.map(|property| Grouping { property, ..Grouping::default() });
        self.add_up();
        self.new_view();
    }

    /// Headings add up what is shown as numbers.
    pub(super) fn add_up(&mut self) {
        let Some(group) = &mut self.group else { return };
        let numbers = self.columns.shown.iter().filter(|column| column.kind == CellKind::Number);
        let others = numbers.filter(|column| column.property != group.property);
        group.sums = others.take(SUMS).map(|column| column.property.clone()).collect();
    }

    /// Folds the group whose heading this row is, unfolds it, or turns it; whether anything has changed.
    pub(super) fn fold(&mut self, row: u64, to: Option<bool>) -> bool {
        let (Some(group), Some(row)) = (&mut self.group, self.rows.get(row)) else { return false };
        let Some(Heading { group: Group { text, .. }, folded, .. }) = &row.heading else { return false };
        let to = to.unwrap_or(!folded);
        if *folded == to {
            return false;
        }
        group.except.retain(|known| known != text);
        if to != group.folded {
            group.except.push(text.clone());
        }
        self.selection.clear();
        self.rows.new_view();
        true
    }

    pub(super) fn fold_all(&mut self, folded: bool) {
        if let Some(group) = &mut self.group {
            (group.folded, group.except) = (folded, Vec::new());
            self.new_view();
            self.focus();
        }
    }

    /// How many objects are selected: headings are none.
    pub(super) fn selected_objects(&self) -> u64 {
        let headings = self.selection.ranges().iter().map(|(from, to)| self.rows.headings(*from, *to));
        self.selection.count().saturating_sub(headings.sum())
    }

    /// By what rows stand together, with a way out.
    pub(super) fn group_chip(&self, ctx: &Context<Self>) -> Html {
        let Some(group) = &self.group else { return Html::default() };
        let link = ctx.link();
        html! {
            <>
                <span class="chip group">
                    { text::grouped_by() }{ " " }<b>{ text::visible(&group.property).into_owned() }</b>
                    <button class="quiet" aria-label={text::ungroup()} title={text::ungroup()} onclick={link.callback(|_| Did::Ungroup)}>{ "✕" }</button>
                </span>
                <button class="quiet fold-all" onclick={link.callback(|_| Did::FoldAll(true))}>{ text::fold_all() }</button>
                <button class="quiet unfold-all" onclick={link.callback(|_| Did::FoldAll(false))}>{ text::unfold_all() }</button>
            </>
        }
    }

    /// A heading: the value over all columns up to the first that is added up, and the sums in theirs.
    pub(super) fn heading_row(
        &self,
        ctx: &Context<Self>,
        result: &ResultInfo,
        at: u64,
        heading: &Heading,
    ) -> Html {
        let sums = self.group.as_ref().map_or(&[][..], |group| group.sums.as_slice());
        let sum = |property: &str| {
            let sum = sums.iter().position(|known| known == property)?;
            heading.group.sums.get(sum).copied().flatten()
        };
        let cursor = match self.cursor {
            Some((Spot::Row(row), column)) if row == at => Some(column),
            _ => None,
        };
        let columns = self.columns.shown.iter().enumerate().skip(1);
        let added: Vec<_> =
            columns.filter_map(|(at, column)| Some((at, column, sum(&column.property)?))).collect();
        let span = added.first().map_or(self.columns.shown.len(), |(at, ..)| *at);
        let on_sum = |at: usize| cursor == Some(at) && added.iter().any(|(sum, ..)| *sum == at);
        let id = cursor.map(|column| cell_id(result, Spot::Row(at), column));
        let is_here = cursor.is_some_and(|column| !on_sum(column));
        let name = if heading.group.text.is_empty() {
            text::no_value().to_owned()
        } else {
            text::visible(&heading.group.text).into_owned()
        };
        html! {
            <div class="tr group" role="row" key={at.to_string()} aria-rowindex={(at + 2).to_string()} aria-level="1"
                aria-expanded={(!heading.folded).to_string()} style={format!("height:{ROW}px")}
                onclick={ctx.link().callback(move |_: MouseEvent| Did::Fold(at))}>
                <div class={classes!("td", is_here.then_some("active"))} role="gridcell" aria-colindex="1" aria-colspan={span.to_string()}
                    style={format!("grid-column:1/span {span}")} id={id.clone().filter(|_| is_here)}>
                    <span class="group-name"><span class="fold" aria-hidden="true">{ if heading.folded { "▸" } else { "▾" } }</span>
                    <b>{ name }</b>{ " " }<span class="badge">{ text::count(heading.group.count) }</span></span>
                </div>
                for (column, shown, sum) in &added {
                    <div class={classes!("td", "num", on_sum(*column).then_some("active"), shown.pinned.then_some("pin"))} role="gridcell" aria-colindex={(column + 1).to_string()}
                        style={format!("grid-column:{};{}", column + 1, self.pin_style(*column, shown).unwrap_or_default())}
                        id={id.clone().filter(|_| on_sum(*column))} title={text::sum_of(&shown.property)}>{ "Σ " }{ text::amount(*sum) }</div>
                }
            </div>
        }
    }
}
