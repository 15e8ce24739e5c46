//! Variables: ordinary ones, those that the engine itself keeps, and `$env:`.

use std::rc::Rc;

use postern_shared::value::{PsStr, PsVersion};

use super::{Engine, Flow, Options, Scope, Stop};
use crate::{
    code::{Sym, Var, VarScope, known_names as known},
    value::{Array, Category, Hash, HashKind, Object, Type, Value, enums},
};

impl Engine {
    /// The variables that a session begins with.
    pub(super) fn set_up(&mut self) {
        let action = |name| Value::Enum(enums::ACTION_PREFERENCE.value(name));
        let set = |sym, value| self.global.set(sym, value);
        set(known::ERROR_ACTION, action(2));
        set(known::WARNING_ACTION, action(2));
        set(known::VERBOSE_ACTION, action(0));
        set(known::DEBUG_ACTION, action(0));
        set(known::INFORMATION_ACTION, action(0));
        set(known::PROGRESS_ACTION, action(2));
        set(known::CONFIRM, Value::Enum(enums::CONFIRM_IMPACT.value(3)));
        set(known::WHAT_IF, Value::Bool(false));
        set(known::FORMAT_LIMIT, Value::I32(4));
        set(known::MAXIMUM_HISTORY, Value::I32(4096));
        set(known::CULTURE, Value::str("en-US"));
        set(known::UI_CULTURE, Value::str("en-US"));
        set(known::PWD, Value::str("."));
        set(known::HOME, Value::str("."));
        set(known::PID, Value::I32(1));
        set(known::EDITION, Value::str("Core"));
        set(known::SHELL_ID, Value::str("Microsoft.PowerShell"));
        set(known::IS_WINDOWS, Value::Bool(true));
        set(known::IS_LINUX, Value::Bool(false));
        set(known::IS_MACOS, Value::Bool(false));
        set(known::IS_CORE, Value::Bool(true));
        set(known::DEFAULTS, Value::Hash(Hash::new(HashKind::Hashtable)));
        set(known::ERROR, Value::List(Rc::clone(&self.errors)));
        set(known::HOST, Value::Object(host_info()));
        set(known::VERSION_TABLE, version_table());
    }

    /// A variable's value.
    pub(crate) fn variable(&mut self, variable: &Var) -> Flow<Value> {
        match &variable.scope {
            VarScope::Under => Ok(self.under.clone()),
            VarScope::Default => match self.scope.find(variable.sym) {
                Some(value) => Ok(value),
                None => self.automatic(variable),
            },
            VarScope::Local | VarScope::Private => Ok(self.scope.own(variable.sym).unwrap_or_default()),
            VarScope::Script => Ok(self.script.find(variable.sym).unwrap_or_default()),
            VarScope::Global => Ok(self.global.own(variable.sym).unwrap_or_default()),
            VarScope::Env => Ok(self.env_get(&variable.name).map_or(Value::Null, Value::Str)),
            VarScope::Drive(drive) => match drive.to_ascii_lowercase().as_str() {
                "function" => Ok(self.scope.function(variable.sym).map_or(Value::Null, |function| {
                    Value::Block(crate::code::ScriptBlock::new(Rc::clone(&function.code)))
                })),
                "alias" => {
                    Ok(self.aliases.get(&variable.sym).map_or(Value::Null, |name| Value::Str(name.clone())))
                }
                // Reading from a drive that there is not gives nothing; only writing is an error.
                _ => Ok(Value::Null),
            },
        }
    }

