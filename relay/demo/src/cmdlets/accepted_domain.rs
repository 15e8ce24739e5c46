//! Domains that mail is accepted for, and those that mail goes to: `-AcceptedDomain` and `-RemoteDomain`.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::configured::{
    self, DOMAIN_CONTROLLER, IDENTITY, LISTED, change, invalid, one, parameters, selected, settable,
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{
        ObjectType,
        field::{Field, Form, ItemType, Tail, Words},
    },
    organisation::configuration::Item,
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain";
const REMOTE_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.DomainContentConfig";

static DOMAIN_TYPE: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomainType",
    &["Authoritative", "ExternalRelay", "InternalRelay"],
);
static AUTO_REPLIES: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.AllowedOOFType",
    &["None", "External", "InternalLegacy", "ExternalLegacy"],
);
static TNEF: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.ContentType",
    &["MimeHtmlText", "MimeText", "MimeHtml"],
);

const DOMAIN: &[Field] = &[
    Field::fixed("DomainName", Form::NoText),
    Field::fixed("CatchAllRecipientID", Form::NoText),
    Field::set("DomainType", Form::Word(&DOMAIN_TYPE, "Authoritative"), "Who delivers mail for the domain."),
    Field::set("MatchSubDomains", Form::Flag(false), "Whether subdomains count as well."),
    Field::set(
        "AddressBookEnabled",
        Form::Flag(true),
        "Whether recipients of the domain are in address lists.",
    ),
    Field::fixed("Default", Form::Flag(false)),
    Field::fixed("EmailOnly", Form::Flag(false)),
    Field::fixed("ExternallyManaged", Form::Flag(false)),
    Field::fixed("AuthenticationType", Form::NoText),
    Field::fixed("LiveIdInstanceType", Form::NoText),
    Field::fixed("PendingRemoval", Form::Flag(false)),
    Field::fixed("PendingCompletion", Form::Flag(false)),
    Field::fixed("FederatedOrganizationLink", Form::NoText),
    Field::fixed("MailFlowPartner", Form::NoText),
    Field::fixed("OutboundOnly", Form::Flag(false)),
    Field::fixed("PendingFederatedAccountNamespace", Form::Flag(false)),
    Field::fixed("PendingFederatedDomain", Form::Flag(false)),
    Field::fixed("IsCoexistenceDomain", Form::Flag(false)),
    Field::fixed("PerimeterDuplicateDetected", Form::Flag(false)),
    Field::fixed("IsDefaultFederatedDomain", Form::Flag(false)),
    Field::fixed("EnableNego2Authentication", Form::Flag(false)),
    Field::fixed("InitialDomain", Form::Flag(false)),
];

const REMOTE: &[Field] = &[
    Field::fixed("DomainName", Form::Text("*")),
    Field::set("IsInternal", Form::Flag(false), "Whether the domain belongs to the organisation."),
    Field::set(
        "TargetDeliveryDomain",
        Form::Flag(false),
        "Whether moved mailboxes get addresses of the domain.",
    ),
    Field::set("AllowedOOFType", Form::Word(&AUTO_REPLIES, "External"), "Which automatic replies leave."),
    Field::set("AutoReplyEnabled", Form::Flag(true), "Whether automatic replies leave."),
    Field::set("AutoForwardEnabled", Form::Flag(true), "Whether automatically forwarded mail leaves."),
    Field::set("DeliveryReportEnabled", Form::Flag(true), "Whether delivery reports leave."),
    Field::set("NDREnabled", Form::Flag(true), "Whether non-delivery reports leave."),
    Field::set(
        "MeetingForwardNotificationEnabled",
        Form::Flag(false),
        "Whether notices of forwarded meetings leave.",
    ),
    Field::set("ContentType", Form::Word(&TNEF, "MimeHtmlText"), "The form of messages that leave."),
    Field::set("DisplaySenderName", Form::Flag(true), "Whether the sender's display name is shown."),
    Field::set("TNEFEnabled", Form::NoFlag, "Whether rich text leaves."),
    Field::set("LineWrapSize", Form::Limit(None), "Characters of a line."),
    Field::set("TrustedMailOutboundEnabled", Form::Flag(false), "Whether outgoing mail counts as trusted."),
    Field::set("TrustedMailInboundEnabled", Form::Flag(false), "Whether incoming mail counts as trusted."),
    Field::set("UseSimpleDisplayName", Form::Flag(false), "Whether simple display names are used."),
    Field::set("CharacterSet", Form::Text("iso-8859-1"), "The character set of messages that leave."),
    Field::set("NonMimeCharacterSet", Form::Text("iso-8859-1"), "The same for messages without MIME."),
];

