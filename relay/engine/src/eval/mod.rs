//! Evaluation of expressions over [`PsValue`], with PowerShell's conversions.

mod compare;
mod convert;
mod format;
mod list;
mod members;
mod operators;
mod pattern;

use std::sync::Arc;

use postern_shared::{
    syntax::{
        Span,
        ast::{Block, ElementKind, Expr, ExprKind, Part, ScriptBlock, Statement, StatementKind},
    },
    value::{Content, PsObject, PsValue},
};

pub(crate) use self::{
    compare::{order, order_text, same},
    convert::{as_bool, as_number, number_value, type_name},
    list::{items, list, object_type},
    members::property,
    operators::apply,
    pattern::wildcard,
};
use crate::{
    error::{Error, Result},
    limits::{MAX_DEPTH, MAX_ITEMS, MAX_STEPS, MAX_TEXT},
    stages::Stages,
};

/// What an expression can see, and how much it may still do.
pub(crate) struct Scope<'a> {
    /// `$_` and `$PSItem`.
    item: PsValue,
    /// `$Matches`, once something matched.
    matches: Option<PsValue>,
    steps: u64,
    depth: usize,
    /// The command line, for the text of script blocks.
    line: &'a str,
}

impl<'a> Scope<'a> {
    /// A scope in which `$_` is `item`.
    pub(crate) fn new(line: &'a str, item: PsValue) -> Self {
        Self { item, matches: None, steps: 0, depth: 0, line }
    }

    /// The outputs of a script block.
    pub(crate) fn run(&mut self, block: &ScriptBlock) -> Result<Vec<PsValue>> {
        let mut out = Vec::new();
        for (word, block) in &block.named {
            if word == "begin" || word == "end" || word == "process" {
                self.block(block, &mut out)?;
            }
        }
        self.block(&block.body, &mut out)?;
        Ok(out)
    }

    /// The output of a script block as one value: nothing is `$null`, several are a list.
    pub(crate) fn value_of(&mut self, block: &ScriptBlock) -> Result<PsValue> {
        Ok(list::collapse(self.run(block)?))
    }

    fn block(&mut self, block: &Block, out: &mut Vec<PsValue>) -> Result<()> {
        for statement in &block.statements {
            self.statement(statement, out)?;
        }
        Ok(())
    }

    /// Runs a statement; its output goes to `out`, lists unrolled.
    fn statement(&mut self, statement: &Statement, out: &mut Vec<PsValue>) -> Result<()> {
        self.step(statement.span)?;
        match &statement.kind {
            StatementKind::Pipeline(elements) => {
                let mut values = Vec::new();
                let mut stages = elements.as_slice();
                if let Some((first, rest)) = elements.split_first() {
                    match &first.kind {
                        ElementKind::Expr(expr) => {
                            let value = self.expr(expr)?;
                            // `$null` alone is an object in a pipeline, an empty list is none.
                            list::unroll(value, &mut values);
                            stages = rest;
                        }
                        ElementKind::Command(command) => {
                            if let Some(value) = now(command) {
                                values.push(value);
                                stages = rest;
                            }
                        }
                    }
                }
                if stages.is_empty() {
                    out.append(&mut values);
                } else {
                    let mut stages = Stages::compile(self.line, stages)?;
                    stages.run(values, out)?;
                }
            }
            StatementKind::If { branches, otherwise } => {
                for (condition, block) in branches {
                    let mut values = Vec::new();
                    self.statement(condition, &mut values)?;
                    if as_bool(&list::collapse(values)) {
                        return self.block(block, out);
                    }
                }
                if let Some(block) = otherwise {
                    self.block(block, out)?;
                }
            }
            _ => return Err(unsupported_statement(statement)),
        }
        if out.len() > MAX_ITEMS {
            return Err(Error::limit(
                statement.span,
                format!("The statement gave more than {MAX_ITEMS} objects."),
            ));
        }
        Ok(())
    }

