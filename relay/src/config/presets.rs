//! Addresses of Microsoft's clouds, by name, and what has become of each.

use super::EndpointConfig;

/// An address that is known by name.
pub(super) struct Preset {
    pub(super) name: &'static str,
    title: &'static str,
    pub(super) uri: &'static str,
    /// Other hosts that stood for the same service.
    old_hosts: &'static [&'static str],
    redirect_hosts: &'static [&'static str],
    /// What a user should know before signing in.
    note: &'static str,
}

const ENDED: &str = "Microsoft ended remote PowerShell for Exchange Online in October 2023; its REST service, which \
                     this console does not speak, took its place. This address is kept for old scripts.";
const ENDED_COMPLIANCE: &str = "Microsoft ended remote PowerShell for Security & Compliance in October 2023. This \
                                address is kept for old scripts.";
const SOVEREIGN: &str = "A cloud of its own. Remote PowerShell may have ended there as it has in the worldwide cloud; \
                         ask its operator.";

/// All of them, as Microsoft's documentation listed them.
pub(super) const PRESETS: [Preset; 10] = [
    Preset {
        name: "exchange-online",
        title: "Exchange Online (worldwide, GCC)",
        uri: "https://outlook.office365.com/powershell-liveid/",
        old_hosts: &["ps.outlook.com"],
        redirect_hosts: &["*.outlook.com", "*.office365.com"],
        note: ENDED,
    },
    Preset {
        name: "exchange-online-gcc-high",
        title: "Exchange Online (GCC High)",
        uri: "https://outlook.office365.us/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.office365.us"],
        note: SOVEREIGN,
    },
    Preset {
        name: "exchange-online-dod",
        title: "Exchange Online (DoD)",
        uri: "https://webmail.apps.mil/powershell-liveid",
        old_hosts: &[],
        redirect_hosts: &["*.apps.mil"],
        note: SOVEREIGN,
    },
    Preset {
        name: "exchange-online-china",
        title: "Exchange Online (21Vianet)",
        uri: "https://partner.outlook.cn/PowerShell",
        old_hosts: &[],
        redirect_hosts: &["*.outlook.cn"],
        note: SOVEREIGN,
    },
    Preset {
        name: "exchange-online-germany",
        title: "Exchange Online (Germany, closed)",
        uri: "https://outlook.office.de/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.office.de"],
        note: "Microsoft closed this cloud in October 2021.",
    },
    Preset {
        name: "compliance",
        title: "Security & Compliance (worldwide, GCC)",
        uri: "https://ps.compliance.protection.outlook.com/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.compliance.protection.outlook.com"],
        note: ENDED_COMPLIANCE,
    },
    Preset {
        name: "compliance-gcc-high",
        title: "Security & Compliance (GCC High)",
        uri: "https://ps.compliance.protection.office365.us/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.compliance.protection.office365.us"],
        note: SOVEREIGN,
    },
    Preset {
        name: "compliance-dod",
        title: "Security & Compliance (DoD)",
        uri: "https://l5.ps.compliance.protection.office365.us/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.compliance.protection.office365.us"],
        note: SOVEREIGN,
    },
    Preset {
        name: "compliance-china",
        title: "Security & Compliance (21Vianet)",
        uri: "https://ps.compliance.protection.partner.outlook.cn/powershell-liveid",
        old_hosts: &[],
        redirect_hosts: &["*.compliance.protection.partner.outlook.cn"],
        note: SOVEREIGN,
    },
    Preset {
        name: "eop",
        title: "Exchange Online Protection (standalone)",
        uri: "https://ps.protection.outlook.com/powershell-liveid/",
        old_hosts: &[],
        redirect_hosts: &["*.protection.outlook.com"],
        note: ENDED,
    },
];

/// The preset of that name.
pub(super) fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

/// What to know of a connection URI, whichever way it was given; nothing of a server of one's own.
pub fn note_of(uri: &str) -> Option<&'static str> {
    let host = host(uri)?;
    let preset = PRESETS.iter().find(|preset| {
        self::host(preset.uri).is_some_and(|known| known == host) || preset.old_hosts.contains(&host.as_str())
    })?;
    Some(preset.note)
}

fn host(uri: &str) -> Option<String> {
    Some(url::Url::parse(uri.trim()).ok()?.host_str()?.to_ascii_lowercase())
}

impl Preset {
    /// Fills what the configuration leaves out.
    pub(super) fn fill(&self, endpoint: &mut EndpointConfig) {
        if endpoint.name.is_empty() {
            self.name.clone_into(&mut endpoint.name);
        }
        if endpoint.title.is_empty() {
            self.title.clone_into(&mut endpoint.title);
        }
        if endpoint.uri.is_empty() {
            self.uri.clone_into(&mut endpoint.uri);
        }
        if endpoint.redirect_hosts.is_empty() {
            endpoint.redirect_hosts = self.redirect_hosts.iter().map(|host| (*host).to_owned()).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_are_recognised_however_they_are_named() {
        for uri in [
            "https://outlook.office365.com/powershell-liveid/",
            "https://OUTLOOK.office365.com:443/powershell?x",
            "https://ps.outlook.com/powershell",
        ] {
            assert!(note_of(uri).unwrap().contains("October 2023"), "{uri}");
        }
        assert!(note_of("https://outlook.office.de/powershell-liveid/").unwrap().contains("closed"));
        for uri in ["https://mail.example/PowerShell/", "https://outlook.office365.com.evil.example/", ""] {
            assert_eq!(note_of(uri), None, "{uri}");
        }
    }

    #[test]
    fn every_preset_can_be_used() {
        for preset in PRESETS {
            let mut endpoint = EndpointConfig { name: "own".into(), ..EndpointConfig::default() };
            preset.fill(&mut endpoint);
            assert_eq!((endpoint.name.as_str(), endpoint.uri.as_str()), ("own", preset.uri));
            assert!(endpoint.uri.starts_with("https://") && !endpoint.redirect_hosts.is_empty());
            assert_eq!(named(preset.name).unwrap().uri, preset.uri);
            assert!(note_of(preset.uri).is_some());
        }
    }
}
