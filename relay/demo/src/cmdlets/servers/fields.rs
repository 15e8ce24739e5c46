//! The properties of servers, databases, connectors and what is asked of them.

use crate::objects::field::{
    Field,
    Form::{self, Flag, Id, Limit, NoDate, NoText, Number, PlainSize, Size, Span, Text, Texts, Word},
    Words,
};

static ROLE: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.ServerRole",
    &["None", "Cafe", "Mailbox", "Mailbox, ClientAccess", "Edge"],
);
static EDITION: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.ServerEditionType",
    &["Unknown", "Standard", "Enterprise"],
);
static COPY_STATUS: Words = Words::new(
    "Microsoft.Exchange.Management.SystemConfigurationTasks.CopyStatus",
    &[
        "Unknown",
        "Initializing",
        "Healthy",
        "Failed",
        "Suspended",
        "Mounted",
        "DisconnectedAndHealthy",
        "Seeding",
    ],
);
static INDEX_STATE: Words = Words::new(
    "Microsoft.Exchange.Management.SystemConfigurationTasks.ContentIndexStatusType",
    &["Unknown", "Healthy", "Crawling", "Failed", "NotApplicable"],
);
static QUEUE_STATUS: Words = Words::new(
    "Microsoft.Exchange.Data.QueueViewer.QueueStatus",
    &["None", "Active", "Ready", "Retry", "Suspended", "Connecting"],
);
static DELIVERY: Words = Words::new(
    "Microsoft.Exchange.Data.Transport.DeliveryType",
    &[
        "Undefined",
        "SmtpDeliveryToMailbox",
        "SmartHostConnectorDelivery",
        "DnsConnectorDelivery",
        "ShadowRedundancy",
        "Unreachable",
        "SmtpRelayToMailboxDeliveryGroup",
    ],
);
static HEALTH: Words = Words::new(
    "Microsoft.Exchange.Monitoring.MonitorAlertState",
    &["Unknown", "Healthy", "Degraded", "Unhealthy", "Disabled"],
);
static SERVICE: Words = Words::new(
    "Microsoft.Exchange.Data.Directory.SystemConfiguration.ServiceState",
    &["Inactive", "Active", "Draining"],
);

