//! Who may sign in, and Basic authentication (RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Longest Authorization header that is looked at: a name and a password of 256 characters each fit well.
const MAX_HEADER: usize = 4096;

/// What an account may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// All there is.
    #[default]
    Administrator,
    /// Remote PowerShell is switched off for it: no shell is made (`RemotePowerShellEnabled` is false).
    NoRemotePowerShell,
    /// It has no management role: a shell is made, and the first Receive says so.
    NoRoles,
}

/// Someone who may sign in.
#[derive(Clone)]
pub struct Account {
    /// The user principal name. The part before the @ alone signs in as well, and so does `KLINIK\` before that.
    pub name: String,
    /// The password. Those of the demo are published.
    pub password: String,
    /// What the account may do.
    pub access: Access,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// An account of the demo's domain.
    pub fn new(local_part: &str, password: &str, access: Access) -> Self {
        Self {
            name: format!("{local_part}@{}", crate::organisation::DOMAIN),
            password: password.into(),
            access,
        }
    }

    /// The accounts of the demo, all with the password `demo`: the administrators `admin`, `karin.vogt`, `ben.huber`
    /// and `eva.lang`; `noremote`, who may not use remote PowerShell; `noroles`, who has no management role.
    pub fn demo() -> Vec<Self> {
        const PASSWORD: &str = "demo";
        ["admin", "karin.vogt", "ben.huber", "eva.lang"]
            .into_iter()
            .map(|name| Self::new(name, PASSWORD, Access::Administrator))
            .chain([
                Self::new("noremote", PASSWORD, Access::NoRemotePowerShell),
                Self::new("noroles", PASSWORD, Access::NoRoles),
            ])
            .collect()
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.rsplit_once('\\').map_or(name, |(_, name)| name);
        let local_part = self.name.split('@').next().unwrap_or_default();
        name.eq_ignore_ascii_case(&self.name) || name.eq_ignore_ascii_case(local_part)
    }
}

/// The account that an Authorization header signs in.
pub(super) fn authenticate<'a>(accounts: &'a [Account], header: Option<&[u8]>) -> Option<&'a Account> {
    let header = header.filter(|header| header.len() <= MAX_HEADER)?;
    let (scheme, encoded) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    accounts.iter().find(|account| account.is_called(name) && account.password == password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs_in(credentials: &str) -> Option<Access> {
        let header = format!("Basic {}", STANDARD.encode(credentials));
        authenticate(&Account::demo(), Some(header.as_bytes())).map(|account| account.access)
    }

    #[test]
    fn names_are_taken_in_all_their_forms_and_passwords_exactly() {
        for name in ["admin", "ADMIN@klinik-auer.example", "KLINIK\\admin", "Karin.Vogt"] {
            assert_eq!(signs_in(&format!("{name}:demo")), Some(Access::Administrator), "{name}");
        }
        assert_eq!(signs_in("noroles:demo"), Some(Access::NoRoles));
        for credentials in ["admin:Demo", "admin:", "admin", "nobody:demo", ":demo", "admin@elsewhere:demo"] {
            assert_eq!(signs_in(credentials), None, "{credentials}");
        }
        assert!(authenticate(&Account::demo(), Some(b"Negotiate abc")).is_none());
        assert!(authenticate(&Account::demo(), Some(b"Basic \xFF\xFE")).is_none());
        assert!(authenticate(&Account::demo(), None).is_none());
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", Account::new("admin", "geheim", Access::Administrator)).contains("geheim"));
    }
}
