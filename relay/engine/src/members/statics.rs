//! Static members: the allow list.

use std::rc::Rc;

use postern_shared::value::{DateTimeKind, Decimal, PsDateTime, PsStr, PsTimeSpan, PsVersion, Uuid};
use rust_decimal::RoundingStrategy;

use super::{net, path, regex, secret, set};
use crate::{
    code::{Expr, ExprKind, Name},
    convert::{self, Number, dates, integer, number, numeric, text_list},
    interp::{Engine, Flow, Stop},
    ops::{self, compare, list},
    value::{Array, Category, Exception, List, Type, Value, enums},
};

impl Engine {
    fn static_type(&mut self, target: &Expr) -> Flow<Result<Type, Value>> {
        if let ExprKind::Type(ty) = &target.kind {
            self.type_ref(ty).map(Ok)
        } else {
            let value = self.eval(target)?;
            Ok(match value.base() {
                Value::Type(ty) => Ok(*ty),
                other => Err(other.clone()),
            })
        }
    }

    /// `[type]::Name`.
    pub(crate) fn static_member(&mut self, target: &Expr, name: &Name) -> Flow<Value> {
        let name = self.name(name)?;
        let ty = match self.static_type(target)? {
            Ok(ty) => ty,
            Err(value) => value.type_of(),
        };
        match self.static_property(ty, &name) {
            Some(value) => Ok(value),
            None if is_known(ty) => Ok(Value::Null),
            None => Err(self.unavailable(ty, &name)),
        }
    }

    fn unavailable(&self, ty: Type, name: &str) -> Stop {
        self.refused(format!("[{}]::{name} is not available in this console.", ty.short_name()))
    }

