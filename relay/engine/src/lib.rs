//! The local session: what PowerShell would run on the administrator's own machine, around the remote commands.
//!
//! An Exchange session runs commands but no language, so the stages behind a remote command (`Where-Object`,
//! `Select-Object`, …) run here, on the objects as they arrive. [`Plan`] compiles a command line into one remote
//! command and its local stages, and streams objects through them.
//!
//! Where this differs from PowerShell it says so: what is not built yet is a [`Failure`] that names the construct and
//! its place. Nothing is silently different, but for one thing that administrators rely on: a deserialized enum
//! equals its name, and an object with a text of its own, such as a size or a quota, equals that text.
//!
//! This crate must not reach a file, a network, a process or the environment; all work is bounded by [`limits`].
//!
//! [`Failure`]: postern_shared::wire::Failure

mod error;
mod eval;
pub mod limits;
mod plan;
mod stages;

pub use self::plan::{Flow, Plan, RemoteCommand};
