//! Conversion of an argument to what its parameter takes, as PowerShell's binder and Exchange's types convert.

use postern_shared::value::{
    Content, DateTimeKind, Decimal, PsDateTime, PsObject, PsStr, PsTimeSpan, PsValue, PsVersion, Uuid,
};

use super::{Kind, Parameter};

/// A number, or no limit (`Unlimited<T>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The word Unlimited.
    Unlimited,
    /// A number, or a size in bytes.
    At(u64),
}

/// A change of a multivalued property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These values instead of what is there.
    Set(Vec<PsStr>),
    /// `@{Add=…; Remove=…}`.
    Edit {
        /// Values to add.
        add: Vec<PsStr>,
        /// Values to remove.
        remove: Vec<PsStr>,
    },
}

/// Why a value is not what a parameter takes.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// It cannot be converted; the text behind "Cannot process argument transformation on parameter '…'.".
    Unconvertible(String),
    /// It is not one of the words that the parameter takes; the text behind "Cannot validate argument on parameter
    /// '…'.".
    NotInSet(String),
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Unconvertible(why)
    }
}

/// The word for no limit.
const UNLIMITED: &str = "Unlimited";
/// Items of a list that one argument may have; a request of 100,000 members is an attack on a demo.
const MAX_ITEMS: usize = 100_000;

/// Converts a value for a parameter.
pub(super) fn convert(parameter: &Parameter, value: &PsValue) -> Result<PsValue, Refusal> {
    let to = parameter.type_name();
    let bare = bare(value);
    if bare.is_null() && parameter.kind != Kind::Switch {
        return Ok(PsValue::Null);
    }
    Ok(match parameter.kind {
        Kind::Text => text(bare, to)?.into(),
        Kind::Filter => match bare {
            PsValue::ScriptBlock(source) => PsValue::Str((**source).clone()),
            other => text(other, to)?.into(),
        },
        Kind::TextList => list(bare, |item| Ok(text(item, to)?.into()))?,
        Kind::Switch => PsValue::Bool(boolean(bare, to, true)?),
        Kind::Bool => PsValue::Bool(boolean(bare, to, false)?),
        Kind::Int => {
            let number = integer(bare)
                .ok_or_else(|| refusal(bare, to, "Input string was not in a correct format."))?;
            let number = i32::try_from(number)
                .map_err(|_| refusal(bare, to, "Value was either too large or too small for an Int32."))?;
            PsValue::I32(number)
        }
        Kind::Long => PsValue::I64(
            integer(bare).ok_or_else(|| refusal(bare, to, "Input string was not in a correct format."))?,
        ),
        Kind::Double => PsValue::Double(
            number(bare).ok_or_else(|| refusal(bare, to, "Input string was not in a correct format."))?,
        ),
        Kind::DateTime => PsValue::DateTime(
            date(bare).ok_or_else(|| refusal(bare, to, "String was not recognized as a valid DateTime."))?,
        ),
        Kind::TimeSpan => PsValue::TimeSpan(
            span(bare).ok_or_else(|| refusal(bare, to, "String was not recognized as a valid TimeSpan."))?,
        ),
        Kind::Guid => PsValue::Guid(guid(bare).ok_or_else(|| {
            refusal(
                bare,
                to,
                "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
            )
        })?),
        Kind::Version => match bare {
            PsValue::Version(_) => bare.clone(),
            other => PsVersion::parse(&other.to_string())
                .map(PsValue::Version)
                .ok_or_else(|| refusal(bare, to, "Version string portion was too short or too long."))?,
        },
        Kind::Unlimited => limit(bare, |text| text.parse().ok())
            .ok_or_else(|| refusal(bare, to, "Input string was not in a correct format."))?,
        Kind::Size => limit(bare, size).ok_or_else(|| {
            refusal(
                bare,
                to,
                "The value isn't a valid size. Use a number with B, KB, MB, GB or TB, or Unlimited.",
            )
        })?,
        Kind::Enum(words) => word(bare, words, to)?.into(),
        Kind::EnumList(words) => list(bare, |item| Ok(word(item, words, to)?.into()))?,
        Kind::MultiValued => match bare {
            PsValue::Object(object) if matches!(object.content, Content::Dictionary(_)) => {
                let known = |key: &PsValue| {
                    key.as_str().is_some_and(|key| {
                        ["add", "remove", "@odata.type"].iter().any(|word| key.eq_ignore_ascii_case(word))
                    })
                };
                match &object.content {
                    Content::Dictionary(entries) if entries.iter().all(|(key, _)| known(key)) => bare.clone(),
                    _ => {
                        let why = "The hash table may have only the keys Add and Remove.";
                        return Err(refusal(bare, to, why).into());
                    }
                }
            }
            other => list(other, |item| Ok(text(item, to)?.into()))?,
        },
        Kind::Credential | Kind::SecureString | Kind::Any => value.clone(),
    })
}

