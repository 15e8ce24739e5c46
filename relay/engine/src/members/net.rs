//! Small .NET types: addresses, keys of dictionaries, queues, text builders.

use std::{any::Any, cell::RefCell, collections::VecDeque, net::IpAddr, rc::Rc};

use postern_shared::value::{DateTimeKind, PsDateTime, PsStr, PsTimeSpan};

use crate::{
    code::Sym,
    convert::{ConvertError, dates, integer},
    interp::{Engine, Flow, Scope},
    ops::{compare, list},
    value::{Array, Hash, HashKind, NetObject, Type, Value, enums},
};

/// Converts to the types that are here; `None` if the type is none of them.
pub(crate) fn convert(engine: &mut Engine, value: &Value, ty: Type) -> Option<Result<Value, ConvertError>> {
    let fail = |message: String, id: &'static str| {
        Some(Err(ConvertError {
            id,
            message: format!(
                "Cannot convert value \"{}\" to type \"{}\". Error: \"{message}\"",
                value.text(),
                ty.full_name()
            ),
            inner: Some(("System.FormatException", message)),
        }))
    };
    if value.is_null() {
        return None;
    }
    let text = value.text();
    Some(Ok(match ty {
        Type::Uri => match uri(&text) {
            Some(uri) => uri,
            None => {
                return fail(
                    "Invalid URI: The format of the URI could not be determined.".into(),
                    "InvalidCastConstructorException",
                );
            }
        },
        Type::MailAddress => match mail_address(&text) {
            Some(address) => address,
            None => {
                return fail(
                    "The specified string is not in the form required for an e-mail address.".into(),
                    "InvalidCastConstructorException",
                );
            }
        },
        Type::IPAddress => match text.trim().parse::<IpAddr>() {
            Ok(address) => Value::Net(Rc::new(Address(address))),
            Err(_) => {
                return fail(
                    "An invalid IP address was specified.".into(),
                    "InvalidCastParseTargetInvocation",
                );
            }
        },
        Type::DateTimeOffset => match offset_date(engine, value) {
            Some(found) => found,
            None => {
                return fail(
                    format!("The string '{text}' was not recognized as a valid DateTime."),
                    "InvalidCastParseTargetInvocationWithFormatProvider",
                );
            }
        },
        Type::Regex => match engine.regex(&text, 0) {
            Ok(regex) => Value::Net(Rc::new(super::regex::RegexObject { pattern: text, options: 0, regex })),
            Err(_) => return fail(crate::ops::regex::invalid(&text), "InvalidCastFromStringToRegex"),
        },
        Type::PSReference => Value::Net(Rc::new(Reference::Value(RefCell::new(value.clone())))),
        Type::Queue | Type::Stack | Type::HashSet => {
            let items = list::items(value).unwrap_or_else(|| vec![value.clone()]);
            match ty {
                Type::HashSet => Value::Net(Rc::new(super::set::Set::of(items, false))),
                _ => Value::Net(Rc::new(Sequence::of(ty, items))),
            }
        }
        Type::StringBuilder => Value::Net(Rc::new(Builder(RefCell::new(text.to_string())))),
        Type::Xml if matches!(value, Value::Net(object) if object.type_of() == Type::Xml) => return None,
        Type::Xml => match super::xml::parse(&text) {
            Ok(document) => document,
            Err(message) => {
                return Some(Err(ConvertError {
                    id: "InvalidCastToXmlDocument",
                    message: format!(
                        "Cannot convert value \"{text}\" to type \"System.Xml.XmlDocument\". Error: \"{message}\""
                    ),
                    inner: Some(("System.FormatException", message)),
                }));
            }
        },
        Type::SecureString => return None,
        Type::CultureInfo => Value::Net(Rc::new(Culture(text))),
        _ => return None,
    }))
}

/// The keys or values of a dictionary.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) hash: Rc<Hash>,
    pub(crate) values: bool,
}

