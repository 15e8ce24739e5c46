//! Mailboxes: Get-, Set-, New-, Remove-, Enable- and Disable-Mailbox.

use postern_shared::value::{PsStr, PsValue};

use super::{
    selection::{one, selected, selecting, write_all},
    settings::{Setting, add, change, named, settings},
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{MAILBOX, Row, values},
    organisation::{Kind as Recipient, Traits, database_name},
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.Mailbox";

/// Who a Set- or Remove- cmdlet is about.
pub(super) const IDENTITY: Parameter = Parameter::new("Identity", Kind::Text)
    .at(0)
    .mandatory()
    .piped()
    .help("Alias, address, name, GUID, distinguished name or canonical name.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-Mailbox", "Lists mailboxes.", get_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetMailbox")
        .output(TYPE)
        .takes(selecting![
            Parameter::new("Database", Kind::Text).help("Only mailboxes of this database."),
            Parameter::new("Server", Kind::Text),
            Parameter::switch("Archive").help("Only mailboxes that have an archive."),
            Parameter::switch("Arbitration"),
            Parameter::switch("PublicFolder"),
            Parameter::switch("InactiveMailboxOnly"),
            Parameter::switch("SoftDeletedMailbox"),
        ]),
    Cmdlet::new("Set-Mailbox", "Changes settings of a mailbox.", set_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetMailbox")
        .confirms(Impact::Medium)
        .takes(SET),
    Cmdlet::new("New-Mailbox", "Makes a mailbox and its account.", new_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewMailbox")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory(),
            Parameter::new("Alias", Kind::Text),
            Parameter::new("DisplayName", Kind::Text),
            Parameter::new("FirstName", Kind::Text),
            Parameter::new("LastName", Kind::Text),
            Parameter::new("PrimarySmtpAddress", Kind::Text),
            Parameter::new("UserPrincipalName", Kind::Text),
            Parameter::new("SamAccountName", Kind::Text),
            Parameter::new("Password", Kind::SecureString),
            Parameter::new("OrganizationalUnit", Kind::Text),
            Parameter::new("Database", Kind::Text),
            Parameter::switch("Shared"),
            Parameter::switch("Room"),
            Parameter::switch("Equipment"),
            Parameter::switch("Archive"),
            Parameter::new("ResetPasswordOnNextLogon", Kind::Bool),
        ]),
    Cmdlet::new("Remove-Mailbox", "Removes a mailbox and its account.", remove_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMailbox")
        .confirms(Impact::High)
        .takes(&[IDENTITY, Parameter::new("Permanent", Kind::Bool), Parameter::switch("Force")]),
    Cmdlet::new("Enable-Mailbox", "Gives an account a mailbox, or a mailbox an archive.", enable_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.EnableMailbox")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            Parameter::new("Alias", Kind::Text),
            Parameter::new("Database", Kind::Text),
            Parameter::switch("Archive"),
        ]),
    Cmdlet::new(
        "Disable-Mailbox",
        "Takes the mailbox from an account, or the archive from a mailbox.",
        disable_mailbox,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.DisableMailbox")
    .confirms(Impact::High)
    .takes(&[IDENTITY, Parameter::switch("Archive"), Parameter::switch("Force")]),
];

const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Text)
}
const fn flag(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Bool)
}
const fn size(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Size)
}
const fn several(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::MultiValued)
}

