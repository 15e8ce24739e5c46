//! Operators.

pub(crate) mod arith;
pub(crate) mod compare;
pub(crate) mod date_format;
pub(crate) mod format;
pub(crate) mod list;
pub(crate) mod number_format;
pub(crate) mod pattern;
pub(crate) mod regex;
mod text;

use postern_shared::syntax::ast::BinaryOp;

use crate::{
    convert::{self, truth},
    interp::{Engine, Flow},
    members,
    value::{Category, Type, Value},
};

impl Engine {
    /// A binary operator on two values.
    pub(crate) fn binary(
        &mut self,
        op: BinaryOp,
        case_sensitive: bool,
        left: &Value,
        right: &Value,
    ) -> Flow<Value> {
        use BinaryOp as B;
        Ok(match op {
            B::Add => arith::add(self, left, right)?,
            B::Subtract => arith::subtract(self, left, right)?,
            B::Multiply => arith::multiply(self, left, right)?,
            B::Divide => arith::divide(self, left, right)?,
            B::Remainder => arith::remainder(self, left, right)?,
            B::And => Value::Bool(truth(left) && truth(right)),
            B::Or => Value::Bool(truth(left) || truth(right)),
            B::Xor => Value::Bool(truth(left) != truth(right)),
            B::BitAnd | B::BitOr | B::BitXor | B::ShiftLeft | B::ShiftRight => {
                arith::bits(self, op, left, right)?
            }
            B::Eq | B::Ne | B::Gt | B::Ge | B::Lt | B::Le => self.compare(op, case_sensitive, left, right)?,
            B::Like | B::NotLike => self.like(op == B::NotLike, case_sensitive, left, right)?,
            B::Match | B::NotMatch => self.matches(op == B::NotMatch, case_sensitive, left, right)?,
            B::Contains => Value::Bool(self.contains(left, right, case_sensitive)),
            B::NotContains => Value::Bool(!self.contains(left, right, case_sensitive)),
            B::In => Value::Bool(self.contains(right, left, case_sensitive)),
            B::NotIn => Value::Bool(!self.contains(right, left, case_sensitive)),
            B::Replace => self.replace(left, right, case_sensitive)?,
            B::Split => self.split(left, right, case_sensitive)?,
            B::Join => self.join(left, right)?,
            B::Is | B::IsNot => {
                let ty = self.type_operand(right)?;
                Value::Bool(members::is_a(left, ty) == (op == B::Is))
            }
            B::As => {
                let ty = self.type_operand(right)?;
                match self.convert(left.clone(), ty) {
                    Ok(value) => value,
                    Err(_) => Value::Null,
                }
            }
            B::Coalesce => {
                if left.is_null() {
                    right.clone()
                } else {
                    left.clone()
                }
            }
            B::Format => {
                let arguments = match list::items(right) {
                    Some(items) => items,
                    None => vec![right.clone()],
                };
                let pattern = self.text_of(left)?;
                Value::str(self.format(&pattern, &arguments)?)
            }
            B::Range => self.range(left, right)?,
        })
    }

    fn type_operand(&mut self, value: &Value) -> Flow<Type> {
        match value.base() {
            Value::Type(ty) => Ok(*ty),
            other => {
                let name = other.text();
                let name = name.trim_start_matches('[').trim_end_matches(']');
                Type::parse(name).ok_or_else(|| self.type_not_found(name))
            }
        }
    }

    fn range(&mut self, left: &Value, right: &Value) -> Flow<Value> {
        let char_of = |value: &Value| match value.base() {
            Value::Char(n) => Some(*n),
            Value::Str(text) => match text.to_utf16().as_slice() {
                [unit] if convert::parse_number(text).is_none() => Some(*unit),
                _ => None,
            },
            _ => None,
        };
        if let (Some(low), Some(high)) = (char_of(left), char_of(right)) {
            let items = if low <= high {
                (low..=high).map(Value::Char).collect()
            } else {
                (high..=low).rev().map(Value::Char).collect()
            };
            return Ok(Value::array(items));
        }
        let mut end = |value: &Value| -> Flow<i32> {
            match convert::range_end(value) {
                Some(n) => Ok(n),
                None => match self.cast(value.clone(), Type::Int32)? {
                    Value::I32(n) => Ok(n),
                    _ => Ok(0),
                },
            }
        };
        let (low, high) = (end(left)?, end(right)?);
        self.check_items(low.abs_diff(high) as usize + 1)?;
        let items = if low <= high {
            (low..=high).map(Value::I32).collect()
        } else {
            (high..=low).rev().map(Value::I32).collect()
        };
        Ok(Value::array(items))
    }

