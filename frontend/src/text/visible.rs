//! Characters that are not seen, made visible: controls, and those that turn the direction of text. A server's value,
//! or a script that was pasted, must not look like something else than it is.

use std::borrow::Cow;

/// The same text with such characters written out.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !is_hidden(c) => shown.push(c),
            '\0'..='\u{1f}' => shown.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
            '\u{7f}' => shown.push('\u{2421}'),
            c => {
                shown.push('\u{27e6}');
                shown.push_str(&name(c));
                shown.push('\u{27e7}');
            }
        }
    }
    Cow::Owned(shown)
}

/// The names of such characters in a text, each once; empty if there are none. Blanks of any kind are not among them.
pub(crate) fn hidden_names(text: &str) -> String {
    let mut names = Vec::new();
    for c in text.chars().filter(|c| is_hidden(*c)) {
        let name = name(c);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn name(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        // Marks, embeddings, overrides and isolates of direction; the zero-width ones; the byte order mark.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::{hidden_names, visible};

    #[test]
    fn what_is_not_seen_is_written_out() {
        assert_eq!(visible("Zoë\tMüller\n"), "Zoë\tMüller\n");
        assert_eq!(visible("invoice\u{202e}fdp.exe"), "invoice⟦U+202E⟧fdp.exe");
        assert_eq!(visible("a\0\u{1b}\u{7f}\u{85}"), "a␀␛␡⟦U+0085⟧");
        assert_eq!(hidden_names("a\u{202e}b\u{202e}c\u{7}"), "U+202E, U+0007");
        assert_eq!(
            hidden_names("👩\u{200d}🚀 עברית"),
            "",
            "joined pictures and other scripts are what they are"
        );
    }
}
