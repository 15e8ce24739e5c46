//! Expressions.

use std::rc::Rc;

use postern_shared::{
    syntax::ast::{BinaryOp, UnaryOp},
    value::PsStr,
};

use super::{Collect, Engine, Flow};
use crate::{
    code::{Block, Expr, ExprKind, Part, ScriptBlock, Stmt, StmtKind, TypeRef, VarScope, known_names},
    convert,
    ops::{arith, list},
    value::{Category, Hash, HashKind, Object, Type, Value},
};

impl Engine {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &Expr) -> Flow<Value> {
        match &expr.kind {
            ExprKind::Const(value) => Ok(value.clone()),
            ExprKind::Var(variable) => match variable.scope {
                VarScope::Under => Ok(self.under.clone()),
                VarScope::Default => match self.scope.find(variable.sym) {
                    Some(value) => Ok(value),
                    None => self.variable(variable),
                },
                _ => self.variable(variable),
            },
            ExprKind::Binary { op, case_sensitive, operands } => {
                let left = self.eval(&operands.0)?;
                let right = self.operand(*op, &operands.1)?;
                self.binary(*op, *case_sensitive, &left, &right)
            }
            ExprKind::Member { target, name, is_static, null_conditional } => {
                if *is_static {
                    return self.static_member(target, name);
                }
                let object = self.eval(target)?;
                if *null_conditional && object.is_null() {
                    return Ok(Value::Null);
                }
                match name {
                    crate::code::Name::Static(name) => self.member(&object, name),
                    crate::code::Name::Dynamic(_) => {
                        let name = self.name(name)?;
                        self.member(&object, &name)
                    }
                }
            }
            ExprKind::Call { target, name, arguments, is_static, null_conditional } => {
                self.step()?;
                if *is_static {
                    return self.static_call(target, name, arguments);
                }
                let object = self.eval(target)?;
                if *null_conditional && object.is_null() {
                    return Ok(Value::Null);
                }
                let name = self.name(name)?;
                let arguments = self.call_arguments(arguments)?;
                self.call_method(&object, &name, arguments)
            }
            ExprKind::Index { target, index, null_conditional } => {
                let object = self.eval(target)?;
                if *null_conditional && object.is_null() {
                    return Ok(Value::Null);
                }
                let index = self.eval(index)?;
                self.index(&object, &index)
            }
            ExprKind::Paren(statement) => match &statement.kind {
                StmtKind::Expr(inner) | StmtKind::Silent(inner) => self.eval(inner),
                _ => self.value_of(statement),
            },
            ExprKind::Expand(parts) => self.expand(parts),
            ExprKind::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    let value = self.eval(item)?;
                    values.push(if let Value::Empty = value { Value::Null } else { value });
                }
                Ok(Value::array(values))
            }
            ExprKind::And(operands) => Ok(Value::Bool(
                convert::truth(&self.eval(&operands.0)?) && convert::truth(&self.eval(&operands.1)?),
            )),
            ExprKind::Or(operands) => Ok(Value::Bool(
                convert::truth(&self.eval(&operands.0)?) || convert::truth(&self.eval(&operands.1)?),
            )),
            ExprKind::Coalesce(operands) => {
                let left = self.eval(&operands.0)?;
                if left.is_null() { self.eval(&operands.1) } else { Ok(left) }
            }
            ExprKind::Ternary(parts) => {
                let condition = self.eval(&parts.0)?;
                self.eval(if convert::truth(&condition) { &parts.1 } else { &parts.2 })
            }
            ExprKind::Unary(op, operand) => self.unary(*op, operand),
            ExprKind::Step { target, by, post } => self.increment(target, *by, *post),
            ExprKind::Array(block) => self.array_of(block),
            ExprKind::Sub(block) => self.sub(block),
            ExprKind::Hash(entries) => Ok(Value::Hash(self.hash(entries, HashKind::Hashtable)?)),
            ExprKind::Block(code) => Ok(Value::Block(ScriptBlock::new(Rc::clone(code)))),
            ExprKind::Type(ty) => Ok(Value::Type(self.type_ref(ty)?)),
            ExprKind::Cast(ty, operand) => self.cast_expr(ty, operand),
            ExprKind::Attributed(_, operand) => self.eval(operand),
        }
    }

    /// The right operand: a type's name may stand there for `-is` and `-as`.
    fn operand(&mut self, op: BinaryOp, expr: &Expr) -> Flow<Value> {
        let _ = op;
        self.eval(expr)
    }

    pub(crate) fn call_arguments(&mut self, arguments: &[Expr]) -> Flow<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.eval(argument)?;
            values.push(if let Value::Empty = value { Value::Null } else { value });
        }
        Ok(values)
    }

    fn sub(&mut self, block: &Block) -> Flow<Value> {
        if let [Stmt { kind: StmtKind::Expr(expr), .. }] = &*block.statements
            && block.traps.is_empty()
        {
            let value = self.eval(expr)?;
            return Ok(match &value {
                Value::Array(array) if array.len() == 1 => array.get(0).unwrap_or_default(),
                Value::Array(array) if array.is_empty() => Value::Empty,
                Value::Array(_) if matches!(expr.kind, ExprKind::List(_)) => value,
                other => match list::items(other) {
                    Some(items) => Value::from_output(items),
                    None => value,
                },
            });
        }
        let mut out = Collect::default();
        self.run_block(block, &mut out)?;
        Ok(Value::from_output(out.0))
    }

    pub(crate) fn hash(&mut self, entries: &[(Expr, Stmt)], kind: HashKind) -> Flow<Rc<Hash>> {
        let hash = Hash::with_case(kind, false);
        for (key, value) in entries {
            let key = self.eval(key)?;
            let value = self.assigned_value(value)?;
            let value = if let Value::Empty = value { Value::Null } else { value };
            if key.is_null() {
                return Err(self.throw(
                    "System.Management.Automation.RuntimeException",
                    "InvalidNullKey",
                    Category::InvalidOperation,
                    Value::Null,
                    "A null key is not allowed in a hash literal.",
                ));
            }
            let text = key.text();
            if !hash.add(key, value) {
                return Err(self.runtime_error(
                    "DuplicateKeyInHashLiteral",
                    format!("Duplicate keys '{text}' are not allowed in hash literals."),
                ));
            }
        }
        Ok(hash)
    }

    fn cast_expr(&mut self, ty: &TypeRef, operand: &Expr) -> Flow<Value> {
        // `[ordered]@{…}` and `[pscustomobject]@{…}` keep the order in which the literal is written.
        if let ExprKind::Hash(entries) = &operand.kind {
            match ty.ty {
                Some(Type::Ordered) => return Ok(Value::Hash(self.hash(entries, HashKind::Ordered)?)),
                Some(Type::PSCustomObject) => {
                    let hash = self.hash(entries, HashKind::Ordered)?;
                    return Ok(Value::Object(object_of(&hash)));
                }
                _ => {}
            }
        }
        let ty = self.type_ref(ty)?;
        if let (Type::PSReference, ExprKind::Var(variable)) = (ty, &operand.kind) {
            let scope = self.scope.owner(variable.sym).unwrap_or_else(|| Rc::clone(&self.scope));
            return Ok(Value::Net(Rc::new(crate::members::net::Reference::Variable(scope, variable.sym))));
        }
        let value = self.eval(operand)?;
        if ty == Type::Void {
            return Ok(Value::Empty);
        }
        self.cast(value, ty)
    }

    /// A type that a script names.
    pub(crate) fn type_ref(&self, ty: &TypeRef) -> Flow<Type> {
        ty.ty.ok_or_else(|| self.type_not_found(&ty.name))
    }

    pub(crate) fn type_not_found(&self, name: &str) -> super::Stop {
        self.throw(
            "System.Management.Automation.RuntimeException",
            "TypeNotFound",
            Category::InvalidOperation,
            Value::str(name),
            format!("Unable to find type [{name}]. This console has a fixed set of types."),
        )
    }

    fn expand(&mut self, parts: &[Part]) -> Flow<Value> {
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Expr(expr) => {
                    let value = self.eval(expr)?;
                    self.write_text(&value, &mut out)?;
                }
            }
            self.check_text(out.len())?;
        }
        Ok(Value::str(out))
    }

    /// Appends a value's text as a string's inside has it: `$OFS` stands between items.
    pub(crate) fn write_text(&mut self, value: &Value, out: &mut String) -> Flow<()> {
        match value {
            Value::Str(text) => out.push_str(text),
            Value::Array(_) | Value::List(_) | Value::Net(_) if list::is_list(value) => {
                let separator =
                    self.scope.find(known_names::OFS).map_or(PsStr::from_static(" "), |value| value.text());
                for (at, item) in list::items(value).unwrap_or_default().iter().enumerate() {
                    if at > 0 {
                        out.push_str(&separator);
                    }
                    match item {
                        Value::Array(_) | Value::List(_) => out.push_str(&item.type_name()),
                        item => self.write_text(item, out)?,
                    }
                    self.check_text(out.len())?;
                }
            }
            Value::Object(object) => match object.member("ToString") {
                Some(crate::value::Member::ScriptMethod(Value::Block(block))) => {
                    let text = self.call_script_member(&block, value, Vec::new())?;
                    out.push_str(&text.text());
                }
                _ => value.write_text(out),
            },
            _ => value.write_text(out),
        }
        Ok(())
    }

    /// A value's text as in a string, `$OFS` and `ToString` methods included.
    pub(crate) fn text_of(&mut self, value: &Value) -> Flow<PsStr> {
        if let Value::Str(text) = value {
            return Ok(text.clone());
        }
        let mut out = String::new();
        self.write_text(value, &mut out)?;
        Ok(out.into())
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr) -> Flow<Value> {
        let value = self.eval(operand)?;
        Ok(match op {
            UnaryOp::Not => Value::Bool(!convert::truth(&value)),
            UnaryOp::Comma => Value::array(vec![if let Value::Empty = value { Value::Null } else { value }]),
            UnaryOp::Negate => match &value {
                Value::I32(n) if *n != i32::MIN => Value::I32(-n),
                _ => self.binary(BinaryOp::Subtract, false, &Value::I32(0), &value)?,
            },
            UnaryOp::Plus => self.binary(BinaryOp::Add, false, &Value::I32(0), &value)?,
            UnaryOp::BitNot => arith::bit_not(self, &value)?,
            UnaryOp::Join => self.binary(BinaryOp::Join, false, &value, &Value::str(""))?,
            UnaryOp::Split => self.split_blanks(&value)?,
            UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::PostIncrement
            | UnaryOp::PostDecrement => value,
        })
    }

    fn increment(&mut self, target: &Expr, by: i32, post: bool) -> Flow<Value> {
        let before = self.eval(target)?;
        let before = match before {
            Value::Null | Value::Empty => Value::I32(0),
            Value::I32(n) => match n.checked_add(by) {
                Some(sum) => {
                    self.assign_value(target, Value::I32(sum))?;
                    return Ok(Value::I32(if post { n } else { sum }));
                }
                None => before,
            },
            other if other.base().type_of().is_number() => other,
            other => {
                return Err(self.throw(
                    "System.Management.Automation.RuntimeException",
                    "OperatorRequiresNumber",
                    Category::InvalidOperation,
                    Value::Null,
                    format!(
                        "The '{}' operator works only on numbers. The operand is a '{}'.",
                        if by > 0 { "++" } else { "--" },
                        other.type_name()
                    ),
                ));
            }
        };
        let after = self.binary(BinaryOp::Add, false, &before, &Value::I32(by))?;
        self.assign_value(target, after.clone())?;
        Ok(if post { before } else { after })
    }
}

/// The `PSCustomObject` of a dictionary's entries.
pub(crate) fn object_of(hash: &Hash) -> Rc<Object> {
    let object = Object::of(hash.entries().into_iter().map(|(key, value)| (key.text(), value)));
    if let Some(name) = object.get("PSTypeName") {
        let name = name.text();
        object.remove("PSTypeName");
        *object.type_names.borrow_mut() =
            Some([name, "System.Management.Automation.PSCustomObject".into(), "System.Object".into()].into());
    }
    object
}
