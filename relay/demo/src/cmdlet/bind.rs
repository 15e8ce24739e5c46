//! The parameter binder: which argument goes to which parameter.

use postern_shared::value::{PsStr, PsValue};

use super::{
    COMMON_PARAMETERS, Category, Cmdlet, CmdletError, Kind, Parameter,
    convert::{Refusal, convert},
};

/// An argument as it arrived: `AddParameter` gives a name, script text a name with a dash and then the value alone,
/// splatting a name between dash and colon.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its name; `None` for an argument of a position.
    pub name: Option<PsStr>,
    /// Its value.
    pub value: PsValue,
}

/// Arguments that have found their parameters, converted.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    values: Vec<(&'static str, PsValue)>,
}

impl Bound {
    /// The value of a parameter (by its exact name), null included.
    pub fn get(&self, name: &str) -> Option<&PsValue> {
        self.values.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// What was given, in the order of binding.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &PsValue)> {
        self.values.iter().map(|(name, value)| (*name, value))
    }

    fn has(&self, parameter: &Parameter) -> bool {
        self.get(parameter.name).is_some()
    }

    fn set(&mut self, parameter: &Parameter, value: &PsValue) -> Result<(), CmdletError> {
        let name = parameter.name;
        let value = convert(parameter, value).map_err(|refusal| {
            match refusal {
                Refusal::Unconvertible(why) => binding(
                    "ParameterArgumentTransformationError",
                    "ParameterBindingArgumentTransformationException",
                    Category::InvalidData,
                    format!("Cannot process argument transformation on parameter '{name}'. {why}"),
                ),
                Refusal::NotInSet(why) => binding(
                    "ParameterArgumentValidationError",
                    "ParameterBindingValidationException",
                    Category::InvalidData,
                    format!("Cannot validate argument on parameter '{name}'. {why}"),
                ),
            }
            .naming(name)
        })?;
        if parameter.mandatory {
            let empty = match &value {
                PsValue::Null => Some(("NullNotAllowed", "it is null")),
                PsValue::Str(text) if text.is_empty() => {
                    Some(("EmptyStringNotAllowed", "it is an empty string"))
                }
                _ => None,
            };
            if let Some((id, why)) = empty {
                return Err(binding(
                    &format!("ParameterArgumentValidationError{id}"),
                    "ParameterBindingValidationException",
                    Category::InvalidData,
                    format!("Cannot bind argument to parameter '{}' because {why}.", parameter.name),
                )
                .naming(parameter.name));
            }
        }
        self.values.push((parameter.name, value));
        Ok(())
    }

    /// These arguments and those that an object of the pipeline gives: by the names of its properties, and itself.
    /// `None` where a cmdlet that takes input finds nothing to bind in it.
    pub(super) fn with_input(&self, cmdlet: &Cmdlet, input: &PsValue) -> Result<Option<Self>, CmdletError> {
        let mut bound = self.clone();
        let mut found = false;
        for parameter in
            cmdlet.parameters.iter().filter(|parameter| parameter.by_name && !self.has(parameter))
        {
            let property = std::iter::once(&parameter.name)
                .chain(parameter.aliases)
                .find_map(|name| input.get(name))
                .filter(|value| !value.is_null());
            if let Some(value) = property {
                // What cannot be converted is not bound; the object itself may still be.
                found |= bound.set(parameter, value).is_ok();
            }
        }
        let by_value = cmdlet.parameters.iter().filter(|parameter| parameter.by_value);
        for parameter in by_value {
            if !bound.has(parameter) {
                bound.set(parameter, input)?;
                found = true;
            }
        }
        Ok(found.then_some(bound))
    }

    /// Fails where a mandatory parameter has nothing.
    pub(super) fn check_mandatory(&self, cmdlet: &Cmdlet) -> Result<(), CmdletError> {
        let missing: Vec<&str> = cmdlet
            .parameters
            .iter()
            .filter(|parameter| parameter.mandatory && !self.has(parameter))
            .map(|parameter| parameter.name)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(binding(
            "MissingMandatoryParameter",
            "ParameterBindingException",
            Category::InvalidArgument,
            format!(
                "Cannot process command because of one or more missing mandatory parameters: {}.",
                missing.join(" ")
            ),
        ))
    }
}

