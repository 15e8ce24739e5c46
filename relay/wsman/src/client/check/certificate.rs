//! What a server's certificate says (RFC 5280), for people to read. Nothing is checked here.

use std::{fmt::Write as _, net::IpAddr};

use sha2::{Digest as _, Sha256};
use x509_cert::{
    certificate::CertificateInner,
    der::Decode as _,
    ext::pkix::{SubjectAltName, name::GeneralName},
};

/// Names of a certificate that are kept.
const MOST_NAMES: usize = 50;

/// A server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, as a distinguished name.
    pub subject: String,
    /// Who issued it, as a distinguished name.
    pub issuer: String,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// From when it is valid, for example `2026-01-31 08:00 UTC`.
    pub not_before: String,
    /// Until when it is valid.
    pub not_after: String,
    /// SHA-256 of the whole, in hexadecimal.
    pub fingerprint: String,
    /// How many certificates the server sent, this one included.
    pub chain: usize,
}

impl Certificate {
    /// Reads one in DER; `None` if it is none.
    pub fn read(der: &[u8], chain: usize) -> Option<Self> {
        let certificate: CertificateInner = CertificateInner::from_der(der).ok()?;
        let content = certificate.tbs_certificate();
        let mut fingerprint = String::with_capacity(64);
        for byte in Sha256::digest(der) {
            let _ = write!(fingerprint, "{byte:02X}");
        }
        let names = content.get_extension::<SubjectAltName>().ok().flatten();
        let names = names.map(|(_, names)| names.0.iter().filter_map(name).take(MOST_NAMES).collect());
        let time = |time: &x509_cert::time::Time| {
            let at = time.to_date_time();
            let (year, month, day) = (at.year(), at.month(), at.day());
            format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", at.hour(), at.minutes())
        };
        Some(Self {
            subject: printable(&content.subject().to_string()),
            issuer: printable(&content.issuer().to_string()),
            names: names.unwrap_or_default(),
            not_before: time(&content.validity().not_before),
            not_after: time(&content.validity().not_after),
            fingerprint,
            chain,
        })
    }

    /// Whether it names itself as its issuer.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }

    /// All of it by name.
    pub fn facts(&self) -> Vec<(String, String)> {
        let issuer = if self.is_self_signed() {
            format!("{} (self-signed)", self.issuer)
        } else {
            self.issuer.clone()
        };
        let mut facts = vec![("Certificate".to_owned(), self.subject.clone()), ("Issuer".to_owned(), issuer)];
        if !self.names.is_empty() {
            facts.push(("Names".to_owned(), self.names.join(", ")));
        }
        facts.extend([
            ("Valid from".to_owned(), self.not_before.clone()),
            ("Valid until".to_owned(), self.not_after.clone()),
            ("SHA-256".to_owned(), self.fingerprint.clone()),
            ("Certificates sent".to_owned(), self.chain.to_string()),
        ]);
        facts
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(printable(name.as_str())),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok().map(|ip| ip.to_string())
        }
        _ => None,
    }
}

/// Anyone can write anything into a certificate, and this is shown in terminals.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_none() {
        for bytes in [&b""[..], b"\x30", b"\x30\x82\xFF\xFF", b"plain text"] {
            assert_eq!(Certificate::read(bytes, 1), None);
        }
    }
}
