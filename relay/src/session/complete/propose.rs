//! What there is to propose for each thing that could stand at a cursor.

use std::collections::HashSet;

use postern_engine::{
    host::Workspace as _,
    names::{self, Parameter},
};
use postern_shared::{
    syntax::complete::{MemberOf, Target},
    wire::{Cell, Completion, CompletionKind as Kind, View},
};

use super::{
    CMDLETS, Nameable,
    rank::{Fit, fit},
};
use crate::store::RowsRequest;

/// Proposals that are sent.
const MOST: usize = 50;
/// Fewer letters of a command bring no list by themselves.
const LETTERS: usize = 2;
/// Results whose objects are proposed, the latest.
const RESULTS: usize = 8;
/// Objects of one result that are looked through.
const OBJECTS: u32 = 200;
/// Longest value that is proposed, in bytes.
const LONGEST: usize = 200;

/// Parameters that name an object, and the properties that do so, the best first.
const NAMING: [&str; 14] = [
    "identity",
    "mailbox",
    "user",
    "member",
    "members",
    "owner",
    "trustee",
    "manager",
    "grantsendonbehalfto",
    "forwardingaddress",
    "moderatedby",
    "managedby",
    "recipients",
    "name",
];
const NAMES: [&str; 5] = ["Alias", "UserPrincipalName", "PrimarySmtpAddress", "Identity", "Name"];
/// Parameters of local cmdlets that take a file of the workspace.
const FILES: [&str; 5] = ["path", "filepath", "literalpath", "destination", "inputfile"];
/// Parameters that every command has.
const COMMON: [&str; 13] = [
    "Verbose",
    "Debug",
    "ErrorAction",
    "WarningAction",
    "InformationAction",
    "ProgressAction",
    "ErrorVariable",
    "WarningVariable",
    "InformationVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
    "AsJob",
];
/// Keys of a table that stands for a property.
const CALCULATED: [&str; 8] =
    ["Name", "Label", "Expression", "Width", "Alignment", "FormatString", "Descending", "Ascending"];
/// Words that begin a statement.
const KEYWORDS: [&str; 14] = [
    "foreach", "function", "param", "process", "return", "switch", "throw", "trap", "while", "begin",
    "break", "continue", "finally", "filter",
];
/// Variables that every session has.
const AUTOMATIC: [&str; 14] = [
    "_",
    "true",
    "false",
    "null",
    "args",
    "input",
    "Error",
    "PSItem",
    "Matches",
    "env:COMPUTERNAME",
    "env:USERNAME",
    "ErrorActionPreference",
    "WhatIfPreference",
    "ConfirmPreference",
];

/// Proposals as they are gathered.
pub(super) struct Proposals<'a> {
    typed: &'a str,
    /// The character behind what is replaced.
    behind: Option<char>,
    asked: bool,
    found: Vec<(Fit, Completion)>,
    seen: HashSet<String>,
    /// Whether the order of gathering says more than length and alphabet.
    in_order: bool,
}

impl<'a> Proposals<'a> {
    pub(super) fn new(typed: &'a str, behind: Option<char>, asked: bool) -> Self {
        Self { typed, behind, asked, found: Vec::new(), seen: HashSet::new(), in_order: false }
    }

    fn add(&mut self, kind: Kind, label: &str, insert: String, about: impl FnOnce() -> String) {
        if let Some((fit, marks)) = fit(label, self.typed)
            && self.seen.insert(label.to_lowercase())
        {
            let completion = Completion { insert, label: label.to_owned(), marks, kind, about: about() };
            self.found.push((fit, completion));
        }
    }

    /// A name with a blank behind it, unless there is one.
    fn spaced(&self, name: &str) -> String {
        let blank = if self.behind.is_some_and(char::is_whitespace) { "" } else { " " };
        format!("{name}{blank}")
    }

