//! Scopes: variables and functions, looked up along the chain of callers.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use super::{Function, Validate};
use crate::{
    code::Sym,
    value::{Type, Value},
};

/// Functions by their names; few scopes have one.
type Functions = Box<HashMap<Sym, Rc<Function>>>;

/// A scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    vars: RefCell<Vars>,
    pub(crate) parent: Option<Rc<Scope>>,
    pub(crate) functions: RefCell<Option<Functions>>,
    /// `$args`, where the scope is a call's.
    pub(crate) args: RefCell<Option<Value>>,
    /// `$input`.
    pub(crate) input: RefCell<Option<Value>>,
    /// Whether the scope is a call's and not a block's within.
    pub(crate) is_call: Cell<bool>,
}

/// Variables: few are searched one by one, many through an index.
#[derive(Debug, Default)]
struct Vars {
    slots: Vec<Slot>,
    index: HashMap<Sym, u32>,
}

#[derive(Debug)]
struct Slot {
    sym: Sym,
    value: Value,
    more: Option<Rc<Options>>,
}

/// What a variable has beside its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Types that values are converted to.
    pub(crate) types: Vec<Type>,
    pub(crate) validate: Vec<Validate>,
    pub(crate) read_only: bool,
    pub(crate) constant: bool,
    pub(crate) private: bool,
}

/// Up to this many variables are searched one by one.
const FEW: usize = 10;

impl Vars {
    #[inline]
    fn position(&self, sym: Sym) -> Option<usize> {
        if self.slots.len() <= FEW {
            self.slots.iter().position(|slot| slot.sym == sym)
        } else {
            self.index.get(&sym).map(|at| *at as usize)
        }
    }

    fn push(&mut self, slot: Slot) {
        if self.slots.len() == FEW {
            self.index = self.slots.iter().enumerate().map(|(at, slot)| (slot.sym, at as u32)).collect();
        }
        if self.slots.len() >= FEW {
            self.index.insert(slot.sym, self.slots.len() as u32);
        }
        self.slots.push(slot);
    }
}

impl Scope {
    /// A scope without a parent.
    pub(crate) fn root() -> Rc<Self> {
        Rc::default()
    }

    /// A scope within another one.
    pub(crate) fn child(parent: &Rc<Scope>) -> Rc<Self> {
        Rc::new(Self { parent: Some(Rc::clone(parent)), ..Self::default() })
    }

    /// The variable of this scope alone.
    pub(crate) fn own(&self, sym: Sym) -> Option<Value> {
        let vars = self.vars.borrow();
        vars.position(sym).map(|at| vars.slots[at].value.clone())
    }

    /// The variable of this scope or the nearest one above.
    pub(crate) fn find(&self, sym: Sym) -> Option<Value> {
        let mut scope = self;
        let mut first = true;
        loop {
            {
                let vars = scope.vars.borrow();
                if let Some(at) = vars.position(sym) {
                    let slot = &vars.slots[at];
                    if first || slot.more.as_ref().is_none_or(|more| !more.private) {
                        return Some(slot.value.clone());
                    }
                }
            }
            first = false;
            scope = scope.parent.as_deref()?;
        }
    }

    /// The scope that has the variable: this one or the nearest one above.
    pub(crate) fn owner(self: &Rc<Self>, sym: Sym) -> Option<Rc<Self>> {
        let mut scope = self;
        while scope.vars.borrow().position(sym).is_none() {
            scope = scope.parent.as_ref()?;
        }
        Some(Rc::clone(scope))
    }

    /// Whether this scope has the variable, and what it has beside its value.
    #[expect(clippy::option_option, reason = "no variable, one without options, one with options")]
    pub(crate) fn options(&self, sym: Sym) -> Option<Option<Rc<Options>>> {
        let vars = self.vars.borrow();
        vars.position(sym).map(|at| vars.slots[at].more.clone())
    }

    /// Whether the variable has types or options, so that setting it needs more than storing.
    #[inline]
    pub(crate) fn is_special(&self, sym: Sym) -> bool {
        let vars = self.vars.borrow();
        vars.position(sym).is_some_and(|at| vars.slots[at].more.is_some())
    }

    /// Stores a value in this scope, without regard to options.
    pub(crate) fn set(&self, sym: Sym, value: Value) {
        let mut vars = self.vars.borrow_mut();
        match vars.position(sym) {
            Some(at) => {
                // What is dropped may be large; never while the table is borrowed.
                let before = std::mem::replace(&mut vars.slots[at].value, value);
                drop(vars);
                drop(before);
            }
            None => vars.push(Slot { sym, value, more: None }),
        }
    }

    /// Stores a value with options.
    pub(crate) fn set_with(&self, sym: Sym, value: Value, options: Rc<Options>) {
        self.set(sym, value);
        let mut vars = self.vars.borrow_mut();
        if let Some(at) = vars.position(sym) {
            vars.slots[at].more = Some(options);
        }
    }

    /// Removes a variable.
    pub(crate) fn remove(&self, sym: Sym) -> bool {
        let mut vars = self.vars.borrow_mut();
        let Some(at) = vars.position(sym) else { return false };
        vars.slots.remove(at);
        vars.index = vars.slots.iter().enumerate().map(|(at, slot)| (slot.sym, at as u32)).collect();
        true
    }

    /// Names and values, in the order in which they were made.
    pub(crate) fn all(&self) -> Vec<(Sym, Value)> {
        self.vars.borrow().slots.iter().map(|slot| (slot.sym, slot.value.clone())).collect()
    }

    /// The function of that name in this scope or the nearest one above.
    pub(crate) fn function(&self, sym: Sym) -> Option<Rc<Function>> {
        let mut scope = self;
        loop {
            if let Some(functions) = &*scope.functions.borrow()
                && let Some(found) = functions.get(&sym)
            {
                return Some(Rc::clone(found));
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// Defines a function in this scope.
    pub(crate) fn define(&self, sym: Sym, function: Rc<Function>) {
        self.functions.borrow_mut().get_or_insert_default().insert(sym, function);
    }
}
