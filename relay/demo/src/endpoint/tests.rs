//! What cannot be seen from outside: how far a pipeline runs ahead of its client, and that its threads end.

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use postern_psrp::{
    client::{PoolOptions, RunspacePool},
    pipeline::{Command, PipelineSpec},
};
use postern_shared::value::Uuid;
use postern_wsman::envelope::CommandState;

use super::{
    presence::Presence,
    records::now,
    shell::{MAX_AHEAD, Shell},
};
use crate::{
    cmdlet::{Caller, Cmdlet, Registry},
    cmdlets,
    organisation::{Options, Organisation},
};

/// Writes without end, and counts what runs.
const FLOOD: &[Cmdlet] = &[Cmdlet::new("Test-Flood", "", |call| {
    let text = "x".repeat(10_000);
    RUNNING.fetch_add(1, Ordering::SeqCst);
    let ended = loop {
        if let Err(stop) = call.write(text.as_str()) {
            break Err(stop);
        }
    };
    RUNNING.fetch_sub(1, Ordering::SeqCst);
    ended
})];
static RUNNING: AtomicUsize = AtomicUsize::new(0);

fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

#[tokio::test]
async fn a_pipeline_waits_for_its_client_and_ends_with_it() {
    let mut client = RunspacePool::new(PoolOptions::new(Uuid::from_u128(1)));
    let organisation = Organisation::generate(Options { mailboxes: 1, clock: now });
    let caller = Caller {
        user: "admin".into(),
        organisation: Arc::new(RwLock::new(organisation)),
        registry: Registry::new(&[FLOOD, cmdlets::objects::CMDLETS]),
    };
    let shell =
        Shell::open("1".into(), caller, Presence::new("", None, "", None), &client.creation_data()).unwrap();
    let opening = shell.receive(None, Duration::from_secs(5), 100_000).await.unwrap();
    client.handle_data(None, &opening.data).unwrap();

    let mut start = |names: &[&'static str]| {
        let spec = PipelineSpec::new(names.iter().map(|name| Command::new(*name)).collect());
        let id = client.create_pipeline(&spec);
        let first = client.poll_transmit(100_000).unwrap();
        shell.command(id, &first.data).unwrap();
        id
    };

    // Nobody receives: the pipeline comes as far as it may, and no further.
    let flood = start(&["Test-Flood"]);
    until("the queue is filled", || shell.lock().queued(flood) >= MAX_AHEAD);
    thread::sleep(Duration::from_millis(50));
    assert!(shell.lock().queued(flood) < MAX_AHEAD + 64 * 1024);

    // It goes on when something is taken.
    let mut taken = 0;
    while taken < 2 * MAX_AHEAD {
        taken += shell.receive(Some(flood), Duration::from_secs(5), 500_000).await.unwrap().data.len();
    }

    // Stopped, it still tells how it ended, behind what was written.
    shell.stop(flood).unwrap();
    until("the thread ends", || RUNNING.load(Ordering::SeqCst) == 0);
    loop {
        let received = shell.receive(Some(flood), Duration::from_secs(5), 500_000).await.unwrap();
        if received.state == Some(CommandState::Done) {
            break;
        }
    }
    shell.end(flood).unwrap();
    assert!(shell.receive(Some(flood), Duration::from_secs(5), 500_000).await.is_err());

    // A command that is given no more room by the next one ends with it; so does all when the shell is closed.
    let between = start(&["Test-Flood", "Measure-Object"]);
    until("it runs", || RUNNING.load(Ordering::SeqCst) == 1);
    shell.end(between).unwrap();
    until("the threads end", || RUNNING.load(Ordering::SeqCst) == 0);
    start(&["Test-Flood"]);
    until("it runs", || RUNNING.load(Ordering::SeqCst) == 1);
    shell.close();
    until("the thread ends", || RUNNING.load(Ordering::SeqCst) == 0);
}
