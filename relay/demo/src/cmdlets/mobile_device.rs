//! Telephones that synchronise: Get-, Clear- and Remove-MobileDevice, Get-MobileDeviceStatistics.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    folder_permission::guid_of, mailbox_settings::mailbox_or_own, object_filter::ObjectFilter,
    selection::write_all,
};
use crate::{
    cmdlet::{Call, Cmdlet, CmdletError, Impact, Kind, Limit, Parameter, Stop},
    objects::{
        enums::OBJECT_STATE,
        field::{Field, Form, Table, Words},
        values::{ad_object_id, no_guid},
    },
    organisation::{Kind as Recipient, Moment, Organisation, RecipientId, Traits},
};

const TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.MobileDevice";
const STATISTICS_TYPE: &str = "Microsoft.Exchange.Management.Tasks.MobileDeviceConfiguration";

static ACCESS: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.DeviceAccessState",
    &["Unknown", "Allowed", "Blocked", "Quarantined", "DeviceDiscovery"],
);
static CLIENT: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.MobileClientType",
    &["EAS", "MOWA", "REST"],
);
static STATUS: Words = Words::new(
    "Microsoft.Exchange.Management.Tasks.DeviceRemoteWipeStatus",
    &["DeviceOk", "DeviceWipePending", "DeviceWipeSucceeded", "DeviceBlocked"],
);

const DEVICE: &[Field] = &[
    Field::fixed("FriendlyName", Form::Text("")),
    Field::fixed("DeviceId", Form::Text("")),
    Field::fixed("DeviceMobileOperator", Form::Text("")),
    Field::fixed("DeviceOS", Form::Text("")),
    Field::fixed("DeviceOSLanguage", Form::Text("de")),
    Field::fixed("DeviceTelephoneNumber", Form::Text("")),
    Field::fixed("DeviceType", Form::Text("")),
    Field::fixed("DeviceUserAgent", Form::Text("")),
    Field::fixed("DeviceModel", Form::Text("")),
    Field::fixed("DeviceImei", Form::Text("")),
    Field::fixed("FirstSyncTime", Form::NoDate),
    Field::fixed("UserDisplayName", Form::Text("")),
    Field::fixed("DeviceAccessState", Form::Word(&ACCESS, "Allowed")),
    Field::fixed("DeviceAccessStateReason", Form::Text("Global")),
    Field::fixed("DeviceAccessControlRule", Form::NoText),
    Field::fixed("ClientVersion", Form::Text("16.1")),
    Field::fixed("ClientType", Form::Word(&CLIENT, "EAS")),
    Field::fixed("IsManaged", Form::Flag(false)),
    Field::fixed("IsCompliant", Form::Flag(false)),
    Field::fixed("IsDisabled", Form::Flag(false)),
    Field::fixed("Guid", Form::Made(no_guid)),
];
const STATISTICS: &[Field] = &[
    Field::fixed("FirstSyncTime", Form::NoDate),
    Field::fixed("LastPolicyUpdateTime", Form::NoDate),
    Field::fixed("LastSyncAttemptTime", Form::NoDate),
    Field::fixed("LastSuccessSync", Form::NoDate),
    Field::fixed("DeviceType", Form::Text("")),
    Field::fixed("DeviceID", Form::Text("")),
    Field::fixed("DeviceUserAgent", Form::Text("")),
    Field::fixed("DeviceWipeSentTime", Form::NoDate),
    Field::fixed("DeviceWipeRequestTime", Form::NoDate),
    Field::fixed("DeviceWipeAckTime", Form::NoDate),
    Field::fixed("AccountOnlyDeviceWipeRequestTime", Form::NoDate),
    Field::fixed("DeviceModel", Form::Text("")),
    Field::fixed("DeviceFriendlyName", Form::Text("")),
    Field::fixed("DeviceOS", Form::Text("")),
    Field::fixed("DeviceOSLanguage", Form::Text("de")),
    Field::fixed("DevicePhoneNumber", Form::Text("")),
    Field::fixed("Status", Form::Word(&STATUS, "DeviceOk")),
    Field::fixed("StatusNote", Form::Text("")),
    Field::fixed("DeviceAccessState", Form::Word(&ACCESS, "Allowed")),
    Field::fixed("DevicePolicyApplied", Form::Id("Default")),
    Field::fixed("DevicePolicyApplicationStatus", Form::Text("AppliedInFull")),
    Field::fixed("NumberOfFoldersSynced", Form::Number(0)),
    Field::fixed("IsRemoteWipeSupported", Form::Flag(true)),
    Field::fixed("ClientType", Form::Word(&CLIENT, "EAS")),
    Field::fixed("Guid", Form::Made(no_guid)),
];
const END: &[&str] = &["Identity", "IsValid", "ObjectState"];

