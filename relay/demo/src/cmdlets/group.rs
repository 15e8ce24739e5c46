//! Groups: Get-, Set-, New- and Remove-DistributionGroup, their members, and dynamic groups.

use postern_shared::value::PsStr;

use super::{
    mailbox::IDENTITY,
    selection::{all_named, one, one_named, selecting, slots, write_all, write_selected},
    settings::{add, apply, named, set, settings},
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Limit, Parameter, Stop},
    objects::{DISTRIBUTION_GROUP, DYNAMIC_GROUP, RECIPIENT, Row},
    opath::Filter,
    organisation::{DynamicGroup, Kind as Recipient, RecipientId},
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.DistributionGroup";
const DYNAMIC_TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.DynamicDistributionGroup";
const JOIN: &[&str] = &["Open", "Closed", "ApprovalRequired"];
const BYPASS: Parameter = Parameter::switch("BypassSecurityGroupManagerCheck");

const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Text)
}
const fn flag(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Bool)
}
const fn several(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::MultiValued)
}

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-DistributionGroup", "Lists distribution groups.", get_group)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetDistributionGroup")
        .output(TYPE)
        .takes(selecting![Parameter::new("ManagedBy", Kind::Text).help("Only groups that this one owns.")]),
    Cmdlet::new("Set-DistributionGroup", "Changes settings of a distribution group.", set_group)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetDistributionGroup")
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            text("Name"),
            text("Alias"),
            text("DisplayName"),
            text("PrimarySmtpAddress"),
            several("EmailAddresses"),
            flag("EmailAddressPolicyEnabled"),
            several("ManagedBy"),
            Parameter::new("MemberJoinRestriction", Kind::Enum(JOIN)),
            Parameter::new("MemberDepartRestriction", Kind::Enum(JOIN)),
            flag("HiddenFromAddressListsEnabled"),
            flag("RequireSenderAuthenticationEnabled"),
            flag("ModerationEnabled"),
            several("ModeratedBy"),
            several("AcceptMessagesOnlyFrom"),
            several("AcceptMessagesOnlyFromSendersOrMembers"),
            several("RejectMessagesFrom"),
            several("GrantSendOnBehalfTo"),
            several("Description"),
            text("MailTip"),
            flag("ReportToManagerEnabled"),
            flag("ReportToOriginatorEnabled"),
            flag("SendOofMessageToOriginatorEnabled"),
            Parameter::new("MaxSendSize", Kind::Size),
            Parameter::new("MaxReceiveSize", Kind::Size),
            text("CustomAttribute1"),
            text("CustomAttribute2"),
            text("CustomAttribute3"),
            text("CustomAttribute4"),
            text("CustomAttribute5"),
            BYPASS,
        ]),
    Cmdlet::new("New-DistributionGroup", "Makes a distribution group.", new_group)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewDistributionGroup")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory(),
            text("Alias"),
            text("DisplayName"),
            text("PrimarySmtpAddress"),
            Parameter::new("Type", Kind::Enum(&["Distribution", "Security"])),
            several("Members"),
            several("ManagedBy"),
            Parameter::new("MemberJoinRestriction", Kind::Enum(JOIN)),
            Parameter::new("MemberDepartRestriction", Kind::Enum(JOIN)),
            flag("RequireSenderAuthenticationEnabled"),
            text("Notes"),
            text("OrganizationalUnit"),
            Parameter::switch("RoomList"),
        ]),
    Cmdlet::new("Remove-DistributionGroup", "Removes a distribution group.", remove_group)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveDistributionGroup")
        .confirms(Impact::High)
        .takes(&[IDENTITY, BYPASS]),
    Cmdlet::new("Get-DistributionGroupMember", "Lists who is in a distribution group.", get_members)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetDistributionGroupMember")
        .output("Microsoft.Exchange.Data.Directory.Management.ReducedRecipient")
        .takes(&[IDENTITY, Parameter::new("ResultSize", Kind::Unlimited)]),
    Cmdlet::new("Add-DistributionGroupMember", "Adds someone to a distribution group.", add_member)
        .class("Microsoft.Exchange.Management.RecipientTasks.AddDistributionGroupMember")
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Identity", Kind::Text).at(0).mandatory(),
            Parameter::new("Member", Kind::Text).piped().help("Who is added."),
            BYPASS,
        ]),
    Cmdlet::new(
        "Remove-DistributionGroupMember",
        "Takes someone out of a distribution group.",
        remove_member,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.RemoveDistributionGroupMember")
    .confirms(Impact::High)
    .takes(&[
        Parameter::new("Identity", Kind::Text).at(0).mandatory(),
        Parameter::new("Member", Kind::Text).piped().help("Who is taken out."),
        BYPASS,
    ]),
    Cmdlet::new(
        "Update-DistributionGroupMember",
        "Replaces all members of a distribution group.",
        update_members,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.UpdateDistributionGroupMember")
    .confirms(Impact::High)
    .takes(&[IDENTITY, several("Members"), BYPASS]),
    Cmdlet::new("Get-DynamicDistributionGroup", "Lists dynamic distribution groups.", get_dynamic)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetDynamicDistributionGroup")
        .output(DYNAMIC_TYPE)
        .takes(selecting![]),
    Cmdlet::new("New-DynamicDistributionGroup", "Makes a dynamic distribution group.", new_dynamic)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewDynamicDistributionGroup")
        .output(DYNAMIC_TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            Parameter::new("Name", Kind::Text).at(0).mandatory(),
            text("Alias"),
            text("DisplayName"),
            text("PrimarySmtpAddress"),
            Parameter::new("RecipientFilter", Kind::Filter).help("An OPATH filter: who is in it."),
            text("RecipientContainer"),
        ]),
    Cmdlet::new(
        "Set-DynamicDistributionGroup",
        "Changes settings of a dynamic distribution group.",
        set_dynamic,
    )
    .class("Microsoft.Exchange.Management.RecipientTasks.SetDynamicDistributionGroup")
    .confirms(Impact::Medium)
    .takes(&[
        IDENTITY,
        text("Name"),
        text("Alias"),
        text("DisplayName"),
        text("PrimarySmtpAddress"),
        several("EmailAddresses"),
        Parameter::new("RecipientFilter", Kind::Filter),
        text("RecipientContainer"),
        text("ManagedBy"),
        text("Notes"),
        flag("HiddenFromAddressListsEnabled"),
        flag("RequireSenderAuthenticationEnabled"),
    ]),
    Cmdlet::new("Remove-DynamicDistributionGroup", "Removes a dynamic distribution group.", remove_dynamic)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveDynamicDistributionGroup")
        .confirms(Impact::High)
        .takes(&[IDENTITY]),
];

