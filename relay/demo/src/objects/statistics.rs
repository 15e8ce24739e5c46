//! `MailboxStatistics` and the statistics of a mailbox's folders.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue, Uuid};

use super::{
    ObjectType,
    enums::{OBJECT_STATE, STORAGE_LIMIT_STATUS, STORE_MAILBOX_TYPE, STORE_MAILBOX_TYPE_DETAIL},
    values::{limit_number, limit_size, no_guid, size, size_text},
};
use crate::organisation::{
    Kind, Moment, Organisation, RecipientId, SERVER, Traits, database_name,
    random::Random,
    statistics::{DATABASE_RECEIVE_QUOTA, DATABASE_SEND_QUOTA, DATABASE_WARNING_QUOTA},
};

static MAILBOX: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Management.MapiTasks.Presentation.MailboxStatistics",
            "Microsoft.Exchange.Data.Mapi.MailboxStatistics",
            "Microsoft.Exchange.Data.Mapi.MapiObject",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[
            "AssociatedItemCount",
            "DeletedItemCount",
            "DisconnectDate",
            "DisconnectReason",
            "DisplayName",
            "ItemCount",
            "LastLoggedOnUserAccount",
            "LastLogoffTime",
            "LastLogonTime",
            "LegacyDN",
            "MailboxGuid",
            "MailboxType",
            "ObjectClass",
            "StorageLimitStatus",
            "TotalDeletedItemSize",
            "TotalItemSize",
            "MailboxTableIdentifier",
            "Database",
            "ServerName",
            "DatabaseName",
            "MoveHistory",
            "IsQuarantined",
            "QuarantineDescription",
            "QuarantineLastCrash",
            "QuarantineEnd",
            "IsArchiveMailbox",
            "IsMoveDestination",
            "IsAbandonedMoveDestination",
            "IsDatabaseCopyActive",
            "IsHighDensityShard",
            "MailboxMessagesPerFolderCountWarningQuota",
            "MailboxMessagesPerFolderCountReceiveQuota",
            "DumpsterMessagesPerFolderCountWarningQuota",
            "DumpsterMessagesPerFolderCountReceiveQuota",
            "FolderHierarchyChildrenCountWarningQuota",
            "FolderHierarchyChildrenCountReceiveQuota",
            "FolderHierarchyDepthWarningQuota",
            "FolderHierarchyDepthReceiveQuota",
            "FoldersCountWarningQuota",
            "FoldersCountReceiveQuota",
            "NamedPropertiesCountQuota",
            "DatabaseIssueWarningQuota",
            "DatabaseProhibitSendQuota",
            "DatabaseProhibitSendReceiveQuota",
            "SystemMessageCount",
            "SystemMessageSize",
            "SystemMessageSizeWarningQuota",
            "SystemMessageSizeShutoffQuota",
            "MessageTableTotalSize",
            "MessageTableAvailableSize",
            "AttachmentTableTotalSize",
            "AttachmentTableAvailableSize",
            "OtherTablesTotalSize",
            "OtherTablesAvailableSize",
            "OwnerADGuid",
            "ExternalDirectoryOrganizationId",
            "MailboxTypeDetail",
            "LastUserActionTime",
            "FastIsEnabled",
            "NeedsToMove",
            "Identity",
            "MapiIdentity",
            "OriginatingServer",
            "IsValid",
            "ObjectState",
        ],
    )
});