/// What a converted multivalued argument asks for.
pub(super) fn change(value: &PsValue) -> Change {
    let texts = |value: &PsValue| -> Vec<PsStr> {
        match value.as_list() {
            Some(items) => items.iter().map(|item| item.to_string().into()).collect(),
            None if value.is_null() => Vec::new(),
            None => vec![value.to_string().into()],
        }
    };
    match value.as_object().map(|object| &object.content) {
        Some(Content::Dictionary(entries)) => {
            let part = |name: &str| {
                entries
                    .iter()
                    .filter(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
                    .flat_map(|(_, value)| texts(value))
                    .collect()
            };
            Change::Edit { add: part("add"), remove: part("remove") }
        }
        _ => Change::Set(texts(value)),
    }
}

/// The value without notes and type names; an enum stays what it is, since its text matters.
fn bare(value: &PsValue) -> &PsValue {
    match value {
        PsValue::Object(object) if !object.is_enum() => match &object.content {
            Content::Value(inner) => inner,
            _ => value,
        },
        _ => value,
    }
}

fn refusal(value: &PsValue, to: &str, why: &str) -> String {
    format!("Cannot convert value \"{value}\" to type \"{to}\". Error: \"{why}\"")
}

fn text(value: &PsValue, to: &str) -> Result<PsStr, String> {
    match value {
        PsValue::Str(text) => Ok(text.clone()),
        other if other.as_list().is_some() => Err(format!("Cannot convert value to type {to}.")),
        PsValue::Object(object) if matches!(object.content, Content::Dictionary(_)) => {
            Err(format!("Cannot convert value to type {to}."))
        }
        PsValue::Object(object) => Ok(identity_of(object)),
        other => Ok(other.to_string().into()),
    }
}

/// The text that stands for an object given where text is taken: its own text, or its identity where it has none.
fn identity_of(object: &PsObject) -> PsStr {
    if let Some(text) = &object.to_string {
        return text.clone();
    }
    match object.get("Identity") {
        Some(identity) if !identity.is_null() => identity.to_string().into(),
        _ => object.to_string().into(),
    }
}

fn list(value: &PsValue, item: impl Fn(&PsValue) -> Result<PsValue, Refusal>) -> Result<PsValue, Refusal> {
    let items = match value.as_list() {
        Some(items) if items.len() > MAX_ITEMS => {
            return Err(String::from("The list has too many items.").into());
        }
        Some(items) => items.iter().map(|value| item(bare(value))).collect::<Result<Vec<_>, _>>()?,
        None => vec![item(value)?],
    };
    Ok(PsObject { content: Content::List(items), ..PsObject::default() }.into())
}

fn boolean(value: &PsValue, to: &str, switch: bool) -> Result<bool, String> {
    match value {
        // A switch without a value is present.
        PsValue::Null if switch => Ok(true),
        PsValue::Bool(flag) => Ok(*flag),
        PsValue::Object(_) if value.get("IsPresent").is_some() => {
            Ok(value.get("IsPresent").and_then(PsValue::as_bool).unwrap_or(false))
        }
        other => number(other).filter(|_| !matches!(other, PsValue::Str(_))).map(|number| number != 0.0).ok_or_else(
            || {
                format!(
                    "Cannot convert value \"System.String\" to type \"{to}\". Boolean parameters accept only Boolean \
                     values and numbers, such as $True, $False, 1 or 0."
                )
            },
        ),
    }
}

fn number(value: &PsValue) -> Option<f64> {
    match value {
        PsValue::Str(text) => {
            let text = text.trim();
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        PsValue::Double(number) => Some(*number),
        PsValue::Single(number) => Some(f64::from(*number)),
        PsValue::Decimal(number) => number.to_string().parse().ok(),
        PsValue::Bool(flag) => Some(f64::from(u8::from(*flag))),
        other => other.as_i64().map(|number| number as f64),
    }
}

fn integer(value: &PsValue) -> Option<i64> {
    match value {
        PsValue::Str(text) => {
            let text = text.trim();
            if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                return i64::from_str_radix(hex, 16).ok();
            }
            text.parse().ok().or_else(|| whole(number(value)?))
        }
        PsValue::Decimal(_) | PsValue::Double(_) | PsValue::Single(_) | PsValue::Bool(_) => {
            whole(number(value)?)
        }
        other => other.as_i64(),
    }
}

/// Rounds half to even, as .NET converts; nothing beyond what a double holds exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.abs() <= EXACT).then(|| number.round_ties_even() as i64)
}

