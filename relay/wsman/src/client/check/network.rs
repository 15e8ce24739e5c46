//! Name, TCP and TLS, each made by itself.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use postern_shared::wire::{CheckLayer, CheckStep};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Certificate, ladder::Ladder};
use crate::client::{Endpoint, Error, TlsFailure, connection::tls};

/// Addresses of a name that are tried.
const MOST_ADDRESSES: usize = 8;

/// Resolves the name and connects to the first address that answers.
pub(super) async fn connect(
    endpoint: &Endpoint,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Option<TcpStream> {
    let (host, port) = endpoint.host_and_port();
    ladder.layer(CheckLayer::Name);
    let limit = endpoint.timeouts.connect;
    let addresses = match timeout(limit, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.take(MOST_ADDRESSES).collect::<Vec<_>>(),
        Ok(Err(error)) => {
            ladder.stop(&Error::NameNotResolved { text: error.to_string() }, endpoint.host(), Vec::new());
            return None;
        }
        Err(_) => {
            let text = format!("no answer within {} s", limit.as_secs());
            ladder.stop(&Error::NameNotResolved { text }, endpoint.host(), Vec::new());
            return None;
        }
    };
    let list = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
    ladder.pass(format!("{host} is {list}"), vec![("Addresses".into(), list)]);

    ladder.layer(CheckLayer::Tcp);
    match timeout(limit, first(&addresses)).await {
        Ok(Ok((stream, address))) => {
            ladder.pass(format!("{address} answers"), Vec::new());
            return Some(stream);
        }
        Ok(Err(error)) => ladder.stop(&tcp_error(&error, limit), endpoint.host(), Vec::new()),
        Err(_) => ladder.stop(&Error::ConnectTimeout { after: limit }, endpoint.host(), Vec::new()),
    }
    None
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

fn tcp_error(error: &io::Error, limit: std::time::Duration) -> Error {
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Error::Refused { text },
        io::ErrorKind::TimedOut => Error::ConnectTimeout { after: limit },
        _ => Error::Unreachable { text },
    }
}

/// Makes the connection secure, as the client does, and says what the certificate is; also where it is refused.
pub(super) async fn secure(
    endpoint: &Endpoint,
    stream: TcpStream,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> bool {
    ladder.layer(CheckLayer::Tls);
    let (host, _) = endpoint.host_and_port();
    let peer = stream.peer_addr().ok();
    match handshake(endpoint, stream).await {
        Ok((found, certificate)) => {
            let facts = certificate.map(|certificate| certificate.facts()).unwrap_or_default();
            ladder.pass(found, facts);
            true
        }
        Err(error) => {
            let refused = matches!(&error, Error::Tls { failure, .. } if of_certificate(*failure));
            let facts = match peer.filter(|_| refused) {
                Some(peer) => presented(peer, host, endpoint).await.map(|certificate| certificate.facts()),
                None => None,
            };
            ladder.stop(&error, endpoint.host(), facts.unwrap_or_default());
            false
        }
    }
}

/// Whether it is the server's certificate that was refused.
fn of_certificate(failure: TlsFailure) -> bool {
    use TlsFailure as T;
    matches!(
        failure,
        T::Expired
            | T::NotYetValid
            | T::UnknownIssuer
            | T::WrongName
            | T::Revoked
            | T::RevocationUnknown
            | T::UnfitCertificate
    )
}

async fn handshake(endpoint: &Endpoint, stream: TcpStream) -> Result<(String, Option<Certificate>), Error> {
    let (host, _) = endpoint.host_and_port();
    let connector = TlsConnector::from(Arc::new(tls(endpoint)?));
    let name = server_name(host)?;
    let limit = endpoint.timeouts.connect;
    let secure = timeout(limit, connector.connect(name, stream))
        .await
        .map_err(|_| Error::ConnectTimeout { after: limit })?
        .map_err(|error| Error::from_io(&error))?;
    let (_, session) = secure.get_ref();
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let certificate =
        session.peer_certificates().and_then(|chain| Certificate::read(chain.first()?, chain.len()));
    let found = match &certificate {
        Some(certificate) => format!("{version}, certificate valid until {}", certificate.not_after),
        None => version.to_owned(),
    };
    Ok((found, certificate))
}

fn server_name(host: &str) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(host.to_owned()).map_err(|error| Error::InvalidEndpoint(error.to_string()))
}

/// The certificate that the server presents, by a handshake that is given up as soon as it is there.
async fn presented(peer: SocketAddr, host: &str, endpoint: &Endpoint) -> Option<Certificate> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let look = Arc::new(Look { seen: OnceLock::new(), provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(look.clone())
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let name = server_name(host).ok()?;
    let look_at_it = async {
        let stream = TcpStream::connect(peer).await.ok()?;
        // It fails, as `Look` trusts nothing.
        let _ = connector.connect(name, stream).await;
        Some(())
    };
    timeout(endpoint.timeouts.connect, look_at_it).await.ok()??;
    let (first, length) = look.seen.get()?;
    Certificate::read(first, *length)
}

/// Keeps the certificate that is presented, and refuses it: no connection ever comes about.
struct Look {
    seen: OnceLock<(CertificateDer<'static>, usize)>,
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Look")
    }
}

impl ServerCertVerifier for Look {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let _ = self.seen.set((end_entity.clone().into_owned(), intermediates.len() + 1));
        Err(rustls::Error::General("only looked at".into()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("only looked at".into()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("only looked at".into()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
