//! Who administers what: management roles, their assignments and role groups.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    configured::{IDENTITY, LISTED, change, one, selected},
    selection::{one as one_recipient, write_all},
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{
        RECIPIENT, Row,
        field::{
            Field,
            Form::{Flag, Id, Ids, NoText, Text, Texts},
            ItemType, Tail, plain_list, texts,
        },
        identity, values,
    },
    organisation::{Kind as Recipient, Organisation, RecipientId, configuration::Item},
};

const ROLE_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole";
const ASSIGNMENT_TYPE: &str =
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRoleAssignmentPresentation";
const GROUP_TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.RoleGroup";

const ROLE: &[Field] = &[
    Field::fixed("RoleEntries", Texts(&[])),
    Field::fixed("RoleType", Text("")),
    Field::fixed("ImplicitRecipientReadScope", Text("Organization")),
    Field::fixed("ImplicitRecipientWriteScope", Text("Organization")),
    Field::fixed("ImplicitConfigReadScope", Text("OrganizationConfig")),
    Field::fixed("ImplicitConfigWriteScope", Text("OrganizationConfig")),
    Field::fixed("IsRootRole", Flag(true)),
    Field::fixed("IsEndUserRole", Flag(false)),
    Field::fixed("MailboxPlanIndex", Text("")),
    Field::fixed("Description", Text("")),
    Field::fixed("Parent", NoText),
];
const ASSIGNMENT: &[Field] = &[
    Field::fixed("User", Id("")),
    Field::fixed("AssignmentMethod", Text("Direct")),
    Field::fixed("EffectiveUserName", Text("All Group Members")),
    Field::fixed("Role", Id("")),
    Field::fixed("RoleAssigneeType", Text("RoleGroup")),
    Field::fixed("RoleAssignee", Id("")),
    Field::fixed("RoleAssigneeName", Text("")),
    Field::fixed("RoleAssignmentDelegationType", Text("Regular")),
    Field::fixed("Enabled", Flag(true)),
    Field::fixed("RecipientReadScope", Text("Organization")),
    Field::fixed("RecipientWriteScope", Text("Organization")),
    Field::fixed("ConfigReadScope", Text("OrganizationConfig")),
    Field::fixed("ConfigWriteScope", Text("OrganizationConfig")),
    Field::fixed("CustomRecipientWriteScope", NoText),
];
const GROUP: &[Field] = &[
    Field::fixed("ManagedBy", Ids(&["Organization Management"])),
    Field::fixed("RoleAssignments", Ids(&[])),
    Field::fixed("Roles", Ids(&[])),
    Field::fixed("DisplayName", Text("")),
    Field::fixed("Members", Texts(&[])),
    Field::fixed("SamAccountName", Text("")),
    Field::fixed("Description", Text("")),
    Field::fixed("RoleGroupType", Text("Standard")),
    Field::fixed("LinkedGroup", Text("")),
    Field::fixed("Capabilities", Texts(&[])),
];