impl NetObject for Keys {
    fn type_of(&self) -> Type {
        match (self.hash.kind, self.values) {
            (HashKind::Ordered, _) => Type::OrderedKeys,
            (_, false) => Type::KeyCollection,
            (_, true) => Type::ValueCollection,
        }
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.hash.len() as i32))
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(if self.values { self.hash.values() } else { self.hash.keys() })
    }

    fn call(&self, _: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        match (name.to_ascii_lowercase().as_str(), arguments) {
            ("contains", [value]) if !self.values => Some(Ok(Value::Bool(self.hash.contains(value)))),
            ("contains", [value]) => {
                Some(Ok(Value::Bool(self.hash.values().iter().any(|own| compare::equal(own, value, true)))))
            }
            ("getenumerator", []) => Some(Ok(Value::Net(super::enumerator::Enumerator::new(self.items()?)))),
            ("copyto", [Value::Array(target), at]) => {
                let start = integer(at).and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
                for (at, item) in self.items()?.into_iter().enumerate() {
                    if let Some(slot) = target.items.borrow_mut().get_mut(start + at) {
                        *slot = item;
                    }
                }
                Some(Ok(Value::Empty))
            }
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A dictionary's entry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: Value,
    pub(crate) value: Value,
}

/// A dictionary's entry as a value.
pub(crate) fn entry(key: Value, value: Value) -> Value {
    Value::Net(Rc::new(Entry { key, value }))
}

impl NetObject for Entry {
    fn type_of(&self) -> Type {
        Type::DictionaryEntry
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Name", "Key", "Value"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "key" | "name" => Some(self.key.clone()),
            "value" => Some(self.value.clone()),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `[uri]`.
#[derive(Debug)]
struct Uri {
    text: PsStr,
    scheme: PsStr,
    user: PsStr,
    host: PsStr,
    port: Option<u16>,
    path: PsStr,
    query: PsStr,
    fragment: PsStr,
}

/// A URI of a text, absolute or relative.
pub(crate) fn uri(text: &str) -> Option<Value> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    if !scheme.is_empty() && !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        return None;
    }
    let (rest, fragment) =
        rest.split_once('#').map_or((rest, String::new()), |(rest, f)| (rest, format!("#{f}")));
    let (rest, query) =
        rest.split_once('?').map_or((rest, String::new()), |(rest, q)| (rest, format!("?{q}")));
    let (authority, path) = match rest.find('/') {
        Some(at) if !scheme.is_empty() => (&rest[..at], rest[at..].to_owned()),
        None if !scheme.is_empty() => (rest, "/".to_owned()),
        _ => ("", rest.to_owned()),
    };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()) => {
            (name, Some(port.parse::<u16>().ok()?))
        }
        _ => (host, None),
    };
    Some(Value::Net(Rc::new(Uri {
        text: text.into(),
        scheme: scheme.to_ascii_lowercase().into(),
        user: user.into(),
        host: host.to_ascii_lowercase().into(),
        port,
        path: path.into(),
        query: query.into(),
        fragment: fragment.into(),
    })))
}

impl Uri {
    fn default_port(&self) -> i32 {
        match self.scheme.as_str() {
            "http" => 80,
            "https" => 443,
            "ftp" => 21,
            _ => -1,
        }
    }

    fn absolute(&self) -> String {
        if self.scheme.is_empty() {
            return self.text.to_string();
        }
        let user = if self.user.is_empty() { String::new() } else { format!("{}@", self.user) };
        let port = match self.port {
            Some(port) if i32::from(port) != self.default_port() => format!(":{port}"),
            _ => String::new(),
        };
        format!("{}://{user}{}{port}{}{}{}", self.scheme, self.host, self.path, self.query, self.fragment)
    }
}

impl NetObject for Uri {
    fn type_of(&self) -> Type {
        Type::Uri
    }

    fn text(&self) -> PsStr {
        self.absolute().into()
    }

