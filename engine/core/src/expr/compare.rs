//! Comparing values.

use std::cmp::Ordering;

use super::ast::Comparison;
use crate::value::{Bytes, DurationSpan, Share, Value};

/// The number behind a value without a unit. Beyond 2^53 a count loses its last digits.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(n) => Some(*n as f64),
        Value::Number(n) => Some(*n),
        Value::Share(Share(n)) => Some(*n),
        _ => None,
    }
}

/// The order of two values; `None` where they have none, which the checker excludes.
pub(super) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Duration(DurationSpan(a)), Value::Duration(DurationSpan(b))) => Some(a.cmp(b)),
        (Value::Bytes(Bytes(a)), Value::Bytes(Bytes(b))) => Some(a.cmp(b)),
        (Value::Version(a), Value::Version(b)) => Some(a.cmp(b)),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

/// Whether the comparison holds; `None` where the two can't be compared.
pub(super) fn compare(how: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let equal = || match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Text(a), Value::Text(b)) => Some(a == b),
        _ => order(left, right).map(Ordering::is_eq),
    };
    match how {
        Comparison::Equal => equal(),
        Comparison::NotEqual => equal().map(|equal| !equal),
        Comparison::Less => order(left, right).map(Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right).map(Ordering::is_le),
        Comparison::Greater => order(left, right).map(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right).map(Ordering::is_ge),
    }
}
