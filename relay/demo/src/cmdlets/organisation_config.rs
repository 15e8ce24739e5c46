//! Settings of the whole organisation: Get- and Set-OrganizationConfig.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::configured::{self, DOMAIN_CONTROLLER, parameters, settable};
use crate::{
    cmdlet::{Call, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{
        field::{
            Field,
            Form::{
                self, Address, Flag, Id, Ids, Limit, NoFlag, NoText, Number, Size, Span, Text, Texts, Word,
            },
            ItemType, Tail, Words,
        },
        values,
    },
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.OrganizationConfig";

static PUBLIC_FOLDERS: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.PublicFoldersDeployment",
    &["None", "Local", "Remote"],
);
static INDUSTRY: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.IndustryType",
    &[
        "NotSpecified",
        "Agriculture",
        "Finance",
        "BusinessServices",
        "Communications",
        "Education",
        "Government",
        "Healthcare",
        "Hospitality",
        "Other",
    ],
);
static HYBRID: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.HybridConfigurationStatusFlags",
    &["None", "Enabled"],
);
static HEURISTICS: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.HeuristicsFlags",
    &["None", "SuspendFolderReplication"],
);
static EWS_POLICY: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.EwsApplicationAccessPolicy",
    &["EnforceAllowList", "EnforceBlockList"],
);

