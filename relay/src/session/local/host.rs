//! The engine's door to the user.

use std::rc::Rc;

use postern_engine::{
    host::{self, Host, Progress},
    value::{ErrorRecord, Value},
};
use postern_shared::{
    value::PsStr,
    wire::{Answer, Choice, NoteStream, ProgressState, PromptKind},
};

use super::{
    super::{failure::shorten, prompt::label},
    desk::Desk,
    failure,
    screen::{Colors, Stopped},
};

/// Choices of one question.
const MOST_CHOICES: usize = 1_000;

/// What comes out of the engine, and what it asks.
pub(super) struct Door(pub(super) Rc<Desk>);

impl Door {
    fn note(&self, stream: NoteStream, text: &str) {
        self.0.show(|screen| screen.note(stream, text));
    }
}

impl Host for Door {
    fn output(&mut self, value: &Value) -> Result<(), PsStr> {
        if let Value::Remote(object) = value {
            self.0.release(object.object());
        }
        match self.0.show(|screen| screen.output(value)) {
            Some(Err(Stopped)) => {
                self.0.full.set(true);
                Err(PsStr::from_static("Nothing more can be shown."))
            }
            _ => Ok(()),
        }
    }

    fn error(&mut self, record: &ErrorRecord) {
        if self.0.full.get() && record.id.as_str() == "LimitExceeded" {
            return;
        }
        self.0.error(failure::of_engine(record));
    }

    fn warning(&mut self, text: &str) {
        self.note(NoteStream::Warning, text);
    }

    fn verbose(&mut self, text: &str) {
        self.note(NoteStream::Verbose, text);
    }

    fn debug(&mut self, text: &str) {
        self.note(NoteStream::Debug, text);
    }

    fn write(&mut self, text: &str, colors: host::Colors, end_line: bool) {
        let number = |color: Option<u8>| color.and_then(|color| i8::try_from(color).ok()).unwrap_or(-1);
        let colors = Colors { foreground: number(colors.foreground), background: number(colors.background) };
        self.0.show(|screen| screen.write(text, colors, end_line));
    }

    fn information(&mut self, text: &str) {
        self.note(NoteStream::Information, text);
    }

    fn progress(&mut self, progress: &Progress) {
        show_progress(&self.0, progress);
    }

    fn read_line(&mut self, prompt: &str, secret: bool) -> Option<PsStr> {
        self.0.ask_for("", prompt, &PromptKind::Line { secret }, |answer| match answer {
            Answer::Line(line) => Some(PsStr::from(line.as_str())),
            _ => None,
        })
    }

    fn choose(
        &mut self,
        title: &str,
        message: &str,
        choices: &[(PsStr, PsStr)],
        default: usize,
    ) -> Option<usize> {
        let offered = offered(choices);
        let defaults = u32::try_from(default).ok().filter(|_| default < choices.len()).into_iter().collect();
        let kind = PromptKind::Choice { choices: offered, defaults, multiple: false };
        self.0.ask_for(title, message, &kind, |answer| match answer {
            Answer::Choice(chosen) => match chosen[..] {
                [position] => Some(position as usize).filter(|position| *position < choices.len()),
                _ => None,
            },
            _ => None,
        })
    }

    fn choose_many(&mut self, title: &str, message: &str, choices: &[(PsStr, PsStr)]) -> Option<Vec<usize>> {
        let kind = PromptKind::Choice { choices: offered(choices), defaults: Vec::new(), multiple: true };
        self.0.ask_for(title, message, &kind, |answer| match answer {
            Answer::Choice(chosen) => {
                let chosen: Vec<usize> = chosen.iter().map(|position| *position as usize).collect();
                Some(chosen).filter(|chosen| chosen.iter().all(|position| *position < choices.len()))
            }
            _ => None,
        })
    }

    fn credential(&mut self, title: &str, message: &str, user: &str) -> Option<(PsStr, PsStr)> {
        let kind = PromptKind::Credential { user: shorten(user) };
        self.0.ask_for(title, message, &kind, |answer| match answer {
            Answer::Credential { user, password } => {
                Some((PsStr::from(user.as_str()), PsStr::from(password.as_str())))
            }
            _ => None,
        })
    }

    fn clear(&mut self) {
        self.0.show(|screen| screen.clear());
    }
}

fn offered(choices: &[(PsStr, PsStr)]) -> Vec<Choice> {
    let choice = |(text, help): &(PsStr, PsStr)| {
        let (label, key) = label(text);
        Choice { label, key, help: shorten(help) }
    };
    choices.iter().take(MOST_CHOICES).map(choice).collect()
}

/// Shows how an activity stands.
pub(super) fn show_progress(desk: &Desk, progress: &Progress) {
    let state = ProgressState {
        id: progress.id,
        parent: progress.parent,
        activity: shorten(&progress.activity),
        status: shorten(&progress.status),
        operation: shorten(&progress.operation),
        percent: progress.percent.clamp(-1, 100),
        seconds_left: progress.seconds.max(-1),
    };
    desk.show(|screen| screen.progress(state, progress.completed));
}
