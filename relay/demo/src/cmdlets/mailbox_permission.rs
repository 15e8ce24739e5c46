//! Who may open whose mailbox and send as whom: Get-, Add- and Remove-MailboxPermission and `-RecipientPermission`.

use postern_shared::value::{PsStr, PsValue};

use super::{
    mailbox::IDENTITY,
    selection::{one, write_all},
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Limit, Parameter, Stop},
    objects::{identity, mailbox_permission, mailbox_permissions, recipient_permission, sid},
    organisation::{Kind as Recipient, MailboxPermission, RecipientId},
};

/// The words of `-AccessRights` of a mailbox.
const RIGHTS: &[&str] =
    &["FullAccess", "ExternalAccount", "DeleteItem", "ReadPermission", "ChangePermission", "ChangeOwner"];
const TYPE: &str = "Microsoft.Exchange.Management.RecipientTasks.MailboxAcePresentationObject";
const RECIPIENT_TYPE: &str = "Microsoft.Exchange.Management.RecipientTasks.RecipientPermission";

const USER: Parameter = Parameter::new("User", Kind::Text).at(1);
const TRUSTEE: Parameter = Parameter::new("Trustee", Kind::Text).at(1);
const ACCESS: Parameter = Parameter::new("AccessRights", Kind::EnumList(RIGHTS));
const SEND_AS: Parameter = Parameter::new("AccessRights", Kind::EnumList(&["SendAs"]));
const INHERITANCE: Parameter = Parameter::new(
    "InheritanceType",
    Kind::Enum(&["None", "All", "Descendents", "SelfAndChildren", "Children"]),
);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailboxPermission", "Lists who may open a mailbox.", get_mailbox_permission)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetMailboxPermission")
        .output(TYPE)
        .takes(&[
            IDENTITY,
            Parameter::new("User", Kind::Text).help("Only what this user has."),
            Parameter::switch("Owner"),
            Parameter::new("ResultSize", Kind::Unlimited),
        ]),
    Cmdlet::new("Add-MailboxPermission", "Lets someone open a mailbox.", add_mailbox_permission)
        .class("Microsoft.Exchange.Management.RecipientTasks.AddMailboxPermission")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            USER,
            ACCESS,
            INHERITANCE,
            Parameter::new("AutoMapping", Kind::Bool),
            Parameter::switch("Deny"),
            Parameter::new("Owner", Kind::Text),
        ]),
    Cmdlet::new(
        "Remove-MailboxPermission",
        "Lets someone no longer open a mailbox.",
        remove_mailbox_permission,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMailboxPermission")
    .confirms(Impact::High)
    .takes(&[IDENTITY, USER, ACCESS, INHERITANCE, Parameter::switch("Deny")]),
    Cmdlet::new("Get-RecipientPermission", "Lists who may send as a recipient.", get_recipient_permission)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetRecipientPermission")
        .output(RECIPIENT_TYPE)
        .takes(&[
            Parameter::new("Identity", Kind::Text).at(0).piped(),
            Parameter::new("Trustee", Kind::Text).help("Only what this user has."),
            SEND_AS,
            Parameter::new("ResultSize", Kind::Unlimited),
        ]),
    Cmdlet::new("Add-RecipientPermission", "Lets someone send as a recipient.", add_recipient_permission)
        .class("Microsoft.Exchange.Management.RecipientTasks.AddRecipientPermission")
        .output(RECIPIENT_TYPE)
        .confirms(Impact::High)
        .takes(&[IDENTITY, TRUSTEE, SEND_AS]),
    Cmdlet::new(
        "Remove-RecipientPermission",
        "Lets someone no longer send as a recipient.",
        remove_recipient_permission,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.RemoveRecipientPermission")
    .confirms(Impact::High)
    .takes(&[IDENTITY, TRUSTEE, SEND_AS, Parameter::switch("Deny")]),
];

/// Who can be given a permission.
fn is_trustee(kind: Recipient) -> bool {
    kind.is_user() || kind == Recipient::SecurityGroup
}

/// Who a parameter names, whom permissions can be given to; `None` after writing the error.
fn trustee(call: &mut Call<'_>, parameter: &str) -> Result<Option<RecipientId>, Stop> {
    let Some(name) = call.text(parameter).map(PsStr::from) else {
        return Err(CmdletError::plain(
            "MissingMandatoryParameter",
            "System.Management.Automation.ParameterBindingException",
            Category::InvalidArgument,
            format!(
                "Cannot process command because of one or more missing mandatory parameters: {parameter}."
            ),
        )
        .into());
    };
    let found = {
        let organisation = call.organisation();
        organisation.resolve(&name, |id| is_trustee(organisation.recipient(id).kind)).ok()
    };
    if found.is_none() {
        let message =
            format!("User or group \"{name}\" wasn't found. Please make sure you've typed it correctly.");
        call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Configuration.Tasks.SecurityPrincipalNotFoundException",
                Category::InvalidData,
                message,
            )
            .about(name),
        )?;
    }
    Ok(found)
}

