//! Making up the organisation.

use std::collections::{BTreeMap, HashMap};

use postern_shared::value::PsStr;

use super::{
    DATABASES, DynamicGroup, FolderPermission, Group, Kind, Label, MAX_MAILBOXES, MailboxPermission, Moment,
    Naming, Options, Organisation, Recipient, RecipientId, Traits,
    audit::AuditLog,
    configuration::Configuration,
    identity::Index,
    mail_flow::{MailFlow, QuarantinedMessage, TracedMessage},
    names,
    random::Random,
    titles,
};

/// Where everything starts; another number is another hospital.
const SEED: u64 = 0x4B6C_696E_696B;
/// The first and the last of the rooms that always exist.
const ROOMS: std::ops::RangeInclusive<u32> = 201..=240;
/// Of a large organisation one mailbox in so many is shared.
const SHARED_EVERY: u32 = 40;
/// At most so many outside contacts.
const MAX_CONTACTS: u32 = 400;
/// At most so many project groups.
const MAX_PROJECT_GROUPS: u32 = 300;
/// At most so many messages in the trace: ten days of a demo.
const MAX_TRACE: u32 = 20_000;

impl Organisation {
    /// Makes up an organisation: the same for the same options.
    pub fn generate(options: Options) -> Self {
        let now = (options.clock)();
        let wanted = options.mailboxes.min(MAX_MAILBOXES) as usize;
        let mut maker = Maker {
            random: Random::new(SEED),
            now,
            recipients: Vec::with_capacity(wanted + wanted / 20 + 1_000),
            labels: Vec::new(),
            namesakes: HashMap::new(),
        };
        maker.known_people();
        maker.rooms_and_equipment();
        maker.shared(wanted as u32);
        while maker.recipients.len() < wanted {
            maker.person();
        }
        let mailboxes = maker.recipients.len() as u32;
        maker.managers();
        let contacts = maker.contacts((mailboxes / 20).min(MAX_CONTACTS));
        maker.mail_users(mailboxes);
        let mut organisation = Self {
            made_at: now,
            clock: options.clock,
            recipients: maker.recipients,
            labels: maker.labels,
            index: Index::default(),
            groups: HashMap::new(),
            dynamic_groups: HashMap::new(),
            mailbox_permissions: BTreeMap::new(),
            send_as: BTreeMap::new(),
            folder_permissions: HashMap::new(),
            configuration: Configuration::made(now),
            audit: AuditLog::made(now),
            move_requests: BTreeMap::new(),
            compliance_searches: Vec::new(),
            inbox_rules: HashMap::new(),
            mail_flow: MailFlow::default(),
            random: maker.random,
        };
        let people: Vec<RecipientId> =
            organisation.ids().filter(|id| organisation.recipient(*id).kind == Kind::UserMailbox).collect();
        organisation.make_groups(&people, &contacts, now);
        organisation.make_permissions(&people);
        organisation.make_mail_flow(&people, now);
        organisation.index_all();
        organisation.make_moves(&people);
        organisation
    }
}

struct Maker {
    random: Random,
    now: Moment,
    recipients: Vec<Recipient>,
    labels: Vec<Label>,
    /// How many of each pair of first and last name there are.
    namesakes: HashMap<(u16, u16), u16>,
}

impl Maker {
    fn push(&mut self, kind: Kind, naming: Naming) -> &mut Recipient {
        let age = 1 + self.random.below(3_000) as u32;
        let created = self.now.days_before(age).minutes_before(self.random.below(600) as u32);
        let since = self.random.below(u64::from(age).min(400)) as u32;
        let changed = self.now.days_before(since).minutes_before(self.random.below(600) as u32).max(created);
        let at = self.recipients.len();
        self.recipients.push(Recipient {
            guid: self.random.guid(),
            kind,
            naming,
            department: 0,
            office: 0,
            title: 0,
            database: self.random.below(u64::from(DATABASES)) as u8 + 1,
            manager: None,
            created,
            changed,
            traits: Traits::default(),
            changes: None,
        });
        &mut self.recipients[at]
    }

