//! `postern run`: scripts without a browser.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn postern(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_postern"))
        .arg("run")
        .args(arguments)
        .stdin(Stdio::null())
        .env_remove("POSTERN_PASSWORD")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_command_prints_what_a_console_prints() {
    let ran = postern(&[
        "--demo",
        "-c",
        "Get-Mailbox nora.fink | Format-List Alias; Write-Host hello; Write-Warning careful",
    ]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    assert_eq!(text(&ran.stdout).trim(), "Alias : nora.fink\n\nhello", "{}", text(&ran.stdout));
    assert!(text(&ran.stderr).contains("WARNING: careful"));
}

#[test]
fn the_exit_code_says_how_it_ended() {
    assert_eq!(postern(&["--demo", "-c", "exit 3"]).status.code(), Some(3));
    let failed = postern(&["--demo", "-c", "throw 'no'; 'never'"]);
    assert_eq!((failed.status.code(), text(&failed.stdout).as_str()), (Some(1), ""));
    assert_eq!(postern(&["--demo", "-c", "Get-Nonsense"]).status.code(), Some(1));
    assert_eq!(postern(&["--demo", "-c", "if ("]).status.code(), Some(1));
    let refused = postern(&["--endpoint", "http://127.0.0.1:9/", "--user", "nobody", "-c", "1"]);
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("password"),
        "{}",
        text(&refused.stderr)
    );
}

#[test]
fn lines_of_json_tell_everything() {
    let ran = postern(&[
        "--demo",
        "--json",
        "-c",
        "Get-Mailbox nora.fink | Select-Object Alias; Get-Mailbox no.one; 7",
    ]);
    let lines: Vec<serde_json::Value> =
        text(&ran.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["value"]["Alias"], "nora.fink");
    assert_eq!(lines[1]["type"], "error");
    assert_eq!(lines[2]["value"], 7);
    assert_eq!((lines[3]["type"].as_str(), lines[3]["state"].as_str()), (Some("ended"), Some("completed")));
}

#[test]
fn files_stay_in_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("files");
    let given = workspace.to_str().unwrap();
    let ran = postern(&[
        "--demo",
        "--workspace",
        given,
        "-c",
        "Get-Mailbox nora.fink | Select-Object Alias | Export-Csv out.csv",
    ]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    assert_eq!(
        fs::read_to_string(workspace.join("out.csv")).unwrap().replace('\r', ""),
        "\"Alias\"\n\"nora.fink\"\n"
    );
    fs::write(folder.path().join("outside.txt"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), workspace.join("way-out")).unwrap();
    for name in ["..\\outside.txt", "/etc/hostname", "way-out/outside.txt"] {
        let ran = postern(&["--demo", "--workspace", given, "-c", &format!("Get-Content '{name}'")]);
        assert!(
            !text(&ran.stdout).contains("secret") && !ran.stderr.is_empty(),
            "{name}: {}",
            text(&ran.stdout)
        );
        let ran = postern(&["--demo", "--workspace", given, "-c", &format!("Set-Content '{name}' changed")]);
        assert!(!ran.stderr.is_empty(), "{name}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("outside.txt")).unwrap(), "secret");
}

/// Scripts that go on for ever here, since what they wait for is not in the demo organisation.
const ENDLESS: [&str; 2] = ["42-move-requests", "49-compliance-search"];
/// Scripts that name a command that no Exchange server of this kind has.
const NOT_THERE: [&str; 1] = ["38-exo-property-sets"];

/// Every script of the collection but those above runs to its end; errors are those of the server.
#[test]
fn scripts_run_to_their_end() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/tests/scripts");
    let mut names: Vec<PathBuf> = fs::read_dir(&scripts)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ps1"))
        .collect();
    names.sort();
    assert!(names.len() >= 36, "{}", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ENDLESS.contains(&name.as_str()) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        copy(&scripts.join("data"), &folder.path().join("data"));
        let workspace = folder.path().to_str().unwrap();
        let ran = postern(&["--demo", "--json", "--workspace", workspace, path.to_str().unwrap()]);
        let lines: Vec<serde_json::Value> =
            text(&ran.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let own = lines.iter().filter(|line| line["type"] == "error").filter(|line| {
            // The server's own ids end in its command's class.
            let code = line["error"]["code"].as_str().unwrap_or_default();
            !code.contains(",Microsoft.Exchange.") && !code.contains("Exchange")
        });
        let own: Vec<String> = own.map(|line| line["error"]["what"].to_string()).collect();
        let ended = lines.last().is_some_and(|line| line["type"] == "ended" && line["state"] != "stopped");
        if !ended || !own.is_empty() && !NOT_THERE.contains(&name.as_str()) {
            wrong.push(format!("{name}: {own:?} {}", text(&ran.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
