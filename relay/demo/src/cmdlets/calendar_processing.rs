//! How a mailbox answers invitations: Get- and Set-CalendarProcessing.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    configured::{parameters, settable},
    mailbox::IDENTITY,
    mailbox_settings::{MailboxSettings, mailbox},
};
use crate::{
    cmdlet::{Call, Cmdlet, CmdletError, Impact, Parameter, Stop},
    objects::{
        field::{Field, Form, Words, texts},
        identity, values,
    },
    organisation::{Kind, Organisation, RecipientId},
};

const TYPE: &str = "Microsoft.Exchange.Data.Storage.Management.CalendarConfiguration";

static AUTOMATE: Words = Words::new(
    "Microsoft.Exchange.Data.Storage.CalendarProcessingFlags",
    &["None", "AutoUpdate", "AutoAccept"],
);

const FIELDS: &[Field] = &[
    Field::set(
        "AutomateProcessing",
        Form::Word(&AUTOMATE, "AutoUpdate"),
        "Whether invitations are entered or answered.",
    ),
    Field::set("AllowConflicts", Form::Flag(false), "Whether meetings may overlap."),
    Field::set("AllowDistributionGroup", Form::Flag(true), "Whether groups may be named as bookers."),
    Field::set(
        "AllowMultipleResources",
        Form::Flag(true),
        "Whether several resources may be booked at once.",
    ),
    Field::set("BookingType", Form::Text("Standard"), "How a resource is booked."),
    Field::set("BookingWindowInDays", Form::Number(180), "How many days ahead it can be booked."),
    Field::set("MaximumDurationInMinutes", Form::Number(1_440), "How long a meeting may be."),
    Field::set("MinimumDurationInMinutes", Form::Number(0), "How long a meeting must be."),
    Field::set("AllowRecurringMeetings", Form::Flag(true), "Whether series may be booked."),
    Field::set("EnforceAdjacencyAsOverlap", Form::Flag(false), "Whether meetings back to back overlap."),
    Field::set("EnforceCapacity", Form::Flag(false), "Whether there may be no more guests than places."),
    Field::set(
        "EnforceSchedulingHorizon",
        Form::Flag(true),
        "Whether series must end in the booking window.",
    ),
    Field::set("ScheduleOnlyDuringWorkHours", Form::Flag(false), "Whether only working hours can be booked."),
    Field::set(
        "ConflictPercentageAllowed",
        Form::Number(0),
        "How many of a series may conflict, in percent.",
    ),
    Field::set("MaximumConflictInstances", Form::Number(0), "How many of a series may conflict."),
    Field::set("ForwardRequestsToDelegates", Form::Flag(true), "Whether delegates get the invitations."),
    Field::set("DeleteAttachments", Form::Flag(true), "Whether attachments are removed."),
    Field::set("DeleteComments", Form::Flag(true), "Whether the text is removed."),
    Field::set("RemovePrivateProperty", Form::Flag(true), "Whether meetings lose their private mark."),
    Field::set("DeleteSubject", Form::Flag(true), "Whether the subject is removed."),
    Field::set(
        "AddOrganizerToSubject",
        Form::Flag(true),
        "Whether the organiser's name becomes the subject.",
    ),
    Field::set("DeleteNonCalendarItems", Form::Flag(true), "Whether other mail is deleted."),
    Field::set(
        "TentativePendingApproval",
        Form::Flag(true),
        "Whether requests are tentative until approved.",
    ),
    Field::set("EnableResponseDetails", Form::Flag(true), "Whether answers give reasons."),
    Field::set("OrganizerInfo", Form::Flag(true), "Whether the organiser is told of conflicts."),
    Field::set("ResourceDelegates", Form::Texts(&[]), "Who decides on requests."),
    Field::set("RequestOutOfPolicy", Form::NoTexts, "Who may ask for what the rules do not allow."),
    Field::set("AllRequestOutOfPolicy", Form::Flag(false), "Whether everyone may."),
    Field::set("BookInPolicy", Form::NoTexts, "Whose requests are accepted."),
    Field::set("AllBookInPolicy", Form::Flag(true), "Whether everyone's are."),
    Field::set("RequestInPolicy", Form::NoTexts, "Whose requests go to a delegate."),
    Field::set("AllRequestInPolicy", Form::Flag(false), "Whether everyone's do."),
    Field::set("AddAdditionalResponse", Form::Flag(false), "Whether answers have an additional text."),
    Field::set("AdditionalResponse", Form::Text(""), "That text."),
    Field::set("RemoveOldMeetingMessages", Form::Flag(true), "Whether outdated invitations are removed."),
    Field::set(
        "AddNewRequestsTentatively",
        Form::Flag(true),
        "Whether new invitations are entered tentatively.",
    ),
    Field::set(
        "ProcessExternalMeetingMessages",
        Form::Flag(false),
        "Whether invitations from outside count.",
    ),
    Field::set(
        "RemoveForwardedMeetingNotifications",
        Form::Flag(false),
        "Whether notices of forwarding are removed.",
    ),
];