static ACCEPTED: LazyLock<ItemType> = LazyLock::new(|| {
    ItemType::new(
        &[
            TYPE,
            "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[DOMAIN],
        (&["Transport Settings", "Accepted Domains"], "msExchAcceptedDomain"),
        Tail::Directory,
    )
});
static REMOTE_DOMAIN: LazyLock<ItemType> = LazyLock::new(|| {
    ItemType::new(
        &[
            REMOTE_TYPE,
            "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject",
            "Microsoft.Exchange.Data.Directory.ADObject",
            "Microsoft.Exchange.Data.Directory.ADRawEntry",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[REMOTE],
        (&["Global Settings", "Internet Message Formats"], "msExchDomainContentConfig"),
        Tail::Directory,
    )
});

const NAME: Parameter = Parameter::new("Name", Kind::Text).help("The name in the configuration.");
const DOMAIN_NAME: Parameter = Parameter::new("DomainName", Kind::Text)
    .mandatory()
    .help("The domain; *.name takes its subdomains as well.");
const MAKE_DEFAULT: Parameter =
    Parameter::new("MakeDefault", Kind::Bool).help("Makes it the domain of new addresses.");

const NEW: [Parameter; settable(DOMAIN) + 3] =
    parameters(&[NAME.at(0).mandatory(), DOMAIN_NAME, DOMAIN_CONTROLLER], &[DOMAIN]);
const SET: [Parameter; settable(DOMAIN) + 4] =
    parameters(&[IDENTITY, NAME, MAKE_DEFAULT, DOMAIN_CONTROLLER], &[DOMAIN]);
const SET_REMOTE: [Parameter; settable(REMOTE) + 3] =
    parameters(&[IDENTITY, NAME, DOMAIN_CONTROLLER], &[REMOTE]);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-AcceptedDomain", "Lists the domains that mail is accepted for.", |call| {
        for item in selected(call, &ACCEPTED)? {
            call.write(accepted(&item))?;
        }
        Ok(())
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetAcceptedDomain")
    .output(TYPE)
    .takes(&[LISTED, Parameter::new("ResultSize", Kind::Unlimited), DOMAIN_CONTROLLER]),
    Cmdlet::new("New-AcceptedDomain", "Accepts mail for a domain.", new_accepted_domain)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.NewAcceptedDomain")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&NEW),
    Cmdlet::new("Set-AcceptedDomain", "Changes how mail for a domain is accepted.", set_accepted_domain)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.SetAcceptedDomain")
        .confirms(Impact::Medium)
        .takes(&SET),
    Cmdlet::new("Remove-AcceptedDomain", "Accepts mail for a domain no longer.", remove_accepted_domain)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.RemoveAcceptedDomain")
        .confirms(Impact::High)
        .takes(&[IDENTITY, DOMAIN_CONTROLLER]),
    Cmdlet::new("Get-RemoteDomain", "Lists how mail to other domains leaves.", |call| {
        configured::get(call, &REMOTE_DOMAIN)
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetRemoteDomain")
    .output(REMOTE_TYPE)
    .takes(&[LISTED, Parameter::new("ResultSize", Kind::Unlimited), DOMAIN_CONTROLLER]),
    Cmdlet::new("Set-RemoteDomain", "Changes how mail to a domain leaves.", |call| {
        match one(call, "Identity", &REMOTE_DOMAIN)? {
            Some(item) => configured::set(call, &REMOTE_DOMAIN, &item, "Setting remote domain").map(drop),
            None => Ok(()),
        }
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.SetRemoteDomain")
    .confirms(Impact::Medium)
    .takes(&SET_REMOTE),
];

/// The object: its domain is a type of its own.
fn accepted(item: &Item) -> PsValue {
    static WITH_SUBDOMAINS: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &["Microsoft.Exchange.Data.SmtpDomainWithSubdomains"],
            &["Address", "IncludeSubDomains", "Domain", "SmtpDomain", "IsStar"],
        )
    });
    let address = PsStr::from(item.text("DomainName"));
    let bare = PsStr::from(address.strip_prefix("*.").unwrap_or(&address));
    let domain = WITH_SUBDOMAINS.object(
        Some(address.clone()),
        vec![
            address.clone().into(),
            (address != bare).into(),
            bare.clone().into(),
            bare.into(),
            (address == "*").into(),
        ],
    );
    ACCEPTED.object_with(item, vec![("DomainName", domain)])
}

/// Whether it could be the name of a domain.
fn is_domain(text: &str) -> bool {
    let text = text.strip_prefix("*.").unwrap_or(text);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() < 256 && text.contains('.') && text.split('.').all(label)
}

fn new_accepted_domain(call: &mut Call<'_>) -> Result<(), Stop> {
    let name = PsStr::from(call.text("Name").unwrap_or_default());
    let domain = PsStr::from(call.text("DomainName").unwrap_or_default());
    if !is_domain(&domain) {
        return call.error(invalid(format!("\"{domain}\" isn't a valid SMTP domain.")).about(domain));
    }
    let taken = {
        let organisation = call.organisation();
        let mut all = organisation.configuration.all(ACCEPTED.class).iter();
        all.find(|item| item.text("DomainName").eq_ignore_ascii_case(&domain)).map(|item| item.name.clone())
    };
    if let Some(holder) = taken {
        let message =
            format!("The domain name \"{domain}\" is already in use by the accepted domain \"{holder}\".");
        return call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Management.SystemConfigurationTasks.DuplicateAcceptedDomainException",
                Category::InvalidOperation,
                message,
            )
            .about(domain),
        );
    }
    let Some(mut item) = configured::add(call, &ACCEPTED, &name, "Adding accepted domain")? else {
        return Ok(());
    };
    item.set("DomainName", domain.clone());
    change(call, &ACCEPTED, &item, |item| item.set("DomainName", domain));
    call.write(accepted(&item))
}

