//! What a click, a key or a menu changes: rows selected, columns moved, filters set, objects copied.

use postern_shared::wire::{Condition, Copied, Extract, Format, Test, View};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::{Did, Move, Pane, Spot, Table, Wanted};
use crate::{app::Intent, browser, grid::menu::Chosen, text};

/// A heading is moved when the pointer goes as far with it, in pixels.
const MOVES_FROM: f64 = 6.0;

impl Table {
    pub(super) fn clicked(&mut self, ctx: &Context<Self>, row: u64, column: usize, event: &MouseEvent) {
        self.notice.clear();
        self.cursor = Some((Spot::Row(row), column));
        if event.shift_key() {
            self.selection.extend(row);
            browser::clear_selection();
        } else if event.ctrl_key() || event.meta_key() {
            self.selection.toggle(row);
        } else {
            self.selection.only(row);
            self.at_cursor(ctx, Wanted::Opened);
        }
    }

    pub(super) fn head_moved(&mut self, event: &PointerEvent) -> bool {
        let Some(Move { from, to, .. }) = &mut self.moving else { return false };
        if to.is_none() && (f64::from(event.client_x()) - *from).abs() < MOVES_FROM {
            return false;
        }
        if to.is_none() {
            let heading: Element = event.target_unchecked_into();
            let _ = heading.set_pointer_capture(event.pointer_id());
        }
        let Some(place) = self.place.cast::<Element>() else { return false };
        let left = f64::from(event.client_x()) - place.get_bounding_client_rect().left();
        let over = Some(self.columns.at(left + f64::from(place.scroll_left())));
        let changed = *to != over;
        *to = over;
        changed
    }

    pub(super) fn head_up(&mut self) {
        if let Some(Move { column, to: Some(to), .. }) = self.moving.take() {
            self.moved = true;
            self.move_column(column, to);
        }
    }

    /// Moves a column, and the keyboard with it.
    pub(super) fn move_column(&mut self, from: usize, to: usize) {
        let now = self.columns.move_to(from, to);
        if let Some((_, column)) = &mut self.cursor
            && *column == from
        {
            *column = now;
        }
        self.new_columns();
    }

    pub(super) fn chose(&mut self, column: usize, chosen: Chosen) {
        let property = self.columns.shown.get(column).map(|column| column.property.clone());
        match chosen {
            Chosen::Sort(descending) => {
                self.columns.sort_only(column, descending);
                self.new_view();
            }
            Chosen::SortAlso => {
                self.sort(column, true);
            }
            Chosen::Filter(test) => {
                if let Some(property) = property {
                    self.only(Condition { property, test });
                }
            }
            Chosen::Unfilter => self.unfilter(property.as_deref()),
            Chosen::Group => self.group_by(property),
            Chosen::Summary => {
                if let Some(property) = property {
                    self.close_pane();
                    self.pane = Some(Pane::Summary(property));
                }
            }
            Chosen::Pin => {
                self.columns.toggle_pin(column);
                self.new_columns();
            }
            Chosen::Left => self.move_column(column, column.saturating_sub(1)),
            Chosen::Right => self.move_column(column, column + 1),
            Chosen::Fit => self.columns.refit(column, self.rows.iter(), &super::Ruler),
            Chosen::Hide => {
                if let Some(property) = property {
                    self.columns.toggle(&property);
                    self.new_columns();
                }
            }
        }
        self.close_menu();
    }

    /// Shows only rows that meet a condition, instead of another one of the same property.
    pub(super) fn only(&mut self, condition: Condition) {
        self.conditions.retain(|known| known.property != condition.property);
        self.conditions.push(condition);
        self.new_view();
    }

    /// Takes a property's filter away, or all.
    pub(super) fn unfilter(&mut self, property: Option<&str>) {
        self.conditions.retain(|known| property.is_some_and(|property| known.property != property));
        if property.is_none() {
            self.filter.clear();
            if let Some(input) = self.filter_input.cast::<web_sys::HtmlInputElement>() {
                input.set_value("");
            }
        }
        self.new_view();
    }

    /// What is to be copied or used: the selected rows, or all where none is.
    pub(super) fn extract(&self, ctx: &Context<Self>, format: Format) -> Extract {
        let result = &ctx.props().result;
        Extract {
            result: result.id,
            view: self.shown(),
            shown: self.columns.properties(),
            columns: self.columns.properties(),
            whole: false,
            rows: self.selection.ranges().to_vec(),
            format,
            name: result.type_name.to_string(),
        }
    }

    pub(super) fn copy(&mut self, ctx: &Context<Self>, format: Format) {
        self.open = super::Open::Nothing;
        if let Some(link) = &ctx.props().link {
            link.copy(self.extract(ctx, format), ctx.link().callback(Did::Answered));
        }
    }

    pub(super) fn copied(&mut self, _ctx: &Context<Self>, copied: Copied) {
        let rows = text::objects(copied.rows);
        self.notice = if copied.left_out > 0 {
            text::copied_some(rows, text::count(copied.left_out))
        } else {
            text::copied_rows(rows)
        };
        spawn_local(async move {
            browser::copy(copied.text).await;
        });
    }

    /// Puts what names the selected objects in the editor.
    pub(super) fn use_selection(&mut self, ctx: &Context<Self>) {
        let Some(link) = &ctx.props().link else { return };
        let wanted = ctx.props().wanted.clone();
        let answer = Callback::from(move |answered| {
            if let crate::net::Answered::Copied(copied) = answered {
                wanted.emit(Intent::Use(copied.text.into()));
            }
        });
        link.copy(self.extract(ctx, Format::Identities), answer);
    }

    /// Shows the first two selected objects side by side.
    pub(super) fn compare(&mut self) {
        let numbers: Vec<u64> = self
            .selection
            .first(2)
            .into_iter()
            .filter_map(|row| self.rows.get(row).filter(|row| row.heading.is_none()).map(|row| row.number))
            .collect();
        if let [one, other] = *numbers.as_slice() {
            self.close_pane();
            self.pane = Some(Pane::Compare(one, other));
        }
    }

    /// The rows of the view, without what one property is filtered by: what its filter can choose from.
    pub(super) fn without(&self, property: &str) -> View {
        let mut view = self.shown();
        view.sort.clear();
        view.group = None;
        view.conditions.retain(|condition| condition.property != property);
        view
    }
}

/// What a filter's test is called, and what it is compared with.
pub(super) fn said(test: &Test) -> (&'static str, String) {
    match test {
        Test::Contains(value) => (text::test_contains(), value.clone()),
        Test::Lacks(value) => (text::test_lacks(), value.clone()),
        Test::Is(value) => (text::test_is(), value.clone()),
        Test::IsNot(value) => (text::test_is_not(), value.clone()),
        Test::Below(value) => (text::test_below(), value.clone()),
        Test::AtMost(value) => (text::test_at_most(), value.clone()),
        Test::Above(value) => (text::test_above(), value.clone()),
        Test::AtLeast(value) => (text::test_at_least(), value.clone()),
        Test::Empty => (text::test_empty(), String::new()),
        Test::NotEmpty => (text::test_not_empty(), String::new()),
        Test::OneOf(values) => {
            let shown: Vec<&str> = values
                .iter()
                .take(3)
                .map(|value| if value.is_empty() { text::no_value() } else { value.as_str() })
                .collect();
            let more = if values.len() > 3 { "…" } else { "" };
            let what = if values.len() == 1 { text::test_is() } else { text::test_one_of() };
            (what, format!("{}{more}", shown.join(", ")))
        }
    }
}
