//! Arithmetic.

use postern_shared::{
    syntax::ast::BinaryOp,
    value::{Decimal, PsDateTime, PsTimeSpan},
};

use super::list;
use crate::{
    convert::{Number, integer, number, numeric},
    interp::{Engine, Flow, Stop},
    value::{Category, Hash, Type, Value},
};

/// `left + right`.
pub(crate) fn add(engine: &mut Engine, left: &Value, right: &Value) -> Flow<Value> {
    if let (Value::I32(a), Value::I32(b)) = (left, right)
        && let Some(sum) = a.checked_add(*b)
    {
        return Ok(Value::I32(sum));
    }
    match left.base() {
        Value::Null | Value::Empty => {
            return Ok(if let Value::Empty = right { Value::Null } else { right.clone() });
        }
        Value::Str(text) => {
            let right = engine.text_of(right)?;
            engine.check_text(text.len() + right.len())?;
            let mut sum = String::with_capacity(text.len() + right.len());
            sum.push_str(text);
            sum.push_str(&right);
            return Ok(Value::str(sum));
        }
        Value::Char(_) => {
            let text = format!("{}{}", left.text(), engine.text_of(right)?);
            return Ok(Value::str(text));
        }
        Value::Hash(hash) => {
            let Value::Hash(other) = right.base() else {
                return Err(engine.runtime_error(
                    "AddHashTableToNonHashTable",
                    "A hash table can only be added to another hash table.",
                ));
            };
            return add_hashes(engine, hash, other);
        }
        Value::DateTime(at) => {
            let span = match right.base() {
                Value::TimeSpan(span) => Some(*span),
                Value::DateTime(_) => None,
                other => match engine.convert(other.clone(), Type::TimeSpan) {
                    Ok(Value::TimeSpan(span)) => Some(span),
                    _ => None,
                },
            };
            let Some(span) = span else { return Err(no_operator(engine, "op_Addition", left)) };
            return shifted(engine, *at, span.ticks);
        }
        Value::TimeSpan(span) => {
            let Ok(Value::TimeSpan(other)) = engine.convert(right.clone(), Type::TimeSpan) else {
                return Err(no_operator(engine, "op_Addition", left));
            };
            return Ok(Value::TimeSpan(PsTimeSpan { ticks: span.ticks.saturating_add(other.ticks) }));
        }
        _ => {}
    }
    if let Some(mut items) = list::items(left) {
        match list::items(right) {
            Some(more) => items.extend(more),
            None if matches!(right, Value::Empty) => {}
            None => items.push(right.clone()),
        }
        engine.check_items(items.len())?;
        return Ok(Value::array(items));
    }
    operate(
        engine,
        "op_Addition",
        left,
        right,
        i128::checked_add,
        |a, b| a + b,
        rust_decimal::Decimal::checked_add,
    )
}

fn add_hashes(engine: &Engine, left: &Hash, right: &Hash) -> Flow<Value> {
    let sum = left.copy();
    for (key, value) in right.entries() {
        let text = key.text();
        if !sum.add(key, value) {
            return Err(engine.throw(
                "System.ArgumentException",
                "System.ArgumentException",
                Category::NotSpecified,
                Value::Null,
                format!(
                    "Item has already been added. Key in dictionary: '{text}'  Key being added: '{text}'"
                ),
            ));
        }
    }
    Ok(Value::Hash(sum))
}

pub(crate) fn shifted(engine: &Engine, at: PsDateTime, ticks: i64) -> Flow<Value> {
    match at.ticks.checked_add(ticks) {
        Some(sum) if (0..3_155_378_976_000_000_000).contains(&sum) => {
            Ok(Value::DateTime(PsDateTime { ticks: sum, kind: at.kind }))
        }
        _ => Err(engine.throw(
            "System.ArgumentOutOfRangeException",
            "OperatorFailed",
            Category::InvalidOperation,
            Value::Null,
            "The added or subtracted value results in an un-representable DateTime.",
        )),
    }
}

