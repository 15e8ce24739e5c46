//! The bound on memory: what variables and gathered output hold is measured now and then.

use std::{cell::Cell, collections::HashSet, rc::Rc};

use super::{Engine, Flow, Scope};
use crate::{limits, value::Value};

thread_local! {
    /// Bytes of text in output that is being gathered.
    static GATHERED: Cell<usize> = const { Cell::new(0) };
}

/// Texts shorter than this are measured with what holds them, not when they are made.
const SMALL: usize = 256;

/// Counts the text of gathered output, and of what a cmdlet holds, for as long as it lives.
#[derive(Debug, Default)]
pub(crate) struct Gathered(usize);

impl Gathered {
    /// A value was added.
    pub(crate) fn add(&mut self, value: &Value) {
        if let Value::Str(text) = value
            && text.len() >= SMALL
        {
            self.0 += text.len();
            GATHERED.set(GATHERED.get() + text.len());
        }
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        GATHERED.set(GATHERED.get().saturating_sub(self.0));
    }
}

impl Engine {
    /// A text of that many bytes was made: enough of them, and what is held is measured.
    pub(super) fn text_made(&self, bytes: usize) -> Flow<()> {
        if bytes < SMALL {
            return Ok(());
        }
        let made = self.made.get().saturating_add(bytes);
        self.made.set(made);
        if made < limits::MAX_MEMORY / 4 { Ok(()) } else { self.measure() }
    }

    /// Measures what is held; an error if it is too much.
    pub(super) fn measure(&self) -> Flow<()> {
        self.made.set(0);
        let mut seen = HashSet::new();
        let mut total = GATHERED.get();
        for scope in [&self.scope, &self.script, &self.global] {
            let mut at = Some(Rc::clone(scope));
            while let Some(scope) = at.take() {
                if seen.insert(Rc::as_ptr(&scope).addr()) {
                    total += of_scope(&scope, &mut seen);
                }
                at.clone_from(&scope.parent);
            }
        }
        if total > limits::MAX_MEMORY {
            return Err(self.limit(format!(
                "Variables and output take more than {} MB of memory.",
                limits::MAX_MEMORY >> 20
            )));
        }
        Ok(())
    }
}

fn of_scope(scope: &Scope, seen: &mut HashSet<usize>) -> usize {
    let mut waiting: Vec<Value> = scope.all().into_iter().map(|(_, value)| value).collect();
    let mut total = 0;
    while let Some(value) = waiting.pop() {
        total += size_of::<Value>();
        let mut new = |address: usize| seen.insert(address);
        match &value {
            Value::Str(text) if text.len() > 23 => total += text.len(),
            Value::Array(array) if new(Rc::as_ptr(array).addr()) => {
                waiting.extend(array.items.borrow().iter().cloned());
            }
            Value::List(list) if new(Rc::as_ptr(list).addr()) => {
                waiting.extend(list.items.borrow().iter().cloned());
            }
            Value::Hash(hash) if new(Rc::as_ptr(hash).addr()) => {
                // Keys are held twice: as they are, and as they are compared.
                total += hash.len() * 64;
                waiting.extend(hash.entries().into_iter().flat_map(|(key, value)| [key, value]));
            }
            Value::Object(object) if new(Rc::as_ptr(object).addr()) => {
                total += 128;
                waiting.extend(object.values().iter().cloned());
            }
            _ => {}
        }
        if total > limits::MAX_MEMORY {
            break;
        }
    }
    total
}
