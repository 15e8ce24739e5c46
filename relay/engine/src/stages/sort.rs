//! `Sort-Object`.

use std::{cmp::Ordering, sync::Arc};

use postern_shared::{
    syntax::{Span, ast::Command},
    value::PsValue,
};

use super::{
    Stage,
    bind::{Declaration, bind},
    hold,
    selector::{self, Selector},
};
use crate::{
    error::{Error, Result},
    eval::{self, order},
    plan::Flow,
};

#[derive(Debug)]
struct Sort {
    line: Arc<str>,
    keys: Vec<Selector>,
    descending: bool,
    case_sensitive: bool,
    unique: bool,
    top: Option<usize>,
    /// Objects with the values of their keys.
    held: Vec<(Vec<PsValue>, PsValue)>,
    span: Span,
}

pub(super) fn sort(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    let declared = Declaration {
        name: "Sort-Object",
        switches: &["Descending", "Unique", "CaseSensitive", "Stable"],
        values: &["Property", "Top"],
        positional: 1,
    };
    let bound = bind(&declared, command)?;
    let keys = bound.get("Property").map_or(Ok(Vec::new()), |expr| selector::compile(line, expr))?;
    let top = match bound.get("Top") {
        None => None,
        Some(expr) => {
            let value = eval::constant(expr, line)?;
            let Some(top) = value.as_i64().and_then(|top| usize::try_from(top).ok()) else {
                let what = format!("Cannot bind parameter 'Top': {value} is no number of 1 or more.");
                return Err(Error::statement(expr.span, "CannotConvertArgument", what));
            };
            Some(top)
        }
    };
    Ok(Box::new(Sort {
        line: Arc::clone(line),
        keys,
        descending: bound.has("Descending"),
        case_sensitive: bound.has("CaseSensitive"),
        unique: bound.has("Unique"),
        top,
        held: Vec::new(),
        span: bound.span,
    }))
}

impl Sort {
    fn compare(&self, left: &[PsValue], right: &[PsValue]) -> Ordering {
        for (at, (left, right)) in left.iter().zip(right).enumerate() {
            let found = compare(left, right, self.case_sensitive, self.span);
            let descending = self.keys.get(at).and_then(|key| key.descending).unwrap_or(self.descending);
            let found = if descending { found.reverse() } else { found };
            if found.is_ne() {
                return found;
            }
        }
        Ordering::Equal
    }
}

/// The order of two keys; what cannot be compared is compared by its text, as PowerShell does. So sizes of remote
/// objects, which have nothing but a text, sort by it.
pub(super) fn compare(left: &PsValue, right: &PsValue, case_sensitive: bool, span: Span) -> Ordering {
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        return eval::order_text(left, right, case_sensitive);
    }
    order(left, right, case_sensitive, span)
        .unwrap_or_else(|_| eval::order_text(&left.to_string(), &right.to_string(), case_sensitive))
}

impl Stage for Sort {
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
        let held = std::mem::take(&mut self.held);
        let mut sorted = merge_sort(held, &|left, right| self.compare(&left.0, &right.0));
        if self.unique {
            sorted.dedup_by(|next, kept| self.compare(&kept.0, &next.0).is_eq());
        }
        out.extend(sorted.into_iter().take(self.top.unwrap_or(usize::MAX)).map(|(_, value)| value));
        Ok(())
    }
}

/// Sorts stably. Values of several types have no total order (9 < '10' < 9 in some circle), with which the standard
/// library's sort may panic; merging cannot.
pub(super) fn merge_sort<T>(values: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut runs: Vec<Vec<T>> = values.into_iter().map(|value| vec![value]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut rest = runs.into_iter();
        while let Some(left) = rest.next() {
            merged.push(match rest.next() {
                Some(right) => merge(left, right, compare),
                None => left,
            });
        }
        runs = merged;
    }
    runs.pop().unwrap_or_default()
}

fn merge<T>(left: Vec<T>, right: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b).is_gt() { right.next() } else { left.next() };
        out.extend(next);
    }
    out.extend(left);
    out.extend(right);
    out
}
