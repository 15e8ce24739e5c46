//! A redirect as Exchange Online's front door gives it, from a server that shares no code with the client.

mod peer;

use std::{path::Path, process::Command, sync::Arc};

use peer::{PASSWORD, Peer, USER, free_port, run};
use postern_psrp::pipeline::PipelineSpec;
use postern_wsman::{
    client::{
        ConnectOptions, ConnectStep, Credentials, DEFAULT_MAXIMUM_REDIRECTION, Endpoint, Redirects,
        RemoteSession,
    },
    envelope::EXCHANGE_RESOURCE,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wire_15_a_redirect_of_a_foreign_server_is_followed_where_that_is_allowed() {
    let Some(python) = std::env::var_os("POSTERN_PEERS_PYTHON") else {
        eprintln!("skipped: POSTERN_PEERS_PYTHON names no Python that has psrpcore");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers/psrpcore_wsman.py");
    let port = free_port();
    let mut command = Command::new(python);
    command.arg(script).args(["--port", &port.to_string()]);
    let peer = Peer::start(&mut command, port);

    let door = peer.uri.replace("/powershell-liveid/", "/redirect/x");
    let mut endpoint = Endpoint::new(&door, EXCHANGE_RESOURCE).unwrap();
    // The same machine and port: nothing else is listed, and http is not allowed beyond that.
    let maximum = DEFAULT_MAXIMUM_REDIRECTION;
    endpoint.redirects = Some(Redirects { maximum, allowed: Arc::new(|_| false), allow_http: false });
    let mut steps = Vec::new();
    let credentials = Credentials::new(USER, PASSWORD.to_owned());
    let connect = RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |step| {
        steps.push(step);
    });
    let session = connect.await.unwrap();
    let hops: Vec<_> = steps.iter().filter(|step| matches!(step, ConnectStep::Redirected { .. })).collect();
    assert!(
        matches!(hops[..], [ConnectStep::Redirected { location }] if location.contains("/powershell-liveid/")),
        "{steps:?}"
    );
    let outcome = run(&session, PipelineSpec::command("Get-Mailbox").parameter("ResultSize", "3")).await;
    assert_eq!(outcome.output.len(), 3);
    session.close().await;
}
