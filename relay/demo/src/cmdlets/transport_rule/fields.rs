//! What a transport rule can say: its properties, each condition a second time as exception.
//!
//! The help of a condition or an action is the phrase that stands for it in `Description`; one without help only says
//! how another one is meant.

use crate::objects::{
    field::{
        Field,
        Form::{self, Flag, NoDate, NoNumber, NoText, NoTexts, Text, Word},
        Words,
    },
    values::{no_guid, null, server_version},
};

static MODE: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.RuleMode",
    &["Audit", "AuditAndNotify", "Enforce"],
);
static STATE: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.RuleState", &["Enabled", "Disabled"]);
static SUB_TYPE: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.RuleSubType", &["None", "Dlp"]);
static ERROR_ACTION: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.RuleErrorAction", &["Ignore", "Defer"]);
static ADDRESS_LOCATION: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.SenderAddressLocation",
    &["Header", "Envelope", "HeaderOrEnvelope"],
);
static ADDRESS_TYPE: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.RecipientAddressType", &["Original", "Resolved"]);
static FROM_SCOPE: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromUserScope",
    &["InOrganization", "NotInOrganization"],
);
static TO_SCOPE: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.ToUserScope",
    &["InOrganization", "NotInOrganization", "ExternalPartner", "ExternalNonPartner"],
);
static RELATION: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.ManagementRelationship",
    &["Manager", "DirectReport"],
);
static IMPORTANCE: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.Importance", &["Low", "Normal", "High"]);
static MESSAGE_TYPE: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.MessageType",
    &[
        "OOF",
        "AutoForward",
        "Encrypted",
        "Calendaring",
        "PermissionControlled",
        "Voicemail",
        "Signed",
        "ReadReceipt",
    ],
);
static LOCATION: Words =
    Words::new("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.DisclaimerLocation", &["Append", "Prepend"]);
static FALLBACK: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.DisclaimerFallbackAction",
    &["Wrap", "Ignore", "Reject"],
);
static SEVERITY: Words = Words::new(
    "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.AuditSeverity",
    &["DoNotAudit", "Low", "Medium", "High"],
);

/// What comes first; the first ones follow from the rest of the rule.
pub(super) const HEAD: &[Field] = &[
    Field::fixed("Priority", Form::Number(0)),
    Field::fixed("DlpPolicy", NoText),
    Field::fixed("DlpPolicyId", Form::Made(no_guid)),
    Field::fixed("CreatedBy", Text("KLINIK\\Administrator")),
    Field::fixed("LastModifiedBy", Text("KLINIK\\Administrator")),
    Field::fixed("ManuallyModified", Flag(false)),
    Field::fixed("Description", Text("")),
    Field::fixed("RuleVersion", Form::Made(server_version)),
    Field::fixed("Size", Form::Number(0)),
    Field::fixed("Conditions", Form::Made(null)),
    Field::fixed("Exceptions", Form::Made(null)),
    Field::fixed("Actions", Form::Made(null)),
    Field::fixed("State", Word(&STATE, "Enabled")),
    Field::fixed("IsRuleConfigurationSupported", Flag(true)),
    Field::fixed("RuleConfigurationUnsupportedReason", NoText),
    Field::fixed("RecipientAddressType", Word(&ADDRESS_TYPE, "Resolved")),
    Field::fixed("RegexSize", Form::Number(0)),
    Field::fixed("UseLegacyRegex", Flag(false)),
];

/// What is no condition and no action.
pub(super) const GENERAL: &[Field] = &[
    Field::set("Comments", NoText, "What the rule is for."),
    Field::set("Mode", Word(&MODE, "Enforce"), "Whether the rule acts or only notes what it would do."),
    Field::set("ActivationDate", NoDate, "From when the rule is in force."),
    Field::set("ExpiryDate", NoDate, "Until when the rule is in force."),
    Field::set(
        "RuleErrorAction",
        Word(&ERROR_ACTION, "Ignore"),
        "What becomes of a message when the rule fails.",
    ),
    Field::set(
        "SenderAddressLocation",
        Word(&ADDRESS_LOCATION, "Header"),
        "Where the sender's address is looked for.",
    ),
    Field::set("RuleSubType", Word(&SUB_TYPE, "None"), "Whether the rule belongs to a DLP policy."),
];

