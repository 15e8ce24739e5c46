//! Starting other programs.

use std::{borrow::BorrowMut, env, ffi::OsStr, path::PathBuf, process::Command};

/// Why a command of ours failed, for the user.
pub(crate) struct Failed(pub(crate) String);

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The cargo that runs us, in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo tells a program that it runs would make the build scripts below run again for nothing.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a program to its end, with our own standard streams.
pub(crate) fn run(mut command: impl BorrowMut<Command>) -> Result<(), Failed> {
    let command = command.borrow_mut();
    let status = command.status().map_err(|why| cannot_start(command.get_program(), &why))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("{} failed: {status}", line(command)))) }
}

/// Whether a program starts and succeeds; what it prints is dropped.
pub(crate) fn succeeds(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

pub(crate) fn cannot_start(program: &OsStr, why: &std::io::Error) -> Failed {
    Failed(format!("cannot start {}: {why}", program.to_string_lossy()))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