static DEVICES: LazyLock<Table> = LazyLock::new(|| {
    let names = [
        TYPE,
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject",
        "Microsoft.Exchange.Data.Directory.ADObject",
        "Microsoft.Exchange.Data.Directory.ADRawEntry",
        "Microsoft.Exchange.Data.ConfigurableObject",
    ];
    Table::new(&names, &[DEVICE], END)
});
static DEVICE_STATISTICS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[STATISTICS_TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[STATISTICS], END)
});

/// Models: name, type, operating system, user agent; the more common ones first.
const MODELS: &[(&str, &str, &str, &str)] = &[
    ("iPhone 15", "iPhone", "iOS 26.1 23B85", "Apple-iPhone15C4/2302.85"),
    ("iPhone 13", "iPhone", "iOS 18.7 22H20", "Apple-iPhone14C5/2208.20"),
    ("SM-G991B", "Android", "Android 15", "Android-SAMSUNG-SM-G991B/101.150000"),
    ("Pixel 8", "Android", "Android 16", "Android/16-EAS-2.0"),
    ("iPad Air", "iPad", "iPadOS 26.1 23B85", "Apple-iPad13C16/2302.85"),
    ("iPhone SE", "iPhone", "iOS 15.8 19H370", "Apple-iPhone8C4/1908.370"),
];

const LISTED: Parameter =
    Parameter::new("Identity", Kind::Text).at(0).piped().help("The device's identity, id or GUID.");
const DEVICE_IDENTITY: Parameter = Parameter::new("Identity", Kind::Text)
    .at(0)
    .mandatory()
    .piped()
    .help("The device's identity, id or GUID.");
const MAILBOX: Parameter = Parameter::new("Mailbox", Kind::Text).help("Only devices of this mailbox.");
const SIZE: Parameter =
    Parameter::new("ResultSize", Kind::Unlimited).help("How many at most; 1000 where not given.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MobileDevice", "Lists telephones that synchronise.", |call| {
        let (ids, filter) = (selected(call)?, ObjectFilter::of(call)?);
        for id in ids {
            let device = device(&call.organisation(), id);
            if filter.lets(&device)? {
                call.write(device)?;
            }
        }
        Ok(())
    })
    .class("Microsoft.Exchange.Management.Tasks.GetMobileDevice")
    .output(TYPE)
    .takes(&[
        LISTED,
        MAILBOX,
        SIZE,
        Parameter::new("Filter", Kind::Filter),
        Parameter::switch("ActiveSync"),
    ]),
    Cmdlet::new("Get-MobileDeviceStatistics", "Shows when telephones synchronised.", |call| {
        let ids = selected(call)?;
        write_all(call, &ids, statistics)
    })
    .class("Microsoft.Exchange.Management.Tasks.GetMobileDeviceStatistics")
    .output(STATISTICS_TYPE)
    .takes(&[LISTED, MAILBOX, Parameter::switch("GetMailboxLog"), Parameter::switch("ActiveSync")]),
    Cmdlet::new("Clear-MobileDevice", "Deletes everything on a telephone.", clear)
        .class("Microsoft.Exchange.Management.Tasks.ClearMobileDevice")
        .confirms(Impact::High)
        .takes(&[
            DEVICE_IDENTITY,
            Parameter::switch("AccountOnly").help("Deletes only what is of the account."),
            Parameter::switch("Cancel").help("Takes a request back that the telephone has not got yet."),
            Parameter::new("NotificationEmailAddresses", Kind::TextList),
        ]),
    Cmdlet::new("Remove-MobileDevice", "Ends the partnership with a telephone.", remove)
        .class("Microsoft.Exchange.Management.Tasks.RemoveMobileDevice")
        .confirms(Impact::High)
        .takes(&[DEVICE_IDENTITY]),
];

/// When a telephone was asked to delete everything, and whether its partnership was ended.
const WIPE: &str = "MobileDevice.Wipe";
const REMOVED: &str = "MobileDevice.Removed";

