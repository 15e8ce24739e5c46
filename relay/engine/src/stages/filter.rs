//! `Where-Object` and `ForEach-Object`.

use std::sync::Arc;

use postern_shared::{
    syntax::{
        Span,
        ast::{Argument, BinaryOp, Command, ExprKind, ScriptBlock},
    },
    value::PsValue,
};

use super::{
    Stage,
    bind::{Declaration, bind},
};
use crate::{
    error::{Error, Result},
    eval::{self, Scope, as_bool},
    plan::Flow,
};

#[derive(Debug)]
enum Condition {
    Block(ScriptBlock),
    /// `Where-Object Property -operator value`.
    Comparison {
        property: String,
        op: Option<(BinaryOp, bool)>,
        value: PsValue,
        negate: bool,
        span: Span,
    },
}

#[derive(Debug)]
struct Where {
    line: Arc<str>,
    condition: Condition,
}

pub(super) fn where_object(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    // With an operator among the parameters it is the form without a script block.
    let simple = command.arguments.iter().any(|argument| match argument {
        Argument::Parameter { name, .. } => operator(name).is_some() || name.eq_ignore_ascii_case("not"),
        Argument::Value(_) => false,
    });
    let condition = if simple { comparison(line, command)? } else { block_or_property(line, command)? };
    Ok(Box::new(Where { line: Arc::clone(line), condition }))
}

fn operator(name: &str) -> Option<(BinaryOp, bool)> {
    use BinaryOp::{
        Contains, Eq, Ge, Gt, In, Le, Like, Lt, Match, Ne, NotContains, NotIn, NotLike, NotMatch,
    };
    let find = |name: &str| {
        Some(match name {
            "eq" => Eq,
            "ne" => Ne,
            "gt" => Gt,
            "ge" => Ge,
            "lt" => Lt,
            "le" => Le,
            "like" => Like,
            "notlike" => NotLike,
            "match" => Match,
            "notmatch" => NotMatch,
            "contains" => Contains,
            "notcontains" => NotContains,
            "in" => In,
            "notin" => NotIn,
            _ => return None,
        })
    };
    let name = name.to_ascii_lowercase();
    find(&name).map(|op| (op, false)).or_else(|| Some((find(name.strip_prefix('c')?)?, true)))
}

fn block_or_property(line: &Arc<str>, command: &Command) -> Result<Condition> {
    let declared = Declaration {
        name: "Where-Object",
        switches: &[],
        values: &["FilterScript", "Property"],
        positional: 1,
    };
    let bound = bind(&declared, command)?;
    let Some(expr) = bound.get("FilterScript").or(bound.get("Property")) else {
        let what = "Where-Object needs a condition, such as { $_.Name -like 'a*' } or Name -like a*.";
        return Err(Error::statement(bound.span, "MissingArgument", what));
    };
    if let ExprKind::ScriptBlock(block) = &expr.kind {
        eval::check(block, line)?;
        return Ok(Condition::Block(block.clone()));
    }
    let property = eval::constant(expr, line)?.to_string();
    Ok(Condition::Comparison { property, op: None, value: PsValue::Null, negate: false, span: expr.span })
}

fn comparison(line: &Arc<str>, command: &Command) -> Result<Condition> {
    let mut op = None;
    let mut negate = false;
    let mut values = Vec::new();
    let mut span = command.name.span;
    for argument in &command.arguments {
        match argument {
            Argument::Value(expr) => values.push(expr),
            Argument::Parameter { name, value, span: at } => {
                if let Some(found) = operator(name) {
                    if op.is_some() {
                        let what = "Where-Object without a script block takes one operator.";
                        return Err(Error::explained(
                            *at,
                            "AmbiguousParameterSet",
                            what,
                            "Conditions are combined in a script block only.",
                            "Write { $_.Name -like 'a*' -and $_.Size -gt 5 }.",
                        ));
                    }
                    op = Some(found);
                    span = *at;
                } else if name.eq_ignore_ascii_case("not") && value.is_none() {
                    negate = true;
                } else if !name.eq_ignore_ascii_case("Property") && !name.eq_ignore_ascii_case("Value") {
                    let what = format!("The parameter -{name} of Where-Object is not available here.");
                    return Err(Error::unsupported(
                        *at,
                        what,
                        "Write Where-Object Name -like a*, for example.",
                    ));
                }
                values.extend(value);
            }
        }
    }
    let mut values = values.into_iter();
    let Some(property) = values.next() else {
        return Err(Error::statement(span, "MissingArgument", "Where-Object needs a property's name."));
    };
    let property = eval::constant(property, line)?.to_string();
    let value = match values.next() {
        Some(value) => eval::constant(value, line)?,
        None if op.is_some() => {
            let what = "A value is missing behind the operator of Where-Object.";
            return Err(Error::statement(span, "ValueNotSpecifiedForWhereObject", what));
        }
        None => PsValue::Null,
    };
    if let Some(surplus) = values.next() {
        let what = "A positional parameter cannot be found that accepts this argument.";
        return Err(Error::statement(surplus.span, "PositionalParameterNotFound", what));
    }
    Ok(Condition::Comparison { property, op, value, negate, span })
}

