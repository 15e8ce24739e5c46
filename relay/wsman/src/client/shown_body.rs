//! The beginning of an answer that is no envelope, as text for people: of a web page its words without its mark-up.

/// Characters that are kept.
const MOST: usize = 500;
/// Bytes that are looked at: style sheets stand before the words.
const LOOKED_AT: usize = 16 << 10;

/// What the body says.
pub(super) fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
    let lower = text.to_ascii_lowercase();
    let words = if lower.contains("<html") || lower.contains("<!doctype") || lower.contains("<body") {
        page_words(&text, &lower)
    } else {
        text.into_owned()
    };
    let mut short = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if short.len() + word.len() > MOST {
            short.extend(word.chars().take(MOST.saturating_sub(short.len())));
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

/// The text of a page without tags, scripts and styles. `lower` is the same in lower case, byte for byte.
fn page_words(text: &str, lower: &str) -> String {
    let mut words = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(open) = rest.find('<') else {
            words.push_str(rest);
            break;
        };
        words.push_str(rest.get(..open).unwrap_or_default());
        words.push(' ');
        let tag = at + open;
        let skipped = ["<script", "<style", "<!--"].into_iter().zip(["</script", "</style", "-->"]);
        let from = lower.get(tag..).unwrap_or_default();
        let inside = skipped.into_iter().find(|(begin, _)| from.starts_with(begin));
        let start = match inside {
            Some((_, end)) => from.find(end),
            None => Some(0),
        };
        let Some(end) = start.and_then(|start| Some(start + from.get(start..)?.find('>')?)) else { break };
        at = tag + end + 1;
    }
    for (name, character) in [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
    {
        words = words.replace(name, character);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_page_the_words_are_left() {
        let page = "<!DOCTYPE html><html><head><title>403 - Forbidden</title><style>\nbody{margin:0}\n</style>\
                    <!-- <b>not this</b> --><SCRIPT>if (1 < 2) x()</SCRIPT></head><body><h1>Server Error</h1>\
                    <p>Access&nbsp;is   denied.</body></html>";
        assert_eq!(shown(page.as_bytes()), "403 - Forbidden Server Error Access is denied.");
    }

    #[test]
    fn anything_else_stays_as_it_is_but_for_its_length() {
        assert_eq!(shown(b"Bad Request\r\n"), "Bad Request");
        assert_eq!(shown(b"{\"a\": \"<b>\"}"), "{\"a\": \"<b>\"}");
        assert_eq!(shown(b"\xFF\x00x"), "\u{FFFD} x");
        assert!(shown("ü".repeat(4000).as_bytes()).chars().count() <= MOST);
        for page in ["<html", "<html><script>", "<html><style></style", "<html><!--", "<html>a<"] {
            assert!(shown(page.as_bytes()).len() <= 1, "{page}");
        }
    }
}
