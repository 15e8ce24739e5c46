//! Installing what is missing: the wasm target, rustfmt and clippy, Chromium, Python peers.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::{Failed, root, run, succeeds};

const WASM: &str = "wasm32-unknown-unknown";
const REQUIREMENTS: &str = "relay/tests/peers/requirements.txt";
/// The accessibility checker, as npm names it.
const AXE: &str = "axe-core@4.11.0";
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What the tests find through environment variables.
pub(crate) struct TestTools {
    /// A Python with the foreign peers' packages.
    pub(crate) python: PathBuf,
    /// A Chromium.
    pub(crate) browser: PathBuf,
}

/// The target that the page is built for.
pub(crate) fn wasm_target() -> Result<(), Failed> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libraries = Command::new(rustc).args(["--print", "target-libdir", "--target", WASM]).output();
    let installed = libraries.is_ok_and(|output| {
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && Path::new(&folder).read_dir().is_ok_and(|mut files| files.next().is_some())
    });
    if installed {
        return Ok(());
    }
    eprintln!("xtask: adding the Rust target {WASM}");
    run(Command::new("rustup").args(["target", "add", WASM])).map_err(|Failed(why)| {
        Failed(format!(
            "the page needs the Rust target {WASM}. Install it with `rustup target add {WASM}`, or your \
             distribution's package for it ({why})"
        ))
    })
}

/// rustfmt and clippy.
pub(crate) fn components() -> Result<(), Failed> {
    if succeeds("cargo", &["fmt", "--version"]) && succeeds("cargo", &["clippy", "--version"]) {
        return Ok(());
    }
    run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]))
}

/// All that the tests need besides Rust.
pub(crate) fn for_tests() -> Result<TestTools, Failed> {
    axe();
    Ok(TestTools { python: peers()?, browser: browser()? })
}

/// The accessibility checker, into `target/axe`. Its test skips without it, so a machine without npm is no failure.
fn axe() {
    let folder = root().join("target/axe");
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == AXE) {
        return;
    }
    if !succeeds("npm", &["--version"]) {
        eprintln!(
            "xtask: there is no npm, so the accessibility tests skip (Debian and Ubuntu: `sudo apt-get install npm`)"
        );
        return;
    }
    eprintln!("xtask: installing {AXE} in target/axe");
    let install = ["install", "--no-save", "--no-audit", "--no-fund", "--silent", AXE, "--prefix"];
    let installed = std::fs::create_dir_all(&folder)
        .map_err(|why| Failed(why.to_string()))
        .and_then(|()| run(Command::new("npm").args(install).arg(&folder)));
    match installed {
        Ok(()) => drop(std::fs::write(&stamp, AXE)),
        Err(Failed(why)) => {
            eprintln!("xtask: {AXE} was not installed, so the accessibility tests skip ({why})");
        }
    }
}

/// A Chromium: `$CHROME`, one on the PATH, or, where we may, the distribution's package.
pub(crate) fn browser() -> Result<PathBuf, Failed> {
    if let Some(named) = env::var_os("CHROME") {
        return Ok(named.into());
    }
    let on_path = || BROWSERS.into_iter().find(|name| succeeds(name, &["--version"])).map(PathBuf::from);
    if let Some(found) = on_path() {
        return Ok(found);
    }
    let by_hand = "the browser tests need Chromium. Install it (Debian and Ubuntu: `sudo apt-get install chromium`; \
                   Fedora: `sudo dnf install chromium`; macOS: `brew install --cask chromium`), or name one in CHROME";
    if !apt(&["chromium"])? {
        return Err(Failed(by_hand.into()));
    }
    on_path().ok_or_else(|| Failed(by_hand.into()))
}

/// The Python of a virtual environment with the peers' packages, made anew when the requirements change.
pub(crate) fn peers() -> Result<PathBuf, Failed> {
    let folder = root().join("target/peers");
    let python = folder.join("bin/python");
    let wanted = std::fs::read_to_string(root().join(REQUIREMENTS))
        .map_err(|why| Failed(format!("cannot read {REQUIREMENTS}: {why}")))?;
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.exists() {
        return Ok(python);
    }
    eprintln!("xtask: making a Python environment for the foreign peers in target/peers");
    let _ = std::fs::remove_dir_all(&folder);
    let make = || run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let made = make().or_else(|failed| if apt(&["python3", "python3-venv"])? { make() } else { Err(failed) });
    made.map_err(|Failed(why)| {
        Failed(format!(
            "the foreign peers need Python 3.9 or later with its venv module (Debian and Ubuntu: \
             `sudo apt-get install python3-venv`) ({why})"
        ))
    })?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(root().join(REQUIREMENTS)))?;
    std::fs::write(&stamp, wanted)
        .map_err(|why| Failed(format!("cannot write {}: {why}", stamp.display())))?;
    Ok(python)
}

/// Installs Debian packages where there is an apt and we are root; `false` where not.
pub(crate) fn apt(packages: &[&str]) -> Result<bool, Failed> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root || !succeeds("apt-get", &["--version"]) {
        return Ok(false);
    }
    eprintln!("xtask: installing {}", packages.join(", "));
    run(Command::new("apt-get").args(["update", "--quiet=2"]))?;
    let install = ["install", "--quiet=2", "--yes", "--no-install-recommends"];
    run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(install).args(packages))?;
    Ok(true)
}
