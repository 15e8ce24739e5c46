//! Certificates: whom the client trusts, and what it shows.

use std::sync::Arc;

use postern_wsman::client::{ClientIdentity, Endpoint, Error, Proxy, TlsOptions, parse_fingerprint};
use postern_wsman::envelope::EXCHANGE_RESOURCE;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::scripted::connect;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate, key)
    }
}

/// A server that answers 403 over TLS to whoever comes so far; the port.
async fn server(certificate: CertificateDer<'static>, key: &KeyPair, clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = builder.with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = vec![0; 65_536];
                let _ = stream.read(&mut request).await;
                let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    port
}

/// What comes of connecting: `Forbidden` where TLS let the client through.
async fn outcome(port: u16, tls: TlsOptions) -> Error {
    let mut endpoint =
        Endpoint::new(&format!("https://localhost:{port}/powershell/"), EXCHANGE_RESOURCE).unwrap();
    endpoint.tls = tls;
    endpoint.proxy = Proxy::None;
    connect(endpoint, |_| ()).await.unwrap_err().error
}

fn is_tls(error: &Error) -> bool {
    matches!(error, Error::Tls { .. })
}

#[tokio::test]
async fn extra_authorities_are_trusted_and_others_are_not() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("localhost");
    let port = server(certificate.der().clone(), &key, None).await;
    let error = outcome(port, TlsOptions::default()).await;
    assert!(is_tls(&error), "{error:?}");
    let trusting = |authority: &Authority| TlsOptions {
        extra_roots: vec![authority.0.der().clone()],
        ..TlsOptions::default()
    };
    let error = outcome(port, trusting(&Authority::new())).await;
    assert!(is_tls(&error), "{error:?}");
    let error = outcome(port, trusting(&authority)).await;
    assert!(matches!(error, Error::Http { status: 403, .. }), "{error:?}");
}

#[tokio::test]
async fn a_pinned_certificate_is_the_only_one_accepted() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("another.example");
    let port = server(certificate.der().clone(), &key, None).await;
    let digest = Sha256::digest(certificate.der());
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let pinned = |text: &str| TlsOptions { pinned: parse_fingerprint(text), ..TlsOptions::default() };
    let error = outcome(port, pinned(&digest)).await;
    assert!(matches!(error, Error::Http { status: 403, .. }), "{error:?}");
    // Neither a trusted authority nor skipped checks count where a certificate is pinned.
    let other = TlsOptions {
        extra_roots: vec![authority.0.der().clone()],
        skip_ca_check: true,
        skip_cn_check: true,
        ..pinned(&"ab".repeat(32))
    };
    let error = outcome(port, other).await;
    assert!(matches!(&error, Error::Tls { text, .. } if text.contains("pinned")), "{error:?}");
}

#[tokio::test]
async fn each_check_is_skipped_by_itself() {
    let authority = Authority::new();
    let roots = || vec![authority.0.der().clone()];
    for (name, trusted, skip_ca, skip_cn, through) in [
        ("localhost", false, true, false, true),
        ("localhost", false, false, true, false),
        ("another.example", true, false, true, true),
        ("another.example", true, true, false, false),
        ("another.example", false, true, true, true),
        ("another.example", false, false, true, false),
    ] {
        let (certificate, key) = authority.issue(name);
        let port = server(certificate.der().clone(), &key, None).await;
        let tls = TlsOptions {
            extra_roots: if trusted { roots() } else { Vec::new() },
            skip_ca_check: skip_ca,
            skip_cn_check: skip_cn,
            ..TlsOptions::default()
        };
        let error = outcome(port, tls).await;
        let case = format!("{name} trusted:{trusted} ca:{skip_ca} cn:{skip_cn}: {error:?}");
        assert_eq!(matches!(error, Error::Http { status: 403, .. }), through, "{case}");
        assert_eq!(is_tls(&error), !through, "{case}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let (certificate, key) = authority.issue("localhost");
    let port = server(certificate.der().clone(), &key, Some(&clients)).await;
    let trusting = || TlsOptions { extra_roots: vec![authority.0.der().clone()], ..TlsOptions::default() };
    let error = outcome(port, trusting()).await;
    assert!(!matches!(error, Error::Http { status: 403, .. }), "{error:?}");
    let (own, own_key) = clients.issue("relay.example");
    let identity =
        ClientIdentity::from_pem(own.pem().as_bytes(), own_key.serialize_pem().as_bytes()).unwrap();
    assert!(!format!("{identity:?}").contains("PRIVATE"));
    let error = outcome(port, TlsOptions { identity: Some(identity), ..trusting() }).await;
    assert!(matches!(error, Error::Http { status: 403, .. }), "{error:?}");
}
