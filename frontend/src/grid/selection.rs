//! Which rows of a view are selected: ranges, so that all of a million rows cost nothing. No browser in here.

/// Selected rows of a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selection {
    /// From and one past the last; sorted, apart from each other.
    ranges: Vec<(u64, u64)>,
    /// Where a range begins that Shift extends.
    anchor: Option<u64>,
}

impl Selection {
    /// Whether a row is selected.
    pub(super) fn contains(&self, row: u64) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..*to).contains(&row))
    }

    /// How many rows are.
    pub(super) fn count(&self) -> u64 {
        self.ranges.iter().map(|(from, to)| to - from).sum()
    }

    /// The ranges.
    pub(super) fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    /// The first selected rows.
    pub(super) fn first(&self, most: usize) -> Vec<u64> {
        self.ranges.iter().flat_map(|(from, to)| *from..*to).take(most).collect()
    }

    /// Only this row.
    pub(super) fn only(&mut self, row: u64) {
        self.ranges = vec![(row, row + 1)];
        self.anchor = Some(row);
    }

    /// This row too, or no longer.
    pub(super) fn toggle(&mut self, row: u64) {
        if self.contains(row) {
            self.remove(row);
        } else {
            self.add(row, row + 1);
        }
        self.anchor = Some(row);
    }

    /// All from the row that was selected last to this one, and nothing else.
    pub(super) fn extend(&mut self, row: u64) {
        let anchor = *self.anchor.get_or_insert(row);
        self.ranges = vec![(anchor.min(row), anchor.max(row) + 1)];
    }

    /// All of so many rows.
    pub(super) fn all(&mut self, total: u64) {
        self.ranges = if total == 0 { Vec::new() } else { vec![(0, total)] };
    }

    /// None.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, from: u64, to: u64) {
        self.ranges.push((from, to));
        self.ranges.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::with_capacity(self.ranges.len());
        for (from, to) in self.ranges.drain(..) {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        self.ranges = joined;
    }

    fn remove(&mut self, row: u64) {
        let mut left = Vec::with_capacity(self.ranges.len() + 1);
        for (from, to) in self.ranges.drain(..) {
            if (from..to).contains(&row) {
                left.extend([(from, row), (row + 1, to)].into_iter().filter(|(from, to)| from < to));
            } else {
                left.push((from, to));
            }
        }
        self.ranges = left;
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn rows_are_added_taken_away_and_joined() {
        let mut selection = Selection::default();
        for row in [5, 7, 6, 2] {
            selection.toggle(row);
        }
        assert_eq!(selection.ranges(), [(2, 3), (5, 8)]);
        assert_eq!((selection.count(), selection.first(2)), (4, vec![2, 5]));
        selection.toggle(6);
        assert_eq!(selection.ranges(), [(2, 3), (5, 6), (7, 8)]);
        assert!(selection.contains(7) && !selection.contains(6));
    }

    #[test]
    fn shift_selects_from_the_last_one() {
        let mut selection = Selection::default();
        selection.only(10);
        selection.extend(13);
        assert_eq!(selection.ranges(), [(10, 14)]);
        selection.extend(8);
        assert_eq!(selection.ranges(), [(8, 11)]);
        selection.all(1_000_000);
        assert_eq!(selection.count(), 1_000_000);
        selection.clear();
        selection.extend(4);
        assert_eq!(selection.ranges(), [(4, 5)]);
        selection.all(0);
        assert_eq!(selection.count(), 0);
    }
}
