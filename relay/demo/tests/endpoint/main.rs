//! The endpoint through its front door: sessions of our own client, bare requests, and foreign clients.

mod connections;
mod peers;
mod presence;
mod requests;
mod session;
mod sign_in;

use std::net::SocketAddr;

use postern_demo::{DemoOptions, serve};
use postern_wsman::{
    client::{ConnectError, ConnectOptions, Credentials, Endpoint, RemoteSession},
    envelope::EXCHANGE_RESOURCE,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// A running endpoint; it ends with this value.
struct Demo {
    address: SocketAddr,
    shutdown: Option<oneshot::Sender<()>>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Demo {
    async fn start(options: DemoOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, ended) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, options, async move {
            let _ = ended.await;
        }));
        Self { address, shutdown: Some(shutdown), served }
    }

    /// Opens a session at a path of no meaning.
    async fn connect(&self, user: &str, password: &str) -> Result<RemoteSession, ConnectError> {
        let uri = format!("http://{}/powershell-liveid/", self.address);
        let endpoint = Endpoint::new(&uri, EXCHANGE_RESOURCE).unwrap();
        let credentials = Credentials::new(user, password.to_owned());
        RemoteSession::connect(endpoint, credentials, ConnectOptions::default(), |_| {}).await
    }

    async fn session(&self) -> RemoteSession {
        self.connect("admin", "demo").await.unwrap()
    }

    /// Ends the endpoint and waits for that.
    async fn stop(mut self) {
        drop(self.shutdown.take());
        self.served.await.unwrap().unwrap();
    }
}
