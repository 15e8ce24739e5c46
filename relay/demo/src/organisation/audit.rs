//! What administrators changed: the log that Search-AdminAuditLog reads.

use std::collections::VecDeque;

use postern_shared::value::PsStr;

use super::{Moment, Organisation, random::Random};

/// Changes that are kept; the oldest goes when there is one more. Enough for a day's work with the demo.
const MAX_CHANGES: usize = 5_000;

/// One change.
#[derive(Clone, Debug)]
pub struct AdminChange {
    /// When it was made.
    pub at: Moment,
    /// The cmdlet.
    pub cmdlet: PsStr,
    /// Who called it.
    pub caller: PsStr,
    /// What it was about.
    pub object: PsStr,
    /// Parameters and their values as text.
    pub parameters: Vec<(PsStr, PsStr)>,
}

/// Searches in parts that are kept; the oldest goes when there is one more.
const MAX_SEARCHES: usize = 50;

/// The log, the newest change last.
#[derive(Clone, Debug, Default)]
pub struct AuditLog {
    changes: VecDeque<AdminChange>,
    /// Searches in parts: their names, and how much each has given.
    searches: VecDeque<(PsStr, usize)>,
}

impl AuditLog {
    /// Adds a change.
    pub fn note(&mut self, change: AdminChange) {
        if self.changes.len() >= MAX_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }

    /// The changes, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &AdminChange> {
        self.changes.iter().rev()
    }

    fn search_part(&mut self, session: &PsStr, size: usize) -> usize {
        if let Some((_, given)) = self.searches.iter_mut().find(|(own, _)| own == session) {
            let from = *given;
            *given = from.saturating_add(size);
            return from;
        }
        if self.searches.len() >= MAX_SEARCHES {
            self.searches.pop_front();
        }
        self.searches.push_back((session.clone(), size));
        0
    }

    /// What was changed before anyone signed in to the demo.
    pub(super) fn made(now: Moment) -> Self {
        type Sample = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
        const SAMPLES: [Sample; 7] = [
            (
                "Set-Mailbox",
                "billing",
                &[("Identity", "billing"), ("HiddenFromAddressListsEnabled", "False")],
            ),
            (
                "Add-MailboxPermission",
                "billing",
                &[("Identity", "billing"), ("User", "nora.fink"), ("AccessRights", "FullAccess")],
            ),
            (
                "Set-TransportRule",
                "Warnhinweis extern",
                &[("Identity", "Warnhinweis extern"), ("PrependSubject", "[EXTERN] ")],
            ),
            ("New-DistributionGroup", "Umzug Haus C", &[("Name", "Umzug Haus C"), ("Alias", "umzug-haus-c")]),
            ("Set-CASMailbox", "max.ohm", &[("Identity", "max.ohm"), ("PopEnabled", "False")]),
            ("Set-User", "omar.said", &[("Identity", "omar.said"), ("Office", "Lindau")]),
            (
                "Remove-MailboxPermission",
                "lab",
                &[("Identity", "lab"), ("User", "max.ohm"), ("AccessRights", "FullAccess")],
            ),
        ];
        let mut draw = Random::new(0xA0D1);
        let mut log = Self::default();
        for hours in (1..60_u32).rev() {
            let Some((cmdlet, object, parameters)) = draw.pick(&SAMPLES) else { continue };
            let caller = if draw.percent(70) { "KLINIK\\Administrator" } else { "KLINIK\\exchange-admin" };
            log.note(AdminChange {
                at: now.minutes_before(hours * 310 + draw.below(200) as u32),
                cmdlet: PsStr::from_static(cmdlet),
                caller: PsStr::from_static(caller),
                object: PsStr::from_static(object),
                parameters: parameters
                    .iter()
                    .map(|(name, value)| (PsStr::from_static(name), PsStr::from_static(value)))
                    .collect(),
            });
        }
        log
    }
}

impl Organisation {
    /// Where the next part of a search begins, which gives up to `size` results.
    pub fn search_part(&mut self, session: &PsStr, size: usize) -> usize {
        self.audit.search_part(session, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_in_order() {
        let mut log = AuditLog::made(Moment(1_795_435_200));
        assert!(log.newest().is_sorted_by(|newer, older| newer.at >= older.at));
        let one = log.newest().next().cloned().unwrap();
        for _ in 0..=MAX_CHANGES {
            log.note(one.clone());
        }
        assert_eq!(log.newest().count(), MAX_CHANGES);
    }
}
