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
    fn a_colon_in_the_user_name_is_refused() {
        assert!(matches!(Credentials::new("a:b", "c".to_owned()).basic(), Err(Error::InvalidUserName)));
    }
}
