//! How wide columns become: what each needs, and how the room that there is goes round. No browser in here.

/// Narrowest and widest that a column becomes by its content alone; the latter is about 40 characters.
const FITTED: (f64, f64) = (56.0, 310.0);
/// Widest that a column becomes where there is room to spare.
const ROOMY: f64 = 900.0;
/// Where room is short, a column gives it up down to this before the grid scrolls sideways.
const SQUEEZED: f64 = 120.0;
/// What a cell adds on both sides, with its rounding.
const PADDING: f64 = 26.0;
/// Narrowest and widest that the user can make a column.
const RESIZED: (f64, f64) = (40.0, 1600.0);

/// What a column needs, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Need {
    /// The widest cell and the heading.
    content: f64,
    /// What the type's view asks for.
    asked: f64,
    /// Set by hand; nothing else counts then.
    fixed: Option<f64>,
}

impl Need {
    /// A heading, a cell, or what a view asks for, of this width.
    pub(super) fn grow(&mut self, content: f64, asked: f64) {
        self.content = self.content.max(content + PADDING);
        self.asked = self.asked.max(asked);
    }

    /// Sets the width by hand.
    pub(super) fn fix(&mut self, width: f64) {
        self.fixed = Some(width.clamp(RESIZED.0, RESIZED.1));
    }

    /// The width set by hand; 0 for none.
    pub(super) fn fixed(&self) -> f64 {
        self.fixed.unwrap_or_default()
    }

    fn least(&self) -> f64 {
        self.fixed.unwrap_or_else(|| self.wanted().min(SQUEEZED))
    }

    fn wanted(&self) -> f64 {
        self.fixed.unwrap_or_else(|| self.content.max(self.asked).clamp(FITTED.0, FITTED.1))
    }

    fn most(&self) -> f64 {
        self.fixed.unwrap_or_else(|| self.wanted().max(self.content.min(ROOMY)))
    }
}

/// Widths of columns in a grid of this width, 0 while it is unknown. Each gets what it wants; what is left goes to
/// those that need more. Where room is short, the widest give way; where it is far too short, the grid scrolls.
pub(super) fn spread(needs: &[Need], room: f64) -> Vec<f64> {
    let wanted: Vec<f64> = needs.iter().map(Need::wanted).collect();
    let sum: f64 = wanted.iter().sum();
    if sum <= room {
        let most: Vec<f64> = needs.iter().map(Need::most).collect();
        return fill(wanted, &most, room - sum);
    }
    let least: Vec<f64> = needs.iter().map(Need::least).collect();
    let sum: f64 = least.iter().sum();
    if sum <= room { fill(least, &wanted, room - sum) } else { wanted }
}

/// Gives each width its even share of the spare room, up to its limit.
fn fill(mut widths: Vec<f64>, limits: &[f64], mut spare: f64) -> Vec<f64> {
    // Those with the least to gain first: what they leave over goes to the others.
    let mut order: Vec<(usize, f64)> =
        widths.iter().zip(limits).map(|(width, limit)| (limit - width).max(0.0)).enumerate().collect();
    order.sort_by(|one, two| one.1.total_cmp(&two.1));
    let mut left = order.len();
    for (at, gain) in order {
        let gain = gain.min(spare / left as f64).floor();
        if let Some(width) = widths.get_mut(at) {
            *width += gain;
        }
        spare -= gain;
        left -= 1;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{Need, spread};

    fn needs(contents: &[f64]) -> Vec<Need> {
        contents.iter().map(|content| Need { content: *content, ..Need::default() }).collect()
    }

    #[test]
    fn what_is_left_goes_to_the_columns_that_need_it() {
        assert_eq!(spread(&needs(&[100.0, 700.0, 150.0]), 2000.0), [100.0, 700.0, 150.0]);
        assert_eq!(spread(&needs(&[100.0, 700.0, 700.0]), 1000.0), [100.0, 450.0, 450.0]);
        assert_eq!(spread(&needs(&[100.0, 5000.0]), 1100.0), [100.0, 900.0]);
    }

    #[test]
    fn where_room_is_short_the_widest_give_way() {
        assert_eq!(spread(&needs(&[90.0, 200.0, 300.0]), 500.0), [90.0, 200.0, 210.0]);
        assert_eq!(spread(&needs(&[90.0, 200.0, 300.0]), 200.0), [90.0, 200.0, 300.0], "it scrolls instead");
        assert_eq!(spread(&needs(&[90.0]), 0.0), [90.0]);
    }

    #[test]
    fn a_view_may_ask_for_more_and_the_user_has_the_last_word() {
        let mut needs = needs(&[90.0, 90.0]);
        needs[0].grow(10.0, 180.0);
        needs[1].fix(45.0);
        assert_eq!(spread(&needs, 800.0), [180.0, 45.0]);
        assert_eq!(spread(&needs, 190.0), [145.0, 45.0]);
    }
}
