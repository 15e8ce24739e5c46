//! `Select-Object`.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use postern_shared::{
    syntax::{Span, ast::Command},
    value::{Properties, PsObject, PsStr, PsValue, Shape, TypeNames},
};

use super::{
    Stage,
    bind::{Declaration, bind},
    selector::{self, Selector, Source},
};
use crate::{
    error::{Error, Result},
    eval::{self, wildcard},
    limits::MAX_HELD,
    plan::Flow,
};

#[derive(Debug, Default)]
struct Select {
    line: Arc<str>,
    properties: Option<Vec<Selector>>,
    exclude: Vec<String>,
    expand: Option<String>,
    first: Option<usize>,
    last: Option<usize>,
    skip: usize,
    skip_last: usize,
    unique: Option<HashSet<String>>,
    /// The newest objects, of which the last are wanted or not.
    tail: VecDeque<PsValue>,
    passed: usize,
    /// Shape and type names of the objects made last: those of a result are all alike.
    shape: Option<Arc<Shape>>,
    types: Option<(TypeNames, TypeNames)>,
    span: Span,
}

const DECLARED: Declaration = Declaration {
    name: "Select-Object",
    switches: &["Unique", "Wait"],
    values: &["Property", "ExcludeProperty", "ExpandProperty", "First", "Last", "Skip", "SkipLast"],
    positional: 1,
};

pub(super) fn select(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    let bound = bind(&DECLARED, command)?;
    let count = |name: &str| -> Result<Option<usize>> {
        let Some(expr) = bound.get(name) else { return Ok(None) };
        let value = eval::constant(expr, line)?;
        let count = eval::as_number(&value).map(eval::number_value).and_then(|value| value.as_i64());
        let count = count.and_then(|count| usize::try_from(count).ok());
        count.map(Some).ok_or_else(|| {
            let what = format!("Cannot bind parameter '{name}': {value} is no number of 0 or more.");
            Error::statement(expr.span, "CannotConvertArgument", what)
        })
    };
    let names = |name: &str| -> Result<Vec<String>> {
        let Some(expr) = bound.get(name) else { return Ok(Vec::new()) };
        let value = eval::constant(expr, line)?;
        Ok(eval::items(&value)
            .map_or_else(|| vec![value.to_string()], |items| items.iter().map(ToString::to_string).collect()))
    };
    let mut select = Select {
        line: Arc::clone(line),
        properties: bound.get("Property").map(|expr| selector::compile(line, expr)).transpose()?,
        exclude: names("ExcludeProperty")?,
        expand: names("ExpandProperty")?.into_iter().next(),
        first: count("First")?,
        last: count("Last")?,
        skip: count("Skip")?.unwrap_or(0),
        skip_last: count("SkipLast")?.unwrap_or(0),
        unique: bound.has("Unique").then(HashSet::new),
        span: bound.span,
        ..Select::default()
    };
    if select.first.is_some() && select.last.is_some() {
        let what = "-First and -Last together are not available.";
        return Err(Error::unsupported(bound.span, what, "Use one of them."));
    }
    if select.skip_last > 0 && (select.first.is_some() || select.last.is_some()) {
        let what = "-SkipLast with -First or -Last is an ambiguous parameter set.";
        return Err(Error::statement(bound.span, "AmbiguousParameterSet", what));
    }
    if select.properties.is_none() && !select.exclude.is_empty() {
        let all = Selector { label: "*".to_owned(), source: Source::Name("*".to_owned()), descending: None };
        select.properties = Some(vec![all]);
    }
    Ok(Box::new(select))
}

/// A selection of these properties alone.
pub(super) fn of(line: &Arc<str>, properties: Vec<Selector>) -> Box<dyn Stage> {
    Box::new(Select { line: Arc::clone(line), properties: Some(properties), ..Select::default() })
}

impl Select {
    fn project(&mut self, value: &PsValue, out: &mut Vec<PsValue>) -> Result<()> {
        let made = match &self.properties {
            Some(properties) => self.notes(value, &properties.clone())?,
            None => value.clone(),
        };
        let Some(expand) = &self.expand else {
            self.emit(made, out);
            return Ok(());
        };
        let has = has_member(value, expand);
        let expanded = eval::property(value, expand);
        if !has && expanded.is_null() {
            let what = format!("Property \"{expand}\" cannot be found.");
            return Err(Error::statement(self.span, "ExpandPropertyNotFound", what));
        }
        if self.properties.is_some() {
            let what = "-ExpandProperty together with -Property is not available.";
            return Err(Error::unsupported(self.span, what, "Use one of them, or a calculated property."));
        }
        match eval::items(&expanded) {
            Some(items) => items.iter().for_each(|item| self.emit(item.clone(), out)),
            None if expanded.is_null() => {}
            None => self.emit(expanded, out),
        }
        Ok(())
    }

