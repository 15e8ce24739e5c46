//! The same against a server that shares no code with this project: `peers/psrpcore_wsman.py`.
//!
//! It needs a Python with psrpcore, named by `POSTERN_PEERS_PYTHON`; without one the tests say so and pass.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use postern_shared::wire::{Answer, BlockState, ClientMessage, NoteStream, PromptKind, View};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::client::{PATIENCE, Page, Relay, Ticket, config_for, sign_in, texts};

/// The peer, and what it logged: one line a request.
struct Peer {
    _child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts the peer and a relay before it; `None` if there is no Python for it.
    async fn start() -> Option<(Self, Relay)> {
        let Some(python) = std::env::var_os("POSTERN_PEERS_PYTHON") else {
            println!("skipped: POSTERN_PEERS_PYTHON does not name a Python with psrpcore");
            return None;
        };
        // Free a moment ago; the peer cannot take port 0.
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut child = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/psrpcore_wsman.py"))
            .args(["--port", &port.to_string(), "--log"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, out.next_line()).await.unwrap().unwrap().unwrap();
        let uri = line.strip_prefix("listening on ").unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (mut lines, written) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                written.lock().unwrap().push(line);
            }
        });
        let relay = Relay::start(config_for(uri)).await;
        Some((Self { _child: child, log }, relay))
    }

    /// How many requests of that action were answered well.
    fn count(&self, action: &str) -> usize {
        let good = |line: &&String| {
            let mut words = line.split_whitespace();
            words.next() == Some(action) && words.next() == Some("200")
        };
        self.log.lock().unwrap().iter().filter(good).count()
    }

    /// Waits until every shell that was made is deleted.
    async fn is_empty(&self) {
        // The peer answers before it logs.
        let deadline = Instant::now() + PATIENCE;
        while self.count("Delete") < self.count("Create") && Instant::now() < deadline {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(self.count("Create") > 0);
        assert_eq!(self.count("Delete"), self.count("Create"), "{:?}", self.log.lock().unwrap());
    }
}

#[tokio::test]
async fn the_whole_job() {
    let Some((peer, relay)) = Peer::start().await else { return };
    let (mut page, facts, _) = Page::sign_in(relay.address, "admin", "secret").await;
    assert!(facts.commands.iter().any(|name| name == "Get-Mailbox"), "{:?}", facts.commands);

    let block = page.run("Get-Mailbox -ResultSize 2000").await;
    assert_eq!(
        (block.state, block.objects, block.errors.len()),
        (BlockState::Completed, 2000, 0),
        "{block:?}"
    );
    assert_eq!(block.notes_of(NoteStream::Warning).len(), 1, "{block:?}");
    assert_eq!(block.notes_of(NoteStream::Verbose).len(), 1, "{block:?}");
    assert!(page.progress.iter().any(|(_, activities)| !activities.is_empty()));
    let (result, type_name) = block.results[0].clone();
    assert!(!type_name.starts_with("Deserialized."), "{type_name}");
    let mut names = Vec::new();
    while names.len() < 2000 {
        let batch = page.rows(result, &["Alias"], View::default(), names.len() as u64, 600).await;
        assert_eq!(batch.total, 2000);
        assert!(!batch.rows.is_empty());
        names.extend(texts(&batch, 0));
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 2000, "every mailbox has an alias of its own");
    assert!(page.details(result, 1999).await.is_some());

    let block = page.run("Get-Mailbox -Identity missing1").await;
    assert_eq!(block.errors.len(), 1, "{block:?}");
    assert!(block.errors[0].what.contains("missing1") && !block.errors[0].code.is_empty(), "{block:?}");

    let block = page.run("Get-Nonsense").await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");

    let removing = page.start("Remove-Mailbox -Identity u1").await;
    let prompt = page.prompt().await;
    let PromptKind::Choice { choices, multiple: false, .. } = &prompt.kind else { panic!("{prompt:?}") };
    assert!(choices.len() >= 2, "{prompt:?}");
    page.answer(&prompt, Answer::Choice(vec![0])).await;
    assert_eq!(page.finish(removing).await.state, BlockState::Completed);

    let before = std::time::Instant::now();
    let sleeping = page.start("Start-Sleep -Seconds 600").await;
    page.send(&ClientMessage::Stop { block: sleeping }).await;
    assert_eq!(page.finish(sleeping).await.state, BlockState::Stopped);
    assert!(before.elapsed() < PATIENCE, "{:?}", before.elapsed());
    assert_eq!(page.run("Get-Mailbox").await.objects, 5);

    page.sign_out().await;
    peer.is_empty().await;
    relay.stop().await;
}

