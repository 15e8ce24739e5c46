//! What the relay explains, in the language of the page.
//!
//! Texts are written in English where they arise, and stay so in the log, in transcripts and on the command line. On
//! the way to a page of another language they are looked up, each whole or as a pattern with places to fill; what is
//! not found, such as a server's own words, goes as it is.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::{HeaderMap, header};
use postern_shared::wire::{CheckState, CheckStep, Download, EventKind, Failure, ServerMessage};

/// Bytes of its own by which a pattern is known: a server may say `3 objects` too.
const PARTICULAR: usize = 14;

/// A language of pages.
#[derive(Clone, Copy)]
pub(crate) struct Language(Option<&'static Texts>);

/// The texts of a language.
struct Texts {
    whole: HashMap<&'static str, &'static str>,
    /// English and translation, each in the pieces around what is filled in.
    patterns: Vec<(Vec<&'static str>, Vec<&'static str>)>,
}

static GERMAN: LazyLock<Texts> = LazyLock::new(|| Texts::read(include_str!("../messages/de.toml")));

impl Language {
    /// The language of a code such as `de` or `de-AT`; English where it is not known.
    pub(crate) fn of(code: &str) -> Self {
        let language = code.split('-').next().unwrap_or_default();
        Self(language.eq_ignore_ascii_case("de").then(|| &*GERMAN))
    }

    /// The language that a request asks for.
    pub(crate) fn asked(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::of(asked.and_then(|tags| tags.split([',', ';']).next()).unwrap_or_default().trim())
    }

    /// Translates what the relay itself says in a message.
    pub(crate) fn message(self, message: &mut ServerMessage) {
        match message {
            ServerMessage::Event(event) => match &mut event.kind {
                EventKind::Error { failure, .. } | EventKind::SignInFailed(failure) => self.failure(failure),
                EventKind::Step { text, .. } | EventKind::Note { text, .. } => self.text(text),
                _ => {}
            },
            ServerMessage::Ended(failure)
            | ServerMessage::Download { download: Download::Failed(failure), .. } => self.failure(failure),
            _ => {}
        }
    }

    /// Translates what a check of a connection says.
    pub(crate) fn step(self, step: &mut CheckStep) {
        self.text(&mut step.title);
        match &mut step.state {
            // All of these are the relay's own words.
            CheckState::Passed { found, .. } => self.pattern(found, 0),
            CheckState::Stopped { failure, .. } => self.failure(failure),
            CheckState::Skipped { why } => self.text(why),
            CheckState::Running => {}
        }
    }

    /// Whether there is anything to translate.
    pub(crate) fn is_english(self) -> bool {
        self.0.is_none()
    }

    /// Translates what is told of an error. What the server said stays as it is.
    pub(crate) fn failure(self, failure: &mut Failure) {
        for text in [&mut failure.what, &mut failure.cause, &mut failure.remedy] {
            self.text(text);
        }
    }

    /// Translates a text of the relay's.
    pub(crate) fn text(self, text: &mut String) {
        self.pattern(text, PARTICULAR);
    }

    /// Translates a text that is whole or of a pattern with at least so many bytes of its own.
    fn pattern(self, text: &mut String, least: usize) {
        if let Some(translated) = self.0.and_then(|texts| texts.find(text, least)) {
            *text = translated;
        }
    }
}

impl Texts {
    fn read(file: &'static str) -> Self {
        let table: HashMap<String, String> = toml::from_str(file).unwrap_or_default();
        let (mut whole, mut patterns) = (HashMap::new(), Vec::new());
        for (english, translated) in table {
            // Once a process.
            let (english, translated): (&'static str, &'static str) = (english.leak(), translated.leak());
            if english.contains("{}") {
                patterns.push((english.split("{}").collect(), translated.split("{}").collect()));
            } else {
                whole.insert(english, translated);
            }
        }
        // The most particular ones first.
        patterns.sort_by_key(|(pieces, _): &(Vec<&str>, _)| {
            std::cmp::Reverse(pieces.iter().map(|piece| piece.len()).sum::<usize>())
        });
        Self { whole, patterns }
    }

    fn find(&self, text: &str, least: usize) -> Option<String> {
        if let Some(translated) = self.whole.get(text) {
            return Some((*translated).to_owned());
        }
        self.patterns.iter().find_map(|(english, translated)| {
            let own: usize = english.iter().map(|piece| piece.len()).sum();
            let filled = filled(english, text).filter(|_| own >= least)?;
            let mut pieces = translated.iter();
            let mut made = String::from(*pieces.next()?);
            for (piece, value) in pieces.zip(filled) {
                // `the server`, `2 minutes`.
                made.push_str(&self.find(value, 0).unwrap_or_else(|| value.to_owned()));
                made.push_str(piece);
            }
            Some(made)
        })
    }
}

/// What stands in a text between the pieces of a pattern; each is something, and short enough to be a name or number.
fn filled<'a>(pieces: &[&str], text: &'a str) -> Option<Vec<&'a str>> {
    const LONGEST: usize = 300;
    let (first, others) = pieces.split_first()?;
    let mut rest = text.strip_prefix(first)?;
    let mut filled = Vec::with_capacity(others.len());
    for (at, piece) in others.iter().enumerate() {
        let end = if at + 1 == others.len() { rest.strip_suffix(piece)?.len() } else { rest.find(piece)? };
        let value = rest.get(..end).filter(|value| !value.is_empty() && value.len() <= LONGEST)?;
        filled.push(value);
        rest = rest.get(end + piece.len()..)?;
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs, path::Path};

    use super::*;

    fn german(text: &str) -> String {
        let mut text = text.to_owned();
        Language::of("de-AT").text(&mut text);
        text
    }

    #[test]
    fn texts_are_found_whole_and_filled_in() {
        assert_eq!(german("Sign in again."), "Melden Sie sich erneut an.");
        assert_eq!(
            german("The certificate of ex01.example has expired."),
            "Das Zertifikat von ex01.example ist abgelaufen."
        );
        assert_eq!(
            german("ex01.example did not open a session within 2 minutes."),
            "ex01.example hat innerhalb von 2 Minuten keine Sitzung geöffnet."
        );
        // The most particular pattern counts, and what a server says is nobody's to change.
        assert_eq!(
            german("The session was refused by ex01 (Bad Request)."),
            "Die Sitzung wurde von ex01 abgewiesen (Bad Request)."
        );
        for said in ["The operation couldn't be performed.", "3 objects", "There are 3 objects", "x is y"] {
            assert_eq!(german(said), said);
        }
        let mut text = "Sign in again.".to_owned();
        Language::of("fr").text(&mut text);
        assert_eq!(text, "Sign in again.");
    }

    /// String literals of a source file, with their line continuations and the names in their places taken out.
    fn literals(source: &str) -> Vec<String> {
        let mut literals = Vec::new();
        for part in source.replace('"', "\0").replace("\\\0", "\"").split('\0') {
            let mut literal = String::new();
            let mut characters = part.chars().peekable();
            while let Some(c) = characters.next() {
                match c {
                    '\\' if characters.peek() == Some(&'\n') => {
                        while characters.next_if(|c| c.is_whitespace()).is_some() {}
                    }
                    '\\' => literal.extend(characters.next()),
                    '{' if !literal.ends_with('@') => {
                        while characters.next().is_some_and(|c| c != '}') {}
                        literal.push_str("{}");
                    }
                    c => literal.push(c),
                }
            }
            literals.push(literal);
        }
        literals
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                let source = fs::read_to_string(&path).unwrap();
                found.extend(literals(source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()));
            }
        }
    }

    #[test]
    fn every_explanation_is_translated_and_nothing_else() {
        let relay = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut own, mut explained) = (Vec::new(), Vec::new());
        sources(&relay.join("src"), &mut own);
        sources(&relay.join("wsman/src/client/explain"), &mut explained);
        sources(&relay.join("wsman/src/client/check"), &mut own);
        let texts: HashMap<String, String> = toml::from_str(include_str!("../messages/de.toml")).unwrap();
        let said: HashSet<&String> = own.iter().chain(&explained).collect();
        for (english, german) in &texts {
            assert_eq!(english.matches("{}").count(), german.matches("{}").count(), "{english}");
        }
        let stale: Vec<&String> = texts.keys().filter(|english| !said.contains(english)).collect();
        assert!(stale.is_empty(), "nobody says: {stale:#?}");
        // All sentences of the tables; codes and names are none.
        let is_sentence = |text: &&String| {
            text.ends_with('.') && text.contains(' ') && text.starts_with(char::is_uppercase)
        };
        let told = crate::session::explanations();
        let told = told.iter().flat_map(|(_, cause, remedy)| [*cause, *remedy]);
        let told = explained.iter().filter(is_sentence).map(String::as_str).chain(told);
        let missing: Vec<&str> = told.filter(|sentence| !texts.contains_key(*sentence)).collect();
        assert!(missing.is_empty(), "not in German: {missing:#?}");
    }
}
