//! TLS by kind: certificates made here, and servers that do not speak it, or another version.

use postern_wsman::{
    client::{Endpoint, TlsOptions},
    envelope::EXCHANGE_RESOURCE,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::{
    self, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use crate::{
    explains, refused, refused_at,
    scripted::{Scripted, http},
};

/// A certificate of its own for these names, and what serves with it.
pub(crate) fn server(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    config(vec![certificate.der().clone()], &key)
}

pub(crate) fn config(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}

pub(crate) fn expired(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
}

/// A fatal alert of TLS (RFC 8446 section 6).
fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 3, 0, 2, 2, description]
}

#[tokio::test]
async fn each_kind_of_certificate_is_explained() {
    let future = |params: &mut CertificateParams| {
        (params.not_before, params.not_after) = (date_time_ymd(2200, 1, 1), date_time_ymd(2201, 1, 1));
    };
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    for (config, expected) in [
        (
            server(&["127.0.0.1"], expired),
            ("The certificate of 127.0.0.1 has expired", "not renewed", "Enable-ExchangeCertificate", ""),
        ),
        (server(&["127.0.0.1"], future), ("not valid yet", "clock of the relay's machine", "time zone", "")),
        (
            server(&["127.0.0.1"], |_| {}),
            ("not trusted", "self-signed", "authority's certificate installed", ""),
        ),
        // As `openssl req -x509` makes it.
        (
            server(&["127.0.0.1"], authority),
            ("not trusted", "self-signed", "authority's certificate installed", ""),
        ),
    ] {
        let server = Scripted::secure(http("200 OK", "", ""), config).await;
        explains(&refused(&server.uri("https")).await, expected);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_explained() {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["mail.klinik-auer.example".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let config = config(vec![certificate.der().clone()], &key);
    let server = Scripted::secure(http("404 Not Found", "", ""), config).await;
    let mut endpoint = Endpoint::new(&server.uri("https"), EXCHANGE_RESOURCE).unwrap();
    endpoint.tls = TlsOptions { extra_roots: vec![authority.der().clone()], ..TlsOptions::default() };
    let failure = refused_at(endpoint.clone()).await;
    explains(&failure, ("is for another name", "", "names that the certificate lists", ""));
    assert!(failure.raw.contains("mail.klinik-auer.example"), "{failure:?}");
    // It is the name alone: the authority is trusted.
    endpoint.tls.skip_cn_check = true;
    assert_eq!(refused_at(endpoint).await.code, "HTTP 404");
}

#[tokio::test]
async fn each_kind_of_handshake_is_explained() {
    for (answer, expected) in [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            ("does not speak TLS", "begins with https://", "443", ""),
        ),
        (alert(70), ("No version of TLS is common", "older than TLS 1.2", "TLS 1.2", "")),
        (alert(40), ("No secure connection to 127.0.0.1", "no algorithm in common", "TLS 1.2", "")),
        (alert(44), ("was revoked", "withdrawn", "new certificate", "")),
        (alert(116), ("A certificate of the client is demanded", "Client certificates", "ignored", "")),
        (b"220 mail.example ESMTP ready\r\n".to_vec(), ("does not speak TLS", "another service", "port", "")),
    ] {
        let server = Scripted::plain(answer).await;
        explains(&refused(&server.uri("https")).await, expected);
    }
}

#[tokio::test]
async fn http_at_a_port_of_tls_is_explained() {
    let server = Scripted::secure(http("200 OK", "", ""), server(&["127.0.0.1"], |_| {})).await;
    let failure = refused(&server.uri("http")).await;
    explains(&failure, ("does not speak HTTP", "one for https", "443", ""));
}
