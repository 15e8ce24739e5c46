//! Policies and address lists: Get- cmdlets.

use std::sync::LazyLock;

use super::configured::{LISTED, get};
use crate::{
    cmdlet::{Cmdlet, Kind, Parameter},
    objects::field::{
        Field,
        Form::{Flag, Ids, Limit, NoText, Number, Span, Text, Texts},
        ItemType, Tail,
    },
};

const SYSTEM: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration";

/// A type of policy, its cmdlet and its fields.
macro_rules! policies {
    ($($static_name:ident: $cmdlet:literal, $synopsis:literal, $type_name:literal, $container:literal, $class:literal, [$($field:expr),* $(,)?];)*) => {
        $(static $static_name: LazyLock<ItemType> = LazyLock::new(|| {
            const FIELDS: &[Field] = &[$($field),*];
            let names = [
                concat!("Microsoft.Exchange.Data.Directory.SystemConfiguration.", $type_name),
                "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject",
                "Microsoft.Exchange.Data.Directory.ADObject",
                "Microsoft.Exchange.Data.Directory.ADRawEntry",
                "Microsoft.Exchange.Data.ConfigurableObject",
            ];
            debug_assert!(names[0].starts_with(SYSTEM));
            ItemType::new(&names, &[FIELDS], (&[$container], $class), Tail::Directory)
        });)*

        /// The family.
        pub const CMDLETS: &[Cmdlet] = &[$(
            Cmdlet::new(concat!("Get-", $cmdlet), $synopsis, |call| get(call, &$static_name))
                .class(concat!("Microsoft.Exchange.Management.SystemConfigurationTasks.Get", $cmdlet))
                .output(concat!("Microsoft.Exchange.Data.Directory.SystemConfiguration.", $type_name))
                .takes(&[LISTED, Parameter::new("DomainController", Kind::Text)]),
        )*];
    };
}

