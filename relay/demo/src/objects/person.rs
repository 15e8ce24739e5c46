//! `User`, `Contact`, `MailUser` and `MailContact`.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    Property, Row, View,
    enums::{ACCOUNT_CONTROL, RECIPIENT_TYPE_DETAILS},
    of, same,
    shared_properties::{IDENTITY, MAIL_ENABLED, RECIPIENT_TYPE_DETAILS_PROPERTY, RECIPIENT_TYPE_PROPERTY},
    values::{
        empty, limit_number, no, no_guid, no_ids, no_strings, null, proxy_address, smtp_address, strings,
        unlimited_size,
    },
};
use crate::organisation::{Kind, Traits, names};

const ORG_PERSON: [&str; 4] = [
    "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject",
    "Microsoft.Exchange.Data.Directory.ADObject",
    "Microsoft.Exchange.Data.Directory.ADRawEntry",
    "Microsoft.Exchange.Data.ConfigurableObject",
];

/// What Get-User writes.
pub static USER: LazyLock<View> = LazyLock::new(|| {
    let [a, b, c, d] = ORG_PERSON;
    let names = [
        "Microsoft.Exchange.Data.Directory.Management.User",
        "Microsoft.Exchange.Data.Directory.Management.OrgPersonPresentationObject",
        a,
        b,
        c,
        d,
    ];
    View::new(&names, &[ACCOUNT, PERSON, IDENTITY])
});

/// What Get-Contact writes.
pub static CONTACT: LazyLock<View> = LazyLock::new(|| {
    let [a, b, c, d] = ORG_PERSON;
    let names = [
        "Microsoft.Exchange.Data.Directory.Management.Contact",
        "Microsoft.Exchange.Data.Directory.Management.OrgPersonPresentationObject",
        a,
        b,
        c,
        d,
    ];
    View::new(&names, &[&[of("OrganizationalUnit", unit)], PERSON, IDENTITY])
});

const MAIL_PERSON: [&str; 2] = [
    "Microsoft.Exchange.Data.Directory.Management.MailEnabledOrgPerson",
    "Microsoft.Exchange.Data.Directory.Management.MailEnabledRecipient",
];

/// What Get-MailContact writes.
pub static MAIL_CONTACT: LazyLock<View> = LazyLock::new(|| {
    let ([e, f], [a, b, c, d]) = (MAIL_PERSON, ORG_PERSON);
    let names = ["Microsoft.Exchange.Data.Directory.Management.MailContact", e, f, a, b, c, d];
    View::new(&names, &[OUTSIDE, MAIL_PERSON_OWN, MAIL_ENABLED, IDENTITY])
});

/// What Get-MailUser writes.
pub static MAIL_USER: LazyLock<View> = LazyLock::new(|| {
    let ([e, f], [a, b, c, d]) = (MAIL_PERSON, ORG_PERSON);
    let names = ["Microsoft.Exchange.Data.Directory.Management.MailUser", e, f, a, b, c, d];
    View::new(&names, &[MAIL_USER_OWN, OUTSIDE, MAIL_PERSON_OWN, MAIL_ENABLED, IDENTITY])
});

const ACCOUNT: &[Property] = &[
    of("IsSecurityPrincipal", |row| row.recipient.kind.is_user().into()),
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    of("Sid", |row| super::permission::sid(row.id).into()),
    same("SidHistory", no_strings),
    of("UserPrincipalName", |row| row.organisation.user_principal_name(row.id).into()),
    same("ResetPasswordOnNextLogon", no),
    same("CertificateSubject", no_strings),
    of("RemotePowerShellEnabled", |row| row.has(Traits::REMOTE_SHELL).into()),
    same("WindowsLiveID", empty),
    same("MicrosoftOnlineServicesID", empty),
    same("NetID", null),
    same("ConsumerNetID", null),
    of("UserAccountControl", |row| match row.recipient.kind {
        Kind::UserMailbox | Kind::MailUser | Kind::User => ACCOUNT_CONTROL.of("NormalAccount"),
        _ => ACCOUNT_CONTROL.fresh(&["AccountDisabled", "NormalAccount"]),
    }),
    of("OrganizationalUnit", unit),
    same("IsLinked", no),
    same("LinkedMasterAccount", empty),
    same("ExternalDirectoryObjectId", empty),
    same("SKUAssigned", null),
    same("IsSoftDeletedByRemove", no),
    same("IsSoftDeletedByDisable", no),
    same("WhenSoftDeleted", null),
    same("PreviousRecipientTypeDetails", || RECIPIENT_TYPE_DETAILS.fresh(&["None"])),
    same("AuthenticationPolicy", null),
    same("StsRefreshTokensValidFrom", null),
    same("MailboxLocations", no_strings),
    of("AccountDisabled", |row| {
        (!matches!(row.recipient.kind, Kind::UserMailbox | Kind::MailUser | Kind::User)).into()
    }),
    same("IsDirSynced", no),
];

