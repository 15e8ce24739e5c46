//! Searches through the mailboxes' content. The demo has no content: what a search finds follows from its query.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Moment, Organisation, RecipientId};

/// Seconds until a search that was started works, and until it is completed.
const STARTING_SECONDS: u32 = 3;
const WORKING_SECONDS: u32 = 12;
/// Mailboxes in which a search finds something, at most.
const MOST_HITS: u64 = 12;

/// A search.
#[derive(Clone, Debug)]
pub struct ComplianceSearch {
    /// Its name.
    pub name: String,
    /// What is searched for, in the query language of keywords (KQL).
    pub query: String,
    /// Where: `All`, or addresses.
    pub locations: Vec<String>,
    /// When it was made.
    pub made: Moment,
    /// When it was started, if it was.
    pub started: Option<Moment>,
    /// Whether it was stopped.
    pub stopped: bool,
}

/// What a search found in a mailbox.
pub struct Hit {
    /// The mailbox.
    pub mailbox: RecipientId,
    /// Items.
    pub items: u32,
    /// Bytes of these.
    pub size: u64,
}

impl ComplianceSearch {
    /// How it stands.
    pub fn status(&self, now: Moment) -> &'static str {
        match self.started.map(|started| now.0.saturating_sub(started.0)) {
            None => "NotStarted",
            Some(_) if self.stopped => "Stopped",
            Some(0..STARTING_SECONDS) => "Starting",
            Some(STARTING_SECONDS..WORKING_SECONDS) => "InProgress",
            Some(_) => "Completed",
        }
    }

    /// How far it has come, 0 to 100.
    pub fn percent(&self, now: Moment) -> i32 {
        match self.started.map(|started| now.0.saturating_sub(started.0)) {
            Some(seconds) => (seconds.min(WORKING_SECONDS) * 100 / WORKING_SECONDS) as i32,
            None => 0,
        }
    }
}

impl Organisation {
    /// What a search finds: the same every time.
    pub fn search_hits(&self, search: &ComplianceSearch) -> Vec<Hit> {
        let mut hasher = DefaultHasher::new();
        search.query.hash(&mut hasher);
        let seed = hasher.finish();
        let everywhere = search.locations.iter().any(|location| location.eq_ignore_ascii_case("All"));
        let mailboxes: Vec<RecipientId> = if everywhere {
            self.ids().filter(|id| self.recipient(*id).kind.is_mailbox()).collect()
        } else {
            search.locations.iter().filter_map(|location| self.find(location)).collect()
        };
        let step = (mailboxes.len() as u64 / (seed % MOST_HITS + 1)).max(1);
        let chosen = mailboxes.into_iter().skip((seed % step) as usize).step_by(step as usize);
        chosen
            .zip(0_u32..)
            .map(|(mailbox, at)| {
                let items = (seed.rotate_right(at) % 4) as u32 + 1;
                Hit { mailbox, items, size: u64::from(items) * (20_000 + seed.rotate_left(at) % 90_000) }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_starts_works_and_is_completed() {
        let mut search = ComplianceSearch {
            name: "x".into(),
            query: "subject:x".into(),
            locations: vec!["All".into()],
            made: Moment(100),
            started: None,
            stopped: false,
        };
        assert_eq!(search.status(Moment(500)), "NotStarted");
        search.started = Some(Moment(500));
        let status = [500, 503, 511, 512].map(|now| search.status(Moment(now)));
        assert_eq!(status, ["Starting", "InProgress", "InProgress", "Completed"]);
        assert_eq!((search.percent(Moment(506)), search.percent(Moment(900))), (50, 100));
    }
}
