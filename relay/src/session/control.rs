//! What may end a session or change its course at any moment: the user's wishes, and clocks that run out.

use std::time::Duration;

use postern_shared::wire::{BlockId, EventKind, PromptId};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{log::Log, prompt::Reply};

/// The user is warned this long before an idle session is signed out.
const IDLE_WARNING: Duration = Duration::from_mins(1);

/// What a page wants of the session.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Run a command line.
    Run(String),
    /// Run a line on the server, as a script.
    RunRemote(String),
    /// Stop a block.
    Stop(BlockId),
    /// Answer a question.
    Answer(PromptId, Reply),
    /// The user is there.
    Active,
    /// Remove the remote session.
    SignOut,
}

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// The user signed out.
    SignedOut,
    /// Nobody used it.
    Idle(Duration),
    /// Its last tab stayed away.
    Away(Duration),
    /// The relay stops.
    Shutdown,
}

/// Where wishes arrive, and the clocks.
pub(crate) struct Control {
    pub(crate) wishes: mpsc::Receiver<Wish>,
    /// Sockets that show the session.
    pub(crate) attached: watch::Receiver<usize>,
    pub(crate) shutdown: CancellationToken,
    clocks: Clocks,
}

struct Clocks {
    idle: Duration,
    grace: Duration,
    /// When the session was last used.
    used: Instant,
    /// Whether a command runs, which is use.
    working: bool,
    warned: bool,
    /// Since when no socket shows the session.
    alone: Option<Instant>,
}

impl Control {
    pub(crate) fn new(
        wishes: mpsc::Receiver<Wish>,
        attached: watch::Receiver<usize>,
        shutdown: CancellationToken,
        idle: Duration,
        grace: Duration,
    ) -> Self {
        let now = Instant::now();
        let clocks = Clocks { idle, grace, used: now, working: false, warned: false, alone: Some(now) };
        Self { wishes, attached, shutdown, clocks }
    }

    /// A command runs; it counts as use until [`Self::rest`].
    pub(crate) fn work(&mut self) {
        self.clocks.working = true;
    }

    /// No command runs any more; the idle time begins.
    pub(crate) fn rest(&mut self) {
        self.clocks.working = false;
        self.clocks.touch();
    }

    /// Waits for what the user wants next, or for the end. Cancel safe.
    pub(crate) async fn next(&mut self, log: &Log) -> Result<Wish, Leave> {
        loop {
            let count = *self.attached.borrow_and_update();
            self.clocks.attach(count);
            let (deadline, at) = self.clocks.next();
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return Err(Leave::Shutdown),
                wish = self.wishes.recv() => match wish {
                    None | Some(Wish::SignOut) => return Err(Leave::SignedOut),
                    Some(Wish::Active) => self.clocks.touch(),
                    Some(wish) => {
                        self.clocks.touch();
                        return Ok(wish);
                    }
                },
                Ok(()) = self.attached.changed() => {}
                () = sleep_until(at) => match deadline {
                    Deadline::Idle => return Err(Leave::Idle(self.clocks.idle)),
                    Deadline::Away => return Err(Leave::Away(self.clocks.grace)),
                    Deadline::Warning => {
                        self.clocks.warned = true;
                        let seconds = self.clocks.warning().as_secs_f32().ceil();
                        log.append(EventKind::IdleWarning { seconds: seconds as u32 });
                    }
                    Deadline::None => {}
                },
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deadline {
    Idle,
    Warning,
    Away,
    None,
}

impl Clocks {
    fn touch(&mut self) {
        self.used = Instant::now();
        self.warned = false;
    }

    /// How long before the end the user is warned.
    fn warning(&self) -> Duration {
        IDLE_WARNING.min(self.idle / 2)
    }

    fn attach(&mut self, sockets: usize) {
        match (sockets, self.alone) {
            (0, None) => self.alone = Some(Instant::now()),
            (0, Some(_)) => {}
            _ => self.alone = None,
        }
    }

    /// What happens next if nobody does anything, and when.
    fn next(&self) -> (Deadline, Instant) {
        let idle = (!self.working).then(|| {
            if self.warned {
                (Deadline::Idle, self.used + self.idle)
            } else {
                (Deadline::Warning, self.used + self.idle.saturating_sub(self.warning()))
            }
        });
        let away = self.alone.map(|alone| (Deadline::Away, alone + self.grace));
        let never = (Deadline::None, Instant::now() + Duration::from_hours(1));
        [idle, away].into_iter().flatten().min_by_key(|(_, at)| *at).unwrap_or(never)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::log::LogLimits, *};

    struct Rig {
        control: Control,
        wishes: mpsc::Sender<Wish>,
        attached: watch::Sender<usize>,
        shutdown: CancellationToken,
        log: Log,
    }

    const IDLE: Duration = Duration::from_mins(10);
    const GRACE: Duration = Duration::from_mins(2);

    fn rig() -> Rig {
        let (wishes, wished) = mpsc::channel(8);
        let (attached, count) = watch::channel(1);
        let shutdown = CancellationToken::new();
        let control = Control::new(wished, count, shutdown.clone(), IDLE, GRACE);
        Rig { control, wishes, attached, shutdown, log: Log::new(LogLimits { events: 100, bytes: 100_000 }) }
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_session_is_warned_and_then_ends() {
        let mut rig = rig();
        let start = Instant::now();
        let left = rig.control.next(&rig.log).await;
        assert_eq!(left.unwrap_err(), Leave::Idle(IDLE));
        assert_eq!(start.elapsed().as_secs(), 600);
        assert!(matches!(rig.log.after(0, 9)[0].kind, EventKind::IdleWarning { seconds: 60 }));
    }

    #[tokio::test(start_paused = true)]
    async fn use_and_work_put_the_end_off() {
        let mut rig = rig();
        let start = Instant::now();
        let wishes = rig.wishes.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(500)).await;
            wishes.send(Wish::Active).await.unwrap();
        });
        rig.control.next(&rig.log).await.unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 1100);

        rig.control.work();
        let waiting = tokio::time::timeout(Duration::from_secs(100_000), rig.control.next(&rig.log));
        assert!(waiting.await.is_err());
        rig.control.rest();
        let start = Instant::now();
        rig.control.next(&rig.log).await.unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 600);
    }

    #[tokio::test(start_paused = true)]
    async fn a_tab_that_comes_back_in_time_keeps_the_session() {
        let mut rig = rig();
        rig.attached.send_replace(0);
        let start = Instant::now();
        let attached = rig.attached.clone();
        let coming_back = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(100)).await;
            attached.send_replace(1);
            tokio::time::sleep(Duration::from_secs(100)).await;
            attached.send_replace(0);
        });
        let left = rig.control.next(&rig.log).await;
        assert_eq!(left.unwrap_err(), Leave::Away(GRACE));
        assert_eq!(start.elapsed().as_secs(), 320);
        coming_back.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_relay_may_stop_at_any_time() {
        let mut rig = rig();
        rig.shutdown.cancel();
        rig.wishes.send(Wish::Run("x".into())).await.unwrap();
        assert_eq!(rig.control.next(&rig.log).await.unwrap_err(), Leave::Shutdown);
    }
}
