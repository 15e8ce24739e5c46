//! Mailboxes on their way to another database.

use std::collections::BTreeMap;

use super::{DATABASES, Moment, Organisation, RecipientId, Traits};

/// Bytes that a move copies in a second: a small mailbox takes minutes, a large one an hour.
const BYTES_PER_SECOND: u64 = 8 << 20;
/// Seconds that a request waits before it begins.
const QUEUED_SECONDS: u32 = 30;

/// A request to move a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveRequest {
    /// Number of the database that the mailbox comes from.
    pub source: u8,
    /// Number of the database that it goes to.
    pub target: u8,
    /// When it was asked for.
    pub queued: Moment,
    /// Seconds of work that were done before it was last suspended or resumed.
    pub done: u32,
    /// Since when it works, if it does.
    pub since: Option<Moment>,
    /// Whether it failed.
    pub failed: bool,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveProgress {
    /// `Queued`, `InProgress`, `Suspended`, `Failed` or `Completed`.
    pub status: &'static str,
    /// 0 to 100.
    pub percent: u8,
    /// Bytes that were copied.
    pub bytes: u64,
}

impl MoveRequest {
    /// A request that begins now.
    pub fn new(source: u8, target: u8, now: Moment) -> Self {
        Self { source, target, queued: now, done: 0, since: Some(now), failed: false }
    }

    fn worked(&self, now: Moment) -> u32 {
        self.done.saturating_add(self.since.map_or(0, |since| now.0.saturating_sub(since.0)))
    }

    /// How it stands, for a mailbox of that many bytes.
    pub fn progress(&self, size: u64, now: Moment) -> MoveProgress {
        let working = u64::from(self.worked(now).saturating_sub(QUEUED_SECONDS));
        let bytes = working.saturating_mul(BYTES_PER_SECOND).min(size);
        let percent = (bytes.saturating_mul(95) / size.max(1)) as u8;
        let finished = working > size / BYTES_PER_SECOND;
        match () {
            () if self.failed => {
                MoveProgress { status: "Failed", percent: percent.min(40), bytes: bytes * 2 / 5 }
            }
            () if finished => MoveProgress { status: "Completed", percent: 100, bytes: size },
            () if self.since.is_none() => MoveProgress { status: "Suspended", percent, bytes },
            () if self.worked(now) < QUEUED_SECONDS => {
                MoveProgress { status: "Queued", percent: 0, bytes: 0 }
            }
            () => MoveProgress { status: "InProgress", percent, bytes },
        }
    }

    /// Stops working; what is done stays done.
    pub fn suspend(&mut self, now: Moment) {
        self.done = self.worked(now);
        self.since = None;
    }

    /// Goes on; a failed one tries again.
    pub fn resume(&mut self, now: Moment) {
        if self.since.is_none() || self.failed {
            self.done = if self.failed { 0 } else { self.done };
            self.since = Some(now);
            self.failed = false;
        }
    }
}

/// All requests, by mailbox.
pub type MoveRequests = BTreeMap<RecipientId, MoveRequest>;

impl Organisation {
    /// How a mailbox's request stands.
    pub fn move_progress(&self, id: RecipientId) -> Option<MoveProgress> {
        let request = self.move_requests.get(&id).filter(|_| self.recipient(id).exists())?;
        Some(request.progress(self.mailbox_statistics(id, false).size, self.now()))
    }

    /// Puts mailboxes whose move is completed into their new database.
    pub fn settle_moves(&mut self) {
        let moved: Vec<(RecipientId, u8)> = self
            .move_requests
            .iter()
            .filter(|(id, request)| {
                self.recipient(**id).database != request.target
                    && self.move_progress(**id).is_some_and(|progress| progress.status == "Completed")
            })
            .map(|(id, request)| (*id, request.target))
            .collect();
        for (id, target) in moved {
            let recipient = self.recipient_mut(id);
            recipient.database = target;
            recipient.traits.set(Traits::MOVING, false);
        }
    }

    /// The requests that are there from the beginning: some under way, one that failed.
    pub(super) fn make_moves(&mut self, people: &[RecipientId]) {
        let now = self.made_at;
        let marked = people.iter().filter(|id| self.recipient(**id).traits.has(Traits::MOVING)).copied();
        let mut moving: Vec<RecipientId> = marked.collect();
        // Small organisations have some too.
        moving.extend(people.iter().skip(9).step_by(13).take(3));
        moving.sort_unstable();
        moving.dedup();
        for (at, id) in moving.into_iter().enumerate() {
            let source = self.recipient(id).database;
            let mut request = MoveRequest::new(source, source % DATABASES + 1, now);
            match at % 3 {
                0 => {
                    request.failed = true;
                    request.queued = now.days_before(1);
                }
                1 => request.suspend(now),
                _ => {}
            }
            self.move_requests.insert(id, request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_waits_works_rests_and_ends() {
        let at = |seconds: u32| Moment(1_000_000 + seconds);
        let size = 100 * BYTES_PER_SECOND;
        let mut request = MoveRequest::new(1, 2, at(0));
        let status = |request: &MoveRequest, seconds| {
            let progress = request.progress(size, at(seconds));
            (progress.status, progress.percent)
        };
        assert_eq!(status(&request, 10), ("Queued", 0));
        assert_eq!(status(&request, 80), ("InProgress", 47));
        request.suspend(at(80));
        assert_eq!(status(&request, 1_000), ("Suspended", 47));
        request.resume(at(1_000));
        assert_eq!(status(&request, 1_049), ("InProgress", 94));
        assert_eq!(status(&request, 1_060), ("Completed", 100));
    }
}
