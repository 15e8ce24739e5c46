//! Select-Object.

use std::{collections::VecDeque, rc::Rc};

use postern_shared::value::{PsStr, Shape};
use std::sync::Arc;

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    selector::{Selector, Source},
};
use crate::{
    interp::Flow,
    members,
    ops::{compare, list, pattern::Wildcard},
    value::{Category, Object, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Select-Object", "Selects objects or object properties.")
            .alias("select")
            .default_set("DefaultParameter")
            .param(P::input("InputObject", "The objects."))
            .param(
                P::new(
                    "Property",
                    "The properties to select; names with wildcards, or hashtables that calculate.",
                )
                .many()
                .set("DefaultParameter")
                .at(0)
                .set("SkipLastParameter")
                .at(0),
            )
            .param(
                P::new("ExcludeProperty", "Properties to leave out.")
                    .texts()
                    .set("DefaultParameter")
                    .set("SkipLastParameter"),
            )
            .param(
                P::new("ExpandProperty", "A property whose value, or whose items, are given.")
                    .text()
                    .set("DefaultParameter")
                    .set("SkipLastParameter"),
            )
            .param(P::switch("Unique", "Of equal objects only the first."))
            .param(P::switch("CaseInsensitive", "Texts that differ in case only are equal."))
            .param(P::new("Last", "How many objects from the end.").int().set("DefaultParameter"))
            .param(P::new("First", "How many objects from the start.").int().set("DefaultParameter"))
            .param(
                P::new("Skip", "How many objects to leave out at the start.").int().set("DefaultParameter"),
            )
            .param(
                P::new("SkipLast", "How many objects to leave out at the end.")
                    .int()
                    .set("SkipLastParameter"),
            )
            .param(
                P::switch("Wait", "Does not stop the commands before it.")
                    .set("DefaultParameter")
                    .set("IndexParameter"),
            )
            .param(
                P::new("Index", "Places of objects, from 0.")
                    .ty(Type::ArrayOf(&Type::Int32))
                    .set("IndexParameter"),
            )
            .param(
                P::new("SkipIndex", "Places of objects to leave out, from 0.")
                    .ty(Type::ArrayOf(&Type::Int32))
                    .set("SkipIndexParameter"),
            )
            .example(
                "Get-Mailbox | Select-Object Name, Alias -First 5",
                "Names and aliases of five mailboxes.",
            )
            .run(|| Box::<Select>::default()),
    );
}

#[derive(Default)]
struct Select {
    properties: Vec<Selector>,
    exclude: Vec<Wildcard>,
    expand: Option<PsStr>,
    unique: bool,
    ignore_case: bool,
    first: Option<usize>,
    last: Option<usize>,
    skip: usize,
    skip_last: usize,
    index: Option<Vec<usize>>,
    skip_index: Vec<usize>,
    wait: bool,
    seen: usize,
    given: usize,
    tail: VecDeque<Value>,
    unique_seen: Vec<Value>,
    shape: Option<Arc<Shape>>,
}

