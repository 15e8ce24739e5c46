//! Exchange's enumerations: names, numbers and types.

use std::sync::OnceLock;

use postern_shared::value::{PsStr, PsValue};

use super::ObjectType;

/// An enumeration.
#[derive(Debug)]
pub struct Enumeration {
    type_name: &'static str,
    members: &'static [(&'static str, i64)],
    /// Whether its numbers have 64 bits.
    wide: bool,
    made: OnceLock<(ObjectType, Vec<PsValue>)>,
}

impl Enumeration {
    const fn new(type_name: &'static str, members: &'static [(&'static str, i64)]) -> Self {
        Self { type_name, members, wide: false, made: OnceLock::new() }
    }

    const fn wide(type_name: &'static str, members: &'static [(&'static str, i64)]) -> Self {
        Self { type_name, members, wide: true, made: OnceLock::new() }
    }

    fn made(&self) -> &(ObjectType, Vec<PsValue>) {
        self.made.get_or_init(|| {
            let kind = ObjectType::new(&[self.type_name, "System.Enum", "System.ValueType"], &[]);
            let value = |(name, number): &(&'static str, i64)| {
                kind.primitive(PsStr::from_static(name), self.number(*number))
            };
            let values = self.members.iter().map(value).collect();
            (kind, values)
        })
    }

    fn number(&self, number: i64) -> PsValue {
        if self.wide { PsValue::I64(number) } else { PsValue::I32(number as i32) }
    }

    /// The member of that name, compared without case. One and the same object each time: for at most one property
    /// of an object.
    pub fn get(&self, name: &str) -> Option<PsValue> {
        let at = self.members.iter().position(|(own, _)| own.eq_ignore_ascii_case(name))?;
        self.made().1.get(at).cloned()
    }

    /// The member of that name; null if there is none.
    pub fn of(&self, name: &str) -> PsValue {
        self.get(name).unwrap_or_default()
    }

    /// A member as an object of its own; several names make flags of it.
    pub fn fresh(&self, names: &[&str]) -> PsValue {
        let number = |name: &&str| self.members.iter().find(|(own, _)| own == name).map_or(0, |(_, n)| *n);
        let number = names.iter().map(number).fold(0, |all, one| all | one);
        self.made().0.primitive(names.join(", ").into(), self.number(number))
    }

    /// The names of the members.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.members.iter().map(|(name, _)| *name)
    }
}

macro_rules! enumerations {
    ($($(#[$doc:meta])* $name:ident = $make:ident($type:literal, $members:expr);)*) => {$(
        $(#[$doc])*
        pub static $name: Enumeration = Enumeration::$make($type, &$members);
    )*};
}

enumerations! {
    /// What a recipient is to mail.
    RECIPIENT_TYPE = new("Microsoft.Exchange.Data.Directory.Recipient.RecipientType", [
        ("Invalid", 0), ("User", 1), ("UserMailbox", 2), ("MailUser", 3), ("Contact", 4), ("MailContact", 5),
        ("Group", 6), ("MailUniversalDistributionGroup", 7), ("MailUniversalSecurityGroup", 8),
        ("MailNonUniversalGroup", 9), ("DynamicDistributionGroup", 10), ("PublicFolder", 11),
    ]);
    /// What a recipient is in detail.
    RECIPIENT_TYPE_DETAILS = wide("Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails", [
        ("None", 0), ("UserMailbox", 1), ("LinkedMailbox", 2), ("SharedMailbox", 4), ("LegacyMailbox", 8),
        ("RoomMailbox", 16), ("EquipmentMailbox", 32), ("MailContact", 64), ("MailUser", 128),
        ("MailUniversalDistributionGroup", 256), ("MailNonUniversalGroup", 512),
        ("MailUniversalSecurityGroup", 1024), ("DynamicDistributionGroup", 2048), ("PublicFolder", 4096),
        ("User", 65_536), ("Contact", 131_072), ("RoomList", 268_435_456),
    ]);
    /// Whether an archive is there.
    ARCHIVE_STATUS = new("Microsoft.Exchange.Data.Directory.Recipient.ArchiveStatusFlags", [("None", 0), ("Active", 1)]);
    /// Where the archive is.
    ARCHIVE_STATE = new("Microsoft.Exchange.Data.Directory.Recipient.ArchiveState", [
        ("None", 0), ("Local", 1), ("HostedProvisioned", 2), ("HostedPending", 3), ("OnPremise", 4),
    ]);
    /// What kind of resource a mailbox is.
    RESOURCE_TYPE = new("Microsoft.Exchange.Data.Directory.Recipient.ExchangeResourceType", [("Room", 0), ("Equipment", 1)]);
    /// Whether and how a mailbox is being moved.
    MOVE_STATUS = new("Microsoft.Exchange.Data.Directory.Recipient.RequestStatus", [
        ("None", 0), ("Queued", 1), ("InProgress", 2), ("AutoSuspended", 3), ("CompletionInProgress", 4),
        ("Completed", 10), ("CompletedWithWarning", 11), ("Suspended", 98), ("Failed", 99),
    ]);
    /// Flags of a move.
    MOVE_FLAGS = new("Microsoft.Exchange.Data.Directory.Recipient.RequestFlags", [("None", 0), ("CrossOrg", 1), ("IntraOrg", 2)]);
    /// To whom automatic replies go.
    OOF_OPTIONS = new("Microsoft.Exchange.Data.Directory.Recipient.ExternalOofOptions", [("External", 0), ("InternalOnly", 1)]);
    /// Who is told of moderation.
    MODERATION_NOTIFICATIONS = new("Microsoft.Exchange.Data.Directory.Recipient.TransportModerationNotificationFlags", [
        ("Never", 0), ("Internal", 2), ("Always", 3),
    ]);
    /// What the directory says of an account.
    ACCOUNT_CONTROL = new("Microsoft.Exchange.Data.Directory.Recipient.UserAccountControlFlags", [
        ("None", 0), ("AccountDisabled", 2), ("PasswordNotRequired", 32), ("NormalAccount", 512), ("DoNotExpirePassword", 65_536),
    ]);
    /// What kind of group it is.
    GROUP_TYPE = new("Microsoft.Exchange.Data.Directory.Recipient.GroupTypeFlags", [
        ("None", 0), ("Global", 2), ("DomainLocal", 4), ("Universal", 8), ("SecurityEnabled", -2_147_483_648),
    ]);
    /// How one becomes a member.
    MEMBER_UPDATE = new("Microsoft.Exchange.Data.Directory.Recipient.MemberUpdateType", [
        ("Closed", 0), ("Open", 1), ("ApprovalRequired", 2),
    ]);
    /// How a filter was made.
    FILTER_TYPE = new("Microsoft.Exchange.Data.Directory.Recipient.WellKnownRecipientFilterType", [
        ("Unknown", 0), ("Custom", 1), ("Precanned", 2), ("Legacy", 3),
    ]);
    /// Whom a precanned filter takes.
    INCLUDED_RECIPIENTS = new("Microsoft.Exchange.Data.Directory.Recipient.WellKnownRecipientType", [
        ("None", 0), ("MailboxUsers", 1), ("Resources", 2), ("MailContacts", 4), ("MailGroups", 8), ("MailUsers", 16), ("AllRecipients", -1),
    ]);
    /// Whether an object was changed since it was read.
    OBJECT_STATE = new("Microsoft.Exchange.Data.ObjectState", [("New", 0), ("Unchanged", 1), ("Changed", 2), ("Deleted", 3)]);
    /// In which form POP and IMAP give messages.
    MIME_FORMAT = new("Microsoft.Exchange.Data.Directory.MimeTextFormat", [
        ("TextOnly", 0), ("HtmlOnly", 1), ("HtmlAndTextAlternative", 2), ("TextEnrichedOnly", 3),
        ("TextEnrichedAndTextAlternative", 4), ("BestBodyFormat", 5), ("Tnef", 6),
    ]);
    /// How full a mailbox is.
    STORAGE_LIMIT_STATUS = new("Microsoft.Exchange.Data.Mapi.StorageLimitStatus", [
        ("BelowLimit", 1), ("IssueWarning", 2), ("ProhibitSend", 4), ("NoChecking", 8), ("MailboxDisabled", 16),
    ]);
    /// What kind of mailbox the store sees.
    STORE_MAILBOX_TYPE = new("Microsoft.Exchange.Data.Mapi.StoreMailboxType", [("Private", 0), ("PublicFolderPrimary", 1), ("PublicFolderSecondary", 2)]);
    /// The same in detail.
    STORE_MAILBOX_TYPE_DETAIL = new("Microsoft.Exchange.Data.Mapi.StoreMailboxTypeDetail", [
        ("None", 0), ("UserMailbox", 1), ("SharedMailbox", 2), ("TeamMailbox", 3), ("GroupMailbox", 4),
    ]);
    /// A right on a mailbox.
    MAILBOX_RIGHTS = new("Microsoft.Exchange.Management.RecipientTasks.MailboxRights", [
        ("FullAccess", 1), ("SendAs", 2), ("ExternalAccount", 4), ("DeleteItem", 0x1_0000), ("ReadPermission", 0x2_0000),
        ("ChangePermission", 0x4_0000), ("ChangeOwner", 0x8_0000),
    ]);
    /// A right on a recipient.
    RECIPIENT_RIGHTS = new("Microsoft.Exchange.Management.RecipientTasks.RecipientAccessRight", [("SendAs", 0)]);
    /// What a right reaches.
    INHERITANCE = new("System.DirectoryServices.ActiveDirectorySecurityInheritance", [
        ("None", 0), ("All", 1), ("Descendents", 2), ("SelfAndChildren", 3), ("Children", 4),
    ]);
    /// Whether a right is given or taken.
    ACCESS_CONTROL = new("System.Security.AccessControl.AccessControlType", [("Allow", 0), ("Deny", 1)]);
}
