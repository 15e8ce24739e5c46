//! Who may see which folder: Get-, Add-, Set- and Remove-MailboxFolderPermission.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue, Uuid};

use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{FOLDERS, ObjectType, enums::OBJECT_STATE, field::Words, identity},
    organisation::{FolderPermission, Kind as Recipient, Organisation, RecipientId},
};

const TYPE: &str = "Microsoft.Exchange.Management.StoreTasks.MailboxFolderPermission";
/// Roles and single rights.
const RIGHTS: &[&str] = &[
    "None",
    "Owner",
    "PublishingEditor",
    "Editor",
    "PublishingAuthor",
    "Author",
    "NonEditingAuthor",
    "Reviewer",
    "Contributor",
    "AvailabilityOnly",
    "LimitedDetails",
    "ReadItems",
    "CreateItems",
    "EditOwnedItems",
    "DeleteOwnedItems",
    "EditAllItems",
    "DeleteAllItems",
    "CreateSubfolders",
    "FolderOwner",
    "FolderContact",
    "FolderVisible",
];
static RIGHT: Words = Words::new("Microsoft.Exchange.Management.StoreTasks.MailboxFolderAccessRight", RIGHTS);
static USER_TYPE: Words = Words::new(
    "Microsoft.Exchange.Management.StoreTasks.MailboxFolderUserId+MailboxFolderUserType",
    &["Internal", "External", "Unknown", "Default", "Anonymous"],
);
static FLAGS: Words = Words::new(
    "Microsoft.Exchange.Management.StoreTasks.MailboxFolderPermission+SharingPermissionFlags",
    &["None", "Delegate", "CanViewPrivateItems"],
);

const FOLDER: Parameter = Parameter::new("Identity", Kind::Text)
    .at(0)
    .mandatory()
    .piped()
    .help("Mailbox and folder, such as nora.fink:\\Calendar; without a folder the top of the mailbox.");
const USER: Parameter =
    Parameter::new("User", Kind::Text).mandatory().by_property().help("Who; also Default and Anonymous.");
const ACCESS: Parameter = Parameter::new("AccessRights", Kind::EnumList(RIGHTS))
    .mandatory()
    .help("A role such as Editor, or single rights.");
const SHARING: Parameter =
    Parameter::new("SharingPermissionFlags", Kind::EnumList(&["None", "Delegate", "CanViewPrivateItems"]))
        .help("Whether an editor of the calendar is a delegate.");
const NOTIFY: Parameter =
    Parameter::new("SendNotificationToUser", Kind::Bool).help("Whether the user gets an invitation.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailboxFolderPermission", "Lists who may see a folder.", get)
        .class("Microsoft.Exchange.Management.StoreTasks.GetMailboxFolderPermission")
        .output(TYPE)
        .takes(&[
            FOLDER,
            Parameter::new("User", Kind::Text).help("Only what this user has."),
            Parameter::switch("GroupMailbox"),
        ]),
    Cmdlet::new("Add-MailboxFolderPermission", "Lets someone see a folder.", |call| write_entry(call, true))
        .class("Microsoft.Exchange.Management.StoreTasks.AddMailboxFolderPermission")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[FOLDER, USER, ACCESS, SHARING, NOTIFY]),
    Cmdlet::new("Set-MailboxFolderPermission", "Changes what someone may do with a folder.", |call| {
        write_entry(call, false)
    })
    .class("Microsoft.Exchange.Management.StoreTasks.SetMailboxFolderPermission")
    .confirms(Impact::Medium)
    .takes(&[FOLDER, USER, ACCESS, SHARING, NOTIFY]),
    Cmdlet::new("Remove-MailboxFolderPermission", "Lets someone see a folder no longer.", remove)
        .class("Microsoft.Exchange.Management.StoreTasks.RemoveMailboxFolderPermission")
        .confirms(Impact::High)
        .takes(&[FOLDER, USER]),
];