fn get_group(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(owner) = call.text("ManagedBy").map(PsStr::from) else {
        return write_selected(call, &DISTRIBUTION_GROUP, Recipient::is_group);
    };
    let Some(owner) = one_named(call, &owner, |_| true)? else { return Ok(()) };
    let ids: Vec<RecipientId> = {
        let organisation = call.organisation();
        let owned =
            |id: &RecipientId| organisation.group(*id).is_some_and(|group| group.managed_by.contains(&owner));
        organisation.ids().filter(owned).collect()
    };
    write_all(call, &ids, |organisation, id| DISTRIBUTION_GROUP.object(&Row::new(organisation, id)))
}

fn set_group(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", Recipient::is_group)? {
        Some(id) => set(call, id, &DISTRIBUTION_GROUP, "Setting distribution group"),
        None => Ok(()),
    }
}

fn new_group(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(named) = named(call)? else { return Ok(()) };
    let members = match call.change("Members") {
        Some(crate::cmdlet::Change::Set(members)) => members,
        _ => Vec::new(),
    };
    let Some(members) = all_named(call, &members, |_| true)? else { return Ok(()) };
    let kind = match call.text("Type") {
        Some("Security") => Recipient::SecurityGroup,
        _ if call.switch("RoomList") => Recipient::RoomList,
        _ => Recipient::DistributionGroup,
    };
    if !call.should_do(&format!("Creating distribution group \"{}\".", named.label.name))? {
        return Ok(());
    }
    let id = add(call, kind, named);
    if let Some(group) = call.organisation_mut().group_mut(id) {
        group.members = members;
    }
    // The names are set already; what is left are the settings.
    let Some(mut changes) = settings(call, id, &DISTRIBUTION_GROUP)? else { return Ok(()) };
    changes.retain(|change| !matches!(change, super::settings::Setting::Addresses(_)));
    apply(call, id, changes);
    write_all(call, &[id], |organisation, id| DISTRIBUTION_GROUP.object(&Row::new(organisation, id)))
}

fn remove(call: &mut Call<'_>, of: fn(Recipient) -> bool, what: &str) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", of)? else { return Ok(()) };
    let identity = call.organisation().canonical_name(id);
    if call.should_do(&format!("Removing {what} \"{identity}\"."))? {
        call.organisation_mut().remove(id);
    }
    Ok(())
}

fn remove_group(call: &mut Call<'_>) -> Result<(), Stop> {
    remove(call, Recipient::is_group, "distribution group")
}

fn get_members(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", Recipient::is_group)? else { return Ok(()) };
    let mut members = call.organisation().group(id).map(|group| group.members.clone()).unwrap_or_default();
    let limit = match call.limit("ResultSize") {
        Some(Limit::Unlimited) => usize::MAX,
        Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
        None => 1_000,
    };
    let more = members.len() > limit;
    members.truncate(limit);
    write_all(call, &members, |organisation, id| RECIPIENT.object(&Row::new(organisation, id)))?;
    if more {
        call.warning(
            "There are more results available than are currently displayed. To view them, increase the value for \
             the ResultSize parameter.",
        )?;
    }
    Ok(())
}

/// The group and the recipient that a change of membership names; `None` after an error was written.
fn group_and_member(call: &mut Call<'_>) -> Result<Option<(RecipientId, RecipientId)>, Stop> {
    let Some(group) = one(call, "Identity", Recipient::is_group)? else { return Ok(None) };
    Ok(one(call, "Member", |_| true)?.map(|member| (group, member)))
}

