//! Which rows are visible, and where they are drawn. No browser in here.

use std::ops::Range;

/// Height of a row in pixels; the style sheet's `--row`.
pub(super) const ROW: f64 = 26.0;
/// Height of the header in pixels; the style sheet's `--head`.
pub(super) const HEAD: f64 = 30.0;
/// Chromium clamps an element's height at 33,554,428 px; beyond this height, scrolling is scaled.
const TALLEST: f64 = 33_000_000.0;
/// Rows drawn above and below the visible ones.
const OVERSCAN: u64 = 8;

/// What is scrolled where.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scroll {
    /// Rows in all.
    pub(super) rows: u64,
    /// Visible height of the rows, without the header.
    pub(super) view: f64,
    /// The element's scroll position.
    pub(super) top: f64,
}

impl Scroll {
    /// Height of the element that is scrolled, without the header.
    pub(super) fn height(&self) -> f64 {
        self.full_height().min(TALLEST)
    }

    /// Rows to draw.
    pub(super) fn drawn(&self) -> Range<u64> {
        let first = (self.virtual_top() / ROW).floor().max(0.0) as u64;
        let visible = (self.view / ROW).ceil().max(0.0) as u64 + 1;
        let start = first.saturating_sub(OVERSCAN).min(self.rows);
        start..(first + visible + OVERSCAN).min(self.rows)
    }

    /// Where the first drawn row begins, in the scrolled element.
    pub(super) fn offset(&self) -> f64 {
        self.top - (self.virtual_top() - self.drawn().start as f64 * ROW)
    }

    /// The scroll position that brings a row into view with as little movement as possible; `None` if it is in view.
    pub(super) fn reveal(&self, row: u64) -> Option<f64> {
        let (start, end) = (row as f64 * ROW, (row as f64 + 1.0) * ROW);
        let top = self.virtual_top();
        if start < top {
            Some(self.real(start))
        } else if end > top + self.view {
            Some(self.real(end - self.view))
        } else {
            None
        }
    }

    /// Rows that fit in the view.
    pub(super) fn page(&self) -> u64 {
        ((self.view / ROW).floor() as u64).max(1)
    }

    fn full_height(&self) -> f64 {
        self.rows as f64 * ROW
    }

    /// How far the rows are scrolled for each pixel of the element.
    fn scale(&self) -> f64 {
        let (real, full) = (self.height() - self.view, self.full_height() - self.view);
        if real > 0.0 && full > real { full / real } else { 1.0 }
    }

    fn virtual_top(&self) -> f64 {
        (self.top * self.scale()).clamp(0.0, (self.full_height() - self.view).max(0.0))
    }

    fn real(&self, virtual_top: f64) -> f64 {
        (virtual_top / self.scale()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{ROW, Scroll, TALLEST};

    #[test]
    fn few_rows_are_all_drawn() {
        let scroll = Scroll { rows: 5, view: 400.0, top: 0.0 };
        assert_eq!((scroll.drawn(), scroll.offset(), scroll.height()), (0..5, 0.0, 5.0 * ROW));
    }

    #[test]
    fn no_more_rows_are_drawn_however_many_there_are() {
        for rows in [1000, 100_000, 50_000_000] {
            let mut scroll = Scroll { rows, view: 520.0, top: 0.0 };
            for part in 0..=10 {
                scroll.top = (scroll.height() - scroll.view) * f64::from(part) / 10.0;
                let drawn = scroll.drawn();
                assert!(drawn.end - drawn.start < 40 && drawn.start < drawn.end, "{rows} {part} {drawn:?}");
            }
            assert_eq!(scroll.drawn().end, rows, "the last row is reached");
            let last_ends = scroll.offset() + (rows - scroll.drawn().start) as f64 * ROW;
            assert!(
                (last_ends - scroll.height()).abs() < 1.0,
                "{rows}: the last row ends where the element ends"
            );
        }
    }

    #[test]
    fn a_very_tall_element_is_never_too_tall() {
        let scroll = Scroll { rows: 10_000_000, view: 500.0, top: 0.0 };
        assert!((scroll.height() - TALLEST).abs() < 1.0);
    }

    #[test]
    fn a_revealed_row_is_in_view() {
        for rows in [100, 5_000_000] {
            let mut scroll = Scroll { rows, view: 260.0, top: 0.0 };
            assert_eq!(scroll.reveal(3), None);
            for row in [50, 99, 0, rows - 1, rows / 2] {
                if let Some(top) = scroll.reveal(row) {
                    scroll.top = top;
                }
                assert!(scroll.drawn().contains(&row), "{row} of {rows}");
            }
        }
    }
}
