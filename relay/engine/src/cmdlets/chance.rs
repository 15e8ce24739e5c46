//! Get-Random and New-Guid.

use postern_shared::value::Uuid;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    convert::{Number, number},
    interp::{Engine, Flow, Validate},
    ops::list,
    value::{Category, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    let random = |name, help: &'static str| {
        Declare::new(name, help)
            .default_set("RandomNumberParameterSet")
            .param(P::new("Maximum", "The number stays below it.").set("RandomNumberParameterSet").at(0))
            .param(
                P::new("InputObject", "Objects, of which some are taken.")
                    .many()
                    .set("RandomListItemParameterSet")
                    .at(0)
                    .by_value()
                    .mandatory()
                    .set("ShuffleParameterSet")
                    .at(0)
                    .by_value()
                    .mandatory(),
            )
            .param(P::new("Minimum", "The number is not less; 0.").set("RandomNumberParameterSet"))
            .param(
                P::new("Count", "How many.")
                    .int()
                    .check(Validate::Range(Value::I32(1), Value::I32(i32::MAX)))
                    .set("RandomNumberParameterSet")
                    .set("RandomListItemParameterSet"),
            )
            .param(
                P::switch("Shuffle", "All of them, in another order.").set("ShuffleParameterSet").mandatory(),
            )
            .example("Get-Random -Maximum 10", "A number from 0 to 9.")
            .example("Get-Mailbox | Get-Random -Count 3", "Three mailboxes.")
    };
    registry.add(
        random("Get-Random", "Gives a random number, or some of several objects.")
            .param(P::new("SetSeed", "The same seed gives the same numbers.").int())
            .run(|| Box::<Chance>::default()),
    );
    registry.add(
        Declare::new("New-Guid", "Gives a new GUID.")
            .default_set("Default")
            .param(P::switch("Empty", "The GUID of zeroes.").set("Empty"))
            .param(P::new("InputObject", "A GUID's text.").text().set("InputObject").at(0).by_value())
            .example("New-Guid", "A GUID that no one else has.")
            .simple(|cx, _| {
                if cx.flag("Empty") {
                    return cx.write(Uuid::nil());
                }
                if let Some(text) = cx.text("InputObject") {
                    return match cx.engine.cast(Value::Str(text.clone()), crate::value::Type::Guid) {
                        Ok(guid) => cx.write(guid),
                        Err(_) => cx.error(
                            "System.FormatException",
                            "StringNotRecognizedAsGuid",
                            Category::InvalidArgument,
                            Value::Str(text),
                            "Unrecognized Guid format.",
                        ),
                    };
                }
                let (high, low) = (cx.engine.next_random(), cx.engine.next_random());
                // Version 4, variant of RFC 4122.
                let high = high & !0xF000 | 0x4000;
                let low = low & !(0b11 << 62) | 0b10 << 62;
                cx.write(Uuid::from_u64_pair(high, low))
            }),
    );
}

#[derive(Default)]
struct Chance {
    items: Vec<Value>,
    given: bool,
}

/// A number from 0 to below `count`, each with the same chance.
fn below(engine: &mut Engine, count: u64) -> u64 {
    let count = count.max(1);
    // What is behind the last whole multiple would favour small numbers.
    let limit = u64::MAX - u64::MAX % count;
    loop {
        let n = engine.next_random();
        if n < limit {
            return n % count;
        }
    }
}

impl Cmdlet for Chance {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(seed) = cx.int("SetSeed") {
            cx.engine.random = seed as u64;
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        if let Some(value) = cx.arg("InputObject") {
            self.given = true;
            self.items.extend(list::items(&value).unwrap_or_else(|| vec![value]));
            cx.engine.check_items(self.items.len())?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let count = cx.int("Count").and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
        if self.given {
            let mut items = std::mem::take(&mut self.items);
            let count = if cx.flag("Shuffle") { items.len() } else { count.min(items.len()) };
            for at in 0..count {
                let other = at + below(cx.engine, (items.len() - at) as u64) as usize;
                items.swap(at, other);
                cx.write(items[at].clone())?;
            }
            return Ok(());
        }
        let bound = |cx: &mut Cx<'_>, name: &str| -> Flow<Option<Number>> {
            let Some(value) = cx.arg(name) else { return Ok(None) };
            match number(&value) {
                Some(n) => Ok(Some(n)),
                None => Err(cx.fail(
                    "System.Management.Automation.ParameterBindingException",
                    "CannotConvertArgumentNoMessage",
                    Category::InvalidArgument,
                    value.clone(),
                    format!(
                        "Cannot bind parameter '{name}'. Cannot convert value \"{value}\" to a number.",
                        value = value.text()
                    ),
                )),
            }
        };
        let (low, high) = (bound(cx, "Minimum")?, bound(cx, "Maximum")?);
        let real = |n: Option<Number>| matches!(n, Some(Number::Double(_) | Number::Decimal(_)));
        let order = |cx: &mut Cx<'_>, low: String, high: String| {
            Err(cx.fail(
                "System.ArgumentException",
                "MinGreaterThanOrEqualMax",
                Category::InvalidArgument,
                Value::Null,
                format!(
                    "The Minimum value ({low}) cannot be greater than or equal to the Maximum value ({high})."
                ),
            ))
        };
        if real(low) || real(high) {
            let low = low.map_or(0.0, Number::as_f64);
            let high = high.map_or(f64::MAX, Number::as_f64);
            if low >= high {
                return order(cx, low.to_string(), high.to_string());
            }
            for _ in 0..count {
                let part = (cx.engine.next_random() >> 11) as f64 / (1u64 << 53) as f64;
                cx.engine.step()?;
                cx.write(low + part * (high - low))?;
            }
            return Ok(());
        }
        let whole = |n: Option<Number>| n.and_then(Number::as_whole).and_then(|n| i64::try_from(n).ok());
        let wide = matches!(low, Some(Number::Long(_) | Number::ULong(_) | Number::UInt(_)))
            || matches!(high, Some(Number::Long(_) | Number::ULong(_) | Number::UInt(_)));
        let low = whole(low).unwrap_or(0);
        let high = whole(high).unwrap_or(if wide { i64::MAX } else { i32::MAX.into() });
        if low >= high {
            return order(cx, low.to_string(), high.to_string());
        }
        for _ in 0..count {
            cx.engine.step()?;
            let n = low.wrapping_add(below(cx.engine, high.abs_diff(low)) as i64);
            match i32::try_from(n) {
                Ok(n) if !wide => cx.write(n)?,
                _ => cx.write(n)?,
            }
        }
        Ok(())
    }
}
