//! Parameters as the binder takes them, of cmdlets and script functions alike.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Engine, Flow, Options, Stop};
use crate::{
    code::{AttributeCode, Code, ExprKind, ParamCode, ScriptBlock, Sym},
    convert::text_list,
    value::{Category, Type, Value},
};

/// A command's parameters.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    pub(crate) params: Vec<Param>,
    /// Names of parameter sets; a parameter's mask has a bit for each.
    pub(crate) sets: Vec<PsStr>,
    /// The default set's bit; 0 for none.
    pub(crate) default_set: u32,
    /// Whether unknown parameters are an error, and common parameters are there.
    pub(crate) advanced: bool,
    pub(crate) should_process: bool,
    /// Whether anything is taken from the pipeline.
    pub(crate) takes_input: bool,
    /// Whether every parameter is positional, of any type and unchecked: nothing but the count decides.
    pub(crate) plain: bool,
    /// The command's part of error ids.
    pub(crate) origin: PsStr,
}

/// A parameter.
#[derive(Debug, Default)]
pub(crate) struct Param {
    pub(crate) name: PsStr,
    pub(crate) sym: Option<Sym>,
    pub(crate) aliases: Vec<PsStr>,
    /// Types that a value is converted to, the innermost last; none for any.
    pub(crate) types: Vec<Type>,
    pub(crate) sets: Vec<ParamSet>,
    pub(crate) validate: Vec<Validate>,
    pub(crate) allow_null: bool,
    pub(crate) allow_empty_text: bool,
    pub(crate) allow_empty_list: bool,
    pub(crate) help: PsStr,
    /// Values that completion offers.
    pub(crate) values: Vec<PsStr>,
    /// What a variable of it has.
    pub(crate) options: Option<Rc<Options>>,
    /// Name of a type that there is not.
    pub(crate) unknown: Option<PsStr>,
    /// Bits of the sets that it is in.
    pub(crate) mask: u32,
    /// Not listed in help and completion.
    pub(crate) hidden: bool,
}

/// What a parameter is in one parameter set, or in all.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParamSet {
    /// The set; empty for all.
    pub(crate) name: PsStr,
    pub(crate) position: Option<i32>,
    pub(crate) mandatory: bool,
    pub(crate) by_value: bool,
    pub(crate) by_name: bool,
    pub(crate) remaining: bool,
    pub(crate) mask: u32,
}

/// A check of a parameter's or variable's value.
#[derive(Clone, Debug)]
pub(crate) enum Validate {
    NotNull,
    NotNullOrEmpty,
    NotNullOrWhiteSpace,
    Set(Vec<PsStr>, bool),
    Range(Value, Value),
    /// `Positive`, `Negative`, `NonNegative`, `NonPositive`.
    RangeKind(PsStr),
    Length(i64, i64),
    Count(i64, i64),
    Pattern(PsStr),
    Script(Rc<ScriptBlock>),
    /// Not the name of a kind of member: it is what Add-Member takes as that then.
    NotMemberType,
}

/// Kinds of members that Add-Member can add.
const MEMBER_TYPES: [&str; 8] = [
    "AliasProperty",
    "CodeMethod",
    "CodeProperty",
    "MemberSet",
    "NoteProperty",
    "PropertySet",
    "ScriptMethod",
    "ScriptProperty",
];

fn names_member_type(value: &Value) -> bool {
    value.as_str().is_some_and(|text| MEMBER_TYPES.iter().any(|name| name.eq_ignore_ascii_case(text)))
}

impl Param {
    /// Whether a value without a name is not for this parameter where another could take it.
    pub(crate) fn leaves(&self, value: &Value) -> bool {
        self.validate.iter().any(|check| matches!(check, Validate::NotMemberType)) && names_member_type(value)
    }

    /// The type that a value has at the end; `Object` for any.
    pub(crate) fn ty(&self) -> Type {
        self.types.first().copied().unwrap_or(Type::Object)
    }

    /// Whether it is a switch.
    pub(crate) fn is_switch(&self) -> bool {
        self.ty() == Type::Switch
    }

    /// What it is in the sets of this mask.
    pub(crate) fn in_sets(&self, mask: u32) -> impl Iterator<Item = &ParamSet> {
        self.sets.iter().filter(move |set| set.mask & mask != 0)
    }

    /// Whether the name, an alias, or the beginning of one is meant by what was written.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    /// Whether the name or an alias begins so.
    pub(crate) fn begins(&self, start: &str) -> bool {
        let begins = |name: &str| name.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        begins(&self.name) || self.aliases.iter().any(|alias| begins(alias))
    }
}

