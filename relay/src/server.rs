//! Accepts connections and serves them, until told to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::{
    config::{Config, ConfigError, Limits},
    http,
    session::Sessions,
};

/// The largest headers: more than any browser sends.
const HEADER_BYTES: usize = 32 << 10;
/// Pause after a failed accept: out of file descriptors, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// How long answers under way have when the relay stops.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Serves the relay on a listener until `shutdown` is complete; then removes every remote session.
///
/// The configuration's own `listen` is not looked at but for what is safe: the caller has bound it.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ConfigError> {
    config.check()?;
    // The first provider installed stays; another that was chosen by the embedding program is fine too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Arc::new(config);
    let sessions = Sessions::new(Arc::clone(&config));
    let app = http::router(Arc::clone(&config), Arc::clone(&sessions));
    let stop = CancellationToken::new();
    let connections = TaskTracker::new();
    tokio::select! {
        () = accept(listener, app, &config.limits, &connections, &stop) => {}
        () = shutdown => {}
    }
    sessions.shut_down().await;
    stop.cancel();
    connections.close();
    let _ = tokio::time::timeout(LAST_ANSWERS, connections.wait()).await;
    Ok(())
}

async fn accept(
    listener: TcpListener,
    app: Router,
    limits: &Limits,
    connections: &TaskTracker,
    stop: &CancellationToken,
) {
    let room = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let headers = Duration::from_secs(limits.header_seconds.max(1).into());
    loop {
        // Taken before accepting: more connections wait in the system's queue.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, app.clone(), headers, stop.clone());
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
    stop: CancellationToken,
) {
    // Small frames matter more than full packets.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(headers).max_buf_size(HEADER_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "A connection broke off");
    }
}
