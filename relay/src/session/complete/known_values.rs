//! Values that parameters of remote commands take, as far as their type or their name says.
//!
//! Import-PSSession learns types, not members of enumerations; those of Exchange that administrators write are listed
//! here, as its documentation has them.

use postern_shared::value::PsStr;

/// Values by the parameter's name in lower case.
const BY_NAME: &[(&str, &[&str])] = &[
    ("resultsize", &["Unlimited"]),
    (
        "recipienttypedetails",
        &[
            "UserMailbox",
            "SharedMailbox",
            "RoomMailbox",
            "EquipmentMailbox",
            "LinkedMailbox",
            "DiscoveryMailbox",
            "TeamMailbox",
            "MailContact",
            "MailUser",
            "MailUniversalDistributionGroup",
            "MailUniversalSecurityGroup",
            "DynamicDistributionGroup",
            "User",
            "DisabledUser",
        ],
    ),
    (
        "accessrights",
        &[
            "FullAccess",
            "ReadPermission",
            "SendAs",
            "Owner",
            "PublishingEditor",
            "Editor",
            "PublishingAuthor",
            "Author",
            "NonEditingAuthor",
            "Reviewer",
            "Contributor",
            "AvailabilityOnly",
            "LimitedDetails",
            "None",
        ],
    ),
    ("inheritancetype", &["All", "Children", "Descendents", "None", "SelfAndChildren"]),
    ("automateprocessing", &["AutoAccept", "AutoUpdate", "None"]),
    ("autoreplystate", &["Disabled", "Enabled", "Scheduled"]),
    ("externalaudience", &["All", "Known", "None"]),
    ("memberjoinrestriction", &["ApprovalRequired", "Closed", "Open"]),
    ("memberdepartrestriction", &["Closed", "Open"]),
    ("sendmoderationnotifications", &["Always", "Internal", "Never"]),
    (
        "folderscope",
        &["All", "Inbox", "SentItems", "DeletedItems", "Calendar", "Contacts", "Drafts", "Tasks"],
    ),
    (
        "status",
        &[
            "Delivered",
            "Expanded",
            "Failed",
            "FilteredAsSpam",
            "GettingStatus",
            "None",
            "Pending",
            "Quarantined",
        ],
    ),
    ("erroraction", &["Continue", "Ignore", "Inquire", "SilentlyContinue", "Stop"]),
    ("warningaction", &["Continue", "Ignore", "Inquire", "SilentlyContinue", "Stop"]),
];

/// The values of a parameter; none where they cannot be listed.
pub(super) fn of(name: &str, type_name: &str) -> Vec<PsStr> {
    let plain = short(type_name);
    if plain.eq_ignore_ascii_case("Boolean") {
        return ["$true", "$false"].map(PsStr::from_static).into();
    }
    let lower = name.to_ascii_lowercase();
    if let Some((_, values)) = BY_NAME.iter().find(|(known, _)| *known == lower) {
        return values.iter().map(|value| PsStr::from_static(value)).collect();
    }
    if type_name.contains("Unlimited`1") {
        return vec![PsStr::from_static("Unlimited")];
    }
    Vec::new()
}

/// The last part of a type's name, of a generic one that of what it is generic over: `ByteQuantifiedSize` for an
/// `Unlimited` of `Microsoft.Exchange.Data.ByteQuantifiedSize`.
pub(super) fn short(type_name: &str) -> &str {
    let inner = type_name.rsplit("[[").next().unwrap_or(type_name);
    let inner = inner.split([',', ']']).next().unwrap_or(inner);
    let last = inner.rsplit(['.', '+']).next().unwrap_or(inner);
    last.split(['`', '[']).next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::{of, short};

    #[test]
    fn types_are_shown_by_their_last_part() {
        assert_eq!(short("System.String"), "String");
        assert_eq!(short("System.String[]"), "String");
        assert_eq!(
            short(
                "Microsoft.Exchange.Data.Unlimited`1[[Microsoft.Exchange.Data.ByteQuantifiedSize, X, Version=15.0]]"
            ),
            "ByteQuantifiedSize"
        );
        assert_eq!(short(""), "");
    }

    #[test]
    fn values_are_known_by_type_and_by_name() {
        assert_eq!(of("HiddenFromAddressListsEnabled", "System.Boolean"), ["$true", "$false"]);
        assert_eq!(of("resultSize", ""), ["Unlimited"]);
        assert!(of("Identity", "System.String").is_empty());
    }
}
