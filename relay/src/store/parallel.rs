//! Work on many rows at once, by as many threads as it is worth.

use std::{num::NonZero, thread};

/// Rows that are not worth another thread.
const WORTH_A_THREAD: usize = 8192;
/// Threads at most for one question: there are other sessions.
const MOST_THREADS: usize = 4;

/// How many threads so many rows are worth.
pub(super) fn threads(rows: usize) -> usize {
    let there = thread::available_parallelism().map_or(1, NonZero::get);
    (rows / WORTH_A_THREAD).clamp(1, there.min(MOST_THREADS))
}

/// What some work gives for each part, one part after the other.
pub(super) fn concat<P: Send, T: Send>(parts: Vec<P>, work: impl Fn(P) -> Vec<T> + Sync) -> Vec<T> {
    let work = &work;
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return Vec::new() };
    thread::scope(|scope| {
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut all = work(first);
        for other in others {
            match other.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
