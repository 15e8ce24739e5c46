//! The page's picture of a session, folded from the relay's messages. No browser in here: it is tested natively.

mod block;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, rc::Rc};

use postern_shared::wire::{
    Allowed, Arranged, BlockId, Event, EventKind, EventNumber, Failure, Kept, Prompt, PromptId, ResultId,
    ServerMessage, SessionFacts, StepState,
};

pub use self::block::{Block, Part, Progress, ResultInfo, Run};
use crate::text;

/// Milliseconds on the browser's monotonic clock.
pub type Millis = f64;

/// A step of connecting.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub text: String,
    /// How it stands.
    pub state: StepState,
    /// When it began, on the page's clock.
    pub since: Millis,
}

/// How connecting stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connecting {
    /// The steps so far, by number.
    pub steps: Vec<Step>,
    /// Commands imported, and how many there are; 0 while unknown.
    pub import: Option<(u32, u32)>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// A session as the page knows it.
#[derive(Debug, Default)]
pub struct Model {
    /// The newest event applied; 0 before the first.
    last: EventNumber,
    /// The newest event that the relay had when this connection began; until then events are history.
    newest: EventNumber,
    /// When the session began, on the page's clock: the smallest difference seen between now and an event's time.
    epoch: Option<Millis>,
    /// Steps of connecting.
    pub connecting: Rc<Connecting>,
    /// What the relay keeps for the user from one session to the next.
    pub kept: Rc<Kept>,
    /// What the administrator allows; `None` until the relay has said so.
    pub allowed: Option<Allowed>,
    /// Remote sessions that the relay holds for the user at the endpoint; 0 until it has said so.
    pub in_use: u32,
    /// Facts of the open session; `None` until it takes commands.
    pub facts: Option<Rc<SessionFacts>>,
    /// The blocks, oldest first.
    pub blocks: Vec<Rc<Block>>,
    /// What was said outside of any block.
    pub notes: Rc<Vec<Part>>,
    /// Questions not yet answered, oldest first.
    pub prompts: Vec<Rc<Prompt>>,
    /// When the session will be signed out for lack of use, on the page's clock; `None` while a command runs.
    pub idle_until: Option<Millis>,
    /// Whether the relay has warned of that.
    pub idle_warning: bool,
    /// Why the session is gone.
    pub ended: Option<Rc<Failure>>,
    /// What a screen reader is told next.
    pub announcement: Rc<str>,
    /// Which block a result belongs to.
    results: HashMap<ResultId, BlockId>,
}

impl Model {
    /// Number of the newest event applied, for the next `Hello`.
    pub fn last(&self) -> EventNumber {
        self.last
    }

    /// Whether everything that happened before this connection has been applied.
    pub fn caught_up(&self) -> bool {
        self.last >= self.newest
    }

    /// Applies one message. Answers to the page's own requests are not the model's.
    pub fn apply(&mut self, message: ServerMessage, now: Millis) {
        match message {
            ServerMessage::Hello { newest, .. } => self.newest = newest,
            ServerMessage::Event(event) => self.event(event, now),
            ServerMessage::Progress { block, activities } => self.block(block, |block| {
                // A late state must not bring the bars of an ended block back.
                if !block.is_over() {
                    block.progress = Progress::tree(activities, now);
                }
            }),
            ServerMessage::Grew { result, rows } => self.result(result, |info| info.rows = rows),
            ServerMessage::Ended(failure) => {
                self.idle_until = None;
                self.prompts.clear();
                for block in self.blocks.iter_mut().rev().take_while(|block| !block.is_over()) {
                    Rc::make_mut(block).cut_off(now);
                }
                self.ended = Some(Rc::new(failure));
            }
            ServerMessage::Kept(kept) => self.kept = Rc::new(kept),
            ServerMessage::InUse(in_use) => self.in_use = in_use,
            ServerMessage::Allowed(allowed) => self.allowed = Some(allowed),
            // Answers go to those who asked.
            ServerMessage::Rows(_)
            | ServerMessage::Details { .. }
            | ServerMessage::Summary { .. }
            | ServerMessage::Copied { .. }
            | ServerMessage::Download { .. }
            | ServerMessage::Difference { .. }
            | ServerMessage::Completions { .. }
            | ServerMessage::Pong { .. } => {}
        }
    }

    /// The user did something that keeps the session: the idle time starts anew.
    pub fn active(&mut self, now: Millis) {
        self.idle_warning = false;
        self.idle_until = match &self.facts {
            Some(facts) if facts.idle_seconds > 0 && !self.busy() => {
                Some(now + f64::from(facts.idle_seconds) * 1000.0)
            }
            _ => None,
        };
    }

    /// Whether a block runs or waits.
    pub fn busy(&self) -> bool {
        // Blocks run in order, so an unfinished one is among the newest.
        self.blocks.last().is_some_and(|block| !block.is_over())
    }

    /// The block that runs, or else waits, first.
    pub fn running(&self) -> Option<BlockId> {
        self.blocks.iter().rev().take_while(|block| !block.is_over()).last().map(|block| block.id)
    }

