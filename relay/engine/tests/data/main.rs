//! Cmdlets that work on data and files, through the engine's front door: a script, and what it gives.

mod csv;
mod files;
mod json;
mod objects;
mod session;
mod text;
