//! What the doors of one engine share. It is used on the engine's thread only.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use postern_psrp::host::Console;
use postern_shared::{
    value::{PsObject, PsStr, PsValue},
    wire::{Answer, Failure, PromptKind},
};
use postern_wsman::client::RemoteSession;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{
    super::{failure, prompt::Reply},
    ledger::Ledger,
    screen::Screen,
};
use crate::store::{Full, Store};

/// What the doors share.
pub(super) struct Desk {
    runtime: Handle,
    pub(super) remote: Arc<RemoteSession>,
    pub(super) console: RefCell<Console>,
    ledger: RefCell<Ledger>,
    cancel: Arc<AtomicBool>,
    screen: RefCell<Option<Box<dyn Screen + Send>>>,
    stop: RefCell<CancellationToken>,
    waited: Cell<Duration>,
    lost: RefCell<Option<Failure>>,
    /// The screen has said that nothing more can be taken; the engine's own error about it says nothing new.
    pub(super) full: Cell<bool>,
}

impl Desk {
    pub(super) fn new(
        runtime: Handle,
        cancel: Arc<AtomicBool>,
        remote: Arc<RemoteSession>,
        console: Console,
        store: Arc<Store>,
    ) -> Rc<Self> {
        Rc::new(Self {
            runtime,
            remote,
            console: RefCell::new(console),
            ledger: RefCell::new(Ledger::new(store)),
            cancel,
            screen: RefCell::default(),
            stop: RefCell::default(),
            waited: Cell::default(),
            lost: RefCell::default(),
            full: Cell::default(),
        })
    }

    /// A job begins.
    pub(super) fn begin(&self, screen: Box<dyn Screen + Send>, stop: CancellationToken) {
        *self.screen.borrow_mut() = Some(screen);
        *self.stop.borrow_mut() = stop;
        self.waited.take();
        self.full.take();
    }

    /// The job has ended: how long it waited for the remote side, and why that is gone, if it is.
    pub(super) fn end(&self) -> (Duration, Option<Failure>) {
        if let Some(mut screen) = self.screen.borrow_mut().take() {
            screen.end();
        }
        self.ledger.borrow_mut().sweep();
        (self.waited.get(), self.lost.borrow_mut().take())
    }

    /// Does something with the screen.
    pub(super) fn show<T>(&self, show: impl FnOnce(&mut dyn Screen) -> T) -> Option<T> {
        self.screen.borrow_mut().as_mut().map(|screen| show(screen.as_mut()))
    }

    /// Shows an error.
    pub(super) fn error(&self, failure: Failure) {
        self.show(|screen| screen.error(failure));
    }

    /// Whether the job is to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.borrow().is_cancelled()
    }

    /// Stops the job from within.
    pub(super) fn halt(&self) {
        self.stop.borrow().cancel();
        self.cancel.store(true, Ordering::SeqCst);
    }

    /// The remote session is gone.
    pub(super) fn lose(&self, failure: Failure) {
        self.error(failure.clone());
        *self.lost.borrow_mut() = Some(failure);
        self.halt();
    }

    /// Notes an object that came from the remote side.
    pub(super) fn hold(&self, value: &PsValue) -> Result<(), Full> {
        let make_room = || self.show(|screen| screen.make_room()).unwrap_or(false);
        self.ledger.borrow_mut().hold(value, make_room)
    }

    /// An object goes to the screen.
    pub(super) fn release(&self, object: &Arc<PsObject>) {
        self.ledger.borrow_mut().release(object);
    }

    /// Waits for something, but not once the job is to stop: nothing then.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let stop = self.stop.borrow().clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = stop.cancelled() => None,
                value = future => Some(value),
            }
        })
    }

    /// As [`Self::wait`], for the remote side.
    pub(super) fn wait_remote<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let began = Instant::now();
        let value = self.wait(future);
        self.waited.set(self.waited.get() + began.elapsed());
        value
    }

    /// Waits even if the job is to stop, for a while; nothing if it took longer.
    pub(super) fn wait_at_most<T>(&self, time: Duration, future: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async { tokio::time::timeout(time, future).await.ok() })
    }

    /// Asks the user a question of a local command. Nothing if the user does not answer, which stops the job.
    pub(super) fn ask(&self, caption: &str, message: &str, kind: PromptKind) -> Option<Reply> {
        let (prompt, reply) = self.show(|screen| screen.ask(caption, message, kind))?;
        let reply = self.wait(reply);
        self.show(|screen| screen.asked(prompt));
        let reply = reply?.ok()?;
        if reply.is_cancel() {
            self.halt();
            return None;
        }
        Some(reply)
    }

    /// Asks until the answer is of the kind that was asked for.
    pub(super) fn ask_for<T>(
        &self,
        caption: &str,
        message: &str,
        kind: &PromptKind,
        mut read: impl FnMut(&mut Answer) -> Option<T>,
    ) -> Option<T> {
        loop {
            let mut reply = self.ask(caption, message, kind.clone())?;
            if let Some(value) = read(reply.answer()) {
                return Some(value);
            }
        }
    }

    /// There is no memory for what came.
    pub(super) fn is_full(&self, full: Full) -> PsStr {
        let failure = failure::full(full);
        let text = PsStr::from(failure.what.as_str());
        self.full.set(true);
        self.error(failure);
        text
    }
}