    fn label(&mut self, name: &str, alias: &str) -> Naming {
        self.labels.push(Label { name: name.into(), alias: alias.into(), person: Default::default() });
        Naming::Label(self.labels.len() as u32 - 1)
    }

    fn known_people(&mut self) {
        for (first, last, alias, department, office) in names::KNOWN_PEOPLE {
            self.labels.push(Label {
                name: format!("{first} {last}").into(),
                alias: PsStr::from_static(alias),
                person: (PsStr::from_static(first), PsStr::from_static(last)),
            });
            let naming = Naming::Label(self.labels.len() as u32 - 1);
            let department = names::DEPARTMENTS.iter().position(|name| name == department).unwrap_or(0) as u8;
            let office = names::OFFICES.iter().position(|(name, ..)| name == office).unwrap_or(0) as u8;
            let traits = match *alias {
                "nora.fink" => Traits::HEAD | Traits::ARCHIVE | Traits::DEVICE | Traits::SECOND_ADDRESS,
                "jens.opitz" => Traits::FORWARDS_OUTSIDE | Traits::DEVICE | Traits::OWN_QUOTA,
                "helga.tamm" => Traits::FORWARDS_INSIDE | Traits::LITIGATION_HOLD | Traits::HEAD,
                "max.ohm" => Traits::LEAVER,
                "omar.said" => Traits::OVER_QUOTA | Traits::NIGHT | Traits::POP,
                "uwe.lang" => Traits::OUT_OF_OFFICE,
                _ => Traits::DEVICE,
            };
            let title = if traits.has(Traits::HEAD) { 0 } else { 2 };
            let person = self.push(Kind::UserMailbox, naming);
            person.department = department;
            person.office = office;
            person.title = title;
            person.traits = traits | Traits::REMOTE_SHELL;
        }
    }

    fn rooms_and_equipment(&mut self) {
        for number in ROOMS {
            let naming = self.label(&format!("Room {number}"), &format!("room-{number}"));
            let room = self.push(Kind::RoomMailbox, naming);
            room.office = u8::from(number > 225);
        }
        for (alias, name) in names::EQUIPMENT {
            let naming = self.label(name, alias);
            self.push(Kind::EquipmentMailbox, naming);
        }
    }

    fn shared(&mut self, wanted: u32) {
        for (alias, name) in names::KNOWN_SHARED.iter().chain(names::SHARED) {
            let naming = self.label(name, alias);
            self.push(Kind::SharedMailbox, naming).traits = Traits::SECOND_ADDRESS;
        }
        let more = (wanted / SHARED_EVERY).saturating_sub(16);
        for number in 0..more {
            let (alias, name) = names::SHARED[number as usize % names::SHARED.len()];
            let number = number as usize / names::SHARED.len() + 2;
            let naming = self.label(&format!("{name} {number}"), &format!("{alias}-{number}"));
            let unused = self.random.percent(10);
            let shared = self.push(Kind::SharedMailbox, naming);
            shared.traits.set(Traits::NEVER_USED, unused);
        }
    }

