//! A script without a page: a session that is opened, runs one text and is closed.

use std::sync::{Arc, RwLock};

use postern_engine::{RunOptions, host::Workspace};
use postern_shared::wire::Failure;
use tokio_util::sync::CancellationToken;

use super::{
    connect::{Opening, connect},
    failure,
    import::import,
    local::{Done, Local, Screen, Setting},
    log::{Log, LogLimits},
    prompt::console,
};
use crate::store::{Budget, Store};

/// Memory for what the script's variables hold.
const MEMORY: usize = 2 << 30;

/// What to run.
pub(crate) struct Script {
    pub(crate) text: String,
    /// Whether it runs on the server, in the server's own language.
    pub(crate) is_remote: bool,
    pub(crate) options: RunOptions,
    pub(crate) workspace: Box<dyn Workspace + Send>,
}

/// Opens a session, runs a script in it and removes the session. `screen` shows the output; `stop` stops the script.
///
/// # Errors
/// If the session cannot be opened; nothing has run then.
pub(crate) async fn run_script(
    opening: Opening,
    script: Script,
    screen: Box<dyn Screen + Send>,
    stop: CancellationToken,
) -> Result<Done, Box<Failure>> {
    // What is said while the session opens is said by its failure.
    let log = Log::new(LogLimits { events: 10_000, bytes: 1 << 20 });
    let connected = tokio::select! {
        connected = connect(&opening, &log) => connected?,
        () = stop.cancelled() => return Err(Box::new(failure::of_leave(super::control::Leave::SignedOut))),
    };
    let remote = Arc::new(connected);
    let host = opening.host();
    let imported = tokio::select! {
        imported = import(&remote, &host, |_, _| {}) => imported.map_err(Box::new),
        () = stop.cancelled() => Err(Box::new(failure::of_leave(super::control::Leave::SignedOut))),
    };
    let ran = match imported {
        Ok(imported) => {
            let data = remote.details().application_private_data;
            let local = Local::start(Setting {
                remote: Arc::clone(&remote),
                catalog: Arc::new(RwLock::new(imported.catalog)),
                views: Arc::new(RwLock::new(imported.views)),
                facts: opening.facts(),
                console: console(),
                store: Store::new(MEMORY, Budget::new(MEMORY)),
                workspace: script.workspace,
                nameable: None,
                computer: data.get("ComputerName").map(ToString::to_string).unwrap_or_default(),
            });
            match local {
                Ok(local) => {
                    let mut done = if script.is_remote {
                        local.run_remote(script.text, screen)
                    } else {
                        local.run(script.text, script.options, screen)
                    };
                    let ended = tokio::select! {
                        ended = &mut done => ended,
                        () = stop.cancelled() => {
                            local.stop();
                            done.await
                        }
                    };
                    ended.map_err(|_| Box::new(failure::relay_fault()))
                }
                Err(error) => {
                    tracing::error!(%error, "No thread for an engine");
                    Err(Box::new(failure::relay_fault()))
                }
            }
        }
        Err(failure) => Err(failure),
    };
    // Bounded in time, whatever the server does.
    remote.close().await;
    ran
}