impl Stage for Where {
    fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow> {
        let mut scope = Scope::new(&self.line, value.clone());
        let holds = match &self.condition {
            Condition::Block(block) => as_bool(&scope.value_of(block)?),
            Condition::Comparison { property, op, value: right, negate, span } => {
                let left = eval::property(&value, property);
                let holds = match op {
                    None => as_bool(&left),
                    Some((op, case)) => as_bool(&eval::apply(&mut scope, *op, *case, &left, right, *span)?),
                };
                holds != *negate
            }
        };
        if holds {
            out.push(value);
        }
        Ok(Flow::Continue)
    }
}

#[derive(Debug)]
struct ForEach {
    line: Arc<str>,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Blocks { begin: Option<Box<ScriptBlock>>, process: Box<ScriptBlock>, end: Option<Box<ScriptBlock>> },
    Member(String),
}

pub(super) fn for_each(line: &Arc<str>, command: &Command) -> Result<Box<dyn Stage>> {
    let declared = Declaration {
        name: "ForEach-Object",
        switches: &[],
        values: &["Process", "MemberName", "Begin", "End"],
        positional: 1,
    };
    let bound = bind(&declared, command)?;
    let Some(expr) = bound.get("Process").or(bound.get("MemberName")) else {
        let what = "ForEach-Object needs a script block, such as { $_.Name }, or a property's name.";
        return Err(Error::statement(bound.span, "MissingArgument", what));
    };
    let block = |name: &str| -> Result<Option<ScriptBlock>> {
        let Some(expr) = bound.get(name) else { return Ok(None) };
        let ExprKind::ScriptBlock(block) = &expr.kind else {
            return Err(Error::statement(
                expr.span,
                "CannotConvertArgument",
                format!("-{name} takes a script block."),
            ));
        };
        eval::check(block, line)?;
        Ok(Some(block.clone()))
    };
    let action = if let ExprKind::ScriptBlock(process) = &expr.kind {
        eval::check(process, line)?;
        Action::Blocks {
            begin: block("Begin")?.map(Box::new),
            process: Box::new(process.clone()),
            end: block("End")?.map(Box::new),
        }
    } else {
        Action::Member(eval::constant(expr, line)?.to_string())
    };
    Ok(Box::new(ForEach { line: Arc::clone(line), action }))
}

impl Stage for ForEach {
    fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow> {
        match &mut self.action {
            Action::Blocks { begin, process, .. } => {
                if let Some(begin) = begin.take() {
                    out.extend(Scope::new(&self.line, PsValue::Null).run(&begin)?);
                }
                out.extend(Scope::new(&self.line, value).run(process)?);
            }
            Action::Member(name) => {
                let found = eval::property(&value, name);
                match eval::items(&found) {
                    Some(items) => out.extend_from_slice(items),
                    None => out.push(found),
                }
            }
        }
        Ok(Flow::Continue)
    }

    fn finish(&mut self, out: &mut Vec<PsValue>) -> Result<()> {
        if let Action::Blocks { begin, end, .. } = &mut self.action {
            for block in [begin.take(), end.take()].into_iter().flatten() {
                out.extend(Scope::new(&self.line, PsValue::Null).run(&block)?);
            }
        }
        Ok(())
    }
}
