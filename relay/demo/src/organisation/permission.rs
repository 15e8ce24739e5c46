//! Who may open whose mailbox, send as whom, and see which folder.

use postern_shared::value::PsStr;

use super::{Organisation, RecipientId};

/// An entry of a mailbox's access control list that someone put there (not an inherited one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxPermission {
    /// Who it is for.
    pub user: RecipientId,
    /// Which rights: `FullAccess`, `ReadPermission`, `ExternalAccount`, `DeleteItem`, `ChangePermission`,
    /// `ChangeOwner`.
    pub rights: Vec<&'static str>,
    /// Whether it takes the rights away instead.
    pub deny: bool,
}

/// An entry of a folder's access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderPermission {
    /// `Default`, `Anonymous` or a display name.
    pub user: PsStr,
    /// A role such as `Editor` or `LimitedDetails`, or single rights with commas between them.
    pub rights: PsStr,
    /// `SharingPermissionFlags`, if there are any.
    pub flags: PsStr,
}

impl Organisation {
    /// The explicit entries of a mailbox's access control list.
    pub fn mailbox_permissions(&self, mailbox: RecipientId) -> &[MailboxPermission] {
        self.mailbox_permissions.get(&mailbox).map_or(&[], Vec::as_slice)
    }

    /// The explicit entries of a mailbox's access control list, to be changed.
    pub fn mailbox_permissions_mut(&mut self, mailbox: RecipientId) -> &mut Vec<MailboxPermission> {
        self.mailbox_permissions.entry(mailbox).or_default()
    }

    /// Who may send as the recipient, besides itself.
    pub fn send_as(&self, id: RecipientId) -> &[RecipientId] {
        self.send_as.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Who may send as the recipient, to be changed.
    pub fn send_as_mut(&mut self, id: RecipientId) -> &mut Vec<RecipientId> {
        self.send_as.entry(id).or_default()
    }

    /// The entries of a folder's access control list; `folder` is its path, `\Calendar`.
    pub fn folder_permissions(&self, mailbox: RecipientId, folder: &str) -> Vec<FolderPermission> {
        let key = (mailbox, PsStr::from(folder.to_lowercase()));
        self.folder_permissions.get(&key).cloned().unwrap_or_else(|| {
            let default = if key.1.ends_with("calendar") { "AvailabilityOnly" } else { "None" };
            let entry = |user: &str, rights: &str| FolderPermission {
                user: user.into(),
                rights: rights.into(),
                flags: PsStr::EMPTY,
            };
            vec![entry("Default", default), entry("Anonymous", "None")]
        })
    }

    /// Replaces the entries of a folder's access control list.
    pub fn set_folder_permissions(
        &mut self,
        mailbox: RecipientId,
        folder: &str,
        permissions: Vec<FolderPermission>,
    ) {
        self.folder_permissions.insert((mailbox, folder.to_lowercase().into()), permissions);
    }
}
