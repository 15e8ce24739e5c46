//! Measure-Object.

use std::{cmp::Ordering, rc::Rc};

use postern_shared::value::PsStr;

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    selector::{Selector, Source},
};
use crate::{
    convert::{Number, number},
    interp::Flow,
    members,
    ops::{compare, pattern::Wildcard},
    value::{Category, Object, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new(
            "Measure-Object",
            "Counts objects and calculates numeric properties, or counts words and lines of text.",
        )
        .alias("measure")
        .default_set("GenericMeasure")
        .param(P::input("InputObject", "The objects."))
        .param(P::new("Property", "The properties that are measured.").many().at(0))
        .param(P::switch("Sum", "The sum.").set("GenericMeasure"))
        .param(P::switch("AllStats", "All of them.").set("GenericMeasure"))
        .param(P::switch("Average", "The average.").set("GenericMeasure"))
        .param(P::switch("Maximum", "The largest value.").set("GenericMeasure"))
        .param(P::switch("Minimum", "The smallest value.").set("GenericMeasure"))
        .param(P::switch("StandardDeviation", "The standard deviation.").set("GenericMeasure"))
        .param(P::switch("Line", "How many lines.").set("TextMeasure"))
        .param(P::switch("Word", "How many words.").set("TextMeasure"))
        .param(P::switch("Character", "How many characters.").set("TextMeasure"))
        .param(P::switch("IgnoreWhiteSpace", "Characters that are blank do not count.").set("TextMeasure"))
        .example("Get-Mailbox | Measure-Object", "How many mailboxes there are.")
        .run(|| Box::<Measure>::default()),
    );
}

#[derive(Default)]
struct Measure {
    sums: Vec<(PsStr, Option<Selector>, Sums)>,
    /// Patterns of properties' names.
    wild: Vec<Rc<Wildcard>>,
    what: What,
    /// A value was no number: there is no sum of what is left.
    not_numeric: bool,
    ignore_blanks: bool,
}

