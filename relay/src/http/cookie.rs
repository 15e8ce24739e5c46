//! The cookie that names a browser: 256 random bits, of which the relay keeps only a hash.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a token; as many as an attacker cannot guess in any number of tries.
const TOKEN: usize = 32;

/// Who a browser is: the hash of its token.
#[derive(Clone, Copy)]
pub(crate) struct Browser([u8; 32]);

impl Browser {
    /// Compares in constant time, so that answers tell nothing of how much of a guess was right.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The browser that sent a request, if it sent a cookie of ours.
    pub(crate) fn of(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let mut pairs = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(name, _)| *name == cookie_name(secure))?;
        let mut token = Zeroizing::new([0; TOKEN]);
        let length = URL_SAFE_NO_PAD.decode_slice(text.trim(), token.as_mut_slice()).ok()?;
        (length == TOKEN).then(|| Self(Sha256::digest(token.as_slice()).into()))
    }

    /// A new browser and the header that gives it its token.
    pub(crate) fn new(secure: bool) -> Result<(Self, HeaderValue), getrandom::Error> {
        let mut token = Zeroizing::new([0; TOKEN]);
        getrandom::fill(token.as_mut_slice())?;
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(token.as_slice()));
        let secure_mark = if secure { " Secure;" } else { "" };
        let cookie = Zeroizing::new(format!(
            "{}={};{secure_mark} HttpOnly; SameSite=Strict; Path=/",
            cookie_name(secure),
            text.as_str()
        ));
        let mut header = HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""));
        header.set_sensitive(true);
        Ok((Self(Sha256::digest(token.as_slice()).into()), header))
    }
}

/// `__Host-` makes browsers refuse the cookie from any other host and without `Secure`; http on loopback can have
/// neither.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-postern" } else { "postern" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn a_browser_is_known_by_the_cookie_it_was_given() {
        for secure in [false, true] {
            let (browser, header) = Browser::new(secure).unwrap();
            let set = header.to_str().unwrap();
            assert_eq!(set.contains("Secure;"), secure);
            assert!(set.ends_with("HttpOnly; SameSite=Strict; Path=/"));
            let pair = set.split(';').next().unwrap();
            assert!(Browser::of(&sent(&format!("a=b; {pair}; c=d")), secure).unwrap().is(&browser));
            assert!(Browser::of(&sent(pair), !secure).is_none());
            let (other, _) = Browser::new(secure).unwrap();
            assert!(!other.is(&browser));
        }
    }

    #[test]
    fn anything_else_is_nobody() {
        for cookie in ["", "postern", "postern=", "postern=AAAA", "postern=!!!", "xpostern=AAAA"] {
            assert!(Browser::of(&sent(cookie), false).is_none(), "{cookie}");
        }
        assert!(Browser::of(&sent(&format!("postern={}", "A".repeat(400))), false).is_none());
    }
}
