//! How well a name fits what was typed.

/// Longer than that, nobody types initials.
const MOST_LETTERS: usize = 12;
/// Steps that a name is worth; real ones take fewer than 100.
const MOST_STEPS: u32 = 2_000;

/// How a name fits; the smallest fits best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It begins so.
    Start,
    /// One of its words begins so: `mailbox` in `Get-Mailbox`, `quota` in `ProhibitSendQuota`.
    Word,
    /// It has it in it.
    Within,
    /// It has the letters in this order, each at the beginning of a word or right behind the one before: `gmbs`.
    Letters,
}

/// How `name` fits `typed`, and which bytes of it were typed; `None` where it does not.
pub(super) fn fit(name: &str, typed: &str) -> Option<(Fit, Vec<(u16, u16)>)> {
    if typed.is_empty() {
        return Some((Fit::Start, Vec::new()));
    }
    let marks = |at: usize| vec![(at as u16, (at + typed.len()) as u16)];
    // Names of commands and properties are ASCII; what is not is compared as it is.
    let (name_bytes, typed_bytes) = (name.as_bytes(), typed.as_bytes());
    let mut within = None;
    for at in 0..(name_bytes.len() + 1).saturating_sub(typed_bytes.len()) {
        let part = &name_bytes[at..at + typed_bytes.len()];
        if !part.eq_ignore_ascii_case(typed_bytes) {
            continue;
        }
        if at == 0 {
            return Some((Fit::Start, marks(0)));
        }
        if begins_word(name_bytes, at) {
            return Some((Fit::Word, marks(at)));
        }
        within.get_or_insert(at);
    }
    if let Some(at) = within {
        return Some((Fit::Within, marks(at)));
    }
    // Each letter is a whole character then, and so is each mark.
    if !typed.is_ascii() || typed.len() > MOST_LETTERS {
        return None;
    }
    letters(name_bytes, typed_bytes, 0, false, &mut { MOST_STEPS }).map(|at| {
        let mut marks: Vec<(u16, u16)> = Vec::new();
        for at in at {
            match marks.last_mut() {
                Some((_, end)) if usize::from(*end) == at => *end += 1,
                _ => marks.push((at as u16, at as u16 + 1)),
            }
        }
        (Fit::Letters, marks)
    })
}

fn begins_word(name: &[u8], at: usize) -> bool {
    let (Some(own), Some(before)) = (name.get(at), at.checked_sub(1).and_then(|before| name.get(before)))
    else {
        return true;
    };
    !before.is_ascii_alphanumeric() || own.is_ascii_uppercase() && !before.is_ascii_uppercase()
}

/// Where the letters are, from `at` on, found within so many steps.
fn letters(name: &[u8], typed: &[u8], at: usize, goes_on: bool, steps: &mut u32) -> Option<Vec<usize>> {
    let Some((first, rest)) = typed.split_first() else { return Some(Vec::new()) };
    for place in at..name.len() {
        *steps = steps.checked_sub(1)?;
        let may_stand = goes_on && place == at || begins_word(name, place);
        if may_stand
            && name[place].eq_ignore_ascii_case(first)
            && let Some(mut found) = letters(name, rest, place + 1, true, steps)
        {
            found.insert(0, place);
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit};

    #[test]
    fn names_fit_by_their_beginning_their_words_and_their_initials() {
        let kind = |name, typed| fit(name, typed).map(|(fit, _)| fit);
        assert_eq!(kind("Get-Mailbox", "get-m"), Some(Fit::Start));
        assert_eq!(kind("Get-Mailbox", "mail"), Some(Fit::Word));
        assert_eq!(kind("ProhibitSendQuota", "quota"), Some(Fit::Word));
        assert_eq!(kind("Get-Mailbox", "ail"), Some(Fit::Within));
        assert_eq!(fit("Get-MailboxStatistics", "gms"), Some((Fit::Letters, vec![(0, 1), (4, 5), (11, 12)])));
        assert_eq!(
            fit("Get-MailboxStatistics", "gmast"),
            Some((Fit::Letters, vec![(0, 1), (4, 6), (11, 13)]))
        );
        assert_eq!(kind("Get-Mailbox", "xyz"), None);
        assert_eq!(kind("Get-Mailbox", ""), Some(Fit::Start));
        assert_eq!(kind("", "a"), None);
        assert_eq!(kind("Größe", "größe"), Some(Fit::Start));
    }

    #[test]
    fn a_name_made_to_be_slow_is_not() {
        let name = "aA".repeat(60);
        let began = std::time::Instant::now();
        for _ in 0..1000 {
            assert_eq!(fit(&name, "aaaaaaaaaaz"), None);
        }
        assert!(began.elapsed().as_secs() < 5, "without a bound it would take years");
    }
}
