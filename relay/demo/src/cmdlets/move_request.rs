//! Moves of mailboxes between databases: `-MoveRequest` and Get-MoveRequestStatistics.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{configured::invalid, mailbox::IDENTITY, mailbox_settings::mailbox, selection::write_all};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Limit, Parameter, Stop},
    objects::{
        database,
        enums::{MOVE_STATUS, OBJECT_STATE},
        field::{Field, Form, Table},
        identity, values,
    },
    organisation::{DATABASES, Organisation, RecipientId, database_name, move_request::MoveRequest},
};

const TYPE: &str = "Microsoft.Exchange.Management.RecipientTasks.MoveRequest";
const STATISTICS_TYPE: &str = "Microsoft.Exchange.Management.RecipientTasks.MoveRequestStatistics";
/// The words of `-MoveStatus`.
const STATUSES: &[&str] = &[
    "None",
    "Queued",
    "InProgress",
    "AutoSuspended",
    "CompletionInProgress",
    "Completed",
    "CompletedWithWarning",
    "Suspended",
    "Failed",
];

const FIELDS: &[Field] = &[
    Field::fixed("Alias", Form::Text("")),
    Field::fixed("DisplayName", Form::Text("")),
    Field::fixed("Status", Form::Made(values::null)),
    Field::fixed("SourceDatabase", Form::Made(values::null)),
    Field::fixed("TargetDatabase", Form::Made(values::null)),
    Field::fixed("BatchName", Form::Text("")),
    Field::fixed("RemoteHostName", Form::NoText),
    Field::fixed("Direction", Form::Text("Pull")),
    Field::fixed("RequestStyle", Form::Text("IntraOrg")),
    Field::fixed("Flags", Form::Text("IntraOrg, Pull")),
    Field::fixed("Suspend", Form::Flag(false)),
    Field::fixed("ExchangeGuid", Form::Made(values::no_guid)),
];
const STATISTICS: &[Field] = &[
    Field::fixed("StatusDetail", Form::Text("")),
    Field::fixed("SyncStage", Form::Text("")),
    Field::fixed("TotalMailboxSize", Form::PlainSize(0)),
    Field::fixed("TotalMailboxItemCount", Form::Number(0)),
    Field::fixed("BytesTransferred", Form::PlainSize(0)),
    Field::fixed("ItemsTransferred", Form::Number(0)),
    Field::fixed("PercentComplete", Form::Number(0)),
    Field::fixed("BadItemLimit", Form::Limit(Some(0))),
    Field::fixed("BadItemsEncountered", Form::Number(0)),
    Field::fixed("QueuedTimestamp", Form::NoDate),
    Field::fixed("StartTimestamp", Form::NoDate),
    Field::fixed("LastUpdateTimestamp", Form::NoDate),
    Field::fixed("FailureCode", Form::NoNumber),
    Field::fixed("FailureType", Form::Text("")),
    Field::fixed("Message", Form::Text("")),
    Field::fixed("Report", Form::NoText),
];
const END: &[&str] = &["MailboxIdentity", "Identity", "IsValid", "ObjectState"];
static REQUESTS: LazyLock<Table> =
    LazyLock::new(|| Table::new(&[TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[FIELDS], END));
static REQUEST_STATISTICS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[STATISTICS_TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[FIELDS, STATISTICS], END)
});

