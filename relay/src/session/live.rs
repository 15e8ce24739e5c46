//! What is true now and replaces what was true before: progress, and how far results have grown.
//!
//! It is not in the log. However often it changes, a socket sends each thing's newest state only, so a page that reads
//! slowly misses steps and nothing else.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use postern_shared::wire::{BlockId, ProgressState, ResultId, ServerMessage};
use tokio::sync::watch;

/// Activities kept of one block; a command that makes up ids without end must not fill the memory.
const MOST_ACTIVITIES: usize = 32;
/// Results whose growth is told; more are not kept.
const MOST_RESULTS: usize = 4096;

/// The newest states.
pub(crate) struct Live {
    inner: Mutex<Inner>,
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    /// Of the one block that runs; the version at which it changed.
    progress: Option<(BlockId, Vec<ProgressState>, u64)>,
    /// Rows, and the version at which they changed.
    rows: BTreeMap<ResultId, (u64, u64)>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { inner: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// An activity's newest state, or its end.
    pub(crate) fn progress(&self, block: BlockId, state: ProgressState, completed: bool) {
        let mut inner = self.inner();
        let version = self.next();
        let (of, activities, changed) = inner.progress.get_or_insert_with(|| (block, Vec::new(), version));
        if *of != block {
            activities.clear();
        }
        (*of, *changed) = (block, version);
        let at = activities.iter().position(|activity| activity.id == state.id);
        match at {
            Some(at) if completed => {
                activities.remove(at);
            }
            Some(at) => {
                if let Some(old) = activities.get_mut(at) {
                    *old = state;
                }
            }
            None if completed || activities.len() >= MOST_ACTIVITIES => return,
            None => {
                // Outer activities stand before inner ones.
                let parent = activities.iter().position(|activity| activity.parent == state.id);
                activities.insert(parent.unwrap_or(activities.len()), state);
            }
        }
        self.version.send_replace(version);
        drop(inner);
    }

    /// A block ended, and with it what it was doing.
    pub(crate) fn end_progress(&self, block: BlockId) {
        let mut inner = self.inner();
        let version = self.next();
        match &mut inner.progress {
            Some((of, activities, changed)) if *of == block && !activities.is_empty() => {
                activities.clear();
                *changed = version;
            }
            _ => return,
        }
        self.version.send_replace(version);
        drop(inner);
    }

    /// A result has so many rows.
    pub(crate) fn grew(&self, result: ResultId, rows: u64) {
        let mut inner = self.inner();
        let version = self.next();
        inner.rows.insert(result, (rows, version));
        while inner.rows.len() > MOST_RESULTS {
            // The oldest; its rows are no longer kept either.
            inner.rows.pop_first();
        }
        self.version.send_replace(version);
        drop(inner);
    }

    /// Tells when something changed; the value is the version.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// What changed after a version, and the version by now.
    pub(crate) fn since(&self, version: u64) -> (Vec<ServerMessage>, u64) {
        let inner = self.inner();
        let mut messages = Vec::new();
        if let Some((block, activities, changed)) = &inner.progress
            && *changed > version
        {
            messages.push(ServerMessage::Progress { block: *block, activities: activities.clone() });
        }
        for (result, (rows, changed)) in &inner.rows {
            if *changed > version {
                messages.push(ServerMessage::Grew { result: *result, rows: *rows });
            }
        }
        (messages, *self.version.borrow())
    }

    fn next(&self) -> u64 {
        self.version.borrow().saturating_add(1)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(id: i32, parent: i32, percent: i32) -> ProgressState {
        ProgressState {
            id,
            parent,
            percent,
            activity: String::new(),
            status: String::new(),
            operation: String::new(),
            seconds_left: -1,
        }
    }

    #[test]
    fn only_the_newest_state_is_told() {
        let live = Live::new();
        for rows in 1..1000 {
            live.grew(1, rows);
            live.progress(7, state(0, -1, 5), false);
        }
        let (messages, version) = live.since(0);
        assert_eq!(messages.len(), 2);
        assert!(messages.contains(&ServerMessage::Grew { result: 1, rows: 999 }));
        live.grew(2, 1);
        assert_eq!(live.since(version).0, [ServerMessage::Grew { result: 2, rows: 1 }]);
    }

    #[test]
    fn activities_come_and_go_and_outer_ones_stand_first() {
        let live = Live::new();
        live.progress(1, state(2, 1, 0), false);
        live.progress(1, state(1, -1, 0), false);
        let ids = |live: &Live| match live.since(0).0.first() {
            Some(ServerMessage::Progress { activities, .. }) => activities.iter().map(|a| a.id).collect(),
            _ => Vec::new(),
        };
        assert_eq!(ids(&live), [1, 2]);
        live.progress(1, state(1, -1, 100), true);
        assert_eq!(ids(&live), [2]);
        live.end_progress(1);
        assert!(ids(&live).is_empty());
        for id in 0..1000 {
            live.progress(2, state(id, -1, 0), false);
        }
        assert_eq!(ids(&live).len(), MOST_ACTIVITIES);
    }
}