    fn properties(&self) -> &'static [&'static str] {
        &[
            "AbsolutePath",
            "AbsoluteUri",
            "LocalPath",
            "Authority",
            "HostNameType",
            "IsDefaultPort",
            "IsFile",
            "IsLoopback",
            "PathAndQuery",
            "Segments",
            "IsUnc",
            "Host",
            "Port",
            "Query",
            "Fragment",
            "Scheme",
            "OriginalString",
            "DnsSafeHost",
            "IdnHost",
            "IsAbsoluteUri",
            "UserEscaped",
            "UserInfo",
        ]
    }

    fn get(&self, name: &str) -> Option<Value> {
        let absolute = !self.scheme.is_empty();
        Some(match name.to_ascii_lowercase().as_str() {
            "host" | "dnssafehost" | "idnhost" => Value::Str(self.host.clone()),
            "scheme" => Value::Str(self.scheme.clone()),
            "port" => Value::I32(self.port.map_or(self.default_port(), i32::from)),
            "absolutepath" | "localpath" => Value::Str(self.path.clone()),
            "query" => Value::Str(self.query.clone()),
            "fragment" => Value::Str(self.fragment.clone()),
            "pathandquery" => Value::str(format!("{}{}", self.path, self.query)),
            "absoluteuri" => Value::str(self.absolute()),
            "originalstring" => Value::Str(self.text.clone()),
            "isabsoluteuri" => Value::Bool(absolute),
            "userinfo" => Value::Str(self.user.clone()),
            "authority" => Value::str(match self.port {
                Some(port) if i32::from(port) != self.default_port() => format!("{}:{port}", self.host),
                _ => self.host.to_string(),
            }),
            "isdefaultport" => {
                Value::Bool(self.port.is_none_or(|port| i32::from(port) == self.default_port()))
            }
            "isfile" => Value::Bool(self.scheme == "file"),
            "isunc" | "userescaped" => Value::Bool(false),
            "isloopback" => Value::Bool(matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")),
            "hostnametype" => {
                Value::Enum(enums::URI_HOST_NAME_TYPE.value(match self.host.parse::<IpAddr>() {
                    Ok(IpAddr::V4(_)) => 3,
                    _ if self.host.starts_with('[') => 4,
                    _ => 2,
                }))
            }
            "segments" => {
                let mut parts: Vec<Value> = self.path.split_inclusive('/').map(Value::str).collect();
                if parts.is_empty() {
                    parts.push(Value::str("/"));
                }
                Value::Array(Array::new(Type::String, parts))
            }
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct MailAddress {
    display: PsStr,
    user: PsStr,
    host: PsStr,
}

fn mail_address(text: &str) -> Option<Value> {
    let text = text.trim();
    let (display, address) = match text.split_once('<') {
        Some((display, rest)) => (display.trim().trim_matches('"'), rest.strip_suffix('>')?),
        None => ("", text),
    };
    let (user, host) = address.rsplit_once('@')?;
    if user.is_empty() || host.is_empty() || address.contains(char::is_whitespace) || user.contains('@') {
        return None;
    }
    Some(Value::Net(Rc::new(MailAddress { display: display.into(), user: user.into(), host: host.into() })))
}

impl NetObject for MailAddress {
    fn type_of(&self) -> Type {
        Type::MailAddress
    }

    fn text(&self) -> PsStr {
        if self.display.is_empty() {
            format!("{}@{}", self.user, self.host).into()
        } else {
            format!("\"{}\" <{}@{}>", self.display, self.user, self.host).into()
        }
    }

    fn properties(&self) -> &'static [&'static str] {
        &["DisplayName", "User", "Host", "Address"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "displayname" => Value::Str(self.display.clone()),
            "user" => Value::Str(self.user.clone()),
            "host" => Value::Str(self.host.clone()),
            "address" => Value::str(format!("{}@{}", self.user, self.host)),
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Address(IpAddr);

impl NetObject for Address {
    fn type_of(&self) -> Type {
        Type::IPAddress
    }

    fn text(&self) -> PsStr {
        self.0.to_string().into()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["AddressFamily", "IsIPv6Multicast", "IsIPv6LinkLocal", "IPAddressToString"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "addressfamily" => {
                Value::Enum(enums::ADDRESS_FAMILY.value(if self.0.is_ipv4() { 2 } else { 23 }))
            }
            "ipaddresstostring" => Value::Str(self.text()),
            "isipv6multicast" => Value::Bool(self.0.is_ipv6() && self.0.is_multicast()),
            "isipv6linklocal" => {
                Value::Bool(matches!(self.0, IpAddr::V6(v6) if v6.segments()[0] & 0xFFC0 == 0xFE80))
            }
            "address" => match self.0 {
                IpAddr::V4(v4) => Value::I64(u32::from_le_bytes(v4.octets()).into()),
                IpAddr::V6(_) => Value::Null,
            },
            _ => return None,
        })
    }

    fn call(&self, _: &mut Engine, name: &str, _: &[Value]) -> Option<Flow<Value>> {
        if name.eq_ignore_ascii_case("GetAddressBytes") {
            let bytes: Vec<u8> = match self.0 {
                IpAddr::V4(v4) => v4.octets().to_vec(),
                IpAddr::V6(v6) => v6.octets().to_vec(),
            };
            return Some(Ok(Value::Array(Array::new(
                Type::Byte,
                bytes.into_iter().map(Value::U8).collect(),
            ))));
        }
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `[datetimeoffset]`.
#[derive(Debug)]
struct OffsetDate {
    /// The clock of its own zone.
    ticks: i64,
    minutes: i16,
}

fn offset_date(engine: &Engine, value: &Value) -> Option<Value> {
    let (ticks, minutes) = match value.base() {
        Value::DateTime(at) => match at.kind {
            DateTimeKind::Local(minutes) => (at.ticks, minutes),
            DateTimeKind::Utc => (at.ticks, 0),
            DateTimeKind::Unspecified => (at.ticks, (engine.environment.offset)(*at)),
        },
        other => {
            // The zone as it was written: parsed once as if local time were UTC.
            let text = other.text();
            let utc = dates::parse(&text, &|_| 0, engine.now())?;
            match utc.kind {
                DateTimeKind::Local(_) => {
                    let minutes = written_zone(&text);
                    (utc.ticks + i64::from(minutes) * 600_000_000, minutes)
                }
                _ => (utc.ticks, (engine.environment.offset)(utc)),
            }
        }
    };
    Some(Value::Net(Rc::new(OffsetDate { ticks, minutes })))
}

fn written_zone(text: &str) -> i16 {
    let text = text.trim();
    let Some(at) = text.rfind(['+', '-']).filter(|at| text[..*at].contains(':')) else { return 0 };
    let (hours, minutes) = text[at + 1..].split_once(':').unwrap_or((&text[at + 1..], "0"));
    let total = hours.parse::<i16>().unwrap_or(0) * 60 + minutes.parse::<i16>().unwrap_or(0);
    if text[at..].starts_with('-') { -total } else { total }
}

impl NetObject for OffsetDate {
    fn type_of(&self) -> Type {
        Type::DateTimeOffset
    }

    fn text(&self) -> PsStr {
        let at = PsDateTime { ticks: self.ticks, kind: DateTimeKind::Local(self.minutes) };
        crate::ops::date_format::date(at, "MM/dd/yyyy HH:mm:ss zzz").unwrap_or_default().into()
    }

    fn properties(&self) -> &'static [&'static str] {
        &[
            "DateTime",
            "UtcDateTime",
            "LocalDateTime",
            "Date",
            "Day",
            "DayOfWeek",
            "DayOfYear",
            "Hour",
            "Millisecond",
            "Minute",
            "Month",
            "Offset",
            "Second",
            "Ticks",
            "UtcTicks",
            "TimeOfDay",
            "Year",
        ]
    }

    fn get(&self, name: &str) -> Option<Value> {
        let local = PsDateTime { ticks: self.ticks, kind: DateTimeKind::Unspecified };
        let utc = self.ticks - i64::from(self.minutes) * 600_000_000;
        Some(match name.to_ascii_lowercase().as_str() {
            "datetime" => Value::DateTime(local),
            "utcdatetime" => Value::DateTime(PsDateTime { ticks: utc, kind: DateTimeKind::Utc }),
            "localdatetime" => Value::DateTime(PsDateTime { ticks: utc, kind: DateTimeKind::Local(0) }),
            "offset" => Value::TimeSpan(PsTimeSpan { ticks: i64::from(self.minutes) * 600_000_000 }),
            "utcticks" => Value::I64(utc),
            _ => return super::date::property(local, name),
        })
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let utc =
            PsDateTime { ticks: self.ticks - i64::from(self.minutes) * 600_000_000, kind: DateTimeKind::Utc };
        match (name.to_ascii_lowercase().as_str(), arguments) {
            ("touniversaltime", []) => {
                Some(Ok(Value::Net(Rc::new(OffsetDate { ticks: utc.ticks, minutes: 0 }))))
            }
            ("tounixtimeseconds", []) => {
                Some(Ok(Value::I64((utc.ticks - 621_355_968_000_000_000).div_euclid(10_000_000))))
            }
            ("tounixtimemilliseconds", []) => {
                Some(Ok(Value::I64((utc.ticks - 621_355_968_000_000_000).div_euclid(10_000))))
            }
            ("tostring", [format]) => {
                let at = PsDateTime { ticks: self.ticks, kind: DateTimeKind::Local(self.minutes) };
                let format = format.text();
                Some(engine.to_string_with(&Value::DateTime(at), &format).map(Value::Str))
            }
            ("tolocaltime", []) => {
                let local = engine.environment.local(utc);
                offset_date(engine, &Value::DateTime(local)).map(Ok)
            }
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `[ref]`: to a value of its own, or to a variable.
pub(crate) enum Reference {
    Value(RefCell<Value>),
    Variable(Rc<Scope>, Sym),
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reference({:?})", self.value())
    }
}

impl Reference {
    fn value(&self) -> Value {
        match self {
            Self::Value(value) => value.borrow().clone(),
            Self::Variable(scope, sym) => scope.own(*sym).unwrap_or_default(),
        }
    }

    /// Sets what it refers to.
    pub(crate) fn set(&self, value: Value) {
        match self {
            Self::Value(own) => *own.borrow_mut() = value,
            Self::Variable(scope, sym) => scope.set(*sym, value),
        }
    }
}

impl NetObject for Reference {
    fn type_of(&self) -> Type {
        Type::PSReference
    }

    fn properties(&self) -> &'static [&'static str] {
        &["Value"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Value").then(|| self.value())
    }

    fn set(&self, name: &str, value: &Value) -> Option<()> {
        name.eq_ignore_ascii_case("Value").then(|| Self::set(self, value.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A queue or a stack.
#[derive(Debug)]
pub(crate) struct Sequence {
    ty: Type,
    items: RefCell<VecDeque<Value>>,
}

impl Sequence {
    /// Of these items.
    pub(crate) fn of(ty: Type, items: Vec<Value>) -> Self {
        Self { ty, items: RefCell::new(items.into()) }
    }
}

impl NetObject for Sequence {
    fn type_of(&self) -> Type {
        self.ty
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Count").then(|| Value::I32(self.items.borrow().len() as i32))
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        if let Err(stop) = engine.check_items(self.items.borrow().len() + 1) {
            return Some(Err(stop));
        }
        let empty = |engine: &Engine| {
            Some(Err(engine.method_error(
                "System.InvalidOperationException",
                name,
                0,
                if self.ty == Type::Stack { "Stack empty." } else { "Queue empty." },
            )))
        };
        Some(Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
            ("enqueue" | "push", [item]) => {
                self.items.borrow_mut().push_back(item.clone());
                Value::Empty
            }
            ("dequeue", []) => match self.items.borrow_mut().pop_front() {
                Some(item) => item,
                None => return empty(engine),
            },
            ("pop", []) => match self.items.borrow_mut().pop_back() {
                Some(item) => item,
                None => return empty(engine),
            },
            ("peek", []) => {
                let items = self.items.borrow();
                match if self.ty == Type::Stack { items.back() } else { items.front() } {
                    Some(item) => item.clone(),
                    None => return empty(engine),
                }
            }
            ("contains", [item]) => {
                Value::Bool(self.items.borrow().iter().any(|own| compare::equal(own, item, true)))
            }
            ("clear", []) => {
                self.items.borrow_mut().clear();
                Value::Empty
            }
            ("toarray", []) => Value::array(self.items()?),
            _ => return None,
        }))
    }

    fn items(&self) -> Option<Vec<Value>> {
        let items = self.items.borrow();
        Some(if self.ty == Type::Stack {
            items.iter().rev().cloned().collect()
        } else {
            items.iter().cloned().collect()
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `[Text.StringBuilder]`.
#[derive(Debug)]
pub(crate) struct Builder(pub(crate) RefCell<String>);

impl NetObject for Builder {
    fn type_of(&self) -> Type {
        Type::StringBuilder
    }

    fn text(&self) -> PsStr {
        self.0.borrow().as_str().into()
    }

    fn gives_itself(&self) -> bool {
        true
    }

    fn get(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Length").then(|| Value::I32(self.0.borrow().encode_utf16().count() as i32))
    }

    fn call(&self, engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = arguments.first().map(Value::text).unwrap_or_default();
        let mut own = self.0.borrow_mut();
        if let Err(stop) = engine.check_text(own.len() + text.len() + 2) {
            return Some(Err(stop));
        }
        Some(Ok(match name.to_ascii_lowercase().as_str() {
            "append" => {
                own.push_str(&text);
                Value::Empty
            }
            "appendline" => {
                own.push_str(&text);
                own.push_str(crate::limits::NEWLINE);
                Value::Empty
            }
            "appendformat" => {
                let values = arguments.get(1..).unwrap_or_default();
                let values = match values {
                    [Value::Array(array)] => array.items.borrow().clone(),
                    values => values.to_vec(),
                };
                match engine.format(&text, &values) {
                    Ok(text) => own.push_str(&text),
                    Err(stop) => return Some(Err(stop)),
                }
                Value::Empty
            }
            "appendjoin" => {
                let items = match arguments.get(1..).unwrap_or_default() {
                    [one] => list::items(one).unwrap_or_else(|| vec![one.clone()]),
                    several => several.to_vec(),
                };
                let texts: Vec<PsStr> = items.iter().map(Value::text).collect();
                let joined = texts.iter().map(PsStr::as_str).collect::<Vec<_>>().join(&text);
                if let Err(stop) = engine.check_text(own.len() + joined.len()) {
                    return Some(Err(stop));
                }
                own.push_str(&joined);
                Value::Empty
            }
            "clear" => {
                own.clear();
                Value::Empty
            }
            "insert" => {
                let at = byte_at(&own, arguments.first().and_then(integer))?;
                let text = arguments.get(1).map(Value::text).unwrap_or_default();
                if let Err(stop) = engine.check_text(own.len() + text.len()) {
                    return Some(Err(stop));
                }
                own.insert_str(at, &text);
                Value::Empty
            }
            "remove" => {
                let from = byte_at(&own, arguments.first().and_then(integer))?;
                let count = arguments.get(1).and_then(integer)?;
                let to = byte_at(own.get(from..)?, Some(count))?;
                own.replace_range(from..from + to, "");
                Value::Empty
            }
            "replace" => {
                let with = arguments.get(1).map(Value::text).unwrap_or_default();
                let replaced = if text.is_empty() { own.clone() } else { own.replace(text.as_str(), &with) };
                if let Err(stop) = engine.check_text(replaced.len()) {
                    return Some(Err(stop));
                }
                *own = replaced;
                Value::Empty
            }
            "tostring" => Value::str(own.as_str()),
            _ => return None,
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Where so many UTF-16 units of a text end, in bytes.
fn byte_at(text: &str, units: Option<i64>) -> Option<usize> {
    let mut left = usize::try_from(units?).ok()?;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(c.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

/// A culture: only its name.
#[derive(Debug)]
pub(crate) struct Culture(pub(crate) PsStr);

impl NetObject for Culture {
    fn type_of(&self) -> Type {
        Type::CultureInfo
    }

    fn text(&self) -> PsStr {
        self.0.clone()
    }

    fn properties(&self) -> &'static [&'static str] {
        &["LCID", "Name", "DisplayName"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        let english = self.0.eq_ignore_ascii_case("en-US");
        Some(match name.to_ascii_lowercase().as_str() {
            "name" | "ietflanguagetag" => Value::Str(self.0.clone()),
            "displayname" | "englishname" | "nativename" if english => Value::str("English (United States)"),
            "displayname" | "englishname" | "nativename" => Value::Str(self.0.clone()),
            "lcid" if english => Value::I32(1033),
            "lcid" => Value::I32(4096),
            "twoletterisolanguagename" => Value::str(self.0.split('-').next().unwrap_or_default()),
            _ => return None,
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
