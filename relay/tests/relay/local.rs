//! The local session: the language around the remote commands.

use std::time::{Duration, Instant};

use postern_demo::DemoOptions;
use postern_shared::wire::{Answer, BlockState, ClientMessage, EventKind, NoteStream, PromptKind, View};

use crate::client::{Page, Relay, config, demo, texts};

const USER: &str = "admin@klinik-auer.example";

#[tokio::test]
async fn what_a_line_makes_is_there_in_the_next() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block =
        page.run("$rooms = Get-Mailbox -ResultSize Unlimited | Where-Object Alias -like 'room-*'").await;
    assert_eq!((block.state, block.objects, block.results.len()), (BlockState::Completed, 0, 0), "{block:?}");
    assert_eq!(page.run("$rooms.Count").await.text, "40");
    page.run("function Half($n) { $n / 2 }").await;
    assert_eq!(page.run("Half $rooms.Count").await.text, "20");
    let block = page.run("$rooms | Sort-Object Alias | Select-Object -First 2 Alias, DisplayName").await;
    let rows = page.rows(block.results[0].0, &["Alias"], View::default(), 0, 10).await;
    assert_eq!(texts(&rows, 0), ["room-201", "room-202"]);
    // A parse error runs nothing and says where.
    let block = page.run("$rooms.Count; if (").await;
    assert_eq!(
        (block.state, block.text.as_str(), block.errors.len()),
        (BlockState::Failed, "", 1),
        "{block:?}"
    );
    assert!(block.errors[0].position.is_some(), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn remote_commands_take_part_on_both_sides_of_a_pipe_and_within_blocks() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("Get-Mailbox nora.fink | Set-Mailbox -CustomAttribute1 seen; (Get-Mailbox nora.fink).CustomAttribute1").await;
    assert_eq!((block.state, block.text.as_str()), (BlockState::Completed, "seen"), "{block:?}");
    let line = "Get-Mailbox -ResultSize 30 -WarningAction SilentlyContinue | ForEach-Object { Get-MailboxStatistics $_.Alias } \
                | Select-Object -First 3 DisplayName";
    let block = page.run(line).await;
    assert_eq!((block.state, block.objects, block.notes.len()), (BlockState::Completed, 3, 0), "{block:?}");
    let block = page
        .run("try { Get-Mailbox nobody.at.all -ErrorAction Stop } catch { \"caught: $($_.CategoryInfo.Reason)\" }")
        .await;
    assert_eq!(block.errors.len(), 0, "{block:?}");
    assert!(block.text.starts_with("caught: ManagementObjectNotFound"), "{block:?}");
    let block = page.run("Get-Mailbox nobody.at.all -ErrorVariable e 2>$null; $e.Count").await;
    assert_eq!((block.text.as_str(), block.errors.len()), ("1", 0), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_stop_ends_the_whole_line_at_once() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    // What stands behind what is stopped must not run; neither within nor after a try.
    for (line, notes) in [
        (
            "Write-Host begun; Get-Mailbox -ResultSize Unlimited | % { Get-MailboxStatistics $_.Alias }; $ran = 1",
            1,
        ),
        ("Write-Host begun; try { while ($true) { $n++ } } finally { }; $ran = 1", 1),
        ("Write-Host begun; Read-Host 'Name?'; $ran = 1", 1),
    ] {
        let running = page.start(line).await;
        page.event(|kind| matches!(kind, EventKind::Note { block, .. } if *block == running).then_some(()))
            .await;
        let before = Instant::now();
        page.send(&ClientMessage::Stop { block: running }).await;
        let block = page.finish(running).await;
        assert_eq!(
            (block.state, block.notes_of(NoteStream::Warning).len()),
            (BlockState::Stopped, 0),
            "{block:?}"
        );
        assert!(block.notes.len() >= notes && block.errors.is_empty(), "{block:?}");
        assert!(before.elapsed() < Duration::from_secs(9), "{line}: {:?}", before.elapsed());
        assert_eq!(page.run("$ran").await.text, "", "{line}");
    }
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn local_commands_ask_as_remote_ones_do() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let asking = page.start("$c = Get-Credential nora; \"$($c.UserName)\"").await;
    let prompt = page.prompt().await;
    assert!(matches!(&prompt.kind, PromptKind::Credential { user } if user == "nora"), "{prompt:?}");
    page.answer(&prompt, Answer::Credential { user: "pia".into(), password: "s\u{e9}cret".into() }).await;
    assert_eq!(page.finish(asking).await.text, "pia");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn the_opening_lines_of_scripts_mean_the_session_that_is_open() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let script = "Set-ExecutionPolicy RemoteSigned -Force\n\
        if (-not (Get-Module -ListAvailable -Name ExchangeOnlineManagement)) { Install-Module ExchangeOnlineManagement }\n\
        Import-Module ExchangeOnlineManagement\n\
        $option = New-PSSessionOption -ProxyAccessType IEConfig\n\
        $session = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri https://127.0.0.1/PowerShell/ -SessionOption $option\n\
        $module = Import-PSSession $session -DisableNameChecking -AllowClobber -CommandName Get-Mailbox, Set-Mailbox -Prefix Old\n\
        Connect-ExchangeOnline -ShowBanner:$false\n\
        $module.ExportedCommands.Count\n\
        (Get-OldMailbox nora.fink).Alias\n\
        (Get-PSSession).State\n\
        Remove-PSSession $session\n\
        Disconnect-ExchangeOnline -Confirm:$false\n\
        (Get-Mailbox nora.fink).Alias";
    let block = page.run(script).await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Completed, 0), "{block:?}");
    // Text comes in pieces, with what is noted between them.
    assert_eq!(block.text.replace('\n', ""), "2nora.finkOpenednora.fink", "{block:?}");
    assert!(block.notes_of(NoteStream::Warning).is_empty(), "{block:?}");
    assert!(block.notes_of(NoteStream::Information).len() >= 5, "{block:?}");
    // A script that names another server is told so.
    let block = page.run("$s = New-PSSession -ConnectionUri https://other.example/powershell/").await;
    assert_eq!(block.notes_of(NoteStream::Warning).len(), 1, "{block:?}");
    let block = page.run("Import-PSSession $nothing").await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_second_session_of_a_user_is_ready_with_what_the_first_imported() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (page, first, _) = Page::sign_in(relay.address, USER, "demo").await;
    page.sign_out().await;
    let imports = |page: &Page| {
        page.events.iter().filter(|event| matches!(event.kind, EventKind::Import { .. })).count()
    };
    let (mut page, second, _) = Page::sign_in(relay.address, USER, "demo").await;
    assert_eq!((imports(&page), &second.commands), (1, &first.commands));
    // The refresh behind is in nobody's way.
    assert_eq!(page.run("(Get-Mailbox nora.fink).Alias").await.text, "nora.fink");
    page.sign_out().await;
    // Another user's is that user's own.
    let (page, ..) = Page::sign_in(relay.address, "admin", "demo").await;
    assert!(imports(&page) > 1);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn what_variables_hold_counts_in_the_sessions_memory() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.limits.session_megabytes = 1;
    let relay = Relay::start(config).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("$all = Get-Mailbox -ResultSize Unlimited").await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");
    assert!(block.errors[0].what.contains("too large"), "{block:?}");
    // What is dropped makes room again.
    let block = page.run("$all = $null; $few = Get-Mailbox -ResultSize 10; $few = $null; $few = Get-Mailbox -ResultSize 20; $few.Count").await;
    assert_eq!((block.state, block.text.as_str()), (BlockState::Completed, "20"), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_server_without_language_runs_no_scripts() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, facts, _) = Page::sign_in(relay.address, USER, "demo").await;
    assert_eq!(facts.language_mode, "NoLanguage");
    page.send(&ClientMessage::RunRemote { line: "1 + 1".into() }).await;
    let block = page
        .event(|kind| match kind {
            EventKind::Block { block, line, on_server: true } if line == "1 + 1" => Some(*block),
            _ => None,
        })
        .await;
    let block = page.finish(block).await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");
    assert!(block.errors[0].what.contains("no scripts") && block.text.is_empty(), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_format_command_chooses_the_view() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block =
        page.run("Get-Mailbox -ResultSize 3 -WarningAction Ignore | Format-Table DisplayName, Alias").await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 3), "{block:?}");
    assert_eq!(block.columns, ["DisplayName", "Alias"], "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn the_sessions_own_defaults_reach_remote_commands_and_what_is_missing_is_asked_for() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page
        .run("$PSDefaultParameterValues['Get-Mailbox:ResultSize'] = 4; Get-Mailbox -WarningAction Ignore")
        .await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 4), "{block:?}");
    let block = page.run("Get-Mailbox -ResultSize 2 -WarningAction Ignore").await;
    assert_eq!(block.objects, 2, "what a call gives counts more: {block:?}");
    let block = page.run("$PSDefaultParameterValues['Disabled'] = $true; (Get-Mailbox).Count").await;
    assert_eq!(block.text, "300", "{block:?}");

    let asking = page.start("function f { param([Parameter(Mandatory)][int]$n, [Parameter(Mandatory)][string[]]$l) \"$n $($l.Count)\" }; f").await;
    for answer in ["5", "a", "b", ""] {
        let prompt = page.prompt().await;
        page.answer(&prompt, Answer::Line(answer.into())).await;
    }
    let block = page.finish(asking).await;
    assert_eq!((block.state, block.text.as_str()), (BlockState::Completed, "5 2"), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}