    fn emit(&mut self, value: PsValue, out: &mut Vec<PsValue>) {
        if let Some(seen) = &mut self.unique {
            // Values are alike if all their properties show the same.
            let key = match &value {
                PsValue::Object(object) if object.properties().next().is_some() => {
                    let parts: Vec<String> =
                        object.properties().map(|(name, value)| format!("{name}\u{1}{value}")).collect();
                    parts.join("\u{2}")
                }
                other => other.to_string(),
            };
            if !seen.insert(key) {
                return;
            }
        }
        out.push(value);
    }

    /// An object with the selected properties as notes.
    fn notes(&mut self, value: &PsValue, properties: &[Selector]) -> Result<PsValue> {
        let mut names: Vec<PsStr> = Vec::with_capacity(properties.len());
        let mut values = Vec::with_capacity(properties.len());
        let excluded = |name: &str| self.exclude.iter().any(|pattern| wildcard(pattern, name, false));
        for selector in properties {
            let Source::Name(name) = &selector.source else {
                if !excluded(&selector.label) {
                    names.push(selector.label.as_str().into());
                    values.push(selector.value(&self.line, value)?);
                }
                continue;
            };
            if name.contains(['*', '?', '[']) {
                for (own, property) in value.as_object().into_iter().flat_map(PsObject::properties) {
                    let twice = names.iter().any(|name| name.eq_ignore_ascii_case(own));
                    if wildcard(name, own, false) && !excluded(own) && !twice {
                        names.push(own.clone());
                        values.push(property.clone());
                    }
                }
                continue;
            }
            let label: PsStr =
                if selector.label == *name { own_name(value, name) } else { selector.label.as_str().into() };
            if !excluded(&label) && !names.iter().any(|own| own.eq_ignore_ascii_case(&label)) {
                names.push(label);
                values.push(eval::property(value, name));
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
        let object = PsObject {
            type_names: self.selected_types(value),
            extended: Properties::new(shape, values),
            ..PsObject::default()
        };
        Ok(object.into())
    }

    fn selected_types(&mut self, value: &PsValue) -> TypeNames {
        let own = value.as_object().map(|object| Arc::clone(&object.type_names)).unwrap_or_default();
        if let Some((from, made)) = &self.types
            && Arc::ptr_eq(from, &own)
        {
            return Arc::clone(made);
        }
        let name = eval::type_name(value);
        let made = eval::object_type(&[
            &format!("Selected.{name}"),
            "System.Management.Automation.PSCustomObject",
            "System.Object",
        ]);
        self.types = Some((own, Arc::clone(&made)));
        made
    }
}

/// The property's name as the object writes it.
fn own_name(value: &PsValue, name: &str) -> PsStr {
    let own = |properties: &Properties| {
        let at = properties.shape().position(name)?;
        properties.shape().names().get(at).cloned()
    };
    value
        .as_object()
        .and_then(|object| own(&object.extended).or_else(|| own(&object.adapted)))
        .unwrap_or_else(|| name.into())
}

fn has_member(value: &PsValue, name: &str) -> bool {
    value.get(name).is_some()
}

impl Stage for Select {
    fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow> {
        if self.first == Some(0) {
            return Ok(Flow::Done);
        }
        if let Some(keep) = self.last {
            // With -Last, -Skip counts from the end.
            self.tail.push_back(value);
            let most = keep.saturating_add(self.skip);
            if self.tail.len() > most {
                self.tail.pop_front();
            }
            if self.tail.len() > MAX_HELD {
                return Err(Error::limit(
                    self.span,
                    format!("More than {MAX_HELD} objects would have to be held at once."),
                ));
            }
            return Ok(Flow::Continue);
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(Flow::Continue);
        }
        let value = if self.skip_last > 0 {
            self.tail.push_back(value);
            if self.tail.len() <= self.skip_last {
                return Ok(Flow::Continue);
            }
            self.tail.pop_front().unwrap_or_default()
        } else {
            value
        };
        // With -Unique the count is of objects taken in, as in PowerShell.
        self.passed += 1;
        self.project(&value, out)?;
        Ok(if self.first.is_some_and(|first| self.passed >= first) { Flow::Done } else { Flow::Continue })
    }

    fn finish(&mut self, out: &mut Vec<PsValue>) -> Result<()> {
        let Some(keep) = self.last else { return Ok(()) };
        let end = self.tail.len().saturating_sub(self.skip);
        let start = end.saturating_sub(keep);
        for value in std::mem::take(&mut self.tail).into_iter().take(end).skip(start) {
            self.project(&value, out)?;
        }
        Ok(())
    }
}