    fn static_property(&self, ty: Type, name: &str) -> Option<Value> {
        let lower = name.to_ascii_lowercase();
        if let Type::EnumOf(found) = ty {
            return found
                .members
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, n)| Value::Enum(found.value(*n)));
        }
        Some(match (ty, lower.as_str()) {
            (Type::Math, "pi") => Value::Double(std::f64::consts::PI),
            (Type::Math, "e") => Value::Double(std::f64::consts::E),
            (Type::Byte, "maxvalue") => Value::U8(u8::MAX),
            (Type::Byte, "minvalue") => Value::U8(0),
            (Type::SByte, "maxvalue") => Value::I8(i8::MAX),
            (Type::SByte, "minvalue") => Value::I8(i8::MIN),
            (Type::Int16, "maxvalue") => Value::I16(i16::MAX),
            (Type::Int16, "minvalue") => Value::I16(i16::MIN),
            (Type::UInt16, "maxvalue") => Value::U16(u16::MAX),
            (Type::UInt16, "minvalue") => Value::U16(0),
            (Type::Int32, "maxvalue") => Value::I32(i32::MAX),
            (Type::Int32, "minvalue") => Value::I32(i32::MIN),
            (Type::UInt32, "maxvalue") => Value::U32(u32::MAX),
            (Type::UInt32, "minvalue") => Value::U32(0),
            (Type::Int64, "maxvalue") => Value::I64(i64::MAX),
            (Type::Int64, "minvalue") => Value::I64(i64::MIN),
            (Type::UInt64, "maxvalue") => Value::U64(u64::MAX),
            (Type::UInt64, "minvalue") => Value::U64(0),
            (Type::Double, "maxvalue") => Value::Double(f64::MAX),
            (Type::Double, "minvalue") => Value::Double(f64::MIN),
            (Type::Double, "nan") => Value::Double(f64::NAN),
            (Type::Double, "positiveinfinity") => Value::Double(f64::INFINITY),
            (Type::Double, "negativeinfinity") => Value::Double(f64::NEG_INFINITY),
            (Type::Double, "epsilon") => Value::Double(5e-324),
            (Type::Single, "maxvalue") => Value::Single(f32::MAX),
            (Type::Single, "minvalue") => Value::Single(f32::MIN),
            (Type::Decimal, "maxvalue") => Value::Decimal(Decimal::MAX),
            (Type::Decimal, "minvalue") => Value::Decimal(Decimal::MIN),
            (Type::Char, "maxvalue") => Value::Char(u16::MAX),
            (Type::Char, "minvalue") => Value::Char(0),
            (Type::String, "empty") => Value::str(""),
            (Type::Guid, "empty") => Value::Guid(Uuid::nil()),
            (Type::DateTime, "now") => Value::DateTime(self.now()),
            (Type::DateTime, "utcnow") => Value::DateTime((self.environment.now)().to_utc()),
            (Type::DateTime, "today") => {
                let now = self.now();
                Value::DateTime(PsDateTime {
                    ticks: now.ticks - now.ticks.rem_euclid(864_000_000_000),
                    kind: now.kind,
                })
            }
            (Type::DateTime, "maxvalue") => Value::DateTime(PsDateTime {
                ticks: 3_155_378_975_999_999_999,
                kind: DateTimeKind::Unspecified,
            }),
            (Type::DateTime, "minvalue") => {
                Value::DateTime(PsDateTime { ticks: 0, kind: DateTimeKind::Unspecified })
            }
            (Type::TimeSpan, "zero") => Value::TimeSpan(PsTimeSpan { ticks: 0 }),
            (Type::TimeSpan, "maxvalue") => Value::TimeSpan(PsTimeSpan { ticks: i64::MAX }),
            (Type::TimeSpan, "minvalue") => Value::TimeSpan(PsTimeSpan { ticks: i64::MIN }),
            (Type::TimeSpan, "ticksperday") => Value::I64(864_000_000_000),
            (Type::TimeSpan, "ticksperhour") => Value::I64(36_000_000_000),
            (Type::TimeSpan, "ticksperminute") => Value::I64(600_000_000),
            (Type::TimeSpan, "tickspersecond") => Value::I64(10_000_000),
            (Type::TimeSpan, "tickspermillisecond") => Value::I64(10_000),
            (Type::Environment, "newline") => Value::str(crate::interp::files::NEW_LINE),
            (Type::Environment, "username") => self.env_get("USERNAME").map_or(Value::Null, Value::Str),
            (Type::Environment, "machinename") => {
                self.env_get("COMPUTERNAME").map_or(Value::Null, Value::Str)
            }
            (Type::Encoding, "utf8") => encoding("utf-8"),
            (Type::Encoding, "unicode") => encoding("utf-16"),
            (Type::Encoding, "bigendianunicode") => encoding("utf-16BE"),
            (Type::Encoding, "ascii") => encoding("us-ascii"),
            (Type::Encoding, "utf32") => encoding("utf-32"),
            (Type::Encoding, "default") => encoding("utf-8"),
            (Type::Encoding, "latin1") => encoding("iso-8859-1"),
            (Type::CultureInfo, "invariantculture") => Value::Net(Rc::new(net::Culture(PsStr::EMPTY))),
            (Type::CultureInfo, "currentculture" | "currentuiculture") => {
                Value::Net(Rc::new(net::Culture("en-US".into())))
            }
            (Type::StringComparer, _) => Value::str(name),
            (Type::Path, "directoryseparatorchar") => Value::Char(b'\\'.into()),
            _ => return None,
        })
    }

    /// `[type]::Name(arguments)`.
    pub(crate) fn static_call(&mut self, target: &Expr, name: &Name, arguments: &[Expr]) -> Flow<Value> {
        let name = self.name(name)?;
        let ty = match self.static_type(target)? {
            Ok(ty) => ty,
            Err(value) => value.type_of(),
        };
        let arguments = self.call_arguments(arguments)?;
        let lower = name.to_ascii_lowercase();
        if lower == "new" {
            return self.construct(ty, &arguments);
        }
        if let Some(result) = self.static_method(ty, &lower, &arguments) {
            return result;
        }
        if is_known(ty) && !matches!(ty, Type::Environment | Type::ScriptBlock | Type::Path) {
            return Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "MethodNotFound",
                Category::InvalidOperation,
                Value::Null,
                format!(
                    "Method invocation failed because [{}] does not contain a method named '{name}'.",
                    ty.full_name()
                ),
            ));
        }
        Err(self.unavailable(ty, &name))
    }

    fn static_method(&mut self, ty: Type, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        let text = |at: usize| arguments.get(at).map(Value::text).unwrap_or_default();
        Some(match (ty, name) {
            (Type::Math, _) => math(self, name, arguments)?,
            (Type::String, _) => string(self, name, arguments)?,
            (Type::Regex, "escape") => Ok(Value::str(ops::regex::escape(&text(0)))),
            (Type::Regex, "unescape") => Ok(Value::str(ops::regex::unescape(&text(0)))),
            (Type::Regex, "match" | "matches" | "ismatch" | "replace" | "split") => {
                regex_call(self, name, arguments)
            }
            (Type::Guid, "newguid") => {
                let bytes =
                    (u128::from(self.next_random()) << 64 | u128::from(self.next_random())).to_be_bytes();
                Ok(Value::Guid(uuid_v4(bytes)))
            }
            (
                Type::Guid
                | Type::DateTime
                | Type::TimeSpan
                | Type::Version
                | Type::IPAddress
                | Type::DateTimeOffset,
                "parse",
            ) => self.parse_call(ty, &text(0)),
            (_, "parse") if ty.is_number() || matches!(ty, Type::Bool | Type::Char) => {
                self.parse_call(ty, &text(0))
            }
            (
                Type::Guid
                | Type::DateTime
                | Type::TimeSpan
                | Type::Version
                | Type::IPAddress
                | Type::Bool
                | Type::DateTimeOffset,
                "tryparse",
            ) => try_parse(self, ty, arguments),
            (_, "tryparse") if ty.is_number() => try_parse(self, ty, arguments),
            (Type::DateTime, "parseexact") => parse_exact(self, arguments),
            (Type::DateTime, "daysinmonth") => {
                let (year, month) = (integer(arguments.first()?)?, integer(arguments.get(1)?)?);
                Ok(Value::I32(super::date::days_in_month(year as i32, month as u8).into()))
            }
            (Type::DateTime, "isleapyear") => {
                Ok(Value::Bool(super::date::is_leap(integer(arguments.first()?)? as i32)))
            }
            (Type::DateTime, "specifykind") => match (arguments.first()?.base(), arguments.get(1)) {
                (Value::DateTime(at), Some(kind)) => {
                    let kind = match convert::integer(kind)
                        .or_else(|| enums::DATE_TIME_KIND.parse(&kind.text()).map(|kind| kind.number))
                    {
                        Some(1) => DateTimeKind::Utc,
                        Some(2) => DateTimeKind::Local((self.environment.offset)(*at)),
                        _ => DateTimeKind::Unspecified,
                    };
                    Ok(Value::DateTime(PsDateTime { ticks: at.ticks, kind }))
                }
                _ => return None,
            },
            (Type::DateTime, "fromfiletime") => {
                let ticks = integer(arguments.first()?)?.checked_add(504_911_232_000_000_000)?;
                Ok(Value::DateTime(self.environment.local(PsDateTime { ticks, kind: DateTimeKind::Utc })))
            }
            (Type::DateTime, "fromfiletimeutc") => Ok(Value::DateTime(PsDateTime {
                ticks: integer(arguments.first()?)?.checked_add(504_911_232_000_000_000)?,
                kind: DateTimeKind::Utc,
            })),
            (Type::DateTime | Type::TimeSpan, "compare") => {
                Ok(Value::I32(compare::order(arguments.first()?, arguments.get(1)?, true)? as i32))
            }
            (Type::DateTimeOffset, "fromunixtimeseconds") => {
                let at = PsDateTime::from_unix_seconds(integer(arguments.first()?)?)?;
                self.cast(Value::DateTime(at), Type::DateTimeOffset)
            }
            (Type::TimeSpan, "fromdays") => from_units(arguments, 864e9),
            (Type::TimeSpan, "fromhours") => from_units(arguments, 36e9),
            (Type::TimeSpan, "fromminutes") => from_units(arguments, 6e8),
            (Type::TimeSpan, "fromseconds") => from_units(arguments, 1e7),
            (Type::TimeSpan, "frommilliseconds") => from_units(arguments, 1e4),
            (Type::TimeSpan, "fromticks") => from_units(arguments, 1.0),
            (Type::Array, _) => array(self, name, arguments)?,
            (Type::Char, _) => char_call(name, arguments)?,
            (Type::Convert, _) => convert_call(self, name, arguments)?,
            (Type::Path, _) => path::call(name, arguments)?,
            (Type::BitConverter, "tostring") => {
                let bytes: Vec<u8> =
                    list::items(arguments.first()?)?.iter().filter_map(integer).map(|n| n as u8).collect();
                Ok(Value::str(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join("-")))
            }
            (Type::Uri, "escapedatastring") => Ok(Value::str(percent(&text(0)))),
            (Type::Uri, "unescapedatastring") => Ok(Value::str(unpercent(&text(0)))),
            (Type::Uri, "iswellformeduristring") => Ok(Value::Bool(net::uri(&text(0)).is_some())),
            (Type::Enum, "getnames" | "getvalues") => {
                match arguments.first()?.base() {
                    Value::Type(Type::EnumOf(found)) => Ok(Value::array(
                        found
                            .members
                            .iter()
                            .map(|(own, n)| {
                                if name == "getnames" {
                                    Value::str(*own)
                                } else {
                                    Value::Enum(found.value(*n))
                                }
                            })
                            .collect(),
                    )),
                    _ => return None,
                }
            }
            (Type::Double | Type::Single, "isnan") => {
                Ok(Value::Bool(number(arguments.first()?)?.as_f64().is_nan()))
            }
            (Type::Double | Type::Single, "isinfinity") => {
                Ok(Value::Bool(number(arguments.first()?)?.as_f64().is_infinite()))
            }
            (Type::Decimal, "round" | "floor" | "ceiling" | "truncate") => math(self, name, arguments)?,
            (Type::Encoding, "getencoding") => Ok(encoding(&text(0))),
            (Type::Object, "referenceequals") => Ok(Value::Bool(arguments.first()?.same(arguments.get(1)?))),
            (Type::Object, "equals") => {
                Ok(Value::Bool(compare::equal(arguments.first()?, arguments.get(1)?, true)))
            }
            (Type::CultureInfo, "getcultureinfo") => Ok(Value::Net(Rc::new(net::Culture(text(0))))),
            (Type::PSCustomObject, _) => return None,
            _ => return None,
        })
    }

    fn parse_call(&mut self, ty: Type, text: &str) -> Flow<Value> {
        match self.convert(Value::str(text), ty) {
            // Any text is a truth to a cast, and only two are to `Parse`.
            Ok(_)
                if ty == Type::Bool
                    && !["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word)) =>
            {
                let why = format!("String '{text}' was not recognized as a valid Boolean.");
                Err(self.method_error("System.FormatException", "Parse", 1, &why))
            }
            Ok(_) if ty == Type::Bool => Ok(Value::Bool(text.trim().eq_ignore_ascii_case("true"))),
            Ok(value) if !text.trim().is_empty() => Ok(value),
            Ok(_) => Err(self.method_error(
                "System.FormatException",
                "Parse",
                1,
                &format!("The input string '{text}' was not in a correct format."),
            )),
            Err(error) => {
                let (exception, message) = error.inner.unwrap_or(("System.FormatException", error.message));
                Err(self.method_error(exception, "Parse", 1, &message))
            }
        }
    }

    /// The next random number.
    pub(crate) fn next_random(&mut self) -> u64 {
        // SplitMix64: small, and good for what scripts do with it.
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// `[type]::new(…)`.
    pub(crate) fn construct(&mut self, ty: Type, arguments: &[Value]) -> Flow<Value> {
        let first = arguments.first();
        let text = |at: usize| arguments.get(at).map(Value::text).unwrap_or_default();
        let int = |at: usize| arguments.get(at).and_then(integer).unwrap_or(0);
        Ok(match ty {
            Type::ArrayList | Type::ListOf(_) | Type::CollectionOf(_) => match first {
                Some(value) if list::is_list(value) => self.cast(value.clone(), ty)?,
                _ => Value::List(List::new(ty, Vec::new())),
            },
            Type::Queue | Type::Stack | Type::HashSet => {
                let items =
                    first.filter(|value| list::is_list(value)).and_then(list::items).unwrap_or_default();
                match ty {
                    Type::HashSet => Value::Net(Rc::new(set::Set::of(items, ignores_case(arguments)))),
                    _ => Value::Net(Rc::new(net::Sequence::of(ty, items))),
                }
            }
            Type::Hashtable | Type::Ordered | Type::Dictionary => {
                let copy = match first {
                    Some(Value::Hash(hash)) => hash.entries(),
                    _ => Vec::new(),
                };
                let kind = match ty {
                    Type::Hashtable => crate::value::HashKind::Hashtable,
                    Type::Ordered => crate::value::HashKind::Ordered,
                    _ => crate::value::HashKind::Dictionary,
                };
                // A hashtable made by a constructor heeds case.
                let hash = crate::value::Hash::with_case(kind, !ignores_case(arguments));
                for (key, value) in copy {
                    hash.set(key, value);
                }
                Value::Hash(hash)
            }
            Type::StringBuilder => Value::Net(Rc::new(net::Builder(std::cell::RefCell::new(
                first.and_then(Value::as_str).unwrap_or("").to_owned(),
            )))),
            Type::PropertyInfo if !text(0).is_empty() => {
                super::object::note_property(text(0), arguments.get(1).cloned().unwrap_or_default())
            }
            Type::PSObject | Type::PSCustomObject => match first {
                Some(value) => value.clone(),
                None => Value::Object(crate::value::Object::new()),
            },
            Type::Object => {
                Value::Object(crate::value::Object::typed("System.Object", Vec::<(PsStr, Value)>::new()))
            }
            Type::String => match (first, arguments.get(1)) {
                (Some(Value::Char(_) | Value::Str(_)), Some(count)) if text(0).chars().count() == 1 => {
                    let count = integer(count).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                    self.check_text(count)?;
                    Value::str(text(0).repeat(count))
                }
                (Some(value), _) => Value::Str(text_list(value).concat().into()),
                _ => Value::str(""),
            },
            Type::DateTime => {
                if arguments.len() < 2 {
                    return Ok(Value::DateTime(PsDateTime {
                        ticks: int(0),
                        kind: DateTimeKind::Unspecified,
                    }));
                }
                let kind = match arguments.last().map(Value::base) {
                    Some(Value::Enum(kind)) if kind.ty == &enums::DATE_TIME_KIND => match kind.number {
                        1 => DateTimeKind::Utc,
                        2 => DateTimeKind::Local(0),
                        _ => DateTimeKind::Unspecified,
                    },
                    Some(Value::Str(_)) if text(arguments.len() - 1).eq_ignore_ascii_case("Utc") => {
                        DateTimeKind::Utc
                    }
                    _ => DateTimeKind::Unspecified,
                };
                let byte = |at: usize| u8::try_from(int(at)).unwrap_or(255);
                let milliseconds = if arguments.len() > 6
                    && numeric(&arguments[6]).is_some()
                    && !matches!(arguments[6].base(), Value::Enum(_))
                {
                    int(6)
                } else {
                    0
                };
                let part = |at: usize| {
                    if arguments
                        .get(at)
                        .is_some_and(|value| matches!(value.base(), Value::Enum(_) | Value::Str(_)))
                    {
                        0
                    } else {
                        byte(at)
                    }
                };
                let made = PsDateTime::from_fields(
                    (int(0) as i32, byte(1), byte(2)),
                    (part(3), part(4), part(5)),
                    u32::try_from(milliseconds * 10_000).unwrap_or(0),
                    kind,
                );
                match made {
                    Some(at) => Value::DateTime(at),
                    None => {
                        return Err(self.method_error(
                            "System.ArgumentOutOfRangeException",
                            ".ctor",
                            arguments.len(),
                            "Year, Month, and Day parameters describe an un-representable DateTime.",
                        ));
                    }
                }
            }
            Type::TimeSpan => {
                let ticks = match arguments.len() {
                    0 => 0,
                    1 => int(0),
                    3 => (int(0) * 3600 + int(1) * 60 + int(2)) * 10_000_000,
                    _ => {
                        (int(0) * 86_400 + int(1) * 3600 + int(2) * 60 + int(3)) * 10_000_000
                            + int(4) * 10_000
                    }
                };
                Value::TimeSpan(PsTimeSpan { ticks })
            }
            Type::Version => match arguments.len() {
                0 => Value::Version(PsVersion::new(0, 0)),
                1 => return self.cast(arguments[0].clone(), ty),
                _ => Value::Version(PsVersion {
                    major: int(0) as i32,
                    minor: int(1) as i32,
                    build: if arguments.len() > 2 { int(2) as i32 } else { -1 },
                    revision: if arguments.len() > 3 { int(3) as i32 } else { -1 },
                }),
            },
            Type::Regex => {
                let options = match arguments.get(1) {
                    Some(value) => convert_enum(self, value, &enums::REGEX_OPTIONS)?.unwrap_or_default(),
                    None => 0,
                };
                let regex = self.regex(&text(0), options)?;
                Value::Net(Rc::new(regex::RegexObject { pattern: text(0), options, regex }))
            }
            Type::Exception(found) => {
                let message = match first {
                    Some(value) => value.text(),
                    None => format!("Exception of type '{}' was thrown.", found.name).into(),
                };
                let mut exception = Exception::new(found.name, message);
                match arguments.get(1).map(Value::base) {
                    Some(Value::Exception(inner)) => exception.inner = Some(Rc::clone(inner)),
                    Some(Value::Str(param)) if found.name.contains("Argument") => {
                        exception.message = format!("{} (Parameter '{param}')", exception.message).into();
                        exception.properties.push(("ParamName", Value::Str(param.clone())));
                    }
                    _ => {}
                }
                Value::Exception(Rc::new(exception))
            }
            Type::ErrorRecord => return self.new_error_record(arguments),
            Type::Guid | Type::Uri | Type::MailAddress | Type::IPAddress => match first {
                Some(value) => self.cast(value.clone(), ty)?,
                None => Value::Guid(Uuid::nil()),
            },
            Type::DateTimeOffset => match first {
                Some(value) => self.cast(value.clone(), ty)?,
                None => return Err(self.unavailable(ty, "new")),
            },
            Type::ArrayOf(elem) => {
                let count = usize::try_from(int(0)).unwrap_or(0);
                self.check_items(count)?;
                Value::Array(Array::new(*elem, vec![convert::default_of(*elem, true); count]))
            }
            Type::Credential | Type::NetworkCredential => {
                let made = match ty {
                    Type::Credential => secret::new_credential(arguments),
                    _ => secret::new_network(arguments),
                };
                return made.ok_or_else(|| self.no_overload(".ctor", arguments.len()));
            }
            Type::PSReference => self.cast(first.cloned().unwrap_or_default(), ty)?,
            Type::Switch => Value::Switch(first.is_some_and(convert::truth)),
            Type::Decimal | Type::Double | Type::Int32 | Type::Int64 => match first {
                Some(value) => self.cast(value.clone(), ty)?,
                None => convert::default_of(ty, true),
            },
            Type::CultureInfo => Value::Net(Rc::new(net::Culture(text(0)))),
            _ => return Err(self.unavailable(ty, "new")),
        })
    }

    fn new_error_record(&mut self, arguments: &[Value]) -> Flow<Value> {
        let [Value::Exception(exception), id, category, target] = arguments else {
            return Err(self.no_overload(".ctor", arguments.len()));
        };
        let category = convert_enum(self, category, &enums::ERROR_CATEGORY)?.unwrap_or(0);
        let record = crate::value::ErrorRecord::of(
            Rc::clone(exception),
            id.text(),
            Category::NotSpecified,
            target.clone(),
        );
        record.category.set(category);
        Ok(Value::Error(Rc::new(record)))
    }
}

fn convert_enum(
    engine: &mut Engine,
    value: &Value,
    ty: &'static crate::value::EnumType,
) -> Flow<Option<i64>> {
    match engine.cast(value.clone(), Type::EnumOf(ty))? {
        Value::Enum(found) => Ok(Some(found.number)),
        _ => Ok(None),
    }
}

/// Whether a comparer that ignores case is among the arguments of a constructor.
fn ignores_case(arguments: &[Value]) -> bool {
    let is_one =
        |value: &Value| value.as_str().is_some_and(|text| text.to_ascii_lowercase().ends_with("ignorecase"));
    arguments.iter().any(is_one)
}

/// Types whose static members are all known, so that one that there is not is null as in PowerShell.
fn is_known(ty: Type) -> bool {
    !matches!(
        ty,
        Type::Environment
            | Type::Encoding
            | Type::Path
            | Type::ScriptBlock
            | Type::Convert
            | Type::BitConverter
            | Type::CultureInfo
            | Type::SystemType
            | Type::TimeZone
            | Type::Xml
            | Type::SecureString
    )
}

fn uuid_v4(mut bytes: [u8; 16]) -> Uuid {
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    Uuid::from_bytes(bytes)
}

fn from_units(arguments: &[Value], ticks: f64) -> Flow<Value> {
    let n = arguments.first().and_then(number).map_or(0.0, Number::as_f64);
    Ok(Value::TimeSpan(PsTimeSpan { ticks: (n * ticks).round() as i64 }))
}

fn math(engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    let mut numbers = Vec::new();
    for argument in arguments {
        if let Some(n) = number(argument) {
            numbers.push(n);
        } else if numbers.is_empty() || !matches!(argument.base(), Value::Str(_) | Value::Enum(_)) {
            return Some(Err(engine.throw(
                "System.Management.Automation.MethodException",
                "MethodArgumentConversionInvalidCastArgument",
                Category::NotSpecified,
                Value::Null,
                format!("Cannot convert argument \"d\", with value: \"{}\", for \"{name}\" to type \"System.Double\".", argument.text()),
            )));
        }
    }
    let a = *numbers.first()?;
    let float = |f: fn(f64) -> f64| Some(Ok(Value::Double(f(a.as_f64()))));
    let same = |n: Number| Some(Ok(n.value()));
    match name {
        "round" => {
            let mode = arguments.iter().skip(1).find_map(|value| match value.base() {
                Value::Enum(found) => Some(found.number),
                Value::Str(text) => enums::MIDPOINT_ROUNDING.parse(text).map(|found| found.number),
                _ => None,
            });
            let digits =
                arguments.get(1).filter(|value| !matches!(value.base(), Value::Enum(_))).and_then(|value| {
                    match value.base() {
                        Value::Str(text) => text.parse().ok(),
                        other => integer(other),
                    }
                });
            let digits = digits.unwrap_or(0);
            if !(0..=28).contains(&digits) || digits > 15 && !matches!(a, Number::Decimal(_)) {
                return Some(Err(engine.method_error(
                    "System.ArgumentOutOfRangeException",
                    "Round",
                    arguments.len(),
                    "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')",
                )));
            }
            let strategy = match mode {
                Some(1) => RoundingStrategy::MidpointAwayFromZero,
                Some(2) => RoundingStrategy::ToZero,
                Some(3) => RoundingStrategy::ToNegativeInfinity,
                Some(4) => RoundingStrategy::ToPositiveInfinity,
                _ => RoundingStrategy::MidpointNearestEven,
            };
            Some(Ok(match a {
                Number::Decimal(n) => Value::Decimal(n.round_dp_with_strategy(digits as u32, strategy)),
                other => Value::Double(round(other.as_f64(), digits as i32, strategy)),
            }))
        }
        "floor" => match a {
            Number::Decimal(n) => same(Number::Decimal(n.floor())),
            _ => float(f64::floor),
        },
        "ceiling" => match a {
            Number::Decimal(n) => same(Number::Decimal(n.ceil())),
            _ => float(f64::ceil),
        },
        "truncate" => match a {
            Number::Decimal(n) => same(Number::Decimal(n.trunc())),
            _ => float(f64::trunc),
        },
        "abs" => same(match a {
            Number::Int(n) => Number::Int(n.checked_abs()?),
            Number::Long(n) => Number::Long(n.checked_abs()?),
            Number::Double(n) => Number::Double(n.abs()),
            Number::Decimal(n) => Number::Decimal(n.abs()),
            other => other,
        }),
        "sign" => Some(Ok(Value::I32(a.as_f64().partial_cmp(&0.0)? as i32))),
        "min" | "max" => {
            // The first argument's type decides.
            let b = *numbers.get(1)?;
            let b = match a {
                Number::Int(_) => Number::Int(i32::try_from(integer(&b.value())?).ok()?),
                Number::Long(_) => Number::Long(integer(&b.value())?),
                Number::Double(_) => Number::Double(b.as_f64()),
                Number::Decimal(_) => Number::Decimal(b.as_decimal()?),
                _ => b,
            };
            same(if (a.as_f64() <= b.as_f64()) == (name == "min") { a } else { b })
        }
        "pow" => Some(Ok(Value::Double(a.as_f64().powf(numbers.get(1)?.as_f64())))),
        "sqrt" => float(f64::sqrt),
        "cbrt" => float(f64::cbrt),
        "log10" => float(f64::log10),
        "log2" => float(f64::log2),
        "log" => match numbers.get(1) {
            Some(base) => Some(Ok(Value::Double(a.as_f64().ln() / base.as_f64().ln()))),
            None => float(f64::ln),
        },
        "exp" => float(f64::exp),
        "sin" => float(f64::sin),
        "cos" => float(f64::cos),
        "tan" => float(f64::tan),
        "atan" => float(f64::atan),
        "clamp" => {
            let (low, high) = (*numbers.get(1)?, *numbers.get(2)?);
            same(if a.as_f64() < low.as_f64() {
                low
            } else if a.as_f64() > high.as_f64() {
                high
            } else {
                a
            })
        }
        "divrem" => {
            let (a, b) = (a.as_whole()?, numbers.get(1)?.as_whole()?);
            if b == 0 {
                return Some(Err(engine.method_error(
                    "System.DivideByZeroException",
                    "DivRem",
                    2,
                    "Attempted to divide by zero.",
                )));
            }
            Some(Ok(Value::array(vec![Value::I64((a / b) as i64), Value::I64((a % b) as i64)])))
        }
        "bigmul" => Some(Ok(Value::I64((a.as_whole()? * numbers.get(1)?.as_whole()?) as i64))),
        _ => None,
    }
}

/// .NET's rounding of a double: scaled, rounded, scaled back.
fn round(n: f64, digits: i32, strategy: RoundingStrategy) -> f64 {
    let power = 10f64.powi(digits);
    let scaled = n * power;
    if !scaled.is_finite() || n.abs() > 1e16 {
        return n;
    }
    let rounded = match strategy {
        RoundingStrategy::MidpointAwayFromZero => scaled.round(),
        RoundingStrategy::ToZero => scaled.trunc(),
        RoundingStrategy::ToNegativeInfinity => scaled.floor(),
        RoundingStrategy::ToPositiveInfinity => scaled.ceil(),
        _ => scaled.round_ties_even(),
    };
    rounded / power
}

fn string(engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    let first = arguments.first();
    Some(match name {
        "isnullorempty" => {
            Ok(Value::Bool(first.is_none_or(|value| value.is_null() || value.text().is_empty())))
        }
        "isnullorwhitespace" => Ok(Value::Bool(first.is_none_or(|value| value.text().trim().is_empty()))),
        "join" => {
            let separator = first?.text();
            let items: Vec<PsStr> = match &arguments[1..] {
                [one] => text_list(one),
                // Join(separator, texts, first, count).
                [texts, Value::I32(from), Value::I32(count)] => {
                    let texts = text_list(texts);
                    let part = usize::try_from(*from).ok().zip(usize::try_from(*count).ok());
                    let part = part.and_then(|(from, count)| texts.get(from..from.checked_add(count)?));
                    let Some(part) = part else {
                        return Some(Err(engine.throw(
                            "System.Management.Automation.MethodInvocationException",
                            "ArgumentOutOfRangeException",
                            Category::NotSpecified,
                            Value::Null,
                            "Exception calling \"Join\" with \"4\" argument(s): \"startIndex or count is out of range.\"",
                        )));
                    };
                    part.to_vec()
                }
                many => many.iter().map(Value::text).collect(),
            };
            let mut out = String::new();
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(&separator);
                }
                out.push_str(item);
                if let Err(stop) = engine.check_text(out.len()) {
                    return Some(Err(stop));
                }
            }
            Ok(Value::str(out))
        }
        "format" => {
            let pattern = first?.text();
            let values = match &arguments[1..] {
                [Value::Array(items)] => items.items.borrow().clone(),
                values => values.to_vec(),
            };
            engine.format(&pattern, &values).map(Value::str)
        }
        "concat" => {
            let all: Vec<PsStr> = arguments.iter().flat_map(text_list).collect();
            Ok(Value::str(all.concat()))
        }
        "compare" | "compareordinal" => {
            let ignore = arguments.get(2).is_some_and(convert::truth);
            let (a, b) = (first?.text(), arguments.get(1)?.text());
            Ok(Value::I32(if name == "compare" {
                compare::order_text(&a, &b, !ignore)
            } else {
                a.as_str().cmp(b.as_str())
            } as i32))
        }
        "equals" => {
            let ignore = arguments
                .get(2)
                .is_some_and(|option| option.text().to_ascii_lowercase().ends_with("ignorecase"));
            Ok(Value::Bool(compare::same_text(&first?.text(), &arguments.get(1)?.text(), !ignore)))
        }
        "copy" => Ok(Value::Str(first?.text())),
        _ => return None,
    })
}