const PERSON: &[Property] = &[
    same("AssistantName", empty),
    of("City", city),
    of("Company", company),
    of("CountryOrRegion", country),
    of("Department", |row| row.organisation.department(row.id).into()),
    same("DirectReports", no_ids),
    of("DisplayName", |row| row.organisation.display_name(row.id).into()),
    same("Fax", empty),
    of("FirstName", |row| row.organisation.person_name(row.id).0.into()),
    same("GeoCoordinates", null),
    same("HomePhone", empty),
    same("Initials", empty),
    of("LastName", |row| row.organisation.person_name(row.id).1.into()),
    of("Manager", |row| row.link("Manager")),
    of("MobilePhone", |row| {
        if row.recipient.kind == Kind::UserMailbox && row.has(Traits::DEVICE) {
            format!("+49 151 {:07}", 1_000_000 + u64::from(row.id.0) * 37).into()
        } else {
            empty()
        }
    }),
    same("Notes", empty),
    of("Office", |row| row.organisation.office(row.id).into()),
    same("OtherFax", no_strings),
    same("OtherHomePhone", no_strings),
    same("OtherTelephone", no_strings),
    same("Pager", empty),
    of("Phone", |row| row.organisation.phone(row.id).into()),
    same("PhoneticDisplayName", empty),
    of("PostalCode", postal_code),
    same("PostOfficeBox", no_strings),
    RECIPIENT_TYPE_PROPERTY,
    RECIPIENT_TYPE_DETAILS_PROPERTY,
    same("SimpleDisplayName", empty),
    same("StateOrProvince", empty),
    of("StreetAddress", |row| office(row).map_or_else(empty, |office| PsStr::from_static(office.1).into())),
    of("Title", |row| row.organisation.title(row.id).into()),
    same("UMDialPlan", null),
    same("UMDtmfMap", no_strings),
    same("AllowUMCallsFromNonUsers", null),
    same("WebPage", empty),
    same("TelephoneAssistant", empty),
    of("WindowsEmailAddress", |row| smtp_address(row.organisation.primary_address(row.id))),
    same("UMCallingLineIds", no_strings),
    same("SeniorityIndex", null),
    same("VoiceMailSettings", no_strings),
];

const OUTSIDE: &[Property] = &[
    of("ExternalEmailAddress", |row| {
        proxy_address(&format!("SMTP:{}", row.organisation.outside_address(row.id)).into())
    }),
    same("MaxRecipientPerMessage", || limit_number(None)),
    same("UseMapiRichTextFormat", || PsStr::from_static("UseDefaultSettings").into()),
    same("UsePreferMessageFormat", no),
    same("MessageFormat", || PsStr::from_static("Mime").into()),
    same("MessageBodyFormat", || PsStr::from_static("TextAndHtml").into()),
    same("MacAttachmentFormat", || PsStr::from_static("BinHex").into()),
];

const MAIL_PERSON_OWN: &[Property] = &[
    same("Extensions", no_strings),
    same("HasPicture", no),
    same("HasSpokenName", no),
    same("IsDirSynced", no),
];

const MAIL_USER_OWN: &[Property] = &[
    of("SamAccountName", |row| row.organisation.sam_account_name(row.id).into()),
    of("UserPrincipalName", |row| row.organisation.user_principal_name(row.id).into()),
    same("ExchangeGuid", no_guid),
    same("ArchiveGuid", no_guid),
    same("ArchiveName", || strings(Vec::<PsValue>::new())),
    same("ForwardingAddress", null),
    same("LitigationHoldEnabled", no),
    same("RecipientLimits", || limit_number(None)),
    same("ResetPasswordOnNextLogon", no),
    same("WindowsLiveID", empty),
    same("MicrosoftOnlineServicesID", empty),
    same("SKUAssigned", null),
    same("RecoverableItemsQuota", unlimited_size),
    same("AccountDisabled", no),
    same("UsageLocation", null),
];

fn unit(row: &Row<'_>) -> PsValue {
    row.organisation.organizational_unit(row.id).into()
}

/// Where someone works; only accounts of people have an office.
fn office(row: &Row<'_>) -> Option<&'static names::Office> {
    let known = row.recipient.kind == Kind::UserMailbox;
    names::OFFICES.get(row.recipient.office as usize).filter(|_| known)
}

/// `City`: the office's name up to a building.
pub(super) fn city(row: &Row<'_>) -> PsValue {
    office(row).map_or_else(empty, |office| office.0.split(';').next().unwrap_or_default().into())
}

/// `PostalCode`.
pub(super) fn postal_code(row: &Row<'_>) -> PsValue {
    office(row).map_or_else(empty, |office| PsStr::from_static(office.2).into())
}

/// `CountryOrRegion`.
pub(super) fn country(row: &Row<'_>) -> PsValue {
    let name =
        office(row).map_or("", |office| if office.3.starts_with("+43") { "Austria" } else { "Germany" });
    PsStr::from_static(name).into()
}

/// `Company`: ours, or a contact's.
pub(super) fn company(row: &Row<'_>) -> PsValue {
    match row.recipient.kind {
        Kind::UserMailbox => PsStr::from_static("Klinik Auer").into(),
        Kind::MailContact => {
            let name = row.name();
            let company = name.rsplit_once('(').map(|(_, company)| company.trim_end_matches(')'));
            company.unwrap_or_default().into()
        }
        _ => empty(),
    }
}