const TARGET: Parameter =
    Parameter::new("TargetDatabase", Kind::Text).help("Where to; the next database where not given.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-MoveRequest", "Lists moves of mailboxes.", get)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetMoveRequest")
        .output(TYPE)
        .takes(&[
            Parameter::new("Identity", Kind::Text).at(0).piped().help("The mailbox."),
            Parameter::new("MoveStatus", Kind::Enum(STATUSES)).help("Only moves that stand so."),
            Parameter::new("SourceDatabase", Kind::Text).help("Only moves from this database."),
            Parameter::new("TargetDatabase", Kind::Text).help("Only moves to this database."),
            Parameter::new("BatchName", Kind::Text),
            Parameter::new("ResultSize", Kind::Unlimited).help("How many at most; 1000 where not given."),
        ]),
    Cmdlet::new("Get-MoveRequestStatistics", "Shows how far a move has come.", |call| {
        let Some(id) = requested(call)? else { return Ok(()) };
        let report = call.switch("IncludeReport");
        write_all(call, &[id], |organisation, id| object(organisation, id, Some(report)))
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.GetMoveRequestStatistics")
    .output(STATISTICS_TYPE)
    .takes(&[IDENTITY, Parameter::switch("IncludeReport").help("Also what was done step by step.")]),
    Cmdlet::new("New-MoveRequest", "Moves a mailbox to another database.", new)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewMoveRequest")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            TARGET,
            Parameter::new("BadItemLimit", Kind::Unlimited),
            Parameter::new("BatchName", Kind::Text),
            Parameter::switch("Suspend").help("Makes the request and does not begin."),
        ]),
    Cmdlet::new("Suspend-MoveRequest", "Lets a move rest.", |call| {
        change(call, "Suspending", MoveRequest::suspend)
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.SuspendMoveRequest")
    .confirms(Impact::High)
    .takes(&[IDENTITY, Parameter::new("SuspendComment", Kind::Text)]),
    Cmdlet::new("Resume-MoveRequest", "Lets a move go on.", |call| {
        change(call, "Resuming", MoveRequest::resume)
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.ResumeMoveRequest")
    .confirms(Impact::Medium)
    .takes(&[IDENTITY]),
    Cmdlet::new("Remove-MoveRequest", "Ends a move, or forgets a completed one.", remove)
        .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMoveRequest")
        .confirms(Impact::High)
        .takes(&[IDENTITY]),
];

fn object(organisation: &Organisation, id: RecipientId, statistics: Option<bool>) -> PsValue {
    let (Some(request), Some(progress)) =
        (organisation.move_requests.get(&id), organisation.move_progress(id))
    else {
        return PsValue::Null;
    };
    let mut plain = vec![
        ("Alias", PsValue::from(organisation.alias(id))),
        ("DisplayName", organisation.display_name(id).into()),
        ("ExchangeGuid", organisation.exchange_guid(id).into()),
        ("Suspend", (progress.status == "Suspended").into()),
    ];
    let typed = vec![
        ("Status", MOVE_STATUS.fresh(&[progress.status])),
        ("SourceDatabase", database(request.source)),
        ("TargetDatabase", database(request.target)),
    ];
    let tail = vec![
        identity(organisation, id),
        identity(organisation, id),
        true.into(),
        OBJECT_STATE.fresh(&["Unchanged"]),
    ];
    let name = organisation.canonical_name(id);
    let Some(report) = statistics else { return REQUESTS.object(name, plain, typed, tail) };
    let mailbox = organisation.mailbox_statistics(id, false);
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let (detail, stage) = match progress.status {
        "InProgress" => ("CopyingMessages", "CopyingMessages"),
        "Failed" => ("FailedOther", "CopyingMessages"),
        "Completed" => ("Completed", "SyncFinished"),
        status => (status, "None"),
    };
    plain.extend([
        ("StatusDetail", PsValue::from(detail)),
        ("SyncStage", stage.into()),
        ("TotalMailboxSize", bytes(mailbox.size).into()),
        ("TotalMailboxItemCount", (mailbox.items as i32).into()),
        ("BytesTransferred", bytes(progress.bytes).into()),
        ("ItemsTransferred", (mailbox.items as i32 / 100 * i32::from(progress.percent)).into()),
        ("PercentComplete", i32::from(progress.percent).into()),
        ("QueuedTimestamp", request.queued.local_value()),
        ("StartTimestamp", request.since.unwrap_or(request.queued).local_value()),
        ("LastUpdateTimestamp", organisation.now().local_value()),
    ]);
    if progress.status == "Failed" {
        plain.extend([
            ("FailureCode", (-2_146_233_088).into()),
            ("FailureType", "TooManyBadItemsPermanentException".into()),
            ("Message", "Error: This mailbox exceeded the maximum number of corrupted items that were specified for this move request.".into()),
        ]);
    }
    if report {
        let text = format!(
            "{} [EX01] The Microsoft Exchange Mailbox Replication service 'EX01.klinik-auer.local' is examining the \
             request.\r\n{} [EX01] Stage: {stage}. Percent complete: {}.",
            request.queued.utc_value(),
            request.queued.utc_value(),
            progress.percent
        );
        plain.push(("Report", text.into()));
    }
    REQUEST_STATISTICS.object(name, plain, typed, tail)
}

/// The mailbox that -Identity names and that has a request; `None` after writing the error.
fn requested(call: &mut Call<'_>) -> Result<Option<RecipientId>, Stop> {
    let Some(id) = mailbox(call)? else { return Ok(None) };
    let name = {
        let mut organisation = call.organisation_mut();
        organisation.settle_moves();
        organisation.move_progress(id).is_none().then(|| organisation.canonical_name(id))
    };
    match name {
        None => Ok(Some(id)),
        Some(name) => {
            let message =
                format!("Couldn't find a move request that corresponds to the specified identity '{name}'.");
            let error = CmdletError::exchange(
                "ManagementObjectNotFoundException",
                Category::InvalidArgument,
                message,
            );
            call.error(error.about(name))?;
            Ok(None)
        }
    }
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    if call.text("Identity").is_some() {
        let Some(id) = requested(call)? else { return Ok(()) };
        return write_all(call, &[id], |organisation, id| object(organisation, id, None));
    }
    call.organisation_mut().settle_moves();
    let limit = match call.limit("ResultSize") {
        Some(Limit::Unlimited) => usize::MAX,
        Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
        None => 1_000,
    };
    let is = |name: &str, own: &str| call.text(name).is_none_or(|text| text.eq_ignore_ascii_case(own));
    let ids: Vec<RecipientId> = {
        let organisation = call.organisation();
        let wanted = organisation.move_requests.iter().filter(|(id, request)| {
            organisation.move_progress(**id).is_some_and(|progress| {
                is("MoveStatus", progress.status)
                    && is("SourceDatabase", &database_name(request.source))
                    && is("TargetDatabase", &database_name(request.target))
                    && is("BatchName", "")
            })
        });
        wanted.map(|(id, _)| *id).take(limit).collect()
    };
    write_all(call, &ids, |organisation, id| object(organisation, id, None))
}

fn new(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox(call)? else { return Ok(()) };
    let (source, name, taken) = {
        let organisation = call.organisation();
        (
            organisation.recipient(id).database,
            organisation.canonical_name(id),
            organisation.move_requests.contains_key(&id),
        )
    };
    if taken {
        let message = format!(
            "The mailbox '{name}' already has a completed or pending move request associated with it. Before you \
             create a new one, run the Remove-MoveRequest cmdlet."
        );
        return call.error(
            CmdletError::exchange(
                "Microsoft.Exchange.Management.RecipientTasks.ManagementObjectAlreadyExistsException",
                Category::InvalidArgument,
                message,
            )
            .about(name),
        );
    }
    let target = match call.text("TargetDatabase").map(PsStr::from) {
        None => source % DATABASES + 1,
        Some(wanted) => {
            match (1..=DATABASES).find(|number| database_name(*number).eq_ignore_ascii_case(&wanted)) {
                Some(number) => number,
                None => return call.error(CmdletError::not_found(&wanted).about(wanted)),
            }
        }
    };
    if target == source {
        let database = database_name(source);
        return call.error(invalid(format!("Mailbox '{name}' is already in the database '{database}'.")));
    }
    if !call.should_do(&format!(
        "Creating move request \"{name}\" to the database \"{}\".",
        database_name(target)
    ))? {
        return Ok(());
    }
    let suspend = call.switch("Suspend");
    {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        let mut request = MoveRequest::new(source, target, now);
        if suspend {
            request.suspend(now);
        }
        organisation.move_requests.insert(id, request);
    }
    write_all(call, &[id], |organisation, id| object(organisation, id, None))
}

fn change(
    call: &mut Call<'_>,
    what: &str,
    change: fn(&mut MoveRequest, crate::organisation::Moment),
) -> Result<(), Stop> {
    let Some(id) = requested(call)? else { return Ok(()) };
    let (name, status) = {
        let organisation = call.organisation();
        (
            organisation.canonical_name(id),
            organisation.move_progress(id).map_or("", |progress| progress.status),
        )
    };
    if status == "Completed" {
        return call.error(invalid(format!("The move request '{name}' is completed and can't be changed.")));
    }
    if call.should_do(&format!("{what} move request \"{name}\"."))? {
        let mut organisation = call.organisation_mut();
        let now = organisation.now();
        if let Some(request) = organisation.move_requests.get_mut(&id) {
            change(request, now);
        }
    }
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = requested(call)? else { return Ok(()) };
    let name = call.organisation().canonical_name(id);
    if call.should_do(&format!("Removing move request \"{name}\"."))? {
        call.organisation_mut().move_requests.remove(&id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_mailbox_is_moved() {
        let trial = Trial::new();
        let all = trial.run("Get-MoveRequest", &[("ResultSize", "Unlimited".into())]).output;
        assert!(all.len() >= 3, "{}", all.len());
        let failed = trial.run("Get-MoveRequest", &[("MoveStatus", "Failed".into())]).output;
        let report =
            trial.pipe(failed, "Get-MoveRequestStatistics", &[("IncludeReport", true.into())]).output;
        assert!(report[0].get("FailureType").unwrap().to_string().contains("BadItems"));
        assert!(!report[0].get("Report").unwrap().is_null());

        let from = trial.run("Get-Mailbox lab", &[]).only().get("Database").unwrap().to_string();
        let to = if from == "MBX-DB01" { "MBX-DB02" } else { "MBX-DB01" };
        let target = [("TargetDatabase", to.into())];
        trial
            .run("New-MoveRequest lab", &[("TargetDatabase", from.as_str().into())])
            .failed_with("is already in");
        trial
            .run("New-MoveRequest lab", &[("TargetDatabase", "MBX-DB99".into())])
            .failed_with("couldn't be found");
        let made = trial.run("New-MoveRequest lab", &target).only();
        assert_eq!(made.get("Status").unwrap().to_string(), "Queued");
        assert_eq!(made.get("TargetDatabase").unwrap().to_string(), to);
        trial
            .run("New-MoveRequest lab", &target)
            .failed_with("already has a completed or pending move request");
        let status = || trial.run("Get-MoveRequest lab", &[]).only().get("Status").unwrap().to_string();
        trial.run("Suspend-MoveRequest lab", &[("Confirm", false.into())]).empty();
        assert_eq!(status(), "Suspended");
        trial.run("Resume-MoveRequest lab", &[]).empty();
        assert_eq!(status(), "Queued");
        {
            // As if the request had worked long enough.
            let mut organisation = trial.caller.organisation.write().unwrap();
            let lab = organisation.find("lab").unwrap();
            organisation.move_requests.get_mut(&lab).unwrap().done = u32::MAX;
        }
        assert_eq!(status(), "Completed");
        assert_eq!(trial.run("Get-Mailbox lab", &[]).only().get("Database").unwrap().to_string(), to);
        let removed = trial.run("Remove-MoveRequest lab", &[]);
        assert_eq!(removed.asked.len(), 1);
        trial.run("Get-MoveRequest lab", &[]).failed_with("Couldn't find a move request");
    }
}
