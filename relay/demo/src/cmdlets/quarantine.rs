//! Messages held back: Get-, Preview-, Release- and Delete-QuarantineMessage.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue, Uuid};

use super::{configured::invalid, folder_permission::guid_of};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::field::{Field, Form, Table, Words, plain_list},
    organisation::{Moment, Organisation, mail_flow::QuarantinedMessage},
};

const TYPE: &str = "Microsoft.Exchange.Management.FfoQuarantine.QuarantineMessage";
const PREVIEW_TYPE: &str = "Microsoft.Exchange.Management.FfoQuarantine.QuarantineMessagePreview";
/// The words of `-Type`.
const TYPES: &[&str] = &["Spam", "TransportRule", "Bulk", "Phish", "Malware", "HighConfPhish"];
const RELEASE: &[&str] = &["NotReleased", "Released", "Requested", "Approved", "Denied", "Error"];

static RELEASE_STATUS: Words =
    Words::new("Microsoft.Exchange.Management.FfoQuarantine.ReleaseStatus", RELEASE);
static DIRECTION: Words =
    Words::new("Microsoft.Exchange.Management.FfoQuarantine.MessageDirection", &["Inbound", "Outbound"]);

const FIELDS: &[Field] = &[
    Field::fixed("Identity", Form::Text("")),
    Field::fixed("ReceivedTime", Form::NoDate),
    Field::fixed("Organization", Form::Text("klinikauer.onmicrosoft.com")),
    Field::fixed("MessageId", Form::Text("")),
    Field::fixed("SenderAddress", Form::Text("")),
    Field::fixed("RecipientAddress", Form::Texts(&[])),
    Field::fixed("Subject", Form::Text("")),
    Field::fixed("Size", Form::Number(0)),
    Field::fixed("Type", Form::Text("")),
    Field::fixed("PolicyType", Form::Text("HostedContentFilterPolicy")),
    Field::fixed("PolicyName", Form::Text("Default")),
    Field::fixed("TagName", Form::Text("AdminOnlyAccessPolicy")),
    Field::fixed("PermissionToBlockSender", Form::Flag(false)),
    Field::fixed("PermissionToDelete", Form::Flag(true)),
    Field::fixed("PermissionToPreview", Form::Flag(true)),
    Field::fixed("PermissionToRelease", Form::Flag(true)),
    Field::fixed("Released", Form::Flag(false)),
    Field::fixed("ReleaseStatus", Form::Word(&RELEASE_STATUS, "NotReleased")),
    Field::fixed("SystemReleased", Form::Flag(false)),
    Field::fixed("RecipientCount", Form::Number(1)),
    Field::fixed("QuarantineTypes", Form::Text("")),
    Field::fixed("Expires", Form::NoDate),
    Field::fixed("DeletedForRecipients", Form::Texts(&[])),
    Field::fixed("QuarantinedUser", Form::Texts(&[])),
    Field::fixed("ReleasedUser", Form::Texts(&[])),
    Field::fixed("Reported", Form::Flag(false)),
    Field::fixed("Direction", Form::Word(&DIRECTION, "Inbound")),
    Field::fixed("CustomData", Form::NoText),
    Field::fixed("EntityType", Form::Text("Email")),
];
const PREVIEW: &[Field] = &[
    Field::fixed("Identity", Form::Text("")),
    Field::fixed("SenderAddress", Form::Text("")),
    Field::fixed("RecipientAddress", Form::Texts(&[])),
    Field::fixed("Subject", Form::Text("")),
    Field::fixed("ReceivedTime", Form::NoDate),
    Field::fixed("Cc", Form::Texts(&[])),
    Field::fixed("Body", Form::Text("")),
    Field::fixed("IsHtml", Form::Flag(true)),
    Field::fixed("Attachment", Form::Texts(&[])),
];
static MESSAGES: LazyLock<Table> = LazyLock::new(|| Table::new(&[TYPE], &[FIELDS], &[]));
static PREVIEWS: LazyLock<Table> = LazyLock::new(|| Table::new(&[PREVIEW_TYPE], &[PREVIEW], &[]));

const LISTED: Parameter =
    Parameter::new("Identity", Kind::Text).at(0).piped().help("The message's identity.");
