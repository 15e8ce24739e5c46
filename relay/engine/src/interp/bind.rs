//! The binder: from what a call gives to a command's parameters.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Action, Common, Engine, Flow, Param, ParamSet, Signature, Stop, Validate};
use crate::{
    code::ScriptBlock,
    convert,
    value::{Category, ErrorRecord, List, Type, Value},
};

/// What a call gives.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// A value.
    Value(Value),
    /// `-Name` or `-Name:value`, with its text.
    Named { name: PsStr, value: Option<Value>, text: PsStr, splat: bool },
}

/// What was bound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    /// By the parameter's number.
    pub(crate) values: Vec<Option<Value>>,
    /// What no parameter took.
    pub(crate) rest: Vec<Value>,
    /// Sets that are still possible.
    pub(crate) sets: u32,
    /// The set's name.
    pub(crate) set: PsStr,
    pub(crate) common: Common,
    /// Parameters whose value comes from each input object through a script block.
    pub(crate) delayed: Vec<(usize, Rc<ScriptBlock>)>,
    /// Parameters that the last input object gave.
    pub(crate) from_input: Vec<usize>,
}

/// The common parameters of every cmdlet and advanced function, with their aliases.
pub(crate) const COMMON: &[(&str, &str)] = &[
    ("Verbose", "vb"),
    ("Debug", "db"),
    ("ErrorAction", "ea"),
    ("WarningAction", "wa"),
    ("InformationAction", "infa"),
    ("ProgressAction", "proga"),
    ("ErrorVariable", "ev"),
    ("WarningVariable", "wv"),
    ("InformationVariable", "iv"),
    ("OutVariable", "ov"),
    ("OutBuffer", "ob"),
    ("PipelineVariable", "pv"),
];
/// Those of commands that change something.
pub(crate) const RISK: &[(&str, &str)] = &[("WhatIf", "wi"), ("Confirm", "cf")];

enum Found {
    Own(usize),
    Common(&'static str),
    None,
}

impl Engine {
    /// Binds what a call gives.
    pub(crate) fn bind(
        &mut self,
        signature: &Signature,
        given: Vec<Given>,
        expects_input: bool,
        command: &str,
    ) -> Flow<Args> {
        let mut args =
            Args { values: vec![None; signature.params.len()], sets: signature.all(), ..Args::default() };
        if signature.advanced {
            self.bind_common_defaults(&mut args, command)?;
        }
        // Values, and for a plain function the names that it does not know, in order.
        let mut positional: Vec<Given> = Vec::new();
        let mut given = given.into_iter().peekable();
        while let Some(next) = given.next() {
            let (name, value, text, splat) = match next {
                Given::Value(value) => {
                    positional.push(Given::Value(value));
                    continue;
                }
                Given::Named { name, value, text, splat } => (name, value, text, splat),
            };
            match self.find_param(signature, &name, command)? {
                Found::Own(at) => {
                    let param = &signature.params[at];
                    let value = match value {
                        Some(value) => value,
                        None if param.is_switch() => Value::Switch(true),
                        None => match given.next_if(|next| matches!(next, Given::Value(_))) {
                            Some(Given::Value(value)) => value,
                            _ => return Err(missing_argument(self, param, command)),
                        },
                    };
                    if args.values[at].is_some() {
                        if splat {
                            continue;
                        }
                        return Err(self.binding(
                            "ParameterAlreadyBound",
                            command,
                            format!("Cannot bind parameter because parameter '{}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\".", param.name),
                        ));
                    }
                    self.bind_one(signature, &mut args, at, value, command, expects_input)?;
                    args.sets &= param.mask;
                    if args.sets == 0 {
                        return Err(self.ambiguous_set(command));
                    }
                }
                Found::Common(common) => {
                    let is_switch = matches!(common, "Verbose" | "Debug" | "WhatIf" | "Confirm");
                    let value = match value {
                        Some(value) => value,
                        None if is_switch => Value::Bool(true),
                        None => {
                            if let Some(Given::Value(value)) =
                                given.next_if(|next| matches!(next, Given::Value(_)))
                            {
                                value
                            } else {
                                let param = Param { name: common.into(), ..Param::default() };
                                return Err(missing_argument(self, &param, command));
                            }
                        }
                    };
                    self.bind_common(&mut args.common, common, &value, command)?;
                }
                Found::None if signature.advanced => {
                    return Err(self.binding(
                        "NamedParameterNotFound",
                        command,
                        format!("A parameter cannot be found that matches parameter name '{name}'."),
                    ));
                }
                Found::None => {
                    // A plain function takes name and value for arguments.
                    let next = |given: &mut std::iter::Peekable<_>| match given
                        .next_if(|next| matches!(next, Given::Value(_)))
                    {
                        Some(Given::Value(value)) => Some(value),
                        _ => None,
                    };
                    let value = value.or_else(|| next(&mut given));
                    positional.push(Given::Named { name, value, text, splat });
                }
            }
        }
        self.bind_positions(signature, &mut args, positional, command, expects_input)?;
        if signature.advanced {
            self.bind_defaults(signature, &mut args, command, expects_input)?;
        }
        self.resolve_set(signature, &mut args, expects_input, command)?;
        Ok(args)
    }