/// `left - right`.
pub(crate) fn subtract(engine: &mut Engine, left: &Value, right: &Value) -> Flow<Value> {
    if let (Value::I32(a), Value::I32(b)) = (left, right)
        && let Some(difference) = a.checked_sub(*b)
    {
        return Ok(Value::I32(difference));
    }
    match left.base() {
        Value::DateTime(at) => match right.base() {
            Value::DateTime(other) => {
                return Ok(Value::TimeSpan(PsTimeSpan { ticks: at.ticks.saturating_sub(other.ticks) }));
            }
            other => {
                if let Ok(Value::TimeSpan(span)) = engine.convert(other.clone(), Type::TimeSpan) {
                    return shifted(engine, *at, span.ticks.saturating_neg());
                }
                if let Ok(Value::DateTime(other)) = engine.convert(other.clone(), Type::DateTime) {
                    return Ok(Value::TimeSpan(PsTimeSpan { ticks: at.ticks.saturating_sub(other.ticks) }));
                }
                return Err(no_operator(engine, "op_Subtraction", left));
            }
        },
        Value::TimeSpan(span) => {
            if let Ok(Value::TimeSpan(other)) = engine.convert(right.clone(), Type::TimeSpan) {
                return Ok(Value::TimeSpan(PsTimeSpan { ticks: span.ticks.saturating_sub(other.ticks) }));
            }
            return Err(no_operator(engine, "op_Subtraction", left));
        }
        _ => {}
    }
    operate(
        engine,
        "op_Subtraction",
        left,
        right,
        i128::checked_sub,
        |a, b| a - b,
        rust_decimal::Decimal::checked_sub,
    )
}

/// `left * right`.
pub(crate) fn multiply(engine: &mut Engine, left: &Value, right: &Value) -> Flow<Value> {
    match left.base() {
        Value::Null | Value::Empty => return Ok(Value::Null),
        Value::Bool(_) | Value::Char(_) => {
            let (one, other) = (left.type_name(), right.type_name());
            return Err(engine.throw(
                "System.Management.Automation.RuntimeException",
                "NotADefinedOperationForType",
                Category::InvalidOperation,
                Value::Null,
                format!("The operation '[{one}] * [{other}]' is not defined."),
            ));
        }
        Value::Str(text) => {
            let count = times(engine, right)?;
            engine.check_text(text.len().saturating_mul(count))?;
            return Ok(Value::str(text.repeat(count)));
        }
        Value::TimeSpan(span) => {
            if let Some(factor) = number(right) {
                return Ok(Value::TimeSpan(PsTimeSpan {
                    ticks: (span.ticks as f64 * factor.as_f64()) as i64,
                }));
            }
        }
        _ => {}
    }
    if let Some(items) = list::items(left) {
        let count = times(engine, right)?;
        engine.check_items(items.len().saturating_mul(count))?;
        let mut all = Vec::with_capacity(items.len() * count);
        for _ in 0..count {
            all.extend(items.iter().cloned());
        }
        return Ok(Value::array(all));
    }
    operate(
        engine,
        "op_Multiply",
        left,
        right,
        i128::checked_mul,
        |a, b| a * b,
        rust_decimal::Decimal::checked_mul,
    )
}

fn times(engine: &mut Engine, value: &Value) -> Flow<usize> {
    let count = match engine.cast(value.clone(), Type::Int32)? {
        Value::I32(n) => n,
        _ => 0,
    };
    usize::try_from(count).map_err(|_| {
        engine.throw(
            "System.ArgumentOutOfRangeException",
            "System.ArgumentOutOfRangeException",
            Category::InvalidOperation,
            Value::Null,
            "times ('-1') must be a non-negative value.",
        )
    })
}

/// `left / right`.
pub(crate) fn divide(engine: &mut Engine, left: &Value, right: &Value) -> Flow<Value> {
    if let Value::TimeSpan(span) = left.base() {
        match right.base() {
            Value::TimeSpan(other) if other.ticks != 0 => {
                return Ok(Value::Double(span.ticks as f64 / other.ticks as f64));
            }
            other => {
                if let Some(by) = number(other).filter(|by| by.as_f64() != 0.0) {
                    return Ok(Value::TimeSpan(PsTimeSpan {
                        ticks: (span.ticks as f64 / by.as_f64()).round() as i64,
                    }));
                }
            }
        }
    }
    let (a, b) = operands(engine, "op_Division", left, right)?;
    if let (Some(a), Some(b)) = (a.as_whole(), b.as_whole()) {
        if b == 0 {
            return Err(by_zero(engine));
        }
        if a % b == 0 {
            return Ok(whole(a / b, widest(left, right)));
        }
        return Ok(Value::Double(a as f64 / b as f64));
    }
    if let Some((a, b)) = decimals(engine, a, b)? {
        return match a.checked_div(b) {
            _ if b.is_zero() => Err(by_zero(engine)),
            Some(quotient) => {
                // Without more zeros at its end than the operands have.
                let mut shown = quotient.normalize();
                let least = a.scale().saturating_sub(b.scale());
                if shown.scale() < least {
                    shown.rescale(least);
                }
                Ok(Value::Decimal(shown))
            }
            None => Err(too_large(engine)),
        };
    }
    Ok(Value::Double(a.as_f64() / b.as_f64()))
}