fn regex_call(engine: &mut Engine, name: &str, arguments: &[Value]) -> Flow<Value> {
    let text = arguments.first().map(Value::text).unwrap_or_default();
    let pattern = arguments.get(1).map(Value::text).unwrap_or_default();
    let option = arguments.get(if name == "replace" { 3 } else { 2 }).cloned();
    let options = match option {
        Some(value) => convert_enum(engine, &value, &enums::REGEX_OPTIONS)?.unwrap_or(0),
        None => 0,
    };
    let regex = engine.regex(&pattern, options)?;
    match name {
        "ismatch" => regex.is_match(&text).map(Value::Bool).map_err(|error| engine.regex_failed(&error)),
        "match" => regex::first(engine, &regex, &text),
        "matches" => regex::all(engine, &regex, &text),
        "split" => engine.split_text(&regex, &text, 0).map(regex::texts),
        _ => {
            let replacement = arguments.get(2).cloned().unwrap_or_default();
            engine.replace_in(&regex, &text, &replacement, usize::MAX).map(Value::Str)
        }
    }
}

fn try_parse(engine: &mut Engine, ty: Type, arguments: &[Value]) -> Flow<Value> {
    let text = arguments.first().cloned().unwrap_or_default();
    let result =
        if text.text().trim().is_empty() { None } else { engine.convert(Value::Str(text.text()), ty).ok() };
    if let Some(Value::Net(reference)) = arguments.last()
        && let Some(reference) = reference.as_any().downcast_ref::<net::Reference>()
    {
        reference.set(result.clone().unwrap_or_else(|| convert::default_of(ty, true)));
    }
    Ok(Value::Bool(result.is_some()))
}