    fn find_param(&mut self, signature: &Signature, name: &str, command: &str) -> Flow<Found> {
        if let Some(at) = signature.params.iter().position(|param| param.is_named(name)) {
            return Ok(Found::Own(at));
        }
        let common = || {
            let risk: &[(&str, &str)] = if signature.should_process { RISK } else { &[] };
            COMMON.iter().chain(risk).filter(|_| signature.advanced)
        };
        if let Some((found, _)) =
            common().find(|(own, alias)| own.eq_ignore_ascii_case(name) || alias.eq_ignore_ascii_case(name))
        {
            return Ok(Found::Common(found));
        }
        if name.is_empty() {
            return Ok(Found::None);
        }
        let begins = |own: &str| own.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let mut own = signature.params.iter().enumerate().filter(|(_, param)| param.begins(name));
        let mut shared = common().filter(|(own, _)| begins(own));
        match (own.next(), own.next(), shared.next(), shared.next()) {
            (Some((at, _)), None, None, _) => Ok(Found::Own(at)),
            (None, _, Some((found, _)), None) => Ok(Found::Common(found)),
            (None, _, None, _) => Ok(Found::None),
            // A parameter of the command goes before a common one.
            (Some((at, _)), None, Some(_), _) => Ok(Found::Own(at)),
            _ => {
                let all: Vec<String> = signature
                    .params
                    .iter()
                    .filter(|param| param.begins(name))
                    .map(|param| format!("-{}", param.name))
                    .chain(common().filter(|(own, _)| begins(own)).map(|(own, _)| format!("-{own}")))
                    .collect();
                Err(self.binding(
                    "AmbiguousParameter",
                    command,
                    format!("Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {}.", all.join(" ")),
                ))
            }
        }
    }

    pub(crate) fn bind_common(
        &mut self,
        common: &mut Common,
        name: &str,
        value: &Value,
        command: &str,
    ) -> Flow<()> {
        let on = convert::truth(value);
        match name {
            "Verbose" => common.verbose = Some(on),
            "Debug" => common.debug = Some(on),
            "WhatIf" => common.what_if = Some(on),
            "Confirm" => common.confirm = Some(on),
            "OutBuffer" => {}
            "PipelineVariable" => common.pipeline_variable = Some(value.text()),
            "ErrorAction" | "WarningAction" | "InformationAction" | "ProgressAction" => {
                let Some(action) = Action::of(value) else {
                    return Err(self.binding(
                        "CannotConvertArgumentNoMessage",
                        command,
                        format!("Cannot bind parameter '{name}'. Cannot convert value \"{}\" to type \"System.Management.Automation.ActionPreference\". Error: \"Unable to match the identifier name {} to a valid enumerator name. Specify one of the following enumerator names and try again: SilentlyContinue, Stop, Continue, Inquire, Ignore, Suspend, Break\"", value.text(), value.text()),
                    ));
                };
                match name {
                    "ErrorAction" => common.error_action = Some(action),
                    "WarningAction" => common.warning_action = Some(action),
                    "InformationAction" => common.information_action = Some(action),
                    _ => common.progress_action = Some(action),
                }
            }
            _ => {
                let list = self.list_variable(&value.text());
                match name {
                    "ErrorVariable" => common.error_list = Some(list),
                    "WarningVariable" => common.warning_list = Some(list),
                    "InformationVariable" => common.information_list = Some(list),
                    _ => common.out_list = Some(list),
                }
            }
        }
        Ok(())
    }