/// A server's properties.
pub(super) const SERVER: &[Field] = &[
    Field::fixed("DataPath", Text("C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Mailbox")),
    Field::fixed("Domain", Text("klinik-auer.local")),
    Field::fixed("Edition", Word(&EDITION, "Enterprise")),
    Field::fixed("ExchangeLegacyDN", Text("")),
    Field::fixed("ExchangeLegacyServerRole", Number(0)),
    Field::fixed("Fqdn", Text("")),
    Field::fixed("CustomerFeedbackEnabled", Flag(false)),
    Field::fixed("InternetWebProxy", NoText),
    Field::fixed("IsHubTransportServer", Flag(true)),
    Field::fixed("IsClientAccessServer", Flag(true)),
    Field::fixed("IsMailboxServer", Flag(true)),
    Field::fixed("IsEdgeServer", Flag(false)),
    Field::fixed("IsE15OrLater", Flag(true)),
    Field::fixed("IsProvisionedServer", Flag(false)),
    Field::fixed("IsMemberOfCluster", Flag(true)),
    Field::fixed("ServerRole", Word(&ROLE, "Mailbox, ClientAccess")),
    Field::fixed("Site", Id("Lindau")),
    Field::fixed("AdminDisplayVersion", Text("Version 15.2 (Build 1748.10)")),
    Field::fixed("StaticDomainControllers", Texts(&[])),
    Field::fixed("CurrentDomainControllers", Texts(&["DC1.klinik-auer.local"])),
    Field::fixed("MonitoringGroup", Text("")),
    Field::fixed("WorkloadManagementPolicy", NoText),
    Field::fixed("MitigationsEnabled", Flag(true)),
    Field::fixed("MitigationsApplied", Texts(&["PING1"])),
    Field::fixed("MitigationsBlocked", Texts(&[])),
];
/// A mailbox database's.
pub(super) const DATABASE: &[Field] = &[
    Field::fixed("JournalRecipient", NoText),
    Field::fixed("MailboxRetention", Span(30 * 86_400)),
    Field::fixed("OfflineAddressBook", Id("Default Offline Address Book")),
    Field::fixed("ProhibitSendReceiveQuota", Size(Some(50 << 30))),
    Field::fixed("ProhibitSendQuota", Size(Some((49 << 30) + (1 << 29)))),
    Field::fixed("RecoverableItemsQuota", Size(Some(30 << 30))),
    Field::fixed("RecoverableItemsWarningQuota", Size(Some(20 << 30))),
    Field::fixed("CalendarLoggingQuota", Size(Some(6 << 30))),
    Field::fixed("IndexEnabled", Flag(true)),
    Field::fixed("IsExcludedFromProvisioning", Flag(false)),
    Field::fixed("IsSuspendedFromProvisioning", Flag(false)),
    Field::fixed("DumpsterStatistics", NoText),
    Field::fixed("ReplicationType", Text("Remote")),
    Field::fixed("AdminDisplayVersion", Text("Version 15.2 (Build 1748.10)")),
    Field::fixed("Server", Id("EX01")),
    Field::fixed("ServerName", Text("EX01")),
    Field::fixed("MasterServerOrAvailabilityGroup", Id("DAG01")),
    Field::fixed("MasterType", Text("DatabaseAvailabilityGroup")),
    Field::fixed("Mounted", Form::NoFlag),
    Field::fixed("MountedOnServer", NoText),
    Field::fixed("DatabaseSize", Form::Made(crate::objects::values::null)),
    Field::fixed("AvailableNewMailboxSpace", Form::Made(crate::objects::values::null)),
    Field::fixed("BackgroundDatabaseMaintenance", Flag(true)),
    Field::fixed("BackupInProgress", Form::NoFlag),
    Field::fixed("LastFullBackup", NoDate),
    Field::fixed("LastIncrementalBackup", NoDate),
    Field::fixed("RetainDeletedItemsUntilBackup", Flag(false)),
    Field::fixed("CircularLoggingEnabled", Flag(false)),
    Field::fixed("DeletedItemRetention", Span(14 * 86_400)),
    Field::fixed("EdbFilePath", Text("")),
    Field::fixed("LogFolderPath", Text("")),
    Field::fixed("IssueWarningQuota", Size(Some(49 << 30))),
    Field::fixed("EventHistoryRetentionPeriod", Span(7 * 86_400)),
    Field::fixed("MountAtStartup", Flag(true)),
    Field::fixed("Recovery", Flag(false)),
    Field::fixed("IsMailboxDatabase", Flag(true)),
    Field::fixed("IsPublicFolderDatabase", Flag(false)),
];
/// A send connector's.
pub(super) const SEND: &[Field] = &[
    Field::fixed("AddressSpaces", Texts(&["SMTP:*;1"])),
    Field::fixed("AuthenticationCredential", NoText),
    Field::fixed("CloudServicesMailEnabled", Flag(false)),
    Field::fixed("ConnectionInactivityTimeOut", Span(600)),
    Field::fixed("DNSRoutingEnabled", Flag(true)),
    Field::fixed("Enabled", Flag(true)),
    Field::fixed("ForceHELO", Flag(false)),
    Field::fixed("Fqdn", Text("mail.klinik-auer.example")),
    Field::fixed("FrontendProxyEnabled", Flag(true)),
    Field::fixed("HomeMtaServerId", Id("EX01")),
    Field::fixed("IgnoreSTARTTLS", Flag(false)),
    Field::fixed("IsScopedConnector", Flag(false)),
    Field::fixed("MaxMessageSize", Size(Some(35 << 20))),
    Field::fixed("Port", Number(25)),
    Field::fixed("ProtocolLoggingLevel", Text("Verbose")),
    Field::fixed("RequireTLS", Flag(false)),
    Field::fixed("SmartHostAuthMechanism", Text("None")),
    Field::fixed("SmartHosts", Texts(&[])),
    Field::fixed("SourceTransportServers", Texts(&["EX01", "EX02"])),
    Field::fixed("TlsAuthLevel", NoText),
    Field::fixed("TlsDomain", NoText),
    Field::fixed("UseExternalDNSServersEnabled", Flag(false)),
];
/// A receive connector's.
pub(super) const RECEIVE: &[Field] = &[
    Field::fixed("AuthMechanism", Text("Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer")),
    Field::fixed("Banner", NoText),
    Field::fixed("BinaryMimeEnabled", Flag(true)),
    Field::fixed("Bindings", Texts(&["[::]:25", "0.0.0.0:25"])),
    Field::fixed("ChunkingEnabled", Flag(true)),
    Field::fixed("ConnectionTimeout", Span(600)),
    Field::fixed("ConnectionInactivityTimeout", Span(300)),
    Field::fixed("Enabled", Flag(true)),
    Field::fixed("Fqdn", Text("EX01.klinik-auer.local")),
    Field::fixed("MaxInboundConnection", Limit(Some(5_000))),
    Field::fixed("MaxInboundConnectionPerSource", Limit(Some(20))),
    Field::fixed("MaxMessageSize", PlainSize(36 << 20)),
    Field::fixed("MaxRecipientsPerMessage", Number(200)),
    Field::fixed("PermissionGroups", Text("AnonymousUsers, ExchangeServers, ExchangeLegacyServers")),
    Field::fixed("ProtocolLoggingLevel", Text("Verbose")),
    Field::fixed(
        "RemoteIPRanges",
        Texts(&["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0-255.255.255.255"]),
    ),
    Field::fixed("RequireTLS", Flag(false)),
    Field::fixed("Server", Id("EX01")),
    Field::fixed("TransportRole", Text("FrontendTransport")),
    Field::fixed("SizeEnabled", Text("Enabled")),
    Field::fixed("TarpitInterval", Span(5)),
];

