//! One block: a command line that runs, from its text to its end.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use postern_engine::RunOptions;
use postern_shared::wire::{BlockId, BlockState, EventKind};
use postern_wsman::client::RemoteSession;
use tokio::{
    sync::oneshot,
    time::{interval, timeout},
};

use super::{
    before_after,
    control::Wish,
    failure,
    local::{Done, Local, PageScreen},
    output::Output,
    task::{End, Line, Session},
};

/// How often is looked whether text waits to be sent.
const TICK: Duration = Duration::from_millis(50);
/// How long the engine has for stopping when the session ends; it stops at once but for what the server has to say.
const LEAVE_PATIENCE: Duration = Duration::from_secs(1);

impl Session {
    /// Runs a command line; all that it gives is logged.
    pub(super) async fn run_block(
        &mut self,
        remote: &RemoteSession,
        local: &Local,
        line: Line,
    ) -> Result<(), End> {
        let block = line.block;
        self.log.append(EventKind::Started { block });
        self.nameable.begin(block, &line.text);
        let watched = if self.config.before_and_after && !line.is_remote {
            before_after::before(remote, &self.nameable.imported(), &line.text).await
        } else {
            None
        };
        let started = Instant::now();
        let output = Arc::new(Mutex::new(Output::new(
            block,
            Arc::clone(&self.log),
            Arc::clone(&self.live),
            Arc::clone(&self.store),
            Arc::clone(&self.nameable),
            Arc::clone(&self.views.read().unwrap_or_else(PoisonError::into_inner)),
            self.person(),
        )));
        let screen = PageScreen::new(
            block,
            Arc::clone(&self.log),
            Arc::clone(&self.live),
            Arc::clone(&output),
            Arc::clone(&self.given),
            Arc::clone(&self.asked),
        );
        let done = if line.is_remote {
            local.run_remote(line.text, Box::new(screen))
        } else {
            local.run(line.text, RunOptions::default(), Box::new(screen))
        };
        let outcome = self.follow(local, block, &output, done).await;
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let (state, waited) = match &outcome {
            Ok(done) => (done.state, done.waited),
            Err(End::Left(_)) => (BlockState::Stopped, Duration::ZERO),
            Err(_) => (BlockState::Failed, Duration::ZERO),
        };
        let objects = output.lock().unwrap_or_else(PoisonError::into_inner).objects();
        let (elapsed, waited) = (milliseconds(started.elapsed()), milliseconds(waited));
        self.log.append(EventKind::Ended { block, state, objects, elapsed, remote: waited });
        let done = outcome?;
        if let Some(failure) = done.lost {
            return Err(End::Lost(failure));
        }
        if let Some(watched) = watched
            && done.state == BlockState::Completed
            && let Some(changed) = before_after::after(remote, watched).await
        {
            self.log.append(EventKind::Changed { block, changed });
        }
        Ok(())
    }

    /// Does what the user wants until the block has ended.
    async fn follow(
        &mut self,
        local: &Local,
        block: BlockId,
        output: &Mutex<Output>,
        mut done: oneshot::Receiver<Done>,
    ) -> Result<Done, End> {
        let mut tick = interval(TICK);
        loop {
            tokio::select! {
                // The engine panicked: there is nothing left to run the next line.
                done = &mut done => return done.map_err(|_| End::Lost(failure::relay_fault())),
                wish = self.control.next(&self.log) => match wish {
                    Ok(Wish::Run(line)) => self.enqueue(line, false),
                    Ok(Wish::RunRemote(line)) => self.enqueue(line, true),
                    Ok(Wish::Stop(stopped)) if stopped == block => local.stop(),
                    Ok(Wish::Stop(waiting)) => self.unqueue(waiting),
                    Ok(Wish::Answer(prompt, reply)) => self.asked.answer(prompt, reply),
                    Ok(Wish::Active | Wish::SignOut) => {}
                    Err(leave) => {
                        local.stop();
                        // Its last words come before the block's end, if they come in time.
                        let _ = timeout(LEAVE_PATIENCE, done).await;
                        return Err(leave.into());
                    }
                },
                _ = tick.tick() => {
                    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                    if output.is_due() {
                        output.flush();
                    }
                }
            }
        }
    }
}
