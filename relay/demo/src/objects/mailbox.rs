//! `Mailbox`, what Get-Mailbox writes.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    Property, Row, View,
    enums::{
        ACCOUNT_CONTROL, ARCHIVE_STATE, ARCHIVE_STATUS, MOVE_FLAGS, MOVE_STATUS, OOF_OPTIONS, RESOURCE_TYPE,
    },
    of,
    row::{database_guid, server_legacy_dn},
    same,
    shared_properties::{IDENTITY, MAIL_ENABLED},
    values::{
        audit_operations, configuration_id, cultures, empty, limit_number, limit_size, limit_span, no,
        no_guid, no_ids, no_strings, null, proxy_address, server_version, size, span, strings, yes,
    },
};
use crate::organisation::{Kind, Moment, Traits, statistics::GIB};

/// The object.
pub static MAILBOX: LazyLock<View> = LazyLock::new(|| {
    View::new(
        &[
            "Microsoft.Exchange.Data.Directory.Management.Mailbox",
            "Microsoft.Exchange.Data.Directory.Management.MailEnabledOrgPerson",
            "Microsoft.Exchange.Data.Directory.Management.MailEnabledRecipient",
            "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[OWN, MAIL_ENABLED, IDENTITY],
    )
});

const OWN: &[Property] = &[
    of("Database", database),
    same("MailboxProvisioningConstraint", null),
    same("MailboxRegion", null),
    same("UseDatabaseRetentionDefaults", yes),
    same("RetainDeletedItemsUntilBackup", no),
    of("DeliverToMailboxAndForward", |row| row.has(Traits::FORWARDS_OUTSIDE).into()),
    same("IsExcludedFromServingHierarchy", no),
    same("IsHierarchyReady", yes),
    of("LitigationHoldEnabled", |row| row.has(Traits::LITIGATION_HOLD).into()),
    same("SingleItemRecoveryEnabled", no),
    same("RetentionHoldEnabled", no),
    same("EndDateForRetentionHold", null),
    same("StartDateForRetentionHold", null),
    same("RetentionComment", empty),
    same("RetentionUrl", empty),
    of("LitigationHoldDate", |row| {
        if row.has(Traits::LITIGATION_HOLD) { row.recipient.changed.local_value() } else { PsValue::Null }
    }),
    of("LitigationHoldOwner", |row| {
        PsStr::from_static(if row.has(Traits::LITIGATION_HOLD) {
            "helga.tamm@klinik-auer.example"
        } else {
            ""
        })
        .into()
    }),
    same("ElcProcessingDisabled", no),
    same("ComplianceTagHoldApplied", no),
    same("DelayHoldApplied", no),
    same("LitigationHoldDuration", || limit_span(None)),
    same("ManagedFolderMailboxPolicy", null),
    of("RetentionPolicy", |row| {
        static POLICY: LazyLock<PsValue> =
            LazyLock::new(|| policy("Retention Policies Container", "Default MRM Policy", 0x8e7));
        if row.has(Traits::ARCHIVE) { POLICY.clone() } else { PsValue::Null }
    }),
    same("AddressBookPolicy", null),
    same("CalendarRepairDisabled", no),
    of("ExchangeGuid", |row| row.organisation.exchange_guid(row.id).into()),
    same("MailboxContainerGuid", null),
    same("MailboxLocations", no_strings),
    same("AggregatedMailboxGuids", no_strings),
    same("ExchangeUserAccountControl", || ACCOUNT_CONTROL.fresh(&["None"])),
    same("AdminDisplayVersion", server_version),
    same("MessageTrackingReadStatusEnabled", yes),
    same("ExternalOofOptions", || OOF_OPTIONS.fresh(&["External"])),
    of("ForwardingAddress", |row| row.link("ForwardingAddress")),
    of("ForwardingSmtpAddress", |row| {
        if !row.has(Traits::FORWARDS_OUTSIDE) {
            return PsValue::Null;
        }
        let alias = row.organisation.alias(row.id);
        proxy_address(&format!("smtp:{alias}@privat.example").into())
    }),
    same("RetainDeletedItemsFor", || span(14 * 86_400)),
    same("IsMailboxEnabled", yes),
    of("Languages", |row| {
        static GERMAN: LazyLock<PsValue> = LazyLock::new(|| cultures(&["de-DE"]));
        static BOTH: LazyLock<PsValue> = LazyLock::new(|| cultures(&["en-US", "de-DE"]));
        if row.has(Traits::NEVER_USED) {
            no_strings()
        } else if row.recipient.guid.as_bytes()[5] < 60 {
            BOTH.clone()
        } else {
            GERMAN.clone()
        }
    }),
    same("OfflineAddressBook", null),
    of("ProhibitSendQuota", |row| limit_size(row.organisation.own_quotas(row.id).send)),
    of("ProhibitSendReceiveQuota", |row| limit_size(row.organisation.own_quotas(row.id).receive)),
    same("RecoverableItemsQuota", || limit_size(Some(30 * GIB))),
    same("RecoverableItemsWarningQuota", || limit_size(Some(20 * GIB))),
    same("CalendarLoggingQuota", || limit_size(Some(6 * GIB))),
    same("DowngradeHighPriorityMessagesEnabled", no),
    same("ProtocolSettings", no_strings),
    same("RecipientLimits", || limit_number(None)),
    same("ImListMigrationCompleted", no),
    of("IsResource", |row| is_resource(row.recipient.kind).into()),
    same("IsLinked", no),
    of("IsShared", |row| (row.recipient.kind == Kind::SharedMailbox).into()),
    same("IsRootPublicFolderMailbox", no),
    same("LinkedMasterAccount", empty),
    same("ResetPasswordOnNextLogon", no),
    of("ResourceCapacity", |row| {
        let seats = 4 + i32::from(row.recipient.guid.as_bytes()[4] % 8) * 4;
        if row.recipient.kind == Kind::RoomMailbox { seats.into() } else { PsValue::Null }
    }),
    of("ResourceCustom", |row| {
        static PROJECTOR: LazyLock<PsValue> = LazyLock::new(|| strings(["Projector", "Whiteboard"]));
        let equipped = row.recipient.kind == Kind::RoomMailbox && row.recipient.guid.as_bytes()[6] % 3 == 0;
        if equipped { PROJECTOR.clone() } else { no_strings() }
    }),
    of("ResourceType", |row| match row.recipient.kind {
        Kind::RoomMailbox => RESOURCE_TYPE.of("Room"),
        Kind::EquipmentMailbox => RESOURCE_TYPE.of("Equipment"),
        _ => PsValue::Null,
    }),
    of("RoomMailboxAccountEnabled", |row| {
        if row.recipient.kind == Kind::RoomMailbox { false.into() } else { PsValue::Null }
    }),
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    same("SCLDeleteThreshold", null),
    same("SCLDeleteEnabled", null),
    same("SCLRejectThreshold", null),
    same("SCLRejectEnabled", null),
    same("SCLQuarantineThreshold", null),
    same("SCLQuarantineEnabled", null),
    same("SCLJunkThreshold", null),
    same("SCLJunkEnabled", null),
    same("AntispamBypassEnabled", no),
    same("ServerLegacyDN", server_legacy_dn),
    same("ServerName", || PsStr::from_static("ex01").into()),
    of("UseDatabaseQuotaDefaults", |row| (!row.has(Traits::OWN_QUOTA)).into()),
    of("IssueWarningQuota", |row| limit_size(row.organisation.own_quotas(row.id).warning)),
    same("RulesQuota", || size(256 << 10)),
    of("Office", |row| row.organisation.office(row.id).into()),
    of("UserPrincipalName", |row| row.organisation.user_principal_name(row.id).into()),
    same("UMEnabled", no),
    same("MaxSafeSenders", null),
    same("MaxBlockedSenders", null),
    same("NetID", null),
    same("WindowsLiveID", empty),
    same("MicrosoftOnlineServicesID", empty),
    same("ThrottlingPolicy", null),
    same("RoleAssignmentPolicy", || policy("Policies", "Default Role Assignment Policy", 0x8e1)),
    same("DefaultPublicFolderMailbox", null),
    same("EffectivePublicFolderMailbox", null),
    same("SharingPolicy", || policy("Federation", "Default Sharing Policy", 0x8e2)),
    same("RemoteAccountPolicy", null),
    same("MailboxPlan", null),
    of("ArchiveDatabase", |row| if row.has(Traits::ARCHIVE) { archive_database() } else { PsValue::Null }),
    of("ArchiveGuid", |row| row.organisation.archive_guid(row.id).map_or_else(no_guid, Into::into)),
    of("ArchiveName", |row| {
        if row.has(Traits::ARCHIVE) {
            strings([format!("In-Place Archive - {}", row.organisation.display_name(row.id))])
        } else {
            no_strings()
        }
    }),
    same("JournalArchiveAddress", empty),
    same("ArchiveQuota", || limit_size(Some(100 * GIB))),
    same("ArchiveWarningQuota", || limit_size(Some(90 * GIB))),
    same("ArchiveDomain", null),
    of("ArchiveStatus", |row| ARCHIVE_STATUS.of(if row.has(Traits::ARCHIVE) { "Active" } else { "None" })),
    of("ArchiveState", |row| ARCHIVE_STATE.of(if row.has(Traits::ARCHIVE) { "Local" } else { "None" })),
    same("AutoExpandingArchiveEnabled", no),
    same("DisabledArchiveDatabase", null),
    same("DisabledArchiveGuid", no_guid),
    same("QueryBaseDN", null),
    same("QueryBaseDNRestrictionEnabled", no),
    same("MailboxMoveTargetMDB", null),
    same("MailboxMoveSourceMDB", null),
    of("MailboxMoveFlags", |row| MOVE_FLAGS.of(if row.has(Traits::MOVING) { "IntraOrg" } else { "None" })),
    same("MailboxMoveRemoteHostName", empty),
    of("MailboxMoveBatchName", |row| {
        PsStr::from_static(if row.has(Traits::MOVING) { "MigrationService:DB-2026" } else { "" }).into()
    }),
    of("MailboxMoveStatus", |row| {
        MOVE_STATUS.of(if row.has(Traits::MOVING) { "InProgress" } else { "None" })
    }),
    same("MailboxRelease", empty),
    same("ArchiveRelease", empty),
    same("IsPersonToPersonTextMessagingEnabled", no),
    same("IsMachineToPersonTextMessagingEnabled", yes),
    same("CalendarVersionStoreDisabled", no),
    same("ImmutableId", empty),
    same("PersistedCapabilities", no_strings),
    same("SKUAssigned", null),
    of("AuditEnabled", |row| row.has(Traits::HEAD).into()),
    same("AuditLogAgeLimit", || span(90 * 86_400)),
    same("AuditAdmin", || {
        audit_operations(&[
            "Update",
            "Move",
            "MoveToDeletedItems",
            "SoftDelete",
            "HardDelete",
            "FolderBind",
            "SendAs",
            "SendOnBehalf",
            "Create",
        ])
    }),
    same("AuditDelegate", || audit_operations(&["Update", "SoftDelete", "HardDelete", "SendAs", "Create"])),
    same("AuditOwner", || audit_operations(&[])),
    of("WhenMailboxCreated", |row| Moment(row.recipient.created.0.saturating_add(40)).local_value()),
    same("SourceAnchor", empty),
    same("UsageLocation", null),
    same("IsSoftDeletedByRemove", no),
    same("IsSoftDeletedByDisable", no),
    same("IsInactiveMailbox", no),
    same("IncludeInGarbageCollection", no),
    same("WhenSoftDeleted", null),
    same("InPlaceHolds", no_strings),
    same("GeneratedOfflineAddressBooks", no_ids),
    of("AccountDisabled", |row| (row.recipient.kind != Kind::UserMailbox).into()),
    same("StsRefreshTokensValidFrom", null),
    same("DataEncryptionPolicy", null),
    same("MessageCopyForSentAsEnabled", no),
    same("MessageCopyForSendOnBehalfEnabled", no),
    of("DatabaseGuid", |row| database_guid(row.recipient.database).into()),
    same("Extensions", no_strings),
    of("HasPicture", |row| row.has(Traits::HEAD).into()),
    same("HasSpokenName", no),
    same("IsDirSynced", no),
];

fn database(row: &Row<'_>) -> PsValue {
    row.database()
}

/// Whether such a mailbox can be booked.
fn is_resource(kind: Kind) -> bool {
    matches!(kind, Kind::RoomMailbox | Kind::EquipmentMailbox)
}

/// Archives are all on one database.
fn archive_database() -> PsValue {
    // An object of its own: the mailbox may be on the same database.
    static ARCHIVES: LazyLock<PsValue> = LazyLock::new(|| {
        configuration_id(
            &["Services", "Microsoft Exchange", "KlinikAuer", "Databases"],
            "MBX-ARCHIVE01",
            0xa1,
        )
    });
    ARCHIVES.clone()
}

/// A policy below the organisation's configuration.
fn policy(container: &str, name: &str, guid: u128) -> PsValue {
    configuration_id(&["Services", "Microsoft Exchange", "KlinikAuer", container], name, guid)
}
