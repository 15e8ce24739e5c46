//! A server with a language of its own, in the page: PowerShell's own server with the profile `windows`, named by
//! `POSTERN_POWERSHELL_PEER`; without it this says so and passes.

mod browser;

use std::{fs, process::Stdio, time::Duration};

use browser::{
    Browser,
    job::{NEWEST, Relay, finish, first_row, pictures},
};
use tokio::{
    net::{TcpListener, TcpStream},
    process::Command,
    time::{Instant, sleep},
};

/// How long PowerShell may take to listen: it unpacks itself the first time.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test]
async fn a_line_runs_here_or_on_the_server_and_says_where() {
    let Some(program) = std::env::var_os("POSTERN_POWERSHELL_PEER") else {
        println!("skipped: POSTERN_POWERSHELL_PEER names no program with PowerShell's own server");
        return;
    };
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut command = Command::new(program);
    command.args(["server", "--profile", "windows", "--listen", &address.to_string()]);
    command.args(["--user", "admin", "--password", "secret"]);
    let _peer = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).await.is_err() {
        assert!(Instant::now() < deadline, "PowerShell's server does not listen");
        sleep(Duration::from_millis(50)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("postern.toml");
    let endpoint = format!(
        "[[endpoint]]\nname = 'windows'\nuri = 'http://{address}/powershell/'\nconfiguration = 'Microsoft.PowerShell'\n\
         allow_http = true\n"
    );
    fs::write(&config, endpoint).unwrap();
    let relay = Relay::serve(&["--config", config.to_str().unwrap()]).await;

    let mut page = Browser::open(&relay.url).await;
    page.until("document.querySelector('#user')").await;
    page.click("#user").await;
    page.type_text("admin").await;
    page.click("#password").await;
    page.type_text("secret").await;
    page.press("Enter", 0).await;
    page.until("document.querySelector('#editor')").await;

    // Here: this console's own engine, which has no programs and another edition of nothing.
    page.until("document.querySelector('.runs-where [aria-pressed=true]')?.textContent === 'here'").await;
    finish(&mut page, "$where = 'here'; $PSVersionTable.PSVersion.ToString()", "done").await;
    assert_eq!(page.eval(&format!("{NEWEST}.querySelector('.where')")).await, serde_json::Value::Null);
    // There: another session with variables of its own.
    page.click(".runs-where button:last-child").await;
    page.until("document.querySelector('.runs-where button:last-child').ariaPressed === 'true'").await;
    finish(
        &mut page,
        "\"<$where>\"; $there = 6 * 7; Get-Mailbox -ResultSize 3 | ForEach-Object { $_ }",
        "done",
    )
    .await;
    page.until(&format!("{NEWEST}.querySelector('.where')?.textContent === 'on the server'")).await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent.includes('<>')")).await;
    first_row(&mut page).await;
    pictures(&mut page, "on-the-server").await;
    finish(&mut page, "$there", "done").await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent.trim() === '42'")).await;
    // Running it again runs it there again, wherever the next line is to run.
    page.click(".runs-where button:first-child").await;
    page.click(".block:last-child .block-tools button").await;
    page.until("document.querySelectorAll('.block').length === 4").await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent.trim() === '42'")).await;
    page.until(&format!("{NEWEST}.querySelector('.where')")).await;
    finish(&mut page, "\"<$there>\"", "done").await;
    page.until(&format!("{NEWEST}.querySelector('.output')?.textContent.trim() === '<>'")).await;
    // Remote commands are commands here as well, on either side of a pipeline.
    finish(
        &mut page,
        "Get-Mailbox -ResultSize 4 | Where-Object Alias | Select-Object -First 2 Alias",
        "done",
    )
    .await;
    assert_eq!(first_row(&mut page).await.len(), 1);
    assert!(page.errors.is_empty(), "{:?}", page.errors);

    // Without a browser.
    let run = |arguments: &'static [&'static str]| {
        let uri = format!("http://{address}/powershell/");
        Command::new(env!("CARGO_BIN_EXE_postern"))
            .args(["run", "--endpoint", &uri, "--user", "admin", "--configuration", "Microsoft.PowerShell"])
            .args(arguments)
            .env("POSTERN_PASSWORD", "secret")
            .output()
    };
    let ran = run(&["--remote", "-c", "$x = 20; foreach ($i in 1..2) { $x + $i }"]).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "21\n22", "{ran:?}");
    assert!(ran.status.success());
    let ran = run(&["-c", "(Get-Mailbox -ResultSize 3 | Sort-Object Alias).Count"]).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "3", "{ran:?}");
    let ran = run(&["--remote", "-c", "throw 'no'"]).await.unwrap();
    assert!(!ran.status.success(), "{ran:?}");
}