macro_rules! conditions {
    ($($name:literal: $form:expr, $phrase:literal;)*) => {
        /// To which messages a rule applies.
        pub(super) const CONDITIONS: &[Field] = &[$(Field::set($name, $form, $phrase)),*];
        /// To which it does not.
        pub(super) const EXCEPTIONS: &[Field] = &[$(Field::set(concat!("ExceptIf", $name), $form, $phrase)),*];
    };
}

conditions! {
    "From": NoTexts, "Is received from";
    "FromMemberOf": NoTexts, "Is received from a member of";
    "FromScope": Word(&FROM_SCOPE, ""), "Is received from";
    "SentTo": NoTexts, "Is sent to";
    "SentToMemberOf": NoTexts, "Is sent to a member of";
    "SentToScope": Word(&TO_SCOPE, ""), "Is sent to";
    "BetweenMemberOf1": NoTexts, "Is sent between members of";
    "BetweenMemberOf2": NoTexts, "and members of";
    "ManagerAddresses": NoTexts, "Has a sender or recipient whose manager is";
    "SenderManagementRelationship": Word(&RELATION, ""), "Has a sender who is to the recipient";
    "SenderADAttributeContainsWords": NoTexts, "Has a sender whose properties include";
    "RecipientADAttributeContainsWords": NoTexts, "Has a recipient whose properties include";
    "AnyOfToHeader": NoTexts, "Has in the To header";
    "AnyOfToHeaderMemberOf": NoTexts, "Has in the To header a member of";
    "AnyOfCcHeader": NoTexts, "Has in the Cc header";
    "AnyOfCcHeaderMemberOf": NoTexts, "Has in the Cc header a member of";
    "AnyOfToCcHeader": NoTexts, "Has in the To or Cc header";
    "AnyOfToCcHeaderMemberOf": NoTexts, "Has in the To or Cc header a member of";
    "HasClassification": NoText, "Has the classification";
    "HasNoClassification": Flag(false), "Has no classification";
    "SubjectContainsWords": NoTexts, "Includes these words in the subject:";
    "SubjectOrBodyContainsWords": NoTexts, "Includes these words in the subject or body:";
    "HeaderContainsMessageHeader": NoText, "";
    "HeaderContainsWords": NoTexts, "Includes these words in a header:";
    "FromAddressContainsWords": NoTexts, "Includes these words in the sender's address:";
    "SenderDomainIs": NoTexts, "Has a sender whose domain is";
    "RecipientDomainIs": NoTexts, "Has a recipient whose domain is";
    "SubjectMatchesPatterns": NoTexts, "Includes these patterns in the subject:";
    "SubjectOrBodyMatchesPatterns": NoTexts, "Includes these patterns in the subject or body:";
    "HeaderMatchesMessageHeader": NoText, "";
    "HeaderMatchesPatterns": NoTexts, "Includes these patterns in a header:";
    "FromAddressMatchesPatterns": NoTexts, "Includes these patterns in the sender's address:";
    "RecipientAddressContainsWords": NoTexts, "Includes these words in a recipient's address:";
    "RecipientAddressMatchesPatterns": NoTexts, "Includes these patterns in a recipient's address:";
    "AttachmentNameMatchesPatterns": NoTexts, "Has an attachment whose name matches";
    "AttachmentExtensionMatchesWords": NoTexts, "Has an attachment with one of these extensions:";
    "AttachmentPropertyContainsWords": NoTexts, "Has an attachment with these properties:";
    "AttachmentContainsWords": NoTexts, "Has an attachment that contains";
    "AttachmentMatchesPatterns": NoTexts, "Has an attachment that matches";
    "AttachmentIsUnsupported": Flag(false), "Has an attachment that cannot be inspected";
    "AttachmentProcessingLimitExceeded": Flag(false), "Has an attachment that could not be inspected in full";
    "AttachmentHasExecutableContent": Flag(false), "Has an attachment with executable content";
    "AttachmentIsPasswordProtected": Flag(false), "Has an attachment that is protected by a password";
    "AttachmentSizeOver": NoText, "Has an attachment larger than";
    "MessageSizeOver": NoText, "Is larger than";
    "MessageContainsDataClassifications": NoTexts, "Contains sensitive information of the kind";
    "SenderIpRanges": NoTexts, "Has a sender with an address in";
    "SCLOver": NoNumber, "Has a spam confidence level of at least";
    "WithImportance": Word(&IMPORTANCE, ""), "Is marked with the importance";
    "MessageTypeMatches": Word(&MESSAGE_TYPE, ""), "Is of the type";
    "HasSenderOverride": Flag(false), "Was released by its sender";
}

