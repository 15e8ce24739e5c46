//! User name and password: a password is zeroed when it is dropped and never printed.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::Error;

/// As whom to sign in.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Takes a user name (`user@domain`, `DOMAIN\user`) and a password.
    pub fn new(user: impl Into<String>, password: impl Into<Zeroizing<String>>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// Takes an OAuth token in the place of a password, for an endpoint made with [`super::Endpoint::with_oauth`]:
    /// Exchange's front end takes the token out of the Basic header. The user is the one that the token is for.
    ///
    /// The token is not renewed: when it expires the server refuses requests, and a new sign-in needs a new one.
    pub fn bearer(user: impl Into<String>, token: &str) -> Self {
        Self::new(user, format!("Bearer {}", token.trim()))
    }

    /// The user name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The Authorization header for Basic (RFC 7617, UTF-8), marked as sensitive.
    ///
    /// Made for each request, so that no further copy of the password lives as long as the session. What is made here on
    /// the way is zeroed; the header itself, the HTTP library's write buffer and the TLS library's are not, as they
    /// offer no way to it: they are freed with the request and the connection.
    pub(super) fn basic(&self) -> Result<HeaderValue, Error> {
        // A colon would move a part of the user name into the password; nothing on the other side could tell.
        if self.user.contains(':') || self.user.chars().any(char::is_control) {
            return Err(Error::InvalidUserName);
        }
        let plain = Zeroizing::new(format!("{}:{}", self.user, *self.password));
        let header = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
        let mut value = HeaderValue::from_str(&header).map_err(|_| Error::InvalidUserName)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_the_password() {
        let credentials = Credentials::new("nora.fink@klinik-auer.example", "geheim".to_owned());
        let header = credentials.basic().unwrap();
        assert_eq!(header, "Basic bm9yYS5maW5rQGtsaW5pay1hdWVyLmV4YW1wbGU6Z2VoZWlt");
        let printed = format!("{credentials:?} {header:?}");
        assert!(!printed.contains("geheim") && !printed.contains("Z2VoZWlt"), "{printed}");
        assert!(printed.contains("nora.fink"), "{printed}");
    }

    #[test]
    fn a_token_stands_in_the_place_of_the_password() {
        let credentials = Credentials::bearer("nora.fink@klinik-auer.example", " eyJ.a.b\n");
        let header = credentials.basic().unwrap();
        let encoded = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let plain = STANDARD.decode(encoded).unwrap();
        assert_eq!(plain, b"nora.fink@klinik-auer.example:Bearer eyJ.a.b");
        assert!(!format!("{credentials:?}").contains("eyJ"));
    }

    #[test]
    fn a_colon_in_the_user_name_is_refused() {
        assert!(matches!(Credentials::new("a:b", "c".to_owned()).basic(), Err(Error::InvalidUserName)));
    }
}