/// `left % right`.
pub(crate) fn remainder(engine: &mut Engine, left: &Value, right: &Value) -> Flow<Value> {
    if let (Value::I32(a), Value::I32(b)) = (left, right)
        && *b != 0
    {
        return Ok(Value::I32(a.wrapping_rem(*b)));
    }
    let (a, b) = operands(engine, "op_Modulus", left, right)?;
    if let (Some(a), Some(b)) = (a.as_whole(), b.as_whole()) {
        if b == 0 {
            return Err(by_zero(engine));
        }
        return Ok(whole(a % b, widest(left, right)));
    }
    if let Some((a, b)) = decimals(engine, a, b)? {
        return match a.checked_rem(b) {
            Some(rest) => Ok(Value::Decimal(rest)),
            None => Err(by_zero(engine)),
        };
    }
    Ok(Value::Double(a.as_f64() % b.as_f64()))
}

fn by_zero(engine: &Engine) -> Stop {
    let inner = crate::value::Exception::new("System.DivideByZeroException", "Attempted to divide by zero.");
    let outer = crate::value::Exception::new(
        "System.Management.Automation.RuntimeException",
        "Attempted to divide by zero.",
    )
    .caused_by(inner.into());
    let _ = engine;
    Stop::Throw(
        crate::value::ErrorRecord::of(outer.into(), "RuntimeException", Category::NotSpecified, Value::Null)
            .into(),
        false,
    )
}

fn too_large(engine: &Engine) -> Stop {
    engine.throw(
        "System.Management.Automation.RuntimeException",
        "RuntimeException",
        Category::NotSpecified,
        Value::Null,
        "Value was either too large or too small for a Decimal.",
    )
}

/// A whole result in the narrowest width that the operands allow.
fn whole(n: i128, rank: u8) -> Value {
    match rank {
        0 if i32::try_from(n).is_ok() => Value::I32(n as i32),
        1 if u32::try_from(n).is_ok() => Value::U32(n as u32),
        2 if i64::try_from(n).is_ok() => Value::I64(n as i64),
        3 if u64::try_from(n).is_ok() => Value::U64(n as u64),
        _ => Value::Double(n as f64),
    }
}

fn widest(left: &Value, right: &Value) -> u8 {
    let rank = |value| number(value).map_or(0, Number::rank);
    let (a, b) = (rank(left), rank(right));
    // Signed and unsigned of the same width together take the next one.
    match (a.max(b), a.min(b)) {
        (1, 0) => {
            let negative = |value| number(value).and_then(Number::as_whole).is_some_and(|n| n < 0);
            if negative(left) || negative(right) { 2 } else { 1 }
        }
        (widest, _) => widest,
    }
}

fn decimals(engine: &Engine, a: Number, b: Number) -> Flow<Option<(Decimal, Decimal)>> {
    let is_decimal = |n| matches!(n, Number::Decimal(_));
    if !is_decimal(a) && !is_decimal(b) {
        return Ok(None);
    }
    match (a.as_decimal(), b.as_decimal()) {
        (Some(a), Some(b)) => Ok(Some((a, b))),
        _ => Err(too_large(engine)),
    }
}

/// Both operands as numbers.
fn operands(engine: &mut Engine, name: &str, left: &Value, right: &Value) -> Flow<(Number, Number)> {
    let Some(a) = number_or_text(engine, left)? else { return Err(no_operator(engine, name, left)) };
    let b = match number_or_text(engine, right)? {
        Some(b) => b,
        None if list::is_list(right) || number(right).is_none() => {
            return Err(no_operator(engine, name, right));
        }
        None => return Err(no_operator(engine, name, left)),
    };
    Ok((a, b))
}

