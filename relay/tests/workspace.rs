//! The session's files at the page: scripts are pasted and run, what they read is uploaded, what they write is looked at,
//! downloaded and compared.

mod browser;

use std::path::{Path, PathBuf};

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures, run, sign_in},
};
use serde_json::json;

fn scripts() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("engine/tests/scripts")
}

/// Pastes a script as a user does, reads the confirmation, and has it run to its end.
async fn paste_and_run(page: &mut Browser, script: &str) {
    let text = std::fs::read_to_string(scripts().join(script)).expect("a script");
    let blocks = page.eval("document.querySelectorAll('.block').length").await.as_u64().unwrap_or(0);
    page.click("#editor").await;
    page.eval(&format!(
        "(() => {{ const data = new DataTransfer(); data.setData('text/plain', {}); document.querySelector('#editor') \
         .dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }})) }})()",
        json!(text)
    ))
    .await;
    let last = text.trim().lines().last().expect("a line").trim();
    page.until(&format!(
        "document.querySelector('dialog.pasted[open] pre')?.textContent.includes({})",
        json!(last)
    ))
    .await;
    page.click("#paste-run").await;
    page.until(&format!("document.querySelectorAll('.block').length === {}", blocks + 1)).await;
    page.until(&format!("{NEWEST}.querySelector('.state.done')")).await;
    let failures = page.eval(&format!("{NEWEST}.querySelectorAll('.failure').length")).await;
    assert_eq!(failures, 0, "{script}");
}

/// The entry of a file in the rail.
fn entry(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('.files li')].find(li => li.querySelector('.name').textContent === '{name}')"
    )
}

/// Waits until a file is listed, and downloads it by its button.
async fn download(page: &mut Browser, folder: &Path, name: &str) -> String {
    page.until(&entry(name)).await;
    page.eval(&format!("{}.querySelector('.download').click()", entry(name))).await;
    let ending = name.rsplit('.').next().expect("an ending");
    let content = page.file(folder, ending).await;
    std::fs::remove_file(folder.join(name)).expect("it has its own name");
    String::from_utf8(content).expect("UTF-8")
}

/// What the same script writes when it is run without a browser, in the same organisation.
async fn without_browser(page: &mut Browser, script: &str, name: &str) -> String {
    let uri = page
        .eval("fetch('/api/offer').then(answer => answer.json()).then(offer => offer.endpoints[0].uri)")
        .await;
    let folder = tempfile::tempdir().expect("a folder");
    let ran = tokio::process::Command::new(env!("CARGO_BIN_EXE_postern"))
        .args(["run", "--user", "admin@klinik-auer.example", "--endpoint", uri.as_str().expect("an address")])
        .env("POSTERN_PASSWORD", "demo")
        .arg("--workspace")
        .arg(folder.path())
        .arg(scripts().join(script))
        .output()
        .await
        .expect("it runs");
    assert!(ran.status.success(), "{script}: {}", String::from_utf8_lossy(&ran.stderr));
    std::fs::read_to_string(folder.path().join(name)).expect("the file")
}

/// Chooses files of the machine for the upload, as in the browser's dialog.
async fn choose(page: &mut Browser, paths: &[PathBuf]) {
    let input = json!({ "expression": "document.querySelector('.files input[type=file]')" });
    let input = page.call("Runtime.evaluate", input).await["result"]["objectId"].clone();
    page.call("DOM.setFileInputFiles", json!({ "files": paths, "objectId": input })).await;
}

