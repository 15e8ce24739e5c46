//! Values of Exchange's own types, as they are on the wire.

use std::sync::LazyLock;

use postern_shared::value::{Properties, PsObject, PsStr, PsTimeSpan, PsValue, PsVersion, Uuid};

use super::ObjectType;
use crate::organisation::{DIRECTORY, DIRECTORY_DN};

/// The directory partition's GUID.
const PARTITION: Uuid = Uuid::from_u128(0x59ce_2f71_8ea2_4ddf_a4fa_f250_69d0_b324);

static AD_OBJECT_ID: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &["Microsoft.Exchange.Data.Directory.ADObjectId", "Microsoft.Exchange.Data.ObjectId"],
        &[
            "OrgHierarchyToIgnore",
            "IsDeleted",
            "Rdn",
            "Parent",
            "Depth",
            "DistinguishedName",
            "IsRelativeDn",
            "DomainId",
            "PartitionGuid",
            "PartitionFQDN",
            "ObjectGuid",
            "Name",
        ],
    )
});
static SIZE: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(&["Microsoft.Exchange.Data.ByteQuantifiedSize", "System.ValueType"], &[])
});
const UNLIMITED_SIZE: &[&str] = &[
    "Microsoft.Exchange.Data.Unlimited`1[[Microsoft.Exchange.Data.ByteQuantifiedSize, Microsoft.Exchange.Data, \
     Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
    "System.ValueType",
];
const UNLIMITED_NUMBER: &[&str] = &[
    "Microsoft.Exchange.Data.Unlimited`1[[System.Int32, mscorlib, Version=4.0.0.0, Culture=neutral, \
     PublicKeyToken=b77a5c561934e089]]",
    "System.ValueType",
];
const UNLIMITED_SPAN: &[&str] = &[
    "Microsoft.Exchange.Data.Unlimited`1[[Microsoft.Exchange.Data.EnhancedTimeSpan, Microsoft.Exchange.Data, \
     Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
    "System.ValueType",
];
/// Names of a set limit and of none: an unset one has no `Value`.
struct Limited {
    set: ObjectType,
    unset: ObjectType,
}
impl Limited {
    fn new(type_names: &[&'static str]) -> Self {
        Self {
            set: ObjectType::new(type_names, &["IsUnlimited", "Value"]),
            unset: ObjectType::new(type_names, &["IsUnlimited"]),
        }
    }

    fn value(&self, value: Option<(PsStr, PsValue)>) -> PsValue {
        match value {
            Some((text, value)) => self.set.object(Some(text), vec![false.into(), value]),
            None => self.unset.object(Some(PsStr::from_static("Unlimited")), vec![true.into()]),
        }
    }
}
static SIZE_LIMIT: LazyLock<Limited> = LazyLock::new(|| Limited::new(UNLIMITED_SIZE));
static NUMBER_LIMIT: LazyLock<Limited> = LazyLock::new(|| Limited::new(UNLIMITED_NUMBER));
static SPAN_LIMIT: LazyLock<Limited> = LazyLock::new(|| Limited::new(UNLIMITED_SPAN));
static SPAN: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &["Microsoft.Exchange.Data.EnhancedTimeSpan", "System.ValueType"],
        &[
            "Days",
            "Hours",
            "Milliseconds",
            "Minutes",
            "Seconds",
            "Ticks",
            "TotalDays",
            "TotalHours",
            "TotalMilliseconds",
            "TotalMinutes",
            "TotalSeconds",
            "Sign",
        ],
    )
});
static SMTP_ADDRESS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &["Microsoft.Exchange.Data.SmtpAddress", "System.ValueType"],
        &["Length", "Local", "Domain", "Address", "IsUTF8", "IsValidAddress"],
    )
});
static PROXY_ADDRESS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.SmtpProxyAddress",
            "Microsoft.Exchange.Data.ProxyAddress",
            "Microsoft.Exchange.Data.ProxyAddressBase",
        ],
        &["SmtpAddress", "AddressString", "ProxyAddressString", "Prefix", "IsPrimaryAddress", "PrefixString"],
    )
});
static PROXY_ADDRESSES: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.ProxyAddressCollection",
            "Microsoft.Exchange.Data.ProxyAddressBaseCollection`1[[Microsoft.Exchange.Data.ProxyAddress, \
             Microsoft.Exchange.Data, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Data.ProxyAddress, \
             Microsoft.Exchange.Data, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedPropertyBase",
        ],
        &[],
    )
});
static STRINGS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib, Version=4.0.0.0, \
             Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
            "Microsoft.Exchange.Data.MultiValuedPropertyBase",
        ],
        &[],
    )
});
static IDS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.Directory.ADMultiValuedProperty`1[[Microsoft.Exchange.Data.Directory.ADObjectId, \
             Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Data.Directory.ADObjectId, \
             Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedPropertyBase",
        ],
        &[],
    )
});
static AUDIT_OPERATIONS: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &[
            "Microsoft.Exchange.Data.MultiValuedProperty`1[[Microsoft.Exchange.Data.Directory.MailboxAuditOperations, \
             Microsoft.Exchange.Data.Directory, Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
            "Microsoft.Exchange.Data.MultiValuedPropertyBase",
        ],
        &[],
    )
});
static VERSION: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &["Microsoft.Exchange.Data.ExchangeObjectVersion"],
        &["NextMajorVersion", "NextMinorVersion", "Major", "Minor", "ExchangeBuild"],
    )
});
static ORGANIZATION_ID: LazyLock<ObjectType> = LazyLock::new(|| {
    ObjectType::new(
        &["Microsoft.Exchange.Data.Directory.OrganizationId"],
        &["OrganizationalUnit", "ConfigurationUnit", "IsConsumerOrganization", "IdForEventLog"],
    )
});

