//! The demo organisation *Klinik Auer*: who and what is in it, made up the same way every time, and changed by cmdlets.
//!
//! A recipient is a record of about a hundred bytes; names, addresses, sizes and the 150 properties of its object are
//! derived from it when they are asked for. Nothing here reads a clock: the time of "now" is passed in.

pub mod audit;
pub mod compliance_search;
pub mod configuration;
mod configured;
pub mod generate;
pub mod group;
pub mod identity;
pub mod inbox_rule;
pub mod mail_flow;
pub mod moment;
pub mod move_request;
pub mod names;
pub mod permission;
pub mod random;
pub mod recipient;
pub mod statistics;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use postern_shared::value::{PsStr, PsValue, Uuid};

use self::{
    audit::AuditLog, configuration::Configuration, identity::Index, mail_flow::MailFlow,
    move_request::MoveRequests,
};
pub use self::{
    group::{DynamicGroup, Group},
    identity::Missing,
    moment::Moment,
    permission::{FolderPermission, MailboxPermission},
    recipient::{Changes, Kind, Label, Naming, Recipient, RecipientId, Traits},
};

/// The organisation's mail domain.
pub const DOMAIN: &str = "klinik-auer.example";
/// The directory's domain.
pub const DIRECTORY: &str = "klinik-auer.local";
/// The directory's domain as a distinguished name.
pub const DIRECTORY_DN: &str = "DC=klinik-auer,DC=local";
/// The old name of accounts.
pub const NETBIOS: &str = "KLINIK";
/// The domain controller that answers.
pub const DOMAIN_CONTROLLER: &str = "DC1.klinik-auer.local";
/// The Exchange server that answers.
pub const SERVER: &str = "EX01";
/// Start of every `LegacyExchangeDN`.
pub const LEGACY_PREFIX: &str = "/o=KlinikAuer/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)";
/// How many mailbox databases there are.
pub const DATABASES: u8 = 4;
/// Most mailboxes that can be asked for: what one organisation of the demo's kind can list in a browser.
pub const MAX_MAILBOXES: u32 = 100_000;

/// What to make up.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many mailboxes, rooms and shared ones included; at least the ones that always exist are made, and at most
    /// [`MAX_MAILBOXES`].
    pub mailboxes: u32,
    /// Tells the present time: nothing here reads a clock of its own.
    pub clock: fn() -> Moment,
}

/// Everything in the organisation.
#[derive(Debug)]
pub struct Organisation {
    /// The time that counted as now when it was made up.
    pub made_at: Moment,
    clock: fn() -> Moment,
    recipients: Vec<Recipient>,
    labels: Vec<Label>,
    index: Index,
    groups: HashMap<RecipientId, Group>,
    dynamic_groups: HashMap<RecipientId, DynamicGroup>,
    mailbox_permissions: BTreeMap<RecipientId, Vec<MailboxPermission>>,
    send_as: BTreeMap<RecipientId, Vec<RecipientId>>,
    folder_permissions: HashMap<(RecipientId, PsStr), Vec<FolderPermission>>,
    /// Domains, rules, policies, servers and roles.
    pub configuration: Configuration,
    inbox_rules: HashMap<RecipientId, Vec<configuration::Item>>,
    /// Mailboxes on their way to another database.
    pub move_requests: MoveRequests,
    /// Searches through mailboxes.
    pub compliance_searches: Vec<compliance_search::ComplianceSearch>,
    /// What administrators changed.
    pub audit: AuditLog,
    /// Traces and quarantine.
    pub mail_flow: MailFlow,
    random: random::Random,
}

impl Organisation {
    /// The present time.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// The recipient; a removed one too.
    ///
    /// # Panics
    /// Never for an id that this organisation gave out.
    pub fn recipient(&self, id: RecipientId) -> &Recipient {
        &self.recipients[id.0 as usize]
    }

    /// The recipient, to be changed. Call [`Self::touch`] when it was, so that it is found by its new names.
    pub fn recipient_mut(&mut self, id: RecipientId) -> &mut Recipient {
        &mut self.recipients[id.0 as usize]
    }