    /// Variables that the engine keeps, and those that there are not.
    fn automatic(&mut self, variable: &Var) -> Flow<Value> {
        Ok(match variable.sym {
            known::ARGS => self.args(),
            known::INPUT => {
                self.nearest(|scope| scope.input.borrow().clone()).unwrap_or_else(|| Value::array(Vec::new()))
            }
            known::SUCCESS => Value::Bool(self.success),
            known::UNDER | known::ITEM => self.under.clone(),
            known::MY_INVOCATION => crate::members::invocation::my_invocation(self),
            known::BOUND => match self.frames.last().and_then(|frame| frame.bound.clone()) {
                Some(bound) => bound,
                None => Value::Hash(Hash::with_case(HashKind::Dictionary, false)),
            },
            known::CMDLET => match self.frames.iter().rev().find(|frame| frame.code.is_some()) {
                Some(frame) if frame.advanced => crate::members::invocation::cmdlet(self),
                _ => Value::Null,
            },
            known::STACK_TRACE | known::FIRST_TOKEN | known::LAST_TOKEN => Value::Null,
            known::SCRIPT_ROOT | known::COMMAND_PATH => Value::str(""),
            known::EXECUTION_CONTEXT => {
                return Err(self.refused("$ExecutionContext is not available in this console."));
            }
            known::THIS | known::MATCHES | known::OFS | known::LAST_EXIT_CODE => Value::Null,
            _ if self.strict > 0 => {
                return Err(self.throw(
                    "System.Management.Automation.RuntimeException",
                    "VariableIsUndefined",
                    Category::InvalidOperation,
                    Value::Str(variable.name.clone()),
                    format!(
                        "The variable '${}' cannot be retrieved because it has not been set.",
                        variable.name
                    ),
                ));
            }
            _ => Value::Null,
        })
    }

    fn nearest<T>(&self, find: impl Fn(&Scope) -> Option<T>) -> Option<T> {
        let mut scope = Some(&self.scope);
        while let Some(found) = scope {
            if let Some(value) = find(found) {
                return Some(value);
            }
            scope = found.parent.as_ref();
        }
        None
    }

    fn args(&self) -> Value {
        self.nearest(|scope| {
            let mut args = scope.args.borrow_mut();
            match &*args {
                // Made when it is first asked for.
                Some(Value::Empty) => {
                    let empty = Value::Array(Array::new(Type::Object, Vec::new()));
                    *args = Some(empty.clone());
                    Some(empty)
                }
                other => other.clone(),
            }
        })
        .unwrap_or_else(|| Value::array(Vec::new()))
    }

    /// Sets a variable as an assignment does.
    pub(crate) fn set_variable(&mut self, variable: &Var, value: Value) -> Flow<()> {
        if variable.scope == VarScope::Private {
            let options = Options { private: true, ..Options::default() };
            self.scope.set_with(variable.sym, value, Rc::new(options));
            return Ok(());
        }
        let scope = match &variable.scope {
            VarScope::Under => {
                self.under = value;
                return Ok(());
            }
            VarScope::Default | VarScope::Local | VarScope::Private => Rc::clone(&self.scope),
            VarScope::Script => Rc::clone(&self.script),
            VarScope::Global => Rc::clone(&self.global),
            VarScope::Env => {
                self.env_set(&variable.name, &value.text());
                return Ok(());
            }
            VarScope::Drive(drive) => {
                if drive.eq_ignore_ascii_case("function")
                    && let Value::Block(block) = &value
                {
                    let function = super::Function {
                        name: variable.name.clone(),
                        code: Rc::clone(&block.code),
                        filter: false,
                    };
                    self.scope.define(variable.sym, Rc::new(function));
                    return Ok(());
                }
                return Err(self.throw(
                    "System.Management.Automation.DriveNotFoundException",
                    "DriveNotFound",
                    Category::ObjectNotFound,
                    Value::Str(drive.clone()),
                    format!("Cannot find drive. A drive with the name '{drive}' does not exist."),
                ));
            }
        };
        self.set_in(&scope, variable.sym, value)
    }

    /// Sets a variable of a scope, with regard to its types and options.
    pub(crate) fn set_in(&mut self, scope: &Rc<Scope>, sym: Sym, value: Value) -> Flow<()> {
        if !scope.is_special(sym) && !is_fixed(sym) {
            // A read-only variable of a scope above cannot be covered by an assignment.
            scope.set(sym, value);
            return Ok(());
        }
        if is_fixed(sym) {
            return Err(self.not_writable(&sym.name()));
        }
        let Some(Some(options)) = scope.options(sym) else { return Ok(()) };
        if options.read_only || options.constant {
            return Err(self.not_writable(&sym.name()));
        }
        let mut value = value;
        for ty in options.types.iter().rev() {
            value = self.convert_variable(value, *ty, &sym.name())?;
        }
        if let Err(message) = self.validate(&options.validate, &value)? {
            return Err(self.invalid_variable(&sym.name(), &value, &message));
        }
        scope.set(sym, value);
        Ok(())
    }