    /// The list behind `-OutVariable name` or `-OutVariable +name`, in the variable at once.
    pub(super) fn list_variable(&mut self, name: &str) -> Rc<List> {
        let (add, name) = name.strip_prefix('+').map_or((false, name), |name| (true, name));
        let sym = crate::code::Sym::new(name);
        if add {
            match self.scope.find(sym) {
                Some(Value::List(list)) if list.kind == Type::ArrayList => return list,
                Some(value) if !value.is_null() => {
                    let items = crate::ops::list::items(&value).unwrap_or_else(|| vec![value]);
                    let list = List::new(Type::ArrayList, items);
                    self.scope.set(sym, Value::List(Rc::clone(&list)));
                    return list;
                }
                _ => {}
            }
        }
        let list = List::new(Type::ArrayList, Vec::new());
        self.scope.set(sym, Value::List(Rc::clone(&list)));
        list
    }

    /// Binds one value, converted and checked.
    pub(crate) fn bind_one(
        &mut self,
        signature: &Signature,
        args: &mut Args,
        at: usize,
        value: Value,
        command: &str,
        expects_input: bool,
    ) -> Flow<()> {
        let param = &signature.params[at];
        if expects_input
            && let Value::Block(block) = value.base()
            && !matches!(param.ty(), Type::ScriptBlock | Type::Object | Type::ArrayOf(_) | Type::PSObject)
            && param.sets.iter().any(|set| set.by_value || set.by_name)
        {
            args.delayed.push((at, Rc::clone(block)));
            args.values[at] = Some(Value::Null);
            return Ok(());
        }
        let value = self.param_value(signature, param, value, command, args.sets)?;
        args.values[at] = Some(value);
        Ok(())
    }

    /// A value as a parameter takes it: converted, and checked.
    pub(crate) fn param_value(
        &mut self,
        signature: &Signature,
        param: &Param,
        mut value: Value,
        command: &str,
        sets: u32,
    ) -> Flow<Value> {
        if let Some(unknown) = &param.unknown {
            return Err(self.type_not_found(unknown));
        }
        for ty in param.types.iter().rev() {
            if *ty == Type::Switch && matches!(value, Value::Switch(_)) {
                continue;
            }
            value = match self.convert_argument(value.clone(), *ty) {
                Ok(value) => value,
                Err(error) => {
                    let Stop::Throw(inner, _) = self.convert_error(error) else { return Err(Stop::Return) };
                    let is_function = signature.origin.as_str() == command;
                    let (id, start, exception) = if is_function {
                        (
                            "ParameterArgumentTransformationError",
                            format!("Cannot process argument transformation on parameter '{}'.", param.name),
                            "System.Management.Automation.ParameterBindingArgumentTransformationException",
                        )
                    } else {
                        (
                            "CannotConvertArgumentNoMessage",
                            format!("Cannot bind parameter '{}'.", param.name),
                            "System.Management.Automation.ParameterBindingException",
                        )
                    };
                    let message = format!("{start} {}", inner.exception.message);
                    let exception = crate::value::Exception::new(exception, message)
                        .caused_by(Rc::clone(&inner.exception));
                    let record = ErrorRecord::of(
                        Rc::new(exception),
                        id,
                        if is_function { Category::InvalidData } else { Category::InvalidArgument },
                        Value::Null,
                    );
                    *record.origin.borrow_mut() = signature.origin.clone();
                    *record.activity.borrow_mut() = command.into();
                    return Err(Stop::Throw(Rc::new(record), false));
                }
            };
        }
        // A check of its own says more than that a mandatory value is empty.
        let checked = param
            .validate
            .iter()
            .any(|check| matches!(check, Validate::NotNullOrEmpty | Validate::NotNullOrWhiteSpace));
        let mandatory = param.in_sets(sets).any(|set| set.mandatory);
        if mandatory && !checked {
            self.check_mandatory(param, &value).inspect_err(|stop| {
                if let Stop::Throw(record, _) = stop {
                    record.origin.borrow_mut().clone_from(&signature.origin);
                }
            })?;
        }
        if !param.validate.is_empty()
            && let Err(message) = self.validate(&param.validate, &value)?
        {
            let Stop::Throw(record, _) = self.throw(
                "System.Management.Automation.ParameterBindingValidationException",
                "ParameterArgumentValidationError",
                Category::InvalidData,
                Value::Null,
                format!("Cannot validate argument on parameter '{}'. {message}", param.name),
            ) else {
                return Err(Stop::Return);
            };
            *record.origin.borrow_mut() = signature.origin.clone();
            return Err(Stop::Throw(record, false));
        }
        Ok(value)
    }

