//! Assignments.

use postern_shared::syntax::ast::BinaryOp;

use super::{Engine, Flow};
use crate::{
    code::{Expr, ExprKind, Name, Stmt, StmtKind, Var, VarScope},
    ops::list,
    value::{Category, Value},
};

impl Engine {
    /// Assigns; gives what was assigned.
    pub(crate) fn assign(&mut self, target: &Expr, op: Option<BinaryOp>, value: &Stmt) -> Flow<Value> {
        let Some(op) = op else {
            let value = self.assigned_value(value)?;
            self.success = true;
            return self.assign_value(target, value);
        };
        if op == BinaryOp::Coalesce {
            let before = self.eval(target)?;
            if !before.is_null() {
                return Ok(before);
            }
            let value = self.assigned_value(value)?;
            return self.assign_value(target, value);
        }
        // `$s += 'x'`: the variable lets go of its value first, so that it can grow in place.
        if let ExprKind::Var(variable) = &target.kind
            && op == BinaryOp::Add
            && matches!(variable.scope, VarScope::Default)
        {
            let value = self.assigned_value(value)?;
            let before = self.variable_or_null(variable)?;
            let sum = self.binary(op, false, &before, &value)?;
            self.set_variable(variable, sum.clone())?;
            return Ok(sum);
        }
        let before = match &target.kind {
            ExprKind::Var(variable) => self.variable_or_null(variable)?,
            _ => self.eval(target)?,
        };
        let value = self.assigned_value(value)?;
        let result = self.binary(op, false, &before, &value)?;
        self.assign_value(target, result)
    }

    /// Stores a value in what an expression means.
    pub(crate) fn assign_value(&mut self, target: &Expr, value: Value) -> Flow<Value> {
        match &target.kind {
            ExprKind::Var(variable) => {
                self.set_variable(variable, value.clone())?;
                // What is read back may have been converted.
                Ok(value)
            }
            ExprKind::Const(Value::Bool(fixed)) => {
                Err(self.not_writable(if *fixed { "true" } else { "false" }))
            }
            ExprKind::Const(_) => Ok(value),
            ExprKind::Cast(..) | ExprKind::Attributed(..) => self.assign_typed(target, value),
            ExprKind::List(targets) => {
                let items = match &value {
                    Value::Empty | Value::Null => Vec::new(),
                    value => list::items(value).unwrap_or_else(|| vec![value.clone()]),
                };
                let mut items = items.into_iter();
                for (at, target) in targets.iter().enumerate() {
                    let item = if at + 1 == targets.len() {
                        let rest: Vec<Value> = items.by_ref().collect();
                        Value::from_output(rest)
                    } else {
                        items.next().unwrap_or_default()
                    };
                    let item = if let Value::Empty = item { Value::Null } else { item };
                    self.assign_value(target, item)?;
                }
                Ok(value)
            }
            ExprKind::Paren(inner) => match &inner.kind {
                StmtKind::Expr(inner) => self.assign_value(inner, value),
                _ => Err(self.runtime_error("InvalidLeftHandSide", "The assignment expression is not valid.")),
            },
            ExprKind::Member { target, name, is_static, .. } => {
                let value = if let Value::Empty = value { Value::Null } else { value };
                if *is_static {
                    return Err(self.refused("Static members cannot be set in this console."));
                }
                let object = self.eval(target)?;
                let name = self.name(name)?;
                self.set_property(&object, &name, value.clone())?;
                Ok(value)
            }
            ExprKind::Index { target, index, .. } => {
                let value = if let Value::Empty = value { Value::Null } else { value };
                let object = self.eval(target)?;
                let index = self.eval(index)?;
                self.set_index(&object, &index, value.clone())?;
                Ok(value)
            }
            _ => Err(self.throw(
                "System.Management.Automation.RuntimeException",
                "InvalidLeftHandSide",
                Category::ParserError,
                Value::Null,
                "The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property.",
            )),
        }
    }

    /// `[int]$x = …`, `[ValidateSet('a')]$x = …`.
    fn assign_typed(&mut self, target: &Expr, value: Value) -> Flow<Value> {
        let mut param = super::Param::default();
        let mut inner = target;
        loop {
            inner = match &inner.kind {
                ExprKind::Cast(ty, next) => {
                    param.types.push(self.type_ref(ty)?);
                    next
                }
                ExprKind::Attributed(attribute, next) => {
                    self.param_attribute(attribute, &mut param)?;
                    next
                }
                _ => break,
            };
        }
        if let ExprKind::Var(variable) = &inner.kind {
            self.declare(variable, param.types, param.validate, value)?;
            self.variable(variable)
        } else {
            let mut value = value;
            for ty in param.types.iter().rev() {
                value = self.cast(value, *ty)?;
            }
            self.assign_value(inner, value)
        }
    }

    /// A member's name.
    pub(crate) fn name(&mut self, name: &Name) -> Flow<postern_shared::value::PsStr> {
        match name {
            Name::Static(name) => Ok(name.clone()),
            Name::Dynamic(expr) => Ok(self.eval(expr)?.text()),
        }
    }

    /// The variable's value, nothing if it is not there.
    pub(crate) fn variable_or_null(&mut self, variable: &Var) -> Flow<Value> {
        self.variable(variable)
    }
}