    /// All that exist, in the order in which they were made.
    pub fn ids(&self) -> impl Iterator<Item = RecipientId> + '_ {
        let all = self.recipients.iter().enumerate();
        all.filter(|(_, recipient)| recipient.exists()).map(|(at, _)| RecipientId(at as u32))
    }

    /// One past the last id that was ever given out.
    pub fn end(&self) -> u32 {
        self.recipients.len() as u32
    }

    /// Adds a recipient of that name.
    pub fn add(&mut self, kind: Kind, label: Label, now: Moment) -> RecipientId {
        self.labels.push(label);
        let naming = Naming::Label(self.labels.len() as u32 - 1);
        let guid = self.random.guid();
        let database = self.random.below(u64::from(DATABASES)) as u8 + 1;
        self.recipients.push(Recipient {
            guid,
            kind,
            naming,
            department: 0,
            office: 0,
            title: 0,
            database,
            manager: None,
            created: now,
            changed: now,
            traits: Traits::NEVER_USED | Traits::REMOTE_SHELL,
            changes: None,
        });
        let id = RecipientId(self.recipients.len() as u32 - 1);
        if kind.is_group() {
            self.groups.insert(id, Group::default());
        }
        if let Some(recipient) = self.recipients.last_mut() {
            // Nothing made up about a recipient that someone made by a cmdlet.
            recipient.set("Department", "");
            recipient.set("Office", "");
            recipient.set("Title", "");
            recipient.set("Phone", "");
        }
        self.touch(id, now);
        id
    }

    /// Notes that a recipient was changed: its time of change, and under which names it is found.
    pub fn touch(&mut self, id: RecipientId, now: Moment) {
        self.recipient_mut(id).changed = now;
        self.reindex(id);
    }

    /// Removes a recipient, also from groups and permissions.
    pub fn remove(&mut self, id: RecipientId) {
        self.recipient_mut(id).traits.set(Traits::REMOVED, true);
        self.groups.remove(&id);
        self.dynamic_groups.remove(&id);
        self.mailbox_permissions.remove(&id);
        self.send_as.remove(&id);
        self.move_requests.remove(&id);
        self.inbox_rules.remove(&id);
        for group in self.groups.values_mut() {
            group.members.retain(|member| *member != id);
            group.managed_by.retain(|manager| *manager != id);
        }
        for trustees in self.send_as.values_mut() {
            trustees.retain(|trustee| *trustee != id);
        }
        for permissions in self.mailbox_permissions.values_mut() {
            permissions.retain(|permission| permission.user != id);
        }
    }

    /// `Name`: the common name in the organisation.
    pub fn name(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Name").unwrap_or_else(|| self.original_name(recipient))
    }

    fn original_name(&self, recipient: &Recipient) -> PsStr {
        match recipient.naming {
            Naming::Person { first, last, number } => {
                let (first, last) = person(first, last);
                if number > 1 {
                    format!("{first} {last} {number}").into()
                } else {
                    format!("{first} {last}").into()
                }
            }
            Naming::Label(label) => self.labels.get(label as usize).map_or(PsStr::EMPTY, |l| l.name.clone()),
        }
    }

    /// `DisplayName`. Namesakes share theirs.
    pub fn display_name(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("DisplayName").unwrap_or_else(|| match recipient.naming {
            Naming::Person { first, last, .. } => {
                let (first, last) = person(first, last);
                format!("{first} {last}").into()
            }
            Naming::Label(_) => self.original_name(recipient),
        })
    }

    /// First and last name; both empty for what is no person.
    pub fn person_name(&self, id: RecipientId) -> (PsStr, PsStr) {
        let recipient = self.recipient(id);
        let (first, last) = match recipient.naming {
            Naming::Person { first, last, .. } => {
                let (first, last) = person(first, last);
                (PsStr::from_static(first), PsStr::from_static(last))
            }
            Naming::Label(label) => {
                self.labels.get(label as usize).map(|l| l.person.clone()).unwrap_or_default()
            }
        };
        (
            recipient.changed_text("FirstName").unwrap_or(first),
            recipient.changed_text("LastName").unwrap_or(last),
        )
    }

    /// `Alias`.
    pub fn alias(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Alias").unwrap_or_else(|| self.original_alias(recipient))
    }

    fn original_alias(&self, recipient: &Recipient) -> PsStr {
        match recipient.naming {
            Naming::Person { first, last, number } => {
                let (first, last) = person(first, last);
                let (first, last) = (names::fold(first), names::fold(last));
                if number > 1 {
                    format!("{first}.{last}{number}").into()
                } else {
                    format!("{first}.{last}").into()
                }
            }
            Naming::Label(label) => self.labels.get(label as usize).map_or(PsStr::EMPTY, |l| l.alias.clone()),
        }
    }

    /// `SamAccountName`; groups have their name.
    pub fn sam_account_name(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("SamAccountName").unwrap_or_else(|| {
            // The directory allows 20 characters for an account.
            let alias = self.original_alias(recipient);
            if recipient.kind.is_user() { alias.chars().take(20).collect::<String>().into() } else { alias }
        })
    }

    /// `UserPrincipalName`; empty for what is no account.
    pub fn user_principal_name(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("UserPrincipalName").unwrap_or_else(|| {
            if recipient.kind.is_user() {
                format!("{}@{DOMAIN}", self.original_alias(recipient)).into()
            } else {
                PsStr::EMPTY
            }
        })
    }

    /// The account as permissions show it: `KLINIK\nora.fink`.
    pub fn account(&self, id: RecipientId) -> PsStr {
        format!("{NETBIOS}\\{}", self.sam_account_name(id)).into()
    }

    /// Proxy addresses with their prefixes, the primary one (`SMTP:`) first.
    pub fn addresses(&self, id: RecipientId) -> Vec<PsStr> {
        let recipient = self.recipient(id);
        if let Some(addresses) = recipient.changes.as_ref().and_then(|changes| changes.addresses.as_ref()) {
            return addresses.clone();
        }
        if !recipient.kind.is_recipient() {
            return Vec::new();
        }
        let alias = self.original_alias(recipient);
        let mut addresses = Vec::with_capacity(2);
        if recipient.kind == Kind::MailContact {
            addresses.push(format!("SMTP:{}", self.outside_address(id)).into());
            return addresses;
        }
        addresses.push(format!("SMTP:{alias}@{DOMAIN}").into());
        if recipient.traits.has(Traits::SECOND_ADDRESS) {
            let second = match recipient.naming {
                Naming::Person { first, last, number } => {
                    let (first, last) = person(first, last);
                    format!("smtp:{}.{}{number}@alt-klinik.example", names::fold(last), names::fold(first))
                }
                Naming::Label(_) => format!("smtp:{alias}@alt-klinik.example"),
            };
            addresses.push(second.into());
        }
        addresses
    }

    /// The primary address, without prefix; empty if there is none.
    pub fn primary_address(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        if recipient.changes.as_ref().is_none_or(|changes| changes.addresses.is_none()) {
            return match recipient.kind {
                Kind::User | Kind::Contact => PsStr::EMPTY,
                Kind::MailContact => self.outside_address(id),
                _ => format!("{}@{DOMAIN}", self.original_alias(recipient)).into(),
            };
        }
        let addresses = self.addresses(id);
        let primary = addresses.iter().find_map(|address| address.strip_prefix("SMTP:"));
        primary.map_or(PsStr::EMPTY, PsStr::from)
    }

    /// Where mail for a contact or a mail user goes: an address outside.
    pub fn outside_address(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        if let Some(address) = recipient.changed_text("ExternalEmailAddress") {
            return address.strip_prefix("SMTP:").map_or(address.clone(), PsStr::from);
        }
        let at = recipient.guid.as_bytes()[0] as usize % names::PARTNERS.len();
        format!("{}@{}", self.original_alias(recipient), names::PARTNERS[at].1).into()
    }

    /// The organisational unit: `klinik-auer.local/Staff`.
    pub fn organizational_unit(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        let changed = recipient.changed_text("OrganizationalUnit");
        changed.unwrap_or_else(|| match recipient.kind.container() {
            // The usual ones are known beforehand, so that 100,000 objects share them.
            "Staff" => PsStr::from_static("klinik-auer.local/Staff"),
            "Shared" => PsStr::from_static("klinik-auer.local/Shared"),
            "Groups" => PsStr::from_static("klinik-auer.local/Groups"),
            other => format!("{DIRECTORY}/{other}").into(),
        })
    }

    /// `Identity` as text: the canonical name.
    pub fn canonical_name(&self, id: RecipientId) -> PsStr {
        format!("{}/{}", self.organizational_unit(id), self.name(id)).into()
    }

    /// The distinguished name.
    pub fn distinguished_name(&self, id: RecipientId) -> PsStr {
        let unit = self.organizational_unit(id);
        let mut dn = format!("CN={}", escape_rdn(&self.name(id)));
        for part in unit.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
            dn.push_str(",OU=");
            dn.push_str(part);
        }
        dn.push(',');
        dn.push_str(DIRECTORY_DN);
        dn.into()
    }

    /// `LegacyExchangeDN`; empty for what has no mail.
    pub fn legacy_dn(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        if !recipient.kind.is_recipient() {
            return PsStr::EMPTY;
        }
        let alias = self.original_alias(recipient);
        format!("{LEGACY_PREFIX}/cn=Recipients/cn={}-{alias}", recipient.guid.simple()).into()
    }

    /// `ExchangeGuid`: the mailbox's, another than the directory's.
    pub fn exchange_guid(&self, id: RecipientId) -> Uuid {
        derived_guid(self.recipient(id).guid, 1)
    }

    /// `ArchiveGuid`, if there is an archive.
    pub fn archive_guid(&self, id: RecipientId) -> Option<Uuid> {
        let recipient = self.recipient(id);
        recipient.traits.has(Traits::ARCHIVE).then(|| derived_guid(recipient.guid, 2))
    }

    /// `Department`.
    pub fn department(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Department").unwrap_or_else(|| {
            let known = matches!(recipient.kind, Kind::UserMailbox | Kind::MailUser | Kind::User);
            let name = names::DEPARTMENTS.get(recipient.department as usize).filter(|_| known);
            name.map_or(PsStr::EMPTY, |name| PsStr::from_static(name))
        })
    }

    /// `Office`.
    pub fn office(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Office").unwrap_or_else(|| {
            let known = recipient.kind.is_user();
            let office = names::OFFICES.get(recipient.office as usize).filter(|_| known);
            office.map_or(PsStr::EMPTY, |office| PsStr::from_static(office.0))
        })
    }

    /// `Title`.
    pub fn title(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Title").unwrap_or_else(|| {
            if recipient.kind != Kind::UserMailbox {
                return PsStr::EMPTY;
            }
            let titles = titles(recipient.department);
            titles.get(recipient.title as usize).map_or(PsStr::EMPTY, |title| PsStr::from_static(title))
        })
    }

    /// `Phone`.
    pub fn phone(&self, id: RecipientId) -> PsStr {
        let recipient = self.recipient(id);
        recipient.changed_text("Phone").unwrap_or_else(|| {
            let office = names::OFFICES.get(recipient.office as usize);
            match office {
                Some(office) if matches!(recipient.kind, Kind::UserMailbox | Kind::SharedMailbox) => {
                    format!("{}-{}", office.3, 10 + id.0).into()
                }
                _ => PsStr::EMPTY,
            }
        })
    }

    /// The recipients that a property names: what was set, else what was made up.
    pub fn link(&self, id: RecipientId, property: &str) -> Vec<RecipientId> {
        let recipient = self.recipient(id);
        let ids = match recipient.changes.as_ref().and_then(|changes| changes.link(property)) {
            Some(ids) => ids.to_vec(),
            None => self.original_link(id, recipient, property),
        };
        ids.into_iter().filter(|id| self.recipient(*id).exists()).collect()
    }

    fn original_link(&self, id: RecipientId, recipient: &Recipient, property: &str) -> Vec<RecipientId> {
        match property {
            "Manager" => recipient.manager.into_iter().collect(),
            "ManagedBy" => self.group(id).map(|group| group.managed_by.clone()).unwrap_or_default(),
            "ForwardingAddress" if recipient.traits.has(Traits::FORWARDS_INSIDE) => {
                self.find("desk").into_iter().filter(|desk| *desk != id).collect()
            }
            "GrantSendOnBehalfTo" if recipient.traits.has(Traits::HEAD) => {
                // The head's deputy: who was made next.
                let deputy = RecipientId(id.0 + 1);
                let next = self.recipients.get(deputy.0 as usize);
                next.filter(|next| next.kind == Kind::UserMailbox).map(|_| deputy).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The value that a cmdlet set for a property, if one did.
    pub fn changed(&self, id: RecipientId, property: &str) -> Option<&PsValue> {
        self.recipient(id).changed_value(property)
    }

    /// A new GUID of the organisation's generator.
    pub fn new_guid(&mut self) -> Uuid {
        self.random.guid()
    }

    /// Numbers that belong to a recipient: the same for the same recipient and purpose.
    pub fn draw(&self, id: RecipientId, purpose: u64) -> random::Random {
        let guid = self.recipient(id).guid.as_u128();
        random::Random::new(random::mix((guid as u64) ^ random::mix(purpose)))
    }
}

/// The name of a mailbox database by its number, from 1: `MBX-DB01`.
pub fn database_name(number: u8) -> PsStr {
    format!("MBX-DB{number:02}").into()
}

/// Titles of a department, its head's first.
pub fn titles(department: u8) -> &'static [&'static str] {
    let name = names::DEPARTMENTS.get(department as usize).copied().unwrap_or_default();
    let found = names::TITLES.iter().find(|(department, _)| *department == name);
    found.map_or(names::CLINICAL_TITLES, |(_, titles)| titles)
}

fn person(first: u16, last: u16) -> (&'static str, &'static str) {
    let first = names::FIRST.get(first as usize).copied().unwrap_or_default();
    (first, names::LAST.get(last as usize).copied().unwrap_or_default())
}

/// Another GUID that belongs to the same object.
fn derived_guid(guid: Uuid, purpose: u64) -> Uuid {
    random::Random::new(random::mix(guid.as_u128() as u64 ^ random::mix(purpose))).guid()
}

/// A value of a distinguished name, with the characters escaped that mean something there (RFC 4514 section 2.4).
fn escape_rdn(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
