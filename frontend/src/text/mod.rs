//! Every text of the page, in the user's language. The texts are in `frontend/messages/LANGUAGE.toml`, and each is a
//! function here, named by its key and with its placeholders as parameters. Texts of the relay are not among them.
//!
//! English is in the page; another language is a file of the relay's that only its users fetch.

mod file;
mod number;
#[cfg(test)]
mod placeholders;
mod visible;

use std::{fmt::Display, sync::OnceLock};

use postern_shared::wire::{BlockState, NoteStream};

pub(crate) use self::{
    number::{amount, bytes, count, countdown, duration, elapsed},
    visible::{hidden_names, visible},
};

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// One of the texts.
pub(crate) type Message = fn() -> &'static str;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

/// All languages, each with its code and its own name.
pub(crate) const LANGUAGES: [(Language, &str, &str); 2] =
    [(Language::English, "en", "English"), (Language::German, "de", "Deutsch")];

/// The language in use, if it is not English, and its texts. They are set before anything is drawn; a page in another
/// language is loaded anew.
static OTHER: OnceLock<(Language, Vec<String>)> = OnceLock::new();

impl Language {
    /// The language of a code such as `de` or `de-AT`.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.split('-').next().unwrap_or_default();
        LANGUAGES
            .iter()
            .find(|(_, known, _)| known.eq_ignore_ascii_case(code))
            .map(|(language, ..)| *language)
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        LANGUAGES.iter().find(|(language, ..)| *language == self).map_or("en", |(_, code, _)| code)
    }

    /// Uses it from now on, with the texts of its file. A file of another build is not used.
    pub fn set(self, file: &str) {
        let texts = file::messages(file).unwrap_or_default();
        if texts.len() == TEXTS.len() {
            let _ = OTHER.set((self, texts.into_iter().map(|(_, text)| text).collect()));
        }
    }

    /// The one in use.
    pub fn current() -> Self {
        OTHER.get().map_or(Self::English, |(language, _)| *language)
    }
}

fn say(message: usize) -> &'static str {
    let other = OTHER.get().and_then(|(_, texts)| texts.get(message)).map(String::as_str);
    other.or_else(|| TEXTS.get(message).copied()).unwrap_or_default()
}

fn fill(message: usize, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::new();
    let mut rest = say(message);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(&value.to_string());
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Command lines to begin with.
pub(crate) const EXAMPLES: [&str; 3] = [
    "Get-Mailbox",
    "Get-Mailbox -ResultSize Unlimited",
    "Get-Mailbox | Select-Object DisplayName, Alias, WhenCreated",
];

pub(crate) fn importing(received: u32, total: u32) -> String {
    match total {
        0 => importing_some(count(received.into())),
        _ => importing_of(count(received.into()), count(total.into())),
    }
}

pub(crate) fn objects(objects: u64) -> String {
    if objects == 1 { objects_one().to_owned() } else { objects_many(count(objects)) }
}

pub(crate) fn errors(number: usize) -> String {
    if number == 1 { errors_one().to_owned() } else { errors_many(count(number as u64)) }
}

pub(crate) fn properties(number: usize) -> String {
    if number == 1 { properties_one().to_owned() } else { properties_many(count(number as u64)) }
}

pub(crate) fn items(number: usize) -> String {
    if number == 1 { items_one().to_owned() } else { items_many(count(number as u64)) }
}

/// So many of so many objects.
pub(crate) fn rows_of(shown: u64, all: u64) -> String {
    shown_of_all(count(shown), objects(all))
}

pub(crate) fn time_split(elapsed: u64, remote: u64) -> String {
    let local = elapsed.saturating_sub(remote);
    time_parts(duration(remote as f64), duration(local as f64))
}

pub(crate) fn earlier_parts(hidden: usize) -> String {
    hidden_lines(count(hidden as u64))
}

pub(crate) fn seconds_left(seconds: i64) -> String {
    if seconds >= 90 { minutes_left((seconds + 30) / 60) } else { seconds_left_text(seconds) }
}

pub(crate) fn announce_end(line: &str, state: BlockState, found: u64) -> String {
    let command = line.split_whitespace().next().unwrap_or_default();
    match state {
        BlockState::Completed => command_done(command, objects(found)),
        BlockState::Failed => command_failed(command, objects(found)),
        BlockState::Stopped => command_stopped(command, objects(found)),
    }
}

pub(crate) fn stream(stream: NoteStream) -> &'static str {
    match stream {
        NoteStream::Warning => stream_warning(),
        NoteStream::Verbose => stream_verbose(),
        NoteStream::Debug => stream_debug(),
        NoteStream::Information => stream_information(),
        NoteStream::Host { .. } => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{file, fill, idle_in, placeholders, rows_of};

    #[test]
    fn every_language_has_the_same_messages_in_the_same_order_with_the_same_placeholders() {
        let read = |text| file::messages(text).expect("messages");
        let english = read(include_str!("../../messages/en.toml"));
        let german = read(include_str!("../../messages/de.toml"));
        let outline = |messages: &[(String, String)]| {
            let of = |(key, text): &(String, String)| (key.clone(), sorted(placeholders::placeholders(text)));
            messages.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(outline(&english), outline(&german));
        assert!(english.iter().all(|(_, text)| !text.trim().is_empty()));
        let mut keys: Vec<_> = english.iter().map(|(key, _)| key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), english.len(), "a key stands twice");
    }

    fn sorted(mut names: Vec<String>) -> Vec<String> {
        names.sort();
        names
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(idle_in("1:00"), "Idle sign-out in 1:00");
        assert_eq!(rows_of(2, 1000), "2 of 1,000 objects");
        assert_eq!(fill(usize::MAX, &[]), "");
    }

    #[test]
    fn what_is_not_a_message_is_an_error() {
        for line in ["x", "a = b", "A = \"b\"", "a = \"b", "a = \"\"\"", " = \"x\""] {
            assert!(file::messages(line).is_err(), "{line}");
        }
    }
}