/// A mailbox's folder.
struct Folder {
    mailbox: RecipientId,
    /// `\Calendar`; `\` for the top.
    path: PsStr,
    /// `klinik-auer.local/Staff/Nora Fink:\Calendar`.
    identity: PsStr,
}

/// The folder that -Identity names; `None` after writing the error.
fn folder(call: &mut Call<'_>) -> Result<Option<Folder>, Stop> {
    let given = PsStr::from(call.text("Identity").unwrap_or_default());
    let (owner, path) = given.split_once(":\\").unwrap_or((given.trim_end_matches(':'), ""));
    let found = {
        let organisation = call.organisation();
        organisation
            .resolve(owner, |id| organisation.recipient(id).kind.is_mailbox())
            .ok()
            .map(|id| (id, organisation.canonical_name(id)))
    };
    let Some((mailbox, name)) = found else {
        call.error(CmdletError::not_found(owner).about(given.clone()))?;
        return Ok(None);
    };
    let known = FOLDERS
        .iter()
        .find(|folder| folder.path.trim_start_matches('/').replace('/', "\\").eq_ignore_ascii_case(path));
    let path = match known {
        _ if path.is_empty() => "\\".to_owned(),
        Some(folder) => folder.path.replace('/', "\\"),
        None => {
            call.error(
                CmdletError::exchange(
                    "ManagementObjectNotFoundException",
                    Category::NotSpecified,
                    format!(
                        "The operation couldn't be performed because '{name}:\\{path}' couldn't be found."
                    ),
                )
                .about(given.clone()),
            )?;
            return Ok(None);
        }
    };
    Ok(Some(Folder { mailbox, identity: format!("{name}:{path}").into(), path: path.into() }))
}

/// The user as entries name it, if there is such a one.
fn user_name(organisation: &Organisation, user: &str) -> Option<PsStr> {
    for word in ["Default", "Anonymous"] {
        if word.eq_ignore_ascii_case(user) {
            return Some(PsStr::from_static(word));
        }
    }
    let can_have = |id| {
        let kind = organisation.recipient(id).kind;
        kind.is_user() || kind == Recipient::SecurityGroup
    };
    organisation.resolve(user, can_have).ok().map(|id| organisation.display_name(id))
}

/// The user that -User names; `None` after writing the error.
fn user(call: &mut Call<'_>) -> Result<Option<PsStr>, Stop> {
    let given = PsStr::from(call.text("User").unwrap_or_default());
    let found = user_name(&call.organisation(), &given);
    if found.is_none() {
        call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Management.StoreTasks.InvalidExternalUserIdException",
                Category::NotSpecified,
                format!(
                    "The user \"{given}\" is either not valid SMTP address, or there is no matching information."
                ),
            )
            .about(given),
        )?;
    }
    Ok(found)
}

fn object(organisation: &Organisation, folder: &Folder, entry: &FolderPermission) -> PsValue {
    static PERMISSION: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &[TYPE, "Microsoft.Exchange.Data.ConfigurableObject"],
            &[
                "FolderName",
                "User",
                "AccessRights",
                "SharingPermissionFlags",
                "Identity",
                "IsValid",
                "ObjectState",
            ],
        )
    });
    static USER_ID: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &["Microsoft.Exchange.Management.StoreTasks.MailboxFolderUserId"],
            &["UserType", "DisplayName", "ADRecipient", "ExternalUser", "IsDefault", "IsAnonymous"],
        )
    });
    static RIGHT_LIST: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &["System.Collections.ObjectModel.Collection`1[[Microsoft.Exchange.Management.StoreTasks.\
                 MailboxFolderAccessRight, Microsoft.Exchange.Management, Version=15.0.0.0, Culture=neutral, \
                 PublicKeyToken=31bf3856ad364e35]]"],
            &[],
        )
    });
    let special = matches!(entry.user.as_str(), "Default" | "Anonymous");
    let recipient = organisation.find_all(&entry.user).first().copied().filter(|_| !special);
    let user = USER_ID.object(
        Some(entry.user.clone()),
        vec![
            USER_TYPE.value(if special { &entry.user } else { "Internal" }),
            entry.user.clone().into(),
            recipient.map(|id| identity(organisation, id)).unwrap_or_default(),
            PsValue::Null,
            (entry.user == "Default").into(),
            (entry.user == "Anonymous").into(),
        ],
    );
    let rights = entry.rights.split(", ").map(|right| RIGHT.value(right)).collect();
    let flags = if entry.flags.is_empty() { PsValue::Null } else { flags(&entry.flags) };
    let name = folder.path.rsplit('\\').next().unwrap_or_default();
    let name = if name.is_empty() { "Top of Information Store" } else { name };
    PERMISSION.object(
        Some(folder.identity.clone()),
        vec![
            name.into(),
            user,
            RIGHT_LIST.list(rights),
            flags,
            folder.identity.clone().into(),
            true.into(),
            OBJECT_STATE.fresh(&["Unchanged"]),
        ],
    )
}