#[tokio::test]
async fn host_calls_are_asked_and_cancelled() {
    let Some((peer, relay)) = Peer::start().await else { return };
    let (mut page, ..) = Page::sign_in(relay.address, "admin", "secret").await;
    let asking = page.start("Read-Host -Prompt Name").await;
    let prompt = page.prompt().await;
    assert!(matches!(prompt.kind, PromptKind::Line { secret: false }), "{prompt:?}");
    page.answer(&prompt, Answer::Line("Zoë".into())).await;
    assert_eq!(page.finish(asking).await.text, "Zoë");

    // Secrets travel under a session key that the peer made.
    let asking = page.start("Read-Host -AsSecureString").await;
    let prompt = page.prompt().await;
    assert!(matches!(prompt.kind, PromptKind::Line { secret: true }), "{prompt:?}");
    page.answer(&prompt, Answer::Line("s\u{e9}cret".into())).await;
    let block = page.finish(asking).await;
    assert_eq!((block.state, block.text.as_str()), (BlockState::Completed, "System.Security.SecureString"));
    let asking = page.start("Get-Credential -UserName pia").await;
    let prompt = page.prompt().await;
    assert!(matches!(&prompt.kind, PromptKind::Credential { user } if user == "pia"), "{prompt:?}");
    let answer = Answer::Credential { user: "nora".into(), password: "s\u{e9}cret".into() };
    page.answer(&prompt, answer).await;
    let block = page.finish(asking).await;
    assert_eq!((block.state, block.objects, block.errors.len()), (BlockState::Completed, 1, 0), "{block:?}");

    let asking = page.start("Remove-Mailbox -Identity u1").await;
    let prompt = page.prompt().await;
    page.answer(&prompt, Answer::Cancel).await;
    assert_eq!(page.finish(asking).await.state, BlockState::Stopped);

    let block = page.run("Write-Host hello").await;
    let host = block.notes.iter().find(|(stream, _)| matches!(stream, NoteStream::Host { .. }));
    assert_eq!(host.map(|(_, text)| text.as_str()), Some("hello"), "{block:?}");
    page.sign_out().await;
    peer.is_empty().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_explained() {
    let Some((peer, relay)) = Peer::start().await else { return };
    let mut page = Ticket::get(relay.address, &sign_in("admin", "wrong")).await.page(0).await;
    let failure = page.ready().await.unwrap_err();
    assert!(failure.code.contains("401") && failure.cause.contains("wrong"), "{failure:?}");
    assert!(!failure.remedy.is_empty() && !failure.raw.contains("wrong"), "{failure:?}");
    page.end().await;
    assert_eq!(peer.count("Create"), 0);
    relay.stop().await;
}

/// PowerShell's own server, named by `POSTERN_POWERSHELL_PEER`; `None` where it is not there.
async fn powershell() -> Option<(Child, Relay)> {
    let Some(program) = std::env::var_os("POSTERN_POWERSHELL_PEER") else {
        println!("skipped: POSTERN_POWERSHELL_PEER names no program with PowerShell's own server");
        return None;
    };
    for _ in 0..5 {
        // Free a moment ago; the server cannot take port 0, and says whether it got this one.
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut command = Command::new(&program);
        command.args(["server", "--listen", &address.to_string(), "--user", "admin", "--password", "secret"]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        if let Some(line) = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap() {
            let uri = line.strip_prefix("listening on ").unwrap().to_owned();
            // What else it says is not wanted, and must not fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some((child, Relay::start(config_for(&uri)).await));
        }
    }
    panic!("PowerShell's server finds no free port");
}

#[tokio::test]
async fn what_powershell_sends_twice_is_shown_once() {
    let Some((_child, relay)) = powershell().await else { return };
    let (mut page, ..) = Page::sign_in(relay.address, "admin", "secret").await;
    let running = page.start("Test-Streams -Verbose -Debug").await;
    // With -Debug each debug line is a question.
    let prompt = page.prompt().await;
    page.answer(&prompt, Answer::Choice(vec![1])).await;
    let block = page.finish(running).await;
    for stream in [NoteStream::Warning, NoteStream::Verbose, NoteStream::Debug, NoteStream::Information] {
        let texts = block.notes_of(stream);
        assert!(!texts.is_empty(), "nothing on {stream:?}: {block:?}");
        let mut unique = texts.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), texts.len(), "{stream:?}: {texts:?}");
    }
    assert_eq!(block.errors.len(), 1, "{block:?}");
    let block = page.run("Write-Host once").await;
    assert_eq!(block.notes.iter().filter(|(_, text)| text == "once").count(), 1, "{block:?}");
    for (_, activities) in &page.progress {
        let mut ids: Vec<i32> = activities.iter().map(|activity| activity.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), activities.len(), "{activities:?}");
    }
    page.sign_out().await;
    relay.stop().await;
}

