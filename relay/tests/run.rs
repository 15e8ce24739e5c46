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

/// Takes some minutes: the demo's mailboxes are moved in real time.
const LONG: &str = "42-move-requests";

/// What is true after each script of the collection: an expression, with what the script gave in `$result`, and the text
/// of its value.
const AFTER: &[(&str, &str, &str)] = &[
    ("01", "$result.Count", "300"),
    (
        "02",
        "(Import-Csv mailboxes.csv).Count -eq (Get-Mailbox -ResultSize Unlimited -RecipientTypeDetails UserMailbox).Count",
        "True",
    ),
    ("03", "($result | Out-String) -match 'Nora Fink +Lindau'", "True"),
    ("05", "($result | Out-String).Trim().Split(\"`n\").Count", "12"),
    (
        "07",
        "@(Import-Csv data/grants.csv | % { $to = $_.Delegate; Get-MailboxPermission $_.Target | ? { \"$($_.User)\" -like \"*$to\" -and \"$($_.AccessRights)\" -match 'FullAccess' } }).Count",
        "2",
    ),
    ("08", "(Get-RecipientPermission billing).Trustee -contains 'nora.fink@klinik-auer.example'", "True"),
    (
        "09",
        "@(Get-CASMailbox -Filter \"ImapEnabled -eq 'true' -or PopEnabled -eq 'true'\" -ResultSize Unlimited).Count",
        "0",
    ),
    (
        "10",
        "(Import-Csv forwarding.csv).Count -eq @(Get-Mailbox -ResultSize Unlimited | ? { $_.ForwardingSmtpAddress -or $_.ForwardingAddress }).Count",
        "True",
    ),
    ("11", "(Get-Mailbox jens.opitz).ForwardingSmtpAddress -match 'privat.example'", "True"),
    (
        "13",
        "@(Get-Mailbox -ResultSize Unlimited -Filter \"CustomAttribute1 -eq 'Legal' -and LitigationHoldEnabled -eq 'false'\").Count",
        "0",
    ),
    ("14", "@(Get-MailboxPermission ward7 | ? { \"$($_.User)\" -match 'tina.bruhl|omar.said' }).Count", "2"),
    ("15", "(Get-Mailbox max.ohm).RecipientTypeDetails", "SharedMailbox"),
    (
        "17",
        "\"$($result.Count) $(@($result | ? { @(Get-DistributionGroupMember $_.Name -WarningAction SilentlyContinue).Count }).Count)\"",
        "4 0",
    ),
    ("18", "$result[-1] -eq @(Get-DistributionGroupMember 'Fire Wardens').Count", "True"),
    (
        "19",
        "$result.Count - 1 -eq @(Get-User -ResultSize Unlimited -RecipientTypeDetails UserMailbox | % { Get-Mailbox \"$($_.Identity)\" } | ? CustomAttribute8 -eq N).Count",
        "True",
    ),
    (
        "20",
        "@(Get-Mailbox -RecipientTypeDetails RoomMailbox | % { Get-MailboxFolderPermission \"$($_.Alias):\\Calendar\" -User Default } | ? { \"$($_.AccessRights)\" -ne 'LimitedDetails' }).Count",
        "0",
    ),
    ("22", "($result | Out-String) -notmatch 'Delivered'", "True"),
    ("23", "(Import-Csv trace.csv).Count -gt 2000", "True"),
    ("25", "(Get-TransportRule 'Outside banner').Priority", "0"),
    ("26", "($result | Out-String) -match 'Warnhinweis extern'", "True"),
    (
        "27",
        "@(Get-QuarantineMessage -SenderAddress newsletter@medtech.example -ReleaseStatus Released).Count",
        "1",
    ),
    ("29", "($result | Out-String) -match 'Count Name'", "True"),
    ("30", "(Get-MailboxAutoReplyConfiguration uwe.lang).AutoReplyState", "Scheduled"),
    (
        "32",
        "@(Get-User -Filter \"Department -eq 'Cardiology'\" -RecipientTypeDetails UserMailbox | ? { \"$((Get-Mailbox \"$($_.Identity)\").EmailAddresses)\" -notmatch '@herz.klinik-auer.example' }).Count",
        "0",
    ),
    ("35", "$result[0].Name", "Ward 7"),
    (
        "37",
        "\"$($result.Count) $($result[0].Items -eq (Get-MailboxStatistics $result[0].Name).ItemCount)\"",
        "20 True",
    ),
    ("38", "(Import-Csv holds.csv).Count", "300"),
    ("41", "($result | Out-String) -match 'MBX-DB03'", "True"),
    ("43", "(Get-Content exo-snapshot.json -Raw | ConvertFrom-Json).Org.Name", "KlinikAuer"),
    ("48", "$result[0] -match 'equal True'", "True"),
    ("49", "(Get-ComplianceSearch).Status", "Completed"),
    ("51", "$result[-1]", "0.07 GB"),
    ("53", "$result.Count", "0"),
    (
        "54",
        "$keep = (Get-RoleGroupMember 'Organization Management').Name; @(Get-User -ResultSize Unlimited -Filter \"RemotePowerShellEnabled -eq 'true' -and RecipientType -eq 'UserMailbox'\" | ? { $_.Name -notin $keep }).Count",
        "0",
    ),
    ("56", "\"$($result[-1])\"", "klinik-auer.example"),
];

/// Every script of the collection runs to its end with the result that it means; errors are those of the server.
#[test]
fn scripts_do_what_they_mean() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/tests/scripts");
    let mut names: Vec<PathBuf> = fs::read_dir(&scripts)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ps1"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 36);
    let mut wrong = Vec::new();
    for path in names {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == LONG {
            continue;
        }
        let (_, check, expected) =
            AFTER.iter().find(|(number, ..)| name.starts_with(number)).unwrap_or_else(|| panic!("{name}"));
        let folder = tempfile::tempdir().unwrap();
        copy(&scripts.join("data"), &folder.path().join("data"));
        let script = fs::read_to_string(&path).unwrap();
        let file = folder.path().join("script.ps1");
        fs::write(&file, format!("$result = @(& {{\n{script}\n}})\n{check}\n")).unwrap();
        let workspace = folder.path().to_str().unwrap();
        let ran = postern(&["--demo", "--json", "--workspace", workspace, file.to_str().unwrap()]);
        let lines: Vec<serde_json::Value> =
            text(&ran.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let own = lines.iter().filter(|line| line["type"] == "error").filter(|line| {
            // The server's own ids end in its command's class.
            !line["error"]["code"].as_str().unwrap_or_default().contains("Exchange")
        });
        let own: Vec<String> = own.map(|line| line["error"]["what"].to_string()).collect();
        let ended = lines.last().is_some_and(|line| line["type"] == "ended" && line["state"] == "completed");
        let value = lines.iter().rev().find_map(|line| line.get("value")).unwrap_or(&serde_json::Value::Null);
        let value = match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Bool(true) => "True".to_owned(),
            other => other.to_string(),
        };
        if !ended || !own.is_empty() || value != *expected {
            wrong.push(format!("{name}: {value} instead of {expected}; {own:?} {}", text(&ran.stderr)));
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
