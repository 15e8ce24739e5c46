//! One recipient while its object is built: what several properties need is made once.

use std::{cell::OnceCell, sync::LazyLock};

use postern_shared::value::{PsStr, PsValue};

use super::values;
use crate::organisation::{DATABASES, Organisation, Recipient, RecipientId, SERVER, Traits, database_name};

/// One recipient.
pub struct Row<'a> {
    /// The organisation that it is in.
    pub organisation: &'a Organisation,
    /// Which it is.
    pub id: RecipientId,
    /// Its record.
    pub recipient: &'a Recipient,
    name: OnceCell<PsStr>,
    identity: OnceCell<PsValue>,
}

impl<'a> Row<'a> {
    /// The recipient of that id.
    pub fn new(organisation: &'a Organisation, id: RecipientId) -> Self {
        let recipient = organisation.recipient(id);
        Self { organisation, id, recipient, name: OnceCell::new(), identity: OnceCell::new() }
    }

    /// `Name`.
    pub fn name(&self) -> &PsStr {
        self.name.get_or_init(|| self.organisation.name(self.id))
    }

    /// `Identity`: the same object each time, so that `Id` refers to it on the wire.
    pub fn identity(&self) -> PsValue {
        self.identity.get_or_init(|| identity(self.organisation, self.id)).clone()
    }

    /// Whether a trait was made up for it.
    pub fn has(&self, which: Traits) -> bool {
        self.recipient.traits.has(which)
    }

    /// The one recipient that a property names, or null.
    pub fn link(&self, property: &str) -> PsValue {
        let ids = self.organisation.link(self.id, property);
        ids.first().map_or(PsValue::Null, |id| identity(self.organisation, *id))
    }

    /// The recipients that a property names.
    pub fn links(&self, property: &str) -> PsValue {
        let ids = self.organisation.link(self.id, property);
        values::ids(ids.into_iter().map(|id| identity(self.organisation, id)).collect())
    }

    /// The mailbox's database.
    pub fn database(&self) -> PsValue {
        database(self.recipient.database)
    }
}

/// The identity of a recipient.
pub fn identity(organisation: &Organisation, id: RecipientId) -> PsValue {
    let canonical = organisation.canonical_name(id);
    let distinguished = organisation.distinguished_name(id);
    values::ad_object_id(canonical, &distinguished, organisation.recipient(id).guid)
}

/// The identity of a mailbox database: its name is its text.
pub fn database(number: u8) -> PsValue {
    static MADE: LazyLock<Vec<PsValue>> = LazyLock::new(|| {
        let make = |number: u8| {
            let name = database_name(number);
            let dn = format!(
                "CN={name},CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative \
                 Groups,CN=KlinikAuer,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=klinik-auer,DC=local"
            );
            values::ad_object_id(name, &dn.into(), database_guid(number))
        };
        (1..=DATABASES).map(make).collect()
    });
    MADE.get(usize::from(number.max(1)) - 1).cloned().unwrap_or_default()
}

/// The GUID of a mailbox database.
pub(super) fn database_guid(number: u8) -> postern_shared::value::Uuid {
    postern_shared::value::Uuid::from_u128(0x7d1c_93b2_04aa_4c51_9a70_8f2e_61bb_d000 + u128::from(number))
}

/// `LegacyExchangeDN` of the server.
pub(super) fn server_legacy_dn() -> PsValue {
    format!("{}/cn=Configuration/cn=Servers/cn={SERVER}", crate::organisation::LEGACY_PREFIX).into()
}
