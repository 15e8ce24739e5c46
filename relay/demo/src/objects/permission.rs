//! Entries of access control lists as objects.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    ObjectType, Row,
    enums::{ACCESS_CONTROL, INHERITANCE, MAILBOX_RIGHTS, OBJECT_STATE, RECIPIENT_RIGHTS},
};
use crate::organisation::{MailboxPermission, NETBIOS, Organisation, RecipientId};

static MAILBOX_PERMISSION: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Management.RecipientTasks.MailboxAcePresentationObject",
            "Microsoft.Exchange.Management.RecipientTasks.AcePresentationObject",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[
            "AccessRights",
            "Deny",
            "InheritanceType",
            "User",
            "UserSid",
            "Identity",
            "IsInherited",
            "IsValid",
            "ObjectState",
        ],
    )
});
static RIGHTS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(&["Microsoft.Exchange.Management.RecipientTasks.MailboxRights[]", "System.Array"], &[])
});
static SWITCH: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(&["System.Management.Automation.SwitchParameter", "System.ValueType"], &["IsPresent"])
});
static RECIPIENT_PERMISSION: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Management.RecipientTasks.RecipientPermission",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[
            "Identity",
            "Trustee",
            "AccessControlType",
            "AccessRights",
            "IsInherited",
            "InheritanceType",
            "TrusteeSidString",
            "IsValid",
            "ObjectState",
        ],
    )
});
static RECIPIENT_RIGHT_LIST: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Management.RecipientTasks.\
             RecipientAccessRight, Microsoft.Exchange.Management, Version=15.0.0.0, Culture=neutral, \
             PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedPropertyBase",
        ],
        &[],
    )
});

/// The security identifier of an account.
pub fn sid(id: RecipientId) -> PsStr {
    format!("S-1-5-21-2957361424-1172804912-3306178525-{}", 1_600 + u64::from(id.0)).into()
}

/// An entry of a mailbox's access control list.
pub fn mailbox_permission(
    identity: PsValue,
    user: PsStr,
    sid: PsStr,
    rights: &[&'static str],
    deny: bool,
    inherited: bool,
) -> PsValue {
    let rights = rights.iter().map(|right| MAILBOX_RIGHTS.fresh(&[right])).collect();
    let present: PsStr = PsStr::from_static(if deny { "True" } else { "False" });
    MAILBOX_PERMISSION.object(
        Some(user.clone()),
        vec![
            RIGHTS.list(rights),
            SWITCH.object(Some(present), vec![deny.into()]),
            INHERITANCE.of("All"),
            user.into(),
            sid.into(),
            identity,
            inherited.into(),
            true.into(),
            OBJECT_STATE.of("Unchanged"),
        ],
    )
}

/// All entries of a mailbox's access control list as Get-MailboxPermission shows them: the owner's, those that someone
/// put there, those of the organisation.
pub fn mailbox_permissions(organisation: &Organisation, id: RecipientId) -> Vec<PsValue> {
    let row = Row::new(organisation, id);
    let entry = |user: PsStr, sid: PsStr, rights: &[&'static str], deny: bool, inherited: bool| {
        mailbox_permission(row.identity(), user, sid, rights, deny, inherited)
    };
    let own = |user: &'static str| PsStr::from_static(user);
    let mut entries = vec![entry(
        own("NT AUTHORITY\\SELF"),
        own("S-1-5-10"),
        &["FullAccess", "ReadPermission"],
        false,
        false,
    )];
    for MailboxPermission { user, rights, deny } in organisation.mailbox_permissions(id) {
        entries.push(entry(organisation.account(*user), sid(*user), rights, *deny, false));
    }
    let everything: &[&'static str] =
        &["FullAccess", "DeleteItem", "ReadPermission", "ChangePermission", "ChangeOwner"];
    for (group, number, rights, deny) in [
        ("Domain Admins", 512, &everything[..1], true),
        ("Organization Management", 1_119, &everything[..1], true),
        ("Exchange Servers", 1_121, everything, false),
        ("Exchange Trusted Subsystem", 1_120, everything, false),
    ] {
        let sid = format!("S-1-5-21-2957361424-1172804912-3306178525-{number}").into();
        entries.push(entry(format!("{NETBIOS}\\{group}").into(), sid, rights, deny, true));
    }
    entries
}

/// An entry that lets someone send as a recipient.
pub fn recipient_permission(identity: PsStr, trustee: PsStr, sid: PsStr, inherited: bool) -> PsValue {
    RECIPIENT_PERMISSION.object(
        Some(trustee.clone()),
        vec![
            identity.into(),
            trustee.into(),
            ACCESS_CONTROL.of("Allow"),
            RECIPIENT_RIGHT_LIST.list(vec![RECIPIENT_RIGHTS.of("SendAs")]),
            inherited.into(),
            INHERITANCE.of("None"),
            sid.into(),
            true.into(),
            OBJECT_STATE.of("Unchanged"),
        ],
    )
}