const SEVERAL: Parameter = Parameter::new("Identities", Kind::TextList).help("Several identities.");
const USERS: Parameter = Parameter::new("User", Kind::TextList).help("For whom.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-QuarantineMessage", "Lists messages held back.", get)
        .class("Microsoft.Exchange.Management.FfoQuarantine.GetQuarantineMessage")
        .output(TYPE)
        .takes(&[
            LISTED,
            Parameter::new("SenderAddress", Kind::TextList).help("Only messages of these senders."),
            Parameter::new("RecipientAddress", Kind::TextList).help("Only messages to these recipients."),
            Parameter::new("StartReceivedDate", Kind::DateTime).help("From when on."),
            Parameter::new("EndReceivedDate", Kind::DateTime).help("Until when."),
            Parameter::new("Subject", Kind::Text).help("The whole subject."),
            Parameter::new("MessageId", Kind::Text),
            Parameter::new("Type", Kind::Enum(TYPES)).help("Why it is held back."),
            Parameter::new("QuarantineTypes", Kind::EnumList(TYPES)).help("Why it is held back."),
            Parameter::new("ReleaseStatus", Kind::EnumList(RELEASE)).help("Whether it was released."),
            Parameter::new("Direction", Kind::Enum(&["Inbound", "Outbound"])),
            Parameter::new("Page", Kind::Int).help("Which page, from 1."),
            Parameter::new("PageSize", Kind::Int)
                .help("Messages of a page, up to 1000; 100 where not given."),
        ]),
    Cmdlet::new("Preview-QuarantineMessage", "Shows what a message held back says.", preview)
        .class("Microsoft.Exchange.Management.FfoQuarantine.PreviewQuarantineMessage")
        .output(PREVIEW_TYPE)
        .takes(&[Parameter::new("Identity", Kind::Text).at(0).mandatory().piped()]),
    Cmdlet::new("Release-QuarantineMessage", "Delivers messages held back.", release)
        .class("Microsoft.Exchange.Management.FfoQuarantine.ReleaseQuarantineMessage")
        .confirms(Impact::Medium)
        .takes(&[
            LISTED,
            SEVERAL,
            USERS,
            Parameter::switch("ReleaseToAll").help("Delivers it to all its recipients."),
            Parameter::switch("AllowSender").help("Lets the sender through from now on."),
            Parameter::switch("ReportFalsePositive").help("Reports it as no spam."),
            Parameter::switch("Force").help("Releases again what was released."),
        ]),
    Cmdlet::new("Delete-QuarantineMessage", "Deletes messages held back.", delete)
        .class("Microsoft.Exchange.Management.FfoQuarantine.DeleteQuarantineMessage")
        .confirms(Impact::High)
        .takes(&[LISTED, SEVERAL, USERS, Parameter::switch("HardDelete")]),
];

fn identity(message: &QuarantinedMessage) -> String {
    format!("{}\\{}", message.id, guid_of(&message.id.to_string()))
}

fn plain(organisation: &Organisation, message: &QuarantinedMessage) -> Vec<(&'static str, PsValue)> {
    let recipient = plain_list([organisation.primary_address(message.recipient)]);
    let kind = PsValue::from(PsStr::from_static(message.kind));
    let none = plain_list([]);
    let expires = Moment(message.received.0.saturating_add(30 * 86_400));
    let status = if message.released { "Released" } else { "NotReleased" };
    let domain = message.sender.rsplit('@').next().unwrap_or_default();
    vec![
        ("Identity", identity(message).into()),
        ("ReceivedTime", message.received.utc_value()),
        ("MessageId", format!("<{}@{domain}>", message.id.simple()).into()),
        ("SenderAddress", message.sender.clone().into()),
        ("RecipientAddress", recipient.clone()),
        ("Subject", message.subject.clone().into()),
        ("Size", (4_000 + i32::from(message.id.as_bytes()[1]) * 90).into()),
        ("Type", kind.clone()),
        ("QuarantineTypes", kind),
        ("Released", message.released.into()),
        ("ReleaseStatus", PsStr::from_static(status).into()),
        ("Expires", expires.utc_value()),
        ("QuarantinedUser", if message.released { none.clone() } else { recipient.clone() }),
        ("ReleasedUser", if message.released { recipient } else { none }),
    ]
}

/// The messages of these identities; writes the error of each that is missing.
fn named(call: &mut Call<'_>, identities: &[PsStr]) -> Result<Vec<QuarantinedMessage>, Stop> {
    let mut found = Vec::new();
    for wanted in identities {
        let message = {
            let organisation = call.organisation();
            let mut all = organisation.mail_flow.quarantine.iter();
            let id = Uuid::try_parse(wanted.split('\\').next().unwrap_or_default()).ok();
            all.find(|message| Some(message.id) == id).cloned()
        };
        match message {
            Some(message) => found.push(message),
            None => call.error(
                CmdletError::exchange(
                    "Microsoft.Exchange.Management.FfoQuarantine.MessageNotFoundException",
                    Category::ObjectNotFound,
                    format!("The quarantine message \"{wanted}\" couldn't be found."),
                )
                .about(wanted.clone()),
            )?,
        }
    }
    Ok(found)
}