const FIELDS: &[Field] = &[
    Field::fixed("ObjectVersion", Number(16_763)),
    Field::set("DefaultPublicFolderAgeLimit", NoText, "Age at which items of public folders expire."),
    Field::set(
        "DefaultPublicFolderIssueWarningQuota",
        Size(Some(2_040_109_466)),
        "Size of a public folder that is warned of.",
    ),
    Field::set(
        "DefaultPublicFolderProhibitPostQuota",
        Size(Some(2_147_483_648)),
        "Size of a public folder that takes nothing more.",
    ),
    Field::set("DefaultPublicFolderMaxItemSize", Size(None), "Largest item of a public folder."),
    Field::set(
        "DefaultPublicFolderDeletedItemRetention",
        Span(30 * 86_400),
        "How long deleted items of public folders are kept.",
    ),
    Field::set(
        "DefaultPublicFolderMovedItemRetention",
        Span(7 * 86_400),
        "How long moved items of public folders are kept.",
    ),
    Field::set(
        "PublicFoldersLockedForMigration",
        Flag(false),
        "Whether public folders are locked to be moved.",
    ),
    Field::set("PublicFolderMigrationComplete", Flag(false), "Whether public folders have been moved."),
    Field::set("PublicFoldersEnabled", Word(&PUBLIC_FOLDERS, "Local"), "Where public folders are."),
    Field::set(
        "ActivityBasedAuthenticationTimeoutEnabled",
        Flag(true),
        "Whether web sessions end when idle.",
    ),
    Field::set(
        "ActivityBasedAuthenticationTimeoutInterval",
        Span(6 * 3_600),
        "After how long web sessions end when idle.",
    ),
    Field::set(
        "ActivityBasedAuthenticationTimeoutWithSingleSignOnEnabled",
        Flag(true),
        "Whether that holds with single sign-on.",
    ),
    Field::set("AppsForOfficeEnabled", Flag(true), "Whether add-ins may be used."),
    Field::set("AppsForOfficeCorpCatalogAppsCount", Number(0), "How many add-ins the catalogue has."),
    Field::set("CustomerFeedbackEnabled", Flag(false), "Whether usage data are sent to Microsoft."),
    Field::set("DistributionGroupDefaultOU", NoText, "Where new groups are made."),
    Field::set(
        "DistributionGroupNameBlockedWordsList",
        Texts(&[]),
        "Words that names of groups must not have.",
    ),
    Field::set("DistributionGroupNamingPolicy", Text(""), "How names of groups are made."),
    Field::set("EwsEnabled", NoFlag, "Whether Exchange Web Services may be used."),
    Field::set("EwsAllowOutlook", NoFlag, "Whether Outlook may use them."),
    Field::set("EwsAllowMacOutlook", NoFlag, "Whether Outlook for Mac may use them."),
    Field::set("EwsAllowEntourage", NoFlag, "Whether Entourage may use them."),
    Field::set("EwsApplicationAccessPolicy", Word(&EWS_POLICY, ""), "Which list of programs counts."),
    Field::set("EwsAllowList", Form::NoTexts, "Programs that may use them."),
    Field::set("EwsBlockList", Form::NoTexts, "Programs that may not use them."),
    Field::set("IPListBlocked", Texts(&[]), "Addresses that may not connect."),
    Field::set("ElcProcessingDisabled", Flag(false), "Whether retention rests."),
    Field::set("AutoExpandingArchiveEnabled", Flag(false), "Whether archives grow by themselves."),
    Field::set("ExchangeNotificationEnabled", Flag(true), "Whether administrators are notified."),
    Field::set(
        "ExchangeNotificationRecipients",
        Texts(&["it-alerts@klinik-auer.example"]),
        "Who is notified.",
    ),
    Field::set("Industry", Word(&INDUSTRY, "Healthcare"), "The organisation's line of business."),
    Field::set("MailTipsAllTipsEnabled", Flag(true), "Whether there are mail tips."),
    Field::set(
        "MailTipsExternalRecipientsTipsEnabled",
        Flag(true),
        "Whether there are mail tips for outside recipients.",
    ),
    Field::set("MailTipsGroupMetricsEnabled", Flag(true), "Whether mail tips count members of groups."),
    Field::set("MailTipsLargeAudienceThreshold", Number(25), "From how many recipients on a mail tip warns."),
    Field::set("MailTipsMailboxSourcedTipsEnabled", Flag(true), "Whether mail tips look into mailboxes."),
    Field::fixed("MicrosoftExchangeRecipientEmailAddresses", Form::Made(recipient_addresses)),
    Field::fixed("MicrosoftExchangeRecipientEmailAddressPolicyEnabled", Flag(true)),
    Field::fixed("MicrosoftExchangeRecipientPrimarySmtpAddress", Address(RECIPIENT)),
    Field::set(
        "MicrosoftExchangeRecipientReplyRecipient",
        NoText,
        "Who gets answers to the server's messages.",
    ),
    Field::set("ReadTrackingEnabled", Flag(false), "Whether it is told who read a message."),
    Field::set("SCLJunkThreshold", Number(4), "Spam confidence level above which mail is junk."),
    Field::set("MaxConcurrentMigrations", Limit(Some(100)), "How many migrations run at once."),
    Field::set("MaxInformationBarrierSegments", Number(250), "How many segments information barriers have."),
    Field::set("IntuneManagedStatus", Flag(false), "Whether Intune manages devices."),
    Field::set("HybridConfigurationStatus", Word(&HYBRID, "Enabled"), "Whether the organisation is hybrid."),
    Field::set("MapiHttpEnabled", Flag(true), "Whether Outlook connects by MAPI over HTTP."),
    Field::set("OAuth2ClientProfileEnabled", Flag(true), "Whether modern authentication is on."),
    Field::set("RefreshSessionEnabled", Flag(false), "Whether sessions are renewed."),
    Field::set("CustomerLockboxEnabled", Flag(false), "Whether support needs consent."),
    Field::set("LinkPreviewEnabled", Flag(true), "Whether links are previewed."),
    Field::set("ConnectorsEnabled", Flag(true), "Whether connectors may be used."),
    Field::set("ConnectorsEnabledForTeams", Flag(true), "Whether connectors may be used in Teams."),
    Field::set("SmtpActionableMessagesEnabled", Flag(true), "Whether messages may have actions."),
    Field::set("BookingsEnabled", Flag(true), "Whether Bookings may be used."),
    Field::set("AuditDisabled", Flag(false), "Whether mailbox auditing is off."),
    Field::set("SendFromAliasEnabled", Flag(false), "Whether mail may be sent from other addresses."),
    Field::fixed("LegacyExchangeDN", Text("/o=KlinikAuer")),
    Field::fixed("Heuristics", Word(&HEURISTICS, "None")),
    Field::fixed("ResourceAddressLists", Ids(&["\\All Rooms"])),
    Field::fixed("IsMixedMode", Flag(false)),
    Field::fixed("IsGuidPrefixedLegacyDnDisabled", Flag(false)),
    Field::set("IsAgendaMailEnabled", Flag(false), "Whether a daily agenda is sent."),
    Field::set("LeanPopoutEnabled", Flag(false), "Whether small windows open faster."),
    Field::set("WebPushNotificationsDisabled", Flag(false), "Whether web notifications are off."),
    Field::set("ByteEncoderTypeFor7BitCharsets", Number(0), "How 7-bit texts are encoded."),
    Field::set("PreferredInternetCodePageForShiftJis", Number(0), "The character set for Japanese mail."),
    Field::set("RequiredCharsetCoverage", Number(100), "How much of a text its character set must cover."),
    Field::set(
        "MimeTypes",
        Texts(&[
            "video/3gpp;3gp",
            "application/pdf;pdf",
            "image/png;png",
            "text/calendar;ics",
            "application/zip;zip",
        ]),
        "File types and their endings.",
    ),
    Field::fixed("RBACConfigurationVersion", Text("0.1 (15.2.1748.10)")),
    Field::fixed("AdminDisplayVersion", Text("0.20 (15.2.1748.10)")),
    Field::fixed("ServicePlan", Text("")),
    Field::set("AdfsIssuer", NoText, "The address of the federation service."),
    Field::set("AdfsAudienceUris", Texts(&[]), "What the federation service signs for."),
    Field::set("DefaultDataEncryptionPolicy", NoText, "The policy by which mailboxes are encrypted."),
    Field::set("MitigationsEnabled", Flag(true), "Whether the server mitigates known weaknesses by itself."),
    Field::set("MitigationsBlocked", Texts(&[]), "Mitigations that are not made."),
    Field::set("DefaultAuthenticationPolicy", Id("OrgWideDefault"), "The policy by which users sign in."),
    Field::set("DefaultGroupAccessType", Text("Private"), "Who may see new groups."),
    Field::fixed("AllowedMailboxRegions", Ids(&[])),
    Field::set("GroupsCreationEnabled", Flag(true), "Whether users may make groups."),
    Field::set("GuestsEnabled", Flag(true), "Whether guests may be in groups."),
    Field::set("FocusedInboxOn", NoFlag, "Whether the inbox is focused."),
    Field::fixed("FocusedInboxOnLastUpdateTime", Form::Made(never)),
];