    fn person(&mut self) {
        let first = self.random.below(names::FIRST.len() as u64) as u16;
        let last = self.random.below(names::LAST.len() as u64) as u16;
        let count = self.namesakes.entry((first, last)).or_insert(0);
        *count += 1;
        let number = *count;
        // The larger departments come first: the product of two draws leans to the low end.
        let departments = names::DEPARTMENTS.len() as u64;
        let department =
            (self.random.below(departments) * self.random.below(departments) / departments) as u8;
        let office = (self.random.below(5) * self.random.below(5) / 5) as u8;
        let title = 1 + self.random.below(titles(department).len() as u64 - 1) as u8;
        let mut traits = Traits::default();
        let legal = names::DEPARTMENTS.get(department as usize) == Some(&"Legal");
        for (percent, which) in [
            (3, Traits::HIDDEN),
            (if legal { 60 } else { 5 }, Traits::LITIGATION_HOLD),
            (20, Traits::ARCHIVE),
            (35, Traits::OWN_QUOTA),
            (4, Traits::OVER_QUOTA),
            (7, Traits::NEVER_USED),
            (3, Traits::FORWARDS_OUTSIDE),
            (2, Traits::FORWARDS_INSIDE),
            (25, Traits::POP),
            (30, Traits::IMAP),
            (10, Traits::NO_ACTIVE_SYNC),
            (55, Traits::DEVICE),
            (12, Traits::NIGHT),
            (3, Traits::LEAVER),
            (30, Traits::RULES),
            (6, Traits::OUT_OF_OFFICE),
            (50, Traits::SECOND_ADDRESS),
            (15, Traits::REMOTE_SHELL),
            (1, Traits::MOVING),
        ] {
            traits.set(which, self.random.percent(percent));
        }
        if traits.has(Traits::NEVER_USED) {
            traits.set(Traits::OVER_QUOTA | Traits::DEVICE | Traits::RULES | Traits::OUT_OF_OFFICE, false);
        }
        let person = self.push(Kind::UserMailbox, Naming::Person { first, last, number });
        person.department = department;
        person.office = office;
        person.title = title;
        person.traits = traits;
    }

    /// The first of each department leads it, the others have a superior of their own department.
    fn managers(&mut self) {
        let mut departments: BTreeMap<u8, Vec<u32>> = BTreeMap::new();
        for (at, recipient) in self.recipients.iter().enumerate() {
            if recipient.kind == Kind::UserMailbox {
                departments.entry(recipient.department).or_default().push(at as u32);
            }
        }
        for members in departments.values() {
            let known = members.iter().find(|at| self.recipients[**at as usize].traits.has(Traits::HEAD));
            let Some(&head) = known.or(members.first()) else { continue };
            let leader = &mut self.recipients[head as usize];
            leader.traits.set(Traits::HEAD, true);
            leader.traits.set(Traits::LEAVER | Traits::NEVER_USED, false);
            leader.title = 0;
            for (place, at) in members.iter().enumerate().filter(|(_, at)| **at != head) {
                // One superior for each dozen, who reports to the head.
                let superior = members[place / 12 * 12];
                let manager = if superior == *at { head } else { superior };
                self.recipients[*at as usize].manager = Some(RecipientId(manager));
            }
        }
    }

    fn contacts(&mut self, wanted: u32) -> Vec<RecipientId> {
        let mut contacts = Vec::new();
        let mut taken: HashMap<String, u32> = HashMap::new();
        for _ in 0..wanted.max(12) {
            let first = self.random.pick(names::FIRST).copied().unwrap_or_default();
            let last = self.random.pick(names::LAST).copied().unwrap_or_default();
            let partner = self.random.pick(names::PARTNERS).copied().unwrap_or_default();
            let mut name = format!("{first} {last} ({})", partner.0);
            let mut alias = format!("ext.{}.{}", names::fold(first), names::fold(last));
            let count = taken.entry(alias.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                name = format!("{first} {last} {count} ({})", partner.0);
                alias = format!("{alias}{count}");
            }
            self.labels.push(Label {
                name: name.into(),
                alias: alias.into(),
                person: (PsStr::from_static(first), PsStr::from_static(last)),
            });
            let naming = Naming::Label(self.labels.len() as u32 - 1);
            self.push(Kind::MailContact, naming);
            contacts.push(RecipientId(self.recipients.len() as u32 - 1));
        }
        contacts
    }

    fn mail_users(&mut self, mailboxes: u32) {
        for number in 1..=(mailboxes / 60).clamp(5, 100) {
            let naming = self.label(&format!("Locum {number:02}"), &format!("locum{number:02}"));
            self.push(Kind::MailUser, naming);
        }
    }
}