    fn check_mandatory(&mut self, param: &Param, value: &Value) -> Flow<()> {
        let fail = |engine: &Self, what: &str, text: &str| {
            Err(engine.throw(
                "System.Management.Automation.ParameterBindingValidationException",
                format!("ParameterArgumentValidationError{what}NotAllowed"),
                Category::InvalidData,
                Value::Null,
                format!("Cannot bind argument to parameter '{}' because it is {text}.", param.name),
            ))
        };
        if value.is_null() {
            if !param.allow_null {
                return fail(self, "Null", "null");
            }
        } else if let Some(text) = value.as_str() {
            if text.is_empty()
                && !param.allow_empty_text
                && (param.ty() == Type::String || param.types.is_empty())
            {
                return fail(self, "EmptyString", "an empty string");
            }
        } else if let Value::Array(array) = value
            && matches!(param.ty(), Type::ArrayOf(_) | Type::Array | Type::Object)
        {
            if array.is_empty() && !param.allow_empty_list {
                return fail(self, "EmptyArray", "an empty array");
            }
            for item in array.items.borrow().iter() {
                if item.is_null() && !param.allow_null {
                    return fail(self, "Null", "null");
                }
                if item.as_str().is_some_and(str::is_empty)
                    && !param.allow_empty_text
                    && param.ty() == Type::ArrayOf(&Type::String)
                {
                    return fail(self, "EmptyString", "an empty string");
                }
            }
        }
        Ok(())
    }

    fn bind_positions(
        &mut self,
        signature: &Signature,
        args: &mut Args,
        positional: Vec<Given>,
        command: &str,
        expects_input: bool,
    ) -> Flow<()> {
        let mut values = positional.into_iter();
        while let Some(given) = values.next() {
            let value = match given {
                Given::Value(value) => value,
                Given::Named { value, text, .. } => {
                    push_named(args, &text, value);
                    continue;
                }
            };
            // The parameters of the lowest position that is free; those of the default set first.
            let mut best: Option<(i32, bool, usize)> = None;
            for (at, param) in signature.params.iter().enumerate() {
                if args.values[at].is_some() {
                    continue;
                }
                for set in param.in_sets(args.sets) {
                    let Some(position) = set.position else { continue };
                    if set.remaining {
                        continue;
                    }
                    let other = signature.default_set != 0 && set.mask & signature.default_set == 0;
                    if best.is_none_or(|(p, o, _)| (position, other) < (p, o)) {
                        best = Some((position, other, at));
                    }
                }
            }
            if let Some((position, _, at)) = best {
                let at = self.best_position(signature, args, position, at, &value);
                self.bind_one(signature, args, at, value, command, expects_input)?;
                // A set whose only claim is this position is chosen by it.
                if args.sets & signature.params[at].mask != 0 {
                    args.sets &= signature.params[at].mask;
                }
                continue;
            }
            let remaining =
                signature.params.iter().position(|param| param.in_sets(args.sets).any(|set| set.remaining));
            if let Some(at) = remaining.filter(|at| args.values[*at].is_none()) {
                let others = values.by_ref().filter_map(|given| match given {
                    Given::Value(value) => Some(value),
                    Given::Named { .. } => None,
                });
                let rest: Vec<Value> = std::iter::once(value).chain(others).collect();
                let rest = match <[Value; 1]>::try_from(rest) {
                    Ok([only]) if matches!(only, Value::Array(_) | Value::List(_)) => only,
                    Ok([only]) => Value::array(vec![only]),
                    Err(rest) => Value::array(rest),
                };
                self.bind_one(signature, args, at, rest, command, expects_input)?;
                continue;
            }
            if signature.advanced {
                return Err(self.binding(
                    "PositionalParameterNotFound",
                    command,
                    format!(
                        "A positional parameter cannot be found that accepts argument '{}'.",
                        value.text()
                    ),
                ));
            }
            args.rest.push(value);
        }
        Ok(())
    }