fn has_device(organisation: &Organisation, id: RecipientId) -> bool {
    let recipient = organisation.recipient(id);
    recipient.kind == Recipient::UserMailbox
        && recipient.traits.has(Traits::DEVICE)
        && organisation.changed(id, REMOVED).is_none()
}

/// What is the same for a person's telephone each time.
struct Facts {
    model: &'static (&'static str, &'static str, &'static str, &'static str),
    device_id: PsStr,
    identity: PsStr,
    first: Moment,
    last: Moment,
    blocked: bool,
}

fn facts(organisation: &Organisation, id: RecipientId) -> Facts {
    let mut draw = organisation.draw(id, 40);
    let at =
        (draw.below(MODELS.len() as u64) * draw.below(MODELS.len() as u64) / MODELS.len() as u64) as usize;
    let model = MODELS.get(at).unwrap_or(&MODELS[0]);
    let device_id: PsStr = format!("{:016X}{:016X}", draw.draw(), draw.draw()).into();
    let name = organisation.canonical_name(id);
    // Most synchronised within the hour; old ones lie in a drawer.
    let days = if draw.percent(18) { 61 + draw.below(500) } else { 0 };
    let last = organisation.made_at.minutes_before(draw.below(90) as u32).days_before(days as u32);
    Facts {
        model,
        identity: format!("{name}/ExchangeActiveSyncDevices/{}§{device_id}", model.1).into(),
        device_id,
        first: last.days_before(30 + draw.below(700) as u32),
        last,
        blocked: draw.percent(4),
    }
}

fn text(value: &'static str) -> PsValue {
    PsStr::from_static(value).into()
}

fn common(organisation: &Organisation, id: RecipientId, facts: &Facts) -> Vec<(&'static str, PsValue)> {
    vec![
        ("DeviceOS", text(facts.model.2)),
        ("DeviceType", text(facts.model.1)),
        ("DeviceUserAgent", text(facts.model.3)),
        ("DeviceModel", text(facts.model.0)),
        ("DeviceId", facts.device_id.clone().into()),
        ("FirstSyncTime", facts.first.local_value()),
        ("UserDisplayName", organisation.canonical_name(id).into()),
        ("DeviceAccessState", text(if facts.blocked { "Quarantined" } else { "Allowed" })),
        ("Guid", guid_of(&facts.device_id).into()),
    ]
}

fn tail(facts: &Facts) -> Vec<PsValue> {
    let dn = format!("CN={}§{},CN=ExchangeActiveSyncDevices", facts.model.1, facts.device_id);
    let identity = ad_object_id(facts.identity.clone(), &dn.into(), guid_of(&facts.device_id));
    vec![identity, true.into(), OBJECT_STATE.fresh(&["Unchanged"])]
}

fn device(organisation: &Organisation, id: RecipientId) -> PsValue {
    let facts = facts(organisation, id);
    let mut plain = common(organisation, id, &facts);
    plain.push(("FriendlyName", text(facts.model.0)));
    DEVICES.object(facts.identity.clone(), plain, Vec::new(), tail(&facts))
}

fn statistics(organisation: &Organisation, id: RecipientId) -> PsValue {
    let facts = facts(organisation, id);
    let mut plain = common(organisation, id, &facts);
    plain.extend([
        ("LastPolicyUpdateTime", facts.first.local_value()),
        ("LastSyncAttemptTime", facts.last.local_value()),
        ("LastSuccessSync", facts.last.local_value()),
        ("DeviceFriendlyName", text(facts.model.0)),
        ("NumberOfFoldersSynced", (5 + facts.device_id.len() as i32 % 9).into()),
    ]);
    if let Some(asked) = organisation.changed(id, WIPE).filter(|asked| !asked.is_null()) {
        plain.extend([("DeviceWipeRequestTime", asked.clone()), ("Status", text("DeviceWipePending"))]);
    }
    DEVICE_STATISTICS.object(facts.identity.clone(), plain, Vec::new(), tail(&facts))
}

