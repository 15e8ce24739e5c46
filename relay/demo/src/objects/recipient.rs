//! `ReducedRecipient`, what Get-Recipient and Get-DistributionGroupMember write.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    Property, View,
    enums::{ARCHIVE_STATE, ARCHIVE_STATUS, MOVE_FLAGS, MOVE_STATUS, RESOURCE_TYPE},
    of,
    row::server_legacy_dn,
    same,
    shared_properties::{
        EMAIL_ADDRESSES, IDENTITY, PRIMARY_SMTP_ADDRESS, RECIPIENT_TYPE_DETAILS_PROPERTY,
        RECIPIENT_TYPE_PROPERTY,
    },
    values::{empty, no, no_guid, no_strings, null, proxy_address, strings, yes},
};
use crate::organisation::{Kind, Moment, Traits};

/// The object.
pub static RECIPIENT: LazyLock<View> = LazyLock::new(|| {
    View::new(
        &[
            "Microsoft.Exchange.Data.Directory.Management.ReducedRecipient",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[OWN, IDENTITY],
    )
});

const OWN: &[Property] = &[
    same("ActiveSyncMailboxPolicy", null),
    of("ActiveSyncMailboxPolicyIsDefaulted", |row| row.recipient.kind.is_mailbox().into()),
    same("AddressBookPolicy", null),
    same("AddressListMembership", super::values::no_ids),
    of("Alias", |row| row.organisation.alias(row.id).into()),
    same("ArchiveDatabase", null),
    of("ArchiveGuid", |row| row.organisation.archive_guid(row.id).map_or_else(no_guid, Into::into)),
    same("ArchiveRelease", empty),
    of("ArchiveState", |row| ARCHIVE_STATE.of(if row.has(Traits::ARCHIVE) { "Local" } else { "None" })),
    of("ArchiveStatus", |row| ARCHIVE_STATUS.of(if row.has(Traits::ARCHIVE) { "Active" } else { "None" })),
    same("AuthenticationType", null),
    same("BlockedSendersHash", null),
    same("Capabilities", no_strings),
    of("City", super::person::city),
    of("Company", super::person::company),
    of("CountryOrRegion", super::person::country),
    of("PostalCode", super::person::postal_code),
    same("StateOrProvince", empty),
    of("CustomAttribute1", |row| {
        let legal = row.recipient.kind == Kind::UserMailbox && row.organisation.department(row.id) == "Legal";
        PsStr::from_static(if legal { "Legal" } else { "" }).into()
    }),
    same("CustomAttribute2", empty),
    of("CustomAttribute3", |row| {
        PsStr::from_static(if row.has(Traits::LEAVER) { "Leaver" } else { "" }).into()
    }),
    same("CustomAttribute4", empty),
    same("CustomAttribute5", empty),
    same("CustomAttribute6", empty),
    same("CustomAttribute7", empty),
    of("CustomAttribute8", |row| PsStr::from_static(if row.has(Traits::NIGHT) { "N" } else { "" }).into()),
    same("CustomAttribute9", empty),
    same("CustomAttribute10", empty),
    same("CustomAttribute11", empty),
    same("CustomAttribute12", empty),
    same("CustomAttribute13", empty),
    same("CustomAttribute14", empty),
    same("CustomAttribute15", empty),
    of("Database", |row| if row.recipient.kind.is_mailbox() { row.database() } else { PsValue::Null }),
    of("Department", |row| row.organisation.department(row.id).into()),
    of("DisplayName", |row| row.organisation.display_name(row.id).into()),
    EMAIL_ADDRESSES,
    same("EmailAddressPolicyEnabled", yes),
    of("ExchangeGuid", |row| {
        if row.recipient.kind.is_mailbox() {
            row.organisation.exchange_guid(row.id).into()
        } else {
            no_guid()
        }
    }),
    same("ExpansionServer", empty),
    same("ExternalDirectoryObjectId", empty),
    of("ExternalEmailAddress", |row| match row.recipient.kind {
        Kind::MailContact | Kind::MailUser => {
            proxy_address(&format!("SMTP:{}", row.organisation.outside_address(row.id)).into())
        }
        _ => PsValue::Null,
    }),
    of("FirstName", |row| row.organisation.person_name(row.id).0.into()),
    of("HasActiveSyncDevicePartnership", |row| row.has(Traits::DEVICE).into()),
    of("HiddenFromAddressListsEnabled", |row| row.has(Traits::HIDDEN).into()),
    same("InPlaceHolds", no_strings),
    same("InPlaceHoldsRaw", no_strings),
    of("IsValidSecurityPrincipal", |row| {
        (row.recipient.kind.is_user() || row.recipient.kind == Kind::SecurityGroup).into()
    }),
    of("LastName", |row| row.organisation.person_name(row.id).1.into()),
    of("LitigationHoldEnabled", |row| row.has(Traits::LITIGATION_HOLD).into()),
    same("MailboxMoveBatchName", empty),
    of("MailboxMoveFlags", |row| MOVE_FLAGS.of(if row.has(Traits::MOVING) { "IntraOrg" } else { "None" })),
    same("MailboxMoveRemoteHostName", empty),
    same("MailboxMoveSourceMDB", null),
    of("MailboxMoveStatus", |row| {
        MOVE_STATUS.of(if row.has(Traits::MOVING) { "InProgress" } else { "None" })
    }),
    same("MailboxMoveTargetMDB", null),
    same("MailboxRelease", empty),
    same("ManagedFolderMailboxPolicy", null),
    of("ManagedBy", |row| row.links("ManagedBy")),
    of("Manager", |row| row.link("Manager")),
    same("Notes", empty),
    of("Office", |row| row.organisation.office(row.id).into()),
    of("OrganizationalUnit", |row| row.organisation.organizational_unit(row.id).into()),
    same("OwaMailboxPolicy", null),
    of("Phone", |row| row.organisation.phone(row.id).into()),
    same("PoliciesExcluded", no_strings),
    same("PoliciesIncluded", || strings(["26491cfc-9e50-4857-861b-0cb8df22b5d7"])),
    PRIMARY_SMTP_ADDRESS,
    RECIPIENT_TYPE_PROPERTY,
    RECIPIENT_TYPE_DETAILS_PROPERTY,
    of("ResourceType", |row| match row.recipient.kind {
        Kind::RoomMailbox => RESOURCE_TYPE.of("Room"),
        Kind::EquipmentMailbox => RESOURCE_TYPE.of("Equipment"),
        _ => PsValue::Null,
    }),
    same("RetentionPolicy", null),
    same("SafeRecipientsHash", null),
    same("SafeSendersHash", null),
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    of("ServerLegacyDN", |row| if row.recipient.kind.is_mailbox() { server_legacy_dn() } else { empty() }),
    of("ServerName", |row| {
        PsStr::from_static(if row.recipient.kind.is_mailbox() { "ex01" } else { "" }).into()
    }),
    same("SharingPolicy", null),
    same("ShouldUseDefaultRetentionPolicy", no),
    same("SKUAssigned", null),
    same("StorageGroupName", empty),
    of("Title", |row| row.organisation.title(row.id).into()),
    same("UMEnabled", no),
    same("UMMailboxPolicy", null),
    same("UMRecipientDialPlanId", null),
    same("UsageLocation", null),
    of("WhenMailboxCreated", |row| {
        if row.recipient.kind.is_mailbox() {
            Moment(row.recipient.created.0.saturating_add(40)).local_value()
        } else {
            PsValue::Null
        }
    }),
    same("WindowsLiveID", empty),
];
