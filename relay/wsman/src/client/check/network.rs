//! Name and TCP: to the server, or to the proxy on the way to it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use postern_shared::wire::{CheckLayer, CheckStep};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{ladder::Ladder, proxy::Tunnel};
use crate::client::{Endpoint, Error};

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
    pub(super) async fn again(&self, endpoint: &Endpoint) -> Result<TcpStream, Error> {
        let limit = endpoint.timeouts.connect;
        let connecting = async {
            let mut stream =
                TcpStream::connect(self.address).await.map_err(|error| tcp_error(&error, limit))?;
            if let Some(tunnel) = &self.tunnel {
                tunnel.open(&mut stream, endpoint).await?;
            }
            Ok(stream)
        };
        timeout(limit, connecting).await.unwrap_or(Err(Error::ConnectTimeout { after: limit }))
    }
}

/// Resolves the name, connects to the first address that answers, and goes through the proxy if there is one.
pub(super) async fn connect(
    endpoint: &Endpoint,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Option<(Reached, TcpStream)> {
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
) -> Result<(Reached, TcpStream), Error> {
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
    let (mut stream, address) = connected
        .map_err(|_| blame(Error::ConnectTimeout { after: limit }))?
        .map_err(|error| blame(tcp_error(&error, limit)))?;
    ladder.pass(format!("{address} answers"), Vec::new());

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
