//! TLS: the handshake as the client makes it, and the certificate that the server presents, also where it is refused.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use postern_shared::wire::{CheckLayer, CheckStep};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{
    Certificate,
    ladder::Ladder,
    network::{Reached, Stream},
};
use crate::client::{Endpoint, Error, TlsFailure, tls};

/// Makes the connection secure, as the client does, and says what the certificate is; also where it is refused.
pub(super) async fn secure(
    endpoint: &Endpoint,
    (reached, stream): (Reached, Stream),
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> bool {
    ladder.layer(CheckLayer::Tls);
    match handshake(endpoint, stream).await {
        Ok((found, certificate)) => {
            let facts = certificate.map(|certificate| certificate.facts()).unwrap_or_default();
            ladder.pass(found, facts);
            true
        }
        Err(error) => {
            let refused = matches!(&error, Error::Tls { failure, .. } if of_certificate(*failure));
            let seen = if refused { presented(endpoint, &reached).await } else { None };
            let facts = seen.map(|certificate| certificate.facts());
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

async fn handshake(endpoint: &Endpoint, stream: Stream) -> Result<(String, Option<Certificate>), Error> {
    let (connector, name) = connector(endpoint, endpoint.host_and_port().0)?;
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

/// What makes connections secure as the client does, and the name that is to be proven.
pub(super) fn connector(
    endpoint: &Endpoint,
    host: &str,
) -> Result<(TlsConnector, ServerName<'static>), Error> {
    Ok((TlsConnector::from(Arc::new(tls::config(endpoint)?)), server_name(host)?))
}

fn server_name(host: &str) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(host.to_owned()).map_err(|error| Error::InvalidEndpoint(error.to_string()))
}

/// The certificate that the server presents, by a handshake that is given up as soon as it is there.
async fn presented(endpoint: &Endpoint, reached: &Reached) -> Option<Certificate> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let look = Arc::new(Look { seen: OnceLock::new(), provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(look.clone())
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let name = server_name(endpoint.host_and_port().0).ok()?;
    let stream = reached.again(endpoint).await.ok()?;
    // It fails, as `Look` trusts nothing.
    let _ = timeout(endpoint.timeouts.connect, connector.connect(name, stream)).await;
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