policies! {
    RETENTION: "RetentionPolicy", "Lists retention policies.", "RetentionPolicy", "Retention Policies Container", "msExchMailboxRecipientTemplate", [
        Field::fixed("RetentionId", NoText),
        Field::fixed("RetentionPolicyTagLinks", Ids(&[])),
        Field::fixed("IsDefault", Flag(false)),
        Field::fixed("IsDefaultArbitrationMailbox", Flag(false)),
    ];
    TAGS: "RetentionPolicyTag", "Lists retention tags.", "PresentationRetentionPolicyTag", "Retention Policy Tag Container", "msExchELCFolder", [
        Field::fixed("MessageClassDisplayName", Text("All Mailbox Content")),
        Field::fixed("MessageClass", Text("*")),
        Field::fixed("RetentionEnabled", Flag(true)),
        Field::fixed("RetentionAction", Text("MoveToArchive")),
        Field::fixed("AgeLimitForRetention", Span(730 * 86_400)),
        Field::fixed("TriggerForRetention", Text("WhenDelivered")),
        Field::fixed("Type", Text("All")),
        Field::fixed("SystemTag", Flag(false)),
        Field::fixed("Comment", Text("")),
    ];
    OWA: "OwaMailboxPolicy", "Lists policies of Outlook on the web.", "OwaMailboxPolicy", "OWA Mailbox Policies", "msExchOWAMailboxPolicy", [
        Field::fixed("IsDefault", Flag(false)),
        Field::fixed("DirectFileAccessOnPublicComputersEnabled", Flag(true)),
        Field::fixed("DirectFileAccessOnPrivateComputersEnabled", Flag(true)),
        Field::fixed("WebReadyDocumentViewingOnPublicComputersEnabled", Flag(true)),
        Field::fixed("AllowedFileTypes", Texts(&[".pdf", ".docx", ".xlsx", ".pptx", ".txt", ".jpg", ".png"])),
        Field::fixed("BlockedFileTypes", Texts(&[".exe", ".js", ".vbs", ".ps1", ".bat", ".jar"])),
        Field::fixed("AllAddressListsEnabled", Flag(true)),
        Field::fixed("CalendarEnabled", Flag(true)),
        Field::fixed("ContactsEnabled", Flag(true)),
        Field::fixed("JunkEmailEnabled", Flag(true)),
        Field::fixed("RulesEnabled", Flag(true)),
        Field::fixed("SignaturesEnabled", Flag(true)),
        Field::fixed("ThemeSelectionEnabled", Flag(true)),
        Field::fixed("ChangePasswordEnabled", Flag(true)),
        Field::fixed("ActiveSyncIntegrationEnabled", Flag(true)),
        Field::fixed("ConditionalAccessPolicy", Text("Off")),
    ];
    MOBILE: "MobileDeviceMailboxPolicy", "Lists policies of telephones.", "MobileMailboxPolicy", "Mobile Mailbox Policies", "msExchMobileMailboxSettings", [
        Field::fixed("AllowNonProvisionableDevices", Flag(true)),
        Field::fixed("AlphanumericPasswordRequired", Flag(false)),
        Field::fixed("AttachmentsEnabled", Flag(true)),
        Field::fixed("DeviceEncryptionEnabled", Flag(false)),
        Field::fixed("PasswordEnabled", Flag(true)),
        Field::fixed("AllowSimplePassword", Flag(false)),
        Field::fixed("MinPasswordLength", Number(6)),
        Field::fixed("MaxPasswordFailedAttempts", Limit(Some(8))),
        Field::fixed("PasswordHistory", Number(5)),
        Field::fixed("AllowCamera", Flag(true)),
        Field::fixed("AllowWiFi", Flag(true)),
        Field::fixed("IsDefault", Flag(false)),
    ];
    ROLE_ASSIGNMENT: "RoleAssignmentPolicy", "Lists what users may do by themselves.", "RoleAssignmentPolicy", "RBAC", "msExchRBACPolicy", [
        Field::fixed("IsDefault", Flag(false)),
        Field::fixed("Description", Text("")),
        Field::fixed("AssignedRoles", Ids(&[])),
        Field::fixed("RoleAssignments", Ids(&[])),
    ];
    SHARING: "SharingPolicy", "Lists with whom calendars may be shared.", "SharingPolicy", "Federation", "msExchSharingPolicy", [
        Field::fixed("Domains", Texts(&[])),
        Field::fixed("Enabled", Flag(true)),
        Field::fixed("Default", Flag(false)),
    ];
    ADDRESS_POLICY: "EmailAddressPolicy", "Lists how addresses are made.", "EmailAddressPolicy", "Recipient Policies", "msExchRecipientPolicy", [
        Field::fixed("RecipientFilter", Text("")),
        Field::fixed("RecipientFilterType", Text("Precanned")),
        Field::fixed("RecipientFilterApplied", Flag(true)),
        Field::fixed("IncludedRecipients", Text("AllRecipients")),
        Field::fixed("EnabledPrimarySMTPAddressTemplate", Text("SMTP:%m@klinik-auer.example")),
        Field::fixed("EnabledEmailAddressTemplates", Texts(&["SMTP:%m@klinik-auer.example"])),
        Field::fixed("DisabledEmailAddressTemplates", Texts(&[])),
        Field::fixed("HasEmailAddressSetting", Flag(true)),
        Field::fixed("Priority", Text("Lowest")),
        Field::fixed("Enabled", Flag(true)),
    ];
    ADDRESS_LISTS: "AddressList", "Lists address lists.", "AddressList", "Address Lists Container", "addressBookContainer", [
        Field::fixed("Container", Text("\\")),
        Field::fixed("Path", Text("")),
        Field::fixed("DisplayName", Text("")),
        Field::fixed("RecipientFilter", Text("")),
        Field::fixed("LdapRecipientFilter", Text("")),
        Field::fixed("RecipientFilterType", Text("Precanned")),
        Field::fixed("RecipientFilterApplied", Flag(true)),
        Field::fixed("IncludedRecipients", Text("")),
        Field::fixed("ConditionalDepartment", Texts(&[])),
    ];
    GLOBAL_ADDRESS_LISTS: "GlobalAddressList", "Lists global address lists.", "GlobalAddressList", "All Global Address Lists", "addressBookContainer", [
        Field::fixed("DefaultGlobalAddressList", Flag(true)),
        Field::fixed("IsDefaultGlobalAddressList", Flag(true)),
        Field::fixed("RecipientFilter", Text("((Alias -ne $null) -and (ObjectCategory -ne 'publicFolder'))")),
        Field::fixed("RecipientFilterApplied", Flag(true)),
    ];
    ADDRESS_BOOKS: "OfflineAddressBook", "Lists offline address books.", "OfflineAddressBook", "Offline Address Lists", "msExchOAB", [
        Field::fixed("GeneratingMailbox", NoText),
        Field::fixed("AddressLists", Ids(&["\\Default Global Address List"])),
        Field::fixed("Versions", Texts(&["Version4"])),
        Field::fixed("IsDefault", Flag(true)),
        Field::fixed("PublicFolderDistributionEnabled", Flag(false)),
        Field::fixed("GlobalWebDistributionEnabled", Flag(true)),
        Field::fixed("VirtualDirectories", Texts(&["EX01\\OAB (Default Web Site)", "EX02\\OAB (Default Web Site)"])),
    ];
}

#[cfg(test)]
mod tests {
    use super::CMDLETS;
    use crate::cmdlets::trial::Trial;

    #[test]
    fn each_kind_of_policy_has_some() {
        let trial = Trial::new();
        for cmdlet in CMDLETS {
            let all = trial.run(cmdlet.name, &[]).output;
            assert!(!all.is_empty(), "{}", cmdlet.name);
            for one in all {
                assert_eq!(one.as_object().unwrap().type_name(), cmdlet.output);
                let found = trial.pipe(vec![one.clone()], cmdlet.name, &[]).only();
                assert_eq!(found, one);
            }
        }
        let policy = trial.run("Get-RetentionPolicy Klinik*", &[]).only();
        assert_eq!(policy.get("RetentionPolicyTagLinks").unwrap().as_list().unwrap().len(), 2);
        trial.run("Get-AddressList Nothing", &[]).failed_with("'Nothing' couldn't be found");
    }
}