/// A number, or what a string is read as; an error if the string is none.
fn number_or_text(engine: &mut Engine, value: &Value) -> Flow<Option<Number>> {
    if let Some(found) = number(value) {
        return Ok(Some(found));
    }
    if value.as_str().is_some() {
        // The error is that of a cast.
        return engine.cast(value.clone(), Type::Int32).map(|value| numeric(&value));
    }
    Ok(None)
}

fn no_operator(engine: &Engine, name: &str, value: &Value) -> Stop {
    engine.throw(
        "System.Management.Automation.RuntimeException",
        "MethodNotFound",
        Category::InvalidOperation,
        Value::str(name),
        format!(
            "Method invocation failed because [{}] does not contain a method named '{name}'.",
            value.type_name()
        ),
    )
}

fn operate(
    engine: &mut Engine,
    name: &str,
    left: &Value,
    right: &Value,
    exact: fn(i128, i128) -> Option<i128>,
    float: fn(f64, f64) -> f64,
    decimal: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Flow<Value> {
    let (a, b) = operands(engine, name, left, right)?;
    if let (Some(a), Some(b)) = (a.as_whole(), b.as_whole()) {
        return Ok(match exact(a, b) {
            Some(n) => whole(n, widest(left, right)),
            None => Value::Double(float(a as f64, b as f64)),
        });
    }
    if let Some((a, b)) = decimals(engine, a, b)? {
        return decimal(a, b).map(Value::Decimal).ok_or_else(|| too_large(engine));
    }
    Ok(Value::Double(float(a.as_f64(), b.as_f64())))
}

/// `-band`, `-bor`, `-bxor`, `-shl`, `-shr`.
pub(crate) fn bits(engine: &mut Engine, op: BinaryOp, left: &Value, right: &Value) -> Flow<Value> {
    if let (Value::Enum(a), Some(b)) = (left.base(), integer(right))
        && !matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight)
    {
        let number = match op {
            BinaryOp::BitAnd => a.number & b,
            BinaryOp::BitOr => a.number | b,
            _ => a.number ^ b,
        };
        return Ok(Value::Enum(a.ty.value(number)));
    }
    let mut whole_of = |value: &Value| -> Flow<(i64, bool)> {
        let (a, _) = operands(engine, "op_BitwiseAnd", value, &Value::I32(0))?;
        Ok(match a {
            Number::Int(n) => (n.into(), false),
            Number::UInt(n) => (n.into(), false),
            Number::Long(n) => (n, true),
            Number::ULong(n) => (n as i64, true),
            other => {
                let n = other.as_f64().round_ties_even();
                (n as i64, i32::try_from(n as i64).is_err())
            }
        })
    };
    let (a, wide_a) = whole_of(left)?;
    let (b, wide_b) = whole_of(right)?;
    if matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight) {
        return Ok(if wide_a {
            let by = (b & 63) as u32;
            Value::I64(if op == BinaryOp::ShiftLeft { a.wrapping_shl(by) } else { a.wrapping_shr(by) })
        } else {
            let by = (b & 31) as u32;
            let a = a as i32;
            Value::I32(if op == BinaryOp::ShiftLeft { a.wrapping_shl(by) } else { a.wrapping_shr(by) })
        });
    }
    let n = match op {
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        _ => a ^ b,
    };
    let fraction = |value: &Value| matches!(number(value), Some(Number::Double(_) | Number::Decimal(_)));
    if fraction(left) || fraction(right) {
        return Ok(u64::try_from(n).map_or(Value::I64(n), Value::U64));
    }
    Ok(if wide_a || wide_b || i32::try_from(n).is_err() { Value::I64(n) } else { Value::I32(n as i32) })
}

/// `-bnot`.
pub(crate) fn bit_not(engine: &mut Engine, value: &Value) -> Flow<Value> {
    let (a, _) = operands(engine, "op_OnesComplement", value, &Value::I32(0))?;
    Ok(match a {
        Number::Int(n) => Value::I32(!n),
        Number::UInt(n) => Value::U32(!n),
        Number::Long(n) => Value::I64(!n),
        Number::ULong(n) => Value::U64(!n),
        other => Value::I32(!(other.as_f64().round_ties_even() as i32)),
    })
}
