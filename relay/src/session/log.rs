//! A session's event log: everything that happened, in order and numbered, in bounded memory.
//!
//! Numbers are given without gaps. When the log grows beyond its limits, the oldest lines of text (notes, output,
//! errors) are dropped, and a note takes the place of the last that was dropped in a block and says how many there
//! were. What the page needs to know which blocks, results and questions there are is dropped last, and only with
//! the whole block.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use postern_shared::wire::{Arranged, BlockId, Event, EventKind, EventNumber, Failure, NoteStream, ResultId};
use tokio::sync::watch;

/// The log. The session's task writes it; any number of sockets read it, each at its own pace.
pub(crate) struct Log {
    started: Instant,
    limits: LogLimits,
    inner: Mutex<Inner>,
    newest: watch::Sender<EventNumber>,
}

/// How much a log keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogLimits {
    /// Events.
    pub(crate) events: usize,
    /// Bytes, about.
    pub(crate) bytes: usize,
}

#[derive(Default)]
struct Inner {
    events: VecDeque<Kept>,
    bytes: usize,
    /// Lines dropped so far, by block.
    dropped: HashMap<BlockId, u64>,
    /// Whole blocks dropped so far.
    blocks_dropped: u64,
}

struct Kept {
    event: Arc<Event>,
    weight: usize,
    /// Whether this stands for what was dropped and is not itself a line.
    marker: bool,
}