    /// The best ones, the best first.
    pub(super) fn ranked(mut self) -> Vec<Completion> {
        // What stands there already needs no proposal.
        if let [(_, only)] = self.found.as_slice()
            && only.insert.trim_end().trim_start_matches(['-', '$']).eq_ignore_ascii_case(self.typed)
        {
            return Vec::new();
        }
        if self.in_order {
            self.found.sort_by_key(|(fit, _)| *fit);
        } else {
            self.found.sort_by(|(one, a), (other, b)| {
                let key = |fit: &Fit, completion: &Completion| (*fit, completion.label.len());
                key(one, a).cmp(&key(other, b)).then_with(|| a.label.cmp(&b.label))
            });
        }
        self.found.truncate(MOST);
        self.found.into_iter().map(|(_, completion)| completion).collect()
    }
}

impl Nameable {
    /// Gathers what could stand there.
    pub(super) async fn propose(&self, target: &Target, found: &mut Proposals<'_>) {
        let few = found.typed.chars().count() < LETTERS && !found.asked;
        match target {
            Target::Nothing => {}
            Target::Command { .. } if few => {}
            Target::Command { upstream } => self.commands(found, upstream.is_empty()),
            Target::Parameter { command, given } => self.parameter(found, command, given),
            Target::Value { command, parameter, position, given } => {
                self.value(found, command, parameter.as_deref(), *position, given).await;
            }
            Target::Property { upstream, .. } => self.properties(found, upstream),
            Target::Variable { scope, known } => self.variables(found, scope.as_deref(), known),
            Target::Member { of, is_static } => {
                if !is_static {
                    self.members(found, of);
                }
            }
            Target::Key { known, of } => keys(found, known, of.is_some()),
            Target::Type if found.typed.is_empty() && !found.asked => {}
            Target::Type => {
                let end = if found.behind == Some(']') { "" } else { "]" };
                for name in names::types() {
                    found.add(Kind::Type, name, format!("{name}{end}"), String::new);
                }
            }
            Target::File => self.files(found),
        }
    }

    fn commands(&self, found: &mut Proposals<'_>, is_first: bool) {
        let catalog = self.imported();
        for command in catalog.commands() {
            found.add(Kind::Remote, &command.name, found.spaced(&command.name), || {
                listed(command.parameters.iter().filter(|p| !p.is_switch).map(|p| p.name.as_str()))
            });
        }
        let session = self.session();
        for command in session.commands.iter().chain(CMDLETS.iter()) {
            let kind = match command.kind {
                names::CommandKind::Cmdlet => Kind::Cmdlet,
                names::CommandKind::Function => Kind::Function,
                names::CommandKind::Alias => Kind::Alias,
            };
            // Aliases are short, so that anything fits their letters.
            if kind == Kind::Alias && !begins(&command.name, found.typed) {
                continue;
            }
            found.add(kind, &command.name, found.spaced(&command.name), || {
                if command.about.is_empty() {
                    listed(command.parameters.iter().map(|parameter| parameter.name.as_str()))
                } else {
                    command.about.to_string()
                }
            });
        }
        if is_first {
            for word in KEYWORDS.iter().filter(|word| begins(word, found.typed)) {
                found.add(Kind::Keyword, word, found.spaced(word), String::new);
            }
        }
    }

    fn parameter(&self, found: &mut Proposals<'_>, command: &str, given: &[String]) {
        let all = self.parameters(command);
        found.in_order = true;
        let is_given = |parameter: &Parameter| {
            let named = |given: &String| {
                let is = |name: &str| name.eq_ignore_ascii_case(given);
                is(&parameter.name) || parameter.aliases.iter().any(|alias| is(alias))
            };
            given.iter().any(named)
        };
        // What every command has comes last, what it is about comes first.
        let place = |parameter: &&Parameter| {
            let is = |name: &&str| parameter.name.eq_ignore_ascii_case(name);
            if COMMON.iter().any(is) { 2 } else { u8::from(!is(&"Identity")) }
        };
        let mut all: Vec<&Parameter> = all.iter().filter(|parameter| !is_given(parameter)).collect();
        all.sort_by_key(place);
        for parameter in all {
            let label = format!("-{}", parameter.name);
            // What was typed is compared without the hyphen.
            let Some((fit, marks)) = fit(&parameter.name, found.typed) else { continue };
            let marks = marks.into_iter().map(|(start, end)| (start + 1, end + 1)).collect();
            let insert = found.spaced(&label);
            let about = about(parameter);
            found.found.push((fit, Completion { insert, label, marks, kind: Kind::Parameter, about }));
        }
    }