    fn compare(&mut self, op: BinaryOp, case_sensitive: bool, left: &Value, right: &Value) -> Flow<Value> {
        if let (Value::I32(a), Value::I32(b)) = (left, right) {
            return Ok(Value::Bool(match op {
                BinaryOp::Eq => a == b,
                BinaryOp::Ne => a != b,
                BinaryOp::Gt => a > b,
                BinaryOp::Ge => a >= b,
                BinaryOp::Lt => a < b,
                _ => a <= b,
            }));
        }
        if let Some(items) = list::items(left) {
            let mut kept = Vec::new();
            for item in items {
                if self.compare_one(op, case_sensitive, &item, right)? {
                    kept.push(item);
                }
            }
            return Ok(Value::array(kept));
        }
        self.compare_one(op, case_sensitive, left, right).map(Value::Bool)
    }

    /// Compares two values that are no collections.
    pub(crate) fn compare_one(
        &mut self,
        op: BinaryOp,
        case_sensitive: bool,
        left: &Value,
        right: &Value,
    ) -> Flow<bool> {
        match op {
            BinaryOp::Eq => return Ok(compare::equal(left, right, case_sensitive)),
            BinaryOp::Ne => return Ok(!compare::equal(left, right, case_sensitive)),
            _ => {}
        }
        let Some(order) = compare::order(left, right, case_sensitive) else {
            return Err(self.not_comparable(left, right));
        };
        Ok(match op {
            BinaryOp::Gt => order.is_gt(),
            BinaryOp::Ge => order.is_ge(),
            BinaryOp::Lt => order.is_lt(),
            _ => order.is_le(),
        })
    }

    fn not_comparable(&mut self, left: &Value, right: &Value) -> crate::interp::Stop {
        let number = convert::numeric(left).is_some()
            || matches!(
                left.base(),
                Value::DateTime(_)
                    | Value::TimeSpan(_)
                    | Value::Version(_)
                    | Value::Guid(_)
                    | Value::Char(_)
                    | Value::Enum(_)
                    | Value::Bool(_)
            );
        if number && !right.is_null() {
            // The error is that of the conversion to the left side's type.
            if let Err(stop) = self.cast(right.clone(), left.type_of()) {
                return stop;
            }
        }
        self.throw(
            "System.Management.Automation.RuntimeException",
            "NotIcomparable",
            Category::InvalidOperation,
            Value::Null,
            format!("Cannot compare \"{}\" because it is not IComparable.", left.text()),
        )
    }

    /// Whether a collection has an item that equals the value.
    pub(crate) fn contains(&self, items: &Value, value: &Value, case_sensitive: bool) -> bool {
        match items {
            Value::Array(array) => {
                array.items.borrow().iter().any(|item| compare::equal(item, value, case_sensitive))
            }
            _ => match list::items(items) {
                Some(items) => items.iter().any(|item| compare::equal(item, value, case_sensitive)),
                None => compare::equal(items, value, case_sensitive),
            },
        }
    }

    fn like(&mut self, not: bool, case_sensitive: bool, left: &Value, right: &Value) -> Flow<Value> {
        let text = self.text_of(right)?;
        if !pattern::is_complete(&text) {
            return Err(self.throw(
                "System.Management.Automation.WildcardPatternException",
                "RuntimeException",
                Category::InvalidArgument,
                Value::Null,
                format!("The specified wildcard character pattern is not valid: {text}"),
            ));
        }
        let pattern = pattern::Wildcard::new(&text, case_sensitive);
        if let Some(items) = list::items(left) {
            let mut kept = Vec::new();
            for item in items {
                if pattern.matches(&self.text_of(&item)?) != not {
                    kept.push(item);
                }
            }
            return Ok(Value::array(kept));
        }
        Ok(Value::Bool(pattern.matches(&self.text_of(left)?) != not))
    }
}