fn get_mailbox_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", crate::organisation::Kind::is_mailbox)? else { return Ok(()) };
    let user = call.text("User").map(PsStr::from);
    let entries = {
        let organisation = call.organisation();
        let wanted = user.map(|name| match organisation.find(&name) {
            Some(user) => organisation.account(user),
            None => name,
        });
        let mut entries = mailbox_permissions(&organisation, id);
        entries.retain(|entry| {
            let own = entry.get("User").and_then(PsValue::as_str).unwrap_or_default();
            wanted.as_ref().is_none_or(|wanted| own.eq_ignore_ascii_case(wanted))
        });
        entries
    };
    for entry in entries {
        call.write(entry)?;
    }
    Ok(())
}

/// The rights that `-AccessRights` names, full access where it is not given.
fn rights(call: &Call<'_>) -> Vec<&'static str> {
    let given = call.texts("AccessRights");
    let known = RIGHTS.iter().copied().filter(|right| given.iter().any(|own| own == right));
    let rights: Vec<&'static str> = known.collect();
    if rights.is_empty() { vec!["FullAccess"] } else { rights }
}

fn add_mailbox_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", crate::organisation::Kind::is_mailbox)? else { return Ok(()) };
    let Some(user) = trustee(call, "User")? else { return Ok(()) };
    let (rights, deny) = (rights(call), call.switch("Deny"));
    let (mailbox, account) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.account(user))
    };
    let description = format!(
        "Adding mailbox permission \"{mailbox}\" for user \"{account}\" with access rights \"'{}'\".",
        rights.join(", ")
    );
    if !call.should_do(&description)? {
        return Ok(());
    }
    let already = {
        let mut organisation = call.organisation_mut();
        let entries = organisation.mailbox_permissions_mut(id);
        if let Some(entry) = entries.iter_mut().find(|entry| entry.user == user && entry.deny == deny) {
            let known = entry.rights.clone();
            entry.rights.extend(rights.iter().copied().filter(|right| !known.contains(right)));
            entry.rights.len() == known.len()
        } else {
            entries.push(MailboxPermission { user, rights: rights.clone(), deny });
            false
        }
    };
    if already {
        return call.warning(format!(
            "The appropriate access control entry is already present on the object \"{mailbox}\" for account \"{account}\"."
        ));
    }
    let entry = {
        let organisation = call.organisation();
        mailbox_permission(identity(&organisation, id), account, sid(user), &rights, deny, false)
    };
    call.write(entry)
}

