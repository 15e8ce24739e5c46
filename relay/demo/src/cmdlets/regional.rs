//! Language and time of a mailbox: Get- and Set-MailboxRegionalConfiguration.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    configured::{invalid, parameters, settable},
    mailbox::IDENTITY,
    mailbox_settings::{MailboxSettings, mailbox},
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Parameter, Stop},
    objects::{
        ObjectType,
        field::{Field, Form},
        values::{CULTURES, culture},
    },
    organisation::{Kind, Organisation, RecipientId},
};

const TYPE: &str = "Microsoft.Exchange.Data.Storage.Management.MailboxRegionalConfiguration";

const FIELDS: &[Field] = &[
    Field::set("DateFormat", Form::NoText, "How dates are written, such as dd.MM.yyyy."),
    Field::set("Language", Form::NoText, "The language, such as de-DE."),
    Field::fixed("DefaultFolderNameMatchingUserLanguage", Form::Flag(true)),
    Field::set("TimeFormat", Form::NoText, "How times are written, such as HH:mm."),
    Field::set("TimeZone", Form::NoText, "The time zone, such as W. Europe Standard Time."),
];
/// Time zones that a mailbox can have, as Windows names them.
const TIME_ZONES: &[&str] = &[
    "W. Europe Standard Time",
    "Central Europe Standard Time",
    "Romance Standard Time",
    "Central European Standard Time",
    "GMT Standard Time",
    "UTC",
    "E. Europe Standard Time",
    "Turkey Standard Time",
    "Eastern Standard Time",
    "Central Standard Time",
    "Pacific Standard Time",
];

static SETTINGS: LazyLock<MailboxSettings> = LazyLock::new(|| MailboxSettings::new(TYPE, FIELDS, made));

const LOCALIZE: Parameter =
    Parameter::switch("LocalizeDefaultFolderName").help("Also renames the default folders to the language.");
const SET: [Parameter; settable(FIELDS) + 2] = parameters(&[IDENTITY, LOCALIZE], &[FIELDS]);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailboxRegionalConfiguration", "Shows a mailbox's language and time.", get)
        .class("Microsoft.Exchange.Management.StoreTasks.GetMailboxRegionalConfiguration")
        .output(TYPE)
        .takes(&[IDENTITY, Parameter::switch("VerifyDefaultFolderNameLanguage")]),
    Cmdlet::new("Set-MailboxRegionalConfiguration", "Changes a mailbox's language and time.", set)
        .class("Microsoft.Exchange.Management.StoreTasks.SetMailboxRegionalConfiguration")
        .confirms(Impact::Medium)
        .takes(&SET),
];

fn made(organisation: &Organisation, id: RecipientId) -> Vec<(&'static str, PsValue)> {
    if organisation.recipient(id).kind != Kind::UserMailbox {
        return Vec::new();
    }
    let english = organisation.draw(id, 30).percent(15);
    let (language, date, time) =
        if english { ("en-US", "M/d/yyyy", "h:mm tt") } else { ("de-DE", "dd.MM.yyyy", "HH:mm") };
    [("Language", language), ("DateFormat", date), ("TimeFormat", time), ("TimeZone", TIME_ZONES[0])]
        .map(|(name, text)| (name, PsStr::from_static(text).into()))
        .into()
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    static ZONE: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(&["Microsoft.Exchange.Data.Storage.Management.ExTimeZoneValue"], &["ExTimeZone"])
    });
    let Some(id) = mailbox(call)? else { return Ok(()) };
    let object = {
        let organisation = call.organisation();
        let text = |name: &str| SETTINGS.plain(&organisation, id, name).filter(|value| !value.is_null());
        let language = text("Language").map(|name| name.to_string());
        let language = CULTURES.iter().find(|(name, ..)| language.as_deref() == Some(*name));
        let zone = text("TimeZone").map(|zone| {
            let zone = PsStr::from(zone.to_string());
            ZONE.object(Some(zone.clone()), vec![zone.into()])
        });
        SETTINGS.object(
            &organisation,
            id,
            vec![
                ("Language", language.map(|(name, ..)| culture(name)).unwrap_or_default()),
                ("TimeZone", zone.unwrap_or_default()),
            ],
        )
    };
    call.write(object)
}

fn set(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox(call)? else { return Ok(()) };
    if let Some(language) = call.text("Language").map(str::to_owned)
        && !CULTURES.iter().any(|(name, ..)| *name == language)
    {
        return call
            .error(invalid(format!("\"{language}\" isn't a supported language. Use one such as de-DE.")));
    }
    if let Some(zone) = call.text("TimeZone").map(str::to_owned)
        && !TIME_ZONES.contains(&zone.as_str())
    {
        return call.error(invalid(format!("\"{zone}\" isn't a valid time zone.")));
    }
    SETTINGS.set(call, id, "Setting the regional configuration of mailbox")
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn language_and_zone_are_objects_and_change() {
        let trial = Trial::new();
        let get = || trial.run("Get-MailboxRegionalConfiguration max.ohm", &[]).only();
        let before = get();
        assert!(before.get("Language").unwrap().get("LCID").is_some());
        let change = [("Language", "fr-FR".into()), ("TimeZone", "Romance Standard Time".into())];
        trial.run("Set-MailboxRegionalConfiguration max.ohm", &change).empty();
        assert_eq!(get().get("Language").unwrap().get("DisplayName").unwrap().to_string(), "French (France)");
        assert_eq!(get().get("TimeZone").unwrap().to_string(), "Romance Standard Time");
        assert_eq!(get().get("DateFormat"), before.get("DateFormat"));
        let wrong = [("Language", "xx-YY".into())];
        trial
            .run("Set-MailboxRegionalConfiguration max.ohm", &wrong)
            .failed_with("isn't a supported language");
    }
}