fn parse_exact(engine: &mut Engine, arguments: &[Value]) -> Flow<Value> {
    let text = arguments.first().map(Value::text).unwrap_or_default();
    for format in arguments.get(1).map(text_list).unwrap_or_default() {
        if let Some(at) = dates::parse_exact(&text, &format) {
            return Ok(Value::DateTime(at));
        }
    }
    Err(engine.method_error(
        "System.FormatException",
        "ParseExact",
        arguments.len(),
        &format!("String '{text}' was not recognized as a valid DateTime."),
    ))
}

fn array(engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    let Value::Array(items) = arguments.first()?.base() else { return None };
    Some(Ok(match name {
        "sort" => {
            let mut sorted = items.items.borrow().clone();
            if let Err(stop) = engine.steps(sorted.len()) {
                return Some(Err(stop));
            }
            sorted.sort_by(|a, b| compare::order(a, b, true).unwrap_or(std::cmp::Ordering::Equal));
            *items.items.borrow_mut() = sorted;
            Value::Empty
        }
        "reverse" => {
            items.items.borrow_mut().reverse();
            Value::Empty
        }
        "indexof" => {
            let wanted = arguments.get(1)?;
            Value::I32(
                items
                    .items
                    .borrow()
                    .iter()
                    .position(|item| compare::equal(item, wanted, true))
                    .map_or(-1, |at| at as i32),
            )
        }
        "clear" => {
            items.items.borrow_mut().fill(convert::default_of(items.elem, true));
            Value::Empty
        }
        _ => return None,
    }))
}

