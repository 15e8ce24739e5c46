//! One recipient: a small record from which everything else about it is derived, and what was changed since.

use postern_shared::value::{PsStr, PsValue, Uuid};

use super::moment::Moment;

/// Where a recipient stands in the organisation. Never given to another after removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientId(pub u32);

/// What a recipient is: Exchange's `RecipientTypeDetails`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person's mailbox.
    UserMailbox,
    /// A mailbox that several people use.
    SharedMailbox,
    /// A room.
    RoomMailbox,
    /// A thing that can be booked.
    EquipmentMailbox,
    /// An account here whose mail is elsewhere.
    MailUser,
    /// A person elsewhere.
    MailContact,
    /// A distribution group.
    DistributionGroup,
    /// A group that also carries permissions.
    SecurityGroup,
    /// A distribution group of rooms.
    RoomList,
    /// A group whose members are what a filter finds.
    DynamicGroup,
    /// An account without mail.
    User,
    /// A contact without mail.
    Contact,
}

impl Kind {
    /// Whether it has a mailbox.
    pub fn is_mailbox(self) -> bool {
        matches!(self, Self::UserMailbox | Self::SharedMailbox | Self::RoomMailbox | Self::EquipmentMailbox)
    }

    /// Whether it is a group with listed members.
    pub fn is_group(self) -> bool {
        matches!(self, Self::DistributionGroup | Self::SecurityGroup | Self::RoomList)
    }

    /// Whether it is an account in the directory, disabled ones of rooms and shared mailboxes included.
    pub fn is_user(self) -> bool {
        self.is_mailbox() || matches!(self, Self::MailUser | Self::User)
    }

    /// Whether mail can be addressed to it.
    pub fn is_recipient(self) -> bool {
        !matches!(self, Self::User | Self::Contact)
    }

    /// `RecipientTypeDetails`.
    pub fn type_details(self) -> &'static str {
        match self {
            Self::UserMailbox => "UserMailbox",
            Self::SharedMailbox => "SharedMailbox",
            Self::RoomMailbox => "RoomMailbox",
            Self::EquipmentMailbox => "EquipmentMailbox",
            Self::MailUser => "MailUser",
            Self::MailContact => "MailContact",
            Self::DistributionGroup => "MailUniversalDistributionGroup",
            Self::SecurityGroup => "MailUniversalSecurityGroup",
            Self::RoomList => "RoomList",
            Self::DynamicGroup => "DynamicDistributionGroup",
            Self::User => "User",
            Self::Contact => "Contact",
        }
    }

    /// `RecipientType`.
    pub fn recipient_type(self) -> &'static str {
        match self {
            _ if self.is_mailbox() => "UserMailbox",
            Self::RoomList => "MailUniversalDistributionGroup",
            _ => self.type_details(),
        }
    }

    /// The organisational unit in which such objects are.
    pub fn container(self) -> &'static str {
        match self {
            Self::SharedMailbox => "Shared",
            Self::RoomMailbox | Self::EquipmentMailbox => "Resources",
            Self::MailContact | Self::Contact => "Contacts",
            Self::DistributionGroup | Self::SecurityGroup | Self::RoomList | Self::DynamicGroup => "Groups",
            Self::UserMailbox | Self::MailUser | Self::User => "Staff",
        }
    }
}

/// What was decided about a recipient when it was made up; a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(pub u32);

impl Traits {
    /// Removed; the record stays so that identifiers stay.
    pub const REMOVED: Self = Self(1);
    /// Not in address lists.
    pub const HIDDEN: Self = Self(1 << 1);
    /// On litigation hold.
    pub const LITIGATION_HOLD: Self = Self(1 << 2);
    /// Has an archive mailbox.
    pub const ARCHIVE: Self = Self(1 << 3);
    /// Has quotas of its own, not the database's.
    pub const OWN_QUOTA: Self = Self(1 << 4);
    /// Has more in it than its quota for sending allows.
    pub const OVER_QUOTA: Self = Self(1 << 5);
    /// No one ever logged on.
    pub const NEVER_USED: Self = Self(1 << 6);
    /// Forwards to an address outside.
    pub const FORWARDS_OUTSIDE: Self = Self(1 << 7);
    /// Forwards to another recipient.
    pub const FORWARDS_INSIDE: Self = Self(1 << 8);
    /// POP is switched on.
    pub const POP: Self = Self(1 << 9);
    /// IMAP is switched on.
    pub const IMAP: Self = Self(1 << 10);
    /// `ActiveSync` is switched off.
    pub const NO_ACTIVE_SYNC: Self = Self(1 << 11);
    /// Has a telephone that synchronises.
    pub const DEVICE: Self = Self(1 << 12);
    /// Works at night (`CustomAttribute8` is `N`).
    pub const NIGHT: Self = Self(1 << 13);
    /// Is about to leave (`CustomAttribute3` is `Leaver`).
    pub const LEAVER: Self = Self(1 << 14);
    /// Has inbox rules.
    pub const RULES: Self = Self(1 << 15);
    /// Has an automatic reply.
    pub const OUT_OF_OFFICE: Self = Self(1 << 16);
    /// Heads a department.
    pub const HEAD: Self = Self(1 << 17);
    /// Has a second address made of the last name.
    pub const SECOND_ADDRESS: Self = Self(1 << 18);
    /// May open remote PowerShell.
    pub const REMOTE_SHELL: Self = Self(1 << 19);
    /// Is being moved to another database.
    pub const MOVING: Self = Self(1 << 20);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets or clears the bits of `other`.
    pub fn set(&mut self, other: Self, on: bool) {
        self.0 = if on { self.0 | other.0 } else { self.0 & !other.0 };
    }
}

