//! Accepting and serving connections: so many at a time, and none for long that says nothing.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt as _;

/// The largest headers: http.sys takes 16 KiB, and no client sends nearly so much with Basic.
const HEADER_BYTES: usize = 16 << 10;
/// Pause after a failed accept: out of file descriptors, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// How long answers under way have at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// What a connection may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Connections at a time; more wait in the system's queue.
    pub(super) connections: usize,
    /// How long the headers of a request may take, the wait for it on an open connection included.
    pub(super) headers: Duration,
}

/// Serves connections until `shutdown` ends, and then lets requests under way be answered.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    bounds: Bounds,
    shutdown: impl Future<Output = ()>,
) {
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::select! {
        () = accept(&listener, &app, bounds, &mut connections, &stopped) => {}
        () = shutdown => {}
    }
    drop(listener);
    stop.send_replace(true);
    let all = async { while connections.join_next().await.is_some() {} };
    // Those that are left are dropped with the set.
    let _ = tokio::time::timeout(LAST_ANSWERS, all).await;
}

async fn accept(
    listener: &TcpListener,
    app: &Router,
    bounds: Bounds,
    connections: &mut JoinSet<()>,
    stopped: &watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(bounds.connections.clamp(1, Semaphore::MAX_PERMITS)));
    loop {
        while connections.try_join_next().is_some() {}
        // Taken before accepting.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, app.clone(), bounds.headers, stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "A connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    headers: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    // A request is small and answered at once: waiting to fill a packet only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "Cannot switch off Nagle's algorithm");
    }
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(headers).max_buf_size(HEADER_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        // What is watched is locked until it is dropped, which is here.
        () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "A connection broke off");
    }
}
