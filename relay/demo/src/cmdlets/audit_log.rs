//! Who did what: Search-AdminAuditLog, Get-AdminAuditLogConfig and Search-UnifiedAuditLog.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue, Uuid};

use super::{configured::invalid, folder_permission::guid_of};
use crate::{
    cmdlet::{Call, Cmdlet, Kind, Limit, Parameter, Pattern, Stop},
    objects::{
        ObjectType,
        enums::OBJECT_STATE,
        field::{Field, Form, Table},
    },
    organisation::{Moment, Organisation, Traits, audit::AdminChange, random::Random},
};

const ADMIN_TYPE: &str = "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogEvent";
const CONFIG_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.AdminAuditLogConfig";
const UNIFIED_TYPE: &str = "Microsoft.Exchange.Management.Tasks.UnifiedAuditLogEvent";

const ADMIN: &[Field] = &[
    Field::fixed("ObjectModified", Form::Text("")),
    Field::fixed("CmdletName", Form::Text("")),
    Field::fixed("CmdletParameters", Form::Texts(&[])),
    Field::fixed("ModifiedProperties", Form::Texts(&[])),
    Field::fixed("Caller", Form::Text("")),
    Field::fixed("ExternalAccess", Form::Flag(false)),
    Field::fixed("Succeeded", Form::Flag(true)),
    Field::fixed("Error", Form::NoText),
    Field::fixed("RunDate", Form::NoDate),
    Field::fixed("OriginatingServer", Form::Text("EX01 (15.02.1748.010)")),
    Field::fixed("Identity", Form::Text("")),
    Field::fixed("IsValid", Form::Flag(true)),
];
const CONFIG: &[Field] = &[
    Field::fixed("AdminAuditLogEnabled", Form::Flag(true)),
    Field::fixed("LogLevel", Form::Text("None")),
    Field::fixed("TestCmdletLoggingEnabled", Form::Flag(false)),
    Field::fixed("AdminAuditLogCmdlets", Form::Texts(&["*"])),
    Field::fixed("AdminAuditLogParameters", Form::Texts(&["*"])),
    Field::fixed("AdminAuditLogExcludedCmdlets", Form::Texts(&[])),
    Field::fixed("AdminAuditLogAgeLimit", Form::Span(90 * 86_400)),
    Field::fixed("LoadBalancerCount", Form::Number(3)),
    Field::fixed("RefreshInterval", Form::Number(10)),
    Field::fixed("UnifiedAuditLogIngestionEnabled", Form::Flag(true)),
    Field::fixed("Name", Form::Text("Admin Audit Log Settings")),
    Field::fixed("Identity", Form::Id("Admin Audit Log Settings")),
    Field::fixed("IsValid", Form::Flag(true)),
];
const UNIFIED: &[Field] = &[
    Field::fixed("RecordType", Form::Text("")),
    Field::fixed("CreationDate", Form::NoDate),
    Field::fixed("UserIds", Form::Text("")),
    Field::fixed("Operations", Form::Text("")),
    Field::fixed("AuditData", Form::Text("")),
    Field::fixed("ResultIndex", Form::Number(0)),
    Field::fixed("ResultCount", Form::Number(0)),
    Field::fixed("Identity", Form::Text("")),
    Field::fixed("IsValid", Form::Flag(true)),
];
const END: &[&str] = &["ObjectState"];
static ADMIN_EVENTS: LazyLock<Table> =
    LazyLock::new(|| Table::new(&[ADMIN_TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[ADMIN], END));
static CONFIGS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[CONFIG_TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[CONFIG], END)
});
static UNIFIED_EVENTS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(&[UNIFIED_TYPE, "Microsoft.Exchange.Data.ConfigurableObject"], &[UNIFIED], END)
});

