//! The main job on the demo organisation.

use postern_demo::DemoOptions;
use postern_shared::wire::{BlockState, EventKind, NoteStream, SortKey, StepState, View};

use crate::client::{PATIENCE, Page, Relay, Ticket, config, demo, sign_in, texts};

const USER: &str = "admin@klinik-auer.example";

#[tokio::test]
async fn sign_in_import_run_and_sign_out() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, facts, _) = Page::sign_in(relay.address, USER, "demo").await;
    assert_eq!(
        (facts.endpoint.as_str(), facts.prompt.as_str(), facts.user.as_str()),
        ("Test", "klinik-auer", USER)
    );
    assert!(facts.commands.len() > 40, "{}", facts.commands.len());
    assert!(facts.commands.iter().any(|name| name == "Get-Mailbox"));
    let steps: Vec<_> = page
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Step { step, text, state } => Some((*step, text.clone(), *state)),
            _ => None,
        })
        .collect();
    assert!(steps.iter().any(|(_, text, _)| text.contains("Signing in")), "{steps:?}");
    for (step, ..) in &steps {
        let last = steps.iter().rfind(|(of, ..)| of == step).unwrap();
        assert!(matches!(last.2, StepState::Done(_)), "{last:?}");
    }
    let imports: Vec<_> = page
        .events
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Import { received, total } => Some((received, total)),
            _ => None,
        })
        .collect();
    let (received, total) = *imports.last().unwrap();
    assert_eq!(received, total);
    assert!(total as usize >= facts.commands.len());

    let block = page.run("Get-Mailbox").await;
    assert_eq!(
        (block.state, block.objects, block.errors.len()),
        (BlockState::Completed, 300, 0),
        "{block:?}"
    );
    let [(result, type_name)] = &block.results[..] else { panic!("{:?}", block.results) };
    assert!(type_name.ends_with("Mailbox") && !type_name.contains("Deserialized"), "{type_name}");
    assert!(block.columns.iter().any(|column| column == "Alias"), "{:?}", block.columns);

    let view =
        View { sort: vec![SortKey { property: "Alias".into(), descending: false }], ..View::default() };
    let sorted = page.rows(*result, &["Alias"], view, 0, 1000).await;
    assert_eq!((sorted.total, sorted.rows.len()), (300, 300));
    let aliases = texts(&sorted, 0);
    assert!(aliases.windows(2).all(|two| two[0].to_lowercase() <= two[1].to_lowercase()), "{aliases:?}");
    let view = View { filter: "NORA.fink".into(), ..View::default() };
    let found = page.rows(*result, &["Alias", "PrimarySmtpAddress"], view, 0, 10).await;
    assert_eq!((found.total, texts(&found, 0)), (1, vec!["nora.fink".to_owned()]));
    let detail = page.details(*result, found.rows[0]).await.unwrap();
    assert_eq!(detail.title, "Nora Fink");
    assert!(detail.properties.len() > 50, "{}", detail.properties.len());

    assert_eq!(page.sign_out().await.what, "You are signed out.");
    relay.stop().await;
}

#[tokio::test]
async fn errors_are_explained_and_the_session_goes_on() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("Get-Mailbox nobody.at.all").await;
    let [failure] = &block.errors[..] else { panic!("{block:?}") };
    assert!(failure.what.contains("nobody.at.all") && !failure.what.contains("[Server="), "{failure:?}");
    assert!(failure.code.contains("ManagementObjectNotFoundException"), "{failure:?}");
    assert!(
        !failure.cause.is_empty() && !failure.remedy.is_empty() && failure.position.is_some(),
        "{failure:?}"
    );
    let block = page.run("Get-Nonsense").await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");
    let block = page.run("Get-Mailbox -ResultSize 2").await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 2));
    assert!(!block.notes_of(NoteStream::Warning).is_empty(), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn local_stages_run_in_the_relay() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let line = "Get-Mailbox | Where-Object { $_.Alias -like 'room-*' } | Sort-Object Alias -Descending \
                | Select-Object Alias, DisplayName -First 3";
    let block = page.run(line).await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 3), "{block:?}");
    let rows = page.rows(block.results[0].0, &["Alias"], View::default(), 0, 10).await;
    assert_eq!(texts(&rows, 0), ["room-240", "room-239", "room-238"]);
    let block = page.run("Get-Mailbox | Select-Object -First 1").await;
    assert_eq!((block.state, block.objects), (BlockState::Completed, 1), "{block:?}");
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn blocks_wait_for_each_other_and_can_be_stopped() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let sleeping = page.start("Start-Sleep -Seconds 600").await;
    for line in ["Get-Mailbox -ResultSize 1", "Get-Mailbox -ResultSize 3"] {
        page.send(&postern_shared::wire::ClientMessage::Run { line: line.into() }).await;
    }
    let waiting = page
        .event(|kind| match kind {
            EventKind::Block { block, line, .. } if line.ends_with('3') => Some(*block),
            _ => None,
        })
        .await;
    let (first, last) = (waiting - 1, waiting);
    page.send(&postern_shared::wire::ClientMessage::Stop { block: first }).await;
    assert_eq!(page.finish(first).await.state, BlockState::Stopped);
    let before = std::time::Instant::now();
    page.send(&postern_shared::wire::ClientMessage::Stop { block: sleeping }).await;
    assert_eq!(page.finish(sleeping).await.state, BlockState::Stopped);
    assert!(before.elapsed() < PATIENCE, "{:?}", before.elapsed());
    assert_eq!(page.finish(last).await.objects, 3);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_explained() {
    let relay = Relay::start(config(demo(DemoOptions::default()).await)).await;
    let ticket = Ticket::get(relay.address, &sign_in(USER, "wrong")).await;
    let mut page = ticket.page(0).await;
    let failure = page.ready().await.unwrap_err();
    assert!(failure.cause.contains("wrong") && !failure.remedy.is_empty(), "{failure:?}");
    assert!(failure.code.contains("401") || failure.raw.contains("denied"), "{failure:?}");
    assert!(
        page.events
            .iter()
            .any(|event| matches!(event.kind, EventKind::Step { state: StepState::Failed, .. }))
    );
    page.end().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_result_that_does_not_fit_stops_its_command_alone() {
    let mut config = config(demo(DemoOptions::default()).await);
    config.limits.session_megabytes = 1;
    let relay = Relay::start(config).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    let block = page.run("Get-Mailbox -ResultSize Unlimited").await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Failed, 1), "{block:?}");
    assert!(
        block.errors[0].what.contains("too large") && block.errors[0].cause.contains("1 megabytes"),
        "{block:?}"
    );
    // The next one takes the room of the first.
    let block = page.run("Get-Mailbox -ResultSize 20").await;
    assert_eq!((block.state, block.objects, block.errors.len()), (BlockState::Completed, 20, 0), "{block:?}");
    assert_eq!(page.rows(block.results[0].0, &["Alias"], View::default(), 0, 100).await.total, 20);
    page.sign_out().await;
    relay.stop().await;
}
