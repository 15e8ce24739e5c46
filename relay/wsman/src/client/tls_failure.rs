//! Why a TLS handshake failed, told apart as far as it makes a difference to what is to be done.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Why no TLS connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsFailure {
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not begun.
    NotYetValid,
    /// The certificate signed itself, or was issued by an authority that this machine does not know.
    UnknownIssuer,
    /// The certificate is for other names than the one connected to.
    WrongName,
    /// The certificate was revoked.
    Revoked,
    /// Whether the certificate was revoked could not be found out.
    RevocationUnknown,
    /// The certificate is unfit for another reason: damaged, for another purpose, an old version.
    UnfitCertificate,
    /// The other side does not speak TLS at all.
    NotTls,
    /// The other side speaks no version of TLS that this one does.
    Version,
    /// The two sides have no algorithm in common, or the other one broke off the handshake.
    Handshake,
    /// The other side wants a certificate of the client.
    ClientCertificate,
    /// This machine has no certificates of authorities, or they cannot be read.
    NoRoots,
    /// Anything else.
    Other,
}

impl TlsFailure {
    /// Sorts an error of rustls.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(error) => Self::of_certificate(error),
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            ) => Self::NotTls,
            Error::PeerIncompatible(_) => Self::Version,
            Error::AlertReceived(alert) => match alert {
                AlertDescription::ProtocolVersion => Self::Version,
                AlertDescription::CertificateRevoked => Self::Revoked,
                AlertDescription::CertificateRequired
                | AlertDescription::NoCertificate
                | AlertDescription::AccessDenied => Self::ClientCertificate,
                _ => Self::Handshake,
            },
            Error::NoCertificatesPresented => Self::UnfitCertificate,
            // What the verifier says when the system's store is empty.
            Error::General(text) if text.contains("CA certificates") => Self::NoRoots,
            Error::InvalidMessage(_)
            | Error::InappropriateMessage { .. }
            | Error::InappropriateHandshakeMessage { .. }
            | Error::PeerMisbehaved(_) => Self::Handshake,
            _ => Self::Other,
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::WrongName
            }
            CertificateError::Revoked => Self::Revoked,
            CertificateError::UnknownRevocationStatus
            | CertificateError::ExpiredRevocationList
            | CertificateError::ExpiredRevocationListContext { .. } => Self::RevocationUnknown,
            // Such a certificate signed itself: an authority that serves as a server. webpki's error has no variant of
            // its own in rustls.
            CertificateError::Other(error) if error.to_string().contains("CaUsedAsEndEntity") => {
                Self::UnknownIssuer
            }
            _ => Self::UnfitCertificate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_server_here_can_provoke_is_told_apart_too() {
        for (error, failure) in [
            (Error::InvalidCertificate(CertificateError::Revoked), TlsFailure::Revoked),
            (
                Error::InvalidCertificate(CertificateError::UnknownRevocationStatus),
                TlsFailure::RevocationUnknown,
            ),
            (Error::InvalidCertificate(CertificateError::BadEncoding), TlsFailure::UnfitCertificate),
            (Error::General("No CA certificates were loaded from the system".into()), TlsFailure::NoRoots),
            (Error::General("x".into()), TlsFailure::Other),
            (Error::AlertReceived(AlertDescription::CertificateRequired), TlsFailure::ClientCertificate),
        ] {
            assert_eq!(TlsFailure::of(&error), failure, "{error:?}");
        }
    }
}