impl Log {
    pub(crate) fn new(limits: LogLimits) -> Self {
        Self { started: Instant::now(), limits, inner: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Writes down what happened.
    pub(crate) fn append(&self, kind: EventKind) -> EventNumber {
        let mut inner = self.inner();
        let number = self.newest.borrow().saturating_add(1);
        let at = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        inner.push(Event { number, at, kind });
        if inner.events.len() > self.limits.events || inner.bytes > self.limits.bytes {
            inner.trim(self.limits);
        }
        // While the lock is held, or two writers would give the same number.
        self.newest.send_replace(number);
        drop(inner);
        number
    }

    /// The number of the newest event, 0 for none.
    pub(crate) fn newest(&self) -> EventNumber {
        *self.newest.borrow()
    }

    /// Tells when there is something new.
    pub(crate) fn watch(&self) -> watch::Receiver<EventNumber> {
        self.newest.subscribe()
    }

    /// Events after a number, oldest first, at most so many.
    pub(crate) fn after(&self, number: EventNumber, most: usize) -> Vec<Arc<Event>> {
        let inner = self.inner();
        let from = inner.events.partition_point(|kept| kept.event.number <= number);
        inner.events.range(from..).take(most).map(|kept| Arc::clone(&kept.event)).collect()
    }

    /// Notes how a result's columns are arranged, for pages that read about it later: those that it has, each once.
    /// Gives its type and these columns where the type chose the columns.
    pub(crate) fn arrange(
        &self,
        result: ResultId,
        mut columns: Vec<Arranged>,
    ) -> Option<(String, Vec<Arranged>)> {
        let mut inner = self.inner();
        let inner = &mut *inner;
        let of = |kept: &&mut Kept| matches!(&kept.event.kind, EventKind::Result { result: it, .. } if *it == result);
        let kept = inner.events.iter_mut().rev().find(of)?;
        let mut event = (*kept.event).clone();
        let EventKind::Result { arranged, chosen, type_name, properties, .. } = &mut event.kind else {
            return None;
        };
        let mut free: HashSet<&str> = properties.iter().map(String::as_str).collect();
        columns.retain(|column| free.remove(column.property.as_str()));
        arranged.clone_from(&columns);
        let by_type = (!*chosen).then(|| (type_name.clone(), columns));
        let weight = weight(&event.kind);
        inner.bytes = inner.bytes.saturating_sub(kept.weight).saturating_add(weight);
        (kept.event, kept.weight) = (Arc::new(event), weight);
        by_type
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn push(&mut self, event: Event) {
        let weight = weight(&event.kind);
        self.bytes = self.bytes.saturating_add(weight);
        self.events.push_back(Kept { event: Arc::new(event), weight, marker: false });
    }

    /// Drops down to three quarters, so that each event is looked at only a few times in all.
    fn trim(&mut self, limits: LogLimits) {
        let (events, bytes) = (limits.events / 4 * 3, limits.bytes / 4 * 3);
        self.trim_lines(events, bytes);
        while self.events.len() > events || self.bytes > bytes {
            if !self.trim_block() {
                break;
            }
        }
    }

    fn trim_lines(&mut self, events: usize, bytes: usize) {
        let (mut left, mut held) = (self.events.len(), self.bytes);
        let mut last = HashMap::<BlockId, EventNumber>::new();
        for kept in &self.events {
            if left <= events && held <= bytes {
                break;
            }
            let Some(block) = line_of(&kept.event.kind) else { continue };
            left -= 1;
            held = held.saturating_sub(kept.weight);
            last.insert(block, kept.event.number);
            if !kept.marker {
                *self.dropped.entry(block).or_default() += 1;
            }
        }
        let mut kept_events = VecDeque::with_capacity(self.events.len());
        for kept in self.events.drain(..) {
            let Some(block) = line_of(&kept.event.kind) else {
                kept_events.push_back(kept);
                continue;
            };
            match last.get(&block) {
                Some(last) if kept.event.number < *last => {}
                Some(last) if kept.event.number == *last => {
                    let count = self.dropped.get(&block).copied().unwrap_or_default();
                    let text = format!("{count} earlier lines are no longer kept.");
                    kept_events.push_back(marker(&kept.event, block, text));
                }
                _ => kept_events.push_back(kept),
            }
        }
        self.events = kept_events;
        self.bytes = self.events.iter().map(|kept| kept.weight).sum();
    }

    /// Drops the oldest block that has ended, whole; `false` if there is none.
    fn trim_block(&mut self) -> bool {
        let ended = self.events.iter().find_map(|kept| match kept.event.kind {
            EventKind::Ended { block, .. } => Some(block),
            _ => None,
        });
        let Some(ended) = ended else { return false };
        self.blocks_dropped += 1;
        self.dropped.remove(&ended);
        let text = format!("{} earlier commands are no longer kept.", self.blocks_dropped);
        let is_of_block = |kept: &Kept| block_of(&kept.event.kind) == Some(ended);
        let is_old_marker = |kept: &Kept| kept.marker && block_of(&kept.event.kind) == Some(0);
        let last = self.events.iter().rposition(is_of_block);
        let mut at = 0;
        self.events.retain_mut(|kept| {
            let (here, keep) = (at, !is_of_block(kept) && !is_old_marker(kept));
            at += 1;
            if Some(here) == last {
                *kept = marker(&kept.event, 0, text.clone());
                return true;
            }
            keep
        });
        self.bytes = self.events.iter().map(|kept| kept.weight).sum();
        true
    }
}

fn marker(place: &Event, block: BlockId, text: String) -> Kept {
    let kind = EventKind::Note { block, stream: NoteStream::Warning, text };
    let weight = weight(&kind);
    Kept { event: Arc::new(Event { number: place.number, at: place.at, kind }), weight, marker: true }
}

/// The block that a line of text belongs to; `None` for what is not a line.
fn line_of(kind: &EventKind) -> Option<BlockId> {
    match kind {
        EventKind::Note { block, .. } | EventKind::Text { block, .. } | EventKind::Error { block, .. } => {
            Some(*block)
        }
        // The warning is worth nothing once it has passed, and can come any number of times.
        EventKind::IdleWarning { .. } | EventKind::Commands { .. } => Some(0),
        _ => None,
    }
}

fn block_of(kind: &EventKind) -> Option<BlockId> {
    match kind {
        EventKind::Block { block, .. }
        | EventKind::Started { block }
        | EventKind::Result { block, .. }
        | EventKind::Changed { block, .. }
        | EventKind::Ended { block, .. } => Some(*block),
        EventKind::Prompt(prompt) => Some(prompt.block),
        kind => line_of(kind),
    }
}

/// Bytes that an event takes, about.
fn weight(kind: &EventKind) -> usize {
    let failure = |failure: &Failure| {
        [&failure.what, &failure.cause, &failure.remedy, &failure.raw, &failure.code]
            .map(String::len)
            .iter()
            .sum()
    };
    let names =
        |names: &[String]| -> usize { names.iter().map(|name| name.len() + size_of::<String>()).sum() };
    let texts: usize = match kind {
        EventKind::Note { text, .. } | EventKind::Text { text, .. } | EventKind::Step { text, .. } => {
            text.len()
        }
        EventKind::Error { failure: it, .. } | EventKind::SignInFailed(it) => failure(it),
        EventKind::Block { line, .. } => line.len(),
        EventKind::Ready(facts) => names(&facts.commands) + names(&facts.changing),
        EventKind::Commands { commands, changing } => names(commands) + names(changing),
        EventKind::Changed { changed, .. } => changed
            .properties
            .iter()
            .map(|(name, before, after)| name.len() + before.len() + after.len() + 3 * size_of::<String>())
            .sum(),
        EventKind::Result { columns, properties, arranged, .. } => {
            let columns: usize =
                columns.iter().map(|column| column.property.len() + column.label.len() + 64).sum();
            let arranged: usize =
                arranged.iter().map(|column| column.property.len() + size_of::<Arranged>()).sum();
            columns + arranged + names(properties)
        }
        EventKind::Prompt(prompt) => prompt.caption.len() + prompt.message.len() + 1024,
        _ => 0,
    };
    texts.saturating_add(size_of::<Event>() + size_of::<Kept>())
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::{BlockState, ViewKind};

    use super::*;

    fn log(events: usize) -> Log {
        Log::new(LogLimits { events, bytes: 1 << 20 })
    }

    fn note(block: BlockId, text: &str) -> EventKind {
        EventKind::Note { block, stream: NoteStream::Verbose, text: text.to_owned() }
    }

    fn ended(block: BlockId) -> EventKind {
        EventKind::Ended { block, state: BlockState::Completed, objects: 0, elapsed: 0, remote: 0 }
    }

    #[test]
    fn readers_get_what_is_after_their_number() {
        let log = log(100);
        for n in 0..5 {
            assert_eq!(log.append(note(1, &n.to_string())), n + 1);
        }
        let numbers =
            |after, most| log.after(after, most).iter().map(|event| event.number).collect::<Vec<_>>();
        assert_eq!(numbers(0, 99), [1, 2, 3, 4, 5]);
        assert_eq!(numbers(3, 99), [4, 5]);
        assert_eq!(numbers(1, 2), [2, 3]);
        assert!(numbers(5, 99).is_empty() && numbers(u64::MAX, 99).is_empty());
    }

    #[test]
    fn a_flood_of_notes_is_bounded_and_says_how_many_are_gone() {
        let log = log(100);
        log.append(EventKind::Block { block: 1, line: "Get-Mailbox -Verbose".into(), on_server: false });
        for n in 0..10_000 {
            log.append(note(1, &n.to_string()));
        }
        let last = log.append(ended(1));
        assert_eq!(last, 10_002);
        let events = log.after(0, usize::MAX);
        assert!(events.len() <= 100);
        assert!(matches!(events[0].kind, EventKind::Block { block: 1, .. }));
        let EventKind::Note { text, .. } = &events[1].kind else { panic!("{events:?}") };
        let gone: usize = text.split(' ').next().unwrap().parse().unwrap();
        // All that is missing is counted: of 10,002 events, block and end are kept, and so are the other notes.
        assert_eq!(gone, 10_000 - (events.len() - 3));
        assert!(events.windows(2).all(|pair| pair[0].number < pair[1].number));
    }

    #[test]
    fn an_arrangement_is_told_with_the_result() {
        let log = log(100);
        let result = |result, chosen| EventKind::Result {
            block: 1,
            result,
            type_name: format!("T{result}"),
            kind: ViewKind::Table,
            columns: Vec::new(),
            properties: vec!["A".into(), "B".into()],
            chosen,
            arranged: Vec::new(),
        };
        log.append(result(1, false));
        log.append(result(2, true));
        let column = |property: &str| Arranged { property: property.into(), width: 90, pinned: true };
        // What the result does not have, or has once, is not kept, or once.
        let given = || vec![column("A"), column("x"), column("A")];
        let columns = [column("A")];
        assert_eq!(log.arrange(1, given()), Some(("T1".into(), columns.to_vec())));
        assert_eq!(log.arrange(2, given()), None, "the line chose its columns");
        assert_eq!(log.arrange(3, given()), None);
        assert_eq!(log.newest(), 2);
        for event in log.after(0, 9) {
            let EventKind::Result { arranged, .. } = &event.kind else { panic!() };
            assert_eq!(*arranged, columns);
        }
    }

    #[test]
    fn bytes_are_bounded_too() {
        let log = Log::new(LogLimits { events: 1_000_000, bytes: 1 << 16 });
        for _ in 0..1000 {
            log.append(note(1, &"x".repeat(1000)));
        }
        assert!(log.inner().bytes <= 1 << 16);
        assert!(log.after(0, usize::MAX).len() < 70);
    }

    #[test]
    fn whole_blocks_go_when_there_is_nothing_else() {
        let log = log(100);
        log.append(EventKind::Ready(postern_shared::wire::SessionFacts::default()));
        for block in 1..=1000 {
            log.append(EventKind::Block { block, line: "x".into(), on_server: false });
            log.append(EventKind::Started { block });
            log.append(ended(block));
        }
        let events = log.after(0, usize::MAX);
        assert!(events.len() <= 100);
        assert!(matches!(events[0].kind, EventKind::Ready(_)));
        let markers = events.iter().filter(|event| matches!(event.kind, EventKind::Note { .. })).count();
        assert_eq!(markers, 1);
        let blocks = events.iter().filter(|event| matches!(event.kind, EventKind::Block { .. })).count();
        let EventKind::Note { text, .. } = &events[1].kind else { panic!("{events:?}") };
        assert_eq!(*text, format!("{} earlier commands are no longer kept.", 1000 - blocks));
    }
}