/// Operations: name, record type.
const OPERATIONS: &[(&str, &str)] = &[
    ("UserLoggedIn", "AzureActiveDirectoryStsLogon"),
    ("MailItemsAccessed", "ExchangeItemAggregated"),
    ("Send", "ExchangeItem"),
    ("SendAs", "ExchangeItem"),
    ("SoftDelete", "ExchangeItemGroup"),
    ("HardDelete", "ExchangeItemGroup"),
    ("MoveToDeletedItems", "ExchangeItemGroup"),
    ("New-InboxRule", "ExchangeAdmin"),
    ("FileAccessed", "SharePointFileOperation"),
    ("FileDownloaded", "SharePointFileOperation"),
    ("UserLoginFailed", "AzureActiveDirectoryStsLogon"),
];
/// Events of users that are made up, over 90 days.
const EVENTS: u64 = 3_000;
/// Results of a unified search where nothing is said, and at most.
const RESULTS: i64 = 100;
const MAX_RESULTS: i64 = 5_000;

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Search-AdminAuditLog", "Finds what administrators changed.", search_admin)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.SearchAdminAuditLog")
        .output(ADMIN_TYPE)
        .takes(&[
            Parameter::new("Cmdlets", Kind::TextList).help("Only these cmdlets."),
            Parameter::new("Parameters", Kind::TextList).help("Only calls with these parameters."),
            Parameter::new("StartDate", Kind::DateTime).help("From when on; 15 days ago where not given."),
            Parameter::new("EndDate", Kind::DateTime).help("Until when."),
            Parameter::new("ObjectIds", Kind::TextList).help("Only changes of these objects."),
            Parameter::new("UserIds", Kind::TextList).help("Only changes by these users."),
            Parameter::new("IsSuccess", Kind::Bool),
            Parameter::new("ResultSize", Kind::Unlimited).help("How many at most; 1000 where not given."),
            Parameter::new("StartIndex", Kind::Int).help("How many to leave out."),
        ]),
    Cmdlet::new("Get-AdminAuditLogConfig", "Shows which changes are logged.", |call| {
        let tail = vec![OBJECT_STATE.fresh(&["Unchanged"])];
        call.write(CONFIGS.object(PsStr::from_static("Admin Audit Log Settings"), [], Vec::new(), tail))
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetAdminAuditLogConfig")
    .output(CONFIG_TYPE)
    .takes(&[Parameter::new("DomainController", Kind::Text)]),
    Cmdlet::new("Search-UnifiedAuditLog", "Finds what users and administrators did.", search_unified)
        .class("Microsoft.Exchange.Management.Tasks.SearchUnifiedAuditLog")
        .output(UNIFIED_TYPE)
        .takes(&[
            Parameter::new("StartDate", Kind::DateTime).mandatory().help("From when on."),
            Parameter::new("EndDate", Kind::DateTime).mandatory().help("Until when."),
            Parameter::new("Operations", Kind::TextList).help("Only these operations."),
            Parameter::new("RecordType", Kind::Text).help("Only records of this type."),
            Parameter::new("UserIds", Kind::TextList).help("Only what these users did."),
            Parameter::new("ObjectIds", Kind::TextList).help("Only what was done with these objects."),
            Parameter::new("FreeText", Kind::Text).help("Only records with this text."),
            Parameter::new("ResultSize", Kind::Int)
                .help("How many at most, up to 5000; 100 where not given."),
            Parameter::new("SessionId", Kind::Text).help("A name for a search in several parts."),
            Parameter::new(
                "SessionCommand",
                Kind::Enum(&["Initialize", "ReturnLargeSet", "ReturnNextPreviewPage"]),
            ),
            Parameter::switch("Formatted").help("Gives the data with line breaks."),
        ]),
];

fn range(call: &Call<'_>, days: u32) -> (Moment, Moment) {
    let now = call.organisation().now();
    let end = call.date("EndDate").map_or(now, Moment::from_date_time);
    (call.date("StartDate").map_or(now.days_before(days), Moment::from_date_time), end)
}

fn search_admin(call: &mut Call<'_>) -> Result<(), Stop> {
    static PARAMETER: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &["Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogCmdletParameter"],
            &["Name", "Value"],
        )
    });
    static PARAMETERS: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &[
                "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Management.\
                 SystemConfigurationTasks.AdminAuditLogCmdletParameter, Microsoft.Exchange.Management, \
                 Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
                "Microsoft.Exchange.Data.MultiValuedPropertyBase",
            ],
            &[],
        )
    });
    let (start, end) = range(call, 15);
    if start > end {
        return call.error(invalid("The StartDate must be earlier than the EndDate."));
    }
    let any = |name: &str| {
        let patterns: Vec<Pattern> = call.texts(name).iter().map(|text| Pattern::new(text)).collect();
        move |text: &str| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
    };
    let (cmdlet, object, caller) = (any("Cmdlets"), any("ObjectIds"), any("UserIds"));
    let parameters = call.texts("Parameters");
    let limit = match call.limit("ResultSize") {
        Some(Limit::Unlimited) => usize::MAX,
        Some(Limit::At(number)) => usize::try_from(number).unwrap_or(usize::MAX),
        None => 1_000,
    };
    let skip = call.int("StartIndex").and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
    let found: Vec<AdminChange> = {
        let organisation = call.organisation();
        let wanted = |change: &&AdminChange| {
            (start..=end).contains(&change.at)
                && cmdlet(&change.cmdlet)
                && object(&change.object)
                && caller(&change.caller)
                && parameters
                    .iter()
                    .all(|name| change.parameters.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)))
        };
        organisation.audit.newest().filter(wanted).skip(skip).take(limit).cloned().collect()
    };
    for change in found {
        let parameters = change.parameters.iter().map(|(name, value)| {
            PARAMETER.object(Some(name.clone()), vec![name.clone().into(), value.clone().into()])
        });
        let parameters = PARAMETERS.list(parameters.collect());
        let identity = guid_of(&format!("{} {} {}", change.at.0, change.cmdlet, change.object)).to_string();
        let plain = [
            ("ObjectModified", PsValue::from(change.object.clone())),
            ("CmdletName", change.cmdlet.clone().into()),
            ("Caller", change.caller.clone().into()),
            ("RunDate", change.at.local_value()),
            ("Identity", identity.as_str().into()),
        ];
        let tail = vec![OBJECT_STATE.fresh(&["Unchanged"])];
        call.write(ADMIN_EVENTS.object(
            identity.into(),
            plain,
            vec![("CmdletParameters", parameters)],
            tail,
        ))?;
    }
    Ok(())
}