/// Order of two values for the largest and smallest: texts of numbers count as numbers, what differs in kind as text.
fn extreme_order(a: &Value, b: &Value) -> Option<Ordering> {
    match (as_double(a), as_double(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        (None, None) if a.base().type_of() == b.base().type_of() => compare::order(a, b, true),
        _ => Some(compare::order_text(&a.text(), &b.text(), true)),
    }
}

/// The value as a Double, where PowerShell converts it.
fn as_double(value: &Value) -> Option<f64> {
    match value.base() {
        Value::DateTime(_) | Value::TimeSpan(_) | Value::Version(_) | Value::Null | Value::Empty => None,
        other => number(other).map(Number::as_f64),
    }
}

/// What is measured.
#[derive(Clone, Copy, Default)]
struct What {
    numbers: bool,
    extremes: bool,
    text: bool,
}

#[derive(Default)]
struct Sums {
    count: i32,
    sum: f64,
    squares: f64,
    mean: f64,
    maximum: Option<Value>,
    minimum: Option<Value>,
    lines: i32,
    words: i32,
    characters: i32,
}

impl Measure {
    /// The values of an object that are measured, each with the place of its sums.
    fn values(&mut self, cx: &mut Cx<'_>, input: &Value) -> Flow<Vec<(usize, Value)>> {
        let mut values = Vec::with_capacity(1);
        for at in 0..self.sums.len() {
            match &self.sums[at].1 {
                None if self.wild.is_empty() => values.push((at, input.clone())),
                None => {}
                Some(selector) => match selector.clone().value(cx, input)? {
                    Some(value) if !value.is_null() => values.push((at, value)),
                    _ => {}
                },
            }
        }
        for pattern in &self.wild {
            for (name, value) in members::properties_of(input) {
                if value.is_null() || !pattern.matches(&name) {
                    continue;
                }
                let known = self.sums.iter().position(|(own, ..)| own.eq_ignore_ascii_case(&name));
                values.push((known.unwrap_or(self.sums.len()), value));
                if known.is_none() {
                    // What it is looked up by is its pattern.
                    self.sums.push((name, None, Sums::default()));
                }
            }
        }
        Ok(values)
    }
}

impl Cmdlet for Measure {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            let selector = Selector::parse(cx, &value, &["name"])?;
            if let Source::Pattern(pattern) = &selector.source {
                self.wild.push(Rc::clone(pattern));
                continue;
            }
            self.sums.push((selector.name(), Some(selector), Sums::default()));
        }
        if self.sums.is_empty() && self.wild.is_empty() {
            self.sums.push((PsStr::EMPTY, None, Sums::default()));
        }
        let all = cx.flag("AllStats");
        self.what.numbers = all || cx.flag("Sum") || cx.flag("Average") || cx.flag("StandardDeviation");
        self.what.extremes = all || cx.flag("Maximum") || cx.flag("Minimum");
        self.what.text = cx.flag("Line") || cx.flag("Word") || cx.flag("Character");
        self.ignore_blanks = cx.flag("IgnoreWhiteSpace");
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if input.is_null() {
            return Ok(());
        }
        for (at, value) in self.values(cx, &input)? {
            if !self.what.numbers && !self.what.extremes && !self.what.text {
                self.sums[at].2.count += 1;
                continue;
            }
            if self.what.text {
                let sums = &mut self.sums[at].2;
                let text = cx.engine.text_of(&value)?;
                sums.lines += text.lines().count() as i32;
                sums.words += text.split_whitespace().count() as i32;
                sums.characters += if self.ignore_blanks {
                    text.chars().filter(|c| !c.is_whitespace()).count() as i32
                } else {
                    text.encode_utf16().count() as i32
                };
                sums.count += 1;
                continue;
            }
            self.sums[at].2.count += 1;
            if self.what.numbers {
                let Some(n) = as_double(&value) else {
                    self.not_numeric = true;
                    cx.error(
                        "System.Management.Automation.PSInvalidCastException",
                        "NonNumericInputObject",
                        Category::InvalidType,
                        value.clone(),
                        format!("Input object \"{}\" is not numeric.", value.text()),
                    )?;
                    continue;
                };
                let sums = &mut self.sums[at].2;
                sums.sum += n;
                let delta = n - sums.mean;
                sums.mean += delta / f64::from(sums.count);
                sums.squares += delta * (n - sums.mean);
            }
            let sums = &mut self.sums[at].2;
            if self.what.extremes {
                let more = |own: &Option<Value>, wanted| {
                    own.as_ref().is_none_or(|own| extreme_order(&value, own) == Some(wanted))
                };
                if more(&sums.maximum, Ordering::Greater) {
                    sums.maximum = Some(value.clone());
                }
                if more(&sums.minimum, Ordering::Less) {
                    sums.minimum = Some(value);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let stats = ["Average", "Sum", "Maximum", "Minimum", "StandardDeviation"];
        let chosen = stats.map(|name| cx.flag(name) || cx.flag("AllStats"));
        let on = |name: &str| stats.iter().zip(chosen).any(|(own, on)| on && *own == name);
        let not_numeric = self.not_numeric;
        let float = |wanted: bool, value: f64| {
            if wanted && !not_numeric { Value::Double(value) } else { Value::Null }
        };
        let mut results = Vec::new();
        for (name, selector, sums) in std::mem::take(&mut self.sums) {
            let property =
                if selector.is_some() || !name.is_empty() { Value::Str(name.clone()) } else { Value::Null };
            if self.what.text {
                let count = |wanted: bool, n: i32| if wanted { Value::I32(n) } else { Value::Null };
                results.push(Object::typed(
                    "Microsoft.PowerShell.Commands.TextMeasureInfo",
                    [
                        ("Lines", count(cx.flag("Line"), sums.lines)),
                        ("Words", count(cx.flag("Word"), sums.words)),
                        ("Characters", count(cx.flag("Character"), sums.characters)),
                        ("Property", property),
                    ],
                ));
                continue;
            }
            if selector.is_some() && sums.count == 0 {
                // As PowerShell 7.3 and later: a missing property is an error in strict mode only.
                if cx.engine.strict < 2 {
                    continue;
                }
                cx.error(
                    "System.Management.Automation.PSArgumentException",
                    "GenericMeasurePropertyNotFound",
                    Category::InvalidArgument,
                    Value::Null,
                    format!("The property \"{name}\" cannot be found in the input for any objects."),
                )?;
                continue;
            }
            let any = sums.count > 0;
            let deviation =
                if sums.count > 1 { (sums.squares / f64::from(sums.count - 1)).sqrt() } else { 0.0 };
            // Where both are numbers, or texts of numbers, they come as Double.
            let as_number = |value: &Option<Value>| value.as_ref().map_or(Some(0.0), as_double);
            let numeric = as_number(&sums.maximum).is_some() && as_number(&sums.minimum).is_some();
            let extreme = |wanted: bool, value: Option<Value>| match (as_number(&value), value) {
                (_, None) => Value::Null,
                _ if !wanted => Value::Null,
                (Some(n), Some(_)) if numeric => Value::Double(n),
                (_, Some(value)) => value,
            };
            results.push(Object::typed(
                if numeric {
                    "Microsoft.PowerShell.Commands.GenericMeasureInfo"
                } else {
                    "Microsoft.PowerShell.Commands.GenericObjectMeasureInfo"
                },
                [
                    ("Count", Value::I32(sums.count)),
                    ("Average", float(on("Average") && any, sums.sum / f64::from(sums.count.max(1)))),
                    ("Sum", float(on("Sum"), sums.sum)),
                    ("Maximum", extreme(on("Maximum"), sums.maximum)),
                    ("Minimum", extreme(on("Minimum"), sums.minimum)),
                    ("StandardDeviation", float(on("StandardDeviation") && any, deviation)),
                    ("Property", property),
                ],
            ));
        }
        for result in results {
            cx.write(result)?;
        }
        Ok(())
    }
}