/// Those of the state of a database's copy.
pub(super) const COPY: &[Field] = &[
    Field::fixed("Identity", Text("")),
    Field::fixed("Name", Text("")),
    Field::fixed("DatabaseName", Text("")),
    Field::fixed("Status", Word(&COPY_STATUS, "Healthy")),
    Field::fixed("MailboxServer", Text("")),
    Field::fixed("ActiveDatabaseCopy", Text("")),
    Field::fixed("ActivationPreference", Number(1)),
    Field::fixed("ActivationSuspended", Flag(false)),
    Field::fixed("ErrorMessage", Text("")),
    Field::fixed("CopyQueueLength", Number(0)),
    Field::fixed("ReplayQueueLength", Number(0)),
    Field::fixed("ContentIndexState", Word(&INDEX_STATE, "Healthy")),
    Field::fixed("LastCopiedLogTime", NoDate),
    Field::fixed("LastInspectedLogTime", NoDate),
    Field::fixed("LastReplayedLogTime", NoDate),
    Field::fixed("DiskFreeSpacePercent", Number(0)),
    Field::fixed("IsValid", Flag(true)),
];
/// A queue's.
pub(super) const QUEUE: &[Field] = &[
    Field::fixed("Identity", Text("")),
    Field::fixed("QueueIdentity", Text("")),
    Field::fixed("DeliveryType", Word(&DELIVERY, "Undefined")),
    Field::fixed("NextHopDomain", Text("")),
    Field::fixed("NextHopCategory", Text("Internal")),
    Field::fixed("Status", Word(&QUEUE_STATUS, "Ready")),
    Field::fixed("MessageCount", Number(0)),
    Field::fixed("DeferredMessageCount", Number(0)),
    Field::fixed("Velocity", Number(0)),
    Field::fixed("RetryCount", Number(0)),
    Field::fixed("LastError", NoText),
    Field::fixed("LastRetryTime", NoDate),
    Field::fixed("NextRetryTime", NoDate),
    Field::fixed("IsValid", Flag(true)),
];
/// A monitor's.
pub(super) const HEALTH_ENTRY: &[Field] = &[
    Field::fixed("Server", Text("")),
    Field::fixed("CurrentHealthSetState", Text("NotApplicable")),
    Field::fixed("Name", Text("")),
    Field::fixed("TargetResource", Text("")),
    Field::fixed("HealthSetName", Text("")),
    Field::fixed("HealthGroupName", Text("")),
    Field::fixed("AlertValue", Word(&HEALTH, "Healthy")),
    Field::fixed("FirstAlertObservedTime", NoDate),
    Field::fixed("Description", Text("")),
    Field::fixed("IsValid", Flag(true)),
];
/// Those of the state of a server's part.
pub(super) const COMPONENT: &[Field] = &[
    Field::fixed("ServerFqdn", Text("")),
    Field::fixed("Component", Text("")),
    Field::fixed("State", Word(&SERVICE, "Active")),
    Field::fixed("Identity", Text("")),
    Field::fixed("IsValid", Flag(true)),
];