struct Event {
    at: Moment,
    user: PsStr,
    operation: PsStr,
    record: &'static str,
    object: PsStr,
    address: String,
    id: Uuid,
}

/// All events, the newest first: those of users are made up, those of administrators are the changes that were made.
fn events(organisation: &Organisation) -> Vec<Event> {
    let people: Vec<_> = organisation
        .ids()
        .filter(|id| {
            let recipient = organisation.recipient(*id);
            recipient.kind == crate::organisation::Kind::UserMailbox
                && !recipient.traits.has(Traits::NEVER_USED)
        })
        .collect();
    let mut draw = Random::new(0xA0D2);
    let mut events = Vec::new();
    for _ in 0..EVENTS {
        let at = organisation.made_at.minutes_before(draw.below(90 * 24 * 60) as u32);
        let (operation, record) = draw.pick(OPERATIONS).copied().unwrap_or_default();
        let Some(user) = draw.pick(&people) else { break };
        events.push(Event {
            at,
            user: organisation.user_principal_name(*user),
            operation: PsStr::from_static(operation),
            record,
            object: organisation.primary_address(*user),
            address: format!("192.0.2.{}", draw.below(250)),
            id: draw.guid(),
        });
    }
    events.extend(organisation.audit.newest().map(|change| Event {
        at: change.at,
        user: change.caller.clone(),
        operation: change.cmdlet.clone(),
        record: "ExchangeAdmin",
        object: change.object.clone(),
        address: "10.20.0.9".to_owned(),
        id: guid_of(&format!("{} {} {}", change.at.0, change.cmdlet, change.object)),
    }));
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

/// A text as JSON.
fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c < ' ' => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn audit_data(event: &Event, formatted: bool) -> String {
    let time = event.at.utc().fields();
    let time = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    let workload = if event.record.starts_with("SharePoint") { "SharePoint" } else { "Exchange" };
    let parts = [
        ("CreationTime", json(&time)),
        ("Id", json(&event.id.to_string())),
        ("Operation", json(&event.operation)),
        ("RecordType", json(event.record)),
        ("ResultStatus", json(if event.operation == "UserLoginFailed" { "Failed" } else { "Succeeded" })),
        ("UserId", json(&event.user)),
        ("Workload", json(workload)),
        ("ClientIP", json(&event.address)),
        ("ObjectId", json(&event.object)),
    ];
    let (open, between, close) = if formatted { ("{\r\n  ", ",\r\n  ", "\r\n}") } else { ("{", ",", "}") };
    let parts: Vec<String> = parts.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{open}{}{close}", parts.join(between))
}

fn search_unified(call: &mut Call<'_>) -> Result<(), Stop> {
    let (start, end) = range(call, 90);
    if start > end {
        return call.error(invalid("The StartDate must be earlier than the EndDate."));
    }
    let size = call.int("ResultSize").unwrap_or(RESULTS);
    if !(1..=MAX_RESULTS).contains(&size) {
        return call.error(invalid("The ResultSize must be from 1 to 5000."));
    }
    let one_of = |name: &str| {
        let words = call.texts(name);
        move |text: &str| words.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(text))
    };
    let (operation, user, object) = (one_of("Operations"), one_of("UserIds"), one_of("ObjectIds"));
    let record = call.text("RecordType").map(str::to_owned);
    let text = call.text("FreeText").map(str::to_lowercase);
    let formatted = call.switch("Formatted");
    let mut found = events(&call.organisation());
    found.retain(|event| {
        (start..=end).contains(&event.at)
            && operation(&event.operation)
            && user(&event.user)
            && object(&event.object)
            && record.as_ref().is_none_or(|record| record.eq_ignore_ascii_case(event.record))
            && text.as_ref().is_none_or(|text| audit_data(event, false).to_lowercase().contains(text))
    });
    // The parts of a search go on where the one before ended.
    let session = call.text("SessionId").map(PsStr::from);
    let from = match &session {
        Some(session) => call.organisation_mut().search_part(session, size as usize),
        None => 0,
    };
    let count = found.len() as i32;
    for (at, event) in found.iter().enumerate().skip(from).take(size as usize) {
        let plain = [
            ("RecordType", PsValue::from(event.record)),
            ("CreationDate", event.at.utc_value()),
            ("UserIds", event.user.clone().into()),
            ("Operations", event.operation.clone().into()),
            ("AuditData", audit_data(event, formatted).into()),
            ("ResultIndex", (at as i32 + 1).into()),
            ("ResultCount", count.into()),
            ("Identity", event.id.to_string().into()),
        ];
        let tail = vec![OBJECT_STATE.fresh(&["Unchanged"])];
        call.write(UNIFIED_EVENTS.object(event.id.to_string().into(), plain, Vec::new(), tail))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_change_is_in_both_logs() {
        let trial = Trial::new();
        let mine = [("UserIds", "admin@klinik-auer.example".into())];
        assert!(trial.run("Search-AdminAuditLog", &mine).output.is_empty());
        let change = [("AutoForwardEnabled", false.into())];
        trial.run("Set-RemoteDomain Default", &[change[0].clone(), ("WhatIf", true.into())]);
        assert!(trial.run("Search-AdminAuditLog", &mine).output.is_empty(), "nothing was changed");
        trial.run("Set-RemoteDomain Default", &change).empty();
        let entry = trial.run("Search-AdminAuditLog", &mine).only();
        assert_eq!(entry.get("CmdletName").unwrap().to_string(), "Set-RemoteDomain");
        assert_eq!(entry.get("ObjectModified").unwrap().to_string(), "Default");
        let parameters = entry.get("CmdletParameters").unwrap().as_list().unwrap();
        assert_eq!(parameters[0].get("Name").unwrap().to_string(), "AutoForwardEnabled");
        assert_eq!(parameters[0].get("Value").unwrap().to_string(), "False");
        let range = [("StartDate", "2026-11-23".into()), ("EndDate", "2026-11-24".into()), mine[0].clone()];
        let unified = trial.run("Search-UnifiedAuditLog", &range).only();
        assert!(unified.get("AuditData").unwrap().to_string().contains("\"Operation\":\"Set-RemoteDomain\""));
        assert!(
            trial.run("Get-AdminAuditLogConfig", &[]).only().get("AdminAuditLogEnabled")
                == Some(&true.into())
        );
    }

    #[test]
    fn a_search_goes_on_in_parts() {
        let trial = Trial::new();
        let range = [
            ("StartDate", "2026-10-01".into()),
            ("EndDate", "2026-11-24".into()),
            ("SessionId", "parts".into()),
            ("ResultSize", 700.into()),
        ];
        let (mut found, mut count) = (0, 0);
        loop {
            let part = trial.run("Search-UnifiedAuditLog", &range).output;
            let Some(first) = part.first() else { break };
            assert_eq!(first.get("ResultIndex").unwrap().as_i64(), Some(found + 1));
            count = first.get("ResultCount").unwrap().as_i64().unwrap();
            found += part.len() as i64;
        }
        assert!(found > 700 && found == count, "{found} {count}");
        trial.run("Search-UnifiedAuditLog", &range[..1]).failed_with("missing mandatory parameters: EndDate");
    }
}