/// An object of the directory: its canonical name, its distinguished name and its GUID.
pub fn ad_object_id(canonical: PsStr, distinguished: &PsStr, guid: Uuid) -> PsValue {
    let (parent, name) = canonical.rsplit_once('/').unwrap_or(("", &canonical));
    // Up to the comma in front of the parent: one that is escaped belongs to the name.
    let mut from = 0;
    let rdn = loop {
        match distinguished.get(from..).and_then(|rest| rest.find(',')).map(|at| from + at) {
            Some(at) if distinguished.get(..at).is_some_and(|start| start.ends_with('\\')) => from = at + 1,
            Some(at) => break distinguished.get(..at).unwrap_or_default(),
            None => break distinguished,
        }
    };
    let depth = canonical.matches('/').count() as i32 + 1;
    let values = vec![
        PsValue::Null,
        false.into(),
        rdn.into(),
        parent.into(),
        depth.into(),
        distinguished.clone().into(),
        false.into(),
        PsStr::from_static(DIRECTORY).into(),
        PARTITION.into(),
        PsStr::from_static(DIRECTORY).into(),
        guid.into(),
        name.into(),
    ];
    AD_OBJECT_ID.object(Some(canonical), values)
}

/// A constant object below the configuration: its name, and the names of its containers, the outermost first.
pub fn configuration_id(containers: &[&str], name: &str, guid: u128) -> PsValue {
    let mut canonical = format!("{DIRECTORY}/Configuration");
    let mut distinguished = format!("CN=Configuration,{DIRECTORY_DN}");
    for part in containers.iter().chain([&name]) {
        canonical = format!("{canonical}/{part}");
        distinguished = format!("CN={part},{distinguished}");
    }
    ad_object_id(canonical.into(), &distinguished.into(), Uuid::from_u128(guid))
}

/// A size as Exchange writes it: `49.5 GB (53,150,220,288 bytes)`.
pub fn size_text(bytes: u64) -> PsStr {
    let (unit, name) = match bytes {
        n if n >= 1 << 40 => (1_u64 << 40, "TB"),
        n if n >= 1 << 30 => (1 << 30, "GB"),
        n if n >= 1 << 20 => (1 << 20, "MB"),
        n if n >= 1 << 10 => (1 << 10, "KB"),
        _ => (1, "B"),
    };
    // Four significant digits, as in "1.153 GB" and "49.5 GB".
    let number = bytes as f64 / unit as f64;
    let decimals = match number {
        n if n >= 1000.0 => 0,
        n if n >= 100.0 => 1,
        n if n >= 10.0 => 2,
        _ => 3,
    };
    let text = format!("{number:.decimals$}");
    let number = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{number} {name} ({} bytes)", grouped(bytes)).into()
}

/// A number with a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `ByteQuantifiedSize`: text, and no properties on the wire.
pub fn size(bytes: u64) -> PsValue {
    SIZE.object(Some(size_text(bytes)), Vec::new())
}

