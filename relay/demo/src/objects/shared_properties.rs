//! Properties that all mail-enabled recipients have, in wire order.

use postern_shared::value::{PsStr, PsValue};

use super::{
    Property, Row,
    enums::{MODERATION_NOTIFICATIONS, OBJECT_STATE, RECIPIENT_TYPE, RECIPIENT_TYPE_DETAILS},
    of, same,
    values::{
        configuration_id, empty, exchange_version, ids, no, no_ids, no_strings, null, organization_id,
        proxy_addresses, smtp_address, strings, unlimited_size, yes,
    },
};
use crate::organisation::{DOMAIN_CONTROLLER, Kind, Traits};

/// The id of the default policy for addresses.
const ADDRESS_POLICY: &str = "26491cfc-9e50-4857-861b-0cb8df22b5d7";

/// `MailEnabledRecipient`, up to the identity.
pub(super) const MAIL_ENABLED: &[Property] = &[
    of("AcceptMessagesOnlyFrom", |row| row.links("AcceptMessagesOnlyFrom")),
    same("AcceptMessagesOnlyFromDLMembers", no_ids),
    of("AcceptMessagesOnlyFromSendersOrMembers", |row| row.links("AcceptMessagesOnlyFromSendersOrMembers")),
    of("AddressListMembership", |row| if hidden(row) { no_ids() } else { address_lists(row.recipient.kind) }),
    same("AdministrativeUnits", no_ids),
    of("Alias", |row| row.organisation.alias(row.id).into()),
    same("ArbitrationMailbox", null),
    same("BypassModerationFromSendersOrMembers", no_ids),
    of("OrganizationalUnit", |row| row.organisation.organizational_unit(row.id).into()),
    of("CustomAttribute1", |row| {
        let legal = row.recipient.kind == Kind::UserMailbox && row.organisation.department(row.id) == "Legal";
        PsStr::from_static(if legal { "Legal" } else { "" }).into()
    }),
    same("CustomAttribute10", empty),
    same("CustomAttribute11", empty),
    same("CustomAttribute12", empty),
    same("CustomAttribute13", empty),
    same("CustomAttribute14", empty),
    same("CustomAttribute15", empty),
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
    same("ExtensionCustomAttribute1", no_strings),
    same("ExtensionCustomAttribute2", no_strings),
    same("ExtensionCustomAttribute3", no_strings),
    same("ExtensionCustomAttribute4", no_strings),
    same("ExtensionCustomAttribute5", no_strings),
    of("DisplayName", |row| row.organisation.display_name(row.id).into()),
    EMAIL_ADDRESSES,
    of("GrantSendOnBehalfTo", |row| row.links("GrantSendOnBehalfTo")),
    same("ExternalDirectoryObjectId", empty),
    of("HiddenFromAddressListsEnabled", |row| row.has(Traits::HIDDEN).into()),
    same("LastExchangeChangedTime", null),
    of("LegacyExchangeDN", |row| row.organisation.legacy_dn(row.id).into()),
    same("MaxSendSize", unlimited_size),
    same("MaxReceiveSize", unlimited_size),
    of("ModeratedBy", |row| row.links("ModeratedBy")),
    same("ModerationEnabled", no),
    same("PoliciesIncluded", || strings([ADDRESS_POLICY, "{26491cfc-9e50-4857-861b-0cb8df22b5d7}"])),
    same("PoliciesExcluded", no_strings),
    same("EmailAddressPolicyEnabled", yes),
    PRIMARY_SMTP_ADDRESS,
    RECIPIENT_TYPE_PROPERTY,
    RECIPIENT_TYPE_DETAILS_PROPERTY,
    of("RejectMessagesFrom", |row| row.links("RejectMessagesFrom")),
    same("RejectMessagesFromDLMembers", no_ids),
    same("RejectMessagesFromSendersOrMembers", no_ids),
    of("RequireSenderAuthenticationEnabled", |row| row.recipient.kind.is_group().into()),
    same("SimpleDisplayName", empty),
    same("SendModerationNotifications", || MODERATION_NOTIFICATIONS.fresh(&["Always"])),
    same("UMDtmfMap", no_strings),
    of("WindowsEmailAddress", |row| smtp_address(row.organisation.primary_address(row.id))),
    same("MailTip", null),
    same("MailTipTranslations", no_strings),
];