/// What Get-MailboxStatistics writes.
pub fn mailbox_statistics(organisation: &Organisation, id: RecipientId, archive: bool) -> PsValue {
    let recipient = organisation.recipient(id);
    let statistics = organisation.mailbox_statistics(id, archive);
    let quotas = organisation.own_quotas(id);
    let status = match statistics.size {
        size if size >= quotas.receive.unwrap_or(DATABASE_RECEIVE_QUOTA) => "MailboxDisabled",
        size if size >= quotas.send.unwrap_or(DATABASE_SEND_QUOTA) => "ProhibitSend",
        size if size >= quotas.warning.unwrap_or(DATABASE_WARNING_QUOTA) => "IssueWarning",
        _ => "BelowLimit",
    };
    let guid =
        organisation.archive_guid(id).filter(|_| archive).unwrap_or_else(|| organisation.exchange_guid(id));
    let server = PsStr::from_static(SERVER);
    let when = |at: Option<Moment>| at.map(Moment::local_value).unwrap_or_default();
    let display = organisation.display_name(id);
    let display = if archive { format!("In-Place Archive - {display}").into() } else { display };
    let database = database_name(recipient.database);
    let account = if statistics.logon.is_some() { organisation.account(id) } else { PsStr::EMPTY };
    let detail = if recipient.kind == Kind::SharedMailbox { "SharedMailbox" } else { "UserMailbox" };
    let values = vec![
        PsValue::U32(statistics.associated),
        PsValue::U32(statistics.deleted),
        PsValue::Null,
        PsValue::Null,
        display.into(),
        PsValue::U32(statistics.items),
        account.into(),
        when(statistics.logoff),
        when(statistics.logon),
        organisation.legacy_dn(id).to_uppercase().into(),
        guid.into(),
        STORE_MAILBOX_TYPE.of("Private"),
        PsStr::from_static("Unknown").into(),
        STORAGE_LIMIT_STATUS.of(status),
        limit_size(Some(statistics.deleted_size)),
        limit_size(Some(statistics.size)),
        PsStr::EMPTY.into(),
        super::row::database(recipient.database),
        server.clone().into(),
        database.into(),
        PsValue::Null,
        false.into(),
        PsValue::Null,
        PsValue::Null,
        PsValue::Null,
        archive.into(),
        false.into(),
        false.into(),
        true.into(),
        false.into(),
        limit_number(Some(900_000)),
        limit_number(Some(1_000_000)),
        limit_number(Some(2_750_000)),
        limit_number(Some(3_000_000)),
        limit_number(Some(9_000)),
        limit_number(Some(10_000)),
        limit_number(Some(250)),
        limit_number(Some(300)),
        limit_number(None),
        limit_number(None),
        limit_number(Some(16_384)),
        limit_size(Some(DATABASE_WARNING_QUOTA)),
        limit_size(Some(DATABASE_SEND_QUOTA)),
        limit_size(Some(DATABASE_RECEIVE_QUOTA)),
        PsValue::U32(statistics.associated / 2),
        limit_size(Some(u64::from(statistics.associated) * 4_096)),
        limit_size(None),
        limit_size(None),
        limit_size(Some(statistics.size / 8)),
        limit_size(Some(statistics.size / 100)),
        limit_size(Some(statistics.size)),
        limit_size(Some(statistics.size / 50)),
        limit_size(Some(1 << 20)),
        limit_size(Some(1 << 15)),
        recipient.guid.into(),
        no_guid(),
        STORE_MAILBOX_TYPE_DETAIL.of(detail),
        when(statistics.logon),
        false.into(),
        recipient.traits.has(Traits::MOVING).into(),
        guid.to_string().into(),
        guid.to_string().into(),
        server.into(),
        true.into(),
        OBJECT_STATE.of("Unchanged"),
    ];
    MAILBOX.object(Some(guid.to_string().into()), values)
}

static FOLDER: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Management.Tasks.MailboxFolderConfiguration",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[
            "Date",
            "CreationTime",
            "LastModifiedTime",
            "Name",
            "FolderPath",
            "FolderId",
            "ParentFolderId",
            "FolderType",
            "ContainerClass",
            "ItemsInFolder",
            "DeletedItemsInFolder",
            "FolderSize",
            "ItemsInFolderAndSubfolders",
            "DeletedItemsInFolderAndSubfolders",
            "FolderAndSubfolderSize",
            "OldestItemReceivedDate",
            "NewestItemReceivedDate",
            "TopSubject",
            "TopSubjectSize",
            "TopSubjectCount",
            "DeletePolicy",
            "ArchivePolicy",
            "RetentionFlags",
            "Movable",
            "RecoverableItemsFolder",
            "ContentMailboxGuid",
            "Identity",
            "IsValid",
            "ObjectState",
        ],
    )
});

/// A folder that mailboxes have: path, `FolderType`, share of the mailbox in thousandths, and whether it is in
/// Recoverable Items.
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    /// `/Inbox`.
    pub path: &'static str,
    /// `Inbox`.
    pub kind: &'static str,
    /// Thousandths of the items of the mailbox, or of Recoverable Items.
    pub share: u64,
    /// Whether it is in Recoverable Items.
    pub recoverable: bool,
}

const fn folder(path: &'static str, kind: &'static str, share: u64) -> Folder {
    Folder { path, kind, share, recoverable: false }
}

