//! What cmdlets share that show and change settings kept inside a mailbox: its calendar's, its automatic reply, its
//! language.

use postern_shared::value::{PsStr, PsValue};

use super::{configured, selection::one};
use crate::{
    cmdlet::{Call, CmdletError, Stop},
    objects::{
        enums::OBJECT_STATE,
        field::{Field, Table},
        identity,
    },
    organisation::{Kind, Organisation, RecipientId},
};

/// Plain values that were made up for a mailbox, by property.
pub(super) type Made = fn(&Organisation, RecipientId) -> Vec<(&'static str, PsValue)>;

/// A set of settings.
pub(super) struct MailboxSettings {
    /// What the names of the settings begin with where they are kept.
    prefix: &'static str,
    pub(super) table: Table,
    made: Made,
}

impl MailboxSettings {
    /// Settings of a type.
    pub(super) fn new(type_name: &'static str, fields: &'static [Field], made: Made) -> Self {
        let prefix = type_name.rsplit('.').next().unwrap_or_default();
        let names = [
            type_name,
            "Microsoft.Exchange.Data.Storage.Management.XsoMailboxConfigurationObject",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ];
        let table = Table::new(&names, &[fields], &["MailboxOwnerId", "Identity", "IsValid", "ObjectState"]);
        Self { prefix, table, made }
    }

    fn key(&self, property: &str) -> String {
        format!("{}.{property}", self.prefix)
    }

    /// The plain value of a property: what was set, else what was made up; `None` for the default.
    pub(super) fn plain(
        &self,
        organisation: &Organisation,
        id: RecipientId,
        property: &str,
    ) -> Option<PsValue> {
        organisation.changed(id, &self.key(property)).cloned().or_else(|| {
            (self.made)(organisation, id)
                .into_iter()
                .find(|(name, _)| *name == property)
                .map(|(_, value)| value)
        })
    }

    /// The object of a mailbox.
    pub(super) fn object(
        &self,
        organisation: &Organisation,
        id: RecipientId,
        typed: Vec<(&'static str, PsValue)>,
    ) -> PsValue {
        let mut plain = (self.made)(organisation, id);
        for field in self.table.fields() {
            if let Some(value) = organisation.changed(id, &self.key(field.name)) {
                plain.push((field.name, value.clone()));
            }
        }
        let tail = vec![
            identity(organisation, id),
            identity(organisation, id),
            true.into(),
            OBJECT_STATE.fresh(&["Unchanged"]),
        ];
        self.table.object(organisation.canonical_name(id), plain, typed, tail)
    }

    /// Sets what the parameters say, after asking.
    pub(super) fn set(&self, call: &mut Call<'_>, id: RecipientId, what: &str) -> Result<(), Stop> {
        let values = {
            let organisation = call.organisation();
            configured::given(call, self.table.fields(), |field| self.plain(&organisation, id, field.name))
        };
        let name = call.organisation().canonical_name(id);
        if !call.should_do(&format!("{what} \"{name}\"."))? {
            return Ok(());
        }
        if values.is_empty() {
            return call.warning(format!(
                "The command completed successfully but no settings of '{name}' have been modified."
            ));
        }
        let mut organisation = call.organisation_mut();
        for (property, value) in values {
            let key = self.key(&property);
            organisation.recipient_mut(id).set(key, value);
        }
        Ok(())
    }
}

/// The mailbox that -Identity names; `None` after writing the error.
pub(super) fn mailbox(call: &mut Call<'_>) -> Result<Option<RecipientId>, Stop> {
    one(call, "Identity", Kind::is_mailbox)
}

/// The mailbox that a parameter names, or that of the caller where it is not given.
pub(super) fn mailbox_or_own(call: &mut Call<'_>, parameter: &str) -> Result<Option<RecipientId>, Stop> {
    if call.text(parameter).is_some() {
        return one(call, parameter, Kind::is_mailbox);
    }
    let user = PsStr::from(call.caller().user.as_str());
    let own = {
        let organisation = call.organisation();
        organisation.resolve(&user, |id| organisation.recipient(id).kind.is_mailbox()).ok()
    };
    if own.is_none() {
        call.error(CmdletError::not_found(&user).about(user))?;
    }
    Ok(own)
}