/// The messages that -Identity or -Identities name.
fn given(call: &mut Call<'_>) -> Result<Vec<QuarantinedMessage>, Stop> {
    let mut identities: Vec<PsStr> = call.text("Identity").map(PsStr::from).into_iter().collect();
    if call.cmdlet().parameters.iter().any(|parameter| parameter.name == "Identities") {
        identities.extend(call.texts("Identities"));
    }
    if identities.is_empty() {
        call.error(invalid("You must specify a value for the Identity or the Identities parameter."))?;
    }
    named(call, &identities)
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    let messages = if let Some(identity) = call.text("Identity").map(PsStr::from) {
        named(call, &[identity])?
    } else {
        let (page, size) = (call.int("Page").unwrap_or(1), call.int("PageSize").unwrap_or(100));
        if !(1..=1_000).contains(&page) || !(1..=1_000).contains(&size) {
            return call.error(invalid("Page and PageSize must be from 1 to 1000."));
        }
        let date = |name: &str| call.date(name).map(Moment::from_date_time);
        let (start, end) = (date("StartReceivedDate"), date("EndReceivedDate"));
        let one_of = |name: &str| {
            let words = call.texts(name);
            move |text: &str| words.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(text))
        };
        let (sender, recipient) = (one_of("SenderAddress"), one_of("RecipientAddress"));
        let (kinds, status) = (one_of("QuarantineTypes"), one_of("ReleaseStatus"));
        let is = |name: &str, own: &str| call.text(name).is_none_or(|text| text.eq_ignore_ascii_case(own));
        let organisation = call.organisation();
        let wanted = |message: &&QuarantinedMessage| {
            sender(&message.sender)
                && recipient(&organisation.primary_address(message.recipient))
                && kinds(message.kind)
                && status(if message.released { "Released" } else { "NotReleased" })
                && is("Type", message.kind)
                && is("Subject", &message.subject)
                && is("Direction", "Inbound")
                && start.is_none_or(|start| message.received >= start)
                && end.is_none_or(|end| message.received <= end)
        };
        let found = organisation.mail_flow.quarantine.iter().filter(wanted);
        found.skip(((page - 1) * size) as usize).take(size as usize).cloned().collect()
    };
    for message in messages {
        let plain = plain(&call.organisation(), &message);
        call.write(MESSAGES.object(identity(&message).into(), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

fn preview(call: &mut Call<'_>) -> Result<(), Stop> {
    for message in given(call)? {
        let mut plain = plain(&call.organisation(), &message);
        let body = format!(
            "<html><body><p>{}</p><p>Dies ist eine Vorschau; Bilder und Verweise sind entfernt.</p></body></html>",
            message.subject
        );
        plain.push(("Body", body.into()));
        if message.kind == "TransportRule" {
            plain.push(("Attachment", plain_list([message.subject.clone()])));
        }
        call.write(PREVIEWS.object(identity(&message).into(), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

fn release(call: &mut Call<'_>) -> Result<(), Stop> {
    if !call.switch("ReleaseToAll") && call.texts("User").is_empty() {
        return call.error(invalid(
            "You must specify a value for the User parameter, or use the ReleaseToAll switch.",
        ));
    }
    let force = call.switch("Force");
    for message in given(call)? {
        let identity = identity(&message);
        if message.released && !force {
            call.warning(format!(
                "The message \"{identity}\" was released before. Use Force to release it again."
            ))?;
        } else if call.should_do(&format!("Releasing the quarantine message \"{identity}\"."))? {
            let mut organisation = call.organisation_mut();
            for own in organisation.mail_flow.quarantine.iter_mut().filter(|own| own.id == message.id) {
                own.released = true;
            }
        }
    }
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Result<(), Stop> {
    for message in given(call)? {
        let identity = identity(&message);
        if call.should_do(&format!("Deleting the quarantine message \"{identity}\"."))? {
            call.organisation_mut().mail_flow.quarantine.retain(|own| own.id != message.id);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_message_is_found_read_released_and_deleted() {
        let trial = Trial::new();
        assert_eq!(trial.run("Get-QuarantineMessage", &[]).output.len(), 25);
        let newsletter = [
            ("SenderAddress", "newsletter@medtech.example".into()),
            ("StartReceivedDate", "2026-11-18".into()),
        ];
        let found = trial.run("Get-QuarantineMessage", &newsletter).output;
        let message = found.first().unwrap().clone();
        assert_eq!(message.get("Type").unwrap().to_string(), "Bulk");
        let status = || {
            let found = trial.pipe(vec![message.clone()], "Get-QuarantineMessage", &[]).only();
            found.get("ReleaseStatus").unwrap().to_string()
        };
        assert_eq!(status(), "NotReleased");
        let preview = trial.pipe(vec![message.clone()], "Preview-QuarantineMessage", &[]).only();
        assert!(preview.get("Body").unwrap().to_string().contains("MedTech"));
        let all = [("ReleaseToAll", true.into())];
        trial.pipe(vec![message.clone()], "Release-QuarantineMessage", &[]).failed_with("ReleaseToAll");
        trial.pipe(vec![message.clone()], "Release-QuarantineMessage", &all).empty();
        assert_eq!(status(), "Released");
        let again = trial.pipe(vec![message.clone()], "Release-QuarantineMessage", &all);
        assert!(again.warnings[0].contains("was released before"));
        let deleted = trial.pipe(vec![message.clone()], "Delete-QuarantineMessage", &[]);
        assert_eq!(deleted.asked.len(), 1);
        trial.pipe(vec![message], "Get-QuarantineMessage", &[]).failed_with("couldn't be found");
    }
}