fn add_member(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some((id, member)) = group_and_member(call)? else { return Ok(()) };
    let (group, name) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.canonical_name(member))
    };
    if !call.should_do(&format!(
        "Adding distribution group member \"{name}\" on distribution group \"{group}\"."
    ))? {
        return Ok(());
    }
    let added = {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        let group = organisation.group_mut(id);
        let new = group.is_some_and(|group| {
            let new = !group.members.contains(&member);
            if new {
                group.members.push(member);
            }
            new
        });
        organisation.touch(id, now);
        new
    };
    if added {
        return Ok(());
    }
    let message = format!("The recipient \"{name}\" is already a member of the group \"{group}\".");
    call.error(CmdletError::exchange("MemberAlreadyExistsException", Category::NotSpecified, message))
}

fn remove_member(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some((id, member)) = group_and_member(call)? else { return Ok(()) };
    let (group, name) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.canonical_name(member))
    };
    if !call.should_do(&format!(
        "Removing distribution group member \"{name}\" on distribution group \"{group}\"."
    ))? {
        return Ok(());
    }
    let removed = {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        let removed = organisation.group_mut(id).is_some_and(|group| {
            let before = group.members.len();
            group.members.retain(|own| *own != member);
            group.members.len() < before
        });
        organisation.touch(id, now);
        removed
    };
    if removed {
        return Ok(());
    }
    let message = format!("The recipient \"{name}\" isn't a member of the group \"{group}\".");
    call.error(CmdletError::exchange("MemberNotFoundException", Category::NotSpecified, message))
}

fn update_members(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", Recipient::is_group)? else { return Ok(()) };
    let members = match call.change("Members") {
        Some(crate::cmdlet::Change::Set(members)) => members,
        _ => Vec::new(),
    };
    let Some(members) = all_named(call, &members, |_| true)? else { return Ok(()) };
    let group = call.organisation().canonical_name(id);
    if call
        .should_do(&format!("Updating distribution group membership on distribution group \"{group}\"."))?
    {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        if let Some(group) = organisation.group_mut(id) {
            group.members = members;
        }
        organisation.touch(id, now);
    }
    Ok(())
}

fn is_dynamic(kind: Recipient) -> bool {
    kind == Recipient::DynamicGroup
}

fn get_dynamic(call: &mut Call<'_>) -> Result<(), Stop> {
    write_selected(call, &DYNAMIC_GROUP, is_dynamic)
}

/// The filter of `-RecipientFilter`, if it is one; fails where it is none.
fn recipient_filter(call: &Call<'_>) -> Result<Option<PsStr>, Stop> {
    let Some(text) = call.text("RecipientFilter") else { return Ok(None) };
    let problem = match Filter::parse(text) {
        Err(error) => Some(error.to_string()),
        Ok(filter) => slots(&filter, &RECIPIENT).err().map(|name| {
            format!("The recipient filter is not valid: \"{name}\" is not a recognized filterable property.")
        }),
    };
    match problem {
        Some(message) => Err(CmdletError::exchange(
            "Microsoft.Exchange.Data.ParsingException",
            Category::InvalidArgument,
            message,
        )
        .into()),
        None => Ok(Some(text.into())),
    }
}

fn new_dynamic(call: &mut Call<'_>) -> Result<(), Stop> {
    let filter = recipient_filter(call)?.unwrap_or(PsStr::from_static("(RecipientType -eq 'UserMailbox')"));
    let container = call.text("RecipientContainer").unwrap_or(crate::organisation::DIRECTORY).into();
    let Some(named) = named(call)? else { return Ok(()) };
    if !call.should_do(&format!("Creating dynamic distribution group \"{}\".", named.label.name))? {
        return Ok(());
    }
    let id = add(call, Recipient::DynamicGroup, named);
    call.organisation_mut().set_dynamic_group(id, DynamicGroup { filter, container });
    write_all(call, &[id], |organisation, id| DYNAMIC_GROUP.object(&Row::new(organisation, id)))
}

fn set_dynamic(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", is_dynamic)? else { return Ok(()) };
    let filter = recipient_filter(call)?;
    let container = call.text("RecipientContainer").map(PsStr::from);
    let Some(mut changes) = settings(call, id, &DYNAMIC_GROUP)? else { return Ok(()) };
    let computed = |name: &PsStr| matches!(name.as_str(), "RecipientFilter" | "RecipientContainer");
    changes.retain(|change| !matches!(change, super::settings::Setting::Value(name, _) if computed(name)));
    let identity = call.organisation().canonical_name(id);
    if call.should_do(&format!("Setting dynamic distribution group \"{identity}\"."))? {
        let mut group = call.organisation().dynamic_group(id).cloned();
        if let Some(group) = &mut group {
            group.filter = filter.unwrap_or_else(|| group.filter.clone());
            group.container = container.unwrap_or_else(|| group.container.clone());
            call.organisation_mut().set_dynamic_group(id, group.clone());
        }
        apply(call, id, changes);
    }
    Ok(())
}

fn remove_dynamic(call: &mut Call<'_>) -> Result<(), Stop> {
    remove(call, is_dynamic, "dynamic distribution group")
}