fn set_accepted_domain(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", &ACCEPTED)? else { return Ok(()) };
    let default = call.flag("MakeDefault");
    if default == Some(false) && item.flag("Default") {
        let message =
            "You can't set MakeDefault to false. Set another accepted domain as the default instead.";
        return call.error(invalid(message).about(item.identity));
    }
    if default == Some(true) {
        if !call.should_do(&format!("Setting accepted domain \"{}\".", item.identity))? {
            return Ok(());
        }
        {
            let mut organisation = call.organisation_mut();
            for own in organisation.configuration.all_mut(ACCEPTED.class) {
                own.set("Default", own.guid == item.guid);
            }
        }
        // What else is to be set was asked for with it.
        let values = configured::given(call, ACCEPTED.fields(), |field| item.value(field.name).cloned());
        change(call, &ACCEPTED, &item, |item| {
            for (name, value) in values {
                item.set(name, value);
            }
        });
        return Ok(());
    }
    configured::set(call, &ACCEPTED, &item, "Setting accepted domain").map(drop)
}

fn remove_accepted_domain(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", &ACCEPTED)? else { return Ok(()) };
    if item.flag("Default") {
        let message = format!(
            "The accepted domain \"{}\" can't be removed because it's the default domain.",
            item.identity
        );
        return call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Management.SystemConfigurationTasks.CannotRemoveDefaultAcceptedDomainException",
                Category::InvalidOperation,
                message,
            )
            .about(item.identity),
        );
    }
    configured::remove(call, &ACCEPTED, "Removing accepted domain")
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_domain_is_made_changed_and_removed() {
        let trial = Trial::new();
        let default = trial.run("Get-AcceptedDomain klinik-auer.example", &[]).only();
        assert_eq!(default.get("Default"), Some(&true.into()));
        assert_eq!(default.get("DomainName").unwrap().get("IsStar"), Some(&false.into()));
        assert_eq!(default.get("DomainType").unwrap().as_i64(), Some(0));
        assert_eq!(default.as_object().unwrap().adapted.len(), 39);

        let new = [("DomainName", "*.reha.example".into()), ("DomainType", "internalrelay".into())];
        let made = trial.run("New-AcceptedDomain Reha", &new).only();
        assert_eq!(made.get("DomainName").unwrap().get("Domain").unwrap().to_string(), "reha.example");
        assert_eq!(made.get("DomainType").unwrap().to_string(), "InternalRelay");
        trial
            .run("New-AcceptedDomain Other", &new)
            .failed_with("already in use by the accepted domain \"Reha\"");
        trial
            .run("New-AcceptedDomain Bad", &[("DomainName", "no domain".into())])
            .failed_with("isn't a valid SMTP domain");

        trial
            .run(
                "Set-AcceptedDomain Reha",
                &[("MakeDefault", true.into()), ("AddressBookEnabled", false.into())],
            )
            .empty();
        let defaults = trial.run("Get-AcceptedDomain", &[]).output;
        let defaults: Vec<String> = defaults
            .iter()
            .filter(|domain| domain.get("Default") == Some(&true.into()))
            .map(|domain| {
                format!("{} {}", domain.get("Name").unwrap(), domain.get("AddressBookEnabled").unwrap())
            })
            .collect();
        assert_eq!(defaults, ["Reha False"]);
        trial
            .run("Remove-AcceptedDomain Reha", &[("Confirm", false.into())])
            .failed_with("it's the default domain");
        trial.run("Set-AcceptedDomain klinik-auer.example", &[("MakeDefault", true.into())]).empty();
        let asked = trial.run("Remove-AcceptedDomain Reha", &[]);
        assert_eq!(asked.asked.len(), 1);
        trial.run("Get-AcceptedDomain Reha", &[]).failed_with("object 'Reha' couldn't be found");
    }

    #[test]
    fn a_remote_domain_is_changed() {
        let trial = Trial::new();
        let open = |trial: &Trial| {
            trial.run("Get-RemoteDomain Default", &[]).only().get("AutoForwardEnabled").cloned()
        };
        assert_eq!(open(&trial), Some(true.into()));
        let change = [("AutoForwardEnabled", false.into())];
        let what_if = trial.run("Set-RemoteDomain Default", &[change[0].clone(), ("WhatIf", true.into())]);
        assert_eq!(what_if.shown, ["What if: Setting remote domain \"Default\"."]);
        assert_eq!(open(&trial), Some(true.into()));
        trial.run("Set-RemoteDomain Default", &change).empty();
        assert_eq!(open(&trial), Some(false.into()));
        let nothing = trial.run("Set-RemoteDomain Default", &[]);
        assert!(nothing.warnings[0].contains("no settings of 'Default' have been modified"));
    }
}