/// The telephone of that identity, as its owner.
fn find(organisation: &Organisation, identity: &str) -> Option<RecipientId> {
    let is = |id: &RecipientId| {
        has_device(organisation, *id) && {
            let facts = facts(organisation, *id);
            facts.identity.eq_ignore_ascii_case(identity)
                || facts.device_id.eq_ignore_ascii_case(identity)
                || guid_of(&facts.device_id).to_string().eq_ignore_ascii_case(identity)
        }
    };
    // The identity begins with the owner's.
    match identity.split_once("/ExchangeActiveSyncDevices/") {
        Some((owner, _)) => organisation.find(owner).filter(is),
        None => organisation.ids().find(is),
    }
}

/// The telephone that -Identity names; `None` after writing the error.
fn one(call: &mut Call<'_>) -> Result<Option<RecipientId>, Stop> {
    let identity = PsStr::from(call.text("Identity").unwrap_or_default());
    let found = find(&call.organisation(), &identity);
    if found.is_none() {
        call.error(CmdletError::not_found(&identity).about(identity))?;
    }
    Ok(found)
}

fn selected(call: &mut Call<'_>) -> Result<Vec<RecipientId>, Stop> {
    if call.text("Identity").is_some() {
        return Ok(one(call)?.into_iter().collect());
    }
    if call.text("Mailbox").is_some() {
        let id = mailbox_or_own(call, "Mailbox")?;
        return Ok(id.into_iter().filter(|id| has_device(&call.organisation(), *id)).collect());
    }
    let limited = call.cmdlet().parameters.iter().any(|parameter| parameter.name == "ResultSize");
    let limit = match limited.then(|| call.limit("ResultSize")).flatten() {
        Some(Limit::Unlimited) => usize::MAX,
        Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
        None => 1_000,
    };
    let organisation = call.organisation();
    Ok(organisation.ids().filter(|id| has_device(&organisation, *id)).take(limit).collect())
}

fn clear(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call)? else { return Ok(()) };
    let identity = facts(&call.organisation(), id).identity;
    let cancel = call.switch("Cancel");
    let description = if cancel {
        format!("Canceling the request to clear the mobile device \"{identity}\".")
    } else {
        format!("Clearing all data on the mobile device \"{identity}\". This can't be undone.")
    };
    if call.should_do(&description)? {
        let mut organisation = call.organisation_mut();
        let asked = if cancel { PsValue::Null } else { organisation.now().local_value() };
        organisation.recipient_mut(id).set(WIPE, asked);
    }
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = one(call)? else { return Ok(()) };
    let identity = facts(&call.organisation(), id).identity;
    if call.should_do(&format!("Removing the mobile device \"{identity}\"."))? {
        let mut organisation = call.organisation_mut();
        organisation.recipient_mut(id).set(REMOVED, true);
        organisation.recipient_mut(id).traits.set(Traits::DEVICE, false);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_telephone_is_cleared() {
        let trial = Trial::new();
        let devices = trial.run("Get-MobileDevice", &[("ResultSize", "Unlimited".into())]).output;
        assert!(devices.len() > 10, "{}", devices.len());
        let statistics = trial.pipe(devices.clone(), "Get-MobileDeviceStatistics", &[]);
        assert!(statistics.errors.is_empty() && statistics.output.len() == devices.len());
        let nora = trial.run("Get-MobileDevice", &[("Mailbox", "nora.fink".into())]).only();
        assert!(
            nora.get("Identity").unwrap().to_string().starts_with("klinik-auer.local/Staff/Nora Fink/Ex")
        );
        let status = || {
            let found = trial.run("Get-MobileDeviceStatistics", &[("Mailbox", "nora.fink".into())]).only();
            (found.get("Status").unwrap().to_string(), found.get("DeviceWipeRequestTime").unwrap().is_null())
        };
        assert_eq!(status(), ("DeviceOk".into(), true));
        let cleared = trial.pipe(vec![nora.clone()], "Clear-MobileDevice", &[]);
        assert!(cleared.asked[0].contains("Clearing all data on the mobile device"), "{cleared:?}");
        assert_eq!(status(), ("DeviceWipePending".into(), false));
        trial.pipe(vec![nora.clone()], "Clear-MobileDevice", &[("Cancel", true.into())]);
        assert_eq!(status(), ("DeviceOk".into(), true));
        trial.pipe(vec![nora], "Remove-MobileDevice", &[("Confirm", false.into())]).empty();
        assert!(trial.run("Get-MobileDevice", &[("Mailbox", "nora.fink".into())]).output.is_empty());
        trial.run("Clear-MobileDevice nothing", &[]).failed_with("'nothing' couldn't be found");
    }
}
