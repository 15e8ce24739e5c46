//! Earlier command lines with Up and Down: those that begin with what the user has typed.

/// Where in the history the editor is.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Position of the line shown; `None` while the user's own text is.
    at: Option<usize>,
    /// The user's own text, to come back to.
    draft: String,
}

impl History {
    /// The line before the one shown, which differs from it and begins with the user's own text.
    pub(super) fn back(&mut self, lines: &[&str], shown: &str) -> Option<String> {
        let end = self.at.unwrap_or(lines.len()).min(lines.len());
        let draft = if self.at.is_none() { shown } else { &self.draft };
        let at = lines.iter().take(end).rposition(|line| *line != shown && begins(line, draft))?;
        if self.at.is_none() {
            shown.clone_into(&mut self.draft);
        }
        self.at = Some(at);
        lines.get(at).map(|line| (*line).to_owned())
    }

    /// The line after the one shown; the user's own text after the last one.
    pub(super) fn forward(&mut self, lines: &[&str]) -> Option<String> {
        let at = self.at?;
        let shown = lines.get(at).copied().unwrap_or_default();
        let mut later = lines.iter().enumerate().skip(at + 1);
        if let Some((next, line)) = later.find(|(_, line)| **line != shown && begins(line, &self.draft)) {
            self.at = Some(next);
            return Some((*line).to_owned());
        }
        self.at = None;
        Some(std::mem::take(&mut self.draft))
    }

    /// The user's own text is shown again.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Whether a line begins with a text, without case.
fn begins(line: &str, with: &str) -> bool {
    let mut line = line.chars().flat_map(char::to_lowercase);
    with.trim_end().chars().flat_map(char::to_lowercase).all(|c| line.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn up_and_down_pass_equal_lines_and_come_back_to_the_draft() {
        let lines = ["a", "b", "b"];
        let mut history = History::default();
        assert_eq!(history.forward(&lines), None);
        let mut shown = String::new();
        let mut seen = Vec::new();
        while let Some(line) = history.back(&lines, &shown) {
            seen.push(line.clone());
            shown = line;
        }
        assert_eq!(seen, ["b", "a"]);
        assert_eq!(history.forward(&lines).as_deref(), Some("b"));
        assert_eq!(history.forward(&lines).as_deref(), Some(""));
        assert_eq!(history.forward(&lines), None);
    }

    #[test]
    fn only_lines_that_begin_so_are_recalled() {
        let lines = ["Get-User x", "Set-User", "get-mailbox"];
        let mut history = History::default();
        assert_eq!(history.back(&lines, "GET-").as_deref(), Some("get-mailbox"));
        assert_eq!(history.back(&lines, "get-mailbox").as_deref(), Some("Get-User x"));
        assert_eq!(history.back(&lines, "Get-User x"), None);
        assert_eq!(history.forward(&lines).as_deref(), Some("get-mailbox"));
        assert_eq!(history.forward(&lines).as_deref(), Some("GET-"));
    }

    #[test]
    fn without_history_nothing_is_recalled() {
        assert_eq!(History::default().back(&[], "x"), None);
    }
}
