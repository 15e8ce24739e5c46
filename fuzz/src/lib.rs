//! Fuzz targets: everything that reads bytes of a peer, with what must hold whatever they are.
//!
//! A target is a function of bytes that panics when something does not hold. `cargo xtask fuzz TARGET` looks for such
//! bytes; `tests/corpus.rs` gives each target the inputs that were found so far. Nothing here is about one fuzzer.

pub mod clixml;
pub mod corpus;
pub mod envelope;
pub mod fragments;
pub mod language;
pub mod pools;
pub mod wire;

/// Something to fuzz.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name on the command line and in the corpus.
    pub name: &'static str,
    /// Runs it; panics if an input does what it may not.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that its inputs are made of.
    pub words: &'static [&'static str],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "clixml", run: clixml::run, seeds: clixml::seeds, words: clixml::WORDS },
    Target { name: "fragments", run: fragments::run, seeds: fragments::seeds, words: &[] },
    Target { name: "client", run: pools::client, seeds: pools::client_seeds, words: clixml::WORDS },
    Target { name: "server", run: pools::server, seeds: pools::server_seeds, words: clixml::WORDS },
    Target { name: "envelope", run: envelope::run, seeds: envelope::seeds, words: envelope::WORDS },
    Target { name: "wire", run: wire::run, seeds: wire::seeds, words: &[] },
    Target { name: "language", run: language::run, seeds: language::seeds, words: language::WORDS },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
