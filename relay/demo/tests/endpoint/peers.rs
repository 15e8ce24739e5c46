//! Foreign clients against the endpoint: pypsrp, and PowerShell itself.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, Stdio},
};

use postern_demo::DemoOptions;

use crate::Demo;

/// The program that a variable names; says that the test skips where it is not set.
fn program(variable: &str, what: &str) -> Option<OsString> {
    let program = std::env::var_os(variable);
    if program.is_none() {
        eprintln!("skipped: {variable} is not set, which names {what}");
    }
    program
}

/// Runs a client and expects its closing line.
async fn expect(mut command: Command, closing: &str) {
    let output =
        tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.trim_end().ends_with(closing), "{text}\n{errors}");
}

#[tokio::test]
async fn pypsrp_passes_its_checks() {
    let Some(python) = program("POSTERN_PEERS_PYTHON", "a Python with pypsrp") else { return };
    let demo = Demo::start(DemoOptions::default()).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers/pypsrp_check.py");
    let mut command = Command::new(python);
    command.arg(script).args([
        "--port",
        &demo.address.port().to_string(),
        "--user",
        "admin",
        "--password",
        "demo",
    ]);
    expect(command, "11 passed, 0 failed").await;
    demo.stop().await;
}

/// WIRE 25 and 33: PowerShell's client answers with secrets under the session key that the endpoint made.
#[tokio::test]
async fn wire_25_33_powershells_own_client_sends_secrets() {
    let Some(peer) = program("POSTERN_POWERSHELL_PEER", "PowerShell's client") else { return };
    let demo = Demo::start(DemoOptions::default()).await;
    let uri = format!("http://{}/powershell/", demo.address);
    // What PowerShell's client was told of the secret that it had sent: the engine prints it in hexadecimal UTF-16.
    let expected = "7300e9006300720065007400";
    for run in ["Get-Credential", "Read-Host -AsSecureString"] {
        let mut command = Command::new(&peer);
        command.args(["client", "--uri", &uri, "--user", "admin", "--password", "demo", "--run", run]);
        let output = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output());
        let output = output.await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains(expected), "{run}: {text}");
    }
    demo.stop().await;
}

#[tokio::test]
async fn powershells_own_client_passes_its_checks() {
    let Some(peer) = program("POSTERN_POWERSHELL_PEER", "PowerShell's client") else { return };
    let demo = Demo::start(DemoOptions::default()).await;
    let uri = format!("http://{}/powershell/", demo.address);
    let mut command = Command::new(peer);
    command.args(["client", "--uri", &uri, "--user", "admin", "--password", "demo"]);
    expect(command, "22 passed, 0 failed").await;
    demo.stop().await;
}