impl Signature {
    /// Numbers the sets and sums up what the parameters say.
    pub(crate) fn finish(&mut self, default_set: &str) {
        let mut names: Vec<PsStr> = Vec::new();
        for set in self.params.iter().flat_map(|param| &param.sets) {
            if !set.name.is_empty() && !names.iter().any(|name| name.eq_ignore_ascii_case(&set.name)) {
                names.push(set.name.clone());
            }
        }
        if !default_set.is_empty() && !names.iter().any(|name| name.eq_ignore_ascii_case(default_set)) {
            names.push(default_set.into());
        }
        names.truncate(31);
        let bit = |name: &str| {
            names.iter().position(|own| own.eq_ignore_ascii_case(name)).map_or(u32::MAX, |at| 1 << at)
        };
        self.default_set = if default_set.is_empty() { 0 } else { bit(default_set) };
        for param in &mut self.params {
            if param.sets.is_empty() {
                param.sets.push(ParamSet::default());
            }
            for set in &mut param.sets {
                set.mask = if set.name.is_empty() { u32::MAX } else { bit(&set.name) };
                param.mask |= set.mask;
            }
        }
        self.takes_input =
            self.params.iter().any(|param| param.sets.iter().any(|set| set.by_value || set.by_name));
        self.sets = names;
    }

    /// All sets' bits.
    pub(crate) fn all(&self) -> u32 {
        if self.sets.is_empty() { 1 } else { (1 << self.sets.len()) - 1 }
    }

    /// The name of the set that a mask is left with.
    pub(crate) fn set_name(&self, mask: u32) -> PsStr {
        if self.sets.is_empty() {
            return "__AllParameterSets".into();
        }
        let at = mask.trailing_zeros() as usize;
        self.sets.get(at).cloned().unwrap_or_else(|| "__AllParameterSets".into())
    }
}