/// Binds the arguments of a command line. What the pipeline gives is bound later, object by object.
pub fn bind(cmdlet: &Cmdlet, given: &[Given]) -> Result<Bound, CmdletError> {
    let mut bound = Bound::default();
    let mut unnamed = Vec::new();
    let mut rest = given.iter().peekable();
    while let Some(argument) = rest.next() {
        let Some(written) = &argument.name else {
            unnamed.push(&argument.value);
            continue;
        };
        // "-Name" with nothing takes the argument behind it; "-Name:" and "Name" have their value.
        let with_dash = written.strip_prefix('-');
        let name = with_dash.unwrap_or(written).trim_end();
        let (name, has_colon) = name.strip_suffix(':').map_or((name, false), |name| (name, true));
        let parameter = resolve(cmdlet, name)?;
        let takes_next = with_dash.is_some() && !has_colon && argument.value.is_null();
        let value = if takes_next && parameter.kind != Kind::Switch {
            match rest.next_if(|next| next.name.is_none()) {
                Some(next) => &next.value,
                None => return Err(missing_argument(parameter)),
            }
        } else {
            &argument.value
        };
        if bound.has(parameter) {
            return Err(binding(
                "ParameterAlreadyBound",
                "ParameterBindingException",
                Category::InvalidArgument,
                format!(
                    "Cannot bind parameter because parameter '{}' is specified more than once. To provide multiple \
                     values to parameters that can accept multiple values, use the array syntax. For example, \
                     \"-parameter value1,value2,value3\".",
                    parameter.name
                ),
            )
            .naming(parameter.name));
        }
        bound.set(parameter, value)?;
    }
    let mut positions: Vec<&Parameter> = cmdlet
        .parameters
        .iter()
        .filter(|parameter| parameter.position.is_some() && !bound.has(parameter))
        .collect();
    positions.sort_by_key(|parameter| parameter.position);
    let mut positions = positions.into_iter();
    for value in unnamed {
        let Some(parameter) = positions.next() else {
            return Err(binding(
                "PositionalParameterNotFound",
                "ParameterBindingException",
                Category::InvalidArgument,
                format!("A positional parameter cannot be found that accepts argument '{value}'."),
            ));
        };
        bound.set(parameter, value)?;
    }
    Ok(bound)
}

/// The parameter of that name or alias, or the only one that begins so.
fn resolve(cmdlet: &Cmdlet, name: &str) -> Result<&'static Parameter, CmdletError> {
    let all = || -> Box<dyn Iterator<Item = &'static Parameter>> {
        let confirm: &[Parameter] = if cmdlet.impact.is_some() { super::CONFIRM_PARAMETERS } else { &[] };
        Box::new(cmdlet.parameters.iter().chain(COMMON_PARAMETERS).chain(confirm))
    };
    if let Some(parameter) = all().find(|parameter| parameter.is_called(name)) {
        return Ok(parameter);
    }
    let begins = |own: &str| own.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let candidates: Vec<&'static Parameter> = all()
        .filter(|_| !name.is_empty())
        .filter(|parameter| begins(parameter.name) || parameter.aliases.iter().any(|alias| begins(alias)))
        .collect();
    // The cmdlet's own parameters go before the common ones.
    let own: Vec<_> = candidates
        .iter()
        .filter(|candidate| cmdlet.parameters.iter().any(|own| own.name == candidate.name))
        .collect();
    match (candidates.as_slice(), own.as_slice()) {
        ([], _) => Err(binding(
            "NamedParameterNotFound",
            "ParameterBindingException",
            Category::InvalidArgument,
            format!("A parameter cannot be found that matches parameter name '{name}'."),
        )
        .naming(name)),
        ([parameter], _) => Ok(parameter),
        (_, [parameter]) => Ok(parameter),
        (several, _) => {
            let names: Vec<String> = several.iter().map(|parameter| format!("-{}", parameter.name)).collect();
            Err(binding(
                "AmbiguousParameter",
                "ParameterBindingException",
                Category::InvalidArgument,
                format!(
                    "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches \
                     include: {}.",
                    names.join(" ")
                ),
            )
            .naming(name))
        }
    }
}

fn missing_argument(parameter: &Parameter) -> CmdletError {
    binding(
        "MissingArgument",
        "ParameterBindingException",
        Category::InvalidArgument,
        format!(
            "Missing an argument for parameter '{}'. Specify a parameter of type '{}' and try again.",
            parameter.name,
            parameter.type_name()
        ),
    )
    .naming(parameter.name)
}

fn binding(id: &str, exception: &str, category: Category, message: String) -> CmdletError {
    CmdletError::plain(id, &format!("System.Management.Automation.{exception}"), category, message)
}