/// What a rule does.
pub(super) const ACTIONS: &[Field] = &[
    Field::set("PrependSubject", NoText, "Prepend the subject with"),
    Field::set("SetAuditSeverity", Word(&SEVERITY, ""), "Set the audit severity to"),
    Field::set("ApplyClassification", NoText, "Apply the classification"),
    Field::set("ApplyHtmlDisclaimerLocation", Word(&LOCATION, ""), ""),
    Field::set("ApplyHtmlDisclaimerText", NoText, "Add this disclaimer:"),
    Field::set("ApplyHtmlDisclaimerFallbackAction", Word(&FALLBACK, ""), ""),
    Field::set("ApplyRightsProtectionTemplate", NoText, "Protect with the template"),
    Field::set("SetSCL", NoNumber, "Set the spam confidence level to"),
    Field::set("SetHeaderName", NoText, "Set the message header"),
    Field::set("SetHeaderValue", NoText, ""),
    Field::set("RemoveHeader", NoText, "Remove the message header"),
    Field::set("AddToRecipients", NoTexts, "Add to the To box"),
    Field::set("CopyTo", NoTexts, "Add to the Cc box"),
    Field::set("BlindCopyTo", NoTexts, "Blind carbon copy to"),
    Field::set("AddManagerAsRecipientType", NoText, "Add the sender's manager as"),
    Field::set("ModerateMessageByUser", NoTexts, "Forward for approval to"),
    Field::set("ModerateMessageByManager", Flag(false), "Forward for approval to the sender's manager"),
    Field::set("RedirectMessageTo", NoTexts, "Redirect to"),
    Field::set("RejectMessageEnhancedStatusCode", NoText, ""),
    Field::set("RejectMessageReasonText", NoText, "Reject with the explanation"),
    Field::set("DeleteMessage", Flag(false), "Delete the message without notifying anyone"),
    Field::set("Disconnect", Flag(false), "Disconnect from the sending server"),
    Field::set("Quarantine", Flag(false), "Deliver to the quarantine"),
    Field::set("SmtpRejectMessageRejectText", NoText, "Refuse with the text"),
    Field::set("SmtpRejectMessageRejectStatusCode", NoText, ""),
    Field::set("LogEventText", NoText, "Log an event with the text"),
    Field::set("StopRuleProcessing", Flag(false), "Stop processing more rules"),
    Field::set("SenderNotificationType", NoText, "Notify the sender:"),
    Field::set("GenerateIncidentReport", NoText, "Send an incident report to"),
    Field::set("IncidentReportContent", NoTexts, ""),
    Field::set("RouteMessageOutboundConnector", NoText, "Use the connector"),
    Field::set("RouteMessageOutboundRequireTls", Flag(false), "Require TLS"),
    Field::set("ApplyOME", Flag(false), "Encrypt the message"),
    Field::set("RemoveOME", Flag(false), "Decrypt the message"),
    Field::set("GenerateNotification", NoText, "Notify the recipient with"),
];