    fn step(&mut self, span: Span) -> Result<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Error::limit(span, format!("The expression took more than {MAX_STEPS} steps.")));
        }
        Ok(())
    }

    /// The value of an expression.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Result<PsValue> {
        self.step(expr.span)?;
        if self.depth >= MAX_DEPTH {
            return Err(Error::limit(expr.span, "The expression is nested too deeply."));
        }
        self.depth += 1;
        let value = self.expr_kind(expr);
        self.depth -= 1;
        value
    }

    fn expr_kind(&mut self, expr: &Expr) -> Result<PsValue> {
        Ok(match &expr.kind {
            ExprKind::Missing => {
                return Err(Error::statement(expr.span, "MissingExpression", "A value is missing."));
            }
            ExprKind::Number(value) => value.clone(),
            ExprKind::Text { text, .. } => PsValue::Str(text.clone()),
            ExprKind::Expandable { parts, .. } => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Text(part) => text.push_str(part),
                        Part::Expr(part) => text.push_str(&convert::text(&self.expr(part)?)),
                    }
                    check_text(text.len(), expr.span)?;
                }
                text.into()
            }
            ExprKind::Variable(variable) => {
                match (variable.scope.as_deref(), variable.name.to_ascii_lowercase().as_str()) {
                    (None, "_" | "psitem") => self.item.clone(),
                    (None, "true") => true.into(),
                    (None, "false") => false.into(),
                    (None, "null") => PsValue::Null,
                    (None, "matches") => self.matches.clone().unwrap_or_default(),
                    _ => return Err(unsupported_variable(expr.span, &variable.name)),
                }
            }
            ExprKind::List(parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    values.push(self.expr(part)?);
                }
                list(values)
            }
            ExprKind::Array(block) => {
                let mut values = Vec::new();
                self.block(block, &mut values)?;
                list(values)
            }
            ExprKind::Subexpression(block) => {
                let mut values = Vec::new();
                self.block(block, &mut values)?;
                list::collapse(values)
            }
            ExprKind::Paren(statement) => {
                if let Some(inner) = sole_expr(statement) {
                    return self.expr(inner);
                }
                let mut values = Vec::new();
                self.statement(statement, &mut values)?;
                list::collapse(values)
            }
            ExprKind::Hash(entries) => {
                let mut pairs: Vec<(PsValue, PsValue)> = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let name = self.expr(key)?;
                    let mut values = Vec::new();
                    self.statement(value, &mut values)?;
                    if pairs.iter().any(|(other, _)| same(other, &name, false)) {
                        let text = format!(
                            "Item has already been added. Key in dictionary: '{name}'  Key being added: '{name}'"
                        );
                        return Err(Error::statement(key.span, "DuplicateKeyInHashLiteral", text));
                    }
                    let value = match sole_expr(value) {
                        // A list of one stays a list when it is written as one.
                        Some(Expr { kind: ExprKind::List(_) | ExprKind::Array(_), .. }) => list(values),
                        _ => list::collapse(values),
                    };
                    pairs.push((name, value));
                }
                hashtable(pairs)
            }
            ExprKind::ScriptBlock(block) => PsValue::ScriptBlock(Arc::new(block.span.text(self.line).into())),
            ExprKind::Unary(op, operand) => {
                let value = self.expr(operand)?;
                operators::unary(*op, value, expr.span)?
            }
            ExprKind::Binary { op, case_sensitive, operands } => {
                operators::binary(self, *op, *case_sensitive, &operands.0, &operands.1, expr.span)?
            }
            ExprKind::Ternary(parts) => {
                if as_bool(&self.expr(&parts.0)?) {
                    self.expr(&parts.1)?
                } else {
                    self.expr(&parts.2)?
                }
            }
            ExprKind::Type(name) => {
                return Err(Error::unsupported(
                    expr.span,
                    format!("The type [{name}] as a value is not available."),
                    "Use it for a conversion, such as [int]$_.Count, or with -is.",
                ));
            }
            // An attribute says what a variable may hold; there are none to assign to here.
            ExprKind::Attributed(_, operand) => self.expr(operand)?,
            ExprKind::Cast(name, operand) => {
                let value = self.expr(operand)?;
                convert::cast(name, value, expr.span)?
            }
            ExprKind::Member { target, name, arguments, is_static, null_conditional } => {
                let name = convert::text(&self.expr(name)?);
                let mut values = Vec::new();
                if *is_static {
                    let ExprKind::Type(type_name) = &target.kind else {
                        let text = "Static members are available of types only.";
                        return Err(Error::unsupported(
                            expr.span,
                            text,
                            "Write [math]::Round($_.Size, 2), for example.",
                        ));
                    };
                    for argument in arguments.iter().flatten() {
                        values.push(self.expr(argument)?);
                    }
                    return members::static_member(type_name, &name, arguments.is_some(), &values, expr.span);
                }
                let target = self.expr(target)?;
                if *null_conditional && target.is_null() {
                    return Ok(PsValue::Null);
                }
                for argument in arguments.iter().flatten() {
                    values.push(self.expr(argument)?);
                }
                match arguments {
                    Some(_) => members::call(&target, &name, &values, expr.span)?,
                    None => property(&target, &name),
                }
            }
            ExprKind::Index { target, index, .. } => {
                let target = self.expr(target)?;
                let index = self.expr(index)?;
                list::index(&target, &index, expr.span)?
            }
        })
    }
}

