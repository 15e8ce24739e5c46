//! Events on their way from the session to whoever reads a pipeline.
//!
//! A queue of tokio's could not do it: the session must never wait for one reader while others are served, and it
//! must know whether there is room *before* it asks the server for more.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// Events that a reader may be behind before the server is asked for no more. What one Receive brings, and the one
/// that is already under way, come on top of it.
pub(super) const CAPACITY: usize = 256;

/// Bytes, as they came over the wire, that a reader may be behind: 256 events may be 256 attachments. A single message
/// larger than this is still taken, since nothing smaller could be.
pub(super) const MOST_BYTES: usize = 8 << 20;

/// A queue with one writer, which never waits, and one reader.
pub(super) struct EventQueue<T> {
    state: Mutex<State<T>>,
    /// Wakes the reader.
    ready: Notify,
    /// Wakes the writer, who waits for any of its queues to have room again.
    room: Arc<Notify>,
}

impl<T> std::fmt::Debug for EventQueue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventQueue").field("waiting", &self.lock().events.len()).finish_non_exhaustive()
    }
}

struct State<T> {
    /// Each with the bytes that it came in.
    events: VecDeque<(T, usize)>,
    bytes: usize,
    /// Nothing more comes, or nobody reads any more.
    closed: bool,
    /// The writer found no room.
    full: bool,
}

impl<T> EventQueue<T> {
    pub(super) fn new(room: Arc<Notify>) -> Self {
        let state = State { events: VecDeque::new(), bytes: 0, closed: false, full: false };
        Self { state: Mutex::new(state), ready: Notify::new(), room }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing in here can panic halfway, so the state of a poisoned lock is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event that came in so many bytes, if the queue is not closed.
    pub(super) fn push(&self, event: T, bytes: usize) {
        let mut state = self.lock();
        if !state.closed {
            state.events.push_back((event, bytes));
            state.bytes = state.bytes.saturating_add(bytes);
            self.ready.notify_one();
        }
    }

    /// Adds the last event.
    pub(super) fn finish(&self, event: T) {
        let mut state = self.lock();
        if !state.closed {
            state.events.push_back((event, 0));
            state.closed = true;
            self.ready.notify_one();
        }
    }

    /// Nobody reads any more: what waits is dropped, and so is what comes.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.events.clear();
        state.bytes = 0;
        self.room.notify_one();
    }

    /// Whether the server may be asked for more. If not, `room` is notified once half of the queue has been read.
    pub(super) fn has_room(&self) -> bool {
        let mut state = self.lock();
        state.full = state.events.len() >= CAPACITY || state.bytes >= MOST_BYTES;
        !state.full
    }

    /// The next event; `None` after the last one. Cancel safe.
    pub(super) async fn pop(&self) -> Option<T> {
        loop {
            {
                let mut state = self.lock();
                if let Some((event, bytes)) = state.events.pop_front() {
                    state.bytes = state.bytes.saturating_sub(bytes);
                    if state.full && state.events.len() <= CAPACITY / 2 && state.bytes <= MOST_BYTES / 2 {
                        state.full = false;
                        self.room.notify_one();
                    }
                    return Some(event);
                }
                if state.closed {
                    return None;
                }
            }
            self.ready.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn events_come_in_order_and_end() {
        let queue = EventQueue::new(Arc::default());
        assert_eq!(queue.pop().now_or_never(), None, "nothing there yet");
        queue.push(1, 0);
        queue.finish(2);
        queue.push(3, 0);
        assert_eq!(queue.pop().await, Some(1));
        assert_eq!(queue.pop().await, Some(2));
        assert_eq!(queue.pop().await, None);
        assert_eq!(queue.pop().await, None);
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let queue = Arc::new(EventQueue::new(Arc::default()));
        let reader = tokio::spawn({
            let queue = queue.clone();
            async move { queue.pop().await }
        });
        tokio::task::yield_now().await;
        queue.push("here", 0);
        assert_eq!(reader.await.unwrap(), Some("here"));
    }

    #[tokio::test]
    async fn room_is_told_once_half_is_read() {
        let room = Arc::new(Notify::new());
        let queue = EventQueue::new(room.clone());
        for n in 0..CAPACITY {
            assert!(queue.has_room());
            queue.push(n, 0);
        }
        assert!(!queue.has_room());
        for n in 0..CAPACITY {
            assert_eq!(room.notified().now_or_never().is_some(), n == CAPACITY / 2, "{n}");
            assert_eq!(queue.pop().await, Some(n));
        }
        assert!(queue.has_room());
    }

    #[tokio::test]
    async fn limits_a_few_large_events_fill_it_too() {
        let room = Arc::new(Notify::new());
        let queue = EventQueue::new(room.clone());
        for n in 0..4 {
            assert!(queue.has_room(), "{n}");
            queue.push(n, MOST_BYTES / 4);
        }
        assert!(!queue.has_room());
        assert_eq!((queue.pop().await, room.notified().now_or_never()), (Some(0), None));
        assert_eq!((queue.pop().await, room.notified().now_or_never()), (Some(1), Some(())));
        assert!(queue.has_room());
    }

    #[tokio::test]
    async fn an_abandoned_queue_keeps_nothing() {
        let queue = EventQueue::new(Arc::default());
        queue.push(1, 0);
        queue.abandon();
        queue.push(2, 0);
        assert!(queue.has_room());
        assert_eq!(queue.pop().await, None);
    }
}
