//! `DistributionGroup` and `DynamicDistributionGroup`.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue, Uuid};

use super::{
    Property, Row, View,
    enums::{FILTER_TYPE, GROUP_TYPE, MEMBER_UPDATE},
    of, same,
    shared_properties::{IDENTITY, MAIL_ENABLED},
    values::{ad_object_id, empty, no, no_strings, null, yes},
};
use crate::organisation::{DIRECTORY_DN, Kind};

const BASES: [&str; 6] = [
    "Microsoft.Exchange.Data.Directory.Management.DistributionGroupBase",
    "Microsoft.Exchange.Data.Directory.Management.MailEnabledRecipient",
    "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject",
    "Microsoft.Exchange.Data.Directory.ADObject",
    "Microsoft.Exchange.Data.Directory.ADRawEntry",
    "Microsoft.Exchange.Data.ConfigurableObject",
];

/// What Get-DistributionGroup writes.
pub static DISTRIBUTION_GROUP: LazyLock<View> = LazyLock::new(|| {
    let mut names = vec!["Microsoft.Exchange.Data.Directory.Management.DistributionGroup"];
    names.extend(BASES);
    View::new(&names, &[OWN, BASE, MAIL_ENABLED, IDENTITY])
});

/// What Get-DynamicDistributionGroup writes.
pub static DYNAMIC_GROUP: LazyLock<View> = LazyLock::new(|| {
    let mut names = vec!["Microsoft.Exchange.Data.Directory.Management.DynamicDistributionGroup"];
    names.extend(BASES);
    View::new(&names, &[DYNAMIC, BASE, MAIL_ENABLED, IDENTITY])
});

const OWN: &[Property] = &[
    of("GroupType", |row| match row.recipient.kind {
        Kind::SecurityGroup => GROUP_TYPE.fresh(&["Universal", "SecurityEnabled"]),
        _ => GROUP_TYPE.of("Universal"),
    }),
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    same("BypassNestedModerationEnabled", no),
    same("IsDirSynced", no),
    of("ManagedBy", |row| row.links("ManagedBy")),
    of("MemberJoinRestriction", |row| match row.recipient.kind {
        Kind::SecurityGroup => MEMBER_UPDATE.fresh(&["ApprovalRequired"]),
        _ => MEMBER_UPDATE.fresh(&["Closed"]),
    }),
    of("MemberDepartRestriction", |row| match row.recipient.kind {
        Kind::SecurityGroup => MEMBER_UPDATE.fresh(&["Closed"]),
        _ => MEMBER_UPDATE.fresh(&["Open"]),
    }),
    same("MigrationToUnifiedGroupInProgress", no),
    same("HiddenGroupMembershipEnabled", no),
    same("Description", no_strings),
    same("PhoneticDisplayName", empty),
];

const BASE: &[Property] = &[
    same("ExpansionServer", empty),
    same("ReportToManagerEnabled", no),
    same("ReportToOriginatorEnabled", yes),
    same("SendOofMessageToOriginatorEnabled", no),
];

const DYNAMIC: &[Property] = &[
    of("RecipientContainer", container),
    of("RecipientFilter", |row| {
        row.organisation.dynamic_group(row.id).map_or_else(empty, |group| group.filter.clone().into())
    }),
    // The directory's own form of the filter is of no use here; that of the most common condition stands for all.
    same("LdapRecipientFilter", || PsStr::from_static("(&(objectCategory=person)(mailNickname=*))").into()),
    same("IncludedRecipients", null),
    same("ConditionalDepartment", no_strings),
    same("ConditionalCompany", no_strings),
    same("ConditionalStateOrProvince", no_strings),
    same("ConditionalCustomAttribute1", no_strings),
    same("ConditionalCustomAttribute2", no_strings),
    same("ConditionalCustomAttribute3", no_strings),
    same("ConditionalCustomAttribute4", no_strings),
    same("ConditionalCustomAttribute5", no_strings),
    same("ConditionalCustomAttribute6", no_strings),
    same("ConditionalCustomAttribute7", no_strings),
    same("ConditionalCustomAttribute8", no_strings),
    same("ConditionalCustomAttribute9", no_strings),
    same("ConditionalCustomAttribute10", no_strings),
    same("ConditionalCustomAttribute11", no_strings),
    same("ConditionalCustomAttribute12", no_strings),
    same("ConditionalCustomAttribute13", no_strings),
    same("ConditionalCustomAttribute14", no_strings),
    same("ConditionalCustomAttribute15", no_strings),
    same("RecipientFilterType", || FILTER_TYPE.fresh(&["Custom"])),
    same("Notes", empty),
    same("PhoneticDisplayName", empty),
    of("ManagedBy", |row| row.link("ManagedBy")),
];

fn container(row: &Row<'_>) -> PsValue {
    let Some(group) = row.organisation.dynamic_group(row.id) else { return PsValue::Null };
    let mut dn = String::new();
    for part in group.container.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
        dn.push_str("OU=");
        dn.push_str(part);
        dn.push(',');
    }
    dn.push_str(DIRECTORY_DN);
    ad_object_id(group.container.clone(), &dn.into(), Uuid::from_u128(0xc0_0001))
}
