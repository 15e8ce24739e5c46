//! Automatic replies: Get- and Set-MailboxAutoReplyConfiguration.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    configured::{invalid, parameters, settable},
    mailbox::IDENTITY,
    mailbox_settings::{MailboxSettings, mailbox},
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Stop},
    objects::field::{Field, Form, Words},
    organisation::{Moment, Organisation, RecipientId, Traits},
};

const TYPE: &str = "Microsoft.Exchange.Data.Storage.Management.MailboxAutoReplyConfiguration";

static STATE: Words =
    Words::new("Microsoft.Exchange.InfoWorker.Common.OOF.OofState", &["Disabled", "Enabled", "Scheduled"]);
static AUDIENCE: Words =
    Words::new("Microsoft.Exchange.InfoWorker.Common.OOF.ExternalAudience", &["None", "Known", "All"]);

const FIELDS: &[Field] = &[
    Field::set(
        "AutoDeclineFutureRequestsWhenOOF",
        Form::Flag(false),
        "Whether new invitations are declined.",
    ),
    Field::set(
        "AutoReplyState",
        Form::Word(&STATE, "Disabled"),
        "Whether replies are sent, always or for a time.",
    ),
    Field::set("CreateOOFEvent", Form::Flag(false), "Whether the absence is in the calendar."),
    Field::set(
        "DeclineAllEventsForScheduledOOF",
        Form::Flag(false),
        "Whether all meetings of the time are declined.",
    ),
    Field::set(
        "DeclineEventsForScheduledOOF",
        Form::Flag(false),
        "Whether some meetings of the time are declined.",
    ),
    Field::set("DeclineMeetingMessage", Form::Text(""), "What is said when a meeting is declined."),
    Field::set("EndTime", Form::NoDate, "When replies end; with the state Scheduled."),
    Field::set("EventsToDeleteIDs", Form::NoTexts, "Meetings to delete."),
    Field::set("ExternalAudience", Form::Word(&AUDIENCE, "All"), "Which senders outside get a reply."),
    Field::set("ExternalMessage", Form::Text(""), "The reply to senders outside."),
    Field::set("InternalMessage", Form::Text(""), "The reply to senders inside."),
    Field::set("OOFEventSubject", Form::Text(""), "The subject of the absence in the calendar."),
    Field::set("StartTime", Form::NoDate, "When replies begin; with the state Scheduled."),
];

static SETTINGS: LazyLock<MailboxSettings> = LazyLock::new(|| MailboxSettings::new(TYPE, FIELDS, made));

const SET: [crate::cmdlet::Parameter; settable(FIELDS) + 1] = parameters(&[IDENTITY], &[FIELDS]);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MailboxAutoReplyConfiguration", "Shows a mailbox's automatic reply.", |call| {
        let Some(id) = mailbox(call)? else { return Ok(()) };
        let object = SETTINGS.object(&call.organisation(), id, Vec::new());
        call.write(object)
    })
    .class("Microsoft.Exchange.Management.StoreTasks.GetMailboxAutoReplyConfiguration")
    .output(TYPE)
    .takes(&[IDENTITY]),
    Cmdlet::new("Set-MailboxAutoReplyConfiguration", "Changes a mailbox's automatic reply.", set)
        .class("Microsoft.Exchange.Management.StoreTasks.SetMailboxAutoReplyConfiguration")
        .confirms(Impact::Medium)
        .takes(&SET),
];

fn made(organisation: &Organisation, id: RecipientId) -> Vec<(&'static str, PsValue)> {
    // A mailbox always has a time; it is that of the next hour until it is set.
    let hour = Moment(organisation.made_at.0 / 3_600 * 3_600);
    let mut values =
        vec![("StartTime", hour.local_value()), ("EndTime", Moment(hour.0 + 86_400).local_value())];
    if organisation.recipient(id).traits.has(Traits::OUT_OF_OFFICE) {
        let name = organisation.display_name(id);
        let text = PsStr::from(format!(
            "<html><body>Ich bin nicht im Haus und lese Ihre Nachricht nach meiner Rückkehr.<br>{name}</body></html>"
        ));
        values.extend([
            ("AutoReplyState", PsStr::from_static("Enabled").into()),
            ("InternalMessage", text.clone().into()),
            ("ExternalMessage", text.into()),
        ]);
    }
    values
}

fn set(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox(call)? else { return Ok(()) };
    let (start, end, scheduled) = {
        let organisation = call.organisation();
        let present = |name: &str| match SETTINGS.plain(&organisation, id, name) {
            Some(PsValue::DateTime(at)) => Some(at),
            _ => None,
        };
        let state = SETTINGS.plain(&organisation, id, "AutoReplyState");
        let state = call.text("AutoReplyState").or(state.as_ref().and_then(PsValue::as_str));
        let start = call.date("StartTime").or(present("StartTime"));
        let end = call.date("EndTime").or(present("EndTime"));
        (start, end, state == Some("Scheduled"))
    };
    if scheduled
        && let (Some(start), Some(end)) = (start, end)
        && start.utc_ticks() >= end.utc_ticks()
    {
        return call.error(invalid("The start time must be earlier than the end time."));
    }
    SETTINGS.set(call, id, "Setting the automatic reply of mailbox")
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_reply_is_scheduled() {
        let trial = Trial::new();
        let reply = |name: &str| trial.run(&format!("Get-MailboxAutoReplyConfiguration {name}"), &[]).only();
        let uwe = reply("uwe.lang");
        assert_eq!(uwe.get("AutoReplyState").unwrap().to_string(), "Enabled");
        assert_eq!(reply("nora.fink").get("AutoReplyState").unwrap().as_i64(), Some(0));
        assert_eq!(uwe.get("Identity").unwrap().to_string(), "klinik-auer.local/Staff/Uwe Lang");
        let change = |end: &str| {
            [
                ("AutoReplyState", "Scheduled".into()),
                ("StartTime", "2026-11-23".into()),
                ("EndTime", end.into()),
                ("InternalMessage", "Away".into()),
                ("ExternalAudience", "Known".into()),
            ]
        };
        trial
            .run("Set-MailboxAutoReplyConfiguration uwe.lang", &change("2026-11-22"))
            .failed_with("start time must be earlier");
        trial.pipe(vec![uwe], "Set-MailboxAutoReplyConfiguration", &change("2026-12-07 18:00")).empty();
        let after = reply("uwe.lang");
        assert_eq!(after.get("AutoReplyState").unwrap().to_string(), "Scheduled");
        assert_eq!(after.get("InternalMessage").unwrap().to_string(), "Away");
        assert_eq!(after.get("ExternalAudience").unwrap().to_string(), "Known");
        trial.run("Set-MailboxAutoReplyConfiguration nobody", &[]).failed_with("'nobody' couldn't be found");
    }
}