static SETTINGS: LazyLock<MailboxSettings> = LazyLock::new(|| MailboxSettings::new(TYPE, FIELDS, made));

const SET: [Parameter; settable(FIELDS) + 1] = parameters(&[IDENTITY], &[FIELDS]);
/// The settings that name recipients.
const PEOPLE: [&str; 4] = ["ResourceDelegates", "BookInPolicy", "RequestInPolicy", "RequestOutOfPolicy"];

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-CalendarProcessing", "Shows how a mailbox answers invitations.", get)
        .class("Microsoft.Exchange.Management.StoreTasks.GetCalendarProcessing")
        .output(TYPE)
        .takes(&[IDENTITY]),
    Cmdlet::new("Set-CalendarProcessing", "Changes how a mailbox answers invitations.", set)
        .class("Microsoft.Exchange.Management.StoreTasks.SetCalendarProcessing")
        .confirms(Impact::Medium)
        .takes(&SET),
];

fn made(organisation: &Organisation, id: RecipientId) -> Vec<(&'static str, PsValue)> {
    let resource = matches!(organisation.recipient(id).kind, Kind::RoomMailbox | Kind::EquipmentMailbox);
    if !resource {
        return Vec::new();
    }
    let mut draw = organisation.draw(id, 31);
    // Some rooms were forgotten when they were set up.
    let state = if draw.percent(85) { "AutoAccept" } else { "AutoUpdate" };
    vec![
        ("AutomateProcessing", PsStr::from_static(state).into()),
        ("BookingWindowInDays", if draw.percent(20) { 365 } else { 180 }.into()),
        ("AllowConflicts", draw.percent(5).into()),
    ]
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox(call)? else { return Ok(()) };
    let object = {
        let organisation = call.organisation();
        let people = PEOPLE.iter().filter_map(|name| {
            let plain = SETTINGS.plain(&organisation, id, name).filter(|plain| !plain.is_null())?;
            let ids = texts(&plain).into_iter().filter_map(|name| organisation.find(&name));
            Some((*name, values::ids(ids.map(|id| identity(&organisation, id)).collect())))
        });
        SETTINGS.object(&organisation, id, people.collect())
    };
    call.write(object)
}

fn set(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox(call)? else { return Ok(()) };
    for name in PEOPLE {
        let named = match call.change(name) {
            Some(crate::cmdlet::Change::Set(names) | crate::cmdlet::Change::Edit { add: names, .. }) => names,
            None => Vec::new(),
        };
        let missing = {
            let organisation = call.organisation();
            named.into_iter().find(|name| organisation.find(name).is_none())
        };
        if let Some(missing) = missing {
            return call.error(CmdletError::not_found(&missing).about(missing));
        }
    }
    SETTINGS.set(call, id, "Setting the calendar processing of mailbox")
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_room_gets_a_delegate() {
        let trial = Trial::new();
        let get = |name: &str| trial.run(&format!("Get-CalendarProcessing {name}"), &[]).only();
        assert_eq!(get("nora.fink").get("AutomateProcessing").unwrap().to_string(), "AutoUpdate");
        let rooms = (201..=240).map(|number| get(&format!("room-{number}")));
        let accepting =
            rooms.filter(|room| room.get("AutomateProcessing").unwrap().to_string() == "AutoAccept").count();
        assert!((20..40).contains(&accepting), "{accepting}");
        let change = [
            ("AutomateProcessing", "autoaccept".into()),
            ("ResourceDelegates", "nora.fink".into()),
            ("BookingWindowInDays", 90.into()),
        ];
        trial.run("Set-CalendarProcessing room-201", &change).empty();
        let room = get("room-201");
        assert_eq!(room.get("BookingWindowInDays"), Some(&90.into()));
        let delegates = room.get("ResourceDelegates").unwrap().as_list().unwrap();
        assert_eq!(delegates[0].to_string(), "klinik-auer.local/Staff/Nora Fink");
        let nobody = [("ResourceDelegates", "nobody".into())];
        trial.run("Set-CalendarProcessing room-201", &nobody).failed_with("'nobody' couldn't be found");
        let wrong = [("AutomateProcessing", "Always".into())];
        trial.run("Set-CalendarProcessing room-201", &wrong).failed_with("valid enumerator name");
    }
}