    async fn value(
        &self,
        found: &mut Proposals<'_>,
        command: &str,
        parameter: Option<&str>,
        position: usize,
        given: &[String],
    ) {
        let all = self.parameters(command);
        let begins_so = |known: &&Parameter| parameter.is_some_and(|name| begins(&known.name, name));
        let is = |known: &&Parameter| {
            parameter.is_some_and(|name| {
                known.name.eq_ignore_ascii_case(name)
                    || known.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
            })
        };
        let named = all.iter().find(is).or_else(|| all.iter().find(begins_so)).filter(|p| !p.is_switch);
        let is_remote = self.imported().find(command).is_some();
        // Without a name it is the one at that place; of remote commands places are not known, but the first one is
        // what the command is about.
        let positional = || {
            let open = |known: &&Parameter| !given.iter().any(|name| known.name.eq_ignore_ascii_case(name));
            if is_remote {
                let first = all.iter().find(|known| known.name.eq_ignore_ascii_case("Identity"));
                first.filter(open).filter(|_| position == 0)
            } else {
                all.iter().find(|known| known.position == i32::try_from(position).ok())
            }
        };
        let Some(meant) = named.or_else(positional) else { return };
        found.in_order = true;
        for value in &meant.values {
            found.add(Kind::Value, value, value.to_string(), String::new);
        }
        let lower = meant.name.to_lowercase();
        if !is_remote && FILES.contains(&lower.as_str()) {
            self.files(found);
        }
        let wanted = named.is_some() || !found.typed.is_empty() || found.asked;
        if is_remote && wanted && meant.values.is_empty() {
            self.objects(found, &meant.name).await;
        }
    }

    /// Values that results have for a parameter.
    async fn objects(&self, found: &mut Proposals<'_>, parameter: &str) {
        let names_one = NAMING.contains(&parameter.to_lowercase().as_str());
        for seen in self.seen.results().into_iter().take(RESULTS) {
            let property = if names_one {
                NAMES.iter().find_map(|name| seen.property(name))
            } else {
                seen.property(parameter)
            };
            let Some(property) = property else { continue };
            let shown = seen.property("DisplayName").filter(|_| names_one).unwrap_or(property);
            let request = RowsRequest {
                request: 0,
                view: View { filter: found.typed.to_owned(), ..View::default() },
                columns: vec![property.to_owned(), shown.to_owned()],
                from: 0,
                count: OBJECTS,
            };
            let rows = self.store.rows(seen.result, request).await;
            let [values, shown, ..] = rows.columns.as_slice() else { continue };
            for row in 0..rows.rows.len() {
                let Cell::Text(value) = values.cell(row) else { continue };
                if value.is_empty() || value.len() > LONGEST || value.chars().any(char::is_control) {
                    continue;
                }
                let about = match shown.cell(row) {
                    Cell::Text(shown) if shown != value && shown.len() <= LONGEST => shown,
                    _ => String::new(),
                };
                found.add(Kind::Seen, &value, quoted(&value), || about);
            }
        }
    }

    fn properties(&self, found: &mut Proposals<'_>, upstream: &[String]) {
        by_alphabet(found, self.properties_of(upstream));
    }

    /// The properties of what comes out of the first of some commands and variables.
    fn properties_of(&self, upstream: &[String]) -> Vec<String> {
        match upstream.first() {
            Some(first) => match first.strip_prefix('$') {
                Some(variable) => self.properties_of_variable(variable),
                None => self.seen.properties(first),
            },
            None => Vec::new(),
        }
    }

