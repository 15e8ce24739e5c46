//! Group-Object.

use std::{cmp::Ordering, collections::HashMap, fmt::Write as _};

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry, selector::Selector, sort};
use crate::{
    convert::numeric,
    interp::{Flow, Gathered},
    ops::list,
    value::{Category, Hash, HashKind, List, Object, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Group-Object", "Groups objects that have the same value of properties.")
            .alias("group")
            .default_set("HashTable")
            .param(P::input("InputObject", "The objects."))
            .param(P::new("Property", "The properties whose values make a group.").many().at(0))
            .param(P::switch("NoElement", "The groups come without their objects."))
            .param(
                P::switch("AsHashTable", "Gives one hashtable: a group's value leads to its objects.")
                    .alias("AHT")
                    .set("HashTable"),
            )
            .param(P::switch("AsString", "The hashtable's keys are texts.").set("HashTable"))
            .param(P::new("Culture", "The culture whose order counts.").text())
            .param(P::switch("CaseSensitive", "Texts that differ in case only are different."))
            .example(
                "Get-Mailbox | Group-Object Database -NoElement",
                "How many mailboxes each database has.",
            )
            .example(
                "$byUser = Get-MailboxStatistics … | Group-Object MailboxGuid -AsHashTable -AsString",
                "Looks objects up by a key.",
            )
            .run(|| Box::<Grouping>::default()),
    );
}

#[derive(Default)]
struct Grouping {
    properties: Vec<Selector>,
    case_sensitive: bool,
    no_element: bool,
    groups: Vec<Group>,
    by_key: HashMap<String, usize>,
    key: String,
    /// The type of each property's values, until two differ.
    types: Vec<Option<PsStr>>,
    mixed: bool,
    count: usize,
    held: Gathered,
}

struct Group {
    values: Vec<Value>,
    count: i32,
    items: Vec<Value>,
}

impl Cmdlet for Grouping {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            self.properties.push(Selector::parse(cx, &value, &[])?);
        }
        self.case_sensitive = cx.flag("CaseSensitive");
        self.no_element = cx.flag("NoElement");
        if cx.flag("AsString") && !cx.flag("AsHashTable") {
            return Err(cx.fail(
                "System.ArgumentException",
                "InvalidOperationAsStringSwitch",
                Category::InvalidArgument,
                Value::Null,
                "Use the -AsString parameter only together with the -AsHashTable parameter.",
            ));
        }
        if self.properties.len() > 1 && cx.flag("AsHashTable") && !cx.flag("AsString") {
            return Err(cx.fail(
                "System.ArgumentException",
                "ArgumentException",
                Category::InvalidArgument,
                Value::Null,
                "The objects grouped by these properties cannot be expanded because there is more than one property. Use the -AsString parameter.",
            ));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        let mut values = Vec::with_capacity(self.properties.len().max(1));
        if self.properties.is_empty() {
            values.push(input.clone());
        }
        for at in 0..self.properties.len() {
            let selector = self.properties[at].clone();
            values.push(selector.value(cx, &input)?.unwrap_or_default());
        }
        self.note_types(&values);
        self.key.clear();
        for value in &values {
            write_key(value, self.case_sensitive, &mut self.key);
            self.key.push('\u{1}');
        }
        self.count += 1;
        cx.engine.check_items(self.count)?;
        let known = self.by_key.get(self.key.as_str()).copied();
        let at = known.unwrap_or(self.groups.len());
        if known.is_none() {
            self.groups.push(Group { values, count: 0, items: Vec::new() });
            self.by_key.insert(self.key.clone(), at);
        }
        let group = &mut self.groups[at];
        group.count = group.count.saturating_add(1);
        if !self.no_element || cx.flag("AsHashTable") {
            self.held.add(&input);
            group.items.push(input);
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let mut groups = std::mem::take(&mut self.groups);
        self.by_key = HashMap::new();
        // Groups come in the order of their values; values of several types keep the order in which they came.
        if !self.mixed {
            let case = self.case_sensitive;
            sort::merge_sort(&mut groups, &|a: &Group, b: &Group| {
                a.values
                    .iter()
                    .zip(&b.values)
                    .map(|(a, b)| sort::order(Some(a), Some(b), case))
                    .find(|order| *order != Ordering::Equal)
                    .unwrap_or(Ordering::Equal)
            });
        }
        let hash = cx.flag("AsHashTable").then(|| Hash::with_case(HashKind::Hashtable, self.case_sensitive));
        let as_text = cx.flag("AsString");
        for group in groups {
            let name = name_of(cx, &group.values)?;
            let items = Value::List(List::new(Type::CollectionOf(&Type::PSObject), group.items));
            if let Some(hash) = &hash {
                let key = if as_text {
                    Value::Str(name)
                } else {
                    group.values.first().cloned().unwrap_or_default()
                };
                if !hash.add(key, items) {
                    return Err(cx.fail(
                        "System.ArgumentException",
                        "The objects grouped by this property cannot be expanded because there is a key duplication.",
                        Category::InvalidArgument,
                        Value::Null,
                        "The objects grouped by this property cannot be expanded because there is a key duplication. Provide a valid property, and then try again.",
                    ));
                }
                continue;
            }
            let type_name = if self.no_element {
                "Microsoft.PowerShell.Commands.GroupInfoNoElement"
            } else {
                "Microsoft.PowerShell.Commands.GroupInfo"
            };
            let values = Value::List(List::new(Type::ArrayList, group.values));
            cx.write(Object::typed(
                type_name,
                [
                    ("Values", values),
                    ("Count", Value::I32(group.count)),
                    ("Group", items),
                    ("Name", Value::Str(name)),
                ],
            ))?;
        }
        match hash {
            Some(hash) if !hash.is_empty() => cx.write(hash),
            _ => Ok(()),
        }
    }
}

