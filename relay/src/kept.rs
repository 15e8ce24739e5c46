//! What the relay keeps for a user from one session to the next: command lines, and snippets that the user saved.
//!
//! A user is an endpoint and a user name, and is known only once the endpoint has accepted the password. With a folder
//! in the configuration it is kept there, one file a user; without one, in memory, until the relay stops.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use postern_shared::wire::{Arranged, Kept};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

/// Command lines kept of one user.
const MOST_LINES: usize = 1000;
/// The longest command line kept; scripts are saved as snippets.
const LONGEST_LINE: usize = 4 << 10;
/// Snippets of one user.
const MOST_SNIPPETS: usize = 200;
/// The longest snippet, and the longest name.
const LONGEST_SNIPPET: usize = 64 << 10;
const LONGEST_NAME: usize = 100;
/// Bytes of one user in all.
const MOST_BYTES: usize = 1 << 20;
/// Types whose columns one user has arranged, and the bytes of each.
const MOST_TYPES: usize = 50;
const LONGEST_ARRANGEMENT: usize = 16 << 10;
/// Users in memory.
const MOST_USERS: usize = 1000;

/// What is kept of all users.
pub(crate) struct Shelf {
    folder: Option<PathBuf>,
    users: Mutex<HashMap<String, Arc<Person>>>,
}

/// What is kept of one user.
pub(crate) struct Person {
    file: Option<PathBuf>,
    inner: Mutex<Inner>,
    present: watch::Sender<u32>,
}

/// A user's session, as long as it is there.
pub(crate) struct Presence(Arc<Person>);

#[derive(Default, Serialize, Deserialize)]
struct Inner {
    lines: VecDeque<String>,
    snippets: BTreeMap<String, String>,
    /// How the columns of a type's results are arranged.
    #[serde(default)]
    columns: BTreeMap<String, Vec<Arranged>>,
}

