//! What the model makes of the relay's messages.

use postern_shared::wire::{
    BlockState, Event, EventKind, Failure, NoteStream, ProgressState, Prompt, PromptKind, ServerMessage,
    SessionFacts, StepState, ViewKind,
};

use super::{Model, Part, Run};

/// Feeds events, numbered from the model's last, one second apart.
fn feed(model: &mut Model, kinds: impl IntoIterator<Item = EventKind>) {
    for kind in kinds {
        let number = model.last() + 1;
        let at = number * 1000;
        model.apply(ServerMessage::Event(Event { number, at, kind }), 5000.0 + at as f64);
    }
}

fn block(number: u32) -> EventKind {
    EventKind::Block { block: number, line: format!("Get-{number}"), on_server: false }
}

fn result(block: u32, result: u32) -> EventKind {
    EventKind::Result {
        block,
        result,
        type_name: "T".into(),
        kind: ViewKind::Table,
        columns: Vec::new(),
        properties: Vec::new(),
        chosen: false,
        arranged: Vec::new(),
    }
}

fn ended(block: u32) -> EventKind {
    EventKind::Ended { block, state: BlockState::Completed, objects: 2, elapsed: 10, remote: 9 }
}

#[test]
fn a_step_comes_again_with_its_new_state() {
    let mut model = Model::default();
    let step = |step, state| EventKind::Step { step, text: format!("step {step}"), state };
    feed(&mut model, [step(0, StepState::Running), step(0, StepState::Done(7)), step(1, StepState::Failed)]);
    let states: Vec<_> = model.connecting.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Done(7), StepState::Failed]);
}

#[test]
fn an_event_seen_before_changes_nothing() {
    let mut model = Model::default();
    feed(&mut model, [block(1)]);
    model.apply(ServerMessage::Event(Event { number: 1, at: 0, kind: block(1) }), 0.0);
    assert_eq!((model.blocks.len(), model.last()), (1, 1));
}

#[test]
fn a_block_keeps_what_it_gave_in_order() {
    let mut model = Model::default();
    let note = EventKind::Note { block: 1, stream: NoteStream::Warning, text: "careful".into() };
    let text = |text: &str| EventKind::Text { block: 1, text: text.into() };
    feed(&mut model, [block(1), note, text("a"), text("b"), result(1, 4), text("c")]);
    let kinds: Vec<_> = model.blocks[0]
        .parts
        .iter()
        .map(|part| match part {
            Part::Note { text, .. } | Part::Text(text) => text.to_string(),
            Part::Error(failure) => failure.what.clone(),
            Part::Result(result) => result.id.to_string(),
            Part::Changed(changed) => changed.object.clone(),
        })
        .collect();
    assert_eq!(kinds, ["careful", "a\nb", "4", "c"]);
}

#[test]
fn results_grow_in_their_own_block() {
    let mut model = Model::default();
    feed(&mut model, [block(1), block(2), result(1, 10), result(2, 11), result(2, 12)]);
    for (result, rows) in [(10, 5), (11, 6), (12, 7), (99, 1)] {
        model.apply(ServerMessage::Grew { result, rows }, 0.0);
    }
    assert_eq!((model.blocks[0].objects(), model.blocks[1].objects()), (5, 13));
}

#[test]
fn progress_is_gone_with_the_end_and_stays_gone() {
    let activity = |id, parent| ProgressState {
        id,
        parent,
        activity: String::new(),
        status: String::new(),
        operation: String::new(),
        percent: 10,
        seconds_left: -1,
    };
    let mut model = Model::default();
    feed(&mut model, [block(1), EventKind::Started { block: 1 }]);
    let progress = ServerMessage::Progress { block: 1, activities: vec![activity(1, -1), activity(2, 1)] };
    model.apply(progress.clone(), 0.0);
    assert_eq!(model.blocks[0].progress.iter().map(|bar| bar.depth).collect::<Vec<_>>(), [0, 1]);
    feed(&mut model, [ended(1)]);
    model.apply(progress, 0.0);
    assert!(model.blocks[0].progress.is_empty());
}

