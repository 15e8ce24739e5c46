//! What was seen in results: which properties a command's objects have, and which result has what.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use postern_shared::wire::{BlockId, ResultId};

/// Results that are remembered, the latest.
const MOST_RESULTS: usize = 64;
/// Commands whose properties are remembered.
const MOST_COMMANDS: usize = 200;

/// What results showed.
#[derive(Default)]
pub(super) struct Seen(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The block that runs, and the command whose objects it gives.
    running: Option<(BlockId, String)>,
    /// Properties by the command that gave them, in lower case.
    by_command: HashMap<String, Vec<String>>,
    /// The latest results, the latest first.
    results: VecDeque<SeenResult>,
}

/// A result.
#[derive(Clone)]
pub(super) struct SeenResult {
    pub(super) result: ResultId,
    /// The last part of its objects' type: `Mailbox`.
    pub(super) noun: String,
    pub(super) properties: Vec<String>,
}

impl SeenResult {
    /// The property of that name as the objects write it.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().map(String::as_str).find(|own| own.eq_ignore_ascii_case(name))
    }
}

impl Seen {
    pub(super) fn begin(&self, block: BlockId, gives: Option<String>) {
        self.lock().running = gives.map(|command| (block, command.to_lowercase()));
    }

    pub(super) fn saw(&self, block: BlockId, result: ResultId, type_name: &str, properties: &[String]) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if let Some((running, command)) = &inner.running
            && *running == block
            && !command.starts_with('$')
            && (inner.by_command.len() < MOST_COMMANDS || inner.by_command.contains_key(command))
        {
            inner.by_command.insert(command.clone(), properties.to_vec());
        }
        let noun = type_name.rsplit(['.', '+']).next().unwrap_or_default().to_owned();
        inner.results.push_front(SeenResult { result, noun, properties: properties.to_vec() });
        inner.results.truncate(MOST_RESULTS);
    }

    /// The properties of what a command gives: what it gave before, or what objects that its noun names have.
    pub(super) fn properties(&self, command: &str) -> Vec<String> {
        let inner = self.lock();
        if let Some(found) = inner.by_command.get(&command.to_lowercase()) {
            return found.clone();
        }
        let noun = command.split_once('-').map_or("", |(_, noun)| noun);
        let fits = |seen: &&SeenResult| !noun.is_empty() && seen.noun.eq_ignore_ascii_case(noun);
        inner.results.iter().find(fits).map(|seen| seen.properties.clone()).unwrap_or_default()
    }

    /// The latest results.
    pub(super) fn results(&self) -> Vec<SeenResult> {
        self.lock().results.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn properties_are_those_of_the_command_or_of_its_noun() {
        let seen = Seen::default();
        let alias = ["Alias".to_owned()];
        seen.begin(1, Some("Get-Mailbox".into()));
        seen.saw(1, 1, "Microsoft.Exchange.Data.Directory.Management.Mailbox", &alias);
        seen.begin(2, None);
        seen.saw(2, 2, "Selected.System.Object", &["Name".to_owned()]);
        assert_eq!(seen.properties("get-mailbox"), alias);
        assert_eq!(seen.properties("Set-Mailbox"), alias);
        assert!(seen.properties("Get-User").is_empty());
        assert_eq!(seen.results().len(), 2);
    }
}
