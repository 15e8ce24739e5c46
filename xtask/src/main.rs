//! `cargo xtask`: sets Postern up, runs it, tests it.
//!
//! Every command installs what it needs and says so, or says exactly what to install by hand. This crate has no
//! dependencies, so that the first command starts at once, and it must not know the inside of any other crate: it
//! starts programs.

mod bench;
mod fuzz;
mod process;
mod setup;
mod test;

use std::{env, process::ExitCode};

use process::{Failed, cargo, run};

const HELP: &str = "\
cargo xtask COMMAND

  run [ARGUMENT...]   build page and relay, then serve the demo organisation on http://127.0.0.1:8180/;
                      arguments go to `postern serve --demo`, for example --demo-mailboxes 100000
  test [ARGUMENT...]  install what the tests need, then run all of them; arguments go to `cargo test`
  ci                  formatting and lints, then `test`
  bench [NAME...] [MAILBOXES]
                      measure: decode, encode, fetch (CLIXML and whole fetches, against a bare scan of the same bytes
                      and other clients), language (scripts), grid (questions about a large result), page (its size
                      and when it can be used), editor (typing), large (a large result in a real browser, 100,000
                      mailboxes unless a number is given)
  fuzz [TARGET | all] [SECONDS]
                      look for bytes that break something; without a target, list them
  fuzz keep TARGET    keep what fuzzing found worth keeping in the repository
  conformance FILE... run files of conformance cases (one JSON object a line), print the ids that fail with what
                      was expected and what came, and end with `N passed, N failed`
  pictures            take the README's pictures of the demo again
  setup               install what `run` and `test` need, and do nothing else
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match command.as_str() {
        "run" => serve(&rest),
        "test" => test::all(&rest),
        "ci" => ci(),
        "bench" => bench::all(&rest),
        "fuzz" => fuzz::all(&rest),
        "conformance" => conformance(&rest),
        "pictures" => pictures(),
        "setup" => setup::wasm_target().and_then(|()| setup::for_tests().map(drop)),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failed(format!("there is no command '{other}'\n\n{HELP}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Builds everything in release and serves the demo; ends when the relay does.
fn serve(arguments: &[String]) -> Result<(), Failed> {
    setup::wasm_target()?;
    eprintln!("xtask: building page and relay; the first time this takes a few minutes");
    run(cargo(&["build", "--release", "--locked", "--package", "postern"]))?;
    run(cargo(&["run", "--quiet", "--release", "--locked", "--package", "postern", "--", "serve", "--demo"])
        .args(arguments))
}

/// Runs files of conformance cases; their names are relative to where we were started.
fn conformance(files: &[String]) -> Result<(), Failed> {
    if files.is_empty() {
        return Err(Failed("conformance needs at least one file of cases".into()));
    }
    let here = env::current_dir().map_err(|why| Failed(format!("there is no current folder: {why}")))?;
    let checker = ["run", "--quiet", "--locked", "--package", "postern-conformance", "--"];
    run(cargo(&checker).args(files.iter().map(|file| here.join(file))))
}

/// Takes the pictures in docs/ again.
fn pictures() -> Result<(), Failed> {
    setup::wasm_target()?;
    let browser = setup::browser()?;
    run(cargo(&["bench", "--locked", "--package", "postern", "--bench", "pictures"]).env("CHROME", browser))
}

/// What continuous integration runs.
fn ci() -> Result<(), Failed> {
    setup::wasm_target()?;
    setup::components()?;
    run(cargo(&["fmt", "--all", "--check"]))?;
    // The page once more for the target that it is built for: code behind `cfg` differs.
    let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    run(cargo(&clippy))?;
    let page = ["clippy", "--locked", "--package", "postern-frontend", "--target", "wasm32-unknown-unknown"];
    run(cargo(&page).args(["--target-dir", "target/frontend", "--", "--deny", "warnings"]))?;
    test::all(&[])
}
