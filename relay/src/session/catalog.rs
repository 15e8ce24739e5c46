//! The remote session's commands, as Import-PSSession makes them known.

use std::collections::{BTreeMap, HashSet};

use postern_engine::host::{Import, Imported, RemoteParameter};
use postern_psrp::message::CommandInfo;
use postern_shared::value::PsStr;

/// Commands that are taken in; Exchange has about 1,400.
const MOST_COMMANDS: usize = 20_000;
/// Longest name of a command or parameter, as in PowerShell's own import.
const LONGEST_NAME: usize = 100;

/// Commands that a restricted session has for its client's sake; no import takes them, and says nothing of it.
const HELPERS: [&str; 7] = [
    "Get-Command",
    "Get-FormatData",
    "Get-Help",
    "Select-Object",
    "Measure-Object",
    "Exit-PSSession",
    "Out-Default",
];

/// A command of the remote side. As in PowerShell's own import only this much is known of it: no parameter sets, and
/// nothing of what has to be given, which the server decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteCommand {
    /// Its name here.
    pub(crate) name: PsStr,
    /// Its name on the server, where that differs by `-Prefix`.
    pub(crate) remote: PsStr,
    /// Its parameters, sorted by name.
    pub(crate) parameters: Vec<RemoteParameter>,
    /// Whether it covers a local command of its name.
    pub(crate) covers: bool,
}

/// The commands by their names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalog {
    commands: BTreeMap<String, RemoteCommand>,
}

impl Catalog {
    /// Adds a command, if it can be imported and there is room.
    pub(crate) fn add(&mut self, command: &CommandInfo) {
        if !is_importable(&command.name) || self.commands.len() >= MOST_COMMANDS {
            return;
        }
        let mut parameters: Vec<_> = command
            .parameters
            .iter()
            .filter(|parameter| is_importable(&parameter.name))
            .map(|parameter| RemoteParameter {
                name: parameter.name.clone(),
                aliases: parameter.aliases.iter().filter(|alias| is_importable(alias)).cloned().collect(),
                is_switch: parameter.is_switch,
                type_name: parameter.type_name.clone(),
            })
            .collect();
        parameters.sort_by_cached_key(|parameter| parameter.name.to_ascii_lowercase());
        let (name, remote) = (command.name.clone(), command.name.clone());
        self.commands
            .insert(name.to_ascii_lowercase(), RemoteCommand { name, remote, parameters, covers: false });
    }

    /// Takes in what was imported anew: the commands under their names with the prefix, in place of older ones. `local`
    /// are the names that commands have here.
    pub(crate) fn merge(&mut self, new: Catalog, import: &Import, local: &[PsStr]) -> Imported {
        let local: HashSet<String> = local.iter().map(|name| name.to_ascii_lowercase()).collect();
        let mut imported = Imported::default();
        for (_, mut command) in new.commands {
            if HELPERS.iter().any(|helper| command.remote.eq_ignore_ascii_case(helper)) {
                continue;
            }
            command.name = with_prefix(&command.remote, &import.prefix);
            let key = command.name.to_ascii_lowercase();
            if local.contains(&key) {
                if !import.allow_clobber {
                    imported.skipped.push(command.name);
                    continue;
                }
                command.covers = true;
            }
            if self.commands.len() < MOST_COMMANDS || self.commands.contains_key(&key) {
                imported.names.push(command.name.clone());
                self.commands.insert(key, command);
            }
        }
        imported
    }

    /// Takes in what the server has by now: commands that are gone go, those that came come, and what was imported under
    /// other names stays.
    pub(crate) fn refresh(&mut self, new: &Catalog) {
        self.commands.retain(|_, command| command.covers || command.name != command.remote);
        for (key, command) in &new.commands {
            self.commands.entry(key.clone()).or_insert_with(|| command.clone());
        }
    }

    /// The command of a name, compared without case.
    pub(crate) fn find(&self, name: &str) -> Option<&RemoteCommand> {
        self.commands.get(name).or_else(|| self.commands.get(&name.to_ascii_lowercase()))
    }

    /// All commands, sorted by name.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &RemoteCommand> {
        self.commands.values()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.commands.len()).unwrap_or(u32::MAX)
    }

    /// Names of all, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = PsStr> {
        self.commands.values().map(|command| command.name.clone())
    }
}

/// A name with a prefix before its noun.
fn with_prefix(name: &str, prefix: &str) -> PsStr {
    match name.split_once('-') {
        Some((verb, noun)) => format!("{verb}-{prefix}{noun}").into(),
        None => format!("{prefix}{name}").into(),
    }
}

/// The rule of PowerShell's own import: letters, digits and `-._:\`, at most 100.
fn is_importable(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || "-._:\\".contains(c))
}
