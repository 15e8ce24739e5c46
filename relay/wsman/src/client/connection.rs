//! How connections are made: names resolved with an error that can be told from others, and word of the first connection
//! that stands.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_layer::Layer;
use tower_service::Service;

/// A host name has no address.
#[derive(Debug)]
pub(super) struct NameNotResolved {
    pub(super) text: String,
}

impl fmt::Display for NameNotResolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for NameNotResolved {}

/// The operating system's name resolution.
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        async move {
            match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(addresses) => Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs),
                Err(error) => Err(Box::new(NameNotResolved { text: error.to_string() }) as _),
            }
        }
        .boxed()
    }
}

/// Calls back for each connection that stands, TLS included.
#[derive(Clone)]
pub(super) struct OnConnected(pub(super) Arc<dyn Fn() + Send + Sync>);

impl<S> Layer<S> for OnConnected {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, on_connected: self.0.clone() }
    }
}

/// A connector that calls back.
#[derive(Clone)]
pub(super) struct Watched<S> {
    inner: S,
    on_connected: Arc<dyn Fn() + Send + Sync>,
}

impl<S, R> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let on_connected = self.on_connected.clone();
        self.inner
            .call(request)
            .inspect(move |result| {
                if result.is_ok() {
                    on_connected();
                }
            })
            .boxed()
    }
}
