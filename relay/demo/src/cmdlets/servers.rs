//! Servers, databases, queues and connectors: Get- cmdlets of an organisation on its own premises.

mod fields;

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use self::fields::{COMPONENT, COPY, DATABASE, HEALTH_ENTRY, QUEUE, RECEIVE, SEND, SERVER};
use super::{
    configured::{self, LISTED, one, selected},
    object_filter::ObjectFilter,
};
use crate::{
    cmdlet::{Call, Cmdlet, Kind, Parameter, Pattern, Stop},
    objects::{
        database,
        field::{Field, ItemType, Table, Tail},
    },
    organisation::{DATABASES, configuration::text_hash, database_name, random::Random},
};

const CONFIGURATION: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.ADConfigurationObject";
const SERVER_TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.ExchangeServer";
const DATABASE_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase";
const COPY_TYPE: &str = "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry";
const QUEUE_TYPE: &str = "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo";
const HEALTH_TYPE: &str = "Microsoft.Exchange.Monitoring.MonitorHealthEntry";
const COMPONENT_TYPE: &str = "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatus";
const SEND_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig";
const RECEIVE_TYPE: &str = "Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector";

fn item_type(
    name: &'static str,
    fields: &'static [Field],
    place: (&'static [&'static str], &'static str),
) -> ItemType {
    let names = [
        name,
        CONFIGURATION,
        "Microsoft.Exchange.Data.Directory.ADObject",
        "Microsoft.Exchange.Data.Directory.ADRawEntry",
        "Microsoft.Exchange.Data.ConfigurableObject",
    ];
    ItemType::new(&names, &[fields], place, Tail::Directory)
}

static SERVERS: LazyLock<ItemType> = LazyLock::new(|| {
    item_type(SERVER_TYPE, SERVER, (&["Administrative Groups", "Servers"], "msExchExchangeServer"))
});
static DATABASE_ITEMS: LazyLock<ItemType> = LazyLock::new(|| {
    item_type(DATABASE_TYPE, DATABASE, (&["Administrative Groups", "Databases"], "msExchPrivateMDB"))
});
static SEND_CONNECTORS: LazyLock<ItemType> = LazyLock::new(|| {
    item_type(SEND_TYPE, SEND, (&["Routing Groups", "Connections"], "msExchRoutingSMTPConnector"))
});
static RECEIVE_CONNECTORS: LazyLock<ItemType> = LazyLock::new(|| {
    item_type(RECEIVE_TYPE, RECEIVE, (&["EX01", "SMTP Receive Connectors"], "msExchSmtpReceiveConnector"))
});

static COPIES: LazyLock<Table> = LazyLock::new(|| Table::new(&[COPY_TYPE], &[COPY], &[]));
static QUEUES: LazyLock<Table> = LazyLock::new(|| Table::new(&[QUEUE_TYPE], &[QUEUE], &[]));
static HEALTH_ENTRIES: LazyLock<Table> = LazyLock::new(|| Table::new(&[HEALTH_TYPE], &[HEALTH_ENTRY], &[]));
static COMPONENTS: LazyLock<Table> = LazyLock::new(|| Table::new(&[COMPONENT_TYPE], &[COMPONENT], &[]));

