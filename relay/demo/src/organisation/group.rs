//! Groups: who is in them and who owns them.

use postern_shared::value::PsStr;

use super::{Organisation, RecipientId};

/// A group with listed members.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Who is in it, other groups included.
    pub members: Vec<RecipientId>,
    /// Who owns it.
    pub managed_by: Vec<RecipientId>,
}

/// A group whose members are what a filter finds.
#[derive(Clone, Debug)]
pub struct DynamicGroup {
    /// OPATH: `(RecipientType -eq 'UserMailbox') -and (Department -eq 'Surgery')`.
    pub filter: PsStr,
    /// Canonical name of the organisational unit below which members are.
    pub container: PsStr,
}

impl Organisation {
    /// The group, if that is what the recipient is.
    pub fn group(&self, id: RecipientId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// The group, to be changed.
    pub fn group_mut(&mut self, id: RecipientId) -> Option<&mut Group> {
        self.groups.get_mut(&id)
    }

    /// The dynamic group, if that is what the recipient is.
    pub fn dynamic_group(&self, id: RecipientId) -> Option<&DynamicGroup> {
        self.dynamic_groups.get(&id)
    }

    /// Sets a dynamic group's filter and container.
    pub fn set_dynamic_group(&mut self, id: RecipientId, group: DynamicGroup) {
        self.dynamic_groups.insert(id, group);
    }

    /// Groups that list the recipient as a member.
    pub fn groups_of(&self, member: RecipientId) -> Vec<RecipientId> {
        let holds = self.groups.iter().filter(|(_, group)| group.members.contains(&member));
        let mut found: Vec<RecipientId> = holds.map(|(id, _)| *id).collect();
        found.sort_unstable();
        found
    }
}
