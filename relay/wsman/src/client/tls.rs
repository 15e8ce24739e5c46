//! Whom a connection trusts, and what it shows of itself: roots, pinned certificates, skipped checks, client
//! certificates.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier;
use sha2::{Digest as _, Sha256};

use super::{Endpoint, Error};

/// How a server proves itself, and the client to it. The default trusts whom the operating system trusts.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// Authorities that are trusted besides those of the operating system.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// SHA-256 of the only certificate that is accepted, by whomever it was issued and for whichever name.
    pub pinned: Option<[u8; 32]>,
    /// `-SkipCACheck`: whoever issued the certificate is trusted.
    pub skip_ca_check: bool,
    /// `-SkipCNCheck`: the certificate may be for another name.
    pub skip_cn_check: bool,
    /// What the client shows where a server asks for a certificate.
    pub identity: Option<ClientIdentity>,
}

/// A client certificate with its key, which is never printed.
#[derive(Clone)]
pub struct ClientIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<PrivateKeyDer<'static>>,
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

impl ClientIdentity {
    /// Reads certificates, the client's own first, and a key in PKCS#8, PKCS#1 or SEC1, all in PEM.
    ///
    /// # Errors
    /// With what is missing or cannot be read.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain = certificates_from_pem(certificates)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("no private key: {error}"))?;
        Ok(Self { chain, key: Arc::new(key) })
    }
}

/// Reads certificates in PEM, at least one.
///
/// # Errors
/// With what is wrong with them.
pub fn certificates_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    if certificates.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(certificates)
}

/// Reads a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons or blanks between them.
pub fn parse_fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|character| !matches!(character, ':' | ' '))
        .map(|character| character.to_digit(16))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).filter_map(|pair| Some((pair.first()? * 16 + pair.get(1)?) as u8)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

/// The settings of TLS: versions 1.2 and 1.3.
///
/// An endpoint without TLS trusts nobody; reading the platform's certificates would only cost time, and fail where
/// there are none.
pub(super) fn config(endpoint: &Endpoint) -> Result<ClientConfig, Error> {
    let (encrypted, options) = (endpoint.is_https(), &endpoint.tls);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let builder = if encrypted {
        let chain = match (options.pinned, options.skip_ca_check) {
            (Some(pin), _) => Chain::Pinned(pin),
            (None, true) => Chain::Any,
            (None, false) => Chain::Issued(Verifier::new_with_extra_roots(
                options.extra_roots.iter().cloned(),
                provider.clone(),
            )?),
        };
        let verifier = Arc::new(Check { chain, any_name: options.skip_cn_check, provider });
        // "Dangerous" is rustls' word for any verifier of one's own; this one relaxes only what was asked for.
        builder.dangerous().with_custom_certificate_verifier(verifier)
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    let mut config = match &options.identity {
        Some(identity) if encrypted => {
            builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())?
        }
        _ => builder.with_no_client_auth(),
    };
    // WinRM's long polls, one connection each, gain nothing from HTTP/2, and IIS refuses authentication in it.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What is asked of the chain of certificates.
#[derive(Debug)]
enum Chain {
    /// That the operating system, or an extra root, vouches for it.
    Issued(Verifier),
    /// That its first is exactly this one.
    Pinned([u8; 32]),
    /// Nothing.
    Any,
}

/// Checks certificates as far as the options ask for. Signatures are always checked: whoever shows a certificate must
/// have its key.
#[derive(Debug)]
struct Check {
    chain: Chain,
    any_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.chain {
            Chain::Issued(platform) => {
                let checked =
                    platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
                match checked {
                    // The name is what is checked last, so that everything else was found right.
                    Err(rustls::Error::InvalidCertificate(
                        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                    )) if self.any_name => Ok(ServerCertVerified::assertion()),
                    checked => checked,
                }
            }
            Chain::Pinned(pin) if <[u8; 32]>::from(Sha256::digest(end_entity)) == *pin => {
                Ok(ServerCertVerified::assertion())
            }
            Chain::Pinned(_) => Err(rustls::Error::General(
                "the certificate is not the pinned one, whose SHA-256 the configuration names".to_owned(),
            )),
            Chain::Any if self.any_name => Ok(ServerCertVerified::assertion()),
            Chain::Any => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_tools_print_them() {
        let expected = std::array::from_fn(|n| n as u8);
        let plain = (0..32).map(|n| format!("{n:02x}")).collect::<Vec<_>>().concat();
        let colons = (0..32).map(|n| format!("{n:02X}")).collect::<Vec<_>>().join(":");
        assert_eq!(parse_fingerprint(&plain), Some(expected));
        assert_eq!(parse_fingerprint(&colons), Some(expected));
        for text in ["", "00", &plain[..63], &format!("{plain}0"), &plain.replace('0', "g")] {
            assert_eq!(parse_fingerprint(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_pem_is_refused() {
        assert!(certificates_from_pem(b"").is_err());
        assert!(
            certificates_from_pem(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").is_err()
        );
        assert!(ClientIdentity::from_pem(b"", b"").is_err());
    }
}
