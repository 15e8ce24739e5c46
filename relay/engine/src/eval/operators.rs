//! The operators.

use std::cmp::Ordering;

use postern_shared::{
    syntax::{
        Span,
        ast::{BinaryOp, Expr, ExprKind, UnaryOp},
    },
    value::{Content, Decimal, PsDateTime, PsObject, PsTimeSpan, PsValue},
};

use super::{
    Scope, check_text,
    compare::{order, same},
    convert::{self, Number, as_bool, as_number, cast, is_type, number_value, numeric, text, to_number},
    format::format,
    hashtable,
    list::{items, list, unwrap},
    pattern,
};
use crate::{
    error::{Error, Result},
    limits::{MAX_ITEMS, MAX_TEXT},
};

/// Refuses what cannot be evaluated yet.
pub(super) fn check_unary(op: UnaryOp, span: Span) -> Result<()> {
    match op {
        UnaryOp::PreIncrement | UnaryOp::PreDecrement | UnaryOp::PostIncrement | UnaryOp::PostDecrement => {
            Err(Error::unsupported(span, "++ and -- are not available.", "Write + 1 or - 1."))
        }
        _ => Ok(()),
    }
}

/// Whether the right operand is a type.
pub(super) fn takes_type(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Is | BinaryOp::IsNot | BinaryOp::As)
}

pub(super) fn unary(op: UnaryOp, value: PsValue, span: Span) -> Result<PsValue> {
    check_unary(op, span)?;
    Ok(match op {
        UnaryOp::Not => (!as_bool(&value)).into(),
        UnaryOp::Comma => list(vec![value]),
        UnaryOp::Plus => number_value(to_number(&value, span)?),
        UnaryOp::Negate => arithmetic(BinaryOp::Subtract, Number::Int(0), to_number(&value, span)?, span)?,
        UnaryOp::BitNot => match to_number(&value, span)? {
            Number::Int(n) => (!n).into(),
            _ => (!convert::as_i64(&value, span)?).into(),
        },
        UnaryOp::Join => join(&value, "", span)?,
        _ => list(text(&value).split_whitespace().map(PsValue::from).collect()),
    })
}

