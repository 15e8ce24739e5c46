//! The grid's keys.

use yew::prelude::*;

use super::{Spot, Table, Wanted};
use crate::browser;

/// How much a column grows or shrinks with a key, in pixels.
const RESIZE_STEP: f64 = 16.0;

impl Table {
    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let key = event.key();
        if event.alt_key() || event.meta_key() {
            return false;
        }
        if event.ctrl_key() && key == "c" {
            if !browser::has_selection() && self.copy_at_cursor() {
                event.prevent_default();
            }
            return false;
        }
        let last_row = self.rows.total().checked_sub(1);
        let last_column = self.columns.shown.len().saturating_sub(1);
        let (spot, column) = self.cursor.unwrap_or((Spot::Row(0), 0));
        let page = self.current().page();
        let to_row =
            |row: u64| last_row.map_or((Spot::Head, column), |last| (Spot::Row(row.min(last)), column));
        let next = match (key.as_str(), spot) {
            ("ArrowLeft" | "ArrowRight", Spot::Head) if event.shift_key() => {
                let step = if key == "ArrowLeft" { -RESIZE_STEP } else { RESIZE_STEP };
                let width = self.columns.shown.get(column).map_or(0.0, |column| column.width);
                self.columns.resize(column, width + step);
                (spot, column)
            }
            ("ArrowLeft", _) => (spot, column.saturating_sub(1)),
            ("ArrowRight", _) => (spot, (column + 1).min(last_column)),
            ("ArrowUp", Spot::Row(0) | Spot::Head) => (Spot::Head, column),
            ("ArrowUp", Spot::Row(row)) => to_row(row - 1),
            ("ArrowDown", Spot::Row(row)) => to_row(row.saturating_add(1)),
            ("PageUp", Spot::Row(row)) => to_row(row.saturating_sub(page)),
            ("PageDown", Spot::Row(row)) => to_row(row.saturating_add(page)),
            ("ArrowDown" | "PageUp" | "PageDown", Spot::Head) | ("Home", _) => to_row(0),
            ("End", _) => to_row(u64::MAX),
            ("Enter" | " ", Spot::Head) => {
                self.sort(column);
                self.ask(ctx);
                (spot, column)
            }
            ("Enter" | " ", Spot::Row(_)) => {
                self.cursor = Some((spot, column));
                self.at_cursor(ctx, Wanted::Opened);
                (spot, column)
            }
            ("Escape", _) if self.look.is_some() || self.wanted == Some(Wanted::Opened) => {
                self.wanted = None;
                self.look = None;
                (spot, column)
            }
            _ => return false,
        };
        event.prevent_default();
        event.stop_propagation();
        self.move_to(ctx, next);
        true
    }

    fn move_to(&mut self, ctx: &Context<Self>, next: (Spot, usize)) {
        let moved = self.cursor.map(|(spot, _)| spot) != Some(next.0);
        self.cursor = Some(next);
        if let (Spot::Row(row), true) = (next.0, moved) {
            if let Some(top) = self.current().reveal(row) {
                self.scroll.top = top;
                self.scroll_to = Some(top);
                self.ask(ctx);
            }
            self.at_cursor(ctx, Wanted::Selected);
        }
    }
}