impl Grouping {
    fn note_types(&mut self, values: &[Value]) {
        if self.mixed {
            return;
        }
        self.types.resize(values.len(), None);
        for (known, value) in self.types.iter_mut().zip(values) {
            if value.is_null() {
                continue;
            }
            let own = value.base().type_name();
            match known {
                None => *known = Some(own),
                Some(known) if *known == own => {}
                Some(_) => self.mixed = true,
            }
        }
    }
}

/// A text that is the same for values that compare equal.
fn write_key(value: &Value, case_sensitive: bool, out: &mut String) {
    match value.base() {
        Value::Null | Value::Empty => out.push('0'),
        Value::DateTime(at) => {
            let _ = write!(out, "d{}", at.ticks);
        }
        Value::Bool(b) => out.push_str(if *b { "b1" } else { "b0" }),
        other => {
            if let Some(number) = numeric(other) {
                let _ = match number.as_whole() {
                    Some(whole) => write!(out, "n{whole}"),
                    None => write!(out, "n{}", number.as_f64()),
                };
                return;
            }
            out.push('t');
            let start = out.len();
            other.write_text(out);
            if case_sensitive {
                return;
            }
            if out.as_bytes()[start..].is_ascii() {
                if let Some(text) = out.get_mut(start..) {
                    text.make_ascii_lowercase();
                }
            } else {
                let text = out.split_off(start).to_lowercase();
                out.push_str(&text);
            }
        }
    }
}

/// The group's name: its values' texts in the culture's form; null is left out.
fn name_of(cx: &mut Cx<'_>, values: &[Value]) -> Flow<PsStr> {
    let mut parts: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        if value.is_null() {
            continue;
        }
        match list::items(value) {
            Some(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in &items {
                    texts.push(culture_text(cx, item)?.to_string());
                }
                parts.push(format!("{{{}}}", texts.join(", ")));
            }
            None => parts.push(culture_text(cx, value)?.to_string()),
        }
    }
    Ok(parts.join(", ").into())
}

fn culture_text(cx: &mut Cx<'_>, value: &Value) -> Flow<PsStr> {
    match value.base() {
        Value::Hash(_) | Value::Array(_) | Value::List(_) => Ok(value.type_name()),
        _ => cx.engine.to_string_with(value, ""),
    }
}
