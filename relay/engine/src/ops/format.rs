//! `-f`, and the text of a value in a format.

use postern_shared::value::PsStr;

use super::{date_format, number_format};
use crate::{
    convert::numeric,
    interp::{Engine, Flow, Stop},
    value::{Category, Value},
};

/// Widest field.
const MAX_WIDTH: usize = 10_000;

impl Engine {
    fn format_error(&self, message: &str) -> Stop {
        self.throw(
            "System.Management.Automation.RuntimeException",
            "FormatError",
            Category::InvalidOperation,
            Value::Null,
            // The engine ends the sentence of whoever says it.
            format!("Error formatting a string: {message}."),
        )
    }

    /// `pattern -f values`.
    pub(crate) fn format(&mut self, pattern: &str, values: &[Value]) -> Flow<String> {
        let bad = |engine: &Self| {
            engine.format_error("Input string was not in a correct format. Failure to parse near offset 0. Format item ends prematurely.")
        };
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let sign = &rest[at..=at];
            let behind = &rest[at + 1..];
            if let Some(behind) = behind.strip_prefix(sign) {
                out.push_str(sign);
                rest = behind;
                continue;
            }
            if sign == "}" {
                return Err(bad(self));
            }
            let Some((item, behind)) = behind.split_once('}') else { return Err(bad(self)) };
            let (head, format) = item.split_once(':').unwrap_or((item, ""));
            let (index, width) = head.split_once(',').unwrap_or((head, "0"));
            let Ok(index) = index.trim_end().parse::<usize>() else { return Err(bad(self)) };
            let Ok(width) = width.trim().parse::<i64>() else { return Err(bad(self)) };
            let Some(value) = values.get(index) else {
                return Err(self.format_error(
                    "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.",
                ));
            };
            let Ok(shown) = self.formatted(value, format)? else { return Err(bad(self)) };
            let columns = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
            let fill = columns.saturating_sub(shown.encode_utf16().count());
            if width < 0 {
                out.push_str(&shown);
            }
            out.extend(std::iter::repeat_n(' ', fill));
            if width >= 0 {
                out.push_str(&shown);
            }
            self.check_text(out.len())?;
            rest = behind;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A value in a format of its type; the inner error says that the type has no such format.
    pub(crate) fn formatted(&mut self, value: &Value, format: &str) -> Flow<Result<PsStr, ()>> {
        Ok(match value {
            Value::Wrapped(wrapped) => return self.formatted(&wrapped.base, format),
            Value::DateTime(at) => date_format::date(*at, if format.is_empty() { "G" } else { format })
                .map(PsStr::from)
                .ok_or(()),
            Value::TimeSpan(span) => date_format::span(*span, format).map(PsStr::from).ok_or(()),
            Value::Guid(guid) => match format.to_ascii_lowercase().as_str() {
                "" | "d" => Ok(guid.hyphenated().to_string().into()),
                "n" => Ok(guid.simple().to_string().into()),
                "b" => Ok(guid.braced().to_string().into()),
                "p" => Ok(format!("({})", guid.hyphenated()).into()),
                _ => Err(()),
            },
            Value::Enum(found) => match format.to_ascii_lowercase().as_str() {
                "d" => Ok(found.number.to_string().into()),
                "x" => Ok(format!("{:08X}", found.number).into()),
                _ => Ok(found.name().into()),
            },
            Value::Array(_) | Value::List(_) | Value::Hash(_) => Ok(value.type_name()),
            Value::Single(n) if format.is_empty() => Ok(shortest_single(*n).into()),
            value => match numeric(value) {
                Some(number) if !matches!(value, Value::Remote(_)) => {
                    number_format::number(number, format, matches!(value, Value::Single(_)))
                        .map(PsStr::from)
                        .ok_or(())
                }
                _ => Ok(self.text_of(value)?),
            },
        })
    }

    /// `ToString(format)` of a number, a date and so on.
    #[expect(clippy::wrong_self_convention, reason = "converts its argument")]
    pub(crate) fn to_string_with(&mut self, value: &Value, format: &str) -> Flow<PsStr> {
        match self.formatted(value, format)? {
            Ok(text) => Ok(text),
            Err(()) => Err(self.method_error(
                "System.FormatException",
                "ToString",
                1,
                if matches!(value.base(), Value::DateTime(_) | Value::TimeSpan(_)) {
                    "Input string was not in a correct format."
                } else {
                    "Format specifier was invalid."
                },
            )),
        }
    }
}

/// The shortest text of a Single that reads back as the same.
pub(crate) fn shortest_single(n: f32) -> String {
    crate::value::Value::Single(n).text().to_string()
}