/// `Delegate, CanViewPrivateItems`: flags of which each has its bit.
fn flags(text: &PsStr) -> PsValue {
    let number = text.split(", ").fold(0, |all, flag| all | FLAGS.value(flag).as_i64().unwrap_or(0) as i32);
    let kind = ObjectType::new(&[FLAGS.type_name, "System.Enum", "System.ValueType"], &[]);
    kind.primitive(text.clone(), number.into())
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(folder) = folder(call)? else { return Ok(()) };
    let wanted = match call.text("User") {
        Some(_) => match user(call)? {
            Some(user) => Some(user),
            None => return Ok(()),
        },
        None => None,
    };
    let entries: Vec<PsValue> = {
        let organisation = call.organisation();
        let mut entries = organisation.folder_permissions(folder.mailbox, &folder.path);
        entries.retain(|entry| wanted.as_ref().is_none_or(|wanted| entry.user == *wanted));
        entries.iter().map(|entry| object(&organisation, &folder, entry)).collect()
    };
    if let Some(user) = wanted.filter(|_| entries.is_empty()) {
        return call.error(no_entry(&user));
    }
    entries.into_iter().try_for_each(|entry| call.write(entry))
}

fn no_entry(user: &PsStr) -> CmdletError {
    CmdletError::exchange(
        "Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException",
        Category::InvalidOperation,
        format!("There is no existing permission entry found for user: {user}."),
    )
    .about(user.clone())
}

/// Adds an entry that is not there, or changes one that is.
fn write_entry(call: &mut Call<'_>, new: bool) -> Result<(), Stop> {
    let Some(folder) = folder(call)? else { return Ok(()) };
    let Some(user) = user(call)? else { return Ok(()) };
    let join = |words: Vec<PsStr>| -> PsStr {
        words.iter().map(PsStr::as_str).collect::<Vec<_>>().join(", ").into()
    };
    let rights = join(call.texts("AccessRights"));
    let flags = call.given("SharingPermissionFlags").then(|| join(call.texts("SharingPermissionFlags")));
    let delegate = flags.as_ref().is_some_and(|flags| !flags.is_empty() && flags != "None");
    if delegate && (rights != "Editor" || folder.path != "\\Calendar") {
        return call.error(super::configured::invalid(
            "SharingPermissionFlags can be used only with the access right Editor on the calendar folder.",
        ));
    }
    let mut entries = call.organisation().folder_permissions(folder.mailbox, &folder.path);
    let at = entries.iter().position(|entry| entry.user == user);
    match (new, at) {
        (true, Some(_)) => {
            return call.error(
                CmdletError::exchange(
                    "Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException",
                    Category::InvalidOperation,
                    format!("An existing permission entry was found for user: {user}."),
                )
                .about(user),
            );
        }
        (false, None) => return call.error(no_entry(&user)),
        _ => {}
    }
    let what = if new { "Adding" } else { "Setting" };
    let description = format!(
        "{what} mailbox folder permission on \"{}\" for user \"{user}\" with access rights '{rights}'.",
        folder.identity
    );
    if !call.should_do(&description)? {
        return Ok(());
    }
    let present = at.and_then(|at| entries.get(at)).map(|entry| entry.flags.clone()).unwrap_or_default();
    let entry = FolderPermission { user, rights, flags: flags.unwrap_or(present) };
    match at.and_then(|at| entries.get_mut(at)) {
        Some(slot) => *slot = entry.clone(),
        None => entries.push(entry.clone()),
    }
    let written = {
        let mut organisation = call.organisation_mut();
        organisation.set_folder_permissions(folder.mailbox, &folder.path, entries);
        object(&organisation, &folder, &entry)
    };
    if new { call.write(written) } else { Ok(()) }
}