/// The expression that the statement consists of, if it is nothing else.
pub(crate) fn sole_expr(statement: &Statement) -> Option<&Expr> {
    let StatementKind::Pipeline(elements) = &statement.kind else { return None };
    match elements.as_slice() {
        [element] if element.redirections.is_empty() => match &element.kind {
            ElementKind::Expr(expr) => Some(expr),
            ElementKind::Command(_) => None,
        },
        _ => None,
    }
}

/// The current time, if the command is `Get-Date` without arguments.
fn now(command: &postern_shared::syntax::ast::Command) -> Option<PsValue> {
    let ExprKind::Text { text, bare: true } = &command.name.kind else { return None };
    (text.eq_ignore_ascii_case("Get-Date") && command.arguments.is_empty() && command.invocation.is_none())
        .then(members::now)
}

fn check_text(len: usize, span: Span) -> Result<()> {
    if len > MAX_TEXT {
        return Err(Error::limit(span, format!("The string is longer than {} MB.", MAX_TEXT >> 20)));
    }
    Ok(())
}

/// A hash table of these entries.
pub(crate) fn hashtable(pairs: Vec<(PsValue, PsValue)>) -> PsValue {
    let type_names = object_type(&["System.Collections.Hashtable", "System.Object"]);
    PsObject { type_names, content: Content::Dictionary(pairs), ..PsObject::default() }.into()
}

fn unsupported_variable(span: Span, name: &str) -> Error {
    Error::unsupported(
        span,
        format!("The variable ${name} is not available."),
        "Write the value itself. Available are $_, $PSItem, $true, $false, $null and $Matches.",
    )
}

fn unsupported_statement(statement: &Statement) -> Error {
    let what = match &statement.kind {
        StatementKind::Pipeline(_) | StatementKind::If { .. } => "This statement",
        StatementKind::Chain(_) => "A chain of pipelines with && or ||",
        StatementKind::Assignment { .. } => "An assignment to a variable",
        StatementKind::ForEach { .. } => "A foreach loop",
        StatementKind::For { .. } => "A for loop",
        StatementKind::While { .. } => "A while or do loop",
        StatementKind::Switch { .. } => "A switch statement",
        StatementKind::Try { .. } => "A try statement",
        StatementKind::Function { .. } => "A function",
        StatementKind::Leave { keyword, .. } => {
            return Error::unsupported(statement.span, format!("'{keyword}' is not available."), INSTEAD);
        }
        StatementKind::Trap(..) => "A trap",
        StatementKind::Refused(word) => {
            return Error::unsupported(statement.span, format!("'{word}' is not available."), INSTEAD);
        }
    };
    Error::unsupported(statement.span, format!("{what} is not available."), INSTEAD)
}

const INSTEAD: &str = "One remote command, with Where-Object, Select-Object, Sort-Object, ForEach-Object, Group-Object \
                       and Measure-Object behind it, is.";

/// Finds what a script block holds that cannot be evaluated, before anything is run.
pub(crate) fn check(block: &ScriptBlock, line: &str) -> Result<()> {
    if let Some(parameter) = block.parameters.first() {
        let text = "Parameters of a script block are not available.";
        return Err(Error::unsupported(parameter.span, text, "Use $_ for the current object."));
    }
    for (_, block) in &block.named {
        check_block(block, line)?;
    }
    check_block(&block.body, line)
}