const SET: &[Parameter] = &[
    IDENTITY,
    text("Name"),
    text("Alias"),
    text("DisplayName"),
    text("SimpleDisplayName"),
    text("Office"),
    text("UserPrincipalName"),
    text("SamAccountName"),
    text("PrimarySmtpAddress"),
    text("WindowsEmailAddress"),
    several("EmailAddresses"),
    flag("EmailAddressPolicyEnabled"),
    Parameter::new("Type", Kind::Enum(&["Regular", "Room", "Equipment", "Shared"])),
    flag("HiddenFromAddressListsEnabled"),
    text("ForwardingAddress"),
    text("ForwardingSmtpAddress"),
    flag("DeliverToMailboxAndForward"),
    several("GrantSendOnBehalfTo"),
    several("AcceptMessagesOnlyFrom"),
    several("AcceptMessagesOnlyFromSendersOrMembers"),
    several("RejectMessagesFrom"),
    several("ModeratedBy"),
    flag("ModerationEnabled"),
    flag("RequireSenderAuthenticationEnabled"),
    Parameter::new("SendModerationNotifications", Kind::Enum(&["Never", "Internal", "Always"])),
    flag("LitigationHoldEnabled"),
    text("LitigationHoldDuration"),
    text("LitigationHoldOwner"),
    flag("SingleItemRecoveryEnabled"),
    flag("RetentionHoldEnabled"),
    text("RetentionComment"),
    text("RetentionUrl"),
    Parameter::new("StartDateForRetentionHold", Kind::DateTime),
    Parameter::new("EndDateForRetentionHold", Kind::DateTime),
    flag("UseDatabaseQuotaDefaults"),
    flag("UseDatabaseRetentionDefaults"),
    size("IssueWarningQuota"),
    size("ProhibitSendQuota"),
    size("ProhibitSendReceiveQuota"),
    size("RecoverableItemsQuota"),
    size("RecoverableItemsWarningQuota"),
    size("ArchiveQuota"),
    size("ArchiveWarningQuota"),
    size("MaxSendSize"),
    size("MaxReceiveSize"),
    Parameter::new("RecipientLimits", Kind::Unlimited),
    Parameter::new("RetainDeletedItemsFor", Kind::TimeSpan),
    Parameter::new("ResourceCapacity", Kind::Int),
    several("ResourceCustom"),
    text("MailTip"),
    flag("AuditEnabled"),
    Parameter::new("AuditLogAgeLimit", Kind::TimeSpan),
    flag("MessageCopyForSentAsEnabled"),
    flag("MessageCopyForSendOnBehalfEnabled"),
    flag("AccountDisabled"),
    text("CustomAttribute1"),
    text("CustomAttribute2"),
    text("CustomAttribute3"),
    text("CustomAttribute4"),
    text("CustomAttribute5"),
    text("CustomAttribute6"),
    text("CustomAttribute7"),
    text("CustomAttribute8"),
    text("CustomAttribute9"),
    text("CustomAttribute10"),
    text("CustomAttribute11"),
    text("CustomAttribute12"),
    text("CustomAttribute13"),
    text("CustomAttribute14"),
    text("CustomAttribute15"),
    several("ExtensionCustomAttribute1"),
    several("ExtensionCustomAttribute2"),
    several("ExtensionCustomAttribute3"),
    several("ExtensionCustomAttribute4"),
    several("ExtensionCustomAttribute5"),
    Parameter::switch("Force"),
];

/// Whether it has a mailbox.
fn is_mailbox(kind: Recipient) -> bool {
    kind.is_mailbox()
}

fn get_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let none = ["Arbitration", "PublicFolder", "InactiveMailboxOnly", "SoftDeletedMailbox"];
    if none.iter().any(|switch| call.switch(switch)) {
        // There are none of these in this organisation.
        return Ok(());
    }
    let archive = call.switch("Archive");
    let database = call.text("Database").map(str::to_lowercase);
    let elsewhere = call.text("Server").is_some_and(|server| !server.to_lowercase().starts_with("ex01"));
    let ids = selected(call, &MAILBOX, |organisation, id| {
        let recipient = organisation.recipient(id);
        recipient.kind.is_mailbox()
            && !elsewhere
            && (!archive || recipient.traits.has(Traits::ARCHIVE))
            && database.as_ref().is_none_or(|name| database_name(recipient.database).to_lowercase() == *name)
    })?;
    write_all(call, &ids, |organisation, id| MAILBOX.object(&Row::new(organisation, id)))
}

fn set_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", is_mailbox)? else { return Ok(()) };
    let Some(mut changes) = settings(call, id, &MAILBOX)? else { return Ok(()) };
    let mut set = |name: &'static str, value: PsValue| {
        changes.retain(|change| !matches!(change, Setting::Value(own, _) if *own == name));
        changes.push(Setting::Value(PsStr::from_static(name), value));
    };
    if call.given("ForwardingSmtpAddress") {
        let address = call.text("ForwardingSmtpAddress").filter(|text| !text.is_empty());
        let value = address.map_or(PsValue::Null, |address| {
            let bare = address.split_once(':').map_or(address, |(_, bare)| bare);
            values::proxy_address(&format!("smtp:{bare}").into())
        });
        set("ForwardingSmtpAddress", value);
    }
    if let Some(on) = call.flag("LitigationHoldEnabled") {
        let (now, owner) = (call.organisation().now(), call.caller().user.clone());
        set("LitigationHoldDate", if on { now.local_value() } else { PsValue::Null });
        set("LitigationHoldOwner", if on { owner.into() } else { PsStr::EMPTY.into() });
    }
    if let Some(duration) = call.text("LitigationHoldDuration") {
        // A number of days, or Unlimited.
        let days = duration.split('.').next().and_then(|days| days.parse::<i64>().ok());
        set("LitigationHoldDuration", values::limit_span(days.map(|days| days.saturating_mul(86_400))));
    }
    if call.given("MailTip") {
        let tip = call
            .text("MailTip")
            .map_or(PsValue::Null, |tip| format!("<html>\n<body>\n{tip}\n</body>\n</html>\n").into());
        set("MailTip", tip);
    }
    let kind = call.text("Type").map(|kind| match kind {
        "Room" => Recipient::RoomMailbox,
        "Equipment" => Recipient::EquipmentMailbox,
        "Shared" => Recipient::SharedMailbox,
        _ => Recipient::UserMailbox,
    });
    if let Some(kind) = kind {
        // The type is no property of its own: it is part of the record.
        let identity = call.organisation().canonical_name(id);
        if call.should_do(&format!("Setting mailbox \"{identity}\"."))? {
            // What is derived from the record's kind would change with it: names and place stay.
            let mut organisation = call.organisation_mut();
            let (now, unit) = (organisation.now(), organisation.organizational_unit(id));
            let upn = organisation.user_principal_name(id);
            let recipient = organisation.recipient_mut(id);
            recipient.set("OrganizationalUnit", unit);
            recipient.set("UserPrincipalName", upn);
            recipient.kind = kind;
            organisation.touch(id, now);
            drop(organisation);
            if !changes.is_empty() {
                super::settings::apply(call, id, changes);
            }
        }
        return Ok(());
    }
    change(call, id, changes, "Setting mailbox")
}

