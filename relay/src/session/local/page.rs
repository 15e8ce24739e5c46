//! A block in a page: event log, live state and result store.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use postern_engine::{
    format::{document, grid},
    value::Value,
};
use postern_shared::{
    value::PsValue,
    wire::{BlockId, EventKind, Failure, NoteStream, ProgressState, Prompt, PromptId, PromptKind},
};
use tokio::sync::oneshot;

use super::{
    super::{failure, failure::shorten, live::Live, log::Log, output::Output, prompt::Reply},
    screen::{Colors, Screen, Stopped},
};

/// Text without an end of line is shown when it is this long.
const MOST_PARTIAL: usize = 4 << 10;

/// The last numbers given in a session.
#[derive(Default)]
pub(crate) struct Numbers {
    result: AtomicU32,
    prompt: AtomicU32,
}

/// The question that is open, and who waits for its answer.
#[derive(Default)]
pub(crate) struct Asked(Mutex<Option<(PromptId, oneshot::Sender<Reply>)>>);

impl Asked {
    /// Answers a question, if it is the one that is open. (If not, another tab was faster.)
    pub(crate) fn answer(&self, prompt: PromptId, reply: Reply) {
        let mut open = self.lock();
        if let Some((_, sender)) = open.take_if(|(asked, _)| *asked == prompt) {
            let _ = sender.send(reply);
        }
    }

    fn open(&self, prompt: PromptId) -> oneshot::Receiver<Reply> {
        let (sender, receiver) = oneshot::channel();
        *self.lock() = Some((prompt, sender));
        receiver
    }

    fn close(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<(PromptId, oneshot::Sender<Reply>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A block that runs, as its page sees it.
pub(crate) struct PageScreen {
    block: BlockId,
    log: Arc<Log>,
    live: Arc<Live>,
    /// Shared with the session's task, which sends text that waits.
    output: Arc<Mutex<Output>>,
    numbers: Arc<Numbers>,
    asked: Arc<Asked>,
    /// Text written to the host whose line has not ended.
    partial: String,
}

impl PageScreen {
    pub(crate) fn new(
        block: BlockId,
        log: Arc<Log>,
        live: Arc<Live>,
        output: Arc<Mutex<Output>>,
        numbers: Arc<Numbers>,
        asked: Arc<Asked>,
    ) -> Self {
        Self { block, log, live, output, numbers, asked, partial: String::new() }
    }

    fn out(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, event: EventKind) {
        // Under the lock: the task must not send older text behind it.
        let mut output = self.out();
        output.flush();
        self.log.append(event);
    }
}

impl Screen for PageScreen {
    fn output(&mut self, value: &Value) -> Result<(), Stopped> {
        let pushed = {
            let mut last = self.numbers.result.load(Ordering::Relaxed);
            // What a Format cmdlet gave is its object in the view that it asks for.
            let pushed = if let Some(grid) = grid(value) {
                let columns = &grid.columns;
                self.out().push_formatted(&grid.object.to_ps(), grid.kind, columns, &mut last)
            } else {
                let sent = document(value).map_or_else(|| value.to_ps(), PsValue::Str);
                self.out().push(&sent, &mut last)
            };
            self.numbers.result.store(last, Ordering::Relaxed);
            pushed
        };
        pushed.map_err(|full| {
            self.error(failure::full(full));
            Stopped
        })
    }

    fn make_room(&mut self) -> bool {
        self.out().make_room()
    }

    fn error(&mut self, failure: Failure) {
        self.append(EventKind::Error { block: self.block, failure });
    }

    fn note(&mut self, stream: NoteStream, text: &str) {
        self.append(EventKind::Note { block: self.block, stream, text: shorten(text) });
    }

    fn write(&mut self, text: &str, colors: Colors, end_line: bool) {
        self.partial.push_str(&shorten(text));
        if end_line || self.partial.len() > MOST_PARTIAL {
            let text = std::mem::take(&mut self.partial);
            let Colors { foreground, background } = colors;
            self.note(NoteStream::Host { foreground, background }, &text);
        }
    }

    fn progress(&mut self, state: ProgressState, completed: bool) {
        self.live.progress(self.block, state, completed);
    }

    fn ask(
        &mut self,
        caption: &str,
        message: &str,
        kind: PromptKind,
    ) -> (PromptId, oneshot::Receiver<Reply>) {
        let prompt = self.numbers.prompt.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        // What was written without an end of line is what is asked.
        let message = if message.is_empty() { std::mem::take(&mut self.partial) } else { shorten(message) };
        let reply = self.asked.open(prompt);
        self.append(EventKind::Prompt(Prompt {
            prompt,
            block: self.block,
            caption: shorten(caption),
            message,
            kind,
        }));
        (prompt, reply)
    }

    fn ask_again(&mut self, prompt: PromptId) -> oneshot::Receiver<Reply> {
        let reply = self.asked.open(prompt);
        self.note(NoteStream::Warning, "The answer does not fit the question.");
        reply
    }

    fn asked(&mut self, prompt: PromptId) {
        self.asked.close();
        self.append(EventKind::PromptClosed { prompt });
    }

    fn end(&mut self) {
        let partial = std::mem::take(&mut self.partial);
        if !partial.is_empty() {
            self.note(NoteStream::Host { foreground: -1, background: -1 }, &partial);
        }
        self.out().flush();
        self.live.end_progress(self.block);
    }
}
