//! The objects of the configuration that are there from the beginning, as tables: class, then names and values.

use super::configuration::Plain::{self, Flag, Number, Text, Texts};

/// Property names and values of one object.
type Values = &'static [(&'static str, Plain)];

/// All objects, by class.
pub(super) const CONFIGURED: &[(&str, &[(&str, Values)])] = &[
    ("OrganizationConfig", &[("KlinikAuer", &[])]),
    (
        "AcceptedDomain",
        &[
            ("klinik-auer.example", &[("Default", Flag(true)), ("DomainName", Text("klinik-auer.example"))]),
            ("herz.klinik-auer.example", &[("DomainName", Text("herz.klinik-auer.example"))]),
            ("alt-klinik.example", &[("DomainName", Text("alt-klinik.example"))]),
            (
                "klinikauer.onmicrosoft.com",
                &[
                    ("DomainName", Text("klinikauer.onmicrosoft.com")),
                    ("DomainType", Text("InternalRelay")),
                    ("IsCoexistenceDomain", Flag(true)),
                ],
            ),
            (
                "partnerlabor.example",
                &[("DomainName", Text("partnerlabor.example")), ("DomainType", Text("ExternalRelay"))],
            ),
        ],
    ),
    (
        "DomainContentConfig",
        &[
            ("Default", &[("DomainName", Text("*"))]),
            (
                "Partner laboratory",
                &[
                    ("DomainName", Text("partnerlabor.example")),
                    ("AutoForwardEnabled", Flag(false)),
                    ("AllowedOOFType", Text("InternalLegacy")),
                    ("TrustedMailOutboundEnabled", Flag(true)),
                ],
            ),
            (
                "Exchange Online",
                &[
                    ("DomainName", Text("klinikauer.mail.onmicrosoft.com")),
                    ("TargetDeliveryDomain", Flag(true)),
                    ("IsInternal", Flag(true)),
                ],
            ),
        ],
    ),
    (
        "Rule",
        &[
            (
                "Warnhinweis extern",
                &[
                    ("FromScope", Text("NotInOrganization")),
                    ("ExceptIfSenderDomainIs", Texts(&["partnerlabor.example"])),
                    ("PrependSubject", Text("[EXTERN] ")),
                    ("Comments", Text("Asked for by the data protection officer")),
                ],
            ),
            (
                "Block executables",
                &[
                    ("AttachmentHasExecutableContent", Flag(true)),
                    ("RejectMessageReasonText", Text("Executables are not allowed.")),
                    ("RejectMessageEnhancedStatusCode", Text("5.7.1")),
                    ("StopRuleProcessing", Flag(true)),
                ],
            ),
            (
                "Copy to compliance",
                &[
                    ("SentToScope", Text("NotInOrganization")),
                    ("SubjectOrBodyContainsWords", Texts(&["Patientendaten", "Befund"])),
                    ("BlindCopyTo", Texts(&["privacy@klinik-auer.example"])),
                    ("State", Text("Disabled")),
                    ("Mode", Text("Audit")),
                ],
            ),
            (
                "Patient data disclaimer",
                &[
                    ("SentToScope", Text("NotInOrganization")),
                    ("ApplyHtmlDisclaimerLocation", Text("Append")),
                    ("ApplyHtmlDisclaimerText", Text("<p>Vertraulich</p>")),
                    ("ApplyHtmlDisclaimerFallbackAction", Text("Wrap")),
                    ("Mode", Text("AuditAndNotify")),
                ],
            ),
            (
                "Newsletter to junk",
                &[
                    ("FromAddressContainsWords", Texts(&["newsletter", "noreply"])),
                    ("FromScope", Text("NotInOrganization")),
                    ("SetSCL", Number(6)),
                ],
            ),
        ],
    ),
    (
        "ExchangeServer",
        &[
            ("EX01", &[("Fqdn", Text("EX01.klinik-auer.local"))]),
            ("EX02", &[("Fqdn", Text("EX02.klinik-auer.local"))]),
            (
                "EDGE01",
                &[
                    ("Fqdn", Text("EDGE01.klinik-auer.local")),
                    ("ServerRole", Text("Edge")),
                    ("Edition", Text("Standard")),
                    ("IsMailboxServer", Flag(false)),
                    ("IsClientAccessServer", Flag(false)),
                    ("IsMemberOfCluster", Flag(false)),
                    ("IsEdgeServer", Flag(true)),
                ],
            ),
        ],
    ),
    (
        "MailboxDatabase",
        &[
            (
                "MBX-DB01",
                &[("EdbFilePath", Text("E:\\DB01\\MBX-DB01.edb")), ("LogFolderPath", Text("E:\\DB01\\Logs"))],
            ),
            (
                "MBX-DB02",
                &[
                    ("Server", Text("EX02")),
                    ("ServerName", Text("EX02")),
                    ("EdbFilePath", Text("E:\\DB02\\MBX-DB02.edb")),
                    ("LogFolderPath", Text("E:\\DB02\\Logs")),
                ],
            ),
            (
                "MBX-DB03",
                &[
                    ("EdbFilePath", Text("F:\\DB03\\MBX-DB03.edb")),
                    ("LogFolderPath", Text("F:\\DB03\\Logs")),
                    ("CircularLoggingEnabled", Flag(true)),
                ],
            ),
            (
                "MBX-DB04",
                &[
                    ("Server", Text("EX02")),
                    ("ServerName", Text("EX02")),
                    ("EdbFilePath", Text("F:\\DB04\\MBX-DB04.edb")),
                    ("LogFolderPath", Text("F:\\DB04\\Logs")),
                ],
            ),
        ],
    ),
    (
        "SmtpSendConnectorConfig",
        &[
            ("Internet", &[]),
            (
                "Outbound to Office 365",
                &[
                    ("AddressSpaces", Texts(&["smtp:klinikauer.mail.onmicrosoft.com;1"])),
                    ("CloudServicesMailEnabled", Flag(true)),
                    ("RequireTLS", Flag(true)),
                    ("TlsDomain", Text("mail.protection.outlook.example")),
                ],
            ),
        ],
    ),
    (
        "ReceiveConnector",
        &[
            ("Default Frontend EX01", &[("Identity", Text("EX01\\Default Frontend EX01"))]),
            (
                "Client Frontend EX01",
                &[
                    ("Identity", Text("EX01\\Client Frontend EX01")),
                    ("Bindings", Texts(&["[::]:587", "0.0.0.0:587"])),
                    ("PermissionGroups", Text("ExchangeUsers")),
                ],
            ),
            (
                "Scanner relay",
                &[
                    ("Identity", Text("EX01\\Scanner relay")),
                    ("RemoteIPRanges", Texts(&["10.20.8.0/24"])),
                    ("PermissionGroups", Text("AnonymousUsers")),
                    ("AuthMechanism", Text("Tls")),
                ],
            ),
            (
                "Default Frontend EX02",
                &[
                    ("Identity", Text("EX02\\Default Frontend EX02")),
                    ("Server", Text("EX02")),
                    ("Fqdn", Text("EX02.klinik-auer.local")),
                ],
            ),
        ],
    ),
    (
        "RetentionPolicy",
        &[
            (
                "Default MRM Policy",
                &[
                    ("IsDefault", Flag(true)),
                    (
                        "RetentionPolicyTagLinks",
                        Texts(&["Default 2 year move to archive", "Deleted Items 30 days", "Junk Email"]),
                    ),
                ],
            ),
            (
                "Klinik ten years",
                &[("RetentionPolicyTagLinks", Texts(&["Ten years then delete", "Deleted Items 30 days"]))],
            ),
        ],
    ),
    (
        "PresentationRetentionPolicyTag",
        &[
            ("Default 2 year move to archive", &[]),
            (
                "Deleted Items 30 days",
                &[
                    ("Type", Text("DeletedItems")),
                    ("RetentionAction", Text("DeleteAndAllowRecovery")),
                    ("AgeLimitForRetention", Number(30 * 86_400)),
                ],
            ),
            (
                "Junk Email",
                &[
                    ("Type", Text("JunkEmail")),
                    ("RetentionAction", Text("DeleteAndAllowRecovery")),
                    ("AgeLimitForRetention", Number(14 * 86_400)),
                ],
            ),
            (
                "Ten years then delete",
                &[
                    ("RetentionAction", Text("PermanentlyDelete")),
                    ("AgeLimitForRetention", Number(3_650 * 86_400)),
                ],
            ),
        ],
    ),
    (
        "OwaMailboxPolicy",
        &[
            ("Default", &[("IsDefault", Flag(true))]),
            ("Kiosk", &[("ContactsEnabled", Flag(false)), ("RulesEnabled", Flag(false))]),
        ],
    ),
    (
        "MobileMailboxPolicy",
        &[
            ("Default", &[("IsDefault", Flag(true))]),
            (
                "Ward tablets",
                &[
                    ("DeviceEncryptionEnabled", Flag(true)),
                    ("MinPasswordLength", Number(8)),
                    ("AllowCamera", Flag(false)),
                ],
            ),
        ],
    ),
    (
        "RoleAssignmentPolicy",
        &[(
            "Default Role Assignment Policy",
            &[
                ("IsDefault", Flag(true)),
                ("Description", Text("This policy grants end users the permission to set their options.")),
                ("AssignedRoles", Texts(&["MyBaseOptions", "MyContactInformation", "MyDistributionGroups"])),
            ],
        )],
    ),
    (
        "SharingPolicy",
        &[(
            "Default Sharing Policy",
            &[
                ("Default", Flag(true)),
                (
                    "Domains",
                    Texts(&["*:CalendarSharingFreeBusySimple", "Anonymous:CalendarSharingFreeBusyReviewer"]),
                ),
            ],
        )],
    ),
    ("EmailAddressPolicy", &[("Default Policy", &[("RecipientFilter", Text("Alias -ne $null"))])]),
    (
        "AddressList",
        &[
            (
                "All Users",
                &[
                    ("Identity", Text("\\All Users")),
                    ("Path", Text("\\All Users")),
                    ("DisplayName", Text("All Users")),
                    ("RecipientFilter", Text("((Alias -ne $null) -and (RecipientType -eq 'UserMailbox'))")),
                    ("IncludedRecipients", Text("MailboxUsers")),
                ],
            ),
            (
                "All Rooms",
                &[
                    ("Identity", Text("\\All Rooms")),
                    ("Path", Text("\\All Rooms")),
                    ("DisplayName", Text("All Rooms")),
                    (
                        "RecipientFilter",
                        Text("((Alias -ne $null) -and (RecipientDisplayType -eq 'ConferenceRoomMailbox'))"),
                    ),
                    ("IncludedRecipients", Text("Resources")),
                ],
            ),
            (
                "All Distribution Lists",
                &[
                    ("Identity", Text("\\All Distribution Lists")),
                    ("Path", Text("\\All Distribution Lists")),
                    ("DisplayName", Text("All Distribution Lists")),
                    ("RecipientFilter", Text("((Alias -ne $null) -and (ObjectCategory -like 'group'))")),
                    ("IncludedRecipients", Text("MailGroups")),
                ],
            ),
            (
                "Surgery",
                &[
                    ("Identity", Text("\\Surgery")),
                    ("Path", Text("\\Surgery")),
                    ("DisplayName", Text("Surgery")),
                    ("RecipientFilter", Text("Department -eq 'Surgery'")),
                    ("ConditionalDepartment", Texts(&["Surgery"])),
                ],
            ),
        ],
    ),
    (
        "GlobalAddressList",
        &[("Default Global Address List", &[("Identity", Text("\\Default Global Address List"))])],
    ),
    (
        "OfflineAddressBook",
        &[("Default Offline Address Book", &[("Identity", Text("\\Default Offline Address Book"))])],
    ),
    (
        "ExchangeRole",
        &[
            (
                "Mail Recipients",
                &[
                    ("RoleType", Text("MailRecipients")),
                    ("Description", Text("Manage existing mailboxes, mail users and mail contacts.")),
                ],
            ),
            (
                "Mail Recipient Creation",
                &[
                    ("RoleType", Text("MailRecipientCreation")),
                    ("Description", Text("Create mailboxes, mail users and mail contacts.")),
                ],
            ),
            (
                "Distribution Groups",
                &[
                    ("RoleType", Text("DistributionGroups")),
                    ("Description", Text("Create and manage distribution groups.")),
                ],
            ),
            (
                "Transport Rules",
                &[("RoleType", Text("TransportRules")), ("Description", Text("Manage transport rules."))],
            ),
            (
                "Transport Queues",
                &[("RoleType", Text("TransportQueues")), ("Description", Text("Manage transport queues."))],
            ),
            (
                "Message Tracking",
                &[("RoleType", Text("MessageTracking")), ("Description", Text("Track messages."))],
            ),
            ("Audit Logs", &[("RoleType", Text("AuditLogs")), ("Description", Text("Search audit logs."))]),
            (
                "Role Management",
                &[("RoleType", Text("RoleManagement")), ("Description", Text("Manage role groups."))],
            ),
            (
                "Databases",
                &[("RoleType", Text("Databases")), ("Description", Text("Manage mailbox databases."))],
            ),
            (
                "Exchange Servers",
                &[("RoleType", Text("ExchangeServers")), ("Description", Text("Manage servers."))],
            ),
            (
                "Move Mailboxes",
                &[("RoleType", Text("MoveMailboxes")), ("Description", Text("Move mailboxes."))],
            ),
            (
                "Retention Management",
                &[
                    ("RoleType", Text("RetentionManagement")),
                    ("Description", Text("Manage retention policies.")),
                ],
            ),
            (
                "Legal Hold",
                &[("RoleType", Text("LegalHold")), ("Description", Text("Put mailboxes on hold."))],
            ),
            (
                "Reset Password",
                &[("RoleType", Text("ResetPassword")), ("Description", Text("Reset passwords."))],
            ),
            (
                "User Options",
                &[("RoleType", Text("UserOptions")), ("Description", Text("View users' options."))],
            ),
            (
                "View-Only Recipients",
                &[("RoleType", Text("ViewOnlyRecipients")), ("Description", Text("View recipients."))],
            ),
            (
                "View-Only Configuration",
                &[
                    ("RoleType", Text("ViewOnlyConfiguration")),
                    ("Description", Text("View the configuration.")),
                ],
            ),
            (
                "Mailbox Search",
                &[("RoleType", Text("MailboxSearch")), ("Description", Text("Search mailboxes."))],
            ),
        ],
    ),
    (
        "RoleGroup",
        &[
            (
                "Organization Management",
                &[
                    ("Members", Texts(&["nora.fink"])),
                    (
                        "Roles",
                        Texts(&[
                            "Mail Recipients",
                            "Mail Recipient Creation",
                            "Distribution Groups",
                            "Transport Rules",
                            "Transport Queues",
                            "Message Tracking",
                            "Audit Logs",
                            "Role Management",
                            "Databases",
                            "Exchange Servers",
                            "Move Mailboxes",
                            "Retention Management",
                            "Legal Hold",
                        ]),
                    ),
                    (
                        "Description",
                        Text("Members have permission to manage Exchange objects and their properties."),
                    ),
                ],
            ),
            (
                "Recipient Management",
                &[
                    ("Members", Texts(&["uwe.lang"])),
                    (
                        "Roles",
                        Texts(&[
                            "Mail Recipients",
                            "Mail Recipient Creation",
                            "Distribution Groups",
                            "Message Tracking",
                            "Move Mailboxes",
                        ]),
                    ),
                    ("Description", Text("Members have rights to create, manage and remove recipients.")),
                ],
            ),
            (
                "Help Desk",
                &[
                    ("Members", Texts(&["max.ohm"])),
                    ("Roles", Texts(&["Reset Password", "User Options", "View-Only Recipients"])),
                    ("Description", Text("Members can view and manage the options of users.")),
                ],
            ),
            (
                "View-Only Organization Management",
                &[
                    ("Members", Texts(&["helga.tamm"])),
                    ("Roles", Texts(&["View-Only Recipients", "View-Only Configuration"])),
                    ("Description", Text("Members can view recipients and configuration.")),
                ],
            ),
            (
                "Discovery Management",
                &[
                    ("Members", Texts(&[])),
                    ("Roles", Texts(&["Legal Hold", "Mailbox Search"])),
                    ("Description", Text("Members can search mailboxes.")),
                ],
            ),
            (
                "Hygiene Management",
                &[
                    ("Members", Texts(&[])),
                    ("Roles", Texts(&["Transport Rules", "View-Only Configuration"])),
                    ("Description", Text("Members can manage protection against spam.")),
                ],
            ),
            (
                "Records Management",
                &[
                    ("Members", Texts(&[])),
                    ("Roles", Texts(&["Audit Logs", "Retention Management"])),
                    ("Description", Text("Members can configure compliance features.")),
                ],
            ),
        ],
    ),
];
