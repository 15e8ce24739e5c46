//! `cargo xtask fuzz`: looks for bytes that break something.
//!
//! libFuzzer drives the targets of the crate `fuzz`, built with the coverage instrumentation that the compiler in use
//! has; no other toolchain and no tool is installed. What was found before is in `fuzz/corpus`, and `cargo xtask test`
//! runs all of it.

use std::{env, fs, path::Path, process::Command};

use crate::{
    process::{Failed, cargo, root, run, succeeds},
    setup,
};

/// Seconds for a target unless a number is given.
const SECONDS: u64 = 600;

/// What makes the compiler count which code runs, and tell libFuzzer what is compared.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// `fuzz`, `fuzz TARGET [SECONDS]`, `fuzz all [SECONDS]`, `fuzz keep TARGET`.
pub(crate) fn all(arguments: &[String]) -> Result<(), Failed> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => run(corpus(&["list"])),
        ["keep", target] => keep(target),
        [target] => fuzz(target, SECONDS),
        [target, seconds] => {
            let seconds =
                seconds.parse().map_err(|_| Failed(format!("'{seconds}' is no number of seconds")))?;
            fuzz(target, seconds)
        }
        _ => Err(Failed("cargo xtask fuzz [TARGET | all] [SECONDS], or cargo xtask fuzz keep TARGET".into())),
    }
}

/// The helper that knows the targets and their inputs.
fn corpus(arguments: &[&str]) -> Command {
    let mut command =
        cargo(&["run", "--quiet", "--locked", "--package", "postern-fuzz", "--bin", "corpus", "--"]);
    command.args(arguments);
    command
}

fn targets() -> Result<Vec<String>, Failed> {
    let output =
        corpus(&["list"]).output().map_err(|why| Failed(format!("cannot list the targets: {why}")))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn fuzz(target: &str, seconds: u64) -> Result<(), Failed> {
    let known = targets()?;
    let chosen: Vec<&String> = known.iter().filter(|known| target == "all" || *known == target).collect();
    if chosen.is_empty() {
        return Err(Failed(format!("there is no target '{target}'; there are: all, {}", known.join(", "))));
    }
    let program = build()?;
    for target in chosen {
        let (folder, dictionary) = unpack(target)?;
        let found = format!("fuzz/found/{target}");
        fs::create_dir_all(root().join(&found))
            .map_err(|why| Failed(format!("cannot make {found}: {why}")))?;
        eprintln!("xtask: fuzzing {target} for {seconds} s");
        let mut fuzzer = fuzzer(&program, target);
        fuzzer.arg(format!("-max_total_time={seconds}")).args(["-timeout=10", "-rss_limit_mb=1024"]);
        fuzzer.arg("-print_final_stats=1").arg(format!("-artifact_prefix={found}/")).arg(&folder);
        if fs::metadata(root().join(&dictionary)).is_ok_and(|file| file.len() > 0) {
            fuzzer.arg(format!("-dict={dictionary}"));
        }
        run(fuzzer).map_err(|Failed(why)| {
            Failed(format!(
                "{why}\n\nThe input is in {found}. `cargo test -p postern-fuzz` repeats it; leave it there once it is fixed."
            ))
        })?;
        // Nothing was found, so the folder is only kept if it was there before.
        let _ = fs::remove_dir(root().join(&found));
    }
    Ok(())
}

/// Makes the packed corpus of what the folder of the last runs holds: the fewest and shortest inputs that together run
/// the same code.
fn keep(target: &str) -> Result<(), Failed> {
    let program = build()?;
    let (folder, _) = unpack(target)?;
    let merged = format!("target/fuzz/merged/{target}");
    let _ = fs::remove_dir_all(root().join(&merged));
    fs::create_dir_all(root().join(&merged)).map_err(|why| Failed(format!("cannot make {merged}: {why}")))?;
    run(fuzzer(&program, target).args(["-merge=1", "-max_len=2048", &merged, &folder]))?;
    run(corpus(&["pack", target, &merged]))
}

/// Folder of the inputs of a target, and its dictionary, with what the repository has in them.
fn unpack(target: &str) -> Result<(String, String), Failed> {
    let folder = format!("target/fuzz/corpus/{target}");
    let dictionary = format!("target/fuzz/corpus/{target}.dict");
    run(corpus(&["unpack", target, &folder, &dictionary]))?;
    Ok((folder, dictionary))
}

fn fuzzer(program: &Path, target: &str) -> Command {
    let mut fuzzer = Command::new(program);
    fuzzer.current_dir(root()).env("POSTERN_FUZZ_TARGET", target);
    fuzzer
}

/// Builds the fuzzer; it is a program of C++ with our code in it.
fn build() -> Result<std::path::PathBuf, Failed> {
    if env::var_os("CXX").is_none() && !succeeds("c++", &["--version"]) && !setup::apt(&["g++"])? {
        let by_hand =
            "fuzzing needs a C++ compiler, for libFuzzer (Debian and Ubuntu: `sudo apt-get install g++`)";
        return Err(Failed(by_hand.into()));
    }
    let version = Command::new("rustc").arg("-vV").output();
    let version = version.map_err(|why| Failed(format!("cannot start rustc: {why}")))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failed("rustc does not say what it builds for".into()))?;
    eprintln!("xtask: building the fuzzer; the first time this takes a few minutes");
    // With a target named, build scripts and macros are not instrumented.
    let build = ["build", "--locked", "--profile", "fuzz", "--package", "postern-fuzz", "--bin", "fuzz"];
    let rest = ["--features", "libfuzzer", "--target", host, "--target-dir", "target/fuzz"];
    run(cargo(&build).args(rest).env("RUSTFLAGS", INSTRUMENTATION))?;
    Ok(root().join("target/fuzz").join(host).join("fuzz/fuzz"))
}