/// The address of the server's own messages.
const RECIPIENT: &str = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@klinik-auer.example";

fn recipient_addresses() -> PsValue {
    values::proxy_addresses(&[format!("SMTP:{RECIPIENT}").into()])
}

fn never() -> PsValue {
    use postern_shared::value::{DateTimeKind, PsDateTime};
    PsDateTime { ticks: 0, kind: DateTimeKind::Unspecified }.into()
}

static ORGANIZATION: LazyLock<ItemType> = LazyLock::new(|| {
    ItemType::new(
        &[
            TYPE,
            "Microsoft.Exchange.Data.Directory.Management.ADPresentationObject",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[FIELDS],
        (&[], "msExchOrganizationContainer"),
        Tail::Directory,
    )
});

const SET: [Parameter; settable(FIELDS) + 2] =
    parameters(&[Parameter::new("Identity", Kind::Text).piped(), DOMAIN_CONTROLLER], &[FIELDS]);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-OrganizationConfig", "Shows the settings of the whole organisation.", |call| {
        configured::get(call, &ORGANIZATION)
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetOrganizationConfig")
    .output(TYPE)
    .takes(&[Parameter::new("Identity", Kind::Text), DOMAIN_CONTROLLER]),
    Cmdlet::new(
        "Set-OrganizationConfig",
        "Changes settings of the whole organisation.",
        set_organization_config,
    )
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.SetOrganizationConfig")
    .confirms(Impact::Medium)
    .takes(&SET),
];

fn set_organization_config(call: &mut Call<'_>) -> Result<(), Stop> {
    let item = call.organisation().configuration.all(ORGANIZATION.class).first().cloned();
    let identity = call.text("Identity").map(PsStr::from);
    match item {
        Some(item) if identity.as_ref().is_none_or(|identity| item.is_called(identity)) => {
            configured::set(call, &ORGANIZATION, &item, "Setting the configuration of organization").map(drop)
        }
        _ => call.error(CmdletError::not_found(&identity.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{Content, PsObject, PsValue};

    use crate::cmdlets::trial::Trial;

    #[test]
    fn settings_are_typed_and_changed() {
        let trial = Trial::new();
        let config = |trial: &Trial| trial.run("Get-OrganizationConfig", &[]).only();
        let before = config(&trial);
        assert!(before.as_object().unwrap().adapted.len() > 90);
        for (name, text) in [
            ("Name", "KlinikAuer"),
            ("ActivityBasedAuthenticationTimeoutInterval", "06:00:00"),
            ("DefaultPublicFolderIssueWarningQuota", "1.9 GB (2,040,109,466 bytes)"),
            ("MaxConcurrentMigrations", "100"),
            ("PublicFoldersEnabled", "Local"),
        ] {
            assert_eq!(before.get(name).unwrap().to_string(), text);
        }
        let words = PsObject {
            content: Content::Dictionary(vec![("Add".into(), "Chef".into())]),
            ..PsObject::default()
        };
        let change = [
            ("ActivityBasedAuthenticationTimeoutInterval", PsValue::from("01:30:00")),
            ("DistributionGroupNameBlockedWordsList", words.into()),
            ("MaxConcurrentMigrations", "Unlimited".into()),
            ("DefaultPublicFolderMaxItemSize", "10MB".into()),
            ("PublicFoldersEnabled", "remote".into()),
            ("EwsEnabled", true.into()),
        ];
        trial.run("Set-OrganizationConfig", &change).empty();
        let after = config(&trial);
        for (name, text) in [
            ("ActivityBasedAuthenticationTimeoutInterval", "01:30:00"),
            ("MaxConcurrentMigrations", "Unlimited"),
            ("DefaultPublicFolderMaxItemSize", "10 MB (10,485,760 bytes)"),
            ("PublicFoldersEnabled", "Remote"),
            ("EwsEnabled", "True"),
        ] {
            assert_eq!(after.get(name).unwrap().to_string(), text);
        }
        assert_eq!(after.get("DistributionGroupNameBlockedWordsList").unwrap().as_list().unwrap().len(), 1);
        assert_ne!(before.get("WhenChangedUTC"), after.get("WhenChangedUTC"));
        trial
            .run("Set-OrganizationConfig", &[("MapiHttpEnabled", "perhaps".into())])
            .failed_with("Cannot process argument transformation on parameter 'MapiHttpEnabled'");
    }
}