fn remove_mailbox_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", crate::organisation::Kind::is_mailbox)? else { return Ok(()) };
    let Some(user) = trustee(call, "User")? else { return Ok(()) };
    let (rights, deny) = (rights(call), call.switch("Deny"));
    let (mailbox, account) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.account(user))
    };
    let description = format!(
        "Removing mailbox permission \"{mailbox}\" for user \"{account}\" with access rights \"'{}'\".",
        rights.join(", ")
    );
    if !call.should_do(&description)? {
        return Ok(());
    }
    let removed = {
        let mut organisation = call.organisation_mut();
        let entries = organisation.mailbox_permissions_mut(id);
        let before: usize = entries.iter().map(|entry| entry.rights.len()).sum();
        for entry in entries.iter_mut().filter(|entry| entry.user == user && entry.deny == deny) {
            entry.rights.retain(|right| !rights.contains(right));
        }
        entries.retain(|entry| !entry.rights.is_empty());
        before != entries.iter().map(|entry| entry.rights.len()).sum::<usize>()
    };
    if removed {
        return Ok(());
    }
    call.warning(format!(
        "Can't remove the access control entry on the object \"{mailbox}\" for account \"{account}\" because the ACE \
         isn't present."
    ))
}

fn get_recipient_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let ids: Vec<RecipientId> = if call.text("Identity").is_some() {
        one(call, "Identity", Recipient::is_recipient)?.into_iter().collect()
    } else {
        let limit = match call.limit("ResultSize") {
            Some(Limit::Unlimited) => usize::MAX,
            Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
            None => 1_000,
        };
        let organisation = call.organisation();
        organisation.ids().filter(|id| organisation.recipient(*id).kind.is_recipient()).take(limit).collect()
    };
    let wanted = call.text("Trustee").map(PsStr::from);
    for id in ids {
        let entries: Vec<PsValue> = {
            let organisation = call.organisation();
            let name = organisation.name(id);
            let mut entries = Vec::new();
            if organisation.recipient(id).kind.is_user() {
                entries.push((
                    PsStr::from_static("NT AUTHORITY\\SELF"),
                    PsStr::from_static("S-1-5-10"),
                    None,
                ));
            }
            for trustee in organisation.send_as(id) {
                entries.push((organisation.user_principal_name(*trustee), sid(*trustee), Some(*trustee)));
            }
            let is_wanted = |(trustee, _, id): &(PsStr, PsStr, Option<RecipientId>)| {
                wanted.as_ref().is_none_or(|wanted| {
                    trustee.eq_ignore_ascii_case(wanted)
                        || id.is_some_and(|id| organisation.is_called(id, wanted))
                })
            };
            let found = entries.into_iter().filter(is_wanted);
            found.map(|(trustee, sid, _)| recipient_permission(name.clone(), trustee, sid, false)).collect()
        };
        for entry in entries {
            call.write(entry)?;
        }
    }
    Ok(())
}

fn add_recipient_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", Recipient::is_recipient)? else { return Ok(()) };
    let Some(user) = trustee(call, "Trustee")? else { return Ok(()) };
    let (name, account) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.user_principal_name(user))
    };
    let description = format!(
        "Adding recipient permission for user or group '{account}' with access rights 'SendAs' on '{name}'."
    );
    if !call.should_do(&description)? {
        return Ok(());
    }
    let added = {
        let mut organisation = call.organisation_mut();
        let trustees = organisation.send_as_mut(id);
        let new = !trustees.contains(&user);
        if new {
            trustees.push(user);
        }
        new
    };
    if !added {
        return call.warning(format!(
            "The appropriate access control entry is already present on the object \"{name}\" for account \"{account}\"."
        ));
    }
    write_all(call, &[id], |organisation, id| {
        recipient_permission(organisation.name(id), account.clone(), sid(user), false)
    })
}

fn remove_recipient_permission(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", Recipient::is_recipient)? else { return Ok(()) };
    let Some(user) = trustee(call, "Trustee")? else { return Ok(()) };
    let (name, account) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.user_principal_name(user))
    };
    let description = format!(
        "Removing recipient permission for user or group '{account}' with access rights 'SendAs' on '{name}'."
    );
    if !call.should_do(&description)? {
        return Ok(());
    }
    let removed = {
        let mut organisation = call.organisation_mut();
        let trustees = organisation.send_as_mut(id);
        let before = trustees.len();
        trustees.retain(|trustee| *trustee != user);
        trustees.len() < before
    };
    if removed {
        return Ok(());
    }
    call.warning(format!(
        "Can't remove the access control entry on the object \"{name}\" for account \"{account}\" because the ACE isn't \
         present."
    ))
}
