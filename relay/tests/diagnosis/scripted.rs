//! A server that answers every request with the same bytes, in the clear or within TLS.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// A server; it ends with this value.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scripted {
    /// Answers in the clear, as soon as anything comes.
    pub(crate) async fn plain(answer: impl Into<Vec<u8>>) -> Self {
        Self::start(answer.into(), None).await
    }

    /// Answers within TLS.
    pub(crate) async fn secure(answer: impl Into<Vec<u8>>, config: ServerConfig) -> Self {
        Self::start(answer.into(), Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn start(answer: Vec<u8>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, tls) = (answer.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &answer).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, task }
    }

    /// A connection URI of it.
    pub(crate) fn uri(&self, scheme: &str) -> String {
        format!("{scheme}://{}/PowerShell/", self.address)
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) {
    let mut request = vec![0; 1 << 16];
    while let Ok(1..) = stream.read(&mut request).await {
        if answer.is_empty() || stream.write_all(answer).await.is_err() {
            break;
        }
    }
}

/// An answer of HTTP.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}
