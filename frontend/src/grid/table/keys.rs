//! The grid's keys.

use postern_shared::wire::Format;
use yew::prelude::*;

use super::{Open, Spot, Table, Wanted};
use crate::browser;

/// How much a column grows or shrinks with a key, in pixels.
const RESIZE_STEP: f64 = 16.0;

impl Table {
    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let key = event.key();
        if event.alt_key()
            && key == "ArrowDown"
            && let Some((_, column)) = self.cursor
        {
            event.prevent_default();
            self.open = Open::Menu(column);
            return true;
        }
        if event.alt_key() || event.meta_key() {
            return false;
        }
        if event.ctrl_key() && !matches!(key.as_str(), "ArrowLeft" | "ArrowRight") {
            return self.with_control(ctx, event, &key);
        }
        let last_row = self.rows.total().checked_sub(1);
        let last_column = self.columns.shown.len().saturating_sub(1);
        let (spot, column) = self.cursor.unwrap_or((Spot::Row(0), 0));
        let page = self.current().page();
        let to_row =
            |row: u64| last_row.map_or((Spot::Head, column), |last| (Spot::Row(row.min(last)), column));
        let next = match (key.as_str(), spot) {
            ("ArrowLeft" | "ArrowRight", Spot::Head) if event.ctrl_key() => {
                let to =
                    if key == "ArrowLeft" { column.saturating_sub(1) } else { (column + 1).min(last_column) };
                self.cursor = Some((spot, column));
                self.move_column(column, to);
                self.ask(ctx);
                self.cursor.unwrap_or((spot, column))
            }
            ("ArrowLeft" | "ArrowRight", Spot::Head) if event.shift_key() => {
                let step = if key == "ArrowLeft" { -RESIZE_STEP } else { RESIZE_STEP };
                let width = self.columns.shown.get(column).map_or(0.0, |column| column.width);
                self.columns.resize(column, width + step);
                (spot, column)
            }
            ("ArrowLeft" | "ArrowRight", Spot::Row(row)) if self.fold(row, Some(key == "ArrowLeft")) => {
                self.ask(ctx);
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
                self.sort(column, event.shift_key());
                self.ask(ctx);
                (spot, column)
            }
            ("Enter" | " ", Spot::Row(_)) => {
                self.cursor = Some((spot, column));
                self.at_cursor(ctx, Wanted::Opened);
                (spot, column)
            }
            ("Escape", _) if self.pane.is_some() || self.wanted == Some(Wanted::Opened) => {
                self.close_pane();
                (spot, column)
            }
            ("Escape", _) if self.selection.count() > 1 => {
                self.selection.clear();
                (spot, column)
            }
            _ => return false,
        };
        event.prevent_default();
        event.stop_propagation();
        self.move_to(ctx, next, event.shift_key());
        true
    }

    /// Keys with Ctrl: copy, select all, select this row too.
    fn with_control(&mut self, ctx: &Context<Self>, event: &KeyboardEvent, key: &str) -> bool {
        match key {
            "c" => {
                if !browser::has_selection() {
                    if self.selection.count() > 1 {
                        self.copy(ctx, Format::Text);
                        event.prevent_default();
                    } else if self.copy_at_cursor() {
                        event.prevent_default();
                    }
                }
                return false;
            }
            "a" => self.selection.all(self.rows.total()),
            " " => {
                let Some((Spot::Row(row), _)) = self.cursor else { return false };
                self.selection.toggle(row);
            }
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    fn move_to(&mut self, ctx: &Context<Self>, next: (Spot, usize), extend: bool) {
        let moved = self.cursor.map(|(spot, _)| spot) != Some(next.0);
        self.cursor = Some(next);
        if let (Spot::Row(row), true) = (next.0, moved) {
            if let Some(top) = self.current().reveal(row) {
                self.scroll.top = top;
                self.scroll_to = Some(top);
                self.ask(ctx);
            }
            if self.rows.get(row).is_some_and(|row| row.heading.is_some()) && !extend {
                self.selection.clear();
            } else if extend {
                self.selection.extend(row);
            } else {
                self.selection.only(row);
                self.at_cursor(ctx, Wanted::Selected);
            }
        }
    }
}