#[tokio::test]
async fn pasted_scripts_read_and_write_files() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    let folder = page.allow_files().await;
    sign_in(&mut page).await;
    page.until("document.querySelector('.files .upload')").await;

    // Two reports: what comes down is what the script means, and byte for byte what it writes elsewhere.
    paste_and_run(&mut page, "02-usermailboxes-to-csv.ps1").await;
    let mailboxes = download(&mut page, folder.path(), "mailboxes.csv").await;
    let mut lines = mailboxes.trim_start_matches('\u{feff}').lines();
    let heading = "\"DisplayName\",\"Alias\",\"PrimarySmtpAddress\",\"Database\",\"WhenCreated\"";
    assert_eq!(lines.next(), Some(heading));
    let count = lines.count();
    assert!(
        mailboxes.contains("\"Nora Fink\",\"nora.fink\",\"nora.fink@klinik-auer.example\""),
        "{mailboxes}"
    );
    let line = "(Get-Mailbox -ResultSize Unlimited -RecipientTypeDetails UserMailbox).Count";
    finish(&mut page, line, "done").await;
    page.until(&format!("{NEWEST}.innerText.includes('{count}')")).await;
    assert_eq!(mailboxes, without_browser(&mut page, "02-usermailboxes-to-csv.ps1", "mailboxes.csv").await);

    paste_and_run(&mut page, "10-forwarding-report.ps1").await;
    let forwarding = download(&mut page, folder.path(), "forwarding.csv").await;
    let heading = "\"UserPrincipalName\",\"ForwardingAddress\",\"External\",\"DeliverToMailboxAndForward\"";
    assert!(forwarding.starts_with(heading) && forwarding.lines().count() > 2, "{forwarding}");
    assert_eq!(forwarding, without_browser(&mut page, "10-forwarding-report.ps1", "forwarding.csv").await);

    // A backup with types, read again by the script itself.
    paste_and_run(&mut page, "48-clixml-backup.ps1").await;
    page.until(&format!("{NEWEST}.innerText.includes('equal True')")).await;
    let backup = download(&mut page, folder.path(), "acl.xml").await;
    assert!(backup.starts_with("<Objs ") && backup.contains("FullAccess"), "{backup}");

    // Rights from a file that is uploaded and moved to where the script reads it.
    choose(&mut page, &[scripts().join("data/grants.csv"), scripts().join("data/phones.csv")]).await;
    page.until(&entry("grants.csv")).await;
    page.until(&entry("phones.csv")).await;
    finish(
        &mut page,
        "New-Item data -ItemType Directory | Out-Null; Move-Item grants.csv data/grants.csv",
        "done",
    )
    .await;
    page.until(&entry("data/grants.csv")).await;
    page.until(&format!("!{}", entry("grants.csv"))).await;
    paste_and_run(&mut page, "07-grant-fullaccess-csv.ps1").await;
    page.until(&format!("{NEWEST}.innerText.includes('2 objects')")).await;
    let line = "Get-MailboxPermission billing -User nora.fink | Select-Object AccessRights, User";
    finish(&mut page, line, "done").await;
    assert!(first_row(&mut page).await[0].contains("FullAccess"));
    pictures(&mut page, "files").await;
    page.size(390, 844).await;
    page.eval("document.querySelector('.menu').click()").await;
    page.until("document.querySelector('.rail-open')").await;
    pictures(&mut page, "files-phone").await;
    page.eval("document.querySelector('.menu').click()").await;
    page.size(1440, 900).await;

    // A file whose name is taken replaces it only if the user says so.
    let other = tempfile::tempdir().expect("a folder");
    std::fs::write(other.path().join("phones.csv"), "Upn\n").expect("a file");
    choose(&mut page, &[other.path().join("phones.csv")]).await;
    page.until("document.querySelector('#file-replace')").await;
    pictures(&mut page, "files-replace").await;
    page.click("#file-replace").await;
    page.until(&format!("{}.querySelector('small').textContent === '4 B'", entry("phones.csv"))).await;
    assert_eq!(download(&mut page, folder.path(), "phones.csv").await, "Upn\n");

    // By keyboard: a preview, closed; then deleted, with the answer that is safe in front.
    page.eval(&format!("{}.querySelector('.name').focus()", entry("mailboxes.csv"))).await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('dialog.preview[open] pre')?.textContent.includes('nora.fink')").await;
    pictures(&mut page, "files-preview").await;
    page.press("Escape", 0).await;
    page.until("!document.querySelector('dialog')").await;
    page.until(&format!("document.activeElement === {}.querySelector('.name')", entry("mailboxes.csv")))
        .await;
    page.press("Tab", 0).await;
    page.press("Tab", 0).await;
    page.press("Enter", 0).await;
    page.until("document.activeElement?.textContent === 'Cancel'").await;
    page.press("Tab", 0).await;
    page.press("Enter", 0).await;
    page.until(&format!("!{}", entry("mailboxes.csv"))).await;
    finish(&mut page, "Get-Content mailboxes.csv", "failed").await;

    // Files are the session's: a reload shows them again.
    page.reload().await;
    page.until(&entry("forwarding.csv")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn files_are_not_offered_for_download_where_that_is_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("postern.toml");
    std::fs::write(&config, "downloads = false\n").expect("a configuration");
    let relay = Relay::start_with(&["--config", config.to_str().expect("a path")]).await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    finish(&mut page, "Set-Content a.txt 'some text'", "done").await;
    page.until(&entry("a.txt")).await;
    assert_eq!(page.eval("document.querySelectorAll('.files .download').length").await, 0);
    page.click(".files li .name").await;
    page.until("document.querySelector('dialog.preview[open] pre')?.textContent.includes('some text')").await;
    assert_eq!(
        page.eval("[...document.querySelectorAll('dialog button')].map(b => b.textContent).join()").await,
        "Delete,Put the name in the command line,Close"
    );
    page.click("dialog .row button:nth-child(2)").await;
    page.until("document.querySelector('#editor').value === 'a.txt '").await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}

#[tokio::test]
async fn out_grid_view_shows_a_grid_and_lets_rows_be_chosen() {
    let relay = Relay::start().await;
    let mut page = Browser::open(&relay.url).await;
    sign_in(&mut page).await;
    finish(&mut page, "Get-Mailbox -ResultSize 3 | Out-GridView -Title 'Three mailboxes'", "done").await;
    page.until(&format!(
        "{NEWEST}.innerText.includes('Three mailboxes') && {NEWEST}.querySelector('[role=grid]')"
    ))
    .await;
    run(&mut page, "Get-Mailbox -ResultSize Unlimited | Select-Object Alias, DisplayName | Out-GridView -Title Pick -PassThru | ForEach-Object { $_.Alias }").await;
    page.until("document.querySelectorAll('dialog[open] .several input').length === 300").await;
    page.until("document.activeElement?.type === 'search'").await;
    page.type_text("room 20").await;
    page.until("document.querySelectorAll('dialog[open] .several label:not([hidden])').length === 9").await;
    pictures(&mut page, "pick").await;
    for at in [0, 2] {
        page.click_with(
            &format!("document.querySelectorAll('dialog[open] .several label:not([hidden]) input')[{at}]"),
            "{}",
        )
        .await;
    }
    // What is chosen stays so when something else is looked for.
    page.click("dialog input[type=search]").await;
    page.type_text("x").await;
    page.until("document.querySelectorAll('dialog[open] .several label:not([hidden])').length === 0").await;
    page.click("dialog .primary").await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent === 'room-201\\nroom-203'")).await;
    assert!(page.errors.is_empty(), "{:?}", page.errors);
}
