//! What could stand at the cursor of the page's editor.
//!
//! It is answered from what the relay knows by then: the imported commands, the local declarations, a snapshot of the
//! session's variables and functions as they were when the last line ended, the results, and the workspace. Nothing asks
//! the remote side, and nothing waits for a line that runs.

mod known_values;
mod propose;
mod rank;
mod seen;

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use postern_engine::{
    names::{self, Command, Names, Parameter},
    workspace::MemoryWorkspace,
};
use postern_shared::{
    syntax::complete::{context, gives},
    wire::{BlockId, Completions, ResultId},
};

use self::seen::Seen;
use super::catalog::Catalog;
use crate::store::Store;

/// Longest text that is looked at; one that is longer is a script that was pasted.
const LONGEST_TEXT: usize = 64 << 10;

/// The cmdlets, which are the same in every session.
static CMDLETS: LazyLock<Vec<Command>> = LazyLock::new(names::cmdlets);

/// What a session has by name.
pub(crate) struct Nameable {
    /// The remote side's commands.
    pub(crate) catalog: Arc<RwLock<Arc<Catalog>>>,
    /// Functions and variables, as they were when the last line ended.
    session: RwLock<Arc<Names>>,
    seen: Seen,
    store: Arc<Store>,
    files: MemoryWorkspace,
}

impl Nameable {
    /// Of a session that has nothing yet.
    pub(crate) fn new(store: Arc<Store>, files: MemoryWorkspace) -> Self {
        Self { catalog: Arc::default(), session: RwLock::default(), seen: Seen::default(), store, files }
    }

    /// What the engine has by now.
    pub(crate) fn set(&self, names: Names) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
    }

    /// A line begins to run.
    pub(crate) fn begin(&self, block: BlockId, line: &str) {
        if line.len() <= LONGEST_TEXT {
            self.seen.begin(block, gives(line));
        }
    }

    /// It gives objects of a kind.
    pub(crate) fn saw(&self, block: BlockId, result: ResultId, type_name: &str, properties: &[String]) {
        self.seen.saw(block, result, type_name, properties);
    }

    /// What could stand at a cursor.
    pub(crate) async fn complete(&self, text: &str, cursor: u32, asked: bool) -> Completions {
        let cursor = cursor as usize;
        if text.len() > LONGEST_TEXT || cursor > text.len() {
            return Completions::default();
        }
        let context = context(text, cursor);
        let behind = text.get(context.span.end as usize..).and_then(|rest| rest.chars().next());
        let mut found = propose::Proposals::new(&context.typed, behind, asked);
        self.propose(&context.target, &mut found).await;
        Completions { from: context.span.start, to: context.span.end, items: found.ranked() }
    }

    /// The commands that were imported.
    pub(crate) fn imported(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn session(&self) -> Arc<Names> {
        Arc::clone(&self.session.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The parameters of a command, whatever its name means.
    fn parameters(&self, command: &str) -> Vec<Parameter> {
        let session = self.session();
        let mut name = command.to_owned();
        // An alias may mean an alias; some steps are enough, and end where they turn in a circle.
        for _ in 0..4 {
            let known = session.commands.iter().chain(CMDLETS.iter());
            match known.into_iter().find(|known| known.name.eq_ignore_ascii_case(&name)) {
                Some(alias) if alias.kind == names::CommandKind::Alias => name = alias.about.to_string(),
                Some(found) => return found.parameters.clone(),
                None => break,
            }
        }
        let catalog = self.imported();
        let Some(command) = catalog.find(&name) else { return Vec::new() };
        let remote = |parameter: &postern_engine::host::RemoteParameter| Parameter {
            name: parameter.name.clone(),
            aliases: parameter.aliases.clone(),
            type_name: known_values::short(&parameter.type_name).into(),
            is_switch: parameter.is_switch,
            values: known_values::of(&parameter.name, &parameter.type_name),
            ..Parameter::default()
        };
        command.parameters.iter().map(remote).collect()
    }
}