impl Cmdlet for Select {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            self.properties.push(Selector::parse(cx, &value, &["name"])?);
        }
        self.exclude = cx.texts("ExcludeProperty").iter().map(|name| Wildcard::new(name, false)).collect();
        if !self.exclude.is_empty() && self.properties.is_empty() && !cx.has("ExpandProperty") {
            let all = Value::str("*");
            self.properties.push(Selector::parse(cx, &all, &["name"])?);
        }
        self.expand = cx.text("ExpandProperty");
        self.unique = cx.flag("Unique");
        self.ignore_case = cx.flag("CaseInsensitive");
        self.wait = cx.flag("Wait");
        let count = |name: &str| cx.int(name).map(|n| usize::try_from(n).unwrap_or(0));
        self.first = count("First");
        self.last = count("Last");
        self.skip = count("Skip").unwrap_or(0);
        self.skip_last = count("SkipLast").unwrap_or(0);
        let places = |name: &str| -> Vec<usize> {
            cx.list(name)
                .iter()
                .filter_map(crate::convert::integer)
                .filter_map(|n| usize::try_from(n).ok())
                .collect()
        };
        if cx.has("Index") {
            self.index = Some(places("Index"));
        }
        self.skip_index = places("SkipIndex");
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        let at = self.seen;
        self.seen += 1;
        if let Some(index) = &self.index {
            let last = !self.wait && index.iter().all(|own| *own <= at);
            if index.contains(&at) {
                self.give(cx, input)?;
            }
            return if last { Err(cx.done()) } else { Ok(()) };
        }
        if self.skip_index.contains(&at) {
            return Ok(());
        }
        if self.skip_last > 0 {
            self.tail.push_back(input);
            if self.tail.len() > self.skip_last
                && let Some(input) = self.tail.pop_front()
            {
                return self.give(cx, input);
            }
            return Ok(());
        }
        if self.last.is_some() && self.first.is_none() {
            // What is skipped is skipped at the end then.
            let keep = self.last.unwrap_or(0) + self.skip;
            self.tail.push_back(input);
            if self.tail.len() > keep {
                self.tail.pop_front();
            }
            cx.engine.check_items(self.tail.len())?;
            return Ok(());
        }
        if at < self.skip {
            return Ok(());
        }
        match self.first {
            Some(first) if self.given >= first => {
                if let Some(last) = self.last {
                    self.tail.push_back(input);
                    if self.tail.len() > last {
                        self.tail.pop_front();
                    }
                    return Ok(());
                }
                if self.wait { Ok(()) } else { Err(cx.done()) }
            }
            Some(first) => {
                self.given += 1;
                self.give(cx, input)?;
                if self.given >= first && self.last.is_none() && !self.wait && !self.unique {
                    return Err(cx.done());
                }
                Ok(())
            }
            None => self.give(cx, input),
        }
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if self.skip_last > 0 {
            return self.finish(cx);
        }
        let mut tail = std::mem::take(&mut self.tail);
        if self.first.is_none() {
            let keep = tail.len().saturating_sub(self.skip);
            tail.truncate(keep);
        }
        for input in tail {
            self.give(cx, input)?;
        }
        self.finish(cx)
    }
}

impl Select {
    fn finish(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in std::mem::take(&mut self.unique_seen) {
            cx.write(value)?;
        }
        Ok(())
    }

    fn give(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Some(name) = self.expand.clone() {
            return self.expand(cx, &input, &name);
        }
        let output =
            if self.properties.is_empty() { input } else { Value::Object(self.project(cx, &input)?) };
        self.output(cx, output)
    }

    fn output(&mut self, cx: &mut Cx<'_>, value: Value) -> Flow<()> {
        if !self.unique {
            return cx.write(value);
        }
        cx.engine.steps(self.unique_seen.len())?;
        let case_sensitive = !self.ignore_case;
        if !self.unique_seen.iter().any(|own| same(own, &value, case_sensitive)) {
            cx.engine.check_items(self.unique_seen.len())?;
            self.unique_seen.push(value);
        }
        Ok(())
    }

