//! What is in mailboxes: Get-MailboxStatistics and Get-MailboxFolderStatistics.

use postern_shared::value::PsStr;

use super::{
    mailbox::IDENTITY,
    selection::{one, write_all},
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Kind, Parameter, Stop},
    objects::{FOLDERS, folder_statistics, mailbox_statistics},
    organisation::{DATABASES, SERVER, Traits, database_name},
};

/// The words of `-FolderScope`.
const SCOPES: &[&str] = &[
    "All",
    "Archive",
    "Calendar",
    "Contacts",
    "ConversationHistory",
    "DeletedItems",
    "Drafts",
    "Inbox",
    "JunkEmail",
    "Journal",
    "NonIpmRoot",
    "Notes",
    "Outbox",
    "RecoverableItems",
    "SentItems",
    "Tasks",
];

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new(
        "Get-MailboxStatistics",
        "Shows sizes, counts and the last logon of mailboxes.",
        get_statistics,
    )
    .class("Microsoft.Exchange.Management.MapiTasks.GetMailboxStatistics")
    .output("Microsoft.Exchange.Management.MapiTasks.Presentation.MailboxStatistics")
    .takes(&[
        Parameter::new("Identity", Kind::Text).at(0).piped().help("Whose mailbox."),
        Parameter::new("Database", Kind::Text).help("All mailboxes of this database."),
        Parameter::new("Server", Kind::Text).help("All mailboxes of this server."),
        Parameter::switch("Archive").help("The archive instead of the mailbox."),
        Parameter::switch("IncludeMoveHistory"),
        Parameter::switch("IncludeMoveReport"),
        Parameter::switch("NoADLookup"),
        Parameter::new("DomainController", Kind::Text),
    ]),
    Cmdlet::new("Get-MailboxFolderStatistics", "Shows sizes and counts of a mailbox's folders.", get_folders)
        .class("Microsoft.Exchange.Management.Tasks.GetMailboxFolderStatistics")
        .output("Microsoft.Exchange.Management.Tasks.MailboxFolderConfiguration")
        .takes(&[
            IDENTITY,
            Parameter::new("FolderScope", Kind::Enum(SCOPES)).help("Only folders of this kind."),
            Parameter::switch("IncludeOldestAndNewestItems"),
            Parameter::switch("IncludeAnalysis"),
            Parameter::switch("Archive"),
            Parameter::new("DomainController", Kind::Text),
        ]),
];

fn get_statistics(call: &mut Call<'_>) -> Result<(), Stop> {
    let archive = call.switch("Archive");
    if call.text("Identity").is_none() {
        return all_statistics(call);
    }
    let Some(id) = one(call, "Identity", crate::organisation::Kind::is_mailbox)? else { return Ok(()) };
    let (identity, recipient) = {
        let organisation = call.organisation();
        (organisation.canonical_name(id), organisation.recipient(id).clone())
    };
    if archive && !recipient.traits.has(Traits::ARCHIVE) {
        let message = format!("The user \"{identity}\" does not have an archive mailbox.");
        return call.error(CmdletError::exchange(
            "MdbAdminTaskException",
            Category::InvalidArgument,
            message,
        ));
    }
    if recipient.traits.has(Traits::NEVER_USED) {
        call.warning(format!(
            "The user hasn't logged on to mailbox '{identity}' ('{}'), so there is no data to return. After the \
             user logs on, this warning will no longer appear.",
            recipient.guid
        ))?;
        return Ok(());
    }
    write_all(call, &[id], |organisation, id| mailbox_statistics(organisation, id, archive))
}

fn all_statistics(call: &mut Call<'_>) -> Result<(), Stop> {
    let archive = call.switch("Archive");
    let database = match call.text("Database").map(PsStr::from) {
        Some(name) => {
            let found = (1..=DATABASES).find(|number| database_name(*number).eq_ignore_ascii_case(&name));
            if found.is_none() {
                return call.error(CmdletError::not_found(&name).about(name));
            }
            found
        }
        None => None,
    };
    if let Some(server) = call.text("Server").map(PsStr::from) {
        if !server.split('.').next().is_some_and(|name| name.eq_ignore_ascii_case(SERVER)) {
            return call.error(CmdletError::not_found(&server).about(server));
        }
    } else if database.is_none() {
        return Err(CmdletError::exchange(
            "Microsoft.Exchange.Data.Directory.Recipient.RecipientTaskException",
            Category::InvalidArgument,
            "You must specify a value for the Identity, the Database or the Server parameter.",
        )
        .into());
    }
    let ids: Vec<_> = {
        let organisation = call.organisation();
        let wanted = |id: &crate::organisation::RecipientId| {
            let recipient = organisation.recipient(*id);
            recipient.kind.is_mailbox()
                && database.is_none_or(|database| recipient.database == database)
                && !recipient.traits.has(Traits::NEVER_USED)
                && (!archive || recipient.traits.has(Traits::ARCHIVE))
        };
        organisation.ids().filter(wanted).collect()
    };
    write_all(call, &ids, |organisation, id| mailbox_statistics(organisation, id, archive))
}

fn get_folders(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call, "Identity", crate::organisation::Kind::is_mailbox)? else { return Ok(()) };
    let archive = call.switch("Archive");
    let scope = call.text("FolderScope").unwrap_or("All").to_owned();
    for folder in FOLDERS {
        let wanted = match scope.as_str() {
            "All" => true,
            "RecoverableItems" => folder.recoverable,
            "NonIpmRoot" => !folder.recoverable && folder.kind == "Root",
            // The folder of that kind, and those below it.
            scope => folder.kind == scope || folder.path.starts_with(&format!("/{scope}/")),
        };
        if wanted {
            write_all(call, &[id], |organisation, id| folder_statistics(organisation, id, folder, archive))?;
        }
    }
    Ok(())
}
