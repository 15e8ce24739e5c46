//! Reading comma-separated values as PowerShell reads them: blanks before a field and behind a closing quote are left
//! out, a quote inside a field is text, a line's end inside quotes is part of the field, empty lines do not count.

use std::{rc::Rc, sync::Arc};

use postern_shared::value::{PsStr, Shape};

use crate::value::{Object, Value};

pub(super) struct Reader<'a> {
    rest: &'a str,
    delimiter: char,
    columns: Option<Vec<PsStr>>,
    shape: Option<Arc<Shape>>,
    duplicate: Option<PsStr>,
    unnamed: bool,
    type_names: Option<Rc<[PsStr]>>,
    fields: Vec<PsStr>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, delimiter: char, columns: Option<Vec<PsStr>>) -> Self {
        let mut reader = Self {
            rest: text,
            delimiter,
            columns: None,
            shape: None,
            duplicate: None,
            unnamed: false,
            type_names: None,
            fields: Vec::new(),
        };
        if let Some(columns) = columns {
            reader.take_columns(columns);
        }
        reader
    }

    /// Reads the columns' names, where they were not given.
    pub(super) fn read_header(&mut self) {
        if self.rest.starts_with('#') && self.type_names.is_none() {
            let line = self.rest.split(['\n', '\r']).next().unwrap_or("");
            if let Some(name) = line.strip_prefix("#TYPE ") {
                self.rest = after_line(&self.rest[line.len()..]);
                let name = name.trim_end();
                self.type_names = Some(
                    [
                        PsStr::from(format!("CSV:{name}")),
                        PsStr::from_static("System.Management.Automation.PSCustomObject"),
                        PsStr::from_static("System.Object"),
                    ]
                    .into(),
                );
            }
        }
        while self.columns.is_none() && !self.rest.is_empty() {
            self.record();
            while self.fields.len() > 1 && self.fields.last().is_some_and(|field| field.is_empty()) {
                self.fields.pop();
            }
            match self.fields.first() {
                // A log in the W3C's format says its columns so.
                Some(first) if first.starts_with("#Fields: ") => {
                    let columns = first["#Fields: ".len()..].split(' ').map(PsStr::from).collect();
                    self.take_columns(columns);
                }
                Some(first) if first.starts_with('#') => {}
                Some(_) => {
                    let columns = std::mem::take(&mut self.fields);
                    self.take_columns(columns);
                }
                None => {}
            }
        }
    }

    fn take_columns(&mut self, columns: Vec<PsStr>) {
        let mut unnamed = 0;
        let mut names: Vec<PsStr> = Vec::with_capacity(columns.len());
        for name in &columns {
            if name.is_empty() {
                unnamed += 1;
                names.push(format!("H{unnamed}").into());
            } else if names.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                self.duplicate.get_or_insert_with(|| name.clone());
            } else {
                names.push(name.clone());
            }
        }
        self.unnamed = unnamed > 0;
        self.shape = Some(Shape::new(names));
        self.columns = Some(columns);
    }

    /// The columns' names as they were written.
    pub(super) fn columns(&self) -> Option<Vec<PsStr>> {
        self.columns.clone()
    }

    /// A name that two columns have.
    pub(super) fn duplicate(&self) -> Option<&PsStr> {
        self.duplicate.as_ref()
    }

    /// Whether a column has no name.
    pub(super) fn unnamed(&self) -> bool {
        self.unnamed
    }

    /// The next record as an object; missing fields are null, surplus ones are dropped.
    pub(super) fn next_object(&mut self) -> Option<Rc<Object>> {
        let shape = Arc::clone(self.shape.as_ref()?);
        loop {
            self.record();
            match self.fields.as_slice() {
                [] => return None,
                [only] if only.is_empty() => {}
                _ => break,
            }
        }
        let mut values: Vec<Value> = Vec::with_capacity(shape.names().len());
        values.extend(self.fields.drain(..).take(shape.names().len()).map(Value::Str));
        let object = Object::shaped(shape, values);
        if let Some(names) = &self.type_names {
            *object.type_names.borrow_mut() = Some(Rc::clone(names));
        }
        Some(object)
    }

    /// Reads a record into `fields`; none at the text's end.
    fn record(&mut self) {
        self.fields.clear();
        let mut current = String::new();
        let mut quoted = false;
        loop {
            // What has no meaning of its own is taken in one piece.
            let special = |c: char| c == self.delimiter || matches!(c, '"' | ' ' | '\t' | '\n' | '\r');
            let at = if quoted {
                self.rest.find('"').unwrap_or(self.rest.len())
            } else {
                self.rest.find(special).unwrap_or(self.rest.len())
            };
            current.push_str(&self.rest[..at]);
            self.rest = &self.rest[at..];
            let Some(c) = self.rest.chars().next() else { break };
            let behind = &self.rest[c.len_utf8()..];
            if quoted {
                if let Some(behind) = behind.strip_prefix('"') {
                    current.push('"');
                    self.rest = behind;
                } else {
                    quoted = false;
                    self.rest = behind;
                    if self.rest_of_field(&mut current, true) {
                        return;
                    }
                }
            } else if c == self.delimiter {
                self.rest = behind;
                self.fields.push(std::mem::take(&mut current).into());
            } else if c == '"' && current.is_empty() {
                self.rest = behind;
                quoted = true;
            } else if matches!(c, '\n' | '\r') {
                self.rest = after_line(self.rest);
                self.fields.push(current.into());
                return;
            } else if matches!(c, ' ' | '\t') && current.is_empty() {
                self.rest = behind;
            } else {
                // A quote or a blank within a field: all up to the delimiter is text.
                self.rest = behind;
                current.push(c);
                if self.rest_of_field(&mut current, c != '"') {
                    return;
                }
            }
        }
        if !current.is_empty() {
            self.fields.push(current.into());
        }
    }

    /// Reads up to the delimiter; whether the record ends there.
    fn rest_of_field(&mut self, current: &mut String, trim: bool) -> bool {
        let delimiter = self.delimiter;
        let ends = |c: char| c == delimiter || matches!(c, '\n' | '\r');
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        let text = &self.rest[..at];
        if !trim || text.contains(|c| !matches!(c, ' ' | '\t')) {
            current.push_str(text);
        }
        self.fields.push(std::mem::take(current).into());
        let rest = &self.rest[at..];
        if let Some(behind) = rest.strip_prefix(delimiter) {
            self.rest = behind;
            return false;
        }
        self.rest = after_line(rest);
        true
    }
}

/// What is behind a line's end.
fn after_line(text: &str) -> &str {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r'])).unwrap_or(text)
}