impl Shelf {
    /// Keeps in a folder, or in memory only.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, users: Mutex::default() }
    }

    /// What is kept of a user, who has signed in.
    pub(crate) fn person(&self, endpoint: &str, user: &str) -> Arc<Person> {
        let who = who(endpoint, user);
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = users.get(&who) {
            return Arc::clone(person);
        }
        if users.len() >= MOST_USERS {
            // Those that no session holds; files keep what they had.
            users.retain(|_, person| Arc::strong_count(person) > 1);
        }
        let file = self.folder.as_ref().map(|folder| folder.join(format!("{who}.json")));
        let person = Arc::new(Person {
            inner: Mutex::new(read(file.as_deref())),
            file,
            present: watch::Sender::new(0),
        });
        users.insert(who, Arc::clone(&person));
        person
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.present.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Person {
    /// Counts a session of the user.
    pub(crate) fn enter(self: Arc<Self>) -> Presence {
        self.present.send_modify(|count| *count = count.saturating_add(1));
        Presence(self)
    }

    /// How many sessions the user has here, now and from now on.
    pub(crate) fn present(&self) -> watch::Receiver<u32> {
        self.present.subscribe()
    }

    /// Everything, as a page is told it.
    pub(crate) fn all(&self) -> Kept {
        let inner = self.inner();
        Kept {
            lines: inner.lines.iter().cloned().collect(),
            snippets: inner.snippets.iter().map(|(name, text)| (name.clone(), text.clone())).collect(),
        }
    }

    /// Keeps a command line, unless it begins with a blank, is too long or may hold a secret.
    pub(crate) fn add_line(&self, line: &str) {
        if line.starts_with(char::is_whitespace) || line.len() > LONGEST_LINE || may_hold_secret(line) {
            return;
        }
        let mut inner = self.inner();
        if inner.lines.back().is_some_and(|last| last == line) {
            return;
        }
        inner.lines.push_back(line.to_owned());
        inner.trim();
        self.save(&inner);
    }

    /// Keeps a snippet under a name, or drops it where there is no text.
    pub(crate) fn set_snippet(&self, name: &str, text: &str) {
        let name = name.trim();
        if name.is_empty() || name.len() > LONGEST_NAME || text.len() > LONGEST_SNIPPET {
            return;
        }
        let mut inner = self.inner();
        if text.trim().is_empty() {
            inner.snippets.remove(name);
        } else if inner.snippets.len() < MOST_SNIPPETS || inner.snippets.contains_key(name) {
            inner.snippets.insert(name.to_owned(), text.to_owned());
        }
        inner.trim();
        self.save(&inner);
    }

    /// Keeps how the columns of a type's results are arranged, or forgets it where there are none.
    pub(crate) fn arrange(&self, type_name: String, columns: Vec<Arranged>) {
        let bytes: usize = columns.iter().map(|column| column.property.len() + 16).sum();
        if type_name.len() > LONGEST_NAME * 4 || bytes > LONGEST_ARRANGEMENT {
            return;
        }
        let mut inner = self.inner();
        if columns.is_empty() {
            inner.columns.remove(&type_name);
        } else if inner.columns.len() < MOST_TYPES || inner.columns.contains_key(&type_name) {
            inner.columns.insert(type_name, columns);
        }
        self.save(&inner);
    }

    /// How the columns of a type's results are arranged, those of them that its objects have.
    pub(crate) fn arranged(&self, type_name: &str, properties: &[String]) -> Vec<Arranged> {
        let inner = self.inner();
        let columns = inner.columns.get(type_name).map(Vec::as_slice).unwrap_or_default();
        columns.iter().filter(|column| properties.contains(&column.property)).cloned().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the file anew beside the old one, which it then replaces. Under the lock, so that writers do not mix.
    fn save(&self, inner: &Inner) {
        let Some(file) = &self.file else { return };
        let written =
            serde_json::to_vec(inner).map_err(std::io::Error::other).and_then(|json| write(file, &json));
        if let Err(error) = written {
            tracing::warn!(%error, file = %file.display(), "A user's history could not be written");
        }
    }
}

impl Inner {
    fn trim(&mut self) {
        let size = |texts: &BTreeMap<String, String>| -> usize {
            texts.iter().map(|(name, text)| name.len() + text.len()).sum()
        };
        let mut bytes = self.lines.iter().map(String::len).sum::<usize>() + size(&self.snippets);
        while self.lines.len() > MOST_LINES || bytes > MOST_BYTES {
            match self.lines.pop_front() {
                Some(line) => bytes -= line.len(),
                None => break,
            }
        }
        while size(&self.snippets) > MOST_BYTES {
            self.snippets.pop_last();
        }
    }
}

/// Whether a command line may hold a password: one of its parameters or commands says so.
fn may_hold_secret(line: &str) -> bool {
    let lower = line.to_lowercase();
    let parameter = |name: &str| {
        lower.match_indices(name).any(|(at, _)| {
            // `-NewPassword`, but not a name such as `password.txt`.
            let before = lower.get(..at).unwrap_or_default();
            before
                .rsplit(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
                .next()
                .is_some_and(|word| word.starts_with('-'))
        })
    };
    ["password", "secret", "token", "apikey", "passphrase"].iter().any(|name| parameter(name))
        || ["convertto-securestring", "pscredential", "password=", "password =", "pwd="]
            .iter()
            .any(|text| lower.contains(text))
}

/// A file's name for a user: not the user's name itself, which may hold anything.
fn who(endpoint: &str, user: &str) -> String {
    let hash = Sha256::new()
        .chain_update(endpoint.to_lowercase())
        .chain_update([0])
        .chain_update(user.trim().to_lowercase())
        .finalize();
    hash.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read(file: Option<&Path>) -> Inner {
    let Some(json) = file.and_then(|file| std::fs::read(file).ok()) else { return Inner::default() };
    let mut inner: Inner = serde_json::from_slice(&json).unwrap_or_default();
    inner.trim();
    inner
}

fn write(file: &Path, json: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Readable by the relay's own user only.
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(json)?;
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_for_the_user_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(Some(folder.path().to_owned()));
        let anna = shelf.person("https://a.example", "Anna");
        for line in ["Get-Mailbox", "Get-Mailbox", " Get-Secret", "Get-User"] {
            anna.add_line(line);
        }
        anna.set_snippet("mine", "Get-Mailbox | x");
        assert_eq!(shelf.person("https://A.example", "anna ").all().lines, ["Get-Mailbox", "Get-User"]);
        assert!(shelf.person("https://b.example", "anna").all().lines.is_empty());
        // After the relay has stopped and begun again.
        let again = Shelf::new(Some(folder.path().to_owned())).person("https://a.example", "anna");
        assert_eq!(again.all(), anna.all());
        again.set_snippet("mine", "");
        assert!(again.all().snippets.is_empty());
    }

    #[test]
    fn columns_are_kept_by_type() {
        let folder = tempfile::tempdir().unwrap();
        let person = || Shelf::new(Some(folder.path().to_owned())).person("e", "anna");
        let column = |property: &str| Arranged { property: property.into(), width: 120, pinned: false };
        let properties = ["Alias", "Name"].map(String::from);
        person().arrange("Mailbox".into(), vec![column("Name"), column("Gone"), column("Alias")]);
        assert_eq!(person().arranged("Mailbox", &properties), [column("Name"), column("Alias")]);
        assert!(person().arranged("User", &properties).is_empty());
        person().arrange("Mailbox".into(), Vec::new());
        assert!(person().arranged("Mailbox", &properties).is_empty());
    }

    #[test]
    fn lines_with_secrets_are_not_kept() {
        for line in [
            "New-Mailbox x -Password (ConvertTo-SecureString 'a' -AsPlainText -Force)",
            "Set-X -NewPassword 'a'",
            "$s = convertto-securestring x",
            "x -ClientSecret abc",
            "[pscredential]::new('a', $b)",
        ] {
            assert!(may_hold_secret(line), "{line}");
        }
        for line in ["Get-Mailbox", "Get-Content password.txt", "Get-User -Filter \"Name -like 'Token*'\""] {
            assert!(!may_hold_secret(line), "{line}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let person = Shelf::new(None).person("e", "u");
        for n in 0..3000 {
            person.add_line(&format!("{n}{}", "x".repeat(3000)));
            person.set_snippet(&format!("s{n}"), &"y".repeat(10_000));
            person.arrange(format!("T{n}"), vec![Arranged { property: "P".into(), width: 0, pinned: false }]);
        }
        assert!(person.inner().columns.len() <= MOST_TYPES);
        let kept = person.all();
        assert!(kept.lines.len() <= MOST_LINES && kept.snippets.len() <= MOST_SNIPPETS);
        let bytes: usize = kept.lines.iter().map(String::len).sum();
        assert!(bytes <= MOST_BYTES);
    }
}