fn item_type(
    names: [&'static str; 2],
    fields: &'static [Field],
    place: (&'static [&'static str], &'static str),
) -> ItemType {
    let [own, base] = names;
    let names = [
        own,
        base,
        "Microsoft.Exchange.Data.Directory.ADObject",
        "Microsoft.Exchange.Data.Directory.ADRawEntry",
        "Microsoft.Exchange.Data.ConfigurableObject",
    ];
    ItemType::new(&names, &[fields], place, Tail::Directory)
}

static ROLES: LazyLock<ItemType> = LazyLock::new(|| {
    let names = [ROLE_TYPE, "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject"];
    item_type(names, ROLE, (&["RBAC", "Roles"], "msExchRole"))
});
static ASSIGNMENTS: LazyLock<ItemType> = LazyLock::new(|| {
    let names = [ASSIGNMENT_TYPE, "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject"];
    item_type(names, ASSIGNMENT, (&["RBAC", "Role Assignments"], "msExchRoleAssignment"))
});
static GROUPS: LazyLock<ItemType> = LazyLock::new(|| {
    let names = [GROUP_TYPE, "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject"];
    item_type(names, GROUP, (&["Microsoft Exchange Security Groups"], "group"))
});

const MEMBER: Parameter =
    Parameter::new("Member", Kind::Text).at(1).mandatory().help("Who: a user or a security group.");
const BYPASS: Parameter =
    Parameter::switch("BypassSecurityGroupManagerCheck").help("Also when the group is managed by others.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-ManagementRole", "Lists management roles.", |call| {
        let wanted = call.text("RoleType").map(str::to_owned);
        for item in selected(call, &ROLES)? {
            if wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(item.text("RoleType"))) {
                call.write(ROLES.object(&item))?;
            }
        }
        Ok(())
    })
    .class("Microsoft.Exchange.Management.RbacTasks.GetManagementRole")
    .output(ROLE_TYPE)
    .takes(&[LISTED, Parameter::new("RoleType", Kind::Text).help("Only roles of this type.")]),
    Cmdlet::new("Get-ManagementRoleAssignment", "Lists who has which management role.", get_assignment)
        .class("Microsoft.Exchange.Management.RbacTasks.GetManagementRoleAssignment")
        .output(ASSIGNMENT_TYPE)
        .takes(&[
            LISTED,
            Parameter::new("Role", Kind::Text).help("Only assignments of this role."),
            Parameter::new("RoleAssignee", Kind::Text).help("Only what this group or its member has."),
            Parameter::new("Enabled", Kind::Bool),
            Parameter::switch("GetEffectiveUsers"),
        ]),
    Cmdlet::new("Get-RoleGroup", "Lists role groups.", |call| {
        for item in selected(call, &GROUPS)? {
            let object = group(&call.organisation(), &item);
            call.write(object)?;
        }
        Ok(())
    })
    .class("Microsoft.Exchange.Management.RbacTasks.GetRoleGroup")
    .output(GROUP_TYPE)
    .takes(&[LISTED, Parameter::new("ResultSize", Kind::Unlimited)]),
    Cmdlet::new("Get-RoleGroupMember", "Lists who is in a role group.", |call| {
        let Some(item) = one(call, "Identity", &GROUPS)? else { return Ok(()) };
        let members = members(&call.organisation(), &item);
        write_all(call, &members, |organisation, id| RECIPIENT.object(&Row::new(organisation, id)))
    })
    .class("Microsoft.Exchange.Management.RbacTasks.GetRoleGroupMember")
    .output("Microsoft.Exchange.Data.Directory.Management.ReducedRecipient")
    .takes(&[IDENTITY, Parameter::new("ResultSize", Kind::Unlimited)]),
    Cmdlet::new("Add-RoleGroupMember", "Adds someone to a role group.", |call| change_member(call, true))
        .class("Microsoft.Exchange.Management.RbacTasks.AddRoleGroupMember")
        .confirms(Impact::Medium)
        .takes(&[IDENTITY, MEMBER, BYPASS]),
    Cmdlet::new("Remove-RoleGroupMember", "Removes someone from a role group.", |call| {
        change_member(call, false)
    })
    .class("Microsoft.Exchange.Management.RbacTasks.RemoveRoleGroupMember")
    .confirms(Impact::High)
    .takes(&[IDENTITY, MEMBER, BYPASS]),
];

/// The recipients in a role group; kept by their GUIDs, or at first by their aliases.
fn members(organisation: &Organisation, item: &Item) -> Vec<RecipientId> {
    let kept = item.value("Members").map(texts).unwrap_or_default();
    kept.iter().filter_map(|name| organisation.find(name)).collect()
}

fn group(organisation: &Organisation, item: &Item) -> PsValue {
    let ids = members(organisation, item).into_iter().map(|id| identity(organisation, id));
    let mut item = item.clone();
    item.set("DisplayName", item.name.clone());
    item.set("SamAccountName", item.name.clone());
    let roles = item.value("Roles").map(texts).unwrap_or_default();
    let assignments = roles.iter().map(|role| PsStr::from(format!("{role}-{}", item.name)));
    item.set("RoleAssignments", plain_list(assignments));
    GROUPS.object_with(&item, vec![("Members", values::ids(ids.collect()))])
}

