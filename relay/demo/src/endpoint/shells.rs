//! The table of shells: who has how many, and which are forgotten.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use postern_shared::value::Uuid;
use postern_wsman::{
    envelope::{Fault, code, namespace},
    server::CreateShell,
};

use super::{Account, DemoOptions, presence::Presence, records::now, shell::Shell, too_many_sessions};
use crate::{
    cmdlet::Caller,
    cmdlets,
    organisation::{Options, Organisation},
};

/// Shells in all, whoever has them: each may hold some megabytes.
const MAX_SHELLS: usize = 64;

/// The shells of the endpoint.
pub(super) struct Shells {
    organisation: Arc<RwLock<Organisation>>,
    per_user: usize,
    table: Mutex<HashMap<String, Arc<Shell>>>,
}

/// A new random id.
pub(super) fn new_id() -> Uuid {
    Uuid::new_v4()
}

impl Shells {
    pub(super) fn new(options: &DemoOptions) -> Self {
        let organisation = Organisation::generate(Options { mailboxes: options.mailboxes, clock: now });
        let organisation = Arc::new(RwLock::new(organisation));
        Self { organisation, per_user: options.sessions_per_user, table: Mutex::default() }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Arc<Shell>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a shell, and opens its runspace pool with what the client sent.
    pub(super) fn create(
        &self,
        resource_uri: &str,
        session_id: Option<&str>,
        client_ip: &str,
        wanted: &CreateShell,
        user: &Account,
    ) -> Result<Arc<Shell>, Fault> {
        let configuration =
            resource_uri.strip_prefix(namespace::POWERSHELL).and_then(|name| name.strip_prefix('/'));
        if configuration.is_none_or(str::is_empty) {
            return Err(Fault::invalid_resource_uri(resource_uri));
        }
        let id = wanted.shell_id.unwrap_or_else(new_id).to_string().to_ascii_uppercase();
        let caller = Caller {
            user: user.name.as_str().into(),
            organisation: Arc::clone(&self.organisation),
            registry: cmdlets::ALL,
        };
        self.check_quotas(&id, user)?;
        let presence = Presence::new(resource_uri, wanted.name.as_deref(), client_ip, session_id);
        let shell = Shell::open(id.clone(), caller, presence, &wanted.creation_xml)?;
        let mut table = self.table();
        // Another request may have come in between.
        Self::check(&table, self.per_user, &id, user)?;
        table.insert(id, Arc::clone(&shell));
        tracing::info!(shell = shell.id(), user = %user.name, "Shell created");
        Ok(shell)
    }

    fn check_quotas(&self, id: &str, user: &Account) -> Result<(), Fault> {
        Self::check(&self.table(), self.per_user, id, user)
    }

    fn check(
        table: &HashMap<String, Arc<Shell>>,
        per_user: usize,
        id: &str,
        user: &Account,
    ) -> Result<(), Fault> {
        if table.contains_key(id) {
            return Err(Fault::invalid_parameter("A shell with this ShellId exists."));
        }
        if table.values().filter(|shell| shell.owner() == user.name).count() >= per_user {
            return Err(too_many_sessions(per_user));
        }
        if table.len() >= MAX_SHELLS {
            return Err(Fault::quota(
                code::QUOTA_SYSTEM,
                format!(
                    "The WS-Management service cannot process the request. It has {MAX_SHELLS} shells already."
                ),
            ));
        }
        Ok(())
    }

    /// The shell of that id, if it belongs to the user. Another's shell is as good as none.
    pub(super) fn find(&self, id: &str, user: &Account) -> Option<Arc<Shell>> {
        self.table().get(&id.to_ascii_uppercase()).filter(|shell| shell.owner() == user.name).cloned()
    }

    /// The user's shells.
    pub(super) fn of(&self, user: &Account) -> Vec<Arc<Shell>> {
        self.table().values().filter(|shell| shell.owner() == user.name).cloned().collect()
    }

    /// Deletes a shell and stops what runs in it.
    pub(super) fn delete(&self, shell: &Arc<Shell>) {
        self.table().remove(shell.id());
        shell.close();
        tracing::info!(shell = shell.id(), "Shell deleted");
    }

    /// Deletes the shells that no request has used for that long.
    pub(super) fn reap(&self, idle: Duration) {
        let now = Instant::now();
        let forgotten: Vec<_> = self
            .table()
            .values()
            .filter(|shell| {
                let allowed = shell.presence().idle_timeout().map_or(idle, |own| own.min(idle));
                shell.idle_at(now).is_some_and(|time| time >= allowed)
            })
            .cloned()
            .collect();
        for shell in forgotten {
            tracing::info!(shell = shell.id(), "Shell was idle for too long");
            self.delete(&shell);
        }
    }

    /// Deletes all shells.
    pub(super) fn close_all(&self) {
        let all: Vec<_> = self.table().drain().map(|(_, shell)| shell).collect();
        for shell in all {
            shell.close();
        }
    }
}