    /// Of the parameters at a position, one that takes the value as it is; else one that it can be converted for.
    fn best_position(
        &mut self,
        signature: &Signature,
        args: &Args,
        position: i32,
        first: usize,
        value: &Value,
    ) -> usize {
        if signature.sets.len() < 2 {
            return first;
        }
        let mut candidates = vec![first];
        candidates.extend(signature.params.iter().enumerate().filter_map(|(at, param)| {
            let there = at != first
                && args.values[at].is_none()
                && param.in_sets(args.sets).any(|set| set.position == Some(position) && !set.remaining);
            there.then_some(at)
        }));
        if candidates.len() > 1 {
            candidates.retain(|at| !signature.params[*at].leaves(value));
        }
        if let Some(at) = candidates.iter().find(|at| fits(value, signature.params[**at].ty())) {
            return *at;
        }
        for at in candidates {
            if self.convert_argument(value.clone(), signature.params[at].ty()).is_ok() {
                return at;
            }
        }
        first
    }

    /// Which set it is, and whether its mandatory parameters are there.
    fn resolve_set(
        &mut self,
        signature: &Signature,
        args: &mut Args,
        expects_input: bool,
        command: &str,
    ) -> Flow<()> {
        let missing = |args: &Args, bit: u32| -> Vec<&Param> {
            signature
                .params
                .iter()
                .enumerate()
                .filter(|(at, param)| {
                    args.values[*at].is_none()
                        && param.in_sets(bit).any(|set: &ParamSet| {
                            set.mandatory && !(expects_input && (set.by_value || set.by_name))
                        })
                })
                .map(|(_, param)| param)
                .collect()
        };
        let possible: Vec<u32> =
            (0..31).map(|at| 1u32 << at).filter(|bit| args.sets & signature.all() & bit != 0).collect();
        let fitting: Vec<u32> =
            possible.iter().copied().filter(|bit| missing(args, *bit).is_empty()).collect();
        let chosen = match fitting.as_slice() {
            [only] => *only,
            [] => {
                let wanted = if args.sets & signature.default_set != 0 {
                    signature.default_set
                } else {
                    possible.first().copied().unwrap_or(1)
                };
                let lacking: Vec<(usize, &Param)> = signature
                    .params
                    .iter()
                    .enumerate()
                    .filter(|(_, param)| {
                        missing(args, wanted).iter().any(|lacking| std::ptr::eq(*lacking, *param))
                    })
                    .collect();
                for (at, param) in &lacking {
                    let Some(value) = self.ask_parameter(param) else {
                        let names: Vec<&str> = lacking.iter().map(|(_, param)| param.name.as_str()).collect();
                        return Err(self.binding(
                            "MissingMandatoryParameter",
                            command,
                            format!(
                                "Cannot process command because of one or more missing mandatory parameters: {}.",
                                names.join(" ")
                            ),
                        ));
                    };
                    self.bind_one(signature, args, *at, value, command, expects_input)?;
                }
                wanted
            }
            several if several.contains(&signature.default_set) => signature.default_set,
            several => {
                // With input to come, the sets that take it stay possible.
                let mandatory = |bit: &&u32| {
                    signature.params.iter().enumerate().any(|(at, param)| {
                        args.values[at].is_some() && param.in_sets(**bit).any(|set| set.mandatory)
                    })
                };
                let by_given: Vec<&u32> = several.iter().filter(mandatory).collect();
                match by_given.as_slice() {
                    [only] => **only,
                    _ if signature.default_set == 0 && expects_input => several[0],
                    _ if signature.default_set == 0 => return Err(self.ambiguous_set(command)),
                    _ => several[0],
                }
            }
        };
        args.set = signature.set_name(chosen);
        if !(expects_input && signature.takes_input) {
            args.sets = chosen;
        }
        Ok(())
    }