impl Organisation {
    fn named(&mut self, kind: Kind, name: &str, alias: &str, now: Moment) -> RecipientId {
        let label = Label { name: name.into(), alias: alias.into(), person: Default::default() };
        self.labels.push(label);
        let age = 30 + self.random.below(2_000) as u32;
        let created = now.days_before(age);
        let recipient = Recipient {
            guid: self.random.guid(),
            kind,
            naming: Naming::Label(self.labels.len() as u32 - 1),
            department: 0,
            office: 0,
            title: 0,
            database: 1,
            manager: None,
            created,
            changed: created,
            traits: Traits::default(),
            changes: None,
        };
        self.recipients.push(recipient);
        RecipientId(self.recipients.len() as u32 - 1)
    }

    fn make_groups(&mut self, people: &[RecipientId], contacts: &[RecipientId], now: Moment) {
        let head_of = |organisation: &Self, department: u8| {
            let leads = |id: &&RecipientId| {
                let person = organisation.recipient(**id);
                person.department == department && person.traits.has(Traits::HEAD)
            };
            people.iter().find(leads).copied()
        };
        for (number, name) in names::DEPARTMENTS.iter().enumerate() {
            let number = number as u8;
            let kind = if matches!(*name, "IT" | "Legal" | "Billing") {
                Kind::SecurityGroup
            } else {
                Kind::DistributionGroup
            };
            let id = self.named(kind, &format!("{name} Team"), &format!("team-{}", names::fold(name)), now);
            let members =
                people.iter().filter(|id| self.recipient(**id).department == number).copied().collect();
            let managed_by = head_of(self, number).into_iter().collect();
            self.groups.insert(id, Group { members, managed_by });
        }
        for (name, alias, size) in [
            ("Fire Wardens", "fire-wardens", 6),
            ("Works Council", "works-council", 9),
            ("Ethics Committee", "ethics", 7),
            ("Betriebssport", "betriebssport", 12),
            ("Night Shift Planning", "night-planning", 5),
            ("Old Tumour Board", "old-tumour-board", 0),
            ("Umzug Haus C", "umzug-haus-c", 0),
            ("Project Phoenix", "project-phoenix", 0),
        ] {
            let id = self.named(Kind::DistributionGroup, name, alias, now);
            let mut members = self.draw_people(people, size);
            if size > 6 {
                members.extend(contacts.iter().take(2));
            }
            // A group without members has lost its owner as well.
            let managed_by =
                if size == 0 { Vec::new() } else { members.first().copied().into_iter().collect() };
            self.groups.insert(id, Group { members, managed_by });
        }
        for (name, alias) in [
            ("VPN Users", "vpn-users"),
            ("Remote Desktop", "remote-desktop"),
            ("Card Access Lab", "card-lab"),
        ] {
            let id = self.named(Kind::SecurityGroup, name, alias, now);
            let members = self.draw_people(people, 20);
            let managed_by = self.draw_people(people, 2);
            self.groups.insert(id, Group { members, managed_by });
        }
        let projects = (people.len() as u32 / 50).min(MAX_PROJECT_GROUPS);
        for number in 1..=projects {
            let id = self.named(
                Kind::DistributionGroup,
                &format!("Project {number:03}"),
                &format!("project-{number:03}"),
                now,
            );
            let size = self.random.below(25) as usize;
            let members = self.draw_people(people, size);
            let managed_by = self.draw_people(people, 1);
            self.groups.insert(id, Group { members, managed_by });
        }
        let rooms = self.ids().filter(|id| self.recipient(*id).kind == Kind::RoomMailbox).collect();
        let id = self.named(Kind::RoomList, "Meeting Rooms", "meeting-rooms", now);
        self.groups.insert(id, Group { members: rooms, managed_by: Vec::new() });
        for (name, alias, filter) in [
            ("All Staff", "all-staff", "RecipientTypeDetails -eq 'UserMailbox'"),
            (
                "All Lindau",
                "all-lindau",
                "(RecipientTypeDetails -eq 'UserMailbox') -and (Office -eq 'Lindau')",
            ),
            (
                "All Surgeons",
                "all-surgeons",
                "(RecipientType -eq 'UserMailbox') -and (Department -eq 'Surgery')",
            ),
        ] {
            let id = self.named(Kind::DynamicGroup, name, alias, now);
            let container = PsStr::from_static("klinik-auer.local/Staff");
            self.dynamic_groups.insert(id, DynamicGroup { filter: filter.into(), container });
        }
    }