    fn properties_of_variable(&self, name: &str) -> Vec<String> {
        let session = self.session();
        let variable = session.variables.iter().find(|variable| variable.name.eq_ignore_ascii_case(name));
        variable.map(|found| found.properties.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    fn members(&self, found: &mut Proposals<'_>, of: &MemberOf) {
        let all = match of {
            MemberOf::Pipeline(upstream) => self.properties_of(upstream),
            MemberOf::Variable(name, from) => {
                let own = self.properties_of_variable(name);
                if own.is_empty() { self.properties_of(from) } else { own }
            }
            MemberOf::Type(_) | MemberOf::Expression => Vec::new(),
        };
        by_alphabet(found, all);
    }

    fn variables(&self, found: &mut Proposals<'_>, scope: Option<&str>, known: &[String]) {
        let insert = |name: &str| match scope {
            Some(scope) => format!("${scope}:{name}"),
            None if name.chars().all(|c| c.is_alphanumeric() || "_:?^".contains(c)) => format!("${name}"),
            None => format!("${{{name}}}"),
        };
        for name in known {
            found.add(Kind::Variable, name, insert(name), String::new);
        }
        let session = self.session();
        let automatic = |name: &str| AUTOMATIC.iter().any(|own| own.eq_ignore_ascii_case(name));
        for variable in session.variables.iter().filter(|variable| !automatic(&variable.name)) {
            found.add(Kind::Variable, &variable.name, insert(&variable.name), || {
                variable.type_name.to_string()
            });
        }
        if scope.is_none() {
            for name in AUTOMATIC {
                found.add(Kind::Variable, name, insert(name), String::new);
            }
        }
    }

    fn files(&self, found: &mut Proposals<'_>) {
        let mut files = self.files.clone();
        for file in files.list() {
            found.add(Kind::File, &file.name, quoted(&file.name), String::new);
        }
    }
}

fn by_alphabet(found: &mut Proposals<'_>, mut properties: Vec<String>) {
    found.in_order = true;
    properties.sort_by_cached_key(|name| name.to_lowercase());
    for property in properties {
        found.add(Kind::Property, &property, quoted(&property), String::new);
    }
}

fn keys(found: &mut Proposals<'_>, known: &[String], is_argument: bool) {
    if is_argument {
        found.in_order = true;
        for key in CALCULATED.iter().filter(|key| !known.iter().any(|own| own.eq_ignore_ascii_case(key))) {
            found.add(Kind::Key, key, format!("{key} = "), String::new);
        }
    }
}

fn begins(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

fn about(parameter: &Parameter) -> String {
    let type_name = if parameter.is_switch { "" } else { parameter.type_name.as_str() };
    let mut about = match (type_name, parameter.about.as_str()) {
        ("", help) => help.to_owned(),
        (type_name, "") => format!("<{type_name}>"),
        (type_name, help) => format!("<{type_name}> {help}"),
    };
    if parameter.is_mandatory {
        about.push_str(" *");
    }
    about
}

/// The first names of a list, as parameters.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<String> = names.take(SHOWN).map(|name| format!("-{name}")).collect();
    names.join(" ")
}

/// A text as an argument: bare where that means the same.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-\\/:+".contains(c);
    let starts_well = text.chars().next().is_some_and(char::is_alphabetic);
    if starts_well && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_is_inserted_means_the_text() {
        assert_eq!(quoted("nora.fink"), "nora.fink");
        assert_eq!(quoted("Room 201"), "'Room 201'");
        assert_eq!(quoted("O'Neil"), "'O''Neil'");
        assert_eq!(quoted("$x"), "'$x'");
        assert_eq!(quoted("5GB"), "'5GB'");
        assert_eq!(quoted("a;b"), "'a;b'");
    }
}
