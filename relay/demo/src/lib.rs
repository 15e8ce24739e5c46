//! A demo Exchange organisation behind a real WS-Management endpoint, for newcomers, tests and load runs.
//!
//! - [`cmdlet`]: what a cmdlet is, the parameter binder, what a running cmdlet can do.
//! - [`cmdlets`]: the cmdlets, a file a family.
//! - `endpoint`: HTTP, sign-in, shells and pipelines: [`serve`].
//! - [`organisation`]: the data; [`objects`]: the same as Exchange's objects; [`opath`]: the language of `-Filter`.
//!
//! This crate must not trust anything that a client sends, and it never holds a real secret: its passwords are
//! published. It is reached over loopback only.

pub mod cmdlet;
pub mod cmdlets;
mod endpoint;
pub mod objects;
pub mod opath;
pub mod organisation;

pub use self::endpoint::{Access, Account, DemoOptions, FaultSwitch, Faults, NoFaultSwitch, serve};