    /// Binds an input object to the parameters that take it. `false` if none does.
    pub(crate) fn bind_input(
        &mut self,
        signature: &Signature,
        args: &mut Args,
        input: &Value,
        command: &str,
    ) -> Flow<bool> {
        for at in std::mem::take(&mut args.from_input) {
            args.values[at] = None;
        }
        let mut bound = false;
        for (at, block) in args.delayed.clone() {
            let value = self.call_block(&block, Some(input.clone()), Vec::new())?;
            let value = self.param_value(signature, &signature.params[at], value, command, args.sets)?;
            args.values[at] = Some(value);
            bound = true;
        }
        // By value and by name, first as it is, then converted.
        for convert in [false, true] {
            for (at, param) in signature.params.iter().enumerate() {
                if args.values[at].is_some() {
                    continue;
                }
                let (mut by_value, mut by_name) = (false, false);
                for set in param.in_sets(args.sets) {
                    by_value |= set.by_value;
                    by_name |= set.by_name;
                }
                if by_value
                    && (convert || fits(input, param.ty()))
                    && let Ok(value) = self.convert_argument(input.clone(), param.ty())
                {
                    let value = self.param_value(signature, param, value, command, args.sets)?;
                    args.values[at] = Some(value);
                    args.from_input.push(at);
                    bound = true;
                    continue;
                }
                if by_name {
                    let found = std::iter::once(&param.name)
                        .chain(&param.aliases)
                        .find_map(|name| self.property(input, name).ok().flatten());
                    if let Some(found) = found
                        && (convert || fits(&found, param.ty()))
                        && let Ok(value) = self.convert_argument(found, param.ty())
                    {
                        let value = self.param_value(signature, param, value, command, args.sets)?;
                        args.values[at] = Some(value);
                        args.from_input.push(at);
                        bound = true;
                    }
                }
            }
        }
        Ok(bound)
    }

    /// The mandatory parameter that is still missing when an object has been bound.
    pub(crate) fn missing_after_input(&self, signature: &Signature, args: &Args) -> Option<PsStr> {
        let wanted = |set: &ParamSet| set.mandatory;
        let sets: Vec<u32> =
            (0..31).map(|at| 1u32 << at).filter(|bit| args.sets & signature.all() & bit != 0).collect();
        let mut first = None;
        for bit in sets {
            let missing = signature
                .params
                .iter()
                .enumerate()
                .find(|(at, param)| args.values[*at].is_none() && param.in_sets(bit).any(wanted));
            match missing {
                None => return None,
                Some((_, param)) => first = first.or(Some(param.name.clone())),
            }
        }
        first
    }

    /// An error of the binder.
    pub(crate) fn binding(&self, id: &str, command: &str, message: impl Into<PsStr>) -> Stop {
        let record = ErrorRecord::new(
            "System.Management.Automation.ParameterBindingException",
            id,
            Category::InvalidArgument,
            Value::Null,
            message,
        );
        *record.origin.borrow_mut() = command.into();
        *record.activity.borrow_mut() = command.into();
        Stop::Throw(Rc::new(record), false)
    }

    fn ambiguous_set(&self, command: &str) -> Stop {
        self.binding(
            "AmbiguousParameterSet",
            command,
            "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or an insufficient number of parameters were provided.",
        )
    }
}

/// A name that a plain function does not know, among its arguments.
fn push_named(args: &mut Args, text: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            let end = text.find(':').map_or(text.len(), |at| at + 1);
            args.rest.push(Value::str(&text[..end]));
            args.rest.push(value);
        }
        None => args.rest.push(Value::str(text)),
    }
}

fn missing_argument(engine: &Engine, param: &Param, command: &str) -> Stop {
    engine.binding(
        "MissingArgument",
        command,
        format!(
            "Missing an argument for parameter '{}'. Specify a parameter of type '{}' and try again.",
            param.name,
            param.ty().full_name()
        ),
    )
}

/// Whether the value is of the type without conversion.
fn fits(value: &Value, ty: Type) -> bool {
    match ty {
        Type::Object | Type::PSObject => true,
        Type::ArrayOf(Type::Object) => true,
        Type::ArrayOf(elem) => value.type_of().is_a(ty) || value.base().type_of().is_a(*elem),
        ty => value.base().type_of().is_a(ty),
    }
}