impl CmdletError {
    fn naming(mut self, parameter: &str) -> Self {
        self.detail = Some(("ParameterName", parameter.into()));
        self
    }
}

/// The error for an object of the pipeline that no parameter takes.
pub(super) fn input_not_bound(input: &PsValue) -> CmdletError {
    binding(
        "InputObjectNotBound",
        "ParameterBindingException",
        Category::InvalidArgument,
        "The input object cannot be bound to any parameters for the command either because the command does not take \
         pipeline input or the input and its properties do not match any of the parameters that take pipeline input."
            .into(),
    )
    .about(input.clone())
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{Properties, PsObject, TypeNames};

    use super::*;
    use crate::cmdlet::Impact;

    const SAMPLE: Cmdlet = Cmdlet::new("Set-Sample", "", |_| Ok(())).confirms(Impact::Medium).takes(&[
        Parameter::new("Identity", Kind::Text).alias(&["Id"]).at(0).mandatory().piped(),
        Parameter::new("ResultSize", Kind::Unlimited),
        Parameter::new("IdleTime", Kind::Int),
        Parameter::switch("Archive"),
        Parameter::switch("Confirmed"),
    ]);

    fn named(name: &str, value: impl Into<PsValue>) -> Given {
        Given { name: Some(name.into()), value: value.into() }
    }

    fn alone(value: impl Into<PsValue>) -> Given {
        Given { name: None, value: value.into() }
    }

    fn id(given: &[Given]) -> Box<str> {
        bind(&SAMPLE, given).unwrap_err().id
    }

    #[test]
    fn all_three_forms_bind_alike() {
        for given in [
            vec![named("Identity", "x"), named("Archive", true)],
            vec![named("-Identity", PsValue::Null), alone("x"), named("-Archive", PsValue::Null)],
            vec![named("-Archive", PsValue::Null), alone("x")],
            vec![named("-Identity:", "x"), named("-Archive:", true)],
            vec![named("ident", "x"), named("arch", true)],
        ] {
            let bound = bind(&SAMPLE, &given).unwrap();
            assert_eq!(bound.get("Identity"), Some(&"x".into()), "{given:?}");
            assert_eq!(bound.get("Archive"), Some(&true.into()), "{given:?}");
        }
        let bound = bind(&SAMPLE, &[alone("x"), named("-Confirm:", false)]).unwrap();
        assert_eq!(bound.get("Confirm"), Some(&false.into()));
    }

    #[test]
    fn errors_are_powershells() {
        assert_eq!(&*id(&[named("Nope", 1)]), "NamedParameterNotFound");
        assert_eq!(&*id(&[named("I", 1)]), "AmbiguousParameter");
        assert_eq!(&*id(&[named("IdleTime", "abc")]), "ParameterArgumentTransformationError");
        assert_eq!(&*id(&[alone("x"), alone("y")]), "PositionalParameterNotFound");
        assert_eq!(&*id(&[named("Id", "x"), named("Identity", "y")]), "ParameterAlreadyBound");
        assert_eq!(&*id(&[named("-IdleTime", PsValue::Null)]), "MissingArgument");
        assert_eq!(&*id(&[alone("")]), "ParameterArgumentValidationErrorEmptyStringNotAllowed");
        let missing = Bound::default().check_mandatory(&SAMPLE).unwrap_err();
        assert_eq!(&*missing.id, "MissingMandatoryParameter");
        assert!(missing.message.ends_with("parameters: Identity."));
    }

    #[test]
    fn own_parameters_go_before_common_ones() {
        assert!(bind(&SAMPLE, &[named("Confirmed", true)]).unwrap().get("Confirmed").is_some());
        assert!(bind(&SAMPLE, &[named("Verb", true)]).unwrap().get("Verbose").is_some());
    }

    #[test]
    fn the_pipeline_binds_by_property_and_by_value() {
        let bound = Bound::default();
        let by_value = bound.with_input(&SAMPLE, &"nora.fink".into()).unwrap().unwrap();
        assert_eq!(by_value.get("Identity"), Some(&"nora.fink".into()));
        let properties: Properties = [("Id", PsValue::from("jens"))].into_iter().collect();
        let object = PsObject::bag(TypeNames::default(), properties);
        let by_name = bound.with_input(&SAMPLE, &object.into()).unwrap().unwrap();
        assert_eq!(by_name.get("Identity"), Some(&"jens".into()));
        let given = bind(&SAMPLE, &[alone("x")]).unwrap();
        assert!(given.with_input(&SAMPLE, &"y".into()).unwrap().is_none());
    }
}