/// Every kind of question, from PowerShell's server to the page's dialogs and back.
#[tokio::test]
async fn wire_7_25_powershells_questions_reach_the_page() {
    let Some((_child, relay)) = powershell().await else { return };
    let (mut page, ..) = Page::sign_in(relay.address, "admin", "secret").await;
    let credential = Answer::Credential { user: "DOMAIN\\me".into(), password: "s\u{e9}cret".into() };
    for (kind, answer, texts) in [
        ("Line", Answer::Line("gr\u{fc}n".into()), "gr\u{fc}n"),
        ("Secure", Answer::Line("s\u{e9}cret".into()), "6\ns\u{e9}cret\nSystem.Security.SecureString"),
        ("Choice", Answer::Choice(vec![2]), "2"),
        ("Choices", Answer::Choice(vec![0, 1]), "0\n1"),
        ("Credential", credential, "DOMAIN\\me:s\u{e9}cret"),
    ] {
        let asking = page.start(&format!("Test-Prompts {kind}")).await;
        let prompt = page.prompt().await;
        page.answer(&prompt, answer).await;
        let block = page.finish(asking).await;
        assert_eq!((block.state, block.text.as_str()), (BlockState::Completed, texts), "{kind}: {block:?}");
    }
    let asking = page.start("Test-Prompts Fields").await;
    let prompt = page.prompt().await;
    let PromptKind::Fields(fields) = &prompt.kind else { panic!("{prompt:?}") };
    assert_eq!((fields[0].default.as_str(), fields[1].label.as_str()), ("nobody", "Age"), "{prompt:?}");
    // No number is no age: the question stays.
    page.answer(&prompt, Answer::Fields(vec!["Zo\u{eb}".into(), "old".into()])).await;
    page.answer(&prompt, Answer::Fields(vec!["Zo\u{eb}".into(), "42".into()])).await;
    let block = page.finish(asking).await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 1), "{block:?}");
    let size = page.run("Test-Prompts Size").await;
    assert_eq!(size.text, "120", "{size:?}");
    page.sign_out().await;
    relay.stop().await;
}

/// Commands of PowerShell's own server on either side of the local session's, and imported under other names.
#[tokio::test]
async fn pipelines_have_powershells_commands_on_both_sides() {
    let Some((_child, relay)) = powershell().await else { return };
    let (mut page, ..) = Page::sign_in(relay.address, "admin", "secret").await;
    for (line, expected) in [
        (
            "(Get-Mailbox -ResultSize 5 -WarningAction SilentlyContinue | Where-Object { $_.Alias -ne 'user1' } | \
             Sort-Object Alias -Descending | Select-Object -First 2).Alias -join ','",
            "user4,user3",
        ),
        ("('user3', 'user1' | Get-Mailbox | ForEach-Object { $_.Alias.ToUpper() }) -join ','", "USER3,USER1"),
        ("([pscustomobject]@{ Identity = 'user2' } | Get-Mailbox).Alias", "user2"),
        ("\"$((Get-Mailbox -ResultSize 3 -wa 0 | Get-Mailbox | Measure-Object).Count)\"", "3"),
        ("(1..3 | ForEach-Object { (Get-Mailbox \"user$_\").Alias }) -join ','", "user1,user2,user3"),
        ("Get-Mailbox missing1 -ErrorAction SilentlyContinue -ErrorVariable e; \"$($e.Count)\"", "1"),
        ("try { Get-Mailbox missing2 -ErrorAction Stop } catch { 'caught' }", "caught"),
        (
            "$s = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri https://mail.example/powershell/; \
             Import-PSSession $s -Prefix Ex -CommandName *-Mailbox -AllowClobber -DisableNameChecking | Out-Null; \
             (Get-ExMailbox user1).Alias; Remove-PSSession $s",
            "user1",
        ),
    ] {
        let block = page.run(line).await;
        assert_eq!(
            (block.state, block.text.trim(), block.errors.len()),
            (BlockState::Completed, expected, 0),
            "{line}: {block:?}"
        );
    }
    page.sign_out().await;
    relay.stop().await;
}
