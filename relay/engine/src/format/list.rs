//! The layout of lists and of wide views.

use super::cells::{Align, cut, head, pad, width, wrap};

/// What stands between a label and its value.
const SEPARATOR: &str = " : ";

/// An object's lines in a list.
pub(crate) fn record(fields: &[(String, String)], line: usize) -> Vec<String> {
    let longest = fields.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    // A cell is left for the value.
    let own = longest.min(line.saturating_sub(SEPARATOR.len() + 1)).max(1);
    let room = line.saturating_sub(own + SEPARATOR.len()).max(1);
    let mut out = Vec::new();
    for (label, value) in fields {
        for (at, piece) in wrap(value, room).into_iter().enumerate() {
            let mut text = String::new();
            if at == 0 {
                pad(&mut text, head(label, own), own, Align::Left, false);
                text.push_str(SEPARATOR);
            } else {
                text.extend(std::iter::repeat_n(' ', own + SEPARATOR.len()));
            }
            text.push_str(&piece);
            out.push(text);
        }
    }
    out
}

/// Texts side by side, in so many columns.
pub(crate) fn wide(texts: &[String], columns: usize, line: usize) -> Vec<String> {
    let columns = columns.max(1);
    let own = (line / columns).max(1);
    texts
        .chunks(columns)
        .map(|row| {
            let mut out = String::new();
            for (at, text) in row.iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                let first = super::cells::lines(text).first().copied().unwrap_or("").to_owned();
                pad(&mut out, &cut(&first, own, Align::Left), own, Align::Left, at + 1 == row.len());
            }
            out
        })
        .collect()
}

/// How many columns of a wide view fit the texts.
pub(crate) fn fitting(texts: &[String], line: usize) -> usize {
    let longest = texts.iter().map(|text| width(text)).max().unwrap_or(1).max(1);
    ((line + 1) / (longest + 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_below_their_labels_end() {
        let fields = [("A".to_owned(), "one\ntwo".to_owned()), ("Long".to_owned(), "x".repeat(9))];
        assert_eq!(record(&fields, 12), ["A    : one", "       two", "Long : xxxxx", "       xxxx"]);
    }
}
