//! Earlier command lines of the session, with Up and Down.

/// Where in the history the editor is.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Position of the line shown; `None` while the user's own text is.
    at: Option<usize>,
    /// The user's own text, to come back to.
    draft: String,
}

impl History {
    /// The line before the one shown, which differs from it.
    pub(super) fn back(&mut self, lines: &[&str], shown: &str) -> Option<String> {
        let end = self.at.unwrap_or(lines.len()).min(lines.len());
        let at = lines.iter().take(end).rposition(|line| *line != shown)?;
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
        if let Some((next, line)) = lines.iter().enumerate().skip(at + 1).find(|(_, line)| **line != shown) {
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

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn up_and_down_pass_equal_lines_and_come_back_to_the_draft() {
        let lines = ["a", "b", "b"];
        let mut history = History::default();
        assert_eq!(history.forward(&lines), None);
        let mut shown = String::from("draft");
        let mut seen = Vec::new();
        while let Some(line) = history.back(&lines, &shown) {
            seen.push(line.clone());
            shown = line;
        }
        assert_eq!(seen, ["b", "a"]);
        assert_eq!(history.forward(&lines).as_deref(), Some("b"));
        assert_eq!(history.forward(&lines).as_deref(), Some("draft"));
        assert_eq!(history.forward(&lines), None);
    }

    #[test]
    fn without_history_nothing_is_recalled() {
        assert_eq!(History::default().back(&[], "x"), None);
    }
}