const SERVER_NAME: Parameter = Parameter::new("Server", Kind::Text).help("Only of this server.");
const STATUS: Parameter = Parameter::switch("Status").help("Also what the server has to be asked for.");

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-ExchangeServer", "Lists Exchange servers.", |call| configured::get(call, &SERVERS))
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetExchangeServer")
        .output(SERVER_TYPE)
        .takes(&[LISTED, Parameter::new("Domain", Kind::Text), STATUS]),
    Cmdlet::new("Get-MailboxDatabase", "Lists mailbox databases.", get_database)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetMailboxDatabase")
        .output(DATABASE_TYPE)
        .takes(&[LISTED, SERVER_NAME, STATUS, Parameter::switch("IncludePreExchange2013")]),
    Cmdlet::new("Get-MailboxDatabaseCopyStatus", "Lists how copies of databases are.", get_copies)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetMailboxDatabaseCopyStatus")
        .output(COPY_TYPE)
        .takes(&[LISTED, SERVER_NAME, Parameter::switch("Active").help("Only the mounted copies.")]),
    Cmdlet::new("Get-Queue", "Lists queues of messages.", get_queue)
        .class("Microsoft.Exchange.Management.QueueViewerTasks.GetQueueInfo")
        .output(QUEUE_TYPE)
        .takes(&[
            Parameter::new("Identity", Kind::Text).at(0).help("Server\\Queue."),
            Parameter::new("Server", Kind::Text).alias(&["Name"]).piped().help("Only queues of this server."),
            Parameter::new("Filter", Kind::Filter),
            Parameter::new("ResultSize", Kind::Unlimited),
        ]),
    Cmdlet::new("Get-ServerHealth", "Lists what a server's monitors say.", get_health)
        .class("Microsoft.Exchange.Monitoring.GetServerHealth")
        .output(HEALTH_TYPE)
        .takes(&[
            LISTED.mandatory(),
            Parameter::new("HealthSet", Kind::Text).help("Only monitors of this set."),
            Parameter::switch("HaImpactingOnly"),
        ]),
    Cmdlet::new("Get-ServerComponentState", "Lists which parts of a server work.", get_components)
        .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetServerComponentState")
        .output(COMPONENT_TYPE)
        .takes(&[LISTED.mandatory(), Parameter::new("Component", Kind::Text).at(1).help("Only this part.")]),
    Cmdlet::new("Get-SendConnector", "Lists by which ways mail leaves.", |call| {
        configured::get(call, &SEND_CONNECTORS)
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetSendConnector")
    .output(SEND_TYPE)
    .takes(&[LISTED]),
    Cmdlet::new("Get-ReceiveConnector", "Lists where mail is taken.", |call| {
        configured::get(call, &RECEIVE_CONNECTORS)
    })
    .class("Microsoft.Exchange.Management.SystemConfigurationTasks.GetReceiveConnector")
    .output(RECEIVE_TYPE)
    .takes(&[LISTED, SERVER_NAME]),
];

/// Numbers that go with a name: the same each time.
fn draw(name: &str) -> Random {
    Random::new(text_hash(name))
}

fn get_database(call: &mut Call<'_>) -> Result<(), Stop> {
    let (status, server) = (call.switch("Status"), call.text("Server").map(str::to_owned));
    for item in selected(call, &DATABASE_ITEMS)? {
        if server.as_ref().is_some_and(|server| !server.eq_ignore_ascii_case(item.text("ServerName"))) {
            continue;
        }
        let mut item = item.clone();
        let mut typed = Vec::new();
        if status {
            let made_at = call.organisation().made_at;
            let mut draw = draw(&item.name);
            item.set("Mounted", true);
            item.set("BackupInProgress", false);
            item.set("MountedOnServer", format!("{}.klinik-auer.local", item.text("ServerName")));
            item.set("LastFullBackup", made_at.minutes_before(600 + draw.below(400) as u32).local_value());
            typed = vec![
                ("DatabaseSize", crate::objects::values::size((80 << 30) + draw.below(400 << 30))),
                ("AvailableNewMailboxSpace", crate::objects::values::size(draw.below(9 << 30))),
            ];
        }
        let number = (1..=DATABASES).find(|number| database_name(*number) == item.name);
        if let Some(PsValue::Guid(guid)) =
            number.and_then(|number| database(number).get("ObjectGuid").cloned())
        {
            item.guid = guid;
        }
        call.write(DATABASE_ITEMS.object_with(&item, typed))?;
    }
    Ok(())
}

fn get_copies(call: &mut Call<'_>) -> Result<(), Stop> {
    let identity = call.text("Identity").map(PsStr::from).unwrap_or_default();
    let server = call.text("Server").map(str::to_owned);
    let active_only = call.switch("Active");
    let pattern = Pattern::new(if identity.is_empty() { "*" } else { &identity });
    let now = call.organisation().now();
    let mut found = Vec::new();
    for number in 1..=DATABASES {
        let database = database_name(number);
        let home = if number % 2 == 1 { "EX01" } else { "EX02" };
        for copy in ["EX01", "EX02"] {
            let name = format!("{database}\\{copy}");
            let active = copy == home;
            if !(pattern.matches(&name) || pattern.matches(&database))
                || server.as_ref().is_some_and(|server| !server.eq_ignore_ascii_case(copy))
                || (active_only && !active)
            {
                continue;
            }
            // One copy lags behind, so that there is something to find.
            let lags = number == 3 && !active;
            let status = if active { "Mounted" } else { "Healthy" };
            let log = now.minutes_before(if lags { 47 } else { 1 }).local_value();
            let plain = [
                ("Identity", PsValue::from(name.as_str())),
                ("Name", name.as_str().into()),
                ("DatabaseName", database.clone().into()),
                ("Status", PsStr::from_static(status).into()),
                ("MailboxServer", copy.into()),
                ("ActiveDatabaseCopy", home.into()),
                ("ActivationPreference", if active { 1 } else { 2 }.into()),
                ("CopyQueueLength", if lags { 14 } else { 0 }.into()),
                ("ReplayQueueLength", if active { 0 } else { draw(&name).below(5) as i32 }.into()),
                ("LastCopiedLogTime", if active { PsValue::Null } else { log.clone() }),
                ("LastInspectedLogTime", if active { PsValue::Null } else { log.clone() }),
                ("LastReplayedLogTime", if active { PsValue::Null } else { log }),
                ("DiskFreeSpacePercent", (20 + draw(&name).below(50) as i32).into()),
            ];
            found.push(COPIES.object(name.as_str().into(), plain, Vec::new(), Vec::new()));
        }
    }
    if found.is_empty() && !Pattern::is_in(&identity) {
        return call.error(crate::cmdlet::CmdletError::not_found(&identity).about(identity));
    }
    found.into_iter().try_for_each(|copy| call.write(copy))
}

/// Queues: server, name, next hop, delivery, status, messages, last error.
type Queue = (&'static str, &'static str, &'static str, &'static str, &'static str, i32, &'static str);
const QUEUED: &[Queue] = &[
    ("EX01", "Submission", "Submission", "Undefined", "Ready", 0, ""),
    ("EX01", "17", "mbx-db01", "SmtpDeliveryToMailbox", "Ready", 3, ""),
    ("EX01", "21", "partnerlabor.example", "DnsConnectorDelivery", "Active", 2, ""),
    (
        "EX01",
        "22",
        "krankenkasse.example",
        "DnsConnectorDelivery",
        "Retry",
        34,
        "451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain",
    ),
    ("EX01", "Shadow\\5", "ex02.klinik-auer.local", "ShadowRedundancy", "Ready", 7, ""),
    ("EX02", "Submission", "Submission", "Undefined", "Ready", 0, ""),
    ("EX02", "9", "mbx-db02", "SmtpDeliveryToMailbox", "Ready", 1, ""),
    ("EX02", "Shadow\\4", "ex01.klinik-auer.local", "ShadowRedundancy", "Ready", 5, ""),
];

fn get_queue(call: &mut Call<'_>) -> Result<(), Stop> {
    let identity = call.text("Identity").map(Pattern::new);
    let filter = ObjectFilter::of(call)?;
    let server = call.text("Server").map(|name| name.split('.').next().unwrap_or_default().to_owned());
    let now = call.organisation().now();
    for (host, name, hop, delivery, status, count, error) in QUEUED {
        let identity_text = format!("{host}\\{name}");
        if identity.as_ref().is_some_and(|pattern| !pattern.matches(&identity_text))
            || server.as_ref().is_some_and(|server| !server.eq_ignore_ascii_case(host))
        {
            continue;
        }
        let retried = *status == "Retry";
        let plain = [
            ("Identity", PsValue::from(identity_text.as_str())),
            ("QueueIdentity", identity_text.as_str().into()),
            ("DeliveryType", PsStr::from_static(delivery).into()),
            ("NextHopDomain", PsStr::from_static(hop).into()),
            (
                "NextHopCategory",
                if *delivery == "DnsConnectorDelivery" { "External" } else { "Internal" }.into(),
            ),
            ("Status", PsStr::from_static(status).into()),
            ("MessageCount", (*count).into()),
            ("RetryCount", if retried { 11 } else { 0 }.into()),
            ("LastError", if error.is_empty() { PsValue::Null } else { PsStr::from_static(error).into() }),
            ("LastRetryTime", if retried { now.minutes_before(4).local_value() } else { PsValue::Null }),
        ];
        let queue = QUEUES.object(identity_text.as_str().into(), plain, Vec::new(), Vec::new());
        if filter.lets(&queue)? {
            call.write(queue)?;
        }
    }
    Ok(())
}

/// Sets of monitors, and the groups they are in.
const HEALTH_SETS: &[(&str, &str)] = &[
    ("ActiveSync.Protocol", "ServiceComponents"),
    ("AD", "KeyDependencies"),
    ("Autodiscover.Protocol", "ServiceComponents"),
    ("DataProtection", "ServerResources"),
    ("DiskSpace", "ServerResources"),
    ("ECP", "CustomerTouchPoints"),
    ("EWS.Protocol", "ServiceComponents"),
    ("FrontendTransport", "ServiceComponents"),
    ("HubTransport", "ServiceComponents"),
    ("IMAP.Protocol", "ServiceComponents"),
    ("OutlookMapiHttp.Protocol", "ServiceComponents"),
    ("OWA", "CustomerTouchPoints"),
    ("Search", "ServerResources"),
    ("Store", "ServerResources"),
];

fn get_health(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(server) = one(call, "Identity", &SERVERS)? else { return Ok(()) };
    let wanted = call.text("HealthSet").map(Pattern::new);
    let made_at = call.organisation().made_at;
    for (set, group) in HEALTH_SETS {
        if wanted.as_ref().is_some_and(|pattern| !pattern.matches(set)) {
            continue;
        }
        let bad = server.name == "EX02" && *set == "Search";
        let name = format!("{}Monitor", set.replace('.', ""));
        let plain = [
            ("Server", PsValue::from(server.name.clone())),
            ("Name", name.as_str().into()),
            ("HealthSetName", PsStr::from_static(set).into()),
            ("HealthGroupName", PsStr::from_static(group).into()),
            ("AlertValue", if bad { "Unhealthy" } else { "Healthy" }.into()),
            (
                "FirstAlertObservedTime",
                if bad { made_at.minutes_before(95).local_value() } else { PsValue::Null },
            ),
        ];
        call.write(HEALTH_ENTRIES.object(name.as_str().into(), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

const PARTS: &[&str] = &[
    "ServerWideOffline",
    "HubTransport",
    "FrontendTransport",
    "Monitoring",
    "RecoveryActionsEnabled",
    "AutoDiscoverProxy",
    "ActiveSyncProxy",
    "EcpProxy",
    "EwsProxy",
    "ImapProxy",
    "OabProxy",
    "OwaProxy",
    "PopProxy",
    "PushNotificationsProxy",
    "RpsProxy",
    "MapiProxy",
    "HighAvailability",
    "ForwardSyncDaemon",
    "ProvisioningRps",
];

fn get_components(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(server) = one(call, "Identity", &SERVERS)? else { return Ok(()) };
    let wanted = call.text("Component").map(Pattern::new);
    for part in PARTS {
        if wanted.as_ref().is_some_and(|pattern| !pattern.matches(part)) {
            continue;
        }
        // Both belong to Microsoft's own data centres.
        let state =
            if matches!(*part, "ForwardSyncDaemon" | "ProvisioningRps") { "Inactive" } else { "Active" };
        let plain = [
            ("ServerFqdn", PsValue::from(server.text("Fqdn"))),
            ("Component", PsStr::from_static(part).into()),
            ("State", PsStr::from_static(state).into()),
            ("Identity", server.name.clone().into()),
        ];
        call.write(COMPONENTS.object(PsStr::from_static(part), plain, Vec::new(), Vec::new()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cmdlets::trial::Trial;

    #[test]
    fn servers_lead_to_their_queues() {
        let trial = Trial::new();
        let servers = trial.run("Get-ExchangeServer", &[]).output;
        assert!(
            servers.iter().any(|server| server.get("ServerRole").unwrap().to_string().contains("Mailbox"))
        );
        let queues = trial.pipe(servers, "Get-Queue", &[]);
        assert!(queues.errors.is_empty() && queues.output.len() == super::QUEUED.len(), "{queues:?}");
        let full =
            queues.output.iter().filter(|queue| queue.get("MessageCount").unwrap().as_i64() > Some(20));
        assert_eq!(full.count(), 1);
        assert_eq!(trial.run("Get-ServerComponentState EX01", &[]).output.len(), super::PARTS.len());
        let search = trial.run("Get-ServerHealth EX02", &[("HealthSet", "Search".into())]).only();
        assert_eq!(search.get("AlertValue").unwrap().to_string(), "Unhealthy");
        trial.run("Get-ServerHealth EX09", &[]).failed_with("'EX09' couldn't be found");
    }

    #[test]
    fn databases_are_those_of_the_mailboxes() {
        let trial = Trial::new();
        let bare = trial.run("Get-MailboxDatabase MBX-DB02", &[]).only();
        assert!(bare.get("DatabaseSize").unwrap().is_null());
        let full = trial.run("Get-MailboxDatabase MBX-DB02", &[("Status", true.into())]).only();
        assert!(full.get("DatabaseSize").unwrap().to_string().ends_with("bytes)"));
        assert_eq!(full.get("Guid"), crate::objects::database(2).get("ObjectGuid"));
        let copies = trial.run("Get-MailboxDatabaseCopyStatus *", &[]).output;
        assert_eq!(copies.len(), 8);
        assert_eq!(trial.run("Get-MailboxDatabaseCopyStatus MBX-DB03\\EX02", &[]).output.len(), 1);
        trial.run("Get-MailboxDatabaseCopyStatus MBX-DB77", &[]).failed_with("couldn't be found");
        assert_eq!(trial.run("Get-SendConnector", &[]).output.len(), 2);
        assert_eq!(trial.run("Get-ReceiveConnector EX01*", &[]).output.len(), 3);
    }
}