fn limit(value: &PsValue, read: impl Fn(&str) -> Option<u64>) -> Option<PsValue> {
    match value {
        PsValue::Object(_) | PsValue::Str(_) => {
            let text = value.to_string();
            let text = text.trim();
            if text.eq_ignore_ascii_case(UNLIMITED) {
                return Some(UNLIMITED.into());
            }
            read(text).map(PsValue::U64)
        }
        other => integer(other).and_then(|number| u64::try_from(number).ok()).map(PsValue::U64),
    }
}

/// What a converted limit says.
pub(super) fn as_limit(value: &PsValue) -> Option<Limit> {
    match value {
        PsValue::U64(number) => Some(Limit::At(*number)),
        PsValue::Str(_) => Some(Limit::Unlimited),
        _ => None,
    }
}

/// Bytes of a size such as `1.5 GB`, `2GB (2,147,483,648 bytes)` or `1024`.
fn size(text: &str) -> Option<u64> {
    let text = text.split('(').next()?.trim().to_ascii_uppercase();
    let (number, factor) = [("TB", 1_u64 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)]
        .into_iter()
        .find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number, factor)))
        .unwrap_or((&text, 1));
    let number: Decimal = number.trim().replace(',', "").parse().ok()?;
    let bytes = number.checked_mul(Decimal::from(factor))?;
    bytes.trunc().to_string().parse().ok()
}

fn guid(value: &PsValue) -> Option<Uuid> {
    match value {
        PsValue::Guid(guid) => Some(*guid),
        other => Uuid::parse_str(other.to_string().trim()).ok(),
    }
}

/// One of some words: of a `ValidateSet` where the parameter is text, else of an enum, which may be cut short.
fn word(value: &PsValue, words: &[&'static str], to: &str) -> Result<&'static str, Refusal> {
    let given = text(value, to)?;
    let given = given.trim();
    if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(given)) {
        return Ok(word);
    }
    if to.starts_with("System.String") {
        return Err(Refusal::NotInSet(format!(
            "The argument \"{given}\" does not belong to the set \"{}\" specified by the ValidateSet attribute. Supply \
             an argument that is in the set and then try the command again.",
            words.join(",")
        )));
    }
    // .NET's enums may be cut short where that is unambiguous.
    let is_start =
        |word: &&str| word.get(..given.len()).is_some_and(|start| start.eq_ignore_ascii_case(given));
    let mut starting = words.iter().filter(|word| is_start(word));
    match (given.is_empty(), starting.next(), starting.next()) {
        (false, Some(word), None) => Ok(word),
        _ => Err(format!(
            "Cannot convert value \"{given}\" to type \"{to}\". Error: \"Unable to match the identifier name {given} to a \
             valid enumerator name. Specify one of the following enumerator names and try again: {}\"",
            words.join(", ")
        )
        .into()),
    }
}

fn date(value: &PsValue) -> Option<PsDateTime> {
    match value {
        PsValue::DateTime(at) => Some(*at),
        PsValue::Str(text) => parse_date(text.trim()),
        _ => None,
    }
}

/// `MM/dd/yyyy`, `yyyy-MM-dd` or `dd.MM.yyyy`, with an optional time of day, `AM`, `PM` or `Z`.
fn parse_date(text: &str) -> Option<PsDateTime> {
    let (text, kind) = match text.strip_suffix('Z') {
        Some(text) => (text, DateTimeKind::Utc),
        None => (text, DateTimeKind::Unspecified),
    };
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let separator = ['/', '-', '.'].into_iter().find(|separator| day.contains(*separator))?;
    let parts: Vec<i32> = day.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
    let (year, month, day) = match (separator, parts.as_slice()) {
        ('-', [year, month, day]) | ('/', [month, day, year]) | ('.', [day, month, year]) => {
            (*year, *month, *day)
        }
        _ => return None,
    };
    let upper = clock.trim().to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim(), Some(0)),
        (_, Some(clock)) => (clock.trim(), Some(12)),
        _ => (upper.as_str(), None),
    };
    let clock = clock.split('.').next().unwrap_or("");
    let mut numbers = clock.split(':').filter(|part| !part.is_empty()).map(|part| part.parse::<u8>().ok());
    let mut hour = numbers.next().unwrap_or(Some(0))?;
    let minute = numbers.next().unwrap_or(Some(0))?;
    let second = numbers.next().unwrap_or(Some(0))?;
    if let Some(half) = half {
        hour = (hour % 12) + half;
    }
    let small = |number: i32| u8::try_from(number).ok();
    PsDateTime::from_fields((year, small(month)?, small(day)?), (hour, minute, second), 0, kind)
}

