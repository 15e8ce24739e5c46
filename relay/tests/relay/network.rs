//! A network between relay and endpoint that breaks: what survives, and what is said where nothing can.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use postern_demo::DemoOptions;
use postern_shared::wire::{BlockState, NoteStream, View};
use postern_wsman::{
    client::{Credentials, Endpoint, list_commands, list_shells},
    envelope::EXCHANGE_RESOURCE,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, sleep},
};

use crate::client::{PATIENCE, Page, Relay, config, demo, texts};

const USER: &str = "admin@klinik-auer.example";

/// Bytes of answers after which a faulty connection breaks: in the middle of an answer with output.
const BREAKS_AFTER: usize = 100_000;

/// A line to an endpoint that can be cut: what is on it then is lost, and new connections end at once until it is mended.
struct Line {
    address: SocketAddr,
    /// Where it leads; `None` while it is cut.
    to: watch::Sender<Option<SocketAddr>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Connections so far.
    made: AtomicUsize,
    /// How many more connections break by themselves.
    faults: AtomicUsize,
}

impl Line {
    async fn to(endpoint: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (to, leads) = watch::channel(Some(endpoint));
        let state = Arc::new(State::default());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                shared.made.fetch_add(1, Ordering::Relaxed);
                let (mut leads, state) = (leads.clone(), shared.clone());
                tokio::spawn(async move {
                    let Some(endpoint) = *leads.borrow_and_update() else { return };
                    let Ok(server) = TcpStream::connect(endpoint).await else { return };
                    tokio::select! {
                        () = carry(client, server, &state) => {}
                        _ = leads.changed() => {}
                    }
                });
            }
        });
        Self { address, to, state }
    }

    fn cut(&self) {
        self.to.send_replace(None);
    }

    fn lead_to(&self, endpoint: SocketAddr) {
        self.to.send_replace(Some(endpoint));
    }

    fn made(&self) -> usize {
        self.state.made.load(Ordering::Relaxed)
    }
}

/// Carries both ways until a side ends or the connection is to break.
async fn carry(mut client: TcpStream, mut server: TcpStream, state: &State) {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let answers = async {
        let (mut buffer, mut carried) = (vec![0; 16 << 10], 0);
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            carried += read;
            let breaks = |left: usize| if carried > BREAKS_AFTER { left.checked_sub(1) } else { None };
            if state.faults.fetch_update(Ordering::Relaxed, Ordering::Relaxed, breaks).is_ok()
                || to_client.write_all(&buffer[..read]).await.is_err()
            {
                return;
            }
        }
    };
    tokio::select! {
        () = answers => {}
        _ = copy(&mut from_client, &mut to_server) => {}
    }
}

/// Waits until the endpoint runs a command, past the line.
async fn until_a_command_runs(endpoint: SocketAddr) {
    let uri = format!("http://{endpoint}/PowerShell/");
    let endpoint = || Endpoint::new(&uri, EXCHANGE_RESOURCE).unwrap();
    let admin = || Credentials::new(USER, "demo".to_owned());
    let deadline = Instant::now() + PATIENCE;
    loop {
        let shells = list_shells(endpoint(), admin()).await.unwrap();
        let [shell] = &shells[..] else { panic!("{shells:?}") };
        if !list_commands(endpoint(), admin(), &shell.shell_id).await.unwrap().is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "no command runs");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Lets Start-Sleep mean the server's, which this console has itself otherwise.
async fn sleep_there(page: &mut Page) {
    let block =
        page.run("$null = Import-PSSession (Get-PSSession) -CommandName Start-Sleep -AllowClobber").await;
    assert!(block.errors.is_empty(), "{block:?}");
}

#[tokio::test]
async fn a_long_command_survives_seconds_without_a_network() {
    let endpoint = demo(DemoOptions::default()).await;
    let line = Line::to(endpoint).await;
    let relay = Relay::start(config(line.address)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    sleep_there(&mut page).await;
    let block = page.start("Start-Sleep -Seconds 5").await;
    until_a_command_runs(endpoint).await;
    let before = line.made();
    line.cut();
    // The outage.
    sleep(Duration::from_secs(3)).await;
    assert!(line.made() > before, "nobody tried to come back");
    line.lead_to(endpoint);
    let block = page.finish(block).await;
    assert_eq!((block.state, block.errors.len()), (BlockState::Completed, 0), "{block:?}");
    let warnings = block.notes_of(NoteStream::Warning).concat();
    assert!(
        warnings.contains("has been interrupted") && warnings.contains("has been restored"),
        "{warnings}"
    );
    assert_eq!(page.run("Get-Mailbox").await.objects, 300);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_where_connections_break_in_the_middle() {
    let endpoint = demo(DemoOptions { mailboxes: 1_500, ..DemoOptions::default() }).await;
    let line = Line::to(endpoint).await;
    let relay = Relay::start(config(line.address)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    line.state.faults.store(5, Ordering::Relaxed);
    let block = page.run("Get-Mailbox -ResultSize Unlimited").await;
    assert_eq!(line.state.faults.load(Ordering::Relaxed), 0, "not every connection broke");
    assert_eq!(
        (block.state, block.objects, block.errors.len()),
        (BlockState::Completed, 1_500, 0),
        "{block:?}"
    );
    let rows = page.rows(block.results[0].0, &["PrimarySmtpAddress"], View::default(), 0, 1_500).await;
    assert_eq!(texts(&rows, 0).into_iter().collect::<HashSet<_>>().len(), 1_500);
    page.sign_out().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_explained() {
    let endpoint = demo(DemoOptions::default()).await;
    let line = Line::to(endpoint).await;
    let relay = Relay::start(config(line.address)).await;
    let (mut page, ..) = Page::sign_in(relay.address, USER, "demo").await;
    sleep_there(&mut page).await;
    let block = page.start("Start-Sleep -Seconds 600").await;
    until_a_command_runs(endpoint).await;
    // The same address, and a server that was started anew.
    line.cut();
    line.lead_to(demo(DemoOptions::default()).await);
    let block = page.finish(block).await;
    assert_eq!(block.state, BlockState::Failed, "{block:?}");
    let failure = page.end().await;
    for part in [&failure.what, &failure.cause, &failure.remedy] {
        assert!(part.ends_with('.') && part.len() > 10, "{failure:?}");
    }
    assert!(failure.what.contains("no longer known"), "{failure:?}");
    assert!(failure.remedy.contains("may have been carried out"), "{failure:?}");
    assert_eq!(failure.code, "-2144108453");
    relay.stop().await;
}
