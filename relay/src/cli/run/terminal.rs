//! A script's output in a terminal, or as lines of JSON.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    thread,
};

use postern_engine::value::Value;
use postern_shared::wire::{Answer, Choice, Failure, NoteStream, ProgressState, PromptId, PromptKind};
use serde_json::json;
use tokio::sync::oneshot;

use super::{json, lines};
use crate::session::{Colors, Reply, Screen, Stopped};

/// What a script gives, printed as it comes.
pub(super) struct Terminal {
    json: bool,
    prompt: PromptId,
    question: Option<(String, String, PromptKind)>,
    /// Text written to the host whose line has not ended, for lines of JSON.
    partial: String,
}

impl Terminal {
    /// Prints to the standard output and the standard error, for people or as JSON.
    pub(super) fn new(json: bool) -> Self {
        Self { json, prompt: 0, question: None, partial: String::new() }
    }

    fn text(text: &str) {
        let mut out = std::io::stdout().lock();
        // A pipe that nobody reads any more must not end a script halfway.
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }

    fn start_asking(&self) -> oneshot::Receiver<Reply> {
        let (sender, receiver) = oneshot::channel();
        if let Some((caption, message, kind)) = self.question.clone() {
            // It waits for a person, and the engine waits for what ends it as well.
            let asking = thread::Builder::new().name("question".to_owned()).spawn(move || {
                if let Some(answer) = ask(&caption, &message, &kind) {
                    let _ = sender.send(Reply::new(answer));
                }
            });
            if let Err(error) = asking {
                tracing::warn!(%error, "No thread for a question");
            }
        }
        receiver
    }
}

impl Screen for Terminal {
    fn output(&mut self, value: &Value) -> Result<(), Stopped> {
        let value = value.to_ps();
        if self.json {
            json::print(&json!({ "type": "output", "value": json::value(&value) }));
            return Ok(());
        }
        // Only what runs on the server comes here; for a script, the engine makes lines.
        if !value.is_null() {
            Self::text(&lines::object(&value));
        }
        Ok(())
    }

    fn error(&mut self, failure: Failure) {
        if self.json {
            json::print(&json!({ "type": "error", "error": failure }));
        } else {
            eprintln!("{}", lines::failure(&failure));
        }
    }

    fn note(&mut self, stream: NoteStream, text: &str) {
        let (name, label) = match stream {
            NoteStream::Warning => ("warning", "WARNING: "),
            NoteStream::Verbose => ("verbose", "VERBOSE: "),
            NoteStream::Debug => ("debug", "DEBUG: "),
            NoteStream::Information => ("information", ""),
            NoteStream::Host { .. } => ("host", ""),
        };
        if self.json {
            json::print(&json!({ "type": name, "text": text }));
        } else if name == "host" {
            Self::text(text);
        } else {
            eprintln!("{label}{text}");
        }
    }

    fn write(&mut self, text: &str, _: Colors, end_line: bool) {
        if self.json {
            self.partial.push_str(text);
            if end_line {
                let text = std::mem::take(&mut self.partial);
                json::print(&json!({ "type": "host", "text": text }));
            }
        } else if end_line {
            Self::text(text);
        } else {
            let mut out = std::io::stdout().lock();
            let _ = write!(out, "{text}");
            let _ = out.flush();
        }
    }

    fn progress(&mut self, _: ProgressState, _: bool) {}

    fn ask(
        &mut self,
        caption: &str,
        message: &str,
        kind: PromptKind,
    ) -> (PromptId, oneshot::Receiver<Reply>) {
        self.prompt = self.prompt.wrapping_add(1);
        self.question = Some((caption.to_owned(), message.to_owned(), kind));
        (self.prompt, self.start_asking())
    }

    fn ask_again(&mut self, _: PromptId) -> oneshot::Receiver<Reply> {
        eprintln!("The answer does not fit the question.");
        self.start_asking()
    }

    fn asked(&mut self, _: PromptId) {
        self.question = None;
    }

    fn end(&mut self) {
        let partial = std::mem::take(&mut self.partial);
        if !partial.is_empty() {
            json::print(&json!({ "type": "host", "text": partial }));
        }
    }
}

/// Asks on the standard error. Nothing if the standard input has ended.
fn ask(caption: &str, message: &str, kind: &PromptKind) -> Option<Answer> {
    for text in [caption, message] {
        if !text.is_empty() {
            eprintln!("{text}");
        }
    }
    match kind {
        PromptKind::Line { secret } => Some(Answer::Line(line("> ", *secret)?)),
        PromptKind::Credential { user } => {
            let named =
                line(&if user.is_empty() { "User: ".to_owned() } else { format!("User [{user}]: ") }, false)?;
            let user = if named.is_empty() { user.clone() } else { named };
            Some(Answer::Credential { user, password: line("Password: ", true)? })
        }
        PromptKind::Fields(fields) => {
            let ask = |field: &postern_shared::wire::Field| line(&format!("{}: ", field.label), field.secret);
            Some(Answer::Fields(fields.iter().map(ask).collect::<Option<_>>()?))
        }
        PromptKind::Choice { choices, defaults, multiple } => {
            let offered: Vec<String> = choices
                .iter()
                .map(|choice| match choice.key {
                    Some(key) => format!("[{key}] {}", choice.label),
                    None => choice.label.clone(),
                })
                .collect();
            eprintln!("{}", offered.join("  "));
            let typed = line("> ", false)?;
            if typed.trim().is_empty() && !defaults.is_empty() {
                return Some(Answer::Choice(defaults.clone()));
            }
            let words = typed.split(',').map(str::trim).filter(|word| !word.is_empty());
            let chosen: Option<Vec<u32>> = words.map(|word| position(choices, word)).collect();
            // What fits no choice is an answer that fits no question: it is asked again.
            Some(Answer::Choice(
                chosen.filter(|chosen| *multiple || chosen.len() == 1).unwrap_or_else(|| vec![u32::MAX]),
            ))
        }
    }
}

fn position(choices: &[Choice], word: &str) -> Option<u32> {
    let fits = |choice: &Choice| {
        choice.label.eq_ignore_ascii_case(word)
            || choice.key.is_some_and(|key| {
                word.chars().eq([key]) || word.to_lowercase().chars().eq(key.to_lowercase())
            })
    };
    choices.iter().position(fits).and_then(|at| u32::try_from(at).ok())
}

/// A line of the standard input; nothing at its end.
fn line(question: &str, secret: bool) -> Option<String> {
    let stdin = std::io::stdin();
    if secret && stdin.is_terminal() {
        return rpassword::prompt_password(question).ok();
    }
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    let mut text = String::new();
    if stdin.lock().read_line(&mut text).ok()? == 0 {
        return None;
    }
    while text.ends_with(['\n', '\r']) {
        text.pop();
    }
    Some(text)
}