    /// Command lines of the session, oldest first, for the editor's history.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Rc<str>> {
        self.blocks.iter().map(|block| &block.line)
    }

    /// Notes that the user asked to stop a block, until its end is reported.
    pub fn stopping(&mut self, id: BlockId) {
        self.block(id, |block| block.stopping = !block.is_over());
    }

    /// Notes how a result's columns are arranged.
    pub fn arrange(&mut self, result: ResultId, arranged: &Rc<[Arranged]>) {
        self.result(result, |info| info.arranged = arranged.clone());
    }

    fn event(&mut self, event: Event, now: Millis) {
        if event.number <= self.last {
            return;
        }
        let live = self.caught_up();
        self.last = event.number;
        let at = self.began(now - event.at as f64) + event.at as f64;
        match event.kind {
            EventKind::Step { step, text, state } => self.step(step, text, state, at),
            EventKind::Import { received, total } => {
                Rc::make_mut(&mut self.connecting).import = Some((received, total));
            }
            EventKind::Ready(facts) => {
                self.facts = Some(Rc::new(facts));
                self.active(at);
            }
            EventKind::SignInFailed(failure) => Rc::make_mut(&mut self.connecting).failure = Some(failure),
            EventKind::Block { block, line, on_server } => {
                self.blocks.push(Rc::new(Block::new(block, line.into(), on_server)));
                self.active(at);
            }
            EventKind::Started { block } => {
                self.block(block, |block| block.run = Run::Running { since: at });
                self.active(at);
            }
            EventKind::Note { block, stream, text } => {
                self.part(block, Part::Note { stream, text: text.into() });
            }
            EventKind::Error { block, failure } => {
                if live {
                    self.announcement = failure.what.as_str().into();
                }
                self.part(block, Part::Error(Rc::new(failure)));
            }
            EventKind::Result {
                block,
                result,
                type_name,
                kind,
                columns,
                properties,
                arranged,
                chosen: _,
            } => {
                self.results.insert(result, block);
                let info = ResultInfo {
                    id: result,
                    type_name: type_name.into(),
                    kind,
                    columns: columns.into(),
                    properties: properties.into(),
                    arranged: arranged.into(),
                    rows: 0,
                };
                self.part(block, Part::Result(Rc::new(info)));
            }
            EventKind::Text { block, text } => self.block(block, |block| block.text(text)),
            EventKind::Prompt(prompt) => {
                self.prompts.retain(|known| known.prompt != prompt.prompt);
                self.prompts.push(Rc::new(prompt));
            }
            EventKind::PromptClosed { prompt } => self.close_prompt(prompt),
            EventKind::Ended { block, state, objects, elapsed, remote } => {
                let run = Run::Ended { state, objects, elapsed, remote };
                let mut line = None;
                self.block(block, |block| {
                    block.end(run);
                    line = Some(block.line.clone());
                });
                self.prompts.retain(|prompt| prompt.block != block);
                if let (true, Some(line)) = (live, line) {
                    self.announcement = text::announce_end(&line, state, objects).into();
                }
                self.active(at);
            }
            EventKind::IdleWarning { seconds } => {
                self.idle_until = Some(at + f64::from(seconds) * 1000.0);
                self.idle_warning = true;
            }
            EventKind::Commands { commands, changing } => {
                if let Some(facts) = &mut self.facts {
                    let facts = Rc::make_mut(facts);
                    (facts.commands, facts.changing) = (commands, changing);
                }
            }
            EventKind::Changed { block, changed } => self.part(block, Part::Changed(Rc::new(changed))),
        }
    }

    /// Notes when the session may have begun, and returns the best guess. History comes all at once, so a later
    /// event can show that the session is older than thought; times noted from the worse guess move with it.
    fn began(&mut self, origin: Millis) -> Millis {
        let known = self.epoch.unwrap_or(origin);
        let epoch = known.min(origin);
        self.epoch = Some(epoch);
        let late = known - epoch;
        if late > 0.0 {
            for step in &mut Rc::make_mut(&mut self.connecting).steps {
                step.since -= late;
            }
            for block in self.blocks.iter_mut().rev().take_while(|block| !block.is_over()) {
                if let Run::Running { since } = &mut Rc::make_mut(block).run {
                    *since -= late;
                }
            }
            self.idle_until = self.idle_until.map(|until| until - late);
        }
        epoch
    }

    fn step(&mut self, number: u32, text: String, state: StepState, at: Millis) {
        let steps = &mut Rc::make_mut(&mut self.connecting).steps;
        match steps.get_mut(number as usize) {
            Some(step) => {
                step.text = text;
                step.state = state;
            }
            // Steps come in order; one that left a gap still goes to the end.
            None => steps.push(Step { text, state, since: at }),
        }
    }

    fn part(&mut self, block: BlockId, part: Part) {
        if block == 0 {
            Rc::make_mut(&mut self.notes).push(part);
        } else {
            self.block(block, |block| block.parts.push(part));
        }
    }

    fn close_prompt(&mut self, prompt: PromptId) {
        self.prompts.retain(|known| known.prompt != prompt);
    }

    fn result(&mut self, id: ResultId, change: impl FnOnce(&mut ResultInfo)) {
        if let Some(block) = self.results.get(&id).copied() {
            self.block(block, |block| block.result(id, change));
        }
    }

    fn block(&mut self, id: BlockId, change: impl FnOnce(&mut Block)) {
        if let Some(block) = self.blocks.iter_mut().rev().find(|block| block.id == id) {
            change(Rc::make_mut(block));
        }
    }
}