fn span(value: &PsValue) -> Option<PsTimeSpan> {
    match value {
        PsValue::TimeSpan(span) => Some(*span),
        PsValue::Str(text) => parse_span(text.trim()),
        other => Some(PsTimeSpan { ticks: other.as_i64()? }),
    }
}

/// `[d.]hh:mm[:ss]`, or a number of days.
fn parse_span(text: &str) -> Option<PsTimeSpan> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, clock) = match (text.split_once('.'), text.contains(':')) {
        (Some((days, clock)), true) if !days.contains(':') => (days, clock),
        (_, true) => ("0", text),
        _ => (text, ""),
    };
    let mut seconds = days.parse::<i64>().ok()?.checked_mul(86_400)?;
    let clock = clock.split('.').next().unwrap_or("");
    for (part, factor) in clock.split(':').filter(|part| !part.is_empty()).zip([3600, 60, 1]) {
        seconds = seconds.checked_add(part.parse::<u32>().ok().map(i64::from)?.checked_mul(factor)?)?;
    }
    Some(PsTimeSpan::from_seconds(if negative { -seconds } else { seconds }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(kind: Kind, value: impl Into<PsValue>) -> Result<PsValue, String> {
        converted(Parameter::new("P", kind), value)
    }

    fn converted(parameter: Parameter, value: impl Into<PsValue>) -> Result<PsValue, String> {
        convert(&parameter, &value.into()).map_err(|refusal| match refusal {
            Refusal::Unconvertible(why) => why,
            Refusal::NotInSet(why) => format!("not in set: {why}"),
        })
    }

    #[test]
    fn sizes_and_limits() {
        for (text, bytes) in
            [("1.5 GB", 1_610_612_736_u64), ("2GB (2,147,483,648 bytes)", 1 << 31), ("1024", 1024)]
        {
            assert_eq!(to(Kind::Size, text), Ok(PsValue::U64(bytes)), "{text}");
        }
        assert_eq!(as_limit(&to(Kind::Unlimited, "unlimited").unwrap()), Some(Limit::Unlimited));
        assert_eq!(as_limit(&to(Kind::Unlimited, 5).unwrap()), Some(Limit::At(5)));
        assert!(
            to(Kind::Unlimited, "many").unwrap_err().starts_with("Cannot convert value \"many\" to type")
        );
        assert!(to(Kind::Unlimited, -1).is_err());
    }

    #[test]
    fn dates_and_spans() {
        for text in ["03/02/2026 2:05 PM", "2026-03-02T14:05:00", "2.3.2026 14:05"] {
            assert_eq!(to(Kind::DateTime, text).unwrap().to_string(), "03/02/2026 14:05:00", "{text}");
        }
        assert_eq!(to(Kind::TimeSpan, "30.00:00:00").unwrap().to_string(), "30.00:00:00");
        assert_eq!(to(Kind::TimeSpan, "14").unwrap().to_string(), "14.00:00:00");
        assert!(to(Kind::DateTime, "2026-02-30").is_err());
        assert!(to(Kind::TimeSpan, "99999999999999999999").is_err());
    }

    #[test]
    fn words_may_be_cut_short_where_that_is_clear() {
        let kind = Kind::Enum(&["RoomMailbox", "SharedMailbox", "UserMailbox", "RemoteRoomMailbox"]);
        let typed = Parameter::new("P", kind).typed("Some.Enum");
        assert_eq!(converted(typed, "shared"), Ok("SharedMailbox".into()));
        assert!(converted(typed, "R").unwrap_err().contains("RoomMailbox, SharedMailbox"));
        assert!(converted(typed, "").is_err());
        assert_eq!(to(kind, "sharedmailbox"), Ok("SharedMailbox".into()));
        assert!(to(kind, "shared").unwrap_err().starts_with("not in set: The argument \"shared\""));
    }

    #[test]
    fn switches_and_booleans() {
        assert_eq!(to(Kind::Switch, PsValue::Null), Ok(true.into()));
        assert_eq!(to(Kind::Switch, false), Ok(false.into()));
        assert_eq!(to(Kind::Bool, 1), Ok(true.into()));
        assert!(to(Kind::Bool, "true").unwrap_err().contains("Boolean parameters accept only"));
    }

    #[test]
    fn a_change_of_a_list() {
        let edit = PsObject {
            content: Content::Dictionary(vec![
                ("Add".into(), "a@b".into()),
                ("remove".into(), PsValue::Null),
            ]),
            ..PsObject::default()
        };
        let edit = to(Kind::MultiValued, edit).unwrap();
        assert_eq!(change(&edit), Change::Edit { add: vec!["a@b".into()], remove: vec![] });
        assert_eq!(change(&to(Kind::MultiValued, "x").unwrap()), Change::Set(vec!["x".into()]));
    }
}