fn get_assignment(call: &mut Call<'_>) -> Result<(), Stop> {
    let pattern = call.text("Identity").map(crate::cmdlet::Pattern::new);
    let role_wanted = call.text("Role").map(crate::cmdlet::Pattern::new);
    let assignee = call.text("RoleAssignee").map(PsStr::from);
    let found: Vec<PsValue> = {
        let organisation = call.organisation();
        let member = assignee.as_ref().and_then(|name| organisation.find(name));
        let mut found = Vec::new();
        for group in organisation.configuration.all(GROUPS.class) {
            let has = |wanted: &PsStr| {
                group.is_called(wanted)
                    || member.is_some_and(|id| members(&organisation, group).contains(&id))
            };
            if !assignee.as_ref().is_none_or(has) {
                continue;
            }
            for role in group.value("Roles").map(texts).unwrap_or_default() {
                let name = PsStr::from(format!("{role}-{}", group.name));
                if !role_wanted.as_ref().is_none_or(|pattern| pattern.matches(&role))
                    || !pattern.as_ref().is_none_or(|pattern| pattern.matches(&name))
                {
                    continue;
                }
                let mut item = Item::new(super::folder_permission::guid_of(&name), name, group.created);
                item.set("Role", role);
                for property in ["User", "RoleAssignee", "RoleAssigneeName"] {
                    item.set(property, group.name.clone());
                }
                found.push(ASSIGNMENTS.object(&item));
            }
        }
        found
    };
    found.into_iter().try_for_each(|assignment| call.write(assignment))
}

fn change_member(call: &mut Call<'_>, add: bool) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", &GROUPS)? else { return Ok(()) };
    let Some(id) = one_recipient(call, "Member", |kind| kind.is_user() || kind == Recipient::SecurityGroup)?
    else {
        return Ok(());
    };
    let (mut kept, name) = {
        let organisation = call.organisation();
        (members(&organisation, &item), organisation.canonical_name(id))
    };
    if kept.contains(&id) == add {
        let (exception, message) = if add {
            (
                "MemberAlreadyExistsException",
                format!("The recipient \"{name}\" is already a member of the group \"{}\".", item.identity),
            )
        } else {
            (
                "MemberNotFoundException",
                format!("The recipient \"{name}\" isn't a member of the group \"{}\".", item.identity),
            )
        };
        let exception = format!("Microsoft.Exchange.Management.RecipientTasks.{exception}");
        return call.error(CmdletError::exchange(&exception, Category::InvalidData, message).about(name));
    }
    let description = if add {
        format!("Adding role group member \"{name}\" to role group \"{}\".", item.identity)
    } else {
        format!("Removing role group member \"{name}\" from role group \"{}\".", item.identity)
    };
    if call.should_do(&description)? {
        if add {
            kept.push(id);
        } else {
            kept.retain(|own| *own != id);
        }
        let guids: Vec<PsStr> = {
            let organisation = call.organisation();
            kept.iter().map(|id| organisation.recipient(*id).guid.to_string().into()).collect()
        };
        change(call, &GROUPS, &item, |item| item.set("Members", plain_list(guids)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_member_comes_and_goes() {
        let trial = Trial::new();
        let help_desk = ("Identity", "Help Desk".into());
        let members = || {
            let found = trial.run("Get-RoleGroupMember", std::slice::from_ref(&help_desk)).output;
            found.iter().map(|one| one.get("Name").unwrap().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(members(), ["Max Ohm"]);
        let nora = [help_desk.clone(), ("Member", "nora.fink".into())];
        trial.run("Add-RoleGroupMember", &nora).empty();
        trial.run("Add-RoleGroupMember", &nora).failed_with("is already a member");
        assert_eq!(members(), ["Max Ohm", "Nora Fink"]);
        let group = trial.run("Get-RoleGroup Help*", &[]).only();
        assert_eq!(group.get("Members").unwrap().as_list().unwrap().len(), 2);
        let hers = trial.run("Get-ManagementRoleAssignment", &[("RoleAssignee", "nora.fink".into())]).output;
        assert!(hers.iter().any(|one| one.get("Role").unwrap().to_string() == "Reset Password"), "{hers:?}");
        let removed = trial.run("Remove-RoleGroupMember", &nora);
        assert_eq!(removed.asked.len(), 1);
        trial
            .run("Remove-RoleGroupMember", &[nora[0].clone(), nora[1].clone(), ("Confirm", false.into())])
            .failed_with("isn't a member");
        assert_eq!(members(), ["Max Ohm"]);
        assert!(trial.run("Get-ManagementRole", &[]).output.len() > 12);
        trial.run("Get-ManagementRole Nothing", &[]).failed_with("'Nothing' couldn't be found");
    }
}
