//! The engine's doors: the remote side, the files of the session, and whoever reads what comes out.

use std::{rc::Rc, sync::Arc};

use postern_shared::{
    value::{DateTimeKind, PsDateTime, PsStr, PsValue},
    view::FormatViews,
};

use crate::value::{ErrorRecord, Value};

/// The remote side.
pub trait Remote {
    /// Whether it has a command of that name (compared without case).
    fn has(&self, name: &str) -> bool;

    /// The name as the server writes it.
    fn spelling(&self, name: &str) -> PsStr {
        name.into()
    }

    /// Whether its command of that name covers a local one (`Import-PSSession -AllowClobber`).
    fn covers(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// The parameters of a command; none if there is no such command.
    fn parameters(&self, name: &str) -> Vec<RemoteParameter> {
        let _ = name;
        Vec::new()
    }

    /// What is known of the session that is open.
    fn facts(&self) -> SessionFacts {
        SessionFacts::default()
    }

    /// Imports its commands anew, as Import-PSSession does. `local` are the names that commands have here.
    ///
    /// # Errors
    /// If the remote side gives no commands, as a sentence.
    fn import(
        &mut self,
        import: &Import,
        local: &[PsStr],
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<Imported, PsStr> {
        let _ = (import, local, progress);
        Err(PsStr::from_static("There is no remote session."))
    }

    /// Names of all commands, for Get-Command.
    fn names(&self) -> Vec<PsStr> {
        Vec::new()
    }

    /// The views that it has for its types, from what `Get-FormatData` gives there.
    fn views(&self) -> Rc<FormatViews> {
        Rc::default()
    }

    /// Starts a command. What it gives is read from what this returns.
    fn invoke(&mut self, invocation: Invocation) -> Box<dyn RemoteRun>;
}

/// A parameter of a remote command: as much as Import-PSSession learns of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteParameter {
    /// Its name.
    pub name: PsStr,
    /// Other names.
    pub aliases: Vec<PsStr>,
    /// Whether it takes no value.
    pub is_switch: bool,
    /// Its .NET type's name as the server gives it; empty where it does not.
    pub type_name: PsStr,
}

/// What is known of the session that is open; texts are empty where they are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFacts {
    /// The host that is signed in to.
    pub host: PsStr,
    /// Its address.
    pub uri: PsStr,
    /// Name of the session configuration.
    pub configuration: PsStr,
    /// The user.
    pub user: PsStr,
}

/// What Import-PSSession is to import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Names of commands, with wildcards; none for all.
    pub names: Vec<PsStr>,
    /// Names of types whose views are imported; `None` for all types, if all commands are imported, else for none.
    pub views: Option<Vec<PsStr>>,
    /// What stands before the nouns of their names here.
    pub prefix: PsStr,
    /// Whether they cover local commands of the same name.
    pub allow_clobber: bool,
}

/// What was imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Names as they are here, sorted.
    pub names: Vec<PsStr>,
    /// Names that were left out because local commands have them.
    pub skipped: Vec<PsStr>,
}

/// A command for the remote side: structured, never text.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Its name.
    pub name: PsStr,
    /// Parameters and arguments in the form that PowerShell itself sends them to a session without language, where
    /// the server binds them (MS-PSRP section 2.2.3.14):
    ///
    /// - `-Name:value` is (`-Name:`, value),
    /// - `-Name` is (`-Name`, `$null`): a switch, or a parameter whose value is the next entry,
    /// - a value is (nothing, value).
    pub parameters: Vec<(Option<PsStr>, PsValue)>,
    /// Whether objects will be sent to it.
    pub input: bool,
}

/// A remote command that runs.
pub trait RemoteRun {
    /// Sends an object to it.
    fn input(&mut self, value: PsValue);

    /// Says that no more objects come.
    fn end_input(&mut self);

    /// Waits for what it gives next; nothing when it has ended.
    fn next(&mut self) -> Option<RemoteEvent>;

    /// What has arrived already, without waiting.
    fn ready(&mut self) -> Option<RemoteEvent>;

    /// Stops it: nothing more is wanted.
    fn stop(&mut self);
}

/// What a remote command gives.
#[derive(Debug)]
pub enum RemoteEvent {
    /// An object.
    Output(PsValue),
    /// An error that does not end it.
    Error(Box<RemoteError>),
    /// A warning.
    Warning(PsStr),
    /// A verbose line.
    Verbose(PsStr),
    /// A debug line.
    Debug(PsStr),
    /// An information record.
    Information(PsValue),
    /// Progress.
    Progress(Progress),
    /// An error that ended it.
    Failed(Box<RemoteError>),
}

/// An error record of the remote side.
#[derive(Clone, Debug, Default)]
pub struct RemoteError {
    /// What a person reads.
    pub message: PsStr,
    /// `FullyQualifiedErrorId`, whole.
    pub id: PsStr,
    /// Number of the category.
    pub category: i64,
    /// `CategoryInfo.Activity`.
    pub activity: PsStr,
    /// `CategoryInfo.Reason`.
    pub reason: PsStr,
    /// `CategoryInfo.TargetName`.
    pub target_name: PsStr,
    /// `CategoryInfo.TargetType`.
    pub target_type: PsStr,
    /// Full name of the exception's type.
    pub exception_type: PsStr,
    /// `TargetObject`.
    pub target: PsValue,
    /// The record as it came.
    pub record: PsValue,
}

/// Progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Which activity.
    pub id: i32,
    /// The activity that it is a part of; -1 for none.
    pub parent: i32,
    /// What is done.
    pub activity: PsStr,
    /// How it stands.
    pub status: PsStr,
    /// What is done just now.
    pub operation: PsStr,
    /// 0 to 100; -1 for unknown.
    pub percent: i32,
    /// Seconds left; -1 for unknown.
    pub seconds: i32,
    /// Whether the activity is over.
    pub completed: bool,
}

/// Whoever reads what comes out.
pub trait Host {
    /// An object of the output.
    ///
    /// # Errors
    /// If nothing more can be taken; the command ends.
    fn output(&mut self, value: &Value) -> Result<(), PsStr>;
    /// An error.
    fn error(&mut self, record: &ErrorRecord);
    /// A warning.
    fn warning(&mut self, text: &str);
    /// A verbose line.
    fn verbose(&mut self, text: &str);
    /// A debug line.
    fn debug(&mut self, text: &str);
    /// Text of Write-Host.
    fn write(&mut self, text: &str, colors: Colors, end_line: bool);
    /// An information record that no one wrote to the host.
    fn information(&mut self, text: &str);
    /// Progress.
    fn progress(&mut self, progress: &Progress);
    /// Asks for a line; nothing if no one can be asked.
    fn read_line(&mut self, prompt: &str, secret: bool) -> Option<PsStr>;
    /// Asks for a choice: title, message, labels with help, default. The number of the choice.
    fn choose(
        &mut self,
        title: &str,
        message: &str,
        choices: &[(PsStr, PsStr)],
        default: usize,
    ) -> Option<usize>;
    /// Asks for any number of choices: title, message, labels with help. Nothing if no one can be asked.
    fn choose_many(&mut self, title: &str, message: &str, choices: &[(PsStr, PsStr)]) -> Option<Vec<usize>> {
        let _ = (title, message, choices);
        None
    }
    /// Asks for a user name and a password.
    fn credential(&mut self, title: &str, message: &str, user: &str) -> Option<(PsStr, PsStr)>;
    /// Removes what was shown.
    fn clear(&mut self) {}
}

/// Colours of text by their numbers in `System.ConsoleColor`; `None` for the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colors {
    /// The text's.
    pub foreground: Option<u8>,
    /// What is behind it.
    pub background: Option<u8>,
}

/// The session's files.
pub trait Workspace {
    /// The content of a file.
    ///
    /// # Errors
    /// If there is none, as a sentence.
    fn read(&mut self, name: &str) -> Result<Arc<[u8]>, PsStr>;
    /// Writes a file.
    ///
    /// # Errors
    /// If it does not fit.
    fn write(&mut self, name: &str, content: Vec<u8>) -> Result<(), PsStr>;
    /// Removes a file; whether there was one.
    fn remove(&mut self, name: &str) -> bool;
    /// Names, lengths and times of writing of all files.
    fn list(&mut self) -> Vec<FileInfo>;
}

/// Objects as CLIXML documents, for Export- and Import-Clixml: whoever runs the engine knows how they are written.
pub trait Clixml {
    /// The document of these values, without white space between its elements. Secrets are left out.
    fn encode(&self, values: &[PsValue]) -> Vec<u8>;
    /// The values of a document (UTF-8).
    ///
    /// # Errors
    /// If it is none, as a sentence.
    fn decode(&self, document: &[u8]) -> Result<Vec<PsValue>, PsStr>;
}

/// A file of the workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct FileInfo {
    /// Its name; folders are parts of it, with `/` between them.
    pub name: PsStr,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written, UTC.
    pub written: PsDateTime,
}

/// What the engine knows of the world.
pub struct Environment {
    /// The clock: UTC.
    pub now: Box<dyn Fn() -> PsDateTime>,
    /// Minutes east of UTC at an instant.
    pub offset: Box<dyn Fn(PsDateTime) -> i16>,
    /// Name of the time zone.
    pub zone: PsStr,
    /// Where random numbers begin.
    pub seed: u64,
    /// `$env:` at the start.
    pub variables: Vec<(PsStr, PsStr)>,
}

impl Environment {
    /// The local time of an instant.
    pub fn local(&self, utc: PsDateTime) -> PsDateTime {
        let minutes = (self.offset)(utc);
        PsDateTime {
            ticks: utc.utc_ticks().saturating_add(i64::from(minutes) * 600_000_000),
            kind: DateTimeKind::Local(minutes),
        }
    }

    /// A fixed instant in UTC, for tests.
    pub fn fixed(now: PsDateTime) -> Self {
        Self {
            now: Box::new(move || now),
            offset: Box::new(|_| 0),
            zone: "UTC".into(),
            seed: 1,
            variables: vec![
                ("TEMP".into(), ".".into()),
                ("TMP".into(), ".".into()),
                ("USERPROFILE".into(), ".".into()),
                ("USERNAME".into(), "user".into()),
                ("COMPUTERNAME".into(), "POSTERN".into()),
            ],
        }
    }
}
