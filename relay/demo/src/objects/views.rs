//! The default tables of types, as Get-FormatData writes them.

use std::sync::{Arc, LazyLock};

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue, Uuid};

use super::ObjectType;

/// A column: its header and property, and its width in characters; 0 where the width is up to the client.
pub type Column = (&'static str, u16);

/// The default table of a type: its full name and its columns.
pub type Table = (&'static str, &'static [Column]);

/// The default tables, by type.
pub const TABLES: &[Table] = &[
    (
        "Microsoft.Exchange.Data.Directory.Management.Mailbox",
        &[("Name", 25), ("Alias", 20), ("ServerName", 16), ("ProhibitSendQuota", 0)],
    ),
    (
        "Microsoft.Exchange.Management.MapiTasks.Presentation.MailboxStatistics",
        &[("DisplayName", 25), ("ItemCount", 10), ("StorageLimitStatus", 20), ("LastLogonTime", 0)],
    ),
    (
        "Microsoft.Exchange.Management.Tasks.MailboxFolderConfiguration",
        &[("Name", 25), ("FolderPath", 30), ("ItemsInFolder", 14), ("FolderSize", 0)],
    ),
    ("Microsoft.Exchange.Data.Directory.Management.User", &[("Name", 50), ("RecipientType", 0)]),
    ("Microsoft.Exchange.Data.Directory.Management.Contact", &[("Name", 50), ("RecipientType", 0)]),
    ("Microsoft.Exchange.Data.Directory.Management.ReducedRecipient", &[("Name", 50), ("RecipientType", 0)]),
    (
        "Microsoft.Exchange.Data.Directory.Management.DistributionGroup",
        &[("Name", 25), ("DisplayName", 25), ("GroupType", 27), ("PrimarySmtpAddress", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.Management.DynamicDistributionGroup",
        &[("Name", 35), ("ManagedBy", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.Management.MailContact",
        &[("Name", 35), ("Alias", 20), ("RecipientType", 0)],
    ),
    ("Microsoft.Exchange.Data.Directory.Management.MailUser", &[("Name", 35), ("RecipientType", 0)]),
    (
        "Microsoft.Exchange.Data.Directory.Management.CASMailbox",
        &[
            ("Name", 20),
            ("ActiveSyncEnabled", 18),
            ("OWAEnabled", 11),
            ("PopEnabled", 11),
            ("ImapEnabled", 12),
            ("MapiEnabled", 12),
        ],
    ),
    (
        "Microsoft.Exchange.Management.RecipientTasks.MailboxAcePresentationObject",
        &[("Identity", 20), ("User", 20), ("AccessRights", 19), ("IsInherited", 11), ("Deny", 5)],
    ),
    (
        "Microsoft.Exchange.Management.RecipientTasks.RecipientPermission",
        &[
            ("Identity", 20),
            ("Trustee", 25),
            ("AccessControlType", 17),
            ("AccessRights", 15),
            ("IsInherited", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Management.StoreTasks.MailboxFolderPermission",
        &[("FolderName", 20), ("User", 20), ("AccessRights", 26), ("SharingPermissionFlags", 0)],
    ),
    (
        "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.Rule",
        &[("Name", 45), ("State", 9), ("Mode", 14), ("Priority", 8), ("Comments", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.AcceptedDomain",
        &[("Name", 30), ("DomainName", 30), ("DomainType", 20), ("Default", 0)],
    ),
    (
        "Microsoft.Exchange.Management.SystemConfigurationTasks.AdminAuditLogEvent",
        &[("RunDate", 22), ("Caller", 30), ("CmdletName", 30), ("ObjectModified", 0)],
    ),
    ("Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRole", &[("Name", 35), ("RoleType", 0)]),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRoleAssignmentPresentation",
        &[
            ("Name", 35),
            ("Role", 25),
            ("RoleAssigneeName", 25),
            ("RoleAssigneeType", 16),
            ("AssignmentMethod", 16),
            ("EffectiveUserName", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Data.Directory.Management.RoleGroup",
        &[("Name", 30), ("Roles", 30), ("RoleAssignments", 30), ("ManagedBy", 0)],
    ),
    (
        "Microsoft.Exchange.Management.RecipientTasks.MoveRequest",
        &[("DisplayName", 30), ("Status", 22), ("TargetDatabase", 0)],
    ),
    (
        "Microsoft.Exchange.Management.RecipientTasks.MoveRequestStatistics",
        &[("DisplayName", 30), ("StatusDetail", 20), ("TotalMailboxSize", 30), ("PercentComplete", 0)],
    ),
    (
        "Microsoft.Exchange.Management.Common.InboxRule",
        &[("Name", 30), ("Enabled", 8), ("Priority", 8), ("RuleIdentity", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.Management.ExchangeServer",
        &[("Name", 15), ("Site", 20), ("ServerRole", 25), ("Edition", 12), ("AdminDisplayVersion", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase",
        &[("Name", 30), ("Server", 15), ("Recovery", 15), ("ReplicationType", 0)],
    ),
    (
        "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry",
        &[
            ("Name", 25),
            ("Status", 15),
            ("CopyQueueLength", 15),
            ("ReplayQueueLength", 17),
            ("LastInspectedLogTime", 22),
            ("ContentIndexState", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo",
        &[
            ("Identity", 20),
            ("DeliveryType", 28),
            ("Status", 10),
            ("MessageCount", 12),
            ("Velocity", 8),
            ("NextHopDomain", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Monitoring.MonitorHealthEntry",
        &[
            ("Server", 10),
            ("CurrentHealthSetState", 22),
            ("Name", 35),
            ("HealthSetName", 25),
            ("AlertValue", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatus",
        &[("ServerFqdn", 30), ("Component", 30), ("State", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.SmtpSendConnectorConfig",
        &[("Identity", 30), ("AddressSpaces", 40), ("Enabled", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector",
        &[("Identity", 35), ("Bindings", 35), ("Enabled", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.RetentionPolicy",
        &[("Name", 25), ("RetentionPolicyTagLinks", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.PresentationRetentionPolicyTag",
        &[("Name", 35), ("Type", 20), ("RetentionAction", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.AddressList",
        &[("Name", 25), ("DisplayName", 25), ("RecipientFilter", 0)],
    ),
    (
        "Microsoft.Exchange.Management.FfoReporting.MessageTraceV2",
        &[("Received", 22), ("SenderAddress", 30), ("RecipientAddress", 30), ("Subject", 30), ("Status", 0)],
    ),
    (
        "Microsoft.Exchange.Management.FfoReporting.MessageTraceDetail",
        &[("Date", 22), ("Event", 16), ("Detail", 0)],
    ),
    (
        "Microsoft.Exchange.Management.FfoQuarantine.QuarantineMessage",
        &[
            ("ReceivedTime", 22),
            ("Type", 14),
            ("Direction", 10),
            ("SenderAddress", 30),
            ("Subject", 30),
            ("Size", 8),
            ("Expires", 0),
        ],
    ),
    (
        "Microsoft.Exchange.Data.Directory.SystemConfiguration.DomainContentConfig",
        &[("Name", 30), ("DomainName", 35), ("AllowedOOFType", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Storage.Management.MailboxRegionalConfiguration",
        &[("Identity", 20), ("Language", 15), ("DateFormat", 15), ("TimeFormat", 15), ("TimeZone", 0)],
    ),
    (
        "Microsoft.Exchange.Data.Storage.Management.CalendarConfiguration",
        &[("Identity", 40), ("AutomateProcessing", 0)],
    ),
    (
        "Microsoft.Exchange.Management.FfoReporting.MessageTrace",
        &[("Received", 22), ("SenderAddress", 30), ("RecipientAddress", 30), ("Subject", 30), ("Status", 0)],
    ),
];

macro_rules! kind {
    ($name:ident, [$($type_name:expr),*], [$($property:literal),*]) => {
        static $name: LazyLock<ObjectType> =
            LazyLock::new(|| ObjectType::new(&[$($type_name),*], &[$($property),*]));
    };
}
macro_rules! list {
    ($name:ident, $of:literal) => {
        kind!(
            $name,
            [concat!(
                "System.Collections.Generic.List`1[[",
                $of,
                ", System.Management.Automation, Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]"
            )],
            []
        );
    };
}

kind!(
    DEFINITION,
    ["System.Management.Automation.ExtendedTypeDefinition"],
    ["TypeName", "TypeNames", "FormatViewDefinition"]
);
kind!(
    TEXTS,
    ["System.Collections.Generic.List`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, \
      PublicKeyToken=b77a5c561934e089]]"],
    []
);
list!(VIEWS, "System.Management.Automation.FormatViewDefinition");
kind!(VIEW, ["System.Management.Automation.FormatViewDefinition"], ["Name", "Control"]);
kind!(
    TABLE,
    ["System.Management.Automation.TableControl", "System.Management.Automation.PSControl"],
    ["Headers", "Rows", "AutoSize", "HideTableHeaders", "GroupBy", "OutOfBand"]
);
list!(HEADERS, "System.Management.Automation.TableControlColumnHeader");
kind!(HEADER, ["System.Management.Automation.TableControlColumnHeader"], ["Label", "Alignment", "Width"]);
list!(ROWS, "System.Management.Automation.TableControlRow");
kind!(ROW, ["System.Management.Automation.TableControlRow"], ["Columns", "SelectedBy", "Wrap"]);
list!(COLUMNS, "System.Management.Automation.TableControlColumn");
kind!(
    COLUMN,
    ["System.Management.Automation.TableControlColumn"],
    ["Alignment", "DisplayEntry", "FormatString"]
);
kind!(ENTRY, ["System.Management.Automation.DisplayEntry"], ["ValueType", "Value"]);
kind!(ALIGNMENT, ["System.Management.Automation.Alignment", "System.Enum", "System.ValueType"], []);
kind!(
    VALUE_TYPE,
    ["System.Management.Automation.DisplayEntryValueType", "System.Enum", "System.ValueType"],
    []
);

/// The format data of a type: an `ExtendedTypeDefinition` with one table.
pub fn format_data((type_name, columns): &Table) -> PsValue {
    let text = |text: &'static str| PsValue::from(PsStr::from_static(text));
    let named = |name: &'static str| Some(PsStr::from_static(name));
    let headers = columns.iter().map(|(name, width)| {
        let values = vec![
            text(name),
            ALIGNMENT.primitive(PsStr::from_static("Left"), PsValue::I32(1)),
            i32::from(*width).into(),
        ];
        HEADER.object(named("System.Management.Automation.TableControlColumnHeader"), values)
    });
    let cells = columns.iter().map(|(name, _)| {
        let entry = vec![VALUE_TYPE.primitive(PsStr::from_static("Property"), PsValue::I32(0)), text(name)];
        let entry = ENTRY.object(Some(format!("property: {name}").into()), entry);
        let values =
            vec![ALIGNMENT.primitive(PsStr::from_static("Undefined"), PsValue::I32(0)), entry, PsValue::Null];
        COLUMN.object(named(name), values)
    });
    let row = vec![COLUMNS.list(cells.collect()), PsValue::Null, false.into()];
    let row = ROW.object(named("System.Management.Automation.TableControlRow"), row);
    let table = vec![
        HEADERS.list(headers.collect()),
        ROWS.list(vec![row]),
        false.into(),
        false.into(),
        PsValue::Null,
        false.into(),
    ];
    let table = TABLE.object(named("System.Management.Automation.TableControl"), table);
    let view_name = type_name.rsplit('.').next().unwrap_or(type_name);
    let view = VIEW
        .object(named("System.Management.Automation.FormatViewDefinition"), vec![view_name.into(), table]);
    let view = with_instance_id(&view, type_name);
    DEFINITION.object(
        named(type_name),
        vec![text(type_name), TEXTS.list(vec![text(type_name)]), VIEWS.list(vec![view])],
    )
}

/// PowerShell's type data add an `InstanceId` to each view, by which a client tells views apart.
fn with_instance_id(view: &PsValue, type_name: &str) -> PsValue {
    let Some(object) = view.as_object() else { return PsValue::Null };
    let hash = type_name
        .bytes()
        .fold(0xCBF2_9CE4_u128, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(0x0100_0193));
    let extended: Properties = [("InstanceId", Uuid::from_u128(hash))].into_iter().collect();
    let object = PsObject {
        type_names: Arc::clone(&object.type_names),
        to_string: object.to_string.clone(),
        content: Content::None,
        adapted: object.adapted.clone(),
        extended,
    };
    object.into()
}