    fn convert_variable(&mut self, value: Value, ty: Type, name: &str) -> Flow<Value> {
        let _ = name;
        match self.convert(value, ty) {
            Ok(value) => Ok(value),
            Err(error) => {
                let Stop::Throw(record, _) = self.convert_error(error) else { return Err(Stop::Return) };
                let exception = crate::value::Exception::new(
                    "System.Management.Automation.ArgumentTransformationMetadataException",
                    record.exception.message.clone(),
                )
                .caused_by(Rc::clone(&record.exception));
                let record = crate::value::ErrorRecord::of(
                    Rc::new(exception),
                    "RuntimeException",
                    Category::MetadataError,
                    Value::Null,
                );
                Err(Stop::Throw(Rc::new(record), false))
            }
        }
    }

    /// `[int]$x = …`: the variable keeps the type.
    pub(crate) fn declare(
        &mut self,
        variable: &Var,
        types: Vec<Type>,
        validate: Vec<super::Validate>,
        value: Value,
    ) -> Flow<()> {
        let mut value = if let Value::Empty = value { Value::Null } else { value };
        for ty in types.iter().rev() {
            value = self.convert_variable(value, *ty, &variable.name)?;
        }
        if let Err(message) = self.validate(&validate, &value)? {
            return Err(self.invalid_variable(&variable.name, &value, &message));
        }
        let scope = match &variable.scope {
            VarScope::Default | VarScope::Local | VarScope::Private => Rc::clone(&self.scope),
            VarScope::Script => Rc::clone(&self.script),
            VarScope::Global => Rc::clone(&self.global),
            _ => return self.set_variable(variable, value),
        };
        if let Some(Some(options)) = scope.options(variable.sym)
            && (options.read_only || options.constant)
        {
            return Err(self.not_writable(&variable.name));
        }
        scope.set_with(variable.sym, value, Rc::new(Options { types, validate, ..Options::default() }));
        Ok(())
    }

    pub(crate) fn not_writable(&self, name: &str) -> Stop {
        self.throw(
            "System.Management.Automation.SessionStateUnauthorizedAccessException",
            "VariableNotWritable",
            Category::WriteError,
            Value::str(name),
            format!("Cannot overwrite variable {name} because it is read-only or constant."),
        )
    }

    /// A variable of `$env:`.
    pub(crate) fn env_get(&self, name: &str) -> Option<PsStr> {
        self.env.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    }

    /// Sets a variable of `$env:`; an empty text removes it.
    pub(crate) fn env_set(&mut self, name: &str, value: &str) {
        self.env.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        if !value.is_empty() && self.env.len() < MAX_ENV {
            self.env.push((name.into(), value.into()));
        }
    }
}

/// Entries that `$env:` may have.
const MAX_ENV: usize = 200;

fn is_fixed(sym: Sym) -> bool {
    matches!(
        sym,
        known::TRUE
            | known::FALSE
            | known::SUCCESS
            | known::HOST
            | known::PID
            | known::HOME
            | known::VERSION_TABLE
            | known::EXECUTION_CONTEXT
            | known::SHELL_ID
            | known::EDITION
            | known::IS_WINDOWS
            | known::IS_LINUX
            | known::IS_MACOS
            | known::IS_CORE
            | known::CULTURE
            | known::UI_CULTURE
    )
}

fn host_info() -> Rc<Object> {
    Object::typed(
        "System.Management.Automation.Internal.Host.InternalHost",
        [
            ("Name", Value::str("Postern")),
            ("Version", Value::Version(PsVersion { major: 7, minor: 6, build: 0, revision: -1 })),
            ("CurrentCulture", Value::str("en-US")),
            ("CurrentUICulture", Value::str("en-US")),
        ],
    )
}

fn version_table() -> Value {
    let table = Hash::with_case(HashKind::Hashtable, false);
    let version = PsVersion { major: 7, minor: 6, build: 0, revision: -1 };
    table.set_str("PSVersion", Value::Version(version));
    table.set_str("PSEdition", "Core");
    table.set_str("Platform", "Postern");
    table.set_str("PSRemotingProtocolVersion", Value::Version(PsVersion::new(2, 3)));
    table.set_str(
        "SerializationVersion",
        Value::Version(PsVersion { major: 1, minor: 1, build: 0, revision: 1 }),
    );
    Value::Hash(table)
}