const fn recoverable(path: &'static str, kind: &'static str, share: u64) -> Folder {
    Folder { path, kind, share, recoverable: true }
}

/// The folders of every mailbox.
pub const FOLDERS: &[Folder] = &[
    folder("/Top of Information Store", "Root", 0),
    folder("/Archive", "Archive", 60),
    folder("/Calendar", "Calendar", 80),
    folder("/Contacts", "Contacts", 15),
    folder("/Conversation History", "ConversationHistory", 5),
    folder("/Deleted Items", "DeletedItems", 120),
    folder("/Drafts", "Drafts", 5),
    folder("/Inbox", "Inbox", 450),
    folder("/Inbox/Befunde", "User Created", 60),
    folder("/Journal", "Journal", 0),
    folder("/Junk Email", "JunkEmail", 15),
    folder("/Notes", "Notes", 2),
    folder("/Outbox", "Outbox", 0),
    folder("/Sent Items", "SentItems", 180),
    folder("/Tasks", "Tasks", 8),
    recoverable("/Recoverable Items", "RecoverableItemsRoot", 0),
    recoverable("/Calendar Logging", "CalendarLogging", 100),
    recoverable("/Deletions", "RecoverableItemsDeletions", 600),
    recoverable("/Purges", "RecoverableItemsPurges", 200),
    recoverable("/Versions", "RecoverableItemsVersions", 100),
];

/// What Get-MailboxFolderStatistics writes for one folder.
pub fn folder_statistics(
    organisation: &Organisation,
    id: RecipientId,
    folder: &Folder,
    archive: bool,
) -> PsValue {
    let statistics = organisation.mailbox_statistics(id, archive);
    let (items, bytes) = if folder.recoverable {
        (statistics.deleted, statistics.deleted_size)
    } else {
        (statistics.items, statistics.size)
    };
    let here = (u64::from(items) * folder.share / 1_000) as i32;
    let bytes = bytes * folder.share / 1_000;
    // A folder's part of the whole below it: the root has everything below.
    let root = folder.kind == "Root" || folder.kind == "RecoverableItemsRoot";
    let below = if root { items as i32 } else { here };
    let all_bytes = match (root, folder.recoverable) {
        (true, true) => statistics.deleted_size,
        (true, false) => statistics.size,
        _ => bytes,
    };
    let name = folder.path.rsplit('/').next().unwrap_or_default();
    let recipient = organisation.recipient(id);
    let mut draw = Random::new(recipient.guid.as_u128() as u64 ^ folder.path.len() as u64);
    let folder_id =
        |draw: &mut Random| -> PsStr { format!("LgAAAA{:016X}{:016X}AAAB", draw.draw(), draw.draw()).into() };
    let newest = statistics.logon.filter(|_| here > 0);
    let oldest = newest.map(|at| at.days_before(draw.below(900) as u32));
    let when = |at: Option<Moment>| at.map(Moment::local_value).unwrap_or_default();
    let class = match folder.kind {
        "Calendar" => "IPF.Appointment",
        "Contacts" => "IPF.Contact",
        "Tasks" => "IPF.Task",
        "Notes" => "IPF.StickyNote",
        "Journal" => "IPF.Journal",
        _ => "IPF.Note",
    };
    let identity = format!("{}{}", organisation.primary_address(id), folder.path.replace('/', "\\"));
    let content: Uuid = organisation.exchange_guid(id);
    let values = vec![
        recipient.created.local_value(),
        recipient.created.local_value(),
        when(newest.or(Some(recipient.changed))),
        name.into(),
        PsStr::from_static(folder.path).into(),
        folder_id(&mut draw).into(),
        folder_id(&mut draw).into(),
        PsStr::from_static(folder.kind).into(),
        PsStr::from_static(class).into(),
        here.into(),
        0.into(),
        size(bytes),
        below.into(),
        0.into(),
        size(all_bytes),
        when(oldest),
        when(newest),
        PsValue::Null,
        size_text(0).into(),
        0.into(),
        PsValue::Null,
        PsValue::Null,
        PsValue::Null,
        PsValue::Null,
        folder.recoverable.into(),
        content.to_string().into(),
        PsStr::from(identity.clone()).into(),
        true.into(),
        OBJECT_STATE.of("Unchanged"),
    ];
    FOLDER.object(Some(identity.into()), values)
}