fn check_block(block: &Block, line: &str) -> Result<()> {
    block.statements.iter().try_for_each(|statement| check_statement(statement, line))
}

fn check_statement(statement: &Statement, line: &str) -> Result<()> {
    match &statement.kind {
        StatementKind::Pipeline(elements) => {
            let mut stages = elements.as_slice();
            if let Some((first, rest)) = elements.split_first() {
                match &first.kind {
                    ElementKind::Expr(expr) => {
                        check_expr(expr, line)?;
                        stages = rest;
                    }
                    ElementKind::Command(command) if now(command).is_some() => stages = rest,
                    ElementKind::Command(_) => {}
                }
                if let Some(redirection) = first.redirections.first() {
                    return Err(crate::plan::unsupported_redirection(redirection));
                }
            }
            Stages::compile(line, stages).map(drop)
        }
        StatementKind::If { branches, otherwise } => {
            for (condition, block) in branches {
                check_statement(condition, line)?;
                check_block(block, line)?;
            }
            otherwise.iter().try_for_each(|block| check_block(block, line))
        }
        _ => Err(unsupported_statement(statement)),
    }
}

fn check_expr(expr: &Expr, line: &str) -> Result<()> {
    match &expr.kind {
        ExprKind::Variable(variable) => {
            let known = ["_", "psitem", "true", "false", "null", "matches"];
            if variable.splat {
                let text = "Splatting is not available.";
                return Err(Error::unsupported(expr.span, text, "Write the parameters themselves."));
            }
            if variable.scope.is_some()
                || !known.iter().any(|known| variable.name.eq_ignore_ascii_case(known))
            {
                return Err(unsupported_variable(expr.span, &variable.name));
            }
            Ok(())
        }
        ExprKind::Expandable { parts, .. } => parts.iter().try_for_each(|part| match part {
            Part::Expr(expr) => check_expr(expr, line),
            Part::Text(_) => Ok(()),
        }),
        ExprKind::List(parts) => parts.iter().try_for_each(|part| check_expr(part, line)),
        ExprKind::Array(block) | ExprKind::Subexpression(block) => check_block(block, line),
        ExprKind::Paren(statement) => check_statement(statement, line),
        ExprKind::Hash(entries) => entries.iter().try_for_each(|(key, value)| {
            check_expr(key, line)?;
            check_statement(value, line)
        }),
        ExprKind::Unary(op, operand) => {
            operators::check_unary(*op, expr.span)?;
            check_expr(operand, line)
        }
        ExprKind::Binary { op, operands, .. } => {
            check_expr(&operands.0, line)?;
            match (&operands.1.kind, op) {
                (ExprKind::Type(name), _) if operators::takes_type(*op) => {
                    convert::check_type(name, operands.1.span).map(drop)
                }
                _ => check_expr(&operands.1, line),
            }
        }
        ExprKind::Ternary(parts) => {
            check_expr(&parts.0, line)?;
            check_expr(&parts.1, line)?;
            check_expr(&parts.2, line)
        }
        ExprKind::Attributed(_, operand) => check_expr(operand, line),
        ExprKind::Cast(name, operand) => {
            convert::check_type(name, expr.span)?;
            check_expr(operand, line)
        }
        ExprKind::Member { target, name, arguments, .. } => {
            if !matches!(target.kind, ExprKind::Type(_)) {
                check_expr(target, line)?;
            }
            check_expr(name, line)?;
            arguments.iter().flatten().try_for_each(|argument| check_expr(argument, line))
        }
        ExprKind::Index { target, index, .. } => {
            check_expr(target, line)?;
            check_expr(index, line)
        }
        // The text of a block is a value; whether it can run is asked by who runs it.
        ExprKind::ScriptBlock(_)
        | ExprKind::Missing
        | ExprKind::Number(_)
        | ExprKind::Text { .. }
        | ExprKind::Type(_) => Ok(()),
    }
}

/// The value of an expression that is no part of a script block, such as an argument.
pub(crate) fn constant(expr: &Expr, line: &str) -> Result<PsValue> {
    check_expr(expr, line)?;
    Scope::new(line, PsValue::Null).expr(expr)
}