fn char_call(name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    let c = arguments.first()?.text().chars().next()?;
    Some(Ok(match name {
        "isdigit" | "isnumber" => Value::Bool(c.is_numeric()),
        "isletter" => Value::Bool(c.is_alphabetic()),
        "isletterordigit" => Value::Bool(c.is_alphanumeric()),
        "isupper" => Value::Bool(c.is_uppercase()),
        "islower" => Value::Bool(c.is_lowercase()),
        "iswhitespace" => Value::Bool(c.is_whitespace()),
        "ispunctuation" => Value::Bool(c.is_ascii_punctuation()),
        "iscontrol" => Value::Bool(c.is_control()),
        "toupper" | "toupperinvariant" => Value::Char(c.to_uppercase().next().unwrap_or(c) as u16),
        "tolower" | "tolowerinvariant" => Value::Char(c.to_lowercase().next().unwrap_or(c) as u16),
        "getnumericvalue" => Value::Double(c.to_digit(10).map_or(-1.0, f64::from)),
        "convertfromutf32" => return None,
        _ => return None,
    }))
}

fn convert_call(engine: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
    use base64::Engine as _;
    let first = arguments.first()?;
    let ty = match name {
        "tobase64string" => {
            let bytes: Vec<u8> = list::items(first)?.iter().filter_map(integer).map(|n| n as u8).collect();
            return Some(Ok(Value::str(base64::engine::general_purpose::STANDARD.encode(bytes))));
        }
        "frombase64string" => {
            let text: String = first.text().chars().filter(|c| !c.is_whitespace()).collect();
            return Some(match base64::engine::general_purpose::STANDARD.decode(text) {
                Ok(bytes) => Ok(Value::Array(Array::new(Type::Byte, bytes.into_iter().map(Value::U8).collect()))),
                Err(_) => Err(engine.method_error("System.FormatException", "FromBase64String", 1, "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.")),
            });
        }
        "toint32" | "toint64" | "touint32" | "tobyte" | "toint16" => {
            let ty = match name {
                "toint64" => Type::Int64,
                "touint32" => Type::UInt32,
                "tobyte" => Type::Byte,
                "toint16" => Type::Int16,
                _ => Type::Int32,
            };
            if let Some(base) = arguments.get(1).and_then(integer)
                && matches!(base, 2 | 8 | 10 | 16)
            {
                let text = first.text();
                let text = text.trim();
                let digits =
                    if base == 16 { text.trim_start_matches("0x").trim_start_matches("0X") } else { text };
                return Some(match i64::from_str_radix(digits, base as u32) {
                    Ok(n) if ty == Type::Int32 => Ok(Value::I32(n as i32)),
                    Ok(n) => engine.cast(Value::I64(n), ty),
                    Err(_) => Err(engine.method_error(
                        "System.FormatException",
                        name,
                        2,
                        "Could not find any recognizable digits.",
                    )),
                });
            }
            ty
        }
        "todouble" => Type::Double,
        "todecimal" => Type::Decimal,
        "toboolean" => Type::Bool,
        "tochar" => Type::Char,
        "todatetime" => Type::DateTime,
        "tostring" => {
            if let (Some(n), Some(base)) = (integer(first), arguments.get(1).and_then(integer)) {
                return Some(Ok(Value::str(match base {
                    2 if matches!(first.base(), Value::I64(_)) => format!("{n:b}"),
                    2 => format!("{:b}", n as i32),
                    8 => format!("{n:o}"),
                    16 if matches!(first.base(), Value::I64(_)) => format!("{n:x}"),
                    16 => format!("{:x}", n as i32),
                    _ => n.to_string(),
                })));
            }
            Type::String
        }
        "changetype" => match arguments.get(1)?.base() {
            Value::Type(ty) => *ty,
            _ => return None,
        },
        _ => return None,
    };
    Some(match engine.convert(first.clone(), ty) {
        Ok(value) => Ok(value),
        Err(error) => {
            let (exception, message) = error.inner.unwrap_or(("System.FormatException", error.message));
            Err(engine.method_error(exception, name, arguments.len(), &message))
        }
    })
}

/// Everything but letters, digits and `-_.~` as `%XX`.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unpercent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let code = raw
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) if raw[at] == b'%' => {
                bytes.push(code);
                at += 3;
            }
            _ => {
                bytes.push(raw[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `[Text.Encoding]::UTF8` and the like.
fn encoding(name: &str) -> Value {
    Value::Net(Rc::new(super::encoding::Encoding::named(name)))
}