    fn draw_people(&mut self, people: &[RecipientId], count: usize) -> Vec<RecipientId> {
        let mut drawn: Vec<RecipientId> = Vec::with_capacity(count);
        for _ in 0..count {
            if let Some(id) = self.random.pick(people).copied()
                && !drawn.contains(&id)
            {
                drawn.push(id);
            }
        }
        drawn
    }

    fn make_permissions(&mut self, people: &[RecipientId]) {
        let shared: Vec<RecipientId> =
            self.ids().filter(|id| self.recipient(*id).kind == Kind::SharedMailbox).collect();
        for id in shared {
            let count = 1 + self.random.below(4) as usize;
            let users = self.draw_people(people, count);
            let permissions = users.iter().enumerate().map(|(at, user)| MailboxPermission {
                user: *user,
                rights: if at == 3 { vec!["ReadPermission"] } else { vec!["FullAccess"] },
                deny: false,
            });
            let permissions = permissions.collect();
            self.mailbox_permissions.insert(id, permissions);
            self.send_as.insert(id, users.into_iter().take(2).collect());
        }
        for person in people.iter().filter(|id| id.0 % 37 == 5).copied().collect::<Vec<_>>() {
            let deputy = self.draw_people(people, 1);
            let Some(user) = deputy.first().copied().filter(|user| *user != person) else { continue };
            let entry = MailboxPermission { user, rights: vec!["FullAccess"], deny: false };
            self.mailbox_permissions.insert(person, vec![entry]);
            let calendar = [("Default", "AvailabilityOnly"), ("Anonymous", "None")];
            let mut entries: Vec<FolderPermission> = calendar
                .iter()
                .map(|(user, rights)| FolderPermission {
                    user: (*user).into(),
                    rights: (*rights).into(),
                    flags: PsStr::EMPTY,
                })
                .collect();
            entries.push(FolderPermission {
                user: self.display_name(user),
                rights: "Editor".into(),
                flags: "Delegate".into(),
            });
            self.set_folder_permissions(person, "\\Calendar", entries);
        }
    }

    fn make_mail_flow(&mut self, people: &[RecipientId], now: Moment) {
        let lab = self.ids().find(|id| self.alias(*id) == "lab");
        let count = (people.len() as u32 * 12).min(MAX_TRACE);
        let mut at = now;
        for number in 0..count {
            // Spread over ten days, so that any query of some days finds something.
            at = Moment(at.0.saturating_sub((10 * 86_400 / count.max(1)).max(1)));
            let insider = if number % 10 == 3 { lab } else { self.random.pick(people).copied() };
            let Some(insider) = insider else { continue };
            let outgoing = number % 10 == 3 || self.random.percent(40);
            let seed = self.random.draw() as u32;
            self.mail_flow.trace.push(TracedMessage { received: at, insider, outgoing, seed });
        }
        for number in 0..25_u32 {
            let Some(recipient) = self.random.pick(people).copied() else { continue };
            let (sender, subject, kind) = match number % 5 {
                0 => ("newsletter@medtech.example", "MedTech Neuigkeiten im November", "Bulk"),
                1 => ("paket@zustellung.example", "Ihr Paket wartet", "Phish"),
                2 => ("offers@pills.example", "Best prices", "Spam"),
                3 => ("chef@klinik-auer-hr.example", "Dringende Überweisung", "Phish"),
                _ => ("scan@kopierer.example", "Scan_0815.zip", "TransportRule"),
            };
            let id = self.random.guid();
            let received = now.minutes_before(number * 400 + self.random.below(300) as u32);
            self.mail_flow.quarantine.push(QuarantinedMessage {
                id,
                received,
                sender: sender.into(),
                recipient,
                subject: subject.into(),
                kind,
                released: number % 11 == 7,
            });
        }
    }
}