fn new_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(named) = named(call)? else { return Ok(()) };
    let kind = match () {
        () if call.switch("Shared") => Recipient::SharedMailbox,
        () if call.switch("Room") => Recipient::RoomMailbox,
        () if call.switch("Equipment") => Recipient::EquipmentMailbox,
        () => Recipient::UserMailbox,
    };
    let description =
        format!("Creating a new mailbox \"{}\" with alias \"{}\".", named.label.name, named.label.alias);
    if !call.should_do(&description)? {
        return Ok(());
    }
    let id = add(call, kind, named);
    {
        let number =
            call.text("Database").and_then(|name| name.get(6..)).and_then(|number| number.parse().ok());
        let texts: Vec<(&'static str, PsStr)> = ["UserPrincipalName", "SamAccountName", "OrganizationalUnit"]
            .into_iter()
            .filter_map(|name| Some((name, PsStr::from(call.text(name)?))))
            .collect();
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        let recipient = organisation.recipient_mut(id);
        if let Some(number) = number.filter(|number| (1..=crate::organisation::DATABASES).contains(number)) {
            recipient.database = number;
        }
        recipient.traits.set(Traits::ARCHIVE, call.switch("Archive"));
        for (name, text) in texts {
            recipient.set(name, text);
        }
        organisation.touch(id, now);
    }
    write_all(call, &[id], |organisation, id| MAILBOX.object(&Row::new(organisation, id)))
}

fn remove_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", is_mailbox)? else { return Ok(()) };
    let identity = call.text("Identity").unwrap_or_default().to_owned();
    let description = format!(
        "Removing mailbox Identity:\"{identity}\" will remove the Active Directory user object and mark the mailbox \
         and the archive (if present) in the database for removal."
    );
    if call.should_do(&description)? {
        call.organisation_mut().remove(id);
    }
    Ok(())
}

fn enable_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let archive = call.switch("Archive");
    let of: fn(Recipient) -> bool = if archive { is_mailbox } else { crate::organisation::Kind::is_user };
    let Some(id) = one(call, "Identity", of)? else { return Ok(()) };
    let (identity, kind, traits) = {
        let organisation = call.organisation();
        let recipient = organisation.recipient(id);
        (organisation.canonical_name(id), recipient.kind, recipient.traits)
    };
    let already = if archive { traits.has(Traits::ARCHIVE) } else { kind.is_mailbox() };
    if already {
        let what = if archive { "an archive" } else { "a mailbox" };
        let message = format!("This task can't be performed because \"{identity}\" already has {what}.");
        return call.error(CmdletError::exchange(
            "RecipientTaskException",
            Category::InvalidArgument,
            message,
        ));
    }
    if !call.should_do(&format!("Enabling mailbox \"{identity}\"."))? {
        return Ok(());
    }
    {
        let alias = call.text("Alias").map(PsStr::from);
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        let recipient = organisation.recipient_mut(id);
        if archive {
            recipient.traits.set(Traits::ARCHIVE, true);
        } else {
            recipient.kind = Recipient::UserMailbox;
            if let Some(alias) = alias {
                recipient.set("Alias", alias);
            }
        }
        organisation.touch(id, now);
    }
    write_all(call, &[id], |organisation, id| MAILBOX.object(&Row::new(organisation, id)))
}

fn disable_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", is_mailbox)? else { return Ok(()) };
    let archive = call.switch("Archive");
    let identity = call.organisation().canonical_name(id);
    let description = if archive {
        format!("Disabling the archive of \"{identity}\".")
    } else {
        format!(
            "Disabling mailbox \"{identity}\" will remove the Exchange properties from the user object and mark the mailbox in the database for removal."
        )
    };
    if call.should_do(&description)? {
        let mut organisation = call.organisation_mut();
        let (now, upn) = (organisation.now(), organisation.user_principal_name(id));
        let unit = organisation.organizational_unit(id);
        let recipient = organisation.recipient_mut(id);
        recipient.traits.set(Traits::ARCHIVE, false);
        if !archive {
            recipient.set("UserPrincipalName", upn);
            recipient.set("OrganizationalUnit", unit);
            recipient.kind = Recipient::User;
        }
        organisation.touch(id, now);
    }
    Ok(())
}