impl Engine {
    /// The parameters of code, made at its first call.
    pub(crate) fn signature(&mut self, code: &Rc<Code>, name: &PsStr) -> Flow<Rc<Signature>> {
        if let Some(found) = code.signature.get() {
            return Ok(Rc::clone(found));
        }
        let mut signature =
            Signature { advanced: code.is_advanced(), origin: name.clone(), ..Signature::default() };
        let mut default_set = PsStr::EMPTY;
        let mut positional = true;
        for attribute in &code.attributes {
            if !attribute.is("CmdletBinding") {
                continue;
            }
            for (name, value) in &attribute.arguments {
                let Some(name) = name else { continue };
                let value = self.attribute_value(value.as_ref())?;
                match name.to_ascii_lowercase().as_str() {
                    "defaultparametersetname" => default_set = value.text(),
                    "supportsshouldprocess" => signature.should_process = crate::convert::truth(&value),
                    "positionalbinding" => positional = crate::convert::truth(&value),
                    _ => {}
                }
            }
        }
        let explicit = code.params.iter().any(|param| {
            param.attributes.iter().any(|attribute| {
                attribute.is("Parameter")
                    && attribute.arguments.iter().any(|(name, _)| {
                        name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case("Position"))
                    })
            })
        });
        let mut position = 0;
        let mut plain = !signature.advanced;
        for param in &code.params {
            let mut built = self.param(param)?;
            plain &= built.types.is_empty()
                && built.validate.is_empty()
                && built.unknown.is_none()
                && built.aliases.is_empty();
            if built.sets.is_empty() {
                built.sets.push(ParamSet::default());
            }
            if positional && !explicit && !built.is_switch() {
                for set in &mut built.sets {
                    if !set.remaining || signature.advanced {
                        set.position.get_or_insert(position);
                    }
                }
                position += 1;
            }
            signature.params.push(built);
        }
        signature.plain = plain;
        signature.finish(&default_set);
        let signature = Rc::new(signature);
        Ok(Rc::clone(code.signature.get_or_init(|| signature)))
    }

    fn attribute_value(&mut self, value: Option<&crate::code::Expr>) -> Flow<Value> {
        value.map_or(Ok(Value::Bool(true)), |value| self.eval(value))
    }

    fn param(&mut self, code: &ParamCode) -> Flow<Param> {
        let mut param = Param { name: code.name.clone(), sym: Some(code.sym), ..Param::default() };
        for ty in &code.types {
            match ty.ty {
                Some(ty) => param.types.push(ty),
                None => param.unknown = Some(ty.name.clone()),
            }
        }
        for attribute in &code.attributes {
            self.param_attribute(attribute, &mut param)?;
        }
        if !param.types.is_empty() || !param.validate.is_empty() {
            param.options = Some(Rc::new(Options {
                types: param.types.clone(),
                validate: param.validate.clone(),
                ..Options::default()
            }));
        }
        Ok(param)
    }

    pub(super) fn param_attribute(&mut self, attribute: &AttributeCode, param: &mut Param) -> Flow<()> {
        if attribute.is("Parameter") {
            let mut set = ParamSet::default();
            for (name, value) in &attribute.arguments {
                let Some(name) = name else { continue };
                let value = self.attribute_value(value.as_ref())?;
                let on = crate::convert::truth(&value);
                match name.to_ascii_lowercase().as_str() {
                    "mandatory" => set.mandatory = on,
                    "position" => {
                        set.position = crate::convert::integer(&value).and_then(|n| i32::try_from(n).ok());
                    }
                    "parametersetname" => set.name = value.text(),
                    "valuefrompipeline" => set.by_value = on,
                    "valuefrompipelinebypropertyname" => set.by_name = on,
                    "valuefromremainingarguments" => set.remaining = on,
                    "helpmessage" => param.help = value.text(),
                    "dontshow" => param.hidden = on,
                    _ => {}
                }
            }
            if set.name == "__AllParameterSets" {
                set.name = PsStr::EMPTY;
            }
            param.sets.push(set);
            return Ok(());
        }
        let mut values = Vec::new();
        let mut ignore_case = true;
        for (name, value) in &attribute.arguments {
            if let Some(name) = name {
                if name.eq_ignore_ascii_case("IgnoreCase") {
                    ignore_case = crate::convert::truth(&self.attribute_value(value.as_ref())?);
                }
                continue;
            }
            if let Some(value) = value {
                values.push(match &value.kind {
                    ExprKind::Block(code) => Value::Block(ScriptBlock::new(Rc::clone(code))),
                    _ => self.eval(value)?,
                });
            }
        }
        let number = |at: usize| values.get(at).and_then(crate::convert::integer).unwrap_or(0);
        let text = |at: usize| values.get(at).map(Value::text).unwrap_or_default();
        let is = |name: &str| attribute.is(name);
        if is("Alias") {
            param.aliases.extend(values.iter().flat_map(text_list));
        } else if is("ValidateNotNull") {
            param.validate.push(Validate::NotNull);
        } else if is("ValidateNotNullOrEmpty") {
            param.validate.push(Validate::NotNullOrEmpty);
        } else if is("ValidateNotNullOrWhiteSpace") {
            param.validate.push(Validate::NotNullOrWhiteSpace);
        } else if is("ValidateSet") {
            let all: Vec<PsStr> = values.iter().flat_map(text_list).collect();
            param.values.clone_from(&all);
            param.validate.push(Validate::Set(all, ignore_case));
        } else if is("ValidateRange") {
            if values.len() == 1 {
                param.validate.push(Validate::RangeKind(text(0)));
            } else {
                let mut values = values.into_iter();
                let low = values.next().unwrap_or_default();
                param.validate.push(Validate::Range(low, values.next().unwrap_or_default()));
            }
        } else if is("ValidateLength") {
            param.validate.push(Validate::Length(number(0), number(1)));
        } else if is("ValidateCount") {
            param.validate.push(Validate::Count(number(0), number(1)));
        } else if is("ValidatePattern") {
            param.validate.push(Validate::Pattern(text(0)));
        } else if is("ValidateScript") {
            if let Some(Value::Block(block)) = values.first() {
                param.validate.push(Validate::Script(Rc::clone(block)));
            }
        } else if is("AllowNull") {
            param.allow_null = true;
        } else if is("AllowEmptyString") {
            param.allow_empty_text = true;
        } else if is("AllowEmptyCollection") {
            param.allow_empty_list = true;
        }
        Ok(())
    }

    /// Checks a value as a parameter's attributes ask for; the message says what is wrong.
    pub(crate) fn validate(&mut self, checks: &[Validate], value: &Value) -> Flow<Result<(), String>> {
        for check in checks {
            if let Err(message) = self.validate_one(check, value)? {
                return Ok(Err(message));
            }
        }
        Ok(Ok(()))
    }

    fn validate_one(&mut self, check: &Validate, value: &Value) -> Flow<Result<(), String>> {
        let items = crate::ops::list::items(value);
        let each: Vec<Value> = items.clone().unwrap_or_else(|| vec![value.clone()]);
        let is_empty = |item: &Value| item.is_null() || item.as_str().is_some_and(str::is_empty);
        Ok(match check {
            Validate::NotNull if value.is_null() => {
                Err("The argument is null. Provide a valid value for the argument, and then try running the command again.".into())
            }
            Validate::NotNullOrEmpty | Validate::NotNullOrWhiteSpace
                if is_empty(value)
                    || items.as_ref().is_some_and(|items| items.is_empty() || items.iter().any(is_empty))
                    || matches!(check, Validate::NotNullOrWhiteSpace)
                        && value.as_str().is_some_and(|text| text.trim().is_empty()) =>
            {
                Err("The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.".into())
            }
            Validate::NotMemberType if names_member_type(value) => {
                Err(format!("The parameter cannot be processed because the parameter name '{}' is ambiguous.", value.text()))
            }
            Validate::Set(all, ignore_case) => {
                let wrong = each.iter().map(Value::text).find(|text| {
                    !all.iter().any(|own| {
                        if *ignore_case { crate::ops::compare::same_text(own, text, false) } else { own == text }
                    })
                });
                match wrong {
                    Some(text) => {
                        let all = all.iter().map(PsStr::as_str).collect::<Vec<_>>().join(",");
                        Err(format!(
                            "The argument \"{text}\" does not belong to the set \"{all}\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again."
                        ))
                    }
                    None => Ok(()),
                }
            }
            Validate::Range(low, high) => {
                for item in &each {
                    let order = |a: &Value, b: &Value| crate::ops::compare::order(a, b, false);
                    if order(item, high) == Some(std::cmp::Ordering::Greater) {
                        return Ok(Err(format!(
                            "The {} argument is greater than the maximum allowed range of {}. Supply an argument that is less than or equal to {} and then try the command again.",
                            item.text(), high.text(), high.text()
                        )));
                    }
                    if order(item, low) == Some(std::cmp::Ordering::Less) {
                        return Ok(Err(format!(
                            "The {} argument is less than the minimum allowed range of {}. Supply an argument that is greater than or equal to {} and then try the command again.",
                            item.text(), low.text(), low.text()
                        )));
                    }
                    if order(item, low).is_none() {
                        return Ok(Err(format!("The argument \"{}\" cannot be validated because its type is not a number.", item.text())));
                    }
                }
                Ok(())
            }
            Validate::RangeKind(kind) => {
                for item in &each {
                    let number = crate::convert::number(item).map_or(f64::NAN, crate::convert::Number::as_f64);
                    let fits = match kind.to_ascii_lowercase().as_str() {
                        "positive" => number > 0.0,
                        "negative" => number < 0.0,
                        "nonnegative" => number >= 0.0,
                        _ => number <= 0.0,
                    };
                    if !fits {
                        return Ok(Err(format!("The argument \"{}\" cannot be validated because its value is not {kind}.", item.text())));
                    }
                }
                Ok(())
            }
            Validate::Length(low, high) => {
                for item in &each {
                    let length = item.text().encode_utf16().count() as i64;
                    if length < *low {
                        return Ok(Err(format!(
                            "The character length ({length}) of the argument is too short. Specify an argument with a length that is greater than or equal to \"{low}\", and then try the command again."
                        )));
                    }
                    if length > *high {
                        return Ok(Err(format!(
                            "The character length of the {length} argument is too long. Shorten the character length of the argument so it is fewer than or equal to \"{high}\" characters, and then try the command again."
                        )));
                    }
                }
                Ok(())
            }
            Validate::Count(..) if items.is_none() => Err(
                "The ValidateCount attribute cannot be applied to a non-array parameter. Either remove the attribute from the parameter or make the parameter an array parameter.".into(),
            ),
            Validate::Count(low, high) => {
                let count = each.len() as i64;
                if count < *low {
                    Err(format!("The number of provided arguments ({count}) is fewer than the minimum number of allowed arguments ({low}). Provide at least {low} arguments, and then try the command again."))
                } else if count > *high {
                    Err(format!("The number of provided arguments, ({count}), exceeds the maximum number of allowed arguments ({high}). Provide fewer than {high} arguments, and then try the command again."))
                } else {
                    Ok(())
                }
            }
            Validate::Pattern(pattern) => {
                let regex = self.regex(pattern, crate::ops::regex::IGNORE_CASE)?;
                for item in &each {
                    if !regex.is_match(&item.text()).unwrap_or(false) {
                        return Ok(Err(format!(
                            "The argument \"{}\" does not match the \"{pattern}\" pattern. Supply an argument that matches \"{pattern}\" and try the command again.",
                            item.text()
                        )));
                    }
                }
                Ok(())
            }
            Validate::Script(block) => {
                for item in &each {
                    let result = match self.call_block(block, Some(item.clone()), Vec::new()) {
                        Ok(result) => result,
                        Err(Stop::Throw(record, _)) => return Ok(Err(record.message().to_string())),
                        Err(stop) => return Err(stop),
                    };
                    if !crate::convert::truth(&result) {
                        return Ok(Err(format!(
                            "The \"{}\" validation script for the argument with value \"{}\" did not return a result of True. Determine why the validation script failed, and then try the command again.",
                            block.text(), item.text()
                        )));
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        })
    }

    /// The error of a variable whose value its attributes do not allow.
    pub(crate) fn invalid_variable(&self, name: &str, value: &Value, message: &str) -> Stop {
        let _ = message;
        self.throw(
            "System.Management.Automation.ValidationMetadataException",
            "ValidateSetFailure",
            Category::MetadataError,
            Value::Null,
            format!("The variable cannot be validated because the value {} is not a valid value for the {name} variable.", value.text()),
        )
    }
}
