//! How much memory results may take: those of a session, and those of all sessions.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Bytes that results take, and the most that they may.
pub(crate) struct Budget {
    used: AtomicUsize,
    limit: usize,
}

/// There is no room for another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// In this session's share, of so many bytes.
    Session(usize),
    /// In the relay.
    Relay,
}

/// A session's budget within that of all sessions.
pub(super) struct Share {
    all: Arc<Budget>,
    own: Budget,
}

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), limit })
    }

    /// Bytes taken.
    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        // Counted before it is checked: two sessions at a time must not both take the last room.
        if self.used.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > self.limit {
            self.give_back(bytes);
            return false;
        }
        true
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Share {
    pub(super) fn new(limit: usize, all: Arc<Budget>) -> Self {
        Self { all, own: Budget { used: AtomicUsize::new(0), limit } }
    }

    /// Takes so many bytes.
    pub(super) fn take(&self, bytes: usize) -> Result<(), Full> {
        if !self.own.take(bytes) {
            return Err(Full::Session(self.own.limit));
        }
        if !self.all.take(bytes) {
            self.own.give_back(bytes);
            return Err(Full::Relay);
        }
        Ok(())
    }

    /// Gives back bytes that were taken.
    pub(super) fn give_back(&self, bytes: usize) {
        self.own.give_back(bytes);
        self.all.give_back(bytes);
    }
}