/// `Unlimited<ByteQuantifiedSize>`.
pub fn limit_size(bytes: Option<u64>) -> PsValue {
    SIZE_LIMIT.value(bytes.map(|bytes| {
        let text = size_text(bytes);
        (text.clone(), text.into())
    }))
}

/// `Unlimited<Int32>`.
pub fn limit_number(number: Option<i32>) -> PsValue {
    NUMBER_LIMIT.value(number.map(|number| (number.to_string().into(), number.into())))
}

/// `Unlimited<EnhancedTimeSpan>` in seconds.
pub fn limit_span(seconds: Option<i64>) -> PsValue {
    SPAN_LIMIT.value(seconds.map(|seconds| {
        let text = PsStr::from(PsTimeSpan::from_seconds(seconds).to_string());
        (text.clone(), text.into())
    }))
}

/// `EnhancedTimeSpan` of whole seconds.
pub fn span(seconds: i64) -> PsValue {
    let part = |seconds: i64| PsValue::I32(seconds as i32);
    let total = seconds as f64;
    let values = vec![
        part(seconds / 86_400),
        part(seconds / 3_600 % 24),
        part(0),
        part(seconds / 60 % 60),
        part(seconds % 60),
        PsTimeSpan::from_seconds(seconds).ticks.into(),
        (total / 86_400.0).into(),
        (total / 3_600.0).into(),
        (total * 1_000.0).into(),
        (total / 60.0).into(),
        total.into(),
        part(seconds.signum()),
    ];
    SPAN.object(Some(PsTimeSpan::from_seconds(seconds).to_string().into()), values)
}

/// `SmtpAddress`.
pub fn smtp_address(address: PsStr) -> PsValue {
    let (local, domain) = address.split_once('@').unwrap_or((&address, ""));
    let values = vec![
        (address.encode_utf16().count() as i32).into(),
        local.into(),
        domain.into(),
        address.clone().into(),
        (!address.is_ascii()).into(),
        (!local.is_empty() && !domain.is_empty()).into(),
    ];
    SMTP_ADDRESS.object(Some(address), values)
}

/// `SmtpProxyAddress` of `SMTP:a@b` (primary) or `smtp:a@b`.
pub fn proxy_address(text: &PsStr) -> PsValue {
    let (prefix, address) = text.split_once(':').unwrap_or(("smtp", text));
    let values = vec![
        address.into(),
        address.into(),
        text.clone().into(),
        PsStr::from_static("SMTP").into(),
        (prefix == "SMTP").into(),
        prefix.into(),
    ];
    PROXY_ADDRESS.object(Some(text.clone()), values)
}

/// `ProxyAddressCollection`.
pub fn proxy_addresses(texts: &[PsStr]) -> PsValue {
    PROXY_ADDRESSES.list(texts.iter().map(proxy_address).collect())
}

/// `MultiValuedProperty<String>`.
pub fn strings<T: Into<PsValue>>(items: impl IntoIterator<Item = T>) -> PsValue {
    STRINGS.list(items.into_iter().map(Into::into).collect())
}

/// `ADMultiValuedProperty<ADObjectId>`.
pub fn ids(items: Vec<PsValue>) -> PsValue {
    IDS.list(items)
}

/// `MultiValuedProperty<MailboxAuditOperations>`, each by its name.
pub fn audit_operations(names: &[&'static str]) -> PsValue {
    static OPERATION: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &["Microsoft.Exchange.Data.Directory.MailboxAuditOperations", "System.Enum", "System.ValueType"],
            &[],
        )
    });
    // The numbers are flags in the order of this list.
    const OPERATIONS: &[&str] = &[
        "None",
        "Update",
        "Copy",
        "Move",
        "MoveToDeletedItems",
        "SoftDelete",
        "HardDelete",
        "FolderBind",
        "SendAs",
        "SendOnBehalf",
        "MessageBind",
        "Create",
        "MailboxLogin",
    ];
    let item = |name: &&'static str| {
        let at = OPERATIONS.iter().position(|own| own == name).unwrap_or(0);
        let number = if at == 0 { 0 } else { 1 << (at - 1) };
        OPERATION.primitive(PsStr::from_static(name), PsValue::I32(number))
    };
    AUDIT_OPERATIONS.list(names.iter().map(item).collect())
}

