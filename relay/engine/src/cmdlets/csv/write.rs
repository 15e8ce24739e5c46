//! Writing comma-separated values.

use std::sync::Arc;

use postern_shared::value::{PsStr, Shape};

use crate::{
    interp::{Engine, Flow},
    members,
    value::{Object, Value},
};

/// Which fields are quoted.
#[derive(Debug)]
pub(super) enum Quoting {
    Always,
    AsNeeded,
    Never,
    /// Those of these columns.
    Fields(Vec<PsStr>),
}

#[derive(Debug)]
pub(super) struct Writer {
    delimiter: char,
    quoting: Quoting,
    types: bool,
    with_header: bool,
    columns: Option<Vec<PsStr>>,
    /// The last object's shape, and where in it each column is.
    places: Option<(Arc<Shape>, Vec<Option<usize>>)>,
}

impl Writer {
    pub(super) fn new(delimiter: char, quoting: Quoting, types: bool, with_header: bool) -> Self {
        Self { delimiter, quoting, types, with_header, columns: None, places: None }
    }

    pub(super) fn columns(&self) -> Option<&[PsStr]> {
        self.columns.as_deref()
    }

    pub(super) fn set_columns(&mut self, columns: Vec<PsStr>) {
        self.columns = Some(columns);
    }

    /// The first object says the columns.
    pub(super) fn take_columns(&mut self, value: &Value) {
        self.columns = Some(names(value));
    }

    /// `#TYPE …`, where it was asked for.
    pub(super) fn type_line(&self, value: &Value) -> Option<String> {
        let name = value.type_names().into_iter().next().unwrap_or_default();
        self.types.then(|| format!("#TYPE {}", name.strip_prefix("CSV:").unwrap_or(&name)))
    }

    /// The line with the columns' names, where it is wanted.
    pub(super) fn header(&self) -> Option<String> {
        if !self.with_header {
            return None;
        }
        let mut line = String::new();
        for (at, name) in self.columns()?.iter().enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            self.field(name, name, &mut line);
        }
        Some(line)
    }

    /// A column that the object does not have.
    pub(super) fn missing(&self, value: &Value) -> Option<PsStr> {
        let own = names(value);
        self.columns()?.iter().find(|name| !own.iter().any(|own| own.eq_ignore_ascii_case(name))).cloned()
    }

    /// Appends an object's line.
    pub(super) fn row(&mut self, engine: &mut Engine, value: &Value, line: &mut String) -> Flow<()> {
        let columns = self.columns.take().unwrap_or_default();
        let result = self.fields(engine, value, &columns, line);
        self.columns = Some(columns);
        result
    }

    fn fields(
        &mut self,
        engine: &mut Engine,
        value: &Value,
        columns: &[PsStr],
        line: &mut String,
    ) -> Flow<()> {
        // Objects of the same shape have their values in the same places.
        if let Value::Object(object) = value
            && let Some(shape) = object.shape()
        {
            if !self.places.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, &shape)) {
                let places = columns.iter().map(|name| shape.position(name)).collect();
                self.places = Some((shape, places));
            }
            return self.shaped(engine, value, object, columns, line);
        }
        for (at, name) in columns.iter().enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            let found = engine.property(value, name)?.unwrap_or_default();
            self.cell(engine, name, &found, line)?;
        }
        Ok(())
    }

    fn shaped(
        &self,
        engine: &mut Engine,
        value: &Value,
        object: &Object,
        columns: &[PsStr],
        line: &mut String,
    ) -> Flow<()> {
        let places = self.places.as_ref().map_or(&[][..], |(_, places)| places.as_slice());
        for (at, (name, place)) in columns.iter().zip(places).enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            if let Some(place) = place {
                // The cell's text may come from a script that changes the object.
                let found = object.values().get(*place).cloned().unwrap_or_default();
                self.cell(engine, name, &found, line)?;
            } else {
                let found = engine.property(value, name)?.unwrap_or_default();
                self.cell(engine, name, &found, line)?;
            }
        }
        Ok(())
    }

    fn cell(&self, engine: &mut Engine, name: &str, value: &Value, line: &mut String) -> Flow<()> {
        match value {
            Value::Null | Value::Empty => {}
            Value::Str(text) => self.field(name, text, line),
            value => {
                let text = match value.base() {
                    Value::Object(_) | Value::Remote(_) | Value::Block(_) => engine.text_of(value)?,
                    Value::Enum(_) | Value::I32(_) | Value::I64(_) | Value::Bool(_) => value.base().text(),
                    other => engine.to_string_with(other, "")?,
                };
                self.field(name, &text, line);
            }
        }
        engine.check_text(line.len())
    }

    fn field(&self, name: &str, text: &str, line: &mut String) {
        let quote = match &self.quoting {
            Quoting::Always => true,
            Quoting::Never => false,
            Quoting::AsNeeded => text.contains([self.delimiter, '"', '\n', '\r']),
            Quoting::Fields(fields) => fields.iter().any(|own| own.eq_ignore_ascii_case(name)),
        };
        if !quote {
            line.push_str(text);
            return;
        }
        line.push('"');
        let mut rest = text;
        while let Some(at) = rest.find('"') {
            line.push_str(&rest[..=at]);
            line.push('"');
            rest = &rest[at + 1..];
        }
        line.push_str(rest);
        line.push('"');
    }
}

/// The columns of an object: its properties, or a dictionary's keys.
fn names(value: &Value) -> Vec<PsStr> {
    match value.base() {
        Value::Hash(hash) => hash.keys().iter().map(Value::text).collect(),
        Value::Object(object) if object.other_members().is_empty() => object.names(),
        _ => members::properties_of(value).into_iter().map(|(name, _)| name).collect(),
    }
}
