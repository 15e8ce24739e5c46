//! The local session: PowerShell's language, around the remote commands.
//!
//! An Exchange session runs commands but no language, so variables, pipelines, functions and the usual cmdlets run
//! here, with the remote commands among them. [`Engine`] is one session: it keeps its variables from line to line,
//! runs on a thread of its own (it is not `Send`, and it blocks while it waits for the remote side), and reaches the
//! world through four doors only: [`host::Remote`], [`host::Workspace`], [`host::Host`] and [`host::Clixml`].
//!
//! | folder | is for |
//! | --- | --- |
//! | `value` | values with identity and mutability as PowerShell has them; remote objects stay as they came |
//! | `code` | the tree made ready to run: names interned, types resolved |
//! | `interp` | the interpreter: scopes, statements, expressions, the binder, pipelines, remote commands |
//! | `convert`, `ops` | conversions, arithmetic, comparison, patterns, formats |
//! | `members` | properties, methods and static members: the closed world's tables |
//! | `format` | objects as text: tables, lists, and which view an object has |
//! | `cmdlets` | the cmdlets, one file a family; how to add one is said there |
//! | `names` | what a session has by name, as plain data: for completion |
//! | `encoding`, `workspace` | encodings of files; a bounded workspace in memory that a page can share |
//!
//! Pipelines push: each object goes through all stages before the next one is made, so first results show before the
//! last arrive, and `Select-Object -First` stops the remote command upstream.
//!
//! This crate must not reach a file, a network, a process or the environment; all work is bounded by [`limits`].

#![allow(clippy::match_same_arms, reason = "tables of names and of types are read line by line")]
#![allow(clippy::unused_self, reason = "what an engine does, and the errors that it makes, are its methods")]
#![allow(clippy::struct_excessive_bools, reason = "PowerShell's declarations are flags")]
#![allow(clippy::unnecessary_wraps, reason = "functions of one table have one form")]
#![allow(clippy::format_push_string, reason = "where text is made piece by piece, the pieces are few")]

mod cmdlets;
mod code;
mod convert;
mod encoding;
pub mod format;
pub mod host;
mod interp;
pub mod limits;
mod members;
pub mod names;
mod ops;
pub mod value;
pub mod workspace;

pub use self::{
    code::{ScriptBlock, Source},
    interp::{Ended, Engine, Flow as Evaluated, RunOptions, Stop},
};