/// `ExchangeObjectVersion` 0.20 (15.0.0.0).
pub fn exchange_version() -> PsValue {
    let text = |text: &'static str| PsValue::from(PsStr::from_static(text));
    VERSION.object(
        Some(PsStr::from_static("0.20 (15.0.0.0)")),
        vec![
            text("1.0 (0.0.0.0)"),
            text("0.21 (0.0.0.0)"),
            PsValue::U8(0),
            PsValue::U8(20),
            text("15.0.0.0"),
        ],
    )
}

/// `OrganizationId` of an organisation on its own premises: empty.
pub fn organization_id() -> PsValue {
    ORGANIZATION_ID
        .object(Some(PsStr::EMPTY), vec![PsValue::Null, PsValue::Null, false.into(), PsStr::EMPTY.into()])
}

/// Languages that a mailbox can have: names, names in words and numbers.
pub const CULTURES: &[(&str, &str, i32)] = &[
    ("de-DE", "German (Germany)", 1031),
    ("de-AT", "German (Austria)", 3079),
    ("de-CH", "German (Switzerland)", 2055),
    ("en-US", "English (United States)", 1033),
    ("en-GB", "English (United Kingdom)", 2057),
    ("fr-FR", "French (France)", 1036),
    ("it-IT", "Italian (Italy)", 1040),
    ("es-ES", "Spanish (Spain)", 3082),
    ("nl-NL", "Dutch (Netherlands)", 1043),
    ("pl-PL", "Polish (Poland)", 1045),
    ("tr-TR", "Turkish (Turkey)", 1055),
    ("cs-CZ", "Czech (Czechia)", 1029),
];

/// A language of a mailbox: `CultureInfo`, of which only what scripts read is here.
pub fn culture(name: &'static str) -> PsValue {
    let found = CULTURES.iter().find(|(own, ..)| *own == name);
    let (display, lcid) = found.map_or((name, 127), |(_, display, lcid)| (*display, *lcid));
    let adapted: Properties = [
        ("Parent", PsValue::from(&name[..2])),
        ("LCID", lcid.into()),
        ("KeyboardLayoutId", lcid.into()),
        ("Name", name.into()),
        ("IetfLanguageTag", name.into()),
        ("DisplayName", display.into()),
        ("EnglishName", display.into()),
        ("TwoLetterISOLanguageName", name[..2].into()),
        ("IsNeutralCulture", false.into()),
    ]
    .into_iter()
    .collect();
    let type_names = ["System.Globalization.CultureInfo", "System.Object"].map(PsStr::from_static);
    PsValue::from(PsObject {
        type_names: type_names.into_iter().collect(),
        to_string: Some(PsStr::from_static(name)),
        adapted,
        ..PsObject::default()
    })
}

/// `MultiValuedProperty<CultureInfo>`.
pub fn cultures(names: &[&'static str]) -> PsValue {
    static CULTURES: LazyLock<ObjectType> = LazyLock::new(|| {
        ObjectType::new(
            &[
                "Microsoft.Exchange.Data.MultiValuedProperty`1[[System.Globalization.CultureInfo, mscorlib, \
                 Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
                "Microsoft.Exchange.Data.MultiValuedPropertyBase",
            ],
            &[],
        )
    });
    CULTURES.list(names.iter().map(|name| culture(name)).collect())
}

/// `ServerVersion` of the server.
pub fn server_version() -> PsValue {
    PsValue::Version(PsVersion { major: 15, minor: 2, build: 1748, revision: 10 })
}

// What constant properties are made of.

/// `$null`.
pub fn null() -> PsValue {
    PsValue::Null
}

/// `$false`.
pub fn no() -> PsValue {
    false.into()
}

/// `$true`.
pub fn yes() -> PsValue {
    true.into()
}

/// The empty string.
pub fn empty() -> PsValue {
    PsStr::EMPTY.into()
}

/// An empty list of strings.
pub fn no_strings() -> PsValue {
    strings(Vec::<PsValue>::new())
}

/// An empty list of objects of the directory.
pub fn no_ids() -> PsValue {
    ids(Vec::new())
}

/// A size without limit.
pub fn unlimited_size() -> PsValue {
    limit_size(None)
}

/// The GUID of zeros.
pub fn no_guid() -> PsValue {
    Uuid::nil().into()
}
