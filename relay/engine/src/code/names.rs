//! Interned names: variables and commands are compared as numbers.

use std::{cell::RefCell, collections::HashMap};

use postern_shared::value::PsStr;

/// A name without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Sym(pub(crate) u32);

#[derive(Default)]
struct Interner {
    numbers: HashMap<Box<str>, Sym>,
    /// As they were first written.
    names: Vec<PsStr>,
}

thread_local! {
    static INTERNER: RefCell<Interner> = RefCell::new(known::interner());
}

impl Sym {
    /// The number of a name.
    pub(crate) fn new(name: &str) -> Self {
        INTERNER.with_borrow_mut(|interner| interner.add(name))
    }

    /// The name as it was first written.
    pub(crate) fn name(self) -> PsStr {
        INTERNER.with_borrow(|interner| interner.names.get(self.0 as usize).cloned().unwrap_or_default())
    }
}

fn fold(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_lowercase() }
}

impl Interner {
    fn add(&mut self, name: &str) -> Sym {
        let folded = fold(name);
        if let Some(found) = self.numbers.get(folded.as_str()) {
            return *found;
        }
        let sym = Sym(self.names.len() as u32);
        self.names.push(name.into());
        self.numbers.insert(folded.into(), sym);
        sym
    }
}

/// Names that the engine itself uses.
pub(crate) mod known {
    use super::{Interner, Sym};

    macro_rules! known {
        ($($id:ident $name:literal),* $(,)?) => {
            known!(@ 0u32, $($id $name,)*);
            pub(super) fn interner() -> Interner {
                let mut interner = Interner::default();
                $(interner.add($name);)*
                interner
            }
        };
        (@ $at:expr, $id:ident $name:literal, $($rest:tt)*) => {
            pub(crate) const $id: Sym = Sym($at);
            known!(@ $at + 1, $($rest)*);
        };
        (@ $at:expr,) => {};
    }
    known! {
        UNDER "_", ITEM "PSItem", ARGS "args", INPUT "input", ERROR "Error", MATCHES "Matches", SUCCESS "?",
        MY_INVOCATION "MyInvocation", BOUND "PSBoundParameters", CMDLET "PSCmdlet", THIS "this",
        FOREACH "foreach", SWITCH "switch", ERROR_ACTION "ErrorActionPreference", WARNING_ACTION "WarningPreference",
        VERBOSE_ACTION "VerbosePreference", DEBUG_ACTION "DebugPreference", INFORMATION_ACTION "InformationPreference",
        PROGRESS_ACTION "ProgressPreference", CONFIRM "ConfirmPreference", WHAT_IF "WhatIfPreference", OFS "OFS",
        LAST_EXIT_CODE "LASTEXITCODE", DEFAULTS "PSDefaultParameterValues", NULL "null", TRUE "true", FALSE "false",
        STACK_TRACE "StackTrace", FIRST_TOKEN "^", LAST_TOKEN "$", COMMAND_PATH "PSCommandPath", SCRIPT_ROOT "PSScriptRoot",
        HOST "Host", VERSION_TABLE "PSVersionTable", PID "PID", HOME "HOME", PWD "PWD", CULTURE "PSCulture",
        UI_CULTURE "PSUICulture", EXECUTION_CONTEXT "ExecutionContext", MAXIMUM_HISTORY "MaximumHistoryCount",
        FORMAT_LIMIT "FormatEnumerationLimit", EDITION "PSEdition", IS_WINDOWS "IsWindows", IS_LINUX "IsLinux", IS_MACOS "IsMacOS", IS_CORE "IsCoreCLR", SHELL_ID "ShellId",
    }
}
