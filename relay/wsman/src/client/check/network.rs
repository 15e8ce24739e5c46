//! Name and TCP: to the server, or to the proxy on the way to it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use postern_shared::wire::{CheckLayer, CheckStep};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{ladder::Ladder, proxy::Tunnel};
use crate::client::{Endpoint, Error};

/// A connection, in the clear or within the TLS of a proxy.
pub(super) type Stream = Box<dyn Io>;

/// What can be read and written.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}

/// Addresses of a name that are tried.
const MOST_ADDRESSES: usize = 8;

/// How the server is reached.
pub(super) struct Reached {
    /// The address that answered: the server's, or the proxy's.
    address: SocketAddr,
    tunnel: Option<Tunnel>,
}

impl Reached {
    /// Another connection on the same way.
    pub(super) async fn again(&self, endpoint: &Endpoint) -> Result<Stream, Error> {
        let limit = endpoint.timeouts.connect;
        let connecting = async {
            let stream = TcpStream::connect(self.address).await.map_err(|error| tcp_error(&error, limit))?;
            let Some(tunnel) = &self.tunnel else { return Ok(Box::new(stream) as Stream) };
            let mut stream =
                if tunnel.is_secure() { tunnel.secure(stream, endpoint).await? } else { Box::new(stream) };
            tunnel.open(&mut stream, endpoint).await?;
            Ok(stream)
        };
        timeout(limit, connecting).await.unwrap_or(Err(Error::ConnectTimeout { after: limit }))
    }
}

/// Resolves the name, connects to the first address that answers, and goes through the proxy if there is one.
pub(super) async fn connect(
    endpoint: &Endpoint,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Option<(Reached, Stream)> {
    let tunnel = Tunnel::of(endpoint);
    let limit = endpoint.timeouts.connect;
    let reached = match timeout(limit * 2, each(endpoint, tunnel, ladder)).await {
        Ok(reached) => reached,
        Err(_) => Err(Error::ConnectTimeout { after: limit * 2 }),
    };
    match reached {
        Ok(reached) => Some(reached),
        Err(error) => {
            ladder.stop(&error, endpoint.host(), Vec::new());
            None
        }
    }
}

async fn each(
    endpoint: &Endpoint,
    tunnel: Option<Tunnel>,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Result<(Reached, Stream), Error> {
    let limit = endpoint.timeouts.connect;
    let (host, port) = if let Some(tunnel) = &tunnel {
        ladder.begin(CheckLayer::Name, "Address of the proxy");
        tunnel.host_and_port()
    } else {
        ladder.layer(CheckLayer::Name);
        endpoint.host_and_port()
    };
    // Whatever fails before the proxy answers is the proxy's failure.
    let blame = |error: Error| match &tunnel {
        Some(_) => Error::ProxyUnreachable { text: error.to_string() },
        None => error,
    };
    let found = timeout(limit, lookup_host((host, port))).await;
    let not_found = |text: String| blame(Error::NameNotResolved { text });
    let addresses: Vec<SocketAddr> = found
        .map_err(|_| not_found(format!("no answer within {} s", limit.as_secs())))?
        .map_err(|error| not_found(error.to_string()))?
        .take(MOST_ADDRESSES)
        .collect();
    let list = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
    let literal = host.parse::<IpAddr>().is_ok();
    let found = if literal { format!("{host} is an address already") } else { format!("{host} is {list}") };
    ladder.pass(found, Vec::new());

    if tunnel.is_some() {
        ladder.begin(CheckLayer::Tcp, "Connection to the proxy (TCP)");
    } else {
        ladder.layer(CheckLayer::Tcp);
    }
    let connected = timeout(limit, first(&addresses)).await;
    let (stream, address) = connected
        .map_err(|_| blame(Error::ConnectTimeout { after: limit }))?
        .map_err(|error| blame(tcp_error(&error, limit)))?;
    ladder.pass(format!("{address} answers"), Vec::new());

    let mut stream: Stream = match &tunnel {
        Some(tunnel) if tunnel.is_secure() => {
            ladder.begin(CheckLayer::Proxy, "Secure connection to the proxy (TLS)");
            let secured = timeout(limit, tunnel.secure(stream, endpoint)).await;
            let secured = secured.map_err(|_| blame(Error::ConnectTimeout { after: limit }))??;
            ladder.pass("the proxy has proven its name", Vec::new());
            secured
        }
        _ => Box::new(stream),
    };
    if let Some(tunnel) = &tunnel {
        ladder.layer(CheckLayer::Proxy);
        let opened = timeout(limit, tunnel.open(&mut stream, endpoint)).await;
        opened.unwrap_or(Err(Error::ConnectTimeout { after: limit }))?;
        ladder.pass(format!("the proxy connects to {}", endpoint.host()), Vec::new());
    }
    Ok((Reached { address, tunnel }, stream))
}

async fn first(addresses: &[SocketAddr]) -> io::Result<(TcpStream, SocketAddr)> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok((stream, *address)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn tcp_error(error: &io::Error, limit: Duration) -> Error {
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Error::Refused { text },
        io::ErrorKind::TimedOut => Error::ConnectTimeout { after: limit },
        _ => Error::Unreachable { text },
    }
}