fn remove(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(folder) = folder(call)? else { return Ok(()) };
    let Some(user) = user(call)? else { return Ok(()) };
    let mut entries = call.organisation().folder_permissions(folder.mailbox, &folder.path);
    let before = entries.len();
    entries.retain(|entry| entry.user != user);
    if entries.len() == before {
        return call.error(no_entry(&user));
    }
    let description =
        format!("Removing mailbox folder permission on \"{}\" for user \"{user}\".", folder.identity);
    if call.should_do(&description)? {
        call.organisation_mut().set_folder_permissions(folder.mailbox, &folder.path, entries);
    }
    Ok(())
}

/// A GUID of a folder or of what is in it: the same for the same text.
pub(super) fn guid_of(text: &str) -> Uuid {
    crate::organisation::random::Random::new(crate::organisation::configuration::text_hash(text)).guid()
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_calendar_is_shared() {
        let trial = Trial::new();
        let entries = || {
            let found =
                trial.run("Get-MailboxFolderPermission room-201@klinik-auer.example:\\Calendar", &[]).output;
            let text =
                |entry: &postern_shared::value::PsValue, name: &str| entry.get(name).unwrap().to_string();
            let line = found.iter().map(|entry| {
                let rights = entry.get("AccessRights").unwrap().as_list().unwrap();
                format!("{} {}", text(entry, "User"), rights[0])
            });
            line.collect::<Vec<_>>()
        };
        assert_eq!(entries(), ["Default AvailabilityOnly", "Anonymous None"]);
        let folder = "room-201:\\Calendar";
        let set = [("User", "default".into()), ("AccessRights", "LimitedDetails".into())];
        trial.run(&format!("Set-MailboxFolderPermission {folder}"), &set).empty();
        let nora = [
            ("User", "nora.fink".into()),
            ("AccessRights", "Editor".into()),
            ("SharingPermissionFlags", "Delegate".into()),
        ];
        trial
            .run(&format!("Set-MailboxFolderPermission {folder}"), &nora)
            .failed_with("no existing permission entry");
        let added = trial.run(&format!("Add-MailboxFolderPermission {folder}"), &nora).only();
        assert_eq!(added.get("SharingPermissionFlags").unwrap().as_i64(), Some(1));
        assert_eq!(added.get("FolderName").unwrap().to_string(), "Calendar");
        trial
            .run(&format!("Add-MailboxFolderPermission {folder}"), &nora)
            .failed_with("An existing permission entry");
        assert_eq!(entries(), ["Default LimitedDetails", "Anonymous None", "Nora Fink Editor"]);
        let removed = trial.run(&format!("Remove-MailboxFolderPermission {folder}"), &nora[..1]);
        assert_eq!(removed.asked.len(), 1);
        assert_eq!(entries().len(), 2);
        trial.run("Get-MailboxFolderPermission room-201:\\Kalender", &[]).failed_with("Room 201:\\Kalender");
        trial
            .run("Get-MailboxFolderPermission nobody:\\Calendar", &[])
            .failed_with("'nobody' couldn't be found");
    }
}