pub(super) fn binary(
    scope: &mut Scope<'_>,
    op: BinaryOp,
    case_sensitive: bool,
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Result<PsValue> {
    let left = scope.expr(left)?;
    // These three may not need their right operand, or it is no value.
    match op {
        BinaryOp::And if !as_bool(&left) => return Ok(false.into()),
        BinaryOp::Or if as_bool(&left) => return Ok(true.into()),
        BinaryOp::Coalesce if !left.is_null() => return Ok(left),
        _ if takes_type(op) => {
            let name = match &right.kind {
                ExprKind::Type(name) => name.clone(),
                _ => text(&scope.expr(right)?),
            };
            return match op {
                BinaryOp::Is => is_type(&left, &name, span).map(PsValue::Bool),
                BinaryOp::IsNot => is_type(&left, &name, span).map(|is| PsValue::Bool(!is)),
                _ => {
                    convert::check_type(&name, right.span)?;
                    Ok(cast(&name, left, span).unwrap_or_default())
                }
            };
        }
        _ => {}
    }
    let right = scope.expr(right)?;
    apply(scope, op, case_sensitive, &left, &right, span)
}

/// The operator on two values.
pub(crate) fn apply(
    scope: &mut Scope<'_>,
    op: BinaryOp,
    case_sensitive: bool,
    left: &PsValue,
    right: &PsValue,
    span: Span,
) -> Result<PsValue> {
    Ok(match op {
        BinaryOp::And | BinaryOp::Or => as_bool(right).into(),
        BinaryOp::Xor => (as_bool(left) != as_bool(right)).into(),
        BinaryOp::Coalesce => right.clone(),
        BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight => bitwise(op, left, right, span)?,
        BinaryOp::Eq => filter(left, |item| Ok(same(item, right, case_sensitive)))?,
        BinaryOp::Ne => filter(left, |item| Ok(!same(item, right, case_sensitive)))?,
        BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Le => filter(left, |item| {
            let order = order(item, right, case_sensitive, span)?;
            Ok(match op {
                BinaryOp::Gt => order == Ordering::Greater,
                BinaryOp::Ge => order != Ordering::Less,
                BinaryOp::Lt => order == Ordering::Less,
                _ => order != Ordering::Greater,
            })
        })?,
        BinaryOp::Like | BinaryOp::NotLike => {
            let pattern = text(right);
            let wanted = op == BinaryOp::Like;
            filter(left, |item| Ok(pattern::wildcard(&pattern, &text(item), case_sensitive) == wanted))?
        }
        BinaryOp::Match | BinaryOp::NotMatch => matches(scope, op, left, right, case_sensitive, span)?,
        BinaryOp::Contains => contains(left, right, case_sensitive).into(),
        BinaryOp::NotContains => (!contains(left, right, case_sensitive)).into(),
        BinaryOp::In => contains(right, left, case_sensitive).into(),
        BinaryOp::NotIn => (!contains(right, left, case_sensitive)).into(),
        BinaryOp::Replace => replace(left, right, case_sensitive, span)?,
        BinaryOp::Split => split(left, right, case_sensitive, span)?,
        BinaryOp::Join => join(left, &text(right), span)?,
        BinaryOp::Format => {
            let one;
            let values = if let Some(items) = items(right) {
                items
            } else {
                one = [right.clone()];
                &one
            };
            let formatted = format(&text(left), values, span)?;
            check_text(formatted.len(), span)?;
            formatted.into()
        }
        BinaryOp::Range => range(left, right, span)?,
        BinaryOp::Add => add(left, right, span)?,
        BinaryOp::Multiply => multiply(left, right, span)?,
        BinaryOp::Subtract => subtract(left, right, span)?,
        BinaryOp::Divide | BinaryOp::Remainder => {
            arithmetic(op, to_number(left, span)?, to_number(right, span)?, span)?
        }
        BinaryOp::Is | BinaryOp::IsNot | BinaryOp::As => PsValue::Null,
    })
}

/// A comparison: of one value a truth, of a list those items that it holds for.
fn filter(left: &PsValue, mut holds: impl FnMut(&PsValue) -> Result<bool>) -> Result<PsValue> {
    let Some(items) = items(left) else { return holds(left).map(PsValue::Bool) };
    let mut kept = Vec::new();
    for item in items {
        if holds(item)? {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn contains(values: &PsValue, value: &PsValue, case_sensitive: bool) -> bool {
    match items(values) {
        Some(items) => items.iter().any(|item| same(item, value, case_sensitive)),
        None => same(values, value, case_sensitive),
    }
}

fn matches(
    scope: &mut Scope<'_>,
    op: BinaryOp,
    left: &PsValue,
    right: &PsValue,
    case_sensitive: bool,
    span: Span,
) -> Result<PsValue> {
    let regex = pattern::regex(&text(right), case_sensitive, span)?;
    if items(left).is_some() {
        return filter(left, |item| {
            let found = regex.is_match(&text(item)).map_err(pattern::failed(span))?;
            Ok(found == (op == BinaryOp::Match))
        });
    }
    let subject = text(left);
    let found = regex.captures(&subject).map_err(pattern::failed(span))?;
    if let Some(found) = &found {
        let mut pairs = Vec::new();
        for (index, name) in regex.capture_names().enumerate() {
            if let Some(group) = found.get(index) {
                let key = name.map_or(PsValue::I32(index as i32), PsValue::from);
                pairs.push((key, group.as_str().into()));
            }
        }
        scope.matches = Some(hashtable(pairs));
    }
    Ok((found.is_some() == (op == BinaryOp::Match)).into())
}

fn map_text(left: &PsValue, mut map: impl FnMut(&str) -> Result<PsValue>) -> Result<PsValue> {
    match items(left) {
        Some(items) => Ok(list(items.iter().map(|item| map(&text(item))).collect::<Result<_>>()?)),
        None => map(&text(left)),
    }
}

fn replace(left: &PsValue, right: &PsValue, case_sensitive: bool, span: Span) -> Result<PsValue> {
    let (pattern, replacement) = match items(right) {
        Some([pattern]) => (text(pattern), String::new()),
        Some([pattern, replacement]) => (text(pattern), text(replacement)),
        Some(_) => {
            let what = "The -replace operator allows only two elements to follow it.";
            return Err(Error::statement(span, "BadReplaceArgument", what));
        }
        None => (text(right), String::new()),
    };
    let regex = pattern::regex(&pattern, case_sensitive, span)?;
    map_text(left, |subject| {
        let mut out = String::new();
        let mut end = 0;
        for found in regex.captures_iter(subject) {
            let found = found.map_err(pattern::failed(span))?;
            let Some(whole) = found.get(0) else { continue };
            out.push_str(subject.get(end..whole.start()).unwrap_or(""));
            pattern::expand(&replacement, &found, subject, &mut out);
            end = whole.end();
            check_text(out.len(), span)?;
        }
        out.push_str(subject.get(end..).unwrap_or(""));
        Ok(out.into())
    })
}

fn split(left: &PsValue, right: &PsValue, case_sensitive: bool, span: Span) -> Result<PsValue> {
    let (pattern, limit, simple) = match items(right) {
        Some([pattern]) => (text(pattern), 0, false),
        Some([pattern, limit]) => (text(pattern), convert::as_i64(limit, span)?, false),
        Some([pattern, limit, options]) if text(options).eq_ignore_ascii_case("SimpleMatch") => {
            (text(pattern), convert::as_i64(limit, span)?, true)
        }
        Some(_) => {
            return Err(Error::unsupported(
                span,
                "This form of -split is not available.",
                "Write -split with a pattern.",
            ));
        }
        None => (text(right), 0, false),
    };
    if limit < 0 {
        let what = "-split with a negative number of parts is not available.";
        return Err(Error::unsupported(
            span,
            what,
            "Write -split with a pattern, or a positive number of parts.",
        ));
    }
    let pattern = if simple { fancy_regex::escape(&pattern).into_owned() } else { pattern };
    let regex = pattern::regex(&pattern, case_sensitive, span)?;
    let mut parts = Vec::new();
    let subjects = items(left).map_or_else(|| vec![text(left)], |items| items.iter().map(text).collect());
    for subject in subjects {
        let first = parts.len();
        let mut end = 0;
        for found in regex.captures_iter(&subject) {
            if limit > 0 && (parts.len() - first) as i64 >= limit - 1 {
                break;
            }
            let found = found.map_err(pattern::failed(span))?;
            let Some(whole) = found.get(0) else { continue };
            // .NET does not split at an empty match at the start of the text.
            parts.push(PsValue::from(subject.get(end..whole.start()).unwrap_or("")));
            parts.extend(found.iter().skip(1).flatten().map(|group| PsValue::from(group.as_str())));
            end = whole.end();
            if parts.len() > MAX_ITEMS {
                return Err(Error::limit(span, format!("-split gave more than {MAX_ITEMS} parts.")));
            }
        }
        parts.push(subject.get(end..).unwrap_or("").into());
    }
    Ok(list(parts))
}

fn join(values: &PsValue, separator: &str, span: Span) -> Result<PsValue> {
    let Some(items) = items(values) else { return Ok(text(values).into()) };
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        out.push_str(&text(item));
        check_text(out.len(), span)?;
    }
    Ok(out.into())
}

fn range(left: &PsValue, right: &PsValue, span: Span) -> Result<PsValue> {
    let (from, to) = (convert::as_i64(left, span)?, convert::as_i64(right, span)?);
    let count = from.abs_diff(to);
    if count >= MAX_ITEMS as u64 {
        return Err(Error::limit(span, format!("The range has more than {MAX_ITEMS} numbers.")));
    }
    let value = |n: i64| i32::try_from(n).map_or(PsValue::I64(n), PsValue::I32);
    Ok(list(if from <= to {
        (from..=to).map(value).collect()
    } else {
        (to..=from).rev().map(value).collect()
    }))
}

fn add(left: &PsValue, right: &PsValue, span: Span) -> Result<PsValue> {
    if let Some(own) = items(left) {
        let more = items(right).map_or_else(|| vec![right.clone()], <[_]>::to_vec);
        if own.len() + more.len() > MAX_ITEMS {
            return Err(Error::limit(span, format!("The list has more than {MAX_ITEMS} items.")));
        }
        return Ok(list(own.iter().cloned().chain(more).collect()));
    }
    let plain = unwrap(left);
    match plain {
        PsValue::Null => return Ok(right.clone()),
        PsValue::Str(own) => {
            let right = text(right);
            check_text(own.len() + right.len(), span)?;
            return Ok(format!("{own}{right}").into());
        }
        PsValue::Char(_) => return Ok(format!("{}{}", text(plain), text(right)).into()),
        PsValue::DateTime(at) => {
            if let PsValue::TimeSpan(more) = unwrap(right) {
                return add_ticks(*at, more.ticks, span);
            }
        }
        PsValue::TimeSpan(own) => {
            if let PsValue::TimeSpan(more) = unwrap(right) {
                return Ok(PsTimeSpan { ticks: own.ticks.saturating_add(more.ticks) }.into());
            }
        }
        PsValue::Object(object) => {
            if let (Content::Dictionary(own), Some(PsObject { content: Content::Dictionary(more), .. })) =
                (&object.content, right.as_object())
            {
                return Ok(hashtable(own.iter().chain(more).cloned().collect()));
            }
        }
        _ => {}
    }
    if let Some(number) = numeric(plain)
        .or_else(|| if let PsValue::Bool(b) = plain { Some(Number::Int((*b).into())) } else { None })
    {
        return arithmetic(BinaryOp::Add, number, to_number(right, span)?, span);
    }
    Err(no_operator(left, "op_Addition", span))
}

fn no_operator(left: &PsValue, name: &str, span: Span) -> Error {
    let from = convert::type_name(left);
    let what = format!("Method invocation failed because [{from}] does not contain a method named '{name}'.");
    Error::statement(span, "MethodNotFound", what)
}

pub(super) fn add_ticks(at: PsDateTime, ticks: i64, span: Span) -> Result<PsValue> {
    let sum = at.ticks.checked_add(ticks).filter(|ticks| (0..3_155_378_976_000_000_000).contains(ticks));
    match sum {
        Some(ticks) => Ok(PsDateTime { ticks, kind: at.kind }.into()),
        None => {
            Err(Error::statement(span, "OperatorFailed", "The result is no date of the years 1 to 9999."))
        }
    }
}

fn subtract(left: &PsValue, right: &PsValue, span: Span) -> Result<PsValue> {
    match (unwrap(left), unwrap(right)) {
        (PsValue::DateTime(left), PsValue::DateTime(right)) => {
            Ok(PsTimeSpan { ticks: left.utc_ticks().saturating_sub(right.utc_ticks()) }.into())
        }
        (PsValue::DateTime(left), PsValue::TimeSpan(right)) => {
            add_ticks(*left, right.ticks.saturating_neg(), span)
        }
        (PsValue::TimeSpan(left), PsValue::TimeSpan(right)) => {
            Ok(PsTimeSpan { ticks: left.ticks.saturating_sub(right.ticks) }.into())
        }
        _ => {
            let number = as_number(left).ok_or_else(|| no_operator(left, "op_Subtraction", span))?;
            arithmetic(BinaryOp::Subtract, number, to_number(right, span)?, span)
        }
    }
}

fn multiply(left: &PsValue, right: &PsValue, span: Span) -> Result<PsValue> {
    let times = |len: usize, most: usize| -> Result<usize> {
        let times = usize::try_from(convert::as_i64(right, span)?).unwrap_or(0);
        if len.saturating_mul(times) > most {
            return Err(Error::limit(span, "The product is too large a string or list."));
        }
        Ok(times)
    };
    if let Some(own) = items(left) {
        let times = times(own.len(), MAX_ITEMS)?;
        return Ok(list(std::iter::repeat_n(own, times).flatten().cloned().collect()));
    }
    if let PsValue::Str(own) = unwrap(left) {
        return Ok(own.repeat(times(own.len(), MAX_TEXT)?).into());
    }
    if left.is_null() {
        return Ok(PsValue::Null);
    }
    let number = as_number(left).ok_or_else(|| no_operator(left, "op_Multiply", span))?;
    arithmetic(BinaryOp::Multiply, number, to_number(right, span)?, span)
}

/// Integers stay integers as long as they fit; what does not becomes a Double.
fn arithmetic(op: BinaryOp, left: Number, right: Number, span: Span) -> Result<PsValue> {
    let whole = |number| match number {
        Number::Int(n) => Some(i64::from(n)),
        Number::Long(n) => Some(n),
        _ => None,
    };
    let zero = || Error::statement(span, "RuntimeException", "Attempted to divide by zero.");
    if let (Some(a), Some(b)) = (whole(left), whole(right)) {
        let narrow = matches!((left, right), (Number::Int(_), Number::Int(_)));
        let exact = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Subtract => a.checked_sub(b),
            BinaryOp::Multiply => a.checked_mul(b),
            _ if b == 0 => return Err(zero()),
            BinaryOp::Divide if a.checked_rem(b) == Some(0) => a.checked_div(b),
            BinaryOp::Divide => return Ok((a as f64 / b as f64).into()),
            _ => Some(a.checked_rem(b).unwrap_or(0)),
        };
        let (a, b) = (a as f64, b as f64);
        return Ok(match (exact, narrow) {
            (Some(n), true) => i32::try_from(n).map_or(PsValue::Double(n as f64), PsValue::I32),
            (Some(n), false) => n.into(),
            (None, _) => match op {
                BinaryOp::Add => (a + b).into(),
                BinaryOp::Subtract => (a - b).into(),
                BinaryOp::Multiply => (a * b).into(),
                _ => (a / b).into(),
            },
        });
    }
    let decimal = |number| match number {
        Number::Int(n) => Some(Decimal::from(n)),
        Number::Long(n) => Some(Decimal::from(n)),
        Number::Decimal(n) => Some(n),
        Number::Double(_) => None,
    };
    if let (Some(a), Some(b)) = (decimal(left), decimal(right)) {
        let exact = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Subtract => a.checked_sub(b),
            BinaryOp::Multiply => a.checked_mul(b),
            _ if b.is_zero() => return Err(zero()),
            BinaryOp::Divide => a.checked_div(b),
            _ => a.checked_rem(b),
        };
        let overflow = || {
            Error::statement(
                span,
                "RuntimeException",
                "Value was either too large or too small for a Decimal.",
            )
        };
        return exact.map(PsValue::Decimal).ok_or_else(overflow);
    }
    let (a, b) = (left.as_f64(), right.as_f64());
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        _ => a % b,
    }
    .into())
}

fn bitwise(op: BinaryOp, left: &PsValue, right: &PsValue, span: Span) -> Result<PsValue> {
    let narrow =
        matches!((to_number(left, span)?, to_number(right, span)?), (Number::Int(_), Number::Int(_)));
    let (a, b) = (convert::as_i64(left, span)?, convert::as_i64(right, span)?);
    if matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight) {
        return Ok(match (narrow, op) {
            (true, BinaryOp::ShiftLeft) => (a as i32).wrapping_shl(b as u32).into(),
            (true, _) => (a as i32).wrapping_shr(b as u32).into(),
            (false, BinaryOp::ShiftLeft) => a.wrapping_shl(b as u32).into(),
            (false, _) => a.wrapping_shr(b as u32).into(),
        });
    }
    let bits = match op {
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        _ => a ^ b,
    };
    Ok(if narrow { PsValue::I32(bits as i32) } else { bits.into() })
}
