//! The `postern` program.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    postern::cli::run(postern::cli::Cli::parse())
}
