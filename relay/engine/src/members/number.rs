//! Members of numbers, characters, versions and the other scalars.

use postern_shared::value::PsVersion;

use crate::{
    interp::{Engine, Flow},
    ops::compare,
    value::{Value, enums},
};

pub(super) fn version_property(version: PsVersion, name: &str) -> Option<Value> {
    Some(Value::I32(match name.to_ascii_lowercase().as_str() {
        "major" => version.major,
        "minor" => version.minor,
        "build" => version.build,
        "revision" => version.revision,
        "majorrevision" => {
            if version.revision < 0 {
                -1
            } else {
                version.revision >> 16
            }
        }
        "minorrevision" => {
            if version.revision < 0 {
                -1
            } else {
                version.revision & 0xFFFF
            }
        }
        _ => return None,
    }))
}

pub(super) fn call(
    engine: &mut Engine,
    value: &Value,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    let _ = &engine;
    Some(Ok(match (name.to_ascii_lowercase().as_str(), arguments) {
        ("compareto", [other]) => match compare::order(value, other, true) {
            Some(order) => Value::I32(order as i32),
            None => return None,
        },
        ("hasflag", [flag]) => match value {
            Value::Enum(own) => {
                let flag = match flag.base() {
                    Value::Enum(flag) => flag.number,
                    other => own.ty.parse(&other.text())?.number,
                };
                Value::Bool(own.number & flag == flag)
            }
            _ => return None,
        },
        ("gettypecode", []) => return None,
        ("tobytearray", []) => match value {
            Value::Guid(guid) => Value::Array(crate::value::Array::new(
                crate::value::Type::Byte,
                guid.to_bytes_le().iter().map(|byte| Value::U8(*byte)).collect(),
            )),
            _ => return None,
        },
        ("tobool", []) => match value {
            Value::Switch(b) => Value::Bool(*b),
            _ => return None,
        },
        ("tostring", [_]) if matches!(value, Value::Enum(found) if found.ty == &enums::DAY_OF_WEEK) => {
            return None;
        }
        _ => return None,
    }))
}
