//! Parameters of the local commands.

use postern_shared::syntax::{
    Span,
    ast::{Argument, Command, Expr, ExprKind},
};

use crate::error::{Error, Result};

/// A local command's parameters as it declares them: the switches, and those with a value in order of position.
pub(super) struct Declaration {
    pub(super) name: &'static str,
    pub(super) switches: &'static [&'static str],
    pub(super) values: &'static [&'static str],
    /// How many of `values` may be given by position alone.
    pub(super) positional: usize,
}

/// What was given.
pub(super) struct Bound<'a> {
    switches: Vec<&'static str>,
    values: Vec<(&'static str, &'a Expr)>,
    pub(super) span: Span,
}

impl Bound<'_> {
    pub(super) fn has(&self, switch: &str) -> bool {
        self.switches.contains(&switch)
    }
}

impl<'a> Bound<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Expr> {
        self.values.iter().find(|(own, _)| *own == name).map(|(_, expr)| *expr)
    }
}

pub(super) fn bind<'a>(declared: &Declaration, command: &'a Command) -> Result<Bound<'a>> {
    let mut bound = Bound { switches: Vec::new(), values: Vec::new(), span: command.name.span };
    let mut arguments = command.arguments.iter().peekable();
    let mut loose = Vec::new();
    while let Some(argument) = arguments.next() {
        let (name, value, span) = match argument {
            Argument::Value(expr) => {
                loose.push(expr);
                continue;
            }
            Argument::Parameter { name, value, span } => (name, value, *span),
        };
        let all = || declared.switches.iter().chain(declared.values);
        let starts = |own: &str| own.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let exact = all().find(|own| own.eq_ignore_ascii_case(name));
        let candidates: Vec<&'static str> = all().copied().filter(|own| starts(own)).collect();
        let own = match (exact, candidates.as_slice()) {
            (Some(own), _) => *own,
            (None, [own]) => own,
            (None, []) => {
                let what = format!("The parameter -{name} of {} is not available.", declared.name);
                let list: Vec<String> = all().map(|own| format!("-{own}")).collect();
                return Err(Error::unsupported(span, what, format!("Available are {}.", list.join(", "))));
            }
            (None, several) => {
                let what = format!(
                    "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches \
                     include: -{}.",
                    several.join(" -")
                );
                return Err(Error::statement(span, "AmbiguousParameter", what));
            }
        };
        if bound.switches.contains(&own) || bound.get(own).is_some() {
            let what =
                format!("Cannot bind parameter because parameter '{own}' is specified more than once.");
            return Err(Error::statement(span, "ParameterAlreadyBound", what));
        }
        if declared.switches.contains(&own) {
            match value.as_ref().map(|value| &value.kind) {
                None => bound.switches.push(own),
                Some(ExprKind::Variable(variable)) if variable.name.eq_ignore_ascii_case("true") => {
                    bound.switches.push(own);
                }
                Some(ExprKind::Variable(variable)) if variable.name.eq_ignore_ascii_case("false") => {}
                Some(_) => {
                    let what = format!("The switch -{own} takes $true or $false only.");
                    return Err(Error::statement(span, "CannotConvertArgument", what));
                }
            }
            continue;
        }
        let value = match (value, arguments.peek()) {
            (Some(value), _) => value,
            (None, Some(Argument::Value(value))) => {
                arguments.next();
                value
            }
            _ => {
                let what =
                    format!("Missing an argument for parameter '{own}'. Specify a parameter and try again.");
                return Err(Error::statement(span, "MissingArgument", what));
            }
        };
        bound.values.push((own, value));
    }
    let mut free = declared.values.iter().take(declared.positional);
    for value in loose {
        let Some(own) = free.by_ref().find(|own| bound.get(own).is_none()) else {
            let what = "A positional parameter cannot be found that accepts this argument.";
            return Err(Error::statement(value.span, "PositionalParameterNotFound", what));
        };
        bound.values.push((own, value));
    }
    Ok(bound)
}