#[test]
fn a_running_block_knows_since_when_even_after_a_reload() {
    // The history of a session comes all at once: only its newest event tells the session's age.
    let mut model = Model::default();
    let history = [
        (100, block(1)),
        (1000, EventKind::Started { block: 1 }),
        (8000, EventKind::Text { block: 1, text: "still here".into() }),
    ];
    for (number, (at, kind)) in (1..).zip(history) {
        model.apply(ServerMessage::Event(Event { number, at, kind }), 9000.0);
    }
    assert_eq!(model.blocks[0].run, Run::Running { since: 2000.0 });
}

#[test]
fn a_question_lasts_until_it_is_closed_or_its_block_ends() {
    let ask = |prompt, block| {
        EventKind::Prompt(Prompt {
            prompt,
            block,
            caption: String::new(),
            message: String::new(),
            kind: PromptKind::Line { secret: false },
        })
    };
    let mut model = Model::default();
    feed(&mut model, [block(1), ask(1, 1), ask(2, 1), EventKind::PromptClosed { prompt: 1 }]);
    assert_eq!(model.prompts.iter().map(|prompt| prompt.prompt).collect::<Vec<_>>(), [2]);
    feed(&mut model, [ended(1)]);
    assert!(model.prompts.is_empty());
}

#[test]
fn the_first_unfinished_block_is_the_one_that_runs() {
    let mut model = Model::default();
    assert_eq!((model.running(), model.busy()), (None, false));
    feed(&mut model, [block(1), ended(1), block(2), block(3)]);
    assert_eq!((model.running(), model.busy()), (Some(2), true));
    feed(&mut model, [ended(2), ended(3)]);
    assert_eq!((model.running(), model.busy()), (None, false));
}

#[test]
fn idle_time_starts_with_the_last_thing_done_and_not_while_a_command_runs() {
    let mut model = Model::default();
    feed(&mut model, [EventKind::Ready(SessionFacts { idle_seconds: 60, ..SessionFacts::default() })]);
    assert_eq!(model.idle_until, Some(66_000.0));
    feed(&mut model, [block(1)]);
    assert_eq!(model.idle_until, None);
    feed(&mut model, [ended(1), EventKind::IdleWarning { seconds: 30 }]);
    assert_eq!((model.idle_until, model.idle_warning), (Some(39_000.0), true));
    model.active(10_000.0);
    assert_eq!((model.idle_until, model.idle_warning), (Some(70_000.0), false));
}

#[test]
fn history_is_not_announced() {
    let mut model = Model::default();
    model.apply(ServerMessage::Hello { build: String::new(), newest: 3 }, 0.0);
    feed(&mut model, [block(1), EventKind::Error { block: 1, failure: Failure::default() }, ended(1)]);
    assert_eq!((&*model.announcement, model.caught_up()), ("", true));
    feed(&mut model, [block(2), ended(2)]);
    assert!(model.announcement.contains("Get-2"), "{}", model.announcement);
}

#[test]
fn nothing_runs_in_a_session_that_ended() {
    let mut model = Model::default();
    feed(&mut model, [block(1), EventKind::Started { block: 1 }, block(2)]);
    model.apply(ServerMessage::Ended(Failure::default()), 9_000.0);
    assert!(model.ended.is_some() && !model.busy() && model.blocks.iter().all(|block| block.is_over()));
    let Run::Ended { elapsed, .. } = model.blocks[0].run else { panic!("it ended") };
    assert_eq!(elapsed, 2_000);
}

#[test]
fn messages_about_unknown_blocks_are_ignored() {
    let mut model = Model::default();
    feed(&mut model, [ended(7), EventKind::Text { block: 7, text: "x".into() }, result(7, 1)]);
    model.apply(ServerMessage::Grew { result: 1, rows: 3 }, 0.0);
    assert!(model.blocks.is_empty());
}
