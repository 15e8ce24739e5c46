//! Running all tests and adding up what they say.

use std::{
    env,
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::{
    process::{Failed, cannot_start, cargo},
    setup,
};

/// What cargo's test binaries counted.
#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Sets up, runs every test of the workspace and closes with `N passed, N failed`.
pub(crate) fn all(arguments: &[String]) -> Result<(), Failed> {
    setup::wasm_target()?;
    let tools = setup::for_tests()?;
    if env::var_os("POSTERN_POWERSHELL_PEER").is_none() {
        eprintln!(
            "xtask: POSTERN_POWERSHELL_PEER is not set: the tests against PowerShell itself skip (see \
             relay/tests/peers/README.md)"
        );
    }
    let mut command = cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]);
    command.args(arguments).env("POSTERN_PEERS_PYTHON", &tools.python).env("CHROME", &tools.browser);
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|why| cannot_start(command.get_program(), &why))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = child.wait().map_err(|why| Failed(format!("cargo test: {why}")))?;
    let Counts { passed, failed, skipped } = counts;
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    println!("\n{passed} passed, {failed} failed{skipped}");
    if status.success() { Ok(()) } else { Err(Failed(format!("cargo test failed: {status}"))) }
}

impl Counts {
    /// Adds `test result: ok. 7 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some((_, result)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in result.split("; ") {
            let Some((number, what)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 6 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.07s",
        ] {
            counts.add(line);
        }
        assert_eq!((counts.passed, counts.failed, counts.skipped), (13, 2, 1));
    }
}
