//! `CASMailbox`: by which protocols a mailbox can be reached.

use std::sync::LazyLock;

use postern_shared::value::PsStr;

use super::{
    Property, View,
    enums::MIME_FORMAT,
    of,
    row::server_legacy_dn,
    same,
    shared_properties::{EMAIL_ADDRESSES, IDENTITY, PRIMARY_SMTP_ADDRESS},
    values::{empty, no, no_strings, null, yes},
};
use crate::organisation::Traits;

/// What Get-CASMailbox writes.
pub static CAS_MAILBOX: LazyLock<View> = LazyLock::new(|| {
    View::new(
        &[
            "Microsoft.Exchange.Data.Directory.Management.CASMailbox",
            "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[OWN, IDENTITY],
    )
});

const OWN: &[Property] = &[
    EMAIL_ADDRESSES,
    of("LegacyExchangeDN", |row| row.organisation.legacy_dn(row.id).into()),
    same("LinkedMasterAccount", empty),
    PRIMARY_SMTP_ADDRESS,
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    same("ServerLegacyDN", server_legacy_dn),
    same("ServerName", || PsStr::from_static("ex01").into()),
    of("DisplayName", |row| row.organisation.display_name(row.id).into()),
    same("ActiveSyncAllowedDeviceIDs", no_strings),
    same("ActiveSyncBlockedDeviceIDs", no_strings),
    same("ActiveSyncMailboxPolicy", || PsStr::from_static("Default").into()),
    same("ActiveSyncMailboxPolicyIsDefaulted", yes),
    same("ActiveSyncDebugLogging", no),
    of("ActiveSyncEnabled", |row| (!row.has(Traits::NO_ACTIVE_SYNC)).into()),
    same("ActiveSyncSuppressReadReceipt", no),
    of("HasActiveSyncDevicePartnership", |row| row.has(Traits::DEVICE).into()),
    same("ExternalImapSettings", null),
    same("InternalImapSettings", null),
    same("ExternalPopSettings", null),
    same("InternalPopSettings", null),
    same("ExternalSmtpSettings", null),
    same("InternalSmtpSettings", null),
    same("OwaMailboxPolicy", null),
    same("OWAEnabled", yes),
    same("OWAforDevicesEnabled", yes),
    same("ECPEnabled", yes),
    of("PopEnabled", |row| row.has(Traits::POP).into()),
    same("PopUseProtocolDefaults", yes),
    same("PopMessagesRetrievalMimeFormat", || MIME_FORMAT.fresh(&["BestBodyFormat"])),
    same("PopEnableExactRFC822Size", no),
    same("PopSuppressReadReceipt", no),
    same("PopForceICalForCalendarRetrievalOption", no),
    of("ImapEnabled", |row| row.has(Traits::IMAP).into()),
    same("ImapUseProtocolDefaults", yes),
    same("ImapMessagesRetrievalMimeFormat", || MIME_FORMAT.fresh(&["BestBodyFormat"])),
    same("ImapEnableExactRFC822Size", no),
    same("ImapSuppressReadReceipt", no),
    same("ImapForceICalForCalendarRetrievalOption", no),
    same("MAPIEnabled", yes),
    same("MapiHttpEnabled", null),
    same("MAPIBlockOutlookNonCachedMode", no),
    same("MAPIBlockOutlookVersions", empty),
    same("MAPIBlockOutlookRpcHttp", no),
    same("MAPIBlockOutlookExternalConnectivity", no),
    same("EwsEnabled", null),
    same("EwsAllowOutlook", null),
    same("EwsAllowMacOutlook", null),
    same("EwsAllowEntourage", null),
    same("EwsApplicationAccessPolicy", null),
    same("EwsAllowList", null),
    same("EwsBlockList", null),
    same("ShowGalAsDefaultView", yes),
    same("SmtpClientAuthenticationDisabled", null),
    same("PublicFolderClientAccess", no),
    same("IsOptimizedForAccessibility", no),
];