    fn project(&mut self, cx: &mut Cx<'_>, input: &Value) -> Flow<Rc<Object>> {
        let mut names: Vec<PsStr> = Vec::with_capacity(self.properties.len());
        let mut values = Vec::with_capacity(self.properties.len());
        let excluded = |name: &str| self.exclude.iter().any(|pattern| pattern.matches(name));
        for selector in &self.properties {
            match &selector.source {
                Source::Pattern(pattern) if selector.label.is_none() => {
                    for (name, value) in entries(input) {
                        if pattern.matches(&name)
                            && !excluded(&name)
                            && !names.iter().any(|own| own.eq_ignore_ascii_case(&name))
                        {
                            let value = match value {
                                // A script property gives what its script gives.
                                Value::Block(_) => cx.engine.member(input, &name)?,
                                value => value,
                            };
                            names.push(name);
                            values.push(value);
                        }
                    }
                }
                source => {
                    let name = match source {
                        // The name as the object has it.
                        Source::Name(name) if selector.label.is_none() => own_name(input, name),
                        _ => selector.name(),
                    };
                    if excluded(&name) {
                        continue;
                    }
                    if names.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
                        cx.error(
                            "System.Management.Automation.PSArgumentException",
                            "AlreadyExistingUserSpecifiedPropertyNoExpand",
                            Category::InvalidOperation,
                            input.clone(),
                            format!("The property cannot be processed because the property \"{name}\" already exists."),
                        )?;
                        continue;
                    }
                    let value = selector.value(cx, input)?.unwrap_or_default();
                    names.push(name);
                    values.push(value);
                }
            }
        }
        let shape = match &self.shape {
            Some(shape) if shape.names() == names.as_slice() => Arc::clone(shape),
            _ => {
                let shape = Shape::new(names);
                self.shape = Some(Arc::clone(&shape));
                shape
            }
        };
        let object = Object::shaped(shape, values);
        let type_name = input.type_names().into_iter().next().unwrap_or_default();
        let selected = type_name.strip_prefix("Selected.").unwrap_or(&type_name);
        *object.type_names.borrow_mut() = Some(
            [
                PsStr::from(format!("Selected.{selected}")),
                PsStr::from_static("System.Management.Automation.PSCustomObject"),
                PsStr::from_static("System.Object"),
            ]
            .into(),
        );
        Ok(object)
    }

    fn expand(&mut self, cx: &mut Cx<'_>, input: &Value, name: &PsStr) -> Flow<()> {
        let found = if crate::ops::pattern::has_wildcard(name) {
            let pattern = Wildcard::new(name, false);
            entries(input).into_iter().find(|(own, _)| pattern.matches(own)).map(|(_, value)| value)
        } else {
            cx.engine.property(input, name)?
        };
        let Some(value) = found else {
            return cx.error(
                "System.Management.Automation.PSArgumentException",
                "ExpandPropertyNotFound",
                Category::InvalidArgument,
                input.clone(),
                format!("Property \"{name}\" cannot be found."),
            );
        };
        let items = list::items(&value).unwrap_or_else(|| vec![value]);
        for item in items {
            let item = if self.properties.is_empty() {
                item
            } else {
                // The chosen properties become notes of what is expanded.
                let notes = self.project(cx, input)?;
                match &item {
                    Value::Object(object) => {
                        let copy = object.copy();
                        for (name, value) in notes.properties() {
                            copy.set(name, value);
                        }
                        Value::Object(copy)
                    }
                    _ => Value::Wrapped(Rc::new(crate::value::Wrapped {
                        base: item,
                        text: None,
                        notes: Rc::try_unwrap(notes).unwrap_or_default(),
                    })),
                }
            };
            self.output(cx, item)?;
        }
        Ok(())
    }
}

/// Properties as `Select-Object *` sees them: a dictionary's entries first.
fn entries(value: &Value) -> Vec<(PsStr, Value)> {
    match value.base() {
        Value::Hash(hash) => {
            let mut all: Vec<(PsStr, Value)> =
                hash.entries().into_iter().map(|(key, value)| (key.text(), value)).collect();
            all.extend(members::properties_of(value));
            all
        }
        _ => members::properties_of(value),
    }
}

fn own_name(value: &Value, name: &PsStr) -> PsStr {
    match value {
        Value::Object(object) => {
            match object.shape().and_then(|shape| shape.position(name).map(|at| shape.names()[at].clone())) {
                Some(own) => own,
                None => name.clone(),
            }
        }
        Value::Remote(object) => {
            let own = object.properties().map(|(own, _)| own).find(|own| own.eq_ignore_ascii_case(name));
            let added = || object.notes()?.names().into_iter().find(|own| own.eq_ignore_ascii_case(name));
            own.cloned().or_else(added).unwrap_or_else(|| name.clone())
        }
        Value::Hash(hash) => {
            let own = hash.keys().iter().map(Value::text).find(|own| own.eq_ignore_ascii_case(name));
            own.unwrap_or_else(|| name.clone())
        }
        other => members::all_properties(other)
            .into_iter()
            .map(|property| property.name)
            .find(|own| own.eq_ignore_ascii_case(name))
            .unwrap_or_else(|| name.clone()),
    }
}

/// Whether two objects are the same for `-Unique`: by their properties, or as values.
fn same(a: &Value, b: &Value, case_sensitive: bool) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let (a, b) = (a.properties(), b.properties());
            a.len() == b.len()
                && a.iter().zip(&b).all(|((name, a), (other, b))| {
                    name.eq_ignore_ascii_case(other)
                        && (a.is_null() && b.is_null() || compare::equal(a, b, case_sensitive))
                })
        }
        _ => compare::equal(a, b, case_sensitive),
    }
}
