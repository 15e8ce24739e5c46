//! Compare-Object.

use std::{cmp::Ordering, rc::Rc};

use super::{Cmdlet, Cx, Declare, P, Registry, selector::Selector, sort};
use crate::{
    interp::Flow,
    value::{Object, Type, Value, Wrapped},
};

pub(super) fn declare(registry: &mut Registry) {
    let mut reference = P::new("ReferenceObject", "The objects that are compared with.")
        .ty(Type::ArrayOf(&Type::PSObject))
        .at(0)
        .mandatory();
    reference.0.allow_empty_list = true;
    let mut difference = P::new("DifferenceObject", "The objects that are compared.")
        .ty(Type::ArrayOf(&Type::PSObject))
        .at(1)
        .mandatory()
        .by_value();
    difference.0.allow_empty_list = true;
    registry.add(
        Declare::new("Compare-Object", "Compares two sets of objects.")
            .alias("compare")
            .alias("diff")
            .param(reference)
            .param(difference)
            .param(
                P::new(
                    "SyncWindow",
                    "How many objects before and after the current one are looked at for a match.",
                )
                .int(),
            )
            .param(P::new("Property", "The properties that are compared.").many())
            .param(P::switch("ExcludeDifferent", "Only those that both have."))
            .param(P::switch("IncludeEqual", "Also those that both have."))
            .param(P::switch("PassThru", "Gives the objects themselves."))
            .param(P::new("Culture", "The culture whose order counts.").text())
            .param(P::switch("CaseSensitive", "Texts that differ in case only are different."))
            .example(
                "Compare-Object $before $after -Property PrimarySmtpAddress",
                "Who was added (=>) and who was removed (<=).",
            )
            .run(|| Box::<Comparing>::default()),
    );
}

#[derive(Default)]
struct Comparing {
    properties: Vec<Selector>,
    references: std::collections::VecDeque<Entry>,
    reference_backlog: Vec<Entry>,
    difference_backlog: Vec<Entry>,
    window: usize,
    case_sensitive: bool,
    /// Whether objects of both sides, and those of one side, are given.
    shown: (bool, bool),
    pass_thru: bool,
}

#[derive(Clone)]
struct Entry {
    object: Value,
    keys: Vec<Value>,
}

impl Cmdlet for Comparing {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            self.properties.push(Selector::parse(cx, &value, &["name"])?);
        }
        self.window = match cx.int("SyncWindow") {
            Some(window) => usize::try_from(window).unwrap_or(0),
            None => usize::MAX,
        };
        self.case_sensitive = cx.flag("CaseSensitive");
        let exclude = cx.flag("ExcludeDifferent");
        // Without the different ones, the equal ones are what is wanted.
        let equal = cx.flag("IncludeEqual") || exclude && !cx.has("IncludeEqual");
        self.shown = (equal, !exclude);
        self.pass_thru = cx.flag("PassThru");
        for object in cx.list("ReferenceObject") {
            let entry = self.entry(cx, object)?;
            self.references.push_back(entry);
            cx.engine.check_items(self.references.len())?;
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        for object in cx.list("DifferenceObject") {
            let entry = self.entry(cx, object)?;
            self.step(cx, Some(entry))?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        while !self.references.is_empty() {
            self.step(cx, None)?;
        }
        for entry in std::mem::take(&mut self.difference_backlog) {
            self.emit(cx, &entry, "=>")?;
        }
        for entry in std::mem::take(&mut self.reference_backlog) {
            self.emit(cx, &entry, "<=")?;
        }
        Ok(())
    }
}

impl Comparing {
    fn entry(&self, cx: &mut Cx<'_>, object: Value) -> Flow<Entry> {
        let mut keys = Vec::with_capacity(self.properties.len().max(1));
        if self.properties.is_empty() {
            keys.push(object.clone());
        }
        for selector in &self.properties {
            keys.push(selector.value(cx, &object)?.unwrap_or_default());
        }
        Ok(Entry { object, keys })
    }

    /// The next object of each side. Each is looked for among those of the other side that had no match so far.
    fn step(&mut self, cx: &mut Cx<'_>, mut difference: Option<Entry>) -> Flow<()> {
        let mut reference = self.references.pop_front();
        if let (Some(a), Some(b)) = (&reference, &difference)
            && self.same(a, b)
        {
            let entry = a.clone();
            return self.emit(cx, &entry, "==");
        }
        if let Some(own) = &difference
            && let Some(at) = self.position(cx, own, &self.reference_backlog)?
        {
            let found = self.reference_backlog.remove(at);
            difference = None;
            self.emit(cx, &found, "==")?;
        }
        if let Some(own) = &reference
            && let Some(at) = self.position(cx, own, &self.difference_backlog)?
        {
            self.difference_backlog.remove(at);
            if let Some(own) = reference.take() {
                self.emit(cx, &own, "==")?;
            }
        }
        if let Some(own) = difference {
            while self.difference_backlog.len() >= self.window.max(1) {
                let first = self.difference_backlog.remove(0);
                self.emit(cx, &first, "=>")?;
            }
            if self.window == 0 {
                self.emit(cx, &own, "=>")?;
            } else {
                self.difference_backlog.push(own);
            }
        }
        if let Some(own) = reference {
            while self.reference_backlog.len() >= self.window.max(1) {
                let first = self.reference_backlog.remove(0);
                self.emit(cx, &first, "<=")?;
            }
            if self.window == 0 {
                self.emit(cx, &own, "<=")?;
            } else {
                self.reference_backlog.push(own);
            }
        }
        Ok(())
    }

    fn same(&self, a: &Entry, b: &Entry) -> bool {
        a.keys
            .iter()
            .zip(&b.keys)
            .all(|(a, b)| sort::order(Some(a), Some(b), self.case_sensitive) == Ordering::Equal)
    }

    fn position(&self, cx: &mut Cx<'_>, own: &Entry, among: &[Entry]) -> Flow<Option<usize>> {
        cx.engine.steps(among.len())?;
        Ok(among.iter().position(|other| self.same(own, other)))
    }

    fn emit(&self, cx: &mut Cx<'_>, entry: &Entry, side: &'static str) -> Flow<()> {
        let wanted = if side == "==" { self.shown.0 } else { self.shown.1 };
        if !wanted {
            return Ok(());
        }
        if self.pass_thru {
            return cx.write(noted(&entry.object, side));
        }
        let object = Object::new();
        if self.properties.is_empty() {
            object.set("InputObject", entry.object.clone());
        }
        for (selector, value) in self.properties.iter().zip(&entry.keys) {
            object.set(selector.name(), value.clone());
        }
        object.set("SideIndicator", side);
        cx.write(object)
    }
}

/// The object itself with the note that says where it is.
fn noted(value: &Value, side: &'static str) -> Value {
    match value {
        Value::Object(object) => {
            object.set("SideIndicator", side);
            value.clone()
        }
        value => {
            let notes = Object::default();
            if let Value::Wrapped(wrapped) = value {
                for (name, value) in wrapped.notes.properties() {
                    notes.set(name, value);
                }
            }
            notes.set("SideIndicator", side);
            Value::Wrapped(Rc::new(Wrapped { base: value.base().clone(), text: None, notes }))
        }
    }
}
