//! The invariant text of a value: what `"$value"` gives in PowerShell.

use std::fmt::{self, Display, Formatter};

use super::{Content, PsDateTime, PsObject, PsTimeSpan, PsValue, PsVersion};

/// Levels of nested objects whose text is made; deeper ones print their type name only.
const MAX_DEPTH: usize = 16;

impl Display for PsValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_value(self, f, 0)
    }
}

impl Display for PsObject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_object(self, f, 0)
    }
}

fn write_value(value: &PsValue, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
    match value {
        PsValue::Null | PsValue::Ancestor(_) => Ok(()),
        PsValue::Bool(b) => f.write_str(if *b { "True" } else { "False" }),
        PsValue::Char(unit) => f.write_str(&String::from_utf16_lossy(&[*unit])),
        PsValue::I8(n) => write!(f, "{n}"),
        PsValue::U8(n) => write!(f, "{n}"),
        PsValue::I16(n) => write!(f, "{n}"),
        PsValue::U16(n) => write!(f, "{n}"),
        PsValue::I32(n) => write!(f, "{n}"),
        PsValue::U32(n) => write!(f, "{n}"),
        PsValue::I64(n) => write!(f, "{n}"),
        PsValue::U64(n) => write!(f, "{n}"),
        PsValue::Single(n) => write_float(f64::from(*n), &format!("{n:e}"), 7, f),
        PsValue::Double(n) => write_float(*n, &format!("{n:.14e}"), 15, f),
        PsValue::Decimal(n) => write!(f, "{n}"),
        PsValue::DateTime(at) => write!(f, "{at}"),
        PsValue::TimeSpan(span) => write!(f, "{span}"),
        PsValue::Guid(guid) => write!(f, "{guid}"),
        PsValue::Version(version) => write!(f, "{version}"),
        PsValue::Str(text) => f.write_str(text),
        PsValue::Uri(text) | PsValue::Xml(text) | PsValue::ScriptBlock(text) => f.write_str(text),
        PsValue::SecureString(_) => f.write_str("System.Security.SecureString"),
        PsValue::Bytes(bytes) => write_separated(bytes.iter(), f, |byte, f| write!(f, "{byte}")),
        PsValue::Object(object) => write_object(object, f, depth),
    }
}

fn write_object(object: &PsObject, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
    if depth > MAX_DEPTH {
        return f.write_str(object.type_name());
    }
    if let Some(text) = &object.to_string {
        return f.write_str(text);
    }
    match &object.content {
        Content::Value(value) => write_value(value, f, depth + 1),
        Content::List(items) | Content::Enumerable(items) | Content::Stack(items) | Content::Queue(items) => {
            write_separated(items.iter(), f, |item, f| write_value(item, f, depth + 1))
        }
        // A property bag without text of its own prints its members, as a PSCustomObject does.
        Content::None if object.properties().next().is_some() => {
            f.write_str("@{")?;
            for (at, (name, value)) in object.properties().enumerate() {
                f.write_str(if at == 0 { "" } else { "; " })?;
                write!(f, "{name}=")?;
                write_member(value, f)?;
            }
            f.write_str("}")
        }
        Content::Dictionary(_) | Content::None => f.write_str(object.type_name()),
    }
}

/// The text of a member inside `@{…}`: PowerShell does not go into objects there.
fn write_member(value: &PsValue, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        PsValue::Object(object) if object.to_string.is_none() => match &object.content {
            Content::None => Ok(()),
            Content::Value(value) => write_value(value, f, MAX_DEPTH),
            _ => {
                let name = object.type_name();
                f.write_str(name.strip_prefix("Deserialized.").unwrap_or(name))
            }
        },
        value => write_value(value, f, MAX_DEPTH),
    }
}

/// The shortest text of a double that reads back as the same, in .NET's form (`R`): `1E+15`, `5E-324`, `-0`.
pub fn round_trip_double(number: f64) -> String {
    struct Text(f64);
    impl Display for Text {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            write_float(self.0, &format!("{:e}", self.0), 15, f)
        }
    }
    Text(number).to_string()
}

fn write_separated<T>(
    items: impl Iterator<Item = T>,
    f: &mut Formatter<'_>,
    write: impl Fn(T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.enumerate() {
        f.write_str(if at == 0 { "" } else { " " })?;
        write(item, f)?;
    }
    Ok(())
}

/// Writes a number the way .NET's general format does: `digits` significant digits, an exponent of two digits at
/// least outside 1E-04 to 1E+digits. `scientific` is the number as Rust's `{:e}` writes it, rounded.
fn write_float(number: f64, scientific: &str, digits: i32, f: &mut Formatter<'_>) -> fmt::Result {
    if number.is_nan() {
        return f.write_str("NaN");
    }
    if number.is_infinite() {
        return f.write_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let significant: String = mantissa.chars().filter(|c| *c != '.').collect();
    let significant = significant.trim_end_matches('0');
    f.write_str(sign)?;
    if significant.is_empty() {
        return f.write_str("0");
    }
    let (first, rest) = significant.split_at(1);
    if exponent >= digits || exponent < -4 {
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        return write!(f, "{first}{point}{rest}E{sign}{:02}", exponent.abs());
    }
    if exponent < 0 {
        return write!(f, "0.{:0>1$}{significant}", "", (-exponent - 1) as usize);
    }
    let whole = exponent as usize + 1;
    if significant.len() <= whole {
        return write!(f, "{significant:0<whole$}");
    }
    let (whole, fraction) = significant.split_at(whole);
    write!(f, "{whole}.{fraction}")
}

impl Display for PsDateTime {
    /// The invariant culture's form: `MM/dd/yyyy HH:mm:ss`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let at = self.fields();
        let (month, day, year) = (u8::from(at.month()), at.day(), at.year());
        write!(f, "{month:02}/{day:02}/{year:04} {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }
}

impl Display for PsTimeSpan {
    /// .NET's constant form: `[-][d.]hh:mm:ss[.fffffff]`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ticks = self.ticks.unsigned_abs();
        let (seconds, fraction) = (ticks / 10_000_000, ticks % 10_000_000);
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        f.write_str(if self.ticks < 0 { "-" } else { "" })?;
        if days > 0 {
            write!(f, "{days}.")?;
        }
        write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
        if fraction > 0 {
            write!(f, ".{fraction:07}")?;
        }
        Ok(())
    }
}

impl Display for PsVersion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        for part in [self.build, self.revision] {
            if part < 0 {
                break;
            }
            write!(f, ".{part}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_dotnet_does() {
        for (number, text) in [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e15, "1E+15"),
            (123_456_789_012_345.0, "123456789012345"),
            (0.00001, "1E-05"),
            (0.0001, "0.0001"),
            (-2.5, "-2.5"),
            (100.0, "100"),
            (0.0, "0"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(PsValue::Double(number).to_string(), text);
        }
        assert_eq!(PsValue::Single(0.1).to_string(), "0.1");
    }

    #[test]
    fn spans_and_versions_print_as_dotnet_does() {
        assert_eq!(PsTimeSpan::from_seconds(30 * 86_400).to_string(), "30.00:00:00");
        assert_eq!(PsTimeSpan { ticks: -1 }.to_string(), "-00:00:00.0000001");
        assert_eq!(PsVersion::parse("15.2.986.5").map(|v| v.to_string()).as_deref(), Some("15.2.986.5"));
        assert_eq!(PsVersion::parse("1.2.3.4.5"), None);
    }
}