/// `ADPresentationObject`: what every object of the directory ends with.
pub(super) const IDENTITY: &[Property] = &[
    of("Identity", identity),
    same("IsValid", yes),
    same("ExchangeVersion", exchange_version),
    of("Name", |row| row.name().clone().into()),
    of("DistinguishedName", |row| row.organisation.distinguished_name(row.id).into()),
    of("Guid", |row| row.recipient.guid.into()),
    of("ObjectCategory", |row| object_category(row.recipient.kind)),
    of("ObjectClass", |row| object_class(row.recipient.kind)),
    of("WhenChanged", |row| row.recipient.changed.local_value()),
    of("WhenCreated", |row| row.recipient.created.local_value()),
    of("WhenChangedUTC", |row| row.recipient.changed.utc_value()),
    of("WhenCreatedUTC", |row| row.recipient.created.utc_value()),
    same("OrganizationId", organization_id),
    of("Id", identity),
    same("OriginatingServer", || PsStr::from_static(DOMAIN_CONTROLLER).into()),
    same("ObjectState", || OBJECT_STATE.fresh(&["Unchanged"])),
];

/// `EmailAddresses`.
pub(super) const EMAIL_ADDRESSES: Property =
    of("EmailAddresses", |row| proxy_addresses(&row.organisation.addresses(row.id)));

/// `PrimarySmtpAddress`.
pub(super) const PRIMARY_SMTP_ADDRESS: Property =
    of("PrimarySmtpAddress", |row| smtp_address(row.organisation.primary_address(row.id)));

/// `RecipientType`.
pub(super) const RECIPIENT_TYPE_PROPERTY: Property =
    of("RecipientType", |row| RECIPIENT_TYPE.of(row.recipient.kind.recipient_type()));

/// `RecipientTypeDetails`.
pub(super) const RECIPIENT_TYPE_DETAILS_PROPERTY: Property =
    of("RecipientTypeDetails", |row| RECIPIENT_TYPE_DETAILS.of(row.recipient.kind.type_details()));

fn identity(row: &Row<'_>) -> PsValue {
    row.identity()
}

fn hidden(row: &super::Row<'_>) -> bool {
    let changed = row.recipient.changed_value("HiddenFromAddressListsEnabled");
    changed.and_then(PsValue::as_bool).unwrap_or(row.has(Traits::HIDDEN))
}

/// The address lists that take such a recipient. Made once for each kind.
fn address_lists(kind: Kind) -> PsValue {
    use std::sync::LazyLock;
    fn list(names: &[&str]) -> PsValue {
        let container =
            ["Services", "Microsoft Exchange", "KlinikAuer", "Address Lists Container", "All Address Lists"];
        let id = |(at, name): (usize, &&str)| configuration_id(&container, name, 0x51e1_0000 + at as u128);
        ids(names.iter().enumerate().map(id).collect())
    }
    static USERS: LazyLock<PsValue> = LazyLock::new(|| list(&["All Users", "Default Global Address List"]));
    static ROOMS: LazyLock<PsValue> = LazyLock::new(|| list(&["All Rooms", "Default Global Address List"]));
    static CONTACTS: LazyLock<PsValue> =
        LazyLock::new(|| list(&["All Contacts", "Default Global Address List"]));
    static GROUPS: LazyLock<PsValue> =
        LazyLock::new(|| list(&["All Distribution Lists", "Default Global Address List"]));
    match kind {
        Kind::RoomMailbox => ROOMS.clone(),
        Kind::MailContact => CONTACTS.clone(),
        _ if kind.is_group() || kind == Kind::DynamicGroup => GROUPS.clone(),
        _ => USERS.clone(),
    }
}

fn object_category(kind: Kind) -> PsValue {
    use std::sync::LazyLock;
    static PERSON: LazyLock<PsValue> = LazyLock::new(|| configuration_id(&["Schema"], "Person", 0x5c1));
    static GROUP: LazyLock<PsValue> = LazyLock::new(|| configuration_id(&["Schema"], "Group", 0x5c2));
    static DYNAMIC: LazyLock<PsValue> =
        LazyLock::new(|| configuration_id(&["Schema"], "ms-Exch-Dynamic-Distribution-List", 0x5c3));
    match kind {
        Kind::DynamicGroup => DYNAMIC.clone(),
        _ if kind.is_group() => GROUP.clone(),
        _ => PERSON.clone(),
    }
}

fn object_class(kind: Kind) -> PsValue {
    use std::sync::LazyLock;
    static USER: LazyLock<PsValue> =
        LazyLock::new(|| strings(["top", "person", "organizationalPerson", "user"]));
    static CONTACT: LazyLock<PsValue> =
        LazyLock::new(|| strings(["top", "person", "organizationalPerson", "contact"]));
    static GROUP: LazyLock<PsValue> = LazyLock::new(|| strings(["top", "group"]));
    static DYNAMIC: LazyLock<PsValue> = LazyLock::new(|| strings(["top", "msExchDynamicDistributionList"]));
    match kind {
        Kind::DynamicGroup => DYNAMIC.clone(),
        Kind::MailContact | Kind::Contact => CONTACT.clone(),
        _ if kind.is_group() => GROUP.clone(),
        _ => USER.clone(),
    }
}
