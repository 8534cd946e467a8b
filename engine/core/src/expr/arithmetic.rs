//! Calculating with values. What has no result (a division by zero, a number that does not fit,
//! a duration below zero) gives none: a rounded or clipped number could turn a verdict.

use std::time::Duration;

use super::ast::Operator;
use super::compare::number;
use crate::value::{Bytes, DurationSpan, Kind, Share, Value};

/// The kind of a result; `None` where the two kinds can't be calculated with.
pub(super) fn kind_of(operator: Operator, left: &Kind, right: &Kind) -> Option<Kind> {
    use Operator::{Add, Divide, Multiply, Subtract};
    match (operator, left, right) {
        (Add | Subtract | Multiply, Kind::Integer, Kind::Integer) => Some(Kind::Integer),
        (Add | Subtract, Kind::Share, Kind::Share) => Some(Kind::Share),
        (_, a, b) if is_number(a) && is_number(b) => Some(Kind::Number),
        (Add | Subtract, Kind::Duration, Kind::Duration) => Some(Kind::Duration),
        (Add | Subtract, Kind::Bytes, Kind::Bytes) => Some(Kind::Bytes),
        (Divide, Kind::Duration, Kind::Duration) | (Divide, Kind::Bytes, Kind::Bytes) => {
            Some(Kind::Number)
        }
        (Multiply | Divide, Kind::Duration | Kind::Bytes, b) if is_number(b) => Some(left.clone()),
        (Multiply, a, Kind::Duration | Kind::Bytes) if is_number(a) => Some(right.clone()),
        _ => None,
    }
}

/// Whether values of this kind are numbers without a unit.
pub(super) fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Number | Kind::Share)
}

/// The result, if there is one.
pub(super) fn calculate(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => whole(operator, *a, *b),
        (Value::Share(Share(a)), Value::Share(Share(b)))
            if matches!(operator, Operator::Add | Operator::Subtract) =>
        {
            floating(operator, *a, *b).map(|share| Value::Share(Share(share)))
        }
        (Value::Duration(DurationSpan(a)), Value::Duration(DurationSpan(b))) => match operator {
            Operator::Add => a.checked_add(*b).map(length),
            Operator::Subtract => a.checked_sub(*b).map(length),
            Operator::Divide => {
                floating(operator, a.as_secs_f64(), b.as_secs_f64()).map(Value::Number)
            }
            Operator::Multiply => None,
        },
        (Value::Bytes(Bytes(a)), Value::Bytes(Bytes(b))) => match operator {
            Operator::Add => a.checked_add(*b).map(amount),
            Operator::Subtract => a.checked_sub(*b).map(amount),
            Operator::Divide => floating(operator, *a as f64, *b as f64).map(Value::Number),
            Operator::Multiply => None,
        },
        (Value::Duration(_) | Value::Bytes(_), _) => scale(operator, left, number(right)?),
        (_, Value::Duration(_) | Value::Bytes(_)) if operator == Operator::Multiply => {
            scale(operator, right, number(left)?)
        }
        _ => floating(operator, number(left)?, number(right)?).map(Value::Number),
    }
}

/// The value with the opposite sign.
pub(super) fn negate(value: &Value) -> Option<Value> {
    match value {
        Value::Integer(n) => n.checked_neg().map(Value::Integer),
        _ => number(value).map(|n| Value::Number(-n)),
    }
}

fn whole(operator: Operator, a: i64, b: i64) -> Option<Value> {
    match operator {
        Operator::Add => a.checked_add(b).map(Value::Integer),
        Operator::Subtract => a.checked_sub(b).map(Value::Integer),
        Operator::Multiply => a.checked_mul(b).map(Value::Integer),
        Operator::Divide => floating(operator, a as f64, b as f64).map(Value::Number),
    }
}

fn floating(operator: Operator, a: f64, b: f64) -> Option<f64> {
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
    };
    result.is_finite().then_some(result)
}

fn scale(operator: Operator, value: &Value, factor: f64) -> Option<Value> {
    match (operator, value) {
        (Operator::Multiply | Operator::Divide, Value::Duration(DurationSpan(span))) => {
            let seconds = floating(operator, span.as_secs_f64(), factor)?;
            Duration::try_from_secs_f64(seconds).ok().map(length)
        }
        (Operator::Multiply | Operator::Divide, Value::Bytes(Bytes(bytes))) => {
            let scaled = floating(operator, *bytes as f64, factor)?;
            // The checked way from a number to a whole one.
            let whole = Duration::try_from_secs_f64(scaled.round()).ok()?;
            Some(amount(whole.as_secs()))
        }
        _ => None,
    }
}

fn length(span: Duration) -> Value {
    Value::Duration(DurationSpan(span))
}

fn amount(bytes: u64) -> Value {
    Value::Bytes(Bytes(bytes))
}
