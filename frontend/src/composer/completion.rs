//! Completion of command names where a command stands.

/// Fewer letters than this bring no list by themselves.
const LETTERS: usize = 2;
/// So many names are offered.
const OFFERED: usize = 8;

/// Names to choose from.
#[derive(Debug, PartialEq)]
pub(super) struct Completion {
    /// The beginning that was typed.
    pub(super) typed: String,
    /// The names.
    pub(super) items: Vec<String>,
    /// The one that Tab takes.
    pub(super) selected: usize,
    /// Whether the user moved in the list; only then Enter takes instead of running.
    pub(super) moved: bool,
}

impl Completion {
    /// What can stand at the caret, given the text before it; nothing where no command name is being typed.
    pub(super) fn at(before: &str, commands: &[String], asked: bool) -> Option<Self> {
        let typed: &str = before.rsplit([' ', '\t', '\n', '|', ';', '(', '{', '&', '=']).next()?;
        let head = before.get(..before.len() - typed.len())?.trim_end_matches([' ', '\t']);
        let command_stands_here = head.is_empty() || head.ends_with(['|', ';', '(', '{', '&', '=', '\n']);
        if !command_stands_here || (typed.chars().count() < LETTERS && !asked) {
            return None;
        }
        let sought = typed.to_lowercase();
        let rank = |name: &String| match name.to_lowercase().find(&sought)? {
            0 => Some(0),
            _ => Some(1),
        };
        let mut items: Vec<_> = commands.iter().filter_map(|name| Some((rank(name)?, name))).collect();
        items.sort_by_key(|(rank, _)| *rank);
        items.truncate(OFFERED);
        if items.is_empty() || matches!(items.as_slice(), [(_, only)] if only.eq_ignore_ascii_case(typed)) {
            return None;
        }
        let items = items.into_iter().map(|(_, name)| name.clone()).collect();
        Some(Self { typed: typed.to_owned(), items, selected: 0, moved: false })
    }

    /// Goes to the next name, or the one before.
    pub(super) fn step(&mut self, down: bool) {
        let many = self.items.len().max(1);
        // The first step down from a list that was not touched goes to its second name: the first is already offered.
        self.selected = (self.selected + if down { 1 } else { many - 1 }) % many;
        self.moved = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Completion;

    fn names(before: &str, asked: bool) -> Vec<String> {
        let commands = ["Get-Mailbox", "Get-MailboxStatistics", "Set-Mailbox"].map(String::from);
        Completion::at(before, &commands, asked).map(|completion| completion.items).unwrap_or_default()
    }

    #[test]
    fn names_are_offered_where_a_command_stands() {
        for before in ["get-m", "x | get-m", "a;get-m", "(get-m", "$x = get-m", "a\nget-m"] {
            assert_eq!(names(before, false), ["Get-Mailbox", "Get-MailboxStatistics"], "{before}");
        }
        for before in ["", "x get-m", "Get-Mailbox -get-m", "g", "Get-MailboxStatistics"] {
            assert!(names(before, false).is_empty(), "{before}");
        }
    }

    #[test]
    fn names_that_begin_so_come_first_and_others_follow() {
        assert_eq!(names("mailbox", false).len(), 3);
        assert_eq!(names("set", false), ["Set-Mailbox"]);
        assert_eq!(names("", true).len(), 3);
    }
}
