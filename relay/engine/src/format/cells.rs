//! Text in cells of a fixed width, as a console counts it: East Asian wide characters take two.

use unicode_width::UnicodeWidthChar;

/// Where a word may be broken.
const SOFT_HYPHEN: char = '\u{AD}';
/// What stands for text that was cut.
const ELLIPSIS: char = '…';

/// Where text stands in its cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Align {
    #[default]
    Left,
    Right,
    Center,
}

fn cells(c: char) -> usize {
    // Control characters are counted as PowerShell counts them.
    c.width().unwrap_or(1)
}

/// How many cells a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// The lines of a text.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect()
}

/// The beginning of a text that takes at most so many cells.
pub(crate) fn head(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += cells(*c);
        taken > room
    });
    text.get(..end.map_or(text.len(), |(at, _)| at)).unwrap_or("")
}

/// The end of a text that takes at most so many cells.
fn tail(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let start = text.char_indices().rev().find(|(_, c)| {
        taken += cells(*c);
        taken > room
    });
    text.get(start.map_or(0, |(at, c)| at + c.len_utf8())..).unwrap_or("")
}

/// A text cut to a cell's width: its end where it stands right, so that the last digits of a number stay.
pub(crate) fn cut(text: &str, room: usize, align: Align) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    match (room, align) {
        (0, _) => String::new(),
        (1, Align::Right) => tail(text, room).to_owned(),
        (1, _) => head(text, room).to_owned(),
        (_, Align::Right) => format!("{ELLIPSIS}{}", tail(text, room - 1)),
        _ => format!("{}{ELLIPSIS}", head(text, room - 1)),
    }
}

/// A text cut into pieces of a cell's width: at line ends, then between words, then within words that are too long. As in
/// PowerShell, a word has the blank behind it with it.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut pieces = Vec::new();
    for line in lines(text) {
        if width(line) <= room {
            pieces.push(line.to_owned());
            continue;
        }
        let mut piece = String::new();
        let mut left = room;
        for word in line.split_inclusive([' ', '\t', SOFT_HYPHEN]) {
            let soft = word.strip_suffix(SOFT_HYPHEN);
            // A soft hyphen shows only where the line is broken at it.
            let hyphened = soft.filter(|word| width(word) + 1 == left).map(|word| format!("{word}-"));
            let word = hyphened.as_deref().or(soft).unwrap_or(word);
            let whole = width(word);
            if whole <= left {
                piece.push_str(word);
                left -= whole;
            } else if whole <= room {
                pieces.push(std::mem::replace(&mut piece, word.to_owned()));
                left = room - whole;
            } else {
                for c in word.chars() {
                    let one = cells(c);
                    if one > left && !piece.is_empty() {
                        pieces.push(std::mem::take(&mut piece));
                        left = room;
                    }
                    piece.push(c);
                    left = left.saturating_sub(one);
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

/// Appends a text that fits, with blanks around it. Behind the last cell of a line there are none.
pub(crate) fn pad(out: &mut String, text: &str, room: usize, align: Align, last: bool) {
    let free = room.saturating_sub(width(text));
    let before = match align {
        Align::Left => 0,
        Align::Right => free,
        Align::Center => free / 2,
    };
    out.extend(std::iter::repeat_n(' ', before));
    out.push_str(text);
    if !last {
        out.extend(std::iter::repeat_n(' ', free - before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_cells() {
        assert_eq!(width("日本語a"), 7);
        assert_eq!(cut("日本語", 5, Align::Left), "日本…");
        assert_eq!(cut("日本語", 4, Align::Left), "日…");
        assert_eq!(cut("12345", 3, Align::Right), "…45");
        assert_eq!(cut("abc", 1, Align::Left), "a");
        assert_eq!(wrap("日本語", 3), ["日", "本", "語"]);
        assert_eq!(wrap("ab\r\n\ncd", 9), ["ab", "", "cd"]);
        assert_eq!(wrap("語", 1), ["語"]);
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("abc def ghi jkl", 5), ["abc ", "def ", "ghi ", "jkl"]);
        assert_eq!(wrap("abc def ghi", 8), ["abc def ", "ghi"]);
        assert_eq!(wrap("a abcdefgh b", 5), ["a abc", "defgh", " b"]);
        assert_eq!(wrap("ab\u{AD}cd", 3), ["ab-", "cd"]);
    }
}
