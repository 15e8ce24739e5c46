//! `Group-Object` and `Measure-Object`.

use std::{collections::HashMap, sync::Arc};

use postern_shared::{
    syntax::{Span, ast::Command},
    value::{PsObject, PsValue},
};

use super::{
    Stage,
    bind::{Declaration, bind},
    hold,
    selector::{self, Selector},
    sort::{compare, merge_sort},
};
use crate::{
    error::{Error, Result},
    eval,
    plan::Flow,
};

#[derive(Debug)]
struct Group {
    line: Arc<str>,
    keys: Vec<Selector>,
    no_element: bool,
    held: Vec<(Vec<PsValue>, PsValue)>,
    span: Span,
}

pub(super) fn group(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    let declared =
        Declaration { name: "Group-Object", switches: &["NoElement"], values: &["Property"], positional: 1 };
    let bound = bind(&declared, command)?;
    let keys = bound.get("Property").map_or(Ok(Vec::new()), |expr| selector::compile(line, expr))?;
    let no_element = bound.has("NoElement");
    Ok(Box::new(Group { line: Arc::clone(line), keys, no_element, held: Vec::new(), span: bound.span }))
}

impl Stage for Group {
    fn push(&mut self, value: PsValue, _out: &mut Vec<PsValue>) -> Result<Flow> {
        let keys = if self.keys.is_empty() {
            vec![value.clone()]
        } else {
            self.keys.iter().map(|key| key.value(&self.line, &value)).collect::<Result<_>>()?
        };
        hold(&mut self.held, (keys, value), self.span)?;
        Ok(Flow::Continue)
    }

    fn finish(&mut self, out: &mut Vec<PsValue>) -> Result<()> {
        let mut groups: Vec<(Vec<PsValue>, Vec<PsValue>)> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        for (keys, value) in std::mem::take(&mut self.held) {
            let name = key_text(&keys).to_lowercase();
            let at = *index.entry(name).or_insert_with(|| {
                groups.push((keys, Vec::new()));
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(at) {
                group.1.push(value);
            }
        }
        // The groups come sorted by their values.
        let span = self.span;
        let sorted = merge_sort(groups, &|(left, _), (right, _)| {
            left.iter()
                .zip(right)
                .map(|(left, right)| compare(left, right, false, span))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let name = if self.no_element { "GroupInfoNoElement" } else { "GroupInfo" };
        let type_names =
            eval::object_type(&[&format!("Microsoft.PowerShell.Commands.{name}"), "System.Object"]);
        for (keys, values) in sorted {
            let mut object = PsObject { type_names: Arc::clone(&type_names), ..PsObject::default() };
            object.adapted.set("Values", eval::list(keys.clone()));
            object.adapted.set("Count", values.len() as i32);
            if !self.no_element {
                object.adapted.set("Group", eval::list(values));
            }
            object.adapted.set("Name", key_text(&keys));
            out.push(object.into());
        }
        Ok(())
    }
}

fn key_text(keys: &[PsValue]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the command")]
struct Measure {
    property: Option<String>,
    sum: bool,
    average: bool,
    minimum: bool,
    maximum: bool,
    count: u64,
    numbers: f64,
    least: Option<PsValue>,
    most: Option<PsValue>,
    span: Span,
}

pub(super) fn measure(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    let declared = Declaration {
        name: "Measure-Object",
        switches: &["Sum", "Average", "Minimum", "Maximum"],
        values: &["Property"],
        positional: 1,
    };
    let bound = bind(&declared, command)?;
    let property = match bound.get("Property") {
        None => None,
        Some(expr) => {
            let value = eval::constant(expr, line)?;
            if eval::items(&value).is_some() {
                let what = "Measure-Object of several properties is not available.";
                return Err(Error::unsupported(expr.span, what, "Name one property."));
            }
            Some(value.to_string())
        }
    };
    Ok(Box::new(Measure {
        property,
        sum: bound.has("Sum"),
        average: bound.has("Average"),
        minimum: bound.has("Minimum"),
        maximum: bound.has("Maximum"),
        count: 0,
        numbers: 0.0,
        least: None,
        most: None,
        span: bound.span,
    }))
}

impl Stage for Measure {
    fn push(&mut self, value: PsValue, _out: &mut Vec<PsValue>) -> Result<Flow> {
        let value = self.property.as_ref().map_or_else(|| value.clone(), |name| eval::property(&value, name));
        if value.is_null() {
            return Ok(Flow::Continue);
        }
        if self.sum || self.average {
            let Some(number) = eval::as_number(&value) else {
                let what = format!("Input object \"{value}\" is not numeric.");
                return Err(Error::statement(self.span, "NonNumericInputObject", what));
            };
            self.numbers += number.as_f64();
        }
        self.count += 1;
        let span = self.span;
        if self.minimum && self.least.as_ref().is_none_or(|least| compare(&value, least, false, span).is_lt())
        {
            self.least = Some(value.clone());
        }
        if self.maximum && self.most.as_ref().is_none_or(|most| compare(&value, most, false, span).is_gt()) {
            self.most = Some(value);
        }
        Ok(Flow::Continue)
    }

    fn finish(&mut self, out: &mut Vec<PsValue>) -> Result<()> {
        let type_names = eval::object_type(&[
            "Microsoft.PowerShell.Commands.GenericMeasureInfo",
            "Microsoft.PowerShell.Commands.MeasureInfo",
            "System.Object",
        ]);
        let mut object = PsObject { type_names, ..PsObject::default() };
        let some = self.count > 0;
        object.adapted.set("Count", self.count as i32);
        object.adapted.set("Average", (self.average && some).then(|| self.numbers / self.count as f64));
        object.adapted.set("Sum", (self.sum && some).then_some(self.numbers));
        object.adapted.set("Maximum", self.most.take().unwrap_or_default());
        object.adapted.set("Minimum", self.least.take().unwrap_or_default());
        object.adapted.set("StandardDeviation", PsValue::Null);
        object.adapted.set("Property", self.property.clone());
        out.push(object.into());
        Ok(())
    }
}
