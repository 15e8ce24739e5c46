//! Cookies, by which a load balancer finds the back end that has the shell.
//!
//! A back end that does not know the shell may hand out a cookie that leads to itself. So what last led to the shell is
//! remembered, and one request is repeated by it.

use std::sync::{PoisonError, RwLock};

use reqwest::{
    Url,
    cookie::{CookieStore, Jar},
    header::HeaderValue,
};

/// The cookies of one session, redirects included; each goes only to the host that set it.
#[derive(Debug, Default)]
pub(super) struct Routes {
    jar: RwLock<Jar>,
    /// The cookies of the last answer that knew the shell.
    good: RwLock<Option<HeaderValue>>,
}

impl Routes {
    /// What is sent now leads to the shell.
    pub(super) fn keep(&self, url: &Url) {
        let now = self.cookies(url);
        let mut good = self.good.write().unwrap_or_else(PoisonError::into_inner);
        if *good != now {
            *good = now;
        }
    }

    /// Goes back to what last led to the shell. False if nothing has changed since, so that a repeated request would
    /// get the same answer.
    pub(super) fn go_back(&self, url: &Url) -> bool {
        let good = self.good.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(good) = good.filter(|good| self.cookies(url).as_ref() != Some(good)) else {
            return false;
        };
        let jar = Jar::default();
        for cookie in String::from_utf8_lossy(good.as_bytes()).split("; ") {
            jar.add_cookie_str(&format!("{cookie}; Path=/"), url);
        }
        *self.jar.write().unwrap_or_else(PoisonError::into_inner) = jar;
        true
    }
}

impl CookieStore for Routes {
    fn set_cookies(&self, headers: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        self.jar.read().unwrap_or_else(PoisonError::into_inner).set_cookies(headers, url);
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.jar.read().unwrap_or_else(PoisonError::into_inner).cookies(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_the_last_that_led_to_the_shell() {
        let routes = Routes::default();
        let url = Url::parse("https://mail.example/powershell/").unwrap();
        let set = |text: &'static str| {
            routes.set_cookies(&mut [HeaderValue::from_static(text)].iter(), &url);
        };
        assert!(!routes.go_back(&url), "nothing to go back to");
        set("MS-WSMAN=a; Path=/powershell; Secure");
        routes.keep(&url);
        assert!(!routes.go_back(&url), "nothing has changed");
        set("MS-WSMAN=b; Path=/powershell; Secure");
        assert_eq!(routes.cookies(&url).unwrap(), "MS-WSMAN=b");
        assert!(routes.go_back(&url));
        assert_eq!(routes.cookies(&url).unwrap(), "MS-WSMAN=a");
        let other = Url::parse("https://other.example/powershell/").unwrap();
        assert_eq!(routes.cookies(&other), None);
    }
}