impl std::ops::BitOr for Traits {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// How a recipient was named when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Of the tables of first and last names; the number tells namesakes apart, 1 is the first.
    Person {
        /// Position among the first names.
        first: u16,
        /// Position among the last names.
        last: u16,
        /// 1 for the first of that name.
        number: u16,
    },
    /// Of the organisation's list of labels.
    Label(u32),
}

/// A name that is in no table.
#[derive(Clone, Debug)]
pub struct Label {
    /// `Name` and, at first, `DisplayName`.
    pub name: PsStr,
    /// `Alias`.
    pub alias: PsStr,
    /// First and last name, both empty for what is no person.
    pub person: (PsStr, PsStr),
}

/// One recipient.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// `Guid`, the directory's.
    pub guid: Uuid,
    /// What it is.
    pub kind: Kind,
    /// What it was named.
    pub naming: Naming,
    /// Position among the departments.
    pub department: u8,
    /// Position among the offices.
    pub office: u8,
    /// Position among the titles of the department.
    pub title: u8,
    /// Number of the database, from 1.
    pub database: u8,
    /// The superior, if there is one.
    pub manager: Option<RecipientId>,
    /// When it was made.
    pub created: Moment,
    /// When it was last changed.
    pub changed: Moment,
    /// What was decided about it.
    pub traits: Traits,
    /// What was changed since it was made up, if anything was.
    pub changes: Option<Box<Changes>>,
}

/// What was set by cmdlets, over what is derived.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Property values as objects show them, by name.
    values: Vec<(PsStr, PsValue)>,
    /// Properties that name other recipients.
    links: Vec<(&'static str, Vec<RecipientId>)>,
    /// Proxy addresses with their prefixes, the primary one with `SMTP:`.
    pub addresses: Option<Vec<PsStr>>,
}

impl Changes {
    /// The value that was set, if one was.
    pub fn value(&self, property: &str) -> Option<&PsValue> {
        self.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(property)).map(|(_, value)| value)
    }

    /// All values that were set.
    pub fn values(&self) -> &[(PsStr, PsValue)] {
        &self.values
    }

    /// The recipients that the property was set to, if it was set.
    pub fn link(&self, property: &str) -> Option<&[RecipientId]> {
        let found = self.links.iter().find(|(name, _)| name.eq_ignore_ascii_case(property));
        found.map(|(_, ids)| ids.as_slice())
    }
}

impl Recipient {
    /// Whether it still exists.
    pub fn exists(&self) -> bool {
        !self.traits.has(Traits::REMOVED)
    }

    /// A value that was set by a cmdlet.
    pub fn changed_value(&self, property: &str) -> Option<&PsValue> {
        self.changes.as_ref()?.value(property)
    }

    /// The text of a value that was set by a cmdlet; an enum's or an object's text too.
    pub fn changed_text(&self, property: &str) -> Option<PsStr> {
        match self.changed_value(property)? {
            PsValue::Str(text) => Some(text.clone()),
            PsValue::Null => Some(PsStr::EMPTY),
            other => Some(other.to_string().into()),
        }
    }

    /// Sets a property's value as objects show it.
    pub fn set(&mut self, property: impl Into<PsStr>, value: impl Into<PsValue>) {
        let (property, value) = (property.into(), value.into());
        let values = &mut self.changes.get_or_insert_default().values;
        match values.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&property)) {
            Some(slot) => slot.1 = value,
            None => values.push((property, value)),
        }
    }

    /// Sets which recipients a property names.
    pub fn set_link(&mut self, property: &'static str, ids: Vec<RecipientId>) {
        let links = &mut self.changes.get_or_insert_default().links;
        match links.iter_mut().find(|(name, _)| *name == property) {
            Some(slot) => slot.1 = ids,
            None => links.push((property, ids)),
        }
    }
}
