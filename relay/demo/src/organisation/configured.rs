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
];
